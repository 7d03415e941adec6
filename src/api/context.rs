//! What belongs to one request: its id, its language, its operation, and whose turn it is.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use actix_web::http::header::{ACCEPT_LANGUAGE, AcceptLanguage, Header, Preference};
use actix_web::{HttpMessage, HttpRequest};
use uuid::Uuid;

use super::contract::Operation;
use super::problem::{Problem, Result};
use super::rate::Standing;
use crate::domain::id::Ids;
use crate::domain::text::Lang;

/// Facts of one request, made by the gate and read by everything inside it.
#[derive(Debug)]
pub struct Context {
    /// The request id, printed as `X-Request-Id` and in problems.
    pub id: Uuid,
    /// The language of the answer.
    pub lang: Lang,
    /// The documented operation that was asked for; `None` on pages outside the document.
    pub operation: Option<Arc<Operation>>,
    /// What is left to whoever asks.
    pub(crate) standing: Cell<Option<Standing>>,
    /// Hash of the body as it was understood, once it has been read.
    pub(crate) body_hash: Cell<Option<blake3::Hash>>,
    turns: Turns,
}

impl Context {
    /// A context with a fresh request id.
    pub(crate) fn new(lang: Lang, operation: Option<Arc<Operation>>) -> Rc<Self> {
        // Request ids are never part of stored data, so they need not come from the injected source.
        let id = uuid::Builder::from_random_bytes(Ids::Random.bytes()).into_uuid();
        Rc::new(Self {
            id,
            lang,
            operation,
            standing: Cell::new(None),
            body_hash: Cell::new(None),
            turns: Turns::default(),
        })
    }

    /// The context of a request that came through the gate.
    pub(crate) fn of(req: &HttpRequest) -> Result<Rc<Self>> {
        req.extensions().get::<Rc<Self>>().cloned().ok_or_else(|| Problem::internal("a request came round the gate"))
    }
}

/// The best language both sides speak; Bahasa Indonesia when none fits.
pub fn language(req: &impl HttpMessage) -> Lang {
    if !req.headers().contains_key(ACCEPT_LANGUAGE) {
        return Lang::Id;
    }
    let Ok(accepted) = AcceptLanguage::parse(req) else { return Lang::Id };
    accepted
        .ranked()
        .into_iter()
        .find_map(|preference| match preference {
            Preference::Any => Some(Lang::Id),
            // `in` is the tag Indonesian had before 1989; old phones still send it.
            Preference::Specific(tag) => match tag.primary_language() {
                "id" | "in" => Some(Lang::Id),
                "en" => Some(Lang::En),
                _ => None,
            },
        })
        .unwrap_or_default()
}

/// The steps of refusal, in their order (401, 403, 404, 400, 415–422, 428).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Caller,
    Path,
    Query,
    Body,
    Precondition,
}

#[derive(Debug, Default)]
struct Turns {
    given: Cell<u8>,
    running: Cell<u8>,
    last: Cell<Option<Stage>>,
}

/// Runs an extractor when those before it in the handler's arguments are done.
///
/// actix polls the extractors of a handler side by side, so that whichever fails first would decide the
/// answer: a bad body could win over a missing token. Here each takes a number when it is made, in argument
/// order, and works only when its number is up. All of them are polled by one task, in argument order, so
/// nobody needs waking.
pub(crate) fn in_turn<T, F>(req: &HttpRequest, stage: Stage, work: F) -> impl Future<Output = Result<T>> + use<T, F>
where
    F: Future<Output = Result<T>>,
{
    let entered = Context::of(req).and_then(|context| {
        let turns = &context.turns;
        if turns.last.replace(Some(stage)).is_some_and(|last| last > stage) {
            return Err(Problem::internal("a handler's arguments stand out of the order of refusal"));
        }
        let mine = turns.given.get();
        turns.given.set(mine + 1);
        Ok((context, mine))
    });
    async move {
        let (context, mine) = entered?;
        poll_fn(|_| if context.turns.running.get() == mine { Poll::Ready(()) } else { Poll::Pending }).await;
        let done = work.await?;
        context.turns.running.set(mine + 1);
        Ok(done)
    }
}
