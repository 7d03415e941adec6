//! Deeds that are done once, however often they are asked for: the `Idempotency-Key`.
//!
//! The answer is kept in the transaction of the deed itself. So whoever repeats a request because its answer was lost
//! gets that answer, and the deed is not done again: not when both requests run at once, since the second waits for the
//! writer, and not when the process was killed in between, since deed and answer are there together or not at all.
//! Refusals are not kept: they left nothing behind, and may be mended under the same key.

use std::fmt::Display;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};

use super::answer::{Answer, Kept};
use super::caller::Caller;
use super::codes::Code;
use super::context::{Context, Stage, in_turn};
use super::problem::{Problem, Result};
use super::state::State;
use crate::domain::time::Instant;
use crate::keys::Keys;
use crate::ops::{self, Act, By, Service};
use crate::store::Conn;
use crate::store::idempotency::{self, Given};

/// The request header.
const KEY: &str = "idempotency-key";
/// The header of an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// A key is at most this long.
const LONGEST: usize = 200;
/// For how long an answer is kept, seconds.
const KEPT: i64 = 86_400;

/// The `Idempotency-Key` of a request, if it has one, and what it is to be done once.
///
/// A handler that takes it lists it in its annotation too: `params(Once)`.
#[derive(Clone, Debug)]
pub struct Once(Option<Sent>);

#[derive(Clone, Debug)]
struct Sent {
    key_hash: String,
    fingerprint: String,
    /// The id in the path.
    subject: Option<String>,
}

/// An answer that may have been given before.
pub type Answered = Answer<Box<RawValue>>;

impl FromRequest for Once {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = req.clone();
        let read = async move {
            let context = Context::of(&request)?;
            if context.operation.as_ref().is_none_or(|o| !o.once) {
                return Err(Problem::internal("a handler takes Once and does not document it"));
            }
            let Some(key) = key(&request)? else { return Ok(Self(None)) };
            let state = State::of(&request)?;
            let hashing = state.service.keys.hashing();
            let body = context.body_hash.get().map_or([0; 32], |hash| *hash.as_bytes());
            let fingerprint =
                hashing.request(&[request.method().as_str().as_bytes(), request.path().as_bytes(), &body]);
            let subject = request.match_info().get("id").map(ToOwned::to_owned);
            Ok(Self(Some(Sent { key_hash: hashing.request(&[key.as_bytes()]), fingerprint, subject })))
        };
        Box::pin(in_turn(req, Stage::Precondition, read))
    }
}

/// The key, quoted as the draft of the header has it or bare as most send it.
fn key(request: &HttpRequest) -> Result<Option<String>> {
    let refused = || Problem::new(Code::InvalidIdempotencyKey);
    let mut sent = request.headers().get_all(KEY);
    let Some(value) = sent.next() else { return Ok(None) };
    let text = value.to_str().map_err(|_odd| refused())?.trim();
    let bare = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
    let fits = (1..=LONGEST).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
    if sent.next().is_some() || !fits { Err(refused()) } else { Ok(Some(bare.to_owned())) }
}

impl Once {
    /// Says whom the deed is about, where no id in the path does: what is kept of the answer goes when that is erased.
    #[must_use]
    pub fn about(mut self, subject: impl Display) -> Self {
        if let Some(sent) = &mut self.0 {
            sent.subject = Some(subject.to_string());
        }
        self
    }

    /// Does a deed of the caller in one transaction and answers it.
    ///
    /// # Errors
    /// The deed's own; `idempotency_key_reused`.
    pub async fn act<O, T: Serialize>(
        self,
        caller: &Caller<O>,
        deed: impl FnOnce(&mut Act<'_>) -> Result<Answer<T>> + Send + 'static,
    ) -> Result<Answered> {
        self.prepare(caller, |_| Ok(()), |act, ()| deed(act)).await
    }

    /// As [`Once::act`], with work before it that takes its time and needs no transaction.
    ///
    /// # Errors
    /// As [`Once::act`], and those of the work.
    pub async fn prepare<O, P, T: Serialize>(
        self,
        caller: &Caller<O>,
        work: impl FnOnce(&Service) -> ops::Result<P> + Send + 'static,
        deed: impl FnOnce(&mut Act<'_>, P) -> Result<Answer<T>> + Send + 'static,
    ) -> Result<Answered> {
        let (service, actor) = (caller.app.service.clone(), caller.actor);
        let principal = actor.principal();
        let (kept, is_replay) = caller
            .app
            .workers
            .run(move || {
                if let Some(sent) = &self.0
                    && let Some(kept) =
                        sent.given(&mut *service.db.read()?, &principal, service.clock.now(), &service.keys)?
                {
                    return Ok((kept, true));
                }
                let prepared = work(&service)?;
                service.transact(By::Account(&actor), |act| {
                    let Some(sent) = &self.0 else { return Ok((deed(act, prepared)?.keep()?, false)) };
                    // Again, now that nobody else writes.
                    if let Some(kept) = sent.given(act.conn, &principal, act.now, act.keys)? {
                        return Ok((kept, true));
                    }
                    let kept = deed(act, prepared)?.keep()?;
                    sent.keep(act, principal, &kept)?;
                    Ok::<_, Problem>((kept, false))
                })
            })
            .await??;
        let answer = kept.answer()?;
        Ok(if is_replay { answer.header(REPLAYED, HeaderValue::from_static("true")) } else { answer })
    }
}

impl Sent {
    fn place(&self, principal: &str) -> Vec<u8> {
        format!("idempotency {principal} {}", self.key_hash).into_bytes()
    }

    /// The answer that was given to this request before, if it is known.
    fn given(&self, conn: &mut Conn, principal: &str, now: Instant, keys: &Keys) -> Result<Option<Kept>> {
        let Some(given) = idempotency::find(conn, principal, &self.key_hash, now.plus_seconds(-KEPT))? else {
            return Ok(None);
        };
        if given.fingerprint != self.fingerprint {
            return Err(Problem::new(Code::IdempotencyKeyReused));
        }
        let text = keys.personal().open(&self.place(principal), &given.sealed).map_err(Problem::internal)?;
        serde_json::from_slice(&text).map(Some).map_err(Problem::internal)
    }

    fn keep(&self, act: &mut Act<'_>, principal: String, kept: &Kept) -> Result<()> {
        let text = serde_json::to_vec(kept).map_err(Problem::internal)?;
        let sealed = act.keys.personal().seal(&self.place(&principal), &text).map_err(Problem::internal)?;
        let (key_hash, fingerprint) = (self.key_hash.clone(), self.fingerprint.clone());
        let subject = self.subject.clone();
        let given = Given { principal, key_hash, fingerprint, sealed, created_at: act.now, subject };
        Ok(idempotency::insert(act.conn, &given, act.now.plus_seconds(-KEPT))?)
    }
}

impl utoipa::IntoParams for Once {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(LONGEST + 2))
            .pattern(Some(format!("^(\"[!#-~]{{1,{LONGEST}}}\"|[!#-~]{{1,{LONGEST}}})$")));
        vec![
            ParameterBuilder::new()
                .name("Idempotency-Key")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some(
                    "A text of your own, a UUID for example. Send the same request again with the same key when its \
                     answer was lost: it is not done twice, and the first answer comes again with \
                     `Idempotency-Replayed: true`. Kept for a day.",
                ))
                .schema(Some(schema.build()))
                .example(Some("7b0d0f0e-5a0c-4b4e-9a57-0a8d8f0c2d11".into()))
                .build(),
        ]
    }
}
