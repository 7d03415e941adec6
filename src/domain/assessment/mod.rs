//! From ratings to dimension scores, readiness and confidence. Pure functions of a rubric and the
//! ratings of each assessor; exact integers, every result rounded once, half to even.

mod finalise;
mod quantity;
mod rating;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

pub use finalise::finalise;
pub use quantity::{income_to_wage, instalments_to_profit};
pub use rating::{Answer, Evidence, Rating, RatingFault, Ratings, State, check, needs_note};

use super::fixed::TenThousandths;
use super::rubric::{Raw, Rubric, Sums};
use super::text::Lang;

/// What the assessors' ratings of one venture come to under one rubric version. Its lists are in the
/// rubric's order: an outcome is read together with its rubric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// How many assessors rated.
    pub assessors: u16,
    /// Each indicator, combined over the assessors.
    pub indicators: Vec<Combined>,
    /// Numbers of the indicators on which the assessors are too far apart; their median stands until
    /// a lead assessor decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_adjudication: Vec<usize>,
    /// Each dimension.
    pub dimensions: Vec<DimensionOutcome>,
    /// Over all dimensions that have a number; `None` when none has.
    pub overall: Option<Overall>,
    /// The readiness level and what blocks the next one.
    pub readiness: Readiness,
    /// Weight with a value to applicable weight, 0–1, over the whole rubric.
    pub coverage: TenThousandths,
    /// Coverage × mean evidence level / 3, 0–1.
    pub confidence: TenThousandths,
    /// What people read in place of a confidence.
    pub grounds: Grounds,
}

/// What an outcome rests on, as counts of indicators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grounds {
    /// How many indicators apply.
    pub applicable: u16,
    /// How many indicators with a value rest on each evidence level, 0 to 3.
    pub evidence: [u16; 4],
}

/// One indicator over all assessors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum Combined {
    /// There is a value.
    Value {
        /// The median; of an even count the mean of the middle two.
        median: Raw,
        /// The assessors' value with the lowest score.
        low: Raw,
        /// The assessors' value with the highest score.
        high: Raw,
        /// The strongest evidence that one of them had.
        evidence: Evidence,
    },
    /// The rubric's rule says that it does not apply.
    NotApplicable {},
    /// Ours to do.
    NotAssessed {},
    /// The owner would not say.
    NotAnswered {},
}

impl Combined {
    /// The median, if there is a value.
    pub const fn median(&self) -> Option<Raw> {
        match self {
            Self::Value { median, .. } => Some(*median),
            _ => None,
        }
    }
}

/// One dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum DimensionOutcome {
    /// Enough of it has a value.
    Number {
        /// 0–100.
        score: TenThousandths,
        /// The score with each assessors' lowest value.
        low: TenThousandths,
        /// The score with each assessors' highest value.
        high: TenThousandths,
        /// Weight with a value to applicable weight, 0–1.
        coverage: TenThousandths,
    },
    /// Too little of it has a value, and the owner would not say the rest.
    Insufficient {
        /// Weight with a value to applicable weight, 0–1.
        coverage: TenThousandths,
    },
    /// Too little of it has a value, and at least one indicator is still ours to assess.
    NotAssessed {
        /// Weight with a value to applicable weight, 0–1.
        coverage: TenThousandths,
    },
    /// No indicator of it applies.
    NotApplicable {},
}

impl DimensionOutcome {
    /// The score, if there is one.
    pub const fn score(&self) -> Option<TenThousandths> {
        match self {
            Self::Number { score, .. } => Some(*score),
            _ => None,
        }
    }
}

/// The score over all dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overall {
    /// 0–100.
    pub score: TenThousandths,
    /// With each assessors' lowest value.
    pub low: TenThousandths,
    /// With each assessors' highest value.
    pub high: TenThousandths,
    /// A dimension without a number was left out of the mean.
    pub renormalised: bool,
}

/// How far a business has come: a gate over the core dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readiness {
    /// 1–5; `None` when a core dimension has no number: "belum cukup data".
    pub level: Option<u8>,
    /// Number of the core dimension that blocks the next level: the weakest below its threshold, or the
    /// first without a number. `None` at the highest level.
    pub blocking: Option<usize>,
}

