//! Backup withholding: taken when a payout is prepared, posted when it leaves (docs/tax.md).

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use hostledger_core::journal::{Entry, EntryKind};
use hostledger_core::settings::Settings;
use hostledger_core::tax_profile::{Standing, is_us};
use hostledger_core::tax_rules::{FEDERAL, TaxRule, WithholdingStart, rule_for};
use hostledger_core::{Currency, Error};
use hostledger_store::adjustments::{self, NewAdjustment};
use hostledger_store::hosts::Host;
use hostledger_store::journal::{self, Subject};
use hostledger_store::ledger::Stamp;
use hostledger_store::payouts::DueLine;
use hostledger_store::tax::gross::{self, Span};
use hostledger_store::tax::notices;
use hostledger_store::tax::{profiles, rules, withheld};
use hostledger_store::{Conn, meta};
use jiff::civil::Date;

use super::compute::span;
use crate::fx::Rates;
use crate::{Result, clock};

/// What decides about withholding on a payout's date.
pub(crate) struct Withholding {
    on: Date,
    settings: Settings,
    rules: Vec<TaxRule>,
    /// Hosts with a notice that applies.
    noticed: BTreeSet<i64>,
    rates: OnceCell<Rates>,
}

/// A transaction that counts towards the lines.
struct Reported {
    booking_key: i64,
    usd_minor: i64,
    /// In its own currency.
    price_minor: i64,
}

/// What must be withheld of each booking of a payout: booking and minor units.
pub(crate) type Required = Vec<(i64, i64)>;

/// The sum of it.
pub(crate) fn total(required: &Required) -> i64 {
    required.iter().map(|(_, minor)| minor).sum()
}

impl Withholding {
    pub(crate) fn load(conn: &Conn, on: Date) -> Result<Self> {
        Ok(Self {
            on,
            settings: meta::settings(conn)?,
            noticed: notices::all(conn)?
                .into_iter()
                .filter(|n| n.applies_on(on))
                .map(|n| n.host_key)
                .collect(),
            rules: rules::plain(conn)?,
            rates: OnceCell::new(),
        })
    }

    /// Where a host stands with the tax details on the payout's date.
    pub(crate) fn standing(&self, conn: &Conn, host_key: i64) -> Result<Standing> {
        Ok(profiles::of_host(conn, host_key)?.map_or(Standing::NoProfile, |p| p.standing(self.on)))
    }

    /// Whether tax may have to be withheld of a host's payouts: a notice applies, or there is no valid
    /// TIN of somebody who is taken for a US person.
    pub(crate) fn concerns(&self, conn: &Conn, host: &Host) -> Result<bool> {
        Ok(self.noticed.contains(&host.host_key)
            || match self.standing(conn, host.host_key)? {
                Standing::NoProfile => is_us(&host.country),
                Standing::NoTin | Standing::ImpossibleTin => true,
                _ => false,
            })
    }

    /// What must be withheld of a payout with these bookings: `host` has no valid TIN and is taken for
    /// a US person, or a notice applies.
    pub(crate) fn required(
        &self,
        conn: &Conn,
        host: &Host,
        booking_keys: impl IntoIterator<Item = i64>,
    ) -> Result<Required> {
        let key = host.host_key;
        let noticed = self.noticed.contains(&key);
        let mut out = Required::new();
        if !self.concerns(conn, host)? {
            return Ok(out);
        }
        let commissions = gross::commissions_of(conn, key)?;
        // Whoever may have crossed a line is read in one go, the payout's bookings among the rest.
        let mut years = match !noticed && commissions >= self.least_count() {
            true => self.years(conn, key, i16::MIN, self.on.year())?,
            false => BTreeMap::new(),
        };
        let mut open: BTreeSet<i64> = booking_keys.into_iter().collect();
        let mut paid: BTreeMap<i16, Vec<(i64, i64)>> = BTreeMap::new();
        for (year, all) in &years {
            for t in all.iter().filter(|t| open.remove(&t.booking_key)) {
                let of_year = paid.entry(*year).or_default();
                of_year.push((t.booking_key, t.price_minor));
            }
        }
        for booking_key in open {
            let (booked_at, price) = gross::price(conn, booking_key)?;
            let year = self.settings.zone.date_of(booked_at).year();
            paid.entry(year).or_default().push((booking_key, price));
        }
        if !noticed && commissions < self.fewest(paid.keys().copied()) {
            return Ok(out);
        }
        if let (false, Some(first), Some(last)) =
            (noticed, paid.keys().next(), paid.keys().next_back())
            && !paid.keys().all(|y| years.contains_key(y))
        {
            years = self.years(conn, key, *first - 1, *last)?;
        }
        for (year, paid) in paid {
            let Some(rule) = rule_for(&self.rules, FEDERAL, year) else {
                continue;
            };
            let applies = (!noticed).then(|| self.withheld_from(&years, year, rule));
            for (booking_key, price) in paid {
                if applies.as_ref().is_none_or(|a| a.contains(&booking_key)) {
                    out.push((booking_key, rule.withheld(price)));
                }
            }
        }
        out.retain(|(_, minor)| *minor > 0);
        Ok(out)
    }

    /// The smallest count that any year's rule asks for, those that ask for none aside.
    fn least_count(&self) -> i64 {
        let federal = self.rules.iter().filter(|r| r.jurisdiction == FEDERAL);
        let counts = federal.map(|r| r.min_transactions).filter(|n| *n > 0);
        counts.min().unwrap_or(i64::MAX)
    }

