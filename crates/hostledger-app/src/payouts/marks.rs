//! What to look at of a batch's payouts: the facts of each, for the rules in core
//! (docs/domain.md §7).

use std::collections::BTreeMap;

use hostledger_core::Money;
use hostledger_core::payout_marks::{self, Facts, Mark, account_key};
use hostledger_store::payouts::{self, Payout};
use hostledger_store::{Conn, hosts, imports};

use crate::Result;
use crate::waiting::WaitingSummary;

/// So many other hosts are named with a shared account.
const NAMED: usize = 3;

/// What all payouts of a batch share.
pub(super) struct Marks {
    /// The hosts of every account that is more than one's.
    shared: BTreeMap<String, Vec<i64>>,
    /// Number and sum in minor units of the adjustments in a payout.
    adjustments: BTreeMap<i64, (i64, i64)>,
}

impl Marks {
    pub(super) fn load(conn: &Conn, batch_key: i64) -> Result<Self> {
        let mut shared: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (host_key, account) in payouts::accounts(conn)? {
            shared
                .entry(account_key(&account))
                .or_default()
                .push(host_key);
        }
        // A destination stays with its payout when the host moves on, so one other host is enough.
        shared.remove("");
        Ok(Self {
            shared,
            adjustments: payouts::adjustments_of_batch(conn, batch_key)?,
        })
    }

    /// A payout's marks, the most urgent first.
    pub(super) fn of(
        &self,
        conn: &Conn,
        p: &Payout,
        is_stale: bool,
        waiting: &WaitingSummary,
    ) -> Result<Vec<Mark>> {
        let (adjustments, adjustments_minor) = self
            .adjustments
            .get(&p.payout_key)
            .copied()
            .unwrap_or_default();
        let (also_of, also_of_more) = self.others(conn, p)?;
        let last_sent = payouts::last_sent(conn, p)?;
        let is_elsewhere = last_sent
            .as_ref()
            .is_some_and(|l| account_key(&l.destination) != account_key(&p.destination));
        Ok(payout_marks::marks(&Facts {
            amount: Money::new(p.amount_minor, p.currency),
            destination: p.destination.clone(),
            destination_from: if is_elsewhere {
                named_by(conn, p)?
            } else {
                None
            },
            last_sent,
            sent_before_minor: payouts::sent_before(conn, p, p.currency)?,
            also_of,
            also_of_more,
            waiting: waiting.of_host(p.host_key),
            adjustments,
            adjustments_minor,
            is_stale,
        }))
    }

    /// The other hosts of a payout's account: some in words, and how many more.
    fn others(&self, conn: &Conn, p: &Payout) -> Result<(Vec<String>, usize)> {
        let Some(all) = self.shared.get(&account_key(&p.destination)) else {
            return Ok((Vec::new(), 0));
        };
        let is_other = |key: &&i64| **key != p.host_key;
        let named = all.iter().filter(is_other).take(NAMED);
        let named: Vec<String> = named
            .map(|key| Ok(who(&hosts::get(conn, *key)?)))
            .collect::<Result<_>>()?;
        let count = all.len() - usize::from(all.contains(&p.host_key));
        Ok((named.clone(), count - named.len()))
    }
}

/// A host's id with name and status.
fn who(h: &hosts::Host) -> String {
    let status = h.status.as_str().to_lowercase();
    if h.name.is_empty() {
        format!("{} ({status})", h.host_id)
    } else {
        format!("{} ({}, {status})", h.host_id, h.name)
    }
}

/// The file and line that brought a payout's account.
fn named_by(conn: &Conn, p: &Payout) -> Result<Option<String>> {
    let Some(source) = payouts::account_named_by(conn, p.host_key, &p.destination)? else {
        return Ok(None);
    };
    let import = imports::get(conn, source.import_key)?;
    Ok(import.map(|i| format!("{}, line {}", i.file_name, source.line)))
}
