//! What is booked in the sample, how each booking ends, and what a cut shows of it.

use jiff::{SignedDuration, Timestamp};

use super::cast::{CAST, Host, Part, host_id};
use super::draw::Draw;
use super::{SampleSpec, days, dollars, hours, minutes};

#[rustfmt::skip]
pub(super) const BOOKING_COLUMNS: [&str; 22] = [
    "booking_id", "conversation_id", "conversation_title", "conversation_type", "language",
    "host_id", "participant_id", "participant_email", "booked_at", "starts_at", "ends_at",
    "status", "price", "currency", "processing_fee", "refunded_amount", "refunded_at",
    "payment_intent_id", "charge_id", "rating", "cancelled_at", "updated_at",
];

/// Kinds of conversation, each with titles; `*` stands for the language.
#[rustfmt::skip]
const KINDS: [(&str, [&str; 3]); 6] = [
    ("Open conversation", ["* over coffee", "Weekend news, in *", "Ask me anything in *"]),
    ("Exam practice", ["* exam: the oral part", "Timed answers in *", "* exam, \"describe a picture\""]),
    ("Working life", ["Job interview in *", "Meetings, calls and e-mail in *", "Small talk at work: *"]),
    ("Book circle", ["One short story in *", "Poems read aloud (*)", "* book circle: chapter by chapter"]),
    ("On the road", ["* for the train station", "Ordering dinner in *", "Lost in town: asking the way in *"]),
    ("Pronunciation", ["* sounds that hurt", "Reading aloud in *", "Rhythm and stress in *"]),
];

/// How many people book in the sample.
const LEARNERS: u32 = 720;

const LEARNER_NAMES: [&str; 20] = [
    "alex", "bea", "carlos", "dina", "emil", "fatima", "george", "helen", "ivan", "julia", "ken",
    "laura", "mateo", "nadia", "omar", "priya", "quinn", "ruth", "sam", "tess",
];

/// How a booking ends, and when, whatever the cut shows of it yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Completed,
    NoShow,
    /// The full price went back this long after the session's end.
    Refunded(SignedDuration),
    /// A half, a third or a quarter went back this long after the session's end.
    PartlyRefunded(SignedDuration, i64),
    /// Called off by the participant this long before the session; late ones get half back.
    Cancelled(SignedDuration),
    /// Called off by the host as the session should have begun.
    HostCancelled,
    /// The card was never charged; the seat is given up an hour later.
    NeverPaid,
    /// One of the platform's own slips: the row can't be read until a person settles it.
    Broken(Slip),
}

/// What is wrong with a broken row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slip {
    /// `n/a` where the price should be.
    NoPrice,
    /// A status that no document of the platform names.
    OddStatus,
}

#[derive(Debug, Clone)]
pub(super) struct Booking {
    pub(super) number: String,
    conversation: String,
    title: String,
    kind: &'static str,
    language: &'static str,
    host_id: String,
    participant_id: String,
    participant_email: String,
    pub(super) booked_at: Timestamp,
    starts_at: Timestamp,
    ends_at: Timestamp,
    pub(super) price_minor: i64,
    /// The card network's actual fee; `None` leaves the ledger to estimate it.
    fee_minor: Option<i64>,
    rating: Option<u32>,
    outcome: Outcome,
}

/// What a cut shows of a booking beyond what never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) status: &'static str,
    pub(super) updated_at: Timestamp,
    pub(super) refunded_minor: i64,
    refunded_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
    charged: bool,
    rated: bool,
}

impl Booking {
    /// The booking as the platform shows it at `as_of`; `None` before it was made.
    pub(super) fn shown(&self, as_of: Timestamp) -> Option<Shown> {
        if self.booked_at > as_of {
            return None;
        }
        let booked = Shown {
            status: "CONFIRMED",
            updated_at: self.booked_at,
            refunded_minor: 0,
            refunded_at: None,
            cancelled_at: None,
            charged: true,
            rated: false,
        };
        let cancelled = |status, when: Timestamp, refunded_minor| Shown {
            status,
            updated_at: when,
            refunded_minor,
            refunded_at: (refunded_minor > 0).then_some(when),
            cancelled_at: Some(when),
            ..booked
        };
        let closed_at = self.ends_at + minutes(5);
        let held = Shown {
            status: "COMPLETED",
            updated_at: closed_at,
            rated: true,
            ..booked
        };
        let refunded = |status, after: SignedDuration, refunded_minor| {
            let when = self.ends_at + after;
            if when > as_of {
                return held;
            }
            Shown {
                status,
                updated_at: when,
                refunded_minor,
                refunded_at: Some(when),
                ..held
            }
        };

        Some(match self.outcome {
            Outcome::NeverPaid => {
                let given_up = self.booked_at + minutes(60);
                let shown = if given_up <= as_of {
                    cancelled("CANCELLED", given_up, 0)
                } else {
                    Shown {
                        status: "PENDING",
                        ..booked
                    }
                };
                Shown {
                    charged: false,
                    ..shown
                }
            }
            Outcome::Cancelled(before) => {
                let when = self.booked_at.max(self.starts_at - before);
                let in_time = self.starts_at.duration_since(when) >= hours(24);
                let back = if in_time {
                    self.price_minor
                } else {
                    self.price_minor / 2
                };
                if when <= as_of {
                    cancelled("CANCELLED", when, back)
                } else {
                    booked
                }
            }
            Outcome::HostCancelled if self.starts_at <= as_of => {
                cancelled("HOST_CANCELLED", self.starts_at, self.price_minor)
            }
            Outcome::Broken(Slip::OddStatus) => Shown {
                status: "RESCHEDULED",
                ..booked
            },
            _ if closed_at > as_of => booked,
            Outcome::NoShow => Shown {
                status: "NO_SHOW",
                rated: false,
                ..held
            },
            Outcome::Refunded(after) => refunded("REFUNDED", after, self.price_minor),
            Outcome::PartlyRefunded(after, parts) => {
                refunded("COMPLETED", after, self.price_minor / parts)
            }
            _ => held,
        })
    }

