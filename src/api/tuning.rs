//! Tuning aids: what a change of criteria does, why, and whether it holds. Nothing is kept but a line in the audit.

use std::time::Instant as Stopwatch;

use actix_web::post;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::elicitation::FieldOrWords;
use super::engine_schema::CriteriaDocument;
use super::json::Json;
use super::problem::{Fault, Problem, Result};
use super::routes::Routes;
use crate::domain::decimal::Decimal;
use crate::domain::field::Registry;
use crate::domain::id::{CohortId, VentureId};
use crate::domain::right::op;
use crate::domain::text::{Lang, Text};
use crate::engine::tune::{Cause, End, Moved, Standing, Tip};
use crate::ops::tuning::{self, Panel, Tested, Tried};
use crate::ops::{self, By};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(compare_rankings).add(get_stability).add(get_tornado).add(get_acceptability).add(get_fairness);
}

/// Of each list so many lines are answered; the counts tell how many there are.
const MOST_LINES: usize = 100;

fn venture(id: &str) -> ops::Result<VentureId> {
    id.parse().map_err(|_odd| ops::Error::Internal("a row that is no venture".into()))
}

fn label(registry: &Registry, field: &str, lang: Lang) -> String {
    registry.find(field).map_or_else(|| field.to_owned(), |known| known.label.get(lang).to_owned())
}

fn decimal(number: f64, at: &str) -> Result<Decimal> {
    let read = serde_json::Number::from_f64(number).and_then(|number| Decimal::from_json(&number).ok());
    read.ok_or_else(|| {
        let detail = Text::new(
            "Tulis bilangan dengan paling banyak sembilan angka di belakang koma.",
            "Write a number with at most nine digits after the point.",
        );
        Problem::invalid_body(vec![Fault::at(at.to_owned(), "too_many_digits", detail)])
    })
}

/// Two documents, one to take the other's place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoDocuments {
    /// The document as it is.
    #[schema(value_type = CriteriaDocument)]
    before: Value,
    /// The document as it might be.
    #[schema(value_type = CriteriaDocument)]
    after: Value,
    /// Only ventures of this cohort; all if left out.
    #[schema(nullable = false)]
    cohort_id: Option<CohortId>,
}

/// A contribution that changed.
#[derive(Serialize, ToSchema)]
pub struct ShiftedPoints {
    /// The field.
    #[schema(example = "dimension.MGT", max_length = 200)]
    field: String,
    /// What people read.
    #[schema(example = "Manajemen keuangan berkelanjutan", max_length = 200)]
    label: String,
    /// Its points before; null when the document did not weigh it.
    #[schema(required = true, example = 12.5)]
    before: Option<f64>,
    /// Its points after; null when the document does not weigh it.
    #[schema(required = true, example = 10.25)]
    after: Option<f64>,
}

/// Where a venture stands under one of the documents.
#[derive(Serialize, ToSchema)]
pub struct StandingUnder {
    /// Its rank by merit; null where it has none.
    #[schema(required = true, example = 3, minimum = 1)]
    rank: Option<u32>,
    /// Its place in the final order; null where it has none.
    #[schema(required = true, example = 3, minimum = 1)]
    position: Option<u32>,
    /// On 0–100; null where it has none.
    #[schema(required = true, example = 81.25)]
    score: Option<f64>,
    /// The fields of the filters that keep it out.
    #[schema(max_items = 65)]
    excluded_by: Vec<String>,
    /// Whether it is still to be assessed.
    pending: bool,
}

impl StandingUnder {
    fn new(standing: &Standing) -> Self {
        let mut new = Self { rank: None, position: None, score: None, excluded_by: Vec::new(), pending: false };
        match standing {
            Standing::Placed { rank, position, score } => {
                (new.rank, new.position, new.score) = (Some(*rank), Some(*position), Some(score.to_f64()));
            }
            Standing::Excluded { by } => new.excluded_by = by.iter().map(ToString::to_string).collect(),
            Standing::Pending => new.pending = true,
            Standing::Absent => {}
        }
        new
    }
}

