//! What stood when a ledger began in mid-life (docs/domain.md §7 and §9, cutover).

use hostledger_core::Currency;
use hostledger_core::journal::Account;
use hostledger_core::money::Money;

use super::{Check, check, differences, of_account, sums};
use crate::error::Result;
use crate::sql::{Day, one, rows};
use crate::{Conn, cutover};

/// equity:opening is what hosts were paid before this ledger for the bookings in it, less what was
/// owed to them beyond bookings; and nothing that was payable by then is left to pay.
pub(super) fn opening(conn: &Conn) -> Result<Check> {
    let have = of_account(conn, Account::OpeningEquity)?;
    let mut want = sums(
        conn,
        "SELECT 0, currency, sum(host_amount_minor) FROM host_commissions WHERE paid_outside = 1 GROUP BY currency",
    )?;
    for (key, amount) in sums(
        conn,
        "SELECT 0, currency, -sum(amount_minor) FROM adjustments WHERE kind = 'OPENING' AND status = 'APPROVED' GROUP BY currency",
    )? {
        *want.entry(key).or_default() += amount;
    }
    want.retain(|_, v| *v != 0);
    let mut problems = differences(conn, &have, &want)?;
    let paid_through = cutover::paid_through(conn)?;
    if paid_through.is_none() {
        problems.extend(rows(
            conn,
            "SELECT b.booking_id FROM host_commissions c JOIN bookings b USING (booking_key) WHERE c.paid_outside = 1
             UNION ALL SELECT adjustment_id FROM adjustments WHERE kind = 'OPENING' AND status = 'APPROVED' LIMIT 20",
            [],
            |r| {
                Ok(format!(
                    "{} is from before this ledger, which has no paid-through date",
                    r.get::<_, String>(0)?
                ))
            },
        )?);
    }
    problems.extend(rows(
        conn,
        "SELECT b.booking_id FROM host_payout_lines l JOIN host_commissions c USING (booking_key) JOIN bookings b USING (booking_key)
         WHERE c.paid_outside = 1 AND l.live = 1
           AND EXISTS (SELECT 1 FROM host_payouts p WHERE p.payout_key = l.payout_key AND p.status IN (2, 3)) LIMIT 20",
        [],
        |r| Ok(format!("{} was paid before this ledger and is in a payout, too", r.get::<_, String>(0)?)),
    )?);
    if let Some(date) = paid_through {
        problems.extend(rows(
            conn,
            "SELECT b.booking_id FROM host_commissions c JOIN bookings b USING (booking_key)
             WHERE c.status IN (1, 2) AND c.session_done = 1 AND c.frozen = 0 AND c.payable_on <= ? LIMIT 20",
            [Day(date)],
            |r| {
                Ok(format!(
                    "{} was payable by {date} and waits to be paid again",
                    r.get::<_, String>(0)?
                ))
            },
        )?);
    }
    let count: i64 = one(
        conn,
        "SELECT count(*) FROM host_commissions WHERE paid_outside = 1",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0);
    let totals: Vec<String> = want
        .iter()
        .map(|((_, currency), minor)| shown(*minor, *currency))
        .collect();
    Ok(check(
        "opening",
        &problems,
        match paid_through {
            None => "this ledger holds its marketplace from the first payout on".to_owned(),
            Some(date) => format!(
                "{count} commissions were paid outside through {date}; equity:opening holds {}",
                if totals.is_empty() {
                    "nothing".to_owned()
                } else {
                    totals.join(", ")
                }
            ),
        },
    ))
}

/// Debits positive, as the balances show it.
fn shown(credit_minor: i64, currency: Currency) -> String {
    Money::new(-credit_minor, currency).to_string()
}
