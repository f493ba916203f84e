//! Variants of one column's cells, as programs and people write them; in every row, and in one.

use jiff::Timestamp;

use super::Becomes::{Exceptions, Refused, Right};
use super::table::Table;
use super::texts::every_row;
use super::{Becomes, Variant};
use crate::imports::ImportKind;

/// What a column's cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cells {
    Id,
    /// A column of ids that may be left out, such as a charge's.
    OptionalId,
    Time,
    /// A time of Stripe's, in UTC.
    UtcTime,
    Day,
    Amount,
    Currency,
    Word,
    Flag,
    Rating,
    Tin,
    TinType,
    PostalCode,
    Number,
    Text,
}

fn cells_of(kind: ImportKind, column: &str) -> Cells {
    match (kind, column) {
        (ImportKind::StripePayments, "id" | "paymentintent id" | "bookingid (metadata)") => {
            Cells::OptionalId
        }
        (ImportKind::StripePayments, "dispute date (utc)" | "dispute evidence due (utc)") => {
            Cells::UtcTime
        }
        (_, "booking_id" | "host_id" | "conversation_id" | "dispute_id") => Cells::Id,
        (
            _,
            "charge_id" | "payment_intent_id" | "stripe_account_id" | "institution_id"
            | "participant_id",
        ) => Cells::OptionalId,
        (_, "signed_on") => Cells::Day,
        (_, c) if c.ends_with("_at") || c.ends_with("_by") => Cells::Time,
        (
            _,
            "price" | "processing_fee" | "refunded_amount" | "amount" | "fee" | "disputed amount",
        ) => Cells::Amount,
        (_, "currency" | "fee_currency") => Cells::Currency,
        (_, "status" | "kind" | "form" | "dispute status" | "mode") => Cells::Word,
        (_, "payouts_enabled") => Cells::Flag,
        (_, "rating") => Cells::Rating,
        (_, "tin") => Cells::Tin,
        (_, "tin_type") => Cells::TinType,
        (_, "postal_code") => Cells::PostalCode,
        (_, "teaching_experience_years" | "weekly_availability_hours") => Cells::Number,
        _ => Cells::Text,
    }
}

