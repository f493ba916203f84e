//! Who hosts in the sample, what each is there to show, and their rows of the host export.

use jiff::Timestamp;

use super::draw::Draw;
use super::{SampleSpec, days, hours, minutes};

#[rustfmt::skip]
pub(super) const HOST_COLUMNS: [&str; 20] = [
    "host_id", "name", "email", "phone", "country", "institution_id", "status", "applied_at",
    "approved_at", "teaching_experience_years", "online_teaching_experience", "native_languages",
    "teaching_languages", "proficiency_levels", "certifications", "timezone", "preferred_times",
    "weekly_availability_hours", "stripe_account_id", "payouts_enabled",
];

/// What a host is there to show. All but `Usual` play it in the days due on the practice date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Usual,
    /// One booking at eight times the usual price: PRICE_OUTLIER.
    Outlier,
    /// A seat in the own session, under the own e-mail address: SELF_BOOKING.
    SelfBooking,
    /// A room left open for thirteen hours: IMPOSSIBLE_SESSION.
    LongSession,
    /// Suspended five days before the practice date: carried.
    Suspended,
    /// Never gave a payout account: carried since the first week.
    NoAccount,
    /// Started with a single cheap seat: carried below the minimum.
    BelowMinimum,
    /// Started in the days due now: a first payout.
    Newcomer,
    /// Gave another payout account four days before the practice date: a changed destination.
    MovedAccount,
}

/// A member of the cast. The offset is the zone's in winter: near enough for a sample, and no
/// time zone database is asked.
pub(super) struct Host {
    name: &'static str,
    mailbox: &'static str,
    country: &'static str,
    zone: &'static str,
    pub(super) utc_offset_hours: i64,
    pub(super) languages: [&'static str; 2],
    experience_years: u32,
    pub(super) price_minor: i64,
    pub(super) part: Part,
}

#[rustfmt::skip] // a table reads best one host a line
pub(super) const CAST: [Host; 24] = {
    use Part::*;
    const fn host(
        (name, mailbox): (&'static str, &'static str), country: &'static str, (zone, utc_offset_hours): (&'static str, i64),
        languages: [&'static str; 2], experience_years: u32, price_minor: i64, part: Part,
    ) -> Host {
        Host { name, mailbox, country, zone, utc_offset_hours, languages, experience_years, price_minor, part }
    }
    const NEW_YORK: (&str, i64) = ("America/New_York", -5);
    const CHICAGO: (&str, i64) = ("America/Chicago", -6);
    const PACIFIC: (&str, i64) = ("America/Los_Angeles", -8);
    const LISBON: (&str, i64) = ("Europe/Lisbon", 0);
    const MADRID: (&str, i64) = ("Europe/Madrid", 1);
    const TOKYO: (&str, i64) = ("Asia/Tokyo", 9);
    [
        host(("Amara Okafor", "amara.okafor"), "US", NEW_YORK, ["English", "French"], 5, 25_00, Usual),
        host(("Bruno Siqueira", "bruno.siqueira"), "BR", ("America/Sao_Paulo", -3), ["Portuguese", "English"], 1, 18_00, Usual),
        host(("Chiara D'Angelo", "chiara.dangelo"), "IT", ("Europe/Rome", 1), ["Italian", "English"], 3, 30_00, Outlier),
        host(("Daniel Whitmore, Jr.", "daniel.whitmore"), "US", CHICAGO, ["English", "German"], 8, 35_00, Usual),
        host(("Elif Yıldız", "elif.yildiz"), "TR", ("Europe/Istanbul", 3), ["Turkish", "English"], 0, 15_00, Usual),
        host(("Farah Haddad", "farah.haddad"), "US", NEW_YORK, ["Arabic", "French"], 2, 28_00, MovedAccount),
        host(("Gaël Fontaine", "gael.fontaine"), "FR", ("Europe/Paris", 1), ["French", "English"], 12, 40_00, Usual),
        host(("Hana Nakamura", "hana.nakamura"), "JP", TOKYO, ["Japanese", "English"], 4, 32_00, Usual),
        host(("Inés Quispe", "ines.quispe"), "US", PACIFIC, ["Spanish", "English"], 1, 20_00, SelfBooking),
        host(("Jun Park", "jun.park"), "US", PACIFIC, ["Korean", "English"], 2, 24_99, Usual),
        host(("Kofi Mensah", "kofi.mensah"), "US", CHICAGO, ["English", "French"], 0, 19_99, Usual),
        host(("Lucía Vargas", "lucia.vargas"), "ES", MADRID, ["Spanish", "Portuguese"], 6, 27_50, LongSession),
        host(("Maëlle Le Goff", "maelle.legoff"), "FR", ("Europe/Paris", 1), ["French", "Spanish"], 1, 22_50, Usual),
        host(("Noor Rahman", "noor.rahman"), "US", NEW_YORK, ["English", "Arabic"], 3, 30_00, Suspended),
        host(("Oisín O'Brien", "oisin.obrien"), "IE", ("Europe/Dublin", 0), ["English", "German"], 2, 26_00, Usual),
        host(("Paweł Łukasik", "pawel.lukasik"), "PL", ("Europe/Warsaw", 1), ["Polish", "German"], 1, 17_00, NoAccount),
        host(("Rosa Tavares", "rosa.tavares"), "PT", LISBON, ["Portuguese", "Spanish"], 9, 33_33, Usual),
        host(("Søren Eriksen", "soren.eriksen"), "DK", ("Europe/Copenhagen", 1), ["Danish", "English"], 0, 21_00, Usual),
        host(("Tomás Björk", "tomas.bjork"), "US", CHICAGO, ["Swedish", "English"], 4, 29_00, Usual),
        host(("Uma Krishnan", "uma.krishnan"), "US", PACIFIC, ["English", "Hindi"], 7, 45_00, Usual),
        host(("Vera Ivanova", "vera.ivanova"), "US", NEW_YORK, ["Russian", "English"], 2, 23_00, Usual),
        host(("Wanjiru Kamau", "wanjiru.kamau"), "US", NEW_YORK, ["English", "Swahili"], 1, 20_00, Newcomer),
        host(("Ximena Rojas", "ximena.rojas"), "US", PACIFIC, ["Spanish", "English"], 0, 16_00, BelowMinimum),
        host(("Zoë Müller", "zoe.muller"), "DE", ("Europe/Berlin", 1), ["German", "English"], 3, 31_00, Usual),
    ]
};

impl Host {
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn country(&self) -> &'static str {
        self.country
    }

