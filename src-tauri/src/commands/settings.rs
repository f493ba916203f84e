//! Settings of the ledger, and the window's own.

use hostledger_app::cutover::PAID_THROUGH;
use hostledger_app::settings::{self, SettingNow};
use hostledger_app::{Code, Error};
use tauri::State;

use super::run;
use crate::state::AppState;
use crate::view::settings::{
    Choice, SetSettingRequest, Setting, SettingChange, SettingGroup, SettingKeyRequest, SettingKind,
};
use crate::view::shared::{Answer, instant};

/// The window's own setting; it is no setting of the ledger.
const IDLE_LOCK: &str = "idle_lock_minutes";

struct Words {
    group: SettingGroup,
    kind: SettingKind,
    title: String,
    explanation: &'static str,
    choices: &'static [(&'static str, &'static str)],
}

fn words(key: &str) -> Words {
    let (family, currency) = key.split_once('.').unwrap_or((key, ""));
    let (group, kind, title, explanation): (_, _, String, _) = match family {
        "minimum" => (
            SettingGroup::Payouts,
            SettingKind::Amount,
            format!("Smallest payout in {currency}"),
            "A host with less is carried to a later batch.",
        ),
        "approvers" => (
            SettingGroup::Payouts,
            SettingKind::Text,
            format!("More approvers for large batches in {currency}"),
            "Such as: 2 from 10000.00; 3 from 50000.00. Below the first sum one person approves. 1: one person, whatever the sum.",
        ),
        "onboarding_return_url" => (
            SettingGroup::Payouts,
            SettingKind::Text,
            "Where hosts come back to".into(),
            "The address Stripe sends a host to after onboarding.",
        ),
        "tax_details_required" => (
            SettingGroup::Payouts,
            SettingKind::YesNo,
            "Tax details required".into(),
            "Hosts without tax details are carried.",
        ),
        "carts" => (
            SettingGroup::Flags,
            SettingKind::YesNo,
            "Participants pay several bookings at once".into(),
            "Then bookings that share a card payment are taken in without a flag. The same seat under a second id is asked about all the same.",
        ),
        "file_lead_days" => (
            SettingGroup::Payouts,
            SettingKind::Count,
            "Payment file ahead of its date".into(),
            "How many business days (Monday to Friday) before the payout date the payment file may be written. It carries the payout date.",
        ),
        "approver_wait_days" => (
            SettingGroup::Payouts,
            SettingKind::Count,
            "New approvers wait".into(),
            "For how many days an approver's key can't approve a batch of the person who made that key: who added the approver, or recovered them.",
        ),
        "statement_name" => (
            SettingGroup::Payouts,
            SettingKind::Text,
            "Name on hosts' bank statements".into(),
            "Stands for {name} in the reference of payouts of payment files.",
        ),
        "statement_reference" => (
            SettingGroup::Payouts,
            SettingKind::Text,
            "Reference on hosts' bank statements".into(),
            "With {name}, {date} (the payout date) and {payout} (the end of the payout's id) in their places.",
        ),
        "statement_limit" => (
            SettingGroup::Payouts,
            SettingKind::Count,
            "Longest reference".into(),
            "How many characters your bank takes as a reference.",
        ),
        "hold_days" => (
            SettingGroup::Payouts,
            SettingKind::Days,
            "Hold after a session".into(),
            "Days after the session's end before its money can be paid out.",
        ),
        "fee_rate" => (
            SettingGroup::Fees,
            SettingKind::Percent,
            format!("Estimated fee in {currency}, percentage"),
            "Used where the export has no actual fee.",
        ),
        "fee_fixed" => (
            SettingGroup::Fees,
            SettingKind::Amount,
            format!("Estimated fee in {currency}, fixed part"),
            "Added to the percentage, once per booking.",
        ),
        "fee_borne_by" => (
            SettingGroup::Fees,
            SettingKind::Choice,
            "Processing fee borne by".into(),
            "Whose share card processing comes out of.",
        ),
        "time_zone" => (
            SettingGroup::Ledger,
            SettingKind::Text,
            "Business time zone".into(),
            "Business dates are read in it. It can't change once there are bookings.",
        ),
        PAID_THROUGH => (
            SettingGroup::Ledger,
            SettingKind::Text,
            "Hosts were paid elsewhere until".into(),
            "Money payable on or before this day counts as paid outside. Empty: this ledger pays everything. It can't change once there are bookings.",
        ),
        "paper" => (
            SettingGroup::Ledger,
            SettingKind::Choice,
            "Paper".into(),
            "The size of the sheets that are made.",
        ),
        "exposure_days" => (
            SettingGroup::Disputes,
            SettingKind::Days,
            "Counts as disputable after a session".into(),
            "How long what was paid is shown under Exposure. Banks take chargebacks for about 120 days.",
        ),
        "dispute_fee" => (
            SettingGroup::Disputes,
            SettingKind::Text,
            "Bank's fee for a chargeback".into(),
            "Used where Stripe doesn't say what it charged. The one in force on the day the chargeback was opened.",
        ),
        "dispute_fee_currency" => (
            SettingGroup::Disputes,
            SettingKind::Text,
            "Currency of that fee".into(),
            "The currency in which Stripe settles with you.",
        ),
        "dispute_fee_returned" => (
            SettingGroup::Disputes,
            SettingKind::YesNo,
            "The fee comes back when a chargeback is won".into(),
            "Then it is taken back on the day of the decision.",
        ),
        "refund_policy" => (
            SettingGroup::Disputes,
            SettingKind::LongText,
            "Refund policy".into(),
            "The text participants agreed to. The one in force on the day of booking goes into the evidence.",
        ),
        "flag_price_times" => (
            SettingGroup::Flags,
            SettingKind::Times,
            "Price far above the host's usual, from".into(),
            "Flags a price over so many times the median of the host's bookings of the 90 days before.",
        ),
        "flag_price_bookings" => (
            SettingGroup::Flags,
            SettingKind::Count,
            "Bookings needed to compare a price with".into(),
            "With fewer other bookings in those 90 days no price is flagged.",
        ),
        "flag_velocity_bookings" => (
            SettingGroup::Flags,
            SettingKind::Count,
            "Bookings of one participant in a day".into(),
            "Flags all of them when one participant books one host more often than this within 24 hours.",
        ),
        "flag_session_hours" => (
            SettingGroup::Flags,
            SettingKind::Hours,
            "Longest session".into(),
            "Flags a session that lasts longer, or ends before it starts.",
        ),
        "flag_refund_percent" => (
            SettingGroup::Flags,
            SettingKind::Percent,
            "Refunded sessions of a host".into(),
            "Flags what is due to a host when more than this share of the sessions of 30 days was refunded.",
        ),
        "flag_refund_sessions" => (
            SettingGroup::Flags,
            SettingKind::Count,
            "Sessions needed to tell that share".into(),
            "With fewer sessions in those 30 days no host is flagged for refunds.",
        ),
        "filer_name" => (
            SettingGroup::Tax,
            SettingKind::Text,
            "Filer's name".into(),
            "Who files forms 1099-K: the name that the IRS knows.",
        ),
        "filer_address" => (
            SettingGroup::Tax,
            SettingKind::Text,
            "Filer's address".into(),
            "Its lines with a semicolon between them; the last one as City, ST 12345.",
        ),
        "filer_phone" => (
            SettingGroup::Tax,
            SettingKind::Text,
            "Filer's telephone number".into(),
            "Payees with questions about their form call it.",
        ),
        "filer_tin" => (
            SettingGroup::Tax,
            SettingKind::Text,
            "Filer's EIN".into(),
            "Printed in full on every copy.",
        ),
        "state_id" => (
            SettingGroup::Tax,
            SettingKind::Text,
            format!("Filer's number in {currency}"),
            "Stands in box 7 where that state's rule makes a form due.",
        ),
        "filer_type" => (
            SettingGroup::Tax,
            SettingKind::Choice,
            "The filer is".into(),
            "PSE: the payment settlement entity. EPF: an electronic payment facilitator or other third party.",
        ),
        "tax_who_files" => (
            SettingGroup::Tax,
            SettingKind::Choice,
            "Forms 1099-K are filed by".into(),
            "A form is never made twice for the same money: with Stripe or nobody here, no forms are made.",
        ),
        "tax_date_basis" => (
            SettingGroup::Tax,
            SettingKind::Choice,
            "A transaction belongs to the date of its".into(),
            "BOOKED: payment by the participant. PAYOUT: payout to the host.",
        ),
        "tax_cancelled_captured" => (
            SettingGroup::Tax,
            SettingKind::YesNo,
            "Bookings paid and then cancelled count".into(),
            "Unsure: shipped off. Yes: their price stands in box 1a although the session never took place.",
        ),
        "tax_combined_filing" => (
            SettingGroup::Tax,
            SettingKind::YesNo,
            "Combined federal and state filing".into(),
            "Yes: the IRS is asked to pass forms on to the payees' states, except FL, IL, MA, NC, VA and VT. The filer must be enrolled.",
        ),
        "tax_portal_plain" => (
            SettingGroup::Tax,
            SettingKind::YesNo,
            "Names and addresses for the IRS without # . ,".into(),
            "Its portal is said to refuse these characters. Payees' copies keep them.",
        ),
        other => (
            SettingGroup::Ledger,
            SettingKind::Text,
            other.to_owned(),
            "",
        ),
    };
    let choices: &[(&str, &str)] = match family {
        "fee_borne_by" => &[("HOST", "The host"), ("PLATFORM", "The platform")],
        "paper" => &[("A4", "A4"), ("Letter", "US Letter")],
        "filer_type" => &[
            ("PSE", "Payment settlement entity"),
            ("EPF", "Payment facilitator or other third party"),
        ],
        "tax_who_files" => &[
            ("LEDGER", "This ledger"),
            ("STRIPE", "Stripe"),
            ("NOBODY", "Nobody here"),
        ],
        "tax_date_basis" => &[("BOOKED", "Payment"), ("PAYOUT", "Payout")],
        _ => &[],
    };
    Words {
        group,
        kind,
        title,
        explanation,
        choices,
    }
}

