//! Batches as the window lists them, and what the next one would hold.

use std::collections::BTreeMap;

use hostledger_core::Currency;
use hostledger_core::calendar::days_after;
use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_store::audit::AuditEvent;
use hostledger_store::hosts::{self, Host};
use hostledger_store::payouts::{self, Batch, DueLine, Line, Ready};
use hostledger_store::screens::books::{AuditFilter, audit_page};
use hostledger_store::screens::hosts::institution_of_each;
use hostledger_store::screens::payouts::{self as screens, BatchFigures, LineSubject};
use hostledger_store::{Conn, institutions, meta};
use jiff::civil::Date;

use super::prepare::{Circumstances, stale_payouts};
use super::{find_batch, find_payout};
use crate::{Result, Session};

/// How far ahead a payout day is looked for.
const DAYS_AHEAD: i64 = 62;

/// Payout days of active institutions from a day on, with how many institutions each pays.
///
/// # Errors
/// The ledger's own.
pub fn next_dates(s: &Session, from: Date, at_most: usize) -> Result<Vec<(Date, usize)>> {
    s.ledger.read(|conn| dates_in(conn, from, at_most))
}

fn dates_in(conn: &Conn, from: Date, at_most: usize) -> Result<Vec<(Date, usize)>> {
    let all = institutions::all(conn)?;
    let paid_on = |day: Date| {
        all.iter()
            .filter(|i| i.active && i.schedule.includes(day))
            .count()
    };
    Ok((0..DAYS_AHEAD)
        .map(|n| days_after(from, n))
        .map(|day| (day, paid_on(day)))
        .filter(|(_, institutions)| *institutions > 0)
        .take(at_most)
        .collect())
}

/// The first payout day from a day on for which no batch was prepared, rejected and cancelled ones
/// and those off the schedule aside.
fn next_without_batch(conn: &Conn, from: Date) -> Result<Option<Date>> {
    let taken: Vec<Date> = payouts::batches(conn)?
        .into_iter()
        .filter(|b| !matches!(b.status, BatchStatus::Rejected | BatchStatus::Cancelled))
        .filter(|b| b.off_cycle_reason.is_none())
        .map(|b| b.date)
        .collect();
    let dates = dates_in(conn, from, usize::MAX)?;
    Ok(dates
        .into_iter()
        .map(|d| d.0)
        .find(|day| !taken.contains(day)))
}

/// The payout day that is to be prepared next; `None` where no institution is paid.
///
/// # Errors
/// The ledger's own.
pub fn next_date(s: &Session) -> Result<Option<Date>> {
    s.ledger
        .read(|conn| next_without_batch(conn, s.stamp(conn)?.on))
}

/// What preparing would put into a batch.
#[derive(Debug, Clone)]
pub struct Estimate {
    /// The next payout day.
    pub date: Date,
    /// Sum and number of payouts by currency.
    pub payouts: BTreeMap<Currency, (i64, i64)>,
    /// Hosts and currencies that would be carried.
    pub carried: i64,
    /// Their sums in minor units by currency.
    pub carried_minor: BTreeMap<Currency, i64>,
}

/// What the next batch would hold, as everything stands now; `None` where no institution is paid.
///
/// # Errors
/// The ledger's own.
pub fn estimate(s: &Session) -> Result<Option<Estimate>> {
    s.ledger.read(|conn| {
        let today = s.stamp(conn)?.on;
        let Some(date) = next_without_batch(conn, today)? else {
            return Ok(None);
        };
        let c = Circumstances::load(conn, date, false)?;
        let hosts: BTreeMap<i64, Host> = hosts::all(conn)?
            .into_iter()
            .map(|h| (h.host_key, h))
            .collect();
        let due = payouts::due(conn, date, Ready::ByThen, None, None)?;
        let mut out = Estimate {
            date,
            payouts: BTreeMap::new(),
            carried: 0,
            carried_minor: BTreeMap::new(),
        };
        for lines in due.chunk_by(|a, b| (a.host_key, a.currency) == (b.host_key, b.currency)) {
            let currency = lines[0].currency;
            let sum: i64 = lines.iter().map(|l| l.amount_minor).sum();
            if sum == 0 {
                continue; // nothing to pay and nothing to carry
            }
            let Some(host) = hosts.get(&lines[0].host_key) else {
                continue;
            };
            let (sent, reasons) = c.outcome(conn, host, lines, currency)?;
            if reasons.is_empty() {
                let total = out.payouts.entry(currency).or_default();
                *total = (total.0 + sent, total.1 + 1);
            } else {
                out.carried += 1;
                *out.carried_minor.entry(currency).or_default() += sum;
            }
        }
        Ok(Some(out))
    })
}

