//! The one place where the time comes from.

use jiff::Timestamp;

/// Now.
#[must_use]
#[allow(
    clippy::disallowed_methods,
    reason = "this is the clock that the ban points to"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A new id: UUIDv7, so that ids sort by the time they were made.
#[must_use]
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
