//! What can be raised of a venture assessed under a rubric: anchor levels of actionable ordinal
//! indicators. Dimensions, the overall score and the readiness level are recomputed by the rubric's own
//! exact sums; a dimension's indicators form a group, and what groups make together is coupled.

use super::cell::Cell;
use super::levels::{Group, Lever, Open, Raise, TOP};
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

    /// More than this no value of the field can gain.
    fn most(&self, plan: &Plan) -> i128 {
        let best = |p: &Weighed| plan.part_of(p, super::exact::Fraction::ONE).weighed();
        self.preferences.iter().map(|(p, now)| best(p) - now).sum()
    }
}

/// An indicator that can be raised.
struct Item<'a> {
    lever: usize,
    lever_levels: Vec<(u8, usize)>,
    /// For each of these levels: what its own uses gain, if its filters pass, and its dimension's Σ.
    worth: Vec<(Option<i128>, i64)>,
    uses: Uses<'a>,
}

/// A dimension with indicators that can be raised.
struct Branch<'a> {
    items: Vec<Item<'a>>,
    /// Its sums, if it has a number, and the uses of that number.
    sums: Option<Sums>,
    uses: Uses<'a>,
    /// What one unit of its Σ adds to the overall score's numerator; nought if that is not used.
    overall_factor: i128,
    is_gate: bool,
}

/// What the groups make together: the overall score and the readiness level.
pub(super) struct Coupled<'a> {
    plan: &'a Plan,
    rubric: &'a Rubric,
    overall: Option<Overall<'a>>,
    readiness: Option<Uses<'a>>,
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
            Some(o) => {
                let score = div_half_even(o.num + overall, o.den);
                o.uses.gain(self.plan, decimal(TenThousandths(i64::try_from(score).ok()?)))?
            }
            None => 0,
        };
        let from_readiness = match &self.readiness {
            Some(uses) => uses.gain(self.plan, level_decimal(self.rubric, gate))?,
            None => 0,
        };
        Some(from_overall + from_readiness)
    }

    /// More than this the groups cannot gain together.
    pub fn most(&self) -> i128 {
        self.overall.iter().map(|o| &o.uses).chain(&self.readiness).map(|uses| uses.most(self.plan)).sum()
    }

    /// Whether more of the overall score, and a higher gate, never hurt: then of two raises that cost the
    /// same, one that is nowhere lower makes the other superfluous.
    pub fn is_rising(&self) -> bool {
        let rises = |uses: &Uses<'_>, top: Decimal| {
            uses.preferences.iter().all(|(p, _)| value::never_falls(&p.function, top))
                && uses.filters.iter().all(|f| matches!(f.condition, Condition::Gte(_)))
        };
        self.overall.as_ref().is_none_or(|o| rises(&o.uses, Decimal::whole(100)))
            && self.readiness.as_ref().is_none_or(|r| rises(r, Decimal::whole(i64::from(TOP))))
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

        let mut levers: Vec<Lever> = Vec::new();
        // The first preference that each can move.
        let mut places = Vec::new();
        let mut branches = Vec::new();
        for (d, dimension) in rubric.dimensions().iter().enumerate() {
            let own = uses(&format!("dimension.{}", dimension.code));
            let wanted = sums[d].is_some()
                && (!own.preferences.is_empty()
                    || overall.as_ref().is_some_and(|o| !o.preferences.is_empty())
                    || (dimension.core && readiness.as_ref().is_some_and(|r| !r.preferences.is_empty())));
            let mut items = Vec::new();
            for i in rubric.indicators_of(d) {
                let indicator = rubric.indicator(i);
                let is_ordinal = matches!(indicator.scale, Scale::Ordinal { .. });
                let (true, Some(median)) = (indicator.actionable && is_ordinal, outcome.indicators[i].median()) else {
                    continue;
                };
                let field = format!("indicator.{}", indicator.code);
                let item_uses = uses(&field);
                if !wanted && item_uses.preferences.is_empty() {
                    continue;
                }
                let lever = Lever { field: field.into(), level: decimal(median.rounded()) };
                let lever_levels: Vec<(u8, usize)> = lever.above().collect();
                let now = rubric.points(i, median);
                let worth = lever_levels.iter().map(|(to, _)| {
                    let points = rubric.points(i, Raw::from(TenThousandths::whole(i32::from(*to))));
                    let gain = item_uses.gain(&self.plan, Decimal::whole(i64::from(*to)));
                    (gain, i64::from(indicator.weight) * (points - now))
                });
                let first = |field: &str| self.plan.preferences.iter().position(|p| *p.field == *field);
                let ways = [
                    first(&lever.field),
                    first(&format!("dimension.{}", dimension.code)).filter(|_| sums[d].is_some()),
                    first(OVERALL).filter(|_| sums[d].is_some()),
                    first(READINESS).filter(|_| sums[d].is_some() && dimension.core),
                ];
                places.push(ways.into_iter().flatten().min());
                items.push(Item { lever: levers.len(), worth: worth.collect(), lever_levels, uses: item_uses });
                levers.push(lever);
            }
            branches.push(Branch {
                items,
                sums: sums[d],
                uses: own,
                overall_factor: sums[d].filter(|_| overall.is_some()).map_or(0, |s| factor(d, &s)),
                is_gate: dimension.core && readiness.is_some(),
            });
        }
        // In document order; those that the same preference can move, in the rubric's.
        let mut order: Vec<usize> = (0..levers.len()).collect();
        order.sort_by_key(|lever| places[*lever]);
        for item in branches.iter_mut().flat_map(|branch| &mut branch.items) {
            item.lever = order.iter().position(|lever| *lever == item.lever).unwrap_or(item.lever);
        }
        let levers = order.iter().map(|lever| levers[*lever].clone()).collect();
        let plan = &self.plan;
        let coupled = (overall.is_some() || readiness.is_some()).then(|| Coupled {
            plan,
            rubric,
            overall: overall.map(|uses| Overall {
                uses,
                num: with_number().map(|(d, s)| factor(d, &s) * i128::from(s.points)).sum(),
                den: with_number().map(|(d, _)| i128::from(rubric.dimensions()[d].weight)).sum::<i128>()
                    * common
                    * i128::from(rubric.in_units(TenThousandths(1))),
            }),
            readiness,
        });
        let steps = |branch: &Branch<'_>| -> usize {
            branch.items.iter().filter_map(|item| item.lever_levels.last()).map(|(_, steps)| steps).sum()
        };
        let own = |branch: &Branch<'_>| -> i128 {
            branch.uses.most(plan) + branch.items.iter().map(|item| item.uses.most(plan)).sum::<i128>()
        };
        let open = Open {
            all_steps: branches.iter().map(steps).sum(),
            group_steps: branches.iter().map(steps).max().unwrap_or(0),
            most: branches.iter().map(own).sum::<i128>() + coupled.as_ref().map_or(0, Coupled::most),
            levers,
            groups: Box::new(move |limit| branches.iter().map(|b| b.group(plan, rubric, limit)).collect()),
        };
        (open, coupled)
    }

    fn uses(&self, row: RowNo, field: &str) -> Uses<'_> {
        let told = self.plan.preferences.iter().zip(self.worths(row));
        let mut preferences: Vec<_> =
            told.filter(|(p, _)| *p.field == *field).map(|(p, w)| (p, w.part.weighed())).collect();
        preferences.retain(|(p, _)| p.function.reading() == crate::domain::criteria::Reading::Number);
        Uses { preferences, filters: self.plan.filters.iter().filter(|f| *f.field == *field).collect() }
    }
}

