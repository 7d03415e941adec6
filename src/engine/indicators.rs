//! What can be raised of a venture assessed under a rubric: anchor levels of actionable ordinal
//! indicators. Dimensions, the overall score and the readiness level are recomputed by the rubric's own
//! exact sums; a dimension's indicators form a group, and what groups make together is coupled.

use super::cell::{Cell, Measured};
use super::levels::{Lever, Open, Rise, TOP, Way, above};
use super::plan::{Outcome as Tested, Plan, Sieve, Weighed, test};
use super::ranking::Ranking;
use super::snapshot::RowNo;
use super::value;
use crate::domain::assessment::Outcome;
use crate::domain::criteria::Condition;
use crate::domain::decimal::Decimal;
use crate::domain::fixed::{TenThousandths, div_half_even};
use crate::domain::rubric::{Raw, Rubric, Scale, Sums};

const OVERALL: &str = "overall";
const READINESS: &str = "readiness_level";

/// Preferences on one field, each with what it adds to the score's sum now, and filters on it.
#[derive(Debug, Default)]
struct Uses<'a> {
    preferences: Vec<(&'a Weighed, i128)>,
    filters: Vec<&'a Sieve>,
}

impl Uses<'_> {
    /// What a new value of the field gains, or nothing if a filter would not pass.
    fn gain(&self, plan: &Plan, x: Decimal) -> Option<i128> {
        let cell = Cell::number(x);
        if self.filters.iter().any(|f| test(&f.condition, &cell).outcome != Some(Tested::Pass)) {
            return None;
        }
        let gains =
            self.preferences.iter().map(|(p, now)| plan.part_of(p, value::of_number(&p.function, x)).weighed() - now);
        Some(gains.sum())
    }

    /// Whether more of the field, up to `top`, never hurts.
    fn is_rising(&self, top: Decimal) -> bool {
        self.preferences.iter().all(|(p, _)| value::never_falls(&p.function, top))
            && self.filters.iter().all(|f| matches!(f.condition, Condition::Gte(_)))
    }

    /// More than this no value of the field from `low` to `high` can gain.
    fn most(&self, plan: &Plan, low: Decimal, high: Decimal) -> i128 {
        let best =
            |p: &Weighed| plan.part_of(p, value::over(&p.function, Measured { value: low, low, high }).1).weighed();
        self.preferences.iter().map(|(p, now)| best(p) - now).sum()
    }
}

/// What follows from a dimension with a number when its indicators are raised.
#[derive(Debug)]
pub(super) struct Dimension<'a> {
    plan: &'a Plan,
    rubric: &'a Rubric,
    sums: Sums,
    /// The uses of its number.
    uses: Uses<'a>,
    /// What one unit of its Σ adds to the overall score's numerator; nought if that is not used.
    overall_factor: i128,
    is_gate: bool,
    /// Whether more of its number never hurts, there and in what the dimensions make together.
    pub is_rising: bool,
}

impl Dimension<'_> {
    /// The readiness level that it allows when nothing is raised.
    pub fn gate(&self) -> u8 {
        self.score(0).map_or(TOP, |score| self.gate_of(score))
    }

    /// A way of its indicators when it has followed; nothing if a filter would not pass.
    pub fn follow(&self, way: Way) -> Option<Way> {
        let score = self.score(way.points)?;
        Some(Way {
            gain: way.gain + self.uses.gain(self.plan, decimal(score))?,
            points: self.overall_factor * way.points,
            gate: self.gate_of(score),
            ..way
        })
    }

    /// What is nowhere below any way that is nowhere above this one.
    pub fn bound(&self, way: Way) -> Way {
        let scores = self.score(0).zip(self.score(way.points));
        scores.map_or(way, |(low, high)| Way {
            gain: way.gain + self.uses.most(self.plan, decimal(low), decimal(high)),
            points: self.overall_factor * way.points,
            gate: self.gate_of(high),
            ..way
        })
    }

    /// Its score when its Σ gains some points.
    fn score(&self, points: i128) -> Option<TenThousandths> {
        let points = self.sums.points + i64::try_from(points).ok()?;
        self.rubric.score(Sums { points, ..self.sums })
    }

    /// The readiness level that it allows with a score.
    fn gate_of(&self, score: TenThousandths) -> u8 {
        if self.is_gate { gate(self.rubric, score) } else { TOP }
    }
}

