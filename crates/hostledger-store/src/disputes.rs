//! Disputes, their versions, notes and what they cost.

use std::collections::HashMap;

use hostledger_core::dispute::{DisputeKind, DisputeRow, DisputeStatus};
use hostledger_core::refunds::Loss;
use hostledger_core::{Currency, Money};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::{Error, Result};
use crate::hosts::Source;
use crate::ledger::Stamp;
use crate::sql::{At, Cur, number_of, of_number, one, rows, run};

/// A dispute as its newest version says.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of disputes, explained in the migration"
)]
pub struct Dispute {
    pub dispute_key: i64,
    pub row: DisputeRow,
    pub entered_as: Option<String>,
    pub made_here: bool,
    pub booking_key: i64,
    pub host_key: i64,
    pub withdrawn: bool,
    pub let_go: bool,
    pub undone: bool,
    pub loss_no: Option<i64>,
    pub fee: Option<Fee>,
    pub block_key: Option<i64>,
    pub owner: Option<String>,
    pub content_hash: Vec<u8>,
    pub source: Option<Source>,
}

/// The bank's fee of a dispute; it stands with one row where the dispute is about several bookings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fee {
    /// As it was decided.
    pub amount: Money,
    /// It is the outside's own figure.
    pub said: bool,
    /// It stands in the journal.
    pub posted: bool,
}

impl Dispute {
    /// Whether the bank's fee stands in the journal with this row.
    #[must_use]
    pub fn fee_posted(&self) -> bool {
        self.fee.is_some_and(|f| f.posted)
    }

    /// How a person ended it, as long as it stands where it stood then.
    #[must_use]
    pub fn ending_while(&self, status: DisputeStatus) -> Ending {
        let stays = self.row.status == status;
        Ending {
            withdrawn: stays && self.withdrawn,
            let_go: stays && self.let_go,
        }
    }
}

const SELECT: &str = "SELECT d.dispute_key, d.dispute_id, b.booking_id, d.kind, d.reason, d.amount_minor, d.currency, d.status, d.opened_at, d.evidence_due_by, d.closed_at,
      d.entered_as, d.made_here, d.booking_key, b.host_key, d.withdrawn, d.let_go, d.undone, d.loss_no, d.fee_posted, d.block_key, d.owner, d.content_hash, d.import_key, d.line, d.said_minor, d.said_currency, d.fee_minor, d.fee_currency, d.fee_said
    FROM disputes d JOIN bookings b ON b.booking_key = d.booking_key";

fn read(r: &Row<'_>) -> rusqlite::Result<Dispute> {
    let at = |i: usize| -> rusqlite::Result<Option<Timestamp>> {
        Ok(r.get::<_, Option<At>>(i)?.map(|a| a.0))
    };
    let money = |i: usize| -> rusqlite::Result<Option<Money>> {
        let minor: Option<i64> = r.get(i)?;
        let currency: Option<Cur> = r.get(i + 1)?;
        Ok(minor.zip(currency).map(|(minor, c)| Money::new(minor, c.0)))
    };
    let (fee_said, fee_posted) = (r.get(29)?, r.get(19)?);
    Ok(Dispute {
        dispute_key: r.get(0)?,
        row: DisputeRow {
            dispute_id: r.get(1)?,
            booking_id: r.get(2)?,
            kind: of_number(&DisputeKind::ALL, r.get(3)?, 1)?,
            reason: r.get(4)?,
            amount_minor: r.get(5)?,
            currency: r.get::<_, Cur>(6)?.0,
            status: of_number(&DisputeStatus::ALL, r.get(7)?, 1)?,
            opened_at: r.get::<_, At>(8)?.0,
            evidence_due_by: at(9)?,
            closed_at: at(10)?,
            said: money(25)?,
        },
        entered_as: r.get(11)?,
        made_here: r.get(12)?,
        booking_key: r.get(13)?,
        host_key: r.get(14)?,
        withdrawn: r.get(15)?,
        let_go: r.get(16)?,
        undone: r.get(17)?,
        loss_no: r.get(18)?,
        fee: money(27)?.map(|amount| Fee {
            amount,
            said: fee_said,
            posted: fee_posted,
        }),
        block_key: r.get(20)?,
        owner: r.get(21)?,
        content_hash: r.get(22)?,
        source: source(r, 23)?,
    })
}

