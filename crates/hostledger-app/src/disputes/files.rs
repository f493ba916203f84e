//! Files kept with a dispute, encrypted with the ledger.

use std::path::Path;

use hostledger_core::{Code, Error};
use hostledger_store::audit;
use hostledger_store::dispute_files::{self as stored, Attachment, NewAttachment};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::lead;
use crate::files::{there, write_new};
use crate::identity::Role;
use crate::session::file_problem;
use crate::{Result, Session, clock};

/// The largest file that is kept: evidence is read by people.
const LARGEST: usize = 20 * 1024 * 1024;

/// A dispute's files, oldest first.
///
/// # Errors
/// [`Code::NotFound`].
pub fn attachments(s: &Session, dispute_id: &str) -> Result<Vec<Attachment>> {
    s.ledger.read(|conn| {
        let d = lead(conn, dispute_id)?;
        Ok(stored::attachments(conn, d.dispute_key)?)
    })
}

/// Keeps a copy of a file with a dispute. Its id.
///
/// # Errors
/// [`Code::BadInput`] for an empty file or one over 20 MB; file errors.
pub fn attach(s: &Session, dispute_id: &str, path: &Path) -> Result<String> {
    s.require(&[Role::Preparer], "attach files")?;
    let bytes = std::fs::read(path).map_err(|e| file_problem(path, &e))?;
    if bytes.is_empty() || bytes.len() > LARGEST {
        return Err(Error::new(
            Code::BadInput,
            format!(
                "{} holds {} bytes. A file to attach holds something, and at most 20 MB.",
                path.display(),
                bytes.len()
            ),
        ));
    }
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let sha256 = hex::encode(Sha256::digest(&bytes));
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let d = lead(conn, dispute_id)?;
        let id = clock::new_id();
        let new = NewAttachment {
            attachment_id: &id,
            dispute_key: d.dispute_key,
            name: &name,
            media_type: media_type(&name),
            sha256: &sha256,
            bytes: &bytes,
        };
        stored::attach(conn, &new, &stamp)?;
        let facts = json!({ "attachment_id": id, "name": name, "sha256": sha256 });
        audit::record(conn, &stamp, "disputes.attach", &d.row.dispute_id, &facts)?;
        Ok(id)
    })
}

fn media_type(name: &str) -> &'static str {
    match name
        .rsplit('.')
        .next()
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("txt" | "log") => "text/plain",
        Some("eml") => "message/rfc822",
        _ => "application/octet-stream",
    }
}

/// Writes a copy of a kept file to a path that isn't there yet.
///
/// # Errors
/// [`Code::NotFound`], [`Code::AlreadyThere`]; file errors.
pub fn save_attachment(s: &Session, attachment_id: &str, out: &Path) -> Result<()> {
    let (_, _, bytes) = s.ledger.read(|conn| {
        stored::attachment(conn, attachment_id)?.ok_or_else(|| no_file(attachment_id))
    })?;
    if out.exists() {
        return Err(there(out));
    }
    write_new(out, &bytes)
}

fn no_file(attachment_id: &str) -> Error {
    Error::new(
        Code::NotFound,
        format!("There is no attached file {attachment_id}."),
    )
}

/// Takes a file off; that it was there stays in the audit trail.
///
/// # Errors
/// [`Code::NotFound`], [`Code::BadInput`] without a reason.
pub fn detach(s: &Session, attachment_id: &str, reason: &str) -> Result<()> {
    s.require(&[Role::Preparer], "take files off")?;
    let reason = crate::commissions::need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let (key, name, _) =
            stored::attachment(conn, attachment_id)?.ok_or_else(|| no_file(attachment_id))?;
        stored::detach(conn, attachment_id, &stamp)?;
        let d = hostledger_store::disputes::get(conn, key)?;
        let facts = json!({ "attachment_id": attachment_id, "name": name, "reason": reason });
        audit::record(conn, &stamp, "disputes.detach", &d.row.dispute_id, &facts)?;
        Ok(())
    })
}
