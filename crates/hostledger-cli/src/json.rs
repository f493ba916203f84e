//! The contract's JSON: its own shapes, so that screens and the engine may change freely.

use hostledger_app::cutover::HistoryWarning;
use hostledger_app::disputes::{DisputeView, EvidenceView, Exposure, Listed, Outcomes};
use hostledger_app::explain::Explanation;
use hostledger_app::hosts::HostDetail;
use hostledger_app::imports::ImportOutcome;
use hostledger_app::payouts::{
    ApprovalView, BatchView, CameBack, CurrencyTotal, Preflight, SendOutcome, TransferView,
};
use hostledger_app::settings::SettingNow;
use hostledger_app::stored::{
    Adjustment, AuditEvent, Balance, Check, CommissionRow, Exception, FinalPayout, Host, HostTier,
    Import, Institution, JournalEntry, Line, User,
};
use hostledger_app::stripe::AccountView;
use hostledger_app::waiting::WaitingSummary;
use hostledger_core::approval::Rail;
use hostledger_core::money::{format_minor, format_percent};
use hostledger_core::tier::Tier;
use hostledger_core::{Currency, Money};
use serde_json::{Value, json};

fn amount(minor: i64, c: Currency) -> String {
    format_minor(minor, c)
}

pub(crate) fn import(o: &ImportOutcome) -> Value {
    let first: Vec<Value> = o
        .first_exceptions
        .iter()
        .map(|(line, p)| json!({ "line": line, "code": p.code.as_str(), "message": p.message }))
        .collect();
    let warnings: Vec<Value> = o
        .warnings
        .iter()
        .map(|w| json!({ "code": w.code, "rows": w.rows, "message": w.message }))
        .chain(o.history.iter().map(history))
        .collect();
    let totals: Vec<Value> = o
        .totals
        .iter()
        .map(|m| json!({ "currency": m.currency.code(), "amount": m.digits() }))
        .collect();
    json!({
        "import_id": o.import_id, "already": o.already, "rows": o.counts.rows, "inserted": o.counts.inserted,
        "updated": o.counts.updated, "unchanged": o.counts.unchanged, "stale": o.counts.stale,
        "exceptions": o.counts.exceptions, "first_exceptions": first, "totals": totals, "warnings": warnings,
        "encoding": o.encoding.name(),
        "columns": { "missing": o.columns.missing, "unused": o.columns.unused, "new": o.columns.new, "gone": o.columns.gone },
    })
}

/// A warning of the array `warnings`: all history becomes payable.
fn history(w: &HistoryWarning) -> Value {
    let totals: Vec<Value> = w
        .sums
        .iter()
        .map(|h| {
            json!({ "currency": h.currency.code(), "amount": amount(h.amount_minor, h.currency), "bookings": h.bookings })
        })
        .collect();
    json!({
        "code": HistoryWarning::CODE, "message": w.message(), "bookings": w.sums.iter().map(|h| h.bookings).sum::<i64>(),
        "totals": totals, "oldest": w.oldest().to_string(),
    })
}

pub(crate) fn imports(all: &[Import]) -> Value {
    all.iter()
        .map(|i| {
            json!({
                "import_id": i.import_id, "kind": i.kind, "file": i.file_name, "sha256": i.file_sha256,
                "imported_at": i.imported_at.to_string(), "imported_by": i.imported_by, "rows": i.counts.rows,
                "inserted": i.counts.inserted, "updated": i.counts.updated, "unchanged": i.counts.unchanged,
                "stale": i.counts.stale, "exceptions": i.counts.exceptions, "open_exceptions": i.open_exceptions,
                "undone_at": i.undone_at.map(|t| t.to_string()), "undone_by": i.undone_by,
            })
        })
        .collect()
}

pub(crate) fn exceptions(all: &[Exception]) -> Value {
    all.iter()
        .map(|e| {
            let row: Value = serde_json::from_str(&e.row).unwrap_or_else(|_| json!(e.row));
            json!({
                "exception_id": e.exception_id, "import_id": e.import_id, "line": e.line, "code": e.code,
                "message": e.message, "row": row, "file": e.file_name,
            })
        })
        .collect()
}

