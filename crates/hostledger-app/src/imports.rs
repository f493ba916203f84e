//! Taking files in, looking at them first, and undoing them.

use std::collections::BTreeMap;
use std::path::Path;

use hostledger_core::import::{RowCounts, RowProblem};
use hostledger_core::{
    Code, Currency, Error, Money, booking, dispute, host, opening_balance, payments_file,
    tax_profile,
};
use hostledger_store::imports::{self, Import};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, audit, lease};
use jiff::civil::Date;
use serde_json::json;

use crate::csv_file::{Fingerprint, fingerprint};
use crate::identity::Role;
use crate::jobs::Job;
use crate::tax::vault::Vault;
use crate::{
    Result, Session, clock, cutover, import_bookings, import_disputes, import_hosts,
    import_opening, import_payments, import_tax_profiles,
};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    /// The platform's hosts.
    Hosts,
    /// The platform's bookings.
    Bookings,
    /// Complaints and chargebacks.
    Disputes,
    /// Stripe's payments, for the chargebacks among them.
    StripePayments,
    /// Hosts' W-9 and W-8.
    TaxProfiles,
    /// What was owed beyond bookings when the ledger began.
    OpeningBalances,
}

impl ImportKind {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Bookings => "bookings",
            Self::Disputes => "disputes",
            Self::StripePayments => "stripe-payments",
            Self::TaxProfiles => "tax-profiles",
            Self::OpeningBalances => "opening-balances",
        }
    }

    /// All of them; a file is recognised as the first whose columns it has.
    pub const ALL: [Self; 6] = [
        Self::Bookings,
        Self::Hosts,
        Self::Disputes,
        Self::StripePayments,
        Self::TaxProfiles,
        Self::OpeningBalances,
    ];

    /// The columns of the format; those with `true` must be there.
    #[must_use]
    pub fn columns(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Hosts => &host::COLUMNS,
            Self::Bookings => &booking::COLUMNS,
            Self::Disputes => &dispute::COLUMNS,
            Self::StripePayments => &payments_file::COLUMNS,
            Self::TaxProfiles => &tax_profile::COLUMNS,
            Self::OpeningBalances => &opening_balance::COLUMNS,
        }
    }

    /// Reads a word of the contract.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == text)
    }
}

/// How a file is taken in.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Show what would happen and change nothing.
    pub dry_run: bool,
    /// The number of rows that the sender states.
    pub expect_rows: Option<i64>,
    /// The sums of prices that the sender states, by currency.
    pub expect_totals: Vec<Money>,
}

/// What an import did, or would do.
#[derive(Debug, Clone)]
pub struct ImportOutcome {
    /// The import; the earlier one where the file was taken in before.
    pub import_id: String,
    /// The file was taken in before.
    pub already: bool,
    /// What became of the rows.
    pub counts: RowCounts,
    /// Sums of prices by currency, over every row that could be read.
    pub totals: Vec<Money>,
    /// First and last business date of `booked_at`.
    pub booked: Option<(Date, Date)>,
    /// The first problems: line, code and message.
    pub first_exceptions: Vec<(i64, RowProblem)>,
    /// How known bookings change: `CONFIRMED to COMPLETED` and how often.
    pub changes: Vec<(String, i64)>,
    /// Hosts that bookings name and no hosts file does.
    pub new_unknown_hosts: i64,
    /// Clawbacks and their sum by currency, because paid bookings changed.
    pub clawbacks: Vec<(i64, Money)>,
    /// All history becomes payable, because the ledger has no paid-through date.
    pub history: Option<cutover::HistoryWarning>,
}

/// What gathers while rows are taken in.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) counts: RowCounts,
    pub(crate) totals: BTreeMap<Currency, i64>,
    pub(crate) booked: Option<(Date, Date)>,
    pub(crate) first_exceptions: Vec<(i64, RowProblem)>,
    pub(crate) changes: BTreeMap<String, i64>,
    pub(crate) new_unknown_hosts: i64,
}

impl Tally {
    /// Counts a row that goes to the exceptions, and keeps it.
    pub(crate) fn exception(
        &mut self,
        conn: &Conn,
        import_key: i64,
        line: i64,
        problem: RowProblem,
        row: &str,
    ) -> Result<()> {
        imports::insert_exception(conn, &clock::new_id(), import_key, line, &problem, row)?;
        self.counts.exceptions += 1;
        if self.first_exceptions.len() < 10 {
            self.first_exceptions.push((line, problem));
        }
        Ok(())
    }

    pub(crate) fn booked_on(&mut self, day: Date) {
        self.booked = Some(match self.booked {
            None => (day, day),
            Some((first, last)) => (first.min(day), last.max(day)),
        });
    }
}

