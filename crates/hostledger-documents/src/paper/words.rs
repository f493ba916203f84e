//! Small matters of wording on paper.

/// "2026-03-16" as "Mon 16 Mar 2026"; anything that is no date comes back unchanged.
pub(crate) fn long_date(iso: &str) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
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
    format!("{} {day} {} {year}", DAYS[weekday], MONTHS[month - 1])
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
    fn statuses_as_words() {
        assert_eq!(sentence_case("PARTIALLY_FAILED"), "Partially failed");
        assert_eq!(sentence_case(""), "");
    }
}
