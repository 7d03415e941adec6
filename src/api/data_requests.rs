//! What owners ask about their data, and what they are answered.

use actix_web::{get, patch, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::page::{PageQuery, Pager};
use super::parameters::{Path, Query};
use super::problem::{Problem, Result};
use super::routes::Routes;
use super::work::found;
use crate::domain::data_request::{RequestChannel, RequestKind, RequestState};
use crate::domain::id::{DataRequestId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::text::Lang;
use crate::domain::time::Instant;
use crate::ops::data_request::{self, Change, NewRequest, Opened};
use crate::ops::{Act, looks};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_my_requests).add(create_my_request);
    routes.add(list_data_requests).add(create_data_request).add(get_data_request).add(change_data_request);
}

/// What an owner has asked, as the owner reads it.
#[derive(Serialize, ToSchema)]
pub struct MyRequest {
    id: DataRequestId,
    kind: RequestKind,
    state: RequestState,
    /// What happens with it.
    #[schema(example = "Staf memeriksa bagian yang Anda sebut.", max_length = 500)]
    what_happens: String,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Alamat usaha sudah pindah.", max_length = 2000)]
    text: Option<String>,
    /// What a person of the programme answered, once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Alamat sudah diperbaiki.", max_length = 2000)]
    answer: Option<String>,
    /// When it was received.
    received_at: Instant,
    /// By when it is answered.
    due_at: Instant,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    resolved_at: Option<Instant>,
    /// When what was asked stopped holding, on the owner's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lifted_at: Option<Instant>,
}

impl MyRequest {
    pub(super) fn new(opened: Opened, lang: Lang) -> Self {
        let row = opened.row;
        Self {
            id: row.id,
            kind: row.kind,
            state: row.state,
            what_happens: row.kind.effect().get(lang).to_owned(),
            text: opened.said,
            answer: opened.answer,
            received_at: row.received_at,
            due_at: row.due_at,
            resolved_at: row.resolved_at,
            lifted_at: row.lifted_at,
        }
    }
}

page_of! {
    /// A page of an owner's requests, newest first.
    MyRequestPage of MyRequest
}

/// What have I asked, and what was answered?
///
/// Use it for the owner's requests about their data: what happens with each, by when it is answered, and the answer.
#[utoipa::path(tag = "me", params(PageQuery), responses((status = 200, body = MyRequestPage)))]
#[get("/v1/me/requests")]
pub async fn list_my_requests(
    caller: Caller<op::ListMyRequests>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<MyRequestPage>> {
    let lang = caller.lang;
    let venture = caller.actor.venture.ok_or_else(Problem::not_found)?;
    let pager = Pager::new(&caller, "/v1/me/requests", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let actor = caller.actor;
    let page = caller.run(move |service| {
        looks::note_own(service, &actor, LookKind::Record)?;
        let page = service.read(|conn| Ok(store::data_request::page_of(conn, venture, &seek, limit)?))?;
        page.try_map(|row| Ok(MyRequest::new(data_request::open(&service.keys, row)?, lang)))
    });
    Ok(pager.answer(page.await?, |request| request.id)?.no_store())
}

/// What an owner asks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMyRequest {
    kind: RequestKind,
    /// In one's own words. Needed to `rectify` and to `dispute`: what is wrong.
    #[schema(
        nullable = false,
        example = "Alamat usaha sudah pindah ke Jl. Sampel 2.",
        min_length = 1,
        max_length = 2000
    )]
    text: Option<String>,
}

/// Ask something about my data
///
/// Use it when the owner wants to see their data (`access`), have it put right (`rectify`) or erased (`erase`), wants a human to look
/// at a ranking (`object`) or at an assessment (`dispute`), or wants to be off the lists for now (`restrict`: at once, and if it is
/// granted until the owner wants to be on them again). Who asks to be erased is off the lists at once too. A person answers within 72
/// hours. It changes nothing about benefits, PENA or training.
#[utoipa::path(
    tag = "me",
    params(Once),
    responses((status = 201, body = MyRequest)),
    extensions(("x-problems" = json!(["too_many_requests_open"])))
)]
#[post("/v1/me/requests")]
pub async fn create_my_request(
    caller: Caller<op::CreateMyRequest>,
    Json(new): Json<NewMyRequest>,
    once: Once,
) -> Result<Answered> {
    let lang = caller.lang;
    let venture = caller.actor.venture.ok_or_else(Problem::not_found)?;
    let deed = move |act: &mut Act<'_>| {
        let new = NewRequest { kind: new.kind, channel: RequestChannel::App, said: new.text, received_on: None };
        let made = MyRequest::new(data_request::receive(act, venture, new)?, lang);
        Ok(Answer::created("/v1/me/requests", made)?.no_store())
    };
    once.act(&caller, deed).await
}

