//! Nothing is kept longer than it may be: what the daily job removes, when, and what it leaves.

use sedaya::ops::retention::sweep;
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::send;
use crate::support::sheet::Rows;

const DAY: i64 = 86_400;

async fn rule(p: &Programme, name: &str) -> Value {
    let all = p.get("staff", "/v1/retention").await.expect(200);
    all.items().iter().find(|rule| rule["rule"] == name).unwrap_or_else(|| panic!("{name}: {}", all.text)).clone()
}

over_http!(each_rule_says_what_it_covers_and_what_comes_next, |p| {
    sweep(p.service()).unwrap();
    let all = p.get("staff", "/v1/retention").await.expect(200);
    let periods: Vec<_> = all.items().iter().map(|rule| rule["period"].as_str().unwrap()).collect();
    assert_eq!(periods, ["P12M", "P24M", "P24M", "P90D", "P1D", "P24M", "P60M", "P35D"]);
    for line in all.items() {
        assert_eq!(line["last_run_at"].is_string(), line["means"] == "job", "{line}");
    }
    // The workshop ended on 15 November 2024; it was entered, consents were given and deeds done on the 20th.
    assert_eq!(rule(p, "profiles").await["next_due_on"], "2026-11-20");
    assert_eq!(rule(p, "listing_consent").await["next_due_on"], "2025-11-20");
    assert_eq!(rule(p, "audit").await["next_due_on"], "2029-11-20");
    assert_eq!(rule(p, "imports").await["next_due_on"], json!(null));
});

over_http!(quotes_of_imports_and_looks_go_in_their_time, |p| {
    let mut rows = Rows::only(&[0, 1, 2]);
    rows.set(0, "Kehadiran", "kenari");
    let job = p.import(&p.new_cohort("Kenari").await, "kenari.csv", &rows.csv(), &[]).await;
    let faults = format!("/v1/imports/{}/errors", job.body["id"].as_str().unwrap());
    let quoted = async || p.get("staff", &faults).await.expect(200).text.contains("kenari");
    assert!(quoted().await);
    let venture = p.user("owner").venture_id.unwrap();
    p.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200);
    let looks = async || p.walk("owner", "/v1/me/access-log", 100).await.len();
    assert_eq!(looks().await, 1);
    assert_eq!(rule(p, "imports").await["next_due_on"], "2025-02-18");

    p.advance(90 * DAY);
    sweep(p.service()).unwrap();
    assert!(quoted().await, "on the last day it is still kept");
    p.advance(DAY);
    assert!(sweep(p.service()).unwrap() > 0);
    assert!(!quoted().await && !p.get("staff", &faults).await.expect(200).items().is_empty());
    let imports = rule(p, "imports").await;
    assert!(imports["last_removed"].as_i64().unwrap() > 0 && imports["next_due_on"].is_null());
    // Once a day, by whichever process.
    let twin = p.twin().await;
    assert_eq!((sweep(p.service()).unwrap(), sweep(twin.service()).unwrap()), (0, 0));
    assert_eq!(looks().await, 1);
    assert_eq!(rule(p, "access_log").await["next_due_on"], "2026-11-20");
    let deeds: Vec<Value> = p.walk("auditor", "/v1/audit?action=retention.remove", 100).await;
    assert_eq!(deeds.iter().map(|deed| &deed["subject"]).collect::<Vec<_>>(), [&json!("imports")]);
});

over_http!(two_years_after_the_workshop_profiles_are_anonymous, |p| {
    let before = p.walk("staff", "/v1/ventures", 100).await.len();
    let venture = p.user("owner").venture_id.unwrap();
    // People without a business were there too.
    let cohort = p.cohort().await;
    let people = p.walk("staff", &format!("/v1/cohorts/{cohort}/participants"), 100).await;
    let alone = people.iter().find(|one| one["venture_id"].is_null()).unwrap();
    let session = json!({"topic": "entrepreneurship", "title": "Pembukaan", "held_on": "2024-11-14"});
    let session = p.post("staff", &format!("/v1/cohorts/{cohort}/sessions"), &session).await.expect(201);
    let path = format!("/v1/cohorts/{cohort}/sessions/{}/attendance", session.body["id"].as_str().unwrap());
    let there = json!({"items": [{"participant_id": alone["id"], "attendance": "in_person"}]});
    send(p.by("staff", "PUT", &path).header("if-match", session.etag()).json(&there)).await.expect(200);
    // Somebody still asks: that one stays until it is answered.
    p.advance(700 * DAY);
    let asked = p.post("owner", "/v1/me/requests", &json!({"kind": "access"})).await.expect(201);
    sweep(p.service()).unwrap();
    assert_eq!(p.walk("staff", "/v1/ventures", 100).await.len(), before);
    p.advance(29 * DAY);
    sweep(p.service()).unwrap();
    assert_eq!(p.walk("staff", "/v1/ventures", 100).await.len(), before, "entered later than the workshop");
    p.advance(DAY);
    assert!(sweep(p.service()).unwrap() > before);
    let left = p.walk("staff", "/v1/ventures", 100).await;
    assert_eq!(left.iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&json!(venture)]);
    let people = p.walk("staff", &format!("/v1/cohorts/{}/participants", p.cohort().await), 100).await;
    assert!(!people.is_empty() && people.iter().all(|one| one["venture_id"] == json!(venture)));
    // A list that stood then still stands, with gaps, and is proven as far as it is there.
    let replayed = p.get("auditor", &format!("/v1/match-lists/{}/replay", p.logins.match_list_id)).await.expect(200);
    assert_eq!(replayed.body["verdict"], "verified_except_erased");

    let path = format!("/v1/data-requests/{}", asked.body["id"].as_str().unwrap());
    let tag = p.get("staff", &path).await.expect(200).etag();
    let done = json!({"state": "answered", "answer": "Sudah dikirim."});
    p.patch("staff", &path, &tag, &done).await.expect(200);
    p.advance(DAY);
    sweep(p.service()).unwrap();
    assert_eq!(p.walk("staff", "/v1/ventures", 100).await, Vec::<Value>::new());
    assert_eq!(rule(p, "profiles").await["next_due_on"], json!(null));
});

