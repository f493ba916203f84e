//! Taxpayer identification numbers: what can be one, and how one is shown (docs/tax.md).

/// What kind of number it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum TinType {
    /// Social security number.
    Ssn,
    /// Employer identification number.
    Ein,
    /// Individual taxpayer identification number.
    Itin,
    /// Adoption taxpayer identification number.
    Atin,
}

impl TinType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ssn, Self::Ein, Self::Itin, Self::Atin];

    /// The word of the export.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ssn => "SSN",
            Self::Ein => "EIN",
            Self::Itin => "ITIN",
            Self::Atin => "ATIN",
        }
    }

    /// Reads the word of the export, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|t| t.as_str().eq_ignore_ascii_case(text))
    }
}

/// Nine digits of a kind. It shows itself by its last four digits only.
#[derive(Clone, PartialEq, Eq)]
pub struct Tin {
    /// What kind it is; `None` where nobody said and the digits don't tell.
    pub kind: Option<TinType>,
    digits: String,
}

impl std::fmt::Debug for Tin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.truncated())
    }
}

/// What is wrong with a number, or worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TinProblem {
    /// A sentence.
    pub message: String,
    /// Whether the number is impossible; otherwise it is only unusual.
    pub impossible: bool,
}

fn impossible(message: impl Into<String>) -> TinProblem {
    TinProblem {
        message: message.into(),
        impossible: true,
    }
}

impl Tin {
    /// Reads nine digits, with hyphens or blanks between them or without.
    ///
    /// # Errors
    /// What is wrong: anything but nine digits.
    pub fn read(kind: Option<TinType>, text: &str) -> Result<Self, TinProblem> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let others = text
            .chars()
            .find(|c| !c.is_ascii_digit() && !matches!(c, '-' | ' ' | '\u{2011}' | '\u{2013}'));
        match (others, digits.len()) {
            (Some(mask), 0..9) if is_mask(mask) => Err(impossible(
                "The TIN is masked: most of its digits are hidden. Ask for the whole one, or for an export with whole TINs.",
            )),
            (Some(other), _) => Err(impossible(format!(
                "The TIN has \"{other}\" in it; it is nine digits."
            ))),
            (None, 9) => Ok(()),
            (None, 8) => Err(impossible(
                "The TIN has 8 digits; it is nine digits. A spreadsheet may have dropped a zero at its front.",
            )),
            (None, n) => Err(impossible(format!(
                "The TIN has {n} digits; it is nine digits."
            ))),
        }?;
        let kind = kind.or_else(|| guess(text, &digits));
        Ok(Self { kind, digits })
    }

    /// The nine digits alone, for files that carry them.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The last four digits.
    #[must_use]
    pub fn last4(&self) -> &str {
        &self.digits[5..]
    }

    /// As it is written: 12-3456789 for an EIN, 123-45-6789 otherwise.
    #[must_use]
    pub fn whole(&self) -> String {
        let d = &self.digits;
        match self.kind {
            Some(TinType::Ein) => format!("{}-{}", &d[..2], &d[2..]),
            _ => format!("{}-{}-{}", &d[..3], &d[3..5], &d[5..]),
        }
    }

    /// As a payee's copy shows it: XX-XXX6789 or XXX-XX-6789 (Treas. Reg. 301.6109-4).
    #[must_use]
    pub fn truncated(&self) -> String {
        truncated(self.kind, self.last4())
    }

    /// Whether the number can be one of its kind (docs/tax.md, *TINs*).
    ///
    /// # Errors
    /// Why not, or what is unusual.
    pub fn check(&self) -> Result<(), TinProblem> {
        let number = |range: std::ops::Range<usize>| self.digits[range].parse::<u32>().unwrap_or(0);
        let (area, group, serial) = (number(0..3), number(3..5), number(5..9));
        if self.digits.bytes().all(|b| b == self.digits.as_bytes()[0]) {
            return Err(impossible("The TIN is one digit nine times."));
        }
        match self.kind {
            None => Err(impossible(
                "Nobody said what kind of TIN it is, and the digits don't tell.",
            )),
            Some(TinType::Ssn) if area == 0 || area == 666 || area >= 900 => Err(impossible(
                format!("No SSN begins with {}.", &self.digits[..3]),
            )),
            Some(TinType::Ssn) if group == 0 => Err(impossible("No SSN has 00 in its middle.")),
            Some(TinType::Ssn) if serial == 0 => Err(impossible("No SSN ends with 0000.")),
            Some(TinType::Itin) if area < 900 || !is_itin_group(group) => Err(impossible(
                "An ITIN begins with 9, and its fourth and fifth digit are 50 to 65, 70 to 88, 90 to 92 or 94 to 99.",
            )),
            Some(TinType::Atin) if area < 900 || group != 93 => Err(impossible(
                "An ATIN begins with 9, and its fourth and fifth digit are 93.",
            )),
            Some(TinType::Ein) if is_unassigned_prefix(number(0..2)) => Err(TinProblem {
                message: format!(
                    "The IRS had assigned no EIN that begins with {} when this was written. Look at the W-9.",
                    &self.digits[..2]
                ),
                impossible: false,
            }),
            Some(_) => Ok(()),
        }
    }
}

