//! S6: whatever any library under this crate logs, the key and the bodies aren't in it.

#![allow(
    clippy::unwrap_used,
    reason = "in these tests a helper that panics is a test that fails"
)]

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hostledger_stripe::request::TransferRequest;
use hostledger_stripe::{Client, NewAccount, SecretKey};
use hostledger_stripe_fake::{AccountSetup, FakeStripe, Fault, FaultKind};

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn s6_no_log_at_any_level_holds_key_or_body() {
    let heard = Heard::default();
    let writer = heard.clone();
    // Both kinds of records: those of `tracing` and those of `log`.
    tracing_log::LogTracer::init().unwrap();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    tracing::trace!("listening");

    let stripe = FakeStripe::start();
    stripe.add_account("acct_1Secretive", AccountSetup::default());
    stripe.set_balance("usd", 1_000_000);
    let secret = "rk_test_51NobodyMayReadThis";
    let key = SecretKey::parse(secret).unwrap();
    let client = Client::new(&key, &stripe.url(), Duration::from_millis(300)).unwrap();
    let body = TransferRequest {
        amount_minor: 1234,
        currency: "USD",
        destination: "acct_1Secretive",
        transfer_group: "batch-of-secrets",
        description: "Payout of a secret",
        metadata: &[("payout_id", "payout-of-secrets")],
    }
    .body()
    .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        client.own_account().await.unwrap();
        client.transfer(&body, "key-1").await.unwrap();
        for (n, what) in [
            FaultKind::DropBefore,
            FaultKind::GarbledOk,
            FaultKind::ResetMidBody,
            FaultKind::Hang { done: false },
            FaultKind::Saved500 { done: false },
        ]
        .into_iter()
        .enumerate()
        {
            stripe.push_fault(Fault::next_transfer(what));
            let key = format!("key-2-{n}");
            client.transfer(&body, &key).await.unwrap_err();
        }
        stripe.deny("POST", "/v1/transfers");
        client.transfer(&body, "key-3").await.unwrap_err();
        let host = NewAccount {
            country: "US",
            email: "private@example.org",
            ledger_id: "ledger",
            host_id: "host",
        };
        client.create_account(&host, "key-4").await.unwrap();
    });
    assert_eq!(stripe.requests().len(), 9, "every call went out");

    let said = String::from_utf8_lossy(&heard.0.lock().unwrap()).into_owned();
    assert!(said.contains("listening"), "nothing was heard at all");
    for hidden in [
        secret,
        &secret[8..],
        "batch-of-secrets",
        "payout-of-secrets",
        "Payout+of+a+secret",
        "private@example.org",
        "private%40example.org",
    ] {
        assert!(!said.contains(hidden), "{hidden} in {said}");
    }
    println!("{} bytes of logs hold no secret", said.len());
}
