//! Payout batches, payouts, their lines, approvals.

use hostledger_core::Currency;
use hostledger_core::payout_batch::{BatchStatus, CarriedReason, PayoutStatus};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, ToSql, params};

use crate::Conn;
use crate::error::{Error, Result};
use crate::ledger::Stamp;
use crate::sql::{At, Cur, Day, number_of, of_number, one, rows, run};

/// One thing due to a host: a commission or an adjustment.
#[derive(Debug, Clone)]
pub struct DueLine {
    /// Whose.
    pub host_key: i64,
    /// In which currency.
    pub currency: Currency,
    /// The commission's booking, or `None` for an adjustment.
    pub booking_key: Option<i64>,
    /// The adjustment, or `None` for a commission.
    pub adjustment_key: Option<i64>,
    /// The booking's or adjustment's id.
    pub id: String,
    /// In minor units.
    pub amount_minor: i64,
}

/// Everything due by a date and in no live payout, ordered by host, currency, commissions before
/// adjustments. With a payout's key also what is in that payout now, for a refresh.
///
/// # Errors
/// The database's own.
pub fn due(
    conn: &Conn,
    by: Date,
    only: Option<(i64, Currency)>,
    also_payout: Option<i64>,
) -> Result<Vec<DueLine>> {
    let (host, currency) = (only.map(|o| o.0), only.map(|o| Cur(o.1)));
    // For one host the index on the host is best, for all of them the table in its own order.
    let by_host = if host.is_some() {
        "c.host_key = ?2"
    } else {
        "?2 IS NULL"
    };
    let mut out = rows(
        conn,
        &format!(
            "SELECT c.host_key, c.currency, c.booking_key, c.host_amount_minor
             FROM host_commissions c
             WHERE +c.status = 2 AND c.payable_on <= ?1 AND {by_host} AND (?3 IS NULL OR c.currency = ?3)
               AND NOT EXISTS (SELECT 1 FROM host_payout_lines l WHERE l.booking_key = c.booking_key AND l.live = 1 AND l.payout_key IS NOT ?4)
               AND c.booking_key NOT IN (SELECT booking_key FROM commission_blocks WHERE released_at IS NULL)
             ORDER BY c.booking_key"
        ),
        params![Day(by), host, currency, also_payout],
        |r| {
            Ok(DueLine {
                host_key: r.get(0)?,
                currency: r.get::<_, Cur>(1)?.0,
                booking_key: r.get(2)?,
                adjustment_key: None,
                id: String::new(),
                amount_minor: r.get(3)?,
            })
        },
    )?;
    name_bookings(conn, &mut out)?;
    out.extend(rows(
        conn,
        "SELECT a.host_key, a.currency, a.adjustment_key, a.adjustment_id, a.amount_minor FROM adjustments a
         WHERE a.status = 'APPROVED' AND (?1 IS NULL OR a.host_key = ?1) AND (?2 IS NULL OR a.currency = ?2)
           AND NOT EXISTS (SELECT 1 FROM host_commissions c JOIN commission_blocks k USING (booking_key)
                           WHERE c.booking_key = a.booking_key AND c.status = 2 AND k.released_at IS NULL)
           AND NOT EXISTS (SELECT 1 FROM host_payout_lines l WHERE l.adjustment_key = a.adjustment_key AND l.live = 1 AND l.payout_key IS NOT ?3)",
        params![host, currency, also_payout],
        |r| {
            Ok(DueLine {
                host_key: r.get(0)?,
                currency: r.get::<_, Cur>(1)?.0,
                booking_key: None,
                adjustment_key: r.get(2)?,
                id: r.get(3)?,
                amount_minor: r.get(4)?,
            })
        },
    )?);
    out.sort_unstable_by_key(|l| {
        (
            l.host_key,
            l.currency,
            l.booking_key.unwrap_or(i64::MAX),
            l.adjustment_key,
        )
    });
    Ok(out)
}