/// What an owner has asked, as staff read it.
#[derive(Serialize, ToSchema)]
pub struct DataRequest {
    id: DataRequestId,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    venture_id: VentureId,
    kind: RequestKind,
    state: RequestState,
    channel: RequestChannel,
    /// What the owner was told happens with it: keep to it.
    #[schema(example = "Staf memeriksa bagian yang Anda sebut.", max_length = 500)]
    what_happens: String,
    /// What the owner said; absent when nothing was, or when it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Alamat usaha sudah pindah.", max_length = 2000)]
    text: Option<String>,
    /// What the owner was answered; absent until then, or when it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Alamat sudah diperbaiki.", max_length = 2000)]
    answer: Option<String>,
    /// When it was received: from then on the time counts.
    received_at: Instant,
    /// By when it is to be answered: 72 hours later.
    due_at: Instant,
    /// Whether it should have been answered by now.
    overdue: bool,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    resolved_at: Option<Instant>,
    /// When what was asked stopped holding, on the owner's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lifted_at: Option<Instant>,
    /// Who wrote it down: a user id.
    #[schema(example = "usr_01jcnq8xvgf0nadk1qh2t8wz5e", max_length = 30)]
    entered_by: String,
    /// Who was last on it: a user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "usr_01jcnq8xvgf0nadk1qh2t8wz5e", max_length = 30)]
    handled_by: Option<String>,
}

impl DataRequest {
    fn new(opened: Opened, lang: Lang, now: Instant) -> Self {
        let overdue = opened.is_overdue(now);
        let row = opened.row;
        Self {
            id: row.id,
            version: row.version,
            venture_id: row.venture_id,
            kind: row.kind,
            state: row.state,
            channel: row.channel,
            what_happens: row.kind.effect().get(lang).to_owned(),
            text: opened.said,
            answer: opened.answer,
            received_at: row.received_at,
            due_at: row.due_at,
            overdue,
            resolved_at: row.resolved_at,
            lifted_at: row.lifted_at,
            entered_by: row.entered_by,
            handled_by: row.handled_by,
        }
    }

    /// With time it becomes overdue without a change: the tag names that beside the version.
    fn view(&self) -> &'static str {
        if self.overdue { "staff-late" } else { "staff" }
    }
}

page_of! {
    /// A page of requests, oldest first.
    DataRequestPage of DataRequest
}

/// Which requests, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DataRequestQuery {
    /// Only those that stand here.
    #[param(value_type = RequestState, required = false, example = "open")]
    state: Option<RequestState>,
    /// Only those that ask this.
    #[param(value_type = RequestKind, required = false, example = "access")]
    kind: Option<RequestKind>,
    /// Only those that should have been answered by now, or only the others.
    #[param(example = true)]
    overdue: Option<bool>,
    /// How many items; 20 unless told, never more than 100.
    #[param(minimum = 1, maximum = 1_000_000, example = 20)]
    limit: Option<u32>,
    /// `next` or `prev` of an earlier page of this list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

impl DataRequestQuery {
    fn list(&self) -> String {
        let filters = [
            self.state.map(|state| format!("state={}", state.as_str())),
            self.kind.map(|kind| format!("kind={}", kind.as_str())),
            self.overdue.map(|overdue| format!("overdue={overdue}")),
        ];
        let filters: Vec<String> = filters.into_iter().flatten().collect();
        let joint = if filters.is_empty() { "" } else { "?" };
        format!("/v1/data-requests{joint}{}", filters.join("&"))
    }
}

/// List the requests about data
///
/// Use it each morning: what owners have asked and by when it is to be answered. `overdue=true` first. Oldest first.
#[utoipa::path(tag = "data-requests", params(DataRequestQuery), responses((status = 200, body = DataRequestPage)))]
#[get("/v1/data-requests")]
pub async fn list_data_requests(
    caller: Caller<op::ListDataRequests>,
    Query(query): Query<DataRequestQuery>,
) -> Result<Answer<DataRequestPage>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let list = query.list();
    let pager = Pager::new(&caller, list, query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.run(move |service| {
        let now = service.clock.now();
        let filter = store::data_request::Filter { state: query.state, kind: query.kind, overdue: query.overdue, now };
        let page = service.read(|conn| Ok(store::data_request::page(conn, &filter, &seek, limit)?))?;
        looks::note(service, &actor, LookKind::Words, page.items.iter().map(|row| row.venture_id), now)?;
        page.try_map(|row| Ok(DataRequest::new(data_request::open(&service.keys, row)?, lang, now)))
    });
    Ok(pager.answer(page.await?, |request| request.id)?.no_store())
}

/// What staff write down for an owner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDataRequest {
    venture_id: VentureId,
    kind: RequestKind,
    channel: NotedChannel,
    /// What the owner said. Needed to `rectify` and to `dispute`: what is wrong.
    #[schema(
        nullable = false,
        example = "Alamat usaha sudah pindah ke Jl. Sampel 2.",
        min_length = 1,
        max_length = 2000
    )]
    text: Option<String>,
    /// The day on which it came, if not just now: the 72 hours count from its beginning.
    #[schema(nullable = false, value_type = Option<String>, format = Date, example = "2024-11-14", max_length = 10)]
    received_on: Option<NaiveDate>,
}

