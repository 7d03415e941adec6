//! Accounts and investors: made, read, changed under their tags, paged.

use reqwest::StatusCode;
use serde_json::json;

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::send;

over_http!(an_account_is_made_read_and_changed, |p| {
    let new = json!({"username": "rina.staf", "password": "tiga kata acak saja", "role": "staff"});
    let made = p.post("admin", "/v1/users", &new).await.expect(201);
    let path = made.header("location").unwrap();
    assert_eq!(path, format!("/v1/users/{}", made.body["id"].as_str().unwrap()));
    assert_eq!(made.body["version"], 1);
    assert!(!made.text.contains("kata") && made.body.get("password").is_none());
    let read = p.get("admin", path).await.expect(200);
    assert_eq!((read.etag(), &read.body), (made.etag(), &made.body));
    let unchanged = send(p.by("admin", "GET", path).header("if-none-match", made.etag())).await.expect(304);
    assert!(unchanged.text.is_empty());
    assert_eq!(unchanged.etag(), made.etag());

    let again = p.post("admin", "/v1/users", &new).await;
    assert_eq!(again.refusal(), (409, "username_taken"));

    let change = json!({"enabled": false});
    let bare = send(p.by("admin", "PATCH", path).json(&change)).await;
    assert_eq!(bare.refusal(), (428, "precondition_required"));
    let changed = p.patch("admin", path, &made.etag(), &change).await.expect(200);
    assert_eq!((&changed.body["version"], &changed.body["enabled"]), (&json!(2), &json!(false)));
    assert_ne!(changed.etag(), made.etag());
    let stale = p.patch("admin", path, &made.etag(), &change).await;
    assert_eq!(stale.refusal(), (412, "stale_version"));
    send(p.by("admin", "GET", path).header("if-none-match", made.etag())).await.expect(200);
    // Nothing to change is a change of nothing; only its version says that somebody asked.
    let same = p.patch("admin", path, &changed.etag(), &json!({})).await.expect(200);
    assert_eq!(same.body["enabled"], false);
});

over_http!(role_and_investor_go_together, |p| {
    let investor = p.investor("investor").to_string();
    let make = async |role: &str, investor: Option<&str>| {
        let mut new = json!({"username": format!("akun-{role}"), "password": "tiga kata acak saja", "role": role});
        if let Some(id) = investor {
            new["investor_id"] = id.into();
        }
        p.post("admin", "/v1/users", &new).await
    };
    assert_eq!(make("investor", None).await.expect(422).faults(), [("/investor_id", "missing_member")]);
    assert_eq!(make("auditor", Some(&investor)).await.expect(422).faults(), [("/investor_id", "not_for_this_role")]);
    assert_eq!(make("owner", None).await.expect(422).faults(), [("/role", "not_for_this_role")]);
    let unknown = make("investor", Some("inv_01jcnq8xvgf0nadk1qh2t8wz5e")).await;
    assert_eq!(unknown.refusal(), (404, "not_found"));
    let made = make("investor", Some(&investor)).await.expect(201);
    assert_eq!(made.body["investor_id"], investor);
    let all =
        p.post("admin", "/v1/users", &json!({"username": "X", "password": "short", "role": "boss", "x": 1})).await;
    let mut faults = all.expect(422).faults().into_iter().map(|(at, _)| at.to_owned()).collect::<Vec<_>>();
    faults.sort();
    assert_eq!(faults, ["/password", "/role", "/username", "/x"]);
});

over_http!(accounts_come_in_pages, |p| {
    let all = p.walk("admin", "/v1/users", 100).await;
    assert_eq!(all.len(), p.logins.logins.len());
    for limit in [1, 3, all.len()] {
        assert_eq!(p.walk("admin", "/v1/users", limit).await, all);
    }
    assert!(all.iter().all(|user| user.get("password_hash").is_none()));
});

