//! Payout batches.

use hostledger_app::Session;
use hostledger_app::payouts::{self, Settlement};
use hostledger_app::waiting::WaitingSummary;
use hostledger_core::payout_batch::{BatchStatus, PayoutStatus};
use hostledger_core::{Code, Error};
use serde_json::{Value, json};

use super::files::pair;
use super::{Answer, done, silent, watched};
use crate::{args, json, text};

fn moved(batch: &str, status: BatchStatus) -> Answer {
    done(
        json!({ "batch_id": batch, "status": status.as_str() }),
        is(batch, status),
    )
}

/// As [`moved`], with what waits among the exceptions.
fn moved_while_waiting(s: &Session, batch: &str, status: BatchStatus, said: String) -> Answer {
    let w = payouts::waiting(s)?;
    say_waiting(&w);
    let json =
        json!({ "batch_id": batch, "status": status.as_str(), "waiting": json::waiting(&w) });
    done(json, said)
}

/// Says on standard error that rows wait.
fn say_waiting(w: &WaitingSummary) {
    for sentence in w.sentence().into_iter().chain(w.gone_sentences()) {
        eprintln!("hostledger: {sentence}");
    }
}

fn is(batch: &str, status: BatchStatus) -> String {
    format!("Batch {batch} is {}.", status.as_str())
}

fn sent(o: &payouts::SendOutcome) -> Answer {
    let more = if o.unknown > 0 {
        " Run `hostledger payouts resume` to ask Stripe again."
    } else {
        ""
    };
    let text = format!(
        "{} payouts were sent, {} failed, {} are unknown. Batch {} is {}.{more}",
        o.sent,
        o.failed,
        o.unknown,
        o.batch_id,
        o.status.as_str()
    );
    done(json::sent(o), text)
}

