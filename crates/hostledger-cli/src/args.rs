//! The command line's words: commands, options and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

/// Close the week of a marketplace's independent hosts: bookings in, an approved payout batch out.
#[derive(Parser)]
#[command(
    name = "hostledger",
    version,
    max_term_width = 100,
    after_help = "A weekly close:\n  \
        hostledger init\n  \
        hostledger users add ben --role approver\n  \
        hostledger import hosts hosts.csv\n  \
        hostledger import bookings bookings.csv\n  \
        hostledger commissions process\n  \
        hostledger payouts prepare --date 2026-03-16\n  \
        hostledger payouts submit BATCH\n  \
        hostledger --user ben payouts approve BATCH\n  \
        hostledger payouts send BATCH --rail file --out payments.csv\n  \
        hostledger payouts settle BATCH\n  \
        hostledger check\n\n\
        Exit status: 0 done; 1 refused or failed; 2 usage; 3 done, but rows went to the exceptions."
)]
pub(crate) struct Cli {
    /// The ledger's folder [default: the platform's data directory]
    #[arg(long, global = true, env = "HOSTLEDGER_LEDGER", value_name = "DIR")]
    pub(crate) ledger: Option<PathBuf>,
    /// Who acts; the passphrase comes from HOSTLEDGER_PASSPHRASE or a prompt
    #[arg(long, global = true, env = "HOSTLEDGER_USER", value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where this computer remembers how far ledgers are [default: the user's own state folder]
    #[arg(
        long,
        global = true,
        env = "HOSTLEDGER_STATE_DIR",
        value_name = "DIR",
        hide_env_values = true
    )]
    pub(crate) state_dir: Option<PathBuf>,
    /// Business date instead of today
    #[arg(long, global = true, value_name = "DATE")]
    pub(crate) as_of: Option<Date>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a ledger, with --user as its first user with all roles
    Init {
        /// Time zone of business dates, e.g. Europe/Madrid [default: UTC]
        #[arg(long, value_name = "TZ")]
        time_zone: Option<String>,
        /// What the ledger is called [default: the folder's name]
        #[arg(long)]
        name: Option<String>,
        /// Hosts were paid elsewhere until this day: money payable on or before it counts as paid
        #[arg(long, value_name = "DATE")]
        paid_through: Option<Date>,
    },
    /// People of the ledger, and passphrases
    #[command(subcommand)]
    Users(Users),
    /// Settings with the days from which they hold
    #[command(subcommand)]
    Settings(Settings),
    /// Organisations that hosts belong to
    #[command(subcommand)]
    Institutions(Institutions),
    /// Take a file in
    #[command(
        subcommand,
        after_help = "docs/files.md describes the columns of each kind; `hostledger import KIND --template FILE` writes an empty\nfile that has them.\n\nExamples:\n  hostledger import hosts --template hosts.csv\n  hostledger import bookings bookings.csv --dry-run"
    )]
    Import(Import),
    /// Files taken in before
    #[command(subcommand)]
    Imports(Imports),
    /// Rows that could not be taken in
    #[command(subcommand)]
    Exceptions(Exceptions),
    /// Commissions: the daily job and the review
    #[command(subcommand)]
    Commissions(Commissions),
    /// Corrections of a host's balance, approved by a second person
    #[command(subcommand)]
    Adjustments(Adjustments),
    /// Complaints and chargebacks
    #[command(subcommand)]
    Disputes(Disputes),
    /// Hosts' tiers
    #[command(subcommand)]
    Tiers(Tiers),
    /// Payout batches
    #[command(subcommand)]
    Payouts(Payouts),
    /// Hosts, and pausing their payouts
    #[command(subcommand)]
    Hosts(Hosts),
    /// Exchange rates for reports
    #[command(subcommand)]
    Fx(Fx),
    /// Forms 1099-K, tax profiles, withheld tax
    #[command(subcommand)]
    Tax(Tax),
    /// Trial balance, or one host's accounts
    Balances {
        /// Only this host's accounts
        #[arg(long, value_name = "ID")]
        host: Option<String>,
    },
    /// The journal for other programs
    #[command(subcommand)]
    Journal(Journal),
    /// What people and jobs did, newest first
    Audit {
        /// How many events
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// The Stripe account through which payouts leave
    #[command(subcommand)]
    Stripe(Stripe),
    /// Prove every invariant of the books and the file's own integrity
    Check {
        /// Compare with what Stripe's transfers bear witness of, too
        #[arg(long)]
        witness: bool,
    },
    /// Write a verified backup: database and key slots in one file
    Backup {
        /// The file
        file: PathBuf,
    },
    /// Make a ledger of a backup, in a folder that has none
    #[command(
        after_help = "A restored ledger sends nothing until a person told what left since and a second one confirmed it:\n\n  hostledger restores status\n  hostledger restores sent --file payments.csv\n  hostledger --user ben restores confirm"
    )]
    Restore {
        /// The file
        file: PathBuf,
    },
    /// What left after the backup that this ledger was restored from
    #[command(subcommand)]
    Restores(Restores),
    /// Make a sample ledger with two practice users and a week ready to close
    Sample {
        /// A folder that is not there yet
        folder: PathBuf,
    },
    /// Print completions for a shell
    #[command(
        after_help = "Example:\n  hostledger completions bash > ~/.local/share/bash-completion/completions/hostledger"
    )]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

