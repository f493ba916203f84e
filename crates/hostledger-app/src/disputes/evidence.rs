//! Evidence against a chargeback: put together from what the ledger knows, looked through by a
//! person, handed in once.

use hostledger_core::dispute::DisputeKind;
use hostledger_core::money::Money;
use hostledger_core::{Code, Error};
use hostledger_store::bookings::{self, StoredBooking};
use hostledger_store::dispute_files::{self as stored, Evidence};
use hostledger_store::disputes::{self, Dispute};
use hostledger_store::{Conn, audit, meta};
use hostledger_stripe::Problem;
use hostledger_stripe::disputes::EVIDENCE_FIELDS;
use serde_json::{Value, json};

use super::lead;
use crate::identity::Role;
use crate::stripe::{client, refused, runtime};
use crate::{Result, Session, kill_point};

/// The most characters that Stripe takes in one field.
const LONGEST: usize = 20_000;
/// And in all fields together.
const LONGEST_OF_ALL: usize = 150_000;

/// One text of the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Stripe's name.
    pub name: String,
    /// What a person calls it.
    pub label: &'static str,
    /// What it says.
    pub text: String,
}

/// The evidence of a dispute as it stands.
#[derive(Debug, Clone)]
pub struct EvidenceView {
    /// The texts: as kept, or as the ledger would put them together where none are kept yet.
    pub fields: Vec<Field>,
    /// As kept; `None`: nobody kept any yet.
    pub kept: Option<Evidence>,
    /// Whether it can still be handed in.
    pub open: bool,
    /// Whether it can go through Stripe's API.
    pub through_stripe: bool,
}

fn label(name: &str) -> &'static str {
    match name {
        "product_description" => "What was bought",
        "customer_name" => "Participant",
        "customer_email_address" => "Participant's e-mail",
        "service_date" => "Date of the session",
        "access_activity_log" => "What happened in the session",
        "refund_policy_disclosure" => "The refund policy, and how it was shown",
        "refund_refusal_explanation" => "Why nothing more is refunded",
        "cancellation_policy_disclosure" => "The cancellation policy, and how it was shown",
        "cancellation_rebuttal" => "Why the cancellation doesn't hold",
        "duplicate_charge_explanation" => "Why the charges are different",
        "duplicate_charge_id" => "The other charge",
        _ => "Anything else: earlier payments",
    }
}

/// The evidence of a dispute.
///
/// # Errors
/// [`Code::NotFound`].
pub fn evidence(s: &Session, dispute_id: &str) -> Result<EvidenceView> {
    s.ledger.read(|conn| {
        let d = lead(conn, dispute_id)?;
        view(conn, &d)
    })
}

pub(super) fn view(conn: &Conn, d: &Dispute) -> Result<EvidenceView> {
    let kept = stored::evidence(conn, d.dispute_key)?;
    let fields = match &kept {
        Some(e) => of_json(&e.fields),
        None => assemble(conn, d)?,
    };
    let of_stripe = d.row.dispute_id.starts_with("dp_") || d.row.dispute_id.starts_with("du_");
    Ok(EvidenceView {
        fields,
        kept,
        open: d.row.status.takes_evidence(),
        through_stripe: d.row.kind == DisputeKind::Chargeback
            && of_stripe
            && hostledger_store::stripe::connection(conn)?.is_some(),
    })
}

fn of_json(text: &str) -> Vec<Field> {
    let v: Value = serde_json::from_str(text).unwrap_or_default();
    EVIDENCE_FIELDS
        .iter()
        .map(|name| Field {
            name: (*name).to_owned(),
            label: label(name),
            text: v[*name].as_str().unwrap_or_default().to_owned(),
        })
        .collect()
}

fn to_json(fields: &[Field]) -> String {
    let map: serde_json::Map<String, Value> = fields
        .iter()
        .filter(|f| !f.text.is_empty())
        .map(|f| (f.name.clone(), json!(f.text)))
        .collect();
    Value::Object(map).to_string()
}

/// What the ledger knows, as texts for the bank.
fn assemble(conn: &Conn, d: &Dispute) -> Result<Vec<Field>> {
    let mut all = Vec::new();
    for part in disputes::standing(conn, &d.row.dispute_id)? {
        all.push(bookings::get(conn, part.booking_key)?);
    }
    let mut texts = Vec::new();
    for b in &all {
        texts.push(Texts::new(conn, d, b)?);
    }
    Ok(EVIDENCE_FIELDS
        .iter()
        .map(|name| Field {
            name: (*name).to_owned(),
            label: label(name),
            text: of_all(&texts, name),
        })
        .collect())
}

/// One text for every booking that the dispute is about; what is the same is said once.
fn of_all(texts: &[Texts<'_>], name: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    for t in texts {
        let text = t.of(name);
        if !text.is_empty() && !said.contains(&text) {
            said.push(text);
        }
    }
    said.join(if name == "service_date" { ", " } else { "\n" })
}

struct Texts<'a> {
    b: &'a StoredBooking,
    service_date: String,
    policy: String,
    earlier: Vec<bookings::EarlierPayment>,
    duplicate: bool,
}

