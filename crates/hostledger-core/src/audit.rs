//! The audit chain: each event's hash covers the event before it, so that none can be changed or
//! taken out unseen.

use sha2::{Digest, Sha256};

/// The hash before the first event.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One event as it is hashed.
#[derive(Debug, Clone, Copy)]
pub struct AuditFacts<'a> {
    /// Its number, from 1 without gaps.
    pub seq: i64,
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// Who; empty for the program itself.
    pub user: &'a str,
    /// What was done, e.g. `payouts.approve`.
    pub action: &'a str,
    /// To what, e.g. a batch's id.
    pub subject: &'a str,
    /// The facts, as JSON text.
    pub details: &'a str,
}

/// The hash of an event that follows `previous`, 64 hexadecimal digits.
#[must_use]
pub fn chain(previous: &str, e: &AuditFacts<'_>) -> String {
    let mut h = Sha256::new();
    h.update(previous.as_bytes());
    h.update(e.seq.to_le_bytes());
    h.update(e.at_us.to_le_bytes());
    for part in [e.user, e.action, e.subject, e.details] {
        h.update(part.len().to_le_bytes());
        h.update(part.as_bytes());
    }
    hex::encode(h.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_and_the_event_before_move_the_hash() {
        let e = AuditFacts {
            seq: 1,
            at_us: 2,
            user: "ana",
            action: "a",
            subject: "s",
            details: "{}",
        };
        let one = chain(GENESIS, &e);
        assert_ne!(one, chain(&one, &e));
        assert_ne!(one, chain(GENESIS, &AuditFacts { user: "ben", ..e }));
        assert_ne!(
            one,
            chain(
                GENESIS,
                &AuditFacts {
                    user: "an",
                    action: "aa",
                    ..e
                }
            )
        );
        assert_ne!(
            one,
            chain(
                GENESIS,
                &AuditFacts {
                    details: "{ }",
                    ..e
                }
            )
        );
    }
}