#[derive(Subcommand)]
pub(crate) enum Restores {
    /// Whether the ledger sends, every restore, and what was said of the last
    Status,
    /// Say what left since: payment files, a batch as it stands here, or nothing
    #[command(
        after_help = "Examples:\n  hostledger restores sent --file payments-2026-03-16.csv\n  hostledger restores sent --batch BATCH\n  hostledger restores sent --none"
    )]
    Sent {
        /// A payment file that left
        #[arg(long, value_name = "PAYMENTFILE", conflicts_with_all = ["batch", "none"])]
        file: Option<PathBuf>,
        /// A batch that is APPROVED here and left as it stands
        #[arg(long, conflicts_with = "none")]
        batch: Option<String>,
        /// Nothing left
        #[arg(long, required_unless_present_any = ["file", "batch"])]
        none: bool,
    },
    /// Take back what was said
    Clear,
    /// Confirm what another person said: then the ledger sends again
    Confirm,
}

#[derive(Subcommand)]
pub(crate) enum Users {
    /// Add a person; the passphrase comes from HOSTLEDGER_NEW_PASSPHRASE or a prompt
    #[command(after_help = "Example:\n  hostledger users add ben --role approver")]
    Add {
        /// The name they sign in with
        name: String,
        /// preparer, approver, viewer or admin; may be given more than once
        #[arg(long = "role", required = true, num_args = 1.., value_name = "ROLE")]
        roles: Vec<String>,
    },
    /// List people and roles
    List,
    /// Remove a person
    Remove {
        /// The name they sign in with
        name: String,
    },
    /// Change your own passphrase
    Passphrase,
    /// Make a recovery key, shown once, in place of an earlier one
    RecoveryKey,
    /// Give NAME a new passphrase with the recovery key from HOSTLEDGER_RECOVERY_KEY or a prompt
    Recover {
        /// The name they sign in with
        name: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Settings {
    /// List settings as they hold today
    List,
    /// Change a setting from today (or --as-of) on
    #[command(
        after_help = "Keys: minimum.CUR, fee_rate.CUR (percent), fee_fixed.CUR, fee_borne_by (HOST, PLATFORM), hold_days, file_lead_days, approver_wait_days, carts (on, off),\napprovers.CUR (1, or steps such as \"2 from 10000.00; 3 from 50000.00\"), time_zone,\ntax_details_required (on, off), onboarding_return_url, exposure_days,\ndispute_fee, dispute_fee_currency, dispute_fee_returned (on, off),\nrefund_policy (the text that goes with evidence),\nstatement_name, statement_reference ({name}, {date} and {payout} have their places in it), statement_limit (characters),\nflag_price_times, flag_price_bookings, flag_velocity_bookings, flag_session_hours,\nflag_refund_percent, flag_refund_sessions, paper (A4, Letter), filer_name, filer_address (lines with ;),\nfiler_phone, filer_tin, filer_type (PSE, EPF), state_id.ST, tax_who_files (LEDGER, STRIPE, NOBODY),\ntax_date_basis (BOOKED, PAYOUT), tax_cancelled_captured, tax_combined_filing, tax_portal_plain (on, off),\npaid_through (a date, or none; only while no booking is in the ledger)\n\nExample:\n  hostledger settings set minimum.USD 50.00 --reason \"fewer small transfers\""
    )]
    Set {
        /// Which setting
        key: String,
        /// Its new value
        value: String,
        /// Why; kept with the change
        #[arg(long)]
        reason: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Institutions {
    /// List institutions
    List,
    /// Change an institution or add one; a rate holds from today (or --as-of) on
    #[command(
        after_help = "Example:\n  hostledger institutions set lyceum --name Lyceum --rate 75 --schedule MONTHLY --tiers off"
    )]
    Set {
        /// Its id, as the list shows it
        id: String,
        /// The name they sign in with
        #[arg(long)]
        name: Option<String>,
        /// Percent, e.g. 70.00
        #[arg(long)]
        rate: Option<String>,
        /// WEEKLY, BIWEEKLY or MONTHLY
        #[arg(long)]
        schedule: Option<String>,
        /// on or off
        #[arg(long)]
        tiers: Option<String>,
        /// yes or no
        #[arg(long)]
        active: Option<String>,
    },
}

/// Where the columns of a kind of file are.
const COLUMNS: &str = "Columns: docs/files.md, or an empty file with `--template FILE`.";

