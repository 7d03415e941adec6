//! The assessment instrument: a checked rubric and the exact arithmetic of its scales.
//!
//! Every score of a rubric is an integer number of `1 / unit` ten-thousandths, where `unit` is a small
//! whole number found once from the slopes of its scales. So sums over indicators are exact sums of
//! integers, and a result is rounded exactly once.

mod check;
mod document;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use document::{Dimension, Document, Indicator, Knot, Level, NotApplicable, Scale, Topic, Unit};

use super::canonical;
use super::fault::Fault;
use super::fixed::{TenThousandths, div_half_even};
use super::venture::{DisabilityInclusion, Profile, SectorGroup};

/// A rubric version that passed every check. Indicators are numbered through all dimensions, in order.
#[derive(Clone, Debug)]
pub struct Rubric {
    document: Document,
    /// Dimension and place in it, of each indicator.
    places: Vec<(usize, usize)>,
    by_code: BTreeMap<String, usize>,
    unit: i64,
}

impl PartialEq for Rubric {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document
    }
}
impl Eq for Rubric {}

/// A raw value counted in twenty-thousandths, so that the mean of two four-decimal values is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Raw(i64);

impl Raw {
    /// The mean of two values.
    pub const fn mean(a: TenThousandths, b: TenThousandths) -> Self {
        Self(a.0 + b.0)
    }
    /// As shown: rounded half to even to four decimals.
    pub fn rounded(self) -> TenThousandths {
        // Half of an i64 fits an i64.
        TenThousandths(i64::try_from(div_half_even(i128::from(self.0), 2)).unwrap_or(0))
    }
}
impl From<TenThousandths> for Raw {
    fn from(value: TenThousandths) -> Self {
        Self::mean(value, value)
    }
}

/// The sums behind a number: Σ weight × score, in the rubric's units, and Σ weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Σ weight × score in units of the rubric.
    pub points: i64,
    /// Σ weight.
    pub weight: i64,
}

impl Sums {
    /// Adds a score, in the rubric's units, with its weight.
    pub const fn add(&mut self, weight: i64, points: i64) {
        self.points += weight * points;
        self.weight += weight;
    }
}

/// What a rubric's rules say of one indicator and one venture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// It applies: "not applicable" is refused.
    Applies,
    /// It does not apply: a value is refused.
    DoesNotApply,
    /// What is known of the venture does not decide; the assessor's word stands.
    AssessorDecides,
}

/// What the rules of applicability ask about a venture. `None` is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Kind of business.
    pub sector_group: Option<SectorGroup>,
    /// The owner has a disability.
    pub owner_with_disability: Option<bool>,
    /// Nobody works in it but the owner.
    pub works_alone: Option<bool>,
}

impl Facts {
    /// The facts in a profile.
    pub fn of(profile: &Profile) -> Self {
        Self {
            sector_group: profile.sector_group(),
            owner_with_disability: profile.disability_inclusion.as_ref().and_then(|set| {
                // "Would rather not say" leaves it open unless the owner also said yes.
                let says = |wanted| set.contains(&wanted);
                if says(DisabilityInclusion::Owner) {
                    Some(true)
                } else if says(DisabilityInclusion::Undisclosed) {
                    None
                } else {
                    Some(false)
                }
            }),
            works_alone: profile.employees_fte.map(|fte| fte <= TenThousandths::ONE),
        }
    }
}

impl Rubric {
    /// Checks a document.
    ///
    /// # Errors
    /// All faults of the document at once, each with a JSON pointer.
    pub fn new(document: Document) -> Result<Self, Vec<Fault>> {
        let unit = check::check(&document)?;
        let mut places = Vec::new();
        let mut by_code = BTreeMap::new();
        for (d, dimension) in document.dimensions.iter().enumerate() {
            for (i, indicator) in dimension.indicators.iter().enumerate() {
                by_code.insert(indicator.code.clone(), places.len());
                places.push((d, i));
            }
        }
        Ok(Self { document, places, by_code, unit })
    }

    /// Reads and checks a JSON text.
    ///
    /// # Errors
    /// One fault at the root when the text has not the shape of a rubric, otherwise as [`Rubric::new`].
    pub fn from_json(json: &str) -> Result<Self, Vec<Fault>> {
        Self::new(serde_json::from_str(json).map_err(|e| vec![check::bad_shape(&e)])?)
    }

