//! Sending an approved batch over a payment file, and recording what the outside did.

use std::path::{Path, PathBuf};

use hostledger_core::approval::Rail;
use hostledger_core::file_trouble::cannot_write;
use hostledger_core::journal::EntryKind;
use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_core::statement::Statement;
use hostledger_core::transfer::TransferState;
use hostledger_core::{Code, Error};
use hostledger_documents::payment_file::{PaymentRow, WholeFile, write_payment_file};
use hostledger_store::keys::write_whole;
use hostledger_store::ledger::Stamp;
use hostledger_store::payouts::{self, Approval, Batch, Payout};
use hostledger_store::{Conn, audit, clean_ids, lease, meta, stripe, users};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::approve::require_clock;
use super::departure::{Leaves, require_day};
use super::posting::{complete, fail_sent, fail_unsent, finish_if_settled, leave};
use super::prepare::stale_payouts;
use super::{find_batch, require_status, transfers};
use crate::identity::Role;
use crate::jobs::Job;
use crate::restores::{remember, require_settled};
use crate::{Result, Session, clock};

/// What sending did.
#[derive(Debug, Clone)]
pub struct SendOutcome {
    /// The batch.
    pub batch_id: String,
    /// Its state now.
    pub status: BatchStatus,
    /// Payouts in the file, or completed since.
    pub sent: i64,
    /// Payouts that failed.
    pub failed: i64,
    /// Payouts of which it isn't known whether they arrived.
    pub unknown: i64,
    /// What went wrong beside it.
    pub warning: Option<String>,
}

/// Writes the payment file of an approved batch. The intent with the hash of the file is durable
/// before the file is written, so an interrupted send is finished by [`resume`] with the very
/// same bytes.
///
/// # Errors
/// [`Code::WrongState`], [`Code::TooEarly`] before the batch's date (less the setting
/// `file_lead_days`), [`Code::AlreadyThere`] where the file exists, [`Code::LeaseHeld`],
/// [`Code::DamagedLedger`] where the approval doesn't hold; file errors.
pub fn send_file(s: &Session, batch_id: &str, out: &Path) -> Result<SendOutcome> {
    s.require(&[Role::Preparer, Role::Approver], "send payouts")?;
    let _lease = take_lease(s, &format!("send batch {batch_id}"))?;
    let out = free_place(out)?;
    remember(s)?;
    s.ledger.read(|conn| {
        let batch = find_batch(conn, batch_id)?;
        require_status(&batch, &[BatchStatus::Approved], "sending")?;
        require_settled(s, conn)?;
        require_day(s, conn, &batch, Leaves::ByFile)
    })?;
    crate::books::backup_before_sending(s)?;
    let bytes = s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        require_status(&batch, &[BatchStatus::Approved], "sending")?;
        require_settled(s, conn)?;
        require_day(s, conn, &batch, Leaves::ByFile)?;
        check_approval(conn, &batch, &Rail::File, &stamp)?;
        fail_stale(conn, &batch, &stamp)?;
        let pending: Vec<Payout> = payouts::of_batch(conn, batch.batch_key)?
            .into_iter()
            .filter(|p| p.status == PayoutStatus::Pending)
            .collect();
        for p in &pending {
            leave(conn, &batch, p, &stamp)?;
        }
        let statement = meta::settings(conn)?.statement_on(batch.date);
        let bytes = file_bytes(&batch, &pending, &statement, with_digest(&batch))?;
        let sha256 = hex::encode(Sha256::digest(&bytes));
        payouts::set_sending_file(conn, batch.batch_key, &out.to_string_lossy(), &sha256, &stamp)?;
        finish_if_settled(conn, &batch)?;
        audit::record(
            conn,
            &stamp,
            "payouts.send",
            batch_id,
            &json!({ "rail": "file", "file": out.to_string_lossy(), "sha256": sha256, "payouts": pending.len(), "digest": batch.digest }),
        )?;
        Ok::<_, Error>((!pending.is_empty()).then_some(bytes))
    })?;
    if let Some(bytes) = bytes {
        write_first(s, batch_id, &out, &bytes)?;
    }
    sent(s, batch_id)
}