/// Takes a file in, all of it or, when cancelled or refused, nothing.
///
/// # Errors
/// [`Code::WrongFile`], [`Code::ControlTotal`], [`Code::LeaseHeld`], [`Code::Cancelled`],
/// [`Code::NotAllowed`]; file errors.
pub fn import_file(
    s: &Session,
    kind: ImportKind,
    path: &Path,
    options: &ImportOptions,
    job: &Job,
) -> Result<ImportOutcome> {
    s.require(&[Role::Preparer], "import files")?;
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let what = format!("import {} {name}", kind.as_str());
    let _lease = lease::take(s.ledger.folder(), &s.identity().name, &what, clock::now())?;
    let print = fingerprint(path, job)?;
    let earlier = s
        .ledger
        .read(|conn| imports::of_content(conn, kind.as_str(), &print.sha256))?;
    if let Some(earlier) = earlier {
        check_control_totals(earlier.counts, &totals_of(&earlier), options)?;
        return Ok(already(&earlier));
    }
    let stop = job.clone();
    s.ledger
        .on_progress(Some(Box::new(move || stop.is_cancelled())))?;
    let work = |conn: &Conn| run(s, conn, kind, path, &name, &print, options, job);
    let done = s.ledger.with_large_cache(|| {
        if options.dry_run {
            s.ledger.rehearse(work)
        } else {
            s.ledger.write(work)
        }
    });
    s.ledger.on_progress(None)?;
    done
}

#[allow(clippy::too_many_arguments, reason = "one import's circumstances")]
fn run(
    s: &Session,
    conn: &Conn,
    kind: ImportKind,
    path: &Path,
    name: &str,
    print: &Fingerprint,
    options: &ImportOptions,
    job: &Job,
) -> Result<ImportOutcome> {
    let stamp = s.stamp(conn)?;
    let import_id = clock::new_id();
    let import_key = imports::begin(
        conn,
        &imports::NewImport {
            import_id: &import_id,
            kind: kind.as_str(),
            file_name: name,
            file_sha256: &print.sha256,
            file_bytes: i64::try_from(print.bytes).unwrap_or(i64::MAX),
        },
        &stamp,
    )?;
    let tally = take_in(s, kind, conn, path, print.bytes, import_key, &stamp, job)?;
    job.check()?;
    check_control_totals(tally.counts, &tally.totals, options)?;
    let totals: Vec<Money> = tally
        .totals
        .iter()
        .map(|(c, m)| Money::new(*m, *c))
        .collect();
    let totals_json: Vec<_> = totals
        .iter()
        .map(|m| json!({ "currency": m.currency.code(), "amount": m.digits() }))
        .collect();
    imports::finish(
        conn,
        import_key,
        &tally.counts,
        &json!(totals_json).to_string(),
        tally.booked,
    )?;
    audit::record(
        conn,
        &stamp,
        &format!("import.{}", kind.as_str()),
        &import_id,
        &json!({ "file": name, "sha256": print.sha256, "counts": tally.counts, "totals": totals_json }),
    )?;
    let mut clawbacks = BTreeMap::<Currency, (i64, i64)>::new();
    for a in hostledger_store::adjustments::of_import(conn, import_key)? {
        let sum = clawbacks.entry(a.currency).or_default();
        *sum = (sum.0 + 1, sum.1 + a.amount_minor);
    }
    Ok(ImportOutcome {
        import_id,
        already: false,
        counts: tally.counts,
        totals,
        booked: tally.booked,
        first_exceptions: tally.first_exceptions,
        changes: tally.changes.into_iter().collect(),
        new_unknown_hosts: tally.new_unknown_hosts,
        clawbacks: clawbacks
            .into_iter()
            .map(|(c, (n, m))| (n, Money::new(m, c)))
            .collect(),
        history: match kind {
            ImportKind::Bookings => cutover::history_warning(conn, stamp.on)?,
            _ => None,
        },
    })
}

/// Reads a file of a kind and writes what it says.
#[allow(clippy::too_many_arguments, reason = "one import's circumstances")]
pub(crate) fn take_in(
    s: &Session,
    kind: ImportKind,
    conn: &Conn,
    path: &Path,
    bytes: u64,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    match kind {
        ImportKind::Bookings => import_bookings::take_in(conn, path, bytes, import_key, stamp, job),
        ImportKind::Hosts => import_hosts::take_in(conn, path, bytes, import_key, stamp, job),
        ImportKind::Disputes => import_disputes::take_in(conn, path, bytes, import_key, stamp, job),
        ImportKind::StripePayments => {
            import_payments::take_in(conn, path, bytes, import_key, stamp, job)
        }
        ImportKind::TaxProfiles => {
            let vault = Vault::of(s);
            import_tax_profiles::take_in(conn, vault, path, bytes, import_key, stamp, job)
        }
        ImportKind::OpeningBalances => {
            import_opening::take_in(conn, path, bytes, import_key, stamp, job)
        }
    }
}

