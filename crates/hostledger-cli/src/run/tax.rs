//! Tax: forms 1099-K, profiles, rules, and the exchange rates that forms need.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hostledger_app::tax::{
    self, Blocked, FilingOptions, FormRow, HostTax, KeptRule, NeededCorrection, NewNotice,
    NewProfile, Season, TaxNotice, TaxSays, Warning, WhoFiles,
};
use hostledger_app::{Session, fx};
use hostledger_core::money::{Currency, format_minor, parse_minor};
use hostledger_core::tax_rules::{TaxRule, WithholdingStart};
use hostledger_core::{Code, Error, tin};
use serde_json::{Value, json};

use super::files::pair;
use super::{Answer, done, silent, watched};
use crate::people::secret;
use crate::{args, text};

fn usd(minor: i64) -> String {
    format_minor(minor, Currency::USD)
}

pub(super) fn tax(s: &Session, c: &args::Tax) -> Answer {
    match c {
        args::Tax::Form1099k { year, out, bridge } => {
            let (season, files) = tax::write_forms(s, *year, out, *bridge, &watched())?;
            let json = made(&season, &files);
            let mut text = forms_table(&json);
            text.push_str(&notes(&season));
            text.push_str(&format!(
                "\n{} forms and a summary are in {}.",
                files.len(),
                out.display()
            ));
            done(json, text)
        }
        args::Tax::Season { year } => {
            let season = tax::overview(s, *year, &watched())?;
            let json = season_json(&season);
            let mut text = forms_table(&json);
            text.push_str(&notes(&season));
            done(json, text)
        }
        args::Tax::Review { year, forms } => {
            let only = (!forms.is_empty()).then_some(forms.as_slice());
            let n = tax::review(s, *year, only, &watched())?;
            done(json!({ "reviewed": n }), format!("{n} forms are reviewed."))
        }
        args::Tax::Void {
            form,
            reason,
            reopen,
        } => {
            if *reopen {
                tax::reopen(s, form)?;
                return silent("It is a draft again.");
            }
            tax::void(s, form, reason.as_deref().unwrap_or_default())?;
            silent("The form is void.")
        }
        args::Tax::Furnish { year, out, bridge } => {
            let f = tax::furnish(s, *year, out, *bridge, &watched())?;
            done(
                json!({ "furnished": f.forms, "still_drafts": f.still_drafts, "files": paths(&f.files) }),
                format!(
                    "{} forms are furnished and frozen; {} drafts wait for a review. The copies are in {}.",
                    f.forms,
                    f.still_drafts,
                    out.display()
                ),
            )
        }
        args::Tax::File { .. } => file(s, c),
        args::Tax::Corrections { year, make } => {
            let made = match make {
                true => tax::make_corrections(s, *year, &watched())?,
                false => 0,
            };
            let needed = tax::corrections(s, *year, &watched())?;
            let all: Value = needed.iter().map(correction).collect();
            let columns = [
                ("host", "host_id"),
                ("correction", "correction"),
                ("made", "made"),
                ("what differs", "what"),
            ];
            let mut text = text::table(&all, &columns, "No furnished form needs a correction.");
            if *make {
                text.push_str(&format!("\n{made} forms are made as drafts."));
            }
            done(json!({ "made": made, "corrections": all }), text)
        }
        args::Tax::Profiles { .. } => profiles(s, c),
        args::Tax::Enter(e) => enter(s, e),
        args::Tax::Answer { host, year, says } => {
            let says = match says {
                args::TaxSays::SwapName => TaxSays::SwapName,
                args::TaxSays::KeepName => TaxSays::KeepName,
                args::TaxSays::OnePayee => TaxSays::OnePayee,
                args::TaxSays::NewPayee => TaxSays::NewPayee,
            };
            tax::answer(s, host, *year, says)?;
            silent("The answer is kept, and the same isn't asked again.")
        }
        args::Tax::TinMatch { out, answers } => match (out, answers) {
            (_, Some(file)) => {
                let a = tax::read_answers(s, file)?;
                let mismatched: Vec<Value> = a
                    .mismatched
                    .iter()
                    .map(|(host, why)| json!({ "host_id": host, "answer": why }))
                    .collect();
                let columns = [("host", "host_id"), ("the IRS says", "answer")];
                let list = json!(mismatched);
                let text = format!(
                    "{} match.\n{}",
                    a.matched,
                    text::table(&list, &columns, "None fails to match.")
                );
                done(
                    json!({ "matched": a.matched, "mismatched": list, "unknown": a.unknown }),
                    text,
                )
            }
            (Some(out), None) => {
                let w = tax::write_matching_file(s, out)?;
                let mut text = format!(
                    "Written: {}. It carries whole TINs; only you can read it. Delete it once it is uploaded.",
                    paths(&w.files).join(", ")
                );
                if !w.left_out.is_empty() {
                    text.push_str(&format!(
                        "\nLeft out, because the IRS takes names in Latin letters only: {}.",
                        w.left_out.join(", ")
                    ));
                }
                done(
                    json!({ "files": paths(&w.files), "left_out": w.left_out }),
                    text,
                )
            }
            (None, None) => Err(Error::new(Code::BadInput, "Say --out or --answers.")),
        },
        args::Tax::Notices { .. } => notices(s, c),
        args::Tax::Rules(r) => rules(s, r),
    }
}

