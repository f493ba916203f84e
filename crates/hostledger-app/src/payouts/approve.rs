//! Submitting, approving, rejecting and cancelling a batch: maker and checker.

use std::collections::BTreeMap;

use hostledger_core::approval::{ApprovalStatement, Rail, check_second_person};
use hostledger_core::calendar::days_after;
use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_core::{Code, Currency, Error, Money};
use hostledger_store::ledger::Stamp;
use hostledger_store::payouts::{self, Approval, Batch};
use hostledger_store::users::{self, KeyStory};
use hostledger_store::{Conn, audit, meta};
use serde_json::json;

use super::prepare::{drop_own_lines, set_digest, stale_payouts};
use super::send::holding_approvals;
use super::{find_batch, require_status};
use crate::commissions::need_reason;
use crate::identity::Role;
use crate::{Result, Session};

/// The rail that a person names for a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedRail {
    /// A payment file.
    File,
    /// The Stripe account that the ledger is connected to.
    Stripe,
}

/// What submitting or approving made of a batch.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Its state.
    pub status: BatchStatus,
    /// Its digest.
    pub digest: String,
    /// The rail by which it may leave.
    pub rail: Option<Rail>,
    /// What is to be said of the key that approved it.
    pub remark: Option<String>,
}

/// Hands a batch over for approval, for one rail: the one that is named, else Stripe where the ledger
/// is connected, else a payment file. One that was handed over already is handed over anew for
/// another rail, or where an approval of it doesn't count any more; earlier approvals are void then.
///
/// # Errors
/// [`Code::WrongState`], also for a batch without payouts; [`Code::StalePayouts`].
pub fn submit(s: &Session, batch_id: &str, named: Option<NamedRail>) -> Result<Moved> {
    s.require(&[Role::Preparer], "submit batches")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        let rail = rail_of(conn, named)?;
        require_may_submit(conn, &batch, &rail, named.is_some())?;
        refuse_empty(conn, &batch)?;
        refuse_stale(conn, &batch, "submitted")?;
        payouts::set_submitted(conn, batch.batch_key, &rail, &stamp)?;
        let needed = approvals_needed(s, conn, &batch)?;
        payouts::set_approvals_needed(conn, batch.batch_key, needed)?;
        audit::record(
            conn,
            &stamp,
            "payouts.submit",
            batch_id,
            &json!({ "digest": batch.digest, "rail": rail.as_str(), "account": rail.stripe().map(|r| &r.account_id), "approvals": needed }),
        )?;
        Ok(Moved {
            status: BatchStatus::Submitted,
            digest: batch.digest,
            rail: Some(rail),
            remark: None,
        })
    })
}

/// The rail that is meant.
fn rail_of(conn: &Conn, named: Option<NamedRail>) -> Result<Rail> {
    let stripe = hostledger_store::stripe::connection(conn)?.map(|c| c.rail());
    match (named, stripe) {
        (Some(NamedRail::File), _) | (None, None) => Ok(Rail::File),
        (_, Some(account)) => Ok(Rail::Stripe(account)),
        (Some(NamedRail::Stripe), None) => Err(Error::new(
            Code::WrongState,
            "This ledger isn't connected to Stripe. Connect it first, or submit the batch with --rail file.",
        )),
    }
}

fn require_may_submit(conn: &Conn, batch: &Batch, rail: &Rail, is_named: bool) -> Result<()> {
    let open = [BatchStatus::Submitted, BatchStatus::Approved];
    if !open.contains(&batch.status) {
        return require_status(batch, &[BatchStatus::Draft], "submitting");
    }
    let another = is_named && batch.submit_rail.as_ref() != Some(rail);
    let counting = payouts::counting_approvals(conn, batch)?;
    if another || counting.len() > holding_approvals(conn, batch)?.len() {
        return Ok(());
    }
    Err(Error::new(
        Code::WrongState,
        format!(
            "The batch is {} already, for {}. Name another rail with --rail to submit it anew.",
            batch.status.as_str(),
            batch
                .submit_rail
                .as_ref()
                .map_or_else(|| "a payment file".to_owned(), Rail::in_words)
        ),
    )
    .with_details(json!({ "status": batch.status.as_str() })))
}

