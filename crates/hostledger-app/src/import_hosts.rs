//! Taking in the platform's hosts, and what follows for their tiers and pending commissions.

use std::collections::{BTreeSet, HashSet};

use csv::ByteRecord;
use hostledger_core::booking::Header;
use hostledger_core::host::{self, HostRow};
use hostledger_core::import::{ExceptionCode, RowProblem, Supersedes, VersionStamp, supersedes};
use hostledger_core::settings::Settings;
use hostledger_core::tier::initial_tier;
use hostledger_core::{Code, Error};
use hostledger_store::hosts::{self, Host, Source};
use hostledger_store::institutions::{self, Institution};
use hostledger_store::ledger::Stamp;
use hostledger_store::repeats::{self, Repeats};
use hostledger_store::{Conn, commissions, meta, payouts};
use jiff::Timestamp;

use crate::Result;
use crate::csv_file::{CsvFile, row_as_json, text_fields};
use crate::imports::{ImportKind, Tally, Took};
use crate::jobs::Job;
use crate::look_alikes::{HostIds, Looks};
use crate::restate::{self, Cause, Terms};
use crate::source_file::SourceFile;
use crate::waiting::RawRow;

/// Reads a hosts file and writes what it says.
///
/// # Errors
/// [`Code::WrongFile`], [`Code::Cancelled`]; file and database errors.
pub(crate) fn take_in(
    conn: &Conn,
    source: &SourceFile,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    let mut file = CsvFile::open(source, &host::COLUMNS, "hosts")?;
    let mut w = Writer::new(conn, stamp)?;
    w.import_key = Some(import_key);
    w.header = Some(file.header.clone());
    let mut raw = ByteRecord::new();
    while let Some(line) = file.next_in(job, "Writing hosts", &mut raw)? {
        w.tally.counts.rows += 1;
        let source = Source { import_key, line };
        let json = || row_as_json(&file.names, raw.iter());
        let taken = match parse(&file.header, &raw) {
            Ok(row) if w.tally.waiting.was_dismissed(conn, &row.host_id, json)? => {
                w.tally.counts.unchanged += 1;
                Ok(())
            }
            Ok(row) => w.take(&row, source)?,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = taken {
            let row = json();
            w.tally
                .exception(conn, source, problem, &RawRow::of(&row), stamp)?;
        }
    }
    w.finish()
}

/// A row about a host whom no hosts file names.
pub(crate) fn unknown_host(host_id: &str) -> RowProblem {
    RowProblem::new(
        ExceptionCode::UnknownHost,
        format!("There is no host {host_id} in this ledger. Import the hosts file, then retry."),
    )
}

/// A second row about a host in one file, with other content.
pub(crate) fn conflicting_rows(host_id: &str) -> RowProblem {
    RowProblem::new(
        ExceptionCode::ConflictingRows,
        format!(
            "Another row of the host {host_id} with other content stands already in this file, and neither is newer. The earlier row stands."
        ),
    )
}

fn parse(header: &Header, raw: &ByteRecord) -> std::result::Result<HostRow, RowProblem> {
    let fields = text_fields(raw)?;
    host::read_row(&header.fields(&fields)?)
}

/// Takes one row in again after a person looked at its exception. `header`: the columns that it
/// has.
///
/// # Errors
/// The database's own; in the inner result the problem that it still has.
pub(crate) fn retry(
    conn: &Conn,
    row: &HostRow,
    header: &Header,
    source: Source,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Took, RowProblem>> {
    let mut w = Writer::new(conn, stamp)?;
    w.header = Some(header.clone());
    let taken = w.take(row, source)?;
    let tally = w.finish()?;
    Ok(taken.map(|()| Took::of(&tally.counts)))
}

struct Writer<'c> {
    conn: &'c Conn,
    stamp: &'c Stamp<'c>,
    institutions: Vec<Institution>,
    settings: Settings,
    /// Hosts whose rate may be another now.
    rates_changed: BTreeSet<i64>,
    /// The hosts that are known.
    ids: HostIds,
    /// The file that is taken in; `None`: one row, or an undo.
    import_key: Option<i64>,
    /// The columns of its file.
    header: Option<Header>,
    /// Rows that said again what is known.
    repeats: Repeats,
    tally: Tally,
}

impl<'c> Writer<'c> {
    fn new(conn: &'c Conn, stamp: &'c Stamp<'c>) -> Result<Self> {
        Ok(Self {
            conn,
            stamp,
            institutions: institutions::all(conn)?,
            settings: meta::settings(conn)?,
            rates_changed: BTreeSet::new(),
            ids: HostIds::of(hosts::spoken_of(conn)?.iter().map(|h| h.host_id.as_str())),
            import_key: None,
            header: None,
            repeats: Repeats::default(),
            tally: Tally::begin(conn, ImportKind::Hosts)?,
        })
    }

    fn take(
        &mut self,
        row: &HostRow,
        source: Source,
    ) -> Result<std::result::Result<(), RowProblem>> {
        let known = hosts::find(self.conn, &row.host_id)?;
        if !self.ids.has(&row.host_id) {
            match self.ids.looks(self.conn, &row.host_id)? {
                Looks::Apart => self.ids.insert(&row.host_id),
                Looks::Like(problem) => return Ok(Err(problem)),
                Looks::Dismissed => {
                    self.tally.counts.unchanged += 1;
                    return Ok(Ok(()));
                }
                Looks::Known(host_id) => {
                    let mut meant = row.clone();
                    meant.host_id = host_id;
                    return self.take(&meant, source);
                }
            }
        }
        let stands = known
            .as_ref()
            .and_then(|k| serde_json::from_str::<HostRow>(k.content.as_deref()?).ok());
        let kept = match (&stands, &self.header) {
            (Some(stands), Some(header)) => row.keeping(stands, header),
            _ => row.clone(),
        };
        let row = &kept;
        let Some(institution) = self
            .institutions
            .iter()
            .find(|i| i.institution_id == row.institution_id)
        else {
            return Ok(Err(RowProblem::new(
                ExceptionCode::UnknownInstitution,
                format!(
                    "The institution \"{}\" is not in this ledger. Add it under Settings or with `hostledger institutions set`, then retry.",
                    row.institution_id
                ),
            )));
        };
        if let Some(k) = known.as_ref().filter(|k| k.content.is_some()) {
            let hash = self.hash_of(row, stands.as_ref());
            let order = supersedes(
                VersionStamp {
                    content_hash: &k.content_hash,
                    updated_at_us: k.updated_at,
                    import_key: k.import_key,
                },
                VersionStamp {
                    content_hash: &hash,
                    updated_at_us: row.updated_at.map(|t| t.as_microsecond()),
                    import_key: source.import_key,
                },
            );
            match order {
                Supersedes::Unchanged => {
                    self.tally.counts.unchanged += 1;
                    if k.import_key != source.import_key {
                        self.repeats.push(k.host_key, source.line);
                    }
                    return Ok(Ok(()));
                }
                Supersedes::Stale => {
                    self.tally.counts.stale += 1;
                    let content = serde_json::to_string(row).unwrap_or_default();
                    repeats::keep_stale(self.conn, source, k.host_key, &content)?;
                    return Ok(Ok(()));
                }
                Supersedes::Conflict => return Ok(Err(conflicting_rows(&row.host_id))),
                Supersedes::Newer => {}
            }
        }
        match &known {
            Some(k) if k.content.is_some() => {
                self.tally.counts.updated += 1;
                *self
                    .tally
                    .changes
                    .entry(describe_change(k, row))
                    .or_default() += 1;
            }
            _ => self.tally.counts.inserted += 1,
        }
        let institution_key = institution.institution_key;
        self.write(known.as_ref(), row, institution_key, source)?;
        self.tally.waiting.taken_in(
            self.conn,
            &row.host_id,
            row.updated_at,
            source.import_key,
            self.stamp,
        )?;
        Ok(Ok(()))
    }

    /// The hash of what a row says. Of a file without `updated_at`, a row that says nothing else
    /// than what stands is the same content.
    fn hash_of(&self, row: &HostRow, stands: Option<&HostRow>) -> [u8; 16] {
        let lacks_time = |h: &Header| h.place(host::UPDATED_AT).is_none();
        let (Some(stands), true) = (stands, self.header.as_ref().is_some_and(lacks_time)) else {
            return row.content_hash();
        };
        let mut dated = row.clone();
        dated.updated_at = stands.updated_at;
        if dated == *stands {
            stands.content_hash()
        } else {
            row.content_hash()
        }
    }

    fn write(
        &mut self,
        known: Option<&Host>,
        row: &HostRow,
        institution_key: i64,
        source: Source,
    ) -> Result<()> {
        let approved_on = row.approved_at.map(|t| self.settings.zone.date_of(t));
        let step = self.stamp.step;
        let host_key = hosts::put(
            self.conn,
            known,
            row,
            institution_key,
            approved_on,
            source,
            step,
        )?;
        let tier = approved_on.map(|on| (initial_tier(row.teaching_experience_years), on));
        let has = hosts::tiers(self.conn, Some(host_key))?
            .into_iter()
            .find(|t| t.is_initial)
            .map(|t| (t.period.tier, t.period.from));
        if has != tier {
            let because = format!(
                "on approval with {} years of teaching experience",
                row.teaching_experience_years
            );
            let new = tier.map(|(tier, on)| (tier, on, because.as_str()));
            hosts::set_initial_tier(self.conn, host_key, new, self.stamp.at)?;
            self.rates_changed.insert(host_key);
        }
        if known.is_some_and(|k| k.institution_key != institution_key) {
            self.rates_changed.insert(host_key);
        }
        Ok(())
    }

    /// Pending commissions follow what is known now (docs/domain.md §4).
    fn finish(self) -> Result<Tally> {
        split_again(self.conn, &self.rates_changed, self.stamp)?;
        if let Some(import_key) = self.import_key {
            repeats::keep(self.conn, import_key, self.stamp.step, &self.repeats)?;
        }
        Ok(self.tally)
    }
}

fn split_again(conn: &Conn, hosts: &BTreeSet<i64>, stamp: &Stamp<'_>) -> Result<()> {
    if hosts.is_empty() {
        return Ok(());
    }
    let terms = Terms::load(conn)?;
    let cause = Cause {
        on: Some(stamp.on),
        import_key: None,
        reason: "",
    };
    for host_key in hosts {
        for booking_key in commissions::pending_bookings(conn, Some(*host_key), Timestamp::MIN)? {
            restate::again(conn, &terms, booking_key, &cause, stamp)?;
        }
    }
    Ok(())
}

fn describe_change(was: &Host, is: &HostRow) -> String {
    if was.status != is.status {
        format!("{} to {}", was.status.as_str(), is.status.as_str())
    } else if was.stripe_account_id != is.stripe_account_id {
        "payout account changed".to_owned()
    } else if was.payouts_enabled != is.payouts_enabled {
        "payouts enabled or disabled".to_owned()
    } else {
        "details changed".to_owned()
    }
}

/// Takes an import of hosts back.
///
/// # Errors
/// [`Code::PaidDependsOnIt`] with the hosts that were paid since.
pub(crate) fn undo(conn: &Conn, import_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    let mut w = Writer::new(conn, stamp)?;
    let mut paid = Vec::new();
    let of_import: Vec<Host> = hosts::all(conn)?
        .into_iter()
        .filter(|h| h.import_key == import_key && h.content.is_some())
        .collect();
    let undone = repeats::undone(conn)?;
    let asked: HashSet<i64> = of_import.iter().map(|h| h.host_key).collect();
    let said = repeats::standing(conn, &["hosts"], import_key, |k| asked.contains(&k))?;
    for h in of_import {
        let sent_since = payouts::of_host(conn, h.host_key)?
            .iter()
            .any(|p| p.status.is_live() && p.destination == h.stripe_account_id);
        let repeated = said.get(&h.host_key).map_or(&[][..], Vec::as_slice);
        let earlier = hosts::standing_without(conn, &h, import_key, &undone, repeated)?;
        let same_account =
            matches!(&earlier, Some((row, _)) if row.stripe_account_id == h.stripe_account_id);
        if sent_since && !same_account {
            paid.push(h.host_id.clone());
            continue;
        }
        match earlier {
            Some((row, source)) => {
                let institution = w
                    .institutions
                    .iter()
                    .find(|i| i.institution_id == row.institution_id);
                let key = institution.map_or(1, |i| i.institution_key);
                w.write(Some(&h), &row, key, source)?;
            }
            None => {
                hosts::forget(conn, &h, stamp.step)?;
                hosts::set_initial_tier(conn, h.host_key, None, stamp.at)?;
                w.rates_changed.insert(h.host_key);
            }
        }
    }
    if !paid.is_empty() {
        return Err(Error::new(
            Code::PaidDependsOnIt,
            format!(
                "Payouts to accounts that came with this import exist ({}), so it can't be undone. Import a newer hosts file instead.",
                paid.join(", ")
            ),
        ));
    }
    w.finish()?;
    Ok(())
}
