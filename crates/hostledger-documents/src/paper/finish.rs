//! From drawn pages to the bytes of a PDF that repeats byte for byte.
#![allow(
    clippy::disallowed_types,
    reason = "positions on paper are points in f32, as the PDF library wants them; no money here"
)]

use lopdf::{Dictionary, Object, StringFormat};
use printpdf::{Op, PdfDocument, PdfFont, PdfPage, PdfSaveOptions, Pt, Rect};
use sha2::{Digest, Sha256};

use super::sheets::Weight;
use super::typeface::{Typeface, one_line};
use crate::Error;

/// An instant in UTC, read from `2026-03-16T09:12:04Z` (fractions of a second are dropped).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PdfInstant {
    date: String,
    time: String,
}

impl PdfInstant {
    pub(crate) fn parse(text: &str, place: &str) -> Result<Self, Error> {
        let bad = || Error::BadTime {
            place: place.to_owned(),
            text: text.to_owned(),
            wanted: "an instant in UTC, YYYY-MM-DDTHH:MM:SSZ",
        };
        let (date, time) = text
            .strip_suffix('Z')
            .and_then(|t| t.split_once('T'))
            .ok_or_else(bad)?;
        let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
        let shaped = |s: &str, length: usize, mark: u8, at: [usize; 2]| {
            s.len() == length
                && s.bytes().enumerate().all(|(i, b)| {
                    if at.contains(&i) {
                        b == mark
                    } else {
                        b.is_ascii_digit()
                    }
                })
        };
        let good = shaped(date, 10, b'-', [4, 7])
            && shaped(time, 8, b':', [2, 5])
            && fraction.bytes().all(|b| b.is_ascii_digit());
        if !good {
            return Err(bad());
        }
        Ok(Self {
            date: date.to_owned(),
            time: time.to_owned(),
        })
    }

    /// "2026-03-16 09:12 UTC".
    pub(crate) fn for_paper(&self) -> String {
        format!("{} {} UTC", self.date, &self.time[..5])
    }

    /// "D:20260316091204Z".
    fn for_pdf(&self) -> String {
        format!(
            "D:{}{}Z",
            self.date.replace('-', ""),
            self.time.replace(':', "")
        )
    }
}

/// What the file says of itself.
pub(crate) struct Identity<'a> {
    pub(crate) title: &'a str,
    pub(crate) subject: &'a str,
    /// When the document was made; the file's creation date.
    pub(crate) made_at: &'a PdfInstant,
    /// Names this document among all others; the file's id is made of it.
    pub(crate) seed: &'a str,
    /// Places for the reader's outline: title and page, the first page being 1.
    pub(crate) outline: &'a [(String, usize)],
}

/// Puts the pages together, embeds the letters that were used, and writes the file.
pub(crate) fn finish(
    face: &Typeface,
    (width, height): (f32, f32),
    pages: Vec<Vec<Op>>,
    identity: &Identity<'_>,
) -> Result<Vec<u8>, Error> {
    let mut pdf = PdfDocument::new(&one_line(identity.title));
    for weight in [Weight::Regular, Weight::SemiBold] {
        let font = PdfFont::new(face.face(weight).font.clone());
        pdf.resources.fonts.map.insert(weight.font_id(), font);
    }
    let sheet = Rect {
        x: Pt(0.0),
        y: Pt(0.0),
        width: Pt(width),
        height: Pt(height),
        mode: None,
        winding_order: None,
    };
    pdf.pages = pages
        .into_iter()
        .map(|ops| PdfPage {
            media_box: sheet.clone(),
            trim_box: sheet.clone(),
            crop_box: sheet.clone(),
            ops,
        })
        .collect();
    pdf.metadata.info.document_title = one_line(identity.title);
    pdf.metadata.info.subject = one_line(identity.subject);
    pdf.metadata.info.creator = "Hostledger".to_owned();
    pdf.metadata.info.producer = "Hostledger".to_owned();

    let mut warnings = Vec::new();
    let mut file = pdf.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    drop(pdf);
    make_repeatable(&mut file, identity)?;
    add_outline(&mut file, identity.outline)?;
    file.compress();
    let mut bytes = Vec::new();
    file.save_to(&mut bytes)?;
    Ok(bytes)
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err takes"
)]
fn pdf_error(error: lopdf::Error) -> Error {
    Error::Pdf(error.to_string())
}

/// Replaces what the library fills with counters and its own defaults.
fn make_repeatable(file: &mut lopdf::Document, identity: &Identity<'_>) -> Result<(), Error> {
    let hash = Sha256::digest(identity.seed.as_bytes());
    let id = Object::String(hash[..16].to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", Object::Array(vec![id.clone(), id]));

    let info = file
        .trailer
        .get(b"Info")
        .and_then(Object::as_reference)
        .map_err(pdf_error)?;
    let info = file.get_dictionary_mut(info).map_err(pdf_error)?;
    let made_at = Object::string_literal(identity.made_at.for_pdf());
    info.set("CreationDate", made_at.clone());
    info.set("ModDate", made_at);
    for unused in [
        "GTS_PDFXVersion",
        "Identifier",
        "Keywords",
        "Author",
        "Trapped",
    ] {
        info.remove(unused.as_bytes());
    }

    let catalog = file.catalog_mut().map_err(pdf_error)?;
    catalog.set("Lang", Object::string_literal("en"));
    let mut viewer = Dictionary::new();
    viewer.set("DisplayDocTitle", true);
    catalog.set("ViewerPreferences", viewer);
    Ok(())
}

/// A flat outline, so that a long file can be walked.
fn add_outline(file: &mut lopdf::Document, outline: &[(String, usize)]) -> Result<(), Error> {
    let pages = file.get_pages();
    let root = file.new_object_id();
    let items: Vec<_> = outline
        .iter()
        .filter_map(|(title, page)| {
            let page = *pages.get(&u32::try_from(*page).ok()?)?;
            Some((title, page, file.new_object_id()))
        })
        .collect();
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return Ok(());
    };
    let mut dictionary = Dictionary::new();
    dictionary.set("Type", Object::Name(b"Outlines".to_vec()));
    dictionary.set("First", first.2);
    dictionary.set("Last", last.2);
    dictionary.set("Count", i64::try_from(items.len()).unwrap_or(0));
    file.set_object(root, dictionary);
    for (i, (title, page, id)) in items.iter().enumerate() {
        let mut item = Dictionary::new();
        item.set("Title", lopdf::text_string(&one_line(title)));
        item.set("Parent", root);
        let top = Object::Array(vec![
            (*page).into(),
            "XYZ".into(),
            Object::Null,
            Object::Null,
            Object::Null,
        ]);
        item.set("Dest", top);
        if i > 0 {
            item.set("Prev", items[i - 1].2);
        }
        if let Some(next) = items.get(i + 1) {
            item.set("Next", next.2);
        }
        file.set_object(*id, item);
    }
    file.catalog_mut().map_err(pdf_error)?.set("Outlines", root);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_for_paper_and_for_the_file() {
        let instant = PdfInstant::parse("2026-03-16T09:12:04.123Z", "made").unwrap();
        assert_eq!(instant.for_paper(), "2026-03-16 09:12 UTC");
        assert_eq!(instant.for_pdf(), "D:20260316091204Z");
        for bad in [
            "",
            "2026-03-16",
            "2026-03-16T09:12:04+01:00",
            "2026-03-16T9:12:04Z",
        ] {
            assert!(PdfInstant::parse(bad, "made").is_err());
        }
    }
}
