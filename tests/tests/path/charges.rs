//! A1: a card payment that several bookings name: the same seat under another id, a booking that
//! was moved, seats and carts; and rows that would change a booking's payment.

use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::reckon::decimal;
use serde_json::Value;

use crate::close::{balances, text};

const MONDAY: &str = "2026-03-16";

fn ledger() -> TestLedger {
    let ledger = TestLedger::new();
    let hosts = ["h-1", "h-2", "h-3"].map(|h| {
        let account = format!("acct_1{}", h.replace('-', ""));
        host(h, &[("stripe_account_id", &account)])
    });
    ledger.import("hosts", to_csv(&hosts));
    ledger
}

/// A seat of 80.00: 53.38 for the host at 70 %.
fn seat(id: &str, changes: &[(&str, &str)]) -> Row {
    let row = booking(
        id,
        "h-1",
        &[
            ("conversation_id", "c-1"),
            ("participant_id", "p-1"),
            ("price", "80.00"),
            ("charge_id", "ch_1"),
        ],
    );
    with(&with(&row, &[("payment_intent_id", "")]), changes)
}

fn import(ledger: &TestLedger, name: &str, rows: &[Row]) -> (i32, Value) {
    let file = ledger.write(name, to_csv(rows));
    let a = ledger.run(&["import", "bookings", &file]);
    assert!([0, 3].contains(&a.status), "{} {}", a.json, a.stderr);
    ledger.check();
    (a.status, a.json)
}

fn open(ledger: &TestLedger) -> Vec<Value> {
    ledger
        .ok(&["exceptions", "list"])
        .as_array()
        .unwrap()
        .clone()
}

fn batch(ledger: &TestLedger) -> Vec<(String, String)> {
    let batch = ledger.prepare(MONDAY);
    ledger.ok(&["payouts", "cancel", &text(&batch, "batch_id")]);
    let payouts = batch["payouts"].as_array().unwrap();
    payouts
        .iter()
        .map(|p| (text(p, "host_id"), text(p, "amount")))
        .collect()
}

fn rules(ledger: &TestLedger, id: &str) -> Vec<String> {
    let c = ledger.ok(&["commissions", "list", "--booking", id]);
    let blocks = c[0]["blocks"].as_array().unwrap();
    blocks
        .iter()
        .map(|b| {
            b["rule"]
                .as_str()
                .unwrap_or(b["kind"].as_str().unwrap())
                .to_owned()
        })
        .collect()
}

fn balance(ledger: &TestLedger, account: &str) -> rust_decimal::Decimal {
    let key = (account.to_owned(), "USD".to_owned());
    balances(ledger).get(&key).copied().unwrap_or_default()
}

fn paid_once() -> Vec<(String, String)> {
    vec![("h-1".to_owned(), "53.38".to_owned())]
}

#[test]
fn a1_one_charge_under_a_second_id_waits_for_a_person() {
    for shares in [("charge_id", "ch_1"), ("payment_intent_id", "pi_1")] {
        let l = ledger();
        let known = seat("b1", &[("payment_intent_id", "pi_1")]);
        import(&l, "first.csv", std::slice::from_ref(&known));
        let mut again = with(
            &known,
            &[
                ("booking_id", "B-0001"),
                ("charge_id", ""),
                ("payment_intent_id", ""),
            ],
        );
        again.insert(shares.0.into(), shares.1.into());
        let (status, _) = import(&l, "second.csv", std::slice::from_ref(&again));
        assert_eq!(status, 3, "{shares:?}");
        let waits = open(&l);
        assert_eq!(waits[0]["code"], "SAME_CHARGE");
        assert!(text(&waits[0], "message").contains("b1"), "{waits:?}");
        assert_eq!(
            rules(&l, "b1"),
            [""; 0],
            "the known booking isn't held by it"
        );
        assert_eq!(batch(&l), paid_once());
        // Dismissed, it is never asked about again, though its content changes.
        let id = text(&waits[0], "exception_id");
        l.ok(&["exceptions", "dismiss", &id, "--reason", "renumbered"]);
        let changed = with(&again, &[("conversation_title", "Other words")]);
        let (status, answer) = import(&l, "third.csv", &[changed]);
        assert_eq!((status, &answer["unchanged"]), (0, &1.into()), "{answer}");
        assert_eq!(batch(&l), paid_once());
    }
}

