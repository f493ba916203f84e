//! A season of forms: made, looked at by a second person, furnished, filed (docs/tax.md, *The
//! season*).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hostledger_core::settings::WhoFiles;
use hostledger_core::{Code, Error};
use hostledger_store::ledger::Stamp;
use hostledger_store::tax::forms::{self, NewForm, TaxForm};
use hostledger_store::{Conn, audit, hosts, meta};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use serde_json::json;

use super::bridge::{self, Bridge};
use super::compute::{Assessment, assess};
use super::corrections::{NeededCorrection, make_in, needed, outdated};
use super::papers;
use super::questions::PayeeKey;
use super::snapshot::{Filer, Snapshot};
use crate::commissions::need_reason;
use crate::identity::Role;
use crate::jobs::Job;
use crate::{Result, Session, clock};

/// A form with what it says.
#[derive(Debug, Clone)]
pub struct FormRow {
    /// The form and its states.
    pub form: TaxForm,
    /// What it says.
    pub snapshot: Snapshot,
    /// The how many-th of its kind it is for the host and year, from 1.
    pub nth: usize,
}

impl FormRow {
    fn of(form: TaxForm) -> Result<Self> {
        let snapshot = Snapshot::from_json(&form.snapshot)?;
        Ok(Self {
            form,
            snapshot,
            nth: 1,
        })
    }
}

/// Where a season stands.
#[derive(Debug, Clone)]
pub struct Season {
    /// What the ledger says today.
    pub assessment: Assessment,
    /// The forms there are.
    pub forms: Vec<FormRow>,
    /// Hosts whose form is due and isn't made, or says something else than the ledger by now.
    pub to_make: Vec<String>,
    /// Furnished forms that need a correction.
    pub corrections: Vec<NeededCorrection>,
    /// Keys of forms in whose place the payee has another by now.
    pub corrected: BTreeSet<i64>,
    /// By when payees have their copies.
    pub furnish_by: Date,
    /// By when the IRS has the forms.
    pub file_by: Date,
}

/// Counts of a season's forms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the states' names")]
pub struct SeasonForms {
    pub draft: usize,
    pub reviewed: usize,
    pub furnished: usize,
    pub filed: usize,
    pub void: usize,
}

impl Season {
    /// How many forms are in each state.
    #[must_use]
    pub fn counts(&self) -> SeasonForms {
        let mut c = SeasonForms::default();
        for f in &self.forms {
            match f.form.status.as_str() {
                "DRAFT" => c.draft += 1,
                "REVIEWED" => c.reviewed += 1,
                "FURNISHED" => c.furnished += 1,
                "FILED" => c.filed += 1,
                _ => c.void += 1,
            }
        }
        c
    }
}

/// A deadline of the year after a tax year; one on a weekend moves to the Monday after it.
fn deadline(year: i16, month: i8, day: i8) -> Date {
    let on = date(year.saturating_add(1), month, day);
    match on.weekday() {
        Weekday::Saturday => on.saturating_add(2.days()),
        Weekday::Sunday => on.saturating_add(1.days()),
        _ => on,
    }
}

/// Where a season stands; nothing is changed.
///
/// # Errors
/// [`Code::Cancelled`]; the ledger's own.
pub fn overview(s: &Session, year: i16, job: &Job) -> Result<Season> {
    s.ledger.read(|conn| load(conn, year, job))
}

/// The forms of a year with what they say, host by host.
pub(super) fn rows_of_year(conn: &Conn, year: i16) -> Result<Vec<FormRow>> {
    let mut rows: Vec<FormRow> = forms::of_year(conn, year)?
        .into_iter()
        .map(FormRow::of)
        .collect::<Result<_>>()?;
    for of_host in rows.chunk_by_mut(|a, b| a.form.host_key == b.form.host_key) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for f in of_host {
            let n = seen.entry(f.form.kind.clone()).or_default();
            *n += 1;
            f.nth = *n;
        }
    }
    Ok(rows)
}

