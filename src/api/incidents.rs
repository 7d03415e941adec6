//! Breaches of personal data, for staff.

use actix_web::{get, patch, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::complaints::{CaseQuery, NextCaseState, view};
use super::json::Json;
use super::once::{Answered, Once};
use super::page::Pager;
use super::parameters::{Path, Query};
use super::problem::{Fault, Place, Problem, Result};
use super::routes::Routes;
use super::work::found;
use crate::api::codes::Code;
use crate::domain::case::CaseState;
use crate::domain::id::{IncidentId, InvestorId, UserId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::text::Text;
use crate::domain::time::Instant;
use crate::ops::Act;
use crate::ops::case::Change;
use crate::ops::incident::{self, Opened, Question, Seen, ToldOn};
use crate::page_of;
use crate::store::{self, Page, Seek};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_incidents).add(create_incident).add(get_incident).add(change_incident).add(list_affected);
}

/// A breach of personal data.
#[derive(Serialize, ToSchema)]
pub struct Incident {
    id: IncidentId,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    state: CaseState,
    /// What happened.
    #[schema(example = "Laptop staf hilang di kereta.", max_length = 4000)]
    what_happened: String,
    /// What was done; once it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Sesi diakhiri, kata sandi diganti.", max_length = 4000)]
    done: Option<String>,
    /// When it was found: from then on the time counts.
    found_at: Instant,
    /// By when the authority and those whom it concerns are to be told: 72 hours later.
    due_at: Instant,
    /// Whether authority and subjects should have been told by now.
    overdue: bool,
    /// The day on which the authority was told; null before.
    #[schema(required = true, format = Date, example = "2024-11-15", max_length = 10)]
    authority_told_on: Option<String>,
    /// The day on which those whom it concerns were told; null before.
    #[schema(required = true, format = Date, example = "2024-11-15", max_length = 10)]
    subjects_told_on: Option<String>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    closed_at: Option<Instant>,
    /// Who wrote it down: a user id.
    #[schema(example = "usr_01jcnq8xvgf0nadk1qh2t8wz5e", max_length = 30)]
    entered_by: String,
    /// Who was last on it: a user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "usr_01jcnq8xvgf0nadk1qh2t8wz5e", max_length = 30)]
    handled_by: Option<String>,
}

impl Incident {
    fn new(opened: Opened, now: Instant) -> Self {
        let row = opened.row;
        Self {
            id: row.id,
            version: row.version,
            state: row.state,
            what_happened: opened.what,
            done: opened.done,
            found_at: row.found_at,
            due_at: row.due_at,
            overdue: row.closed_at.is_none()
                && (row.authority_told_on.is_none() || row.subjects_told_on.is_none())
                && row.due_at < now,
            authority_told_on: row.authority_told_on,
            subjects_told_on: row.subjects_told_on,
            closed_at: row.closed_at,
            entered_by: row.entered_by,
            handled_by: row.handled_by,
        }
    }

    fn answer(self) -> Answer<Self> {
        let (version, view) = (self.version, view(self.overdue));
        Answer::ok(self).tagged(version.into(), view).no_store()
    }
}

page_of! {
    /// A page of incidents, oldest first.
    IncidentPage of Incident
}

/// List the incidents
///
/// Use it to see which breaches are open and by when authority and subjects are to be told. Oldest first.
#[utoipa::path(tag = "incidents", params(CaseQuery), responses((status = 200, body = IncidentPage)))]
#[get("/v1/incidents")]
pub async fn list_incidents(
    caller: Caller<op::ListIncidents>,
    Query(query): Query<CaseQuery>,
) -> Result<Answer<IncidentPage>> {
    let pager = Pager::new(&caller, query.list("/v1/incidents"), query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.run(move |service| {
        let now = service.clock.now();
        let late = query.overdue.then_some(now);
        let page = service.read(|conn| Ok(store::incident::page(conn, query.state, late, &seek, limit)?))?;
        page.try_map(|row| Ok(Incident::new(incident::open(&service.keys, row)?, now)))
    });
    Ok(pager.answer(page.await?, |incident| incident.id)?.no_store())
}

/// A breach to be written down.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncident {
    /// What happened. Whose data it was is asked with `subjects`; names do not belong here.
    #[schema(example = "Laptop staf hilang di kereta.", min_length = 1, max_length = 4000)]
    what_happened: String,
    /// The day on which it was found, if not just now: the 72 hours count from its beginning.
    #[schema(nullable = false, value_type = Option<String>, format = Date, example = "2024-11-14", max_length = 10)]
    found_on: Option<NaiveDate>,
}

