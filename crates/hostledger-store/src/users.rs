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

/// Adds a person, or brings a removed one back with a new key.
///
/// # Errors
/// The database's own.
pub fn put(
    conn: &Conn,
    name: &str,
    roles: &[String],
    public_key: &str,
    at: Timestamp,
) -> Result<()> {
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
    run(
        conn,
        "UPDATE users SET removed_at = ? WHERE name = ?",
        params![At(at), name],
    )?;
    Ok(())
}
