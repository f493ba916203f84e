//! Names in the letters that the IRS's files take.

use unicode_normalization::UnicodeNormalization;

/// `text` with accented Latin letters as plain ones: "Nguyễn Đặng" as "Nguyen Dang", "Strauß" as
/// "Strauss". Typographic hyphens and apostrophes become plain, other blanks a space. What has no
/// plain Latin form, such as Greek letters, stays as it is.
pub(crate) fn plain_latin(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut base_is_plain = false;
    for c in text.nfd() {
        if c.is_ascii() {
            base_is_plain = true;
            out.push(if c.is_ascii_control() { ' ' } else { c });
        } else if is_mark(c) {
            // Marks of a letter that was made plain go; others keep theirs.
            if !base_is_plain {
                out.push(c);
            }
        } else if let Some(plain) = spelled(c) {
            base_is_plain = true;
            out.push_str(plain);
        } else {
            base_is_plain = false;
            out.push(c);
        }
    }
    out.nfc().collect()
}

/// Combining marks of the Latin script.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// Latin letters that aren't a plain one with a mark, and typographic signs.
fn spelled(c: char) -> Option<&'static str> {
    Some(match c {
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'ø' => "o",
        'Ø' => "O",
        'ł' => "l",
        'Ł' => "L",
        'ħ' => "h",
        'Ħ' => "H",
        'ŧ' => "t",
        'Ŧ' => "T",
        'ı' => "i",
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'þ' => "th",
        'Þ' => "TH",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2018}' | '\u{2019}' | '\u{2BC}' => "'",
        '＆' => "&",
        c if c.is_whitespace() => " ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::plain_latin;

    #[test]
    fn accents_go_and_other_scripts_stay() {
        for (text, plain) in [
            ("Ann O'Brien", "Ann O'Brien"),
            ("Ngô Thị Ánh Nguyệt Đặng", "Ngo Thi Anh Nguyet Dang"),
            ("Sinéad O’Brien–Møller", "Sinead O'Brien-Moller"),
            ("e\u{301}Łß", "eLss"),
            ("Μαρία", "Μαρία"),
            ("山田\u{3000}Co\tX", "山田 Co X"),
        ] {
            assert_eq!(plain_latin(text), plain);
        }
    }
}
