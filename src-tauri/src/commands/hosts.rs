//! Hosts and institutions.

use std::sync::Arc;

use hostledger_app::screens::hosts::{self as screens, HostFilter, HostRow as Row, HostSort};
use hostledger_app::settings::InstitutionChange;
use hostledger_app::stored::{FinalPayout, FinalStatus};
use hostledger_app::{Error, hosts, settings};
use hostledger_core::calendar;
use hostledger_core::host::{HostRow as Exported, HostStatus as Status};
use hostledger_core::money::{format_percent, parse_percent};
use hostledger_core::tier::Tier as CoreTier;
use tauri::{AppHandle, State};

use super::exposure::reserve;
use super::translate::{carried_reason, payout_status};
use super::{figure, run};
use crate::state::AppState;
use crate::view::hosts::{
    HostDetail, HostFinalPayout, HostIdRequest, HostMoney, HostPause, HostPayout,
    HostReasonRequest, HostRow, HostSource, HostStatus, HostTierPeriod, Institution,
    ListHostsRequest, Schedule, SetInstitutionRequest, Tier,
};
use crate::view::shared::{Answer, Money, Page, Sort, count, digits, instant, money, moneys};

const STATUSES: [(Status, HostStatus); 7] = [
    (Status::Applied, HostStatus::Applied),
    (Status::Interview, HostStatus::Interview),
    (Status::Active, HostStatus::Active),
    (Status::Suspended, HostStatus::Suspended),
    (Status::Rejected, HostStatus::Rejected),
    (Status::Closed, HostStatus::Closed),
    (Status::Unknown, HostStatus::Unknown),
];

fn status(s: Status) -> HostStatus {
    STATUSES
        .iter()
        .find(|p| p.0 == s)
        .map_or(HostStatus::Unknown, |p| p.1)
}

fn status_of(s: HostStatus) -> Status {
    STATUSES
        .iter()
        .find(|p| p.1 == s)
        .map_or(Status::Unknown, |p| p.0)
}

fn tier(t: CoreTier) -> Tier {
    match t {
        CoreTier::Beginner => Tier::Beginner,
        CoreTier::Intermediate => Tier::Intermediate,
        CoreTier::Expert => Tier::Expert,
    }
}

fn row(r: &Row, balances: Vec<Money>) -> HostRow {
    let h = &r.host;
    HostRow {
        host_id: h.host_id.clone(),
        name: if h.name.is_empty() {
            h.host_id.clone()
        } else {
            h.name.clone()
        },
        status: status(h.status),
        institution_id: h.institution_id.clone(),
        institution_name: h.institution_name.clone(),
        tier: r.tier.map(tier),
        rate: format_percent(r.rate_bp),
        country: Some(h.country.clone()).filter(|c| !c.is_empty()),
        paused: h.paused,
        payable: r.reasons.is_empty(),
        not_payable_because: r.reasons.iter().map(|x| carried_reason(*x)).collect(),
        balances,
    }
}

/// A final payout that waits or is in force.
fn final_payout(f: &FinalPayout) -> Option<HostFinalPayout> {
    let approved_by = match f.status {
        FinalStatus::Proposed => None,
        FinalStatus::Approved => f.decided_by.clone(),
        FinalStatus::Rejected | FinalStatus::Withdrawn | FinalStatus::Used => return None,
    };
    Some(HostFinalPayout {
        reason: f.reason.clone(),
        proposed_by: f.created_by.clone(),
        approved_by,
    })
}

