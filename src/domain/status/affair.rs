//! What comes of matches, as the owner's status tells of it.

use super::{Action, State, Status, TOLD_OF_END_DAYS};
use crate::domain::match_life::MatchState;
use crate::domain::text::{Lang, Text};
use crate::domain::time::Instant;

/// A match that the owner was asked about, as far as the status tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affair {
    /// Where it stands.
    pub state: MatchState,
    /// When it came to stand there.
    pub moved_at: Instant,
    /// By when something is expected of the owner: [`crate::domain::deadline::seen_by`].
    pub due_at: Option<Instant>,
    /// When it ends if nothing comes.
    pub ends_at: Option<Instant>,
    /// Whether it got no further than that the owner was asked.
    pub was_asked: bool,
    /// Whether the investor can see by now how to reach the owner.
    pub has_crossed: bool,
    /// Whether the investor has said what is to be given.
    pub is_pledged: bool,
    /// Whether the owner has received it.
    pub is_received: bool,
    /// Whether it stands still because the owner has reported something.
    pub is_reported: bool,
}

impl Affair {
    /// The most pressing first; `None` when nothing is to be said of it as what comes next. What needs the owner comes before what
    /// does not.
    fn urgency(&self, now: Instant) -> Option<u8> {
        Some(match self.state {
            MatchState::AwaitingOwner => 0,
            MatchState::InDiscussion if self.is_pledged => 1,
            MatchState::Committed if !self.is_received => 2,
            MatchState::Suspended => 3,
            MatchState::Introduced => 4,
            MatchState::InDiscussion => 5,
            MatchState::Committed => 6,
            MatchState::Fulfilled if self.is_recent(now) => 7,
            _ => return None,
        })
    }

    fn is_recent(&self, now: Instant) -> bool {
        now <= self.moved_at.plus_days(TOLD_OF_END_DAYS)
    }

    /// Whether it came to nothing, and not long ago.
    fn has_ended(&self, now: Instant) -> bool {
        matches!(self.state, MatchState::Expired | MatchState::Withdrawn | MatchState::Declined) && self.is_recent(now)
    }
}

impl Status {
    /// The status with what comes of matches in it: the most pressing of them is what comes next; of another that stands still, or
    /// that has just ended, it is told in plain words.
    #[must_use]
    pub fn with(mut self, affairs: &[Affair], now: Instant) -> Self {
        // Of equals the one that is due first, and before those that are not due.
        let pressing = affairs
            .iter()
            .filter_map(|a| Some((a.urgency(now)?, a.due_at.is_none(), a.due_at, a)))
            .min_by_key(|(urgency, undue, due, _)| (*urgency, *undue, *due))
            .map(|(.., affair)| affair);
        if let Some(affair) = pressing {
            self = self.about(affair, now);
        }
        let told = pressing.map(|affair| affair.state);
        if told != Some(MatchState::Suspended) && affairs.iter().any(|a| a.state == MatchState::Suspended) {
            self.say_first(
                "Satu perkenalan berhenti sementara karena ada yang sedang diperiksa.",
                "One introduction stands still while something is looked into.",
            );
        }
        let ended = || affairs.iter().filter(|a| a.has_ended(now));
        let is_told = matches!(told, None | Some(MatchState::Fulfilled));
        if is_told && ended().any(|a| a.state == MatchState::Expired && a.was_asked) {
            self.say_first(
                "Waktu untuk menjawab satu permintaan perkenalan sudah habis; itu bukan penilaian atas usaha Anda, dan permintaan baru \
                 dapat datang.",
                "The time to answer one request for an introduction is over; that is no judgement of your business, and another can come.",
            );
        } else if is_told && ended().next().is_some() {
            self.say_first(
                "Satu perkenalan tidak dilanjutkan; itu bukan penilaian atas usaha Anda.",
                "One introduction does not go on; that is no judgement of your business.",
            );
        }
        self
    }

