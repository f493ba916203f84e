//! What a tax profile asks before a form can be made of it (docs/tax.md §3): which part of a name is
//! the last name, and whether another kind of TIN is another payee.

use std::collections::BTreeMap;

use hostledger_core::tax_profile::swapped_name;
use hostledger_core::{Code, Error, tin};
use hostledger_store::ledger::Stamp;
use hostledger_store::tax::answers::{self, Question as Asked, TaxAnswer};
use hostledger_store::tax::profiles::{self, KindChange, TaxProfile};
use hostledger_store::{Conn, audit, hosts, meta};
use jiff::civil::{Date, date};
use serde_json::json;

use super::vault::Vault;
use crate::identity::Role;
use crate::{Result, Session, import_tax_profiles};

/// Something that only a person can say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The name has a comma.
    NameOrder {
        /// As it is written.
        name: String,
        /// With its parts the other way round.
        swapped: String,
    },
    /// The TIN became one of another kind.
    PayeeChanged {
        /// The TIN before, truncated.
        was: String,
        /// The TIN since, truncated.
        now: String,
        /// The day on which the new W-9 was signed or, where it has none, recorded.
        since: Date,
    },
}

impl Question {
    /// The word of the contract, also the reason of a blocked host.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NameOrder { .. } => Asked::NameOrder.as_str(),
            Self::PayeeChanged { .. } => Asked::PayeeChanged.as_str(),
        }
    }

    /// For a person, with what to do.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::NameOrder { name, swapped } => format!(
                "The legal name \"{name}\" has a comma, so the last name may stand first. Say whether it is \"{swapped}\" or right as it is."
            ),
            Self::PayeeChanged { was, now, since } => format!(
                "The TIN {was} became {now} on {since}. Say whether it is one payee whose TIN was put right, or a new payee from that day: then each has a form of their own part of the year."
            ),
        }
    }
}

/// What a person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxSays {
    /// The last name stands first: the parts change places.
    SwapName,
    /// The name is right as it is.
    KeepName,
    /// It is one payee, whose TIN was put right.
    OnePayee,
    /// It is a new payee since the change: each has a form.
    NewPayee,
}

/// Hosts whose payee became another one: the day since when, and the profile of the payee before.
#[derive(Debug, Default)]
pub(crate) struct Payees(BTreeMap<i64, Vec<(Date, TaxProfile)>>);

impl Payees {
    /// Which of a host's payees it was on a day, from 1.
    pub(crate) fn no(&self, host_key: i64, on: Date) -> i64 {
        let before = self.0.get(&host_key).into_iter().flatten();
        1 + before
            .filter(|(since, _)| *since <= on)
            .map(|_| 1)
            .sum::<i64>()
    }

    /// The profile of a payee who isn't the host's any more; `None`: of the present one.
    pub(crate) fn earlier(&self, (host_key, no): PayeeKey) -> Option<&TaxProfile> {
        let place = usize::try_from(no - 1).ok()?;
        Some(&self.0.get(&host_key)?.get(place)?.1)
    }
}

/// A host, and which of the host's payees, from 1.
pub(crate) type PayeeKey = (i64, i64);

/// What is asked of every host, and what was answered.
pub(crate) struct Questions<'a> {
    conn: &'a Conn,
    changes: BTreeMap<i64, Vec<(KindChange, Date)>>,
}

impl<'a> Questions<'a> {
    pub(crate) fn load(conn: &'a Conn) -> Result<Self> {
        let zone = meta::settings(conn)?.zone;
        let mut changes: BTreeMap<i64, Vec<(KindChange, Date)>> = BTreeMap::new();
        for change in profiles::kind_changes(conn)? {
            let since = change
                .now
                .signed_on
                .unwrap_or_else(|| zone.date_of(change.now.recorded_at));
            changes
                .entry(change.host_key)
                .or_default()
                .push((change, since));
        }
        Ok(Self { conn, changes })
    }

    /// What a form of a year made of this profile still asks.
    pub(crate) fn of(&self, p: &TaxProfile, year: i16) -> Result<Vec<Question>> {
        let mut out = Vec::new();
        if p.form.is_w8() {
            return Ok(out);
        }
        if let Some(swapped) = name_in_question(self.conn, p)? {
            out.push(Question::NameOrder {
                name: p.legal_name.clone(),
                swapped,
            });
        }
        if let Some((change, since)) = self.open_change(p.host_key, year)? {
            let shown = |p: &TaxProfile| tin::truncated(p.tin_type, &p.tin_last4);
            out.push(Question::PayeeChanged {
                was: shown(&change.was),
                now: shown(&change.now),
                since: *since,
            });
        }
        Ok(out)
    }

    /// A profile that doesn't stand any more, with its name as a person said it is.
    fn as_answered(&self, p: &TaxProfile) -> Result<TaxProfile> {
        let mut p = p.clone();
        if let Some(swapped) = swapped_name(&p.legal_name, p.tin_type) {
            let name = p.legal_name.as_bytes();
            if answers::of(self.conn, p.host_key, Asked::NameOrder, name)? == Some(TaxAnswer::Swap)
            {
                p.legal_name = swapped;
            }
        }
        Ok(p)
    }

