//! The IRS's bulk TIN matching: the file of names and numbers to check, and the file of answers.
//!
//! A line to check is `type;TIN;name;account`, an answer the same with a code from 0 to 8 after
//! it (IRS Publication 2108-A, `docs/tax.md`). At most 100,000 lines a file.

use crate::Error;
use crate::latin::plain_latin;

/// Lines that the IRS takes in one file.
pub const LINES_PER_FILE: usize = 100_000;
/// Letters of a name that the IRS compares.
const NAME_LENGTH: usize = 40;
/// Letters and digits of an account number that the IRS returns.
const ACCOUNT_LENGTH: usize = 20;

/// What sort of number a TIN is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TinKind {
    /// An employer identification number: type 1.
    Ein,
    /// A social security number, ITIN or ATIN: type 2.
    Person,
    /// Not known: type 3.
    Unknown,
}

/// One payee to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TinLine {
    /// What the TIN is said to be.
    pub kind: TinKind,
    /// Nine digits, with or without hyphens.
    pub tin: String,
    /// The name as on the payee's tax profile, in full.
    pub name: String,
    /// The platform's id of the host. One that the IRS wouldn't return (longer than 20, or with
    /// other characters than letters, digits and hyphens) is left out of the file; the TIN leads
    /// back to the host.
    pub account: String,
}

/// The IRS's answer about one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TinAnswer {
    /// The account as it was sent; empty where it was left out.
    pub account: String,
    /// Nine digits.
    pub tin: String,
    /// 0: name and TIN match; 6 to 8: they match as an SSN, an EIN or both, sent as type 3; 1 to
    /// 5: they don't, or the line was unfit.
    pub code: u8,
}

/// The file to upload. Accents are dropped from names, as are characters that the IRS doesn't
/// take, and names end after 40 characters.
///
/// # Errors
/// [`Error::TooMany`] for more than [`LINES_PER_FILE`]; [`Error::Unfit`] for a TIN that isn't nine
/// digits or a name without a letter that the IRS takes. Neither shows the TIN.
pub fn write(lines: &[TinLine]) -> Result<String, Error> {
    if lines.len() > LINES_PER_FILE {
        return Err(Error::TooMany {
            found: lines.len(),
            most: LINES_PER_FILE,
        });
    }
    let mut file = String::with_capacity(lines.len() * 64);
    for line in lines {
        let kind = match line.kind {
            TinKind::Ein => '1',
            TinKind::Person => '2',
            TinKind::Unknown => '3',
        };
        let unfit = |what: &str, reason: &str| Error::Unfit {
            place: format!("{what} of {}", line.account),
            reason: reason.to_owned(),
        };
        let tin = nine_digits(&line.tin).ok_or_else(|| unfit("TIN", "it is not nine digits"))?;
        let name = matched_name(&line.name);
        if name.is_empty() {
            let reason = "it has no letter that TIN matching takes; it needs a Latin spelling";
            return Err(unfit("name", reason));
        }
        let account = if account_fits(&line.account) {
            line.account.as_str()
        } else {
            ""
        };
        file.push(kind);
        for field in [&tin, &name, account] {
            file.push(';');
            file.push_str(field);
        }
        file.push_str("\r\n");
    }
    Ok(file)
}

/// Reads the file that the IRS returns. A heading, blank lines and either line end are taken.
///
/// # Errors
/// [`Error::BadLine`] with the number of the first line that isn't an answer.
pub fn read_answers(text: &str) -> Result<Vec<TinAnswer>, Error> {
    let mut answers = Vec::new();
    let mut heading_may_come = true;
    for (i, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let heading = heading_may_come && !line.bytes().any(|b| b.is_ascii_digit());
        heading_may_come = false;
        if !heading {
            let answer = answer(line).map_err(|reason| Error::BadLine {
                line: i + 1,
                reason: reason.to_owned(),
            })?;
            answers.push(answer);
        }
    }
    Ok(answers)
}

fn answer(line: &str) -> Result<TinAnswer, &'static str> {
    let fields: Vec<&str> = line.split(';').map(str::trim).collect();
    let [kind, tin, _name, account, code] = fields[..] else {
        return Err("it doesn't have five fields: type;TIN;name;account;code");
    };
    if !matches!(kind, "1" | "2" | "3") {
        return Err("its type is not 1, 2 or 3");
    }
    let tin = nine_digits(tin).ok_or("its TIN is not nine digits")?;
    let code = match code.as_bytes() {
        [digit @ b'0'..=b'8'] => digit - b'0',
        _ => return Err("its code is not a digit from 0 to 8"),
    };
    Ok(TinAnswer {
        account: account.to_owned(),
        tin,
        code,
    })
}

