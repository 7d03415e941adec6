//! The registry of fields that a criteria document may use: one table, and what a rubric adds to it.

mod check;
mod table;
mod value;

use std::collections::BTreeMap;

pub use check::BadValue;
pub use value::{FieldValue, Subject};

use super::decimal::Decimal;
use super::label::labelled;
use super::rubric::{Rubric, Scale, Unit};
use super::text::{Text, Words};
use super::venture::{LegalPaper, LegalStatus};

crate::codes! {
    /// An operator of a filter in a criteria document.
    Op {
        /// Equal.
        Is = "is",
        /// One of.
        In = "in",
        /// None of these.
        NotIn = "not_in",
        /// At least.
        Gte = "gte",
        /// At most.
        Lte = "lte",
        /// From one to another, both included.
        Between = "between",
        /// Two ranges that share a point.
        Overlaps = "overlaps",
        /// Equal to, or below, one of these codes in its hierarchy.
        Under = "under",
        /// A set that holds at least one of these.
        AnyOf = "any_of",
        /// A set that holds all of these.
        AllOf = "all_of",
        /// A set that holds none of these.
        NoneOf = "none_of",
    }
    /// How the values of a field are compared.
    FieldType {
        /// An exact decimal.
        Number = "number",
        /// `true` or `false`; a text for the engine.
        Boolean = "boolean",
        /// One code or text, perhaps of a hierarchy.
        Code = "code",
        /// A set of codes.
        Set = "set",
        /// Two numbers; used in preferences through `.min` and `.max`.
        Range = "range",
    }
    /// Who may see a field's value before an introduction.
    FieldClass {
        /// Printed on the card.
        Card = "card",
        /// Shown after introduction.
        Profile = "profile",
        /// Never shown to investors.
        Sensitive = "sensitive",
    }
    /// What the numbers of a field count.
    FieldUnit {
        /// A score of 0–100.
        Points = "points",
        /// A level of 1–5.
        Level = "level",
        /// A share of 0–1.
        Share = "share",
        /// Percent.
        Percent = "percent",
        /// Whole rupiah.
        Rupiah = "rupiah",
        /// Full-time equivalents.
        Fte = "fte",
        /// Months.
        Months = "months",
        /// Years.
        Years = "years",
    }
}

