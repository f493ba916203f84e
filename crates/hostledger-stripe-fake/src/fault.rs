//! Faults that a test scripts.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::record::RequestRecord;

/// Which calls a fault is for. What is left out matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// `GET`, `POST`.
    pub method: Option<String>,
    /// What the path begins with, e.g. `/v1/transfers`.
    pub path_prefix: String,
    /// The call's `metadata[payout_id]`.
    pub payout_id: Option<String>,
    /// The fault begins at this matching call, counted from 1 and from when the fault was given;
    /// calls that another fault took count too.
    pub nth: Option<u32>,
}

/// A fault, the calls it is for, and how many of them it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which calls.
    #[serde(default)]
    pub on: Match,
    /// What happens to them.
    pub what: FaultKind,
    /// How many calls, one after the other.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// A fault for the next transfer that is made.
    #[must_use]
    pub fn next_transfer(what: FaultKind) -> Self {
        Self {
            on: Match {
                method: Some("POST".to_owned()),
                path_prefix: "/v1/transfers".to_owned(),
                ..Match::default()
            },
            what,
            times: 1,
        }
    }

    /// The same fault, only for the transfer of one payout.
    #[must_use]
    pub fn payout(mut self, payout_id: &str) -> Self {
        self.on.payout_id = Some(payout_id.to_owned());
        self
    }

    /// The same fault, beginning at the nth matching call.
    #[must_use]
    pub fn nth(mut self, nth: u32) -> Self {
        self.on.nth = Some(nth);
        self
    }

    /// The same fault, for so many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

/// What happens to a call. Durations are milliseconds in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The connection is closed; nothing was done.
    DropBefore,
    /// It is done; the connection is closed without an answer.
    DropAfter,
    /// It is done at once; the answer comes after the delay.
    Delay(#[serde(with = "millis")] Duration),
    /// It reaches Stripe only after the delay, even when the client has gone by then. Until then
    /// the idempotency key isn't in flight: as if the request lay in a queue on the way.
    DelayBefore(#[serde(with = "millis")] Duration),
    /// It is done; 200 with a body that isn't JSON.
    GarbledOk,
    /// It is done; half of the body comes, then a TCP reset.
    ResetMidBody,
    /// 409: the idempotency key is in use. Nothing was done.
    #[serde(rename = "conflict_409")]
    Conflict409,
    /// 429. Nothing was done or saved.
    #[serde(rename = "too_many_429")]
    TooMany429,
    /// 500, saved under the key and replayed.
    #[serde(rename = "saved_500")]
    Saved500 {
        /// Whether it was done all the same.
        done: bool,
    },
    /// 503, not saved. Nothing was done.
    #[serde(rename = "unavailable_503")]
    Unavailable503,
    /// No answer ever comes. The key's in flight only while the work is done.
    Hang {
        /// Whether it was done.
        done: bool,
    },
    /// A refusal while executing: saved under the key. Nothing was done.
    Refuse {
        /// HTTP status, e.g. 400.
        status: u16,
        /// Stripe's code, e.g. `balance_insufficient`.
        code: String,
        /// The message.
        message: String,
    },
    /// The call's idempotency key is forgotten before it is handled, then it is handled as usual.
    PruneKey,
}

mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(it: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(it.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

/// A fault in the script, with what it has seen.
#[derive(Debug, Serialize)]
pub(crate) struct Armed {
    fault: Fault,
    seen: u32,
    left: u32,
}

impl Armed {
    pub(crate) fn new(fault: Fault) -> Self {
        Self {
            left: fault.times,
            seen: 0,
            fault,
        }
    }
}

/// The first fault that takes this call; every fault that matches counts it.
pub(crate) fn take(script: &mut [Armed], call: &RequestRecord) -> Option<FaultKind> {
    let mut taken = None;
    for armed in script {
        if !matches(&armed.fault.on, call) {
            continue;
        }
        armed.seen += 1;
        let begun = armed.seen >= armed.fault.on.nth.unwrap_or(1);
        if taken.is_none() && begun && armed.left > 0 {
            armed.left -= 1;
            taken = Some(armed.fault.what.clone());
        }
    }
    taken
}

fn matches(on: &Match, call: &RequestRecord) -> bool {
    let same = |wanted: &String| wanted.eq_ignore_ascii_case(&call.method);
    let payout = |wanted: &String| {
        let mut fields = call.form.iter();
        fields.any(|(name, value)| name == "metadata[payout_id]" && value == wanted)
    };
    on.method.as_ref().is_none_or(same)
        && call.path.starts_with(&on.path_prefix)
        && on.payout_id.as_ref().is_none_or(payout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_in_json_are_written_as_documented() {
        let kinds = [
            (FaultKind::DropBefore, r#""drop_before""#),
            (
                FaultKind::Delay(Duration::from_millis(20)),
                r#"{"delay":20}"#,
            ),
            (
                FaultKind::DelayBefore(Duration::from_secs(1)),
                r#"{"delay_before":1000}"#,
            ),
            (FaultKind::Conflict409, r#""conflict_409""#),
            (
                FaultKind::Saved500 { done: true },
                r#"{"saved_500":{"done":true}}"#,
            ),
            (FaultKind::Unavailable503, r#""unavailable_503""#),
            (
                FaultKind::Hang { done: false },
                r#"{"hang":{"done":false}}"#,
            ),
        ];
        for (kind, json) in kinds {
            assert_eq!(serde_json::to_string(&kind).unwrap(), json);
            let fault: Fault = serde_json::from_str(&format!("{{\"what\":{json}}}")).unwrap();
            assert_eq!(
                (fault.what, fault.times, fault.on),
                (kind, 1, Match::default())
            );
        }
        assert!(serde_json::from_str::<Fault>(r#"{"what":"drop_before","time":2}"#).is_err());
    }
}