/// A venture that another document puts elsewhere.
#[derive(Serialize, ToSchema)]
pub struct MovedVenture {
    venture_id: VentureId,
    before: StandingUnder,
    after: StandingUnder,
    /// The contributions that changed: their differences add up to that of the scores. Empty unless it has a score under both.
    #[schema(max_items = 128)]
    contributions: Vec<ShiftedPoints>,
}

impl MovedVenture {
    fn new(moved: &Moved, registry: &Registry, lang: Lang) -> ops::Result<Self> {
        let shift = |shift: &crate::engine::tune::Shift| ShiftedPoints {
            label: label(registry, &shift.field, lang),
            field: shift.field.to_string(),
            before: shift.old.map(Decimal::to_f64),
            after: shift.new.map(Decimal::to_f64),
        };
        Ok(Self {
            venture_id: venture(&moved.id)?,
            before: StandingUnder::new(&moved.old),
            after: StandingUnder::new(&moved.new),
            contributions: moved.contributions.iter().map(shift).collect(),
        })
    }
}

/// Who enters, leaves and moves, and why.
#[derive(Serialize, ToSchema)]
pub struct RankingComparison {
    /// What people read first.
    #[schema(example = "2 masuk, 2 keluar, 11 berpindah tempat; 48 tetap di antara 50 teratas.", max_length = 200)]
    headline: String,
    /// In the first places of the document after and not of the one before; by place, at most 100.
    #[schema(max_items = 100)]
    entered: Vec<MovedVenture>,
    /// In the first places of the document before and not of the one after; at most 100.
    #[schema(max_items = 100)]
    left: Vec<MovedVenture>,
    /// In both, at another place; at most 100.
    #[schema(max_items = 100)]
    moved: Vec<MovedVenture>,
    /// How many moved in all.
    #[schema(example = 11, minimum = 0)]
    moved_total: usize,
    /// How many stand among the first under both.
    #[schema(example = 48, minimum = 0)]
    overlap: usize,
    /// That, of the longer list; null when both are empty.
    #[schema(required = true, example = 0.96, minimum = 0, maximum = 1)]
    overlap_share: Option<f64>,
    /// How many have a score under both.
    #[schema(example = 75, minimum = 0)]
    eligible_in_both: usize,
    /// How alike the two orders of those are: Kendall's τ-b, 1 for the same and −1 for the reverse; null when it is not defined.
    #[schema(required = true, example = 0.93, minimum = -1, maximum = 1)]
    tau_b: Option<f64>,
    /// The data version that was ranked.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
}

