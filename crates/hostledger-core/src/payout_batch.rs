//! Preparing payouts: who can be paid, what is sent, what is carried and why, and the digest that
//! an approval signs (docs/domain.md §7).

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::calendar;
use crate::host::HostStatus;
use crate::money::{Currency, Money};

/// The state of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the states of docs/domain.md §7")]
pub enum BatchStatus {
    Draft,
    Submitted,
    Approved,
    Sending,
    Completed,
    PartiallyFailed,
    Rejected,
    Cancelled,
}

impl BatchStatus {
    /// All of them, in the order of their stored numbers from 1.
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Submitted,
        Self::Approved,
        Self::Sending,
        Self::Completed,
        Self::PartiallyFailed,
        Self::Rejected,
        Self::Cancelled,
    ];

    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Submitted => "SUBMITTED",
            Self::Approved => "APPROVED",
            Self::Sending => "SENDING",
            Self::Completed => "COMPLETED",
            Self::PartiallyFailed => "PARTIALLY_FAILED",
            Self::Rejected => "REJECTED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Whether nothing more happens with it.
    #[must_use]
    pub fn is_over(self) -> bool {
        match self {
            Self::Draft | Self::Submitted | Self::Approved | Self::Sending => false,
            Self::Completed | Self::PartiallyFailed | Self::Rejected | Self::Cancelled => true,
        }
    }
}

/// The state of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PayoutStatus {
    /// Prepared, not sent.
    Pending,
    /// Sent, or it isn't known whether it was.
    Processing,
    /// Arrived.
    Completed,
    /// Refused, or changed since it was approved.
    Failed,
    /// All of it came back.
    Reversed,
    /// Excluded, or its batch rejected or cancelled.
    Cancelled,
}

impl PayoutStatus {
    /// All of them, in the order of their stored numbers from 1; the first three are live.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Processing,
        Self::Completed,
        Self::Failed,
        Self::Reversed,
        Self::Cancelled,
    ];

    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Processing => "PROCESSING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Reversed => "REVERSED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Whether it holds its lines.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Pending | Self::Processing | Self::Completed)
    }
}

/// Why money due is not paid now; the order is the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(
    missing_docs,
    reason = "the reasons of docs/domain.md §7 and docs/cli.md"
)]
pub enum CarriedReason {
    ReconcileFirst,
    NotVerified,
    Closed,
    Suspended,
    Paused,
    NoPayoutAccount,
    TaxDetailsMissing,
    NotScheduled,
    Excluded,
    NegativeBalance,
    BelowMinimum,
}

impl CarriedReason {
    /// All of them, in order of precedence.
    pub const ALL: [Self; 11] = [
        Self::ReconcileFirst,
        Self::NotVerified,
        Self::Closed,
        Self::Suspended,
        Self::Paused,
        Self::NoPayoutAccount,
        Self::TaxDetailsMissing,
        Self::NotScheduled,
        Self::Excluded,
        Self::NegativeBalance,
        Self::BelowMinimum,
    ];

    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReconcileFirst => "RECONCILE_FIRST",
            Self::NotVerified => "NOT_VERIFIED",
            Self::Closed => "CLOSED",
            Self::Suspended => "SUSPENDED",
            Self::Paused => "PAUSED",
            Self::NoPayoutAccount => "NO_PAYOUT_ACCOUNT",
            Self::TaxDetailsMissing => "TAX_DETAILS_MISSING",
            Self::NotScheduled => "NOT_SCHEDULED",
            Self::Excluded => "EXCLUDED",
            Self::NegativeBalance => "NEGATIVE_BALANCE",
            Self::BelowMinimum => "BELOW_MINIMUM",
        }
    }

    /// Reads a word of the contract.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == text)
    }

    /// What a person is told, and what ends it.
    #[must_use]
    pub fn sentence(self, amount: Money, minimum_minor: Option<i64>) -> String {
        match self {
            Self::ReconcileFirst => {
                "The ledger was restored, and this money may have left already. Paid once people said what left since, and confirmed it.".into()
            }
            Self::NotVerified => {
                "The host is not verified. Paid once a hosts file shows the host as ACTIVE.".into()
            }
            Self::Closed => "The host's account with the platform is closed. A final payout, approved by a second person, pays what is left.".into(),
            Self::Suspended => "The host is suspended by the platform. Paid when the suspension ends.".into(),
            Self::Paused => "A person paused this host's payouts. Paid when the pause is lifted.".into(),
            Self::NoPayoutAccount => "The host has no payout account that can receive money. Paid when onboarding is complete.".into(),
            Self::TaxDetailsMissing => "Tax details are required and missing. Paid when they are in.".into(),
            Self::NotScheduled => "The host's institution isn't paid on this date. Paid on its next payout day.".into(),
            Self::Excluded => "A person took this payout out of the batch. It is due again in the next one.".into(),
            Self::NegativeBalance => format!("{amount} is owed by the host. Later earnings are set against it."),
            Self::BelowMinimum => match minimum_minor {
                Some(m) => format!("{amount} is below the {} minimum. Paid when the balance reaches it.", Money::new(m, amount.currency)),
                None => format!("{amount} is nothing to pay."),
            },
        }
    }
}

