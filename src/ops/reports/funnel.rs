//! How far ventures and their matches have come.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Result, Service, consent};
use super::{check_cohort, counted};
use crate::domain::id::{CohortId, VentureId};
use crate::domain::match_life::MatchState;
use crate::domain::report::Stage;
use crate::store;

/// Who has come as far as a stage, or farther.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The stage.
    pub stage: Stage,
    /// How many ventures.
    pub ventures: usize,
    /// How many came as far as the stage before it, these among them; none at the first. What is counted as of today (assessed,
    /// may be listed) holds nobody in: whoever was suggested once may not be listed today.
    pub of: Option<usize>,
    /// How many matches; none at stages before there are any.
    pub matches: Option<usize>,
}

/// How far everybody has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funnel {
    /// How many ventures are left out, whose owners do not want to be counted.
    pub left_out: usize,
    /// How many people came, with or without a venture; without those who stand for one that is left out.
    pub participants: usize,
    /// How many ventures were erased. They count as registered, and their matches still count.
    pub erased: i64,
    /// Each stage in its order.
    pub stages: Vec<Reached>,
    /// How many matches have ended beside the way, by how.
    pub ended: Vec<(MatchState, usize)>,
}

/// How far the ventures of a cohort, or of all, have come.
///
/// # Errors
/// [`super::super::Error::NotFound`] for an unknown cohort; [`super::super::Conflict::NoRubric`].
pub fn funnel(service: &Service, cohort: Option<CohortId>) -> Result<Funnel> {
    check_cohort(service, cohort)?;
    let now = service.clock.now();
    let rankable = service.rankable()?;
    let (participants, erased, ways, uncounted) = service.read(|conn| {
        let uncounted = consent::uncounted(conn)?;
        let is_counted = |venture: VentureId| !uncounted.contains(&venture);
        let mut people = store::venture::attendances(conn, cohort)?;
        people.retain(|came| came.venture.is_none_or(is_counted));
        let mut ways = store::matches::ways(conn, cohort)?;
        ways.retain(|(venture, ..)| is_counted(*venture));
        Ok((people.len(), store::venture::count_erased(conn, cohort)?, ways, uncounted))
    })?;
    let (known, left_out) = counted(&rankable, cohort, &uncounted);
    // Those that were erased came too, and their matches still count.
    let registered = known.len() + usize::try_from(erased).unwrap_or(0);
    let assessed = known.iter().filter(|(_, k)| k.outcome.is_some()).count();
    let may_be_listed = known.iter().filter(|(_, k)| k.listed(now).is_ok()).count();
    let mut stages = vec![
        Reached { stage: Stage::Registered, ventures: registered, of: None, matches: None },
        Reached { stage: Stage::Assessed, ventures: assessed, of: Some(registered), matches: None },
        Reached { stage: Stage::MayBeListed, ventures: may_be_listed, of: Some(registered), matches: None },
    ];
    let mut before = registered;
    for state in MatchState::WAY {
        let there: Vec<_> = ways.iter().filter(|(_, furthest, _)| furthest.along() >= state.along()).collect();
        let ventures: BTreeSet<VentureId> = there.iter().map(|(venture, ..)| *venture).collect();
        let Some(stage) = Stage::of(state) else { continue };
        stages.push(Reached { stage, ventures: ventures.len(), of: Some(before), matches: Some(there.len()) });
        before = ventures.len();
    }
    let mut ended = BTreeMap::<MatchState, usize>::new();
    for (.., state) in ways.iter().filter(|(.., state)| !state.is_open() && state.along().is_none()) {
        *ended.entry(*state).or_default() += 1;
    }
    Ok(Funnel { left_out, participants, erased, stages, ended: ended.into_iter().collect() })
}
