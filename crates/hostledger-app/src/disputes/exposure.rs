//! What was paid and can still be disputed, and what to hold back for it.

use std::collections::BTreeMap;

use hostledger_core::calendar::{days_after, from_days};
use hostledger_core::{Code, Currency, Error, Money};
use hostledger_store::exposure::{self as stored, Exposed, ReservePolicy};
use hostledger_store::{audit, hosts, meta};
use jiff::civil::Date;
use serde_json::json;

use crate::commissions::need_reason;
use crate::identity::Role;
use crate::{Result, Session};

/// Losses are looked at over this many days.
const HISTORY_DAYS: i64 = 365;
/// Of a host with less than this many times the exposure in history, the platform's own rate counts.
const WHOLE_BP: i128 = 10_000;

/// One host's exposure in one currency.
#[derive(Debug, Clone)]
pub struct HostExposure {
    /// The host's id.
    pub host_id: String,
    /// The host's name.
    pub host_name: String,
    /// Paid and still disputable.
    pub amount: Money,
    /// How many bookings.
    pub bookings: i64,
    /// By when it ends: the last day on which it can be disputed, and how much ends then.
    pub ends: Vec<(Date, Money)>,
    /// What part of the host's prices lost disputes cost in the last year, in basis points.
    pub loss_rate_bp: i64,
    /// What that part of the exposure is: a reserve that would cover it.
    pub suggested: Money,
    /// What is held back of this host's payouts.
    pub policy: Option<ReservePolicy>,
}

/// All exposure, the largest first.
#[derive(Debug, Clone)]
pub struct Exposure {
    /// The business day.
    pub as_of: Date,
    /// For how many days after its session a booking counts.
    pub days: i64,
    /// By host and currency.
    pub hosts: Vec<HostExposure>,
    /// In total, by currency.
    pub totals: Vec<Money>,
    /// In total, by the last day on which it can be disputed.
    pub ends: Vec<(Date, Money)>,
    /// What part of all prices lost disputes cost in the last year, by currency, in basis points.
    pub loss_rates_bp: Vec<(Currency, i64)>,
}

/// What was paid and can still be disputed today.
///
/// # Errors
/// The ledger's own.
pub fn exposure(s: &Session) -> Result<Exposure> {
    s.ledger.read(|conn| {
        let settings = meta::settings(conn)?;
        let today = s.stamp(conn)?.on;
        let days = settings.exposure_days_on(today);
        let from = settings.zone.start_of(days_after(today, -days));
        let since = settings.zone.start_of(days_after(today, -HISTORY_DAYS));
        let names: BTreeMap<i64, (String, String)> = hosts::all(conn)?
            .into_iter()
            .map(|h| (h.host_key, (h.host_id, h.name)))
            .collect();
        let rates = Rates::new(stored::loss_rates(conn, since)?);
        let policies: BTreeMap<i64, ReservePolicy> = stored::policies(conn)?
            .into_iter()
            .map(|p| (p.host_key, p))
            .collect();
        let exposed = stored::by_host_and_day(conn, from)?;
        let mut hosts = Vec::new();
        for of_one in exposed.chunk_by(|a, b| (a.host_key, a.currency) == (b.host_key, b.currency))
        {
            hosts.push(of_host(of_one, days, &names, &rates, &policies));
        }
        hosts.sort_by_key(|h| (h.amount.currency, -h.amount.amount_minor));
        Ok(Exposure {
            as_of: today,
            days,
            totals: totals(&exposed),
            ends: ends(&exposed, days),
            loss_rates_bp: rates.platform(),
            hosts,
        })
    })
}