/// How many people must approve a batch, by its totals and the settings of the machine's day or the
/// batch's own, whichever is later: another business date never lowers it.
fn approvals_needed(s: &Session, conn: &Conn, batch: &Batch) -> Result<u32> {
    let mut totals: BTreeMap<Currency, i64> = BTreeMap::new();
    for p in payouts::of_batch(conn, batch.batch_key)? {
        if p.status == PayoutStatus::Pending {
            *totals.entry(p.currency).or_default() += p.amount_minor;
        }
    }
    let totals: Vec<Money> = totals
        .into_iter()
        .map(|(c, minor)| Money::new(minor, c))
        .collect();
    let on = s.machine_date(conn)?.max(batch.date);
    Ok(meta::settings(conn)?.approvals_needed_on(&totals, on))
}

/// Refuses a batch in which nothing is left to pay.
fn refuse_empty(conn: &Conn, batch: &Batch) -> Result<()> {
    let pending = |p: &payouts::Payout| p.status == PayoutStatus::Pending;
    if payouts::of_batch(conn, batch.batch_key)?
        .iter()
        .any(pending)
    {
        return Ok(());
    }
    Err(Error::new(
        Code::WrongState,
        "The batch holds no payout, so there is nothing to approve. Cancel it.",
    ))
}

/// Refuses a batch with stale payouts, naming them with what changed.
fn refuse_stale(conn: &Conn, batch: &Batch, what: &str) -> Result<()> {
    let stale = stale_payouts(conn, batch)?;
    if stale.is_empty() {
        return Ok(());
    }
    let mut named = Vec::new();
    for p in payouts::of_batch(conn, batch.batch_key)? {
        if let Some(changes) = stale.get(&p.payout_key) {
            named.push(json!({
                "payout_id": p.payout_id, "host_id": p.host_id, "currency": p.currency.code(),
                "amount": Money::new(p.amount_minor, p.currency).digits(), "changed": changes,
            }));
        }
    }
    let first = named.first().map(|n| {
        format!(
            "{} of {}: {}",
            n["payout_id"].as_str().unwrap_or(""),
            n["host_id"].as_str().unwrap_or(""),
            n["changed"][0].as_str().unwrap_or("")
        )
    });
    Err(Error::new(
        Code::StalePayouts,
        format!(
            "{} of the batch's payouts changed since they were prepared, so it can't be {what}. The first is {}. Refresh the batch or exclude them.",
            named.len(),
            first.unwrap_or_default()
        ),
    )
    .with_details(json!({ "payouts": named })))
}

/// Approves a SUBMITTED batch: the signed-in user's key signs its digest and its rail. It is APPROVED
/// once as many people did as its sum asks for; until then it stays SUBMITTED. `seen` is the digest
/// that they saw, where they name it: another one is refused.
///
/// # Errors
/// [`Code::SamePerson`] for whoever made it, [`Code::StalePayouts`] naming them with what
/// changed, or where the digest is another; [`Code::WrongState`], [`Code::NotAllowed`].
pub fn approve(s: &Session, batch_id: &str, seen: Option<&str>) -> Result<Moved> {
    sign_batch(s, batch_id, seen)
}

/// As [`approve`], by a person whose session is open already, so that the passphrase is asked for
/// again; for a batch that they saw with this digest.
///
/// # Errors
/// As [`approve`]; [`Code::SignInFailed`] for another passphrase.
pub fn approve_seen(s: &Session, batch_id: &str, seen: &str, passphrase: &str) -> Result<Moved> {
    s.require(&[Role::Approver], "approve batches")?;
    s.confirm_passphrase(passphrase)?;
    sign_batch(s, batch_id, Some(seen))
}

