//! What preparing a batch would take is what hosts are owed, and rows that wait hold what they are
//! about (docs/domain.md §3 and §7).

use hostledger_core::import::holds_nothing;
use hostledger_core::journal::Account;
use jiff::civil::Date;

use super::{Check, Sums, check, differences, of_account, sums};
use crate::Conn;
use crate::error::Result;
use crate::payouts::{Ready, due};
use crate::sql::rows;

/// What hosts are owed by the journal = what would be due once every hold is over + what blocks
/// hold + what a batch that didn't leave yet holds. A line that is forgotten, or taken twice, when
/// payouts are prepared shows here before money leaves.
pub(super) fn due_lines(conn: &Conn) -> Result<Check> {
    let have = of_account(conn, Account::Hosts)?;
    let mut want = sums(
        conn,
        "SELECT c.host_key, c.currency, sum(c.host_amount_minor) FROM host_commissions c
         WHERE (c.status = 2 OR (c.status = 1 AND c.session_done = 1))
           AND c.booking_key IN (SELECT booking_key FROM commission_blocks WHERE released_at IS NULL)
           AND NOT EXISTS (SELECT 1 FROM host_payout_lines l WHERE l.booking_key = c.booking_key AND l.live = 1)
         GROUP BY 1, 2",
    )?;
    let prepared = sums(
        conn,
        "SELECT p.host_key, p.currency,
                sum(CASE WHEN a.adjustment_key IS NOT NULL THEN a.amount_minor
                         WHEN c.status = 2 OR (c.status = 1 AND c.session_done = 1) THEN c.host_amount_minor ELSE 0 END)
         FROM host_payouts p JOIN host_payout_lines l USING (payout_key)
         LEFT JOIN adjustments a ON a.adjustment_key = l.adjustment_key LEFT JOIN host_commissions c ON c.booking_key = l.booking_key
         WHERE p.status = 1 AND coalesce(a.status, 'APPROVED') = 'APPROVED' AND coalesce(a.kind, '') <> 'BACKUP_WITHHOLDING'
         GROUP BY 1, 2",
    )?;
    let mut by_due = Sums::new();
    for line in due(conn, Date::MAX, Ready::ByThen, None, None)? {
        *by_due.entry((line.host_key, line.currency)).or_default() += line.amount_minor;
    }
    for (key, amount) in prepared.into_iter().chain(by_due) {
        *want.entry(key).or_default() += amount;
    }
    want.retain(|_, v| *v != 0);
    let problems = differences(conn, &have, &want)?;
    Ok(check(
        "due_lines",
        &problems,
        "what would be paid = what hosts are owed, less what is held",
    ))
}

/// Every open exception about a booking with a commission holds it, and nothing else does.
pub(super) fn waiting_rows(conn: &Conn) -> Result<Check> {
    let mut problems: Vec<String> = rows(
        conn,
        "SELECT b.booking_id FROM commission_blocks k JOIN bookings b USING (booking_key) JOIN exceptions e USING (exception_key)
         WHERE k.released_at IS NULL AND e.status <> 'OPEN' LIMIT 20",
        [],
        |r| {
            Ok(format!(
                "{} is held by a row that doesn't wait any more",
                r.get::<_, String>(0)?
            ))
        },
    )?;
    let unheld: Vec<(String, String)> = rows(
        conn,
        "SELECT b.booking_id, e.code FROM exceptions e JOIN imports i USING (import_key) JOIN bookings b ON b.booking_id = e.subject
         JOIN host_commissions c ON c.booking_key = b.booking_key
         WHERE e.status = 'OPEN' AND i.kind = 'bookings' AND b.withdrawn = 0
           AND NOT EXISTS (SELECT 1 FROM commission_blocks k WHERE k.exception_key = e.exception_key AND k.released_at IS NULL) LIMIT 1000",
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    problems.extend(
        unheld
            .into_iter()
            .filter(|(_, code)| !holds_nothing(code))
            .map(|(id, _)| format!("a row about {id} waits and doesn't hold it")),
    );
    Ok(check(
        "waiting_rows",
        &problems,
        "rows that wait hold the bookings that they are about",
    ))
}
