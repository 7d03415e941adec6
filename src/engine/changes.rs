//! The fewest steps that put a venture strictly above the cut-off: by one field, and by several.

use super::indicators::Coupled;
use super::levels::{Change, Goal, Group, Open, Raise};

/// Steps among which the fewest are looked for first: most ventures that can make it at all need few.
const NEAR: usize = 4;

/// The raises of a single field with the fewest steps that reach the goal: all of them, in document
/// order.
pub(super) fn single(open: &Open<'_>, goal: &Goal<'_>) -> Vec<Change> {
    if !worth_looking(open, goal) {
        return Vec::new();
    }
    // A single field has at most four levels above it.
    let groups = (open.groups)(NEAR);
    let mut found: Vec<&Raise> = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let others = groups.iter().enumerate().filter(|(g, _)| *g != at).map(|(_, g)| g.gate);
        let gate_of_others = others.min().unwrap_or(u8::MAX);
        let reaches = |r: &&Raise| r.to.len() == 1 && goal.reached(r.gain, r.overall, r.gate.min(gate_of_others));
        found.extend(group.raises.iter().filter(reaches));
    }
    let fewest = found.iter().map(|raise| raise.steps).min();
    found.retain(|raise| Some(raise.steps) == fewest);
    found.sort_by_key(|raise| raise.to[0]);
    found.iter().flat_map(|raise| changes(open, &raise.to)).collect()
}

/// Without coupling the largest gain settles at once that nothing helps; with it, what the groups make
/// together is in the bound too.
const fn worth_looking(open: &Open<'_>, goal: &Goal<'_>) -> bool {
    open.most > goal.needed
}

fn changes(open: &Open<'_>, to: &[(usize, u8)]) -> Vec<Change> {
    let one = |(at, to): &(usize, u8)| {
        let lever = &open.levers[*at];
        Change { field: lever.field.clone(), from: lever.level, to: *to }
    };
    to.iter().map(one).collect()
}

/// The combination of at least two fields that reaches the goal with the fewest steps in all, then with
/// the fewest fields, then first in document order: the fields as a list, then their levels.
///
/// Exact: a table of the best gains for each number of steps and fields, group by group.
pub(super) fn combination(open: &Open<'_>, goal: &Goal<'_>) -> Option<Vec<Change>> {
    match &goal.coupled {
        None => search::<Option<i128>>(open, goal),
        Some(_) => search::<Front>(open, goal),
    }
}

fn search<B: Best>(open: &Open<'_>, goal: &Goal<'_>) -> Option<Vec<Change>> {
    if !worth_looking(open, goal) {
        return None;
    }
    let mut limit = NEAR.min(open.all_steps);
    let (groups, steps, fields) = loop {
        let groups = (open.groups)(limit);
        // Once the groups are complete, what they can gain is known exactly.
        let coupled = goal.coupled.as_ref().map_or(0, Coupled::most);
        if limit >= open.group_steps && groups.iter().map(Group::most).sum::<i128>() + coupled <= goal.needed {
            return None;
        }
        let table = Table::<B>::over(&groups, limit, goal, &Choice::default());
        let found = (2..=limit)
            .find_map(|steps| (2..=steps).find(|fields| table.reaches(steps, *fields, goal)).map(|f| (steps, f)));
        match found {
            Some((steps, fields)) => break (groups, steps, fields),
            None if limit == open.all_steps => return None,
            None => limit = (limit * 4).min(open.all_steps),
        }
    };
    let mut choice = Choice::default();
    let reaches = |choice: &Choice| Table::<B>::over(&groups, steps, goal, choice).reaches(steps, fields, goal);
    for field in 0..open.levers.len() {
        let can_rise = groups.iter().flat_map(|g| &g.raises).any(|raise| raise.raises(field));
        choice.fields.push((field, true));
        if !can_rise || !reaches(&choice) {
            choice.fields.pop();
            choice.fields.push((field, false));
        }
    }
    let chosen: Vec<usize> = choice.fields.iter().filter(|(_, taken)| *taken).map(|(field, _)| *field).collect();
    for field in chosen {
        for (to, _) in open.levers[field].above() {
            choice.levels.push((field, to));
            if reaches(&choice) {
                break;
            }
            choice.levels.pop();
        }
    }
    Some(changes(open, &choice.levels))
}

