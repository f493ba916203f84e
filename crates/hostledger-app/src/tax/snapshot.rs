//! Everything that a form says, as it is kept and hashed. TINs stand in it sealed.

use hostledger_core::form_1099k::Boxes;
use hostledger_core::settings::Settings;
use hostledger_core::tin::{self, TinType};
use hostledger_store::tax::profiles::TaxProfile;
use jiff::civil::date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Who files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the settings' names")]
pub struct Filer {
    pub name: String,
    /// Lines of the address.
    pub address: Vec<String>,
    pub phone: String,
    pub tin: String,
    /// A payment settlement entity; otherwise an electronic payment facilitator or other third party.
    pub is_pse: bool,
}

impl Filer {
    /// As set on the last day of a tax year, or since.
    #[must_use]
    pub fn of(settings: &Settings, year: i16) -> Self {
        let last = date(year, 12, 31);
        let text = |key: &str| {
            let then = settings.value_on(key, last).unwrap_or_default();
            let now = settings
                .value_on(key, jiff::civil::Date::MAX)
                .unwrap_or_default();
            if then.is_empty() { now } else { then }.to_owned()
        };
        Self {
            name: text("filer_name"),
            address: text("filer_address")
                .split([';', '\n'])
                .map(|l| l.trim().to_owned())
                .filter(|l| !l.is_empty())
                .collect(),
            phone: text("filer_phone"),
            tin: text("filer_tin"),
            is_pse: text("filer_type") != "EPF",
        }
    }

    /// What is missing, in words.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        [
            ("name", self.name.is_empty()),
            ("address", self.address.is_empty()),
            ("telephone number", self.phone.is_empty()),
            ("TIN", self.tin.is_empty()),
        ]
        .into_iter()
        .filter(|(_, missing)| *missing)
        .map(|(what, _)| what)
        .collect()
    }
}

/// Who the form is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the columns of the tax profile")]
pub struct PayeeSnapshot {
    pub legal_name: String,
    pub business_name: String,
    pub tin_type: Option<TinType>,
    pub tin_last4: String,
    /// Hexadecimal.
    pub tin_sealed: String,
    /// Hexadecimal; tells one TIN from another.
    pub tin_print: String,
    pub address_line1: String,
    pub address_line2: String,
    pub city: String,
    pub state: String,
    pub postal_code: String,
    pub country: String,
}

impl PayeeSnapshot {
    pub(crate) fn of(p: &TaxProfile) -> Self {
        Self {
            legal_name: p.legal_name.clone(),
            business_name: p.business_name.clone(),
            tin_type: p.tin_type,
            tin_last4: p.tin_last4.clone(),
            tin_sealed: p.tin_sealed.as_ref().map(hex::encode).unwrap_or_default(),
            tin_print: p.tin_print.as_ref().map(hex::encode).unwrap_or_default(),
            address_line1: p.address_line1.clone(),
            address_line2: p.address_line2.clone(),
            city: p.city.clone(),
            state: p.state.clone(),
            postal_code: p.postal_code.clone(),
            country: p.country.clone(),
        }
    }

    /// `XXX-XX-6789`.
    #[must_use]
    pub fn truncated_tin(&self) -> String {
        tin::truncated(self.tin_type, &self.tin_last4)
    }

    /// The address as it is printed, line by line.
    #[must_use]
    pub fn address(&self) -> Vec<String> {
        let city = [self.city.as_str(), self.state.as_str()]
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        let last = format!("{city} {}", self.postal_code).trim().to_owned();
        let country = match hostledger_core::tax_profile::is_us(&self.country) {
            true => String::new(),
            false => self.country.clone(),
        };
        [
            self.address_line1.clone(),
            self.address_line2.clone(),
            last,
            country,
        ]
        .into_iter()
        .filter(|l| !l.is_empty())
        .collect()
    }

    /// What is printed beside name and TIN.
    pub(crate) fn rest(&self) -> Vec<String> {
        let mut rest = vec![self.business_name.clone()];
        rest.extend(self.address());
        rest
    }
}

/// A form's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The tax year.
    pub year: i16,
    /// The host's id; the same on a correction.
    pub account_number: String,
    /// Who files.
    pub filer: Filer,
    /// Whom it is about.
    pub payee: PayeeSnapshot,
    /// The money.
    pub boxes: Boxes,
    /// Gross over all accounts with the payee's TIN, US cents.
    pub payee_gross_minor: i64,
    /// Transactions over all of them.
    pub payee_transactions: i64,
    /// Which rules made it due.
    pub because: Vec<String>,
    /// The same in words, with their sources.
    pub because_in_words: Vec<String>,
    /// The filer's number in the payee's state, where that state's rule made the form due: box 7.
    #[serde(default)]
    pub state_id: String,
    /// Which date counts, in words.
    pub date_basis: String,
    /// Two notices about the TIN within three years.
    pub second_tin_notice: bool,
}

impl Snapshot {
    /// As it is kept.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Of what is kept.
    ///
    /// # Errors
    /// [`hostledger_core::Code::DamagedLedger`].
    pub fn from_json(text: &str) -> crate::Result<Self> {
        serde_json::from_str(text).map_err(|_| {
            hostledger_core::Error::new(
                hostledger_core::Code::DamagedLedger,
                "A form that is kept can't be read.",
            )
        })
    }

    /// The hash that a furnished form is known by.
    #[must_use]
    pub fn sha256(json: &str) -> String {
        hex::encode(Sha256::digest(json.as_bytes()))
    }
}
