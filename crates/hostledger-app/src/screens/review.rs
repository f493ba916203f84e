//! The fraud review: every open flag with the evidence beside it, and how often each rule was
//! right (docs/domain.md §5).

use hostledger_core::own_seat::OwnSeats;
use hostledger_core::review::{REFUND_RATE_DAYS, Rule, Thresholds};
use hostledger_core::{Currency, Money};
use hostledger_store::screens::review as stored;
use hostledger_store::{Conn, bookings, charges, meta};
use jiff::{SignedDuration, Timestamp};

use crate::{Result, Session, own_seats, shared_charges};

pub use stored::{Decided, Flagged};

/// A fact beside a flag: what it is and what it says.
pub type Fact = (String, String);

/// An open flag with what raised it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The flag and its booking.
    pub flagged: Flagged,
    /// The evidence, in words.
    pub facts: Vec<Fact>,
    /// Other bookings that belong to it.
    pub others: Vec<String>,
}

/// Every open flag, oldest first.
///
/// # Errors
/// The ledger's own.
pub fn queue(s: &Session) -> Result<Vec<Case>> {
    s.ledger.read(|conn| {
        let settings = meta::settings(conn)?;
        let flags = stored::open_flags(conn)?;
        let own = Rule::SelfBooking.as_str();
        let seats = match flags.iter().any(|f| f.rule == own) {
            true => own_seats::load(conn, s)?,
            false => OwnSeats::default(),
        };
        flags
            .into_iter()
            .map(|f| {
                let t = settings.thresholds_on(f.opened_on);
                let zone = &settings.zone;
                let window = (
                    zone.start_of(hostledger_core::calendar::days_after(
                        f.opened_on,
                        -REFUND_RATE_DAYS,
                    )),
                    zone.start_of(f.opened_on),
                );
                let (mut facts, others) = evidence(conn, &f, &t, window)?;
                if f.rule == own {
                    let why = seats.why(f.host_key, &f.participant_id, &f.participant_email);
                    facts.extend(own_seats::facts(conn, &seats, f.host_key, why)?);
                }
                Ok(Case {
                    flagged: f,
                    facts,
                    others,
                })
            })
            .collect()
    })
}

/// What people decided on each rule's flags, by month.
///
/// # Errors
/// The ledger's own.
pub fn precision(s: &Session) -> Result<Vec<Decided>> {
    s.ledger.read(|conn| Ok(stored::decided(conn)?))
}

fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    (label.to_owned(), value.into())
}

fn evidence(
    conn: &Conn,
    f: &Flagged,
    t: &Thresholds,
    refund_window: (Timestamp, Timestamp),
) -> Result<(Vec<Fact>, Vec<String>)> {
    let none = |facts| Ok((facts, Vec::new()));
    match f.rule.as_str() {
        "PRICE_OUTLIER" => {
            let from = f.booked_at - hours(90 * 24);
            let prices = stored::prices_between(conn, f.host_key, f.currency, from, f.booked_at)?;
            none(of_prices(f, &prices, f.currency))
        }
        "SELF_BOOKING" => none(vec![
            fact("Participant", f.participant_id.as_str()),
            fact("Participant's e-mail", f.participant_email.as_str()),
            fact("Host", f.host_id.as_str()),
            fact("Host's e-mail", f.host_email.as_str()),
        ]),
        "VELOCITY" => {
            let span = (f.booked_at - hours(24), f.booked_at + hours(24));
            let near =
                stored::bookings_of_pair(conn, f.host_key, &f.participant_id, span.0, span.1)?;
            let facts = vec![
                fact("Participant", f.participant_id.as_str()),
                fact(
                    "Bookings with this host within a day of this one",
                    near.len().to_string(),
                ),
                fact("Allowed within 24 hours", t.velocity_bookings.to_string()),
            ];
            let others = near
                .into_iter()
                .map(|(id, _)| id)
                .filter(|id| *id != f.booking_id)
                .collect();
            Ok((facts, others))
        }
        "IMPOSSIBLE_SESSION" => {
            let lasts = f.ends_at.duration_since(f.starts_at);
            let minutes = lasts.as_mins();
            none(vec![
                fact("Starts", f.starts_at.strftime("%F %H:%M UTC").to_string()),
                fact("Ends", f.ends_at.strftime("%F %H:%M UTC").to_string()),
                fact(
                    "Lasts",
                    if minutes < 0 {
                        "it ends before it starts".to_owned()
                    } else {
                        format!("{} h {:02} min", minutes / 60, minutes % 60)
                    },
                ),
                fact("Longest allowed", format!("{} h", t.session_hours)),
            ])
        }
        "SHARED_CHARGE" => {
            let b = bookings::get(conn, f.booking_key)?;
            let ids = shared_charges::payment(&b.row);
            let mut others = Vec::new();
            for key in charges::carriers(conn, &ids)? {
                if key != f.booking_key {
                    others.push(bookings::get(conn, key)?.row.booking_id);
                }
            }
            let facts = vec![
                fact("Charge", b.row.charge_id.as_str()),
                fact("Payment intent", b.row.payment_intent_id.as_str()),
                fact("Conversation", b.row.conversation_id.as_str()),
                fact("Participant", b.row.participant_id.as_str()),
                fact("Other bookings with this payment", others.len().to_string()),
            ];
            others.truncate(20);
            Ok((facts, others))
        }
        _ => {
            let (from, to) = refund_window;
            let (all, refunded) = stored::sessions_refunded(conn, f.host_key, from, to)?;
            none(vec![
                fact("Sessions in the 30 days before", all.to_string()),
                fact("Of which refunded in full", refunded.to_string()),
                fact("Share", share(refunded, all)),
                fact("Allowed", format!("{} %", t.refund_percent)),
            ])
        }
    }
}

fn of_prices(f: &Flagged, sorted: &[i64], currency: Currency) -> Vec<Fact> {
    let money = |minor| Money::new(minor, currency).to_string();
    let mut facts = vec![
        fact("Price", money(f.price_minor)),
        fact("Bookings of the 90 days before", sorted.len().to_string()),
    ];
    if !sorted.is_empty() {
        let twice = sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2];
        facts.push(fact("Their median price", money(twice / 2)));
        if twice > 0 {
            let tenths = 20 * f.price_minor / twice;
            facts.push(fact(
                "Times the median",
                format!("{}.{}", tenths / 10, tenths % 10),
            ));
        }
    }
    facts
}

fn share(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let tenths = 1000 * part / whole;
    format!("{}.{} %", tenths / 10, tenths % 10)
}