/// Gives lines of commissions, ordered by key, their bookings' ids. For a large part of all
/// bookings the index on the ids is read once, which is a tenth of the table.
fn name_bookings(conn: &Conn, lines: &mut [DueLine]) -> Result<()> {
    let all: i64 = one(
        conn,
        "SELECT coalesce(max(booking_key), 0) FROM bookings",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0);
    if i64::try_from(lines.len()).unwrap_or(0) * 20 < all {
        let mut id =
            conn.prepare_cached("SELECT booking_id FROM bookings WHERE booking_key = ?")?;
        for l in lines {
            l.id = id.query_row([l.booking_key], |r| r.get(0))?;
        }
        return Ok(());
    }
    let mut ids =
        conn.prepare("SELECT booking_id, booking_key FROM bookings ORDER BY booking_id")?;
    let mut found = ids.query([])?;
    while let Some(r) = found.next()? {
        let key: Option<i64> = Some(r.get(1)?);
        if let Ok(i) = lines.binary_search_by_key(&key, |l| l.booking_key) {
            lines[i].id = r.get(0)?;
        }
    }
    Ok(())
}

/// A batch.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of payout_batches, explained in the migration"
)]
pub struct Batch {
    pub batch_key: i64,
    pub batch_id: String,
    pub date: Date,
    pub off_cycle_reason: Option<String>,
    pub status: BatchStatus,
    pub digest: String,
    pub prepared_at: Timestamp,
    pub prepared_by: String,
    pub submitted_at: Option<Timestamp>,
    pub submitted_by: Option<String>,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<String>,
    pub close_reason: Option<String>,
    pub file_path: Option<String>,
    pub file_sha256: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub sent_by: Option<String>,
}

const BATCH: &str = "SELECT batch_key, batch_id, payout_date, off_cycle_reason, status, digest, prepared_at, prepared_by, submitted_at, submitted_by, closed_at, closed_by, close_reason, file_path, file_sha256, sent_at, sent_by FROM payout_batches";

fn read_batch(r: &Row<'_>) -> rusqlite::Result<Batch> {
    let at = |i| r.get::<_, Option<At>>(i).map(|a| a.map(|a| a.0));
    Ok(Batch {
        batch_key: r.get(0)?,
        batch_id: r.get(1)?,
        date: r.get::<_, Day>(2)?.0,
        off_cycle_reason: r.get(3)?,
        status: of_number(&BatchStatus::ALL, r.get(4)?, 1)?,
        digest: r.get(5)?,
        prepared_at: r.get::<_, At>(6)?.0,
        prepared_by: r.get(7)?,
        submitted_at: at(8)?,
        submitted_by: r.get(9)?,
        closed_at: at(10)?,
        closed_by: r.get(11)?,
        close_reason: r.get(12)?,
        file_path: r.get(13)?,
        file_sha256: r.get(14)?,
        sent_at: at(15)?,
        sent_by: r.get(16)?,
    })
}

/// All batches, newest first.
///
/// # Errors
/// The database's own.
pub fn batches(conn: &Conn) -> Result<Vec<Batch>> {
    rows(
        conn,
        &format!("{BATCH} ORDER BY batch_key DESC"),
        [],
        read_batch,
    )
}

/// A batch by id.
///
/// # Errors
/// The database's own.
pub fn find_batch(conn: &Conn, batch_id: &str) -> Result<Option<Batch>> {
    one(
        conn,
        &format!("{BATCH} WHERE batch_id = ?"),
        [batch_id],
        read_batch,
    )
}

/// A batch by key.
///
/// # Errors
/// The database's own; a key that isn't there.
pub fn get_batch(conn: &Conn, batch_key: i64) -> Result<Batch> {
    one(
        conn,
        &format!("{BATCH} WHERE batch_key = ?"),
        [batch_key],
        read_batch,
    )?
    .ok_or_else(|| Error::stored("batch"))
}

/// Begins a DRAFT batch. Its key.
///
/// # Errors
/// The database's own.
pub fn insert_batch(
    conn: &Conn,
    batch_id: &str,
    date: Date,
    off_cycle: Option<&str>,
    stamp: &Stamp<'_>,
) -> Result<i64> {
    run(
        conn,
        "INSERT INTO payout_batches (batch_id, payout_date, off_cycle_reason, status, digest, prepared_at, prepared_by) VALUES (?, ?, ?, 1, '', ?, ?)",
        params![batch_id, Day(date), off_cycle, At(stamp.at), stamp.by],
    )?;
    let key = conn.last_insert_rowid();
    add_maker(conn, key, stamp.by)?;
    Ok(key)
}

/// Remembers somebody as a maker of a batch.
///
/// # Errors
/// The database's own.
pub fn add_maker(conn: &Conn, batch_key: i64, name: &str) -> Result<()> {
    run(
        conn,
        "INSERT INTO batch_makers VALUES (?, ?) ON CONFLICT DO NOTHING",
        params![batch_key, name],
    )?;
    Ok(())
}