    fn about(mut self, affair: &Affair, now: Instant) -> Self {
        let by = |lang, otherwise: &str, before: &str| {
            affair.due_at.map_or_else(|| otherwise.to_owned(), |at| format!("{before} {}", at.day_in_words(lang)))
        };
        let (id, en) = match affair.state {
            // Before the owner is reached no time to answer counts.
            MatchState::AwaitingOwner => {
                (by(Lang::Id, "bila sudah siap", "paling lambat"), by(Lang::En, "when you are ready", "by"))
            }
            // What was missed can be made up for until the end.
            _ if affair.due_at.is_some_and(|due| due <= now) => {
                let until = |lang| affair.ends_at.unwrap_or(now).day_in_words(lang);
                (
                    format!("paling lambat {}; sesudah itu perkenalan berakhir", until(Lang::Id)),
                    format!("by {}; after that the introduction ends", until(Lang::En)),
                )
            }
            _ => (by(Lang::Id, "secepatnya", "paling lambat"), by(Lang::En, "soon", "by")),
        };
        let crossing = |lang| affair.due_at.unwrap_or(now).minute_in_words(lang);
        let (crossing_id, crossing_en) = (crossing(Lang::Id), crossing(Lang::En));
        let (state, action, headline, next_step) = match affair.state {
            MatchState::Fulfilled => return self.after_support(),
            MatchState::Suspended => {
                let (headline, next_step) = looked_into(affair.is_reported);
                (State::UnderReview, Action::ContactProgramme, headline, next_step)
            }
            MatchState::AwaitingOwner => (
                State::Asked,
                Action::AnswerRequest,
                Text::new(
                    "Ada investor sosial yang ingin berkenalan dengan usaha Anda.",
                    "A social investor would like to be introduced to you.",
                ),
                Text::new(
                    format!(
                        "Baca siapa yang meminta, untuk apa, dan apa biayanya; lalu setujui atau tolak {id}. Menolak tidak \
                         memengaruhi bansos, PENA, atau pelatihan."
                    ),
                    format!(
                        "Read who asks, for what and at what cost; then agree or decline {en}. Declining does not affect social \
                         assistance, PENA or training."
                    ),
                ),
            ),
            MatchState::InDiscussion if affair.is_pledged => (
                State::InDiscussion,
                Action::ConfirmPledge,
                Text::new(
                    "Investor sosial menyampaikan apa yang akan diberikan.",
                    "The social investor has said what is to be given.",
                ),
                Text::new(
                    format!("Periksa bentuk dan jumlahnya; benarkan bila sesuai, {id}."),
                    format!("Check the kind and the amount; confirm if it is right, {en}."),
                ),
            ),
            MatchState::Introduced if !affair.has_crossed => (
                State::Introduced,
                Action::CallOff,
                Text::new(
                    "Persetujuan Anda sudah dicatat; investor sosial segera dapat menghubungi Anda.",
                    "Your consent is recorded; the social investor can reach you soon.",
                ),
                Text::new(
                    format!(
                        "Bila Anda berubah pikiran, batalkan sebelum {crossing_id} atau hubungi program; kontak Anda belum diberikan."
                    ),
                    format!(
                        "If you change your mind, step back before {crossing_en} or contact the programme; your contact has not been \
                         given yet."
                    ),
                ),
            ),
            MatchState::Introduced | MatchState::InDiscussion => (
                if affair.state == MatchState::Introduced { State::Introduced } else { State::InDiscussion },
                Action::ConfirmContact,
                Text::new(
                    "Anda sudah diperkenalkan dengan investor sosial.",
                    "You have been introduced to a social investor.",
                ),
                Text::new(
                    format!("Bila sudah saling berkabar, tekan \u{201c}Sudah berkabar\u{201d} {id}."),
                    format!("Once you have been in touch, say so {en}."),
                ),
            ),
            _ if affair.is_received => (
                State::Committed,
                Action::ContactProgramme,
                Text::new(
                    "Anda menyatakan dukungan sudah diterima.",
                    "You have said that the support has been received.",
                ),
                Text::new(
                    "Staf program akan mencatat hasilnya bersama Anda.",
                    "The programme's staff will note with you what came of it.",
                ),
            ),
            _ => (
                State::Committed,
                Action::ConfirmReceipt,
                Text::new("Anda dan investor sosial sudah sepakat.", "You and the social investor have agreed."),
                Text::new(
                    "Begitu dukungan tiba, tekan \u{201c}Sudah diterima\u{201d}. Jangan membayar apa pun untuk menerimanya.",
                    "Once the support has come, say that it is received. Do not pay anything to receive it.",
                ),
            ),
        };
        self.actions.retain(|other| *other != action);
        self.actions.insert(0, action);
        Self { state, headline, next_step, due_at: affair.due_at, actions: self.actions }
    }

