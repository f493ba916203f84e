//! The paper read back with poppler's tools: everything is there, in its place, and nothing else.

use super::*;
use crate::reading::{
    Page, assert_apart, assert_fonts_embedded, assert_has, boxes, lines, read_back, title,
};
use crate::{PaperSize, WhoWhen};

mod fixtures;
use fixtures::{NAMES, facts, long, named, payment, policy, section, short, table, texts, words};

const SIDE: i64 = 56;

/// All words of the file in reading order, without the spaces between them.
fn run_together(pages: &[Page]) -> String {
    let words = pages.iter().flat_map(|page| &page.words);
    words.map(|word| word.text.as_str()).collect()
}

fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn a_short_case_reads_line_by_line() {
    let pdf = evidence_pdf(&short(PaperSize::A4)).unwrap();
    let text = read_back("evidence-short-A4", &pdf);
    let wanted = include_str!("tests/short.txt");
    assert_eq!(lines(&text).join("\n"), wanted.trim_end());
    assert_apart(&boxes(&pdf), SIDE);
    assert_fonts_embedded(&pdf);
}

#[test]
fn letter_paper_has_the_same_words() {
    let pdf = evidence_pdf(&short(PaperSize::Letter)).unwrap();
    read_back("evidence-short-Letter", &pdf);
    let pages = boxes(&pdf);
    assert_apart(&pages, SIDE);
    assert_eq!((pages[0].width, pages[0].height), (612_000, 792_000));
    let all = run_together(&pages);
    for line in include_str!("tests/short.txt").lines() {
        let head = line.starts_with("Platform Creators") || line.starts_with("Made ");
        // Lines may end elsewhere, words may not be lost.
        for word in line.split_whitespace().filter(|_| !head) {
            assert_has(&all, word);
        }
    }
}

#[test]
fn names_of_every_kind_are_whole_in_every_place() {
    for paper in [PaperSize::A4, PaperSize::Letter] {
        let pdf = evidence_pdf(&named(paper)).unwrap();
        read_back(&format!("evidence-names-{paper:?}"), &pdf);
        let pages = boxes(&pdf);
        assert_apart(&pages, SIDE);
        let all = run_together(&pages);
        assert_has(&all, &bare(&NAMES.join(" and ")));
        let values: String = pages
            .iter()
            .map(|page| page.within((SIDE + 80, page.width / 1000), (60, page.height / 1000)))
            .collect();
        assert_has(&values, &bare(&NAMES.concat()));
        assert_has(&all, &bare(&format!("complaint of {}", NAMES[5])));
        assert_has(&all, &bare(&format!("Payments by {} and others", NAMES[5])));
        assert_has(&all, &bare(&format!("{} · 2026-03-18 10:22 UTC", NAMES[2])));
        assert_has(&values, "Notyet");
        assert_eq!(
            title(&pdf),
            format!("Evidence for the complaint of {}", NAMES[5])
        );
        assert_has(&all, "\u{2212}740,740,734.06USD");
        names_stand_in_their_columns(&pages);
    }
}

/// Each name of the wide table lies whole between the left edges of its column and the next.
fn names_stand_in_their_columns(pages: &[Page]) {
    let page = pages
        .iter()
        .find(|page| page.word("x").is_some())
        .expect("the marks under the names");
    let marks: Vec<_> = page.words.iter().filter(|word| word.text == "x").collect();
    assert_eq!(marks.len(), NAMES.len());
    let bottom = marks[0].top / 1000;
    for (i, name) in NAMES.iter().enumerate() {
        let left = marks[i].left / 1000;
        let right = marks.get(i + 1).map_or(page.width, |next| next.left) / 1000;
        let column = page.within((left - 1, right - 5), (0, bottom));
        // Once as the heading, in one piece, and once in the row.
        assert_eq!(column.matches(&bare(name)).count(), 2, "{name} in {column}");
    }
}

#[test]
fn five_pages_of_policy_are_complete_and_in_order() {
    let pdf = evidence_pdf(&long(PaperSize::A4)).unwrap();
    read_back("evidence-long-A4", &pdf);
    let pages = boxes(&pdf);
    assert_apart(&pages, SIDE);
    let with_policy = pages
        .iter()
        .filter(|page| page.word("Clause").is_some())
        .count();
    assert!(with_policy >= 5, "{with_policy} pages of policy");
    // The text of a page is what stands between its head and its foot.
    let text: String = pages
        .iter()
        .map(|page| page.within((0, page.width / 1000), (46, page.height / 1000 - 42)))
        .collect();
    assert_has(&text, &bare(&policy(64)));
}

