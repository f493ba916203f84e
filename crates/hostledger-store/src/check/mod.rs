//! Proof that the ledger holds together: the invariants of docs/domain.md §9 and the file's own
//! integrity.

mod charges;
mod cutover;
mod due;
mod tax;

use std::collections::{BTreeMap, HashSet};

use hostledger_core::Currency;
use hostledger_core::journal::{Account, EntryKind};
use hostledger_core::money::Money;
use hostledger_core::payout_batch::{BatchStatus, PayoutStatus, batch_digest};

use hostledger_core::refunds::Refunds;

use crate::Conn;
use crate::error::Result;
use crate::sql::{Cur, one, rows};
use crate::{audit, meta, payouts};

/// One invariant and whether it holds.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its name in the contract.
    pub name: &'static str,
    /// Whether it holds.
    pub ok: bool,
    /// What was found, in words.
    pub detail: String,
}

fn check(name: &'static str, problems: &[String], good: impl Into<String>) -> Check {
    let detail = match problems {
        [] => good.into(),
        [first, rest @ ..] if rest.len() > 2 => format!("{first}; and {} more", rest.len()),
        some => some.join("; "),
    };
    Check {
        name,
        ok: problems.is_empty(),
        detail,
    }
}

type Runner = fn(&Conn) -> Result<Check>;

/// Every check by turn; `each` hears the name before it runs.
///
/// # Errors
/// The database's own, other than what a check reports as failed.
pub fn run_all(conn: &Conn, mut each: impl FnMut(usize, usize)) -> Result<Vec<Check>> {
    let all: [Runner; 25] = [
        file_integrity,
        foreign_keys,
        entries_balance,
        deferred_bookings,
        host_liabilities,
        due::due_lines,
        due::waiting_rows,
        charges::charges_once,
        payouts_in_transit,
        reserves,
        disputed_money,
        tax::withheld_tax,
        tax::forms,
        one_live_payout,
        payout_lines,
        commission_amounts,
        paid_commissions,
        cutover::opening,
        stripe_transfers,
        money_back,
        import_rows,
        ids,
        audit_chain,
        approvals,
        digests,
    ];
    let mut out = Vec::with_capacity(all.len());
    for (i, one) in all.iter().enumerate() {
        each(i, all.len());
        out.push(one(conn)?);
    }
    Ok(out)
}

/// Proves the file alone, whatever form its rows have.
///
/// # Errors
/// The database's own, other than what a check reports as failed.
pub fn of_the_file(conn: &Conn) -> Result<Vec<Check>> {
    Ok(vec![file_integrity(conn)?, foreign_keys(conn)?])
}

fn file_integrity(conn: &Conn) -> Result<Check> {
    let found: Vec<String> = rows(conn, "PRAGMA integrity_check(20)", [], |r| r.get(0))?;
    let mut problems: Vec<String> = found.into_iter().filter(|f| f != "ok").collect();
    // It looks at the file alone. Where the write-ahead log holds pages, the file may lack them or
    // have them by half, and what counts was read above, log and all.
    let pages: Vec<String> = rows(conn, "PRAGMA cipher_integrity_check", [], |r| r.get(0))?;
    if wal_bytes(conn) == 0 {
        problems.extend(pages);
    }
    Ok(check(
        "file_integrity",
        &problems,
        "every page reads back as it was written",
    ))
}

/// How long the write-ahead log beside the database's file is.
fn wal_bytes(conn: &Conn) -> u64 {
    let path = conn.path().unwrap_or_default();
    std::fs::metadata(format!("{path}-wal")).map_or(0, |m| m.len())
}

fn foreign_keys(conn: &Conn) -> Result<Check> {
    let problems: Vec<String> = rows(conn, "PRAGMA foreign_key_check", [], |r| {
        Ok(format!(
            "{} row {:?} points nowhere",
            r.get::<_, String>(0)?,
            r.get::<_, Option<i64>>(1)?
        ))
    })?;
    Ok(check(
        "foreign_keys",
        &problems,
        "every reference has its row",
    ))
}

