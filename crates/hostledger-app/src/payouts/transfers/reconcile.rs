//! Comparing the ledger with Stripe's list of transfers, and taking over what an older copy lacks.

use std::collections::{BTreeMap, BTreeSet};

use hostledger_core::journal::{Entry, EntryKind};
use hostledger_core::payout_batch::BatchStatus;
use hostledger_core::transfer::{Found, Listed, TransferState, find};
use hostledger_core::{Code, Currency, Error};
use hostledger_store::adjustments::{self, NewAdjustment};
use hostledger_store::journal::Subject;
use hostledger_store::payouts::{self, Batch};
use hostledger_store::stripe::{self, Connection};
use hostledger_store::{Conn, audit, hosts, journal, meta};
use hostledger_stripe::{Client, TransferShown};
use serde_json::json;

use super::super::send::take_lease;
use super::outcome::{freeze, record_sent};
use super::prepared::prepare_transfers;
use super::{by_payout, of_state, wanted};
use crate::identity::Role;
use crate::jobs::Job;
use crate::{Result, Session, clock};

/// Stripe's list is compared again for this long before the newest transfer compared already.
const OVERLAP_SECONDS: i64 = 26 * 3600;

/// Transfers that Stripe made for this ledger and that the ledger doesn't have as sent.
pub(super) async fn compare(
    s: &Session,
    client: &Client,
    c: &Connection,
) -> Result<Vec<TransferShown>> {
    let since = c.listed_through.map_or(0, |t| (t - OVERLAP_SECONDS).max(0));
    let shown = client
        .transfers_since(since)
        .await
        .map_err(|p| crate::stripe::refused(&p))?;
    let newest = shown.iter().map(|t| t.created).max();
    let strange = s.ledger.read(|conn| -> Result<Vec<TransferShown>> {
        let ledger_id = meta::get(conn, "ledger_id")?;
        let mut strange = Vec::new();
        for t in shown {
            if t.ledger_id == ledger_id && !is_known(conn, &t)? {
                strange.push(t);
            }
        }
        Ok(strange)
    })?;
    if let (true, Some(newest)) = (strange.is_empty(), newest) {
        s.ledger
            .write(|conn| stripe::set_listed_through(conn, newest))?;
    }
    Ok(strange)
}

/// Sent, or of unknown outcome and so cleared up by a resume, or taken over, or made twice and
/// taken back.
fn is_known(conn: &Conn, t: &TransferShown) -> Result<bool> {
    if stripe::is_found(conn, &t.listed.transfer_id)? {
        return Ok(true);
    }
    let payout = match &t.payout_id {
        Some(id) => payouts::find(conn, id)?,
        None => None,
    };
    let Some(p) = payout else {
        // What came back whole changes nothing for anybody.
        return Ok(t.listed.came_back());
    };
    let known = stripe::of_payout(conn, p.payout_key)?;
    Ok(known.is_some_and(|k| match k.state {
        TransferState::Sent => {
            k.transfer_id.as_deref() == Some(t.listed.transfer_id.as_str()) || t.listed.came_back()
        }
        TransferState::Sending | TransferState::Unknown => true,
        TransferState::Prepared | TransferState::Failed => false,
    }))
}

/// Why sending stops at transfers that this ledger doesn't have.
pub(super) fn strange_transfers(conn: &Conn, strange: &[TransferShown]) -> Result<Error> {
    let named: Vec<_> = strange
        .iter()
        .map(|t| json!({ "transfer_id": t.listed.transfer_id, "payout_id": t.payout_id, "amount_minor": t.listed.amount_minor, "currency": t.listed.currency, "destination": t.listed.destination }))
        .collect();
    let mut double = 0;
    for t in strange {
        if let Some(id) = &t.payout_id
            && let Some(p) = payouts::find(conn, id)?
            && stripe::of_payout(conn, p.payout_key)?
                .is_some_and(|k| k.state == TransferState::Sent)
        {
            double += 1;
        }
    }
    let message = if double > 0 {
        format!(
            "Stripe shows {double} transfers too many: their payouts were sent by another transfer. Nothing was sent. Reverse them in Stripe's dashboard, then run `hostledger stripe reconcile`."
        )
    } else {
        format!(
            "Stripe has {} transfers of this ledger that it doesn't have as sent: it is probably an older copy. Nothing was sent, and nothing can be until it is reconciled. Run `hostledger stripe reconcile`.",
            strange.len()
        )
    };
    Ok(Error::new(Code::ReconcileFirst, message).with_details(json!({ "transfers": named })))
}

