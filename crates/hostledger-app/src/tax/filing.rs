//! What goes to the tax authorities: the portal's CSV, lists per state, a summary, and all of it in an
//! encrypted archive to hand over (docs/tax.md).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hostledger_core::tin::TinType;
use hostledger_core::{Code, Error};
use hostledger_documents::iris_csv::{
    self, Column, IrisName, IrisParty, IrisReturn, IrisState, IrisTinType, Layout, RETURNS_PER_FILE,
};
use hostledger_documents::sealed_archive;
use hostledger_documents::tax_workbook::{self, BlockedRow, TaxSummary};
use hostledger_store::tax::forms::{self, Filing};
use hostledger_store::tax::iris_columns;
use hostledger_store::{audit, meta};
use serde_json::json;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::papers::{make_folder, whole_tin, write_private};
use super::season::{FormRow, Season, overview, refuse_second_filer};
use crate::identity::Role;
use crate::jobs::Job;
use crate::session::file_problem;
use crate::{Result, Session, clock};

/// States that want forms directly, or stand outside the combined federal and state programme.
const DIRECT: [&str; 6] = ["FL", "IL", "MA", "NC", "VA", "VT"];

/// How a filing is written.
#[derive(Debug, Clone, Default)]
pub struct FilingOptions {
    /// The portal's own header row, as its template has it.
    pub template: Option<PathBuf>,
    /// Which of the template's columns hold which values, as a person says: the template's name
    /// (empty: the value is left out) and ours. Kept for the tax year.
    pub columns: Vec<(String, String)>,
    /// An archive of all files, and its passphrase.
    pub archive: Option<(PathBuf, Zeroizing<String>)>,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Written {
    /// The filing.
    pub filing_id: String,
    /// Forms in it.
    pub forms: usize,
    /// Files that carry whole TINs, and the summaries.
    pub files: Vec<PathBuf>,
    /// The template's columns that stay empty.
    pub unused_columns: Vec<String>,
}

/// Writes furnished forms that weren't filed: the portal's CSV in files of at most 100 returns, a list
/// per state, the summary. Nothing is sent; [`record_filed`] says that the portal took it.
///
/// # Errors
/// [`Code::WrongState`] where none waits; [`Code::WrongFile`] where a value has no column in the
/// template; [`Code::BadInput`] for a weak passphrase; [`Code::FileProblem`], [`Code::Cancelled`].
pub fn file(
    s: &Session,
    year: i16,
    out: &Path,
    options: &FilingOptions,
    job: &Job,
) -> Result<Written> {
    s.require(&[Role::Preparer, Role::Approver], "write tax filings")?;
    let season = overview(s, year, job)?;
    refuse_second_filer(&season.assessment)?;
    let waiting: Vec<&FormRow> = season
        .forms
        .iter()
        .filter(|f| f.form.status == "FURNISHED")
        .collect();
    if waiting.is_empty() {
        return Err(Error::new(
            Code::WrongState,
            format!(
                "No furnished form of {year} waits to be filed. Furnish the reviewed ones first."
            ),
        ));
    }
    let template = options.template.as_deref().map(read_template).transpose()?;
    let columns = columns_of(s, year, template.as_deref(), &options.columns)?;
    let settings = s.ledger.read(meta::settings)?;
    let layout = Layout {
        template_header: template.as_deref(),
        columns: &columns,
        without_refused: settings.portal_plain(),
    };
    let combined = settings.files_combined();
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    // Corrections go in files of their own, as the portal wants them.
    let is_correction = |f: &&FormRow| matches!(f.form.kind.as_str(), "CORRECTED" | "ZEROED");
    let (corrected, plain): (Vec<&FormRow>, Vec<&FormRow>) =
        waiting.iter().copied().partition(|f| is_correction(f));
    for (name, of) in [("iris", plain), ("iris-corrected", corrected)] {
        for (i, part) in of.chunks(RETURNS_PER_FILE).enumerate() {
            job.check()?;
            let returns: Vec<IrisReturn> = part
                .iter()
                .map(|f| iris(s, f, combined))
                .collect::<Result<_>>()?;
            let text = iris_csv::write(&returns, &layout).map_err(wrong_template)?;
            let name = format!("1099-K-{year}-{name}-{:03}.csv", i + 1);
            files.push((name, text.into_bytes()));
        }
    }
    files.extend(state_lists(year, &waiting, s, layout.without_refused)?);
    let made_at = clock::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    files.extend(summary_files(s, &season, &made_at)?);
    let unused_columns = template
        .as_deref()
        .map(|t| iris_csv::unused_columns(t, &columns).map_err(wrong_template))
        .transpose()?
        .unwrap_or_default();
    let archive = match &options.archive {
        None => None,
        Some((path, passphrase)) => {
            let mut zip = std::io::Cursor::new(Vec::new());
            sealed_archive::seal(&files, passphrase, &mut zip)
                .map_err(|e| Error::new(Code::BadInput, e.to_string()))?;
            Some((path, zip.into_inner()))
        }
    };
    make_folder(out)?;
    let mut paths = Vec::new();
    for (name, bytes) in &files {
        let path = out.join(name);
        write_private(&path, bytes)?;
        paths.push(path);
    }
    if let Some((path, bytes)) = archive {
        write_private(path, &bytes)?;
        paths.push(path.clone());
    }
    let filing_id = clock::new_id();
    let listed: Vec<_> = files
        .iter()
        .map(|(name, bytes)| json!({ "name": name, "sha256": hex::encode(Sha256::digest(bytes)) }))
        .collect();
    let keys: Vec<i64> = waiting.iter().map(|f| f.form.form_key).collect();
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        forms::insert_filing(
            conn,
            &filing_id,
            year,
            &json!(listed).to_string(),
            &keys,
            &stamp,
        )?;
        for (theirs, ours) in &options.columns {
            iris_columns::put(conn, year, theirs.trim(), ours.trim(), &stamp)?;
        }
        let facts = json!({ "forms": keys.len(), "files": listed, "columns": options.columns });
        audit::record(conn, &stamp, "tax.file", &year.to_string(), &facts)?;
        Ok::<_, Error>(())
    })?;
    Ok(Written {
        filing_id,
        forms: waiting.len(),
        files: paths,
        unused_columns,
    })
}

