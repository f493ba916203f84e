//! Disputes: the desk, one dispute's page, deciding it, and its files.

use std::path::Path;

use hostledger_app::disputes::{self, Change, Listed, NewDispute, StoryEvent};
use hostledger_app::screens::disputes::{self as screens, DeskFilter, DeskRow};
use hostledger_app::{Error, Session, stored};
use hostledger_core::dispute::{DisputeKind as Kind, DisputeStatus as Status};
use tauri::State;

use super::adjustments::{kind as adjustment_kind, status as adjustment_status};
use super::run;
use super::translate::{booking_status, commission, program_or};
use crate::state::AppState;
use crate::view::commissions::BookingIdRequest;
use crate::view::disputes::{
    AttachFileRequest, CloseDisputeRequest, DetachFileRequest, Disputable, DisputeAdjustment,
    DisputeDetail, DisputeEvent, DisputeFile, DisputeFilter, DisputeIdRequest, DisputeKind,
    DisputeOutcome, DisputeOutcomes, DisputeOverview, DisputeRow, DisputeStatus, DisputedBooking,
    ListDisputesRequest, OpenDisputeRequest, OpenedDispute, OutcomeEffect, OutcomePosting,
    PartyHistory, Recoverable, SaveAttachmentRequest, UpdateDisputeRequest,
};
use crate::view::shared::{
    Answer, Money, Page, count, date_or_none, digits, instant, money, moneys,
};

const STATUSES: [(Status, DisputeStatus); 8] = [
    (
        Status::WarningNeedsResponse,
        DisputeStatus::WarningNeedsResponse,
    ),
    (
        Status::WarningUnderReview,
        DisputeStatus::WarningUnderReview,
    ),
    (Status::WarningClosed, DisputeStatus::WarningClosed),
    (Status::NeedsResponse, DisputeStatus::NeedsResponse),
    (Status::UnderReview, DisputeStatus::UnderReview),
    (Status::Won, DisputeStatus::Won),
    (Status::Lost, DisputeStatus::Lost),
    (Status::Prevented, DisputeStatus::Prevented),
];

fn kind(k: Kind) -> DisputeKind {
    match k {
        Kind::Complaint => DisputeKind::Complaint,
        Kind::Chargeback => DisputeKind::Chargeback,
    }
}

fn kind_of(k: DisputeKind) -> Kind {
    match k {
        DisputeKind::Complaint => Kind::Complaint,
        DisputeKind::Chargeback => Kind::Chargeback,
    }
}

fn status(d: &disputes::Dispute) -> DisputeStatus {
    match d.row.status {
        Status::Won if d.withdrawn => DisputeStatus::Withdrawn,
        s if d.let_go && !s.is_decided() => DisputeStatus::LetGo,
        s => STATUSES
            .iter()
            .find(|p| p.0 == s)
            .map_or(DisputeStatus::NeedsResponse, |p| p.1),
    }
}

fn status_of(s: DisputeStatus) -> Option<Status> {
    STATUSES.iter().find(|p| p.1 == s).map(|p| p.0)
}

pub(super) fn outcome(o: disputes::Outcome) -> DisputeOutcome {
    match o {
        disputes::Outcome::Won => DisputeOutcome::Won,
        disputes::Outcome::Lost => DisputeOutcome::Lost,
        disputes::Outcome::Withdrawn => DisputeOutcome::Withdrawn,
    }
}

fn outcome_of(o: DisputeOutcome) -> disputes::Outcome {
    match o {
        DisputeOutcome::Won => disputes::Outcome::Won,
        DisputeOutcome::Lost => disputes::Outcome::Lost,
        DisputeOutcome::Withdrawn => disputes::Outcome::Withdrawn,
    }
}

fn row(r: DeskRow) -> DisputeRow {
    // Of a dispute about several bookings each row goes by its own name.
    let name = r.listed.name();
    let Listed {
        dispute: d,
        host_id,
        host_name,
        reserved_minor,
        ..
    } = r.listed;
    DisputeRow {
        status: status(&d),
        kind: kind(d.row.kind),
        open: r.open,
        needs_a_person: r.needs_a_person,
        takes_evidence: d.row.status.takes_evidence(),
        currency: d.row.currency.code().to_owned(),
        amount: digits(d.row.amount_minor, d.row.currency),
        reserved: digits(reserved_minor, d.row.currency),
        opened_on: r.opened_on.to_string(),
        due_on: r.due_on.map(|on| on.to_string()),
        closed_on: r.closed_on.map(|on| on.to_string()),
        host_name: if host_name.is_empty() {
            host_id.clone()
        } else {
            host_name
        },
        host_id,
        owner: d.owner,
        entered_as: d.entered_as,
        made_here: d.made_here,
        reason: d.row.reason,
        dispute_id: name,
        booking_id: d.row.booking_id,
    }
}

