//! A booking as the platform exports it: columns, reading a row, and what its status means
//! (docs/domain.md §3; the native format).

use std::borrow::Cow;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::import::{ExceptionCode, RowProblem, named};
use crate::money::{self, AmountError, Currency, Money};
use crate::{ids, times};

/// The columns of the native bookings export; those with `true` must be there.
pub const COLUMNS: [(&str, bool); 22] = [
    ("booking_id", true),
    ("conversation_id", true),
    ("conversation_title", false),
    ("conversation_type", false),
    ("language", false),
    ("host_id", true),
    ("participant_id", false),
    ("participant_email", false),
    ("booked_at", true),
    ("starts_at", true),
    ("ends_at", true),
    ("status", true),
    ("price", true),
    ("currency", true),
    ("processing_fee", false),
    ("refunded_amount", false),
    ("refunded_at", false),
    ("payment_intent_id", false),
    ("charge_id", false),
    ("rating", false),
    ("cancelled_at", false),
    ("updated_at", false),
];

/// The most bytes that a field can have.
const MOST_BYTES_OF_FIELD: usize = 64 * 1024;

/// The name under which a rating that is none is kept with the row.
const RATING: &str = "rating";

/// Where some of [`COLUMNS`] stand: what tells whether two rows of one id can be one booking.
pub mod column {
    /// `booking_id`.
    pub const BOOKING_ID: usize = 0;
    /// `conversation_id`.
    pub const CONVERSATION_ID: usize = 1;
    /// `host_id`.
    pub const HOST_ID: usize = 5;
    /// `payment_intent_id`.
    pub const PAYMENT_INTENT_ID: usize = 17;
    /// `price`.
    pub const PRICE: usize = 12;
    /// `charge_id`.
    pub const CHARGE_ID: usize = 18;
    /// `refunded_amount`.
    pub const REFUNDED_AMOUNT: usize = 15;
    /// `updated_at`.
    pub const UPDATED_AT: usize = 21;
}

/// The status of a booking in the export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BookingStatus {
    /// Payment not captured.
    Pending,
    /// Paid, session ahead.
    Confirmed,
    /// The session took place.
    Completed,
    /// The participant stayed away.
    NoShow,
    /// Called off by participant or platform.
    Cancelled,
    /// Called off by the host, or the host was absent.
    HostCancelled,
    /// Took place, then fully refunded.
    Refunded,
}

impl BookingStatus {
    /// All of them, in the order of their stored numbers from 1.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Confirmed,
        Self::Completed,
        Self::NoShow,
        Self::Cancelled,
        Self::HostCancelled,
        Self::Refunded,
    ];

    /// The export's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Confirmed => "CONFIRMED",
            Self::Completed => "COMPLETED",
            Self::NoShow => "NO_SHOW",
            Self::Cancelled => "CANCELLED",
            Self::HostCancelled => "HOST_CANCELLED",
            Self::Refunded => "REFUNDED",
        }
    }

    /// Reads the export's word, also as `No Show`, `no-show` or `canceled`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        named(&Self::ALL, Self::as_str, text).or_else(|| {
            let british = text.to_ascii_uppercase().replace("CANCELED", "CANCELLED");
            named(&Self::ALL, Self::as_str, &british)
        })
    }
}

/// One row of the bookings export, read and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are the export's columns")]
pub struct BookingRow {
    pub booking_id: String,
    pub conversation_id: String,
    pub conversation_title: String,
    pub conversation_type: String,
    pub language: String,
    pub host_id: String,
    pub participant_id: String,
    pub participant_email: String,
    pub booked_at: Timestamp,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub status: BookingStatus,
    /// P0 in minor units.
    pub price_minor: i64,
    pub currency: Currency,
    /// The actual processing fee in minor units; `None`: to be estimated.
    pub processing_fee_minor: Option<i64>,
    pub refunded_minor: i64,
    pub refunded_at: Option<Timestamp>,
    pub payment_intent_id: String,
    pub charge_id: String,
    pub rating: Option<i64>,
    pub cancelled_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    /// Columns we don't know, by name; kept with the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<(String, String)>,
}

