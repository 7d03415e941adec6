//! The fewest steps that put a venture strictly above the cut-off: by one field, and by several.

use std::borrow::Cow;

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
/// the fewest fields, then first in document order: the fields as a list, then their levels.
pub(super) fn combination(open: &Open<'_>, goal: &Goal<'_>) -> Option<Vec<Change>> {
    match &goal.coupled {
        None => search::<Gain>(open, goal),
        Some(_) => search::<Front>(open, goal),
    }
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
        if limit == all_steps {
            return None;
        }
        limit = (4 * limit).min(all_steps);
    }
}

/// The best that ways of one number of steps and fields come to.
trait Best: Clone + Default {
    /// Nothing raised.
    fn start() -> Self;
    /// Takes in what was best before a group, with one of its ways.
    fn take(&mut self, before: &Self, way: &Way, goal: &Goal<'_>);
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
struct Front(Vec<Way>);

impl Best for Front {
    fn start() -> Self {
        Self(vec![Way::NONE])
    }
    fn take(&mut self, before: &Self, way: &Way, goal: &Goal<'_>) {
        let is_rising = goal.coupled.as_ref().is_some_and(|coupled| coupled.is_rising);
        // Without an order in which more is better, only what is equal can be left out.
        let beats = |a: &Way, b: &Way| {
            let (a, b) = ((a.gain, a.points, a.gate), (b.gain, b.points, b.gate));
            a.0 >= b.0 && if is_rising { a.1 >= b.1 && a.2 >= b.2 } else { a.1 == b.1 && a.2 == b.2 }
        };
        for new in before.0.iter().map(|before| before.and(way)) {
            if !self.0.iter().any(|old| beats(old, &new)) {
                self.0.retain(|old| !beats(&new, old));
                self.0.push(new);
            }
        }
    }
    fn reaches(&self, goal: &Goal<'_>) -> bool {
        self.0.iter().any(|way| goal.reached(way))
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