fn paths(all: &[PathBuf]) -> Vec<String> {
    all.iter().map(|p| p.display().to_string()).collect()
}

fn form(f: &FormRow) -> Value {
    let b = &f.snapshot.boxes;
    let months: Vec<String> = b.gross.months_minor.iter().map(|m| usd(*m)).collect();
    json!({
        "form_id": f.form.form_id, "host_id": f.form.host_id, "name": f.snapshot.payee.legal_name, "state": f.snapshot.payee.state,
        "gross": usd(b.gross.total_minor()), "transactions": b.gross.transactions, "months": months,
        "withheld": usd(b.withheld_minor), "currency": "USD", "because": f.snapshot.because,
        "kind": f.form.kind, "status": f.form.status, "sha256": f.form.sha256,
        "made_by": f.form.made_by, "reviewed_by": f.form.reviewed.as_ref().map(|r| &r.1),
    })
}

fn blocked(b: &Blocked) -> Value {
    json!({
        "host_id": b.host_id, "reason": b.reason, "message": b.sentence, "because": b.because,
        "gross": usd(b.gross_minor), "transactions": b.transactions,
    })
}

fn warning(w: &Warning) -> Value {
    json!({ "code": w.code, "message": w.message, "hosts": w.hosts })
}

fn made(season: &Season, files: &BTreeMap<String, PathBuf>) -> Value {
    let mut json = season_json(season);
    if let Some(forms) = json["forms"].as_array_mut() {
        forms.retain(|f| f["status"] != "VOID");
        for f in forms {
            let path = f["form_id"].as_str().and_then(|id| files.get(id));
            f["pdf"] = json!(path.map(|p| p.display().to_string()));
        }
    }
    json
}

fn season_json(season: &Season) -> Value {
    let a = &season.assessment;
    let forms: Vec<Value> = season.forms.iter().map(form).collect();
    let blocked: Vec<Value> = a.blocked.iter().map(blocked).collect();
    let warnings: Vec<Value> = a.warnings.iter().map(warning).collect();
    json!({
        "year": a.year, "forms": forms, "blocked": blocked, "warnings": warnings,
        "who_files": format!("{:?}", a.who_files).to_uppercase(), "due": a.due.len(), "to_make": season.to_make, "corrections": season.corrections.iter().map(correction).collect::<Vec<_>>(),
        "hosts": a.hosts, "gross": usd(a.gross_minor), "form_945_withheld": usd(a.withheld_minor), "currency": "USD",
        "furnish_by": season.furnish_by.to_string(), "file_by": season.file_by.to_string(),
    })
}

fn forms_table(json: &Value) -> String {
    let columns = [
        ("host", "host_id"),
        ("name", "name"),
        ("state", "state"),
        ("gross", "gross"),
        ("transactions", "transactions"),
        ("withheld", "withheld"),
        ("due by", "because"),
        ("form", "kind"),
        ("is", "status"),
    ];
    text::table(&json["forms"], &columns, "No form is made.\n")
}

