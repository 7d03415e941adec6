//! Companions: who acts for an owner, as the owner sees it and as the pendamping does.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::parameters::Path;
use super::problem::{Problem, Result};
use super::routes::Routes;
use super::sign_in::{Tokens, may_try, tokens};
use crate::domain::id::MandateId;
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::mandate::{self, Companion};
use crate::ops::{Act, looks};
use crate::store;
use crate::store::mandate::Mandate;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(create_companion).add(list_companions).add(end_companion);
    routes.add(list_mandates).add(accept_mandate).add(start_mandate_session).add(end_mandate);
}

/// An invitation, with its code.
#[derive(Serialize, ToSchema)]
pub struct CompanionInvitation {
    id: MandateId,
    /// Shown once: show it to the pendamping or read it out.
    #[schema(example = "7k3m-0q9x", max_length = 20)]
    code: String,
    created_at: Instant,
    /// When the code stops working.
    expires_at: Instant,
}

/// Somebody who may act for the owner.
#[derive(Serialize, ToSchema)]
pub struct MyCompanion {
    id: MandateId,
    /// What the pendamping signs in with.
    #[schema(example = "sari.asesor", max_length = 100)]
    username: String,
    /// Since when.
    since: Instant,
    /// When the pendamping last began to act; null before the first time.
    #[schema(required = true)]
    last_session_at: Option<Instant>,
}

/// An invitation that nobody has taken up yet.
#[derive(Serialize, ToSchema)]
pub struct OpenInvitation {
    id: MandateId,
    created_at: Instant,
    /// When the code stops working.
    expires_at: Instant,
}

/// Who may act for the owner.
#[derive(Serialize, ToSchema)]
pub struct MyCompanions {
    /// The newest first.
    #[schema(max_items = 5)]
    items: Vec<MyCompanion>,
    /// Invitations that can still be taken up, the newest first. Their codes are not kept.
    #[schema(max_items = 5)]
    invitations: Vec<OpenInvitation>,
}

impl From<Companion> for MyCompanion {
    fn from(Companion { mandate, username }: Companion) -> Self {
        let since = mandate.accepted_at.unwrap_or(mandate.created_at);
        Self { id: mandate.id, username, since, last_session_at: mandate.last_session_at }
    }
}

impl From<Mandate> for OpenInvitation {
    fn from(found: Mandate) -> Self {
        Self { id: found.id, created_at: found.created_at, expires_at: mandate::expires_at(&found) }
    }
}

/// Invite a pendamping to act for me
///
/// Use it when an owner wants a pendamping to read and do things in the owner's name: the owner shows or reads out the code, and the
/// pendamping takes it up at `/v1/me/mandates` within half an hour. It works once. At most five people may act for an owner, open
/// invitations among them. The owner can end it at any time, and the pendamping never does what needs the owner's own word.
#[utoipa::path(
    tag = "companions",
    params(Once),
    responses((status = 201, body = CompanionInvitation)),
    extensions(("x-problems" = json!(["too_many_companions"])))
)]
#[post("/v1/me/companions")]
pub async fn create_companion(caller: Caller<op::CreateCompanion>, once: Once) -> Result<Answered> {
    let actor = caller.actor;
    let deed = move |act: &mut Act<'_>| {
        let (made, code) = mandate::invite(act, &actor)?;
        let (created_at, expires_at) = (made.created_at, mandate::expires_at(&made));
        let invitation = CompanionInvitation { id: made.id, code, created_at, expires_at };
        Ok(Answer::created("/v1/me/companions", invitation)?.no_store())
    };
    once.act(&caller, deed).await
}

/// Who may act for me?
///
/// Use it to show the owner who may act in the owner's name, since when, and when each last began to; and the invitations that are still
/// open.
#[utoipa::path(tag = "companions", responses((status = 200, body = MyCompanions)))]
#[get("/v1/me/companions")]
pub async fn list_companions(caller: Caller<op::ListCompanions>) -> Result<Answer<MyCompanions>> {
    let actor = caller.actor;
    let venture = actor.venture.ok_or_else(Problem::not_found)?;
    let told = caller.run(move |service| {
        looks::note_own(service, &actor, LookKind::Record)?;
        service.read(|conn| mandate::of_venture(conn, venture, service.clock.now()))
    });
    let (companions, open) = told.await?;
    let items = companions.into_iter().map(MyCompanion::from).collect();
    let invitations = open.into_iter().map(OpenInvitation::from).collect();
    Ok(Answer::ok(MyCompanions { items, invitations }).no_store())
}

/// Have somebody act for me no longer
///
/// Use it to end what a pendamping may do, or to take back an invitation: every session of that pendamping for this business stops at
/// once. Ended before, it stays ended.
#[utoipa::path(tag = "companions", params(MandateId, Once), responses((status = 204)))]
#[post("/v1/me/companions/{id}/end")]
pub async fn end_companion(
    caller: Caller<op::EndCompanion>,
    Path(id): Path<MandateId>,
    once: Once,
) -> Result<Answered> {
    let actor = caller.actor;
    let deed = move |act: &mut Act<'_>| {
        mandate::end(act, &actor, id)?;
        Ok(Answer::none())
    };
    once.act(&caller, deed).await
}

