//! How often each venture is among the first when nobody agrees on the weights.

use std::time::Instant as Stopwatch;

use actix_web::post;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::elicitation::FieldOrWords;
use super::super::engine_schema::CriteriaDocument;
use super::super::json::Json;
use super::super::problem::Result;
use super::{MOST_LINES, NOBODY, decimal, seen, venture};
use crate::domain::decimal::Decimal;
use crate::domain::id::{CohortId, VentureId};
use crate::domain::right::op;
use crate::domain::text::{Text, Words};
use crate::engine::tune::Smaa;
use crate::ops::tuning::{self, Panel, Tried};
use crate::ops::{self, By};

/// The least and the most that a field may weigh.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightBounds {
    /// A preference's field.
    #[schema(example = "dimension.MGT", min_length = 1, max_length = 200)]
    field: String,
    /// The least, of 1.
    #[schema(example = 0.2, minimum = 0, maximum = 1)]
    min: f64,
    /// The most, of 1.
    #[schema(example = 0.5, minimum = 0, maximum = 1)]
    max: f64,
}

/// What a panel that disagrees allows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PanelQuestion {
    /// Filters, preferences and options. Its values count; its weights only where `min_coverage` decides by them who takes part.
    #[schema(value_type = CriteriaDocument)]
    document: Value,
    /// What each field may weigh; anything, where it is not named.
    #[serde(default)]
    #[schema(max_items = 64)]
    bounds: Vec<WeightBounds>,
    /// Fields from the most important to the least: none weighs less than the next.
    #[serde(default)]
    #[schema(max_items = 64)]
    order: Vec<FieldOrWords>,
    /// How many weights are drawn; 10,000 if left out.
    #[schema(nullable = false, example = 10_000, minimum = 1, maximum = 20_000)]
    draws: Option<u32>,
    /// The same seed gives the same answer; empty if left out.
    #[serde(default)]
    #[schema(example = "panel-2024-11", max_length = 200)]
    seed: String,
    /// Ventures to tell all ranks of.
    #[serde(default)]
    #[schema(max_items = 100)]
    named: Vec<VentureId>,
    /// Only ventures of this cohort; all if left out.
    #[schema(nullable = false)]
    cohort_id: Option<CohortId>,
}

/// A field and a weight.
#[derive(Serialize, ToSchema)]
pub struct CentralWeight {
    /// The field.
    #[schema(example = "dimension.MGT", max_length = 200)]
    field: String,
    /// The weight, of 1.
    #[schema(example = 0.37, minimum = 0, maximum = 1)]
    weight: f64,
}

/// How often one venture is where.
#[derive(Serialize, ToSchema)]
pub struct AcceptedVenture {
    venture_id: VentureId,
    /// How often it is among the first k, of 1; the lottery decides between equals at the cut-off.
    #[schema(example = 0.87, minimum = 0, maximum = 1)]
    top: f64,
    /// How often it is first, of 1.
    #[schema(example = 0.12, minimum = 0, maximum = 1)]
    first: f64,
    /// The mean of the weights that make it first; null if none do.
    #[schema(required = true, max_items = 64)]
    central_weights: Option<Vec<CentralWeight>>,
}

/// How often a venture has one rank.
#[derive(Serialize, ToSchema)]
pub struct RankShare {
    /// The rank.
    #[schema(example = 1, minimum = 1)]
    rank: u32,
    /// How often, of 1.
    #[schema(example = 0.4, minimum = 0, maximum = 1)]
    share: f64,
}

/// All ranks of a named venture.
#[derive(Serialize, ToSchema)]
pub struct NamedVenture {
    venture_id: VentureId,
    /// The ranks that it ever has.
    #[schema(max_items = 100_000)]
    ranks: Vec<RankShare>,
    /// How often it is above each of the named ones, in their order.
    #[schema(max_items = 100)]
    wins: Vec<f64>,
}

/// How often each venture is among the first.
#[derive(Serialize, ToSchema)]
pub struct Acceptabilities {
    /// What people read first.
    #[schema(
        example = "Bobot apa pun: 38 usaha hampir selalu di antara 50 teratas, 21 tergantung bobotnya, 16 hampir tidak pernah.",
        max_length = 300
    )]
    headline: String,
    /// How many weights were drawn.
    #[schema(example = 10_000, minimum = 1)]
    draws: u32,
    /// How many first places are looked at: the document's `limit`.
    #[schema(example = 50, minimum = 1)]
    k: usize,
    /// No share here is farther from the truth than this, in 95 of 100 cases.
    #[schema(example = 0.0098, minimum = 0)]
    error: f64,
    /// Those most often among the first, at most 100.
    #[schema(max_items = 100)]
    items: Vec<AcceptedVenture>,
    /// The named ones, in their order.
    #[schema(max_items = 100)]
    named: Vec<NamedVenture>,
    /// The data version that was ranked.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
}

