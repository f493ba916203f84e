//! Hosts: who they are, what they are owed, and pausing their payouts.

use std::collections::BTreeMap;

use hostledger_core::tier::Tier;
use hostledger_core::{Code, Error};
use hostledger_store::final_payouts::{self, FinalPayout};
use hostledger_store::hosts::{self, Host, HostTier};
use hostledger_store::journal::{self, Balance};
use hostledger_store::payouts::{self, Payout};
use hostledger_store::{audit, institutions};
use serde_json::json;

use crate::commissions::need_reason;
use crate::identity::Role;
use crate::{Result, Session};

/// A host with institution and tiers.
#[derive(Debug, Clone)]
pub struct HostDetail {
    /// The host.
    pub host: Host,
    /// The institution's id.
    pub institution_id: String,
    /// Tiers, oldest first.
    pub tiers: Vec<HostTier>,
    /// The tier in force today.
    pub tier_today: Option<Tier>,
    /// The host's accounts.
    pub balances: Vec<Balance>,
    /// Payouts, newest first.
    pub payouts: Vec<Payout>,
    /// What came back of them, by payout, in minor units.
    pub came_back: BTreeMap<i64, i64>,
    /// The host's last payout: proposed, in force, or decided last.
    pub final_payout: Option<FinalPayout>,
}

/// All hosts by key, with the tier in force today.
///
/// # Errors
/// The ledger's own.
pub fn list(s: &Session) -> Result<Vec<(Host, Option<Tier>)>> {
    s.ledger.read(|conn| {
        let today = s.stamp(conn)?.on;
        let terms = hosts::rate_terms(conn, &institutions::all(conn)?)?;
        Ok(hosts::spoken_of(conn)?
            .into_iter()
            .map(|h| {
                let tier = terms.get(&h.host_key).and_then(|t| t.tier_on(today));
                (h, tier)
            })
            .collect())
    })
}

/// One host.
///
/// # Errors
/// [`Code::NotFound`].
pub fn show(s: &Session, host_id: &str) -> Result<HostDetail> {
    s.ledger.read(|conn| {
        let host = find(conn, host_id)?;
        let all = institutions::all(conn)?;
        let terms = hosts::rate_terms(conn, &all)?;
        let today = s.stamp(conn)?.on;
        let institution_id = all
            .into_iter()
            .find(|i| i.institution_key == host.institution_key)
            .map(|i| i.institution_id)
            .unwrap_or_default();
        Ok(HostDetail {
            institution_id,
            tier_today: terms.get(&host.host_key).and_then(|t| t.tier_on(today)),
            tiers: hosts::tiers(conn, Some(host.host_key))?,
            balances: journal::balances(conn, None, Some(host.host_key))?,
            payouts: payouts::of_host(conn, host.host_key)?,
            came_back: payouts::money_back_of_host(conn, host.host_key)?
                .into_iter()
                .map(|(key, all)| (key, all.iter().map(|m| m.amount_minor).sum()))
                .collect(),
            final_payout: final_payouts::of_host(conn, host.host_key)?,
            host,
        })
    })
}

/// Tiers of one host or of all.
///
/// # Errors
/// [`Code::NotFound`].
pub fn tiers(s: &Session, host_id: Option<&str>) -> Result<Vec<HostTier>> {
    s.ledger.read(|conn| {
        let key = host_id
            .map(|id| find(conn, id).map(|h| h.host_key))
            .transpose()?;
        Ok(hosts::tiers(conn, key)?)
    })
}

pub(crate) fn find(conn: &hostledger_store::Conn, host_id: &str) -> Result<Host> {
    hosts::find(conn, host_id)?
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no host {host_id}.")))
}

/// Pauses a host's payouts: what is due is carried until somebody resumes them.
///
/// # Errors
/// [`Code::BadInput`] without a reason, [`Code::WrongState`], [`Code::NotFound`].
pub fn pause(s: &Session, host_id: &str, reason: &str) -> Result<()> {
    set_pause(s, host_id, true, reason)
}

/// Lifts a pause.
///
/// # Errors
/// [`Code::BadInput`] without a reason, [`Code::WrongState`], [`Code::NotFound`].
pub fn resume(s: &Session, host_id: &str, reason: &str) -> Result<()> {
    set_pause(s, host_id, false, reason)
}

fn set_pause(s: &Session, host_id: &str, pause: bool, reason: &str) -> Result<()> {
    s.require(&[Role::Preparer, Role::Approver], "pause or resume payouts")?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let host = find(conn, host_id)?;
        if host.paused_reason.is_some() == pause {
            let is = if pause {
                "paused already"
            } else {
                "not paused"
            };
            return Err(Error::new(
                Code::WrongState,
                format!("The payouts of {host_id} are {is}."),
            ));
        }
        hosts::set_pause(conn, host.host_key, pause.then_some(reason), &stamp)?;
        let action = if pause { "hosts.pause" } else { "hosts.resume" };
        audit::record(conn, &stamp, action, host_id, &json!({ "reason": reason }))?;
        Ok(())
    })
}