impl BookingRow {
    /// What the status means with this refund: COMPLETED or NO_SHOW with everything refunded
    /// counts as REFUNDED (docs/domain.md §3).
    #[must_use]
    pub fn effective_status(&self) -> BookingStatus {
        effective_status(self.status, self.price_minor, self.refunded_minor)
    }

    /// Whether the file's rating was no whole number from 1 to 5: it stands in `extra`, and the
    /// booking has none.
    #[must_use]
    pub fn rating_put_aside(&self) -> bool {
        self.rating.is_none() && self.extra.iter().any(|(name, _)| name == RATING)
    }

    /// The same row with ids as they are read now: rows kept by earlier versions may have marks.
    #[must_use]
    pub fn with_clean_ids(mut self) -> Self {
        for id in [
            &mut self.booking_id,
            &mut self.conversation_id,
            &mut self.host_id,
            &mut self.participant_id,
            &mut self.payment_intent_id,
            &mut self.charge_id,
        ] {
            *id = ids::clean(id).into_owned();
        }
        self
    }

    /// The row with what is known of the booking in columns that its file doesn't have. Only a
    /// person takes a booking's payment away, so its ids stay also where a cell is empty. When the
    /// row was made stays unsaid where it is.
    #[must_use]
    pub fn keeping(&self, known: &Self, absent: Absent) -> Cow<'_, Self> {
        let lost = |now: &str, was: &str| now.is_empty() && !was.is_empty();
        let payment = lost(&self.charge_id, &known.charge_id)
            || lost(&self.payment_intent_id, &known.payment_intent_id);
        if !payment && absent.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut kept = self.clone();
        let texts = [
            (2, &mut kept.conversation_title, &known.conversation_title),
            (3, &mut kept.conversation_type, &known.conversation_type),
            (4, &mut kept.language, &known.language),
            (6, &mut kept.participant_id, &known.participant_id),
            (7, &mut kept.participant_email, &known.participant_email),
        ];
        for (column, now, was) in texts {
            if absent.has(column) {
                now.clone_from(was);
            }
        }
        let ids = [
            (&mut kept.payment_intent_id, &known.payment_intent_id),
            (&mut kept.charge_id, &known.charge_id),
        ];
        for (now, was) in ids {
            if now.is_empty() {
                now.clone_from(was);
            }
        }
        if absent.has(14) {
            kept.processing_fee_minor = known.processing_fee_minor;
        }
        if absent.has(column::REFUNDED_AMOUNT) {
            kept.refunded_minor = known.refunded_minor;
        }
        if absent.has(16) {
            kept.refunded_at = known.refunded_at;
        }
        if absent.has(19) {
            kept.rating = known.rating;
        }
        if absent.has(20) {
            kept.cancelled_at = known.cancelled_at;
        }
        Cow::Owned(kept)
    }

    /// Tests the refund against price and status.
    ///
    /// # Errors
    /// `REFUND_EXCEEDS_PRICE`, `REFUND_INCOMPLETE`.
    pub fn check_refund(&self) -> Result<(), RowProblem> {
        let money = |minor| Money::new(minor, self.currency);
        if self.refunded_minor > self.price_minor {
            return Err(RowProblem::new(
                ExceptionCode::RefundExceedsPrice,
                format!(
                    "{} was refunded of a price of {}; a refund can't exceed the price.",
                    money(self.refunded_minor),
                    money(self.price_minor)
                ),
            ));
        }
        if self.status == BookingStatus::Refunded && self.refunded_minor < self.price_minor {
            return Err(RowProblem::new(
                ExceptionCode::RefundIncomplete,
                format!(
                    "status is REFUNDED, but only {} of {} was refunded. A partial refund keeps the status COMPLETED.",
                    money(self.refunded_minor),
                    money(self.price_minor)
                ),
            ));
        }
        Ok(())
    }

    /// A hash over the content of the format's columns, the same for the same values however they
    /// were written. Unknown columns don't count: otherwise a column that the platform adds would
    /// make every known booking a conflict.
    #[must_use]
    pub fn content_hash(&self) -> [u8; 16] {
        let mut h = Sha256::new();
        let mut text = |s: &str| {
            h.update(s.len().to_le_bytes());
            h.update(s.as_bytes());
        };
        for s in [
            &self.booking_id,
            &self.conversation_id,
            &self.conversation_title,
            &self.conversation_type,
            &self.language,
            &self.host_id,
            &self.participant_id,
            &self.participant_email,
            &self.payment_intent_id,
            &self.charge_id,
        ] {
            text(s);
        }
        text(self.status.as_str());
        text(self.currency.code());
        let at = |t: Timestamp| t.as_microsecond();
        let opt = |t: Option<i64>| t.map_or(i64::MIN, |t| t);
        for n in [
            at(self.booked_at),
            at(self.starts_at),
            at(self.ends_at),
            self.price_minor,
            opt(self.processing_fee_minor),
            self.refunded_minor,
            opt(self.refunded_at.map(at)),
            opt(self.rating),
            opt(self.cancelled_at.map(at)),
            opt(self.updated_at.map(at)),
        ] {
            h.update(n.to_le_bytes());
        }
        let mut out = [0; 16];
        out.copy_from_slice(&h.finalize()[..16]);
        out
    }
}

