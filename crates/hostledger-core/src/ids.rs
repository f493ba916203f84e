//! How the platform's ids are read: without marks, told from another by their letters alone, and
//! recognised where a spreadsheet turned them into numbers (docs/domain.md §2).

use std::borrow::Cow;

use crate::import::{ExceptionCode, RowProblem};

/// The most characters that an id can have.
pub const MAX_CHARS: usize = 200;

/// What no reader sees: zero-width characters and marks of direction, the byte order mark, the
/// soft hyphen.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}')
}

/// An id without the marks that programs put around it: `="bk-1"` and `'bk-1` are `bk-1`, and
/// invisible characters and blanks around, no-break ones too, aren't part of it. Cleaning an id
/// twice changes nothing more.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    let plain = |b: &u8| b.is_ascii_graphic();
    if text.bytes().all(|b| plain(&b)) && !text.starts_with(['=', '\'']) {
        return Cow::Borrowed(text);
    }
    let seen: Cow<'_, str> = if text.contains(is_invisible) {
        Cow::Owned(text.chars().filter(|c| !is_invisible(*c)).collect())
    } else {
        Cow::Borrowed(text)
    };
    match seen {
        Cow::Borrowed(t) => Cow::Borrowed(bare(t)),
        Cow::Owned(t) => Cow::Owned(bare(&t).to_owned()),
    }
}

/// What is left of an id without blanks and marks around it.
fn bare(mut text: &str) -> &str {
    loop {
        let trimmed = text.trim();
        let inner = trimmed
            .strip_prefix("=\"")
            .and_then(|t| t.strip_suffix('"'))
            .or_else(|| trimmed.strip_prefix('\''));
        match inner {
            Some(inner) => text = inner,
            None => return trimmed,
        }
    }
}

/// An id as far as people tell ids apart: ids that fold to the same differ in case or in the kind
/// of hyphen only.
#[must_use]
pub fn fold(id: &str) -> String {
    id.chars().flat_map(|c| hyphen(c).to_lowercase()).collect()
}

/// What an id folds to, where that is another than the id itself.
#[must_use]
pub fn folded(id: &str) -> Option<String> {
    let is_plain = id.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    (!is_plain).then(|| fold(id)).filter(|f| f != id)
}

/// Any kind of hyphen, dash or minus as `-`; other characters as they are.
#[must_use]
pub fn hyphen(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        other => other,
    }
}

/// Whether an id is what a spreadsheet makes of a long number: `1.23457E+17`, with a comma where
/// its language writes one. `1E5` and `4e12` are ids.
#[must_use]
pub fn is_mangled(id: &str) -> bool {
    let Some((number, exponent)) = id.split_once("E+") else {
        return false;
    };
    let all_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = match number.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    whole.len() == 1
        && all_digits(whole)
        && fraction.is_none_or(all_digits)
        && exponent.len() >= 2
        && all_digits(exponent)
}

/// Reads an id of a column; empty where there is none.
///
/// # Errors
/// `MALFORMED_ROW` for more than [`MAX_CHARS`] characters, and for what is none: with control
/// characters, a spreadsheet's formula or its word for an error.
pub fn read(column: &str, text: &str) -> Result<String, RowProblem> {
    let id = clean(text);
    if let Some(what) = no_id(&id) {
        let shown: String = id
            .chars()
            .filter(|c| !turns_or_controls(*c))
            .take(40)
            .collect();
        return Err(RowProblem::new(
            ExceptionCode::MalformedRow,
            format!(
                "{column} is \"{shown}\" with {what}, which no id has. Export the file again and import it without opening it in another program; if it stays so, ask the sender."
            ),
        )
        .of_column(column));
    }
    if id.len() > MAX_CHARS && id.chars().count() > MAX_CHARS {
        let start: String = id.chars().take(40).collect();
        return Err(RowProblem::new(
            ExceptionCode::MalformedRow,
            format!(
                "{column} is \"{start}…\", longer than the {MAX_CHARS} characters that an id can have. A quote or separator is out of place, or another column stands here; check the row with the sender."
            ),
        )
        .of_column(column));
    }
    Ok(id.into_owned())
}