/// Write an incident down
///
/// Use it as soon as personal data may have come into wrong hands: 72 hours to tell the authority and those whom it concerns begin when
/// it was found.
#[utoipa::path(tag = "incidents", params(Once), responses((status = 201, body = Incident)))]
#[post("/v1/incidents")]
pub async fn create_incident(
    caller: Caller<op::CreateIncident>,
    Json(new): Json<NewIncident>,
    once: Once,
) -> Result<Answered> {
    let deed = move |act: &mut Act<'_>| {
        let made = Incident::new(incident::create(act, new.what_happened, new.found_on)?, act.now);
        let (version, view) = (made.version, view(made.overdue));
        Ok(Answer::created(&format!("/v1/incidents/{}", made.id), made)?.tagged(version.into(), view).no_store())
    };
    once.act(&caller, deed).await
}

/// Get an incident
///
/// Use it to read one, and its ETag before a change.
#[utoipa::path(tag = "incidents", params(IncidentId), responses((status = 200, body = Incident)))]
#[get("/v1/incidents/{id}")]
pub async fn get_incident(caller: Caller<op::GetIncident>, Path(id): Path<IncidentId>) -> Result<Answer<Incident>> {
    let read = caller.run(move |service| {
        let row = service.read(|conn| found(store::incident::find(conn, id)?))?;
        Ok(Incident::new(incident::open(&service.keys, row)?, service.clock.now()))
    });
    Ok(read.await?.answer())
}

/// A change to an incident. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentChange {
    /// Where it comes to stand.
    #[schema(nullable = false)]
    state: Option<NextCaseState>,
    /// What was done: with `closed`, and needed there.
    #[schema(nullable = false, example = "Sesi diakhiri, kata sandi diganti.", min_length = 1, max_length = 4000)]
    done: Option<String>,
    /// The day on which the authority was told: that on which it was found, or a later one.
    #[schema(nullable = false, value_type = Option<String>, format = Date, example = "2024-11-15", max_length = 10)]
    authority_told_on: Option<NaiveDate>,
    /// The day on which those whom it concerns were told: that on which it was found, or a later one.
    #[schema(nullable = false, value_type = Option<String>, format = Date, example = "2024-11-15", max_length = 10)]
    subjects_told_on: Option<NaiveDate>,
    /// With `closed`: nobody was to be told, since no personal data was in wrong hands after all.
    #[serde(default)]
    #[schema(example = false)]
    no_breach: bool,
}

