//! From box 1a to what a host was paid, month by month, tying to the cent (docs/tax.md).

use std::collections::{BTreeMap, BTreeSet};

use hostledger_core::settings::Settings;
use hostledger_core::{Code, Currency, Error};
use hostledger_documents::form_1099k as paper;
use hostledger_store::hosts::Host;
use hostledger_store::tax::{gross, withheld};
use hostledger_store::{Conn, cutover, journal, meta};
use jiff::civil::{Date, date};

use super::compute;
use crate::fx::Rates;
use crate::{Result, import_opening};

/// A host's year in one currency.
#[derive(Debug, Clone)]
pub struct Bridge {
    /// The currency of every amount.
    pub currency: Currency,
    /// Twelve months.
    pub months: Vec<BridgeRow>,
    /// What this currency's gross is in box 1a, US cents.
    pub box_1a_minor: i64,
}

/// One month, in minor units. What is deducted stands above zero; the balance follows:
/// carried in + gross − refunds − platform fees − processing fees + adjustments − withheld − paid =
/// carried out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BridgeRow {
    /// The balance before the month; money of sessions that took place, paid out or not, on hold too.
    pub carried_in: i64,
    /// The month's part of box 1a.
    pub gross: i64,
    /// What participants got back, and what persons voided.
    pub refunds: i64,
    /// The platform's share.
    pub platform_fees: i64,
    /// Card processing, as far as the host bears it.
    pub processing_fees: i64,
    /// Clawbacks, corrections, write-offs and what came back, as they move the balance.
    pub adjustments: i64,
    /// Tax withheld.
    pub withheld: i64,
    /// What was sent to the host; before this ledger, all on its paid-through date.
    pub paid: i64,
    /// The balance after the month.
    pub carried_out: i64,
}

impl BridgeRow {
    fn moves(&self) -> i64 {
        self.gross - self.refunds - self.platform_fees - self.processing_fees + self.adjustments
            - self.withheld
            - self.paid
    }

    fn add(&mut self, o: &Self) {
        self.gross += o.gross;
        self.refunds += o.refunds;
        self.platform_fees += o.platform_fees;
        self.processing_fees += o.processing_fees;
        self.adjustments += o.adjustments;
        self.withheld += o.withheld;
        self.paid += o.paid;
    }
}

impl Bridge {
    /// The year in one row.
    #[must_use]
    pub fn total(&self) -> BridgeRow {
        let mut sum = BridgeRow::default();
        for m in &self.months {
            sum.add(m);
        }
        sum.carried_in = self.months.first().map_or(0, |m| m.carried_in);
        sum.carried_out = self.months.last().map_or(0, |m| m.carried_out);
        sum
    }
}

type Days = BTreeMap<Date, BridgeRow>;

/// What every bridge of a year depends on, read once.
pub(super) struct Builder {
    year: i16,
    settings: Settings,
    rates: Rates,
}

impl Builder {
    pub(super) fn load(conn: &Conn, year: i16) -> Result<Self> {
        Ok(Self {
            year,
            settings: meta::settings(conn)?,
            rates: Rates::into_currency(conn, Currency::USD)?,
        })
    }

    /// Builds a host's bridges, one for each currency that moved, and proves that all of it is what
    /// the journal says the host is owed.
    ///
    /// # Errors
    /// [`Code::Internal`] where it doesn't tie.
    pub(super) fn build(&self, conn: &Conn, host: &Host) -> Result<Vec<Bridge>> {
        build(conn, self, host)
    }
}

