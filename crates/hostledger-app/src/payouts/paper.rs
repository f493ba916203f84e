//! The batch as a PDF.

use hostledger_core::money::{Money, format_minor, format_percent};
use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_core::payout_marks::PayoutFlag;
use hostledger_core::{Code, Error};
use hostledger_documents::PaperSize;
use hostledger_documents::payout_batch::{
    Approval, BatchDocument, BatchLine, BatchPayout, BatchTotal, CarriedHost, FileTotal,
    PaymentFileNote, Rejection, WhoWhen, batch_pdf as pdf,
};
use hostledger_store::payouts::Line;
use hostledger_store::{Conn, meta, payouts};
use jiff::Timestamp;

use super::find_batch;
use super::view::ApprovalView;
use super::view::{self, BatchView, PayoutView};
use crate::{Result, Session, clock};

/// The batch as a PDF: identity, digest, totals, every payout with its lines, the carried hosts
/// with their reasons, and who prepared and approved it.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Internal`] where the paper doesn't add up, which would be a defect.
pub fn batch_pdf(s: &Session, batch_id: &str) -> Result<Vec<u8>> {
    let document = s.ledger.read(|conn| {
        let batch = find_batch(conn, batch_id)?;
        let view = view::load(conn, batch.batch_key)?;
        let paper = s
            .settings(conn)?
            .value_on("paper", s.stamp(conn)?.on)
            .map(str::to_owned);
        let about = (meta::get(conn, "name")?, meta::get(conn, "ledger_id")?);
        document(conn, &view, about, paper.as_deref())
    })?;
    pdf(&document).map_err(|e| {
        Error::new(
            Code::Internal,
            format!("The batch's paper couldn't be made ({e})."),
        )
    })
}

fn when(at: Timestamp) -> String {
    at.strftime("%F %H:%M UTC").to_string()
}

fn document(
    conn: &Conn,
    v: &BatchView,
    (name, id): (Option<String>, Option<String>),
    paper: Option<&str>,
) -> Result<BatchDocument> {
    let b = &v.batch;
    let who = |who: &Option<String>, at: Option<Timestamp>| match (who, at) {
        (Some(who), Some(at)) => Some(WhoWhen {
            who: who.clone(),
            when: when(at),
        }),
        _ => None,
    };
    let rejected = (b.status == BatchStatus::Rejected).then(|| Rejection {
        who: b.closed_by.clone().unwrap_or_default(),
        when: b.closed_at.map(when).unwrap_or_default(),
        comment: b.close_reason.clone().unwrap_or_default(),
    });
    Ok(BatchDocument {
        paper: if paper == Some("Letter") {
            PaperSize::Letter
        } else {
            PaperSize::A4
        },
        generated_at: clock::now().strftime("%FT%TZ").to_string(),
        ledger_name: name.unwrap_or_default(),
        ledger_id: id.unwrap_or_default(),
        batch_id: b.batch_id.clone(),
        payout_date: b.date.to_string(),
        status: b.status.as_str().to_owned(),
        digest: b.digest.clone(),
        off_cycle_reason: b.off_cycle_reason.clone(),
        notes: v
            .without_minimum
            .iter()
            .map(|c| format!("No minimum is set for {c}: any positive sum is paid."))
            .chain(waiting_notes(v))
            .chain(v.approvals.iter().flat_map(ApprovalView::notes))
            .collect(),
        prepared: WhoWhen {
            who: b.prepared_by.clone(),
            when: when(b.prepared_at),
        },
        submitted: who(&b.submitted_by, b.submitted_at),
        approved: v.approvals.last().map(|a| Approval {
            who: a.approval.approver.clone(),
            when: when(a.approval.approved_at),
            key_fingerprint: a.approval.public_key.clone(),
            signature_digest: a.approval.signature.clone(),
        }),
        rejected,
        totals: v
            .totals
            .iter()
            .map(|t| BatchTotal {
                currency: t.amount.currency.code().to_owned(),
                amount: t.amount.digits(),
                payouts: usize::try_from(t.payouts).unwrap_or(0),
            })
            .collect(),
        payment_file: payment_file(v),
        payouts: v
            .payouts
            .iter()
            .map(|p| payout(conn, p))
            .collect::<Result<_>>()?,
        carried: v
            .carried
            .iter()
            .map(|c| CarriedHost {
                host_id: c.host_id.clone(),
                host_name: c.host_name.clone(),
                currency: c.currency.code().to_owned(),
                amount: format_minor(c.amount_minor, c.currency),
                reasons: c
                    .reasons
                    .iter()
                    .map(|r| r.sentence(Money::new(c.amount_minor, c.currency), c.minimum_minor))
                    .chain(c.note.clone())
                    .collect(),
            })
            .collect(),
    })
}

