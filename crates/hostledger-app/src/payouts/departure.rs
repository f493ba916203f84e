//! The day on which money of a payout date may leave (docs/domain.md §7).

use hostledger_core::payout_batch::leaves_from;
use hostledger_core::{Code, Error};
use hostledger_store::payouts::Batch;
use hostledger_store::{Conn, meta};
use jiff::civil::Date;
use serde_json::json;

use super::find_batch;
use crate::{Result, Session};

/// How a batch leaves, as far as its first day goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    /// A payment file carries the payout date, so it may be written some business days before.
    ByFile,
    /// At once.
    ThroughStripe,
}

/// Why a batch can't leave today; `None`: it can.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TooEarly {
    /// The sentence for a payment file.
    pub by_file: Option<String>,
    /// The sentence for Stripe.
    pub through_stripe: Option<String>,
}

/// Why a batch can't leave today by either rail. Today is the machine's date, or the practice date:
/// `--as-of` moves no money.
///
/// # Errors
/// [`Code::NotFound`].
pub fn too_early(s: &Session, batch_id: &str) -> Result<TooEarly> {
    s.ledger.read(|conn| {
        let batch = find_batch(conn, batch_id)?;
        let why = |how| Ok::<_, Error>(wait(s, conn, &batch, how)?.map(|w| w.sentence()));
        Ok(TooEarly {
            by_file: why(Leaves::ByFile)?,
            through_stripe: why(Leaves::ThroughStripe)?,
        })
    })
}

/// Refuses to let money leave before its day.
///
/// # Errors
/// [`Code::TooEarly`], saying when it may leave.
pub(super) fn require_day(s: &Session, conn: &Conn, batch: &Batch, how: Leaves) -> Result<()> {
    let Some(w) = wait(s, conn, batch, how)? else {
        return Ok(());
    };
    let message = format!("{} Nothing was sent.", w.sentence());
    let days = [("date", w.date), ("today", w.today), ("from", w.from)];
    let facts = days.map(|(name, day)| (name.to_owned(), json!(day.to_string())));
    Err(Error::new(Code::TooEarly, message).with_details(facts.into_iter().collect()))
}

/// A batch whose day hasn't come.
struct Wait {
    date: Date,
    today: Date,
    from: Date,
    how: Leaves,
}

fn wait(s: &Session, conn: &Conn, batch: &Batch, how: Leaves) -> Result<Option<Wait>> {
    let today = s.machine_date(conn)?;
    let lead_days = match how {
        Leaves::ByFile => meta::settings(conn)?.file_lead_days_on(today),
        Leaves::ThroughStripe => 0,
    };
    let date = batch.date;
    let from = leaves_from(date, lead_days);
    Ok((today < from).then_some(Wait {
        date,
        today,
        from,
        how,
    }))
}

impl Wait {
    fn sentence(&self) -> String {
        let day = |d: Date| format!("{} {d}", d.strftime("%A"));
        let from = day(self.from);
        let then = match self.how {
            Leaves::ByFile if self.from < self.date => {
                format!("Its payment file may be written from {from} on.")
            }
            Leaves::ByFile => format!(
                "It can be sent from {from} on. Where the bank takes payment files ahead, the setting file_lead_days says how many business days."
            ),
            Leaves::ThroughStripe => format!("It can be sent from {from} on."),
        };
        format!(
            "The batch is of {}, and today is {}: money leaves on its date at the earliest. {then}",
            day(self.date),
            day(self.today)
        )
    }
}
