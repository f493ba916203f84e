//! Forms as PDF: a file per host, copies in postal order for window envelopes, the filer's and the
//! states' copies. Files with TINs can be read by their owner only.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hostledger_core::file_trouble::cannot_write;
use hostledger_core::{Code, Error};
use hostledger_documents::PaperSize;
use hostledger_documents::form_1099k::{
    self as paper, FilerBlock, Form1099k, FormCopy, PayeeBlock, Press, StateBox,
};
use hostledger_store::{audit, hosts, meta};
use jiff::civil::Date;
use serde_json::json;

use super::bridge;
use super::season::{FormRow, Season, make};
use super::snapshot::Snapshot;
use super::vault::Vault;
use crate::identity::Role;
use crate::jobs::Job;
use crate::{Result, Session, clock};

/// Which copy of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormPaper {
    /// Copy B, with the truncated TIN.
    Payee,
    /// The filer's own.
    Filer,
    /// Copy 1.
    State,
}

impl FormPaper {
    fn copy(self) -> FormCopy {
        match self {
            Self::Payee => FormCopy::Recipient,
            Self::Filer => FormCopy::Filer,
            Self::State => FormCopy::State,
        }
    }
}

/// Forms in one file of copies: memory stays flat however many there are.
const FORMS_PER_FILE: usize = 250;

/// What all papers of a run have in common.
struct Run<'a> {
    s: &'a Session,
    press: Press,
    size: PaperSize,
    made_at: String,
    /// Bridges of the year, where they are wanted.
    bridges: Option<bridge::Builder>,
    /// What is printed goes out now; otherwise a form that isn't furnished says that it is a draft.
    furnishing: bool,
}

impl<'a> Run<'a> {
    fn new(s: &'a Session, year: i16, bridge: bool) -> Result<Self> {
        let settings = s
            .ledger
            .read(|conn| -> Result<_> { Ok(meta::settings(conn)?) })?;
        let size = match settings.value_on("paper", Date::MAX) {
            Some("Letter") => PaperSize::Letter,
            _ => PaperSize::A4,
        };
        let now = clock::now();
        Ok(Self {
            s,
            press: Press::new().map_err(from_paper)?,
            size,
            made_at: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            bridges: match bridge {
                true => Some(s.ledger.read(|conn| bridge::Builder::load(conn, year))?),
                false => None,
            },
            furnishing: false,
        })
    }

    /// The form for the press. A TIN is opened only for a copy that shows it.
    fn sheet(&self, f: &FormRow, copy: FormPaper) -> Result<Form1099k> {
        let s = &f.snapshot;
        let payee_tin = match copy {
            FormPaper::Payee => String::new(),
            _ => whole_tin(self.s, s)?,
        };
        let bridges = self
            .bridges
            .as_ref()
            .filter(|_| copy != FormPaper::State && !s.boxes.is_zero());
        Ok(Form1099k {
            year: s.year,
            correction: matches!(f.form.kind.as_str(), "CORRECTED" | "ZEROED"),
            void: f.form.status == "VOID",
            draft: !f.form.is_furnished() && !self.furnishing,
            account_number: s.account_number.clone(),
            filer: FilerBlock {
                name: s.filer.name.clone(),
                address_lines: s.filer.address.clone(),
                phone: s.filer.phone.clone(),
                tin: s.filer.tin.clone(),
                is_pse: s.filer.is_pse,
                pse: String::new(),
            },
            payee: PayeeBlock {
                name: s.payee.legal_name.clone(),
                second_name: s.payee.business_name.clone(),
                address_lines: s.payee.address(),
            },
            payee_tin,
            payee_tin_truncated: s.payee.truncated_tin(),
            gross_cents: s.boxes.gross.total_minor(),
            transactions: u32::try_from(s.boxes.gross.transactions).unwrap_or(u32::MAX),
            withheld_cents: s.boxes.withheld_minor,
            months_cents: s.boxes.gross.months_minor,
            states: state_boxes(s),
            second_tin_notice: s.second_tin_notice,
            because: s.because_in_words.clone(),
            date_basis: s.date_basis.clone(),
            digest: f.form.is_furnished().then(|| f.form.sha256.clone()),
            bridge: match bridges {
                Some(b) => self.bridge_of(b, f)?,
                None => None,
            },
        })
    }

