//! Answers, and Stripe's error bodies (<https://docs.stripe.com/api/errors>).

use serde_json::{Map, Value, json};

/// What goes back to the client, before the headers that every answer has.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn ok(value: &Value) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: pretty(value),
        }
    }
}

/// Stripe indents its answers.
pub(crate) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// A refusal.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    kind: &'static str,
    code: Option<String>,
    message: String,
    param: Option<String>,
    headers: Vec<(&'static str, String)>,
    /// Whether execution had begun, so that the result is saved under the idempotency key.
    pub(crate) saved: bool,
}

impl Refusal {
    /// An `invalid_request_error` found before anything was executed: not saved.
    pub(crate) fn invalid(code: &str, message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", code, message)
    }

    /// A refusal of any kind that isn't saved. An empty code is left out.
    pub(crate) fn new(
        status: u16,
        kind: &'static str,
        code: &str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            kind,
            code: (!code.is_empty()).then(|| code.to_owned()),
            message: message.into(),
            param: None,
            headers: Vec::new(),
            saved: false,
        }
    }

    /// A refusal while executing, which is saved.
    pub(crate) fn executed(code: &str, message: impl Into<String>) -> Self {
        Self::invalid(code, message).saved()
    }

    pub(crate) fn saved(mut self) -> Self {
        self.saved = true;
        self
    }

    pub(crate) fn param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Something named in the path doesn't exist.
    pub(crate) fn missing(what: &str, id: &str) -> Self {
        Self {
            status: 404,
            ..Self::executed("resource_missing", format!("No such {what}: '{id}'")).param("id")
        }
    }

    /// Something named by a parameter doesn't exist.
    pub(crate) fn missing_param(what: &str, id: &str, param: &str) -> Self {
        Self::executed("resource_missing", format!("No such {what}: '{id}'")).param(param)
    }

    /// An account that doesn't exist, or isn't connected to this platform: Stripe tells no
    /// difference (<https://docs.stripe.com/error-codes#account-invalid>).
    pub(crate) fn no_access(account: &str) -> Self {
        Self::new(
            403,
            "invalid_request_error",
            "account_invalid",
            format!(
                "The provided key does not have access to account '{account}' (or that account \
                 does not exist). Application access may have been revoked."
            ),
        )
    }

    /// A path that isn't one of the API's.
    pub(crate) fn unrecognized(method: &str, path: &str) -> Self {
        Self::new(
            404,
            "invalid_request_error",
            "",
            format!("Unrecognized request URL ({method}: {path})."),
        )
    }

    /// An error on Stripe's side.
    pub(crate) fn server(status: u16, message: &str) -> Self {
        Self::new(status, "api_error", "", message)
    }

    pub(crate) fn answer(&self, request_id: &str) -> Answer {
        let mut error = Map::new();
        if let Some(code) = &self.code {
            error.insert("code".to_owned(), json!(code));
            let page = code.replace('_', "-");
            let url = format!("https://stripe.com/docs/error-codes/{page}");
            error.insert("doc_url".to_owned(), json!(url));
        }
        error.insert("message".to_owned(), json!(self.message));
        if let Some(param) = &self.param {
            error.insert("param".to_owned(), json!(param));
        }
        if self.status < 500 && self.status != 401 {
            let url = format!("https://dashboard.stripe.com/test/logs/{request_id}");
            error.insert("request_log_url".to_owned(), json!(url));
        }
        error.insert("type".to_owned(), json!(self.kind));
        Answer {
            status: self.status,
            headers: self.headers.clone(),
            body: pretty(&json!({ "error": error })),
        }
    }
}
