//! What stands in a ledger, row by row of its tables, without what says only where a row came from.

use std::collections::{BTreeMap, BTreeSet};

use hostledger_store::journal;

use crate::Session;

/// Hosts that a file stands for, or a booking.
const STANDS: &str = "EXISTS (SELECT 1 FROM hosts h WHERE h.host_key = t.host_key AND (h.content IS NOT NULL OR EXISTS (SELECT 1 FROM bookings b WHERE b.host_key = h.host_key AND b.withdrawn = 0)))";

/// Tables, how a row of each is known, which rows count, and columns that say nothing of the row's
/// matter.
const TABLES: [(&str, &str, &str, &[&str]); 10] = [
    (
        "bookings",
        "t.booking_id || ' of ' || (SELECT host_id FROM hosts h WHERE h.host_key = t.host_key) || ' in ' || (SELECT conversation_id || c.title FROM conversations c WHERE c.conversation_key = t.conversation_key)",
        "t.withdrawn = 0",
        &["extra"],
    ),
    (
        "host_commissions",
        "(SELECT booking_id FROM bookings b WHERE b.booking_key = t.booking_key)",
        "t.status <> 0",
        &[],
    ),
    ("hosts", "t.host_id", STANDS, &["content"]),
    (
        "host_destinations",
        "(SELECT host_id FROM hosts h WHERE h.host_key = t.host_key)",
        STANDS,
        &[],
    ),
    (
        "disputes",
        "t.dispute_id || ' of ' || (SELECT booking_id FROM bookings b WHERE b.booking_key = t.booking_key)",
        "t.undone = 0",
        &["row_id", "loss_no", "entered_as"],
    ),
    (
        "commission_blocks",
        "(SELECT booking_id FROM bookings b WHERE b.booking_key = t.booking_key) || t.kind || coalesce(t.rule, '')",
        "t.released_at IS NULL AND t.kind <> 'WAITING_ROW'",
        &["block_id", "opened_at"],
    ),
    (
        "adjustments",
        "(SELECT host_id FROM hosts h WHERE h.host_key = t.host_key) || t.kind || t.reason || t.currency",
        "t.status IN ('PROPOSED', 'APPROVED')",
        &["adjustment_id", "created_at", "releases", "decided_at"],
    ),
    (
        "tax_profiles",
        "(SELECT host_id FROM hosts h WHERE h.host_key = t.host_key)",
        "t.current = 1",
        &["tin_sealed", "tin_problem", "content_print", "recorded_at"],
    ),
    (
        "host_commission_tiers",
        "(SELECT host_id FROM hosts h WHERE h.host_key = t.host_key) || t.effective_from",
        "t.superseded_at IS NULL",
        &["recorded_at"],
    ),
    ("institutions", "t.institution_id", "1", &[]),
];

/// Rows by table and by what they are known as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct State {
    rows: BTreeMap<(&'static str, String), BTreeSet<String>>,
    /// Sums of accounts.
    sums: BTreeSet<String>,
}

impl State {
    pub(super) fn of(s: &Session) -> Self {
        s.ledger
            .read(|conn| {
                let mut out = Self::default();
                for (table, known_as, counts, besides) in TABLES {
                    let columns: Vec<String> = conn
                        .prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?
                        .query_map([], |r| r.get(0))?
                        .collect::<Result<_, _>>()?;
                    let matter: Vec<String> = columns
                        .into_iter()
                        .filter(|c| {
                            !c.ends_with("_key")
                                && !besides.contains(&c.as_str())
                                && !["content_hash", "line", "since_step", "updated_at"]
                                    .contains(&c.as_str())
                        })
                        .map(|c| match c.as_str() {
                            // Not the file's, but of the moment when it came.
                            "closed_at" | "opened_at" => {
                                format!("'{c}=' || iif(t.{c} % 1000000 = 0, quote(t.{c}), 'now')")
                            }
                            _ => format!("'{c}=' || quote(t.{c})"),
                        })
                        .collect();
                    let sql = format!(
                        "SELECT {known_as}, {} FROM {table} t WHERE {counts}",
                        matter.join(" || ' ' || ")
                    );
                    let mut rows = conn.prepare(&sql)?;
                    let mut rows = rows.query([])?;
                    while let Some(row) = rows.next()? {
                        let key = (table, row.get(0)?);
                        out.rows.entry(key).or_default().insert(row.get(1)?);
                    }
                }
                for b in journal::balances(conn, None, None)? {
                    if b.balance_minor != 0 {
                        out.sums.insert(format!("{b:?}"));
                    }
                }
                Ok::<_, hostledger_store::Error>(out)
            })
            .unwrap()
    }

    /// In what it differs from another; the sums too.
    pub(super) fn differs(&self, other: &Self, loose: bool) -> Vec<String> {
        let (a, b) = (self.flat(loose), other.flat(loose));
        let mut out: Vec<String> = a.difference(&b).map(|r| format!("+ {r}")).collect();
        out.extend(b.difference(&a).map(|r| format!("- {r}")));
        out.truncate(12);
        out
    }

    fn flat(&self, loose: bool) -> BTreeSet<String> {
        let rows = self
            .rows
            .iter()
            .flat_map(|((table, id), rows)| rows.iter().map(move |r| format!("{table} {id}: {r}")));
        rows.chain(self.sums.iter().map(|s| format!("sum {s}")))
            .map(|r| fold(&r, loose))
            .collect()
    }

    /// What stands here that neither the clean file nor the state before says; and what neither
    /// stands nor waits. With rows that wait the sums can't be told beforehand.
    pub(super) fn wrong(
        &self,
        right: &Self,
        before: &Self,
        waits: i64,
        loose: bool,
    ) -> Vec<String> {
        if waits == 0 {
            return self.differs(right, loose);
        }
        let (here, right, before) = (self.flat(loose), right.flat(loose), before.flat(loose));
        let is_sum = |r: &&String| r.starts_with("sum ");
        let mut out: Vec<String> = here
            .iter()
            .filter(|r| !is_sum(r) && !right.contains(*r) && !before.contains(*r))
            .map(|r| format!("+ {r}"))
            .collect();
        // Each row that waits keeps one booking, host, dispute, profile or balance away.
        for table in [
            "bookings ",
            "disputes ",
            "tax_profiles ",
            "hosts ",
            "adjustments ",
        ] {
            let of = |all: &BTreeSet<String>| all.iter().filter(|r| r.starts_with(table)).count();
            let missing = i64::try_from(of(&right).saturating_sub(of(&here))).unwrap();
            if missing > waits {
                out.push(format!("- {missing} of {table}with {waits} waiting"));
            }
        }
        out.truncate(12);
        out
    }
}

/// A text with ids in one case and with one hyphen.
fn fold(text: &str, loose: bool) -> String {
    if loose {
        text.to_lowercase()
            .replace(['\u{2010}', '\u{2011}', '\u{2013}'], "-")
    } else {
        text.to_owned()
    }
}
