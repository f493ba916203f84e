//! Who is who to the tax authority, who lacks what, and TINs for those who may see them.

use std::collections::BTreeMap;

use hostledger_core::booking::Absent;
use hostledger_core::form_1099k::due_because;
use hostledger_core::tax_profile::{Standing, TaxForm as W, TaxProfileRow, is_us};
use hostledger_core::tax_rules::{FEDERAL, rule_for};
use hostledger_core::tin::{GivenTin, Tin, TinType};
use hostledger_core::{Code, Error, us_states};
use hostledger_store::hosts::{self, Host};
use hostledger_store::tax::notices::{self, TaxNotice};
use hostledger_store::tax::profiles::{self, TaxProfile};
use hostledger_store::tax::rules;
use hostledger_store::{audit, meta};
use jiff::civil::{Date, date};
use serde_json::json;

use super::compute::{self, HostYear};
use super::questions::{Question, Questions};
use super::vault::Vault;
use crate::identity::Role;
use crate::import_tax_profiles;
use crate::jobs::Job;
use crate::{Result, Session};

/// A tax profile as it is shown.
pub type ProfileView = TaxProfile;

/// A host with the tax details and the money so far.
#[derive(Debug, Clone)]
pub struct HostTax {
    /// The host.
    pub host_id: String,
    /// Their name with the platform.
    pub host_name: String,
    /// The country of the hosts file.
    pub country: String,
    /// Where they stand on the business date.
    pub standing: Standing,
    /// Whether something is missing that a form or a payout may need.
    pub lacks: bool,
    /// What, and what to do.
    pub sentence: String,
    /// The profile.
    pub profile: Option<TaxProfile>,
    /// What it asks before a form of the year can be made.
    pub questions: Vec<Question>,
    /// Gross of the year so far, US cents.
    pub gross_minor: i64,
    /// Transactions so far.
    pub transactions: i64,
    /// Rules that are reached.
    pub reached: Vec<String>,
    /// The day on which the federal line is crossed at the present pace, within the year.
    pub crosses_on: Option<Date>,
    /// Tax withheld this year, US cents.
    pub withheld_minor: i64,
    /// Notices that make tax withheld today.
    pub notices: Vec<TaxNotice>,
}

/// Every host with a profile or with money in the year of the business date, or of `year`.
///
/// # Errors
/// [`Code::Cancelled`]; the ledger's own.
pub fn profiles(s: &Session, year: Option<i16>, job: &Job) -> Result<Vec<HostTax>> {
    s.ledger.read(|conn| {
        let today = s.stamp(conn)?.on;
        let year = year.unwrap_or(today.year());
        let on = today.min(date(year, 12, 31));
        let settings = meta::settings(conn)?;
        let rules = rules::plain(conn)?;
        let asked = Questions::load(conn)?;
        let mut years: BTreeMap<i64, HostYear> = BTreeMap::new();
        for ((host_key, _), y) in compute::host_years(conn, &settings, &asked.payees()?, year, job)?
        {
            years.entry(host_key).or_default().merge(&y);
        }
        let mut by_host: BTreeMap<i64, TaxProfile> = profiles::all(conn)?
            .into_iter()
            .map(|p| (p.host_key, p))
            .collect();
        let notices = notices::all(conn)?;
        let mut out = Vec::new();
        for h in hosts::all(conn)? {
            let profile = by_host.remove(&h.host_key);
            let money = years.remove(&h.host_key);
            if profile.is_none() && money.is_none() {
                continue;
            }
            let money = money.unwrap_or_default();
            let (gross, count) = (money.gross.total_minor(), money.gross.transactions);
            let standing = profile
                .as_ref()
                .map_or(Standing::NoProfile, |p| p.standing(on));
            let state = profile
                .as_ref()
                .filter(|p| is_us(&p.country))
                .map_or("", |p| p.state.as_str());
            let federal = rule_for(&rules, FEDERAL, year);
            let questions = match &profile {
                Some(p) => asked.of(p, year)?,
                None => Vec::new(),
            };
            out.push(HostTax {
                lacks: !standing.is_complete() || !questions.is_empty(),
                sentence: match questions.first() {
                    Some(q) if standing.is_complete() => q.sentence(),
                    _ => sentence(standing, &h, profile.as_ref()),
                },
                questions,
                reached: due_because(&rules, year, state, gross, count, money.withheld_minor),
                crosses_on: federal
                    .filter(|r| !r.is_reached(gross, count))
                    .and_then(|r| pace(r.amount_minor, r.min_transactions, gross, count, on)),
                gross_minor: gross,
                transactions: count,
                withheld_minor: money.withheld_minor,
                notices: notices
                    .iter()
                    .filter(|n| n.host_key == h.host_key && n.applies_on(today))
                    .cloned()
                    .collect(),
                standing,
                profile,
                country: h.country,
                host_name: h.name,
                host_id: h.host_id,
            });
        }
        out.sort_by(|a, b| a.host_id.cmp(&b.host_id));
        Ok(out)
    })
}

