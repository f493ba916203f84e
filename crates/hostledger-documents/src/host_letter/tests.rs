//! The letter read back with poppler's tools: what it says, and where it stands.

use super::*;
use crate::PaperSize;
use crate::reading::{
    Page, Word, assert_apart, assert_fonts_embedded, assert_has, boxes, lines, read_back,
};

mod fixtures;
use fixtures::{awkward, carried, clawback, hold, lengthy, money};

const SIDE: i64 = 72;
/// What DL, DIN and #10 windows show of the sheet, however it slips: millimetres in points.
const WINDOW_X: (i64, i64) = (71, 283);
const WINDOW_Y: (i64, i64) = (155, 229);

fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

fn run_together(pages: &[Page]) -> String {
    let words = pages.iter().flat_map(|page| &page.words);
    words.map(|word| word.text.as_str()).collect()
}

/// Prints the letter, checks that nothing overlaps, and gives its boxes.
fn printed(name: &str, letter: &HostLetter) -> Vec<Page> {
    let pdf = letter_pdf(letter).unwrap();
    read_back(name, &pdf);
    let pages = boxes(&pdf);
    assert_apart(&pages, SIDE);
    pages
}

#[test]
fn each_kind_of_letter_reads_line_by_line() {
    for (name, letter, wanted) in [
        ("hold", hold(PaperSize::A4), include_str!("tests/hold.txt")),
        (
            "clawback",
            clawback(PaperSize::A4),
            include_str!("tests/clawback.txt"),
        ),
        (
            "carried",
            carried(PaperSize::Letter),
            include_str!("tests/carried.txt"),
        ),
    ] {
        let pdf = letter_pdf(&letter).unwrap();
        let text = read_back(&format!("letter-{name}"), &pdf);
        assert_eq!(lines(&text).join("\n"), wanted.trim_end());
        assert_apart(&boxes(&pdf), SIDE);
        assert_fonts_embedded(&pdf);
    }
}

#[test]
fn the_address_and_nothing_else_shows_in_the_window() {
    for paper in [PaperSize::A4, PaperSize::Letter] {
        for letter in [hold(paper), clawback(paper), carried(paper), awkward(paper)] {
            let pages = printed(&format!("letter-window-{paper:?}"), &letter);
            let address = bare(&(letter.recipient.clone() + &letter.address.concat()));
            assert_eq!(pages[0].within(WINDOW_X, WINDOW_Y), address);
            // Windows reach a little further than what each of them is sure to show: from 45 mm
            // down to 94 mm, across to 136 mm.
            let around = pages[0].within((0, 386), (128, 266));
            assert_eq!(around, address);
        }
    }
}

#[test]
fn long_names_and_amounts_are_whole() {
    for paper in [PaperSize::A4, PaperSize::Letter] {
        let letter = awkward(paper);
        let pages = printed(&format!("letter-awkward-{paper:?}"), &letter);
        assert_eq!(pages.len(), 1);
        let all = run_together(&pages);
        let figures = letter.figures.iter().map(|figure| &figure.note);
        for text in [&letter.sender, &letter.subject, &letter.reference]
            .into_iter()
            .chain(&letter.before)
            .chain(&letter.signed_by)
            .chain(figures)
        {
            assert_has(&all, &bare(text));
        }
        assert_has(&all, "1,234,567,890.12USD");
        assert_has(&all, "\u{2212}1,234.567KWD");
        assert_has(&all, "2,000,000JPY");
    }
}

#[test]
fn figures_stand_below_each_other_and_notes_below_their_labels() {
    let pages = printed("letter-figures", &carried(PaperSize::A4));
    let number = |text: &str| pages[0].word(text).unwrap();
    let edges = ["3.10", "13.12", "\u{2212}0.05", "16.17"].map(|text| number(text).right);
    assert!(
        edges.iter().max().unwrap() - edges.iter().min().unwrap() < 20,
        "{edges:?}"
    );
    let currencies: Vec<&Word> = pages[0]
        .words
        .iter()
        .filter(|word| word.text == "USD" && word.left > edges[0])
        .collect();
    assert_eq!(currencies.len(), 4);
    let note = number("bkg_00000801.");
    let (above, below) = (number("13.12"), number("\u{2212}0.05"));
    assert!(above.bottom <= note.top + 3000 && note.bottom <= below.top + 3000);
    assert!(
        note.bottom - note.top < above.bottom - above.top,
        "notes are smaller"
    );
}

