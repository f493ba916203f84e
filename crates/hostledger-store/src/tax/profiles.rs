//! What hosts' W-9 and W-8 say. The TIN comes in and goes out sealed.

use std::collections::HashSet;

use hostledger_core::tax_profile::{Standing, TaxForm, is_us};
use hostledger_core::tin::TinType;
use hostledger_core::{postal_code, us_states};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::Conn;
use crate::error::{Error, Result};
use crate::hosts::Source;
use crate::ledger::Stamp;
use crate::repeats;
use crate::sql::{At, Day, one, rows, run};

/// A host's tax profile.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of tax_profiles")]
pub struct TaxProfile {
    pub profile_key: i64,
    pub host_key: i64,
    pub host_id: String,
    pub form: TaxForm,
    pub legal_name: String,
    pub business_name: String,
    pub tin_type: Option<TinType>,
    pub tin_sealed: Option<Vec<u8>>,
    pub tin_last4: String,
    pub tin_print: Option<Vec<u8>>,
    pub tin_problem: Option<String>,
    pub tin_impossible: bool,
    pub address_line1: String,
    pub address_line2: String,
    pub city: String,
    pub state: String,
    pub postal_code: String,
    pub country: String,
    pub signed_on: Option<Date>,
    pub expires_on: Option<Date>,
    pub content_print: Vec<u8>,
    pub import_key: Option<i64>,
    pub recorded_at: Timestamp,
    pub recorded_by: String,
    /// The IRS's answer about its name and TIN.
    pub match_code: Option<u8>,
}

impl TaxProfile {
    /// Where the host stands on a day.
    #[must_use]
    pub fn standing(&self, on: Date) -> Standing {
        Standing::of(
            self.form,
            self.tin_sealed.is_some(),
            self.tin_impossible,
            self.signed_on.zip(self.expires_on),
            on,
        )
    }

    /// What a form's address needs and the profile doesn't have. Abroad, a state and a postal code
    /// may be missing.
    #[must_use]
    pub fn lacks_of_address(&self) -> Vec<&'static str> {
        let us = is_us(&self.country);
        [
            ("street", self.address_line1.is_empty()),
            ("city", self.city.is_empty()),
            ("state", us && !us_states::is_code(&self.state)),
            (
                "postal code of 5 or 9 digits",
                us && !postal_code::is_whole(&self.postal_code),
            ),
        ]
        .into_iter()
        .filter(|(_, missing)| *missing)
        .map(|(what, _)| what)
        .collect()
    }
}

const SELECT: &str = "SELECT p.profile_key, p.host_key, h.host_id, p.form, p.legal_name, p.business_name, p.tin_type, p.tin_sealed, p.tin_last4, p.tin_print,
      p.tin_problem, p.tin_impossible, p.address_line1, p.address_line2, p.city, p.state, p.postal_code, p.country, p.signed_on, p.expires_on,
      p.content_print, p.import_key, p.recorded_at, p.recorded_by, m.code
    FROM tax_profiles p JOIN hosts h USING (host_key) LEFT JOIN tin_matches m USING (host_key, profile_key)";

fn read(r: &Row<'_>) -> rusqlite::Result<TaxProfile> {
    let form: String = r.get(3)?;
    let day = |i| Ok::<_, rusqlite::Error>(r.get::<_, Option<Day>>(i)?.map(|d| d.0));
    Ok(TaxProfile {
        profile_key: r.get(0)?,
        host_key: r.get(1)?,
        host_id: r.get(2)?,
        form: TaxForm::parse(&form).unwrap_or(TaxForm::W9),
        legal_name: r.get(4)?,
        business_name: r.get(5)?,
        tin_type: r
            .get::<_, Option<String>>(6)?
            .and_then(|t| TinType::parse(&t)),
        tin_sealed: r.get(7)?,
        tin_last4: r.get(8)?,
        tin_print: r.get(9)?,
        tin_problem: r.get(10)?,
        tin_impossible: r.get(11)?,
        address_line1: r.get(12)?,
        address_line2: r.get(13)?,
        city: r.get(14)?,
        state: r.get(15)?,
        postal_code: r.get(16)?,
        country: r.get(17)?,
        signed_on: day(18)?,
        expires_on: day(19)?,
        content_print: r.get(20)?,
        import_key: r.get(21)?,
        recorded_at: r.get::<_, At>(22)?.0,
        recorded_by: r.get(23)?,
        match_code: r.get(24)?,
    })
}

