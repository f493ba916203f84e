//! Commissions and their blocks.

use hostledger_core::Currency;
use hostledger_core::booking::BookingStatus;
use hostledger_core::commission::{Commission, CommissionStatus, Decision, shown};
use hostledger_core::split::{FeeBorneBy, FeeEstimate, Split, SplitTerms};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, ToSql, params};

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, Cur, Day, number_of, of_number, one, rows, run};

/// A commission as it stands in the ledger.
#[derive(Debug, Clone)]
pub struct StoredCommission {
    /// State, terms and flags.
    pub commission: Commission,
    /// The host amount that is shown, in minor units.
    pub host_amount_minor: i64,
    /// The platform fee that is shown.
    pub platform_fee_minor: i64,
    /// What the platform bears.
    pub borne_by_platform_minor: i64,
    /// f as sent, once its payout left.
    pub frozen_fee_minor: Option<i64>,
    /// First payout day.
    pub payable_on: Date,
    /// When it was processed.
    pub processed_on: Option<Date>,
    /// Who voided it, when and why.
    pub voided: Option<(String, Date, String)>,
}

const COLUMNS: &str = "status, rate_bp, fee_borne_by, estimate_rate_bp, estimate_fixed_minor, hold_days, processing_fee_minor, fee_is_estimate, processed_on, frozen, host_amount_minor, voided_by, voided_on, void_reason, platform_fee_minor, borne_by_platform_minor, payable_on, frozen_fee_minor, paid_outside";

fn read(r: &Row<'_>) -> rusqlite::Result<StoredCommission> {
    let estimate = match (r.get(3)?, r.get(4)?) {
        (Some(rate_bp), Some(fixed_minor)) => Some(FeeEstimate {
            rate_bp,
            fixed_minor,
        }),
        _ => None,
    };
    let processed_on: Option<Day> = r.get(8)?;
    let host_amount_minor = r.get(10)?;
    let (platform_fee_minor, borne_by_platform_minor) = (r.get(14)?, r.get(15)?);
    let frozen_fee_minor: Option<i64> = r.get(17)?;
    let split_outside = |fee| Split {
        net_minor: host_amount_minor + platform_fee_minor + fee - borne_by_platform_minor,
        platform_fee_minor,
        processing_fee_minor: fee,
        host_amount_minor,
        borne_by_platform_minor,
    };
    let paid_outside = frozen_fee_minor
        .filter(|_| r.get(18) == Ok(true))
        .map(split_outside);
    let voided_by: Option<String> = r.get(11)?;
    let voided = match voided_by {
        Some(by) => Some((by, r.get::<_, Day>(12)?.0, r.get(13)?)),
        None => None,
    };
    Ok(StoredCommission {
        commission: Commission {
            status: of_number(&CommissionStatus::ALL, r.get(0)?, 0)?,
            terms: SplitTerms {
                rate_bp: r.get(1)?,
                fee_borne_by: of_number(&[FeeBorneBy::Host, FeeBorneBy::Platform], r.get(2)?, 1)?,
                fee_estimate: estimate,
                hold_days: r.get(5)?,
            },
            processing_fee_minor: r.get(6)?,
            fee_is_estimate: r.get(7)?,
            terms_fixed: processed_on.is_some(),
            frozen_host_amount_minor: r.get::<_, bool>(9)?.then_some(host_amount_minor),
            voided_by_person: voided.is_some(),
            paid_outside,
        },
        host_amount_minor,
        platform_fee_minor,
        borne_by_platform_minor,
        payable_on: r.get::<_, Day>(16)?.0,
        frozen_fee_minor,
        processed_on: processed_on.map(|d| d.0),
        voided,
    })
}

/// A booking's commission.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, booking_key: i64) -> Result<Option<StoredCommission>> {
    one(
        conn,
        &format!("SELECT {COLUMNS} FROM host_commissions WHERE booking_key = ?"),
        [booking_key],
        read,
    )
}

