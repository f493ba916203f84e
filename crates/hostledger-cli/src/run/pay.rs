//! Payout batches.

use std::io::IsTerminal;

use hostledger_app::Session;
use hostledger_app::payouts::{self, Moved, NamedRail, Settlement};
use hostledger_app::waiting::WaitingSummary;
use hostledger_core::approval::Rail;
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
fn moved_while_waiting(s: &Session, batch: &str, now: &Moved, said: String) -> Answer {
    let w = payouts::waiting(s)?;
    say_waiting(&w);
    let mut json = json!({
        "batch_id": batch, "status": now.status.as_str(), "digest": now.digest, "rail": now.rail.as_ref().map(Rail::as_str),
        "waiting": json::waiting(&w),
    });
    if let Some(remark) = &now.remark {
        json["remark"] = json!(remark);
    }
    done(json, said)
}

/// Shows on a terminal what would be approved and asks; the digest of what was shown.
fn ask_to_approve(s: &Session, batch: &str) -> Result<String, Error> {
    let view = payouts::show(s, batch)?;
    let b = &view.batch;
    eprintln!(
        "Batch {} of {}, prepared by {}.",
        b.batch_id, b.date, b.prepared_by
    );
    for t in &view.totals {
        eprintln!("  {} to {} hosts", t.amount, t.payouts);
    }
    if let Some(rail) = &b.submit_rail {
        eprintln!("  It leaves by {}.", rail.in_words());
    }
    for p in &view.payouts {
        for mark in &p.marks {
            eprintln!("  {}: {}", p.payout.host_id, mark.text);
        }
    }
    eprintln!("  Digest {}", b.digest);
    eprint!("Approve it? [y/N] ");
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .map_err(|e| Error::new(Code::BadInput, e.to_string()))?;
    if answer.trim().eq_ignore_ascii_case("y") || answer.trim().eq_ignore_ascii_case("yes") {
        return Ok(b.digest.clone());
    }
    Err(Error::new(Code::Cancelled, "Nothing was approved."))
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
    warn(o);
    done(json::sent(o), text)
}

/// Says on standard error what is to be said beside a send.
fn warn(o: &payouts::SendOutcome) {
    if let Some(warning) = &o.warning {
        eprintln!("hostledger: {warning}");
    }
}

pub(super) fn pay(s: &Session, c: &args::Payouts, as_json: bool) -> Answer {
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
        P::Submit { batch, rail, .. } => {
            let named = rail.map(|rail| match rail {
                args::Rail::File => NamedRail::File,
                args::Rail::Stripe => NamedRail::Stripe,
            });
            let now = payouts::submit(s, batch, named)?;
            let by = now.rail.as_ref().map_or_else(String::new, Rail::in_words);
            let said = format!("{} It may leave by {by}.", is(batch, now.status));
            moved_while_waiting(s, batch, &now, said)
        }
        P::Approve {
            batch, digest, yes, ..
        } => {
            let seen = match digest {
                None if !yes && !as_json && std::io::stdin().is_terminal() => {
                    Some(ask_to_approve(s, batch)?)
                }
                given => given.clone(),
            };
            let now = payouts::approve(s, batch, seen.as_deref())?;
            let said = match now.status {
                BatchStatus::Submitted => {
                    format!("Approved. Batch {batch} needs the approval of another person too.")
                }
                status => is(batch, status),
            };
            if let Some(remark) = &now.remark {
                eprintln!("hostledger: {remark} It stands beside the approval.");
            }
            moved_while_waiting(s, batch, &now, said)
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
            all.iter().for_each(warn);
            let right = all.iter().filter(|o| o.warning.is_none()).count();
            let text = match (all.len(), right) {
                (0, _) => "No send was interrupted.".to_owned(),
                (_, 0) => String::new(),
                (_, 1) => "1 batch is as it should be.".to_owned(),
                (_, n) => format!("{n} batches are as they should be."),
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
