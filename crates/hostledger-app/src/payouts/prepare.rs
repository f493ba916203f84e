//! Preparing a batch: who gets what, who is carried and why (docs/domain.md §7).

use std::collections::BTreeMap;

use hostledger_core::calendar::days_after;
use hostledger_core::money::{format_percent, share};
use hostledger_core::payout_batch::{
    BatchStatus, CarriedReason, HostStanding, PayoutDigest, PayoutStatus, amount_reason,
    batch_digest, host_reasons, sendable,
};
use hostledger_core::settings::Settings;
use hostledger_core::{Code, Currency, Error, Money};
use hostledger_store::adjustments::{self, NewAdjustment};
use hostledger_store::exposure::{self, ReservePolicy};
use hostledger_store::final_payouts::{self, FinalPayout};
use hostledger_store::hosts::{self, Host};
use hostledger_store::institutions::{self, Institution};
use hostledger_store::ledger::Stamp;
use hostledger_store::payouts::{self, Batch, DueLine, NewPayout, Payout, Ready};
use hostledger_store::tax::withheld;
use hostledger_store::{Conn, audit, meta, stripe};
use jiff::civil::Date;
use serde_json::json;

use super::view::{self, BatchView};
use super::{find_batch, find_payout, require_status};
use crate::commissions::{daily_job, need_reason};
use crate::disputes::reserves;
use crate::identity::Role;
use crate::jobs::Job;
use crate::tax::withholding::{self, Withholding};
use crate::{Result, Session, clock};

/// What decides whether a host is paid in a batch.
pub(super) struct Circumstances {
    date: Date,
    off_cycle: bool,
    settings: Settings,
    institutions: Vec<Institution>,
    reserves: BTreeMap<i64, ReservePolicy>,
    withholding: Withholding,
    /// Last payouts in force, by host.
    finals: BTreeMap<i64, FinalPayout>,
    /// The ledger was restored, and what left since isn't settled.
    reconcile_first: bool,
}

impl Circumstances {
    pub(super) fn load(conn: &Conn, date: Date, off_cycle: bool) -> Result<Self> {
        Ok(Self {
            date,
            off_cycle,
            settings: meta::settings(conn)?,
            institutions: institutions::all(conn)?,
            reserves: exposure::policies(conn)?
                .into_iter()
                .map(|p| (p.host_key, p))
                .collect(),
            withholding: Withholding::load(conn, date)?,
            finals: final_payouts::in_force(conn)?,
            reconcile_first: crate::restores::is_open(conn)?,
        })
    }

    /// The tax that must be withheld of a payout with these bookings, in minor units.
    fn tax(
        &self,
        conn: &Conn,
        h: &Host,
        booking_keys: impl IntoIterator<Item = i64>,
    ) -> Result<i64> {
        Ok(withholding::total(&self.withholding.required(
            conn,
            h,
            booking_keys,
        )?))
    }

    /// What a person wants held back of a sum due to a host, in minor units.
    fn held_back(&self, h: &Host, sum_minor: i64) -> i64 {
        match self.reserves.get(&h.host_key) {
            Some(p) if sum_minor > 0 => share(sum_minor, p.percent_bp),
            _ => 0,
        }
    }

    fn standing(&self, conn: &Conn, h: &Host) -> Result<HostStanding> {
        let required = self.settings.tax_details_required_on(self.date);
        let lacks_tax_details =
            required && !self.withholding.standing(conn, h.host_key)?.is_complete();
        let scheduled = self.institutions.iter().any(|i| {
            i.institution_key == h.institution_key && i.active && i.schedule.includes(self.date)
        });
        Ok(HostStanding {
            status: h.status,
            paused: h.paused_reason.is_some(),
            destination: h.stripe_account_id.clone(),
            payouts_enabled: h.payouts_enabled,
            lacks_tax_details,
            scheduled: self.off_cycle || scheduled,
            final_payout: self.finals.contains_key(&h.host_key),
        })
    }

    fn minimum(&self, currency: Currency) -> Option<i64> {
        self.settings.minimum_on(currency, self.date)
    }