/// What hides a digit of a number that isn't shown whole.
fn is_mask(c: char) -> bool {
    matches!(c, '*' | 'x' | 'X' | '#' | '\u{2022}' | '\u{25cf}')
}

/// What stands where a TIN belongs, as it was given. It never shows itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct GivenTin(String);

impl std::fmt::Debug for GivenTin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "given" })
    }
}

impl GivenTin {
    /// As a file or a person gave it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text itself, to be sealed or printed with a key.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// The last digits of one that is masked; `None` where it isn't, or none are shown.
    #[must_use]
    pub fn shown_end(&self) -> Option<&str> {
        let mask = self.0.rfind(is_mask)?;
        let end = self.0[mask..].trim_start_matches(|c: char| !c.is_ascii_digit());
        (!end.is_empty() && end.bytes().all(|b| b.is_ascii_digit())).then_some(end)
    }
}

/// A truncated number of its last four digits.
#[must_use]
pub fn truncated(kind: Option<TinType>, last4: &str) -> String {
    match kind {
        Some(TinType::Ein) => format!("XX-XXX{last4}"),
        _ => format!("XXX-XX-{last4}"),
    }
}

fn is_itin_group(group: u32) -> bool {
    matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

fn is_unassigned_prefix(prefix: u32) -> bool {
    matches!(
        prefix,
        0 | 7 | 8 | 9 | 17 | 18 | 19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97
    )
}

/// By how it is written, and by the ranges that only one kind has.
fn guess(text: &str, digits: &str) -> Option<TinType> {
    let hyphens: Vec<usize> = text
        .char_indices()
        .filter(|(_, c)| *c == '-')
        .map(|(i, _)| i)
        .collect();
    match hyphens.as_slice() {
        [2] => Some(TinType::Ein),
        [3, 6] if digits.starts_with('9') => {
            let group = digits[3..5].parse().unwrap_or(0);
            match group {
                93 => Some(TinType::Atin),
                g if is_itin_group(g) => Some(TinType::Itin),
                _ => None,
            }
        }
        [3, 6] => Some(TinType::Ssn),
        _ => None,
    }
}

/// What the IRS answered for one line of a bulk TIN matching file (Publication 2108-A).
#[must_use]
pub fn match_in_words(code: u8) -> &'static str {
    match code {
        0 => "Name and TIN match the IRS's records.",
        1 => "The TIN was missing, or was not nine digits.",
        2 => "The IRS has not issued this TIN.",
        3 => "The name and the TIN don't match the IRS's records.",
        4 => "The request was invalid.",
        5 => "The request was sent twice.",
        6 => {
            "It matches as an individual's number (SSN or ITIN); the profile doesn't say what it is."
        }
        7 => "It matches as an EIN; the profile doesn't say what it is.",
        8 => "It matches both as an individual's number and as an EIN.",
        _ => "The IRS's answer is not known here.",
    }
}

