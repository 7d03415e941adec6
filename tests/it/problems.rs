//! Every refusal is a problem document, in the caller's language, in the order that api.md lays down.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use sedaya::api::codes::Code;
use sedaya::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::app::{TestApp, problem_of, refused};
use crate::support::probe;

async fn probes() -> TestApp {
    TestApp::start_with(|_| {}, |outside| outside.routes = probe::routes).await
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn unknown_routes_and_wrong_methods_need_no_token() {
    let app = probes().await;
    for path in [
        "/nowhere",
        "/v1",
        "/v1/probes",
        "/v1/probes/",
        "/v1//probes/fixed",
        "/V1/probes/fixed",
        "/v1/probes/fixed/more",
    ] {
        assert_eq!(refused(app.request("GET", path)).await, is(404, "not_found"), "{path}");
        assert_eq!(refused(app.request("OPTIONS", path)).await, is(404, "not_found"), "{path}");
    }
    for method in ["DELETE", "POST", "PUT", "TRACE", "PURGE"] {
        let response = app.request(method, "/v1/probes/anything").send().await.unwrap();
        assert_eq!(response.headers()["allow"], "GET, HEAD, OPTIONS, PATCH");
        assert_eq!(problem_of(response).await.1, "method_not_allowed", "{method}");
    }
    let response = app.request("GET", "/v1/probes/shape").send().await.unwrap();
    assert_eq!(response.headers()["allow"], "OPTIONS, POST");
    assert_eq!(problem_of(response).await.0, 405);
}

#[tokio::test]
async fn head_is_get_without_a_body_and_options_lists_the_methods() {
    let app = probes().await;
    let get = app.request("GET", "/v1/probes/fixed").send().await.unwrap();
    let head = app.request("HEAD", "/v1/probes/fixed").send().await.unwrap();
    assert_eq!(head.status(), 200);
    for name in ["content-type", "content-length", "cache-control", "vary"] {
        assert_eq!(head.headers().get(name), get.headers().get(name), "{name}");
    }
    assert!(head.bytes().await.unwrap().is_empty());
    let head = app.request("HEAD", "/v1/probes/shape").send().await.unwrap();
    assert_eq!(head.status(), 405);
    assert!(head.bytes().await.unwrap().is_empty());
    let options = app.request("OPTIONS", "/v1/probes/anything").send().await.unwrap();
    assert_eq!(
        (options.status().as_u16(), &options.headers()["allow"]),
        (204, &"GET, HEAD, OPTIONS, PATCH".parse().unwrap())
    );
}

/// One request that breaks every rule, mended one by one, meets the refusals in their order.
#[tokio::test]
async fn refusals_come_in_their_order() {
    let app = probes().await;
    let send = |token: Option<Role>, path: String, kind: Option<&str>, body: Vec<u8>, tag: Option<&str>| {
        let mut request = match token {
            Some(role) => app.as_role(role, "PATCH", &path),
            None => app.request("PATCH", &path),
        };
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        if let Some(tag) = tag {
            request = request.header("if-match", tag);
        }
        request.body(body)
    };
    let other: sedaya::domain::id::CohortId = sedaya::domain::id::Ids::Random.next(crate::support::app::NOW);
    let own = app.people.cohort;
    let bad = |id: &str| format!("/v1/probes/{id}?limit=0");
    let good = format!("/v1/probes/{own}?limit=5");
    let long = vec![b' '; (1 << 20) + 1];
    let json = Some("application/json");
    for (step, request, answer) in [
        ("no token", send(None, bad("x"), None, long.clone(), None), is(401, "unauthenticated")),
        ("role", send(Some(Role::Auditor), bad("x"), None, long.clone(), None), is(403, "forbidden")),
        ("malformed id", send(Some(Role::Staff), bad("x"), None, long.clone(), None), is(404, "not_found")),
        (
            "not theirs",
            send(Some(Role::Staff), bad(&other.to_string()), None, long.clone(), None),
            is(404, "not_found"),
        ),
        ("query", send(Some(Role::Staff), bad(&own.to_string()), None, long.clone(), None), is(400, "invalid_query")),
        (
            "content type",
            send(Some(Role::Staff), good.clone(), Some("text/plain"), long.clone(), None),
            is(415, "unsupported_media_type"),
        ),
        ("size", send(Some(Role::Staff), good.clone(), json, long.clone(), None), is(413, "body_too_large")),
        ("JSON", send(Some(Role::Staff), good.clone(), json, b"{".to_vec(), None), is(400, "not_json")),
        ("shape", send(Some(Role::Staff), good.clone(), json, b"{}".to_vec(), None), is(422, "invalid_body")),
        (
            "If-Match",
            send(Some(Role::Staff), good.clone(), json, br#"{"name":"a","count":1}"#.to_vec(), None),
            is(428, "precondition_required"),
        ),
    ] {
        assert_eq!(refused(request).await, answer, "{step}");
    }
    let done = send(Some(Role::Staff), good, json, br#"{"name":"a","count":1}"#.to_vec(), Some("\"7.staff.en\""))
        .send()
        .await
        .unwrap();
    assert_eq!(done.headers()["etag"], "\"8.staff.id\"");
    assert_eq!(done.json::<Value>().await.unwrap()["says"], format!("staff {own} Some(5) None None a 7"));
}

#[tokio::test]
async fn an_unknown_id_and_a_hidden_one_are_answered_alike() {
    let app = probes().await;
    let hidden: sedaya::domain::id::CohortId = sedaya::domain::id::Ids::Random.next(crate::support::app::NOW);
    let mut bodies = Vec::new();
    for id in [
        hidden.to_string(),
        "coh_00000000000000000000000000".into(),
        "nonsense".into(),
        app.people.cohort.to_string().to_uppercase(),
    ] {
        let (_, code, mut body) =
            problem_of(app.as_role(Role::Staff, "GET", &format!("/v1/probes/{id}")).send().await.unwrap()).await;
        assert_eq!(code, "not_found");
        body["instance"] = Value::Null;
        bodies.push(body);
    }
    assert!(bodies.windows(2).all(|w| w[0] == w[1]));
}

#[tokio::test]
async fn handlers_with_disordered_arguments_are_found_out() {
    let app = probes().await;
    let request = app.request("POST", "/v1/probes/disorder").json(&json!({"name": "a", "count": 1}));
    assert_eq!(refused(request).await, is(500, "internal_error"));
}

async fn shape(app: &TestApp, body: Value) -> Vec<(String, String)> {
    let response = app.request("POST", "/v1/probes/shape").json(&body).send().await.unwrap();
    if response.status() == 200 {
        return Vec::new();
    }
    let (status, _, problem) = problem_of(response).await;
    assert_eq!(status, 422);
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let mut faults: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|f| (text(&f["pointer"]), text(&f["code"]))).collect();
    faults.sort();
    faults
}

fn faults(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(p, c)| ((*p).to_owned(), (*c).to_owned())).collect()
}

#[tokio::test]
async fn all_shape_faults_at_once_with_their_places() {
    let app = probes().await;
    assert_eq!(shape(&app, json!({"name": "a", "count": 1.0, "kinds": ["grant"]})).await, faults(&[]));
    let everything = json!({
        "name": "x".repeat(21), "count": "1", "amount": {"amount": "007", "currency": "USD", "more": 1},
        "kinds": ["grant", "gift"], "~odd/name": 1,
    });
    assert_eq!(
        shape(&app, everything).await,
        faults(&[
            ("/amount/amount", "wrong_format"),
            ("/amount/currency", "not_allowed"),
            ("/amount/more", "unknown_member"),
            ("/count", "wrong_type"),
            ("/kinds/1", "not_allowed"),
            ("/name", "too_long"),
            ("/~0odd~1name", "unknown_member"),
        ])
    );
    assert_eq!(shape(&app, json!([])).await, faults(&[("", "wrong_type")]));
    assert_eq!(
        shape(&app, json!({"name": "", "count": 11})).await,
        faults(&[("/count", "too_large"), ("/name", "too_short")])
    );
    // White space says nothing, whoever counts what as white space.
    for blank in [" ", "\t\n", "\u{a0}\u{3000}", "\u{1c}", "\u{85}", "\u{feff}"] {
        assert_eq!(shape(&app, json!({"name": blank, "count": 1})).await, faults(&[("/name", "blank")]), "{blank:?}");
    }
    assert_eq!(shape(&app, json!({"name": " a ", "count": 1})).await, faults(&[]));
    assert_eq!(
        shape(&app, json!({"count": -1})).await,
        faults(&[("/count", "too_small"), ("/name", "missing_member")])
    );
    let null_is_not_absent = json!({"name": "a", "count": 1, "amount": null});
    assert_eq!(shape(&app, null_is_not_absent).await, faults(&[("/amount", "wrong_type")]));
}

/// In a choice of forms, the fault is reported inside the form that was meant.
#[tokio::test]
async fn a_choice_is_judged_by_its_kind() {
    let app = probes().await;
    let form = |form: Value| json!({"name": "a", "count": 1, "form": form});
    assert_eq!(shape(&app, form(json!({"kind": "round", "radius": 1}))).await, faults(&[]));
    assert_eq!(shape(&app, form(Value::Null)).await, faults(&[]));
    let twice = form(json!({"kind": "square", "side": 0, "radius": 1}));
    assert_eq!(shape(&app, twice).await, faults(&[("/form/radius", "unknown_member"), ("/form/side", "too_small")]));
    assert_eq!(shape(&app, form(json!({"kind": "oval"}))).await, faults(&[("/form", "no_alternative")]));
    // Beside null there is one form to have meant.
    assert_eq!(shape(&app, form(json!(7))).await, faults(&[("/form", "no_alternative")]));
}

#[tokio::test]
async fn faults_never_repeat_what_was_sent() {
    let app = probes().await;
    let secret = "3174096112900001";
    let body = json!({"name": secret.repeat(3), "count": secret, "amount": secret, "kinds": [secret], "form": {"kind": secret}});
    let text = app.request("POST", "/v1/probes/shape").json(&body).send().await.unwrap().text().await.unwrap();
    assert!(!text.contains(secret), "{text}");
    let broken = format!("{{\"name\": \"{secret}\",, }}");
    let request = app.request("POST", "/v1/probes/shape").header("content-type", "application/json").body(broken);
    assert!(!request.send().await.unwrap().text().await.unwrap().contains(secret));
}

#[tokio::test]
async fn queries_are_strict() {
    let app = probes().await;
    let own = app.people.cohort;
    let ask = async |query: &str| {
        let path = format!("/v1/probes/{own}?{query}");
        let request = app.as_role(Role::Staff, "PATCH", &path).header("if-match", "\"1.staff.id\"");
        let response = request.json(&json!({"name": "a", "count": 1})).send().await.unwrap();
        if response.status() == 200 {
            return Vec::new();
        }
        let (status, code, body) = problem_of(response).await;
        assert_eq!((status, code.as_str()), (400, "invalid_query"), "{query}");
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        body["errors"].as_array().unwrap().iter().map(|f| (text(&f["parameter"]), text(&f["code"]))).collect()
    };
    assert_eq!(ask("").await, faults(&[]));
    assert_eq!(ask("limit=1&deep=true&kind=soft_loan").await, faults(&[]));
    assert_eq!(ask("limit=101").await, faults(&[("limit", "too_large")]));
    assert_eq!(
        ask("limit=abc&deep=yes&kind=gift").await,
        faults(&[("limit", "wrong_type"), ("deep", "wrong_type"), ("kind", "not_allowed")])
    );
    for spelling in ["01", "+1", "1.0", "", "%31%20", "99999999999999999999"] {
        assert_eq!(ask(&format!("limit={spelling}")).await, faults(&[("limit", "wrong_type")]), "{spelling}");
    }
    assert_eq!(
        ask("limit=1&limit=1&other=1").await,
        faults(&[("limit", "repeated_parameter"), ("other", "unknown_parameter")])
    );
    // Also where an operation declares no parameter at all, with and without one in its path.
    assert_eq!(refused(app.request("GET", "/v1/probes/fixed?x=1")).await, is(400, "invalid_query"));
    assert_eq!(
        refused(app.as_role(Role::Staff, "GET", &format!("/v1/probes/{own}?x=1"))).await,
        is(400, "invalid_query")
    );
    assert_eq!(refused(app.as_role(Role::Staff, "GET", "/v1/probes/x?x=1")).await, is(404, "not_found"));
}

#[tokio::test]
async fn bodies_are_json_and_say_so() {
    let app = probes().await;
    let post = || app.request("POST", "/v1/probes/shape").body(r#"{"name":"a","count":1}"#);
    for good in ["application/json", "Application/JSON; charset=utf-8"] {
        assert_eq!(post().header("content-type", good).send().await.unwrap().status(), 200, "{good}");
    }
    assert_eq!(refused(post()).await, is(415, "unsupported_media_type"));
    for bad in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json", ""] {
        assert_eq!(refused(post().header("content-type", bad)).await, is(415, "unsupported_media_type"), "{bad}");
    }
    let packed = post().header("content-type", "application/json").header("content-encoding", "gzip");
    assert_eq!(refused(packed).await, is(415, "unsupported_media_type"));
    for bad in [r#"{"name":"a","name":"b","count":1}"#, "{", "", "{}{}", "\u{feff}{}"] {
        let request = app.request("POST", "/v1/probes/shape").header("content-type", "application/json").body(bad);
        assert_eq!(refused(request).await, is(400, "not_json"), "{bad}");
    }
}

/// The whole of a body that is up to 8 MiB too long is taken in, so that the refusal arrives and no reset.
#[tokio::test]
async fn a_body_too_long_is_answered_not_reset() {
    let app = probes().await;
    for megabytes in [2, 9] {
        let body = vec![b' '; megabytes << 20];
        let json =
            app.request("POST", "/v1/probes/shape").header("content-type", "application/json").body(body.clone());
        assert_eq!(refused(json).await, is(413, "body_too_large"));
        // Nor is it when the refusal comes before the body is looked at.
        assert_eq!(refused(app.request("PATCH", "/v1/probes/x").body(body.clone())).await, is(401, "unauthenticated"));
        assert_eq!(refused(app.request("POST", "/nowhere").body(body)).await, is(404, "not_found"));
    }
}

#[tokio::test]
async fn panics_and_lateness_are_problems_and_the_service_lives_on() {
    let app = TestApp::start_with(|c| c.deadline = Duration::from_millis(300), |o| o.routes = probe::routes).await;
    for path in ["/v1/probes/panic", "/v1/probes/blocking-panic"] {
        let response = app.request("GET", path).send().await.unwrap();
        assert!(response.headers().contains_key("x-content-type-options"));
        let (status, code, body) = problem_of(response).await;
        assert_eq!((status, code.as_str()), (500, "internal_error"));
        assert!(!body.to_string().contains("on purpose"));
    }
    let response = app.request("GET", "/v1/probes/slow").send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(problem_of(response).await.1, "deadline_exceeded");
    assert_eq!(app.request("GET", "/v1/probes/fixed").send().await.unwrap().status(), 200);
    let metrics = format!("http://{}/metrics", app.app.admin_addr);
    let text = app.client.get(metrics).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("sedaya_problems_total{code=\"internal_error\"} 2"), "{text}");
    assert!(text.contains("sedaya_requests_total{operation=\"slowProbe\",status=\"5xx\"} 1"), "{text}");
}