    /// The minimum for a host: none for a host's last payout.
    fn minimum_of(&self, h: &Host, currency: Currency) -> Option<i64> {
        let last = self.finals.contains_key(&h.host_key);
        self.minimum(currency).filter(|_| !last)
    }

    /// What is left of a sum due to a host once tax and a reserve are taken, in minor units.
    fn left(&self, h: &Host, sum: i64, tax: i64) -> i64 {
        if sum <= 0 {
            return sum;
        }
        let left = (sum - tax).max(0);
        left - self.held_back(h, left)
    }

    /// What would be sent of these lines, in minor units, and why it isn't; none: it is.
    pub(super) fn outcome(
        &self,
        conn: &Conn,
        h: &Host,
        lines: &[DueLine],
        currency: Currency,
    ) -> Result<(i64, Vec<CarriedReason>)> {
        let sum: i64 = lines.iter().map(|l| l.amount_minor).sum();
        let tax = self.tax(conn, h, bookings_of(lines))?;
        let sent = sendable(self.left(h, sum, tax), currency).0;
        Ok((sent, self.reasons(conn, h, sum, tax, currency)?))
    }

    /// Why what is due to a host isn't paid; empty: it is. The minimum is tested on what is left.
    fn reasons(
        &self,
        conn: &Conn,
        h: &Host,
        sum: i64,
        tax: i64,
        currency: Currency,
    ) -> Result<Vec<CarriedReason>> {
        let mut reasons = Vec::new();
        if self.reconcile_first {
            reasons.push(CarriedReason::ReconcileFirst);
        }
        reasons.extend(host_reasons(&self.standing(conn, h)?));
        let sent = self.left(h, sum, tax);
        reasons.extend(amount_reason(sent, currency, self.minimum_of(h, currency)));
        Ok(reasons)
    }
}

/// How far ahead of its date a batch can be prepared, in days (docs/domain.md §7).
pub const DAYS_AHEAD: i64 = 7;

/// Prepares a DRAFT batch for a date: the daily job is run as of that date first, so that a batch
/// made ahead holds all that is payable on its day.
///
/// # Errors
/// [`Code::OffSchedule`] for a date on nobody's schedule without an off-cycle reason,
/// [`Code::TooEarly`] for one more than seven days ahead.
pub fn prepare(s: &Session, date: Date, off_cycle: Option<&str>, job: &Job) -> Result<BatchView> {
    s.require(&[Role::Preparer], "prepare payouts")?;
    s.ledger.with_large_cache(|| {
        s.ledger
            .write(|conn| prepare_in(s, conn, date, off_cycle, job))
    })
}

/// What [`prepare`] would make; nothing is changed.
///
/// # Errors
/// As [`prepare`].
pub fn preview(s: &Session, date: Date, off_cycle: Option<&str>, job: &Job) -> Result<BatchView> {
    s.ledger
        .rehearse(|conn| prepare_in(s, conn, date, off_cycle, job))
}

