//! How often somebody may ask, and how often they may guess.

use serde_json::json;

use crate::over_http;
use crate::support::app::TestApp;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};
use sedaya::domain::actor::Role;

#[tokio::test]
async fn every_account_has_a_rate_of_its_own_and_so_has_an_address() {
    let app = TestApp::start_with(|config| config.rate_limit = 3, |_| {}).await;
    let ask = async |role: Role| send(app.as_role(role, "GET", "/v1/reference/sdgs")).await;
    for left in [2, 1, 0] {
        let reply = ask(Role::Staff).await.expect(200);
        assert_eq!(reply.header("ratelimit-policy"), Some("\"default\";q=3;w=60"));
        assert!(reply.header("ratelimit").unwrap().starts_with(&format!("\"default\";r={left};t=")), "{reply:?}");
    }
    let refused = ask(Role::Staff).await;
    assert_eq!(refused.refusal(), (429, "rate_limited"));
    assert!((1..=60).contains(&refused.header("retry-after").unwrap().parse::<u64>().unwrap()));
    assert!(refused.header("ratelimit").unwrap().starts_with("\"default\";r=0;t="));
    // Another account at the same address, and the address itself, have theirs.
    ask(Role::Investor).await.expect(200);
    let anybody = async || send(app.request("GET", "/.well-known/jwks.json")).await;
    for _ in 0..2 {
        anybody().await.expect(200);
    }
    // A token that does not hold counts against the address.
    let bad = async || send(app.request("GET", "/v1/me").bearer_auth("x.y.z")).await;
    assert_eq!(bad().await.refusal(), (401, "unauthenticated"));
    assert_eq!(bad().await.refusal(), (429, "rate_limited"));
    assert_eq!(anybody().await.refusal(), (429, "rate_limited"));
    ask(Role::Investor).await.expect(200);
}

#[tokio::test]
async fn without_a_limit_nothing_is_said_of_one() {
    let app = TestApp::start().await;
    let reply = send(app.as_role(Role::Staff, "GET", "/v1/reference/sdgs")).await.expect(200);
    assert_eq!((reply.header("ratelimit"), reply.header("ratelimit-policy")), (None, None));
}

async fn try_password(p: &Programme, password: &str) -> Reply {
    let username = &p.logins.of("staff").unwrap().username;
    send(p.request("POST", "/v1/auth/token").json(&json!({"username": username, "password": password}))).await
}

async fn try_code(p: &Programme, code: &str) -> Reply {
    send(p.request("POST", "/v1/auth/claim").json(&json!({"code": code}))).await
}

over_http!(twenty_failures_a_minute_are_free_and_more_are_refused, |p| {
    let right = &p.logins.of("staff").unwrap().password;
    let code = &p.logins.of("owner").unwrap().password;
    for n in 0..20 {
        let failed = if n % 2 == 0 { try_password(p, "salah-salah").await } else { try_code(p, "0000").await };
        assert_eq!(failed.refusal(), (401, "wrong_credentials"), "{n}");
        // Success is not counted, and does not forgive.
        if n == 10 {
            try_password(p, right).await.expect(200);
        }
    }
    // Not even the right ones are looked at now; another process on the database knows as well.
    let twin = p.twin().await;
    for asked in [p, &twin] {
        for refused in [try_password(asked, right).await, try_password(asked, "x").await, try_code(asked, code).await] {
            assert_eq!(refused.refusal(), (429, "rate_limited"));
            assert!((1..=60).contains(&refused.header("retry-after").unwrap().parse::<u64>().unwrap()));
        }
    }
    // Whoever is signed in goes on; and in the next minute all may try again.
    p.get("staff", "/v1/me").await.expect(200);
    p.advance(60);
    try_password(p, right).await.expect(200);
    try_code(p, code).await.expect(200);
});

over_http!(a_stranger_locks_himself_out_and_nobody_else, |p| {
    // As seen from behind one proxy, two addresses.
    let home: std::net::IpAddr = [198, 51, 100, 7].into();
    let stranger: std::net::IpAddr = [203, 0, 113, 9].into();
    let service = p.service();
    for _ in 0..100 {
        service.write(sedaya::ops::By::Nobody, |act| sedaya::ops::throttle::note_failure(act, stranger)).unwrap();
    }
    let refused = |address| {
        let now = service.clock.now();
        service.read(|conn| sedaya::ops::throttle::refused_for(conn, &service.keys, address, now)).unwrap()
    };
    assert!(refused(stranger).is_some());
    assert_eq!(refused(home), None);
});

