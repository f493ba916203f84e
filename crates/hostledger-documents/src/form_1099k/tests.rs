//! Forms read back with poppler's tools: every box with its value, where the address stands, and
//! what is refused.

use super::*;
use crate::reading::{
    Page, Word, assert_apart, assert_fonts_embedded, assert_has, boxes as words_of, lines,
    read_back, title,
};

mod fixtures;
mod refusals;
use fixtures::{LONG_NAME, awkward, full, plain};

const MADE: &str = "2027-01-18T10:41:07Z";
const PAPERS: [PaperSize; 2] = [PaperSize::Letter, PaperSize::A4];
const COPIES: [FormCopy; 3] = [FormCopy::Recipient, FormCopy::Filer, FormCopy::State];
/// What DL, DIN and #10 windows show of the sheet, however it slips: millimetres in points.
const WINDOW_X: (i64, i64) = (71, 283);
const WINDOW_Y: (i64, i64) = (155, 229);

fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

fn print(form: &Form1099k, copy: FormCopy, paper: PaperSize) -> Result<Vec<u8>, Error> {
    form_pdf(&Press::new()?, form, copy, paper, MADE)
}

/// Prints the form, checks that nothing overlaps, and gives its pages.
fn printed(name: &str, form: &Form1099k, copy: FormCopy, paper: PaperSize) -> Vec<Page> {
    let pdf = print(form, copy, paper).unwrap();
    read_back(&format!("1099k-{name}-{copy:?}-{paper:?}"), &pdf);
    let pages = words_of(&pdf);
    assert_apart(&pages, 40);
    pages
}

/// Caption and value of the box whose caption begins with the `nth` word that reads `first`, as
/// they run within `width` by `height` points. Captions are set smaller than values.
fn in_box(page: &Page, first: &str, nth: usize, (width, height): (i64, i64)) -> (String, String) {
    let small = |word: &Word| word.bottom - word.top < 9500;
    let mut captions = page
        .words
        .iter()
        .filter(|word| small(word) && word.text == first);
    let word = captions.nth(nth).unwrap_or_else(|| panic!("no {first}"));
    let (x, y) = (word.left - 2000, word.top - 2000);
    let inside = page.words.iter().filter(|word| {
        word.left >= x
            && word.right <= x + width * 1000
            && word.top >= y
            && word.bottom <= y + height * 1000
    });
    let (caption, value): (Vec<&Word>, Vec<&Word>) = inside.partition(|word| small(word));
    let run = |words: Vec<&Word>| {
        let words = words.iter().filter(|word| word.text != "$");
        words.map(|word| word.text.as_str()).collect::<String>()
    };
    (run(caption), run(value))
}

