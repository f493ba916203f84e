//! What is held back of hosts' balances while disputes about paid bookings are open
//! (docs/domain.md §8).

use std::collections::BTreeMap;

use hostledger_core::commission::stakes;
use hostledger_core::dispute::DisputeStatus;
use hostledger_core::journal::{Entry, EntryKind};
use hostledger_core::refunds::Loss;
use hostledger_core::{Currency, Money};
use hostledger_store::adjustments::{self, NewAdjustment};
use hostledger_store::disputes::{self, Dispute, Held};
use hostledger_store::journal::{self, Subject};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, bookings, commissions, exposure};
use jiff::civil::Date;

use crate::restate::Terms;
use crate::{Result, clock};

/// Makes what is reserved for a booking's disputes what is at stake in them today: nothing while
/// its money wasn't sent, here or before this ledger, because then the block holds it.
pub(crate) fn settle(
    conn: &Conn,
    terms: &Terms,
    booking_key: i64,
    on: Date,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let wanted = at_stake(conn, terms, booking_key)?;
    let mut held: BTreeMap<i64, Vec<Held>> = BTreeMap::new();
    for h in disputes::held(conn, booking_key)? {
        held.entry(h.dispute_key).or_default().push(h);
    }
    let b = bookings::get(conn, booking_key)?;
    let of = Of {
        conn,
        host_key: b.host_key,
        booking_key,
        currency: b.row.currency,
        on,
        stamp,
    };
    for (dispute_key, holds) in &held {
        let have: i64 = holds.iter().map(|h| h.amount_minor).sum();
        if wanted.get(dispute_key).copied().unwrap_or(0) != have {
            for h in holds {
                of.release(h)?;
            }
        }
    }
    for (dispute_key, amount) in wanted {
        let have: i64 = held
            .get(&dispute_key)
            .map_or(0, |holds| holds.iter().map(|h| h.amount_minor).sum());
        if amount != have && amount > 0 {
            of.reserve(&disputes::get(conn, dispute_key)?, amount)?;
        }
    }
    Ok(())
}

/// What is at stake by dispute, in minor units.
fn at_stake(conn: &Conn, terms: &Terms, booking_key: i64) -> Result<BTreeMap<i64, i64>> {
    if !commissions::is_with_host(conn, booking_key)? {
        return Ok(BTreeMap::new());
    }
    let open: Vec<Loss> = disputes::of_booking(conn, booking_key)?
        .iter()
        .filter(|d| d.row.status.puts_at_stake())
        .map(|d| Loss {
            dispute_key: d.dispute_key,
            kind: d.row.kind,
            amount_minor: d.row.amount_minor,
        })
        .collect();
    let Some(c) = commissions::find(conn, booking_key)? else {
        return Ok(BTreeMap::new());
    };
    let b = bookings::get(conn, booking_key)?;
    let facts = terms.facts(Some(booking_key), &b.row);
    let stakes = stakes(&facts, &c.commission, &open);
    Ok(open.iter().map(|l| l.dispute_key).zip(stakes).collect())
}

/// Whose balance, and when.
struct Of<'a> {
    conn: &'a Conn,
    host_key: i64,
    booking_key: i64,
    currency: Currency,
    on: Date,
    stamp: &'a Stamp<'a>,
}

impl Of<'_> {
    fn reserve(&self, d: &Dispute, amount_minor: i64) -> Result<()> {
        let reason = format!(
            "Held back while the {} {} about {} is open.",
            d.row.kind.noun(),
            d.row.dispute_id,
            d.row.booking_id
        );
        self.adjust("RESERVE", d.dispute_key, -amount_minor, &reason, None)
    }

    fn release(&self, h: &Held) -> Result<()> {
        let d = disputes::get(self.conn, h.dispute_key)?;
        let why = match d.row.status {
            _ if d.undone => "the file that brought it was taken back",
            DisputeStatus::Won if d.withdrawn => "it was withdrawn",
            DisputeStatus::Won => "it was won",
            DisputeStatus::Lost => "it was lost, and is deducted instead",
            _ => "another amount is at stake now",
        };
        let reason = format!(
            "Released from the {} {} about {}: {why}.",
            d.row.kind.noun(),
            d.row.dispute_id,
            d.row.booking_id
        );
        let releases = Some(h.adjustment_key);
        self.adjust("RELEASE", h.dispute_key, h.amount_minor, &reason, releases)
    }

    fn adjust(
        &self,
        kind: &str,
        dispute_key: i64,
        amount_minor: i64,
        reason: &str,
        releases: Option<i64>,
    ) -> Result<()> {
        post(
            self.conn,
            &NewAdjustment {
                adjustment_id: &clock::new_id(),
                host_key: self.host_key,
                currency: self.currency,
                amount_minor,
                kind,
                booking_key: Some(self.booking_key),
                reason,
                status: "APPROVED",
                import_key: None,
                dispute_key: Some(dispute_key),
                releases,
            },
            self.on,
            self.stamp,
        )?;
        Ok(())
    }
}

