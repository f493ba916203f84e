//! Making, opening and signing in to a ledger; its people.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use hostledger_core::file_trouble;
use hostledger_core::settings::Settings;
use hostledger_core::{Code, Error};
use hostledger_store::keys::{self, DataKey, KeyFile, UserKey};
use hostledger_store::ledger::{Stamp, Unfinished};
use hostledger_store::users::{Made, User};
use hostledger_store::{Conn, Ledger, audit, cutover, meta, users};
use jiff::civil::Date;
use serde_json::json;
use zeroize::Zeroizing;

use crate::identity::{Identity, Role, check_name, check_passphrase};
use crate::restores::{self, Behind};
use crate::{Result, clock};

/// A person at work in an open ledger.
#[derive(Debug)]
pub struct Session {
    pub(crate) ledger: Ledger,
    pub(crate) key: UserKey,
    identity: Identity,
    as_of: Option<Date>,
    /// What this computer knows of the ledger and the ledger lacks.
    behind: Mutex<Option<Behind>>,
}

impl Drop for Session {
    fn drop(&mut self) {
        // At the next sign-in it is tried again.
        drop(restores::remember(self));
    }
}

/// What a new ledger is made of.
#[derive(Debug, Clone, Default)]
pub struct NewLedger<'a> {
    /// What it is called; the folder's name where empty.
    pub name: &'a str,
    /// The first user, with all roles.
    pub user: &'a str,
    /// Their passphrase.
    pub passphrase: &'a str,
    /// The zone of business dates; UTC where `None`.
    pub time_zone: Option<&'a str>,
    /// A sample ledger's fixed day.
    pub practice_date: Option<Date>,
    /// Money payable on or before this day was paid elsewhere (docs/domain.md §7, cutover).
    pub paid_through: Option<Date>,
    /// The business date on which it is made; today where `None`.
    pub as_of: Option<Date>,
}

impl Session {
    /// Makes a ledger in a folder that has none, and signs its first user in.
    ///
    /// # Errors
    /// [`Code::AlreadyThere`], [`Code::BadInput`]; file errors.
    pub fn create(folder: &Path, new: &NewLedger<'_>) -> Result<Self> {
        check_name(new.user)?;
        check_passphrase(new.passphrase)?;
        let zone =
            hostledger_core::settings::canonical("time_zone", new.time_zone.unwrap_or("UTC"))?;
        let now = clock::now();
        let today = hostledger_core::calendar::BusinessZone::named(&zone)?.date_of(now);
        let on = new.practice_date.or(new.as_of).unwrap_or(today);
        if let Some(date) = new.paid_through {
            crate::cutover::check_not_ahead(date, on)?;
        }
        let unfinished = Unfinished::begin(folder)?;
        let ledger_id = clock::new_id();
        let (data, key) = (DataKey::random()?, UserKey::random()?);
        let mut slots = KeyFile::new(ledger_id.clone());
        slots.seal(new.user, new.passphrase, &data, &key)?;
        let ledger = Ledger::create(folder, &data)?;
        let roles: Vec<Role> = Role::ALL.to_vec();
        let name = match new.name {
            "" => folder
                .file_name()
                .map_or_else(|| "Ledger".into(), |n| n.to_string_lossy().into_owned()),
            given => given.to_owned(),
        };
        ledger.write(|conn| -> Result<()> {
            meta::set(conn, "ledger_id", &ledger_id)?;
            meta::set(conn, "name", &name)?;
            meta::set(conn, "created_at", &now.to_string())?;
            if let Some(day) = new.practice_date {
                meta::set(conn, "practice_date", &day.to_string())?;
            }
            if let Some(date) = new.paid_through {
                cutover::set_paid_through(conn, Some(date))?;
            }
            let words: Vec<String> = roles.iter().map(|r| r.as_str().to_owned()).collect();
            users::put(conn, new.user, &words, &key.public(), Made::Created, now)?;
            let stamp = Stamp {
                at: now,
                on,
                by: new.user,
                step: 0,
            };
            if zone != "UTC" {
                meta::change_setting(
                    conn,
                    "time_zone",
                    &zone,
                    jiff::civil::date(1970, 1, 1),
                    &stamp,
                    "chosen when the ledger was made",
                )?;
            }
            audit::record(
                conn,
                &stamp,
                "ledger.create",
                &ledger_id,
                &json!({ "name": name, "time_zone": zone, "paid_through": new.paid_through.map(|d| d.to_string()) }),
            )?;
            Ok(())
        })?;
        // The slots come last: without them a half-made ledger opens for nobody.
        slots.write(folder)?;
        unfinished.finish();
        let identity = Identity {
            name: new.user.to_owned(),
            roles,
        };
        Ok(Self {
            ledger,
            key,
            identity,
            as_of: None,
            behind: Mutex::default(),
        })
    }