fn sentence(standing: Standing, h: &Host, p: Option<&TaxProfile>) -> String {
    if let Some(problem) = p.and_then(|p| p.tin_problem.clone()) {
        return problem;
    }
    if standing == Standing::NoProfile && !is_us(&h.country) {
        return "There is no W-8. Ask the host for one.".to_owned();
    }
    standing.sentence().to_owned()
}

/// The day on which both amount and count are exceeded, if the rest of the year goes on as its
/// beginning went; `None`: not in this year.
fn pace(amount_minor: i64, count_needed: i64, gross: i64, count: i64, on: Date) -> Option<Date> {
    let days = i64::from(on.day_of_year());
    let end = i64::from(date(on.year(), 12, 31).day_of_year());
    // The first day d with gross/days × d above the amount, and count/days × d enough.
    let reach = |have: i64, need: i64| {
        (have > 0).then(|| (need.checked_mul(days)? + have - 1).checked_div(have))?
    };
    let day = reach(gross, amount_minor + 1)?.max(reach(count, count_needed)?);
    (day <= end).then(|| date(on.year(), 1, 1).saturating_add(jiff::ToSpan::days(day - 1)))
}

/// A host's present profile and earlier ones, newest first.
///
/// # Errors
/// [`Code::NotFound`].
pub fn profile(s: &Session, host_id: &str) -> Result<Vec<TaxProfile>> {
    s.ledger.read(|conn| {
        let host = find(conn, host_id)?;
        Ok(profiles::versions(conn, host.host_key)?)
    })
}

fn find(conn: &hostledger_store::Conn, host_id: &str) -> Result<Host> {
    hosts::find(conn, host_id)?
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no host {host_id}.")))
}

/// A host's whole TIN, for an admin; that it was shown stays in the audit trail.
///
/// # Errors
/// [`Code::NotAllowed`], [`Code::NotFound`].
pub fn reveal_tin(s: &Session, host_id: &str) -> Result<String> {
    s.require(&[Role::Admin], "see whole TINs")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let host = find(conn, host_id)?;
        let p = profiles::of_host(conn, host.host_key)?;
        let sealed = p
            .as_ref()
            .and_then(|p| Some((p.tin_type, p.tin_sealed.as_ref()?)))
            .ok_or_else(|| Error::new(Code::NotFound, format!("There is no TIN of {host_id}.")))?;
        let tin = Vault::of(s).open(sealed.0, sealed.1)?;
        let facts = json!({ "last4": tin.last4() });
        audit::record(conn, &stamp, "tax.reveal_tin", host_id, &facts)?;
        Ok(tin.whole())
    })
}

/// A W-9 or W-8 that a person enters.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the columns of the export")]
pub struct NewProfile {
    pub host_id: String,
    pub form: String,
    pub legal_name: String,
    pub business_name: String,
    pub tin_type: String,
    /// Empty where `keeps_tin`.
    pub tin: String,
    /// The TIN that is known stays.
    pub keeps_tin: bool,
    pub address_line1: String,
    pub address_line2: String,
    pub city: String,
    pub state: String,
    pub postal_code: String,
    pub country: String,
    pub signed_on: Option<Date>,
}

