//! C1 and D9: undoing a file takes back only what no other file that stands says, and what a person
//! decided about a row is remembered.

use hostledger_tests::TestLedger;
use hostledger_tests::export::{Row, booking, host, to_csv, with};
use hostledger_tests::reckon::decimal;
use serde_json::Value;

use crate::close::{balances, text};

struct Ledger {
    ledger: TestLedger,
    files: std::cell::Cell<usize>,
}

impl Ledger {
    fn new() -> Self {
        let l = Self {
            ledger: TestLedger::new(),
            files: std::cell::Cell::new(0),
        };
        l.take("hosts", &to_csv(&[host("h-1", &[])]));
        l
    }

    fn run(&self, kind: &str, text: &str) -> (i32, Value) {
        self.files.set(self.files.get() + 1);
        let name = format!("{kind}-{}.csv", self.files.get());
        let file = self.ledger.write(&name, text);
        let a = self.ledger.run(&["import", kind, &file]);
        assert!([0, 3].contains(&a.status), "{} {}", a.json, a.stderr);
        self.ledger.check();
        (a.status, a.json)
    }

    /// Takes a file in; the import's id.
    fn take(&self, kind: &str, rows: &str) -> String {
        text(&self.run(kind, rows).1, "import_id")
    }

    fn undo(&self, import: &str) {
        self.ledger.ok(&["imports", "undo", import]);
        self.ledger.check();
    }

    fn bookings(&self) -> Vec<String> {
        let mut ids: Vec<String> = self
            .ledger
            .commissions()
            .iter()
            .map(|c| text(c, "booking_id"))
            .collect();
        ids.sort();
        ids
    }

    fn owed(&self) -> String {
        let key = ("liabilities:hosts:h-1".to_owned(), "USD".to_owned());
        (-balances(&self.ledger)
            .get(&key)
            .copied()
            .unwrap_or_default())
        .to_string()
    }

    fn open(&self) -> Vec<Value> {
        let all = self.ledger.ok(&["exceptions", "list"]);
        all.as_array().unwrap().clone()
    }
}

fn seats(ids: &[&str]) -> Vec<Row> {
    ids.iter().map(|id| booking(id, "h-1", &[])).collect()
}

fn counts(answer: &Value) -> [i64; 5] {
    ["inserted", "updated", "unchanged", "stale", "exceptions"].map(|k| answer[k].as_i64().unwrap())
}

#[test]
fn c1_bookings_stay_where_a_later_file_holds_them_too() {
    let l = Ledger::new();
    let a = l.take("bookings", &to_csv(&seats(&["b1", "b2"])));
    let (_, b) = l.run("bookings", &to_csv(&seats(&["b1", "b2", "b3"])));
    assert_eq!(counts(&b), [1, 0, 2, 0, 0]);
    l.undo(&a);
    assert_eq!(l.bookings(), ["b1", "b2", "b3"]);
    assert_eq!(decimal(&l.owed()), decimal("39.36"));
    // They lead to the file that stands, and to its line.
    let why = l.ledger.ok(&["commissions", "explain", "b2"]);
    assert!(why.to_string().contains("bookings-3.csv"), "{why}");
    // And go with it.
    l.undo(&text(&b, "import_id"));
    assert_eq!(l.bookings(), [""; 0]);
    assert_eq!(decimal(&l.owed()), decimal("0"));
}

#[test]
fn c1_a_third_file_and_files_undone_in_any_order() {
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let l = Ledger::new();
        let files = [
            seats(&["b1", "b2"]),
            seats(&["b3", "b1"]),
            seats(&["b2", "b3", "b4"]),
        ];
        let imports: Vec<String> = files
            .iter()
            .map(|f| l.take("bookings", &to_csv(f)))
            .collect();
        let mut standing = vec![0, 1, 2];
        for n in order {
            l.undo(&imports[n]);
            standing.retain(|s| *s != n);
            let mut want: Vec<String> = standing
                .iter()
                .flat_map(|s| files[*s].iter().map(|r| r["booking_id"].clone()))
                .collect();
            want.sort();
            want.dedup();
            assert_eq!(l.bookings(), want, "{order:?}, {n} undone");
        }
    }
}

