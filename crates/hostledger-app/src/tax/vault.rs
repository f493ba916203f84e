//! TINs inside the encrypted ledger: sealed once more, field by field, and shown by their last four
//! digits.

use hostledger_core::tax_profile::TIN_COLUMN;
use hostledger_core::tin::{self, Tin, TinType};
use hostledger_core::{Code, Error};
use hostledger_store::keys::DataKey;
use serde_json::{Map, Value};

use crate::imports::ImportKind;
use crate::{Result, Session};

const PURPOSE: &str = "tin";
/// How a sealed field of a row kept as JSON begins; what is shown follows, then the sealed bytes.
const SEALED: &str = "sealed:";

/// Seals and opens TINs with the ledger's key.
#[derive(Clone, Copy)]
pub(crate) struct Vault<'a>(&'a DataKey);

impl<'a> Vault<'a> {
    pub(crate) fn of(s: &'a Session) -> Self {
        Self(s.ledger.data_key())
    }

    pub(crate) fn seal(self, tin: &Tin) -> Result<Vec<u8>> {
        Ok(self.0.seal_secret(PURPOSE, tin.digits().as_bytes())?)
    }

    /// Opens a TIN that was sealed here.
    ///
    /// # Errors
    /// [`Code::DamagedLedger`].
    pub(crate) fn open(self, kind: Option<TinType>, sealed: &[u8]) -> Result<Tin> {
        let damaged = || Error::new(Code::DamagedLedger, "A sealed TIN can't be opened.");
        let digits = self.0.open_secret(PURPOSE, sealed).ok_or_else(damaged)?;
        let digits = std::str::from_utf8(&digits).map_err(|_| damaged())?;
        Tin::read(kind, digits).map_err(|_| damaged())
    }

    /// What tells one TIN from another.
    pub(crate) fn print(self, tin: &Tin) -> [u8; 16] {
        self.0.fingerprint(PURPOSE, tin.digits().as_bytes())
    }

    /// What tells one content with a TIN in it from another.
    pub(crate) fn print_text(self, text: &str) -> [u8; 16] {
        self.0.fingerprint("tax profile", text.as_bytes())
    }

    /// The fields of a row with its TIN sealed, for keeping it with the exceptions.
    pub(crate) fn seal_row(
        self,
        kind: &str,
        names: &[String],
        fields: &[String],
    ) -> Result<Vec<String>> {
        let mut out = fields.to_vec();
        if ImportKind::parse(kind) != Some(ImportKind::TaxProfiles) {
            return Ok(out);
        }
        for (i, field) in out.iter_mut().enumerate() {
            let name = names.get(i).map_or("", String::as_str);
            // A row that was cut or shifted may hold it anywhere, and a long field the rest of a file.
            let may_hold_one = name.eq_ignore_ascii_case(TIN_COLUMN)
                || (digits_in(field) >= 9 && !is_plain_id(name, field));
            if field.starts_with(SEALED) || field.is_empty() || !may_hold_one {
                continue;
            }
            let sealed = self.0.seal_secret("tax row", field.as_bytes())?;
            *field = format!("{SEALED}{}:{}", shown(field), hex::encode(sealed));
        }
        Ok(out)
    }

    /// Opens the sealed fields of a row again.
    pub(crate) fn open_row(self, fields: &mut [String]) {
        for field in fields {
            let Some((_, sealed)) = field.strip_prefix(SEALED).and_then(|f| f.rsplit_once(':'))
            else {
                continue;
            };
            let opened = hex::decode(sealed)
                .ok()
                .and_then(|bytes| self.0.open_secret("tax row", &bytes))
                .and_then(|text| String::from_utf8(text.to_vec()).ok());
            if let Some(text) = opened {
                *field = text;
            }
        }
    }
}

fn digits_in(field: &str) -> usize {
    field.chars().filter(char::is_ascii_digit).count()
}

/// A host's id such as host-000000001 is no TIN: it is one word, and has letters in it.
fn is_plain_id(name: &str, field: &str) -> bool {
    name.eq_ignore_ascii_case("host_id")
        && field.len() <= 64
        && field.chars().any(|c| c.is_ascii_alphabetic())
        && !field.contains(char::is_whitespace)
}

fn shown(field: &str) -> String {
    let digits: Vec<char> = field.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        4.. => tin::truncated(None, &digits[digits.len() - 4..].iter().collect::<String>()),
        _ => "XXX".to_owned(),
    }
}

/// What a sealed field shows; `None` where it isn't one.
pub(crate) fn shown_of(field: &str) -> Option<&str> {
    let (shown, _) = field.strip_prefix(SEALED)?.rsplit_once(':')?;
    Some(shown)
}

/// A row kept as JSON as people see it: a sealed field by its last four digits.
pub(crate) fn masked(row: &str) -> String {
    if !row.contains(SEALED) {
        return row.to_owned();
    }
    let Ok(mut map) = serde_json::from_str::<Map<String, Value>>(row) else {
        return row.to_owned();
    };
    for value in map.values_mut() {
        let shown = value.as_str().and_then(shown_of).map(str::to_owned);
        if let Some(shown) = shown {
            *value = Value::String(shown);
        }
    }
    Value::Object(map).to_string()
}
