//! Rows that could not be taken in, until a person resolves them.

use hostledger_core::booking::{self, Header};
use hostledger_core::dispute::{Beside, DisputeRow};
use hostledger_core::import::{ExceptionCode, RowProblem};
use hostledger_core::money::parse_minor;
use hostledger_core::{Code, Currency, Error, Money, ids};
use hostledger_core::{dispute, host, opening_balance, payments_file, tax_profile};
use hostledger_store::hosts::Source;
use hostledger_store::imports::{self, Exception};
use hostledger_store::ledger::Stamp;
use hostledger_store::settled::{self, How};
use hostledger_store::{Conn, audit};
use serde_json::json;

use crate::csv_file::{row_as_json, row_from_json};
use crate::identity::Role;
use crate::imports::{ImportKind, Took, find};
use crate::tax::vault::{self, Vault};
use crate::{
    Result, Session, import_bookings, import_disputes, import_hosts, import_opening,
    import_payments, import_tax_profiles, waiting,
};

/// Open exceptions of one import or of all.
///
/// # Errors
/// [`Code::NotFound`] for an unknown import.
pub fn list(s: &Session, import_id: Option<&str>) -> Result<Vec<Exception>> {
    s.ledger.read(|conn| {
        let import = import_id.map(|id| find(conn, id)).transpose()?;
        let key = import.map(|i| i.import_key);
        let mut found = imports::open_exceptions(conn, key)?;
        for e in &mut found {
            e.row = vault::masked(&e.row);
        }
        Ok(found)
    })
}

/// Keeps what a person says of the row's id and the known one that it is about.
fn settle(
    conn: &Conn,
    e: &Exception,
    answer: Answer,
    names: &[String],
    fields: &mut [String],
    stamp: &Stamp<'_>,
) -> Result<()> {
    if e.code == ExceptionCode::WorseTin.as_str() && answer != Answer::SecondSeat {
        // Kept with the host's other answers, once the row is taken in.
        return Ok(());
    }
    let (how, asked) = match answer {
        Answer::SecondSeat => (How::SecondSeat, ExceptionCode::SameCharge),
        Answer::New => (How::New, ExceptionCode::LooksLikeKnown),
        Answer::Known => (How::Known, ExceptionCode::LooksLikeKnown),
    };
    if e.code != asked.as_str() || e.about.is_empty() {
        return Err(Error::new(
            Code::BadInput,
            format!(
                "This row waits because of {}; that answer settles {} only.",
                e.code,
                asked.as_str()
            ),
        ));
    }
    let (kind, id) = id_in_question(e, names, fields);
    settled::put(conn, kind, (&id, &e.about), how, "", stamp)?;
    if answer == Answer::Known {
        let column = format!("{kind}_id");
        if let Some(i) = names.iter().position(|n| *n == column) {
            fields[i].clone_from(&e.about);
        }
    }
    Ok(())
}

/// Which of a row's ids is compared with the known one that it is about: the kind, and the id as
/// the file writes it.
fn id_in_question(e: &Exception, names: &[String], fields: &[String]) -> (&'static str, String) {
    let about = ids::fold(&e.about);
    let written = |kind: &str| -> Option<String> {
        let column = format!("{kind}_id");
        let at = names.iter().position(|n| *n == column)?;
        Some(ids::clean(&fields[at]).into_owned())
    };
    let looks_alike = ["booking", "host", "conversation"]
        .into_iter()
        .find_map(|kind| Some((kind, written(kind).filter(|id| ids::fold(id) == about)?)));
    looks_alike.unwrap_or_else(|| ("booking", e.subject.clone()))
}

fn open(conn: &Conn, exception_id: &str) -> Result<Exception> {
    let e = imports::find_exception(conn, exception_id)?.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            format!("There is no exception {exception_id}."),
        )
    })?;
    if e.status != "OPEN" {
        return Err(Error::new(
            Code::WrongState,
            format!(
                "This exception is closed already ({}).",
                e.status.to_lowercase()
            ),
        ));
    }
    Ok(e)
}

/// What became of a row that was tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retried {
    /// It is taken in, and the exception closed.
    TakenIn,
    /// It says what is known already: nothing was taken in, and the exception is closed.
    Unchanged,
    /// It is older than what is known: nothing was taken in, and the exception is closed.
    Stale,
    /// It still can't be; the exception stays open with its present problem.
    Waits,
}