/// The outcome of a send, once it is remembered on this computer and in a backup.
pub(super) fn sent(s: &Session, batch_id: &str) -> Result<SendOutcome> {
    Ok(SendOutcome {
        warning: keep_what_left(s),
        ..outcome(s, batch_id)?
    })
}

/// Remembers on this computer and in a backup what left; what is to be said where that failed.
fn keep_what_left(s: &Session) -> Option<String> {
    // It was seen to be possible before anything left.
    drop(remember(s));
    let failed = crate::books::backup_after_sending(s).err()?;
    Some(format!(
        "The money is on its way, but the backup after it couldn't be made: {} Make one with `hostledger backup`.",
        failed.message
    ))
}

/// The lease under which payouts leave: one process at a time.
pub(crate) fn take_lease(s: &Session, job: &str) -> Result<lease::Lease> {
    let user = &s.identity().name;
    Ok(lease::take(s.ledger.folder(), user, job, clock::now())?)
}

/// Where a payment file can be written: no file is there, and the folder takes one. Tested before
/// anything is recorded, so that a mistyped folder stops nothing half-way.
fn free_place(path: &Path) -> Result<PathBuf> {
    let out = std::path::absolute(path).map_err(|e| cannot_write(path, &e))?;
    if out.exists() {
        return Err(Error::new(
            Code::AlreadyThere,
            format!(
                "{} exists already. Choose another name, so that no payment file is ever replaced by another.",
                out.display()
            ),
        ));
    }
    let trial = out.with_file_name(format!(".{}.trial", clock::new_id()));
    std::fs::File::create_new(&trial)
        .and_then(|_| std::fs::remove_file(&trial))
        .map_err(|e| cannot_write(&out, &e))?;
    Ok(out)
}

fn write_payment(out: &Path, bytes: &[u8]) -> Result<()> {
    write_whole(out, bytes).map_err(|e| {
        let e = Error::from(e);
        Error::new(
            e.code,
            format!("The payment file {} couldn't be written: {}. The batch is SENDING and nothing was paid. Make room or the folder writable and run `hostledger payouts resume`, with --out for another place.", out.display(), e.message),
        )
    })
}

/// What is sent is what enough other people signed, for this rail.
pub(super) fn check_approval(
    conn: &Conn,
    batch: &Batch,
    rail: &Rail,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let approved = match &batch.submit_rail {
        Some(rail) => rail.clone(),
        None => Rail::File,
    };
    if approved != *rail {
        return Err(Error::new(
            Code::WrongState,
            format!(
                "The batch was approved for {}, not for {}. Nothing was sent. Send it by the rail it was approved for, or hand it over anew with `hostledger payouts submit {} --rail {}` and have that approved.",
                approved.in_words(),
                rail.in_words(),
                batch.batch_id,
                rail.as_str()
            ),
        ));
    }
    require_clock(batch, stamp, "sent")?;
    let needed = batch.approvals_needed as usize;
    if holding_approvals(conn, batch)?.len() >= needed {
        return Ok(());
    }
    let counting = payouts::counting_approvals(conn, batch)?;
    if counting.len() >= needed {
        let gone: Vec<String> = removed_since(conn, &counting)?;
        return Err(Error::new(
            Code::WrongState,
            format!(
                "{} approved the batch and was removed from the ledger since, so that approval doesn't count. Nothing was sent. Hand it over anew with `hostledger payouts submit {}` and have another person approve it.",
                gone.join(", "),
                batch.batch_id
            ),
        ));
    }
    Err(Error::new(
        Code::DamagedLedger,
        "The batch is not what a second person approved: its signature doesn't hold. Nothing was sent. Run `hostledger check`.",
    ))
}