/// What is already decided about a combination.
#[derive(Debug, Default)]
struct Choice {
    /// Fields that must, or must not, be raised.
    fields: Vec<(usize, bool)>,
    /// Levels that raised fields must have.
    levels: Vec<(usize, u8)>,
}

impl Choice {
    fn allows(&self, raise: &Raise) -> bool {
        raise.to.iter().all(|(field, to)| {
            self.fields.iter().all(|(f, taken)| f != field || *taken)
                && self.levels.iter().all(|(f, level)| f != field || level == to)
        })
    }

    /// How many of the fields that must be raised stand in some of these raises.
    fn wanted_of(&self, raises: &[Raise]) -> usize {
        self.fields.iter().filter(|(field, taken)| *taken && raises.iter().any(|raise| raise.raises(*field))).count()
    }
}

/// The best that raises of one number of steps and fields come to.
trait Best: Clone + Default {
    /// Nothing raised.
    fn start() -> Self;
    /// Takes in what was best before a group, with one of its raises.
    fn take(&mut self, before: &Self, raise: &Raise, goal: &Goal<'_>);
    /// Whether one of them reaches the goal.
    fn reaches(&self, goal: &Goal<'_>) -> bool;
}

/// Groups that add up: the largest gain is the best.
impl Best for Option<i128> {
    fn start() -> Self {
        Some(0)
    }
    fn take(&mut self, before: &Self, raise: &Raise, _: &Goal<'_>) {
        *self = (*self).max(before.map(|gain| gain + raise.gain));
    }
    fn reaches(&self, goal: &Goal<'_>) -> bool {
        self.is_some_and(|gain| goal.reached(gain, 0, 0))
    }
}

/// Coupled groups: gain, overall gain and gate, without those that another one beats in everything.
#[derive(Clone, Debug, Default)]
struct Front(Vec<(i128, i128, u8)>);

impl Best for Front {
    fn start() -> Self {
        Self(vec![(0, 0, u8::MAX)])
    }
    fn take(&mut self, before: &Self, raise: &Raise, goal: &Goal<'_>) {
        let is_rising = goal.coupled.as_ref().is_some_and(|coupled| coupled.is_rising());
        for (gain, overall, gate) in &before.0 {
            let new = (gain + raise.gain, overall + raise.overall, *gate.min(&raise.gate));
            // Without an order in which more is better, only what is equal can be left out.
            let beats = |a: &(i128, i128, u8), b: &(i128, i128, u8)| {
                a.0 >= b.0 && if is_rising { a.1 >= b.1 && a.2 >= b.2 } else { a.1 == b.1 && a.2 == b.2 }
            };
            if !self.0.iter().any(|old| beats(old, &new)) {
                self.0.retain(|old| !beats(&new, old));
                self.0.push(new);
            }
        }
    }
    fn reaches(&self, goal: &Goal<'_>) -> bool {
        self.0.iter().any(|(gain, overall, gate)| goal.reached(*gain, *overall, *gate))
    }
}

/// The best for each number of steps and fields.
struct Table<B> {
    width: usize,
    cells: Vec<B>,
}

impl<B: Best> Table<B> {
    fn over(groups: &[Group], limit: usize, goal: &Goal<'_>, choice: &Choice) -> Self {
        let width = limit + 1;
        let mut best = vec![B::default(); width * width];
        best[0] = B::start();
        for group in groups {
            // Of the fields that must be raised, those in this group all must be in the raise taken.
            let must = choice.wanted_of(&group.raises);
            let mut next = vec![B::default(); width * width];
            let none = Raise { to: Vec::new(), steps: 0, gain: 0, overall: 0, gate: group.gate };
            let raises = group.raises.iter().chain([&none]).filter(|r| r.steps <= limit && choice.allows(r));
            for raise in raises.filter(|r| choice.wanted_of(std::slice::from_ref(*r)) == must) {
                let fields = raise.to.len();
                for steps in raise.steps..=limit {
                    for count in fields..=steps {
                        let before = &best[(steps - raise.steps) * width + count - fields];
                        next[steps * width + count].take(before, raise, goal);
                    }
                }
            }
            best = next;
        }
        Self { width, cells: best }
    }

    fn reaches(&self, steps: usize, fields: usize, goal: &Goal<'_>) -> bool {
        self.cells[steps * self.width + fields].reaches(goal)
    }
}