pub(super) fn pay(s: &Session, c: &args::Payouts) -> Answer {
    use args::Payouts as P;
    let shown = |json: Value| {
        let text = text::batch(&json);
        done(json, text)
    };
    match c {
        P::Prepare { date, off_cycle } => {
            let view = payouts::prepare(s, *date, off_cycle.as_deref(), &watched())?;
            for c in &view.without_minimum {
                eprintln!("hostledger: no minimum is set for {c}: any positive sum is paid");
            }
            say_waiting(&view.waiting);
            if let Some(warning) = &view.history {
                eprintln!("hostledger: {}", warning.message());
            }
            shown(json::batch(&view, None))
        }
        P::List => {
            let all = payouts::batches(s)?;
            let views = all.iter().map(|(b, _)| payouts::show(s, &b.batch_id));
            let json = views
                .map(|v| v.map(|v| json::batch(&v, None)))
                .collect::<Result<Value, _>>()?;
            let text = text::table(
                &json,
                &[
                    ("batch", "batch_id"),
                    ("date", "date"),
                    ("status", "status"),
                    ("prepared by", "prepared_by"),
                ],
                "No batch was prepared yet.",
            );
            done(json, text)
        }
        P::Show { batch, lines } => {
            let view = payouts::show(s, batch)?;
            let items = if *lines {
                let all = view
                    .payouts
                    .iter()
                    .map(|p| payouts::lines(s, &p.payout.payout_id, 0, i64::MAX));
                Some(all.collect::<Result<Vec<_>, _>>()?)
            } else {
                None
            };
            shown(json::batch(&view, items.as_deref()))
        }
        P::Pdf { batch, out } => {
            let bytes = payouts::batch_pdf(s, batch)?;
            hostledger_app::files::write(out, &bytes)?;
            silent(format!("The batch's paper is in {}.", out.display()))
        }
        P::Refresh { batch } => shown(json::batch(&payouts::refresh(s, batch)?, None)),
        P::Exclude {
            batch,
            payout,
            reason,
        } => shown(json::batch(
            &payouts::exclude(s, batch, payout, reason)?,
            None,
        )),
        P::Submit { batch, .. } => {
            let status = payouts::submit(s, batch)?;
            moved_while_waiting(s, batch, status, is(batch, status))
        }
        P::Approve { batch, .. } => {
            let status = payouts::approve(s, batch)?;
            let said = match status {
                BatchStatus::Submitted => {
                    format!("Approved. Batch {batch} needs the approval of another person too.")
                }
                status => is(batch, status),
            };
            moved_while_waiting(s, batch, status, said)
        }
        P::Reject { batch, reason } => moved(
            batch,
            payouts::reject(s, batch, reason.as_deref().unwrap_or(""))?,
        ),
        P::Cancel { batch, reason } => moved(batch, payouts::cancel(s, batch, reason.as_deref())?),
        P::Send {
            batch,
            rail: args::Rail::File,
            out,
        } => {
            let out = out.as_deref().ok_or_else(|| {
                Error::new(
                    Code::BadInput,
                    "Say where the payment file goes, with --out.",
                )
            })?;
            let o = payouts::send_file(s, batch, out)?;
            let text = format!(
                "{} payouts are in {}. Batch {} is {}; settle it when the outside is done.",
                o.sent,
                out.display(),
                o.batch_id,
                o.status.as_str()
            );
            done(json::sent(&o), text)
        }
        P::Send {
            batch,
            rail: args::Rail::Stripe,
            ..
        } => sent(&payouts::send_stripe(s, batch, &watched())?),
        P::Preflight { batch } => {
            let p = payouts::preflight(s, batch, &watched())?;
            let json = json::preflight(&p);
            let columns = [("check", "name"), ("ok", "ok"), ("found", "detail")];
            let mut text = text::table(&json["checks"], &columns, "");
            text.push_str(if p.may_send() {
                "\nSending would begin."
            } else {
                "\nNothing would be sent."
            });
            done(json, text)
        }
        P::Release { payout, reason } => {
            let second = payouts::release(s, payout, reason)?;
            let text = if second {
                format!("Payout {payout} may be tried anew. Run `hostledger payouts resume`.")
            } else {
                format!(
                    "Payout {payout} is released by one person; a second one must confirm it with the same command."
                )
            };
            done(json!({ "payout_id": payout, "released": second }), text)
        }
        P::Transfers { batch } => {
            let json = json::transfers(&payouts::transfers(s, batch)?);
            let columns = [
                ("payout", "payout_id"),
                ("host", "host_id"),
                ("amount", "amount"),
                ("", "currency"),
                ("state", "state"),
                ("transfer", "transfer_id"),
                ("why", "why"),
            ];
            let text = text::table(
                &json,
                &columns,
                "No payout of this batch left through Stripe.",
            );
            done(json, text)
        }
        P::Settle {
            batch,
            failed,
            completed,
        } => {
            let failed = failed
                .iter()
                .map(|f| pair(f, "PAYOUT=REASON").map(|(p, r)| (p.to_owned(), r.to_owned())))
                .collect::<Result<Vec<_>, _>>()?;
            let completed = (!completed.is_empty()).then(|| completed.clone());
            let o = payouts::settle(s, batch, &Settlement { failed, completed })?;
            let text = format!(
                "{} payouts arrived, {} failed. Batch {} is {}.",
                o.sent,
                o.failed,
                o.batch_id,
                o.status.as_str()
            );
            done(json::sent(&o), text)
        }
        P::Returned {
            payout,
            amount,
            on,
            reason,
            take_back,
        } => {
            let status = match (on, take_back) {
                (Some(on), false) => payouts::returned(s, payout, amount.as_deref(), *on, reason)?,
                _ => payouts::take_back_return(s, payout, reason)?,
            };
            let text = match (take_back, status) {
                (true, _) => "The return is taken back.",
                (false, PayoutStatus::Reversed) => {
                    "All of it came back: its lines are due again, and the next batch takes them."
                }
                (false, _) => {
                    "The part is due to the host by an adjustment; the next batch takes it."
                }
            };
            done(
                json!({ "payout_id": payout, "status": status.as_str() }),
                format!("Payout {payout} is {}. {text}", status.as_str()),
            )
        }
        P::Resume { batch, out } => {
            let all = payouts::resume(s, batch.as_deref(), out.as_deref(), &watched())?;
            let text = if all.is_empty() {
                "No send was interrupted.".to_owned()
            } else {
                format!("{} batches are as they should be.", all.len())
            };
            match (batch, all.first()) {
                (Some(_), Some(one)) => done(json::sent(one), text),
                _ => done(
                    json!({ "batches": all.iter().map(json::sent).collect::<Vec<_>>() }),
                    text,
                ),
            }
        }
        P::Retry { payout } => shown(json::batch(&payouts::retry(s, payout)?, None)),
    }
}
