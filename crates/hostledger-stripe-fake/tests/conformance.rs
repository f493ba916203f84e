//! The stand-in before its judges: Stripe's own SDK, and Stripe's description of the API.

use hostledger_stripe_fake::{AccountSetup, FakeStripe, conformance};
use serde_json::json;

#[test]
fn the_official_sdk_works_and_every_call_fits_the_description() {
    let stripe = FakeStripe::start();
    let calls = conformance::sdk(&stripe.url()).unwrap_or_else(|e| panic!("{e}"));
    let checked = conformance::check_forms(&calls).unwrap_or_else(|e| panic!("{e}"));
    let calls = calls.lines().count();
    assert!(calls > 100, "{calls} calls");
    assert_eq!(
        checked.trim_end(),
        format!("{calls} calls and {calls} answers checked, 0 problems")
    );
}

#[test]
fn the_description_refuses_what_is_wrong() {
    let call = |form: &str, answer: &str| {
        json!({ "method": "POST", "path": "/v1/transfers", "answer": answer,
                "form": [["amount", "1"], ["currency", "usd"], ["destination", "a"], [form, "x"]] })
        .to_string()
    };
    for (form, answer, problem) in [
        ("colour", "", "colour is unknown"),
        ("amount", "", "'x' is no integer"),
        ("metadata[a][b]", "", "a plain value is wanted"),
        ("description", r#"{"object": "transfer"}"#, "id is required"),
    ] {
        let problems = conformance::check_forms(&call(form, answer)).unwrap_err();
        assert!(problems.contains(problem), "{form}: {problems}");
    }
    assert!(conformance::check_forms(&call("description", "")).is_ok());
}

#[test]
fn the_sdk_sends_a_call_that_can_be_compared() {
    let stripe = FakeStripe::start();
    stripe.add_account("acct_host", AccountSetup::default());
    stripe.set_balance("usd", 1000);
    let call = json!({
        "call": "transfers.create",
        "idempotency_key": "key-1",
        "params": {
            "amount": 900, "currency": "usd", "destination": "acct_host",
            "metadata": { "payout_id": "p1" },
        },
    });
    let answers = conformance::emit(&stripe.url(), "rk_test_12345678", &[call.clone(), call]);
    let answers = answers.unwrap_or_else(|e| panic!("{e}"));
    let transfers = stripe.transfers();
    assert_eq!(transfers.len(), 1);
    assert_eq!(answers[0]["ok"]["id"], json!(transfers[0].id));
    assert_eq!(answers[0], answers[1]);
    let request = &stripe.requests()[0];
    assert_eq!(request.idempotency_key.as_deref(), Some("key-1"));
    let form = request.form.iter();
    let form: Vec<(&str, &str)> = form.map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        form,
        [
            ("amount", "900"),
            ("currency", "usd"),
            ("destination", "acct_host"),
            ("metadata[payout_id]", "p1"),
        ]
    );
}
