//! Rubrics: the assessment instrument and its versions.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::page::{PageQuery, Pager};
use super::parameters::{Located, Path, Query};
use super::problem::{Problem, Result};
use super::routes::Routes;
use super::state::Target;
use super::work::found;
use crate::domain::id::RubricId;
use crate::domain::life::RubricState;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::{Act, rubric};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes
        .add(create_rubric)
        .add(list_rubrics)
        .add(get_rubric)
        .add(create_rubric_version)
        .add(list_rubric_versions)
        .add(get_rubric_version)
        .add(publish_rubric_version);
}

/// A rubric.
#[derive(Serialize, ToSchema)]
pub struct Rubric {
    id: RubricId,
    /// The number of its newest version.
    #[schema(example = 1, minimum = 1)]
    latest: i32,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    created_at: Instant,
}

impl From<store::rubric::Rubric> for Rubric {
    fn from(r: store::rubric::Rubric) -> Self {
        Self { id: r.id, latest: r.latest, version: r.version, created_at: r.created_at }
    }
}

page_of! {
    /// A page of rubrics, oldest first.
    RubricPage of Rubric
}

/// One version of a rubric. Immutable once published.
#[derive(Serialize, ToSchema)]
pub struct RubricVersion {
    rubric_id: RubricId,
    /// Its number, from 1.
    #[schema(example = 1, minimum = 1)]
    number: i32,
    state: RubricState,
    /// The instrument: dimensions, indicators, anchors, weights, levels.
    #[schema(value_type = Object)]
    document: Value,
    created_at: Instant,
    /// When it was published; null before.
    #[schema(required = true)]
    published_at: Option<Instant>,
}

impl TryFrom<store::rubric::RubricVersion> for RubricVersion {
    type Error = crate::ops::Error;
    fn try_from(v: store::rubric::RubricVersion) -> Result<Self, Self::Error> {
        Ok(Self {
            rubric_id: v.rubric_id,
            number: v.number,
            state: v.state,
            document: serde_json::from_str(&v.document)?,
            created_at: v.created_at,
            published_at: v.published_at,
        })
    }
}

/// All versions of a rubric, oldest first.
#[derive(Serialize, ToSchema)]
pub struct RubricVersions {
    /// The versions.
    #[schema(max_items = 1000)]
    items: Vec<RubricVersion>,
}

/// A rubric document to be checked and kept as a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRubric {
    /// The instrument, as `GET /v1/rubrics/{id}/versions/{n}` shows one.
    #[schema(value_type = Object)]
    document: Value,
}

/// One version of one rubric.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub struct VersionPath {
    /// The id of a rubric.
    id: RubricId,
    /// The number of a version.
    #[param(minimum = 1, maximum = 1_000_000, example = 1)]
    n: i32,
}

impl Located for VersionPath {
    fn target(&self) -> Option<Target> {
        Some(Target::Rubric(self.id))
    }
}

/// Draft a rubric
///
/// Use it for a new instrument. All faults of the document come at once.
#[utoipa::path(tag = "rubrics", params(Once), responses((status = 201, body = Rubric)))]
#[post("/v1/rubrics")]
pub async fn create_rubric(
    caller: Caller<op::CreateRubric>,
    Json(new): Json<NewRubric>,
    once: Once,
) -> Result<Answered> {
    let deed = move |act: &mut Act<'_>| {
        let (made, _) = rubric::create(act, &new.document)?;
        let version = made.version;
        Ok(Answer::created(&format!("/v1/rubrics/{}", made.id), Rubric::from(made))?.tagged(version.into(), "full"))
    };
    once.act(&caller, deed).await.map_err(Problem::in_document)
}