fn prepare_in(
    s: &Session,
    conn: &Conn,
    date: Date,
    off_cycle: Option<&str>,
    job: &Job,
) -> Result<BatchView> {
    let stamp = s.stamp(conn)?;
    let off_cycle = off_cycle.map(need_reason).transpose()?;
    let c = Circumstances::load(conn, date, off_cycle.is_some())?;
    if off_cycle.is_none()
        && !c
            .institutions
            .iter()
            .any(|i| i.active && i.schedule.includes(date))
    {
        return Err(Error::new(
            Code::OffSchedule,
            format!(
                "{date} is a {}, and no institution is paid on it. Choose its payout day, or give an off-cycle reason.",
                date.strftime("%A")
            ),
        ));
    }
    if date > days_after(stamp.on, DAYS_AHEAD) {
        return Err(Error::new(
            Code::TooEarly,
            format!(
                "{date} is more than {DAYS_AHEAD} days ahead of {}, so too much of it isn't known yet. Prepare it from {} on.",
                stamp.on,
                days_after(date, -DAYS_AHEAD)
            ),
        ));
    }
    daily_job(s, conn, date, &stamp, job)?;
    job.progress("Adding up what is due", 0, None);
    let due = payouts::due(conn, date, Ready::Processed, None, None)?;
    let batch_id = clock::new_id();
    let batch_key = payouts::insert_batch(conn, &batch_id, date, off_cycle, &stamp)?;
    let hosts: BTreeMap<i64, Host> = hosts::all(conn)?
        .into_iter()
        .map(|h| (h.host_key, h))
        .collect();
    let mut sums: Vec<&[DueLine]> = due
        .chunk_by(|a, b| (a.host_key, a.currency) == (b.host_key, b.currency))
        .collect();
    sums.sort_by_key(|lines| {
        (
            hosts.get(&lines[0].host_key).map(|h| &h.host_id),
            lines[0].currency,
        )
    });
    let total = sums.len() as u64;
    for (i, lines) in sums.into_iter().enumerate() {
        if i % 64 == 0 {
            job.check()?;
            job.progress("Preparing payouts", i as u64, Some(total));
        }
        let host = hosts
            .get(&lines[0].host_key)
            .ok_or_else(|| Error::new(Code::Internal, "A line without its host."))?;
        pay_or_carry(conn, &c, batch_key, host, lines, None, &stamp)?;
    }
    set_digest(conn, batch_key)?;
    let view = view::load_fresh(conn, batch_key)?;
    audit::record(
        conn,
        &stamp,
        "payouts.prepare",
        &batch_id,
        &json!({
            "date": date.to_string(), "off_cycle": off_cycle, "payouts": view.payouts.len(),
            "carried": view.carried.len(), "totals": view::totals_json(&view), "digest": view.batch.digest,
        }),
    )?;
    Ok(view)
}

/// Makes one payout of a host's lines, or gives `existing` these lines; carries them where
/// something is in the way.
fn pay_or_carry(
    conn: &Conn,
    c: &Circumstances,
    batch_key: i64,
    host: &Host,
    lines: &[DueLine],
    existing: Option<&Payout>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let currency = lines[0].currency;
    let sum: i64 = lines.iter().map(|l| l.amount_minor).sum();
    if sum == 0 {
        return Ok(()); // the lines stay open and ride along with the host's next payout
    }
    let required = c.withholding.required(conn, host, bookings_of(lines))?;
    let tax = withholding::total(&required);
    let reasons = c.reasons(conn, host, sum, tax, currency)?;
    if !reasons.is_empty() {
        payouts::put_carried(
            conn,
            batch_key,
            host.host_key,
            currency,
            sum,
            c.minimum_of(host, currency),
            &reasons,
            carried_note(conn, c, host, Money::new(tax, currency), &reasons)?.as_deref(),
        )?;
        return Ok(());
    }
    let mut lines = lines.to_vec();
    let tax = withholding::take(conn, host, currency, &required, stamp)?;
    let left = sum + tax.as_ref().map_or(0, |l| l.amount_minor);
    lines.extend(tax);
    let held_back = c.held_back(host, left);
    let (sent, rest) = sendable(left - held_back, currency);
    if let Some(policy) = c.reserves.get(&host.host_key)
        && held_back > 0
    {
        let amount = Money::new(held_back, currency);
        lines.push(hold_back(conn, c.date, policy, amount, stamp)?);
    }
    if rest > 0 {
        lines.push(carry_remainder(
            conn,
            host,
            Money::new(rest, currency),
            stamp,
        )?);
    }
    let payout_id = existing.map_or_else(clock::new_id, |p| p.payout_id.clone());
    let destination = &host.stripe_account_id;
    let mut digest = PayoutDigest::named(
        &payout_id,
        (&host.host_id, &host.name),
        destination,
        Money::new(sent, currency),
    );
    for l in &lines {
        if l.booking_key.is_some() {
            digest.commission(&l.id, l.amount_minor);
        } else {
            digest.adjustment(&l.id, l.amount_minor);
        }
    }
    let digest = digest.finish();
    let payout = NewPayout {
        payout_id: &payout_id,
        batch_key,
        host_key: host.host_key,
        host_name: &host.name,
        currency,
        amount_minor: sent,
        destination,
        digest: &digest,
    };
    let payout_key = match existing {
        Some(p) => {
            payouts::replace(conn, p.payout_key, &payout, &lines)?;
            p.payout_key
        }
        None => payouts::insert(conn, &payout, &lines)?,
    };
    let last = c.finals.get(&host.host_key).map(|f| f.final_key);
    Ok(final_payouts::mark(conn, payout_key, last)?)
}

