//! A payout on its way through Stripe: its states, and what may be done with one whose outcome
//! isn't known (docs/stripe.md).

use jiff::{SignedDuration, Timestamp};

/// What is known of a payout's transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransferState {
    /// Key and body are stored; nothing went out.
    Prepared,
    /// A call began; no answer is recorded.
    Sending,
    /// Stripe made the transfer.
    Sent,
    /// Stripe refused it; no money moved.
    Failed,
    /// It isn't known whether Stripe made it.
    Unknown,
}

impl TransferState {
    /// All of them, in the order of their stored numbers from 1.
    pub const ALL: [Self; 5] = [
        Self::Prepared,
        Self::Sending,
        Self::Sent,
        Self::Failed,
        Self::Unknown,
    ];

    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "PREPARED",
            Self::Sending => "SENDING",
            Self::Sent => "SENT",
            Self::Failed => "FAILED",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// How long a key surely still protects: Stripe may forget it once it is 24 hours old
/// (<https://docs.stripe.com/api/idempotent_requests>); two hours are kept as a margin.
pub const KEY_SURELY_ALIVE: SignedDuration = SignedDuration::from_hours(22);

/// What to do with a payout that Stripe's list doesn't show and whose outcome isn't known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlisted {
    /// The same bytes under the same key: Stripe answers what it did, or does it now.
    Replay,
    /// The key may be forgotten, so the same request could pay again: two people decide.
    AskPeople,
}

/// Decides by the age of the key. A clock that stands before the first call, or before something
/// this ledger recorded already, proves nothing: then people decide.
#[must_use]
pub fn unlisted(first_call_at: Timestamp, newest_record: Timestamp, now: Timestamp) -> Unlisted {
    let latest = first_call_at.max(newest_record);
    if now < latest || now.duration_since(first_call_at) >= KEY_SURELY_ALIVE {
        Unlisted::AskPeople
    } else {
        Unlisted::Replay
    }
}

/// Why money can't reach a host's account now; `None`: it can. `due` are the details that Stripe
/// asks for, in its own words (<https://docs.stripe.com/connect/handling-api-verification>).
#[must_use]
pub fn account_trouble(
    transfers_active: bool,
    payouts_enabled: bool,
    disabled_reason: Option<&str>,
    due: &[String],
) -> Option<String> {
    let what = match (transfers_active, payouts_enabled) {
        (true, true) => return None,
        (false, _) => "Stripe lets it receive no transfers",
        (true, false) => "Stripe doesn't pay it out to its bank",
    };
    let why = match (due, disabled_reason) {
        ([], None) => String::new(),
        ([], Some(reason)) => format!(" ({reason})"),
        ([one], _) => format!(": {} is missing", detail_in_words(one)),
        (several, _) => {
            let words: Vec<String> = several.iter().map(|d| detail_in_words(d)).collect();
            format!(": {} are missing", words.join(", "))
        }
    };
    Some(format!("{what}{why}."))
}

/// One of the details that Stripe asks a host for, e.g. `individual.dob.day` or `external_account`.
#[must_use]
pub fn detail_in_words(detail: &str) -> String {
    let known = [
        ("external_account", "a bank account"),
        ("tos_acceptance", "acceptance of Stripe's terms"),
        ("verification.document", "an identity document"),
        ("verification.additional_document", "a second document"),
        ("id_number", "a tax or identity number"),
        ("ssn_last_4", "the last four digits of the SSN"),
        (".dob", "the date of birth"),
        (".address", "the address"),
        ("first_name", "the first name"),
        ("last_name", "the last name"),
        (".email", "the e-mail"),
        (".phone", "the phone number"),
        ("business_profile", "the business profile"),
        ("representative", "a representative"),
    ];
    known
        .iter()
        .find(|(part, _)| detail.contains(part))
        .map_or_else(
            || detail.replace(['.', '_'], " "),
            |(_, words)| (*words).to_owned(),
        )
}

/// The facts of one transfer in Stripe's list that names one of our payouts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Stripe's id, `tr_…`.
    pub transfer_id: String,
    /// Minor units.
    pub amount_minor: i64,
    /// Currency code in capitals.
    pub currency: String,
    /// The connected account.
    pub destination: String,
    /// What of it was reversed since, in minor units.
    pub reversed_minor: i64,
}

