//! What a file would do, before it is taken in; and exceptions in every state.

use std::collections::BTreeMap;
use std::path::Path;

use csv::ByteRecord;
use hostledger_core::booking::{BookingRow, Header};
use hostledger_core::dispute::DisputeRow;
use hostledger_core::import::RowCounts;
use hostledger_core::money::format_minor;
use hostledger_core::{Code, Currency, Error, Money, money, tin};
use hostledger_store::imports::{self, Import};
use hostledger_store::screens::imports as stored;
use hostledger_store::tax::profiles::{self, TaxProfile};
use hostledger_store::{Conn, adjustments, bookings, disputes, lease};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::commissions::FieldChange;
use crate::csv_file::CsvFile;
use crate::encodings::TextEncoding;
use crate::file_columns::{self, FileColumns};
use crate::identity::Role;
use crate::imports::{
    ImportKind, ImportOptions, ImportOutcome, Warning, import_shown, may_lack_rows, take_back,
    take_in, take_what_is_gone, without_decimals,
};
use crate::jobs::Job;
use crate::source_file::{SourceFile, name_of};
use crate::tax::vault;
use crate::{Result, Session, clock, cutover, import_bookings, import_opening};

pub use stored::{ExceptionFilter, FileSum, ListedException};

/// How many problems a preview shows.
const PROBLEMS_SHOWN: i64 = 100;
/// How many changes a preview shows.
const CHANGES_SHOWN: i64 = 200;

/// A row that changes a known booking or host.
#[derive(Debug, Clone)]
pub struct RowChange {
    /// The line of the file.
    pub line: i64,
    /// The booking's or host's id.
    pub id: String,
    /// What is different.
    pub fields: Vec<FieldChange>,
    /// What it does to money that was paid; `None`: nothing.
    pub effect: Option<String>,
}

/// What a file would do.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What it holds.
    pub kind: ImportKind,
    /// The encoding of its text.
    pub encoding: TextEncoding,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its content.
    pub digest: String,
    /// The import that took this very content in.
    pub already: Option<Import>,
    /// What would become of the rows.
    pub counts: RowCounts,
    /// Rows, prices (of opening balances: amounts) and refunds over every row that could be read,
    /// by currency.
    pub sums: Vec<FileSum>,
    /// First and last business date of `booked_at`.
    pub booked: Option<(Date, Date)>,
    /// What is to be said of its columns.
    pub columns: FileColumns,
    /// The first problems.
    pub problems: Vec<ListedException>,
    /// The first changes of known bookings or hosts.
    pub changes: Vec<RowChange>,
    /// Hosts that bookings name and no hosts file does.
    pub new_unknown_hosts: i64,
    /// Clawbacks, because paid bookings changed: how many and their sum, by currency.
    pub clawbacks: Vec<(i64, Money)>,
    /// What would be put aside of rows that are taken in.
    pub warnings: Vec<Warning>,
    /// Currencies with decimals of which no price has a decimal sign: a person is asked.
    pub whole_prices: Vec<Currency>,
    /// All history would become payable, because the ledger has no paid-through date.
    pub history: Option<cutover::HistoryWarning>,
}

impl Preview {
    /// What the person is asked of prices without a decimal sign, by taking the file in.
    #[must_use]
    pub fn questions(&self) -> Vec<String> {
        let all = self.whole_prices.iter();
        all.map(|c| {
            format!(
                "{} If they are, ask for amounts with decimals; take the file in if they are whole units.",
                without_decimals(*c)
            )
        })
        .collect()
    }
}

/// Recognises what a file holds by its columns.
///
/// # Errors
/// [`Code::WrongFile`] where they are no format's; file errors.
fn kind_of(source: &SourceFile) -> Result<ImportKind> {
    // Of several that fit the one with the most columns, and of none the one that lacks the least.
    let mut fits: Option<(usize, ImportKind)> = None;
    let mut nearest: Option<(usize, Error)> = None;
    for kind in ImportKind::ALL {
        match CsvFile::open(source, kind.columns(), kind.as_str()) {
            Ok(file) => {
                let has = |c: &str| file.names.iter().any(|n| n == c);
                let known = kind.columns().iter().filter(|(c, _)| has(c)).count();
                if fits.is_none_or(|(most, _)| known > most) {
                    fits = Some((known, kind));
                }
            }
            Err(e) if e.code == Code::WrongFile => {
                let missing = e.details["missing"].as_array().map_or(0, Vec::len);
                let needed = kind.columns().iter().filter(|c| c.1).count();
                // In thousandths of what is needed.
                let lacks = missing * 1000 / needed.max(1);
                if nearest.as_ref().is_none_or(|(least, _)| lacks < *least) {
                    nearest = Some((lacks, e));
                }
            }
            Err(e) => return Err(e),
        }
    }
    match (fits, nearest) {
        (Some((_, kind)), _) => Ok(kind),
        (None, Some((_, e))) => Err(e),
        (None, None) => Err(Error::new(Code::Internal, "No kind of file is known.")),
    }
}

