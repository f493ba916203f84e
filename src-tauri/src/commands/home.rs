//! The first screen.

use std::collections::BTreeSet;
use std::time::UNIX_EPOCH;

use hostledger_app::identity::Role;
use hostledger_app::payouts::{self, BatchSummary as Listed, Estimate};
use hostledger_app::screens::disputes::DeskRow;
use hostledger_app::screens::home::Home;
use hostledger_app::{Error, Session, books, screens, stripe};
use hostledger_core::Money;
use hostledger_core::payout_batch::BatchStatus as Status;
use jiff::Timestamp;
use jiff::civil::Date;
use tauri::{AppHandle, Manager, State};

use super::stripe::{stripe_read_at, unread};
use super::translate::{batch_summary, batch_total, stripe_rail, sum_by_currency};
use super::{figure, run};
use crate::state::{AppState, approvers};
use crate::view::home::{
    DailyJob, DueItem, LastBackup, NextBatch, RailCounts, WaitingItem, WaitingKind, Week,
    WeekCommissions, WeekImports,
};
use crate::view::shared::{
    Answer, Money as Shown, Subject, SubjectKind, count, count_of, instant, length, moneys,
    moneys_of,
};

/// How many batches back something may still wait for a person.
const BATCHES_LOOKED_AT: usize = 30;

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_week(app: AppHandle) -> Answer<Week> {
    // A real ledger's day changes without anything being written.
    let today = hostledger_app::clock::now().strftime("%F %H");
    let sending = app.state::<AppState>().jobs.sending();
    let read_at = stripe_read_at(&app.state());
    let name = format!("week {today} {sending:?} {read_at:?}");
    figure(&app, name, move |s| week(s, &sending, read_at)).await
}

fn week(
    s: &Session,
    sending: &BTreeSet<String>,
    stripe_read_at: Option<Timestamp>,
) -> Result<Week, Error> {
    let home = screens::home::home(s)?;
    let (batches, _) = payouts::summaries(s, 0, BATCHES_LOOKED_AT)?;
    let current = batches
        .iter()
        .find(|b| !matches!(b.batch.status, Status::Cancelled | Status::Rejected));
    let estimate = payouts::estimate(s)?;
    let needs = &home.overview;
    Ok(Week {
        business_date: home.today.to_string(),
        imports: WeekImports {
            bookings_until: home.bookings_until.map(|d| d.to_string()),
            days_that_look_missing: home
                .days_that_look_missing
                .iter()
                .map(ToString::to_string)
                .collect(),
            last_import_id: home.last_import.as_ref().map(|i| i.import_id.clone()),
            last_import_file: home.last_import.as_ref().map(|i| i.file_name.clone()),
            last_import_at: home.last_import.as_ref().map(|i| instant(i.imported_at)),
            hosts_known: count(home.hosts_known),
            exceptions_open: count(home.exceptions_open),
        },
        commissions: WeekCommissions {
            clear: count_of(&needs.clear),
            clear_totals: moneys_of(&needs.clear),
            need_a_person: count(needs.need_a_person),
            need_a_person_totals: moneys(&needs.need_a_person_totals),
            pending: count_of(&home.pending),
            pending_totals: moneys_of(&home.pending),
        },
        next_batch: next_batch(&home, estimate.as_ref()),
        current_batch: current.map(|b| batch_summary(s, b, sending)).transpose()?,
        daily_job: DailyJob {
            due: home.would_process > 0,
            would_process: count(home.would_process),
            last_run_on: home.last_processed_on.clone(),
        },
        waiting_for_me: waiting(s, &home, &batches, sending, stripe_read_at)?,
        due_soon: due_soon(&home, &screens::disputes::due(s)?),
        stripe: stripe::status(s)?.map(|c| stripe_rail(&c.rail())),
        last_backup: last_backup(s)?,
        // Nothing tells whether a copy lies on another machine.
        last_copy_outside_at: None,
    })
}

fn next_batch(home: &Home, estimate: Option<&Estimate>) -> NextBatch {
    let Some(e) = estimate else {
        return NextBatch {
            date: home.today.to_string(),
            payouts: 0,
            totals: Vec::new(),
            carried: 0,
            carried_totals: Vec::new(),
        };
    };
    let payouts: i64 = e.payouts.values().map(|(_, n)| n).sum();
    NextBatch {
        date: e.date.to_string(),
        payouts: count(payouts),
        totals: e
            .payouts
            .iter()
            .map(|(c, (minor, n))| batch_total(*minor, *c, *n))
            .collect(),
        carried: count(e.carried),
        carried_totals: e
            .carried_minor
            .iter()
            .map(|(c, m)| Money::new(*m, *c).into())
            .collect(),
    }
}

/// Holds that end within a week, by day, and disputes whose evidence is due.
fn due_soon(home: &Home, disputes: &[DeskRow]) -> Vec<DueItem> {
    let mut all: Vec<DueItem> = disputes
        .iter()
        .filter_map(|r| evidence_due(r, home.today))
        .collect();
    all.extend(holds_ending(home));
    all.sort_by(|a, b| a.on.cmp(&b.on));
    all
}

fn evidence_due(r: &DeskRow, today: Date) -> Option<DueItem> {
    let row = &r.listed.dispute.row;
    let on = r.due_on?;
    Some(DueItem {
        on: on.to_string(),
        what: format!(
            "{}evidence for the {} about {}",
            if on < today { "overdue " } else { "" },
            row.kind.noun(),
            row.booking_id
        ),
        subject: Some(Subject::of(SubjectKind::Dispute, row.dispute_id.as_str())),
        totals: moneys(&[Money::new(row.amount_minor, row.currency)]),
    })
}

