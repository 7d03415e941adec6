//! The criteria document: what an investor wants, as filters, preferences and options.
//!
//! [`Criteria::parse`] is the only way in: it gives a document whose every rule holds, or all of its
//! faults at once. [`Criteria::canonical`] is what is stored and hashed, [`Criteria::echo`] what a
//! ranking says it was made from.

mod code_tree;
mod echo;
mod fault;
mod function;
mod parse;
mod source;
mod value;

pub use code_tree::{is_level, lies_under};
pub use echo::normalised;
pub use source::{Source, each_once};

use super::decimal::Decimal;
use super::text::Text;

/// The field name of the document's own filter by coverage.
pub const COVERAGE: &str = "coverage";
/// Most filters and most preferences of one document.
pub const MOST: usize = 64;

crate::codes! {
    /// What a preference makes of an answer that is not there.
    Missing {
        /// Counts 0: answering can never lower a score.
        Pessimistic = "pessimistic",
        /// Counts 0.5.
        Neutral = "neutral",
        /// Drops the preference for this venture.
        Renormalise = "renormalise",
        /// Counts 1.
        Optimistic = "optimistic",
        /// Excludes the venture.
        Exclude = "exclude",
    }
    /// What a filter makes of an answer that is not there.
    OnUnknown {
        /// The venture is excluded.
        Exclude = "exclude",
        /// The venture stays and is flagged.
        IncludeFlagged = "include_flagged",
    }
    /// How a filter, a preference or a group reads a cell.
    Reading {
        /// An exact decimal.
        Number = "number",
        /// One text.
        Text = "text",
        /// A set of texts.
        Set = "set",
        /// Two decimals, from and to.
        Range = "range",
    }
}

/// How scores are made of values and weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Weighted sum.
    Additive,
    /// Weighted product, over values not below the floor.
    Geometric {
        /// 0 to 0.5. At 0 a value of 0 is a veto.
        floor: Decimal,
    },
}

/// A condition on one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Equals.
    Is(String),
    /// Is one of.
    In(Vec<String>),
    /// Is none of.
    NotIn(Vec<String>),
    /// At least.
    Gte(Decimal),
    /// At most.
    Lte(Decimal),
    /// From one to another, both included.
    Between(Decimal, Decimal),
    /// Shares a point with this range.
    Overlaps(Decimal, Decimal),
    /// Lies under one of these codes ([`lies_under`]).
    Under(Vec<String>),
    /// Holds at least one of these.
    AnyOf(Vec<String>),
    /// Holds all of these.
    AllOf(Vec<String>),
    /// Holds none of these.
    NoneOf(Vec<String>),
}

/// A condition on a field: a filter's, or that of the group of a representation rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Whose value is tested.
    pub field: String,
    /// Against what.
    pub condition: Condition,
}

/// A filter: ventures must pass it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What must hold.
    pub test: Test,
    /// What if nobody knows.
    pub on_unknown: OnUnknown,
}

/// A declared function from a field's value to 0–1; never estimated from the candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueFunction {
    /// Straight from 0 at `from` to 1 at `to`; `from` above `to` reverses.
    Linear {
        /// Where the value is 0.
        from: Decimal,
        /// Where the value is 1.
        to: Decimal,
    },
    /// Straight in the logarithm; both ends above 0.
    Log {
        /// Where the value is 0.
        from: Decimal,
        /// Where the value is 1.
        to: Decimal,
    },
    /// Straight between points, level outside; x strictly increasing.
    Points(Vec<(Decimal, Decimal)>),
    /// `values[number of breaks ≤ x]`.
    Steps {
        /// Strictly increasing.
        breaks: Vec<Decimal>,
        /// One more than breaks.
        values: Vec<Decimal>,
    },
    /// A trapezoid: 0 outside the outer two, 1 between the inner two.
    Range([Decimal; 4]),
    /// `max(0, 1 − |x − at| ÷ (to − from))`.
    Target {
        /// The best value.
        at: Decimal,
        /// Lower end of the scale.
        from: Decimal,
        /// Upper end of the scale.
        to: Decimal,
    },
    /// A value for each code; keys match as [`lies_under`] does, the longest first.
    Table {
        /// Longest key first.
        values: Vec<(String, Decimal)>,
        /// For codes under none of the keys.
        other: Decimal,
    },
    /// The share of the wanted texts, each counted once, that is covered.
    Overlap(Vec<String>),
}

