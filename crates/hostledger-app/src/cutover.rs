//! A ledger that starts in mid-life: the day up to which hosts were paid before it, and the word
//! of warning where nobody gave that day (docs/domain.md §7, cutover).

use hostledger_core::calendar::days_after;
use hostledger_core::{Code, Error, Money};
use hostledger_store::cutover::{self, History};
use hostledger_store::{Conn, audit};
use jiff::civil::Date;
use serde_json::json;

use crate::commissions::need_reason;
use crate::identity::Role;
use crate::{Result, Session};

/// The key under which settings show and change the day.
pub const PAID_THROUGH: &str = "paid_through";

/// Money that was payable for longer than this many days and never paid here was most likely paid
/// elsewhere.
const LONG_AGO_DAYS: i64 = 30;

/// The last day whose payable money was paid outside; `None`: this ledger pays everything.
///
/// # Errors
/// The ledger's own.
pub fn paid_through(s: &Session) -> Result<Option<Date>> {
    s.ledger.read(|conn| Ok(cutover::paid_through(conn)?))
}

/// Whether the day can still change: no booking is in the ledger, and no opening balance.
///
/// # Errors
/// The ledger's own.
pub fn can_change(s: &Session) -> Result<bool> {
    s.ledger
        .read(|conn| Ok(!cutover::any_booking(conn)? && !cutover::any_opening_balance(conn)?))
}

/// Sets the day up to which hosts were paid outside, or takes it away with an empty value.
///
/// # Errors
/// [`Code::NotAllowed`]; [`Code::BadInput`] for no date or one ahead; [`Code::WrongState`] where
/// bookings or opening balances are in the ledger.
pub fn set_paid_through(s: &Session, value: &str, reason: &str) -> Result<()> {
    s.require(&[Role::Admin], "change the paid-through date")?;
    let reason = need_reason(reason)?;
    let date = match value.trim() {
        "" | "none" => None,
        text => Some(text.parse::<Date>().map_err(|_| {
            Error::new(
                Code::BadInput,
                format!("\"{text}\" is no date such as 2026-03-08; leave it empty to take the paid-through date away."),
            )
        })?),
    };
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        if let Some(date) = date {
            check_not_ahead(date, stamp.on)?;
        }
        if cutover::any_booking(conn)? {
            return Err(Error::new(
                Code::WrongState,
                "The paid-through date decides which bookings were paid before this ledger, so it can't change while bookings are in it. Undo the imports of bookings, change the date, and take the files in again.",
            ));
        }
        if cutover::any_opening_balance(conn)? {
            return Err(Error::new(
                Code::WrongState,
                "Opening balances stand as of the paid-through date. Undo their import, change the date, and take the file in again.",
            ));
        }
        let before = cutover::paid_through(conn)?;
        cutover::set_paid_through(conn, date)?;
        let text = |d: Option<Date>| d.map(|d| d.to_string());
        audit::record(
            conn,
            &stamp,
            "settings.set",
            PAID_THROUGH,
            &json!({ "value": text(date), "before": text(before), "reason": reason }),
        )?;
        Ok(())
    })
}

/// What is ahead wasn't paid by anybody.
pub(crate) fn check_not_ahead(date: Date, today: Date) -> Result<()> {
    if date <= today {
        return Ok(());
    }
    Err(Error::new(
        Code::BadInput,
        format!(
            "{date} is ahead: hosts can't have been paid through a day that hasn't come. Give the last day whose payable money was paid outside."
        ),
    ))
}

/// Everything since ever becomes payable, because the ledger has no paid-through date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryWarning {
    /// The day by which it is payable.
    pub by: Date,
    /// What is payable, by currency.
    pub sums: Vec<History>,
}

impl HistoryWarning {
    /// The stable code.
    pub const CODE: &str = "ALL_HISTORY_PAYABLE";

    /// The first day on which any of it was payable.
    #[must_use]
    pub fn oldest(&self) -> Date {
        self.sums.iter().map(|h| h.oldest).min().unwrap_or(self.by)
    }

    /// What it means and what to do.
    #[must_use]
    pub fn message(&self) -> String {
        let bookings: i64 = self.sums.iter().map(|h| h.bookings).sum();
        let totals: Vec<String> = self
            .sums
            .iter()
            .map(|h| Money::new(h.amount_minor, h.currency).to_string())
            .collect();
        format!(
            "Nothing was paid from this ledger yet, and it has no paid-through date, so all history becomes payable: {bookings} bookings, {}, the oldest payable since {}. If hosts were paid elsewhere until some day, don't pay this: undo the imports of bookings, set the paid-through date (paid_through in the settings) to the last day that was paid, or start a new ledger with that date, and take the files in again.",
            totals.join(", "),
            self.oldest()
        )
    }
}

/// The warning, where money payable by a day is long overdue, nothing ever left the ledger and it
/// has no paid-through date.
pub(crate) fn history_warning(conn: &Conn, by: Date) -> Result<Option<HistoryWarning>> {
    if cutover::paid_through(conn)?.is_some() || cutover::is_closed(conn)? {
        return Ok(None);
    }
    let found = HistoryWarning {
        by,
        sums: cutover::payable_by(conn, by)?,
    };
    Ok((found.oldest() < days_after(by, -LONG_AGO_DAYS)).then_some(found))
}
