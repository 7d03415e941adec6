//! Successful answers, and conditional requests.
//!
//! A versioned resource answers with a strong tag `"<version>.<view>.<lang>"`. A read that brings the tag
//! back in `If-None-Match` gets 304, after it has been authorised like any other. A write brings it in
//! `If-Match`: the handler asks for it with [`IfMatch`] and hands the version part to the use case, which
//! compares it inside the SQL.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, dev};
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};

use super::codes::Code;
use super::columns::Column;
use super::context::{Context, Stage, in_turn};
use super::problem::{Problem, Result};
use super::table::Form;

/// A successful answer with a JSON body, or without one.
#[derive(Debug)]
pub struct Answer<T> {
    status: StatusCode,
    body: Option<T>,
    tag: Option<(i64, Cow<'static, str>)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    forms: &'static [Form],
    table: Option<OwnTable>,
}

/// The columns of an answer that is no page, and how it becomes the items of one.
type OwnTable = (&'static [&'static str], fn(&Value) -> Value);

impl<T> Answer<T> {
    fn new(status: StatusCode, body: Option<T>) -> Self {
        Self { status, body, tag: None, headers: Vec::new(), forms: &[Form::Json], table: None }
    }

    /// 200 with a body.
    pub fn ok(body: T) -> Self {
        Self::new(StatusCode::OK, Some(body))
    }

    /// 201 with the new resource and the path where it now is.
    ///
    /// # Errors
    /// When the path is no header text, which no path of ours is.
    pub fn created(path: &str, body: T) -> Result<Self> {
        Self::new(StatusCode::CREATED, Some(body)).at(path)
    }

    /// 202 with a job and the path where it can be followed.
    ///
    /// # Errors
    /// When the path is no header text, which no path of ours is.
    pub fn accepted(path: &str, body: T) -> Result<Self> {
        Self::new(StatusCode::ACCEPTED, Some(body)).at(path)
    }

    /// The answer is a page of a list: whoever prefers a table can have one.
    #[must_use]
    pub const fn page(mut self) -> Self {
        self.forms = &[Form::Json, Form::Csv, Form::Xlsx];
        self
    }

    /// The answer is no page, and can be had as a table all the same: this makes a page's items of it, with these columns. The
    /// operation says `x-tables` in its annotation.
    #[must_use]
    pub const fn as_table(mut self, columns: &'static [&'static str], items: fn(&Value) -> Value) -> Self {
        self.table = Some((columns, items));
        self.page()
    }

    /// Tags the answer with the version of the resource and the view of it that this caller gets: staff and
    /// investors see different bodies of one version. The language is added by itself.
    #[must_use]
    pub fn tagged(mut self, version: i64, view: impl Into<Cow<'static, str>>) -> Self {
        self.tag = Some((version, view.into()));
        self
    }

    /// Never stored by anything on the way: tokens and personal data.
    #[must_use]
    pub fn no_store(self) -> Self {
        self.header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Says how long the work has taken (`Server-Timing`, W3C), in milliseconds.
    #[must_use]
    pub fn timed(self, what: &str, took: Duration) -> Self {
        match HeaderValue::from_str(&format!("{what};dur={:.3}", took.as_secs_f64() * 1000.0)) {
            Ok(value) => self.header(HeaderName::from_static("server-timing"), value),
            Err(_odd) => self,
        }
    }

    fn at(self, path: &str) -> Result<Self> {
        Ok(self.header(header::LOCATION, path.parse().map_err(Problem::internal)?))
    }
}

impl<T: Serialize> Answer<T> {
    /// The answer as it can be kept and given again.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn keep(self) -> Result<Kept> {
        let header = |(name, value): (HeaderName, HeaderValue)| {
            Ok((name.to_string(), value.to_str().map_err(Problem::internal)?.to_owned()))
        };
        let body = self.body.map(|body| to_raw_value(&body)).transpose().map_err(Problem::internal)?;
        Ok(Kept {
            status: self.status.as_u16(),
            tag: self.tag.map(|(version, view)| (version, view.into_owned())),
            headers: self.headers.into_iter().map(header).collect::<Result<_>>()?,
            body,
        })
    }
}

/// An answer that can be kept and given again. Only its request id and the standing headers are made anew.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kept {
    status: u16,
    tag: Option<(i64, String)>,
    headers: Vec<(String, String)>,
    body: Option<Box<RawValue>>,
}