fn entries_balance(conn: &Conn) -> Result<Check> {
    let mut problems: Vec<String> = rows(
        conn,
        "SELECT entry_key FROM journal_entries WHERE leg1 + leg2 + leg3 + leg4 <> 0 LIMIT 20",
        [],
        |r| {
            Ok(format!(
                "entry {} does not sum to zero",
                r.get::<_, i64>(0)?
            ))
        },
    )?;
    problems.extend(rows(
        conn,
        "SELECT r.entry_key FROM journal_entries r JOIN journal_entries o ON o.entry_key = r.reverses
         WHERE o.kind <> r.kind OR o.leg1 <> r.leg1 OR o.leg2 <> r.leg2 OR o.leg3 <> r.leg3 OR o.leg4 <> r.leg4 LIMIT 20",
        [],
        |r| Ok(format!("reversal {} differs from its original", r.get::<_, i64>(0)?)),
    )?);
    problems.extend(rows(
        conn,
        "SELECT DISTINCT kind FROM journal_entries WHERE kind > 3 AND kind NOT IN (SELECT kind FROM posting_rules)",
        [],
        |r| Ok(format!("entries of kind {} post nothing", r.get::<_, i64>(0)?)),
    )?);
    let count: i64 = one(conn, "SELECT count(*) FROM journal_entries", [], |r| {
        r.get(0)
    })?
    .unwrap_or(0);
    Ok(check(
        "entries_balance",
        &problems,
        format!("{count} entries sum to zero"),
    ))
}

type Sums = BTreeMap<(i64, Currency), i64>;

fn sums(conn: &Conn, sql: &str) -> Result<Sums> {
    let found = rows(conn, sql, [], |r| {
        Ok((
            r.get::<_, Option<i64>>(0)?.unwrap_or(0),
            r.get::<_, Cur>(1)?.0,
            r.get::<_, i64>(2)?,
        ))
    })?;
    let mut out = Sums::new();
    for (host, currency, amount) in found {
        *out.entry((host, currency)).or_default() += amount;
    }
    out.retain(|_, v| *v != 0);
    Ok(out)
}

/// Where two sides of an account differ.
fn differences(conn: &Conn, have: &Sums, want: &Sums) -> Result<Vec<String>> {
    let mut out = Vec::new();
    let keys: std::collections::BTreeSet<_> = have.keys().chain(want.keys()).copied().collect();
    for (host, currency) in keys {
        let side = |s: &Sums| s.get(&(host, currency)).copied().unwrap_or(0);
        if side(have) != side(want) {
            let whose: Option<String> = one(
                conn,
                "SELECT host_id FROM hosts WHERE host_key = ?",
                [host],
                |r| r.get(0),
            )?;
            out.push(format!(
                "{}the journal says {}, the rows say {}",
                whose.map(|w| format!("{w}: ")).unwrap_or_default(),
                Money::new(side(have), currency),
                Money::new(side(want), currency)
            ));
        }
    }
    Ok(out)
}

/// What the journal says of an account, by host where there is one per host; credits positive.
fn of_account(conn: &Conn, account: Account) -> Result<Sums> {
    let legs: Vec<(i64, usize)> = EntryKind::ALL
        .iter()
        .filter_map(|k| Some((k.number(), k.legs().iter().position(|a| *a == account)? + 1)))
        .collect();
    let kinds: Vec<String> = legs.iter().map(|(k, _)| k.to_string()).collect();
    let cases: String = legs
        .iter()
        .map(|(k, leg)| format!(" WHEN {k} THEN leg{leg}"))
        .collect();
    // The partial index of rare kinds is used where it can be.
    let rare = match legs.iter().all(|(k, _)| *k > 3) {
        true => "kind > 3 AND ",
        false => "",
    };
    let host = if account.is_per_host() {
        "host_key"
    } else {
        "0"
    };
    sums(
        conn,
        &format!(
            "SELECT {host}, currency, -sum(sign * CASE kind{cases} END) FROM journal_entries
             WHERE {rare}kind IN ({}) GROUP BY 1, 2",
            kinds.join(", ")
        ),
    )
}

