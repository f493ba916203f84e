//! The command line's contract (`docs/cli.md`): the JSON keys of every command, exactly one document
//! on standard output, and the exit statuses. Keys may be added here, never taken away or renamed.

use std::process::Command;

use hostledger_tests::export::{booking, host, to_csv};
use hostledger_tests::{APPROVER, PREPARER, TestLedger, program};
use serde_json::Value;

use crate::close::text;

const MONDAY: &str = "2026-03-16";

/// The keys of an object, in their order.
fn keys(json: &Value) -> Vec<&str> {
    json.as_object()
        .unwrap_or_else(|| panic!("no object: {json}"))
        .keys()
        .map(String::as_str)
        .collect()
}

/// An object has at least these keys, first and in this order.
fn begins(json: &Value, contract: &[&str]) {
    let have = keys(json);
    assert!(
        have.starts_with(contract),
        "{have:?} doesn't begin with {contract:?}"
    );
}

fn first(json: &Value) -> &Value {
    json.get(0)
        .unwrap_or_else(|| panic!("an empty list: {json}"))
}

#[test]
fn c2_every_command_answers_with_the_contracts_keys() {
    let ledger = TestLedger::nowhere();
    let nothing = Value::Object(serde_json::Map::new());
    let init = ledger.ok(&["init", "--time-zone", "Europe/Madrid"]);
    assert_eq!(
        init,
        serde_json::json!({ "ledger": ledger.folder().to_string_lossy() })
    );
    ledger.add_user(APPROVER, "approver");
    begins(first(&ledger.ok(&["users", "list"])), &["name", "roles"]);
    let set = [
        "--as-of",
        "2026-01-01",
        "settings",
        "set",
        "minimum.USD",
        "20.00",
        "--reason",
        "as agreed",
    ];
    assert_eq!(ledger.ok(&set), nothing);
    let settings = ledger.ok(&["settings", "list"]);
    begins(first(&settings), &["key", "value", "since", "by"]);
    let minimum = settings
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["key"] == "minimum.USD")
        .unwrap();
    let shown = ["value", "since", "by"].map(|key| text(minimum, key));
    assert_eq!(shown, ["20.00", "2026-01-01", PREPARER]);
    let institutions = ledger.ok(&["institutions", "list"]);
    begins(
        first(&institutions),
        &[
            "institution_id",
            "name",
            "rate",
            "schedule",
            "tiers",
            "active",
        ],
    );
    assert_eq!(text(first(&institutions), "rate"), "70.00");

    imports_and_exceptions(&ledger);
    commissions(&ledger);
    payouts(&ledger);

    begins(
        first(&ledger.ok(&["balances"])),
        &["account", "currency", "balance"],
    );
    let tier = ledger.ok(&["tiers", "list", "--host", "h-1"]);
    begins(
        first(&tier),
        &[
            "host_id",
            "tier",
            "rate",
            "effective_from",
            "effective_to",
            "because",
        ],
    );
    let check = ledger.ok(&["check"]);
    begins(&check, &["ok", "checks"]);
    begins(first(&check["checks"]), &["name", "ok", "detail"]);
    for args in [
        vec!["hosts", "pause", "h-1", "--reason", "asked for"],
        vec!["hosts", "resume", "h-1", "--reason", "asked for"],
        vec![
            "journal",
            "export",
            "--format",
            "csv",
            "--out",
            "journal.csv",
        ],
        vec!["backup", "week.hlbackup"],
        vec!["users", "remove", APPROVER],
    ] {
        assert_eq!(ledger.ok(&args), nothing, "{args:?}");
    }
}

