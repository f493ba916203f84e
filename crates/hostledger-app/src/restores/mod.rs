//! A ledger that was restored, or is older than what its computer knew of it: it sends nothing until
//! a person told what left since and a second one confirmed it (docs/domain.md §7).

mod known;
mod left;
mod notice;

use std::path::Path;

use hostledger_core::approval::check_second_person;
use hostledger_core::payout_batch::BatchStatus;
use hostledger_core::{Code, Error, Money};
use hostledger_store::ledger::Stamp;
use hostledger_store::restores::{self, LeftPayout, Restore, Word};
use hostledger_store::{Conn, audit, payouts, stripe};
use serde_json::json;

use crate::identity::Role;
use crate::payouts::find_batch;
use crate::source_file::name_of;
use crate::{Result, Session};

pub use known::keep_in;
pub(crate) use notice::{Behind, look, mark_of, notice, remember};

/// Where a ledger stands as to restores.
#[derive(Debug, Clone)]
pub struct Status {
    /// It sends nothing, and why, with what to do; `None`: it sends.
    pub stopped: Option<String>,
    /// It is older than what this computer knows of it and only opens for reading.
    pub older: Option<Older>,
    /// Every restore, newest first.
    pub restores: Vec<Restore>,
    /// What was said of those that nobody confirmed yet.
    pub said: Vec<Said>,
    /// Batches that may have left since: approved in this copy, while it is stopped.
    pub approved: Vec<String>,
    /// Whether Stripe's list must be compared too, and wasn't yet.
    pub needs_stripe: bool,
}

/// A newer state of this ledger that this computer has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Older {
    /// How many audit events it had.
    pub known_events: i64,
    /// When the last of them was.
    pub known_at: jiff::Timestamp,
    /// When the last event of the copy that is open was.
    pub last_at: jiff::Timestamp,
}

/// What a person said of what left.
#[derive(Debug, Clone)]
pub struct Said {
    /// The word itself.
    pub word: Word,
    /// The payouts that it names.
    pub payouts: usize,
    /// Their sums.
    pub totals: Vec<Money>,
}

/// Where this ledger stands.
///
/// # Errors
/// The ledger's own.
pub fn status(s: &Session) -> Result<Status> {
    look(s)?;
    s.ledger.read(|conn| {
        let left = restores::left(conn)?;
        let said = restores::words(conn)?
            .into_iter()
            .map(|word| said(conn, word, &left))
            .collect::<Result<Vec<Said>>>()?;
        let stopped = why_stopped(s, conn)?;
        let mut approved = Vec::new();
        if stopped.is_some() {
            approved = payouts::batches(conn)?;
            approved.retain(|b| b.status == BatchStatus::Approved);
        }
        Ok(Status {
            needs_stripe: is_open(conn)? && needs_stripe(conn)?,
            stopped,
            older: s.behind().map(|b| b.older),
            restores: restores::all(conn)?,
            said,
            approved: approved.into_iter().map(|b| b.batch_id).collect(),
        })
    })
}

fn said(conn: &Conn, word: Word, left: &[LeftPayout]) -> Result<Said> {
    let mut sums = std::collections::BTreeMap::new();
    let mut payouts = 0;
    let mut add = |money: Money| {
        payouts += 1;
        *sums.entry(money.currency).or_insert(0) += money.amount_minor;
    };
    match word.what.as_str() {
        "FILE" => {
            for p in left.iter().filter(|p| p.word_key == word.word_key) {
                add(Money::new(p.amount_minor, p.currency));
            }
        }
        "BATCH" => {
            let batch = find_batch(conn, word.batch_id.as_deref().unwrap_or_default())?;
            for p in payouts::of_batch(conn, batch.batch_key)? {
                if p.status == hostledger_core::payout_batch::PayoutStatus::Pending {
                    add(Money::new(p.amount_minor, p.currency));
                }
            }
        }
        _ => {}
    }
    Ok(Said {
        word,
        payouts,
        totals: sums
            .into_iter()
            .map(|(c, minor)| Money::new(minor, c))
            .collect(),
    })
}

