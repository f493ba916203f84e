//! Connected accounts and their account links (<https://docs.stripe.com/api/accounts>).

use serde_json::{Map, Value, json};

use super::list::{self, PAGING};
use super::{Call, Context};
use crate::error::Refusal;
use crate::form::Form;
use crate::record::AccountSetup;
use crate::world::Account;

/// What a fresh Express account still has to say.
const ASKED_OF_NEW: [&str; 3] = [
    "external_account",
    "individual.id_number",
    "tos_acceptance.date",
];

/// Parameters that are taken and not looked at.
const NOT_KEPT: [&str; 10] = [
    "account_token",
    "bank_account",
    "company",
    "controller",
    "default_currency",
    "documents",
    "external_account",
    "groups",
    "individual",
    "settings",
];

pub(super) fn object(account: &Account) -> Value {
    let setup = &account.setup;
    let mut capabilities = Map::new();
    if account.transfers_requested {
        let status = if setup.transfers_active {
            "active"
        } else {
            "inactive"
        };
        capabilities.insert("transfers".to_owned(), json!(status));
    }
    let external = format!("/v1/accounts/{}/external_accounts", account.id);
    let mut external = list::list(&external, Vec::new(), false);
    external["total_count"] = json!(0);
    let nothing_due = requirements(&AccountSetup::default());
    json!({
        "id": account.id,
        "object": "account",
        "business_profile": profile(&account.business_profile),
        "business_type": account.business_type,
        "capabilities": capabilities,
        "charges_enabled": setup.disabled_reason.is_none() && account.details_submitted,
        "controller": {
            "fees": { "payer": "application_express" },
            "is_controller": true,
            "losses": { "payments": "application" },
            "requirement_collection": "stripe",
            "stripe_dashboard": { "type": "express" },
            "type": "application",
        },
        "country": setup.country,
        "created": account.created,
        "default_currency": currency_of(&setup.country),
        "details_submitted": account.details_submitted,
        "email": account.email,
        "external_accounts": external,
        "future_requirements": nothing_due,
        "metadata": account.metadata,
        "payouts_enabled": setup.payouts_enabled,
        "requirements": requirements(setup),
        "settings": settings(),
        "tos_acceptance": { "date": null, "ip": null, "user_agent": null },
        "type": account.kind,
    })
}

fn requirements(setup: &AccountSetup) -> Value {
    let mut due = setup.currently_due.clone();
    let late = setup.past_due.iter();
    due.extend(late.filter(|it| !setup.currently_due.contains(it)).cloned());
    json!({
        "alternatives": [],
        "current_deadline": setup.current_deadline,
        "currently_due": due,
        "disabled_reason": setup.disabled_reason,
        "errors": [],
        "eventually_due": due,
        "past_due": setup.past_due,
        "pending_verification": [],
    })
}

fn profile(set: &Map<String, Value>) -> Value {
    let mut profile = Map::new();
    let fields = [
        "mcc",
        "name",
        "product_description",
        "support_address",
        "support_email",
        "support_phone",
        "support_url",
        "url",
    ];
    for field in fields {
        let value = set.get(field).cloned().unwrap_or_default();
        profile.insert(field.to_owned(), value);
    }
    Value::Object(profile)
}

pub(super) fn settings() -> Value {
    json!({
        "bacs_debit_payments": {},
        "branding": {
            "icon": null, "logo": null, "primary_color": null, "secondary_color": null,
        },
        "card_issuing": { "tos_acceptance": { "date": null, "ip": null } },
        "card_payments": {
            "decline_on": { "avs_failure": false, "cvc_failure": false },
            "statement_descriptor_prefix": null,
            "statement_descriptor_prefix_kana": null,
            "statement_descriptor_prefix_kanji": null,
        },
        "dashboard": { "display_name": null, "timezone": "Etc/UTC" },
        "payments": {
            "statement_descriptor": null,
            "statement_descriptor_kana": null,
            "statement_descriptor_kanji": null,
        },
        "payouts": {
            "debit_negative_balances": true,
            "schedule": { "delay_days": 2, "interval": "daily" },
            "statement_descriptor": null,
        },
        "sepa_debit_payments": {},
    })
}

/// The currency that an account of a country begins with.
fn currency_of(country: &str) -> &'static str {
    match country {
        "US" => "usd",
        "GB" => "gbp",
        "CA" => "cad",
        "CH" => "chf",
        "JP" => "jpy",
        "HU" => "huf",
        "AU" => "aud",
        _ => "eur",
    }
}