/// An owner for whom the caller may act.
#[derive(Serialize, ToSchema)]
pub struct MyMandate {
    id: MandateId,
    /// What the business is called.
    #[schema(example = "Warung Sampel 001", max_length = 200)]
    business_name: String,
    /// Since when.
    since: Instant,
    /// When a session was last begun; null before the first time.
    #[schema(required = true)]
    last_session_at: Option<Instant>,
}

impl MyMandate {
    fn new((found, business_name): (Mandate, String)) -> Self {
        let since = found.accepted_at.unwrap_or(found.created_at);
        Self { id: found.id, business_name, since, last_session_at: found.last_session_at }
    }
}

/// The owners for whom the caller may act.
#[derive(Serialize, ToSchema)]
pub struct MyMandates {
    /// The oldest first.
    #[schema(max_items = 10_000)]
    items: Vec<MyMandate>,
}

/// For whom may I act?
///
/// Use it as a pendamping to choose the owner to act for: `POST /v1/me/mandates/{id}/session` begins.
#[utoipa::path(tag = "companions", responses((status = 200, body = MyMandates)))]
#[get("/v1/me/mandates")]
pub async fn list_mandates(caller: Caller<op::ListMandates>) -> Result<Answer<MyMandates>> {
    let actor = caller.actor;
    let work = caller.run(move |service| {
        let found = service.read(|conn| mandate::of_companion(conn, &actor))?;
        let seen = found.iter().map(|(mandate, _)| mandate.venture_id);
        looks::note(service, &actor, LookKind::Name, seen, service.clock.now())?;
        Ok(found)
    });
    let found = work.await?;
    Ok(Answer::ok(MyMandates { items: found.into_iter().map(MyMandate::new).collect() }).no_store())
}

/// The code of an invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationCode {
    /// As the owner shows or reads it; capitals, spaces and dashes do not matter.
    #[schema(example = "7k3m-0q9x", min_length = 1, max_length = 40)]
    code: String,
}

/// Take an owner's invitation up
///
/// Use it as a pendamping with the code that the owner shows or reads out, within half an hour. The owner is told. A code that is wrong,
/// used or too old is refused at `/code` as `wrong_code`, and counted like a sign-in that failed: after twenty in a minute from one
/// address, 429.
#[utoipa::path(tag = "companions", params(Once), responses((status = 201, body = MyMandate)))]
#[post("/v1/me/mandates")]
pub async fn accept_mandate(
    caller: Caller<op::AcceptMandate>,
    Json(sent): Json<InvitationCode>,
    once: Once,
) -> Result<Answered> {
    may_try(&caller).await?;
    let (actor, address) = (caller.actor, caller.address);
    let hash = caller.app.service.keys.hashing().mandate_code(&sent.code);
    let known = hash.clone();
    let found = caller.read(move |conn| Ok(store::mandate::by_code(conn, &known)?)).await?;
    // The answer names the business: what is kept of it goes when that is erased.
    let once = match found {
        Some(found) => once.about(found.id),
        None => once,
    };
    let tried = hash.clone();
    let work = move |service: &crate::ops::Service| mandate::try_code(service, &tried, address);
    let deed = move |act: &mut Act<'_>, ()| {
        let taken_up = mandate::accept(act, &actor, &hash)?;
        Ok(Answer::created("/v1/me/mandates", MyMandate::new(taken_up))?.no_store())
    };
    once.prepare(&caller, work, deed).await
}

/// Begin to act for an owner
///
/// Use it as a pendamping: the tokens of this answer act for the owner, under the pendamping's own name and role `owner`; `GET /v1/me` says
/// so. They are refreshed and ended like those of a sign-in, beside the pendamping's own session. What needs the owner's own word is
/// refused: 403 `own_word_only`. They stop as soon as the owner or the pendamping ends it.
#[utoipa::path(
    tag = "companions",
    params(MandateId),
    responses((status = 200, body = Tokens)),
    extensions(("x-problems" = json!(["mandate_ended"])))
)]
#[post("/v1/me/mandates/{id}/session")]
pub async fn start_mandate_session(
    caller: Caller<op::StartMandateSession>,
    Path(id): Path<MandateId>,
) -> Result<Answer<Tokens>> {
    let actor = caller.actor;
    let session = caller.act(move |act| mandate::start_session(act, &actor, id)).await?;
    tokens(&caller, session)
}

/// Act for an owner no longer
///
/// Use it as a pendamping to lay down what an owner has asked: every session for that business stops at once. Ended before, it stays
/// ended.
#[utoipa::path(tag = "companions", params(MandateId, Once), responses((status = 204)))]
#[post("/v1/me/mandates/{id}/end")]
pub async fn end_mandate(caller: Caller<op::EndMandate>, Path(id): Path<MandateId>, once: Once) -> Result<Answered> {
    let actor = caller.actor;
    let deed = move |act: &mut Act<'_>| {
        mandate::end(act, &actor, id)?;
        Ok(Answer::none())
    };
    once.act(&caller, deed).await
}