/// A batch as it is listed.
#[derive(Debug, Clone)]
pub struct BatchSummary {
    /// The batch.
    pub batch: Batch,
    /// Its counts and sums.
    pub figures: BatchFigures,
    /// Payouts that changed since they were prepared.
    pub stale: usize,
}

fn summary(conn: &Conn, batch: Batch) -> Result<BatchSummary> {
    let open = matches!(
        batch.status,
        BatchStatus::Draft | BatchStatus::Submitted | BatchStatus::Approved
    );
    Ok(BatchSummary {
        figures: screens::figures(conn, batch.batch_key)?,
        stale: if open {
            stale_payouts(conn, &batch)?.len()
        } else {
            0
        },
        batch,
    })
}

/// Batches, newest first, after a number of them; and how many there are.
///
/// # Errors
/// The ledger's own.
pub fn summaries(s: &Session, skip: usize, limit: usize) -> Result<(Vec<BatchSummary>, usize)> {
    s.ledger.read(|conn| {
        let all = payouts::batches(conn)?;
        let total = all.len();
        let page = all.into_iter().skip(skip).take(limit);
        Ok((
            page.map(|b| summary(conn, b)).collect::<Result<_>>()?,
            total,
        ))
    })
}

/// The batch that a payout is in, as it is listed.
///
/// # Errors
/// [`hostledger_core::Code::NotFound`].
pub fn batch_of_payout(s: &Session, payout_id: &str) -> Result<BatchSummary> {
    s.ledger.read(|conn| {
        let payout = find_payout(conn, payout_id)?;
        summary(conn, payouts::get_batch(conn, payout.batch_key)?)
    })
}

/// What a batch is compared with.
#[derive(Debug, Clone, Default)]
pub struct Neighbours {
    /// The batch before it.
    pub last: Option<(Batch, BatchFigures)>,
    /// What each host got in that, by host id and currency, in minor units.
    pub last_amounts: BTreeMap<(String, Currency), i64>,
    /// The institution of every host, by host id.
    pub institutions: BTreeMap<String, String>,
}

/// What a batch is compared with; `None`: a batch that isn't prepared yet.
///
/// # Errors
/// [`hostledger_core::Code::NotFound`].
pub fn neighbours(s: &Session, batch_id: Option<&str>) -> Result<Neighbours> {
    s.ledger.read(|conn| {
        let key = batch_id
            .map(|id| find_batch(conn, id).map(|b| b.batch_key))
            .transpose()?;
        let mut out = Neighbours {
            institutions: institution_of_each(conn)?,
            ..Neighbours::default()
        };
        if let Some(last) = screens::batch_before(conn, key)? {
            out.last_amounts = screens::amounts(conn, last)?;
            out.last = Some((
                payouts::get_batch(conn, last)?,
                screens::figures(conn, last)?,
            ));
        }
        Ok(out)
    })
}

/// What was done with a batch, oldest first.
///
/// # Errors
/// The ledger's own.
pub fn history(s: &Session, batch_id: &str) -> Result<Vec<AuditEvent>> {
    s.ledger.read(|conn| {
        let f = AuditFilter {
            action: Some("payouts".into()),
            subject: Some(batch_id.to_owned()),
            ..AuditFilter::default()
        };
        let mut events = audit_page(conn, &f, None, i64::MAX)?;
        events.reverse();
        Ok(events)
    })
}

