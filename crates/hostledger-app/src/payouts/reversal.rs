//! Money that came back from a transfer (docs/domain.md §7 and §9).

use hostledger_core::Error;
use hostledger_core::journal::{Entry, EntryKind};
use hostledger_core::payout_batch::PayoutStatus;
use hostledger_store::adjustments::{self, NewAdjustment};
use hostledger_store::ledger::Stamp;
use hostledger_store::payouts::{self, Payout};
use hostledger_store::stripe::{self, Reversal};
use hostledger_store::{Conn, audit, journal, meta};
use jiff::civil::Date;
use serde_json::json;

use super::posting::subject;
use super::prepare::drop_own_lines;
use crate::disputes::reserves;
use crate::tax::withholding;
use crate::{Result, clock};

/// Posts a reversal of a payout's transfer. All of it came back: the payout is REVERSED and its
/// lines are free; a part: the payout stays COMPLETED and the part is an open adjustment. False
/// where it is recorded already.
pub(crate) fn post_reversal(
    conn: &Conn,
    p: &Payout,
    reversal_id: &str,
    amount_minor: i64,
    at: jiff::Timestamp,
    stamp: &Stamp<'_>,
) -> Result<bool> {
    if stripe::is_reversal_known(conn, reversal_id)? {
        return Ok(false);
    }
    let on = meta::settings(conn)?.zone.date_of(at);
    let entry = Entry::two(EntryKind::PayoutReversed, amount_minor);
    journal::post(conn, &entry, subject(p), p.currency, on, stamp.at)?;
    let all = stripe::came_back(conn, p.payout_key)? + amount_minor == p.amount_minor;
    let parts = match all && p.status == PayoutStatus::Completed {
        true => stripe::open_parts(conn, p.payout_key)?,
        false => None,
    };
    let adjustment_key = match parts {
        Some(parts) => {
            for part in parts {
                adjustments::decide(conn, part, "WITHDRAWN", stamp)?;
            }
            free_lines(conn, p, on, stamp)?;
            None
        }
        None => Some(carry_part(conn, p, reversal_id, amount_minor, stamp)?),
    };
    let reversal = Reversal {
        reversal_id: reversal_id.to_owned(),
        payout_key: p.payout_key,
        amount_minor,
        reversed_at: at,
        adjustment_key,
    };
    stripe::insert_reversal(conn, &reversal, stamp.at)?;
    audit::record(
        conn,
        stamp,
        "payouts.reversed",
        &p.payout_id,
        &json!({ "reversal": reversal_id, "currency": p.currency.code(), "amount_minor": amount_minor, "all": adjustment_key.is_none() }),
    )?;
    Ok(true)
}

fn free_lines(conn: &Conn, p: &Payout, on: Date, stamp: &Stamp<'_>) -> Result<()> {
    withholding::drop(conn, p.payout_key, on, stamp)?;
    let why = "All of it came back from the host's account at Stripe; the money is due again.";
    payouts::set_status(
        conn,
        p.payout_key,
        PayoutStatus::Reversed,
        Some(("TRANSFER_REVERSED", why)),
        stamp.at,
    )?;
    payouts::set_commissions_paid(conn, p.payout_key, false)?;
    reserves::after_payout(conn, p.payout_key, stamp)?;
    drop_own_lines(conn, p.payout_key, stamp)
}

fn carry_part(
    conn: &Conn,
    p: &Payout,
    reversal_id: &str,
    amount_minor: i64,
    stamp: &Stamp<'_>,
) -> Result<i64> {
    let id = clock::new_id();
    let reason = format!(
        "A part of payout {} came back ({reversal_id}).",
        p.payout_id
    );
    let part = NewAdjustment {
        adjustment_id: &id,
        host_key: p.host_key,
        currency: p.currency,
        amount_minor,
        kind: "PARTIAL_REVERSAL",
        booking_key: None,
        reason: &reason,
        status: "APPROVED",
        import_key: None,
        dispute_key: None,
        releases: None,
    };
    adjustments::insert(conn, &part, stamp).map_err(Error::from)
}