/// What a file would do. Everything is done and taken back; control totals are not judged here.
///
/// # Errors
/// [`Code::WrongFile`], [`Code::BrokenFile`], [`Code::MangledId`], [`Code::TooLarge`],
/// [`Code::LeaseHeld`], [`Code::Cancelled`], [`Code::NotAllowed`]; file errors.
pub fn preview(
    s: &Session,
    kind: Option<ImportKind>,
    path: &Path,
    encoding: Option<TextEncoding>,
    job: &Job,
) -> Result<Preview> {
    s.require(&[Role::Preparer], "import files")?;
    let what = format!("preview {}", name_of(path));
    let _lease = lease::take(s.ledger.folder(), &s.identity().name, &what, clock::now())?;
    let source = &SourceFile::open(path, encoding, job)?;
    let kind = kind.map_or_else(|| kind_of(source), Ok)?;
    let names = file_columns::names(kind, source)?;
    let columns = s
        .ledger
        .read(|conn| file_columns::compare(conn, kind, &names))?;
    let mut out = Preview {
        kind,
        bytes: source.bytes,
        digest: source.sha256.clone(),
        encoding: source.encoding,
        already: s
            .ledger
            .read(|conn| imports::of_content(conn, kind.as_str(), &source.sha256))?,
        counts: RowCounts::default(),
        sums: Vec::new(),
        booked: None,
        columns,
        problems: Vec::new(),
        changes: Vec::new(),
        new_unknown_hosts: 0,
        clawbacks: Vec::new(),
        warnings: Vec::new(),
        whole_prices: Vec::new(),
        history: None,
    };
    if let Some(earlier) = out.already.take() {
        if may_lack_rows(s, &earlier)? {
            let again = s
                .ledger
                .rehearse(|conn| take_what_is_gone(s, conn, kind, source, &earlier, job))?;
            if again.counts.inserted + again.counts.updated > 0 {
                out.counts = again.counts;
                out.new_unknown_hosts = again.new_unknown_hosts;
                return Ok(out);
            }
        }
        out.already = Some(earlier);
    }
    if let Some(earlier) = &out.already {
        let rows = earlier.counts.rows;
        out.counts = RowCounts {
            rows,
            unchanged: rows,
            ..RowCounts::default()
        };
        return Ok(out);
    }
    let stop = job.clone();
    s.ledger
        .on_progress(Some(Box::new(move || stop.is_cancelled())))?;
    let done = s.ledger.with_large_cache(|| {
        s.ledger
            .rehearse(|conn| rehearse(s, conn, source, &mut out, job))
    });
    s.ledger.on_progress(None)?;
    done?;
    out.sums = match kind {
        ImportKind::Bookings => sums_of(kind, source, job, |header, raw| {
            let row = import_bookings::parse(header, raw).ok()?;
            Some((row.currency, row.price_minor, row.refunded_minor))
        })?,
        ImportKind::OpeningBalances => sums_of(kind, source, job, |header, raw| {
            let row = import_opening::parse(header, raw).ok()?;
            Some((row.currency, row.amount_minor, 0))
        })?,
        _ => Vec::new(),
    };
    Ok(out)
}