/// What a criteria document may say about fields: everything offline, the registry over HTTP.
pub trait Vocabulary {
    /// The type of a field and the operators it takes, or `None` for an unknown field.
    /// `funding_need.min` and `funding_need.max` are numbers of their own.
    fn describe(&self, field: &str) -> Option<(FieldType, &'static [Op])>;

    /// Whether fields are plain columns without a type, as offline: any operator and any value function
    /// may read any of them, and the type that [`Vocabulary::describe`] gives does not count.
    fn plain(&self) -> bool {
        false
    }

    /// Whether preferences may weigh a field; the fields coarsened on cards may only be filtered.
    fn weighable(&self, field: &str) -> bool {
        let _ = field;
        true
    }

    /// Whether a text can be a value of a field: a code that it has, a region with its dots, a sector
    /// with its scheme. Plain columns hold any text, and so does a field that is not known.
    ///
    /// # Errors
    /// Why it cannot.
    fn check(&self, field: &str, text: &str) -> Result<(), BadValue> {
        let _ = (field, text);
        Ok(())
    }
}

/// What the values of a field are.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// Numbers; nothing to list.
    Numbers,
    /// `true` and `false`.
    Booleans,
    /// Codes with their words.
    Codes(fn() -> Vec<(&'static str, Words)>),
    /// Kemendagri codes.
    Regions,
    /// KBLI codes with their scheme.
    Sectors,
    /// Sustainable Development Goals, 1–17.
    Goals,
    /// `DTSEN:` or `DTKS:` and the registry's own status.
    SocialRegistry,
}

/// Where a field's value comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// The venture.
    Venture(fn(&Subject<'_>) -> FieldValue),
    /// A legal paper.
    Legal(LegalPaper),
    /// A dimension of the rubric, by number.
    Dimension(usize),
    /// An indicator of the rubric, by number.
    Indicator(usize),
}

/// One field.
#[derive(Clone, Debug)]
pub struct Field {
    /// As written in a criteria document.
    pub key: String,
    /// What people read.
    pub label: Text,
    /// How its values are compared.
    pub kind: FieldType,
    /// What its numbers count; `None` for other types.
    pub unit: Option<FieldUnit>,
    /// What its values are.
    pub values: Values,
    /// Who may see it before an introduction.
    pub class: FieldClass,
    /// The owner can raise it by a level within months, so it may be proposed as a change. Never true of
    /// attributes: nobody is told to change gender, region or age.
    pub actionable: bool,
    /// Known only of ventures whose owner consented to be found by it.
    pub needs_consent: bool,
    /// Coarsened on cards so that no outsider knows a venture by it; may be filtered, never weighted.
    pub filter_only: bool,
    source: Source,
}

impl Field {
    /// The operators it takes in a filter.
    pub const fn ops(&self) -> &'static [Op] {
        match (self.kind, self.values) {
            (FieldType::Number, _) => &[Op::Gte, Op::Lte, Op::Between],
            (FieldType::Boolean, _) => &[Op::Is],
            (FieldType::Code, Values::Regions | Values::Sectors | Values::SocialRegistry) => {
                &[Op::Is, Op::In, Op::NotIn, Op::Under]
            }
            (FieldType::Code, _) => &[Op::Is, Op::In, Op::NotIn],
            (FieldType::Set, _) => &[Op::AnyOf, Op::AllOf, Op::NoneOf],
            (FieldType::Range, _) => &[Op::Overlaps],
        }
    }

    /// The least and the greatest number that it can hold; generous where only good sense sets a bound.
    pub const fn bounds(&self) -> (Decimal, Decimal) {
        let (low, high) = match self.unit {
            Some(FieldUnit::Points) => (0, 100),
            Some(FieldUnit::Level) => (1, 5),
            Some(FieldUnit::Share) => (0, 1),
            Some(FieldUnit::Years) => (0, 200),
            Some(FieldUnit::Months) => (0, 1_000),
            Some(FieldUnit::Percent | FieldUnit::Fte) => (0, 10_000),
            Some(FieldUnit::Rupiah) | None => (0, 1_000_000_000_000_000),
        };
        (Decimal::whole(low), Decimal::whole(high))
    }

    /// The answer that it comes from, by the key of one of the fields that do: two ends of a range are one answer, and so are
    /// a figure and its band, and a figure that is asked for and assessed.
    pub fn answer(&self) -> &str {
        match self.key.as_str() {
            "funding_need.min" | "funding_need.max" => "funding_need",
            "revenue_band" => "annual_revenue",
            "indicator.FAC3" => "debt_service_pct",
            "indicator.DGM2" => "online_sales_pct",
            own => own,
        }
    }

    /// Its codes with their words; empty when they are not a short list.
    pub fn codes(&self) -> Vec<(&'static str, Words)> {
        match self.values {
            Values::Codes(codes) => codes(),
            Values::Booleans => vec![("true", Words::new("ya", "yes")), ("false", Words::new("tidak", "no"))],
            _ => Vec::new(),
        }
    }
}

/// All fields under one rubric version.
#[derive(Clone, Debug)]
pub struct Registry {
    fields: Vec<Field>,
    by_key: BTreeMap<String, usize>,
}

impl Registry {
    /// The fields of the table, and `dimension.<DIM>` and `indicator.<CODE>` of a rubric.
    pub fn new(rubric: &Rubric) -> Self {
        let mut fields = Vec::new();
        for (number, dimension) in rubric.dimensions().iter().enumerate() {
            fields.push(Field {
                key: format!("dimension.{}", dimension.code),
                label: dimension.label.clone(),
                kind: FieldType::Number,
                unit: Some(FieldUnit::Points),
                values: Values::Numbers,
                class: FieldClass::Card,
                actionable: false,
                needs_consent: false,
                filter_only: false,
                source: Source::Dimension(number),
            });
        }
        fields.extend(table::fields());
        fields.extend(LegalPaper::ALL.iter().map(|paper| Field {
            key: format!("legal.{}", paper.as_str()),
            label: paper.label().into(),
            kind: FieldType::Code,
            unit: None,
            values: Values::Codes(labelled::<LegalStatus>),
            class: FieldClass::Profile,
            actionable: false,
            needs_consent: false,
            filter_only: false,
            source: Source::Legal(*paper),
        }));
        for (number, indicator) in rubric.indicators().enumerate() {
            let (unit, is_ordinal) = match indicator.scale {
                Scale::Ordinal { .. } => (FieldUnit::Level, true),
                Scale::Numeric { unit: Unit::Percent, .. } => (FieldUnit::Percent, false),
                Scale::Numeric { unit: Unit::Months, .. } => (FieldUnit::Months, false),
                Scale::Numeric { unit: Unit::Fte, .. } => (FieldUnit::Fte, false),
            };
            let is_sensitive = table::SENSITIVE_INDICATORS.contains(&indicator.code.as_str());
            fields.push(Field {
                key: format!("indicator.{}", indicator.code),
                label: indicator.label.clone(),
                kind: FieldType::Number,
                unit: Some(unit),
                values: Values::Numbers,
                class: if is_sensitive { FieldClass::Sensitive } else { FieldClass::Profile },
                actionable: indicator.actionable && is_ordinal,
                needs_consent: false,
                filter_only: false,
                source: Source::Indicator(number),
            });
        }
        let by_key = fields.iter().enumerate().map(|(i, f)| (f.key.clone(), i)).collect();
        Self { fields, by_key }
    }

    /// All fields, in the order people read them.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The number of a field in [`Registry::fields`].
    pub fn position(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    /// A field by its key.
    pub fn find(&self, key: &str) -> Option<&Field> {
        self.position(key).map(|i| &self.fields[i])
    }

    /// The value of one field of a venture.
    pub fn value(&self, field: &Field, subject: &Subject<'_>) -> FieldValue {
        if field.needs_consent && !subject.found_by.contains(&field.key) {
            return FieldValue::NotAnswered;
        }
        match field.source {
            Source::Venture(read) => read(subject),
            Source::Legal(paper) => subject.legal(paper),
            Source::Dimension(number) => subject.dimension(number),
            Source::Indicator(number) => subject.indicator(number),
        }
    }

    /// The values of all fields of a venture, in the order of [`Registry::fields`].
    pub fn values(&self, subject: &Subject<'_>) -> Vec<FieldValue> {
        self.fields.iter().map(|f| self.value(f, subject)).collect()
    }
}

impl Vocabulary for Registry {
    fn describe(&self, field: &str) -> Option<(FieldType, &'static [Op])> {
        self.find(field).map(|f| (f.kind, f.ops()))
    }

    fn weighable(&self, field: &str) -> bool {
        self.find(field).is_none_or(|f| !f.filter_only)
    }

    fn check(&self, field: &str, text: &str) -> Result<(), BadValue> {
        self.find(field).map_or(Ok(()), |f| check::check(f, text))
    }
}

#[cfg(test)]
mod tests;
