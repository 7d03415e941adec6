//! The HTTP API.
//!
//! # How to add a route
//! 1. Give the operation a row in [`crate::domain::right`]: who may do it.
//! 2. Write the handler in the file of its noun. Its first argument is the right it needs; the others follow
//!    in the order in which a request is refused: path, query, body, `If-Match`. Then load, act, answer.
//! 3. Add it in the `routes` function of that file, and the file's `routes` in [`routes()`] below.
//! 4. Run `cargo run -- openapi > openapi/openapi.json` and review the difference.
//! 5. Ask it something in `tests/it/examples.rs`, whose head says how the answer becomes the document's example; where an
//!    answer leads to another operation, add it to `links`.
//!
//! ```text
//! /// Change a cohort
//! ///
//! /// Use it to mend the name or the dates. Members that are left out stay as they are.
//! #[utoipa::path(tag = "cohorts", params(CohortId, IfMatch), responses((status = 200, body = Cohort)),
//!     extensions(("x-problems" = json!(["cohort_closed"]))))]
//! #[patch("/v1/cohorts/{id}")]
//! pub async fn change_cohort(
//!     caller: Caller<op::ChangeCohort>,        // 401, 403
//!     Path(id): Path<CohortId>,                // 404: malformed, unknown or not the caller's
//!     Json(change): Json<CohortChange>,        // 415, 413, 400, 422: all from the document
//!     IfMatch(version): IfMatch,               // 428
//! ) -> Result<Answer<Cohort>> {
//!     let cohort = caller.app.db.write(…ops::cohort::change(conn, &caller.actor, id, version, change.into(), caller.now)…).await?;
//!     Ok(Answer::ok(Cohort::from(&cohort)).tagged(cohort.version, "staff"))
//! }
//! ```
//! `params` lists what the arguments take from path, query and headers; utoipa reads the body by itself. An
//! argument that is not documented fails the start or the first test of the route.
//!
//! The schema of a body is its only validation of shape: `#[schema(max_length = …)]` on a member is both
//! documented and enforced, and `#[serde(deny_unknown_fields)]` refuses the rest. What a schema cannot say
//! belongs in the domain, whose error the noun's file turns into a [`problem::Problem`].
//!
//! # Which file is it?
//! `gate` every request in and out · [`admission`] who was let in lately · [`issuers`] who else may say who somebody is · [`once`] deeds done once · [`rate`] how often · [`table`] pages as CSV and
//! workbooks · [`mod@routes`] collects handlers · [`mod@document`] makes the OpenAPI document,
//! `engine_schema` describes criteria and rankings in it, `links` says what leads where, [`contract`] compiles it ·
//! [`caller`], [`parameters`], [`json`], [`answer`] what handlers take and give ·
//! [`problem`], [`codes`], `faults` errors · [`state`] what handlers share · [`schema`] how domain values
//! look · the rest: one noun each.

pub mod access_log;
pub mod admission;
pub mod allocations;
pub mod answer;
pub mod assessments;
pub mod audit;
pub mod auth;
pub mod blocking;
pub mod caller;
pub mod codes;
pub mod cohorts;
mod columns;
pub mod companions;
pub mod complaints;
pub mod consents;
pub mod context;
pub mod contract;
pub mod cors;
pub mod criteria;
pub mod data_requests;
pub mod directory;
pub mod document;
pub mod doors;
pub mod elicitation;
mod engine_schema;
mod faults;
pub(crate) mod gate;
pub mod importer;
pub mod imports;
pub mod incidents;
pub mod investor_view;
pub mod investors;
pub mod issuers;
pub mod json;
mod links;
pub mod match_lists;
pub mod match_reports;
pub mod matches;
pub mod me;
pub mod metrics;
pub mod my_complaints;
pub mod my_data;
pub mod my_venture;
pub mod news;
pub mod notes;
pub mod once;
pub mod one_time_codes;
pub mod page;
pub mod pages;
pub mod parameters;
pub mod participants;
pub mod problem;
mod profile;
pub mod rankings;
pub mod rate;
pub mod reference;
pub mod replay;
pub mod reports;
pub mod requests_report;
pub mod result_card;
pub mod retention;
pub mod routes;
pub mod rubrics;
pub mod schema;
pub mod second_opinions;
pub mod service_tokens;
pub mod sessions;
pub mod sign_in;
pub mod state;
pub mod support_plans;
pub mod table;
pub mod tuning;
pub mod upload;
pub mod users;
pub mod ventures;
pub mod webhook_events;
pub mod webhooks;
pub mod work;

use routes::Routes;

/// All routes of the service.
pub fn routes(routes: &mut Routes) {
    access_log::routes(routes);
    assessments::routes(routes);
    audit::routes(routes);
    auth::routes(routes);
    cohorts::routes(routes);
    participants::routes(routes);
    companions::routes(routes);
    complaints::routes(routes);
    consents::routes(routes);
    criteria::routes(routes);
    data_requests::routes(routes);
    doors::routes(routes);
    imports::routes(routes);
    incidents::routes(routes);
    investors::routes(routes);
    match_lists::routes(routes);
    matches::routes(routes);
    me::routes(routes);
    my_complaints::routes(routes);
    my_data::routes(routes);
    one_time_codes::routes(routes);
    pages::routes(routes);
    rankings::routes(routes);
    tuning::routes(routes);
    allocations::routes(routes);
    elicitation::routes(routes);
    second_opinions::routes(routes);
    reference::routes(routes);
    news::routes(routes);
    my_venture::routes(routes);
    notes::routes(routes);
    match_reports::routes(routes);
    result_card::routes(routes);
    sessions::routes(routes);
    support_plans::routes(routes);
    replay::routes(routes);
    reports::routes(routes);
    requests_report::routes(routes);
    retention::routes(routes);
    rubrics::routes(routes);
    service_tokens::routes(routes);
    sign_in::routes(routes);
    users::routes(routes);
    ventures::routes(routes);
    webhooks::routes(routes);
}
