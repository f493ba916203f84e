//! The same control over HTTP, as JSON under `/_fake/`: for tests in other languages.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::control::Control;
use crate::fault::Fault;
use crate::hub::Shared;
use crate::record::{AccountSetup, DisputeSetup};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    advance_seconds: Option<u64>,
    /// Seconds since 1970; null lets the clock run.
    #[serde(default, deserialize_with = "given")]
    freeze_at: Option<Option<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Balance {
    currency: String,
    minor: i64,
}

#[derive(Deserialize)]
struct NewAccount {
    id: String,
    #[serde(default)]
    setup: AccountSetup,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Restriction {
    id: String,
    disabled_reason: String,
    #[serde(default)]
    due: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permission {
    method: String,
    path_prefix: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Latency {
    ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateLimit {
    per_second: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reversal {
    id: String,
    amount: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BankPayout {
    id: String,
    amount: i64,
    currency: String,
    failure_code: Option<String>,
    #[serde(default)]
    failure_message: String,
}

#[derive(Deserialize)]
struct NewDispute {
    #[serde(default)]
    livemode: bool,
    #[serde(default)]
    setup: DisputeSetup,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settlement {
    id: String,
    status: String,
}

fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(from).map(Some)
}

pub(crate) fn router() -> Router<Shared> {
    let router = Router::new()
        .route(
            "/state",
            get(async |State(s): State<Shared>| ok(&Control::of(&s).state())),
        )
        .route(
            "/requests",
            get(async |State(s): State<Shared>| ok(&json!(Control::of(&s).requests()))),
        );
    let router = faults(router);
    let router = accounts(router);
    money(router)
}

fn faults(router: Router<Shared>) -> Router<Shared> {
    let router = on(router, "/reset", |control, _: Option<Value>| {
        control.reset();
        Ok(Value::Null)
    });
    let router = on(router, "/script", |control, faults: Vec<Fault>| {
        control.script(faults);
        Ok(Value::Null)
    });
    let router = on(router, "/faults", |control, fault: Fault| {
        control.push_fault(fault);
        Ok(Value::Null)
    });
    let router = on(router, "/clock", |control, change: ClockChange| {
        if let Some(at) = change.freeze_at {
            control.freeze_clock(at);
        }
        let seconds = change.advance_seconds.unwrap_or_default();
        control.advance_clock(Duration::from_secs(seconds));
        Ok(json!({ "now": control.now() }))
    });
    let router = on(router, "/latency", |control, latency: Latency| {
        control.set_latency(Duration::from_millis(latency.ms));
        Ok(Value::Null)
    });
    on(router, "/rate_limit", |control, limit: RateLimit| {
        control.set_rate_limit(limit.per_second);
        Ok(Value::Null)
    })
}

fn accounts(router: Router<Shared>) -> Router<Shared> {
    let router = on(router, "/accounts", |control, new: NewAccount| {
        control.add_account(&new.id, new.setup);
        Ok(Value::Null)
    });
    let router = on(router, "/remove_account", |control, it: Id| {
        control.remove_account(&it.id);
        Ok(Value::Null)
    });
    let router = on(router, "/platform", |control, it: Id| {
        control.set_platform_account(&it.id);
        Ok(Value::Null)
    });
    let router = on(router, "/restrict", |control, it: Restriction| {
        let due: Vec<&str> = it.due.iter().map(String::as_str).collect();
        known(control.restrict_account(&it.id, &it.disabled_reason, &due))
    });
    let router = on(router, "/enable", |control, it: Id| {
        known(control.enable_account(&it.id))
    });
    let router = on(router, "/deny", |control, it: Permission| {
        control.deny(&it.method, &it.path_prefix);
        Ok(Value::Null)
    });
    on(router, "/allow_all", |control, _: Option<Value>| {
        control.allow_all();
        Ok(Value::Null)
    })
}

fn money(router: Router<Shared>) -> Router<Shared> {
    let router = on(router, "/balance", |control, it: Balance| {
        control.set_balance(&it.currency, it.minor);
        Ok(Value::Null)
    });
    let router = on(router, "/reverse", |control, it: Reversal| {
        let id = control.reverse_transfer(&it.id, it.amount)?;
        Ok(json!({ "id": id }))
    });
    let router = on(router, "/bank_payout", |control, it: BankPayout| {
        let id = match &it.failure_code {
            None => control.bank_payout(&it.id, it.amount, &it.currency)?,
            Some(code) => {
                let message = &it.failure_message;
                control.fail_bank_payout(&it.id, it.amount, &it.currency, code, message)?
            }
        };
        Ok(json!({ "id": id }))
    });
    let router = on(router, "/dispute", |control, new: NewDispute| {
        let id = control.open_dispute(new.livemode, new.setup)?;
        Ok(json!({ "id": id }))
    });
    on(router, "/settle_dispute", |control, it: Settlement| {
        control.settle_dispute(&it.id, &it.status)?;
        Ok(Value::Null)
    })
}

fn known(known: bool) -> Result<Value, String> {
    known
        .then_some(Value::Null)
        .ok_or_else(|| "There is no such account.".to_owned())
}

/// A POST whose body is JSON; an empty body is null.
fn on<T: DeserializeOwned + 'static>(
    router: Router<Shared>,
    path: &str,
    act: fn(&Control, T) -> Result<Value, String>,
) -> Router<Shared> {
    let handler = async move |State(shared): State<Shared>, body: Bytes| {
        let body = if body.is_empty() { &b"null"[..] } else { &body };
        let result = serde_json::from_slice(body)
            .map_err(|e| e.to_string())
            .and_then(|it| act(&Control::of(&shared), it));
        match result {
            Ok(value) => ok(&value),
            Err(message) => answer(StatusCode::BAD_REQUEST, &json!({ "error": message })),
        }
    };
    router.route(path, post(handler))
}

fn ok(value: &Value) -> Response {
    answer(StatusCode::OK, value)
}

fn answer(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response
}
