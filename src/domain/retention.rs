//! How long what is kept, and what happens then: the table of retention (a proposal), as data.

use chrono::{Days, Months, NaiveDate};

use super::text::Words;

crate::codes! {
    /// A rule of retention.
    RetentionRule {
        /// The consent to be listed.
        ListingConsent = "listing_consent",
        /// Profiles, people and ratings.
        Profiles = "profiles",
        /// What complaints and incidents say.
        Cases = "cases",
        /// What is kept of sheets and pulls.
        Imports = "imports",
        /// One-time codes.
        OneTimeCodes = "one_time_codes",
        /// Who looked.
        AccessLog = "access_log",
        /// Who did what.
        Audit = "audit",
        /// Backups.
        Backups = "backups",
    }
    /// Who carries a rule out.
    RetentionMeans {
        /// The daily job removes it.
        Job = "job",
        /// It stops counting by itself.
        Lapses = "lapses",
        /// It is told when the time has come, and a person decides: a chain that is cut cannot be verified.
        Told = "told",
        /// Whoever runs the service, where the backups are.
        Operator = "operator",
    }
}

/// How long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// So many months.
    Months(u32),
    /// So many days.
    Days(u64),
}

impl Period {
    /// As ISO 8601 writes it: `P24M`, `P90D`.
    pub fn iso(self) -> String {
        match self {
            Self::Months(months) => format!("P{months}M"),
            Self::Days(days) => format!("P{days}D"),
        }
    }

    /// The day on which it is over for what began on a day.
    pub fn after(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Months(months) => day.checked_add_months(Months::new(months)),
            Self::Days(days) => day.checked_add_days(Days::new(days)),
        }
    }

    /// What began before this day is over today.
    pub fn before(self, today: NaiveDate) -> NaiveDate {
        let before = match self {
            Self::Months(months) => today.checked_sub_months(Months::new(months)),
            Self::Days(days) => today.checked_sub_days(Days::new(days)),
        };
        before.unwrap_or(NaiveDate::MIN)
    }
}

impl RetentionRule {
    /// How long.
    pub const fn period(self) -> Period {
        match self {
            Self::ListingConsent => Period::Months(12),
            Self::Profiles | Self::Cases | Self::AccessLog => Period::Months(24),
            Self::Imports => Period::Days(90),
            Self::OneTimeCodes => Period::Days(1),
            Self::Audit => Period::Months(60),
            Self::Backups => Period::Days(35),
        }
    }

    /// By whom.
    pub const fn means(self) -> RetentionMeans {
        match self {
            Self::Profiles | Self::Cases | Self::Imports | Self::AccessLog => RetentionMeans::Job,
            Self::ListingConsent | Self::OneTimeCodes => RetentionMeans::Lapses,
            Self::Audit => RetentionMeans::Told,
            Self::Backups => RetentionMeans::Operator,
        }
    }

    /// What it covers, since when the time counts, and what happens then.
    pub const fn words(self) -> Words {
        match self {
            Self::ListingConsent => Words::new(
                "Persetujuan tampil dalam daftar, sejak diberikan. Sesudahnya tidak berlaku lagi dan ditanyakan kembali.",
                "The consent to be listed, since it was given. After that it does not count any more and is asked for again.",
            ),
            Self::Profiles => Words::new(
                "Profil, orang, dan penilaian, sejak hari terakhir angkatan, atau sejak dicatat bila lebih kemudian. Sesudahnya dianonimkan seperti penghapusan; ditunda selama ada perkenalan, permintaan, atau keluhan yang belum selesai.",
                "Profiles, people and ratings, since the last day of the cohort, or since they were entered if that was later. Then anonymised as by erasure; later while an introduction, a request or a complaint is open.",
            ),
            Self::Cases => Words::new(
                "Isi keluhan dan insiden, sejak ditutup. Sesudahnya tinggal catatan bahwa pernah ada dan kapan.",
                "What complaints and incidents say, since they were closed. Then it stays known only that there was one, and when.",
            ),
            Self::Imports => Words::new(
                "Isi sel yang dikutip pada kesalahan impor, sejak impor dibuat. Berkasnya sendiri tidak disimpan.",
                "Cells that faults of imports quote, since the import was made. The sheets themselves are not kept.",
            ),
            Self::OneTimeCodes => Words::new(
                "Kode sekali pakai, sejak dikirim. Berlaku paling lama 10 menit.",
                "One-time codes, since they were sent. They work for ten minutes at most.",
            ),
            Self::AccessLog => Words::new(
                "Catatan siapa yang melihat, sejak hari melihatnya.",
                "Who looked, since the day of the look.",
            ),
            Self::Audit => Words::new(
                "Catatan audit, sejak perbuatannya. Isinya id dan sidik jari saja; rantainya tidak dipotong oleh layanan. Pengelola mengarsipkannya bila waktunya tiba.",
                "The audit, since the deed. It holds ids and digests only; the service does not cut its chain. The operator archives it when the time has come.",
            ),
            Self::Backups => Words::new(
                "Cadangan, sejak dibuat. Pengelola menghapusnya; batu nisan penghapusan disimpan terpisah.",
                "Backups, since they were made. The operator deletes them; the file of tombstones is kept apart.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_today_began_before() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for rule in RetentionRule::ALL {
            let period = rule.period();
            let today = day("2026-11-24");
            let last_kept = period.before(today);
            assert!(period.after(last_kept).unwrap() <= today, "{rule:?}");
            assert!(period.after(last_kept.succ_opt().unwrap()).unwrap() > today, "{rule:?}");
        }
        assert_eq!(Period::Months(24).iso(), "P24M");
        assert_eq!(Period::Days(90).after(day("2024-11-20")), Some(day("2025-02-18")));
    }
}
