//! Settings: dated values, what ships, and what each may hold (docs/domain.md §2, §4, §7).

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use crate::calendar::BusinessZone;
use crate::error::{Code, Error};
use crate::money::{self, Currency, Money};
use crate::review::Thresholds;
use crate::split::{FeeBorneBy, FeeEstimate};
use crate::statement::{self, Statement};
use crate::tin::{Tin, TinType};

/// A value with the days from which it held; before its first date it has the shipped value, if
/// there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<T> {
    shipped: Option<T>,
    changes: Vec<(Date, T)>,
}

impl<T: Clone> Dated<T> {
    /// A value that nobody changed yet.
    #[must_use]
    pub fn shipped(value: Option<T>) -> Self {
        Self {
            shipped: value,
            changes: Vec::new(),
        }
    }

    /// From `since` on the value is another; changes of one day replace each other.
    pub fn change(&mut self, since: Date, value: T) {
        let at = self.changes.partition_point(|(d, _)| *d <= since);
        self.changes.insert(at, (since, value));
    }

    /// The value in force on a day.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<&T> {
        self.changes
            .iter()
            .rev()
            .find(|(since, _)| *since <= day)
            .map(|(_, value)| value)
            .or(self.shipped.as_ref())
    }
}

/// One stored change of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its key, e.g. `hold_days`.
    pub key: String,
    /// The new value in its canonical text.
    pub value: String,
    /// The business date from which it holds.
    pub since: Date,
}

/// What ships with the program: key and value, in the order in which they are listed.
pub const SHIPPED: &[(&str, &str)] = &[
    ("approvers.EUR", "1"),
    ("approvers.GBP", "1"),
    ("approvers.USD", "1"),
    ("carts", "off"),
    ("dispute_fee", "15.00"),
    ("dispute_fee_currency", "USD"),
    ("dispute_fee_returned", "off"),
    ("exposure_days", "120"),
    ("fee_borne_by", "HOST"),
    ("fee_fixed.USD", "0.30"),
    ("fee_rate.USD", "2.90"),
    ("file_lead_days", "0"),
    ("approver_wait_days", "0"),
    ("filer_address", ""),
    ("filer_name", ""),
    ("filer_phone", ""),
    ("filer_tin", ""),
    ("filer_type", "PSE"),
    ("flag_price_bookings", "5"),
    ("flag_price_times", "5"),
    ("flag_refund_percent", "20"),
    ("flag_refund_sessions", "10"),
    ("flag_session_hours", "12"),
    ("flag_velocity_bookings", "5"),
    ("hold_days", "7"),
    ("minimum.EUR", "25.00"),
    ("minimum.GBP", "20.00"),
    ("minimum.USD", "25.00"),
    (
        "onboarding_return_url",
        "https://connect.stripe.com/express_login",
    ),
    ("paper", "A4"),
    ("refund_policy", ""),
    ("statement_limit", "22"),
    ("statement_name", "HL"),
    ("statement_reference", "{name} {date} {payout}"),
    ("tax_cancelled_captured", "off"),
    ("tax_combined_filing", "off"),
    ("tax_date_basis", "BOOKED"),
    ("tax_details_required", "off"),
    ("tax_portal_plain", "off"),
    ("tax_who_files", "LEDGER"),
    ("time_zone", "UTC"),
];

