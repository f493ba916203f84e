//! Files that are no export of ours, named for what they are: by their first bytes, or by the
//! columns that one vendor's report has.

/// What a file is that holds no text; `None`: it may hold some.
pub(crate) fn no_text(start: &[u8]) -> Option<&'static str> {
    let magic: [(&[u8], &str); 9] = [
        (
            b"PK\x03\x04",
            "a spreadsheet or an archive. Save the sheet as CSV in UTF-8 and import that.",
        ),
        (
            b"\x1f\x8b",
            "compressed (gzip). Unpack it and import what is in it.",
        ),
        (
            b"BZh",
            "compressed (bzip2). Unpack it and import what is in it.",
        ),
        (
            b"\xd0\xcf\x11\xe0",
            "an old Excel workbook (.xls). Save the sheet as CSV in UTF-8 and import that.",
        ),
        (b"%PDF", "a PDF. Ask for the report as CSV."),
        (b"\x89PNG", "a picture. Ask for the report as CSV."),
        (b"\xff\xd8\xff", "a picture. Ask for the report as CSV."),
        (
            b"\xff\xfe\x00\x00",
            "UTF-32 text. Save it as CSV in UTF-8 and import that.",
        ),
        (
            b"SQLite format 3",
            "a database. Export the table from it as CSV in UTF-8 and import that.",
        ),
    ];
    let found = magic.iter().find(|(bytes, _)| start.starts_with(bytes));
    found.map(|(_, what)| *what)
}

/// What a text is that is no table; `None`: it may be one.
pub(crate) fn other_text(start: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let upper: String = text
        .chars()
        .take(4096)
        .collect::<String>()
        .to_ascii_uppercase();
    let begins = |words: &[&str]| words.iter().any(|w| upper.starts_with(w));
    if begins(&["<?XML", "<DOCUMENT"]) {
        let kinds = [
            ("CAMT.053", "a bank's account statement (CAMT.053)."),
            (
                "CAMT.054",
                "a bank's notice of credits and debits (CAMT.054).",
            ),
            ("CAMT.052", "a bank's report of the day (CAMT.052)."),
            ("PAIN.001", "a file of payments for a bank (pain.001)."),
        ];
        let found = kinds.iter().find(|(mark, _)| upper.contains(mark));
        return Some(found.map_or("XML. Ask for the report as CSV.", |(_, what)| what));
    }
    if begins(&["<!DOCTYPE HTML", "<HTML", "<TABLE"]) {
        return Some(
            "a web page, perhaps of a sign-in that ran out. Download the report again and import that.",
        );
    }
    if begins(&["OFXHEADER", "<OFX"]) {
        return Some("a bank's statement for accounting programs (OFX).");
    }
    if begins(&["VERSION HTTPS://GIT-LFS"]) {
        return Some(
            "a pointer to a file that is kept elsewhere (Git LFS). Fetch the file itself.",
        );
    }
    if begins(&["{", "["]) {
        return Some("JSON. Ask for the export as CSV.");
    }
    if upper.lines().take(8).any(|l| l.starts_with(":20:")) {
        return Some("a bank's account statement (MT940).");
    }
    if upper.starts_with("101 ") && upper.lines().next().is_some_and(|l| l.len() >= 90) {
        return Some("a file of payments for a bank in the USA (NACHA).");
    }
    None
}

