//! Batches to print: ordinary, mixed, and awkward on purpose.

use super::super::*;
use crate::paper::PaperSize;

pub(super) fn s(text: &str) -> String {
    text.to_owned()
}

pub(super) fn line(reference: &str, cents: i64, decimals: usize) -> BatchLine {
    let money = |n: i64| Some(plain(n, decimals));
    BatchLine {
        reference: s(reference),
        session_date: Some(s("2026-03-03")),
        price: money(cents * 2),
        refunded: money(0),
        rate: Some(s("70.00")),
        platform_fee: money(cents / 2),
        processing_fee: money(cents - cents / 2),
        host_amount: plain(cents, decimals),
        ..BatchLine::default()
    }
}

pub(super) fn plain(units: i64, decimals: usize) -> String {
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let sign = if units < 0 { "-" } else { "" };
    if decimals == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

pub(super) fn decimals(currency: &str) -> usize {
    match currency {
        "JPY" => 0,
        "KWD" => 3,
        _ => 2,
    }
}

/// A payout whose lines come to what it says.
pub(super) fn payout(n: usize, name: &str, currency: &str, lines: usize) -> BatchPayout {
    let digits = decimals(currency);
    let mut sum = 0;
    let mut all = Vec::new();
    for i in 0..lines {
        let units = 1312 + i64::try_from((n * 7919 + i * 104_729) % 100_000).unwrap();
        sum += units;
        all.push(line(&format!("bkg_{:08}", n * 1000 + i), units, digits));
    }
    BatchPayout {
        payout_id: format!("0192f7a0-7c1e-7bbb-8d1e-{n:012}"),
        host_id: format!("host_{n:05}"),
        host_name: s(name),
        destination: format!("acct_1Nv0FG{n:08}"),
        currency: s(currency),
        amount: plain(sum, digits),
        status: s("PENDING"),
        counted: true,
        lines: all,
        ..BatchPayout::default()
    }
}

pub(super) fn batch(payouts: Vec<BatchPayout>) -> BatchDocument {
    let mut document = BatchDocument {
        generated_at: s("2026-03-16T09:30:00Z"),
        ledger_name: s("Platform Creators"),
        ledger_id: s("0192f7a0-0000-7000-8000-000000000001"),
        batch_id: s("0192f7a0-7c1e-7bbb-8d1e-0123456789ab"),
        payout_date: s("2026-03-16"),
        status: s("APPROVED"),
        digest: s("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        prepared: WhoWhen {
            who: s("Ann Preparer"),
            when: s("2026-03-16 08:55 UTC"),
        },
        submitted: Some(WhoWhen {
            who: s("Ann Preparer"),
            when: s("2026-03-16 09:01 UTC"),
        }),
        approved: Some(Approval {
            who: s("Bo Approver"),
            when: s("2026-03-16 09:12 UTC"),
            key_fingerprint: s("ed25519:5b41 0c2f 77aa 91d0 3c5e 08b7"),
            signature_digest: s("60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"),
        }),
        payouts,
        ..BatchDocument::default()
    };
    document.totals = by_hand(&document.payouts);
    document
}

/// The totals added up without the code under test.
pub(super) fn by_hand(payouts: &[BatchPayout]) -> Vec<BatchTotal> {
    let mut sums: Vec<(String, i64, usize)> = Vec::new();
    for payout in payouts.iter().filter(|payout| payout.counted) {
        let units: i64 = payout.amount.replace('.', "").parse().unwrap();
        match sums.iter_mut().find(|sum| sum.0 == payout.currency) {
            Some(sum) => (sum.1, sum.2) = (sum.1 + units, sum.2 + 1),
            None => sums.push((payout.currency.clone(), units, 1)),
        }
    }
    sums.into_iter()
        .map(|(currency, units, payouts)| BatchTotal {
            amount: plain(units, decimals(&currency)),
            currency,
            payouts,
        })
        .collect()
}

pub(super) fn carried(
    n: usize,
    name: &str,
    currency: &str,
    amount: &str,
    reasons: &[&str],
) -> CarriedHost {
    CarriedHost {
        host_id: format!("host_{n:05}"),
        host_name: s(name),
        currency: s(currency),
        amount: s(amount),
        reasons: reasons.iter().map(|reason| s(reason)).collect(),
    }
}

/// Long names, four currencies, deductions, an excluded payout, carried hosts, a payment file.
pub(super) fn mixed(paper: PaperSize) -> BatchDocument {
    let mut payouts = vec![
        payout(1, "Ngô Thị Ánh Nguyệt", "USD", 3),
        payout(2, "Μαρία Παπαδοπούλου", "USD", 1),
        payout(3, "Екатерина Щербакова-Воскресенская", "EUR", 4),
        payout(
            4,
            "Maria Magdalena Theresia Antonia von und zu Hohenlohe-Waldenburg-Schillingsfürst \
             Gräfin von Gleichen (Language Coaching and Conversation International GmbH & Co. KG)",
            "EUR",
            2,
        ),
        payout(5, "山田 太郎 (Taro Yamada)", "JPY", 2),
        payout(6, "Noor Al-Sabah", "KWD", 2),
        payout(
            7,
            "Verylongnamewithoutanyspaceatall".repeat(4).as_str(),
            "USD",
            2,
        ),
        payout(8, "Excluded Host", "USD", 1),
    ];
    payouts[7].counted = false;
    payouts[7].status = s("CANCELLED");
    payouts[7].remark = s("Excluded by Ann Preparer: asked to be paid next week.");
    payouts[1].host_id = s("c0ffee00-7c1e-7bbb-8d1e-0123456789ab");
    payouts[1].remark = s("First payout to this host.");
    payouts[3].destination = s("KW81 CBKU 0000 0000 0000 1234 5601 01 Commercial Bank");
    payouts[2].lines[1].reference = s("c0ffee00-7c1e-7bbb-8d1e-0123456789ab-0123456789");
    let deduction = BatchLine {
        label: s("Clawback of a refunded booking"),
        reference: s("bkg_00000777"),
        host_amount: s("-13.12"),
        ..BatchLine::default()
    };
    payouts[0].lines.push(deduction);
    let before: i64 = payouts[0].amount.replace('.', "").parse().unwrap();
    payouts[0].amount = plain(before - 1312, 2);
    // A large sum in a currency with three decimals.
    payouts[5].lines.push(line("bkg_big", 1_234_567_890, 3));
    let before: i64 = payouts[5].amount.replace('.', "").parse().unwrap();
    payouts[5].amount = plain(before + 1_234_567_890, 3);

    let mut document = batch(payouts);
    document.paper = paper;
    document.carried = vec![
        carried(
            20,
            "Small Host",
            "USD",
            "13.12",
            &["Below the 25.00 USD minimum: paid when the balance reaches it."],
        ),
        carried(
            21,
            "Owing Host",
            "USD",
            "-40.00",
            &["The balance is negative."],
        ),
        carried(
            22,
            "Đỗ Văn Không",
            "EUR",
            "310.00",
            &[
                "Not verified: known only from bookings.",
                "No payout account: payouts are not enabled.",
                "Below the 400.00 EUR minimum: paid when the balance reaches it.",
            ],
        ),
    ];
    document.payment_file = Some(PaymentFileNote {
        name: s("payout-2026-03-16.csv"),
        written_at: s("2026-03-16 09:20 UTC"),
        totals: document
            .totals
            .iter()
            .map(|total| FileTotal {
                currency: total.currency.clone(),
                amount: total.amount.clone(),
                rows: total.payouts,
            })
            .collect(),
    });
    document
}
