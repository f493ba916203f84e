//! What is looked at before the first byte goes out.

use std::collections::BTreeMap;

use hostledger_core::approval::Rail;
use hostledger_core::money::format_minor;
use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_core::transfer::account_trouble;
use hostledger_core::{Code, Currency, Error};
use hostledger_store::Conn;
use hostledger_store::payouts::{self, Batch, Payout};
use hostledger_store::stripe::Connection;
use hostledger_stripe::{AccountState, Client, Problem, TransferShown};

use super::super::departure::{Leaves, require_day};
use super::super::prepare::stale_payouts;
use super::super::send::check_approval;
use super::super::{find_batch, require_status};
use super::reconcile::{compare, strange_transfers};
use crate::jobs::Job;
use crate::{Result, Session};

/// What Stripe says before anything is sent.
pub(super) struct Before {
    own_account: String,
    strange: Vec<TransferShown>,
    available: BTreeMap<String, i64>,
    accounts: BTreeMap<String, AccountState>,
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct PreflightCheck {
    /// Its name in the contract.
    pub name: &'static str,
    /// Whether all is well.
    pub ok: bool,
    /// Whether nothing is sent while it isn't; otherwise single payouts fail and the others go.
    pub stops: bool,
    /// What was found, in words.
    pub detail: String,
    /// The ids of the payouts that fail by it while the others go.
    pub payouts: Vec<String>,
}

/// A batch as it would leave now.
#[derive(Debug, Clone)]
pub struct Preflight {
    /// The platform's account.
    pub account_id: String,
    /// Real money.
    pub livemode: bool,
    /// What was looked at.
    pub checks: Vec<PreflightCheck>,
}

impl Preflight {
    /// Whether sending would begin.
    #[must_use]
    pub fn may_send(&self) -> bool {
        self.checks.iter().all(|c| c.ok || !c.stops)
    }
}

/// Looks at everything that sending would look at; nothing is sent or changed.
///
/// # Errors
/// [`Code::WrongState`], [`Code::StripeProblem`] where Stripe can't be asked.
pub fn preflight(s: &Session, batch_id: &str, job: &Job) -> Result<Preflight> {
    let batch = s.ledger.read(|conn| -> Result<Batch> {
        let batch = find_batch(conn, batch_id)?;
        require_status(&batch, &[BatchStatus::Approved], "sending")?;
        Ok(batch)
    })?;
    let (connection, client) = crate::stripe::client(s)?;
    job.progress("Comparing with Stripe", 0, None);
    let before = crate::stripe::runtime()?.block_on(look(s, &client, &connection))?;
    let checks = s.ledger.read(|conn| {
        judge(s, conn, &batch, &connection, &before).map(|all| all.into_iter().map(|j| j.check))
    })?;
    Ok(Preflight {
        account_id: connection.account_id,
        livemode: connection.livemode,
        checks: checks.collect(),
    })
}

pub(super) async fn look(s: &Session, client: &Client, c: &Connection) -> Result<Before> {
    let refused = |p: Problem| crate::stripe::refused(&p);
    let own_account = client.own_account().await.map_err(refused)?;
    let strange = compare(s, client, c).await?;
    let available = client.available().await.map_err(refused)?;
    let accounts = client.accounts().await.map_err(refused)?;
    Ok(Before {
        own_account,
        strange,
        available: available.into_iter().collect(),
        accounts: accounts
            .into_iter()
            .map(|a| (a.account_id.clone(), a))
            .collect(),
    })
}

/// Refuses what must not be sent.
pub(super) fn require_clear(
    s: &Session,
    conn: &Conn,
    batch: &Batch,
    c: &Connection,
    before: &Before,
) -> Result<()> {
    let all = judge(s, conn, batch, c, before)?;
    match all.into_iter().find(|j| !j.check.ok && j.check.stops) {
        Some(j) => Err(j.refusal.unwrap_or_else(|| {
            Error::new(
                Code::WrongState,
                format!("{} Nothing was sent.", j.check.detail),
            )
        })),
        None => Ok(()),
    }
}

struct Judged {
    check: PreflightCheck,
    refusal: Option<Error>,
}

/// A check that stops everything where it fails.
fn must(name: &'static str, found: std::result::Result<String, Error>) -> Judged {
    let (ok, detail, refusal) = match found {
        Ok(detail) => (true, detail, None),
        Err(e) => (false, e.message.clone(), Some(e)),
    };
    let check = PreflightCheck {
        name,
        ok,
        stops: true,
        detail,
        payouts: Vec::new(),
    };
    Judged { check, refusal }
}

/// A check that only concerns single payouts.
fn may(name: &'static str, bad: Vec<String>, good: String, detail: String) -> Judged {
    let check = PreflightCheck {
        name,
        ok: bad.is_empty(),
        stops: false,
        detail: if bad.is_empty() { good } else { detail },
        payouts: bad,
    };
    Judged {
        check,
        refusal: None,
    }
}

fn judge(
    s: &Session,
    conn: &Conn,
    batch: &Batch,
    c: &Connection,
    before: &Before,
) -> Result<Vec<Judged>> {
    let pending = pending(conn, batch)?;
    let stale = stale_payouts(conn, batch)?;
    let ids = |fails: &dyn Fn(&&Payout) -> bool| -> Vec<String> {
        let failing = pending.iter().filter(fails);
        failing.map(|p| p.payout_id.clone()).collect()
    };
    let not_ready = ids(&|p| why_not_ready(before, p).is_some());
    let stale = ids(&|p| stale.contains_key(&p.payout_key));
    let (unready, changed) = (not_ready.len(), stale.len());
    let rail = Rail::Stripe(c.rail());
    let stamp = s.stamp(conn)?;
    Ok(vec![
        must(
            "date",
            require_day(s, conn, batch, Leaves::ThroughStripe)
                .map(|()| format!("The payout date, {}, has come.", batch.date)),
        ),
        must("account", own_account(before, c)),
        must(
            "approval",
            check_approval(conn, batch, &rail, &stamp)
                .map(|()| "Approved as it stands, for this account and mode.".to_owned()),
        ),
        must("lines", lines(conn, batch)),
        must(
            "transfers",
            match before.strange.as_slice() {
                [] => Ok("Stripe's list of transfers agrees with this ledger.".to_owned()),
                strange => Err(strange_transfers(conn, strange)?),
            },
        ),
        must("balance", balance(&pending, before)),
        may(
            "destinations",
            not_ready,
            "Every account is known and can receive.".to_owned(),
            format!(
                "{unready} payouts go to accounts that can't receive now: they fail and their money is due again."
            ),
        ),
        may(
            "unchanged",
            stale,
            "Nothing changed since the approval.".to_owned(),
            format!(
                "{changed} payouts changed since the approval: they fail and their money is due again."
            ),
        ),
    ])
}

fn pending(conn: &Conn, batch: &Batch) -> Result<Vec<Payout>> {
    let mut all = payouts::of_batch(conn, batch.batch_key)?;
    all.retain(|p| p.status == PayoutStatus::Pending);
    Ok(all)
}

fn own_account(before: &Before, c: &Connection) -> std::result::Result<String, Error> {
    if before.own_account == c.account_id {
        return Ok(format!("{} in {} mode.", c.account_id, c.rail().mode()));
    }
    Err(Error::new(
        Code::StripeProblem,
        format!(
            "The key is for the Stripe account {}, but this ledger pays from {}. Nothing was sent.",
            before.own_account, c.account_id
        ),
    ))
}

/// Lines = payouts = batch = what was signed.
fn lines(conn: &Conn, batch: &Batch) -> std::result::Result<String, Error> {
    for p in pending(conn, batch)? {
        if payouts::digest_of_lines(conn, &p)? != p.digest {
            return Err(Error::new(
                Code::DamagedLedger,
                format!(
                    "Payout {} is not what its digest says: something changed it from outside. Nothing was sent. Run `hostledger check`.",
                    p.payout_id
                ),
            ));
        }
    }
    Ok("Every payout is the sum of its lines, and what was signed.".to_owned())
}

fn balance(pending: &[Payout], before: &Before) -> std::result::Result<String, Error> {
    let mut need: BTreeMap<&str, (i64, Currency)> = BTreeMap::new();
    for p in pending {
        need.entry(p.currency.code()).or_insert((0, p.currency)).0 += p.amount_minor;
    }
    let (mut short, mut covered) = (Vec::new(), Vec::new());
    for (code, (sum, currency)) in need {
        let has = before.available.get(code).copied().unwrap_or(0);
        let (sum_text, has_text) = (format_minor(sum, currency), format_minor(has, currency));
        if has < sum {
            short.push(format!(
                "{sum_text} {code} are to be sent and {has_text} {code} are available"
            ));
        } else {
            covered.push(format!("{sum_text} of {has_text} {code}"));
        }
    }
    if short.is_empty() {
        return Ok(format!("Covers the batch: {}.", covered.join("; ")));
    }
    Err(Error::new(
        Code::BalanceTooLow,
        format!(
            "The balance at Stripe doesn't cover the batch: {}. Nothing was sent. Add money to the balance at Stripe, or cancel the batch and prepare a smaller one.",
            short.join("; ")
        ),
    ))
}

/// Why a payout's account can't receive it now.
pub(super) fn why_not_ready(before: &Before, p: &Payout) -> Option<String> {
    let Some(a) = before.accounts.get(&p.destination) else {
        return Some(format!(
            "Stripe knows no connected account {}. Correct the host's payout account; the money is due again.",
            p.destination
        ));
    };
    let trouble = account_trouble(
        a.transfers_active,
        a.payouts_enabled,
        a.disabled_reason.as_deref(),
        &a.due,
    )?;
    Some(format!(
        "The account {} can't be paid: {trouble} Send the host an onboarding link; the money is due again.",
        p.destination
    ))
}