/// Whose commission it is and in which currency.
#[derive(Debug, Clone, Copy)]
pub struct CommissionOf {
    /// The booking.
    pub booking_key: i64,
    /// Its host.
    pub host_key: i64,
    /// Its currency.
    pub currency: Currency,
}

/// Writes a decided commission. A frozen one keeps the split as sent; what was paid outside shows
/// the split by which it was paid.
///
/// # Errors
/// The database's own.
pub fn put(
    conn: &Conn,
    of: CommissionOf,
    d: &Decision,
    session_done: bool,
    payable_on: Date,
    known: bool,
) -> Result<()> {
    let c = &d.commission;
    if c.frozen_host_amount_minor.is_some() && c.paid_outside.is_none() {
        run(
            conn,
            "UPDATE host_commissions SET processing_fee_minor = ?, session_done = ?, refunded_minor = ? WHERE booking_key = ?",
            params![
                c.processing_fee_minor,
                session_done,
                d.refunded_minor,
                of.booking_key
            ],
        )?;
        return Ok(());
    }
    let s = c.paid_outside.unwrap_or_else(|| shown(c.status, &d.split));
    let values = params![
        of.booking_key,
        of.host_key,
        Cur(of.currency),
        number_of(&CommissionStatus::ALL, &c.status, 0),
        session_done,
        Day(payable_on),
        c.terms.rate_bp,
        s.platform_fee_minor,
        c.processing_fee_minor,
        s.host_amount_minor,
        s.borne_by_platform_minor,
        number_of(
            &[FeeBorneBy::Host, FeeBorneBy::Platform],
            &c.terms.fee_borne_by,
            1
        ),
        c.terms.fee_estimate.map(|e| e.rate_bp),
        c.terms.fee_estimate.map(|e| e.fixed_minor),
        c.fee_is_estimate,
        c.terms.hold_days,
        d.refunded_minor,
        c.paid_outside.is_some(),
        c.paid_outside.map(|s| s.processing_fee_minor),
    ];
    if known {
        run(
            conn,
            "UPDATE host_commissions SET host_key = ?2, currency = ?3, status = ?4, session_done = ?5, payable_on = ?6, rate_bp = ?7, platform_fee_minor = ?8, processing_fee_minor = ?9, host_amount_minor = ?10, borne_by_platform_minor = ?11, fee_borne_by = ?12, estimate_rate_bp = ?13, estimate_fixed_minor = ?14, fee_is_estimate = ?15, hold_days = ?16, refunded_minor = ?17, paid_outside = ?18, frozen = ?18, frozen_fee_minor = ?19
             WHERE booking_key = ?1",
            values,
        )?;
    } else {
        run(
            conn,
            "INSERT INTO host_commissions (booking_key, host_key, currency, status, session_done, payable_on, rate_bp, platform_fee_minor, processing_fee_minor, host_amount_minor, borne_by_platform_minor, fee_borne_by, estimate_rate_bp, estimate_fixed_minor, fee_is_estimate, hold_days, refunded_minor, paid_outside, frozen, frozen_fee_minor)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?18, ?19)",
            values,
        )?;
    }
    Ok(())
}

/// Marks a commission as voided by a person; it thaws if a payout of it failed.
///
/// # Errors
/// The database's own.
pub fn set_voided(conn: &Conn, booking_key: i64, reason: &str, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE host_commissions SET voided_by = ?, voided_on = ?, void_reason = ?, frozen = 0, frozen_fee_minor = NULL WHERE booking_key = ?",
        params![stamp.by, Day(stamp.on), reason, booking_key],
    )?;
    Ok(())
}

/// Turns every PENDING commission that is due by a date and has no open block into PROCESSED, on
/// the business date `on`. How many.
///
/// # Errors
/// The database's own.
pub fn process_due(conn: &Conn, by: Date, on: Date) -> Result<usize> {
    run(
        conn,
        "UPDATE host_commissions SET status = 2, processed_on = coalesce(processed_on, ?2)
         WHERE +status = 1 AND session_done = 1 AND payable_on <= ?1
           AND booking_key NOT IN (SELECT booking_key FROM commission_blocks WHERE released_at IS NULL)",
        [Day(by), Day(on)],
    )
}