over_http!(what_cases_say_goes_two_years_after_they_were_closed, |p| {
    let end = async |path: &str, done: Value| {
        let tag = p.get("staff", path).await.expect(200).etag();
        p.patch("staff", path, &tag, &done).await.expect(200);
    };
    let complaint = p.post("staff", "/v1/complaints", &json!({"text": "Bu Kenari tidak dibalas."})).await.expect(201);
    let complaint = complaint.header("location").unwrap();
    let incident = p.post("staff", "/v1/incidents", &json!({"what_happened": "Laptop kenari."})).await.expect(201);
    let incident = incident.header("location").unwrap();
    let open = p.post("staff", "/v1/complaints", &json!({"text": "Masih terbuka."})).await.expect(201);
    end(complaint, json!({"state": "closed", "done": "Sudah dibalas."})).await;
    end(incident, json!({"state": "closed", "done": "Ditemukan.", "no_breach": true})).await;
    assert_eq!(rule(p, "cases").await["next_due_on"], "2026-11-20");
    p.advance(730 * DAY);
    sweep(p.service()).unwrap();
    assert_eq!(p.get("staff", complaint).await.expect(200).body["done"], "Sudah dibalas.");
    p.advance(DAY);
    sweep(p.service()).unwrap();
    let (said, told) = (p.get("staff", complaint).await.expect(200), p.get("staff", incident).await.expect(200));
    assert!(said.body.get("text").is_none() && said.body.get("done").is_none() && said.body["closed_at"].is_string());
    assert!(told.body["what_happened"] == "" && told.body.get("done").is_none());
    assert_eq!(p.get("staff", open.header("location").unwrap()).await.expect(200).body["text"], "Masih terbuka.");
    assert_eq!(
        (rule(p, "cases").await["last_removed"].clone(), rule(p, "cases").await["next_due_on"].clone()),
        (json!(2), json!(null))
    );
});

over_http!(requests_are_counted_beside_what_they_are_of, |p| {
    let report = async || p.get("auditor", "/v1/reports/requests").await.expect(200).body;
    let none = report().await;
    assert_eq!((&none["all"]["total"], &none["all"]["median_hours"]), (&json!(0), &json!(null)));
    let mut ids = Vec::new();
    for kind in ["access", "access", "object"] {
        let made = p.post("owner", "/v1/me/requests", &json!({"kind": kind})).await.expect(201);
        ids.push(made.body["id"].as_str().unwrap().to_owned());
    }
    for (id, hours) in ids.iter().zip([10, 70]) {
        p.advance(hours * 3600);
        let path = format!("/v1/data-requests/{id}");
        let tag = p.get("staff", &path).await.expect(200).etag();
        let done = json!({"state": "answered", "answer": "Sudah."});
        p.patch("staff", &path, &tag, &done).await.expect(200);
    }
    let told = report().await;
    let all = &told["all"];
    assert_eq!(all["total"], 3);
    assert_eq!(all["by_state"][0], json!({"state": "open", "count": 1}));
    assert_eq!(all["by_state"][2], json!({"state": "answered", "count": 2}));
    assert_eq!((&all["overdue"], &all["resolved"], &all["in_time"]), (&json!(1), &json!(2), &json!(1)));
    assert_eq!(all["median_hours"], 45.0);
    let object = told["by_kind"].as_array().unwrap().iter().find(|one| one["kind"] == "object").unwrap();
    assert_eq!((&object["numbers"]["total"], &object["numbers"]["median_hours"]), (&json!(1), &json!(null)));
});
