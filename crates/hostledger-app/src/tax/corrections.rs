//! What the payee has already and the ledger says otherwise by now (docs/tax.md, *corrections*).

use hostledger_core::form_1099k::{Boxes, Correction, Payee, correction};
use hostledger_store::audit;
use hostledger_store::tax::forms::{self, TaxForm};
use serde_json::json;

use super::compute::{Assessment, assess};
use super::season::{FormRow, insert, refuse_second_filer};
use super::snapshot::{PayeeSnapshot, Snapshot};
use crate::identity::Role;
use crate::jobs::Job;
use crate::{Result, Session};

/// A furnished form that needs putting right.
#[derive(Debug, Clone)]
pub struct NeededCorrection {
    /// The form that the payee has.
    pub form: TaxForm,
    /// What it says.
    pub was: Snapshot,
    /// What it would say today; `None`: no form is due.
    pub now: Option<Snapshot>,
    /// What puts it right.
    pub correction: Correction,
    /// What differs, in words.
    pub what: Vec<String>,
    /// Forms of the correction that are made already.
    pub made: bool,
}

/// The form that stands for a host: the newest that isn't void, and of a two-form correction the new
/// original.
fn standing(forms: &[FormRow], host_key: i64) -> Option<&FormRow> {
    forms
        .iter()
        .filter(|f| f.form.host_key == host_key && f.form.is_furnished())
        .max_by_key(|f| (f.form.kind != "ZEROED", f.form.form_key))
}

/// Corrections that a season needs.
pub(super) fn needed(a: &Assessment, forms: &[FormRow]) -> Vec<NeededCorrection> {
    let mut hosts: Vec<i64> = forms.iter().map(|f| f.form.host_key).collect();
    hosts.dedup();
    let mut out = Vec::new();
    for host_key in hosts {
        let Some(f) = standing(forms, host_key) else {
            continue;
        };
        let now = a
            .due
            .iter()
            .find(|d| d.host_key == host_key)
            .map(|d| &d.snapshot);
        // A host who is blocked by now keeps the form until the details are there again.
        if now.is_none() && a.blocked.iter().any(|b| b.host_id == f.form.host_id) {
            continue;
        }
        let rest_was = f.snapshot.payee.rest();
        let rest_now = now.map(|n| n.payee.rest()).unwrap_or_default();
        let payee = |p: &PayeeSnapshot| p.tin_print.clone().into_bytes();
        let tin_was = payee(&f.snapshot.payee);
        let tin_now = now.map(|n| payee(&n.payee)).unwrap_or_default();
        let was = (
            &f.snapshot.boxes,
            &Payee {
                tin: &tin_was,
                name: &f.snapshot.payee.legal_name,
                rest: &rest_was,
            },
        );
        let today = now.map(|n| Payee {
            tin: &tin_now,
            name: &n.payee.legal_name,
            rest: &rest_now,
        });
        let now_parts = now.zip(today.as_ref()).map(|(n, p)| (&n.boxes, p));
        if let Some(correction) = correction(was, now_parts) {
            out.push(NeededCorrection {
                what: differences(&f.snapshot, now),
                made: forms.iter().any(|c| {
                    c.form.corrects == Some(f.form.form_key)
                        && matches!(c.form.status.as_str(), "DRAFT" | "REVIEWED")
                }),
                form: f.form.clone(),
                was: f.snapshot.clone(),
                now: now.cloned(),
                correction,
            });
        }
    }
    out
}

fn differences(was: &Snapshot, now: Option<&Snapshot>) -> Vec<String> {
    let usd =
        |minor| hostledger_core::Money::new(minor, hostledger_core::Currency::USD).to_string();
    let Some(now) = now else {
        return vec!["No form is due any more.".to_owned()];
    };
    let mut out = Vec::new();
    let mut differ = |what: &str, a: String, b: String| {
        if a != b {
            out.push(format!("{what}: {a} became {b}."));
        }
    };
    let gross = |s: &Snapshot| usd(s.boxes.gross.total_minor());
    differ("Box 1a", gross(was), gross(now));
    let count = |s: &Snapshot| s.boxes.gross.transactions.to_string();
    differ("Box 3", count(was), count(now));
    differ(
        "Box 4",
        usd(was.boxes.withheld_minor),
        usd(now.boxes.withheld_minor),
    );
    if was.boxes.gross.total_minor() == now.boxes.gross.total_minor()
        && was.boxes.gross.months_minor != now.boxes.gross.months_minor
    {
        differ(
            "Months",
            "boxes 5a to 5l".into(),
            "others with the same sum".into(),
        );
    }
    differ(
        "Name",
        was.payee.legal_name.clone(),
        now.payee.legal_name.clone(),
    );
    if was.payee.tin_print != now.payee.tin_print {
        differ(
            "TIN",
            was.payee.truncated_tin(),
            format!("{} (another one)", now.payee.truncated_tin()),
        );
    }
    differ(
        "Address",
        was.payee.rest().join(", "),
        now.payee.rest().join(", "),
    );
    out
}

/// Corrections that a year needs today.
///
/// # Errors
/// [`hostledger_core::Code::Cancelled`]; the ledger's own.
pub fn corrections(s: &Session, year: i16, job: &Job) -> Result<Vec<NeededCorrection>> {
    Ok(super::season::overview(s, year, job)?.corrections)
}

/// Makes the forms of every correction that is needed and not made. How many forms.
///
/// # Errors
/// [`hostledger_core::Code::WrongState`] where somebody else files for the year.
pub fn make_corrections(s: &Session, year: i16, job: &Job) -> Result<usize> {
    s.require(&[Role::Preparer], "correct forms 1099-K")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let a = assess(conn, year, job)?;
        refuse_second_filer(&a)?;
        let forms = forms::of_year(conn, year)?
            .into_iter()
            .map(|form| {
                let snapshot = Snapshot::from_json(&form.snapshot)?;
                Ok(FormRow { form, snapshot })
            })
            .collect::<Result<Vec<_>>>()?;
        let mut made = 0;
        for c in needed(&a, &forms) {
            // What was made of an earlier state of the ledger is dropped and made anew.
            for old in &forms {
                if old.form.corrects == Some(c.form.form_key) && !old.form.is_furnished() {
                    forms::set_void(conn, old.form.form_key, None)?;
                    forms::drop_draft(conn, old.form.form_key)?;
                }
            }
            let mut add = |kind: &str, snapshot: &Snapshot| {
                made += 1;
                insert(
                    conn,
                    c.form.host_key,
                    kind,
                    Some(c.form.form_key),
                    snapshot,
                    &stamp,
                )
            };
            let zeroed = Snapshot {
                boxes: Boxes::default(),
                ..c.was.clone()
            };
            match (c.correction, &c.now) {
                (Correction::OneForm, Some(now)) => add("CORRECTED", now)?,
                (Correction::TwoForms, Some(now)) => {
                    add("ZEROED", &zeroed)?;
                    add("REPLACEMENT", now)?;
                }
                _ => add("CORRECTED", &zeroed)?,
            }
        }
        if made > 0 {
            let facts = json!({ "forms": made });
            audit::record(conn, &stamp, "tax.correct", &year.to_string(), &facts)?;
        }
        Ok(made)
    })
}