/// A preference: what counts, and how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preference {
    /// Whose value counts.
    pub field: String,
    /// 0 to 1,000,000 with at most six decimals; 0 drops the preference.
    pub weight: Decimal,
    /// Overrides the document's policy.
    pub missing: Option<Missing>,
    /// From value to 0–1.
    pub value: ValueFunction,
}

/// A floor under the share of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Representation {
    /// Who is protected; unknown is not.
    pub group: Test,
    /// How many of the first i places are theirs.
    pub rule: FloorRule,
}

/// So many places at most a floor by the fairness test may speak of: the work grows with their square.
pub const MOST_FAIR_PLACES: u32 = 2_000;

/// How many of a group every prefix of a list holds at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloorRule {
    /// ⌊min · i⌋ of the first i.
    Share(Decimal),
    /// So many that a list drawn with probability `p` for each place would hold fewer with probability `alpha` at most, all prefixes
    /// taken together (FA*IR, Zehlike et al. 2017).
    Fair {
        /// The share of the group, above 0 and below 1.
        p: Decimal,
        /// The level of the test, above 0 and below 1.
        alpha: Decimal,
    },
}

/// How a document uses a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// In a filter.
    Filter,
    /// In a preference of weight above 0.
    Preference,
    /// In a preference of weight 0: named, but never read.
    Dropped,
    /// As the group of the representation rule.
    Group,
}

/// One use of a field in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldUse<'a> {
    /// The field.
    pub field: &'a str,
    /// Used as what.
    pub role: Role,
    /// Read how.
    pub reading: Reading,
}

/// A criteria document whose every rule holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Criteria {
    /// For people; may be absent offline.
    pub title: Option<Text>,
    /// In document order.
    pub filters: Vec<Filter>,
    /// In document order, those of weight 0 included; at least one weight is above 0.
    pub preferences: Vec<Preference>,
    /// How scores are made.
    pub method: Method,
    /// Policy where a preference has none of its own.
    pub missing: Missing,
    /// Least coverage, 0–1; 0 is no filter.
    pub min_coverage: Decimal,
    /// Floor, if any.
    pub representation: Option<Representation>,
    /// Seed of the lottery; counts only offline and in previews.
    pub seed: String,
    /// The k of the cut-off.
    pub limit: u32,
    /// As it was read.
    document: serde_json::Value,
}

impl Condition {
    /// How the field's cells are read.
    pub const fn reading(&self) -> Reading {
        match self {
            Self::Gte(_) | Self::Lte(_) | Self::Between(..) => Reading::Number,
            Self::Is(_) | Self::In(_) | Self::NotIn(_) | Self::Under(_) => Reading::Text,
            Self::AnyOf(_) | Self::AllOf(_) | Self::NoneOf(_) => Reading::Set,
            Self::Overlaps(..) => Reading::Range,
        }
    }
}

impl Test {
    fn used_as(&self, role: Role) -> FieldUse<'_> {
        FieldUse { field: &self.field, role, reading: self.condition.reading() }
    }
}

impl ValueFunction {
    /// How the field's cells are read.
    pub const fn reading(&self) -> Reading {
        match self {
            Self::Linear { .. }
            | Self::Log { .. }
            | Self::Points(_)
            | Self::Steps { .. }
            | Self::Range(_)
            | Self::Target { .. } => Reading::Number,
            Self::Table { .. } => Reading::Text,
            Self::Overlap(_) => Reading::Set,
        }
    }
}

impl Criteria {
    /// Every use of a field, in document order: filters, preferences, the group.
    pub fn fields(&self) -> impl Iterator<Item = FieldUse<'_>> {
        let filters = self.filters.iter().map(|f| f.test.used_as(Role::Filter));
        let preferences = self.preferences.iter().map(|p| FieldUse {
            field: &p.field,
            role: if p.weight == Decimal::ZERO { Role::Dropped } else { Role::Preference },
            reading: p.value.reading(),
        });
        let group = self.representation.iter().map(|r| r.group.used_as(Role::Group));
        filters.chain(preferences).chain(group)
    }

    /// The policy of one of this document's preferences.
    pub fn missing_of(&self, preference: &Preference) -> Missing {
        preference.missing.unwrap_or(self.missing)
    }
}

#[cfg(test)]
mod tests;
