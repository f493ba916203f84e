//! Rows that wait for a person: what they hold, when they end by themselves, and what of them comes
//! again (docs/domain.md §3).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use hostledger_core::import::{ExceptionCode, RowProblem, holds_nothing, takes_the_place_of};
use hostledger_core::{Currency, Money, booking, ids};
use hostledger_store::charges::{self, PaymentIds};
use hostledger_store::hosts::Source;
use hostledger_store::imports::{self, Exception, NewException, Waiting, row_print};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, bookings, commissions};
use jiff::Timestamp;

use crate::csv_file::row_from_json;
use crate::imports::ImportKind;
use crate::{Result, clock, import_opening};

/// What waits of one kind of file, while a file of that kind is taken in.
#[derive(Debug)]
pub(crate) struct WaitingRows {
    kind: ImportKind,
    open: HashMap<String, Vec<Waiting>>,
    dismissed: HashSet<String>,
}

/// What became of a row that could not be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    /// It waits, as a new exception.
    Anew,
    /// It waits already, byte for byte, as an exception of an earlier file.
    Already,
    /// A person dismissed this very row, or it is read in its file again and its exception was closed.
    Settled,
}

/// A row as it was read.
pub(crate) struct RawRow<'a> {
    /// JSON of its fields by column, secrets sealed.
    pub(crate) json: &'a str,
    /// By what it is known when it comes again; `None`: by its JSON.
    pub(crate) print: Option<[u8; 16]>,
}

impl<'a> RawRow<'a> {
    /// A row without secrets, which is known by its JSON.
    pub(crate) fn of(json: &'a str) -> Self {
        Self { json, print: None }
    }

    fn print(&self) -> [u8; 16] {
        self.print.unwrap_or_else(|| row_print(self.json))
    }
}

impl WaitingRows {
    pub(crate) fn load(conn: &Conn, kind: ImportKind) -> Result<Self> {
        Ok(Self {
            kind,
            open: imports::waiting(conn, kind.as_str())?,
            dismissed: imports::dismissed(conn, kind.as_str())?,
        })
    }

    /// Whether a person dismissed this very row: its decision stands until its content changes.
    /// `json` is asked for only where a row about this subject was dismissed once.
    pub(crate) fn was_dismissed(
        &self,
        conn: &Conn,
        subject: &str,
        json: impl FnOnce() -> String,
    ) -> Result<bool> {
        self.was_print_dismissed(conn, subject, || row_print(&json()))
    }

    /// As [`Self::was_dismissed`], for rows that are known by a print of their own.
    pub(crate) fn was_print_dismissed(
        &self,
        conn: &Conn,
        subject: &str,
        print: impl FnOnce() -> [u8; 16],
    ) -> Result<bool> {
        if !self.dismissed.contains(subject) {
            return Ok(false);
        }
        let known = imports::exception_of_row(conn, self.kind.as_str(), &print(), None)?;
        Ok(known.is_some_and(|k| k.settled))
    }

    /// Lets a row wait, and hold what it is about.
    pub(crate) fn wait(
        &mut self,
        conn: &Conn,
        source: Source,
        problem: &RowProblem,
        row: &RawRow<'_>,
        stamp: &Stamp<'_>,
    ) -> Result<Waits> {
        let print = row.print();
        let own = Some(source.import_key);
        if let Some(known) = imports::exception_of_row(conn, self.kind.as_str(), &print, own)? {
            if known.settled {
                return Ok(Waits::Settled);
            }
            imports::insert_repeat(conn, source, known.exception_key)?;
            return Ok(Waits::Already);
        }
        let (subject, updated_at) = about(self.kind, row.json);
        let id = clock::new_id();
        let exception_key = imports::insert_exception(
            conn,
            &NewException {
                exception_id: &id,
                source,
                problem,
                row: row.json,
                subject: &subject,
                updated_at,
                print,
            },
        )?;
        if !subject.is_empty() {
            self.open.entry(subject).or_default().push(Waiting {
                exception_key,
                import_key: source.import_key,
                updated_at,
            });
        }
        if let Some(e) = imports::find_exception(conn, &id)? {
            hold(conn, &e, stamp)?;
        }
        Ok(Waits::Anew)
    }

