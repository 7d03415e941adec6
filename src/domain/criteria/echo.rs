//! What a document is printed as: the stored text, and the echo of a ranking.

use serde_json::{Map, Value, json};

use super::{Criteria, Method, OnUnknown};
use crate::domain::canonical;
use crate::domain::decimal::{Decimal, UNITS};

/// Shares out `total` units in proportion to `parts` (none negative), by largest remainder; ties go to
/// the earlier part. All nought if the parts are.
///
/// With `total` = 10⁹ these are weights that sum to exactly 1.
pub fn normalised(parts: &[i128], total: i128) -> Vec<i128> {
    let sum: i128 = parts.iter().sum();
    if sum == 0 {
        return vec![0; parts.len()];
    }
    let mut out: Vec<i128> = parts.iter().map(|p| p * total / sum).collect();
    let left = total - out.iter().sum::<i128>();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|i| std::cmp::Reverse(parts[*i] * total % sum));
    for i in by_remainder.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        out[i] += 1;
    }
    out
}

impl Criteria {
    /// The document as it was given, in the one form of RFC 8785: what is stored and hashed.
    ///
    /// # Errors
    /// None in practice: a document that was read holds no number that JSON cannot.
    pub fn canonical(&self) -> serde_json::Result<String> {
        canonical::to_string(&self.document)
    }

    /// Weights that sum to exactly 1, with nine decimals, in document order.
    pub fn normalised_weights(&self) -> Vec<Decimal> {
        let weights: Vec<i128> = self.preferences.iter().map(|p| p.weight.units()).collect();
        normalised(&weights, UNITS).into_iter().map(Decimal::from_units).collect()
    }

    /// What a ranking says it was made from: the document with normalised weights in the place of its
    /// own (so a document with all weights doubled has the same echo) and every default written out.
    pub fn echo(&self) -> Value {
        let mut echo = self.document.clone();
        let Some(members) = echo.as_object_mut() else { return echo };
        if let Some(Value::Array(preferences)) = members.get_mut("preferences") {
            for (preference, weight) in preferences.iter_mut().zip(self.normalised_weights()) {
                preference["weight"] = json!(weight);
            }
        }
        default(members, "filters", || json!([]));
        if let Some(Value::Array(filters)) = members.get_mut("filters") {
            for filter in filters.iter_mut().filter_map(Value::as_object_mut) {
                default(filter, "on_unknown", || json!(OnUnknown::Exclude));
            }
        }
        default(members, "method", || json!("additive"));
        if let Method::Geometric { floor } = self.method {
            default(members, "floor", || json!(floor));
        }
        default(members, "missing", || json!(self.missing));
        default(members, "min_coverage", || json!(self.min_coverage));
        default(members, "seed", || json!(self.seed));
        default(members, "limit", || json!(self.limit));
        echo
    }
}

fn default(members: &mut Map<String, Value>, name: &str, value: impl FnOnce() -> Value) {
    if !members.contains_key(name) {
        members.insert(name.to_owned(), value());
    }
}
