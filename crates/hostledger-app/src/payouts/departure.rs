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
        let sentence = |rail| require_day(s, conn, &batch, rail).err().map(|e| e.message);
        Ok(TooEarly {
            by_file: sentence(Leaves::ByFile),
            through_stripe: sentence(Leaves::ThroughStripe),
        })
    })
}

/// Refuses to let money leave before its day.
///
/// # Errors
/// [`Code::TooEarly`], saying when it may leave.
pub(super) fn require_day(s: &Session, conn: &Conn, batch: &Batch, how: Leaves) -> Result<()> {
    let today = s.machine_date(conn)?;
    let lead_days = match how {
        Leaves::ByFile => meta::settings(conn)?.file_lead_days_on(today),
        Leaves::ThroughStripe => 0,
    };
    let from = leaves_from(batch.date, lead_days);
    if today >= from {
        return Ok(());
    }
    Err(refusal(batch.date, today, from, how))
}

fn refusal(date: Date, today: Date, from: Date, how: Leaves) -> Error {
    let day = |d: Date| format!("{} {d}", d.strftime("%A"));
    let then = match how {
        Leaves::ByFile if from < date => {
            format!("Its payment file may be written from {} on.", day(from))
        }
        Leaves::ByFile => format!(
            "It can be sent from {} on. Where the bank takes payment files ahead, the setting file_lead_days says how many business days.",
            day(from)
        ),
        Leaves::ThroughStripe => format!("It can be sent from {} on.", day(from)),
    };
    Error::new(
        Code::TooEarly,
        format!(
            "The batch is of {}, and today is {}: money leaves on its date at the earliest. Nothing was sent. {then}",
            day(date),
            day(today)
        ),
    )
    .with_details(json!({ "date": date.to_string(), "today": today.to_string(), "from": from.to_string() }))
}