impl Retried {
    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TakenIn => "TAKEN_IN",
            Self::Unchanged => "UNCHANGED",
            Self::Stale => "STALE",
            Self::Waits => "WAITS",
        }
    }

    /// For a person.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::TakenIn => "The row is taken in.",
            Self::Unchanged => {
                "The row says what is known already: nothing was taken in, and the exception is closed."
            }
            Self::Stale => {
                "The row is older than what is known: nothing was taken in, and the exception is closed."
            }
            Self::Waits => "The row still can't be taken in. Its present problem is shown with it.",
        }
    }
}

/// Tries to take a row in again, as it stood or with fields that a person put right.
///
/// # Errors
/// [`Code::NotFound`], [`Code::WrongState`], [`Code::NotAllowed`].
pub fn retry(
    s: &Session,
    exception_id: &str,
    fixed: Option<&[(String, String)]>,
) -> Result<Retried> {
    take_again(s, exception_id, fixed, &Says::default(), None)
}

/// What a person says of a row and the known thing that it is compared with: it is never asked
/// again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The row is a second seat that the same card payment paid.
    SecondSeat,
    /// The id is another than the known one that it looks like; the row's TIN stands as it is.
    New,
    /// The id is the known one; the known TIN stays.
    Known,
}

/// What a person says of a row beside its fields.
#[derive(Debug, Clone, Default)]
pub struct Says {
    /// Which of the bookings that a charge paid a dispute is about.
    pub booking: Option<String>,
    /// The answer to what the exception asks.
    pub answer: Option<Answer>,
}

/// As [`retry`], with what a person says of the row.
///
/// # Errors
/// [`Code::BadInput`] where that can't be said of such a row; as [`retry`].
pub fn retry_saying(
    s: &Session,
    exception_id: &str,
    fixed: Option<&[(String, String)]>,
    says: &Says,
) -> Result<Retried> {
    take_again(s, exception_id, fixed, says, None)
}

/// What became of the rows of an import that waited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RetriedImport {
    /// How many were taken in.
    pub taken: usize,
    /// How many were closed without being taken in: known already, older than what is known, or
    /// settled by another row.
    pub closed: usize,
    /// How many still wait.
    pub waiting: usize,
}

/// Tries to take in all rows of an import that wait.
///
/// # Errors
/// As [`retry`], [`Code::NotFound`] for an unknown import.
pub fn retry_import(s: &Session, import_id: &str) -> Result<RetriedImport> {
    let mut out = RetriedImport::default();
    for e in list(s, Some(import_id))? {
        match retry(s, &e.exception_id, None) {
            Ok(Retried::Waits) => out.waiting += 1,
            Ok(Retried::TakenIn) => out.taken += 1,
            Ok(Retried::Unchanged | Retried::Stale) => out.closed += 1,
            // A row before it went in and settled it.
            Err(e) if e.code == Code::WrongState => out.closed += 1,
            Err(e) => return Err(e),
        }
    }
    Ok(out)
}

/// As [`retry`] with fields that a person put right, with the reason kept.
///
/// # Errors
/// [`Code::BadInput`] without a reason; as [`retry`].
pub fn fix(
    s: &Session,
    exception_id: &str,
    fixed: &[(String, String)],
    says: &Says,
    reason: &str,
) -> Result<Retried> {
    let reason = crate::commissions::need_reason(reason)?;
    take_again(s, exception_id, Some(fixed), says, Some(reason))
}

