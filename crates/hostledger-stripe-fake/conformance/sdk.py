"""The official SDK against the stand-in: what it gets is asserted value by value.

    sdk.py URL
"""

import json
import sys
import threading
import time
import urllib.request

import stripe

URL = sys.argv[1].rstrip("/")
KEY = "rk_test_conformance0"
api = stripe.StripeClient(KEY, base_addresses={"api": URL}, max_network_retries=0)
v1 = api.v1


def control(path, body=None):
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{URL}/_fake/{path}", data=data, method="POST")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        return json.loads(answer.read() or b"null")


def look(path):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{URL}/_fake/{path}") as answer:
        return json.loads(answer.read())


def same(found, wanted):
    assert found == wanted, f"{found!r} instead of {wanted!r}"


def refused(kind, status, code, act, param=None):
    try:
        result = act()
    except stripe.StripeError as e:
        same(type(e), kind)
        # Not e.code: some of the errors are made without it.
        same((e.http_status, e.error.code), (status, code))
        if param:
            same(e.param, param)
        assert e.request_id.startswith("req_"), e.request_id
        return e
    raise AssertionError(f"was not refused: {result!r}")


def fresh(balance=100_000):
    control("reset")
    control("accounts", {"id": "acct_host1"})
    control("accounts", {"id": "acct_host2", "setup": {"country": "DE"}})
    control("balance", {"currency": "usd", "minor": balance})


def pay(amount=1000, key=None, **more):
    params = {"amount": amount, "currency": "usd", "destination": "acct_host1", **more}
    return v1.transfers.create(params, {"idempotency_key": key} if key else {})


def accounts():
    fresh()
    own = v1.accounts.retrieve_current()
    same((own.object, own.id), ("account", "acct_1FakePlatform00"))
    same(own.type, "standard")
    made = v1.accounts.create(
        {
            "type": "express",
            "country": "US",
            "email": "host@example.com",
            "capabilities": {"transfers": {"requested": True}},
            "business_type": "individual",
            "business_profile": {"url": "https://example.com", "mcc": "6513"},
            "metadata": {"owner_id": "o1"},
        }
    )
    assert made.id.startswith("acct_")
    same((made.type, made.country, made.email), ("express", "US", "host@example.com"))
    same((made.payouts_enabled, made.charges_enabled), (False, False))
    same(made.capabilities.transfers, "inactive")
    same(made.requirements.disabled_reason, "requirements.past_due")
    assert "external_account" in made.requirements.currently_due
    same(made.metadata["owner_id"], "o1")
    same(made.business_profile.mcc, "6513")
    changed = v1.accounts.update(made.id, {"metadata": {"owner_id": "", "more": "x"}})
    same(changed.metadata.to_dict(), {"more": "x"})
    same(v1.accounts.retrieve(made.id).metadata.to_dict(), {"more": "x"})
    control("enable", {"id": made.id})
    same(v1.accounts.retrieve(made.id).capabilities.transfers, "active")
    control("restrict", {"id": made.id, "disabled_reason": "listed", "due": ["individual.dob"]})
    restricted = v1.accounts.retrieve(made.id)
    same(restricted.requirements.disabled_reason, "listed")
    same(restricted.requirements.past_due, ["individual.dob"])
    same(restricted.payouts_enabled, False)
    ids = [one.id for one in v1.accounts.list({"limit": 2}).auto_paging_iter()]
    same(ids, [made.id, "acct_host2", "acct_host1"])
    refused(stripe.PermissionError, 403, "account_invalid", lambda: v1.accounts.retrieve("acct_x"))
    link = v1.account_links.create(
        {
            "account": made.id,
            "type": "account_onboarding",
            "refresh_url": "https://example.com/again",
            "return_url": "https://example.com/done",
        }
    )
    same(link.object, "account_link")
    assert link.url.startswith("https://connect.stripe.com/") and link.expires_at > link.created
    bare = {"account": made.id}
    refused(
        stripe.InvalidRequestError,
        400,
        "parameter_missing",
        lambda: v1.account_links.create(bare),
        "type",
    )