    /// Support has come; the business itself goes on with its own next step.
    fn after_support(mut self) -> Self {
        self.state = State::Fulfilled;
        self.headline = Text::new(
            "Dukungan dari investor sosial sudah Anda terima dan sudah dicatat.",
            "You have received the support of a social investor, and it is on record.",
        );
        self.next_step.id.insert_str(0, "Program menanyakan kabar usaha Anda setengah tahun dan setahun lagi. ");
        self.next_step.en.insert_str(0, "The programme asks how your business is in half a year and in a year. ");
        self
    }
}

/// What an owner is told of a match that stands still.
fn looked_into(is_reported: bool) -> (Text, Text) {
    if is_reported {
        return (
            Text::new("Kami sedang memeriksa yang Anda laporkan.", "We look into what you reported."),
            Text::new(
                "Perkenalan itu berhenti sementara. Staf memeriksa laporan Anda paling lambat 3x24 jam; jangan membayar apa pun. \
                 Bila ada yang perlu ditambahkan, hubungi program.",
                "That introduction stands still. Staff look at your report within 72 hours; do not pay anything. If there is more to \
                 say, contact the programme.",
            ),
        );
    }
    (
        Text::new(
            "Satu perkenalan berhenti sementara karena ada yang sedang diperiksa; itu bukan penilaian atas usaha Anda.",
            "One introduction stands still while something is looked into; that is no judgement of your business.",
        ),
        Text::new(
            "Anda tidak perlu melakukan apa pun sekarang. Begitu selesai, Anda diberi kabar; bila ada pertanyaan, hubungi program.",
            "You need not do anything now. You are told when it is done; if you have questions, contact the programme.",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::consent::NotListed;
    use crate::domain::status::tests::rated;
    use crate::domain::status::{Asked, status};
    use crate::reference::rubric::sedaya_v1;

    fn at(text: &str) -> Instant {
        serde_json::from_str(&format!("\"{text}\"")).unwrap()
    }

    const NOW: &str = "2026-11-20T12:00:00Z";

    fn affair(state: MatchState) -> Affair {
        Affair {
            state,
            moved_at: at(NOW),
            due_at: Some(at("2026-12-04T12:00:00Z")),
            ends_at: Some(at("2026-12-11T12:00:00Z")),
            was_asked: false,
            has_crossed: true,
            is_pledged: false,
            is_received: false,
            is_reported: false,
        }
    }

    fn told(affairs: &[Affair]) -> Status {
        status(sedaya_v1(), Some(&rated(&["MGT1"])), Ok(true)).with(affairs, at(NOW))
    }

    #[test]
    fn the_most_pressing_match_is_what_comes_next() {
        let asked = told(&[affair(MatchState::InDiscussion), affair(MatchState::AwaitingOwner)]);
        assert_eq!((asked.state, asked.actions[0]), (State::Asked, Action::AnswerRequest));
        assert!(asked.next_step.id.contains("paling lambat 4 Desember 2026"), "{}", asked.next_step.id);
        assert!(asked.next_step.en.contains("by 4 December 2026"), "{}", asked.next_step.en);
        let pledged = Affair { is_pledged: true, ..affair(MatchState::InDiscussion) };
        assert_eq!(told(&[pledged, affair(MatchState::Introduced)]).actions[0], Action::ConfirmPledge);
        assert_eq!(told(&[affair(MatchState::Committed)]).actions[0], Action::ConfirmReceipt);
        let received = Affair { is_received: true, ..affair(MatchState::Committed) };
        let received = told(&[received]);
        assert_eq!(received.actions.iter().filter(|a| **a == Action::ContactProgramme).count(), 1);
        // What has ended is told of for a month.
        let ended = affair(MatchState::Expired);
        assert!(told(&[ended]).headline.id.contains("tidak dilanjutkan"));
        assert_eq!(told(&[ended]).state, State::Listed);
        let unanswered = told(&[Affair { was_asked: true, ..ended }]).headline.id;
        assert!(
            unanswered.contains("Waktu untuk menjawab") && !unanswered.contains("tidak dilanjutkan"),
            "{unanswered}"
        );
        // Who declined is not told that time ran out.
        let declined = Affair { was_asked: true, ..affair(MatchState::Declined) };
        assert!(told(&[declined]).headline.id.contains("tidak dilanjutkan"));
        let long_ago = Affair { moved_at: at(NOW).plus_days(-31), ..ended };
        assert!(!told(&[long_ago]).headline.id.contains("tidak dilanjutkan"));
        assert_eq!(told(&[affair(MatchState::Suggested)]).state, State::Listed);
    }

    #[test]
    fn who_was_not_reached_yet_has_no_deadline() {
        let unreached = Affair { due_at: None, ..affair(MatchState::AwaitingOwner) };
        let asked = told(&[unreached]);
        assert_eq!((asked.state, asked.due_at), (State::Asked, None));
        assert!(asked.next_step.id.contains("setujui atau tolak bila sudah siap"), "{}", asked.next_step.id);
        assert!(asked.next_step.en.contains("agree or decline when you are ready"), "{}", asked.next_step.en);
        // The one whose time runs is the more pressing one.
        let both = told(&[unreached, affair(MatchState::AwaitingOwner)]);
        assert!(both.due_at.is_some());
    }

    #[test]
    fn what_was_missed_can_be_made_up_for_until_the_end() {
        let missed = told(&[Affair { due_at: Some(at(NOW)), ..affair(MatchState::Introduced) }]);
        assert!(missed.next_step.id.contains("paling lambat 11 Desember 2026; sesudah"), "{}", missed.next_step.id);
        assert!(missed.next_step.en.contains("by 11 December 2026; after"), "{}", missed.next_step.en);
    }

    #[test]
    fn a_consent_that_was_noted_can_be_called_off_until_an_hour_that_is_told() {
        let until = Some(at("2026-11-21T03:30:00Z"));
        let noted = told(&[Affair { has_crossed: false, due_at: until, ..affair(MatchState::Introduced) }]);
        assert_eq!((noted.state, noted.actions[0], noted.due_at), (State::Introduced, Action::CallOff, until));
        assert!(noted.next_step.id.contains("sebelum 21 November 2026 pukul 10.30"), "{}", noted.next_step.id);
        assert!(noted.next_step.en.contains("before 21 November 2026, 10:30"), "{}", noted.next_step.en);
    }

    #[test]
    fn what_is_looked_into_is_told_of() {
        let stopped = Affair { due_at: None, ..affair(MatchState::Suspended) };
        let by_staff = told(&[stopped]);
        assert_eq!((by_staff.state, by_staff.actions[0]), (State::UnderReview, Action::ContactProgramme));
        assert!(by_staff.headline.id.contains("sedang diperiksa") && by_staff.due_at.is_none());
        let reported = told(&[Affair { is_reported: true, ..stopped }]);
        assert!(reported.headline.id.contains("yang Anda laporkan"), "{}", reported.headline.id);
        assert!(reported.headline.en.contains("what you reported"), "{}", reported.headline.en);
        // Also where something else is more pressing.
        let both = told(&[stopped, affair(MatchState::AwaitingOwner)]);
        assert_eq!(both.state, State::Asked);
        assert!(both.headline.id.contains("sedang diperiksa") && both.headline.id.contains("ingin berkenalan"));
    }

    #[test]
    fn support_that_was_received_is_told_of_for_a_month() {
        let fulfilled = Affair { is_received: true, due_at: None, ..affair(MatchState::Fulfilled) };
        let after = told(&[fulfilled]);
        assert_eq!((after.state, after.actions[0]), (State::Fulfilled, Action::TakeNextStep));
        assert!(after.headline.id.contains("sudah Anda terima") && after.next_step.id.contains("Langkah berikutnya: "));
        let long_ago = Affair { moved_at: at(NOW).plus_days(-31), ..fulfilled };
        assert_eq!(told(&[long_ago]).state, State::Listed);
    }

    /// Everything that can come together stays short, in both languages.
    #[test]
    fn the_whole_is_short() {
        let asked = Asked { due_at: Some(at(NOW)), is_answered: true };
        let standings =
            [Ok(true), Ok(false), Err(NotListed::Restricted), Err(NotListed::Lapsed), Err(NotListed::Minor)];
        for listed in standings {
            for state in MatchState::ALL {
                let others = [affair(*state), affair(MatchState::Suspended), affair(MatchState::Declined)];
                for affairs in [&others[..], &[others[0], others[2]]] {
                    let whole = status(sedaya_v1(), Some(&rated(&["MGT1"])), listed);
                    let whole = whole.with(affairs, at(NOW)).with_requests(&asked, at(NOW));
                    for (headline, next_step) in
                        [(&whole.headline.id, &whole.next_step.id), (&whole.headline.en, &whole.next_step.en)]
                    {
                        assert!(headline.len() <= 500 && next_step.len() <= 1000, "{headline} {next_step}");
                        assert!(headline.len() + next_step.len() + 400 <= 2048);
                    }
                }
            }
        }
    }
}
