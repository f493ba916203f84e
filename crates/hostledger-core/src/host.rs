//! A host as the platform exports it, and whether money may go to one (docs/domain.md §7).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::booking::{Fields, Header, parse_time};
use crate::ids;
use crate::import::{ExceptionCode, RowProblem, named};

/// The institution that takes every host which names no other.
pub const PLATFORM_CREATORS: &str = "platform-creators";

/// Another name of the same institution (docs/domain.md §1).
pub const PLATFORM_CREATORS_ALIAS: &str = "platform-creators-institution";

/// The columns of the native hosts export; those with `true` must be there.
pub const COLUMNS: [(&str, bool); 21] = [
    ("host_id", true),
    ("name", true),
    ("email", false),
    ("phone", false),
    ("country", false),
    ("institution_id", false),
    ("status", true),
    ("applied_at", false),
    ("approved_at", false),
    ("teaching_experience_years", false),
    ("online_teaching_experience", false),
    ("native_languages", false),
    ("teaching_languages", false),
    ("proficiency_levels", false),
    ("certifications", false),
    ("timezone", false),
    ("preferred_times", false),
    ("weekly_availability_hours", false),
    ("stripe_account_id", false),
    ("payouts_enabled", false),
    ("updated_at", false),
];

/// Where `updated_at` stands in [`COLUMNS`].
pub const UPDATED_AT: usize = 20;

/// Where a host stands with the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HostStatus {
    /// Applied, not yet seen.
    Applied,
    /// Being interviewed.
    Interview,
    /// Verified.
    Active,
    /// Suspended by the platform.
    Suspended,
    /// Turned down.
    Rejected,
    /// Left.
    Closed,
    /// Named by bookings before any hosts file did.
    Unknown,
}

impl HostStatus {
    /// All of them, in the order of their stored numbers from 1.
    pub const ALL: [Self; 7] = [
        Self::Applied,
        Self::Interview,
        Self::Active,
        Self::Suspended,
        Self::Rejected,
        Self::Closed,
        Self::Unknown,
    ];

    /// The word of the export; `UNKNOWN` for a host known only from bookings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "APPLIED",
            Self::Interview => "INTERVIEW",
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::Rejected => "REJECTED",
            Self::Closed => "CLOSED",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// Reads the export's word; `UNKNOWN` is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        named(&Self::ALL[..6], Self::as_str, text)
    }
}

/// One row of the hosts export, read and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are the export's columns")]
pub struct HostRow {
    pub host_id: String,
    pub name: String,
    pub email: String,
    pub country: String,
    /// Empty in the file: [`PLATFORM_CREATORS`].
    pub institution_id: String,
    pub status: HostStatus,
    pub approved_at: Option<Timestamp>,
    pub teaching_experience_years: i64,
    pub stripe_account_id: String,
    pub payouts_enabled: bool,
    pub updated_at: Option<Timestamp>,
    /// The other columns as they stand in the file.
    pub profile: Vec<(String, String)>,
}

impl HostRow {
    /// The same row with its id as it is read now: rows kept by earlier versions may have marks.
    #[must_use]
    pub fn with_clean_id(mut self) -> Self {
        self.host_id = ids::clean(&self.host_id).into_owned();
        self
    }

    /// The row with what is known of the host in columns that its file, of this header, doesn't
    /// have. When the row was made stays unsaid where it is.
    #[must_use]
    pub fn keeping(&self, known: &Self, header: &Header) -> Self {
        let mut kept = self.clone();
        let lacks = |column: usize| header.place(column).is_none();
        let texts = [
            (2, &mut kept.email, &known.email),
            (4, &mut kept.country, &known.country),
            (5, &mut kept.institution_id, &known.institution_id),
            (18, &mut kept.stripe_account_id, &known.stripe_account_id),
        ];
        for (column, now, was) in texts {
            if lacks(column) {
                now.clone_from(was);
            }
        }
        if lacks(8) {
            kept.approved_at = known.approved_at;
        }
        if lacks(9) {
            kept.teaching_experience_years = known.teaching_experience_years;
        }
        if lacks(19) {
            kept.payouts_enabled = known.payouts_enabled;
        }
        let unsaid = known.profile.iter();
        let unsaid = unsaid.filter(|(name, _)| !header.has_named(&COLUMNS, name));
        kept.profile.extend(unsaid.cloned());
        let place = |name: &str| COLUMNS.iter().position(|(c, _)| *c == name);
        kept.profile
            .sort_by_key(|(name, _)| place(name).unwrap_or(COLUMNS.len()));
        kept
    }