/// What Stripe says of a host's account that can't receive, and what is held back of the host's
/// payouts.
fn carried_note(
    conn: &Conn,
    c: &Circumstances,
    host: &Host,
    tax: Money,
    reasons: &[CarriedReason],
) -> Result<Option<String>> {
    let currency = tax.currency;
    let mut notes = Vec::new();
    if tax.amount_minor > 0 {
        notes.push(format!(
            "{tax} of it would be withheld as federal tax, and what is left is what counts."
        ));
    }
    if reasons.contains(&CarriedReason::NoPayoutAccount)
        && let Some(a) = stripe::host_account(conn, &host.stripe_account_id)?
    {
        notes.extend(crate::stripe::trouble(&a));
    }
    if reasons.contains(&CarriedReason::NegativeBalance) {
        notes.extend(why_negative(conn, host, currency)?);
    }
    if let Some(p) = c.reserves.get(&host.host_key) {
        notes.push(format!(
            "{} % of this host's payouts are held back for {} days: {}",
            format_percent(p.percent_bp),
            p.days,
            p.reason
        ));
    }
    Ok((!notes.is_empty()).then(|| notes.join(" ")))
}

/// What brought a balance below zero: the largest deductions that are still open.
fn why_negative(conn: &Conn, host: &Host, currency: Currency) -> Result<Vec<String>> {
    const NAMED: usize = 3;
    let mut open = adjustments::open_of_host(conn, host.host_key, currency)?;
    open.retain(|a| a.amount_minor < 0);
    open.sort_by_key(|a| a.amount_minor);
    let more = open.len().saturating_sub(NAMED);
    let mut out: Vec<String> = open
        .iter()
        .take(NAMED)
        .map(|a| format!("{}: {}", Money::new(a.amount_minor, currency), a.reason))
        .collect();
    if more > 0 {
        out.push(format!("And {more} more."));
    }
    Ok(out)
}

/// A part of a payout stays on the balance until a day, as a line −x and a reserve.
fn hold_back(
    conn: &Conn,
    date: Date,
    policy: &ReservePolicy,
    amount: Money,
    stamp: &Stamp<'_>,
) -> Result<DueLine> {
    let release_on = days_after(date, policy.days);
    let reason = format!(
        "{} % of this payout is held back until {release_on}: {}",
        format_percent(policy.percent_bp),
        policy.reason
    );
    let part = reserves::Part {
        host_key: policy.host_key,
        amount,
        reason: &reason,
        release_on,
    };
    let (id, adjustment_key) = part.hold(conn, stamp)?;
    Ok(DueLine {
        host_key: policy.host_key,
        currency: amount.currency,
        booking_key: None,
        adjustment_key: Some(adjustment_key),
        id,
        amount_minor: -amount.amount_minor,
    })
}

/// HUF and TWD are paid in whole hundreds: the rest leaves the payout as a line −x and stays on
/// the balance as an open adjustment +x. Nothing is posted.
fn carry_remainder(conn: &Conn, host: &Host, rest: Money, stamp: &Stamp<'_>) -> Result<DueLine> {
    let insert = |id: &str, amount_minor| {
        adjustments::insert(
            conn,
            &NewAdjustment {
                adjustment_id: id,
                host_key: host.host_key,
                currency: rest.currency,
                amount_minor,
                kind: "CARRIED_REMAINDER",
                booking_key: None,
                reason: "Payouts in this currency are whole hundreds; the rest is carried.",
                status: "APPROVED",
                import_key: None,
                dispute_key: None,
                releases: None,
            },
            stamp,
        )
    };
    let id = clock::new_id();
    let adjustment_key = insert(&id, -rest.amount_minor)?;
    insert(&clock::new_id(), rest.amount_minor)?;
    Ok(DueLine {
        host_key: host.host_key,
        currency: rest.currency,
        booking_key: None,
        adjustment_key: Some(adjustment_key),
        id,
        amount_minor: -rest.amount_minor,
    })
}

