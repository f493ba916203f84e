//! A tax year of every host from the ledger alone: boxes, who gets a form and why, who is blocked
//! (docs/tax.md).

use std::collections::{BTreeMap, BTreeSet};

use hostledger_core::calendar::BusinessZone;
use hostledger_core::form_1099k::{Boxes, WITHHELD, YearGross, due_because};
use hostledger_core::settings::{Settings, WhoFiles};
use hostledger_core::tax_profile::{Standing, is_us};
use hostledger_core::tax_rules::{FEDERAL, TaxRule, rule_for};
use hostledger_core::{Code, Currency, Error, us_states};
use hostledger_documents::iris_csv::has_refused;
use hostledger_store::hosts::{self, Host};
use hostledger_store::tax::gross::{self, Span};
use hostledger_store::tax::notices::{self, TaxNotice};
use hostledger_store::tax::profiles::{self, TaxProfile};
use hostledger_store::tax::{rules, withheld};
use hostledger_store::{Conn, meta};
use jiff::civil::{Date, date};

use super::questions::{PayeeKey, Payees, Questions};
use super::snapshot::{Filer, PayeeSnapshot, Snapshot};
use crate::Result;
use crate::fx::Rates;
use crate::jobs::Job;

/// The year as a span of the ledger.
pub(crate) fn span(settings: &Settings, year: i16) -> Span {
    let (first, last) = (date(year, 1, 1), date(year, 12, 31));
    let zone = &settings.zone;
    Span {
        instants: (
            zone.start_of(first),
            zone.start_of(date(year.saturating_add(1), 1, 1)),
        ),
        days: (first, last),
        by_payout: settings.taxes_by_payout(year),
        cancelled: settings.taxes_cancelled(year),
    }
}

/// What one host's year was.
#[derive(Debug, Clone, Default)]
pub(crate) struct HostYear {
    pub(crate) gross: YearGross,
    pub(crate) withheld_minor: i64,
    /// A currency and day without a rate.
    pub(crate) no_rate: Option<(Currency, Date)>,
}

impl HostYear {
    /// The year of a host with another of the host's payees.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (month, more) in self
            .gross
            .months_minor
            .iter_mut()
            .zip(other.gross.months_minor)
        {
            *month += more;
        }
        self.gross.transactions += other.gross.transactions;
        self.withheld_minor += other.withheld_minor;
        self.no_rate = self.no_rate.or(other.no_rate);
    }
}

/// Adds up the year of every payee of every host.
pub(crate) fn host_years(
    conn: &Conn,
    settings: &Settings,
    payees: &Payees,
    year: i16,
    job: &Job,
) -> Result<BTreeMap<PayeeKey, HostYear>> {
    if !(2011..=2200).contains(&year) {
        return Err(Error::new(
            Code::BadInput,
            format!("{year} is no tax year of form 1099-K."),
        ));
    }
    let mut out: BTreeMap<PayeeKey, HostYear> = BTreeMap::new();
    let rates = Rates::into_currency(conn, Currency::USD)?;
    let span = span(settings, year);
    let mut seen = 0_u64;
    gross::each::<Error>(conn, &span, None, |t| {
        seen += 1;
        if seen.is_multiple_of(8192) {
            job.check()?;
            job.progress("Adding up the year", seen, None);
        }
        let on = t
            .paid_on
            .unwrap_or_else(|| settings.zone.date_of(t.booked_at));
        let key = (t.host_key, payees.no(t.host_key, on));
        let host = out.entry(key).or_default();
        match rates.convert(t.price_minor, t.currency, on) {
            Some(minor) => host.gross.add(on, minor),
            None => host.no_rate = Some((t.currency, on)),
        }
        Ok(())
    })?;
    for (host_key, on, currency, minor) in withheld::between(conn, span.days.0, span.days.1, None)?
    {
        let key = (host_key, payees.no(host_key, on));
        let host = out.entry(key).or_default();
        match rates.convert(minor, currency, on) {
            Some(minor) => host.withheld_minor += minor,
            None => host.no_rate = Some((currency, on)),
        }
    }
    Ok(out)
}

/// A host who gets a form, and what stands on it.
#[derive(Debug, Clone)]
pub struct Due {
    /// The host.
    pub host_key: i64,
    /// Which of the host's payees, from 1.
    pub payee_no: i64,
    /// The host's id.
    pub host_id: String,
    /// What the form says.
    pub snapshot: Snapshot,
}

