//! The IRS's bulk TIN matching: the file that goes out, and its answers (Publication 2108-A).

use std::path::{Path, PathBuf};

use hostledger_core::tin::{self, Tin, TinType};
use hostledger_core::{Code, Error};
use hostledger_documents::tin_matching::{self, TinKind, TinLine};
use hostledger_store::audit;
use hostledger_store::tax::profiles;
use serde_json::json;

use super::papers::write_private;
use super::vault::Vault;
use crate::identity::Role;
use crate::jobs::Job;
use crate::source_file::SourceFile;
use crate::{Result, Session};

/// What was written for matching.
#[derive(Debug, Clone)]
pub struct MatchingFiles {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Hosts whose name the IRS can't take.
    pub left_out: Vec<String>,
}

/// What answers said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatchAnswers {
    /// Name and TIN are confirmed.
    pub matched: usize,
    /// They aren't: host and what the IRS says.
    pub mismatched: Vec<(String, String)>,
    /// Answers about accounts or TINs that the ledger doesn't have (any more).
    pub unknown: Vec<String>,
}

/// Writes the file of every W-9 with a TIN, in parts of at most 100,000 lines. The files; they carry
/// whole TINs and can be read by their owner only.
///
/// # Errors
/// [`Code::NotAllowed`], [`Code::WrongState`] where there is none, [`Code::FileProblem`].
pub fn write_matching_file(s: &Session, out: &Path) -> Result<MatchingFiles> {
    s.require(&[Role::Preparer], "write TIN matching files")?;
    let vault = Vault::of(s);
    let requests: Vec<TinLine> = s.ledger.read(|conn| {
        profiles::all(conn)?
            .into_iter()
            .filter(|p| !p.form.is_w8())
            .filter_map(|p| Some((p.tin_sealed.clone()?, p)))
            .map(|(sealed, p)| {
                let tin = vault.open(p.tin_type, &sealed)?;
                Ok(TinLine {
                    kind: match p.tin_type {
                        Some(TinType::Ein) => TinKind::Ein,
                        Some(_) => TinKind::Person,
                        None => TinKind::Unknown,
                    },
                    tin: tin.digits().to_owned(),
                    name: p.legal_name,
                    account: p.host_id,
                })
            })
            .collect::<Result<_>>()
    })?;
    if requests.is_empty() {
        return Err(Error::new(
            Code::WrongState,
            "No W-9 with a TIN is in the ledger, so there is nothing to match.",
        ));
    }
    // A name without a Latin letter is none that the IRS takes.
    let (requests, left_out): (Vec<TinLine>, Vec<TinLine>) = requests
        .into_iter()
        .partition(|r| tin_matching::write(std::slice::from_ref(r)).is_ok());
    let mut files = Vec::new();
    for (i, part) in requests.chunks(tin_matching::LINES_PER_FILE).enumerate() {
        let path = match i {
            0 => out.to_owned(),
            n => numbered(out, n + 1),
        };
        let text =
            tin_matching::write(part).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
        write_private(&path, text.as_bytes())?;
        files.push(path);
    }
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let facts = json!({ "lines": requests.len(), "files": files.len() });
        audit::record(conn, &stamp, "tax.tin_match", "", &facts)?;
        Ok::<_, Error>(())
    })?;
    Ok(MatchingFiles {
        files,
        left_out: left_out.into_iter().map(|r| r.account).collect(),
    })
}

fn numbered(path: &Path, n: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let end = path
        .extension()
        .map(|e| format!(".{}", e.to_string_lossy()))
        .unwrap_or_default();
    path.with_file_name(format!("{stem}-{n}{end}"))
}

/// Takes the IRS's answers in. An answer about a TIN that the host doesn't have any more is named and
/// ignored.
///
/// # Errors
/// [`Code::WrongFile`] with the line; [`Code::FileProblem`], [`Code::NotAllowed`].
pub fn read_answers(s: &Session, path: &Path) -> Result<MatchAnswers> {
    s.require(&[Role::Preparer], "take TIN matching answers in")?;
    let wrong = |what: &str| {
        Error::new(
            Code::WrongFile,
            format!(
                "{what} Nothing was taken in. Choose the result file of the IRS's bulk TIN matching."
            ),
        )
    };
    let source = SourceFile::open(path, None, &Job::unwatched())?;
    let text = source.text_as_a_whole()?;
    let answers = tin_matching::read_answers(&text).map_err(|e| wrong(&e.to_string()))?;
    if answers.is_empty() {
        return Err(wrong("The file has no answer in it."));
    }
    let vault = Vault::of(s);
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let known = profiles::all(conn)?;
        let mut out = MatchAnswers::default();
        for a in answers {
            // An account that the IRS doesn't return is found by its TIN.
            let print = Tin::read(None, &a.tin).ok().map(|t| vault.print(&t));
            let found = known.iter().find(|p| {
                (a.account.is_empty() || p.host_id == a.account)
                    && print.is_some_and(|print| p.tin_print.as_deref() == Some(&print[..]))
            });
            let Some(p) = found else {
                out.unknown.push(a.account);
                continue;
            };
            profiles::set_match(conn, p, a.code, &stamp)?;
            if tin::is_match(a.code) {
                out.matched += 1;
            } else {
                out.mismatched
                    .push((p.host_id.clone(), tin::match_in_words(a.code).to_owned()));
            }
        }
        let facts = json!({ "matched": out.matched, "mismatched": out.mismatched.len(), "unknown": out.unknown.len() });
        audit::record(conn, &stamp, "tax.tin_answers", "", &facts)?;
        Ok(out)
    })
}
