//! The ledger itself: making, restoring, people, settings, checking.

use std::path::Path;

use hostledger_app::cutover::PAID_THROUGH;
use hostledger_app::identity::Role;
use hostledger_app::session::{NewLedger, Session};
use hostledger_app::settings::InstitutionChange;
use hostledger_app::{books, cutover, settings};
use hostledger_core::calendar::Schedule;
use hostledger_core::money::parse_percent;
use hostledger_core::{Code, Error};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Answer, done, silent, watched};
use crate::args::{self, Cli};
use crate::people::{folder, name, new_passphrase, secret};
use crate::{Done, json, text};

pub(super) fn init(
    cli: &Cli,
    time_zone: Option<&str>,
    ledger_name: Option<&str>,
    paid_through: Option<Date>,
) -> Answer {
    let folder = folder(cli)?;
    let user = name(cli)?;
    let passphrase = secret(
        "HOSTLEDGER_PASSPHRASE",
        &format!("New passphrase of {user}"),
    )?;
    let new = NewLedger {
        name: ledger_name.unwrap_or(""),
        user: &user,
        passphrase: &passphrase,
        time_zone,
        practice_date: None,
        paid_through,
        as_of: cli.as_of,
    };
    Session::create(&folder, &new)?;
    let start = paid_through.map_or_else(String::new, |d| {
        format!("\nMoney payable on or before {d} counts as paid elsewhere.")
    });
    done(
        json!({ "ledger": folder.to_string_lossy() }),
        format!(
            "The ledger is in {}. {user} has all roles.{start}\n\
             A forgotten passphrase can't be recovered: make a recovery key with `hostledger users recovery-key` and keep it offline.\n\
             Nothing can be approved by one person alone: add a second with `hostledger users add NAME --role approver`.",
            folder.display()
        ),
    )
}

pub(super) fn sample(folder: &Path) -> Answer {
    use hostledger_app::sample_ledger::{PRACTICE_USERS, create};
    let sample = create(folder, &watched())?;
    let users: Vec<Value> = PRACTICE_USERS
        .iter()
        .map(|u| {
            let roles: Vec<&str> = u.roles.iter().map(|r| r.as_str()).collect();
            json!({ "name": u.name, "passphrase": u.passphrase, "roles": roles })
        })
        .collect();
    let inbox: Vec<String> = sample
        .inbox
        .iter()
        .map(|p| p.to_string_lossy().into_owned())
        .collect();
    let text = format!(
        "The sample is in {}; there it is always {}.\n{}\nThis week's exports: {}",
        sample.ledger.display(),
        sample.practice_date,
        PRACTICE_USERS
            .map(|u| format!("  {} signs in with \"{}\"", u.name, u.passphrase))
            .join("\n"),
        inbox.join(", ")
    );
    done(
        json!({ "ledger": sample.ledger.to_string_lossy(), "practice_date": sample.practice_date.to_string(), "users": users, "inbox": inbox }),
        text,
    )
}

pub(super) fn restore(cli: &Cli, file: &Path) -> Answer {
    let folder = folder(cli)?;
    let user = name(cli)?;
    let passphrase = secret("HOSTLEDGER_PASSPHRASE", &format!("Passphrase of {user}"))?;
    books::restore_backup(file, &folder, &user, &passphrase)?;
    silent(format!(
        "The backup is restored in {} and verified.",
        folder.display()
    ))
}

pub(super) fn recover(cli: &Cli, user: &str) -> Answer {
    let key = secret("HOSTLEDGER_RECOVERY_KEY", "Recovery key")?;
    let passphrase = new_passphrase(user)?;
    Session::recover(&folder(cli)?, &key, user, &passphrase)?;
    silent(format!("{user} has a new passphrase and signing key."))
}

