//! Tax: who hosts are to the tax authority, what is withheld of their payouts, and the season of
//! forms 1099-K (docs/tax.md).

mod bridge;
mod compute;
mod corrections;
mod filing;
mod matching;
mod notices;
mod papers;
mod profiles;
pub(crate) mod questions;
mod rules;
mod season;
mod snapshot;
pub(crate) mod vault;
pub(crate) mod withholding;

pub use bridge::{Bridge, BridgeRow};
pub use compute::{Assessment, Blocked, Due, Warning};
pub use corrections::{NeededCorrection, corrections, make_corrections};
pub use filing::{FilingOptions, Written, file, filings, record_filed};
pub use matching::{MatchAnswers, MatchingFiles, read_answers, write_matching_file};
pub use notices::{NewNotice, end_notice, notices, record_notice};
pub use papers::{FormPaper, form_paper, write_forms};
pub use profiles::{
    HostTax, NewProfile, ProfileView, enter_profile, profile, profiles, reveal_tin,
};
pub use questions::{Question, TaxSays, answer};
pub use rules::{rule_in_words, rules, set_rule};
pub use season::{
    FormRow, Furnished, Season, SeasonForms, bridge_of, drafts, filer, form, furnish, make,
    overview, reopen, review, void, years,
};
pub use snapshot::{Filer, PayeeSnapshot, Snapshot};

pub use hostledger_core::settings::WhoFiles;
pub use hostledger_core::tax_profile::Standing;
pub use hostledger_store::tax::forms::{Filing, TaxForm};
pub use hostledger_store::tax::notices::TaxNotice;
pub use hostledger_store::tax::rules::KeptRule;
