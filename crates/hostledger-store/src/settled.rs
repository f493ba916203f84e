//! What a person settled for two ids, so that it is never asked again (docs/domain.md §2 and §3).

use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, one, rows, run};

/// What was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The row is a second seat that the same payment paid.
    SecondSeat,
    /// The row is no booking of its own.
    Dismissed,
    /// The id is another than the one it looks like.
    New,
    /// The id is the one it looks like.
    Known,
}

impl How {
    const ALL: [(Self, &'static str); 4] = [
        (Self::SecondSeat, "SECOND_SEAT"),
        (Self::Dismissed, "DISMISSED"),
        (Self::New, "NEW"),
        (Self::Known, "KNOWN"),
    ];

    /// The stored word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(h, _)| *h == self)
            .map_or("", |(_, word)| word)
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w)| *w == word).map(|(h, _)| *h)
    }
}

/// Keeps what was settled of an id as a file writes it and a known one; `kind`: booking,
/// conversation or host.
///
/// # Errors
/// The database's own.
pub fn put(
    conn: &Conn,
    kind: &str,
    (id, other_id): (&str, &str),
    how: How,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "INSERT OR REPLACE INTO settled_ids (kind, id, other_id, how, reason, settled_at, settled_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![
            kind,
            id,
            other_id,
            how.as_str(),
            reason,
            At(stamp.at),
            stamp.by
        ],
    )?;
    Ok(())
}

/// What was settled of two ids.
///
/// # Errors
/// The database's own.
pub fn of(conn: &Conn, kind: &str, id: &str, other_id: &str) -> Result<Option<How>> {
    let word: Option<String> = one(
        conn,
        "SELECT how FROM settled_ids WHERE kind = ? AND id = ? AND other_id = ?",
        [kind, id, other_id],
        |r| r.get(0),
    )?;
    Ok(word.as_deref().and_then(How::parse))
}

/// Whether a person settled that this booking and each of the others are seats of their own.
///
/// # Errors
/// The database's own.
pub fn with_all<'a>(conn: &Conn, id: &str, others: impl Iterator<Item = &'a str>) -> Result<bool> {
    let seats: Vec<String> = rows(
        conn,
        "SELECT other_id FROM settled_ids WHERE kind = 'booking' AND id = ?1 AND how = 'SECOND_SEAT'
         UNION SELECT id FROM settled_ids WHERE kind = 'booking' AND other_id = ?1 AND how = 'SECOND_SEAT'",
        [id],
        |r| r.get(0),
    )?;
    Ok(others
        .filter(|o| *o != id)
        .all(|o| seats.iter().any(|s| s == o)))
}