    /// With fewer bookings than so many nobody can have crossed a line in these years.
    fn fewest(&self, years: impl Iterator<Item = i16>) -> i64 {
        let of = |year: i16| match rule_for(&self.rules, FEDERAL, year) {
            Some(r) if r.withholding == WithholdingStart::FirstDollar => 0,
            Some(r) => r.min_transactions,
            None => i64::MAX,
        };
        // The year before decides, too, whether a payment of its was reportable.
        let before =
            |year: i16| rule_for(&self.rules, FEDERAL, year - 1).map(|r| r.min_transactions);
        years
            .map(|y| of(y).min(before(y).unwrap_or(i64::MAX)))
            .min()
            .unwrap_or(i64::MAX)
    }

    /// The bookings of a year that tax is withheld from.
    fn withheld_from(
        &self,
        years: &BTreeMap<i16, Vec<Reported>>,
        year: i16,
        rule: &TaxRule,
    ) -> BTreeSet<i64> {
        let of = |year: i16| years.get(&year).map_or(&[][..], Vec::as_slice);
        let amounts = |year: i16| of(year).iter().map(|t| t.usd_minor);
        let reportable = rule_for(&self.rules, FEDERAL, year - 1).is_some_and(|r| {
            let count = i64::try_from(of(year - 1).len()).unwrap_or(i64::MAX);
            r.is_reached(amounts(year - 1).sum(), count)
        });
        let from = rule.withheld_from(reportable, &amounts(year).collect::<Vec<_>>());
        of(year).iter().skip(from).map(|t| t.booking_key).collect()
    }

    /// A host's transactions of some years, in order.
    fn years(
        &self,
        conn: &Conn,
        host_key: i64,
        first: i16,
        last: i16,
    ) -> Result<BTreeMap<i16, Vec<Reported>>> {
        let rates = match self.rates.get() {
            Some(rates) => rates,
            None => {
                let read = Rates::into_currency(conn, Currency::USD)?;
                self.rates.get_or_init(|| read)
            }
        };
        // Before 2011 there was no such form.
        let first = first.max(2010);
        let (from, to) = (span(&self.settings, first), span(&self.settings, last));
        let span = Span {
            instants: (from.instants.0, to.instants.1),
            days: (from.days.0, to.days.1),
            // Withholding goes by the payment, whichever date the form goes by.
            by_payout: false,
            cancelled: to.cancelled,
        };
        let mut out: BTreeMap<i16, Vec<Reported>> = BTreeMap::new();
        gross::each::<Error>(conn, &span, Some(host_key), |t| {
            let on = self.settings.zone.date_of(t.booked_at);
            out.entry(on.year()).or_default().push(Reported {
                booking_key: t.booking_key,
                // Without a rate it counts with nothing: the form is blocked until there is one.
                usd_minor: rates.convert(t.price_minor, t.currency, on).unwrap_or(0),
                price_minor: t.price_minor,
            });
            Ok(())
        })?;
        Ok(out)
    }
}

/// Takes tax of a payout: an adjustment −W, and which bookings it is for. The line.
pub(crate) fn take(
    conn: &Conn,
    host: &Host,
    currency: Currency,
    required: &Required,
    stamp: &Stamp<'_>,
) -> Result<Option<DueLine>> {
    let amount_minor = -total(required);
    if amount_minor == 0 {
        return Ok(None);
    }
    let reason = format!(
        "Federal backup withholding on {} bookings, because no valid TIN is on file or the IRS sent a notice.",
        required.len()
    );
    let id = clock::new_id();
    let adjustment_key = adjustments::insert(
        conn,
        &NewAdjustment {
            adjustment_id: &id,
            host_key: host.host_key,
            currency,
            amount_minor,
            kind: "BACKUP_WITHHOLDING",
            booking_key: None,
            reason: &reason,
            status: "APPROVED",
            import_key: None,
            dispute_key: None,
            releases: None,
        },
        stamp,
    )?;
    for (booking_key, minor) in required {
        withheld::allot(conn, adjustment_key, *booking_key, *minor)?;
    }
    Ok(Some(DueLine {
        host_key: host.host_key,
        currency,
        booking_key: None,
        adjustment_key: Some(adjustment_key),
        id,
        amount_minor,
    }))
}

/// A payout with withheld tax leaves: the tax is owed to the tax authority from now on.
pub(crate) fn post(conn: &Conn, payout_key: i64, on: Date, stamp: &Stamp<'_>) -> Result<()> {
    let Some(w) = withheld::of_payout(conn, payout_key)? else {
        return Ok(());
    };
    let entry = Entry::two(EntryKind::BackupWithholding, w.amount_minor);
    let subject = Subject {
        host_key: Some(w.host_key),
        payout_key: Some(payout_key),
        adjustment_key: Some(w.adjustment_key),
        ..Subject::default()
    };
    journal::post(conn, &entry, subject, w.currency, on, stamp.at)?;
    Ok(())
}

/// A payout that doesn't leave, or came back: nothing was withheld.
pub(crate) fn drop(conn: &Conn, payout_key: i64, on: Date, stamp: &Stamp<'_>) -> Result<()> {
    let Some(w) = withheld::of_payout(conn, payout_key)? else {
        return Ok(());
    };
    adjustments::decide(conn, w.adjustment_key, "WITHDRAWN", stamp)?;
    journal::reverse_of_payout(conn, payout_key, EntryKind::BackupWithholding, on, stamp.at)?;
    Ok(())
}