fn imports_and_exceptions(ledger: &TestLedger) {
    ledger.import(
        "hosts",
        to_csv(&[host("h-1", &[]), host("h-2", &[("status", "APPLIED")])]),
    );
    let rows = [
        booking("b-1", "h-1", &[("price", "60.00")]),
        booking("b-2", "h-1", &[("price", "60.00")]),
        booking("b-3", "h-2", &[]),
        booking("b-4", "h-1", &[("price", "x")]),
    ];
    let imported = ledger.import("bookings", to_csv(&rows));
    #[rustfmt::skip]
    begins(&imported, &[
        "import_id", "already", "rows", "inserted", "updated", "unchanged", "stale", "exceptions", "first_exceptions",
    ]);
    assert_eq!(
        keys(first(&imported["first_exceptions"])),
        ["line", "code", "message"]
    );
    let open = ledger.ok(&["exceptions", "list"]);
    begins(
        first(&open),
        &[
            "exception_id",
            "import_id",
            "line",
            "code",
            "message",
            "row",
        ],
    );
    let dismiss = [
        "exceptions",
        "dismiss",
        &text(first(&open), "exception_id"),
        "--reason",
        "a test row",
    ];
    assert_eq!(ledger.ok(&dismiss), Value::Object(serde_json::Map::new()));
}

fn commissions(ledger: &TestLedger) {
    begins(
        &ledger.process(MONDAY),
        &["processed", "still_pending", "flagged"],
    );
    ledger.ok(&["commissions", "hold", "b-2", "--reason", "asked for"]);
    let held = ledger.ok(&["commissions", "list", "--blocked"]);
    assert_eq!(held.as_array().unwrap().len(), 1);
    #[rustfmt::skip]
    begins(first(&held), &[
        "booking_id", "conversation_id", "host_id", "currency", "price", "refunded", "rate", "platform_fee",
        "processing_fee", "borne_by_platform", "host_amount", "status", "payable_on", "blocks", "payout_id",
    ]);
    begins(
        first(&first(&held)["blocks"]),
        &["block_id", "kind", "rule", "reason"],
    );
    ledger.ok(&["commissions", "release", "b-2", "--reason", "settled"]);
    for (filter, value, count) in [
        ("--status", "PROCESSED", 3),
        ("--host", "h-2", 1),
        ("--booking", "b-1", 1),
    ] {
        let listed = ledger.ok(&["commissions", "list", filter, value]);
        assert_eq!(listed.as_array().unwrap().len(), count, "{filter} {value}");
    }
    let why = ledger.ok(&["commissions", "explain", "b-1"]);
    assert!(
        why["steps"].as_array().is_some_and(|s| s.len() > 2),
        "{why}"
    );
}

fn payouts(ledger: &TestLedger) {
    #[rustfmt::skip]
    let like_prepare = |batch: &Value| {
        begins(batch, &["batch_id", "date", "status", "digest", "payouts", "carried", "totals"]);
        begins(first(&batch["payouts"]), &["payout_id", "host_id", "currency", "amount", "lines", "status", "stale"]);
        begins(first(&batch["carried"]), &["host_id", "currency", "amount", "reason", "reasons"]);
        begins(first(&batch["totals"]), &["currency", "amount", "payouts"]);
    };
    let batch = ledger.prepare(MONDAY);
    like_prepare(&batch);
    let id = text(&batch, "batch_id");
    like_prepare(&ledger.ok(&["payouts", "refresh", &id]));
    like_prepare(&ledger.ok(&["payouts", "show", &id, "--lines"]));
    like_prepare(first(&ledger.ok(&["payouts", "list"])));
    assert_eq!(
        keys(&ledger.ok(&["payouts", "submit", &id])),
        ["batch_id", "status", "digest", "rail", "waiting"]
    );
    assert_eq!(
        keys(&ledger.ok_as(APPROVER, &["payouts", "approve", &id])),
        ["batch_id", "status", "digest", "rail", "waiting", "remark"]
    );
    let sent = ["batch_id", "status", "sent", "failed", "unknown"];
    assert_eq!(keys(&ledger.send(&id)), sent);
    let file = std::fs::read_to_string(ledger.file(&format!("pay-{id}.csv"))).unwrap();
    assert_eq!(
        file.lines().next(),
        Some(
            "payout_id,batch_id,host_id,host_name,destination,currency,amount,amount_minor,scheduled_date,reference,batch_digest"
        )
    );
    begins(&ledger.ok(&["payouts", "resume", &id]), &sent);
    let payout = text(first(&batch["payouts"]), "payout_id");
    let failed = format!("{payout}=account closed");
    begins(
        &ledger.ok(&["payouts", "settle", &id, "--failed", &failed]),
        &sent,
    );
    let again = ledger.ok(&["--as-of", MONDAY, "payouts", "retry", &payout]);
    begins(first(&again["payouts"]), &["payout_id", "host_id"]);
    assert_eq!(
        keys(&ledger.ok(&["payouts", "cancel", &text(&again, "batch_id")])),
        ["batch_id", "status"]
    );
}