/// How many commissions are in a state.
///
/// # Errors
/// The database's own.
pub fn count(conn: &Conn, status: CommissionStatus) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT count(*) FROM host_commissions WHERE status = ?",
        [number_of(&CommissionStatus::ALL, &status, 0)],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

/// The bookings of commissions whose terms follow what is known, of a host or of all booked on or
/// after an instant: those that were never processed, and those that were paid outside as long as
/// nothing left this ledger ([`crate::cutover::is_closed`]).
///
/// # Errors
/// The database's own.
pub fn pending_bookings(
    conn: &Conn,
    host_key: Option<i64>,
    booked_from: Timestamp,
) -> Result<Vec<i64>> {
    let mut statuses = "+c.status IN (1, 4)".to_owned();
    if !crate::cutover::is_closed(conn)? {
        statuses.push_str(" OR c.paid_outside = 1");
    }
    match host_key {
        Some(host) => rows(
            conn,
            &format!("SELECT c.booking_key FROM host_commissions c WHERE c.host_key = ? AND ({statuses}) AND c.processed_on IS NULL ORDER BY c.booking_key"),
            [host],
            |r| r.get(0),
        ),
        None => rows(
            conn,
            &format!("SELECT c.booking_key FROM host_commissions c JOIN bookings b USING (booking_key)
             WHERE ({statuses}) AND c.processed_on IS NULL AND b.booked_at >= ? ORDER BY c.booking_key"),
            [At(booked_from)],
            |r| r.get(0),
        ),
    }
}

/// What stops a commission.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of commission_blocks")]
pub struct Block {
    pub block_key: i64,
    pub block_id: String,
    pub booking_key: i64,
    pub kind: String,
    pub rule: Option<String>,
    pub reason: String,
    pub opened_at: Timestamp,
    pub opened_on: Date,
    pub opened_by: String,
    pub released_at: Option<Timestamp>,
    pub released_by: Option<String>,
    pub release_reason: Option<String>,
}

fn read_block(r: &Row<'_>) -> rusqlite::Result<Block> {
    Ok(Block {
        block_key: r.get(0)?,
        block_id: r.get(1)?,
        booking_key: r.get(2)?,
        kind: r.get(3)?,
        rule: r.get(4)?,
        reason: r.get(5)?,
        opened_at: r.get::<_, At>(6)?.0,
        opened_on: r.get::<_, Day>(7)?.0,
        opened_by: r.get(8)?,
        released_at: r.get::<_, Option<At>>(9)?.map(|a| a.0),
        released_by: r.get(10)?,
        release_reason: r.get(11)?,
    })
}

const BLOCK_COLUMNS: &str = "block_key, block_id, booking_key, kind, rule, reason, opened_at, opened_on, opened_by, released_at, released_by, release_reason";

/// A booking's blocks, open and released, oldest first.
///
/// # Errors
/// The database's own.
pub fn blocks(conn: &Conn, booking_key: i64) -> Result<Vec<Block>> {
    rows(
        conn,
        &format!(
            "SELECT {BLOCK_COLUMNS} FROM commission_blocks WHERE booking_key = ? ORDER BY block_key"
        ),
        [booking_key],
        read_block,
    )
}

/// Every open block.
///
/// # Errors
/// The database's own.
pub fn open_blocks(conn: &Conn) -> Result<Vec<Block>> {
    rows(
        conn,
        &format!(
            "SELECT {BLOCK_COLUMNS} FROM commission_blocks WHERE released_at IS NULL ORDER BY booking_key, block_key"
        ),
        [],
        read_block,
    )
}

/// Opens a block; a fraud flag of a rule that was raised before, settled or not, is not raised
/// again. Whether it was opened.
///
/// # Errors
/// The database's own.
pub fn open_block(
    conn: &Conn,
    block_id: &str,
    booking_key: i64,
    kind: &str,
    rule: Option<&str>,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<bool> {
    let done = run(
        conn,
        "INSERT INTO commission_blocks (block_id, booking_key, kind, rule, reason, opened_at, opened_on, opened_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (booking_key, rule) WHERE kind = 'FRAUD_FLAG'
         DO UPDATE SET reason = excluded.reason, opened_at = excluded.opened_at, opened_on = excluded.opened_on,
             released_at = NULL, released_by = NULL, release_reason = NULL WHERE released_by = ''",
        params![block_id, booking_key, kind, rule, reason, At(stamp.at), Day(stamp.on), stamp.by],
    )?;
    Ok(done == 1)
}

/// Ends the flags of the daily job that have no ground any more: of bookings whose import was undone,
/// and of those that shared a payment with such a one alone. Where the ground comes back,
/// [`open_block`] raises them again.
///
/// # Errors
/// The database's own.
pub fn release_groundless_flags(conn: &Conn, reason: &str, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE commission_blocks SET released_at = ?1, released_by = '', release_reason = ?2
         WHERE block_key IN (
             SELECT k.block_key FROM commission_blocks k JOIN bookings b USING (booking_key)
             WHERE k.kind = 'FRAUD_FLAG' AND k.opened_by = '' AND k.released_at IS NULL
               AND (b.withdrawn = 1 OR k.rule = 'SHARED_CHARGE' AND NOT EXISTS (
                   SELECT 1 FROM payment_ids p JOIN payment_ids q ON q.hash = p.hash AND q.booking_key <> p.booking_key
                   JOIN bookings o ON o.booking_key = q.booking_key
                   WHERE p.booking_key = k.booking_key AND o.withdrawn = 0
                     AND NOT EXISTS (SELECT 1 FROM moved_bookings m WHERE m.booking_key = o.booking_key))))",
        params![At(stamp.at), reason],
    )?;
    Ok(())
}

/// Holds a commission while a row about its booking waits (docs/domain.md §3); `false` where the
/// booking has none, so that there is nothing to hold.
///
/// # Errors
/// The database's own.
pub fn hold_for_row(
    conn: &Conn,
    block_id: &str,
    booking_key: i64,
    exception_key: i64,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<bool> {
    let done = run(
        conn,
        "INSERT INTO commission_blocks (block_id, booking_key, kind, reason, opened_at, opened_on, opened_by, exception_key)
         SELECT ?1, ?2, 'WAITING_ROW', ?3, ?4, ?5, ?6, ?7
         WHERE EXISTS (SELECT 1 FROM host_commissions c JOIN bookings b USING (booking_key) WHERE c.booking_key = ?2 AND b.withdrawn = 0)
           AND NOT EXISTS (SELECT 1 FROM commission_blocks k WHERE k.booking_key = ?2 AND k.exception_key = ?7 AND k.released_at IS NULL)",
        params![block_id, booking_key, reason, At(stamp.at), Day(stamp.on), stamp.by, exception_key],
    )?;
    Ok(done == 1)
}

/// Ends what a row held that waits no longer.
///
/// # Errors
/// The database's own.
pub fn let_go_for_row(
    conn: &Conn,
    exception_key: i64,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE commission_blocks SET released_at = ?, released_by = ?, release_reason = ? WHERE exception_key = ? AND released_at IS NULL",
        params![At(stamp.at), stamp.by, reason, exception_key],
    )?;
    Ok(())
}

/// A booking with rows that wait.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of bookings and host_commissions")]
pub struct Held {
    pub booking_id: String,
    pub host_key: i64,
    pub host_id: String,
    pub currency: Currency,
    pub host_amount_minor: i64,
    /// It was paid, or is on its way: nothing holds it.
    pub gone: bool,
}

/// The bookings about which rows wait.
///
/// # Errors
/// The database's own.
pub fn held_for_rows(conn: &Conn) -> Result<Vec<Held>> {
    rows(
        conn,
        "SELECT b.booking_id, c.host_key, h.host_id, c.currency, c.host_amount_minor,
                c.status = 3 OR EXISTS (SELECT 1 FROM host_payout_lines l JOIN host_payouts p USING (payout_key)
                                        WHERE l.booking_key = c.booking_key AND l.live = 1 AND p.status IN (2, 3))
         FROM host_commissions c JOIN bookings b USING (booking_key) JOIN hosts h ON h.host_key = c.host_key
         WHERE c.status IN (1, 2, 3)
           AND c.booking_key IN (SELECT booking_key FROM commission_blocks WHERE released_at IS NULL AND exception_key IS NOT NULL)
         ORDER BY b.booking_id",
        [],
        |r| {
            Ok(Held {
                booking_id: r.get(0)?,
                host_key: r.get(1)?,
                host_id: r.get(2)?,
                currency: r.get::<_, Cur>(3)?.0,
                host_amount_minor: r.get(4)?,
                gone: r.get(5)?,
            })
        },
    )
}

/// Whether a flag can stop a commission: it is unpaid, not void, and never left.
///
/// # Errors
/// The database's own.
pub fn can_be_stopped(conn: &Conn, booking_key: i64) -> Result<bool> {
    Ok(one(
        conn,
        "SELECT status IN (1, 2) AND frozen = 0 FROM host_commissions WHERE booking_key = ?",
        [booking_key],
        |r| r.get(0),
    )?
    .unwrap_or(false))
}

/// A commission is as if it had never been sent: its payout didn't arrive, and the booking's import
/// is undone.
///
/// # Errors
/// The database's own.
pub fn unfreeze(conn: &Conn, booking_key: i64) -> Result<()> {
    run(
        conn,
        "UPDATE host_commissions SET frozen = 0, frozen_fee_minor = NULL WHERE booking_key = ? AND paid_outside = 0",
        [booking_key],
    )?;
    Ok(())
}

/// The key of a block by its id.
///
/// # Errors
/// The database's own.
pub fn block_key(conn: &Conn, block_id: &str) -> Result<i64> {
    one(
        conn,
        "SELECT block_key FROM commission_blocks WHERE block_id = ?",
        [block_id],
        |r| r.get(0),
    )?
    .ok_or_else(|| crate::error::Error::stored("block"))
}

/// Releases a block.
///
/// # Errors
/// The database's own.
pub fn release_block(conn: &Conn, block_key: i64, reason: &str, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "UPDATE commission_blocks SET released_at = ?, released_by = ?, release_reason = ? WHERE block_key = ?",
        params![At(stamp.at), stamp.by, reason, block_key],
    )?;
    Ok(())
}