impl Readiness {
    /// The level's name in a language, or "belum cukup data".
    pub fn name<'r>(&self, rubric: &'r Rubric, lang: Lang) -> &'r str {
        let level = self.level.and_then(|n| rubric.document().levels.iter().find(|l| l.level == n));
        match (level, lang) {
            (Some(level), _) => level.name.get(lang),
            (None, Lang::Id) => "belum cukup data",
            (None, Lang::En) => "not enough data yet",
        }
    }

    /// The gate over scores in the rubric's order.
    pub fn of(rubric: &Rubric, mut score: impl FnMut(usize) -> Option<TenThousandths>) -> Self {
        let mut weakest: Option<(TenThousandths, usize)> = None;
        for (d, _) in rubric.dimensions().iter().enumerate().filter(|(_, d)| d.core) {
            let Some(score) = score(d) else { return Self { level: None, blocking: Some(d) } };
            // Of equals the first in the rubric's order blocks.
            if weakest.is_none_or(|(least, _)| score < least) {
                weakest = Some((score, d));
            }
        }
        let Some((least, d)) = weakest else { return Self { level: None, blocking: None } };
        let levels = &rubric.document().levels;
        let level = levels.iter().rev().find(|l| l.from <= least).map(|l| l.level);
        let at_top = levels.last().is_some_and(|l| l.from <= least);
        Self { level, blocking: (!at_top).then_some(d) }
    }
}

impl Outcome {
    /// The sums behind a dimension's number; `None` when it has none.
    pub fn sums(&self, rubric: &Rubric, dimension: usize) -> Option<Sums> {
        self.sums_with(rubric, dimension, &[])
    }

    fn sums_with(&self, rubric: &Rubric, dimension: usize, changes: &[(usize, TenThousandths)]) -> Option<Sums> {
        self.dimensions[dimension].score()?;
        let mut sums = Sums::default();
        for i in rubric.indicators_of(dimension) {
            // A change starts from a value: it makes no indicator known that was not.
            let Some(median) = self.indicators[i].median() else { continue };
            let raw = changes.iter().find(|(n, _)| *n == i).map_or(median, |(_, value)| Raw::from(*value));
            let weight = i64::from(rubric.indicator(i).weight);
            sums.add(weight, rubric.points(i, raw));
        }
        Some(sums)
    }

    /// The score of a dimension if some of its indicators had other values. Indicators without a value
    /// stay without. Allocates nothing.
    pub fn dimension_with(
        &self,
        rubric: &Rubric,
        dimension: usize,
        changes: &[(usize, TenThousandths)],
    ) -> Option<TenThousandths> {
        rubric.score(self.sums_with(rubric, dimension, changes)?)
    }

    /// The overall score if some indicators had other values. Allocates nothing.
    pub fn overall_with(&self, rubric: &Rubric, changes: &[(usize, TenThousandths)]) -> Option<TenThousandths> {
        let dimensions = rubric.dimensions().iter().enumerate();
        rubric.mean(dimensions.filter_map(|(d, of)| Some((of.weight, self.sums_with(rubric, d, changes)?))))
    }

    /// The readiness if some indicators had other values. Allocates nothing.
    pub fn readiness_with(&self, rubric: &Rubric, changes: &[(usize, TenThousandths)]) -> Readiness {
        Readiness::of(rubric, |d| self.dimension_with(rubric, d, changes))
    }

    /// Whether the assessors are too far apart on an indicator of this dimension.
    pub fn is_open(&self, rubric: &Rubric, dimension: usize) -> bool {
        self.open_adjudication.iter().any(|i| rubric.dimension_of(*i) == dimension)
    }
}

impl Grounds {
    /// How many indicators have a value.
    pub fn assessed(&self) -> u16 {
        self.evidence.iter().sum()
    }

    /// What people read in place of a confidence: "dinilai 22 dari 24; bukti: 15 ucapan, 6 dilihat,
    /// 1 dokumen". Of the indicators that apply; evidence levels nobody had are left out.
    pub fn words(&self, lang: Lang) -> String {
        let (assessed, applicable) = (self.assessed(), self.applicable);
        if assessed == 0 {
            return match lang {
                Lang::Id => "belum dinilai".to_owned(),
                Lang::En => "not assessed yet".to_owned(),
            };
        }
        let mut words = match lang {
            Lang::Id => format!("dinilai {assessed} dari {applicable}; bukti:"),
            Lang::En => format!("{assessed} of {applicable} assessed; evidence:"),
        };
        let mut separator = " ";
        for (level, count) in Evidence::ALL.into_iter().zip(self.evidence).filter(|(_, n)| *n > 0) {
            // Writing to a String cannot fail.
            let _ = write!(words, "{separator}{count} {}", level.label().get(lang));
            separator = ", ";
        }
        words
    }
}

#[cfg(test)]
mod tests;