/// What decides whether money may go to a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostStanding {
    /// The platform's status of the host.
    pub status: HostStatus,
    /// A person paused the payouts.
    pub paused: bool,
    /// Where the money would go; empty: nowhere.
    pub destination: String,
    /// The account can receive payouts.
    pub payouts_enabled: bool,
    /// Tax details are required on that day and missing.
    pub lacks_tax_details: bool,
    /// The institution is paid on that day, or the batch is off-cycle.
    pub scheduled: bool,
    /// Two people let the next payout go as the host's last: a closed account is in nobody's way.
    pub final_payout: bool,
}

/// Every reason that lies in the host, in order of precedence; empty: payable.
#[must_use]
pub fn host_reasons(h: &HostStanding) -> Vec<CarriedReason> {
    use CarriedReason as R;
    let mut out = Vec::new();
    match h.status {
        HostStatus::Active => {}
        HostStatus::Closed if h.final_payout => {}
        HostStatus::Closed => out.push(R::Closed),
        HostStatus::Suspended => out.push(R::Suspended),
        HostStatus::Applied
        | HostStatus::Interview
        | HostStatus::Rejected
        | HostStatus::Unknown => out.push(R::NotVerified),
    }
    for (applies, reason) in [
        (h.paused, R::Paused),
        (
            h.destination.is_empty() || !h.payouts_enabled,
            R::NoPayoutAccount,
        ),
        (h.lacks_tax_details, R::TaxDetailsMissing),
        (!h.scheduled, R::NotScheduled),
    ] {
        if applies {
            out.push(reason);
        }
    }
    out
}

/// What is sent of a sum and what rest stays behind, in minor units: all of it, or whole hundreds
/// for HUF and TWD.
#[must_use]
pub fn sendable(sum_minor: i64, currency: Currency) -> (i64, i64) {
    if currency.pays_whole_hundreds() && sum_minor > 0 {
        (sum_minor - sum_minor % 100, sum_minor % 100)
    } else {
        (sum_minor, 0)
    }
}

/// Whether a sum is too small or negative; tested on the very figure that is sent. Without a
/// minimum any positive sum is paid.
#[must_use]
pub fn amount_reason(
    sum_minor: i64,
    currency: Currency,
    minimum_minor: Option<i64>,
) -> Option<CarriedReason> {
    let (sent, _) = sendable(sum_minor, currency);
    if sum_minor < 0 {
        Some(CarriedReason::NegativeBalance)
    } else if sent <= 0 || sent < minimum_minor.unwrap_or(1) {
        Some(CarriedReason::BelowMinimum)
    } else {
        None
    }
}

/// What an amount is that a bank sent back of a settled payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// All of it in one go: the payout is REVERSED.
    All,
    /// A part, also where the parts together reach all of it.
    Part,
    /// More than is left to come back.
    TooMuch {
        /// What is left, in minor units.
        left_minor: i64,
    },
}

/// What an amount that comes back is, after so much came back before; amounts above zero.
#[must_use]
pub fn comes_back(payout_minor: i64, so_far_minor: i64, amount_minor: i64) -> Back {
    let left_minor = payout_minor - so_far_minor;
    if amount_minor > left_minor {
        Back::TooMuch { left_minor }
    } else if so_far_minor == 0 && amount_minor == payout_minor {
        Back::All
    } else {
        Back::Part
    }
}

/// The first day on which money of a payout date may leave, some business days (Monday to Friday)
/// before it; with none, that date itself.
#[must_use]
pub fn leaves_from(payout_date: Date, lead_days: i64) -> Date {
    calendar::business_days_before(payout_date, lead_days)
}

