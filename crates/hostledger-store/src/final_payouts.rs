//! Last payouts of hosts who leave: proposed, approved by a second person, used once.

use std::collections::BTreeMap;

use hostledger_core::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::Conn;
use crate::adjustments::Adjustment;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, Cur, Day, one, rows, run};

/// The kind under which a final payout stands among the adjustments.
pub const KIND: &str = "FINAL_PAYOUT";

/// The state of a final payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinalStatus {
    /// It waits for a second person.
    Proposed,
    /// In force: the host's next payout goes.
    Approved,
    /// The second person said no.
    Rejected,
    /// Approved, and taken back before a payout left.
    Withdrawn,
    /// A payout left by it.
    Used,
}

impl FinalStatus {
    const ALL: [Self; 5] = [
        Self::Proposed,
        Self::Approved,
        Self::Rejected,
        Self::Withdrawn,
        Self::Used,
    ];

    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "PROPOSED",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Used => "USED",
        }
    }
}

/// A host's last payout, whatever the minimum and although the host's account is closed.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of final_payouts, explained in the migration"
)]
pub struct FinalPayout {
    pub final_key: i64,
    pub adjustment_id: String,
    pub host_key: i64,
    pub host_id: String,
    pub reason: String,
    pub status: FinalStatus,
    pub created_at: Timestamp,
    pub created_on: Date,
    pub created_by: String,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<String>,
    pub used_batch_key: Option<i64>,
    /// The live payout that was prepared under it, if there is one.
    pub payout_id: Option<String>,
}

impl FinalPayout {
    /// Whether it lets payouts of a batch go: it is in force, or a payout of that very batch used it.
    #[must_use]
    pub fn lets_go(&self, batch_key: i64) -> bool {
        match self.status {
            FinalStatus::Approved => true,
            FinalStatus::Used => self.used_batch_key == Some(batch_key),
            FinalStatus::Proposed | FinalStatus::Rejected | FinalStatus::Withdrawn => false,
        }
    }

    /// What a batch says beside the payout that goes by it.
    #[must_use]
    pub fn note(&self) -> String {
        let by = self.decided_by.as_deref().unwrap_or("nobody");
        format!("Final payout, approved by {by}: {}", self.reason)
    }
}

const SELECT: &str = "SELECT f.final_key, f.adjustment_id, f.host_key, h.host_id, f.reason, f.status, f.created_at, f.created_on, f.created_by, f.decided_at, f.decided_by, f.used_batch_key,
      (SELECT p.payout_id FROM payouts_let_go g JOIN host_payouts p USING (payout_key) WHERE g.final_key = f.final_key AND p.status IN (1, 2, 3) ORDER BY p.payout_key DESC LIMIT 1)
    FROM final_payouts f JOIN hosts h USING (host_key)";

fn read(r: &Row<'_>) -> rusqlite::Result<FinalPayout> {
    let word: String = r.get(5)?;
    let status = FinalStatus::ALL.into_iter().find(|s| s.as_str() == word);
    Ok(FinalPayout {
        final_key: r.get(0)?,
        adjustment_id: r.get(1)?,
        host_key: r.get(2)?,
        host_id: r.get(3)?,
        reason: r.get(4)?,
        status: status.ok_or_else(|| rusqlite::Error::InvalidColumnName(word))?,
        created_at: r.get::<_, At>(6)?.0,
        created_on: r.get::<_, Day>(7)?.0,
        created_by: r.get(8)?,
        decided_at: r.get::<_, Option<At>>(9)?.map(|a| a.0),
        decided_by: r.get(10)?,
        used_batch_key: r.get(11)?,
        payout_id: r.get(12)?,
    })
}

/// A final payout by the id under which it stands among the adjustments.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, adjustment_id: &str) -> Result<Option<FinalPayout>> {
    one(
        conn,
        &format!("{SELECT} WHERE f.adjustment_id = ?"),
        [adjustment_id],
        read,
    )
}

/// What a host has that waits for a second person or is in force; else the newest, if there is one.
///
/// # Errors
/// The database's own.
pub fn of_host(conn: &Conn, host_key: i64) -> Result<Option<FinalPayout>> {
    one(
        conn,
        &format!("{SELECT} WHERE f.host_key = ? ORDER BY f.final_key DESC LIMIT 1"),
        [host_key],
        read,
    )
}

/// Those in force, by host.
///
/// # Errors
/// The database's own.
pub fn in_force(conn: &Conn) -> Result<BTreeMap<i64, FinalPayout>> {
    let found = rows(
        conn,
        &format!("{SELECT} WHERE f.status = 'APPROVED'"),
        [],
        read,
    )?;
    Ok(found.into_iter().map(|f| (f.host_key, f)).collect())
}

/// The one that a payout was prepared under.
///
/// # Errors
/// The database's own.
pub fn of_payout(conn: &Conn, payout_key: i64) -> Result<Option<FinalPayout>> {
    one(
        conn,
        &format!(
            "{SELECT} WHERE f.final_key = (SELECT final_key FROM payouts_let_go WHERE payout_key = ?)"
        ),
        [payout_key],
        read,
    )
}