type Spelled = (&'static str, fn(&str) -> String);

fn zoned(cell: &str, zone: &str) -> Option<jiff::Zoned> {
    cell.parse::<Timestamp>().ok()?.in_tz(zone).ok()
}

fn time(cell: &str, format: &str) -> String {
    zoned(cell, "UTC").map_or_else(String::new, |z| z.strftime(format).to_string())
}

fn in_berlin(cell: &str, format: &str) -> String {
    zoned(cell, "Europe/Berlin").map_or_else(String::new, |z| z.strftime(format).to_string())
}

/// The same time in another spelling.
const TIMES: [Spelled; 14] = [
    ("with a blank", |c| time(c, "%Y-%m-%d %H:%M:%SZ")),
    ("without seconds", |c| time(c, "%Y-%m-%dT%H:%MZ")),
    ("in Berlin", |c| in_berlin(c, "%Y-%m-%dT%H:%M:%S%:z")),
    ("in Berlin, no colon", |c| {
        in_berlin(c, "%Y-%m-%dT%H:%M:%S%z")
    }),
    ("in Berlin, with its name", |c| {
        in_berlin(c, "%Y-%m-%dT%H:%M:%S%:z[Europe/Berlin]")
    }),
    ("+00:00", |c| time(c, "%Y-%m-%dT%H:%M:%S+00:00")),
    ("+00", |c| time(c, "%Y-%m-%d %H:%M:%S+00")),
    ("milliseconds", |c| time(c, "%Y-%m-%dT%H:%M:%S.000Z")),
    ("microseconds", |c| time(c, "%Y-%m-%dT%H:%M:%S.000000Z")),
    ("nanoseconds", |c| time(c, "%Y-%m-%dT%H:%M:%S.000000000Z")),
    ("compact", |c| time(c, "%Y%m%dT%H%M%SZ")),
    ("small letters", |c| time(c, "%Y-%m-%dt%H:%M:%Sz")),
    ("Shopify's", |c| in_berlin(c, "%Y-%m-%d %H:%M:%S %z")),
    ("in a formula", |c| format!("=\"{c}\"")),
];

/// What may be any time.
const NO_TIMES: [Spelled; 14] = [
    ("no zone", |c| time(c, "%Y-%m-%dT%H:%M:%S")),
    ("no zone, a blank", |c| time(c, "%Y-%m-%d %H:%M:%S")),
    ("a day alone", |c| time(c, "%Y-%m-%d")),
    ("month first", |c| time(c, "%m/%d/%Y %H:%M")),
    ("day first", |c| time(c, "%d.%m.%Y %H:%M")),
    ("day first, slashes", |c| time(c, "%d/%m/%Y %H:%M")),
    ("AM", |c| time(c, "%Y-%m-%d %I:%M %p")),
    ("in words", |c| time(c, "%B %d, %Y")),
    ("short", |c| time(c, "%d-%b-%y")),
    ("seconds since 1970", |c| time(c, "%s")),
    ("milliseconds since 1970", |c| time(c, "%s000")),
    ("a spreadsheet's number", |_| "46090.416667".to_owned()),
    ("hashes", |_| "########".to_owned()),
    ("a word", |_| "yesterday".to_owned()),
];

const NO_DAYS: [Spelled; 8] = [
    ("month first", |_| "01/15/2026".to_owned()),
    ("day first", |_| "15.01.2026".to_owned()),
    ("two digits", |_| "15-01-26".to_owned()),
    ("a spreadsheet's number", |_| "46037".to_owned()),
    ("in words", |_| "January 15, 2026".to_owned()),
    ("no such day", |_| "2026-02-30".to_owned()),
    ("after today", |_| "2027-01-15".to_owned()),
    ("a year too early", |_| "0026-01-15".to_owned()),
];

const AMOUNTS: [Spelled; 6] = [
    ("no zero at the end", |c| {
        c.strip_suffix('0').unwrap_or(c).to_owned()
    }),
    ("more zeros at the end", |c| format!("{c}0")),
    ("zeros before", |c| match c.strip_prefix('-') {
        Some(c) => format!("-00{c}"),
        None => format!("00{c}"),
    }),
    ("blanks", |c| format!("  {c} ")),
    ("no-break spaces", |c| format!("\u{a0}{c}\u{a0}")),
    ("a tab", |c| format!("{c}\t")),
];

const NO_AMOUNTS: [Spelled; 24] = [
    ("decimal comma", |c| c.replace('.', ",")),
    ("dollars", |c| format!("${c}")),
    ("US dollars", |c| format!("US${c}")),
    ("its code", |c| format!("{c} USD")),
    ("its code first", |c| format!("USD {c}")),
    ("brackets", |c| format!("({c})")),
    ("minus behind", |c| format!("{c}-")),
    ("plus", |c| format!("+{c}")),
    ("scientific", |_| "1.5E+01".to_owned()),
    ("not a number", |_| "NaN".to_owned()),
    ("infinite", |_| "inf".to_owned()),
    ("full width", |_| "１５.００".to_owned()),
    ("Arabic digits", |_| "١٥.٠٠".to_owned()),
    ("thousands", |_| "1,234.56".to_owned()),
    ("German thousands", |_| "1.234,56".to_owned()),
    ("French thousands", |_| "1 234,56".to_owned()),
    ("Swiss thousands", |_| "1'234.56".to_owned()),
    ("too many digits", |_| "15.005".to_owned()),
    ("a percent", |c| format!("{c}%")),
    ("a formula", |c| format!("={c}")),
    ("an error", |_| "#REF!".to_owned()),
    ("a hex number", |_| "0x0f".to_owned()),
    ("two points", |_| "1.5.0".to_owned()),
    ("a minus of print", |c| format!("\u{2212}{c}")),
];

const NULLS: [&str; 9] = ["NULL", "null", "N/A", "n/a", "-", "--", "\\N", "None", " "];

const IDS: [Spelled; 8] = [
    ("in a formula", |c| format!("=\"{c}\"")),
    ("behind an apostrophe", |c| format!("'{c}")),
    ("a zero-width space behind", |c| format!("{c}\u{200b}")),
    ("a zero-width space before", |c| format!("\u{200b}{c}")),
    ("a soft hyphen inside", |c| {
        format!("{}\u{ad}{}", &c[..2], &c[2..])
    }),
    ("a byte order mark before", |c| format!("\u{feff}{c}")),
    ("a no-break space behind", |c| format!("{c}\u{a0}")),
    ("blanks", |c| format!(" {c}  ")),
];

/// Other ids to a machine, the same to a person.
const LIKE_IDS: [Spelled; 4] = [
    ("capitals", |c| c.to_uppercase()),
    ("another hyphen", |c| c.replace('-', "\u{2011}")),
    ("a dash", |c| c.replace('-', "\u{2013}")),
    ("one letter large", |c| {
        let mut letters = c.chars();
        letters
            .next()
            .map_or_else(String::new, |f| f.to_uppercase().chain(letters).collect())
    }),
];

pub(super) fn variants(kind: ImportKind, clean: &Table) -> Vec<Variant> {
    let mut all = Vec::new();
    for (column, needed) in kind.columns() {
        let mut of = Column {
            kind,
            clean,
            column,
            needed: *needed,
            all: &mut all,
        };
        of.all_cells();
        match cells_of(kind, column) {
            Cells::Id => of.ids(),
            Cells::OptionalId => of.optional_ids(),
            Cells::Time => of.times(false),
            Cells::UtcTime => of.times(true),
            Cells::Day => of.wrong(&NO_DAYS),
            Cells::Amount => of.amounts(),
            Cells::Currency => of.currencies(),
            Cells::Word => of.words(),
            Cells::Flag => of.flags(),
            Cells::Rating => of.ratings(),
            Cells::Tin => of.tins(),
            Cells::TinType => {}
            Cells::PostalCode => of.postal_codes(),
            Cells::Number => of.numbers(),
            Cells::Text => {}
        }
    }
    whole_numbers(kind, clean, &mut all);
    mangled_ids(kind, clean, &mut all);
    all
}

struct Column<'a> {
    kind: ImportKind,
    clean: &'a Table,
    column: &'a str,
    needed: bool,
    all: &'a mut Vec<Variant>,
}

