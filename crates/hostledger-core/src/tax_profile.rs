//! Who a host is to the tax authority: W-9 and W-8 as the platform exports them (docs/tax.md).

use jiff::civil::{Date, date};

use crate::booking::{Absent, Fields};
use crate::import::{ExceptionCode, RowProblem};
use crate::tin::{GivenTin, Tin, TinProblem, TinType};

/// The columns of the native tax profiles export; those with `true` must be there.
pub const COLUMNS: [(&str, bool); 13] = [
    ("host_id", true),
    ("form", true),
    ("legal_name", true),
    ("business_name", false),
    ("tin_type", false),
    ("tin", false),
    ("address_line1", false),
    ("address_line2", false),
    ("city", false),
    ("state", false),
    ("postal_code", false),
    ("country", false),
    ("signed_on", false),
];

/// The year of the first form W-9: none was signed before it.
const FIRST_YEAR: i16 = 1983;

/// The column that holds the TIN: it is never shown or kept in clear.
pub const TIN_COLUMN: &str = "tin";

/// The form that the host signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TaxForm {
    /// A US person.
    #[serde(rename = "W-9")]
    W9,
    /// A foreign individual.
    #[serde(rename = "W-8BEN")]
    W8Ben,
    /// A foreign entity.
    #[serde(rename = "W-8BEN-E")]
    W8BenE,
}

impl TaxForm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::W9, Self::W8Ben, Self::W8BenE];

    /// The word of the export.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::W9 => "W-9",
            Self::W8Ben => "W-8BEN",
            Self::W8BenE => "W-8BEN-E",
        }
    }

    /// Reads the word of the export, with or without hyphens, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |t: &str| -> String { t.chars().filter(|c| *c != '-' && *c != ' ').collect() };
        Self::ALL
            .into_iter()
            .find(|f| plain(f.as_str()).eq_ignore_ascii_case(&plain(text)))
    }

    /// Whether a foreign person signs it.
    #[must_use]
    pub fn is_w8(self) -> bool {
        self != Self::W9
    }

    /// The last day on which it holds: for a W-8 the last day of the third year after the one in
    /// which it was signed (instructions of form W-8BEN); a W-9 has none.
    #[must_use]
    pub fn expires_on(self, signed_on: Option<Date>) -> Option<Date> {
        let signed_on = signed_on.filter(|_| self.is_w8())?;
        Some(date(signed_on.year().saturating_add(3), 12, 31))
    }
}

/// One row of the export, read. The TIN shows itself truncated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the export's columns")]
pub struct TaxProfileRow {
    pub host_id: String,
    pub form: TaxForm,
    pub legal_name: String,
    pub business_name: String,
    pub tin_type: Option<TinType>,
    /// `None`: none was given, or what was given isn't nine digits.
    pub tin: Option<Tin>,
    /// Why what was given is no TIN, or is unusual.
    pub tin_problem: Option<TinProblem>,
    /// What was given.
    pub given_tin: GivenTin,
    pub address_line1: String,
    pub address_line2: String,
    pub city: String,
    pub state: String,
    pub postal_code: String,
    pub country: String,
    pub signed_on: Option<Date>,
    /// Columns that the file doesn't have: what is known of them stays.
    pub absent: Absent,
}

/// Whether a column of [`COLUMNS`] is among those that a file doesn't have.
#[must_use]
pub fn is_absent(absent: Absent, column: &str) -> bool {
    let place = COLUMNS.iter().position(|(c, _)| *c == column);
    place.is_some_and(|place| absent.has(place))
}

impl TaxProfileRow {
    /// Whether the file doesn't have a column.
    #[must_use]
    pub fn lacks(&self, column: &str) -> bool {
        is_absent(self.absent, column)
    }

    /// Whether the payee's TIN can be put on a form.
    #[must_use]
    pub fn has_usable_tin(&self) -> bool {
        self.tin.is_some() && !self.tin_problem.as_ref().is_some_and(|p| p.impossible)
    }
}