/// Approvals of what a batch is, by people who didn't make it and are still there, whose signatures
/// hold.
pub(super) fn holding_approvals(conn: &Conn, batch: &Batch) -> Result<Vec<Approval>> {
    let mut holding = payouts::counting_approvals(conn, batch)?;
    let gone = removed_since(conn, &holding)?;
    holding.retain(|a| !gone.contains(&a.approver));
    Ok(holding)
}

/// Who of the approvers was removed after approving, whether they came back or not.
fn removed_since(conn: &Conn, approvals: &[Approval]) -> Result<Vec<String>> {
    let mut gone = Vec::new();
    for a in approvals {
        let story = users::key_at(conn, &a.approver, &a.public_key, a.approved_at)?;
        if story.is_none_or(|k| k.was_removed()) {
            gone.push(a.approver.clone());
        }
    }
    Ok(gone)
}

/// A payout that changed after the approval isn't sent; the others are (docs/domain.md §7).
pub(crate) fn fail_stale(conn: &Conn, batch: &Batch, stamp: &Stamp<'_>) -> Result<()> {
    for (payout_key, changes) in stale_payouts(conn, batch)? {
        let why = changes.join("; ");
        fail_unsent(conn, payout_key, ("CHANGED_SINCE_APPROVAL", &why), stamp)?;
    }
    Ok(())
}

/// Writes a batch's payment file, and records that it is there.
fn write_first(s: &Session, batch_id: &str, out: &Path, bytes: &[u8]) -> Result<()> {
    write_payment(out, bytes)?;
    // The file is there; where that can't be recorded, resuming finds it.
    drop(record_written(s, batch_id));
    Ok(())
}

fn with_digest(batch: &Batch) -> WholeFile<'_> {
    WholeFile {
        batch_digest: Some(&batch.digest),
        copy_of: None,
    }
}

fn file_bytes(
    batch: &Batch,
    sent: &[Payout],
    statement: &Statement,
    whole: WholeFile<'_>,
) -> Result<Vec<u8>> {
    let rows = sent.iter().map(|p| PaymentRow {
        payout_id: p.payout_id.clone(),
        batch_id: batch.batch_id.clone(),
        host_id: p.host_id.clone(),
        host_name: p.host_name.clone(),
        destination: p.destination.clone(),
        currency: p.currency.code().to_owned(),
        amount: hostledger_core::money::format_minor(p.amount_minor, p.currency),
        amount_minor: p.amount_minor,
        scheduled_date: batch.date.to_string(),
        reference: statement.reference(&p.payout_id, batch.date),
    });
    let mut bytes = Vec::new();
    write_payment_file(&mut bytes, rows, whole).map_err(|e| {
        Error::new(
            Code::Internal,
            format!("The payment file couldn't be made ({e}). Nothing was sent."),
        )
    })?;
    Ok(bytes)
}

/// Finishes an interrupted send: writes the payment file if it isn't there whole. Without a batch
/// all that are SENDING. With `elsewhere` the file of the batch is written to another place.
/// Calling it again changes nothing.
///
/// # Errors
/// [`Code::NotFound`], [`Code::FileProblem`]; [`Code::AlreadyThere`] where another file stands in
/// its place.
pub fn resume(
    s: &Session,
    batch_id: Option<&str>,
    elsewhere: Option<&Path>,
    job: &Job,
) -> Result<Vec<SendOutcome>> {
    s.require(&[Role::Preparer, Role::Approver], "send payouts")?;
    let _lease = take_lease(s, "resume sending")?;
    let open: Vec<Batch> = s.ledger.read(|conn| -> Result<Vec<Batch>> {
        match batch_id {
            Some(id) => Ok(vec![find_batch(conn, id)?]),
            None => {
                let mut all = payouts::batches(conn)?;
                all.retain(|b| b.status == BatchStatus::Sending);
                Ok(all)
            }
        }
    })?;
    let mut out = Vec::new();
    let mut first = None;
    for batch in open {
        let warned = resume_one(s, &batch, elsewhere, job);
        match warned.and_then(|warning| Ok((warning, outcome(s, &batch.batch_id)?))) {
            Ok((warning, done)) => out.push(SendOutcome { warning, ..done }),
            // One batch that can't go on doesn't keep the others.
            Err(e) => {
                first.get_or_insert(e);
            }
        }
    }
    match first {
        Some(e) => Err(e),
        None => Ok(out),
    }
}

