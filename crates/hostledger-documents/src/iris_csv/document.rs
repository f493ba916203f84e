//! What a row of the IRIS file says, as values that are already decided. Amounts are cents of US
//! dollars.

/// One return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IrisReturn {
    /// The tax year.
    pub tax_year: i16,
    /// Whether it corrects a return that was filed.
    pub corrected: bool,
    /// The filer; the portal calls it payer.
    pub payer: IrisParty,
    /// Its telephone number, in any notation; the digits are written.
    pub payer_phone: String,
    /// Its e-mail address. Empty: none.
    pub payer_email: String,
    /// The payee; the portal calls it recipient.
    pub recipient: IrisParty,
    /// The IRS's code of the filer's office. Empty: none.
    pub office_code: String,
    /// The platform's id of the host.
    pub account_number: String,
    /// "2nd TIN not."
    pub second_tin_notice: bool,
    /// Whether the filer is the payment settlement entity; otherwise an EPF or other third party.
    pub filer_is_pse: bool,
    /// The PSE's name. Empty: none.
    pub pse_name: String,
    /// The PSE's telephone number. Empty: none.
    pub pse_phone: String,
    /// Box 1a.
    pub gross_cents: i64,
    /// Box 1b, for payment cards.
    pub card_not_present_cents: Option<i64>,
    /// Box 1c, from tax year 2026 on.
    pub cash_tips_cents: Option<i64>,
    /// Box 1d, from tax year 2026 on. Empty: none.
    pub tipped_occupation_code: String,
    /// Box 2. Empty: none.
    pub merchant_category_code: String,
    /// Box 3.
    pub transactions: u32,
    /// Box 4.
    pub withheld_cents: i64,
    /// Boxes 5a to 5l.
    pub months_cents: [i64; 12],
    /// Whether the IRS passes it on to the states of the combined programme.
    pub combined_filing: bool,
    /// At most two states.
    pub states: Vec<IrisState>,
}

/// Boxes 6 to 8 for one state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IrisState {
    /// Two letters.
    pub state: String,
    /// The filer's number in that state. Empty: none.
    pub state_id: String,
    /// State income tax withheld.
    pub withheld_cents: i64,
    /// Income that counts in that state, for the combined programme.
    pub income_cents: Option<i64>,
}

/// Filer or payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IrisParty {
    /// What the TIN is.
    pub tin_type: IrisTinType,
    /// Nine digits, with or without hyphens.
    pub tin: String,
    /// Business or person.
    pub name: IrisName,
    /// The portal's two letters of the country: "US".
    pub country: String,
    /// Street.
    pub address_1: String,
    /// Apartment, suite. Empty: none.
    pub address_2: String,
    /// City or town.
    pub city: String,
    /// State's two letters, or a province.
    pub state: String,
    /// ZIP or postal code.
    pub zip: String,
}

/// The portal's words for kinds of TIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IrisTinType {
    /// Employer identification number.
    Ein,
    /// Social security number.
    Ssn,
    /// Individual taxpayer identification number.
    Itin,
    /// Adoption taxpayer identification number.
    Atin,
}

impl IrisTinType {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ein => "EIN",
            Self::Ssn => "SSN",
            Self::Itin => "ITIN",
            Self::Atin => "ATIN",
        }
    }
}

/// A name, in the parts that the portal wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IrisName {
    /// A business or other entity.
    Business {
        /// The name.
        line_1: String,
        /// More of it, or the name it trades under. Empty: none.
        line_2: String,
    },
    /// A person.
    Individual {
        /// First name.
        first: String,
        /// Middle name. Empty: none.
        middle: String,
        /// Last name.
        last: String,
        /// "Jr", "III". Empty: none.
        suffix: String,
    },
}