/// See [`BookingRow::effective_status`].
#[must_use]
pub fn effective_status(
    status: BookingStatus,
    price_minor: i64,
    refunded_minor: i64,
) -> BookingStatus {
    match status {
        BookingStatus::Completed | BookingStatus::NoShow
            if price_minor > 0 && refunded_minor == price_minor =>
        {
            BookingStatus::Refunded
        }
        other => other,
    }
}

/// Where the columns of one file stand, and what its other columns are called.
#[derive(Debug, Clone)]
pub struct Header {
    places: Vec<Option<usize>>,
    optional: Vec<bool>,
    extra: Vec<(usize, String)>,
    names: Vec<String>,
}

/// Columns of a format that a file doesn't have: what they say stays known, where an empty cell of
/// a column that is there says that there is nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Absent(u64);

impl Absent {
    /// Whether the file lacks a column.
    #[must_use]
    pub fn has(self, column: usize) -> bool {
        self.0 >> column & 1 == 1
    }

    /// Whether the file has every column.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn add(&mut self, column: usize) {
        self.0 |= 1 << column;
    }
}

/// What databases and spreadsheets write where there is nothing.
pub(crate) fn is_null_word(text: &str) -> bool {
    matches!(text, "-" | "--" | "\\N")
        || ["NULL", "N/A", "NONE"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
}

impl Header {
    /// Finds the columns of a format by name, in any order and any case.
    ///
    /// # Errors
    /// The names of the columns that must be there and aren't, or that are there twice.
    pub fn find(columns: &[(&str, bool)], header: &[&str]) -> Result<Self, HeaderProblem> {
        let names: Vec<String> = header
            .iter()
            .map(|name| {
                let seen: String = name.chars().filter(|c| !ids::is_invisible(*c)).collect();
                seen.trim().to_ascii_lowercase()
            })
            .collect();
        let mut problem = HeaderProblem::default();
        let mut places = Vec::with_capacity(columns.len());
        for (column, required) in columns {
            let mut found = names
                .iter()
                .enumerate()
                .filter(|(_, n)| n == column)
                .map(|(i, _)| i);
            let place = found.next();
            if found.next().is_some() {
                problem.twice.push((*column).to_owned());
            }
            if place.is_none() && *required {
                problem.missing.push((*column).to_owned());
            }
            places.push(place);
        }
        if problem != HeaderProblem::default() {
            return Err(problem);
        }
        let extra = names
            .iter()
            .enumerate()
            .filter(|(i, _)| !places.contains(&Some(*i)))
            .map(|(i, n)| {
                (
                    i,
                    if n.is_empty() {
                        format!("column {}", i + 1)
                    } else {
                        n.clone()
                    },
                )
            })
            .collect();
        Ok(Self {
            places,
            optional: columns.iter().map(|(_, required)| !required).collect(),
            extra,
            names,
        })
    }

    /// The columns of the format that the file doesn't have.
    #[must_use]
    pub fn absent(&self) -> Absent {
        let mut absent = Absent::default();
        for (column, place) in self.places.iter().enumerate() {
            if place.is_none() {
                absent.add(column);
            }
        }
        absent
    }

    /// Where a column of the format stands in the file's rows; `None`: it has no such column.
    #[must_use]
    pub fn place(&self, column: usize) -> Option<usize> {
        self.places.get(column).copied().flatten()
    }

    /// Whether the file has a column of this name, of the format or another.
    #[must_use]
    pub fn has_named(&self, columns: &[(&str, bool)], name: &str) -> bool {
        let known = columns.iter().position(|(c, _)| *c == name);
        known.map_or_else(
            || self.extra.iter().any(|(_, n)| n == name),
            |column| self.places[column].is_some(),
        )
    }

    /// How many columns the file has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.names.len()
    }

    /// The fields of a row by column, trimmed; refuses rows that are not as wide as the header.
    ///
    /// # Errors
    /// `MALFORMED_ROW` with what was counted.
    pub fn fields<'a>(&'a self, row: &'a [&'a str]) -> Result<Fields<'a>, RowProblem> {
        let again = |(field, name): (&&str, &String)| field.trim().eq_ignore_ascii_case(name);
        if row.len() == self.names.len() && row.iter().zip(&self.names).all(again) {
            return Err(RowProblem::new(
                ExceptionCode::MalformedRow,
                "The line holds the names of the columns once more, as where several files were put together. Dismiss it.",
            ));
        }
        if let Some(at) = row.iter().position(|f| f.len() > MOST_BYTES_OF_FIELD) {
            return Err(RowProblem::new(
                ExceptionCode::MalformedRow,
                format!(
                    "{} is longer than the 64 KiB that a field can have. A quote is out of place, or another column stands here; check the row with the sender.",
                    self.names.get(at).map_or("A field", String::as_str)
                ),
            ));
        }
        if row.len() != self.names.len() {
            return Err(RowProblem::new(
                ExceptionCode::MalformedRow,
                format!(
                    "The row has {} fields where the header has {}. It is cut short, or a quote or separator is out of place.",
                    row.len(),
                    self.names.len()
                ),
            ));
        }
        if row.iter().any(|f| f.contains('\0')) {
            return Err(RowProblem::new(
                ExceptionCode::MalformedRow,
                "The row contains a NUL character, so the file was damaged on its way.",
            ));
        }
        Ok(Fields { header: self, row })
    }
}