    /// The bridge, where the ledger still says what the form says; it is the host's, so that of two
    /// payees none has one.
    fn bridge_of(&self, with: &bridge::Builder, f: &FormRow) -> Result<Option<paper::Bridge>> {
        let (s, host_id) = (&f.snapshot, &f.form.host_id);
        let bridges = self.s.ledger.read(|conn| {
            let host = hosts::find(conn, host_id)?.ok_or_else(|| {
                Error::new(Code::NotFound, format!("There is no host {host_id}."))
            })?;
            with.build(conn, &host)
        })?;
        let in_box: i64 = bridges.iter().map(|b| b.box_1a_minor).sum();
        Ok((in_box == s.boxes.gross.total_minor())
            .then(|| bridge::on_paper(&bridges, &s.date_basis)))
    }

    fn one(&self, f: &FormRow, copy: FormPaper) -> Result<Vec<u8>> {
        let sheet = self.sheet(f, copy)?;
        paper::form_pdf(&self.press, &sheet, copy.copy(), self.size, &self.made_at)
            .map_err(from_paper)
    }

    fn many(&self, forms: &[&FormRow], copy: FormPaper) -> Result<Vec<u8>> {
        let sheets: Vec<Form1099k> = forms
            .iter()
            .map(|f| self.sheet(f, copy))
            .collect::<Result<_>>()?;
        paper::forms_pdf(&self.press, &sheets, copy.copy(), self.size, &self.made_at)
            .map_err(from_paper)
    }
}

#[allow(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn from_paper(e: hostledger_documents::Error) -> Error {
    Error::new(Code::Internal, format!("A form can't be printed: {e}"))
}

/// The payee's state, where its rule made the form due or the form names it for the combined
/// programme.
fn state_boxes(s: &Snapshot) -> Vec<StateBox> {
    if s.payee.state.is_empty() || !s.because.contains(&s.payee.state) {
        return Vec::new();
    }
    vec![StateBox {
        state: s.payee.state.clone(),
        state_id: s.state_id.clone(),
        withheld_cents: 0,
    }]
}

/// The whole TIN of a form's payee.
pub(super) fn whole_tin(s: &Session, snapshot: &Snapshot) -> Result<String> {
    let sealed = hex::decode(&snapshot.payee.tin_sealed).unwrap_or_default();
    Ok(Vault::of(s).open(snapshot.payee.tin_type, &sealed)?.whole())
}

/// What a form's file is called.
fn file_name(f: &FormRow) -> String {
    let kind = match f.form.kind.as_str() {
        "CORRECTED" => "-corrected",
        "ZEROED" => "-corrected-zero",
        "REPLACEMENT" => "-new",
        _ => "",
    };
    let nth = match f.nth {
        1 => String::new(),
        n => format!("-{n}"),
    };
    let id: String = f
        .form
        .host_id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
                c
            } else {
                '_'
            }
        })
        .collect();
    format!("1099-K-{}-{id}{kind}{nth}.pdf", f.snapshot.year)
}

/// One copy of one form as a PDF.
///
/// # Errors
/// [`Code::FileProblem`], [`Code::DamagedLedger`].
pub fn form_paper(
    s: &Session,
    form: &FormRow,
    copy: FormPaper,
    bridge: bool,
    out: &Path,
) -> Result<()> {
    if copy != FormPaper::Payee {
        let who = [Role::Admin, Role::Preparer, Role::Approver];
        s.require(&who, "print copies with a whole TIN")?;
    }
    let bytes = Run::new(s, form.snapshot.year, bridge)?.one(form, copy)?;
    write_private(out, &bytes)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let facts = json!({ "copy": format!("{copy:?}"), "host": form.form.host_id });
        audit::record(conn, &stamp, "tax.print", &form.form.form_id, &facts)?;
        Ok(())
    })
}

