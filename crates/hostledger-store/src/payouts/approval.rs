//! Approvals, and which of them count.

use hostledger_core::approval::{ApprovalStatement, Rail, StripeRail};
use jiff::Timestamp;
use rusqlite::params;

use super::Batch;
use crate::Conn;
use crate::error::Result;
use crate::sql::{At, rows, run};
use crate::{keys, meta, users};

/// An approval.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of approvals, explained in the migration"
)]
pub struct Approval {
    pub batch_id: String,
    pub approver: String,
    pub approved_at: Timestamp,
    pub digest: String,
    pub public_key: String,
    pub signature: String,
    pub rail: Rail,
    pub submission: i64,
    pub remark: Option<String>,
}

/// Records an approval; the database refuses a maker's.
///
/// # Errors
/// The database's own.
pub fn insert_approval(conn: &Conn, batch_key: i64, a: &Approval) -> Result<()> {
    let stripe = a.rail.stripe();
    run(
        conn,
        "INSERT INTO approvals (batch_key, approver, approved_at, digest, public_key, signature, stripe_account, livemode, submission, remark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            batch_key,
            a.approver,
            At(a.approved_at),
            a.digest,
            a.public_key,
            a.signature,
            stripe.map(|s| &s.account_id),
            stripe.map(|s| s.livemode),
            a.submission,
            a.remark
        ],
    )?;
    Ok(())
}

/// The approvals of a batch, or of all, whether they count or not.
///
/// # Errors
/// The database's own.
pub fn approvals(conn: &Conn, batch_key: Option<i64>) -> Result<Vec<Approval>> {
    rows(
        conn,
        "SELECT t.batch_id, a.approver, a.approved_at, a.digest, a.public_key, a.signature, a.stripe_account, a.livemode, a.submission, a.remark
         FROM approvals a JOIN payout_batches t USING (batch_key)
         WHERE ?1 IS NULL OR a.batch_key = ?1 ORDER BY a.approval_key",
        [batch_key],
        |r| {
            Ok(Approval {
                batch_id: r.get(0)?,
                approver: r.get(1)?,
                approved_at: r.get::<_, At>(2)?.0,
                digest: r.get(3)?,
                public_key: r.get(4)?,
                signature: r.get(5)?,
                rail: match r.get::<_, Option<String>>(6)? {
                    Some(account_id) => Rail::Stripe(StripeRail {
                        account_id,
                        livemode: r.get(7)?,
                    }),
                    None => Rail::File,
                },
                submission: r.get(8)?,
                remark: r.get(9)?,
            })
        },
    )
}

/// Whether an approval's signature holds, under the key that was its approver's at that moment.
///
/// # Errors
/// The database's own.
pub fn is_genuine(conn: &Conn, ledger_id: &str, a: &Approval) -> Result<bool> {
    let statement = ApprovalStatement {
        ledger_id,
        batch_id: &a.batch_id,
        digest: &a.digest,
        approver: &a.approver,
        approved_at: a.approved_at,
        rail: &a.rail,
        submission: a.submission,
    };
    Ok(
        keys::verify(&a.public_key, &statement.bytes(), &a.signature)
            && users::key_at(conn, &a.approver, &a.public_key, a.approved_at)?.is_some(),
    )
}

/// The approvals of what a batch is as it was submitted last, by people who didn't make it, whose
/// signatures hold.
///
/// # Errors
/// The database's own.
pub fn counting_approvals(conn: &Conn, batch: &Batch) -> Result<Vec<Approval>> {
    let ledger_id = meta::get(conn, "ledger_id")?.unwrap_or_default();
    let makers = super::makers(conn, batch.batch_key)?;
    let mut counting = Vec::new();
    for a in approvals(conn, Some(batch.batch_key))? {
        let rail = batch
            .submit_rail
            .as_ref()
            .is_none_or(|rail| *rail == a.rail);
        if a.digest == batch.digest
            && a.submission == batch.submission
            && rail
            && !makers.contains(&a.approver)
            && is_genuine(conn, &ledger_id, &a)?
        {
            counting.push(a);
        }
    }
    Ok(counting)
}