def transfers():
    fresh(balance=10_000)
    made = pay(
        2500,
        description="Payout",
        transfer_group="batch-1",
        metadata={"payout_id": "p1", "note": "ä & b=c"},
    )
    same((made.object, made.amount, made.currency), ("transfer", 2500, "usd"))
    same((made.destination, made.transfer_group), ("acct_host1", "batch-1"))
    same(made.metadata.to_dict(), {"payout_id": "p1", "note": "ä & b=c"})
    same((made.livemode, made.reversed, made.amount_reversed), (False, False, 0))
    same(made.reversals.data, [])
    assert made.id.startswith("tr_") and made.destination_payment.startswith("py_")
    same(v1.transfers.retrieve(made.id).description, "Payout")
    expanded = v1.transfers.retrieve(made.id, {"expand": ["destination", "balance_transaction"]})
    same(expanded.destination.id, "acct_host1")
    same(expanded.balance_transaction.net, -2500)
    changed = v1.transfers.update(made.id, {"metadata": {"note": ""}})
    same(changed.metadata.to_dict(), {"payout_id": "p1"})
    same([one.amount for one in v1.balance.retrieve().available], [7500])

    invalid = stripe.InvalidRequestError
    for bad, code, param in [
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": "12.5"}, "parameter_invalid_integer", "amount"),
        ({"currency": "zzz"}, None, "currency"),
        ({"destination": "acct_none"}, "resource_missing", "destination"),
        ({"amount": 7501}, "balance_insufficient", None),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"description": ""}, "parameter_invalid_empty", "description"),
    ]:
        params = {"amount": 100, "currency": "usd", "destination": "acct_host1", **bad}
        refused(invalid, 400, code, lambda p=params: v1.transfers.create(p), param)
    missing = {"amount": 100, "currency": "usd"}
    refused(
        invalid, 400, "parameter_missing", lambda: v1.transfers.create(missing), "destination"
    )
    control("restrict", {"id": "acct_host1", "disabled_reason": "listed"})
    refused(invalid, 400, "insufficient_capabilities_for_transfer", pay)
    refused(invalid, 404, "resource_missing", lambda: v1.transfers.retrieve("tr_none"))
    same(len(look("state")["transfers"]), 1)

    nobody = stripe.StripeClient("nonsense", base_addresses={"api": URL}, max_network_retries=0)
    refused(stripe.AuthenticationError, 401, None, lambda: nobody.v1.balance.retrieve())
    control("deny", {"method": "POST", "path_prefix": "/v1/transfers"})
    refused(
        stripe.PermissionError, 403, "more_permissions_required_for_application", lambda: pay(1)
    )
    control("allow_all")
    live = stripe.StripeClient(
        "rk_live_conformance0", base_addresses={"api": URL}, max_network_retries=0
    )
    same((live.v1.balance.retrieve().livemode, live.v1.transfers.list().data), (True, []))


