//! Rows of separated text, with the physical line each begins on, read strictly: a file that is
//! cut inside a row, or whose quotes leave it open where a cell ends, is broken as a whole, since
//! its rows would be other rows than the sender's.
//!
//! A physical line ends with LF, CR LF or CR, wherever it stands: after a row, on a blank line, or
//! inside a quoted cell.

use std::io::Read;

use csv::{ByteRecord, Position};
use memchr::{memchr, memchr2, memchr2_iter, memchr3};

/// What is read from the file at once.
const READ_AT_ONCE: usize = 256 * 1024;
/// A row longer than this is none: a quote that was never closed swallows the rest of the file.
const MOST_BYTES: usize = 1024 * 1024;

/// Why a file can't be read as rows. Lines are physical lines from 1.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The file ends inside a row.
    CutInRow {
        /// The line the row begins on.
        line: u64,
        /// How many fields it has.
        fields: usize,
    },
    /// A quote is never closed.
    OpenQuote {
        /// The line the quoted cell begins on.
        line: u64,
    },
    /// Text stands between a closing quote and the next separator.
    TextAfterQuote {
        /// The line the quoted cell begins on.
        line: u64,
        /// The line on which its quote closes.
        closed_on: u64,
    },
    /// A quoted cell holds what look like rows of this file.
    SwallowsRows {
        /// The line the quoted cell begins on.
        line: u64,
        /// The line on which its quote closes, or up to which it was read.
        closed_on: u64,
    },
    /// A row is longer than any can be.
    TooLong {
        /// The line it begins on.
        line: u64,
    },
    /// The file can't be read.
    Io(std::io::Error),
}

/// Reads rows from `R`, which is read in large pieces.
pub(crate) struct RowReader<R> {
    input: R,
    separator: u8,
    /// Bytes that were read; those before `at` are done with.
    buffer: Vec<u8>,
    at: usize,
    at_end: bool,
    /// Bytes before `buffer`.
    passed: u64,
    /// The physical line that `at` stands on.
    line: u64,
    /// The fields of the header, once it was read.
    width: Option<usize>,
    unquoted: Vec<u8>,
}

/// Where a cell ends.
enum CellEnd {
    Separator,
    /// A line break or the file's end.
    Row,
}

impl<R: Read> RowReader<R> {
    /// Reads from the beginning; a byte order mark is passed over.
    pub(crate) fn new(input: R, separator: u8) -> Result<Self, Broken> {
        let mut reader = Self {
            input,
            separator,
            buffer: Vec::with_capacity(2 * READ_AT_ONCE),
            at: 0,
            at_end: false,
            passed: 0,
            line: 1,
            width: None,
            unquoted: Vec::new(),
        };
        reader.has(3)?;
        if reader.buffer.starts_with(b"\xef\xbb\xbf") {
            reader.at = 3;
        }
        Ok(reader)
    }

    /// Passes over the line that begins here.
    pub(crate) fn skip_line(&mut self) -> Result<(), Broken> {
        let mut offset = 0;
        while !matches!(self.byte(offset)?, None | Some(b'\n' | b'\r')) {
            offset += 1;
        }
        self.line_break(offset)?;
        Ok(())
    }

    /// What it reads from.
    pub(crate) fn input(&self) -> &R {
        &self.input
    }

    /// The next row that isn't a blank line, with its position set; `false` at the end. The first
    /// one is the header: its width tells later what a cut row is.
    pub(crate) fn next(&mut self, row: &mut ByteRecord) -> Result<bool, Broken> {
        row.clear();
        while self.line_break(0)? {}
        if !self.has(1)? {
            return Ok(false);
        }
        let line = self.line;
        let start = self.passed + self.at as u64;
        let mut from = 0;
        let length = loop {
            let (next, end) = if self.byte(from)? == Some(b'"') {
                self.quoted(from, line, row)?
            } else {
                self.plain(from, line, row)?
            };
            match end {
                CellEnd::Separator => from = next + 1,
                CellEnd::Row => break next,
            }
        };
        let bytes = &self.buffer[self.at..self.at + length];
        // The mark of an old program's end of file, or padding, is no row that was cut.
        let is_text = bytes.iter().any(|b| *b > b' ');
        self.at += length;
        let ended = self.line_break(0)?;
        if let Some(width) = self.width {
            if !ended && is_text && row.len() < width {
                let fields = row.len();
                return Err(Broken::CutInRow { line, fields });
            }
        } else {
            self.width = Some(row.len());
        }
        let mut position = Position::new();
        position.set_line(line).set_byte(start);
        row.set_position(Some(position));
        Ok(true)
    }

    /// A cell without quotes around it, from an offset: the offset of its end.
    fn plain(
        &mut self,
        from: usize,
        line: u64,
        row: &mut ByteRecord,
    ) -> Result<(usize, CellEnd), Broken> {
        let mut seen = from;
        loop {
            let rest = &self.buffer[self.at + seen..];
            if let Some(n) = memchr3(self.separator, b'\n', b'\r', rest) {
                let end = seen + n;
                let is_separator = rest[n] == self.separator;
                row.push_field(&self.buffer[self.at + from..self.at + end]);
                return Ok((
                    end,
                    if is_separator {
                        CellEnd::Separator
                    } else {
                        CellEnd::Row
                    },
                ));
            }
            seen += rest.len();
            if seen > MOST_BYTES {
                return Err(Broken::TooLong { line });
            }
            if !self.has(seen + 1)? {
                row.push_field(&self.buffer[self.at + from..]);
                return Ok((seen, CellEnd::Row));
            }
        }
    }

