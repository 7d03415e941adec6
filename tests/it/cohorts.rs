//! Cohorts, their people and ventures, rubrics and assessments: made, read, changed, paged.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::over_http;
use crate::support::reply::send;

over_http!(a_cohort_is_made_read_and_changed, |p| {
    let new = json!({"name": "Lokakarya kedua", "starts_on": "2025-02-28", "ends_on": "2025-03-01"});
    let made = p.post("staff", "/v1/cohorts", &new).await.expect(201);
    let path = made.header("location").unwrap();
    assert_eq!(path, format!("/v1/cohorts/{}", made.body["id"].as_str().unwrap()));
    for (key, value) in new.as_object().unwrap() {
        assert_eq!(&made.body[key], value);
    }
    assert_eq!(made.body["version"], 1);
    let read = p.get("staff_second", path).await.expect(200);
    assert_eq!((read.etag(), &read.body), (made.etag(), &made.body));
    assert_eq!(read.header("cache-control"), Some("private, no-cache"));
    send(p.by("staff", "GET", path).header("if-none-match", made.etag())).await.expect(304);

    let name = json!({"name": "Lokakarya kedua (daring)"});
    assert_eq!(send(p.by("staff", "PATCH", path).json(&name)).await.refusal(), (428, "precondition_required"));
    let changed = p.patch("staff", path, &made.etag(), &name).await.expect(200);
    assert_eq!((&changed.body["name"], &changed.body["starts_on"]), (&name["name"], &new["starts_on"]));
    assert_eq!(p.patch("staff", path, &made.etag(), &name).await.refusal(), (412, "stale_version"));
    // The version comes last: what is wrong with the body is said first.
    let backwards = p.patch("staff", path, &made.etag(), &json!({"ends_on": "2025-02-27"})).await;
    assert_eq!(backwards.expect(422).faults(), [("/ends_on", "ends_before_it_starts")]);
    let both = json!({"starts_on": "2025-06-01", "ends_on": "2025-06-02"});
    p.patch("staff", path, &changed.etag(), &both).await.expect(200);
});

over_http!(what_a_cohort_cannot_be, |p| {
    let make = async |body: Value| p.post("staff", "/v1/cohorts", &body).await.expect(422);
    let day = "2025-02-28";
    for (body, want) in [
        (json!({"name": "A", "starts_on": day, "ends_on": "2025-02-27"}), ("/ends_on", "ends_before_it_starts")),
        (json!({"name": "", "starts_on": day, "ends_on": day}), ("/name", "too_short")),
        (json!({"name": "x\u{0}y", "starts_on": day, "ends_on": day}), ("/name", "wrong_format")),
        (json!({"name": "A", "starts_on": "2025-02-29", "ends_on": "2025-03-01"}), ("/starts_on", "wrong_format")),
        (json!({"name": "A", "starts_on": day}), ("/ends_on", "missing_member")),
        (json!({"name": "A", "starts_on": day, "ends_on": day, "venue": "B"}), ("/venue", "unknown_member")),
    ] {
        assert_eq!(make(body).await.faults(), [want]);
    }
    assert_eq!(p.walk("staff", "/v1/cohorts", 10).await.len(), 1, "none of them was made");
});