/// The canonical text of a setting's value.
///
/// # Errors
/// [`Code::BadInput`]: an unknown key, with the keys there are, or a value it can't hold.
pub fn canonical(key: &str, value: &str) -> Result<String, Error> {
    let bad = |what: &str| {
        Error::new(
            Code::BadInput,
            format!("{key} can't be \"{value}\": {what}"),
        )
    };
    let one_of = |words: &[&str]| {
        let given = value.trim().to_ascii_uppercase();
        match words.contains(&given.as_str()) {
            true => Ok(given),
            false => Err(bad(&format!("it is one of {}.", words.join(", ")))),
        }
    };
    if let Some(state) = key.strip_prefix("state_id.") {
        return match state.len() == 2 && state.bytes().all(|b| b.is_ascii_uppercase()) {
            true => Ok(value.trim().to_owned()),
            false => Err(bad(
                "the key ends with a state's two letters, such as state_id.VT.",
            )),
        };
    }
    if let Some((family, code)) = key.split_once('.') {
        let currency = Currency::parse(code)
            .filter(|c| c.code() == code)
            .ok_or_else(|| {
                Error::new(
                    Code::BadInput,
                    format!("\"{code}\" in {key} is no ISO 4217 currency."),
                )
            })?;
        return match family {
            "minimum" | "fee_fixed" => money::parse_minor(value.trim(), currency)
                .ok()
                .filter(|minor| *minor >= 0)
                .map(|minor| money::format_minor(minor, currency))
                .ok_or_else(|| bad("give an amount such as 25.00.")),
            "approvers" => Approvers::parse(value, currency)
                .map(|a| a.text(currency))
                .ok_or_else(|| bad("give steps such as 2 from 10000.00; 3 from 50000.00, or 1.")),
            "fee_rate" => money::parse_percent(value).map(money::format_percent),
            _ => Err(unknown(key)),
        };
    }
    match key {
        "fee_borne_by" => FeeBorneBy::parse(value)
            .map(|b| b.as_str().to_owned())
            .ok_or_else(|| bad("it is HOST or PLATFORM.")),
        "hold_days" => value
            .trim()
            .parse::<u16>()
            .ok()
            .filter(|days| *days <= 365)
            .map(|days| days.to_string())
            .ok_or_else(|| bad("it is a number of days from 0 to 365.")),
        "file_lead_days" => value
            .trim()
            .parse::<u16>()
            .ok()
            .filter(|days| *days <= 10)
            .map(|days| days.to_string())
            .ok_or_else(|| bad("it is a number of business days from 0 to 10.")),
        "approver_wait_days" => value
            .trim()
            .parse::<u16>()
            .ok()
            .filter(|days| *days <= 90)
            .map(|days| days.to_string())
            .ok_or_else(|| bad("it is a number of days from 0 to 90.")),
        "exposure_days"
        | "flag_price_bookings"
        | "flag_price_times"
        | "flag_refund_percent"
        | "flag_refund_sessions"
        | "flag_session_hours"
        | "flag_velocity_bookings" => value
            .trim()
            .parse::<u16>()
            .ok()
            .filter(|n| (1..=1000).contains(n))
            .map(|n| n.to_string())
            .ok_or_else(|| bad("it is a whole number from 1 to 1000.")),
        // Which currency's digits it needs depends on the other setting: see dispute_fee_on.
        "dispute_fee" => {
            let (cents, mils) = (
                Currency::USD,
                Currency::parse("KWD").unwrap_or(Currency::USD),
            );
            [cents, mils]
                .into_iter()
                .find_map(|c| {
                    let minor = money::parse_minor(value.trim(), c)
                        .ok()
                        .filter(|m| *m >= 0)?;
                    Some(money::format_minor(minor, c))
                })
                .ok_or_else(|| {
                    bad("give an amount such as 15.00; its currency is dispute_fee_currency.")
                })
        }
        "dispute_fee_currency" => Currency::parse(&value.trim().to_ascii_uppercase())
            .map(|c| c.code().to_owned())
            .ok_or_else(|| bad("it is an ISO 4217 currency such as USD.")),
        "refund_policy" | "filer_name" | "filer_address" | "filer_phone" => {
            Ok(value.trim().to_owned())
        }
        "filer_tin" => match value.trim() {
            "" => Ok(String::new()),
            text => Tin::read(Some(TinType::Ein), text)
                .map(|tin| tin.whole())
                .map_err(|p| bad(&p.message)),
        },
        "filer_type" => one_of(&["PSE", "EPF"]),
        "tax_who_files" => one_of(&["LEDGER", "STRIPE", "NOBODY"]),
        "tax_date_basis" => one_of(&["BOOKED", "PAYOUT"]),
        "time_zone" => BusinessZone::named(value).map(|_| value.to_owned()),
        "carts"
        | "tax_details_required"
        | "tax_cancelled_captured"
        | "tax_combined_filing"
        | "tax_portal_plain"
        | "dispute_fee_returned" => match value.to_ascii_lowercase().as_str() {
            "on" | "true" | "yes" => Ok("on".to_owned()),
            "off" | "false" | "no" => Ok("off".to_owned()),
            _ => Err(bad("it is on or off.")),
        },
        "statement_name" => Some(value.trim())
            .filter(|name| !name.is_empty() && statement::is_plain(name))
            .map(str::to_owned)
            .ok_or_else(|| bad("banks take letters from A to Z, digits, blanks and /-?:().,'+.")),
        "statement_reference" => Some(value.trim())
            .filter(|form| statement::is_form(form))
            .map(str::to_owned)
            .ok_or_else(|| {
                bad("it has the place {payout} once, may have {name} and {date} once, and between them what banks take: letters from A to Z, digits, blanks and /-?:().,'+.")
            }),
        "statement_limit" => value
            .trim()
            .parse::<usize>()
            .ok()
            .filter(|n| (8..=140).contains(n))
            .map(|n| n.to_string())
            .ok_or_else(|| bad("it is a number of characters from 8 to 140.")),
        "onboarding_return_url" => {
            let value = value.trim();
            let rest = value.strip_prefix("https://").unwrap_or_default();
            if rest.is_empty() || value.contains(char::is_whitespace) {
                return Err(bad("it is an address that begins with https://."));
            }
            Ok(value.to_owned())
        }
        "paper" => match value.to_ascii_lowercase().as_str() {
            "a4" => Ok("A4".to_owned()),
            "letter" => Ok("Letter".to_owned()),
            _ => Err(bad("it is A4 or Letter.")),
        },
        _ => Err(unknown(key)),
    }
}

