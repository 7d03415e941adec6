//! The `Idempotency-Key`: what is asked for twice is done once.

use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

fn cohort(name: &str) -> Value {
    json!({"name": name, "starts_on": "2025-02-28", "ends_on": "2025-03-01"})
}

async fn make(p: &Programme, persona: &str, key: &str, body: &Value) -> Reply {
    send(p.by(persona, "POST", "/v1/cohorts").header("idempotency-key", key).json(body)).await
}

async fn named(p: &Programme, name: &str) -> usize {
    p.walk("staff", "/v1/cohorts", 100).await.iter().filter(|c| c["name"] == name).count()
}

fn is_replay(reply: &Reply) -> bool {
    reply.header("idempotency-replayed") == Some("true")
}

over_http!(a_repeated_request_gets_the_first_answer, |p| {
    let first = make(p, "staff", "satu", &cohort("Satu")).await.expect(201);
    assert!(!is_replay(&first));
    // Quoted or bare, members in any order: the same request.
    let reordered: Value =
        serde_json::from_str(r#"{"ends_on":"2025-03-01","starts_on":"2025-02-28","name":"Satu"}"#).unwrap();
    for (key, body) in [("satu", &cohort("Satu")), ("\"satu\"", &cohort("Satu")), ("satu", &reordered)] {
        let again = make(p, "staff", key, body).await.expect(201);
        assert!(is_replay(&again));
        assert_eq!((&again.text, again.etag()), (&first.text, first.etag()));
        assert_eq!(again.header("location"), first.header("location"));
    }
    assert_eq!(named(p, "Satu").await, 1);
    // Without a key, and under another one, it is another request.
    p.post("staff", "/v1/cohorts", &cohort("Satu")).await.expect(201);
    assert!(!is_replay(&make(p, "staff", "dua", &cohort("Satu")).await.expect(201)));
    // Keys are everybody's own.
    assert!(!is_replay(&make(p, "staff_second", "satu", &cohort("Satu")).await.expect(201)));
    assert_eq!(named(p, "Satu").await, 4);
});

over_http!(a_key_is_for_one_request, |p| {
    make(p, "staff", "k", &cohort("Satu")).await.expect(201);
    assert_eq!(make(p, "staff", "k", &cohort("Dua")).await.refusal(), (422, "idempotency_key_reused"));
    assert_eq!(named(p, "Dua").await, 0);
    let investor = json!({"name": "Yayasan", "kind": "foundation", "capacity": 5});
    let other_path = send(p.by("staff", "POST", "/v1/investors").header("idempotency-key", "k").json(&investor)).await;
    assert_eq!(other_path.refusal(), (422, "idempotency_key_reused"));
    let long = "x".repeat(201);
    for odd in ["", "\"\"", "a b", "a\"b", "ключ", &long] {
        let value = reqwest::header::HeaderValue::from_bytes(odd.as_bytes()).unwrap();
        let request = p.by("staff", "POST", "/v1/cohorts").header("idempotency-key", value);
        assert_eq!(send(request.json(&cohort("Dua"))).await.refusal(), (400, "invalid_idempotency_key"), "{odd}");
    }
    let twice = p.by("staff", "POST", "/v1/cohorts").header("idempotency-key", "a").header("idempotency-key", "b");
    assert_eq!(send(twice.json(&cohort("Dua"))).await.refusal(), (400, "invalid_idempotency_key"));
    assert_eq!(named(p, "Dua").await, 0);
});

over_http!(requests_at_once_have_one_effect, |p| {
    let body = cohort("Serentak");
    let all = futures_util::future::join_all((0..8).map(|_| make(p, "staff", "serentak", &body))).await;
    assert!(all.iter().all(|reply| reply.status == 201 && reply.text == all[0].text));
    assert_eq!(all.iter().filter(|reply| !is_replay(reply)).count(), 1);
    assert_eq!(named(p, "Serentak").await, 1);
});

over_http!(refusals_are_not_kept, |p| {
    let backwards = json!({"name": "Salah", "starts_on": "2025-03-01", "ends_on": "2025-02-28"});
    make(p, "staff", "k", &backwards).await.expect(422);
    // Mended, under the same key.
    assert!(!is_replay(&make(p, "staff", "k", &cohort("Betul")).await.expect(201)));
    assert_eq!(make(p, "investor", "k2", &cohort("Betul")).await.refusal(), (403, "forbidden"));
    assert_eq!(named(p, "Betul").await, 1);
});

over_http!(whoever_lost_the_right_gets_no_replay, |p| {
    let token = p.token("staff");
    let ask = async || {
        let request = p.request("POST", "/v1/cohorts").bearer_auth(&token).header("idempotency-key", "k");
        send(request.json(&cohort("Satu"))).await
    };
    ask().await.expect(201);
    let path = format!("/v1/users/{}", p.actor("staff").user);
    let tag = p.get("admin", &path).await.etag();
    p.patch("admin", &path, &tag, &json!({"enabled": false})).await.expect(200);
    assert_eq!(ask().await.refusal(), (401, "unauthenticated"));
});

over_http!(an_answer_is_kept_for_a_day, |p| {
    make(p, "staff", "k", &cohort("Satu")).await.expect(201);
    p.advance(86_400);
    assert!(is_replay(&make(p, "staff", "k", &cohort("Satu")).await.expect(201)));
    p.advance(1);
    assert!(!is_replay(&make(p, "staff", "k", &cohort("Lain")).await.expect(201)));
});

over_http!(effect_and_record_stand_or_fall_together, |p| {
    use diesel::connection::SimpleConnection as _;
    p.service()
        .db
        .write::<_, sedaya::store::StoreError>(|conn| Ok(conn.batch_execute("DROP TABLE idempotency")?))
        .unwrap();
    let request = p.by("staff", "POST", "/v1/cohorts").header("idempotency-key", "k").json(&cohort("Setengah"));
    assert_eq!(request.send().await.unwrap().status(), 500);
    assert_eq!(named(p, "Setengah").await, 0);
    p.post("staff", "/v1/cohorts", &cohort("Utuh")).await.expect(201);
});

over_http!(a_kept_answer_is_not_readable_in_the_database, |p| {
    let venture = p.actor("owner").venture.unwrap();
    let path = format!("/v1/ventures/{venture}/claim-code");
    let issue = async || send(p.by("staff", "POST", &path).header("idempotency-key", "kode")).await.expect(201);
    let (first, again) = (issue().await, issue().await);
    assert!(is_replay(&again));
    assert_eq!((&first.text, again.header("cache-control")), (&again.text, Some("no-store")));
    let code = first.body["code"].as_str().unwrap();
    let given = p.service().read(|conn| {
        let key_hash = p.service().keys.hashing().request(&[b"kode"]);
        let since = sedaya::domain::time::Instant::from_micros(0);
        Ok(sedaya::store::idempotency::find(conn, &p.actor("staff").user.to_string(), &key_hash, since)?)
    });
    let sealed = given.unwrap().unwrap().sealed;
    assert!(!sealed.windows(code.len()).any(|bytes| bytes == code.as_bytes()));
});

over_http!(a_list_is_made_and_published_once, |p| {
    let body = json!({"criteria_id": p.logins.criteria_id, "version": 1});
    let make = async || send(p.by("staff", "POST", "/v1/match-lists").header("idempotency-key", "m").json(&body)).await;
    let (made, again) = (make().await.expect(201), make().await.expect(201));
    assert!(is_replay(&again));
    assert_eq!(made.text, again.text);
    let path = format!("/v1/match-lists/{}/publish", made.body["id"].as_str().unwrap());
    let publish = async || {
        send(p.by("staff_second", "POST", &path).header("idempotency-key", "p").json(&json!({}))).await.expect(200)
    };
    // Without the key the second one would be refused: the list is no draft any more.
    assert_eq!(publish().await.text, publish().await.text);
    assert_eq!(p.post("staff_second", &path, &json!({})).await.refusal(), (409, "list_not_draft"));
});

over_http!(an_import_is_promised_once, |p| {
    let cohort = p.new_cohort("Impor").await;
    let sheet = sedaya::demo::CSV;
    let send_it = async |name: &str, bytes: &[u8]| {
        send(p.upload(&cohort, name, bytes, &[]).header("idempotency-key", "impor")).await
    };
    let first = send_it("a.csv", sheet).await.expect(202);
    let again = send_it("a.csv", sheet).await.expect(202);
    assert!(is_replay(&again) && !is_replay(&first));
    assert_eq!((&again.text, again.header("location")), (&first.text, first.header("location")));
    assert_eq!(send_it("a.csv", b"other").await.refusal(), (422, "idempotency_key_reused"));
    let ended = p.ended(first.header("location").unwrap()).await;
    assert_eq!(ended.body["state"], "applied", "{}", ended.text);
    assert_eq!(p.walk("staff", "/v1/imports", 100).await.iter().filter(|i| i["cohort_id"] == cohort).count(), 1);
});

/// Every deed takes a key; a what-if is none, and keeps nothing, and a one-time code works once by itself: that it was tried is kept
/// even where it is refused. A card for paper is printed anew with a new code: its answer, a page, is not kept.
const WITHOUT: [&str; 11] = [
    "rank",
    "elicitWeights",
    "askSecondOpinions",
    "compareRankings",
    "getStability",
    "getTornado",
    "getAcceptability",
    "getFairness",
    "confirmMyPhone",
    "printResultCard",
    "startMandateSession",
];

#[tokio::test]
async fn every_deed_takes_a_key() {
    let document = crate::support::app::TestApp::start().await.document().await;
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(post) = item.get("post").filter(|_| !path.starts_with("/v1/auth/")) else { continue };
        let names = post["parameters"].as_array().into_iter().flatten().map(|p| p["name"].as_str().unwrap());
        let takes = names.into_iter().any(|name| name == "Idempotency-Key");
        assert_eq!(takes, !WITHOUT.contains(&post["operationId"].as_str().unwrap()), "{path}");
        seen += usize::from(takes);
    }
    assert!(seen > 10);
}