/// The portal took what was written last: its forms are FILED. How many.
///
/// # Errors
/// [`Code::WrongState`] where nothing was written, or it was recorded already; [`Code::BadInput`]
/// without a receipt.
pub fn record_filed(s: &Session, year: i16, receipt: &str) -> Result<usize> {
    s.require(&[Role::Preparer, Role::Approver], "record tax filings")?;
    let receipt = receipt.trim();
    if receipt.is_empty() {
        return Err(Error::new(
            Code::BadInput,
            "Give the receipt id that the portal showed.",
        ));
    }
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let open = forms::filings(conn, year)?
            .into_iter()
            .find(|f| f.filed.is_none());
        let Some(open) = open else {
            return Err(Error::new(
                Code::WrongState,
                format!("No filing of {year} waits for a receipt. Write the files first."),
            ));
        };
        let n = forms::set_filed(conn, open.filing_key, receipt, &stamp)?;
        let facts = json!({ "filing": open.filing_id, "receipt": receipt, "forms": n });
        audit::record(conn, &stamp, "tax.filed", &year.to_string(), &facts)?;
        Ok(n)
    })
}

/// Filings of a year, newest first.
///
/// # Errors
/// The ledger's own.
pub fn filings(s: &Session, year: i16) -> Result<Vec<Filing>> {
    s.ledger.read(|conn| Ok(forms::filings(conn, year)?))
}

/// The template's columns that a person named: those of earlier filings of the year, and now's.
fn columns_of(
    s: &Session,
    year: i16,
    template: Option<&str>,
    now: &[(String, String)],
) -> Result<Vec<Column>> {
    let column = |(theirs, ours): &(String, String)| Column {
        theirs: theirs.trim().to_owned(),
        ours: ours.trim().to_owned(),
    };
    let named: Vec<Column> = now.iter().map(column).collect();
    match template {
        Some(template) => iris_csv::check_columns(template, &named).map_err(wrong_template)?,
        None if named.is_empty() => {}
        None => {
            return Err(Error::new(
                Code::BadInput,
                "Columns are named of a template. Give the template too.",
            ));
        }
    }
    let mut all: Vec<Column> = s
        .ledger
        .read(|conn| iris_columns::of_year(conn, year))?
        .iter()
        .map(column)
        .collect();
    // What is said now takes the place of what was said of the same value, or of the same column.
    let same = |a: &str, b: &str| !a.is_empty() && a.eq_ignore_ascii_case(b);
    all.retain(|kept| {
        !named
            .iter()
            .any(|n| same(&n.ours, &kept.ours) || same(&n.theirs, &kept.theirs))
    });
    all.extend(named);
    Ok(all)
}

fn read_template(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| file_problem(path, &e))
}