/// Who prepared, changed or submitted a batch.
///
/// # Errors
/// The database's own.
pub fn makers(conn: &Conn, batch_key: i64) -> Result<Vec<String>> {
    rows(
        conn,
        "SELECT name FROM batch_makers WHERE batch_key = ? ORDER BY name",
        [batch_key],
        |r| r.get(0),
    )
}

/// Sets a batch's digest.
///
/// # Errors
/// The database's own.
pub fn set_digest(conn: &Conn, batch_key: i64, digest: &str) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET digest = ? WHERE batch_key = ?",
        params![digest, batch_key],
    )?;
    Ok(())
}

/// Moves a batch to another state.
///
/// # Errors
/// The database's own.
pub fn set_batch_status(conn: &Conn, batch_key: i64, status: BatchStatus) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET status = ? WHERE batch_key = ?",
        params![number_of(&BatchStatus::ALL, &status, 1), batch_key],
    )?;
    Ok(())
}

/// Records who submitted a batch.
///
/// # Errors
/// The database's own.
pub fn set_submitted(conn: &Conn, batch_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET status = 2, submitted_at = ?, submitted_by = ? WHERE batch_key = ?",
        params![At(stamp.at), stamp.by, batch_key],
    )?;
    add_maker(conn, batch_key, stamp.by)
}

/// Records why a batch was rejected or cancelled.
///
/// # Errors
/// The database's own.
pub fn set_closed(
    conn: &Conn,
    batch_key: i64,
    status: BatchStatus,
    reason: Option<&str>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET status = ?, closed_at = ?, closed_by = ?, close_reason = ? WHERE batch_key = ?",
        params![
            number_of(&BatchStatus::ALL, &status, 1),
            At(stamp.at),
            stamp.by,
            reason,
            batch_key
        ],
    )?;
    Ok(())
}

/// Lets an interrupted send write its payment file elsewhere.
///
/// # Errors
/// The database's own.
pub fn set_file_path(conn: &Conn, batch_key: i64, path: &str) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET file_path = ? WHERE batch_key = ?",
        params![path, batch_key],
    )?;
    Ok(())
}

/// Records where a batch's payment file goes and the hash of what it will hold.
///
/// # Errors
/// The database's own.
pub fn set_sending_file(
    conn: &Conn,
    batch_key: i64,
    path: &str,
    sha256: &str,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE payout_batches SET status = 4, rail = 'file', file_path = ?, file_sha256 = ?, sent_at = ?, sent_by = ? WHERE batch_key = ?",
        params![path, sha256, At(stamp.at), stamp.by, batch_key],
    )?;
    Ok(())
}

/// A payout with its host's names.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of host_payouts, explained in the migration"
)]
pub struct Payout {
    pub payout_key: i64,
    pub payout_id: String,
    pub batch_key: i64,
    pub host_key: i64,
    pub host_id: String,
    pub host_name: String,
    pub currency: Currency,
    pub amount_minor: i64,
    pub destination: String,
    pub status: PayoutStatus,
    pub digest: String,
    pub line_count: i64,
    pub failure_code: Option<String>,
    pub failure_reason: Option<String>,
}

const PAYOUT: &str = "SELECT p.payout_key, p.payout_id, p.batch_key, p.host_key, h.host_id, p.host_name, p.currency, p.amount_minor, p.destination, p.status, p.digest, p.line_count, p.failure_code, p.failure_reason
    FROM host_payouts p JOIN hosts h USING (host_key)";

fn read_payout(r: &Row<'_>) -> rusqlite::Result<Payout> {
    Ok(Payout {
        payout_key: r.get(0)?,
        payout_id: r.get(1)?,
        batch_key: r.get(2)?,
        host_key: r.get(3)?,
        host_id: r.get(4)?,
        host_name: r.get(5)?,
        currency: r.get::<_, Cur>(6)?.0,
        amount_minor: r.get(7)?,
        destination: r.get(8)?,
        status: of_number(&PayoutStatus::ALL, r.get(9)?, 1)?,
        digest: r.get(10)?,
        line_count: r.get(11)?,
        failure_code: r.get(12)?,
        failure_reason: r.get(13)?,
    })
}

