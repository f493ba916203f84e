//! Noticing at sign-in that a ledger was restored, or is older than what this computer knows of it.

use std::path::Path;

use hostledger_core::{Code, Error};
use hostledger_store::ledger::Stamp;
use hostledger_store::restores::{self, Restore};
use hostledger_store::{Conn, audit, backup, meta};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Older;
use super::known::{self, Known};
use crate::{Result, Session, clock};

/// What `restore` leaves beside a ledger until the next person signs in.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    restore_id: String,
    at: Timestamp,
    file: String,
}

/// A ledger that lacks what this computer has seen of it.
#[derive(Debug, Clone)]
pub(crate) struct Behind {
    pub(crate) older: Older,
    known: Known,
}

impl Behind {
    /// `None`: the ledger holds what is known.
    fn of(conn: &Conn, known: Option<Known>) -> Result<Option<Self>> {
        let Some(known) = known else {
            return Ok(None);
        };
        let there = audit::hash_of(conn, known.events)?;
        if there.as_deref() == Some(known.head.as_str()) {
            return Ok(None);
        }
        Ok(Some(Self {
            older: Older {
                known_events: known.events,
                known_at: known.at,
                last_at: last_at(conn)?,
            },
            known,
        }))
    }

    fn refusal(&self, what: &str) -> Error {
        Error::new(Code::ReconcileFirst, format!("{} {what}", self.sentence()))
    }

    pub(crate) fn sentence(&self) -> String {
        format!(
            "This ledger is older than what this computer knows of it: it ends at {}, and one that went on until {} was open here, in {}. It opens for reading only. Put the newer one back; or, if it is lost, say what left since with `hostledger restores sent`.",
            self.older.last_at.strftime("%F %H:%M UTC"),
            self.older.known_at.strftime("%F %H:%M UTC"),
            self.known.folder.display()
        )
    }
}

/// What a ledger bears that was made of a backup, until somebody signs in to it.
///
/// # Errors
/// None in practice.
pub(crate) fn mark_of(file: &Path) -> Result<Vec<u8>> {
    let mark = Mark {
        restore_id: clock::new_id(),
        at: clock::now(),
        file: crate::source_file::name_of(file),
    };
    serde_json::to_vec_pretty(&mark).map_err(|e| Error::new(Code::Internal, e.to_string()))
}

/// Looks whether the ledger that was opened comes from a backup, or lacks what this computer has
/// seen. The first is written down at once; the second keeps it from being written to.
pub(crate) fn notice(s: &Session) -> Result<()> {
    let path = s.folder().join(backup::RESTORED);
    if let Ok(text) = std::fs::read(&path) {
        // One that can't be read says at least that there was a restore.
        let mark = serde_json::from_slice::<Mark>(&text).unwrap_or_else(|_| Mark {
            restore_id: clock::new_id(),
            at: clock::now(),
            file: String::new(),
        });
        s.ledger.write(|conn| -> Result<()> {
            let stamp = s.stamp(conn)?;
            let behind = Behind::of(conn, known_of(conn)?)?;
            let restore = restore_of(conn, "RESTORED", mark.restore_id, behind.as_ref(), &stamp)?;
            if restores::insert(conn, &restore)? {
                let facts = json!({
                    "file": mark.file, "restored_at": mark.at.to_string(), "last": restore.last_at.to_string(),
                    "known_events": restore.known_events,
                });
                audit::record(conn, &stamp, "ledger.restored", &restore.restore_id, &facts)?;
            }
            Ok(())
        })?;
        drop(std::fs::remove_file(&path));
        return Ok(());
    }
    look(s)
}

/// Looks whether a newer ledger was open on this computer, also since the sign-in: then nothing more
/// is written to this one.
pub(crate) fn look(s: &Session) -> Result<()> {
    if s.behind().is_some() {
        return Ok(());
    }
    // Before the state that it is compared with: another process may be writing the same ledger.
    let known = s.ledger.read(known_of)?;
    let behind = s.ledger.read(|conn| match super::is_open(conn)? {
        true => Ok(None),
        false => Behind::of(conn, known),
    })?;
    if let Some(behind) = behind {
        s.ledger
            .refuse_writes(Some(behind.refusal("Nothing was changed.")));
        s.set_behind(Some(behind));
    }
    Ok(())
}

fn known_of(conn: &Conn) -> Result<Option<Known>> {
    let ledger_id = meta::get(conn, "ledger_id")?.unwrap_or_default();
    Ok(known::of(&ledger_id))
}

/// A person settles a ledger that is older than what is known: it is taken on as it is.
pub(super) fn take_on(s: &Session) -> Result<()> {
    let Some(behind) = s.behind() else {
        return Ok(());
    };
    s.ledger.refuse_writes(None);
    let done = s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        let restore = restore_of(conn, "OLDER", clock::new_id(), Some(&behind), &stamp)?;
        restores::insert(conn, &restore)?;
        let facts = json!({
            "last": restore.last_at.to_string(), "known_events": behind.known.events,
            "known_at": behind.known.at.to_string(), "known_head": behind.known.head,
        });
        audit::record(conn, &stamp, "ledger.older", &restore.restore_id, &facts)?;
        Ok(())
    });
    match done {
        Ok(()) => s.set_behind(None),
        Err(_) => s
            .ledger
            .refuse_writes(Some(behind.refusal("Nothing was changed."))),
    }
    done
}

/// Keeps on this computer how far the ledger is, unless it is a copy that wasn't settled yet.
///
/// # Errors
/// [`Code::FileProblem`] where nothing can be kept.
pub(crate) fn remember(s: &Session) -> Result<()> {
    look(s)?;
    s.ledger.read(|conn| {
        if s.behind().is_some() || super::is_open(conn)? {
            return Ok(());
        }
        keep(s, conn)
    })
}

/// Keeps how far the ledger is, whatever was known: two people settled that it is the ledger.
pub(super) fn keep(s: &Session, conn: &Conn) -> Result<()> {
    let ledger_id = meta::get(conn, "ledger_id")?.unwrap_or_default();
    let known = Known {
        ledger_id,
        root: audit::root(conn)?,
        events: audit::count(conn)?,
        head: audit::head(conn)?,
        at: last_at(conn)?,
        folder: s.folder().to_owned(),
    };
    if known::of(&known.ledger_id).as_ref() == Some(&known) {
        return Ok(());
    }
    known::remember(&known).map_err(|(place, e)| {
        Error::new(
            Code::FileProblem,
            format!(
                "Hostledger can't remember on this computer how far the ledger is ({}: {e}), so it couldn't tell an older copy that is put in its place. Nothing was sent. Make that folder writable, or name another with --state-dir.",
                place.display()
            ),
        )
    })
}

fn restore_of(
    conn: &Conn,
    kind: &str,
    restore_id: String,
    behind: Option<&Behind>,
    stamp: &Stamp<'_>,
) -> Result<Restore> {
    Ok(Restore {
        restore_key: 0,
        restore_id,
        kind: kind.to_owned(),
        noticed_at: stamp.at,
        noticed_by: stamp.by.to_owned(),
        events: audit::count(conn)?,
        last_at: last_at(conn)?,
        known_events: behind.map(|b| b.older.known_events),
        known_at: behind.map(|b| b.older.known_at),
        confirmed_at: None,
        confirmed_by: None,
    })
}

fn last_at(conn: &Conn) -> Result<Timestamp> {
    let last = audit::page(conn, None, 1)?;
    Ok(last.first().map_or(Timestamp::UNIX_EPOCH, |e| e.at))
}