pub(crate) fn commission(c: &CommissionRow) -> Value {
    let blocks: Vec<Value> = c
        .blocks
        .iter()
        .map(|b| json!({ "block_id": b.block_id, "kind": b.kind, "rule": b.rule, "reason": b.reason }))
        .collect();
    let m = |minor| amount(minor, c.currency);
    json!({
        "booking_id": c.booking_id, "conversation_id": c.conversation_id, "host_id": c.host_id,
        "currency": c.currency.code(), "price": m(c.price_minor), "refunded": m(c.refunded_minor),
        "rate": format_percent(c.rate_bp), "platform_fee": m(c.platform_fee_minor),
        "processing_fee": m(c.processing_fee_minor), "borne_by_platform": m(c.borne_by_platform_minor),
        "host_amount": m(c.host_amount_minor), "status": c.status.as_str(),
        "payable_on": c.payable_on.to_string(), "blocks": blocks, "payout_id": c.payout_id,
        "session_done": c.session_done,
        "paid_outside": c.paid_outside,
    })
}

pub(crate) fn dispute(l: &Listed) -> Value {
    let d = &l.dispute;
    let m = |minor| amount(minor, d.row.currency);
    let at = |t: Option<jiff::Timestamp>| t.map(|t| t.to_string());
    json!({
        "dispute_id": d.row.dispute_id, "booking_id": d.row.booking_id, "host_id": l.host_id,
        "kind": d.row.kind.as_str(), "status": d.row.status.as_str(), "reason": d.row.reason,
        "amount": m(d.row.amount_minor), "currency": d.row.currency.code(), "reserved": m(l.reserved_minor),
        "opened_at": d.row.opened_at.to_string(), "evidence_due_by": at(d.row.evidence_due_by),
        "closed_at": at(d.row.closed_at), "withdrawn": d.withdrawn, "owner": d.owner,
        "bookings": l.bookings,
        "said": d.row.said.map(|m| json!({ "amount": m.digits(), "currency": m.currency.code() })),
        "fee": d.fee.filter(|f| f.posted).map(|f| json!({ "amount": f.amount.digits(), "currency": f.amount.currency.code() })),
    })
}

pub(crate) fn dispute_detail(v: &DisputeView) -> Value {
    let mut out = dispute(&v.listed);
    out["story"] = v
        .story
        .iter()
        .map(|e| json!({ "at": e.at.to_string(), "who": e.who, "what": e.what }))
        .collect();
    out
}

pub(crate) fn evidence(v: &EvidenceView) -> Value {
    let fields: Vec<Value> = v
        .fields
        .iter()
        .map(|f| json!({ "field": f.name, "label": f.label, "text": f.text }))
        .collect();
    let kept = v.kept.as_ref();
    let who = |w: Option<&(jiff::Timestamp, String)>| {
        w.map(|(at, by)| json!({ "at": at.to_string(), "by": by }))
    };
    json!({
        "fields": fields, "kept": kept.map(|k| json!({ "at": k.made_at.to_string(), "by": k.made_by })),
        "reviewed": who(kept.and_then(|k| k.reviewed.as_ref())),
        "submitted": who(kept.and_then(|k| k.submitted.as_ref())),
        "through": kept.and_then(|k| k.through.clone()),
        "confirmed_at": kept.and_then(|k| k.confirmed_at).map(|t| t.to_string()),
        "open": v.open, "through_stripe": v.through_stripe,
    })
}

pub(crate) fn exposure(e: &Exposure) -> Value {
    let hosts: Vec<Value> = e
        .hosts
        .iter()
        .map(|h| {
            json!({
                "host_id": h.host_id, "currency": h.amount.currency.code(), "amount": h.amount.digits(), "bookings": h.bookings,
                "loss_rate": format_percent(h.loss_rate_bp), "suggested_reserve": h.suggested.digits(),
                "reserve_percent": h.policy.as_ref().map(|p| format_percent(p.percent_bp)),
                "reserve_reason": h.policy.as_ref().map(|p| p.reason.clone()),
            })
        })
        .collect();
    let by_day = |all: &[(jiff::civil::Date, hostledger_core::Money)]| -> Vec<Value> {
        all.iter()
            .map(|(on, m)| json!({ "last_day": on.to_string(), "currency": m.currency.code(), "amount": m.digits() }))
            .collect()
    };
    let totals: Vec<Value> = e
        .totals
        .iter()
        .map(|m| json!({ "currency": m.currency.code(), "amount": m.digits() }))
        .collect();
    json!({ "as_of": e.as_of.to_string(), "days": e.days, "totals": totals, "hosts": hosts, "ends": by_day(&e.ends) })
}

