//! S1: what this program sends to Stripe is, field by field, what Stripe's official SDK sends for the
//! same call, and satisfies Stripe's published description.

use std::collections::BTreeMap;

use hostledger_stripe_fake::conformance::{check_forms, emit};
use hostledger_stripe_fake::{DisputeSetup, FakeStripe, RequestRecord};
use hostledger_tests::export::{host, to_csv};
use hostledger_tests::stripe::{KEY, approved_batch, send};
use serde_json::{Value, json};

/// What a request asks for, apart from who asks: order of fields doesn't matter.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    method: String,
    path: String,
    fields: BTreeMap<String, String>,
    idempotency_key: Option<String>,
    stripe_account: Option<String>,
    content_type: Option<String>,
}

fn asked(r: &RequestRecord) -> Asked {
    // The SDK numbers the entries of a list, `expand[0]`; Stripe reads both alike.
    let plain = |name: &str| name.replace("[0]", "[]");
    let fields = r.query.iter().chain(&r.form);
    Asked {
        method: r.method.clone(),
        path: r.path.clone(),
        fields: fields.map(|(n, v)| (plain(n), v.clone())).collect(),
        idempotency_key: r.idempotency_key.clone(),
        stripe_account: r.stripe_account.clone(),
        content_type: (r.method == "POST")
            .then(|| r.content_type.clone())
            .flatten(),
    }
}

/// Every kind of request that the program makes, in one life of a batch.
fn ours() -> (Vec<RequestRecord>, Value) {
    let stripe = FakeStripe::start();
    let (ledger, batch) = approved_batch(&stripe, 1, 10_000);
    assert_eq!(send(&ledger, &batch).json["status"], "COMPLETED");
    let bare = [
        ("stripe_account_id", ""),
        ("payouts_enabled", ""),
        ("email", "amara@example.org"),
        ("country", "DE"),
    ];
    ledger.import("hosts", to_csv(&[host("host-00002", &bare)]));
    ledger.ok(&["hosts", "onboard", "host-00002"]);
    ledger.ok(&["hosts", "account", "host-00001", "--pull"]);
    let disputed = DisputeSetup {
        charge: "ch_bk-00001-1".into(),
        amount: 2000,
        ..DisputeSetup::default()
    };
    let dispute = stripe.open_dispute(false, disputed).unwrap();
    ledger.ok(&["stripe", "sync"]);
    let evidence = ["disputes", "evidence", &dispute];
    ledger.ok(&[&evidence[..], &["--set", "uncategorized_text=Seen."]].concat());
    ledger.ok(&[&evidence[..], &["--reviewed", "--submit"]].concat());
    stripe.settle_dispute(&dispute, "lost").unwrap();
    ledger.ok(&["stripe", "sync"]);
    ledger.ok(&["disputes", "recover", &dispute]);
    ledger.ok(&["check", "--witness"]);
    let shown = ledger.ok(&["payouts", "show", &batch]);
    (stripe.requests(), shown)
}

fn field<'a>(r: &'a RequestRecord, name: &str) -> &'a str {
    let mut fields = r.query.iter().chain(&r.form);
    let found = fields.find(|(n, _)| n == name);
    found.map_or("", |(_, v)| v)
}

