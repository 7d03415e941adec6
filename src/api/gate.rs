//! The gate: the one middleware that every request passes, on its way in and out.
//!
//! In: a request id, the language, the route (404, 405, OPTIONS and HEAD are settled here, from the
//! document), the deadline. Out: every error becomes a problem in the caller's language, a body that was
//! not read is dropped, the standing headers are set, one line is logged and counted.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::task::{self, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpMessage as _, HttpResponse};
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use tracing::Instrument as _;

use super::codes::Code;
use super::context::{Context, language};
use super::contract::{Contract, Destination};
use super::cors::Page;
use super::problem::{Problem, Rendered};
use super::state::State;

/// Unread body bytes that are read and dropped, so that the answer arrives and not a reset: more than the
/// largest upload and eight MiB.
const DRAIN_BYTES: usize = 40 << 20;

/// Time given to a client to finish sending a body that nobody wants.
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// Passes one request.
pub(crate) async fn gate<B: MessageBody + 'static>(
    state: Data<State>,
    contract: Data<Contract>,
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    let _in_flight = state.metrics.begin();
    let lang = language(&req);
    let destination = contract.find(req.path(), req.method());
    let operation = match &destination {
        Destination::Here(operation) => operation.clone(),
        _ => None,
    };
    let context = Context::new(lang, operation);
    let name = context.operation.as_ref().map(|o| o.id.clone());
    let span = tracing::info_span!(
        "request",
        id = %context.id,
        method = %req.method(),
        operation = name.as_deref().unwrap_or("-"),
        trace = trace_id(req.headers()),
    );
    let page = state.origins.page(req.headers());
    let allow = match &destination {
        Destination::Only(allow) if req.method() == Method::OPTIONS => Some(*allow),
        _ => None,
    };
    let unread = share_payload(&mut req);
    req.extensions_mut().insert(Rc::clone(&context));

    let mut passed = async {
        match destination {
            Destination::Here(_) => {
                if req.method() == Method::HEAD {
                    // The codec remembers that it was HEAD and sends no body.
                    req.head_mut().method = Method::GET;
                }
                handle(&state, &context, &page, req, next).await
            }
            Destination::Nowhere => {
                state.metrics.problem(Code::NotFound);
                Ok(req.into_response(Problem::not_found().render(&context)))
            }
            Destination::Only(allow) if req.method() == Method::OPTIONS => {
                Ok(req.into_response(HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish()))
            }
            Destination::Only(allow) => {
                state.metrics.problem(Code::MethodNotAllowed);
                let problem = Problem::new(Code::MethodNotAllowed)
                    .header(header::ALLOW, HeaderValue::from_str(allow).unwrap_or(HeaderValue::from_static("OPTIONS")));
                Ok(req.into_response(problem.render(&context)))
            }
        }
    }
    .instrument(span.clone())
    .await;
    if let Some(unread) = unread {
        drain(unread).await;
    }

    let status = match &mut passed {
        Ok(response) => {
            set_standing_headers(response.headers_mut(), &context);
            page.admit(response.headers_mut(), allow);
            if state.stopping.load(Ordering::Relaxed) {
                response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
            }
            response.status()
        }
        // It carries an answer whose headers are set already.
        Err(error) => error.as_response_error().status_code(),
    };
    let took = began.elapsed();
    state.metrics.answered(name.as_deref(), status, took);
    span.in_scope(|| tracing::info!(status = status.as_u16(), micros = took.as_micros() as u64, "answered"));
    passed
}

/// Runs the handler within the deadline, catches its panic, and turns whatever it refuses into a problem.
async fn handle<B: MessageBody + 'static>(
    state: &State,
    context: &Context,
    page: &Page,
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let running = AssertUnwindSafe(next.call(req)).catch_unwind();
    let lost = |code| {
        // The request went down with its handler, so there is only an error to carry the answer.
        state.metrics.problem(code);
        let mut response = Problem::new(code).render(context);
        set_standing_headers(response.headers_mut(), context);
        page.admit(response.headers_mut(), None);
        Err(Rendered::new(response).into())
    };
    let response = match tokio::time::timeout(state.limits.deadline, running).await {
        Ok(Ok(Ok(response))) => response.map_into_boxed_body(),
        Ok(Ok(Err(error))) => {
            let code = error
                .as_error::<Problem>()
                .map_or_else(|| Code::for_status(error.as_response_error().status_code()), Problem::code);
            return lost(code);
        }
        // The panic hook has logged it, inside this request's span.
        Ok(Err(_panic)) => return lost(Code::InternalError),
        Err(_elapsed) => {
            tracing::warn!("deadline exceeded");
            return lost(Code::DeadlineExceeded);
        }
    };
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return Ok(response);
    }
    let problem = response.response().error().and_then(|e| e.as_error::<Problem>()).cloned();
    let problem = problem.unwrap_or_else(|| Problem::new(Code::for_status(response.status())));
    state.metrics.problem(problem.code());
    let rendered = problem.render(context);
    Ok(response.into_response(rendered))
}

/// Headers that every answer has, unless its handler has said otherwise.
fn set_standing_headers(headers: &mut HeaderMap, context: &Context) {
    let mut default = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    default(header::CACHE_CONTROL, "private, no-cache");
    default(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::REFERRER_POLICY, "no-referrer");
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(header::CONTENT_LANGUAGE, context.lang.tag());
    if let Some(standing) = context.standing.get() {
        standing.tell(headers);
    }
    headers.append(header::VARY, HeaderValue::from_static("Authorization, Accept, Accept-Language"));
    if let Ok(id) = HeaderValue::from_str(&context.id.to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    // `identity` has told the compressor to keep away; to the client it says nothing.
    if headers.get(header::CONTENT_ENCODING).is_some_and(|v| v == "identity") {
        headers.remove(header::CONTENT_ENCODING);
    }
}

/// The inner middleware, below the compressor: answers with a strong tag, or that nobody may store, are not
/// compressed. A compressed body would need a tag of its own, and secrets do not compress safely.
pub(crate) async fn spare_from_compression<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(req).await?;
    let headers = response.headers_mut();
    let secret = headers.get(header::CACHE_CONTROL).is_some_and(|v| v == "no-store");
    if secret || headers.contains_key(header::ETAG) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
    Ok(response)
}

/// The trace id of a W3C `traceparent`, if there is a well-formed one.
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let id = text.strip_prefix("00-")?.get(..32)?;
    id.bytes().all(|b| b.is_ascii_hexdigit()).then_some(id)
}

/// The body of a request, held by the gate as well as by the extractor that reads it.
struct SharedPayload(Rc<RefCell<Payload>>);

impl Stream for SharedPayload {
    type Item = Result<Bytes, PayloadError>;
    fn poll_next(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(cx)
    }
}

fn share_payload(req: &mut ServiceRequest) -> Option<Rc<RefCell<Payload>>> {
    let payload = req.take_payload();
    if matches!(payload, Payload::None) {
        return None;
    }
    let shared = Rc::new(RefCell::new(payload));
    req.set_payload(Payload::Stream { payload: Box::pin(SharedPayload(Rc::clone(&shared))) });
    Some(shared)
}

async fn drain(unread: Rc<RefCell<Payload>>) {
    let mut rest = SharedPayload(unread);
    let reading = async {
        let mut dropped = 0;
        while let Some(Ok(chunk)) = rest.next().await {
            dropped += chunk.len();
            if dropped > DRAIN_BYTES {
                break;
            }
        }
    };
    // A client slower than this gets its answer all the same, and then loses the connection.
    let _ = tokio::time::timeout(DRAIN_TIME, reading).await;
}
