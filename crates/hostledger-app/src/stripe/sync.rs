//! After sending: what Stripe did since, taken over from its own lists. Nothing waits for a
//! notification that may never come.

use std::collections::BTreeMap;

use hostledger_core::Currency;
use hostledger_core::money::Money;
use hostledger_store::stripe::{self, BankFailure, HostAccount};
use hostledger_store::{Conn, audit, hosts, meta, payouts};
use hostledger_stripe::{AccountState, Problem, Reversal};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::accounts::{pulled, trouble};
use super::{client, disputes, refused, runtime};
use crate::identity::Role;
use crate::jobs::Job;
use crate::payouts::{post_reversal, take_lease};
use crate::{Result, Session, clock};

/// Reversals are read again for this long before the newest one taken over.
const OVERLAP_SECONDS: i64 = 26 * 3600;
/// Banks refuse within days; accounts that were paid longer ago aren't asked about.
const BANK_FAILURES_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a sync took over.
#[derive(Debug, Clone, Default)]
pub struct Synced {
    /// Accounts whose standing was read.
    pub accounts: usize,
    /// Accounts that can't be paid now and could before.
    pub restricted: usize,
    /// Reversals posted.
    pub reversals: usize,
    /// Payouts that a host's bank refused.
    pub bank_failures: usize,
    /// Disputes that are new or moved on.
    pub disputes: usize,
    /// What a person should look at, one sentence each.
    pub notices: Vec<String>,
}

/// Takes over what Stripe did since the last time: accounts' standing, transfers that were
/// reversed (posted), and banks that refused hosts' payouts (shown, nothing is posted).
///
/// # Errors
/// [`hostledger_core::Code::StripeProblem`], [`hostledger_core::Code::Cancelled`],
/// [`hostledger_core::Code::LeaseHeld`].
pub fn sync(s: &Session, job: &Job) -> Result<Synced> {
    s.require(&[Role::Preparer, Role::Approver], "sync with Stripe")?;
    let _lease = take_lease(s, "sync with Stripe")?;
    let (connection, client) = client(s)?;
    let runtime = runtime()?;
    let mut done = Synced::default();

    job.progress("Reading hosts' accounts", 0, None);
    let accounts = runtime
        .block_on(client.accounts())
        .map_err(|p| refused(&p))?;
    s.ledger
        .write(|conn| take_accounts(conn, &accounts, &mut done))?;
    job.check()?;

    job.progress("Reading reversals", 0, None);
    let since = connection
        .synced_through
        .map_or(0, |t| (t - OVERLAP_SECONDS).max(0));
    let reversals = runtime
        .block_on(client.reversals_since(since))
        .map_err(|p| refused(&p))?;
    s.ledger
        .write(|conn| take_reversals(s, conn, &reversals, &mut done))?;
    job.check()?;

    job.progress("Reading disputes", 0, None);
    let from = disputes::read_from(clock::now());
    match runtime.block_on(client.disputes_since(from)) {
        Ok(shown) => s
            .ledger
            .write(|conn| disputes::take_disputes(s, conn, &shown, &mut done))?,
        Err(p @ Problem::NotAllowed { .. }) => done.notices.push(format!(
            "Disputes couldn't be read. {} Give the key that permission in Stripe's dashboard.",
            p.sentence()
        )),
        Err(p) => return Err(refused(&p)),
    }
    job.check()?;

    let now = clock::now();
    let from = now - BANK_FAILURES_FOR;
    let paid = s
        .ledger
        .read(|conn| stripe::recently_paid_accounts(conn, from))?;
    let total = Some(paid.len() as u64);
    for (i, account) in (0..).zip(&paid) {
        job.check()?;
        job.progress("Asking whether hosts' banks took the money", i, total);
        let failures = runtime
            .block_on(client.bank_failures(account, from.as_second()))
            .map_err(|p| refused(&p))?;
        s.ledger
            .write(|conn| take_bank_failures(conn, account, &failures, now, &mut done))?;
    }
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        let newest = reversals.iter().map(|r| r.created).max();
        stripe::set_synced(conn, newest, stamp.at)?;
        let details = json!({ "accounts": done.accounts, "restricted": done.restricted, "reversals": done.reversals, "bank_failures": done.bank_failures, "disputes": done.disputes, "notices": done.notices });
        audit::record(conn, &stamp, "stripe.sync", &connection.account_id, &details)?;
        Ok(())
    })?;
    Ok(done)
}

