//! The ledger's connection with its Stripe account, and where the key is kept.

use std::path::PathBuf;
use std::time::Duration;

use hostledger_core::{Code, Error};
use hostledger_store::keys::write_whole;
use hostledger_store::stripe::{self, Connection};
use hostledger_store::{audit, meta};
use hostledger_stripe::{Client, SecretKey};
use serde_json::json;
use zeroize::Zeroizing;

use super::{refused, runtime};
use crate::identity::Role;
use crate::session::file_problem;
use crate::{Result, Session};

/// Where Stripe is, without `v1`.
pub const STRIPE_URL: &str = "https://api.stripe.com/";
/// How long an answer is waited for before it counts as unclear.
pub const TIMEOUT_MS: u32 = 30_000;

const SERVICE: &str = "Hostledger";
const SEALED_FOR: &str = "stripe key";

/// Where the key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStore {
    /// The system's keyring of the person at this machine.
    Keyring,
    /// A file in the ledger's folder, sealed with the key that each user's passphrase opens
    /// (Argon2id). It is not part of backups.
    SealedFile,
}

impl KeyStore {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::SealedFile => "file",
        }
    }
}

/// How a ledger is connected.
#[derive(Debug, Clone)]
pub struct NewConnection<'a> {
    /// The restricted key as it was pasted.
    pub key: &'a str,
    /// Where the key is kept.
    pub key_store: KeyStore,
    /// Where Stripe is; ends with a slash.
    pub base_url: &'a str,
    /// How long an answer is waited for.
    pub timeout_ms: u32,
}

/// Connects the ledger with the Stripe account of a key: asks Stripe which one it is, and keeps
/// the key. A ledger keeps its account and mode for good; a new key of the same account may
/// replace the old.
///
/// # Errors
/// [`Code::BadInput`] for a key that is none or a full live one; [`Code::WrongState`] for another
/// account or mode, and for live mode in a practice ledger; [`Code::StripeProblem`]; [`Code::FileProblem`] where the keyring takes
/// nothing.
pub fn connect(s: &Session, new: &NewConnection<'_>) -> Result<Connection> {
    s.require(&[Role::Admin], "connect a Stripe account")?;
    let key = SecretKey::parse(new.key).map_err(|e| Error::new(Code::BadInput, e.to_string()))?;
    if key.livemode() && s.about()?.practice_date.is_some() {
        return Err(Error::new(
            Code::WrongState,
            "This is a practice ledger: nothing in it is real money, so it takes no key of live mode. Nothing was changed. Use a key of test mode (rk_test_…).",
        ));
    }
    let base_url = checked_url(new.base_url)?;
    let timeout = Duration::from_millis(u64::from(new.timeout_ms));
    let client = Client::new(&key, &base_url, timeout).map_err(|p| refused(&p))?;
    let account_id = runtime()?
        .block_on(client.own_account())
        .map_err(|p| refused(&p))?;
    let connection = Connection {
        account_id,
        livemode: key.livemode(),
        base_url,
        timeout_ms: new.timeout_ms.max(1),
        key_store: new.key_store.as_str().to_owned(),
        key_hint: key.hint(),
        listed_through: None,
        synced_through: None,
        synced_at: None,
    };
    if let Some(has) = status(s)?
        && has.rail() != connection.rail()
    {
        return Err(Error::new(
            Code::WrongState,
            format!(
                "This ledger belongs to the Stripe account {} in {} mode, and the key is for {} in {} mode. Nothing was changed. Use a key of that account, or a ledger of its own for the other.",
                has.account_id,
                has.rail().mode(),
                connection.account_id,
                connection.rail().mode()
            ),
        ));
    }
    keep_key(s, new.key_store, &key)?;
    s.ledger.write(|conn| -> Result<()> {
        let stamp = s.stamp(conn)?;
        stripe::connect(conn, &connection, &stamp)?;
        audit::record(
            conn,
            &stamp,
            "stripe.connect",
            &connection.account_id,
            &json!({ "mode": connection.rail().mode(), "key": connection.key_hint, "key_store": connection.key_store, "url": connection.base_url }),
        )?;
        Ok(())
    })?;
    Ok(connection)
}

