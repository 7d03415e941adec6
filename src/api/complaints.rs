//! Complaints, for staff.

use actix_web::{get, patch, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::page::Pager;
use super::parameters::{Path, Query};
use super::problem::Result;
use super::routes::Routes;
use super::work::found;
use crate::domain::case::{CaseState, ComplaintAbout};
use crate::domain::id::{ComplaintId, InvestorId, MatchId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::case::Change;
use crate::ops::complaint::{self, NewComplaint as New, Opened};
use crate::ops::{Act, looks};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_complaints).add(create_complaint).add(get_complaint).add(change_complaint);
}

/// A complaint.
#[derive(Serialize, ToSchema)]
pub struct Complaint {
    id: ComplaintId,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    state: CaseState,
    /// Whose it is, or about whom.
    #[schema(required = true)]
    venture_id: Option<VentureId>,
    /// What it is about, where the owner has written it; null otherwise.
    #[schema(required = true)]
    about: Option<ComplaintAbout>,
    /// About which match. An owner's "Laporkan" stopped it at once: `resume` it, or let it end.
    #[schema(required = true)]
    match_id: Option<MatchId>,
    /// About which investor.
    #[schema(required = true)]
    investor_id: Option<InvestorId>,
    /// What was said; absent when nothing was, or when it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Diminta membayar di muka.", max_length = 2000)]
    text: Option<String>,
    /// What was done; once it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Investor ditegur, kecocokan diakhiri.", max_length = 2000)]
    done: Option<String>,
    /// When it came in: from then on the time counts.
    received_at: Instant,
    /// By when it is to be dealt with: 72 hours later.
    due_at: Instant,
    /// Whether it should have been dealt with by now.
    overdue: bool,
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

impl Complaint {
    fn new(opened: Opened, now: Instant) -> Self {
        let row = opened.row;
        Self {
            id: row.id,
            version: row.version,
            state: row.state,
            venture_id: row.venture_id,
            about: row.about,
            match_id: row.match_id,
            investor_id: row.investor_id,
            text: opened.said,
            done: opened.done,
            received_at: row.received_at,
            due_at: row.due_at,
            overdue: row.closed_at.is_none() && row.due_at < now,
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

/// With time a case becomes overdue without a change: the tag names that beside the version.
pub(super) const fn view(overdue: bool) -> &'static str {
    if overdue { "staff-late" } else { "staff" }
}

page_of! {
    /// A page of complaints, oldest first.
    ComplaintPage of Complaint
}

/// Which cases, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CaseQuery {
    /// Only those that stand here.
    #[param(value_type = CaseState, required = false, example = "open")]
    pub(super) state: Option<CaseState>,
    /// True: only those that should have been dealt with by now.
    #[serde(default)]
    #[param(required = false, default = false, example = true)]
    pub(super) overdue: bool,
    /// How many items; 20 unless told, never more than 100.
    #[param(minimum = 1, maximum = 1_000_000, example = 20)]
    pub(super) limit: Option<u32>,
    /// `next` or `prev` of an earlier page of this list.
    #[param(max_length = 1000)]
    pub(super) cursor: Option<String>,
}

impl CaseQuery {
    /// The path of the list with its filters.
    pub(super) fn list(&self, path: &str) -> String {
        let state = self.state.map(|state| format!("state={}", state.as_str()));
        let overdue = self.overdue.then(|| "overdue=true".to_owned());
        let filters: Vec<String> = state.into_iter().chain(overdue).collect();
        let joint = if filters.is_empty() { "" } else { "?" };
        format!("{path}{joint}{}", filters.join("&"))
    }
}

/// List the complaints
///
/// Use it each morning: what is complained about and by when it is to be dealt with, owners' "Laporkan" and what they
/// write themselves among it. Oldest first.
#[utoipa::path(tag = "complaints", params(CaseQuery), responses((status = 200, body = ComplaintPage)))]
#[get("/v1/complaints")]
pub async fn list_complaints(
    caller: Caller<op::ListComplaints>,
    Query(query): Query<CaseQuery>,
) -> Result<Answer<ComplaintPage>> {
    let pager = Pager::new(&caller, query.list("/v1/complaints"), query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let actor = caller.actor;
    let page = caller.run(move |service| {
        let now = service.clock.now();
        let late = query.overdue.then_some(now);
        let page = service.read(|conn| Ok(store::complaint::page(conn, query.state, late, &seek, limit)?))?;
        looks::note(service, &actor, LookKind::Words, page.items.iter().filter_map(|row| row.venture_id), now)?;
        page.try_map(|row| Ok(Complaint::new(complaint::open(&service.keys, row)?, now)))
    });
    Ok(pager.answer(page.await?, |complaint| complaint.id)?.no_store())
}

/// A complaint to be written down.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComplaint {
    /// In their words.
    #[schema(example = "Diminta membayar di muka.", min_length = 1, max_length = 2000)]
    text: String,
    /// Whose it is, or about whom.
    #[schema(nullable = false)]
    venture_id: Option<VentureId>,
    /// About which match: says whose, and about which investor.
    #[schema(nullable = false)]
    match_id: Option<MatchId>,
    /// About which investor.
    #[schema(nullable = false)]
    investor_id: Option<InvestorId>,
    /// The day on which it came, if not just now: the 72 hours count from its beginning.
    #[schema(nullable = false, value_type = Option<String>, format = Date, example = "2024-11-14", max_length = 10)]
    received_on: Option<NaiveDate>,
}

/// Write a complaint down
///
/// Use it as staff when somebody complains about an investor, a match, a business or the programme. To stop a match meanwhile, move it
/// with `suspend`.
#[utoipa::path(
    tag = "complaints",
    params(Once),
    responses((status = 201, body = Complaint)),
    extensions(("x-problems" = json!(["not_found"])))
)]
#[post("/v1/complaints")]
pub async fn create_complaint(
    caller: Caller<op::CreateComplaint>,
    Json(new): Json<NewComplaint>,
    once: Once,
) -> Result<Answered> {
    let deed = move |act: &mut Act<'_>| {
        let new = New {
            said: Some(new.text),
            venture: new.venture_id,
            about_match: new.match_id,
            investor: new.investor_id,
            about: None,
            received_on: new.received_on,
        };
        let mut made = Complaint::new(complaint::receive(act, new)?, act.now);
        // The answer may be kept for a repeat, and what was said may be erased by then: it is left to be read.
        made.text = None;
        let (version, view) = (made.version, view(made.overdue));
        Ok(Answer::created(&format!("/v1/complaints/{}", made.id), made)?.tagged(version.into(), view).no_store())
    };
    once.act(&caller, deed).await
}

