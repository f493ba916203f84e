//! A season of forms 1099-K.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hostledger_app::tax::{
    self, Bridge, BridgeRow, FilingOptions, FormPaper, FormRow, Season, WhoFiles as Files,
};
use hostledger_app::{Code, Error, Session};
use hostledger_core::Currency;
use hostledger_core::form_1099k::Correction;
use hostledger_core::money::format_minor;
use jiff::Timestamp;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use zeroize::Zeroizing;

use super::{figure, run, run_job};
use crate::state::AppState;
use crate::view::jobs::JobKind;
use crate::view::payouts::WrittenFile;
use crate::view::shared::{Answer, Money, Page, Progress, count, digits, instant, length, money};
use crate::view::tax::{
    CorrectionKind, FileTaxFormsRequest, FurnishTaxFormsRequest, ListTaxFormsRequest,
    RecordTaxFiledRequest, ReviewTaxFormsRequest, TaxBlocked, TaxBridge, TaxBridgeRow, TaxCopy,
    TaxCorrection, TaxFilesWritten, TaxFiling, TaxFormCounts, TaxFormDetail, TaxFormIdRequest,
    TaxFormKind, TaxFormRow, TaxFormStatus, TaxFormsDone, TaxGroup, TaxSeason, TaxStep, TaxWarning,
    TaxYearRequest, VoidTaxFormRequest, WhoFiles, WriteTaxFormRequest,
};

pub(super) fn usd(minor: i64) -> Money {
    money(minor, Currency::USD)
}

pub(super) fn year_of(year: u16) -> Result<i16, Error> {
    i16::try_from(year)
        .ok()
        .filter(|y| (2011..=2200).contains(y))
        .ok_or_else(|| {
            Error::new(
                Code::BadInput,
                format!("{year} is no tax year of form 1099-K."),
            )
        })
}

fn year_out(year: i16) -> u16 {
    u16::try_from(year).unwrap_or(0)
}

fn status(word: &str) -> TaxFormStatus {
    match word {
        "REVIEWED" => TaxFormStatus::Reviewed,
        "FURNISHED" => TaxFormStatus::Furnished,
        "FILED" => TaxFormStatus::Filed,
        "VOID" => TaxFormStatus::Void,
        _ => TaxFormStatus::Draft,
    }
}

fn kind(word: &str) -> TaxFormKind {
    match word {
        "CORRECTED" => TaxFormKind::Corrected,
        "ZEROED" => TaxFormKind::Zeroed,
        "REPLACEMENT" => TaxFormKind::Replacement,
        _ => TaxFormKind::Original,
    }
}

fn row(f: &FormRow, season: &Season) -> TaxFormRow {
    let s = &f.snapshot;
    let open = matches!(f.form.status.as_str(), "DRAFT" | "REVIEWED");
    TaxFormRow {
        form_id: f.form.form_id.clone(),
        host_id: f.form.host_id.clone(),
        name: s.payee.legal_name.clone(),
        tin: s.payee.truncated_tin(),
        state: s.payee.state.clone(),
        kind: kind(&f.form.kind),
        status: status(&f.form.status),
        currency: Currency::USD.code().to_owned(),
        gross: digits(s.boxes.gross.total_minor(), Currency::USD),
        transactions: count(s.boxes.gross.transactions),
        withheld: digits(s.boxes.withheld_minor, Currency::USD),
        because: s.because.clone(),
        made_by: f.form.made_by.clone(),
        outdated: open && f.form.kind == "ORIGINAL" && season.to_make.contains(&f.form.host_id),
        corrected: season.corrected.contains(&f.form.form_key),
    }
}

/// The season, read once for each state of the ledger.
async fn season(app: &AppHandle, year: u16) -> Answer<Season> {
    let name = format!("tax season {year}");
    figure(app, name, move |s| {
        tax::overview(s, year_of(year)?, &hostledger_app::jobs::Job::unwatched())
    })
    .await
}

fn groups(all: impl Iterator<Item = (String, i64)>) -> Vec<TaxGroup> {
    let mut sums: BTreeMap<String, (u32, i64)> = BTreeMap::new();
    for (name, gross) in all {
        let sum = sums.entry(name).or_default();
        *sum = (sum.0 + 1, sum.1 + gross);
    }
    sums.into_iter()
        .map(|(name, (forms, gross))| TaxGroup {
            name,
            forms,
            gross: usd(gross),
        })
        .collect()
}