    /// A cell whose first byte, at an offset, is a quote: the offset of its end.
    fn quoted(
        &mut self,
        from: usize,
        line: u64,
        row: &mut ByteRecord,
    ) -> Result<(usize, CellEnd), Broken> {
        let opened_on = self.line;
        self.unquoted.clear();
        let mut doubled = false;
        let (mut kept, mut seen) = (from + 1, from + 1);
        let closed = loop {
            let found = memchr(b'"', &self.buffer[self.at + seen..]);
            let Some(n) = found else {
                seen = self.buffer.len() - self.at;
                if seen > MOST_BYTES {
                    let cell = &self.buffer[self.at + from + 1..];
                    let (breaks, swallows) = self.look_into(cell);
                    let closed_on = opened_on + breaks;
                    return Err(if swallows {
                        Broken::SwallowsRows {
                            line: opened_on,
                            closed_on,
                        }
                    } else {
                        Broken::TooLong { line }
                    });
                }
                if !self.has(seen + 1)? {
                    return Err(Broken::OpenQuote { line: opened_on });
                }
                continue;
            };
            let quote = seen + n;
            if self.byte(quote + 1)? != Some(b'"') {
                break quote;
            }
            doubled = true;
            let part = self.at + kept..self.at + quote + 1;
            self.unquoted.extend_from_slice(&self.buffer[part]);
            kept = quote + 2;
            seen = kept;
        };
        let cell = &self.buffer[self.at + from + 1..self.at + closed];
        let (breaks, swallows) = self.look_into(cell);
        let closed_on = opened_on + breaks;
        if swallows {
            return Err(Broken::SwallowsRows {
                line: opened_on,
                closed_on,
            });
        }
        if doubled {
            let part = self.at + kept..self.at + closed;
            self.unquoted.extend_from_slice(&self.buffer[part]);
            row.push_field(&self.unquoted);
        } else {
            row.push_field(cell);
        }
        self.line = closed_on;
        let mut end = closed + 1;
        loop {
            match self.byte(end)? {
                None | Some(b'\n' | b'\r') => return Ok((end, CellEnd::Row)),
                Some(b) if b == self.separator => return Ok((end, CellEnd::Separator)),
                Some(b' ' | b'\t') => end += 1,
                Some(_) => {
                    return Err(Broken::TextAfterQuote {
                        line: opened_on,
                        closed_on,
                    });
                }
            }
        }
    }

    /// How many line breaks a quoted cell holds, and whether its lines look like rows of this file:
    /// then a quote that opens in one row was closed in a later one, and the cell holds about as
    /// many separators per line as the header. A comma in a sentence, before a blank, is none.
    fn look_into(&self, cell: &[u8]) -> (u64, bool) {
        if memchr2(b'\n', b'\r', cell).is_none() {
            return (0, false);
        }
        let per_row = self
            .width
            .map_or(usize::MAX, |w| w.saturating_sub(1))
            .max(2);
        let slack = usize::from(per_row > 7);
        let (mut breaks, mut all, mut in_line) = (0, 0, 0_usize);
        let mut whole_rows = false;
        let mut last = None;
        for at in memchr2_iter(b'\n', b'\r', cell).chain([cell.len()]) {
            let begin = last.map_or(0, |l: usize| l + 1);
            let here = separators(&cell[begin..at], self.separator);
            all += here;
            in_line += here;
            if at == cell.len() {
                break;
            }
            let is_crlf =
                cell[at] == b'\n' && last.is_some_and(|l| l + 1 == at && cell[l] == b'\r');
            if !is_crlf {
                // Neither the first nor the last line of the cell is whole.
                whole_rows |= breaks > 0 && in_line + slack >= per_row;
                breaks += 1;
            }
            in_line = 0;
            last = Some(at);
        }
        let rows = usize::try_from(breaks).unwrap_or(usize::MAX);
        let as_many = all.saturating_add(slack) >= rows.saturating_mul(per_row);
        (breaks, self.width.is_some() && (whole_rows || as_many))
    }

    /// Passes over a line break at an offset behind `at`, if there is one.
    fn line_break(&mut self, offset: usize) -> Result<bool, Broken> {
        let length = match self.byte(offset)? {
            Some(b'\n') => 1,
            Some(b'\r') if self.byte(offset + 1)? == Some(b'\n') => 2,
            Some(b'\r') => 1,
            _ => return Ok(false),
        };
        self.at += offset + length;
        self.line += 1;
        Ok(true)
    }

    /// The byte at an offset behind `at`; `None` behind the end.
    fn byte(&mut self, offset: usize) -> Result<Option<u8>, Broken> {
        if self.at + offset >= self.buffer.len() && !self.has(offset + 1)? {
            return Ok(None);
        }
        Ok(self.buffer.get(self.at + offset).copied())
    }

    /// Reads on until `wanted` bytes from `at` are there; `false` where the file has fewer.
    fn has(&mut self, wanted: usize) -> Result<bool, Broken> {
        while self.buffer.len() - self.at < wanted && !self.at_end {
            self.buffer.drain(..self.at);
            self.passed += self.at as u64;
            self.at = 0;
            let known = self.buffer.len();
            self.buffer.resize(known + READ_AT_ONCE, 0);
            let read = loop {
                match self.input.read(&mut self.buffer[known..]) {
                    Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            self.buffer.truncate(known + *read.as_ref().unwrap_or(&0));
            match read {
                Ok(n) => self.at_end = n == 0,
                Err(e) => return Err(Broken::Io(e)),
            }
        }
        Ok(self.buffer.len() - self.at >= wanted)
    }
}

/// Separators that aren't followed by a blank, as they are in sentences.
fn separators(text: &[u8], separator: u8) -> usize {
    memchr::memchr_iter(separator, text)
        .filter(|at| text.get(at + 1) != Some(&b' '))
        .count()
}

#[cfg(test)]
#[path = "csv_rows_tests.rs"]
mod tests;