fn notes(season: &Season) -> String {
    let mut out = String::new();
    let a = &season.assessment;
    if a.who_files != WhoFiles::Ledger {
        out.push_str(&format!(
            "\nSomebody else files for {} (setting tax_who_files), so no forms are made here.",
            a.year
        ));
    } else if !season.to_make.is_empty() {
        out.push_str(&format!(
            "\n{} forms are due; of {} hosts the form isn't made, or says something else by now: `hostledger tax 1099k` makes them.",
            a.due.len(),
            season.to_make.len()
        ));
    }
    for b in &season.assessment.blocked {
        out.push_str(&format!("\nBlocked: {}: {}", b.host_id, b.sentence));
    }
    for w in &season.assessment.warnings {
        out.push_str(&format!("\nNote: {}", w.message));
    }
    if !season.corrections.is_empty() {
        out.push_str(&format!(
            "\n{} furnished forms need a correction: `hostledger tax corrections`.",
            season.corrections.len()
        ));
    }
    out.push_str(&format!(
        "\nPayees have their copies by {}, the IRS the forms by {}. This is no tax advice.",
        season.furnish_by, season.file_by
    ));
    out
}

fn correction(c: &NeededCorrection) -> Value {
    json!({
        "host_id": c.form.host_id, "form_id": c.form.form_id, "correction": c.correction.as_str(), "what": c.what.join(" "), "made": c.made,
        "gross_was": usd(c.was.boxes.gross.total_minor()), "gross_now": c.now.as_ref().map(|n| usd(n.boxes.gross.total_minor())),
    })
}

fn file(s: &Session, c: &args::Tax) -> Answer {
    let args::Tax::File {
        year,
        out,
        template,
        columns,
        archive,
        receipt,
    } = c
    else {
        return Err(Error::new(Code::Internal, "Another command."));
    };
    if let Some(receipt) = receipt {
        let n = tax::record_filed(s, *year, receipt)?;
        return done(json!({ "filed": n }), format!("{n} forms are filed."));
    }
    let archive = match archive {
        None => None,
        Some(path) => Some((
            path.clone(),
            secret("HOSTLEDGER_ARCHIVE_PASSPHRASE", "Archive's passphrase")?,
        )),
    };
    let options = FilingOptions {
        template: template.clone(),
        columns: columns
            .iter()
            .map(|p| pair(p, "THEIRS=OURS").map(|(k, v)| (k.to_owned(), v.to_owned())))
            .collect::<Result<_, _>>()?,
        archive,
    };
    let out = out.clone().unwrap_or_default();
    let w = tax::file(s, *year, &out, &options, &watched())?;
    let mut text = format!(
        "{} forms are in {}. The files carry whole TINs and only you can read them. Upload them, then record the portal's receipt with --receipt.",
        w.forms,
        out.display()
    );
    if !w.unused_columns.is_empty() {
        text.push_str(&format!(
            "\nColumns of the template that stay empty: {}.",
            w.unused_columns.join(", ")
        ));
    }
    done(
        json!({ "filing_id": w.filing_id, "forms": w.forms, "files": paths(&w.files), "unused_columns": w.unused_columns }),
        text,
    )
}

fn profile(h: &HostTax) -> Value {
    let p = h.profile.as_ref();
    json!({
        "host_id": h.host_id, "name": h.host_name, "country": h.country, "standing": h.standing.as_str(), "missing": h.lacks, "message": h.sentence,
        "form": p.map(|p| p.form.as_str()), "legal_name": p.map(|p| &p.legal_name), "tin": p.filter(|p| !p.tin_last4.is_empty()).map(|p| tin::truncated(p.tin_type, &p.tin_last4)),
        "tin_type": p.and_then(|p| p.tin_type).map(|t| t.as_str()), "state": p.map(|p| &p.state), "signed_on": p.and_then(|p| p.signed_on).map(|d| d.to_string()),
        "expires_on": p.and_then(|p| p.expires_on).map(|d| d.to_string()), "match_code": p.and_then(|p| p.match_code),
        "gross": usd(h.gross_minor), "transactions": h.transactions, "withheld": usd(h.withheld_minor), "currency": "USD",
        "questions": h.questions.iter().map(|q| json!({ "code": q.as_str(), "message": q.sentence() })).collect::<Vec<_>>(),
        "reached": h.reached, "crosses_on": h.crosses_on.map(|d| d.to_string()), "notices": h.notices.len(),
    })
}

