//! What an owner is told: what happened, what comes next, the one thing to do. Never a rank, never a reason that
//! shames.

use chrono::NaiveDate;

use super::assessment::Outcome;
use super::consent::NotListed;
use super::fixed::TenThousandths;
use super::match_life::MatchState;
use super::rubric::{Rubric, Scale};
use super::text::{Lang, Text};
use super::time::Instant;

crate::codes! {
    /// Where an owner's business stands with the programme.
    State {
        /// Registered; the assessment is still to come.
        Registered = "registered",
        /// Assessed, and not on lists: a consent is missing, say.
        Assessed = "assessed",
        /// Assessed, and it may stand on lists for investors.
        Listed = "listed",
        /// An investor asks for an introduction, and the owner answers.
        Asked = "asked",
        /// Introduced to an investor.
        Introduced = "introduced",
        /// In talks with an investor.
        InDiscussion = "in_discussion",
        /// Both have confirmed what is to be given.
        Committed = "committed",
    }
    /// Something an owner may do now.
    Action {
        /// Read who asks, and agree or decline: `GET /v1/me/matches`.
        AnswerRequest = "answer_request",
        /// Say that one is in contact with the investor.
        ConfirmContact = "confirm_contact",
        /// Confirm what the investor says is to be given.
        ConfirmPledge = "confirm_pledge",
        /// Say that it has been received.
        ConfirmReceipt = "confirm_receipt",
        /// Take the next step named in the answer.
        TakeNextStep = "take_next_step",
        /// Ask the programme for the consent form, or for a new one.
        ReviewConsent = "review_consent",
        /// Talk to a person of the programme.
        ContactProgramme = "contact_programme",
    }
}

/// The answer to "Apa status saya? Apa langkah berikutnya?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Where the business stands.
    pub state: State,
    /// What happened.
    pub headline: Text,
    /// What comes next.
    pub next_step: Text,
    /// By when, if something is expected of the owner or the match ends otherwise.
    pub due_at: Option<Instant>,
    /// What may be done now, the most useful first.
    pub actions: Vec<Action>,
}

/// The status of a venture from what its ratings come to and whether it may be listed.
pub fn status(rubric: &Rubric, outcome: Option<&Outcome>, listed: Result<(), NotListed>) -> Status {
    let Some(outcome) = outcome.filter(|o| o.assessors > 0) else {
        return Status {
            state: State::Registered,
            headline: Text::new("Usaha Anda sudah terdaftar.", "Your business is registered."),
            next_step: Text::new(
                "Asesor akan menilai usaha Anda bersama Anda. Siapkan catatan penjualan dan contoh produk.",
                "An assessor will go through your business with you. Have your sales notes and a sample ready.",
            ),
            due_at: None,
            actions: vec![Action::ContactProgramme],
        };
    };
    let (state, headline) = match listed {
        Ok(()) => (
            State::Listed,
            Text::new(
                "Usaha Anda sudah dinilai dan tampil tanpa nama untuk investor sosial.",
                "Your business has been assessed and appears, without its name, to social investors.",
            ),
        ),
        Err(why) => {
            let label = why.label();
            (
                State::Assessed,
                Text::new(
                    format!("Usaha Anda sudah dinilai. {}", label.id),
                    format!("Your business has been assessed. {}", label.en),
                ),
            )
        }
    };
    let step = next_step(rubric, outcome);
    let mut actions = Vec::new();
    // What the owner asked for is no consent to be looked at again.
    if listed.is_err_and(|why| why != NotListed::Restricted) {
        actions.push(Action::ReviewConsent);
    }
    if step.is_some() {
        actions.push(Action::TakeNextStep);
    }
    actions.push(Action::ContactProgramme);
    let next_step = step.unwrap_or_else(|| {
        Text::new(
            "Pertahankan yang sudah baik. Pendamping akan membahas langkah berikutnya dengan Anda.",
            "Keep up what goes well. A companion will talk about the next step with you.",
        )
    });
    Status { state, headline, next_step, due_at: None, actions }
}