/// What waits among the exceptions, while the batch can still be changed.
fn waiting_notes(v: &BatchView) -> Vec<String> {
    if v.batch.status.is_over() {
        return Vec::new();
    }
    let mut notes: Vec<String> = v.waiting.sentence().into_iter().collect();
    notes.extend(v.waiting.gone_sentences());
    notes
}

fn left(p: &PayoutView) -> bool {
    p.payout.status != PayoutStatus::Cancelled
        && p.payout.failure_code.as_deref() != Some("CHANGED_SINCE_APPROVAL")
}

fn payment_file(v: &BatchView) -> Option<PaymentFileNote> {
    let path = v.batch.file_path.as_ref()?;
    let mut totals: Vec<(hostledger_core::Currency, i64, usize)> = Vec::new();
    for p in v.payouts.iter().filter(|p| left(p)).map(|p| &p.payout) {
        match totals.iter_mut().find(|t| t.0 == p.currency) {
            Some(t) => *t = (t.0, t.1 + p.amount_minor, t.2 + 1),
            None => totals.push((p.currency, p.amount_minor, 1)),
        }
    }
    totals.sort_unstable();
    let name = std::path::Path::new(path).file_name();
    Some(PaymentFileNote {
        name: name
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default(),
        written_at: v.batch.sent_at.map(when).unwrap_or_default(),
        totals: totals
            .into_iter()
            .map(|(c, m, rows)| FileTotal {
                currency: c.code().to_owned(),
                amount: format_minor(m, c),
                rows,
            })
            .collect(),
    })
}

fn payout(conn: &Conn, v: &PayoutView) -> Result<BatchPayout> {
    let p = &v.payout;
    let lines = payouts::lines(conn, p.payout_key, 0, i64::MAX)?;
    let to_look_at = v
        .marks
        .iter()
        .filter(|m| m.flag != PayoutFlag::Stale)
        .map(|m| m.text.clone());
    let mut remark = match (&p.failure_reason, v.stale.is_empty()) {
        (Some(why), _) => why.clone(),
        (None, true) => to_look_at.collect::<Vec<_>>().join(" "),
        (None, false) => {
            let changes = v.stale.join("; ");
            let stale = format!(
                "Changed since it was prepared: {}.",
                changes.trim_end_matches('.')
            );
            std::iter::once(stale)
                .chain(to_look_at)
                .collect::<Vec<_>>()
                .join(" ")
        }
    };
    for note in v.notes() {
        let space = if remark.is_empty() { "" } else { " " };
        remark = format!("{remark}{space}{note}");
    }
    Ok(BatchPayout {
        payout_id: p.payout_id.clone(),
        host_id: p.host_id.clone(),
        host_name: p.host_name.clone(),
        destination: p.destination.clone(),
        currency: p.currency.code().to_owned(),
        amount: format_minor(p.amount_minor, p.currency),
        status: p.status.as_str().to_owned(),
        remark,
        counted: p.status != PayoutStatus::Cancelled || p.failure_code.is_none(),
        lines: lines.iter().map(|l| line(l, p.currency)).collect(),
    })
}

fn line(l: &Line, currency: hostledger_core::Currency) -> BatchLine {
    let amount = |minor: Option<i64>| minor.map(|m| format_minor(m, currency));
    let label = match (&l.adjustment_kind, &l.adjustment_reason) {
        (Some(kind), Some(reason)) => {
            let word = match kind.as_str() {
                "CLAWBACK" => "Clawback",
                "CARRIED_REMAINDER" => "Carried remainder",
                "RESERVE" => "Reserve",
                "RELEASE" => "Release of a reserve",
                "WRITE_OFF" => "Write-off",
                "OPENING" => "Opening balance",
                "PARTIAL_REVERSAL" => "Part that came back",
                "SENT_BEFORE_RESTORE" => "Sent before the restore",
                "BACKUP_WITHHOLDING" => "Tax withheld",
                _ => "Correction",
            };
            format!("{word}: {reason}")
        }
        _ => String::new(),
    };
    BatchLine {
        label,
        reference: l
            .booking_id
            .clone()
            .or_else(|| l.adjustment_id.clone())
            .unwrap_or_default(),
        session_date: l.session_ended_at.map(|t| t.strftime("%F").to_string()),
        price: amount(l.price_minor),
        refunded: amount(l.refunded_minor.filter(|r| *r != 0)),
        rate: l.rate_bp.map(format_percent),
        platform_fee: amount(l.platform_fee_minor),
        processing_fee: amount(l.processing_fee_minor),
        host_amount: format_minor(l.amount_minor, currency),
    }
}