fn unknown(key: &str) -> Error {
    Error::new(
        Code::BadInput,
        format!(
            "There is no setting \"{key}\". Settings are minimum.CUR, fee_rate.CUR, fee_fixed.CUR, \
             approvers.CUR (CUR a currency such as USD), state_id.ST (ST a state such as VT), fee_borne_by, hold_days, time_zone, carts, tax_details_required, \
             onboarding_return_url, paper, exposure_days, file_lead_days, approver_wait_days, dispute_fee, dispute_fee_currency, dispute_fee_returned, refund_policy, statement_name, statement_reference, statement_limit, flag_price_times, flag_price_bookings, \
             flag_velocity_bookings, flag_session_hours, flag_refund_percent, flag_refund_sessions, \
             filer_name, filer_address, filer_phone, filer_tin, filer_type, tax_who_files, tax_date_basis, \
             tax_cancelled_captured, tax_combined_filing, tax_portal_plain."
        ),
    )
}

/// Who reports hosts' year to the IRS: a form is never made twice for the same money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhoFiles {
    /// This ledger's user.
    Ledger,
    /// Stripe, for its connected accounts.
    Stripe,
    /// Nobody here.
    Nobody,
}

fn last_day(year: i16) -> Date {
    date(year, 12, 31)
}

/// From which batch total on how many people must approve, in steps that both grow.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Approvers(Vec<(u32, i64)>);

impl Approvers {
    /// Reads `2 from 10000.00; 3 from 50000.00`; `1`: one is enough for every sum.
    fn parse(text: &str, currency: Currency) -> Option<Self> {
        if text.trim() == "1" {
            return Some(Self(Vec::new()));
        }
        let mut steps: Vec<(u32, i64)> = Vec::new();
        for step in text.split(';') {
            let (people, amount) = step.split_once("from")?;
            let people = people.trim().parse().ok().filter(|n| (2..=9).contains(n))?;
            let amount = money::parse_minor(amount.trim(), currency)
                .ok()
                .filter(|m| *m > 0)?;
            if steps
                .last()
                .is_some_and(|(n, from)| people <= *n || amount <= *from)
            {
                return None;
            }
            steps.push((people, amount));
        }
        Some(Self(steps))
    }

    fn text(&self, currency: Currency) -> String {
        let steps: Vec<String> = self
            .0
            .iter()
            .map(|(n, from)| format!("{n} from {}", money::format_minor(*from, currency)))
            .collect();
        if steps.is_empty() {
            "1".to_owned()
        } else {
            steps.join("; ")
        }
    }

    fn needed(&self, total_minor: i64) -> u32 {
        let reached = self.0.iter().rev().find(|(_, from)| total_minor >= *from);
        reached.map_or(1, |(n, _)| *n)
    }
}

