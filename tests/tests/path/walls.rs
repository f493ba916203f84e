//! C5 and architecture: what the database itself refuses, whatever code is in front of it. Raw SQL
//! against the ledger opened as the program opens it.

use hostledger_store::{Error, Ledger};
use hostledger_tests::export::{booking, host, to_csv, with};
use hostledger_tests::{PREPARER, TestLedger};
use rusqlite::ErrorCode;

use crate::close::text;

/// A ledger with a settled payout, a live one, and a batch that waits for approval.
fn lived_in() -> TestLedger {
    let ledger = TestLedger::new();
    let hosts = [host("h-1", &[]), host("h-2", &[])];
    ledger.import("hosts", to_csv(&hosts));
    let seat = |id: &str, host_id: &str, ends: &str| {
        let starts = ends.replace("T11", "T10");
        booking(
            id,
            host_id,
            &[
                ("price", "60.00"),
                ("starts_at", &starts),
                ("ends_at", ends),
            ],
        )
    };
    let paid = seat("b-1", "h-1", "2026-03-01T11:00:00Z");
    let due = seat("b-2", "h-2", "2026-03-12T11:00:00Z");
    ledger.import("bookings", to_csv(&[paid, due.clone()]));
    let again = ("updated_at", "2026-03-13T00:00:00Z");
    ledger.import(
        "bookings",
        to_csv(&[with(
            &due,
            &[again, ("participant_email", "learner@mail.example")],
        )]),
    );
    ledger.import("hosts", to_csv(&[host("h-1", &[("name", "Amara O.")])]));
    ledger.process("2026-03-16");
    let dropped = ledger.prepare("2026-03-16");
    ledger.ok(&["payouts", "cancel", &text(&dropped, "batch_id")]);
    let first = text(&ledger.prepare("2026-03-16"), "batch_id");
    ledger.approve(&first);
    ledger.send(&first);
    ledger.ok(&["payouts", "settle", &first]);
    let add = [
        "adjustments",
        "add",
        "h-2",
        "--amount",
        "5.00",
        "--currency",
        "USD",
        "--reason",
        "goodwill",
    ];
    let adjustment = text(&ledger.ok(&add), "adjustment_id");
    ledger.ok_as("ben", &["adjustments", "approve", &adjustment]);
    // A dispute about what was paid: reserved, won, reserved no more.
    let open = [
        "--as-of",
        "2026-03-18",
        "disputes",
        "open",
        "b-1",
        "--kind",
        "chargeback",
        "--id",
        "dp_1",
    ];
    ledger.ok(&open);
    ledger.ok(&["disputes", "update", "dp_1", "--note", "asked the host"]);
    ledger.ok(&[
        "disputes",
        "evidence",
        "dp_1",
        "--keep",
        "--reviewed",
        "--handed-in",
    ]);
    ledger.ok(&[
        "disputes",
        "close",
        "dp_1",
        "--outcome",
        "won",
        "--reason",
        "the bank says so",
    ]);
    ledger.process("2026-03-23");
    let second = ledger.prepare("2026-03-23");
    assert_eq!(second["payouts"][0]["lines"], 2, "{second}");
    ledger.ok(&["payouts", "submit", &text(&second, "batch_id")]);
    ledger.check();
    ledger
}