#[test]
fn every_box_has_its_caption_and_value() {
    for paper in PAPERS {
        let pages = printed("boxes", &full(), FormCopy::Recipient, paper);
        let page = &pages[0];
        let quarter = (page.width / 1000 - 80) / 4;
        let gross = "1aGrossamountofpaymentcard/thirdpartynetworktransactions";
        for (number, parts, height, caption, value) in [
            ("2", 1, 27, "2Merchantcategorycode", ""),
            ("3", 1, 27, "3Numberofpaymenttransactions", "1,204"),
            ("4", 2, 27, "4Federalincometaxwithheld", "2,400.17"),
            ("5a", 1, 27, "5aJanuary", "1,234.56"),
            ("5b", 1, 27, "5bFebruary", "2,345.67"),
            ("5c", 1, 27, "5cMarch", "3,456.78"),
            ("5d", 1, 27, "5dApril", "0.01"),
            ("5e", 1, 27, "5eMay", "0.00"),
            ("5f", 1, 27, "5fJune", "2,020.20"),
            ("5g", 1, 27, "5gJuly", "3,030.30"),
            ("5h", 1, 27, "5hAugust", "4,040.40"),
            ("5i", 1, 27, "5iSeptember", "1,505.05"),
            ("5j", 1, 27, "5jOctober", "2,606.06"),
            ("5k", 1, 27, "5kNovember", "3,707.07"),
            ("5l", 1, 27, "5lDecember", "4,808.08"),
            ("6", 1, 27, "6State", "VT"),
        ] {
            let (found, stands) = in_box(page, number, 0, (quarter * parts - 2, height));
            assert_eq!(
                (found.as_str(), stands.as_str()),
                (caption, value),
                "{paper:?}"
            );
        }
        for (number, width, caption, value) in [
            ("1a", 160, gross, "28,754.18"),
            ("1b", 110, "1bCardNotPresenttransactions", ""),
            ("1c", 84, "1cCashtips", ""),
            ("1d", 150, "1dTreasuryTippedOccupationCode(s)", ""),
        ] {
            let (found, stands) = in_box(page, number, 0, (width, 37));
            assert_eq!(
                (found.as_str(), stands.as_str()),
                (caption, value),
                "{paper:?}"
            );
        }
        let wide = quarter * 3 / 2 - 2;
        for (number, nth, width, caption, value) in [
            ("6", 1, quarter - 2, "6State", "MA"),
            ("7", 0, wide, "7Stateidentificationno.", "WHT-10001234"),
            ("7", 1, wide, "7Stateidentificationno.", "11-987654"),
            ("8", 0, wide, "8Stateincometaxwithheld", "123.45"),
            ("8", 1, wide, "8Stateincometaxwithheld", "67.89"),
            ("FILER'S", 1, 118, "FILER'STIN", "12-3456789"),
            ("PAYEE'S", 1, 118, "PAYEE'STIN", "XXX-XX-9731"),
            (
                "Account",
                0,
                180,
                "Accountnumber(seeinstructions)",
                "host_000123",
            ),
            ("2nd", 0, 50, "2ndTINnot.", "X"),
        ] {
            let (found, stands) = in_box(page, number, nth, (width, 27));
            assert_eq!(
                (found.as_str(), stands.as_str()),
                (caption, value),
                "{paper:?}"
            );
        }
    }
}

#[test]
fn the_form_reads_line_by_line() {
    for (name, form, copy, wanted) in [
        (
            "plain",
            plain(),
            FormCopy::Recipient,
            include_str!("tests/plain.txt"),
        ),
        (
            "full",
            full(),
            FormCopy::Filer,
            include_str!("tests/full.txt"),
        ),
    ] {
        let pdf = print(&form, copy, PaperSize::Letter).unwrap();
        let text = read_back(&format!("1099k-{name}"), &pdf);
        assert_eq!(lines(&text).join("\n"), wanted.trim_end());
        assert_fonts_embedded(&pdf);
        assert_eq!(title(&pdf), "Form 1099-K 2026, host_000123");
    }
}

#[test]
fn the_payee_and_nothing_else_shows_in_the_window() {
    for paper in PAPERS {
        for copy in COPIES {
            for form in [plain(), full(), awkward(LONG_NAME)] {
                let pages = printed("window", &form, copy, paper);
                let payee = &form.payee;
                let address = bare(
                    &[&payee.name, &payee.second_name]
                        .map(String::as_str)
                        .concat(),
                ) + &bare(&payee.address_lines.concat());
                assert_eq!(pages[0].within(WINDOW_X, WINDOW_Y), address);
                // Windows reach a little further than what each of them is sure to show: from 45
                // mm down to 94 mm, across to 136 mm.
                assert_eq!(pages[0].within((0, 386), (128, 266)), address);
            }
        }
    }
}

#[test]
fn only_the_payee_s_copy_truncates_the_tin() {
    for (copy, shown, hidden) in [
        (FormCopy::Recipient, "XXX-XX-9731", "219-09-9731"),
        (FormCopy::Filer, "219-09-9731", "XXX-XX-9731"),
        (FormCopy::State, "219-09-9731", "XXX-XX-9731"),
    ] {
        let pdf = print(&full(), copy, PaperSize::Letter).unwrap();
        let text = read_back("1099k-tin", &pdf);
        assert_has(&text, shown);
        assert_has(&text, "12-3456789");
        assert!(!text.contains(hidden), "{copy:?}");
    }
}