/// A line that a payout would have.
#[derive(Debug, Clone)]
pub struct PreviewLine {
    /// What is due.
    pub line: DueLine,
    /// The business date of the session's end, or on which the adjustment was made.
    pub on: Option<Date>,
    /// The conversation's title, or the adjustment's reason.
    pub text: String,
}

/// The lines that a host's payout in one currency would have on a date.
///
/// # Errors
/// [`hostledger_core::Code::NotFound`].
pub fn preview_lines(
    s: &Session,
    date: Date,
    host_id: &str,
    currency: Currency,
) -> Result<Vec<PreviewLine>> {
    s.ledger.read(|conn| {
        let host = crate::hosts::find(conn, host_id)?;
        let zone = meta::settings(conn)?.zone;
        let only = Some((host.host_key, currency));
        let due = payouts::due(conn, date, Ready::ByThen, only, None)?;
        due.into_iter()
            .map(|line| {
                let about = match line.booking_key {
                    Some(key) => screens::of_booking(conn, key)?,
                    None => screens::of_adjustment(conn, &line.id)?,
                };
                Ok(PreviewLine {
                    on: about.at.map(|at| zone.date_of(at)),
                    text: about.text,
                    line,
                })
            })
            .collect()
    })
}

/// A line of a payout with what it is about.
#[derive(Debug, Clone)]
pub struct ListedLine {
    /// The line.
    pub line: Line,
    /// The business date of the session's end, or on which the adjustment was made.
    pub on: Option<Date>,
    /// The conversation's title, or the adjustment's reason.
    pub text: String,
}

/// Some lines of a payout.
#[derive(Debug, Clone)]
pub struct ListedLines {
    /// The lines.
    pub lines: Vec<ListedLine>,
    /// How many the payout has.
    pub total: i64,
    /// The payout's currency.
    pub currency: Currency,
    /// The payout's amount in minor units.
    pub amount_minor: i64,
}

/// A payout's lines from after a line number on.
///
/// # Errors
/// [`hostledger_core::Code::NotFound`].
pub fn listed_lines(s: &Session, payout_id: &str, after: i64, limit: i64) -> Result<ListedLines> {
    s.ledger.read(|conn| {
        let p = find_payout(conn, payout_id)?;
        let zone = meta::settings(conn)?.zone;
        let lines = payouts::lines(conn, p.payout_key, after, limit)?
            .into_iter()
            .map(|line| {
                let about = match (line.booking_key, &line.adjustment_id) {
                    (Some(key), _) => screens::of_booking(conn, key)?,
                    (None, Some(id)) => screens::of_adjustment(conn, id)?,
                    (None, None) => LineSubject::default(),
                };
                Ok(ListedLine {
                    on: about.at.map(|at| zone.date_of(at)),
                    text: about.text,
                    line,
                })
            })
            .collect::<Result<_>>()?;
        Ok(ListedLines {
            lines,
            total: p.line_count,
            currency: p.currency,
            amount_minor: p.amount_minor,
        })
    })
}

/// How many failed payouts of a batch were not put into a new one.
///
/// # Errors
/// [`hostledger_core::Code::NotFound`].
pub fn failed_and_not_retried(s: &Session, batch_id: &str) -> Result<usize> {
    s.ledger.read(|conn| {
        let batch = find_batch(conn, batch_id)?;
        let mut n = 0;
        for p in payouts::of_batch(conn, batch.batch_key)? {
            let f = AuditFilter {
                action: Some("payouts.retry".into()),
                subject: Some(p.payout_id),
                ..AuditFilter::default()
            };
            if p.status == PayoutStatus::Failed && audit_page(conn, &f, None, 1)?.is_empty() {
                n += 1;
            }
        }
        Ok(n)
    })
}

/// How many batches are under way.
///
/// # Errors
/// The ledger's own.
pub fn open_batches(s: &Session) -> Result<usize> {
    s.ledger.read(|conn| {
        let done = [
            BatchStatus::Completed,
            BatchStatus::PartiallyFailed,
            BatchStatus::Rejected,
            BatchStatus::Cancelled,
        ];
        Ok(payouts::batches(conn)?
            .iter()
            .filter(|b| !done.contains(&b.status))
            .count())
    })
}