fn deferred_bookings(conn: &Conn) -> Result<Check> {
    let have = of_account(conn, Account::DeferredBookings)?;
    let want = sums(
        conn,
        "SELECT 0, b.currency, sum(b.price_minor - c.refunded_minor - c.processing_fee_minor)
         FROM bookings b JOIN host_commissions c USING (booking_key)
         WHERE b.status = 2 AND b.price_minor > 0 AND b.withdrawn = 0 AND c.status <> 0 GROUP BY b.currency",
    )?;
    let problems = differences(conn, &have, &want)?;
    Ok(check(
        "deferred_bookings",
        &problems,
        "deferred bookings = what CONFIRMED bookings hold",
    ))
}

fn host_liabilities(conn: &Conn) -> Result<Check> {
    let have = of_account(conn, Account::Hosts)?;
    let mut want = sums(
        conn,
        "SELECT host_key, currency, sum(host_amount_minor) FROM host_commissions c
         WHERE (status IN (2, 3) OR (status = 1 AND session_done = 1)) AND paid_outside = 0
           AND NOT EXISTS (SELECT 1 FROM host_payout_lines l JOIN host_payouts p USING (payout_key)
                           WHERE l.booking_key = c.booking_key AND l.live = 1 AND p.status IN (2, 3))
         GROUP BY host_key, currency",
    )?;
    for (key, amount) in sums(
        conn,
        "SELECT host_key, currency, sum(amount_minor) FROM adjustments a WHERE status = 'APPROVED' AND kind <> 'BACKUP_WITHHOLDING'
           AND NOT EXISTS (SELECT 1 FROM host_payout_lines l JOIN host_payouts p USING (payout_key)
                           WHERE l.adjustment_key = a.adjustment_key AND l.live = 1 AND p.status IN (2, 3))
         GROUP BY host_key, currency",
    )? {
        *want.entry(key).or_default() += amount;
    }
    want.retain(|_, v| *v != 0);
    let problems = differences(conn, &have, &want)?;
    Ok(check(
        "host_liabilities",
        &problems,
        "what hosts are owed = their unpaid commissions and adjustments",
    ))
}

fn payouts_in_transit(conn: &Conn) -> Result<Check> {
    let have = of_account(conn, Account::PayoutsInTransit)?;
    let want = sums(
        conn,
        "SELECT 0, currency, sum(amount_minor) FROM host_payouts WHERE status = 2 GROUP BY currency",
    )?;
    let problems = differences(conn, &have, &want)?;
    Ok(check(
        "payouts_in_transit",
        &problems,
        "payouts in transit = PROCESSING payouts",
    ))
}

/// What may not be paid out for now = reserves that were not released, and what a dispute holds
/// back belongs to one that is open.
fn reserves(conn: &Conn) -> Result<Check> {
    let have = of_account(conn, Account::Reserved)?;
    let want = sums(
        conn,
        "SELECT host_key, currency, sum(amount_minor) FROM open_reserves GROUP BY host_key, currency",
    )?;
    let mut problems = differences(conn, &have, &want)?;
    problems.extend(rows(
        conn,
        "SELECT d.dispute_id FROM open_reserves JOIN disputes d USING (dispute_key)
         WHERE d.undone = 1 OR d.status NOT IN (4, 5) LIMIT 20",
        [],
        |r| {
            Ok(format!(
                "{} is closed and still holds a reserve",
                r.get::<_, String>(0)?
            ))
        },
    )?);
    Ok(check(
        "reserves",
        &problems,
        "what is reserved = reserves not released, of disputes that are open",
    ))
}