fn load(conn: &Conn, year: i16, job: &Job) -> Result<Season> {
    let assessment = assess(conn, year, job)?;
    let forms = rows_of_year(conn, year)?;
    let corrections = needed(&assessment, &forms);
    let originals: BTreeMap<PayeeKey, &FormRow> = forms
        .iter()
        .filter(|f| f.form.kind == "ORIGINAL")
        .map(|f| ((f.form.host_key, f.form.payee_no), f))
        .collect();
    let mut to_make = Vec::new();
    for due in &assessment.due {
        let stale = match originals.get(&(due.host_key, due.payee_no)) {
            None => true,
            Some(f) if f.form.is_furnished() || f.form.status == "VOID" => false,
            Some(f) => f.snapshot != due.snapshot,
        };
        if stale {
            to_make.push(due.host_id.clone());
        }
    }
    // A draft that nothing makes due any more is dropped by making.
    let due: BTreeSet<PayeeKey> = assessment
        .due
        .iter()
        .map(|d| (d.host_key, d.payee_no))
        .collect();
    to_make.extend(
        forms
            .iter()
            .filter(|f| {
                f.form.kind == "ORIGINAL"
                    && matches!(f.form.status.as_str(), "DRAFT" | "REVIEWED")
                    && !due.contains(&(f.form.host_key, f.form.payee_no))
            })
            .map(|f| f.form.host_id.clone()),
    );
    to_make.extend(outdated(&corrections, &forms));
    Ok(Season {
        corrected: forms
            .iter()
            .filter(|f| f.form.is_furnished())
            .filter_map(|f| f.form.corrects)
            .collect(),
        assessment,
        forms,
        to_make,
        corrections,
        furnish_by: deadline(year, 1, 31),
        file_by: deadline(year, 3, 31),
    })
}

/// Makes the forms that are due and drops the drafts of those that aren't any more. A furnished one
/// is never touched.
///
/// # Errors
/// [`Code::WrongState`] where somebody else files for the year; [`Code::Cancelled`].
pub fn make(s: &Session, year: i16, job: &Job) -> Result<Season> {
    s.require(&[Role::Preparer], "make forms 1099-K")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let a = assess(conn, year, job)?;
        refuse_second_filer(&a)?;
        let mut have: BTreeMap<PayeeKey, TaxForm> = forms::of_year(conn, year)?
            .into_iter()
            .filter(|f| f.kind == "ORIGINAL")
            .map(|f| ((f.host_key, f.payee_no), f))
            .collect();
        let (mut made, mut changed, mut dropped) = (0, 0, 0);
        for due in &a.due {
            let json = due.snapshot.to_json();
            let gross = due.snapshot.boxes.gross.total_minor();
            match have.remove(&(due.host_key, due.payee_no)) {
                None => {
                    let payee = (due.host_key, due.payee_no);
                    insert(conn, payee, "ORIGINAL", None, &due.snapshot, &stamp)?;
                    made += 1;
                }
                Some(f) if matches!(f.status.as_str(), "DRAFT" | "REVIEWED") => {
                    if f.snapshot != json {
                        let hash = Snapshot::sha256(&json);
                        forms::restate(conn, f.form_key, &json, &hash, gross, &stamp)?;
                        changed += 1;
                    }
                }
                Some(_) => {}
            }
        }
        for f in have.values() {
            if matches!(f.status.as_str(), "DRAFT" | "REVIEWED") {
                forms::set_void(conn, f.form_key, None)?;
                forms::drop_draft(conn, f.form_key)?;
                dropped += 1;
            }
        }
        let corrected = make_in(conn, &a, true, &stamp)?;
        if made + changed + dropped + corrected > 0 {
            let facts = json!({ "made": made, "changed": changed, "dropped": dropped, "blocked": a.blocked.len() });
            audit::record(conn, &stamp, "tax.make", &year.to_string(), &facts)?;
        }
        load(conn, year, job)
    })
}

