//! What a form 1099-K says, as values that are already decided. Amounts are integer minor units:
//! cents of US dollars where the name says cents.

use hostledger_core::Currency;

/// One form 1099-K (docs/tax.md). Box numbers are those of the IRS's form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form1099k {
    /// The calendar year it is for. From 2026 on the form has boxes 1c and 1d.
    pub year: i16,
    /// Ticks CORRECTED at the top.
    pub correction: bool,
    /// Ticks VOID at the top.
    pub void: bool,
    /// Says at the top that the form is a draft, not furnished.
    pub draft: bool,
    /// The platform's id of the host; the same on a correction.
    pub account_number: String,
    /// Who files.
    pub filer: FilerBlock,
    /// Who was paid.
    pub payee: PayeeBlock,
    /// The payee's whole TIN with its hyphens: on the filer's and the state's copy.
    pub payee_tin: String,
    /// The TIN with all but its last four digits as X, `XXX-XX-1234`: on the payee's copy.
    pub payee_tin_truncated: String,
    /// Box 1a: gross amount of the year.
    pub gross_cents: i64,
    /// Box 3: number of payment transactions in box 1a.
    pub transactions: u32,
    /// Box 4: federal income tax withheld.
    pub withheld_cents: i64,
    /// Boxes 5a to 5l: gross amount by month. They must add up to box 1a.
    pub months_cents: [i64; 12],
    /// Boxes 6 to 8: at most two states.
    pub states: Vec<StateBox>,
    /// Ticks "2nd TIN not."
    pub second_tin_notice: bool,
    /// Which rules made the form due, a sentence each.
    pub because: Vec<String>,
    /// By which date and in which time zone amounts are assigned to months, as a sentence.
    pub date_basis: String,
    /// SHA-256 of the furnished form, in hex, once it is furnished.
    pub digest: Option<String>,
    /// How box 1a leads to what was paid.
    pub bridge: Option<Bridge>,
}

/// The filer as the form names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilerBlock {
    /// Name.
    pub name: String,
    /// Street, city, state, ZIP code; a line each.
    pub address_lines: Vec<String>,
    /// Telephone number.
    pub phone: String,
    /// TIN with its hyphens; never truncated.
    pub tin: String,
    /// Whether the filer is the payment settlement entity (PSE). Otherwise it is an electronic
    /// payment facilitator or other third party.
    pub is_pse: bool,
    /// The PSE's name and telephone number where the filer isn't the PSE. Empty: the box is.
    pub pse: String,
}

/// The payee as the form names it; name and address show in the envelope's window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PayeeBlock {
    /// Name.
    pub name: String,
    /// Business name. Empty: none.
    pub second_name: String,
    /// Street, city, state, ZIP code; a line each.
    pub address_lines: Vec<String>,
}

/// Boxes 6 to 8 for one state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateBox {
    /// Box 6: the state's two letters.
    pub state: String,
    /// Box 7: the filer's identification number in that state.
    pub state_id: String,
    /// Box 8: state income tax withheld.
    pub withheld_cents: i64,
}

/// From box 1a to what was paid, per currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bridge {
    /// One per currency, in the order of the paper.
    pub sections: Vec<BridgeSection>,
    /// Sentences below the tables, a paragraph each.
    pub notes: Vec<String>,
}

/// The bridge in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BridgeSection {
    /// The currency of every amount but `box_1a_cents`.
    pub currency: Currency,
    /// January to December.
    pub months: [BridgeRow; 12],
    /// The year: sums of the months, and the balances at its beginning and end.
    pub total: BridgeRow,
    /// What this currency's gross is in box 1a, in cents of US dollars. For US dollars the gross
    /// itself. All sections together must be box 1a.
    pub box_1a_cents: i64,
}

/// One month of the bridge, in minor units. Deductions are positive; for every row
///
/// carried in + gross − refunds − platform fees − processing fees + adjustments − withheld − paid
/// = carried out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BridgeRow {
    /// The month's share of box 1a.
    pub gross_minor: i64,
    /// Refunds and voided bookings.
    pub refunds_minor: i64,
    /// Platform fees.
    pub platform_fees_minor: i64,
    /// Processing fees.
    pub processing_fees_minor: i64,
    /// Clawbacks, corrections, reserves: signed, positive for the payee.
    pub adjustments_minor: i64,
    /// Federal and state income tax withheld.
    pub withheld_minor: i64,
    /// Balance carried in from the month before.
    pub carried_in_minor: i64,
    /// Paid out.
    pub paid_minor: i64,
    /// Balance carried out to the next month.
    pub carried_out_minor: i64,
}

/// Whose copy is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormCopy {
    /// Copy B for the payee: truncated TIN, instructions, and the bridge where there is one.
    Recipient,
    /// The filer's own copy, in place of the IRS's copies A and C: full TIN, and the bridge. Not
    /// for filing on paper.
    Filer,
    /// Copy 1 for a state tax department: full TIN, the form alone. What is filed with a state
    /// may not be truncated.
    State,
}

impl FormCopy {
    /// The copy's name and whom it is for.
    pub(super) fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Recipient => ("Copy B", "For Payee"),
            Self::Filer => ("Filer's copy", "Not for filing on paper"),
            Self::State => ("Copy 1", "For State Tax Department"),
        }
    }

    pub(super) fn payee_tin(self, form: &Form1099k) -> &str {
        match self {
            Self::Recipient => &form.payee_tin_truncated,
            Self::Filer | Self::State => &form.payee_tin,
        }
    }
}
