//! Encodings of text: which one a file is in, whether all of it fits, and how it reads in UTF-8.

use std::borrow::Cow;
use std::io::Read;

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, MACINTOSH, UTF_8, UTF_16BE};
use encoding_rs::{UTF_16LE, WINDOWS_1250, WINDOWS_1252};

/// An encoding of text, by its name in the WHATWG's Encoding Standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

impl TextEncoding {
    /// What exports are in.
    pub const UTF_8: Self = Self(UTF_8);

    /// Those that spreadsheets save in where it isn't UTF-8: Windows in the west, Windows in middle
    /// Europe, old Macs.
    pub const OF_SPREADSHEETS: [Self; 3] =
        [Self(WINDOWS_1252), Self(WINDOWS_1250), Self(MACINTOSH)];

    /// Reads a name, such as `windows-1252` or `latin1`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Encoding::for_label(name.trim().as_bytes())
            .filter(|e| *e != encoding_rs::REPLACEMENT && *e != encoding_rs::X_USER_DEFINED)
            .map(Self)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// What the first bytes of a file say: UTF-16 where they hold its mark or every other of them is
    /// zero, else UTF-8.
    pub(crate) fn of(start: &[u8]) -> Self {
        if let Some((encoding, _)) = Encoding::for_bom(start) {
            return Self(encoding);
        }
        let head = &start[..start.len().min(64)];
        let zeros = |from: usize| {
            let some = head.iter().skip(from).step_by(2);
            head.len() >= 8 && some.filter(|b| **b == 0).count() * 10 > head.len() * 4
        };
        match (zeros(0), zeros(1)) {
            (true, false) => Self(UTF_16BE),
            (false, true) => Self(UTF_16LE),
            _ => Self::UTF_8,
        }
    }

    pub(crate) fn is_one_byte(self) -> bool {
        self.0.is_single_byte()
    }

    /// The beginning of a text in UTF-8, without the mark of its encoding.
    pub(crate) fn head(self, start: &[u8]) -> Vec<u8> {
        if self == Self::UTF_8 {
            return start.to_vec();
        }
        self.0
            .decode_with_bom_removal(start)
            .0
            .into_owned()
            .into_bytes()
    }

    /// How some bytes read, where each of them means something.
    fn reading(self, bytes: &[u8]) -> Option<String> {
        let (text, malformed) = self.0.decode_without_bom_handling(bytes);
        (!malformed && !text.chars().any(char::is_control)).then(|| text.into_owned())
    }
}

/// A letter that isn't in the encoding of its file.
#[derive(Debug)]
pub(crate) struct Misfit {
    /// The physical line it stands on.
    pub(crate) line: u64,
    /// How the word around it reads in others.
    pub(crate) readings: Vec<(TextEncoding, String)>,
}

/// A word that was saved in a wrong encoding once, and what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Garbled {
    /// The physical line of the first one.
    pub(crate) line: u64,
    /// As it stands in the file.
    pub(crate) word: String,
    /// As it was.
    pub(crate) was: String,
}

/// Looks through a text piece by piece: whether all of it is in an encoding, and whether letters of
/// it are garbled.
pub(crate) struct Check {
    utf8: Utf8Pieces,
    decoder: Option<Decoder>,
    decoded: Vec<u8>,
    lines: Lines,
    garbled: Option<(u64, Garbled)>,
    last_garbled_line: u64,
}

impl Check {
    pub(crate) fn new(encoding: TextEncoding) -> Self {
        Self {
            utf8: Utf8Pieces::default(),
            decoder: (encoding != TextEncoding::UTF_8)
                .then(|| encoding.0.new_decoder_with_bom_removal()),
            decoded: Vec::new(),
            lines: Lines::default(),
            garbled: None,
            last_garbled_line: 0,
        }
    }

    /// Looks at the next piece; `last`: the text ends here.
    pub(crate) fn takes(&mut self, piece: &[u8], last: bool) -> Result<(), Misfit> {
        let was_utf8 = self.utf8.takes(piece, last);
        if self.decoder.is_some() {
            return self.decode(piece, last);
        }
        match was_utf8 {
            Ok(text) => {
                self.look_at(&text);
                Ok(())
            }
            Err((valid, at)) => {
                self.lines.pass(&valid[..at]);
                Err(Misfit {
                    line: self.lines.line,
                    readings: readings(word_around(&valid, at)),
                })
            }
        }
    }

