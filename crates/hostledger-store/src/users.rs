//! People who may use the ledger.

use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::Result;
use crate::sql::{At, one, rows, run};

/// A person with roles.
#[derive(Debug, Clone)]
pub struct User {
    /// The name they sign in with.
    pub name: String,
    /// `admin`, `preparer`, `approver`, `viewer`.
    pub roles: Vec<String>,
    /// The public half of the signing key, hexadecimal.
    pub public_key: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When they were removed.
    pub removed_at: Option<Timestamp>,
}

const COLUMNS: &str = "name, roles, public_key, created_at, removed_at";

fn read(r: &Row<'_>) -> rusqlite::Result<User> {
    let roles: String = r.get(1)?;
    Ok(User {
        name: r.get(0)?,
        roles: roles
            .split(' ')
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect(),
        public_key: r.get(2)?,
        created_at: r.get::<_, At>(3)?.0,
        removed_at: r.get::<_, Option<At>>(4)?.map(|a| a.0),
    })
}

/// Everybody, removed ones too.
///
/// # Errors
/// The database's own.
pub fn all(conn: &Conn) -> Result<Vec<User>> {
    rows(
        conn,
        &format!("SELECT {COLUMNS} FROM users ORDER BY user_key"),
        [],
        read,
    )
}

/// One person by name, in any case.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, name: &str) -> Result<Option<User>> {
    one(
        conn,
        &format!("SELECT {COLUMNS} FROM users WHERE name = ?"),
        [name],
        read,
    )
}

/// How a key came into being.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made<'a> {
    /// With the ledger.
    Created,
    /// By an admin who added the person.
    Added(&'a str),
    /// With the recovery key, which this person made; `None`: it isn't known who.
    Recovered(Option<&'a str>),
}

/// Adds a person, or brings a removed one back with a new key. Its story begins, an earlier one's
/// ends.
///
/// # Errors
/// The database's own.
pub fn put(
    conn: &Conn,
    name: &str,
    roles: &[String],
    public_key: &str,
    made: Made<'_>,
    at: Timestamp,
) -> Result<()> {
    end_key(conn, name, "REPLACED", at)?;
    let (how, by) = match made {
        Made::Created => ("CREATED", name),
        Made::Added(by) => ("ADDED", by),
        Made::Recovered(by) => ("RECOVERED", by.unwrap_or_default()),
    };
    run(
        conn,
        "INSERT INTO user_keys (name, public_key, since, how, made_by) VALUES (?, ?, ?, ?, ?)",
        params![name, public_key, At(at), how, by],
    )?;
    run(
        conn,
        "INSERT INTO users (name, roles, public_key, created_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (name) DO UPDATE SET roles = ?2, public_key = ?3, removed_at = NULL",
        params![name, roles.join(" "), public_key, At(at)],
    )?;
    Ok(())
}

/// Marks a person as removed.
///
/// # Errors
/// The database's own.
pub fn remove(conn: &Conn, name: &str, at: Timestamp) -> Result<()> {
    end_key(conn, name, "REMOVED", at)?;
    run(
        conn,
        "UPDATE users SET removed_at = ? WHERE name = ?",
        params![At(at), name],
    )?;
    Ok(())
}

fn end_key(conn: &Conn, name: &str, how: &str, at: Timestamp) -> Result<()> {
    run(
        conn,
        "UPDATE user_keys SET ended_at = ?, ended_how = ? WHERE name = ? AND ended_at IS NULL",
        params![At(at), how, name],
    )?;
    Ok(())
}

/// The story of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the columns of user_keys, explained in the migration"
)]
pub struct KeyStory {
    pub name: String,
    pub public_key: String,
    pub since: Timestamp,
    pub how: String,
    pub made_by: String,
    pub ended_at: Option<Timestamp>,
    pub ended_how: Option<String>,
}

impl KeyStory {
    /// Whether its person was removed with it.
    #[must_use]
    pub fn was_removed(&self) -> bool {
        self.ended_how.as_deref() == Some("REMOVED")
    }
}

/// The story of a key that was a person's at a moment; `None`: it wasn't.
///
/// # Errors
/// The database's own.
pub fn key_at(
    conn: &Conn,
    name: &str,
    public_key: &str,
    at: Timestamp,
) -> Result<Option<KeyStory>> {
    one(
        conn,
        "SELECT name, public_key, since, how, made_by, ended_at, ended_how FROM user_keys
         WHERE name = ?1 AND public_key = ?2 AND since <= ?3 AND coalesce(ended_at > ?3, 1) ORDER BY user_key_no DESC LIMIT 1",
        params![name, public_key, At(at)],
        |r| {
            Ok(KeyStory {
                name: r.get(0)?,
                public_key: r.get(1)?,
                since: r.get::<_, At>(2)?.0,
                how: r.get(3)?,
                made_by: r.get(4)?,
                ended_at: r.get::<_, Option<At>>(5)?.map(|a| a.0),
                ended_how: r.get(6)?,
            })
        },
    )
}

/// Who made the recovery key that is in force.
///
/// # Errors
/// The database's own.
pub fn recovery_key_made_by(conn: &Conn) -> Result<Option<String>> {
    one(
        conn,
        "SELECT user FROM audit_events WHERE action = 'users.recovery_key' ORDER BY seq DESC LIMIT 1",
        [],
        |r| r.get(0),
    )
}