pub(super) fn insert(
    conn: &Conn,
    (host_key, payee_no): PayeeKey,
    kind: &str,
    corrects: Option<i64>,
    snapshot: &Snapshot,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let json = snapshot.to_json();
    forms::insert(
        conn,
        &NewForm {
            form_id: &clock::new_id(),
            tax_year: snapshot.year,
            host_key,
            payee_no,
            kind,
            corrects,
            snapshot: &json,
            sha256: &Snapshot::sha256(&json),
            gross_minor: snapshot.boxes.gross.total_minor(),
        },
        stamp,
    )?;
    Ok(())
}

/// A form is never made twice for the same money.
pub(super) fn refuse_second_filer(a: &Assessment) -> Result<()> {
    let who = match a.who_files {
        WhoFiles::Ledger => return Ok(()),
        WhoFiles::Stripe => "Stripe files",
        WhoFiles::Nobody => "nobody files",
    };
    Err(Error::new(
        Code::WrongState,
        format!(
            "For {} {who} (setting tax_who_files), so no forms are made here: a form is never made twice for the same money. An admin changes the setting with `hostledger --as-of {}-12-31 settings set tax_who_files LEDGER`.",
            a.year, a.year
        ),
    ))
}

/// One form.
///
/// # Errors
/// [`Code::NotFound`].
pub fn form(s: &Session, form_id: &str) -> Result<FormRow> {
    s.ledger.read(|conn| {
        let form = find(conn, form_id)?;
        let all = rows_of_year(conn, form.tax_year)?;
        all.into_iter()
            .find(|f| f.form.form_id == form_id)
            .ok_or_else(|| Error::new(Code::Internal, "A form that isn't there."))
    })
}

fn find(conn: &Conn, form_id: &str) -> Result<TaxForm> {
    forms::find(conn, form_id)?
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no form {form_id}.")))
}

/// A second person's look: DRAFT forms become REVIEWED. All of the year's, or those named. How many.
///
/// # Errors
/// [`Code::SamePerson`] where their maker looks; [`Code::StalePayouts`]-like [`Code::WrongState`]
/// where the ledger says something else by now.
pub fn review(s: &Session, year: i16, only: Option<&[String]>, job: &Job) -> Result<usize> {
    s.require(&[Role::Approver], "review forms 1099-K")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let season = load(conn, year, job)?;
        // The two forms of a correction go together.
        let named: Option<BTreeSet<i64>> = only.map(|ids| {
            let of = season
                .forms
                .iter()
                .filter(|f| ids.contains(&f.form.form_id));
            of.map(|f| f.form.corrects.map_or(f.form.form_key, |key| -key))
                .collect()
        });
        let wanted = |f: &&FormRow| {
            let unit = f.form.corrects.map_or(f.form.form_key, |key| -key);
            f.form.status == "DRAFT" && named.as_ref().is_none_or(|n| n.contains(&unit))
        };
        let drafts: Vec<&FormRow> = season.forms.iter().filter(wanted).collect();
        if drafts.is_empty() {
            return Err(Error::new(
                Code::WrongState,
                format!("No draft of {year} waits for a review."),
            ));
        }
        refuse_stale(&season, &drafts)?;
        if let Some(own) = drafts
            .iter()
            .find(|f| f.form.made_by.eq_ignore_ascii_case(stamp.by))
        {
            return Err(Error::new(
                Code::SamePerson,
                format!(
                    "{} made the form of {}. Somebody else reviews it.",
                    stamp.by, own.form.host_id
                ),
            ));
        }
        for f in &drafts {
            forms::set_reviewed(conn, f.form.form_key, &stamp)?;
        }
        let hashes: Vec<&str> = drafts.iter().map(|f| f.form.sha256.as_str()).collect();
        let facts =
            json!({ "forms": drafts.len(), "sha256": Snapshot::sha256(&hashes.join("\n")) });
        audit::record(conn, &stamp, "tax.review", &year.to_string(), &facts)?;
        Ok(drafts.len())
    })
}

/// Forms about which the ledger says something else by now are made again first.
fn refuse_stale(season: &Season, of: &[&FormRow]) -> Result<()> {
    let to_make: BTreeSet<&str> = season.to_make.iter().map(String::as_str).collect();
    let stale: Vec<&str> = of
        .iter()
        .map(|f| f.form.host_id.as_str())
        .filter(|id| to_make.contains(id))
        .collect();
    if stale.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        Code::WrongState,
        format!(
            "The ledger says something else about {} forms by now, so they are made again first: {}.",
            stale.len(),
            stale.iter().take(10).copied().collect::<Vec<_>>().join(", ")
        ),
    )
    .with_details(json!({ "hosts": stale })))
}