#[test]
fn copies_differ_in_title_and_in_what_follows() {
    for (copy, title, pages) in [
        (FormCopy::Recipient, "Copy B", 3),
        (FormCopy::Filer, "Not for filing on paper", 2),
        (FormCopy::State, "For State Tax Department", 1),
    ] {
        for paper in PAPERS {
            let found = printed("copies", &full(), copy, paper);
            assert_eq!(found.len(), pages, "{copy:?} {paper:?}");
            assert_has(&run_together(&found[..1]), &bare(title));
        }
    }
    let text = read_back(
        "1099k-legend",
        &print(&full(), FormCopy::Recipient, PaperSize::Letter).unwrap(),
    );
    let text = bare(&text);
    assert_has(&text, "OMBNo.1545-2205");
    assert_has(&text, "InstructionsforPayee");
}

fn run_together(pages: &[Page]) -> String {
    let words = pages.iter().flat_map(|page| &page.words);
    words.map(|word| word.text.as_str()).collect()
}

/// The mark in the check box at the left of `words`, which are matched as they run.
fn ticked(page: &Page, words: &str) -> bool {
    let first = words.split(' ').next().unwrap();
    // The last: the form's name has a "Third" as well.
    let word = page.words.iter().rev().find(|word| word.text == first);
    let word = word.unwrap_or_else(|| panic!("no {first}"));
    let (x, y) = (word.left / 1000, word.top / 1000);
    page.within((x - 14, x), (y - 3, y + 14)) == "X"
}

#[test]
fn marks_are_where_they_belong() {
    let first = |form: &Form1099k, copy| printed("marks", form, copy, PaperSize::Letter).remove(0);
    let page = first(&plain(), FormCopy::Recipient);
    assert!(!ticked(&page, "CORRECTED"));
    assert!(page.word("VOID").is_none(), "copy B has no VOID");
    assert!(ticked(&page, "Third") && !ticked(&page, "Electronic"));
    let all = run_together(std::slice::from_ref(&page));
    assert_has(&all, "XPaymentsettlemententity(PSE)");
    assert!(!all.contains("XPaymentcard"));

    let page = first(&full(), FormCopy::Filer);
    assert!(ticked(&page, "CORRECTED") && !ticked(&page, "VOID"));
    assert!(ticked(&page, "Electronic"));

    let mut void = plain();
    void.void = true;
    for copy in COPIES {
        let page = first(&void, copy);
        assert!(ticked(&page, "VOID") && !ticked(&page, "CORRECTED"));
    }
}

#[test]
fn before_2026_there_are_no_boxes_for_tips() {
    let mut form = plain();
    form.year = 2025;
    let pages = printed("2025", &form, FormCopy::Recipient, PaperSize::Letter);
    let text = run_together(&pages);
    assert!(!text.contains("1c") && !text.contains("tips"));
    assert_has(&text, "2025");
}

#[test]
fn long_and_foreign_names_are_whole() {
    for (name, payee) in [
        ("long", LONG_NAME),
        (
            "greek",
            "Μαρία-Ελένη Παπαδοπούλου-Κωνσταντινίδου του Χαράλαμπου και της Ευφροσύνης",
        ),
        (
            "vietnamese",
            "Công Tằng Tôn Nữ Ngọc Ánh Nguyệt Đặng Thị Phương Uyên Nguyễn Phúc",
        ),
        (
            "apostrophes",
            "D'Angela O'Shaughnessy-N'Diaye M'Gann Ta'ameu L'Écuyer d'Ὀλυμπίᾱ",
        ),
        ("wide", &"W".repeat(80)),
    ] {
        for paper in PAPERS {
            let form = awkward(payee);
            let pages = printed(name, &form, FormCopy::Recipient, paper);
            let all = run_together(&pages);
            assert_has(&all, &bare(payee));
            for text in [
                &form.filer.name,
                &form.filer.pse,
                &form.payee.second_name,
                &form.account_number,
                &form.states[0].state_id,
            ]
            .into_iter()
            .chain(&form.filer.address_lines)
            {
                assert_has(&all, &bare(text));
            }
            assert_has(&all, "4,294,967,295");
            assert_has(&all, "1,481,481,468,148.08");
        }
    }
}