/// Rows, prices and refunds over every row of a file that can be read, by currency: what the
/// sender's own report can be held against. `read` gives a row's currency, price and refund.
fn sums_of(
    kind: ImportKind,
    source: &SourceFile,
    job: &Job,
    read: impl Fn(&Header, &ByteRecord) -> Option<(Currency, i64, i64)>,
) -> Result<Vec<FileSum>> {
    let mut file = CsvFile::open(source, kind.columns(), kind.as_str())?;
    let mut sums = BTreeMap::<Currency, FileSum>::new();
    let mut raw = ByteRecord::new();
    while file.next_in(job, "Adding up", &mut raw)?.is_some() {
        let Some((currency, price, refunded)) = read(&file.header, &raw) else {
            continue;
        };
        let sum = sums.entry(currency).or_insert(FileSum {
            currency,
            rows: 0,
            price_minor: 0,
            refunded_minor: 0,
        });
        sum.rows += 1;
        sum.price_minor = money::add(sum.price_minor, price, currency)?;
        sum.refunded_minor = money::add(sum.refunded_minor, refunded, currency)?;
    }
    Ok(sums.into_values().collect())
}

fn rehearse(
    s: &Session,
    conn: &Conn,
    source: &SourceFile,
    out: &mut Preview,
    job: &Job,
) -> Result<()> {
    let stamp = s.stamp(conn)?;
    let new = imports::NewImport {
        import_id: &clock::new_id(),
        kind: out.kind.as_str(),
        file_name: &source.name,
        file_sha256: &source.sha256,
        file_bytes: i64::try_from(source.bytes).unwrap_or(i64::MAX),
    };
    let key = imports::begin(conn, &new, &stamp)?;
    let tally = take_in(s, out.kind, conn, source, key, &stamp, job)?;
    job.check()?;
    let filter = ExceptionFilter {
        import_id: Some(new.import_id.to_owned()),
        code: None,
        states: vec!["OPEN"],
    };
    out.problems = stored::exceptions(conn, &filter, None, PROBLEMS_SHOWN)?;
    let mut clawed = BTreeMap::<String, Money>::new();
    let mut sums = BTreeMap::<Currency, (i64, i64)>::new();
    for a in adjustments::of_import(conn, key)? {
        let amount = Money::new(a.amount_minor, a.currency);
        if let Some(booking) = a.booking_id {
            clawed.insert(booking, amount);
        }
        let sum = sums.entry(a.currency).or_default();
        *sum = (sum.0 + 1, sum.1 + a.amount_minor);
    }
    out.clawbacks = sums
        .into_iter()
        .map(|(c, (n, m))| (n, Money::new(m, c)))
        .collect();
    out.changes = match out.kind {
        ImportKind::Bookings => changed_bookings(conn, key, &clawed)?,
        ImportKind::Hosts => changed_hosts(conn, key)?,
        ImportKind::Disputes | ImportKind::StripePayments => changed_disputes(conn, key, &clawed)?,
        ImportKind::TaxProfiles => changed_profiles(conn, key)?,
        ImportKind::OpeningBalances => Vec::new(),
    };
    out.warnings = tally.warnings();
    out.whole_prices.clone_from(&tally.whole_prices);
    if out.kind == ImportKind::Bookings {
        out.history = cutover::history_warning(conn, stamp.on)?;
    }
    out.counts = tally.counts;
    out.booked = tally.booked;
    out.new_unknown_hosts = tally.new_unknown_hosts;
    Ok(())
}