/// What the groups make together: the overall score and the readiness level.
pub(super) struct Coupled<'a> {
    plan: &'a Plan,
    rubric: &'a Rubric,
    overall: Option<Overall<'a>>,
    readiness: Option<Uses<'a>>,
    /// The gate over all core dimensions now.
    gate: u8,
    /// Whether more of the overall score, and a higher gate, never hurt: then of two raises that cost the
    /// same, one that is nowhere lower makes the other superfluous.
    pub is_rising: bool,
}

struct Overall<'a> {
    uses: Uses<'a>,
    num: i128,
    den: i128,
}

impl Coupled<'_> {
    /// What a gain of the overall numerator and a gate over all core dimensions add to the score's sum,
    /// or nothing if a filter would not pass.
    pub fn gain(&self, overall: i128, gate: u8) -> Option<i128> {
        let from_overall = match &self.overall {
            Some(o) => o.uses.gain(self.plan, o.score(overall)?)?,
            None => 0,
        };
        let from_readiness = match &self.readiness {
            Some(uses) => uses.gain(self.plan, level_decimal(self.rubric, gate))?,
            None => 0,
        };
        Some(from_overall + from_readiness)
    }

    /// More than this no gain of the overall numerator within these bounds, and no gate from that of now up to this, can
    /// add.
    pub fn most(&self, least: i128, overall: i128, gate: u8) -> i128 {
        let from_overall = self.overall.as_ref().map_or(0, |o| {
            let scores = o.score(least).zip(o.score(overall));
            scores.map_or(0, |(low, high)| o.uses.most(self.plan, low, high))
        });
        let from_readiness = self.readiness.as_ref().map_or(0, |uses| {
            uses.most(self.plan, level_decimal(self.rubric, self.gate), level_decimal(self.rubric, gate))
        });
        from_overall + from_readiness
    }
}

impl Overall<'_> {
    /// The overall score when its numerator gains something.
    fn score(&self, gain: i128) -> Option<Decimal> {
        let score = div_half_even(self.num + gain, self.den);
        Some(decimal(TenThousandths(i64::try_from(score).ok()?)))
    }
}

fn decimal(score: TenThousandths) -> Decimal {
    Decimal::from_units(i128::from(score.0) * 100_000)
}

/// The gate of a score: how many readiness levels it reaches.
fn gate(rubric: &Rubric, score: TenThousandths) -> u8 {
    let reached = rubric.document().levels.iter().filter(|l| l.from <= score).count();
    u8::try_from(reached).unwrap_or(u8::MAX)
}

fn level_decimal(rubric: &Rubric, gate: u8) -> Decimal {
    let level = usize::from(gate).checked_sub(1).and_then(|at| rubric.document().levels.get(at));
    Decimal::whole(level.map_or(0, |l| i64::from(l.level)))
}

