//! The fewest steps that put a venture strictly above the cut-off: by one field, and by several.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::RangeInclusive;

use super::levels::{Added, Allowed, Change, Goal, Lever, Open, Rise, STAY, TOP, Way};

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
/// coupled groups leave more to look at than [`Goal::BUDGET`], or than the ranking's share of [`Goal::LOOKS`].
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
    let mut search = Search::<B>::fewest(open, goal, &allowed)?;
    search.narrow(&mut allowed, |_, allowed| vec![allowed & !STAY, STAY]);
    search.tabulate(&allowed);
    search.narrow(&mut allowed, |lever, allowed| {
        let levels = lever.rises.iter().map(|rise| 1 << rise.to);
        if allowed == STAY { vec![STAY] } else { levels.collect() }
    });
    let chosen = open.levers.iter().zip(allowed).filter_map(|(lever, level)| {
        let rise = lever.rises.iter().find(|rise| 1 << rise.to == level)?;
        Some(lever.change(rise.to))
    });
    Some(chosen.collect())
}

/// A search that knows how many steps and fields it is for.
struct Search<'a, B> {
    open: &'a Open<'a>,
    goal: &'a Goal<'a>,
    /// The fewest steps, and with them the fewest fields, at least two, that reach the goal.
    steps: usize,
    fields: usize,
    layout: Layout,
    /// For each group, its ways.
    ways: Vec<Vec<Way>>,
    /// What [`Best::rest`] says of them.
    rest: Vec<Vec<Added>>,
    /// Tables, filled as far as the fewest steps: for each group over it and all that follow, then that of none.
    from: Vec<B>,
}

impl<'a, B: Best> Search<'a, B> {
    /// Finds the fewest steps and fields, if there are any.
    fn fewest(open: &'a Open<'a>, goal: &'a Goal<'a>, allowed: &[Allowed]) -> Option<Self> {
        let steps_of = || (0..open.groups.len()).map(|group| open.steps(group));
        let (all_steps, group_steps) = (steps_of().sum(), steps_of().max().unwrap_or(0));
        let mut limit = NEAR.min(all_steps);
        loop {
            let mut search = Self::empty(open, goal, allowed, limit);
            // Once no way is missing, what they can come to is known more closely.
            if limit >= group_steps && !goal.within_reach(search.ways.iter().map(|ways| Way::bound(ways.iter()))) {
                return None;
            }
            // Nothing to look among where all groups together do not come to it.
            let start = search.from.get(open.groups.len() * search.layout.size());
            let enough = if start.is_some_and(B::is_none) { 0..0 } else { 0..limit + 1 };
            for steps in enough {
                search.fill(steps);
                let is_enough = |fields: &usize| {
                    search.layout.place(steps, *fields).is_some_and(|at| search.from[at].reaches(goal))
                };
                if let Some(fields) = (2..=steps).find(is_enough) {
                    (search.steps, search.fields) = (steps, fields);
                    return Some(search);
                }
            }
            if limit == all_steps || goal.is_spent() {
                return None;
            }
            limit = B::farther(limit).min(all_steps);
        }
    }

    /// Tables with room for so many steps, and nothing in them yet.
    fn empty(open: &'a Open<'a>, goal: &'a Goal<'a>, allowed: &[Allowed], limit: usize) -> Self {
        let layout = Layout::new(open.levers.len(), limit);
        let groups = open.groups.len();
        let mut ways = vec![Vec::new(); groups];
        ways.iter_mut().enumerate().for_each(|(group, ways)| open.fill(group, ways, allowed, limit));
        let rest = B::rest(goal, limit, &ways);
        let mut from = vec![B::default(); (groups + 1) * layout.size()];
        let mut start = B::start();
        rest.last().and_then(|all| all.last()).into_iter().for_each(|all| start.keep(*all, goal));
        from[groups * layout.size()] = start;
        Self { open, goal, steps: limit, fields: 0, layout, ways, rest, from }
    }

