//! Who somebody is in a ledger, and what their roles cover (docs/cli.md, who may).

use hostledger_core::{Code, Error};
use serde::{Deserialize, Serialize};

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Users, settings, institutions, undo.
    Admin,
    /// Imports, exceptions, review, preparing, submitting.
    Preparer,
    /// Approving and rejecting.
    Approver,
    /// Reading; everybody has it.
    Viewer,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Preparer, Self::Approver, Self::Viewer];

    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Preparer => "preparer",
            Self::Approver => "approver",
            Self::Viewer => "viewer",
        }
    }

    /// Reads a word of the contract.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|r| r.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

/// A person who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Their name as the ledger spells it.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
}

impl Identity {
    /// Whether they have a role.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Refuses what none of their roles covers.
    ///
    /// # Errors
    /// [`Code::NotAllowed`], naming who could.
    pub fn require(&self, any_of: &[Role], what: &str) -> Result<(), Error> {
        if any_of.iter().any(|r| self.has(*r)) {
            return Ok(());
        }
        let need: Vec<&str> = any_of.iter().map(|r| r.as_str()).collect();
        Err(Error::new(
            Code::NotAllowed,
            format!(
                "{} may not {what}: that takes the role {}. Nothing was changed. Ask somebody who has it, or an admin to give it.",
                self.name,
                need.join(" or ")
            ),
        )
        .with_details(serde_json::json!({ "needs": need })))
    }
}

/// Names that can be used: what people and files can hold without surprise.
///
/// # Errors
/// [`Code::BadInput`].
pub fn check_name(name: &str) -> Result<(), Error> {
    let fine = !name.is_empty()
        && name.chars().count() <= 60
        && name == name.trim()
        && !name.chars().any(char::is_control)
        && name != hostledger_store::keys::RECOVERY;
    if fine {
        return Ok(());
    }
    Err(Error::new(
        Code::BadInput,
        "Give a name of 1 to 60 letters without blanks at its ends.",
    ))
}

/// Passphrases that are worth the name.
///
/// # Errors
/// [`Code::BadInput`].
pub fn check_passphrase(passphrase: &str) -> Result<(), Error> {
    if passphrase.chars().count() >= 8 {
        return Ok(());
    }
    Err(Error::new(
        Code::BadInput,
        "The passphrase is too short. Use at least 8 characters; four words that don't belong together are good.",
    ))
}