#[tokio::test]
async fn titles_follow_accept_language_and_codes_do_not() {
    let app = probes().await;
    for (accepts, lang) in [
        (None, "id"),
        (Some("en"), "en"),
        (Some("en-GB, id;q=0.5"), "en"),
        (Some("id;q=0.5, en;q=0.4"), "id"),
        (Some("fr, en;q=0.1"), "en"),
        (Some("fr"), "id"),
        (Some("in-ID"), "id"),
        (Some("*"), "id"),
        (Some("%%%"), "id"),
    ] {
        let mut request = app.request("GET", "/nowhere");
        if let Some(accepts) = accepts {
            request = request.header("accept-language", accepts);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-language"], lang, "{accepts:?}");
        let (_, _, body) = problem_of(response).await;
        assert_eq!(body["title"], if lang == "id" { "Tidak ditemukan" } else { "Not found" });
    }
}

#[tokio::test]
async fn every_code_has_a_page_in_both_languages() {
    let app = TestApp::start().await;
    for code in Code::ALL {
        let e = code.entry();
        for (lang, title) in [("id", e.title.id), ("en", e.title.en)] {
            let request = app.request("GET", &format!("/problems/{}", e.code)).header("accept-language", lang);
            let response = request.send().await.unwrap();
            assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
            let page = response.text().await.unwrap();
            assert!(page.contains(title) && page.contains(e.code) && page.contains(&format!("lang=\"{lang}\"")));
        }
    }
    assert_eq!(refused(app.request("GET", "/problems/nonsense")).await, is(404, "not_found"));
    assert!(app.request("GET", "/problems").send().await.unwrap().text().await.unwrap().contains("missing_member"));
}

#[tokio::test]
async fn conditional_reads_come_after_authorisation() {
    let app = probes().await;
    let path = format!("/v1/probes/{}", app.people.cohort);
    let first = app.as_role(Role::Staff, "GET", &path).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(first.headers()["etag"], "\"3.staff.id\"");
    assert_eq!(first.headers()["cache-control"], "private, no-cache");
    assert!(first.headers()["vary"].to_str().unwrap().contains("Authorization, Accept, Accept-Language"));
    assert!(!first.headers().contains_key("content-encoding"), "a strong tag names one sequence of bytes");
    let with = |request: reqwest::RequestBuilder, tag: &str| request.header("if-none-match", tag.to_owned());
    let unchanged = with(app.as_role(Role::Staff, "GET", &path), "\"3.staff.id\"").send().await.unwrap();
    assert_eq!((unchanged.status().as_u16(), unchanged.headers()["etag"].to_str().unwrap()), (304, "\"3.staff.id\""));
    assert!(unchanged.headers().contains_key("vary"));
    assert!(unchanged.bytes().await.unwrap().is_empty());
    let other_language = with(app.as_role(Role::Staff, "GET", &path).header("accept-language", "en"), "\"3.staff.id\"");
    assert_eq!(other_language.send().await.unwrap().status(), 200);
    assert_eq!(refused(with(app.request("GET", &path), "\"3.staff.id\"")).await, is(401, "unauthenticated"));
    assert_eq!(refused(with(app.as_role(Role::Owner, "GET", &path), "*")).await, is(403, "forbidden"));
}

#[tokio::test]
async fn only_answers_without_tag_or_secret_are_compressed() {
    let app = probes().await;
    let fixed = app.request("GET", "/v1/probes/fixed").header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(fixed.headers()["content-encoding"], "gzip");
    let vary: Vec<_> = fixed.headers().get_all("vary").iter().map(|v| v.to_str().unwrap().to_lowercase()).collect();
    assert!(vary.join(",").contains("accept-encoding"), "{vary:?}");
    let secret = app
        .request("POST", "/v1/probes/shape")
        .header("accept-encoding", "gzip")
        .json(&json!({"name": "a", "count": 1}));
    let secret = secret.send().await.unwrap();
    assert_eq!(secret.headers()["cache-control"], "no-store");
    assert!(!secret.headers().contains_key("content-encoding"));
}

/// Headers of our own making, on every kind of answer.
#[tokio::test]
async fn standing_headers() {
    let app = probes().await;
    for path in ["/v1/probes/fixed", "/nowhere", "/openapi.json", "/docs/", "/problems"] {
        let response = app.request("GET", path).send().await.unwrap();
        for name in [
            "x-request-id",
            "x-content-type-options",
            "content-security-policy",
            "referrer-policy",
            "vary",
            "cache-control",
        ] {
            assert!(response.headers().contains_key(name), "{path} has no {name}");
        }
    }
    let docs = app.request("GET", "/docs/").send().await.unwrap();
    assert!(docs.text().await.unwrap().contains("swagger-ui"));
    assert_eq!(app.request("GET", "/docs").send().await.unwrap().headers()["location"], "/docs/");
}

/// What is no HTTP never reaches a handler, and is refused all the same.
#[tokio::test]
async fn rubbish_on_the_socket_is_refused() {
    let app = TestApp::start().await;
    let addr = app.app.addr;
    let answer = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(addr).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.write_all(b"NONSENSE\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    });
    assert!(answer.await.unwrap().starts_with("HTTP/1.1 400"));
    assert_eq!(app.request("GET", "/").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn no_answer_tells_what_it_runs_on() {
    let app = probes().await;
    for path in ["/v1/probes/fixed", "/nowhere", "/v1/probes/panic", "/docs/", "/openapi.json"] {
        let response = app.request("GET", path).send().await.unwrap();
        for name in ["server", "x-powered-by", "via"] {
            assert!(!response.headers().contains_key(name), "{path} has {name}");
        }
        let text = response.text().await.unwrap().to_lowercase();
        for inside in ["actix", "diesel", "sqlite", "postgres", "panicked", "src/"] {
            assert!(path.starts_with("/docs") || !text.contains(inside), "{path} tells of {inside}");
        }
    }
}