/// A match that the owner was asked about, as far as the status tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affair {
    /// Where it stands.
    pub state: MatchState,
    /// When it came to stand there.
    pub moved_at: Instant,
    /// By when something is expected.
    pub due_at: Option<Instant>,
    /// Whether the investor can see by now how to reach the owner.
    pub has_crossed: bool,
    /// Whether the investor has said what is to be given.
    pub is_pledged: bool,
    /// Whether the owner has received it.
    pub is_received: bool,
}

/// Days for which an owner is told that a match has ended.
const TOLD_OF_END_DAYS: i64 = 30;

impl Affair {
    /// The most pressing first; `None` when nothing is to be said of it as what comes next.
    fn urgency(&self) -> Option<u8> {
        Some(match self.state {
            MatchState::AwaitingOwner => 0,
            MatchState::InDiscussion if self.is_pledged => 1,
            MatchState::Committed if !self.is_received => 2,
            MatchState::Introduced => 3,
            MatchState::InDiscussion => 4,
            MatchState::Committed => 5,
            _ => return None,
        })
    }
}

impl Status {
    /// The status with what comes of matches in it: the most pressing of them is what comes next, and one that has just
    /// ended is told of in plain words.
    #[must_use]
    pub fn with(mut self, affairs: &[Affair], now: Instant) -> Self {
        let pressing =
            affairs.iter().filter_map(|a| Some((a.urgency()?, a.due_at, a))).min_by_key(|(u, due, _)| (*u, *due));
        if let Some((_, _, affair)) = pressing {
            return self.about(affair);
        }
        let ended = |a: &Affair| {
            matches!(a.state, MatchState::Expired | MatchState::Withdrawn | MatchState::Declined)
                && now <= a.moved_at.plus_days(TOLD_OF_END_DAYS)
        };
        if affairs.iter().any(ended) {
            self.headline.id.insert_str(0, "Satu perkenalan tidak dilanjutkan; itu bukan penilaian atas usaha Anda. ");
            self.headline.en.insert_str(0, "One introduction does not go on; that is no judgement of your business. ");
        }
        self
    }