/// What is to be said beside it.
fn resume_one(
    s: &Session,
    batch: &Batch,
    elsewhere: Option<&Path>,
    job: &Job,
) -> Result<Option<String>> {
    match (batch.status, batch.rail.as_deref()) {
        (BatchStatus::Sending, Some("stripe")) => {
            let sent_before = outcome(s, &batch.batch_id)?.sent;
            let done = transfers::resume_batch(s, batch, job);
            let left = outcome(s, &batch.batch_id)?.sent != sent_before;
            let warning = left.then(|| keep_what_left(s)).flatten();
            done.map(|()| warning)
        }
        (BatchStatus::Sending, _) => resume_file(s, batch, elsewhere),
        _ => {
            require_status(
                batch,
                &[
                    BatchStatus::Sending,
                    BatchStatus::Completed,
                    BatchStatus::PartiallyFailed,
                ],
                "resuming",
            )?;
            Ok(None)
        }
    }
}

fn resume_file(s: &Session, batch: &Batch, elsewhere: Option<&Path>) -> Result<Option<String>> {
    let (Some(path), Some(want), None) = (&batch.file_path, &batch.file_sha256, batch.restore_key)
    else {
        return Ok(Some(
            "The batch left before this copy of the ledger was restored, so its payment file isn't written again. Settle it with what the bank says.".to_owned(),
        ));
    };
    let first = PathBuf::from(path);
    let there = std::fs::read(&first).ok();
    let is_it = there
        .as_ref()
        .is_some_and(|bytes| hex::encode(Sha256::digest(bytes)) == *want);
    let written = batch.file_written_at.is_some() || is_it;
    match elsewhere {
        None if is_it => {
            record_written(s, &batch.batch_id)?;
            Ok(None)
        }
        None if there.is_some() => Err(Error::new(
            Code::AlreadyThere,
            format!(
                "{} is there, but it isn't this batch's payment file. Move it away and resume again.",
                first.display()
            ),
        )),
        None if written => Ok(Some(format!(
            "The payment file was written to {} and isn't there any more. It isn't written a second time by itself: if it went to the bank, settle the batch; if it is lost, `hostledger payouts resume {} --out FILE` writes a copy, which says that it is one.",
            first.display(),
            batch.batch_id
        ))),
        Some(place) if written => write_copy(s, batch, &first, place).map(Some),
        _ => {
            remember(s)?;
            s.ledger.read(|conn| {
                require_settled(s, conn)?;
                require_day(s, conn, batch, Leaves::ByFile)
            })?;
            let bytes = bytes_again(s, batch, want)?;
            let out = match elsewhere {
                Some(place) => move_file(s, batch, place)?,
                None => first,
            };
            write_first(s, &batch.batch_id, &out, &bytes)?;
            Ok(keep_what_left(s))
        }
    }
}

/// Records that the payment file is there, where that isn't known yet.
fn record_written(s: &Session, batch_id: &str) -> Result<()> {
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        if batch.file_written_at.is_some() {
            return Ok(());
        }
        payouts::set_file_written(conn, batch.batch_key, stamp.at)?;
        let facts = json!({ "file": batch.file_path, "sha256": batch.file_sha256 });
        audit::record(conn, &stamp, "payouts.write_file", batch_id, &facts)?;
        Ok(())
    })
}

