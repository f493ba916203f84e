//! The list of hosts, and what each is owed.

use std::collections::BTreeMap;

use hostledger_core::host::HostStatus;
use hostledger_core::{Currency, Money};
use rusqlite::Row;
use rusqlite::types::Value;

use super::{Where, anywhere};
use crate::Conn;
use crate::error::Result;
use crate::hosts::SPOKEN_OF;
use crate::sql::{Cur, number_of, of_number, one, rows};

/// Which hosts to show; `None` lets everything through.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the fields say what they restrict")]
pub struct HostFilter {
    pub status: Option<HostStatus>,
    /// Whether money may go to the host now: active, not paused, with an account that takes it.
    pub payable: Option<bool>,
    pub institution_id: Option<String>,
    /// The id, or part of the name.
    pub text: Option<String>,
    pub host_id: Option<String>,
}

/// What the list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the columns")]
pub enum HostSort {
    Name,
    HostId,
    Status,
}

/// One host as the window lists it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of hosts and institutions")]
pub struct ListedHost {
    pub host_key: i64,
    pub host_id: String,
    pub name: String,
    pub status: HostStatus,
    pub institution_id: String,
    pub institution_name: String,
    pub institution_key: i64,
    pub country: String,
    pub paused: bool,
    pub stripe_account_id: String,
    pub payouts_enabled: bool,
}

const PAYABLE: &str =
    "(h.status = 3 AND h.paused_reason IS NULL AND d.account_id <> '' AND d.payouts_enabled = 1)";

fn conditions(f: &HostFilter) -> Where {
    let text = |s: &str| Value::Text(s.to_owned());
    let mut w = Where::default();
    w.and(SPOKEN_OF, []);
    if let Some(s) = f.status {
        w.and(
            "h.status = ?",
            [Value::Integer(number_of(&HostStatus::ALL, &s, 1))],
        );
    }
    match f.payable {
        Some(true) => w.and(PAYABLE, []),
        Some(false) => w.and(&format!("NOT {PAYABLE}"), []),
        None => {}
    }
    if let Some(id) = &f.institution_id {
        w.and("i.institution_id = ?", [text(id)]);
    }
    if let Some(id) = &f.host_id {
        w.and("h.host_id = ?", [text(id)]);
    }
    if let Some(words) = f.text.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        w.and(
            "(h.host_id = ? OR h.name LIKE ? ESCAPE '\\')",
            [text(words), Value::Text(anywhere(words))],
        );
    }
    w
}

const FROM: &str = "FROM hosts h JOIN institutions i USING (institution_key) JOIN host_destinations d USING (host_key)";

fn read(r: &Row<'_>) -> rusqlite::Result<(ListedHost, Value)> {
    let row = ListedHost {
        host_key: r.get(0)?,
        host_id: r.get(1)?,
        name: r.get(2)?,
        status: of_number(&HostStatus::ALL, r.get(3)?, 1)?,
        institution_id: r.get(4)?,
        institution_name: r.get(5)?,
        institution_key: r.get(6)?,
        country: r.get(7)?,
        paused: r.get(8)?,
        stripe_account_id: r.get(9)?,
        payouts_enabled: r.get(10)?,
    };
    Ok((row, r.get(11)?))
}

