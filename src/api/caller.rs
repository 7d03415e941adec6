//! Who asks, and whether they may: the right a handler needs stands in the type of its first argument.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev};
use futures_util::future::LocalBoxFuture;

use super::admission::{Admission, TokenHash};
use super::codes::Code;
use super::context::{Context, Stage, in_turn};
use super::parameters::refuse_undeclared_query;
use super::problem::{Problem, Result};
use super::rate::{self, Asker};
use super::state::{Proof, State};
use crate::domain::actor::Actor;
use crate::domain::right::{Open, Operation, Restricted};
use crate::domain::text::Lang;
use crate::domain::time::Instant;

/// A request that anybody may make, and what a handler needs to answer it.
pub struct Anyone<O> {
    /// What all requests share.
    pub app: Arc<State>,
    /// The language of the answer.
    pub lang: Lang,
    /// The time of the request: one for all it does.
    pub now: Instant,
    /// Where it comes from.
    pub address: IpAddr,
    right: PhantomData<O>,
}

/// A signed-in caller who has the right `O`. Without a token that holds: 401. Without the right: 403.
pub struct Caller<O> {
    /// Who it is.
    pub actor: Actor,
    request: Anyone<O>,
}

impl<O> Deref for Caller<O> {
    type Target = Anyone<O>;
    fn deref(&self) -> &Anyone<O> {
        &self.request
    }
}

impl<O: Open> FromRequest for Anyone<O> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = req.clone();
        let admit = async move {
            let (anyone, context) = enter::<O>(&request)?;
            count(&context, &anyone.app, Asker::Address(anyone.address))?;
            refuse_undeclared_query(&request, Stage::Caller)?;
            Ok(anyone)
        };
        Box::pin(in_turn(req, Stage::Caller, admit))
    }
}

impl<O: Restricted> FromRequest for Caller<O> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = req.clone();
        let authorise = async move {
            let (anyone, context) = enter::<O>(&request)?;
            let actor = match authenticate(&request, &anyone.app, anyone.now).await {
                Ok(actor) => actor,
                Err(refused) => {
                    count(&context, &anyone.app, Asker::Address(anyone.address))?;
                    return Err(refused);
                }
            };
            count(&context, &anyone.app, Asker::Account(actor.user))?;
            if !O::RIGHT.allows(actor.role) {
                return Err(Problem::new(Code::Forbidden));
            }
            request.extensions_mut().insert(actor);
            refuse_undeclared_query(&request, Stage::Caller)?;
            Ok(Self { actor, request: anyone })
        };
        Box::pin(in_turn(req, Stage::Caller, authorise))
    }
}

fn enter<O: Operation>(request: &HttpRequest) -> Result<(Anyone<O>, Rc<Context>)> {
    let context = Context::of(request)?;
    // The right of another operation would be a hole: the marker must be the one of the operation reached.
    if context.operation.as_ref().is_none_or(|o| o.id != O::RIGHT.operation) {
        return Err(Problem::internal(format!("a handler claims to be {}", O::RIGHT.operation)));
    }
    let app = State::of(request)?;
    let now = app.service.clock.now();
    let address = rate::address(request, app.limits.proxies);
    Ok((Anyone { app, lang: context.lang, now, address, right: PhantomData }, context))
}

/// Counts the request against whoever asks.
fn count(context: &Context, app: &State, asker: Asker) -> Result<()> {
    match app.rates.count(asker) {
        Ok(standing) => {
            context.standing.set(standing);
            Ok(())
        }
        Err((problem, standing)) => {
            context.standing.set(Some(standing));
            Err(problem)
        }
    }
}

async fn authenticate(request: &HttpRequest, app: &State, now: Instant) -> Result<Actor> {
    let mut sent = request.headers().get_all(AUTHORIZATION);
    let header = sent.next().ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    let refused = || {
        let challenge = HeaderValue::from_static("Bearer realm=\"sedaya\", error=\"invalid_token\"");
        Problem::new(Code::Unauthenticated).replace_header(WWW_AUTHENTICATE, challenge)
    };
    if sent.next().is_some() {
        return Err(refused());
    }
    let (scheme, token) = header.to_str().ok().and_then(|h| h.split_once(' ')).ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refused());
    }
    let token = token.trim();
    let hash = TokenHash::of(token);
    let access_taken = app.service.access_taken();
    if let Some(actor) = app.admissions.find(hash, now, access_taken) {
        return Ok(actor);
    }
    let (proof, expires_at) = match app.issuers.identify(token, now).await {
        Some(Ok((identity, expires_at))) => (Proof::Identity(identity), expires_at),
        Some(Err(problem)) if problem.code() == Code::Unauthenticated => return Err(refused()),
        Some(Err(problem)) => return Err(problem),
        None => {
            let claims = app.service.keys.tokens().verify(token, now).map_err(|_reason| refused())?;
            let expires_at = claims.expires_at;
            (Proof::Session(claims), expires_at)
        }
    };
    let actor = app.accounts.active(&proof).await?.ok_or_else(refused)?;
    // A role that has changed since the token was issued: sign in again.
    if matches!(&proof, Proof::Session(claims) if claims.role != actor.role) {
        return Err(refused());
    }
    app.admissions.remember(hash, Admission { actor, expires_at, at: now, access_taken });
    Ok(actor)
}