/// What banks hold and charge and what participants are due is what the disputes say, and what is undecided
/// blocks (docs/domain.md §8), in the numbers of `DisputeStatus::ALL`.
fn disputed_money(conn: &Conn) -> Result<Check> {
    let mut have = of_account(conn, Account::Disputed)?;
    have.values_mut().for_each(|v| *v = -*v);
    let want = sums(
        conn,
        "SELECT 0, currency, sum(amount_minor) FROM disputes WHERE kind = 2 AND undone = 0 AND status IN (4, 5) GROUP BY currency",
    )?;
    let mut problems = differences(conn, &have, &want)?;
    let mut fees = of_account(conn, Account::DisputeFees)?;
    fees.values_mut().for_each(|v| *v = -*v);
    let kept = sums(
        conn,
        "SELECT 0, fee_currency, sum(fee_minor) FROM disputes WHERE fee_posted = 1 GROUP BY fee_currency",
    )?;
    problems.extend(differences(conn, &fees, &kept)?);
    problems.extend(rows(
        conn,
        "SELECT dispute_id FROM disputes WHERE fee_posted = 1 GROUP BY dispute_id HAVING count(*) > 1 OR sum(undone) > 0 LIMIT 20",
        [],
        |r| Ok(format!("{} has its fee more than once, or undone", r.get::<_, String>(0)?)),
    )?);
    let mut due = Sums::new();
    for (booking_key, losses) in crate::disputes::losses(conn)? {
        let b = crate::bookings::get(conn, booking_key)?;
        let refunds = Refunds {
            price_minor: b.row.price_minor,
            exported_minor: b.row.refunded_minor,
            losses,
        };
        *due.entry((0, b.row.currency)).or_default() += refunds.due();
        let shown: Option<i64> = one(
            conn,
            "SELECT refunded_minor FROM host_commissions WHERE booking_key = ?",
            [booking_key],
            |r| r.get(0),
        )?;
        if shown != Some(refunds.total()) {
            problems.push(format!(
                "{} doesn't show what was given back",
                b.row.booking_id
            ));
        }
    }
    due.retain(|_, v| *v != 0);
    problems.extend(differences(
        conn,
        &of_account(conn, Account::RefundsDue)?,
        &due,
    )?);
    problems.extend(rows(
        conn,
        "SELECT d.dispute_id FROM disputes d LEFT JOIN commission_blocks k ON k.block_key = d.block_key
         WHERE (d.undone = 0 AND d.let_go = 0 AND d.status NOT IN (6, 7)) <> (k.block_key IS NOT NULL AND k.released_at IS NULL) LIMIT 20",
        [],
        |r| Ok(format!("{} and its block don't agree", r.get::<_, String>(0)?)),
    )?);
    problems.extend(rows(
        conn,
        "SELECT b.booking_id FROM commission_blocks k JOIN bookings b USING (booking_key)
         WHERE k.kind = 'DISPUTE' AND k.released_at IS NULL AND NOT EXISTS (SELECT 1 FROM disputes d WHERE d.block_key = k.block_key) LIMIT 20",
        [],
        |r| Ok(format!("{} is blocked by no dispute", r.get::<_, String>(0)?)),
    )?);
    Ok(check(
        "disputes",
        &problems,
        "what is disputed, due to participants and blocked is what the disputes say",
    ))
}

fn one_live_payout(conn: &Conn) -> Result<Check> {
    let mut problems: Vec<String> = rows(
        conn,
        "SELECT coalesce(booking_key, adjustment_key), count(*) FROM host_payout_lines l JOIN host_payouts p USING (payout_key)
         WHERE p.status IN (1, 2, 3) GROUP BY booking_key, adjustment_key HAVING count(*) > 1 LIMIT 20",
        [],
        |r| Ok(format!("line {} is in {} live payouts", r.get::<_, i64>(0)?, r.get::<_, i64>(1)?)),
    )?;
    problems.extend(rows(
        conn,
        "SELECT p.payout_id FROM host_payout_lines l JOIN host_payouts p USING (payout_key)
         WHERE l.live <> (p.status IN (1, 2, 3)) LIMIT 20",
        [],
        |r| {
            Ok(format!(
                "payout {} has lines in the wrong state",
                r.get::<_, String>(0)?
            ))
        },
    )?);
    Ok(check(
        "one_live_payout",
        &problems,
        "no commission or adjustment is in two live payouts",
    ))
}

