//! The rules of when a form is due: looked at and changed by people, with a source.

use hostledger_core::tax_rules::TaxRule;
use hostledger_core::{Code, Currency, Error, Money};
use hostledger_documents::amount_on_paper;
use hostledger_store::audit;
use hostledger_store::tax::rules::{self, KeptRule};
use serde_json::json;

use crate::commissions::need_reason;
use crate::identity::Role;
use crate::{Result, Session};

/// What a rule asks for, in words.
#[must_use]
pub fn rule_in_words(rule: &TaxRule) -> String {
    let amount = Money::new(rule.amount_minor, Currency::USD);
    rule.in_words(&amount_on_paper(amount))
}

/// Every rule that holds, the federal ones first.
///
/// # Errors
/// The ledger's own.
pub fn rules(s: &Session) -> Result<Vec<KeptRule>> {
    s.ledger.read(|conn| Ok(rules::all(conn)?))
}

/// Puts a rule in the place of the one of its jurisdiction and first year.
///
/// # Errors
/// [`Code::BadInput`], [`Code::NotAllowed`].
pub fn set_rule(s: &Session, rule: &TaxRule, reason: &str) -> Result<()> {
    s.require(&[Role::Admin], "change tax rules")?;
    let reason = need_reason(reason)?;
    let bad = |why: &str| Err(Error::new(Code::BadInput, why.to_owned()));
    let is_place =
        rule.jurisdiction.len() == 2 && rule.jurisdiction.bytes().all(|b| b.is_ascii_uppercase());
    if !is_place {
        return bad("A jurisdiction is US or a state's two letters, such as VT.");
    }
    if rule.source.trim().is_empty() {
        return bad("A rule needs its source: the law, notice or page that says it.");
    }
    if rule.to_year.is_some_and(|last| last < rule.from_year) {
        return bad("A rule's last year can't be before its first.");
    }
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let before = rules::all(conn)?
            .into_iter()
            .map(|k| k.rule)
            .find(|r| r.jurisdiction == rule.jurisdiction && r.from_year == rule.from_year);
        rules::put(conn, rule, reason, &stamp)?;
        let facts = json!({ "before": before, "after": rule, "reason": reason });
        let subject = format!("{} {}", rule.jurisdiction, rule.from_year);
        audit::record(conn, &stamp, "tax.rule", &subject, &facts)?;
        Ok(())
    })
}