#[derive(Args)]
pub(crate) struct ImportFile {
    /// The file
    #[arg(required_unless_present = "template")]
    pub(crate) file: Option<PathBuf>,
    /// Write an empty file with every column instead
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["file", "dry_run", "expect_rows", "expect_total"]
    )]
    pub(crate) template: Option<PathBuf>,
    /// Show what would happen and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Refuse the file unless it has this many rows
    #[arg(long, value_name = "N")]
    pub(crate) expect_rows: Option<i64>,
    /// Refuse the file unless its prices sum to this, e.g. USD=1234.50
    #[arg(long, value_name = "CUR=AMOUNT")]
    pub(crate) expect_total: Vec<String>,
    /// Prices without a decimal sign are whole units, not cents
    #[arg(long)]
    pub(crate) whole_units: bool,
    /// The encoding of the file where it isn't UTF-8, e.g. windows-1252 or macintosh
    #[arg(long, value_name = "NAME")]
    pub(crate) encoding: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum Import {
    /// The platform's hosts
    #[command(after_help = COLUMNS)]
    Hosts(ImportFile),
    /// The platform's bookings
    #[command(
        after_help = "Columns: docs/files.md, or an empty file with `--template FILE`.\n\nExample:\n  hostledger import bookings bookings.csv --dry-run --expect-rows 1204 --expect-total USD=24310.00"
    )]
    Bookings(ImportFile),
    /// Complaints and chargebacks
    #[command(after_help = COLUMNS)]
    Disputes(ImportFile),
    /// Chargebacks in Stripe's payments export
    #[command(after_help = COLUMNS)]
    StripePayments(ImportFile),
    /// Hosts' W-9 and W-8
    #[command(after_help = COLUMNS)]
    TaxProfiles(ImportFile),
    /// What was owed beyond bookings when a ledger with a paid-through date began
    #[command(
        after_help = "Columns: docs/files.md, or an empty file with `--template FILE`.\nA second person approves them: hostledger adjustments approve --import ID"
    )]
    OpeningBalances(ImportFile),
}

#[derive(Subcommand)]
pub(crate) enum Fx {
    /// Take in a file with the columns date, from, to, rate and source
    #[command(after_help = COLUMNS)]
    Import {
        /// The file
        #[arg(required_unless_present = "template")]
        file: Option<PathBuf>,
        /// Write an empty file with every column instead
        #[arg(long, value_name = "FILE", conflicts_with = "file")]
        template: Option<PathBuf>,
        /// Rates more than a tenth away from the one before them are right
        #[arg(long)]
        accept_jumps: bool,
        /// Put the file's rates in place of others known for the same day
        #[arg(long)]
        replace: bool,
    },
    /// Rates, newest first
    List,
}

