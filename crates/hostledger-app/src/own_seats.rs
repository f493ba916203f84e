//! Hosts who book their own sessions, under whichever of their names: the facts for the rule in
//! core (docs/domain.md §5, SELF_BOOKING).

use std::collections::HashMap;

use hostledger_core::own_seat::{HostIdentity, OwnSeat, OwnSeats, Tie};
use hostledger_core::tin::Tin;
use hostledger_store::tax::profiles;
use hostledger_store::{Conn, hosts, payouts};

use crate::tax::vault::Vault;
use crate::{Result, Session};

/// Loads what tells whether hosts are one person.
///
/// # Errors
/// The database's own.
pub(crate) fn load(conn: &Conn, s: &Session) -> Result<OwnSeats> {
    let mut accounts: HashMap<i64, Vec<String>> = HashMap::new();
    for (host_key, account) in payouts::accounts(conn)? {
        accounts.entry(host_key).or_default().push(account);
    }
    let nobodys = placeholder_prints(s);
    let mut prints: HashMap<i64, Vec<u8>> = profiles::prints(conn)?.into_iter().collect();
    prints.retain(|_, print| !nobodys.iter().any(|n| n[..] == print[..]));
    let all: Vec<HostIdentity> = hosts::all(conn)?
        .into_iter()
        .map(|h| HostIdentity {
            accounts: accounts.remove(&h.host_key).unwrap_or_default(),
            tin_print: prints.remove(&h.host_key),
            host_key: h.host_key,
            host_id: h.host_id,
            email: h.email,
        })
        .collect();
    Ok(OwnSeats::new(&all))
}

/// The prints of what people type where they have no TIN, such as 000000000: nobody's.
fn placeholder_prints(s: &Session) -> Vec<[u8; 16]> {
    let vault = Vault::of(s);
    ('0'..='9')
        .filter_map(|digit| Tin::read(None, &String::from(digit).repeat(9)).ok())
        .map(|tin| vault.print(&tin))
        .collect()
}

/// Why a participant is taken for a host, as a person is told.
///
/// # Errors
/// The database's own.
pub(crate) fn sentence(
    conn: &Conn,
    seats: &OwnSeats,
    host_key: i64,
    why: OwnSeat,
) -> Result<String> {
    Ok(match why {
        OwnSeat::SameId | OwnSeat::SameEmail => why.sentence("", ""),
        OwnSeat::OtherHost {
            host_key: other, ..
        } => {
            let account = seats.shared_account(host_key, other).unwrap_or_default();
            why.sentence(&named(conn, other)?, account)
        }
    })
}

/// The facts beside a flag: label and value.
///
/// # Errors
/// The database's own.
pub(crate) fn facts(
    conn: &Conn,
    seats: &OwnSeats,
    host_key: i64,
    why: Option<OwnSeat>,
) -> Result<Vec<(String, String)>> {
    let Some(OwnSeat::OtherHost {
        host_key: other,
        tie,
    }) = why
    else {
        return Ok(Vec::new());
    };
    let shared = match tie {
        Tie::Account => (
            "Payout account of both",
            seats
                .shared_account(host_key, other)
                .unwrap_or_default()
                .to_owned(),
        ),
        Tie::Tin => ("TIN", "the same for both".to_owned()),
        Tie::Email => ("E-mail of both", hosts::get(conn, other)?.email),
    };
    Ok(vec![
        (
            "The participant is the host".to_owned(),
            named(conn, other)?,
        ),
        (shared.0.to_owned(), shared.1),
    ])
}

fn named(conn: &Conn, host_key: i64) -> Result<String> {
    let h = hosts::get(conn, host_key)?;
    Ok(if h.name.is_empty() {
        h.host_id
    } else {
        format!("{} ({})", h.host_id, h.name)
    })
}
