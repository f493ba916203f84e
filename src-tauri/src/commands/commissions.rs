//! Reviewing commissions.

use hostledger_app::screens::commissions::{self as screens, ListFilter, SortColumn};
use hostledger_app::{Code, Error, Session, commissions, explain};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use super::translate::{
    cause, cause_word, commission, commission_status_of, entry, field_changes, step,
    sum_by_currency,
};
use super::{figure, run, run_job};
use crate::state::AppState;
use crate::view::commissions::{
    BookingIdRequest, BookingVersion, CauseGroup, CommissionFilter, CommissionOverview,
    CommissionRow, Explanation, HoldRequest, ListCommissionsRequest, ProcessRequest, ProcessResult,
    ReleaseRequest, VoidRequest,
};
use crate::view::jobs::JobKind;
use crate::view::shared::{
    Answer, BulkResult, Page, Progress, Sort, count, count_of, currency, date_or_none, instant,
    moneys, moneys_of,
};

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_commission_overview(app: AppHandle) -> Answer<CommissionOverview> {
    figure(&app, "commission overview".into(), |s| {
        let o = screens::overview(s)?;
        Ok(CommissionOverview {
            clear: count_of(&o.clear),
            clear_totals: moneys_of(&o.clear),
            need_a_person: count(o.need_a_person),
            need_a_person_totals: moneys(&o.need_a_person_totals),
            causes: o
                .causes
                .iter()
                .map(|g| CauseGroup {
                    cause: cause(&g.cause),
                    count: count(g.count),
                    hosts: count(g.hosts),
                    totals: moneys(&g.totals),
                })
                .collect(),
        })
    })
    .await
}

fn filter(f: &CommissionFilter) -> Result<ListFilter, Error> {
    Ok(ListFilter {
        blocked: f.blocked,
        cause: f.cause.map(|c| cause_word(c).to_owned()),
        status: f.status.map(commission_status_of),
        host_id: f.host_id.clone(),
        institution_id: f.institution_id.clone(),
        currency: f.currency.as_deref().map(currency).transpose()?,
        import_id: f.import_id.clone(),
        payout_id: f.payout_id.clone(),
        payable_from: date_or_none(f.payable_from.as_deref())?,
        payable_to: date_or_none(f.payable_to.as_deref())?,
        text: f.text.clone(),
        booking_id: None,
    })
}

