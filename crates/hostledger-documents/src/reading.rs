//! For tests: papers read back with poppler's tools, as lines and as boxes.

use std::path::Path;
use std::process::Command;

/// Runs a tool of poppler's on `pdf`, whose path stands between the arguments.
fn run(tool: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paper.pdf");
    std::fs::write(&path, pdf).unwrap();
    let output = Command::new(tool)
        .args(before)
        .arg(&path)
        .args(after)
        .output()
        .unwrap_or_else(|e| panic!("{tool} must be installed (apt install poppler-utils): {e}"));
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "",
        "poppler found the file unsound"
    );
    output.stdout
}

/// The text as it lies on the pages; keeps the PDF in `HOSTLEDGER_PAPERS` if that names a folder.
pub(crate) fn read_back(name: &str, pdf: &[u8]) -> String {
    if let Some(keep) = std::env::var_os("HOSTLEDGER_PAPERS") {
        std::fs::write(Path::new(&keep).join(format!("{name}.pdf")), pdf).unwrap();
    }
    let text = run("pdftotext", &["-layout", "-enc", "UTF-8"], pdf, &["-"]);
    String::from_utf8(text).unwrap()
}

/// The title that the file gives itself.
pub(crate) fn title(pdf: &[u8]) -> String {
    let info = String::from_utf8(run("pdfinfo", &["-enc", "UTF-8"], pdf, &[])).unwrap();
    let title = info.lines().find_map(|line| line.strip_prefix("Title:"));
    title.unwrap_or_default().trim().to_owned()
}

pub(crate) fn assert_has(text: &str, wanted: &str) {
    assert!(text.contains(wanted), "\"{wanted}\" is missing in:\n{text}");
}

/// The lines with something on them, runs of spaces as one.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect()
}

/// Both fonts are in the file, give back their text, and hold only the letters that are used:
/// each whole font has over 600 kB.
pub(crate) fn assert_fonts_embedded(pdf: &[u8]) {
    let listed = String::from_utf8(run("pdffonts", &[], pdf, &[])).unwrap();
    let fonts: Vec<&str> = listed.lines().skip(2).collect();
    assert_eq!(fonts.len(), 2, "{listed}");
    for font in fonts {
        // From the end: generation, object, with Unicode, tagged as a subset, embedded.
        let cells: Vec<&str> = font.split_whitespace().rev().collect();
        assert_eq!((cells[2], cells[4]), ("yes", "yes"), "{listed}");
    }
    assert!(pdf.len() < 60_000, "{} bytes", pdf.len());
}

/// A word and its place, in thousandths of a point from the top left corner.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) left: i64,
    pub(crate) right: i64,
    pub(crate) top: i64,
    pub(crate) bottom: i64,
}

/// A page's size in thousandths of a point, and its words.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) words: Vec<Word>,
}

impl Page {
    /// The first word that reads so.
    pub(crate) fn word(&self, text: &str) -> Option<&Word> {
        self.words.iter().find(|word| word.text == text)
    }

    /// The words inside a rectangle, without the spaces between them; in points.
    pub(crate) fn within(&self, x: (i64, i64), y: (i64, i64)) -> String {
        let inside = |word: &&Word| {
            word.left >= x.0 * 1000
                && word.right <= x.1 * 1000
                && word.top >= y.0 * 1000
                && word.bottom <= y.1 * 1000
        };
        self.words
            .iter()
            .filter(inside)
            .map(|word| word.text.as_str())
            .collect()
    }
}

/// Every page with the boxes of its words.
pub(crate) fn boxes(pdf: &[u8]) -> Vec<Page> {
    let html = run("pdftotext", &["-bbox", "-enc", "UTF-8"], pdf, &["-"]);
    // The head repeats the file's title, and poppler writes letters such as emoji wrongly there.
    let body = html.windows(5).position(|five| five == b"<doc>").unwrap();
    let html = String::from_utf8(html[body..].to_vec()).unwrap();
    let mut pages: Vec<Page> = Vec::new();
    for line in html.lines().map(str::trim) {
        if line.starts_with("<page ") {
            pages.push(Page {
                width: attribute(line, "width"),
                height: attribute(line, "height"),
                words: Vec::new(),
            });
        } else if line.starts_with("<word ") {
            let (_, text) = line.split_once('>').unwrap();
            let word = Word {
                text: unescaped(text.strip_suffix("</word>").unwrap()),
                left: attribute(line, "xMin"),
                right: attribute(line, "xMax"),
                top: attribute(line, "yMin"),
                bottom: attribute(line, "yMax"),
            };
            pages.last_mut().unwrap().words.push(word);
        }
    }
    assert!(!pages.is_empty());
    pages
}

/// A number with six decimals as thousandths.
fn attribute(line: &str, name: &str) -> i64 {
    let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
    let (number, _) = rest.split_once('"').unwrap();
    let (whole, decimals) = number.split_once('.').unwrap();
    assert_eq!(decimals.len(), 6, "{number}");
    format!("{whole}{}", &decimals[..3]).parse().unwrap()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// Every word keeps `side` points away from the left and right edge and inside head and foot, and
/// no two words lie on each other.
pub(crate) fn assert_apart(pages: &[Page], side: i64) {
    for (number, page) in pages.iter().enumerate() {
        for word in &page.words {
            let inside = word.left >= side * 1000 - 100
                && word.right <= page.width - side * 1000 + 100
                && word.top >= 20_000
                && word.bottom <= page.height - 15_000;
            assert!(inside, "page {}: {word:?} leaves the text", number + 1);
        }
        for (i, a) in page.words.iter().enumerate() {
            for b in &page.words[i + 1..] {
                // Boxes are as high as the font's tallest letters; the inner half is the text.
                let inner = |w: &Word| {
                    let quarter = (w.bottom - w.top) / 4;
                    (w.top + quarter, w.bottom - quarter)
                };
                let (a_y, b_y) = (inner(a), inner(b));
                let across = a.left + 200 < b.right && b.left + 200 < a.right;
                let along = a_y.0 < b_y.1 && b_y.0 < a_y.1;
                assert!(
                    !(across && along),
                    "page {}: {a:?} lies on {b:?}",
                    number + 1
                );
            }
        }
    }
}

#[test]
fn words_on_each_other_and_outside_are_found() {
    let word = |left, right| Word {
        text: "word".into(),
        left,
        right,
        top: 100_000,
        bottom: 112_000,
    };
    let page = |words| Page {
        width: 500_000,
        height: 700_000,
        words,
    };
    let fails = |words| {
        let pages = [page(words)];
        std::panic::catch_unwind(|| assert_apart(&pages, 50)).is_err()
    };
    assert!(!fails(vec![word(50_000, 90_000), word(92_000, 450_000)]));
    assert!(fails(vec![word(50_000, 93_000), word(92_000, 450_000)]));
    assert!(fails(vec![word(50_000, 451_000)]));
    assert!(fails(vec![word(49_000, 90_000)]));
}
