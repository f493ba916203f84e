//! The audit trail in words.

use hostledger_app::screens::books::{self as screens, AuditFilter};
use hostledger_app::stored::AuditEvent as Recorded;
use tauri::State;

use super::run;
use super::translate::program_or;
use crate::state::AppState;
use crate::view::books::{AuditEvent, ListAuditRequest};
use crate::view::shared::{Answer, Page, Subject, SubjectKind, count, date_or_none, instant};

/// Actions of the audit trail in words, and what their subject is.
const ACTIONS: [(&str, SubjectKind, &str); 81] = [
    ("ledger.create", SubjectKind::Ledger, "Made the ledger"),
    (
        "ledger.restored",
        SubjectKind::Ledger,
        "Noticed that the ledger comes from a backup",
    ),
    (
        "ledger.older",
        SubjectKind::Ledger,
        "Took on a ledger older than its computer knew",
    ),
    (
        "restores.sent",
        SubjectKind::Ledger,
        "Said what left before a restore",
    ),
    (
        "restores.clear",
        SubjectKind::Ledger,
        "Took back what was said of a restore",
    ),
    (
        "restores.confirm",
        SubjectKind::Ledger,
        "Confirmed what left before a restore",
    ),
    (
        "payouts.write_file",
        SubjectKind::Batch,
        "Wrote the payment file",
    ),
    (
        "payouts.copy_file",
        SubjectKind::Batch,
        "Wrote a copy of the payment file",
    ),
    (
        "payouts.move_file",
        SubjectKind::Batch,
        "Gave the payment file another place",
    ),
    ("users.add", SubjectKind::User, "Added a user"),
    ("users.remove", SubjectKind::User, "Removed a user"),
    (
        "users.passphrase",
        SubjectKind::User,
        "Changed the own passphrase",
    ),
    (
        "users.recovery_key",
        SubjectKind::Ledger,
        "Made a recovery key",
    ),
    (
        "users.recover",
        SubjectKind::User,
        "Opened a slot again with the recovery key",
    ),
    ("import.bookings", SubjectKind::Import, "Took in bookings"),
    ("import.hosts", SubjectKind::Import, "Took in hosts"),
    ("import.undo", SubjectKind::Import, "Undid an import"),
    (
        "exceptions.retry",
        SubjectKind::Import,
        "Took in a row that was an exception",
    ),
    (
        "exceptions.dismiss",
        SubjectKind::Import,
        "Dismissed an exception",
    ),
    (
        "commissions.process",
        SubjectKind::Ledger,
        "Ran the daily job",
    ),
    (
        "commissions.hold",
        SubjectKind::Booking,
        "Held a commission",
    ),
    (
        "commissions.release",
        SubjectKind::Booking,
        "Released a commission",
    ),
    (
        "commissions.void",
        SubjectKind::Booking,
        "Voided a commission",
    ),
    ("payouts.prepare", SubjectKind::Batch, "Prepared a batch"),
    ("payouts.refresh", SubjectKind::Batch, "Refreshed a batch"),
    (
        "payouts.exclude",
        SubjectKind::Batch,
        "Dropped a payout from a batch",
    ),
    ("payouts.submit", SubjectKind::Batch, "Submitted a batch"),
    ("payouts.approve", SubjectKind::Batch, "Approved a batch"),
    ("payouts.reject", SubjectKind::Batch, "Rejected a batch"),
    ("payouts.cancel", SubjectKind::Batch, "Cancelled a batch"),
    ("payouts.send", SubjectKind::Batch, "Sent a batch"),
    ("payouts.settle", SubjectKind::Batch, "Settled a batch"),
    ("payouts.retry", SubjectKind::Payout, "Retried a payout"),
    (
        "payouts.alarm",
        SubjectKind::Batch,
        "Stopped a batch: Stripe shows what can't be",
    ),
    (
        "payouts.release",
        SubjectKind::Payout,
        "Released a payout of unknown outcome, as the first person",
    ),
    (
        "payouts.release_confirm",
        SubjectKind::Payout,
        "Let a payout of unknown outcome be tried anew, as the second person",
    ),
    (
        "payouts.reversed",
        SubjectKind::Payout,
        "Posted money that came back from a payout",
    ),
    (
        "payouts.returned",
        SubjectKind::Payout,
        "Recorded that a bank sent a payout back",
    ),
    (
        "payouts.return_taken_back",
        SubjectKind::Payout,
        "Took the record of a return back",
    ),
    (
        "hosts.final_payout",
        SubjectKind::Host,
        "Proposed a final payout",
    ),
    (
        "hosts.final_payout_used",
        SubjectKind::Host,
        "Used a final payout up",
    ),
    (
        "adjustments.withdraw",
        SubjectKind::Adjustment,
        "Took a final payout back",
    ),
    (
        "stripe.connect",
        SubjectKind::Ledger,
        "Connected a Stripe account",
    ),
    ("stripe.sync", SubjectKind::Ledger, "Synced with Stripe"),
    (
        "stripe.reconcile",
        SubjectKind::Ledger,
        "Compared the ledger with Stripe's list of transfers",
    ),
    (
        "adjustments.add",
        SubjectKind::Adjustment,
        "Proposed an adjustment",
    ),
    (
        "adjustments.approve",
        SubjectKind::Adjustment,
        "Approved an adjustment",
    ),
    (
        "adjustments.reject",
        SubjectKind::Adjustment,
        "Rejected an adjustment",
    ),
    (
        "adjustments.write_off",
        SubjectKind::Adjustment,
        "Proposed to write a balance off",
    ),
    (
        "import.tax-profiles",
        SubjectKind::Import,
        "Took in tax profiles",
    ),
    (
        "import.opening-balances",
        SubjectKind::Import,
        "Took in opening balances",
    ),
    ("fx.import", SubjectKind::Ledger, "Took in exchange rates"),
    ("tax.make", SubjectKind::Ledger, "Made forms 1099-K"),
    ("tax.review", SubjectKind::Ledger, "Reviewed forms 1099-K"),
    ("tax.void", SubjectKind::Ledger, "Took a form 1099-K out"),
    ("tax.reopen", SubjectKind::Ledger, "Put a form 1099-K back"),
    ("tax.furnish", SubjectKind::Ledger, "Furnished forms 1099-K"),
    (
        "tax.file",
        SubjectKind::Ledger,
        "Wrote forms 1099-K for the IRS",
    ),
    (
        "tax.filed",
        SubjectKind::Ledger,
        "Recorded that the IRS took forms 1099-K",
    ),
    (
        "tax.correct",
        SubjectKind::Ledger,
        "Made corrections of forms 1099-K",
    ),
    ("tax.print", SubjectKind::Ledger, "Printed a form 1099-K"),
    ("tax.rule", SubjectKind::Ledger, "Changed a tax rule"),
    (
        "tax.notice",
        SubjectKind::Ledger,
        "Recorded a notice of the IRS",
    ),
    (
        "tax.notice_end",
        SubjectKind::Ledger,
        "Ended a notice of the IRS",
    ),
    (
        "tax.enter_profile",
        SubjectKind::Host,
        "Entered a W-9 or W-8",
    ),
    ("tax.reveal_tin", SubjectKind::Host, "Looked at a whole TIN"),
    (
        "tax.tin_match",
        SubjectKind::Ledger,
        "Wrote a file for TIN matching",
    ),
    (
        "tax.tin_answers",
        SubjectKind::Ledger,
        "Took in answers of TIN matching",
    ),
    ("import.disputes", SubjectKind::Import, "Took in disputes"),
    (
        "import.stripe-payments",
        SubjectKind::Import,
        "Took in chargebacks of Stripe's payments export",
    ),
    ("disputes.open", SubjectKind::Dispute, "Entered a dispute"),
    ("disputes.update", SubjectKind::Dispute, "Changed a dispute"),
    (
        "disputes.assign",
        SubjectKind::Dispute,
        "Gave a dispute to somebody",
    ),
    ("disputes.close", SubjectKind::Dispute, "Closed a dispute"),
    (
        "disputes.attach",
        SubjectKind::Dispute,
        "Attached a file to a dispute",
    ),
    (
        "disputes.detach",
        SubjectKind::Dispute,
        "Took a file off a dispute",
    ),
    (
        "disputes.evidence.save",
        SubjectKind::Dispute,
        "Saved evidence",
    ),
    (
        "disputes.evidence.review",
        SubjectKind::Dispute,
        "Looked evidence through",
    ),
    (
        "disputes.evidence.submit",
        SubjectKind::Dispute,
        "Handed evidence in",
    ),
    ("settings.set", SubjectKind::Setting, "Changed a setting"),
    (
        "institutions.set",
        SubjectKind::Institution,
        "Changed an institution",
    ),
];