/// Whether an answer confirms the TIN.
#[must_use]
pub fn is_match(code: u8) -> bool {
    matches!(code, 0 | 6 | 7 | 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &str, text: &str) -> Result<(), bool> {
        match Tin::read(TinType::parse(kind), text) {
            Ok(t) => t.check().map_err(|p| p.impossible),
            Err(p) => Err(p.impossible),
        }
    }

    #[test]
    fn each_kind_has_its_ranges() {
        for (kind, text) in [
            ("SSN", "123-45-6789"),
            ("SSN", "001010001"),
            ("ITIN", "900-50-1234"),
            ("ITIN", "999-99-9998"),
            ("ITIN", "912-88-0000"),
            ("ATIN", "912-93-1234"),
            ("EIN", "12-3456789"),
            ("", "12-3456789"),
            ("", "123-45-6789"),
        ] {
            assert_eq!(check(kind, text), Ok(()), "{kind} {text}");
        }
        for (kind, text) in [
            ("SSN", "000-45-6789"),
            ("SSN", "666-45-6789"),
            ("SSN", "900-45-6789"),
            ("SSN", "123-00-6789"),
            ("SSN", "123-45-0000"),
            ("SSN", "123-45-678"),
            ("SSN", "123-45-678X"),
            ("ITIN", "912-66-1234"),
            ("ITIN", "912-89-1234"),
            ("ITIN", "912-93-1234"),
            ("ITIN", "812-70-1234"),
            ("ATIN", "912-92-1234"),
            ("", "123456789"),
            ("", ""),
            ("EIN", "111111111"),
        ] {
            assert_eq!(check(kind, text), Err(true), "{kind} {text}");
        }
        for prefix in [
            "00", "07", "08", "09", "17", "18", "19", "28", "29", "49", "69", "70", "78", "79",
            "89", "96", "97",
        ] {
            assert_eq!(check("EIN", &format!("{prefix}-3456789")), Err(false));
        }
    }

    #[test]
    fn a5_what_is_wrong_is_said_in_words() {
        let why = |text: &str| Tin::read(Some(TinType::Ssn), text).unwrap_err().message;
        for masked in [
            "*****5678",
            "XXX-XX-1234",
            "xxx-xx-1234",
            "#####1234",
            "\u{2022}\u{2022}5678",
        ] {
            assert!(why(masked).contains("masked"), "{masked}");
        }
        assert!(why("12345678").contains("dropped a zero"));
        assert!(why("12-345-678").contains("dropped a zero"));
        assert!(!why("1234567").contains("zero"));
        assert!(why("12345678.0").contains("has \".\""));
        assert!(
            why("123-45-6789X").contains("has \"X\""),
            "nothing is hidden"
        );
        let end = |text: &str| GivenTin::new(text).shown_end().map(str::to_owned);
        assert_eq!(end("XXX-XX-1234").as_deref(), Some("1234"));
        assert_eq!(end("*****5678").as_deref(), Some("5678"));
        assert_eq!((end("123-45-6789"), end("***")), (None, None));
        assert_eq!(format!("{:?}", GivenTin::new("123-45-6789")), "given");
    }

    #[test]
    fn it_shows_its_end_only() {
        let ssn = Tin::read(Some(TinType::Ssn), "123456789").unwrap();
        assert_eq!(
            (ssn.whole().as_str(), ssn.truncated().as_str()),
            ("123-45-6789", "XXX-XX-6789")
        );
        let ein = Tin::read(Some(TinType::Ein), "12 3456789").unwrap();
        assert_eq!(
            (ein.whole().as_str(), ein.truncated().as_str()),
            ("12-3456789", "XX-XXX6789")
        );
        assert_eq!(format!("{ein:?}"), "XX-XXX6789");
    }
}