impl Kept {
    /// The answer again.
    ///
    /// # Errors
    /// A fault of ours: kept headers that are none.
    pub fn answer(self) -> Result<Answer<Box<RawValue>>> {
        let status = StatusCode::from_u16(self.status).map_err(Problem::internal)?;
        let mut answer = Answer::new(status, self.body);
        answer.tag = self.tag.map(|(version, view)| (version, view.into()));
        for (name, value) in self.headers {
            let name = HeaderName::try_from(name).map_err(Problem::internal)?;
            answer.headers.push((name, HeaderValue::try_from(value).map_err(Problem::internal)?));
        }
        Ok(answer)
    }
}

impl Answer<()> {
    /// 204.
    pub fn none() -> Self {
        Self::new(StatusCode::NO_CONTENT, None)
    }
}

impl<T: Serialize> Responder for Answer<T> {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let lang = Context::of(req).map_or("id", |context| context.lang.tag());
        let is_read = *req.method() == Method::GET;
        let form = match Form::wanted(req, self.forms) {
            Ok(form) => form,
            // What was done is done: a deed is answered in the form that there is.
            Err(_) if !is_read => Form::Json,
            Err(refused) => return HttpResponse::from_error(refused),
        };
        let suffix = form.suffix().map(|suffix| format!("-{suffix}")).unwrap_or_default();
        let tag = self.tag.map(|(version, view)| format!("\"{version}.{view}{suffix}.{lang}\""));
        let unchanged =
            self.status == StatusCode::OK && is_read && tag.as_ref().is_some_and(|tag| none_match_holds(req, tag));
        let mut response = HttpResponse::build(if unchanged { StatusCode::NOT_MODIFIED } else { self.status });
        for (name, value) in self.headers {
            response.append_header((name, value));
        }
        if let Some(tag) = tag {
            response.insert_header((header::ETAG, tag));
        }
        match self.body {
            Some(body) if !unchanged => {
                let bytes = match form {
                    Form::Json => serde_json::to_vec(&body).map_err(Problem::internal),
                    table => serde_json::to_value(&body).map_err(Problem::internal).and_then(|body| match self.table {
                        Some((columns, items)) => {
                            let columns: Vec<_> = columns.iter().map(|name| Column::of_member(name)).collect();
                            table.spell(&items(&body), &columns)
                        }
                        None => table.spell(&body, columns_of(req)?.as_ref()),
                    }),
                };
                if let Some(suffix) = form.suffix() {
                    let name = req.path().rsplit('/').next().unwrap_or("list");
                    let disposition = format!("attachment; filename=\"{name}.{suffix}\"");
                    response.insert_header((header::CONTENT_DISPOSITION, disposition));
                }
                match bytes {
                    Ok(bytes) => response.content_type(form.media_type()).body(bytes),
                    Err(problem) => HttpResponse::from_error(problem),
                }
            }
            _ => response.finish(),
        }
    }
}

/// The columns of the list that was asked for.
fn columns_of(req: &HttpRequest) -> Result<Arc<[Column]>> {
    let operation = Context::of(req)?.operation.clone();
    operation.map(|o| o.columns.clone()).ok_or_else(|| Problem::internal("a list outside the document"))
}

/// Whether `If-None-Match` names this tag. The comparison is the weak one (RFC 9110 §13.1.2).
pub fn none_match_holds(req: &HttpRequest, tag: &str) -> bool {
    req.headers().get_all(header::IF_NONE_MATCH).filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')).any(
        |sent| {
            let sent = sent.trim();
            sent == "*" || sent.strip_prefix("W/").unwrap_or(sent) == tag
        },
    )
}

/// The version that a write is based on. Missing, `*`, or more than one: 428. A tag that is none of ours can
/// match nothing, and reads as a version that no resource has: the use case answers 412.
///
/// A handler that takes it lists it in its annotation too: `params(IfMatch)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = req.clone();
        let read = async move {
            let context = Context::of(&request)?;
            if context.operation.as_ref().is_none_or(|o| !o.if_match) {
                return Err(Problem::internal("a handler takes IfMatch and does not document it"));
            }
            read_if_match(&request)
        };
        Box::pin(in_turn(req, Stage::Precondition, read))
    }
}

/// What a tag reads as that is none of ours. What was never written stands at 0.
const NO_VERSION: i64 = -1;