/// A dispute by its id, or by the id that it was entered under; the first booking's where it is
/// about several. One that stands comes before one that was undone.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, dispute_id: &str) -> Result<Option<Dispute>> {
    one(
        conn,
        &format!(
            "{SELECT} WHERE d.dispute_id = ?1 OR d.entered_as = ?1 ORDER BY d.undone, d.dispute_key"
        ),
        [dispute_id],
        read,
    )
}

/// Every row of a dispute, the undone ones too, oldest first: one for each booking that it is or
/// was about.
///
/// # Errors
/// The database's own.
pub fn rows_of(conn: &Conn, dispute_id: &str) -> Result<Vec<Dispute>> {
    rows(
        conn,
        &format!("{SELECT} WHERE d.dispute_id = ? ORDER BY d.dispute_key"),
        [dispute_id],
        read,
    )
}

/// The rows of a dispute that stand, oldest first, by its id or one that it was entered under.
///
/// # Errors
/// The database's own.
pub fn standing(conn: &Conn, dispute_id: &str) -> Result<Vec<Dispute>> {
    let Some(first) = find(conn, dispute_id)? else {
        return Ok(Vec::new());
    };
    let mut all = rows_of(conn, &first.row.dispute_id)?;
    all.retain(|d| !d.undone);
    Ok(all)
}

/// One booking's row of a dispute about several, as `DISPUTE/BOOKING`.
///
/// # Errors
/// The database's own.
pub fn find_part(conn: &Conn, name: &str) -> Result<Option<Dispute>> {
    one(
        conn,
        &format!("{SELECT} WHERE d.dispute_id || '/' || b.booking_id = ? AND d.undone = 0"),
        [name],
        read,
    )
}

/// A dispute by key.
///
/// # Errors
/// The database's own.
pub fn get(conn: &Conn, dispute_key: i64) -> Result<Dispute> {
    one(
        conn,
        &format!("{SELECT} WHERE d.dispute_key = ?"),
        [dispute_key],
        read,
    )?
    .ok_or_else(|| Error::stored("dispute"))
}

/// A dispute as it is listed.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The dispute.
    pub dispute: Dispute,
    /// Whose booking it is about.
    pub host_id: String,
    /// The host's name.
    pub host_name: String,
    /// What is reserved for it, in minor units.
    pub reserved_minor: i64,
    /// How many bookings the dispute is about; each is listed.
    pub bookings: i64,
}

impl Listed {
    /// What this row alone is called: `DISPUTE/BOOKING` where the dispute is about several.
    #[must_use]
    pub fn name(&self) -> String {
        let row = &self.dispute.row;
        if self.bookings > 1 {
            format!("{}/{}", row.dispute_id, row.booking_id)
        } else {
            row.dispute_id.clone()
        }
    }
}

const LISTED: &str = ", h.host_id, h.name, coalesce((SELECT sum(r.amount_minor) FROM open_reserves r WHERE r.dispute_key = d.dispute_key), 0),
      (SELECT count(*) FROM disputes o WHERE o.dispute_id = d.dispute_id AND o.undone = 0)";

fn list(conn: &Conn, which: &str, of: impl rusqlite::Params) -> Result<Vec<Listed>> {
    let (columns, from) = SELECT.split_once("\n    FROM").unwrap_or((SELECT, ""));
    rows(
        conn,
        &format!(
            "{columns}{LISTED} FROM{from} JOIN hosts h ON h.host_key = b.host_key WHERE {which} ORDER BY d.dispute_key"
        ),
        of,
        |r| {
            Ok(Listed {
                dispute: read(r)?,
                host_id: r.get(30)?,
                host_name: r.get(31)?,
                reserved_minor: r.get(32)?,
                bookings: r.get(33)?,
            })
        },
    )
}

/// Every dispute that stands, oldest first.
///
/// # Errors
/// The database's own.
pub fn listed(conn: &Conn) -> Result<Vec<Listed>> {
    list(conn, "d.undone = 0", [])
}

/// One dispute as it is listed.
///
/// # Errors
/// The database's own.
pub fn listed_one(conn: &Conn, dispute_key: i64) -> Result<Listed> {
    list(conn, "d.dispute_key = ?", [dispute_key])?
        .pop()
        .ok_or_else(|| Error::stored("dispute"))
}

