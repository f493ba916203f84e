//! Conversations, bookings and their versions.

use std::collections::HashSet;

use hostledger_core::booking::{BookingRow, BookingStatus};
use hostledger_core::own_seat::OwnSeat;
use hostledger_core::review::ReviewFact;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::{Error, Result};
use crate::hosts::Source;
use crate::repeats::{self, Saying};
use crate::sql::{At, Cur, number_of, of_number, one, rows, run};

/// A booking as the ledger knows it.
#[derive(Debug, Clone)]
pub struct StoredBooking {
    /// Its key.
    pub booking_key: i64,
    /// Its host's key.
    pub host_key: i64,
    /// The newest row.
    pub row: BookingRow,
    /// Hash over its content.
    pub content_hash: Vec<u8>,
    /// Where it comes from.
    pub source: Source,
    /// Its import was undone.
    pub withdrawn: bool,
    /// The step since which this version stands.
    pub since_step: i64,
}

const SELECT: &str = "SELECT b.booking_key, b.host_key, b.booking_id, v.conversation_id, v.title, v.type, v.language, h.host_id, b.participant_id, b.participant_email, b.booked_at, b.starts_at, b.ends_at, b.status, b.price_minor, b.currency, b.processing_fee_minor, b.refunded_minor, b.refunded_at, b.payment_intent_id, b.charge_id, b.rating, b.cancelled_at, b.updated_at, b.extra, b.content_hash, b.import_key, b.line, b.withdrawn, b.since_step
    FROM bookings b JOIN conversations v USING (conversation_key) JOIN hosts h USING (host_key)";

fn read(r: &Row<'_>) -> rusqlite::Result<StoredBooking> {
    let opt = |i| r.get::<_, Option<At>>(i).map(|a| a.map(|a| a.0));
    let extra: Option<String> = r.get(24)?;
    Ok(StoredBooking {
        booking_key: r.get(0)?,
        host_key: r.get(1)?,
        row: BookingRow {
            booking_id: r.get(2)?,
            conversation_id: r.get(3)?,
            conversation_title: r.get(4)?,
            conversation_type: r.get(5)?,
            language: r.get(6)?,
            host_id: r.get(7)?,
            participant_id: r.get(8)?,
            participant_email: r.get(9)?,
            booked_at: r.get::<_, At>(10)?.0,
            starts_at: r.get::<_, At>(11)?.0,
            ends_at: r.get::<_, At>(12)?.0,
            status: of_number(&BookingStatus::ALL, r.get(13)?, 1)?,
            price_minor: r.get(14)?,
            currency: r.get::<_, Cur>(15)?.0,
            processing_fee_minor: r.get(16)?,
            refunded_minor: r.get(17)?,
            refunded_at: opt(18)?,
            payment_intent_id: r.get(19)?,
            charge_id: r.get(20)?,
            rating: r.get(21)?,
            cancelled_at: opt(22)?,
            updated_at: opt(23)?,
            extra: extra
                .and_then(|e| serde_json::from_str(&e).ok())
                .unwrap_or_default(),
        },
        content_hash: r.get(25)?,
        source: Source {
            import_key: r.get(26)?,
            line: r.get(27)?,
        },
        withdrawn: r.get(28)?,
        since_step: r.get(29)?,
    })
}

/// A booking by the platform's id.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, booking_id: &str) -> Result<Option<StoredBooking>> {
    one(
        conn,
        &format!("{SELECT} WHERE b.booking_id = ?"),
        [booking_id],
        read,
    )
}

/// A booking by key.
///
/// # Errors
/// The database's own; a key that isn't there.
pub fn get(conn: &Conn, booking_key: i64) -> Result<StoredBooking> {
    one(
        conn,
        &format!("{SELECT} WHERE b.booking_key = ?"),
        [booking_key],
        read,
    )?
    .ok_or_else(|| Error::stored("booking"))
}

/// The keys of bookings whose newest version came with an import.
///
/// # Errors
/// The database's own.
pub fn keys_of_import(conn: &Conn, import_key: i64) -> Result<Vec<i64>> {
    rows(
        conn,
        "SELECT booking_key FROM bookings WHERE import_key = ? AND withdrawn = 0 ORDER BY booking_key",
        [import_key],
        |r| r.get(0),
    )
}

