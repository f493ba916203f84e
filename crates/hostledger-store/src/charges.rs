//! Which bookings a card payment paid, by charge and payment intent (docs/domain.md §3).

use std::collections::{BTreeSet, HashSet};

use hostledger_core::booking::BookingStatus;
use hostledger_core::charge::Carrier;
use hostledger_core::ids::folded;
use rusqlite::params_from_iter;
use sha2::{Digest, Sha256};

use crate::Conn;
use crate::error::Result;
use crate::sql::{one, rows, run};

/// The two ids by which bookings name their payment; an empty one names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentIds<'a> {
    /// `charge_id`
    pub charge: &'a str,
    /// `payment_intent_id`
    pub intent: &'a str,
}

impl PaymentIds<'_> {
    /// Whether both name the same payment by one of their ids.
    #[must_use]
    pub fn share(&self, other: &PaymentIds<'_>) -> bool {
        let same = |a: &str, b: &str| !a.is_empty() && a == b;
        same(self.charge, other.charge) || same(self.intent, other.intent)
    }

    /// The numbers under which the ids are kept: 63 bits of SHA-256.
    pub fn hashes(&self) -> impl Iterator<Item = i64> + use<> {
        self.numbers().into_iter().flatten()
    }

    /// As [`Self::hashes`]: of the charge and of the intent.
    #[must_use]
    pub fn numbers(&self) -> [Option<i64>; 2] {
        [hash("charge:", self.charge), hash("intent:", self.intent)]
    }
}

fn hash(what: &str, id: &str) -> Option<i64> {
    if id.is_empty() {
        return None;
    }
    let mut h = Sha256::new();
    h.update(what);
    h.update(id);
    let mut eight = [0; 8];
    eight.copy_from_slice(&h.finalize()[..8]);
    Some(i64::from_le_bytes(eight) & i64::MAX)
}

/// Whether any booking names a payment.
///
/// # Errors
/// The database's own.
pub fn any(conn: &Conn) -> Result<bool> {
    Ok(
        one(conn, "SELECT EXISTS (SELECT 1 FROM payment_ids)", [], |r| {
            r.get(0)
        })?
        .unwrap_or(false),
    )
}

/// The bookings, not withdrawn, that name one of these payments now.
///
/// # Errors
/// The database's own.
pub fn carriers(conn: &Conn, ids: &PaymentIds<'_>) -> Result<Vec<i64>> {
    let mut out = BTreeSet::new();
    for hash in ids.hashes() {
        for key in of_hash(conn, hash)? {
            if names(conn, key)?.is_some_and(|(c, i)| {
                ids.share(&PaymentIds {
                    charge: &c,
                    intent: &i,
                })
            }) {
                out.insert(key);
            }
        }
    }
    Ok(out.into_iter().collect())
}

fn of_hash(conn: &Conn, hash: i64) -> Result<Vec<i64>> {
    rows(
        conn,
        "SELECT booking_key FROM payment_ids WHERE hash = ? ORDER BY booking_key",
        [hash],
        |r| r.get(0),
    )
}

/// What a booking that wasn't withdrawn names: charge and intent.
fn names(conn: &Conn, booking_key: i64) -> Result<Option<(String, String)>> {
    one(
        conn,
        "SELECT charge_id, payment_intent_id FROM bookings WHERE booking_key = ? AND withdrawn = 0",
        [booking_key],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
}

/// How many rows one statement writes.
const AT_ONCE: usize = 100;

/// Keeps what bookings name, given by number and booking. The numbers that several bookings name
/// now, of all that were given, in ascending order.
///
/// # Errors
/// The database's own.
pub fn put(conn: &Conn, named: &mut Vec<(i64, i64)>) -> Result<Vec<i64>> {
    named.sort_unstable();
    named.dedup();
    let first = !any(conn)?;
    for some in named.chunks(AT_ONCE) {
        let sql = format!(
            "INSERT OR IGNORE INTO payment_ids (hash, booking_key) VALUES (?, ?){}",
            ", (?, ?)".repeat(some.len() - 1)
        );
        let numbers = some.iter().flat_map(|(hash, key)| [hash, key]);
        conn.prepare_cached(&sql)?
            .execute(params_from_iter(numbers))?;
    }
    let mut shared = Vec::new();
    let mut others = conn.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM payment_ids WHERE hash = ?1 AND booking_key <> ?2)",
    )?;
    for same in named.chunk_by(|a, b| a.0 == b.0) {
        let (hash, key) = same[0];
        // With the first file nothing is shared but within it.
        if same.len() > 1 || !first && others.query_row([hash, key], |r| r.get(0))? {
            run(
                conn,
                "INSERT OR IGNORE INTO shared_payments (hash) VALUES (?)",
                [hash],
            )?;
            shared.push(hash);
        }
    }
    Ok(shared)
}

/// All numbers that several bookings name or named.
///
/// # Errors
/// The database's own.
pub fn shared(conn: &Conn) -> Result<Vec<i64>> {
    rows(
        conn,
        "SELECT hash FROM shared_payments ORDER BY hash",
        [],
        |r| r.get(0),
    )
}

/// A booking that carries a payment, as far as sharing it goes.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of bookings")]
pub struct CarrierRow {
    pub booking_key: i64,
    pub booking_id: String,
    pub conversation_key: i64,
    pub participant_id: String,
    /// In the numbers of `BookingStatus::ALL`.
    pub status: i64,
    /// R of today in minor units.
    pub refunded_minor: i64,
    pub charge_id: String,
    pub payment_intent_id: String,
    /// A dispute of it that wasn't undone or withdrawn.
    pub disputed: bool,
    /// It is known as moved now.
    pub moved: bool,
}

