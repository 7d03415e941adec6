//! Who enters, leaves and moves when one document takes another's place.

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
use super::{MOST_LINES, NOBODY, label, seen, venture, written};
use crate::domain::decimal::Decimal;
use crate::domain::field::Registry;
use crate::domain::id::{CohortId, VentureId};
use crate::domain::right::op;
use crate::domain::text::{Lang, Text};
use crate::engine::tune::{Moved, Reason, Standing};
use crate::ops::tuning;
use crate::ops::{self, By};

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
    /// What people read: from where to where, and what made the difference.
    #[schema(
        example = "Dari tempat 12 ke tempat 3: dibanding rata-rata Pemasaran digital +3,2, Kewirausahaan -1,0.",
        max_length = 1000
    )]
    why: String,
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
            why: why(moved, registry, lang),
            before: StandingUnder::new(&moved.old),
            after: StandingUnder::new(&moved.new),
            contributions: moved.contributions.iter().map(shift).collect(),
        })
    }
}

/// So many fields are told of in words, those that tell most.
const TOLD: usize = 3;

/// From where to where a venture moved, and what made the difference.
fn why(moved: &Moved, registry: &Registry, lang: Lang) -> String {
    let said = |id: String, en: String| Text::new(id, en).get(lang).to_owned();
    let fields =
        |by: &[std::sync::Arc<str>]| by.iter().map(|f| label(registry, f, lang)).collect::<Vec<_>>().join(", ");
    let stands = |standing: &Standing| match standing {
        Standing::Placed { position, .. } => said(format!("tempat {position}"), format!("place {position}")),
        Standing::Excluded { by } => {
            said(format!("tersaring ({})", fields(by)), format!("filtered out ({})", fields(by)))
        }
        Standing::Pending => said("belum dinilai".into(), "still to be assessed".into()),
        Standing::Absent => said("tidak ada".into(), "not there".into()),
    };
    let (from, to) = (stands(&moved.old), stands(&moved.new));
    let moves = said(format!("Dari {from} ke {to}"), format!("From {from} to {to}"));
    let reasons: Vec<String> = moved.reasons.iter().map(|reason| told(reason, moved, registry, lang)).collect();
    if reasons.is_empty() { format!("{moves}.") } else { format!("{moves}: {}.", reasons.join("; ")) }
}

/// One reason in words.
fn told(reason: &Reason, moved: &Moved, registry: &Registry, lang: Lang) -> String {
    let text = match reason {
        Reason::Length { old, new } => Text::new(
            format!("daftar kini {new} tempat, tadinya {old}"),
            format!("the list now has {new} places and had {old}"),
        ),
        Reason::Floor => Text::new("lantai keterwakilan", "the representation floor"),
        Reason::Lottery => Text::new("undian di antara nilai yang sama", "the lottery among equal scores"),
        Reason::Points { leads } => {
            let mut leads: Vec<(f64, &str)> = leads.iter().map(|lead| (lead.points.to_f64(), &*lead.field)).collect();
            // Of equals the first of the document stays first.
            leads.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
            // What rounds to nothing tells nothing.
            let leads = leads.into_iter().filter(|(lead, _)| lead.abs() >= 0.05).take(TOLD);
            let leads: Vec<String> = leads
                .map(|(lead, field)| {
                    let sign = if lead < 0.0 { "-" } else { "+" };
                    format!("{} {sign}{}", label(registry, field, lang), written(lead.abs(), 1, lang))
                })
                .collect();
            let leads = leads.join(", ");
            Text::new(format!("dibanding rata-rata {leads}"), format!("against the mean {leads}"))
        }
        Reason::Others { passed, displaced } => {
            let stayed = match moved.contributions.is_empty() {
                true => Text::new("poinnya tetap", "its points stayed"),
                false => Text::new("poinnya bergerak seperti yang lain", "its points moved as others' did"),
            };
            let up = placed_at(&moved.new) < placed_at(&moved.old);
            let (id, en) = if up {
                (
                    format!("{passed} usaha di atasnya turun, {displaced} tidak lagi diperingkat"),
                    format!("{passed} above it fell, {displaced} are no longer ranked"),
                )
            } else {
                (
                    format!("{passed} usaha lain naik melewatinya, {displaced} baru diperingkat"),
                    format!("{passed} others rose past it, {displaced} came in"),
                )
            };
            Text::new(format!("{}; {id}", stayed.id), format!("{}; {en}", stayed.en))
        }
    };
    text.get(lang).to_owned()
}

/// The place in the final order; nowhere is behind all.
const fn placed_at(standing: &Standing) -> u32 {
    match standing {
        Standing::Placed { position, .. } => *position,
        Standing::Excluded { .. } | Standing::Pending | Standing::Absent => u32::MAX,
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
    /// How many enter in all.
    #[schema(example = 2, minimum = 0)]
    entered_total: usize,
    /// How many leave in all.
    #[schema(example = 2, minimum = 0)]
    left_total: usize,
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
        let told = Text::new(
            format!("{entered} masuk, {left} keluar, {moved} berpindah tempat; {kept} tetap di antara {k} teratas."),
            format!("{entered} enter, {left} leave, {moved} move; {kept} stay among the first {k}."),
        );
        let headline = if tried.ranking.merit().is_empty() { NOBODY.into() } else { told };
        let shown = [lines(&compared.entered)?, lines(&compared.left)?, lines(&compared.moved)?];
        seen(service, &actor, shown.iter().flatten().map(|line| line.venture_id))?;
        let [come_in, gone, elsewhere] = shown;
        Ok(RankingComparison {
            headline: headline.get(lang).to_owned(),
            entered: come_in,
            left: gone,
            moved: elsewhere,
            entered_total: entered,
            left_total: left,
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