/// The connection, if there is one.
///
/// # Errors
/// The ledger's own.
pub fn status(s: &Session) -> Result<Option<Connection>> {
    s.ledger.read(|conn| Ok(stripe::connection(conn)?))
}

fn checked_url(url: &str) -> Result<String> {
    let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    if !url.starts_with("https://") && !local.iter().any(|l| url.starts_with(l)) {
        return Err(Error::new(
            Code::BadInput,
            format!(
                "\"{url}\" is no address that a key may be sent to: it begins with https://, or is on this machine."
            ),
        ));
    }
    Ok(format!("{}/", url.trim_end_matches('/')))
}

fn sealed_file(s: &Session) -> PathBuf {
    s.ledger.folder().join("stripe.key")
}

fn keyring_entry(s: &Session) -> Result<keyring::Entry> {
    let ledger_id = s
        .ledger
        .read(|conn| -> Result<Option<String>> { Ok(meta::get(conn, "ledger_id")?) })?
        .unwrap_or_default();
    keyring::Entry::new(SERVICE, &format!("stripe {ledger_id}")).map_err(|e| no_keyring(&e))
}

fn no_keyring(e: &keyring::Error) -> Error {
    Error::new(
        Code::FileProblem,
        format!(
            "The system's keyring can't be used ({e}). Unlock it, or keep the key in a sealed file of the ledger with --key-store file."
        ),
    )
}

fn keep_key(s: &Session, store: KeyStore, key: &SecretKey) -> Result<()> {
    match store {
        KeyStore::Keyring => keyring_entry(s)?
            .set_password(key.reveal())
            .map_err(|e| no_keyring(&e)),
        KeyStore::SealedFile => {
            let sealed = s
                .ledger
                .data_key()
                .seal_secret(SEALED_FOR, key.reveal().as_bytes())?;
            Ok(write_whole(&sealed_file(s), &sealed)?)
        }
    }
}

/// The key that was kept.
fn kept_key(s: &Session, connection: &Connection) -> Result<SecretKey> {
    let lost = || {
        Error::new(
            Code::StripeProblem,
            format!(
                "The Stripe key {} isn't where it was kept ({}). Give it anew with `hostledger stripe connect`.",
                connection.key_hint, connection.key_store
            ),
        )
    };
    let text = if connection.key_store == KeyStore::Keyring.as_str() {
        match keyring_entry(s)?.get_password() {
            Ok(text) => Zeroizing::new(text),
            Err(keyring::Error::NoEntry) => return Err(lost()),
            Err(e) => return Err(no_keyring(&e)),
        }
    } else {
        let path = sealed_file(s);
        let sealed = match std::fs::read(&path) {
            Ok(sealed) => sealed,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(lost()),
            Err(e) => return Err(file_problem(&path, &e)),
        };
        let open = s
            .ledger
            .data_key()
            .open_secret(SEALED_FOR, &sealed)
            .ok_or_else(lost)?;
        Zeroizing::new(String::from_utf8(open.to_vec()).map_err(|_| lost())?)
    };
    SecretKey::parse(&text).map_err(|_| lost())
}

/// The connection and a client for it.
pub(crate) fn client(s: &Session) -> Result<(Connection, Client)> {
    let connection = status(s)?.ok_or_else(|| {
        Error::new(
            Code::WrongState,
            "This ledger has no Stripe account yet. An admin connects one with `hostledger stripe connect`.",
        )
    })?;
    let key = kept_key(s, &connection)?;
    let timeout = Duration::from_millis(u64::from(connection.timeout_ms));
    let client = Client::new(&key, &connection.base_url, timeout).map_err(|p| refused(&p))?;
    Ok((connection, client))
}
