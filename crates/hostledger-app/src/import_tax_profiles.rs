//! Taking in hosts' W-9 and W-8. TINs are sealed before anything is written.

use std::cell::Cell;

use csv::ByteRecord;
use hostledger_core::booking::{Absent, Header};
use hostledger_core::import::{ExceptionCode, RowProblem, Supersedes, VersionStamp, supersedes};
use hostledger_core::postal_code;
use hostledger_core::tax_profile::{self, TaxProfileRow, is_us};
use hostledger_core::tin;
use hostledger_store::hosts::{self, Source};
use hostledger_store::ledger::Stamp;
use hostledger_store::repeats::{self, Repeats};
use hostledger_store::tax::answers::{self, Question, TaxAnswer};
use hostledger_store::tax::profiles::{self, NewTaxProfile, TaxProfile};
use hostledger_store::{Conn, meta};
use jiff::civil::Date;

use crate::Result;
use crate::csv_file::{CsvFile, row_as_json, text_fields};
use crate::exceptions::Answer;
use crate::import_hosts::{conflicting_rows, unknown_host};
use crate::imports::{ImportKind, Tally, Took};
use crate::jobs::Job;
use crate::source_file::SourceFile;
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
    source: &SourceFile,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    let mut file = CsvFile::open(source, &tax_profile::COLUMNS, "tax profiles")?;
    let desk = Desk::of(conn, vault, stamp)?;
    let mut tally = Tally::begin(conn, ImportKind::TaxProfiles)?;
    let mut repeats = Repeats::default();
    let mut raw = ByteRecord::new();
    while let Some(line) = file.next_in(job, "Writing tax profiles", &mut raw)? {
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
                let asked = desk.name_orders.get();
                let taken = desk.take(row.clone(), source, None)?;
                if taken.is_err() {
                    desk.name_orders.set(asked);
                }
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
    tally.name_orders = desk.name_orders.get();
    Ok(tally)
}

fn parse(header: &Header, raw: &ByteRecord) -> std::result::Result<TaxProfileRow, RowProblem> {
    let fields = text_fields(raw)?;
    tax_profile::read_row(&header.fields(&fields)?)
}

/// Takes one row in again after a person looked at its exception; `answer`: what they say of the
/// TIN that is known and the row's.
///
/// # Errors
/// The database's own; in the inner result the problem that it still has.
pub(crate) fn retry(
    conn: &Conn,
    vault: Vault<'_>,
    row: TaxProfileRow,
    source: Source,
    answer: Option<Answer>,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Took, RowProblem>> {
    let desk = Desk::of(conn, vault, stamp)?;
    Ok(desk.take(row, source, answer)?.map(|taken| match taken {
        Taken::Inserted | Taken::Changed(_) => Took::In,
        Taken::Unchanged(_) => Took::Unchanged,
        Taken::Stale => Took::Stale,
    }))
}

/// The last day on which something can have been signed: today by the machine or, where that is
/// later, by the date that was given for the command.
///
/// # Errors
/// The database's own.
pub(crate) fn latest_signature(conn: &Conn, stamp: &Stamp<'_>) -> Result<Date> {
    let zone = meta::settings(conn)?.zone;
    Ok(zone.date_of(stamp.at).max(stamp.on))
}

/// Where rows are compared with what is known and written.
struct Desk<'a> {
    conn: &'a Conn,
    vault: Vault<'a>,
    stamp: &'a Stamp<'a>,
    latest_signature: Date,
    /// Rows whose name has a comma that nobody answered for.
    name_orders: Cell<i64>,
}

impl<'a> Desk<'a> {
    fn of(conn: &'a Conn, vault: Vault<'a>, stamp: &'a Stamp<'a>) -> Result<Self> {
        Ok(Self {
            conn,
            vault,
            stamp,
            latest_signature: latest_signature(conn, stamp)?,
            name_orders: Cell::new(0),
        })
    }