fn dashboard(s: &Session, season: &Season) -> Result<TaxSeason, Error> {
    let a = &season.assessment;
    let counts = season.counts();
    let me = &s.identity().name;
    let filings = tax::filings(s, a.year)?
        .into_iter()
        .map(|f| TaxFiling {
            forms: count(f.forms),
            files: names(&f.files),
            written_at: instant(f.written_at),
            filed_at: f.filed.as_ref().map(|x| instant(x.0)),
            filed_by: f.filed.map(|x| x.1),
            filing_id: f.filing_id,
            written_by: f.written_by,
            receipt: f.receipt,
        })
        .collect();
    let due = || a.due.iter().map(|d| &d.snapshot);
    let filer = a
        .warnings
        .iter()
        .any(|w| w.code == "FILER_INCOMPLETE")
        .then(|| tax_filer_missing(s))
        .transpose()?
        .unwrap_or_default();
    Ok(TaxSeason {
        year: year_out(a.year),
        who_files: match a.who_files {
            Files::Ledger => WhoFiles::Ledger,
            Files::Stripe => WhoFiles::Stripe,
            Files::Nobody => WhoFiles::Nobody,
        },
        furnish_by: season.furnish_by.to_string(),
        file_by: season.file_by.to_string(),
        hosts: length(a.hosts),
        gross: usd(a.gross_minor),
        withheld: usd(a.withheld_minor),
        due: length(a.due.len()),
        counts: TaxFormCounts {
            draft: length(counts.draft),
            reviewed: length(counts.reviewed),
            furnished: length(counts.furnished),
            filed: length(counts.filed),
            void: length(counts.void),
        },
        to_review: length(
            season
                .forms
                .iter()
                .filter(|f| f.form.status == "DRAFT" && f.form.made_by != *me)
                .count(),
        ),
        to_make: season.to_make.clone(),
        by_rule: groups(due().flat_map(|d| {
            let gross = d.boxes.gross.total_minor();
            d.because.iter().map(move |b| (b.clone(), gross))
        })),
        by_state: groups(due().map(|d| (d.payee.state.clone(), d.boxes.gross.total_minor()))),
        blocked: a
            .blocked
            .iter()
            .map(|b| TaxBlocked {
                host_id: b.host_id.clone(),
                host_name: b.host_name.clone(),
                reason: b.reason.clone(),
                sentence: b.sentence.clone(),
                because: b.because.clone(),
                gross: usd(b.gross_minor),
                transactions: count(b.transactions),
            })
            .collect(),
        warnings: a
            .warnings
            .iter()
            .map(|w| TaxWarning {
                code: w.code.to_owned(),
                message: w.message.clone(),
                hosts: w.hosts.clone(),
            })
            .collect(),
        corrections: season
            .corrections
            .iter()
            .map(|c| TaxCorrection {
                host_id: c.form.host_id.clone(),
                host_name: c.was.payee.legal_name.clone(),
                form_id: c.form.form_id.clone(),
                correction: match c.correction {
                    Correction::OneForm => CorrectionKind::OneForm,
                    Correction::TwoForms => CorrectionKind::TwoForms,
                    Correction::Zeroed => CorrectionKind::Zeroed,
                },
                what: c.what.clone(),
                made: c.made,
                gross_was: usd(c.was.boxes.gross.total_minor()),
                gross_now: c.now.as_ref().map(|n| usd(n.boxes.gross.total_minor())),
            })
            .collect(),
        filings,
        filer_missing: filer,
    })
}

fn tax_filer_missing(s: &Session) -> Result<Vec<String>, Error> {
    Ok(tax::filer(s)?
        .missing()
        .into_iter()
        .map(str::to_owned)
        .collect())
}