/// A host who would get a form, and why none can be made.
#[derive(Debug, Clone)]
pub struct Blocked {
    /// The host.
    pub host_id: String,
    /// Their name.
    pub host_name: String,
    /// `NO_PROFILE`, `NO_TIN`, `IMPOSSIBLE_TIN`, `W8_EXPIRED`, `NO_STATE`, `BAD_ADDRESS`, `NAME_ORDER`,
    /// `PAYEE_CHANGED` or `NO_FX_RATE`.
    pub reason: String,
    /// What a person is told.
    pub sentence: String,
    /// The rules that would make the form due.
    pub because: Vec<String>,
    /// Gross so far, US cents.
    pub gross_minor: i64,
    /// Transactions so far.
    pub transactions: i64,
}

/// Something to look at before forms are made.
#[derive(Debug, Clone)]
pub struct Warning {
    /// A stable word.
    pub code: &'static str,
    /// A sentence.
    pub message: String,
    /// The hosts it is about; may be empty.
    pub hosts: Vec<String>,
}

/// A season as the ledger has it today.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The tax year.
    pub year: i16,
    /// Forms that are due.
    pub due: Vec<Due>,
    /// Hosts who would get one.
    pub blocked: Vec<Blocked>,
    /// Things to look at.
    pub warnings: Vec<Warning>,
    /// How many hosts had transactions, and what they come to in US cents.
    pub hosts: usize,
    /// See above.
    pub gross_minor: i64,
    /// All tax withheld of the year: line 1 of form 945.
    pub withheld_minor: i64,
    /// Who files for this year.
    pub who_files: WhoFiles,
}

/// Everything that decides about one host.
struct Facts {
    year: i16,
    settings: Settings,
    rules: Vec<TaxRule>,
    years: BTreeMap<PayeeKey, HostYear>,
    profiles: BTreeMap<PayeeKey, TaxProfile>,
    notices: Vec<TaxNotice>,
    /// By TIN: gross and transactions over all accounts.
    payees: BTreeMap<Vec<u8>, (i64, i64)>,
    filer: Filer,
}

impl Facts {
    fn load(conn: &Conn, payees: &Payees, year: i16, job: &Job) -> Result<Self> {
        let settings = meta::settings(conn)?;
        let years = host_years(conn, &settings, payees, year, job)?;
        let mut present: BTreeMap<i64, TaxProfile> = BTreeMap::new();
        for p in profiles::all(conn)? {
            let p = in_force(conn, p, date(year, 12, 31))?;
            present.insert(p.host_key, p);
        }
        let mut profiles: BTreeMap<PayeeKey, TaxProfile> = BTreeMap::new();
        for key in years.keys() {
            let of_payee = payees.earlier(*key).or_else(|| present.get(&key.0));
            if let Some(p) = of_payee {
                profiles.insert(*key, p.clone());
            }
        }
        let mut payees: BTreeMap<Vec<u8>, (i64, i64)> = BTreeMap::new();
        for (key, y) in &years {
            if let Some(print) = profiles.get(key).and_then(shared_tin) {
                let sum = payees.entry(print.to_vec()).or_default();
                sum.0 += y.gross.total_minor();
                sum.1 += y.gross.transactions;
            }
        }
        Ok(Self {
            year,
            filer: Filer::of(&settings, year),
            settings,
            rules: rules::plain(conn)?,
            years,
            profiles,
            notices: notices::all(conn)?,
            payees,
        })
    }

    fn standing(&self, key: PayeeKey) -> Standing {
        self.profiles
            .get(&key)
            .map_or(Standing::NoProfile, |p| p.standing(date(self.year, 12, 31)))
    }

    /// Gross and transactions of the payee over all accounts with the same TIN.
    fn payee(&self, key: PayeeKey, y: &HostYear) -> (i64, i64) {
        self.profiles
            .get(&key)
            .and_then(shared_tin)
            .and_then(|print| self.payees.get(print))
            .copied()
            .unwrap_or((y.gross.total_minor(), y.gross.transactions))
    }

    fn due(&self, rules: &[TaxRule], key: PayeeKey, y: &HostYear) -> Vec<String> {
        let (gross, transactions) = self.payee(key, y);
        match self.profiles.get(&key) {
            Some(p) if !p.form.is_w8() && !lacks_state(p) => due_because(
                rules,
                self.year,
                state(p),
                gross,
                transactions,
                y.withheld_minor,
            ),
            // Where somebody lives isn't known: any rule may be theirs.
            known => {
                let mut all: Vec<String> = jurisdictions(rules)
                    .into_iter()
                    .filter(|j| known.is_none_or(|p| !p.form.is_w8()) || *j == FEDERAL)
                    .filter(|j| {
                        rule_for(rules, j, self.year)
                            .is_some_and(|r| r.is_reached(gross, transactions))
                    })
                    .map(str::to_owned)
                    .collect();
                if all.is_empty() && y.withheld_minor > 0 {
                    all.push(WITHHELD.to_owned());
                }
                all
            }
        }
    }