/// What reconciling did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Payouts of this ledger recorded as sent.
    pub taken_over: usize,
    /// Transfers without a payout here, set against what their hosts earn.
    pub found: usize,
    /// Batches that were stopped and may go on.
    pub unfrozen: usize,
}

/// Takes over what Stripe did for this ledger and the ledger doesn't know, because an older copy
/// was restored: payouts it has are recorded as sent; a transfer for a payout that it lacks
/// becomes an adjustment, so that its host isn't paid the same again. A batch that was stopped
/// goes on once Stripe shows one transfer per payout.
///
/// # Errors
/// [`Code::ReconcileFirst`] naming what can't be taken over, and why; [`Code::StripeProblem`].
pub fn reconcile(s: &Session, job: &Job) -> Result<Reconciled> {
    s.require(&[Role::Preparer, Role::Approver], "reconcile with Stripe")?;
    let _lease = take_lease(s, "reconcile with Stripe")?;
    let (connection, client) = crate::stripe::client(s)?;
    let runtime = crate::stripe::runtime()?;
    job.progress("Reading Stripe's transfers", 0, None);
    let strange = runtime.block_on(compare(s, &client, &connection))?;
    let mut done = Reconciled::default();
    for batch in batches_of(s, &strange)? {
        if batch.status == BatchStatus::Approved {
            s.ledger
                .write(|conn| prepare_transfers(s, conn, &batch.batch_id, &connection, None))?;
        }
        let listed = runtime
            .block_on(client.transfers_of_group(&batch.batch_id))
            .map_err(|p| crate::stripe::refused(&p))?;
        let listed = by_payout(listed);
        let (taken, clear) = take_over(s, &batch, &listed)?;
        done.taken_over += taken;
        if clear && batch.alarm.is_some() {
            s.ledger
                .write(|conn| payouts::set_alarm(conn, batch.batch_key, None))?;
            done.unfrozen += 1;
        }
    }
    let left = runtime.block_on(compare(s, &client, &connection))?;
    done.found = s.ledger.write(|conn| adopt(s, conn, &left))?;
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        let details = json!({ "strange": strange.len(), "taken_over": done.taken_over, "found": done.found, "unfrozen": done.unfrozen });
        audit::record(conn, &stamp, "stripe.reconcile", &connection.account_id, &details)?;
        Ok(())
    })?;
    let still = runtime.block_on(compare(s, &client, &connection))?;
    if still.is_empty() {
        s.ledger.write(|conn| -> Result<()> {
            let stamp = s.stamp(conn)?;
            crate::restores::compared_with_stripe(conn, &stamp)
        })?;
    }
    Ok(done)
}

/// The batches on their way of transfers that this ledger doesn't have as sent, and those that were
/// stopped.
fn batches_of(s: &Session, strange: &[TransferShown]) -> Result<Vec<Batch>> {
    s.ledger.read(|conn| -> Result<Vec<Batch>> {
        let mut keys = BTreeSet::new();
        for id in strange.iter().filter_map(|t| t.payout_id.as_ref()) {
            if let Some(p) = payouts::find(conn, id)? {
                keys.insert(p.batch_key);
            }
        }
        let mut found = payouts::batches(conn)?;
        found.retain(|b| {
            b.alarm.is_some()
                || (keys.contains(&b.batch_key)
                    && matches!(b.status, BatchStatus::Approved | BatchStatus::Sending))
        });
        Ok(found)
    })
}

