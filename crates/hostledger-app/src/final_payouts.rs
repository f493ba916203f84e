//! The last payout of a host who leaves: one person proposes it, a second one approves it as an
//! adjustment (docs/domain.md §7).

use hostledger_core::{Code, Error};
use hostledger_store::final_payouts::{self, FinalPayout, FinalStatus};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, audit};
use serde_json::json;

use crate::commissions::need_reason;
use crate::identity::Role;
use crate::{Result, Session, clock};

/// Proposes that a host's next payout goes whatever the minimum, and although the host's account
/// with the platform is closed. The id under which a second person decides.
///
/// # Errors
/// [`Code::WrongState`] where one waits or is in force, [`Code::BadInput`] without a reason,
/// [`Code::NotFound`], [`Code::NotAllowed`].
pub fn propose(s: &Session, host_id: &str, reason: &str) -> Result<String> {
    s.require(&[Role::Preparer], "propose a final payout")?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let host = crate::hosts::find(conn, host_id)?;
        if let Some(f) = final_payouts::of_host(conn, host.host_key)? {
            refuse_second(&f)?;
        }
        let id = clock::new_id();
        final_payouts::insert(conn, &id, host.host_key, reason, &stamp)?;
        let facts = json!({ "adjustment_id": id, "reason": reason });
        audit::record(conn, &stamp, "hosts.final_payout", host_id, &facts)?;
        Ok(id)
    })
}

fn refuse_second(f: &FinalPayout) -> Result<()> {
    let why = match f.status {
        FinalStatus::Proposed => format!(
            "A final payout of {}, proposed by {}, waits for a second person already ({}).",
            f.host_id, f.created_by, f.adjustment_id
        ),
        FinalStatus::Approved => format!(
            "A final payout of {} is in force already, approved by {} ({}). It goes with the host's next payout; reject it to take it back.",
            f.host_id,
            f.decided_by.as_deref().unwrap_or_default(),
            f.adjustment_id
        ),
        FinalStatus::Rejected | FinalStatus::Withdrawn | FinalStatus::Used => return Ok(()),
    };
    Err(Error::new(Code::WrongState, why)
        .with_details(json!({ "adjustment_id": f.adjustment_id, "status": f.status.as_str() })))
}

/// What a host has proposed, in force or decided last.
///
/// # Errors
/// [`Code::NotFound`].
pub fn of_host(s: &Session, host_id: &str) -> Result<Option<FinalPayout>> {
    s.ledger.read(|conn| {
        let host = crate::hosts::find(conn, host_id)?;
        Ok(final_payouts::of_host(conn, host.host_key)?)
    })
}

/// Approves or rejects a proposal, or takes an approved one back before a payout left by it.
pub(crate) fn decide(
    conn: &Conn,
    f: &FinalPayout,
    approve: bool,
    reason: Option<&str>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let (status, action) = match (f.status, approve) {
        (FinalStatus::Proposed, true) => (FinalStatus::Approved, "adjustments.approve"),
        (FinalStatus::Proposed, false) => (FinalStatus::Rejected, "adjustments.reject"),
        (FinalStatus::Approved, false) => (FinalStatus::Withdrawn, "adjustments.withdraw"),
        (decided, _) => {
            return Err(Error::new(
                Code::WrongState,
                format!(
                    "This final payout is {} already.",
                    decided.as_str().to_lowercase()
                ),
            ));
        }
    };
    if approve && f.created_by == stamp.by {
        return Err(Error::new(
            Code::SamePerson,
            format!(
                "{} proposed this final payout, so another person must approve it.",
                stamp.by
            ),
        ));
    }
    match status {
        FinalStatus::Withdrawn => final_payouts::withdraw(conn, f.final_key, stamp)?,
        _ => final_payouts::decide(conn, f.final_key, status, stamp)?,
    }
    let facts = json!({ "kind": final_payouts::KIND, "host_id": f.host_id, "reason": reason });
    audit::record(conn, stamp, action, &f.adjustment_id, &facts)?;
    Ok(())
}
