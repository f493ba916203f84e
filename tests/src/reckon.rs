//! An independent reading of `docs/domain.md`: what the figures must be after one import of an
//! export, worked out from the CSV rows alone in decimals, with nothing of the program's own.
//! Business dates are UTC dates and tiers the initial ones.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::export::Row;
use crate::review;

/// A host's balance in one currency: host id and currency.
pub type Purse = (String, String);

/// The settings that a reckoning follows.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Estimate of the processing fee per currency: share of the price and fixed part.
    pub fees: BTreeMap<String, (Decimal, Decimal)>,
    /// Smallest payout per currency; where there is none, any positive sum is paid.
    pub minimums: BTreeMap<String, Decimal>,
    /// The platform bears the processing fee of what is booked from this day on.
    pub platform_bears_from: Option<Date>,
    /// Rates of institutions without tiers.
    pub untiered: BTreeMap<String, Decimal>,
    /// What is payable on or before this day was paid before the ledger began.
    pub paid_through: Option<Date>,
}

impl Rules {
    /// As shipped.
    #[must_use]
    pub fn shipped() -> Self {
        let minimum = |currency: &str, amount: i64| (currency.to_owned(), Decimal::from(amount));
        Self {
            fees: [("USD".to_owned(), (decimal("0.029"), decimal("0.30")))].into(),
            minimums: [minimum("USD", 25), minimum("EUR", 25), minimum("GBP", 20)].into(),
            platform_bears_from: None,
            untiered: BTreeMap::new(),
            paid_through: None,
        }
    }
}

/// How one booking's money is split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Nothing of it goes to the host: cancelled or fully refunded.
    pub void: bool,
    /// The session counts as completed, so the host amount is owed.
    pub done: bool,
    /// The card was charged: cancelled before that, a booking is void and nothing is posted.
    pub captured: bool,
    /// Net price P = P0 − R.
    pub net: Decimal,
    /// The host's share of the net price.
    pub rate: Decimal,
    /// F, zero while void.
    pub platform_fee: Decimal,
    /// f, kept by the card networks also of what is void.
    pub processing_fee: Decimal,
    /// H, zero while void.
    pub host_amount: Decimal,
    /// B, zero while void.
    pub borne_by_platform: Decimal,
    /// First day on which it can be paid.
    pub payable_on: Date,
    /// It was paid before the ledger began.
    pub paid_outside: bool,
}

/// What a first batch must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// Amount and number of commissions per purse that is paid.
    pub payouts: BTreeMap<Purse, (Decimal, usize)>,
    /// Amount and reasons, in their order, per purse that isn't.
    pub carried: BTreeMap<Purse, (Decimal, Vec<&'static str>)>,
    /// The bookings in the payouts.
    pub bookings: BTreeSet<String>,
}

/// An export and the rules that its money follows.
#[derive(Debug)]
pub struct Reckoning<'a> {
    hosts: BTreeMap<&'a str, &'a Row>,
    bookings: Vec<&'a Row>,
    rules: Rules,
}

impl<'a> Reckoning<'a> {
    /// Takes the rows that can be read; of the sample's two broken rows a month none can.
    #[must_use]
    pub fn new(hosts: &'a [Row], bookings: &'a [Row], rules: Rules) -> Self {
        let readable =
            |b: &&Row| b["price"].parse::<Decimal>().is_ok() && b["status"] != "RESCHEDULED";
        Self {
            hosts: hosts.iter().map(|h| (h["host_id"].as_str(), h)).collect(),
            bookings: bookings.iter().filter(readable).collect(),
            rules,
        }
    }

    /// The readable rows.
    #[must_use]
    pub fn bookings(&self) -> &[&'a Row] {
        &self.bookings
    }