pub(crate) fn outcomes(o: &Outcomes) -> Value {
    let effects: Vec<Value> = o
        .effects
        .iter()
        .map(|e| {
            let postings: Vec<Value> = e
                .postings
                .iter()
                .map(|(account, m)| json!({ "account": account, "currency": m.currency.code(), "amount": m.digits() }))
                .collect();
            json!({
                "outcome": e.outcome.as_str(), "refunded": e.refunded.digits(), "host_amount": e.host_amount.digits(),
                "released": e.released.digits(), "clawback": e.clawback.digits(), "host_moves": e.host_moves.digits(),
                "postings": postings,
            })
        })
        .collect();
    json!({
        "currency": o.refunded.currency.code(), "refunded": o.refunded.digits(), "host_amount": o.host_amount.digits(),
        "reserved": o.reserved.digits(), "sent": o.sent, "effects": effects,
    })
}

pub(crate) fn explanation(e: &Explanation) -> Value {
    let steps: Vec<Value> = e
        .steps
        .iter()
        .map(|s| json!({ "kind": s.kind, "on": s.on.map(|d| d.to_string()), "text": s.text, "source": s.source }))
        .collect();
    json!({
        "booking_id": e.row.booking_id, "sentence": e.sentence, "commission": commission(&e.commission),
        "steps": steps, "entries": e.entries.iter().map(entry).collect::<Vec<_>>(),
        "adjustments": adjustments(&e.adjustments),
    })
}

fn entry(e: &JournalEntry) -> Value {
    let postings: Vec<Value> = e
        .postings()
        .into_iter()
        .map(|(account, minor)| json!({ "account": account, "amount": amount(minor, e.currency) }))
        .collect();
    json!({
        "entry_id": e.entry_key.to_string(), "kind": e.kind.as_str(), "effective_date": e.effective_date.to_string(),
        "recorded_at": e.recorded_at.to_string(), "currency": e.currency.code(), "postings": postings,
        "reverses": e.reverses.map(|r| r.to_string()),
    })
}

pub(crate) fn adjustments(all: &[Adjustment]) -> Value {
    all.iter()
        .map(|a| {
            json!({
                "adjustment_id": a.adjustment_id, "host_id": a.host_id, "currency": a.currency.code(),
                "amount": amount(a.amount_minor, a.currency), "kind": a.kind, "booking_id": a.booking_id,
                "reason": a.reason, "status": a.status, "created_on": a.created_on.to_string(),
                "created_by": a.created_by, "decided_by": a.decided_by, "payout_id": a.payout_id,
            })
        })
        .collect()
}

fn totals(all: &[CurrencyTotal]) -> Value {
    all.iter()
        .map(|t| json!({ "currency": t.amount.currency.code(), "amount": t.amount.digits(), "payouts": t.payouts }))
        .collect()
}

/// Rows that wait, and what they hold back.
pub(crate) fn waiting(w: &WaitingSummary) -> Value {
    let money = |m: &Money| json!({ "currency": m.currency.code(), "amount": m.digits() });
    let gone = w.gone.iter().map(|g| {
        json!({
            "booking_id": g.booking_id, "host_id": g.host_id, "currency": g.host_amount.currency.code(),
            "amount": g.host_amount.digits(),
        })
    });
    json!({
        "rows": w.rows, "held": w.held.iter().map(money).collect::<Vec<_>>(), "paid_already": gone.collect::<Vec<_>>(),
    })
}