#[test]
fn a1_a_second_seat_is_taken_in_by_a_person_and_never_asked_about_again() {
    let l = ledger();
    import(&l, "first.csv", &[seat("b1", &[])]);
    let second = seat("b2", &[]);
    import(&l, "second.csv", std::slice::from_ref(&second));
    let id = text(&open(&l)[0], "exception_id");
    let again = l.run(&["exceptions", "retry", &id]);
    assert_eq!(
        (again.status, open(&l).len()),
        (3, 1),
        "trying again settles nothing"
    );
    l.ok(&["exceptions", "retry", &id, "--as", "second-seat"]);
    l.check();
    assert_eq!(open(&l).len(), 0);
    assert_eq!(batch(&l), [("h-1".to_owned(), "106.76".to_owned())]);
    let newer = with(
        &second,
        &[
            ("updated_at", "2026-03-05T00:00:00Z"),
            ("conversation_title", "New words"),
        ],
    );
    let (status, _) = import(&l, "third.csv", &[newer]);
    assert_eq!(status, 0);
    assert_eq!((rules(&l, "b1").len(), rules(&l, "b2").len()), (0, 0));
}

#[test]
fn a1_a_moved_booking_is_as_never_captured() {
    // In one file, in either order; and told by two files, in either order.
    let left = seat(
        "b1",
        &[
            ("status", "CANCELLED"),
            ("cancelled_at", "2026-03-01T00:00:00Z"),
        ],
    );
    let taken = seat("b2", &[("conversation_id", "c-2")]);
    let paid = seat(
        "b1",
        &[
            ("status", "CONFIRMED"),
            ("updated_at", "2026-02-21T00:00:00Z"),
        ],
    );
    let files: [&[&[&Row]]; 6] = [
        &[&[&left, &taken]],
        &[&[&taken, &left]],
        &[&[&left], &[&taken]],
        &[&[&taken], &[&left]],
        &[&[&paid], &[&left, &taken]],
        &[&[&paid], &[&taken, &left]],
    ];
    for (n, told) in files.iter().enumerate() {
        let l = ledger();
        for (i, file) in told.iter().enumerate() {
            let rows: Vec<Row> = file.iter().map(|r| (*r).clone()).collect();
            import(&l, &format!("{i}.csv"), &rows);
        }
        assert_eq!(balance(&l, "assets:stripe"), decimal("77.38"), "case {n}");
        assert_eq!(
            balance(&l, "income:cancellations"),
            decimal("0"),
            "case {n}"
        );
        assert_eq!(rules(&l, "b2"), [""; 0], "case {n}");
        assert_eq!(batch(&l), paid_once(), "case {n}");
    }
}

#[test]
fn a1_check_sees_a_payment_that_counts_twice_and_processing_mends_it() {
    let l = ledger();
    let left = seat(
        "b1",
        &[
            ("status", "CANCELLED"),
            ("cancelled_at", "2026-03-01T00:00:00Z"),
        ],
    );
    let taken = seat("b2", &[("conversation_id", "c-2"), ("charge_id", "ch_2")]);
    import(&l, "one.csv", &[left, taken]);
    let failed = |l: &TestLedger| -> Vec<String> {
        let open = l.open(&l.data_key());
        let found: Result<Vec<String>, hostledger_store::Error> = open.read(|conn| {
            let all = hostledger_store::check::run_all(conn, |_, _| {})?;
            let wrong = all.into_iter().filter(|c| !c.ok);
            Ok(wrong.map(|c| c.name.to_owned()).collect())
        });
        found.unwrap()
    };
    assert_eq!(failed(&l), [""; 0]);
    // As a version that knew nothing of moved bookings left it: both captured, by one charge.
    {
        let key =
            |id: &str| format!("(SELECT booking_key FROM bookings WHERE booking_id = '{id}')");
        let (b1, b2) = (key("b1"), key("b2"));
        let sql = format!(
            "UPDATE bookings SET charge_id = (SELECT charge_id FROM bookings WHERE booking_id = 'b1') WHERE booking_id = 'b2';
             INSERT INTO payment_ids SELECT hash, {b2} FROM payment_ids WHERE booking_key = {b1};
             INSERT INTO shared_payments SELECT hash FROM payment_ids WHERE booking_key = {b1};"
        );
        let open = l.open(&l.data_key());
        let done: Result<(), hostledger_store::Error> =
            open.write(|conn| Ok(conn.execute_batch(&sql)?));
        done.unwrap();
    }
    assert_eq!(failed(&l), ["charges_once"]);
    l.ok(&["commissions", "process"]);
    assert_eq!(failed(&l), [""; 0]);
    assert_eq!(balance(&l, "assets:stripe"), decimal("77.38"));
    assert_eq!(batch(&l), paid_once());
}

