//! hledger journal text, readable by hledger 1.25 and later.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use super::JournalEntry;
use crate::{Error, figure::Figure};

/// What stands above the entries. All of it may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HledgerHead {
    /// Comment lines at the top: which ledger, what range, when written.
    pub comments: Vec<String>,
    /// Currencies to declare with their decimals: ("USD", 2), ("JPY", 0), ("KWD", 3). One that
    /// is missing here is declared at its first posting, with that posting's decimals.
    pub currencies: Vec<(String, u32)>,
    /// Accounts to declare, so that `hledger check accounts` holds.
    pub accounts: Vec<String>,
}

/// Writes a journal as hledger text, entry by entry.
pub struct HledgerJournal<W: Write> {
    out: W,
    /// Declared currencies with their decimals.
    declared: BTreeMap<String, u32>,
    text: String,
}

impl<W: Write> HledgerJournal<W> {
    /// Writes the head. `out` is written in small pieces: give a buffered writer.
    ///
    /// # Errors
    /// [`Error::BadCurrency`], or [`Error::Io`] when `out` fails.
    pub fn new(out: W, head: &HledgerHead) -> Result<Self, Error> {
        let mut journal = Self {
            out,
            declared: BTreeMap::new(),
            text: String::new(),
        };
        for comment in &head.comments {
            journal.push(format_args!("; {}\n", one_line(comment)));
        }
        // Without this "1.250 KWD" could be read as a thousand and a quarter.
        journal.push(format_args!("decimal-mark .\n"));
        for (currency, decimals) in &head.currencies {
            journal.declare(currency, *decimals, || "head".to_owned())?;
        }
        for account in &head.accounts {
            journal.push(format_args!("account {}\n", hledger_account(account)));
        }
        journal.write_out()?;
        Ok(journal)
    }

    /// Writes one entry.
    ///
    /// # Errors
    /// [`Error::BadTime`], [`Error::BadAmount`], [`Error::BadCurrency`], or
    /// [`Error::DoesNotAddUp`] when the postings don't sum to zero per currency (hledger would
    /// refuse the whole file); [`Error::Io`] when the output fails.
    pub fn entry(&mut self, entry: &JournalEntry) -> Result<(), Error> {
        let place = || format!("entry {}", entry.entry_id);
        if !is_date(&entry.effective_date) {
            return Err(Error::BadTime {
                place: place(),
                text: entry.effective_date.clone(),
                wanted: "a date, YYYY-MM-DD",
            });
        }
        let mut sums: BTreeMap<&str, Figure> = BTreeMap::new();
        for posting in &entry.postings {
            let figure = Figure::parse(&posting.amount, place)?;
            let sum = sums.entry(&posting.currency).or_default();
            *sum = sum.plus(figure);
            if !self.declared.contains_key(&posting.currency) {
                self.declare(&posting.currency, figure.decimals(), place)?;
            }
        }
        if let Some((currency, sum)) = sums.iter().find(|(_, sum)| sum.units() != 0) {
            return Err(Error::DoesNotAddUp {
                what: format!("{} in {currency}", place()),
                stated: "0".into(),
                summed: sum.for_paper(),
            });
        }
        self.put_heading(entry);
        for posting in &entry.postings {
            let (account, amount) = (hledger_account(&posting.account), &posting.amount);
            // Two spaces end an account name: never fewer, however long it is.
            self.push(format_args!(
                "    {account:<40}  {amount:>14} {}\n",
                posting.currency
            ));
        }
        self.write_out()
    }

    /// Flushes the output and gives it back.
    ///
    /// # Errors
    /// When the output fails.
    pub fn finish(mut self) -> Result<W, Error> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn put_heading(&mut self, entry: &JournalEntry) {
        let description = if entry.description.trim().is_empty() {
            safe_description(&format!("{} {}", entry.kind, entry.subject))
        } else {
            safe_description(&entry.description)
        };
        let code = safe_code(&entry.entry_id);
        self.push(format_args!(
            "\n{} * ({code}) {description}\n",
            entry.effective_date
        ));
        let own = [
            ("kind", entry.kind.as_str()),
            ("subject", entry.subject.as_str()),
            ("recorded", entry.recorded_at.as_str()),
        ];
        let more = entry
            .tags
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let mut first = true;
        for (name, value) in own
            .into_iter()
            .chain(more)
            .filter(|(_, value)| !value.is_empty())
        {
            let before = if first { "    ; " } else { ", " };
            self.push(format_args!(
                "{before}{}:{}",
                tag_name(name),
                tag_value(value)
            ));
            first = false;
        }
        if !first {
            self.push(format_args!("\n"));
        }
    }

