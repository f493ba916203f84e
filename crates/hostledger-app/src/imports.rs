//! Taking files in, looking at them first, and undoing them.

use std::collections::BTreeMap;
use std::path::Path;

use hostledger_core::import::{ExceptionCode, RowCounts, RowProblem};
use hostledger_core::{
    Code, Currency, Error, Money, booking, dispute, host, money, opening_balance, payments_file,
    tax_profile,
};
use hostledger_store::hosts::Source;
use hostledger_store::imports::{self, Import};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, audit, bookings, lease};
use jiff::civil::Date;
use serde_json::json;

use crate::encodings::{Garbled, TextEncoding};
use crate::file_columns::{self, FileColumns};
use crate::identity::Role;
use crate::jobs::Job;
use crate::source_file::{SourceFile, name_of};
use crate::tax::vault::Vault;
use crate::templates::Template;
use crate::waiting::{self, RawRow, WaitingRows, Waits};
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
    /// A person says that prices without a decimal sign are whole units, not the smallest ones.
    pub whole_units: bool,
    /// The encoding of its text, where a person chose one.
    pub encoding: Option<TextEncoding>,
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
    /// What was put aside of rows that were taken in.
    pub warnings: Vec<Warning>,
    /// All history becomes payable, because the ledger has no paid-through date.
    pub history: Option<cutover::HistoryWarning>,
    /// What is to be said of the file's columns.
    pub columns: FileColumns,
    /// The encoding its text was read in.
    pub encoding: TextEncoding,
}

/// Something of a file's rows that was put aside and holds no money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The stable code.
    pub code: &'static str,
    /// How many rows.
    pub rows: i64,
    /// In words.
    pub message: String,
}

/// What became of a row that was tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    /// It changed what is known.
    In,
    /// It says what is known already.
    Unchanged,
    /// It is older than what is known.
    Stale,
}

impl Took {
    /// Of a row that was the only one to be counted.
    pub(crate) fn of(counts: &RowCounts) -> Self {
        if counts.stale > 0 {
            Self::Stale
        } else if counts.unchanged > 0 {
            Self::Unchanged
        } else {
            Self::In
        }
    }
}

/// How many exceptions an import names.
const FIRST_EXCEPTIONS: usize = 10;

/// What gathers while rows are taken in.
#[derive(Debug)]
pub(crate) struct Tally {
    /// What waits of this kind of file.
    pub(crate) waiting: WaitingRows,
    pub(crate) counts: RowCounts,
    pub(crate) totals: BTreeMap<Currency, i64>,
    pub(crate) booked: Option<(Date, Date)>,
    pub(crate) first_exceptions: Vec<(i64, RowProblem)>,
    pub(crate) changes: BTreeMap<String, i64>,
    pub(crate) new_unknown_hosts: i64,
    /// Exceptions that didn't wait before.
    anew: i64,
    /// How often a column failed with a code, and the first sentence about it.
    failed: BTreeMap<(&'static str, String), (i64, String)>,
    pub(crate) ratings_aside: i64,
    /// Tax profiles whose name may have its last name first.
    pub(crate) name_orders: i64,
    /// Currencies with decimals of which no price has a decimal sign.
    pub(crate) whole_prices: Vec<Currency>,
    /// How many lines hold garbled letters, and the first of them.
    garbled: Option<(u64, Garbled)>,
}

impl Tally {
    pub(crate) fn begin(conn: &Conn, kind: ImportKind) -> Result<Self> {
        Ok(Self {
            waiting: WaitingRows::load(conn, kind)?,
            counts: RowCounts::default(),
            totals: BTreeMap::new(),
            booked: None,
            first_exceptions: Vec::new(),
            changes: BTreeMap::new(),
            new_unknown_hosts: 0,
            anew: 0,
            failed: BTreeMap::new(),
            ratings_aside: 0,
            name_orders: 0,
            whole_prices: Vec::new(),
            garbled: None,
        })
    }

    /// Adds an amount to the file's sum of its currency.
    ///
    /// # Errors
    /// [`Code::TooLarge`].
    pub(crate) fn add(&mut self, currency: Currency, amount_minor: i64) -> Result<()> {
        let sum = self.totals.entry(currency).or_default();
        *sum = money::add(*sum, amount_minor, currency)?;
        Ok(())
    }

