//! Files in, and the rows that wait.

use std::path::Path;

use hostledger_app::encodings::TextEncoding;
use hostledger_app::exceptions::{Answer as RowAnswer, Retried, RetriedImport};
use hostledger_app::imports::{ImportKind, ImportOptions, import_file};
use hostledger_app::templates::Template;
use hostledger_app::{Session, exceptions, imports};
use hostledger_core::{Code, Error};
use serde_json::json;

use super::review::parse_sum;
use super::{Answer, done, silent, watched};
use crate::{Done, args, json, text};

pub(super) fn pair<'a>(text: &'a str, form: &str) -> Result<(&'a str, &'a str), Error> {
    text.split_once('=').ok_or_else(|| {
        Error::new(
            Code::BadInput,
            format!("\"{text}\" is not of the form {form}."),
        )
    })
}

/// An encoding by its name.
fn encoding(name: &str) -> Result<TextEncoding, Error> {
    TextEncoding::parse(name).ok_or_else(|| {
        let known = TextEncoding::OF_SPREADSHEETS.map(TextEncoding::name);
        Error::new(
            Code::BadInput,
            format!(
                "\"{name}\" is no encoding of text. There are {}, UTF-8, UTF-16 and the others of the web's Encoding Standard.",
                known.join(", ")
            ),
        )
    })
}

/// What kind of file a command is about, and what it says of the file.
pub(super) fn kind_and_file(c: &args::Import) -> (ImportKind, &args::ImportFile) {
    match c {
        args::Import::Hosts(f) => (ImportKind::Hosts, f),
        args::Import::Bookings(f) => (ImportKind::Bookings, f),
        args::Import::Disputes(f) => (ImportKind::Disputes, f),
        args::Import::StripePayments(f) => (ImportKind::StripePayments, f),
        args::Import::TaxProfiles(f) => (ImportKind::TaxProfiles, f),
        args::Import::OpeningBalances(f) => (ImportKind::OpeningBalances, f),
    }
}

/// Writes an empty file.
pub(super) fn template(template: Template, out: &Path) -> Answer {
    template.write(out)?;
    silent(format!(
        "{} has every column and no row. docs/files.md describes the columns.",
        out.display()
    ))
}

pub(super) fn import(s: &Session, kind: ImportKind, f: &args::ImportFile) -> Answer {
    let expect_totals = f
        .expect_total
        .iter()
        .map(|t| pair(t, "CUR=AMOUNT").and_then(|(c, a)| parse_sum(a, c)))
        .collect::<Result<_, _>>()?;
    let options = ImportOptions {
        dry_run: f.dry_run,
        expect_rows: f.expect_rows,
        expect_totals,
        whole_units: f.whole_units,
        encoding: f.encoding.as_deref().map(encoding).transpose()?,
    };
    let file = f.file.as_deref().unwrap_or(Path::new(""));
    let outcome = import_file(s, kind, file, &options, &watched())?;
    if let Some(warning) = &outcome.history {
        eprintln!("hostledger: {}", warning.message());
    }
    let json = json::import(&outcome);
    Ok(Done {
        text: text::import(&json, &outcome.columns, f.dry_run),
        json: Some(json),
        status: if outcome.counts.exceptions > 0 { 3 } else { 0 },
    })
}

pub(super) fn list_imports(s: &Session, c: &args::Imports) -> Answer {
    match c {
        args::Imports::List => {
            let json = json::imports(&imports::list(s)?);
            let columns = [
                ("import", "import_id"),
                ("kind", "kind"),
                ("file", "file"),
                ("rows", "rows"),
                ("inserted", "inserted"),
                ("updated", "updated"),
                ("exceptions", "exceptions"),
                ("by", "imported_by"),
                ("undone", "undone_at"),
            ];
            let text = text::table(&json, &columns, "No file was taken in yet.");
            done(json, text)
        }
        args::Imports::Undo { id } => {
            imports::undo(s, id, &watched())?;
            silent("The import is undone by reversal. Its file can be taken in again.")
        }
    }
}

pub(super) fn resolve_exceptions(s: &Session, c: &args::Exceptions) -> Answer {
    match c {
        args::Exceptions::List { import } => {
            let json = json::exceptions(&exceptions::list(s, import.as_deref())?);
            let columns = [
                ("exception", "exception_id"),
                ("file", "file"),
                ("line", "line"),
                ("code", "code"),
                ("what to do", "message"),
            ];
            let text = text::table(&json, &columns, "No row waits for a person.");
            done(json, text)
        }
        args::Exceptions::Retry {
            import: Some(import),
            ..
        } => {
            let done = exceptions::retry_import(s, import)?;
            Ok(Done {
                json: Some(
                    json!({ "taken": done.taken, "waiting": done.waiting, "closed": done.closed }),
                ),
                text: retried_in_words(done),
                status: if done.waiting == 0 { 0 } else { 3 },
            })
        }
        args::Exceptions::Retry {
            id,
            set,
            r#as,
            booking,
            ..
        } => {
            let id = id.as_deref().unwrap_or_default();
            let fixed = set
                .iter()
                .map(|p| pair(p, "COLUMN=VALUE").map(|(k, v)| (k.to_owned(), v.to_owned())))
                .collect::<Result<Vec<_>, _>>()?;
            let fixed = (!fixed.is_empty()).then_some(fixed.as_slice());
            let says = exceptions::Says {
                booking: booking.clone(),
                answer: r#as.map(|what| match what {
                    args::RetryAs::SecondSeat => RowAnswer::SecondSeat,
                    args::RetryAs::New => RowAnswer::New,
                    args::RetryAs::Known => RowAnswer::Known,
                }),
            };
            let retried = exceptions::retry_saying(s, id, fixed, &says)?;
            Ok(Done {
                json: Some(json!({ "outcome": retried.as_str() })),
                text: match retried {
                    Retried::Waits => {
                        "The row still can't be taken in; see `hostledger exceptions list`."
                    }
                    other => other.sentence(),
                }
                .to_owned(),
                status: if retried == Retried::Waits { 3 } else { 0 },
            })
        }
        args::Exceptions::Dismiss {
            import: Some(import),
            reason,
            ..
        } => {
            let n = exceptions::dismiss_import(s, import, reason)?;
            let text = match n {
                0 => "No row of this file waits.".to_owned(),
                1 => "1 exception is dismissed; its row stays on record.".to_owned(),
                n => format!("{n} exceptions are dismissed; their rows stay on record."),
            };
            done(json!({ "dismissed": n }), text)
        }
        args::Exceptions::Dismiss { id, reason, .. } => {
            exceptions::dismiss(s, id.as_deref().unwrap_or_default(), reason)?;
            silent("The exception is dismissed; the row stays on record.")
        }
    }
}

fn retried_in_words(done: RetriedImport) -> String {
    if done == RetriedImport::default() {
        return "No row of this file waits.".to_owned();
    }
    let of = |n: usize, one: &str, more: &str| match n {
        0 => None,
        1 => Some(format!("1 row {one}")),
        n => Some(format!("{n} rows {more}")),
    };
    let parts = [
        of(done.taken, "is taken in", "are taken in"),
        of(
            done.closed,
            "said nothing new and is closed",
            "said nothing new and are closed",
        ),
        of(done.waiting, "still waits", "still wait"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{}.", parts.join(", "))
}
