//! The disputes desk: what is open, by urgency, and what is reserved of one host's balance.

use std::collections::BTreeMap;

use hostledger_core::calendar::{BusinessZone, days_after, to_days};
use hostledger_core::dispute::{DisputeKind, DisputeStatus};
use hostledger_core::{Currency, Money};
use hostledger_store::disputes::{self as stored_disputes, Dispute};
use hostledger_store::exposure::{self, ReservePolicy};
use hostledger_store::screens::disputes as stored;
use hostledger_store::{Conn, meta};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::disputes::{self, Listed};
use crate::{Result, Session};

pub use hostledger_store::exposure::ReservePolicy as HostReserve;

/// Days ahead that count as soon.
const SOON: i64 = 7;

/// A dispute as the desk lists it, with its business dates.
#[derive(Debug, Clone)]
pub struct DeskRow {
    /// The dispute.
    pub listed: Listed,
    /// The day on which it came.
    pub opened_on: Date,
    /// The last day for evidence.
    pub due_on: Option<Date>,
    /// The day on which it was decided.
    pub closed_on: Option<Date>,
    /// Whether it is neither decided nor let go.
    pub open: bool,
    /// Whether it waits for a person here, not for the bank.
    pub needs_a_person: bool,
}

/// Which disputes are asked for; `None` lets all through.
#[derive(Debug, Clone, Default)]
pub struct DeskFilter {
    /// Neither decided nor let go, or the others.
    pub open: Option<bool>,
    /// The kind.
    pub kind: Option<DisputeKind>,
    /// Who works on it; empty: nobody.
    pub owner: Option<String>,
    /// Due within a week or overdue.
    pub due_soon: bool,
    /// A host.
    pub host_id: Option<String>,
    /// A booking.
    pub booking_id: Option<String>,
    /// A text in ids, names or the reason.
    pub text: Option<String>,
}

/// The desk in figures.
#[derive(Debug, Clone, Default)]
pub struct DeskFigures {
    /// Open disputes.
    pub open: i64,
    /// Of which a person here must do something.
    pub need_a_person: i64,
    /// Of which evidence is overdue.
    pub overdue: i64,
    /// Of which evidence is due within a week, overdue ones too.
    pub due_soon: i64,
    /// What is disputed in open ones, by currency.
    pub disputed: Vec<Money>,
    /// What is held back for disputes, by currency.
    pub reserved: Vec<Money>,
}

fn is_open(d: &Dispute) -> bool {
    !d.row.status.is_decided() && !d.let_go
}

fn needs_a_person(d: &Dispute) -> bool {
    !d.let_go && d.row.status.needs_a_person()
}

/// Whether the date for evidence still matters: it can be handed in.
fn counts_down(r: &DeskRow) -> bool {
    r.open && r.listed.dispute.row.status.takes_evidence()
}

/// Open ones first: by the date for evidence, then what a person must do, then the larger amount
/// in each currency. Decided ones by the day of the decision, the newest first.
fn urgency(r: &DeskRow) -> (bool, Date, bool, Option<Currency>, i64, i64) {
    let d = &r.listed.dispute;
    let newest_first = -to_days(r.closed_on.unwrap_or(r.opened_on));
    (
        !r.open,
        r.due_on.filter(|_| counts_down(r)).unwrap_or(Date::MAX),
        r.open && !r.needs_a_person,
        r.open.then_some(d.row.currency),
        if r.open {
            -d.row.amount_minor
        } else {
            newest_first
        },
        -d.dispute_key,
    )
}

fn desk_row_in(zone: &BusinessZone, listed: Listed) -> DeskRow {
    let on = |at: Timestamp| zone.date_of(at);
    let row = &listed.dispute.row;
    DeskRow {
        opened_on: on(row.opened_at),
        due_on: row.evidence_due_by.map(on),
        closed_on: row.closed_at.map(on),
        open: is_open(&listed.dispute),
        needs_a_person: needs_a_person(&listed.dispute),
        listed,
    }
}

fn rows(s: &Session) -> Result<(Vec<DeskRow>, Date)> {
    s.ledger.read(|conn| {
        let zone = meta::settings(conn)?.zone;
        let mut rows: Vec<DeskRow> = stored_disputes::listed(conn)?
            .into_iter()
            .map(|l| desk_row_in(&zone, l))
            .collect();
        rows.sort_by_key(urgency);
        Ok((rows, s.stamp(conn)?.on))
    })
}