/// A page of hosts and, for each, where a page that ends with it would end.
///
/// # Errors
/// The database's own.
pub fn page(
    conn: &Conn,
    f: &HostFilter,
    sort: HostSort,
    descending: bool,
    after: Option<&(serde_json::Value, i64)>,
    limit: i64,
) -> Result<Vec<(ListedHost, (serde_json::Value, i64))>> {
    let column = match sort {
        HostSort::Name => "h.name",
        HostSort::HostId => "h.host_id",
        HostSort::Status => "h.status",
    };
    let (compare, order) = if descending {
        ("<", "DESC")
    } else {
        (">", "ASC")
    };
    let mut w = conditions(f);
    if let Some((value, key)) = after {
        let value = value.as_i64().map_or_else(
            || Value::Text(value.as_str().unwrap_or_default().to_owned()),
            Value::Integer,
        );
        w.and(
            &format!("({column}, h.host_key) {compare} (?, ?)"),
            [value, Value::Integer(*key)],
        );
    }
    w.values.push(Value::Integer(limit));
    let sql = format!(
        "SELECT h.host_key, h.host_id, h.name, h.status, i.institution_id, i.name, h.institution_key, h.country, h.paused_reason IS NOT NULL, d.account_id, d.payouts_enabled, {column}
         {FROM} WHERE {} ORDER BY {column} {order}, h.host_key {order} LIMIT ?",
        w.sql()
    );
    let found = rows(conn, &sql, w.params(), read)?;
    Ok(found
        .into_iter()
        .map(|(row, value)| {
            let value = match value {
                Value::Integer(n) => n.into(),
                Value::Text(t) => t.into(),
                _ => serde_json::Value::Null,
            };
            let key = row.host_key;
            (row, (value, key))
        })
        .collect())
}

/// How many hosts a filter lets through.
///
/// # Errors
/// The database's own.
pub fn count(conn: &Conn, f: &HostFilter) -> Result<i64> {
    let w = conditions(f);
    let sql = format!("SELECT count(*) {FROM} WHERE {}", w.sql());
    Ok(one(conn, &sql, w.params(), |r| r.get(0))?.unwrap_or(0))
}

/// How many hosts an institution has, by its key.
///
/// # Errors
/// The database's own.
pub fn per_institution(conn: &Conn) -> Result<BTreeMap<i64, i64>> {
    let found = rows(
        conn,
        &format!(
            "SELECT h.institution_key, count(*) FROM hosts h WHERE {SPOKEN_OF} GROUP BY h.institution_key"
        ),
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    Ok(found.into_iter().collect())
}

/// The institution's id of every host, by the host's id.
///
/// # Errors
/// The database's own.
pub fn institution_of_each(conn: &Conn) -> Result<BTreeMap<String, String>> {
    let found = rows(
        conn,
        "SELECT h.host_id, i.institution_id FROM hosts h JOIN institutions i USING (institution_key)",
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    Ok(found.into_iter().collect())
}

/// What the accounts of all hosts hold, by host key (docs/domain.md §9, liabilities:hosts).
///
/// # Errors
/// The database's own.
pub fn balances(conn: &Conn) -> Result<BTreeMap<i64, Vec<Money>>> {
    let found = rows(
        conn,
        "SELECT host_key, currency, sum(m) FROM (
           SELECT c.host_key, c.currency, c.host_amount_minor AS m FROM host_commissions c
            WHERE (c.status = 2 OR (c.status = 1 AND c.session_done = 1))
              AND NOT EXISTS (SELECT 1 FROM host_payout_lines l JOIN host_payouts p USING (payout_key)
                              WHERE l.booking_key = c.booking_key AND l.live = 1 AND p.status IN (2, 3))
           UNION ALL
           SELECT a.host_key, a.currency, a.amount_minor FROM adjustments a
            WHERE a.status = 'APPROVED' AND a.kind <> 'BACKUP_WITHHOLDING'
              AND NOT EXISTS (SELECT 1 FROM host_payout_lines l JOIN host_payouts p USING (payout_key)
                              WHERE l.adjustment_key = a.adjustment_key AND l.live = 1 AND p.status IN (2, 3)))
         GROUP BY host_key, currency ORDER BY host_key, currency",
        [],
        |r| Ok((r.get::<_, i64>(0)?, Money::new(r.get(2)?, r.get::<_, Cur>(1)?.0))),
    )?;
    let mut out = BTreeMap::<i64, Vec<Money>>::new();
    for (host_key, balance) in found {
        out.entry(host_key).or_default().push(balance);
    }
    Ok(out)
}

/// One currency of a host in minor units: what is coming, what can be paid, what was paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HostMoney {
    /// Of PENDING commissions that nothing stops.
    pub pending_minor: i64,
    /// Of PROCESSED commissions and adjustments that nothing stops and no live payout holds.
    pub payable_minor: i64,
    /// Of commissions that an open block stops.
    pub on_hold_minor: i64,
    /// In payouts that are prepared or on their way.
    pub in_payout_minor: i64,
    /// In payouts that arrived.
    pub paid_minor: i64,
    /// What the host's account holds: docs/domain.md §9, liabilities:hosts.
    pub balance_minor: i64,
    /// Of commissions that were paid before this ledger began.
    pub paid_outside_minor: i64,
}