/// What is wrong with a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderProblem {
    /// Needed columns that aren't there.
    pub missing: Vec<String>,
    /// Columns that are there more than once.
    pub twice: Vec<String>,
}

/// One row seen through its header.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    header: &'a Header,
    row: &'a [&'a str],
}

impl<'a> Fields<'a> {
    /// A column's text, trimmed; empty where the file has no such column, or says in a column that
    /// may be empty that there is nothing, such as `NULL`.
    #[must_use]
    pub fn text(&self, column: usize) -> &'a str {
        let text = self.header.places[column].map_or("", |i| self.row[i].trim());
        if self.header.optional[column] && is_null_word(text) {
            return "";
        }
        text
    }

    /// The columns of the format that the file doesn't have.
    #[must_use]
    pub fn absent(&self) -> Absent {
        self.header.absent()
    }

    /// Whether the file has a column.
    #[must_use]
    pub fn is_there(&self, column: usize) -> bool {
        self.header.places[column].is_some()
    }

    /// Yes or no, however it is written; empty: no.
    ///
    /// # Errors
    /// `BAD_BOOLEAN`.
    pub fn boolean(&self, columns: &[(&str, bool)], column: usize) -> Result<bool, RowProblem> {
        let text = self.text(column);
        let is = |words: &[&str]| words.iter().any(|w| text.eq_ignore_ascii_case(w));
        if is(&["true", "yes", "y", "t", "1", "on"]) {
            return Ok(true);
        }
        if text.is_empty() || is(&["false", "no", "n", "f", "0", "off"]) {
            return Ok(false);
        }
        Err(RowProblem::new(
            ExceptionCode::BadBoolean,
            format!(
                "{} is \"{text}\", which is neither true nor false. Correct it, or ask the platform what it means.",
                columns[column].0
            ),
        )
        .of_column(columns[column].0))
    }

    /// The id of a payment without marks; empty where there is none, also written `0`.
    ///
    /// # Errors
    /// As [`Self::id`].
    pub fn payment_id(
        &self,
        columns: &[(&str, bool)],
        column: usize,
    ) -> Result<String, RowProblem> {
        let id = self.id(columns, column)?;
        Ok(if id == "0" || is_null_word(&id) {
            String::new()
        } else {
            id
        })
    }

    /// A column's id without marks ([`ids::clean`]); empty where there is none.
    ///
    /// # Errors
    /// `MALFORMED_ROW` for one that is too long.
    pub fn id(&self, columns: &[(&str, bool)], column: usize) -> Result<String, RowProblem> {
        ids::read(columns[column].0, self.text(column))
    }

    /// A booking's, conversation's or host's id without marks.
    ///
    /// # Errors
    /// As [`Self::id`]; `MANGLED_ID`.
    pub fn key(&self, columns: &[(&str, bool)], column: usize) -> Result<String, RowProblem> {
        ids::read_key(columns[column].0, self.text(column))
    }

    /// Columns that the format doesn't know, where they hold something.
    #[must_use]
    pub fn extra(&self) -> Vec<(String, String)> {
        self.header
            .extra
            .iter()
            .filter(|(i, _)| !self.row[*i].is_empty())
            .map(|(i, name)| (name.clone(), self.row[*i].to_owned()))
            .collect()
    }

    /// The first of the needed columns that is empty, or says that there is nothing.
    ///
    /// # Errors
    /// `MISSING_FIELD`.
    pub fn need(&self, columns: &[(&str, bool)]) -> Result<(), RowProblem> {
        for (i, (name, required)) in columns.iter().enumerate() {
            let text = self.text(i);
            let is_id = *name == "id" || name.ends_with("_id");
            let given = if is_id {
                ids::clean(text)
            } else {
                Cow::Borrowed(text)
            };
            // What has words or digits of its own says itself that this is none of them.
            let is_text = is_id || matches!(*name, "name" | "legal_name" | "reason");
            if *required && (given.is_empty() || is_text && is_null_word(&given)) {
                let what = if given.is_empty() { "empty" } else { text };
                return Err(RowProblem::new(
                    ExceptionCode::MissingField,
                    format!("{name} is {what}, and without it the row can't be booked."),
                )
                .of_column(name));
            }
        }
        Ok(())
    }
}