#[allow(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn wrong_template(e: hostledger_documents::Error) -> Error {
    use hostledger_documents::Error as E;
    let message = match &e {
        E::NoColumn { missing } => format!(
            "The template has no column for {}. Nothing was written. Take the header row of this year's template from the portal; where a column has another name there, say which one is meant with --column \"Theirs=Ours\", and with nothing before the = that the value is left out.",
            missing.join(", ")
        ),
        E::BadHeader(why) => {
            format!("The template's header row can't be used: {why}. Nothing was written.")
        }
        other => format!("Nothing was written: {other}."),
    };
    Error::new(Code::WrongFile, message)
}

/// `combined`: the IRS is asked to pass it on to the payee's state, where that is in the programme.
fn iris(s: &Session, f: &FormRow, combined: bool) -> Result<IrisReturn> {
    let snap = &f.snapshot;
    let p = &snap.payee;
    let individual = p.tin_type != Some(TinType::Ein);
    let us = hostledger_core::tax_profile::is_us(&p.country);
    let combined = combined && us && !p.state.is_empty() && !DIRECT.contains(&p.state.as_str());
    Ok(IrisReturn {
        tax_year: snap.year,
        corrected: matches!(f.form.kind.as_str(), "CORRECTED" | "ZEROED"),
        payer: IrisParty {
            tin_type: IrisTinType::Ein,
            tin: snap.filer.tin.clone(),
            name: IrisName::Business {
                line_1: snap.filer.name.clone(),
                line_2: String::new(),
            },
            country: "US".to_owned(),
            ..place(&snap.filer.address)
        },
        payer_phone: snap.filer.phone.clone(),
        payer_email: String::new(),
        recipient: IrisParty {
            tin_type: match p.tin_type {
                Some(TinType::Ein) => IrisTinType::Ein,
                Some(TinType::Itin) => IrisTinType::Itin,
                Some(TinType::Atin) => IrisTinType::Atin,
                _ => IrisTinType::Ssn,
            },
            tin: whole_tin(s, snap)?,
            name: match individual {
                true => person(&p.legal_name),
                false => IrisName::Business {
                    line_1: p.legal_name.clone(),
                    line_2: p.business_name.clone(),
                },
            },
            country: match us {
                true => "US".to_owned(),
                false => p.country.clone(),
            },
            address_1: p.address_line1.clone(),
            address_2: p.address_line2.clone(),
            city: p.city.clone(),
            state: p.state.clone(),
            zip: p.postal_code.clone(),
        },
        office_code: String::new(),
        account_number: snap.account_number.clone(),
        second_tin_notice: snap.second_tin_notice,
        filer_is_pse: snap.filer.is_pse,
        pse_name: String::new(),
        pse_phone: String::new(),
        gross_cents: snap.boxes.gross.total_minor(),
        card_not_present_cents: None,
        cash_tips_cents: None,
        tipped_occupation_code: String::new(),
        merchant_category_code: String::new(),
        transactions: u32::try_from(snap.boxes.gross.transactions).unwrap_or(u32::MAX),
        withheld_cents: snap.boxes.withheld_minor,
        months_cents: snap.boxes.gross.months_minor,
        combined_filing: combined,
        states: match combined || (snap.because.contains(&p.state) && !p.state.is_empty()) {
            true => vec![IrisState {
                state: p.state.clone(),
                state_id: snap.state_id.clone(),
                ..IrisState::default()
            }],
            false => Vec::new(),
        },
    })
}

/// The filer's address, whose last line is "City, ST 12345".
fn place(lines: &[String]) -> IrisParty {
    let last = lines.last().cloned().unwrap_or_default();
    let (city, rest) = last.split_once(',').unwrap_or((last.as_str(), ""));
    let mut rest = rest.split_whitespace();
    let line = |i: usize| {
        lines
            .get(i)
            .filter(|_| i + 1 < lines.len())
            .cloned()
            .unwrap_or_default()
    };
    IrisParty {
        tin_type: IrisTinType::Ein,
        tin: String::new(),
        name: IrisName::Business {
            line_1: String::new(),
            line_2: String::new(),
        },
        country: String::new(),
        address_1: line(0),
        address_2: line(1),
        city: city.trim().to_owned(),
        state: rest.next().unwrap_or_default().to_owned(),
        zip: rest.next().unwrap_or_default().to_owned(),
    }
}