/// Get a complaint
///
/// Use it to read one, and its ETag before a change.
#[utoipa::path(tag = "complaints", params(ComplaintId), responses((status = 200, body = Complaint)))]
#[get("/v1/complaints/{id}")]
pub async fn get_complaint(caller: Caller<op::GetComplaint>, Path(id): Path<ComplaintId>) -> Result<Answer<Complaint>> {
    let actor = caller.actor;
    let read = caller.run(move |service| {
        let now = service.clock.now();
        let row = service.read(|conn| found(store::complaint::find(conn, id)?))?;
        looks::note(service, &actor, LookKind::Words, row.venture_id, now)?;
        Ok(Complaint::new(complaint::open(&service.keys, row)?, now))
    });
    Ok(read.await?.answer())
}

/// A change to a complaint. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintChange {
    /// Where it comes to stand.
    #[schema(nullable = false)]
    state: Option<NextCaseState>,
    /// What was done: with `closed`, and needed there. An owner who has made the complaint reads it as it is.
    #[schema(nullable = false, example = "Investor ditegur, kecocokan diakhiri.", min_length = 1, max_length = 2000)]
    done: Option<String>,
}

/// Where a case can come to stand.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NextCaseState {
    /// Somebody looks into it.
    Investigating,
    /// Ended, with what was done.
    Closed,
}

impl From<NextCaseState> for CaseState {
    fn from(state: NextCaseState) -> Self {
        match state {
            NextCaseState::Investigating => Self::Investigating,
            NextCaseState::Closed => Self::Closed,
        }
    }
}

/// Change a complaint
///
/// Use it to take a complaint up (`investigating`) and to close it with what was done. It moves no match: see `/v1/matches`.
#[utoipa::path(
    tag = "complaints",
    params(ComplaintId, IfMatch),
    responses((status = 200, body = Complaint)),
    extensions(("x-problems" = json!(["case_closed"])))
)]
#[patch("/v1/complaints/{id}")]
pub async fn change_complaint(
    caller: Caller<op::ChangeComplaint>,
    Path(id): Path<ComplaintId>,
    Json(change): Json<ComplaintChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<Complaint>> {
    let change = Change { state: change.state.map(CaseState::from), done: change.done };
    let changed = caller.act(move |act| Ok(Complaint::new(complaint::change(act, id, version, &change)?, act.now)));
    Ok(changed.await?.answer())
}