    pub(super) fn fields(&self, shown: &Shown) -> [String; BOOKING_COLUMNS.len()] {
        let time = |t: Option<Timestamp>| t.map_or(String::new(), |t| t.to_string());
        let id = |prefix: &str| format!("{prefix}{}", self.number);
        [
            id("bk-"),
            self.conversation.clone(),
            self.title.clone(),
            self.kind.to_owned(),
            self.language.to_owned(),
            self.host_id.clone(),
            self.participant_id.clone(),
            self.participant_email.clone(),
            self.booked_at.to_string(),
            self.starts_at.to_string(),
            self.ends_at.to_string(),
            shown.status.to_owned(),
            match self.outcome {
                Outcome::Broken(Slip::NoPrice) => "n/a".to_owned(),
                _ => dollars(self.price_minor),
            },
            "USD".to_owned(),
            self.fee_minor
                .filter(|_| shown.charged)
                .map_or(String::new(), dollars),
            shown
                .refunded_at
                .map_or(String::new(), |_| dollars(shown.refunded_minor)),
            time(shown.refunded_at),
            id("pi_3Sample"),
            if shown.charged {
                id("ch_3Sample")
            } else {
                String::new()
            },
            self.rating
                .filter(|_| shown.rated)
                .map_or(String::new(), |r| r.to_string()),
            time(shown.cancelled_at),
            shown.updated_at.to_string(),
        ]
    }
}

/// One conversation before its seats are sold.
struct Conversation {
    number: String,
    kind: &'static str,
    title: String,
    language: &'static str,
    host_id: String,
    approved_at: Timestamp,
    starts_at: Timestamp,
    ends_at: Timestamp,
    price_minor: i64,
    first_learner: u32,
    called_off: bool,
}

/// Every booking that may be made by `as_of`, in no order yet.
pub(super) fn bookings(spec: &SampleSpec, as_of: Timestamp) -> Vec<Booking> {
    // A seat is sold at most 17 days ahead, so three weeks beyond the cut hold all that it can show.
    let gone_by = as_of.duration_since(spec.first_session_day());
    let weeks = gone_by.as_hours().max(0) / (7 * 24) + 4;
    let mut all = Vec::new();
    for (host, number) in CAST.iter().zip(1..) {
        for week in host.first_week(spec)..weeks {
            one_week(spec, host, number, week, &mut all);
        }
    }
    all.extend(slips(spec));
    all
}

fn one_week(spec: &SampleSpec, host: &Host, number: u64, week: i64, out: &mut Vec<Booking>) {
    let mut draw = Draw::new(spec.seed, "week", &[number, week.unsigned_abs()]);
    let due = week == spec.due_week();
    if due && host.part == Part::BelowMinimum {
        let lone = conversation(spec, host, number, [week, 3, 0], &mut draw);
        out.push(seat(spec, &lone, 0, Some(Outcome::Completed)));
        return;
    }
    let first_day = draw.between(0, 6);
    for session in 0..draw.pick(&[2, 3, 3, 3, 4]) {
        // Every second day around the week, so never two sessions on one day. A newcomer's first
        // ones lie from Wednesday on, so that none was due a week ago.
        let newcomer = due && host.part == Part::Newcomer;
        let day = if newcomer {
            2 + session
        } else {
            (first_day + 2 * session) % 7
        };
        let held = conversation(spec, host, number, [week, day, session], &mut draw);
        let outcome = held.called_off.then_some(Outcome::HostCancelled);
        for taken in 0..draw.pick(&[1, 2, 2, 3, 3, 4, 5, 6]) {
            out.push(seat(spec, &held, taken, outcome));
        }
    }
    if due {
        out.extend(special_case(spec, host, number));
    }
}

