//! The fraud review.

use hostledger_app::screens::review as screens;
use hostledger_core::money::format_percent;
use tauri::State;

use super::run;
use super::translate::{fraud_rule, fraud_rule_word, sum_by_currency};
use crate::state::AppState;
use crate::view::review::{FlagFact, FlagRow, ListFlagsRequest, RulePrecision};
use crate::view::shared::{Answer, Page, count, digits, instant, moneys};

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_flags(
    state: State<'_, AppState>,
    request: ListFlagsRequest,
) -> Answer<Page<FlagRow>> {
    run(&state, move |s| {
        let mut cases = screens::queue(s)?;
        if let Some(rule) = request.rule {
            cases.retain(|c| c.flagged.rule == fraud_rule_word(rule));
        }
        let sums = sum_by_currency(
            cases
                .iter()
                .map(|c| (c.flagged.currency, c.flagged.host_amount_minor)),
        );
        let rows = cases
            .into_iter()
            .filter_map(|c| {
                let f = c.flagged;
                Some(FlagRow {
                    rule: fraud_rule(&f.rule)?,
                    raised_on: f.opened_on.to_string(),
                    booked_at: instant(f.booked_at),
                    currency: f.currency.code().to_owned(),
                    price: digits(f.price_minor, f.currency),
                    host_amount: digits(f.host_amount_minor, f.currency),
                    payable_on: f.payable_on.to_string(),
                    facts: c
                        .facts
                        .into_iter()
                        .map(|(name, value)| FlagFact { name, value })
                        .collect(),
                    others: c.others,
                    host_name: if f.host_name.is_empty() {
                        f.host_id.clone()
                    } else {
                        f.host_name
                    },
                    block_id: f.block_id,
                    reason: f.reason,
                    booking_id: f.booking_id,
                    host_id: f.host_id,
                    participant_id: f.participant_id,
                })
            })
            .collect();
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
pub(crate) async fn get_rule_precision(state: State<'_, AppState>) -> Answer<Vec<RulePrecision>> {
    run(&state, |s| {
        let all = screens::precision(s)?;
        Ok(all
            .into_iter()
            .filter_map(|d| {
                let decided = d.released + d.voided;
                let right = (decided > 0).then(|| format_percent(d.voided * 10_000 / decided));
                Some(RulePrecision {
                    rule: fraud_rule(&d.rule)?,
                    month: d.month.to_string(),
                    raised: count(d.raised),
                    released: count(d.released),
                    voided: count(d.voided),
                    right,
                })
            })
            .collect())
    })
    .await
}
