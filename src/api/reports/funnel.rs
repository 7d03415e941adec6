//! How far everybody has come.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::parameters::Query;
use super::super::problem::Result;
use super::{ReportQuery, share};
use crate::domain::match_life::MatchState;
use crate::domain::report::Stage;
use crate::domain::right::op;
use crate::domain::text::Lang;
use crate::ops::reports::{self, Funnel};

/// One stage, and who has come as far or farther.
#[derive(Serialize, ToSchema)]
pub struct FunnelStage {
    stage: Stage,
    /// What people read.
    #[schema(example = "Diperkenalkan", max_length = 200)]
    label: String,
    /// How many ventures.
    #[schema(example = 6, minimum = 0)]
    ventures: usize,
    /// How many matches; null at stages before there are any.
    #[schema(required = true, example = 8, minimum = 0)]
    matches: Option<usize>,
    /// Ventures of those registered, 0–1; null when there are none.
    #[schema(required = true, example = 0.075, minimum = 0)]
    of_registered: Option<f64>,
    /// Ventures of those who came as far as the stage before, 0–1; null when there are none, and at the first. `assessed` and
    /// `may_be_listed` are as of today and `suggested` is ever, so that none of them holds the next: each is of those registered.
    #[schema(required = true, example = 0.75, minimum = 0)]
    of_previous: Option<f64>,
}

/// Matches that ended beside the way.
#[derive(Serialize, ToSchema)]
pub struct EndedMatches {
    state: MatchState,
    /// How many.
    #[schema(example = 4, minimum = 1)]
    matches: usize,
}

/// How far everybody has come.
#[derive(Serialize, ToSchema)]
pub struct FunnelReport {
    /// How many people came, with or without a venture.
    #[schema(example = 100, minimum = 0)]
    participants: usize,
    /// How many ventures were erased, at their owners' wish or because their time was over. They count as registered, and their matches
    /// still count; of `assessed` and `may_be_listed` they are no more.
    #[schema(example = 0, minimum = 0)]
    erased: i64,
    /// How many ventures are left out everywhere else in this report, since their owners do not want to be counted.
    #[schema(example = 0, minimum = 0)]
    left_out: usize,
    /// The stages in their order. The first three tell how it is today, the others how far anybody has ever come.
    #[schema(max_items = 20)]
    items: Vec<FunnelStage>,
    /// How matches ended that came to nothing.
    #[schema(max_items = 20)]
    ended: Vec<EndedMatches>,
}

impl FunnelReport {
    fn new(funnel: Funnel, lang: Lang) -> Self {
        let registered = funnel.stages.first().map_or(0, |stage| stage.ventures);
        let items = funnel.stages.into_iter().map(|reached| FunnelStage {
            stage: reached.stage,
            label: reached.stage.label().get(lang).to_owned(),
            ventures: reached.ventures,
            matches: reached.matches,
            of_registered: share(reached.ventures, registered),
            of_previous: reached.of.and_then(|whole| share(reached.ventures, whole)),
        });
        Self {
            items: items.collect(),
            participants: funnel.participants,
            erased: funnel.erased,
            left_out: funnel.left_out,
            ended: funnel.ended.into_iter().map(|(state, matches)| EndedMatches { state, matches }).collect(),
        }
    }
}

/// How far has everybody come?
///
/// Use it to see where ventures are left behind on the way from the workshop to support that was given: at each stage how
/// many came as far, of how many. A match that ended still counts for the stages that it reached.
#[utoipa::path(
    tag = "reports",
    params(ReportQuery),
    responses((status = 200, body = FunnelReport)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[get("/v1/reports/funnel")]
pub async fn get_funnel_report(
    caller: Caller<op::GetFunnelReport>,
    Query(query): Query<ReportQuery>,
) -> Result<Answer<FunnelReport>> {
    let lang = caller.lang;
    let funnel = caller.run(move |service| reports::funnel(service, query.cohort_id)).await?;
    Ok(Answer::ok(FunnelReport::new(funnel, lang)))
}
