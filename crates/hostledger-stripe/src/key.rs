//! The key to a Stripe account.

use std::fmt;

use zeroize::Zeroizing;

/// A secret or restricted key. It can't be printed.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<String>);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey")
    }
}

/// Why a text is no key that may be used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// Not the form of a Stripe key.
    #[error("That is no Stripe API key: it begins with rk_live_, rk_test_ or sk_test_.")]
    NoKey,
    /// A publishable key moves no money.
    #[error("That is a publishable key, which can't send payouts. Make a restricted key (rk_…).")]
    Publishable,
    /// A full live secret key may do anything with the account.
    #[error(
        "That is a full secret key of the live account: whoever has it can do anything there. Make a restricted key (rk_live_…) that may write Transfers and read Accounts, Balance, Balance transactions and Disputes, and nothing else."
    )]
    FullLiveKey,
}

impl SecretKey {
    /// Takes a key as a person pasted it.
    ///
    /// # Errors
    /// [`KeyRefused`], also for a full live secret key.
    pub fn parse(text: &str) -> Result<Self, KeyRefused> {
        let text = text.trim();
        let plain = |rest: &str| {
            rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        match text.split_at_checked(8) {
            Some(("sk_live_", _)) => Err(KeyRefused::FullLiveKey),
            Some(("pk_live_" | "pk_test_", _)) => Err(KeyRefused::Publishable),
            Some(("rk_live_" | "rk_test_" | "sk_test_", rest)) if plain(rest) => {
                Ok(Self(Zeroizing::new(text.to_owned())))
            }
            _ => Err(KeyRefused::NoKey),
        }
    }

    /// Whether it moves real money.
    #[must_use]
    pub fn livemode(&self) -> bool {
        self.0.starts_with("rk_live_")
    }

    /// Its kind and last four characters, to recognise it by.
    #[must_use]
    pub fn hint(&self) -> String {
        format!("{}…{}", &self.0[..8], &self.0[self.0.len() - 4..])
    }

    /// The key itself, for the keyring and the header of a request.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_live_key_is_refused_and_no_key_can_be_printed() {
        assert_eq!(
            SecretKey::parse("sk_live_abcdefgh1234").unwrap_err(),
            KeyRefused::FullLiveKey
        );
        assert_eq!(
            SecretKey::parse("pk_test_abcdefgh1234").unwrap_err(),
            KeyRefused::Publishable
        );
        for bad in ["", "rk_test_", "rk_test_has space", "hello", "rk_test_é"] {
            assert_eq!(
                SecretKey::parse(bad).unwrap_err(),
                KeyRefused::NoKey,
                "{bad}"
            );
        }
        let key = SecretKey::parse(" rk_live_abcdefgh1234\n").unwrap();
        assert!(key.livemode());
        assert_eq!(key.hint(), "rk_live_…1234");
        assert_eq!(format!("{key:?}"), "SecretKey");
    }
}
