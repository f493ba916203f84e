//! `hostledger restores`: what left after the backup that a ledger was restored from.

use hostledger_app::Session;
use hostledger_app::restores::{self, Sent, Status};
use serde_json::{Value, json};

use super::{Answer, done};
use crate::args::Restores;

pub(super) fn restores(s: &Session, c: &Restores) -> Answer {
    let status = match c {
        Restores::Status => restores::status(s)?,
        Restores::Sent { file, batch, .. } => {
            let sent = match (file, batch) {
                (Some(file), _) => Sent::File(file),
                (None, Some(batch)) => Sent::Batch(batch),
                (None, None) => Sent::None,
            };
            restores::say_sent(s, sent)?
        }
        Restores::Clear => restores::clear(s)?,
        Restores::Confirm => restores::confirm(s)?,
    };
    done(as_json(&status), as_text(&status))
}

fn as_json(s: &Status) -> Value {
    let restores: Vec<Value> = s
        .restores
        .iter()
        .map(|r| {
            json!({
                "restore_id": r.restore_id, "kind": r.kind, "noticed_at": r.noticed_at.to_string(), "noticed_by": r.noticed_by,
                "last_at": r.last_at.to_string(), "known_at": r.known_at.map(|t| t.to_string()),
                "confirmed_at": r.confirmed_at.map(|t| t.to_string()), "confirmed_by": r.confirmed_by,
            })
        })
        .collect();
    let said: Vec<Value> = s
        .said
        .iter()
        .map(|w| {
            let totals: Vec<Value> = w
                .totals
                .iter()
                .map(|m| json!({ "currency": m.currency.code(), "amount": m.digits() }))
                .collect();
            json!({
                "what": w.word.what, "file": w.word.file_name, "batch_id": w.word.batch_id, "payouts": w.payouts, "totals": totals,
                "by": w.word.said_by, "at": w.word.said_at.to_string(),
            })
        })
        .collect();
    json!({
        "sends": s.stopped.is_none(), "stopped": s.stopped, "restores": restores, "said": said, "approved": s.approved,
        "needs_stripe": s.needs_stripe,
        "older": s.older.as_ref().map(|o| json!({ "known_at": o.known_at.to_string(), "last_at": o.last_at.to_string() })),
    })
}

fn as_text(s: &Status) -> String {
    let mut out = match &s.stopped {
        Some(why) => format!("Nothing is sent. {why}"),
        None if s.restores.is_empty() => "This ledger was never restored. It sends.".to_owned(),
        None => "What left is settled. The ledger sends.".to_owned(),
    };
    for w in &s.said {
        let what = match w.word.what.as_str() {
            "FILE" => format!(
                "the payment file {} left",
                w.word.file_name.as_deref().unwrap_or("")
            ),
            "BATCH" => format!(
                "the batch {} left",
                w.word.batch_id.as_deref().unwrap_or("")
            ),
            "STRIPE" => "Stripe’s list was compared".to_owned(),
            _ => "nothing left".to_owned(),
        };
        let sums: Vec<String> = w.totals.iter().map(ToString::to_string).collect();
        let how_much = match w.payouts {
            0 => String::new(),
            1 => format!(", 1 payout of {}", sums.join(", ")),
            n => format!(", {n} payouts of {}", sums.join(", ")),
        };
        out.push_str(&format!("\n  {}: {what}{how_much}", w.word.said_by));
    }
    if s.stopped.is_some() && !s.approved.is_empty() {
        out.push_str(&format!(
            "\nApproved in this copy, and so may have left: {}",
            s.approved.join(", ")
        ));
    }
    for r in &s.restores {
        let how = match r.kind.as_str() {
            "OLDER" => "Found older than this computer knew",
            _ => "Restored",
        };
        let end = match (&r.confirmed_by, &r.confirmed_at) {
            (Some(by), Some(at)) => format!("settled by {by} on {}", at.strftime("%F %H:%M UTC")),
            _ => "not settled".to_owned(),
        };
        out.push_str(&format!(
            "\n{how}, noticed on {} by {}; it ended at {}; {end}.",
            r.noticed_at.strftime("%F %H:%M UTC"),
            r.noticed_by,
            r.last_at.strftime("%F %H:%M UTC")
        ));
    }
    out
}
