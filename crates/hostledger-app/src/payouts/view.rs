//! A batch as screens and scripts see it.

use std::collections::BTreeMap;

use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_core::{Currency, Money};
use hostledger_store::payouts::{self, Approval, Batch, Carried, Line, Payout};
use hostledger_store::{Conn, hosts, meta};
use serde_json::{Value, json};

use super::prepare::stale_payouts;
use super::{find_batch, find_payout};
use crate::cutover::{HistoryWarning, history_warning};
use crate::{Result, Session};

/// Why a payout deserves a look before it is approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PayoutFlag {
    /// The host's first payout in this currency.
    FirstPayout,
    /// More than twice the largest earlier payout.
    FarAboveUsual,
    /// Another destination than the last payout's.
    DestinationChanged,
    /// It holds an adjustment.
    Adjustment,
    /// It changed since it was prepared.
    Stale,
}

impl PayoutFlag {
    /// What a person is told.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::FirstPayout => "First payout to this host.",
            Self::FarAboveUsual => "More than twice the host's largest payout so far.",
            Self::DestinationChanged => "The payout account changed since the last payout.",
            Self::Adjustment => "Holds an adjustment.",
            Self::Stale => "Changed since it was prepared.",
        }
    }
}

/// One payout with what to look at.
#[derive(Debug, Clone)]
pub struct PayoutView {
    /// The payout.
    pub payout: Payout,
    /// What changed since it was prepared; empty: nothing.
    pub stale: Vec<String>,
    /// Why it deserves a look.
    pub flags: Vec<PayoutFlag>,
}

/// Sum and number of a batch's payouts in one currency.
#[derive(Debug, Clone)]
pub struct CurrencyTotal {
    /// The sum.
    pub amount: Money,
    /// How many payouts.
    pub payouts: i64,
}

/// A batch with all that it holds.
#[derive(Debug, Clone)]
pub struct BatchView {
    /// The batch.
    pub batch: Batch,
    /// Its payouts by id, excluded ones too.
    pub payouts: Vec<PayoutView>,
    /// Whom it carried.
    pub carried: Vec<Carried>,
    /// Sums of the payouts that count: not excluded, not cancelled with the batch.
    pub totals: Vec<CurrencyTotal>,
    /// Everybody who prepared, changed or submitted it.
    pub makers: Vec<String>,
    /// Who approved it.
    pub approvals: Vec<Approval>,
    /// Currencies in which payouts are made without a minimum.
    pub without_minimum: Vec<Currency>,
    /// All history is payable with it, because the ledger has no paid-through date.
    pub history: Option<HistoryWarning>,
}

/// All batches, newest first, with their totals.
///
/// # Errors
/// The ledger's own.
pub fn batches(s: &Session) -> Result<Vec<(Batch, Vec<CurrencyTotal>)>> {
    s.ledger.read(|conn| {
        payouts::batches(conn)?
            .into_iter()
            .map(|b| {
                let of_batch = payouts::of_batch(conn, b.batch_key)?;
                let totals = totals(&b, of_batch.iter());
                Ok((b, totals))
            })
            .collect()
    })
}

/// One batch.
///
/// # Errors
/// [`hostledger_core::Code::NotFound`].
pub fn show(s: &Session, batch_id: &str) -> Result<BatchView> {
    s.ledger
        .read(|conn| load(conn, find_batch(conn, batch_id)?.batch_key))
}

/// A payout's lines from after a line number on.
///
/// # Errors
/// [`hostledger_core::Code::NotFound`].
pub fn lines(s: &Session, payout_id: &str, after: i64, limit: i64) -> Result<Vec<Line>> {
    s.ledger.read(|conn| {
        let p = find_payout(conn, payout_id)?;
        Ok(payouts::lines(conn, p.payout_key, after, limit)?)
    })
}

fn counts(b: &Batch, p: &Payout) -> bool {
    let closed = matches!(b.status, BatchStatus::Rejected | BatchStatus::Cancelled);
    p.status != PayoutStatus::Cancelled || (closed && p.failure_code.is_none())
}

