//! The fewest steps that put a venture strictly above the cut-off: by one field, and by several.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::levels::{Allowed, Change, Goal, Open, Rise, STAY, TOP, Way};

/// Steps among which the fewest are looked for first: most ventures that can make it at all need few.
const NEAR: usize = 4;

/// The raises of a single field with the fewest steps that reach the goal: all of them, in document
/// order.
pub(super) fn single(open: &Open<'_>, goal: &Goal<'_>) -> Vec<Change> {
    let gates: Vec<u8> = (0..open.groups.len()).map(|group| open.gate(group)).collect();
    let (mut found, mut fewest) = (Vec::new(), usize::MAX);
    for lever in &open.levers {
        let gate = gates.iter().enumerate().filter(|(group, _)| *group != lever.group).map(|(_, gate)| *gate).min();
        let others = Way { gate: gate.unwrap_or(TOP), ..Way::NONE };
        let reaches =
            |rise: &&Rise| open.follow(lever.group, rise.way).is_some_and(|way| goal.reached(&way.and(&others)));
        if let Some(rise) = lever.rises.iter().take_while(|rise| rise.way.steps <= fewest).find(reaches) {
            if rise.way.steps < fewest {
                found.clear();
            }
            fewest = rise.way.steps;
            found.push(lever.change(rise.to));
        }
    }
    found
}

/// The combination of at least two fields that reaches the goal with the fewest steps in all, then with
/// the fewest fields, then first in document order: the fields as a list, then their levels. Nothing, too, where
/// coupled groups leave more to look at than [`Goal::BUDGET`].
pub(super) fn combination(open: &Open<'_>, goal: &Goal<'_>) -> Option<Vec<Change>> {
    let found = match &goal.coupled {
        None => search::<Gain>(open, goal),
        Some(_) => search::<Front>(open, goal),
    };
    found.filter(|_| !goal.is_spent())
}