/// Those that payouts of a batch were prepared under, by payout.
///
/// # Errors
/// The database's own.
pub fn of_batch(conn: &Conn, batch_key: i64) -> Result<BTreeMap<i64, FinalPayout>> {
    let marks: Vec<i64> = rows(
        conn,
        "SELECT g.payout_key FROM payouts_let_go g JOIN host_payouts p USING (payout_key) WHERE p.batch_key = ?",
        [batch_key],
        |r| r.get(0),
    )?;
    let mut out = BTreeMap::new();
    for payout_key in marks {
        if let Some(f) = of_payout(conn, payout_key)? {
            out.insert(payout_key, f);
        }
    }
    Ok(out)
}

/// Proposes one.
///
/// # Errors
/// The database's own; it refuses a second one of a host that waits or is in force.
pub fn insert(
    conn: &Conn,
    adjustment_id: &str,
    host_key: i64,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "INSERT INTO final_payouts (adjustment_id, host_key, reason, status, created_at, created_on, created_by) VALUES (?, ?, ?, 'PROPOSED', ?, ?, ?)",
        params![
            adjustment_id,
            host_key,
            reason,
            At(stamp.at),
            Day(stamp.on),
            stamp.by
        ],
    )?;
    Ok(())
}

/// Records what a second person decided.
///
/// # Errors
/// The database's own; it refuses the person who proposed it.
pub fn decide(conn: &Conn, final_key: i64, status: FinalStatus, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE final_payouts SET status = ?, decided_at = ?, decided_by = ? WHERE final_key = ?",
        params![status.as_str(), At(stamp.at), stamp.by, final_key],
    )?;
    Ok(())
}

/// Takes back one that is in force.
///
/// # Errors
/// The database's own.
pub fn withdraw(conn: &Conn, final_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE final_payouts SET status = 'WITHDRAWN', ended_at = ?, ended_by = ? WHERE final_key = ?",
        params![At(stamp.at), stamp.by, final_key],
    )?;
    Ok(())
}

/// A payout leaves: the one that it was prepared under is used up. True where it was in force.
///
/// # Errors
/// The database's own.
pub fn use_up(conn: &Conn, payout_key: i64, batch_key: i64, stamp: &Stamp<'_>) -> Result<bool> {
    let changed = run(
        conn,
        "UPDATE final_payouts SET status = 'USED', used_batch_key = ?, ended_at = ?, ended_by = ?
         WHERE status = 'APPROVED' AND final_key = (SELECT final_key FROM payouts_let_go WHERE payout_key = ?)",
        params![batch_key, At(stamp.at), stamp.by, payout_key],
    )?;
    Ok(changed > 0)
}

/// Says which final payout a payout was prepared under; `None`: none.
///
/// # Errors
/// The database's own.
pub fn mark(conn: &Conn, payout_key: i64, final_key: Option<i64>) -> Result<()> {
    run(
        conn,
        "DELETE FROM payouts_let_go WHERE payout_key = ?",
        [payout_key],
    )?;
    if let Some(final_key) = final_key {
        run(
            conn,
            "INSERT INTO payouts_let_go (payout_key, final_key) VALUES (?, ?)",
            [payout_key, final_key],
        )?;
    }
    Ok(())
}

/// All of them as they stand among the adjustments, newest first: of no amount, in the currency of
/// what the host earned last.
///
/// # Errors
/// The database's own.
pub fn as_adjustments(conn: &Conn) -> Result<Vec<(Adjustment, Option<Timestamp>)>> {
    let all = rows(
        conn,
        &format!("{SELECT} ORDER BY f.final_key DESC"),
        [],
        read,
    )?;
    all.into_iter()
        .map(|f| {
            let decided_at = f.decided_at;
            Ok((as_adjustment(conn, f)?, decided_at))
        })
        .collect()
}

fn as_adjustment(conn: &Conn, f: FinalPayout) -> Result<Adjustment> {
    let earned: Option<Cur> = one(
        conn,
        "SELECT currency FROM host_commissions WHERE host_key = ? ORDER BY booking_key DESC LIMIT 1",
        [f.host_key],
        |r| r.get(0),
    )?;
    Ok(Adjustment {
        // No row of adjustments has a key below zero.
        adjustment_key: -f.final_key,
        adjustment_id: f.adjustment_id,
        host_key: f.host_key,
        host_id: f.host_id,
        currency: earned.map_or(Currency::USD, |c| c.0),
        amount_minor: 0,
        kind: KIND.to_owned(),
        booking_id: None,
        reason: f.reason,
        status: f.status.as_str().to_owned(),
        created_at: f.created_at,
        created_on: f.created_on,
        created_by: f.created_by,
        decided_by: f.decided_by,
        payout_id: f.payout_id,
        releases: None,
    })
}