#[test]
fn a1_a_moved_booking_in_the_same_conversation_is_no_second_seat() {
    let l = ledger();
    import(
        &l,
        "first.csv",
        &[seat(
            "b1",
            &[
                ("status", "CONFIRMED"),
                ("updated_at", "2026-02-21T00:00:00Z"),
            ],
        )],
    );
    let left = seat(
        "b1",
        &[
            ("status", "CANCELLED"),
            ("cancelled_at", "2026-03-01T00:00:00Z"),
        ],
    );
    let (status, answer) = import(&l, "second.csv", &[seat("b2", &[]), left]);
    assert_eq!(
        (status, &answer["inserted"], &answer["updated"]),
        (0, &1.into(), &1.into()),
        "{answer}"
    );
    assert_eq!(balance(&l, "assets:stripe"), decimal("77.38"));
}

#[test]
fn a1_what_was_moved_is_captured_again_once_the_other_goes() {
    let l = ledger();
    let left = seat(
        "b1",
        &[
            ("status", "CANCELLED"),
            ("cancelled_at", "2026-03-01T00:00:00Z"),
        ],
    );
    import(&l, "first.csv", &[left]);
    let (_, other) = import(
        &l,
        "second.csv",
        &[seat("b2", &[("conversation_id", "c-2")])],
    );
    assert_eq!(balance(&l, "income:cancellations"), decimal("0"));
    l.ok(&["imports", "undo", &text(&other, "import_id")]);
    l.check();
    assert_eq!(balance(&l, "income:cancellations"), decimal("-80"));
    assert_eq!(balance(&l, "assets:stripe"), decimal("77.38"));
    // Or once it is called off itself.
    import(
        &l,
        "third.csv",
        &[seat("b3", &[("conversation_id", "c-3")])],
    );
    assert_eq!(balance(&l, "income:cancellations"), decimal("0"));
    let off = seat(
        "b3",
        &[
            ("conversation_id", "c-3"),
            ("status", "HOST_CANCELLED"),
            ("refunded_amount", "80.00"),
            ("updated_at", "2026-03-07T00:00:00Z"),
        ],
    );
    import(&l, "fourth.csv", &[off]);
    assert_eq!(balance(&l, "income:cancellations"), decimal("-80"));
}

#[test]
fn a3_seats_and_carts_are_taken_in_and_flagged_unless_carts_are_sold() {
    let cart = || {
        let of = |n: &str| {
            booking(
                &format!("b{n}"),
                &format!("h-{n}"),
                &[
                    ("price", "40.00"),
                    ("charge_id", "ch_cart"),
                    ("participant_id", "p-1"),
                ],
            )
        };
        [of("1"), of("2"), of("3")]
    };
    let l = ledger();
    let (status, _) = import(&l, "cart.csv", &cart());
    assert_eq!(status, 0);
    for id in ["b1", "b2", "b3"] {
        assert_eq!(rules(&l, id), ["SHARED_CHARGE"]);
    }
    assert_eq!(batch(&l), []);
    for id in ["b1", "b2", "b3"] {
        l.ok(&["commissions", "release", id, "--reason", "a cart"]);
    }
    l.process(MONDAY);
    assert_eq!(batch(&l).len(), 3, "settled once");
    // A cart may come in several files; the seat of another participant too.
    let l = ledger();
    l.ok(&[
        "--as-of",
        "2026-01-01",
        "settings",
        "set",
        "carts",
        "on",
        "--reason",
        "we sell carts",
    ]);
    let [one, two, three] = cart();
    import(
        &l,
        "one.csv",
        &[
            one.clone(),
            with(&one, &[("booking_id", "b4"), ("participant_id", "p-2")]),
        ],
    );
    let (status, _) = import(&l, "two.csv", &[two, three]);
    assert_eq!(status, 0);
    assert_eq!(
        batch(&l).iter().map(|p| p.1.as_str()).collect::<Vec<_>>(),
        ["53.08", "26.54", "26.54"]
    );
    // The same seat again is asked about even so.
    let (status, _) = import(&l, "again.csv", &[with(&one, &[("booking_id", "b9")])]);
    assert_eq!(status, 3);
}

