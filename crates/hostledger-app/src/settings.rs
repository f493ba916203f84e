//! Settings and institutions.

use hostledger_core::calendar::Schedule;
use hostledger_core::settings::{canonical, changes_splits};
use hostledger_core::{Code, Error};
use hostledger_store::institutions::{self, Institution};
use hostledger_store::ledger::Stamp;
use hostledger_store::meta::{self, SettingChange};
use hostledger_store::{Conn, audit, bookings, commissions, hosts};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::commissions::need_reason;
use crate::cutover::{PAID_THROUGH, set_paid_through};
use crate::identity::Role;
use crate::restate::{self, Cause, Terms};
use crate::{Result, Session};

/// A setting as it is today.
#[derive(Debug, Clone)]
pub struct SettingNow {
    /// Its key.
    pub key: String,
    /// Its value today.
    pub value: String,
    /// Since when and by whom; `None`: as shipped.
    pub set: Option<SettingChange>,
}

/// Every setting with its value today.
///
/// # Errors
/// The ledger's own.
pub fn list(s: &Session) -> Result<Vec<SettingNow>> {
    s.ledger.read(|conn| {
        let today = s.stamp(conn)?.on;
        let settings = meta::settings(conn)?;
        let changes = meta::setting_changes(conn)?;
        let mut all: Vec<SettingNow> = settings
            .keys()
            .filter_map(|key| {
                let value = settings.value_on(key, today)?.to_owned();
                let set = changes
                    .iter()
                    .filter(|c| c.change.key == key && c.change.since <= today)
                    .max_by_key(|c| (c.change.since, c.set_at))
                    .cloned();
                Some(SettingNow {
                    key: key.to_owned(),
                    value,
                    set,
                })
            })
            .collect();
        // Not dated: it holds for the whole ledger or not at all.
        all.push(SettingNow {
            key: PAID_THROUGH.to_owned(),
            value: hostledger_store::cutover::paid_through(conn)?
                .map_or_else(String::new, |d| d.to_string()),
            set: None,
        });
        Ok(all)
    })
}

/// Every change of settings, newest first.
///
/// # Errors
/// The ledger's own.
pub fn history(s: &Session) -> Result<Vec<SettingChange>> {
    s.ledger.read(|conn| {
        let mut all = meta::setting_changes(conn)?;
        all.reverse();
        Ok(all)
    })
}

/// Changes a setting from the business date on. Pending commissions of bookings made from that
/// day on follow; nothing earlier changes.
///
/// # Errors
/// [`Code::BadInput`], [`Code::NotAllowed`], [`Code::WrongState`] for the time zone of a ledger
/// or the paid-through date of a ledger with bookings.
pub fn set(s: &Session, key: &str, value: &str, reason: &str) -> Result<()> {
    s.require(&[Role::Admin], "change settings")?;
    if key == PAID_THROUGH {
        return set_paid_through(s, value, reason);
    }
    let value = canonical(key, value)?;
    let reason = need_reason(reason)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        if key == "time_zone" && (bookings::any(conn)? || !hosts::all(conn)?.is_empty()) {
            return Err(Error::new(
                Code::WrongState,
                "The time zone can't change once there are hosts or bookings: business dates of the past would move. Start a new ledger for another zone.",
            ));
        }
        if key == "time_zone" {
            time_zone_holds_from(s, conn, stamp.on)?;
        }
        meta::change_setting(conn, key, &value, stamp.on, &stamp, reason)?;
        if let Some((day, length, limit)) = meta::settings(conn)?.statement_trouble() {
            return Err(Error::new(
                Code::BadInput,
                format!(
                    "With {key} {value} the references of payouts from {day} on would have {length} characters, and the bank takes {limit}. Take a shorter statement_name, leave {{date}} out of statement_reference, or raise statement_limit if your bank takes more.",
                ),
            ));
        }
        if let Some(day) = meta::settings(conn)?.dispute_fee_trouble() {
            return Err(Error::new(
                Code::BadInput,
                format!("With {key} {value} the dispute fee of {day} would have more decimals than its currency. Set dispute_fee to an amount of that currency first."),
            ));
        }
        audit::record(conn, &stamp, "settings.set", key, &json!({ "value": value, "since": stamp.on.to_string(), "reason": reason }))?;
        if changes_splits(key) {
            let from = meta::settings(conn)?.zone.start_of(stamp.on);
            split_pending_again(conn, from, &stamp)?;
        }
        Ok(())
    })
}

