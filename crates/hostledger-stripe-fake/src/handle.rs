//! One request from its arrival to its answer, with the fault that takes it.

use std::future::pending;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::error::{Answer, Refusal};
use crate::fault::{FaultKind, take};
use crate::form::pairs;
use crate::hub::{Door, Hub, Shared, Ticket, lock, too_many};
use crate::keys::in_use;
use crate::record::{Authorization, RequestRecord};
use crate::wire::Fate;

/// Larger bodies are refused.
pub(crate) const LARGEST_BODY: usize = 4 << 20;

pub(crate) async fn stripe(
    State(shared): State<Shared>,
    ConnectInfo(fate): ConnectInfo<Fate>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let body = match to_bytes(body, LARGEST_BODY).await {
        Ok(body) => body,
        Err(e) => {
            let refusal = Refusal::invalid("", format!("The body couldn't be read: {e}"));
            return response(&refusal.answer("req_none"), "req_none", &HeaderMap::new());
        }
    };
    let call = record(head.method.as_str(), &head.uri, &head.headers, &body);
    let (ticket, fault) = {
        let mut hub = lock(&shared);
        let ticket = hub.arrive(call);
        let fault = take(&mut hub.script, &ticket.call);
        (ticket, fault)
    };
    let Some(answer) = outcome(&shared, &ticket, fault.as_ref(), &fate).await else {
        // Never sent: writing it is what closes the connection.
        return Response::new(Body::empty());
    };
    lock(&shared).note(&ticket, |record| record.status = Some(answer.status));
    response(&answer, &ticket.request_id, &head.headers)
}

/// What is answered; nothing where the connection is closed instead. It never ends where the
/// call hangs, and is dropped where the client gives up.
async fn outcome(
    shared: &Shared,
    ticket: &Ticket,
    fault: Option<&FaultKind>,
    fate: &Fate,
) -> Option<Answer> {
    match fault {
        Some(FaultKind::DropBefore) => {
            fate.close();
            return None;
        }
        Some(FaultKind::Hang { done: false }) => return pending().await,
        _ => {}
    }
    let at_work = AtWork::begin(shared);
    // In a task of its own: it goes on when the client disconnects and this future is dropped.
    let task = tokio::spawn(noted(at_work, ticket.clone(), fault.cloned()));
    let mut answer = task
        .await
        .unwrap_or_else(|e| Refusal::server(500, &e.to_string()).answer(&ticket.request_id));
    match fault {
        Some(FaultKind::DropAfter) => {
            fate.close();
            None
        }
        Some(FaultKind::Hang { .. }) => pending().await,
        Some(FaultKind::ResetMidBody) => {
            fate.cut();
            Some(answer)
        }
        Some(FaultKind::Delay(time)) => {
            tokio::time::sleep(*time).await;
            Some(answer)
        }
        Some(FaultKind::GarbledOk) => {
            answer.status = 200;
            answer.body = "{\"id\": \"tr_\u{fffd}, \"object\": <<\n".to_owned();
            Some(answer)
        }
        _ => Some(answer),
    }
}

/// Works, and writes down what came of it.
async fn noted(at_work: AtWork, ticket: Ticket, fault: Option<FaultKind>) -> Answer {
    let shared = &at_work.0;
    let answer = work(shared.clone(), ticket.clone(), fault).await;
    lock(shared).note(&ticket, |record| {
        record.answer = Some(answer.body.clone());
        let replayed = |(name, _): &(&str, String)| *name == "Idempotent-Replayed";
        record.replayed = answer.headers.iter().any(replayed);
    });
    answer
}

/// A call that may still execute, until this is dropped.
struct AtWork(Shared);

impl AtWork {
    fn begin(shared: &Shared) -> Self {
        lock(shared).at_work += 1;
        Self(shared.clone())
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        lock(&self.0).at_work -= 1;
    }
}

/// Lets a call in and executes it.
async fn work(shared: Shared, ticket: Ticket, fault: Option<FaultKind>) -> Answer {
    if let Some(FaultKind::DelayBefore(time)) = fault {
        tokio::time::sleep(time).await;
    }
    let (door, latency) = {
        let mut hub = lock(&shared);
        if let Some(refusal) = fault.as_ref().and_then(|fault| turned_away(fault, &ticket)) {
            return refusal.answer(&ticket.request_id);
        }
        if let (Some(FaultKind::PruneKey), Some(place)) = (&fault, Hub::place(&ticket)) {
            hub.keys.forget(&place);
        }
        (hub.let_in(&ticket), hub.latency)
    };
    let place = match door {
        Door::Answer(answer) => return answer,
        Door::Open(place) => place,
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let mut hub = lock(&shared);
    let answer = match fault {
        Some(FaultKind::Saved500 { done }) => {
            if done {
                // What came of it is what the client never learns.
                let _ = hub.run(&ticket);
            }
            let message = "An unknown error occurred.";
            Refusal::server(500, message).answer(&ticket.request_id)
        }
        Some(FaultKind::Refuse {
            status,
            code,
            message,
        }) => {
            Refusal::new(status, "invalid_request_error", &code, message).answer(&ticket.request_id)
        }
        _ => return hub.execute(&ticket, place.as_ref()),
    };
    hub.end(&ticket, place.as_ref(), Some(&answer));
    answer
}

/// Faults that come before anything of the API.
fn turned_away(fault: &FaultKind, ticket: &Ticket) -> Option<Refusal> {
    match fault {
        FaultKind::Conflict409 => {
            let key = ticket.call.idempotency_key.as_deref();
            Some(in_use(key.unwrap_or_default()))
        }
        FaultKind::TooMany429 => Some(too_many()),
        FaultKind::Unavailable503 => {
            let message = "The server is temporarily unable to handle this request.";
            Some(Refusal::server(503, message))
        }
        _ => None,
    }
}

fn record(method: &str, uri: &axum::http::Uri, headers: &HeaderMap, body: &Bytes) -> RequestRecord {
    let header = |name: &str| {
        let value = headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let body = String::from_utf8_lossy(body).into_owned();
    RequestRecord {
        method: method.to_owned(),
        path: uri.path().to_owned(),
        query: pairs(uri.query().unwrap_or_default()),
        form: pairs(&body),
        body,
        idempotency_key: header("idempotency-key"),
        stripe_version: header("stripe-version"),
        stripe_account: header("stripe-account"),
        content_type: header("content-type"),
        user_agent: header("user-agent"),
        authorization: Authorization::of(header("authorization").as_deref()),
        at: 0,
        status: None,
        replayed: false,
        answer: None,
    }
}

/// The version that answers a request which names none.
const VERSION: &str = "2025-09-30.clover";

fn response(answer: &Answer, request_id: &str, asked: &HeaderMap) -> Response {
    let mut response = Response::new(Body::from(answer.body.clone()));
    if let Ok(status) = answer.status.try_into() {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: Option<HeaderValue>| {
        if let Some(value) = value {
            headers.append(name, value);
        }
    };
    put(
        "content-type",
        Some(HeaderValue::from_static("application/json")),
    );
    put("request-id", HeaderValue::from_str(request_id).ok());
    put("idempotency-key", asked.get("idempotency-key").cloned());
    let version = asked.get("stripe-version").cloned();
    put(
        "stripe-version",
        version.or(Some(HeaderValue::from_static(VERSION))),
    );
    for (name, value) in &answer.headers {
        let name = name.to_ascii_lowercase();
        if let (Ok(name), Ok(value)) = (
            axum::http::HeaderName::try_from(name),
            HeaderValue::from_str(value),
        ) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
