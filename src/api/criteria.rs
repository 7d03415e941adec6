//! Criteria: drafted by an investor or by staff, approved by a second person, published by staff.

use actix_web::{get, patch, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::engine_schema::CriteriaDocument;
use super::json::{Json, sent};
use super::once::{Answered, Once};
use super::parameters::{Located, Path};
use super::problem::{Problem, Result};
use super::routes::Routes;
use super::state::Target;
use super::work::found;
use crate::domain::id::{CriteriaId, InvestorId};
use crate::domain::life::CriteriaState;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::{self, Act, criteria};
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes
        .add(create_criteria)
        .add(list_criteria)
        .add(get_criteria)
        .add(change_criteria)
        .add(create_criteria_version)
        .add(list_criteria_versions)
        .add(get_criteria_version)
        .add(approve_criteria_version)
        .add(publish_criteria_version);
}

/// A criteria set of one investor.
#[derive(Serialize, ToSchema)]
pub struct CriteriaSet {
    id: CriteriaId,
    investor_id: InvestorId,
    /// The number of the newest version.
    #[schema(example = 1, minimum = 1)]
    latest: i32,
    /// The number of the version that ranks; null before the first is published.
    #[schema(required = true, example = 1, minimum = 1)]
    published: Option<i32>,
    /// Rises with each change, of its versions too.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    created_at: Instant,
    /// Every so many days a list is drafted, if anything has changed; null where nobody wishes so.
    #[schema(required = true, example = 7, minimum = 1, maximum = 366)]
    draft_every_days: Option<i32>,
}

/// The criteria sets of an investor.
#[derive(Serialize, ToSchema)]
pub struct CriteriaSets {
    /// Oldest first.
    #[schema(max_items = 1000)]
    items: Vec<CriteriaSet>,
}

/// One version of a criteria set.
#[derive(Serialize, ToSchema)]
pub struct CriteriaVersion {
    criteria_id: CriteriaId,
    /// Its number, from 1.
    #[schema(example = 1, minimum = 1)]
    number: i32,
    state: CriteriaState,
    /// The criteria document.
    #[schema(value_type = CriteriaDocument)]
    document: Value,
    /// Who wrote it: the id of an account, or `operator`.
    #[schema(example = "usr_01jcnq8xvgf0nadk1qh2t8wz5e", max_length = 40)]
    author: String,
    created_at: Instant,
    /// When a second person approved it; null before.
    #[schema(required = true)]
    approved_at: Option<Instant>,
    /// When it was published; null before.
    #[schema(required = true)]
    published_at: Option<Instant>,
    /// Seed of the lottery among equals, drawn at publication; null before.
    #[schema(required = true, example = "8f14e45fceea167a5a36dedd4bea2543", max_length = 32)]
    seed: Option<String>,
}

impl TryFrom<store::criteria::CriteriaVersion> for CriteriaVersion {
    type Error = ops::Error;
    fn try_from(v: store::criteria::CriteriaVersion) -> Result<Self, ops::Error> {
        Ok(Self {
            criteria_id: v.criteria_id,
            number: v.number,
            state: v.state,
            document: serde_json::from_str(&v.document)?,
            author: v.author,
            created_at: v.created_at,
            approved_at: v.approved_at,
            published_at: v.published_at,
            seed: v.seed,
        })
    }
}

/// All versions of a criteria set.
#[derive(Serialize, ToSchema)]
pub struct CriteriaVersions {
    /// Oldest first.
    #[schema(max_items = 1000)]
    items: Vec<CriteriaVersion>,
}

/// A criteria document to be checked and kept as a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCriteria {
    /// Filters, preferences and options; the fields are those of `GET /v1/fields`.
    #[schema(value_type = CriteriaDocument)]
    document: Value,
}

/// Nothing: the act itself is the message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// One version of one criteria set.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CriteriaVersionPath {
    /// The id of a criteria set.
    id: CriteriaId,
    /// The number of a version.
    #[param(minimum = 1, maximum = 1_000_000, example = 1)]
    n: i32,
}

impl Located for CriteriaVersionPath {
    fn target(&self) -> Option<Target> {
        Some(Target::Criteria(self.id))
    }
}

