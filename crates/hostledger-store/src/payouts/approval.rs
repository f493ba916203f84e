//! Approvals.

use hostledger_core::approval::StripeRail;
use jiff::Timestamp;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::sql::{At, rows, run};

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
    pub stripe: Option<StripeRail>,
}

/// Records an approval; the database refuses a maker's.
///
/// # Errors
/// The database's own.
pub fn insert_approval(conn: &Conn, batch_key: i64, a: &Approval) -> Result<()> {
    run(
        conn,
        "INSERT INTO approvals (batch_key, approver, approved_at, digest, public_key, signature, stripe_account, livemode) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            batch_key,
            a.approver,
            At(a.approved_at),
            a.digest,
            a.public_key,
            a.signature,
            a.stripe.as_ref().map(|s| &s.account_id),
            a.stripe.as_ref().map(|s| s.livemode)
        ],
    )?;
    Ok(())
}

/// The approvals of a batch, or of all.
///
/// # Errors
/// The database's own.
pub fn approvals(conn: &Conn, batch_key: Option<i64>) -> Result<Vec<Approval>> {
    rows(
        conn,
        "SELECT t.batch_id, a.approver, a.approved_at, a.digest, a.public_key, a.signature, a.stripe_account, a.livemode FROM approvals a JOIN payout_batches t USING (batch_key)
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
                stripe: match r.get::<_, Option<String>>(6)? {
                    Some(account_id) => Some(StripeRail {
                        account_id,
                        livemode: r.get(7)?,
                    }),
                    None => None,
                },
            })
        },
    )
}
