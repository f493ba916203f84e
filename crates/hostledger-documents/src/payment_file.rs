//! The payment file of `payouts send --rail file` (cli.md): one CSV row per payout.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;
use std::io::Write;

use crate::{Error, csv_safe, figure::Figure};

/// The columns, in their order in the file.
pub const COLUMNS: [&str; 10] = [
    "payout_id",
    "batch_id",
    "host_id",
    "host_name",
    "destination",
    "currency",
    "amount",
    "amount_minor",
    "scheduled_date",
    "reference",
];

/// What the whole file is, in columns after [`COLUMNS`], the same in every row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WholeFile<'a> {
    /// The digest of what was approved (`batch_digest`); files of before it came don't have it.
    pub batch_digest: Option<&'a str>,
    /// The name of the file that this one is a copy of (`copy_of`).
    pub copy_of: Option<&'a str>,
}

impl<'a> WholeFile<'a> {
    fn cells(self) -> impl Iterator<Item = (&'static str, Cow<'a, str>)> {
        let digest = self
            .batch_digest
            .map(|d| ("batch_digest", Cow::Borrowed(d)));
        let copy = self.copy_of.map(|name| ("copy_of", csv_safe(name)));
        digest.into_iter().chain(copy)
    }
}

/// One payout as the payment file shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    /// The payout's id.
    pub payout_id: String,
    /// The batch it is in.
    pub batch_id: String,
    /// The platform's id of the host.
    pub host_id: String,
    /// The host's name.
    pub host_name: String,
    /// Where the money goes, as the ledger knows it.
    pub destination: String,
    /// ISO 4217 code.
    pub currency: String,
    /// The amount with the currency's decimals: "13.12", "2000".
    pub amount: String,
    /// The same amount in minor units; must say the same as `amount`.
    pub amount_minor: i64,
    /// The payout date, `YYYY-MM-DD`.
    pub scheduled_date: String,
    /// What the host reads on the statement.
    pub reference: String,
}

/// What was written: the figures that the batch's PDF repeats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentFileTotals {
    /// Number of rows, the heading not counted.
    pub rows: usize,
    /// Per currency: number of rows and their sum in minor units.
    pub per_currency: BTreeMap<String, (usize, i128)>,
}

/// Writes the payment file row by row and returns its totals. UTF-8, line feeds, quoted where
/// needed, text cells safe against spreadsheet formulas, amounts untouched.
///
/// # Errors
/// [`Error::BadAmount`] or [`Error::DoesNotAddUp`] when a row's amount is no plain decimal or
/// differs from its minor units; [`Error::Csv`] or [`Error::Io`] when `out` fails. A file that
/// was begun is then incomplete: write to a temporary name and rename it after success.
pub fn write_payment_file<W, I>(
    out: W,
    rows: I,
    whole: WholeFile<'_>,
) -> Result<PaymentFileTotals, Error>
where
    W: Write,
    I: IntoIterator,
    I::Item: Borrow<PaymentRow>,
{
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(out);
    csv.write_record(COLUMNS.into_iter().chain(whole.cells().map(|c| c.0)))?;
    let mut totals = PaymentFileTotals::default();
    for row in rows {
        let row: &PaymentRow = row.borrow();
        agree(row)?;
        let amount_minor = row.amount_minor.to_string();
        csv.write_field(csv_safe(&row.payout_id).as_bytes())?;
        csv.write_field(csv_safe(&row.batch_id).as_bytes())?;
        csv.write_field(csv_safe(&row.host_id).as_bytes())?;
        csv.write_field(csv_safe(&row.host_name).as_bytes())?;
        csv.write_field(csv_safe(&row.destination).as_bytes())?;
        csv.write_field(csv_safe(&row.currency).as_bytes())?;
        csv.write_field(row.amount.as_bytes())?;
        csv.write_field(amount_minor.as_bytes())?;
        csv.write_field(row.scheduled_date.as_bytes())?;
        csv.write_field(csv_safe(&row.reference).as_bytes())?;
        for (_, cell) in whole.cells() {
            csv.write_field(cell.as_bytes())?;
        }
        csv.write_record(None::<&[u8]>)?;
        totals.rows += 1;
        let sum = totals.per_currency.entry(row.currency.clone()).or_default();
        sum.0 += 1;
        sum.1 += i128::from(row.amount_minor);
    }
    csv.flush()?;
    Ok(totals)
}

/// The two figures of a row must be the same money; a bank reads one, a person the other.
fn agree(row: &PaymentRow) -> Result<(), Error> {
    let place = || format!("payout {} amount", row.payout_id);
    let amount = Figure::parse(&row.amount, place)?;
    if amount.units() == i128::from(row.amount_minor) {
        return Ok(());
    }
    Err(Error::DoesNotAddUp {
        what: place(),
        stated: row.amount.clone(),
        summed: format!("{} minor units", row.amount_minor),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, currency: &str, amount: &str, amount_minor: i64) -> PaymentRow {
        PaymentRow {
            payout_id: "po-1".into(),
            batch_id: "ba-1".into(),
            host_id: "h-1".into(),
            host_name: name.into(),
            destination: "acct_1".into(),
            currency: currency.into(),
            amount: amount.into(),
            amount_minor,
            scheduled_date: "2026-03-16".into(),
            reference: "@payout".into(),
        }
    }

    #[test]
    fn the_file_is_as_the_contract_says() {
        let mut out = Vec::new();
        let rows = [
            row("Ann", "USD", "1312.40", 131_240),
            row("=HYPERLINK(\"x\")", "JPY", "2000", 2000),
            row("Ngô, Đức\nAnh", "KWD", "1.250", 1250),
        ];
        let totals = write_payment_file(&mut out, rows.iter(), WholeFile::default()).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "payout_id,batch_id,host_id,host_name,destination,currency,amount,amount_minor,\
             scheduled_date,reference\n\
             po-1,ba-1,h-1,Ann,acct_1,USD,1312.40,131240,2026-03-16,'@payout\n\
             po-1,ba-1,h-1,\"'=HYPERLINK(\"\"x\"\")\",acct_1,JPY,2000,2000,2026-03-16,'@payout\n\
             po-1,ba-1,h-1,\"Ngô, Đức\nAnh\",acct_1,KWD,1.250,1250,2026-03-16,'@payout\n"
        );
        assert_eq!(totals.rows, 3);
        assert_eq!(totals.per_currency["JPY"], (1, 2000));
    }

    #[test]
    fn an_empty_file_still_has_its_heading() {
        let mut out = Vec::new();
        write_payment_file(&mut out, Vec::<PaymentRow>::new(), WholeFile::default()).unwrap();
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 1);
    }

    #[test]
    fn a_negative_amount_stays_a_number() {
        let mut out = Vec::new();
        write_payment_file(
            &mut out,
            [row("Ann", "USD", "-5.00", -500)],
            WholeFile::default(),
        )
        .unwrap();
        assert!(String::from_utf8(out).unwrap().contains(",USD,-5.00,-500,"));
    }

    #[test]
    fn figures_that_disagree_are_refused() {
        let wrong = write_payment_file(
            Vec::new(),
            [row("Ann", "USD", "13.12", 13_120)],
            WholeFile::default(),
        );
        assert!(matches!(wrong, Err(Error::DoesNotAddUp { .. })));
        let broken = write_payment_file(
            Vec::new(),
            [row("Ann", "USD", "13,12", 1312)],
            WholeFile::default(),
        );
        assert!(matches!(broken, Err(Error::BadAmount { .. })));
    }
}
