//! Disputes about the sample's bookings: a few, at every stage.

use jiff::Timestamp;

use super::history::BOOKING_COLUMNS;
use super::{days, line};

/// The columns of the disputes export.
const COLUMNS: [&str; 10] = [
    "dispute_id",
    "booking_id",
    "kind",
    "reason",
    "amount",
    "currency",
    "status",
    "opened_at",
    "evidence_due_by",
    "closed_at",
];

const REASONS: [(&str, &str); 6] = [
    ("CHARGEBACK", "product_not_received"),
    ("CHARGEBACK", "fraudulent"),
    ("COMPLAINT", "The host was twenty minutes late"),
    ("CHARGEBACK", "duplicate"),
    ("COMPLAINT", "No sound for most of the session"),
    ("CHARGEBACK", "product_unacceptable"),
];

/// One in so many bookings whose session took place is disputed.
const ONE_IN: u64 = 45;

/// The export at `as_of`, of the bookings' fields in the order of [`BOOKING_COLUMNS`].
pub(super) fn export(bookings: impl Iterator<Item = Vec<String>>, as_of: Timestamp) -> String {
    let place = |name: &str| BOOKING_COLUMNS.iter().position(|c| *c == name);
    let (Some(id), Some(ends), Some(status), Some(price), Some(currency)) = (
        place("booking_id"),
        place("ends_at"),
        place("status"),
        place("price"),
        place("currency"),
    ) else {
        return line(&COLUMNS);
    };
    let mut text = line(&COLUMNS);
    for b in bookings {
        let number = b[id].bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, c| {
            (h ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3)
        });
        let Ok(ended) = b[ends].parse::<Timestamp>() else {
            continue;
        };
        if b[status] != "COMPLETED" || !number.is_multiple_of(ONE_IN) {
            continue;
        }
        let n = number / ONE_IN;
        let opened = ended + days(1 + i64::try_from(n % 9).unwrap_or(0));
        let decided = opened + days(6 + i64::try_from(n / 9 % 12).unwrap_or(0));
        if opened > as_of {
            continue;
        }
        let (kind, reason) = REASONS[usize::try_from(n / 7 % 6).unwrap_or(0)];
        let closed = decided <= as_of;
        let outcome = ["lost", "won"][usize::try_from(n / 3 % 2).unwrap_or(0)];
        let open = ["needs_response", "under_review"][usize::try_from(n / 11 % 2).unwrap_or(0)];
        let prefix = if kind == "CHARGEBACK" {
            "dp_1Sample"
        } else {
            "cmp-"
        };
        text.push_str(&line(&[
            format!("{prefix}{}", b[id].trim_start_matches("bk-")),
            b[id].clone(),
            kind.to_owned(),
            reason.to_owned(),
            b[price].clone(),
            b[currency].clone(),
            if closed { outcome } else { open }.to_owned(),
            opened.to_string(),
            (opened + days(9)).to_string(),
            if closed {
                decided.to_string()
            } else {
                String::new()
            },
        ]));
    }
    text
}