    /// What the file's rows are warned of.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let n = self.ratings_aside;
        let aside = (n > 0).then(|| Warning {
            code: "RATING_PUT_ASIDE",
            rows: n,
            message: format!(
                "{n} {} a rating that is no whole number from 1 to 5. The bookings are taken in without it; the rating as it stood is kept with each.",
                if n == 1 { "row has" } else { "rows have" }
            ),
        });
        let n = self.name_orders;
        let order = (n > 0).then(|| Warning {
            code: "NAME_ORDER",
            rows: n,
            message: format!(
                "{n} {} a comma in the legal name, so the last name may stand first. No form is made until somebody says which it is, among the tax profiles.",
                if n == 1 { "row has" } else { "rows have" }
            ),
        });
        let garbled = self.garbled.as_ref().map(|(n, first)| Warning {
            code: "GARBLED_TEXT",
            rows: i64::try_from(*n).unwrap_or(i64::MAX),
            message: format!(
                "{n} {} letters that were saved in a wrong encoding, such as \"{}\" on line {}, which was \"{}\". They are taken in as they stand: ask for the export anew if names are among them.",
                if *n == 1 { "line holds" } else { "lines hold" },
                first.word,
                first.line,
                first.was
            ),
        });
        aside.into_iter().chain(order).chain(garbled).collect()
    }

    /// Counts a row that goes to the exceptions, and keeps it. One that is settled, byte for byte, is
    /// known and changes nothing.
    pub(crate) fn exception(
        &mut self,
        conn: &Conn,
        source: Source,
        problem: RowProblem,
        row: &RawRow<'_>,
        stamp: &Stamp<'_>,
    ) -> Result<()> {
        let column = problem.column.clone().unwrap_or_default();
        if !column.is_empty() || problem.code == ExceptionCode::MalformedRow {
            let first = || (0, problem.message.clone());
            let failed = self.failed.entry((problem.code.as_str(), column));
            failed.or_insert_with(first).0 += 1;
        }
        match self.waiting.wait(conn, source, &problem, row, stamp)? {
            Waits::Settled => {
                self.counts.unchanged += 1;
                return Ok(());
            }
            Waits::Anew => self.anew += 1,
            Waits::Already => {}
        }
        self.counts.exceptions += 1;
        if self.first_exceptions.len() < FIRST_EXCEPTIONS {
            self.first_exceptions.push((source.line, problem));
        }
        Ok(())
    }

    /// A row that was counted as an exception went in after all.
    pub(crate) fn no_exception(&mut self, line: i64) {
        self.counts.exceptions -= 1;
        self.anew -= 1;
        self.first_exceptions.retain(|(l, _)| *l != line);
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
/// [`Code::WrongFile`], [`Code::BrokenFile`], [`Code::MangledId`], [`Code::TooLarge`],
/// [`Code::ControlTotal`], [`Code::LeaseHeld`], [`Code::Cancelled`], [`Code::NotAllowed`]; file
/// errors.
pub fn import_file(
    s: &Session,
    kind: ImportKind,
    path: &Path,
    options: &ImportOptions,
    job: &Job,
) -> Result<ImportOutcome> {
    import_shown(s, kind, path, None, options, job)
}

/// As [`import_file`]; a content with another SHA-256 than the one that was `shown` is refused.
pub(crate) fn import_shown(
    s: &Session,
    kind: ImportKind,
    path: &Path,
    shown: Option<&str>,
    options: &ImportOptions,
    job: &Job,
) -> Result<ImportOutcome> {
    s.require(&[Role::Preparer], "import files")?;
    let name = name_of(path);
    let what = format!("import {} {name}", kind.as_str());
    let _lease = lease::take(s.ledger.folder(), &s.identity().name, &what, clock::now())?;
    let source = SourceFile::open(path, options.encoding, job)?;
    if shown.is_some_and(|digest| digest != source.sha256) {
        return Err(Error::new(
            Code::WrongFile,
            format!(
                "{} changed since it was shown to you. Nothing was imported. Look at it again.",
                path.display()
            ),
        ));
    }
    let earlier = s
        .ledger
        .read(|conn| imports::of_content(conn, kind.as_str(), &source.sha256))?;
    if let Some(earlier) = &earlier {
        check_control_totals(earlier.counts, &totals_of(earlier), options)?;
        if !may_lack_rows(s, earlier)? {
            return Ok(already(earlier));
        }
    }
    let stop = job.clone();
    s.ledger
        .on_progress(Some(Box::new(move || stop.is_cancelled())))?;
    let work = |conn: &Conn| match &earlier {
        Some(earlier) => take_what_is_gone(s, conn, kind, &source, earlier, job),
        None => run(s, conn, kind, &source, options, job),
    };
    let done = s.ledger.with_large_cache(|| {
        if options.dry_run {
            s.ledger.rehearse(work)
        } else {
            s.ledger.write(work)
        }
    });
    s.ledger.on_progress(None)?;
    done.map_err(|e| Template::Import(kind).pointed_to(e))
}

fn run(
    s: &Session,
    conn: &Conn,
    kind: ImportKind,
    source: &SourceFile,
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
            file_name: &source.name,
            file_sha256: &source.sha256,
            file_bytes: i64::try_from(source.bytes).unwrap_or(i64::MAX),
        },
        &stamp,
    )?;
    let names = file_columns::names(kind, source)?;
    let columns = file_columns::compare(conn, kind, &names)?;
    file_columns::keep(conn, import_key, &names)?;
    let tally = take_in(s, kind, conn, source, import_key, &stamp, job)?;
    job.check()?;
    check_control_totals(tally.counts, &tally.totals, options)?;
    check_whole_prices(&tally, options)?;
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
        &json!({
            "file": source.name, "sha256": source.sha256, "encoding": source.encoding.name(),
            "counts": tally.counts, "totals": totals_json,
        }),
    )?;
    let mut clawbacks = BTreeMap::<Currency, (i64, i64)>::new();
    for a in hostledger_store::adjustments::of_import(conn, import_key)? {
        let sum = clawbacks.entry(a.currency).or_default();
        *sum = (sum.0 + 1, sum.1 + a.amount_minor);
    }
    let warnings = tally.warnings();
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
        warnings,
        history: match kind {
            ImportKind::Bookings => cutover::history_warning(conn, stamp.on)?,
            _ => None,
        },
        columns,
        encoding: source.encoding,
    })
}

