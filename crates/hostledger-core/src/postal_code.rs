//! Postal codes of the United States: five digits, or nine (ZIP+4).

/// Why a text is none, in words that name its column; `None` where it is one, or empty.
///
/// A code that lost the zeros at its front is proposed with them. Nothing else of the text is
/// repeated: in a shifted row it could be anything.
#[must_use]
pub fn problem(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || is_whole(text) {
        return None;
    }
    let digits = digits(text).filter(|d| matches!(d.len(), 3 | 4 | 7 | 8));
    Some(match digits {
        Some(found) => {
            let padded = match found.len() {
                3 | 4 => format!("{found:0>5}"),
                _ => {
                    let nine = format!("{found:0>9}");
                    format!("{}-{}", &nine[..5], &nine[5..])
                }
            };
            format!(
                "postal_code has {} digits; in the United States it has 5 or 9. A spreadsheet may have dropped a zero at its front: with it the code is {padded}.",
                found.len()
            )
        }
        None => "postal_code is no code of the United States, which has 5 or 9 digits, such as 05819 or 05819-1234.".to_owned(),
    })
}

/// Whether a text is a whole one.
#[must_use]
pub fn is_whole(text: &str) -> bool {
    digits(text.trim()).is_some_and(|d| matches!(d.len(), 5 | 9))
}

/// The digits alone; `None` where something else than blanks and hyphens stands among them.
fn digits(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, '-' | ' ' | '\u{2011}' | '\u{2013}'))
        .collect();
    plain.bytes().all(|b| b.is_ascii_digit()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b2_a_code_that_lost_its_zeros_is_proposed_with_them() {
        for (lost, whole) in [
            ("5819", "is 05819."),
            ("501", "is 00501."),
            ("5819-1234", "is 05819-1234."),
            ("58191234", "is 05819-1234."),
            ("501-1234", "is 00501-1234."),
        ] {
            let said = problem(lost).unwrap();
            assert!(said.ends_with(whole), "{lost}: {said}");
        }
        for good in ["", "05819", " 05819 ", "05819-1234", "058191234", "00501"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for other in ["VT", "77", "123456", "0581x", "SW1A 1AA", "1234567890"] {
            let said = problem(other).unwrap();
            assert!(!said.contains(other) && !said.contains("with it"), "{said}");
        }
    }
}
