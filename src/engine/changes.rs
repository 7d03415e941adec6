//! The fewest steps that put a venture strictly above the cut-off: by one field, and by several.

use super::levels::{Change, Open, Raise};

/// The raises of a single field with the fewest steps that gain more than `needed`: all of them, in
/// document order.
pub(super) fn single(open: &Open, needed: i128) -> Vec<Change> {
    let mut fewest = usize::MAX;
    let mut found: Vec<&Raise> = Vec::new();
    for raise in open.groups.iter().flatten().filter(|raise| raise.to.len() == 1 && raise.gain > needed) {
        if raise.steps < fewest {
            fewest = raise.steps;
            found.clear();
        }
        if raise.steps == fewest {
            found.push(raise);
        }
    }
    found.sort_by_key(|raise| raise.to[0]);
    found.iter().flat_map(|raise| changes(open, &raise.to)).collect()
}

fn changes(open: &Open, to: &[(usize, u8)]) -> Vec<Change> {
    to.iter()
        .map(|(at, to)| {
            let (field, from) = &open.fields[*at];
            Change { field: field.clone(), from: *from, to: *to }
        })
        .collect()
}

/// The combination of at least two fields that gains more than `needed` with the fewest steps in all,
/// then with the fewest fields, then first in document order: the fields as a list, then their levels.
///
/// Exact: a table of the largest gain for each number of steps and fields, group by group.
pub(super) fn combination(open: &Open, needed: i128) -> Option<Vec<Change>> {
    let most: i128 = open.groups.iter().map(|g| g.iter().map(|r| r.gain).fold(0, i128::max)).sum();
    if most <= needed {
        return None;
    }
    let all_steps: usize = open.groups.iter().map(|g| g.iter().map(|r| r.steps).max().unwrap_or(0)).sum();
    // Most ventures that can make it at all need few steps: look there before looking everywhere.
    let mut limit = 4;
    let (steps, fields) = loop {
        let limit_now = limit.min(all_steps);
        let gains = Gains::over(&open.groups, limit_now, &Choice::default());
        let found = (2..=limit_now).find_map(|steps| {
            (2..=steps).find(|fields| gains.at(steps, *fields).is_some_and(|g| g > needed)).map(|f| (steps, f))
        });
        match found {
            Some(found) => break found,
            None if limit_now == all_steps => return None,
            None => limit *= 4,
        }
    };
    let mut choice = Choice::default();
    let reaches =
        |choice: &Choice| Gains::over(&open.groups, steps, choice).at(steps, fields).is_some_and(|gain| gain > needed);
    for field in 0..open.fields.len() {
        let can_rise = open.groups.iter().flatten().any(|raise| raise.raises(field));
        choice.fields.push((field, true));
        if !can_rise || !reaches(&choice) {
            choice.fields.pop();
            choice.fields.push((field, false));
        }
    }
    let chosen: Vec<usize> = choice.fields.iter().filter(|(_, taken)| *taken).map(|(field, _)| *field).collect();
    for field in chosen {
        for to in open.fields[field].1 + 1..=5 {
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

    /// How many of the fields that must be raised stand in some raise of a group.
    fn wanted_of(&self, group: &[Raise]) -> usize {
        self.fields.iter().filter(|(field, taken)| *taken && group.iter().any(|raise| raise.raises(*field))).count()
    }
}

/// The largest gain for each number of steps and fields.
struct Gains {
    limit: usize,
    best: Vec<Option<i128>>,
}

impl Gains {
    fn over(groups: &[Vec<Raise>], limit: usize, choice: &Choice) -> Self {
        let width = limit + 1;
        let mut best = vec![None; width * width];
        best[0] = Some(0);
        for group in groups {
            // Of the fields that must be raised, those in this group all must be in the raise taken.
            let must = choice.wanted_of(group);
            let mut next = if must == 0 { best.clone() } else { vec![None; width * width] };
            for raise in group
                .iter()
                .filter(|r| r.steps <= limit && choice.allows(r) && choice.wanted_of(std::slice::from_ref(r)) == must)
            {
                let fields = raise.to.len();
                for steps in raise.steps..=limit {
                    for count in fields..=steps {
                        let before = best[(steps - raise.steps) * width + count - fields];
                        let slot = &mut next[steps * width + count];
                        if let Some(gain) = before.map(|gain| gain + raise.gain)
                            && slot.is_none_or(|so_far| gain > so_far)
                        {
                            *slot = Some(gain);
                        }
                    }
                }
            }
            best = next;
        }
        Self { limit, best }
    }

    fn at(&self, steps: usize, fields: usize) -> Option<i128> {
        self.best[steps * (self.limit + 1) + fields]
    }
}