fn totals<'p>(b: &Batch, of_batch: impl Iterator<Item = &'p Payout>) -> Vec<CurrencyTotal> {
    let mut sums = BTreeMap::<Currency, (i64, i64)>::new();
    for p in of_batch.filter(|p| counts(b, p)) {
        let sum = sums.entry(p.currency).or_default();
        *sum = (sum.0 + p.amount_minor, sum.1 + 1);
    }
    sums.into_iter()
        .map(|(c, (m, payouts))| CurrencyTotal {
            amount: Money::new(m, c),
            payouts,
        })
        .collect()
}

pub(super) fn load(conn: &Conn, batch_key: i64) -> Result<BatchView> {
    let batch = payouts::get_batch(conn, batch_key)?;
    let open = matches!(
        batch.status,
        BatchStatus::Draft | BatchStatus::Submitted | BatchStatus::Approved
    );
    let stale = if open {
        stale_payouts(conn, &batch)?
    } else {
        BTreeMap::new()
    };
    assemble(conn, batch, &stale)
}

/// A batch that was prepared in this very transaction: nothing of it can be stale.
pub(super) fn load_fresh(conn: &Conn, batch_key: i64) -> Result<BatchView> {
    assemble(conn, payouts::get_batch(conn, batch_key)?, &BTreeMap::new())
}

fn assemble(conn: &Conn, batch: Batch, stale: &BTreeMap<i64, Vec<String>>) -> Result<BatchView> {
    let batch_key = batch.batch_key;
    let of_batch = payouts::of_batch(conn, batch_key)?;
    let totals = totals(&batch, of_batch.iter());
    let settings = meta::settings(conn)?;
    let without_minimum = totals
        .iter()
        .map(|t| t.amount.currency)
        .filter(|c| settings.minimum_on(*c, batch.date).is_none())
        .collect();
    let with_adjustments = payouts::with_adjustments(conn, batch_key)?;
    let views = of_batch
        .into_iter()
        .map(|p| {
            let stale = stale.get(&p.payout_key).cloned().unwrap_or_default();
            let mut flags = flags(conn, &p)?;
            if with_adjustments.contains(&p.payout_key) {
                flags.push(PayoutFlag::Adjustment);
            }
            if !stale.is_empty() {
                flags.push(PayoutFlag::Stale);
            }
            Ok(PayoutView {
                payout: p,
                stale,
                flags,
            })
        })
        .collect::<Result<_>>()?;
    Ok(BatchView {
        payouts: views,
        carried: payouts::carried(conn, batch_key)?,
        totals,
        makers: payouts::makers(conn, batch_key)?,
        approvals: payouts::approvals(conn, Some(batch_key))?,
        without_minimum,
        history: match batch.status {
            BatchStatus::Draft | BatchStatus::Submitted | BatchStatus::Approved => {
                history_warning(conn, batch.date)?
            }
            _ => None,
        },
        batch,
    })
}

fn flags(conn: &Conn, p: &Payout) -> Result<Vec<PayoutFlag>> {
    let mut out = Vec::new();
    let (times, largest) = payouts::paid_before(conn, p.host_key, p.currency, p.batch_key)?;
    if times == 0 {
        out.push(PayoutFlag::FirstPayout);
    } else if p.amount_minor > 2 * largest {
        out.push(PayoutFlag::FarAboveUsual);
    }
    let last = hosts::last_destination(conn, p.host_key, p.batch_key)?;
    if last.is_some_and(|d| d != p.destination) {
        out.push(PayoutFlag::DestinationChanged);
    }
    Ok(out)
}

/// Totals for the audit trail.
pub(super) fn totals_json(view: &BatchView) -> Value {
    view.totals
        .iter()
        .map(|t| json!({ "currency": t.amount.currency.code(), "amount": t.amount.digits(), "payouts": t.payouts }))
        .collect()
}