    /// Signs a user in.
    ///
    /// # Errors
    /// [`Code::SignInFailed`], also for a removed user whose old slot was put back;
    /// [`Code::NoLedger`], [`Code::NewerLedger`], [`Code::DamagedLedger`].
    pub fn open(folder: &Path, user: &str, passphrase: &str) -> Result<Self> {
        let slots = KeyFile::read(folder)?;
        let (data, key) = slots.open(user, passphrase)?;
        let ledger = Ledger::open(folder, &data)?;
        Unfinished::resolve(folder);
        let found = ledger.read(|conn| -> Result<Option<User>> { Ok(users::find(conn, user)?) })?;
        let person = found
            .filter(|u| u.removed_at.is_none() && u.public_key == key.public())
            .ok_or_else(|| {
                Error::new(
                    Code::SignInFailed,
                    format!(
                        "{user} is no user of this ledger any more. An admin can add them again."
                    ),
                )
            })?;
        let roles = person.roles.iter().filter_map(|r| Role::parse(r)).collect();
        let s = Self {
            ledger,
            key,
            identity: Identity {
                name: person.name,
                roles,
            },
            as_of: None,
            behind: Mutex::default(),
        };
        restores::notice(&s)?;
        Ok(s)
    }

    pub(crate) fn behind(&self) -> Option<Behind> {
        let behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        behind.clone()
    }

    pub(crate) fn set_behind(&self, behind: Option<Behind>) {
        *self.behind.lock().unwrap_or_else(PoisonError::into_inner) = behind;
    }

    /// Works with another business date than today.
    pub fn set_as_of(&mut self, day: Option<Date>) {
        self.as_of = day;
    }

