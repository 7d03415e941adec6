//! Errors as the caller sees them: RFC 9457 `application/problem+json`.
//!
//! A handler returns `Result<_, Problem>` and says what is wrong in both languages; the gate renders it
//! once, in the caller's language and with the request's id. Layers below have errors of their own without
//! status codes; the file of the noun turns them into problems.

use std::borrow::Cow;
use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::codes::{Code, ShapeFault};
use super::context::Context;
use crate::domain::id::MatchListId;
use crate::domain::text::{Lang, Text};

/// The result of a handler or an extractor.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// Where a fault lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// JSON pointer into the body, empty for the whole of it.
    Pointer(String),
    /// Name of a query parameter or form field.
    Parameter(String),
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What, for programs.
    pub code: Cow<'static, str>,
    /// What, for people. Never holds the value that was sent: it may be personal.
    pub detail: Text,
}

impl Fault {
    /// A fault of a body member, with the code and words of a rule.
    pub fn at(pointer: impl Into<String>, code: impl Into<Cow<'static, str>>, detail: impl Into<Text>) -> Self {
        Self { place: Place::Pointer(pointer.into()), code: code.into(), detail: detail.into() }
    }

    /// A fault a schema can tell; `limit` fills the `{}` of its words.
    pub(crate) fn shape(place: Place, fault: ShapeFault, limit: &str) -> Self {
        let words = fault.words();
        let detail = Text::new(words.id.replace("{}", limit), words.en.replace("{}", limit));
        Self { place, code: fault.code().into(), detail }
    }
}

/// A refused or failed request.
#[derive(Clone, Debug)]
pub struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    code: Code,
    detail: Option<Text>,
    faults: Vec<Fault>,
    superseded_by: Option<MatchListId>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Seconds to wait that a busy answer suggests.
const RETRY_AFTER_SECONDS: u32 = 1;

/// More faults than these help nobody, and a body of a megabyte may have a hundred thousand.
const MOST_FAULTS: usize = 100;
/// A name of any length can be sent and come back in a pointer or in words: they are cut, in characters, after these.
const POINTER: usize = 1000;
const PARAMETER: usize = 200;
const DETAIL: usize = 1000;

/// The beginning of a text.
fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}

impl Problem {
    /// A problem whose detail is the code's own remedy.
    pub fn new(code: Code) -> Self {
        let inner = Inner { code, detail: None, faults: Vec::new(), superseded_by: None, headers: Vec::new() };
        let problem = Self(Box::new(inner));
        match code {
            Code::Overloaded | Code::DeadlineExceeded | Code::Unavailable => problem.retry_after(RETRY_AFTER_SECONDS),
            Code::Unauthenticated | Code::WrongCredentials => {
                problem.header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"sedaya\""))
            }
            _ => problem,
        }
    }

    /// Not there, or not the caller's: the two are answered alike.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    /// The body breaks these rules.
    pub fn invalid_body(faults: Vec<Fault>) -> Self {
        Self::new(Code::InvalidBody).faults(faults)
    }

    /// A newer list has taken the place of the one that was asked for.
    pub fn superseded(by: MatchListId) -> Self {
        let mut problem = Self::new(Code::ListSuperseded).detail(Text::new(
            format!("Daftar ini sudah diganti. Bacalah yang terbaru: {by}."),
            format!("A newer list has taken this one's place. Read the newest: {by}."),
        ));
        problem.0.superseded_by = Some(by);
        match HeaderValue::try_from(format!("</v1/match-lists/{by}>; rel=\"successor-version\"")) {
            Ok(link) => problem.header(header::LINK, link),
            Err(odd) => Self::internal(odd),
        }
    }

    /// A fault of ours. The cause goes to the log, here and once; the caller learns only the request id.
    pub fn internal(cause: impl fmt::Display) -> Self {
        tracing::error!(cause = %cause, "internal error");
        Self::new(Code::InternalError)
    }

    /// Says more exactly what is wrong and what to do next.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Text>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Lists what is wrong, all of it at once.
    #[must_use]
    pub fn faults(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults = faults;
        self
    }

    /// The faults are of the body's member `document`: their pointers begin there.
    #[must_use]
    pub fn in_document(mut self) -> Self {
        for fault in &mut self.0.faults {
            if let Place::Pointer(pointer) = &mut fault.place {
                pointer.insert_str(0, "/document");
            }
        }
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Sets a header of the answer, in place of what stood there.
    #[must_use]
    pub fn replace_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.retain(|(n, _)| *n != name);
        self.header(name, value)
    }

    /// Tells the caller when to come back.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        self.replace_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What is wrong, one by one.
    pub fn list(&self) -> &[Fault] {
        &self.0.faults
    }

    /// The answer, in the language and under the id of the request.
    pub(crate) fn render(&self, context: &Context) -> HttpResponse {
        let entry = self.0.code.entry();
        let lang = context.lang;
        let body = ProblemBody {
            r#type: format!("/problems/{}", entry.code),
            title: entry.title.get(lang).to_owned(),
            status: entry.status.as_u16(),
            detail: cut(self.0.detail.as_ref().map_or(entry.remedy.get(lang), |d| d.get(lang)), DETAIL),
            instance: format!("urn:uuid:{}", context.id),
            code: entry.code.to_owned(),
            superseded_by: self.0.superseded_by,
            errors: self.0.faults.iter().take(MOST_FAULTS).map(|f| FaultBody::new(f, lang)).collect(),
        };
        let mut response = HttpResponse::build(entry.status);
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        for (name, value) in &self.0.headers {
            response.append_header((name.clone(), value.clone()));
        }
        // Serialising strings and numbers cannot fail.
        response.body(serde_json::to_vec(&body).unwrap_or_default())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.entry().code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.code.entry().status
    }

    /// A bare answer: the gate renders the problem in its place.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

