//! What a bank sends back after a payout was settled, days or months later, as a person records it
//! (docs/domain.md §7).

use hostledger_core::calendar::BusinessZone;
use hostledger_core::journal::EntryKind;
use hostledger_core::money::parse_minor;
use hostledger_core::payout_batch::{Back, PayoutStatus, comes_back};
use hostledger_core::{Code, Error, Money};
use hostledger_store::ledger::Stamp;
use hostledger_store::payouts::{self, Batch, MoneyBack, NewReturn, Payout};
use hostledger_store::{Conn, adjustments, audit, journal};
use jiff::civil::Date;
use serde_json::json;

use super::find_payout;
use super::reversal::{carry_part, free_lines, post_back};
use crate::commissions::need_reason;
use crate::disputes::reserves;
use crate::identity::Role;
use crate::{Result, Session, clock};

/// Money that came back of a payout, as screens and papers say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameBack {
    /// The day on which it came back.
    pub on: Date,
    /// How much.
    pub amount: Money,
    /// What the person wrote who recorded it; Stripe's id of it where Stripe's list showed it.
    pub reason: String,
    /// Who recorded it; `None`: Stripe's list showed it.
    pub by: Option<String>,
}

impl CameBack {
    pub(super) fn of(m: &MoneyBack, p: &Payout, zone: &BusinessZone) -> Self {
        let id = m.reversal_id.clone().unwrap_or_default();
        Self {
            on: m.on.unwrap_or_else(|| zone.date_of(m.at)),
            amount: Money::new(m.amount_minor, p.currency),
            reason: m.reason.clone().unwrap_or(id),
            by: m.by.clone(),
        }
    }

    /// What a person is told.
    #[must_use]
    pub fn sentence(&self) -> String {
        match &self.by {
            Some(by) => format!(
                "{} came back on {}, recorded by {by}: {}",
                self.amount, self.on, self.reason
            ),
            None => format!(
                "{} came back on {}, as Stripe shows ({}).",
                self.amount, self.on, self.reason
            ),
        }
    }
}

/// Records what a bank sent back of a settled payout, on a day. Without an amount, or with all of
/// the payout's while nothing of it came back before: the payout is REVERSED and its lines are due
/// again. Less: it stays COMPLETED, and the part is an open adjustment. Posted against the account
/// it left from. The payout's state.
///
/// # Errors
/// [`Code::WrongState`] for one that isn't settled, came back whole, or whose very return is
/// recorded; [`Code::BadInput`] for an impossible day, more than is left (with the figures), or no
/// reason; [`Code::NotFound`], [`Code::NotAllowed`].
pub fn returned(
    s: &Session,
    payout_id: &str,
    amount: Option<&str>,
    on: Date,
    reason: &str,
) -> Result<PayoutStatus> {
    s.require(
        &[Role::Preparer, Role::Approver],
        "record what a bank returned",
    )?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let p = find_payout(conn, payout_id)?;
        let batch = payouts::get_batch(conn, p.batch_key)?;
        require_settled(&p, &batch)?;
        require_day(&batch, on, stamp.on)?;
        let back = payouts::money_back(conn, p.payout_key)?;
        let amount = how_much(&p, &back, amount)?;
        refuse_recorded(&p, &back, amount, on, reason)?;
        let status = record(conn, &p, &batch, amount, so_far(&back), on, reason, &stamp)?;
        audit::record(
            conn,
            &stamp,
            "payouts.returned",
            payout_id,
            &json!({
                "batch_id": batch.batch_id, "currency": p.currency.code(), "amount": amount.digits(),
                "on": on.to_string(), "reason": reason, "status": status.as_str(),
            }),
        )?;
        Ok(status)
    })
}

#[allow(clippy::too_many_arguments, reason = "what a return is, each once")]
fn record(
    conn: &Conn,
    p: &Payout,
    batch: &Batch,
    amount: Money,
    so_far_minor: i64,
    on: Date,
    reason: &str,
    stamp: &Stamp<'_>,
) -> Result<PayoutStatus> {
    let all = comes_back(p.amount_minor, so_far_minor, amount.amount_minor) == Back::All;
    let (adjustment_key, status) = if all {
        let why = format!("All of it came back on {on}: {reason}. The money is due again.");
        free_lines(conn, p, on, ("RETURNED", &why), stamp)?;
        (None, PayoutStatus::Reversed)
    } else {
        let why = format!(
            "A part of payout {} came back on {on}: {reason}",
            p.payout_id
        );
        let key = carry_part(conn, p, amount.amount_minor, &why, stamp)?;
        (Some(key), p.status)
    };
    let kind = kind_of(batch);
    post_back(
        conn,
        p,
        kind,
        amount.amount_minor,
        adjustment_key,
        on,
        stamp,
    )?;
    let new = NewReturn {
        return_id: &clock::new_id(),
        payout_key: p.payout_key,
        amount_minor: amount.amount_minor,
        on,
        reason,
        adjustment_key,
    };
    payouts::insert_return(conn, &new, stamp)?;
    Ok(status)
}