/// Writes a copy of a payment file that was written before; its name and every row say so. What is
/// said of it.
fn write_copy(s: &Session, batch: &Batch, first: &Path, place: &Path) -> Result<String> {
    remember(s)?;
    s.ledger.read(|conn| require_settled(s, conn))?;
    let n = batch.file_copies + 1;
    let out = free_place(&copy_name(place, n))?;
    let name = |p: &Path| {
        p.file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned())
    };
    let first_name = name(first);
    let whole = WholeFile {
        copy_of: Some(&first_name),
        ..with_digest(batch)
    };
    let bytes = s.ledger.read(|conn| {
        let way = meta::settings(conn)?.statement_on(batch.date);
        file_bytes(batch, &sent_payouts(conn, batch)?, &way, whole)
    })?;
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        payouts::add_file_copy(conn, batch.batch_key)?;
        let facts = json!({
            "file": out.to_string_lossy(), "copy": n, "first": first.to_string_lossy(), "first_sha256": batch.file_sha256,
            "sha256": hex::encode(Sha256::digest(&bytes)),
        });
        audit::record(conn, &stamp, "payouts.copy_file", &batch.batch_id, &facts)?;
        Ok(())
    })?;
    write_payment(&out, &bytes)?;
    Ok(format!(
        "{} is a copy of {}, which was written before. Only one of the two may go to the bank.",
        out.display(),
        first.display()
    ))
}

/// A name that says that the file is a copy.
fn copy_name(place: &Path, n: i64) -> PathBuf {
    let part = |p: Option<&std::ffi::OsStr>| p.map(|p| p.to_string_lossy().into_owned());
    let stem = part(place.file_stem()).unwrap_or_default();
    if stem.to_lowercase().contains("copy") {
        return place.to_owned();
    }
    let end = part(place.extension()).map_or_else(String::new, |e| format!(".{e}"));
    place.with_file_name(format!("{stem}-copy-{n}{end}"))
}

/// Every payout that left with the file, settled meanwhile or not.
fn sent_payouts(conn: &Conn, batch: &Batch) -> Result<Vec<Payout>> {
    let mut sent = payouts::of_batch(conn, batch.batch_key)?;
    sent.retain(|p| {
        p.failure_code.as_deref() != Some("CHANGED_SINCE_APPROVAL")
            && p.status != PayoutStatus::Cancelled
    });
    Ok(sent)
}

/// The payment file's very bytes, made again.
fn bytes_again(s: &Session, batch: &Batch, want: &str) -> Result<Vec<u8>> {
    let bytes = s.ledger.read(|conn| -> Result<Option<Vec<u8>>> {
        let mut sent = sent_payouts(conn, batch)?;
        let settings = meta::settings(conn)?;
        // The settings may have changed since, also for this date.
        let mut ways = vec![settings.statement_on(batch.date)];
        ways.extend(settings.statements_ever());
        let written = |sent: &[Payout]| {
            for way in &ways {
                for whole in [with_digest(batch), WholeFile::default()] {
                    let bytes = file_bytes(batch, sent, way, whole)?;
                    if hex::encode(Sha256::digest(&bytes)) == want {
                        return Ok(Some(bytes));
                    }
                }
            }
            Ok::<_, Error>(None)
        };
        if let Some(bytes) = written(&sent)? {
            return Ok(Some(bytes));
        }
        // One that was sent before ids were cleaned names hosts as they were.
        for p in &mut sent {
            if let Some(before) = clean_ids::host_id_before(conn, p.host_key)? {
                p.host_id = before;
            }
        }
        written(&sent)
    })?;
    bytes.ok_or_else(|| {
        Error::new(
            Code::Internal,
            "The payment file can't be made again as it was. Nothing was written. Run `hostledger check`; if the file was sent, settle the batch from it.",
        )
    })
}