pub(crate) fn batch(v: &BatchView, lines: Option<&[Vec<Line>]>) -> Value {
    let payouts: Vec<Value> = v
        .payouts
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let o = &p.payout;
            let mut json = json!({
                "payout_id": o.payout_id, "host_id": o.host_id, "currency": o.currency.code(),
                "amount": amount(o.amount_minor, o.currency), "lines": o.line_count, "status": o.status.as_str(),
                "stale": !p.stale.is_empty(), "destination": o.destination, "changed": p.stale,
                "flags": p.marks.iter().map(|m| m.flag.as_str()).collect::<Vec<_>>(),
                "marks": p.marks.iter().map(|m| json!({ "flag": m.flag.as_str(), "text": m.text })).collect::<Vec<_>>(),
                "failure_code": o.failure_code, "failure_reason": o.failure_reason,
                "final_payout": p.final_payout.as_ref().map(final_payout), "came_back": came_back(&p.came_back),
            });
            if let Some(of_payout) = lines.and_then(|l| l.get(i)) {
                json["line_items"] = of_payout.iter().map(|l| line(l, o.currency)).collect();
            }
            json
        })
        .collect();
    let carried: Vec<Value> = v
        .carried
        .iter()
        .map(|c| {
            json!({
                "host_id": c.host_id, "currency": c.currency.code(), "amount": amount(c.amount_minor, c.currency),
                "reason": c.reasons.first().map(|r| r.as_str()),
                "reasons": c.reasons.iter().map(|r| r.as_str()).collect::<Vec<_>>(), "note": c.note,
            })
        })
        .collect();
    let b = &v.batch;
    json!({
        "batch_id": b.batch_id, "date": b.date.to_string(), "status": b.status.as_str(), "digest": b.digest,
        "payouts": payouts, "carried": carried, "totals": totals(&v.totals), "off_cycle": b.off_cycle_reason,
        "waiting": waiting(&v.waiting), "prepared_by": b.prepared_by, "submitted_by": b.submitted_by,
        "approved_by": v.approvals.iter().map(|a| a.approval.approver.as_str()).collect::<Vec<_>>(),
        "approvals": v.approvals.iter().map(approval).collect::<Vec<_>>(), "approvals_needed": b.approvals_needed,
        "rail": b.submit_rail.as_ref().map(Rail::as_str), "account": b.submit_rail.as_ref().and_then(Rail::stripe).map(|a| &a.account_id),
        "warnings": v.history.iter().map(history).collect::<Vec<_>>(),
    })
}

fn approval(a: &ApprovalView) -> Value {
    let notes = a.notes();
    json!({
        "by": a.approval.approver, "at": a.approval.approved_at.to_string(),
        "key_since": a.key.as_ref().map(|k| k.since.to_string()), "key_made_by": a.key.as_ref().map(|k| &k.made_by),
        "key_how": a.key.as_ref().map(|k| &k.how),
        "remark": (!notes.is_empty()).then(|| notes.join(" ")), "void": a.is_void(),
    })
}

fn came_back(all: &[CameBack]) -> Value {
    all.iter()
        .map(|c| {
            json!({
                "on": c.on.to_string(), "currency": c.amount.currency.code(), "amount": c.amount.digits(),
                "reason": c.reason, "by": c.by,
            })
        })
        .collect()
}

fn final_payout(f: &FinalPayout) -> Value {
    json!({
        "adjustment_id": f.adjustment_id, "status": f.status.as_str(), "reason": f.reason,
        "proposed_by": f.created_by, "decided_by": f.decided_by,
    })
}

fn line(l: &Line, currency: Currency) -> Value {
    json!({
        "booking_id": l.booking_id, "adjustment_id": l.adjustment_id, "kind": l.adjustment_kind,
        "reason": l.adjustment_reason, "amount": amount(l.amount_minor, currency),
    })
}

pub(crate) fn sent(o: &SendOutcome) -> Value {
    let mut sent = json!({
        "batch_id": o.batch_id, "status": o.status.as_str(), "sent": o.sent, "failed": o.failed, "unknown": o.unknown,
    });
    if let Some(warning) = &o.warning {
        sent["warning"] = json!(warning);
    }
    sent
}

pub(crate) fn transfers(all: &[TransferView]) -> Value {
    all.iter()
        .map(|v| {
            let (p, t) = (&v.payout, &v.transfer);
            json!({
                "payout_id": p.payout_id, "host_id": p.host_id, "currency": p.currency.code(),
                "amount": hostledger_core::money::format_minor(p.amount_minor, p.currency), "destination": p.destination,
                "status": p.status.as_str(), "state": t.state.as_str(), "transfer_id": t.transfer_id,
                "attempt": t.attempt, "calls": t.calls,
                "why": p.failure_reason.as_ref().or(t.unclear.as_ref()),
            })
        })
        .collect()
}

pub(crate) fn preflight(p: &Preflight) -> Value {
    let checks: Value = p
        .checks
        .iter()
        .map(|c| json!({ "name": c.name, "ok": c.ok, "stops": c.stops, "detail": c.detail }))
        .collect();
    let mode = if p.livemode { "live" } else { "test" };
    json!({ "account": p.account_id, "mode": mode, "may_send": p.may_send(), "checks": checks })
}