over_http!(lists_come_in_pages_both_ways, |p| {
    for n in 0..7 {
        p.new_cohort(&format!("Angkatan {n}")).await;
    }
    let cohort = p.walk("staff", "/v1/cohorts", 100).await.pop().unwrap();
    let id = cohort["id"].as_str().unwrap();
    let lists = [
        ("/v1/cohorts".to_owned(), 8, [1, 3, 8]),
        (format!("/v1/cohorts/{id}/participants"), 100, [7, 50, 99]),
        ("/v1/ventures".to_owned(), 80, [9, 40, 79]),
        (format!("/v1/ventures?cohort_id={id}"), 80, [16, 33, 80]),
        ("/v1/assessments".to_owned(), 98, [10, 49, 97]),
        ("/v1/rubrics".to_owned(), 1, [1, 2, 3]),
        ("/v1/imports".to_owned(), 1, [1, 2, 3]),
        ("/v1/match-lists".to_owned(), 4, [1, 2, 4]),
    ];
    for (path, total, limits) in lists {
        let all = p.walk("staff", &path, 100).await;
        assert_eq!(all.len(), total, "{path}");
        let distinct: BTreeSet<_> = all.iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(distinct.len(), all.len(), "{path}");
        for limit in limits {
            assert_eq!(p.walk("staff", &path, limit).await, all, "{path} by {limit}");
        }
    }
    // A larger wish is cut to a hundred.
    let page = p.get("staff", "/v1/assessments?limit=1000000").await.expect(200);
    assert_eq!(page.items().len(), 98);
    assert_eq!(p.get("staff", "/v1/assessments").await.items().len(), 20);
});

over_http!(a_cursor_works_for_its_caller_and_its_list_only, |p| {
    let id = p.cohort().await;
    let path = format!("/v1/cohorts/{id}/participants");
    let page = p.get("staff", &format!("{path}?limit=5")).await.expect(200);
    let cursor = page.body["next"].as_str().unwrap();
    let other = p.new_cohort("Lain").await;
    let mut odd: Vec<(&str, String, String)> = vec![
        ("staff_second", path.clone(), cursor.to_owned()),
        ("staff", format!("/v1/cohorts/{other}/participants"), cursor.to_owned()),
        ("staff", "/v1/ventures".into(), cursor.to_owned()),
        ("staff", path.clone(), "AAAA".into()),
        ("staff", path.clone(), String::new()),
        ("staff", path.clone(), format!("{cursor}A")),
        ("staff", path.clone(), cursor[1..].to_owned()),
    ];
    for at in [0, cursor.len() / 2, cursor.len() - 2] {
        let mut tampered = cursor.as_bytes().to_vec();
        tampered[at] = if tampered[at] == b'x' { b'y' } else { b'x' };
        odd.push(("staff", path.clone(), String::from_utf8(tampered).unwrap()));
    }
    for (who, path, cursor) in odd {
        let refused = p.get(who, &format!("{path}?cursor={cursor}")).await;
        assert_eq!(refused.refusal(), (400, "invalid_query"), "{who} {path} {cursor}");
        assert_eq!(refused.faults(), [("cursor", "invalid_cursor")]);
    }
    p.get("staff", &format!("{path}?cursor={cursor}")).await.expect(200);
    for query in ["limit=0", "limit=-1", "limit=x", "limit=5&limit=6", "page=2", "limit="] {
        assert_eq!(p.get("staff", &format!("{path}?{query}")).await.refusal(), (400, "invalid_query"), "{query}");
    }
});

over_http!(staff_see_who_came, |p| {
    let id = p.cohort().await;
    let people = p.walk("staff", &format!("/v1/cohorts/{id}/participants"), 100).await;
    assert_eq!(people.iter().filter(|person| person["venture_id"].is_null()).count(), 100 - 84);
    assert!(people.iter().all(|person| person["name"].as_str().unwrap().to_lowercase().contains("samp")));
    for role in ["auditor", "assessor", "investor", "owner", "admin"] {
        let refused = p.get(role, &format!("/v1/cohorts/{id}/participants")).await;
        assert_eq!(refused.refusal(), (403, "forbidden"), "{role}");
    }
    p.unknown_to("staff", "GET", "/v1/cohorts/coh_01jcnq8xvgf0nadk1qh2t8wz5f/participants").await;
    p.unknown_to("staff", "PATCH", "/v1/cohorts/coh_01jcnq8xvgf0nadk1qh2t8wz5f").await;
});

