//! Assessments, as they were handed in.

use actix_web::get;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::page::Pager;
use super::parameters::{Path, Query};
use super::problem::Result;
use super::routes::Routes;
use super::work::found;
use crate::domain::actor::Role;
use crate::domain::id::{AssessmentId, RubricId, VentureId};
use crate::domain::life::AssessmentKind;
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::{Error, looks, reach};
use crate::page_of;
use crate::store::{self, assessment::Filter};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_assessments).add(get_assessment);
}

/// One assessor's ratings of one venture.
#[derive(Serialize, ToSchema)]
pub struct Assessment {
    id: AssessmentId,
    venture_id: VentureId,
    rubric_id: RubricId,
    /// The version of the rubric.
    #[schema(example = 1, minimum = 1)]
    rubric_version: i32,
    kind: AssessmentKind,
    /// Who assessed: the code on the sheet, or a user id.
    #[schema(example = "AS-01", max_length = 100)]
    assessor: String,
    /// The day of the visit; null when not noted.
    #[schema(required = true, format = Date, example = "2024-11-14", max_length = 10)]
    assessed_on: Option<String>,
    /// Indicator code to rating: `state`, `value`, `evidence_level`, `note`.
    #[schema(value_type = Object)]
    ratings: Value,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    submitted_at: Instant,
}

impl TryFrom<store::assessment::Assessment> for Assessment {
    type Error = crate::ops::Error;
    fn try_from(a: store::assessment::Assessment) -> Result<Self, Self::Error> {
        Ok(Self {
            id: a.id,
            venture_id: a.venture_id,
            rubric_id: a.rubric_id,
            rubric_version: a.rubric_number,
            kind: a.kind,
            assessor: a.assessor,
            assessed_on: a.assessed_on,
            ratings: serde_json::from_str(&a.ratings)?,
            version: a.version,
            submitted_at: a.submitted_at,
        })
    }
}

page_of! {
    /// A page of assessments, in the order they were stored.
    AssessmentPage of Assessment
}

/// The query of the list of assessments.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AssessmentQuery {
    /// Only assessments of this venture.
    #[param(value_type = VentureId, required = false, example = "ven_01jcnq8xvgf0nadk1qh2t8wz5e")]
    venture_id: Option<VentureId>,
    /// How many items; 20 unless told, never more than 100.
    #[param(minimum = 1, maximum = 1_000_000, example = 20)]
    limit: Option<u32>,
    /// `next` or `prev` of an earlier page of this list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// List the assessments
///
/// Use it to see what was handed in. Assessors see their own only: nobody is swayed by another's ratings.
#[utoipa::path(
    tag = "assessments",
    params(AssessmentQuery),
    responses((status = 200, body = AssessmentPage)),
    extensions(("x-problems" = json!(["not_found"])))
)]
#[get("/v1/assessments")]
pub async fn list_assessments(
    caller: Caller<op::ListAssessments>,
    Query(query): Query<AssessmentQuery>,
) -> Result<Answer<AssessmentPage>> {
    let own = (caller.actor.role == Role::Assessor).then(|| caller.actor.user.to_string());
    let filter = Filter { venture: query.venture_id, assessor: own };
    let list = match filter.venture {
        Some(id) => format!("/v1/assessments?venture_id={id}"),
        None => "/v1/assessments".to_owned(),
    };
    let pager = Pager::new(&caller, list, query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let actor = caller.actor;
    let page = caller.run(move |service| {
        let page = service.read(|conn| {
            // An assessor must not learn from an empty page that somebody else's venture exists.
            if let Some(id) = filter.venture
                && !reach::venture(conn, &actor, id)?
            {
                return Err(Error::NotFound);
            }
            Ok(store::assessment::page(conn, &filter, &seek, limit)?)
        })?;
        let seen = page.items.iter().map(|row| row.venture_id);
        looks::note(service, &actor, LookKind::Ratings, seen, service.clock.now())?;
        page.try_map(Assessment::try_from)
    });
    let page = page.await?;
    Ok(pager.answer(page, |a| a.id)?.no_store())
}

/// Get an assessment
///
/// Use it to read one assessor's ratings with their notes.
#[utoipa::path(tag = "assessments", params(AssessmentId), responses((status = 200, body = Assessment)))]
#[get("/v1/assessments/{id}")]
pub async fn get_assessment(
    caller: Caller<op::GetAssessment>,
    Path(id): Path<AssessmentId>,
) -> Result<Answer<Assessment>> {
    let actor = caller.actor;
    let read = caller.run(move |service| {
        let row = service.read(|conn| found(store::assessment::find(conn, id)?))?;
        looks::note(service, &actor, LookKind::Ratings, [row.venture_id], service.clock.now())?;
        Assessment::try_from(row)
    });
    let assessment = read.await?;
    let version = assessment.version;
    Ok(Answer::ok(assessment).tagged(version.into(), "full").no_store())
}
