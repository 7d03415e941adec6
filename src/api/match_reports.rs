//! What both sides and staff report about a match.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::parameters::Path;
use super::problem::Result;
use super::routes::Routes;
use crate::domain::actor::Role;
use crate::domain::id::{MatchId, MatchReportId};
use crate::domain::look::LookKind;
use crate::domain::match_life::Side;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::{Act, looks, matches};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_match_reports).add(report_on_match);
}

/// A report.
#[derive(Serialize, ToSchema)]
pub struct MatchReport {
    id: MatchReportId,
    /// By which side.
    side: Side,
    at: Instant,
    /// Whether the business is going; null where that was not said.
    #[schema(required = true, example = true)]
    going: Option<bool>,
    /// How it goes and what came of it.
    #[schema(example = "Etalase terpasang, pesanan naik.", max_length = 2000)]
    text: String,
}

impl From<matches::Report> for MatchReport {
    fn from(report: matches::Report) -> Self {
        let matches::Report { id, side, at, is_going, text } = report;
        Self { id, side, at, going: is_going, text }
    }
}

/// The reports about a match.
#[derive(Serialize, ToSchema)]
pub struct MatchReports {
    /// The oldest first.
    #[schema(max_items = 100)]
    items: Vec<MatchReport>,
}

/// A report to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMatchReport {
    /// How it goes and what came of it.
    #[schema(example = "Etalase terpasang, pesanan naik.", min_length = 1, max_length = 2000)]
    text: String,
    /// Whether the business is going: asked half a year and a year after support was received.
    #[schema(nullable = false, example = true)]
    going: Option<bool>,
}

/// List the reports about a match
///
/// Use it to show what was reported about an introduction. The investor and the owner each read their own side's, staff all.
#[utoipa::path(tag = "matches", params(MatchId), responses((status = 200, body = MatchReports)))]
#[get("/v1/matches/{id}/report")]
pub async fn list_match_reports(
    caller: Caller<op::ListMatchReports>,
    Path(id): Path<MatchId>,
) -> Result<Answer<MatchReports>> {
    let actor = caller.actor;
    let told = caller.run(move |service| {
        let now = service.clock.now();
        let (venture, told) = service.read(|conn| {
            let found = matches::readable(conn, &actor, id, now)?;
            Ok((found.venture_id, matches::reports(conn, &service.keys, &actor, id, now)?))
        })?;
        // An investor reads what it has written itself.
        if actor.role != Role::Investor {
            looks::note(service, &actor, LookKind::Words, [venture], now)?;
        }
        Ok(told)
    });
    let items = told.await?.into_iter().map(MatchReport::from).collect();
    Ok(Answer::ok(MatchReports { items }).no_store())
}

/// Report on a match
///
/// Use it once there is an introduction: how it goes, what came of it. Half a year and a year after support was received a report says
/// whether the business is going; until it is there, `GET /v1/reports/overdue` reminds staff to ask. It moves nothing and is not changed
/// later. What needs staff at once is the move `suspend`.
#[utoipa::path(
    tag = "matches",
    params(MatchId, Once),
    responses((status = 201, body = MatchReport)),
    extensions(("x-problems" = json!(["not_introduced", "too_many_reports"])))
)]
#[post("/v1/matches/{id}/report")]
pub async fn report_on_match(
    caller: Caller<op::ReportOnMatch>,
    Path(id): Path<MatchId>,
    Json(new): Json<NewMatchReport>,
    once: Once,
) -> Result<Answered> {
    let actor = caller.actor;
    let deed = move |act: &mut Act<'_>| {
        let report = MatchReport::from(matches::report(act, &actor, id, new.text, new.going)?);
        Ok(Answer::created(&format!("/v1/matches/{id}/report"), report)?.no_store())
    };
    once.about(id).act(&caller, deed).await
}