/// How many disputes that stand and were not let go are in one of some states.
///
/// # Errors
/// The database's own.
pub fn count_in(conn: &Conn, states: impl Iterator<Item = DisputeStatus>) -> Result<i64> {
    let numbers: Vec<String> = states
        .map(|s| number_of(&DisputeStatus::ALL, &s, 1).to_string())
        .collect();
    Ok(one(
        conn,
        &format!(
            "SELECT count(*) FROM disputes WHERE undone = 0 AND let_go = 0 AND status IN ({})",
            numbers.join(", ")
        ),
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0))
}

/// A booking's disputes that stand, oldest first.
///
/// # Errors
/// The database's own.
pub fn of_booking(conn: &Conn, booking_key: i64) -> Result<Vec<Dispute>> {
    rows(
        conn,
        &format!("{SELECT} WHERE d.booking_key = ? AND d.undone = 0 ORDER BY d.dispute_key"),
        [booking_key],
        read,
    )
}

/// Disputes about bookings of a payout that put money at stake.
///
/// # Errors
/// The database's own.
pub fn bookings_at_stake(conn: &Conn, payout_key: i64) -> Result<Vec<i64>> {
    rows(
        conn,
        "SELECT DISTINCT d.booking_key FROM host_payout_lines l JOIN disputes d ON d.booking_key = l.booking_key
         WHERE l.payout_key = ? AND d.undone = 0 AND d.status IN (4, 5) ORDER BY 1",
        [payout_key],
        |r| r.get(0),
    )
}

/// Lost disputes of every booking, in the order in which they were lost.
///
/// # Errors
/// The database's own.
pub fn losses(conn: &Conn) -> Result<HashMap<i64, Vec<Loss>>> {
    let mut out: HashMap<i64, Vec<Loss>> = HashMap::new();
    for (booking, loss) in rows(
        conn,
        "SELECT booking_key, dispute_key, kind, amount_minor FROM disputes WHERE loss_no IS NOT NULL ORDER BY loss_no",
        [],
        |r| Ok((r.get(0)?, read_loss(r, 1)?)),
    )? {
        out.entry(booking).or_default().push(loss);
    }
    Ok(out)
}

/// Lost disputes of one booking, in the order in which they were lost.
///
/// # Errors
/// The database's own.
pub fn losses_of(conn: &Conn, booking_key: i64) -> Result<Vec<Loss>> {
    rows(
        conn,
        "SELECT dispute_key, kind, amount_minor FROM disputes WHERE booking_key = ? AND loss_no IS NOT NULL ORDER BY loss_no",
        [booking_key],
        |r| read_loss(r, 0),
    )
}

/// The bookings that lost a dispute at an instant or later, or at a time that isn't known; all of
/// them or one.
///
/// # Errors
/// The database's own.
pub fn lost_from(conn: &Conn, from: Timestamp, booking_key: Option<i64>) -> Result<Vec<i64>> {
    rows(
        conn,
        "SELECT DISTINCT booking_key FROM disputes WHERE loss_no IS NOT NULL AND (closed_at IS NULL OR closed_at >= ?) AND (?2 IS NULL OR booking_key = ?2)",
        params![At(from), booking_key],
        |r| r.get(0),
    )
}

fn read_loss(r: &Row<'_>, first: usize) -> rusqlite::Result<Loss> {
    Ok(Loss {
        dispute_key: r.get(first)?,
        kind: of_number(&DisputeKind::ALL, r.get(first + 1)?, 1)?,
        amount_minor: r.get(first + 2)?,
    })
}

/// Whether any dispute stands against a booking.
///
/// # Errors
/// The database's own.
pub fn any_of(conn: &Conn, booking_key: i64) -> Result<bool> {
    Ok(one(
        conn,
        "SELECT EXISTS (SELECT 1 FROM disputes WHERE booking_key = ? AND undone = 0)",
        [booking_key],
        |r| r.get(0),
    )?
    .unwrap_or(false))
}

/// The ids of a booking's disputes that are not withdrawn, let go or undone: what says that it was
/// paid.
///
/// # Errors
/// The database's own.
pub fn holding(conn: &Conn, booking_key: i64) -> Result<Vec<String>> {
    rows(
        conn,
        "SELECT dispute_id FROM disputes WHERE booking_key = ? AND undone = 0 AND withdrawn = 0 AND let_go = 0 ORDER BY dispute_key",
        [booking_key],
        |r| r.get(0),
    )
}

