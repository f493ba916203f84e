//! Taking in hosts' W-9 and W-8. TINs are sealed before anything is written.

use std::path::Path;

use csv::ByteRecord;
use hostledger_core::booking::Header;
use hostledger_core::import::{ExceptionCode, RowProblem, Supersedes, VersionStamp, supersedes};
use hostledger_core::tax_profile::{self, TaxProfileRow};
use hostledger_store::Conn;
use hostledger_store::hosts::{self, Source};
use hostledger_store::ledger::Stamp;
use hostledger_store::repeats::{self, Repeats};
use hostledger_store::tax::profiles::{self, NewTaxProfile, TaxProfile};

use crate::Result;
use crate::csv_file::{CsvFile, row_as_json, text_fields};
use crate::import_hosts::unknown_host;
use crate::imports::{ImportKind, Tally, Took};
use crate::jobs::Job;
use crate::tax::vault::Vault;
use crate::waiting::RawRow;

/// What became of a row.
enum Taken {
    Inserted,
    Changed(&'static str),
    /// It says again what is known: that profile.
    Unchanged(i64),
    Stale,
}

/// Reads a tax profiles file and writes what it says.
///
/// # Errors
/// [`hostledger_core::Code::WrongFile`], [`hostledger_core::Code::Cancelled`]; file and database errors.
pub(crate) fn take_in(
    conn: &Conn,
    vault: Vault<'_>,
    path: &Path,
    bytes: u64,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    let mut file = CsvFile::open(path, &tax_profile::COLUMNS, "tax profiles")?;
    let mut tally = Tally::begin(conn, ImportKind::TaxProfiles)?;
    let mut repeats = Repeats::default();
    let mut raw = ByteRecord::new();
    while let Some(line) = file.next_in(job, "Writing tax profiles", bytes, &mut raw)? {
        tally.counts.rows += 1;
        let source = Source { import_key, line };
        let fields = || -> Vec<String> {
            let text = |f| String::from_utf8_lossy(f).into_owned();
            raw.iter().map(text).collect()
        };
        // Sealed twice, a row never looks the same: it is known by a keyed print.
        let print = || vault.print_text(&row_as_json(&file.names, fields().iter()));
        let taken = match parse(&file.header, &raw) {
            Ok(row)
                if tally
                    .waiting
                    .was_print_dismissed(conn, &row.host_id, print)? =>
            {
                tally.counts.unchanged += 1;
                continue;
            }
            Ok(row) => {
                let taken = take(conn, vault, &row, source, stamp)?;
                if let Ok(Taken::Inserted | Taken::Changed(_)) = &taken {
                    let waiting = &mut tally.waiting;
                    waiting.taken_in(conn, &row.host_id, None, import_key, stamp)?;
                }
                taken
            }
            Err(problem) => Err(problem),
        };
        match taken {
            Ok(Taken::Inserted) => tally.counts.inserted += 1,
            Ok(Taken::Changed(what)) => {
                tally.counts.updated += 1;
                *tally.changes.entry(what.to_owned()).or_default() += 1;
            }
            Ok(Taken::Unchanged(key)) => {
                tally.counts.unchanged += 1;
                repeats.push(key, line);
            }
            Ok(Taken::Stale) => tally.counts.stale += 1,
            Err(problem) => {
                let kind = ImportKind::TaxProfiles.as_str();
                let sealed = vault.seal_row(kind, &file.names, &fields())?;
                let raw = RawRow {
                    json: &row_as_json(&file.names, sealed.iter()),
                    print: Some(print()),
                };
                tally.exception(conn, source, problem, &raw, stamp)?;
            }
        }
    }
    repeats::keep(conn, import_key, stamp.step, &repeats)?;
    Ok(tally)
}

fn parse(header: &Header, raw: &ByteRecord) -> std::result::Result<TaxProfileRow, RowProblem> {
    let fields = text_fields(raw)?;
    tax_profile::read_row(&header.fields(&fields)?)
}

/// Takes one row in again after a person looked at its exception.
///
/// # Errors
/// The database's own; in the inner result the problem that it still has.
pub(crate) fn retry(
    conn: &Conn,
    vault: Vault<'_>,
    row: &TaxProfileRow,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Took, RowProblem>> {
    Ok(
        take(conn, vault, row, source, stamp)?.map(|taken| match taken {
            Taken::Inserted | Taken::Changed(_) => Took::In,
            Taken::Unchanged(_) => Took::Unchanged,
            Taken::Stale => Took::Stale,
        }),
    )
}

fn take(
    conn: &Conn,
    vault: Vault<'_>,
    row: &TaxProfileRow,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Taken, RowProblem>> {
    let Some(host) = hosts::find(conn, &row.host_id)? else {
        return Ok(Err(unknown_host(&row.host_id)));
    };
    let known = profiles::of_host(conn, host.host_key)?;
    let content = content_print(vault, row);
    if let Some(k) = &known {
        // What a person entered is superseded by any later file.
        let order = supersedes(
            VersionStamp {
                content_hash: &k.content_print,
                updated_at_us: None,
                import_key: k.import_key.unwrap_or(0),
            },
            VersionStamp {
                content_hash: &content,
                updated_at_us: None,
                import_key: source.import_key,
            },
        );
        match order {
            Supersedes::Unchanged => return Ok(Ok(Taken::Unchanged(k.profile_key))),
            Supersedes::Stale => return Ok(Ok(Taken::Stale)),
            Supersedes::Conflict => {
                return Ok(Err(RowProblem::new(
                    ExceptionCode::ConflictingRows,
                    format!(
                        "Another row of the host {} with other content stands already in this file, and neither is newer. The earlier row stands.",
                        row.host_id
                    ),
                )));
            }
            Supersedes::Newer => {}
        }
    }
    write(conn, vault, host.host_key, row, Some(source), stamp)?;
    Ok(Ok(match &known {
        None => Taken::Inserted,
        Some(k) => Taken::Changed(what_changed(vault, k, row)),
    }))
}

fn what_changed(vault: Vault<'_>, was: &TaxProfile, is: &TaxProfileRow) -> &'static str {
    let print = is.tin.as_ref().map(|t| vault.print(t).to_vec());
    if was.tin_print != print {
        "TIN changed"
    } else if was.legal_name != is.legal_name {
        "name changed"
    } else if was.form != is.form {
        "another form"
    } else {
        "details changed"
    }
}

/// A fingerprint of all that a row says.
pub(crate) fn content_print(vault: Vault<'_>, row: &TaxProfileRow) -> [u8; 16] {
    let tin = row.tin.as_ref().map_or("", |t| t.digits());
    let signed = row.signed_on.map(|d| d.to_string()).unwrap_or_default();
    let problem = row.tin_problem.as_ref().map_or("", |p| p.message.as_str());
    let parts = [
        row.form.as_str(),
        &row.legal_name,
        &row.business_name,
        row.tin_type.map_or("", |t| t.as_str()),
        tin,
        problem,
        &row.address_line1,
        &row.address_line2,
        &row.city,
        &row.state,
        &row.postal_code,
        &row.country,
        &signed,
    ];
    vault.print_text(&parts.join("\u{1f}"))
}

/// Records what a row says as the host's present profile.
pub(crate) fn write(
    conn: &Conn,
    vault: Vault<'_>,
    host_key: i64,
    row: &TaxProfileRow,
    source: Option<Source>,
    stamp: &Stamp<'_>,
) -> Result<()> {
    let sealed = row.tin.as_ref().map(|t| vault.seal(t)).transpose()?;
    let print = row.tin.as_ref().map(|t| vault.print(t));
    profiles::put(
        conn,
        &NewTaxProfile {
            host_key,
            form: row.form,
            legal_name: &row.legal_name,
            business_name: &row.business_name,
            tin_type: row.tin_type,
            tin_sealed: sealed.as_deref(),
            tin_last4: row.tin.as_ref().map_or("", |t| t.last4()),
            tin_print: print.as_ref().map(|p| &p[..]),
            tin_problem: row.tin_problem.as_ref().map(|p| p.message.as_str()),
            tin_impossible: row.tin_problem.as_ref().is_some_and(|p| p.impossible),
            address_line1: &row.address_line1,
            address_line2: &row.address_line2,
            city: &row.city,
            state: &row.state,
            postal_code: &row.postal_code,
            country: &row.country,
            signed_on: row.signed_on,
            content_print: &content_print(vault, row),
        },
        source,
        stamp,
    )?;
    Ok(())
}

/// Takes an import of tax profiles back: each host's profile is again what it was before.
///
/// # Errors
/// The database's own.
pub(crate) fn undo(conn: &Conn, import_key: i64) -> Result<()> {
    Ok(profiles::undo_import(conn, import_key)?)
}
