//! How far assessors agree who judged the same ventures, each by himself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::{Error, Result, Service, consent};
use super::{check_cohort, counted};
use crate::domain::assessment::{Answer, Ratings};
use crate::domain::fixed::TenThousandths;
use crate::domain::id::{CohortId, VentureId};
use crate::domain::life::AssessmentKind;
use crate::domain::report::NoFigure;
use crate::domain::rubric::Rubric;
use crate::engine::agreement::{Scale, Unfit, enough, intraclass, krippendorff_alpha};
use crate::store;

/// Most sets of assessors that are tried for the one that judged most ventures together.
const MOST_SETS: usize = 200;

/// A figure, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure<T> {
    /// The figure, or why there is none.
    pub value: std::result::Result<T, NoFigure>,
    /// How many ventures it rests on …
    pub ventures: usize,
    /// … and how many assessors.
    pub assessors: usize,
}

/// Intraclass correlations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// Of one assessor: ICC(2,1).
    pub single: f64,
    /// Of the mean of all: ICC(2,k).
    pub mean: f64,
}

/// How far assessors agree on one indicator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreed {
    /// Krippendorff's α, ordinal, over all ventures that at least two judged.
    pub alpha: Figure<f64>,
    /// Over the ventures that one set of assessors judged together.
    pub icc: Figure<Correlation>,
}

/// How far assessors agree.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// How many ventures are left out, whose owners do not want to be counted.
    pub left_out: usize,
    /// How many baseline assessments there are under the rubric in use …
    pub assessments: usize,
    /// … of how many ventures …
    pub ventures: usize,
    /// … of how many by two assessors or more …
    pub judged_twice: usize,
    /// … and by how many assessors.
    pub assessors: usize,
    /// By indicator, in the rubric's order.
    pub indicators: Vec<Agreed>,
    /// What names the indicators.
    pub rubric: Arc<Rubric>,
}

/// How far assessors agree: over the submitted baseline assessments under the rubric in use, of a cohort or of all.
///
/// # Errors
/// [`Error::NotFound`] for an unknown cohort; [`super::super::Conflict::NoRubric`].
pub fn agreement(service: &Service, cohort: Option<CohortId>) -> Result<Agreement> {
    check_cohort(service, cohort)?;
    let rankable = service.rankable()?;
    let (known, left_out) = counted(&rankable, cohort, &service.read(consent::uncounted)?);
    let ids: Vec<VentureId> = known.into_iter().map(|(id, _)| id).collect();
    let mut judged = BTreeMap::<VentureId, Vec<(String, Ratings)>>::new();
    for row in service.read(|conn| Ok(store::assessment::of(conn, &ids)?))? {
        if row.kind == AssessmentKind::Baseline && (row.rubric_id, row.rubric_number) == rankable.rubric_of() {
            judged.entry(row.venture_id).or_default().push((row.assessor, serde_json::from_str(&row.ratings)?));
        }
    }
    let names: BTreeSet<&str> = judged.values().flatten().map(|(assessor, _)| assessor.as_str()).collect();
    let places: BTreeMap<&str, usize> = names.iter().copied().zip(0..).collect();
    let indicators = rankable.rubric.indicators().map(|indicator| {
        let units: Vec<Given> = judged.values().map(|ratings| values(ratings, &places, &indicator.code)).collect();
        agreed(&units, names.len())
    });
    Ok(Agreement {
        left_out,
        assessments: judged.values().map(Vec::len).sum(),
        ventures: judged.len(),
        judged_twice: judged.values().filter(|ratings| ratings.len() > 1).count(),
        assessors: names.len(),
        indicators: indicators.collect::<Result<_>>()?,
        rubric: rankable.rubric.clone(),
    })
}

/// What assessors, by their places, gave one venture on one indicator.
type Given = BTreeMap<usize, f64>;

