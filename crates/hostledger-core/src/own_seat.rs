//! Who booked a seat in the own session, under the own name or another of theirs
//! (docs/domain.md §5, SELF_BOOKING).

use std::collections::{BTreeMap, HashMap};

use crate::payout_marks::account_key;

/// What tells whether two hosts are one person.
#[derive(Debug, Clone, Default)]
pub struct HostIdentity {
    /// The host.
    pub host_key: i64,
    /// The platform's id.
    pub host_id: String,
    /// The e-mail address; empty: not known.
    pub email: String,
    /// The payout accounts; empty ones are none.
    pub accounts: Vec<String>,
    /// The keyed print of the TIN. Never the TIN.
    pub tin_print: Option<Vec<u8>>,
}

/// What a host has in common with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// A payout account.
    Account,
    /// The TIN.
    Tin,
    /// The e-mail address.
    Email,
}

/// Why a participant is taken for the host of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnSeat {
    /// The participant's id is the host's.
    SameId,
    /// The participant's e-mail address is the host's.
    SameEmail,
    /// The participant, by id or e-mail address, is another host with something in common.
    OtherHost {
        /// Who.
        host_key: i64,
        /// What they have in common.
        tie: Tie,
    },
}

impl OwnSeat {
    /// What a person is told. `other` names the other host; `account` is the account in common.
    #[must_use]
    pub fn sentence(self, other: &str, account: &str) -> String {
        match self {
            Self::SameId => "The participant is the host: both have the same id.".to_owned(),
            Self::SameEmail => "The participant has the host's e-mail address.".to_owned(),
            Self::OtherHost { tie, .. } => {
                let what = match tie {
                    Tie::Account => format!("payout account, {account}"),
                    Tie::Tin => "TIN".to_owned(),
                    Tie::Email => "e-mail address".to_owned(),
                };
                format!("The participant is the host {other}, who has this host's {what}.")
            }
        }
    }
}

/// Hosts with something in common.
#[derive(Debug)]
struct Group {
    tie: Tie,
    /// The account, where that is it.
    account: String,
    by_id: HashMap<String, i64>,
    /// By e-mail address in lower case.
    by_email: HashMap<String, i64>,
}

/// Finds seats in the own session. Made once for all hosts, asked for every booking: for a host who
/// has nothing in common with another it compares two texts.
#[derive(Debug, Default)]
pub struct OwnSeats {
    hosts: HashMap<i64, (String, String)>,
    groups: Vec<Group>,
    of_host: HashMap<i64, Vec<usize>>,
}

impl OwnSeats {
    /// Takes every host, in any order.
    #[must_use]
    pub fn new(all: &[HostIdentity]) -> Self {
        let mut out = Self::default();
        let mut ties: BTreeMap<(Tie, Vec<u8>), Vec<&HostIdentity>> = BTreeMap::new();
        for h in all {
            let email = h.email.trim().to_lowercase();
            let mut keys: Vec<(Tie, Vec<u8>)> = h
                .accounts
                .iter()
                .map(|a| (Tie::Account, account_key(a).into_bytes()))
                .collect();
            keys.extend(h.tin_print.iter().map(|p| (Tie::Tin, p.clone())));
            keys.push((Tie::Email, email.clone().into_bytes()));
            keys.retain(|(_, key)| !key.is_empty());
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                ties.entry(key).or_default().push(h);
            }
            out.hosts.insert(h.host_key, (h.host_id.clone(), email));
        }
        for ((tie, key), members) in ties.into_iter().filter(|(_, m)| m.len() > 1) {
            let email = |h: &HostIdentity| h.email.trim().to_lowercase();
            for h in &members {
                let groups = out.of_host.entry(h.host_key).or_default();
                groups.push(out.groups.len());
            }
            out.groups.push(Group {
                tie,
                account: match tie {
                    Tie::Account => String::from_utf8(key).unwrap_or_default(),
                    Tie::Tin | Tie::Email => String::new(),
                },
                by_id: members
                    .iter()
                    .map(|h| (h.host_id.clone(), h.host_key))
                    .collect(),
                by_email: members
                    .iter()
                    .map(|h| (email(h), h.host_key))
                    .filter(|(mail, _)| !mail.is_empty())
                    .collect(),
            });
        }
        out
    }

    /// Whether a participant is the host of the booked session, and why.
    #[must_use]
    pub fn why(&self, host_key: i64, participant_id: &str, email: &str) -> Option<OwnSeat> {
        let (own_id, own_email) = self.hosts.get(&host_key)?;
        if !participant_id.is_empty() && participant_id == own_id {
            return Some(OwnSeat::SameId);
        }
        if !email.is_empty() && !own_email.is_empty() && same_email(email, own_email) {
            return Some(OwnSeat::SameEmail);
        }
        // Almost no host is in a group.
        let groups = self.of_host.get(&host_key)?;
        let email = email.to_lowercase();
        groups.iter().find_map(|i| {
            let g = &self.groups[*i];
            let other = g
                .by_id
                .get(participant_id)
                .or_else(|| g.by_email.get(&email))?;
            Some(OwnSeat::OtherHost {
                host_key: *other,
                tie: g.tie,
            })
        })
    }

    /// The account that two hosts have in common.
    #[must_use]
    pub fn shared_account(&self, one: i64, other: i64) -> Option<&str> {
        let groups = |of: i64| self.of_host.get(&of).map_or(&[][..], Vec::as_slice);
        let both = groups(one).iter().filter(|g| groups(other).contains(g));
        both.map(|i| &self.groups[*i])
            .find(|g| g.tie == Tie::Account)
            .map(|g| g.account.as_str())
    }
}