fn payout_lines(conn: &Conn) -> Result<Check> {
    let problems: Vec<String> = rows(
        conn,
        "SELECT p.payout_id FROM host_payouts p
         LEFT JOIN (SELECT payout_key, sum(amount_minor) AS total, count(*) AS n FROM host_payout_lines GROUP BY payout_key) l USING (payout_key)
         WHERE p.amount_minor <> coalesce(l.total, 0) OR p.line_count <> coalesce(l.n, 0) LIMIT 20",
        [],
        |r| Ok(format!("payout {} is not the sum of its lines", r.get::<_, String>(0)?)),
    )?;
    Ok(check(
        "payout_lines",
        &problems,
        "every payout is the sum of its lines",
    ))
}

fn commission_amounts(conn: &Conn) -> Result<Check> {
    let problems: Vec<String> = rows(
        conn,
        "SELECT b.booking_id FROM host_commissions c JOIN bookings b USING (booking_key)
         WHERE c.status IN (1, 2) AND c.frozen = 0
           AND c.host_amount_minor + c.platform_fee_minor + c.processing_fee_minor - c.borne_by_platform_minor <> b.price_minor - c.refunded_minor LIMIT 20",
        [],
        |r| Ok(format!("the split of {} doesn't add up to its price", r.get::<_, String>(0)?)),
    )?;
    Ok(check(
        "commission_amounts",
        &problems,
        "every split adds up to its net price",
    ))
}

fn paid_commissions(conn: &Conn) -> Result<Check> {
    let problems: Vec<String> = rows(
        conn,
        "SELECT b.booking_id FROM host_commissions c JOIN bookings b USING (booking_key)
         WHERE (c.status = 3 AND c.paid_outside = 0) <> EXISTS (SELECT 1 FROM host_payout_lines l JOIN host_payouts p USING (payout_key)
                                         WHERE l.booking_key = c.booking_key AND l.live = 1 AND p.status = 3)
           AND (c.status = 3 OR c.frozen = 1) LIMIT 20",
        [],
        |r| Ok(format!("{} is PAID without a completed payout, or the reverse", r.get::<_, String>(0)?)),
    )?;
    Ok(check(
        "paid_commissions",
        &problems,
        "PAID commissions are those of completed payouts and what was paid before this ledger",
    ))
}

/// What is known of transfers agrees with their payouts (docs/stripe.md), in the numbers of
/// `TransferState::ALL` and `PayoutStatus::ALL`.
fn stripe_transfers(conn: &Conn) -> Result<Check> {
    let mut problems: Vec<String> = rows(
        conn,
        "SELECT p.payout_id FROM stripe_transfers t JOIN host_payouts p USING (payout_key)
         WHERE NOT CASE t.state WHEN 1 THEN p.status IN (1, 2) WHEN 2 THEN p.status = 2 WHEN 3 THEN p.status IN (3, 5)
                                WHEN 4 THEN p.status = 4 ELSE p.status = 2 END LIMIT 20",
        [],
        |r| Ok(format!("payout {} and its transfer are in states that don't go together", r.get::<_, String>(0)?)),
    )?;
    problems.extend(rows(
        conn,
        "SELECT p.payout_id FROM host_payouts p JOIN payout_batches b USING (batch_key) LEFT JOIN stripe_transfers t USING (payout_key)
         WHERE b.rail = 'stripe' AND p.status IN (2, 3, 5) AND t.payout_key IS NULL LIMIT 20",
        [],
        |r| Ok(format!("payout {} left through Stripe without a transfer", r.get::<_, String>(0)?)),
    )?);
    problems.extend(rows(
        conn,
        "SELECT p.payout_id FROM stripe_reversals r JOIN host_payouts p USING (payout_key) GROUP BY p.payout_key
         HAVING sum(r.amount_minor) > p.amount_minor LIMIT 20",
        [],
        |r| Ok(format!("more came back of payout {} at Stripe than left", r.get::<_, String>(0)?)),
    )?);
    let count: i64 = one(
        conn,
        "SELECT count(*) FROM stripe_transfers WHERE state = 3",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0);
    Ok(check(
        "stripe_transfers",
        &problems,
        format!("{count} transfers agree with their payouts"),
    ))
}