#[test]
fn a_long_letter_goes_on_over_pages_and_loses_nothing() {
    let letter = lengthy(12, 40);
    let pdf = letter_pdf(&letter).unwrap();
    let text = read_back("letter-long", &pdf);
    let pages = boxes(&pdf);
    assert_apart(&pages, SIDE);
    assert!(pages.len() >= 4);
    let body: String = pages
        .iter()
        .map(|page| page.within((0, page.width / 1000), (46, page.height / 1000 - 42)))
        .collect();
    for words in letter.before.iter().chain(&letter.after) {
        assert_has(&body, &bare(words));
    }
    for figure in letter.figures.iter().chain(&letter.total) {
        let amount = Figure::of(figure.amount).for_paper();
        assert_has(
            &body,
            &bare(&format!("{}{amount}EUR{}", figure.label, figure.note)),
        );
    }
    // The sender's head on the first page is not the running head of the others.
    let head = "To Μαρία Παπαδοπούλου, 18 March 2026";
    assert_eq!(text.matches(head).count(), pages.len() - 1);
    assert_has(&text, &format!("Page {0} of {0}", pages.len()));
}

/// Whatever the length: the closing has words above it and the total a figure, on the same page.
#[test]
fn closing_and_total_are_never_alone_on_a_page() {
    let mut seen = [0, 0];
    for figures in 1..34 {
        let letter = lengthy(3, figures);
        let pages = boxes(&letter_pdf(&letter).unwrap());
        let page_with = |text: &str| {
            let page = pages.iter().position(|page| page.word(text).is_some());
            page.unwrap_or_else(|| panic!("{text} is missing"))
        };
        let last = format!("bkg_{figures:05}");
        assert_eq!(
            page_with("clawbacks"),
            page_with(&last),
            "{figures} figures"
        );
        let closing = page_with("Kind");
        let words = pages[closing].within((0, 600), (46, 800));
        let (above, _) = words.split_once("Kindregards,").unwrap();
        assert!(above.ends_with("Endof4."), "{figures} figures: {above}");
        seen[closing.min(1)] += 1;
    }
    assert!(
        seen[0] > 0 && seen[1] > 0,
        "the closing moves to another page: {seen:?}"
    );
}

#[test]
fn without_words_after_the_figures_the_total_stands_above_the_closing() {
    let mut seen = [0, 0];
    for figures in 9..34 {
        let mut letter = lengthy(3, figures);
        letter.after.clear();
        let pages = boxes(&letter_pdf(&letter).unwrap());
        let page = pages.iter().position(|page| page.word("Kind").is_some());
        let page = page.expect("the closing is somewhere");
        assert!(
            pages[page].word("clawbacks").is_some(),
            "{figures} figures: the closing stands alone"
        );
        seen[page.min(2) / 2] += 1;
    }
    assert!(
        seen[0] > 0 && seen[1] > 0,
        "the closing moves to another page: {seen:?}"
    );
}

#[test]
fn a_short_table_of_figures_is_not_parted_over_pages() {
    let mut seen = [0, 0];
    for paragraphs in 1..10 {
        let pages = boxes(&letter_pdf(&lengthy(paragraphs, 7)).unwrap());
        let page_with = |text: &str| {
            let page = pages.iter().position(|page| page.word(text).is_some());
            page.unwrap_or_else(|| panic!("{text} is missing"))
        };
        assert_eq!(page_with("bkg_00001"), page_with("clawbacks"));
        seen[page_with("clawbacks").min(1)] += 1;
    }
    assert!(
        seen[0] > 0 && seen[1] > 0,
        "the table moves to another page: {seen:?}"
    );
}

