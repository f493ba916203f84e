//! A file that somebody hands in: its name, size, SHA-256 and the encoding of its text. What is
//! hashed is what is read: every pass over the file hashes it again and ends in a refusal where it
//! isn't the same file any more.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use hostledger_core::{Code, Error};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::Result;
use crate::csv_file::header_names;
use crate::encodings::{self, Decoding, TextEncoding};
use crate::foreign_files;
use crate::jobs::Job;
use crate::session::file_problem;

/// How much of a file tells what it is.
const HEAD_BYTES: usize = 64 * 1024;

/// The most that is read at once.
const MOST_AT_ONCE: u64 = 64 * 1024 * 1024;

/// The name by which people know a file.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// A file as it was when it was opened.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    path: PathBuf,
    /// The name by which people know it.
    pub(crate) name: String,
    /// Its size.
    pub(crate) bytes: u64,
    /// SHA-256 of its content.
    pub(crate) sha256: String,
    /// The encoding of its text.
    pub(crate) encoding: TextEncoding,
    /// How many lines hold letters that were saved in a wrong encoding once, and one of them.
    pub(crate) garbled: Option<(u64, encodings::Garbled)>,
    /// The beginning of its text, in UTF-8.
    pub(crate) head: Vec<u8>,
}

impl SourceFile {
    /// Reads a file once, for its fingerprint and to see that all of it is text; in an encoding
    /// that a person chose, or in UTF-8 or the UTF-16 that its first bytes say.
    ///
    /// # Errors
    /// [`Code::WrongFile`] where it is no text or in another encoding; [`Code::Cancelled`]; file
    /// errors.
    pub(crate) fn open(path: &Path, chosen: Option<TextEncoding>, job: &Job) -> Result<Self> {
        let problem = |e: std::io::Error| file_problem(path, &e);
        let name = name_of(path);
        let kind = std::fs::metadata(path).map_err(problem)?;
        if !kind.is_file() && !kind.is_dir() {
            // It can't be read twice, and may never end.
            let message =
                format!("{name} is a pipe or a device, not a file. Nothing was imported.");
            return Err(Error::new(Code::FileProblem, message));
        }
        let mut file = File::open(path).map_err(problem)?;
        let total = file.metadata().map_err(problem)?.len();
        let mut start = vec![0; HEAD_BYTES];
        let n = read_fully(&mut file, &mut start).map_err(problem)?;
        start.truncate(n);
        let refuse = |what: &str| {
            let message = format!("{name} is no export: it is {what} Nothing was imported.");
            Err(Error::new(Code::WrongFile, message))
        };
        if let Some(what) = foreign_files::no_text(&start) {
            return refuse(what);
        }
        let encoding = chosen.unwrap_or_else(|| TextEncoding::of(&start));
        let head = encoding.head(&start);
        if let Some(what) = foreign_files::other_text(&head) {
            return refuse(what);
        }
        let mut out = Self {
            path: path.to_owned(),
            name,
            bytes: 0,
            sha256: String::new(),
            encoding,
            garbled: None,
            head,
        };
        let mut hash = Sha256::new();
        let mut text = encodings::Check::new(encoding);
        let mut buffer = vec![0; 1 << 20];
        let mut piece = start.as_slice();
        loop {
            hash.update(piece);
            if let Err(misfit) = text.takes(piece, piece.is_empty()) {
                return Err(out.misfit(&misfit));
            }
            out.bytes += piece.len() as u64;
            if piece.is_empty() {
                break;
            }
            job.check()?;
            job.progress("Reading the file", out.bytes, Some(total));
            let n = file.read(&mut buffer).map_err(problem)?;
            piece = &buffer[..n];
        }
        if chosen.is_some_and(|e| e.is_one_byte()) && text.was_utf8() {
            return Err(out.is_utf8());
        }
        out.garbled = text.garbled();
        out.sha256 = hex::encode(hash.finalize());
        Ok(out)
    }

