//! *Pintu terbuka*: what a step opens for an owner, and a training for a cohort.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::parameters::Path;
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::id::CohortId;
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::rubric::{Rubric, Topic};
use crate::domain::status;
use crate::domain::text::{Lang, Text};
use crate::ops::doors::{self, Found, Opening, Training};
use crate::ops::looks;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(get_my_doors).add(list_training_doors);
}

/// Steps that are told to an owner.
const TOLD: usize = 3;

/// One step of an owner's, and what it opens.
#[derive(Serialize, ToSchema)]
pub struct DoorStep {
    /// The indicator's code.
    #[schema(example = "MGT1", max_length = 20)]
    indicator: String,
    /// The workshop topic that teaches it.
    topic: Topic,
    /// How many doors it opens.
    #[schema(example = 3, minimum = 1)]
    opens: usize,
    /// In words.
    #[schema(example = "Pencatatan keuangan membuka 3 dari 4 pintu yang masih tertutup.", max_length = 700)]
    text: String,
    /// What the level to aim for looks like.
    #[schema(example = "Catatan kas harian.", max_length = 500)]
    aim: String,
}

/// What an owner's steps open.
#[derive(Serialize, ToSchema)]
pub struct MyDoors {
    /// How many offers there are: published criteria, of whomever.
    #[schema(example = 5, minimum = 0)]
    doors: usize,
    /// How many of them are open to this business.
    #[schema(example = 1, minimum = 0)]
    open: usize,
    /// In words.
    #[schema(example = "1 dari 5 pintu terbuka untuk usaha Anda.", max_length = 500)]
    headline: String,
    /// The single steps that open most doors; none if no single step opens one.
    #[schema(max_items = 3)]
    steps: Vec<DoorStep>,
}

impl MyDoors {
    fn new(found: &Found, rubric: &Rubric, lang: Lang) -> Self {
        let (doors, open) = (found.doors, found.open);
        let shut = doors - open;
        let headline = match (doors, open, found.steps.is_empty()) {
            (0, ..) => Text::new("Belum ada pintu; kami kabari bila ada.", "There are no doors yet; we will tell you."),
            (_, _, _) if shut == 0 => Text::new(
                format!("Semua {doors} pintu terbuka untuk usaha Anda."),
                format!("All {doors} doors are open to you."),
            ),
            (.., false) => Text::new(
                format!("{open} dari {doors} pintu terbuka untuk usaha Anda. Satu langkah dapat membuka yang lain."),
                format!("{open} of {doors} doors are open to you. One step can open others."),
            ),
            (.., true) => Text::new(
                format!("{open} dari {doors} pintu terbuka untuk usaha Anda. Pendamping membantu memilih langkah."),
                format!("{open} of {doors} doors are open to you. A companion helps to choose a step."),
            ),
        };
        let step = |step: &Opening| {
            let (indicator, opens) = (rubric.indicator(step.indicator), step.doors.len());
            let (id, en) = (&indicator.label.id, &indicator.label.en);
            let text = Text::new(
                format!("{id} membuka {opens} dari {shut} pintu yang masih tertutup."),
                format!("{en} opens {opens} of {shut} doors that are still shut."),
            );
            let aim = status::anchor(rubric, step.indicator, status::aim(step.to));
            DoorStep {
                indicator: indicator.code.clone(),
                topic: indicator.topic,
                opens,
                text: text.get(lang).to_owned(),
                aim: aim.map(|aim| aim.get(lang).to_owned()).unwrap_or_default(),
            }
        };
        Self {
            doors,
            open,
            headline: headline.get(lang).to_owned(),
            steps: found.steps.iter().take(TOLD).map(step).collect(),
        }
    }
}