    fn decode(&mut self, mut piece: &[u8], last: bool) -> Result<(), Misfit> {
        loop {
            let Some(decoder) = &mut self.decoder else {
                return Ok(());
            };
            let most = decoder
                .max_utf8_buffer_length_without_replacement(piece.len())
                .unwrap_or(piece.len());
            self.decoded.resize(most.max(16), 0);
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(piece, &mut self.decoded, last);
            let mut decoded = std::mem::take(&mut self.decoded);
            let text = std::str::from_utf8(&decoded[..written]).unwrap_or_default();
            // What no letter is assigned to decodes to a control character.
            let unassigned = text.find(|c| matches!(c, '\u{80}'..='\u{9f}'));
            if let Some(at) = unassigned {
                self.lines.pass(&text.as_bytes()[..at]);
            } else {
                self.look_at(text);
            }
            decoded.clear();
            self.decoded = decoded;
            piece = &piece[read..];
            if unassigned.is_some() || matches!(result, DecoderResult::Malformed(..)) {
                let (line, readings) = (self.lines.line, Vec::new());
                return Err(Misfit { line, readings });
            }
            if result == DecoderResult::InputEmpty {
                return Ok(());
            }
        }
    }

    /// Whether the bytes were UTF-8 with letters beyond ASCII.
    pub(crate) fn was_utf8(&self) -> bool {
        self.utf8.is_utf8 && self.utf8.beyond_ascii
    }

    /// How many lines hold garbled letters, and the first of them.
    pub(crate) fn garbled(self) -> Option<(u64, Garbled)> {
        self.garbled
    }

    fn look_at(&mut self, text: &str) {
        let mut passed = 0;
        for at in garbled_at(text) {
            // A run is found once, at its first letter.
            if at < passed {
                continue;
            }
            let run = non_ascii_run(&text[at..]);
            let Some(_) = ungarbled(run) else { continue };
            self.lines.pass(&text.as_bytes()[passed..at]);
            passed = at;
            if self.lines.line == self.last_garbled_line {
                continue;
            }
            self.last_garbled_line = self.lines.line;
            let line = self.lines.line;
            let first = || {
                let word = word_in(text, at);
                let was = ungarbled_word(word);
                let word = word.to_owned();
                (0, Garbled { line, word, was })
            };
            self.garbled.get_or_insert_with(first).0 += 1;
        }
        self.lines.pass(&text.as_bytes()[passed..]);
    }
}

/// Where letters may be garbled: those that the first byte of a longer letter in UTF-8 reads as, in
/// the encodings that UTF-8 is mistaken for.
fn garbled_at(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(0xc3, 0xe2, bytes).filter(move |at| {
        let rest = &bytes[*at..];
        ["Ã", "Â", "â€", "√"]
            .iter()
            .any(|lead| rest.starts_with(lead.as_bytes()))
    })
}

fn non_ascii_run(text: &str) -> &str {
    let end = text.find(|c: char| c.is_ascii()).unwrap_or(text.len());
    &text[..end]
}

/// What letters beyond ASCII were before their UTF-8 was read in another encoding.
fn ungarbled(run: &str) -> Option<String> {
    [WINDOWS_1252, MACINTOSH].into_iter().find_map(|e| {
        let mut bytes = vec![0; run.len()];
        let mut encoder = e.new_encoder();
        let (result, _, n) = encoder.encode_from_utf8_without_replacement(run, &mut bytes, true);
        bytes.truncate(n);
        let whole = result == encoding_rs::EncoderResult::InputEmpty;
        String::from_utf8(bytes).ok().filter(|_| whole)
    })
}

/// A word with each garbled run of it put right.
fn ungarbled_word(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let run = non_ascii_run(rest);
        if run.is_empty() {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            out.push_str(&ungarbled(run).unwrap_or_else(|| run.to_owned()));
            rest = &rest[run.len()..];
        }
    }
    out
}

/// The most letters of a word on each side of what is wrong with it.
const AROUND: usize = 24;

fn word_in(text: &str, at: usize) -> &str {
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '"');
    let begin = text[..at].char_indices().rev().take(AROUND);
    let begin = begin.take_while(|(_, c)| !ends(*c)).last();
    let end = text[at..].char_indices().skip(1).take(AROUND);
    let end = end
        .take_while(|(_, c)| !ends(*c))
        .last()
        .map_or(at, |(i, c)| at + i + c.len_utf8());
    &text[begin.map_or(at, |(i, _)| i)..end.max(at)]
}

fn word_around(bytes: &[u8], at: usize) -> &[u8] {
    let is_inside = |b: &u8| b.is_ascii_alphanumeric() || !b.is_ascii();
    let before = bytes[..at].iter().rev().take(AROUND);
    let before = before.take_while(|b| is_inside(b)).count();
    let behind = bytes[at..].iter().take(AROUND);
    let behind = behind.take_while(|b| is_inside(b)).count();
    &bytes[at - before..at + behind]
}

