//! Hosts as the window lists them.

use std::collections::BTreeMap;

use hostledger_core::calendar::days_after;
use hostledger_core::payout_batch::{CarriedReason, HostStanding, host_reasons};
use hostledger_core::tier::{RateTerms, Tier};
use hostledger_core::{Currency, Money};
use hostledger_store::adjustments::{self, Adjustment};
use hostledger_store::final_payouts::FinalPayout;
use hostledger_store::hosts::{Host, HostTier};
use hostledger_store::institutions::{self, Institution};
use hostledger_store::payouts::Payout;
use hostledger_store::screens::hosts as stored;
use hostledger_store::screens::payouts::decided_at;
use hostledger_store::{Conn, cutover, final_payouts, hosts, imports, meta, payouts};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Result, Session};

pub use stored::{HostFilter, HostMoney, HostSort, ListedHost};

/// A host with what its institution, tiers and account say today.
#[derive(Debug, Clone)]
pub struct HostRow {
    /// The host.
    pub host: ListedHost,
    /// The tier in force today.
    pub tier: Option<Tier>,
    /// The rate in force today, in basis points.
    pub rate_bp: i64,
    /// Why nothing can be paid now; empty: payable.
    pub reasons: Vec<CarriedReason>,
}

/// A page of hosts.
#[derive(Debug, Clone)]
pub struct HostPage {
    /// The rows.
    pub rows: Vec<HostRow>,
    /// Where the next page begins; `None`: this was the last.
    pub next: Option<(serde_json::Value, i64)>,
    /// How many hosts the filter lets through.
    pub total: i64,
}

/// A page of hosts.
///
/// # Errors
/// The ledger's own.
pub fn page(
    s: &Session,
    filter: &HostFilter,
    (sort, descending): (HostSort, bool),
    after: Option<&(serde_json::Value, i64)>,
    limit: usize,
) -> Result<HostPage> {
    s.ledger.read(|conn| {
        let today = s.stamp(conn)?.on;
        let wanted = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let mut found = stored::page(conn, filter, sort, descending, after, wanted)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found
            .last()
            .filter(|_| more)
            .map(|(_, after)| after.clone());
        let lacks = meta::settings(conn)?.tax_details_required_on(today);
        let institutions = institutions::all(conn)?;
        let finals = final_payouts::in_force(conn)?;
        let rows = found
            .into_iter()
            .map(|(host, _)| {
                let last = finals.contains_key(&host.host_key);
                row(conn, &institutions, today, lacks, last, host)
            })
            .collect::<Result<_>>()?;
        Ok(HostPage {
            rows,
            next,
            total: stored::count(conn, filter)?,
        })
    })
}

fn row(
    conn: &Conn,
    all: &[Institution],
    today: Date,
    lacks_tax_details: bool,
    final_payout: bool,
    host: ListedHost,
) -> Result<HostRow> {
    let tiers = hosts::tiers(conn, Some(host.host_key))?
        .into_iter()
        .map(|t| t.period)
        .collect();
    let institution = all
        .iter()
        .find(|i| i.institution_key == host.institution_key);
    let terms = institution.map(|i| RateTerms {
        uses_tiers: i.uses_tiers,
        institution_rate_bp: i.rate_bp.clone(),
        tiers,
    });
    let standing = HostStanding {
        status: host.status,
        paused: host.paused,
        destination: host.stripe_account_id.clone(),
        payouts_enabled: host.payouts_enabled,
        lacks_tax_details,
        scheduled: true,
        final_payout,
    };
    Ok(HostRow {
        tier: terms.as_ref().and_then(|t| t.tier_on(today)),
        rate_bp: terms.as_ref().map_or(0, |t| t.rate_on(today)),
        reasons: host_reasons(&standing),

        host,
    })
}

/// What the accounts of all hosts hold, by host key.
///
/// # Errors
/// The ledger's own.
pub fn balances(s: &Session) -> Result<BTreeMap<i64, Vec<Money>>> {
    s.ledger.read(|conn| Ok(stored::balances(conn)?))
}

/// All about one host, its balance in the journal aside.
#[derive(Debug, Clone)]
pub struct HostPapers {
    /// The host.
    pub host: Host,
    /// Tiers, oldest first.
    pub tiers: Vec<HostTier>,
    /// Payouts, newest first.
    pub payouts: Vec<Payout>,
    /// Money by currency.
    pub money: BTreeMap<Currency, HostMoney>,
    /// What came back of the payouts, by payout, in minor units.
    pub came_back: BTreeMap<i64, i64>,
    /// The host's last payout: proposed, in force, or decided last.
    pub final_payout: Option<FinalPayout>,
}