/// What came back of payouts is in the journal, each amount once; a REVERSED payout came back whole
/// and no other more than whole. In the numbers of `EntryKind::ALL` and `PayoutStatus::ALL`.
fn money_back(conn: &Conn) -> Result<Check> {
    let (reversed, returned) = (
        EntryKind::PayoutReversed.number(),
        EntryKind::PayoutReturned.number(),
    );
    let problems: Vec<String> = rows(
        conn,
        &format!(
            "SELECT p.payout_id, coalesce(b.total, 0), coalesce(j.total, 0), p.currency
             FROM host_payouts p
             LEFT JOIN (SELECT payout_key, sum(amount_minor) AS total FROM money_back GROUP BY payout_key) b USING (payout_key)
             LEFT JOIN (SELECT payout_key, sum(sign * leg1) AS total FROM journal_entries WHERE kind > 3 AND kind IN ({reversed}, {returned}) GROUP BY payout_key) j USING (payout_key)
             WHERE coalesce(b.total, 0) <> coalesce(j.total, 0) OR coalesce(b.total, 0) > p.amount_minor
                OR (p.status = 5 AND coalesce(b.total, 0) <> p.amount_minor) OR (b.total > 0 AND p.status NOT IN (3, 5)) LIMIT 20"
        ),
        [],
        |r| {
            let currency = r.get::<_, Cur>(3)?.0;
            Ok(format!(
                "{} came back of payout {}, and the journal says {}",
                Money::new(r.get(1)?, currency),
                r.get::<_, String>(0)?,
                Money::new(r.get(2)?, currency)
            ))
        },
    )?;
    Ok(check(
        "money_back",
        &problems,
        "what came back of payouts is in the journal once, and at most what left",
    ))
}

fn import_rows(conn: &Conn) -> Result<Check> {
    let problems: Vec<String> = rows(
        conn,
        "SELECT i.import_id FROM imports i
         WHERE i.row_count <> i.inserted + i.updated + i.unchanged + i.stale + i.exceptions
            OR (i.undone_at IS NULL AND i.exceptions <> (SELECT count(*) FROM exceptions e WHERE e.import_key = i.import_key)
                                                      + (SELECT count(*) FROM exception_repeats r WHERE r.import_key = i.import_key)) LIMIT 20",
        [],
        |r| Ok(format!("rows of import {} are not all accounted for", r.get::<_, String>(0)?)),
    )?;
    let count: i64 = one(
        conn,
        "SELECT coalesce(sum(row_count), 0) FROM imports",
        [],
        |r| r.get(0),
    )?
    .unwrap_or(0);
    Ok(check(
        "import_rows",
        &problems,
        format!("{count} rows read, every one accounted for"),
    ))
}

