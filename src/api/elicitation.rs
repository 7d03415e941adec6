//! Weights from what people can say.

use actix_web::post;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::json::Json;
use super::problem::Result;
use super::routes::Routes;
use crate::domain::right::op;
use crate::domain::text::Lang;
use crate::ops::elicitation::{self, ElicitationMethod, Elicited, Said};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(elicit_weights);
}

/// What somebody said of what matters more, in the way of one method. A method takes its own members only.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightsRequest {
    method: ElicitationMethod,
    /// What is weighed: keys of fields, or any words; each once. For `roc`, `rank_sum` and `rank_reciprocal` in order,
    /// the most important first.
    #[schema(min_items = 1, max_items = 64, example = json!(["dimension.MGT", "dimension.SOC", "overall"]))]
    fields: Vec<FieldOrWords>,
    /// For `swing`: points for moving each from its worst to its best; customarily 100 for the largest.
    #[schema(nullable = false, max_items = 64, example = json!([100, 60, 40]))]
    points: Option<Vec<f64>>,
    /// For `ahp`: row i, column j says how many times i matters as much as j, customarily 1 to 9, and its reverse is the
    /// reciprocal (⅓ as 0.333).
    #[schema(nullable = false, max_items = 64, example = json!([[1, 3], [0.333, 1]]))]
    comparisons: Option<Vec<ComparisonRow>>,
    /// For `best_worst`: which of `fields` matters most.
    #[schema(nullable = false, max_length = 200)]
    best: Option<String>,
    /// For `best_worst`: which of `fields` matters least.
    #[schema(nullable = false, max_length = 200)]
    worst: Option<String>,
    /// For `best_worst`: how many times the best matters as much as each of `fields`, 1 to 9 customarily.
    #[schema(nullable = false, max_items = 64, example = json!([1, 2, 4]))]
    best_to_others: Option<Vec<f64>>,
    /// For `best_worst`: how many times each of `fields` matters as much as the worst.
    #[schema(nullable = false, max_items = 64, example = json!([4, 2, 1]))]
    others_to_worst: Option<Vec<f64>>,
}

/// The key of a field, or any words.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "dimension.MGT", min_length = 1, max_length = 200)]
pub struct FieldOrWords(pub(super) String);

/// How many times one thing matters as much as each.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Vec<f64>, example = json!([1, 3]), max_items = 64)]
pub struct ComparisonRow(Vec<f64>);

impl From<WeightsRequest> for Said {
    fn from(sent: WeightsRequest) -> Self {
        Self {
            method: sent.method,
            fields: sent.fields.into_iter().map(|field| field.0).collect(),
            points: sent.points,
            comparisons: sent.comparisons.map(|rows| rows.into_iter().map(|row| row.0).collect()),
            best: sent.best,
            worst: sent.worst,
            best_to_others: sent.best_to_others,
            others_to_worst: sent.others_to_worst,
        }
    }
}

/// The weight of one thing.
#[derive(Serialize, ToSchema)]
pub struct ElicitedWeight {
    /// As it was sent.
    #[schema(example = "dimension.MGT", max_length = 200)]
    field: String,
    /// Of 1.
    #[schema(example = 0.5, minimum = 0, maximum = 1)]
    weight: f64,
    /// Of 100, whole, by largest remainder: ready for a criteria document. 0 drops a preference there.
    #[schema(example = 50, minimum = 0, maximum = 100)]
    points: u32,
}

/// How far comparisons agree with each other.
#[derive(Serialize, ToSchema)]
pub struct WeightsConsistency {
    /// CR of `ahp`; of `best_worst` the input-based ratio of Liang, Brunelli and Rezaei. 0 is fully consistent; null
    /// for more than 15 things compared two by two, for which no index is published.
    #[schema(required = true, example = 0.0158, minimum = 0)]
    ratio: Option<f64>,
    /// ξ of `best_worst`: the largest deviation of a weight from a comparison; null for `ahp`.
    #[schema(required = true, example = 0.0357, minimum = 0)]
    ksi: Option<f64>,
    /// Whether the ratio is at most 0.1; null where there is none.
    #[schema(required = true, example = true)]
    good_enough: Option<bool>,
    /// In words.
    #[schema(example = "Perbandingan cukup konsisten; bobot dapat dipakai.", max_length = 300)]
    text: String,
}

/// Weights.
#[derive(Serialize, ToSchema)]
pub struct ElicitedWeights {
    method: ElicitationMethod,
    /// In the order that was sent.
    #[schema(max_items = 64)]
    items: Vec<ElicitedWeight>,
    /// Of comparisons only; null for the other methods, which cannot contradict themselves.
    #[schema(required = true)]
    consistency: Option<WeightsConsistency>,
}

impl ElicitedWeights {
    fn new(said: Said, found: &Elicited, lang: Lang) -> Self {
        let weights = found.weights.iter().zip(&found.hundredths);
        let items = said.fields.into_iter().zip(weights);
        Self {
            method: said.method,
            items: items
                .map(|(field, (weight, points))| ElicitedWeight { field, weight: *weight, points: *points })
                .collect(),
            consistency: found.consistency.map(|consistency| WeightsConsistency {
                ratio: consistency.ratio,
                ksi: consistency.ksi,
                good_enough: consistency.is_enough(),
                text: consistency.label().get(lang).to_owned(),
            }),
        }
    }
}

/// Work out weights
///
/// Use it, as staff, to turn what people can say (points, an order, comparisons) into weights for a criteria document,
/// and to see whether their comparisons agree with each other. Nothing is stored.
#[utoipa::path(
    tag = "rankings",
    responses((status = 200, body = ElicitedWeights))
)]
#[post("/v1/rankings/weights")]
pub async fn elicit_weights(
    caller: Caller<op::ElicitWeights>,
    Json(sent): Json<WeightsRequest>,
) -> Result<Answer<ElicitedWeights>> {
    let (said, lang) = (Said::from(sent), caller.lang);
    let (found, said) = caller.run(move |_| Ok((elicitation::weights(&said)?, said))).await?;
    Ok(Answer::ok(ElicitedWeights::new(said, &found, lang)))
}
