//! Taking files in: look first, then commit, and undo.

use std::path::{Path, PathBuf};

use hostledger_app::cutover::HistoryWarning;
use hostledger_app::encodings::TextEncoding;
use hostledger_app::identity::Role;
use hostledger_app::imports::{self, ImportKind as Kind, ImportOptions};
use hostledger_app::screens::imports as screens;
use hostledger_app::stored::Import;
use hostledger_app::templates::Template;
use hostledger_app::{Error, Session};
use hostledger_core::Currency;
use hostledger_core::import::RowCounts;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use super::translate::{field_changes, program_or};
use super::{off_the_window, run, run_job};
use crate::state::AppState;
use crate::view::imports::{
    CommitImportRequest, ControlKind, ControlTotal, EarlierImport, ImportCounts, ImportIdRequest,
    ImportKind, ImportPreview, ImportResult, ImportRow, ImportStatus, ImportTotal,
    ListImportsRequest, PreviewImportRequest, RowChange, RowProblem, UndoAction, UndoImportRequest,
    UndoPreview, WriteTemplateRequest,
};
use crate::view::jobs::JobKind;
use crate::view::shared::{
    Allowed, Answer, Money, Page, Progress, Subject, SubjectKind, count, digits, instant, large,
    moneys,
};

/// The ledger's word for what a file holds.
pub(super) fn kind(word: &str) -> ImportKind {
    match word {
        "hosts" => ImportKind::Hosts,
        "disputes" => ImportKind::Disputes,
        "stripe-payments" => ImportKind::StripePayments,
        "tax-profiles" => ImportKind::TaxProfiles,
        "opening-balances" => ImportKind::OpeningBalances,
        _ => ImportKind::Bookings,
    }
}

fn kind_of(kind: ImportKind) -> Kind {
    match kind {
        ImportKind::Hosts => Kind::Hosts,
        ImportKind::Bookings => Kind::Bookings,
        ImportKind::Disputes => Kind::Disputes,
        ImportKind::StripePayments => Kind::StripePayments,
        ImportKind::TaxProfiles => Kind::TaxProfiles,
        ImportKind::OpeningBalances => Kind::OpeningBalances,
    }
}

