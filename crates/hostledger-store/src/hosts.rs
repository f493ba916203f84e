//! Hosts, their versions and tiers.

use std::collections::{HashMap, HashSet};

use hostledger_core::host::{HostRow, HostStatus};
use hostledger_core::tier::{RateTerms, Tier, TierPeriod};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::{Error, Result};
use crate::institutions::Institution;
use crate::ledger::Stamp;
use crate::repeats::{self, Saying};
use crate::sql::{At, Day, number_of, of_number, one, rows, run};

/// A host as the ledger knows one.
#[derive(Debug, Clone)]
#[allow(
    missing_docs,
    reason = "the columns of hosts, explained in the migration"
)]
pub struct Host {
    pub host_key: i64,
    pub host_id: String,
    pub name: String,
    pub email: String,
    pub country: String,
    pub institution_key: i64,
    pub status: HostStatus,
    pub approved_on: Option<Date>,
    pub teaching_years: i64,
    pub stripe_account_id: String,
    pub payouts_enabled: bool,
    /// The whole row of the export as JSON; `None`: known only from bookings.
    pub content: Option<String>,
    pub content_hash: Vec<u8>,
    pub updated_at: Option<i64>,
    pub import_key: i64,
    pub line: i64,
    pub paused_reason: Option<String>,
    pub paused_by: Option<String>,
    pub paused_at: Option<Timestamp>,
    pub since_step: i64,
    /// What tax forms call the host: the id as it was first stored, the same on a correction.
    pub account_number: String,
}

/// The account is where the money goes: the hosts file's, else one made here.
const HOST: &str = "SELECT h.host_key, h.host_id, h.name, h.email, h.country, h.institution_key, h.status, h.approved_on, h.teaching_years, d.account_id, d.payouts_enabled, h.content, h.content_hash, h.updated_at, h.import_key, h.line, h.paused_reason, h.paused_by, h.paused_at, h.since_step,
    coalesce((SELECT i.id_before FROM ids_before i WHERE i.kind = 'host' AND i.row_key = h.host_key), h.host_id)
    FROM hosts h JOIN host_destinations d USING (host_key)";

fn read(r: &Row<'_>) -> rusqlite::Result<Host> {
    Ok(Host {
        host_key: r.get(0)?,
        host_id: r.get(1)?,
        name: r.get(2)?,
        email: r.get(3)?,
        country: r.get(4)?,
        institution_key: r.get(5)?,
        status: of_number(&HostStatus::ALL, r.get(6)?, 1)?,
        approved_on: r.get::<_, Option<Day>>(7)?.map(|d| d.0),
        teaching_years: r.get(8)?,
        stripe_account_id: r.get(9)?,
        payouts_enabled: r.get(10)?,
        content: r.get(11)?,
        content_hash: r.get(12)?,
        updated_at: r.get(13)?,
        import_key: r.get(14)?,
        line: r.get(15)?,
        paused_reason: r.get(16)?,
        paused_by: r.get(17)?,
        paused_at: r.get::<_, Option<At>>(18)?.map(|a| a.0),
        since_step: r.get(19)?,
        account_number: r.get(20)?,
    })
}

/// Every host by key.
///
/// # Errors
/// The database's own.
pub fn all(conn: &Conn) -> Result<Vec<Host>> {
    rows(conn, &format!("{HOST} ORDER BY h.host_key"), [], read)
}

/// Whether anything that stands speaks of a host `h`: a hosts file, a booking, money or a tax form.
/// What came with a file that was undone stays as a row, and nobody need see it.
pub(crate) const SPOKEN_OF: &str = "(h.content IS NOT NULL
    OR EXISTS (SELECT 1 FROM host_commissions c JOIN bookings b USING (booking_key) WHERE c.host_key = h.host_key AND b.withdrawn = 0)
    OR EXISTS (SELECT 1 FROM bookings b WHERE b.host_key = h.host_key AND b.price_minor = 0 AND b.withdrawn = 0)
    OR EXISTS (SELECT 1 FROM host_payouts p WHERE p.host_key = h.host_key)
    OR EXISTS (SELECT 1 FROM adjustments a WHERE a.host_key = h.host_key)
    OR EXISTS (SELECT 1 FROM tax_profiles x WHERE x.host_key = h.host_key))";

