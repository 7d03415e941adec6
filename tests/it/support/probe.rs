//! Handlers that test the machinery: one of each kind, as a noun's file would have them.

use std::sync::atomic::Ordering;

use actix_web::{get, patch, post};
use sedaya::api::answer::{Answer, IfMatch};
use sedaya::api::caller::{Anyone, Caller};
use sedaya::api::json::Json;
use sedaya::api::parameters::{Path, Query};
use sedaya::api::problem::Result;
use sedaya::api::routes::Routes;
use sedaya::domain::actor::Role;
use sedaya::domain::id::CohortId;
use sedaya::domain::money::Rupiah;
use sedaya::domain::right::{Open, Operation, Restricted, Right};
use sedaya::domain::venture::Instrument;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

macro_rules! probe_rights {
    ($($name:ident = $id:literal $kind:ident $roles:expr;)+) => {$(
        pub struct $name;
        impl Operation for $name {
            const RIGHT: Right = Right { operation: $id, roles: $roles };
        }
        impl $kind for $name {}
    )+};
}

probe_rights! {
    ChangeProbe = "changeProbe" Restricted Some(&[Role::Staff]);
    GetProbe = "getProbe" Restricted Some(&[Role::Staff, Role::Auditor]);
    FixedProbe = "fixedProbe" Open None;
    ShapeProbe = "shapeProbe" Open None;
    PanicProbe = "panicProbe" Open None;
    BlockingPanicProbe = "blockingPanicProbe" Open None;
    SlowProbe = "slowProbe" Open None;
    HoldProbe = "holdProbe" Open None;
    DisorderProbe = "disorderProbe" Open None;
}

/// The service's routes, and those of this file.
pub fn routes(routes: &mut Routes) {
    sedaya::api::routes(routes);
    // The one with a parameter first: the order must not matter.
    routes.add(change_probe).add(get_probe).add(fixed_probe).add(shape_probe).add(panic_probe);
    routes.add(blocking_panic_probe).add(slow_probe).add(hold_probe).add(disorder_probe);
    routes.right::<ChangeProbe>().right::<GetProbe>().right::<FixedProbe>().right::<ShapeProbe>().right::<PanicProbe>();
    routes.right::<BlockingPanicProbe>().right::<SlowProbe>().right::<HoldProbe>().right::<DisorderProbe>();
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProbeQuery {
    /// How many.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Whether.
    deep: Option<bool>,
    /// Of which kind.
    #[param(inline)]
    kind: Option<Instrument>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeBody {
    /// A name.
    #[schema(min_length = 1, max_length = 20)]
    name: String,
    /// A count.
    #[schema(minimum = 0, maximum = 10)]
    count: u8,
    /// An amount.
    #[schema(nullable = false)]
    amount: Option<Rupiah>,
    /// Kinds.
    #[serde(default)]
    #[schema(max_items = 3)]
    kinds: Vec<Instrument>,
    /// A form.
    form: Option<ProbeForm>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ProbeForm {
    Round(ProbeRound),
    Square(ProbeSquare),
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeRound {
    kind: ProbeRoundKind,
    #[schema(minimum = 1)]
    radius: u32,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProbeRoundKind {
    Round,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeSquare {
    kind: ProbeSquareKind,
    #[schema(minimum = 1)]
    side: u32,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProbeSquareKind {
    Square,
}

#[derive(Serialize, ToSchema)]
pub struct Probe {
    says: String,
}

/// Change
#[utoipa::path(tag = "reference", params(CohortId, ProbeQuery, IfMatch), responses((status = 200, body = Probe)))]
#[patch("/v1/probes/{id}")]
pub async fn change_probe(
    caller: Caller<ChangeProbe>,
    Path(id): Path<CohortId>,
    Query(query): Query<ProbeQuery>,
    Json(body): Json<ProbeBody>,
    IfMatch(version): IfMatch,
) -> Result<Answer<Probe>> {
    let says = format!(
        "{} {id} {:?} {:?} {:?} {} {version}",
        caller.actor.role.as_str(),
        query.limit,
        query.deep,
        query.kind,
        body.name
    );
    Ok(Answer::ok(Probe { says }).tagged(version + 1, "staff"))
}

/// Get
#[utoipa::path(tag = "reference", params(CohortId), responses((status = 200, body = Probe)))]
#[get("/v1/probes/{id}")]
pub async fn get_probe(_caller: Caller<GetProbe>, Path(id): Path<CohortId>) -> Result<Answer<Probe>> {
    Ok(Answer::ok(Probe { says: format!("{id} {}", "x".repeat(4000)) }).tagged(3, "staff"))
}

/// Fixed
#[utoipa::path(tag = "reference", responses((status = 200, body = Probe)))]
#[get("/v1/probes/fixed")]
pub async fn fixed_probe(request: Anyone<FixedProbe>) -> Result<Answer<Probe>> {
    Ok(Answer::ok(Probe { says: format!("fixed {} {}", request.lang.tag(), "x".repeat(4000)) }))
}

/// Shape
#[utoipa::path(tag = "reference", responses((status = 200, body = ProbeBody)))]
#[post("/v1/probes/shape")]
pub async fn shape_probe(_request: Anyone<ShapeProbe>, Json(body): Json<ProbeBody>) -> Result<Answer<ProbeBody>> {
    Ok(Answer::ok(body).no_store())
}

/// Panic
#[utoipa::path(tag = "reference", responses((status = 204)))]
#[get("/v1/probes/panic")]
pub async fn panic_probe(_request: Anyone<PanicProbe>) -> Result<Answer<()>> {
    panic!("on purpose")
}

/// Panic on a blocking thread
#[utoipa::path(tag = "reference", responses((status = 204)))]
#[get("/v1/probes/blocking-panic")]
pub async fn blocking_panic_probe(request: Anyone<BlockingPanicProbe>) -> Result<Answer<()>> {
    request.app.workers.run(|| panic!("on purpose")).await
}

/// Slow
#[utoipa::path(tag = "reference", responses((status = 204)))]
#[get("/v1/probes/slow")]
pub async fn slow_probe(_request: Anyone<SlowProbe>) -> Result<Answer<()>> {
    std::future::pending().await
}

/// Answers when the service has been told to stop, and not before
#[utoipa::path(tag = "reference", responses((status = 204)))]
#[get("/v1/probes/hold")]
pub async fn hold_probe(request: Anyone<HoldProbe>) -> Result<Answer<()>> {
    while !request.app.stopping.load(Ordering::Relaxed) {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    Ok(Answer::none())
}

/// Arguments in the wrong order
#[utoipa::path(tag = "reference", responses((status = 204)))]
#[post("/v1/probes/disorder")]
pub async fn disorder_probe(Json(_body): Json<ProbeBody>, _request: Anyone<DisorderProbe>) -> Result<Answer<()>> {
    Ok(Answer::none())
}
