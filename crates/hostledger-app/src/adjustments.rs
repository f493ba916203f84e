//! Corrections of a host's balance by a person, approved by a second one.

use hostledger_core::journal::{Entry, EntryKind};
use hostledger_core::{Code, Currency, Error, Money};
use hostledger_store::adjustments::{self, Adjustment, NewAdjustment};
use hostledger_store::journal::{self, Subject};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, audit, cutover, final_payouts};
use serde_json::json;

use crate::commissions::need_reason;
use crate::identity::Role;
use crate::{Result, Session, clock, import_opening, imports};

/// All adjustments, newest first, and among them the last payouts of hosts who leave.
///
/// # Errors
/// The ledger's own.
pub fn list(s: &Session) -> Result<Vec<Adjustment>> {
    s.ledger.read(|conn| {
        let mut all = adjustments::all(conn)?;
        all.extend(
            final_payouts::as_adjustments(conn)?
                .into_iter()
                .map(|(a, _)| a),
        );
        all.sort_by_key(|a| std::cmp::Reverse(a.created_at));
        Ok(all)
    })
}

/// Proposes a correction: positive for the host. Its id.
///
/// # Errors
/// [`Code::BadInput`] for zero or without a reason, [`Code::NotFound`].
pub fn add(s: &Session, host_id: &str, amount: Money, reason: &str) -> Result<String> {
    s.require(&[Role::Preparer], "propose adjustments")?;
    let reason = need_reason(reason)?;
    if amount.amount_minor == 0 {
        return Err(Error::new(
            Code::BadInput,
            "An adjustment of zero changes nothing.",
        ));
    }
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let host = crate::hosts::find(conn, host_id)?;
        let id = clock::new_id();
        adjustments::insert(
            conn,
            &NewAdjustment {
                adjustment_id: &id,
                host_key: host.host_key,
                currency: amount.currency,
                amount_minor: amount.amount_minor,
                kind: "CORRECTION",
                booking_key: None,
                reason,
                status: "PROPOSED",
                import_key: None,
                dispute_key: None,
                releases: None,
            },
            &stamp,
        )?;
        audit::record(
            conn,
            &stamp,
            "adjustments.add",
            &id,
            &json!({ "host_id": host_id, "amount": amount.to_string(), "reason": reason }),
        )?;
        Ok(id)
    })
}

/// Proposes to write off what a host owes in a currency. Its id.
///
/// # Errors
/// [`Code::WrongState`] where the host owes nothing or a write-off waits already,
/// [`Code::BadInput`] without a reason, [`Code::NotFound`].
pub fn write_off(s: &Session, host_id: &str, currency: Currency, reason: &str) -> Result<String> {
    s.require(&[Role::Preparer], "propose write-offs")?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let host = crate::hosts::find(conn, host_id)?;
        let balance = Money::new(journal::host_balance(conn, host.host_key, currency)?, currency);
        if balance.amount_minor >= 0 {
            return Err(Error::new(
                Code::WrongState,
                format!("{host_id} owes nothing in {currency}: the balance is {balance}."),
            ));
        }
        let waits = adjustments::all(conn)?.into_iter().any(|a| {
            a.host_key == host.host_key
                && a.currency == currency
                && a.kind == "WRITE_OFF"
                && a.status == "PROPOSED"
        });
        if waits {
            return Err(Error::new(
                Code::WrongState,
                format!("A write-off of what {host_id} owes in {currency} waits for a second person already."),
            ));
        }
        let id = clock::new_id();
        adjustments::insert(
            conn,
            &NewAdjustment {
                adjustment_id: &id,
                host_key: host.host_key,
                currency,
                amount_minor: -balance.amount_minor,
                kind: "WRITE_OFF",
                booking_key: None,
                reason,
                status: "PROPOSED",
                import_key: None,
                dispute_key: None,
                releases: None,
            },
            &stamp,
        )?;
        audit::record(
            conn,
            &stamp,
            "adjustments.write_off",
            &id,
            &json!({ "host_id": host_id, "balance": balance.to_string(), "reason": reason }),
        )?;
        Ok(id)
    })
}

/// Approves a proposed correction: it is posted and part of the host's next payout.
///
/// # Errors
/// [`Code::SamePerson`], [`Code::WrongState`], [`Code::NotFound`].
pub fn approve(s: &Session, adjustment_id: &str) -> Result<()> {
    decide(s, adjustment_id, true, None)
}