fn sign_batch(s: &Session, batch_id: &str, seen: Option<&str>) -> Result<Moved> {
    s.require(&[Role::Approver], "approve batches")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        let makers = payouts::makers(conn, batch.batch_key)?;
        let names: Vec<&str> = makers.iter().map(String::as_str).collect();
        check_second_person(&names, stamp.by)?;
        require_status(&batch, &[BatchStatus::Submitted], "approving")?;
        if seen.is_some_and(|seen| seen != batch.digest) {
            return Err(Error::new(
                Code::StalePayouts,
                "The batch changed since it was shown to you. Nothing was approved. Look at it again, then approve what you see.",
            ));
        }
        refuse_empty(conn, &batch)?;
        refuse_stale(conn, &batch, "approved")?;
        let digest = set_digest(conn, batch.batch_key)?;
        if digest != batch.digest {
            return Err(Error::new(
                Code::DamagedLedger,
                "The batch is not what its digest says: something changed it from outside. Nothing was approved. Run `hostledger check`.",
            ));
        }
        require_clock(&batch, &stamp, "approved")?;
        let rail = submitted_rail(conn, &batch)?;
        if batch.submit_rail.is_none() {
            payouts::set_submit_rail(conn, batch.batch_key, &rail)?;
        }
        if holding_approvals(conn, &batch)?.iter().any(|a| a.approver == stamp.by) {
            return Err(Error::new(
                Code::SamePerson,
                "You approved this batch already. Another person must approve it too.",
            ));
        }
        let remark = key_remark(s, conn, &batch, &makers, &stamp)?;
        // What was fixed when it was submitted only grows.
        let needed = approvals_needed(s, conn, &batch)?.max(batch.approvals_needed);
        payouts::set_approvals_needed(conn, batch.batch_key, needed)?;
        sign(s, conn, &batch, &rail, remark.as_deref(), &stamp)?;
        let have = holding_approvals(conn, &batch)?.len();
        let status = if have >= needed as usize {
            payouts::set_batch_status(conn, batch.batch_key, BatchStatus::Approved)?;
            BatchStatus::Approved
        } else {
            BatchStatus::Submitted
        };
        let details = json!({
            "digest": digest, "rail": rail.as_str(), "account": rail.stripe().map(|r| &r.account_id),
            "approval": have, "of": needed, "remark": remark,
        });
        audit::record(conn, &stamp, "payouts.approve", batch_id, &details)?;
        Ok(Moved {
            status,
            digest,
            rail: Some(rail),
            remark,
        })
    })
}

/// The rail that the batch was submitted for, as long as the ledger still has it.
fn submitted_rail(conn: &Conn, batch: &Batch) -> Result<Rail> {
    // Submitted before rails were fixed then: the one that is shipped.
    let rail = match &batch.submit_rail {
        Some(rail) => rail.clone(),
        None => rail_of(conn, None)?,
    };
    let connected = hostledger_store::stripe::connection(conn)?.map(|c| c.rail());
    if rail.stripe().is_some() && rail.stripe() != connected.as_ref() {
        return Err(Error::new(
            Code::WrongState,
            format!(
                "The batch was submitted for {}, which this ledger isn't connected to any more. Submit it anew.",
                rail.in_words()
            ),
        ));
    }
    Ok(rail)
}

/// Refuses to act on a batch at a time before it was submitted: then the clock of one of the computers
/// is wrong.
pub(super) fn require_clock(batch: &Batch, stamp: &Stamp<'_>, what: &str) -> Result<()> {
    let since = batch.submitted_at.unwrap_or(batch.prepared_at);
    if stamp.at >= since {
        return Ok(());
    }
    Err(Error::new(
        Code::WrongState,
        format!(
            "This computer's clock says {}, but the batch was submitted at {}. It can't be {what} before that. Set the clock right; if it was wrong when the batch was submitted, cancel the batch and prepare it again.",
            stamp.at.strftime("%F %H:%M UTC"),
            since.strftime("%F %H:%M UTC")
        ),
    ))
}

/// What is to be said of the key that approves: it came into being by the hand of somebody who made
/// the batch.
///
/// # Errors
/// [`Code::TooEarly`] where such a key must wait longer.
fn key_remark(
    s: &Session,
    conn: &Conn,
    batch: &Batch,
    makers: &[String],
    stamp: &Stamp<'_>,
) -> Result<Option<String>> {
    let Some(story) = users::key_at(conn, stamp.by, &s.key.public(), stamp.at)? else {
        return Ok(None);
    };
    let Some(remark) = remark_on(&story, makers) else {
        return Ok(None);
    };
    let today = s.machine_date(conn)?.max(batch.date);
    let settings = meta::settings(conn)?;
    let days = settings.approver_wait_days_on(today);
    // By the clock that the key was made by, also where the ledger has a practice date.
    let from = days_after(settings.zone.date_of(story.since), days);
    if days > 0 && settings.zone.date_of(stamp.at) < from {
        return Err(Error::new(
            Code::TooEarly,
            format!(
                "{remark} Such a key approves from {from} on, {days} days after it was made (setting approver_wait_days). Nothing was approved."
            ),
        ));
    }
    Ok(Some(remark))
}