    /// The mail address on the platform.
    pub(super) fn email(&self) -> String {
        format!("{}@hosts.example", self.mailbox)
    }

    /// When the platform let the host in. Those who start in the days due now came shortly before.
    pub(super) fn approved_at(&self, spec: &SampleSpec, number: u64) -> Timestamp {
        let mut draw = Draw::new(spec.seed, "approved", &[number]);
        match self.part {
            Part::Newcomer | Part::BelowMinimum => spec.due_from() - days(10),
            _ => spec.first_session_day() - days(draw.between(20, 400)) + hours(11),
        }
    }

    /// The first week (counted from the sample's first) in which the host holds sessions.
    pub(super) fn first_week(&self, spec: &SampleSpec) -> i64 {
        match self.part {
            Part::Newcomer | Part::BelowMinimum => spec.due_week(),
            _ => 0,
        }
    }

    /// The host's row as the platform shows it at `as_of`; `None` before the application.
    pub(super) fn fields(
        &self,
        spec: &SampleSpec,
        number: u64,
        as_of: Timestamp,
    ) -> Option<[String; HOST_COLUMNS.len()]> {
        let mut draw = Draw::new(spec.seed, "host", &[number]);
        let approved_at = self.approved_at(spec, number);
        let applied_at = approved_at - days(draw.between(1, 9)) - minutes(draw.between(0, 600));
        if applied_at > as_of {
            return None;
        }
        let approved = approved_at <= as_of;
        let suspended = self.part == Part::Suspended && as_of >= spec.days_before_practice(5);
        let moved = self.part == Part::MovedAccount && as_of >= spec.days_before_practice(4);
        let payable = approved && self.part != Part::NoAccount;
        let account = if moved { number + 100 } else { number };
        let text = str::to_owned;
        Some([
            host_id(number),
            text(self.name),
            self.email(),
            format!("+1202555{number:04}"),
            text(self.country),
            text(draw.pick(&["", "", "platform-creators"])),
            text(match (approved, suspended) {
                (false, _) => "INTERVIEW",
                (true, true) => "SUSPENDED",
                (true, false) => "ACTIVE",
            }),
            applied_at.to_string(),
            if approved {
                approved_at.to_string()
            } else {
                String::new()
            },
            self.experience_years.to_string(),
            (self.experience_years > 0).to_string(),
            text(self.languages[0]),
            self.languages.join(";"),
            text(draw.pick(&["C2;B2", "C2;C1", "C2"])),
            text(draw.pick(&["", "", "CELTA", "DELE;TEFL", "DALF"])),
            text(self.zone),
            text(draw.pick(&["mornings", "afternoons", "evenings", "weekends"])),
            draw.between(4, 30).to_string(),
            if payable {
                format!("acct_1Sample{account:012}")
            } else {
                String::new()
            },
            payable.to_string(),
        ])
    }
}

/// The platform's id of the n-th of the cast, counted from 1.
pub(super) fn host_id(number: u64) -> String {
    format!("host-{number:04}")
}