/// Reports of others: what each is, and columns that only it has.
const REPORTS: &[(&str, &[&str])] = &[
    (
        "Stripe's disputes export",
        &["disputecreatedutc", "disputeamount", "chargeid"],
    ),
    (
        "Stripe's payouts report",
        &["arrivaldateutc", "destination", "balancetransaction"],
    ),
    (
        "Stripe's payout reconciliation report",
        &["automaticpayoutid", "balancetransactionid"],
    ),
    (
        "Stripe's balance report of single transactions",
        &["balancetransactionid", "reportingcategory"],
    ),
    (
        "Stripe's balance history",
        &["type", "source", "net", "availableonutc"],
    ),
    (
        "Stripe's payments export without its dispute columns. Tick Disputed Amount and Dispute Status when you export it, and import it as stripe-payments",
        &["id", "createddateutc", "amountrefunded", "captured"],
    ),
    (
        "Stripe's payments export. It is imported as stripe-payments, with Disputed Amount and Dispute Status among its columns",
        &["id", "createdutc", "amountrefunded", "cardlast4"],
    ),
    (
        "Adyen's settlement details",
        &["pspreference", "merchantreference", "netcreditnc"],
    ),
    (
        "Chase Paymentech's list of card payments",
        &["cardbrand", "originaltransactionref", "batchsequence"],
    ),
    (
        "Airbnb's earnings",
        &["confirmationcode", "grossearnings", "airbnbremittedtax"],
    ),
    (
        "Eventbrite's attendees",
        &["attendee", "attendeestatus", "eventbritefees"],
    ),
    (
        "Calendly's events",
        &["inviteename", "eventtypename", "canceledby"],
    ),
    (
        "Acuity's appointments",
        &["appointmentid", "calendar", "datescheduled"],
    ),
    ("Luma's guests", &["apiid", "approvalstatus", "checkedinat"]),
    (
        "Zoom's participants",
        &["meetingid", "topic", "participants"],
    ),
    (
        "PayPal's activity",
        &["timezone", "gross", "fee", "net", "transactionid"],
    ),
    (
        "PayPal's activity",
        &["brutto", "poplatok", "netto", "idtransakcie"],
    ),
    (
        "Payoneer's transactions",
        &[
            "creditamount",
            "debitamount",
            "runningbalance",
            "transactiontime",
        ],
    ),
    ("a Wise statement", &["transferwiseid", "runningbalance"]),
    (
        "Wise's template of a batch payment",
        &["recipientid", "amountcurrency", "receivertype"],
    ),
    (
        "Monzo's transactions",
        &["localamount", "localcurrency", "emoji"],
    ),
    (
        "a bank's list of card payments",
        &["buchungsdatum", "buchungsbetrag"],
    ),
    (
        "a journal for QuickBooks",
        &["journalno", "debits", "credits"],
    ),
    (
        "a journal for Xero",
        &["narration", "accountcode", "taxrate"],
    ),
    (
        "a template of the IRS's portal (IRIS)",
        &["formtype", "taxyear", "payertintype"],
    ),
];

/// A column's name as far as people tell names apart: letters and digits alone.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whose report has these columns.
pub(crate) fn whose(names: &[String]) -> Option<&'static str> {
    let names: Vec<String> = names.iter().map(|n| plain(n)).collect();
    REPORTS
        .iter()
        .find(|(_, marks)| marks.iter().all(|m| names.iter().any(|n| n == m)))
        .map(|(what, _)| *what)
}

/// The name among those of a file that a missing column may have there.
pub(crate) fn may_be<'n>(column: &str, names: &'n [String]) -> Option<&'n str> {
    let wanted = plain(column);
    let like = |name: &str| -> f64 {
        let name = plain(name);
        if name.is_empty() {
            return 0.0;
        }
        // `Booking` or `price (USD)` for `booking_id` or `price`.
        let is_part = wanted.starts_with(&name) || name.starts_with(&wanted);
        let part = if is_part && name.len().min(wanted.len()) >= 4 {
            0.9
        } else {
            0.0
        };
        strsim::jaro_winkler(&name, &wanted).max(part)
    };
    names
        .iter()
        .map(|n| (like(n), n))
        .filter(|(score, _)| *score >= 0.88)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, n)| n.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(header: &str) -> Vec<String> {
        header.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn a_missing_column_is_found_under_another_name() {
        let file = names("Booking,hostId,conversation-id,Price (USD),booked_at (UTC),ends");
        for (column, name) in [
            ("booking_id", Some("Booking")),
            ("host_id", Some("hostId")),
            ("conversation_id", Some("conversation-id")),
            ("price", Some("Price (USD)")),
            ("booked_at", Some("booked_at (UTC)")),
            ("status", None),
            ("currency", None),
        ] {
            assert_eq!(may_be(column, &file), name, "{column}");
        }
    }

    #[test]
    fn our_own_columns_are_nobodys_report() {
        for kind in crate::imports::ImportKind::ALL {
            let columns: Vec<String> = kind.columns().iter().map(|c| c.0.to_owned()).collect();
            assert_eq!(whose(&columns), None, "{kind:?}");
        }
    }
}