/// What would stand beside an approval by the person who is signed in; `None`: nothing.
///
/// # Errors
/// [`Code::NotFound`].
pub fn own_remark(s: &Session, batch_id: &str) -> Result<Option<String>> {
    s.ledger.read(|conn| {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        let makers = payouts::makers(conn, batch.batch_key)?;
        let story = users::key_at(conn, stamp.by, &s.key.public(), stamp.at)?;
        Ok(story.and_then(|story| remark_on(&story, &makers)))
    })
}

/// The remark on a key that one of these makers of a batch made or recovered.
pub(crate) fn remark_on(story: &KeyStory, makers: &[String]) -> Option<String> {
    if story.made_by == story.name || !makers.contains(&story.made_by) {
        return None;
    }
    let on = story.since.strftime("%F");
    let (who, maker) = (&story.name, &story.made_by);
    Some(match story.how.as_str() {
        "RECOVERED" => format!(
            "{who}\u{2019}s key was recovered on {on} with the recovery key that {maker} made, who prepared or submitted this batch."
        ),
        _ => format!(
            "{who}\u{2019}s key was made on {on} by {maker}, who prepared or submitted this batch."
        ),
    })
}

fn sign(
    s: &Session,
    conn: &Conn,
    batch: &Batch,
    rail: &Rail,
    remark: Option<&str>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let ledger_id = meta::get(conn, "ledger_id")?.unwrap_or_default();
    // As stored, so that it reads back the same.
    let at = jiff::Timestamp::from_microsecond(stamp.at.as_microsecond()).unwrap_or(stamp.at);
    let statement = ApprovalStatement {
        ledger_id: &ledger_id,
        batch_id: &batch.batch_id,
        digest: &batch.digest,
        approver: stamp.by,
        approved_at: at,
        rail,
        submission: batch.submission,
    };
    let approval = Approval {
        batch_id: batch.batch_id.clone(),
        approver: stamp.by.to_owned(),
        approved_at: at,
        digest: batch.digest.clone(),
        public_key: s.key.public(),
        signature: s.key.sign(&statement.bytes()),
        rail: rail.clone(),
        submission: batch.submission,
        remark: remark.map(str::to_owned),
    };
    Ok(payouts::insert_approval(conn, batch.batch_key, &approval)?)
}

/// Sends a SUBMITTED batch back with a comment; its money is due again.
///
/// # Errors
/// [`Code::BadInput`] without a comment, [`Code::WrongState`], [`Code::NotAllowed`].
pub fn reject(s: &Session, batch_id: &str, reason: &str) -> Result<BatchStatus> {
    s.require(&[Role::Approver], "reject batches")?;
    let reason = need_reason(reason)?;
    close(
        s,
        batch_id,
        &[BatchStatus::Submitted],
        BatchStatus::Rejected,
        Some(reason),
    )
}

/// Drops a batch that wasn't sent; its money is due again.
///
/// # Errors
/// [`Code::WrongState`], [`Code::NotAllowed`].
pub fn cancel(s: &Session, batch_id: &str, reason: Option<&str>) -> Result<BatchStatus> {
    s.require(&[Role::Preparer], "cancel batches")?;
    let open = [
        BatchStatus::Draft,
        BatchStatus::Submitted,
        BatchStatus::Approved,
    ];
    close(s, batch_id, &open, BatchStatus::Cancelled, reason)
}

fn close(
    s: &Session,
    batch_id: &str,
    from: &[BatchStatus],
    to: BatchStatus,
    reason: Option<&str>,
) -> Result<BatchStatus> {
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        let (what, action) = match to {
            BatchStatus::Rejected => ("rejecting", "payouts.reject"),
            _ => ("cancelling", "payouts.cancel"),
        };
        require_status(&batch, from, what)?;
        close_in(conn, &batch, to, reason, &stamp)?;
        audit::record(conn, &stamp, action, batch_id, &json!({ "reason": reason }))?;
        Ok(to)
    })
}

/// Closes a batch that wasn't sent; its money is due again.
pub(crate) fn close_in(
    conn: &Conn,
    batch: &Batch,
    to: BatchStatus,
    reason: Option<&str>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    for p in payouts::of_batch(conn, batch.batch_key)? {
        if p.status == PayoutStatus::Pending {
            payouts::set_status(conn, p.payout_key, PayoutStatus::Cancelled, None, stamp.at)?;
            drop_own_lines(conn, p.payout_key, stamp)?;
        }
    }
    Ok(payouts::set_closed(
        conn,
        batch.batch_key,
        to,
        reason,
        stamp,
    )?)
}