/// Which step opens doors for me?
///
/// Use it to show an owner what a single step would open: at how many offers the business would have a place, whosever
/// they are. Only what the owner can do something about. No investor is named.
#[utoipa::path(
    tag = "me",
    responses((status = 200, body = MyDoors)),
    extensions(("x-problems" = json!(["no_rubric"])))
)]
#[get("/v1/me/doors")]
pub async fn get_my_doors(caller: Caller<op::GetMyDoors>) -> Result<Answer<MyDoors>> {
    let venture = caller.actor.venture.ok_or_else(Problem::not_found)?;
    let lang = caller.lang;
    let actor = caller.actor;
    let found = caller.run(move |service| {
        looks::note_own(service, &actor, LookKind::Record)?;
        doors::own(service, venture)
    });
    let (found, rubric) = found.await?;
    Ok(Answer::ok(MyDoors::new(&found, &rubric, lang)).no_store())
}

/// What a training would open.
#[derive(Serialize, ToSchema)]
pub struct TrainingDoors {
    /// The topic of the workshop.
    topic: Topic,
    /// The indicator; absent for a whole topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "MGT1", max_length = 20)]
    indicator: Option<String>,
    /// Its name.
    #[schema(example = "Pencatatan keuangan", max_length = 500)]
    label: String,
    /// For how many ventures one step in it opens a door.
    #[schema(example = 23, minimum = 1)]
    ventures: usize,
    /// How many doors that are, each counted for each venture.
    #[schema(example = 41, minimum = 1)]
    doors: usize,
    /// In words.
    #[schema(example = "Pencatatan keuangan: 23 usaha", max_length = 600)]
    text: String,
}

impl TrainingDoors {
    fn new(training: &Training, rubric: &Rubric, lang: Lang) -> Self {
        let indicator = training.indicator.map(|n| rubric.indicator(n));
        let label = indicator.map_or_else(|| training.topic.label().get(lang), |i| i.label.get(lang)).to_owned();
        let ventures = training.ventures;
        let text = Text::new(format!("{label}: {ventures} usaha"), format!("{label}: {ventures} businesses"));
        Self {
            topic: training.topic,
            indicator: indicator.map(|i| i.code.clone()),
            ventures,
            doors: training.doors,
            text: text.get(lang).to_owned(),
            label,
        }
    }
}

/// What trainings would open in a cohort.
#[derive(Serialize, ToSchema)]
pub struct CohortTrainingDoors {
    /// How many ventures the cohort has.
    #[schema(example = 80, minimum = 0)]
    ventures: usize,
    /// How many of them are assessed: only those have steps.
    #[schema(example = 78, minimum = 0)]
    assessed: usize,
    /// How many doors there are: criteria with a published version.
    #[schema(example = 4, minimum = 0)]
    doors: usize,
    /// By topic: most doors first, then most ventures. A topic counts each venture, and each of its doors, once.
    #[schema(max_items = 5)]
    topics: Vec<TrainingDoors>,
    /// By indicator: most doors first, then most ventures.
    #[schema(max_items = 200)]
    items: Vec<TrainingDoors>,
}

/// Which training opens most doors?
///
/// Use it to plan the next training of a cohort: for how many of its ventures one step in a topic opens an offer at
/// which they have no place today. What opens nothing has no line.
#[utoipa::path(
    tag = "cohorts",
    params(CohortId),
    responses((status = 200, body = CohortTrainingDoors)),
    extensions(("x-problems" = json!(["no_rubric"])))
)]
#[get("/v1/cohorts/{id}/training-doors")]
pub async fn list_training_doors(
    caller: Caller<op::ListTrainingDoors>,
    Path(id): Path<CohortId>,
) -> Result<Answer<CohortTrainingDoors>> {
    let lang = caller.lang;
    let all = caller.run(move |service| doors::trainings(service, id)).await?;
    let told = |trainings: &[Training]| trainings.iter().map(|t| TrainingDoors::new(t, &all.rubric, lang)).collect();
    Ok(Answer::ok(CohortTrainingDoors {
        ventures: all.ventures,
        assessed: all.assessed,
        doors: all.doors,
        topics: told(&all.topics),
        items: told(&all.indicators),
    }))
}
