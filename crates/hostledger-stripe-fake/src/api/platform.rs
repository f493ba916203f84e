//! The account that the key belongs to (<https://docs.stripe.com/api/accounts/retrieve>).

use serde_json::{Value, json};

use super::{Call, Context, accounts};
use crate::error::Refusal;
use crate::world::Account;

pub(super) fn retrieve(
    context: &mut Context,
    call: &Call,
    connected: Option<&str>,
) -> Result<Value, Refusal> {
    call.form.only(&["expand"])?;
    if let Some(id) = connected {
        let account = context.world.account(id);
        return account.map_or_else(
            || Err(Refusal::no_access(id)),
            |account| Ok(accounts::object(account)),
        );
    }
    let own = Account {
        id: call.platform.to_owned(),
        kind: "standard".to_owned(),
        transfers_requested: true,
        details_submitted: true,
        email: Some("platform@example.com".to_owned()),
        business_type: Some("company".to_owned()),
        ..Account::default()
    };
    let mut object = accounts::object(&own);
    // Stripe shows these of connected accounts only.
    if let Some(fields) = object.as_object_mut() {
        for only_connected in [
            "created",
            "external_accounts",
            "requirements",
            "future_requirements",
        ] {
            fields.remove(only_connected);
        }
    }
    object["controller"] = json!({ "type": "account" });
    object["settings"]["dashboard"]["display_name"] = json!("Platform");
    Ok(object)
}
