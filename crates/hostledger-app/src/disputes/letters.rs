//! Letters that explain to a host what is held back, taken back or carried.

use hostledger_core::dispute::DisputeKind;
use hostledger_core::money::{Currency, format_percent};
use hostledger_core::{Code, Error};
use hostledger_documents::host_letter::{HostLetter, LetterFigure, letter_pdf as draw_letter};
use hostledger_store::commissions::{self, CommissionRow};
use hostledger_store::hosts::Host;
use hostledger_store::{Conn, adjustments, hosts};

use super::find_one;
use super::papers::{Sheet, broken, money};
use super::view::{DisputeView, show};
use crate::{Result, Session};

/// A letter that explains to the host what a dispute does to the balance, as a PDF.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::WrongState`] where the booking has no commission to explain, or the
/// dispute is about several bookings and none is named.
pub fn letter_pdf(s: &Session, dispute_id: &str) -> Result<Vec<u8>> {
    s.ledger
        .read(|conn| find_one(conn, dispute_id, "a letter to a host").map(drop))?;
    let v = show(s, dispute_id)?;
    let letter = s.ledger.read(|conn| {
        let sheet = Sheet::of(s, conn)?;
        let host = hosts::get(conn, v.listed.dispute.host_key)?;
        let c = v.commission.as_ref().ok_or_else(|| {
            Error::new(
                Code::WrongState,
                "The booking has no commission, so there is nothing to explain to the host.",
            )
        })?;
        Ok::<_, Error>(about_dispute(&sheet, &host, &v, c))
    })?;
    draw_letter(&letter).map_err(|e| broken(&e))
}

fn frame(sheet: &Sheet, host: &Host) -> HostLetter {
    HostLetter {
        paper: sheet.paper,
        generated_at: sheet.now.clone(),
        sender: sheet.ledger.clone(),
        recipient: name(host).to_owned(),
        address: Vec::new(),
        date: sheet.today.clone(),
        closing: "Kind regards,".to_owned(),
        signed_by: vec![sheet.ledger.clone(), "Finance".to_owned()],
        small_print: vec![
            "The figures are those of our ledger on the date of this letter. Answer this letter if one of them looks wrong to you; name the reference above.".to_owned(),
        ],
        ..HostLetter::default()
    }
}

fn name(host: &Host) -> &str {
    if host.name.is_empty() {
        &host.host_id
    } else {
        &host.name
    }
}

fn about_dispute(sheet: &Sheet, host: &Host, v: &DisputeView, c: &CommissionRow) -> HostLetter {
    let d = &v.listed.dispute;
    let m = |minor| money(minor, d.row.currency);
    let who = match d.row.kind {
        DisputeKind::Complaint => "The participant complained to us",
        DisputeKind::Chargeback => "The participant's bank disputes the card payment",
    };
    let session = format!(
        "It is about the session of {} (booking {}), for which {} was paid.",
        v.booking.starts_at.strftime("%-d %B %Y"),
        v.booking.booking_id,
        m(c.price_minor)
    );
    let clawed: i64 = v
        .adjustments
        .iter()
        .filter(|a| a.kind == "CLAWBACK" && a.status == "APPROVED")
        .map(|a| a.amount_minor)
        .sum();
    let paid = c.payout_id.is_some() && c.status.as_str() == "PAID";
    let lost = d.loss_no.is_some();
    let reserved = v.listed.reserved_minor;
    let mut letter = frame(sheet, host);
    letter.reference = format!(
        "Booking {}, dispute {}",
        v.booking.booking_id, d.row.dispute_id
    );
    let greeting = format!("Dear {},", name(host));
    let (subject, opening, after) = match (lost, d.row.status.blocks() && !d.let_go) {
        (true, _) if paid => (
            "We take back what you were paid for one booking",
            format!(
                "{who}, and it was decided in the participant's favour on {}.",
                closed(d)
            ),
            "The amount is set against your next earnings. You are not asked to send any money back.",
        ),
        (true, _) => (
            "A booking was given back to the participant",
            format!(
                "{who}, and it was decided in the participant's favour on {}.",
                closed(d)
            ),
            "Nothing had been paid to you for it yet, so nothing is taken back.",
        ),
        (false, true) if reserved > 0 => (
            "We hold back a part of your balance for one booking",
            format!(
                "{who} on {}. No decision is made yet.",
                d.row.opened_at.strftime("%-d %B %Y")
            ),
            "The amount stays yours unless the dispute is lost. It is set free as soon as it is won or withdrawn, and paid with your next payout.",
        ),
        (false, true) => (
            "We hold back the payout for one booking",
            format!(
                "{who} on {}. No decision is made yet.",
                d.row.opened_at.strftime("%-d %B %Y")
            ),
            "The amount stays yours unless the dispute is lost. It is paid with your next payout as soon as it is won or withdrawn.",
        ),
        (false, false) => (
            "A dispute about one of your bookings is closed",
            format!(
                "{who}. It {} on {}, and the money stays yours.",
                if d.withdrawn {
                    "was withdrawn"
                } else {
                    "was decided in your favour"
                },
                closed(d)
            ),
            "What was held back is part of your balance again.",
        ),
    };
    letter.subject = subject.to_owned();
    letter.before = vec![greeting, format!("{opening} {session}")];
    letter.after = vec![after.to_owned()];
    figures(&mut letter, c, lost && paid, clawed, reserved);
    letter
}

fn closed(d: &super::Dispute) -> String {
    d.row
        .closed_at
        .map_or_else(|| "–".to_owned(), |at| at.strftime("%-d %B %Y").to_string())
}

