//! Stripe's payments export of the dashboard, as far as it tells of chargebacks
//! (`Disputed Amount` and what follows; users choose which columns it has).

use jiff::Timestamp;

use crate::booking::{Fields, is_null_word, parse_amount};
use crate::dispute::DisputeStatus;
use crate::import::{ExceptionCode, RowProblem};
use crate::money::Currency;
use crate::times;

/// The columns that are read, in lower case; those with `true` must be there.
pub const COLUMNS: [(&str, bool); 10] = [
    ("id", true),
    ("currency", true),
    ("disputed amount", true),
    ("dispute status", true),
    ("dispute reason", false),
    ("dispute date (utc)", false),
    ("dispute evidence due (utc)", false),
    ("paymentintent id", false),
    ("bookingid (metadata)", false),
    ("mode", false),
];

/// Whether a row is of Stripe's live mode; `None`: the file doesn't say.
#[must_use]
pub fn is_live(f: &Fields<'_>) -> Option<bool> {
    match f.text(9) {
        text if text.eq_ignore_ascii_case("live") => Some(true),
        text if text.eq_ignore_ascii_case("test") => Some(false),
        _ => None,
    }
}

/// What a payment's row says of its chargeback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputedPayment {
    /// `ch_…`.
    pub charge_id: String,
    /// `pi_…`; empty where the file has no such column.
    pub payment_intent_id: String,
    /// The booking that the platform noted with the payment; empty: none.
    pub booking_id: String,
    /// Stripe's word for the reason.
    pub reason: String,
    /// Minor units.
    pub amount_minor: i64,
    /// Its currency.
    pub currency: Currency,
    /// Where it stands.
    pub status: DisputeStatus,
    /// When it was opened, where the file says so.
    pub opened_at: Option<Timestamp>,
    /// Until when evidence can be handed in.
    pub evidence_due_by: Option<Timestamp>,
}

/// Reads a row; `None`: the payment isn't disputed.
///
/// # Errors
/// Currency, number, status, time.
pub fn read_row(f: &Fields<'_>) -> Result<Option<DisputedPayment>, RowProblem> {
    let said = |column: usize| {
        Some(f.text(column))
            .filter(|t| !is_null_word(t))
            .unwrap_or("")
    };
    let (amount, status) = (said(2), said(3));
    if status.is_empty() && amount.trim_matches(['0', '.', ',']).is_empty() {
        return Ok(None);
    }
    let charge_id = f.key(&COLUMNS, 0)?;
    if charge_id.is_empty() || is_null_word(&charge_id) {
        return Err(RowProblem::new(
            ExceptionCode::MissingField,
            "id is empty, and without the charge the dispute can't be booked.",
        )
        .of_column("id"));
    }
    let currency = Currency::parse(&f.text(1).to_ascii_uppercase()).ok_or_else(|| {
        RowProblem::new(
            ExceptionCode::UnknownCurrency,
            format!(
                "Currency is \"{}\", which is no ISO 4217 code such as usd.",
                f.text(1)
            ),
        )
        .of_column("Currency")
    })?;
    let amount_minor = parse_amount("Disputed Amount", amount, currency)?;
    let status = DisputeStatus::parse(status).ok_or_else(|| {
        let all: Vec<&str> = DisputeStatus::ALL.iter().map(|s| s.as_str()).collect();
        RowProblem::new(
            ExceptionCode::UnknownStatus,
            format!(
                "Dispute Status is \"{status}\". Known are {}.",
                all.join(", ")
            ),
        )
        .of_column("Dispute Status")
    })?;
    Ok(Some(DisputedPayment {
        charge_id,
        payment_intent_id: f.payment_id(&COLUMNS, 7)?,
        booking_id: f.key(&COLUMNS, 8)?,
        reason: f.text(4).to_owned(),
        amount_minor,
        currency,
        status,
        opened_at: time("Dispute Date (UTC)", f.text(5))?,
        evidence_due_by: time("Dispute Evidence Due (UTC)", f.text(6))?,
    }))
}

/// The dashboard writes `2026-03-09 18:30` or with seconds, in UTC.
fn time(column: &str, text: &str) -> Result<Option<Timestamp>, RowProblem> {
    if text.is_empty() {
        return Ok(None);
    }
    times::instant_or_utc(text).map(Some).ok_or_else(|| {
        RowProblem::new(
            ExceptionCode::BadTime,
            format!(
                "{column} is \"{text}\", which is no date and time in UTC such as 2026-03-09 18:30."
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::Header;

    fn read(row: &[&str]) -> Result<Option<DisputedPayment>, RowProblem> {
        let names: Vec<&str> = COLUMNS[..9].iter().map(|(n, _)| *n).collect();
        let header = Header::find(&COLUMNS, &names).unwrap();
        read_row(&header.fields(row).unwrap())
    }

    #[test]
    fn a_disputed_payment_is_read_and_others_are_not() {
        let d = read(&[
            "ch_1",
            "usd",
            "20.00",
            "needs_response",
            "fraudulent",
            "2026-03-09 18:30",
            "2026-03-23 23:59:00",
            "pi_1",
            "",
        ])
        .unwrap()
        .unwrap();
        assert_eq!(
            (d.amount_minor, d.currency, d.status),
            (2000, Currency::USD, DisputeStatus::NeedsResponse)
        );
        assert_eq!(
            d.opened_at,
            Some("2026-03-09T18:30:00Z".parse().unwrap()),
            "UTC"
        );
        let quiet = ["ch_1", "usd", "0.00", "", "", "", "", "", ""];
        assert_eq!(read(&quiet), Ok(None));
        let quiet = ["ch_1", "usd", "", "", "", "", "", "", ""];
        assert_eq!(read(&quiet), Ok(None));
    }

    #[test]
    fn faults_have_codes() {
        let code = |row: [&str; 9]| read(&row).unwrap_err().code;
        let with = |at: usize, text: &'static str| {
            let mut row = [
                "ch_1",
                "usd",
                "20.00",
                "lost",
                "",
                "2026-03-09 18:30",
                "",
                "",
                "",
            ];
            row[at] = text;
            row
        };
        for (at, text, want) in [
            (0, "", ExceptionCode::MissingField),
            (1, "dollars", ExceptionCode::UnknownCurrency),
            (2, "twenty", ExceptionCode::BadNumber),
            (3, "settled", ExceptionCode::UnknownStatus),
            (5, "09/03/26", ExceptionCode::BadTime),
        ] {
            assert_eq!(code(with(at, text)), want, "{text}");
        }
    }
}
