//! What was paid and can still be disputed, and what is held back for it.

use hostledger_app::disputes;
use hostledger_app::screens::disputes::HostReserve as Policy;
use hostledger_core::money::{format_percent, parse_percent};
use tauri::State;

use super::run;
use crate::state::AppState;
use crate::view::disputes::{
    CurrencyRate, Exposure, ExposureEnd, HostExposure, HostReserve, SetHostReserveRequest,
};
use crate::view::shared::{Answer, count, instant, moneys};

pub(super) fn reserve(p: &Policy) -> HostReserve {
    HostReserve {
        percent: format_percent(p.percent_bp),
        days: count(p.days),
        reason: p.reason.clone(),
        at: instant(p.set_at),
        by: p.set_by.clone(),
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_exposure(state: State<'_, AppState>) -> Answer<Exposure> {
    run(&state, |s| {
        let e = disputes::exposure(s)?;
        Ok(Exposure {
            as_of: e.as_of.to_string(),
            days: count(e.days),
            totals: moneys(&e.totals),
            ends: e
                .ends
                .iter()
                .map(|(on, amount)| ExposureEnd {
                    on: on.to_string(),
                    amount: (*amount).into(),
                })
                .collect(),
            loss_rates: e
                .loss_rates_bp
                .iter()
                .map(|(c, bp)| CurrencyRate {
                    currency: c.code().to_owned(),
                    rate: format_percent(*bp),
                })
                .collect(),
            hosts: e
                .hosts
                .into_iter()
                .map(|h| HostExposure {
                    currency: h.amount.currency.code().to_owned(),
                    amount: h.amount.digits(),
                    bookings: count(h.bookings),
                    loss_rate: format_percent(h.loss_rate_bp),
                    suggested: h.suggested.digits(),
                    last_on: h.ends.last().map(|(on, _)| on.to_string()),
                    reserve: h.policy.as_ref().map(reserve),
                    host_name: if h.host_name.is_empty() {
                        h.host_id.clone()
                    } else {
                        h.host_name
                    },
                    host_id: h.host_id,
                })
                .collect(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_host_reserve(
    state: State<'_, AppState>,
    request: SetHostReserveRequest,
) -> Answer<()> {
    run(&state, move |s| {
        let percent = request.percent.as_deref().map(parse_percent).transpose()?;
        let days = request.days.map(i64::from);
        disputes::set_reserve(s, &request.host_id, percent, days, &request.reason)
    })
    .await
}