pub(crate) fn account(host_id: &str, v: &AccountView) -> Value {
    let a = v.account.as_ref();
    let failures: Value = v
        .bank_failures
        .iter()
        .map(|f| {
            let amount = Currency::parse(&f.currency)
                .map(|c| hostledger_core::money::format_minor(f.amount_minor, c));
            json!({ "bank_payout_id": f.bank_payout_id, "currency": f.currency, "amount": amount, "code": f.code, "message": f.message, "at": f.failed_at.to_string() })
        })
        .collect();
    json!({
        "host_id": host_id, "account": v.account_id, "trouble": v.trouble,
        "payouts_enabled": a.map(|a| a.payouts_enabled), "transfers_active": a.map(|a| a.transfers_active),
        "due": a.map(|a| a.due.clone()), "due_by": a.and_then(|a| a.due_by).map(|t| t.to_string()),
        "pulled_at": a.map(|a| a.pulled_at.to_string()), "bank_failures": failures,
    })
}

pub(crate) fn users(all: &[User]) -> Value {
    all.iter()
        .map(|u| json!({ "name": u.name, "roles": u.roles }))
        .collect()
}

pub(crate) fn settings(all: &[SettingNow]) -> Value {
    all.iter()
        .map(|s| {
            json!({
                "key": s.key, "value": s.value, "since": s.set.as_ref().map(|c| c.change.since.to_string()),
                "by": s.set.as_ref().map(|c| c.set_by.as_str()), "reason": s.set.as_ref().map(|c| c.reason.as_str()),
            })
        })
        .collect()
}

pub(crate) fn institutions(all: &[Institution], today: jiff::civil::Date) -> Value {
    all.iter()
        .map(|i| {
            json!({
                "institution_id": i.institution_id, "name": i.name,
                "rate": i.rate_bp.on(today).map(|r| format_percent(*r)), "schedule": i.schedule.as_str(),
                "tiers": i.uses_tiers, "active": i.active,
            })
        })
        .collect()
}

pub(crate) fn tiers(all: &[HostTier]) -> Value {
    all.iter()
        .map(|t| {
            json!({
                "host_id": t.host_id, "tier": t.period.tier.as_str(), "rate": format_percent(t.period.tier.rate_bp()),
                "effective_from": t.period.from.to_string(), "effective_to": t.period.to.map(|d| d.to_string()),
                "because": t.because,
            })
        })
        .collect()
}

pub(crate) fn host(h: &Host, tier: Option<Tier>) -> Value {
    json!({
        "host_id": h.host_id, "name": h.name, "email": h.email, "country": h.country, "status": h.status.as_str(),
        "approved_on": h.approved_on.map(|d| d.to_string()), "tier": tier.map(Tier::as_str),
        "stripe_account_id": h.stripe_account_id, "payouts_enabled": h.payouts_enabled,
        "paused": h.paused_reason.is_some(), "paused_reason": h.paused_reason,
    })
}

pub(crate) fn host_detail(d: &HostDetail) -> Value {
    let mut json = host(&d.host, d.tier_today);
    json["institution_id"] = json!(d.institution_id);
    json["tiers"] = tiers(&d.tiers);
    json["balances"] = balances(&d.balances);
    json["payouts"] = d
        .payouts
        .iter()
        .map(|p| {
            json!({
                "payout_id": p.payout_id, "currency": p.currency.code(), "amount": amount(p.amount_minor, p.currency),
                "status": p.status.as_str(), "destination": p.destination,
                "came_back": amount(d.came_back.get(&p.payout_key).copied().unwrap_or(0), p.currency),
            })
        })
        .collect();
    json["final_payout"] = json!(d.final_payout.as_ref().map(final_payout));
    json
}

pub(crate) fn balances(all: &[Balance]) -> Value {
    all.iter()
        .map(|b| {
            json!({ "account": b.account, "currency": b.currency.code(), "balance": amount(b.balance_minor, b.currency) })
        })
        .collect()
}

pub(crate) fn checks(all: &[Check]) -> Value {
    let checks: Vec<Value> = all
        .iter()
        .map(|c| json!({ "name": c.name, "ok": c.ok, "detail": c.detail }))
        .collect();
    json!({ "ok": all.iter().all(|c| c.ok), "checks": checks })
}

pub(crate) fn audit(all: &[AuditEvent]) -> Value {
    all.iter()
        .map(|e| {
            let details: Value = serde_json::from_str(&e.details).unwrap_or(Value::Null);
            json!({
                "seq": e.seq, "at": e.at.to_string(), "user": e.user, "action": e.action, "subject": e.subject,
                "details": details, "hash": e.hash,
            })
        })
        .collect()
}