fn take_again(
    s: &Session,
    exception_id: &str,
    fixed: Option<&[(String, String)]>,
    says: &Says,
    reason: Option<&str>,
) -> Result<Retried> {
    s.require(&[Role::Preparer], "resolve exceptions")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let e = open(conn, exception_id)?;
        let (names, mut fields) = row_from_json(&e.row);
        let before = fields.clone();
        if let Some(answer) = says.answer {
            settle(conn, &e, answer, &names, &mut fields, &stamp)?;
        }
        if let Some(fixed) = fixed {
            for (name, value) in with_amount(&e.kind, fixed) {
                let i = names.iter().position(|n| *n == name).ok_or_else(|| {
                    Error::new(
                        Code::BadInput,
                        format!(
                            "The row has no column \"{name}\". Its columns are {}.",
                            names.join(", ")
                        ),
                    )
                })?;
                // A sealed field that comes back as it was shown stays.
                if vault::shown_of(&fields[i]) != Some(&value) {
                    fields[i].clone_from(&value);
                }
            }
        }
        let vault = Vault::of(s);
        let mut kept = fields.clone();
        kept_as(&e, &names, &mut kept, &before);
        let sealed = vault.seal_row(&e.kind, &names, &kept)?;
        let row = row_as_json(&names, sealed.iter());
        vault.open_row(&mut fields);
        if says.booking.is_some() && !is_of_disputes(&e.kind) {
            return Err(Error::new(
                Code::BadInput,
                "Only a dispute is said to be about one of several bookings; this row is none.",
            ));
        }
        let again = Again {
            e: &e,
            names: &names,
            fields: &fields,
            before: &before,
            is_fixed: fixed.is_some(),
            says,
        };
        match take_in(conn, vault, &again, &stamp)? {
            Ok(took) => {
                let retried = match took {
                    Took::In => Retried::TakenIn,
                    Took::Unchanged => Retried::Unchanged,
                    Took::Stale => Retried::Stale,
                };
                let why = reason.or((retried != Retried::TakenIn).then(|| retried.sentence()));
                imports::resolve(conn, e.exception_key, "RETRIED", why, &stamp)?;
                waiting::let_go(conn, e.exception_key, retried.sentence(), &stamp)?;
                let before = if fixed.is_some() {
                    json!(vault::masked(&e.row))
                } else {
                    json!(null)
                };
                audit::record(
                    conn,
                    &stamp,
                    "exceptions.retry",
                    exception_id,
                    &json!({ "line": e.line, "row_before": before, "reason": reason, "outcome": retried.as_str() }),
                )?;
                Ok(retried)
            }
            Err(problem) => {
                imports::restate(conn, e.exception_key, &problem, &row)?;
                Ok(Retried::Waits)
            }
        }
    })
}

fn is_of_disputes(kind: &str) -> bool {
    kind == ImportKind::Disputes.as_str() || kind == ImportKind::StripePayments.as_str()
}

/// A dispute and what its row says beside it.
fn read_dispute(
    fields: &booking::Fields<'_>,
) -> std::result::Result<(DisputeRow, Beside), RowProblem> {
    Ok((dispute::read_row(fields)?, dispute::read_beside(fields)?))
}

/// A row on its way in again.
struct Again<'a> {
    e: &'a Exception,
    names: &'a [String],
    /// As a person put it right.
    fields: &'a [String],
    /// As it waited.
    before: &'a [String],
    is_fixed: bool,
    says: &'a Says,
}

impl Again<'_> {
    /// A field as it waited.
    fn was(&self, column: &str) -> &str {
        let at = self.names.iter().position(|n| n == column);
        at.and_then(|i| self.before.get(i)).map_or("", |f| f.trim())
    }

    /// What the outside said, where a person gave the amount in another currency.
    fn said_before(&self, amount: &str, now: Currency) -> Option<Money> {
        let currency = Currency::parse(&self.was("currency").to_ascii_uppercase())?;
        let minor = parse_minor(self.was(amount), currency).ok()?;
        (currency != now).then(|| Money::new(minor, currency))
    }
}

/// The columns that hold what is disputed, by kind of file.
fn amount_column(kind: &str) -> &'static str {
    if kind == ImportKind::StripePayments.as_str() {
        "disputed amount"
    } else {
        "amount"
    }
}

/// In Stripe's payments file the amount that matters is the disputed one: a person who gives *the
/// amount* means that.
fn with_amount(kind: &str, fixed: &[(String, String)]) -> Vec<(String, String)> {
    let own = amount_column(kind);
    let mut all = fixed.to_vec();
    if !fixed.iter().any(|(name, _)| name == own) {
        for (name, _) in all.iter_mut().filter(|(name, _)| name == "amount") {
            own.clone_into(name);
        }
    }
    all
}

/// What a person put right of a row that stays an exception stays with it; but what a bank said in
/// another currency is known by its own amount.
fn kept_as(e: &Exception, names: &[String], fields: &mut [String], before: &[String]) {
    if !is_of_disputes(&e.kind) || e.code != ExceptionCode::CurrencyChanged.as_str() {
        return;
    }
    for (i, name) in names.iter().enumerate() {
        if name == "currency" || name == amount_column(&e.kind) {
            fields[i].clone_from(&before[i]);
        }
    }
}