fn due_soon(r: &DeskRow, today: Date) -> bool {
    counts_down(r) && r.due_on.is_some_and(|d| d <= days_after(today, SOON))
}

fn lets_through(f: &DeskFilter, r: &DeskRow, today: Date) -> bool {
    let d = &r.listed.dispute;
    let text = f.text.as_deref().map(str::to_lowercase);
    let has = |t: &String| {
        [
            &d.row.dispute_id,
            &d.row.booking_id,
            &d.row.reason,
            &r.listed.host_id,
            &r.listed.host_name,
        ]
        .into_iter()
        .any(|s| s.to_lowercase().contains(t.as_str()))
    };
    f.open.is_none_or(|open| open == r.open)
        && f.kind.is_none_or(|k| k == d.row.kind)
        && f.owner
            .as_deref()
            .is_none_or(|o| d.owner.as_deref().unwrap_or_default() == o)
        && (!f.due_soon || due_soon(r, today))
        && f.host_id.as_ref().is_none_or(|h| *h == r.listed.host_id)
        && f.booking_id.as_ref().is_none_or(|b| *b == d.row.booking_id)
        && text.as_ref().is_none_or(has)
}

/// The disputes that a filter lets through, the most urgent first.
///
/// # Errors
/// The ledger's own.
pub fn desk(s: &Session, filter: &DeskFilter) -> Result<Vec<DeskRow>> {
    let (mut all, today) = rows(s)?;
    all.retain(|r| lets_through(filter, r, today));
    Ok(all)
}

/// One dispute as the desk lists it.
///
/// # Errors
/// The ledger's own.
pub fn desk_row(s: &Session, listed: Listed) -> Result<DeskRow> {
    s.ledger
        .read(|conn| Ok(desk_row_in(&meta::settings(conn)?.zone, listed)))
}

/// The desk in figures.
///
/// # Errors
/// The ledger's own.
pub fn figures(s: &Session) -> Result<DeskFigures> {
    let (all, today) = rows(s)?;
    let mut disputed: BTreeMap<Currency, i64> = BTreeMap::new();
    let mut reserved: BTreeMap<Currency, i64> = BTreeMap::new();
    let mut f = DeskFigures::default();
    for r in &all {
        let row = &r.listed.dispute.row;
        *reserved.entry(row.currency).or_default() += r.listed.reserved_minor;
        if !r.open {
            continue;
        }
        f.open += 1;
        f.need_a_person += i64::from(r.needs_a_person);
        f.due_soon += i64::from(due_soon(r, today));
        f.overdue += i64::from(counts_down(r) && r.due_on.is_some_and(|d| d < today));
        *disputed.entry(row.currency).or_default() += row.amount_minor;
    }
    let sums = |m: BTreeMap<Currency, i64>| {
        m.into_iter()
            .filter(|(_, minor)| *minor != 0)
            .map(|(c, minor)| Money::new(minor, c))
            .collect()
    };
    f.disputed = sums(disputed);
    f.reserved = sums(reserved);
    Ok(f)
}

/// How many open disputes wait for a person.
///
/// # Errors
/// The ledger's own.
pub fn waiting(s: &Session) -> Result<i64> {
    let states = DisputeStatus::ALL
        .into_iter()
        .filter(|s| s.needs_a_person());
    s.ledger
        .read(|conn| Ok(stored_disputes::count_in(conn, states)?))
}

/// Open disputes whose evidence is due within a week or overdue, the most urgent first.
///
/// # Errors
/// The ledger's own.
pub fn due(s: &Session) -> Result<Vec<DeskRow>> {
    let (all, today) = rows(s)?;
    Ok(all.into_iter().filter(|r| due_soon(r, today)).collect())
}

/// What a new dispute about a booking starts from.
#[derive(Debug, Clone)]
pub struct Disputable {
    /// The booking's id.
    pub booking_id: String,
    /// Whose session it was.
    pub host_name: String,
    /// The business date of the session's end.
    pub ended_on: Date,
    /// The price.
    pub price: Money,
    /// What wasn't given back yet: as much as can be disputed.
    pub left: Money,
    /// The last day on which a participant can complain.
    pub complaint_until: Date,
}

/// What a new dispute about a booking starts from.
///
/// # Errors
/// [`hostledger_core::Code::NotFound`].
pub fn disputable(s: &Session, booking_id: &str) -> Result<Disputable> {
    let (row, dates) = super::commissions::one(s, booking_id)?;
    Ok(Disputable {
        booking_id: row.booking_id.clone(),
        host_name: row.host_name.clone(),
        ended_on: dates.ended_on,
        price: Money::new(row.price_minor, row.currency),
        left: Money::new(row.price_minor - row.refunded_minor, row.currency),
        complaint_until: days_after(dates.ended_on, hostledger_core::dispute::COMPLAINT_DAYS),
    })
}