/// All about one host.
///
/// # Errors
/// [`hostledger_core::Code::NotFound`].
pub fn papers(s: &Session, host_id: &str) -> Result<HostPapers> {
    s.ledger.read(|conn| {
        let host = crate::hosts::find(conn, host_id)?;
        Ok(HostPapers {
            tiers: hosts::tiers(conn, Some(host.host_key))?,
            payouts: payouts::of_host(conn, host.host_key)?,
            money: stored::money(conn, host.host_key)?,
            came_back: payouts::money_back_of_host(conn, host.host_key)?
                .into_iter()
                .map(|(key, all)| (key, all.iter().map(|m| m.amount_minor).sum()))
                .collect(),
            final_payout: final_payouts::of_host(conn, host.host_key)?,
            host,
        })
    })
}

/// Where the newest row of a host came from.
#[derive(Debug, Clone)]
pub struct HostSource {
    /// The import.
    pub import_id: String,
    /// Its file.
    pub file_name: String,
    /// The line of the file.
    pub line: i64,
}

/// Where the newest row of a host came from; `None`: known only from bookings.
///
/// # Errors
/// [`hostledger_core::Code::NotFound`].
pub fn source(s: &Session, host_id: &str) -> Result<Option<HostSource>> {
    s.ledger.read(|conn| {
        let host = crate::hosts::find(conn, host_id)?;
        if host.content.is_none() {
            return Ok(None);
        }
        Ok(imports::get(conn, host.import_key)?.map(|i| HostSource {
            import_id: i.import_id,
            file_name: i.file_name,
            line: host.line,
        }))
    })
}

/// The dates of payouts by batch key, for a host's list of payouts.
///
/// # Errors
/// The ledger's own.
pub fn batch_dates(s: &Session) -> Result<BTreeMap<i64, (String, Date)>> {
    s.ledger.read(|conn| {
        let all = hostledger_store::payouts::batches(conn)?;
        Ok(all
            .into_iter()
            .map(|b| (b.batch_key, (b.batch_id, b.date)))
            .collect())
    })
}

/// An institution with what the window shows beside its terms.
#[derive(Debug, Clone)]
pub struct InstitutionRow {
    /// The institution.
    pub institution: Institution,
    /// Its rate today in basis points.
    pub rate_bp: i64,
    /// How many hosts it has.
    pub hosts: i64,
    /// Its next payout day; `None` where it isn't paid.
    pub next_payout_date: Option<Date>,
}

/// All institutions.
///
/// # Errors
/// The ledger's own.
pub fn institutions(s: &Session) -> Result<Vec<InstitutionRow>> {
    s.ledger.read(|conn| {
        let today = s.stamp(conn)?.on;
        let hosts = stored::per_institution(conn)?;
        Ok(institutions::all(conn)?
            .into_iter()
            .map(|i| InstitutionRow {
                rate_bp: i.rate_bp.on(today).copied().unwrap_or(0),
                hosts: hosts.get(&i.institution_key).copied().unwrap_or(0),
                next_payout_date: i
                    .active
                    .then(|| {
                        (0..62)
                            .map(|n| days_after(today, n))
                            .find(|d| i.schedule.includes(*d))
                    })
                    .flatten(),
                institution: i,
            })
            .collect())
    })
}

/// An adjustment with the names that the window shows beside it.
#[derive(Debug, Clone)]
pub struct ListedAdjustment {
    /// The adjustment.
    pub adjustment: Adjustment,
    /// The host's name.
    pub host_name: String,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// The import that brought an opening balance.
    pub opened_by_import: Option<String>,
}

/// All adjustments, newest first.
///
/// # Errors
/// The ledger's own.
pub fn adjustments(s: &Session) -> Result<Vec<ListedAdjustment>> {
    s.ledger.read(|conn| {
        let decided = decided_at(conn)?;
        let names: BTreeMap<i64, String> = hosts::all(conn)?
            .into_iter()
            .map(|h| (h.host_key, h.name))
            .collect();
        let openings: BTreeMap<i64, String> = cutover::imports_of_opening_balances(conn)?
            .into_iter()
            .collect();
        let mut all: Vec<(Adjustment, Option<Timestamp>)> = adjustments::all(conn)?
            .into_iter()
            .map(|a| {
                let at = decided.get(&a.adjustment_key).copied();
                (a, at)
            })
            .collect();
        all.extend(final_payouts::as_adjustments(conn)?);
        all.sort_by_key(|a| std::cmp::Reverse(a.0.created_at));
        Ok(all
            .into_iter()
            .map(|(a, decided_at)| ListedAdjustment {
                opened_by_import: openings.get(&a.adjustment_key).cloned(),
                host_name: names.get(&a.host_key).cloned().unwrap_or_default(),
                decided_at,
                adjustment: a,
            })
            .collect())
    })
}