/// An instant ([`times::instant`]).
///
/// # Errors
/// `BAD_TIME`.
pub fn parse_time(column: &str, text: &str) -> Result<Timestamp, RowProblem> {
    times::instant(text).ok_or_else(|| {
        RowProblem::new(
            ExceptionCode::BadTime,
            format!("{column} is \"{text}\", which is no date and time with a zone such as 2026-03-09T18:30:00Z."),
        )
        .of_column(column)
    })
}

/// An instant, or none where the field is empty.
///
/// # Errors
/// `BAD_TIME`.
pub fn optional_time(column: &str, text: &str) -> Result<Option<Timestamp>, RowProblem> {
    if text.is_empty() {
        Ok(None)
    } else {
        parse_time(column, text).map(Some)
    }
}

/// A non-negative amount of a currency.
///
/// # Errors
/// `BAD_NUMBER` or `TOO_MANY_DECIMALS`.
pub fn parse_amount(column: &str, text: &str, currency: Currency) -> Result<i64, RowProblem> {
    let problem = match money::parse_minor(text, currency) {
        Ok(minor) if minor >= 0 => return Ok(minor),
        Ok(_) => RowProblem::new(
            ExceptionCode::BadNumber,
            format!("{column} is {text}, below zero."),
        ),
        Err(AmountError::BadNumber) => RowProblem::new(
            ExceptionCode::BadNumber,
            format!("{column} is \"{text}\", which is no plain number such as 20.00."),
        ),
        Err(AmountError::TooLarge) => RowProblem::new(
            ExceptionCode::BadNumber,
            format!(
                "{column} is {text}, but one amount can be {} at most. Check it with the sender.",
                money::limit(currency)
            ),
        ),
        Err(AmountError::TooManyDecimals) => RowProblem::new(
            ExceptionCode::TooManyDecimals,
            format!(
                "{column} is {text}, but {currency} has {} decimals.",
                currency.digits()
            ),
        ),
    };
    Err(problem.of_column(column))
}

