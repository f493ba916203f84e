//! Which columns a file has, held against its format and against the last file of its kind.

use hostledger_store::{Conn, imports};
use serde_json::json;

use crate::Result;
use crate::csv_file::CsvFile;
use crate::imports::ImportKind;
use crate::source_file::SourceFile;

/// What is to be said of a file's columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileColumns {
    /// Columns of the format that the file lacks, none of them required. What is known of them stays.
    pub missing: Vec<String>,
    /// Columns that the format doesn't know. They are kept with each row and not used.
    pub unused: Vec<String>,
    /// Columns that the last file of this kind didn't have.
    pub new: Vec<String>,
    /// Columns that the last file of this kind had and this one lacks.
    pub gone: Vec<String>,
}

impl FileColumns {
    /// In words: a sentence for each that there is something to say of.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let all = [
            (
                "Columns that the file doesn't have, of which the known stays: ",
                &self.missing,
            ),
            (
                "Columns that are kept with each row and not used: ",
                &self.unused,
            ),
            (
                "Columns that the last file of this kind didn't have: ",
                &self.new,
            ),
            ("Columns that the last file of this kind had: ", &self.gone),
        ];
        all.into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(what, names)| format!("{what}{}.", names.join(", ")))
            .collect()
    }
}

/// The columns of a file, as they stand there.
pub(crate) fn names(kind: ImportKind, source: &SourceFile) -> Result<Vec<String>> {
    let file = CsvFile::open(source, kind.columns(), kind.as_str())?;
    Ok(file.names.into_iter().filter(|n| !n.is_empty()).collect())
}

/// Holds columns against the format and the last file of this kind that stands.
pub(crate) fn compare(conn: &Conn, kind: ImportKind, names: &[String]) -> Result<FileColumns> {
    let format = kind.columns();
    let has = |names: &[String], name: &str| names.iter().any(|n| n == name);
    let missing = format
        .iter()
        .filter(|(c, required)| !required && !has(names, c))
        .map(|(c, _)| (*c).to_owned());
    let unused = names
        .iter()
        .filter(|n| !format.iter().any(|(c, _)| c == n))
        .cloned();
    let last: Option<Vec<String>> = imports::last_columns(conn, kind.as_str())?
        .and_then(|text| serde_json::from_str(&text).ok());
    let without = |these: &[String], others: &[String]| -> Vec<String> {
        these.iter().filter(|n| !has(others, n)).cloned().collect()
    };
    Ok(FileColumns {
        missing: missing.collect(),
        unused: unused.collect(),
        new: last.as_ref().map_or_else(Vec::new, |l| without(names, l)),
        gone: last.as_ref().map_or_else(Vec::new, |l| without(l, names)),
    })
}

/// Keeps the columns of an import.
pub(crate) fn keep(conn: &Conn, import_key: i64, names: &[String]) -> Result<()> {
    Ok(imports::put_columns(
        conn,
        import_key,
        &json!(names).to_string(),
    )?)
}
