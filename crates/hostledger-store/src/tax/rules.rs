//! When a form is due, by tax year and jurisdiction.

use hostledger_core::tax_rules::{TaxRule, WithholdingStart};
use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, Day, rows, run};

/// A rule as it stands, and who set it.
#[derive(Debug, Clone)]
pub struct KeptRule {
    /// The rule.
    pub rule: TaxRule,
    /// When it was set; `None`: shipped.
    pub set_at: Option<Timestamp>,
    /// By whom.
    pub set_by: Option<String>,
    /// Why.
    pub reason: String,
}

fn read(r: &Row<'_>) -> rusqlite::Result<KeptRule> {
    let withholding: String = r.get(6)?;
    Ok(KeptRule {
        rule: TaxRule {
            jurisdiction: r.get(0)?,
            from_year: r.get(1)?,
            to_year: r.get(2)?,
            amount_minor: r.get(3)?,
            inclusive: r.get(4)?,
            min_transactions: r.get(5)?,
            withholding: WithholdingStart::parse(&withholding).unwrap_or(WithholdingStart::Never),
            withholding_rate_bp: r.get(7)?,
            is_on: r.get(8)?,
            is_sure: r.get(9)?,
            source: r.get(10)?,
            verified_on: r.get::<_, Day>(11)?.0,
        },
        set_at: r.get::<_, Option<At>>(12)?.map(|a| a.0),
        set_by: r.get(13)?,
        reason: r.get(14)?,
    })
}

/// The rules that hold, the federal ones first.
///
/// # Errors
/// The database's own.
pub fn all(conn: &Conn) -> Result<Vec<KeptRule>> {
    rows(
        conn,
        "SELECT jurisdiction, from_year, to_year, amount_minor, inclusive, min_transactions, withholding, withholding_rate_bp, is_on, is_sure,
            source, verified_on, set_at, set_by, reason
         FROM tax_rules r
         WHERE rule_key = (SELECT max(rule_key) FROM tax_rules n WHERE n.jurisdiction = r.jurisdiction AND n.from_year = r.from_year)
         ORDER BY jurisdiction <> 'US', jurisdiction, from_year",
        [],
        read,
    )
}

/// The rules alone.
///
/// # Errors
/// The database's own.
pub fn plain(conn: &Conn) -> Result<Vec<TaxRule>> {
    Ok(all(conn)?.into_iter().map(|k| k.rule).collect())
}

/// Puts a rule in the place of the one of its jurisdiction and first year.
///
/// # Errors
/// The database's own.
pub fn put(conn: &Conn, r: &TaxRule, reason: &str, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "INSERT INTO tax_rules (jurisdiction, from_year, to_year, amount_minor, inclusive, min_transactions, withholding, withholding_rate_bp,
            is_on, is_sure, source, verified_on, set_at, set_by, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            r.jurisdiction, r.from_year, r.to_year, r.amount_minor, r.inclusive, r.min_transactions, r.withholding.as_str(),
            r.withholding_rate_bp, r.is_on, r.is_sure, r.source, Day(r.verified_on), At(stamp.at), stamp.by, reason
        ],
    )?;
    Ok(())
}
