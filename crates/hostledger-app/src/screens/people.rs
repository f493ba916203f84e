//! The people of a ledger as the window lists them.

use hostledger_store::screens::books::{AuditFilter, audit_page};
use hostledger_store::users::{self, User};

use crate::{Result, Session};

/// Somebody who uses or used the ledger.
#[derive(Debug, Clone)]
pub struct Person {
    /// The user.
    pub user: User,
    /// Who added them; `None`: they made the ledger.
    pub added_by: Option<String>,
}

/// Everybody, removed ones too.
///
/// # Errors
/// The ledger's own.
pub fn list(s: &Session) -> Result<Vec<Person>> {
    s.ledger.read(|conn| {
        let mut out = Vec::new();
        for user in users::all(conn)? {
            let f = AuditFilter {
                action: Some("users.add".into()),
                subject: Some(user.name.clone()),
                ..AuditFilter::default()
            };
            let added_by = audit_page(conn, &f, None, 1)?.pop().map(|e| e.user);
            out.push(Person { user, added_by });
        }
        Ok(out)
    })
}