fn take_in(
    conn: &Conn,
    vault: Vault<'_>,
    again: &Again<'_>,
    stamp: &Stamp<'_>,
) -> Result<std::result::Result<Took, RowProblem>> {
    let Again {
        e,
        names,
        fields,
        is_fixed,
        says,
        ..
    } = *again;
    let still = |p: RowProblem| Ok(Err(p));
    let kind = ImportKind::parse(&e.kind).unwrap_or(ImportKind::Bookings);
    // A row that was cut short may lack amounts that mean zero when they are empty.
    if e.code == ExceptionCode::MalformedRow.as_str() && !is_fixed {
        return still(RowProblem::new(
            ExceptionCode::MalformedRow,
            e.message.clone(),
        ));
    }
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let header = match Header::find(kind.columns(), &known) {
        Ok(h) => h,
        Err(p) => {
            return still(RowProblem::new(
                ExceptionCode::MalformedRow,
                format!(
                    "The row has no {}. It was cut short; a whole row comes with the platform's next export.",
                    p.missing.join(", ")
                ),
            ));
        }
    };
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let fields = match header.fields(&fields) {
        Ok(f) => f,
        Err(p) => return still(p),
    };
    let source = Source {
        import_key: e.import_key,
        line: e.line,
    };
    let chosen = says.booking.as_deref();
    match kind {
        ImportKind::Hosts => match host::read_row(&fields) {
            Ok(row) => import_hosts::retry(conn, &row, &header, source, stamp),
            Err(p) => still(p),
        },
        ImportKind::Disputes => match read_dispute(&fields) {
            Ok(read) => {
                let said = again.said_before(amount_column(&e.kind), read.0.currency);
                import_disputes::retry(conn, read, said, chosen, source, stamp)
            }
            Err(p) => still(p),
        },
        ImportKind::StripePayments => match payments_file::read_row(&fields) {
            Ok(row) => {
                let said = import_payments::Said {
                    before: row
                        .as_ref()
                        .and_then(|p| again.said_before(amount_column(&e.kind), p.currency)),
                    booking: chosen,
                };
                import_payments::retry(conn, row, &said, source, stamp)
            }
            Err(p) => still(p),
        },
        ImportKind::TaxProfiles => match tax_profile::read_row(&fields) {
            Ok(row) => import_tax_profiles::retry(conn, vault, row, source, says.answer, stamp),
            Err(p) => still(p),
        },
        ImportKind::OpeningBalances => match opening_balance::read_row(&fields) {
            Ok(row) => import_opening::retry(conn, &row, source, stamp),
            Err(p) => still(p),
        },
        ImportKind::Bookings => match booking::read_row(&fields) {
            Ok(row) => import_bookings::retry(conn, row, header.absent(), source, stamp),
            Err(p) => still(p),
        },
    }
}

/// Closes an exception without taking its row in; the row stays on record.
///
/// # Errors
/// [`Code::BadInput`] without a reason, [`Code::NotFound`], [`Code::WrongState`].
pub fn dismiss(s: &Session, exception_id: &str, reason: &str) -> Result<()> {
    s.require(&[Role::Preparer], "resolve exceptions")?;
    let reason = crate::commissions::need_reason(reason)?;
    s.ledger.write(|conn| {
        let e = open(conn, exception_id)?;
        let_be(conn, &e, reason, &s.stamp(conn)?)
    })
}

/// Closes all exceptions of an import that wait, without taking their rows in: all, or none. How
/// many.
///
/// # Errors
/// As [`dismiss`]; [`Code::NotFound`] for an unknown import.
pub fn dismiss_import(s: &Session, import_id: &str, reason: &str) -> Result<usize> {
    s.require(&[Role::Preparer], "resolve exceptions")?;
    let reason = crate::commissions::need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let import = find(conn, import_id)?;
        let waiting = imports::open_exceptions(conn, Some(import.import_key))?;
        for e in &waiting {
            let_be(conn, e, reason, &stamp)?;
        }
        Ok(waiting.len())
    })
}

fn let_be(conn: &Conn, e: &Exception, reason: &str, stamp: &Stamp<'_>) -> Result<()> {
    imports::resolve(conn, e.exception_key, "DISMISSED", Some(reason), stamp)?;
    let why = format!("The row was dismissed: {reason}");
    waiting::let_go(conn, e.exception_key, &why, stamp)?;
    if !e.about.is_empty() {
        let (names, fields) = row_from_json(&e.row);
        let (kind, id) = id_in_question(e, &names, &fields);
        settled::put(conn, kind, (&id, &e.about), How::Dismissed, reason, stamp)?;
    }
    audit::record(
        conn,
        stamp,
        "exceptions.dismiss",
        &e.exception_id,
        &json!({ "line": e.line, "reason": reason }),
    )?;
    Ok(())
}