/// Records a new dispute without effect on anything yet, under an id that is its row's alone. Its
/// key.
///
/// # Errors
/// The database's own.
pub fn insert(
    conn: &Conn,
    row_id: &str,
    row: &DisputeRow,
    booking_key: i64,
    made_here: bool,
    source: Option<Source>,
) -> Result<i64> {
    run(
        conn,
        "INSERT INTO disputes (dispute_id, made_here, booking_key, kind, reason, amount_minor, currency, status, opened_at, evidence_due_by, closed_at, content_hash, import_key, line, row_id, said_minor, said_currency, loss_no)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, iif(?8 = 7, (SELECT coalesce(max(loss_no), 0) + 1 FROM disputes), NULL))",
        params![
            row.dispute_id, made_here, booking_key, number_of(&DisputeKind::ALL, &row.kind, 1), row.reason, row.amount_minor,
            Cur(row.currency), number_of(&DisputeStatus::ALL, &row.status, 1), At(row.opened_at), row.evidence_due_by.map(At),
            row.closed_at.map(At), row.content_hash().as_slice(), source.map(|s| s.import_key), source.map(|s| s.line),
            row_id, row.said.map(|m| m.amount_minor), row.said.map(|m| Cur(m.currency))
        ],
    )?;
    Ok(conn.last_insert_rowid())
}

/// How a person ended a dispute, beside its status.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ending {
    /// The participant took it back.
    pub withdrawn: bool,
    /// The block of a mere warning was ended.
    pub let_go: bool,
}

/// Lets a newer version take the place of what stands. Losing numbers it after all others lost
/// before. The outside's id takes the place of one made here, which comes back where the outside's
/// word is undone; of several rows that shared one, the first remembers it.
///
/// # Errors
/// The database's own.
pub fn supersede(
    conn: &Conn,
    known: &Dispute,
    booking_key: i64,
    row: &DisputeRow,
    ending: Ending,
    undone: bool,
    source: Option<Source>,
) -> Result<()> {
    let (made_here, entered_as) = match &known.entered_as {
        Some(own) if *own == row.dispute_id => (true, None),
        None if known.made_here && row.dispute_id != known.row.dispute_id => {
            (false, Some(&known.row.dispute_id))
        }
        own => (known.made_here, own.as_ref()),
    };
    let lost = row.status == DisputeStatus::Lost && !undone;
    run(
        conn,
        "UPDATE disputes SET dispute_id = ?2, entered_as = iif(EXISTS (SELECT 1 FROM disputes o WHERE o.entered_as = ?3 AND o.dispute_key <> ?1), NULL, ?3), made_here = ?4, reason = ?5, amount_minor = ?6, status = ?7, opened_at = ?8,
            evidence_due_by = ?9, closed_at = ?10, withdrawn = ?11, let_go = ?12, undone = ?13, content_hash = ?14, import_key = ?15, line = ?16,
            booking_key = ?18, kind = ?19, currency = ?20, said_minor = ?21, said_currency = ?22,
            loss_no = CASE WHEN NOT ?17 THEN NULL WHEN loss_no IS NOT NULL THEN loss_no ELSE (SELECT coalesce(max(loss_no), 0) + 1 FROM disputes) END
         WHERE dispute_key = ?1",
        params![
            known.dispute_key, row.dispute_id, entered_as, made_here, row.reason, row.amount_minor,
            number_of(&DisputeStatus::ALL, &row.status, 1), At(row.opened_at), row.evidence_due_by.map(At), row.closed_at.map(At),
            ending.withdrawn, ending.let_go, undone, row.content_hash().as_slice(), source.map(|s| s.import_key), source.map(|s| s.line), lost,
            booking_key, number_of(&DisputeKind::ALL, &row.kind, 1), Cur(row.currency),
            row.said.map(|m| m.amount_minor), row.said.map(|m| Cur(m.currency))
        ],
    )?;
    Ok(())
}

