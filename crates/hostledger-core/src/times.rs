//! Instants as files write them: RFC 3339, and what people's tools make of it (docs/domain.md §2).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads an instant: a date, `T` or a blank, a time to the minute or finer, and a zone (`Z`,
/// `+01:00`, `+0100`, `+01`), letters in any case, a zone's name in brackets behind the offset.
/// Years are 0001 to 9999. `None` for everything else, such as the basic form `20260309T100000Z`.
#[must_use]
pub fn instant(text: &str) -> Option<Timestamp> {
    let zone = after_time(text)?;
    if !is_zone(zone) {
        return None;
    }
    text.parse().ok().filter(|t| has_four_digit_year(*t))
}

/// Reads a date and time without a zone as one in UTC, or an instant as [`instant`] does.
#[must_use]
pub fn instant_or_utc(text: &str) -> Option<Timestamp> {
    if !after_time(text)?.is_empty() {
        return instant(text);
    }
    let at = text
        .parse::<DateTime>()
        .ok()?
        .to_zoned(TimeZone::UTC)
        .ok()?;
    Some(at.timestamp()).filter(|t| has_four_digit_year(*t))
}

/// What stands after `YYYY-MM-DDTHH:MM[:SS[.fraction]]`; `None` where the text doesn't begin so.
fn after_time(text: &str) -> Option<&str> {
    let b = text.as_bytes();
    let shape = b"0000-00-00T00:00";
    let fits = |(have, want): (&u8, &u8)| match want {
        b'0' => have.is_ascii_digit(),
        b'T' => matches!(have, b'T' | b't' | b' '),
        sign => have == sign,
    };
    if b.len() < shape.len() || !b.iter().zip(shape).all(fits) || b.starts_with(b"0000") {
        return None;
    }
    let digits = |from: usize| b[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut end = shape.len();
    if b.get(end) == Some(&b':') {
        if digits(end + 1) != 2 {
            return None;
        }
        end += 3;
        if b.get(end) == Some(&b'.') {
            match digits(end + 1) {
                0 => return None,
                n => end += 1 + n,
            }
        }
    }
    text.get(end..)
}

fn is_zone(text: &str) -> bool {
    let (offset, name) = match text.find('[') {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let named = name.is_empty() || name.ends_with(']');
    let is_offset = match offset.as_bytes() {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', rest @ ..] => {
            let digit = |i: usize| rest.get(i).is_some_and(u8::is_ascii_digit);
            match rest.len() {
                2 => digit(0) && digit(1),
                4 => (0..4).all(digit),
                5 => digit(0) && digit(1) && rest[2] == b':' && digit(3) && digit(4),
                _ => false,
            }
        }
        _ => false,
    };
    named && is_offset
}

fn has_four_digit_year(at: Timestamp) -> bool {
    (1..=9999).contains(&at.to_zoned(TimeZone::UTC).year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_rfc_3339_as_tools_write_it() {
        let want: Timestamp = "2026-03-09T10:00:00Z".parse().unwrap();
        for text in [
            "2026-03-09T10:00:00Z",
            "2026-03-09 10:00:00Z",
            "2026-03-09T10:00Z",
            "2026-03-09t10:00:00z",
            "2026-03-09T11:00:00+01:00",
            "2026-03-09T11:00:00+0100",
            "2026-03-09T11:00:00+01",
            "2026-03-09T10:00:00+00",
            "2026-03-09T10:00:00.000Z",
            "2026-03-09T10:00:00.000000000Z",
            "2026-03-09T11:00:00+01:00[Europe/Berlin]",
        ] {
            assert_eq!(instant(text), Some(want), "{text}");
        }
        assert!(instant("0001-01-01T00:00:00Z").is_some());
        assert!(instant("9999-12-30T00:00:00Z").is_some());
    }

    #[test]
    fn what_only_looks_like_a_time_is_none() {
        for text in [
            "",
            "20260220T100000Z",
            "20260220T100000+0100",
            "-000001-01-01T00:00:00Z",
            "+002026-03-09T10:00:00Z",
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00+10:00",
            "2026-03-09",
            "2026-03-09T10:00:00",
            "2026-03-09T10Z",
            "2026-03-09T1000Z",
            "2026-03-09T10:00:00,5Z",
            "2026-03-09T10:00:00.Z",
            "2026-03-09T10:00:00 Z",
            "2026-03-09T10:00:00+1",
            "2026-03-09T10:00:00+01:00:00",
            "2026-03-09T10:00:00[Europe/Berlin]",
            "2026-W11-1T10:00:00Z",
            "2026-068T10:00:00Z",
            "2026-13-09T10:00:00Z",
            "2026-03-09T25:00:00Z",
            "09/03/2026 10:00",
            "1773050400",
            "２026-03-09T10:00:00Z",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn a_report_in_utc_needs_no_zone() {
        let want: Timestamp = "2026-03-09T18:30:00Z".parse().unwrap();
        for text in [
            "2026-03-09 18:30",
            "2026-03-09 18:30:00",
            "2026-03-09T18:30:00Z",
        ] {
            assert_eq!(instant_or_utc(text), Some(want), "{text}");
        }
        for text in [
            "20260309T1830",
            "2026-03-09",
            "0000-03-09 18:30",
            "09/03/26 18:30",
        ] {
            assert_eq!(instant_or_utc(text), None, "{text}");
        }
    }
}