fn holds_ending(home: &Home) -> Vec<DueItem> {
    home.holds_ending
        .chunk_by(|a, b| a.0 == b.0)
        .map(|day| {
            let n: i64 = day.iter().map(|(_, sum)| sum.count).sum();
            let sums = day.iter().map(|(_, sum)| (sum.currency, sum.amount_minor));
            DueItem {
                on: day[0].0.to_string(),
                what: format!(
                    "{n} {} out of the hold",
                    if n == 1 {
                        "commission comes"
                    } else {
                        "commissions come"
                    }
                ),
                subject: None,
                totals: moneys(&sum_by_currency(sums)),
            }
        })
        .collect()
}

fn waiting(
    s: &Session,
    home: &Home,
    batches: &[Listed],
    sending: &BTreeSet<String>,
    stripe_read_at: Option<Timestamp>,
) -> Result<Vec<WaitingItem>, Error> {
    let who = s.identity();
    let mut out = Vec::new();
    let mut add = |kind, n: i64, totals: Vec<Shown>, batch_id: Option<String>| {
        if n > 0 {
            out.push(WaitingItem {
                kind,
                count: count(n),
                totals,
                batch_id,
            });
        }
    };
    let either = who.has(Role::Preparer) || who.has(Role::Approver);
    for b in batches {
        let totals = || moneys_of(&b.figures.totals);
        let id = || Some(b.batch.batch_id.clone());
        let payouts: i64 = b.figures.totals.iter().map(|t| t.count).sum();
        match b.batch.status {
            Status::Submitted if who.has(Role::Approver) => {
                let v = payouts::show(s, &b.batch.batch_id)?;
                let signed = v.approvals.iter().any(|a| a.approval.approver == who.name);
                if !signed && !v.makers.contains(&who.name) {
                    add(WaitingKind::ApproveBatch, payouts, totals(), id());
                }
            }
            Status::Draft if who.has(Role::Preparer) => {
                add(WaitingKind::SubmitBatch, payouts.max(1), totals(), id());
            }
            Status::Approved if either => add(WaitingKind::SendBatch, payouts, totals(), id()),
            Status::Sending if either && b.batch.rail.as_deref() == Some("stripe") => {
                let b = batch_summary(s, b, sending)?;
                if b.frozen {
                    add(WaitingKind::FrozenBatch, payouts, totals(), id());
                } else if b.unknown > 0 {
                    let n = i64::from(b.unknown);
                    add(WaitingKind::UnknownPayouts, n, b.unknown_totals, id());
                } else if !b.running {
                    add(
                        WaitingKind::ResumeBatch,
                        i64::from(b.waiting),
                        Vec::new(),
                        id(),
                    );
                }
            }
            Status::Sending if either => add(WaitingKind::SettleBatch, payouts, totals(), id()),
            Status::PartiallyFailed if who.has(Role::Preparer) => {
                let failed = payouts::failed_and_not_retried(s, &b.batch.batch_id)?;
                add(
                    WaitingKind::FailedPayouts,
                    i64::from(length(failed)),
                    Vec::new(),
                    id(),
                );
            }
            _ => {}
        }
    }
    if either {
        let unread = unread(s, stripe_read_at)?;
        add(
            WaitingKind::StripeNotices,
            i64::from(length(unread)),
            Vec::new(),
            None,
        );
    }
    if who.has(Role::Preparer) {
        add(
            WaitingKind::Exceptions,
            home.exceptions_open,
            Vec::new(),
            None,
        );
        let sums = moneys(&home.overview.need_a_person_totals);
        add(
            WaitingKind::Commissions,
            home.overview.need_a_person,
            sums,
            None,
        );
        let disputes = screens::disputes::waiting(s)?;
        add(WaitingKind::Disputes, disputes, Vec::new(), None);
    }
    if who.has(Role::Approver) {
        add(
            WaitingKind::ApproveAdjustment,
            home.proposed_adjustments.0,
            Vec::new(),
            None,
        );
    }
    if who.has(Role::Admin) && approvers(&s.users()?) == 0 {
        add(WaitingKind::AddSecondUser, 1, Vec::new(), None);
    }
    Ok(out)
}

fn last_backup(s: &Session) -> Result<Option<LastBackup>, Error> {
    let Some(path) = books::last_backup(s)? else {
        return Ok(None);
    };
    let written = std::fs::metadata(&path).and_then(|m| m.modified()).ok();
    let at = written
        .and_then(|t| t.duration_since(UNIX_EPOCH).ok())
        .and_then(|d| Timestamp::from_second(i64::try_from(d.as_secs()).ok()?).ok());
    Ok(at.map(|at| LastBackup {
        at: instant(at),
        path: path.to_string_lossy().into_owned(),
        outside_this_machine: false,
    }))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_rail_counts(state: State<'_, AppState>) -> Answer<RailCounts> {
    let read_at = stripe_read_at(&state);
    run(&state, move |s| {
        let waiting = screens::home::waiting(s)?;
        let open = payouts::open_batches(s)?;
        Ok(RailCounts {
            exceptions: count(waiting.exceptions),
            commissions: count(waiting.commissions),
            batches: length(open),
            adjustments: count(waiting.adjustments),
            disputes: count(screens::disputes::waiting(s)?),
            tax_forms: count(hostledger_app::tax::drafts(s)?),
            stripe_notices: length(unread(s, read_at)?),
        })
    })
    .await
}
