//! What an owner is told: what happened, what comes next, the one thing to do. Never a rank, never a reason that
//! shames.

use super::assessment::Outcome;
use super::consent::NotListed;
use super::fixed::TenThousandths;
use super::rubric::{Rubric, Scale};
use super::text::Text;

crate::codes! {
    /// Where an owner's business stands with the programme.
    State {
        /// Registered; the assessment is still to come.
        Registered = "registered",
        /// Assessed, and not on lists: a consent is missing, say.
        Assessed = "assessed",
        /// Assessed, and it may stand on lists for investors.
        Listed = "listed",
    }
    /// Something an owner may do now.
    Action {
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
    if listed.is_err() {
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
    Status { state, headline, next_step, actions }
}

/// The one thing that would help most: in the dimension that blocks the next readiness level, the lowest-rated
/// indicator that the owner can act on, with what its next level looks like. Of equals the heavier one, then the
/// first of the rubric. Where nothing blocks, or the blocking dimension has nothing to act on, of all dimensions.
fn next_step(rubric: &Rubric, outcome: &Outcome) -> Option<Text> {
    let lowest = |numbers: &mut dyn Iterator<Item = usize>| {
        numbers
            .filter_map(|n| {
                let indicator = rubric.indicator(n);
                let Scale::Ordinal { anchors } = &indicator.scale else { return None };
                let level = outcome.indicators[n].median()?.rounded();
                // From 2.5, the next level is 3.
                let next = usize::try_from(level.0.div_euclid(TenThousandths::ONE.0)).ok()? + 1;
                let anchor = anchors.get(next.checked_sub(1)?)?;
                indicator.actionable.then_some((level, std::cmp::Reverse(indicator.weight), n, anchor))
            })
            .min_by_key(|(level, weight, n, _)| (*level, *weight, *n))
    };
    let blocking = outcome.readiness.blocking.and_then(|d| lowest(&mut rubric.indicators_of(d)));
    let (_, _, n, anchor) = blocking.or_else(|| lowest(&mut (0..rubric.indicator_count())))?;
    let label = &rubric.indicator(n).label;
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
    fn a_missing_consent_is_said_without_blame() {
        let told = status(sedaya_v1(), Some(&rated(&[])), Err(NotListed::Lapsed));
        assert_eq!(told.state, State::Assessed);
        assert_eq!(told.actions.first(), Some(&Action::ReviewConsent));
        for text in [&told.headline.id, &told.headline.en, &told.next_step.id, &told.next_step.en] {
            assert!(!text.to_lowercase().contains("ditolak") && !text.contains('#'), "{text}");
        }
    }
}