pub(super) fn users(s: &Session, c: &args::Users) -> Answer {
    match c {
        args::Users::Add { name, roles } => {
            let roles = roles
                .iter()
                .map(|r| {
                    Role::parse(r).ok_or_else(|| {
                        Error::new(Code::BadInput, format!("\"{r}\" is no role. Roles are preparer, approver, viewer and admin."))
                    })
                })
                .collect::<Result<Vec<_>, _>>()?;
            s.identity().require(&[Role::Admin], "add users")?;
            s.add_user(name, &roles, &new_passphrase(name)?)?;
            silent(format!("{name} can sign in."))
        }
        args::Users::List => {
            let json = json::users(&s.users()?);
            let text = text::table(&json, &[("name", "name"), ("roles", "roles")], "");
            done(json, text)
        }
        args::Users::Remove { name } => {
            s.remove_user(name)?;
            silent(format!(
                "{name} can't sign in any more. A copy of the ledger from before still opens for them."
            ))
        }
        args::Users::Passphrase => {
            s.change_passphrase(&new_passphrase(&s.identity().name)?)?;
            silent("The passphrase is changed.")
        }
        args::Users::RecoveryKey => {
            let key = s.new_recovery_key()?;
            done(
                json!({ "recovery_key": key.as_str() }),
                format!(
                    "{}\nIt is shown this once and kept nowhere. Print it and keep it offline; an earlier one no longer works.",
                    key.as_str()
                ),
            )
        }
        args::Users::Recover { .. } => Err(Error::new(
            Code::Internal,
            "This command was carried out before.",
        )),
    }
}

pub(super) fn change_settings(s: &Session, c: &args::Settings) -> Answer {
    match c {
        args::Settings::List => {
            let json = json::settings(&settings::list(s)?);
            let text = text::table(
                &json,
                &[
                    ("key", "key"),
                    ("value", "value"),
                    ("since", "since"),
                    ("by", "by"),
                ],
                "",
            );
            done(json, text)
        }
        args::Settings::Set { key, value, reason } => {
            settings::set(s, key, value, reason)?;
            if key == PAID_THROUGH {
                return silent(match cutover::paid_through(s)? {
                    Some(d) => format!("Money payable on or before {d} counts as paid elsewhere."),
                    None => "This ledger pays everything that is in it.".to_owned(),
                });
            }
            silent(format!("{key} holds from {} on.", s.today()?))
        }
    }
}

fn on_off(option: &str, text: Option<&str>) -> Result<Option<bool>, Error> {
    match text.map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("on" | "yes" | "true") => Ok(Some(true)),
        Some("off" | "no" | "false") => Ok(Some(false)),
        Some(other) => Err(Error::new(
            Code::BadInput,
            format!("--{option} is on or off, not \"{other}\"."),
        )),
    }
}

pub(super) fn change_institutions(s: &Session, c: &args::Institutions) -> Answer {
    match c {
        args::Institutions::List => {
            let json = json::institutions(&settings::institutions(s)?, s.today()?);
            let columns = [
                ("id", "institution_id"),
                ("name", "name"),
                ("rate", "rate"),
                ("schedule", "schedule"),
                ("tiers", "tiers"),
                ("active", "active"),
            ];
            let text = text::table(&json, &columns, "");
            done(json, text)
        }
        args::Institutions::Set {
            id,
            name,
            rate,
            schedule,
            tiers,
            active,
        } => {
            let change = InstitutionChange {
                name: name.clone(),
                schedule: schedule
                    .as_deref()
                    .map(|t| {
                        Schedule::parse(t).ok_or_else(|| {
                            Error::new(Code::BadInput, format!("\"{t}\" is no schedule. Schedules are WEEKLY, BIWEEKLY and MONTHLY."))
                        })
                    })
                    .transpose()?,
                uses_tiers: on_off("tiers", tiers.as_deref())?,
                active: on_off("active", active.as_deref())?,
                rate_bp: rate.as_deref().map(parse_percent).transpose()?,
            };
            settings::set_institution(s, id, &change)?;
            silent(format!("{id} is changed."))
        }
    }
}

pub(super) fn check(s: &Session, witness: bool) -> Answer {
    let mut checks = books::check(s, &watched())?;
    if witness {
        checks.push(hostledger_app::payouts::witness(s)?);
    }
    let json = json::checks(&checks);
    let text = text::table(
        &json["checks"],
        &[
            ("check", "name"),
            ("holds", "ok"),
            ("what was found", "detail"),
        ],
        "",
    );
    let status = u8::from(!checks.iter().all(|c| c.ok));
    Ok(Done {
        json: Some(json),
        text,
        status,
    })
}
