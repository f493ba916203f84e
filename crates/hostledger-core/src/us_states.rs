//! The states of the United States, whose tax rules go by the payee's address.

/// Two letters and name: the states, the District of Columbia, and Puerto Rico and the islands.
const STATES: [(&str, &str); 56] = [
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("DC", "District of Columbia"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
    ("AS", "American Samoa"),
    ("GU", "Guam"),
    ("MP", "Northern Mariana Islands"),
    ("PR", "Puerto Rico"),
    ("VI", "Virgin Islands"),
];

/// The two letters of a state's code or name, in any case; what is neither stays as it is, in capitals.
#[must_use]
pub fn code_of(text: &str) -> String {
    let text = text.trim();
    let known = STATES
        .iter()
        .find(|(code, name)| code.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text));
    known.map_or_else(|| text.to_uppercase(), |(code, _)| (*code).to_owned())
}

/// Whether it is a state's two letters.
#[must_use]
pub fn is_code(text: &str) -> bool {
    STATES.iter().any(|(code, _)| *code == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_letters_and_what_is_unknown_stays() {
        assert_eq!(code_of(" virginia "), "VA");
        assert_eq!(code_of("vt"), "VT");
        assert_eq!(code_of("Verm."), "VERM.");
        assert!(is_code("DC") && !is_code("VERM.") && !is_code(""));
    }
}