/// The hosts that anything which stands speaks of.
///
/// # Errors
/// The database's own.
pub fn spoken_of(conn: &Conn) -> Result<Vec<Host>> {
    let sql = format!("{HOST} WHERE {SPOKEN_OF} ORDER BY h.host_key");
    rows(conn, &sql, [], read)
}

/// A host by the platform's id, or by what the id was before it was cleaned: furnished forms name
/// that.
///
/// # Errors
/// The database's own.
pub fn find(conn: &Conn, host_id: &str) -> Result<Option<Host>> {
    let found = one(
        conn,
        &format!("{HOST} WHERE h.host_id = ?"),
        [host_id],
        read,
    )?;
    if found.is_some() {
        return Ok(found);
    }
    one(
        conn,
        &format!(
            "{HOST} WHERE h.host_key = (SELECT row_key FROM ids_before WHERE kind = 'host' AND id_before = ?)"
        ),
        [host_id],
        read,
    )
}

/// The host whose money goes to an account.
///
/// # Errors
/// The database's own.
pub fn of_account(conn: &Conn, account_id: &str) -> Result<Option<Host>> {
    one(
        conn,
        &format!("{HOST} WHERE d.account_id = ? ORDER BY h.host_key LIMIT 1"),
        [account_id],
        read,
    )
}

/// A host by key.
///
/// # Errors
/// The database's own; a key that isn't there.
pub fn get(conn: &Conn, host_key: i64) -> Result<Host> {
    one(
        conn,
        &format!("{HOST} WHERE h.host_key = ?"),
        [host_key],
        read,
    )?
    .ok_or_else(|| Error::stored("host"))
}

/// Makes a host that a booking names before any hosts file does: not verified, with the standard
/// institution. Its key.
///
/// # Errors
/// The database's own.
pub fn insert_unknown(conn: &Conn, host_id: &str, import_key: i64, line: i64) -> Result<i64> {
    run(
        conn,
        "INSERT INTO hosts (host_id, name, email, country, institution_key, status, teaching_years, stripe_account_id, payouts_enabled, content_hash, import_key, line)
         VALUES (?, '', '', '', 1, 7, 0, '', 0, x'', ?, ?)",
        params![host_id, import_key, line],
    )?;
    Ok(conn.last_insert_rowid())
}

/// Where a version of a host or booking comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The import.
    pub import_key: i64,
    /// The line of its file.
    pub line: i64,
}

/// Writes a host's newest version; what it supersedes goes to the versions. Its key.
///
/// # Errors
/// The database's own.
pub fn put(
    conn: &Conn,
    known: Option<&Host>,
    row: &HostRow,
    institution_key: i64,
    approved_on: Option<Date>,
    source: Source,
    step: i64,
) -> Result<i64> {
    let content = serde_json::to_string(row).map_err(std::io::Error::other)?;
    let hash = row.content_hash();
    let updated = row.updated_at.map(At);
    let values = params![
        row.host_id,
        row.name,
        row.email,
        row.country,
        institution_key,
        number_of(&HostStatus::ALL, &row.status, 1),
        approved_on.map(Day),
        row.teaching_experience_years,
        row.stripe_account_id,
        row.payouts_enabled,
        content,
        hash,
        updated,
        source.import_key,
        source.line,
        step
    ];
    let Some(k) = known else {
        run(
            conn,
            "INSERT INTO hosts (host_id, name, email, country, institution_key, status, approved_on, teaching_years, stripe_account_id, payouts_enabled, content, content_hash, updated_at, import_key, line, since_step)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            values,
        )?;
        return Ok(conn.last_insert_rowid());
    };
    keep_version(conn, k, Some(source.import_key))?;
    run(
        conn,
        "UPDATE hosts SET name = ?2, email = ?3, country = ?4, institution_key = ?5, status = ?6, approved_on = ?7, teaching_years = ?8, stripe_account_id = ?9, payouts_enabled = ?10, content = ?11, content_hash = ?12, updated_at = ?13, import_key = ?14, line = ?15, since_step = ?16
         WHERE host_id = ?1",
        values,
    )?;
    Ok(k.host_key)
}

