//! Rows that can be read and can't be right: currencies that had ended, sessions that took place in
//! the future, fees above their price (docs/domain.md §3).

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::booking::{BookingRow, BookingStatus};
use crate::import::{ExceptionCode, RowProblem};
use crate::money::Money;
use crate::split::FeeEstimate;

/// How far a session that took place can end after the file was read: clocks and zones differ.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Tests a row against the clock and against what a card payment can cost.
///
/// `booked` is the business date of booking. `read_until` is the instant at which the file is read, or the end of the business date that a
/// person gave for it, whichever is later. `estimate` is the rule for the row's currency on the
/// day of booking; `None`: there is none.
///
/// # Errors
/// `CURRENCY_ENDED`, `FUTURE_SESSION`, `FEE_EXCEEDS_PRICE`.
pub fn check(
    row: &BookingRow,
    booked: Date,
    read_until: Timestamp,
    estimate: Option<FeeEstimate>,
) -> Result<(), RowProblem> {
    if let Some(ended) = row.currency.ended_on().filter(|ended| booked > *ended) {
        return Err(RowProblem::new(
            ExceptionCode::CurrencyEnded,
            format!(
                "currency is {}, which ended on {ended}, and the booking was paid on {booked}. Ask the platform in which currency it was paid.",
                row.currency
            ),
        ));
    }
    let took_place = matches!(
        row.status,
        BookingStatus::Completed | BookingStatus::NoShow | BookingStatus::Refunded
    );
    if took_place && row.ends_at.duration_since(read_until) > AHEAD {
        return Err(RowProblem::new(
            ExceptionCode::FutureSession,
            format!(
                "status is {}, but the session ends at {}, which is still ahead. Ask the platform which of the two is right; a session that is ahead is CONFIRMED.",
                row.status.as_str(),
                row.ends_at
            ),
        ));
    }
    let Some(fee) = row.processing_fee_minor else {
        return Ok(());
    };
    let expected = estimate.map(|e| e.fee(row.price_minor));
    if fee > row.price_minor && expected.is_none_or(|e| fee > e.saturating_mul(2)) {
        let money = |minor| Money::new(minor, row.currency);
        let expected = expected
            .map(|e| format!(" Expected is about {}.", money(e)))
            .unwrap_or_default();
        return Err(RowProblem::new(
            ExceptionCode::FeeExceedsPrice,
            format!(
                "processing_fee is {} for a price of {}, more than the price itself.{expected} It may be written in the smallest unit, such as 88 for 0.88; ask the platform for the fee as an amount.",
                money(fee),
                money(row.price_minor)
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::{COLUMNS, Header, read_row};

    const READ: &str = "2026-03-09T10:00:00Z";
    const USD: Option<FeeEstimate> = Some(FeeEstimate {
        rate_bp: 290,
        fixed_minor: 30,
    });

    fn row(status: &str, ends_at: &str, price: &str, fee: &str) -> BookingRow {
        let names = [
            "booking_id",
            "conversation_id",
            "host_id",
            "booked_at",
            "starts_at",
            "ends_at",
            "status",
            "price",
            "currency",
            "processing_fee",
            "refunded_amount",
        ];
        let refunded = if status == "REFUNDED" { price } else { "" };
        let fields = [
            "bk-1",
            "c-1",
            "h-1",
            "2026-03-01T10:00:00Z",
            "2026-03-05T10:00:00Z",
            ends_at,
            status,
            price,
            "USD",
            fee,
            refunded,
        ];
        let header = Header::find(&COLUMNS, &names).unwrap();
        read_row(&header.fields(&fields).unwrap()).unwrap()
    }

    fn code(row: &BookingRow, estimate: Option<FeeEstimate>) -> Option<ExceptionCode> {
        let booked = jiff::civil::date(2026, 3, 1);
        check(row, booked, READ.parse().unwrap(), estimate)
            .err()
            .map(|p| p.code)
    }

    #[test]
    fn a_session_that_took_place_is_not_ahead() {
        let late = "2026-03-10T10:00:01Z";
        for status in ["COMPLETED", "NO_SHOW", "REFUNDED"] {
            let future = row(status, late, "20.00", "");
            assert_eq!(code(&future, USD), Some(ExceptionCode::FutureSession));
            let near = row(status, "2026-03-10T10:00:00Z", "20.00", "");
            assert_eq!(code(&near, USD), None, "{status}: 24 hours are allowed");
        }
        for status in ["CONFIRMED", "PENDING", "CANCELLED", "HOST_CANCELLED"] {
            assert_eq!(code(&row(status, late, "20.00", ""), USD), None, "{status}");
        }
    }

    #[test]
    fn a_currency_takes_no_booking_after_its_end() {
        let on = |code: &str, day: Date| {
            let mut row = row("COMPLETED", "2026-03-05T11:00:00Z", "20.00", "");
            row.currency = crate::Currency::parse(code).unwrap();
            let found = check(&row, day, READ.parse().unwrap(), USD);
            found.err().map(|p| p.code)
        };
        let ended = Some(ExceptionCode::CurrencyEnded);
        let day = jiff::civil::date;
        assert_eq!(on("BGN", day(2025, 12, 31)), None);
        assert_eq!(on("BGN", day(2026, 1, 1)), ended);
        assert_eq!(on("HRK", day(2023, 1, 1)), ended);
        assert_eq!(on("EUR", day(2026, 1, 1)), None);
    }

    #[test]
    fn a_fee_above_the_price_and_twice_the_estimate_is_no_fee() {
        let with = |price, fee| row("COMPLETED", "2026-03-05T11:00:00Z", price, fee);
        let exceeds = Some(ExceptionCode::FeeExceedsPrice);
        assert_eq!(code(&with("15.00", "1500"), USD), exceeds);
        assert_eq!(code(&with("15.00", "15.01"), USD), exceeds);
        assert_eq!(
            code(&with("15.00", "15.00"), USD),
            None,
            "not above the price"
        );
        // The estimate of 0.40 is 0.31.
        assert_eq!(code(&with("0.40", "0.62"), USD), None);
        assert_eq!(code(&with("0.40", "0.63"), USD), exceeds);
        assert_eq!(
            code(&with("0.40", "0.41"), None),
            exceeds,
            "without an estimate"
        );
        assert_eq!(code(&with("0.40", "0.40"), None), None);
        assert_eq!(code(&with("0.00", "0.60"), USD), None);
        assert_eq!(code(&with("0.00", "0.61"), USD), exceeds);
    }
}
