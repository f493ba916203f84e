//! The columns of a return and what stands in them; how columns of a given header are told.

use hostledger_core::{Currency, Money};

use super::{IrisName, IrisParty, IrisReturn, IrisState};
use crate::Error;
use crate::latin::plain_latin;
use crate::paper::MONTHS;
use crate::tin_matching::nine_digits;

/// A column of the built-in header, with one return's value.
pub(super) struct Field {
    /// Its name in the built-in header.
    pub(super) column: String,
    /// A column that says the same in another way, with what stands in it then.
    pub(super) instead: Option<(&'static str, &'static str)>,
    pub(super) value: String,
    /// Whether the return would say less without it. "N" and 0.00 may have no column.
    pub(super) matters: bool,
}

/// The column that only a file with corrections has.
pub(super) const CORRECTED: &str = "Corrected";

/// Every column with this return's value, in the order of the built-in header.
///
/// # Errors
/// [`Error::Unfit`] for a TIN that isn't nine digits, a negative amount, or a third state.
pub(super) fn fields(given: &IrisReturn, without_refused: bool) -> Result<Vec<Field>, Error> {
    let mut row = Row {
        fields: Vec::with_capacity(90),
        account: &given.account_number,
        without_refused,
    };
    row.word("Form Type", "1099-K");
    row.word("Tax Year", &given.tax_year.to_string());
    row.flag(CORRECTED, given.corrected);
    row.party("Payer", &given.payer)?;
    let phone = digits(&given.payer_phone);
    // "D" is a domestic number.
    row.word("Payer Phone Type", if phone.is_empty() { "" } else { "D" });
    row.word("Payer Phone", &phone);
    row.text("Payer Email Address", &given.payer_email);
    row.party("Recipient", &given.recipient)?;
    row.text("Office Code", &given.office_code);
    row.text("Form Account Number", &given.account_number);
    row.flag("2nd TIN Notice", given.second_tin_notice);
    row.boxes(given)?;
    row.flag("Combined Federal/State Filing", given.combined_filing);
    if given.states.len() > 2 {
        return Err(row.unfit("states", "a return has room for 2"));
    }
    for number in 1..=2 {
        let state = given.states.get(number - 1);
        row.state(number, state.unwrap_or(&IrisState::default()))?;
    }
    Ok(row.fields)
}

struct Row<'r> {
    fields: Vec<Field>,
    account: &'r str,
    without_refused: bool,
}

/// Characters that the portal is said to refuse in names and addresses.
const REFUSED: [char; 3] = ['#', '.', ','];

/// Whether a name or a line of an address has a character that the portal is said to refuse.
#[must_use]
pub fn has_refused(text: &str) -> bool {
    text.contains(REFUSED)
}

/// The text without them: "7848 Main St., #4" becomes "7848 Main St 4".
fn without_refused(text: &str) -> String {
    let spaced = text.replace(',', " ").replace(['#', '.'], "");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Row<'_> {
    fn push(&mut self, column: impl Into<String>, value: String, matters: bool) {
        self.fields.push(Field {
            column: column.into(),
            instead: None,
            value,
            matters,
        });
    }

    /// A code or number of ours.
    fn word(&mut self, column: impl Into<String>, value: &str) {
        self.push(column, value.to_owned(), !value.is_empty());
    }

    /// Somebody's text, in plain Latin letters as far as it has them.
    fn text(&mut self, column: impl Into<String>, text: &str) {
        let plain = plain_latin(text.trim());
        let matters = !plain.is_empty();
        self.push(column, plain, matters);
    }

    /// Part of a name or an address.
    fn part(&mut self, column: impl Into<String>, text: &str) {
        match self.without_refused {
            true => self.text(column, &without_refused(text)),
            false => self.text(column, text),
        }
    }

    fn flag(&mut self, column: &str, flag: bool) {
        self.push(column, if flag { "Y" } else { "N" }.to_owned(), flag);
    }

    /// An amount; an absent one is an empty cell.
    fn amount(&mut self, column: impl Into<String>, cents: Option<i64>) -> Result<(), Error> {
        let column = column.into();
        match cents {
            Some(cents) if cents < 0 => Err(self.unfit(&column, "it is negative")),
            Some(cents) => {
                self.push(
                    column,
                    Money::new(cents, Currency::USD).digits(),
                    cents != 0,
                );
                Ok(())
            }
            None => {
                self.push(column, String::new(), false);
                Ok(())
            }
        }
    }

    fn unfit(&self, what: &str, reason: &str) -> Error {
        Error::Unfit {
            place: format!("{what} of the return of {}", self.account),
            reason: reason.to_owned(),
        }
    }

    fn party(&mut self, who: &str, party: &IrisParty) -> Result<(), Error> {
        let column = |name: &str| format!("{who} {name}");
        let tin = nine_digits(&party.tin)
            .ok_or_else(|| self.unfit(&column("TIN"), "it is not nine digits"))?;
        self.word(column("TIN Type"), party.tin_type.word());
        self.word(column("Taxpayer ID Number"), &tin);
        let (kind, business, person) = match &party.name {
            IrisName::Business { line_1, line_2 } => {
                ("B", [line_1.as_str(), line_2], ["", "", "", ""])
            }
            IrisName::Individual {
                first,
                middle,
                last,
                suffix,
            } => ("I", ["", ""], [first.as_str(), middle, last, suffix]),
        };
        self.word(column("Name Type"), kind);
        self.part(column("Business or Entity Name Line 1"), business[0]);
        self.part(column("Business or Entity Name Line 2"), business[1]);
        self.part(column("First Name"), person[0]);
        self.part(column("Middle Name"), person[1]);
        self.part(column("Last Name (Surname)"), person[2]);
        self.part(column("Suffix"), person[3]);
        self.text(column("Country"), &party.country);
        self.part(column("Address Line 1"), &party.address_1);
        self.part(column("Address Line 2"), &party.address_2);
        self.part(column("City/Town"), &party.city);
        self.text(column("State/Province/Territory"), &party.state);
        let zip = match party.country.trim() {
            "US" | "" => party.zip.replace(['-', ' '], ""),
            _ => party.zip.clone(),
        };
        self.text(column("ZIP/Postal Code"), &zip);
        Ok(())
    }

    fn boxes(&mut self, given: &IrisReturn) -> Result<(), Error> {
        let filer = if given.filer_is_pse { "PSE" } else { "EPF" };
        self.word("Filer Type", filer);
        if let Some(field) = self.fields.last_mut() {
            field.instead = Some(("Filer is PSE", if given.filer_is_pse { "Y" } else { "N" }));
        }
        self.word("Transaction Type", "Third Party Network");
        self.text("PSE Name", &given.pse_name);
        self.word("PSE Phone", &digits(&given.pse_phone));
        let gross = "Box 1a - Gross amount of payment card/third party network transactions";
        self.amount(gross, Some(given.gross_cents))?;
        self.amount(
            "Box 1b - Card not present transactions",
            given.card_not_present_cents,
        )?;
        self.amount("Box 1c - Cash tips", given.cash_tips_cents)?;
        self.text(
            "Box 1d - Treasury Tipped Occupation Code",
            &given.tipped_occupation_code,
        );
        self.text(
            "Box 2 - Merchant category code",
            &given.merchant_category_code,
        );
        self.push(
            "Box 3 - Number of payment transactions",
            given.transactions.to_string(),
            given.transactions > 0,
        );
        self.amount(
            "Box 4 - Federal income tax withheld",
            Some(given.withheld_cents),
        )?;
        for ((letter, month), cents) in ('a'..='l').zip(MONTHS).zip(given.months_cents) {
            self.amount(format!("Box 5{letter} - {month}"), Some(cents))?;
        }
        Ok(())
    }

    fn state(&mut self, number: usize, state: &IrisState) -> Result<(), Error> {
        let is_there = !state.state.trim().is_empty();
        self.text(format!("State {number}"), &state.state);
        self.amount(
            format!("State {number} - State Tax Withheld"),
            is_there.then_some(state.withheld_cents),
        )?;
        self.text(
            format!("State {number} - State/Payer state number"),
            &state.state_id,
        );
        self.amount(format!("State {number} - State Income"), state.income_cents)
    }
}