/// Every host's present profile, by host id.
///
/// # Errors
/// The database's own.
pub fn all(conn: &Conn) -> Result<Vec<TaxProfile>> {
    rows(
        conn,
        &format!("{SELECT} WHERE p.current = 1 ORDER BY h.host_id"),
        [],
        read,
    )
}

/// A host's present profile.
///
/// # Errors
/// The database's own.
pub fn of_host(conn: &Conn, host_key: i64) -> Result<Option<TaxProfile>> {
    one(
        conn,
        &format!("{SELECT} WHERE p.host_key = ? AND p.current = 1"),
        [host_key],
        read,
    )
}

/// A profile by key.
///
/// # Errors
/// The database's own.
pub fn get(conn: &Conn, profile_key: i64) -> Result<TaxProfile> {
    one(
        conn,
        &format!("{SELECT} WHERE p.profile_key = ?"),
        [profile_key],
        read,
    )?
    .ok_or_else(|| Error::stored("tax profile"))
}

/// The keyed print of every host's present TIN, by host key.
///
/// # Errors
/// The database's own.
pub fn prints(conn: &Conn) -> Result<Vec<(i64, Vec<u8>)>> {
    rows(
        conn,
        "SELECT host_key, tin_print FROM tax_profiles WHERE current = 1 AND tin_print IS NOT NULL",
        [],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
}

/// Every version of a host's profile, newest first.
///
/// # Errors
/// The database's own.
pub fn versions(conn: &Conn, host_key: i64) -> Result<Vec<TaxProfile>> {
    rows(
        conn,
        &format!("{SELECT} WHERE p.host_key = ? AND p.undone = 0 ORDER BY p.profile_key DESC"),
        [host_key],
        read,
    )
}

/// The TIN of a host's W-9 became one of another kind: a person's an EIN, or the other way round.
#[derive(Debug, Clone)]
pub struct KindChange {
    /// The host.
    pub host_key: i64,
    /// The W-9 before.
    pub was: TaxProfile,
    /// The first W-9 with the other number.
    pub now: TaxProfile,
}

impl KindChange {
    /// What an answer to it is known by.
    #[must_use]
    pub fn about(&self) -> Vec<u8> {
        let print = |p: &TaxProfile| p.tin_print.clone().unwrap_or_default();
        [print(&self.was), print(&self.now)].concat()
    }
}

/// Every such change among the W-9 that stand and have a good TIN, oldest first.
///
/// # Errors
/// The database's own.
pub fn kind_changes(conn: &Conn) -> Result<Vec<KindChange>> {
    let good =
        "p.undone = 0 AND p.form = 'W-9' AND p.tin_sealed IS NOT NULL AND p.tin_impossible = 0";
    // Most hosts have one kind only.
    let versions = rows(
        conn,
        &format!(
            "{SELECT} WHERE {good} AND p.host_key IN (
               SELECT p.host_key FROM tax_profiles p WHERE {good} GROUP BY p.host_key
               HAVING count(DISTINCT p.tin_type = 'EIN') > 1)
             ORDER BY p.host_key, p.profile_key"
        ),
        [],
        read,
    )?;
    let is_ein = |p: &TaxProfile| p.tin_type == Some(TinType::Ein);
    Ok(versions
        .windows(2)
        .filter(|w| {
            w[0].host_key == w[1].host_key
                && is_ein(&w[0]) != is_ein(&w[1])
                && w[0].tin_print != w[1].tin_print
        })
        .map(|w| KindChange {
            host_key: w[1].host_key,
            was: w[0].clone(),
            now: w[1].clone(),
        })
        .collect())
}

