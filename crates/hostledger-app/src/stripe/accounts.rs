//! Hosts' accounts: made, sent to onboarding, and looked at.

use hostledger_core::transfer::{KEY_SURELY_ALIVE, account_trouble};
use hostledger_core::{Code, Error};
use hostledger_store::ledger::Stamp;
use hostledger_store::stripe::{self, BankFailure, HostAccount};
use hostledger_store::{Conn, audit, meta};
use hostledger_stripe::{AccountState, Client, NewAccount};
use jiff::Timestamp;
use serde_json::json;

use super::{client, refused, runtime};
use crate::identity::Role;
use crate::{Result, Session, clock};

/// A host's account as far as the ledger knows.
#[derive(Debug, Clone)]
pub struct AccountView {
    /// Where the host's money goes; empty: nowhere yet.
    pub account_id: String,
    /// What Stripe last said; `None`: it wasn't asked.
    pub account: Option<HostAccount>,
    /// Why money can't reach it now, in words.
    pub trouble: Option<String>,
    /// What the host's bank refused, newest first.
    pub bank_failures: Vec<BankFailure>,
}

/// A link under which a host completes the account.
#[derive(Debug, Clone)]
pub struct Onboarding {
    /// The account.
    pub account_id: String,
    /// Used once.
    pub url: String,
    /// It is worth nothing after.
    pub expires_at: Timestamp,
}

/// Why money can't reach an account, with the day until which Stripe asks for details.
pub(crate) fn trouble(a: &HostAccount) -> Option<String> {
    let trouble = account_trouble(
        a.transfers_active,
        a.payouts_enabled,
        a.disabled_reason.as_deref(),
        &a.due,
    )?;
    Some(match a.due_by {
        Some(by) => format!("{trouble} Stripe asks for it until {}.", by.strftime("%F")),
        None => trouble,
    })
}

/// What is known of a host's account.
///
/// # Errors
/// [`Code::NotFound`].
pub fn account_of(s: &Session, host_id: &str) -> Result<AccountView> {
    s.ledger.read(|conn| {
        let host = crate::hosts::find(conn, host_id)?;
        let account = stripe::host_account(conn, &host.stripe_account_id)?;
        Ok(AccountView {
            trouble: account.as_ref().and_then(trouble),
            bank_failures: stripe::bank_failures(conn, &host.stripe_account_id)?,
            account_id: host.stripe_account_id,
            account,
        })
    })
}

/// Asks Stripe how a host's account stands.
///
/// # Errors
/// [`Code::NotFound`], [`Code::WrongState`] for a host without an account,
/// [`Code::StripeProblem`].
pub fn pull_account(s: &Session, host_id: &str) -> Result<AccountView> {
    s.require(&[Role::Preparer, Role::Admin], "ask Stripe about accounts")?;
    let view = account_of(s, host_id)?;
    if view.account_id.is_empty() {
        return Err(Error::new(
            Code::WrongState,
            "The host has no payout account yet. Make one with `hostledger hosts onboard`.",
        ));
    }
    let (_, client) = client(s)?;
    let state = runtime()?
        .block_on(client.account(&view.account_id))
        .map_err(|p| refused(&p))?;
    s.ledger
        .write(|conn| stripe::put_account(conn, &pulled(&state, clock::now())))?;
    account_of(s, host_id)
}

/// Stripe's word on an account, as it is kept.
pub(super) fn pulled(a: &AccountState, at: Timestamp) -> HostAccount {
    HostAccount {
        account_id: a.account_id.clone(),
        payouts_enabled: a.payouts_enabled,
        transfers_active: a.transfers_active,
        disabled_reason: a.disabled_reason.clone(),
        due: a.due.clone(),
        due_by: a.due_by.and_then(|t| Timestamp::from_second(t).ok()),
        pulled_at: at,
    }
}

/// Makes an Express account for a host that has none, and a fresh link under which the host
/// completes it. The link is shown, never kept.
///
/// # Errors
/// [`Code::NotFound`], [`Code::StripeProblem`], [`Code::WrongState`] where it isn't known whether
/// an earlier call made an account.
pub fn onboard(s: &Session, host_id: &str) -> Result<Onboarding> {
    s.require(&[Role::Preparer, Role::Admin], "onboard hosts")?;
    let (_, client) = client(s)?;
    let mut account_id = account_of(s, host_id)?.account_id;
    if account_id.is_empty() {
        account_id = make_account(s, &client, host_id)?;
    }
    let back_to = s.ledger.read(|conn| -> Result<String> {
        let settings = meta::settings(conn)?;
        let today = s.stamp(conn)?.on;
        let url = settings.value_on("onboarding_return_url", today);
        Ok(url.unwrap_or_default().to_owned())
    })?;
    let (url, expires_at) = runtime()?
        .block_on(client.onboarding_link(&account_id, &back_to))
        .map_err(|p| refused(&p))?;
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        let details = json!({ "account": account_id });
        audit::record(conn, &stamp, "hosts.onboard", host_id, &details)?;
        Ok(())
    })?;
    Ok(Onboarding {
        account_id,
        url,
        expires_at: Timestamp::from_second(expires_at).unwrap_or_else(|_| clock::now()),
    })
}

fn make_account(s: &Session, client: &Client, host_id: &str) -> Result<String> {
    let (key, is_old) = s
        .ledger
        .write(|conn| begin(conn, host_id, &s.stamp(conn)?))?;
    let (ledger_id, host) = s.ledger.read(|conn| -> Result<_> {
        let ledger_id = meta::get(conn, "ledger_id")?.unwrap_or_default();
        Ok((ledger_id, crate::hosts::find(conn, host_id)?))
    })?;
    let runtime = runtime()?;
    let new = NewAccount {
        country: &host.country,
        email: &host.email,
        ledger_id: &ledger_id,
        host_id,
    };
    // An earlier call whose key may be forgotten: what it made is found by its metadata.
    let made_before = if is_old {
        let all = runtime
            .block_on(client.accounts())
            .map_err(|p| refused(&p))?;
        let wanted = Some((ledger_id.clone(), host_id.to_owned()));
        all.into_iter().find(|a| a.made_for == wanted)
    } else {
        None
    };
    let state = match made_before {
        Some(state) => state,
        None => runtime
            .block_on(client.create_account(&new, &key))
            .map_err(|p| refused(&p))?,
    };
    s.ledger.write(|conn| -> Result<()> {
        stripe::set_account(conn, host.host_key, &state.account_id)?;
        stripe::put_account(conn, &pulled(&state, clock::now()))?;
        Ok(())
    })?;
    Ok(state.account_id)
}

/// Records, before the call, that an account is asked for. Its key, and whether an earlier call's
/// key may be forgotten by now, so that this is a new one.
fn begin(conn: &Conn, host_id: &str, stamp: &Stamp<'_>) -> Result<(String, bool)> {
    let host = crate::hosts::find(conn, host_id)?;
    let earlier = stripe::account_request(conn, host.host_key)?;
    if let Some(r) = &earlier
        && stamp.at >= r.first_call_at
        && stamp.at.duration_since(r.first_call_at) < KEY_SURELY_ALIVE
    {
        return Ok((r.idempotency_key.clone(), false));
    }
    let key = format!("account-{}", clock::new_id());
    stripe::begin_account(conn, host.host_key, &key, stamp)?;
    Ok((key, earlier.is_some()))
}