/// Exact: tables hold the best that all ways of the groups come to with each number of steps and fields,
/// and the fewest that reach the goal are read off them. Then field after field is raised if the goal can
/// still be reached so, with just as many steps and fields, and each of these fields gets the lowest level
/// of which that is true: that is the first list of fields, and of its levels the first.
fn search<B: Best>(open: &Open<'_>, goal: &Goal<'_>) -> Option<Vec<Change>> {
    let mut allowed: Vec<Allowed> = open.levers.iter().map(|lever| STAY | lever.raised()).collect();
    let Fewest { steps, fields, limit, free, mut ways } = fewest::<B>(open, goal, &allowed)?;
    let free = |group: usize| &free[group * size(limit)..][..size(limit)];
    let fill = |group: usize, ways: &mut Vec<Way>, allowed: &[Allowed]| open.fill(group, ways, allowed, steps);
    // What all groups but one come to: those already met by the ways left to them, the rest by the table of
    // their free choice.
    let others = |ways: &[Vec<Way>], group: usize| {
        let is_moved = |ways: &[Way]| !matches!(ways, [Way { fields: 0, gate: TOP, .. }]);
        let met = ways.iter().enumerate().filter(|(g, ways)| *g != group && is_moved(ways));
        met.fold(Cow::Borrowed(free(ways.len())), |table, (_, ways)| Cow::Owned(with(&table, ways, steps, goal)))
    };

    // Groups stand in the order of their first fields, so that those not yet met are all free.
    let (mut met, mut taken, mut trial) = (0, 0, Vec::new());
    let mut last: Option<(usize, Cow<'_, [B]>)> = None;
    for (at, lever) in open.levers.iter().enumerate() {
        let raised = std::mem::replace(&mut allowed[at], STAY) & !STAY;
        if taken == fields || raised == 0 {
            continue;
        }
        let table = match last.take() {
            Some((group, table)) if group == lever.group => table,
            left => {
                if let Some((group, _)) = left {
                    fill(group, &mut ways[group], &allowed);
                }
                met = met.max(lever.group + 1);
                others(&ways[..met], lever.group)
            }
        };
        allowed[at] = raised;
        fill(lever.group, &mut trial, &allowed);
        if best(&table, &trial, steps, fields, goal).reaches(goal) {
            taken += 1;
        } else {
            allowed[at] = STAY;
        }
        last = Some((lever.group, table));
    }

    for (group, ways) in ways.iter_mut().enumerate() {
        fill(group, ways, &allowed);
    }
    let mut changes = Vec::with_capacity(fields);
    for (at, lever) in open.levers.iter().enumerate() {
        if allowed[at] == STAY {
            continue;
        }
        let table = others(&ways, lever.group);
        let rise = lever.rises.iter().find(|rise| {
            allowed[at] = 1 << rise.to;
            fill(lever.group, &mut trial, &allowed);
            best(&table, &trial, steps, fields, goal).reaches(goal)
        });
        std::mem::swap(&mut ways[lever.group], &mut trial);
        changes.extend(rise.map(|rise| lever.change(rise.to)));
    }
    Some(changes)
}

/// The fewest steps, and with them the fewest fields, at least two, that reach the goal.
struct Fewest<B> {
    steps: usize,
    fields: usize,
    /// Tables up to `limit` steps, filled as far as the fewest: for each group over it and all that follow,
    /// then that of none.
    free: Vec<B>,
    limit: usize,
    /// For each group, its ways of at most `limit` steps.
    ways: Vec<Vec<Way>>,
}

fn fewest<B: Best>(open: &Open<'_>, goal: &Goal<'_>, allowed: &[Allowed]) -> Option<Fewest<B>> {
    let steps_of = || (0..open.groups.len()).map(|group| open.steps(group));
    let (all_steps, group_steps) = (steps_of().sum(), steps_of().max().unwrap_or(0));
    let mut ways: Vec<Vec<Way>> = vec![Vec::new(); open.groups.len()];
    let mut limit = NEAR.min(all_steps);
    loop {
        ways.iter_mut().enumerate().for_each(|(group, ways)| open.fill(group, ways, allowed, limit));
        if !B::starts(goal, limit, &ways) {
            if limit == all_steps || goal.is_spent() {
                return None;
            }
            limit = B::farther(limit).min(all_steps);
            continue;
        }
        // Once no way is missing, what they can come to is known more closely.
        if limit >= group_steps && !goal.within_reach(ways.iter().map(|ways| Way::bound(ways.iter()))) {
            return None;
        }
        let size = size(limit);
        let mut free = vec![B::default(); (ways.len() + 1) * size];
        free[ways.len() * size] = B::start();
        for steps in 0..=limit {
            for (group, ways) in ways.iter().enumerate().rev() {
                let (before, after) = free.split_at_mut((group + 1) * size);
                for fields in 0..=steps {
                    before[group * size + place(steps, fields)] = best(after, ways, steps, fields, goal);
                }
            }
            if let Some(fields) = (2..=steps).find(|fields| free[place(steps, *fields)].reaches(goal)) {
                return Some(Fewest { steps, fields, free, limit, ways });
            }
        }
        if limit == all_steps || goal.is_spent() {
            return None;
        }
        limit = B::farther(limit).min(all_steps);
    }
}

/// The best that ways of one number of steps and fields come to.
trait Best: Clone + Default {
    /// The steps to look among when those up to a limit were not enough.
    fn farther(limit: usize) -> usize {
        4 * limit
    }
    /// Before tables are filled up to a limit: whether the goal could be reached by these ways.
    fn starts(_: &Goal<'_>, _limit: usize, _: &[Vec<Way>]) -> bool {
        true
    }
    /// Nothing raised.
    fn start() -> Self;
    /// Takes in what was best before a group, with one of its ways.
    fn take(&mut self, before: &Self, way: &Way, goal: &Goal<'_>);
    /// All are taken in.
    fn settle(&mut self, _: &Goal<'_>) {}
    /// Whether one of them reaches the goal.
    fn reaches(&self, goal: &Goal<'_>) -> bool;
}

/// Groups that add up: the largest gain is the best.
#[derive(Clone, Copy)]
struct Gain(i128);

/// No way at all: so far below every sum of gains that adding some to it changes nothing.
impl Default for Gain {
    fn default() -> Self {
        Self(i128::MIN / 2)
    }
}

impl Best for Gain {
    fn start() -> Self {
        Self(0)
    }
    fn take(&mut self, before: &Self, way: &Way, _: &Goal<'_>) {
        self.0 = self.0.max(before.0 + way.gain);
    }
    fn reaches(&self, goal: &Goal<'_>) -> bool {
        goal.reached(&Way { gain: self.0, ..Way::NONE })
    }
}

/// Coupled groups: all ways but those that another one beats in everything.
#[derive(Clone, Debug, Default)]
struct Front {
    ways: Vec<Way>,
    /// So many of them are known not to be beaten by each other; those that follow were added since.
    sifted: usize,
}

impl Front {
    /// Ways that are added before they are sifted, so that sifting costs little for each.
    const UNSIFTED: usize = 256;

    /// Leaves out the ways that others beat.
    fn sift(&mut self, goal: &Goal<'_>) {
        if self.sifted == self.ways.len() {
            return;
        }
        if goal.coupled.as_ref().is_some_and(|coupled| coupled.is_rising) {
            // From the largest gain down, a way is beaten where one before it has no fewer points and no lower gate.
            self.ways.sort_unstable_by_key(|way| Reverse((way.gain, way.points, way.gate)));
            let mut most = [None; TOP as usize + 1];
            self.ways.retain(|way| {
                let gate = usize::from(way.gate.min(TOP));
                let is_beaten = most[gate..].iter().any(|points| *points >= Some(way.points));
                if !is_beaten {
                    most[gate] = Some(way.points);
                }
                !is_beaten
            });
        } else {
            // Without an order in which more is better, only of equal points and gates the largest gain beats.
            self.ways.sort_unstable_by_key(|way| (way.points, way.gate, Reverse(way.gain)));
            self.ways.dedup_by_key(|way| (way.points, way.gate));
        }
        self.sifted = self.ways.len();
    }
}

impl Best for Front {
    /// One step more: tables hold only what can still reach the goal in the steps that are left, and that is little where
    /// few are left.
    fn farther(limit: usize) -> usize {
        limit + 1
    }
    fn starts(goal: &Goal<'_>, limit: usize, ways: &[Vec<Way>]) -> bool {
        goal.pace(limit, ways.iter().flatten());
        goal.spend(ways.iter().map(Vec::len).sum()) && goal.could_be_reached(&Way::NONE)
    }
    fn start() -> Self {
        Self { ways: vec![Way::NONE], sifted: 1 }
    }
    fn take(&mut self, before: &Self, way: &Way, goal: &Goal<'_>) {
        if goal.spend(1 + before.ways.len()) {
            self.ways.extend(before.ways.iter().map(|before| before.and(way)));
            if self.ways.len() > 2 * self.sifted + Self::UNSIFTED {
                self.sift(goal);
            }
        }
    }
    fn settle(&mut self, goal: &Goal<'_>) {
        self.sift(goal);
        self.ways.retain(|way| goal.could_be_reached(way));
        self.sifted = self.ways.len();
    }
    fn reaches(&self, goal: &Goal<'_>) -> bool {
        goal.spend(self.ways.len()) && self.ways.iter().any(|way| goal.reached(way))
    }
}

/// Where a table holds the best for a number of steps and fields: a row for each number of steps, as no
/// combination has more fields than steps.
const fn place(steps: usize, fields: usize) -> usize {
    steps * (steps + 1) / 2 + fields
}

/// How many cells a table up to so many steps has.
const fn size(steps: usize) -> usize {
    place(steps + 1, 0)
}

/// The best with one more group than a table is over.
fn best<B: Best>(table: &[B], ways: &[Way], steps: usize, fields: usize, goal: &Goal<'_>) -> B {
    let mut best = B::default();
    for way in ways.iter().take_while(|way| way.steps <= steps).filter(|way| way.fields <= fields) {
        let (steps, fields) = (steps - way.steps, fields - way.fields);
        if fields <= steps {
            best.take(&table[place(steps, fields)], way, goal);
        }
    }
    best.settle(goal);
    best
}

/// The table up to so many steps with one more group.
fn with<B: Best>(table: &[B], ways: &[Way], steps: usize, goal: &Goal<'_>) -> Vec<B> {
    let mut next = Vec::with_capacity(size(steps));
    for steps in 0..=steps {
        next.extend((0..=steps).map(|fields| best(table, ways, steps, fields, goal)));
    }
    next
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::assessment::{Outcome, Rating, Ratings, finalise};
    use crate::domain::criteria::{Criteria, Reading, Source};
    use crate::domain::decimal::Decimal;
    use crate::domain::field::Registry;
    use crate::domain::fixed::TenThousandths;
    use crate::domain::rubric::Rubric;
    use crate::engine::{Cell, Column, Options, Row, Snapshot, rank};
    use serde_json::{Value, json};

    /// Eighty ventures with every indicator of the SEDAYA rubric assessed by two, of whom one now and then sees more.
    fn outcomes(rubric: &Rubric) -> Vec<Outcome> {
        let mut state = 1u32;
        let mut random = move |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        let mut one = || {
            let usual = 1 + random(4);
            let codes: Vec<String> = rubric.indicators().map(|i| i.code.clone()).collect();
            let levels: Vec<u32> = codes.iter().map(|_| (usual + random(3)).clamp(2, 6) - 1).collect();
            let mut rated = || -> Ratings {
                let mut seen = |level: u32| i32::try_from((level + u32::from(random(8) == 0)).min(5)).unwrap();
                let ratings = levels.iter().map(|level| Rating::told(TenThousandths::whole(seen(*level))));
                codes.iter().cloned().zip(ratings).collect()
            };
            [rated(), rated()]
        };
        (0..80).map(|_| finalise(rubric, &one())).collect()
    }

    /// How many of the ventures have a combination, and what each search looked at.
    fn searched(document: &Value) -> (usize, Vec<usize>) {
        let rubric = crate::reference::rubric::sedaya_v1();
        let outcomes = outcomes(&rubric);
        let criteria = Criteria::parse(&Source::from(document.clone()), &Registry::new(&rubric)).unwrap();
        let mut snapshot = Snapshot::new(vec![
            Column { field: "overall".into(), reading: Reading::Number },
            Column { field: "readiness_level".into(), reading: Reading::Number },
        ]);
        let number = |score: TenThousandths| Cell::number(Decimal::parse(&score.to_string()).unwrap());
        for (id, outcome) in outcomes.iter().enumerate() {
            let readiness = TenThousandths::whole(outcome.readiness.level.unwrap().into());
            let cells = vec![number(outcome.overall.unwrap().score), number(readiness)];
            snapshot.put(Row { id: id.to_string(), pending: false, open_adjudication: false, cells }).unwrap();
        }
        let ranking = rank(&snapshot, &criteria, Options::default()).unwrap();
        let (mut found, mut spent) = (0, Vec::new());
        for placed in ranking.merit().iter().filter(|placed| ranking.is_below_cutoff(placed)) {
            let outcome = &outcomes[ranking.id(placed.row).parse::<usize>().unwrap()];
            let (open, coupled) = ranking.open_indicators(placed.row, &rubric, outcome);
            let parts = ranking.worths(placed.row).map(|worth| worth.part);
            let goal = Goal::above(ranking.cutoff_for(placed).unwrap(), placed.score, parts, coupled);
            let reachable = goal.within_reach((0..open.groups.len()).map(|group| open.bound(group)));
            found += usize::from(reachable && combination(&open, &goal).is_some());
            spent.push(goal.spent());
        }
        (found, spent)
    }

    /// A document that anybody may send: the nearer to 60 the better, so that more is not better.
    #[test]
    fn a_target_over_a_whole_cohort_takes_few_steps() {
        let target = json!({"kind": "target", "at": 60, "from": 0, "to": 100});
        let document = json!({"preferences": [{"field": "overall", "weight": 1, "value": target}], "limit": 3});
        let (found, spent) = searched(&document);
        let (most, sum) = (spent.iter().max().unwrap(), spent.iter().sum::<usize>());
        eprintln!("{found} of {}: at most {most}, {sum} in all", spent.len());
        assert!(spent.len() > 70 && found > 20);
        assert!(*most < Goal::BUDGET / 2 && sum < 2_000_000, "{most} {sum}");
    }
}