/// A batch's payouts in the order of their ids.
///
/// # Errors
/// The database's own.
pub fn of_batch(conn: &Conn, batch_key: i64) -> Result<Vec<Payout>> {
    rows(
        conn,
        &format!("{PAYOUT} WHERE p.batch_key = ? ORDER BY p.payout_id"),
        [batch_key],
        read_payout,
    )
}

/// A payout by id.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, payout_id: &str) -> Result<Option<Payout>> {
    one(
        conn,
        &format!("{PAYOUT} WHERE p.payout_id = ?"),
        [payout_id],
        read_payout,
    )
}

/// A host's payouts, newest first.
///
/// # Errors
/// The database's own.
pub fn of_host(conn: &Conn, host_key: i64) -> Result<Vec<Payout>> {
    rows(
        conn,
        &format!("{PAYOUT} WHERE p.host_key = ? ORDER BY p.payout_key DESC"),
        [host_key],
        read_payout,
    )
}

/// A new payout.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of host_payouts")]
pub struct NewPayout<'a> {
    pub payout_id: &'a str,
    pub batch_key: i64,
    pub host_key: i64,
    pub host_name: &'a str,
    pub currency: Currency,
    pub amount_minor: i64,
    pub destination: &'a str,
    pub digest: &'a str,
}

/// Records a PENDING payout with its lines. Its key.
///
/// # Errors
/// The database's own; it refuses a line that is in another live payout.
pub fn insert(conn: &Conn, n: &NewPayout<'_>, lines: &[DueLine]) -> Result<i64> {
    run(
        conn,
        "INSERT INTO host_payouts (payout_id, batch_key, host_key, host_name, currency, amount_minor, destination, status, digest, line_count) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
        params![
            n.payout_id,
            n.batch_key,
            n.host_key,
            n.host_name,
            Cur(n.currency),
            n.amount_minor,
            n.destination,
            n.digest,
            i64::try_from(lines.len()).unwrap_or(0)
        ],
    )?;
    let key = conn.last_insert_rowid();
    insert_lines(conn, key, lines)?;
    Ok(key)
}

/// Lines that one statement inserts: each statement with triggers costs a savepoint.
const LINES_AT_ONCE: usize = 100;

fn insert_lines(conn: &Conn, payout_key: i64, lines: &[DueLine]) -> Result<()> {
    let mut line_no = 0_i64;
    for chunk in lines.chunks(LINES_AT_ONCE) {
        let marks = vec!["(?, ?, ?, ?, ?, 1)"; chunk.len()].join(", ");
        let mut insert =
            conn.prepare_cached(&format!("INSERT INTO host_payout_lines VALUES {marks}"))?;
        let mut at = 0;
        let mut bind = |value: &dyn ToSql| {
            at += 1;
            insert.raw_bind_parameter(at, value)
        };
        for l in chunk {
            line_no += 1;
            bind(&payout_key)?;
            bind(&line_no)?;
            bind(&l.booking_key)?;
            bind(&l.adjustment_key)?;
            bind(&l.amount_minor)?;
        }
        insert.raw_execute()?;
    }
    Ok(())
}

/// Gives a PENDING payout other lines, amount, destination and digest.
///
/// # Errors
/// The database's own.
pub fn replace(conn: &Conn, payout_key: i64, n: &NewPayout<'_>, lines: &[DueLine]) -> Result<()> {
    run(
        conn,
        "DELETE FROM host_payout_lines WHERE payout_key = ?",
        [payout_key],
    )?;
    insert_lines(conn, payout_key, lines)?;
    run(
        conn,
        "UPDATE host_payouts SET amount_minor = ?, destination = ?, digest = ?, line_count = ? WHERE payout_key = ?",
        params![
            n.amount_minor,
            n.destination,
            n.digest,
            i64::try_from(lines.len()).unwrap_or(0),
            payout_key
        ],
    )?;
    Ok(())
}

/// Moves a payout to another state, with the reason where it failed or was taken out.
///
/// # Errors
/// The database's own.
pub fn set_status(
    conn: &Conn,
    payout_key: i64,
    status: PayoutStatus,
    failure: Option<(&str, &str)>,
    at: Timestamp,
) -> Result<()> {
    run(
        conn,
        "UPDATE host_payouts SET status = ?, failure_code = ?, failure_reason = ?, settled_at = ? WHERE payout_key = ?",
        params![
            number_of(&PayoutStatus::ALL, &status, 1),
            failure.map(|f| f.0),
            failure.map(|f| f.1),
            matches!(
                status,
                PayoutStatus::Completed | PayoutStatus::Failed | PayoutStatus::Reversed
            )
            .then_some(At(at)),
            payout_key
        ],
    )?;
    Ok(())
}

