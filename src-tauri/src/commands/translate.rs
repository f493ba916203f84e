//! Values of the ledger as the window shows them.

use std::collections::BTreeSet;

use hostledger_app::explain::Step;
use hostledger_app::payouts as use_cases;
use hostledger_app::screens::books::ListedEntry;
use hostledger_app::screens::commissions::{FieldChange, ListedCommission, RowDates};
use hostledger_app::{Error, Session, stored};
use hostledger_core::approval::StripeRail as CoreRail;
use hostledger_core::booking::BookingStatus as Booked;
use hostledger_core::commission::CommissionStatus as Status;
use hostledger_core::journal::EntryKind;
use hostledger_core::money::format_percent;
use hostledger_core::payout_batch as core;
use hostledger_core::transfer::TransferState;
use hostledger_core::{Currency, Money};

use crate::view::books::{JournalEntry, Posting};
use crate::view::commissions::{
    Block, BlockKind, BookingStatus, Cause, CommissionRow, CommissionStatus, ExplanationStep,
    FraudRule,
};
use crate::view::imports;
use crate::view::payouts::{
    BatchStatus, BatchSummary, BatchTotal, CarriedReason, PayoutStatus, Rail,
};
use crate::view::shared::{Subject, SubjectKind, count, digits, instant, length, money, moneys};
use crate::view::stripe::StripeRail;

pub(crate) fn commission_status(s: Status) -> CommissionStatus {
    match s {
        Status::Processed => CommissionStatus::Processed,
        Status::Paid => CommissionStatus::Paid,
        Status::Void => CommissionStatus::Void,
        _ => CommissionStatus::Pending,
    }
}

pub(crate) fn commission_status_of(s: CommissionStatus) -> Status {
    match s {
        CommissionStatus::Pending => Status::Pending,
        CommissionStatus::Processed => Status::Processed,
        CommissionStatus::Paid => Status::Paid,
        CommissionStatus::Void => Status::Void,
    }
}

pub(crate) fn booking_status(s: Booked) -> BookingStatus {
    match s {
        Booked::Pending => BookingStatus::Pending,
        Booked::Confirmed => BookingStatus::Confirmed,
        Booked::Completed => BookingStatus::Completed,
        Booked::NoShow => BookingStatus::NoShow,
        Booked::Cancelled => BookingStatus::Cancelled,
        Booked::HostCancelled => BookingStatus::HostCancelled,
        Booked::Refunded => BookingStatus::Refunded,
    }
}

const RULES: [(&str, FraudRule, Cause); 6] = [
    (
        "PRICE_OUTLIER",
        FraudRule::PriceOutlier,
        Cause::PriceOutlier,
    ),
    ("SELF_BOOKING", FraudRule::SelfBooking, Cause::SelfBooking),
    ("VELOCITY", FraudRule::Velocity, Cause::Velocity),
    (
        "IMPOSSIBLE_SESSION",
        FraudRule::ImpossibleSession,
        Cause::ImpossibleSession,
    ),
    ("REFUND_RATE", FraudRule::RefundRate, Cause::RefundRate),
    (
        "SHARED_CHARGE",
        FraudRule::SharedCharge,
        Cause::SharedCharge,
    ),
];

/// A rule or kind of block of the ledger as a cause.
pub(crate) fn cause(word: &str) -> Cause {
    match word {
        "DISPUTE" => Cause::Dispute,
        "WAITING_ROW" => Cause::WaitingRow,
        _ => RULES
            .iter()
            .find(|r| r.0 == word)
            .map_or(Cause::ManualHold, |r| r.2),
    }
}

/// A rule of the ledger, where it is one.
pub(crate) fn fraud_rule(word: &str) -> Option<FraudRule> {
    RULES.iter().find(|r| r.0 == word).map(|r| r.1)
}

/// A rule as the ledger writes it.
pub(crate) fn fraud_rule_word(rule: FraudRule) -> &'static str {
    RULES.iter().find(|r| r.1 == rule).map_or("", |r| r.0)
}