#[test]
fn small_print_stands_at_the_foot_of_the_last_page() {
    let pages = printed("letter-foot", &hold(PaperSize::A4));
    let (page, fees) = (&pages[0], pages[0].word("Fees").unwrap());
    assert!(page.height - fees.bottom < 90_000);
    assert!(fees.bottom - fees.top < 11_000);
}

#[test]
fn parts_that_are_not_there_leave_no_trace() {
    let mut letter = carried(PaperSize::A4);
    letter.address.clear();
    letter.figures.clear();
    letter.total = None;
    letter.after = vec![String::new()];
    letter.closing = String::new();
    letter.signed_by.clear();
    letter.small_print = vec![" ".into()];
    let pdf = letter_pdf(&letter).unwrap();
    let wanted = [
        "Platform Creators",
        "Sinéad O'Brien",
        "18 March 2026",
        "Your balance is carried to the next payout",
        "Dear Sinéad O'Brien,",
    ];
    let text = lines(&read_back("letter-bare", &pdf));
    assert_eq!(text[..5], wanted);
    assert_eq!(text.last().unwrap(), "Page 1 of 1");
    let nothing = HostLetter {
        generated_at: letter.generated_at,
        date: letter.date,
        ..HostLetter::default()
    };
    let text = lines(&read_back("letter-nothing", &letter_pdf(&nothing).unwrap()));
    assert_eq!(text, ["18 March 2026", "Page 1 of 1"]);
}

#[test]
fn figures_that_disagree_are_refused() {
    let refused = |change: &dyn Fn(&mut HostLetter)| {
        let mut letter = clawback(PaperSize::A4);
        change(&mut letter);
        letter_pdf(&letter).unwrap_err().to_string()
    };
    assert_eq!(
        refused(&|l| l.figures[0].amount.amount_minor += 1),
        "total of the letter to Μαρία Παπαδοπούλου: stated 1,244.50 EUR, but its parts add up to \
         1,244.51 EUR"
    );
    assert_has(
        &refused(&|l| l.figures[1].amount = money(-6790, "USD")),
        "67.90 USD",
    );
    // The same number of minor units is not the same money.
    assert_has(
        &refused(&|l| l.figures[1].amount = money(-6790, "JPY")),
        "JPY",
    );
    assert_has(&refused(&|l| l.figures.clear()), "add up to 0 EUR");
    assert_has(&refused(&|l| l.date = "18 March".into()), "YYYY-MM-DD");
    assert_has(&refused(&|l| l.generated_at = "today".into()), "instant");
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    let letter = lengthy(3, 30);
    let first = letter_pdf(&letter).unwrap();
    assert!(first == letter_pdf(&letter).unwrap());
    let mut other = letter;
    other.signed_by[1].push('.');
    assert!(first != letter_pdf(&other).unwrap());
}

/// Never a panic, whatever the strings hold; a name that can't be shown is explained.
#[test]
fn hostile_text_is_printed_harmlessly() {
    let nasty = "\u{202E}\u{0}\n\t(\\) \u{301}\u{10FFFF} مرحبا שלום 山田 👩‍👩‍👧 \u{2028}\r\n";
    let wide = "W".repeat(3000);
    let mut letter = hold(PaperSize::Letter);
    letter.recipient = nasty.repeat(30);
    letter.address = vec![wide.clone(), nasty.to_owned()];
    letter.sender = "M".repeat(500);
    letter.subject = wide.clone() + nasty;
    letter.reference = nasty.repeat(50);
    letter.before = vec![wide.clone(), nasty.repeat(300)];
    letter.figures = vec![LetterFigure::new(&wide, money(i64::MIN, "USD")).noted(&wide)];
    letter.closing = nasty.to_owned();
    letter.signed_by = vec![wide.clone()];
    letter.small_print = vec![wide; 3];
    let pdf = letter_pdf(&letter).unwrap();
    read_back("letter-hostile", &pdf);
    let all = run_together(&boxes(&pdf));
    assert_has(&all, "\u{2212}92,233,720,368,547,758.08USD");
    assert_has(
        &all,
        "\u{FFFD}standsforaletterthatourprintedpaperscan'tshow.",
    );
    assert!(all.matches('W').count() >= 9 * 3000, "something was cut");
}