impl Column<'_> {
    fn filled(&self) -> Vec<usize> {
        let place = self.clean.place(self.column);
        let cells = cells_of(self.kind, self.column);
        // Abroad a postal code is any text.
        let is_filled = |r: &usize| match self.clean.rows[*r][place].as_str() {
            "" => false,
            code => cells != Cells::PostalCode || code.starts_with('0'),
        };
        every_row(self.clean)
            .into_iter()
            .filter(is_filled)
            .collect()
    }

    /// Cells in another spelling, which mean what `means` says.
    fn spelled(
        &mut self,
        name: &str,
        change: impl Fn(&str) -> String,
        means: Option<&dyn Fn(&str) -> String>,
        must: Option<Becomes>,
    ) -> &mut Variant {
        let from = self.all.len();
        let filled = self.filled();
        let one = &filled[filled.len() / 3..][..1];
        for (which, rows) in [("every", filled.as_slice()), ("one", one)] {
            let text = self.clean.changed(self.column, rows, &change).csv();
            let means = means.map_or_else(
                || self.clean.clone(),
                |m| self.clean.changed(self.column, rows, m),
            );
            let name = format!("{}, {which} cell: {name}", self.column);
            let mut v = Variant::of(name, text, &means);
            // What is wrong with every row refuses the file, what is wrong with one is an exception.
            v.must = must.map(|m| match m {
                Exceptions if which == "every" && filled.len() >= 22 => Refused,
                other => other,
            });
            self.all.push(v);
        }
        &mut self.all[from]
    }

    /// Variants of the last call, both of them.
    fn last(&mut self) -> &mut [Variant] {
        let n = self.all.len();
        &mut self.all[n - 2..]
    }

    fn right(&mut self, spelled: &[Spelled]) {
        for (name, change) in spelled {
            self.spelled(name, change, None, Some(Right));
        }
    }

    fn wrong(&mut self, spelled: &[Spelled]) {
        for (name, change) in spelled {
            self.spelled(name, change, None, Some(Exceptions));
        }
    }

    /// Whatever the column holds: nothing, words for nothing, marks.
    fn all_cells(&mut self) {
        if self.needed {
            self.spelled("empty", |_| String::new(), None, None);
            for null in NULLS {
                self.spelled(null, |_| null.to_owned(), None, None);
            }
        } else {
            for null in NULLS {
                self.spelled(null, |_| null.to_owned(), Some(&|_| String::new()), None);
                for v in self.last() {
                    // Empty cells empty what is known, but only a person takes ids and TINs away.
                    v.new_rows_only = true;
                }
            }
        }
        self.spelled(
            "control characters",
            |c| format!("{c}\u{7}\u{1b}[31m"),
            None,
            None,
        );
        self.spelled(
            "text that turns round",
            |c| format!("\u{202e}{c}"),
            None,
            None,
        );
        self.spelled("a formula", |_| "=1+1".to_owned(), None, None);
        for v in self.last() {
            v.new_rows_only = true;
        }
        if matches!(
            cells_of(self.kind, self.column),
            Cells::Text | Cells::Rating | Cells::Tin
        ) {
            let n = self.all.len();
            self.all.truncate(n - 6);
        }
    }

    fn ids(&mut self) {
        self.right(&IDS);
        for (name, change) in LIKE_IDS {
            self.spelled(name, change, None, None);
            for v in self.last() {
                v.loose_ids = true;
            }
        }
        self.spelled("201 letters", |_| "x".repeat(201), None, Some(Exceptions));
        self.spelled("scientific", |_| "4.80123E+12".to_owned(), None, None);
    }

    fn optional_ids(&mut self) {
        self.right(&IDS);
    }

    fn times(&mut self, utc: bool) {
        if utc {
            let zoned = |c: &str| c.replacen(' ', "T", 1) + ":00Z";
            self.spelled("a T and a Z", zoned, None, Some(Right));
            self.spelled("seconds", |c| format!("{c}:00"), None, Some(Right));
            for (name, change) in NO_TIMES.iter().filter(|n| !n.0.starts_with("no zone")) {
                self.spelled(name, |c| change(&zoned(c)), None, None);
            }
            return;
        }
        for (name, change) in TIMES {
            self.spelled(name, change, None, None);
        }
        for (name, change) in NO_TIMES {
            self.spelled(name, change, None, Some(Exceptions));
        }
    }

    fn amounts(&mut self) {
        self.right(&AMOUNTS);
        for (name, change) in NO_AMOUNTS {
            self.spelled(name, change, None, Some(Exceptions));
        }
        if self.column != "amount" || self.kind != ImportKind::OpeningBalances {
            self.spelled("below zero", |c| format!("-{c}"), None, None);
        }
        let cents = |c: &str| c.replace('.', "");
        if ["processing_fee", "refunded_amount"].contains(&self.column) {
            self.spelled(
                "in the smallest unit, times ten",
                move |c| format!("{}0", cents(c)),
                None,
                None,
            );
        }
    }

    fn currencies(&mut self) {
        self.spelled(
            "other case",
            |c| {
                if c == "usd" {
                    "USD".to_owned()
                } else {
                    c.to_lowercase()
                }
            },
            None,
            Some(Right),
        );
        for other in [
            "$", "US$", "840", "USDT", "Dollar", "US D", "XXX", "DEM", "UsD ",
        ] {
            let must = (other != "UsD " && other != "DEM").then_some(Exceptions);
            self.spelled(other, |_| other.to_owned(), None, must);
        }
    }

    fn words(&mut self) {
        self.spelled("small", |c| c.to_lowercase(), None, Some(Right));
        self.spelled("capitals", |c| c.to_uppercase(), None, Some(Right));
        self.spelled("padded", |c| format!(" {c} "), None, Some(Right));
        self.spelled("blanks inside", |c| c.replace('_', " "), None, Some(Right));
        self.spelled("hyphens inside", |c| c.replace('_', "-"), None, Some(Right));
        self.spelled(
            "the American spelling",
            |c| c.replace("CANCELLED", "canceled"),
            None,
            Some(Right),
        );
        for other in ["Complete", "Booked", "7", "TRUE", "COMPLETED!", "Unknown"] {
            self.spelled(other, |_| other.to_owned(), None, None);
        }
        if self.column == "mode" {
            self.spelled("Test", |_| "Test".to_owned(), None, Some(Refused));
        }
    }

    fn flags(&mut self) {
        for (yes, no) in [
            ("TRUE", "FALSE"),
            ("True", "False"),
            ("t", "f"),
            ("1", "0"),
            ("yes", "no"),
            ("Y", "N"),
            ("on", "off"),
        ] {
            let name = format!("{yes} and {no}");
            self.spelled(
                &name,
                |c| if c == "true" { yes } else { no }.to_owned(),
                None,
                Some(Right),
            );
        }
        for other in ["enabled", "2", "x", "wahr", "✓", "truee"] {
            self.spelled(other, |_| other.to_owned(), None, Some(Exceptions));
        }
    }

    fn ratings(&mut self) {
        for other in ["4.5", "5 stars", "0", "6", "-1", "five", "★★★"] {
            self.spelled(
                other,
                |_| other.to_owned(),
                Some(&|_| String::new()),
                Some(Right),
            );
            for v in self.last() {
                v.new_rows_only = true;
                v.warns = Some("RATING_PUT_ASIDE");
            }
        }
        self.spelled("as a decimal", |c| format!("{c}.0"), None, Some(Right));
    }

    /// A new host's unusable TIN is taken in as such: the form is blocked, and nothing is filed.
    fn tins(&mut self) {
        self.spelled("no hyphens", |c| c.replace('-', ""), None, Some(Right));
        self.spelled("blanks", |c| c.replace('-', " "), None, None);
        let spelled: [Spelled; 7] = [
            ("a zero lost", |c| {
                c.replace('-', "").trim_start_matches('0').to_owned()
            }),
            ("masked", |c| format!("*****{}", &c[c.len() - 4..])),
            ("scientific", |_| "1.2345678E+7".to_owned()),
            ("letters", |_| "on file".to_owned()),
            ("control characters, no hyphens", |c| {
                format!("{}\u{7}", c.replace('-', ""))
            }),
            ("text that turns round", |c| format!("\u{202e}{c}")),
            ("a formula", |_| "=1+1".to_owned()),
        ];
        for (name, change) in spelled {
            self.spelled(name, change, Some(&|_| "none yet".to_owned()), None);
        }
        self.spelled(
            "impossible",
            |_| "000-00-0000".to_owned(),
            Some(&|_| "000-00-0000".to_owned()),
            None,
        );
        for v in self.last() {
            // To a ledger that knows the hosts, they are other people.
            v.new_rows_only = true;
        }
    }

    fn postal_codes(&mut self) {
        self.spelled(
            "a zero lost",
            |c| c.trim_start_matches('0').to_owned(),
            None,
            None,
        );
        self.spelled(
            "nine digits",
            |c| format!("{c}-1234"),
            Some(&|c| format!("{c}-1234")),
            None,
        );
        for v in self.last() {
            v.new_rows_only = true;
        }
        self.spelled("in a formula", |c| format!("=\"{c}\""), None, None);
        self.spelled("a decimal", |c| format!("{c}.0"), None, None);
    }

    fn numbers(&mut self) {
        for other in ["two", "1,5", "-1", "1e1", "NaN", "999999999999", "3 years"] {
            self.spelled(other, |_| other.to_owned(), None, None);
        }
        if self.column != "teaching_experience_years" {
            // As the platform words it.
            let n = self.all.len();
            self.all.truncate(n - 14);
        }
    }
}

