//! The one front door: all ratings of a venture → its outcome.

use super::{Answer, Combined, DimensionOutcome, Evidence, Grounds, Outcome, Overall, Rating, Ratings, Readiness};
use crate::domain::fixed::TenThousandths;
use crate::domain::rubric::{Raw, Rubric, Sums};

/// Scores this far apart, in points of 0–100, go to adjudication: two levels of an ordinal scale.
const FAR_APART: TenThousandths = TenThousandths::whole(50);

/// What the ratings of each assessor come to.
///
/// Over several assessors an indicator is
/// - the median of the values, if anybody has one (even count: mean of the middle two);
/// - otherwise not answered, if the owner would not say to anybody;
/// - otherwise not applicable, if anybody says so; otherwise not assessed.
///
/// It goes to adjudication when the scores of two values are 50 points or more apart (two levels of an
/// ordinal scale), or when one assessor calls not applicable what the owner gave or refused another.
/// Codes that the rubric does not know are refused by [`super::check`] and have no effect here.
pub fn finalise(rubric: &Rubric, ratings: &[Ratings]) -> Outcome {
    let far_apart = rubric.in_units(FAR_APART);
    let mut indicators = Vec::with_capacity(rubric.indicator_count());
    let mut open_adjudication = Vec::new();
    let mut values = Vec::with_capacity(ratings.len());
    for (i, indicator) in rubric.indicators().enumerate() {
        let of_indicator = ratings.iter().filter_map(|r| r.get(&indicator.code));
        let (combined, is_open) = combine(rubric, i, of_indicator, far_apart, &mut values);
        indicators.push(combined);
        if is_open {
            open_adjudication.push(i);
        }
    }
    let counts: Vec<Counts> = (0..rubric.dimensions().len()).map(|d| Counts::of(rubric, d, &indicators)).collect();
    let dimensions: Vec<DimensionOutcome> = counts.iter().map(|c| c.outcome(rubric)).collect();
    let overall = overall(rubric, &counts, &dimensions);
    let readiness = Readiness::of(rubric, |d| dimensions[d].score());

    let mut evidence = [0; 4];
    let (mut strength, mut assessed) = (0_i128, 0_i128);
    for combined in &indicators {
        if let Combined::Value { evidence: level, .. } = combined {
            evidence[usize::from(u8::from(*level))] += 1;
            strength += i128::from(u8::from(*level));
            assessed += 1;
        }
    }
    let applicable = indicators.iter().filter(|c| !matches!(c, Combined::NotApplicable {})).count();
    // Weights of the whole rubric: the dimension's times the indicator's.
    let over = |of: fn(&Counts) -> i64| -> i128 {
        rubric.dimensions().iter().zip(&counts).map(|(d, c)| i128::from(d.weight) * i128::from(of(c))).sum()
    };
    let (known, all) = (over(|c| c.median.weight), over(|c| c.applicable));
    Outcome {
        assessors: u16::try_from(ratings.len()).unwrap_or(u16::MAX),
        indicators,
        open_adjudication,
        dimensions,
        overall,
        readiness,
        // Nothing applicable, or nothing assessed: no coverage, no confidence.
        coverage: TenThousandths::ratio(known, all).unwrap_or_default(),
        confidence: TenThousandths::ratio(known * strength, all * 3 * assessed).unwrap_or_default(),
        grounds: Grounds { applicable: u16::try_from(applicable).unwrap_or(u16::MAX), evidence },
    }
}

