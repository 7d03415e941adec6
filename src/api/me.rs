//! The signed-in person.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::actor::Role;
use crate::domain::id::{InvestorId, UserId, VentureId};
use crate::domain::right::op;
use crate::domain::status::{Action, State};
use crate::ops::me;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(get_me).add(get_my_status);
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct Me {
    id: UserId,
    role: Role,
    /// The investor this account acts for; null for every other role.
    #[schema(required = true)]
    investor_id: Option<InvestorId>,
    /// The venture this account owns; null for every other role.
    #[schema(required = true)]
    venture_id: Option<VentureId>,
}

/// Who am I?
///
/// Use it after signing in, to learn the role and whose data is one's own.
#[utoipa::path(tag = "me", responses((status = 200, body = Me)))]
#[get("/v1/me")]
pub async fn get_me(caller: Caller<op::GetMe>) -> Result<Answer<Me>> {
    let actor = caller.actor;
    // To investors a venture is a code; to owners their own id says nothing new.
    let me = Me { id: actor.user, role: actor.role, investor_id: actor.investor, venture_id: actor.venture };
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
    let status = caller.run(move |service| me::own_status(service, venture)).await?;
    let told = MyStatus {
        state: status.state,
        headline: status.headline.get(lang).to_owned(),
        next_step: status.next_step.get(lang).to_owned(),
        actions: status.actions,
    };
    Ok(Answer::ok(told).no_store())
}
