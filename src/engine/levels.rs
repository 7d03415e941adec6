//! What could be raised: levels, the raises open to one venture, and what it takes to pass the cut-off.

use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Reverse;
use std::sync::Arc;

use super::columns::Columns;
use super::exact::{Fraction, compare};
use super::indicators::{Coupled, Dimension};
use super::score::{Part, Score};
use crate::domain::assessment::Outcome;
use crate::domain::decimal::Decimal;
use crate::domain::rubric::Rubric;

/// The highest level.
pub(super) const TOP: u8 = 5;

/// What of a venture can be moved when its place is explained.
#[derive(Clone, Copy, Debug)]
pub enum Movable<'a> {
    /// Nothing: the explanation has no changes.
    Nothing,
    /// Columns of a plain table; see [`Columns`].
    Columns(&'a Columns),
    /// Actionable ordinal indicators of a rubric, from the venture's own outcome under it. Dimensions,
    /// the overall score and the readiness level follow.
    Indicators(&'a Rubric, &'a Outcome),
}

/// One level raised.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Change {
    /// The field.
    pub field: Arc<str>,
    /// Level now; between two levels where the assessors' median is.
    pub from: Decimal,
    /// Level then.
    pub to: u8,
}

/// Levels that a lever may take: bit n for level n, and bit 0 for staying where it is.
pub(super) type Allowed = u8;

/// Not raised.
pub(super) const STAY: Allowed = 1;

/// A field that can be raised.
#[derive(Clone, Debug)]
pub(super) struct Lever<'a> {
    pub field: Arc<str>,
    /// Its level now.
    pub level: Decimal,
    /// The levels above at which all filters on the field itself pass, rising.
    pub rises: Cow<'a, [Rise]>,
    /// The group it is in.
    pub group: usize,
}

impl Lever<'_> {
    /// The levels it can be raised to.
    pub fn raised(&self) -> Allowed {
        self.rises.iter().fold(0, |levels, rise| levels | 1 << rise.to)
    }

    /// It raised to a level.
    pub fn change(&self, to: u8) -> Change {
        Change { field: self.field.clone(), from: self.level, to }
    }
}

/// Levels above the present one, with the steps to each. From between two levels, the next one up is one
/// step away.
pub(super) fn above(level: Decimal) -> impl Iterator<Item = (u8, usize)> {
    (1..=TOP).filter(move |to| Decimal::whole(i64::from(*to)) > level).zip(1..)
}

/// One level of a lever.
#[derive(Clone, Debug)]
pub(super) struct Rise {
    pub to: u8,
    /// What it comes to by the field's own uses.
    pub way: Way,
}

/// What raising some levels, or none, comes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub steps: usize,
    pub fields: usize,
    /// What the score's sum gains.
    pub gain: i128,
    /// What the Σ of the group's dimension gains; once that has followed, what the overall score does.
    pub points: i128,
    /// The readiness level that the group's dimension allows, once that has followed.
    pub gate: u8,
}

impl Way {
    /// Nothing raised.
    pub const NONE: Self = Self { steps: 0, fields: 0, gain: 0, points: 0, gate: TOP };

    /// Both ways: levels of one group before its dimension has followed, or two groups after.
    pub fn and(self, other: &Self) -> Self {
        Self {
            steps: self.steps + other.steps,
            fields: self.fields + other.fields,
            gain: self.gain + other.gain,
            points: self.points + other.points,
            gate: self.gate.min(other.gate),
        }
    }

    /// What is nowhere below some ways.
    pub fn bound<'a>(ways: impl Iterator<Item = &'a Self>) -> Self {
        ways.fold(Self { gate: 0, ..Self::NONE }, |most, way| Self {
            gain: most.gain.max(way.gain),
            points: most.points.max(way.points),
            gate: most.gate.max(way.gate),
            ..most
        })
    }
}

