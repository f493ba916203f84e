//! Everything behind one lock, and what happens to a call in it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::api::{self, Call, Context};
use crate::clock::Clock;
use crate::error::{Answer, Refusal};
use crate::fault::Armed;
use crate::form::Form;
use crate::keys::{self, Asked, Begun, Keys, Place};
use crate::record::RequestRecord;
use crate::world::{Ids, World};

/// The platform's own account, unless a test names another.
const PLATFORM: &str = "acct_1FakePlatform00";

/// The fake's state, shared by the server and the control.
pub(crate) type Shared = Arc<Mutex<Hub>>;

/// The state itself.
pub(crate) struct Hub {
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) platform: String,
    pub(crate) test: World,
    pub(crate) live: World,
    pub(crate) records: Vec<RequestRecord>,
    pub(crate) script: Vec<Armed>,
    pub(crate) denials: Vec<Denial>,
    pub(crate) latency: Duration,
    pub(crate) rate_limit: Option<u32>,
    pub(crate) keys: Keys,
    windows: HashMap<(bool, String), (Instant, u32)>,
    /// Grows with each reset, so that calls from before it change nothing after it.
    pub(crate) generation: u64,
    /// Calls that may still execute, whether or not somebody waits for their answer.
    pub(crate) at_work: usize,
}

/// A permission that the key lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Denial {
    pub(crate) method: String,
    pub(crate) path_prefix: String,
}

/// One request on its way through the fake.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    /// Where its record lies, and in which generation.
    pub(crate) index: usize,
    pub(crate) generation: u64,
    pub(crate) request_id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) call: RequestRecord,
}

/// What `let_in` decided.
pub(crate) enum Door {
    /// Execute it.
    Open(Option<Place>),
    /// Answer this; nothing is executed.
    Answer(Answer),
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            clock: Clock::default(),
            ids: Ids::default(),
            platform: PLATFORM.to_owned(),
            test: World::default(),
            live: World {
                livemode: true,
                ..World::default()
            },
            records: Vec::new(),
            script: Vec::new(),
            denials: Vec::new(),
            latency: Duration::ZERO,
            rate_limit: None,
            keys: Keys::default(),
            windows: HashMap::new(),
            generation: 0,
            at_work: 0,
        }
    }
}