/// Takes a form out of the season before it is furnished.
///
/// # Errors
/// [`Code::WrongState`] once it is furnished; [`Code::BadInput`] without a reason.
pub fn void(s: &Session, form_id: &str, reason: &str) -> Result<()> {
    s.require(&[Role::Preparer], "void forms 1099-K")?;
    let reason = need_reason(reason)?;
    change(s, form_id, "tax.void", Some(reason))
}

/// Puts a form back that was taken out: a DRAFT again.
///
/// # Errors
/// [`Code::WrongState`] where it isn't void.
pub fn reopen(s: &Session, form_id: &str) -> Result<()> {
    s.require(&[Role::Preparer], "reopen forms 1099-K")?;
    change(s, form_id, "tax.reopen", None)
}

fn change(s: &Session, form_id: &str, action: &str, void: Option<&str>) -> Result<()> {
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let f = find(conn, form_id)?;
        let wanted: &[&str] = match void {
            Some(_) => &["DRAFT", "REVIEWED"],
            None => &["VOID"],
        };
        // The two forms of a correction go together.
        let unit: Vec<TaxForm> = forms::of_year(conn, f.tax_year)?
            .into_iter()
            .filter(|o| {
                o.form_key == f.form_key
                    || (f.corrects.is_some()
                        && o.corrects == f.corrects
                        && wanted.contains(&o.status.as_str()))
            })
            .collect();
        if !wanted.contains(&f.status.as_str()) {
            return Err(Error::new(
                Code::WrongState,
                format!(
                    "The form of {} is {}. A form is void only before it is furnished; afterwards it is corrected.",
                    f.host_id, f.status
                ),
            ));
        }
        let stands = |o: &TaxForm| {
            o.corrects.is_some() && o.status != "VOID" && (o.corrects, &o.kind) == (f.corrects, &f.kind)
        };
        if void.is_none() && forms::of_year(conn, f.tax_year)?.iter().any(stands) {
            return Err(Error::new(
                Code::WrongState,
                format!("Another correction of {} was made since, so this one stays out.", f.host_id),
            ));
        }
        for form in &unit {
            forms::set_void(conn, form.form_key, void)?;
        }
        let facts = json!({ "host": f.host_id, "year": f.tax_year, "reason": void });
        audit::record(conn, &stamp, action, form_id, &facts)
            .map_err(Error::from)
            .map(|_| ())
    })
}

/// What was furnished.
#[derive(Debug, Clone)]
pub struct Furnished {
    /// How many forms are furnished now that weren't.
    pub forms: usize,
    /// Drafts that nobody reviewed yet.
    pub still_drafts: usize,
    /// The files.
    pub files: Vec<PathBuf>,
}

/// A year's forms go out once it is over.
fn refuse_open_year(s: &Session, year: i16) -> Result<()> {
    let today = s.today()?;
    if today > date(year, 12, 31) {
        return Ok(());
    }
    Err(Error::new(
        Code::WrongState,
        format!(
            "{year} goes on until 31 December, so its forms can't be furnished yet. They can be made and looked at."
        ),
    ))
}

