//! What a host reads beside a payout on a bank statement (docs/domain.md §7).

use jiff::civil::Date;

/// How many of a payout id's last characters stand in a reference: enough to tell payouts of one
/// day apart.
const OF_PAYOUT: usize = 8;

/// How references are made: the platform's name, the form with its places, the bank's limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What stands for `{name}`.
    pub name: String,
    /// Text with the places `{name}`, `{date}` and `{payout}`.
    pub form: String,
    /// The most characters that a bank takes.
    pub limit: usize,
}

impl Statement {
    /// The reference of a payout.
    #[must_use]
    pub fn reference(&self, payout_id: &str, date: Date) -> String {
        let from = payout_id.len().saturating_sub(OF_PAYOUT);
        self.filled(
            &date.to_string(),
            payout_id.get(from..).unwrap_or(payout_id),
        )
    }

    /// How long its references are, where that is more than the bank takes.
    #[must_use]
    pub fn too_long(&self) -> Option<usize> {
        let length = self.filled("2026-03-16", "8d2a064c").len();
        (length > self.limit).then_some(length)
    }

    fn filled(&self, date: &str, payout: &str) -> String {
        self.form
            .replace("{date}", date)
            .replace("{payout}", payout)
            .replace("{name}", &self.name)
    }
}

/// Whether banks take a text: ASCII letters and digits, blanks and `/-?:().,'+`.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || " /-?:().,'+".contains(c))
}

/// Whether a text is a form: plain, with `{payout}` once and no other places than those known.
#[must_use]
pub fn is_form(text: &str) -> bool {
    let rest = text.replacen("{payout}", "", 1);
    let rest = rest.replacen("{date}", "", 1).replacen("{name}", "", 1);
    text.contains("{payout}") && is_plain(&rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn statement(name: &str, form: &str, limit: usize) -> Statement {
        Statement {
            name: name.to_owned(),
            form: form.to_owned(),
            limit,
        }
    }

    #[test]
    fn a_reference_names_platform_day_and_payout_and_fits() {
        let id = "01930e1c-7c1e-7bbb-8d1e-01238d2a064c";
        let shipped = statement("HL", "{name} {date} {payout}", 22);
        let day = date(2026, 3, 16);
        assert_eq!(shipped.reference(id, day), "HL 2026-03-16 8d2a064c");
        assert_eq!(shipped.too_long(), None);
        assert_eq!(
            statement("HLX", "{name} {date} {payout}", 22).too_long(),
            Some(23)
        );
        let own = statement("Lyceum", "{name} {payout}", 22);
        assert_eq!(own.reference(id, day), "Lyceum 8d2a064c");
        assert_eq!(own.reference("p1", day), "Lyceum p1");
    }

    #[test]
    fn a_form_has_the_payout_and_only_what_banks_take() {
        for good in [
            "{name} {date} {payout}",
            "{payout}",
            "Payout {payout}/{name}",
        ] {
            assert!(is_form(good), "{good}");
        }
        for bad in [
            "{name} {date}",
            "{payout} {payout}",
            "{host} {payout}",
            "Ñ {payout}",
            "{payout}\n",
        ] {
            assert!(!is_form(bad), "{bad}");
        }
    }
}
