//! What can go wrong while a document is written.

use hostledger_core::file_trouble;

/// Why a document was not written. Every case says which value is at fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An amount is not a plain decimal such as "-13.12".
    #[error("{place}: \"{text}\" is not a plain decimal amount")]
    BadAmount {
        /// Where it stood, for example "payout 0192… amount".
        place: String,
        /// The text as given.
        text: String,
    },
    /// A date is not `YYYY-MM-DD`, or an instant is not `YYYY-MM-DDTHH:MM:SSZ`.
    #[error("{place}: \"{text}\" is not {wanted}")]
    BadTime {
        /// Where it stood.
        place: String,
        /// The text as given.
        text: String,
        /// The form that is wanted.
        wanted: &'static str,
    },
    /// A currency is not a three-letter code.
    #[error("{place}: \"{text}\" is not a currency code")]
    BadCurrency {
        /// Where it stood.
        place: String,
        /// The text as given.
        text: String,
    },
    /// Two figures that must be equal are not; the document was not written.
    #[error("{what}: stated {stated}, but its parts add up to {summed}")]
    DoesNotAddUp {
        /// Which figure.
        what: String,
        /// What the caller gave.
        stated: String,
        /// What the parts come to.
        summed: String,
    },
    /// A table's row has more or fewer cells than the table has columns.
    #[error("{place}: {found} cells for {wanted} columns")]
    Misshapen {
        /// Which row, for example "row 3 of \"Earlier payments\"".
        place: String,
        /// Number of its cells.
        found: usize,
        /// Number of the table's columns.
        wanted: usize,
    },
    /// A value that the paper or the file has no place for.
    #[error("{place}: {reason}")]
    Unfit {
        /// Which value, for example "box 4 of the form of host_12".
        place: String,
        /// Why it has no place, and what it was where that may be shown.
        reason: String,
    },
    /// A file has too many rows; the caller makes several files.
    #[error("{found} rows, and a file of this kind takes at most {most}")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// Values that the header row given has no column for. Nothing was written.
    #[error("the header row has no column for {}", .missing.join(", "))]
    NoColumn {
        /// The columns that are missing, as the built-in header names them.
        missing: Vec<String>,
    },
    /// A header row that can't be used: empty, or with two columns for one value.
    #[error("the header row can't be used: {0}")]
    BadHeader(String),
    /// A line of a file that was read can't be understood.
    #[error("line {line}: {reason}")]
    BadLine {
        /// Its number, the first being 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A passphrase that is too easily guessed.
    #[error("the passphrase has {found} characters; take at least {least}")]
    WeakPassphrase {
        /// Its length in characters.
        found: usize,
        /// The shortest that is taken.
        least: usize,
    },
    /// The workbook could not be put together.
    #[error("the workbook could not be put together: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The archive could not be put together.
    #[error("the archive could not be put together: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// One of the fonts that come with the program could not be used.
    #[error("the document font could not be used: {0}")]
    Font(&'static str),
    /// The PDF could not be put together.
    #[error("the PDF could not be put together: {0}")]
    Pdf(String),
    /// The CSV writer failed.
    #[error("the file could not be written: {}", in_words(.0))]
    Csv(#[from] csv::Error),
    /// The output could not be written to.
    #[error("the file could not be written: {}", file_trouble::in_words(.0))]
    Io(#[from] std::io::Error),
}

impl Error {
    /// What the system said of the output, where that is the trouble.
    #[must_use]
    pub fn of_system(&self) -> Option<&std::io::Error> {
        match self {
            Self::Io(e) => Some(e),
            Self::Csv(e) => of_system(e),
            _ => None,
        }
    }
}

fn of_system(e: &csv::Error) -> Option<&std::io::Error> {
    match e.kind() {
        csv::ErrorKind::Io(e) => Some(e),
        _ => None,
    }
}

fn in_words(e: &csv::Error) -> String {
    of_system(e).map_or_else(|| e.to_string(), |e| file_trouble::in_words(e).to_owned())
}