#[test]
fn a_long_table_repeats_its_headings_and_keeps_its_columns() {
    for paper in [PaperSize::A4, PaperSize::Letter] {
        let document = long(paper);
        let pdf = evidence_pdf(&document).unwrap();
        let text = read_back(&format!("evidence-long-{paper:?}"), &pdf);
        let pages = boxes(&pdf);
        assert_apart(&pages, SIDE);
        let mut rows = 0;
        let mut edges = std::collections::BTreeSet::new();
        for page in &pages {
            let ids: Vec<_> = page
                .words
                .iter()
                .filter(|w| w.text.starts_with("bkg_00000") && w.left > 100_000 && w.left < 200_000)
                .collect();
            // The case's own booking is the only id outside the table.
            let ids: Vec<_> = ids.iter().filter(|w| w.text != "bkg_00000777").collect();
            let Some(first) = ids.first() else { continue };
            let heading = page.word("Outcome").expect("a heading over the rows");
            assert!(heading.top < first.top);
            for id in ids {
                rows += 1;
                assert_eq!(id.text, format!("bkg_{rows:08}"));
                let on_row = |word: &&crate::reading::Word| (word.top - id.top).abs() < 100;
                let row: Vec<_> = page.words.iter().filter(on_row).collect();
                let amount = crate::amount_on_paper(fixtures::usd(rows * rows * 997));
                let joined: Vec<&str> = row.iter().map(|word| word.text.as_str()).collect();
                assert_has(&joined.join(" "), &amount);
                edges.insert(row.iter().find(|word| word.text == "USD").unwrap().right);
            }
        }
        assert_eq!(rows, 120);
        assert!(
            edges.last().unwrap() - edges.first().unwrap() < 20,
            "{edges:?}"
        );
        let title = "Earlier payments by the same participant, continued";
        assert!(text.matches(title).count() >= 2);
        let count = pages.len();
        assert_has(&text, &format!("Page 1 of {count}"));
        assert_has(&text, &format!("Page {count} of {count}"));
        assert_eq!(text.matches("Made 2026-03-18 10:41 UTC").count(), count);
    }
}

#[test]
fn sections_with_nothing_to_say_are_left_out() {
    let mut document = short(PaperSize::A4);
    let mut none = table(&["When", "What"], Vec::new());
    let silent = EvidenceBlock::Table(none.clone());
    none.when_empty = "No earlier payments.".into();
    document.sections = vec![
        section("Empty one", Vec::new()),
        section(
            "Empty two",
            vec![
                words("  \n "),
                EvidenceBlock::Quotation(String::new()),
                EvidenceBlock::Facts(facts(&[("Rating", " ")])),
                silent,
            ],
        ),
        section("Earlier payments", vec![EvidenceBlock::Table(none)]),
    ];
    document.facts.push(Fact::new("Country", ""));
    document.summary = String::new();
    let text = read_back("evidence-empty", &evidence_pdf(&document).unwrap());
    for absent in ["Empty one", "Empty two", "Rating", "When", "Country"] {
        assert!(!text.contains(absent), "{absent} in:\n{text}");
    }
    assert_has(&text, "No earlier payments.");
    assert_has(&text, "Page 1 of 1");
}

#[test]
fn a_paper_without_anything_is_still_sound() {
    let document = EvidencePaper {
        generated_at: "2026-03-18T10:41:07Z".into(),
        ..EvidencePaper::default()
    };
    let text = read_back("evidence-nothing", &evidence_pdf(&document).unwrap());
    assert_has(&text, "Not yet");
}

/// A cell longer than a page goes on over pages, and nothing of it is lost.
#[test]
fn a_cell_longer_than_a_page_is_whole() {
    let notes: Vec<String> = (1..=1500).map(|n| format!("note{n}.")).collect();
    let mut document = short(PaperSize::Letter);
    document.sections = vec![section(
        "Notes",
        vec![EvidenceBlock::Table(table(
            &["When", "Who", "What"],
            vec![
                texts(&["first", "Ann", "short"]),
                texts(&["second", NAMES[5], &notes.join(" ")]),
                texts(&["third", "Bo", "also short"]),
            ],
        ))],
    )];
    let pdf = evidence_pdf(&document).unwrap();
    read_back("evidence-long-cell", &pdf);
    let pages = boxes(&pdf);
    assert_apart(&pages, SIDE);
    assert!(pages.len() >= 3);
    let printed: Vec<&str> = pages
        .iter()
        .flat_map(|page| &page.words)
        .map(|word| word.text.as_str())
        .filter(|word| word.starts_with("note"))
        .collect();
    assert_eq!(printed, notes);
}

