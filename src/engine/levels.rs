//! What could be raised: levels, the raises open to one venture, and what it takes to pass the cut-off.

use std::sync::Arc;

use super::columns::Columns;
use super::exact::{Fraction, compare};
use super::indicators::Coupled;
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

/// One way to raise the levels of a group of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raise {
    /// Place of the field among all actionable ones, in document order, and its new level.
    pub to: Vec<(usize, u8)>,
    pub steps: usize,
    /// What the score's sum gains by itself.
    pub gain: i128,
    /// What the overall score gains, and the readiness level that the group's dimension allows: what
    /// couples the groups of a rubric.
    pub overall: i128,
    pub gate: u8,
}

impl Raise {
    /// Whether a field is among those raised.
    pub fn raises(&self, field: usize) -> bool {
        self.to.iter().any(|(f, _)| *f == field)
    }
}

/// Fields that act on a score together. At most one raise is taken from each group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub raises: Vec<Raise>,
    /// The readiness level that its dimension allows when nothing is raised.
    pub gate: u8,
}

impl Group {
    /// The most steps of a raise.
    pub fn steps(&self) -> usize {
        self.raises.iter().map(|raise| raise.steps).max().unwrap_or(0)
    }

    /// The most that a raise gains by itself; nought if all of them lose.
    pub fn most(&self) -> i128 {
        self.raises.iter().map(|raise| raise.gain).fold(0, i128::max)
    }
}

/// A field that can be raised, and its level now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lever {
    pub field: Arc<str>,
    pub level: Decimal,
}

impl Lever {
    /// Levels above the present one, with the steps to each. From between two levels, the next one up is
    /// one step away.
    pub fn above(&self) -> impl Iterator<Item = (u8, usize)> {
        (1..=TOP).filter(|to| Decimal::whole(i64::from(*to)) > self.level).zip(1..)
    }
}

/// The raises open to one venture.
pub(super) struct Open<'a> {
    /// In document order.
    pub levers: Vec<Lever>,
    /// Steps if everything is raised to the top, and the most that one group takes of them.
    pub all_steps: usize,
    pub group_steps: usize,
    /// More than this no raise can gain.
    pub most: i128,
    /// The groups, with all raises of at most so many steps.
    #[allow(clippy::type_complexity)]
    pub groups: Box<dyn Fn(usize) -> Vec<Group> + 'a>,
}

/// Nothing can be raised.
impl Default for Open<'_> {
    fn default() -> Self {
        Self { levers: Vec::new(), all_steps: 0, group_steps: 0, most: i128::MIN, groups: Box::new(|_| Vec::new()) }
    }
}

/// What a combination of raises must come to.
pub(super) struct Goal<'a> {
    /// The sum of parts must gain more than this.
    pub needed: i128,
    /// Preferences and filters on what the groups make together.
    pub coupled: Option<Coupled<'a>>,
}

impl<'a> Goal<'a> {
    /// To stand strictly above `cutoff`, for a venture of this score and these parts.
    pub fn above(cutoff: Score, own: Score, parts: impl Iterator<Item = Part>, coupled: Option<Coupled<'a>>) -> Self {
        Self { needed: cutoff.threshold(own.den) - parts.map(Part::weighed).sum::<i128>(), coupled }
    }

    /// Whether it is reached by this gain, overall gain and gate over all groups.
    pub fn reached(&self, gain: i128, overall: i128, gate: u8) -> bool {
        match &self.coupled {
            None => gain > self.needed,
            Some(coupled) => coupled.gain(overall, gate).is_some_and(|more| gain + more > self.needed),
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
