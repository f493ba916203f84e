//! The lines of payouts, and how they differ from today.

use hostledger_core::Money;
use hostledger_core::payout_batch::PayoutDigest;
use jiff::Timestamp;
use rusqlite::params;

use super::Payout;
use crate::error::Result;
use crate::sql::{At, Cur, one, rows};
use crate::{Conn, clean_ids};

/// One line of a payout with what a paper or screen shows of it.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of host_payout_lines and of what they point to"
)]
pub struct Line {
    pub line_no: i64,
    pub booking_key: Option<i64>,
    pub booking_id: Option<String>,
    pub adjustment_id: Option<String>,
    pub adjustment_kind: Option<String>,
    pub adjustment_reason: Option<String>,
    pub amount_minor: i64,
    pub session_ended_at: Option<Timestamp>,
    pub price_minor: Option<i64>,
    pub refunded_minor: Option<i64>,
    pub rate_bp: Option<i64>,
    pub platform_fee_minor: Option<i64>,
    pub processing_fee_minor: Option<i64>,
}

/// A payout's lines in order, from the line after a number, at most `limit`.
///
/// # Errors
/// The database's own.
pub fn lines(conn: &Conn, payout_key: i64, after: i64, limit: i64) -> Result<Vec<Line>> {
    rows(
        conn,
        "SELECT l.line_no, l.booking_key, b.booking_id, a.adjustment_id, a.kind, a.reason, l.amount_minor, b.ends_at, b.price_minor, c.refunded_minor, c.rate_bp, c.platform_fee_minor, coalesce(c.frozen_fee_minor, c.processing_fee_minor)
         FROM host_payout_lines l LEFT JOIN bookings b ON b.booking_key = l.booking_key LEFT JOIN host_commissions c ON c.booking_key = l.booking_key
         LEFT JOIN adjustments a ON a.adjustment_key = l.adjustment_key
         WHERE l.payout_key = ? AND l.line_no > ? ORDER BY l.line_no LIMIT ?",
        params![payout_key, after, limit],
        |r| {
            Ok(Line {
                line_no: r.get(0)?,
                booking_key: r.get(1)?,
                booking_id: r.get(2)?,
                adjustment_id: r.get(3)?,
                adjustment_kind: r.get(4)?,
                adjustment_reason: r.get(5)?,
                amount_minor: r.get(6)?,
                session_ended_at: r.get::<_, Option<At>>(7)?.map(|a| a.0),
                price_minor: r.get(8)?,
                refunded_minor: r.get(9)?,
                rate_bp: r.get(10)?,
                platform_fee_minor: r.get(11)?,
                processing_fee_minor: r.get(12)?,
            })
        },
    )
}

/// One difference between a PENDING payout and what it would be today.
#[derive(Debug, Clone)]
pub struct StaleLine {
    /// The payout.
    pub payout_key: i64,
    /// The booking or adjustment.
    pub id: String,
    /// What changed, as a sentence.
    pub what: String,
}

/// The digest that a payout's lines make: what it must say.
///
/// # Errors
/// The database's own.
pub fn digest_of_lines(conn: &Conn, p: &Payout) -> Result<String> {
    let digest = digest_by(conn, p, &p.host_id, "b.booking_id")?;
    if digest == p.digest {
        return Ok(digest);
    }
    // One that was made before ids were cleaned names them as they were.
    let host = clean_ids::host_id_before(conn, p.host_key)?;
    let before = "coalesce((SELECT i.id_before FROM ids_before i WHERE i.kind = 'booking' AND i.row_key = b.booking_key), b.booking_id)";
    let as_it_was = digest_by(conn, p, host.as_deref().unwrap_or(&p.host_id), before)?;
    Ok(if as_it_was == p.digest {
        as_it_was
    } else {
        digest
    })
}