fn readings(word: &[u8]) -> Vec<(TextEncoding, String)> {
    TextEncoding::OF_SPREADSHEETS
        .into_iter()
        .filter_map(|e| Some((e, e.reading(word)?)))
        .collect()
}

/// Physical lines, counted over pieces: each ends with LF, CR LF or CR.
struct Lines {
    line: u64,
    after_cr: bool,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            line: 1,
            after_cr: false,
        }
    }
}

impl Lines {
    fn pass(&mut self, text: &[u8]) {
        let (Some(first), Some(last)) = (text.first(), text.last()) else {
            return;
        };
        let lf = memchr::memchr_iter(b'\n', text).count() as u64;
        let cr = memchr::memchr_iter(b'\r', text)
            .filter(|at| text.get(at + 1) != Some(&b'\n'))
            .count() as u64;
        let again = u64::from(self.after_cr && *first == b'\n');
        self.after_cr = *last == b'\r';
        self.line += lf + cr - again;
    }
}

/// UTF-8 in pieces that may end inside a letter.
struct Utf8Pieces {
    /// The beginning of a letter that the next piece may end.
    open: Vec<u8>,
    is_utf8: bool,
    beyond_ascii: bool,
}

impl Default for Utf8Pieces {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            is_utf8: true,
            beyond_ascii: false,
        }
    }
}

/// Bytes, and the place of the first that isn't UTF-8.
type NotUtf8<'a> = (Cow<'a, [u8]>, usize);

impl Utf8Pieces {
    /// The letters that are whole with this piece.
    fn takes<'a>(&mut self, piece: &'a [u8], last: bool) -> Result<Cow<'a, str>, NotUtf8<'a>> {
        if !self.is_utf8 {
            return Ok(Cow::Borrowed(""));
        }
        let whole: Cow<'a, [u8]> = if self.open.is_empty() {
            if let Ok(text) = std::str::from_utf8(piece) {
                self.beyond_ascii |= !piece.is_ascii();
                return Ok(Cow::Borrowed(text));
            }
            Cow::Borrowed(piece)
        } else {
            Cow::Owned([&std::mem::take(&mut self.open), piece].concat())
        };
        let valid = match std::str::from_utf8(&whole) {
            Ok(_) => whole.len(),
            Err(e) if e.error_len().is_none() && !last => e.valid_up_to(),
            Err(e) => {
                self.is_utf8 = false;
                return Err((whole, e.valid_up_to()));
            }
        };
        self.open.extend_from_slice(&whole[valid..]);
        self.beyond_ascii |= !whole[..valid].is_ascii();
        Ok(match whole {
            Cow::Borrowed(b) => Cow::Borrowed(std::str::from_utf8(&b[..valid]).unwrap_or_default()),
            Cow::Owned(mut b) => {
                b.truncate(valid);
                Cow::Owned(String::from_utf8(b).unwrap_or_default())
            }
        })
    }
}

/// Reads bytes of an encoding as UTF-8. The text fits: [`Check`] looked through it.
pub(crate) struct Decoding<R> {
    input: R,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    /// What of `raw` isn't decoded yet.
    from: usize,
    at_end: bool,
}

impl<R: Read> Decoding<R> {
    pub(crate) fn of(input: R, encoding: TextEncoding) -> Self {
        let decoder =
            (encoding != TextEncoding::UTF_8).then(|| encoding.0.new_decoder_with_bom_removal());
        Self {
            input,
            decoder,
            raw: Vec::new(),
            from: 0,
            at_end: false,
        }
    }

    pub(crate) fn input(&self) -> &R {
        &self.input
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some(decoder) = &mut self.decoder else {
            return self.input.read(buffer);
        };
        // A decoder writes whole letters only.
        if buffer.len() < 8 {
            return Err(std::io::Error::other("a buffer of less than a letter"));
        }
        loop {
            if self.from == self.raw.len() && !self.at_end {
                self.raw.resize(256 * 1024, 0);
                let n = self.input.read(&mut self.raw)?;
                self.raw.truncate(n);
                self.from = 0;
                self.at_end = n == 0;
            }
            let rest = &self.raw[self.from..];
            let (result, read, written, _) = decoder.decode_to_utf8(rest, buffer, self.at_end);
            self.from += read;
            if written > 0 {
                return Ok(written);
            }
            if self.at_end && result == CoderResult::InputEmpty {
                self.decoder = None;
                return Ok(0);
            }
        }
    }
}