impl<'a> Texts<'a> {
    fn new(conn: &Conn, d: &Dispute, b: &'a StoredBooking) -> Result<Self> {
        let settings = meta::settings(conn)?;
        let booked = settings.zone.date_of(b.row.booked_at);
        Ok(Self {
            service_date: settings.zone.date_of(b.row.ends_at).to_string(),
            policy: settings
                .value_on("refund_policy", booked)
                .unwrap_or_default()
                .to_owned(),
            earlier: bookings::earlier_payments(conn, b.booking_key, &b.row.participant_id)?,
            duplicate: d.row.reason == "duplicate",
            b,
        })
    }

    fn of(&self, name: &str) -> String {
        let r = &self.b.row;
        match name {
            "product_description" => {
                let what = [&r.conversation_type, &r.conversation_title, &r.language]
                    .into_iter()
                    .filter(|t| !t.is_empty())
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(", ");
                format!(
                    "One seat in a live conversation ({what}), booking {}, paid {} on {}.",
                    r.booking_id,
                    Money::new(r.price_minor, r.currency),
                    r.booked_at.strftime("%F %H:%M UTC")
                )
            }
            "customer_name" => r.participant_id.clone(),
            "customer_email_address" => r.participant_email.clone(),
            "service_date" => self.service_date.clone(),
            "access_activity_log" => self.activity(),
            "refund_policy_disclosure" => self.policy.clone(),
            "duplicate_charge_explanation" if self.duplicate => self.not_a_duplicate(),
            "uncategorized_text" => self.payments(),
            _ => String::new(),
        }
    }

    fn activity(&self) -> String {
        let r = &self.b.row;
        let at = |t: jiff::Timestamp| t.strftime("%F %H:%M:%S UTC").to_string();
        let mut lines = vec![
            format!("{}: the seat was booked and paid.", at(r.booked_at)),
            format!("{}: the session began.", at(r.starts_at)),
            format!("{}: the session ended.", at(r.ends_at)),
            format!(
                "The platform recorded the booking as {}.",
                r.status.as_str()
            ),
        ];
        if let Some(stars) = r.rating {
            lines.push(format!(
                "The participant rated the session {stars} out of 5 afterwards."
            ));
        }
        if let Some(on) = r.updated_at {
            lines.push(format!("{}: last word of the platform.", at(on)));
        }
        lines.join("\n")
    }

    fn payments(&self) -> String {
        if self.earlier.is_empty() {
            return String::new();
        }
        let mut lines =
            vec!["Earlier payments by the same participant that were not disputed:".to_owned()];
        lines.extend(self.earlier.iter().map(|p| {
            format!(
                "{}: {}, session of {}, charge {}",
                p.booked_at.strftime("%F"),
                Money::new(p.price_minor, p.currency),
                p.ends_at.strftime("%F"),
                p.charge_id
            )
        }));
        lines.join("\n")
    }

    fn not_a_duplicate(&self) -> String {
        let r = &self.b.row;
        let mut text = format!(
            "Charge {} paid for booking {} of the session that began on {}.",
            r.charge_id,
            r.booking_id,
            r.starts_at.strftime("%F %H:%M UTC")
        );
        for p in &self.earlier {
            text.push_str(&format!(
                " Charge {} paid for another session, which ended on {}.",
                p.charge_id,
                p.ends_at.strftime("%F %H:%M UTC")
            ));
        }
        text
    }
}

/// Keeps the texts as a new version, which must be looked through again.
///
/// # Errors
/// [`Code::BadInput`] for an unknown field or one too long, [`Code::WrongState`] once evidence was
/// handed in.
pub fn save_evidence(s: &Session, dispute_id: &str, fields: &[(String, String)]) -> Result<()> {
    s.require(&[Role::Preparer], "prepare evidence")?;
    let bad = |why: String| Err(Error::new(Code::BadInput, why));
    let mut total = 0;
    for (name, text) in fields {
        if !EVIDENCE_FIELDS.contains(&name.as_str()) {
            return bad(format!(
                "There is no evidence field \"{name}\". There are {}.",
                EVIDENCE_FIELDS.join(", ")
            ));
        }
        let n = text.chars().count();
        total += n;
        if n > LONGEST {
            return bad(format!(
                "\"{}\" has {n} characters; banks take {LONGEST} at most.",
                label(name)
            ));
        }
    }
    if total > LONGEST_OF_ALL {
        return bad(format!(
            "All texts together have {total} characters; banks take {LONGEST_OF_ALL} at most."
        ));
    }
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let d = lead(conn, dispute_id)?;
        let now = view(conn, &d)?;
        not_submitted(&now)?;
        let mut all = now.fields;
        for (name, text) in fields {
            if let Some(f) = all.iter_mut().find(|f| f.name == *name) {
                text.trim().clone_into(&mut f.text);
            }
        }
        stored::put_evidence(conn, d.dispute_key, &to_json(&all), &stamp)?;
        let facts = json!({ "fields": all.iter().filter(|f| !f.text.is_empty()).map(|f| &f.name).collect::<Vec<_>>() });
        audit::record(conn, &stamp, "disputes.evidence.save", &d.row.dispute_id, &facts)?;
        Ok(())
    })
}