/// Only a value is a rating: who would not say or could not see is no more or less than others.
fn values(ratings: &[(String, Ratings)], places: &BTreeMap<&str, usize>, indicator: &str) -> Given {
    let value = |(assessor, ratings): &(String, Ratings)| match ratings.get(indicator)?.answer {
        Answer::Value(value) => Some((*places.get(assessor.as_str())?, number(value))),
        _ => None,
    };
    ratings.iter().filter_map(value).collect()
}

#[allow(clippy::cast_precision_loss, reason = "levels, and quantities that people counted")]
fn number(value: TenThousandths) -> f64 {
    value.0 as f64 / 10_000.0
}

fn agreed(units: &[Given], assessors: usize) -> Result<Agreed> {
    let broken = |unfit: Unfit| Error::Internal(format!("ratings: {unfit}"));
    // Who judged alone has nobody to agree with.
    let shared: Vec<&Given> = units.iter().filter(|unit| unit.len() > 1).collect();
    let row = |unit: &&Given| (0..assessors).map(|place| unit.get(&place).copied()).collect::<Vec<Option<f64>>>();
    let rows: Vec<Vec<Option<f64>>> = shared.iter().map(row).collect();
    let alpha = krippendorff_alpha(&rows, Scale::Ordinal).map_err(broken)?;
    let together = judged_together(&shared);
    let complete = shared.iter().filter(|unit| together.iter().all(|place| unit.contains_key(place)));
    let rows: Vec<Vec<Option<f64>>> =
        complete.map(|unit| together.iter().map(|place| unit.get(place).copied()).collect()).collect();
    let icc = intraclass(&rows).map_err(broken)?;
    let correlation = icc.icc2_1.zip(icc.icc2_k).map(|(single, mean)| Correlation { single, mean });
    Ok(Agreed {
        alpha: figure(alpha.value, alpha.units, alpha.raters, NoFigure::TooFewUnits),
        icc: figure(correlation, icc.units, icc.raters, NoFigure::TooFewTogether),
    })
}

fn figure<T>(value: Option<T>, ventures: usize, assessors: usize, too_few: NoFigure) -> Figure<T> {
    let value = match enough(ventures, assessors) {
        Err(Unfit::TooFewRaters) => Err(NoFigure::TooFewRaters),
        Err(_) => Err(too_few),
        Ok(()) => value.ok_or(NoFigure::Undefined),
    };
    Figure { value, ventures, assessors }
}

/// The assessors who judged most ventures together; of several such sets the largest, then the first. An intraclass
/// correlation needs all of its raters on each unit, and assessors go in changing pairs.
fn judged_together(units: &[&Given]) -> Vec<usize> {
    let (mut sets, mut pairs) = (BTreeMap::<Vec<usize>, usize>::new(), BTreeMap::<Vec<usize>, usize>::new());
    for unit in units {
        let set: Vec<usize> = unit.keys().copied().collect();
        for (i, a) in set.iter().enumerate() {
            set.iter().skip(i + 1).for_each(|b| *pairs.entry(vec![*a, *b]).or_default() += 1);
        }
        *sets.entry(set).or_default() += 1;
    }
    let covers = |set: &[usize], other: &[usize]| set.iter().all(|place| other.binary_search(place).is_ok());
    let judged = |set: &[usize]| sets.iter().filter(|(other, _)| covers(set, other)).map(|(_, n)| n).sum::<usize>();
    let mut most: Vec<(&Vec<usize>, &usize)> = sets.iter().collect();
    most.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let sets = most.into_iter().take(MOST_SETS).map(|(set, _)| (judged(set), set.clone()));
    let all = sets.chain(pairs.into_iter().map(|(pair, count)| (count, pair)));
    let order =
        |(count, set): &(usize, Vec<usize>)| (std::cmp::Reverse(*count), std::cmp::Reverse(set.len()), set.clone());
    all.min_by_key(order).map(|(_, set)| set).unwrap_or_default()
}
