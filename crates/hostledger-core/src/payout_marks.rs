//! What a person looks at before a payout is approved (docs/domain.md §7, *What to look at*).

use jiff::civil::Date;

use crate::money::{Currency, Money};
use crate::payout_batch::PayoutStatus;

/// Why a payout deserves a look. The order is that of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PayoutFlag {
    /// Another destination than that of the last payout that was sent to the host.
    DestinationChanged,
    /// Its destination is another host's too.
    SharedDestination,
    /// Nothing was ever sent to this host.
    FirstPayout,
    /// More than twice the median of what was sent lately.
    FarAboveUsual,
    /// A row about one of the host's bookings waits among the exceptions.
    WaitingRows,
    /// Adjustments are among its lines.
    Adjustment,
    /// It changed since it was prepared.
    Stale,
}

impl PayoutFlag {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DestinationChanged => "DESTINATION_CHANGED",
            Self::SharedDestination => "SHARED_DESTINATION",
            Self::FirstPayout => "FIRST_PAYOUT",
            Self::FarAboveUsual => "FAR_ABOVE_USUAL",
            Self::WaitingRows => "WAITING_ROWS",
            Self::Adjustment => "ADJUSTMENT",
            Self::Stale => "STALE",
        }
    }
}

/// A flag with what a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which.
    pub flag: PayoutFlag,
    /// Why, as a sentence with the figures and names.
    pub text: String,
}

/// The last payout that was sent to a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastSent {
    /// Its payout date.
    pub date: Date,
    /// Where it went.
    pub destination: String,
    /// What became of it.
    pub status: PayoutStatus,
}

/// What decides a payout's marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What is sent.
    pub amount: Money,
    /// Where it goes.
    pub destination: String,
    /// Where that account comes from, in words such as a file and line; `None`: not known.
    pub destination_from: Option<String>,
    /// The last payout that was sent to the host before, in any currency; `None`: there was none.
    pub last_sent: Option<LastSent>,
    /// The amounts sent to the host before in this currency, newest first, in minor units.
    pub sent_before_minor: Vec<i64>,
    /// Some of the other hosts whose account the destination is, in words.
    pub also_of: Vec<String>,
    /// How many more there are.
    pub also_of_more: usize,
    /// The host's bookings about which rows wait.
    pub waiting: Vec<String>,
    /// How many adjustments are among the lines.
    pub adjustments: i64,
    /// Their sum in minor units.
    pub adjustments_minor: i64,
    /// It changed since it was prepared.
    pub is_stale: bool,
}

/// How many payouts the usual is taken of.
pub const USUAL_OF: usize = 8;
/// With fewer there is no usual.
pub const USUAL_NEEDS: usize = 3;