    /// Closes what waited about a booking, dispute or host, as a row about it was taken in that is
    /// as new.
    pub(crate) fn taken_in(
        &mut self,
        conn: &Conn,
        subject: &str,
        updated_at: Option<Timestamp>,
        import_key: i64,
        stamp: &Stamp<'_>,
    ) -> Result<()> {
        let Some(waiting) = self.open.get_mut(subject) else {
            return Ok(());
        };
        let row = (updated_at, import_key);
        let mut left = Vec::new();
        for w in waiting.drain(..) {
            if takes_the_place_of(row, (w.updated_at, w.import_key)) {
                imports::supersede_exception(conn, w.exception_key, import_key, stamp)?;
                let why = "A newer row about it was taken in.";
                commissions::let_go_for_row(conn, w.exception_key, why, stamp)?;
            } else {
                left.push(w);
            }
        }
        *waiting = left;
        Ok(())
    }
}

/// Whom a row is about, and its own `updated_at`, as far as they can be read.
fn about(kind: ImportKind, json: &str) -> (String, Option<Timestamp>) {
    let (names, fields) = row_from_json(json);
    let field = |name: &str| -> &str {
        let at = names.iter().position(|n| n == name);
        at.map_or("", |i| fields[i].trim())
    };
    let subject = match kind {
        ImportKind::Bookings => field("booking_id"),
        ImportKind::Disputes => field("dispute_id"),
        ImportKind::StripePayments => field("id"),
        ImportKind::Hosts | ImportKind::TaxProfiles => field("host_id"),
        ImportKind::OpeningBalances => &import_opening::subject(
            &ids::clean(field("host_id")),
            field("currency"),
            field("reason"),
        ),
    };
    let updated = field("updated_at");
    (
        ids::clean(subject).into_owned(),
        booking::parse_time("updated_at", updated).ok(),
    )
}

/// Holds the commissions of the bookings that a waiting row is about, where there are any.
fn hold(conn: &Conn, e: &Exception, stamp: &Stamp<'_>) -> Result<()> {
    if holds_nothing(&e.code) {
        return Ok(());
    }
    let reason = format!(
        "A row of {} about it waits, on line {} ({}). What it says isn't booked yet.",
        e.file_name, e.line, e.code
    );
    for booking_key in held_by(conn, e)? {
        let id = clock::new_id();
        commissions::hold_for_row(conn, &id, booking_key, e.exception_key, &reason, stamp)?;
    }
    Ok(())
}

/// The known bookings that a waiting row is about.
fn held_by(conn: &Conn, e: &Exception) -> Result<BTreeSet<i64>> {
    let (names, fields) = row_from_json(&e.row);
    let field = |name: &str| -> &str {
        let at = names.iter().position(|n| n == name);
        at.map_or("", |i| fields[i].trim())
    };
    let mut out = BTreeSet::new();
    let mut named = vec![field("booking_id"), field("bookingid (metadata)")];
    if e.code == ExceptionCode::LooksLikeKnown.as_str() {
        named.push(&e.about);
    }
    for id in named {
        let id = ids::clean(id);
        if !id.is_empty()
            && let Some(b) = bookings::find(conn, &id)?.filter(|b| !b.withdrawn)
        {
            out.insert(b.booking_key);
        }
    }
    let by_charge = match ImportKind::parse(&e.kind) {
        Some(ImportKind::StripePayments) => Some(("id", "paymentintent id")),
        Some(ImportKind::Disputes) if field("booking_id").is_empty() => {
            Some(("charge_id", "payment_intent_id"))
        }
        _ => None,
    };
    if let Some((charge, intent)) = by_charge {
        let ids = PaymentIds {
            charge: &ids::clean(field(charge)),
            intent: &ids::clean(field(intent)),
        };
        out.extend(charges::carriers(conn, &ids)?);
    }
    Ok(out)
}

/// Lets rows that wait hold bookings that became known since.
pub(crate) fn hold_newly_known(conn: &Conn, stamp: &Stamp<'_>) -> Result<()> {
    for e in imports::open_without_block(conn)? {
        hold(conn, &e, stamp)?;
    }
    Ok(())
}