/// A problem as it is sent (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Where this code is explained.
    #[schema(format = "uri-reference", example = "/problems/not_found", max_length = 80)]
    r#type: String,
    /// A short title, in the language of the answer.
    #[schema(example = "Tidak ditemukan", max_length = 120)]
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 404)]
    status: u16,
    /// What is wrong and what to do next, in the language of the answer.
    #[schema(max_length = 1000)]
    detail: String,
    /// The id of this request: quote it when you report a problem.
    #[schema(format = "uri", example = "urn:uuid:01932a3c-7c11-7b7e-9a53-0c5d1c1e3a55", max_length = 80)]
    instance: String,
    /// The code, for programs. Never translated.
    #[schema(example = "not_found", max_length = 60)]
    code: String,
    /// The list that has taken this one's place; with `list_superseded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    superseded_by: Option<MatchListId>,
    /// Everything that is wrong with the query or the body, all at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100, required = false)]
    errors: Vec<FaultBody>,
}

/// One thing that is wrong with a query or a body.
#[derive(Serialize, ToSchema)]
#[schema(as = Fault)]
pub struct FaultBody {
    /// JSON pointer to the member of the body; empty for the body as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "json-pointer", example = "/starts_on", max_length = 1000)]
    pointer: Option<String>,
    /// Name of the query parameter or form field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "limit", max_length = 200)]
    parameter: Option<String>,
    /// What is wrong, for programs.
    #[schema(example = "missing_member", max_length = 60)]
    code: String,
    /// What is wrong, for people.
    #[schema(example = "Wajib diisi.", max_length = 1000)]
    detail: String,
}

impl FaultBody {
    fn new(fault: &Fault, lang: Lang) -> Self {
        let (pointer, parameter) = match &fault.place {
            Place::Pointer(p) => (Some(cut(p, POINTER)), None),
            Place::Parameter(p) => (None, Some(cut(p, PARAMETER))),
        };
        Self { pointer, parameter, code: fault.code.to_string(), detail: cut(fault.detail.get(lang), DETAIL) }
    }
}

/// An error that carries its finished answer: for the few places where the request is gone already.
#[derive(Debug)]
pub(crate) struct Rendered(std::cell::RefCell<Option<HttpResponse>>, StatusCode);

impl Rendered {
    pub(crate) fn new(response: HttpResponse) -> Self {
        let status = response.status();
        Self(std::cell::RefCell::new(Some(response)), status)
    }
}

impl fmt::Display for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.1)
    }
}

impl ResponseError for Rendered {
    fn status_code(&self) -> StatusCode {
        self.1
    }
    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.0.take().unwrap_or_else(|| HttpResponse::new(self.1))
    }
}
