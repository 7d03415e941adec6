//! Signing in, coming back, signing out.

use actix_web::post;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Anyone;
use super::codes::Code;
use super::json::Json;
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::right::op;
use crate::keys::{password, token};
use crate::ops;
use crate::ops::session::{self, Session};
use crate::ops::throttle;
use crate::store::user;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(sign_in).add(claim_account).add(refresh_session).add(sign_out);
}

/// A name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account's name.
    #[schema(example = "rina.staf", max_length = 1_048_576)]
    username: String,
    /// Its password.
    #[schema(example = "tiga-kata-acak-saja", max_length = 1_048_576, format = Password)]
    password: String,
}

/// The code on an owner's paper.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimCode {
    /// As printed; capitals, spaces and dashes do not matter.
    #[schema(example = "7k3m-0q9x-c2vd-8h5r", max_length = 1_048_576)]
    code: String,
}

/// The token to come back with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshToken {
    /// From the last sign-in or refresh. It works once.
    #[schema(example = "rt_tPq7Yx0yq7m2oQkQ7w6vLr2i9b8nJ3cUeXzA1sDfGhI", max_length = 1_048_576)]
    refresh_token: String,
}

/// What signing in gives.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// Send it as `Authorization: Bearer`.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c3JfIn0.c2ln", max_length = 8192)]
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer", max_length = 10)]
    token_type: &'static str,
    /// Seconds until the access token ends.
    #[schema(example = 600, minimum = 1, maximum = 600)]
    expires_in: i64,
    /// To come back with; works once.
    #[schema(example = "rt_tPq7Yx0yq7m2oQkQ7w6vLr2i9b8nJ3cUeXzA1sDfGhI", max_length = 200)]
    refresh_token: String,
}

pub(super) fn tokens<O>(request: &Anyone<O>, session: Session) -> Result<Answer<Tokens>> {
    let Session { actor, family, refresh_token } = session;
    let service = &request.app.service;
    let issued = service.keys.tokens().issue(actor.user, actor.role, &family, request.now, &service.ids);
    Ok(Answer::ok(Tokens {
        access_token: issued.map_err(Problem::internal)?,
        token_type: "Bearer",
        expires_in: token::LIFETIME,
        refresh_token,
    })
    .no_store())
}

pub(super) fn refused() -> Problem {
    Problem::new(Code::WrongCredentials)
}

/// Lets a sign-in be tried, unless too many have failed from where it comes from.
pub(super) async fn may_try<O>(request: &Anyone<O>) -> Result<()> {
    let (service, address, now) = (request.app.service.clone(), request.address, request.now);
    let refused_for = request.read(move |conn| throttle::refused_for(conn, &service.keys, address, now)).await?;
    refused_for
        .map_or(Ok(()), |seconds| Err(Problem::new(Code::RateLimited).retry_after(u32::try_from(seconds).unwrap_or(1))))
}

/// Counts a sign-in that was refused.
async fn failed<O>(request: &Anyone<O>) -> Result<Problem> {
    let address = request.address;
    request.write(move |act| throttle::note_failure(act, address)).await?;
    Ok(refused())
}

/// Sign in with a password
///
/// Use it for every role but owners. The access token works for ten minutes; come back with the refresh token.
#[utoipa::path(
    tag = "auth",
    security(()),
    responses((status = 200, body = Tokens)),
    extensions(("x-problems" = json!(["wrong_credentials"])))
)]
#[post("/v1/auth/token")]
pub async fn sign_in(request: Anyone<op::SignIn>, Json(sent): Json<SignIn>) -> Result<Answer<Tokens>> {
    may_try(&request).await?;
    let SignIn { username, password } = sent;
    let user = request.read(move |conn| Ok(user::by_username(conn, &username)?)).await?;
    let kept = user.as_ref().and_then(|u| u.password_hash.clone());
    // An unknown name takes as long as a wrong password: a hash is worked out either way.
    let check = move || password::verify(&password, kept.as_deref());
    let right = request.app.password_workers.run(check).await?;
    let (Some(user), true) = (user, right) else { return Err(failed(&request).await?) };
    let session = request
        .write(move |act| {
            // The account may have been changed while the hash was being worked out.
            let still = user::find(act.conn, user.id)?.filter(|found| found.version == user.version);
            session::start(act, still.and_then(|u| u.actor()).ok_or(ops::Error::Credentials)?)
        })
        .await?;
    tokens(&request, session)
}

/// Sign in with the code on paper
///
/// Use it for owners: the code stands on the paper they took home. It keeps working until the owner has confirmed a phone
/// (`POST /v1/me/phone`), or staff replace it.
#[utoipa::path(
    tag = "auth",
    security(()),
    responses((status = 200, body = Tokens)),
    extensions(("x-problems" = json!(["wrong_credentials"])))
)]
#[post("/v1/auth/claim")]
pub async fn claim_account(request: Anyone<op::ClaimAccount>, Json(sent): Json<ClaimCode>) -> Result<Answer<Tokens>> {
    may_try(&request).await?;
    let hash = request.app.service.keys.hashing().claim_code(&sent.code);
    let known = hash.clone();
    if request.read(move |conn| Ok(user::by_claim_code(conn, &known)?.is_none())).await? {
        return Err(failed(&request).await?);
    }
    let session = request
        .write(move |act| {
            let actor = user::by_claim_code(act.conn, &hash)?.and_then(|u| u.actor());
            session::start(act, actor.ok_or(ops::Error::Credentials)?)
        })
        .await?;
    tokens(&request, session)
}

/// Come back with a refresh token
///
/// Use it when the access token ends. The refresh token works once and is replaced. Within a minute the same
/// token gets the same answer, since the first may have been lost; after that its use ends the whole session.
#[utoipa::path(
    tag = "auth",
    security(()),
    responses((status = 200, body = Tokens)),
    extensions(("x-problems" = json!(["wrong_credentials"])))
)]
#[post("/v1/auth/refresh")]
pub async fn refresh_session(
    request: Anyone<op::RefreshSession>,
    Json(sent): Json<RefreshToken>,
) -> Result<Answer<Tokens>> {
    if !is_known(&request, &sent).await? {
        return Err(refused());
    }
    let session = request.write(move |act| session::refresh(act, &sent.refresh_token)).await?;
    tokens(&request, session.ok_or_else(refused)?)
}

/// Sign out
///
/// Use it to end a session: its refresh tokens and its access tokens stop working at once.
#[utoipa::path(tag = "auth", security(()), responses((status = 204)))]
#[post("/v1/auth/logout")]
pub async fn sign_out(request: Anyone<op::SignOut>, Json(sent): Json<RefreshToken>) -> Result<Answer<()>> {
    if is_known(&request, &sent).await? {
        request.write(move |act| session::end(act, &sent.refresh_token)).await?;
    }
    Ok(Answer::none())
}

/// Whether a refresh token was ever given out: only then it is worth a transaction.
async fn is_known<O>(request: &Anyone<O>, sent: &RefreshToken) -> Result<bool> {
    let hash = request.app.service.keys.hashing().refresh_token(&sent.refresh_token);
    request.read(move |conn| Ok(user::refresh_token(conn, &hash)?.is_some())).await
}