/// Locks the state, also after a panic in another thread.
pub(crate) fn lock(shared: &Shared) -> MutexGuard<'_, Hub> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// Forgets everything but ids, which stay unique.
    pub(crate) fn reset(&mut self) {
        let generation = self.generation + 1;
        let ids = std::mem::take(&mut self.ids);
        *self = Self {
            ids,
            generation,
            at_work: self.at_work,
            ..Self::default()
        };
    }

    /// What the endpoints work with.
    pub(crate) fn context(&mut self, livemode: bool) -> Context<'_> {
        Context {
            now: self.clock.now(),
            ids: &mut self.ids,
            world: if livemode {
                &mut self.live
            } else {
                &mut self.test
            },
        }
    }

    /// Writes a request down.
    pub(crate) fn arrive(&mut self, mut call: RequestRecord) -> Ticket {
        call.at = self.clock.now();
        self.records.push(call.clone());
        Ticket {
            index: self.records.len() - 1,
            generation: self.generation,
            request_id: self.ids.next("req"),
            livemode: call.authorization.livemode(),
            call,
        }
    }

    /// Writes down what a request was answered.
    pub(crate) fn note(&mut self, ticket: &Ticket, change: impl FnOnce(&mut RequestRecord)) {
        if ticket.generation == self.generation
            && let Some(record) = self.records.get_mut(ticket.index)
        {
            change(record);
        }
    }

    /// The key's place, where the request has one.
    pub(crate) fn place(ticket: &Ticket) -> Option<Place> {
        Some(Place {
            livemode: ticket.livemode?,
            account: ticket.call.stripe_account.clone(),
            key: ticket.call.idempotency_key.clone()?,
        })
        .filter(|_| ticket.call.method != "GET")
    }

    /// Rate limit, key, permissions, idempotency: in this order, as 429 comes before idempotency
    /// (<https://docs.stripe.com/error-low-level>).
    pub(crate) fn let_in(&mut self, ticket: &Ticket) -> Door {
        match self.checks(ticket) {
            Ok(door) => door,
            Err(refusal) => Door::Answer(refusal.answer(&ticket.request_id)),
        }
    }

    fn checks(&mut self, ticket: &Ticket) -> Result<Door, Refusal> {
        let call = &ticket.call;
        self.limit(ticket)?;
        if ticket.livemode.is_none() {
            return Err(no_key(call));
        }
        let denied = |denial: &Denial| {
            denial.method.eq_ignore_ascii_case(&call.method)
                && call.path.starts_with(&denial.path_prefix)
        };
        if self.denials.iter().any(denied) {
            return Err(not_permitted(call));
        }
        let Some(place) = Self::place(ticket) else {
            return Ok(Door::Open(None));
        };
        if place.key.chars().count() > keys::LONGEST {
            let message = format!(
                "Idempotency keys can be at most {} characters long.",
                keys::LONGEST
            );
            return Err(Refusal::new(400, "idempotency_error", "", message));
        }
        let mut fields = call.query.clone();
        fields.extend(call.form.iter().cloned());
        let asked = Asked::new(&call.method, &call.path, fields);
        let now = self.clock.now();
        match self.keys.begin(&place, asked, &ticket.request_id, now) {
            Begun::New => Ok(Door::Open(Some(place))),
            Begun::Replay(answer) => Ok(Door::Answer(answer)),
            Begun::Refused(refusal) => Err(refusal),
        }
    }

    /// So many requests a second at one endpoint (<https://docs.stripe.com/rate-limits>).
    fn limit(&mut self, ticket: &Ticket) -> Result<(), Refusal> {
        let Some(most) = self.rate_limit else {
            return Ok(());
        };
        let endpoint = api::endpoint(&ticket.call.method, &ticket.call.path);
        let now = Instant::now();
        let place = (ticket.livemode == Some(true), endpoint);
        let (begun, count) = self.windows.entry(place).or_insert((now, 0));
        if now.duration_since(*begun) >= Duration::from_secs(1) {
            (*begun, *count) = (now, 0);
        }
        *count += 1;
        if *count > most {
            return Err(too_many());
        }
        Ok(())
    }

    /// Executes a call that was let in, and saves the result under its key.
    pub(crate) fn execute(&mut self, ticket: &Ticket, place: Option<&Place>) -> Answer {
        let result = self.run(ticket);
        let (answer, saved) = match result {
            Ok(answer) => (answer, true),
            Err(refusal) => (refusal.answer(&ticket.request_id), refusal.saved),
        };
        self.end(ticket, place, saved.then_some(&answer));
        answer
    }

    /// Executes a call and doesn't look at its key.
    pub(crate) fn run(&mut self, ticket: &Ticket) -> Result<Answer, Refusal> {
        if ticket.generation != self.generation {
            return Err(Refusal::server(503, "The stand-in was reset meanwhile."));
        }
        let call = &ticket.call;
        let mut pairs = call.query.clone();
        pairs.extend(call.form.iter().cloned());
        let platform = self.platform.clone();
        let call = Call {
            method: &call.method,
            path: &call.path,
            form: Form::new(&pairs),
            account: call.stripe_account.as_deref(),
            idempotency_key: call.idempotency_key.as_deref(),
            platform: &platform,
        };
        let mut context = self.context(ticket.livemode == Some(true));
        api::execute(&mut context, &call).map(|value| Answer::ok(&value))
    }

    /// Saves a result, or takes the key out of flight where there is none to save.
    pub(crate) fn end(&mut self, ticket: &Ticket, place: Option<&Place>, saved: Option<&Answer>) {
        if let Some(place) = place {
            self.keys.end(place, &ticket.request_id, saved.cloned());
        }
    }
}

fn no_key(call: &RequestRecord) -> Refusal {
    let message = if call.authorization == crate::Authorization::None {
        "You did not provide an API key. You need to provide your API key in the Authorization \
         header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
    } else {
        "Invalid API Key provided"
    };
    Refusal::new(401, "invalid_request_error", "", message)
}

fn not_permitted(call: &RequestRecord) -> Refusal {
    let what = call.path.trim_start_matches("/v1/");
    let what = what.split('/').next().unwrap_or_default();
    let right = if call.method == "GET" {
        "read"
    } else {
        "write"
    };
    Refusal::new(
        403,
        "invalid_request_error",
        "more_permissions_required_for_application",
        format!(
            "The provided key does not have the required permissions for this endpoint. Having \
             the 'rak_{what}_{right}' permission would allow this request to continue."
        ),
    )
}

/// 429, as Stripe says it.
pub(crate) fn too_many() -> Refusal {
    Refusal::new(
        429,
        "invalid_request_error",
        "rate_limit",
        "Request rate limit exceeded. Learn more about rate limits here \
         https://stripe.com/docs/rate-limits.",
    )
    .header("Retry-After", "1")
    .header("Stripe-Rate-Limited-Reason", "endpoint-rate")
    .header("Stripe-Should-Retry", "true")
}