/// Which commissions to list. `None` and `false` let everything through.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the fields say what they restrict")]
pub struct Filter {
    pub status: Option<CommissionStatus>,
    pub host_key: Option<i64>,
    pub booking_id: Option<String>,
    pub blocked: bool,
}

/// One commission as it is listed.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of the contract's list")]
pub struct CommissionRow {
    pub booking_key: i64,
    pub booking_id: String,
    pub conversation_id: String,
    pub conversation_title: String,
    pub host_id: String,
    pub host_name: String,
    pub currency: Currency,
    pub price_minor: i64,
    pub refunded_minor: i64,
    pub rate_bp: i64,
    pub platform_fee_minor: i64,
    pub processing_fee_minor: i64,
    pub borne_by_platform_minor: i64,
    pub host_amount_minor: i64,
    pub status: CommissionStatus,
    pub booking_status: BookingStatus,
    pub session_done: bool,
    pub ends_at: Timestamp,
    pub payable_on: Date,
    pub payout_id: Option<String>,
    /// Paid before this ledger began.
    pub paid_outside: bool,
    pub blocks: Vec<Block>,
}

fn conditions(f: &Filter) -> (String, Vec<Box<dyn ToSql>>) {
    let mut sql = String::from("c.status <> 0");
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    let mut and = |clause: &str, value: Box<dyn ToSql>| {
        sql.push_str(" AND ");
        sql.push_str(clause);
        values.push(value);
    };
    if let Some(s) = f.status {
        and(
            "c.status = ?",
            Box::new(number_of(&CommissionStatus::ALL, &s, 0)),
        );
    }
    if let Some(h) = f.host_key {
        and("c.host_key = ?", Box::new(h));
    }
    if let Some(b) = &f.booking_id {
        and(
            "c.booking_key = (SELECT booking_key FROM bookings WHERE booking_id = ?)",
            Box::new(b.clone()),
        );
    }
    if f.blocked {
        sql.push_str(" AND c.booking_key IN (SELECT booking_key FROM commission_blocks WHERE released_at IS NULL)");
    }
    (sql, values)
}

