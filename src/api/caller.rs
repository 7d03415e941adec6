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
use super::state::{Admitted, Proof, State};
use crate::domain::actor::Actor;
use crate::domain::right::{Open, Operation, Restricted};
use crate::domain::scope::OWN_WORD_ONLY;
use crate::domain::text::Lang;
use crate::domain::time::Instant;
use crate::keys::hashing::SERVICE_TOKEN;

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

/// A signed-in caller who has the right `O`. Without a token that holds: 401. Without the right, or for the owner where it needs the
/// owner's own word: 403.
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
            let Admitted { actor, scope, .. } = match authenticate(&request, &anyone.app, anyone.now).await {
                Ok(admitted) => admitted,
                Err(refused) => {
                    count(&context, &anyone.app, Asker::Address(anyone.address))?;
                    return Err(refused);
                }
            };
            count(&context, &anyone.app, Asker::Account(actor.user))?;
            if !O::RIGHT.allows(actor.role) {
                return Err(Problem::new(Code::Forbidden));
            }
            if actor.companion && OWN_WORD_ONLY.contains(&O::RIGHT.operation) {
                return Err(Problem::new(Code::OwnWordOnly));
            }
            if scope.is_some_and(|scope| !scope.allows(O::RIGHT.operation)) {
                return Err(Problem::new(Code::OutOfScope));
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

async fn authenticate(request: &HttpRequest, app: &State, now: Instant) -> Result<Admitted> {
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
    if let Some(admitted) = app.admissions.find(hash, now, access_taken) {
        return Ok(admitted);
    }
    let proof = prove(token, app, now).await?.ok_or_else(refused)?;
    let admitted = app.accounts.active(&proof).await?.ok_or_else(refused)?;
    // A role that has changed since the token was issued: sign in again.
    if matches!(&proof, Proof::Session(claims) if claims.role != admitted.actor.role) {
        return Err(refused());
    }
    app.admissions.remember(hash, Admission { admitted: admitted.clone(), at: now, access_taken });
    Ok(admitted)
}

/// What a token proves, if anything: decided without asking the database.
async fn prove(token: &str, app: &State, now: Instant) -> Result<Option<Proof>> {
    let keys = &app.service.keys;
    if token.starts_with(SERVICE_TOKEN) {
        return Ok(keys.hashing().service_token(token).map(Proof::Service));
    }
    match app.issuers.identify(token, now).await {
        Some(Ok((identity, until))) => Ok(Some(Proof::Identity(identity, until))),
        Some(Err(problem)) if problem.code() == Code::Unauthenticated => Ok(None),
        Some(Err(problem)) => Err(problem),
        None => Ok(keys.tokens().verify(token, now).ok().map(Proof::Session)),
    }
}
