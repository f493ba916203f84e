//! Idempotency and every fault, as a plain client sees them.

mod client;

use std::time::{Duration, Instant};

use client::{Answer, Client, KEY};
use hostledger_stripe_fake::{FakeStripe, Fault, FaultKind, Match};

fn fresh() -> (FakeStripe, Client) {
    client::fresh(10_000)
}

fn kind(answer: &Answer) -> &str {
    answer.json["error"]["type"].as_str().unwrap_or_default()
}

#[test]
fn the_connection_ends_before_or_after_the_work() {
    let (stripe, client) = fresh();
    stripe.push_fault(Fault::next_transfer(FaultKind::DropBefore));
    assert!(client.pay(100, "k1").is_err());
    assert!(stripe.transfers().is_empty());
    assert_eq!(stripe.requests()[0].status, None);

    stripe.push_fault(Fault::next_transfer(FaultKind::DropAfter));
    assert!(client.pay(100, "k1").is_err());
    assert_eq!(stripe.transfers().len(), 1);
    let made = stripe.requests()[1].answer.clone().unwrap();
    assert!(made.contains(&stripe.transfers()[0].id));
    assert_eq!(stripe.requests()[1].status, None);

    let replay = client.pay(100, "k1").unwrap();
    assert_eq!(replay.header("idempotent-replayed"), Some("true"));
    assert_eq!(replay.json["id"], stripe.transfers()[0].id);
    assert!(stripe.requests()[2].replayed);
    assert_eq!(stripe.transfers().len(), 1);
}

#[test]
fn an_answer_is_garbled_or_cut_in_half_by_a_reset() {
    let (stripe, client) = fresh();
    stripe.push_fault(Fault::next_transfer(FaultKind::GarbledOk));
    let garbled = client.pay(100, "k1").unwrap();
    assert_eq!(garbled.status, 200);
    assert!(garbled.json.is_null());
    assert_eq!(stripe.transfers().len(), 1);

    stripe.push_fault(Fault::next_transfer(FaultKind::ResetMidBody));
    let (bytes, end) = client.raw(&client::transfer_request(200, "k2"));
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").expect("a whole head");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(body.contains("\"tr_") && !body.ends_with('}'), "{body}");
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(stripe.transfers().len(), 2);
    assert!(client.pay(200, "k2").unwrap().json["id"].is_string());
    assert_eq!(stripe.transfers().len(), 2);
}

#[test]
fn the_answer_or_the_work_comes_late() {
    let (stripe, client) = fresh();
    let late = Duration::from_millis(600);
    stripe.push_fault(Fault::next_transfer(FaultKind::Delay(late)));
    let hasty = client.with_timeout(Duration::from_millis(150));
    assert!(hasty.pay(100, "k1").is_err());
    assert_eq!(stripe.transfers().len(), 1, "done at once");
    assert_eq!(stripe.requests()[0].status, None);
    assert_eq!(client.pay(100, "k1").unwrap().status, 200);

    stripe.push_fault(Fault::next_transfer(FaultKind::DelayBefore(late)));
    assert!(hasty.pay(200, "k2").is_err());
    assert_eq!(stripe.transfers().len(), 1, "not done yet");
    client::until(|| stripe.transfers().len() == 2);
    let replay = client.pay(200, "k2").unwrap();
    assert_eq!(replay.header("idempotent-replayed"), Some("true"));
}

#[test]
fn a_call_hangs_with_or_without_the_work() {
    let (stripe, client) = fresh();
    let hasty = client.with_timeout(Duration::from_millis(200));
    for (done, made) in [(false, 0), (true, 1)] {
        stripe.push_fault(Fault::next_transfer(FaultKind::Hang { done }));
        assert!(hasty.pay(100, "k1").is_err());
        assert_eq!(stripe.transfers().len(), made);
    }
    let begun = Instant::now();
    drop(stripe);
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "stops all the same"
    );
}

#[test]
fn refusals_that_are_saved_and_those_that_are_not() {
    let (stripe, client) = fresh();
    for (what, status, kind_of, replayed) in [
        (FaultKind::Conflict409, 409, "idempotency_error", false),
        (FaultKind::TooMany429, 429, "invalid_request_error", false),
        (FaultKind::Unavailable503, 503, "api_error", false),
    ] {
        let key = format!("k{status}");
        stripe.push_fault(Fault::next_transfer(what).times(2));
        for _ in 0..2 {
            let answer = client.pay(100, &key).unwrap();
            assert_eq!((answer.status, kind(&answer)), (status, kind_of));
            assert_eq!(answer.header("idempotent-replayed").is_some(), replayed);
        }
        assert_eq!(client.pay(100, &key).unwrap().status, 200);
    }
    assert_eq!(stripe.transfers().len(), 3);

    for (done, made) in [(false, 3), (true, 4)] {
        let key = format!("saved-{done}");
        stripe.push_fault(Fault::next_transfer(FaultKind::Saved500 { done }));
        for replayed in [false, true] {
            let answer = client.pay(100, &key).unwrap();
            assert_eq!((answer.status, kind(&answer)), (500, "api_error"));
            assert_eq!(answer.header("idempotent-replayed").is_some(), replayed);
        }
        assert_eq!(stripe.transfers().len(), made);
    }

    stripe.push_fault(Fault::next_transfer(FaultKind::Refuse {
        status: 402,
        code: "card_declined".to_owned(),
        message: "No.".to_owned(),
    }));
    for _ in 0..2 {
        let answer = client.pay(100, "refused").unwrap();
        assert_eq!(
            (answer.status, &answer.json["error"]["code"]),
            (402, &"card_declined".into())
        );
    }
    assert_eq!(stripe.transfers().len(), 4);
}