/// Furnishes every reviewed form: writes the copies and freezes what they say. Where none is new, the copies
/// of those that stand are written again.
///
/// # Errors
/// [`Code::WrongState`] while the year goes on, where nothing is reviewed, the filer's details are missing, or the ledger
/// says something else by now; [`Code::FileProblem`]; [`Code::Cancelled`]: then nothing is furnished.
pub fn furnish(s: &Session, year: i16, out: &Path, bridge: bool, job: &Job) -> Result<Furnished> {
    s.require(&[Role::Preparer, Role::Approver], "furnish forms 1099-K")?;
    let season = overview(s, year, job)?;
    refuse_second_filer(&season.assessment)?;
    refuse_open_year(s, year)?;
    let of = |status: &str| -> Vec<&FormRow> {
        season
            .forms
            .iter()
            .filter(|f| f.form.status == status)
            .collect()
    };
    let drafts = of("DRAFT");
    let half: BTreeSet<i64> = drafts.iter().filter_map(|f| f.form.corrects).collect();
    let mut reviewed = of("REVIEWED");
    reviewed.retain(|f| f.form.corrects.is_none_or(|key| !half.contains(&key)));
    // Where nothing is new, what the payees have is written again.
    let again: Vec<&FormRow> = season
        .forms
        .iter()
        .filter(|f| f.form.is_furnished() && !season.corrected.contains(&f.form.form_key))
        .collect();
    if reviewed.is_empty() && again.is_empty() {
        return Err(Error::new(
            Code::WrongState,
            format!(
                "No form of {year} is reviewed, so none can be furnished. {} drafts wait for a second person's review.",
                drafts.len()
            ),
        ));
    }
    for f in &reviewed {
        let missing = f.snapshot.filer.missing();
        if !missing.is_empty() {
            return Err(Error::new(
                Code::WrongState,
                format!(
                    "The filer's {} is missing on the forms. Set it under Settings, make the forms again and have them reviewed.",
                    missing.join(", ")
                ),
            ));
        }
    }
    refuse_stale(&season, &reviewed)?;
    let of_run = match reviewed.is_empty() {
        true => &again,
        false => &reviewed,
    };
    let files = papers::write_copies(s, year, of_run, out, bridge, job)?;
    job.check()?;
    let forms = reviewed.len();
    if forms > 0 {
        s.ledger.write(|conn| {
            let stamp = s.stamp(conn)?;
            for f in &reviewed {
                let now = find(conn, &f.form.form_id)?;
                if now.status != "REVIEWED" || now.sha256 != f.form.sha256 {
                    return Err(Error::new(
                        Code::WrongState,
                        format!(
                            "The form of {} changed while the copies were written. Nothing was furnished; furnish again.",
                            f.form.host_id
                        ),
                    ));
                }
                forms::set_furnished(conn, f.form.form_key, &stamp)?;
            }
            let hashes: Vec<&str> = reviewed.iter().map(|f| f.form.sha256.as_str()).collect();
            let facts = json!({ "forms": forms, "sha256": Snapshot::sha256(&hashes.join("\n")) });
            audit::record(conn, &stamp, "tax.furnish", &year.to_string(), &facts)?;
            Ok(())
        })?;
    }
    Ok(Furnished {
        forms,
        still_drafts: drafts.len(),
        files,
    })
}

/// Tax years to look at, newest first: those with forms, that of the business date and the one before.
///
/// # Errors
/// The ledger's own.
pub fn years(s: &Session) -> Result<Vec<i16>> {
    s.ledger.read(|conn| {
        let now = s.stamp(conn)?.on.year();
        let mut years = forms::years(conn)?;
        years.extend([now, now - 1]);
        years.sort_unstable_by(|a, b| b.cmp(a));
        years.dedup();
        Ok(years)
    })
}

/// How many drafts wait for a second person.
///
/// # Errors
/// The ledger's own.
pub fn drafts(s: &Session) -> Result<i64> {
    s.ledger.read(|conn| Ok(forms::drafts(conn)?))
}

/// The filer's details as they are set today.
///
/// # Errors
/// The ledger's own.
pub fn filer(s: &Session) -> Result<Filer> {
    s.ledger
        .read(|conn| Ok(Filer::of(&meta::settings(conn)?, s.stamp(conn)?.on.year())))
}

/// How a host's year leads from box 1a to what was paid, by currency.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Internal`] where it doesn't tie to the journal.
pub fn bridge_of(s: &Session, year: i16, host_id: &str) -> Result<Vec<Bridge>> {
    s.ledger.read(|conn| {
        let host = hosts::find(conn, host_id)?
            .ok_or_else(|| Error::new(Code::NotFound, format!("There is no host {host_id}.")))?;
        bridge::Builder::load(conn, year)?.build(conn, &host)
    })
}