/// A person's name in parts: the last word is the last name, `Jr` and the like a suffix.
fn person(name: &str) -> IrisName {
    const SUFFIXES: [&str; 6] = ["JR", "SR", "II", "III", "IV", "V"];
    let mut words: Vec<&str> = name.split([' ', ',']).filter(|w| !w.is_empty()).collect();
    let is_suffix =
        |w: &&str| SUFFIXES.contains(&w.trim_end_matches('.').to_ascii_uppercase().as_str());
    let suffix = match words.last().filter(|w| is_suffix(w)) {
        Some(_) if words.len() > 2 => words.pop().unwrap_or_default(),
        _ => "",
    };
    let last = words.pop().unwrap_or_default();
    let first = words.first().copied().unwrap_or_default();
    let middle = words.get(1..).unwrap_or_default().join(" ");
    IrisName::Individual {
        first: first.to_owned(),
        middle,
        last: last.to_owned(),
        suffix: suffix.to_owned(),
    }
}

/// A list per state that wants its forms directly, with whole TINs.
fn state_lists(
    year: i16,
    forms: &[&FormRow],
    s: &Session,
    without_refused: bool,
) -> Result<Vec<(String, Vec<u8>)>> {
    let layout = Layout {
        without_refused,
        ..Layout::default()
    };
    let mut by_state: BTreeMap<&str, Vec<&FormRow>> = BTreeMap::new();
    for f in forms {
        let state = f.snapshot.payee.state.as_str();
        if DIRECT.contains(&state) || f.snapshot.because.iter().any(|b| b == state) {
            by_state.entry(state).or_default().push(f);
        }
    }
    by_state
        .into_iter()
        .filter(|(state, _)| !state.is_empty())
        .map(|(state, of)| {
            let returns: Vec<IrisReturn> = of
                .iter()
                .map(|f| iris(s, f, false))
                .collect::<Result<_>>()?;
            let mut text = String::new();
            for (i, part) in returns.chunks(RETURNS_PER_FILE).enumerate() {
                let written = iris_csv::write(part, &layout)
                    .map_err(|e| Error::new(Code::Internal, e.to_string()))?;
                // One list: the header stands once.
                let rows = match i {
                    0 => written.as_str(),
                    _ => written.split_once('\n').map_or("", |(_, rows)| rows),
                };
                text.push_str(rows);
            }
            Ok((
                format!("1099-K-{year}-state-{state}.csv"),
                text.into_bytes(),
            ))
        })
        .collect()
}

/// Writes the summary as CSV and as a workbook, without whole TINs.
pub(super) fn write_summary(s: &Session, season: &Season, out: &Path, made_at: &str) -> Result<()> {
    for (name, bytes) in summary_files(s, season, made_at)? {
        write_private(&out.join(name), &bytes)?;
    }
    Ok(())
}

fn summary_files(s: &Session, season: &Season, made_at: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let year = season.assessment.year;
    let name = s
        .ledger
        .read(|conn| -> Result<_> { Ok(meta::get(conn, "name")?.unwrap_or_default()) })?;
    let summary = TaxSummary {
        ledger_name: name,
        year,
        generated_at: made_at.to_owned(),
        forms: season.forms.iter().map(summary_row).collect(),
        blocked: season
            .assessment
            .blocked
            .iter()
            .map(|b| BlockedRow {
                host_id: b.host_id.clone(),
                name: b.host_name.clone(),
                reason: b.sentence.clone(),
            })
            .collect(),
        state_notes: DIRECT
            .iter()
            .map(|state| {
                let note = "Wants its forms directly, or is outside the combined programme";
                ((*state).to_owned(), note.to_owned())
            })
            .collect(),
    };
    let failed = |e: hostledger_documents::Error| Error::new(Code::Internal, e.to_string());
    Ok(vec![
        (
            format!("1099-K-{year}-summary.csv"),
            tax_workbook::summary_csv(&summary)
                .map_err(failed)?
                .into_bytes(),
        ),
        (
            format!("1099-K-{year}-summary.xlsx"),
            tax_workbook::workbook(&summary).map_err(failed)?,
        ),
    ])
}

fn summary_row(f: &FormRow) -> tax_workbook::FormRow {
    let s = &f.snapshot;
    tax_workbook::FormRow {
        host_id: s.account_number.clone(),
        name: s.payee.legal_name.clone(),
        tin_truncated: s.payee.truncated_tin(),
        state: s.payee.state.clone(),
        kind: f.form.kind.clone(),
        status: f.form.status.clone(),
        transactions: u32::try_from(s.boxes.gross.transactions).unwrap_or(u32::MAX),
        gross_cents: s.boxes.gross.total_minor(),
        months_cents: s.boxes.gross.months_minor,
        withheld_cents: s.boxes.withheld_minor,
        rules: s.because.clone(),
    }
}
