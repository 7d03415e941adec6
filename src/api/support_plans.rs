//! Support plans: the next steps agreed with an owner, and the visits.

use actix_web::{get, put};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::json::Json;
use super::parameters::Path;
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::id::VentureId;
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::rubric::Topic;
use crate::domain::time::Instant;
use crate::domain::venture::JakpreneurStage;
use crate::ops::looks;
use crate::ops::support_plan::{self, Agreed, Plan};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(get_support_plan).add(write_support_plan).add(get_my_support_plan);
}

/// One step that was agreed.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanStep {
    /// In words.
    #[schema(example = "Catat kas setiap hari selama sebulan.", min_length = 1, max_length = 500)]
    text: String,
    /// The topic that it belongs to.
    topic: Option<Topic>,
    /// The stage of Jakpreneur that it leads to.
    stage: Option<JakpreneurStage>,
    /// By when.
    #[schema(value_type = Option<String>, format = Date, example = "2024-12-15", max_length = 10)]
    due_on: Option<NaiveDate>,
    /// When it was done; null while it is to be done.
    #[schema(value_type = Option<String>, format = Date, example = "2024-11-20", max_length = 10)]
    done_on: Option<NaiveDate>,
}

/// One visit, or a call in its place.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanVisit {
    /// When it is, or was.
    #[schema(value_type = String, format = Date, example = "2024-12-02", max_length = 10)]
    on: NaiveDate,
    /// What was seen and said; null before it took place.
    #[schema(example = "Buku kas terisi dua minggu.", min_length = 1, max_length = 1000)]
    note: Option<String>,
}

/// A support plan.
#[derive(Serialize, ToSchema)]
pub struct SupportPlan {
    /// The steps, the first first.
    #[schema(max_items = 50)]
    steps: Vec<PlanStep>,
    /// The visits.
    #[schema(max_items = 100)]
    visits: Vec<PlanVisit>,
    /// Rises with each change; 0 before anything was agreed.
    #[schema(example = 1, minimum = 0)]
    version: i32,
    /// When it last changed; null before anything was agreed.
    #[schema(required = true)]
    updated_at: Option<Instant>,
}

impl From<Plan> for SupportPlan {
    fn from(plan: Plan) -> Self {
        let step = |s: support_plan::PlanStep| PlanStep {
            text: s.text,
            topic: s.topic,
            stage: s.stage,
            due_on: s.due_on,
            done_on: s.done_on,
        };
        let visit = |v: support_plan::PlanVisit| PlanVisit { on: v.on, note: v.note };
        Self {
            steps: plan.agreed.steps.into_iter().map(step).collect(),
            visits: plan.agreed.visits.into_iter().map(visit).collect(),
            version: plan.version,
            updated_at: plan.updated_at,
        }
    }
}

/// What is agreed: it takes the place of what was agreed before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSupportPlan {
    /// The steps, the first first.
    #[schema(max_items = 50)]
    steps: Vec<PlanStep>,
    /// The visits.
    #[schema(max_items = 100)]
    visits: Vec<PlanVisit>,
}

impl From<NewSupportPlan> for Agreed {
    fn from(new: NewSupportPlan) -> Self {
        let step = |s: PlanStep| support_plan::PlanStep {
            text: s.text,
            topic: s.topic,
            stage: s.stage,
            due_on: s.due_on,
            done_on: s.done_on,
        };
        let visit = |v: PlanVisit| support_plan::PlanVisit { on: v.on, note: v.note };
        Self { steps: new.steps.into_iter().map(step).collect(), visits: new.visits.into_iter().map(visit).collect() }
    }
}

/// Get the support plan of a venture
///
/// Use it to see what was agreed with the owner, what is done, and which visits are to come.
#[utoipa::path(tag = "ventures", params(VentureId), responses((status = 200, body = SupportPlan)))]
#[get("/v1/ventures/{id}/support-plan")]
pub async fn get_support_plan(
    caller: Caller<op::GetSupportPlan>,
    Path(id): Path<VentureId>,
) -> Result<Answer<SupportPlan>> {
    let actor = caller.actor;
    let read = caller.run(move |service| {
        let plan = service.read(|conn| support_plan::find(conn, &service.keys, id))?;
        looks::note(service, &actor, LookKind::Record, [id], service.clock.now())?;
        Ok(plan)
    });
    let plan = read.await?;
    let version = plan.version;
    Ok(Answer::ok(SupportPlan::from(plan)).tagged(version.into(), "staff").no_store())
}

/// Write the support plan of a venture
///
/// Use it with the owner: at the workshop, on a visit, on the phone. It takes the place of the plan before.
#[utoipa::path(tag = "ventures", params(VentureId, IfMatch), responses((status = 200, body = SupportPlan)))]
#[put("/v1/ventures/{id}/support-plan")]
pub async fn write_support_plan(
    caller: Caller<op::WriteSupportPlan>,
    Path(id): Path<VentureId>,
    Json(new): Json<NewSupportPlan>,
    IfMatch(version): IfMatch,
) -> Result<Answer<SupportPlan>> {
    let plan = caller.act(move |act| support_plan::write(act, id, version, new.into())).await?;
    let version = plan.version;
    Ok(Answer::ok(SupportPlan::from(plan)).tagged(version.into(), "staff").no_store())
}

/// What was agreed with me?
///
/// Use it to show an owner the steps and visits agreed with the programme.
#[utoipa::path(tag = "me", responses((status = 200, body = SupportPlan)))]
#[get("/v1/me/support-plan")]
pub async fn get_my_support_plan(caller: Caller<op::GetMySupportPlan>) -> Result<Answer<SupportPlan>> {
    let venture = caller.actor.venture.ok_or_else(Problem::not_found)?;
    let actor = caller.actor;
    let plan = caller.run(move |service| {
        looks::note_own(service, &actor, LookKind::Record)?;
        service.read(|conn| support_plan::find(conn, &service.keys, venture))
    });
    let plan = plan.await?;
    let version = plan.version;
    Ok(Answer::ok(SupportPlan::from(plan)).tagged(version.into(), "owner").no_store())
}