impl Ranking {
    /// The raises open to a venture, and what couples them.
    pub(super) fn open_indicators<'a>(
        &'a self,
        row: RowNo,
        rubric: &'a Rubric,
        outcome: &'a Outcome,
    ) -> (Open<'a>, Option<Coupled<'a>>) {
        let uses = |field: &str| self.uses(row, field);
        let known = |uses: Uses<'a>, is_known: bool| {
            let is_used = !(uses.preferences.is_empty() && uses.filters.is_empty());
            (is_known && is_used).then_some(uses)
        };
        let overall = known(uses(OVERALL), outcome.overall.is_some());
        let readiness = known(uses(READINESS), outcome.readiness.level.is_some());
        // Over the dimensions that have a number: Σ of weights, and the common multiple of their Σ weight.
        let sums: Vec<Option<Sums>> = (0..rubric.dimensions().len()).map(|d| outcome.sums(rubric, d)).collect();
        let common = sums.iter().flatten().fold(1, |l, s| lcm(l, i128::from(s.weight).max(1)));
        let factor =
            |d: usize, s: &Sums| i128::from(rubric.dimensions()[d].weight) * (common / i128::from(s.weight).max(1));
        let with_number = || sums.iter().enumerate().filter_map(|(d, s)| Some((d, (*s)?)));

        let is_rising = overall.as_ref().is_none_or(|uses| uses.is_rising(Decimal::whole(100)))
            && readiness.as_ref().is_none_or(|uses| uses.is_rising(Decimal::whole(i64::from(TOP))));

        // With each lever the first preference that it can move.
        let mut levers: Vec<(Option<usize>, Lever<'_>)> = Vec::new();
        let mut groups = Vec::new();
        for (d, dimension) in rubric.dimensions().iter().enumerate() {
            let field = format!("dimension.{}", dimension.code);
            let own = uses(&field);
            let wanted = sums[d].is_some()
                && (!own.preferences.is_empty()
                    || overall.as_ref().is_some_and(|o| !o.preferences.is_empty())
                    || (dimension.core && readiness.as_ref().is_some_and(|r| !r.preferences.is_empty())));
            let first = |field: &str| self.plan.preferences.iter().position(|p| *p.field == *field);
            let ways_of_dimension = [
                first(&field).filter(|_| sums[d].is_some()),
                first(OVERALL).filter(|_| sums[d].is_some()),
                first(READINESS).filter(|_| sums[d].is_some() && dimension.core),
            ];
            let place_of_dimension = ways_of_dimension.into_iter().flatten().min();
            for i in rubric.indicators_of(d) {
                let indicator = rubric.indicator(i);
                let is_ordinal = matches!(indicator.scale, Scale::Ordinal { .. });
                let (true, Some(median)) = (indicator.actionable && is_ordinal, outcome.indicators[i].median()) else {
                    continue;
                };
                let field = format!("indicator.{}", indicator.code);
                let uses = uses(&field);
                if !wanted && uses.preferences.is_empty() {
                    continue;
                }
                let place = first(&field).into_iter().chain(place_of_dimension).min();
                let level = decimal(median.rounded());
                let now = rubric.points(i, median);
                let rises = above(level).filter_map(|(to, steps)| {
                    let points = rubric.points(i, Raw::from(TenThousandths::whole(i32::from(to)))) - now;
                    let gain = uses.gain(&self.plan, Decimal::whole(i64::from(to)))?;
                    // Of a dimension without a number nothing follows.
                    let points = sums[d].map_or(0, |_| i128::from(indicator.weight) * i128::from(points));
                    Some(Rise { to, way: Way { steps, fields: 1, gain, points, ..Way::NONE } })
                });
                levers.push((place, Lever { field: field.into(), level, rises: rises.collect(), group: d }));
            }
            groups.push(sums[d].map(|sums| Dimension {
                plan: &self.plan,
                rubric,
                sums,
                is_rising: is_rising && own.is_rising(Decimal::whole(100)),
                uses: own,
                overall_factor: if overall.is_some() { factor(d, &sums) } else { 0 },
                is_gate: dimension.core && readiness.is_some(),
            }));
        }
        // In document order; those that the same preference can move, in the rubric's. Groups likewise.
        levers.sort_by_key(|(place, _)| *place);
        let mut levers: Vec<Lever<'_>> = levers.into_iter().map(|(_, lever)| lever).collect();
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|group| levers.iter().position(|lever| lever.group == *group).unwrap_or(usize::MAX));
        for lever in &mut levers {
            lever.group = order.iter().position(|group| *group == lever.group).unwrap_or(lever.group);
        }
        let groups: Vec<Option<Dimension<'_>>> = order.iter().map(|group| groups[*group].take()).collect();
        let coupled = (overall.is_some() || readiness.is_some()).then(|| Coupled {
            plan: &self.plan,
            rubric,
            overall: overall.map(|uses| Overall {
                uses,
                num: with_number().map(|(d, s)| factor(d, &s) * i128::from(s.points)).sum(),
                den: with_number().map(|(d, _)| i128::from(rubric.dimensions()[d].weight)).sum::<i128>()
                    * common
                    * i128::from(rubric.in_units(TenThousandths(1))),
            }),
            readiness,
            gate: groups.iter().flatten().map(Dimension::gate).min().unwrap_or(TOP),
            is_rising,
        });
        (Open { levers, groups }, coupled)
    }

    fn uses(&self, row: RowNo, field: &str) -> Uses<'_> {
        let told = self.plan.preferences.iter().zip(self.worths(row));
        let mut preferences: Vec<_> =
            told.filter(|(p, _)| *p.field == *field).map(|(p, w)| (p, w.part.weighed())).collect();
        preferences.retain(|(p, _)| p.function.reading() == crate::domain::criteria::Reading::Number);
        Uses { preferences, filters: self.plan.filters.iter().filter(|f| *f.field == *field).collect() }
    }
}

fn lcm(a: i128, b: i128) -> i128 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}