#[test]
fn c2_exit_statuses_and_streams_are_the_contracts() {
    let ledger = TestLedger::new();
    let good = ledger.write("good.csv", to_csv(&[booking("b-1", "h-1", &[])]));
    let bad = ledger.write(
        "bad.csv",
        to_csv(&[booking("b-2", "h-1", &[("price", "x")])]),
    );
    for (args, status) in [
        (vec!["import", "bookings", &good], 0),
        (vec!["import", "bookings", &bad], 3),
        (vec!["import", "bookings", &good], 0),
        (vec!["payouts", "show", "no-such-batch"], 1),
        (vec!["payouts", "prepare", "--date", "2026-03-17"], 1),
        (vec!["payouts", "prepare", "--date", "soon"], 2),
        (vec!["payouts", "pay-everybody"], 2),
        (vec!["--help"], 0),
        (vec!["completions", "bash"], 0),
    ] {
        let done = ledger.command(PREPARER, &args).output().unwrap();
        assert_eq!(
            done.status.code(),
            Some(status),
            "{args:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        let said = String::from_utf8(done.stdout).unwrap();
        if status != 2 && args[0] != "--help" {
            assert!(
                serde_json::from_str::<Value>(&said).is_ok(),
                "{args:?}: {said}"
            );
        }
        if status == 2 {
            assert!(said.is_empty() && !done.stderr.is_empty(), "{args:?}");
        }
    }
    let off = ledger.refused(&["payouts", "prepare", "--date", "2026-03-17"]);
    assert_eq!(off.code, "OFF_SCHEDULE");
    ledger.ok(&[
        "payouts",
        "prepare",
        "--date",
        "2026-03-17",
        "--off-cycle",
        "the host asked for it",
    ]);
    ledger.check();
}

#[test]
fn c2_without_json_a_refusal_goes_to_standard_error_alone() {
    let ledger = TestLedger::new();
    let mut command = Command::new(program());
    ledger.sign(&mut command, PREPARER);
    let done = command
        .args(["payouts", "show", "no-such-batch"])
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    assert_eq!((done.status.code(), out.as_ref()), (Some(1), ""));
    assert!(err.starts_with("hostledger: There is no batch"), "{err}");
    // Options do what the variables do, and no secret is asked for where there is no terminal.
    let mut command = Command::new(program());
    ledger.sign(&mut command, "somebody else");
    let folder = ledger.folder();
    command
        .env_remove("HOSTLEDGER_LEDGER")
        .env_remove("HOSTLEDGER_USER");
    command.env("HOSTLEDGER_PASSPHRASE", TestLedger::passphrase(PREPARER));
    let done = command
        .args(["--user", PREPARER, "--ledger"])
        .arg(&folder)
        .arg("balances")
        .output()
        .unwrap();
    assert_eq!(
        done.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Who wants to change a setting finds its name where the command explains itself.
#[test]
fn the_help_of_settings_set_names_every_setting() {
    let ledger = TestLedger::new();
    let help = ledger
        .command(PREPARER, &["settings", "set", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let listed = ledger.ok(&["settings", "list"]);
    let names: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["key"].as_str().unwrap())
        .map(|key| key.split('.').next().unwrap())
        .collect();
    assert!(names.len() > 20, "{listed}");
    let missing: Vec<&&str> = names.iter().filter(|n| !help.contains(**n)).collect();
    assert!(missing.is_empty(), "{missing:?} not in: {help}");
}