/// What must be refused by a constraint or a trigger, which one says so, and the SQL.
#[rustfmt::skip]
const REFUSED: [(&str, &str, &str); 42] = [
    // One live payout per commission and per adjustment.
    (
        "a second live line of a commission", "host_payout_lines.booking_key",
        "INSERT INTO host_payout_lines SELECT payout_key, 90, booking_key, NULL, amount_minor, 1
         FROM host_payout_lines WHERE live = 1 AND booking_key IS NOT NULL LIMIT 1",
    ),
    (
        "a paid commission in a live payout", "host_payout_lines.booking_key",
        "INSERT INTO host_payout_lines SELECT (SELECT max(payout_key) FROM host_payouts), 91, booking_key, NULL, amount_minor, 1
         FROM host_payout_lines WHERE payout_key = (SELECT min(payout_key) FROM host_payouts)",
    ),
    (
        "a second live line of an adjustment", "host_payout_lines.adjustment_key",
        "INSERT INTO host_payout_lines SELECT payout_key, 92, NULL, adjustment_key, amount_minor, 1
         FROM host_payout_lines WHERE live = 1 AND adjustment_key IS NOT NULL LIMIT 1",
    ),
    (
        "a line moved onto another's commission", "lines are never changed",
        "UPDATE host_payout_lines SET booking_key = (SELECT min(booking_key) FROM host_commissions)
         WHERE booking_key = (SELECT max(booking_key) FROM host_commissions)",
    ),
    (
        "a line that isn't live in a live payout", "a line is live as its payout is",
        "INSERT INTO host_payout_lines SELECT payout_key, 93, booking_key, NULL, amount_minor, 0
         FROM host_payout_lines WHERE live = 1 AND booking_key IS NOT NULL LIMIT 1",
    ),
    (
        "a line of both a commission and an adjustment", "(booking_key IS NULL) <> (adjustment_key IS NULL)",
        "INSERT INTO host_payout_lines SELECT payout_key, 94, 1, adjustment_key, 1, 1
         FROM host_payout_lines WHERE adjustment_key IS NOT NULL LIMIT 1",
    ),
    (
        "a cancelled payout made live beside the one that took its lines", "host_payout_lines.booking_key",
        "UPDATE host_payouts SET status = 1 WHERE status = 6",
    ),
    // The journal.
    ("a changed entry", "journal entries are never changed", "UPDATE journal_entries SET leg1 = leg1 + 1, leg2 = leg2 - 1 WHERE entry_key = 1"),
    ("a changed date of an entry", "journal entries are never changed", "UPDATE journal_entries SET effective_date = 0"),
    ("a deleted entry", "journal entries are never deleted", "DELETE FROM journal_entries WHERE entry_key = (SELECT max(entry_key) FROM journal_entries)"),
    (
        "a replaced entry", "journal entries are never deleted",
        "INSERT OR REPLACE INTO journal_entries SELECT * FROM journal_entries WHERE entry_key = 1",
    ),
    (
        "an unbalanced entry", "leg1 + leg2 + leg3 + leg4 = 0",
        "INSERT INTO journal_entries (kind, sign, effective_date, recorded_at, currency, host_key, booking_key, leg1, leg2)
         SELECT kind, sign, effective_date, recorded_at, currency, host_key, booking_key, leg1 + 1, leg2
         FROM journal_entries WHERE kind = 1 LIMIT 1",
    ),
    (
        "a negative entry that reverses nothing", "(sign = -1) = (reverses IS NOT NULL)",
        "INSERT INTO journal_entries (kind, sign, effective_date, recorded_at, currency, leg1, leg2)
         VALUES (1, -1, 0, 0, 'USD', 100, -100)",
    ),
    (
        "a reversal of other amounts", "a reversal repeats its original",
        "INSERT INTO journal_entries (kind, sign, effective_date, recorded_at, currency, host_key, booking_key, leg1, leg2, reverses)
         SELECT kind, -1, effective_date, recorded_at, currency, host_key, booking_key, leg1 + 1, leg2 - 1, entry_key
         FROM journal_entries WHERE kind = 1 LIMIT 1",
    ),
    (
        "a second reversal of an entry", "journal_entries.reverses",
        "INSERT INTO journal_entries (kind, sign, effective_date, recorded_at, currency, host_key, booking_key, leg1, leg2, reverses)
         SELECT o.kind, -1, o.effective_date, o.recorded_at, o.currency, o.host_key, o.booking_key, o.leg1, o.leg2, o.entry_key
         FROM journal_entries o, (SELECT 1 UNION ALL SELECT 2) WHERE o.kind = 1",
    ),
    (
        "an entry of a booking that isn't there", "FOREIGN KEY",
        "INSERT INTO journal_entries (kind, sign, effective_date, recorded_at, currency, booking_key, leg1, leg2)
         VALUES (1, 1, 0, 0, 'USD', 999999, 100, -100)",
    ),
    ("an entry of no kind", "an entry is of a kind that posts something", "INSERT INTO journal_entries (kind, sign, effective_date, recorded_at, currency, leg1, leg2) VALUES (99, 1, 0, 0, 'USD', 1, -1)"),
    // Approvals.
    (
        "an approval by whoever prepared", "whoever prepared or submitted a batch never approves it",
        "INSERT INTO approvals (batch_key, approver, approved_at, digest, public_key, signature)
         SELECT batch_key, (SELECT name FROM batch_makers m WHERE m.batch_key = b.batch_key), 0, digest, '', ''
         FROM payout_batches b WHERE status = 2",
    ),
    ("a changed approval", "approvals are never changed", "UPDATE approvals SET approver = 'ana'"),
    ("a deleted approval", "approvals are never deleted", "DELETE FROM approvals"),
    // The audit trail.
    ("a changed audit event", "audit events are never changed", "UPDATE audit_events SET user = 'ben' WHERE seq = 1"),
    ("a deleted audit event", "audit events are never deleted", "DELETE FROM audit_events WHERE seq = (SELECT max(seq) FROM audit_events)"),
    ("a replaced audit event", "audit events are never deleted", "INSERT OR REPLACE INTO audit_events SELECT seq, at, 'ben', action, subject, details, hash FROM audit_events WHERE seq = 1"),
    // Bookings, versions, imports.
    ("a changed version of a booking", "superseded versions are never changed", "UPDATE booking_versions SET content = '{}'"),
    ("a deleted version of a booking", "superseded versions are never deleted", "DELETE FROM booking_versions"),
    ("a changed version of a host", "superseded versions are never changed", "UPDATE host_versions SET content = '{}'"),
    ("a deleted version of a host", "superseded versions are never deleted", "DELETE FROM host_versions"),
    ("a deleted booking", "bookings are never deleted", "DELETE FROM bookings"),
    ("a refund above the price", "refunded_minor BETWEEN 0 AND price_minor", "UPDATE bookings SET refunded_minor = price_minor + 1"),
    ("an import whose rows don't add up", "row_count = inserted", "UPDATE imports SET inserted = inserted + 1"),
    (
        "the same file twice", "imports.kind, imports.file_sha256",
        "INSERT INTO imports (import_id, kind, file_name, file_sha256, file_bytes, imported_at, imported_by, as_of)
         SELECT 'again', kind, file_name, file_sha256, file_bytes, imported_at, imported_by, as_of FROM imports LIMIT 1",
    ),
    ("a second commission of a booking", "host_commissions.booking_key", "INSERT INTO host_commissions SELECT * FROM host_commissions LIMIT 1"),
    ("a negative host amount", "host_amount_minor >= 0", "UPDATE host_commissions SET host_amount_minor = -1"),
    // Disputes.
    ("a deleted dispute", "disputes are never deleted", "DELETE FROM disputes"),
    ("a changed version of a dispute", "versions of a dispute are never changed", "UPDATE dispute_versions SET content = '{}'"),
    ("a deleted version of a dispute", "versions of a dispute are never deleted", "DELETE FROM dispute_versions"),
    ("a changed note", "notes are never changed", "UPDATE dispute_notes SET text = 'asked nobody'"),
    ("a lost dispute without its place", "loss_no IS NOT NULL", "UPDATE disputes SET status = 7"),
    ("a reserve released twice", "adjustments.releases", "INSERT INTO adjustments (adjustment_id, host_key, currency, amount_minor, reason, status, created_at, created_on, created_by, kind, releases) SELECT 'again', host_key, currency, amount_minor, reason, status, created_at, created_on, created_by, kind, releases FROM adjustments WHERE releases IS NOT NULL"),
    ("evidence changed after it was handed in", "evidence that was submitted stays as it was", "UPDATE dispute_evidence SET fields = '{}'"),
    ("evidence handed in twice", "dispute_evidence.dispute_key", "INSERT INTO dispute_evidence (dispute_key, fields, made_at, made_by, reviewed_at, reviewed_by, submitted_at, submitted_by) SELECT dispute_key, fields, made_at, made_by, reviewed_at, reviewed_by, submitted_at, submitted_by FROM dispute_evidence"),
    ("an adjustment of nothing", "amount_minor <> 0", "UPDATE adjustments SET amount_minor = 0"),
];