/// Takes back the lines that preparing a payout made of its own: tax, what was held back, and the
/// carried remainder as far as its counterpart wasn't paid meanwhile.
pub(super) fn drop_own_lines(conn: &Conn, payout_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    withholding::drop(conn, payout_key, stamp.on, stamp)?;
    reserves::drop_part(conn, payout_key, stamp)?;
    if let Some((out, Some(back))) = payouts::remainder_pair(conn, payout_key)?
        && !adjustments::in_live_payout(conn, back)?
    {
        adjustments::decide(conn, out, "WITHDRAWN", stamp)?;
        adjustments::decide(conn, back, "WITHDRAWN", stamp)?;
    }
    Ok(())
}

/// The digest of a batch is made of those of its payouts that were not taken out.
pub(crate) fn set_digest(conn: &Conn, batch_key: i64) -> Result<String> {
    let batch = payouts::get_batch(conn, batch_key)?;
    let digests: Vec<String> = payouts::of_batch(conn, batch_key)?
        .into_iter()
        .filter(|p| p.status != PayoutStatus::Cancelled)
        .map(|p| p.digest)
        .collect();
    let digest = batch_digest(&batch.batch_id, batch.date, &digests);
    payouts::set_digest(conn, batch_key, &digest)?;
    Ok(digest)
}

/// Recomputes the stale payouts of a batch that wasn't approved.
///
/// # Errors
/// [`Code::WrongState`], [`Code::NotFound`].
pub fn refresh(s: &Session, batch_id: &str) -> Result<BatchView> {
    s.require(&[Role::Preparer], "refresh payouts")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        require_status(
            &batch,
            &[BatchStatus::Draft, BatchStatus::Submitted],
            "refreshing",
        )?;
        ready_by(s, conn, batch.date, &stamp)?;
        let c = Circumstances::load(conn, batch.date, batch.off_cycle_reason.is_some())?;
        let stale = stale_payouts(conn, &batch)?;
        for p in payouts::of_batch(conn, batch.batch_key)? {
            if stale.contains_key(&p.payout_key) {
                recompute(conn, &c, &batch, &p, &stamp)?;
            }
        }
        payouts::add_maker(conn, batch.batch_key, stamp.by)?;
        let digest = set_digest(conn, batch.batch_key)?;
        audit::record(
            conn,
            &stamp,
            "payouts.refresh",
            batch_id,
            &json!({ "payouts": stale.len(), "digest": digest }),
        )?;
        view::load(conn, batch.batch_key)
    })
}

/// Runs the daily job, so that what came or changed since counts as in a batch that is prepared.
fn ready_by(s: &Session, conn: &Conn, date: Date, stamp: &Stamp<'_>) -> Result<()> {
    daily_job(s, conn, date.max(stamp.on), stamp, &Job::unwatched()).map(drop)
}

fn recompute(
    conn: &Conn,
    c: &Circumstances,
    batch: &Batch,
    p: &Payout,
    stamp: &Stamp<'_>,
) -> Result<()> {
    drop_own_lines(conn, p.payout_key, stamp)?;
    let host = hosts::get(conn, p.host_key)?;
    let lines = payouts::due(
        conn,
        batch.date,
        Ready::Processed,
        Some((p.host_key, p.currency)),
        Some(p.payout_key),
    )?;
    if lines.is_empty() || !c.outcome(conn, &host, &lines, p.currency)?.1.is_empty() {
        let why = (
            "NOTHING_TO_PAY",
            "Nothing that can be paid is left of this payout.",
        );
        payouts::set_status(
            conn,
            p.payout_key,
            PayoutStatus::Cancelled,
            Some(why),
            stamp.at,
        )?;
        if lines.is_empty() {
            return Ok(());
        }
        return pay_or_carry(conn, c, batch.batch_key, &host, &lines, None, stamp);
    }
    pay_or_carry(conn, c, batch.batch_key, &host, &lines, Some(p), stamp)
}