impl CarrierRow {
    /// As far as sharing the payment goes.
    #[must_use]
    pub fn carrier(&self) -> Carrier {
        let at = usize::try_from(self.status - 1).unwrap_or_default();
        Carrier {
            status: BookingStatus::ALL
                .get(at)
                .copied()
                .unwrap_or(BookingStatus::Pending),
            refunded_minor: self.refunded_minor,
            disputed: self.disputed,
        }
    }

    /// The payment that it names.
    #[must_use]
    pub fn payment(&self) -> PaymentIds<'_> {
        PaymentIds {
            charge: &self.charge_id,
            intent: &self.payment_intent_id,
        }
    }
}

/// The bookings, not withdrawn, that are kept under a number.
///
/// # Errors
/// The database's own.
pub fn group(conn: &Conn, hash: i64) -> Result<Vec<CarrierRow>> {
    rows(
        conn,
        "SELECT b.booking_key, b.booking_id, b.conversation_key, b.participant_id, b.status, coalesce(c.refunded_minor, b.refunded_minor),
                b.charge_id, b.payment_intent_id,
                EXISTS (SELECT 1 FROM disputes d WHERE d.booking_key = b.booking_key AND d.undone = 0 AND d.withdrawn = 0),
                EXISTS (SELECT 1 FROM moved_bookings m WHERE m.booking_key = b.booking_key)
         FROM payment_ids p JOIN bookings b USING (booking_key) LEFT JOIN host_commissions c USING (booking_key)
         WHERE p.hash = ? AND b.withdrawn = 0 ORDER BY b.booking_key",
        [hash],
        |r| {
            Ok(CarrierRow {
                booking_key: r.get(0)?,
                booking_id: r.get(1)?,
                conversation_key: r.get(2)?,
                participant_id: r.get(3)?,
                status: r.get(4)?,
                refunded_minor: r.get(5)?,
                charge_id: r.get(6)?,
                payment_intent_id: r.get(7)?,
                disputed: r.get(8)?,
                moved: r.get(9)?,
            })
        },
    )
}

/// Bookings whose charge another booking carries now.
///
/// # Errors
/// The database's own.
pub fn moved(conn: &Conn) -> Result<HashSet<i64>> {
    Ok(
        rows(conn, "SELECT booking_key FROM moved_bookings", [], |r| {
            r.get(0)
        })?
        .into_iter()
        .collect(),
    )
}

/// Bookings that are known as moved, though the other one is gone, called off or has another payment.
///
/// # Errors
/// The database's own.
pub fn moved_without_place(conn: &Conn) -> Result<Vec<String>> {
    rows(
        conn,
        "SELECT b.booking_id FROM moved_bookings m JOIN bookings b USING (booking_key) LEFT JOIN bookings o ON o.booking_key = m.other_key AND o.withdrawn = 0
         WHERE o.booking_key IS NULL OR b.withdrawn = 1
            OR NOT (b.charge_id <> '' AND b.charge_id = o.charge_id OR b.payment_intent_id <> '' AND b.payment_intent_id = o.payment_intent_id)",
        [],
        |r| r.get(0),
    )
}

/// Says that a booking's charge is another's now, or, with none, its own again.
///
/// # Errors
/// The database's own.
pub fn set_moved(conn: &Conn, booking_key: i64, to: Option<i64>) -> Result<()> {
    match to {
        Some(other) => run(
            conn,
            "INSERT OR REPLACE INTO moved_bookings (booking_key, other_key) VALUES (?, ?)",
            [booking_key, other],
        )?,
        None => run(
            conn,
            "DELETE FROM moved_bookings WHERE booking_key = ?",
            [booking_key],
        )?,
    };
    Ok(())
}

/// Keeps what the bookings of a ledger from before name, and their ids that others may look like.
///
/// # Errors
/// The database's own.
pub(crate) fn fill(conn: &Conn) -> Result<()> {
    let mut named = Vec::new();
    {
        let mut all = conn.prepare(
            "SELECT booking_key, charge_id, payment_intent_id, booking_id FROM bookings",
        )?;
        let mut found = all.query([])?;
        while let Some(r) = found.next()? {
            let key: i64 = r.get(0)?;
            let text = |i| r.get_ref(i)?.as_str().map_err(rusqlite::Error::from);
            let ids = PaymentIds {
                charge: text(1)?,
                intent: text(2)?,
            };
            named.extend(ids.hashes().map(|h| (h, key)));
            if let Some(folded) = folded(text(3)?) {
                crate::bookings::put_odd_id(conn, &folded, key)?;
            }
        }
    }
    put(conn, &mut named)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payments_are_the_same_by_either_id_and_never_by_an_empty_one() {
        let ids = |charge, intent| PaymentIds { charge, intent };
        assert!(ids("ch_1", "").share(&ids("ch_1", "pi_1")));
        assert!(ids("ch_2", "pi_1").share(&ids("ch_1", "pi_1")));
        assert!(!ids("", "").share(&ids("", "")));
        assert!(!ids("ch_1", "").share(&ids("", "ch_1")));
        let (one, other) = (ids("x", "x"), ids("x", ""));
        let hashes: Vec<i64> = one.hashes().collect();
        assert_eq!(hashes.len(), 2);
        assert_ne!(
            hashes[0], hashes[1],
            "a charge and an intent of one name are two"
        );
        assert_eq!(other.hashes().collect::<Vec<_>>(), hashes[..1]);
    }
}