/// Rejects a proposed correction; takes a final payout back that is in force.
///
/// # Errors
/// [`Code::WrongState`], [`Code::NotFound`].
pub fn reject(s: &Session, adjustment_id: &str) -> Result<()> {
    decide(s, adjustment_id, false, None)
}

/// As [`reject`], with the reason kept in the audit trail.
///
/// # Errors
/// [`Code::BadInput`] without a reason; as [`reject`].
pub fn reject_because(s: &Session, adjustment_id: &str, reason: &str) -> Result<()> {
    decide(s, adjustment_id, false, Some(need_reason(reason)?))
}

/// Approves the opening balances of an import that wait, all or none. How many there were.
///
/// # Errors
/// [`Code::SamePerson`], [`Code::WrongState`] where none waits, [`Code::NotFound`].
pub fn approve_of_import(s: &Session, import_id: &str) -> Result<usize> {
    s.require(&[Role::Approver], "decide on adjustments")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let import = imports::find(conn, import_id)?;
        let mut waiting = cutover::opening_balances_of(conn, import.import_key)?;
        waiting.retain(|o| o.status == "PROPOSED");
        if waiting.is_empty() {
            return Err(Error::new(
                Code::WrongState,
                "No opening balance of this import waits for a second person.",
            ));
        }
        for o in &waiting {
            decide_in(conn, &o.adjustment_id, true, None, &stamp)?;
        }
        Ok(waiting.len())
    })
}

fn decide(s: &Session, adjustment_id: &str, approve: bool, reason: Option<&str>) -> Result<()> {
    s.require(&[Role::Approver], "decide on adjustments")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        if let Some(f) = final_payouts::find(conn, adjustment_id)? {
            return crate::final_payouts::decide(conn, &f, approve, reason, &stamp);
        }
        decide_in(conn, adjustment_id, approve, reason, &stamp)
    })
}

fn decide_in(
    conn: &Conn,
    adjustment_id: &str,
    approve: bool,
    reason: Option<&str>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let a = adjustments::find(conn, adjustment_id)?.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            format!("There is no adjustment {adjustment_id}."),
        )
    })?;
    if a.status != "PROPOSED" {
        return Err(Error::new(
            Code::WrongState,
            format!("This adjustment is {} already.", a.status.to_lowercase()),
        ));
    }
    if approve && a.created_by == stamp.by {
        return Err(Error::new(
            Code::SamePerson,
            format!(
                "{} proposed this adjustment, so another person must approve it.",
                stamp.by
            ),
        ));
    }
    let status = if approve { "APPROVED" } else { "REJECTED" };
    adjustments::decide(conn, a.adjustment_key, status, stamp)?;
    if approve {
        post_approved(conn, &a, stamp)?;
    }
    let action = if approve {
        "adjustments.approve"
    } else {
        "adjustments.reject"
    };
    let facts = reason.map_or_else(|| json!({}), |reason| json!({ "reason": reason }));
    audit::record(conn, stamp, action, adjustment_id, &facts)?;
    Ok(())
}

fn post_approved(conn: &Conn, a: &Adjustment, stamp: &Stamp<'_>) -> Result<()> {
    let (kind, on) = match a.kind.as_str() {
        "WRITE_OFF" => {
            still_owed(conn, a)?;
            (EntryKind::WriteOff, stamp.on)
        }
        // It stood on the day through which hosts were paid outside.
        import_opening::KIND => {
            let day = cutover::paid_through(conn)?;
            (EntryKind::Cutover, day.unwrap_or(stamp.on))
        }
        _ => (EntryKind::Correction, stamp.on),
    };
    let entry = Entry::two(kind, -a.amount_minor);
    let subject = Subject {
        host_key: Some(a.host_key),
        adjustment_key: Some(a.adjustment_key),
        ..Subject::default()
    };
    journal::post(conn, &entry, subject, a.currency, on, stamp.at)?;
    Ok(())
}

/// No more is written off than is owed on the day of the approval.
fn still_owed(conn: &Conn, a: &Adjustment) -> Result<()> {
    let balance = journal::host_balance(conn, a.host_key, a.currency)?;
    if -balance >= a.amount_minor {
        return Ok(());
    }
    Err(Error::new(
        Code::WrongState,
        format!(
            "{} owes less by now: the balance is {}, and {} would be written off. Reject this and propose it anew.",
            a.host_id,
            Money::new(balance, a.currency),
            Money::new(a.amount_minor, a.currency)
        ),
    ))
}