fn build(conn: &Conn, with: &Builder, host: &Host) -> Result<Vec<Bridge>> {
    let Builder {
        year,
        settings,
        rates,
    } = with;
    let year = *year;
    let cancelled = settings.taxes_cancelled(year);
    let by_payout = settings.taxes_by_payout(year);
    let zone = compute::zone(settings);
    let mut in_box: BTreeMap<Currency, i64> = BTreeMap::new();
    let mut days: BTreeMap<Currency, Days> = BTreeMap::new();
    let mut at = |currency: Currency, on: Date, row: BridgeRow| {
        let day = days.entry(currency).or_default().entry(on).or_default();
        day.add(&row);
    };
    for e in gross::earned(conn, host.host_key, cancelled, by_payout)? {
        // Not paid out yet, where amounts are by the payout: the year it will be in isn't known.
        let on = match (e.paid_on, by_payout) {
            (Some(on), true) => on,
            (None, true) => Date::MAX,
            _ => zone.date_of(e.booked_at),
        };
        if on.year() == year {
            let minor = rates.convert(e.price_minor, e.currency, on).unwrap_or(0);
            *in_box.entry(e.currency).or_default() += minor;
        }
        let row = BridgeRow {
            gross: e.price_minor,
            platform_fees: e.platform_fee_minor,
            processing_fees: e.processing_fee_minor,
            refunds: e.price_minor
                - e.platform_fee_minor
                - e.processing_fee_minor
                - e.host_amount_minor,
            ..BridgeRow::default()
        };
        at(e.currency, on, row);
    }
    let opening = cutover::paid_through(conn)?;
    for (on, currency, kind, minor) in gross::adjusted(conn, host.host_key)? {
        let on = match opening {
            Some(day) if kind == import_opening::KIND => day,
            _ => on,
        };
        let row = BridgeRow {
            adjustments: minor,
            ..BridgeRow::default()
        };
        at(currency, on, row);
    }
    let ever = (Date::MIN, Date::MAX);
    for (_, on, currency, minor) in withheld::between(conn, ever.0, ever.1, Some(host.host_key))? {
        let row = BridgeRow {
            withheld: minor,
            ..BridgeRow::default()
        };
        at(currency, on, row);
    }
    for (on, currency, minor) in gross::paid(conn, host.host_key)? {
        let row = BridgeRow {
            paid: minor,
            ..BridgeRow::default()
        };
        at(currency, on, row);
    }
    if let Some(on) = opening {
        for (currency, minor) in gross::paid_outside(conn, host.host_key)? {
            let row = BridgeRow {
                paid: minor,
                ..BridgeRow::default()
            };
            at(currency, on, row);
        }
    }
    prove(conn, host, &days)?;
    Ok(days
        .into_iter()
        .filter_map(|(currency, days)| {
            let box_1a_minor = in_box.get(&currency).copied().unwrap_or(0);
            year_of(currency, year, &days, box_1a_minor)
        })
        .collect())
}

fn year_of(currency: Currency, year: i16, days: &Days, box_1a_minor: i64) -> Option<Bridge> {
    let first = date(year, 1, 1);
    let mut balance: i64 = days.range(..first).map(|(_, r)| r.moves()).sum();
    let mut months = Vec::with_capacity(12);
    for month in 1..=12 {
        let from = date(year, month, 1);
        let to = from.last_of_month();
        let mut row = BridgeRow::default();
        for (_, day) in days.range(from..=to) {
            row.add(day);
        }
        row.carried_in = balance;
        balance += row.moves();
        row.carried_out = balance;
        months.push(row);
    }
    let nothing = months.iter().all(|m| *m == BridgeRow::default());
    (!nothing).then_some(Bridge {
        currency,
        months,
        box_1a_minor,
    })
}

/// As the press takes it.
pub(super) fn on_paper(bridges: &[Bridge], date_basis: &str) -> paper::Bridge {
    let row = |r: &BridgeRow| paper::BridgeRow {
        gross_minor: r.gross,
        refunds_minor: r.refunds,
        platform_fees_minor: r.platform_fees,
        processing_fees_minor: r.processing_fees,
        adjustments_minor: r.adjustments,
        withheld_minor: r.withheld,
        carried_in_minor: r.carried_in,
        paid_minor: r.paid,
        carried_out_minor: r.carried_out,
    };
    let sections = bridges
        .iter()
        .map(|b| {
            let mut months = [paper::BridgeRow::default(); 12];
            for (on_paper, month) in months.iter_mut().zip(&b.months) {
                *on_paper = row(month);
            }
            paper::BridgeSection {
                currency: b.currency,
                months,
                total: row(&b.total()),
                box_1a_cents: b.box_1a_minor,
            }
        })
        .collect();
    paper::Bridge {
        sections,
        notes: vec![
            format!("{date_basis} Refunds and fees stand in the month of their booking; payouts, withheld tax and adjustments in their own."),
            "A balance that is carried is earned and not paid out yet: on hold, below the minimum, held back, or waiting for the next payout day.".to_owned(),
        ],
    }
}

/// All that ever moved comes to what the journal says the host is owed, reserved parts with it.
fn prove(conn: &Conn, host: &Host, days: &BTreeMap<Currency, Days>) -> Result<()> {
    let owed: BTreeMap<Currency, i64> = journal::owed_to_host(conn, host.host_key)?
        .into_iter()
        .collect();
    let currencies: BTreeSet<Currency> = owed.keys().chain(days.keys()).copied().collect();
    for currency in currencies {
        let sum: i64 = days
            .get(&currency)
            .map_or(0, |d| d.values().map(BridgeRow::moves).sum());
        let journal = owed.get(&currency).copied().unwrap_or(0);
        if sum != journal {
            let money = |m| hostledger_core::Money::new(m, currency);
            return Err(Error::new(
                Code::Internal,
                format!(
                    "The bridge of {} comes to {}, and the journal says {} is owed. Run `hostledger check`.",
                    host.host_id,
                    money(sum),
                    money(journal)
                ),
            ));
        }
    }
    Ok(())
}