/// Why nothing is sent, with what to do; `None`: it sends.
///
/// # Errors
/// The ledger's own.
pub fn stopped(s: &Session) -> Result<Option<String>> {
    look(s)?;
    s.ledger.read(|conn| why_stopped(s, conn))
}

/// Whether what left since isn't settled yet: then nothing is prepared either.
pub(crate) fn is_open(conn: &Conn) -> Result<bool> {
    Ok(restores::open(conn)?.is_some())
}

/// Refuses to send while what left since isn't settled. Whoever sends calls [`remember`] before, so
/// that this computer knows it.
///
/// # Errors
/// [`Code::ReconcileFirst`].
pub(crate) fn require_settled(s: &Session, conn: &Conn) -> Result<()> {
    match why_stopped(s, conn)? {
        Some(why) => Err(Error::new(
            Code::ReconcileFirst,
            format!("{why} Nothing was sent."),
        )),
        None => Ok(()),
    }
}

fn why_stopped(s: &Session, conn: &Conn) -> Result<Option<String>> {
    if let Some(behind) = s.behind() {
        return Ok(Some(behind.sentence()));
    }
    let Some(open) = restores::open(conn)? else {
        return Ok(None);
    };
    let words = restores::words(conn)?;
    let what = match open.kind.as_str() {
        "OLDER" => "is an older copy of what this computer knew",
        _ => "was restored from a backup",
    };
    let next = if words.iter().any(|w| w.what != "STRIPE") {
        "A second person must confirm what was said with `hostledger restores confirm`."
    } else {
        "Say what left since with `hostledger restores sent --file PAYMENTFILE`, `--batch BATCH` or `--none`; then a second person confirms it."
    };
    let stripe = if needs_stripe(conn)? {
        " Compare with Stripe's list first: `hostledger stripe reconcile`."
    } else {
        ""
    };
    Ok(Some(format!(
        "This ledger {what} that ends at {}, and money may have left since.{stripe} {next}",
        open.last_at.strftime("%F %H:%M UTC")
    )))
}

/// Stripe knows what left through it: its list must have been compared since the restore.
fn needs_stripe(conn: &Conn) -> Result<bool> {
    Ok(stripe::connection(conn)?.is_some()
        && !restores::words(conn)?.iter().any(|w| w.what == "STRIPE"))
}

/// Stripe's list was compared while a restore is open.
pub(crate) fn compared_with_stripe(conn: &Conn, stamp: &Stamp<'_>) -> Result<()> {
    if let Some(open) = restores::open(conn)?
        && needs_stripe(conn)?
    {
        restores::say(conn, open.restore_key, "STRIPE", None, None, stamp)?;
    }
    Ok(())
}

/// What a person says left since.
#[derive(Debug, Clone, Copy)]
pub enum Sent<'a> {
    /// A payment file.
    File(&'a Path),
    /// A batch of this copy, as it is approved here.
    Batch(&'a str),
    /// Nothing.
    None,
}

/// Keeps what a person says left since; nothing changes until a second person confirms it.
///
/// # Errors
/// [`Code::WrongState`] where no restore is open, or what was said before doesn't go with it;
/// [`Code::WrongFile`], [`Code::NotFound`]; [`Code::NotAllowed`].
pub fn say_sent(s: &Session, sent: Sent<'_>) -> Result<Status> {
    s.require(
        &[Role::Preparer, Role::Approver],
        "say what left before a restore",
    )?;
    let file = match sent {
        Sent::File(path) => Some((name_of(path), left::read(path)?)),
        _ => None,
    };
    notice::take_on(s)?;
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        let open = restores::open(conn)?.ok_or_else(|| {
            Error::new(
                Code::WrongState,
                "This ledger wasn't restored, so there is nothing to say.",
            )
        })?;
        let said = restores::words(conn)?;
        let other = |what: &[&str]| said.iter().any(|w| what.contains(&w.what.as_str()));
        let clash = match sent {
            Sent::None => other(&["FILE", "BATCH"]),
            _ => other(&["NONE"]),
        };
        if clash {
            return Err(Error::new(
                Code::WrongState,
                "That doesn't go with what was said before. Take that back with `hostledger restores clear` and say it anew.",
            ));
        }
        let facts = match (sent, &file) {
            (Sent::File(_), Some((name, file))) => {
                let word = restores::say(
                    conn,
                    open.restore_key,
                    "FILE",
                    Some((name, &file.sha256)),
                    None,
                    &stamp,
                )?;
                let new = left::keep(conn, word, &file.rows)?;
                json!({ "file": name, "sha256": file.sha256, "payouts": file.rows.len(), "new": new })
            }
            (Sent::Batch(id), _) => {
                let batch = find_batch(conn, id)?;
                if batch.status != BatchStatus::Approved {
                    return Err(Error::new(
                        Code::WrongState,
                        format!(
                            "The batch is {} in this copy. Only one that is APPROVED here can have left as it stands here; name the payment file of any other with --file.",
                            batch.status.as_str()
                        ),
                    ));
                }
                if !said.iter().any(|w| w.batch_id.as_deref() == Some(id)) {
                    restores::say(conn, open.restore_key, "BATCH", None, Some(id), &stamp)?;
                }
                json!({ "batch_id": id })
            }
            _ => {
                if !other(&["NONE"]) {
                    restores::say(conn, open.restore_key, "NONE", None, None, &stamp)?;
                }
                json!({ "none": true })
            }
        };
        audit::record(conn, &stamp, "restores.sent", &open.restore_id, &facts)?;
        Ok(())
    })?;
    status(s)
}