/// Records another place for a batch's payment file.
fn move_file(s: &Session, batch: &Batch, place: &Path) -> Result<PathBuf> {
    let out = free_place(place)?;
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        payouts::set_file_path(conn, batch.batch_key, &out.to_string_lossy())?;
        audit::record(
            conn,
            &stamp,
            "payouts.move_file",
            &batch.batch_id,
            &json!({ "file": out.to_string_lossy() }),
        )?;
        Ok(())
    })?;
    Ok(out)
}

pub(super) fn outcome(s: &Session, batch_id: &str) -> Result<SendOutcome> {
    s.ledger.read(|conn| {
        let batch = find_batch(conn, batch_id)?;
        let of_batch = payouts::of_batch(conn, batch.batch_key)?;
        let count = |any: &[PayoutStatus]| {
            i64::try_from(of_batch.iter().filter(|p| any.contains(&p.status)).count()).unwrap_or(0)
        };
        let unknown = unknown(conn, &batch)?;
        Ok(SendOutcome {
            batch_id: batch.batch_id,
            status: batch.status,
            sent: count(&[PayoutStatus::Processing, PayoutStatus::Completed]) - unknown,
            failed: count(&[PayoutStatus::Failed]),
            unknown,
            warning: None,
        })
    })
}

/// Payouts of which it isn't known whether Stripe made their transfer.
fn unknown(conn: &Conn, batch: &Batch) -> Result<i64> {
    let open = stripe::of_batch(conn, batch.batch_key)?
        .iter()
        .filter(|t| matches!(t.state, TransferState::Sending | TransferState::Unknown))
        .count();
    Ok(i64::try_from(open).unwrap_or(i64::MAX))
}

/// What the outside did with the payouts of a file.
#[derive(Debug, Clone, Default)]
pub struct Settlement {
    /// Payouts that failed, with the reason.
    pub failed: Vec<(String, String)>,
    /// Only these arrived; `None`: all others.
    pub completed: Option<Vec<String>>,
}

/// Records what the outside did: the failed payouts free their lines, the others are completed.
///
/// # Errors
/// [`Code::WrongState`], [`Code::NotFound`], [`Code::BadInput`] for a failure without a reason.
pub fn settle(s: &Session, batch_id: &str, settlement: &Settlement) -> Result<SendOutcome> {
    s.require(&[Role::Preparer, Role::Approver], "settle payouts")?;
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        let batch = find_batch(conn, batch_id)?;
        require_status(&batch, &[BatchStatus::Sending], "settling")?;
        if batch.rail.as_deref() == Some("stripe") {
            return Err(Error::new(
                Code::WrongState,
                "The batch leaves through Stripe, which says itself what became of each payout. Run `hostledger payouts resume`.",
            ));
        }
        let processing: Vec<Payout> = payouts::of_batch(conn, batch.batch_key)?
            .into_iter()
            .filter(|p| p.status == PayoutStatus::Processing)
            .collect();
        let named = settlement
            .failed
            .iter()
            .map(|f| &f.0)
            .chain(settlement.completed.iter().flatten());
        for id in named {
            if !processing.iter().any(|p| p.payout_id == *id) {
                return Err(Error::new(
                    Code::NotFound,
                    format!("{id} is no payout of this batch that waits to be settled."),
                ));
            }
        }
        for p in &processing {
            let failure = settlement.failed.iter().find(|f| f.0 == p.payout_id);
            let completed = settlement
                .completed
                .as_ref()
                .is_none_or(|c| c.contains(&p.payout_id));
            if let Some((_, why)) = failure {
                let why = crate::commissions::need_reason(why)?;
                fail_sent(conn, &batch, p, ("FAILED_OUTSIDE", why), &stamp)?;
            } else if completed {
                complete(conn, &batch, p, EntryKind::PayoutCompletedBank, &stamp)?;
            }
        }
        finish_if_settled(conn, &batch)?;
        audit::record(
            conn,
            &stamp,
            "payouts.settle",
            batch_id,
            &json!({ "failed": settlement.failed, "completed": settlement.completed }),
        )?;
        Ok(())
    })?;
    outcome(s, batch_id)
}