impl Listed {
    /// Whether all of it came back.
    #[must_use]
    pub fn came_back(&self) -> bool {
        self.reversed_minor >= self.amount_minor
    }
}

/// What Stripe's list says of a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It shows none.
    Nothing,
    /// It shows exactly the transfer that was to be made.
    Ours(String),
    /// It shows something that can't be: two transfers, or another sum or receiver.
    Alarm(String),
}

/// Compares Stripe's list with what was to be sent. Of several transfers for one payout all but one
/// must have come back: then people have mended a double one.
#[must_use]
pub fn find(payout_id: &str, wanted: &Listed, shown: &[Listed]) -> Found {
    let standing: Vec<&Listed> = shown.iter().filter(|t| !t.came_back()).collect();
    let one = match (standing.as_slice(), shown) {
        ([], []) => return Found::Nothing,
        ([one], _) => *one,
        ([], [one]) => one,
        _ => {
            let ids: Vec<&str> = shown.iter().map(|t| t.transfer_id.as_str()).collect();
            return Found::Alarm(format!(
                "Stripe shows {} transfers for payout {payout_id}: {}",
                shown.len(),
                ids.join(", ")
            ));
        }
    };
    let same = one.amount_minor == wanted.amount_minor
        && one.currency == wanted.currency
        && one.destination == wanted.destination;
    if same {
        Found::Ours(one.transfer_id.clone())
    } else {
        Found::Alarm(format!(
            "transfer {} for payout {payout_id} is {} {} to {} at Stripe, but {} {} to {} was to be sent (in minor units)",
            one.transfer_id,
            one.amount_minor,
            one.currency,
            one.destination,
            wanted.amount_minor,
            wanted.currency,
            wanted.destination
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_770_000_000 + hours * 3600).unwrap()
    }

    #[test]
    fn a_key_is_used_again_only_while_it_surely_lives() {
        assert_eq!(unlisted(at(0), at(0), at(21)), Unlisted::Replay);
        assert_eq!(unlisted(at(0), at(0), at(22)), Unlisted::AskPeople);
        assert_eq!(unlisted(at(0), at(0), at(48)), Unlisted::AskPeople);
        // A clock that went back.
        assert_eq!(unlisted(at(0), at(0), at(-1)), Unlisted::AskPeople);
        assert_eq!(unlisted(at(0), at(30), at(5)), Unlisted::AskPeople);
    }

    #[test]
    fn what_a_host_owes_stripe_is_said_in_words() {
        assert_eq!(account_trouble(true, true, None, &[]), None);
        let due = [
            "external_account".to_owned(),
            "individual.dob.day".to_owned(),
        ];
        assert_eq!(
            account_trouble(false, true, None, &due).unwrap(),
            "Stripe lets it receive no transfers: a bank account, the date of birth are missing."
        );
        assert_eq!(
            account_trouble(true, false, Some("rejected.fraud"), &[]).unwrap(),
            "Stripe doesn't pay it out to its bank (rejected.fraud)."
        );
        assert_eq!(detail_in_words("company.tax_id"), "company tax id");
    }

    #[test]
    fn two_transfers_or_another_sum_are_an_alarm() {
        let t = |id: &str, amount_minor| Listed {
            transfer_id: id.into(),
            amount_minor,
            currency: "USD".into(),
            destination: "acct_1".into(),
            reversed_minor: 0,
        };
        let back = |id: &str| Listed {
            reversed_minor: 100,
            ..t(id, 100)
        };
        let want = t("", 100);
        assert_eq!(find("p", &want, &[]), Found::Nothing);
        assert_eq!(
            find("p", &want, &[t("tr_1", 100)]),
            Found::Ours("tr_1".into())
        );
        assert!(matches!(
            find("p", &want, &[t("tr_1", 101)]),
            Found::Alarm(_)
        ));
        let two = [t("tr_1", 100), t("tr_2", 100)];
        assert!(matches!(find("p", &want, &two), Found::Alarm(_)));
        // One of two that came back is mended; one alone that came back was sent all the same.
        assert_eq!(
            find("p", &want, &[back("tr_1"), t("tr_2", 100)]),
            Found::Ours("tr_2".into())
        );
        assert_eq!(
            find("p", &want, &[back("tr_1")]),
            Found::Ours("tr_1".into())
        );
        let both = [back("tr_1"), back("tr_2")];
        assert!(matches!(find("p", &want, &both), Found::Alarm(_)));
    }
}
