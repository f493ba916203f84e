//! Empty files with every column of a kind (docs/files.md).

use std::path::Path;

use hostledger_core::{Code, Error};

use crate::imports::ImportKind;
use crate::{Result, files, fx};

/// A kind of file that an empty one can be had of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Of a file of rows.
    Import(ImportKind),
    /// Of exchange rates.
    ExchangeRates,
}

impl Template {
    fn columns(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Import(kind) => kind.columns(),
            Self::ExchangeRates => &fx::COLUMNS,
        }
    }

    /// Writes the empty file to a place where no file is yet.
    ///
    /// # Errors
    /// [`Code::AlreadyThere`], [`Code::FileProblem`].
    pub fn write(self, out: &Path) -> Result<()> {
        let names: Vec<&str> = self.columns().iter().map(|c| c.0).collect();
        files::write_new(out, format!("{}\n", names.join(",")).as_bytes())
    }

    /// Where the columns are described and how to get them, as a sentence.
    pub(crate) fn where_from(self) -> String {
        let command = match self {
            Self::Import(kind) => format!("import {}", kind.as_str()),
            Self::ExchangeRates => "fx import".to_owned(),
        };
        format!(
            "docs/files.md describes the columns; `hostledger {command} --template FILE` writes an empty file that has them."
        )
    }

    /// A refusal for want of columns, with where to get them.
    pub(crate) fn pointed_to(self, mut refused: Error) -> Error {
        let lacks = refused.details["missing"]
            .as_array()
            .is_some_and(|names| !names.is_empty());
        if refused.code == Code::WrongFile && lacks {
            refused.message = format!("{} {}", refused.message, self.where_from());
        }
        refused
    }
}