fn conversation(
    spec: &SampleSpec,
    host: &Host,
    number: u64,
    [week, day, session]: [i64; 3],
    draw: &mut Draw,
) -> Conversation {
    let (kind, titles) = draw.pick(&KINDS);
    let language = draw.pick(&host.languages);
    let hour = draw.pick(&[8, 9, 10, 12, 14, 17, 18, 19, 20]);
    let starts_at = spec.first_session_day()
        + days(7 * week + day)
        + minutes(60 * (hour - host.utc_offset_hours) + 15 * draw.between(0, 3));
    Conversation {
        number: format!("{week:03}{number:03}{session:02}"),
        kind,
        title: draw.pick(&titles).replace('*', language),
        language,
        host_id: host_id(number),
        approved_at: host.approved_at(spec, number),
        starts_at,
        ends_at: starts_at + minutes(draw.pick(&[30, 45, 60, 60, 90])),
        price_minor: host.price_minor,
        first_learner: draw.below(LEARNERS),
        called_off: draw.per_mille(10),
    }
}

/// A seat in a conversation; `fixed` sets how it ends, else chance does.
fn seat(spec: &SampleSpec, held: &Conversation, taken: u32, fixed: Option<Outcome>) -> Booking {
    let mut draw = Draw::new(spec.seed, &held.number, &[u64::from(taken)]);
    let ahead = minutes(draw.between(2 * 60, 16 * 24 * 60));
    // Nobody books a host before the platform shows them.
    let earliest = held.approved_at + minutes(draw.between(10, 24 * 60));
    // Stepping by seat keeps one learner from taking two seats of a session.
    let learner = (held.first_learner + 97 * taken) % LEARNERS;
    let learner_name = LEARNER_NAMES[learner as usize % LEARNER_NAMES.len()];
    let chance = draw.below(1000);
    let outcome = fixed.unwrap_or(match chance {
        0..3 => Outcome::NeverPaid,
        3..23 => Outcome::Cancelled(hours(draw.between(1, 72))),
        23..38 => Outcome::NoShow,
        38..53 => Outcome::Refunded(days(draw.between(1, 20))),
        53..68 => Outcome::PartlyRefunded(days(draw.between(1, 12)), draw.pick(&[2, 3, 4])),
        _ => Outcome::Completed,
    });
    // Domestic cards mostly, some from abroad; domain.md §2 rounds half away from zero.
    let percent_bp = draw.pick(&[290, 290, 290, 290, 290, 290, 440]);
    let actual_fee = (held.price_minor * percent_bp + 5_000) / 10_000 + 30;
    Booking {
        number: format!("{}{taken}", held.number),
        conversation: format!("cv-{}", held.number),
        title: held.title.clone(),
        kind: held.kind,
        language: held.language,
        host_id: held.host_id.clone(),
        participant_id: format!("learner-{learner:05}"),
        participant_email: format!("{learner_name}{learner}@mail.example"),
        booked_at: (held.starts_at - ahead).max(earliest),
        starts_at: held.starts_at,
        ends_at: held.ends_at,
        price_minor: held.price_minor,
        fee_minor: draw.per_mille(700).then_some(actual_fee),
        rating: draw
            .per_mille(600)
            .then(|| draw.pick(&[5, 5, 5, 5, 5, 4, 4, 3])),
        outcome,
    }
}

/// The one booking by which a host plays a part that the review must stop, on the Thursday of the
/// days due now.
fn special_case(spec: &SampleSpec, host: &Host, number: u64) -> Option<Booking> {
    let mut draw = Draw::new(spec.seed, "special", &[number]);
    let mut held = conversation(spec, host, number, [spec.due_week(), 3, 90], &mut draw);
    match host.part {
        Part::Outlier => held.price_minor *= 8,
        Part::LongSession => held.ends_at = held.starts_at + hours(13),
        Part::SelfBooking => {}
        _ => return None,
    }
    let mut booking = seat(spec, &held, 0, Some(Outcome::Completed));
    if host.part == Part::SelfBooking {
        booking.participant_email = host.email().to_uppercase();
    }
    Some(booking)
}

/// The two rows that this week's export gets wrong: seats booked on the weekend before the practice
/// date for the week after it.
fn slips(spec: &SampleSpec) -> impl Iterator<Item = Booking> {
    [(Slip::NoPrice, 4_u64, 2), (Slip::OddStatus, 11, 1)]
        .into_iter()
        .map(|(slip, number, days_before)| {
            let host = &CAST[usize::try_from(number - 1).expect("a number of the cast")];
            let mut draw = Draw::new(spec.seed, "slip", &[number]);
            let held = conversation(spec, host, number, [spec.due_week() + 2, 4, 91], &mut draw);
            let mut booking = seat(spec, &held, 0, Some(Outcome::Broken(slip)));
            booking.booked_at = spec.days_before_practice(days_before) + hours(15);
            booking
        })
}