    /// A hash over the whole content.
    #[must_use]
    pub fn content_hash(&self) -> [u8; 16] {
        let text = serde_json::to_vec(self).unwrap_or_default();
        let mut out = [0; 16];
        out.copy_from_slice(&Sha256::digest(&text)[..16]);
        out
    }
}

/// Reads and checks one row of a hosts export.
///
/// # Errors
/// The first problem found.
pub fn read_row(f: &Fields<'_>) -> Result<HostRow, RowProblem> {
    f.need(&COLUMNS)?;
    let host_id = f.key(&COLUMNS, 0)?;
    let status = HostStatus::parse(f.text(6)).ok_or_else(|| {
        RowProblem::new(
            ExceptionCode::UnknownStatus,
            format!(
                "status is \"{}\". Known are APPLIED, INTERVIEW, ACTIVE, SUSPENDED, REJECTED and CLOSED.",
                f.text(6)
            ),
        )
        .of_column("status")
    })?;
    let time = |column: usize| match f.text(column) {
        "" => Ok(None),
        text => parse_time(COLUMNS[column].0, text).map(Some),
    };
    time(7)?;
    let years = match f.text(9) {
        "" => 0,
        text => whole_years(text).ok_or_else(|| {
            RowProblem::new(
                ExceptionCode::BadNumber,
                format!("teaching_experience_years is \"{text}\", which is no number of years."),
            )
            .of_column("teaching_experience_years")
        })?,
    };
    let institution_id = f.id(&COLUMNS, 5)?;
    let institution_id = match institution_id.as_str() {
        "" | PLATFORM_CREATORS_ALIAS => PLATFORM_CREATORS,
        other => other,
    };
    let mut profile: Vec<(String, String)> = [3, 7, 10, 11, 12, 13, 14, 15, 16, 17]
        .into_iter()
        .filter(|c| !f.text(*c).is_empty())
        .map(|c| (COLUMNS[c].0.to_owned(), f.text(c).to_owned()))
        .collect();
    profile.extend(f.extra());
    let own = |column: usize| f.text(column).to_owned();
    Ok(HostRow {
        host_id,
        name: own(1),
        email: own(2),
        country: own(4),
        institution_id: institution_id.to_owned(),
        status,
        approved_at: time(8)?,
        teaching_experience_years: years,
        stripe_account_id: read_account(&f.id(&COLUMNS, 18)?)?,
        payouts_enabled: f.boolean(&COLUMNS, 19)?,
        updated_at: time(20)?,
        profile,
    })
}

/// Reads a payout account: empty, or an account id.
fn read_account(text: &str) -> Result<String, RowProblem> {
    if text.is_empty() || is_account_id(text) {
        return Ok(text.to_owned());
    }
    Err(RowProblem::new(
        ExceptionCode::BadAccount,
        format!(
            "stripe_account_id is \"{text}\", which is no account id. One begins with acct_ and goes on with letters and digits alone, such as acct_1Nv0FGQ9RKHgCVdK. Ask the platform for the right one; until then the host stays as known before, and no money goes there."
        ),
    ))
}

/// Whether a text can be the id of an account at Stripe: `acct_`, then ASCII letters, digits,
/// underscores and hyphens. Two ids run together are none.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    text.strip_prefix("acct_").is_some_and(|rest| {
        !rest.is_empty()
            && !rest.contains("acct_")
            && rest
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    })
}

/// Whole years of a plain number of years such as `2` or `1.5`.
/// Nobody taught for longer.
const MOST_YEARS: i64 = 80;

