//! What a floor does, and whether a list holds without one.

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
use super::{MOST_LINES, NOBODY, decimal, seen, venture, written};
use crate::domain::decimal::Decimal;
use crate::domain::id::{CohortId, VentureId};
use crate::domain::right::op;
use crate::domain::text::{Lang, Text};
use crate::ops::tuning::{self, Tested};
use crate::ops::{self, By};

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
        seen(service, &actor, moved.iter().map(|one| one.venture_id))?;
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
        let headline = match ranking.merit() {
            [] => NOBODY.into(),
            _ => headline(declared, moved_total, &price, test.as_ref()),
        };
        Ok(FairnessReport {
            headline: headline.get(lang).to_owned(),
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
    let (comma, point) = (written(price.max, 1, Lang::Id), written(price.max, 1, Lang::En));
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
