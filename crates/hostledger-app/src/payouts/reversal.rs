//! Money that came back of a payout, whoever says so (docs/domain.md §7 and §9).

use hostledger_core::Error;
use hostledger_core::journal::{Entry, EntryKind};
use hostledger_core::payout_batch::PayoutStatus;
use hostledger_store::adjustments::{self, NewAdjustment};
use hostledger_store::journal::Subject;
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

/// Posts a reversal of a payout's transfer, as Stripe shows it. All of it came back: the payout is
/// REVERSED and its lines are free; a part: the payout stays COMPLETED and the part is an open
/// adjustment. What a person recorded before is the same money and isn't posted again, unless this
/// ledger asked for the reversal itself (`asked_here`). What was left to post, in minor units.
pub(crate) fn post_reversal(
    conn: &Conn,
    p: &Payout,
    reversal_id: &str,
    amount_minor: i64,
    at: jiff::Timestamp,
    asked_here: bool,
    stamp: &Stamp<'_>,
) -> Result<i64> {
    if stripe::is_reversal_known(conn, reversal_id)? {
        return Ok(0);
    }
    let recorded = match asked_here {
        true => 0,
        false => payouts::not_shown_by_stripe(conn, p.payout_key)?.min(amount_minor),
    };
    let rest = amount_minor - recorded;
    let on = meta::settings(conn)?.zone.date_of(at);
    let parts = whole_in_parts(conn, p, rest)?;
    let adjustment_key = match parts {
        _ if rest == 0 => None,
        Some(parts) => {
            for part in parts {
                adjustments::decide(conn, part, "WITHDRAWN", stamp)?;
            }
            let why =
                "All of it came back from the host's account at Stripe; the money is due again.";
            free_lines(conn, p, on, ("TRANSFER_REVERSED", why), stamp)?;
            None
        }
        None => {
            let reason = format!(
                "A part of payout {} came back ({reversal_id}).",
                p.payout_id
            );
            Some(carry_part(conn, p, rest, &reason, stamp)?)
        }
    };
    if rest > 0 {
        let kind = EntryKind::PayoutReversed;
        post_back(conn, p, kind, rest, adjustment_key, on, stamp)?;
    }
    let reversal = Reversal {
        reversal_id: reversal_id.to_owned(),
        payout_key: p.payout_key,
        amount_minor,
        reversed_at: at,
        adjustment_key,
    };
    stripe::insert_reversal(conn, &reversal, stamp.at)?;
    if recorded > 0 {
        payouts::match_with_stripe(conn, reversal_id, p.payout_key, recorded)?;
    }
    audit::record(
        conn,
        stamp,
        "payouts.reversed",
        &p.payout_id,
        &json!({
            "reversal": reversal_id, "currency": p.currency.code(), "amount_minor": amount_minor,
            "recorded_before_minor": recorded, "all": rest > 0 && adjustment_key.is_none(),
        }),
    )?;
    Ok(rest)
}

/// The parts that make all of a payout with what comes back now, if they do and their money is
/// still due; what a person recorded as a part stays one.
fn whole_in_parts(conn: &Conn, p: &Payout, rest_minor: i64) -> Result<Option<Vec<i64>>> {
    let back = payouts::money_back(conn, p.payout_key)?;
    let so_far: i64 = back.iter().map(|m| m.amount_minor).sum();
    let by_hand = back.iter().any(|m| m.return_id.is_some());
    if so_far + rest_minor != p.amount_minor || p.status != PayoutStatus::Completed || by_hand {
        return Ok(None);
    }
    Ok(stripe::open_parts(conn, p.payout_key)?)
}

/// Posts what came back; for a part under its adjustment, so that each can be reversed alone.
pub(super) fn post_back(
    conn: &Conn,
    p: &Payout,
    kind: EntryKind,
    amount_minor: i64,
    adjustment_key: Option<i64>,
    on: Date,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let about = Subject {
        adjustment_key,
        ..subject(p)
    };
    let entry = Entry::two(kind, amount_minor);
    journal::post(conn, &entry, about, p.currency, on, stamp.at)?;
    Ok(())
}

/// All of a payout came back: it is REVERSED, its lines are free, its commissions are due again, and
/// what preparing it made of its own is taken back. `why` is the code and the reason in words.
pub(super) fn free_lines(
    conn: &Conn,
    p: &Payout,
    on: Date,
    why: (&str, &str),
    stamp: &Stamp<'_>,
) -> Result<()> {
    withholding::drop(conn, p.payout_key, on, stamp)?;
    let status = PayoutStatus::Reversed;
    payouts::set_status(conn, p.payout_key, status, Some(why), stamp.at)?;
    payouts::set_commissions_paid(conn, p.payout_key, false)?;
    reserves::after_payout(conn, p.payout_key, stamp)?;
    drop_own_lines(conn, p.payout_key, stamp)
}

/// A part of a payout came back: it is due to the host by an adjustment of its own. Its key.
pub(super) fn carry_part(
    conn: &Conn,
    p: &Payout,
    amount_minor: i64,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<i64> {
    let part = NewAdjustment {
        adjustment_id: &clock::new_id(),
        host_key: p.host_key,
        currency: p.currency,
        amount_minor,
        kind: "PARTIAL_REVERSAL",
        booking_key: None,
        reason,
        status: "APPROVED",
        import_key: None,
        dispute_key: None,
        releases: None,
    };
    adjustments::insert(conn, &part, stamp).map_err(Error::from)
}