#[test]
fn a1_a_row_never_moves_a_booking_to_another_charge() {
    let l = ledger();
    import(
        &l,
        "first.csv",
        &[seat("b1", &[("payment_intent_id", "pi_1")])],
    );
    let newer = |changes: &[(&str, &str)]| {
        with(
            &seat(
                "b1",
                &[
                    ("payment_intent_id", "pi_1"),
                    ("updated_at", "2026-03-09T00:00:00Z"),
                ],
            ),
            changes,
        )
    };
    for (n, change) in [("charge_id", "ch_2"), ("payment_intent_id", "pi_2")]
        .iter()
        .enumerate()
    {
        let (status, _) = import(&l, &format!("{n}.csv"), &[newer(&[*change])]);
        assert_eq!(status, 3);
        assert_eq!(open(&l).last().unwrap()["code"], "CHARGE_CHANGED");
    }
    // From none to one is fine, and none after one keeps it.
    import(
        &l,
        "b.csv",
        &[seat("b2", &[("charge_id", ""), ("conversation_id", "c-9")])],
    );
    let gains = seat(
        "b2",
        &[
            ("charge_id", "ch_9"),
            ("conversation_id", "c-9"),
            ("updated_at", "2026-03-09T00:00:00Z"),
        ],
    );
    let (status, _) = import(&l, "gains.csv", &[gains]);
    assert_eq!(status, 0);
    let loses = seat(
        "b2",
        &[
            ("charge_id", ""),
            ("conversation_id", "c-9"),
            ("updated_at", "2026-03-10T00:00:00Z"),
        ],
    );
    import(&l, "loses.csv", &[loses]);
    let (status, _) = import(
        &l,
        "other.csv",
        &[seat(
            "b8",
            &[("charge_id", "ch_9"), ("conversation_id", "c-9")],
        )],
    );
    assert_eq!(status, 3, "ch_9 is still known to pay b2");
}

#[test]
fn a1_a_known_booking_that_gains_anothers_charge_waits_and_is_held() {
    let l = ledger();
    import(
        &l,
        "first.csv",
        &[seat("b1", &[]), seat("b2", &[("charge_id", "")])],
    );
    let gains = seat("b2", &[("updated_at", "2026-03-09T00:00:00Z")]);
    let (status, _) = import(&l, "second.csv", &[gains]);
    assert_eq!(status, 3);
    assert_eq!(open(&l)[0]["code"], "SAME_CHARGE");
    assert_eq!(rules(&l, "b2"), ["WAITING_ROW"]);
    assert_eq!(batch(&l), paid_once());
}

#[test]
fn a_charge_that_thousands_name_takes_no_longer() {
    // A column filled with one word: each is flagged, and the work stays linear.
    let l = ledger();
    let rows: Vec<Row> = (0..3000)
        .map(|n| {
            booking(
                &format!("b{n}"),
                "h-1",
                &[("charge_id", "test"), ("price", "1.00")],
            )
        })
        .collect();
    let (status, answer) = import(&l, "many.csv", &rows);
    assert_eq!((status, &answer["inserted"]), (0, &3000.into()));
    assert_eq!(rules(&l, "b2999"), ["SHARED_CHARGE"]);
}

