//! The bank's fee of a dispute: posted once, whatever number of bookings the dispute is about, and
//! taken back where it comes back (docs/domain.md §8).

use hostledger_core::dispute::{ChargebackPosition, DisputeKind, DisputeStatus};
use hostledger_core::dispute_charge::{FeeFacts, fee_due};
use hostledger_core::journal::{Entry, EntryKind};
use hostledger_core::{Code, Error, Money};
use hostledger_store::disputes::{self, Dispute, Fee};
use hostledger_store::hosts::Source;
use hostledger_store::journal::{self, Subject};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, dispute_fees};
use jiff::civil::Date;

use crate::Result;
use crate::restate::Terms;

/// Keeps what a file (`source`) or Stripe says of the fee, for [`settle_fee`].
pub(crate) fn hear_fee(
    conn: &Conn,
    dispute_id: &str,
    fee: Money,
    source: Option<Source>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let all = disputes::rows_of(conn, dispute_id)?;
    if let Some(d) = all.iter().find(|d| !d.undone).or(all.first()) {
        let import_key = source.map(|s| s.import_key);
        dispute_fees::said(conn, d.dispute_key, import_key, fee, stamp)?;
    }
    Ok(())
}

/// Makes the fee that stands for a dispute the one that is due: the newest figure that the outside
/// says, else the setting's. Whether anything changed.
///
/// The first is posted on the day on which the dispute was opened; what changes of it, on the day of
/// the decision or else on the day it is done.
pub(crate) fn settle_fee(
    conn: &Conn,
    terms: &Terms,
    dispute_id: &str,
    stamp: &Stamp<'_>,
) -> Result<bool> {
    let all = disputes::rows_of(conn, dispute_id)?;
    let Some(lead) = all.iter().find(|d| !d.undone) else {
        return take_away(conn, &all, stamp);
    };
    if lead.row.kind != DisputeKind::Chargeback {
        return Ok(false);
    }
    let zone = &terms.settings.zone;
    let opened = zone.date_of(lead.row.opened_at);
    let decided = lead.row.status.is_decided();
    let today = match lead.row.closed_at.filter(|_| decided) {
        Some(at) => zone.date_of(at),
        None => stamp.on,
    };
    let kept = all.iter().find_map(|d| d.fee);
    let said = dispute_fees::newest(conn, dispute_id)?;
    // A figure that was said and isn't any more is forgotten.
    let ours = kept.filter(|f| !f.said).map(|f| f.amount);
    let due = fee_due(&facts(terms, &all, lead, said, ours, opened)?);
    let mut changed = false;
    let mut stands = false;
    for d in &all {
        let right = d.dispute_key == lead.dispute_key && d.fee.map(|f| f.amount) == due;
        if d.fee_posted() && right {
            stands = true;
        } else if d.fee_posted() {
            reverse(conn, d, if d.undone { stamp.on } else { today }, stamp)?;
            changed = true;
        }
        if d.dispute_key != lead.dispute_key && d.fee.is_some() {
            disputes::set_fee(conn, d.dispute_key, None)?;
        }
    }
    if let Some(fee) = due.filter(|_| !stands) {
        let on = if kept.is_none() { opened } else { today };
        post(conn, lead, fee, on, stamp)?;
        changed = true;
    }
    let figure = said.or(due).or(ours);
    let fee = figure.map(|amount| Fee {
        amount,
        said: said.is_some(),
        posted: due.is_some(),
    });
    if lead.fee != fee {
        disputes::set_fee(conn, lead.dispute_key, fee)?;
    }
    Ok(changed)
}

fn facts(
    terms: &Terms,
    all: &[Dispute],
    lead: &Dispute,
    said: Option<Money>,
    kept: Option<Money>,
    opened: Date,
) -> Result<FeeFacts> {
    let setting = terms.settings.dispute_fee_on(opened).ok_or_else(|| {
        Error::new(
            Code::BadInput,
            format!("The settings dispute_fee and dispute_fee_currency of {opened} don't go together: the amount is finer than the currency."),
        )
    })?;
    let taken = |d: &Dispute| {
        let p = ChargebackPosition::of(d.row.kind, d.row.status, d.row.amount_minor, d.undone);
        // What a bank took once it charged for, even where it says later that it only warned.
        p.taken_minor > 0 || (!d.undone && d.fee_posted())
    };
    Ok(FeeFacts {
        taken: all.iter().any(taken),
        won: lead.row.status == DisputeStatus::Won,
        said,
        kept,
        setting,
        returned_on_win: terms.settings.dispute_fee_returned_on(opened),
    })
}

/// Nothing of the dispute remains: as if there had never been a fee.
fn take_away(conn: &Conn, all: &[Dispute], stamp: &Stamp<'_>) -> Result<bool> {
    let mut changed = false;
    for d in all.iter().filter(|d| d.fee.is_some()) {
        if d.fee_posted() {
            reverse(conn, d, stamp.on, stamp)?;
            changed = true;
        }
        disputes::set_fee(conn, d.dispute_key, None)?;
    }
    Ok(changed)
}

fn reverse(conn: &Conn, d: &Dispute, on: Date, stamp: &Stamp<'_>) -> Result<()> {
    journal::reverse_of_dispute(conn, d.dispute_key, EntryKind::DisputeFee, on, stamp.at)?;
    Ok(())
}

fn post(conn: &Conn, d: &Dispute, fee: Money, on: Date, stamp: &Stamp<'_>) -> Result<()> {
    let subject = Subject {
        host_key: Some(d.host_key),
        booking_key: Some(d.booking_key),
        ..Subject::default()
    };
    let entry = Entry::two(EntryKind::DisputeFee, fee.amount_minor).about(d.dispute_key);
    journal::post(conn, &entry, subject, fee.currency, on, stamp.at)?;
    Ok(())
}