fn profiles(s: &Session, c: &args::Tax) -> Answer {
    let args::Tax::Profiles {
        year,
        host,
        missing,
        reveal,
    } = c
    else {
        return Err(Error::new(Code::Internal, "Another command."));
    };
    if let (true, Some(id)) = (*reveal, host) {
        let whole = tax::reveal_tin(s, id)?;
        return done(json!({ "host_id": id, "tin": &whole }), whole);
    }
    let found: Vec<HostTax> = tax::profiles(s, *year, &watched())?
        .into_iter()
        .filter(|h| !missing || h.lacks)
        .filter(|h| host.as_ref().is_none_or(|id| *id == h.host_id))
        .collect();
    let json: Value = found.iter().map(profile).collect();
    let columns = [
        ("host", "host_id"),
        ("name", "name"),
        ("form", "form"),
        ("tin", "tin"),
        ("state", "state"),
        ("gross this year", "gross"),
        ("transactions", "transactions"),
        ("crosses the line", "crosses_on"),
        ("standing", "message"),
    ];
    let text = text::table(&json, &columns, "Nothing is missing.");
    done(json, text)
}

fn enter(s: &Session, e: &args::EnterProfile) -> Answer {
    let wants = !e.keep_tin && e.form.to_ascii_uppercase().replace('-', "") == "W9";
    let tin = match wants || std::env::var_os("HOSTLEDGER_TIN").is_some() {
        true => secret("HOSTLEDGER_TIN", "TIN")?,
        false => zeroize::Zeroizing::new(String::new()),
    };
    tax::enter_profile(
        s,
        &NewProfile {
            host_id: e.host.clone(),
            form: e.form.clone(),
            legal_name: e.legal_name.clone(),
            business_name: e.business_name.clone(),
            tin_type: e.tin_type.clone(),
            tin: tin.to_string(),
            keeps_tin: e.keep_tin,
            address_line1: e.address.clone(),
            address_line2: e.address2.clone(),
            city: e.city.clone(),
            state: e.state.clone(),
            postal_code: e.postal_code.clone(),
            country: e.country.clone(),
            signed_on: e.signed_on,
        },
    )?;
    silent(format!("The {} of {} is kept.", e.form, e.host))
}

fn notice(n: &TaxNotice) -> Value {
    json!({
        "notice_id": n.notice_id, "host_id": n.host_id, "kind": n.kind, "received_on": n.received_on.to_string(),
        "withhold_from": n.withhold_from.to_string(), "note": n.note, "by": n.recorded_by, "ended_on": n.ended_on.map(|d| d.to_string()),
    })
}

fn notices(s: &Session, c: &args::Tax) -> Answer {
    let args::Tax::Notices {
        host,
        kind,
        received,
        withhold_from,
        note,
        end,
        reason,
    } = c
    else {
        return Err(Error::new(Code::Internal, "Another command."));
    };
    if let (Some(host), Some(kind)) = (host, kind) {
        let id = tax::record_notice(
            s,
            &NewNotice {
                host_id: host.clone(),
                kind: kind.to_ascii_uppercase(),
                received_on: match received {
                    Some(on) => *on,
                    None => s.today()?,
                },
                withhold_from: *withhold_from,
                note: note.clone(),
            },
        )?;
        return done(json!({ "notice_id": id }), format!("Recorded as {id}."));
    }
    if let Some(id) = end {
        tax::end_notice(s, id, reason.as_deref().unwrap_or_default())?;
        return silent("It ended.");
    }
    let json: Value = tax::notices(s)?.iter().map(notice).collect();
    let columns = [
        ("notice", "notice_id"),
        ("host", "host_id"),
        ("kind", "kind"),
        ("received", "received_on"),
        ("withhold from", "withhold_from"),
        ("ended", "ended_on"),
        ("note", "note"),
    ];
    let text = text::table(&json, &columns, "No notices.");
    done(json, text)
}

