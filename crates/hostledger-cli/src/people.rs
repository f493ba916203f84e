//! Who acts: ledger folder, names and passphrases from options, environment or terminal.

use std::path::{Path, PathBuf};

use hostledger_app::Session;
use hostledger_core::{Code, Error};
use zeroize::Zeroizing;

use crate::args::Cli;

/// The ledger's folder: given, or in the platform's data directory.
pub(crate) fn folder(cli: &Cli) -> Result<PathBuf, Error> {
    if let Some(given) = &cli.ledger {
        return Ok(given.clone());
    }
    hostledger_app::session::default_folder().ok_or_else(|| {
        Error::new(
            Code::BadInput,
            "This system tells no data directory. Give the ledger's folder with --ledger.",
        )
    })
}

/// The acting user's name.
pub(crate) fn name(cli: &Cli) -> Result<String, Error> {
    cli.user.clone().filter(|n| !n.is_empty()).ok_or_else(|| {
        Error::new(
            Code::BadInput,
            "Say who acts, with --user NAME or HOSTLEDGER_USER.",
        )
    })
}

/// A secret from the environment or a prompt on the terminal.
pub(crate) fn secret(variable: &str, prompt: &str) -> Result<Zeroizing<String>, Error> {
    if let Ok(text) = std::env::var(variable) {
        return Ok(Zeroizing::new(text));
    }
    rpassword::prompt_password(format!("{prompt}: "))
        .map(Zeroizing::new)
        .map_err(|_| {
            Error::new(
                Code::SignInFailed,
                format!(
                    "There is no terminal to ask for the {}. Set {variable}.",
                    prompt.to_lowercase()
                ),
            )
        })
}

/// A new passphrase, asked for twice on a terminal.
pub(crate) fn new_passphrase(whose: &str) -> Result<Zeroizing<String>, Error> {
    const VARIABLE: &str = "HOSTLEDGER_NEW_PASSPHRASE";
    let first = secret(VARIABLE, &format!("New passphrase of {whose}"))?;
    if std::env::var_os(VARIABLE).is_some() {
        return Ok(first);
    }
    if *secret(VARIABLE, "The same again")? == *first {
        return Ok(first);
    }
    Err(Error::new(
        Code::BadInput,
        "The two passphrases differ. Nothing was changed.",
    ))
}

/// Signs the acting user in.
pub(crate) fn sign_in(cli: &Cli, folder: &Path) -> Result<Session, Error> {
    let name = name(cli)?;
    if !folder.join("keys.json").exists() {
        hostledger_app::session::names_of(folder)?;
    }
    let passphrase = secret("HOSTLEDGER_PASSPHRASE", &format!("Passphrase of {name}"))?;
    let mut session = Session::open(folder, &name, &passphrase)?;
    session.set_as_of(cli.as_of);
    Ok(session)
}