fn counts(c: &RowCounts) -> ImportCounts {
    ImportCounts {
        rows: count(c.rows),
        inserted: count(c.inserted),
        updated: count(c.updated),
        unchanged: count(c.unchanged),
        stale: count(c.stale),
        exceptions: count(c.exceptions),
    }
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// What the sender stated beside what the file holds.
fn control(
    p: &screens::Preview,
    expect_rows: Option<u32>,
    expect_totals: &[Money],
) -> Result<Vec<ControlTotal>, Error> {
    let mut out = Vec::new();
    if let Some(want) = expect_rows {
        out.push(ControlTotal {
            what: ControlKind::Rows,
            currency: None,
            expected: want.to_string(),
            found: p.counts.rows.to_string(),
            ok: i64::from(want) == p.counts.rows,
        });
    }
    for want in expect_totals {
        let want = want.read()?;
        let have = price_in(p, want.currency);
        out.push(ControlTotal {
            what: ControlKind::Total,
            currency: Some(want.currency.code().to_owned()),
            expected: want.digits(),
            found: digits(have, want.currency),
            ok: want.amount_minor == have,
        });
    }
    Ok(out)
}

fn price_in(p: &screens::Preview, currency: Currency) -> i64 {
    p.sums
        .iter()
        .find(|s| s.currency == currency)
        .map_or(0, |s| s.price_minor)
}

fn warnings(p: &screens::Preview) -> Vec<String> {
    let mut out: Vec<String> = p
        .warnings
        .iter()
        .map(|w| w.message.clone())
        .chain(p.history.iter().map(HistoryWarning::message))
        .chain(p.questions())
        .collect();
    if p.new_unknown_hosts > 0 {
        out.push(format!(
            "{} hosts are named here and in no hosts file yet. Nothing is paid to them before a hosts file shows them as ACTIVE.",
            p.new_unknown_hosts
        ));
    }
    for (n, sum) in &p.clawbacks {
        let less = hostledger_core::Money::new(-sum.amount_minor, sum.currency);
        out.push(format!("{n} bookings changed after they were paid: {less} are set against their hosts' next payouts."));
    }
    out
}

fn preview(path: &Path, p: screens::Preview, control: Vec<ControlTotal>) -> ImportPreview {
    let warnings = warnings(&p);
    let subject_kind = match p.kind {
        Kind::Hosts | Kind::TaxProfiles | Kind::OpeningBalances => SubjectKind::Host,
        Kind::Bookings => SubjectKind::Booking,
        Kind::Disputes | Kind::StripePayments => SubjectKind::Dispute,
    };
    let totals = p
        .sums
        .iter()
        .map(|s| ImportTotal {
            currency: s.currency.code().to_owned(),
            rows: Some(count(s.rows)),
            price: digits(s.price_minor, s.currency),
            refunded: Some(digits(s.refunded_minor, s.currency)),
        })
        .collect();
    ImportPreview {
        path: path.to_string_lossy().into_owned(),
        file_name: name_of(path),
        file_bytes: large(p.bytes),
        kind: kind(p.kind.as_str()),
        encoding: p.encoding.name().to_owned(),
        digest: p.digest,
        already: p.already.map(|i| EarlierImport {
            import_id: i.import_id,
            file_name: i.file_name,
            imported_at: instant(i.imported_at),
            by: i.imported_by,
        }),
        counts: counts(&p.counts),
        totals,
        control,
        booked_from: p.booked.map(|b| b.0.to_string()),
        booked_to: p.booked.map(|b| b.1.to_string()),
        columns: p.columns.sentences(),
        first_exceptions: p
            .problems
            .into_iter()
            .map(|e| RowProblem {
                line: count(e.line),
                code: e.code,
                message: e.message,
            })
            .collect(),
        changes: p
            .changes
            .into_iter()
            .map(|c| RowChange {
                line: count(c.line),
                subject: Subject::of(subject_kind, c.id),
                fields: field_changes(&c.fields),
                effect: c.effect,
            })
            .collect(),
        changes_total: count(p.counts.updated),
        warnings,
    }
}

fn encoding(chosen: Option<&str>) -> Option<TextEncoding> {
    chosen.and_then(TextEncoding::parse)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_import(
    app: AppHandle,
    request: PreviewImportRequest,
    progress: Channel<Progress>,
) -> Answer<ImportPreview> {
    let path = PathBuf::from(&request.path);
    let what = (JobKind::Preview, format!("Read {}", name_of(&path)));
    run_job(app, what, progress, move |s, job| {
        let encoding = encoding(request.encoding.as_deref());
        let found = screens::preview(s, request.kind.map(kind_of), &path, encoding, job)?;
        let control = control(&found, request.expect_rows, &request.expect_totals)?;
        Ok(preview(&path, found, control))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn write_import_template(request: WriteTemplateRequest) -> Answer<()> {
    off_the_window(move || {
        let template = Template::Import(kind_of(request.kind));
        Ok(template.write(Path::new(&request.path))?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn commit_import(
    app: AppHandle,
    request: CommitImportRequest,
    progress: Channel<Progress>,
) -> Answer<ImportResult> {
    let path = PathBuf::from(&request.path);
    let what = (JobKind::Import, format!("Take in {}", name_of(&path)));
    run_job(app, what, progress, move |s, job| {
        let options = ImportOptions {
            dry_run: false,
            expect_rows: request.expect_rows.map(i64::from),
            expect_totals: request
                .expect_totals
                .iter()
                .map(Money::read)
                .collect::<Result<_, _>>()?,
            // The preview asked.
            whole_units: true,
            encoding: encoding(request.encoding.as_deref()),
        };
        let done = screens::commit(
            s,
            kind_of(request.kind),
            &path,
            &request.digest,
            &options,
            job,
        )?;
        Ok(ImportResult {
            import_id: done.import_id,
            already: done.already,
            counts: counts(&done.counts),
        })
    })
    .await
}

fn why_not_undo(s: &Session, i: &Import) -> Option<String> {
    if i.undone_at.is_some() {
        return Some("It was undone.".into());
    }
    (!s.identity().has(Role::Admin)).then(|| "An administrator undoes imports.".into())
}

fn row(s: &Session, i: Import) -> ImportRow {
    let totals: Vec<Money> = serde_json::from_str(&i.totals).unwrap_or_default();
    ImportRow {
        undo: Allowed::unless(UndoAction::Undo, why_not_undo(s, &i)),
        kind: kind(&i.kind),
        status: if i.undone_at.is_some() {
            ImportStatus::Undone
        } else {
            ImportStatus::Committed
        },
        counts: counts(&i.counts),
        totals: totals
            .into_iter()
            .map(|m| ImportTotal {
                currency: m.currency,
                rows: None,
                price: m.amount,
                refunded: None,
            })
            .collect(),
        exceptions_open: count(i.open_exceptions),
        imported_at: instant(i.imported_at),
        by: program_or(&i.imported_by),
        undone_at: i.undone_at.map(instant),
        undone_by: i.undone_by,
        import_id: i.import_id,
        file_name: i.file_name,
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_imports(
    state: State<'_, AppState>,
    request: ListImportsRequest,
) -> Answer<Page<ImportRow>> {
    run(&state, move |s| {
        let rows = imports::list(s)?.into_iter().map(|i| row(s, i)).collect();
        Ok(Page::of_all(
            rows,
            request.cursor.as_deref(),
            request.limit,
            Vec::new(),
        ))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn get_import(
    state: State<'_, AppState>,
    request: ImportIdRequest,
) -> Answer<ImportRow> {
    run(&state, move |s| {
        Ok(row(s, screens::one(s, &request.import_id)?))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_undo_import(
    state: State<'_, AppState>,
    request: ImportIdRequest,
) -> Answer<UndoPreview> {
    run(&state, move |s| {
        let found = screens::preview_undo(s, &request.import_id)?;
        Ok(UndoPreview {
            import_id: request.import_id,
            allowed: found.why_not.is_none(),
            why_not: found.why_not,
            bookings: count(found.rows),
            commissions: count(found.commissions),
            entries: count(found.entries),
            totals: moneys(&found.totals),
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_import(
    app: AppHandle,
    request: UndoImportRequest,
    progress: Channel<Progress>,
) -> Answer<()> {
    let what = (JobKind::Import, "Undo an import".to_owned());
    run_job(app, what, progress, move |s, job| {
        imports::undo_because(s, &request.import_id, Some(&request.reason), job)
    })
    .await
}