/// The raises open to one venture. Levers that act on the score together form a group: the indicators of
/// a dimension, or a column by itself.
#[derive(Debug, Default)]
pub(super) struct Open<'a> {
    /// In document order.
    pub levers: Vec<Lever<'a>>,
    /// For each group its dimension, if it is one with a number; in the order of their first levers, and
    /// those without any last.
    pub groups: Vec<Option<Dimension<'a>>>,
}

impl Open<'_> {
    /// The levers of a group, with their places among all.
    pub fn of(&self, group: usize) -> impl Iterator<Item = (usize, &Lever<'_>)> {
        self.levers.iter().enumerate().filter(move |(_, lever)| lever.group == group)
    }

    /// The most steps that a group can take.
    pub fn steps(&self, group: usize) -> usize {
        self.of(group).filter_map(|(_, lever)| lever.rises.last()).map(|rise| rise.way.steps).sum()
    }

    /// The readiness level that a group allows when nothing is raised.
    pub fn gate(&self, group: usize) -> u8 {
        self.groups[group].as_ref().map_or(TOP, Dimension::gate)
    }

    /// What is nowhere below any way of a group.
    pub fn bound(&self, group: usize) -> Way {
        let bounds = self.of(group).map(|(_, lever)| Way::bound(lever.rises.iter().map(|rise| &rise.way)));
        let bound = bounds.fold(Way::NONE, |all, way| Way { gate: TOP, ..all.and(&way) });
        self.groups[group].as_ref().map_or(bound, |dimension| dimension.bound(bound))
    }

    /// A way of a group when its dimension has followed; nothing if a filter on that would not pass.
    pub fn follow(&self, group: usize, way: Way) -> Option<Way> {
        match &self.groups[group] {
            Some(dimension) if way.fields > 0 => dimension.follow(way),
            _ => Some(Way { gate: self.gate(group), ..way }),
        }
    }

    /// Fills in all ways of a group of at most so many steps by allowed levels, without those that another
    /// one of as many steps and fields makes superfluous; in the order of steps.
    pub fn fill(&self, group: usize, ways: &mut Vec<Way>, allowed: &[Allowed], limit: usize) {
        ways.clear();
        ways.reserve(1 + usize::from(TOP));
        ways.push(Way::NONE);
        for (at, lever) in self.of(group) {
            let (allowed, before) = (allowed[at], ways.len());
            for rise in lever.rises.iter().filter(|rise| allowed & 1 << rise.to != 0) {
                for at in 0..before {
                    if ways[at].steps + rise.way.steps <= limit {
                        ways.push(ways[at].and(&rise.way));
                    }
                }
            }
            if allowed & STAY == 0 {
                ways.drain(..before);
            }
            if before > 1 {
                thin(ways, self.groups[group].as_ref().is_none_or(|dimension| dimension.is_rising));
            }
        }
        if self.groups[group].is_some() {
            ways.retain_mut(|way| self.follow(group, *way).inspect(|followed| *way = *followed).is_some());
        }
    }
}

/// Leaves out what cannot be better than another way of as many steps and fields, whatever is added.
fn thin(ways: &mut Vec<Way>, is_rising: bool) {
    if is_rising {
        ways.sort_unstable_by_key(|way| (way.steps, way.fields, Reverse(way.gain), Reverse(way.points)));
        ways.dedup_by(|way, kept| (way.steps, way.fields) == (kept.steps, kept.fields) && way.points <= kept.points);
    } else {
        // Without an order in which more is better, what follows is the same only where the points are.
        ways.sort_unstable_by_key(|way| (way.steps, way.fields, way.points, Reverse(way.gain)));
        ways.dedup_by_key(|way| (way.steps, way.fields, way.points));
    }
}

/// No more than this do some groups add with some number of steps; each figure by itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Added {
    pub gain: i128,
    pub points: i128,
}

impl Added {
    /// What groups add with each number of steps, from what others do and from the ways of one more.
    pub fn with(before: &[Self], ways: &[Way]) -> Vec<Self> {
        let mut own = vec![Self::default(); before.len()];
        for way in ways {
            if let Some(most) = own.get_mut(way.steps) {
                *most = Self { gain: most.gain.max(way.gain), points: most.points.max(way.points) };
            }
        }
        let most = |steps: usize| {
            let split = before[..=steps].iter().rev().zip(&own);
            split.fold(Self::default(), |most, (before, own)| Self {
                gain: most.gain.max(before.gain + own.gain),
                points: most.points.max(before.points + own.points),
            })
        };
        (0..before.len()).map(most).collect()
    }
}