fn event(e: Recorded) -> AuditEvent {
    let known = ACTIONS.iter().find(|a| a.0 == e.action);
    let kind = known.map_or_else(
        || {
            if e.action.starts_with("hosts.") {
                SubjectKind::Host
            } else {
                SubjectKind::Ledger
            }
        },
        |a| a.1,
    );
    let details: serde_json::Value = serde_json::from_str(&e.details).unwrap_or_default();
    let text = |name: &str| details[name].as_str().map(str::to_owned);
    let mut summary = known.map_or_else(
        || match e.action.as_str() {
            "hosts.pause" => "Paused a host's payouts".to_owned(),
            "hosts.reserve" => "Changed what is held back of a host's payouts".to_owned(),
            "hosts.resume" => "Resumed a host's payouts".to_owned(),
            "hosts.onboard" => "Made an onboarding link for a host".to_owned(),
            other => other.to_owned(),
        },
        |a| a.2.to_owned(),
    );
    if let Some(file) = text("file") {
        summary.push_str(&format!(": {file}"));
    } else if let Some(value) = text("value") {
        summary.push_str(&format!(": {} is {value}", e.subject));
    } else if let Some(processed) = details["processed"].as_i64() {
        summary.push_str(&format!(
            ": {processed} processed, {} flagged",
            details["flagged"]
        ));
    }
    AuditEvent {
        sequence: count(e.seq),
        at: instant(e.at),
        by: program_or(&e.user),
        subject: Subject::of(kind, e.subject),
        summary,
        reason: text("reason"),
        action: e.action,
        digest: e.hash,
    }
}