/// Takes back what was said of the open restore.
///
/// # Errors
/// [`Code::NotAllowed`], [`Code::WrongState`].
pub fn clear(s: &Session) -> Result<Status> {
    s.require(
        &[Role::Preparer, Role::Approver],
        "take back what was said of a restore",
    )?;
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        let Some(open) = restores::open(conn)? else {
            return Err(Error::new(Code::WrongState, "No restore is open."));
        };
        restores::take_back(conn)?;
        audit::record(conn, &stamp, "restores.clear", &open.restore_id, &json!({}))?;
        Ok(())
    })?;
    status(s)
}

/// Confirms what was said: payouts that left are recorded, batches that could pay their money again
/// are cancelled, and the ledger sends again.
///
/// # Errors
/// [`Code::SamePerson`] for whoever said it, [`Code::WrongState`] where nothing was said yet,
/// [`Code::ReconcileFirst`] where Stripe's list wasn't compared, [`Code::NotAllowed`].
pub fn confirm(s: &Session) -> Result<Status> {
    s.require(&[Role::Approver, Role::Admin], "confirm what left")?;
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        let Some(open) = restores::open(conn)? else {
            return Err(Error::new(Code::WrongState, "No restore is open."));
        };
        let said = restores::words(conn)?;
        let by_people: Vec<&Word> = said.iter().filter(|w| w.what != "STRIPE").collect();
        if by_people.is_empty() {
            return Err(Error::new(
                Code::WrongState,
                "Nobody said yet what left since. `hostledger restores sent` does, with a payment file, a batch or --none.",
            ));
        }
        let tellers: Vec<&str> = by_people.iter().map(|w| w.said_by.as_str()).collect();
        check_second_person(&tellers, stamp.by).map_err(|e| {
            Error::new(
                e.code,
                format!("{} said what left, so another person must confirm it.", stamp.by),
            )
        })?;
        if needs_stripe(conn)? {
            return Err(Error::new(
                Code::ReconcileFirst,
                "Stripe knows what left through it, and its list wasn't compared since the restore. Run `hostledger stripe reconcile`, then confirm.",
            ));
        }
        let done = left::record(conn, &open, &said, &stamp)?;
        restores::confirm(conn, &stamp)?;
        let words: Vec<&str> = said.iter().map(|w| w.what.as_str()).collect();
        audit::record(
            conn,
            &stamp,
            "restores.confirm",
            &open.restore_id,
            &json!({ "said": words, "left": done.left, "recorded": done.recorded, "cancelled": done.cancelled }),
        )?;
        Ok(())
    })?;
    s.ledger.read(|conn| notice::keep(s, conn))?;
    status(s)
}