/// Makes a host again one that is known only from bookings (an undone import).
///
/// # Errors
/// The database's own.
pub fn forget(conn: &Conn, known: &Host, step: i64) -> Result<()> {
    keep_version(conn, known, None)?;
    run(
        conn,
        "UPDATE hosts SET name = '', email = '', country = '', institution_key = 1, status = 7, approved_on = NULL, teaching_years = 0, stripe_account_id = '', payouts_enabled = 0, content = NULL, content_hash = x'', updated_at = NULL, since_step = ?
         WHERE host_key = ?",
        [step, known.host_key],
    )?;
    Ok(())
}

fn keep_version(conn: &Conn, k: &Host, by: Option<i64>) -> Result<()> {
    run(
        conn,
        "INSERT INTO host_versions (host_key, version, content, content_hash, updated_at, import_key, line, superseded_by, since_step)
         VALUES (?1, (SELECT count(*) + 1 FROM host_versions WHERE host_key = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![k.host_key, k.content, k.content_hash, k.updated_at, k.import_key, k.line, by, k.since_step],
    )?;
    Ok(())
}

/// What a host is without one import, by all that the other hosts files say which stand. `None`: no
/// file names the host.
///
/// # Errors
/// The database's own.
pub fn standing_without(
    conn: &Conn,
    known: &Host,
    without: i64,
    undone: &HashSet<i64>,
    repeated: &[Saying],
) -> Result<Option<(HostRow, Source)>> {
    let mut history: Vec<(i64, Source, Option<String>)> = rows(
        conn,
        "SELECT since_step, import_key, line, content FROM host_versions WHERE host_key = ? ORDER BY version",
        [known.host_key],
        |r| {
            let source = Source {
                import_key: r.get(1)?,
                line: r.get(2)?,
            };
            Ok((r.get(0)?, source, r.get(3)?))
        },
    )?;
    let source = Source {
        import_key: known.import_key,
        line: known.line,
    };
    history.push((known.since_step, source, known.content.clone()));
    let since: Vec<i64> = history.iter().map(|h| h.0).collect();
    let mut said: Vec<(Source, Option<String>)> = Vec::new();
    for saying in repeated {
        if let Some(at) = repeats::at_step(&since, saying.step) {
            said.push((saying.source, history[at].2.clone()));
        }
    }
    for (source, content) in repeats::stale_of(conn, &["hosts"], without, known.host_key)? {
        said.push((source, Some(content)));
    }
    said.extend(
        history
            .into_iter()
            .map(|(_, source, content)| (source, content)),
    );
    let mut parsed = Vec::with_capacity(said.len());
    for (source, content) in said {
        if source.import_key == without || undone.contains(&source.import_key) {
            continue;
        }
        let Some(content) = content else { continue };
        let row: HostRow =
            serde_json::from_str(&content).map_err(|_| Error::stored("host version"))?;
        parsed.push((source, row.with_clean_id()));
    }
    Ok(repeats::newest(parsed, |row| {
        (row.content_hash(), row.updated_at)
    }))
}

/// Pauses or resumes a host's payouts; `None` resumes.
///
/// # Errors
/// The database's own.
pub fn set_pause(
    conn: &Conn,
    host_key: i64,
    reason: Option<&str>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    run(
        conn,
        "UPDATE hosts SET paused_reason = ?2, paused_by = iif(?2 IS NULL, NULL, ?3), paused_at = iif(?2 IS NULL, NULL, ?4) WHERE host_key = ?1",
        params![host_key, reason, stamp.by, At(stamp.at)],
    )?;
    Ok(())
}

/// One tier of a host with its reason.
#[derive(Debug, Clone)]
pub struct HostTier {
    /// Its key.
    pub tier_key: i64,
    /// The host.
    pub host_key: i64,
    /// The host's platform id.
    pub host_id: String,
    /// Tier and dates.
    pub period: TierPeriod,
    /// Why.
    pub because: String,
    /// Given on approval.
    pub is_initial: bool,
}

impl AsRef<TierPeriod> for HostTier {
    fn as_ref(&self) -> &TierPeriod {
        &self.period
    }
}

/// Tiers in force by some date, of one host or of all, oldest first.
///
/// # Errors
/// The database's own.
pub fn tiers(conn: &Conn, host_key: Option<i64>) -> Result<Vec<HostTier>> {
    rows(
        conn,
        "SELECT t.tier_key, t.host_key, h.host_id, t.tier, t.effective_from, t.effective_to, t.because, t.is_initial
         FROM host_commission_tiers t JOIN hosts h USING (host_key)
         WHERE t.superseded_at IS NULL AND (?1 IS NULL OR t.host_key = ?1)
         ORDER BY t.host_key, t.effective_from",
        [host_key],
        |r| {
            let tier: String = r.get(3)?;
            Ok(HostTier {
                tier_key: r.get(0)?,
                host_key: r.get(1)?,
                host_id: r.get(2)?,
                period: TierPeriod {
                    tier: Tier::parse(&tier).ok_or(rusqlite::Error::InvalidQuery)?,
                    from: r.get::<_, Day>(4)?.0,
                    to: r.get::<_, Option<Day>>(5)?.map(|d| d.0),
                },
                because: r.get(6)?,
                is_initial: r.get(7)?,
            })
        },
    )
}

/// Sets the tier given on approval, in place of an earlier one; `None`: none.
///
/// # Errors
/// The database's own.
pub fn set_initial_tier(
    conn: &Conn,
    host_key: i64,
    tier: Option<(Tier, Date, &str)>,
    at: Timestamp,
) -> Result<()> {
    run(
        conn,
        "UPDATE host_commission_tiers SET superseded_at = ? WHERE host_key = ? AND is_initial = 1 AND superseded_at IS NULL",
        params![At(at), host_key],
    )?;
    if let Some((tier, from, because)) = tier {
        run(
            conn,
            "INSERT INTO host_commission_tiers (host_key, tier, rate_bp, effective_from, because, is_initial, recorded_at) VALUES (?, ?, ?, ?, ?, 1, ?)",
            params![
                host_key,
                tier.as_str(),
                tier.rate_bp(),
                Day(from),
                because,
                At(at)
            ],
        )?;
    }
    Ok(())
}

/// What decides each host's rate, by host key.
///
/// # Errors
/// The database's own.
pub fn rate_terms(conn: &Conn, institutions: &[Institution]) -> Result<HashMap<i64, RateTerms>> {
    let mut out = HashMap::new();
    let hosts: Vec<(i64, i64)> = rows(
        conn,
        "SELECT host_key, institution_key FROM hosts",
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    for (host_key, institution_key) in hosts {
        let institution = institutions
            .iter()
            .find(|i| i.institution_key == institution_key)
            .ok_or_else(|| Error::stored("institution"))?;
        out.insert(
            host_key,
            RateTerms {
                uses_tiers: institution.uses_tiers,
                institution_rate_bp: institution.rate_bp.clone(),
                tiers: Vec::new(),
            },
        );
    }
    for t in tiers(conn, None)? {
        if let Some(terms) = out.get_mut(&t.host_key) {
            terms.tiers.push(t.period);
        }
    }
    Ok(out)
}
