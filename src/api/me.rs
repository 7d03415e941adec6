//! The signed-in person.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::matches::Match;
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::actor::{Actor, Role};
use crate::domain::id::{InvestorId, UserId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::status::{Action, State};
use crate::domain::time::Instant;
use crate::ops::{looks, me};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(get_me).add(get_my_status).add(list_my_matches);
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct Me {
    id: UserId,
    role: Role,
    /// The investor this account acts for; null for every other role.
    #[schema(required = true)]
    investor_id: Option<InvestorId>,
    /// The venture this account owns, or acts for the owner of; null for every other role.
    #[schema(required = true)]
    venture_id: Option<VentureId>,
    /// Whether this session acts for the owner of `venture_id` and is not the owner's: `id` is a pendamping's, and what needs the
    /// owner's own word is refused (403 `own_word_only`).
    #[schema(example = false)]
    companion: bool,
}

/// Who am I?
///
/// Use it after signing in, to learn the role and whose data is one's own.
#[utoipa::path(tag = "me", responses((status = 200, body = Me)))]
#[get("/v1/me")]
pub async fn get_me(caller: Caller<op::GetMe>) -> Result<Answer<Me>> {
    let actor = caller.actor;
    // To investors a venture is a code; to owners their own id says nothing new.
    let Actor { user: id, role, investor: investor_id, venture: venture_id, companion } = actor;
    let me = Me { id, role, investor_id, venture_id, companion };
    Ok(Answer::ok(me).no_store())
}

/// What an owner is told.
#[derive(Serialize, ToSchema)]
pub struct MyStatus {
    state: State,
    /// What happened.
    #[schema(example = "Usaha Anda sudah dinilai dan tampil tanpa nama untuk investor sosial.", max_length = 500)]
    headline: String,
    /// What comes next.
    #[schema(example = "Langkah berikutnya: Pencatatan keuangan. Tujuannya: catatan kas harian.", max_length = 1000)]
    next_step: String,
    /// By when; absent when nothing is expected by a certain day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    due_at: Option<Instant>,
    /// What may be done now, the most useful first.
    #[schema(max_items = 10)]
    actions: Vec<Action>,
}

/// What is my status, what comes next?
///
/// Use it for the owner's first screen: what happened, what comes next, what may be done now. Never a rank.
#[utoipa::path(
    tag = "me",
    responses((status = 200, body = MyStatus)),
    extensions(("x-problems" = json!(["no_rubric"])))
)]
#[get("/v1/me/status")]
pub async fn get_my_status(caller: Caller<op::GetMyStatus>) -> Result<Answer<MyStatus>> {
    let venture = caller.actor.venture.ok_or_else(Problem::not_found)?;
    let lang = caller.lang;
    let actor = caller.actor;
    let status = caller.run(move |service| {
        looks::note_own(service, &actor, LookKind::Record)?;
        me::own_status(service, venture)
    });
    let status = status.await?;
    let told = MyStatus {
        state: status.state,
        headline: status.headline.get(lang).to_owned(),
        next_step: status.next_step.get(lang).to_owned(),
        due_at: status.due_at,
        actions: status.actions,
    };
    Ok(Answer::ok(told).no_store())
}

/// The requests for an introduction, and what came of them.
#[derive(Serialize, ToSchema)]
pub struct MyMatches {
    /// Newest first.
    #[schema(max_items = 1000)]
    items: Vec<Match>,
}

/// Who asks to be introduced to me?
///
/// Use it for the owner's requests: who asks, for what, at what cost, by when an answer is expected, what may be done now, and what
/// came of earlier ones. Only what staff have let through. Answer with `POST /v1/matches/{id}/moves`.
#[utoipa::path(tag = "me", responses((status = 200, body = MyMatches)))]
#[get("/v1/me/matches")]
pub async fn list_my_matches(caller: Caller<op::ListMyMatches>) -> Result<Answer<MyMatches>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let venture = actor.venture.ok_or_else(Problem::not_found)?;
    let items = caller.run(move |service| {
        let now = service.clock.now();
        looks::note_own(service, &actor, LookKind::Match)?;
        service.read(|conn| {
            let found = me::asked_of(conn, venture, now)?;
            found.into_iter().map(|m| Match::of(conn, &service.keys, &actor, lang, m, now)).collect()
        })
    });
    Ok(Answer::ok(MyMatches { items: items.await? }).no_store())
}