    fn take(
        &self,
        mut row: TaxProfileRow,
        source: Source,
        answer: Option<Answer>,
    ) -> Result<std::result::Result<Taken, RowProblem>> {
        let Self {
            conn, vault, stamp, ..
        } = *self;
        let Some(host) = hosts::find(conn, &row.host_id)? else {
            return Ok(Err(unknown_host(&row.host_id)));
        };
        let known = profiles::of_host(conn, host.host_key)?;
        if let Some(k) = &known {
            keep_known(vault, &mut row, k)?;
        }
        self.settle_name(host.host_key, &mut row)?;
        if let Err(problem) = plausible(&row, self.latest_signature) {
            return Ok(Err(problem));
        }
        let worse = match &known {
            Some(k) if is_worse(&row, k) => self.settle_worse(&mut row, k, answer)?.err(),
            _ => None,
        };
        let content = content_print(vault, &row);
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
                Supersedes::Conflict => return Ok(Err(conflicting_rows(&row.host_id))),
                Supersedes::Newer => {}
            }
        }
        if let Some(problem) = worse {
            return Ok(Err(problem));
        }
        write(conn, vault, host.host_key, &row, Some(source), stamp)?;
        Ok(Ok(match &known {
            None => Taken::Inserted,
            Some(k) => Taken::Changed(what_changed(vault, k, &row)),
        }))
    }

    /// Writes a name the other way round where a person said so of the same name before.
    fn settle_name(&self, host_key: i64, row: &mut TaxProfileRow) -> Result<()> {
        if let Some(swapped) = tax_profile::swapped_name(&row.legal_name, row.tin_type) {
            let name = row.legal_name.as_bytes();
            let said = answers::of(self.conn, host_key, Question::NameOrder, name)?;
            if said == Some(TaxAnswer::Swap) {
                row.legal_name = swapped;
            } else if said.is_none() && !row.form.is_w8() {
                self.name_orders.set(self.name_orders.get() + 1);
            }
        }
        Ok(())
    }

    /// What becomes of a TIN that is worse than the known one, by what a person says now or said of
    /// the same before.
    fn settle_worse(
        &self,
        row: &mut TaxProfileRow,
        known: &TaxProfile,
        answer: Option<Answer>,
    ) -> Result<std::result::Result<(), RowProblem>> {
        let about = self.vault.print_text(row.given_tin.secret());
        let before = answers::of(self.conn, known.host_key, Question::WorseTin, &about)?;
        match answer {
            Some(Answer::New) => return Ok(Ok(())),
            Some(Answer::Known) => {
                let (question, known_stays) = (Question::WorseTin, TaxAnswer::Known);
                let key = known.host_key;
                answers::put(self.conn, key, question, &about, known_stays, self.stamp)?;
            }
            _ if before == Some(TaxAnswer::Known) => {}
            _ => return Ok(Err(worse_tin(row, known))),
        }
        take_tin_of(self.vault, row, known)?;
        Ok(Ok(()))
    }
}

/// Refuses a row that can't be right, whatever is known.
pub(crate) fn plausible(
    row: &TaxProfileRow,
    latest_signature: Date,
) -> std::result::Result<(), RowProblem> {
    if let Some(on) = row.signed_on.filter(|on| *on > latest_signature) {
        return Err(RowProblem::new(
            ExceptionCode::FutureSignature,
            format!("signed_on is {on}, which is still ahead. Look at the form."),
        )
        .of_column("signed_on"));
    }
    match postal_code::problem(&row.postal_code) {
        Some(problem) if !row.lacks("postal_code") && !row.form.is_w8() && is_us(&row.country) => {
            Err(RowProblem::new(ExceptionCode::BadPostalCode, problem).of_column("postal_code"))
        }
        _ => Ok(()),
    }
}

/// Whether a row would take a good TIN away. A W-8 needs none, so one after a W-9 takes nothing away.
fn is_worse(row: &TaxProfileRow, known: &TaxProfile) -> bool {
    !row.has_usable_tin()
        && known.tin_sealed.is_some()
        && !known.tin_impossible
        && (!row.form.is_w8() || known.form.is_w8())
}

