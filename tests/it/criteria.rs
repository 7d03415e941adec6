//! Criteria over HTTP: drafted by the investor, approved by a second person, published, and whose they are.

use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::Reply;

fn linear(field: &str, weight: u32) -> Value {
    json!({"field": field, "weight": weight, "value": {"kind": "linear", "from": 0, "to": 100}})
}

/// A document over card fields.
pub fn document() -> Value {
    json!({
        "title": {"id": "Pembukuan dan produk", "en": "Bookkeeping and product"},
        "filters": [{"field": "sector_group", "op": "in", "value": ["makanan", "jasa"]}],
        "preferences": [linear("dimension.MGT", 60), linear("dimension.PRD", 40)],
        "limit": 10
    })
}

async fn draft(p: &Programme, persona: &str, document: &Value) -> Reply {
    let path = format!("/v1/investors/{}/criteria", p.investor("investor"));
    p.post(persona, &path, &json!({"document": document})).await
}

over_http!(an_investor_drafts_and_a_second_person_decides, |p| {
    let made = draft(p, "investor", &document()).await.expect(201);
    let path = made.header("location").unwrap();
    assert_eq!(path, format!("/v1/criteria/{}", made.body["id"].as_str().unwrap()));
    assert_eq!((&made.body["latest"], &made.body["published"]), (&json!(1), &Value::Null));
    assert_eq!(made.body["investor_id"], p.investor("investor").to_string());
    let read = p.get("investor", path).await.expect(200);
    assert_eq!((read.etag(), &read.body), (made.etag(), &made.body));
    let version = format!("{path}/versions/1");
    let first = p.get("investor", &version).await.expect(200);
    assert_eq!((&first.body["state"], &first.body["seed"]), (&json!("draft"), &Value::Null));
    assert_eq!(first.body["document"]["preferences"], document()["preferences"]);

    // Step by step, and by the right ones.
    let act = async |who: &str, act: &str| p.post(who, &format!("{version}/{act}"), &json!({})).await;
    assert_eq!(act("staff", "publish").await.refusal(), (409, "not_approved"));
    for who in ["investor", "auditor", "admin", "owner", "assessor"] {
        assert_eq!(act(who, "approve").await.refusal(), (403, "forbidden"), "{who}");
        assert_eq!(act(who, "publish").await.refusal(), (403, "forbidden"), "{who}");
    }
    assert_eq!(p.get("staff", &format!("{path}/matches")).await.refusal(), (409, "not_published"));
    let approved = act("staff", "approve").await.expect(200);
    assert_eq!(approved.body["state"], "approved");
    assert_eq!(act("staff_second", "approve").await.refusal(), (409, "not_draft"));
    let published = act("staff", "publish").await.expect(200);
    let seed = published.body["seed"].as_str().unwrap();
    assert!(seed.len() == 32 && seed.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{seed}");
    assert_eq!(act("staff", "publish").await.refusal(), (409, "not_approved"));
    assert_eq!(p.get("investor", path).await.body["published"], 1);

    // A further version leaves the published one ranking.
    let more = p.post("investor", &format!("{path}/versions"), &json!({"document": document()})).await.expect(201);
    assert_eq!(more.header("location").unwrap(), format!("{path}/versions/2"));
    let set = p.get("investor", path).await.expect(200);
    assert_eq!((&set.body["latest"], &set.body["published"]), (&json!(2), &json!(1)));
    assert_ne!(set.etag(), made.etag());
    assert_eq!(p.get("auditor", &format!("{path}/versions")).await.items().len(), 2);
    let own = p.get("investor", &format!("/v1/investors/{}/criteria", p.investor("investor"))).await.expect(200);
    assert_eq!(own.items().len(), 2);
});

over_http!(four_eyes_on_what_staff_write, |p| {
    let made = draft(p, "staff", &document()).await.expect(201);
    let approve = format!("/v1/criteria/{}/versions/1/approve", made.body["id"].as_str().unwrap());
    assert_eq!(p.post("staff", &approve, &json!({})).await.refusal(), (409, "same_person"));
    p.post("staff_second", &approve, &json!({})).await.expect(200);
});

over_http!(approvals_at_once_happen_once, |p| {
    let made = draft(p, "investor", &document()).await.expect(201);
    let approve = format!("/v1/criteria/{}/versions/1/approve", made.body["id"].as_str().unwrap());
    let act = async |who: &str| p.post(who, &approve, &json!({})).await;
    let (one, two) = tokio::join!(act("staff"), act("staff_second"));
    let mut answers = [one.status, two.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
});

over_http!(every_fault_of_a_document_comes_at_once, |p| {
    let faulty = json!({
        "title": {"id": "Salah", "en": "Wrong"},
        "filters": [
            {"field": "dimension.XXX", "op": "gte", "value": 1},
            {"field": "overall", "op": "under", "value": ["x"]},
            {"field": "region", "op": "under", "value": ["3171"]},
            {"field": "sector", "op": "under", "value": ["KBLI2020:C1"]}
        ],
        "preferences": [
            linear("kota", 1),
            {"field": "dimension.MGT", "weight": -1, "value": {"kind": "linear", "from": 5, "to": 5}},
            {"field": "dimension.PRD", "weight": 1, "value": {"kind": "points", "points": [[2, 0], [1, 2]]}}
        ],
        "limit": 10, "colour": "red"
    });
    let want = [
        "/document/colour",
        "/document/filters/0/field",
        "/document/filters/1/op",
        "/document/filters/2/value/0",
        "/document/filters/3/value/0",
        "/document/preferences/0",
        "/document/preferences/1/value",
        "/document/preferences/1/weight",
        "/document/preferences/2/value/points/",
    ];
    let refused = draft(p, "investor", &faulty).await.expect(422);
    assert_eq!(refused.code(), "invalid_body");
    let faults = refused.faults();
    for place in want {
        assert!(faults.iter().any(|(at, _)| at.starts_with(place)), "no fault at {place}: {faults:#?}");
    }
    for (at, _) in &faults {
        assert!(want.iter().any(|place| at.starts_with(place)), "a surprising fault: {at}");
    }
    let coded = |code| faults.iter().find(|(_, c)| *c == code).map(|(at, _)| *at);
    assert_eq!(coded("negative_weight"), Some("/document/preferences/1/weight"));
    assert!(coded("zero_range").unwrap().starts_with("/document/preferences/1/value"));

    let mut untitled = document();
    untitled.as_object_mut().unwrap().remove("title");
    assert_eq!(draft(p, "staff", &untitled).await.expect(422).faults(), [("/document/title", "missing_member")]);
    // What is only tried out needs none.
    p.post("staff", "/v1/rankings", &json!({"document": untitled})).await.expect(200);
    untitled["title"] = json!({"id": " ", "en": ""});
    let blank = draft(p, "staff", &untitled).await.expect(422);
    assert_eq!(blank.faults(), [("/document/title/id", "blank"), ("/document/title/en", "blank")]);
    for odd in [json!([]), json!("x"), json!(1), Value::Null] {
        let refused = draft(p, "staff", &odd).await.expect(422);
        assert!(refused.faults().iter().all(|(at, _)| *at == "/document"), "{}", refused.text);
    }
    // The same is said of a further version.
    let more = format!("/v1/criteria/{}/versions", p.logins.criteria_id);
    let again = p.post("staff", &more, &json!({"document": faulty})).await.expect(422);
    assert_eq!(again.faults(), faults);
});

over_http!(what_is_coarsened_is_never_weighed, |p| {
    for field in ["sector_group", "kota", "need_band"] {
        let mut weighed = document();
        let table = json!({"kind": "table", "values": {"x": 1}, "other": 0});
        weighed["preferences"][1] = json!({"field": field, "weight": 1, "value": table});
        let refused = draft(p, "investor", &weighed).await.expect(422);
        assert!(refused.faults().iter().any(|(at, _)| at.starts_with("/document/preferences/1")), "{}", refused.text);
        let whatif = p.post("staff", "/v1/rankings", &json!({"document": weighed})).await.expect(422);
        assert!(whatif.faults().iter().any(|(at, _)| at.starts_with("/document/preferences/1")), "{}", whatif.text);
    }
});

over_http!(a_score_on_one_hidden_field_is_not_approved, |p| {
    let dropped = |field: &str| {
        json!([linear(field, 5), {"field": "overall", "weight": 0,
        "value": {"kind": "linear", "from": 0, "to": 100}}])
    };
    let range = |field: &str| {
        json!({"field": field, "weight": 1,
        "value": {"kind": "linear", "from": 0, "to": 50_000_000}})
    };
    let approve = async |preferences: Value| {
        let mut hidden = document();
        hidden["preferences"] = preferences;
        let made = draft(p, "investor", &hidden).await.expect(201);
        let path = format!("/v1/criteria/{}/versions/1/approve", made.body["id"].as_str().unwrap());
        p.post("staff", &path, &json!({})).await
    };
    for preferences in [
        json!([linear("indicator.SOC3", 5)]),
        json!([linear("debt_service_pct", 5)]),
        dropped("indicator.MGT4"),
        json!([linear("indicator.SOC3", 5), linear("indicator.SOC3", 7)]),
        json!([range("funding_need.min"), range("funding_need.max")]),
    ] {
        let refused = approve(preferences.clone()).await.expect(422);
        assert_eq!(refused.faults(), [("/document/preferences", "single_hidden_field")], "{preferences}");
    }
    approve(json!([linear("dimension.SOC", 5)])).await.expect(200);
    approve(json!([linear("indicator.SOC3", 5), linear("indicator.SOC1", 5)])).await.expect(200);
});

over_http!(what_only_looks_like_another_preference_is_none, |p| {
    let approve = async |preferences: &Value, method: Value| {
        let mut tried = document();
        tried["preferences"] = preferences.clone();
        tried["method"] = method;
        let made = draft(p, "investor", &tried).await.expect(201);
        let path = format!("/v1/criteria/{}/versions/1/approve", made.body["id"].as_str().unwrap());
        p.post("staff", &path, &json!({})).await
    };
    let of = |field: &str, weight: f64, value: Value| json!({"field": field, "weight": weight, "value": value});
    let table = |values: Value, other: f64| json!({"kind": "table", "values": values, "other": other});
    let straight = |from: i64, to: i64| json!({"kind": "linear", "from": from, "to": to});
    let flat = |kind: &str, xs: Value| json!({"kind": kind, "points": xs});
    let hidden = |weight: f64| of("indicator.SOC3", weight, straight(100, 0));
    // A tiny second weight; functions that give one value whatever the answer, or nearly; the same answer twice.
    for preferences in [
        json!([hidden(1_000_000.0), of("dimension.MGT", 0.000_001, straight(0, 100))]),
        json!([hidden(81.0), of("dimension.MGT", 19.0, straight(0, 100))]),
        json!([hidden(1.0), of("dimension.MGT", 9.0, json!({"kind": "steps", "breaks": [50], "values": [0.5, 0.5]}))]),
        json!([hidden(1.0), of("dimension.MGT", 9.0, json!({"kind": "steps", "breaks": [101], "values": [0, 1]}))]),
        json!([
            hidden(1.0),
            of("dimension.MGT", 9.0, json!({"kind": "steps", "breaks": [50], "values": [0.5, 0.501]}))
        ]),
        json!([hidden(1.0), of("women_led", 9.0, table(json!({}), 0.3))]),
        json!([hidden(1.0), of("women_led", 9.0, table(json!({"true": 0.3}), 0.3))]),
        json!([hidden(1.0), of("women_led", 9.0, table(json!({"true": 0.3, "false": 0.3}), 1.0))]),
        json!([hidden(1.0), of("region", 9.0, table(json!({"31.75": 0.3, "31": 0.3}), 0.3))]),
        json!([hidden(1.0), of("overall", 9.0, straight(100, 200))]),
        json!([hidden(1.0), of("readiness_level", 9.0, straight(-5, 1))]),
        json!([hidden(1.0), of("overall", 9.0, json!({"kind": "log", "from": 200, "to": 100}))]),
        json!([hidden(1.0), of("overall", 9.0, flat("points", json!([[0, 0.4], [100, 0.4], [101, 1]])))]),
        json!([hidden(1.0), of("overall", 9.0, flat("range", json!([-2, -1, 100, 101])))]),
        json!([hidden(1.0), of("overall", 9.0, json!({"kind": "target", "at": 500, "from": 0, "to": 100}))]),
        json!([
            of("annual_revenue", 1.0, straight(0, 9_000_000)),
            of("revenue_band", 1.0, table(json!({"under_25m": 1}), 0.0))
        ]),
        json!([of("debt_service_pct", 1.0, straight(50, 0)), of("indicator.FAC3", 1.0, straight(70, 0))]),
        json!([
            of("funding_need.min", 1.0, straight(0, 9)),
            of("funding_need.max", 1.0, straight(0, 9)),
            of("overall", 9.0, straight(100, 200))
        ]),
    ] {
        for method in ["additive", "geometric"] {
            let refused = approve(&preferences, json!(method)).await.expect(422);
            assert_eq!(refused.faults(), [("/document/preferences", "single_hidden_field")], "{method} {preferences}");
        }
    }
    let refused = approve(&json!([hidden(1.0)]), json!("additive")).await.expect(422);
    let detail = refused.body["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("empat perlima"), "{detail}");
    // Two answers that both count are two, and what is on the card may decide alone.
    for preferences in [
        json!([hidden(80.0), of("dimension.MGT", 20.0, straight(0, 100))]),
        json!([
            of("region", 1.0, table(json!({"31.75": 1}), 0.0)),
            of("sector", 1.0, table(json!({"KBLI2020:C": 1}), 0.5))
        ]),
        json!([of("overall", 99.0, straight(0, 100)), hidden(1.0)]),
    ] {
        approve(&preferences, json!("additive")).await.expect(200);
    }
});

over_http!(criteria_as_they_are_meant_are_approved, |p| {
    // The example of the documentation, and what the sample's investors look for.
    let linear = |from: i64, to: i64| json!({"kind": "linear", "from": from, "to": to});
    let sectors = json!({"KBLI2020:C10": 1, "KBLI2020:I56": 0.7});
    let example = json!([
        {"field": "dimension.MGT", "weight": 30, "value": linear(0, 100)},
        {"field": "indicator.SOC3", "weight": 20, "missing": "renormalise", "value": linear(100, 0)},
        {"field": "funding_need.min", "weight": 25,
            "value": {"kind": "range", "points": [5_000_000, 10_000_000, 25_000_000, 50_000_000]}},
        {"field": "sector", "weight": 10, "value": {"kind": "table", "values": sectors, "other": 0.2}},
        {"field": "women_led", "weight": 15, "value": {"kind": "table", "values": {"true": 1}, "other": 0}},
    ]);
    let mut all = vec![document()];
    all[0]["preferences"] = example;
    all.extend(sedaya::demo::investors().iter().map(|investor| investor.criteria.clone()));
    for tried in all {
        let made = draft(p, "investor", &tried).await.expect(201);
        let path = format!("/v1/criteria/{}/versions/1/approve", made.body["id"].as_str().unwrap());
        p.post("staff", &path, &json!({})).await.expect(200);
    }
});

over_http!(another_investors_criteria_do_not_exist, |p| {
    let own = p.logins.criteria_id;
    p.get("investor", &format!("/v1/criteria/{own}")).await.expect(200);
    for rest in ["", "/versions", "/versions/1"] {
        p.unknown_to("investor_other", "GET", &format!("/v1/criteria/{own}{rest}")).await;
    }
    p.unknown_to("investor_other", "POST", &format!("/v1/criteria/{own}/versions")).await;
    let foreign = format!("/v1/investors/{}/criteria", p.investor("investor"));
    p.unknown_to("investor_other", "POST", &foreign).await;
    p.unknown_to("investor_other", "GET", &foreign).await;
    // A version that is not there, of a set that is.
    let missing = p.get("investor", &format!("/v1/criteria/{own}/versions/9")).await;
    assert_eq!(missing.refusal(), (404, "not_found"));
});

over_http!(faults_are_bounded_in_number_and_in_length, |p| {
    let wrong = json!({"field": "y".repeat(2000), "weight": -1, "value": {"kind": "linear", "from": 0, "to": 0}});
    let document = json!({ ("x".repeat(5000)): 1, "preferences": vec![wrong; 300] });
    let refused = draft(p, "investor", &document).await.expect(422);
    let faults = refused.body["errors"].as_array().unwrap();
    assert_eq!(faults.len(), 100);
    for fault in faults {
        assert!(fault["pointer"].as_str().unwrap().chars().count() <= 1000);
        assert!(fault["detail"].as_str().unwrap().chars().count() <= 1000);
    }
});