    fn snapshot(
        &self,
        host: &Host,
        payee_no: i64,
        p: &TaxProfile,
        y: &HostYear,
        because: Vec<String>,
    ) -> Snapshot {
        let (gross, transactions) = self.payee((host.host_key, payee_no), y);
        let in_words = because.iter().map(|j| self.in_words(j)).collect();
        Snapshot {
            year: self.year,
            account_number: account_number(host, payee_no),
            filer: self.filer.clone(),
            payee: PayeeSnapshot::of(p),
            boxes: Boxes {
                gross: y.gross.clone(),
                withheld_minor: y.withheld_minor,
            },
            payee_gross_minor: gross,
            payee_transactions: transactions,
            because,
            because_in_words: in_words,
            date_basis: self.date_basis(),
            state_id: self
                .settings
                .value_on(&format!("state_id.{}", p.state), Date::MAX)
                .unwrap_or_default()
                .to_owned(),
            second_tin_notice: second_notice(&self.notices, host.host_key, self.year),
        }
    }

    fn in_words(&self, jurisdiction: &str) -> String {
        if jurisdiction == WITHHELD {
            return "Federal income tax was withheld, which makes a form due by itself.".to_owned();
        }
        let rule = rule_for(&self.rules, jurisdiction, self.year);
        let whose = match jurisdiction {
            FEDERAL => "Federal".to_owned(),
            state => format!("State {state}"),
        };
        rule.map_or_else(String::new, |r| {
            format!(
                "{whose}: {}. Source: {}, looked at on {}.",
                super::rule_in_words(r),
                r.source,
                r.verified_on
            )
        })
    }

    fn date_basis(&self) -> String {
        let zone = zone_name(&self.settings);
        if self.settings.taxes_by_payout(self.year) {
            format!(
                "Amounts are in the month in which they were paid out, in the time zone {zone}."
            )
        } else {
            format!(
                "Amounts are in the month in which participants paid them, in the time zone {zone}."
            )
        }
    }
}

/// What a form calls a host's payee: the host, and from the second payee on which of them.
fn account_number(host: &Host, payee_no: i64) -> String {
    match payee_no {
        1 => host.account_number.clone(),
        no => format!("{}-{no}", host.account_number),
    }
}

/// The profile that was in force on a day: where the present one is a W-8 that was signed later, the
/// one before it.
fn in_force(conn: &Conn, present: TaxProfile, on: Date) -> Result<TaxProfile> {
    let later = |p: &TaxProfile| p.form.is_w8() && p.signed_on.is_some_and(|d| d > on);
    if !later(&present) {
        return Ok(present);
    }
    let earlier = profiles::versions(conn, present.host_key)?
        .into_iter()
        .find(|p| !later(p));
    Ok(earlier.unwrap_or(present))
}

/// The TIN by which accounts are one payee: one that can be a TIN, on a W-9.
fn shared_tin(p: &TaxProfile) -> Option<&[u8]> {
    p.tin_print
        .as_deref()
        .filter(|_| !p.form.is_w8() && !p.tin_impossible)
}

/// An address in the United States whose state isn't known: any state's rule may be the payee's.
fn lacks_state(p: &TaxProfile) -> bool {
    is_us(&p.country) && !us_states::is_code(&p.state)
}

/// "1 host", "3 hosts".
fn counted(hosts: usize) -> String {
    match hosts {
        1 => "1 host".to_owned(),
        n => format!("{n} hosts"),
    }
}

fn zone_name(settings: &Settings) -> String {
    settings
        .value_on("time_zone", Date::MAX)
        .unwrap_or("UTC")
        .to_owned()
}

fn state(p: &TaxProfile) -> &str {
    if is_us(&p.country) { &p.state } else { "" }
}

fn jurisdictions(rules: &[TaxRule]) -> BTreeSet<&str> {
    rules.iter().map(|r| r.jurisdiction.as_str()).collect()
}

/// Two notices about name and TIN within three years tick the box (instructions of form 1099-K).
fn second_notice(all: &[TaxNotice], host_key: i64, year: i16) -> bool {
    let years: Vec<i16> = all
        .iter()
        .filter(|n| {
            n.host_key == host_key
                && n.kind == "B"
                && n.received_on.year() <= year.saturating_add(1)
        })
        .map(|n| n.received_on.year())
        .collect();
    years
        .iter()
        .enumerate()
        .any(|(i, a)| years[i + 1..].iter().any(|b| (a - b).abs() <= 2))
}

