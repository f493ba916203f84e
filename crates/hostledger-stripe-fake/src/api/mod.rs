//! The endpoints. Each reads its parameters, changes the world, and makes the object Stripe shows.

mod accounts;
mod currency;
mod disputes;
mod expand;
mod list;
mod money;
mod platform;
mod reversals;
mod transfers;

use serde_json::Value;

use crate::error::Refusal;
use crate::form::Form;
use crate::world::{Ids, World};

pub(crate) use disputes::{open as open_dispute, settle as settle_dispute};
pub(crate) use money::{Bank, pay_out};
pub(crate) use reversals::reverse;

/// What an endpoint works with.
pub(crate) struct Context<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) ids: &'a mut Ids,
    pub(crate) now: i64,
}

/// One call, after it was let in.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) form: Form,
    /// The connected account named by the `Stripe-Account` header.
    pub(crate) account: Option<&'a str>,
    pub(crate) idempotency_key: Option<&'a str>,
    pub(crate) platform: &'a str,
}

/// Executes a call.
pub(crate) fn execute(context: &mut Context, call: &Call) -> Result<Value, Refusal> {
    if let Some(account) = call.account
        && account != call.platform
        && context.world.account(account).is_none()
    {
        return Err(Refusal::no_access(account));
    }
    expand::check(call)?;
    let mut value = route(context, call)?;
    expand::expand(context, call, &mut value)?;
    Ok(value)
}

fn route(context: &mut Context, call: &Call) -> Result<Value, Refusal> {
    let parts: Vec<&str> = call.path.trim_start_matches("/v1/").split('/').collect();
    let connected = call.account.filter(|account| *account != call.platform);
    let of_either = ["account", "balance", "balance_transactions", "payouts"];
    if connected.is_some() && !of_either.contains(&parts[0]) {
        let message = "This stand-in acts for a connected account only at account, balance, \
                       balance_transactions and payouts.";
        return Err(Refusal::invalid("", message));
    }
    match (call.method, &parts[..]) {
        ("GET", ["account"]) => platform::retrieve(context, call, connected),
        ("GET", ["accounts"]) => accounts::list(context, call),
        ("POST", ["accounts"]) => accounts::create(context, call),
        ("GET", ["accounts", id]) => accounts::retrieve(context, call, id),
        ("POST", ["accounts", id]) => accounts::update(context, call, id),
        ("POST", ["account_links"]) => accounts::link(context, call),
        ("GET", ["transfers"]) => transfers::list(context, call),
        ("POST", ["transfers"]) => transfers::create(context, call),
        ("GET", ["transfers", id]) => transfers::retrieve(context, call, id),
        ("POST", ["transfers", id]) => transfers::update(context, call, id),
        ("GET", ["transfers", id, "reversals"]) => reversals::list(context, call, id),
        ("POST", ["transfers", id, "reversals"]) => reversals::create(context, call, id),
        ("GET", ["transfers", id, "reversals", reversal]) => {
            reversals::retrieve(context, call, id, reversal)
        }
        ("GET", ["balance"]) => money::balance(context, call, connected),
        ("GET", ["balance_transactions"]) => money::transactions(context, call, connected),
        ("GET", ["balance_transactions", id]) => money::transaction(context, call, connected, id),
        ("GET", ["payouts"]) => money::payouts(context, call, connected),
        ("GET", ["payouts", id]) => money::payout(context, call, connected, id),
        ("GET", ["disputes"]) => disputes::list(context, call),
        ("GET", ["disputes", id]) => disputes::retrieve(context, call, id),
        ("POST", ["disputes", id]) => disputes::update(context, call, id),
        ("POST", ["disputes", id, "close"]) => disputes::close(context, call, id),
        (method, _) => Err(Refusal::unrecognized(method, call.path)),
    }
}

/// Ids begin with one of these.
const ID_PREFIXES: [&str; 7] = ["acct_", "tr_", "trr_", "txn_", "po_", "dp_", "ch_"];

/// The endpoint's name for the rate limit: the path without ids.
pub(crate) fn endpoint(method: &str, path: &str) -> String {
    let id = |part: &str| ID_PREFIXES.iter().any(|prefix| part.starts_with(prefix));
    let parts: Vec<&str> = path.split('/').filter(|part| !id(part)).collect();
    format!("{method} {}", parts.join("/"))
}
