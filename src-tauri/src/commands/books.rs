//! The books: balances, the journal, the audit trail, checks, exports and backups.

use std::path::Path;

use hostledger_app::books::{self, JournalFormat, Period};
use hostledger_app::screens::books::{self as screens, EntryFilter};
use hostledger_app::{Code, Error, clock};
use hostledger_core::journal::EntryKind;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use super::translate::{entry, sum_by_currency};
use super::{figure, run, run_job};
use crate::state::AppState;
use crate::view::books::{
    AccountRow, BackupRequest, BackupResult, CheckLine, CheckResult, EntryIdRequest, ExportFormat,
    ExportJournalRequest, ExportResult, JournalEntry, JournalFilter, ListAccountsRequest,
    ListJournalRequest, TrialBalance, TrialBalanceRequest, TrialBalanceRow,
};
use crate::view::jobs::JobKind;
use crate::view::shared::{
    Answer, Page, Progress, SubjectKind, count, currency, date_or_none, digits, instant, large,
    moneys,
};

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_trial_balance(
    app: AppHandle,
    request: TrialBalanceRequest,
) -> Answer<TrialBalance> {
    let as_of = date_or_none(request.as_of.as_deref())?;
    figure(&app, format!("trial balance {as_of:?}"), move |s| {
        let found = screens::trial_balance(s, as_of)?;
        Ok(TrialBalance {
            as_of: found.as_of.to_string(),
            totals: moneys(&found.totals),
            rows: found
                .lines
                .iter()
                .map(|l| {
                    let (minor, c) = (l.balance.amount_minor, l.balance.currency);
                    TrialBalanceRow {
                        account: l.account.to_owned(),
                        currency: c.code().to_owned(),
                        accounts: count(l.accounts),
                        debit: digits(minor.max(0), c),
                        credit: digits((-minor).max(0), c),
                        balance: digits(minor, c),
                    }
                })
                .collect(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_accounts(
    app: AppHandle,
    request: ListAccountsRequest,
) -> Answer<Page<AccountRow>> {
    let as_of = date_or_none(request.as_of.as_deref())?;
    let all = figure(&app, format!("balances {as_of:?}"), move |s| {
        let names = screens::host_names(s)?;
        let balances = books::balances(s, as_of, None)?;
        Ok(std::sync::Arc::new((balances, names)))
    })
    .await?;
    let (balances, names) = &*all;
    let below = format!("{}:", request.prefix);
    let words = request
        .text
        .map(|t| t.trim().to_lowercase())
        .filter(|t| !t.is_empty());
    let label = |b: &hostledger_app::stored::Balance| {
        b.host_id
            .as_ref()
            .and_then(|h| names.get(h))
            .filter(|n| !n.is_empty())
            .cloned()
            .unwrap_or_default()
    };
    let found: Vec<_> = balances
        .iter()
        .filter(|b| {
            request.prefix.is_empty()
                || b.account == request.prefix
                || b.account.starts_with(&below)
        })
        .filter(|b| {
            words.as_ref().is_none_or(|w| {
                b.account.to_lowercase().contains(w) || label(b).to_lowercase().contains(w)
            })
        })
        .collect();
    let totals = sum_by_currency(found.iter().map(|b| (b.currency, b.balance_minor)));
    let rows = found
        .into_iter()
        .map(|b| AccountRow {
            label: label(b),
            account: b.account.clone(),
            currency: b.currency.code().to_owned(),
            balance: digits(b.balance_minor, b.currency),
        })
        .collect();
    Ok(Page::of_all(
        rows,
        request.cursor.as_deref(),
        request.limit,
        moneys(&totals),
    ))
}

fn entry_filter(f: &JournalFilter) -> Result<EntryFilter, Error> {
    let mut out = EntryFilter {
        currency: f.currency.as_deref().map(currency).transpose()?,
        from: date_or_none(f.from.as_deref())?,
        to: date_or_none(f.to.as_deref())?,
        ..EntryFilter::default()
    };
    if let Some(account) = &f.account {
        let (accounts, host) = screens::accounts_named(account)?;
        out.accounts = Some(accounts);
        out.host_id = host;
    }
    if let Some(kind) = &f.kind {
        let word = kind.strip_prefix("reversal of ").unwrap_or(kind);
        out.kind = EntryKind::ALL.into_iter().find(|k| k.as_str() == word);
        if out.kind.is_none() {
            return Err(Error::new(
                Code::BadInput,
                format!("There is no kind of entry called \"{kind}\"."),
            ));
        }
    }
    let id = f.subject_id.clone();
    match f.subject_kind {
        Some(SubjectKind::Booking) => out.booking_id = id,
        Some(SubjectKind::Host) => out.host_id = id,
        Some(SubjectKind::Payout) => out.payout_id = id,
        Some(SubjectKind::Batch) => out.batch_id = id,
        Some(SubjectKind::Adjustment) => out.adjustment_id = id,
        Some(SubjectKind::Import) => out.import_id = id,
        _ => {}
    }
    Ok(out)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_journal(
    app: AppHandle,
    state: State<'_, AppState>,
    request: ListJournalRequest,
) -> Answer<Page<JournalEntry>> {
    let wanted = entry_filter(&request.filter)?;
    let name = format!("journal {:?}", request.filter);
    let (total, sums) = {
        let wanted = wanted.clone();
        figure(&app, name, move |s| screens::turnover(s, &wanted)).await?
    };
    run(&state, move |s| {
        let before = request.cursor.as_deref().and_then(|c| c.parse().ok());
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let mut found = screens::entries(s, &wanted, before, i64::from(request.limit) + 1)?;
        let more = found.len() > limit;
        found.truncate(limit);
        Ok(Page {
            next: found
                .last()
                .filter(|_| more)
                .map(|e| e.entry.entry_key.to_string()),
            rows: found
                .iter()
                .map(|e| entry(e, request.filter.account.as_deref()))
                .collect(),
            total_rows: count(total),
            totals: moneys(&sums),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_entry(
    state: State<'_, AppState>,
    request: EntryIdRequest,
) -> Answer<JournalEntry> {
    run(&state, move |s| {
        let key = request.entry_id.parse().map_err(|_| {
            Error::new(
                Code::NotFound,
                format!("There is no journal entry {}.", request.entry_id),
            )
        })?;
        Ok(entry(&screens::entry(s, key)?, None))
    })
    .await
}

/// A check as a heading.
fn title(name: &str) -> String {
    let words = match name {
        "file_integrity" => "The file is whole",
        "foreign_keys" => "Every reference has its row",
        "entries_balance" => "Every entry sums to zero",
        "deferred_bookings" => "Deferred bookings",
        "host_liabilities" => "What hosts are owed",
        "payouts_in_transit" => "Payouts in transit",
        "stripe_transfers" => "Stripe's transfers are the payouts sent",
        "one_live_payout" => "Nothing is in two payouts",
        "payout_lines" => "Payouts are the sum of their lines",
        "commission_amounts" => "Commission amounts",
        "paid_commissions" => "Paid commissions",
        "import_rows" => "Every imported row is accounted for",
        "audit_chain" => "The audit chain",
        "approvals" => "Approvals",
        "digests" => "Digests",
        other => return other.replace('_', " "),
    };
    words.to_owned()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn run_check(app: AppHandle, progress: Channel<Progress>) -> Answer<CheckResult> {
    let what = (JobKind::Check, "Check the books".to_owned());
    run_job(app, what, progress, |s, job| {
        let found = books::check(s, job)?;
        Ok(CheckResult {
            ok: found.iter().all(|c| c.ok),
            checked_at: instant(clock::now()),
            checks: found
                .into_iter()
                .map(|c| CheckLine {
                    name: c.name.to_owned(),
                    title: title(c.name),
                    ok: c.ok,
                    detail: c.detail,
                })
                .collect(),
        })
    })
    .await
}

fn bytes_of(path: &str) -> u32 {
    large(std::fs::metadata(path).map_or(0, |m| m.len()))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn export_journal(
    app: AppHandle,
    request: ExportJournalRequest,
    progress: Channel<Progress>,
) -> Answer<ExportResult> {
    let what = (JobKind::Export, "Export the journal".to_owned());
    run_job(app, what, progress, move |s, job| {
        let format = match request.format {
            ExportFormat::Hledger => JournalFormat::Hledger,
            ExportFormat::Csv => JournalFormat::Csv,
        };
        let period = Period {
            from: date_or_none(request.from.as_deref())?,
            to: date_or_none(request.to.as_deref())?,
        };
        let entries = books::export_journal(s, format, period, Path::new(&request.path), job)?;
        Ok(ExportResult {
            entries: large(entries),
            bytes: bytes_of(&request.path),
            path: request.path,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn backup(
    app: AppHandle,
    request: BackupRequest,
    progress: Channel<Progress>,
) -> Answer<BackupResult> {
    let what = (JobKind::Backup, "Write a backup".to_owned());
    run_job(app, what, progress, move |s, job| {
        job.progress("Copying and verifying", 0, None);
        books::write_backup(s, Path::new(&request.path))?;
        Ok(BackupResult {
            bytes: bytes_of(&request.path),
            verified_at: instant(clock::now()),
            path: request.path,
        })
    })
    .await
}