fn set(conn: &mut store::Conn, row: store::criteria::Criteria) -> ops::Result<CriteriaSet> {
    let published = store::criteria::published(conn, row.id)?.map(|v| v.number);
    Ok(CriteriaSet {
        id: row.id,
        investor_id: row.investor_id,
        latest: row.latest,
        published,
        version: row.version,
        created_at: row.created_at,
        draft_every_days: row.draft_every_days,
    })
}

/// Draft criteria for an investor
///
/// Use it to say what an investor looks for. All faults of the document come at once. Investors draft their own.
#[utoipa::path(
    tag = "criteria",
    params(InvestorId, Once),
    responses((status = 201, body = CriteriaSet)),
    extensions(("x-problems" = json!(["no_rubric"])))
)]
#[post("/v1/investors/{id}/criteria")]
pub async fn create_criteria(
    caller: Caller<op::CreateCriteria>,
    Path(id): Path<InvestorId>,
    Json(new): Json<NewCriteria>,
    once: Once,
) -> Result<Answered> {
    let deed = move |act: &mut Act<'_>| {
        let (row, _) = criteria::create(act, id, &new.document)?;
        let made = set(act.conn, row)?;
        let version = made.version;
        Ok(Answer::created(&format!("/v1/criteria/{}", made.id), made)?.tagged(version.into(), "full"))
    };
    once.act(&caller, deed).await.map_err(Problem::in_document)
}

/// List the criteria of an investor
///
/// Use it to find the criteria that rank for an investor. Oldest first.
#[utoipa::path(tag = "criteria", params(InvestorId), responses((status = 200, body = CriteriaSets)))]
#[get("/v1/investors/{id}/criteria")]
pub async fn list_criteria(
    caller: Caller<op::ListCriteria>,
    Path(id): Path<InvestorId>,
) -> Result<Answer<CriteriaSets>> {
    let items = caller
        .read(move |conn| {
            let rows = store::criteria::of_investor(conn, id)?;
            rows.into_iter().map(|row| set(conn, row)).collect::<ops::Result<_>>()
        })
        .await?;
    Ok(Answer::ok(CriteriaSets { items }))
}

/// Get a criteria set
///
/// Use it to learn which of its versions is the newest and which one ranks.
#[utoipa::path(tag = "criteria", params(CriteriaId), responses((status = 200, body = CriteriaSet)))]
#[get("/v1/criteria/{id}")]
pub async fn get_criteria(caller: Caller<op::GetCriteria>, Path(id): Path<CriteriaId>) -> Result<Answer<CriteriaSet>> {
    let found = caller
        .read(move |conn| {
            let row = found(store::criteria::find(conn, id)?)?;
            set(conn, row)
        })
        .await?;
    let version = found.version;
    Ok(Answer::ok(found).tagged(version.into(), "full"))
}

/// When lists are drafted. What is left out stays; null ends it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CriteriaChange {
    /// Every so many days a list is drafted in your name, for a second person to publish.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<i32>, example = 7, minimum = 1, maximum = 366)]
    draft_every_days: Option<Option<i32>>,
}

/// Change when lists are drafted
///
/// Use it to have a list of the published version drafted every so many days, over the cohort of the newest list, if anything has
/// changed since. The draft is yours; a second person compares and publishes it.
#[utoipa::path(tag = "criteria", params(CriteriaId, IfMatch), responses((status = 200, body = CriteriaSet)))]
#[patch("/v1/criteria/{id}")]
pub async fn change_criteria(
    caller: Caller<op::ChangeCriteria>,
    Path(id): Path<CriteriaId>,
    Json(change): Json<CriteriaChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<CriteriaSet>> {
    let actor = caller.actor;
    let deed = move |act: &mut Act<'_>| {
        let row = criteria::schedule(act, &actor, id, version, change.draft_every_days)?;
        set(act.conn, row)
    };
    let changed = caller.act(deed).await?;
    let version = changed.version;
    Ok(Answer::ok(changed).tagged(version.into(), "full"))
}