    /// Who is signed in.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The ledger's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.ledger.folder()
    }

    /// A number that changes when another process wrote to the ledger.
    ///
    /// # Errors
    /// The ledger's own.
    pub fn data_version(&self) -> Result<i64> {
        Ok(self.ledger.data_version()?)
    }

    /// The business date: what was set, the practice date, or today.
    ///
    /// # Errors
    /// The ledger's own.
    pub fn today(&self) -> Result<Date> {
        self.ledger.read(|conn| self.stamp(conn).map(|s| s.on))
    }

    pub(crate) fn require(&self, any_of: &[Role], what: &str) -> Result<()> {
        self.identity.require(any_of, what)
    }

    /// Now, the business date, and who.
    ///
    /// # Errors
    /// [`Code::SignInFailed`] where the user was removed, has another key or other roles by now.
    pub(crate) fn stamp(&self, conn: &Conn) -> Result<Stamp<'_>> {
        self.require_still_signed_in(conn)?;
        let on = match self.as_of {
            Some(day) => day,
            None => self.machine_date(conn)?,
        };
        Ok(Stamp {
            at: clock::now(),
            on,
            by: &self.identity.name,
            step: audit::count(conn)?,
        })
    }

    /// Refuses whoever was removed, recovered or given other roles since the sign-in.
    ///
    /// # Errors
    /// [`Code::SignInFailed`]; the ledger's own.
    pub fn is_still_signed_in(&self) -> Result<()> {
        self.ledger.read(|conn| self.require_still_signed_in(conn))
    }

    fn require_still_signed_in(&self, conn: &Conn) -> Result<()> {
        let name = &self.identity.name;
        let refuse = |what: &str| {
            Err(Error::new(
                Code::SignInFailed,
                format!("{name} {what}. Sign in again, or ask an admin."),
            ))
        };
        let Some(now) = users::find(conn, name)?.filter(|u| u.removed_at.is_none()) else {
            return refuse("is no user of this ledger any more");
        };
        if now.public_key != self.key.public() {
            return refuse("has another key since they signed in");
        }
        let roles: Vec<Role> = now.roles.iter().filter_map(|r| Role::parse(r)).collect();
        if roles != self.identity.roles {
            return refuse("has other roles since they signed in");
        }
        Ok(())
    }

    /// The day on which money would leave now: the practice date, or the machine's date in the business
    /// time zone, whatever business date was set.
    pub(crate) fn machine_date(&self, conn: &Conn) -> Result<Date> {
        match practice_date(conn)? {
            Some(day) => Ok(day),
            None => Ok(meta::settings(conn)?.zone.date_of(clock::now())),
        }
    }

    /// What the ledger is.
    ///
    /// # Errors
    /// The ledger's own.
    pub fn about(&self) -> Result<About> {
        self.ledger.read(|conn| {
            let settings = meta::settings(conn)?;
            let today = self.stamp(conn)?.on;
            Ok(About {
                ledger_id: meta::get(conn, "ledger_id")?.unwrap_or_default(),
                name: meta::get(conn, "name")?.unwrap_or_default(),
                practice_date: practice_date(conn)?,
                paid_through: cutover::paid_through(conn)?,
                today,
                time_zone: settings
                    .value_on("time_zone", Date::MAX)
                    .unwrap_or("UTC")
                    .to_owned(),
            })
        })
    }

    /// People of the ledger who were not removed.
    ///
    /// # Errors
    /// The ledger's own.
    pub fn users(&self) -> Result<Vec<User>> {
        self.ledger.read(|conn| {
            let mut all = users::all(conn)?;
            all.retain(|u| u.removed_at.is_none());
            Ok(all)
        })
    }

    /// Adds a person, or brings a removed one back.
    ///
    /// # Errors
    /// [`Code::NotAllowed`], [`Code::BadInput`], [`Code::AlreadyThere`].
    pub fn add_user(&self, name: &str, roles: &[Role], passphrase: &str) -> Result<()> {
        self.require(&[Role::Admin], "add users")?;
        check_name(name)?;
        check_passphrase(passphrase)?;
        if roles.is_empty() {
            return Err(Error::new(
                Code::BadInput,
                "Give at least one role: preparer, approver, viewer or admin.",
            ));
        }
        if self
            .users()?
            .iter()
            .any(|u| u.name.eq_ignore_ascii_case(name))
        {
            return Err(Error::new(
                Code::AlreadyThere,
                format!("{name} is a user of this ledger already."),
            ));
        }
        let key = UserKey::random()?;
        let words: Vec<String> = roles.iter().map(|r| r.as_str().to_owned()).collect();
        // The slot first: a slot without a row opens nothing, and adding again replaces it.
        let mut slots = KeyFile::read(self.folder())?;
        slots.seal(name, passphrase, self.ledger.data_key(), &key)?;
        slots.write(self.folder())?;
        self.ledger.write(|conn| {
            let stamp = self.stamp(conn)?;
            users::put(
                conn,
                name,
                &words,
                &key.public(),
                Made::Added(stamp.by),
                stamp.at,
            )?;
            audit::record(conn, &stamp, "users.add", name, &json!({ "roles": words }))?;
            Ok(())
        })
    }

    /// Removes a person: their slot is deleted and their name opens nothing any more. The data
    /// key stays, so a copy of the ledger and slot from before still opens for them.
    ///
    /// # Errors
    /// [`Code::NotAllowed`], [`Code::NotFound`], [`Code::WrongState`] for the last admin.
    pub fn remove_user(&self, name: &str) -> Result<()> {
        self.require(&[Role::Admin], "remove users")?;
        let all = self.users()?;
        let person = all
            .iter()
            .find(|u| u.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                Error::new(Code::NotFound, format!("{name} is no user of this ledger."))
            })?;
        let admins = all
            .iter()
            .filter(|u| u.roles.iter().any(|r| r == "admin"))
            .count();
        if admins == 1 && person.roles.iter().any(|r| r == "admin") {
            return Err(Error::new(
                Code::WrongState,
                format!(
                    "{} is the only admin. Make another person admin first.",
                    person.name
                ),
            ));
        }
        self.ledger.write(|conn| -> Result<()> {
            let stamp = self.stamp(conn)?;
            users::remove(conn, &person.name, stamp.at)?;
            audit::record(conn, &stamp, "users.remove", &person.name, &json!({}))?;
            Ok(())
        })?;
        let mut slots = KeyFile::read(self.folder())?;
        slots.remove(&person.name);
        slots.write(self.folder())?;
        Ok(())
    }

    /// Gives the signed-in user another passphrase.
    ///
    /// # Errors
    /// [`Code::BadInput`].
    pub fn change_passphrase(&self, passphrase: &str) -> Result<()> {
        check_passphrase(passphrase)?;
        let mut slots = KeyFile::read(self.folder())?;
        slots.seal(
            &self.identity.name,
            passphrase,
            self.ledger.data_key(),
            &self.key,
        )?;
        self.ledger.write(|conn| -> Result<()> {
            let stamp = self.stamp(conn)?;
            audit::record(conn, &stamp, "users.passphrase", stamp.by, &json!({}))?;
            Ok(())
        })?;
        slots.write(self.folder())?;
        Ok(())
    }

    /// Makes a recovery key in place of an earlier one. It is shown once and kept nowhere.
    ///
    /// # Errors
    /// [`Code::NotAllowed`].
    pub fn new_recovery_key(&self) -> Result<Zeroizing<String>> {
        self.require(&[Role::Admin], "make a recovery key")?;
        let text = keys::new_recovery_key()?;
        let mut slots = KeyFile::read(self.folder())?;
        slots.seal(
            keys::RECOVERY,
            &text,
            self.ledger.data_key(),
            &UserKey::random()?,
        )?;
        self.ledger.write(|conn| -> Result<()> {
            let stamp = self.stamp(conn)?;
            audit::record(conn, &stamp, "users.recovery_key", "", &json!({}))?;
            Ok(())
        })?;
        slots.write(self.folder())?;
        Ok(text)
    }

    /// Gives a user a new passphrase and signing key with the recovery key.
    ///
    /// # Errors
    /// [`Code::SignInFailed`], [`Code::NotFound`], [`Code::BadInput`].
    pub fn recover(folder: &Path, recovery_key: &str, user: &str, passphrase: &str) -> Result<()> {
        check_passphrase(passphrase)?;
        let mut slots = KeyFile::read(folder)?;
        let typed = recovery_key.trim().to_ascii_uppercase();
        let (data, _) = slots.open(keys::RECOVERY, &typed).map_err(|_| {
            Error::new(
                Code::SignInFailed,
                "The recovery key is not right, or none was made for this ledger.",
            )
        })?;
        let ledger = Ledger::open(folder, &data)?;
        let key = UserKey::random()?;
        let name = ledger.write(|conn| {
            let person = users::find(conn, user)?
                .filter(|u| u.removed_at.is_none())
                .ok_or_else(|| {
                    Error::new(Code::NotFound, format!("{user} is no user of this ledger."))
                })?;
            let at = clock::now();
            let by = users::recovery_key_made_by(conn)?;
            let made = Made::Recovered(by.as_deref());
            users::put(conn, &person.name, &person.roles, &key.public(), made, at)?;
            let stamp = Stamp {
                at,
                on: meta::settings(conn)?.zone.date_of(at),
                by: "",
                step: audit::count(conn)?,
            };
            audit::record(conn, &stamp, "users.recover", &person.name, &json!({}))?;
            Ok::<_, Error>(person.name)
        })?;
        slots.seal(&name, passphrase, &data, &key)?;
        slots.write(folder)?;
        Ok(())
    }

    /// Whether a passphrase is the signed-in user's, before something that can't be undone.
    ///
    /// # Errors
    /// [`Code::SignInFailed`].
    pub fn confirm_passphrase(&self, passphrase: &str) -> Result<()> {
        KeyFile::read(self.folder())?.open(&self.identity.name, passphrase)?;
        Ok(())
    }

    pub(crate) fn settings(&self, conn: &Conn) -> Result<Settings> {
        Ok(meta::settings(conn)?)
    }
}

