//! What was owed between the marketplace and its hosts, beyond bookings, on the day a ledger
//! begins in mid-life (docs/domain.md §7, cutover).

use crate::booking::{Fields, parse_amount};
use crate::import::{ExceptionCode, RowProblem};
use crate::money::Currency;

/// The columns of the file; all must be there.
pub const COLUMNS: [(&str, bool); 4] = [
    ("host_id", true),
    ("currency", true),
    ("amount", true),
    ("reason", true),
];

/// One row of the file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningBalanceRow {
    /// Whose balance.
    pub host_id: String,
    /// In which currency.
    pub currency: Currency,
    /// In minor units: positive was owed to the host, negative the host owed.
    pub amount_minor: i64,
    /// What it is for; tells two amounts of one host and currency apart.
    pub reason: String,
}

/// Reads and checks one row.
///
/// # Errors
/// The first problem found: empty field, currency, number, id.
pub fn read_row(f: &Fields<'_>) -> Result<OpeningBalanceRow, RowProblem> {
    f.need(&COLUMNS)?;
    let currency = Currency::parse(f.text(1)).ok_or_else(|| {
        RowProblem::new(
            ExceptionCode::UnknownCurrency,
            format!(
                "currency is \"{}\", which is no ISO 4217 code such as USD.",
                f.text(1)
            ),
        )
        .of_column("currency")
    })?;
    let text = f.text(2);
    let (owed_by_host, plain) = match text.strip_prefix('-') {
        Some(rest) if !rest.starts_with('-') => (true, rest),
        _ => (false, text),
    };
    let amount = parse_amount("amount", plain, currency)?;
    Ok(OpeningBalanceRow {
        host_id: f.key(&COLUMNS, 0)?,
        currency,
        amount_minor: if owed_by_host { -amount } else { amount },
        reason: f.text(3).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::Header;

    fn read(row: [&str; 4]) -> Result<OpeningBalanceRow, RowProblem> {
        let header = Header::find(&COLUMNS, &["host_id", "currency", "amount", "reason"]).unwrap();
        read_row(&header.fields(&row)?)
    }

    #[test]
    fn amounts_carry_their_sign_and_their_currencys_digits() {
        let minor = |currency, amount| {
            read(["h-1", currency, amount, "bonus of May"]).map(|r| r.amount_minor)
        };
        assert_eq!(minor("USD", "12.50"), Ok(1250));
        assert_eq!(minor("USD", "-12.50"), Ok(-1250));
        assert_eq!(minor("JPY", "-300"), Ok(-300));
        assert_eq!(minor("USD", "0.00"), Ok(0));
        let code = |currency, amount| minor(currency, amount).unwrap_err().code;
        assert_eq!(code("USD", "--1.00"), ExceptionCode::BadNumber);
        assert_eq!(code("USD", "(12.50)"), ExceptionCode::BadNumber);
        assert_eq!(code("JPY", "1.50"), ExceptionCode::TooManyDecimals);
        assert_eq!(code("BUCKS", "1.00"), ExceptionCode::UnknownCurrency);
        let missing = read(["h-1", "USD", "1.00", " "]).unwrap_err();
        assert_eq!(missing.code, ExceptionCode::MissingField);
    }
}
