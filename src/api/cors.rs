//! Which web pages of other origins may call the API from a browser: those of an exact list, none unless told.
//!
//! Access goes by bearer tokens and never by cookies, so credentials are not allowed. A request from another origin is
//! answered like any other; the browser keeps the answer from the page.

use actix_web::http::header::{self, HeaderMap, HeaderValue};

/// Request headers that a page may set beside the harmless ones.
const SENT: &str =
    "authorization, content-type, accept-language, if-match, if-none-match, idempotency-key, traceparent";
/// Answer headers that a page may read beside the harmless ones.
const READ: &str = "etag, link, location, retry-after, ratelimit, ratelimit-policy, x-request-id, idempotency-replayed, \
                    server-timing, content-disposition";
/// Seconds for which a browser need not ask again.
const REMEMBERED: &str = "7200";

/// The origins whose pages may call, as browsers spell them: `https://app.example.org`.
#[derive(Clone, Debug, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// These and no others.
    pub const fn new(origins: Vec<String>) -> Self {
        Self(origins)
    }

    /// The page that a request comes from.
    pub(crate) fn page(&self, request: &HeaderMap) -> Page {
        let is_listed = |origin: &&HeaderValue| self.0.iter().any(|known| known.as_bytes() == origin.as_bytes());
        Page {
            matters: !self.0.is_empty(),
            origin: request.get(header::ORIGIN).filter(is_listed).cloned(),
            asks_first: request.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD),
        }
    }
}

/// Where a request comes from.
#[derive(Debug)]
pub(crate) struct Page {
    /// Whether any origin is listed, so that answers differ by it.
    matters: bool,
    /// Its origin, if that is on the list.
    origin: Option<HeaderValue>,
    /// Whether the browser only asks what the page may do.
    asks_first: bool,
}

impl Page {
    /// Tells the browser what the page may do; `allow` are the methods of the path, if that is what it asks.
    pub(crate) fn admit(&self, answer: &mut HeaderMap, allow: Option<&str>) {
        if self.matters {
            answer.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        let Some(origin) = &self.origin else { return };
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(READ));
        if let (Some(Ok(methods)), true) = (allow.map(HeaderValue::from_str), self.asks_first) {
            answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
            answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(SENT));
            answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(REMEMBERED));
        }
    }
}