/// A cause as the ledger's rule or kind of block.
pub(crate) fn cause_word(cause: Cause) -> &'static str {
    match cause {
        Cause::Dispute => "DISPUTE",
        Cause::WaitingRow => "WAITING_ROW",
        Cause::ManualHold => "HOLD",
        rule => RULES.iter().find(|r| r.2 == rule).map_or("", |r| r.0),
    }
}

fn block(b: &stored::Block) -> Block {
    Block {
        block_id: b.block_id.clone(),
        kind: match b.kind.as_str() {
            "DISPUTE" => BlockKind::Dispute,
            "WAITING_ROW" => BlockKind::WaitingRow,
            "FRAUD_FLAG" => BlockKind::FraudFlag,
            _ => BlockKind::ManualHold,
        },
        rule: b
            .rule
            .as_ref()
            .and_then(|rule| RULES.iter().find(|r| r.0 == rule))
            .map(|r| r.1),
        reason: b.reason.clone(),
        opened_at: instant(b.opened_at),
        opened_by: program_or(&b.opened_by),
    }
}

/// Who did something; the program itself where nobody did.
pub(crate) fn program_or(who: &str) -> String {
    if who.is_empty() {
        "Hostledger".to_owned()
    } else {
        who.to_owned()
    }
}

pub(crate) fn commission(c: &ListedCommission, dates: RowDates) -> CommissionRow {
    let m = |minor| digits(minor, c.currency);
    CommissionRow {
        booking_id: c.booking_id.clone(),
        conversation_id: c.conversation_id.clone(),
        conversation_title: c.conversation_title.clone(),
        host_id: c.host_id.clone(),
        host_name: c.host_name.clone(),
        booking_status: booking_status(c.booking_status),
        booked_on: dates.booked_on.to_string(),
        ended_on: dates.ended_on.to_string(),
        currency: c.currency.code().to_owned(),
        price: m(c.price_minor),
        refunded: m(c.refunded_minor),
        rate: format_percent(c.rate_bp),
        platform_fee: m(c.platform_fee_minor),
        processing_fee: m(c.processing_fee_minor),
        processing_fee_is_estimate: c.fee_is_estimate,
        borne_by_platform: m(c.borne_by_platform_minor),
        host_amount: m(c.host_amount_minor),
        status: commission_status(c.status),
        payable_on: c.payable_on.to_string(),
        blocks: c.blocks.iter().map(block).collect(),
        payout_id: c.payout_id.clone(),
        batch_id: c.batch_id.clone(),
    }
}

pub(crate) fn field_changes(all: &[FieldChange]) -> Vec<imports::FieldChange> {
    all.iter()
        .map(|f| imports::FieldChange {
            name: f.name.clone(),
            before: f.before.clone(),
            after: f.after.clone(),
        })
        .collect()
}

pub(crate) fn step(s: &Step) -> ExplanationStep {
    let title = match s.kind {
        "import" => "Imported",
        "rate" => "Rate",
        "fee" => "Processing fee",
        "split" => "Split",
        "hold" => "Hold",
        "block" => "Review",
        "processed" => "Daily job",
        "payout" => "Payout",
        "clawback" => "Adjustment",
        _ => "Step",
    };
    ExplanationStep {
        on: s.on.map(|d| d.to_string()),
        title: title.to_owned(),
        text: if s.source.is_empty() {
            s.text.clone()
        } else {
            format!("{} ({})", s.text, s.source)
        },
        amount: None,
        source: None,
    }
}

/// The event of an entry in words.
pub(crate) fn entry_kind(kind: EntryKind, sign: i64) -> String {
    if sign < 0 {
        format!("reversal of {}", kind.as_str())
    } else {
        kind.as_str().to_owned()
    }
}