/// The ten digits of a telephone number in the United States, without the leading 1.
fn digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('1') {
        Some(rest) if digits.len() == 11 => rest.to_owned(),
        _ => digits,
    }
}

/// A column's name without case, spaces and punctuation. The IRS says payer or filer, and
/// recipient or payee, for the same two; "Filer Type" is the box that tells PSE from EPF. Templates
/// also differ in how they end a column's name.
pub(super) fn bare(column: &str) -> String {
    let mut bare: String = column
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    if let Some(rest) = bare.strip_prefix("payee") {
        bare = format!("recipient{rest}");
    }
    match bare.strip_prefix("filer") {
        Some(rest) if rest != "type" => bare = format!("payer{rest}"),
        _ => {}
    }
    for who in ["payer", "recipient"] {
        let same = bare.strip_prefix(who).and_then(|rest| {
            let same = SAME_OF_PARTY.iter().find(|(other, _)| *other == rest);
            same.map(|(_, ours)| *ours)
        });
        if let Some(ours) = same {
            return format!("{who}{ours}");
        }
    }
    for number in ["state1", "state2"] {
        let same = bare.strip_prefix(number).and_then(|rest| {
            let same = SAME_OF_STATE.iter().find(|(other, _)| *other == rest);
            same.map(|(_, ours)| *ours)
        });
        if let Some(ours) = same {
            return format!("{number}{ours}");
        }
    }
    bare
}

/// Other names of a party's columns, and the built-in header's.
const SAME_OF_PARTY: [(&str, &str); 11] = [
    ("city", "citytown"),
    ("cityortown", "citytown"),
    ("state", "stateprovinceterritory"),
    ("stateprovince", "stateprovinceterritory"),
    ("zip", "zippostalcode"),
    ("zipcode", "zippostalcode"),
    ("ziporpostalcode", "zippostalcode"),
    ("phonenumber", "phone"),
    ("lastname", "lastnamesurname"),
    ("surname", "lastnamesurname"),
    ("email", "emailaddress"),
];

/// Other names of a state's columns, and the built-in header's.
const SAME_OF_STATE: [(&str, &str); 5] = [
    ("statecode", ""),
    ("state", ""),
    ("statepayersstateno", "statepayerstatenumber"),
    ("statepayerstateno", "statepayerstatenumber"),
    ("statepayersstatenumber", "statepayerstatenumber"),
];

/// The number of a box that a column names: "5a" of "Box 5a - January" or "Box 5a". Captions
/// differ from year to year, numbers don't.
pub(super) fn box_number(column: &str) -> Option<String> {
    let rest = column.trim().to_lowercase();
    let rest = rest.strip_prefix("box")?.trim_start();
    let number: String = rest
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    number
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(number)
}