#[derive(Subcommand)]
pub(crate) enum Tax {
    /// Make a year's forms 1099-K and write the payees' copies and a summary
    #[command(name = "1099k")]
    Form1099k {
        /// The tax year
        #[arg(long)]
        year: i16,
        /// The folder for the files
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Add the page that leads from box 1a to what was paid
        #[arg(long)]
        bridge: bool,
    },
    /// Where a season stands: forms by state, what blocks, what changed, deadlines
    Season {
        /// The tax year
        #[arg(long)]
        year: i16,
    },
    /// Review drafts, as somebody else than their maker
    Review {
        /// The tax year
        #[arg(long)]
        year: i16,
        /// Only these forms
        #[arg(long = "form", value_name = "ID")]
        forms: Vec<String>,
    },
    /// Take a form out of the season before it is furnished, or put it back
    Void {
        /// The form
        form: String,
        /// Why
        #[arg(long, required_unless_present = "reopen")]
        reason: Option<String>,
        /// Put it back as a draft
        #[arg(long)]
        reopen: bool,
    },
    /// Write every copy of the reviewed forms and freeze what they say
    Furnish {
        /// The tax year
        #[arg(long)]
        year: i16,
        /// The folder for the files
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Add the page that leads from box 1a to what was paid
        #[arg(long)]
        bridge: bool,
    },
    /// Write furnished forms for the IRS and the states; or record that the portal took them
    #[command(
        after_help = "An archive's passphrase comes from HOSTLEDGER_ARCHIVE_PASSPHRASE.\n\nExample:\n  hostledger tax file --year 2026 --out filing --archive filing.zip\n  hostledger tax file --year 2026 --out filing --template iris.csv --column \"Payer is PSE=Filer Type\"\n  hostledger tax file --year 2026 --receipt 2027-ABC-123"
    )]
    File {
        /// The tax year
        #[arg(long)]
        year: i16,
        /// The folder for the files
        #[arg(long, value_name = "DIR", required_unless_present = "receipt")]
        out: Option<PathBuf>,
        /// The portal's own header row
        #[arg(long, value_name = "CSV")]
        template: Option<PathBuf>,
        /// Which of the template's columns holds a value, "Theirs=Ours"; kept for the year. Nothing
        /// before the =: the value is left out
        #[arg(long = "column", value_name = "THEIRS=OURS", requires = "template")]
        columns: Vec<String>,
        /// All files in an encrypted archive too
        #[arg(long, value_name = "ZIP")]
        archive: Option<PathBuf>,
        /// What the portal answered: what was written last is filed
        #[arg(long, value_name = "ID", conflicts_with = "out")]
        receipt: Option<String>,
    },
    /// Furnished forms that the ledger contradicts by now, and the forms that put them right
    Corrections {
        /// The tax year
        #[arg(long)]
        year: i16,
        /// Make the forms
        #[arg(long)]
        make: bool,
    },
    /// Hosts' W-9 and W-8, who lacks what, and the money so far
    #[command(
        after_help = "A TIN to keep comes from HOSTLEDGER_TIN, not from the command's words.\n\nExample:\n  hostledger tax profiles --missing\n  hostledger tax profiles --host host-000007 --reveal"
    )]
    Profiles {
        /// The tax year of the money [default: that of the business date]
        #[arg(long)]
        year: Option<i16>,
        /// Only this host
        #[arg(long, value_name = "ID")]
        host: Option<String>,
        /// Only hosts that lack something
        #[arg(long)]
        missing: bool,
        /// Show the host's whole TIN; that it was shown is kept in the audit trail
        #[arg(long, requires = "host")]
        reveal: bool,
    },
    /// Enter a W-9 or W-8 by hand; the TIN comes from HOSTLEDGER_TIN
    Enter(EnterProfile),
    /// Answer what a host's tax profile asks before a form can be made
    Answer {
        /// The platform's host id
        host: String,
        /// Of which tax year it is asked
        #[arg(long)]
        year: i16,
        /// What the name or the changed TIN is
        #[arg(long = "as", value_name = "WHAT")]
        says: TaxSays,
    },
    /// Write the file for the IRS's bulk TIN matching, or take its answers in
    TinMatch {
        /// The file to write; it carries whole TINs
        #[arg(long, value_name = "FILE", required_unless_present = "answers")]
        out: Option<PathBuf>,
        /// The file of answers
        #[arg(long, value_name = "FILE", conflicts_with = "out")]
        answers: Option<PathBuf>,
    },
    /// Notices of the IRS about hosts
    Notices {
        /// Record one about this host
        #[arg(long, value_name = "ID", requires = "kind")]
        host: Option<String>,
        /// B: name and TIN don't match; C: underreported income
        #[arg(long, value_name = "B|C")]
        kind: Option<String>,
        /// When it came [default: the business date]
        #[arg(long, value_name = "DATE")]
        received: Option<Date>,
        /// From when on tax is withheld
        #[arg(long, value_name = "DATE")]
        withhold_from: Option<Date>,
        /// What it says
        #[arg(long, default_value = "")]
        note: String,
        /// End this one
        #[arg(long, value_name = "ID", requires = "reason", conflicts_with = "host")]
        end: Option<String>,
        /// Why it ends
        #[arg(long)]
        reason: Option<String>,
    },
    /// When a form is due, by year and state; or change a rule
    Rules(SetRule),
}

/// A rule's parts; without a jurisdiction the rules are listed.
#[derive(Args)]
pub(crate) struct SetRule {
    /// US, or a state's two letters: change this one's rule
    pub(crate) jurisdiction: Option<String>,
    /// The first tax year of the rule
    #[arg(long)]
    pub(crate) from_year: Option<i16>,
    /// The last tax year
    #[arg(long)]
    pub(crate) to_year: Option<i16>,
    /// Gross in USD
    #[arg(long)]
    pub(crate) amount: Option<String>,
    /// The amount itself is enough
    #[arg(long, value_name = "true|false")]
    pub(crate) inclusive: Option<bool>,
    /// How many transactions are needed at least
    #[arg(long, value_name = "N")]
    pub(crate) min_transactions: Option<i64>,
    /// Whether it counts
    #[arg(long, value_name = "true|false")]
    pub(crate) on: Option<bool>,
    /// Whether the source settles it
    #[arg(long, value_name = "true|false")]
    pub(crate) sure: Option<bool>,
    /// Law, notice or page
    #[arg(long)]
    pub(crate) source: Option<String>,
    /// When somebody last looked at the source [default: the business date]
    #[arg(long, value_name = "DATE")]
    pub(crate) verified_on: Option<Date>,
    /// Why
    #[arg(long, default_value = "")]
    pub(crate) reason: String,
}

/// A W-9 or W-8.
#[derive(Args)]
pub(crate) struct EnterProfile {
    /// The host
    pub(crate) host: String,
    /// W-9, W-8BEN or W-8BEN-E
    #[arg(long)]
    pub(crate) form: String,
    /// The name on the form
    #[arg(long)]
    pub(crate) legal_name: String,
    /// The business name, where there is one
    #[arg(long, default_value = "")]
    pub(crate) business_name: String,
    /// SSN, EIN, ITIN or ATIN
    #[arg(long, default_value = "")]
    pub(crate) tin_type: String,
    /// Keep the TIN that is known
    #[arg(long)]
    pub(crate) keep_tin: bool,
    /// Street
    #[arg(long, default_value = "")]
    pub(crate) address: String,
    /// Apartment, suite
    #[arg(long, default_value = "")]
    pub(crate) address2: String,
    /// City
    #[arg(long, default_value = "")]
    pub(crate) city: String,
    /// State's two letters
    #[arg(long, default_value = "")]
    pub(crate) state: String,
    /// ZIP or postal code
    #[arg(long, default_value = "")]
    pub(crate) postal_code: String,
    /// Country's two letters
    #[arg(long, default_value = "")]
    pub(crate) country: String,
    /// When it was signed
    #[arg(long, value_name = "DATE")]
    pub(crate) signed_on: Option<Date>,
}

