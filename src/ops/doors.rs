//! Everyone's next step: what a venture could do next, and how many doors that opens.
//!
//! A door is a published criteria version, one for each criteria set, of an investor whose kind the owner has not
//! excluded. It stands open to a venture that has a place under it. Consents do not count here: what a step opens is
//! told to those who wait for one too.

use std::collections::BTreeMap;

use super::rankable::{Known, Rankable};
use super::{Conflict, Error, Result, Service, criteria};
use crate::domain::criteria::Criteria;
use crate::domain::id::{CohortId, VentureId};
use crate::domain::rubric::{Rubric, Topic};
use crate::domain::venture::InvestorKind;
use crate::engine::{Door, Passage, RowNo, Snapshot, Step, steps};
use crate::store;

/// The doors that there are.
struct Doors {
    /// Each with the kind of its investor.
    all: Vec<(InvestorKind, Criteria)>,
}

impl Doors {
    /// Those of all published criteria. What the rubric in use has no field for any more ranks nobody, and is none.
    fn of(service: &Service, rankable: &Rankable) -> Result<Self> {
        let published = service.read(|conn| Ok(store::criteria::all_published(conn)?))?;
        let mut all = Vec::new();
        for (kind, version) in published {
            match criteria::parse_stored(&rankable.registry, &version) {
                Ok(document) => all.push((kind, document)),
                Err(Error::Conflict(Conflict::CriteriaOutdated)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(Self { all })
    }
}

/// What a venture finds before its doors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How many doors there are for it.
    pub doors: usize,
    /// How many of them are open.
    pub open: usize,
    /// The steps that open some, those that open most first, then in the rubric's order: the number of the indicator, the
    /// level it is raised to, and the doors by their place among all.
    pub steps: Vec<Opening>,
}

/// One step, and the doors it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The number of the indicator in the rubric.
    pub indicator: usize,
    /// The level it is raised to.
    pub to: u8,
    /// The doors, by their place among all.
    pub doors: Vec<usize>,
}

/// What these ventures find before the doors that there are now.
///
/// # Errors
/// The store's.
pub(super) fn before_doors(
    service: &Service,
    rankable: &Rankable,
    ventures: &[(VentureId, &Known)],
) -> Result<Vec<Found>> {
    found(rankable, &Doors::of(service, rankable)?, ventures)
}

/// What these ventures find.
fn found(rankable: &Rankable, doors: &Doors, ventures: &[(VentureId, &Known)]) -> Result<Vec<Found>> {
    let internal = |e: &dyn ToString| Error::Internal(e.to_string());
    // Only a venture with a card stands in the snapshot; here all count.
    let mut snapshot = Snapshot::new(rankable.snapshot.schema());
    for (id, known) in ventures {
        snapshot.put(rankable.row(*id, known)).map_err(|e| internal(&e))?;
    }
    let rows = ventures.iter().map(|(id, _)| snapshot.find(&id.to_string()).ok_or_else(|| internal(&"a row")));
    let rows: Vec<RowNo> = rows.collect::<Result<_>>()?;
    let open_steps: Vec<Vec<Step>> = ventures
        .iter()
        .map(|(_, known)| known.outcome.as_ref().map_or_else(Vec::new, |o| steps(&rankable.rubric, o)))
        .collect();
    let mut all = vec![Found::default(); ventures.len()];
    let mut opened: Vec<BTreeMap<usize, Vec<usize>>> = vec![BTreeMap::new(); ventures.len()];
    for (place, (kind, document)) in doors.all.iter().enumerate() {
        let door = Door::new(&snapshot, document).map_err(|e| internal(&e))?;
        for (n, (_, known)) in ventures.iter().enumerate() {
            if known.profile.excluded_investor_kinds.as_ref().is_some_and(|excluded| excluded.contains(kind)) {
                continue;
            }
            all[n].doors += 1;
            match door.passage(rows[n], &open_steps[n]) {
                Passage::Open => all[n].open += 1,
                Passage::Shut(by) => by.into_iter().for_each(|step| opened[n].entry(step).or_default().push(place)),
            }
        }
    }
    for ((found, opened), steps) in all.iter_mut().zip(opened).zip(&open_steps) {
        let opening = |(at, doors): (usize, Vec<usize>)| {
            let step = &steps[at];
            Opening { indicator: step.indicator, to: step.to, doors }
        };
        found.steps = opened.into_iter().map(opening).collect();
        found.steps.sort_by_key(|step| std::cmp::Reverse(step.doors.len()));
    }
    Ok(all)
}

/// What a venture finds before its doors, and the rubric that names the steps.
///
/// # Errors
/// [`Error::NotFound`] when the venture is not there any more; [`Conflict::NoRubric`].
pub fn own(service: &Service, venture: VentureId) -> Result<(Found, std::sync::Arc<Rubric>)> {
    let rankable = service.rankable()?;
    let known = rankable.venture(venture).ok_or(Error::NotFound)?;
    let doors = Doors::of(service, &rankable)?;
    let found = found(&rankable, &doors, &[(venture, known)])?;
    Ok((found.into_iter().next().unwrap_or_default(), rankable.rubric.clone()))
}

/// What a training in something would open in a cohort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Training {
    /// The indicator; nothing for a whole topic.
    pub indicator: Option<usize>,
    /// The topic that teaches it.
    pub topic: Topic,
    /// For how many ventures one step in it opens a door.
    pub ventures: usize,
    /// How many doors that are, each counted for each venture.
    pub doors: usize,
}