/// `lower` is in lower case.
fn same_email(email: &str, lower: &str) -> bool {
    email.eq_ignore_ascii_case(lower) || (!email.is_ascii() && email.to_lowercase() == lower)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn host(host_key: i64, email: &str, account: &str, tin: Option<u8>) -> HostIdentity {
        HostIdentity {
            host_key,
            host_id: format!("h{host_key}"),
            email: email.into(),
            accounts: vec![account.into()],
            tin_print: tin.map(|t| vec![t]),
        }
    }

    #[test]
    fn the_host_under_another_of_their_names() {
        let seats = OwnSeats::new(&[
            host(1, "ann@x", "acct_A", None),
            host(2, "two@x", " acct_ A", Some(7)),
            host(3, "Üte@x", "acct_a", Some(7)),
            host(4, "", "", None),
            host(5, "", "", None),
        ]);
        let by = |other, tie| {
            Some(OwnSeat::OtherHost {
                host_key: other,
                tie,
            })
        };
        assert_eq!(seats.why(1, "h1", ""), Some(OwnSeat::SameId));
        assert_eq!(seats.why(1, "p", "ANN@X"), Some(OwnSeat::SameEmail));
        assert_eq!(seats.why(3, "p", "üTE@x"), Some(OwnSeat::SameEmail));
        assert_eq!(seats.why(2, "h1", ""), by(1, Tie::Account));
        assert_eq!(seats.why(2, "p", "Ann@x"), by(1, Tie::Account));
        assert_eq!(seats.why(2, "h3", ""), by(3, Tie::Tin));
        assert_eq!(seats.why(2, "p", "ÜTE@X"), by(3, Tie::Tin));
        assert_eq!(seats.why(1, "h3", ""), None, "accounts differ by case");
        assert_eq!(seats.why(4, "h5", ""), None, "empty matches nothing");
        assert_eq!(seats.why(4, "", ""), None);
        assert_eq!(seats.why(2, "", ""), None);
        assert_eq!(seats.why(9, "h1", "ann@x"), None, "no such host");
        assert_eq!(seats.shared_account(1, 2), Some("acct_A"));
        assert_eq!(seats.shared_account(2, 3), None);
    }

    #[test]
    fn two_hosts_with_one_address_are_one_participant() {
        let seats = OwnSeats::new(&[host(1, "Ann@x", "", None), host(2, "ann@X ", "", None)]);
        let email = OwnSeat::OtherHost {
            host_key: 1,
            tie: Tie::Email,
        };
        assert_eq!(seats.why(2, "h1", ""), Some(email));
        assert!(email.sentence("h1", "").contains("e-mail address"));
    }

    proptest! {
        /// Against every pair of hosts, looked at one by one.
        #[test]
        fn as_every_pair_says(
            drawn in prop::collection::vec((0..4_u8, 0..4_u8, prop::option::of(0..3_u8)), 1..8),
            of in 0..8_usize, participant in 0..9_usize, mail in 0..4_u8,
        ) {
            let text = |n: u8, word: &str| if n == 0 { String::new() } else { format!("{word}{n}") };
            let all: Vec<HostIdentity> = drawn.iter().zip(0..)
                .map(|((mail, account, tin), i)| host(i, &text(*mail, "m"), &text(*account, "acct_"), *tin))
                .collect();
            let of = of % all.len();
            let (id, mail) = (if participant == 8 { String::new() } else { format!("h{participant}") }, text(mail, "M"));
            let h = &all[of];
            let named = |p: &&HostIdentity| p.host_id == id || (!mail.is_empty() && p.email.to_uppercase() == mail);
            let tied = |p: &HostIdentity| (!p.email.is_empty() && p.email == h.email)
                || (!p.accounts[0].is_empty() && p.accounts == h.accounts)
                || (p.tin_print.is_some() && p.tin_print == h.tin_print);
            let expected = all.iter().filter(named).any(|p| p.host_key == h.host_key || tied(p));
            let found = OwnSeats::new(&all).why(h.host_key, &id, &mail);
            prop_assert_eq!(found.is_some(), expected, "{:?}", found);
        }
    }
}