/// How a request came to staff.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotedChannel {
    /// On the phone or in person.
    Spoken,
    /// By letter, e-mail or message.
    Written,
}

/// Note a request about data
///
/// Use it as staff when an owner phones or writes. A request to restrict or to erase takes the venture off every list at once.
#[utoipa::path(
    tag = "data-requests",
    params(Once),
    responses((status = 201, body = DataRequest)),
    extensions(("x-problems" = json!(["not_found", "too_many_requests_open"])))
)]
#[post("/v1/data-requests")]
pub async fn create_data_request(
    caller: Caller<op::CreateDataRequest>,
    Json(new): Json<NewDataRequest>,
    once: Once,
) -> Result<Answered> {
    let lang = caller.lang;
    let venture = new.venture_id;
    let deed = move |act: &mut Act<'_>| {
        let channel = match new.channel {
            NotedChannel::Spoken => RequestChannel::Spoken,
            NotedChannel::Written => RequestChannel::Written,
        };
        let new = NewRequest { kind: new.kind, channel, said: new.text, received_on: new.received_on };
        let made = DataRequest::new(data_request::receive(act, venture, new)?, lang, act.now);
        let (version, view) = (made.version, made.view());
        Ok(Answer::created(&format!("/v1/data-requests/{}", made.id), made)?.tagged(version.into(), view).no_store())
    };
    // What is kept of the answer holds what the owner said: it goes when the venture is erased.
    once.about(venture).act(&caller, deed).await
}

/// Get a request about data
///
/// Use it to read one, and its ETag before a change.
#[utoipa::path(tag = "data-requests", params(DataRequestId), responses((status = 200, body = DataRequest)))]
#[get("/v1/data-requests/{id}")]
pub async fn get_data_request(
    caller: Caller<op::GetDataRequest>,
    Path(id): Path<DataRequestId>,
) -> Result<Answer<DataRequest>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let read = caller.run(move |service| {
        let now = service.clock.now();
        let row = service.read(|conn| found(store::data_request::find(conn, id)?))?;
        looks::note(service, &actor, LookKind::Words, [row.venture_id], now)?;
        Ok(DataRequest::new(data_request::open(&service.keys, row)?, lang, now))
    });
    let request = read.await?;
    let (version, view) = (request.version, request.view());
    Ok(Answer::ok(request).tagged(version.into(), view).no_store())
}

/// A change to a request. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DataRequestChange {
    /// Where it comes to stand.
    #[schema(nullable = false)]
    state: Option<NextState>,
    /// What the owner is answered: with `answered` or `refused`, and needed there. The owner reads it as it is.
    #[schema(nullable = false, example = "Alamat sudah diperbaiki.", min_length = 1, max_length = 2000)]
    answer: Option<String>,
}

/// Where a request can come to stand.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NextState {
    /// Somebody is on it.
    InProgress,
    /// Done.
    Answered,
    /// Not done, for the reason in the answer.
    Refused,
    /// To restrict or to erase holds no longer: the owner has said so.
    Lifted,
}

/// Change a request about data
///
/// Use it to take a request up (`in_progress`) and to end it with an answer (`answered`, `refused`): a human decides, and the owner is
/// told that there is news. Answering a request to erase does not erase; `DELETE /v1/ventures/{id}` does, and answers what is open of
/// the venture with it. A request to restrict or to erase keeps the venture off lists while it is open and, once it is granted
/// (`answered`), until it is `lifted`: without an answer, and only when the owner has said so. Refused or lifted, it may stand on lists
/// again, unless something else keeps it off.
#[utoipa::path(
    tag = "data-requests",
    params(DataRequestId, IfMatch),
    responses((status = 200, body = DataRequest)),
    extensions(("x-problems" = json!(["request_resolved"])))
)]
#[patch("/v1/data-requests/{id}")]
pub async fn change_data_request(
    caller: Caller<op::ChangeDataRequest>,
    Path(id): Path<DataRequestId>,
    Json(change): Json<DataRequestChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<DataRequest>> {
    let lang = caller.lang;
    let state = change.state.map(|state| match state {
        NextState::InProgress => RequestState::InProgress,
        NextState::Answered => RequestState::Answered,
        NextState::Refused => RequestState::Refused,
        NextState::Lifted => RequestState::Lifted,
    });
    let change = Change { state, answer: change.answer };
    let changed = caller.act(move |act| {
        let changed = data_request::change(act, id, version, change)?;
        Ok(DataRequest::new(changed, lang, act.now))
    });
    let changed = changed.await?;
    let (version, view) = (changed.version, changed.view());
    Ok(Answer::ok(changed).tagged(version.into(), view).no_store())
}