    fn declare(
        &mut self,
        currency: &str,
        decimals: u32,
        place: impl Fn() -> String,
    ) -> Result<(), Error> {
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(Error::BadCurrency {
                place: place(),
                text: currency.to_owned(),
            });
        }
        if self
            .declared
            .insert(currency.to_owned(), decimals)
            .is_none()
        {
            let zeros = "0".repeat(usize::try_from(decimals).unwrap_or(0));
            self.push(format_args!("commodity 1000.{zeros} {currency}\n"));
        }
        Ok(())
    }

    fn push(&mut self, what: std::fmt::Arguments<'_>) {
        // Writing into a String can't fail.
        let _ = self.text.write_fmt(what);
    }

    fn write_out(&mut self) -> Result<(), Error> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

/// Writes every entry of `entries` as hledger text: [`HledgerJournal`] for those who have an
/// iterator.
///
/// # Errors
/// As [`HledgerJournal::entry`].
pub fn write_hledger<W, I>(out: W, head: &HledgerHead, entries: I) -> Result<(), Error>
where
    W: Write,
    I: IntoIterator,
    I::Item: Borrow<JournalEntry>,
{
    let mut journal = HledgerJournal::new(out, head)?;
    for entry in entries {
        journal.entry(entry.borrow())?;
    }
    journal.finish()?;
    Ok(())
}

/// `account` as hledger reads it back as one account: what would end the name or change its
/// meaning is written as `%` and two hex digits per byte, as in a web address, so that two
/// different accounts stay different. Ordinary names come back unchanged.
pub fn hledger_account(account: &str) -> Cow<'_, str> {
    let chars: Vec<char> = account.chars().collect();
    let last = chars.len().saturating_sub(1);
    let unsafe_at = |i: usize| match chars[i] {
        ' ' => i == 0 || i == last || chars[i - 1] == ' ',
        '(' | ')' | '[' | ']' | '*' | '!' | '=' | '~' | '"' => i == 0 || i == last,
        ';' => true,
        // `%25` and `%3A` are an id's own `%` and `:`, as the ledger writes them.
        '%' => {
            let code: String = chars.iter().skip(i + 1).take(2).collect();
            code.len() == 2
                && code.bytes().all(|b| b.is_ascii_hexdigit())
                && !matches!(code.as_str(), "25" | "3A")
        }
        c => c.is_whitespace() || c.is_control(),
    };
    if !(0..chars.len()).any(unsafe_at) {
        return Cow::Borrowed(account);
    }
    let mut out = String::with_capacity(account.len() + 8);
    for (i, c) in chars.iter().enumerate() {
        if unsafe_at(i) {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(*c);
        }
    }
    Cow::Owned(out)
}

/// Runs of white space and control characters as one space, none at the ends.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `;` would begin a comment, `|` would split payee from note. A leading status mark or bracket
/// can't be misread: status and code are always written before the description.
fn safe_description(text: &str) -> String {
    one_line(text).replace(';', ",").replace('|', "/")
}

fn safe_code(text: &str) -> String {
    one_line(text).replace(['(', ')', ';'], "_")
}

/// A tag's name is one word. `date` and `date2` would move the posting's date.
fn tag_name(name: &str) -> String {
    let word: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '-' {
                c
            } else {
                '_'
            }
        })
        .collect();
    if matches!(word.as_str(), "date" | "date2") {
        format!("{word}_")
    } else {
        word
    }
}

/// A comma ends a tag's value, and square brackets may hold a date in a comment.
fn tag_value(value: &str) -> String {
    one_line(value)
        .replace(',', " ")
        .replace('[', "(")
        .replace(']', ")")
}

fn is_date(text: &str) -> bool {
    let b = text.as_bytes();
    b.len() == 10
        && b.iter().enumerate().all(|(i, c)| match i {
            4 | 7 => *c == b'-',
            _ => c.is_ascii_digit(),
        })
}

#[cfg(test)]
#[path = "hledger_tests.rs"]
mod tests;