/// Freezes the commissions of a payout that is about to leave.
///
/// # Errors
/// The database's own.
pub fn freeze_commissions(conn: &Conn, payout_key: i64) -> Result<()> {
    run(
        conn,
        "UPDATE host_commissions SET frozen = 1, frozen_fee_minor = coalesce(frozen_fee_minor, processing_fee_minor) WHERE booking_key IN (SELECT booking_key FROM host_payout_lines WHERE payout_key = ?)",
        [payout_key],
    )?;
    Ok(())
}

/// Marks the commissions of a completed payout as PAID, or of a reversed one as PROCESSED again.
///
/// # Errors
/// The database's own.
pub fn set_commissions_paid(conn: &Conn, payout_key: i64, paid: bool) -> Result<()> {
    run(
        conn,
        "UPDATE host_commissions SET status = iif(?2, 3, 2) WHERE booking_key IN (SELECT booking_key FROM host_payout_lines WHERE payout_key = ?1)",
        params![payout_key, paid],
    )?;
    Ok(())
}

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
        "SELECT l.line_no, l.booking_key, b.booking_id, a.adjustment_id, a.kind, a.reason, l.amount_minor, b.ends_at, b.price_minor, b.refunded_minor, c.rate_bp, c.platform_fee_minor, coalesce(c.frozen_fee_minor, c.processing_fee_minor)
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

/// Lines of PENDING payouts of a batch that are no longer what they were when prepared.
///
/// # Errors
/// The database's own.
pub fn stale_lines(conn: &Conn, batch_key: i64) -> Result<Vec<StaleLine>> {
    let found = rows(
        conn,
        "SELECT l.payout_key, coalesce(b.booking_id, a.adjustment_id), c.status, c.host_amount_minor, l.amount_minor, c.currency,
                EXISTS (SELECT 1 FROM commission_blocks k WHERE k.booking_key = l.booking_key AND k.released_at IS NULL),
                c.payable_on > t.payout_date, a.status
         FROM payout_batches t JOIN host_payouts p USING (batch_key) JOIN host_payout_lines l USING (payout_key)
         LEFT JOIN host_commissions c ON c.booking_key = l.booking_key LEFT JOIN bookings b ON b.booking_key = l.booking_key
         LEFT JOIN adjustments a ON a.adjustment_key = l.adjustment_key
         WHERE t.batch_key = ?1 AND p.status = 1
           AND (c.status <> 2 OR c.host_amount_minor <> l.amount_minor OR c.payable_on > t.payout_date OR a.status <> 'APPROVED'
                OR l.booking_key IN (SELECT booking_key FROM commission_blocks WHERE released_at IS NULL))
         ORDER BY l.payout_key, l.line_no",
        [batch_key],
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
                        hostledger_core::Money::new(was, c),
                        hostledger_core::Money::new(now, c)
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

/// A host whose money a batch didn't pay.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of batch_carried")]
pub struct Carried {
    pub host_key: i64,
    pub host_id: String,
    pub host_name: String,
    pub currency: Currency,
    pub amount_minor: i64,
    pub minimum_minor: Option<i64>,
    pub reasons: Vec<CarriedReason>,
    pub note: Option<String>,
}

/// Whom a batch carried, by host id.
///
/// # Errors
/// The database's own.
pub fn carried(conn: &Conn, batch_key: i64) -> Result<Vec<Carried>> {
    rows(
        conn,
        "SELECT c.host_key, h.host_id, h.name, c.currency, c.amount_minor, c.minimum_minor, c.reasons, c.note
         FROM batch_carried c JOIN hosts h USING (host_key) WHERE c.batch_key = ? ORDER BY h.host_id, c.currency",
        [batch_key],
        |r| {
            let reasons: String = r.get(6)?;
            Ok(Carried {
                host_key: r.get(0)?,
                host_id: r.get(1)?,
                host_name: r.get(2)?,
                currency: r.get::<_, Cur>(3)?.0,
                amount_minor: r.get(4)?,
                minimum_minor: r.get(5)?,
                reasons: reasons.split(' ').filter_map(CarriedReason::parse).collect(),
                note: r.get(7)?,
            })
        },
    )
}

/// Records that a batch carries a host's money.
///
/// # Errors
/// The database's own.
#[allow(clippy::too_many_arguments, reason = "one column each")]
pub fn put_carried(
    conn: &Conn,
    batch_key: i64,
    host_key: i64,
    currency: Currency,
    amount_minor: i64,
    minimum_minor: Option<i64>,
    reasons: &[CarriedReason],
    note: Option<&str>,
) -> Result<()> {
    let words: Vec<&str> = reasons.iter().map(|r| r.as_str()).collect();
    run(
        conn,
        "INSERT INTO batch_carried VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET amount_minor = ?4, minimum_minor = ?5, reasons = ?6, note = ?7",
        params![
            batch_key,
            host_key,
            Cur(currency),
            amount_minor,
            minimum_minor,
            words.join(" "),
            note
        ],
    )?;
    Ok(())
}

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
}

/// Records an approval; the database refuses a maker's.
///
/// # Errors
/// The database's own.
pub fn insert_approval(conn: &Conn, batch_key: i64, a: &Approval) -> Result<()> {
    run(
        conn,
        "INSERT INTO approvals (batch_key, approver, approved_at, digest, public_key, signature) VALUES (?, ?, ?, ?, ?, ?)",
        params![
            batch_key,
            a.approver,
            At(a.approved_at),
            a.digest,
            a.public_key,
            a.signature
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
        "SELECT t.batch_id, a.approver, a.approved_at, a.digest, a.public_key, a.signature FROM approvals a JOIN payout_batches t USING (batch_key)
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
            })
        },
    )
}