/// A host's money by currency.
///
/// # Errors
/// The database's own.
pub fn money(conn: &Conn, host_key: i64) -> Result<BTreeMap<Currency, HostMoney>> {
    let of_commissions = rows(
        conn,
        "WITH x AS (
           SELECT c.currency, c.status, c.session_done, c.host_amount_minor AS m, c.paid_outside,
             EXISTS (SELECT 1 FROM commission_blocks k WHERE k.booking_key = c.booking_key AND k.released_at IS NULL) AS blocked,
             coalesce((SELECT p.status FROM host_payout_lines l JOIN host_payouts p USING (payout_key) WHERE l.booking_key = c.booking_key AND l.live = 1), 0) AS payout
           FROM host_commissions c WHERE c.host_key = ? AND c.status IN (1, 2, 3))
         SELECT currency, sum(iif(status = 1 AND NOT blocked, m, 0)), sum(iif(status = 2 AND NOT blocked AND payout = 0, m, 0)),
           sum(iif(status IN (1, 2) AND blocked, m, 0)), sum(iif(payout IN (1, 2), m, 0)), sum(iif(payout = 3, m, 0)),
           sum(iif((status IN (2, 3) OR session_done = 1) AND payout NOT IN (2, 3) AND NOT paid_outside, m, 0)), sum(iif(paid_outside, m, 0))
         FROM x GROUP BY currency",
        [host_key],
        read_money,
    )?;
    let of_adjustments = rows(
        conn,
        "WITH x AS (
           SELECT a.currency, a.amount_minor AS m, a.kind = 'BACKUP_WITHHOLDING' AS tax,
             coalesce((SELECT p.status FROM host_payout_lines l JOIN host_payouts p USING (payout_key) WHERE l.adjustment_key = a.adjustment_key AND l.live = 1), 0) AS payout
           FROM adjustments a WHERE a.host_key = ? AND a.status = 'APPROVED')
         SELECT currency, 0, sum(iif(payout = 0, m, 0)), 0, sum(iif(payout IN (1, 2), m, 0)), sum(iif(payout = 3, m, 0)),
           sum(iif(payout NOT IN (2, 3) AND NOT tax, m, 0)), 0
         FROM x GROUP BY currency",
        [host_key],
        read_money,
    )?;
    let mut out = BTreeMap::<Currency, HostMoney>::new();
    for (currency, m) in of_commissions.into_iter().chain(of_adjustments) {
        let sum = out.entry(currency).or_default();
        sum.pending_minor += m.pending_minor;
        sum.payable_minor += m.payable_minor;
        sum.on_hold_minor += m.on_hold_minor;
        sum.in_payout_minor += m.in_payout_minor;
        sum.paid_minor += m.paid_minor;
        sum.balance_minor += m.balance_minor;
        sum.paid_outside_minor += m.paid_outside_minor;
    }
    Ok(out)
}

fn read_money(r: &Row<'_>) -> rusqlite::Result<(Currency, HostMoney)> {
    let money = HostMoney {
        pending_minor: r.get(1)?,
        payable_minor: r.get(2)?,
        on_hold_minor: r.get(3)?,
        in_payout_minor: r.get(4)?,
        paid_minor: r.get(5)?,
        balance_minor: r.get(6)?,
        paid_outside_minor: r.get(7)?,
    };
    Ok((r.get::<_, Cur>(0)?.0, money))
}