fn whole_years(text: &str) -> Option<i64> {
    let is_plain = |b: u8| b.is_ascii_digit() || b == b'.';
    let years: rust_decimal::Decimal = text.parse().ok().filter(|_| text.bytes().all(is_plain))?;
    if years.is_sign_negative() {
        return None;
    }
    years.trunc().try_into().ok().filter(|y| *y <= MOST_YEARS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::Header;

    fn read(row: &str) -> Result<HostRow, RowProblem> {
        let header = Header::find(
            &COLUMNS,
            &[
                "host_id",
                "name",
                "email",
                "institution_id",
                "status",
                "approved_at",
                "teaching_experience_years",
                "stripe_account_id",
                "payouts_enabled",
                "team",
            ],
        )
        .unwrap();
        let row: Vec<&str> = row.split(',').collect();
        read_row(&header.fields(&row)?)
    }

    #[test]
    fn a_host_without_institution_belongs_to_the_platform() {
        let h = read("h1,Ana,a@x,,ACTIVE,2026-01-02T00:00:00Z,2,acct_1,true,blue").unwrap();
        assert_eq!(h.institution_id, PLATFORM_CREATORS);
        assert!(h.payouts_enabled);
        assert_eq!(h.profile, vec![("team".to_owned(), "blue".to_owned())]);
        let h = read("h1,Ana,a@x,platform-creators-institution,ACTIVE,,1.5,,yes,").unwrap();
        assert_eq!(
            (h.institution_id.as_str(), h.teaching_experience_years),
            (PLATFORM_CREATORS, 1)
        );
        assert!(h.payouts_enabled);
        let maybe = read("h1,Ana,a@x,,ACTIVE,,2,,maybe,").unwrap_err();
        assert_eq!(maybe.code, ExceptionCode::BadBoolean);
    }

    #[test]
    fn a_host_is_known_by_an_id_without_marks() {
        let plain = read("h1,Ana,a@x,,ACTIVE,,,,,").unwrap();
        for marked in ["=\"h1\"", "'h1", "h1\u{200b}", " h1\u{a0}"] {
            let row = read(&format!("{marked},Ana,a@x,,active ,,,,,")).unwrap();
            assert_eq!(row.content_hash(), plain.content_hash(), "{marked:?}");
        }
        assert_eq!(
            read("4.80123E+12,Ana,a@x,,ACTIVE,,,,,").unwrap_err().code,
            ExceptionCode::MangledId
        );
        assert_eq!(
            read("\u{200b},Ana,a@x,,ACTIVE,,,,,").unwrap_err().code,
            ExceptionCode::MissingField
        );
    }

    #[test]
    fn faults_have_codes() {
        assert_eq!(
            read("h1,,a@x,,ACTIVE,,,,,").unwrap_err().code,
            ExceptionCode::MissingField
        );
        assert_eq!(
            read("h1,A,a@x,,HAPPY,,,,,").unwrap_err().code,
            ExceptionCode::UnknownStatus
        );
        assert_eq!(
            read("h1,A,a@x,,ACTIVE,soon,,,,").unwrap_err().code,
            ExceptionCode::BadTime
        );
        assert_eq!(
            read("h1,A,a@x,,ACTIVE,,many,,,").unwrap_err().code,
            ExceptionCode::BadNumber
        );
        assert_eq!(
            read("h1,A,a@x,,ACTIVE,,,ba_123,true,").unwrap_err().code,
            ExceptionCode::BadAccount
        );
    }

    #[test]
    fn what_is_no_account_id_is_no_destination() {
        for good in [
            "acct_1Nv0FGQ9RKHgCVdK",
            "acct_1Test000000000001",
            "acct_h-3",
            "acct_x_y",
        ] {
            assert!(is_account_id(good), "{good}");
        }
        let bad = [
            "",
            "acct_",
            "acct 1Test",
            "acct_1 Test",
            "ba_123",
            "ACCT_1",
            "Acct_1",
            "acct_1;acct_2",
            "acct_1,acct_2",
            "acct_1acct_2",
            "acct_1/2",
            "acct_1\u{200b}",
            "acct_é",
            "1Test",
            "n/a",
            "=acct_1",
            "'acct_1",
            "po_1",
            "acct-1",
        ];
        for bad in bad {
            assert!(!is_account_id(bad), "{bad:?}");
        }
        // Blanks around it are no part of it.
        let h = read("h1,A,a@x,,ACTIVE,,, acct_1 ,true,").unwrap();
        assert_eq!(h.stripe_account_id, "acct_1");
    }
}