#[test]
fn c1_a_booking_is_what_the_files_that_stand_say_of_it() {
    let l = Ledger::new();
    let first = booking("b1", "h-1", &[("price", "20.00")]);
    let second = with(
        &first,
        &[("price", "60.00"), ("updated_at", "2026-03-04T00:00:00Z")],
    );
    let third = with(
        &first,
        &[("price", "100.00"), ("updated_at", "2026-03-06T00:00:00Z")],
    );
    let more = |row: &Row| to_csv(&[row.clone(), booking("z", "h-1", &[("price", "0.00")])]);
    let one = |row: &Row| to_csv(std::slice::from_ref(row));
    let a = l.take("bookings", &one(&first));
    let c = l.take("bookings", &one(&third));
    // An older version that comes late is ignored, and stands again once the newer is undone.
    let (_, late) = l.run("bookings", &one(&second));
    assert_eq!(counts(&late), [0, 0, 0, 1, 0]);
    let again = l.take("bookings", &more(&third));
    l.undo(&c);
    assert_eq!(
        decimal(&l.owed()),
        decimal("66.80"),
        "the last file says so too"
    );
    l.undo(&again);
    assert_eq!(
        decimal(&l.owed()),
        decimal("39.96"),
        "the late file's version"
    );
    l.undo(&a);
    assert_eq!(decimal(&l.owed()), decimal("39.96"));
    l.undo(&text(&late, "import_id"));
    assert_eq!(decimal(&l.owed()), decimal("0"));
}

#[test]
fn c1_a_file_that_came_again_says_nothing_of_what_came_after() {
    let l = Ledger::new();
    let first = booking("b1", "h-1", &[("price", "20.00")]);
    let newer = with(
        &first,
        &[("price", "60.00"), ("updated_at", "2026-03-04T00:00:00Z")],
    );
    l.take("bookings", &to_csv(std::slice::from_ref(&first)));
    // A row waits, so the file is read again when it comes again; nothing of it goes in.
    let week = to_csv(&[booking("b2", "h-1", &[("price", "x")]), first]);
    let (_, a) = l.run("bookings", &week);
    assert_eq!(counts(&a), [0, 0, 1, 0, 1]);
    let (_, again) = l.run("bookings", &week);
    assert_eq!(again["import_id"], a["import_id"]);
    let after = l.take("bookings", &to_csv(&[newer]));
    assert_eq!(decimal(&l.owed()), decimal("39.96"));
    l.undo(&after);
    assert_eq!(decimal(&l.owed()), decimal("13.12"));
}

#[test]
fn c1_hosts_stay_where_another_file_names_them() {
    let l = Ledger::new();
    let a = l.take("hosts", &to_csv(&[host("h-2", &[]), host("h-3", &[])]));
    let b = l.take(
        "hosts",
        &to_csv(&[host("h-2", &[]), host("h-4", &[("name", "Else")])]),
    );
    let status = |id: &str| text(&l.ledger.ok(&["hosts", "show", id]), "status");
    l.undo(&a);
    assert_eq!(
        (status("h-2"), status("h-3")),
        ("ACTIVE".into(), "UNKNOWN".into())
    );
    l.undo(&b);
    assert_eq!(status("h-2"), "UNKNOWN");
    // A host that another file changed back and forth is what the file says that stands.
    let first = l.take("hosts", &to_csv(&[host("h-5", &[])]));
    let other = l.take("hosts", &to_csv(&[host("h-5", &[("status", "SUSPENDED")])]));
    let again = to_csv(&[host("h-5", &[]), host("h-6", &[])]);
    let back = l.take("hosts", &again);
    l.undo(&first);
    assert_eq!(status("h-5"), "ACTIVE");
    l.undo(&back);
    assert_eq!(status("h-5"), "SUSPENDED");
    l.undo(&other);
    assert_eq!(status("h-5"), "UNKNOWN");
}

const DISPUTES: &str = "dispute_id,booking_id,kind,reason,amount,currency,status,opened_at,evidence_due_by,closed_at\n";