/// Finds a conversation or makes it. Its key.
///
/// # Errors
/// The database's own.
pub fn conversation_key(conn: &Conn, row: &BookingRow) -> Result<i64> {
    let known = one(
        conn,
        "SELECT conversation_key FROM conversations WHERE conversation_id = ?",
        [&row.conversation_id],
        |r| r.get(0),
    )?;
    if let Some(key) = known {
        return Ok(key);
    }
    run(
        conn,
        "INSERT INTO conversations (conversation_id, title, type, language) VALUES (?, ?, ?, ?)",
        [
            &row.conversation_id,
            &row.conversation_title,
            &row.conversation_type,
            &row.language,
        ],
    )?;
    Ok(conn.last_insert_rowid())
}

/// What the prices of all bookings of a currency sum to, in thousands of minor units, each rounded
/// down: a sum that can't overflow.
///
/// # Errors
/// The database's own.
pub fn thousands_of_prices(conn: &Conn, currency: hostledger_core::Currency) -> Result<i64> {
    Ok(one(
        conn,
        "SELECT coalesce(sum(price_minor / 1000), 0) FROM bookings WHERE currency = ? AND withdrawn = 0",
        [Cur(currency)],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

fn extra_text(row: &BookingRow) -> Result<Option<String>> {
    if row.extra.is_empty() {
        return Ok(None);
    }
    Ok(Some(
        serde_json::to_string(&row.extra).map_err(std::io::Error::other)?,
    ))
}

/// Inserts a booking unless its id is known. Its key, or `None` where it is.
///
/// # Errors
/// The database's own.
pub fn insert(
    conn: &Conn,
    row: &BookingRow,
    content_hash: &[u8],
    host_key: i64,
    conversation_key: i64,
    source: Source,
    step: i64,
) -> Result<Option<i64>> {
    let inserted = run(
        conn,
        "INSERT INTO bookings (booking_id, conversation_key, host_key, participant_id, participant_email, booked_at, starts_at, ends_at, status, price_minor, currency, processing_fee_minor, refunded_minor, refunded_at, payment_intent_id, charge_id, rating, cancelled_at, updated_at, extra, content_hash, import_key, line, since_step)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (booking_id) DO NOTHING",
        params![
            row.booking_id,
            conversation_key,
            host_key,
            row.participant_id,
            row.participant_email,
            At(row.booked_at),
            At(row.starts_at),
            At(row.ends_at),
            number_of(&BookingStatus::ALL, &row.status, 1),
            row.price_minor,
            Cur(row.currency),
            row.processing_fee_minor,
            row.refunded_minor,
            row.refunded_at.map(At),
            row.payment_intent_id,
            row.charge_id,
            row.rating,
            row.cancelled_at.map(At),
            row.updated_at.map(At),
            extra_text(row)?,
            content_hash,
            source.import_key,
            source.line,
            step
        ],
    )?;
    Ok((inserted == 1).then(|| conn.last_insert_rowid()))
}

/// Writes a known booking's newest version; what it supersedes goes to the versions.
/// `by` is the import that does it, `None` an undo.
///
/// # Errors
/// The database's own.
pub fn supersede(
    conn: &Conn,
    known: &StoredBooking,
    row: &BookingRow,
    source: Source,
    by: Option<i64>,
    step: i64,
) -> Result<()> {
    keep_version(conn, known, by)?;
    let conversation = conversation_key(conn, row)?;
    run(
        conn,
        "UPDATE conversations SET title = ?2, type = ?3, language = ?4
         WHERE conversation_key = ?1 AND (title <> ?2 OR type <> ?3 OR language <> ?4)",
        params![
            conversation,
            row.conversation_title,
            row.conversation_type,
            row.language
        ],
    )?;
    run(
        conn,
        "UPDATE bookings SET conversation_key = ?2, participant_id = ?3, participant_email = ?4, booked_at = ?5, starts_at = ?6, ends_at = ?7, status = ?8, price_minor = ?9, processing_fee_minor = ?10, refunded_minor = ?11, refunded_at = ?12, payment_intent_id = ?13, charge_id = ?14, rating = ?15, cancelled_at = ?16, updated_at = ?17, extra = ?18, content_hash = ?19, import_key = ?20, line = ?21, withdrawn = 0, since_step = ?22
         WHERE booking_key = ?1",
        params![
            known.booking_key,
            conversation,
            row.participant_id,
            row.participant_email,
            At(row.booked_at),
            At(row.starts_at),
            At(row.ends_at),
            number_of(&BookingStatus::ALL, &row.status, 1),
            row.price_minor,
            row.processing_fee_minor,
            row.refunded_minor,
            row.refunded_at.map(At),
            row.payment_intent_id,
            row.charge_id,
            row.rating,
            row.cancelled_at.map(At),
            row.updated_at.map(At),
            extra_text(row)?,
            row.content_hash(),
            source.import_key,
            source.line,
            step
        ],
    )?;
    Ok(())
}

/// Lets a booking that came back after an undo belong to another host or currency.
///
/// # Errors
/// The database's own.
pub fn set_host_and_currency(
    conn: &Conn,
    booking_key: i64,
    host_key: i64,
    row: &BookingRow,
) -> Result<()> {
    run(
        conn,
        "UPDATE bookings SET host_key = ?, currency = ? WHERE booking_key = ?",
        params![host_key, Cur(row.currency), booking_key],
    )?;
    Ok(())
}

/// Takes a booking back, because its import is undone; the row stays, hidden.
///
/// # Errors
/// The database's own.
pub fn withdraw(conn: &Conn, known: &StoredBooking) -> Result<()> {
    keep_version(conn, known, None)?;
    run(
        conn,
        "UPDATE bookings SET withdrawn = 1 WHERE booking_key = ?",
        [known.booking_key],
    )?;
    Ok(())
}

fn keep_version(conn: &Conn, known: &StoredBooking, by: Option<i64>) -> Result<()> {
    if known.withdrawn {
        return Ok(()); // its last version was kept when it was withdrawn
    }
    let content = serde_json::to_string(&known.row).map_err(std::io::Error::other)?;
    run(
        conn,
        "INSERT INTO booking_versions (booking_key, version, content, updated_at, import_key, line, superseded_by, since_step)
         VALUES (?1, (SELECT count(*) + 1 FROM booking_versions WHERE booking_key = ?1), ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            known.booking_key,
            content,
            known.row.updated_at.map(At),
            known.source.import_key,
            known.source.line,
            by,
            known.since_step
        ],
    )?;
    Ok(())
}

/// An older version of a booking.
#[derive(Debug, Clone)]
pub struct BookingVersion {
    /// The whole row.
    pub row: BookingRow,
    /// Where it came from.
    pub source: Source,
    /// The import that superseded it; `None`: an undo.
    pub superseded_by: Option<i64>,
    /// The step since which it stood.
    pub since_step: i64,
}

/// What a booking's newest version superseded, oldest first.
///
/// # Errors
/// The database's own.
pub fn versions(conn: &Conn, booking_key: i64) -> Result<Vec<BookingVersion>> {
    let found = rows(
        conn,
        "SELECT content, import_key, line, superseded_by, since_step FROM booking_versions WHERE booking_key = ? ORDER BY version",
        [booking_key],
        |r| {
            let source = Source {
                import_key: r.get(1)?,
                line: r.get(2)?,
            };
            Ok((r.get::<_, String>(0)?, source, r.get(3)?, r.get(4)?))
        },
    )?;
    found
        .into_iter()
        .map(|(content, source, superseded_by, since_step)| {
            let row: BookingRow =
                serde_json::from_str(&content).map_err(|_| Error::stored("booking version"))?;
            Ok(BookingVersion {
                row: row.with_clean_ids(),
                source,
                superseded_by,
                since_step,
            })
        })
        .collect()
}

/// What a booking is without one import, by all that the others say which stand: what they brought,
/// repeated or brought too late, ordered as rows are on their way in. `None`: none says it.
///
/// # Errors
/// The database's own.
pub fn standing_without(
    conn: &Conn,
    known: &StoredBooking,
    without: i64,
    undone: &HashSet<i64>,
    repeated: &[Saying],
) -> Result<Option<(BookingRow, Source)>> {
    let mut history: Vec<(i64, Source, BookingRow)> = versions(conn, known.booking_key)?
        .into_iter()
        .map(|v| (v.since_step, v.source, v.row))
        .collect();
    if !known.withdrawn {
        history.push((known.since_step, known.source, known.row.clone()));
    }
    let since: Vec<i64> = history.iter().map(|h| h.0).collect();
    let mut said: Vec<(Source, BookingRow)> = Vec::new();
    for saying in repeated {
        if let Some(at) = repeats::at_step(&since, saying.step) {
            said.push((saying.source, history[at].2.clone()));
        }
    }
    for (source, content) in repeats::stale_of(conn, &["bookings"], without, known.booking_key)? {
        let row = serde_json::from_str(&content).map_err(|_| Error::stored("older booking row"))?;
        said.push((source, row));
    }
    said.extend(history.into_iter().map(|(_, source, row)| (source, row)));
    said.retain(|(s, _)| s.import_key != without && !undone.contains(&s.import_key));
    Ok(repeats::newest(said, |row| {
        (row.content_hash(), row.updated_at)
    }))
}

/// The earlier versions of a booking that come from neither this import nor an undone one, oldest
/// first.
///
/// # Errors
/// The database's own.
pub fn versions_standing(
    conn: &Conn,
    booking_key: i64,
    import_key: i64,
) -> Result<Vec<BookingVersion>> {
    let undone = repeats::undone(conn)?;
    let mut all = versions(conn, booking_key)?;
    all.retain(|v| v.source.import_key != import_key && !undone.contains(&v.source.import_key));
    Ok(all)
}

/// Keeps an id that isn't what it folds to, so that a look-alike finds it.
///
/// # Errors
/// The database's own.
pub fn put_odd_id(conn: &Conn, folded: &str, booking_key: i64) -> Result<()> {
    run(
        conn,
        "INSERT OR IGNORE INTO odd_ids (folded, booking_key) VALUES (?, ?)",
        params![folded, booking_key],
    )?;
    Ok(())
}

/// Whether any booking has such an id.
///
/// # Errors
/// The database's own.
pub fn any_odd_id(conn: &Conn) -> Result<bool> {
    Ok(one(conn, "SELECT EXISTS (SELECT 1 FROM odd_ids)", [], |r| {
        r.get(0)
    })?
    .unwrap_or(false))
}

/// The bookings, not withdrawn, whose ids fold to the same.
///
/// # Errors
/// The database's own.
pub fn of_folded(conn: &Conn, folded: &str) -> Result<Vec<StoredBooking>> {
    let keys: Vec<i64> = rows(
        conn,
        "SELECT booking_key FROM odd_ids WHERE folded = ?1 UNION SELECT booking_key FROM bookings WHERE booking_id = ?1",
        [folded],
        |r| r.get(0),
    )?;
    let mut out = Vec::with_capacity(keys.len());
    for key in keys {
        let b = get(conn, key)?;
        if !b.withdrawn {
            out.push(b);
        }
    }
    Ok(out)
}

/// Lets another import's line stand for what a booking is: it says the same.
///
/// # Errors
/// The database's own.
pub fn set_source(conn: &Conn, known: &StoredBooking, source: Source, step: i64) -> Result<()> {
    keep_version(conn, known, None)?;
    run(
        conn,
        "UPDATE bookings SET import_key = ?, line = ?, since_step = ? WHERE booking_key = ?",
        params![source.import_key, source.line, step, known.booking_key],
    )?;
    Ok(())
}

/// Whether anything is booked yet.
///
/// # Errors
/// The database's own.
pub fn any(conn: &Conn) -> Result<bool> {
    Ok(
        one(conn, "SELECT EXISTS (SELECT 1 FROM bookings)", [], |r| {
            r.get(0)
        })?
        .unwrap_or(false),
    )
}

/// What the fraud rules look at, booking by booking; `due_by` is the last payable day that this
/// run processes, in days. `own_seat` says of a host, a participant's id and e-mail address why the
/// two are one person.
///
/// # Errors
/// The database's own.
pub fn review_facts(
    conn: &Conn,
    due_by: i64,
    own_seat: impl Fn(i64, &str, &str) -> Option<OwnSeat>,
    participant_number: impl Fn(&str) -> u64,
) -> Result<Vec<ReviewFact>> {
    let mut statement = conn.prepare_cached(
        "SELECT b.booking_key, b.host_key, b.participant_id, b.participant_email, b.booked_at, b.starts_at, b.ends_at,
                b.price_minor, coalesce(c.refunded_minor, 0), b.currency, b.status, coalesce(c.status, 0), coalesce(c.session_done, 0), coalesce(c.payable_on, 0), coalesce(c.frozen, 0)
         FROM bookings b LEFT JOIN host_commissions c ON c.booking_key = b.booking_key
         WHERE b.withdrawn = 0",
    )?;
    let mut found = statement.query([])?;
    let mut out = Vec::new();
    while let Some(r) = found.next()? {
        let text = |i: usize| r.get_ref(i)?.as_str().map_err(rusqlite::Error::from);
        let (host_key, participant, email) = (r.get(1)?, text(2)?, text(3)?);
        let (price, refunded) = (r.get(7)?, r.get(8)?);
        let status =
            of_number(&BookingStatus::ALL, r.get(10)?, 1).map_err(rusqlite::Error::from)?;
        let commission: i64 = r.get(11)?;
        let done: bool = r.get(12)?;
        let payable_on: i64 = r.get(13)?;
        let frozen: bool = r.get(14)?;
        out.push(ReviewFact {
            booking_key: r.get(0)?,
            host_key,
            participant: participant_number(participant),
            booked_at_us: r.get(4)?,
            starts_at_us: r.get(5)?,
            ends_at_us: r.get(6)?,
            price_minor: price,
            currency: r.get::<_, Cur>(9)?.0,
            status: hostledger_core::booking::effective_status(status, price, refunded),
            own_seat: own_seat(host_key, participant, email),
            stoppable: matches!(commission, 1 | 2) && !frozen,
            due: commission == 1 && done && payable_on <= due_by,
        });
    }
    Ok(out)
}

/// The participant of a booking.
///
/// # Errors
/// The database's own.
pub fn participant(conn: &Conn, booking_key: i64) -> Result<String> {
    Ok(one(
        conn,
        "SELECT participant_id FROM bookings WHERE booking_key = ?",
        [booking_key],
        |r| r.get(0),
    )?
    .unwrap_or_default())
}

/// A payment by the same participant that was never disputed.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of bookings")]
pub struct EarlierPayment {
    pub booking_id: String,
    pub charge_id: String,
    pub booked_at: jiff::Timestamp,
    pub ends_at: jiff::Timestamp,
    pub price_minor: i64,
    pub currency: hostledger_core::Currency,
}

/// A participant's other payments whose sessions took place and that nobody disputed, newest
/// first, twenty at most.
///
/// # Errors
/// The database's own.
pub fn earlier_payments(
    conn: &Conn,
    booking_key: i64,
    participant_id: &str,
) -> Result<Vec<EarlierPayment>> {
    if participant_id.is_empty() {
        return Ok(Vec::new());
    }
    rows(
        conn,
        "SELECT b.booking_id, b.charge_id, b.booked_at, b.ends_at, b.price_minor, b.currency FROM bookings b JOIN host_commissions c USING (booking_key)
         WHERE b.participant_id = ? AND b.booking_key <> ? AND b.withdrawn = 0 AND b.status IN (3, 4) AND c.refunded_minor = 0
           AND NOT EXISTS (SELECT 1 FROM disputes d WHERE d.booking_key = b.booking_key AND d.undone = 0)
         ORDER BY b.booked_at DESC LIMIT 20",
        params![participant_id, booking_key],
        |r| {
            Ok(EarlierPayment {
                booking_id: r.get(0)?,
                charge_id: r.get(1)?,
                booked_at: r.get::<_, At>(2)?.0,
                ends_at: r.get::<_, At>(3)?.0,
                price_minor: r.get(4)?,
                currency: r.get::<_, Cur>(5)?.0,
            })
        },
    )
}