/// Whether a file that stands could have rows that are no longer there, or that wait.
pub(crate) fn may_lack_rows(s: &Session, earlier: &Import) -> Result<bool> {
    s.ledger
        .read(|conn| Ok(imports::may_lack_rows(conn, earlier.import_key)?))
}

/// A file that stands comes again: what it said stays counted as it was, and rows of it that are no
/// longer there, or that wait, are tried anew.
pub(crate) fn take_what_is_gone(
    s: &Session,
    conn: &Conn,
    kind: ImportKind,
    source: &SourceFile,
    earlier: &Import,
    job: &Job,
) -> Result<ImportOutcome> {
    let stamp = s.stamp(conn)?;
    let key = earlier.import_key;
    let waited = imports::repeats_of(conn, key)?;
    let tally = take_in(s, kind, conn, source, key, &stamp, job)?;
    job.check()?;
    imports::keep_repeats(conn, key, &waited)?;
    imports::count_as_exceptions(conn, key, tally.anew)?;
    let mut out = already(earlier);
    out.counts.inserted = tally.counts.inserted;
    out.counts.updated = tally.counts.updated;
    out.counts.exceptions = tally.anew;
    out.counts.unchanged -= tally.counts.inserted + tally.counts.updated + tally.anew;
    out.first_exceptions = tally.first_exceptions;
    out.changes = tally.changes.into_iter().collect();
    out.new_unknown_hosts = tally.new_unknown_hosts;
    // Also where no row went in: what the file repeats is kept under this step, which is the next
    // event's otherwise.
    let facts = json!({
        "file": earlier.file_name, "inserted": tally.counts.inserted, "updated": tally.counts.updated,
    });
    audit::record(conn, &stamp, "import.again", &earlier.import_id, &facts)?;
    Ok(out)
}

/// Reads a file of a kind and writes what it says.
pub(crate) fn take_in(
    s: &Session,
    kind: ImportKind,
    conn: &Conn,
    source: &SourceFile,
    import_key: i64,
    stamp: &Stamp<'_>,
    job: &Job,
) -> Result<Tally> {
    let mut tally = match kind {
        ImportKind::Bookings => import_bookings::take_in(conn, source, import_key, stamp, job)?,
        ImportKind::Hosts => import_hosts::take_in(conn, source, import_key, stamp, job)?,
        ImportKind::Disputes => import_disputes::take_in(conn, source, import_key, stamp, job)?,
        ImportKind::StripePayments => {
            import_payments::take_in(conn, source, import_key, stamp, job)?
        }
        ImportKind::TaxProfiles => {
            let vault = Vault::of(s);
            import_tax_profiles::take_in(conn, vault, source, import_key, stamp, job)?
        }
        ImportKind::OpeningBalances => {
            import_opening::take_in(conn, source, import_key, stamp, job)?
        }
    };
    refuse_where_a_column_fails(&tally, &source.name)?;
    tally.garbled.clone_from(&source.garbled);
    if kind == ImportKind::Bookings {
        check_sums(conn, &tally)?;
    }
    Ok(tally)
}

