//! What Stripe says of disputes and can't be taken in: it waits among the exceptions, as a row of a
//! file would, until a person says what it means.

use hostledger_core::Currency;
use hostledger_core::dispute::COLUMNS;
use hostledger_core::import::{RowCounts, RowProblem};
use hostledger_core::money::format_minor;
use hostledger_store::hosts::Source;
use hostledger_store::imports::{self, Exception};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, audit};
use hostledger_stripe::DisputeShown;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::imports::ImportKind;
use crate::waiting::{RawRow, WaitingRows, let_go};
use crate::{Result, clock};

/// What such an import is called.
const FROM_STRIPE: &str = "Stripe's list of disputes";

/// Keeps what can't be taken in, once: the same word again opens no second exception, a newer word
/// takes the place of one that still waits, and what a person dismissed stays so until Stripe says
/// something else.
pub(super) fn keep(
    conn: &Conn,
    d: &DisputeShown,
    problem: &RowProblem,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let row = as_row(d);
    if let Some(e) = waiting(conn, &d.dispute_id)? {
        imports::restate(conn, e.exception_key, problem, &row)?;
        return Ok(());
    }
    let kind = ImportKind::Disputes.as_str();
    let sha256 = hex::encode(Sha256::digest(row.as_bytes()));
    if imports::of_content(conn, kind, &sha256)?.is_some() {
        return Ok(());
    }
    let import_id = clock::new_id();
    let new = imports::NewImport {
        import_id: &import_id,
        kind,
        file_name: FROM_STRIPE,
        file_sha256: &sha256,
        file_bytes: i64::try_from(row.len()).unwrap_or(i64::MAX),
    };
    let import_key = imports::begin(conn, &new, stamp)?;
    let source = Source {
        import_key,
        line: 1,
    };
    let raw = RawRow::of(&row);
    WaitingRows::load(conn, ImportKind::Disputes)?.wait(conn, source, problem, &raw, stamp)?;
    let counts = RowCounts {
        rows: 1,
        exceptions: 1,
        ..RowCounts::default()
    };
    imports::finish(conn, import_key, &counts, "[]", None)?;
    let facts = json!({ "file": FROM_STRIPE, "sha256": sha256, "counts": counts, "totals": [] });
    audit::record(conn, stamp, "import.disputes", &import_id, &facts)?;
    Ok(())
}

/// Closes what waited of a dispute that was taken in since.
pub(super) fn settled(conn: &Conn, dispute_id: &str, stamp: &Stamp<'_>) -> Result<()> {
    if let Some(e) = waiting(conn, dispute_id)? {
        let why = "Stripe's newer word on the dispute was taken in.";
        imports::resolve(conn, e.exception_key, "RETRIED", Some(why), stamp)?;
        let_go(conn, e.exception_key, why, stamp)?;
        let facts = json!({ "line": e.line, "row_before": null, "reason": why });
        audit::record(conn, stamp, "exceptions.retry", &e.exception_id, &facts)?;
    }
    Ok(())
}

fn waiting(conn: &Conn, dispute_id: &str) -> Result<Option<Exception>> {
    Ok(imports::open_exceptions_about(conn, dispute_id)?
        .into_iter()
        .find(|e| e.kind == ImportKind::Disputes.as_str() && e.file_name == FROM_STRIPE))
}

/// What Stripe says in the columns of the disputes export: the charge in place of the booking.
fn as_row(d: &DisputeShown) -> String {
    let at = |seconds: i64| {
        jiff::Timestamp::from_second(seconds).map_or_else(|_| String::new(), |t| t.to_string())
    };
    let amount = |minor, code: &str| {
        Currency::parse(code).map_or_else(String::new, |c| format_minor(minor, c))
    };
    let mut row = Map::new();
    for (column, _) in COLUMNS {
        let text = match column {
            "dispute_id" => d.dispute_id.clone(),
            "kind" => "CHARGEBACK".to_owned(),
            "reason" => d.reason.clone(),
            "amount" => amount(d.amount_minor, &d.currency),
            "currency" => d.currency.clone(),
            "status" => d.status.clone(),
            "opened_at" => at(d.created),
            "evidence_due_by" => d.due_by.map(at).unwrap_or_default(),
            "charge_id" => d.charge_id.clone(),
            "payment_intent_id" => d.payment_intent_id.clone().unwrap_or_default(),
            "fee" => d
                .fee
                .as_ref()
                .map_or_else(String::new, |(m, c)| amount(*m, c)),
            "fee_currency" => d.fee.as_ref().map(|(_, c)| c.clone()).unwrap_or_default(),
            _ => String::new(),
        };
        row.insert(column.to_owned(), Value::String(text));
    }
    Value::Object(row).to_string()
}