#[derive(Subcommand)]
pub(crate) enum Disputes {
    /// List disputes, oldest first
    List {
        /// Only those that aren't decided
        #[arg(long)]
        open: bool,
        /// The platform's booking id
        #[arg(long, value_name = "ID")]
        booking: Option<String>,
        /// The platform's host id
        #[arg(long, value_name = "ID")]
        host: Option<String>,
    },
    /// One dispute with its story
    Show {
        /// Its id, as the list shows it
        id: String,
    },
    /// Enter a complaint or a chargeback by hand
    #[command(
        after_help = "Examples:\n  hostledger disputes open bk-1042 --kind complaint --amount 20.00 --reason \"host was absent\"\n  hostledger disputes open bk-1042 --kind chargeback --id dp_1Q2w3E --opened 2026-03-09 --evidence-due 2026-03-23"
    )]
    Open {
        /// The platform's booking id
        booking: String,
        /// complaint or chargeback
        #[arg(long)]
        kind: String,
        /// What it is about; without it all that wasn't given back yet
        #[arg(long)]
        amount: Option<String>,
        /// The amount's currency; without it the booking's
        #[arg(long)]
        currency: Option<String>,
        /// Why, in the participant's or the bank's words
        #[arg(long, default_value = "")]
        reason: String,
        /// The platform's or Stripe's id; without it one is made
        #[arg(long)]
        id: Option<String>,
        /// The day on which it came; without it today
        #[arg(long, value_name = "DATE")]
        opened: Option<Date>,
        /// Until when evidence can be handed in
        #[arg(long, value_name = "DATE")]
        evidence_due: Option<Date>,
        /// needs_response, under_review, or a chargeback's warning_…
        #[arg(long)]
        status: Option<String>,
    },
    /// Change an open dispute, give it to somebody, or note something
    Update {
        /// Its id, as the list shows it
        id: String,
        /// Where it stands
        #[arg(long)]
        status: Option<String>,
        /// What it is about
        #[arg(long)]
        amount: Option<String>,
        /// Why
        #[arg(long)]
        reason: Option<String>,
        /// Until when evidence can be handed in
        #[arg(long, value_name = "DATE")]
        evidence_due: Option<Date>,
        /// Who works on it; empty: nobody
        #[arg(long)]
        owner: Option<String>,
        /// A note for its story
        #[arg(long)]
        note: Option<String>,
    },
    /// Decide a dispute, or record what the bank decided
    #[command(
        after_help = "Example:\n  hostledger disputes close dp_1Q2w3E --outcome lost --reason \"no evidence of the session\""
    )]
    Close {
        /// Its id, as the list shows it
        id: String,
        /// won (the host keeps the money), lost, or withdrawn
        #[arg(long)]
        outcome: String,
        /// The day of the decision; without it today
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
        /// Why; kept with the decision
        #[arg(long)]
        reason: String,
    },
    /// Files kept with a dispute
    Attach {
        /// Its id, as the list shows it
        id: String,
        /// The file; a copy is kept, encrypted
        file: PathBuf,
    },
    /// Evidence for the bank: what it says, and handing it in
    #[command(
        after_help = "Without an option it is shown. Example:\n  hostledger disputes evidence dp_1Q2w3E --set service_date=2026-03-02 --set uncategorized_text=@notes.txt\n  hostledger disputes evidence dp_1Q2w3E --reviewed\n  hostledger disputes evidence dp_1Q2w3E --submit"
    )]
    Evidence {
        /// Its id, as the list shows it
        id: String,
        /// A text, FIELD=TEXT or FIELD=@FILE; then it must be looked through again
        #[arg(long = "set", value_name = "FIELD=TEXT")]
        set: Vec<String>,
        /// Keep the texts as the ledger puts them together
        #[arg(long)]
        keep: bool,
        /// Record that you looked the texts through
        #[arg(long)]
        reviewed: bool,
        /// Hand it in through Stripe: once
        #[arg(long)]
        submit: bool,
        /// Record that you handed it in elsewhere
        #[arg(long)]
        handed_in: bool,
        /// Write it as a PDF
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
    },
    /// A letter that explains the dispute to the host, as a PDF
    Letter {
        /// Its id, as the list shows it
        id: String,
        /// The file
        #[arg(long)]
        out: PathBuf,
    },
    /// Take back what a lost dispute claws back, from the host's balance at Stripe
    Recover {
        /// Its id, as the list shows it
        id: String,
    },
    /// Paid and still disputable, per host and in total
    Exposure,
    /// What each outcome would do to the money; nothing is changed
    Outcomes {
        /// Its id, as the list shows it
        id: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Imports {
    /// List imports, newest first
    List,
    /// Take an import back by reversal, while nothing paid depends on it
    Undo {
        /// Its id, as the list shows it
        id: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Exceptions {
    /// List open exceptions
    List {
        /// Only those of an import
        #[arg(long, value_name = "ID")]
        import: Option<String>,
    },
    /// Try to take a row in again, as it is or with fields put right; or all of an import
    #[command(
        after_help = "Examples:\n  hostledger exceptions retry ID --set currency=USD --set price=20.00\n  hostledger exceptions retry ID --as second-seat\n  hostledger exceptions retry ID --booking bk-1042\n  hostledger exceptions retry --import IMPORT"
    )]
    Retry {
        /// Its id, as the list shows it
        #[arg(required_unless_present = "import")]
        id: Option<String>,
        /// All rows of an import that wait
        #[arg(long, value_name = "ID", conflicts_with_all = ["id", "set", "as"])]
        import: Option<String>,
        /// What the row is, compared with what is known
        #[arg(long, value_name = "WHAT")]
        r#as: Option<RetryAs>,
        /// A field put right, COLUMN=VALUE
        #[arg(long = "set", value_name = "COLUMN=VALUE")]
        set: Vec<String>,
        /// Which of the bookings that a charge paid a dispute is about
        #[arg(long, value_name = "ID")]
        booking: Option<String>,
    },
    /// Close an exception without taking its row in; or all of an import
    #[command(
        after_help = "Examples:\n  hostledger exceptions dismiss ID --reason \"a test booking\"\n  hostledger exceptions dismiss --import IMPORT --reason \"the corrected file went in\""
    )]
    Dismiss {
        /// Its id, as the list shows it
        #[arg(required_unless_present = "import")]
        id: Option<String>,
        /// All rows of an import that wait
        #[arg(long, value_name = "ID", conflicts_with = "id")]
        import: Option<String>,
        /// Why; kept with the decision
        #[arg(long)]
        reason: String,
    },
}