fn changed_bookings(
    conn: &Conn,
    import_key: i64,
    clawed: &BTreeMap<String, Money>,
) -> Result<Vec<RowChange>> {
    let mut out = Vec::new();
    // What moves money that was paid is shown before anything else.
    let mut keys = Vec::new();
    for booking_id in clawed.keys() {
        keys.extend(bookings::find(conn, booking_id)?.map(|b| b.booking_key));
    }
    for key in stored::superseded_bookings(conn, import_key, CHANGES_SHOWN)? {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys.truncate(usize::try_from(CHANGES_SHOWN).unwrap_or(usize::MAX));
    for key in keys {
        let now = bookings::get(conn, key)?;
        let Some(before) = bookings::versions(conn, key)?.pop() else {
            continue;
        };
        out.push(RowChange {
            line: now.source.line,
            fields: booking_changes(&before.row, &now.row),
            effect: clawed.get(&now.row.booking_id).map(moved),
            id: now.row.booking_id,
        });
    }
    out.sort_by_key(|c| (c.effect.is_none(), c.line));
    Ok(out)
}

fn changed_hosts(conn: &Conn, import_key: i64) -> Result<Vec<RowChange>> {
    let read = |text: Option<&str>| -> Value {
        text.and_then(|t| serde_json::from_str(t).ok())
            .unwrap_or(Value::Null)
    };
    Ok(stored::superseded_hosts(conn, import_key, CHANGES_SHOWN)?
        .into_iter()
        .map(|h| RowChange {
            line: h.line,
            fields: differences(
                &read(h.before.as_deref()),
                &read(h.after.as_deref()),
                |_, v| plain(v),
            ),
            id: h.host_id,
            effect: None,
        })
        .collect())
}

fn changed_disputes(
    conn: &Conn,
    import_key: i64,
    clawed: &BTreeMap<String, Money>,
) -> Result<Vec<RowChange>> {
    let mut out = Vec::new();
    let most = usize::try_from(CHANGES_SHOWN).unwrap_or(usize::MAX);
    for key in disputes::keys_of_import(conn, import_key)?
        .into_iter()
        .rev()
    {
        let mut versions = disputes::versions(conn, key)?;
        let (Some(now), Some(before)) = (versions.pop(), versions.pop()) else {
            continue;
        };
        let value = |row: &DisputeRow| serde_json::to_value(row).unwrap_or(Value::Null);
        let currency = now.row.currency;
        out.push(RowChange {
            line: now.source.map_or(0, |s| s.line),
            fields: differences(&value(&before.row), &value(&now.row), |name, v| {
                match v.as_i64() {
                    Some(minor) if name.ends_with("_minor") => format_minor(minor, currency),
                    _ => plain(v),
                }
            }),
            effect: clawed.get(&now.row.booking_id).map(moved),
            id: now.row.dispute_id,
        });
    }
    out.sort_by_key(|c| (c.effect.is_none(), c.line));
    out.truncate(most);
    Ok(out)
}

/// Profiles that take the place of others; TINs by their last four digits.
fn changed_profiles(conn: &Conn, import_key: i64) -> Result<Vec<RowChange>> {
    let most = usize::try_from(CHANGES_SHOWN).unwrap_or(usize::MAX);
    let mut out = Vec::new();
    for (profile_key, line) in profiles::of_import(conn, import_key)? {
        let now = profiles::get(conn, profile_key)?;
        let before = profiles::versions(conn, now.host_key)?
            .into_iter()
            .find(|p| p.profile_key < profile_key);
        let Some(before) = before else { continue };
        let other_tin = now.tin_print != before.tin_print;
        let value = |p: &TaxProfile, which: &str| {
            json!({
                "form": p.form.as_str(),
                "legal_name": p.legal_name,
                "business_name": p.business_name,
                "tin": format!("{}{}", tin::truncated(p.tin_type, &p.tin_last4), if other_tin { which } else { "" }),
                "address_line1": p.address_line1,
                "address_line2": p.address_line2,
                "city": p.city,
                "state": p.state,
                "postal_code": p.postal_code,
                "country": p.country,
                "signed_on": p.signed_on.map(|d| d.to_string()),
            })
        };
        out.push(RowChange {
            line,
            fields: differences(
                &value(&before, ""),
                &value(&now, " (another one)"),
                |_, v| plain(v),
            ),
            id: now.host_id,
            effect: None,
        });
        if out.len() == most {
            break;
        }
    }
    Ok(out)
}

/// What a change does to a host's balance, in words.
fn moved(amount: &Money) -> String {
    if amount.amount_minor < 0 {
        let less = Money::new(-amount.amount_minor, amount.currency);
        format!("Changed after payment: {less} are taken back from the host's balance.")
    } else {
        format!("Changed after payment: {amount} more are due to the host.")
    }
}

/// What is different between two rows of a booking, by the export's columns.
pub(super) fn booking_changes(before: &BookingRow, after: &BookingRow) -> Vec<FieldChange> {
    let value = |row: &BookingRow| serde_json::to_value(row).unwrap_or(Value::Null);
    let currency = after.currency;
    let mut out = differences(&value(before), &value(after), |name, v| match v.as_i64() {
        Some(minor) if name.ends_with("_minor") => format_minor(minor, currency),
        _ => plain(v),
    });
    for change in &mut out {
        change.name = match change.name.as_str() {
            "price_minor" => "price".into(),
            "refunded_minor" => "refunded_amount".into(),
            "processing_fee_minor" => "processing_fee".into(),
            other => other.to_owned(),
        };
    }
    out
}

fn plain(v: &Value) -> String {
    match v {
        Value::Null => String::new(),
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

fn differences(
    before: &Value,
    after: &Value,
    show: impl Fn(&str, &Value) -> String,
) -> Vec<FieldChange> {
    let Some(fields) = after.as_object() else {
        return Vec::new();
    };
    fields
        .iter()
        .filter(|(name, now)| before.get(*name).unwrap_or(&Value::Null) != *now)
        .map(|(name, now)| FieldChange {
            name: name.clone(),
            before: show(name, before.get(name).unwrap_or(&Value::Null)),
            after: show(name, now),
        })
        .collect()
}

/// Takes in a file that was previewed; another content than the previewed is refused.
///
/// # Errors
/// [`Code::WrongFile`] where the content changed; as [`crate::imports::import_file`].
pub fn commit(
    s: &Session,
    kind: ImportKind,
    path: &Path,
    digest: &str,
    options: &ImportOptions,
    job: &Job,
) -> Result<ImportOutcome> {
    import_shown(s, kind, path, Some(digest), options, job)
}

/// One import.
///
/// # Errors
/// [`Code::NotFound`].
pub fn one(s: &Session, import_id: &str) -> Result<Import> {
    s.ledger.read(|conn| crate::imports::find(conn, import_id))
}

/// What undoing an import would reverse.
#[derive(Debug, Clone, Default)]
pub struct UndoPreview {
    /// Bookings or hosts that it brought or changed.
    pub rows: i64,
    /// Commissions of its bookings.
    pub commissions: i64,
    /// Journal entries that would be posted to reverse it.
    pub entries: i64,
    /// Sums of prices of its bookings, by currency.
    pub totals: Vec<Money>,
    /// Why it can't be undone.
    pub why_not: Option<String>,
}

/// What undoing an import would reverse. Everything is done and taken back.
///
/// # Errors
/// [`Code::NotFound`]; the ledger's own.
pub fn preview_undo(s: &Session, import_id: &str) -> Result<UndoPreview> {
    let import = one(s, import_id)?;
    let mut out = UndoPreview {
        rows: import.counts.inserted + import.counts.updated,
        ..UndoPreview::default()
    };
    if import.undone_at.is_some() {
        out.why_not = Some("It was undone already.".into());
        return Ok(out);
    }
    if let Err(e) = s.require(&[Role::Admin], "undo imports") {
        out.why_not = Some(e.message);
        return Ok(out);
    }
    let job = Job::unwatched();
    let tried: Result<()> = s.ledger.rehearse(|conn| {
        let stamp = s.stamp(conn)?;
        let sums = stored::file_sums(conn, import.import_key)?;
        out.totals = sums
            .iter()
            .map(|f| Money::new(f.price_minor, f.currency))
            .collect();
        out.commissions = stored::commissions_of(conn, import.import_key)?;
        let before = stored::newest_entry(conn)?;
        take_back(conn, &import, &stamp, &job)?;
        out.entries = stored::newest_entry(conn)? - before;
        Ok(())
    });
    match tried {
        Ok(()) => {}
        Err(e) if matches!(e.code, Code::PaidDependsOnIt | Code::WrongState) => {
            out.why_not = Some(e.message);
        }
        Err(e) => return Err(e),
    }
    Ok(out)
}

/// A page of exceptions, and how many the filter lets through.
///
/// # Errors
/// The ledger's own.
pub fn exceptions(
    s: &Session,
    f: &ExceptionFilter,
    after: Option<i64>,
    limit: i64,
) -> Result<(Vec<ListedException>, i64)> {
    s.ledger.read(|conn| {
        Ok((
            stored::exceptions(conn, f, after, limit)?,
            stored::count_exceptions(conn, f)?,
        ))
    })
}

/// How many exceptions are open, by code, the most first.
///
/// # Errors
/// The ledger's own.
pub fn open_codes(s: &Session) -> Result<Vec<(String, i64)>> {
    s.ledger.read(|conn| Ok(stored::open_codes(conn)?))
}

/// The row of an exception, column by column.
#[must_use]
pub fn fields_of(row: &str) -> Vec<(String, String)> {
    let (names, fields) = crate::csv_file::row_from_json(&vault::masked(row));
    names.into_iter().zip(fields).collect()
}