fn names(json: &str) -> Vec<String> {
    let all: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    all.iter()
        .filter_map(|f| f["name"].as_str().map(str::to_owned))
        .collect()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_tax_season(
    app: AppHandle,
    state: State<'_, AppState>,
    request: TaxYearRequest,
) -> Answer<TaxSeason> {
    let found = season(&app, request.year).await?;
    run(&state, move |s| dashboard(s, &found)).await
}

/// Tax years that have forms, and those of the business date and before it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_tax_years(state: State<'_, AppState>) -> Answer<Vec<u16>> {
    run(&state, |s| {
        Ok(tax::years(s)?.into_iter().map(year_out).collect())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_tax_forms(
    app: AppHandle,
    request: ListTaxFormsRequest,
) -> Answer<Page<TaxFormRow>> {
    let found = season(&app, request.year).await?;
    let text = request.text.unwrap_or_default().to_lowercase();
    let mut rows: Vec<TaxFormRow> = found.forms.iter().map(|f| row(f, &found)).collect();
    rows.retain(|r| {
        request.status.is_none_or(|s| s == r.status)
            && request.rule.as_ref().is_none_or(|b| r.because.contains(b))
            && request.state.as_ref().is_none_or(|s| *s == r.state)
            && request
                .corrections
                .is_none_or(|c| c == (r.kind != TaxFormKind::Original))
            && (text.is_empty()
                || r.host_id.to_lowercase().contains(&text)
                || r.name.to_lowercase().contains(&text))
    });
    let sum: i64 = rows
        .iter()
        .filter(|r| r.status != TaxFormStatus::Void && !r.corrected)
        .filter_map(|r| hostledger_core::money::parse_minor(&r.gross, Currency::USD).ok())
        .sum();
    Ok(Page::of_all(
        rows,
        request.cursor.as_deref(),
        request.limit,
        vec![usd(sum)],
    ))
}

fn step((at, by): &(Timestamp, String)) -> TaxStep {
    TaxStep {
        at: instant(*at),
        by: by.clone(),
    }
}

fn bridge(b: &Bridge) -> TaxBridge {
    let digits = |minor| format_minor(minor, b.currency);
    let row = |r: &BridgeRow| TaxBridgeRow {
        carried_in: digits(r.carried_in),
        gross: digits(r.gross),
        refunds: digits(r.refunds),
        platform_fees: digits(r.platform_fees),
        processing_fees: digits(r.processing_fees),
        adjustments: digits(r.adjustments),
        withheld: digits(r.withheld),
        paid: digits(r.paid),
        carried_out: digits(r.carried_out),
    };
    TaxBridge {
        currency: b.currency.code().to_owned(),
        months: b.months.iter().map(row).collect(),
        year: row(&b.total()),
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_tax_form(
    app: AppHandle,
    state: State<'_, AppState>,
    request: TaxFormIdRequest,
) -> Answer<TaxFormDetail> {
    let id = request.form_id.clone();
    let f = run(&state, move |s| tax::form(s, &id)).await?;
    let whole = season(&app, year_out(f.form.tax_year)).await?;
    run(&state, move |s| {
        let snap = &f.snapshot;
        Ok(TaxFormDetail {
            year: year_out(f.form.tax_year),
            months: snap
                .boxes
                .gross
                .months_minor
                .iter()
                .map(|m| digits(*m, Currency::USD))
                .collect(),
            payee_address: snap.payee.address(),
            business_name: snap.payee.business_name.clone(),
            filer_name: snap.filer.name.clone(),
            filer_address: snap.filer.address.clone(),
            filer_phone: snap.filer.phone.clone(),
            filer_tin: snap.filer.tin.clone(),
            filer_is_pse: snap.filer.is_pse,
            second_tin_notice: snap.second_tin_notice,
            because_in_words: snap.because_in_words.clone(),
            date_basis: snap.date_basis.clone(),
            sha256: f.form.sha256.clone(),
            void_reason: f.form.void_reason.clone(),
            made: TaxStep {
                at: instant(f.form.made_at),
                by: f.form.made_by.clone(),
            },
            reviewed: f.form.reviewed.as_ref().map(step),
            furnished: f.form.furnished.as_ref().map(step),
            filed: f.form.filed.as_ref().map(step),
            bridges: tax::bridge_of(s, f.form.tax_year, &f.form.host_id)?
                .iter()
                .map(bridge)
                .collect(),
            others: whole
                .forms
                .iter()
                .filter(|o| o.form.host_id == f.form.host_id && o.form.form_id != f.form.form_id)
                .map(|o| row(o, &whole))
                .collect(),
            form: row(&f, &whole),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn make_tax_forms(
    app: AppHandle,
    request: TaxYearRequest,
    progress: Channel<Progress>,
) -> Answer<TaxFormsDone> {
    let what = (JobKind::Tax, format!("Make the forms of {}", request.year));
    run_job(app, what, progress, move |s, job| {
        let season = tax::make(s, year_of(request.year)?, job)?;
        Ok(TaxFormsDone {
            forms: length(season.assessment.due.len()),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn review_tax_forms(
    app: AppHandle,
    request: ReviewTaxFormsRequest,
    progress: Channel<Progress>,
) -> Answer<TaxFormsDone> {
    let what = (
        JobKind::Tax,
        format!("Review the forms of {}", request.year),
    );
    run_job(app, what, progress, move |s, job| {
        let n = tax::review(s, year_of(request.year)?, request.form_ids.as_deref(), job)?;
        Ok(TaxFormsDone { forms: length(n) })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn void_tax_form(
    state: State<'_, AppState>,
    request: VoidTaxFormRequest,
) -> Answer<()> {
    run(&state, move |s| {
        tax::void(s, &request.form_id, &request.reason)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reopen_tax_form(
    state: State<'_, AppState>,
    request: TaxFormIdRequest,
) -> Answer<()> {
    run(&state, move |s| tax::reopen(s, &request.form_id)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn furnish_tax_forms(
    app: AppHandle,
    request: FurnishTaxFormsRequest,
    progress: Channel<Progress>,
) -> Answer<TaxFilesWritten> {
    let what = (
        JobKind::Tax,
        format!("Furnish the forms of {}", request.year),
    );
    run_job(app, what, progress, move |s, job| {
        let year = year_of(request.year)?;
        let done = tax::furnish(s, year, Path::new(&request.folder), request.bridge, job)?;
        Ok(TaxFilesWritten {
            forms: length(done.forms),
            still_drafts: length(done.still_drafts),
            files: length(done.files.len()),
            folder: request.folder,
            unused_columns: Vec::new(),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn write_tax_form(
    state: State<'_, AppState>,
    request: WriteTaxFormRequest,
) -> Answer<WrittenFile> {
    run(&state, move |s| {
        let form = tax::form(s, &request.form_id)?;
        let copy = match request.copy {
            TaxCopy::Payee => FormPaper::Payee,
            TaxCopy::Filer => FormPaper::Filer,
            TaxCopy::State => FormPaper::State,
        };
        let path = PathBuf::from(&request.path);
        tax::form_paper(s, &form, copy, request.bridge, &path)?;
        Ok(WrittenFile {
            bytes: crate::view::shared::large(std::fs::metadata(&path).map_or(0, |m| m.len())),
            path: request.path,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn file_tax_forms(
    app: AppHandle,
    request: FileTaxFormsRequest,
    progress: Channel<Progress>,
) -> Answer<TaxFilesWritten> {
    let what = (
        JobKind::Tax,
        format!("Write the filing of {}", request.year),
    );
    run_job(app, what, progress, move |s, job| {
        let filled = |text: Option<String>| text.filter(|t| !t.trim().is_empty());
        let options = FilingOptions {
            template: filled(request.template).map(PathBuf::from),
            columns: request
                .columns
                .into_iter()
                .map(|c| (c.theirs, c.ours))
                .collect(),
            archive: filled(request.archive).map(|path| {
                let passphrase = Zeroizing::new(request.passphrase.unwrap_or_default());
                (PathBuf::from(path), passphrase)
            }),
        };
        let year = year_of(request.year)?;
        let done = tax::file(s, year, Path::new(&request.folder), &options, job)?;
        Ok(TaxFilesWritten {
            forms: length(done.forms),
            still_drafts: 0,
            files: length(done.files.len()),
            folder: request.folder,
            unused_columns: done.unused_columns,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn record_tax_filed(
    state: State<'_, AppState>,
    request: RecordTaxFiledRequest,
) -> Answer<TaxFormsDone> {
    run(&state, move |s| {
        let n = tax::record_filed(s, year_of(request.year)?, &request.receipt)?;
        Ok(TaxFormsDone { forms: length(n) })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn make_tax_corrections(
    app: AppHandle,
    request: TaxYearRequest,
    progress: Channel<Progress>,
) -> Answer<TaxFormsDone> {
    let what = (
        JobKind::Tax,
        format!("Make the corrections of {}", request.year),
    );
    run_job(app, what, progress, move |s, job| {
        let n = tax::make_corrections(s, year_of(request.year)?, job)?;
        Ok(TaxFormsDone { forms: length(n) })
    })
    .await
}
