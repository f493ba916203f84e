//! Who may approve a batch, and what the approval signs (docs/domain.md §7).

use jiff::Timestamp;

use crate::error::{Code, Error};

/// What an approver's key signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalStatement<'a> {
    /// The ledger's own id.
    pub ledger_id: &'a str,
    /// The batch.
    pub batch_id: &'a str,
    /// The batch's digest as shown to the approver.
    pub digest: &'a str,
    /// The approver's name.
    pub approver: &'a str,
    /// When.
    pub approved_at: Timestamp,
    /// The rail by which it may leave.
    pub rail: &'a Rail,
    /// The batch's how-manieth submission; 0: from before rails were fixed when a batch is submitted.
    pub submission: i64,
}

/// The way by which payouts leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rail {
    /// A payment file.
    File,
    /// Transfers of a Stripe account.
    Stripe(StripeRail),
}

impl Rail {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Stripe(_) => "stripe",
        }
    }

    /// The rail in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::File => "a payment file".to_owned(),
            Self::Stripe(s) => format!("the Stripe account {} in {} mode", s.account_id, s.mode()),
        }
    }

    /// The Stripe account, where it is one.
    #[must_use]
    pub fn stripe(&self) -> Option<&StripeRail> {
        match self {
            Self::File => None,
            Self::Stripe(s) => Some(s),
        }
    }
}

/// A Stripe account and its mode, bound into an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripeRail {
    /// The platform's own account, `acct_…`.
    pub account_id: String,
    /// Real money; otherwise Stripe's test mode.
    pub livemode: bool,
}

impl StripeRail {
    /// `live` or `test`.
    #[must_use]
    pub fn mode(&self) -> &'static str {
        if self.livemode { "live" } else { "test" }
    }
}

impl ApprovalStatement<'_> {
    /// The bytes that are signed: one fact a line.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let stripe = self.rail.stripe();
        let form = match (self.submission, stripe) {
            (0, None) => 1,
            (0, Some(_)) => 2,
            _ => 3,
        };
        let mut text = format!(
            "hostledger approval {form}\nledger {}\nbatch {}\ndigest {}\napprover {}\nat {}\n",
            self.ledger_id, self.batch_id, self.digest, self.approver, self.approved_at
        );
        if form == 3 {
            text.push_str(&format!(
                "submission {}\nrail {}\n",
                self.submission,
                self.rail.as_str()
            ));
        }
        if let Some(s) = stripe {
            text.push_str(&format!("stripe {} {}\n", s.account_id, s.mode()));
        }
        text.into_bytes()
    }
}

/// Maker and checker are two people: whoever prepared, changed or submitted a batch never
/// approves it.
///
/// # Errors
/// [`Code::SamePerson`].
pub fn check_second_person(makers: &[&str], approver: &str) -> Result<(), Error> {
    if makers.contains(&approver) {
        return Err(Error::new(
            Code::SamePerson,
            format!(
                "{approver} prepared or submitted this batch, so another person must approve it. Hand it over to somebody with the approver role."
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maker_is_no_checker() {
        assert_eq!(
            check_second_person(&["ana", "cleo"], "ana")
                .unwrap_err()
                .code,
            Code::SamePerson
        );
        assert!(check_second_person(&["ana"], "ben").is_ok());
    }
}