/// One indicator over its ratings, and whether it goes to adjudication. `values` is working space.
fn combine<'a>(
    rubric: &Rubric,
    indicator: usize,
    ratings: impl Iterator<Item = &'a Rating>,
    far_apart: i64,
    values: &mut Vec<TenThousandths>,
) -> (Combined, bool) {
    values.clear();
    let mut evidence = Evidence::Told;
    let (mut not_applicable, mut not_answered) = (false, false);
    for rating in ratings {
        match rating.answer {
            Answer::Value(value) => {
                values.push(value);
                evidence = evidence.max(rating.evidence);
            }
            Answer::NotApplicable => not_applicable = true,
            Answer::NotAnswered => not_answered = true,
            Answer::NotAssessed => {}
        }
    }
    values.sort_unstable();
    let middle = values.len() / 2;
    let median = match (values.get(middle), values.len() % 2) {
        (Some(value), 1) => Raw::from(*value),
        (Some(value), _) => Raw::mean(values[middle - 1], *value),
        (None, _) if not_answered => return (Combined::NotAnswered {}, not_applicable),
        (None, _) if not_applicable => return (Combined::NotApplicable {}, false),
        (None, _) => return (Combined::NotAssessed {}, false),
    };
    // By score, not by value: on a cost scale the larger value is the lower score.
    let mut low = (rubric.points(indicator, median), median);
    let mut high = low;
    for value in values.iter() {
        let scored = (rubric.points(indicator, (*value).into()), Raw::from(*value));
        if scored.0 < low.0 {
            low = scored;
        }
        if scored.0 > high.0 {
            high = scored;
        }
    }
    let is_open = not_applicable || high.0 - low.0 >= far_apart;
    (Combined::Value { median, low: low.1, high: high.1, evidence }, is_open)
}

/// The sums of one dimension.
struct Counts {
    median: Sums,
    low: Sums,
    high: Sums,
    /// Weight of what applies.
    applicable: i64,
    /// An indicator is still ours to assess.
    pending: bool,
}

impl Counts {
    fn of(rubric: &Rubric, dimension: usize, indicators: &[Combined]) -> Self {
        let none = Sums::default();
        let mut counts = Self { median: none, low: none, high: none, applicable: 0, pending: false };
        for i in rubric.indicators_of(dimension) {
            let weight = i64::from(rubric.indicator(i).weight);
            match indicators[i] {
                Combined::Value { median, low, high, .. } => {
                    counts.median.add(weight, rubric.points(i, median));
                    counts.low.add(weight, rubric.points(i, low));
                    counts.high.add(weight, rubric.points(i, high));
                }
                Combined::NotApplicable {} => continue,
                Combined::NotAssessed {} => counts.pending = true,
                Combined::NotAnswered {} => {}
            }
            counts.applicable += weight;
        }
        counts
    }

    fn outcome(&self, rubric: &Rubric) -> DimensionOutcome {
        if self.applicable == 0 {
            return DimensionOutcome::NotApplicable {};
        }
        let coverage = TenThousandths::ratio(self.median.weight.into(), self.applicable.into()).unwrap_or_default();
        // The exact share is compared, not the rounded one.
        let enough = i128::from(self.median.weight) * i128::from(TenThousandths::ONE.0)
            >= i128::from(self.applicable) * i128::from(rubric.document().minimum_coverage.0);
        let scores = (rubric.score(self.median), rubric.score(self.low), rubric.score(self.high));
        match scores {
            (Some(score), Some(low), Some(high)) if enough => DimensionOutcome::Number { score, low, high, coverage },
            _ if self.pending => DimensionOutcome::NotAssessed { coverage },
            _ => DimensionOutcome::Insufficient { coverage },
        }
    }
}

fn overall(rubric: &Rubric, counts: &[Counts], dimensions: &[DimensionOutcome]) -> Option<Overall> {
    let mean = |sums: fn(&Counts) -> Sums| {
        let all = rubric.dimensions().iter().zip(counts).zip(dimensions);
        rubric.mean(all.filter(|(_, o)| o.score().is_some()).map(|((d, c), _)| (d.weight, sums(c))))
    };
    Some(Overall {
        score: mean(|c| c.median)?,
        low: mean(|c| c.low)?,
        high: mean(|c| c.high)?,
        renormalised: dimensions.iter().any(|d| d.score().is_none()),
    })
}