/// Makes the forms of a year and writes the payees' copies, a file per host, and a summary. The
/// season and each form's file by form id.
///
/// # Errors
/// As [`make`]; [`Code::FileProblem`].
pub fn write_forms(
    s: &Session,
    year: i16,
    out: &Path,
    bridge: bool,
    job: &Job,
) -> Result<(Season, BTreeMap<String, PathBuf>)> {
    let season = make(s, year, job)?;
    let run = Run::new(s, year, bridge)?;
    make_folder(out)?;
    let mut files = BTreeMap::new();
    let forms: Vec<&FormRow> = season
        .forms
        .iter()
        .filter(|f| f.form.status != "VOID")
        .collect();
    let total = forms.len() as u64;
    for (i, f) in forms.into_iter().enumerate() {
        job.check()?;
        job.progress("Printing forms", i as u64, Some(total));
        let path = out.join(file_name(f));
        write_private(&path, &run.one(f, FormPaper::Payee)?)?;
        files.insert(f.form.form_id.clone(), path);
    }
    super::filing::write_summary(s, &season, out, &run.made_at)?;
    Ok((season, files))
}

/// Writes every copy of furnished forms: a payee's file per host, the payees' copies in postal order,
/// the filer's copies, and those for states whose rule made them due.
pub(super) fn write_copies(
    s: &Session,
    year: i16,
    forms: &[&FormRow],
    out: &Path,
    bridge: bool,
    job: &Job,
) -> Result<Vec<PathBuf>> {
    let run = Run {
        furnishing: true,
        ..Run::new(s, year, bridge)?
    };
    make_folder(out)?;
    make_folder(&out.join("payees"))?;
    let mut files = Vec::new();
    let total = forms.len() as u64;
    for (i, f) in forms.iter().enumerate() {
        job.check()?;
        job.progress("Printing payees' copies", i as u64, Some(total));
        let path = out.join("payees").join(file_name(f));
        write_private(&path, &run.one(f, FormPaper::Payee)?)?;
        files.push(path);
    }
    let mut by_post = forms.to_vec();
    by_post.sort_by_cached_key(|f| {
        let p = &f.snapshot.payee;
        let abroad = !hostledger_core::tax_profile::is_us(&p.country);
        (
            abroad,
            p.country.clone(),
            p.postal_code.clone(),
            p.city.clone(),
            p.address_line1.clone(),
            f.form.host_id.clone(),
            f.form.form_key,
        )
    });
    let mut by_state: BTreeMap<String, Vec<&FormRow>> = BTreeMap::new();
    for f in forms {
        for b in state_boxes(&f.snapshot) {
            by_state.entry(b.state).or_default().push(f);
        }
    }
    let mut sets = vec![
        (
            "payees-in-postal-order".to_owned(),
            by_post,
            FormPaper::Payee,
        ),
        ("filer-copies".to_owned(), forms.to_vec(), FormPaper::Filer),
    ];
    sets.extend(
        by_state
            .into_iter()
            .map(|(state, of)| (format!("state-{state}"), of, FormPaper::State)),
    );
    for (name, of, copy) in sets {
        // What was written into the folder before stays.
        let path_of = |n: usize| out.join(format!("{name}-{n:03}.pdf"));
        let first = (1..).find(|n| !path_of(*n).exists()).unwrap_or(1);
        for (i, part) in of.chunks(FORMS_PER_FILE).enumerate() {
            job.check()?;
            job.progress(
                "Printing copies for the post",
                (i * FORMS_PER_FILE) as u64,
                Some(total),
            );
            let path = path_of(first + i);
            write_private(&path, &run.many(part, copy)?)?;
            files.push(path);
        }
    }
    Ok(files)
}

/// Makes a folder that only its owner can look into, where it isn't there.
pub(super) fn make_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|e| cannot_write(folder, &e))
}

/// Writes a file that only its owner can read, whole or not at all.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    crate::files::write_private(path, bytes)
}