fn worse_tin(row: &TaxProfileRow, known: &TaxProfile) -> RowProblem {
    let problem = match &row.tin_problem {
        Some(p) => p.message.clone(),
        None if row.given_tin.secret().is_empty() => "The row has no TIN.".to_owned(),
        None => "What the row has is no TIN.".to_owned(),
    };
    let end = match row.given_tin.shown_end() {
        Some(end) if known.tin_last4.ends_with(end) => {
            " The digits that show are those of the known one."
        }
        Some(_) => " The digits that show aren't those of the known one.",
        None => "",
    };
    RowProblem::new(
        ExceptionCode::WorseTin,
        format!(
            "tin can't take the place of the good one that is known, {}. {problem}{end} Keep the known TIN, or take the row in as it stands.",
            tin::truncated(known.tin_type, &known.tin_last4)
        ),
    )
}

/// What is known of columns that the file doesn't have stays. A signature belongs to one form; a TIN
/// goes on from a W-8 to a W-9 only by a person's word.
fn keep_known(vault: Vault<'_>, row: &mut TaxProfileRow, known: &TaxProfile) -> Result<()> {
    let absent = row.absent;
    for (column, own, known) in [
        (
            "business_name",
            &mut row.business_name,
            &known.business_name,
        ),
        (
            "address_line1",
            &mut row.address_line1,
            &known.address_line1,
        ),
        (
            "address_line2",
            &mut row.address_line2,
            &known.address_line2,
        ),
        ("city", &mut row.city, &known.city),
        ("state", &mut row.state, &known.state),
        ("postal_code", &mut row.postal_code, &known.postal_code),
        ("country", &mut row.country, &known.country),
    ] {
        if tax_profile::is_absent(absent, column) {
            own.clone_from(known);
        }
    }
    let same_form = row.form == known.form;
    if row.lacks("signed_on") && same_form {
        row.signed_on = known.signed_on;
    }
    if row.lacks(tax_profile::TIN_COLUMN) && row.form.is_w8() == known.form.is_w8() {
        take_tin_of(vault, row, known)?;
    }
    // The same digits are of the kind that is known.
    if let Some(t) = row.tin.as_mut().filter(|t| t.kind.is_none())
        && known.tin_print.as_deref() == Some(&vault.print(t)[..])
    {
        t.kind = known.tin_type;
        row.tin_type = t.kind;
        row.tin_problem = t.check().err();
    }
    Ok(())
}

/// A known profile as a row that says the same.
///
/// # Errors
/// [`hostledger_core::Code::DamagedLedger`].
pub(crate) fn row_of(vault: Vault<'_>, known: &TaxProfile) -> Result<TaxProfileRow> {
    let mut row = TaxProfileRow {
        host_id: known.host_id.clone(),
        form: known.form,
        legal_name: known.legal_name.clone(),
        business_name: known.business_name.clone(),
        tin_type: None,
        tin: None,
        tin_problem: None,
        given_tin: tin::GivenTin::default(),
        address_line1: known.address_line1.clone(),
        address_line2: known.address_line2.clone(),
        city: known.city.clone(),
        state: known.state.clone(),
        postal_code: known.postal_code.clone(),
        country: known.country.clone(),
        signed_on: known.signed_on,
        absent: Absent::default(),
    };
    take_tin_of(vault, &mut row, known)?;
    Ok(row)
}

/// Gives a row the known TIN in place of its own.
fn take_tin_of(vault: Vault<'_>, row: &mut TaxProfileRow, known: &TaxProfile) -> Result<()> {
    let sealed = known.tin_sealed.as_ref();
    row.tin = sealed
        .map(|sealed| vault.open(known.tin_type, sealed))
        .transpose()?;
    row.tin_type = known.tin_type;
    row.tin_problem = match &row.tin {
        Some(tin) => tin.check().err(),
        None => known.tin_problem.as_ref().map(|message| tin::TinProblem {
            message: message.clone(),
            impossible: known.tin_impossible,
        }),
    };
    Ok(())
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