fn of_host(
    exposed: &[Exposed],
    days: i64,
    names: &BTreeMap<i64, (String, String)>,
    rates: &Rates,
    policies: &BTreeMap<i64, ReservePolicy>,
) -> HostExposure {
    let (host_key, currency) = (exposed[0].host_key, exposed[0].currency);
    let amount: i64 = exposed.iter().map(|e| e.amount_minor).sum();
    let rate = rates.of(host_key, currency);
    let suggested = i128::from(amount) * i128::from(rate) / WHOLE_BP;
    let (host_id, host_name) = names.get(&host_key).cloned().unwrap_or_default();
    HostExposure {
        host_id,
        host_name,
        amount: Money::new(amount, currency),
        bookings: exposed.iter().map(|e| e.bookings).sum(),
        ends: ends(exposed, days),
        loss_rate_bp: rate,
        suggested: Money::new(i64::try_from(suggested).unwrap_or(i64::MAX), currency),
        policy: policies.get(&host_key).cloned(),
    }
}

fn ends(exposed: &[Exposed], days: i64) -> Vec<(Date, Money)> {
    let mut sums: BTreeMap<(i64, Currency), i64> = BTreeMap::new();
    for e in exposed {
        *sums.entry((e.ended_day + days, e.currency)).or_default() += e.amount_minor;
    }
    sums.into_iter()
        .map(|((day, c), amount)| (from_days(day), Money::new(amount, c)))
        .collect()
}

fn totals(exposed: &[Exposed]) -> Vec<Money> {
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    for e in exposed {
        *sums.entry(e.currency).or_default() += e.amount_minor;
    }
    sums.into_iter().map(|(c, m)| Money::new(m, c)).collect()
}

/// Lost parts of prices by host and of the whole platform.
struct Rates {
    hosts: BTreeMap<(i64, Currency), i64>,
    all: BTreeMap<Currency, (i64, i64)>,
}

impl Rates {
    fn new(rates: Vec<stored::LossRate>) -> Self {
        let mut all: BTreeMap<Currency, (i64, i64)> = BTreeMap::new();
        let mut hosts = BTreeMap::new();
        for r in rates {
            let sum = all.entry(r.currency).or_default();
            *sum = (sum.0 + r.lost_minor, sum.1 + r.price_minor);
            hosts.insert((r.host_key, r.currency), rate(r.lost_minor, r.price_minor));
        }
        Self { hosts, all }
    }

    fn platform(&self) -> Vec<(Currency, i64)> {
        self.all
            .iter()
            .map(|(c, (lost, price))| (*c, rate(*lost, *price)))
            .collect()
    }

    /// The host's own rate, and no less than the platform's: a host without losses yet is not
    /// without risk.
    fn of(&self, host_key: i64, currency: Currency) -> i64 {
        let own = self.hosts.get(&(host_key, currency)).copied().unwrap_or(0);
        let all = self.all.get(&currency).map_or(0, |(l, p)| rate(*l, *p));
        own.max(all)
    }
}

fn rate(lost: i64, price: i64) -> i64 {
    if price == 0 {
        return 0;
    }
    let bp = i128::from(lost) * WHOLE_BP / i128::from(price);
    i64::try_from(bp).unwrap_or(10_000).min(10_000)
}

/// Holds a part of a host's payouts back from now on, each for a number of days after its date;
/// `None` holds nothing back any more.
///
/// # Errors
/// [`Code::BadInput`] without a reason or out of bounds, [`Code::NotFound`].
pub fn set_reserve(
    s: &Session,
    host_id: &str,
    percent_bp: Option<i64>,
    days: Option<i64>,
    reason: &str,
) -> Result<()> {
    s.require(&[Role::Preparer], "hold a part of payouts back")?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let host = crate::hosts::find(conn, host_id)?;
        let settings = meta::settings(conn)?;
        let days = days.unwrap_or_else(|| settings.exposure_days_on(stamp.on));
        match percent_bp {
            None => stored::end_policy(conn, host.host_key)?,
            Some(bp) if (1..=10_000).contains(&bp) && (1..=1000).contains(&days) => {
                stored::set_policy(conn, host.host_key, bp, days, reason, &stamp)?;
            }
            Some(_) => {
                return Err(Error::new(
                    Code::BadInput,
                    "Hold back more than 0 and at most 100 percent, for 1 to 1000 days.",
                ));
            }
        }
        audit::record(
            conn,
            &stamp,
            "hosts.reserve",
            host_id,
            &json!({ "percent_bp": percent_bp, "days": days, "reason": reason }),
        )?;
        Ok(())
    })
}