over_http!(an_investor_is_made_read_and_changed, |p| {
    let new = json!({"name": "Yayasan Contoh", "kind": "foundation", "capacity": 3});
    let made = p.post("staff", "/v1/investors", &new).await.expect(201);
    let path = made.header("location").unwrap();
    assert_eq!(path, format!("/v1/investors/{}", made.body["id"].as_str().unwrap()));
    for (key, value) in new.as_object().unwrap() {
        assert_eq!(&made.body[key], value);
    }
    let read = p.get("staff_second", path).await.expect(200);
    assert_eq!((read.etag(), &read.body), (made.etag(), &made.body));
    send(p.by("staff", "GET", path).header("if-none-match", made.etag())).await.expect(304);
    assert_eq!(send(p.by("staff", "PATCH", path).json(&json!({"capacity": 4}))).await.status, 428);
    let changed = p.patch("staff", path, &made.etag(), &json!({"capacity": 4})).await.expect(200);
    assert_eq!((&changed.body["capacity"], &changed.body["name"]), (&json!(4), &new["name"]));
    assert_eq!(p.patch("staff", path, &made.etag(), &json!({"capacity": 5})).await.status, 412);
    // A version is compared, not the language it was read in.
    let english = send(p.by("staff", "GET", path).header("accept-language", "en")).await.expect(200);
    assert_ne!(english.etag(), changed.etag());
    p.patch("staff", path, &english.etag(), &json!({"name": "Yayasan Contoh Baru"})).await.expect(200);
    for odd in ["*", "\"1\"", "W/\"4.full.id\"", "\"99.full.id\""] {
        let status = p.patch("staff", path, odd, &json!({"capacity": 5})).await.status;
        assert_eq!(status, if odd == "*" { 428 } else { 412 }, "{odd}");
    }
    let wrong = json!({"capacity": -1, "kind": "csr", "name": null});
    let refused = p.patch("staff", path, "\"3.full.id\"", &wrong).await.expect(422);
    assert_eq!(refused.faults().len(), 3, "{}", refused.text);
});

over_http!(an_investor_knows_only_its_own_profile, |p| {
    let (own, other) = (p.investor("investor"), p.investor("investor_other"));
    let own = format!("/v1/investors/{own}");
    let read = p.get("investor", &own).await.expect(200);
    p.patch("investor", &own, &read.etag(), &json!({"capacity": 9})).await.expect(200);
    p.unknown_to("investor", "GET", &format!("/v1/investors/{other}")).await;
    p.unknown_to("investor", "PATCH", &format!("/v1/investors/{other}")).await;
    p.unknown_to("investor", "GET", &format!("/v1/investors/{other}/criteria")).await;
    assert_eq!(p.get("investor", "/v1/investors").await.refusal(), (403, "forbidden"));
    assert_eq!(p.walk("staff", "/v1/investors", 2).await, p.walk("staff_second", "/v1/investors", 3).await);
});

async fn race(p: &Programme, persona: &str, path: &str, bodies: [serde_json::Value; 2]) {
    let tag = p.get(persona, path).await.etag();
    let send = async |body: &serde_json::Value| p.patch(persona, path, &tag, body).await;
    let (one, two) = tokio::join!(send(&bodies[0]), send(&bodies[1]));
    let mut answers = [one.status, two.status];
    answers.sort_unstable();
    assert_eq!(answers, [StatusCode::OK.as_u16(), StatusCode::PRECONDITION_FAILED.as_u16()], "{path}");
    let winner = if one.status == 200 { one } else { two };
    assert_eq!(p.get(persona, path).await.body, winner.body, "what was acknowledged is what stands");
}

over_http!(of_two_changes_at_once_one_wins, |p| {
    for round in 0..5 {
        let investor = format!("/v1/investors/{}", p.investor("investor"));
        race(p, "staff", &investor, [json!({"capacity": 100 + round}), json!({"capacity": 200 + round})]).await;
        let cohort = format!("/v1/cohorts/{}", p.cohort().await);
        race(p, "staff", &cohort, [json!({"name": format!("A{round}")}), json!({"name": format!("B{round}")})]).await;
        let user = format!("/v1/users/{}", p.actor("auditor").user);
        race(p, "admin", &user, [json!({"enabled": true}), json!({"password": "empat kata acak lain"})]).await;
    }
});
