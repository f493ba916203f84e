//! Text cells that no spreadsheet takes for a formula.

use std::borrow::Cow;

/// `text` as a CSV cell that a spreadsheet shows and never computes: a cell that starts with
/// `=`, `+`, `-`, `@`, a tab or a carriage return gets a leading apostrophe.
///
/// For text only. An amount is never passed through here, so "-13.12" stays a number.
pub fn csv_safe(text: &str) -> Cow<'_, str> {
    match text.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r') => Cow::Owned(format!("'{text}")),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::csv_safe;

    #[test]
    fn only_cells_that_start_like_a_formula_change() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(csv_safe(bad), format!("'{bad}"));
        }
        for good in ["", "Ann", "a=b", "'=1", "host-1", " =1"] {
            assert_eq!(csv_safe(good), good);
        }
    }
}