impl Branch<'_> {
    /// All raises of at most `limit` steps.
    fn group(&self, plan: &Plan, rubric: &Rubric, limit: usize) -> Group {
        let gate_now = match (self.is_gate, self.sums.and_then(|s| rubric.score(s))) {
            (true, Some(score)) => gate(rubric, score),
            _ => TOP,
        };
        let mut group = Group { raises: Vec::new(), gate: gate_now };
        let start = Raise { to: Vec::new(), steps: 0, gain: 0, overall: 0, gate: gate_now };
        self.collect(plan, rubric, limit, (&self.items, start, 0), &mut group.raises);
        group
    }

    /// Adds every raise of the remaining items to one that is begun, whose Σ has gained `points`.
    fn collect(
        &self,
        plan: &Plan,
        rubric: &Rubric,
        limit: usize,
        (items, begun, points): (&[Item<'_>], Raise, i64),
        out: &mut Vec<Raise>,
    ) {
        let Some((item, rest)) = items.split_first() else {
            if !begun.to.is_empty() {
                out.extend(self.finish(plan, rubric, begun, points));
            }
            return;
        };
        for ((to, steps), (gain, more)) in item.lever_levels.iter().zip(&item.worth) {
            if let (Some(gain), true) = (gain, begun.steps + steps <= limit) {
                let mut raise = begun.clone();
                raise.to.push((item.lever, *to));
                raise.steps += steps;
                raise.gain += gain;
                self.collect(plan, rubric, limit, (rest, raise, points + more), out);
            }
        }
        self.collect(plan, rubric, limit, (rest, begun, points), out);
    }

    /// What follows from a raise for its dimension; nothing if a filter would not pass.
    fn finish(&self, plan: &Plan, rubric: &Rubric, mut raise: Raise, points: i64) -> Option<Raise> {
        if let Some(sums) = self.sums {
            let score = rubric.score(Sums { points: sums.points + points, ..sums })?;
            raise.gain += self.uses.gain(plan, decimal(score))?;
            raise.overall = self.overall_factor * i128::from(points);
            if self.is_gate {
                raise.gate = gate(rubric, score);
            }
        }
        Some(raise)
    }
}

fn lcm(a: i128, b: i128) -> i128 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}
