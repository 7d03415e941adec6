//! How complete the assessments are.

use std::sync::Arc;

use super::super::{Result, Service, consent};
use super::{check_cohort, counted};
use crate::domain::assessment::Combined;
use crate::domain::id::CohortId;
use crate::domain::rubric::Rubric;

/// What is known of one indicator, over the assessed ventures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// There is a value.
    pub valued: usize,
    /// The owner would not say.
    pub not_answered: usize,
    /// Ours to do.
    pub not_assessed: usize,
    /// The rubric's rule says that it does not apply.
    pub not_applicable: usize,
    /// Of the values, those on which the assessors are too far apart.
    pub open_adjudication: usize,
    /// Of the values, how many rest on each evidence level, 0 to 3.
    pub evidence: [usize; 4],
}

/// How complete the assessments of a cohort, or of all, are.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// How many ventures are left out, whose owners do not want to be counted.
    pub left_out: usize,
    /// How many others there are …
    pub ventures: usize,
    /// … how many of them are assessed …
    pub assessed: usize,
    /// … and how many have a readiness level.
    pub with_level: usize,
    /// By indicator, in the rubric's order.
    pub indicators: Vec<Answers>,
    /// What names the indicators.
    pub rubric: Arc<Rubric>,
}

/// How complete the assessments are.
///
/// # Errors
/// [`super::super::Error::NotFound`] for an unknown cohort; [`super::super::Conflict::NoRubric`].
pub fn coverage(service: &Service, cohort: Option<CohortId>) -> Result<Coverage> {
    check_cohort(service, cohort)?;
    let rankable = service.rankable()?;
    let (known, left_out) = counted(&rankable, cohort, &service.read(consent::uncounted)?);
    let mut indicators = vec![Answers::default(); rankable.rubric.indicator_count()];
    let (mut assessed, mut with_level) = (0, 0);
    for outcome in known.iter().filter_map(|(_, known)| known.outcome.as_ref()) {
        assessed += 1;
        with_level += usize::from(outcome.readiness.level.is_some());
        for (answers, combined) in indicators.iter_mut().zip(&outcome.indicators) {
            match combined {
                Combined::Value { evidence, .. } => {
                    answers.valued += 1;
                    answers.evidence[usize::from(*evidence as u8)] += 1;
                }
                Combined::NotAnswered {} => answers.not_answered += 1,
                Combined::NotAssessed {} => answers.not_assessed += 1,
                Combined::NotApplicable {} => answers.not_applicable += 1,
            }
        }
        for at in &outcome.open_adjudication {
            indicators[*at].open_adjudication += 1;
        }
    }
    Ok(Coverage { left_out, ventures: known.len(), assessed, with_level, indicators, rubric: rankable.rubric.clone() })
}