/// Ties a dispute to the block that it opened.
///
/// # Errors
/// The database's own.
pub fn set_block(conn: &Conn, dispute_key: i64, block_key: Option<i64>) -> Result<()> {
    run(
        conn,
        "UPDATE disputes SET block_key = ? WHERE dispute_key = ?",
        params![block_key, dispute_key],
    )?;
    Ok(())
}

/// Lets another import's line stand for what a dispute is: it says the same.
///
/// # Errors
/// The database's own.
pub fn set_source(conn: &Conn, dispute_key: i64, source: Source) -> Result<()> {
    run(
        conn,
        "UPDATE disputes SET import_key = ?, line = ? WHERE dispute_key = ?",
        [source.import_key, source.line, dispute_key],
    )?;
    Ok(())
}

/// Remembers the bank's fee with one row of a dispute.
///
/// # Errors
/// The database's own.
pub fn set_fee(conn: &Conn, dispute_key: i64, fee: Option<Fee>) -> Result<()> {
    run(
        conn,
        "UPDATE disputes SET fee_minor = ?, fee_currency = ?, fee_said = ?, fee_posted = ? WHERE dispute_key = ?",
        params![
            fee.map(|f| f.amount.amount_minor),
            fee.map(|f| Cur(f.amount.currency)),
            fee.is_some_and(|f| f.said),
            fee.is_some_and(|f| f.posted),
            dispute_key
        ],
    )?;
    Ok(())
}

/// Gives a dispute to a person, or to nobody.
///
/// # Errors
/// The database's own.
pub fn set_owner(conn: &Conn, dispute_key: i64, owner: Option<&str>) -> Result<()> {
    run(
        conn,
        "UPDATE disputes SET owner = ? WHERE dispute_key = ?",
        params![owner, dispute_key],
    )?;
    Ok(())
}

/// One version of a dispute.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of dispute_versions")]
pub struct Version {
    pub version: i64,
    pub row: DisputeRow,
    pub what: String,
    pub recorded_at: Timestamp,
    pub recorded_by: String,
    pub source: Option<Source>,
    pub ending: Ending,
    pub undone: bool,
    pub since_step: i64,
    pub undone_step: Option<i64>,
}

impl Version {
    /// Whether it could stand at a step: it had come in and wasn't taken back.
    #[must_use]
    pub fn stood_at(&self, step: i64) -> bool {
        self.since_step <= step && self.undone_step.is_none_or(|u| u > step)
    }
}

/// Keeps a version, in words `what`.
///
/// # Errors
/// The database's own.
pub fn insert_version(
    conn: &Conn,
    dispute_key: i64,
    row: &DisputeRow,
    what: &str,
    ending: Ending,
    source: Option<Source>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let content = serde_json::to_string(row).unwrap_or_default();
    run(
        conn,
        "INSERT INTO dispute_versions (dispute_key, version, content, what, recorded_at, recorded_by, import_key, line, withdrawn, let_go, since_step)
         VALUES (?1, (SELECT coalesce(max(version), 0) + 1 FROM dispute_versions WHERE dispute_key = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            dispute_key, content, what, At(stamp.at), stamp.by,
            source.map(|s| s.import_key), source.map(|s| s.line), ending.withdrawn, ending.let_go, stamp.step
        ],
    )?;
    Ok(())
}

/// A dispute's versions, oldest first.
///
/// # Errors
/// The database's own.
pub fn versions(conn: &Conn, dispute_key: i64) -> Result<Vec<Version>> {
    rows(
        conn,
        "SELECT version, content, what, recorded_at, recorded_by, import_key, line, undone, withdrawn, let_go, since_step, undone_step
         FROM dispute_versions WHERE dispute_key = ? ORDER BY version",
        [dispute_key],
        |r| {
            let content: String = r.get(1)?;
            let row: DisputeRow = serde_json::from_str(&content).map_err(|e| {
                rusqlite::Error::FromSqlConversionFailure(1, Type::Text, e.into())
            })?;
            Ok(Version {
                version: r.get(0)?,
                row: row.with_clean_ids(),
                what: r.get(2)?,
                recorded_at: r.get::<_, At>(3)?.0,
                recorded_by: r.get(4)?,
                source: source(r, 5)?,
                undone: r.get(7)?,
                ending: Ending {
                    withdrawn: r.get(8)?,
                    let_go: r.get(9)?,
                },
                since_step: r.get(10)?,
                undone_step: r.get(11)?,
            })
        },
    )
}

/// The import and line in two columns, where they are given.
fn source(r: &Row<'_>, first: usize) -> rusqlite::Result<Option<Source>> {
    Ok(match (r.get(first)?, r.get(first + 1)?) {
        (Some(import_key), Some(line)) => Some(Source { import_key, line }),
        _ => None,
    })
}

/// Disputes that an import brought or changed.
///
/// # Errors
/// The database's own.
pub fn keys_of_import(conn: &Conn, import_key: i64) -> Result<Vec<i64>> {
    rows(
        conn,
        "SELECT DISTINCT dispute_key FROM dispute_versions WHERE import_key = ? AND undone = 0 ORDER BY dispute_key DESC",
        [import_key],
        |r| r.get(0),
    )
}

/// Marks an import's versions of a dispute as undone.
///
/// # Errors
/// The database's own.
pub fn undo_versions(conn: &Conn, dispute_key: i64, import_key: i64, step: i64) -> Result<()> {
    run(
        conn,
        "UPDATE dispute_versions SET undone = 1, undone_step = coalesce(undone_step, ?3) WHERE dispute_key = ?1 AND import_key = ?2",
        [dispute_key, import_key, step],
    )?;
    Ok(())
}

/// A note on a dispute.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of dispute_notes")]
pub struct Note {
    pub text: String,
    pub written_at: Timestamp,
    pub written_by: String,
}

/// Writes a note.
///
/// # Errors
/// The database's own.
pub fn insert_note(conn: &Conn, dispute_key: i64, text: &str, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "INSERT INTO dispute_notes (dispute_key, text, written_at, written_by) VALUES (?, ?, ?, ?)",
        params![dispute_key, text, At(stamp.at), stamp.by],
    )?;
    Ok(())
}