    /// The hosts whose payee became another one, as persons said.
    pub(crate) fn payees(&self) -> Result<Payees> {
        let mut out = Payees::default();
        for (host_key, changes) in &self.changes {
            for (change, since) in changes {
                let said = answers::of(self.conn, *host_key, Asked::PayeeChanged, &change.about())?;
                if said == Some(TaxAnswer::NewPayee) {
                    let of_host = out.0.entry(*host_key).or_default();
                    of_host.push((*since, self.as_answered(&change.was)?));
                }
            }
        }
        for of_host in out.0.values_mut() {
            of_host.sort_by_key(|(since, _)| *since);
        }
        Ok(out)
    }

    /// The first change within a tax year, or after it, that nobody answered for.
    fn open_change(&self, host_key: i64, year: i16) -> Result<Option<&(KindChange, Date)>> {
        for found in self.changes.get(&host_key).into_iter().flatten() {
            let (change, since) = found;
            if *since < date(year, 1, 1) {
                continue;
            }
            let said = answers::of(self.conn, host_key, Asked::PayeeChanged, &change.about())?;
            if said.is_none() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

fn name_in_question(conn: &Conn, p: &TaxProfile) -> Result<Option<String>> {
    let Some(swapped) = swapped_name(&p.legal_name, p.tin_type) else {
        return Ok(None);
    };
    let name = p.legal_name.as_bytes();
    let said = answers::of(conn, p.host_key, Asked::NameOrder, name)?;
    Ok((said != Some(TaxAnswer::Keep)).then_some(swapped))
}

/// Keeps what a person says of a host's profile; `year`: of which tax year it was asked.
///
/// # Errors
/// [`Code::WrongState`] where that isn't asked; [`Code::NotFound`], [`Code::NotAllowed`].
pub fn answer(s: &Session, host_id: &str, year: i16, says: TaxSays) -> Result<()> {
    s.require(&[Role::Preparer], "answer for tax profiles")?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let missing = || Error::new(Code::NotFound, format!("There is no host {host_id}."));
        let host = hosts::find(conn, host_id)?.ok_or_else(missing)?;
        let known = profiles::of_host(conn, host.host_key)?;
        let asked = match (says, &known) {
            (_, None) => false,
            (TaxSays::OnePayee, Some(_)) => {
                settle_payee(conn, host.host_key, year, TaxAnswer::OnePayee, &stamp)?
            }
            (TaxSays::NewPayee, Some(_)) => {
                settle_payee(conn, host.host_key, year, TaxAnswer::NewPayee, &stamp)?
            }
            (name, Some(p)) => {
                settle_name(conn, Vault::of(s), p, name, &stamp)?
                    || settle_earlier_name(conn, host.host_key, name, &stamp)?
            }
        };
        if !asked {
            return Err(Error::new(
                Code::WrongState,
                format!("The tax profile of {host_id} doesn't ask that."),
            ));
        }
        let said = match says {
            TaxSays::SwapName => "SWAP",
            TaxSays::KeepName => "KEEP",
            TaxSays::OnePayee => "ONE_PAYEE",
            TaxSays::NewPayee => "NEW_PAYEE",
        };
        audit::record(
            conn,
            &stamp,
            "tax.answer",
            host_id,
            &json!({ "said": said }),
        )?;
        Ok(())
    })
}

fn settle_payee(
    conn: &Conn,
    host_key: i64,
    year: i16,
    answer: TaxAnswer,
    stamp: &Stamp<'_>,
) -> Result<bool> {
    let questions = Questions::load(conn)?;
    let Some((change, _)) = questions.open_change(host_key, year)? else {
        return Ok(false);
    };
    let (asked, about) = (Asked::PayeeChanged, change.about());
    answers::put(conn, host_key, asked, &about, answer, stamp)?;
    Ok(true)
}

/// As [`settle_name`], of a payee who isn't the host's any more.
fn settle_earlier_name(
    conn: &Conn,
    host_key: i64,
    says: TaxSays,
    stamp: &Stamp<'_>,
) -> Result<bool> {
    for (_, p) in Questions::load(conn)?
        .payees()?
        .0
        .remove(&host_key)
        .unwrap_or_default()
    {
        if name_in_question(conn, &p)?.is_some() {
            let said = match says {
                TaxSays::SwapName => TaxAnswer::Swap,
                _ => TaxAnswer::Keep,
            };
            answers::put(
                conn,
                host_key,
                Asked::NameOrder,
                p.legal_name.as_bytes(),
                said,
                stamp,
            )?;
            return Ok(true);
        }
    }
    Ok(false)
}

fn settle_name(
    conn: &Conn,
    vault: Vault<'_>,
    p: &TaxProfile,
    says: TaxSays,
    stamp: &Stamp<'_>,
) -> Result<bool> {
    let Some(swapped) = name_in_question(conn, p)? else {
        return Ok(false);
    };
    let swaps = says == TaxSays::SwapName;
    let said = if swaps {
        TaxAnswer::Swap
    } else {
        TaxAnswer::Keep
    };
    let name = p.legal_name.as_bytes();
    answers::put(conn, p.host_key, Asked::NameOrder, name, said, stamp)?;
    if swaps {
        let mut row = import_tax_profiles::row_of(vault, p)?;
        row.legal_name = swapped;
        import_tax_profiles::write(conn, vault, p.host_key, &row, None, stamp)?;
    }
    Ok(true)
}