/// What trainings would open in a cohort.
pub struct Trainings {
    /// By indicator and by topic; those that open most doors first, then most ventures, then in the rubric's order.
    pub indicators: Vec<Training>,
    /// Likewise, a topic counting each venture and each of its doors once.
    pub topics: Vec<Training>,
    /// How many ventures the cohort has …
    pub ventures: usize,
    /// … and how many of them are assessed.
    pub assessed: usize,
    /// How many doors there are.
    pub doors: usize,
    /// What names the indicators.
    pub rubric: std::sync::Arc<Rubric>,
}

/// Which training opens most doors in a cohort.
///
/// # Errors
/// [`Error::NotFound`] for an unknown cohort; [`Conflict::NoRubric`].
pub fn trainings(service: &Service, cohort: CohortId) -> Result<Trainings> {
    service.read(|conn| store::cohort::find(conn, cohort)?.ok_or(Error::NotFound))?;
    let rankable = service.rankable()?;
    let doors = Doors::of(service, &rankable)?;
    let ventures = rankable.all(Some(cohort));
    let all = found(&rankable, &doors, &ventures)?;
    let rubric = rankable.rubric.clone();
    let mut indicators = BTreeMap::<usize, (usize, usize)>::new();
    let mut topics = BTreeMap::<Topic, (usize, usize)>::new();
    for venture in &all {
        let mut by_topic = BTreeMap::<Topic, std::collections::BTreeSet<usize>>::new();
        for step in &venture.steps {
            let count = indicators.entry(step.indicator).or_default();
            *count = (count.0 + 1, count.1 + step.doors.len());
            by_topic.entry(rubric.indicator(step.indicator).topic).or_default().extend(&step.doors);
        }
        for (topic, doors) in by_topic {
            let count = topics.entry(topic).or_default();
            *count = (count.0 + 1, count.1 + doors.len());
        }
    }
    let sorted = |mut all: Vec<Training>| {
        all.sort_by_key(|t| std::cmp::Reverse((t.doors, t.ventures)));
        all
    };
    let of_indicator = |(n, (ventures, doors))| {
        let topic = rubric.indicator(n).topic;
        Training { indicator: Some(n), topic, ventures, doors }
    };
    let of_topic = |(topic, (ventures, doors))| Training { indicator: None, topic, ventures, doors };
    Ok(Trainings {
        indicators: sorted(indicators.into_iter().map(of_indicator).collect()),
        topics: sorted(topics.into_iter().map(of_topic).collect()),
        ventures: ventures.len(),
        assessed: ventures.iter().filter(|(_, known)| known.outcome.is_some()).count(),
        doors: doors.all.len(),
        rubric,
    })
}