/// Assesses a tax year.
pub(crate) fn assess(conn: &Conn, year: i16, job: &Job) -> Result<Assessment> {
    let questions = Questions::load(conn)?;
    let payees = questions.payees()?;
    let f = Facts::load(conn, &payees, year, job)?;
    let hosts: BTreeMap<i64, Host> = hosts::all(conn)?
        .into_iter()
        .map(|h| (h.host_key, h))
        .collect();
    let mut out = Assessment {
        year,
        due: Vec::new(),
        blocked: Vec::new(),
        warnings: Vec::new(),
        hosts: f.years.keys().map(|k| k.0).collect::<BTreeSet<_>>().len(),
        gross_minor: f.years.values().map(|y| y.gross.total_minor()).sum(),
        withheld_minor: f.years.values().map(|y| y.withheld_minor).sum(),
        who_files: f.settings.who_files(year),
    };
    let mut foreign = Vec::new();
    let mut unsure: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let with_all_on: Vec<TaxRule> = f
        .rules
        .iter()
        .cloned()
        .map(|r| TaxRule { is_on: true, ..r })
        .collect();
    for (key, y) in &f.years {
        let (host_key, payee_no) = *key;
        let Some(host) = hosts.get(&host_key) else {
            continue;
        };
        let standing = f.standing(*key);
        if standing == Standing::Foreign {
            continue;
        }
        let because = f.due(&f.rules, *key, y);
        if standing == Standing::UsPerson {
            for j in f.due(&with_all_on, *key, y) {
                if j != WITHHELD && rule_for(&f.rules, &j, year).is_none() {
                    unsure.entry(j).or_default().push(host.host_id.clone());
                }
            }
        }
        let mut block = |reason: &str, sentence: String, because: Vec<String>| {
            out.blocked.push(Blocked {
                host_id: host.host_id.clone(),
                host_name: host.name.clone(),
                reason: reason.to_owned(),
                sentence,
                because,
                gross_minor: y.gross.total_minor(),
                transactions: y.gross.transactions,
            });
        };
        if let Some((currency, on)) = y.no_rate {
            let sentence = format!(
                "There is no exchange rate from {currency} to USD for {on} or the week before. Import one."
            );
            block("NO_FX_RATE", sentence, because);
            continue;
        }
        if because.is_empty() {
            continue;
        }
        match (standing, f.profiles.get(key)) {
            (Standing::NoProfile, None) if !is_us(&host.country) => {
                foreign.push(host.host_id.clone());
            }
            (Standing::UsPerson, Some(p))
                if lacks_state(p) && because.iter().any(|b| b != FEDERAL && b != WITHHELD) =>
            {
                let sentence = "The state of the address is missing or unknown, so its rule isn't known. Correct the profile.";
                block("NO_STATE", sentence.to_owned(), because);
            }
            (Standing::UsPerson, Some(p)) if !p.lacks_of_address().is_empty() => {
                let sentence = format!(
                    "The address has no {}. Correct the profile.",
                    p.lacks_of_address().join(", no ")
                );
                block("BAD_ADDRESS", sentence, because);
            }
            (Standing::UsPerson, Some(p)) => match questions.of(p, year)?.first() {
                Some(asked) => block(asked.as_str(), asked.sentence(), because),
                None => out.due.push(Due {
                    host_key,
                    payee_no,
                    host_id: host.host_id.clone(),
                    snapshot: f.snapshot(host, payee_no, p, y, because),
                }),
            },
            (_, p) => {
                let mut sentence = standing.sentence().to_owned();
                if let Some(problem) = p.and_then(|p| p.tin_problem.as_ref()) {
                    sentence = format!("{problem} Ask the host for a new W-9.");
                }
                block(standing.as_str(), sentence, because);
            }
        }
    }
    out.due
        .sort_by(|a, b| a.snapshot.account_number.cmp(&b.snapshot.account_number));
    out.blocked.sort_by(|a, b| a.host_id.cmp(&b.host_id));
    warn(conn, &f, &hosts, &mut out, foreign, unsure)?;
    Ok(out)
}