/// A dispute's notes, oldest first.
///
/// # Errors
/// The database's own.
pub fn notes(conn: &Conn, dispute_key: i64) -> Result<Vec<Note>> {
    rows(
        conn,
        "SELECT text, written_at, written_by FROM dispute_notes WHERE dispute_key = ? ORDER BY note_key",
        [dispute_key],
        |r| {
            Ok(Note {
                text: r.get(0)?,
                written_at: r.get::<_, At>(1)?.0,
                written_by: r.get(2)?,
            })
        },
    )
}

/// A reserve that is held and not released.
#[derive(Debug, Clone)]
pub struct Held {
    /// The dispute that it is for.
    pub dispute_key: i64,
    /// The reserving adjustment.
    pub adjustment_key: i64,
    /// What is reserved, above zero, in minor units.
    pub amount_minor: i64,
    /// Its currency.
    pub currency: Currency,
}

/// Reserves for a booking's disputes that are not released.
///
/// # Errors
/// The database's own.
pub fn held(conn: &Conn, booking_key: i64) -> Result<Vec<Held>> {
    rows(
        conn,
        "SELECT dispute_key, adjustment_key, amount_minor, currency FROM open_reserves
         WHERE booking_key = ? AND dispute_key IS NOT NULL ORDER BY adjustment_key",
        [booking_key],
        |r| {
            Ok(Held {
                dispute_key: r.get(0)?,
                adjustment_key: r.get(1)?,
                amount_minor: r.get(2)?,
                currency: r.get::<_, Cur>(3)?.0,
            })
        },
    )
}

/// Bookings with money at stake in an open dispute.
///
/// # Errors
/// The database's own.
pub fn bookings_open(conn: &Conn) -> Result<std::collections::HashSet<i64>> {
    Ok(rows(
        conn,
        "SELECT booking_key FROM disputes WHERE undone = 0 AND status IN (4, 5)",
        [],
        |r| r.get(0),
    )?
    .into_iter()
    .collect())
}

/// Whether a booking has money at stake in an open dispute.
///
/// # Errors
/// The database's own.
pub fn is_open(conn: &Conn, booking_key: i64) -> Result<bool> {
    Ok(one(
        conn,
        "SELECT EXISTS (SELECT 1 FROM disputes WHERE booking_key = ? AND undone = 0 AND status IN (4, 5))",
        [booking_key],
        |r| r.get(0),
    )?
    .unwrap_or(false))
}