#[test]
fn s1_requests_are_those_of_the_official_sdk() {
    let (requests, batch) = ours();
    let one = |method: &str, path: &str, having: &str| {
        let is = |r: &&RequestRecord| {
            let has = having.is_empty() || !field(r, having).is_empty();
            r.method == method && r.path == path && has
        };
        requests
            .iter()
            .find(is)
            .unwrap_or_else(|| panic!("no {method} {path} {having}"))
    };
    let transfer = one("POST", "/v1/transfers", "");
    let account = one("POST", "/v1/accounts", "");
    let link = one("POST", "/v1/account_links", "");
    let by_group = one("GET", "/v1/transfers", "transfer_group");
    let since = one("GET", "/v1/transfers", "created[gte]");
    let reversals = one("GET", "/v1/balance_transactions", "");
    let failures = one("GET", "/v1/payouts", "");
    let starting = |method: &str, prefix: &str| {
        let is = |r: &&RequestRecord| r.method == method && r.path.starts_with(prefix);
        requests
            .iter()
            .find(is)
            .unwrap_or_else(|| panic!("no {method} {prefix}"))
    };
    let disputes = one("GET", "/v1/disputes", "");
    let evidence = starting("POST", "/v1/disputes/");
    let back = starting("POST", "/v1/transfers/");
    let id_in = |r: &RequestRecord, at: usize| r.path.split('/').nth(at).unwrap().to_owned();
    let texts: serde_json::Map<String, Value> = evidence
        .form
        .iter()
        .filter_map(|(n, v)| {
            let name = n.strip_prefix("evidence[")?.strip_suffix(']')?;
            Some((name.to_owned(), json!(v)))
        })
        .collect();
    assert!(texts.len() > 4, "{texts:?}");
    let payout = &batch["payouts"][0];
    let made = field(link, "account").to_owned();
    let back_to = "https://connect.stripe.com/express_login";
    let number = |r: &RequestRecord, name: &str| field(r, name).parse::<i64>().unwrap();
    // What we mean, said to the SDK in its own words.
    let calls = [
        (
            transfer,
            json!({
                "call": "transfers.create", "idempotency_key": transfer.idempotency_key,
                "params": {
                    "amount": 2624, "currency": "usd", "destination": "acct_1Host00001",
                    "transfer_group": batch["batch_id"], "description": "Payout of 2026-03-16",
                    "metadata": {
                        "payout_id": payout["payout_id"], "batch_id": batch["batch_id"],
                        "digest": batch["digest"],
                        "audit_head": field(transfer, "metadata[audit_head]"),
                        "ledger_id": field(transfer, "metadata[ledger_id]"),
                    },
                },
            }),
        ),
        (
            account,
            json!({
                "call": "accounts.create", "idempotency_key": account.idempotency_key,
                "params": {
                    "type": "express", "country": "DE", "email": "amara@example.org",
                    "capabilities": { "transfers": { "requested": true } },
                    "metadata": { "host_id": "host-00002", "ledger_id": field(transfer, "metadata[ledger_id]") },
                },
            }),
        ),
        (
            link,
            json!({
                "call": "account_links.create",
                "params": {
                    "account": made, "type": "account_onboarding",
                    "refresh_url": back_to, "return_url": back_to,
                },
            }),
        ),
        (
            by_group,
            json!({
                "call": "transfers.list",
                "params": { "limit": 100, "transfer_group": batch["batch_id"] },
            }),
        ),
        (
            since,
            json!({
                "call": "transfers.list",
                "params": { "limit": 100, "created": { "gte": number(since, "created[gte]") } },
            }),
        ),
        (
            reversals,
            json!({
                "call": "balance_transactions.list",
                "params": {
                    "limit": 100, "type": "transfer_refund", "expand": ["data.source"],
                    "created": { "gte": number(reversals, "created[gte]") },
                },
            }),
        ),
        (
            failures,
            json!({
                "call": "payouts.list", "stripe_account": "acct_1Host00001",
                "params": {
                    "limit": 100, "status": "failed",
                    "created": { "gte": number(failures, "created[gte]") },
                },
            }),
        ),
        (
            disputes,
            json!({
                "call": "disputes.list",
                "params": { "limit": 100, "created": { "gte": number(disputes, "created[gte]") } },
            }),
        ),
        (
            evidence,
            json!({
                "call": "disputes.update", "args": [id_in(evidence, 3)],
                "idempotency_key": evidence.idempotency_key,
                "params": { "evidence": texts, "submit": true },
            }),
        ),
        (
            back,
            json!({
                "call": "transfers.reversals.create", "args": [id_in(back, 3)],
                "idempotency_key": back.idempotency_key, "params": { "amount": 1312 },
            }),
        ),
        (
            one("GET", "/v1/accounts", ""),
            json!({ "call": "accounts.list", "params": { "limit": 100 } }),
        ),
        (
            one("GET", "/v1/balance", ""),
            json!({ "call": "balance.retrieve", "params": {} }),
        ),
        (
            one("GET", "/v1/accounts/acct_1Host00001", ""),
            json!({
                "call": "accounts.retrieve", "args": ["acct_1Host00001"], "params": {},
            }),
        ),
    ];
    let sdk = FakeStripe::start();
    for (our, call) in &calls {
        let before = sdk.requests().len();
        // What the stand-in answers is of no interest here.
        drop(emit(&sdk.url(), KEY, std::slice::from_ref(call)));
        let theirs = sdk.requests();
        let theirs = theirs
            .get(before)
            .unwrap_or_else(|| panic!("nothing came of {call}"));
        let mut theirs = asked(theirs);
        if our.idempotency_key.is_none() {
            // The SDK makes a random key for every POST; a link is safe to make twice.
            theirs.idempotency_key = None;
        }
        assert_eq!(asked(our), theirs, "{call}");
    }
    // Nothing was forgotten above.
    let known: Vec<_> = calls.iter().map(|(r, _)| (&r.method, &r.path)).collect();
    for r in &requests {
        let is_known = known.contains(&(&r.method, &r.path)) || r.path == "/v1/account";
        assert!(is_known, "{} {} is compared with nothing", r.method, r.path);
    }
}

#[test]
fn s1_the_published_description_accepts_every_request_and_answer() {
    let (requests, _) = ours();
    let lines: Vec<String> = requests
        .iter()
        .map(|r| serde_json::to_string(r).unwrap())
        .collect();
    check_forms(&lines.join("\n")).unwrap();
}
