//! Single facts of the ledger, and its settings with their history.

use hostledger_core::settings::{Change, Settings};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::params;

use crate::Conn;
use crate::error::Result;
use crate::ledger::Stamp;
use crate::sql::{At, Day, one, rows, run};

/// A single fact: `ledger_id`, `name`, `created_at`, `practice_date`.
///
/// # Errors
/// The database's own.
pub fn get(conn: &Conn, key: &str) -> Result<Option<String>> {
    one(conn, "SELECT value FROM meta WHERE key = ?", [key], |r| {
        r.get(0)
    })
}

/// Sets a single fact.
///
/// # Errors
/// The database's own.
pub fn set(conn: &Conn, key: &str, value: &str) -> Result<()> {
    run(
        conn,
        "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
        [key, value],
    )?;
    Ok(())
}

/// One change of a setting with who made it.
#[derive(Debug, Clone)]
pub struct SettingChange {
    /// Key, value and first day.
    pub change: Change,
    /// When it was made.
    pub set_at: Timestamp,
    /// By whom.
    pub set_by: String,
    /// Why.
    pub reason: String,
}

/// Every change of settings, in the order in which they were made.
///
/// # Errors
/// The database's own.
pub fn setting_changes(conn: &Conn) -> Result<Vec<SettingChange>> {
    rows(
        conn,
        "SELECT key, value, since, set_at, set_by, reason FROM settings ORDER BY setting_key",
        [],
        |r| {
            Ok(SettingChange {
                change: Change {
                    key: r.get(0)?,
                    value: r.get(1)?,
                    since: r.get::<_, Day>(2)?.0,
                },
                set_at: r.get::<_, At>(3)?.0,
                set_by: r.get(4)?,
                reason: r.get(5)?,
            })
        },
    )
}

/// The ledger's settings.
///
/// # Errors
/// The database's own; a stored value that can't be read.
pub fn settings(conn: &Conn) -> Result<Settings> {
    let changes: Vec<Change> = setting_changes(conn)?
        .into_iter()
        .map(|c| c.change)
        .collect();
    Ok(Settings::new(&changes)?)
}

/// Records a change of a setting.
///
/// # Errors
/// The database's own.
pub fn change_setting(
    conn: &Conn,
    key: &str,
    value: &str,
    since: Date,
    stamp: &Stamp<'_>,
    reason: &str,
) -> Result<()> {
    run(
        conn,
        "INSERT INTO settings (key, value, since, set_at, set_by, reason) VALUES (?, ?, ?, ?, ?, ?)",
        params![key, value, Day(since), At(stamp.at), stamp.by, reason],
    )?;
    Ok(())
}
