//! *Why this amount*: every step from the line of a file to the money sent.

use hostledger_core::booking::BookingRow;
use hostledger_core::commission::CommissionStatus;
use hostledger_core::money::{Money, format_percent};
use hostledger_core::split::FeeBorneBy;
use hostledger_core::tier::covering;
use hostledger_core::{Code, Error};
use hostledger_store::adjustments::{self, Adjustment};
use hostledger_store::commissions::{self, CommissionRow, Filter, StoredCommission};
use hostledger_store::hosts::{self, HostTier, Source};
use hostledger_store::journal::{self, JournalEntry};
use hostledger_store::payouts::{self, Payout};
use hostledger_store::{Conn, bookings, cutover, disputes, imports, meta};

use crate::{Result, Session};

/// One step, as a sentence with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is about: `import`, `rate`, `fee`, `split`, `hold`, `block`, `processed`, `payout`,
    /// `returned`, `clawback`.
    pub kind: &'static str,
    /// When, where it has a date.
    pub on: Option<jiff::civil::Date>,
    /// A plain sentence with the figures.
    pub text: String,
    /// Where it comes from: a file and line, a setting, a person.
    pub source: String,
}

/// All about one booking's money.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The commission as it is listed.
    pub commission: CommissionRow,
    /// The newest row of the export.
    pub row: BookingRow,
    /// One sentence that a host would accept.
    pub sentence: String,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// The journal entries, oldest first.
    pub entries: Vec<JournalEntry>,
    /// Adjustments that restatements made.
    pub adjustments: Vec<Adjustment>,
}

/// Explains a booking's amount.
///
/// # Errors
/// [`Code::NotFound`] where there is no such booking or it has no commission.
pub fn explain(s: &Session, booking_id: &str) -> Result<Explanation> {
    s.ledger.read(|conn| {
        let filter = Filter { booking_id: Some(booking_id.to_owned()), ..Filter::default() };
        let commission = commissions::page(conn, &filter, false, None, 1)?.pop();
        let b = bookings::find(conn, booking_id)?.filter(|b| !b.withdrawn);
        let (Some(commission), Some(b)) = (commission, b) else {
            return Err(Error::new(
                Code::NotFound,
                format!("There is no commission for {booking_id}: no such booking, a free one, or one whose payment is pending."),
            ));
        };
        let stored = commissions::find(conn, b.booking_key)?
            .ok_or_else(|| Error::new(Code::Internal, "A listed commission is missing."))?;
        let tiers = hosts::tiers(conn, Some(b.host_key))?;
        let mut e = Explainer {
            conn,
            steps: Vec::new(),
            settings: meta::settings(conn)?,
            paid_through: cutover::paid_through(conn)?,
        };
        for v in bookings::versions(conn, b.booking_key)? {
            e.version(&v.row, v.source)?;
        }
        e.version(&b.row, b.source)?;
        e.disputes(b.booking_key)?;
        e.terms(&b.row, &stored, &tiers);
        e.split(&b.row, &stored, &commission);
        e.blocks(b.booking_key)?;
        e.payouts(b.booking_key, &stored, &commission)?;
        let adjustments = adjustments::of_booking(conn, b.booking_key)?;
        e.clawbacks(&adjustments);
        let sentence = e.sentence(&b.row, &stored, &commission, &tiers);
        Ok(Explanation {
            sentence,
            steps: e.steps,
            entries: journal::of_booking(conn, b.booking_key)?,
            adjustments,
            row: b.row,
            commission,
        })
    })
}

struct Explainer<'c> {
    conn: &'c Conn,
    steps: Vec<Step>,
    settings: hostledger_core::settings::Settings,
    /// Hosts were paid elsewhere through this day.
    paid_through: Option<jiff::civil::Date>,
}