#[test]
fn c1_disputes_stay_where_another_file_holds_them() {
    let l = Ledger::new();
    l.take("bookings", &to_csv(&seats(&["b1", "b2"])));
    let row = |n: &str, status: &str, closed: &str| {
        format!(
            "dp_{n},b{n},CHARGEBACK,fraudulent,20.00,USD,{status},2026-03-05T09:00:00Z,,{closed}\n"
        )
    };
    let one = row("1", "needs_response", "");
    let a = l.take("disputes", &format!("{DISPUTES}{one}"));
    let b = l.take(
        "disputes",
        &format!("{DISPUTES}{one}{}", row("2", "needs_response", "")),
    );
    l.undo(&a);
    let blocked = |id: &str| {
        let c = l.ledger.ok(&["commissions", "list", "--booking", id]);
        !c[0]["blocks"].as_array().unwrap().is_empty()
    };
    assert!(blocked("b1") && blocked("b2"), "the second file stands");
    // Nothing of a disputed booking is paid.
    let batch = l.ledger.prepare("2026-03-16");
    assert_eq!(batch["payouts"].as_array().unwrap().len(), 0);
    l.undo(&b);
    assert!(!blocked("b1") && !blocked("b2"));
    // Open, then lost, then the open one is undone: the loss stands, by its own file.
    let open = l.take("disputes", &format!("{DISPUTES}{one}\n"));
    let lost = row("1", "lost", "2026-03-09T09:00:00Z");
    let closing = l.take("disputes", &format!("{DISPUTES}{lost}"));
    let repeat = l.take("disputes", &format!("{DISPUTES}{lost}\n"));
    l.undo(&open);
    l.undo(&closing);
    assert_eq!(
        decimal(&l.owed()),
        decimal("13.12"),
        "b2 alone: b1 was lost"
    );
    l.undo(&repeat);
    assert_eq!(decimal(&l.owed()), decimal("26.24"));
}

#[test]
fn c1_tax_profiles_stay_where_another_file_holds_them() {
    let l = Ledger::new();
    let head = "host_id,form,legal_name,tin_type,tin,address_line1,city,state,postal_code,country,signed_on\n";
    let row = "h-1,W-9,Ann Host,SSN,123-45-6789,1 Main St,Boston,MA,02134,US,2025-01-05\n";
    let a = l.take("tax-profiles", &format!("{head}{row}"));
    let b = l.take("tax-profiles", &format!("{head}{row}\n"));
    let has = || {
        l.ledger
            .ok(&["tax", "profiles"])
            .to_string()
            .contains("Ann Host")
    };
    l.undo(&a);
    assert!(has(), "the second file stands");
    l.undo(&b);
    assert!(!has());
}

#[test]
fn a_tax_profile_that_waits_ends_with_a_newer_one_and_opens_with_its_undo() {
    let l = Ledger::new();
    let file = |form: &str| {
        format!(
            "host_id,form,legal_name,tin_type,tin,address_line1,city,state,postal_code,country,signed_on\n\
             h-1,{form},Ann Host,SSN,123-45-6789,1 Main St,Boston,MA,02134,US,2025-01-05\n"
        )
    };
    l.run("tax-profiles", &file("W-99"));
    assert_eq!(l.open().len(), 1);
    let fix = l.take("tax-profiles", &file("W-9"));
    assert_eq!(l.open().len(), 0, "a newer row about the host went in");
    l.undo(&fix);
    assert_eq!(l.open().len(), 1, "what closed it is gone");
}

#[test]
fn undo_is_refused_only_where_money_left_and_stayed_away() {
    let l = Ledger::new();
    let many = [("price", "60.00")];
    let rows = to_csv(&[booking("b1", "h-1", &many)]);
    let a = l.take("bookings", &rows);
    let send = || {
        let batch = l.ledger.prepare("2026-03-16");
        let id = text(&batch, "batch_id");
        l.ledger.approve(&id);
        l.ledger.send(&id);
        (id, text(&batch["payouts"][0], "payout_id"))
    };
    let (batch, payout) = send();
    let refused = l.ledger.refused(&["imports", "undo", &a]);
    assert_eq!(refused.code, "PAID_DEPENDS_ON_IT", "it is on its way");
    let failure = format!("{payout}=R03 no account");
    l.ledger
        .ok(&["payouts", "settle", &batch, "--failed", &failure]);
    l.undo(&a);
    assert_eq!((l.bookings(), decimal(&l.owed())), (vec![], decimal("0")));
    // Taken in again it is paid like any other.
    let again = l.take("bookings", &rows);
    assert_ne!(again, a);
    let (batch, _) = send();
    l.ledger.ok(&["payouts", "settle", &batch]);
    assert_eq!(decimal(&l.owed()), decimal("0"));
    let refused = l.ledger.refused(&["imports", "undo", &again]);
    assert_eq!(refused.code, "PAID_DEPENDS_ON_IT");
    l.ledger.check();
}

/// A row that can't be taken in, of a booking that isn't known.
fn broken(id: &str) -> Row {
    booking(id, "h-1", &[("price", "twenty")])
}

