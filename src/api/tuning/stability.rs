//! How far each weight may move before the list changes.

use std::time::Instant as Stopwatch;

use actix_web::post;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::engine_schema::CriteriaDocument;
use super::super::json::Json;
use super::super::problem::Result;
use super::{NOBODY, label, seen, venture, written};
use crate::domain::decimal::Decimal;
use crate::domain::id::{CohortId, VentureId};
use crate::domain::right::op;
use crate::domain::text::{Lang, Text};
use crate::engine::tune::{Cause, End, Stability};
use crate::ops::tuning::{self, Tried};
use crate::ops::{self, By};

/// A document to be looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriedDocument {
    /// Filters, preferences and options.
    #[schema(value_type = CriteriaDocument)]
    document: Value,
    /// Only ventures of this cohort; all if left out.
    #[schema(nullable = false)]
    cohort_id: Option<CohortId>,
}

/// Where the list changes.
#[derive(Serialize, ToSchema)]
pub struct IntervalEnd {
    /// The weight there, of 1.
    #[schema(example = 0.31, minimum = 0, maximum = 1)]
    weight: f64,
    /// Who enters there; null when nobody does, and where whoever leaves is no longer covered enough to be ranked: the next in
    /// order then takes the place.
    #[schema(required = true)]
    enters: Option<VentureId>,
    /// Who leaves there; null when nobody does.
    #[schema(required = true)]
    leaves: Option<VentureId>,
}

impl IntervalEnd {
    fn new(end: &End) -> ops::Result<Self> {
        let (enters, leaves) = match &end.cause {
            None => (None, None),
            Some(Cause::Passes { enters, leaves }) => (Some(enters), Some(leaves)),
            Some(Cause::Covered { enters, leaves }) => (Some(enters), leaves.as_ref()),
            Some(Cause::Uncovered { leaves }) => (None, Some(leaves)),
        };
        Ok(Self {
            weight: end.at.to_f64(),
            enters: enters.map(|id| venture(id)).transpose()?,
            leaves: leaves.map(|id| venture(id)).transpose()?,
        })
    }
}

/// How far one weight may move.
#[derive(Serialize, ToSchema)]
pub struct WeightInterval {
    /// The field.
    #[schema(example = "dimension.MGT", max_length = 200)]
    field: String,
    /// What people read.
    #[schema(example = "Manajemen keuangan berkelanjutan", max_length = 200)]
    label: String,
    /// Its weight now, of 1.
    #[schema(example = 0.4, minimum = 0, maximum = 1)]
    weight: f64,
    low: IntervalEnd,
    high: IntervalEnd,
}

/// How far each weight may move.
#[derive(Serialize, ToSchema)]
pub struct StabilityIntervals {
    /// What people read first.
    #[schema(
        example = "10 teratas tetap usaha yang sama selama hanya satu bobot yang bergeser, paling banyak 0,015, dan bobot lain mengikuti \
                   secara proporsional.",
        max_length = 300
    )]
    headline: String,
    /// How many first places are looked at: the document's `limit`.
    #[schema(example = 50, minimum = 1)]
    k: usize,
    /// By preference, in the document's order.
    #[schema(max_items = 64)]
    items: Vec<WeightInterval>,
    /// The data version that was ranked.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
}

/// How far any one weight may move. It speaks of who is among the first and not of their order, and of one weight: two that move
/// together may change the set sooner.
fn headline(intervals: &[Stability], tried: &Tried) -> Text {
    if tried.ranking.merit().is_empty() {
        return NOBODY.into();
    }
    let k = tried.ranking.k();
    let moved = |weight: Decimal, end: &End| end.cause.as_ref().map(|_| (end.at.to_f64() - weight.to_f64()).abs());
    let ends = intervals.iter().flat_map(|one| [moved(one.weight, &one.low), moved(one.weight, &one.high)]);
    let least = ends.flatten().fold(f64::INFINITY, f64::min);
    if least < 0.001 {
        Text::new(
            format!(
                "Siapa yang masuk {k} teratas berubah bila satu bobot bergeser kurang dari 0,001 dan bobot lain mengikuti secara \
                 proporsional."
            ),
            format!(
                "Who is among the first {k} changes when one weight moves by less than 0.001 and the others keep their proportions."
            ),
        )
    } else if least.is_finite() {
        // Rounded down, so that it is true.
        let least = (least * 1000.0).floor() / 1000.0;
        let (comma, point) = (written(least, 3, Lang::Id), written(least, 3, Lang::En));
        Text::new(
            format!(
                "{k} teratas tetap usaha yang sama selama hanya satu bobot yang bergeser, paling banyak {comma}, dan bobot lain \
                 mengikuti secara proporsional."
            ),
            format!(
                "The first {k} stay the same businesses as long as only one weight moves, by at most {point}, and the others keep \
                 their proportions."
            ),
        )
    } else {
        Text::new(
            format!("Tidak ada bobot yang, bergeser sendiri, mengubah siapa yang masuk {k} teratas."),
            format!("No weight, moving alone, changes who is among the first {k}."),
        )
    }
}

/// Does the list hold?
///
/// Use it to see how far each weight may move, the others keeping their proportions, before another venture is among the first, and which
/// two change places there. Exact, with missing answers and floors as the document has them.
#[utoipa::path(
    tag = "rankings",
    responses((status = 200, body = StabilityIntervals)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[post("/v1/rankings/stability")]
pub async fn get_stability(
    caller: Caller<op::GetStability>,
    Json(sent): Json<TriedDocument>,
) -> Result<Answer<StabilityIntervals>> {
    let (actor, lang, began) = (caller.actor, caller.lang, Stopwatch::now());
    let work = caller.run(move |service| {
        let (intervals, tried) = tuning::stability(service, By::Account(&actor), &sent.document, sent.cohort_id)?;
        let registry = &tried.rankable.registry;
        let one = |found: &Stability| {
            Ok(WeightInterval {
                label: label(registry, &found.field, lang),
                field: found.field.to_string(),
                weight: found.weight.to_f64(),
                low: IntervalEnd::new(&found.low)?,
                high: IntervalEnd::new(&found.high)?,
            })
        };
        let items = intervals.iter().map(one).collect::<ops::Result<Vec<_>>>()?;
        let ends = items.iter().flat_map(|one| [&one.low, &one.high]);
        seen(service, &actor, ends.flat_map(|end| [end.enters, end.leaves]).flatten())?;
        Ok(StabilityIntervals {
            headline: headline(&intervals, &tried).get(lang).to_owned(),
            k: tried.ranking.k(),
            items,
            data_version: tried.rankable.version,
        })
    });
    Ok(Answer::ok(work.await?).timed("stability", began.elapsed()))
}