const LIST: &str = "SELECT c.booking_key, b.booking_id, v.conversation_id, v.title, h.host_id, h.name, c.currency, b.price_minor, c.refunded_minor, c.rate_bp, c.platform_fee_minor, coalesce(c.frozen_fee_minor, c.processing_fee_minor), c.borne_by_platform_minor, c.host_amount_minor, c.status, b.status, c.session_done, b.ends_at, c.payable_on,
      (SELECT p.payout_id FROM host_payout_lines l JOIN host_payouts p USING (payout_key) WHERE l.booking_key = c.booking_key AND l.live = 1),
      EXISTS (SELECT 1 FROM commission_blocks k WHERE k.booking_key = c.booking_key AND k.released_at IS NULL), c.paid_outside
    FROM host_commissions c JOIN bookings b ON b.booking_key = c.booking_key
    JOIN conversations v ON v.conversation_key = b.conversation_key JOIN hosts h ON h.host_key = c.host_key";

fn read_row(r: &Row<'_>) -> rusqlite::Result<(CommissionRow, bool)> {
    let status = of_number(&CommissionStatus::ALL, r.get(14)?, 0)?;
    let fee: i64 = r.get(11)?;
    let row = CommissionRow {
        booking_key: r.get(0)?,
        booking_id: r.get(1)?,
        conversation_id: r.get(2)?,
        conversation_title: r.get(3)?,
        host_id: r.get(4)?,
        host_name: r.get(5)?,
        currency: r.get::<_, Cur>(6)?.0,
        price_minor: r.get(7)?,
        refunded_minor: r.get(8)?,
        rate_bp: r.get(9)?,
        platform_fee_minor: r.get(10)?,
        processing_fee_minor: if status == CommissionStatus::Void {
            0
        } else {
            fee
        },
        borne_by_platform_minor: r.get(12)?,
        host_amount_minor: r.get(13)?,
        status,
        booking_status: of_number(&BookingStatus::ALL, r.get(15)?, 1)?,
        session_done: r.get(16)?,
        ends_at: r.get::<_, At>(17)?.0,
        payable_on: r.get::<_, Day>(18)?.0,
        payout_id: r.get(19)?,
        paid_outside: r.get(21)?,
        blocks: Vec::new(),
    };
    Ok((row, r.get(20)?))
}