fn take_accounts(conn: &Conn, all: &[AccountState], done: &mut Synced) -> Result<()> {
    let ledger_id = meta::get(conn, "ledger_id")?.unwrap_or_default();
    let at = clock::now();
    let of_account: BTreeMap<String, hosts::Host> = hosts::all(conn)?
        .into_iter()
        .map(|h| (h.stripe_account_id.clone(), h))
        .collect();
    for a in all {
        let is = pulled(a, at);
        let was = stripe::host_account(conn, &a.account_id)?;
        stripe::put_account(conn, &is)?;
        take_made_account(conn, a, &ledger_id)?;
        done.accounts += 1;
        if let Some(host) = of_account.get(&a.account_id)
            && let Some(why) = newly_restricted(was.as_ref(), host, &is)
        {
            done.restricted += 1;
            done.notices
                .push(format!("{} can't be paid: {why}", named(host)));
        }
    }
    Ok(())
}

fn named(h: &hosts::Host) -> &str {
    if h.name.is_empty() {
        &h.host_id
    } else {
        &h.name
    }
}

fn newly_restricted(
    was: Option<&HostAccount>,
    host: &hosts::Host,
    is: &HostAccount,
) -> Option<String> {
    let could = was.map_or(host.payouts_enabled, |w| {
        w.payouts_enabled && w.transfers_active
    });
    could.then(|| trouble(is)).flatten()
}

/// An account that an interrupted call made here.
fn take_made_account(conn: &Conn, a: &AccountState, ledger_id: &str) -> Result<()> {
    let Some((_, host_id)) = a.made_for.as_ref().filter(|(l, _)| l == ledger_id) else {
        return Ok(());
    };
    if let Some(host) = hosts::find(conn, host_id)?
        && let Some(request) = stripe::account_request(conn, host.host_key)?
        && request.account_id.is_none()
    {
        stripe::set_account(conn, host.host_key, &a.account_id)?;
    }
    Ok(())
}

fn take_reversals(s: &Session, conn: &Conn, all: &[Reversal], done: &mut Synced) -> Result<()> {
    let stamp = s.stamp(conn)?;
    // Oldest first, so that parts come before the whole.
    for r in all.iter().rev() {
        let Some(payout_key) = stripe::payout_of_transfer(conn, &r.transfer_id)? else {
            if stripe::is_found(conn, &r.transfer_id)? {
                done.notices.push(format!("A part of transfer {} came back. This copy of the ledger has no payout for it: correct the host's balance with an adjustment.", r.transfer_id));
            }
            continue;
        };
        let p = payouts::get(conn, payout_key)?;
        let at = Timestamp::from_second(r.created).unwrap_or(stamp.at);
        let posted = post_reversal(conn, &p, &r.reversal_id, r.amount_minor, at, false, &stamp)?;
        if posted > 0 {
            done.reversals += 1;
            done.notices.push(format!(
                "{} came back from the transfer to {}.",
                Money::new(posted, p.currency),
                p.host_name
            ));
        }
    }
    Ok(())
}

fn take_bank_failures(
    conn: &Conn,
    account_id: &str,
    all: &[hostledger_stripe::BankFailure],
    now: Timestamp,
    done: &mut Synced,
) -> Result<()> {
    for f in all {
        let failure = BankFailure {
            bank_payout_id: f.bank_payout_id.clone(),
            account_id: account_id.to_owned(),
            currency: f.currency.clone(),
            amount_minor: f.amount_minor,
            code: f.code.clone(),
            message: f.message.clone(),
            failed_at: Timestamp::from_second(f.created).unwrap_or(now),
        };
        if stripe::insert_bank_failure(conn, &failure, now)? {
            done.bank_failures += 1;
            let host = hosts::of_account(conn, account_id)?;
            let amount = match Currency::parse(&f.currency) {
                Some(c) => Money::new(f.amount_minor, c).to_string(),
                None => f.currency.clone(),
            };
            done.notices.push(format!(
                "The bank of {} refused {amount} ({}). The money waits in the host's balance at Stripe: the host corrects the bank account there.",
                host.as_ref().map_or(account_id, named),
                f.code
            ));
        }
    }
    Ok(())
}
