//! What an owner is told: what happened, what comes next, the one thing to do. Never a rank, never a reason that
//! shames.

mod affair;
mod requests;

pub use affair::Affair;
pub use requests::Asked;

use chrono::NaiveDate;

use super::assessment::Outcome;
use super::consent::NotListed;
use super::fixed::TenThousandths;
use super::rubric::{Rubric, Scale};
use super::text::{Lang, Text};
use super::time::Instant;

/// Days for which an owner is told that something has ended.
const TOLD_OF_END_DAYS: i64 = 30;

crate::codes! {
    /// Where an owner's business stands with the programme.
    State {
        /// Registered; the assessment is still to come.
        Registered = "registered",
        /// Assessed, and not on lists: a consent is missing, say.
        Assessed = "assessed",
        /// Assessed, and it may stand on lists for investors; no published list holds it yet.
        Eligible = "eligible",
        /// Assessed, and a published list for an investor holds it.
        Listed = "listed",
        /// An investor asks for an introduction, and the owner answers.
        Asked = "asked",
        /// Introduced to an investor.
        Introduced = "introduced",
        /// In talks with an investor.
        InDiscussion = "in_discussion",
        /// Both have confirmed what is to be given.
        Committed = "committed",
        /// Support was received, not long ago.
        Fulfilled = "fulfilled",
        /// Staff look into something about a match; it stands still.
        UnderReview = "under_review",
    }
    /// Something an owner may do now.
    Action {
        /// Read who asks, and agree or decline: `GET /v1/me/matches`.
        AnswerRequest = "answer_request",
        /// Step back from an introduction before the contact data crosses: `withdraw` a match of `GET /v1/me/matches`.
        CallOff = "call_off",
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
        /// Ask for something on record to be put right: `POST /v1/me/requests`.
        AskCorrection = "ask_correction",
        /// Read what was asked about one's data, and what was answered: `GET /v1/me/requests`.
        ReadRequests = "read_requests",
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

/// What an owner whose business is not listed can do about it.
const fn remedy(why: NotListed) -> Action {
    match why {
        NotListed::NoMatching | NotListed::NoListing | NotListed::Lapsed => Action::ReviewConsent,
        NotListed::Minor | NotListed::AgeUnknown => Action::AskCorrection,
        NotListed::Restricted => Action::ReadRequests,
    }
}

/// The status of a venture from what its ratings come to and whether it may be listed; if it may, whether a published list
/// holds it.
pub fn status(rubric: &Rubric, outcome: Option<&Outcome>, listed: Result<bool, NotListed>) -> Status {
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
        Ok(true) => (
            State::Listed,
            Text::new(
                "Usaha Anda sudah dinilai dan tampil tanpa nama untuk investor sosial.",
                "Your business has been assessed and appears, without its name, to social investors.",
            ),
        ),
        Ok(false) => (
            State::Eligible,
            Text::new(
                "Usaha Anda sudah dinilai dan dapat tampil tanpa nama untuk investor sosial. Belum ada daftar yang memuatnya; \
                 setiap daftar baru mempertimbangkannya lagi.",
                "Your business has been assessed and can appear, without its name, to social investors. No list holds it yet; \
                 every new list considers it again.",
            ),
        ),
        Err(why) => {
            let told = why.told();
            (
                State::Assessed,
                Text::new(
                    format!("Usaha Anda sudah dinilai. {}", told.id),
                    format!("Your business has been assessed. {}", told.en),
                ),
            )
        }
    };
    let step = step_in_words(rubric, outcome)
        .map(|(_, step)| Text::new(format!("Langkah berikutnya: {}", step.id), format!("Next step: {}", step.en)));
    let mut actions: Vec<Action> = listed.err().map(remedy).into_iter().collect();
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

impl Status {
    /// Says something before what is said already.
    fn say_first(&mut self, id: &str, en: &str) {
        self.headline.id.insert_str(0, &format!("{id} "));
        self.headline.en.insert_str(0, &format!("{en} "));
    }
}

/// The lowest level that an owner is told to aim for: what stands below it is often a failing still.
const AIM: u8 = 3;

/// The level that is told as the aim of a step that reaches a level.
pub fn aim(level: u8) -> u8 {
    level.max(AIM)
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
/// indicator that the owner can act on, and the level to [`aim`] for after the one it stands at. Of equals the heavier one, then
/// the first of the rubric. Where nothing blocks, or the blocking dimension has nothing to act on, of all dimensions.
pub fn lowest_step(rubric: &Rubric, outcome: &Outcome) -> Option<(usize, u8)> {
    let lowest = |numbers: &mut dyn Iterator<Item = usize>| {
        numbers
            .filter_map(|n| {
                let indicator = rubric.indicator(n);
                let level = outcome.indicators[n].median()?.rounded();
                // From 2.5, the next level is 3.
                let next = aim(u8::try_from(level.0.div_euclid(TenThousandths::ONE.0)).ok()?.checked_add(1)?);
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

/// The one thing that would help most in words, and the number of its indicator.
pub fn step_in_words(rubric: &Rubric, outcome: &Outcome) -> Option<(usize, Text)> {
    let (n, next) = lowest_step(rubric, outcome)?;
    let (label, anchor) = (&rubric.indicator(n).label, anchor(rubric, n, next)?);
    let step = Text::new(
        format!("{}. Tujuannya: {}", label.id, sentence(&anchor.id)),
        format!("{}. Aim for: {}", label.en, sentence(&anchor.en)),
    );
    Some((n, step))
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

    /// Everything at level 4, and these at a lower one.
    fn rated_at(level: i32, low: &[&str]) -> Outcome {
        let rating = |code: &str| Rating::told(TenThousandths::whole(if low.contains(&code) { level } else { 4 }));
        let ratings: Ratings = sedaya_v1().indicators().map(|i| (i.code.clone(), rating(&i.code))).collect();
        finalise(sedaya_v1(), &[ratings])
    }

    pub(super) fn rated(low: &[&str]) -> Outcome {
        rated_at(2, low)
    }

    #[test]
    fn before_the_assessment_somebody_is_coming() {
        let told = status(sedaya_v1(), None, Err(NotListed::NoListing));
        assert_eq!(told.state, State::Registered);
        assert_eq!(told.actions, [Action::ContactProgramme]);
    }

    #[test]
    fn the_next_step_is_the_lowest_thing_in_the_blocking_dimension() {
        let told = status(sedaya_v1(), Some(&rated(&["MGT1", "MGT3", "MGT4"])), Ok(true));
        assert_eq!(told.state, State::Listed);
        let label = &sedaya_v1().indicator(sedaya_v1().find("MGT1").unwrap()).label;
        assert!(told.next_step.id.contains(&label.id), "{}", told.next_step.id);
        assert!(told.next_step.en.contains(&label.en), "{}", told.next_step.en);
        assert_eq!(told.actions, [Action::TakeNextStep, Action::ContactProgramme]);
    }

    #[test]
    fn nobody_is_told_to_aim_for_a_failing() {
        for (level, aim) in [(1, 3), (2, 3), (3, 4)] {
            let outcome = rated_at(level, &["PRD3"]);
            let (n, to) = lowest_step(sedaya_v1(), &outcome).unwrap();
            assert_eq!((sedaya_v1().indicator(n).code.as_str(), to), ("PRD3", aim));
            let told = status(sedaya_v1(), Some(&outcome), Ok(true)).next_step;
            let wanted = anchor(sedaya_v1(), n, aim).unwrap();
            assert!(told.id.contains(&wanted.id) && told.en.contains(&wanted.en), "{}", told.id);
        }
    }

    #[test]
    fn whether_a_list_holds_it_is_told_as_it_is() {
        let told = status(sedaya_v1(), Some(&rated(&["MGT1"])), Ok(false));
        assert_eq!(told.state, State::Eligible);
        assert!(told.headline.id.contains("Belum ada daftar") && told.headline.en.contains("No list holds it yet"));
        assert_eq!(told.actions, [Action::TakeNextStep, Action::ContactProgramme]);
    }

    #[test]
    fn why_it_is_not_listed_is_said_to_the_owner_and_without_blame() {
        for (why, action) in [
            (NotListed::Minor, Action::AskCorrection),
            (NotListed::AgeUnknown, Action::AskCorrection),
            (NotListed::Restricted, Action::ReadRequests),
            (NotListed::NoMatching, Action::ReviewConsent),
            (NotListed::NoListing, Action::ReviewConsent),
            (NotListed::Lapsed, Action::ReviewConsent),
        ] {
            let told = status(sedaya_v1(), Some(&rated(&[])), Err(why));
            assert_eq!(told.state, State::Assessed);
            assert_eq!(told.actions.first(), Some(&action), "{why:?}");
            for text in [&told.headline.id, &told.headline.en, &told.next_step.id, &told.next_step.en] {
                let text = text.to_lowercase();
                for never in ["ditolak", "pemilik", "the owner", "tanyakan lagi", "ask again", "#"] {
                    assert!(!text.contains(never), "{never}: {text}");
                }
            }
        }
    }
}
