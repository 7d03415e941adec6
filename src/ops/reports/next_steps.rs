//! Everyone's next step, match or not; and who has none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::rankable::{Known, Rankable};
use super::super::{Result, Service, doors};
use super::check_cohort;
use crate::domain::id::{CohortId, ParticipantId, VentureId};
use crate::domain::match_life::MatchState;
use crate::domain::report::NextStep;
use crate::domain::rubric::Rubric;
use crate::domain::status::lowest_step;
use crate::domain::time::Instant;
use crate::domain::venture::JakpreneurStage;
use crate::ops::matches;
use crate::store::{self, Page, Seek};

/// The next step of one venture: the first of these that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A match in which the owner knows of the investor.
    Match(MatchState),
    /// What was agreed with the owner.
    Plan,
    /// One step in an indicator: its number, the level it leads to, and how many doors that opens.
    Training {
        /// The number of the indicator in the rubric.
        indicator: usize,
        /// The level.
        to: u8,
        /// Doors.
        opens: usize,
    },
    /// The next facility of Jakpreneur.
    Jakpreneur(JakpreneurStage),
    /// None: staff find one.
    None {
        /// Whether it is assessed.
        assessed: bool,
    },
}

impl Step {
    /// What kind of thing it is.
    pub const fn kind(self) -> NextStep {
        match self {
            Self::Match(_) => NextStep::Match,
            Self::Plan => NextStep::Plan,
            Self::Training { .. } => NextStep::Training,
            Self::Jakpreneur(_) => NextStep::Jakpreneur,
            Self::None { .. } => NextStep::None,
        }
    }
}

/// A venture with its next step, and its number in the list.
pub type Numbered = (usize, VentureId, Step);

/// Everybody's next step.
#[derive(Clone, Debug)]
pub struct Nexts {
    /// The ventures, by id.
    pub ventures: Vec<(VentureId, Step)>,
    /// People without a venture, for whom no step is kept.
    pub without_venture: Vec<ParticipantId>,
}

/// The next step of everybody in a cohort, or of all.
///
/// # Errors
/// [`super::super::Error::NotFound`] for an unknown cohort; [`super::super::Conflict::NoRubric`].
pub fn next_steps(service: &Service, cohort: Option<CohortId>) -> Result<Nexts> {
    check_cohort(service, cohort)?;
    let rankable = service.rankable()?;
    let people = service.read(|conn| Ok(store::venture::attendances(conn, cohort)?))?;
    let without = people.into_iter().filter(|came| came.venture.is_none()).map(|came| came.person);
    let ventures = steps(service, &rankable, &rankable.all(cohort))?;
    Ok(Nexts { ventures, without_venture: without.collect() })
}

/// A page of the next steps in a cohort, by venture, and the rubric that names them.
///
/// # Errors
/// As [`next_steps`].
pub fn next_steps_page(
    service: &Service,
    cohort: CohortId,
    seek: &Seek<usize>,
    limit: i64,
) -> Result<(Page<Numbered>, Arc<Rubric>)> {
    check_cohort(service, Some(cohort))?;
    let rankable = service.rankable()?;
    let all = rankable.all(Some(cohort));
    let numbers = Page::numbered(seek, limit, all.len());
    let on_page: Vec<_> = numbers.items.iter().map(|n| all[*n]).collect();
    let mut found = steps(service, &rankable, &on_page)?.into_iter();
    let page = numbers.map(|n| found.next().map(|(venture, step)| (n + 1, venture, step)));
    let page = Page { items: page.items.into_iter().flatten().collect(), before: page.before, after: page.after };
    Ok((page, rankable.rubric.clone()))
}

fn steps(service: &Service, rankable: &Rankable, ventures: &[(VentureId, &Known)]) -> Result<Vec<(VentureId, Step)>> {
    let now = service.clock.now();
    let matched = matched(service, &ventures.iter().map(|(id, _)| *id).collect(), now)?;
    let today = now.jakarta_day().to_string();
    let planned: BTreeSet<VentureId> =
        service.read(|conn| Ok(store::support_plan::open(conn, &today)?))?.into_iter().collect();
    let found = doors::before_doors(service, rankable, ventures)?;
    let step = |((id, known), found): (&(VentureId, &Known), doors::Found)| {
        let with_somebody = matched.get(id).map(|state| Step::Match(*state));
        let agreed = || planned.contains(id).then_some(Step::Plan);
        let alone = || own_step(&rankable.rubric, known, &found);
        (*id, with_somebody.or_else(agreed).or_else(alone).unwrap_or(Step::None { assessed: known.outcome.is_some() }))
    };
    Ok(ventures.iter().zip(found).map(step).collect())
}

/// What a venture can do without anybody: the step that opens most doors, else the one that would help most, else the next
/// facility of Jakpreneur that it has not used.
fn own_step(rubric: &Rubric, known: &Known, found: &doors::Found) -> Option<Step> {
    let opening = found.steps.first().map(|step| (step.indicator, step.to, step.doors.len()));
    let lowest = || Some(lowest_step(rubric, known.outcome.as_ref()?)?).map(|(indicator, to)| (indicator, to, 0));
    if let Some((indicator, to, opens)) = opening.or_else(lowest) {
        return Some(Step::Training { indicator, to, opens });
    }
    let used = known.profile.jakpreneur_stages.as_ref()?;
    JakpreneurStage::ALL.iter().copied().find(|stage| !used.contains(stage)).map(Step::Jakpreneur)
}

/// Of these ventures those whose owner is in a match, with the state that is farthest along.
fn matched(service: &Service, ventures: &BTreeSet<VentureId>, now: Instant) -> Result<BTreeMap<VentureId, MatchState>> {
    let open = service.read(|conn| Ok(store::matches::asked_and_open(conn)?))?;
    let mut farthest = BTreeMap::<VentureId, MatchState>::new();
    for found in open.into_iter().map(|found| matches::as_of(found, now)).filter(|found| found.state.is_open()) {
        let state = found.before.unwrap_or(found.state);
        if ventures.contains(&found.venture_id) {
            let so_far = farthest.entry(found.venture_id).or_insert(state);
            if state.along() > so_far.along() {
                *so_far = state;
            }
        }
    }
    Ok(farthest)
}
