//! What persons answered about hosts' tax profiles, so that the same is never asked again.

use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, one, run};

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// A file's TIN is worse than the known one.
    WorseTin,
    /// The legal name has a comma: which part is the last name.
    NameOrder,
    /// The TIN became one of another kind within a year.
    PayeeChanged,
}

impl Question {
    /// The stored word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WorseTin => "WORSE_TIN",
            Self::NameOrder => "NAME_ORDER",
            Self::PayeeChanged => "PAYEE_CHANGED",
        }
    }
}

/// What a person answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxAnswer {
    /// The known TIN stays.
    Known,
    /// The parts of the name change places.
    Swap,
    /// The name is right as it is written.
    Keep,
    /// It is one payee, whose TIN was put right.
    OnePayee,
    /// It is another payee since the change.
    NewPayee,
}

impl TaxAnswer {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Known, "KNOWN"),
        (Self::Swap, "SWAP"),
        (Self::Keep, "KEEP"),
        (Self::OnePayee, "ONE_PAYEE"),
        (Self::NewPayee, "NEW_PAYEE"),
    ];

    /// The stored word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(answer, _)| *answer == self);
        found.map_or("", |(_, word)| word)
    }
}

/// Keeps an answer; `about` is a keyed print of what was asked about.
///
/// # Errors
/// The database's own.
pub fn put(
    conn: &Conn,
    host_key: i64,
    question: Question,
    about: &[u8],
    answer: TaxAnswer,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "INSERT OR REPLACE INTO tax_answers (host_key, question, about, answer, answered_at, answered_by) VALUES (?, ?, ?, ?, ?, ?)",
        params![
            host_key,
            question.as_str(),
            about,
            answer.as_str(),
            At(stamp.at),
            stamp.by
        ],
    )?;
    Ok(())
}

/// What was answered.
///
/// # Errors
/// The database's own.
pub fn of(
    conn: &Conn,
    host_key: i64,
    question: Question,
    about: &[u8],
) -> Result<Option<TaxAnswer>> {
    let word: Option<String> = one(
        conn,
        "SELECT answer FROM tax_answers WHERE host_key = ? AND question = ? AND about = ?",
        params![host_key, question.as_str(), about],
        |r| r.get(0),
    )?;
    Ok(word.and_then(|word| {
        let found = TaxAnswer::ALL.iter().find(|(_, w)| *w == word);
        found.map(|(answer, _)| *answer)
    }))
}