fn with_blocks(conn: &Conn, (mut row, blocked): (CommissionRow, bool)) -> Result<CommissionRow> {
    if blocked {
        row.blocks = blocks(conn, row.booking_key)?;
        row.blocks.retain(|b| b.released_at.is_none());
    }
    Ok(row)
}

/// A page of commissions in the order of their first import, backwards (newest first) or
/// forwards; `after` is the last key of the page before.
///
/// # Errors
/// The database's own.
pub fn page(
    conn: &Conn,
    f: &Filter,
    newest_first: bool,
    after: Option<i64>,
    limit: i64,
) -> Result<Vec<CommissionRow>> {
    let (mut sql, mut values) = conditions(f);
    let (compare, order) = if newest_first {
        ("<", "DESC")
    } else {
        (">", "ASC")
    };
    if let Some(after) = after {
        sql.push_str(&format!(" AND c.booking_key {compare} ?"));
        values.push(Box::new(after));
    }
    values.push(Box::new(limit));
    let found = rows(
        conn,
        &format!("{LIST} WHERE {sql} ORDER BY c.booking_key {order} LIMIT ?"),
        rusqlite::params_from_iter(values),
        read_row,
    )?;
    found.into_iter().map(|r| with_blocks(conn, r)).collect()
}

/// Whether a commission's money is in, or was in, a payout that left. What was paid outside never
/// was.
///
/// # Errors
/// The database's own.
pub fn was_sent(conn: &Conn, booking_key: i64) -> Result<bool> {
    Ok(one(
        conn,
        "SELECT (frozen OR status = 3) AND paid_outside = 0 FROM host_commissions WHERE booking_key = ?",
        [booking_key],
        |r| r.get(0),
    )?
    .unwrap_or(false))
}