fn sort(s: Option<&Sort>) -> (SortColumn, bool) {
    let Some(s) = s else {
        return (SortColumn::Taken, true);
    };
    let column = match s.column.as_str() {
        "payable_on" => SortColumn::PayableOn,
        "booked_on" => SortColumn::BookedOn,
        "host_name" => SortColumn::HostName,
        "price" => SortColumn::Price,
        "host_amount" => SortColumn::HostAmount,
        "booking_id" => SortColumn::BookingId,
        _ => SortColumn::Taken,
    };
    (column, s.descending)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_commissions(
    app: AppHandle,
    state: State<'_, AppState>,
    request: ListCommissionsRequest,
) -> Answer<Page<CommissionRow>> {
    let wanted = filter(&request.filter)?;
    let name = format!("commissions {:?}", request.filter);
    let totals = {
        let wanted = wanted.clone();
        figure(&app, name, move |s| screens::totals(s, &wanted)).await?
    };
    run(&state, move |s| {
        let after = request
            .cursor
            .as_deref()
            .and_then(|c| serde_json::from_str(c).ok());
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let page = screens::page(
            s,
            &wanted,
            sort(request.sort.as_ref()),
            after.as_ref(),
            limit,
        )?;
        Ok(Page {
            rows: page
                .rows
                .iter()
                .map(|(c, dates)| commission(c, *dates))
                .collect(),
            next: page.next.and_then(|n| serde_json::to_string(&n).ok()),
            total_rows: count_of(&totals),
            totals: moneys_of(&totals),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn explain_commission(
    state: State<'_, AppState>,
    request: BookingIdRequest,
) -> Answer<Explanation> {
    run(&state, move |s| {
        let why = explain::explain(s, &request.booking_id)?;
        let (row, dates) = screens::one(s, &request.booking_id)?;
        Ok(Explanation {
            commission: commission(&row, dates),
            sentence: why.sentence,
            steps: why.steps.iter().map(step).collect(),
            versions: screens::versions(s, &request.booking_id)?
                .into_iter()
                .map(|v| BookingVersion {
                    changed: field_changes(&v.changed),
                    import_id: v.import_id,
                    file_name: v.file_name,
                    line: count(v.line),
                    taken_in_at: instant(v.taken_in_at),
                    is_current: v.is_current,
                })
                .collect(),
            entries: hostledger_app::screens::books::entries_of_booking(s, &request.booking_id)?
                .iter()
                .map(|e| entry(e, None))
                .collect(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn process_commissions(
    app: AppHandle,
    request: ProcessRequest,
    progress: Channel<Progress>,
) -> Answer<ProcessResult> {
    let what = (JobKind::Process, "Process commissions".to_owned());
    run_job(app, what, progress, move |s, job| {
        let today = s.today()?.to_string();
        if request.as_of.is_some_and(|day| day != today) {
            return Err(Error::new(
                Code::BadInput,
                "The window processes as of the business date only. Use `hostledger --as-of` for another day.",
            ));
        }
        let before = screens::processed(s)?;
        let done = commissions::process(s, job)?;
        let after = screens::processed(s)?;
        let grown = after.iter().map(|a| (a.currency, a.amount_minor));
        let shrunk = before.iter().map(|b| (b.currency, -b.amount_minor));
        let mut totals = sum_by_currency(grown.chain(shrunk));
        totals.retain(|m| m.amount_minor != 0);
        Ok(ProcessResult {
            as_of: today,
            processed: count(done.processed),
            processed_totals: moneys(&totals),
            still_pending: count(done.still_pending),
            flagged: count(done.flagged),
        })
    })
    .await
}

/// Does one thing to many commissions: all together where that is possible, otherwise one by one,
/// so that one that refuses doesn't hold up the others.
fn each(
    s: &Session,
    booking_ids: &[String],
    act: impl Fn(&[String]) -> Result<(), Error>,
) -> Result<BulkResult, Error> {
    let mut result = BulkResult::default();
    let amounts: Vec<_> = booking_ids
        .iter()
        .map(|id| screens::one(s, id).ok())
        .collect();
    let mut done = Vec::new();
    if act(booking_ids).is_ok() {
        result.done = u32::try_from(booking_ids.len()).unwrap_or(u32::MAX);
        done.extend(amounts.iter().flatten());
    } else {
        for (id, known) in booking_ids.iter().zip(&amounts) {
            let acted = act(std::slice::from_ref(id));
            if acted.is_ok() {
                done.extend(known);
            }
            result.note(id, acted);
        }
    }
    let sums = sum_by_currency(
        done.into_iter()
            .map(|(c, _)| (c.currency, c.host_amount_minor)),
    );
    result.totals = moneys(&sums);
    Ok(result)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn hold_commissions(
    state: State<'_, AppState>,
    request: HoldRequest,
) -> Answer<BulkResult> {
    run(&state, move |s| {
        each(s, &request.booking_ids, |ids| {
            commissions::hold(s, ids, &request.reason)
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn void_commissions(
    state: State<'_, AppState>,
    request: VoidRequest,
) -> Answer<BulkResult> {
    run(&state, move |s| {
        each(s, &request.booking_ids, |ids| {
            commissions::void(s, ids, &request.reason)
        })
    })
    .await
}

/// Releases every open block of a commission that the cause names; a dispute's never.
fn release_one(
    s: &Session,
    booking_id: &str,
    wanted: Option<&str>,
    reason: &str,
) -> Result<(), Error> {
    let (row, _) = screens::one(s, booking_id)?;
    let named = |b: &&hostledger_app::stored::Block| {
        commissions::can_be_released(&b.kind)
            && wanted.is_none_or(|w| b.rule.as_deref().unwrap_or(&b.kind) == w)
    };
    let blocks: Vec<_> = row.blocks.iter().filter(named).collect();
    if blocks.is_empty() {
        let why = if row.blocks.is_empty() {
            format!("Nothing holds {booking_id}.")
        } else {
            format!("{booking_id} is held by something that can't be released here.")
        };
        return Err(Error::new(Code::WrongState, why));
    }
    for block in blocks {
        commissions::release(s, &[booking_id.to_owned()], Some(&block.block_id), reason)?;
    }
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn release_commissions(
    state: State<'_, AppState>,
    request: ReleaseRequest,
) -> Answer<BulkResult> {
    run(&state, move |s| {
        let wanted = request.cause.map(cause_word);
        let mut result = BulkResult::default();
        let mut sums = Vec::new();
        for id in &request.booking_ids {
            let known = screens::one(s, id).ok();
            let done = release_one(s, id, wanted, &request.reason);
            if done.is_ok() {
                sums.extend(known.map(|(c, _)| (c.currency, c.host_amount_minor)));
            }
            result.note(id, done);
        }
        result.totals = moneys(&sum_by_currency(sums.into_iter()));
        Ok(result)
    })
    .await
}