#[test]
fn letters_that_the_paper_lacks_are_explained_on_that_form_alone() {
    let mut form = plain();
    form.payee.name = "山田太郎".into();
    let press = Press::new().unwrap();
    let forms = [form, plain()];
    let pdf = forms_pdf(&press, &forms, FormCopy::State, PaperSize::Letter, MADE).unwrap();
    let pages = words_of(&pdf);
    assert!(pages[0].word("typeface").is_some());
    assert!(pages[1].word("typeface").is_none());
}

#[test]
fn the_bridge_shows_every_column_and_currency() {
    let pdf = print(&full(), FormCopy::Filer, PaperSize::Letter).unwrap();
    let text = lines(&read_back("1099k-bridge", &pdf)).join("\n");
    for wanted in [
        "From box 1a to what you were paid",
        "In USD",
        "January 10.00 1,234.56 \u{2212}61.72 \u{2212}308.64 \u{2212}37.41 0.00 0.00 \
         \u{2212}753.12 83.67",
        "Year 10.00 27,946.10 \u{2212}1,397.27",
        "In JPY",
        "December 0 120,500 \u{2212}6,025 \u{2212}30,125 \u{2212}3,651 0 0 \u{2212}72,630 8,069",
        "In box 1a the gross of 120,500 JPY counts as 808.08 USD",
        "also for payments of earlier months.",
    ] {
        assert_has(&text, wanted);
    }
}

#[test]
fn many_forms_are_one_file_that_numbers_each_form_s_pages() {
    let press = Press::new().unwrap();
    let mut forms = vec![plain(), full(), plain()];
    forms[2].account_number = "host_000999".into();
    let pdf = forms_pdf(&press, &forms, FormCopy::Recipient, PaperSize::Letter, MADE).unwrap();
    let text = read_back("1099k-many", &pdf);
    let pages = words_of(&pdf);
    assert_eq!(pages.len(), 2 + 3 + 2);
    assert_eq!(text.matches("Page 1 of 2").count(), 2);
    assert_eq!(text.matches("Page 3 of 3").count(), 1);
    assert_eq!(title(&pdf), "Forms 1099-K 2026, host_000123 to host_000999");
    // A form at fault ends it.
    forms[1].gross_cents += 1;
    assert!(forms_pdf(&press, &forms, FormCopy::Recipient, PaperSize::Letter, MADE).is_err());
}

/// Also after other forms came off the same press.
#[test]
fn the_same_form_gives_the_same_bytes() {
    let press = Press::new().unwrap();
    let make = |form: &Form1099k| {
        form_pdf(&press, form, FormCopy::Recipient, PaperSize::Letter, MADE).unwrap()
    };
    let first = make(&full());
    let other = make(&awkward(LONG_NAME));
    assert!(first == make(&full()));
    assert!(first == print(&full(), FormCopy::Recipient, PaperSize::Letter).unwrap());
    assert!(first != other);
}

/// How long 1,000 payees' copies take; run with `--release` and `--run-ignored all`.
#[test]
#[ignore = "a measurement"]
fn a_thousand_forms() {
    let press = Press::new().unwrap();
    let forms: Vec<Form1099k> = (0..1000)
        .map(|i| Form1099k {
            account_number: format!("host_{i:06}"),
            ..full()
        })
        .collect();
    let start = std::time::Instant::now();
    let sizes: usize = forms
        .iter()
        .map(|form| form_pdf(&press, form, FormCopy::Recipient, PaperSize::Letter, MADE))
        .map(|pdf| pdf.unwrap().len())
        .sum();
    eprintln!("1,000 files: {:?}, {sizes} bytes", start.elapsed());
    for part in [100, 250, 500] {
        let start = std::time::Instant::now();
        let sizes: usize = forms
            .chunks(part)
            .map(|forms| forms_pdf(&press, forms, FormCopy::Recipient, PaperSize::Letter, MADE))
            .map(|pdf| pdf.unwrap().len())
            .sum();
        eprintln!("parts of {part}: {:?}, {sizes} bytes", start.elapsed());
    }
}
