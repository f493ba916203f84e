//! What a dispute's outcome would do to the money, before it is chosen: the outcome itself, played
//! and rolled back, so that it can't promise something else.

use std::collections::BTreeSet;

use hostledger_core::dispute::DisputeStatus;
use hostledger_core::{Code, Error, Money};
use hostledger_store::disputes::{self, Dispute, Ending};
use hostledger_store::ledger::Stamp;
use hostledger_store::{Conn, commissions, journal};

use super::{close_in, find_all};
use crate::{Result, Session};

/// How a dispute ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The host keeps the money.
    Won,
    /// The participant gets it back.
    Lost,
    /// The participant or the bank took it back: as won.
    Withdrawn,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Won, Self::Lost, Self::Withdrawn];

    /// The word of the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads a word of the contract.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|o| o.as_str().eq_ignore_ascii_case(text))
    }

    /// The status and what else a person's word means. A mere warning took no money, so nothing is
    /// won: its block is let go.
    pub(super) fn ending(
        self,
        only_blocks: bool,
        status: DisputeStatus,
    ) -> Result<(DisputeStatus, Ending)> {
        let ending = |withdrawn, let_go| Ending { withdrawn, let_go };
        match self {
            Self::Lost if only_blocks => Err(Error::new(
                Code::WrongState,
                "Nothing was taken yet: the bank only asked. Once it charges back, record that; then it can be lost.",
            )),
            Self::Won | Self::Withdrawn if only_blocks => Ok((status, ending(false, true))),
            Self::Won => Ok((DisputeStatus::Won, ending(false, false))),
            Self::Lost => Ok((DisputeStatus::Lost, ending(false, false))),
            Self::Withdrawn => Ok((DisputeStatus::Won, ending(true, false))),
        }
    }
}

/// One posting that an outcome would make: the account and the amount, debits positive.
pub type Posting = (String, Money);

/// What one outcome would do.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The outcome.
    pub outcome: Outcome,
    /// R afterwards.
    pub refunded: Money,
    /// What the host earns of the booking afterwards.
    pub host_amount: Money,
    /// What is set free of the host's balance.
    pub released: Money,
    /// What the host's balance moves by because the amount sent was another; negative: clawed back.
    pub clawback: Money,
    /// What the host can be paid moves by, all in all: of the booking and of the balance.
    pub host_moves: Money,
    /// The sum of its postings by account.
    pub postings: Vec<Posting>,
}

/// What is so now, and what each outcome would make of it.
#[derive(Debug, Clone)]
pub struct Outcomes {
    /// R now.
    pub refunded: Money,
    /// What the host earns of the booking now.
    pub host_amount: Money,
    /// What is reserved for this dispute now.
    pub reserved: Money,
    /// Whether the booking's money was sent.
    pub sent: bool,
    /// By outcome; those that can't be chosen are left out.
    pub effects: Vec<Effect>,
}

/// Plays every outcome of a dispute and takes it back.
///
/// # Errors
/// [`Code::NotFound`].
pub fn outcomes(s: &Session, dispute_id: &str) -> Result<Outcomes> {
    let now = s
        .ledger
        .read(|conn| look_at_all(conn, &find_all(conn, dispute_id)?))?;
    let mut effects = Vec::new();
    for outcome in Outcome::ALL {
        let played = s.ledger.rehearse(|conn| {
            let stamp = s.stamp(conn)?;
            play(conn, dispute_id, outcome, &now, &stamp)
        });
        match played {
            Ok(effect) => effects.push(effect),
            Err(e) if matches!(e.code, Code::WrongState | Code::BadInput) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(Outcomes {
        refunded: now.refunded,
        host_amount: now.host_amount,
        reserved: now.reserved,
        sent: now.sent,
        effects,
    })
}

/// Every booking of a dispute, in one sum; a host of several once.
fn look_at_all(conn: &Conn, all: &[Dispute]) -> Result<Look> {
    let mut sum: Option<Look> = None;
    let mut hosts = BTreeSet::new();
    for d in all {
        let one = look(conn, d)?;
        let first_of_host = hosts.insert(d.host_key);
        sum = Some(match sum {
            None => one,
            Some(mut all) => {
                all.refunded.amount_minor += one.refunded.amount_minor;
                all.host_amount.amount_minor += one.host_amount.amount_minor;
                all.reserved.amount_minor += one.reserved.amount_minor;
                all.clawed_back += one.clawed_back;
                all.sent |= one.sent;
                if first_of_host {
                    all.payable += one.payable;
                }
                all
            }
        });
    }
    sum.ok_or_else(|| Error::new(Code::NotFound, "There is no such dispute."))
}

struct Look {
    refunded: Money,
    host_amount: Money,
    reserved: Money,
    clawed_back: i64,
    sent: bool,
    last_entry: i64,
    payable: i64,
}

fn look(conn: &Conn, d: &Dispute) -> Result<Look> {
    let money = |minor| Money::new(minor, d.row.currency);
    let row = commissions::page(
        conn,
        &commissions::Filter {
            booking_id: Some(d.row.booking_id.clone()),
            ..commissions::Filter::default()
        },
        true,
        None,
        1,
    )?;
    let c = row.first();
    let held = disputes::held(conn, d.booking_key)?;
    let reserved = held
        .iter()
        .filter(|h| h.dispute_key == d.dispute_key)
        .map(|h| h.amount_minor)
        .sum();
    let clawed_back = hostledger_store::adjustments::clawbacks(conn, d.booking_key)?;
    let host_amount = c.map_or(0, |c| c.host_amount_minor) + clawed_back;
    Ok(Look {
        refunded: money(c.map_or(0, |c| c.refunded_minor)),
        host_amount: money(host_amount),
        reserved: money(reserved),
        clawed_back,
        sent: commissions::is_with_host(conn, d.booking_key)?,
        last_entry: journal::last_key(conn)?,
        payable: journal::host_balance(conn, d.host_key, d.row.currency)?,
    })
}

fn play(
    conn: &Conn,
    dispute_id: &str,
    outcome: Outcome,
    now: &Look,
    stamp: &Stamp<'_>,
) -> Result<Effect> {
    close_in(conn, dispute_id, outcome, None, "a rehearsal", stamp)?;
    let then = look_at_all(conn, &find_all(conn, dispute_id)?)?;
    let money = |minor| Money::new(minor, then.refunded.currency);
    Ok(Effect {
        outcome,
        refunded: then.refunded,
        host_amount: then.host_amount,
        released: money(now.reserved.amount_minor - then.reserved.amount_minor),
        clawback: money(then.clawed_back - now.clawed_back),
        host_moves: money(then.payable - now.payable),
        postings: journal::sums_since(conn, now.last_entry)?,
    })
}
