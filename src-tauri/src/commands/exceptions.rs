//! Rows that could not be taken in.

use hostledger_app::exceptions::Retried;
use hostledger_app::screens::imports::{self as screens, ExceptionFilter};
use hostledger_app::{Code, Error, exceptions};
use tauri::State;

use super::imports::kind;
use super::run;
use crate::state::AppState;
use crate::view::imports::{
    AnswerExceptionRequest, DismissExceptionsRequest, DismissImportRequest, ExceptionCodeCount,
    ExceptionRow, ExceptionState, FixExceptionRequest, ListExceptionsRequest,
    RetryExceptionsRequest, RowAnswer, RowField,
};
use crate::view::shared::{Answer, BulkResult, Page, count, instant};

fn states(s: ExceptionState) -> Vec<&'static str> {
    match s {
        ExceptionState::Open => vec!["OPEN"],
        ExceptionState::Resolved => vec!["RETRIED", "SUPERSEDED"],
        ExceptionState::Dismissed => vec!["DISMISSED", "UNDONE"],
    }
}

fn state_of(word: &str) -> ExceptionState {
    match word {
        "OPEN" => ExceptionState::Open,
        "RETRIED" | "SUPERSEDED" => ExceptionState::Resolved,
        _ => ExceptionState::Dismissed,
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_exceptions(
    state: State<'_, AppState>,
    request: ListExceptionsRequest,
) -> Answer<Page<ExceptionRow>> {
    run(&state, move |s| {
        let filter = ExceptionFilter {
            import_id: request.import_id,
            code: request.code,
            states: states(request.state),
        };
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let after = request.cursor.as_deref().and_then(|c| c.parse().ok());
        let (mut found, total) =
            screens::exceptions(s, &filter, after, i64::from(request.limit) + 1)?;
        let more = found.len() > limit;
        found.truncate(limit);
        Ok(Page {
            next: found
                .last()
                .filter(|_| more)
                .map(|e| e.exception_key.to_string()),
            total_rows: count(total),
            totals: Vec::new(),
            rows: found
                .into_iter()
                .map(|e| ExceptionRow {
                    import_kind: kind(&e.kind),
                    line: count(e.line),
                    state: state_of(&e.status),
                    row: screens::fields_of(&e.row)
                        .into_iter()
                        .map(|(column, value)| RowField { column, value })
                        .collect(),
                    resolved_at: e.resolved_at.map(instant),
                    exception_id: e.exception_id,
                    import_id: e.import_id,
                    file_name: e.file_name,
                    code: e.code,
                    message: e.message,
                    resolved_by: e.resolved_by,
                    about: (!e.about.is_empty()).then_some(e.about),
                    reason: e.reason.or_else(|| match e.status.as_str() {
                        "UNDONE" => Some("The import was undone.".into()),
                        "SUPERSEDED" => Some("A newer row took its place.".into()),
                        _ => None,
                    }),
                })
                .collect(),
        })
    })
    .await
}

/// A code as a heading.
fn title(code: &str) -> String {
    let words = match code {
        "MISSING_FIELD" => "A field is missing",
        "BAD_NUMBER" => "Not a number",
        "TOO_MANY_DECIMALS" => "More decimals than the currency has",
        "BAD_TIME" => "Not a point in time",
        "UNKNOWN_STATUS" => "Unknown status",
        "UNKNOWN_CURRENCY" => "Unknown currency",
        "UNKNOWN_INSTITUTION" => "Unknown institution",
        "REFUND_EXCEEDS_PRICE" => "Refunded more than the price",
        "REFUND_INCOMPLETE" => "Refunded, but not in full",
        "HOST_CHANGED" => "The booking moved to another host",
        "CURRENCY_CHANGED" => "The booking changed its currency",
        "NO_FEE_RULE" => "No rule to estimate the processing fee",
        "MALFORMED_ROW" => "The row is cut short or broken",
        "UNKNOWN_BOOKING" => "Unknown booking",
        "BAD_ACCOUNT" => "Not a payout account",
        "CONFLICTING_ROWS" => "Two rows contradict each other",
        "SAME_CHARGE" => "One card payment under two ids",
        "CHARGE_CHANGED" => "The booking moved to another card payment",
        "LOOKS_LIKE_KNOWN" => "The id looks like a known one",
        "MANGLED_ID" => "An id that a spreadsheet changed",
        "WORSE_TIN" => "A good TIN would be lost",
        "BAD_POSTAL_CODE" => "A postal code that lost its zero, or is none",
        "FUTURE_SIGNATURE" => "A form signed in the future",
        "FUTURE_SESSION" => "A session that took place in the future",
        "CURRENCY_ENDED" => "A currency that had ended",
        "FEE_EXCEEDS_PRICE" => "A processing fee above the price",
        "AMBIGUOUS_BOOKING" => "A dispute of one of several bookings",
        other => other,
    };
    words.to_owned()
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_exception_codes(
    state: State<'_, AppState>,
) -> Answer<Vec<ExceptionCodeCount>> {
    run(&state, |s| {
        let codes = screens::open_codes(s)?;
        Ok(codes
            .into_iter()
            .map(|(code, n)| ExceptionCodeCount {
                title: title(&code),
                code,
                count: count(n),
            })
            .collect())
    })
    .await
}

/// A retry that took nothing in says why, as a refusal of that one row.
fn went_in(retried: Retried) -> Result<(), Error> {
    match retried {
        Retried::TakenIn => Ok(()),
        other => Err(Error::new(Code::WrongState, other.sentence())),
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_exceptions(
    state: State<'_, AppState>,
    request: RetryExceptionsRequest,
) -> Answer<BulkResult> {
    run(&state, move |s| {
        let mut result = BulkResult::default();
        for id in &request.exception_ids {
            let done = exceptions::retry(s, id, None);
            result.note(id, done.and_then(went_in));
        }
        Ok(result)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn answer_exception(
    state: State<'_, AppState>,
    request: AnswerExceptionRequest,
) -> Answer<BulkResult> {
    run(&state, move |s| {
        let answer = match request.answer {
            RowAnswer::SecondSeat => exceptions::Answer::SecondSeat,
            RowAnswer::New => exceptions::Answer::New,
            RowAnswer::Known => exceptions::Answer::Known,
        };
        let says = exceptions::Says {
            booking: None,
            answer: Some(answer),
        };
        let mut result = BulkResult::default();
        let done = exceptions::retry_saying(s, &request.exception_id, None, &says);
        result.note(&request.exception_id, done.and_then(went_in));
        Ok(result)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn fix_exception(
    state: State<'_, AppState>,
    request: FixExceptionRequest,
) -> Answer<BulkResult> {
    run(&state, move |s| {
        let row: Vec<(String, String)> = request
            .row
            .into_iter()
            .map(|f| (f.column, f.value))
            .collect();
        let mut result = BulkResult::default();
        let says = exceptions::Says {
            booking: request.booking_id,
            answer: None,
        };
        let done = exceptions::fix(s, &request.exception_id, &row, &says, &request.reason);
        result.note(&request.exception_id, done.and_then(went_in));
        Ok(result)
    })
    .await
}

/// All rows of one file that wait; how many.
#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_exceptions_of_import(
    state: State<'_, AppState>,
    request: DismissImportRequest,
) -> Answer<u32> {
    run(&state, move |s| {
        let n = exceptions::dismiss_import(s, &request.import_id, &request.reason)?;
        Ok(u32::try_from(n).unwrap_or(u32::MAX))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_exceptions(
    state: State<'_, AppState>,
    request: DismissExceptionsRequest,
) -> Answer<BulkResult> {
    run(&state, move |s| {
        let mut result = BulkResult::default();
        for id in &request.exception_ids {
            result.note(id, exceptions::dismiss(s, id, &request.reason));
        }
        Ok(result)
    })
    .await
}