#[test]
fn c5_the_database_itself_refuses_what_must_never_be() {
    let test = lived_in();
    let ledger = test.open(&test.data_key());
    for (what, says, sql) in REFUSED {
        let done: Result<usize, Error> = ledger.write(|conn| Ok(conn.execute(sql, [])?));
        match done {
            Ok(rows) => panic!("{what} was written ({rows} rows)"),
            Err(Error::Sqlite(e)) => {
                assert_eq!(
                    e.sqlite_error_code(),
                    Some(ErrorCode::ConstraintViolation),
                    "{what}: {e}"
                );
                assert!(e.to_string().contains(says), "{what}: {e}");
            }
            Err(e) => panic!("{what}: {e}"),
        }
    }
    drop(ledger);
    test.check();
}

#[test]
fn c5_what_got_past_the_database_is_found_by_check() {
    let test = lived_in();
    let key = test.data_key();
    let ledger = test.open(&key);
    // Someone with the key and a database tool can drop a trigger; the chain and the sums still tell.
    for (finds, sql) in [
        (
            "audit_chain",
            "DROP TRIGGER audit_events_no_update; UPDATE audit_events SET user = 'ben' WHERE seq = 2",
        ),
        (
            "audit_chain",
            "DROP TRIGGER audit_events_no_delete; DELETE FROM audit_events WHERE seq = 3",
        ),
        (
            "host_liabilities",
            "UPDATE host_commissions SET host_amount_minor = host_amount_minor + 1, platform_fee_minor = platform_fee_minor - 1",
        ),
        (
            "host_liabilities",
            "DROP TRIGGER journal_entries_no_delete; DELETE FROM journal_entries WHERE kind = 2",
        ),
        (
            "payout_lines",
            "UPDATE host_payouts SET amount_minor = amount_minor + 1",
        ),
        (
            "payouts_in_transit",
            "UPDATE host_payouts SET status = 2 WHERE status = 3",
        ),
        (
            "digests",
            "UPDATE host_payouts SET destination = 'acct_mine' WHERE status = 1",
        ),
        (
            "approvals",
            "DROP TRIGGER approvals_no_update; UPDATE approvals SET signature = substr(signature, 3) || substr(signature, 1, 2)",
        ),
        (
            "approvals",
            "UPDATE payout_batches SET status = 3 WHERE status = 2",
        ),
        (
            "import_rows",
            "DELETE FROM commission_blocks; UPDATE imports SET exceptions = 1, inserted = inserted - 1",
        ),
    ] {
        let found = failing_checks(&ledger, sql);
        assert!(
            found.iter().any(|name| name == finds),
            "{sql}: {finds} didn't find it, but {found:?}"
        );
    }
    drop(ledger);
    test.check();
    assert!(test.ok(&["users", "list"])[0]["name"] == PREPARER);
}

/// The checks that fail once `sql` has been done, which is then undone.
fn failing_checks(ledger: &Ledger, sql: &str) -> Vec<String> {
    let found: Result<Vec<String>, Error> = ledger.rehearse(|conn| {
        conn.execute_batch(sql)?;
        let all = hostledger_store::check::run_all(conn, |_, _| {})?;
        Ok(all
            .into_iter()
            .filter(|c| !c.ok)
            .map(|c| c.name.to_owned())
            .collect())
    });
    found.unwrap_or_else(|e| panic!("{sql}: {e}"))
}

#[test]
fn c5_a_line_can_not_be_freed_from_a_payout_that_is_live() {
    let test = lived_in();
    let ledger = test.open(&test.data_key());
    let freed: Result<usize, Error> = ledger.rehearse(|conn| {
        Ok(conn.execute("UPDATE host_payout_lines SET live = 0 WHERE live = 1", [])?)
    });
    assert!(freed.is_err(), "{freed:?}");
}
