//! Letters to print: a hold, a clawback, a carried balance, and awkward ones.

use hostledger_core::{Currency, Money};

use super::super::*;
use crate::PaperSize;

/// A name of 80 letters.
pub(super) const LONG_NAME: &str =
    "Maria Magdalena Theresia Antonia von Hohenlohe-Waldenburg-Schillingsfürst-Öhring";

pub(super) fn money(amount_minor: i64, currency: &str) -> Money {
    Money::new(amount_minor, Currency::parse(currency).unwrap())
}

fn all(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn letter(paper: PaperSize, recipient: &str, address: &[&str]) -> HostLetter {
    HostLetter {
        paper,
        generated_at: "2026-03-18T10:41:07Z".into(),
        sender: "Platform Creators".into(),
        recipient: recipient.into(),
        address: all(address),
        date: "2026-03-18".into(),
        closing: "Kind regards,".into(),
        signed_by: all(&["Ann Preparer", "Host payments, Platform Creators"]),
        small_print: all(&[
            "The amounts are those of our ledger on the date of this letter. Fees of card networks \
             are shared as your terms say. Questions: answer this letter and name the reference.",
        ]),
        ..HostLetter::default()
    }
}

/// A dispute is open and the booking's money waits.
pub(super) fn hold(paper: PaperSize) -> HostLetter {
    HostLetter {
        subject: "We hold back your payout for one booking".into(),
        reference: "Booking bkg_00000777, dispute dp_1Q2w3E".into(),
        before: all(&[
            "Dear Ngô Thị Ánh Nguyệt,",
            "A participant has disputed the payment for your conversation of 3 March 2026 with \
             their bank. Until the bank decides, we hold back your share of this booking. Your \
             other bookings are paid as usual.",
        ]),
        figures: vec![
            LetterFigure::new("Your share of booking bkg_00000777", money(6790, "USD"))
                .noted("70 % of 100.00 USD, less your part of the card fees."),
        ],
        after: all(&[
            "You need not do anything. If you have messages or notes about the session, send them \
             to us by 28 March 2026: they may help us to answer the bank.",
            "If the bank decides for us, the amount is paid with your next payout. If it decides \
             for the participant, we write to you again.",
        ]),
        ..letter(
            paper,
            "Ngô Thị Ánh Nguyệt",
            &[
                "12 Phố Hàng Bông",
                "Quận Hoàn Kiếm",
                "Hà Nội 110000",
                "Việt Nam",
            ],
        )
    }
}

/// A booking that was paid was lost later.
pub(super) fn clawback(paper: PaperSize) -> HostLetter {
    HostLetter {
        subject: "We take back part of an earlier payout".into(),
        reference: "Booking bkg_00000311, dispute dp_9Z8y7X".into(),
        before: all(&[
            "Dear Μαρία Παπαδοπούλου,",
            "The bank has decided a dispute for the participant and returned 100.00 EUR to them. \
             Your share of this booking was paid to you on 16 February 2026, so we deduct it from \
             your next payout.",
        ]),
        figures: vec![
            LetterFigure::new("Next payout before the deduction", money(131_240, "EUR"))
                .noted("14 bookings between 2 and 15 March 2026."),
            LetterFigure::new("Clawback of booking bkg_00000311", money(-6790, "EUR")).noted(
                "Paid to you on 16 February 2026. Our own fee of 30.00 EUR for this booking is \
                 returned as well, and the bank's dispute fee is ours to bear.",
            ),
        ],
        total: Some(LetterFigure::new(
            "Your payout of 23 March 2026",
            money(124_450, "EUR"),
        )),
        after: all(&[
            "If you think that the decision is wrong, write to us within 14 days. We can appeal \
             only with evidence that the bank has not seen.",
        ]),
        ..letter(
            paper,
            "Μαρία Παπαδοπούλου",
            &["Οδός Ερμού 15", "105 63 Αθήνα", "Ελλάδα"],
        )
    }
}

/// What is due stays on the balance.
pub(super) fn carried(paper: PaperSize) -> HostLetter {
    HostLetter {
        subject: "Your balance is carried to the next payout".into(),
        reference: String::new(),
        before: all(&[
            "Dear Sinéad O'Brien,",
            "We pay out when 25.00 USD or more are due. This time less is due to you, so the \
             balance stays with us and is added to the next payout. Nothing is lost.",
        ]),
        figures: vec![
            LetterFigure::new("Balance carried from 9 March 2026", money(310, "USD")),
            LetterFigure::new("Your share of bookings since", money(1312, "USD"))
                .noted("1 booking, bkg_00000801."),
            LetterFigure::new("Correction", money(-5, "USD")),
        ],
        total: Some(LetterFigure::new("Balance carried", money(1617, "USD"))),
        after: all(&["The next payout date is 30 March 2026."]),
        ..letter(
            paper,
            "Sinéad O'Brien",
            &[
                "1420 Brook Hollow Lane, Apartment 7",
                "Springfield, IL 62704",
            ],
        )
    }
}

/// Long names everywhere, an address that fills the window, large amounts in three currencies.
pub(super) fn awkward(paper: PaperSize) -> HostLetter {
    let long = letter(
        paper,
        LONG_NAME,
        &[
            "Language Coaching and Conversation International GmbH & Co. KG",
            "Екатерининская-Воскресенская улица 1234, корпус 5, квартира 678",
            "99999 Oberammergau-Unterpfaffenhofen",
            "Deutschland",
        ],
    );
    HostLetter {
        sender: "Platform Creators International Conversations Private Limited Company".into(),
        subject: format!("We hold back the payouts of {LONG_NAME} and of her institution"),
        reference: "Booking c0ffee00-7c1e-7bbb-8d1e-0123456789ab, dispute \
                    dp_1Q2w3E4r5T6y7U8i9O0p1Q2w3E4r5T6y7U8i9O0p1Q2w3E4r5T6y7U8i9O0p"
            .into(),
        before: vec![format!("Dear {LONG_NAME},"), "Three amounts wait.".into()],
        figures: vec![
            LetterFigure::new(
                format!("Share of {LONG_NAME} in booking c0ffee00-7c1e-7bbb-8d1e-0123456789ab"),
                money(123_456_789_012, "USD"),
            )
            .noted(format!(
                "Booked by {LONG_NAME} for the institution of the same name."
            )),
            LetterFigure::new("Share in bkg_2", money(-1_234_567, "KWD")),
            LetterFigure::new("Share in bkg_3", money(2_000_000, "JPY")),
        ],
        after: vec!["They are paid when the disputes end.".into()],
        signed_by: vec![LONG_NAME.into(), "Екатерина Щербакова".into()],
        ..long
    }
}

/// So many paragraphs and figures.
pub(super) fn lengthy(paragraphs: usize, figures: usize) -> HostLetter {
    let paragraph = |n: usize| {
        format!(
            "{n}. The session number {n} was moved at the participant's wish, then shortened, and \
             in the end disputed; it is one of several that the bank looks at together, and we \
             tell you about each of them here so that you can follow the figures. End of {n}."
        )
    };
    let mut letter = clawback(PaperSize::A4);
    letter.before.extend((1..=paragraphs).map(paragraph));
    letter.figures = (1..=figures)
        .map(|n| {
            let cents = -i64::try_from(n * 131).unwrap();
            LetterFigure::new(
                format!("Clawback of booking bkg_{n:05}"),
                money(cents, "EUR"),
            )
            .noted(format!("Session number {n}."))
        })
        .collect();
    let sum = letter.figures.iter().map(|f| f.amount.amount_minor).sum();
    letter.total = Some(LetterFigure::new("All clawbacks", money(sum, "EUR")));
    letter.after.push(paragraph(paragraphs + 1));
    letter
}
