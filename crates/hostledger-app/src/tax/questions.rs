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
                "The TIN {was} became {now} on {since}. If it is one payee whose TIN was put right, say so. If it is a new payee from that day, two forms are due, and the new payee needs a host of their own."
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
}

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
            (TaxSays::OnePayee, Some(_)) => one_payee(conn, host.host_key, year, &stamp)?,
            (name, Some(p)) => settle_name(conn, Vault::of(s), p, name, &stamp)?,
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

fn one_payee(conn: &Conn, host_key: i64, year: i16, stamp: &Stamp<'_>) -> Result<bool> {
    let questions = Questions::load(conn)?;
    let Some((change, _)) = questions.open_change(host_key, year)? else {
        return Ok(false);
    };
    let (asked, about) = (Asked::PayeeChanged, change.about());
    answers::put(conn, host_key, asked, &about, TaxAnswer::OnePayee, stamp)?;
    Ok(true)
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