/// An `If-Match` is at most this long.
const LONGEST_IF_MATCH: usize = 200;

/// Reads the `If-Match` of a request.
///
/// # Errors
/// `precondition_required` where it names no version, or more than one.
pub fn read_if_match(request: &HttpRequest) -> Result<IfMatch> {
    let missing = || Problem::new(Code::PreconditionRequired);
    let mut version = None;
    for sent in request.headers().get_all(header::IF_MATCH) {
        // Longer than any tag of ours in any spelling, or whatever version there is.
        if sent.len() > LONGEST_IF_MATCH || sent.as_bytes().contains(&b'*') {
            return Err(missing());
        }
        // What is not text is no tag of ours.
        for tag in sent.to_str().unwrap_or("?").split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            let read = tag_version(tag).unwrap_or(NO_VERSION);
            if version.replace(read).is_some_and(|other| other != read) {
                return Err(missing());
            }
        }
    }
    version.map(IfMatch).ok_or_else(missing)
}

/// The version part of a strong tag of ours, in its one spelling.
fn tag_version(tag: &str) -> Option<i64> {
    let inner = tag.strip_prefix('"')?.strip_suffix('"')?;
    let (version, rest) = inner.split_once('.')?;
    let (view, lang) = rest.split_once('.')?;
    let number: i64 = version.parse().ok()?;
    (number.to_string() == version && number >= 0 && !view.is_empty() && matches!(lang, "id" | "en")).then_some(number)
}

impl utoipa::IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(LONGEST_IF_MATCH))
            .pattern(Some("^[^*]*[^*, \\t][^*]*$"));
        vec![
            ParameterBuilder::new()
                .name("If-Match")
                .parameter_in(ParameterIn::Header)
                .required(Required::True)
                .description(Some(
                    "The ETag of the version that this write is based on, as the last read or write answered it.",
                ))
                .schema(Some(schema.build()))
                .example(Some("\"3.staff.id\"".into()))
                .build(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_our_own_strong_tags_have_a_version() {
        assert_eq!(tag_version("\"3.staff.id\""), Some(3));
        assert_eq!(tag_version("\"0.staff.id\""), Some(0));
        for odd in [
            "W/\"3.staff.id\"",
            "3.staff.id",
            "\"3\"",
            "\"03.staff.id\"",
            "\"-0.staff.id\"",
            "\"-1.s.id\"",
            "\"3.staff.fr\"",
            "\"3..id\"",
        ] {
            assert_eq!(tag_version(odd), None, "{odd}");
        }
    }

    #[test]
    fn if_match_names_exactly_one_version() {
        let read = |values: &[&str]| {
            let mut request = TestRequest::default();
            for value in values {
                request = request.append_header((header::IF_MATCH, *value));
            }
            read_if_match(&request.to_http_request()).map(|v| v.0).map_err(|p| p.code())
        };
        let missing = Err(Code::PreconditionRequired);
        assert_eq!(read(&[]), missing);
        assert_eq!(read(&["*"]), missing);
        assert_eq!(read(&[""]), missing);
        assert_eq!(read(&[" , "]), missing);
        assert_eq!(read(&["\"3.staff.id\","]), Ok(3));
        assert_eq!(read(&[&"1".repeat(LONGEST_IF_MATCH + 1)]), missing);
        assert_eq!(read(&["\"3.staff.id\""]), Ok(3));
        assert_eq!(read(&["\"3.staff.id\", \"3.staff.en\""]), Ok(3));
        assert_eq!(read(&["\"3.staff.id\"", "\"4.staff.id\""]), missing);
        assert_eq!(read(&["W/\"3.staff.id\""]), Ok(NO_VERSION));
        assert_eq!(read(&["rubbish"]), Ok(NO_VERSION));
        assert_eq!(read(&["\"0.staff.id\"", "rubbish"]), missing);
    }

    #[test]
    fn if_none_match_compares_weakly() {
        let holds = |value: &str| {
            let request = TestRequest::default().insert_header((header::IF_NONE_MATCH, value)).to_http_request();
            none_match_holds(&request, "\"3.staff.id\"")
        };
        assert!(holds("\"3.staff.id\""));
        assert!(holds("W/\"3.staff.id\""));
        assert!(holds("\"1.a.id\" , \"3.staff.id\""));
        assert!(holds("*"));
        assert!(!holds("\"3.staff.en\""));
        assert!(!holds("3.staff.id"));
    }
}