/// Reverses what an import wrote.
pub(crate) fn take_back(conn: &Conn, import: &Import, stamp: &Stamp<'_>, job: &Job) -> Result<()> {
    match ImportKind::parse(&import.kind) {
        Some(ImportKind::Bookings) => import_bookings::undo(conn, import.import_key, stamp, job),
        Some(ImportKind::Hosts) => import_hosts::undo(conn, import.import_key, stamp),
        Some(ImportKind::Disputes | ImportKind::StripePayments) => {
            import_disputes::undo(conn, import.import_key, stamp, job)
        }
        Some(ImportKind::TaxProfiles) => import_tax_profiles::undo(conn, import.import_key),
        Some(ImportKind::OpeningBalances) => import_opening::undo(conn, import.import_key, stamp),
        None => Err(Error::new(
            Code::WrongState,
            format!("An import of {} can't be undone.", import.kind),
        )),
    }
}

fn already(earlier: &Import) -> ImportOutcome {
    let rows = earlier.counts.rows;
    ImportOutcome {
        import_id: earlier.import_id.clone(),
        already: true,
        counts: RowCounts {
            rows,
            unchanged: rows,
            ..RowCounts::default()
        },
        totals: Vec::new(),
        booked: None,
        first_exceptions: Vec::new(),
        changes: Vec::new(),
        new_unknown_hosts: 0,
        clawbacks: Vec::new(),
        history: None,
    }
}

/// The sums of prices that an import recorded.
fn totals_of(import: &Import) -> BTreeMap<Currency, i64> {
    let recorded: Vec<serde_json::Value> = serde_json::from_str(&import.totals).unwrap_or_default();
    recorded
        .iter()
        .filter_map(|t| {
            let currency = Currency::parse(t["currency"].as_str()?)?;
            let minor =
                hostledger_core::money::parse_minor(t["amount"].as_str()?, currency).ok()?;
            Some((currency, minor))
        })
        .collect()
}

fn check_control_totals(
    counts: RowCounts,
    totals: &BTreeMap<Currency, i64>,
    options: &ImportOptions,
) -> Result<()> {
    let mut problems = Vec::new();
    if let Some(want) = options.expect_rows
        && want != counts.rows
    {
        problems.push(format!(
            "{want} rows were expected, the file has {}",
            counts.rows
        ));
    }
    for want in &options.expect_totals {
        let have = Money::new(
            totals.get(&want.currency).copied().unwrap_or(0),
            want.currency,
        );
        if have != *want {
            problems.push(format!(
                "prices of {want} were expected, the file's readable rows sum to {have}"
            ));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        Code::ControlTotal,
        format!("The control totals aren't met: {}. Nothing was imported. Ask the sender which is right.", problems.join("; ")),
    )
    .with_details(json!({ "problems": problems, "exceptions": counts.exceptions })))
}

/// All imports, newest first.
///
/// # Errors
/// The ledger's own.
pub fn list(s: &Session) -> Result<Vec<Import>> {
    s.ledger.read(|conn| Ok(imports::all(conn)?))
}

/// Takes an import back: its rows' entries are reversed, what it superseded stands again. The
/// file can be taken in again afterwards.
///
/// # Errors
/// [`Code::PaidDependsOnIt`] with the bookings, [`Code::NotFound`], [`Code::WrongState`].
pub fn undo(s: &Session, import_id: &str, job: &Job) -> Result<()> {
    undo_because(s, import_id, None, job)
}

/// As [`undo`], with the reason kept in the audit trail.
///
/// # Errors
/// As [`undo`].
pub fn undo_because(s: &Session, import_id: &str, reason: Option<&str>, job: &Job) -> Result<()> {
    s.require(&[Role::Admin], "undo imports")?;
    let what = format!("undo import {import_id}");
    let _lease = lease::take(s.ledger.folder(), &s.identity().name, &what, clock::now())?;
    s.ledger.with_large_cache(|| {
        s.ledger.write(|conn| {
            let stamp = s.stamp(conn)?;
            let import = imports::find(conn, import_id)?.ok_or_else(|| {
                Error::new(Code::NotFound, format!("There is no import {import_id}."))
            })?;
            if let Some(at) = import.undone_at {
                return Err(Error::new(
                    Code::WrongState,
                    format!("This import was undone already, at {at}."),
                ));
            }
            take_back(conn, &import, &stamp, job)?;
            imports::set_undone(conn, import.import_key, &stamp)?;
            let facts = json!({ "file": import.file_name, "reason": reason });
            audit::record(conn, &stamp, "import.undo", import_id, &facts)?;
            Ok(())
        })
    })
}