    /// The row of a host, if a hosts file names it.
    #[must_use]
    pub fn host(&self, host_id: &str) -> Option<&'a Row> {
        self.hosts.get(host_id).copied()
    }

    /// Every host that a hosts file names.
    pub fn hosts(&self) -> impl Iterator<Item = &'a Row> + '_ {
        self.hosts.values().copied()
    }

    /// The split of a booking; `None` where it has no commission: never paid, or free.
    #[must_use]
    pub fn split(&self, b: &Row) -> Option<Split> {
        let currency = b["currency"].as_str();
        let (price, refunded) = (decimal(&b["price"]), decimal(&b["refunded_amount"]));
        if b["status"] == "PENDING" || price.is_zero() {
            return None;
        }
        let rate = self.rate(b);
        let fee = match b["processing_fee"].as_str() {
            "" => {
                let (share, fixed) = self.rules.fees[currency];
                rounded(price * share, currency) + fixed
            }
            actual => decimal(actual),
        };
        let net = price - refunded;
        let took_place = matches!(b["status"].as_str(), "COMPLETED" | "NO_SHOW");
        let void = !(took_place && refunded < price || b["status"] == "CONFIRMED");
        let payable_on = date(&b["ends_at"]) + 7.days();
        let mut split = Split {
            void,
            done: took_place && !void,
            captured: b["status"] != "CANCELLED"
                || !b["charge_id"].is_empty()
                || !refunded.is_zero(),
            net,
            rate,
            platform_fee: Decimal::ZERO,
            processing_fee: fee,
            host_amount: Decimal::ZERO,
            borne_by_platform: Decimal::ZERO,
            payable_on,
            paid_outside: took_place
                && !void
                && self.rules.paid_through.is_some_and(|d| payable_on <= d),
        };
        if !void {
            split.platform_fee = rounded(net * (Decimal::ONE - rate), currency);
            let by_platform = self
                .rules
                .platform_bears_from
                .is_some_and(|d| date(&b["booked_at"]) >= d);
            let borne_by_host = if by_platform { Decimal::ZERO } else { fee };
            split.host_amount = (net - split.platform_fee - borne_by_host).max(Decimal::ZERO);
            split.borne_by_platform = split.host_amount + split.platform_fee + fee - net;
        }
        Some(split)
    }

    fn rate(&self, b: &Row) -> Decimal {
        let base = decimal("0.70");
        let Some(host) = self.host(&b["host_id"]) else {
            return base;
        };
        if let Some(rate) = self.rules.untiered.get(&host["institution_id"]) {
            return *rate;
        }
        if host["approved_at"].is_empty() || date(&b["booked_at"]) < date(&host["approved_at"]) {
            return base;
        }
        let years: u32 = host["teaching_experience_years"]
            .parse()
            .expect("years of teaching");
        if years >= 2 {
            decimal("0.70")
        } else {
            decimal("0.60")
        }
    }

    /// The flags that a first run as of a day raises: booking and rule.
    #[must_use]
    pub fn flags(&self, day: Date) -> BTreeSet<(String, &'static str)> {
        review::flags(self, day)
    }

    /// Whether a first run as of a day finds the commission due.
    #[must_use]
    pub fn due_on(&self, b: &Row, day: Date) -> bool {
        self.split(b)
            .is_some_and(|s| s.done && !s.paid_outside && s.payable_on <= day)
    }

    /// The first batch, of a Monday, after a run as of that day. `also` are reasons that lie in
    /// what persons did: paused, not scheduled.
    #[must_use]
    pub fn first_batch(&self, day: Date, also: &BTreeMap<String, &'static str>) -> Due {
        let flagged: BTreeSet<String> = self.flags(day).into_iter().map(|f| f.0).collect();
        let mut sums: BTreeMap<Purse, (Decimal, BTreeSet<String>)> = BTreeMap::new();
        for b in &self.bookings {
            if self.due_on(b, day) && !flagged.contains(&b["booking_id"]) {
                let sum = sums.entry(purse(b)).or_default();
                sum.0 += self.split(b).expect("a commission that is due").host_amount;
                sum.1.insert(b["booking_id"].clone());
            }
        }
        let mut due = Due::default();
        for (purse, (sum, bookings)) in sums {
            let mut reasons = self.host_reasons(&purse.0);
            reasons.extend(also.get(&purse.0));
            let order = [
                "NOT_VERIFIED",
                "CLOSED",
                "SUSPENDED",
                "PAUSED",
                "NO_PAYOUT_ACCOUNT",
                "NOT_SCHEDULED",
            ];
            reasons.sort_by_key(|r| order.iter().position(|o| o == r));
            let sent = sendable(sum, &purse.1);
            let least = self
                .rules
                .minimums
                .get(&purse.1)
                .copied()
                .unwrap_or(unit(&purse.1));
            if sent < least {
                reasons.push("BELOW_MINIMUM");
            }
            if reasons.is_empty() {
                due.payouts.insert(purse, (sent, bookings.len()));
                due.bookings.extend(bookings);
            } else {
                due.carried.insert(purse, (sum, reasons));
            }
        }
        due
    }

    fn host_reasons(&self, host_id: &str) -> Vec<&'static str> {
        let Some(h) = self.host(host_id) else {
            return vec!["NOT_VERIFIED", "NO_PAYOUT_ACCOUNT"];
        };
        let mut reasons = Vec::new();
        match h["status"].as_str() {
            "ACTIVE" => {}
            "CLOSED" => reasons.push("CLOSED"),
            "SUSPENDED" => reasons.push("SUSPENDED"),
            _ => reasons.push("NOT_VERIFIED"),
        }
        if h["stripe_account_id"].is_empty() || h["payouts_enabled"] != "true" {
            reasons.push("NO_PAYOUT_ACCOUNT");
        }
        reasons
    }

    /// The bookings that were paid before the ledger began.
    #[must_use]
    pub fn paid_outside(&self) -> BTreeSet<String> {
        let outside = |b: &&&Row| self.split(b).is_some_and(|s| s.paid_outside);
        self.bookings
            .iter()
            .filter(outside)
            .map(|b| b["booking_id"].clone())
            .collect()
    }

    /// What hosts earned by completed sessions, as their bookings stand, per purse.
    #[must_use]
    pub fn earned(&self) -> BTreeMap<Purse, Decimal> {
        let mut earned = BTreeMap::new();
        for b in &self.bookings {
            if let Some(s) = self.split(b).filter(|s| s.done) {
                *earned.entry(purse(b)).or_default() += s.host_amount;
            }
        }
        earned
    }

    /// The trial balance by account and currency, where `paid` went out by payment files; accounts
    /// at zero left out.
    #[must_use]
    pub fn trial_balance(
        &self,
        paid: &BTreeMap<Purse, Decimal>,
    ) -> BTreeMap<(String, String), Decimal> {
        let mut balances: BTreeMap<(String, String), Decimal> = BTreeMap::new();
        let mut add = |account: &str, currency: &str, amount: Decimal| {
            *balances
                .entry((account.to_owned(), currency.to_owned()))
                .or_default() += amount;
        };
        for b in &self.bookings {
            let Some(s) = self.split(b).filter(|s| s.captured) else {
                continue;
            };
            let currency = b["currency"].as_str();
            add("assets:stripe", currency, s.net - s.processing_fee);
            if s.void {
                add("income:cancellations", currency, -s.net);
                add("expenses:processing fees", currency, s.processing_fee);
            } else if s.done {
                add(
                    &format!("liabilities:hosts:{}", b["host_id"]),
                    currency,
                    -s.host_amount,
                );
                add("income:platform fees", currency, -s.platform_fee);
                add("expenses:processing fees", currency, s.borne_by_platform);
                if s.paid_outside {
                    let host = format!("liabilities:hosts:{}", b["host_id"]);
                    add(&host, currency, s.host_amount);
                    add("equity:opening", currency, -s.host_amount);
                }
            } else {
                add(
                    "liabilities:deferred bookings",
                    currency,
                    s.processing_fee - s.net,
                );
            }
        }
        for ((host_id, currency), amount) in paid {
            add(&format!("liabilities:hosts:{host_id}"), currency, *amount);
            add("assets:bank", currency, -amount);
        }
        balances.retain(|_, balance| !balance.is_zero());
        balances
    }
}