/// Reads and checks one row. An impossible TIN is no reason to turn the row away: the profile is
/// kept with what is wrong, and blocks the host's form.
///
/// # Errors
/// The first problem found.
pub fn read_row(f: &Fields<'_>) -> Result<TaxProfileRow, RowProblem> {
    f.need(&COLUMNS)?;
    let form = TaxForm::parse(f.text(1)).ok_or_else(|| {
        RowProblem::new(
            ExceptionCode::UnknownForm,
            // What stands there isn't repeated: a shifted row has its TIN anywhere.
            "form is none of W-9, W-8BEN and W-8BEN-E.",
        )
    })?;
    let given_type = f.text(4);
    let tin_type = TinType::parse(given_type);
    if !given_type.is_empty() && tin_type.is_none() {
        return Err(RowProblem::new(
            ExceptionCode::UnknownForm,
            "tin_type is none of SSN, EIN, ITIN and ATIN.",
        )
        .of_column("tin_type"));
    }
    let signed_on = match f.text(12) {
        "" => None,
        text => {
            let on = text.parse::<Date>().ok().filter(|d| d.year() >= FIRST_YEAR);
            Some(on.ok_or_else(|| {
                RowProblem::new(
                    ExceptionCode::BadTime,
                    "signed_on is no date such as 2026-03-09.",
                )
                .of_column("signed_on")
            })?)
        }
    };
    // A foreign person's own country's number is no TIN, and none is needed.
    let (tin, tin_problem) = match f.text(5) {
        "" => (None, None),
        text => match Tin::read(tin_type, text) {
            Ok(tin) => {
                let problem = tin.check().err();
                (Some(tin), problem)
            }
            Err(_) if form.is_w8() => (None, None),
            Err(problem) => (None, Some(problem)),
        },
    };
    let own = |column: usize| f.text(column).to_owned();
    let country = match f.text(11) {
        "" if form == TaxForm::W9 => "US".to_owned(),
        text => text.to_owned(),
    };
    Ok(TaxProfileRow {
        host_id: f.key(&COLUMNS, 0)?,
        form,
        legal_name: own(2),
        business_name: own(3),
        tin_type: tin.as_ref().and_then(|t| t.kind).or(tin_type),
        tin,
        tin_problem,
        given_tin: GivenTin::new(f.text(5)),
        address_line1: own(6),
        address_line2: own(7),
        city: own(8),
        state: crate::us_states::code_of(f.text(9)),
        postal_code: own(10),
        country,
        signed_on,
        absent: f.absent(),
    })
}

/// What may stand after a comma in a name whose first word is the first name.
const AFTER_COMMA: [&str; 22] = [
    "JR",
    "SR",
    "II",
    "III",
    "IV",
    "ESQ",
    "ESQUIRE",
    "MD",
    "PHD",
    "CPA",
    "DDS",
    "INC",
    "LLC",
    "LLP",
    "LP",
    "LTD",
    "CORP",
    "CO",
    "PC",
    "PLLC",
    "PA",
    "INCORPORATED",
];

/// Where a person's legal name has a comma that isn't before a suffix or a company's form, the last
/// name may stand first: the name with its parts the other way round ("Roe, Ana, Jr." → "Ana Roe,
/// Jr."). `None`: nothing to ask.
#[must_use]
pub fn swapped_name(name: &str, tin_type: Option<TinType>) -> Option<String> {
    if tin_type == Some(TinType::Ein) {
        return None;
    }
    let is_suffix = |part: &&str| {
        let letters: String = part.chars().filter(|c| c.is_alphanumeric()).collect();
        AFTER_COMMA.contains(&letters.to_uppercase().as_str())
    };
    let parts: Vec<&str> = name
        .split(',')
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect();
    let (last, rest) = parts.split_first()?;
    let first: Vec<&str> = rest.iter().copied().filter(|p| !is_suffix(p)).collect();
    if first.is_empty() {
        return None;
    }
    let suffixes = rest.iter().filter(|p| is_suffix(p));
    let whole = format!("{} {last}", first.join(" "));
    Some(suffixes.fold(whole, |name, suffix| format!("{name}, {suffix}")))
}

/// Whether a country's name or code means the United States; empty: nobody said otherwise.
#[must_use]
pub fn is_us(country: &str) -> bool {
    let country = country.trim();
    country.is_empty()
        || ["US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(country))
}

/// Where a host stands with the tax details, on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    /// A W-9 with a TIN that can be one.
    UsPerson,
    /// A W-8 that holds.
    Foreign,
    /// No W-9 and no W-8.
    NoProfile,
    /// A W-9 without a TIN.
    NoTin,
    /// A W-9 whose TIN can't be one.
    ImpossibleTin,
    /// A W-8 that held and doesn't any more, or was never signed.
    W8Expired,
}