/// A running digest of one payout: who, where to, how much, and each of its lines.
pub struct PayoutDigest(Sha256);

impl PayoutDigest {
    /// Starts with what the payout is.
    #[must_use]
    pub fn new(payout_id: &str, host_id: &str, destination: &str, amount: Money) -> Self {
        let mut h = Sha256::new();
        h.update(b"hostledger payout 1\n");
        for part in [payout_id, host_id, destination, amount.currency.code()] {
            h.update(part.len().to_le_bytes());
            h.update(part.as_bytes());
        }
        h.update(amount.amount_minor.to_le_bytes());
        Self(h)
    }

    /// The same with the host's name as the payment file prints it, which it covers too.
    #[must_use]
    pub fn named(payout_id: &str, host: (&str, &str), destination: &str, amount: Money) -> Self {
        let (host_id, host_name) = host;
        let mut of = Self::new(payout_id, host_id, destination, amount);
        of.line(b"N", host_name, 0);
        of
    }

    /// Adds a commission's line, in the order of the payout's lines.
    pub fn commission(&mut self, booking_id: &str, amount_minor: i64) {
        self.line(b"C", booking_id, amount_minor);
    }

    /// Adds an adjustment's line.
    pub fn adjustment(&mut self, adjustment_id: &str, amount_minor: i64) {
        self.line(b"A", adjustment_id, amount_minor);
    }

    fn line(&mut self, kind: &[u8], id: &str, amount_minor: i64) {
        self.0.update(kind);
        self.0.update(id.len().to_le_bytes());
        self.0.update(id.as_bytes());
        self.0.update(amount_minor.to_le_bytes());
    }