/// An entry; its amount is what it posts on `account` or below, otherwise the sum of its debits.
pub(crate) fn entry(e: &ListedEntry, account: Option<&str>) -> JournalEntry {
    let (reversed_by, e) = (e.reversed_by, &e.entry);
    let postings = e.postings();
    let on_account = |name: &str| {
        account.is_some_and(|a| {
            name == a
                || name
                    .strip_prefix(a)
                    .is_some_and(|rest| rest.starts_with(':'))
        })
    };
    let amount: i64 = match account {
        Some(_) => postings
            .iter()
            .filter(|p| on_account(&p.0))
            .map(|p| p.1)
            .sum(),
        None => postings
            .iter()
            .map(|p| p.1)
            .filter(|minor| *minor > 0)
            .sum(),
    };
    let subject = [
        (SubjectKind::Booking, &e.booking_id),
        (SubjectKind::Payout, &e.payout_id),
        (SubjectKind::Adjustment, &e.adjustment_id),
        (SubjectKind::Host, &e.host_id),
    ]
    .into_iter()
    .find_map(|(kind, id)| {
        let host = e.host_id.as_deref().unwrap_or_default();
        let label = |id: &String| match kind {
            SubjectKind::Payout => format!("Payout to {host}"),
            SubjectKind::Adjustment => format!("Adjustment of {host}"),
            _ => id.clone(),
        };
        id.as_ref().map(|id| Subject {
            kind,
            label: label(id),
            id: id.clone(),
        })
    })
    .unwrap_or_else(|| Subject::of(SubjectKind::Ledger, ""));
    JournalEntry {
        entry_id: e.entry_key.to_string(),
        kind: entry_kind(e.kind, e.sign),
        effective_date: e.effective_date.to_string(),
        recorded_at: instant(e.recorded_at),
        subject,
        host_id: e.host_id.clone(),
        reverses_id: e.reverses.map(|k| k.to_string()),
        reversed_by_id: reversed_by.map(|k| k.to_string()),
        amount: money(amount, e.currency),
        postings: postings
            .into_iter()
            .map(|(account, minor)| Posting {
                account,
                currency: e.currency.code().to_owned(),
                amount: digits(minor, e.currency),
            })
            .collect(),
    }
}

pub(crate) fn batch_status(s: core::BatchStatus) -> BatchStatus {
    use core::BatchStatus as B;
    match s {
        B::Draft => BatchStatus::Draft,
        B::Submitted => BatchStatus::Submitted,
        B::Approved => BatchStatus::Approved,
        B::Sending => BatchStatus::Sending,
        B::Completed => BatchStatus::Completed,
        B::PartiallyFailed => BatchStatus::PartiallyFailed,
        B::Rejected => BatchStatus::Rejected,
        B::Cancelled => BatchStatus::Cancelled,
    }
}

pub(crate) fn payout_status(s: core::PayoutStatus) -> PayoutStatus {
    use core::PayoutStatus as P;
    match s {
        P::Pending => PayoutStatus::Pending,
        P::Processing => PayoutStatus::Processing,
        P::Completed => PayoutStatus::Completed,
        P::Failed => PayoutStatus::Failed,
        P::Reversed => PayoutStatus::Reversed,
        P::Cancelled => PayoutStatus::Cancelled,
    }
}

pub(crate) fn carried_reason(r: core::CarriedReason) -> CarriedReason {
    use core::CarriedReason as R;
    match r {
        R::ReconcileFirst => CarriedReason::ReconcileFirst,
        R::NotVerified => CarriedReason::NotVerified,
        R::Closed => CarriedReason::Closed,
        R::Suspended => CarriedReason::Suspended,
        R::Paused => CarriedReason::Paused,
        R::NoPayoutAccount => CarriedReason::NoPayoutAccount,
        R::TaxDetailsMissing => CarriedReason::TaxDetailsMissing,
        R::NotScheduled => CarriedReason::NotScheduled,
        R::Excluded => CarriedReason::Excluded,
        R::NegativeBalance => CarriedReason::NegativeBalance,
        R::BelowMinimum => CarriedReason::BelowMinimum,
    }
}