#[test]
fn a_pruned_key_pays_again() {
    let (stripe, client) = fresh();
    client.pay(100, "k1").unwrap();
    stripe.push_fault(Fault::next_transfer(FaultKind::PruneKey));
    client.pay(100, "k1").unwrap();
    assert_eq!(stripe.transfers().len(), 2);
    // From now on the second result is the saved one.
    let replay = client.pay(100, "k1").unwrap();
    assert_eq!(replay.json["id"], stripe.transfers()[1].id);

    stripe.advance_clock(Duration::from_secs(24 * 3600 - 60));
    client.pay(100, "k1").unwrap();
    assert_eq!(stripe.transfers().len(), 2);
    stripe.advance_clock(Duration::from_secs(61));
    client.pay(100, "k1").unwrap();
    assert_eq!(stripe.transfers().len(), 3);
}

#[test]
fn faults_choose_their_calls() {
    let (stripe, client) = fresh();
    let of_two = Fault::next_transfer(FaultKind::Unavailable503).payout("p2");
    let third = Fault::next_transfer(FaultKind::TooMany429).nth(3).times(2);
    let balance = Fault {
        on: Match {
            path_prefix: "/v1/balance".to_owned(),
            ..Match::default()
        },
        what: FaultKind::Unavailable503,
        times: 1,
    };
    stripe.script(vec![of_two, third, balance]);
    let statuses: Vec<u16> = ["p1", "p2", "p3", "p4", "p5"]
        .iter()
        .map(|payout| client.pay_for(payout, 10).unwrap().status)
        .collect();
    assert_eq!(statuses, [200, 503, 429, 429, 200]);
    assert_eq!(client.get("v1/balance").status, 503);
    assert_eq!(client.get("v1/balance").status, 200);
}

#[test]
fn a_key_in_flight_is_a_conflict_and_the_work_outlives_its_client() {
    let (stripe, client) = fresh();
    stripe.set_latency(Duration::from_millis(700));
    let hasty = client.with_timeout(Duration::from_millis(150));
    assert!(hasty.pay(100, "k1").is_err());
    let conflict = client.pay(100, "k1").unwrap();
    assert_eq!(conflict.status, 409);
    assert_eq!(conflict.json["error"]["code"], "idempotency_key_in_use");
    client::until(|| stripe.transfers().len() == 1);
    assert_eq!(client.pay(100, "k1").unwrap().status, 200);
    assert_eq!(stripe.transfers().len(), 1);
}

#[test]
fn another_content_or_path_under_a_key_is_refused() {
    let (stripe, client) = fresh();
    let first = client.pay(100, "k1").unwrap();
    let other = client.pay(101, "k1").unwrap();
    assert_eq!((other.status, kind(&other)), (400, "idempotency_error"));
    let id = first.json["id"].as_str().unwrap();
    let elsewhere = client.post(&format!("v1/transfers/{id}"), "metadata[a]=b", Some("k1"));
    let elsewhere = elsewhere.unwrap();
    assert_eq!(
        (elsewhere.status, kind(&elsewhere)),
        (400, "idempotency_error")
    );
    // The other mode doesn't know the key.
    let live = client.with_key("rk_live_12345678");
    assert_eq!(live.pay(101, "k1").unwrap().json["livemode"], true);
    let modes: Vec<bool> = stripe.transfers().iter().map(|it| it.livemode).collect();
    assert_eq!(modes, [false, true]);
}

#[test]
fn sixteen_clients_at_once_spend_exactly_what_is_there() {
    let (stripe, client) = client::fresh(1000);
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let client = &client;
            scope.spawn(move || {
                for index in 0..10 {
                    client.pay(10, &format!("{thread}-{index}")).unwrap();
                }
            });
        }
    });
    let transfers = stripe.transfers();
    assert_eq!(transfers.len(), 100);
    assert_eq!(stripe.balance("usd", false), 0);
    assert_eq!(stripe.account_balance("acct_host", "usd", false), 1000);
    assert_eq!(stripe.requests().len(), 160);
    let refused = stripe
        .requests()
        .iter()
        .filter(|it| it.status == Some(400))
        .count();
    assert_eq!(refused, 60);
}

#[test]
fn a_rate_limit_answers_429_before_the_key_is_looked_at() {
    let (stripe, client) = fresh();
    stripe.set_rate_limit(Some(1));
    let statuses: Vec<u16> = (0..3)
        .map(|_| client.pay(10, "k1").unwrap().status)
        .collect();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..].contains(&429), "{statuses:?}");
    stripe.set_rate_limit(None);
    assert_eq!(client.pay(10, "k1").unwrap().status, 200);
    assert_eq!(stripe.transfers().len(), 1);
}

#[test]
fn no_key_is_ever_kept() {
    let (stripe, client) = fresh();
    client.pay(10, "k1").unwrap();
    let kept = serde_json::to_string(&stripe.requests()).unwrap();
    assert!(
        kept.contains("restricted_test") && !kept.contains(KEY),
        "{kept}"
    );
    assert!(!client.get("_fake/state").text.contains(KEY));
}