/// Takes a payout out of a batch that wasn't approved; its money is due again.
///
/// # Errors
/// [`Code::BadInput`] without a reason, [`Code::WrongState`], [`Code::NotFound`].
pub fn exclude(s: &Session, batch_id: &str, payout_id: &str, reason: &str) -> Result<BatchView> {
    s.require(&[Role::Preparer], "exclude payouts")?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        require_status(
            &batch,
            &[BatchStatus::Draft, BatchStatus::Submitted],
            "excluding a payout",
        )?;
        let p = find_payout(conn, payout_id)?;
        if p.batch_key != batch.batch_key || p.status != PayoutStatus::Pending {
            return Err(Error::new(
                Code::WrongState,
                format!("{payout_id} is no pending payout of this batch."),
            ));
        }
        payouts::set_status(
            conn,
            p.payout_key,
            PayoutStatus::Cancelled,
            Some(("EXCLUDED", reason)),
            stamp.at,
        )?;
        drop_own_lines(conn, p.payout_key, &stamp)?;
        let c = Circumstances::load(conn, batch.date, batch.off_cycle_reason.is_some())?;
        let host = hosts::get(conn, p.host_key)?;
        let only = Some((p.host_key, p.currency));
        let due = payouts::due(conn, batch.date, Ready::Processed, only, None)?;
        let sum: i64 = due.iter().map(|l| l.amount_minor).sum();
        let (_, mut reasons) = c.outcome(conn, &host, &due, p.currency)?;
        reasons.push(CarriedReason::Excluded);
        reasons.sort_unstable();
        payouts::put_carried(
            conn,
            batch.batch_key,
            p.host_key,
            p.currency,
            sum,
            c.minimum(p.currency),
            &reasons,
            Some(reason),
        )?;
        payouts::add_maker(conn, batch.batch_key, stamp.by)?;
        let digest = set_digest(conn, batch.batch_key)?;
        audit::record(
            conn,
            &stamp,
            "payouts.exclude",
            batch_id,
            &json!({ "payout_id": payout_id, "reason": reason, "digest": digest }),
        )?;
        view::load(conn, batch.batch_key)
    })
}

/// Puts what a failed payout was made of into a new DRAFT batch, to be approved again.
///
/// # Errors
/// [`Code::WrongState`] where it didn't fail or nothing of it is due any more.
pub fn retry(s: &Session, payout_id: &str) -> Result<BatchView> {
    s.require(&[Role::Preparer], "retry payouts")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let p = find_payout(conn, payout_id)?;
        if p.status == PayoutStatus::Reversed {
            return Err(Error::new(
                Code::WrongState,
                "All of this payout came back, so its lines are due again by themselves: the next batch that is prepared takes them. There is nothing to retry.",
            ));
        }
        if p.status != PayoutStatus::Failed {
            return Err(Error::new(
                Code::WrongState,
                format!("The payout is {}; only a FAILED one can be retried.", p.status.as_str()),
            ));
        }
        let old = payouts::get_batch(conn, p.batch_key)?;
        let was: std::collections::BTreeSet<String> = payouts::lines(conn, p.payout_key, 0, i64::MAX)?
            .into_iter()
            .filter_map(|l| l.booking_id.or(l.adjustment_id))
            .collect();
        let date = stamp.on.max(old.date);
        ready_by(s, conn, date, &stamp)?;
        let only = Some((p.host_key, p.currency));
        let mut lines = payouts::due(conn, date, Ready::Processed, only, None)?;
        // Every adjustment that is open by now is netted too, for the host or against; no other
        // commission is added (docs/domain.md §7).
        lines.retain(|l| l.adjustment_key.is_some() || was.contains(&l.id));
        if !lines.iter().any(|l| was.contains(&l.id)) {
            return Err(Error::new(
                Code::WrongState,
                "Nothing of this payout is due any more: its lines are in another payout, held or void.",
            ));
        }
        let why = format!("retry of payout {payout_id}");
        let batch_id = clock::new_id();
        let batch_key = payouts::insert_batch(conn, &batch_id, date, Some(&why), &stamp)?;
        let c = Circumstances::load(conn, date, true)?;
        let host = hosts::get(conn, p.host_key)?;
        let sum = Money::new(lines.iter().map(|l| l.amount_minor).sum(), p.currency);
        if let Some(reason) = c.outcome(conn, &host, &lines, p.currency)?.1.first() {
            let why = reason.sentence(sum, c.minimum(p.currency));
            return Err(Error::new(Code::WrongState, format!("It can't be paid now. {why}"))
                .with_details(json!({ "reason": reason.as_str() })));
        }
        pay_or_carry(conn, &c, batch_key, &host, &lines, None, &stamp)?;
        let digest = set_digest(conn, batch_key)?;
        audit::record(conn, &stamp, "payouts.retry", payout_id, &json!({ "batch_id": batch_id, "digest": digest }))?;
        view::load(conn, batch_key)
    })
}

