//! Institutions and their dated rates.

use hostledger_core::calendar::Schedule;
use hostledger_core::settings::Dated;
use jiff::civil::Date;
use rusqlite::params;

use crate::Conn;
use crate::error::{Error, Result};
use crate::ledger::Stamp;
use crate::sql::{At, Day, one, rows, run};

/// An organisation that hosts belong to.
#[derive(Debug, Clone)]
pub struct Institution {
    /// Its key.
    pub institution_key: i64,
    /// The platform's id.
    pub institution_id: String,
    /// Its name.
    pub name: String,
    /// When its hosts are paid.
    pub schedule: Schedule,
    /// Whether its hosts have tiers.
    pub uses_tiers: bool,
    /// Whether its hosts are paid at all.
    pub active: bool,
    /// Its default rate in basis points, by date.
    pub rate_bp: Dated<i64>,
}

/// All of them.
///
/// # Errors
/// The database's own.
pub fn all(conn: &Conn) -> Result<Vec<Institution>> {
    let heads = rows(
        conn,
        "SELECT institution_key, institution_id, name, schedule, uses_tiers, active FROM institutions ORDER BY institution_key",
        [],
        |r| {
            Ok((
                r.get::<_, i64>(0)?,
                r.get::<_, String>(1)?,
                r.get::<_, String>(2)?,
                r.get::<_, String>(3)?,
                r.get::<_, bool>(4)?,
                r.get::<_, bool>(5)?,
            ))
        },
    )?;
    let mut out = Vec::with_capacity(heads.len());
    for (institution_key, institution_id, name, schedule, uses_tiers, active) in heads {
        let changes: Vec<(Option<Day>, i64)> = rows(
            conn,
            "SELECT since, rate_bp FROM institution_rates WHERE institution_key = ? ORDER BY rate_key",
            [institution_key],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        let ever = changes
            .iter()
            .rev()
            .find(|(since, _)| since.is_none())
            .map(|(_, r)| *r);
        let mut rate_bp = Dated::shipped(ever);
        for (since, rate) in changes {
            if let Some(since) = since {
                rate_bp.change(since.0, rate);
            }
        }
        out.push(Institution {
            institution_key,
            institution_id,
            name,
            schedule: Schedule::parse(&schedule).ok_or_else(|| Error::stored("schedule"))?,
            uses_tiers,
            active,
            rate_bp,
        });
    }
    Ok(out)
}

/// Writes an institution's terms; a new one's rate holds since ever.
///
/// # Errors
/// The database's own.
#[allow(clippy::too_many_arguments, reason = "one column each")]
pub fn put(
    conn: &Conn,
    institution_id: &str,
    name: &str,
    schedule: Schedule,
    uses_tiers: bool,
    active: bool,
    rate_bp: Option<i64>,
    since: Date,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let known: Option<i64> = one(
        conn,
        "SELECT institution_key FROM institutions WHERE institution_id = ?",
        [institution_id],
        |r| r.get(0),
    )?;
    run(
        conn,
        "INSERT INTO institutions (institution_id, name, schedule, uses_tiers, active) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (institution_id) DO UPDATE SET name = ?2, schedule = ?3, uses_tiers = ?4, active = ?5",
        params![institution_id, name, schedule.as_str(), uses_tiers, active],
    )?;
    let key = known.unwrap_or_else(|| conn.last_insert_rowid());
    if let Some(rate) = rate_bp {
        let since = known.map(|_| Day(since));
        run(
            conn,
            "INSERT INTO institution_rates (institution_key, since, rate_bp, set_at, set_by) VALUES (?, ?, ?, ?, ?)",
            params![key, since, rate, At(stamp.at), stamp.by],
        )?;
    }
    Ok(())
}