/// Characters that control a terminal, or turn the text behind them round.
fn turns_or_controls(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What makes a text no id.
fn no_id(id: &str) -> Option<&'static str> {
    let is_plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'=' | b'#');
    if id.bytes().all(is_plain) {
        return None;
    }
    if id.contains(turns_or_controls) {
        return Some("characters that control the text");
    }
    if id.starts_with('=') {
        return Some("a formula");
    }
    let is_error = id.starts_with('#') && id.ends_with(['!', '?'])
        || matches!(id, "#N/A")
        || id.len() > 2 && id.bytes().all(|b| b == b'#');
    is_error.then_some("a spreadsheet's word for an error")
}

/// Reads one of the ids that rows are known by: booking, conversation, host or dispute.
///
/// # Errors
/// As [`read`]; `MANGLED_ID` for what a spreadsheet made of a number.
pub fn read_key(column: &str, text: &str) -> Result<String, RowProblem> {
    let id = read(column, text)?;
    if is_mangled(&id) {
        return Err(RowProblem::new(
            ExceptionCode::MangledId,
            format!(
                "{column} is \"{id}\": a spreadsheet changed the id into a rounded number, so nobody can tell whose row this is. Export the file again and import it without opening it in a spreadsheet."
            ),
        )
        .of_column(column));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_are_no_part_of_an_id() {
        for marked in [
            "bk-1",
            "=\"bk-1\"",
            "'bk-1",
            " bk-1 ",
            "\u{a0}bk-1\u{a0}",
            "bk-1\u{200b}",
            "\u{feff}bk-1",
            "b\u{ad}k-1",
            "bk-\u{200e}1",
            "=\"'bk-1\"",
            "' bk-1",
            " =\" bk-1 \" ",
            "\u{200f}=\"bk-1\"",
        ] {
            assert_eq!(clean(marked), "bk-1", "{marked:?}");
        }
        for id in [
            "=bk-1", "bk'1", "bk-1'", "\"bk-1\"", "bk 1", "=\"bk-1", "bk=\"1\"",
        ] {
            assert_eq!(clean(id), id, "{id} is written so");
        }
        for nothing in ["", " ", "'", "=\"\"", "\u{200b}"] {
            assert_eq!(clean(nothing), "", "{nothing:?}");
        }
    }

    #[test]
    fn case_and_kind_of_hyphen_fold() {
        for like in [
            "BK-1",
            "bk\u{2011}1",
            "bk\u{2212}1",
            "Bk\u{ff0d}1",
            "bk\u{2015}1",
        ] {
            assert_eq!(fold(like), "bk-1", "{like}");
        }
        assert_eq!(fold("ÑANDÚ"), "ñandú");
        assert_ne!(fold("bk_1"), "bk-1");
    }

    #[test]
    fn what_spreadsheets_write_is_mangled_and_ids_are_not() {
        for mangled in ["1.23457E+17", "4,80123E+12", "5E+11", "1.0E+100"] {
            assert!(is_mangled(mangled), "{mangled}");
        }
        for id in [
            "1E5",
            "4e12",
            "1.23457e+17",
            "12.3E+17",
            "1.E+17",
            ".5E+17",
            "1E+5",
            "E+17",
            "1.2.3E+17",
            "1.23457E+1a",
            "x1.2E+17",
            "1.2E+17x",
            "48012300000000100",
            "1.2E-17",
            "1.2E+17E+17",
            "",
        ] {
            assert!(!is_mangled(id), "{id}");
        }
        assert_eq!(
            read_key("booking_id", "=\"1.23457E+17\"").unwrap_err().code,
            ExceptionCode::MangledId
        );
    }

    #[test]
    fn an_id_has_its_limit() {
        assert!(read("host_id", &"ñ".repeat(MAX_CHARS)).is_ok());
        let problem = read("host_id", &"x".repeat(MAX_CHARS + 1)).unwrap_err();
        assert_eq!(problem.code, ExceptionCode::MalformedRow);
        assert!(problem.message.contains("200"), "{}", problem.message);
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(text in "[ ='\"a-c\u{200b}\u{a0}\u{feff}\u{ad}]{0,12}") {
            let once = clean(&text).into_owned();
            prop_assert_eq!(clean(&once), once.as_str());
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded.as_str());
        }

        #[test]
        fn what_an_id_folds_to_is_said_where_it_is_another(text in "[a-cA-CéÉ\u{2010}\u{2212}_-]{0,8}") {
            prop_assert_eq!(folded(&text), Some(fold(&text)).filter(|f| *f != text));
        }
    }
}