fn warn(
    conn: &Conn,
    f: &Facts,
    hosts: &BTreeMap<i64, Host>,
    out: &mut Assessment,
    foreign: Vec<String>,
    unsure: BTreeMap<String, Vec<String>>,
) -> Result<()> {
    let mut add = |code, message: String, hosts: Vec<String>| {
        out.warnings.push(Warning {
            code,
            message,
            hosts,
        });
    };
    let missing = f.filer.missing();
    if !missing.is_empty() {
        add(
            "FILER_INCOMPLETE",
            format!(
                "Under Settings there is no {} of the filer yet. Forms can be made, and not furnished.",
                missing.join(", no ")
            ),
            Vec::new(),
        );
    }
    let confirmed = gross::still_confirmed(conn, &span(&f.settings, f.year))?;
    if !confirmed.is_empty() {
        let n: i64 = confirmed.values().sum();
        let ids = confirmed
            .keys()
            .filter_map(|k| hosts.get(k))
            .map(|h| h.host_id.clone())
            .collect();
        add(
            "STILL_CONFIRMED",
            format!(
                "{n} bookings that were paid in {} are still CONFIRMED. Once their sessions took place, forms may need a correction.",
                f.year
            ),
            ids,
        );
    }
    if !foreign.is_empty() {
        add(
            "FOREIGN_WITHOUT_W8",
            format!(
                "There is no W-8 of {} outside the United States. No form is made without one; ask for it.",
                counted(foreign.len())
            ),
            foreign,
        );
    }
    for (j, ids) in unsure {
        let source = f
            .rules
            .iter()
            .filter(|r| r.jurisdiction == j && r.covers(f.year))
            .map(|r| r.source.as_str())
            .next_back()
            .unwrap_or_default();
        add(
            "UNSURE_RULE",
            format!(
                "{j}: {source}. The rule is unsure and switched off; on, it would add forms for {}, or name another reason on theirs.",
                counted(ids.len())
            ),
            ids,
        );
    }
    let of_due = |what: &dyn Fn(&TaxProfile) -> bool| -> Vec<String> { out_due(f, hosts, what) };
    let unmatched = of_due(&|p| {
        p.match_code
            .is_some_and(|c| !hostledger_core::tin::is_match(c))
    });
    let unusual = of_due(&|p| p.tin_problem.is_some() && !p.tin_impossible);
    for (code, ids, words) in [
        (
            "TIN_NOT_MATCHED",
            unmatched,
            "with a name and TIN that the IRS's records don't match",
        ),
        (
            "TIN_UNUSUAL",
            unusual,
            "with an EIN whose prefix the IRS hadn't assigned",
        ),
    ] {
        if !ids.is_empty() {
            out.warnings.push(Warning {
                code,
                message: format!("{} {words}.", counted(ids.len())),
                hosts: ids,
            });
        }
    }
    if !f.settings.portal_plain() {
        warn_of_portal(&f.filer, out);
    }
    Ok(())
}

/// Names and addresses with characters that the IRS's portal is said to refuse.
fn warn_of_portal(filer: &Filer, out: &mut Assessment) {
    let payees = out.due.iter().filter(|d| {
        let p = &d.snapshot.payee;
        [
            &p.legal_name,
            &p.business_name,
            &p.address_line1,
            &p.address_line2,
            &p.city,
        ]
        .into_iter()
        .any(|text| has_refused(text))
    });
    let hosts: Vec<String> = payees.map(|d| d.snapshot.account_number.clone()).collect();
    // The last line's comma ends the city, and isn't written.
    let street = filer.address.split_last().map_or(&[][..], |(_, s)| s);
    let own = has_refused(&filer.name) || street.iter().any(|line| has_refused(line));
    let whose = match (own && !out.due.is_empty(), hosts.len()) {
        (false, 0) => return,
        (true, 0) => "The filer has".to_owned(),
        (true, n) => format!("The filer and {} have", counted(n)),
        (false, 1) => "1 host has".to_owned(),
        (false, n) => format!("{} have", counted(n)),
    };
    out.warnings.push(Warning {
        code: "PORTAL_CHARACTERS",
        message: format!(
            "{whose} one of the characters # . , in a name or address, which the IRS's portal is said to refuse. With the setting tax_portal_plain its files are written without them."
        ),
        hosts,
    });
}

fn out_due(
    f: &Facts,
    hosts: &BTreeMap<i64, Host>,
    what: &dyn Fn(&TaxProfile) -> bool,
) -> Vec<String> {
    f.years
        .keys()
        .filter(|k| f.profiles.get(k).is_some_and(what))
        .filter_map(|k| hosts.get(&k.0))
        .map(|h| h.host_id.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// The zone in which a year's dates are read.
pub(crate) fn zone(settings: &Settings) -> &BusinessZone {
    &settings.zone
}