/// What would change?
///
/// Use it before a change of criteria is drafted: who enters the list, who leaves it, who moves, and the points that make the difference.
/// Both documents are ranked over the same ventures at one data version; the lists are as long as each document's `limit`.
#[utoipa::path(
    tag = "rankings",
    responses((status = 200, body = RankingComparison)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[post("/v1/rankings/compare")]
pub async fn compare_rankings(
    caller: Caller<op::CompareRankings>,
    Json(sent): Json<TwoDocuments>,
) -> Result<Answer<RankingComparison>> {
    let (actor, lang, began) = (caller.actor, caller.lang, Stopwatch::now());
    let work = caller.run(move |service| {
        let both = (&sent.before, &sent.after);
        let (compared, tried) = tuning::compare(service, By::Account(&actor), both, sent.cohort_id)?;
        let registry = &tried.rankable.registry;
        let lines = |all: &[Moved]| {
            let lines = all.iter().take(MOST_LINES).map(|moved| MovedVenture::new(moved, registry, lang));
            lines.collect::<ops::Result<Vec<_>>>()
        };
        let (entered, left, moved) = (compared.entered.len(), compared.left.len(), compared.moved.len());
        let (kept, k) = (compared.overlap, tried.ranking.k());
        let headline = Text::new(
            format!("{entered} masuk, {left} keluar, {moved} berpindah tempat; {kept} tetap di antara {k} teratas."),
            format!("{entered} enter, {left} leave, {moved} move; {kept} stay among the first {k}."),
        );
        Ok(RankingComparison {
            headline: headline.get(lang).to_owned(),
            entered: lines(&compared.entered)?,
            left: lines(&compared.left)?,
            moved: lines(&compared.moved)?,
            moved_total: moved,
            overlap: kept,
            overlap_share: compared.overlap_share,
            eligible_in_both: compared.eligible_in_both,
            tau_b: compared.tau_b,
            data_version: tried.rankable.version,
        })
    });
    Ok(Answer::ok(work.await?).timed("rank", began.elapsed()))
}

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
    /// Who enters there; null when nobody does.
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
    #[schema(example = "Daftar tetap sama selama tidak ada bobot yang bergeser lebih dari 0,015.", max_length = 300)]
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
        let moved = |weight: Decimal, end: &End| end.cause.as_ref().map(|_| (end.at.to_f64() - weight.to_f64()).abs());
        let ends = intervals.iter().flat_map(|one| [moved(one.weight, &one.low), moved(one.weight, &one.high)]);
        let least = ends.flatten().fold(f64::INFINITY, f64::min);
        let headline = if least < 0.001 {
            Text::new(
                "Daftar berubah bila suatu bobot bergeser kurang dari 0,001.",
                "The list changes when a weight moves by less than 0.001.",
            )
        } else if least.is_finite() {
            // Rounded down, so that it is true.
            let least = (least * 1000.0).floor() / 1000.0;
            let (comma, point) = (format!("{least:.3}").replace('.', ","), format!("{least:.3}"));
            Text::new(
                format!("Daftar tetap sama selama tidak ada bobot yang bergeser lebih dari {comma}."),
                format!("The list stays the same as long as no weight moves by more than {point}."),
            )
        } else {
            Text::new(
                "Tidak ada bobot yang, bergeser sendiri, mengubah daftar.",
                "No weight, moving alone, changes the list.",
            )
        };
        let one = |found: &crate::engine::tune::Stability| {
            Ok(WeightInterval {
                label: label(registry, &found.field, lang),
                field: found.field.to_string(),
                weight: found.weight.to_f64(),
                low: IntervalEnd::new(&found.low)?,
                high: IntervalEnd::new(&found.high)?,
            })
        };
        Ok(StabilityIntervals {
            headline: headline.get(lang).to_owned(),
            k: tried.ranking.k(),
            items: intervals.iter().map(one).collect::<ops::Result<_>>()?,
            data_version: tried.rankable.version,
        })
    });
    Ok(Answer::ok(work.await?).timed("stability", began.elapsed()))
}

/// One venture under weights that move a little.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TornadoQuestion {
    /// Filters, preferences and options.
    #[schema(value_type = CriteriaDocument)]
    document: Value,
    /// Which venture.
    venture_id: VentureId,
    /// By how much each weight moves, of 1; 0.05 if left out.
    #[schema(nullable = false, example = 0.05, minimum = 0, maximum = 1)]
    step: Option<f64>,
    /// Only ventures of this cohort; all if left out.
    #[schema(nullable = false)]
    cohort_id: Option<CohortId>,
}

/// The venture at one end.
#[derive(Serialize, ToSchema)]
pub struct TornadoTip {
    /// The weight there, of 1.
    #[schema(example = 0.35, minimum = 0, maximum = 1)]
    weight: f64,
    /// Its score there; null when it is not ranked there.
    #[schema(required = true, example = 79.5)]
    score: Option<f64>,
    /// Its rank by merit there; null when it is not ranked there.
    #[schema(required = true, example = 4, minimum = 1)]
    rank: Option<usize>,
}

impl From<Tip> for TornadoTip {
    fn from(tip: Tip) -> Self {
        Self { weight: tip.weight.to_f64(), score: tip.score.map(Decimal::to_f64), rank: tip.rank }
    }
}

/// What one weight does to the venture.
#[derive(Serialize, ToSchema)]
pub struct TornadoBar {
    /// The field.
    #[schema(example = "dimension.MGT", max_length = 200)]
    field: String,
    /// What people read.
    #[schema(example = "Manajemen keuangan berkelanjutan", max_length = 200)]
    label: String,
    /// Its weight now, of 1.
    #[schema(example = 0.4, minimum = 0, maximum = 1)]
    weight: f64,
    low: TornadoTip,
    high: TornadoTip,
}