/// Ends what an exception held, as a person resolved it or its import was undone.
pub(crate) fn let_go(conn: &Conn, exception_key: i64, why: &str, stamp: &Stamp<'_>) -> Result<()> {
    Ok(commissions::let_go_for_row(
        conn,
        exception_key,
        why,
        stamp,
    )?)
}

/// As an import is undone: its exceptions go, those that another file repeats stay as that file's,
/// and those that its rows had closed wait again.
pub(crate) fn undo(conn: &Conn, import_key: i64, stamp: &Stamp<'_>) -> Result<()> {
    let mut seen = HashSet::new();
    for (e, to) in imports::repeated_elsewhere(conn, import_key)? {
        if seen.insert(e.exception_key) {
            imports::hand_over(conn, e.exception_key, to)?;
        }
    }
    imports::reopen_closed_by(conn, import_key)?;
    for key in imports::open_of_import(conn, import_key)? {
        let_go(conn, key, "The import of the row was undone.", stamp)?;
    }
    Ok(())
}

/// How many bookings are named whose money left while a row about them waits.
const GONE_NAMED: usize = 5;

/// Rows that wait, and what they hold back of hosts' money.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaitingSummary {
    /// Open exceptions.
    pub rows: i64,
    /// Host amounts of commissions that they hold, by currency.
    pub held: Vec<Money>,
    /// Bookings about which rows wait though their money left: nothing holds it.
    pub gone: Vec<GoneBooking>,
    /// All these bookings by host.
    by_host: BTreeMap<i64, Vec<String>>,
}

/// A booking about which a row waits though its money left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoneBooking {
    /// Its id.
    pub booking_id: String,
    /// Its host's id.
    pub host_id: String,
    /// What was sent.
    pub host_amount: Money,
}

impl WaitingSummary {
    /// A host's bookings about which rows wait.
    pub(crate) fn of_host(&self, host_key: i64) -> Vec<String> {
        self.by_host.get(&host_key).cloned().unwrap_or_default()
    }

    /// What nothing holds any more, in words: a sentence for each booking.
    #[must_use]
    pub fn gone_sentences(&self) -> Vec<String> {
        let each = self.gone.iter().take(GONE_NAMED).map(|g| {
            format!(
                "A row about {} of {} waits, but its {} left already.",
                g.booking_id, g.host_id, g.host_amount
            )
        });
        let more = self.gone.len().saturating_sub(GONE_NAMED);
        let rest = (more > 0).then(|| format!("And about {more} more bookings that were paid."));
        each.chain(rest).collect()
    }

    /// In words; `None`: nothing waits.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        if self.rows == 0 {
            return None;
        }
        let rows = match self.rows {
            1 => "1 row of the files waits among the exceptions".to_owned(),
            n => format!("{n} rows of the files wait among the exceptions"),
        };
        let held = match self.held.as_slice() {
            [] => "no known booking is held by that".to_owned(),
            all => format!(
                "{} of hosts' money is held until then",
                all.iter()
                    .map(Money::to_string)
                    .collect::<Vec<_>>()
                    .join(" and ")
            ),
        };
        Some(format!("{rows}; {held}."))
    }
}

/// What waits now.
pub(crate) fn summary(conn: &Conn) -> Result<WaitingSummary> {
    let mut out = WaitingSummary {
        rows: imports::count_open(conn)?,
        ..WaitingSummary::default()
    };
    if out.rows == 0 {
        return Ok(out);
    }
    let mut held = BTreeMap::<Currency, i64>::new();
    for h in commissions::held_for_rows(conn)? {
        let of_host = out.by_host.entry(h.host_key).or_default();
        of_host.push(h.booking_id.clone());
        let amount = Money::new(h.host_amount_minor, h.currency);
        if h.gone {
            out.gone.push(GoneBooking {
                booking_id: h.booking_id,
                host_id: h.host_id,
                host_amount: amount,
            });
        } else {
            *held.entry(h.currency).or_default() += h.host_amount_minor;
        }
    }
    out.held = held.into_iter().map(|(c, m)| Money::new(m, c)).collect();
    Ok(out)
}