/// The entry by which money comes back to the account that it left from.
fn kind_of(batch: &Batch) -> EntryKind {
    match batch.rail.as_deref() {
        Some("stripe") => EntryKind::PayoutReversed,
        _ => EntryKind::PayoutReturned,
    }
}

fn wrong(text: impl Into<String>) -> Error {
    Error::new(Code::WrongState, text)
}

fn require_settled(p: &Payout, batch: &Batch) -> Result<()> {
    let why = match p.status {
        PayoutStatus::Completed => return Ok(()),
        PayoutStatus::Reversed => format!(
            "All of this payout, {}, came back already. {}",
            Money::new(p.amount_minor, p.currency),
            p.failure_reason.as_deref().unwrap_or_default()
        ),
        PayoutStatus::Processing if batch.rail.as_deref() == Some("stripe") => {
            "Whether Stripe made this payout isn't known yet. Run `hostledger payouts resume`, which asks.".to_owned()
        }
        PayoutStatus::Processing => format!(
            "This payout isn't settled yet. If the bank refused it, record that with `hostledger payouts settle {} --failed {}=REASON`.",
            batch.batch_id, p.payout_id
        ),
        PayoutStatus::Failed => {
            "This payout failed, so its money never left for good and is due again.".to_owned()
        }
        PayoutStatus::Pending | PayoutStatus::Cancelled => {
            "This payout was never sent, so nothing of it can come back.".to_owned()
        }
    };
    Err(wrong(why.trim().to_owned()).with_details(json!({ "status": p.status.as_str() })))
}

fn require_day(batch: &Batch, on: Date, today: Date) -> Result<()> {
    let why = if on < batch.date {
        format!(
            "The payout is of {}, so it can't have come back on {on}. Give the day on the bank's statement.",
            batch.date
        )
    } else if on > today {
        format!("{on} is after the business date {today}. Record it once it has come back.")
    } else {
        return Ok(());
    };
    Err(Error::new(Code::BadInput, why))
}

fn so_far(back: &[MoneyBack]) -> i64 {
    back.iter().map(|m| m.amount_minor).sum()
}

fn how_much(p: &Payout, back: &[MoneyBack], amount: Option<&str>) -> Result<Money> {
    let money = |minor| Money::new(minor, p.currency);
    let minor = match amount {
        None => p.amount_minor,
        Some(text) => parse_minor(text.trim(), p.currency)
            .ok()
            .filter(|minor| *minor > 0)
            .ok_or_else(|| {
                Error::new(
                    Code::BadInput,
                    format!(
                        "\"{text}\" is no amount of {} that can come back. Give a number such as {}.",
                        p.currency,
                        money(p.amount_minor).digits()
                    ),
                )
            })?,
    };
    let so_far = so_far(back);
    let Back::TooMuch { left_minor: left } = comes_back(p.amount_minor, so_far, minor) else {
        return Ok(money(minor));
    };
    let figures = json!({
        "currency": p.currency.code(), "payout": money(p.amount_minor).digits(),
        "came_back": money(so_far).digits(), "left": money(left).digits(),
    });
    let what = if so_far == 0 {
        format!(
            "The payout was {}, so {} can't come back.",
            money(p.amount_minor),
            money(minor)
        )
    } else {
        format!(
            "Of {} came back {} already, so at most {} is left to come back, and not {}. Give the amount on the bank's statement with --amount, or nothing if it is recorded already.",
            money(p.amount_minor),
            money(so_far),
            money(left),
            money(minor)
        )
    };
    Err(Error::new(Code::BadInput, what).with_details(figures))
}