/// List the rubrics
///
/// Use it to find a rubric's id. Oldest first.
#[utoipa::path(tag = "rubrics", params(PageQuery), responses((status = 200, body = RubricPage)))]
#[get("/v1/rubrics")]
pub async fn list_rubrics(
    caller: Caller<op::ListRubrics>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<RubricPage>> {
    let pager = Pager::new(&caller, "/v1/rubrics", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.read(move |conn| Ok(store::rubric::page(conn, &seek, limit)?)).await?;
    pager.answer(page.map(Rubric::from), |r| r.id)
}

/// Get a rubric
///
/// Use it to learn the number of its newest version.
#[utoipa::path(tag = "rubrics", params(RubricId), responses((status = 200, body = Rubric)))]
#[get("/v1/rubrics/{id}")]
pub async fn get_rubric(caller: Caller<op::GetRubric>, Path(id): Path<RubricId>) -> Result<Answer<Rubric>> {
    let rubric = caller.read(move |conn| found(store::rubric::find(conn, id)?)).await?;
    let version = rubric.version;
    Ok(Answer::ok(Rubric::from(rubric)).tagged(version.into(), "full"))
}

/// Draft a further version
///
/// Use it to change an instrument: published versions stay as they are, and assessments keep theirs.
#[utoipa::path(tag = "rubrics", params(RubricId, Once), responses((status = 201, body = RubricVersion)))]
#[post("/v1/rubrics/{id}/versions")]
pub async fn create_rubric_version(
    caller: Caller<op::CreateRubricVersion>,
    Path(id): Path<RubricId>,
    Json(new): Json<NewRubric>,
    once: Once,
) -> Result<Answered> {
    let deed = move |act: &mut Act<'_>| {
        let made = RubricVersion::try_from(rubric::add_version(act, id, &new.document)?)?;
        Answer::created(&format!("/v1/rubrics/{id}/versions/{}", made.number), made)
    };
    once.act(&caller, deed).await.map_err(Problem::in_document)
}

/// List the versions of a rubric
///
/// Use it to see how an instrument came to be. Oldest first.
#[utoipa::path(tag = "rubrics", params(RubricId), responses((status = 200, body = RubricVersions)))]
#[get("/v1/rubrics/{id}/versions")]
pub async fn list_rubric_versions(
    caller: Caller<op::ListRubricVersions>,
    Path(id): Path<RubricId>,
) -> Result<Answer<RubricVersions>> {
    let items = caller
        .read(move |conn| store::rubric::versions(conn, id)?.into_iter().map(RubricVersion::try_from).collect())
        .await?;
    Ok(Answer::ok(RubricVersions { items }))
}

/// Get a version of a rubric
///
/// Use it to show the indicators and their anchors.
#[utoipa::path(tag = "rubrics", params(VersionPath), responses((status = 200, body = RubricVersion)))]
#[get("/v1/rubrics/{id}/versions/{n}")]
pub async fn get_rubric_version(
    caller: Caller<op::GetRubricVersion>,
    Path(path): Path<VersionPath>,
) -> Result<Answer<RubricVersion>> {
    let version = caller
        .read(move |conn| RubricVersion::try_from(found(store::rubric::version(conn, path.id, path.n)?)?))
        .await?;
    Ok(Answer::ok(version))
}

/// Publish a draft
///
/// Use it when the instrument is agreed. From then on new assessments are made under it, and it cannot change.
#[utoipa::path(
    tag = "rubrics",
    params(VersionPath, Once),
    responses((status = 200, body = RubricVersion)),
    extensions(("x-problems" = json!(["not_draft"])))
)]
#[post("/v1/rubrics/{id}/versions/{n}/publish")]
pub async fn publish_rubric_version(
    caller: Caller<op::PublishRubricVersion>,
    Path(path): Path<VersionPath>,
    once: Once,
) -> Result<Answered> {
    let deed = move |act: &mut Act<'_>| {
        let done = rubric::publish(act, path.id, path.n)?;
        Ok(Answer::ok(RubricVersion::try_from(done)?))
    };
    once.act(&caller, deed).await
}
