//! What the books say of withheld tax, and what forms say.

use hostledger_core::journal::Account;
use sha2::{Digest, Sha256};

use super::{Check, Sums, check, differences, of_account, sums};
use crate::Conn;
use crate::error::Result;
use crate::sql::rows;

/// What is owed to the tax authority = what payouts that left withheld, booking by booking.
pub(super) fn withheld_tax(conn: &Conn) -> Result<Check> {
    let mut have = Sums::new();
    for ((_, currency), minor) in of_account(conn, Account::BackupWithholding)? {
        *have.entry((0, currency)).or_default() += minor;
    }
    let want = sums(
        conn,
        "SELECT 0, a.currency, sum(-a.amount_minor) FROM adjustments a JOIN host_payout_lines l USING (adjustment_key) JOIN host_payouts p USING (payout_key)
         WHERE a.kind = 'BACKUP_WITHHOLDING' AND a.status = 'APPROVED' AND l.live = 1 AND p.status IN (2, 3) GROUP BY a.currency",
    )?;
    let mut problems = differences(conn, &have, &want)?;
    problems.extend(rows(
        conn,
        "SELECT a.adjustment_id FROM adjustments a WHERE a.kind = 'BACKUP_WITHHOLDING' AND a.status = 'APPROVED'
           AND -a.amount_minor <> (SELECT coalesce(sum(w.amount_minor), 0) FROM tax_withholdings w WHERE w.adjustment_key = a.adjustment_key) LIMIT 20",
        [],
        |r| Ok(format!("{} is not the sum of its bookings", r.get::<_, String>(0)?)),
    )?);
    Ok(check(
        "withheld_tax",
        &problems,
        "backup withholding owed = what payouts that left withheld",
    ))
}

/// What a form says is what its hash says, and its months sum to box 1a.
pub(super) fn forms(conn: &Conn) -> Result<Check> {
    let mut problems = Vec::new();
    let mut count = 0;
    let mut statement =
        conn.prepare("SELECT f.form_id, f.snapshot, f.sha256, f.gross_minor FROM tax_forms f")?;
    let mut found = statement.query([])?;
    while let Some(r) = found.next()? {
        count += 1;
        let (id, snapshot): (String, String) = (r.get(0)?, r.get(1)?);
        let (hash, gross): (String, i64) = (r.get(2)?, r.get(3)?);
        if hex::encode(Sha256::digest(snapshot.as_bytes())) != hash {
            problems.push(format!("form {id} is not what its hash says"));
        }
        let content: serde_json::Value = serde_json::from_str(&snapshot).unwrap_or_default();
        let months = content["boxes"]["gross"]["months_minor"].as_array();
        let sum: Option<i64> = months.map(|m| m.iter().filter_map(serde_json::Value::as_i64).sum());
        if sum != Some(gross) {
            problems.push(format!("the months of form {id} don't sum to box 1a"));
        }
    }
    Ok(check(
        "tax_forms",
        &problems,
        format!("{count} forms are what their hashes say, and their months sum to box 1a"),
    ))
}