/// How often a venture is among the first of which one says *nearly always*.
const NEARLY_ALWAYS: f64 = 0.95;

/// `within` says whether bounds or an order narrow the weights, `floored` whether the document has a floor, which no draw follows.
fn headline(surveyed: &Smaa, within: bool, floored: bool) -> Text {
    if surveyed.ventures.is_empty() {
        return NOBODY.into();
    }
    let count = |is: fn(f64) -> bool| surveyed.ventures.iter().filter(|one| is(one.top)).count();
    let sure = count(|top| top >= NEARLY_ALWAYS);
    let never = count(|top| top <= 1.0 - NEARLY_ALWAYS);
    let (open, k) = (surveyed.ventures.len() - sure - never, surveyed.k);
    let weights = match within {
        true => Words::new("Dalam batas panel", "Within the panel's bounds"),
        false => Words::new("Bobot apa pun", "Whatever the weights"),
    };
    let floor = match floored {
        true => Words::new(" Lantai dokumen tidak diperhitungkan.", " The document's floor is left out."),
        false => Words::new("", ""),
    };
    Text::new(
        format!(
            "{}: {sure} usaha hampir selalu di antara {k} teratas, {open} tergantung bobotnya, {never} hampir tidak pernah.{}",
            weights.id, floor.id
        ),
        format!(
            "{}: {sure} businesses are nearly always among the first {k}, {open} hang on the weights, {never} hardly ever are.{}",
            weights.en, floor.en
        ),
    )
}

/// What if nobody agrees on the weights?
///
/// Use it for a panel that disagrees: how often each venture is among the first when weights are drawn evenly from what the panel allows
/// (SMAA-2), and which weights speak for it.
#[utoipa::path(
    tag = "rankings",
    responses((status = 200, body = Acceptabilities)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[post("/v1/rankings/acceptability")]
pub async fn get_acceptability(
    caller: Caller<op::GetAcceptability>,
    Json(sent): Json<PanelQuestion>,
) -> Result<Answer<Acceptabilities>> {
    let (actor, lang, began) = (caller.actor, caller.lang, Stopwatch::now());
    let mut bounds = Vec::new();
    for (n, one) in sent.bounds.iter().enumerate() {
        let (min, max) =
            (decimal(one.min, &format!("/bounds/{n}/min"))?, decimal(one.max, &format!("/bounds/{n}/max"))?);
        bounds.push((one.field.clone(), [min, max]));
    }
    let draws = sent.draws.unwrap_or(10_000);
    let panel = Panel {
        draws,
        seed: sent.seed,
        bounds,
        order: sent.order.into_iter().map(|field| field.0).collect(),
        named: sent.named,
    };
    let work = caller.run(move |service| {
        let (surveyed, tried) =
            tuning::acceptability(service, By::Account(&actor), &sent.document, sent.cohort_id, &panel)?;
        let fields: Vec<String> = weighed(&tried);
        let mut ventures: Vec<_> = surveyed.ventures.iter().collect();
        // Of equals the better by merit stays first.
        ventures.sort_by(|a, b| b.top.total_cmp(&a.top).then(b.first.total_cmp(&a.first)));
        let items = ventures.into_iter().take(MOST_LINES).map(|one| {
            let central = |weights: &Vec<Decimal>| {
                let all = fields.iter().zip(weights);
                all.map(|(field, weight)| CentralWeight { field: field.clone(), weight: weight.to_f64() }).collect()
            };
            Ok(AcceptedVenture {
                venture_id: venture(&one.id)?,
                top: one.top,
                first: one.first,
                central_weights: one.central.as_ref().map(central),
            })
        });
        let named = surveyed.named.iter().map(|one| {
            Ok(NamedVenture {
                venture_id: venture(&one.id)?,
                ranks: one.ranks.iter().map(|(rank, share)| RankShare { rank: *rank, share: *share }).collect(),
                wins: one.wins.clone(),
            })
        });
        let (items, named): (Vec<AcceptedVenture>, Vec<NamedVenture>) =
            (items.collect::<ops::Result<_>>()?, named.collect::<ops::Result<_>>()?);
        let told = items.iter().map(|one| one.venture_id);
        seen(service, &actor, told.chain(named.iter().map(|one| one.venture_id)))?;
        Ok(Acceptabilities {
            headline: headline(&surveyed, panel.is_narrow(), tried.document.representation.is_some())
                .get(lang)
                .to_owned(),
            draws: surveyed.draws,
            k: surveyed.k,
            error: surveyed.error,
            items,
            named,
            data_version: tried.rankable.version,
        })
    });
    Ok(Answer::ok(work.await?).timed("smaa", began.elapsed()))
}

fn weighed(tried: &Tried) -> Vec<String> {
    let weighed = tried.document.preferences.iter().filter(|preference| preference.weight != Decimal::ZERO);
    weighed.map(|preference| preference.field.clone()).collect()
}