/// The very same return isn't recorded a second time by accident.
fn refuse_recorded(
    p: &Payout,
    back: &[MoneyBack],
    amount: Money,
    on: Date,
    reason: &str,
) -> Result<()> {
    let same = |m: &&MoneyBack| m.amount_minor == amount.amount_minor;
    if let Some(m) = back
        .iter()
        .filter(same)
        .find(|m| m.on == Some(on) && m.reason.as_deref() == Some(reason))
    {
        return Err(wrong(format!(
            "{amount} of this payout is recorded as returned on {on} already, by {}, in the same words. If the bank really sent it back twice, name the bank's own reference in the reason.",
            m.by.as_deref().unwrap_or_default()
        )));
    }
    // All that comes back through Stripe is in Stripe's list: what that showed is no news.
    if let Some(id) = back
        .iter()
        .filter(same)
        .find_map(|m| m.reversal_id.as_ref())
    {
        return Err(wrong(format!(
            "Stripe's list showed {amount} coming back of this payout ({id}), and it is posted. Whatever else comes back, `hostledger stripe sync` finds and posts by itself."
        ))
        .with_details(json!({ "payout_id": p.payout_id, "reversal_id": id })));
    }
    Ok(())
}

/// Takes back the newest return that a person recorded of a payout, because it was recorded in
/// error. Only while nothing came of it: Stripe's list doesn't show it, no payout holds what it made
/// due, and nothing of the payout was withdrawn or changed since. The payout's state.
///
/// # Errors
/// [`Code::NotFound`] where none was recorded, [`Code::WrongState`] naming what is in the way,
/// [`Code::BadInput`] without a reason, [`Code::NotAllowed`].
pub fn take_back_return(s: &Session, payout_id: &str, reason: &str) -> Result<PayoutStatus> {
    s.require(&[Role::Preparer, Role::Approver], "take a return back")?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let p = find_payout(conn, payout_id)?;
        let batch = payouts::get_batch(conn, p.batch_key)?;
        let back = payouts::money_back(conn, p.payout_key)?;
        let last = back.iter().rev().find(|m| m.return_id.is_some());
        let (Some(m), Some(id)) = (last, last.and_then(|m| m.return_id.as_deref())) else {
            return Err(Error::new(
                Code::NotFound,
                "Nobody recorded a return of this payout, so there is none to take back.",
            ));
        };
        if payouts::not_shown_by_stripe(conn, p.payout_key)? < m.amount_minor {
            return Err(wrong(
                "Stripe's list shows this return too, so it did come back and stays.",
            ));
        }
        match m.adjustment_key {
            Some(part) => withdraw_part(conn, part, &stamp)?,
            None => hold_lines_again(conn, &p, &stamp)?,
        }
        let (kind, on, at) = (kind_of(&batch), stamp.on, stamp.at);
        journal::reverse_of_part(conn, p.payout_key, m.adjustment_key, kind, on, at)?;
        payouts::undo_return(conn, id, reason, &stamp)?;
        let amount = Money::new(m.amount_minor, p.currency);
        let facts = json!({ "batch_id": batch.batch_id, "currency": p.currency.code(), "amount": amount.digits(), "reason": reason });
        audit::record(conn, &stamp, "payouts.return_taken_back", payout_id, &facts)?;
        Ok(PayoutStatus::Completed)
    })
}

fn withdraw_part(conn: &Conn, adjustment_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    if adjustments::in_live_payout(conn, adjustment_key)? {
        return Err(wrong(
            "What came back is in another payout already. Cancel that batch or drop the payout from it first; once it is sent, correct the host's balance with an adjustment.",
        ));
    }
    Ok(adjustments::decide(
        conn,
        adjustment_key,
        "WITHDRAWN",
        stamp,
    )?)
}

/// A payout that came back whole didn't after all: it holds its lines again and they are paid.
fn hold_lines_again(conn: &Conn, p: &Payout, stamp: &Stamp<'_>) -> Result<()> {
    if !payouts::lines_are_as_they_were(conn, p.payout_key)? {
        return Err(wrong(
            "The payout's lines aren't what they were: some are in another payout, void, or were withheld or held back and set free. If they are in a batch that wasn't sent, cancel it or drop the payout from it, then try again; otherwise correct the host's balance with an adjustment.",
        ));
    }
    let status = PayoutStatus::Completed;
    payouts::set_status(conn, p.payout_key, status, None, stamp.at)?;
    payouts::set_commissions_paid(conn, p.payout_key, true)?;
    reserves::after_payout(conn, p.payout_key, stamp)
}