impl Standing {
    /// The word of the contract, also the reason of a blocked host.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UsPerson => "US_PERSON",
            Self::Foreign => "FOREIGN",
            Self::NoProfile => "NO_PROFILE",
            Self::NoTin => "NO_TIN",
            Self::ImpossibleTin => "IMPOSSIBLE_TIN",
            Self::W8Expired => "W8_EXPIRED",
        }
    }

    /// Whether the details are complete.
    #[must_use]
    pub fn is_complete(self) -> bool {
        matches!(self, Self::UsPerson | Self::Foreign)
    }

    /// What a person is told, and what to do.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::UsPerson => "The W-9 is complete.",
            Self::Foreign => "The W-8 holds: no form 1099-K.",
            Self::NoProfile => "There is no W-9 or W-8. Ask the host for one.",
            Self::NoTin => "The W-9 has no TIN. Ask the host for it.",
            Self::ImpossibleTin => "The TIN on the W-9 can't be one. Ask the host for a new W-9.",
            Self::W8Expired => {
                "The W-8 didn't hold on that day: it ran out, was signed later, or wasn't signed. Ask the host."
            }
        }
    }

    /// Of a profile on a day. `holds`: the first and last day of a W-8.
    #[must_use]
    pub fn of(
        form: TaxForm,
        has_tin: bool,
        tin_impossible: bool,
        holds: Option<(Date, Date)>,
        on: Date,
    ) -> Self {
        match form {
            TaxForm::W9 if tin_impossible => Self::ImpossibleTin,
            TaxForm::W9 if !has_tin => Self::NoTin,
            TaxForm::W9 => Self::UsPerson,
            _ if holds.is_some_and(|(from, to)| from <= on && on <= to) => Self::Foreign,
            _ => Self::W8Expired,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::Header;

    fn read(row: &str) -> Result<TaxProfileRow, RowProblem> {
        let names: Vec<&str> = COLUMNS.iter().map(|c| c.0).collect();
        let header = Header::find(&COLUMNS, &names).unwrap();
        let row: Vec<&str> = row.split(',').collect();
        read_row(&header.fields(&row)?)
    }

    #[test]
    fn a_w9_keeps_an_impossible_tin_as_a_problem() {
        let ok =
            read("h1,W-9,Ana Roe,,SSN,123-45-6789,1 Main St,,Springfield,vt,05001,US,2026-01-02")
                .unwrap();
        assert!(ok.has_usable_tin());
        assert_eq!((ok.state.as_str(), ok.country.as_str()), ("VT", "US"));
        let bad = read("h1,w9,Ana Roe,,SSN,666-45-6789,,,,,,,").unwrap();
        assert!(!bad.has_usable_tin() && bad.tin.is_some());
        let short = read("h1,w9,Ana Roe,,SSN,66-6,,,,,,,").unwrap();
        assert!(short.tin.is_none() && short.tin_problem.is_some());
        assert!(
            !format!("{ok:?}").contains("123-45"),
            "a TIN is never printed"
        );
    }

    #[test]
    fn a_w8_holds_for_three_years_after_the_one_of_its_signature() {
        let p = read("h1,W-8BEN,Ana Roe,,,,1 Rue,,Ville,,00000,FR,2023-05-04").unwrap();
        let last = p.form.expires_on(p.signed_on);
        assert_eq!(last, Some(date(2026, 12, 31)));
        let holds = p.signed_on.zip(last);
        let on = |d| Standing::of(p.form, false, false, holds, d);
        assert_eq!(on(date(2023, 5, 3)), Standing::W8Expired, "not signed yet");
        assert_eq!(on(date(2026, 12, 31)), Standing::Foreign);
        assert_eq!(on(date(2027, 1, 1)), Standing::W8Expired);
        let foreign_number =
            read("h1,W-8BEN,Ana Roe,,,AB-123,1 Rue,,Ville,,00000,FR,2023-05-04").unwrap();
        assert_eq!(foreign_number.tin_problem, None);
    }

    #[test]
    fn a_comma_in_a_persons_name_is_asked_about() {
        let of = |name: &str| swapped_name(name, Some(TinType::Ssn));
        for (name, swapped) in [
            ("Łukasik, Amara", "Amara Łukasik"),
            ("Roe, Ana, Jr.", "Ana Roe, Jr."),
            ("Roe Doe , Ana Bea", "Ana Bea Roe Doe"),
            ("Roe,Ana,M.D.", "Ana Roe, M.D."),
        ] {
            assert_eq!(of(name).as_deref(), Some(swapped), "{name}");
        }
        for plain in [
            "Ana Roe",
            "Ana Roe, Jr.",
            "Ana Roe, III",
            "Ana Roe, M.D., Ph.D.",
            "Ana Roe, Esq.",
            "Roe Lessons, LLC",
            "Roe Lessons, L.L.C.",
            "Roe, Inc.",
            "Ana Roe,",
            ",",
        ] {
            assert_eq!(of(plain), None, "{plain}");
        }
        assert_eq!(swapped_name("Roe, Doe & Sons", Some(TinType::Ein)), None);
        assert!(swapped_name("Roe, Ana", None).is_some());
    }

    #[test]
    fn faults_have_codes() {
        assert_eq!(
            read("h1,W-2,Ana,,,,,,,,,,").unwrap_err().code,
            ExceptionCode::UnknownForm
        );
        assert_eq!(
            read("h1,W-9,,,,,,,,,,,").unwrap_err().code,
            ExceptionCode::MissingField
        );
        assert_eq!(
            read("h1,W-9,Ana,,SSN,,,,,,,,soon").unwrap_err().code,
            ExceptionCode::BadTime
        );
    }
}