    /// Its text in UTF-8, from the beginning.
    ///
    /// # Errors
    /// File errors.
    pub(crate) fn text(&self) -> Result<SourceText> {
        let file = File::open(&self.path).map_err(|e| file_problem(&self.path, &e))?;
        let raw = Hashed {
            file,
            hash: Sha256::new(),
            bytes: 0,
        };
        Ok(SourceText(Decoding::of(raw, self.encoding)))
    }

    /// All of its text at once; such files are small.
    ///
    /// # Errors
    /// [`Code::WrongFile`] where it is longer than any such file; file errors.
    pub(crate) fn text_as_a_whole(&self) -> Result<String> {
        if self.bytes > MOST_AT_ONCE {
            let message = format!("{} is too long to be such a file.", self.name);
            return Err(Error::new(Code::WrongFile, message));
        }
        let mut text = self.text()?;
        let mut out = String::new();
        text.read_to_string(&mut out)
            .map_err(|e| file_problem(&self.path, &e))?;
        self.is_what_was_read(&text)?;
        Ok(out)
    }

    /// Refuses a file that isn't what it was when it was opened; `text` was read to its end.
    ///
    /// # Errors
    /// [`Code::WrongFile`].
    pub(crate) fn is_what_was_read(&self, text: &SourceText) -> Result<()> {
        let raw = text.0.input();
        if raw.bytes == self.bytes && hex::encode(raw.hash.clone().finalize()) == self.sha256 {
            return Ok(());
        }
        Err(Error::new(
            Code::WrongFile,
            format!(
                "{} changed while it was read. Import it again when nothing writes to it any more. Nothing was imported.",
                self.name
            ),
        ))
    }

    fn misfit(&self, misfit: &encodings::Misfit) -> Error {
        let whose = report_of(&self.head);
        let what = whose.map_or_else(String::new, |w| format!(" is {w}, and"));
        let (name, line, is) = (&self.name, misfit.line, self.encoding.name());
        let readings: Vec<String> = misfit
            .readings
            .iter()
            .map(|(e, word)| format!("\"{word}\" in {}", e.name()))
            .collect();
        let remedy = match readings.as_slice() {
            [] => "Ask for the export in UTF-8, or open it in a text editor, save it as UTF-8 and import that.".to_owned(),
            some => format!(
                "There it would read {}. Say which is right with --encoding NAME, or ask for the export in UTF-8.",
                some.join(", ")
            ),
        };
        let readings: Vec<_> = misfit
            .readings
            .iter()
            .map(|(e, word)| json!({ "encoding": e.name(), "text": word }))
            .collect();
        Error::new(
            Code::WrongFile,
            format!(
                "{name}{what} isn't {is} text: line {line} holds a letter in another encoding. {remedy} Nothing was imported."
            ),
        )
        .with_details(json!({ "line": line, "encoding": is, "readings": readings }))
    }

    fn is_utf8(&self) -> Error {
        let utf8 = TextEncoding::UTF_8.name();
        Error::new(
            Code::WrongFile,
            format!(
                "{} isn't {} text: every letter of it fits {utf8}. Import it without an encoding. Nothing was imported.",
                self.name,
                self.encoding.name()
            ),
        )
        .with_details(json!({ "encoding": self.encoding.name(), "readings": [{ "encoding": utf8, "text": "" }] }))
    }
}

/// Reads until a buffer is full or the file ends.
fn read_fully(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut n = 0;
    while n < buffer.len() {
        match file.read(&mut buffer[n..])? {
            0 => break,
            more => n += more,
        }
    }
    Ok(n)
}

/// Whose report a file is, by its header.
fn report_of(head: &[u8]) -> Option<&'static str> {
    b",;\t|"
        .iter()
        .find_map(|s| foreign_files::whose(&header_names(head, *s)))
}

/// A file's bytes, hashed as they are read.
struct Hashed {
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.hash.update(&buffer[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}

/// A file's text in UTF-8.
pub(crate) struct SourceText(Decoding<Hashed>);

impl SourceText {
    /// The byte of the file up to which it was read.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.0.input().bytes
    }
}

impl Read for SourceText {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}