/// A TIN as nine digits, hyphens and spaces aside.
pub(crate) fn nine_digits(tin: &str) -> Option<String> {
    let digits: String = tin.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    (digits.len() == 9 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// Letters, digits, hyphens, ampersands and single blanks, 40 at most. An apostrophe or point is
/// dropped ("O'Brien" as "OBrien"), anything else becomes a blank.
fn matched_name(name: &str) -> String {
    let mut out = String::with_capacity(NAME_LENGTH);
    for c in plain_latin(name).chars() {
        match c {
            '\'' | '.' => {}
            'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '&' => out.push(c),
            _ if out.is_empty() || out.ends_with(' ') => {}
            _ => out.push(' '),
        }
    }
    // Everything is ASCII here, so that bytes are characters.
    out.truncate(NAME_LENGTH);
    out.truncate(out.trim_end().len());
    if out.bytes().any(|b| b.is_ascii_alphanumeric()) {
        out
    } else {
        String::new()
    }
}

fn account_fits(account: &str) -> bool {
    account.len() <= ACCOUNT_LENGTH
        && account
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: TinKind, tin: &str, name: &str, account: &str) -> TinLine {
        TinLine {
            kind,
            tin: tin.into(),
            name: name.into(),
            account: account.into(),
        }
    }

    #[test]
    fn lines_are_as_the_irs_takes_them() {
        let lines = [
            line(TinKind::Ein, "12-3456789", "Talk & Co., Inc.", "host-1"),
            line(
                TinKind::Person,
                "900-70-1234",
                "Ngô Thị Ánh-Nguyệt",
                "host-2",
            ),
            line(
                TinKind::Unknown,
                "123456789",
                "Sinéad O’Brien; =Μαρία",
                "a;b",
            ),
            line(
                TinKind::Person,
                "123456789",
                &"Mo ".repeat(30),
                &"9".repeat(21),
            ),
        ];
        let name = "Mo Mo Mo Mo Mo Mo Mo Mo Mo Mo Mo Mo Mo M";
        assert_eq!(name.len(), 40);
        assert_eq!(
            write(&lines).unwrap(),
            format!(
                "1;123456789;Talk & Co Inc;host-1\r\n2;900701234;Ngo Thi Anh-Nguyet;host-2\r\n\
                 3;123456789;Sinead OBrien;\r\n2;123456789;{name};\r\n"
            )
        );
        assert_eq!(write(&[]).unwrap(), "");
    }

    #[test]
    fn what_the_irs_would_not_take_is_refused_without_showing_the_tin() {
        for (tin, name) in [
            ("12345678", "Ann"),
            ("12-345678X", "Ann"),
            ("123456789", "山田"),
        ] {
            let error = write(&[line(TinKind::Ein, tin, name, "host-7")]).unwrap_err();
            let message = error.to_string();
            assert!(message.contains("host-7"), "{message}");
            assert!(!message.contains("12345"), "{message}");
        }
        let many = vec![line(TinKind::Ein, "123456789", "Ann", ""); LINES_PER_FILE + 1];
        let refused = write(&many).unwrap_err();
        assert!(matches!(refused, Error::TooMany { most: 100_000, .. }));
        assert_eq!(write(&many[1..]).unwrap().lines().count(), LINES_PER_FILE);
    }

    #[test]
    fn answers_are_read_whatever_stands_around_them() {
        let text = "\u{FEFF}TIN Type;TIN;Name;Account Number;Match Indicator\r\n\r\n\
                    1;123456789;Talk & Co Inc;host-1;0\r\n2;900-70-1234;Ngo;;3\n\n3; 123456789 \
                    ;Ann; host-3 ; 8 ";
        let answer = |account: &str, tin: &str, code| TinAnswer {
            account: account.into(),
            tin: tin.into(),
            code,
        };
        assert_eq!(
            read_answers(text).unwrap(),
            [
                answer("host-1", "123456789", 0),
                answer("", "900701234", 3),
                answer("host-3", "123456789", 8),
            ]
        );
        assert_eq!(read_answers("\r\n").unwrap(), []);
    }

    #[test]
    fn a_line_that_is_no_answer_is_named() {
        for bad in [
            "1;123456789;Ann;host-1",
            "1;123456789;Ann;host-1;9",
            "1;123456789;Ann;host-1;",
            "1;123456789;Ann;host-1;00",
            "4;123456789;Ann;host-1;0",
            "1;12345678;Ann;host-1;0",
            "type;TIN;name;account;code",
        ] {
            let text = format!("1;123456789;Ann;host-1;0\n\n{bad}\n");
            let message = read_answers(&text).unwrap_err().to_string();
            assert!(message.starts_with("line 3: "), "{message}");
        }
    }
}