/// What is reserved of a host's balance, by currency, in minor units; and what is held back of the
/// payouts to come.
///
/// # Errors
/// [`hostledger_core::Code::NotFound`].
pub fn host_reserves(
    s: &Session,
    host_id: &str,
) -> Result<(BTreeMap<Currency, i64>, Option<ReservePolicy>)> {
    s.ledger.read(|conn: &Conn| {
        let host = crate::hosts::find(conn, host_id)?;
        let reserved = stored::reserved_of_host(conn, host.host_key)?;
        Ok((reserved, exposure::policy(conn, host.host_key)?))
    })
}

/// Disputes whose id, or the id that they were entered under, begins with a text.
///
/// # Errors
/// The ledger's own.
pub fn search(s: &Session, text: &str, limit: usize) -> Result<Vec<Listed>> {
    let wanted = text.trim();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let named = |l: &Listed| {
        let d = &l.dispute;
        d.row.dispute_id.starts_with(wanted)
            || d.entered_as
                .as_deref()
                .is_some_and(|id| id.starts_with(wanted))
    };
    let mut found = disputes::list(s)?;
    found.retain(named);
    found.truncate(limit);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hostledger_core::dispute::DisputeRow;
    use jiff::civil::date;

    fn row(key: i64, status: DisputeStatus, amount_minor: i64, due_on: Option<Date>) -> DeskRow {
        let at: Timestamp = "2026-03-10T09:00:00Z".parse().unwrap();
        let dispute = Dispute {
            dispute_key: key,
            row: DisputeRow {
                dispute_id: format!("dp_{key}"),
                booking_id: "b-1".into(),
                kind: DisputeKind::Chargeback,
                reason: String::new(),
                amount_minor,
                currency: Currency::USD,
                status,
                opened_at: at,
                evidence_due_by: None,
                closed_at: None,
                said: None,
            },
            entered_as: None,
            made_here: false,
            booking_key: 1,
            host_key: 1,
            withdrawn: false,
            let_go: false,
            undone: false,
            loss_no: None,
            fee: None,
            block_key: None,
            owner: None,
            content_hash: Vec::new(),
            source: None,
        };
        DeskRow {
            opened_on: date(2026, 3, 10),
            due_on,
            closed_on: status
                .is_decided()
                .then(|| date(2026, 3, i8::try_from(key).unwrap())),
            open: is_open(&dispute),
            needs_a_person: needs_a_person(&dispute),
            listed: Listed {
                dispute,
                host_id: "h-1".into(),
                host_name: "Ann".into(),
                reserved_minor: 0,
                bookings: 1,
            },
        }
    }

    #[test]
    fn the_first_date_for_evidence_comes_first_and_decided_ones_last() {
        use DisputeStatus as S;
        let mut all = [
            row(11, S::Lost, 9_000, Some(date(2026, 3, 1))),
            row(12, S::Won, 1_000, None),
            row(3, S::UnderReview, 9_000, Some(date(2026, 3, 2))),
            row(4, S::NeedsResponse, 1_000, None),
            row(5, S::NeedsResponse, 2_000, None),
            row(6, S::NeedsResponse, 1_000, Some(date(2026, 3, 20))),
            row(7, S::WarningNeedsResponse, 1_000, Some(date(2026, 3, 9))),
            row(8, S::NeedsResponse, 2_000, Some(date(2026, 3, 20))),
        ];
        all.sort_by_key(urgency);
        let keys = all.map(|r| r.listed.dispute.dispute_key);
        assert_eq!(keys, [7, 8, 6, 5, 4, 3, 12, 11]);
    }

    #[test]
    fn a_person_is_needed_until_the_bank_or_nobody_has_the_next_word() {
        use DisputeStatus as S;
        let needs = |status| row(1, status, 1_000, None).needs_a_person;
        for s in [
            S::NeedsResponse,
            S::WarningNeedsResponse,
            S::WarningClosed,
            S::Prevented,
        ] {
            assert!(needs(s), "{s:?}");
        }
        for s in [S::UnderReview, S::WarningUnderReview, S::Won, S::Lost] {
            assert!(!needs(s), "{s:?}");
        }
    }
}