/// Change an incident
///
/// Use it to note when authority and subjects were told, and to close it with what was done: not before both have been told, unless
/// there was no breach.
#[utoipa::path(
    tag = "incidents",
    params(IncidentId, IfMatch),
    responses((status = 200, body = Incident)),
    extensions(("x-problems" = json!(["case_closed"])))
)]
#[patch("/v1/incidents/{id}")]
pub async fn change_incident(
    caller: Caller<op::ChangeIncident>,
    Path(id): Path<IncidentId>,
    Json(change): Json<IncidentChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<Incident>> {
    let told =
        ToldOn { authority: change.authority_told_on, subjects: change.subjects_told_on, no_breach: change.no_breach };
    let change = Change { state: change.state.map(CaseState::from), done: change.done };
    let changed =
        caller.act(move |act| Ok(Incident::new(incident::change(act, id, version, &change, &told)?, act.now)));
    Ok(changed.await?.answer())
}

/// By whom and when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AffectedQuery {
    /// By this account. One of `user_id` and `investor_id` is needed.
    #[param(value_type = UserId, required = false, example = "usr_01jcnq8xvgf0nadk1qh2t8wz5e")]
    user_id: Option<UserId>,
    /// For this investor, by whichever of its accounts; contact data that it held counts too.
    #[param(value_type = InvestorId, required = false, example = "inv_01jcnq8xvgf0nadk1qh2t8wz5e")]
    investor_id: Option<InvestorId>,
    /// The first day, in Jakarta; 30 days before the incident was found unless told.
    #[param(value_type = String, required = false, format = Date, example = "2024-11-14", max_length = 10)]
    from: Option<NaiveDate>,
    /// The last day; today unless told.
    #[param(value_type = String, required = false, format = Date, example = "2024-11-15", max_length = 10)]
    to: Option<NaiveDate>,
    /// How many items; 20 unless told, never more than 100.
    #[param(minimum = 1, maximum = 1_000_000, example = 20)]
    limit: Option<u32>,
    /// `next` or `prev` of an earlier page of this list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// A business whose data may have been seen.
#[derive(Serialize, ToSchema)]
pub struct Affected {
    venture_id: VentureId,
    /// What was looked at in these days.
    #[schema(max_items = 10)]
    looks: Vec<LookKind>,
    /// The first day of it; null when nothing was looked at and contact data was held.
    #[schema(required = true, format = Date, example = "2024-11-14", max_length = 10)]
    first_day: Option<String>,
    /// The last day.
    #[schema(required = true, format = Date, example = "2024-11-15", max_length = 10)]
    last_day: Option<String>,
    /// Whether the investor held its contact data in these days.
    contact_held: bool,
}

impl Affected {
    fn new(venture_id: VentureId, seen: Seen) -> Self {
        Self {
            venture_id,
            looks: seen.looks.into_iter().collect(),
            first_day: seen.first_day,
            last_day: seen.last_day,
            contact_held: seen.contact_held,
        }
    }
}

/// A page of businesses, by id.
#[derive(Serialize, ToSchema)]
pub struct AffectedPage {
    /// The businesses.
    #[schema(max_items = 100)]
    items: Vec<Affected>,
    /// Cursor of the next page; null on the last.
    #[schema(required = true, max_length = 1000)]
    next: Option<String>,
    /// Cursor of the page before; null on the first.
    #[schema(required = true, max_length = 1000)]
    prev: Option<String>,
    /// How many businesses there are in all.
    #[schema(example = 12, minimum = 0)]
    total: usize,
    /// False when there were too many looks to go through: ask for fewer days.
    complete: bool,
}

/// So many days before an incident was found are gone through unless told otherwise.
const USUAL_DAYS: i64 = 30;

fn needed(name: &str, id: &str, en: &str) -> Problem {
    let fault = Fault { place: Place::Parameter(name.into()), code: "needed_here".into(), detail: Text::new(id, en) };
    Problem::new(Code::InvalidQuery).faults(vec![fault])
}

/// Whose data may have been seen?
///
/// Use it when an account was taken over or an investor's copy was lost: which businesses were looked at by that account or for that
/// investor between two days, and whose contact data it held. From the access log, which is kept for two years. An account or an
/// investor that there is not: 404.
#[utoipa::path(tag = "incidents", params(IncidentId, AffectedQuery), responses((status = 200, body = AffectedPage)))]
#[get("/v1/incidents/{id}/subjects")]
pub async fn list_affected(
    caller: Caller<op::ListAffected>,
    Path(id): Path<IncidentId>,
    Query(query): Query<AffectedQuery>,
) -> Result<Answer<AffectedPage>> {
    if query.user_id.is_none() && query.investor_id.is_none() {
        return Err(needed("user_id", "Sebutkan user_id atau investor_id.", "Name a user_id or an investor_id."));
    }
    let known = caller.read(move |conn| found(store::incident::find(conn, id)?)).await?;
    let from = query.from.unwrap_or_else(|| known.found_at.plus_days(-USUAL_DAYS).jakarta_day());
    let to = query.to.unwrap_or_else(|| caller.now.jakarta_day());
    let mut list = format!("/v1/incidents/{id}/subjects?from={from}&to={to}");
    if let Some(user) = query.user_id {
        list.push_str(&format!("&user_id={user}"));
    }
    if let Some(investor) = query.investor_id {
        list.push_str(&format!("&investor_id={investor}"));
    }
    let pager = Pager::new(&caller, list, query.limit, query.cursor);
    let (seek, limit) = (pager.seek::<VentureId>()?, pager.limit());
    let question = Question { user: query.user_id, investor: query.investor_id, from, to };
    let (all, complete) = caller.run(move |service| incident::affected(service, &question)).await?;
    let total = all.len();
    let all: Vec<(VentureId, Affected)> = all.into_iter().map(|(id, seen)| (id, Affected::new(id, seen))).collect();
    let page = cut(all, &seek, limit);
    let answer = pager.answer_with(page, |items| AffectedPage {
        items: items.items,
        next: items.next,
        prev: items.prev,
        total,
        complete,
    })?;
    Ok(answer.no_store())
}

/// The page of a list that is all there, by its key.
fn cut(mut all: Vec<(VentureId, Affected)>, seek: &Seek<VentureId>, limit: i64) -> Page<(VentureId, Affected)> {
    let place = |key: &VentureId, all: &[(VentureId, Affected)]| all.partition_point(|(id, _)| id < key);
    let limit = usize::try_from(limit).unwrap_or(0);
    let (from, to) = match seek {
        Seek::First => (0, limit),
        Seek::After(key) => {
            let at = all.partition_point(|(id, _)| id <= key);
            (at, at + limit)
        }
        Seek::Before(key) => {
            let at = place(key, &all);
            (at.saturating_sub(limit), at)
        }
    };
    let (from, to) = (from.min(all.len()), to.min(all.len()));
    let after = to < all.len();
    Page { items: all.drain(from..to).collect(), before: from > 0, after }
}
