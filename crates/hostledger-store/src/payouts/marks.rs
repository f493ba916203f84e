//! What a payout is compared with before it is approved.

use std::collections::BTreeMap;

use hostledger_core::Currency;
use hostledger_core::payout_batch::PayoutStatus;
use hostledger_core::payout_marks::{LastSent, USUAL_OF};
use rusqlite::params;

use super::Payout;
use crate::Conn;
use crate::error::Result;
use crate::hosts::Source;
use crate::sql::{Cur, Day, of_number, one, rows};

/// Payouts of the host `?1` outside the batch `?2` that left before the payout `?3` did; before now,
/// while that one hasn't left.
const SENT_BEFORE: &str = "FROM host_payouts q JOIN payout_batches t USING (batch_key)
    WHERE q.host_key = ?1 AND q.batch_key <> ?2 AND q.sent_at IS NOT NULL
      AND q.sent_at < coalesce((SELECT sent_at FROM host_payouts WHERE payout_key = ?3), 9223372036854775807)";

/// The last payout that was sent to the host before this one, whatever became of it.
///
/// # Errors
/// The database's own.
pub fn last_sent(conn: &Conn, p: &Payout) -> Result<Option<LastSent>> {
    one(
        conn,
        &format!(
            "SELECT t.payout_date, q.destination, q.status {SENT_BEFORE} ORDER BY q.sent_at DESC, q.payout_key DESC LIMIT 1"
        ),
        params![p.host_key, p.batch_key, p.payout_key],
        |r| {
            Ok(LastSent {
                date: r.get::<_, Day>(0)?.0,
                destination: r.get(1)?,
                status: of_number(&PayoutStatus::ALL, r.get(2)?, 1)?,
            })
        },
    )
}

/// What was sent to the host before in a currency, newest first, in minor units: as many as the
/// usual is taken of.
///
/// # Errors
/// The database's own.
pub fn sent_before(conn: &Conn, p: &Payout, currency: Currency) -> Result<Vec<i64>> {
    rows(
        conn,
        &format!(
            "SELECT q.amount_minor {SENT_BEFORE} AND q.currency = ?4 ORDER BY q.sent_at DESC, q.payout_key DESC LIMIT {USUAL_OF}"
        ),
        params![p.host_key, p.batch_key, p.payout_key, Cur(currency)],
        |r| r.get(0),
    )
}

/// Every payout account with its host, whatever the host's status: the hosts file's and the one made
/// here for a host that the file named none for.
///
/// # Errors
/// The database's own.
pub fn accounts(conn: &Conn) -> Result<Vec<(i64, String)>> {
    rows(
        conn,
        "SELECT host_key, stripe_account_id FROM hosts WHERE stripe_account_id <> ''
         UNION SELECT host_key, account_id FROM stripe_account_requests WHERE account_id <> '' ORDER BY 1",
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
}

/// Number and sum in minor units of the adjustments in each payout of a batch that holds any.
///
/// # Errors
/// The database's own.
pub fn adjustments_of_batch(conn: &Conn, batch_key: i64) -> Result<BTreeMap<i64, (i64, i64)>> {
    Ok(rows(
        conn,
        "SELECT l.payout_key, count(*), sum(l.amount_minor) FROM host_payouts p JOIN host_payout_lines l USING (payout_key)
         WHERE p.batch_key = ? AND l.adjustment_key IS NOT NULL GROUP BY l.payout_key",
        [batch_key],
        |r| Ok((r.get(0)?, (r.get(1)?, r.get(2)?))),
    )?
    .into_iter()
    .collect())
}

/// The row of a file that first named the account which a host's rows name since; `None` where the
/// present row names another.
///
/// # Errors
/// The database's own.
pub fn account_named_by(conn: &Conn, host_key: i64, account: &str) -> Result<Option<Source>> {
    let newest_first = rows(
        conn,
        "SELECT stripe_account_id, import_key, line, 9223372036854775807 AS version FROM hosts WHERE host_key = ?1 AND content IS NOT NULL
         UNION ALL SELECT json_extract(content, '$.stripe_account_id'), import_key, line, version FROM host_versions WHERE host_key = ?1 AND content IS NOT NULL
         ORDER BY version DESC",
        [host_key],
        |r| {
            Ok((
                r.get::<_, Option<String>>(0)?,
                Source {
                    import_key: r.get(1)?,
                    line: r.get(2)?,
                },
            ))
        },
    )?;
    Ok(newest_first
        .into_iter()
        .take_while(|(named, _)| named.as_deref() == Some(account))
        .last()
        .map(|(_, source)| source))
}