/// Draft a further version
///
/// Use it to tune criteria: the published version goes on ranking until another one is published.
#[utoipa::path(
    tag = "criteria",
    params(CriteriaId, Once),
    responses((status = 201, body = CriteriaVersion)),
    extensions(("x-problems" = json!(["no_rubric"])))
)]
#[post("/v1/criteria/{id}/versions")]
pub async fn create_criteria_version(
    caller: Caller<op::CreateCriteriaVersion>,
    Path(id): Path<CriteriaId>,
    Json(new): Json<NewCriteria>,
    once: Once,
) -> Result<Answered> {
    let deed = move |act: &mut Act<'_>| {
        let made = CriteriaVersion::try_from(criteria::add_version(act, id, &new.document)?)?;
        Answer::created(&format!("/v1/criteria/{id}/versions/{}", made.number), made)
    };
    once.act(&caller, deed).await.map_err(Problem::in_document)
}

/// List the versions of a criteria set
///
/// Use it to see who wanted what, and when. Oldest first.
#[utoipa::path(tag = "criteria", params(CriteriaId), responses((status = 200, body = CriteriaVersions)))]
#[get("/v1/criteria/{id}/versions")]
pub async fn list_criteria_versions(
    caller: Caller<op::ListCriteriaVersions>,
    Path(id): Path<CriteriaId>,
) -> Result<Answer<CriteriaVersions>> {
    let items = caller
        .read(move |conn| store::criteria::versions(conn, id)?.into_iter().map(CriteriaVersion::try_from).collect())
        .await?;
    Ok(Answer::ok(CriteriaVersions { items }))
}

/// Get a version of a criteria set
///
/// Use it to read the document a list was ranked by.
#[utoipa::path(tag = "criteria", params(CriteriaVersionPath), responses((status = 200, body = CriteriaVersion)))]
#[get("/v1/criteria/{id}/versions/{n}")]
pub async fn get_criteria_version(
    caller: Caller<op::GetCriteriaVersion>,
    Path(path): Path<CriteriaVersionPath>,
) -> Result<Answer<CriteriaVersion>> {
    let version = caller
        .read(move |conn| CriteriaVersion::try_from(found(store::criteria::version(conn, path.id, path.n)?)?))
        .await?;
    Ok(Answer::ok(version))
}

/// Approve a draft
///
/// Use it as the second person: nobody approves what they wrote. A score that rests on one field that no card shows
/// is refused, since the order of the list would give that field away.
#[utoipa::path(
    tag = "criteria",
    params(CriteriaVersionPath, Once),
    responses((status = 200, body = CriteriaVersion)),
    extensions(("x-problems" = json!(["not_draft", "same_person", "criteria_outdated"])))
)]
#[post("/v1/criteria/{id}/versions/{n}/approve")]
pub async fn approve_criteria_version(
    caller: Caller<op::ApproveCriteriaVersion>,
    Path(path): Path<CriteriaVersionPath>,
    Json(Nothing {}): Json<Nothing>,
    once: Once,
) -> Result<Answered> {
    let deed = move |act: &mut Act<'_>| {
        let done = criteria::approve(act, path.id, path.n)?;
        Ok(Answer::ok(CriteriaVersion::try_from(done)?))
    };
    once.act(&caller, deed).await.map_err(Problem::in_document)
}

/// Publish an approved version
///
/// Use it to let a version rank. The seed of its lottery is drawn now and stays with it.
#[utoipa::path(
    tag = "criteria",
    params(CriteriaVersionPath, Once),
    responses((status = 200, body = CriteriaVersion)),
    extensions(("x-problems" = json!(["not_approved"])))
)]
#[post("/v1/criteria/{id}/versions/{n}/publish")]
pub async fn publish_criteria_version(
    caller: Caller<op::PublishCriteriaVersion>,
    Path(path): Path<CriteriaVersionPath>,
    Json(Nothing {}): Json<Nothing>,
    once: Once,
) -> Result<Answered> {
    let deed = move |act: &mut Act<'_>| {
        let done = criteria::publish(act, path.id, path.n)?;
        Ok(Answer::ok(CriteriaVersion::try_from(done)?))
    };
    once.act(&caller, deed).await
}