    /// The document as canonical JSON (RFC 8785): what is stored and hashed.
    ///
    /// # Errors
    /// None in practice: a rubric holds no number that JSON cannot.
    pub fn canonical_json(&self) -> serde_json::Result<String> {
        canonical::to_string(&self.document)
    }

    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }
    /// The dimensions, in order.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.document.dimensions
    }
    /// The number of a dimension, by code.
    pub fn find_dimension(&self, code: &str) -> Option<usize> {
        self.dimensions().iter().position(|d| d.code == code)
    }
    /// How many indicators there are.
    pub fn indicator_count(&self) -> usize {
        self.places.len()
    }
    /// All indicators, in order.
    pub fn indicators(&self) -> impl Iterator<Item = &Indicator> {
        self.dimensions().iter().flat_map(|d| &d.indicators)
    }
    /// An indicator by its number.
    ///
    /// # Panics
    /// When there is no such number.
    pub fn indicator(&self, number: usize) -> &Indicator {
        let (d, i) = self.places[number];
        &self.document.dimensions[d].indicators[i]
    }
    /// The number of an indicator, by code.
    pub fn find(&self, code: &str) -> Option<usize> {
        self.by_code.get(code).copied()
    }
    /// The dimension of an indicator.
    ///
    /// # Panics
    /// When there is no such indicator.
    pub fn dimension_of(&self, indicator: usize) -> usize {
        self.places[indicator].0
    }
    /// The numbers of a dimension's indicators.
    pub fn indicators_of(&self, dimension: usize) -> Range<usize> {
        let start = self.places.partition_point(|p| p.0 < dimension);
        start..self.places.partition_point(|p| p.0 <= dimension)
    }

    /// What the rules say of an indicator for a venture.
    ///
    /// # Panics
    /// When there is no such indicator.
    pub fn ruling(&self, indicator: usize, facts: &Facts) -> Ruling {
        let mut ruling = Ruling::Applies;
        for rule in &self.indicator(indicator).not_applicable_when {
            let holds = match rule {
                NotApplicable::SectorGroup { groups } => facts.sector_group.map(|g| groups.contains(&g)),
                NotApplicable::SoleOwnerWithDisability {} => match (facts.owner_with_disability, facts.works_alone) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                },
                NotApplicable::NeverBorrowed {} => None,
            };
            match holds {
                Some(true) => return Ruling::DoesNotApply,
                Some(false) => {}
                None => ruling = Ruling::AssessorDecides,
            }
        }
        ruling
    }

    /// The score of a raw value on its indicator's scale, in this rubric's units: exact.
    ///
    /// # Panics
    /// When there is no such indicator.
    pub fn points(&self, indicator: usize, raw: Raw) -> i64 {
        let whole = |score| self.in_units(score);
        match &self.indicator(indicator).scale {
            // (x − 1) / 4 · 100, and a unit is even.
            Scale::Ordinal { .. } => (raw.0 - Raw::from(TenThousandths::ONE).0) * 25 * (self.unit / 2),
            Scale::Numeric { knots, .. } => {
                let after = knots.partition_point(|k| Raw::from(k.at) <= raw);
                match (after.checked_sub(1).map(|i| knots[i]), knots.get(after)) {
                    (Some(a), Some(b)) => {
                        let run = i128::from(2 * (b.at.0 - a.at.0));
                        let rise = i128::from(b.score.0 - a.score.0);
                        // The unit is a multiple of what makes this division exact.
                        let slope = rise * i128::from(self.unit) / run;
                        let step = i128::from(raw.0 - Raw::from(a.at).0) * slope;
                        whole(a.score) + i64::try_from(step).unwrap_or(0)
                    }
                    (Some(last), None) => whole(last.score),
                    (None, Some(first)) => whole(first.score),
                    (None, None) => 0,
                }
            }
        }
    }

    /// A score of 0–100 in this rubric's units.
    pub const fn in_units(&self, score: TenThousandths) -> i64 {
        score.0 * self.unit
    }

    /// A score in this rubric's units as ten-thousandths of 0–100, rounded half to even.
    pub fn score(&self, sums: Sums) -> Option<TenThousandths> {
        let denominator = i128::from(sums.weight) * i128::from(self.unit);
        if denominator <= 0 {
            return None;
        }
        i64::try_from(div_half_even(i128::from(sums.points), denominator)).ok().map(TenThousandths)
    }

    /// The weighted mean of dimensions, from their exact sums, rounded once. Each item is the
    /// dimension's weight and its sums; dimensions without a number are left out by the caller.
    pub fn mean(&self, dimensions: impl Iterator<Item = (u16, Sums)> + Clone) -> Option<TenThousandths> {
        // At most ten dimensions of weights up to 100: the common multiple stays below 10^20.
        let common = dimensions.clone().fold(1_i128, |l, (_, s)| lcm(l, i128::from(s.weight).max(1)));
        let (mut points, mut weight) = (0_i128, 0_i128);
        for (w, sums) in dimensions.filter(|(_, s)| s.weight > 0) {
            points += i128::from(w) * i128::from(sums.points) * (common / i128::from(sums.weight));
            weight += i128::from(w);
        }
        let denominator = weight * common * i128::from(self.unit);
        if denominator <= 0 {
            return None;
        }
        i64::try_from(div_half_even(points, denominator)).ok().map(TenThousandths)
    }
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

fn lcm(a: i128, b: i128) -> i128 {
    a / gcd(a, b) * b
}

#[cfg(test)]
mod tests;