/// What a tax profile's name or changed TIN is.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum TaxSays {
    /// The last name stands first in the legal name: the parts change places
    SwapName,
    /// The legal name is right as it is
    KeepName,
    /// It is one payee, whose TIN was put right
    OnePayee,
    /// It is a new payee since the change: each has a form of their part of the year
    NewPayee,
}

/// What a row is, compared with what is known.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum RetryAs {
    /// Another seat that the same card payment paid
    SecondSeat,
    /// Another booking or host than the one it looks like; or the row's TIN as it stands
    New,
    /// The very booking or host that it looks like; or the TIN that is known
    Known,
}

#[derive(Subcommand)]
pub(crate) enum Commissions {
    /// List commissions
    List {
        /// PENDING, PROCESSED, PAID or VOID
        #[arg(long)]
        status: Option<String>,
        /// The platform's host id
        #[arg(long, value_name = "ID")]
        host: Option<String>,
        /// The platform's booking id
        #[arg(long, value_name = "ID")]
        booking: Option<String>,
        /// Only those that something holds
        #[arg(long)]
        blocked: bool,
    },
    /// Why an amount is what it is, from the import line to the money sent
    Explain {
        /// The platform's booking id
        booking: String,
    },
    /// The daily job: raise fraud flags, process what is due
    Process,
    /// Hold a commission until it is released
    Hold {
        /// The platform's booking id
        booking: String,
        /// Why; kept with the decision
        #[arg(long)]
        reason: String,
    },
    /// Release a hold or settle a fraud flag
    Release {
        /// The platform's booking id
        booking: String,
        /// Which, where there are several
        #[arg(long, value_name = "ID")]
        block: Option<String>,
        /// Why; kept with the decision
        #[arg(long)]
        reason: String,
    },
    /// Void a commission: the host gets nothing for the booking
    Void {
        /// The platform's booking id
        booking: String,
        /// Why; kept with the decision
        #[arg(long)]
        reason: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Adjustments {
    /// Propose to write off what a host owes
    WriteOff {
        /// The platform's host id
        host: String,
        /// In which currency
        #[arg(long)]
        currency: String,
        /// Why; kept with the decision
        #[arg(long)]
        reason: String,
    },
    /// Propose a correction; positive for the host
    #[command(
        after_help = "Example:\n  hostledger adjustments add host-000001 --amount -12.50 --currency USD --reason \"paid twice by hand in February\""
    )]
    Add {
        /// The platform's host id
        host: String,
        /// Positive for the host, negative against
        #[arg(long, allow_hyphen_values = true)]
        amount: String,
        /// ISO 4217, e.g. USD
        #[arg(long)]
        currency: String,
        /// Why; kept with the decision
        #[arg(long)]
        reason: String,
    },
    /// Approve another person's proposal
    Approve {
        /// Its id, as the list shows it
        #[arg(required_unless_present = "import")]
        id: Option<String>,
        /// All opening balances that this import brought
        #[arg(long, value_name = "ID", conflicts_with = "id")]
        import: Option<String>,
    },
    /// Reject a proposal; take a final payout back that wasn't used
    Reject {
        /// Its id, as the list shows it
        id: String,
    },
    /// List adjustments, newest first
    List,
}