/// An account id as it is compared: without blanks. Upper and lower case differ, as they do at
/// Stripe. Empty: no account, which is nobody's.
#[must_use]
pub fn account_key(account: &str) -> String {
    account.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A payout's marks, the most urgent first.
#[must_use]
pub fn marks(f: &Facts) -> Vec<Mark> {
    let mut out = Vec::new();
    let mut mark = |flag, text: String| out.push(Mark { flag, text });
    if let Some(text) = changed(f) {
        mark(PayoutFlag::DestinationChanged, text);
    }
    if !f.also_of.is_empty() {
        let more = match f.also_of_more {
            0 => String::new(),
            n => format!(" and of {n} more"),
        };
        let text = format!(
            "{} is the payout account of another host too: {}{more}.",
            f.destination,
            f.also_of.join(", ")
        );
        mark(PayoutFlag::SharedDestination, text);
    }
    if f.last_sent.is_none() {
        mark(
            PayoutFlag::FirstPayout,
            "First payout to this host.".to_owned(),
        );
    }
    if let Some(twice) = twice_usual(&f.sent_before_minor)
        && i128::from(f.amount.amount_minor) > twice
    {
        let n = f.sent_before_minor.len().min(USUAL_OF);
        let text = format!(
            "{} is more than twice the usual: the median of the last {n} payouts sent to this host is {}.",
            f.amount,
            half(twice, f.amount.currency)
        );
        mark(PayoutFlag::FarAboveUsual, text);
    }
    match f.waiting.as_slice() {
        [] => {}
        [one] => mark(
            PayoutFlag::WaitingRows,
            format!("A row about {one} waits among the exceptions."),
        ),
        [one, rest @ ..] => mark(
            PayoutFlag::WaitingRows,
            format!(
                "Rows about {one} and {} more of this host's bookings wait among the exceptions.",
                rest.len()
            ),
        ),
    }
    let sum = Money::new(f.adjustments_minor, f.amount.currency);
    match f.adjustments {
        0 => {}
        1 => mark(
            PayoutFlag::Adjustment,
            format!("An adjustment of {sum} is in it."),
        ),
        n => mark(
            PayoutFlag::Adjustment,
            format!("{n} adjustments, {sum} in all, are in it."),
        ),
    }
    if f.is_stale {
        mark(
            PayoutFlag::Stale,
            "Changed since it was prepared.".to_owned(),
        );
    }
    out
}

fn changed(f: &Facts) -> Option<String> {
    let last = f.last_sent.as_ref()?;
    if account_key(&last.destination) == account_key(&f.destination) {
        return None;
    }
    let became = match last.status {
        PayoutStatus::Failed => ", which failed",
        PayoutStatus::Reversed => ", which came back",
        PayoutStatus::Processing => ", which is on its way",
        PayoutStatus::Pending | PayoutStatus::Completed | PayoutStatus::Cancelled => "",
    };
    let from = f
        .destination_from
        .as_ref()
        .map(|from| format!(" ({from})"))
        .unwrap_or_default();
    Some(format!(
        "The payout account was {} at the last payout sent, of {}{became}; it is {} now{from}.",
        last.destination, last.date, f.destination
    ))
}

/// Twice the median of the last [`USUAL_OF`] amounts, newest first; `None` where there are fewer
/// than [`USUAL_NEEDS`]. Doubled, so that an even number of amounts needs no half minor unit.
#[must_use]
pub fn twice_usual(newest_first_minor: &[i64]) -> Option<i128> {
    let n = newest_first_minor.len().min(USUAL_OF);
    if n < USUAL_NEEDS {
        return None;
    }
    let mut last = newest_first_minor[..n].to_vec();
    last.sort_unstable();
    Some(i128::from(last[(n - 1) / 2]) + i128::from(last[n / 2]))
}

/// Half an amount in minor units; half a minor unit is written as a further digit.
fn half(twice: i128, currency: Currency) -> String {
    let whole = i64::try_from(twice / 2).unwrap_or(i64::MAX);
    let digits = Money::new(whole, currency).digits();
    match (twice % 2, currency.digits()) {
        (0, _) => format!("{digits} {currency}"),
        (_, 0) => format!("{digits}.5 {currency}"),
        _ => format!("{digits}5 {currency}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn facts() -> Facts {
        Facts {
            amount: Money::new(2_624, Currency::USD),
            destination: "acct_B".into(),
            destination_from: None,
            last_sent: Some(LastSent {
                date: date(2026, 3, 9),
                destination: "acct_B".into(),
                status: PayoutStatus::Completed,
            }),
            sent_before_minor: vec![2_624],
            also_of: Vec::new(),
            also_of_more: 0,
            waiting: Vec::new(),
            adjustments: 0,
            adjustments_minor: 0,
            is_stale: false,
        }
    }

    fn words(f: &Facts) -> Vec<&'static str> {
        marks(f).into_iter().map(|m| m.flag.as_str()).collect()
    }

    #[test]
    fn an_ordinary_payout_has_no_mark() {
        assert_eq!(words(&facts()), [""; 0]);
    }

    #[test]
    fn a_changed_destination_names_the_old_account_and_the_new() {
        let mut f = facts();
        f.last_sent.as_mut().unwrap().destination = "acct_A".into();
        f.last_sent.as_mut().unwrap().status = PayoutStatus::Reversed;
        f.destination_from = Some("hosts.csv, line 7".into());
        assert_eq!(words(&f), ["DESTINATION_CHANGED"]);
        assert_eq!(
            marks(&f)[0].text,
            "The payout account was acct_A at the last payout sent, of 2026-03-09, which came back; it is acct_B now (hosts.csv, line 7)."
        );
        f.last_sent.as_mut().unwrap().destination = "acct_b".into();
        assert_eq!(words(&f), ["DESTINATION_CHANGED"], "case matters");
        f.last_sent.as_mut().unwrap().destination = " acct_ B".into();
        assert_eq!(words(&f), [""; 0], "blanks don't");
    }

    #[test]
    fn the_first_payout_is_first_whatever_the_currency_was() {
        let mut f = facts();
        f.sent_before_minor.clear();
        assert_eq!(words(&f), [""; 0], "something was sent in another currency");
        f.last_sent = None;
        assert_eq!(words(&f), ["FIRST_PAYOUT"]);
    }

    #[test]
    fn far_above_usual_is_more_than_twice_the_median_of_at_least_three() {
        let mut f = facts();
        f.amount.amount_minor = 5_249;
        f.sent_before_minor = vec![2_624, 2_624];
        assert_eq!(words(&f), [""; 0], "two are too few");
        f.sent_before_minor.push(100_000);
        assert_eq!(words(&f), ["FAR_ABOVE_USUAL"]);
        assert!(marks(&f)[0].text.contains("26.24 USD"), "{:?}", marks(&f));
        f.amount.amount_minor = 5_248;
        assert_eq!(words(&f), [""; 0], "twice isn't more than twice");
        // Only the last eight count: the ninth would lower the median.
        f.amount.amount_minor = 2_001;
        f.sent_before_minor = vec![1_000, 1_000, 1_000, 1_000, 1_001, 1_001, 1_001, 1_001, 1];
        assert_eq!(words(&f), [""; 0], "the median is 1000.5, twice it 2001");
        f.amount.amount_minor = 2_002;
        assert_eq!(words(&f), ["FAR_ABOVE_USUAL"]);
        assert!(marks(&f)[0].text.contains("10.005 USD"), "{:?}", marks(&f));
    }

    #[test]
    fn all_marks_come_in_the_order_of_urgency() {
        let mut f = facts();
        f.last_sent.as_mut().unwrap().destination = "acct_A".into();
        f.also_of = vec!["h-1 (Ann, suspended)".into()];
        f.also_of_more = 2;
        f.sent_before_minor = vec![1, 1, 1];
        f.adjustments = 2;
        f.adjustments_minor = -700;
        f.is_stale = true;
        assert_eq!(
            words(&f),
            [
                "DESTINATION_CHANGED",
                "SHARED_DESTINATION",
                "FAR_ABOVE_USUAL",
                "ADJUSTMENT",
                "STALE"
            ]
        );
        let texts: Vec<String> = marks(&f).into_iter().map(|m| m.text).collect();
        assert_eq!(
            texts[1],
            "acct_B is the payout account of another host too: h-1 (Ann, suspended) and of 2 more."
        );
        assert_eq!(texts[3], "2 adjustments, -7.00 USD in all, are in it.");
        let flags: Vec<PayoutFlag> = marks(&f).into_iter().map(|m| m.flag).collect();
        assert!(flags.is_sorted());
    }

    proptest! {
        /// The median as a plainly counted one: as many amounts lie below it as above.
        #[test]
        fn the_usual_has_as_many_below_as_above(amounts in prop::collection::vec(1..400_i64, 0..20)) {
            let usual = twice_usual(&amounts);
            prop_assert_eq!(usual.is_some(), amounts.len() >= 3);
            if let Some(twice) = usual {
                let last = &amounts[..amounts.len().min(8)];
                let below = last.iter().filter(|a| 2 * i128::from(**a) < twice).count();
                let above = last.iter().filter(|a| 2 * i128::from(**a) > twice).count();
                prop_assert!(2 * below <= last.len() && 2 * above <= last.len());
            }
        }
    }
}
