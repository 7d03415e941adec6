//! Support plans: the next steps agreed with an owner, and the visits to see how they go.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::import::sealing;
use super::{Act, Error, Result, next_version};
use crate::domain::fault::Fault;
use crate::domain::id::VentureId;
use crate::domain::rubric::Topic;
use crate::domain::text::Text;
use crate::domain::time::Instant;
use crate::domain::venture::JakpreneurStage;
use crate::keys::Keys;
use crate::store::{Conn, support_plan, venture};

/// One step that was agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanStep {
    /// In words.
    pub text: String,
    /// The topic that it belongs to.
    pub topic: Option<Topic>,
    /// The stage of Jakpreneur that it leads to.
    pub stage: Option<JakpreneurStage>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
}

/// One visit, or a call in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanVisit {
    /// When it is, or was.
    pub on: NaiveDate,
    /// What was seen and said; nothing before it took place.
    pub note: Option<String>,
}

/// What is agreed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// The steps, the first first.
    pub steps: Vec<PlanStep>,
    /// The visits.
    pub visits: Vec<PlanVisit>,
}

impl Agreed {
    /// The first step that is still to be done.
    pub fn next(&self) -> Option<&PlanStep> {
        self.steps.iter().find(|step| step.done_on.is_none())
    }

    /// The last day of a visit that nobody has written about.
    fn visits_until(&self) -> Option<NaiveDate> {
        self.visits.iter().filter(|visit| visit.note.is_none()).map(|visit| visit.on).max()
    }

    /// Days that have not come and are said to have.
    fn faults(&self, today: NaiveDate) -> Vec<Fault> {
        let fault = |pointer: String| Fault {
            pointer,
            code: "in_the_future",
            detail: Text::new("Hari ini belum tiba.", "This day has not come yet."),
        };
        let done = self.steps.iter().enumerate().filter(|(_, step)| step.done_on.is_some_and(|day| day > today));
        let told = self.visits.iter().enumerate().filter(|(_, visit)| visit.note.is_some() && visit.on > today);
        let done = done.map(|(n, _)| format!("/steps/{n}/done_on"));
        done.chain(told.map(|(n, _)| format!("/visits/{n}/on"))).map(fault).collect()
    }
}

/// A plan.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What is agreed; nothing before anything was.
    pub agreed: Agreed,
    /// Rises with each change; 0 before anything was agreed.
    pub version: i32,
    /// When it last changed.
    pub updated_at: Option<Instant>,
}

fn place(venture: VentureId) -> Vec<u8> {
    format!("support_plans {venture}").into_bytes()
}

/// The plan of a venture.
///
/// # Errors
/// [`Error::NotFound`] for an unknown venture; [`Error::Internal`] when what is encrypted does not open.
pub fn find(conn: &mut Conn, keys: &Keys, id: VentureId) -> Result<Plan> {
    venture::find(conn, id)?.ok_or(Error::NotFound)?;
    let Some(stored) = support_plan::find(conn, id)? else { return Ok(Plan::default()) };
    let text = keys.personal().open(&place(id), &stored.sealed).map_err(sealing)?;
    Ok(Plan { agreed: serde_json::from_slice(&text)?, version: stored.version, updated_at: Some(stored.updated_at) })
}

/// Writes what is agreed over the plan that stands at `version`.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`] for what is said to be done on a day that has not come.
pub fn write(act: &mut Act<'_>, id: VentureId, version: i64, agreed: Agreed) -> Result<Plan> {
    let before = find(act.conn, act.keys, id)?;
    let version = next_version(before.version, version)?;
    let faults = agreed.faults(act.now.jakarta_day());
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let sealed = act.keys.personal().seal(&place(id), &serde_json::to_vec(&agreed)?).map_err(sealing)?;
    let stored = support_plan::SupportPlan {
        venture_id: id,
        sealed,
        is_open: agreed.next().is_some(),
        version,
        updated_at: act.now,
        visits_until: agreed.visits_until().map(|day| day.to_string()),
    };
    support_plan::put(act.conn, &stored)?;
    act.audit("support_plan.write", id, &agreed)?;
    Ok(Plan { agreed, version, updated_at: Some(act.now) })
}