/// Keeps a profile that a person entered. Unlike a file's, an impossible TIN is refused.
///
/// # Errors
/// [`Code::BadInput`], [`Code::NotFound`], [`Code::NotAllowed`].
pub fn enter_profile(s: &Session, n: &NewProfile) -> Result<()> {
    s.require(&[Role::Preparer], "enter tax profiles")?;
    let bad = |why: String| Error::new(Code::BadInput, why);
    let form = W::parse(&n.form).ok_or_else(|| {
        bad(format!(
            "\"{}\" is no form. There are W-9, W-8BEN and W-8BEN-E.",
            n.form
        ))
    })?;
    if n.legal_name.trim().is_empty() {
        return Err(bad("The legal name is missing.".to_owned()));
    }
    let tin_type = TinType::parse(n.tin_type.trim());
    if tin_type.is_none() && !n.tin_type.trim().is_empty() {
        return Err(bad(format!(
            "\"{}\" is no kind of TIN. There are SSN, EIN, ITIN and ATIN.",
            n.tin_type
        )));
    }
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let host = find(conn, &n.host_id)?;
        let vault = Vault::of(s);
        let known = profiles::of_host(conn, host.host_key)?;
        let tin = match (n.tin.trim(), &known) {
            ("", Some(k)) if n.keeps_tin => k
                .tin_sealed
                .as_ref()
                .map(|sealed| vault.open(tin_type.or(k.tin_type), sealed))
                .transpose()?,
            ("", _) => None,
            (text, _) => Some(Tin::read(tin_type, text).map_err(|p| bad(p.message))?),
        };
        let tin_problem = tin.as_ref().and_then(|t| t.check().err());
        if let Some(p) = tin_problem.as_ref().filter(|p| p.impossible) {
            return Err(bad(p.message.clone()));
        }
        let own = |text: &str| text.trim().to_owned();
        let row = TaxProfileRow {
            host_id: n.host_id.clone(),
            form,
            legal_name: own(&n.legal_name),
            business_name: own(&n.business_name),
            tin_type: tin.as_ref().and_then(|t| t.kind).or(tin_type),
            tin,
            tin_problem,
            given_tin: GivenTin::default(),
            address_line1: own(&n.address_line1),
            address_line2: own(&n.address_line2),
            city: own(&n.city),
            state: us_states::code_of(&n.state),
            postal_code: own(&n.postal_code),
            country: match own(&n.country) {
                empty if empty.is_empty() && !form.is_w8() => "US".to_owned(),
                given => given,
            },
            signed_on: n.signed_on,
            absent: Absent::default(),
        };
        import_tax_profiles::plausible(&row, import_tax_profiles::latest_signature(conn, &stamp)?)
            .map_err(|p| bad(p.message))?;
        let print = import_tax_profiles::content_print(vault, &row);
        if known.is_some_and(|k| k.content_print == print) {
            return Ok(());
        }
        import_tax_profiles::write(conn, vault, host.host_key, &row, None, &stamp)?;
        let facts = json!({ "form": form.as_str(), "last4": row.tin.as_ref().map(|t| t.last4().to_owned()) });
        audit::record(conn, &stamp, "tax.enter_profile", &n.host_id, &facts)?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_crossed_at_the_present_pace() {
        let on = date(2026, 4, 10); // day 100
        // 100.00 a day: 20,000.01 is exceeded on day 201; 3 a day: 201 on day 67.
        assert_eq!(
            pace(2_000_000, 201, 1_000_000, 300, on),
            Some(date(2026, 7, 20))
        );
        // The count is the later one: 1 a day, day 201.
        assert_eq!(
            pace(2_000_000, 201, 1_900_000, 100, on),
            Some(date(2026, 7, 20))
        );
        assert_eq!(pace(2_000_000, 201, 100, 300, on), None);
        assert_eq!(pace(2_000_000, 201, 0, 0, on), None);
    }
}