#[derive(Subcommand)]
pub(crate) enum Tiers {
    /// List tiers with their dates and reasons
    List {
        /// The platform's host id
        #[arg(long, value_name = "ID")]
        host: Option<String>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rail {
    /// A CSV payment file
    File,
    /// Transfers to the hosts' connected accounts
    Stripe,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum KeyStore {
    /// The system's keyring
    Keyring,
    /// A file in the ledger's folder, sealed with the users' passphrases
    File,
}

#[derive(Subcommand)]
pub(crate) enum Stripe {
    /// Connect the Stripe account of a restricted key: HOSTLEDGER_STRIPE_KEY, or a prompt
    Connect {
        /// Where the key is kept
        #[arg(long, default_value = "keyring")]
        key_store: KeyStore,
        /// Where Stripe is, without /v1
        #[arg(long, value_name = "URL", default_value = hostledger_app::stripe::STRIPE_URL)]
        base_url: String,
        /// How long an answer is waited for
        #[arg(long, value_name = "MILLISECONDS", default_value_t = hostledger_app::stripe::TIMEOUT_MS, value_parser = clap::value_parser!(u32).range(1..))]
        timeout_ms: u32,
    },
    /// Show the connected account, its mode and where the key is kept
    Status,
    /// Take over what Stripe did since: accounts' standing, reversals, banks that refused
    Sync,
    /// Compare with Stripe's list of transfers, and take over what an older copy of the ledger lacks
    Reconcile,
}

#[derive(Subcommand)]
pub(crate) enum Payouts {
    /// Prepare a DRAFT batch: who is paid, who is carried and why
    Prepare {
        /// The payout date
        #[arg(long)]
        date: Date,
        /// Why a batch is made off the schedule
        #[arg(long, value_name = "REASON")]
        off_cycle: Option<String>,
    },
    /// List batches, newest first
    List,
    /// Show a batch
    Show {
        /// The batch, as `payouts list` shows it
        batch: String,
        /// With every line of every payout
        #[arg(long)]
        lines: bool,
    },
    /// Write the batch as a PDF
    Pdf {
        /// The batch, as `payouts list` shows it
        batch: String,
        /// The file to write
        #[arg(long)]
        out: PathBuf,
    },
    /// Recompute the payouts that changed since they were prepared
    Refresh {
        /// The batch, as `payouts list` shows it
        batch: String,
    },
    /// Take a payout out of a batch
    Exclude {
        /// The batch, as `payouts list` shows it
        batch: String,
        /// The payout, as `payouts show` shows it
        payout: String,
        /// Why; kept with the decision
        #[arg(long)]
        reason: String,
    },
    /// Hand a batch over for approval, for one rail; another rail is a new submission
    Submit {
        /// The batch, as `payouts list` shows it
        batch: String,
        /// How it may leave [default: stripe where the ledger is connected, else file]
        #[arg(long)]
        rail: Option<Rail>,
        /// Why; kept with the decision
        #[arg(long)]
        reason: Option<String>,
    },
    /// Approve another person's batch: your key signs its digest
    Approve {
        /// The batch, as `payouts list` shows it
        batch: String,
        /// The digest that you saw, as `payouts show` shows it; another one is refused
        #[arg(long)]
        digest: Option<String>,
        /// Don't ask on the terminal
        #[arg(long)]
        yes: bool,
        /// Why; kept with the decision
        #[arg(long)]
        reason: Option<String>,
    },
    /// Send a submitted batch back with a comment
    Reject {
        /// The batch, as `payouts list` shows it
        batch: String,
        /// Why; kept with the decision
        #[arg(long)]
        reason: Option<String>,
    },
    /// Drop a batch that wasn't sent
    Cancel {
        /// The batch, as `payouts list` shows it
        batch: String,
        /// Why; kept with the decision
        #[arg(long)]
        reason: Option<String>,
    },
    /// Send an approved batch
    #[command(
        after_help = "Example:\n  hostledger payouts send BATCH --rail file --out payments.csv"
    )]
    Send {
        /// The batch, as `payouts list` shows it
        batch: String,
        /// How the payouts leave
        #[arg(long)]
        rail: Rail,
        /// Where the payment file is written
        #[arg(long, required_if_eq("rail", "file"))]
        out: Option<PathBuf>,
    },
    /// Look at everything that sending an approved batch through Stripe would look at
    Preflight {
        /// The batch, as `payouts list` shows it
        batch: String,
    },
    /// Let a payout of unknown outcome be tried anew; it takes two people
    Release {
        /// The payout, as `payouts transfers` shows it
        payout: String,
        /// Why; kept with the decision
        #[arg(long)]
        reason: String,
    },
    /// Show what is known of each transfer of a batch that leaves through Stripe
    Transfers {
        /// The batch, as `payouts list` shows it
        batch: String,
    },
    /// Record what the outside did with a payment file
    #[command(
        after_help = "Example:\n  hostledger payouts settle BATCH --failed PAYOUT=\"account closed\""
    )]
    Settle {
        /// The batch, as `payouts list` shows it
        batch: String,
        /// A payout that failed, with the reason
        #[arg(long, value_name = "PAYOUT=REASON", num_args = 1..)]
        failed: Vec<String>,
        /// Settle only this payout as completed; may be given more than once
        #[arg(long, value_name = "PAYOUT")]
        completed: Vec<String>,
    },
    /// Record that a bank sent a settled payout back, all of it or a part
    #[command(
        after_help = "Examples:\n  hostledger payouts returned PAYOUT --on 2026-03-20 --reason \"R03, no account\"\n  hostledger payouts returned PAYOUT --amount 10.00 --on 2026-03-20 --reason \"R03, less the bank's fee\"\n  hostledger payouts returned PAYOUT --take-back --reason \"another payout's line on the statement\""
    )]
    Returned {
        /// The payout, as `payouts show` shows it
        payout: String,
        /// How much came back; without it all of the payout
        #[arg(long)]
        amount: Option<String>,
        /// The day on the bank's statement
        #[arg(long, required_unless_present = "take_back")]
        on: Option<Date>,
        /// What the bank said
        #[arg(long)]
        reason: String,
        /// Take the newest recorded return back, because it was recorded in error
        #[arg(long, conflicts_with_all = ["amount", "on"])]
        take_back: bool,
    },
    /// Finish an interrupted send
    Resume {
        /// The batch, as `payouts list` shows it
        batch: Option<String>,
        /// Write the batch's payment file to another place
        #[arg(long, requires = "batch")]
        out: Option<PathBuf>,
    },
    /// Put a failed payout's lines into a new batch
    Retry {
        /// The payout, as `payouts show` shows it
        payout: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Hosts {
    /// Hold a part of a host's payouts back, or end that
    #[command(
        after_help = "Examples:\n  hostledger hosts reserve host-000042 --percent 10 --days 90 --reason \"three chargebacks in a month\"\n  hostledger hosts reserve host-000042 --end --reason \"quiet since June\""
    )]
    Reserve {
        /// The platform's host id
        id: String,
        /// How much of each payout
        #[arg(long, required_unless_present = "end", conflicts_with = "end")]
        percent: Option<String>,
        /// For how many days after the payout's date; without it as long as money can be disputed
        #[arg(long)]
        days: Option<i64>,
        /// Hold nothing back any more; what is held stays until its day
        #[arg(long)]
        end: bool,
        /// Why; shown wherever the host is carried
        #[arg(long)]
        reason: String,
    },
    /// Propose that a leaving host's next payout goes whatever the minimum and though the account is closed
    #[command(
        after_help = "A second person approves it with `hostledger adjustments approve ID`, and takes it back with `reject`.\n\nExample:\n  hostledger hosts final-payout host-000042 --reason \"left the platform in March\""
    )]
    FinalPayout {
        /// The platform's host id
        id: String,
        /// Why; shown to the second person and on the batch
        #[arg(long)]
        reason: String,
    },
    /// A letter that explains a host's balance, as a PDF
    Letter {
        /// The platform's host id
        id: String,
        /// In which currency
        #[arg(long)]
        currency: String,
        /// The file
        #[arg(long)]
        out: PathBuf,
    },
    /// List hosts
    List,
    /// Show a host with balance, tiers and payouts
    Show {
        /// Its id, as the list shows it
        id: String,
    },
    /// Make an Express account at Stripe for a host without one, and a link for its onboarding
    Onboard {
        /// Its id, as the list shows it
        id: String,
    },
    /// Show how a host's account stands at Stripe
    Account {
        /// Its id, as the list shows it
        id: String,
        /// Ask Stripe now, instead of showing what was last pulled
        #[arg(long)]
        pull: bool,
    },
    /// Carry a host's payouts until they are resumed
    Pause {
        /// Its id, as the list shows it
        id: String,
        /// Why; kept with the decision
        #[arg(long)]
        reason: String,
    },
    /// Lift a pause
    Resume {
        /// Its id, as the list shows it
        id: String,
        /// Why; kept with the decision
        #[arg(long)]
        reason: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    Hledger,
    Csv,
}

#[derive(Subcommand)]
pub(crate) enum Journal {
    /// Write the journal to a new file, all of it or the entries of a period
    #[command(
        after_help = "A period's file holds the entries whose effective date is in it, and no opening balances: files of periods\nthat follow each other add up to the whole journal. With --as-of it ends on that day at the latest.\n\nExample:\n  hostledger journal export --format hledger --from 2026-02-01 --to 2026-02-28 --out february.journal"
    )]
    Export {
        /// For hledger, or one posting a row
        #[arg(long)]
        format: Format,
        /// The file to write
        #[arg(long)]
        out: PathBuf,
        /// The first day
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// The last day
        #[arg(long, value_name = "DATE")]
        to: Option<Date>,
    },
}
