//! What the payee has already and the ledger says otherwise by now (docs/tax.md, *corrections*).

use std::collections::{BTreeMap, BTreeSet};

use hostledger_core::form_1099k::{Boxes, Correction, Payee, correction};
use hostledger_store::ledger::Stamp;
use hostledger_store::tax::forms::{self, TaxForm};
use hostledger_store::{Conn, audit};
use serde_json::json;

use super::compute::{Assessment, assess};
use super::questions::PayeeKey;
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

/// The form of a host's that stands: the newest that the payee has, and of a two-form correction the
/// new original.
fn standing(of_host: &[FormRow]) -> Option<&FormRow> {
    of_host
        .iter()
        .filter(|f| f.form.is_furnished())
        .max_by_key(|f| (f.form.kind != "ZEROED", f.form.form_key))
}

/// Corrections that a season needs. Forms stand host by host.
pub(super) fn needed(a: &Assessment, forms: &[FormRow]) -> Vec<NeededCorrection> {
    let due: BTreeMap<PayeeKey, &Snapshot> = a
        .due
        .iter()
        .map(|d| ((d.host_key, d.payee_no), &d.snapshot))
        .collect();
    let blocked: BTreeSet<&str> = a.blocked.iter().map(|b| b.host_id.as_str()).collect();
    let mut out: Vec<NeededCorrection> = Vec::new();
    let payee = |f: &FormRow| (f.form.host_key, f.form.payee_no);
    for of_host in forms.chunk_by(|a, b| payee(a) == payee(b)) {
        let Some(f) = standing(of_host) else {
            continue;
        };
        let now = due.get(&payee(f)).copied();
        // A host who is blocked by now keeps the form until the details are there again.
        if now.is_none() && blocked.contains(f.form.host_id.as_str()) {
            continue;
        }
        let rest_was = f.snapshot.payee.rest();
        let rest_now = now.map(|n| n.payee.rest()).unwrap_or_default();
        let payee_id = |p: &PayeeSnapshot| format!("{:?} {}", p.tin_type, p.tin_print).into_bytes();
        let tin_was = payee_id(&f.snapshot.payee);
        let tin_now = now.map(|n| payee_id(&n.payee)).unwrap_or_default();
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
                made: false,
                form: f.form.clone(),
                was: f.snapshot.clone(),
                now: now.cloned(),
                correction,
            });
            if let Some(c) = out.last_mut() {
                let wanted = forms_of(c);
                let of = |status: &[&str], w: &(&str, Snapshot)| {
                    of_host.iter().any(|o| {
                        o.form.corrects == Some(f.form.form_key)
                            && status.contains(&o.form.status.as_str())
                            && o.form.kind == w.0
                            && o.snapshot == w.1
                    })
                };
                c.made = wanted.iter().all(|w| of(&["DRAFT", "REVIEWED"], w));
                if wanted.iter().all(|w| of(&["VOID"], w)) {
                    // A person decided that it isn't worth one.
                    out.pop();
                }
            }
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
    if was.payee.tin_type != now.payee.tin_type {
        differ("TIN", was.payee.truncated_tin(), now.payee.truncated_tin());
    }
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

/// The forms that put a furnished one right: kind and content.
fn forms_of(c: &NeededCorrection) -> Vec<(&'static str, Snapshot)> {
    let zeroed = Snapshot {
        boxes: Boxes::default(),
        ..c.was.clone()
    };
    match (c.correction, &c.now) {
        (Correction::OneForm, Some(now)) => vec![("CORRECTED", now.clone())],
        (Correction::TwoForms, Some(now)) => {
            vec![("ZEROED", zeroed), ("REPLACEMENT", now.clone())]
        }
        _ => vec![("CORRECTED", zeroed)],
    }
}

/// Forms of corrections that aren't furnished and say something else than the ledger by now: hosts.
pub(super) fn outdated(needed: &[NeededCorrection], forms: &[FormRow]) -> Vec<String> {
    let wanted: BTreeMap<i64, Vec<(&str, Snapshot)>> = needed
        .iter()
        .map(|c| (c.form.form_key, forms_of(c)))
        .collect();
    let mut out: Vec<String> = forms
        .iter()
        .filter(|f| matches!(f.form.status.as_str(), "DRAFT" | "REVIEWED"))
        .filter(|f| match f.form.corrects {
            None => false,
            Some(key) => !wanted.get(&key).is_some_and(|w| {
                w.iter()
                    .any(|(kind, s)| *kind == f.form.kind && *s == f.snapshot)
            }),
        })
        .map(|f| f.form.host_id.clone())
        .collect();
    out.dedup();
    out
}

/// Makes the forms of every correction that is needed and not made; those that aren't needed any more, or
/// say something else, are dropped. A correction that a person took out stays out until something else
/// differs. How many forms were made.
///
/// # Errors
/// [`hostledger_core::Code::WrongState`] where somebody else files for the year.
pub fn make_corrections(s: &Session, year: i16, job: &Job) -> Result<usize> {
    s.require(&[Role::Preparer], "correct forms 1099-K")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let a = assess(conn, year, job)?;
        refuse_second_filer(&a)?;
        make_in(conn, &a, false, &stamp)
    })
}

/// As [`make_corrections`]; `only_open`: where some are made and outdated only.
pub(super) fn make_in(
    conn: &Conn,
    a: &Assessment,
    only_open: bool,
    stamp: &Stamp<'_>,
) -> Result<usize> {
    let forms = super::season::rows_of_year(conn, a.year)?;
    let needed = needed(a, &forms);
    let mut wanted: BTreeMap<i64, Vec<(&'static str, Snapshot)>> = needed
        .iter()
        .map(|c| (c.form.form_key, forms_of(c)))
        .collect();
    let outdated: BTreeSet<String> = outdated(&needed, &forms).into_iter().collect();
    let mut dropped = 0;
    for f in &forms {
        let Some(key) = f.form.corrects else { continue };
        let open = matches!(f.form.status.as_str(), "DRAFT" | "REVIEWED");
        if open && outdated.contains(&f.form.host_id) {
            // One of two forms is never made without the other.
            forms::set_void(conn, f.form.form_key, None)?;
            forms::drop_draft(conn, f.form.form_key)?;
            dropped += 1;
        } else if (open || f.form.status == "VOID")
            && let Some(of) = wanted.get_mut(&key)
        {
            of.retain(|(kind, s)| !(*kind == f.form.kind && *s == f.snapshot));
        }
    }
    let mut made = 0;
    for c in &needed {
        if only_open && !outdated.contains(&c.form.host_id) {
            continue;
        }
        for (kind, snapshot) in wanted.remove(&c.form.form_key).unwrap_or_default() {
            insert(
                conn,
                (c.form.host_key, c.form.payee_no),
                kind,
                Some(c.form.form_key),
                &snapshot,
                stamp,
            )?;
            made += 1;
        }
    }
    if made + dropped > 0 {
        let facts = json!({ "made": made, "dropped": dropped });
        audit::record(conn, stamp, "tax.correct", &a.year.to_string(), &facts)?;
    }
    Ok(made)
}