impl Explainer<'_> {
    fn add(
        &mut self,
        kind: &'static str,
        on: Option<jiff::civil::Date>,
        text: String,
        source: String,
    ) {
        self.steps.push(Step {
            kind,
            on,
            text,
            source,
        });
    }

    /// The line of a file, and who took it in when.
    fn file(&self, source: Source) -> Result<String> {
        let import = imports::get(self.conn, source.import_key)?;
        Ok(import.map_or_else(String::new, |i| {
            format!(
                "{}, line {}, imported {} by {}",
                i.file_name,
                source.line,
                i.imported_at.strftime("%F %H:%M UTC"),
                i.imported_by
            )
        }))
    }

    fn version(&mut self, row: &BookingRow, source: Source) -> Result<()> {
        let from = self.file(source)?;
        let refund = match row.refunded_minor {
            0 => String::new(),
            r => format!(", {} refunded", Money::new(r, row.currency)),
        };
        let on = row.updated_at.map(|t| self.settings.zone.date_of(t));
        let text = format!(
            "The platform says {}: {} paid{refund}.",
            row.status.as_str(),
            Money::new(row.price_minor, row.currency)
        );
        self.add("import", on, text, from);
        Ok(())
    }

    fn disputes(&mut self, booking_key: i64) -> Result<()> {
        for d in disputes::of_booking(self.conn, booking_key)? {
            let opened = self.settings.zone.date_of(d.row.opened_at);
            let mut text = format!(
                "The {} {} about {} was opened on {opened}",
                d.row.kind.noun(),
                d.row.dispute_id,
                Money::new(d.row.amount_minor, d.row.currency)
            );
            match (d.row.closed_at, d.row.status.is_decided()) {
                (Some(at), true) => text.push_str(&format!(
                    " and {} on {}.",
                    if d.withdrawn {
                        "withdrawn"
                    } else {
                        d.row.status.as_str()
                    },
                    self.settings.zone.date_of(at)
                )),
                (None, true) => text.push_str(&format!(" and {}.", d.row.status.as_str())),
                _ => text.push_str(" and isn't decided."),
            }
            let source = match d.source {
                Some(source) => self.file(source)?,
                None => String::new(),
            };
            self.add("dispute", Some(opened), text, source);
        }
        Ok(())
    }

    fn terms(&mut self, row: &BookingRow, c: &StoredCommission, tiers: &[HostTier]) {
        let booked = self.settings.zone.date_of(row.booked_at);
        let rate = format_percent(c.commission.terms.rate_bp);
        let tier = tier_on(tiers, booked, c.commission.terms.rate_bp);
        let (text, source) = match tier {
            Some(t) => (
                format!(
                    "The host's rate on {booked}, the day of booking, is {rate} %: {} since {}.",
                    title(t.period.tier.as_str()),
                    t.period.from
                ),
                format!("tier {}", t.because),
            ),
            None => (
                format!("The host's rate on {booked}, the day of booking, is {rate} %."),
                "the institution's rate: no tier covers that day".to_owned(),
            ),
        };
        self.add("rate", Some(booked), text, source);
        let fee = Money::new(fee_shown(c), row.currency);
        let (text, source) = match (
            c.commission.fee_is_estimate,
            c.commission.terms.fee_estimate,
        ) {
            (true, Some(e)) => (
                format!(
                    "Card processing is estimated at {} % of {} + {} = {fee}.",
                    format_percent(e.rate_bp),
                    Money::new(row.price_minor, row.currency),
                    Money::new(e.fixed_minor, row.currency)
                ),
                format!("settings fee_rate.{0} and fee_fixed.{0}", row.currency),
            ),
            _ => (
                format!("Card processing cost {fee}."),
                "the export's processing_fee".to_owned(),
            ),
        };
        self.add("fee", None, text, source);
        if c.commission.terms.fee_borne_by == FeeBorneBy::Platform {
            self.add(
                "fee",
                None,
                "The platform bears the processing fee.".into(),
                "setting fee_borne_by".into(),
            );
        }
    }

    fn split(&mut self, row: &BookingRow, c: &StoredCommission, shown: &CommissionRow) {
        let m = |minor| Money::new(minor, row.currency);
        if c.commission.status == CommissionStatus::Void {
            let text = match &c.voided {
                Some((by, on, why)) => format!("{by} voided the commission on {on}: {why}"),
                None if shown.refunded_minor > row.refunded_minor => {
                    "Lost disputes leave nothing of the price, so the host earns nothing for it."
                        .to_owned()
                }
                None => {
                    "The booking was cancelled or fully refunded, so the host earns nothing for it."
                        .to_owned()
                }
            };
            self.add("split", None, text, "the booking's status".into());
            return;
        }
        let rest = 10_000 - c.commission.terms.rate_bp;
        // What was sent is split as it was then, whatever was given back since.
        let (net, frozen) = if c.commission.frozen_host_amount_minor.is_some() {
            let as_sent = shown.host_amount_minor + shown.platform_fee_minor + fee_shown(c)
                - shown.borne_by_platform_minor;
            match c.commission.paid_outside {
                Some(_) => (as_sent, " As paid outside; later changes are adjustments."),
                None => (as_sent, " As sent; later changes are adjustments."),
            }
        } else {
            (row.price_minor - shown.refunded_minor, "")
        };
        self.add(
            "split",
            None,
            format!(
                "Platform fee {} % of {} = {}. Host amount {}.{frozen}",
                format_percent(rest),
                m(net),
                m(shown.platform_fee_minor),
                m(shown.host_amount_minor)
            ),
            "the rule of the split".into(),
        );
        if shown.borne_by_platform_minor > 0 {
            self.add(
                "split",
                None,
                format!(
                    "{} of the fee is borne by the platform.",
                    m(shown.borne_by_platform_minor)
                ),
                "the rule of the split".into(),
            );
        }
        let ended = self.settings.zone.date_of(row.ends_at);
        self.add(
            "hold",
            Some(c.payable_on),
            format!("The session ended on {ended}; after {} days of hold the money can be paid from {}.", c.commission.terms.hold_days, c.payable_on),
            "setting hold_days".into(),
        );
        if let Some(on) = c.processed_on {
            self.add(
                "processed",
                Some(on),
                format!("Processed on {on}: rate and fee stay from then on."),
                "the daily job".into(),
            );
        }
    }

    fn blocks(&mut self, booking_key: i64) -> Result<()> {
        for b in commissions::blocks(self.conn, booking_key)? {
            let by = if b.opened_by.is_empty() {
                "the daily job".to_owned()
            } else {
                b.opened_by.clone()
            };
            let what = b.rule.clone().unwrap_or_else(|| b.kind.clone());
            self.add(
                "block",
                Some(b.opened_on),
                format!("Stopped ({what}): {}", b.reason),
                by,
            );
            if let (Some(at), Some(who)) = (b.released_at, b.released_by) {
                let why = b.release_reason.unwrap_or_default();
                self.add(
                    "block",
                    Some(self.settings.zone.date_of(at)),
                    format!("Released ({what}): {why}"),
                    who,
                );
            }
        }
        Ok(())
    }

    fn payouts(
        &mut self,
        booking_key: i64,
        c: &StoredCommission,
        shown: &CommissionRow,
    ) -> Result<()> {
        if let (Some(outside), Some(on)) = (c.commission.paid_outside, self.paid_through) {
            let amount = Money::new(outside.host_amount_minor, shown.currency);
            self.add(
                "payout",
                Some(on),
                format!("{amount} were paid outside before the start of this ledger: it was payable on {}, and hosts were paid elsewhere through {on}.", c.payable_on),
                "the ledger's paid-through date".into(),
            );
        }
        for (p, batch) in payouts::of_booking(self.conn, booking_key)? {
            let failure = p
                .failure_reason
                .as_deref()
                .map(|r| format!(" ({r})"))
                .unwrap_or_default();
            self.add(
                "payout",
                Some(batch.date),
                format!(
                    "In payout {} of {} to {}, {}{failure}.",
                    p.payout_id,
                    Money::new(p.amount_minor, p.currency),
                    p.destination,
                    p.status.as_str()
                ),
                format!(
                    "batch {} of {}, {}",
                    batch.batch_id,
                    batch.date,
                    batch.status.as_str()
                ),
            );
            self.came_back(&p)?;
        }
        if c.commission.status == CommissionStatus::Pending && c.processed_on.is_none() {
            self.add(
                "processed",
                None,
                "Not processed yet.".into(),
                "the daily job".into(),
            );
        }
        Ok(())
    }

    /// What came back of a payout that the booking was paid by.
    fn came_back(&mut self, p: &Payout) -> Result<()> {
        for m in payouts::money_back(self.conn, p.payout_key)? {
            let on = m.on.unwrap_or_else(|| self.settings.zone.date_of(m.at));
            let back = Money::new(m.amount_minor, p.currency);
            let why = m.reason.map(|r| format!(": {r}")).unwrap_or_default();
            let then = match m.adjustment_key {
                Some(_) => "The part is due to the host by an adjustment",
                None => "The payout's lines are due again",
            };
            let text = format!(
                "{back} of payout {} came back on {on}{why}. {then}.",
                p.payout_id
            );
            let source = match (m.by, m.reversal_id) {
                (Some(by), _) => format!("recorded by {by}"),
                (None, id) => format!("Stripe's list, {}", id.unwrap_or_default()),
            };
            self.add("returned", Some(on), text, source);
        }
        Ok(())
    }

    fn clawbacks(&mut self, all: &[Adjustment]) {
        for a in all {
            let done = a
                .payout_id
                .as_deref()
                .map_or_else(|| "open".to_owned(), |p| format!("in payout {p}"));
            self.add(
                "clawback",
                Some(a.created_on),
                format!(
                    "Adjustment of {}: {} ({}, {done})",
                    Money::new(a.amount_minor, a.currency),
                    a.reason,
                    a.status.to_lowercase()
                ),
                a.created_by.clone(),
            );
        }
    }

    fn sentence(
        &self,
        row: &BookingRow,
        c: &StoredCommission,
        shown: &CommissionRow,
        tiers: &[HostTier],
    ) -> String {
        let booked = self.settings.zone.date_of(row.booked_at);
        let digits = |minor| hostledger_core::money::format_minor(minor, row.currency);
        let mut parts = vec![format!(
            "{} paid on {}",
            Money::new(row.price_minor, row.currency),
            booked.strftime("%-d %b %Y")
        )];
        if row.refunded_minor > 0 {
            parts.push(format!("{} refunded", digits(row.refunded_minor)));
        }
        let lost = shown.refunded_minor - row.refunded_minor;
        if lost > 0 {
            parts.push(format!("{} lost to disputes", digits(lost)));
        }
        if c.commission.status == CommissionStatus::Void {
            parts.push("void: you earn nothing for this booking".into());
            return format!("{}.", parts.join(" · "));
        }
        let rate = c.commission.terms.rate_bp;
        let whole = if rate % 100 == 0 {
            (rate / 100).to_string()
        } else {
            format_percent(rate)
        };
        parts.push(match tier_on(tiers, booked, rate) {
            Some(t) => format!(
                "{whole} % ({} since {})",
                title(t.period.tier.as_str()),
                t.period.from.strftime("%-d %b %Y")
            ),
            None => format!("{whole} %"),
        });
        parts.push(format!("platform fee {}", digits(shown.platform_fee_minor)));
        let estimated = if c.commission.fee_is_estimate {
            " (estimated)"
        } else {
            ""
        };
        parts.push(format!(
            "card processing {}{estimated}",
            digits(shown.processing_fee_minor)
        ));
        parts.push(format!("you earn {}", digits(shown.host_amount_minor)));
        parts.push(format!(
            "payable from {}",
            c.payable_on.strftime("%-d %b %Y")
        ));
        if shown.paid_outside {
            parts.push("paid outside before the start of this ledger".into());
        }
        let last = self
            .steps
            .iter()
            .rev()
            .find(|s| s.kind == "payout")
            .and_then(|s| s.on);
        if let Some(on) = last.filter(|_| shown.payout_id.is_some()) {
            parts.push(format!("in batch of {}", on.strftime("%a %-d %b %Y")));
        }
        format!("{}.", parts.join(" · "))
    }
}

fn tier_on(tiers: &[HostTier], day: jiff::civil::Date, rate_bp: i64) -> Option<&HostTier> {
    covering(tiers, day).filter(|t| t.period.tier.rate_bp() == rate_bp)
}

fn title(word: &str) -> String {
    let lower = word.to_lowercase();
    let mut letters = lower.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The processing fee of the split: as sent once the payout left.
fn fee_shown(c: &StoredCommission) -> i64 {
    c.frozen_fee_minor
        .unwrap_or(c.commission.processing_fee_minor)
}