/// Whether a change of this setting can change the split of pending commissions.
#[must_use]
pub fn changes_splits(key: &str) -> bool {
    matches!(key, "fee_borne_by" | "hold_days")
        || key.starts_with("fee_rate.")
        || key.starts_with("fee_fixed.")
}

/// All settings of a ledger with their history.
#[derive(Debug, Clone)]
pub struct Settings {
    values: BTreeMap<String, Dated<String>>,
    fee_borne_by: Dated<FeeBorneBy>,
    hold_days: Dated<i64>,
    fee_rates: Vec<(Currency, Dated<i64>)>,
    fees_fixed: Vec<(Currency, Dated<i64>)>,
    /// The zone of business dates.
    pub zone: BusinessZone,
}

impl Settings {
    /// The shipped settings with the ledger's changes, oldest first.
    ///
    /// # Errors
    /// [`Code::BadInput`] where a stored change is no valid value.
    pub fn new(changes: &[Change]) -> Result<Self, Error> {
        let mut values: BTreeMap<String, Dated<String>> = SHIPPED
            .iter()
            .map(|(k, v)| ((*k).to_owned(), Dated::shipped(Some((*v).to_owned()))))
            .collect();
        for c in changes {
            values
                .entry(c.key.clone())
                .or_insert_with(|| Dated::shipped(None))
                .change(c.since, canonical(&c.key, &c.value)?);
        }
        let typed = |dated: &Dated<String>, read: &dyn Fn(&str) -> Option<i64>| Dated {
            shipped: dated.shipped.as_deref().and_then(read),
            changes: dated
                .changes
                .iter()
                .filter_map(|(d, v)| Some((*d, read(v)?)))
                .collect(),
        };
        let mut fee_rates = Vec::new();
        let mut fees_fixed = Vec::new();
        for (key, dated) in &values {
            let Some((family, code)) = key.split_once('.') else {
                continue;
            };
            let Some(currency) = Currency::parse(code) else {
                continue;
            };
            match family {
                "fee_rate" => {
                    fee_rates.push((currency, typed(dated, &|v| money::parse_percent(v).ok())));
                }
                "fee_fixed" => fees_fixed.push((
                    currency,
                    typed(dated, &|v| money::parse_minor(v, currency).ok()),
                )),
                _ => {}
            }
        }
        let borne = &values["fee_borne_by"];
        let fee_borne_by = Dated {
            shipped: borne.shipped.as_deref().and_then(FeeBorneBy::parse),
            changes: borne
                .changes
                .iter()
                .filter_map(|(d, v)| Some((*d, FeeBorneBy::parse(v)?)))
                .collect(),
        };
        let hold_days = typed(&values["hold_days"], &|v| v.parse().ok());
        let zone_changes = &values["time_zone"];
        let zone_name = zone_changes.on(Date::MAX).map_or("UTC", String::as_str);
        let zone = BusinessZone::named(zone_name)?;
        Ok(Self {
            fee_borne_by,
            hold_days,
            fee_rates,
            fees_fixed,
            zone,
            values,
        })
    }

    /// The text of a setting in force on a day.
    #[must_use]
    pub fn value_on(&self, key: &str, day: Date) -> Option<&str> {
        self.values.get(key)?.on(day).map(String::as_str)
    }