fn sort(s: Option<&Sort>) -> (HostSort, bool) {
    let Some(s) = s else {
        return (HostSort::Name, false);
    };
    let column = match s.column.as_str() {
        "host_id" => HostSort::HostId,
        "status" => HostSort::Status,
        _ => HostSort::Name,
    };
    (column, s.descending)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_hosts(
    app: AppHandle,
    state: State<'_, AppState>,
    request: ListHostsRequest,
) -> Answer<Page<HostRow>> {
    let balances = figure(&app, "host balances".into(), |s| {
        screens::balances(s).map(Arc::new)
    })
    .await?;
    run(&state, move |s| {
        let filter = HostFilter {
            status: request.filter.status.map(status_of),
            payable: request.filter.payable,
            institution_id: request.filter.institution_id,
            text: request.filter.text,
            host_id: None,
        };
        let after = request
            .cursor
            .as_deref()
            .and_then(|c| serde_json::from_str(c).ok());
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let page = screens::page(
            s,
            &filter,
            sort(request.sort.as_ref()),
            after.as_ref(),
            limit,
        )?;
        Ok(Page {
            rows: page
                .rows
                .iter()
                .map(|r| {
                    row(
                        r,
                        balances
                            .get(&r.host.host_key)
                            .map(|all| moneys(all))
                            .unwrap_or_default(),
                    )
                })
                .collect(),
            next: page.next.and_then(|n| serde_json::to_string(&n).ok()),
            total_rows: count(page.total),
            totals: Vec::new(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_host(
    state: State<'_, AppState>,
    request: HostIdRequest,
) -> Answer<HostDetail> {
    run(&state, move |s| {
        let detail = screens::papers(s, &request.host_id)?;
        let filter = HostFilter {
            host_id: Some(request.host_id.clone()),
            ..HostFilter::default()
        };
        let mut page = screens::page(s, &filter, (HostSort::HostId, false), None, 1)?;
        let listed = page.rows.pop().ok_or_else(|| {
            Error::new(
                hostledger_app::Code::NotFound,
                format!("There is no host {}.", request.host_id),
            )
        })?;
        let h = &detail.host;
        let exported: Option<Exported> = h
            .content
            .as_deref()
            .and_then(|c| serde_json::from_str(c).ok());
        let profile = |name: &str| {
            exported
                .as_ref()?
                .profile
                .iter()
                .find(|f| f.0 == name)
                .map(|f| f.1.clone())
        };
        let dates = screens::batch_dates(s)?;
        let (reserved, policy) =
            hostledger_app::screens::disputes::host_reserves(s, &request.host_id)?;
        let filled = |text: &String| Some(text.clone()).filter(|t| !t.is_empty());
        Ok(HostDetail {
            email: filled(&h.email),
            phone: profile("phone"),
            time_zone: profile("timezone"),
            applied_at: profile("applied_at"),
            approved_at: exported.as_ref().and_then(|e| e.approved_at).map(instant),
            destination: filled(&h.stripe_account_id),
            payouts_enabled: h.payouts_enabled,
            pause: match (&h.paused_reason, &h.paused_by, h.paused_at) {
                (Some(reason), Some(by), Some(at)) => Some(HostPause {
                    reason: reason.clone(),
                    by: by.clone(),
                    at: instant(at),
                }),
                _ => None,
            },
            reserve: policy.as_ref().map(reserve),
            final_payout: detail.final_payout.as_ref().and_then(final_payout),
            tiers: detail
                .tiers
                .iter()
                .map(|t| HostTierPeriod {
                    tier: tier(t.period.tier),
                    rate: format_percent(t.period.tier.rate_bp()),
                    effective_from: t.period.from.to_string(),
                    effective_to: t.period.to.map(|d| d.to_string()),
                    because: t.because.clone(),
                })
                .collect(),
            money: detail
                .money
                .iter()
                .map(|(c, m)| HostMoney {
                    currency: c.code().to_owned(),
                    pending: digits(m.pending_minor, *c),
                    payable: digits(m.payable_minor, *c),
                    on_hold: digits(m.on_hold_minor, *c),
                    reserved: digits(reserved.get(c).copied().unwrap_or(0), *c),
                    in_payout: digits(m.in_payout_minor, *c),
                    paid: digits(m.paid_minor, *c),
                    paid_outside: digits(m.paid_outside_minor, *c),
                    balance: digits(m.balance_minor, *c),
                })
                .collect(),
            payouts: detail
                .payouts
                .iter()
                .filter_map(|p| {
                    let (batch_id, date) = dates.get(&p.batch_key)?;
                    Some(HostPayout {
                        payout_id: p.payout_id.clone(),
                        batch_id: batch_id.clone(),
                        date: date.to_string(),
                        currency: p.currency.code().to_owned(),
                        amount: digits(p.amount_minor, p.currency),
                        status: payout_status(p.status),
                        came_back: detail
                            .came_back
                            .get(&p.payout_key)
                            .map(|minor| digits(*minor, p.currency)),
                    })
                })
                .collect(),
            source: screens::source(s, &request.host_id)?.map(|x| HostSource {
                import_id: x.import_id,
                file_name: x.file_name,
                line: count(x.line),
            }),
            host: row(
                &listed,
                detail
                    .money
                    .iter()
                    .map(|(c, m)| money(m.balance_minor, *c))
                    .collect(),
            ),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pause_host(
    state: State<'_, AppState>,
    request: HostReasonRequest,
) -> Answer<()> {
    run(&state, move |s| {
        hosts::pause(s, &request.host_id, &request.reason)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_host(
    state: State<'_, AppState>,
    request: HostReasonRequest,
) -> Answer<()> {
    run(&state, move |s| {
        hosts::resume(s, &request.host_id, &request.reason)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn propose_final_payout(
    state: State<'_, AppState>,
    request: HostReasonRequest,
) -> Answer<()> {
    run(&state, move |s| {
        hostledger_app::final_payouts::propose(s, &request.host_id, &request.reason)?;
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_institutions(state: State<'_, AppState>) -> Answer<Vec<Institution>> {
    run(&state, |s| {
        let all = screens::institutions(s)?;
        Ok(all
            .into_iter()
            .map(|i| Institution {
                rate: format_percent(i.rate_bp),
                schedule: match i.institution.schedule {
                    calendar::Schedule::Weekly => Schedule::Weekly,
                    calendar::Schedule::Biweekly => Schedule::Biweekly,
                    calendar::Schedule::Monthly => Schedule::Monthly,
                },
                uses_tiers: i.institution.uses_tiers,
                active: i.institution.active,
                hosts: count(i.hosts),
                next_payout_date: i.next_payout_date.map(|d| d.to_string()),
                institution_id: i.institution.institution_id,
                name: i.institution.name,
            })
            .collect())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_institution(
    state: State<'_, AppState>,
    request: SetInstitutionRequest,
) -> Answer<()> {
    run(&state, move |s| {
        let now = screens::institutions(s)?
            .into_iter()
            .find(|i| i.institution.institution_id == request.institution_id);
        let rate_bp = parse_percent(&request.rate)?;
        // Only what is different is a change: naming the same rate again would be one more rate.
        let change = InstitutionChange {
            name: Some(request.name.trim().to_owned()).filter(|n| !n.is_empty()),
            schedule: Some(match request.schedule {
                Schedule::Weekly => calendar::Schedule::Weekly,
                Schedule::Biweekly => calendar::Schedule::Biweekly,
                Schedule::Monthly => calendar::Schedule::Monthly,
            }),
            uses_tiers: Some(request.uses_tiers)
                .filter(|u| now.as_ref().is_none_or(|n| n.institution.uses_tiers != *u)),
            active: Some(request.active),
            rate_bp: Some(rate_bp).filter(|r| now.as_ref().is_none_or(|n| n.rate_bp != *r)),
        };
        settings::set_institution_because(
            s,
            request.institution_id.trim(),
            &change,
            Some(&request.reason),
        )
    })
    .await
}