/// A rating, told by its value: `5.0` is 5; `None` for what is no whole number from 1 to 5.
fn whole_rating(text: &str) -> Option<i64> {
    let value: Decimal = text.parse().ok()?;
    let whole: i64 = value.trunc().try_into().ok()?;
    (value.fract().is_zero() && (1..=5).contains(&whole)).then_some(whole)
}

/// Reads and checks one row of a bookings export. A rating that is none is put aside
/// ([`BookingRow::rating_put_aside`]): it never keeps money waiting.
///
/// # Errors
/// The first problem found: empty needed field, time, status, currency, number, refund.
pub fn read_row(f: &Fields<'_>) -> Result<BookingRow, RowProblem> {
    f.need(&COLUMNS)?;
    let (id, key) = (
        |column| f.id(&COLUMNS, column),
        |column| f.key(&COLUMNS, column),
    );
    let (booking_id, conversation_id, host_id) = (key(0)?, key(1)?, key(5)?);
    let booked_at = parse_time("booked_at", f.text(8))?;
    let starts_at = parse_time("starts_at", f.text(9))?;
    let ends_at = parse_time("ends_at", f.text(10))?;
    let status = BookingStatus::parse(f.text(11)).ok_or_else(|| {
        RowProblem::new(
            ExceptionCode::UnknownStatus,
            format!(
                "status is \"{}\". Known are PENDING, CONFIRMED, COMPLETED, NO_SHOW, CANCELLED, HOST_CANCELLED and REFUNDED.",
                f.text(11)
            ),
        )
        .of_column("status")
    })?;
    let currency = Currency::parse(f.text(13)).ok_or_else(|| {
        RowProblem::new(
            ExceptionCode::UnknownCurrency,
            format!(
                "currency is \"{}\", which is no ISO 4217 code such as USD.",
                f.text(13)
            ),
        )
        .of_column("currency")
    })?;
    let price_minor = parse_amount("price", f.text(12), currency)?;
    let amount_or = |column: usize, empty: Option<i64>| match f.text(column) {
        "" => Ok(empty),
        text => parse_amount(COLUMNS[column].0, text, currency).map(Some),
    };
    let processing_fee_minor = amount_or(14, None)?;
    let refunded_minor = amount_or(15, Some(0))?.unwrap_or(0);
    let rating = whole_rating(f.text(19));
    let mut extra = f.extra();
    if rating.is_none() && !f.text(19).is_empty() {
        extra.push((RATING.to_owned(), f.text(19).to_owned()));
    }
    let own = |column: usize| f.text(column).to_owned();
    let row = BookingRow {
        booking_id,
        conversation_id,
        conversation_title: own(2),
        conversation_type: own(3),
        language: own(4),
        host_id,
        participant_id: id(6)?,
        participant_email: own(7),
        booked_at,
        starts_at,
        ends_at,
        status,
        price_minor,
        currency,
        processing_fee_minor,
        refunded_minor,
        refunded_at: optional_time("refunded_at", f.text(16))?,
        payment_intent_id: f.payment_id(&COLUMNS, column::PAYMENT_INTENT_ID)?,
        charge_id: f.payment_id(&COLUMNS, column::CHARGE_ID)?,
        rating,
        cancelled_at: optional_time("cancelled_at", f.text(20))?,
        updated_at: optional_time("updated_at", f.text(column::UPDATED_AT))?,
        extra,
    };
    // Without the column it is what is known of the booking, which is tested once it is found.
    if f.is_there(column::REFUNDED_AMOUNT) {
        row.check_refund()?;
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "booking_id,conversation_id,host_id,booked_at,starts_at,ends_at,status,price,currency,processing_fee,refunded_amount,updated_at,colour";
    const ROW: &str = "bk-1,conv-1,host-1,2026-03-01T10:00:00Z,2026-03-05T10:00:00Z,2026-03-05T11:00:00Z,COMPLETED,20.00,USD,,,2026-03-05T11:05:00Z,red";

    fn read(row: &str) -> Result<BookingRow, RowProblem> {
        let header: Vec<&str> = HEADER.split(',').collect();
        let header = Header::find(&COLUMNS, &header).unwrap();
        let row: Vec<&str> = row.split(',').collect();
        read_row(&header.fields(&row)?)
    }

    #[test]
    fn a_row_is_read_whole() {
        let b = read(ROW).unwrap();
        assert_eq!(
            (b.price_minor, b.processing_fee_minor, b.refunded_minor),
            (2000, None, 0)
        );
        assert_eq!(b.extra, vec![("colour".to_owned(), "red".to_owned())]);
        assert_eq!(b.status, BookingStatus::Completed);
    }

    #[test]
    fn the_same_values_written_otherwise_are_the_same_content() {
        let a = read(ROW).unwrap();
        let b = read(
            &ROW.replace("20.00", "20")
                .replace("10:00:00Z", "11:00:00+01:00"),
        )
        .unwrap();
        assert_eq!(a.content_hash(), b.content_hash());
        let c = read(&ROW.replace("20.00", "20.01")).unwrap();
        assert_ne!(a.content_hash(), c.content_hash());
        let d = read(&ROW.replace("red", "blue")).unwrap();
        assert_eq!(
            a.content_hash(),
            d.content_hash(),
            "unknown columns don't count"
        );
    }

    #[test]
    fn each_fault_has_its_code() {
        use ExceptionCode::*;
        for (from, to, code) in [
            ("host-1", "", MissingField),
            ("20.00", "twenty", BadNumber),
            ("20.00", "-20.00", BadNumber),
            ("20.00", "20.00005", TooManyDecimals),
            ("2026-03-01T10:00:00Z", "2026-13-45T99:00:00Z", BadTime),
            ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00", BadTime),
            ("COMPLETED", "DONE", UnknownStatus),
            ("USD", "DOLLARS", UnknownCurrency),
            (",red", "", MalformedRow),
            ("USD,,,", "USD,,20.01,", RefundExceedsPrice),
            (
                "COMPLETED,20.00,USD,,",
                "REFUNDED,20.00,USD,,19.99",
                RefundIncomplete,
            ),
        ] {
            assert_eq!(read(&ROW.replace(from, to)).unwrap_err().code, code, "{to}");
        }
    }

    #[test]
    fn ids_are_read_without_marks_and_mangled_ones_are_named() {
        let plain = read(ROW).unwrap();
        let marked = ROW
            .replace("bk-1,", "=\"bk-1\",")
            .replace("conv-1", "'conv-1")
            .replace("host-1", "\u{a0}host-1\u{200b}");
        assert_eq!(read(&marked).unwrap().content_hash(), plain.content_hash());
        for id in ["bk-1", "conv-1", "host-1"] {
            let problem = read(&ROW.replace(id, "4.80123E+12")).unwrap_err();
            assert_eq!(problem.code, ExceptionCode::MangledId, "{id}");
            assert!(read(&ROW.replace(id, "1E5")).is_ok(), "{id}");
            let empty = read(&ROW.replace(id, "'")).unwrap_err();
            assert_eq!(empty.code, ExceptionCode::MissingField, "{id}");
            let long = read(&ROW.replace(id, &"x".repeat(201))).unwrap_err();
            assert_eq!(long.code, ExceptionCode::MalformedRow, "{id}");
        }
        let old = BookingRow {
            charge_id: "'ch_1".into(),
            host_id: "=\"host-1\"".into(),
            ..plain
        };
        let clean = old.with_clean_ids();
        assert_eq!(
            (clean.charge_id.as_str(), clean.host_id.as_str()),
            ("ch_1", "host-1")
        );
    }

    #[test]
    fn statuses_are_read_however_they_are_written() {
        use BookingStatus::*;
        for (text, status) in [
            ("No Show", NoShow),
            ("no-show", NoShow),
            ("NOSHOW", NoShow),
            ("no\u{2011}show", NoShow),
            ("canceled", Cancelled),
            ("Cancelled", Cancelled),
            ("host canceled", HostCancelled),
            ("HOST-CANCELLED", HostCancelled),
            ("completed ", Completed),
        ] {
            assert_eq!(BookingStatus::parse(text), Some(status), "{text}");
        }
        for text in ["", "-", "shown", "complete", "cancel"] {
            assert_eq!(BookingStatus::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_rating_that_is_none_is_put_aside_and_the_booking_stays() {
        let names = HEADER.replace("colour", "rating");
        let header: Vec<&str> = names.split(',').collect();
        let header = Header::find(&COLUMNS, &header).unwrap();
        let read = |rating: &str| {
            let row = ROW.replace("red", rating);
            let row: Vec<&str> = row.split(',').collect();
            read_row(&header.fields(&row).unwrap()).unwrap()
        };
        for (text, rating) in [("5", 5), ("5.0", 5), ("3.00", 3), ("1", 1)] {
            let b = read(text);
            assert_eq!(
                (b.rating, b.rating_put_aside()),
                (Some(rating), false),
                "{text}"
            );
        }
        for text in ["4.5", "0", "6", "5 stars", "-1", "five"] {
            let b = read(text);
            assert_eq!((b.rating, b.rating_put_aside()), (None, true), "{text}");
            assert_eq!(b.extra, [("rating".to_owned(), text.to_owned())]);
            assert_eq!(b.price_minor, 2000);
        }
        assert!(!read("").rating_put_aside());
    }

    #[test]
    fn a_number_beyond_the_limit_is_told_the_limit() {
        let problem = read(&ROW.replace("20.00", "10000000000000.01")).unwrap_err();
        assert_eq!(problem.code, ExceptionCode::BadNumber);
        assert!(
            problem.message.contains("10000000000000.00 USD"),
            "{}",
            problem.message
        );
        assert!(read(&ROW.replace("20.00", "10000000000000.00")).is_ok());
    }

    #[test]
    fn a_header_without_needed_columns_says_which() {
        let problem = Header::find(&COLUMNS, &["booking_id", "host_id", "host_id"]).unwrap_err();
        assert!(problem.missing.contains(&"price".to_owned()));
        assert_eq!(problem.twice, vec!["host_id".to_owned()]);
    }

    #[test]
    fn everything_refunded_counts_as_refunded() {
        use BookingStatus::*;
        assert_eq!(effective_status(Completed, 100, 100), Refunded);
        assert_eq!(effective_status(Completed, 100, 99), Completed);
        assert_eq!(effective_status(Completed, 0, 0), Completed);
        assert_eq!(effective_status(Confirmed, 100, 100), Confirmed);
    }
}