/// However much stands above it, a heading is never the last on its page.
#[test]
fn no_heading_stands_alone_at_the_foot_of_a_page() {
    for filler in 20..46 {
        let mut document = short(PaperSize::A4);
        let rows = vec![payment("2026-01-20", "bkg_1", "Ann Host", 100); 3];
        let columns = ["Paid on", "Booking", "Host", ">Amount", "Outcome"];
        document.facts = facts(&vec![("Fact", "stated"); filler]);
        document.sections = vec![
            section("Prose", vec![words(&policy(1))]),
            section(
                "Payments",
                vec![EvidenceBlock::Table(table(&columns, rows))],
            ),
        ];
        let pages = boxes(&evidence_pdf(&document).unwrap());
        for (heading, next) in [("Prose", "1."), ("Payments", "bkg_1"), ("reviewed", "Ann")] {
            let page = pages.iter().find(|page| page.word(heading).is_some());
            let page = page.expect("the heading is somewhere");
            let below = page.word(heading).unwrap().bottom;
            assert!(
                page.words
                    .iter()
                    .any(|w| w.text == next && w.bottom > below),
                "{heading} stands alone with {filler} facts above"
            );
        }
    }
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    let document = long(PaperSize::A4);
    let first = evidence_pdf(&document).unwrap();
    assert!(first == evidence_pdf(&document).unwrap());
    let differs = |change: &dyn Fn(&mut EvidencePaper)| {
        let mut other = document.clone();
        change(&mut other);
        first != evidence_pdf(&other).unwrap()
    };
    assert!(differs(&|d| d.generated_at = "2026-03-18T10:41:08Z".into()));
    assert!(differs(&|d| d.sections[6].title.push('s')));
    assert!(differs(&|d| d.reviewed = None));
}

#[test]
fn what_can_t_be_printed_is_refused() {
    let refused = |change: &dyn Fn(&mut EvidencePaper)| {
        let mut document = short(PaperSize::A4);
        change(&mut document);
        evidence_pdf(&document).unwrap_err()
    };
    let rows_of = |document: &mut EvidencePaper, change: &dyn Fn(&mut EvidenceTable)| {
        let EvidenceBlock::Table(table) = &mut document.sections[3].blocks[0] else {
            panic!("the payments are a table");
        };
        change(table);
    };
    let error = refused(&|d| {
        rows_of(d, &|table| {
            table.rows[1].pop();
        });
    });
    assert_eq!(
        error.to_string(),
        "row 2 of \"Earlier payments by the same participant\": 4 cells for 5 columns"
    );
    let error = refused(&|d| {
        rows_of(d, &|table| {
            *table = fixtures::table(&["Column"; 60], vec![texts(&["cell"; 60])]);
        });
    });
    assert!(matches!(error, Error::Pdf(_)), "{error}");
    let error = refused(&|d| d.generated_at = "2026-03-18".into());
    assert!(matches!(error, Error::BadTime { .. }), "{error}");
}

/// Never a panic, never a word on another, whatever the strings hold.
#[test]
fn hostile_text_is_printed_harmlessly() {
    let nasty = "\u{202E}\u{0}\n\t(\\) \u{301}\u{10FFFF}\u{FEFF} مرحبا שלום 山田 👩‍👩‍👧 \u{2028}\r\n";
    let wide = "W".repeat(3000);
    let mut document = short(PaperSize::Letter);
    document.title = nasty.repeat(20) + &wide;
    document.ledger_name = "M".repeat(500);
    document.summary = nasty.repeat(200);
    document
        .facts
        .push(Fact::new(wide.clone(), nasty.repeat(50)));
    document.sections.push(section(
        &nasty.repeat(9),
        vec![
            EvidenceBlock::Quotation(wide.clone() + nasty),
            EvidenceBlock::Table(table(
                &[&wide, ">Amount", nasty, ">"],
                vec![vec![
                    wide.as_str().into(),
                    fixtures::usd(i64::MIN).into(),
                    nasty.repeat(40).into(),
                    wide.as_str().into(),
                ]],
            )),
        ],
    ));
    document.prepared = WhoWhen {
        who: wide,
        when: nasty.to_owned(),
    };
    let pdf = evidence_pdf(&document).unwrap();
    let text = read_back("evidence-hostile", &pdf);
    assert_has(&title(&pdf), "مرحبا שלום 山田 👩👩👧");
    assert!(!title(&pdf).contains(['\u{202E}', '\u{0}', '\u{200D}']));
    assert_has(&text, "\u{FFFD} stands for a character");
    let pages = boxes(&pdf);
    let all = run_together(&pages);
    assert_has(&all, "\u{2212}92,233,720,368,547,758.08USD");
    assert!(all.matches('W').count() >= 6 * 3000, "something was cut");
}