/// What a ledger is.
#[derive(Debug, Clone)]
pub struct About {
    /// Its id.
    pub ledger_id: String,
    /// What it is called.
    pub name: String,
    /// The fixed day of a sample ledger.
    pub practice_date: Option<Date>,
    /// Money payable on or before this day was paid elsewhere.
    pub paid_through: Option<Date>,
    /// The business date.
    pub today: Date,
    /// The zone of business dates.
    pub time_zone: String,
}

/// Where the ledger is when nobody says otherwise; `None` where the system tells no data directory.
#[must_use]
pub fn default_folder() -> Option<std::path::PathBuf> {
    Some(dirs::data_dir()?.join("hostledger").join("ledger"))
}

/// Names with a key slot in a folder, for a sign-in screen.
///
/// # Errors
/// [`Code::NoLedger`], [`Code::DamagedLedger`].
pub fn names_of(folder: &Path) -> Result<Vec<String>> {
    Ok(KeyFile::read(folder)?.names().map(str::to_owned).collect())
}

fn practice_date(conn: &Conn) -> Result<Option<Date>> {
    Ok(meta::get(conn, "practice_date")?.and_then(|d| d.parse().ok()))
}

/// The refusal of a file that was to be read.
pub(crate) fn file_problem(path: &Path, e: &std::io::Error) -> Error {
    file_trouble::cannot_read(path, e)
}