#[test]
fn d9_a_dismissed_row_keeps_its_decision_until_its_content_changes() {
    let l = Ledger::new();
    let week = |n: &str, bad: &Row| to_csv(&[booking(n, "h-1", &[]), bad.clone()]);
    l.run("bookings", &week("b1", &broken("bad-1")));
    let id = text(&l.open()[0], "exception_id");
    l.ledger
        .ok(&["exceptions", "dismiss", &id, "--reason", "a test row"]);
    let (status, second) = l.run("bookings", &week("b2", &broken("bad-1")));
    assert_eq!(
        (status, counts(&second)),
        (0, [1, 0, 1, 0, 0]),
        "it is known"
    );
    assert_eq!(l.open().len(), 0);
    let changed = with(&broken("bad-1"), &[("price", "thirty")]);
    let (status, third) = l.run("bookings", &week("b3", &changed));
    assert_eq!((status, counts(&third)), (3, [1, 0, 0, 0, 1]));
    assert_eq!(l.open().len(), 1);
}

#[test]
fn d9_a_dismissed_row_is_not_taken_in_later_though_it_could_be() {
    let l = Ledger::new();
    // No fee rule for CHF: nothing is guessed.
    let row = booking("b9", "h-1", &[("currency", "CHF")]);
    let week = |n: &str| to_csv(&[booking(n, "h-1", &[]), row.clone()]);
    l.run("bookings", &week("b1"));
    let id = text(&l.open()[0], "exception_id");
    l.ledger
        .ok(&["exceptions", "dismiss", &id, "--reason", "not ours"]);
    for (key, value) in [("fee_rate.CHF", "2.90"), ("fee_fixed.CHF", "0.30")] {
        l.ledger.ok(&[
            "--as-of",
            "2026-01-01",
            "settings",
            "set",
            key,
            value,
            "--reason",
            "now there is one",
        ]);
    }
    let (_, second) = l.run("bookings", &week("b2"));
    assert_eq!(counts(&second), [1, 0, 1, 0, 0]);
    assert_eq!(l.bookings(), ["b1", "b2"]);
}

#[test]
fn a_waiting_row_that_comes_again_is_tried_anew_and_opens_no_second_exception() {
    let l = Ledger::new();
    let row = booking("b9", "h-1", &[("currency", "CHF")]);
    let week = |n: &str| to_csv(&[booking(n, "h-1", &[]), row.clone()]);
    l.run("bookings", &week("b1"));
    let (status, second) = l.run("bookings", &week("b2"));
    assert_eq!((status, counts(&second)), (3, [1, 0, 0, 0, 1]));
    assert_eq!(l.open().len(), 1, "one exception, however often it comes");
    for (key, value) in [("fee_rate.CHF", "2.90"), ("fee_fixed.CHF", "0.30")] {
        l.ledger.ok(&[
            "--as-of",
            "2026-01-01",
            "settings",
            "set",
            key,
            value,
            "--reason",
            "now there is one",
        ]);
    }
    let (status, third) = l.run("bookings", &week("b3"));
    assert_eq!((status, counts(&third)), (0, [2, 0, 0, 0, 0]));
    assert_eq!(l.open().len(), 0, "and it closed by itself");
}

#[test]
fn an_exception_closes_by_itself_when_a_newer_row_is_taken_in_and_opens_with_its_undo() {
    let l = Ledger::new();
    l.take("bookings", &to_csv(&seats(&["b1"])));
    let at = |day: &str| format!("2026-03-{day}T00:00:00Z");
    let bad = booking("b1", "h-1", &[("price", "x"), ("updated_at", &at("05"))]);
    l.run("bookings", &to_csv(&[bad]));
    // An older one that is taken in leaves it open.
    let older = booking(
        "b1",
        "h-1",
        &[("price", "30.00"), ("updated_at", &at("04"))],
    );
    l.take("bookings", &to_csv(&[older]));
    assert_eq!(l.open().len(), 1);
    let newer = booking(
        "b1",
        "h-1",
        &[("price", "40.00"), ("updated_at", &at("06"))],
    );
    let fix = l.take("bookings", &to_csv(&[newer]));
    assert_eq!(l.open().len(), 0);
    l.undo(&fix);
    assert_eq!(l.open().len(), 1, "what closed it is gone");
}

#[test]
fn a_waiting_row_stays_where_another_file_repeats_it() {
    let l = Ledger::new();
    let week = |n: &str| to_csv(&[booking(n, "h-1", &[]), broken("bad-1")]);
    let (_, a) = l.run("bookings", &week("b1"));
    let (_, b) = l.run("bookings", &week("b2"));
    l.undo(&text(&a, "import_id"));
    assert_eq!(l.open().len(), 1);
    assert_eq!(l.open()[0]["import_id"], b["import_id"]);
    l.undo(&text(&b, "import_id"));
    assert_eq!(l.open().len(), 0);
}

