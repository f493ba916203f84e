//! Idempotency keys of API v1 (<https://docs.stripe.com/api/idempotent_requests>).
//!
//! The first result is saved once execution began, whatever it is, and replayed. Nothing is saved
//! where the parameters are invalid, or where the key is at work in another request.

use std::collections::HashMap;

use serde::Serialize;

use crate::error::{Answer, Refusal};
use crate::form::Pairs;

/// A key is kept this long, in seconds.
pub(crate) const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// Longer keys are refused.
pub(crate) const LONGEST: usize = 255;

/// Where a key counts: the mode, the account acted for, and the key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) livemode: bool,
    pub(crate) account: Option<String>,
    pub(crate) key: String,
}

/// What a request asks for: method, path, and its parameters without regard to their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    method: String,
    path: String,
    fields: Pairs,
}

impl Asked {
    pub(crate) fn new(method: &str, path: &str, mut fields: Pairs) -> Self {
        fields.sort();
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            fields,
        }
    }
}

#[derive(Debug)]
struct Entry {
    asked: Asked,
    begun: i64,
    request_id: String,
    answer: Option<Answer>,
}

/// The keys that are known.
#[derive(Debug, Default)]
pub(crate) struct Keys(HashMap<Place, Entry>);

/// A key as the control shows it.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    key: String,
    livemode: bool,
    begun: i64,
    status: Option<u16>,
}

/// What is to be done with a request.
#[derive(Debug)]
pub(crate) enum Begun {
    /// Execute it: it is in flight from now on.
    New,
    /// Answer this again.
    Replay(Answer),
    /// Refuse it.
    Refused(Refusal),
}

impl Keys {
    /// Looks a key up and, where it is new, puts it in flight.
    pub(crate) fn begin(
        &mut self,
        place: &Place,
        asked: Asked,
        request_id: &str,
        now: i64,
    ) -> Begun {
        self.0
            .retain(|_, entry| entry.answer.is_none() || now - entry.begun < KEPT_SECONDS);
        let Some(entry) = self.0.get(place) else {
            let entry = Entry {
                asked,
                begun: now,
                request_id: request_id.to_owned(),
                answer: None,
            };
            self.0.insert(place.clone(), entry);
            return Begun::New;
        };
        if entry.asked.method != asked.method || entry.asked.path != asked.path {
            return Begun::Refused(mismatch(&format!(
                "Keys for idempotent requests can only be used for the same endpoint they were \
                 first used for ('{}' vs '{}'). Try using a key other than '{}' if you meant to \
                 execute a different request.",
                asked.path, entry.asked.path, place.key
            )));
        }
        if entry.asked != asked {
            return Begun::Refused(mismatch(&format!(
                "Keys for idempotent requests can only be used with the same parameters they were \
                 first used with. Try using a key other than '{}' if you meant to execute a \
                 different request.",
                place.key
            )));
        }
        match &entry.answer {
            None => Begun::Refused(in_use(&place.key)),
            Some(answer) => {
                let mut answer = answer.clone();
                let first = entry.request_id.clone();
                answer.headers.push(("Idempotent-Replayed", "true".into()));
                answer.headers.push(("Original-Request", first));
                Begun::Replay(answer)
            }
        }
    }

    /// Saves the result, or forgets the key where nothing was executed.
    pub(crate) fn end(&mut self, place: &Place, request_id: &str, result: Option<Answer>) {
        let mine = |entry: &&mut Entry| entry.request_id == request_id;
        match (result, self.0.get_mut(place).filter(mine)) {
            (Some(answer), Some(entry)) => entry.answer = Some(answer),
            (None, Some(_)) => {
                self.0.remove(place);
            }
            (_, None) => {}
        }
    }

    pub(crate) fn forget(&mut self, place: &Place) {
        self.0.remove(place);
    }

    pub(crate) fn shown(&self) -> Vec<Shown> {
        let mut shown: Vec<Shown> = self
            .0
            .iter()
            .map(|(place, entry)| Shown {
                key: place.key.clone(),
                livemode: place.livemode,
                begun: entry.begun,
                status: entry.answer.as_ref().map(|answer| answer.status),
            })
            .collect();
        shown.sort_by(|a, b| (a.begun, &a.key).cmp(&(b.begun, &b.key)));
        shown
    }
}

fn mismatch(message: &str) -> Refusal {
    Refusal::new(400, "idempotency_error", "", message)
}

/// 409: the key is at work in another request.
pub(crate) fn in_use(key: &str) -> Refusal {
    Refusal::new(
        409,
        "idempotency_error",
        "idempotency_key_in_use",
        format!(
            "There is currently another in-progress request using this Stripe Idempotency Key \
             ('{key}'), which probably means you submitted twice, and the other request is still \
             going through. If you received this error, try again later."
        ),
    )
    .header("Stripe-Should-Retry", "true")
}