/// Refuses prices that may be in the smallest unit, unless a person says that they aren't.
fn check_whole_prices(tally: &Tally, options: &ImportOptions) -> Result<()> {
    let is_told = |c: &Currency| options.expect_totals.iter().any(|t| t.currency == *c);
    let asked = tally.whole_prices.iter().find(|c| !is_told(c));
    match asked.filter(|_| !options.whole_units) {
        None => Ok(()),
        Some(currency) => Err(Error::new(
            Code::WrongFile,
            format!(
                "{} Say --whole-units where they are whole, or what they sum to with --expect-total. Nothing was imported.",
                without_decimals(*currency)
            ),
        )),
    }
}

/// What is asked of prices none of which has a decimal sign.
pub(crate) fn without_decimals(currency: Currency) -> String {
    format!(
        "No price in {currency} has a decimal sign, so they may be written in the smallest unit, such as 2000 for 20.00."
    )
}

/// From how many rows on a column that fails in nearly all of them refuses the file.
pub(crate) const FEW_ROWS: i64 = 20;

/// Refuses a file of which one column can't be read in nearly every row: its rows would all wait for
/// one thing that is wrong with the file.
fn refuse_where_a_column_fails(tally: &Tally, name: &str) -> Result<()> {
    let rows = tally.counts.rows;
    let most = tally.failed.iter().max_by_key(|(_, (n, _))| *n);
    let Some(((code, column), (n, first))) = most else {
        return Ok(());
    };
    if *n < FEW_ROWS || n * 10 < rows * 9 {
        return Ok(());
    }
    let what = match column.as_str() {
        "" => "The rows can't be read".to_owned(),
        column => format!("The column {column} can't be read"),
    };
    Err(Error::new(
        Code::WrongFile,
        format!(
            "{what} in {n} of {rows} rows of {name}. The first says: {first} Put it right where the file comes from, and import it again. Nothing was imported."
        ),
    )
    .with_details(json!({ "column": column, "code": code, "rows": n })))
}

/// Refuses a file with which the prices of all bookings of a currency would sum to more than the
/// journal can hold ([`money::MAX_SUM_MINOR`]). What every import read is more than what stands, so
/// the bookings themselves are only added up where even that is too much.
fn check_sums(conn: &Conn, tally: &Tally) -> Result<()> {
    let mut read = tally.totals.clone();
    for import in imports::all(conn)? {
        for (currency, minor) in totals_of(&import) {
            let sum = read.entry(currency).or_default();
            *sum = sum.saturating_add(minor);
        }
    }
    for currency in tally.totals.keys() {
        let most = read.get(currency).copied().unwrap_or(0);
        if most > money::MAX_SUM_MINOR
            && bookings::thousands_of_prices(conn, *currency)? > money::MAX_SUM_MINOR / 1000
        {
            return Err(money::too_large(*currency));
        }
    }
    Ok(())
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
        warnings: Vec::new(),
        history: None,
        columns: FileColumns::default(),
        encoding: TextEncoding::UTF_8,
    }
}

/// The sums of prices that an import recorded.
fn totals_of(import: &Import) -> BTreeMap<Currency, i64> {
    let recorded: Vec<serde_json::Value> = serde_json::from_str(&import.totals).unwrap_or_default();
    recorded
        .iter()
        .filter_map(|t| {
            let currency = Currency::parse(t["currency"].as_str()?)?;
            let minor = money::parse_sum(t["amount"].as_str()?, currency).ok()?;
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

/// An import by id.
///
/// # Errors
/// [`Code::NotFound`].
pub(crate) fn find(conn: &Conn, import_id: &str) -> Result<Import> {
    imports::find(conn, import_id)?
        .ok_or_else(|| Error::new(Code::NotFound, format!("There is no import {import_id}.")))
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
            let import = find(conn, import_id)?;
            if let Some(at) = import.undone_at {
                return Err(Error::new(
                    Code::WrongState,
                    format!("This import was undone already, at {at}."),
                ));
            }
            take_back(conn, &import, &stamp, job)?;
            waiting::undo(conn, import.import_key, &stamp)?;
            imports::set_undone(conn, import.import_key, &stamp)?;
            waiting::hold_newly_known(conn, &stamp)?;
            let facts = json!({ "file": import.file_name, "reason": reason });
            audit::record(conn, &stamp, "import.undo", import_id, &facts)?;
            Ok(())
        })
    })
}