fn not_submitted(v: &EvidenceView) -> Result<()> {
    match v.kept.as_ref().and_then(|k| k.submitted.as_ref()) {
        Some((at, who)) => Err(Error::new(
            Code::WrongState,
            format!(
                "{who} handed the evidence in on {}; a bank takes it once.",
                at.strftime("%F")
            ),
        )),
        None => Ok(()),
    }
}

/// Records that a person looked the kept evidence through.
///
/// # Errors
/// [`Code::WrongState`] where none is kept, or it was handed in.
pub fn review_evidence(s: &Session, dispute_id: &str) -> Result<()> {
    s.require(&[Role::Preparer, Role::Approver], "review evidence")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let d = lead(conn, dispute_id)?;
        let now = view(conn, &d)?;
        not_submitted(&now)?;
        let kept = now.kept.ok_or_else(|| {
            Error::new(
                Code::WrongState,
                "Nothing is kept yet. Look at the texts, put them right, and save them first.",
            )
        })?;
        stored::set_reviewed(conn, kept.evidence_key, &stamp)?;
        audit::record(
            conn,
            &stamp,
            "disputes.evidence.review",
            &d.row.dispute_id,
            &json!({}),
        )?;
        Ok(())
    })
}

/// The reviewed evidence, ready to be handed in, with the intent recorded.
fn intend(s: &Session, dispute_id: &str, through: &str) -> Result<(Dispute, Evidence)> {
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let d = lead(conn, dispute_id)?;
        let now = view(conn, &d)?;
        let kept = now.kept.clone().ok_or_else(not_reviewed)?;
        if kept.submitted.is_some() {
            // An interrupted call goes out again under the same key.
            if kept.confirmed_at.is_none() && kept.through.as_deref() == Some(through) {
                return Ok((d, kept));
            }
            not_submitted(&now)?;
        }
        if kept.reviewed.is_none() {
            return Err(not_reviewed());
        }
        if !now.open {
            return Err(Error::new(
                Code::WrongState,
                format!(
                    "The dispute is {}; evidence is taken while it needs a response.",
                    d.row.status.as_str()
                ),
            ));
        }
        if through == "stripe" && !now.through_stripe {
            return Err(Error::new(
                Code::WrongState,
                "It can't go through Stripe: the dispute has no id of Stripe's, or the ledger no connection. Hand it in elsewhere and record that.",
            ));
        }
        stored::set_submitted(conn, kept.evidence_key, through, &stamp)?;
        let facts = json!({ "through": through });
        audit::record(conn, &stamp, "disputes.evidence.submit", &d.row.dispute_id, &facts)?;
        Ok((d, kept))
    })
}

fn not_reviewed() -> Error {
    Error::new(
        Code::WrongState,
        "The evidence must be saved and looked through before it is handed in: a bank takes it once.",
    )
}

/// Hands the evidence in through Stripe: once. A call whose outcome isn't known is made again
/// under the same key.
///
/// # Errors
/// [`Code::WrongState`] where it isn't reviewed or was handed in, [`Code::StripeProblem`].
pub fn submit_evidence(s: &Session, dispute_id: &str) -> Result<()> {
    s.require(&[Role::Preparer], "hand evidence in")?;
    let (_, client) = client(s)?;
    let (d, kept) = intend(s, dispute_id, "stripe")?;
    let fields = of_json(&kept.fields);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .filter(|f| !f.text.is_empty())
        .map(|f| (f.name.as_str(), f.text.as_str()))
        .collect();
    let ledger = s
        .ledger
        .read(|conn| Ok::<_, Error>(meta::get(conn, "ledger_id")?))?;
    let key = format!(
        "evidence-{}-{}",
        ledger.unwrap_or_default(),
        kept.evidence_key
    );
    kill_point::reached("evidence intended");
    let sent = runtime()?.block_on(client.submit_evidence(&d.row.dispute_id, &fields, &key));
    kill_point::reached("evidence answered");
    match sent {
        Ok(shown) => s.ledger.write(|conn| {
            let stamp = s.stamp(conn)?;
            stored::set_confirmed(conn, kept.evidence_key, stamp.at)?;
            crate::stripe::take_dispute(s, conn, &shown)?;
            Ok(())
        }),
        Err(p @ (Problem::Refused { .. } | Problem::NotAllowed { .. })) => {
            s.ledger
                .write(|conn| Ok::<_, Error>(stored::clear_submitted(conn, kept.evidence_key)?))?;
            Err(refused(&p))
        }
        Err(p) => Err(refused(&p)),
    }
}

/// Records that a person handed the evidence in elsewhere; the dispute is under review from then
/// on.
///
/// # Errors
/// As [`submit_evidence`], but for Stripe.
pub fn evidence_handed_in(s: &Session, dispute_id: &str) -> Result<()> {
    s.require(&[Role::Preparer], "hand evidence in")?;
    let (d, kept) = intend(s, dispute_id, "elsewhere")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        stored::set_confirmed(conn, kept.evidence_key, stamp.at)?;
        super::under_review(conn, &disputes::get(conn, d.dispute_key)?, &stamp)
    })
}