/// The split of the booking, or what of it is taken back.
fn figures(
    letter: &mut HostLetter,
    c: &CommissionRow,
    taken_back: bool,
    clawed: i64,
    reserved: i64,
) {
    let m = |minor| money(minor, c.currency);
    if taken_back {
        letter.figures = vec![
            LetterFigure::new("You were paid for the booking", m(c.host_amount_minor)),
            LetterFigure::new(
                "Your share after what was given back",
                m(-(c.host_amount_minor + clawed)),
            )
            .noted(format!(
                "{} of {} was given back to the participant.",
                m(c.refunded_minor),
                m(c.price_minor)
            )),
        ];
        letter.total = Some(LetterFigure::new(
            "Set against your next earnings",
            m(-clawed),
        ));
        return;
    }
    let void = c.status.as_str() == "VOID";
    letter.figures = vec![LetterFigure::new(
        "Price paid by the participant",
        m(c.price_minor),
    )];
    if c.refunded_minor > 0 {
        letter.figures.push(LetterFigure::new(
            "Given back to the participant",
            m(-c.refunded_minor),
        ));
    }
    let net = c.price_minor - c.refunded_minor;
    if !void {
        letter.figures.push(
            LetterFigure::new("Our fee", m(-c.platform_fee_minor))
                .noted(format!("Your share is {} %.", format_percent(c.rate_bp))),
        );
        let fee = net - c.platform_fee_minor - c.host_amount_minor;
        letter
            .figures
            .push(LetterFigure::new("Card processing borne by you", m(-fee)));
    } else if net > 0 {
        letter
            .figures
            .push(LetterFigure::new("Kept by the platform", m(-net)));
    }
    let label = if reserved > 0 || !c.blocks.is_empty() {
        "Your amount, held back for now"
    } else {
        "Your amount"
    };
    let amount = if void { 0 } else { c.host_amount_minor };
    letter.total = Some(LetterFigure::new(label, m(amount)));
}

/// How many adjustments a balance letter lists one by one.
const LISTED: usize = 25;

/// A letter that explains a host's balance in a currency line by line, as a PDF.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::WrongState`] where nothing is open.
pub fn balance_letter_pdf(s: &Session, host_id: &str, currency: Currency) -> Result<Vec<u8>> {
    let letter = s.ledger.read(|conn| {
        let sheet = Sheet::of(s, conn)?;
        let host = crate::hosts::find(conn, host_id)?;
        about_balance(&sheet, conn, &host, currency)
    })?;
    draw_letter(&letter).map_err(|e| broken(&e))
}

fn about_balance(
    sheet: &Sheet,
    conn: &Conn,
    host: &Host,
    currency: Currency,
) -> Result<HostLetter> {
    let m = |minor| money(minor, currency);
    let mut figures = Vec::new();
    for u in commissions::unpaid(conn, host.host_key, currency)? {
        let label = match (u.held, u.processed) {
            (true, _) => "Bookings that are held",
            (false, true) => "Bookings ready to be paid",
            (false, false) => "Bookings in the days after the session",
        };
        let count = if u.bookings == 1 {
            "booking"
        } else {
            "bookings"
        };
        figures.push(
            LetterFigure::new(label, m(u.amount_minor)).noted(format!("{} {count}.", u.bookings)),
        );
    }
    let mut open = adjustments::open_of_host(conn, host.host_key, currency)?;
    let rest = open.split_off(open.len().min(LISTED));
    figures.extend(open.iter().map(|a| {
        LetterFigure::new(kind_in_words(&a.kind), m(a.amount_minor)).noted(a.reason.clone())
    }));
    if !rest.is_empty() {
        let sum = rest.iter().map(|a| a.amount_minor).sum();
        figures.push(LetterFigure::new(
            format!("{} smaller changes of the balance", rest.len()),
            m(sum),
        ));
    }
    if figures.is_empty() {
        return Err(Error::new(
            Code::WrongState,
            format!("Nothing is open with {} in {currency}.", name(host)),
        ));
    }
    let total: i64 = figures.iter().map(|f| f.amount.amount_minor).sum();
    let mut letter = frame(sheet, host);
    let owes = total < 0;
    letter.subject = if owes {
        "Why your balance is below zero".to_owned()
    } else {
        "How your balance stands".to_owned()
    };
    letter.reference = format!("Host {}", host.host_id);
    letter.before = vec![
        format!("Dear {},", name(host)),
        if owes {
            "More was given back to participants than you have earned since. This is how it comes about.".to_owned()
        } else {
            "This is what your balance is made of.".to_owned()
        },
    ];
    letter.figures = figures;
    letter.total = Some(LetterFigure::new(
        if owes {
            "Carried to your next earnings"
        } else {
            "Your balance"
        },
        m(total),
    ));
    letter.after = vec![if owes {
        "It is set against your next earnings. You are not asked to send any money back.".to_owned()
    } else {
        "What is ready is paid on your next payout day, once it reaches the minimum. What is held follows as soon as it is released.".to_owned()
    }];
    Ok(letter)
}

fn kind_in_words(kind: &str) -> &'static str {
    match kind {
        "CLAWBACK" => "A booking changed after it was paid",
        "RESERVE" => "Held back for now",
        "RELEASE" => "Set free",
        "WRITE_OFF" => "Written off",
        "OPENING" => "Brought in from before",
        "CARRIED_REMAINDER" => "Carried remainder",
        "PARTIAL_REVERSAL" => "A part of a payout that came back",
        "SENT_BEFORE_RESTORE" => "A payout that was sent before",
        "FOUND_AT_STRIPE" => "A payout that was found later",
        _ => "Correction",
    }
}