/// What is known of somebody's bookings and disputes.
#[derive(Debug, Clone, Default)]
pub struct HostHistory {
    /// Bookings that were paid for.
    pub bookings: i64,
    /// Of which the session took place.
    pub completed: i64,
    /// Of which something was given back.
    pub refunded: i64,
    /// Disputes, this one too.
    pub disputes: i64,
    /// Of which are lost.
    pub lost: i64,
    /// Of which are won.
    pub won: i64,
    /// The first booking.
    pub first_booked_at: Option<Timestamp>,
}

const HISTORY: &str = "SELECT count(*), coalesce(sum(b.status IN (3, 4, 7)), 0), coalesce(sum(c.refunded_minor > 0), 0), min(b.booked_at),
      (SELECT count(*) FROM disputes d JOIN bookings x USING (booking_key) WHERE d.undone = 0 AND {whose_x}),
      (SELECT count(*) FROM disputes d JOIN bookings x USING (booking_key) WHERE d.undone = 0 AND d.status = 7 AND {whose_x}),
      (SELECT count(*) FROM disputes d JOIN bookings x USING (booking_key) WHERE d.undone = 0 AND d.status = 6 AND {whose_x})
    FROM bookings b JOIN host_commissions c USING (booking_key) WHERE b.withdrawn = 0 AND c.status <> 0 AND {whose_b}";

fn history<P: rusqlite::ToSql>(conn: &Conn, column: &str, of: &P) -> Result<HostHistory> {
    let sql = HISTORY
        .replace("{whose_x}", &format!("x.{column} = ?1"))
        .replace("{whose_b}", &format!("b.{column} = ?1"));
    Ok(one(conn, &sql, [of], |r| {
        Ok(HostHistory {
            bookings: r.get(0)?,
            completed: r.get(1)?,
            refunded: r.get(2)?,
            first_booked_at: r.get::<_, Option<At>>(3)?.map(|a| a.0),
            disputes: r.get(4)?,
            lost: r.get(5)?,
            won: r.get(6)?,
        })
    })?
    .unwrap_or_default())
}

/// A host's bookings and disputes in figures.
///
/// # Errors
/// The database's own.
pub fn history_of_host(conn: &Conn, host_key: i64) -> Result<HostHistory> {
    history(conn, "host_key", &host_key)
}

/// A participant's bookings and disputes in figures; all zero where the export names none.
///
/// # Errors
/// The database's own.
pub fn history_of_participant(conn: &Conn, participant_id: &str) -> Result<HostHistory> {
    if participant_id.is_empty() {
        return Ok(HostHistory::default());
    }
    history(conn, "participant_id", &participant_id)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use crate::ledger::embedded::migrations;

    const ROW: &str = "made_here, booking_key, kind, reason, amount_minor, currency, status, opened_at, content_hash, fee_posted";

    #[test]
    fn v16_disputes_keep_their_ids_and_their_fee_and_may_be_about_several_bookings() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrations::runner()
            .set_target(refinery::Target::Version(11))
            .run(&mut conn)
            .unwrap();
        conn.execute_batch(&format!(
            "PRAGMA foreign_keys = OFF;
             INSERT INTO disputes (dispute_id, entered_as, {ROW}) VALUES
               ('dp_1', 'by-hand', 0, 1, 2, '', 4000, 'USD', 4, 0, x'00', 1),
               ('cmp-1', NULL, 0, 2, 1, '', 4000, 'USD', 4, 0, x'00', 0);"
        ))
        .unwrap();
        migrations::runner().run(&mut conn).unwrap();
        let rows: Vec<String> = conn
            .prepare("SELECT concat_ws(' ', dispute_id, entered_as, fee_minor, fee_currency, said_minor) FROM disputes ORDER BY 1 DESC")
            .unwrap()
            .query_map([], |r| r.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(rows, ["dp_1 by-hand 1500 USD", "cmp-1"]);
        let further = |row_id: &str, booking: i64| {
            conn.execute(
                &format!("INSERT INTO disputes (row_id, dispute_id, {ROW}) VALUES (?, 'dp_1', 0, ?, 2, '', 1, 'USD', 4, 0, x'00', 0)"),
                rusqlite::params![row_id, booking],
            )
        };
        assert_eq!(further("a", 7).unwrap(), 1, "another booking of its charge");
        assert!(further("b", 7).is_err(), "but each only once");
    }
}