/// What each weight does to the venture.
#[derive(Serialize, ToSchema)]
pub struct Tornado {
    venture_id: VentureId,
    /// By preference, in the document's order.
    #[schema(max_items = 64)]
    items: Vec<TornadoBar>,
    /// The data version that was ranked.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
}

/// What does each weight do to one venture?
///
/// Use it to see which weights a venture's place hangs on: its score and rank when each weight in turn is a little smaller and a little
/// larger, the others keeping their proportions.
#[utoipa::path(
    tag = "rankings",
    responses((status = 200, body = Tornado)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[post("/v1/rankings/tornado")]
pub async fn get_tornado(caller: Caller<op::GetTornado>, Json(sent): Json<TornadoQuestion>) -> Result<Answer<Tornado>> {
    let (actor, lang, began) = (caller.actor, caller.lang, Stopwatch::now());
    let step = decimal(sent.step.unwrap_or(0.05), "/step")?;
    let work = caller.run(move |service| {
        let one = (sent.venture_id, step);
        let (bars, tried) = tuning::tornado(service, By::Account(&actor), &sent.document, sent.cohort_id, one)?;
        let bar = |bar: crate::engine::tune::Bar| TornadoBar {
            label: label(&tried.rankable.registry, &bar.field, lang),
            field: bar.field.to_string(),
            weight: bar.weight.to_f64(),
            low: bar.low.into(),
            high: bar.high.into(),
        };
        let items = bars.into_iter().map(bar).collect();
        Ok(Tornado { venture_id: sent.venture_id, items, data_version: tried.rankable.version })
    });
    Ok(Answer::ok(work.await?).timed("tornado", began.elapsed()))
}

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
    /// Filters, preferences and options; its weights do not count, its values do.
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
    /// How often it is among the first k, of 1.
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
    let (actor, began) = (caller.actor, Stopwatch::now());
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
        Ok(Acceptabilities {
            draws: surveyed.draws,
            k: surveyed.k,
            error: surveyed.error,
            items: items.collect::<ops::Result<_>>()?,
            named: named.collect::<ops::Result<_>>()?,
            data_version: tried.rankable.version,
        })
    });
    Ok(Answer::ok(work.await?).timed("smaa", began.elapsed()))
}

fn weighed(tried: &Tried) -> Vec<String> {
    let weighed = tried.document.preferences.iter().filter(|preference| preference.weight != Decimal::ZERO);
    weighed.map(|preference| preference.field.clone()).collect()
}

/// A floor to be reported, or a list without one to be tested.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FairnessQuestion {
    /// Filters, preferences and options. Its `representation` is reported.
    #[schema(value_type = CriteriaDocument)]
    document: Value,
    /// The group to test the order of merit for, in place of the document's own: a test as a filter's, with field, op and value.
    #[schema(nullable = false, value_type = Option<Object>)]
    group: Option<Value>,
    /// The share that chance would give the group; its share of the eligible ventures if left out.
    #[schema(nullable = false, example = 0.4, minimum = 0, maximum = 1)]
    p: Option<f64>,
    /// The level of the test; 0.1 if left out.
    #[schema(nullable = false, example = 0.1, minimum = 0, maximum = 1)]
    alpha: Option<f64>,
    /// Only ventures of this cohort; all if left out.
    #[schema(nullable = false)]
    cohort_id: Option<CohortId>,
}

/// A beginning of the list.
#[derive(Serialize, ToSchema)]
pub struct ListPrefix {
    /// How many places it has.
    #[schema(example = 10, minimum = 1)]
    position: u32,
    /// How many of them are the group's.
    #[schema(example = 4, minimum = 0)]
    protected: u32,
    /// How many there should be at least.
    #[schema(example = 3, minimum = 0)]
    required: u32,
    /// Whether there are.
    passes: bool,
}

impl From<&crate::engine::fair::Prefix> for ListPrefix {
    fn from(prefix: &crate::engine::fair::Prefix) -> Self {
        let passes = prefix.passes();
        Self { position: prefix.position, protected: prefix.protected, required: prefix.required, passes }
    }
}

