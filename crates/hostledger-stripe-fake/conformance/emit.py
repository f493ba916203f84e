"""Makes the official SDK send calls, for comparison with another client's.

    emit.py URL [KEY]

Each line of the input is JSON, e.g.
    {"call": "transfers.create", "params": {"amount": 100, ...}, "idempotency_key": "k"}
with "args" for ids in the path (["tr_1"]) and "stripe_account" where they are wanted. A line comes
back for each: {"ok": object} or {"error": {"type", "status", "code", "message"}}.
"""

import json
import sys

import stripe


def client(url, key):
    return stripe.StripeClient(
        key, base_addresses={"api": url.rstrip("/")}, max_network_retries=0
    )


def emit(api, line):
    target = api.v1
    for name in line["call"].split("."):
        target = getattr(target, name)
    names = ("idempotency_key", "stripe_account", "stripe_version")
    options = {name: line[name] for name in names if line.get(name)}
    try:
        answer = target(*line.get("args", []), params=line.get("params", {}), options=options)
        return {"ok": answer.to_dict() if hasattr(answer, "to_dict") else answer}
    except stripe.StripeError as e:
        error = {
            "type": type(e).__name__,
            "status": e.http_status,
            "code": e.error.code if e.error else None,
            "message": str(e),
        }
        return {"error": error}


def main():
    url = sys.argv[1]
    key = sys.argv[2] if len(sys.argv) > 2 else "rk_test_emit00000000"
    api = client(url, key)
    for text in sys.stdin:
        if text.strip():
            print(json.dumps(emit(api, json.loads(text))), flush=True)


if __name__ == "__main__":
    main()