def lists():
    fresh(balance=1_000_000)
    control("clock", {"freeze_at": 1_800_000_000})
    made = []
    for index in range(25):
        destination = ("acct_host1", "acct_host2")[index % 2]
        group = ("batch-a", "batch-b")[index // 20]
        transfer = pay(100 + index, destination=destination, transfer_group=group)
        same(transfer.created, 1_800_000_000 + index)
        made.append(transfer.id)
        control("clock", {"advance_seconds": 1})
    newest_first = made[::-1]
    page = v1.transfers.list()
    same(([one.id for one in page], page.has_more), (newest_first[:10], True))
    same((page.url, page.object), ("/v1/transfers", "list"))
    walked = [one.id for one in v1.transfers.list({"limit": 4}).auto_paging_iter()]
    same(walked, newest_first)
    whole = v1.transfers.list({"limit": 100})
    same(([one.id for one in whole], whole.has_more), (newest_first, False))
    back = v1.transfers.list({"limit": 3, "ending_before": newest_first[5]})
    same(([one.id for one in back], back.has_more), (newest_first[2:5], True))
    back = v1.transfers.list({"limit": 3, "ending_before": newest_first[2]})
    same(([one.id for one in back], back.has_more), (newest_first[:2], False))
    grouped = v1.transfers.list({"transfer_group": "batch-b"})
    same([one.id for one in grouped], newest_first[:5])
    both = v1.transfers.list({"transfer_group": "batch-b", "destination": "acct_host2"})
    same([one.id for one in both], [made[23], made[21]])
    since = 1_800_000_000
    for operator, wanted in [("gt", 4), ("gte", 5)]:
        found = v1.transfers.list({"created": {operator: since + 20}})
        same(len(found.data), wanted)
    found = v1.transfers.list({"created": {"gt": since + 2, "lte": since + 5}, "limit": 100})
    same([one.id for one in found], made[5:2:-1])
    same([one.id for one in v1.transfers.list({"created": since + 7})], [made[7]])
    same([one.id for one in v1.transfers.list({"created": {"lt": since + 1}})], [made[0]])
    invalid = stripe.InvalidRequestError
    after = {"starting_after": "tr_none"}
    refused(
        invalid, 400, "resource_missing", lambda: v1.transfers.list(after), "starting_after"
    )
    too_many = {"limit": 101}
    refused(
        invalid, 400, "parameter_invalid_integer", lambda: v1.transfers.list(too_many), "limit"
    )
    unknown = {"metadata": {"payout_id": "p"}}
    refused(
        invalid, 400, "parameter_unknown", lambda: v1.transfers.list(unknown), "metadata"
    )
    booked = v1.balance_transactions.list({"limit": 10, "type": "transfer"}).auto_paging_iter()
    same([one.source for one in booked], newest_first)


def reversals():
    fresh(balance=5000)
    transfer = pay(3000)
    one = v1.transfers.reversals.create(transfer.id, {"amount": 1000, "metadata": {"why": "x"}})
    same((one.object, one.amount, one.transfer), ("transfer_reversal", 1000, transfer.id))
    same(one.metadata["why"], "x")
    same(v1.transfers.reversals.retrieve(transfer.id, one.id).amount, 1000)
    dashboard = control("reverse", {"id": transfer.id, "amount": 500})["id"]
    same([it.id for it in v1.transfers.reversals.list(transfer.id)], [dashboard, one.id])
    after = v1.transfers.retrieve(transfer.id)
    same((after.amount_reversed, after.reversed), (1500, False))
    same([it.id for it in after.reversals], [dashboard, one.id])
    same(v1.balance.retrieve().available[0].amount, 3500)
    # The host was paid out: 200 are left of 1500.
    control("bank_payout", {"id": "acct_host1", "amount": 1300, "currency": "usd"})
    on_host = {"stripe_account": "acct_host1"}
    same(v1.balance.retrieve(options=on_host).available[0].amount, 200)
    refused(
        stripe.InvalidRequestError,
        400,
        "balance_insufficient",
        lambda: v1.transfers.reversals.create(transfer.id),
    )
    refused(
        stripe.InvalidRequestError,
        400,
        None,
        lambda: v1.transfers.reversals.create(transfer.id, {"amount": 1501}),
        "amount",
    )
    v1.transfers.reversals.create(transfer.id, {"amount": 200})
    pay(1500)
    v1.transfers.reversals.create(transfer.id)
    done = v1.transfers.retrieve(transfer.id)
    same((done.amount_reversed, done.reversed), (3000, True))
    refused(
        stripe.InvalidRequestError,
        400,
        None,
        lambda: v1.transfers.reversals.create(transfer.id),
    )
    kinds = [it.type for it in v1.balance_transactions.list(options=on_host)]
    same(kinds[-4:], ["payout", "payment_refund", "payment_refund", "payment"])


def payouts():
    fresh(balance=5000)
    pay(3000)
    body = {"id": "acct_host1", "amount": 1000, "currency": "usd"}
    good = control("bank_payout", body)["id"]
    failure = {"failure_code": "account_closed", "failure_message": "The account was closed."}
    bad = control("bank_payout", {**body, **failure})["id"]
    on_host = {"stripe_account": "acct_host1"}
    same([it.id for it in v1.payouts.list(options=on_host)], [bad, good])
    failed = v1.payouts.list({"status": "failed", "limit": 1}, on_host).data[0]
    same((failed.id, failed.status, failed.failure_code), (bad, "failed", "account_closed"))
    same(failed.failure_message, "The account was closed.")
    assert failed.failure_balance_transaction.startswith("txn_")
    paid = v1.payouts.retrieve(good, options=on_host)
    same((paid.status, paid.amount, paid.failure_code), ("paid", 1000, None))
    same(v1.payouts.list({"created": {"gt": paid.created + 60}}, on_host).data, [])
    same(v1.payouts.list().data, [])
    # What came back from the bank is still in the host's balance.
    same(v1.balance.retrieve(options=on_host).available[0].amount, 2000)
    nobody = {"stripe_account": "acct_none"}
    refused(
        stripe.PermissionError,
        403,
        "account_invalid",
        lambda: v1.payouts.list(options=nobody),
    )


def disputes():
    fresh(balance=5000)
    setup = {"amount": 1200, "currency": "usd", "charge": "ch_1", "reason": "fraudulent"}
    first = control("dispute", {"setup": setup})["id"]
    warning = control("dispute", {"setup": {**setup, "status": "warning_needs_response"}})["id"]
    same(v1.balance.retrieve().available[0].amount, 5000 - 1200 - 1500)
    shown = v1.disputes.retrieve(first)
    same((shown.status, shown.amount, shown.charge), ("needs_response", 1200, "ch_1"))
    same((shown.balance_transactions[0].net, shown.reason), (-2700, "fraudulent"))
    same([it.id for it in v1.disputes.list()], [warning, first])
    answered = v1.disputes.update(first, {"evidence": {"customer_name": "A. Guest"}})
    same((answered.status, answered.evidence.customer_name), ("under_review", "A. Guest"))
    same(answered.evidence_details.submission_count, 1)
    control("settle_dispute", {"id": first, "status": "won"})
    won = v1.disputes.retrieve(first)
    same((won.status, len(won.balance_transactions)), ("won", 2))
    same(v1.balance.retrieve().available[0].amount, 5000)
    second = control("dispute", {"setup": setup})["id"]
    same(v1.disputes.close(second).status, "lost")
    refused(stripe.InvalidRequestError, 400, None, lambda: v1.disputes.close(second))


def idempotency():
    fresh(balance=10_000)
    one = pay(1000, key="k1", metadata={"a": "1", "b": "2"})
    same(one.last_response.headers["Idempotency-Key"], "k1")
    assert "Idempotent-Replayed" not in one.last_response.headers
    again = pay(1000, key="k1", metadata={"b": "2", "a": "1"})
    same(again.id, one.id)
    same(again.last_response.headers["Idempotent-Replayed"], "true")
    same(again.last_response.headers["Original-Request"], one.last_response.request_id)
    error = stripe.IdempotencyError
    refused(error, 400, None, lambda: pay(1001, key="k1"))
    elsewhere = {"idempotency_key": "k1"}
    refused(error, 400, None, lambda: v1.transfers.update(one.id, {}, elsewhere))

    # A refusal while executing is saved; one of the parameters is not.
    refused(stripe.InvalidRequestError, 400, "balance_insufficient", lambda: pay(9999, key="k2"))
    control("balance", {"currency": "usd", "minor": 50_000})
    e = refused(
        stripe.InvalidRequestError, 400, "balance_insufficient", lambda: pay(9999, key="k2")
    )
    same(e.headers["Idempotent-Replayed"], "true")
    refused(
        stripe.InvalidRequestError, 400, "parameter_unknown", lambda: pay(5, key="k3", colour="r")
    )
    same(pay(5, key="k3").amount, 5)
    refused(error, 400, None, lambda: pay(5, key="k" * 256))

    # Pruned after 24 hours, not before.
    control("clock", {"advance_seconds": 24 * 3600 - 60})
    same(pay(1000, key="k1", metadata={"a": "1", "b": "2"}).id, one.id)
    control("clock", {"advance_seconds": 61})
    assert pay(1000, key="k1", metadata={"a": "1", "b": "2"}).id != one.id

    # In use by another request.
    control("latency", {"ms": 800})
    slow = []
    thread = threading.Thread(target=lambda: slow.append(pay(70, key="k4")))
    thread.start()
    time.sleep(0.3)
    # The SDK has no class for 409.
    e = refused(stripe.APIError, 409, "idempotency_key_in_use", lambda: pay(70, key="k4"))
    same(e.error.type, "idempotency_error")
    thread.join()
    control("latency", {"ms": 0})
    same(pay(70, key="k4").id, slow[0].id)


def faults():
    fresh(balance=10_000)
    to_transfers = {"method": "POST", "path_prefix": "/v1/transfers"}
    control("script", [{"on": to_transfers, "what": {"saved_500": {"done": True}}}])
    refused(stripe.APIError, 500, None, lambda: pay(100, key="f1"))
    e = refused(stripe.APIError, 500, None, lambda: pay(100, key="f1"))
    same(e.headers["Idempotent-Replayed"], "true")
    same(len(look("state")["transfers"]), 1)
    control("faults", {"on": to_transfers, "what": "too_many_429", "times": 2})
    for _ in range(2):
        e = refused(stripe.RateLimitError, 429, "rate_limit", lambda: pay(101, key="f2"))
    same(e.headers["Stripe-Should-Retry"], "true")
    same(pay(101, key="f2").amount, 101)
    control("script", [{"on": to_transfers, "what": "drop_after"}])
    try:
        pay(102, key="f3")
        raise AssertionError("an answer came")
    except stripe.APIConnectionError:
        pass
    same(pay(102, key="f3").last_response.headers["Idempotent-Replayed"], "true")
    control("rate_limit", {"per_second": 3})
    limited = 0
    for _ in range(6):
        try:
            v1.balance.retrieve()
        except stripe.RateLimitError:
            limited += 1
    assert limited >= 1, limited
    control("rate_limit", {"per_second": None})


def main():
    parts = [accounts, transfers, lists, reversals, payouts, disputes, idempotency, faults]
    everything = []
    for part in parts:
        part()
        everything += look("requests")
        print(f"{part.__name__}: ok", file=sys.stderr)
    # For forms.py: every call that was made here, with its answer.
    for call in everything:
        print(json.dumps(call))


main()