/// What a host was paid before: how often, and the largest amount, in one currency.
///
/// # Errors
/// The database's own.
pub fn paid_before(
    conn: &Conn,
    host_key: i64,
    currency: Currency,
    before_batch: i64,
) -> Result<(i64, i64)> {
    Ok(one(
        conn,
        "SELECT count(*), coalesce(max(amount_minor), 0) FROM host_payouts WHERE host_key = ? AND currency = ? AND status IN (2, 3) AND batch_key < ?",
        params![host_key, Cur(currency), before_batch],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?
    .unwrap_or((0, 0)))
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

/// Every payout that a commission was ever a line of, oldest first, with its batch.
///
/// # Errors
/// The database's own.
pub fn of_booking(conn: &Conn, booking_key: i64) -> Result<Vec<(Payout, Batch)>> {
    // The index on live lines doesn't hold dead ones; the host's payouts are few.
    let found = rows(
        conn,
        &format!(
            "{PAYOUT} WHERE p.host_key = (SELECT host_key FROM host_commissions WHERE booking_key = ?1)
               AND EXISTS (SELECT 1 FROM host_payout_lines l WHERE l.payout_key = p.payout_key AND l.booking_key = ?1)
             ORDER BY p.payout_key"
        ),
        [booking_key],
        read_payout,
    )?;
    found
        .into_iter()
        .map(|p| {
            let batch = get_batch(conn, p.batch_key)?;
            Ok((p, batch))
        })
        .collect()
}

/// The payouts of a batch that hold an adjustment.
///
/// # Errors
/// The database's own.
pub fn with_adjustments(conn: &Conn, batch_key: i64) -> Result<std::collections::BTreeSet<i64>> {
    Ok(rows(
        conn,
        "SELECT DISTINCT l.payout_key FROM host_payouts p JOIN host_payout_lines l USING (payout_key)
         WHERE p.batch_key = ? AND l.adjustment_key IS NOT NULL",
        [batch_key],
        |r| r.get(0),
    )?
    .into_iter()
    .collect())
}

/// Whether a booking's money left in a payout after an import had been taken in, so that it left
/// on the strength of it.
///
/// # Errors
/// The database's own.
pub fn sent_after_import(conn: &Conn, booking_key: i64, import_key: i64) -> Result<bool> {
    let imported_at: Option<At> = one(
        conn,
        "SELECT imported_at FROM imports WHERE import_key = ?",
        [import_key],
        |r| r.get(0),
    )?;
    let sent = of_booking(conn, booking_key)?
        .into_iter()
        .filter(|(p, _)| p.failure_code.as_deref() != Some("CHANGED_SINCE_APPROVAL"))
        .filter_map(|(_, b)| b.sent_at);
    Ok(imported_at.is_some_and(|at| sent.into_iter().any(|s| s >= at.0)))
}