/// Whether a commission is in a live payout that has not been sent.
///
/// # Errors
/// The database's own.
pub fn live_payout(conn: &Conn, booking_key: i64) -> Result<Option<String>> {
    one(
        conn,
        "SELECT p.payout_id FROM host_payout_lines l JOIN host_payouts p USING (payout_key) WHERE l.booking_key = ? AND l.live = 1",
        [booking_key],
        |r| r.get(0),
    )
}

/// The PROCESSING or COMPLETED payout that a commission is part of.
///
/// # Errors
/// The database's own.
pub fn sent_payout(conn: &Conn, booking_key: i64) -> Result<Option<String>> {
    one(
        conn,
        "SELECT p.payout_id FROM host_payout_lines l JOIN host_payouts p USING (payout_key) WHERE l.booking_key = ? AND l.live = 1 AND p.status IN (2, 3)",
        [booking_key],
        |r| r.get(0),
    )
}

/// Whether a host has a commission's money: it is in a payout that left, or was paid outside.
///
/// # Errors
/// The database's own.
pub fn is_with_host(conn: &Conn, booking_key: i64) -> Result<bool> {
    let outside = one(
        conn,
        "SELECT paid_outside FROM host_commissions WHERE booking_key = ?",
        [booking_key],
        |r| r.get(0),
    )?;
    Ok(outside.unwrap_or(false) || sent_payout(conn, booking_key)?.is_some())
}

/// Lets a commission that is taken back to before it was processed follow what is known again.
///
/// # Errors
/// The database's own.
pub fn clear_processed(conn: &Conn, booking_key: i64) -> Result<()> {
    run(
        conn,
        "UPDATE host_commissions SET processed_on = NULL WHERE booking_key = ? AND frozen = 0",
        [booking_key],
    )?;
    Ok(())
}

/// A part of what a host is owed for sessions that took place and weren't paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpaid {
    /// Something holds it.
    pub held: bool,
    /// Its hold after the session is over.
    pub processed: bool,
    /// How many bookings.
    pub bookings: i64,
    /// Their host amounts in minor units.
    pub amount_minor: i64,
}

/// What a host is owed in a currency for sessions whose money isn't in a payout that left.
///
/// # Errors
/// The database's own.
pub fn unpaid(conn: &Conn, host_key: i64, currency: Currency) -> Result<Vec<Unpaid>> {
    rows(
        conn,
        "SELECT EXISTS (SELECT 1 FROM commission_blocks k WHERE k.booking_key = c.booking_key AND k.released_at IS NULL),
                c.status <> 1, count(*), sum(c.host_amount_minor)
         FROM host_commissions c
         WHERE c.host_key = ? AND c.currency = ? AND (c.status IN (2, 3) OR (c.status = 1 AND c.session_done = 1)) AND c.paid_outside = 0
           AND NOT EXISTS (SELECT 1 FROM host_payout_lines l JOIN host_payouts p USING (payout_key)
                           WHERE l.booking_key = c.booking_key AND l.live = 1 AND p.status IN (2, 3))
         GROUP BY 1, 2 ORDER BY 1, 2 DESC",
        params![host_key, Cur(currency)],
        |r| {
            Ok(Unpaid {
                held: r.get(0)?,
                processed: r.get(1)?,
                bookings: r.get(2)?,
                amount_minor: r.get(3)?,
            })
        },
    )
}