    /// Tabulates what is allowed now, up to the steps that were found to do.
    fn tabulate(&mut self, allowed: &[Allowed]) {
        let (steps, fields) = (self.steps, self.fields);
        *self = Self { fields, ..Self::empty(self.open, self.goal, allowed, steps) };
        (0..=steps).for_each(|steps| self.fill(steps));
    }

    /// Fills all tables in for a number of steps, those for fewer being there.
    fn fill(&mut self, steps: usize) {
        let size = self.layout.size();
        for (group, ways) in self.ways.iter().enumerate().rev() {
            let (before, after) = self.from.split_at_mut((group + 1) * size);
            let place = group * size + self.layout.begin[steps];
            for (cell, fields) in before[place..].iter_mut().zip(self.layout.fields(steps)) {
                *cell = self.layout.best(after, ways, steps, fields, self.goal);
                let rest = self.rest.get(group).and_then(|rest| rest.iter().rev().nth(steps));
                rest.into_iter().for_each(|rest| cell.keep(*rest, self.goal));
            }
        }
    }

    /// Goes through the levers in their order, and of the choices of each allows the first with which the goal
    /// can still be reached by just as many steps and fields. One of them must be such. The levers that follow are
    /// free to do what they are allowed, and the tables over their groups are those of that.
    fn narrow(&mut self, allowed: &mut [Allowed], choices: impl Fn(&Lever<'_>, Allowed) -> Vec<Allowed>) {
        let (open, goal, steps, fields) = (self.open, self.goal, self.steps, self.fields);
        let last_of = |group: usize| open.levers.iter().rposition(|lever| lever.group == group);
        // Over the groups of which every lever has had its turn. Groups stand in the order of their first levers,
        // so that those from `met` on are all free.
        let mut closed = vec![B::default(); self.layout.size()];
        closed[0] = B::start();
        let (mut is_closed, mut met, mut taken) = (vec![false; self.ways.len()], 0, 0);
        let mut others: Option<(usize, Vec<B>)> = None;
        for (at, lever) in open.levers.iter().enumerate() {
            let group = lever.group;
            met = met.max(group + 1);
            others = others.filter(|(of, _)| *of == group);
            let mut choices = choices(lever, allowed[at]);
            // More fields than are looked for cannot be: there is nothing to be tried.
            choices.retain(|choice| taken < fields || choice & STAY != 0);
            let last = choices.pop().unwrap_or(STAY);
            let found = choices.into_iter().filter(|choice| *choice != 0).find(|choice| {
                let (_, table) = others.get_or_insert_with(|| (group, self.others(group, met, &is_closed, &closed)));
                allowed[at] = *choice;
                open.fill(group, &mut self.ways[group], allowed, steps);
                self.layout.best(table, &self.ways[group], steps, fields, goal).reaches(goal)
            });
            if found.is_none() {
                allowed[at] = last;
                open.fill(group, &mut self.ways[group], allowed, steps);
            }
            taken += usize::from(allowed[at] & STAY == 0);
            if last_of(group) == Some(at) {
                if is_moved(&self.ways[group]) {
                    closed = self.layout.with(&closed, &self.ways[group], steps, goal);
                }
                is_closed[group] = true;
            }
        }
    }

    /// What all groups but one come to, as far as the ways of that one ask for it.
    fn others(&self, group: usize, met: usize, is_closed: &[bool], closed: &[B]) -> Vec<B> {
        let layout = &self.layout;
        let free = &self.from[met * layout.size()..][..layout.size()];
        let half = (0..met).filter(|other| *other != group && !is_closed[*other] && is_moved(&self.ways[*other]));
        let rest = half.fold(Cow::Borrowed(free), |table, other| {
            Cow::Owned(layout.with(&table, &self.ways[other], self.steps, self.goal))
        });
        let mut table = vec![B::default(); layout.size()];
        let alike = |a: &Way, b: &Way| (a.steps, a.fields) == (b.steps, b.fields);
        for way in self.ways[group].chunk_by(alike).filter_map(<[Way]>::first) {
            let left = self.steps.checked_sub(way.steps).zip(self.fields.checked_sub(way.fields));
            if let Some((steps, fields)) = left
                && let Some(place) = layout.place(steps, fields)
            {
                table[place] = layout.together(closed, &rest, steps, fields, self.goal);
            }
        }
        table
    }
}

/// Whether some way of a group comes to anything.
const fn is_moved(ways: &[Way]) -> bool {
    !matches!(ways, [Way { fields: 0, gate: TOP, .. }])
}

/// The best that ways of one number of steps and fields come to.
trait Best: Clone + Default {
    /// The steps to look among when those up to a limit were not enough.
    fn farther(limit: usize) -> usize {
        4 * limit
    }
    /// For each group what those before it add with each number of steps up to a limit, then the same of all; empty
    /// where tables are not to be kept short by that.
    fn rest(_: &Goal<'_>, _limit: usize, _: &[Vec<Way>]) -> Vec<Vec<Added>> {
        Vec::new()
    }
    /// Keeps what could reach the goal with groups that add no more than this.
    fn keep(&mut self, _: Added, _: &Goal<'_>) {}
    /// Whether no way is left.
    fn is_none(&self) -> bool {
        false
    }
    /// Nothing raised.
    fn start() -> Self;
    /// Takes in what was best before a group, with one of its ways.
    fn take(&mut self, before: &Self, way: &Way, goal: &Goal<'_>);
    /// Takes in what is best of some groups together with what is best of others.
    fn take_both(&mut self, some: &Self, others: &Self, goal: &Goal<'_>);
    /// All are taken in.
    fn settle(&mut self, _: &Goal<'_>) {}
    /// Whether one of them reaches the goal.
    fn reaches(&self, goal: &Goal<'_>) -> bool;
}

/// Groups that add up: the largest gain is the best.
#[derive(Clone, Copy)]
struct Gain(i128);

/// No way at all: so far below every sum of gains that adding some to it changes nothing. Two of it can still be
/// added.
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
    fn take_both(&mut self, some: &Self, others: &Self, _: &Goal<'_>) {
        self.0 = self.0.max(some.0 + others.0);
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
    /// the limit is hardly enough.
    fn farther(limit: usize) -> usize {
        limit + 1
    }
    fn rest(goal: &Goal<'_>, limit: usize, ways: &[Vec<Way>]) -> Vec<Vec<Added>> {
        goal.spend(ways.iter().map(Vec::len).sum());
        let mut rest = vec![vec![Added::default(); limit + 1]];
        for ways in ways {
            rest.extend(rest.last().map(|before| Added::with(before, ways)));
        }
        rest
    }
    fn keep(&mut self, rest: Added, goal: &Goal<'_>) {
        self.ways.retain(|way| goal.could_be_reached(way, rest));
        self.sifted = self.ways.len();
    }
    fn is_none(&self) -> bool {
        self.ways.is_empty()
    }
    fn start() -> Self {
        Self { ways: vec![Way::NONE], sifted: 1 }
    }
    fn take(&mut self, before: &Self, way: &Way, goal: &Goal<'_>) {
        if !before.ways.is_empty() && goal.spend(before.ways.len()) {
            self.ways.extend(before.ways.iter().map(|before| before.and(way)));
            if self.ways.len() > 2 * self.sifted + Self::UNSIFTED {
                self.sift(goal);
            }
        }
    }
    fn take_both(&mut self, some: &Self, others: &Self, goal: &Goal<'_>) {
        some.ways.iter().for_each(|way| self.take(others, way, goal));
    }
    fn settle(&mut self, goal: &Goal<'_>) {
        goal.spend(1);
        self.sift(goal);
    }
    fn reaches(&self, goal: &Goal<'_>) -> bool {
        goal.spend(self.ways.len()) && self.ways.iter().any(|way| goal.reached(way))
    }
}

/// Where a table holds the best for a number of steps and fields. A field is raised by one step at least and by as
/// many as there are levels at most, so that few of all pairs can be.
struct Layout {
    levers: usize,
    /// For each number of steps, where its fields begin; and where all end.
    begin: Vec<usize>,
}

impl Layout {
    /// Of tables up to so many steps.
    fn new(levers: usize, limit: usize) -> Self {
        let mut layout = Self { levers, begin: vec![0] };
        for steps in 0..=limit {
            layout.begin.push(layout.begin[steps] + layout.fields(steps).count());
        }
        layout
    }

    /// How many cells a table has.
    fn size(&self) -> usize {
        self.begin.last().copied().unwrap_or_default()
    }

    /// How many fields can take so many steps together.
    fn fields(&self, steps: usize) -> RangeInclusive<usize> {
        steps.div_ceil(usize::from(TOP))..=steps.min(self.levers)
    }

    /// The cell of so many steps and fields; nothing if that cannot be.
    fn place(&self, steps: usize, fields: usize) -> Option<usize> {
        let possible = self.fields(steps);
        possible.contains(&fields).then(|| self.begin[steps] + fields - possible.start())
    }

    /// The best with one more group than a table is over.
    fn best<B: Best>(&self, table: &[B], ways: &[Way], steps: usize, fields: usize, goal: &Goal<'_>) -> B {
        let mut best = B::default();
        for way in ways.iter().take_while(|way| way.steps <= steps).filter(|way| way.fields <= fields) {
            if let Some(place) = self.place(steps - way.steps, fields - way.fields) {
                best.take(&table[place], way, goal);
            }
        }
        best.settle(goal);
        best
    }

    /// The best over the groups of two tables.
    fn together<B: Best>(&self, some: &[B], others: &[B], steps: usize, fields: usize, goal: &Goal<'_>) -> B {
        let mut best = B::default();
        for taken in 0..=steps {
            for (some, held) in some[self.begin[taken]..].iter().zip(self.fields(taken).take_while(|n| *n <= fields)) {
                if let Some(place) = self.place(steps - taken, fields - held) {
                    best.take_both(some, &others[place], goal);
                }
            }
        }
        best.settle(goal);
        best
    }

    /// The table up to so many steps with one more group.
    fn with<B: Best>(&self, table: &[B], ways: &[Way], steps: usize, goal: &Goal<'_>) -> Vec<B> {
        let mut next = vec![B::default(); self.size()];
        for steps in 0..=steps {
            for (cell, fields) in next[self.begin[steps]..].iter_mut().zip(self.fields(steps)) {
                *cell = self.best(table, ways, steps, fields, goal);
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::assessment::{Outcome, Rating, Ratings, finalise};
    use crate::domain::criteria::{Criteria, Reading, Source};
    use crate::domain::decimal::Decimal;
    use crate::domain::field::Registry;
    use crate::domain::fixed::TenThousandths;
    use crate::domain::rubric::Rubric;
    use crate::engine::{Cell, Column, Options, Row, Snapshot, rank};
    use serde_json::{Value, json};

    /// A lever for each: its group, the level now, and for each level above what it gains and whether it is open.
    type Levers = Vec<(usize, u8, Vec<(i8, bool)>)>;

    fn open(levers: &Levers) -> Open<'static> {
        let mut groups: Vec<usize> = Vec::new();
        let levers = levers.iter().zip(0..).map(|((group, level, gains), at): (_, usize)| {
            let group = groups.iter().position(|known| known == group).unwrap_or_else(|| {
                groups.push(*group);
                groups.len() - 1
            });
            let rises = (level + 1..=TOP).zip(gains).zip(1..).filter(|((_, (_, open)), _)| *open);
            let rises = rises.map(|((to, (gain, _)), steps)| Rise {
                to,
                way: Way { steps, fields: 1, gain: i128::from(*gain), ..Way::NONE },
            });
            let rises = Cow::Owned(rises.collect());
            Lever { field: at.to_string().into(), level: Decimal::whole(i64::from(*level)), rises, group }
        });
        let levers: Vec<_> = levers.collect();
        Open { groups: groups.iter().map(|_| None).collect(), levers }
    }

    /// By trying all: steps, number of fields, fields, levels.
    fn naive(open: &Open<'_>, needed: i128) -> Option<(usize, usize, Vec<usize>, Vec<u8>)> {
        let mut best = None;
        let mut at = vec![0; open.levers.len()];
        loop {
            let raised: Vec<usize> = (0..at.len()).filter(|l| at[*l] > 0).collect();
            let rises: Vec<&Rise> = raised.iter().map(|l| &open.levers[*l].rises[at[*l] - 1]).collect();
            if raised.len() > 1 && rises.iter().map(|rise| rise.way.gain).sum::<i128>() > needed {
                let steps = rises.iter().map(|rise| rise.way.steps).sum();
                let found = (steps, raised.len(), raised, rises.iter().map(|rise| rise.to).collect());
                best = Some(best.map_or_else(|| found.clone(), |best| found.clone().min(best)));
            }
            let Some(next) = (0..at.len()).find(|l| at[*l] < open.levers[*l].rises.len()) else { return best };
            at[next] += 1;
            at[..next].fill(0);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever the gains, and however the levers of one group lie among those of others.
        #[test]
        fn the_combination_is_the_one_found_by_trying_all(
            levers in proptest::collection::vec(
                (0..4_usize, 1..=4_u8, proptest::collection::vec((-2..6_i8, prop::bool::weighted(0.8)), 4)), 0..6,
            ),
            needed in -1..24_i128,
        ) {
            let open = open(&levers);
            let goal = Goal::of(needed);
            let found = combination(&open, &goal);
            let expected = naive(&open, needed).map(|(_, _, fields, levels)| {
                fields.iter().zip(levels).map(|(at, to)| open.levers[*at].change(to)).collect::<Vec<_>>()
            });
            prop_assert_eq!(found, expected);
        }
    }

    /// So many fields as a document may have, all to be raised but for a few steps.
    #[test]
    fn many_fields_are_searched_at_once() {
        let levers: Levers = (0..64).map(|at| (at, 1, (1..=4).map(|gain| (gain, true)).collect())).collect();
        let open = open(&levers);
        for needed in (120..220).step_by(9) {
            let goal = Goal::of(needed);
            let found = combination(&open, &goal).unwrap();
            // Fewest fields are those raised to the top; what is left over is taken from the first.
            let fields = usize::try_from(needed / 4).unwrap() + 1;
            let first = u8::try_from(needed + 1 - 4 * (needed / 4)).unwrap();
            let levels: Vec<_> = found.iter().map(|change| change.to).collect();
            assert_eq!(levels, [vec![first + 1], vec![TOP; fields - 1]].concat());
            assert!(found.iter().zip(0..).all(|(change, at): (_, usize)| *change.field == at.to_string()));
        }
    }

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
        let rubric = Rubric::from_json(include_str!("../reference/sedaya-rubric-v1.json")).unwrap();
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
            let goal =
                Goal::above(ranking.cutoff_for(placed).unwrap(), placed.score, parts, coupled).within(ranking.looks());
            let reachable = goal.within_reach((0..open.groups.len()).map(|group| open.bound(group)));
            found += usize::from(reachable && combination(&open, &goal).is_some());
            spent.push(goal.spent());
        }
        (found, spent)
    }

    /// A document that anybody may send: the nearer to 60 the better, so that more is not better. Where it leaves too much to
    /// look at nothing is told, and that is found out soon.
    #[test]
    fn a_target_over_a_whole_cohort_is_searched_within_the_budget() {
        let target = json!({"kind": "target", "at": 60, "from": 0, "to": 100});
        let document = json!({"preferences": [{"field": "overall", "weight": 1, "value": target}], "limit": 3});
        let (found, spent) = searched(&document);
        let (most, sum) = (spent.iter().max().unwrap(), spent.iter().sum::<usize>());
        // Whoever stands above 60 gets no nearer by rising.
        assert_eq!((spent.len(), found), (77, 60));
        assert!(*most < Goal::BUDGET / 2 && sum < 2_500_000, "{most} {sum}");
    }
}