/// A ledger has one time zone for all its dates: no day can begin by one zone and end by another,
/// so a change can't wait for a day ahead, nor come before one that was made since.
fn time_zone_holds_from(s: &Session, conn: &Conn, since: Date) -> Result<()> {
    let today = s.machine_date(conn)?;
    if since > today {
        return Err(Error::new(
            Code::BadInput,
            format!(
                "The time zone holds for all dates of a ledger at once, so it can't change on a day ahead ({since}; today is {today}). Set it without --as-of, or on that day."
            ),
        ));
    }
    let later = meta::setting_changes(conn)?
        .into_iter()
        .find(|c| c.change.key == "time_zone" && c.change.since > since);
    match later {
        Some(c) => Err(Error::new(
            Code::BadInput,
            format!(
                "The time zone was set as of {} already, so one as of {since} would never hold. Set it without --as-of.",
                c.change.since
            ),
        )),
        None => Ok(()),
    }
}

fn split_pending_again(conn: &Conn, booked_from: Timestamp, stamp: &Stamp<'_>) -> Result<()> {
    let terms = Terms::load(conn)?;
    let cause = Cause {
        on: Some(stamp.on),
        import_key: None,
        reason: "",
    };
    for booking_key in commissions::pending_bookings(conn, None, booked_from)? {
        restate::again(conn, &terms, booking_key, &cause, stamp)?;
    }
    Ok(())
}

/// All institutions.
///
/// # Errors
/// The ledger's own.
pub fn institutions(s: &Session) -> Result<Vec<Institution>> {
    s.ledger.read(|conn| Ok(institutions::all(conn)?))
}

/// What to change of an institution; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct InstitutionChange {
    /// Its name.
    pub name: Option<String>,
    /// When its hosts are paid.
    pub schedule: Option<Schedule>,
    /// Whether its hosts have tiers.
    pub uses_tiers: Option<bool>,
    /// Whether its hosts are paid at all.
    pub active: Option<bool>,
    /// Its rate in basis points, from the business date on; a new institution's since ever.
    pub rate_bp: Option<i64>,
}

/// Changes an institution or adds one.
///
/// # Errors
/// [`Code::NotAllowed`], [`Code::BadInput`] for a new one without a rate.
pub fn set_institution(
    s: &Session,
    institution_id: &str,
    change: &InstitutionChange,
) -> Result<()> {
    set_institution_because(s, institution_id, change, None)
}

/// As [`set_institution`], with the reason kept in the audit trail.
///
/// # Errors
/// As [`set_institution`].
pub fn set_institution_because(
    s: &Session,
    institution_id: &str,
    change: &InstitutionChange,
    reason: Option<&str>,
) -> Result<()> {
    s.require(&[Role::Admin], "change institutions")?;
    crate::identity::check_name(institution_id)?;
    s.ledger.write(|conn| {
        let stamp = s.stamp(conn)?;
        let known = institutions::all(conn)?.into_iter().find(|i| i.institution_id == institution_id);
        if known.is_none() && change.rate_bp.is_none() {
            return Err(Error::new(Code::BadInput, format!("{institution_id} is new: give its rate.")));
        }
        let name = change
            .name
            .clone()
            .or_else(|| known.as_ref().map(|k| k.name.clone()))
            .unwrap_or_else(|| institution_id.to_owned());
        institutions::put(
            conn,
            institution_id,
            &name,
            change.schedule.or_else(|| known.as_ref().map(|k| k.schedule)).unwrap_or(Schedule::Weekly),
            change.uses_tiers.or_else(|| known.as_ref().map(|k| k.uses_tiers)).unwrap_or(true),
            change.active.or_else(|| known.as_ref().map(|k| k.active)).unwrap_or(true),
            change.rate_bp,
            stamp.on,
            &stamp,
        )?;
        audit::record(
            conn,
            &stamp,
            "institutions.set",
            institution_id,
            &json!({
                "name": name, "schedule": change.schedule.map(Schedule::as_str), "uses_tiers": change.uses_tiers,
                "active": change.active, "rate_bp": change.rate_bp, "since": stamp.on.to_string(),
                "reason": reason,
            }),
        )?;
        let everything = change.uses_tiers.is_some();
        if everything || change.rate_bp.is_some() {
            let from = if everything { Timestamp::MIN } else { meta::settings(conn)?.zone.start_of(stamp.on) };
            split_pending_again(conn, from, &stamp)?;
        }
        Ok(())
    })
}
