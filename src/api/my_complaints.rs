//! What owners complain about, and what came of it.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::page::{PageQuery, Pager};
use super::parameters::Query;
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::case::{CaseState, ComplaintAbout};
use crate::domain::id::{ComplaintId, MatchId};
use crate::domain::right::op;
use crate::domain::text::Lang;
use crate::domain::time::Instant;
use crate::ops::Act;
use crate::ops::complaint::{self, Opened};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_my_complaints).add(create_my_complaint);
}

/// A complaint, as an owner reads it.
#[derive(Serialize, ToSchema)]
pub struct MyComplaint {
    id: ComplaintId,
    state: CaseState,
    /// What it is about; null where it was made with "Laporkan", or was written down by staff.
    #[schema(required = true)]
    about: Option<ComplaintAbout>,
    /// About what, in words.
    #[schema(example = "Asesor", max_length = 200)]
    label: String,
    /// About which match; null where it is about none.
    #[schema(required = true)]
    match_id: Option<MatchId>,
    /// What the owner said; what somebody else complained of is told by a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Asesor tidak datang dua kali.", max_length = 2000)]
    text: Option<String>,
    /// What was done, once it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Asesor lain datang hari Senin.", max_length = 2000)]
    done: Option<String>,
    received_at: Instant,
    /// By when it is dealt with.
    due_at: Instant,
    /// When it was closed; null before.
    #[schema(required = true)]
    closed_at: Option<Instant>,
}

impl MyComplaint {
    /// `own`: the accounts that write for the owner.
    pub(super) fn new(opened: Opened, own: &[String], lang: Lang) -> Self {
        let row = opened.row;
        let is_own = own.contains(&row.entered_by);
        Self {
            id: row.id,
            state: row.state,
            about: row.about,
            label: ComplaintAbout::words(row.about).get(lang).to_owned(),
            match_id: row.match_id.filter(|_| is_own),
            text: opened.said.filter(|_| is_own),
            done: opened.done.filter(|_| is_own),
            received_at: row.received_at,
            due_at: row.due_at,
            closed_at: row.closed_at,
        }
    }
}

page_of! {
    /// A page of an owner's complaints, newest first.
    MyComplaintPage of MyComplaint
}

/// What have I complained about, and what was done?
///
/// Use it for the owner's complaints, those about a match ("Laporkan") among them: where each stands, by when it is dealt with, and what
/// was done. Newest first. The owner's own: a pendamping does not read them.
#[utoipa::path(tag = "me", params(PageQuery), responses((status = 200, body = MyComplaintPage)))]
#[get("/v1/me/complaints")]
pub async fn list_my_complaints(
    caller: Caller<op::ListMyComplaints>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<MyComplaintPage>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let venture = actor.venture.ok_or_else(Problem::not_found)?;
    let pager = Pager::new(&caller, "/v1/me/complaints", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.run(move |service| {
        let (own, page) = service.read(|conn| {
            let own = complaint::own_accounts(conn, &actor, venture)?;
            let page = store::complaint::written_by(conn, venture, &own, &seek, limit)?;
            Ok((own, page))
        })?;
        page.try_map(|row| Ok(MyComplaint::new(complaint::open(&service.keys, row)?, &own, lang)))
    });
    Ok(pager.answer(page.await?, |complaint| complaint.id)?.no_store())
}

/// What an owner complains about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMyComplaint {
    about: ComplaintAbout,
    /// In one's own words.
    #[schema(example = "Asesor tidak datang dua kali.", min_length = 1, max_length = 2000)]
    text: String,
}

/// Complain
///
/// Use it when the owner complains about the programme, an assessor, a pendamping, an investor or anything else. A person of the programme
/// looks into it within 72 hours. What is about a match is the move `suspend` ("Laporkan"), which stops it at once. It changes nothing
/// about benefits, PENA or training, and a pendamping cannot read it.
#[utoipa::path(
    tag = "me",
    params(Once),
    responses((status = 201, body = MyComplaint)),
    extensions(("x-problems" = json!(["too_many_requests_open"])))
)]
#[post("/v1/me/complaints")]
pub async fn create_my_complaint(
    caller: Caller<op::CreateMyComplaint>,
    Json(new): Json<NewMyComplaint>,
    once: Once,
) -> Result<Answered> {
    let (actor, lang) = (caller.actor, caller.lang);
    let venture = actor.venture.ok_or_else(Problem::not_found)?;
    let deed = move |act: &mut Act<'_>| {
        let opened = complaint::write_own(act, &actor, new.about, new.text)?;
        let made = MyComplaint::new(opened, &[act.by.name()], lang);
        Ok(Answer::created("/v1/me/complaints", made)?.no_store())
    };
    // What is kept of the answer holds what the owner said: it goes when the venture is erased.
    once.about(venture).act(&caller, deed).await
}