/// A sum of payouts.
pub(crate) fn batch_total(amount_minor: i64, currency: Currency, payouts: i64) -> BatchTotal {
    BatchTotal {
        currency: currency.code().to_owned(),
        amount: digits(amount_minor, currency),
        payouts: count(payouts),
    }
}

pub(crate) fn batch_totals(all: &[use_cases::CurrencyTotal]) -> Vec<BatchTotal> {
    all.iter()
        .map(|t| batch_total(t.amount.amount_minor, t.amount.currency, t.payouts))
        .collect()
}

/// The sums of a batch.
pub(crate) fn sum_totals(all: &[hostledger_app::screens::Sum]) -> Vec<BatchTotal> {
    all.iter()
        .map(|s| batch_total(s.amount_minor, s.currency, s.count))
        .collect()
}

pub(crate) fn rail(word: Option<&str>) -> Option<Rail> {
    match word {
        Some("stripe") => Some(Rail::Stripe),
        Some(_) => Some(Rail::File),
        None => None,
    }
}

pub(crate) fn stripe_rail(r: &CoreRail) -> StripeRail {
    StripeRail {
        account_id: r.account_id.clone(),
        live: r.livemode,
    }
}

/// A batch as it is listed; `sending` are those that a job of this window sends now.
pub(crate) fn batch_summary(
    s: &Session,
    b: &use_cases::BatchSummary,
    sending: &BTreeSet<String>,
) -> Result<BatchSummary, Error> {
    let rail = rail(b.batch.rail.as_deref());
    let running = sending.contains(&b.batch.batch_id);
    let transfers = if rail == Some(Rail::Stripe) {
        use_cases::transfers(s, &b.batch.batch_id)?
    } else {
        Vec::new()
    };
    // A call without a recorded answer is unknown once nobody waits for it.
    let is_unknown =
        |t: TransferState| t == TransferState::Unknown || (t == TransferState::Sending && !running);
    let unknown: Vec<Money> = transfers
        .iter()
        .filter(|t| is_unknown(t.transfer.state))
        .map(|t| Money::new(t.payout.amount_minor, t.payout.currency))
        .collect();
    let waiting = transfers
        .iter()
        .filter(|t| t.transfer.state == TransferState::Prepared && t.payout.status.is_live());
    let sums = sum_by_currency(unknown.iter().map(|m| (m.currency, m.amount_minor)));
    Ok(BatchSummary {
        rail,
        stripe: transfers.first().map(|t| StripeRail {
            account_id: t.transfer.account_id.clone(),
            live: t.transfer.livemode,
        }),
        frozen: b.batch.alarm.is_some(),
        running,
        waiting: length(waiting.count()),
        unknown: length(unknown.len()),
        unknown_totals: moneys(&sums),
        batch_id: b.batch.batch_id.clone(),
        date: b.batch.date.to_string(),
        status: batch_status(b.batch.status),
        off_cycle: b.batch.off_cycle_reason.clone(),
        totals: sum_totals(&b.figures.totals),
        carried: count(b.figures.carried),
        stale: length(b.stale),
        failed: count(b.figures.failed),
        prepared_by: b.batch.prepared_by.clone(),
        prepared_at: instant(b.batch.prepared_at),
        approved_by: b.figures.approved.as_ref().map(|a| a.0.clone()),
        approved_at: b.figures.approved.as_ref().map(|a| instant(a.1)),
    })
}

/// The sum of amounts by currency, in the order of their codes.
pub(crate) fn sum_by_currency(all: impl Iterator<Item = (Currency, i64)>) -> Vec<Money> {
    let mut sums = std::collections::BTreeMap::<Currency, i64>::new();
    for (currency, minor) in all {
        *sums.entry(currency).or_default() += minor;
    }
    sums.into_iter().map(|(c, m)| Money::new(m, c)).collect()
}
