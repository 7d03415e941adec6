//! What reports count by: the stages of the way, what is late, what comes next.

use chrono::Months;

use super::deadline;
use super::match_life::MatchState;
use super::text::Words;
use super::time::Instant;

crate::codes! {
    /// How far a venture has come, from the workshop to support that was given.
    Stage {
        /// It is known.
        Registered = "registered",
        /// Its assessment is in.
        Assessed = "assessed",
        /// It may stand on lists today: its owner has consented.
        MayBeListed = "may_be_listed",
        /// A published list put it before an investor.
        Suggested = "suggested",
        /// An investor looked closer.
        Shortlisted = "shortlisted",
        /// An investor asked for an introduction.
        Requested = "requested",
        /// Its owner was asked.
        AwaitingOwner = "awaiting_owner",
        /// Its owner agreed to an introduction.
        Introduced = "introduced",
        /// They talked.
        InDiscussion = "in_discussion",
        /// Both confirmed what is to be given.
        Committed = "committed",
        /// It was given.
        Fulfilled = "fulfilled",
    }
    /// Something that somebody owes.
    Task {
        /// Staff look at a request.
        Screen = "screen",
        /// Staff reach the owner.
        Reach = "reach",
        /// Staff or a pendamping call an owner who has not answered, before the time to answer is over.
        CallOwner = "call_owner",
        /// Staff ask both sides why they have not been in contact.
        AskContact = "ask_contact",
        /// Staff look into a match that was stopped.
        LookInto = "look_into",
        /// Staff note what came of support that was received.
        NoteOutcome = "note_outcome",
        /// Staff ask whether a business that was supported is going.
        CheckIn = "check_in",
        /// The investor deletes contact data, and staff see to it.
        SeeToDeletion = "see_to_deletion",
        /// Staff answer what somebody asked about their data.
        AnswerRequest = "answer_request",
        /// Staff look into a complaint and close it.
        CloseComplaint = "close_complaint",
        /// Staff ask the owner again for the consent to be listed, which lapses.
        RenewListing = "renew_listing",
    }
    /// What kind of thing a venture's next step is.
    NextStep {
        /// A match is on its way.
        Match = "match",
        /// What was agreed with the owner: a step, a visit.
        Plan = "plan",
        /// One step in a topic of the workshop.
        Training = "training",
        /// The next facility of Jakpreneur.
        Jakpreneur = "jakpreneur",
        /// There is none: staff find one.
        None = "none",
    }
    /// Why no list shows a venture.
    Unseen {
        /// Its owner has not consented, not any more, or has asked that its data be left alone.
        MayNotBeListed = "may_not_be_listed",
        /// Its assessment is not in.
        NotAssessed = "not_assessed",
        /// No published list has a place for it.
        NoPlace = "no_place",
    }
    /// Why there is no figure of agreement.
    NoFigure {
        /// Fewer than two assessors judged the same ventures.
        TooFewRaters = "too_few_raters",
        /// Fewer than ten ventures were judged by several.
        TooFewUnits = "too_few_units",
        /// Fewer than ten ventures were judged by the same assessors.
        TooFewTogether = "too_few_together",
        /// Nothing varies, so there is nothing to agree on.
        Undefined = "undefined",
    }
}

impl Stage {
    /// The stage at which a match has come this far; `None` for a state beside the way.
    pub fn of(state: MatchState) -> Option<Self> {
        Self::parse(state.as_str())
    }

    /// What people read.
    pub const fn label(self) -> Words {
        match self {
            Self::Registered => Words::new("Terdaftar", "Registered"),
            Self::Assessed => Words::new("Sudah dinilai", "Assessed"),
            Self::MayBeListed => Words::new("Boleh tampil di daftar", "May be listed"),
            Self::Suggested => Words::new("Tampil di hadapan investor", "Shown to an investor"),
            Self::Shortlisted => Words::new("Masuk pilihan", "Shortlisted"),
            Self::Requested => Words::new("Diminta berkenalan", "Introduction requested"),
            Self::AwaitingOwner => Words::new("Pemilik ditanya", "Owner asked"),
            Self::Introduced => Words::new("Diperkenalkan", "Introduced"),
            Self::InDiscussion => Words::new("Berbicara", "In discussion"),
            Self::Committed => Words::new("Sepakat", "Committed"),
            Self::Fulfilled => Words::new("Dukungan diterima", "Support received"),
        }
    }
}

impl Task {
    /// What is to be done.
    pub const fn label(self) -> Words {
        match self {
            Self::Screen => Words::new("Saring permintaan perkenalan", "Screen the request for an introduction"),
            Self::Reach => Words::new("Hubungi pemilik usaha", "Reach the owner"),
            Self::CallOwner => Words::new(
                "Telepon pemilik usaha sebelum waktu menjawab habis",
                "Call the owner before the time to answer is over",
            ),
            Self::AskContact => Words::new(
                "Tanyakan kedua pihak mengapa belum berkabar",
                "Ask both sides why they have not been in touch",
            ),
            Self::LookInto => Words::new(
                "Periksa mengapa dihentikan, lalu lanjutkan atau akhiri",
                "Look into why it was stopped, then resume or end it",
            ),
            Self::NoteOutcome => {
                Words::new("Catat hasil dukungan yang diterima", "Note what came of the support received")
            }
            Self::CheckIn => Words::new(
                "Tanyakan kabar usaha yang sudah didukung, lalu catat laporannya",
                "Ask how the supported business is going, and write the report",
            ),
            Self::SeeToDeletion => {
                Words::new("Pastikan investor menghapus data kontak", "See that the investor deletes the contact data")
            }
            Self::AnswerRequest => {
                Words::new("Jawab permintaan pemilik tentang datanya", "Answer the owner's request about the own data")
            }
            Self::CloseComplaint => Words::new(
                "Selidiki keluhan, lalu tutup dengan hasilnya",
                "Look into the complaint, and close it with what was done",
            ),
            Self::RenewListing => {
                Words::new("Tanyakan lagi persetujuan tampil dalam daftar", "Ask again for the consent to be listed")
            }
        }
    }

