//! The paper read back with poppler's tools: everything is there, and nothing else.

use super::*;
use crate::paper::PaperSize;
use crate::reading::{assert_has, read_back};

mod fixtures;
use fixtures::{batch, carried, mixed, payout, s};

fn for_paper(amount: &str) -> String {
    Figure::parse(amount, String::new).unwrap().for_paper()
}

fn assert_complete(text: &str, document: &BatchDocument) {
    for total in &document.totals {
        assert_has(text, &for_paper(&total.amount));
    }
    for payout in &document.payouts {
        let row: Vec<&str> = text
            .lines()
            .filter(|line| line.contains(&for_paper(&payout.amount)))
            .collect();
        assert!(
            row.len() >= 2,
            "{} is not listed and headed",
            payout.payout_id
        );
        assert_has(text, &payout.payout_id);
        for line in &payout.lines {
            let amount = for_paper(&line.host_amount);
            let named = if line.label.is_empty() {
                &line.reference
            } else {
                &line.label
            };
            let head: String = named.chars().take(12).collect();
            assert!(
                text.lines()
                    .any(|l| l.contains(&head) && l.trim_end().ends_with(&amount)),
                "line {} of {} is not there with {amount}",
                line.reference,
                payout.payout_id
            );
        }
    }
}

#[test]
fn one_payout_is_two_pages_with_every_fact() {
    let document = batch(vec![payout(1, "Ann Host", "USD", 1)]);
    let text = read_back("one", &batch_pdf(&document).unwrap());
    assert_complete(&text, &document);
    for fact in [
        "Platform Creators",
        "Payout batch of Mon 16 Mar 2026",
        "Page 1 of 2",
        "Page 2 of 2",
        &document.ledger_id,
        &document.batch_id,
        &document.digest,
        "Ann Preparer · 2026-03-16 08:55 UTC",
        "Ann Preparer · 2026-03-16 09:01 UTC",
        "Bo Approver · 2026-03-16 09:12 UTC",
        "ed25519:5b41 0c2f 77aa 91d0 3c5e 08b7",
        "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
        "host_00001",
        "acct_1Nv0FG00000001",
        "made 2026-03-16 09:30 UTC",
    ] {
        assert_has(&text, fact);
    }
}

#[test]
fn many_currencies_long_names_and_deductions() {
    for paper in [PaperSize::A4, PaperSize::Letter] {
        let document = mixed(paper);
        let text = read_back(&format!("mixed-{paper:?}"), &batch_pdf(&document).unwrap());
        assert_complete(&text, &document);
        for fact in [
            "Ngô Thị Ánh Nguyệt",
            "Μαρία Παπαδοπούλου",
            "Екатерина",
            "\u{FFFD}\u{FFFD} \u{FFFD}\u{FFFD} (Taro Yamada)",
            "\u{2212}13.12",
            "Payouts in KWD",
            "Below the 25.00 USD minimum",
            "\u{2212}26.88",
            "bkg_00000777",
            "payout-2026-03-16.csv",
            "Excluded by Ann Preparer",
        ] {
            assert_has(&text, fact);
        }
    }
}

#[test]
fn forty_payouts_carry_their_totals_from_page_to_page() {
    let payouts: Vec<BatchPayout> = (1..=40)
        .map(|n| payout(n, &format!("Host Number {n}"), "USD", 25))
        .collect();
    let document = batch(payouts);
    let text = read_back("forty", &batch_pdf(&document).unwrap());
    assert_complete(&text, &document);
    assert!(text.matches("Carried forward").count() > 5);
    assert_eq!(
        text.matches("Carried forward").count(),
        text.matches("Brought forward").count()
    );
    let page_count = text.matches('\u{c}').count();
    assert_has(&text, &format!("Page {page_count} of {page_count}"));
    // Every page repeats the heading and stays inside the paper.
    for page in text
        .split('\u{c}')
        .filter(|page| !page.trim().is_empty())
        .skip(1)
    {
        assert!(page.contains("mount"), "{page}");
    }
}

#[test]
fn the_page_beside_a_payout_is_where_its_lines_begin() {
    let payouts = (1..=60)
        .map(|n| payout(n, &format!("Host {n}"), "USD", 7))
        .collect();
    let text = read_back("pages", &batch_pdf(&batch(payouts)).unwrap());
    let pages: Vec<&str> = text.split('\u{c}').collect();
    for n in 1..=60 {
        let id = format!("host_{n:05}");
        let row = text.lines().find(|line| line.contains(&id)).unwrap();
        let cells: Vec<&str> = row.split_whitespace().collect();
        let page: usize = cells[cells.len() - 2].parse().unwrap();
        assert_has(pages[page - 1], &format!("0192f7a0-7c1e-7bbb-8d1e-{n:012}"));
    }
}

