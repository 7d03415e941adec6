//! Cohorts.

use actix_web::{get, patch, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::page::{PageQuery, Pager};
use super::parameters::{Path, Query};
use super::problem::Result;
use super::routes::Routes;
use super::work::found;
use crate::domain::id::CohortId;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::{Act, cohort};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(create_cohort).add(list_cohorts).add(get_cohort).add(change_cohort);
}

/// One workshop or intake.
#[derive(Serialize, ToSchema)]
pub struct Cohort {
    id: CohortId,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    /// Its name.
    #[schema(example = "Lokakarya SEDAYA 2024", max_length = 200)]
    name: String,
    /// First day.
    #[schema(format = Date, example = "2024-11-14", max_length = 10)]
    starts_on: String,
    /// Last day.
    #[schema(format = Date, example = "2024-11-15", max_length = 10)]
    ends_on: String,
    created_at: Instant,
}

impl From<store::cohort::Cohort> for Cohort {
    fn from(c: store::cohort::Cohort) -> Self {
        Self {
            id: c.id,
            version: c.version,
            name: c.name,
            starts_on: c.starts_on,
            ends_on: c.ends_on,
            created_at: c.created_at,
        }
    }
}

page_of! {
    /// A page of cohorts, newest first.
    CohortPage of Cohort
}

/// A cohort to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCohort {
    /// Its name.
    #[schema(example = "Lokakarya SEDAYA 2024", min_length = 1, max_length = 200)]
    name: String,
    /// First day.
    #[schema(value_type = String, format = Date, example = "2024-11-14", max_length = 10)]
    starts_on: NaiveDate,
    /// Last day; not before the first.
    #[schema(value_type = String, format = Date, example = "2024-11-15", max_length = 10)]
    ends_on: NaiveDate,
}

/// A change to a cohort. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CohortChange {
    /// Another name.
    #[schema(nullable = false, example = "Lokakarya SEDAYA, November 2024", min_length = 1, max_length = 200)]
    name: Option<String>,
    /// Another first day.
    #[schema(nullable = false, value_type = Option<String>, format = Date, example = "2024-11-14", max_length = 10)]
    starts_on: Option<NaiveDate>,
    /// Another last day.
    #[schema(nullable = false, value_type = Option<String>, format = Date, example = "2024-11-15", max_length = 10)]
    ends_on: Option<NaiveDate>,
}

/// Make a cohort
///
/// Use it before a workshop, so that its sheet can be imported.
#[utoipa::path(tag = "cohorts", params(Once), responses((status = 201, body = Cohort)))]
#[post("/v1/cohorts")]
pub async fn create_cohort(
    caller: Caller<op::CreateCohort>,
    Json(new): Json<NewCohort>,
    once: Once,
) -> Result<Answered> {
    let new = cohort::NewCohort { name: new.name, starts_on: new.starts_on, ends_on: new.ends_on };
    let deed = |act: &mut Act<'_>| {
        let made = cohort::create(act, new)?;
        let version = made.version;
        Ok(Answer::created(&format!("/v1/cohorts/{}", made.id), Cohort::from(made))?.tagged(version.into(), "staff"))
    };
    once.act(&caller, deed).await
}

/// List the cohorts
///
/// Use it to find a cohort's id. Newest first.
#[utoipa::path(tag = "cohorts", params(PageQuery), responses((status = 200, body = CohortPage)))]
#[get("/v1/cohorts")]
pub async fn list_cohorts(
    caller: Caller<op::ListCohorts>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<CohortPage>> {
    let pager = Pager::new(&caller, "/v1/cohorts", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.read(move |conn| Ok(store::cohort::page(conn, &seek, limit)?)).await?;
    pager.answer(page.map(Cohort::from), |c| c.id)
}

/// Get a cohort
///
/// Use it to read one cohort, and its ETag before a change.
#[utoipa::path(tag = "cohorts", params(CohortId), responses((status = 200, body = Cohort)))]
#[get("/v1/cohorts/{id}")]
pub async fn get_cohort(caller: Caller<op::GetCohort>, Path(id): Path<CohortId>) -> Result<Answer<Cohort>> {
    let cohort = caller.read(move |conn| found(store::cohort::find(conn, id)?)).await?;
    let version = cohort.version;
    Ok(Answer::ok(Cohort::from(cohort)).tagged(version.into(), "staff"))
}

/// Change a cohort
///
/// Use it to mend the name or the dates. Members that are left out stay as they are.
#[utoipa::path(tag = "cohorts", params(CohortId, IfMatch), responses((status = 200, body = Cohort)))]
#[patch("/v1/cohorts/{id}")]
pub async fn change_cohort(
    caller: Caller<op::ChangeCohort>,
    Path(id): Path<CohortId>,
    Json(change): Json<CohortChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<Cohort>> {
    let change = cohort::Change { name: change.name, starts_on: change.starts_on, ends_on: change.ends_on };
    let changed = caller.act(move |act| cohort::change(act, id, version, change)).await?;
    let version = changed.version;
    Ok(Answer::ok(Cohort::from(changed)).tagged(version.into(), "staff"))
}