fn audit_chain(conn: &Conn) -> Result<Check> {
    let problems: Vec<String> = audit::first_break(conn)?
        .map(|seq| format!("event {seq} was changed or is missing"))
        .into_iter()
        .collect();
    // A clock that was wrong damages nothing, and is worth knowing.
    let back: Vec<String> = audit::clock_ran_back(conn)?
        .iter()
        .map(|(seq, at)| format!("event {seq} of {}", at.strftime("%F %H:%M UTC")))
        .collect();
    let clock = match back.is_empty() {
        true => String::new(),
        false => format!("; a computer's clock ran back before {}", back.join(", ")),
    };
    Ok(check(
        "audit_chain",
        &problems,
        format!(
            "{} events, each follows from the one before{clock}",
            audit::count(conn)?
        ),
    ))
}

fn approvals(conn: &Conn) -> Result<Check> {
    let ledger_id = meta::get(conn, "ledger_id")?.unwrap_or_default();
    let mut problems = Vec::new();
    for a in payouts::approvals(conn, None)? {
        if !payouts::is_genuine(conn, &ledger_id, &a)? {
            problems.push(format!(
                "the signature of {} on batch {} doesn't hold, or the key wasn't theirs",
                a.approver, a.batch_id
            ));
        }
    }
    let restored: HashSet<i64> = rows(
        conn,
        "SELECT restore_key FROM restores WHERE confirmed_by IS NOT NULL",
        [],
        |r| r.get(0),
    )?
    .into_iter()
    .collect();
    for batch in payouts::batches(conn)? {
        let went_on = matches!(
            batch.status,
            BatchStatus::Approved
                | BatchStatus::Sending
                | BatchStatus::Completed
                | BatchStatus::PartiallyFailed
        );
        // Two people said of it that it left before a restore.
        let confirmed = batch.restore_key.is_some_and(|key| restored.contains(&key));
        if !went_on || confirmed {
            continue;
        }
        let counting = payouts::counting_approvals(conn, &batch)?;
        if counting.len() < batch.approvals_needed as usize {
            problems.push(format!(
                "batch {} went on without enough approvals of its digest by other people",
                batch.batch_id
            ));
        }
        let early = batch
            .submitted_at
            .filter(|at| counting.iter().any(|a| a.approved_at < *at));
        if let Some(at) = early {
            problems.push(format!(
                "batch {} was approved before it was submitted at {at}",
                batch.batch_id
            ));
        }
    }
    Ok(check(
        "approvals",
        &problems,
        "every approved batch bears the signature of a second person",
    ))
}

/// Names what stands under one id twice, once with marks. It is for a person to look at and no
/// damage: a ledger that holds such a pair is as sound as any, and its money can be paid.
fn ids(conn: &Conn) -> Result<Check> {
    const NAMED: usize = 20;
    let mut found = crate::clean_ids::clashes(conn)?;
    let more = found.len().saturating_sub(NAMED);
    found.truncate(NAMED);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    Ok(Check {
        name: "ids",
        ok: true,
        detail: if found.is_empty() {
            "no id stands beside the same one with marks".to_owned()
        } else {
            found.join("; ")
        },
    })
}

fn digests(conn: &Conn) -> Result<Check> {
    let mut problems = Vec::new();
    for batch in payouts::batches(conn)? {
        let of_batch = payouts::of_batch(conn, batch.batch_key)?;
        for p in &of_batch {
            if payouts::digest_of_lines(conn, p)? != p.digest {
                problems.push(format!(
                    "payout {} is not what its digest says",
                    p.payout_id
                ));
            }
        }
        // Once a batch is sent, payouts fail or complete, but what was approved stays what it was.
        let closed = matches!(batch.status, BatchStatus::Rejected | BatchStatus::Cancelled);
        let counted: Vec<String> = of_batch
            .iter()
            .filter(|p| closed || p.status != PayoutStatus::Cancelled)
            .map(|p| p.digest.clone())
            .collect();
        if !closed && batch_digest(&batch.batch_id, batch.date, &counted) != batch.digest {
            problems.push(format!(
                "batch {} is not what its digest says",
                batch.batch_id
            ));
        }
    }
    Ok(check(
        "digests",
        &problems,
        "every batch and payout is what its digest says",
    ))
}