/// A venture that the floor has moved.
#[derive(Serialize, ToSchema)]
pub struct FloorMove {
    venture_id: VentureId,
    /// Its place by merit.
    #[schema(example = 12, minimum = 1)]
    merit: u32,
    /// Its final place.
    #[schema(example = 5, minimum = 1)]
    position: u32,
    /// Whether it is of the group.
    protected: bool,
}

/// How much the group is seen, beside the others: mean exposure 1 ÷ log₂(1 + place).
#[derive(Serialize, ToSchema)]
pub struct ExposureRatio {
    /// By merit alone: 1 is parity; null when a side is empty.
    #[schema(required = true, example = 0.84, minimum = 0)]
    by_merit: Option<f64>,
    /// As the list stands.
    #[schema(required = true, example = 0.97, minimum = 0)]
    as_placed: Option<f64>,
}

/// What a floor costs.
#[derive(Serialize, ToSchema)]
pub struct FloorPrice {
    /// The largest fall of the score at one place, on 0–100.
    #[schema(example = 6.5, minimum = 0)]
    max: f64,
    /// The mean fall over the first places.
    #[schema(example = 0.8, minimum = 0)]
    mean: f64,
    /// How many of the group are lacking where the floor cannot be met; 0 where it can.
    #[schema(example = 0, minimum = 0)]
    shortfall: usize,
}

/// The ranked group fairness test (FA*IR) of the list as it stands.
#[derive(Serialize, ToSchema)]
pub struct FairnessTest {
    /// The share tested for.
    #[schema(example = 0.4, minimum = 0, maximum = 1)]
    p: f64,
    /// The level.
    #[schema(example = 0.1, minimum = 0, maximum = 1)]
    alpha: f64,
    /// Whether every beginning of the list holds enough of the group for chance to explain it.
    passes: bool,
    /// The first place at which it does not; null when it passes.
    #[schema(required = true, example = 9, minimum = 1)]
    first_failed: Option<u32>,
    /// How likely chance gives a list at least as unlikely as this one.
    #[schema(example = 0.34, minimum = 0, maximum = 1)]
    p_value: f64,
    /// Every beginning, at most 100.
    #[schema(max_items = 100)]
    prefixes: Vec<ListPrefix>,
}

/// What a floor does, and whether the list holds without one.
#[derive(Serialize, ToSchema)]
pub struct FairnessReport {
    /// What people read first.
    #[schema(example = "Lantai terpenuhi: 4 usaha berpindah, harga tertinggi 6,5 poin.", max_length = 300)]
    headline: String,
    /// Whether the document declares a floor; if not, the group of the question was tested and nobody moved.
    declared: bool,
    /// How many eligible ventures there are.
    #[schema(example = 75, minimum = 0)]
    eligible: usize,
    /// How many of them are of the group.
    #[schema(example = 40, minimum = 0)]
    protected: usize,
    /// Every beginning of the list under the declared floor, at most 100; empty without one.
    #[schema(max_items = 100)]
    prefixes: Vec<ListPrefix>,
    /// Who stands elsewhere than by merit, by final place, at most 100.
    #[schema(max_items = 100)]
    moved: Vec<FloorMove>,
    /// How many moved in all.
    #[schema(example = 8, minimum = 0)]
    moved_total: usize,
    price: FloorPrice,
    exposure_ratio: ExposureRatio,
    /// Null when nobody or everybody is of the group.
    #[schema(required = true)]
    test: Option<FairnessTest>,
    /// The data version that was ranked.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
}