/// The rules for which each booking is flagged.
fn flags(l: &Ledger) -> Vec<(String, Vec<String>)> {
    let rules = |c: &Value| -> Vec<String> {
        let blocks = c["blocks"].as_array().unwrap();
        let all = blocks.iter().filter(|b| b["kind"] == "FRAUD_FLAG");
        all.map(|b| text(b, "rule")).collect()
    };
    let mut all: Vec<_> = l
        .ledger
        .commissions()
        .iter()
        .map(|c| (text(c, "booking_id"), rules(c)))
        .collect();
    all.sort();
    all
}

#[test]
fn flags_end_with_the_file_that_was_their_ground_and_come_again_with_it() {
    let of = |id: &str, charge: &str| booking(id, "h-1", &[("charge_id", charge)]);
    let both = |rule: &[&str]| {
        let rules: Vec<String> = rule.iter().map(|r| (*r).to_owned()).collect();
        vec![("b-1".to_owned(), rules.clone()), ("b-2".to_owned(), rules)]
    };
    let l = Ledger::new();
    let bad = to_csv(&[of("b-1", "ch_1"), of("b-2", "ch_1")]);
    let wrong = l.take("bookings", &bad);
    assert_eq!(flags(&l), both(&["SHARED_CHARGE"]));
    l.undo(&wrong);
    let right = l.take("bookings", &to_csv(&[of("b-1", "ch_1"), of("b-2", "ch_2")]));
    assert_eq!(flags(&l), both(&[]));
    // Of two files with the two bookings, undoing one leaves the other without a flag.
    l.undo(&right);
    l.take("bookings", &to_csv(&[of("b-1", "ch_1")]));
    let second = l.take("bookings", &to_csv(&[of("b-2", "ch_1")]));
    assert_eq!(flags(&l), both(&["SHARED_CHARGE"]));
    l.undo(&second);
    assert_eq!(flags(&l), vec![("b-1".to_owned(), Vec::new())]);
    l.take("bookings", &to_csv(&[of("b-2", "ch_1")]));
    assert_eq!(flags(&l), both(&["SHARED_CHARGE"]));
    // What a person let go stays so.
    let release = |id: &str| {
        let reason = ["--reason", "Two seats"];
        l.ledger
            .ok(&[&["commissions", "release", id][..], &reason].concat());
    };
    release("b-1");
    release("b-2");
    assert_eq!(flags(&l), both(&[]));
    l.take("bookings", &to_csv(&[of("b-3", "ch_3")]));
    assert_eq!(flags(&l)[..2], both(&[])[..]);
}

#[test]
fn a_host_and_a_booking_that_were_undone_are_no_ones_look_alike() {
    let l = Ledger::new();
    let ghost = l.take("hosts", &to_csv(&[host("H-2", &[])]));
    l.undo(&ghost);
    let hosts = l.ledger.ok(&["hosts", "list"]);
    assert!(!hosts.to_string().contains("H-2"), "{hosts}");
    let (status, _) = l.run("hosts", &to_csv(&[host("h-2", &[])]));
    assert_eq!(status, 0);
    // A booking that came and was undone has its host's id looked at as a new one has.
    let first = l.take("bookings", &to_csv(&[booking("b-1", "h-1", &[])]));
    l.undo(&first);
    let (status, done) = l.run("bookings", &to_csv(&[booking("b-1", "H-1", &[])]));
    assert_eq!((status, &done["inserted"]), (3, &Value::from(0)), "{done}");
    assert_eq!(
        text(&done["first_exceptions"][0], "code"),
        "LOOKS_LIKE_KNOWN"
    );
    // So does one whose id is like a known one's.
    let other = |id: &str| {
        booking(
            id,
            "h-1",
            &[("charge_id", "ch_9"), ("conversation_id", "c")],
        )
    };
    let capital = l.take("bookings", &to_csv(&[other("B-9")]));
    l.undo(&capital);
    l.take("bookings", &to_csv(&[other("b-9")]));
    let (_, done) = l.run("bookings", &to_csv(&[other("B-9")]));
    assert_eq!(
        text(&done["first_exceptions"][0], "code"),
        "LOOKS_LIKE_KNOWN"
    );
}