/// Ids as other programs write them again: in capitals, or with another hyphen.
#[test]
fn a1_ids_spelled_otherwise_wait_and_nothing_is_paid_twice() {
    let spellings: [fn(&str) -> String; 2] = [str::to_uppercase, |id| id.replace('-', "\u{2011}")];
    for (n, spell) in spellings.iter().enumerate() {
        for with_charge in [true, false] {
            let l = ledger();
            let none = ("charge_id", "");
            let known = match with_charge {
                true => seat("bk-1", &[]),
                false => seat("bk-1", &[none]),
            };
            import(&l, "first.csv", std::slice::from_ref(&known));
            let again = with(&known, &[("booking_id", &spell("bk-1"))]);
            let (status, _) = import(&l, "second.csv", std::slice::from_ref(&again));
            let waits = open(&l);
            assert_eq!(
                (status, &waits[0]["code"]),
                (3, &"LOOKS_LIKE_KNOWN".into()),
                "{n} {waits:?}"
            );
            assert_eq!(rules(&l, "bk-1"), ["WAITING_ROW"], "it may be news of bk-1");
            let id = text(&waits[0], "exception_id");
            // It is the known one: nothing new, now and in later files.
            assert_ne!(
                l.run(&["exceptions", "retry", &id, "--as", "known"]).status,
                1
            );
            assert_eq!((open(&l).len(), l.commissions().len()), (0, 1));
            assert_eq!(rules(&l, "bk-1"), [""; 0]);
            let newer = with(
                &again,
                &[("price", "90.00"), ("updated_at", "2026-03-09T00:00:00Z")],
            );
            let (status, answer) = import(&l, "third.csv", &[newer]);
            assert_eq!((status, &answer["updated"]), (0, &1.into()), "{answer}");
        }
    }
}

#[test]
fn ids_that_differ_in_case_and_share_nothing_are_ordinary() {
    let l = ledger();
    let other = |id: &str, n: &str| {
        let start = format!("2026-03-0{n}T10:00:00Z");
        let end = format!("2026-03-0{n}T11:00:00Z");
        let charge = format!("ch_{n}");
        seat(
            id,
            &[
                ("charge_id", &charge),
                ("starts_at", &start),
                ("ends_at", &end),
                ("conversation_id", &charge),
            ],
        )
    };
    import(&l, "first.csv", &[other("abC", "2")]);
    let (status, answer) = import(&l, "second.csv", &[other("ABc", "3"), other("abc", "4")]);
    assert_eq!((status, &answer["inserted"]), (0, &2.into()));
    // In one file too, a look-alike of a row above is asked about.
    let twin = with(&other("ABC", "4"), &[("charge_id", "ch_4")]);
    let (status, _) = import(&l, "third.csv", &[twin]);
    assert_eq!(status, 3);
    assert_eq!(open(&l)[0]["code"], "LOOKS_LIKE_KNOWN");
}

#[test]
fn a9_host_ids_spelled_otherwise_make_no_second_host() {
    let l = ledger();
    import(&l, "first.csv", &[seat("b1", &[])]);
    // In a hosts file.
    let file = l.write("hosts2.csv", to_csv(&[host("H-1", &[])]));
    let a = l.run(&["import", "hosts", &file]);
    assert_eq!(
        (a.status, text(&a.json["first_exceptions"][0], "code")),
        (3, "LOOKS_LIKE_KNOWN".into())
    );
    // And in bookings.
    let row = seat(
        "b2",
        &[
            ("host_id", "h\u{2011}1"),
            ("charge_id", "ch_2"),
            ("conversation_id", "c-2"),
        ],
    );
    let (status, _) = import(&l, "second.csv", std::slice::from_ref(&row));
    assert_eq!(status, 3);
    assert_eq!(
        l.ok(&["hosts", "list"]).as_array().unwrap().len(),
        3,
        "no host was made"
    );
    let id = text(open(&l).last().unwrap(), "exception_id");
    l.ok(&["exceptions", "retry", &id, "--as", "known"]);
    assert_eq!(batch(&l), [("h-1".to_owned(), "106.76".to_owned())]);
    let third = with(
        &row,
        &[
            ("booking_id", "b3"),
            ("charge_id", "ch_3"),
            ("conversation_id", "c-3"),
        ],
    );
    let (status, _) = import(&l, "third.csv", &[third]);
    assert_eq!(status, 0, "never asked again");
    // Or another host after all.
    let id = text(&open(&l)[0], "exception_id");
    l.ok(&["exceptions", "retry", &id, "--as", "new"]);
    assert_eq!(l.ok(&["hosts", "list"]).as_array().unwrap().len(), 4);
    l.check();
}