#[test]
fn a_draft_without_payouts_says_so() {
    let mut document = batch(Vec::new());
    document.status = s("DRAFT");
    (document.submitted, document.approved) = (None, None);
    document.carried = vec![carried(1, "Ann", "USD", "3.00", &["The host is paused."])];
    let text = read_back("draft", &batch_pdf(&document).unwrap());
    assert_has(&text, "This batch pays nobody.");
    assert_has(&text, "Not approved. This paper is no authority to pay.");
    assert_has(&text, "The host is paused.");
    assert_has(&text, "Page 1 of 1");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = mixed(PaperSize::A4);
    let first = batch_pdf(&document).unwrap();
    assert!(first == batch_pdf(&document).unwrap());
    let mut later = document;
    later.generated_at = s("2026-03-16T09:31:00Z");
    assert!(first != batch_pdf(&later).unwrap());
}

#[test]
fn figures_that_disagree_are_refused() {
    let good = batch(vec![payout(1, "Ann", "USD", 2)]);
    let refused = |change: &dyn Fn(&mut BatchDocument)| {
        let mut document = good.clone();
        change(&mut document);
        batch_pdf(&document).unwrap_err()
    };
    let adds_up = |error: Error| matches!(error, Error::DoesNotAddUp { .. });
    assert!(adds_up(refused(&|d| d.totals[0].amount = s("1.00"))));
    assert!(adds_up(refused(&|d| d.totals[0].payouts = 2)));
    assert!(adds_up(refused(&|d| d.totals.clear())));
    assert!(adds_up(refused(&|d| d.payouts[0].counted = false)));
    assert!(adds_up(refused(
        &|d| d.payouts[0].lines[0].host_amount = s("0.01")
    )));
    let stray = BatchTotal {
        currency: s("EUR"),
        amount: s("1.00"),
        payouts: 1,
    };
    assert!(adds_up(refused(&|d| d.totals.push(stray.clone()))));
    assert!(matches!(
        refused(&|d| d.payouts[0].lines[0].price = Some(s("12,00"))),
        Error::BadAmount { .. }
    ));
    assert!(matches!(
        refused(&|d| d.generated_at = s("today")),
        Error::BadTime { .. }
    ));
}

/// Never a panic, whatever the strings hold.
#[test]
fn hostile_text_is_printed_harmlessly() {
    let mut document = mixed(PaperSize::Letter);
    let nasty = "\u{202E}\u{0}\n\t(\\) \u{301}\u{10FFFF}\u{FEFF} مرحبا שלום 👩‍👩‍👧 \u{2028}";
    for payout in &mut document.payouts {
        payout.host_name = nasty.repeat(40);
        payout.host_id = nasty.to_owned();
        payout.destination = "W".repeat(3000);
        payout.remark = nasty.repeat(90);
        payout.lines[0].label = nasty.repeat(30);
        payout.status = String::new();
    }
    document.ledger_name = "M".repeat(500);
    document.digest = nasty.to_owned();
    document.payout_date = nasty.to_owned();
    document.notes = vec![nasty.repeat(200), String::new()];
    document.carried[0].reasons = vec!["because ".repeat(900)];
    document.carried[0].amount = s("-9223372036854775808");
    let text = read_back("hostile", &batch_pdf(&document).unwrap());
    assert_has(&text, "\u{2212}9,223,372,036,854,775,808");
}

/// How long and how large: `cargo test --release -- --ignored --nocapture batch_of_3000`.
#[test]
#[ignore = "measures; minutes in a debug build"]
fn batch_of_3000_payouts_and_100_000_lines() {
    let payouts = (1..=3000)
        .map(|n| {
            payout(
                n,
                &format!("Host Number {n} Nguyễn"),
                "USD",
                33 + usize::from(n % 3 == 0),
            )
        })
        .collect();
    let document = batch(payouts);
    let started = std::time::Instant::now();
    let pdf = batch_pdf(&document).unwrap();
    let taken = started.elapsed();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or("");
    println!("{} bytes in {taken:?}, {peak}", pdf.len());
    let text = read_back("large", &pdf);
    for payout in &document.payouts {
        assert!(text.contains(&payout.payout_id));
    }
    for wanted in [&for_paper(&document.totals[0].amount), "bkg_03000032"] {
        assert!(text.contains(wanted));
    }
}