/// Records what Stripe's list shows of a batch. How many payouts, and whether it shows nothing that
/// can't be.
fn take_over(
    s: &Session,
    batch: &Batch,
    listed: &BTreeMap<String, Vec<Listed>>,
) -> Result<(usize, bool)> {
    let (mut taken, mut clear) = (0, true);
    for (p, t) in of_state(s, batch, &TransferState::ALL)? {
        let shown = listed.get(&p.payout_id).map_or(&[][..], Vec::as_slice);
        match (find(&p.payout_id, &wanted(&p), shown), t.state) {
            (Found::Ours(id), TransferState::Sent) => clear &= Some(id) == t.transfer_id,
            (Found::Ours(id), _) => {
                record_sent(s, batch, &p, &id)?;
                taken += 1;
            }
            (Found::Alarm(why), _) => {
                clear = false;
                if batch.alarm.is_none() {
                    freeze(s, batch, &why)?;
                }
            }
            (Found::Nothing, _) => {}
        }
    }
    Ok((taken, clear))
}

/// Sets transfers whose payouts this copy doesn't have against what their hosts earn.
fn adopt(s: &Session, conn: &Conn, left: &[TransferShown]) -> Result<usize> {
    if left.is_empty() {
        return Ok(0);
    }
    let stamp = s.stamp(conn)?;
    let open = payouts::batches(conn)?.into_iter().find(|b| {
        matches!(
            b.status,
            BatchStatus::Draft | BatchStatus::Submitted | BatchStatus::Approved
        )
    });
    if let Some(batch) = open {
        return Err(Error::new(
            Code::ReconcileFirst,
            format!(
                "{} transfers belong to payouts that this copy of the ledger doesn't have. The batch of {} was prepared without them and could pay their money again. Cancel it, then reconcile again and prepare anew.",
                left.len(),
                batch.date
            ),
        ));
    }
    let zone = meta::settings(conn)?.zone;
    for t in left {
        let l = &t.listed;
        let known = match &t.payout_id {
            Some(id) => payouts::find(conn, id)?,
            None => None,
        };
        let sent = match &known {
            Some(p) => stripe::of_payout(conn, p.payout_key)?
                .is_some_and(|k| k.state == TransferState::Sent),
            None => false,
        };
        if sent {
            return Err(strange_transfers(conn, std::slice::from_ref(t))?);
        }
        let host = hosts::of_account(conn, &l.destination)?;
        let currency = Currency::parse(&l.currency);
        let (Some(host), Some(currency)) = (host, currency) else {
            return Err(Error::new(
                Code::ReconcileFirst,
                format!(
                    "No host of this ledger has the account {} of transfer {}. Import the newest hosts file, then reconcile again.",
                    l.destination, l.transfer_id
                ),
            ));
        };
        let kept = l.amount_minor - l.reversed_minor;
        let at = jiff::Timestamp::from_second(t.created).unwrap_or(stamp.at);
        let on = zone.date_of(at);
        let reason = format!(
            "Paid on {on} by transfer {}, which this copy of the ledger has no payout for.",
            l.transfer_id
        );
        let adjustment_key = adjustments::insert(
            conn,
            &NewAdjustment {
                adjustment_id: &clock::new_id(),
                host_key: host.host_key,
                currency,
                amount_minor: -kept,
                kind: "FOUND_AT_STRIPE",
                booking_key: None,
                reason: &reason,
                status: "APPROVED",
                import_key: None,
                dispute_key: None,
                releases: None,
            },
            &stamp,
        )?;
        let subject = Subject {
            host_key: Some(host.host_key),
            adjustment_key: Some(adjustment_key),
            ..Subject::default()
        };
        for kind in [EntryKind::PayoutSent, EntryKind::PayoutCompletedStripe] {
            let entry = Entry::two(kind, kept);
            journal::post(conn, &entry, subject, currency, on, stamp.at)?;
        }
        stripe::insert_found(
            conn,
            &l.transfer_id,
            t.payout_id.as_deref(),
            adjustment_key,
            &stamp,
        )?;
    }
    Ok(left.len())
}
