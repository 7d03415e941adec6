//! Tokens of programs: scoped, ending by themselves, and never one of the four eyes.

use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

async fn make(p: &Programme, role: &str, operations: &[&str]) -> (Value, String) {
    let mut new = json!({"name": "Sinkronisasi", "role": role, "operations": operations, "lifetime_days": 10});
    if role == "investor" {
        new["investor_id"] = json!(p.investor("investor"));
    }
    let made = p.post("admin", "/v1/service-tokens", &new).await.expect(201);
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let token = made.body["token"].as_str().unwrap().to_owned();
    (made.body, token)
}

async fn ask(p: &Programme, token: &str, method: &str, path: &str) -> Reply {
    let request = p.request(method, path).bearer_auth(token);
    send(if method == "GET" { request } else { request.json(&json!({})) }).await
}

fn path_of(token: &Value) -> String {
    format!("/v1/service-tokens/{}", token["id"].as_str().unwrap())
}

over_http!(a_program_does_what_is_listed_and_nothing_else, |p| {
    let (made, token) = make(p, "staff", &["listVentures", "createCohort"]).await;
    let ventures = ask(p, &token, "GET", "/v1/ventures?limit=5").await.expect(200);
    assert_eq!(ventures.items(), p.get("staff", "/v1/ventures?limit=5").await.items());
    let cohort = json!({"name": "Angkatan program", "starts_on": "2025-02-28", "ends_on": "2025-03-01"});
    let create = || p.request("POST", "/v1/cohorts").bearer_auth(&token).header("idempotency-key", "sekali");
    let first = send(create().json(&cohort)).await.expect(201);
    assert_eq!(send(create().json(&cohort)).await.expect(201).text, first.text);
    for (method, path) in
        [("GET", "/v1/cohorts"), ("GET", "/v1/me"), ("POST", "/v1/match-lists"), ("POST", "/v1/investors")]
    {
        assert_eq!(ask(p, &token, method, path).await.refusal(), (403, "out_of_scope"), "{method} {path}");
    }
    for (method, path) in [("GET", "/v1/users"), ("POST", "/v1/service-tokens"), ("GET", "/v1/audit")] {
        assert_eq!(ask(p, &token, method, path).await.refusal(), (403, "forbidden"), "{method} {path}");
    }
    // What it did stands under its own id, apart from what people do.
    let deeds = p.walk("auditor", "/v1/audit", 100).await;
    let made_cohort = deeds.iter().find(|deed| deed["subject"] == first.body["id"]).unwrap();
    assert_eq!((&made_cohort["actor"], &made_cohort["role"]), (&made["id"], &json!("staff")));
    // The token is nowhere but in the answer that gave it.
    for path in ["/v1/service-tokens".to_owned(), path_of(&made), "/v1/users?limit=100".into()] {
        assert!(!p.get("admin", &path).await.expect(200).text.contains(&token));
    }
    let id = made["id"].as_str().unwrap().parse().unwrap();
    let (kept, _) = p.service().read(|conn| Ok(sedaya::store::service_token::find(conn, id)?)).unwrap().unwrap();
    assert!(!format!("{kept:?}").contains(&token[3..20]));
});

over_http!(a_program_of_an_investor_sees_what_that_investor_sees, |p| {
    let (_, token) = make(p, "investor", &["listMatchLists", "listMatchListEntries"]).await;
    let lists = ask(p, &token, "GET", "/v1/match-lists").await.expect(200);
    assert_eq!(lists.text, p.get("investor", "/v1/match-lists").await.text);
    let own = format!("/v1/match-lists/{}/entries?limit=2", p.logins.match_list_id);
    let entries = ask(p, &token, "GET", &own).await.expect(200);
    assert_eq!(entries.items(), p.get("investor", &own).await.items());
    let other = p.get("investor_other", "/v1/match-lists").await.items()[0]["id"].as_str().unwrap().to_owned();
    let foreign = ask(p, &token, "GET", &format!("/v1/match-lists/{other}/entries")).await;
    assert_eq!(foreign.refusal(), (404, "not_found"));
});

