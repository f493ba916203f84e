//! Small matters of wording on paper.

/// The months' names in full.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// "2026-03-16" as "Mon 16 Mar 2026"; anything that is no date comes back unchanged.
pub(crate) fn long_date(iso: &str) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const SHORT: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    /// Sakamoto's table: how many weekdays each month starts after January.
    const SHIFT: [usize; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let mut parts = iso.split('-').map(str::parse::<usize>);
    let (Some(Ok(year)), Some(Ok(month @ 1..=12)), Some(Ok(day @ 1..=31)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return iso.to_owned();
    };
    let y = if month < 3 {
        year.saturating_sub(1)
    } else {
        year
    };
    let weekday = (y + y / 4 - y / 100 + y / 400 + SHIFT[month - 1] + day) % 7;
    format!("{} {day} {} {year}", DAYS[weekday], SHORT[month - 1])
}

/// "2026-03-16" as "16 March 2026", as a letter writes it. None for anything that is no date.
pub(crate) fn date_in_words(iso: &str) -> Option<String> {
    let shaped = iso.len() == 10
        && iso.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    let number =
        |range: std::ops::Range<usize>| iso.get(range).and_then(|part| part.parse::<usize>().ok());
    match (shaped, number(0..4), number(5..7), number(8..10)) {
        (true, Some(year), Some(month @ 1..=12), Some(day @ 1..=31)) => {
            Some(format!("{day} {} {year}", MONTHS[month - 1]))
        }
        _ => None,
    }
}

/// A status word for a reader: "PARTIALLY_FAILED" as "Partially failed".
pub(crate) fn sentence_case(status: &str) -> String {
    let lower = status.replace('_', " ").to_lowercase();
    let mut chars = lower.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_in_sentences() {
        assert_eq!(long_date("2026-03-09"), "Mon 9 Mar 2026");
        assert_eq!(long_date("2024-02-29"), "Thu 29 Feb 2024");
        assert_eq!(long_date("2000-01-01"), "Sat 1 Jan 2000");
        assert_eq!(long_date("soon"), "soon");
    }

    #[test]
    fn dates_as_in_letters() {
        assert_eq!(date_in_words("2026-03-09").as_deref(), Some("9 March 2026"));
        for bad in [
            "",
            "2026-3-9",
            "2026-13-01",
            "2026-01-00",
            "09/03/2026",
            "2026-03-0é",
        ] {
            assert_eq!(date_in_words(bad), None, "{bad}");
        }
    }

    #[test]
    fn statuses_as_words() {
        assert_eq!(sentence_case("PARTIALLY_FAILED"), "Partially failed");
        assert_eq!(sentence_case(""), "");
    }
}
