//! The sample's W-9 and W-8: most are in order, and each thing that can be missing is missing once.

use jiff::Timestamp;

use super::SampleSpec;
use super::cast::{CAST, Host, host_id};

#[rustfmt::skip]
pub(super) const PROFILE_COLUMNS: [&str; 13] = [
    "host_id", "form", "legal_name", "business_name", "tin_type", "tin", "address_line1", "address_line2", "city",
    "state", "postal_code", "country", "signed_on",
];

/// Where hosts in the United States live, by turns.
const PLACES: [(&str, &str, &str); 5] = [
    ("Burlington", "VT", "05401"),
    ("Austin", "TX", "78701"),
    ("Boston", "MA", "02108"),
    ("Springfield", "IL", "62701"),
    ("Oakland", "CA", "94607"),
];

/// The rows of the hosts that the platform shows at `as_of`.
pub(super) fn profiles(
    spec: &SampleSpec,
    as_of: Timestamp,
) -> impl Iterator<Item = [String; PROFILE_COLUMNS.len()]> + '_ {
    CAST.iter()
        .zip(1..)
        .filter(move |(host, number)| host.fields(spec, *number, as_of).is_some())
        .filter_map(|(host, number)| profile(host, number))
}

fn profile(host: &Host, number: u64) -> Option<[String; PROFILE_COLUMNS.len()]> {
    let us = host.country() == "US";
    let turn = usize::try_from(number).unwrap_or(0) % PLACES.len();
    let (city, state, zip) = PLACES[turn];
    let tin = match host.name() {
        // Nobody asked her yet.
        "Vera Ivanova" => return None,
        // No SSN begins with 666.
        "Tomás Björk" => "666-12-3456".to_owned(),
        "Kofi Mensah" => String::new(),
        _ if us => format!("123-45-{:04}", 1000 + number),
        _ => String::new(),
    };
    let signed_on = match host.name() {
        // It held until the end of 2025.
        "Hana Nakamura" => "2022-05-04",
        _ => "2025-11-17",
    };
    let text = str::to_owned;
    Some([
        host_id(number),
        text(if us { "W-9" } else { "W-8BEN" }),
        text(host.name()),
        String::new(),
        text(if tin.is_empty() { "" } else { "SSN" }),
        tin,
        format!("{} Main St", 10 + number),
        String::new(),
        text(if us { city } else { "Ville" }),
        text(if us { state } else { "" }),
        text(if us { zip } else { "00000" }),
        text(host.country()),
        text(signed_on),
    ])
}