    /// Every key that has a value on some day.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    fn number_on(&self, key: &str, day: Date) -> Option<i64> {
        self.value_on(key, day)?.parse().ok()
    }

    /// For how many days after its session a paid booking can still be charged back.
    #[must_use]
    pub fn exposure_days_on(&self, day: Date) -> i64 {
        self.number_on("exposure_days", day).unwrap_or(120)
    }

    /// How many business days before its date a payment file may be written.
    #[must_use]
    pub fn file_lead_days_on(&self, day: Date) -> i64 {
        self.number_on("file_lead_days", day).unwrap_or(0)
    }

    /// For how many days a key that a maker of a batch made can't approve it.
    #[must_use]
    pub fn approver_wait_days_on(&self, day: Date) -> i64 {
        self.number_on("approver_wait_days", day).unwrap_or(0)
    }

    /// What the bank takes for a chargeback opened on a day; `None`: the amount set has more digits
    /// than the currency set for that day.
    #[must_use]
    pub fn dispute_fee_on(&self, day: Date) -> Option<Money> {
        let currency = Currency::parse(self.value_on("dispute_fee_currency", day)?)?;
        let minor = money::parse_minor(self.value_on("dispute_fee", day)?, currency).ok()?;
        Some(Money::new(minor, currency))
    }

    /// How a payout of that date is named on bank statements.
    #[must_use]
    pub fn statement_on(&self, day: Date) -> Statement {
        let text = |key| self.value_on(key, day).unwrap_or_default().to_owned();
        Statement {
            name: text("statement_name"),
            form: text("statement_reference"),
            limit: text("statement_limit").parse().unwrap_or(22),
        }
    }

    /// Every way in which payouts can have been named on statements, whatever the day.
    #[must_use]
    pub fn statements_ever(&self) -> Vec<Statement> {
        let ever = |key: &str| -> Vec<String> {
            let dated = self.values.get(key);
            let shipped = dated.and_then(|d| d.shipped.clone());
            let changes = dated.iter().flat_map(|d| d.changes.iter());
            shipped
                .into_iter()
                .chain(changes.map(|(_, value)| value.clone()))
                .collect()
        };
        let names = ever("statement_name");
        let named = |form: String| {
            names.iter().map(move |name| Statement {
                name: name.clone(),
                form: form.clone(),
                limit: usize::MAX,
            })
        };
        ever("statement_reference")
            .into_iter()
            .flat_map(named)
            .collect()
    }

    /// The first day on which references would be longer than the bank takes: the day, their
    /// length and the limit.
    #[must_use]
    pub fn statement_trouble(&self) -> Option<(Date, usize, usize)> {
        ["statement_limit", "statement_name", "statement_reference"]
            .iter()
            .filter_map(|key| self.values.get(*key))
            .flat_map(|dated| dated.changes.iter().map(|(since, _)| *since))
            .filter_map(|day| {
                let statement = self.statement_on(day);
                Some((day, statement.too_long()?, statement.limit))
            })
            .min()
    }

    /// Whether the bank's fee comes back where a chargeback opened on a day is won.
    #[must_use]
    pub fn dispute_fee_returned_on(&self, day: Date) -> bool {
        self.value_on("dispute_fee_returned", day) == Some("on")
    }

    /// The first day on which amount and currency of the dispute fee don't go together.
    #[must_use]
    pub fn dispute_fee_trouble(&self) -> Option<Date> {
        ["dispute_fee", "dispute_fee_currency"]
            .iter()
            .filter_map(|key| self.values.get(*key))
            .flat_map(|dated| dated.changes.iter().map(|(since, _)| *since))
            .filter(|day| self.dispute_fee_on(*day).is_none())
            .min()
    }

    /// From where on the rules of review raise a flag in a run of that day.
    #[must_use]
    pub fn thresholds_on(&self, day: Date) -> Thresholds {
        let shipped = Thresholds::default();
        let number = |key, or| self.number_on(key, day).unwrap_or(or);
        let count = |key, or: usize| {
            self.number_on(key, day)
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(or)
        };
        Thresholds {
            price_times: number("flag_price_times", shipped.price_times),
            price_others: count("flag_price_bookings", shipped.price_others),
            velocity_bookings: count("flag_velocity_bookings", shipped.velocity_bookings),
            session_hours: number("flag_session_hours", shipped.session_hours),
            refund_percent: number("flag_refund_percent", shipped.refund_percent),
            refund_sessions: count("flag_refund_sessions", shipped.refund_sessions),
        }
    }

    /// Who bears the processing fee of a booking made on a day.
    #[must_use]
    pub fn fee_borne_by_on(&self, day: Date) -> FeeBorneBy {
        self.fee_borne_by
            .on(day)
            .copied()
            .unwrap_or(FeeBorneBy::Host)
    }

    /// Days between a session's end and its money's first payout day, for a booking of that day.
    #[must_use]
    pub fn hold_days_on(&self, day: Date) -> i64 {
        self.hold_days.on(day).copied().unwrap_or(7)
    }

    /// How a missing processing fee is estimated; `None` where percentage or fixed part isn't
    /// set for the currency: then nothing is guessed.
    #[must_use]
    pub fn fee_estimate_on(&self, currency: Currency, day: Date) -> Option<FeeEstimate> {
        let find = |all: &[(Currency, Dated<i64>)]| {
            all.iter()
                .find(|(c, _)| *c == currency)
                .and_then(|(_, d)| d.on(day).copied())
        };
        Some(FeeEstimate {
            rate_bp: find(&self.fee_rates)?,
            fixed_minor: find(&self.fees_fixed)?,
        })
    }

    /// The smallest payout of a currency in minor units on a day; `None`: any positive sum.
    #[must_use]
    pub fn minimum_on(&self, currency: Currency, day: Date) -> Option<i64> {
        let text = self.value_on(&format!("minimum.{currency}"), day)?;
        money::parse_minor(text, currency).ok()
    }

    /// How many people must approve a batch of these totals on a day: the most that any of its
    /// currencies asks for; at least one.
    #[must_use]
    pub fn approvals_needed_on(&self, totals: &[Money], day: Date) -> u32 {
        let of = |m: &Money| {
            let text = self.value_on(&format!("approvers.{}", m.currency), day)?;
            Some(Approvers::parse(text, m.currency)?.needed(m.amount_minor))
        };
        totals.iter().filter_map(of).max().unwrap_or(1)
    }

    /// Who files forms 1099-K for a tax year, as set on its last day.
    #[must_use]
    pub fn who_files(&self, year: i16) -> WhoFiles {
        match self.value_on("tax_who_files", last_day(year)) {
            Some("STRIPE") => WhoFiles::Stripe,
            Some("NOBODY") => WhoFiles::Nobody,
            _ => WhoFiles::Ledger,
        }
    }

    /// Whether a tax year's amounts are by the payout's date; otherwise by the payment's.
    #[must_use]
    pub fn taxes_by_payout(&self, year: i16) -> bool {
        self.value_on("tax_date_basis", last_day(year)) == Some("PAYOUT")
    }

    /// Whether bookings that were paid and then cancelled count in a tax year.
    #[must_use]
    pub fn taxes_cancelled(&self, year: i16) -> bool {
        self.value_on("tax_cancelled_captured", last_day(year)) == Some("on")
    }

    /// Whether the IRS is asked to pass forms on to the payees' states.
    #[must_use]
    pub fn files_combined(&self) -> bool {
        self.value_on("tax_combined_filing", Date::MAX) == Some("on")
    }

    /// Whether names and addresses go to the portal without the characters that it is said to refuse.
    #[must_use]
    pub fn portal_plain(&self) -> bool {
        self.value_on("tax_portal_plain", Date::MAX) == Some("on")
    }

    /// Whether participants may pay several bookings with one card payment, so that a payment that
    /// several name isn't asked about (docs/domain.md §3).
    #[must_use]
    pub fn carts_on(&self, day: Date) -> bool {
        self.value_on("carts", day) == Some("on")
    }

    /// Whether hosts without tax details are carried.
    #[must_use]
    pub fn tax_details_required_on(&self, day: Date) -> bool {
        self.value_on("tax_details_required", day) == Some("on")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(key: &str, value: &str, since: Date) -> Change {
        Change {
            key: key.into(),
            value: value.into(),
            since,
        }
    }

    #[test]
    fn a_change_holds_from_its_day_on_and_never_before() {
        let s = Settings::new(&[
            change("fee_borne_by", "PLATFORM", date(2026, 2, 1)),
            change("fee_rate.USD", "3.10", date(2026, 2, 1)),
        ])
        .unwrap();
        assert_eq!(s.fee_borne_by_on(date(2026, 1, 31)), FeeBorneBy::Host);
        assert_eq!(s.fee_borne_by_on(date(2026, 2, 1)), FeeBorneBy::Platform);
        let before = s.fee_estimate_on(Currency::USD, date(2026, 1, 31)).unwrap();
        let after = s.fee_estimate_on(Currency::USD, date(2026, 2, 1)).unwrap();
        assert_eq!(
            (before.rate_bp, after.rate_bp, after.fixed_minor),
            (290, 310, 30)
        );
    }

    #[test]
    fn no_rule_is_no_guess() {
        let eur = Currency::parse("EUR").unwrap();
        let s = Settings::new(&[change("fee_rate.EUR", "1.50", date(2026, 2, 1))]).unwrap();
        assert_eq!(s.fee_estimate_on(eur, date(2026, 3, 1)), None);
    }

    #[test]
    fn values_are_checked() {
        assert_eq!(canonical("minimum.JPY", "2000.00").unwrap(), "2000");
        assert_eq!(canonical("fee_borne_by", "platform").unwrap(), "PLATFORM");
        for (k, v) in [
            ("minimum.USD", "-1"),
            ("minimum.DOLLARS", "1"),
            ("hold_days", "-1"),
            ("time_zone", "Mars"),
            ("colour", "red"),
            ("fee_rate.USD", "290"),
            ("approvers.USD", "3 from 100; 2 from 200"),
            ("approvers.USD", "2 from 0"),
            ("onboarding_return_url", "http://example.com"),
            ("statement_name", "Café"),
            ("statement_name", " "),
            ("statement_reference", "{name} {date}"),
            ("statement_limit", "7"),
            ("file_lead_days", "11"),
            ("file_lead_days", "-1"),
        ] {
            assert_eq!(canonical(k, v).unwrap_err().code, Code::BadInput, "{k} {v}");
        }
    }

    #[test]
    fn larger_batches_take_more_people() {
        let s = Settings::new(&[change(
            "approvers.USD",
            "2 from 10000; 3 from 50000.00",
            date(2026, 2, 1),
        )])
        .unwrap();
        let usd = |minor| [Money::new(minor, Currency::USD)];
        let day = date(2026, 3, 1);
        assert_eq!(s.approvals_needed_on(&usd(999_999), day), 1);
        assert_eq!(s.approvals_needed_on(&usd(1_000_000), day), 2);
        assert_eq!(s.approvals_needed_on(&usd(5_000_000), day), 3);
        assert_eq!(s.approvals_needed_on(&usd(5_000_000), date(2026, 1, 31)), 1);
        assert_eq!(
            s.value_on("approvers.USD", day),
            Some("2 from 10000.00; 3 from 50000.00")
        );
        assert_eq!(
            canonical("approvers.USD", "2 from 10000; 3 from 50000").unwrap(),
            "2 from 10000.00; 3 from 50000.00"
        );
    }

    #[test]
    fn b15_the_dispute_fee_is_of_the_day_on_which_the_dispute_was_opened() {
        let s = Settings::new(&[
            change("dispute_fee", "20", date(2026, 2, 1)),
            change("dispute_fee_currency", "eur", date(2026, 2, 10)),
            change("dispute_fee_returned", "on", date(2026, 3, 1)),
        ])
        .unwrap();
        let on = |m, d| s.dispute_fee_on(date(2026, m, d)).map(|m| m.to_string());
        assert_eq!(on(1, 31).as_deref(), Some("15.00 USD"));
        assert_eq!(on(2, 1).as_deref(), Some("20.00 USD"));
        assert_eq!(on(2, 10).as_deref(), Some("20.00 EUR"));
        assert!(!s.dispute_fee_returned_on(date(2026, 2, 28)));
        assert!(s.dispute_fee_returned_on(date(2026, 3, 1)));
        assert_eq!(s.dispute_fee_trouble(), None);
        let yen = change("dispute_fee_currency", "JPY", date(2026, 4, 1));
        let odd = change("dispute_fee", "15.50", date(2026, 3, 1));
        let s = Settings::new(&[odd, yen]).unwrap();
        assert_eq!(s.dispute_fee_trouble(), Some(date(2026, 4, 1)));
        for (k, v) in [
            ("dispute_fee", "-1"),
            ("dispute_fee", "free"),
            ("dispute_fee_currency", "DOLLARS"),
        ] {
            assert_eq!(canonical(k, v).unwrap_err().code, Code::BadInput, "{k} {v}");
        }
    }

    #[test]
    fn shipped_values_are_canonical() {
        for (k, v) in SHIPPED {
            assert_eq!(canonical(k, v).unwrap(), *v);
        }
    }
}