/// What an import brought: profile and line.
///
/// # Errors
/// The database's own.
pub fn of_import(conn: &Conn, import_key: i64) -> Result<Vec<(i64, i64)>> {
    rows(
        conn,
        "SELECT profile_key, line FROM tax_profiles WHERE import_key = ? ORDER BY line",
        [import_key],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
}

/// A profile to record.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns of tax_profiles")]
pub struct NewTaxProfile<'a> {
    pub host_key: i64,
    pub form: TaxForm,
    pub legal_name: &'a str,
    pub business_name: &'a str,
    pub tin_type: Option<TinType>,
    pub tin_sealed: Option<&'a [u8]>,
    pub tin_last4: &'a str,
    pub tin_print: Option<&'a [u8]>,
    pub tin_problem: Option<&'a str>,
    pub tin_impossible: bool,
    pub address_line1: &'a str,
    pub address_line2: &'a str,
    pub city: &'a str,
    pub state: &'a str,
    pub postal_code: &'a str,
    pub country: &'a str,
    pub signed_on: Option<Date>,
    pub content_print: &'a [u8],
}

/// Records a profile as the host's present one.
///
/// # Errors
/// The database's own.
pub fn put(
    conn: &Conn,
    n: &NewTaxProfile<'_>,
    source: Option<Source>,
    stamp: &Stamp<'_>,
) -> Result<i64> {
    run(
        conn,
        "UPDATE tax_profiles SET current = 0 WHERE host_key = ? AND current = 1",
        [n.host_key],
    )?;
    run(
        conn,
        "INSERT INTO tax_profiles (host_key, form, legal_name, business_name, tin_type, tin_sealed, tin_last4, tin_print, tin_problem, tin_impossible,
            address_line1, address_line2, city, state, postal_code, country, signed_on, expires_on, content_print, import_key, line, recorded_at, recorded_by, current)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        params![
            n.host_key, n.form.as_str(), n.legal_name, n.business_name, n.tin_type.map(TinType::as_str), n.tin_sealed, n.tin_last4, n.tin_print,
            n.tin_problem, n.tin_impossible, n.address_line1, n.address_line2, n.city, n.state, n.postal_code, n.country,
            n.signed_on.map(Day), n.form.expires_on(n.signed_on).map(Day), n.content_print, source.map(|s| s.import_key), source.map(|s| s.line),
            At(stamp.at), stamp.by
        ],
    )?;
    Ok(conn.last_insert_rowid())
}

/// Takes back what an import said: each host's newest profile that stands is the present one again.
///
/// # Errors
/// The database's own.
pub fn undo_import(conn: &Conn, import_key: i64) -> Result<()> {
    let asked: HashSet<i64> = of_import(conn, import_key)?
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    let said = repeats::standing(conn, &["tax-profiles"], import_key, |k| asked.contains(&k))?;
    for (profile_key, sayings) in said {
        if let Some(by) = sayings.first() {
            run(
                conn,
                "UPDATE tax_profiles SET import_key = ?, line = ? WHERE profile_key = ?",
                [by.source.import_key, by.source.line, profile_key],
            )?;
        }
    }
    run(
        conn,
        "UPDATE tax_profiles SET current = 0, undone = 1 WHERE import_key = ?",
        [import_key],
    )?;
    run(
        conn,
        "UPDATE tax_profiles SET current = 1 WHERE profile_key IN (
           SELECT max(profile_key) FROM tax_profiles p WHERE undone = 0
             AND host_key IN (SELECT host_key FROM tax_profiles WHERE import_key = ?)
             AND NOT EXISTS (SELECT 1 FROM tax_profiles c WHERE c.host_key = p.host_key AND c.current = 1)
           GROUP BY host_key)",
        [import_key],
    )?;
    Ok(())
}

/// Keeps the IRS's answer about a profile.
///
/// # Errors
/// The database's own.
pub fn set_match(conn: &Conn, p: &TaxProfile, code: u8, stamp: &Stamp<'_>) -> Result<()> {
    run(
        conn,
        "INSERT OR REPLACE INTO tin_matches (host_key, profile_key, code, answered_at, recorded_by) VALUES (?, ?, ?, ?, ?)",
        params![p.host_key, p.profile_key, code, At(stamp.at), stamp.by],
    )?;
    Ok(())
}