pub(super) fn create(context: &mut Context, call: &Call) -> Result<Value, Refusal> {
    let form = &call.form;
    let kept = ["country", "type"];
    form.only(&[&kept[..], &UPDATED, &NOT_KEPT].concat())?;
    let kind = form.one_of("type", &["custom", "express", "standard"])?;
    let country = form.text("country")?.unwrap_or_else(|| "US".to_owned());
    if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
        let message = format!("Country '{country}' is unknown.");
        return Err(Refusal::invalid("country_unsupported", message).param("country"));
    }
    let due: Vec<String> = ASKED_OF_NEW.iter().map(|&it| it.to_owned()).collect();
    let mut account = Account {
        id: context.ids.next("acct"),
        kind: kind.unwrap_or_else(|| "standard".to_owned()),
        setup: AccountSetup {
            country,
            payouts_enabled: false,
            transfers_active: false,
            currently_due: due.clone(),
            past_due: due,
            disabled_reason: Some("requirements.past_due".to_owned()),
            current_deadline: None,
        },
        created: context.now,
        ..Account::default()
    };
    change(&mut account, form)?;
    let shown = object(&account);
    context.world.accounts.push(account);
    Ok(shown)
}

const UPDATED: [&str; 7] = [
    "business_profile",
    "business_type",
    "capabilities",
    "email",
    "expand",
    "metadata",
    "tos_acceptance",
];

fn change(account: &mut Account, form: &Form) -> Result<(), Refusal> {
    let email = form.text("email")?;
    let kinds = ["company", "government_entity", "individual", "non_profit"];
    let business_type = form.one_of("business_type", &kinds)?;
    form.metadata(&mut account.metadata)?;
    if let Some(requested) = form.nested(&["capabilities", "transfers", "requested"]) {
        account.transfers_requested = requested == "true";
    }
    for field in [
        "mcc",
        "name",
        "product_description",
        "support_email",
        "support_phone",
        "url",
    ] {
        if let Some(value) = form.nested(&["business_profile", field]) {
            let profile = &mut account.business_profile;
            profile.insert(field.to_owned(), json!(value));
        }
    }
    account.email = email.or_else(|| account.email.take());
    account.business_type = business_type.or_else(|| account.business_type.take());
    Ok(())
}

fn find<'a>(context: &'a mut Context, id: &str) -> Result<&'a mut Account, Refusal> {
    let found = context.world.account(id);
    found.ok_or_else(|| Refusal::no_access(id))
}

pub(super) fn retrieve(context: &mut Context, call: &Call, id: &str) -> Result<Value, Refusal> {
    if id == call.platform {
        return super::platform::retrieve(context, call, None);
    }
    call.form.only(&["expand"])?;
    Ok(object(find(context, id)?))
}

pub(super) fn update(context: &mut Context, call: &Call, id: &str) -> Result<Value, Refusal> {
    call.form.only(&[&UPDATED[..], &NOT_KEPT].concat())?;
    let account = find(context, id)?;
    change(account, &call.form)?;
    Ok(object(account))
}

pub(super) fn list(context: &mut Context, call: &Call) -> Result<Value, Refusal> {
    call.form.only(&[&PAGING[..], &["created"]].concat())?;
    let created = call.form.range("created")?;
    let all = context.world.accounts.iter().rev();
    let all = all.filter(|account| created.has(account.created));
    let all = all.map(|account| (account.id.clone(), object(account)));
    list::page(&call.form, "/v1/accounts", "account", all.collect())
}

/// An account link lives for minutes and is used once
/// (<https://docs.stripe.com/api/account_links>).
pub(super) fn link(context: &mut Context, call: &Call) -> Result<Value, Refusal> {
    let form = &call.form;
    form.only(&[
        "account",
        "collect",
        "collection_options",
        "expand",
        "refresh_url",
        "return_url",
        "type",
    ])?;
    let account = form.required("account")?;
    let kinds = ["account_onboarding", "account_update"];
    if form.one_of("type", &kinds)?.is_none() {
        return Err(crate::form::missing("type"));
    }
    for name in ["refresh_url", "return_url"] {
        let url = form.required(name)?;
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(Refusal::invalid("url_invalid", "Not a valid URL").param(name));
        }
    }
    if context.world.account(&account).is_none() {
        return Err(Refusal::missing_param("account", &account, "account"));
    }
    let token = context.ids.next("link");
    Ok(json!({
        "object": "account_link",
        "created": context.now,
        "expires_at": context.now + 300,
        "url": format!("https://connect.stripe.com/setup/e/{account}/{token}"),
    }))
}