/// What a combination of raises must come to.
pub(super) struct Goal<'a> {
    /// The sum of parts must gain more than this.
    pub needed: i128,
    /// Preferences and filters on what the groups make together.
    pub coupled: Option<Coupled<'a>>,
    /// Ways looked at so far …
    spent: Cell<usize>,
    /// … of so many.
    budget: usize,
}

impl<'a> Goal<'a> {
    /// Ways of coupled groups that one search looks at at most. It bounds the work for whatever document and rubric, and as it
    /// counts ways and not time, the same question always has the same answer.
    pub const BUDGET: usize = 500_000;
    /// Ways that the searches for all ventures of a ranking look at at most: some two seconds' work.
    pub const LOOKS: usize = 30_000_000;

    /// To stand strictly above `cutoff`, for a venture of this score and these parts.
    pub fn above(cutoff: Score, own: Score, parts: impl Iterator<Item = Part>, coupled: Option<Coupled<'a>>) -> Self {
        let needed = cutoff.threshold(own.den) - parts.map(Part::weighed).sum::<i128>();
        Self { coupled, ..Self::of(needed) }
    }

    /// To gain more than this, with nothing coupled.
    pub fn of(needed: i128) -> Self {
        Self { needed, coupled: None, spent: Cell::new(0), budget: Self::BUDGET }
    }

    /// The same, with no more than so many ways to be looked at.
    pub fn within(self, looks: usize) -> Self {
        Self { budget: looks.min(self.budget), ..self }
    }

    /// Whether coupled groups could reach it that have come to this, with other groups that add no more than `rest`; it never
    /// says no where they can.
    pub fn could_be_reached(&self, way: &Way, rest: Added) -> bool {
        let most = |coupled: &Coupled<'_>| coupled.most(way.points, way.points + rest.points, way.gate);
        way.gain + rest.gain + self.coupled.as_ref().map_or(0, most) > self.needed
    }

    /// Whether so many more ways may be looked at.
    pub fn spend(&self, ways: usize) -> bool {
        if !self.is_spent() {
            self.spent.set(self.spent.get() + ways);
        }
        !self.is_spent()
    }

    /// How many ways were to be looked at so far.
    #[cfg(test)]
    pub const fn spent(&self) -> usize {
        self.spent.get()
    }

    /// Whether more ways were to be looked at than may be.
    pub const fn is_spent(&self) -> bool {
        self.spent.get() > self.budget
    }

    /// Whether it could be reached at all by groups that stay within these bounds.
    pub fn within_reach(&self, bounds: impl Iterator<Item = Way>) -> bool {
        let bound = bounds.fold(Way::NONE, |all, way| all.and(&way));
        let together = self.coupled.as_ref().map_or(0, |coupled| coupled.most(0, bound.points, bound.gate));
        bound.gain + together > self.needed
    }

    /// Whether it is reached by what all groups come to.
    pub fn reached(&self, way: &Way) -> bool {
        match &self.coupled {
            None => way.gain > self.needed,
            Some(coupled) => coupled.gain(way.points, way.gate).is_some_and(|more| way.gain + more > self.needed),
        }
    }
}

/// Whether a function of numbers rises over the levels and never falls.
pub(super) fn rises(value: impl Fn(Decimal) -> Fraction) -> bool {
    let values: Vec<_> = (1..=TOP).map(|n| value(Decimal::whole(i64::from(n)))).collect();
    let order = |a: Fraction, b: Fraction| compare(a.num, a.den, b.num, b.den);
    let never_falls = values.windows(2).all(|pair| order(pair[0], pair[1]).is_le());
    never_falls && order(values[0], values[usize::from(TOP) - 1]).is_lt()
}