over_http!(what_needs_a_person_cannot_be_listed, |p| {
    let new = |role: &str, operations: Value| json!({"name": "X", "role": role, "operations": operations});
    let refused = async |body: Value| {
        let reply = p.post("admin", "/v1/service-tokens", &body).await.expect(422);
        reply.faults().into_iter().map(|(at, code)| format!("{at} {code}")).collect::<Vec<_>>()
    };
    let faults = refused(new("staff", json!(["publishMatchList", "listVentures", "fly", "listUsers", "signIn"]))).await;
    let expected = [
        "/operations/0 for_people_only",
        "/operations/2 unknown_operation",
        "/operations/3 not_for_this_role",
        "/operations/4 not_for_this_role",
    ];
    assert_eq!(faults, expected);
    for role in ["admin", "owner"] {
        assert_eq!(refused(new(role, json!(["getMe"]))).await, ["/role not_for_this_role"]);
    }
    assert_eq!(refused(new("investor", json!(["getMe"]))).await, ["/investor_id missing_member"]);
    assert_eq!(refused(new("staff", json!([]))).await, ["/operations too_few"]);
    let endless = json!({"name": "X", "role": "staff", "operations": ["getMe"], "lifetime_days": 367});
    assert_eq!(refused(endless).await, ["/lifetime_days too_large"]);
});

over_http!(a_token_ends_and_is_taken_back_at_once, |p| {
    let (made, token) = make(p, "staff", &["listVentures"]).await;
    let path = path_of(&made);
    let asked = async || ask(p, &token, "GET", "/v1/ventures?limit=1").await.status;
    let change = async |body: Value| {
        let tag = p.get("admin", &path).await.expect(200).etag();
        p.patch("admin", &path, &tag, &body).await
    };
    assert_eq!(asked().await, 200);
    change(json!({"enabled": false})).await.expect(200);
    assert_eq!(asked().await, 401);
    let again = change(json!({"enabled": true, "name": "Baru"})).await.expect(200);
    assert_eq!((&again.body["name"], &again.body["operations"]), (&json!("Baru"), &json!(["listVentures"])));
    assert_eq!(asked().await, 200);
    change(json!({"operations": ["listCohorts"]})).await.expect(200);
    assert_eq!(asked().await, 403);
    let stale = p.patch("admin", &path, "\"1.admin.id\"", &json!({})).await;
    assert_eq!(stale.refusal(), (412, "stale_version"));
    change(json!({"operations": ["listVentures"]})).await.expect(200);
    // Ten days, to the second.
    p.advance(10 * 86_400 - 1);
    assert_eq!(asked().await, 200);
    p.advance(1);
    assert_eq!(asked().await, 401);
    // It cannot be made into something that signs in.
    let user = format!("/v1/users/{}", made["id"].as_str().unwrap());
    let tag = p.get("admin", &user).await.expect(200).etag();
    let password = p.patch("admin", &user, &tag, &json!({"password": "empat kata acak saja"})).await.expect(422);
    assert_eq!(password.faults(), [("/password", "not_for_this_role")]);
    // And people's accounts are no tokens.
    let person = format!("/v1/service-tokens/{}", p.actor("staff").user);
    assert_eq!(p.get("admin", &person).await.refusal(), (404, "not_found"));
});

over_http!(made_up_tokens_are_refused, |p| {
    let (_, token) = make(p, "staff", &["listVentures"]).await;
    let mut flipped = token.clone();
    let last = if flipped.pop() == Some('A') { 'B' } else { 'A' };
    flipped.push(last);
    for odd in [&flipped, "st_", "st_x", &token[..66], &format!("{token}A"), &token.to_uppercase(), &token[3..]] {
        assert_eq!(ask(p, odd, "GET", "/v1/ventures").await.refusal(), (401, "unauthenticated"), "{odd}");
    }
});