/// Amounts in the smallest unit look like whole ones.
fn whole_numbers(kind: ImportKind, clean: &Table, all: &mut Vec<Variant>) {
    if kind != ImportKind::Bookings {
        return;
    }
    let cents = |c: &str| c.replace('.', "");
    let rows = every_row(clean);
    let price = clean.changed("price", &rows, cents);
    all.push(Variant::of("prices in cents", price.csv(), clean).must(Refused));
    let every =
        price
            .changed("processing_fee", &rows, cents)
            .changed("refunded_amount", &rows, cents);
    all.push(Variant::of("all amounts in cents", every.csv(), clean).must(Refused));
}

/// Ids of digits alone, as a spreadsheet rounds them.
fn mangled_ids(kind: ImportKind, clean: &Table, all: &mut Vec<Variant>) {
    if kind != ImportKind::Bookings {
        return;
    }
    let numbered = clean.changed("booking_id", &every_row(clean), |c| {
        format!("48012345678{}5", &c[3..7])
    });
    let rounded = numbered.changed("booking_id", &every_row(clean), |c| {
        format!("{}0000", &c[..12])
    });
    let mut v = Variant::of("ids of digits", numbered.csv(), &numbered);
    v.new_rows_only = true;
    all.push(v.must(Right));
    let mut v = Variant::of("ids of digits, rounded", rounded.csv(), &numbered);
    v.new_rows_only = true;
    all.push(v.must(Refused));
}