/// Pending payouts of a batch that are no longer what was prepared, with what changed.
pub(super) fn stale_payouts(conn: &Conn, batch: &Batch) -> Result<BTreeMap<i64, Vec<String>>> {
    let of_batch = payouts::of_batch(conn, batch.batch_key)?;
    changes(conn, batch, &of_batch, None)
}

/// What changed of one pending payout; empty: nothing.
pub(super) fn changes_of(conn: &Conn, batch: &Batch, p: &Payout) -> Result<Vec<String>> {
    let mut found = changes(conn, batch, std::slice::from_ref(p), Some(p.payout_key))?;
    Ok(found.remove(&p.payout_key).unwrap_or_default())
}

fn changes(
    conn: &Conn,
    batch: &Batch,
    of: &[Payout],
    only: Option<i64>,
) -> Result<BTreeMap<i64, Vec<String>>> {
    let mut out: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for line in payouts::stale_lines(conn, batch.batch_key, only)? {
        out.entry(line.payout_key)
            .or_default()
            .push(format!("{}: {}", line.id, line.what));
    }
    let c = Circumstances::load(conn, batch.date, true)?;
    for p in of {
        if p.status != PayoutStatus::Pending {
            continue;
        }
        let what = changes_of_host(conn, &c, p)?;
        if !what.is_empty() {
            out.entry(p.payout_key).or_default().extend(what);
        }
    }
    Ok(out)
}

fn changes_of_host(conn: &Conn, c: &Circumstances, p: &Payout) -> Result<Vec<String>> {
    let host = hosts::get(conn, p.host_key)?;
    let mut what = Vec::new();
    if host.stripe_account_id != p.destination {
        what.push(format!(
            "the payout account was {} and is {} now",
            p.destination,
            shown(&host.stripe_account_id)
        ));
    }
    what.extend(tax_changed(conn, c, &host, p)?);
    let last = final_payouts::of_payout(conn, p.payout_key)?;
    let lets_go = last.as_ref().is_some_and(|f| f.lets_go(p.batch_key));
    if last.is_some() && !lets_go {
        what.push("the final payout that let it go was taken back or used by another batch".into());
    }
    let standing = HostStanding {
        final_payout: lets_go,
        ..c.standing(conn, &host)?
    };
    for r in host_reasons(&standing) {
        let amount = Money::new(p.amount_minor, p.currency);
        what.push(r.sentence(amount, None));
    }
    Ok(what)
}

/// Tax details that came, went or were put in question since the payout was prepared.
fn tax_changed(conn: &Conn, c: &Circumstances, host: &Host, p: &Payout) -> Result<Option<String>> {
    let taken = withheld::of_payout(conn, p.payout_key)?;
    if taken.is_none() && !c.withholding.concerns(conn, host)? {
        return Ok(None);
    }
    let was = taken.map_or(0, |w| w.amount_minor);
    let now = c.tax(conn, host, payouts::booking_keys(conn, p.payout_key)?)?;
    let money = |minor| Money::new(minor, p.currency);
    Ok((was != now).then(|| {
        format!(
            "the tax to withhold was {} and is {} now",
            money(was),
            money(now)
        )
    }))
}

fn bookings_of(lines: &[DueLine]) -> impl Iterator<Item = i64> {
    lines.iter().filter_map(|l| l.booking_key)
}

fn shown(destination: &str) -> &str {
    if destination.is_empty() {
        "none"
    } else {
        destination
    }
}