#[tokio::test]
async fn only_pages_of_listed_origins_may_call() {
    let known = "https://app.example.org";
    let app = TestApp::start_with(|config| config.cors_origins = vec![known.into()], |_| {}).await;
    let preflight = async |origin: &str, path: &str| {
        let request = app.request("OPTIONS", path).header("origin", origin);
        send(request.header("access-control-request-method", "PATCH")).await
    };
    let told = preflight(known, "/v1/cohorts/coh_x").await.expect(204);
    assert_eq!(told.header("access-control-allow-origin"), Some(known));
    assert!(told.header("access-control-allow-methods").unwrap().contains("PATCH"));
    assert!(told.header("access-control-allow-headers").unwrap().contains("if-match"));
    assert_eq!(told.header("access-control-allow-credentials"), None);
    for other in
        ["https://app.example.org.evil.example", "http://app.example.org", "null", "https://APP.example.org", "*"]
    {
        let reply = preflight(other, "/v1/cohorts/coh_x").await.expect(204);
        assert_eq!(reply.header("access-control-allow-origin"), None, "{other}");
        assert_eq!(reply.header("access-control-allow-methods"), None, "{other}");
    }
    // Answers and refusals alike can be read by the page.
    for (role, path, status) in [(Role::Staff, "/v1/reference/sdgs", 200), (Role::Staff, "/v1/nothing", 404)] {
        let reply = send(app.as_role(role, "GET", path).header("origin", known)).await.expect(status);
        assert_eq!(reply.header("access-control-allow-origin"), Some(known));
        assert!(reply.header("access-control-expose-headers").unwrap().contains("etag"));
        assert!(reply.headers.get_all("vary").iter().any(|v| v == "Origin"));
    }
    // Off unless told.
    let closed = TestApp::start().await;
    let reply = send(closed.request("GET", "/.well-known/jwks.json").header("origin", known)).await.expect(200);
    assert_eq!(reply.header("access-control-allow-origin"), None);
}

over_http!(rankings_say_how_long_they_took, |p| {
    let path = format!("/v1/criteria/{}/matches", p.logins.criteria_id);
    let timing = p.get("staff", &path).await.expect(200).header("server-timing").unwrap().to_owned();
    let took: f64 = timing.strip_prefix("rank;dur=").unwrap().parse().unwrap();
    assert!((0.0..30_000.0).contains(&took));
});

over_http!(two_hundred_sign_ins_at_once_hurt_nobody_else, |p| {
    let right = &p.logins.of("staff").unwrap().password;
    let token = p.token("investor");
    let sign_ins = futures_util::future::join_all((0..200).map(|_| try_password(p, right)));
    let others = async {
        let mut answered = 0;
        for _ in 0..20 {
            send(p.request("GET", "/v1/me").bearer_auth(&token)).await.expect(200);
            answered += 1;
        }
        answered
    };
    let (all, answered) = futures_util::future::join(sign_ins, others).await;
    assert_eq!(answered, 20);
    // Hashes are worked out a few at a time, since each takes memory; whoever waits too long is told to come back.
    for reply in &all {
        let is_busy = reply.status == 503 && reply.code() == "overloaded" && reply.header("retry-after").is_some();
        assert!(reply.status == 200 || is_busy, "{}", reply.text);
    }
    assert!(all.iter().any(|reply| reply.status == 200));
    try_password(p, right).await.expect(200);
});

over_http!(refusals_take_no_connection_and_a_full_pool_is_503, |p| {
    let new = json!({"name": "", "starts_on": "2025-02-28", "ends_on": "2025-03-01"});
    // Let in, which needs the database, and remembered for a while.
    p.get("staff", "/v1/me").await.expect(200);
    let db = &p.service().db;
    let held: Vec<_> = (0..db.readers()).map(|_| db.read().unwrap()).collect();
    let post = || p.by("staff", "POST", "/v1/cohorts");
    for (request, refusal) in [
        (p.request("GET", "/nowhere"), (404, "not_found")),
        (p.request("DELETE", "/v1/cohorts"), (405, "method_not_allowed")),
        (p.request("GET", "/v1/cohorts"), (401, "unauthenticated")),
        (p.request("GET", "/v1/cohorts").bearer_auth("a.b.c"), (401, "unauthenticated")),
        (p.by("staff", "GET", "/v1/audit"), (403, "forbidden")),
        (p.by("staff", "GET", "/v1/cohorts/nonsense"), (404, "not_found")),
        (p.by("staff", "GET", "/v1/cohorts?sort=name"), (400, "invalid_query")),
        (post().body("{}"), (415, "unsupported_media_type")),
        (post().header("content-type", "application/json").body("{"), (400, "not_json")),
        (post().header("content-type", "application/json").body(vec![b' '; (1 << 20) + 1]), (413, "body_too_large")),
        (post().json(&new), (422, "invalid_body")),
    ] {
        assert_eq!(send(request).await.refusal(), refusal);
    }
    let busy = p.get("staff", "/v1/cohorts").await;
    assert_eq!(busy.refusal(), (503, "unavailable"));
    assert!(busy.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    drop(held);
    p.get("staff", "/v1/cohorts").await.expect(200);
});

/// A client that never ends its head is answered in the end and cut; others are served meanwhile.
#[tokio::test]
async fn a_slow_client_is_cut() {
    use std::io::{Read as _, Write as _};
    let app = TestApp::start().await;
    let addr = app.app.addr;
    let slow = tokio::task::spawn_blocking(move || {
        let mut socket = std::net::TcpStream::connect(addr).unwrap();
        socket.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
        socket.write_all(b"GET /v1/fields HTTP/1.1\r\nHost: x\r\nX-Slow: ").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    });
    send(app.as_role(Role::Staff, "GET", "/v1/fields")).await.expect(200);
    assert!(slow.await.unwrap().starts_with("HTTP/1.1 408"));
}