fn digest_by(conn: &Conn, p: &Payout, host_id: &str, booking_id: &str) -> Result<String> {
    let amount = Money::new(p.amount_minor, p.currency);
    let mut digest = match p.digest_form {
        1 => PayoutDigest::new(&p.payout_id, host_id, &p.destination, amount),
        _ => PayoutDigest::named(
            &p.payout_id,
            (host_id, &p.host_name),
            &p.destination,
            amount,
        ),
    };
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {booking_id}, a.adjustment_id, l.amount_minor FROM host_payout_lines l
         LEFT JOIN bookings b ON b.booking_key = l.booking_key LEFT JOIN adjustments a ON a.adjustment_key = l.adjustment_key
         WHERE l.payout_key = ? ORDER BY l.line_no",
    ))?;
    let mut lines = statement.query([p.payout_key])?;
    while let Some(r) = lines.next()? {
        let amount = r.get(2)?;
        match r.get::<_, Option<String>>(0)? {
            Some(booking) => digest.commission(&booking, amount),
            None => digest.adjustment(&r.get::<_, String>(1)?, amount),
        }
    }
    Ok(digest.finish())
}

/// Lines of PENDING payouts of a batch, or of one of them, that are no longer what they were when
/// prepared.
///
/// # Errors
/// The database's own.
pub fn stale_lines(conn: &Conn, batch_key: i64, payout_key: Option<i64>) -> Result<Vec<StaleLine>> {
    let of_one = match payout_key {
        Some(_) => "p.payout_key = ?2",
        None => "?2 IS NULL",
    };
    let found = rows(
        conn,
        &format!("SELECT l.payout_key, coalesce(b.booking_id, a.adjustment_id), c.status, c.host_amount_minor, l.amount_minor, c.currency,
                EXISTS (SELECT 1 FROM commission_blocks k WHERE k.booking_key = l.booking_key AND k.released_at IS NULL),
                c.payable_on > t.payout_date, a.status
         FROM payout_batches t JOIN host_payouts p USING (batch_key) JOIN host_payout_lines l USING (payout_key)
         LEFT JOIN host_commissions c ON c.booking_key = l.booking_key LEFT JOIN bookings b ON b.booking_key = l.booking_key
         LEFT JOIN adjustments a ON a.adjustment_key = l.adjustment_key
         WHERE t.batch_key = ?1 AND p.status = 1 AND {of_one}
           AND (c.status <> 2 OR c.host_amount_minor <> l.amount_minor OR c.payable_on > t.payout_date OR a.status <> 'APPROVED'
                OR l.booking_key IN (SELECT booking_key FROM commission_blocks WHERE released_at IS NULL))
         ORDER BY l.payout_key, l.line_no"),
        params![batch_key, payout_key],
        |r| {
            let currency: Option<Cur> = r.get(5)?;
            Ok((
                r.get::<_, i64>(0)?,
                r.get::<_, String>(1)?,
                r.get::<_, Option<i64>>(2)?,
                r.get::<_, Option<i64>>(3)?,
                r.get::<_, i64>(4)?,
                currency.map(|c| c.0),
                r.get::<_, bool>(6)?,
                r.get::<_, Option<bool>>(7)?.unwrap_or(false),
            ))
        },
    )?;
    Ok(found
        .into_iter()
        .map(
            |(payout_key, id, status, now, was, currency, blocked, later)| {
                let what = match (status, now, currency) {
                    _ if blocked => "it is held: a block was opened on it".to_owned(),
                    (Some(4), ..) => "its commission is void now".to_owned(),
                    (Some(s), ..) if s != 2 => {
                        "its commission is not ready to be paid any more".to_owned()
                    }
                    (_, Some(now), Some(c)) if now != was => format!(
                        "its host amount was {} and is {} now",
                        Money::new(was, c),
                        Money::new(now, c)
                    ),
                    _ if later => "its hold now ends after the payout date".to_owned(),
                    _ => "the adjustment was withdrawn".to_owned(),
                };
                StaleLine {
                    payout_key,
                    id,
                    what,
                }
            },
        )
        .collect())
}

/// Carried remainders of a payout: the open counterpart of the line that takes it out.
///
/// # Errors
/// The database's own.
pub fn remainder_pair(conn: &Conn, payout_key: i64) -> Result<Option<(i64, Option<i64>)>> {
    one(
        conn,
        "SELECT a.adjustment_key,
                (SELECT o.adjustment_key FROM adjustments o WHERE o.kind = 'CARRIED_REMAINDER' AND o.adjustment_key = a.adjustment_key + 1 AND o.amount_minor = -a.amount_minor)
         FROM host_payout_lines l JOIN adjustments a USING (adjustment_key)
         WHERE l.payout_key = ? AND a.kind = 'CARRIED_REMAINDER' AND a.amount_minor < 0",
        [payout_key],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
}
