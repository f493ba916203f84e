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
    /// The Stripe account through which it may leave, where the ledger has one.
    pub stripe: Option<&'a StripeRail>,
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
        let form = if self.stripe.is_some() { 2 } else { 1 };
        let mut text = format!(
            "hostledger approval {form}\nledger {}\nbatch {}\ndigest {}\napprover {}\nat {}\n",
            self.ledger_id, self.batch_id, self.digest, self.approver, self.approved_at
        );
        if let Some(s) = self.stripe {
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