fn rule(k: &KeptRule) -> Value {
    let r = &k.rule;
    json!({
        "jurisdiction": r.jurisdiction, "from_year": r.from_year, "to_year": r.to_year, "amount": usd(r.amount_minor), "currency": "USD",
        "inclusive": r.inclusive, "min_transactions": r.min_transactions, "withholding": r.withholding.as_str(),
        "withholding_rate": hostledger_core::money::format_percent(r.withholding_rate_bp), "on": r.is_on, "sure": r.is_sure,
        "source": r.source, "verified_on": r.verified_on.to_string(), "set_by": k.set_by, "reason": k.reason, "in_words": tax::rule_in_words(r),
    })
}

fn rules(s: &Session, a: &args::SetRule) -> Answer {
    if let Some(jurisdiction) = &a.jurisdiction {
        let jurisdiction = jurisdiction.to_ascii_uppercase();
        let known: Vec<TaxRule> = tax::rules(s)?
            .into_iter()
            .map(|k| k.rule)
            .filter(|r| r.jurisdiction == jurisdiction)
            .collect();
        let before = |r: &&TaxRule| a.from_year.is_none_or(|y| r.from_year <= y);
        let base = known.iter().rfind(before).or(known.first());
        let amount = match &a.amount {
            Some(text) => parse_minor(text, Currency::USD).map_err(|_| {
                Error::new(
                    Code::BadInput,
                    format!("\"{text}\" is no amount such as 600.00."),
                )
            })?,
            None => base.map_or(0, |r| r.amount_minor),
        };
        let need = |what: &str| {
            Error::new(
                Code::BadInput,
                format!("There is no rule of {jurisdiction} yet, so give its {what}."),
            )
        };
        let rule = TaxRule {
            from_year: a
                .from_year
                .or(base.map(|r| r.from_year))
                .ok_or_else(|| need("--from-year"))?,
            to_year: a.to_year.or(base.and_then(|r| r.to_year)),
            amount_minor: amount,
            inclusive: a.inclusive.unwrap_or(base.is_none_or(|r| r.inclusive)),
            min_transactions: a
                .min_transactions
                .unwrap_or(base.map_or(0, |r| r.min_transactions)),
            withholding: base.map_or(WithholdingStart::Never, |r| r.withholding),
            withholding_rate_bp: base.map_or(0, |r| r.withholding_rate_bp),
            is_on: a.on.unwrap_or(base.is_none_or(|r| r.is_on)),
            is_sure: a.sure.unwrap_or(base.is_some_and(|r| r.is_sure)),
            source: a
                .source
                .clone()
                .or(base.map(|r| r.source.clone()))
                .ok_or_else(|| need("--source"))?,
            verified_on: match a.verified_on {
                Some(on) => on,
                None => s.today()?,
            },
            jurisdiction,
        };
        tax::set_rule(s, &rule, &a.reason)?;
    }
    let json: Value = tax::rules(s)?.iter().map(rule).collect();
    let columns = [
        ("where", "jurisdiction"),
        ("from", "from_year"),
        ("to", "to_year"),
        ("a form is due for", "in_words"),
        ("on", "on"),
        ("sure", "sure"),
        ("source", "source"),
        ("looked at", "verified_on"),
    ];
    let text = text::table(&json, &columns, "No rules.");
    done(json, text)
}

pub(super) fn rates(s: &Session, c: &args::Fx) -> Answer {
    match c {
        args::Fx::Import {
            file,
            accept_jumps,
            replace,
            ..
        } => {
            let says = fx::Says {
                jumps_are_right: *accept_jumps,
                replace: *replace,
            };
            let n = fx::import(s, file.as_deref().unwrap_or(Path::new("")), says)?;
            let text = match n {
                0 => "No rate is new.".to_owned(),
                1 => "1 rate is taken in.".to_owned(),
                n => format!("{n} rates are taken in."),
            };
            done(json!({ "rates": n }), text)
        }
        args::Fx::List => {
            let json: Value = fx::list(s)?
                .iter()
                .map(|r| {
                    json!({ "date": r.on.to_string(), "from": r.from.code(), "to": r.to.code(), "rate": r.rate.to_string(), "source": r.source })
                })
                .collect();
            let columns = [
                ("date", "date"),
                ("from", "from"),
                ("to", "to"),
                ("rate", "rate"),
                ("source", "source"),
            ];
            let text = text::table(&json, &columns, "No exchange rates yet.");
            done(json, text)
        }
    }
}