/// Records a reserve (−X) or a release (+X) and posts it. The adjustment's key.
pub(crate) fn post(conn: &Conn, n: &NewAdjustment<'_>, on: Date, stamp: &Stamp<'_>) -> Result<i64> {
    let adjustment_key = adjustments::insert(conn, n, stamp)?;
    post_entry(conn, n, adjustment_key, -n.amount_minor, on, stamp)?;
    Ok(adjustment_key)
}

fn post_entry(
    conn: &Conn,
    n: &NewAdjustment<'_>,
    adjustment_key: i64,
    reserved_minor: i64,
    on: Date,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let entry = Entry {
        dispute_key: n.dispute_key,
        ..Entry::two(EntryKind::Reserve, reserved_minor)
    };
    let subject = Subject {
        host_key: Some(n.host_key),
        booking_key: n.booking_key,
        adjustment_key: Some(adjustment_key),
        ..Subject::default()
    };
    journal::post(conn, &entry, subject, n.currency, on, stamp.at)?;
    Ok(())
}

/// A part of a payout that a person wants held back.
pub(crate) struct Part<'a> {
    pub(crate) host_key: i64,
    /// Above zero.
    pub(crate) amount: Money,
    pub(crate) reason: &'a str,
    pub(crate) release_on: Date,
}

impl<'a> Part<'a> {
    fn adjustment(&self, id: &'a str, kind: &'a str, amount_minor: i64) -> NewAdjustment<'a> {
        NewAdjustment {
            adjustment_id: id,
            host_key: self.host_key,
            currency: self.amount.currency,
            amount_minor,
            kind,
            booking_key: None,
            reason: self.reason,
            status: "APPROVED",
            import_key: None,
            dispute_key: None,
            releases: None,
        }
    }

    /// Holds it back. The adjustment's id and key.
    pub(crate) fn hold(&self, conn: &Conn, stamp: &Stamp<'_>) -> Result<(String, i64)> {
        let id = clock::new_id();
        let n = self.adjustment(&id, "RESERVE", -self.amount.amount_minor);
        let key = post(conn, &n, stamp.on, stamp)?;
        adjustments::set_release_on(conn, key, self.release_on)?;
        Ok((id, key))
    }
}

/// Takes back what a payout that didn't leave would have held back.
pub(crate) fn drop_part(conn: &Conn, payout_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    let Some(key) = exposure::held_back_of_payout(conn, payout_key)? else {
        return Ok(());
    };
    let a = adjustments::get(conn, key)?;
    adjustments::decide(conn, key, "WITHDRAWN", stamp)?;
    let part = Part {
        host_key: a.host_key,
        amount: Money::new(-a.amount_minor, a.currency),
        reason: &a.reason,
        release_on: stamp.on,
    };
    let n = part.adjustment(&a.adjustment_id, "RESERVE", a.amount_minor);
    post_entry(conn, &n, key, a.amount_minor, stamp.on, stamp)
}

/// Releases the parts of payouts whose day comes by a date. How many.
pub(crate) fn release_due(conn: &Conn, by: Date, stamp: &Stamp<'_>) -> Result<i64> {
    let due = exposure::due_for_release(conn, by)?;
    for h in &due {
        let part = Part {
            host_key: h.host_key,
            amount: Money::new(h.amount_minor, h.currency),
            reason: "The part of an earlier payout that was held back is released.",
            release_on: stamp.on,
        };
        let id = clock::new_id();
        let n = NewAdjustment {
            releases: Some(h.adjustment_key),
            ..part.adjustment(&id, "RELEASE", h.amount_minor)
        };
        post(conn, &n, stamp.on, stamp)?;
    }
    Ok(i64::try_from(due.len()).unwrap_or(0))
}

/// After a payout failed or came back: what was reserved of it is held by its blocks again.
pub(crate) fn after_payout(conn: &Conn, payout_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    let at_stake = disputes::bookings_at_stake(conn, payout_key)?;
    if at_stake.is_empty() {
        return Ok(());
    }
    let terms = Terms::load(conn)?;
    for booking_key in at_stake {
        settle(conn, &terms, booking_key, stamp.on, stamp)?;
    }
    Ok(())
}