    /// When staff should have done something that came up then.
    pub fn due(came_up: Instant) -> Instant {
        came_up.plus_working_days(deadline::STAFF_WORKING_DAYS)
    }
}

/// So many months after support was received it is asked whether the business is going.
pub const CHECK_INS: [u32; 2] = [6, 12];

/// So many days before a check-in is due a report counts for it.
const AHEAD_DAYS: i64 = 30;

/// The check-in that is due at a time and was not made, by when it was; `told` is when the match was last reported about.
pub fn check_in_due(fulfilled: Instant, told: Option<Instant>, now: Instant) -> Option<Instant> {
    let due = |months: &u32| {
        let day = fulfilled.jakarta_day().checked_add_months(Months::new(*months))?;
        Some(Instant::start_of_jakarta_day(day))
    };
    let missed = |due_at: &Instant| *due_at <= now && told.is_none_or(|told| told < due_at.plus_days(-AHEAD_DAYS));
    CHECK_INS.iter().filter_map(due).find(missed)
}

impl NextStep {
    /// What people read.
    pub const fn label(self) -> Words {
        match self {
            Self::Match => Words::new("Perkenalan sedang berjalan", "An introduction is on its way"),
            Self::Plan => Words::new("Rencana pendampingan", "A support plan"),
            Self::Training => Words::new("Satu langkah dari topik pelatihan", "One step in a training topic"),
            Self::Jakpreneur => Words::new("Tahap Jakpreneur berikutnya", "The next stage of Jakpreneur"),
            Self::None => Words::new("Belum ada langkah", "No step yet"),
        }
    }
}

impl NoFigure {
    /// What people read.
    pub const fn label(self) -> Words {
        match self {
            Self::TooFewRaters => Words::new(
                "Belum ada dua asesor yang menilai usaha yang sama",
                "No two assessors have judged the same businesses",
            ),
            Self::TooFewUnits => Words::new(
                "Kurang dari sepuluh usaha yang dinilai lebih dari satu asesor",
                "Fewer than ten businesses were judged by more than one assessor",
            ),
            Self::TooFewTogether => Words::new(
                "Kurang dari sepuluh usaha yang dinilai oleh asesor yang sama",
                "Fewer than ten businesses were judged by the same assessors",
            ),
            Self::Undefined => Words::new(
                "Semua nilai sama, jadi tidak ada yang dapat dibandingkan",
                "All ratings are the same, so there is nothing to compare",
            ),
        }
    }
}

/// What a coefficient of agreement allows, after Krippendorff (2004): from 0.8 conclusions, from 0.667 tentative ones.
pub fn reading_of_alpha(alpha: f64) -> Words {
    if alpha >= 0.8 {
        Words::new("Asesor sepakat; nilai dapat diandalkan", "Assessors agree; the ratings can be relied on")
    } else if alpha >= 0.667 {
        Words::new("Cukup sepakat untuk kesimpulan sementara", "They agree enough for tentative conclusions")
    } else {
        Words::new(
            "Belum sepakat: perjelas jangkar indikator ini dan latih asesor bersama",
            "They do not agree yet: sharpen this indicator's anchors and train assessors together",
        )
    }
}

impl Unseen {
    /// What people read.
    pub const fn label(self) -> Words {
        match self {
            Self::MayNotBeListed => Words::new(
                "Tidak boleh tampil sekarang: persetujuan belum ada, atau pemilik memintanya",
                "May not be listed now: a consent is missing, or the owner has asked for it",
            ),
            Self::NotAssessed => Words::new("Belum dinilai", "Not assessed yet"),
            Self::NoPlace => Words::new("Belum mendapat tempat di daftar mana pun", "No list has a place for it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_of_a_match_is_part_of_the_stages() {
        let stages: Vec<_> = MatchState::WAY.iter().map(|state| Stage::of(*state).unwrap()).collect();
        assert_eq!(stages, Stage::ALL[3..]);
        assert!(MatchState::ALL.iter().filter(|s| s.along().is_none()).all(|s| Stage::of(*s).is_none()));
    }

    #[test]
    fn a_check_in_is_asked_for_until_it_is_made() {
        let fulfilled = Instant::start_of_jakarta_day("2024-08-31".parse().unwrap());
        let day = |text: &str| Instant::start_of_jakarta_day(text.parse().unwrap());
        let due = |told: Option<&str>, now: &str| check_in_due(fulfilled, told.map(day), day(now));
        let (half, whole) = (Some(day("2025-02-28")), Some(day("2025-08-31")));
        assert_eq!((due(None, "2025-02-27"), due(None, "2025-02-28")), (None, half));
        assert_eq!(due(Some("2025-01-28"), "2025-03-01"), half, "too early to count");
        assert_eq!(due(Some("2025-01-30"), "2025-03-01"), None);
        assert_eq!(due(Some("2025-03-05"), "2025-08-30"), None);
        assert_eq!(due(Some("2025-03-05"), "2025-08-31"), whole);
        assert_eq!(due(Some("2025-08-15"), "2026-08-31"), None);
        assert_eq!(due(None, "2026-01-01"), half, "one report is enough for both");
    }
}
