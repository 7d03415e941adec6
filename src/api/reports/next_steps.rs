//! Everyone's next step, and who has none.

use std::collections::BTreeMap;

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::page::{PageQuery, Pager};
use super::super::parameters::{Path, Query};
use super::super::problem::Result;
use super::{ReportQuery, share};
use crate::domain::id::{CohortId, ParticipantId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::match_life::MatchState;
use crate::domain::report::NextStep;
use crate::domain::right::op;
use crate::domain::rubric::{Rubric, Topic};
use crate::domain::status::{aim, anchor};
use crate::domain::text::{Lang, Text};
use crate::domain::venture::JakpreneurStage;
use crate::ops::looks;
use crate::ops::reports::{self, Nexts, Step};
use crate::page_of;

/// Those without a step that a report names; the rest is counted.
const NAMED: usize = 100;

/// The next step of one venture.
#[derive(Serialize, ToSchema)]
pub struct VentureNextStep {
    venture_id: VentureId,
    kind: NextStep,
    /// In words.
    #[schema(example = "Pencatatan keuangan: catatan kas harian. Membuka 3 pintu.", max_length = 1200)]
    text: String,
    /// Where the match stands; absent for another kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    state: Option<MatchState>,
    /// The topic of the workshop that teaches it; absent for another kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    topic: Option<Topic>,
    /// The indicator; absent for another kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "MGT1", max_length = 20)]
    indicator: Option<String>,
    /// How many doors it opens; absent for another kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 3, minimum = 0)]
    opens: Option<usize>,
    /// The stage of Jakpreneur; absent for another kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    stage: Option<JakpreneurStage>,
}

page_of! {
    /// A page of next steps, in the order of the ventures.
    VentureNextStepPage of VentureNextStep
}

impl VentureNextStep {
    fn new(venture_id: VentureId, step: Step, rubric: &Rubric, lang: Lang) -> Self {
        let none = Self {
            venture_id,
            kind: step.kind(),
            text: words(step, rubric).get(lang).to_owned(),
            state: None,
            topic: None,
            indicator: None,
            opens: None,
            stage: None,
        };
        match step {
            Step::Match(state) => Self { state: Some(state), ..none },
            Step::Training { indicator, opens, .. } => {
                let indicator = rubric.indicator(indicator);
                let (topic, code) = (Some(indicator.topic), Some(indicator.code.clone()));
                Self { topic, indicator: code, opens: Some(opens), ..none }
            }
            Step::Jakpreneur(stage) => Self { stage: Some(stage), ..none },
            Step::Plan | Step::None { .. } => none,
        }
    }
}

fn words(step: Step, rubric: &Rubric) -> Text {
    match step {
        Step::Match(_) => NextStep::Match.label().into(),
        Step::Plan => NextStep::Plan.label().into(),
        Step::Training { indicator, to, opens } => {
            let label = &rubric.indicator(indicator).label;
            let (aim_id, aim_en) = anchor(rubric, indicator, aim(to)).map_or(("", ""), |aim| (&aim.id, &aim.en));
            let (doors_id, doors_en) = match opens {
                0 => (String::new(), String::new()),
                1 => (" Membuka 1 pintu.".to_owned(), " Opens 1 door.".to_owned()),
                _ => (format!(" Membuka {opens} pintu."), format!(" Opens {opens} doors.")),
            };
            let tidy = |aim: &str| aim.trim().trim_end_matches('.').to_owned();
            Text::new(
                format!("{}: {}.{doors_id}", label.id, tidy(aim_id)),
                format!("{}: {}.{doors_en}", label.en, tidy(aim_en)),
            )
        }
        Step::Jakpreneur(stage) => {
            let label = stage.label();
            Text::new(format!("Jakpreneur: {}.", label.id), format!("Jakpreneur: {}.", label.en))
        }
        Step::None { assessed: true } => {
            Text::new("Belum ada langkah: rencanakan kunjungan pendamping.", "No step yet: plan a companion's visit.")
        }
        Step::None { assessed: false } => {
            Text::new("Belum dinilai: jadwalkan asesmen.", "Not assessed yet: schedule the assessment.")
        }
    }
}

/// What comes next for everybody?
///
/// Use it to see to it that everybody leaves with a next step, match or not: a match on its way, else what
/// the support plan says, else the step in a training
/// topic that opens most doors or helps most, else the next stage of Jakpreneur. Staff find one for whoever has none.
#[utoipa::path(
    tag = "cohorts",
    params(CohortId, PageQuery),
    responses((status = 200, body = VentureNextStepPage)),
    extensions(("x-problems" = json!(["no_rubric"])))
)]
#[get("/v1/cohorts/{id}/next-steps")]
pub async fn list_next_steps(
    caller: Caller<op::ListNextSteps>,
    Path(id): Path<CohortId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<VentureNextStepPage>> {
    let lang = caller.lang;
    let pager = Pager::new(&caller, format!("/v1/cohorts/{id}/next-steps"), query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let actor = caller.actor;
    let work = caller.run(move |service| {
        let (page, rubric) = reports::next_steps_page(service, id, &seek, limit)?;
        let seen = page.items.iter().map(|(_, venture, _)| *venture);
        looks::note(service, &actor, LookKind::Standing, seen, service.clock.now())?;
        Ok((page, rubric))
    });
    let (page, rubric) = work.await?;
    let page = page.map(|(n, venture, step)| (n, VentureNextStep::new(venture, step, &rubric, lang)));
    pager.answer_with(page, VentureNextStepPage::from)
}

/// How many have a next step of a kind.
#[derive(Serialize, ToSchema)]
pub struct NextStepCount {
    kind: NextStep,
    /// What people read.
    #[schema(example = "Satu langkah dari topik pelatihan", max_length = 200)]
    label: String,
    /// How many ventures.
    #[schema(example = 52, minimum = 0)]
    ventures: usize,
    /// Of all, 0–1; null when there are none.
    #[schema(required = true, example = 0.65, minimum = 0, maximum = 1)]
    of_ventures: Option<f64>,
}

/// Who has a next step, and who has none.
#[derive(Serialize, ToSchema)]
pub struct NextStepsReport {
    /// How many ventures there are.
    #[schema(example = 80, minimum = 0)]
    ventures: usize,
    /// By kind; the last of them is none.
    #[schema(max_items = 10)]
    items: Vec<NextStepCount>,
    /// The first hundred ventures without one.
    #[schema(max_items = 100)]
    without: Vec<VentureId>,
    /// How many people came without a venture: no step is kept for them.
    #[schema(example = 20, minimum = 0)]
    people_without_venture: usize,
    /// The first hundred of them.
    #[schema(max_items = 100)]
    people: Vec<ParticipantId>,
}

impl NextStepsReport {
    fn new(nexts: Nexts, lang: Lang) -> Self {
        let mut counts = BTreeMap::<NextStep, usize>::new();
        for (_, step) in &nexts.ventures {
            *counts.entry(step.kind()).or_default() += 1;
        }
        let all = nexts.ventures.len();
        let count = |kind: &NextStep| {
            let ventures = counts.get(kind).copied().unwrap_or_default();
            let label = kind.label().get(lang).to_owned();
            NextStepCount { kind: *kind, label, ventures, of_ventures: share(ventures, all) }
        };
        let items = NextStep::ALL.iter().map(count).collect();
        let without = nexts.ventures.into_iter().filter(|(_, step)| step.kind() == NextStep::None);
        Self {
            ventures: all,
            items,
            without: without.map(|(venture, _)| venture).take(NAMED).collect(),
            people_without_venture: nexts.without_venture.len(),
            people: nexts.without_venture.into_iter().take(NAMED).collect(),
        }
    }
}

/// Who has no next step?
///
/// Use it to see whether anybody was left without one.
#[utoipa::path(
    tag = "reports",
    params(ReportQuery),
    responses((status = 200, body = NextStepsReport)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[get("/v1/reports/next-steps")]
pub async fn get_next_steps_report(
    caller: Caller<op::GetNextStepsReport>,
    Query(query): Query<ReportQuery>,
) -> Result<Answer<NextStepsReport>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let work = caller.run(move |service| {
        let report = NextStepsReport::new(reports::next_steps(service, query.cohort_id)?, lang);
        looks::note(service, &actor, LookKind::Standing, report.without.iter().copied(), service.clock.now())?;
        Ok(report)
    });
    Ok(Answer::ok(work.await?))
}
