//! From what is known of a venture to the value of each field.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::domain::assessment::{Combined, DimensionOutcome, Outcome};
use crate::domain::band::Derived;
use crate::domain::card::Printed;
use crate::domain::fixed::TenThousandths;
use crate::domain::label::Labelled;
use crate::domain::money::Rupiah;
use crate::domain::venture::{DisabilityInclusion, LegalPaper, LegalStatus, Profile};

/// The value of a field, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// A number, and the lowest and highest that the assessors' values give; all equal for attributes.
    Number {
        /// The number that counts.
        value: TenThousandths,
        /// The lowest.
        low: TenThousandths,
        /// The highest.
        high: TenThousandths,
    },
    /// Whole rupiah.
    Amount(Rupiah),
    /// From and to, both included.
    Amounts(Rupiah, Rupiah),
    /// Yes or no.
    Boolean(bool),
    /// One code or text.
    Text(Cow<'static, str>),
    /// A set of codes.
    Set(Vec<Cow<'static, str>>),
    /// The owner did not say, or did not consent to be found by it.
    NotAnswered,
    /// A rule says that it does not apply.
    NotApplicable,
    /// Still ours to assess.
    NotAssessed,
    /// Too little has a value for a number.
    Insufficient,
}

impl FieldValue {
    pub(super) const fn number(value: TenThousandths) -> Self {
        Self::Number { value, low: value, high: value }
    }
    pub(super) fn optional(value: Option<TenThousandths>) -> Self {
        value.map_or(Self::NotAnswered, Self::number)
    }
    pub(super) fn rupiah(value: Option<Rupiah>) -> Self {
        value.map_or(Self::NotAnswered, Self::Amount)
    }
    pub(super) fn boolean(value: Option<bool>) -> Self {
        value.map_or(Self::NotAnswered, Self::Boolean)
    }
    pub(super) fn code<T: Labelled>(value: Option<T>) -> Self {
        value.map_or(Self::NotAnswered, |v| Self::Text(Cow::Borrowed(v.code())))
    }
    pub(super) fn codes<T: Labelled>(values: Option<&[T]>) -> Self {
        values.map_or(Self::NotAnswered, |v| Self::Set(v.iter().map(|c| Cow::Borrowed(c.code())).collect()))
    }
    pub(super) fn goals(values: Option<&[u8]>) -> Self {
        values.map_or(Self::NotAnswered, |v| Self::Set(v.iter().map(|g| Cow::Owned(g.to_string())).collect()))
    }
    pub(super) fn owned(value: Option<String>) -> Self {
        value.map_or(Self::NotAnswered, |v| Self::Text(Cow::Owned(v)))
    }
}

/// All that the fields of one venture are read from.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// What is known beside the ratings.
    pub profile: &'a Profile,
    /// What follows from it.
    pub derived: &'a Derived,
    /// What its ratings come to, under the rubric of the registry; `None` without an assessment.
    pub outcome: Option<&'a Outcome>,
    /// What its card prints of group, kota and need after coarsening.
    pub printed: &'a Printed,
    /// Keys of the fields by which the owner consented to be found.
    pub found_by: &'a BTreeSet<String>,
}

impl Subject<'_> {
    pub(super) fn of_outcome(&self, read: impl FnOnce(&Outcome) -> FieldValue) -> FieldValue {
        match self.outcome {
            Some(outcome) if outcome.assessors > 0 => read(outcome),
            _ => FieldValue::NotAssessed,
        }
    }

    pub(super) fn dimension(&self, number: usize) -> FieldValue {
        self.of_outcome(|o| match o.dimensions[number] {
            DimensionOutcome::Number { score, low, high, .. } => FieldValue::Number { value: score, low, high },
            DimensionOutcome::Insufficient { .. } => FieldValue::Insufficient,
            DimensionOutcome::NotAssessed { .. } => FieldValue::NotAssessed,
            DimensionOutcome::NotApplicable {} => FieldValue::NotApplicable,
        })
    }

    pub(super) fn indicator(&self, number: usize) -> FieldValue {
        self.of_outcome(|o| match o.indicators[number] {
            // Low and high are by score; as raw values a cost scale turns them round.
            Combined::Value { median, low, high, .. } => FieldValue::Number {
                value: median.rounded(),
                low: low.min(high).rounded(),
                high: low.max(high).rounded(),
            },
            Combined::NotApplicable {} => FieldValue::NotApplicable,
            Combined::NotAssessed {} => FieldValue::NotAssessed,
            Combined::NotAnswered {} => FieldValue::NotAnswered,
        })
    }

    pub(super) fn overall(&self) -> FieldValue {
        self.of_outcome(|o| match o.overall {
            Some(overall) => FieldValue::Number { value: overall.score, low: overall.low, high: overall.high },
            None if o.dimensions.iter().any(|d| matches!(d, DimensionOutcome::NotAssessed { .. })) => {
                FieldValue::NotAssessed
            }
            None if o.dimensions.iter().all(|d| matches!(d, DimensionOutcome::NotApplicable {})) => {
                FieldValue::NotApplicable
            }
            None => FieldValue::Insufficient,
        })
    }

    pub(super) fn readiness(&self) -> FieldValue {
        self.of_outcome(|o| match (o.readiness.level, o.readiness.blocking) {
            (Some(level), _) => FieldValue::number(TenThousandths::whole(level.into())),
            (None, Some(d)) if matches!(o.dimensions[d], DimensionOutcome::NotAssessed { .. }) => {
                FieldValue::NotAssessed
            }
            _ => FieldValue::Insufficient,
        })
    }

    pub(super) fn funding_need(&self) -> FieldValue {
        self.profile.funding_need.map_or(FieldValue::NotAnswered, |n| FieldValue::Amounts(n.min, n.max))
    }

    pub(super) fn legal(&self, paper: LegalPaper) -> FieldValue {
        match self.profile.legal.get(&paper) {
            None | Some(LegalStatus::Unknown) => FieldValue::NotAnswered,
            Some(LegalStatus::NotApplicable) => FieldValue::NotApplicable,
            Some(status) => FieldValue::code(Some(*status)),
        }
    }

    pub(super) fn social_registry(&self) -> FieldValue {
        let registry = self.profile.social_registry.as_ref();
        FieldValue::owned(registry.map(|r| format!("{}:{}", r.scheme, r.status)))
    }

    pub(super) fn disability_inclusion(&self) -> FieldValue {
        match self.profile.disability_inclusion.as_deref() {
            // Who would rather not say has not answered.
            Some([DisabilityInclusion::Undisclosed]) => FieldValue::NotAnswered,
            set => FieldValue::codes(set),
        }
    }
}
