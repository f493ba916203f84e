//! A batch as screens and scripts see it.

use std::collections::BTreeMap;

use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_core::payout_marks::Mark;
use hostledger_core::{Currency, Money};
use hostledger_store::final_payouts::{self, FinalPayout};
use hostledger_store::payouts::{self, Approval, Batch, Carried, Line, Payout};
use hostledger_store::users::{self, KeyStory};
use hostledger_store::{Conn, meta};
use serde_json::{Value, json};

use super::marks::Marks;
use super::prepare::stale_payouts;
use super::returned::CameBack;
use super::{find_batch, find_payout};
use crate::cutover::{HistoryWarning, history_warning};
use crate::waiting::{self, WaitingSummary};
use crate::{Result, Session};

/// One payout with what to look at.
#[derive(Debug, Clone)]
pub struct PayoutView {
    /// The payout.
    pub payout: Payout,
    /// What changed since it was prepared; empty: nothing.
    pub stale: Vec<String>,
    /// Why it deserves a look, the most urgent first.
    pub marks: Vec<Mark>,
    /// The host's last payout that lets it go.
    pub final_payout: Option<FinalPayout>,
    /// What came back of it, oldest first.
    pub came_back: Vec<CameBack>,
}

impl PayoutView {
    /// What is said beside it on every screen and paper: the final payout that lets it go, and what
    /// came back of it.
    pub fn notes(&self) -> Vec<String> {
        let last = self.final_payout.iter().map(FinalPayout::note);
        let back = self.came_back.iter().map(CameBack::sentence);
        last.chain(back).collect()
    }
}

/// Sum and number of a batch's payouts in one currency.
#[derive(Debug, Clone)]
pub struct CurrencyTotal {
    /// The sum.
    pub amount: Money,
    /// How many payouts.
    pub payouts: i64,
}

/// An approval with the story of its key.
#[derive(Debug, Clone)]
pub struct ApprovalView {
    /// The approval.
    pub approval: Approval,
    /// The key's story; `None`: it isn't known.
    pub key: Option<KeyStory>,
}

impl ApprovalView {
    /// Whether its approver was removed since, so that it doesn't count before the batch is sent.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.key.as_ref().is_none_or(KeyStory::was_removed)
    }

    /// What is said beside it on every screen and paper.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let gone = self.is_void().then(|| {
            format!(
                "{} was removed from the ledger since.",
                self.approval.approver
            )
        });
        self.approval.remark.iter().cloned().chain(gone).collect()
    }
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
    /// Who approved it as it stands.
    pub approvals: Vec<ApprovalView>,
    /// Currencies in which payouts are made without a minimum.
    pub without_minimum: Vec<Currency>,
    /// Rows of the files that wait now, and what they hold back.
    pub waiting: WaitingSummary,
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
    let waiting = waiting::summary(conn)?;
    // What waits today says nothing of the payouts of a batch that is over.
    let concerns = if batch.status.is_over() {
        WaitingSummary::default()
    } else {
        waiting.clone()
    };
    let marks = Marks::load(conn, batch_key)?;
    let mut finals = final_payouts::of_batch(conn, batch_key)?;
    let mut back = payouts::money_back_of_batch(conn, batch_key)?;
    let views = of_batch
        .into_iter()
        .map(|p| {
            let stale = stale.get(&p.payout_key).cloned().unwrap_or_default();
            let came_back = back.remove(&p.payout_key).unwrap_or_default();
            Ok(PayoutView {
                marks: marks.of(conn, &p, !stale.is_empty(), &concerns)?,
                final_payout: finals.remove(&p.payout_key),
                came_back: came_back
                    .iter()
                    .map(|m| CameBack::of(m, &p, &settings.zone))
                    .collect(),
                payout: p,
                stale,
            })
        })
        .collect::<Result<_>>()?;
    Ok(BatchView {
        payouts: views,
        carried: payouts::carried(conn, batch_key)?,
        totals,
        makers: payouts::makers(conn, batch_key)?,
        approvals: approvals(conn, &batch)?,
        without_minimum,
        waiting,
        history: match batch.status {
            BatchStatus::Draft | BatchStatus::Submitted | BatchStatus::Approved => {
                history_warning(conn, batch.date)?
            }
            _ => None,
        },
        batch,
    })
}

/// Rows of the files that wait for a person now, and what they hold back.
///
/// # Errors
/// The ledger's own.
pub fn waiting(s: &Session) -> Result<WaitingSummary> {
    s.ledger.read(waiting::summary)
}

fn approvals(conn: &Conn, batch: &Batch) -> Result<Vec<ApprovalView>> {
    payouts::counting_approvals(conn, batch)?
        .into_iter()
        .map(|a| {
            let key = users::key_at(conn, &a.approver, &a.public_key, a.approved_at)?;
            Ok(ApprovalView { approval: a, key })
        })
        .collect()
}

/// Totals for the audit trail.
pub(super) fn totals_json(view: &BatchView) -> Value {
    view.totals
        .iter()
        .map(|t| json!({ "currency": t.amount.currency.code(), "amount": t.amount.digits(), "payouts": t.payouts }))
        .collect()
}
