//! What Stripe's answers mean for the money.

use stripe::StripeError;
use stripe_shared::{ApiErrorsCode, ApiErrorsType};

/// Why a call didn't bring what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Stripe refused the request itself: nothing was done.
    Refused {
        /// Stripe's error code, e.g. `balance_insufficient`.
        code: String,
        /// Stripe's words.
        message: String,
    },
    /// The key may not do this (401, 403): nothing was done by this call.
    NotAllowed {
        /// Stripe's words.
        message: String,
    },
    /// Too many requests (429): nothing was done; the same call may be made again.
    Throttled,
    /// The same key is at work elsewhere (409).
    InProgress,
    /// The key was used with other parameters: stop and reconcile.
    KeyMismatch {
        /// Stripe's words.
        message: String,
    },
    /// It isn't known whether it was done: no answer, a broken one, or an error on Stripe's side.
    Unclear {
        /// What came instead of an answer.
        why: String,
    },
}

impl Problem {
    /// A sentence for a person, without anything secret.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Refused { code, message } => format!("Stripe refused it ({code}): {message}"),
            Self::NotAllowed { message } => {
                format!("Stripe doesn't let this key do that: {message}")
            }
            Self::Throttled => "Stripe asked to slow down and took no more requests.".to_owned(),
            Self::InProgress => {
                "Stripe is still working on the same request from before.".to_owned()
            }
            Self::KeyMismatch { message } => {
                format!("Stripe knows this request's key with another content: {message}")
            }
            Self::Unclear { why } => why.clone(),
        }
    }
}

impl From<StripeError> for Problem {
    fn from(e: StripeError) -> Self {
        match e {
            StripeError::Stripe(e, status) => {
                let message = e.message.clone().unwrap_or_default();
                let code = e.code.as_ref().map(ApiErrorsCode::as_str);
                match (status, &e.type_) {
                    (429, _) => Self::Throttled,
                    (409, _) => Self::InProgress,
                    (_, ApiErrorsType::IdempotencyError) => Self::KeyMismatch { message },
                    (401 | 403, _) => Self::NotAllowed { message },
                    (400 | 402 | 404, _) => Self::Refused {
                        code: code.unwrap_or("invalid_request").to_owned(),
                        message,
                    },
                    _ => Self::Unclear {
                        why: format!("Stripe answered with an error of its own ({status})."),
                    },
                }
            }
            StripeError::JSONDeserialize(_) => Self::Unclear {
                why: "Stripe's answer couldn't be read.".to_owned(),
            },
            StripeError::ClientError(_) => Self::Unclear {
                why: "The connection to Stripe broke before an answer came.".to_owned(),
            },
            StripeError::Timeout => Self::Unclear {
                why: "Stripe didn't answer in time.".to_owned(),
            },
            // Nothing was sent.
            StripeError::ConfigError(message) => Self::NotAllowed { message },
        }
    }
}
