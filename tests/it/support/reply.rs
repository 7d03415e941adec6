//! An answer, read whole and held against what must be true of every answer.

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer of the service.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    /// The bytes as they came.
    pub text: String,
    /// The body; null where there is none.
    pub body: Value,
}

/// Sends a request and reads its answer.
pub async fn send(request: RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::Null) };
    let reply = Reply { status, headers, text, body };
    reply.check();
    reply
}

impl Reply {
    fn check(&self) {
        assert!(self.header("x-request-id").is_some(), "{self:?}");
        if self.status < 400 {
            return;
        }
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        assert_eq!(self.body["status"], self.status);
        assert_eq!(self.body["type"], format!("/problems/{}", self.code()));
        assert_ne!(self.status, 500, "{self:?}");
    }

    /// A header, if it is there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.get_all(name).iter();
        let first = all.next()?;
        assert!(all.next().is_none(), "{name} stands twice");
        Some(first.to_str().unwrap())
    }

    /// The strong tag.
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("no tag: {self:?}")).to_owned()
    }

    /// The code of a problem.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_else(|| panic!("no problem: {self:?}"))
    }

    /// Status and code of a problem.
    pub fn refusal(&self) -> (u16, &str) {
        (self.status, self.code())
    }

    /// The faults of a problem: where and what.
    pub fn faults(&self) -> Vec<(&str, &str)> {
        let place = |e: &'static str| e;
        let (pointer, parameter) = (place("pointer"), place("parameter"));
        let faults = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |v: &Value| v.as_str().map(str::len);
        assert!(faults.iter().all(|f| text(&f["detail"]) > Some(0)), "{self:?}");
        faults
            .iter()
            .map(|f| (f[pointer].as_str().or(f[parameter].as_str()).unwrap(), f["code"].as_str().unwrap()))
            .collect()
    }

    /// The body of an answer with this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The items of a page.
    pub fn items(&self) -> &[Value] {
        self.body["items"].as_array().unwrap_or_else(|| panic!("no page: {}", self.text))
    }

    /// The body without what differs from request to request.
    pub fn without_request_id(&self) -> String {
        self.text.replace(self.header("x-request-id").unwrap(), "…")
    }
}