fn filter(f: DisputeFilter) -> DeskFilter {
    DeskFilter {
        open: f.open,
        kind: f.kind.map(kind_of),
        owner: f.owner,
        due_soon: f.due_soon,
        host_id: f.host_id,
        booking_id: f.booking_id,
        text: f.text,
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_disputes(
    state: State<'_, AppState>,
    request: ListDisputesRequest,
) -> Answer<Page<DisputeRow>> {
    run(&state, move |s| {
        let found = screens::desk(s, &filter(request.filter))?;
        let sums = super::translate::sum_by_currency(found.iter().map(|r| {
            let row = &r.listed.dispute.row;
            (row.currency, row.amount_minor)
        }));
        let rows = found.into_iter().map(row).collect();
        Ok(Page::of_all(
            rows,
            request.cursor.as_deref(),
            request.limit,
            moneys(&sums),
        ))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_dispute_overview(state: State<'_, AppState>) -> Answer<DisputeOverview> {
    run(&state, |s| {
        let f = screens::figures(s)?;
        Ok(DisputeOverview {
            open: count(f.open),
            need_a_person: count(f.need_a_person),
            overdue: count(f.overdue),
            due_soon: count(f.due_soon),
            disputed: moneys(&f.disputed),
            reserved: moneys(&f.reserved),
        })
    })
    .await
}

fn history(h: &disputes::HostHistory) -> PartyHistory {
    PartyHistory {
        bookings: count(h.bookings),
        completed: count(h.completed),
        refunded: count(h.refunded),
        disputes: count(h.disputes),
        won: count(h.won),
        lost: count(h.lost),
        first_booked_at: h.first_booked_at.map(instant),
    }
}

fn adjustment(a: &stored::Adjustment) -> DisputeAdjustment {
    DisputeAdjustment {
        kind: adjustment_kind(&a.kind),
        status: adjustment_status(a),
        amount: money(a.amount_minor, a.currency),
        on: a.created_on.to_string(),
        adjustment_id: a.adjustment_id.clone(),
        reason: a.reason.clone(),
        payout_id: a.payout_id.clone(),
    }
}

fn happened(e: StoryEvent) -> DisputeEvent {
    DisputeEvent {
        at: instant(e.at),
        by: program_or(&e.who),
        what: e.what,
        is_note: e.is_note,
    }
}

fn detail(s: &Session, dispute_id: &str) -> Result<DisputeDetail, Error> {
    let v = disputes::show(s, dispute_id)?;
    let filled = |text: String| Some(text).filter(|t| !t.is_empty());
    let others = screens::desk(
        s,
        &DeskFilter {
            booking_id: Some(v.booking.booking_id.clone()),
            ..DeskFilter::default()
        },
    )?;
    let this = v.listed.dispute.dispute_key;
    let b = v.booking;
    let whole = hostledger_app::screens::commissions::one(s, &b.booking_id).ok();
    Ok(DisputeDetail {
        commission: whole.map(|(c, dates)| commission(&c, dates)),
        files: disputes::attachments(s, dispute_id)?
            .into_iter()
            .map(|f| DisputeFile {
                bytes: count(f.size),
                added_at: instant(f.added_at),
                attachment_id: f.attachment_id,
                name: f.name,
                sha256: f.sha256,
                added_by: f.added_by,
            })
            .collect(),
        adjustments: v.adjustments.iter().map(adjustment).collect(),
        others: others
            .into_iter()
            .filter(|r| r.listed.dispute.dispute_key != this)
            .map(row)
            .collect(),
        host: history(&v.host),
        participant: history(&v.participant),
        story: v.story.into_iter().map(happened).collect(),
        recoverable: hostledger_app::stripe::recoverable(s, dispute_id)?.map(|r| Recoverable {
            amount: r.amount.into(),
            unanswered: r.unanswered,
        }),
        dispute: row(screens::desk_row(s, v.listed)?),
        booking: DisputedBooking {
            status: booking_status(b.status),
            booked_at: instant(b.booked_at),
            starts_at: instant(b.starts_at),
            ends_at: instant(b.ends_at),
            price: money(b.price_minor, b.currency),
            rating: b.rating.map(count),
            charge_id: filled(b.charge_id),
            booking_id: b.booking_id,
            conversation_title: b.conversation_title,
            conversation_id: b.conversation_id,
            participant_id: b.participant_id,
            participant_email: b.participant_email,
        },
    })
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_dispute(
    state: State<'_, AppState>,
    request: DisputeIdRequest,
) -> Answer<DisputeDetail> {
    run(&state, move |s| detail(s, &request.dispute_id)).await
}

fn effect(e: &disputes::Effect) -> OutcomeEffect {
    OutcomeEffect {
        outcome: outcome(e.outcome),
        refunded: e.refunded.into(),
        host_amount: e.host_amount.into(),
        released: e.released.into(),
        clawback: e.clawback.into(),
        host_moves: e.host_moves.into(),
        postings: e
            .postings
            .iter()
            .map(|(account, amount)| OutcomePosting {
                account: account.clone(),
                amount: (*amount).into(),
            })
            .collect(),
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_dispute_outcomes(
    state: State<'_, AppState>,
    request: DisputeIdRequest,
) -> Answer<DisputeOutcomes> {
    run(&state, move |s| {
        let o = disputes::outcomes(s, &request.dispute_id)?;
        Ok(DisputeOutcomes {
            refunded: o.refunded.into(),
            host_amount: o.host_amount.into(),
            reserved: o.reserved.into(),
            sent: o.sent,
            effects: o.effects.iter().map(effect).collect(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_disputable(
    state: State<'_, AppState>,
    request: BookingIdRequest,
) -> Answer<Disputable> {
    run(&state, move |s| {
        let d = screens::disputable(s, request.booking_id.trim())?;
        Ok(Disputable {
            booking_id: d.booking_id,
            host_name: d.host_name,
            ended_on: d.ended_on.to_string(),
            price: d.price.into(),
            left: d.left.into(),
            complaint_until: d.complaint_until.to_string(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_dispute(
    state: State<'_, AppState>,
    request: OpenDisputeRequest,
) -> Answer<OpenedDispute> {
    run(&state, move |s| {
        let id = request.dispute_id.as_deref().map(str::trim);
        let new = NewDispute {
            booking_id: request.booking_id.trim().to_owned(),
            kind: kind_of(request.kind),
            amount: Some(request.amount.read()?),
            reason: request.reason,
            dispute_id: id.filter(|id| !id.is_empty()).map(str::to_owned),
            opened_on: date_or_none(request.opened_on.as_deref())?,
            evidence_due_on: date_or_none(request.evidence_due_on.as_deref())?,
            status: request
                .only_a_warning
                .then_some(Status::WarningNeedsResponse),
        };
        Ok(OpenedDispute {
            dispute_id: disputes::open(s, &new)?,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn update_dispute(
    state: State<'_, AppState>,
    request: UpdateDisputeRequest,
) -> Answer<()> {
    run(&state, move |s| {
        let change = Change {
            status: request.status.and_then(status_of),
            amount: request.amount.as_ref().map(Money::read).transpose()?,
            reason: request.reason,
            evidence_due_on: date_or_none(request.evidence_due_on.as_deref())?,
            owner: request.owner,
            note: request.note,
        };
        disputes::update(s, &request.dispute_id, &change)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn close_dispute(
    state: State<'_, AppState>,
    request: CloseDisputeRequest,
) -> Answer<()> {
    run(&state, move |s| {
        let on = date_or_none(request.on.as_deref())?;
        let outcome = outcome_of(request.outcome);
        disputes::close(s, &request.dispute_id, outcome, on, &request.reason)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn recover_dispute(
    state: State<'_, AppState>,
    request: DisputeIdRequest,
) -> Answer<Money> {
    run(&state, move |s| {
        Ok(hostledger_app::stripe::recover(s, &request.dispute_id)?.into())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn attach_file(
    state: State<'_, AppState>,
    request: AttachFileRequest,
) -> Answer<()> {
    run(&state, move |s| {
        disputes::attach(s, &request.dispute_id, Path::new(&request.path))?;
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_attachment(
    state: State<'_, AppState>,
    request: SaveAttachmentRequest,
) -> Answer<()> {
    run(&state, move |s| {
        disputes::save_attachment(s, &request.attachment_id, Path::new(&request.path))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn detach_file(
    state: State<'_, AppState>,
    request: DetachFileRequest,
) -> Answer<()> {
    run(&state, move |s| {
        disputes::detach(s, &request.attachment_id, &request.reason)
    })
    .await
}