/// Is the list fair, and what does its floor do?
///
/// Use it for a document with a floor: whether every beginning of the list holds enough of the group, who moved and at what price in
/// score. Use it with `group` for a document without: whether chance alone explains how few of the group stand at the top.
#[utoipa::path(
    tag = "rankings",
    responses((status = 200, body = FairnessReport)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[post("/v1/rankings/fairness")]
pub async fn get_fairness(
    caller: Caller<op::GetFairness>,
    Json(sent): Json<FairnessQuestion>,
) -> Result<Answer<FairnessReport>> {
    let (actor, lang, began) = (caller.actor, caller.lang, Stopwatch::now());
    let tested = Tested {
        group: sent.group,
        p: sent.p.map(|p| decimal(p, "/p")).transpose()?,
        alpha: sent.alpha.map(|alpha| decimal(alpha, "/alpha")).transpose()?,
    };
    let work = caller.run(move |service| {
        let found = tuning::fairness(service, By::Account(&actor), &sent.document, sent.cohort_id, &tested)?;
        let ranking = &found.tried.ranking;
        let floor = ranking.floor().ok_or_else(|| ops::Error::Internal("a group without a report".into()))?;
        let declared = found.declared;
        // What stands behind the cut-off is on no list.
        let k = u32::try_from(ranking.k()).unwrap_or(u32::MAX);
        let on_the_list = |one: &&crate::engine::fair::Moved| one.position <= k || one.merit <= k;
        let moved_total = floor.moved.iter().filter(on_the_list).count();
        let mut moved = Vec::new();
        for one in floor.moved.iter().filter(on_the_list).take(MOST_LINES) {
            let placed = ranking.at(one.position as usize);
            let placed = placed.ok_or_else(|| ops::Error::Internal("a place beyond the ranking".into()))?;
            moved.push(FloorMove {
                venture_id: venture(ranking.id(placed.row))?,
                merit: one.merit,
                position: one.position,
                protected: one.protected,
            });
        }
        let price = FloorPrice {
            max: Decimal::from_units(floor.max_price).to_f64(),
            mean: floor.mean_price().to_f64(),
            shortfall: floor.lacking(),
        };
        let test = found.audit.as_ref().zip(found.p).map(|(audit, p)| FairnessTest {
            p: p.to_f64(),
            alpha: found.alpha.to_f64(),
            passes: audit.passes,
            first_failed: audit.first_failed,
            p_value: audit.p_value,
            prefixes: audit.prefixes.iter().take(MOST_LINES).map(|one| ListPrefix::from(&one.prefix)).collect(),
        });
        let prefixes = floor.prefixes.iter().take(if declared { MOST_LINES } else { 0 });
        Ok(FairnessReport {
            headline: headline(declared, moved_total, &price, test.as_ref()).get(lang).to_owned(),
            declared,
            eligible: ranking.merit().len(),
            protected: floor.protected,
            prefixes: prefixes.map(ListPrefix::from).collect(),
            moved,
            moved_total,
            price,
            exposure_ratio: ExposureRatio {
                by_merit: floor.exposure_by_merit.ratio(),
                as_placed: floor.exposure.ratio(),
            },
            test,
            data_version: found.tried.rankable.version,
        })
    });
    Ok(Answer::ok(work.await?).timed("fairness", began.elapsed()))
}

fn headline(declared: bool, moved: usize, price: &FloorPrice, test: Option<&FairnessTest>) -> Text {
    let (comma, point) = (format!("{:.1}", price.max).replace('.', ","), format!("{:.1}", price.max));
    match (declared, price.shortfall, test) {
        (true, 0, _) => Text::new(
            format!("Lantai terpenuhi: {moved} usaha berpindah, harga tertinggi {comma} poin."),
            format!("The floor is met: {moved} businesses moved, the highest price is {point} points."),
        ),
        (true, short, _) => Text::new(
            format!("Lantai tidak dapat dipenuhi: kurang {short} usaha dari kelompok itu."),
            format!("The floor cannot be met: {short} of the group are lacking."),
        ),
        (false, _, None) => Text::new(
            "Tidak ada yang dapat diuji: kelompok itu kosong atau mencakup semua.",
            "There is nothing to test: nobody or everybody is of the group.",
        ),
        (false, _, Some(test)) if test.passes => Text::new(
            "Tanpa lantai pun urutan ini dapat terjadi secara kebetulan: tidak ada tanda ketimpangan.",
            "Chance alone may give this order without a floor: no sign of a tilt.",
        ),
        (false, _, Some(test)) => {
            let at = test.first_failed.unwrap_or_default();
            Text::new(
                format!("Kelompok itu terlalu sedikit di antara {at} teratas untuk sebuah kebetulan."),
                format!("Too few of the group stand among the first {at} for chance to explain it."),
            )
        }
    }
}
