//! The evidence of a dispute as a paper for a bank, and what every paper about disputes begins with.

use hostledger_core::money::{Currency, Money};
use hostledger_core::{Code, Error};
use hostledger_documents::dispute_evidence::{
    EvidenceBlock, EvidenceCell, EvidenceColumn, EvidencePaper, EvidenceSection, EvidenceTable,
    Fact, evidence_pdf as draw_evidence,
};
use hostledger_documents::{PaperSize, WhoWhen};
use hostledger_store::{Conn, bookings, dispute_files, meta};
use jiff::Timestamp;

use super::evidence::{self, EvidenceView};
use super::lead;
use super::view::{DisputeView, show};
use crate::{Result, Session, clock};

pub(super) fn broken(e: &hostledger_documents::Error) -> Error {
    Error::new(Code::Internal, format!("The paper couldn't be made ({e})."))
}

/// What every paper of this ledger says of itself.
pub(super) struct Sheet {
    pub(super) paper: PaperSize,
    pub(super) ledger: String,
    pub(super) today: String,
    pub(super) now: String,
}

impl Sheet {
    pub(super) fn of(s: &Session, conn: &Conn) -> Result<Self> {
        let today = s.stamp(conn)?.on;
        let settings = meta::settings(conn)?;
        Ok(Self {
            paper: match settings.value_on("paper", today) {
                Some("Letter") => PaperSize::Letter,
                _ => PaperSize::A4,
            },
            ledger: meta::get(conn, "name")?.unwrap_or_default(),
            today: today.to_string(),
            now: clock::now().strftime("%FT%TZ").to_string(),
        })
    }
}

fn minute(at: Timestamp) -> String {
    at.strftime("%F %H:%M UTC").to_string()
}

/// The evidence of a dispute as a PDF.
///
/// # Errors
/// [`Code::NotFound`].
pub fn evidence_pdf(s: &Session, dispute_id: &str) -> Result<Vec<u8>> {
    let v = show(s, dispute_id)?;
    let paper = s.ledger.read(|conn| {
        let d = lead(conn, dispute_id)?;
        let texts = evidence::view(conn, &d)?;
        let files = dispute_files::attachments(conn, d.dispute_key)?;
        let earlier = bookings::earlier_payments(conn, d.booking_key, &v.booking.participant_id)?;
        Ok::<_, Error>(paper_of(
            &Sheet::of(s, conn)?,
            &v,
            &texts,
            &files,
            &earlier,
            &s.identity().name,
        ))
    })?;
    draw_evidence(&paper).map_err(|e| broken(&e))
}

fn paper_of(
    sheet: &Sheet,
    v: &DisputeView,
    texts: &EvidenceView,
    files: &[dispute_files::Attachment],
    earlier: &[bookings::EarlierPayment],
    by: &str,
) -> EvidencePaper {
    let row = &v.listed.dispute.row;
    let who = |at: Timestamp, who: &str| WhoWhen {
        who: who.to_owned(),
        when: minute(at),
    };
    let kept = texts.kept.as_ref();
    EvidencePaper {
        paper: sheet.paper,
        generated_at: sheet.now.clone(),
        ledger_name: sheet.ledger.clone(),
        title: format!("Evidence for {} {}", row.kind.noun(), row.dispute_id),
        facts: vec![
            Fact::new("Dispute", row.dispute_id.as_str()),
            Fact::new("Reason", row.reason.replace('_', " ")),
            Fact::new(
                "Disputed",
                money(
                    v.parts.iter().map(|d| d.row.amount_minor).sum(),
                    row.currency,
                )
                .to_string(),
            ),
            Fact::new(
                "Paid",
                money(v.booking.price_minor, v.booking.currency).to_string(),
            ),
            Fact::new("Booking", v.booking.booking_id.as_str()),
            Fact::new("Charge", v.booking.charge_id.as_str()),
            Fact::new("Opened", minute(row.opened_at)),
            Fact::new(
                "Evidence due",
                row.evidence_due_by.map(minute).unwrap_or_default(),
            ),
        ],
        summary: summary(v),
        sections: sections(v, texts, files, earlier),
        prepared: kept.map_or_else(|| who(clock::now(), by), |k| who(k.made_at, &k.made_by)),
        reviewed: kept
            .and_then(|k| k.reviewed.as_ref())
            .map(|(at, by)| who(*at, by)),
    }
}

pub(super) fn money(minor: i64, currency: Currency) -> Money {
    Money::new(minor, currency)
}

fn summary(v: &DisputeView) -> String {
    let b = &v.booking;
    format!(
        "On {} the participant {} paid {} for one seat in a live conversation with {}. The session began on {} and ended on {}; the platform recorded it as {}.",
        b.booked_at.strftime("%F"),
        b.participant_id,
        money(b.price_minor, b.currency),
        v.listed.host_name,
        minute(b.starts_at),
        minute(b.ends_at),
        b.status.as_str()
    )
}

fn sections(
    v: &DisputeView,
    texts: &EvidenceView,
    files: &[dispute_files::Attachment],
    earlier: &[bookings::EarlierPayment],
) -> Vec<EvidenceSection> {
    let quoted = ["refund_policy_disclosure", "cancellation_policy_disclosure"];
    let mut out: Vec<EvidenceSection> = texts
        .fields
        .iter()
        .filter(|f| f.name != "uncategorized_text" || earlier.is_empty())
        .filter(|f| !matches!(f.name.as_str(), "customer_name" | "customer_email_address"))
        .map(|f| EvidenceSection {
            title: f.label.to_owned(),
            blocks: vec![if quoted.contains(&f.name.as_str()) {
                EvidenceBlock::Quotation(f.text.clone())
            } else {
                EvidenceBlock::Paragraph(f.text.clone())
            }],
        })
        .collect();
    let table = |title: &str, columns, rows: Vec<Vec<EvidenceCell>>| EvidenceSection {
        title: title.to_owned(),
        blocks: vec![EvidenceBlock::Table(EvidenceTable {
            columns,
            rows,
            when_empty: String::new(),
        })],
    };
    out.push(table(
        "Earlier payments by the same participant",
        vec![
            EvidenceColumn::left("Paid on"),
            EvidenceColumn::left("Session of"),
            EvidenceColumn::left("Charge"),
            EvidenceColumn::right("Amount"),
        ],
        earlier
            .iter()
            .map(|p| {
                vec![
                    p.booked_at.strftime("%F").to_string().into(),
                    p.ends_at.strftime("%F").to_string().into(),
                    p.charge_id.clone().into(),
                    money(p.price_minor, p.currency).into(),
                ]
            })
            .collect(),
    ));
    out.push(table(
        "What happened with this dispute",
        vec![
            EvidenceColumn::left("When"),
            EvidenceColumn::left("Who"),
            EvidenceColumn::left("What"),
        ],
        v.story
            .iter()
            .filter(|e| !e.is_note && !e.moved_money)
            .map(|e| {
                vec![
                    minute(e.at).into(),
                    e.who.clone().into(),
                    e.what.clone().into(),
                ]
            })
            .collect(),
    ));
    out.push(table(
        "Attached files",
        vec![
            EvidenceColumn::left("Name"),
            EvidenceColumn::right("Bytes"),
            EvidenceColumn::left("SHA-256"),
        ],
        files
            .iter()
            .map(|f| {
                vec![
                    f.name.clone().into(),
                    f.size.to_string().into(),
                    f.sha256.clone().into(),
                ]
            })
            .collect(),
    ));
    out
}