/// The families of actions whose subject is of a kind.
fn families(kind: SubjectKind) -> Vec<&'static str> {
    match kind {
        SubjectKind::Host => vec!["hosts."],
        kind => ACTIONS
            .iter()
            .filter(|a| a.1 == kind)
            .map(|a| a.0)
            .collect(),
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_audit(
    state: State<'_, AppState>,
    request: ListAuditRequest,
) -> Answer<Page<AuditEvent>> {
    run(&state, move |s| {
        let f = request.filter;
        let dates = (
            date_or_none(f.from.as_deref())?,
            date_or_none(f.to.as_deref())?,
        );
        let filter = AuditFilter {
            by: f.by.map(|by| {
                if by == "Hostledger" {
                    String::new()
                } else {
                    by
                }
            }),
            action: f.action,
            subject: f.subject_id,
            families: f.subject_kind.map(families).unwrap_or_default(),
            ..AuditFilter::default()
        };
        let before = request.cursor.as_deref().and_then(|c| c.parse().ok());
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let (mut found, total) =
            screens::audit(s, &filter, dates, before, i64::from(request.limit) + 1)?;
        let more = found.len() > limit;
        found.truncate(limit);
        Ok(Page {
            next: found.last().filter(|_| more).map(|e| e.seq.to_string()),
            rows: found.into_iter().map(event).collect(),
            total_rows: count(total),
            totals: Vec::new(),
        })
    })
    .await
}
