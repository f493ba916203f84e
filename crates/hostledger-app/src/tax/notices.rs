//! Notices of the IRS about hosts: recorded, and ended once the host put things right.

use hostledger_core::{Code, Error};
use hostledger_store::tax::notices::{self, NewTaxNotice, TaxNotice};
use hostledger_store::{audit, hosts};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;

use crate::commissions::need_reason;
use crate::identity::Role;
use crate::{Result, Session, clock};

/// A notice to record.
#[derive(Debug, Clone)]
pub struct NewNotice {
    /// The host it is about.
    pub host_id: String,
    /// `B`: name and TIN don't match; `C`: underreported income.
    pub kind: String,
    /// When it came.
    pub received_on: Date,
    /// From when on tax is withheld; where nobody says, 30 days after a B notice and at once after a C
    /// notice (docs/tax.md).
    pub withhold_from: Option<Date>,
    /// What it says.
    pub note: String,
}

/// All notices, newest first.
///
/// # Errors
/// The ledger's own.
pub fn notices(s: &Session) -> Result<Vec<TaxNotice>> {
    s.ledger.read(|conn| Ok(notices::all(conn)?))
}

/// Records a notice. Its id.
///
/// # Errors
/// [`Code::NotFound`], [`Code::BadInput`], [`Code::NotAllowed`].
pub fn record_notice(s: &Session, n: &NewNotice) -> Result<String> {
    s.require(&[Role::Preparer], "record tax notices")?;
    if n.kind != "B" && n.kind != "C" {
        return Err(Error::new(
            Code::BadInput,
            "A notice is B (name and TIN don't match) or C (underreported income).",
        ));
    }
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let host = hosts::find(conn, &n.host_id)?.ok_or_else(|| {
            Error::new(Code::NotFound, format!("There is no host {}.", n.host_id))
        })?;
        let days = if n.kind == "B" { 30 } else { 0 };
        let from = n
            .withhold_from
            .unwrap_or_else(|| n.received_on.saturating_add(days.days()));
        let id = clock::new_id();
        notices::insert(
            conn,
            &NewTaxNotice {
                notice_id: &id,
                host_key: host.host_key,
                kind: &n.kind,
                received_on: n.received_on,
                withhold_from: from,
                note: n.note.trim(),
            },
            &stamp,
        )?;
        let facts = json!({ "host": n.host_id, "kind": n.kind, "received_on": n.received_on.to_string(), "withhold_from": from.to_string() });
        audit::record(conn, &stamp, "tax.notice", &id, &facts)?;
        Ok(id)
    })
}

/// Ends what a notice asks for from the business date on.
///
/// # Errors
/// [`Code::NotFound`], [`Code::WrongState`] where it ended, [`Code::BadInput`] without a reason.
pub fn end_notice(s: &Session, notice_id: &str, reason: &str) -> Result<()> {
    s.require(&[Role::Preparer], "end tax notices")?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let n = notices::find(conn, notice_id)?.ok_or_else(|| {
            Error::new(Code::NotFound, format!("There is no notice {notice_id}."))
        })?;
        if let Some(on) = n.ended_on {
            return Err(Error::new(
                Code::WrongState,
                format!("This notice ended on {on} already."),
            ));
        }
        notices::end(conn, n.notice_key, reason, &stamp)?;
        let facts = json!({ "host": n.host_id, "reason": reason });
        audit::record(conn, &stamp, "tax.notice_end", notice_id, &facts)?;
        Ok(())
    })
}