/// The ledger says on and off where the window says true and false.
fn shown(kind: SettingKind, value: &str) -> String {
    match (kind, value) {
        (SettingKind::YesNo, "on") => "true".into(),
        (SettingKind::YesNo, _) => "false".into(),
        _ => value.to_owned(),
    }
}

fn setting(now: SettingNow) -> Setting {
    let words = words(&now.key);
    let currency = now.key.split_once('.').map(|(_, c)| c.to_owned());
    Setting {
        currency: currency.filter(|_| words.kind == SettingKind::Amount),
        group: words.group,
        title: words.title,
        explanation: words.explanation.to_owned(),
        choices: words
            .choices
            .iter()
            .map(|(value, title)| Choice {
                value: (*value).to_owned(),
                title: (*title).to_owned(),
            })
            .collect(),
        value: shown(words.kind, &now.value),
        kind: words.kind,
        since: now.set.as_ref().map(|c| c.change.since.to_string()),
        by: now.set.map(|c| c.set_by),
        key: now.key,
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_settings(state: State<'_, AppState>) -> Answer<Vec<Setting>> {
    let mut all = run(&state, |s| {
        Ok(settings::list(s)?
            .into_iter()
            .map(setting)
            .collect::<Vec<_>>())
    })
    .await?;
    all.push(Setting {
        key: IDLE_LOCK.to_owned(),
        group: SettingGroup::Window,
        title: "Locks when idle".to_owned(),
        explanation: "Minutes without mouse or keyboard after which this window locks; 0: never. Kept on this machine.".to_owned(),
        kind: SettingKind::Minutes,
        currency: None,
        choices: Vec::new(),
        value: state.window_file().idle_lock_minutes.to_string(),
        since: None,
        by: None,
    });
    Ok(all)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_setting_history(
    state: State<'_, AppState>,
    request: SettingKeyRequest,
) -> Answer<Vec<SettingChange>> {
    run(&state, move |s| {
        let kind = words(&request.key).kind;
        let changes = settings::history(s)?;
        Ok(changes
            .into_iter()
            .filter(|c| c.change.key == request.key)
            .map(|c| SettingChange {
                value: shown(kind, &c.change.value),
                since: Some(c.change.since.to_string()),
                by: Some(c.set_by),
                at: Some(instant(c.set_at)),
                reason: Some(c.reason),
            })
            .collect())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_setting(
    state: State<'_, AppState>,
    request: SetSettingRequest,
) -> Answer<()> {
    if request.key == IDLE_LOCK {
        let minutes: u32 = request
            .value
            .trim()
            .parse()
            .ok()
            .filter(|m| *m <= 24 * 60)
            .ok_or_else(|| {
                Error::new(
                    Code::BadInput,
                    "Give a number of minutes from 0 (never) to 1440.",
                )
            })?;
        let mut file = state.window_file();
        file.idle_lock_minutes = minutes;
        file.save();
        return Ok(());
    }
    run(&state, move |s| {
        settings::set(s, &request.key, &request.value, &request.reason)
    })
    .await
}