    fn about(mut self, affair: &Affair) -> Self {
        let by = |lang, otherwise: &str, before: &str| {
            affair.due_at.map_or_else(|| otherwise.to_owned(), |at| format!("{before} {}", at.day_in_words(lang)))
        };
        let (id, en) = (by(Lang::Id, "secepatnya", "paling lambat"), by(Lang::En, "soon", "by"));
        let (state, action, headline, next_step) = match affair.state {
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
                Action::ContactProgramme,
                Text::new(
                    "Persetujuan Anda sudah dicatat; investor sosial segera dapat menghubungi Anda.",
                    "Your consent is recorded; the social investor can reach you soon.",
                ),
                Text::new(
                    "Bila Anda berubah pikiran, batalkan sekarang atau hubungi program; kontak Anda belum diberikan.",
                    "If you change your mind, step back now or contact the programme; your contact has not been given yet.",
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
}

impl Status {
    /// The status with the word that the consent to be listed ends on a day and may be renewed.
    #[must_use]
    pub fn lapsing(mut self, on: NaiveDate) -> Self {
        let at = Instant::start_of_jakarta_day(on);
        let (id, en) = (at.day_in_words(Lang::Id), at.day_in_words(Lang::En));
        self.headline.id.push_str(&format!(" Persetujuan tampil Anda berakhir pada {id}; perbarui bila Anda mau."));
        self.headline.en.push_str(&format!(" Your consent to be listed ends on {en}; renew it if you like."));
        self.due_at = Some(at);
        self.actions.retain(|other| *other != Action::ReviewConsent);
        self.actions.insert(0, Action::ReviewConsent);
        self
    }
}

/// The one thing that would help most: in the dimension that blocks the next readiness level, the lowest-rated
/// indicator that the owner can act on, and the level after the one it stands at. Of equals the heavier one, then the
/// first of the rubric. Where nothing blocks, or the blocking dimension has nothing to act on, of all dimensions.
pub fn lowest_step(rubric: &Rubric, outcome: &Outcome) -> Option<(usize, u8)> {
    let lowest = |numbers: &mut dyn Iterator<Item = usize>| {
        numbers
            .filter_map(|n| {
                let indicator = rubric.indicator(n);
                let level = outcome.indicators[n].median()?.rounded();
                // From 2.5, the next level is 3.
                let next = u8::try_from(level.0.div_euclid(TenThousandths::ONE.0)).ok()?.checked_add(1)?;
                anchor(rubric, n, next)?;
                indicator.actionable.then_some((level, std::cmp::Reverse(indicator.weight), n, next))
            })
            .min_by_key(|(level, weight, n, _)| (*level, *weight, *n))
    };
    let blocking = outcome.readiness.blocking.and_then(|d| lowest(&mut rubric.indicators_of(d)));
    let (_, _, n, next) = blocking.or_else(|| lowest(&mut (0..rubric.indicator_count())))?;
    Some((n, next))
}

/// What a level of an ordinal indicator looks like.
pub fn anchor(rubric: &Rubric, indicator: usize, level: u8) -> Option<&Text> {
    let Scale::Ordinal { anchors } = &rubric.indicator(indicator).scale else { return None };
    anchors.get(usize::from(level).checked_sub(1)?)
}

/// A step in words.
fn next_step(rubric: &Rubric, outcome: &Outcome) -> Option<Text> {
    let (n, next) = lowest_step(rubric, outcome)?;
    let (label, anchor) = (&rubric.indicator(n).label, anchor(rubric, n, next)?);
    Some(Text::new(
        format!("Langkah berikutnya: {}. Tujuannya: {}", label.id, sentence(&anchor.id)),
        format!("Next step: {}. Aim for: {}", label.en, sentence(&anchor.en)),
    ))
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::assessment::{Rating, Ratings, finalise};
    use crate::reference::rubric::sedaya_v1;

    fn rated(low: &[&str]) -> Outcome {
        let rating = |code: &str| Rating::told(TenThousandths::whole(if low.contains(&code) { 2 } else { 4 }));
        let ratings: Ratings = sedaya_v1().indicators().map(|i| (i.code.clone(), rating(&i.code))).collect();
        finalise(sedaya_v1(), &[ratings])
    }

    #[test]
    fn before_the_assessment_somebody_is_coming() {
        let told = status(sedaya_v1(), None, Err(NotListed::NoListing));
        assert_eq!(told.state, State::Registered);
        assert_eq!(told.actions, [Action::ContactProgramme]);
    }

    #[test]
    fn the_next_step_is_the_lowest_thing_in_the_blocking_dimension() {
        let told = status(sedaya_v1(), Some(&rated(&["MGT1", "MGT3", "MGT4"])), Ok(()));
        assert_eq!(told.state, State::Listed);
        let label = &sedaya_v1().indicator(sedaya_v1().find("MGT1").unwrap()).label;
        assert!(told.next_step.id.contains(&label.id), "{}", told.next_step.id);
        assert!(told.next_step.en.contains(&label.en), "{}", told.next_step.en);
        assert_eq!(told.actions, [Action::TakeNextStep, Action::ContactProgramme]);
    }

    #[test]
    fn the_most_pressing_match_is_what_comes_next() {
        let at = |text: &str| serde_json::from_str::<Instant>(&format!("\"{text}\"")).unwrap();
        let now = at("2026-11-20T12:00:00Z");
        let affair = |state| Affair {
            state,
            moved_at: now,
            due_at: Some(at("2026-12-04T12:00:00Z")),
            has_crossed: true,
            is_pledged: false,
            is_received: false,
        };
        let told = |affairs: &[Affair]| status(sedaya_v1(), Some(&rated(&["MGT1"])), Ok(())).with(affairs, now);
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
        let long_ago = Affair { moved_at: now.plus_days(-31), ..ended };
        assert!(!told(&[long_ago]).headline.id.contains("tidak dilanjutkan"));
        assert_eq!(told(&[affair(MatchState::Suggested)]).state, State::Listed);
    }

    #[test]
    fn a_missing_consent_is_said_without_blame() {
        let told = status(sedaya_v1(), Some(&rated(&[])), Err(NotListed::Lapsed));
        assert_eq!(told.state, State::Assessed);
        assert_eq!(told.actions.first(), Some(&Action::ReviewConsent));
        for text in [&told.headline.id, &told.headline.en, &told.next_step.id, &told.next_step.en] {
            assert!(!text.to_lowercase().contains("ditolak") && !text.contains('#'), "{text}");
        }
    }
}
