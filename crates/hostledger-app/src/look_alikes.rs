//! Ids that differ from a known one only in case or in the kind of hyphen: a person says whether
//! they mean the same (docs/domain.md §2).

use std::collections::{HashMap, HashSet};

use hostledger_core::booking::BookingRow;
use hostledger_core::ids::fold;
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::settled::{self, How};
use hostledger_store::{Conn, charges};

use crate::Result;
use crate::shared_charges::payment;

/// What an id is that isn't known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Looks {
    /// Like none that is known, or a person said that it is another.
    Apart,
    /// Like this known one, and nobody said yet what it is.
    Like(RowProblem),
    /// It is this known one, as a person said.
    Known(String),
    /// A person dismissed such rows.
    Dismissed,
}

fn looks(conn: &Conn, kind: &str, id: &str, known: &str) -> Result<Looks> {
    Ok(match settled::of(conn, kind, id, known)? {
        Some(How::Known) => Looks::Known(known.to_owned()),
        Some(How::Dismissed) => Looks::Dismissed,
        Some(How::New | How::SecondSeat) => Looks::Apart,
        None => Looks::Like(
            RowProblem::new(
                ExceptionCode::LooksLikeKnown,
                format!(
                    "The {kind} \"{id}\" isn't known, but {known} is, and they differ only in capitals or the kind of hyphen. Say whether it is that one or another, or correct the id."
                ),
            )
            .about(known),
        ),
    })
}

/// The hosts that anything which stands speaks of, and what their ids fold to.
#[derive(Debug, Default)]
pub(crate) struct HostIds {
    ids: HashSet<String>,
    folded: HashMap<String, String>,
}

impl HostIds {
    pub(crate) fn of<'a>(ids: impl Iterator<Item = &'a str>) -> Self {
        let mut all = Self::default();
        ids.for_each(|id| all.insert(id));
        all
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    pub(crate) fn insert(&mut self, id: &str) {
        self.ids.insert(id.to_owned());
        self.folded.entry(fold(id)).or_insert_with(|| id.to_owned());
    }

    /// What a host id is that nothing speaks of yet.
    pub(crate) fn looks(&self, conn: &Conn, id: &str) -> Result<Looks> {
        match self.folded.get(&fold(id)) {
            Some(known) if !self.has(id) => looks(conn, "host", id, known),
            _ => Ok(Looks::Apart),
        }
    }
}

/// What a booking's id is that isn't known: only a row that also shares the known one's payment, or
/// its host, start and participant, is taken for a look-alike, since ids such as abC and ABc are
/// ordinary.
pub(crate) fn booking(conn: &Conn, row: &BookingRow) -> Result<Looks> {
    for known in bookings::of_folded(conn, &fold(&row.booking_id))? {
        if known.row.booking_id != row.booking_id && is_near(row, &known) {
            let found = looks(conn, "booking", &row.booking_id, &known.row.booking_id)?;
            if found != Looks::Apart {
                return Ok(found);
            }
        }
    }
    Ok(Looks::Apart)
}

/// What a conversation's id is, in the row of a booking that isn't known: compared with those of the
/// bookings that share its payment.
pub(crate) fn conversation(conn: &Conn, row: &BookingRow) -> Result<Looks> {
    for key in charges::carriers(conn, &payment(row))? {
        let found = conversation_of(conn, row, &bookings::get(conn, key)?)?;
        if found != Looks::Apart {
            return Ok(found);
        }
    }
    Ok(Looks::Apart)
}

/// As [`conversation`], compared with a known booking's.
pub(crate) fn conversation_of(
    conn: &Conn,
    row: &BookingRow,
    known: &StoredBooking,
) -> Result<Looks> {
    let (new, old) = (&row.conversation_id, &known.row.conversation_id);
    if new == old || fold(new) != fold(old) {
        return Ok(Looks::Apart);
    }
    looks(conn, "conversation", new, old)
}

fn is_near(row: &BookingRow, known: &StoredBooking) -> bool {
    let k = &known.row;
    let same_seat = fold(&row.host_id) == fold(&k.host_id)
        && row.starts_at == k.starts_at
        && row.participant_id == k.participant_id;
    payment(row).share(&payment(k)) || same_seat
}