/// The purse that a booking's host amount goes to.
#[must_use]
pub fn purse(b: &Row) -> Purse {
    (b["host_id"].clone(), b["currency"].clone())
}

/// A decimal number; nothing is zero.
///
/// # Panics
/// Where it is no number.
#[must_use]
pub fn decimal(text: &str) -> Decimal {
    if text.is_empty() {
        return Decimal::ZERO;
    }
    text.parse()
        .unwrap_or_else(|_| panic!("\"{text}\" is no number"))
}

/// An amount as the contract writes it, with the currency's digits.
#[must_use]
pub fn shown(amount: Decimal, currency: &str) -> String {
    let mut amount = rounded(amount, currency);
    amount.rescale(digits(currency));
    amount.to_string()
}

/// A rate as the contract writes it, in percent.
#[must_use]
pub fn percent(rate: Decimal) -> String {
    let mut percent = rate * Decimal::ONE_HUNDRED;
    percent.rescale(2);
    percent.to_string()
}

/// The UTC date of an instant.
///
/// # Panics
/// Where it is none.
#[must_use]
pub fn date(instant: &str) -> Date {
    at(instant).to_zoned(TimeZone::UTC).date()
}

/// An instant of an export.
///
/// # Panics
/// Where it is none.
#[must_use]
pub fn at(instant: &str) -> Timestamp {
    instant
        .parse()
        .unwrap_or_else(|_| panic!("\"{instant}\" is no instant"))
}

/// What of a sum is sent: in HUF and TWD whole hundreds of the minor unit.
#[must_use]
pub fn sendable(sum: Decimal, currency: &str) -> Decimal {
    if matches!(currency, "HUF" | "TWD") {
        sum.trunc()
    } else {
        sum
    }
}

fn digits(currency: &str) -> u32 {
    match currency {
        "JPY" => 0,
        "KWD" => 3,
        _ => 2,
    }
}

fn unit(currency: &str) -> Decimal {
    Decimal::new(1, digits(currency))
}

fn rounded(amount: Decimal, currency: &str) -> Decimal {
    amount.round_dp_with_strategy(digits(currency), RoundingStrategy::MidpointAwayFromZero)
}