    /// The digest, 64 hexadecimal digits.
    #[must_use]
    pub fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// The digest of a batch: its date and its payouts' digests in the order of their ids.
#[must_use]
pub fn batch_digest(batch_id: &str, day: Date, payout_digests: &[String]) -> String {
    let mut h = Sha256::new();
    h.update(b"hostledger batch 1\n");
    h.update(batch_id.as_bytes());
    h.update(day.to_string().as_bytes());
    for d in payout_digests {
        h.update(b"\n");
        h.update(d.as_bytes());
    }
    hex::encode(h.finalize())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn payable() -> HostStanding {
        HostStanding {
            status: HostStatus::Active,
            paused: false,
            destination: "acct_1".into(),
            payouts_enabled: true,
            lacks_tax_details: false,
            scheduled: true,
            final_payout: false,
        }
    }

    #[test]
    fn reasons_come_in_order_and_all_of_them() {
        use CarriedReason as R;
        assert_eq!(host_reasons(&payable()), []);
        let h = HostStanding {
            status: HostStatus::Suspended,
            paused: true,
            payouts_enabled: false,
            scheduled: false,
            ..payable()
        };
        assert_eq!(
            host_reasons(&h),
            [R::Suspended, R::Paused, R::NoPayoutAccount, R::NotScheduled]
        );
        for status in [
            HostStatus::Applied,
            HostStatus::Interview,
            HostStatus::Rejected,
            HostStatus::Unknown,
        ] {
            assert_eq!(
                host_reasons(&HostStanding {
                    status,
                    ..payable()
                }),
                [R::NotVerified]
            );
        }
    }

    /// docs/domain.md §7: a final payout waives a closed account, and nothing else about the host.
    #[test]
    fn a_final_payout_lets_a_closed_host_go_and_no_other() {
        use CarriedReason as R;
        let of = |status, final_payout| {
            host_reasons(&HostStanding {
                status,
                final_payout,
                ..payable()
            })
        };
        assert_eq!(of(HostStatus::Closed, false), [R::Closed]);
        assert_eq!(of(HostStatus::Closed, true), []);
        assert_eq!(of(HostStatus::Active, true), []);
        assert_eq!(of(HostStatus::Suspended, true), [R::Suspended]);
        for status in [
            HostStatus::Applied,
            HostStatus::Interview,
            HostStatus::Rejected,
            HostStatus::Unknown,
        ] {
            assert_eq!(of(status, true), [R::NotVerified]);
        }
        let h = HostStanding {
            status: HostStatus::Closed,
            paused: true,
            payouts_enabled: false,
            lacks_tax_details: true,
            scheduled: false,
            final_payout: true,
            ..payable()
        };
        assert_eq!(
            host_reasons(&h),
            [
                R::Paused,
                R::NoPayoutAccount,
                R::TaxDetailsMissing,
                R::NotScheduled
            ]
        );
    }

    #[test]
    fn all_comes_back_in_one_go_or_in_parts() {
        assert_eq!(comes_back(2624, 0, 2624), Back::All);
        assert_eq!(comes_back(2624, 0, 1000), Back::Part);
        assert_eq!(comes_back(2624, 1000, 1624), Back::Part);
        let left_minor = 1624;
        assert_eq!(comes_back(2624, 1000, 1625), Back::TooMuch { left_minor });
        assert_eq!(comes_back(2624, 2624, 1), Back::TooMuch { left_minor: 0 });
    }

    proptest! {
        /// docs/domain.md §7: whatever is recorded in whatever order, no more comes back than left,
        /// and what came back in parts stays parts.
        #[test]
        fn no_more_comes_back_than_left(payout in 1_i64..100_000, tried in prop::collection::vec(1_i64..100_000, 1..12)) {
            let (mut so_far, mut all) = (0, 0);
            for amount in tried {
                match comes_back(payout, so_far, amount) {
                    Back::TooMuch { left_minor } => {
                        prop_assert!(amount > left_minor && left_minor == payout - so_far);
                        continue;
                    }
                    Back::All => {
                        prop_assert_eq!(so_far, 0);
                        all += 1;
                    }
                    Back::Part => {}
                }
                so_far += amount;
            }
            prop_assert!(so_far <= payout);
            prop_assert!(all == 0 || so_far == payout);
        }
    }

    /// docs/domain.md §7: money of a payout date leaves on it, a file some business days before.
    #[test]
    fn money_leaves_on_its_day_and_a_file_business_days_before() {
        let monday = date(2026, 11, 30);
        assert_eq!(leaves_from(monday, 0), monday);
        assert_eq!(leaves_from(monday, 1), date(2026, 11, 27));
        assert_eq!(leaves_from(monday, 5), date(2026, 11, 23));
        assert_eq!(leaves_from(monday, 6), date(2026, 11, 20));
        let sunday = date(2026, 11, 29);
        assert_eq!(leaves_from(sunday, 0), sunday);
        assert_eq!(leaves_from(sunday, 1), date(2026, 11, 27));
        assert_eq!(leaves_from(sunday, 2), date(2026, 11, 26));
    }

    #[test]
    fn the_minimum_is_tested_on_the_figure_that_is_sent() {
        let usd = Currency::USD;
        assert_eq!(amount_reason(2500, usd, Some(2500)), None);
        assert_eq!(
            amount_reason(2499, usd, Some(2500)),
            Some(CarriedReason::BelowMinimum)
        );
        assert_eq!(
            amount_reason(-1, usd, Some(2500)),
            Some(CarriedReason::NegativeBalance)
        );
        assert_eq!(
            amount_reason(0, usd, None),
            Some(CarriedReason::BelowMinimum)
        );
        assert_eq!(amount_reason(1, usd, None), None);
        assert_eq!(
            amount_reason(0, usd, Some(0)),
            Some(CarriedReason::BelowMinimum)
        );
        let huf = Currency::parse("HUF").unwrap();
        assert_eq!(sendable(12_345, huf), (12_300, 45));
        assert_eq!(
            amount_reason(12_345, huf, Some(12_310)),
            Some(CarriedReason::BelowMinimum)
        );
        assert_eq!(
            amount_reason(99, huf, None),
            Some(CarriedReason::BelowMinimum)
        );
        assert_eq!(sendable(-150, huf), (-150, 0));
    }

    #[test]
    fn the_digest_moves_with_every_part() {
        let base = |host: &str, to: &str, minor, line: &str, line_minor| {
            let mut d = PayoutDigest::new("p", host, to, Money::new(minor, Currency::USD));
            d.commission(line, line_minor);
            d.finish()
        };
        let one = base("h", "acct", 100, "bk", 100);
        for other in [
            base("i", "acct", 100, "bk", 100),
            base("h", "acct2", 100, "bk", 100),
            base("h", "acct", 101, "bk", 100),
            base("h", "acct", 100, "bl", 100),
            base("h", "acct", 100, "bk", 101),
        ] {
            assert_ne!(one, other);
        }
        assert_eq!(one, base("h", "acct", 100, "bk", 100));
    }
}