over_http!(an_assessor_reads_what_is_assigned_and_cannot_tell_the_rest_from_nothing, |p| {
    let all = p.walk("staff", "/v1/assessments", 100).await;
    let (venture, assessment) = (all[0]["venture_id"].as_str().unwrap(), all[0]["id"].as_str().unwrap());
    p.unknown_to("assessor", "GET", &format!("/v1/ventures/{venture}")).await;
    p.unknown_to("assessor", "GET", &format!("/v1/assessments/{assessment}")).await;
    assert_eq!(p.walk("assessor", "/v1/assessments", 10).await, Vec::<Value>::new());
    let foreign = p.get("assessor", &format!("/v1/assessments?venture_id={venture}")).await;
    let unknown = p.get("assessor", "/v1/assessments?venture_id=ven_01jcnq8xvgf0nadk1qh2t8wz5e").await;
    assert_eq!(foreign.refusal(), (404, "not_found"));
    assert_eq!(foreign.without_request_id(), unknown.without_request_id());
    let of_one = p.walk("staff", &format!("/v1/assessments?venture_id={venture}"), 1).await;
    assert!(of_one.iter().all(|a| a["venture_id"] == venture) && !of_one.is_empty());
    let read = p.get("staff", &format!("/v1/assessments/{assessment}")).await.expect(200);
    assert_eq!(read.body, all[0]);
    send(p.by("staff", "GET", &format!("/v1/assessments/{assessment}")).header("if-none-match", read.etag()))
        .await
        .expect(304);
});

over_http!(a_rubric_is_drafted_and_published_and_stays, |p| {
    let rubrics = p.walk("owner", "/v1/rubrics", 10).await;
    let first = format!("/v1/rubrics/{}", rubrics[0]["id"].as_str().unwrap());
    let published = p.get("assessor", &format!("{first}/versions/1")).await.expect(200);
    assert_eq!(published.body["state"], "published");
    let mut document = published.body["document"].clone();

    let made = p.post("staff", "/v1/rubrics", &json!({"document": document})).await.expect(201);
    let path = made.header("location").unwrap();
    assert_eq!(path, format!("/v1/rubrics/{}", made.body["id"].as_str().unwrap()));
    let read = p.get("investor", path).await.expect(200);
    assert_eq!((read.etag(), &read.body), (made.etag(), &made.body));
    assert_eq!((&read.body["latest"], &read.body["version"]), (&json!(1), &json!(1)));
    send(p.by("staff", "GET", path).header("if-none-match", made.etag())).await.expect(304);

    document["dimensions"][0]["weight"] = json!(0);
    document["surprise"] = json!(1);
    let refused = p.post("staff", &format!("{path}/versions"), &json!({"document": document})).await.expect(422);
    assert!(refused.faults().iter().all(|(at, _)| at.starts_with("/document")), "{}", refused.text);
    assert!(!refused.faults().is_empty());
    let second = json!({"document": published.body["document"]});
    let added = p.post("staff", &format!("{path}/versions"), &second).await.expect(201);
    assert_eq!((&added.body["number"], &added.body["state"]), (&json!(2), &json!("draft")));
    assert_eq!(added.header("location").unwrap(), format!("{path}/versions/2"));
    assert_eq!(p.get("staff", path).await.body["latest"], 2);
    assert_eq!(p.get("staff", &format!("{path}/versions")).await.items().len(), 2);

    let publish = format!("{path}/versions/2/publish");
    let done = p.post("staff", &publish, &json!({})).await.expect(200);
    assert_eq!(done.body["state"], "published");
    assert_eq!(p.post("staff", &publish, &json!({})).await.refusal(), (409, "not_draft"));
    p.unknown_to("staff", "GET", "/v1/rubrics/rub_01jcnq8xvgf0nadk1qh2t8wz5f/versions/1").await;
    assert_eq!(p.get("staff", &format!("{path}/versions/3")).await.status, 404);
    assert_eq!(p.get("staff", &format!("{path}/versions/0")).await.status, 404);
    assert_eq!(p.get("staff", &format!("{path}/versions/x")).await.status, 404);
});
