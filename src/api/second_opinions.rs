//! What other methods make of a document's ventures.

use std::time::Instant as Stopwatch;

use actix_web::post;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::engine_schema::CriteriaDocument;
use super::json::Json;
use super::problem::Result;
use super::reports::rounded;
use super::routes::Routes;
use super::tuning::NOBODY;
use crate::domain::id::{CohortId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::text::{Lang, Text, Words};
use crate::ops::second_opinions::{self, SecondOpinions};
use crate::ops::{By, looks};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(ask_second_opinions);
}

/// A document that other methods are asked about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondOpinionsRequest {
    /// Filters, preferences and options, as for `POST /v1/rankings`.
    #[schema(value_type = CriteriaDocument)]
    document: Value,
    /// Only ventures of this cohort; all if left out.
    #[schema(nullable = false)]
    cohort_id: Option<CohortId>,
}

/// Where one venture stands by each method. Ranks are 1, 2, 2, 4: ventures that a method cannot tell apart share one.
#[derive(Serialize, ToSchema)]
pub struct OpinionsOfVenture {
    venture_id: VentureId,
    /// In the order that would be published.
    #[schema(example = 1, minimum = 1)]
    position: u32,
    /// By the score that would be published.
    #[schema(example = 1, minimum = 1)]
    rank: u32,
    /// By the weighted product.
    #[schema(example = 2, minimum = 1)]
    wpm: usize,
    /// By TOPSIS: closeness to the best of each column.
    #[schema(example = 1, minimum = 1)]
    topsis: usize,
    /// By VIKOR: a compromise of all preferences and the worst of them.
    #[schema(example = 1, minimum = 1)]
    vikor: usize,
    /// Whether VIKOR takes it for as good as its first.
    in_compromise: bool,
    /// By PROMETHEE II: by how much it outranks the others.
    #[schema(example = 3, minimum = 1)]
    promethee2: usize,
}

/// How far two orders agree, over all eligible ventures.
#[derive(Serialize, ToSchema)]
pub struct OrdersAgreement {
    /// The one: `published`, `wpm`, `topsis`, `vikor` or `promethee2`.
    #[schema(example = "published", max_length = 20)]
    a: String,
    /// The other.
    #[schema(example = "topsis", max_length = 20)]
    b: String,
    /// Kendall's τ-b, −1 to 1; null where it is undefined.
    #[schema(required = true, example = 0.8947, minimum = -1, maximum = 1)]
    kendall_tau_b: Option<f64>,
    /// Spearman's ρ, −1 to 1; null where it is undefined.
    #[schema(required = true, example = 0.9521, minimum = -1, maximum = 1)]
    spearman_rho: Option<f64>,
    /// Share of the first k that both have, 0–1; null without ventures.
    #[schema(required = true, example = 0.9, minimum = 0, maximum = 1)]
    top_k_overlap: Option<f64>,
}

/// What other methods say.
#[derive(Serialize, ToSchema)]
pub struct OpinionsAnswer {
    /// What people read first.
    #[schema(example = "8 dari 10 teratas juga di antara 10 teratas menurut semua metode lain.", max_length = 300)]
    headline: String,
    /// By position: at most as many as the document's limit, and never more than 100.
    #[schema(max_items = 100)]
    items: Vec<OpinionsOfVenture>,
    /// Every two of the orders.
    #[schema(max_items = 10)]
    agreement: Vec<OrdersAgreement>,
    /// The k of the top-k overlap.
    #[schema(example = 10, minimum = 1, maximum = 100)]
    k: u32,
    /// How many ventures were compared.
    #[schema(example = 61, minimum = 0)]
    eligible: usize,
    /// What to know before anything is made of this.
    #[schema(
        max_length = 500,
        example = "Hanya untuk membandingkan. Urutan metode lain berubah bila usaha lain ditambah atau keluar; yang diterbitkan selalu urutan skor."
    )]
    text: String,
    /// The data version that was ranked.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
}

const ONLY_TO_COMPARE: Words = Words::new(
    "Hanya untuk membandingkan. Urutan TOPSIS, VIKOR dan PROMETHEE II bergantung pada siapa lagi yang ikut dibandingkan, \
     jadi dapat berubah bila usaha lain masuk atau keluar. Yang diterbitkan selalu urutan menurut skor, tidak pernah yang ini.",
    "Only to compare. The orders of TOPSIS, VIKOR and PROMETHEE II depend on who else is compared, so they can change when \
     another business comes or goes. What is published is always the order by score, and never one of these.",
);

impl OpinionsAnswer {
    fn new(found: SecondOpinions, lang: Lang) -> Self {
        let items = found.lines.iter().map(|line| OpinionsOfVenture {
            venture_id: line.venture,
            position: line.position,
            rank: line.rank,
            wpm: line.wpm,
            topsis: line.topsis,
            vikor: line.vikor,
            in_compromise: line.in_compromise,
            promethee2: line.promethee2,
        });
        let agreement = found.agreement.into_iter().map(|pair| OrdersAgreement {
            a: pair.a,
            b: pair.b,
            kendall_tau_b: pair.kendall_tau_b.map(rounded),
            spearman_rho: pair.spearman_rho.map(rounded),
            top_k_overlap: pair.top_k_overlap.map(rounded),
        });
        let (shared, lines, k) = (found.shared, found.lines.len(), found.k);
        let headline = match found.eligible {
            0 => NOBODY.into(),
            _ => Text::new(
                format!("{shared} dari {lines} teratas juga di antara {k} teratas menurut semua metode lain."),
                format!("{shared} of the first {lines} are among the first {k} by every other method too."),
            ),
        };
        Self {
            headline: headline.get(lang).to_owned(),
            items: items.collect(),
            agreement: agreement.collect(),
            k: found.k,
            eligible: found.eligible,
            text: ONLY_TO_COMPARE.get(lang).to_owned(),
            data_version: found.data_version,
        }
    }
}

/// Ask for second opinions
///
/// Use it, as staff, to see how far the order of a document depends on how scores are made: beside it the weighted product,
/// TOPSIS, VIKOR (v = 0.5) and PROMETHEE II (linear preference, 0.25 to 0.75) over the same values and weights. A missing
/// answer has the value that its policy gave the score; a preference that drops out of a venture's score stands at that
/// score. Never what is published. Nothing is kept but one line in the audit.
#[utoipa::path(
    tag = "rankings",
    responses((status = 200, body = OpinionsAnswer)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[post("/v1/rankings/second-opinions")]
pub async fn ask_second_opinions(
    caller: Caller<op::AskSecondOpinions>,
    Json(sent): Json<SecondOpinionsRequest>,
) -> Result<Answer<OpinionsAnswer>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let began = Stopwatch::now();
    let work = caller.run(move |service| {
        let found = second_opinions::ask(service, By::Account(&actor), &sent.document, sent.cohort_id)?;
        let seen = found.lines.iter().map(|line| line.venture);
        looks::note(service, &actor, LookKind::Standing, seen, service.clock.now())?;
        Ok(found)
    });
    Ok(Answer::ok(OpinionsAnswer::new(work.await?, lang)).timed("rank", began.elapsed()))
}
