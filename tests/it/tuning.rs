//! Tuning aids over HTTP: what a change does, whether it holds, and what a floor costs; held against the rankings themselves.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::criteria::document;
use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

async fn ask(p: &Programme, what: &str, body: Value) -> Reply {
    p.post("staff", &format!("/v1/rankings/{what}"), &body).await
}

/// Position, rank and score of every venture under a document.
async fn placed(p: &Programme, document: &Value) -> BTreeMap<String, (u64, u64, f64)> {
    let ranked = p.post("staff", "/v1/rankings", &json!({"document": document})).await.expect(200);
    let place = |one: &Value| {
        (one["position"].as_u64().unwrap(), one["rank"].as_u64().unwrap(), one["score"].as_f64().unwrap())
    };
    ranked.body["results"].as_array().unwrap().iter().map(|one| (text(&one["id"]).to_owned(), place(one))).collect()
}

/// A document over three dimensions, the first ten.
fn three(weights: [f64; 3]) -> Value {
    let preference = |(field, weight): (&str, f64)| json!({"field": format!("dimension.{field}"), "weight": weight, "value": {"kind": "linear", "from": 0, "to": 100}});
    let mut made = document();
    made["filters"] = json!([]);
    made["preferences"] = ["ENT", "PRD", "MGT"].into_iter().zip(weights).map(preference).collect();
    made["limit"] = json!(10);
    made
}

over_http!(a_comparison_is_the_difference_of_two_rankings, |p| {
    let (before, after) = (three([40.0, 30.0, 30.0]), three([10.0, 30.0, 60.0]));
    let (old, new) = (placed(p, &before).await, placed(p, &after).await);
    let told = ask(p, "compare", json!({"before": before, "after": after})).await.expect(200);
    let ids = |list: &str| -> Vec<String> {
        told.body[list].as_array().unwrap().iter().map(|one| text(&one["venture_id"]).to_owned()).collect()
    };
    let top = |all: &BTreeMap<String, (u64, u64, f64)>, id: &String| all.get(id).is_some_and(|place| place.0 <= 10);
    let mut entered: Vec<&String> = new.keys().filter(|id| top(&new, id) && !top(&old, id)).collect();
    entered.sort_by_key(|id| new[*id].0);
    assert_eq!(ids("entered").iter().collect::<Vec<_>>(), entered);
    let mut left: Vec<&String> = old.keys().filter(|id| top(&old, id) && !top(&new, id)).collect();
    left.sort_by_key(|id| old[*id].0);
    assert_eq!(ids("left").iter().collect::<Vec<_>>(), left);
    assert!(!entered.is_empty() && entered.len() == left.len());
    assert_eq!(told.body["overlap"], 10 - entered.len());
    for one in told.body["entered"].as_array().unwrap().iter().chain(told.body["moved"].as_array().unwrap()) {
        let id = text(&one["venture_id"]).to_owned();
        assert_eq!((&one["before"]["rank"], &one["after"]["position"]), (&json!(old[&id].1), &json!(new[&id].0)));
        let shift = |of: &Value| of["after"].as_f64().unwrap_or(0.0) - of["before"].as_f64().unwrap_or(0.0);
        let sum: f64 = one["contributions"].as_array().unwrap().iter().map(shift).sum();
        assert!((sum - (new[&id].2 - old[&id].2)).abs() < 1e-6, "{one}");
        // The sentence names both places and a reason; points that are one speak for the way of the move.
        let why = text(&one["why"]);
        let (start, reason) = why.split_once(": ").unwrap_or_else(|| panic!("{why}"));
        assert_eq!(start, format!("Dari tempat {} ke tempat {}", old[&id].0, new[&id].0));
        if let Some(leads) = reason.strip_prefix("dibanding rata-rata ") {
            let points = leads.trim_end_matches('.').split(", ");
            let points = points.map(|lead| lead.rsplit_once(' ').unwrap().1.replace(',', ".").parse::<f64>().unwrap());
            assert!((points.sum::<f64>() > 0.0) == (new[&id].0 < old[&id].0), "{why}");
        }
        assert!(one["contributions"].as_array().unwrap().iter().all(|of| !text(&of["label"]).starts_with("dimension")));
    }
    assert!(told.text.contains("dibanding rata-rata "), "{}", told.text);
    assert_eq!((&told.body["entered_total"], &told.body["left_total"]), (&json!(entered.len()), &json!(left.len())));
    let english = send(
        p.by("staff", "POST", "/v1/rankings/compare")
            .header("accept-language", "en")
            .json(&json!({"before": before, "after": after})),
    );
    assert!(text(&english.await.expect(200).body["headline"]).contains("enter"));
    assert!(text(&told.body["headline"]).contains("masuk"));
    let same = ask(p, "compare", json!({"before": before, "after": before})).await.expect(200);
    assert_eq!(
        (&same.body["tau_b"], &same.body["overlap_share"], &same.body["moved_total"]),
        (&json!(1.0), &json!(1.0), &json!(0))
    );
    // All faults of both documents at once.
    let mut wrong = before.clone();
    wrong["preferences"][0]["field"] = json!("nothing");
    let refused = ask(p, "compare", json!({"before": wrong, "after": wrong})).await.expect(422);
    let at: Vec<&str> = refused.faults().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(at, ["/before/preferences/0/field", "/after/preferences/0/field"]);
    for who in ["investor", "auditor", "owner"] {
        let body = json!({"before": before, "after": after});
        assert_eq!(p.post(who, "/v1/rankings/compare", &body).await.refusal(), (403, "forbidden"));
    }
});

over_http!(a_list_holds_inside_its_intervals_and_not_outside, |p| {
    let weights = [0.4, 0.3, 0.3];
    let told = ask(p, "stability", json!({"document": three([40.0, 30.0, 30.0])})).await.expect(200);
    let top = async |moved: usize, t: f64| -> Vec<String> {
        // Six digits after the point are what a weight may have.
        let scaled: Vec<f64> = (0..3)
            .map(|at| if at == moved { t } else { weights[at] * (1.0 - t) / (1.0 - weights[moved]) })
            .map(|w| (w * 1e9).round() / 1e6)
            .collect();
        let all = placed(p, &three([scaled[0], scaled[1], scaled[2]])).await;
        all.into_iter().filter(|(_, place)| place.0 <= 10).map(|(id, _)| id).collect()
    };
    let now = top(0, 0.4).await;
    assert_eq!(told.body["items"].as_array().unwrap().len(), 3);
    for (at, one) in told.body["items"].as_array().unwrap().iter().enumerate() {
        assert_eq!(one["weight"], json!(weights[at]));
        for (end, sign) in [("low", -1.0), ("high", 1.0)] {
            let weight = one[end]["weight"].as_f64().unwrap();
            if one[end]["enters"].is_null() {
                assert!(weight == 0.0 || weight == 1.0, "{one}");
                continue;
            }
            let (inside, outside) = (weight - sign * 1e-5, weight + sign * 1e-5);
            if (inside - weights[at]) * sign > 0.0 {
                assert_eq!(top(at, inside).await, now, "{one} {end}");
            }
            let then = top(at, outside).await;
            assert!(then.iter().any(|id| *id == text(&one[end]["enters"])), "{one} {end}");
            assert!(!then.iter().any(|id| *id == text(&one[end]["leaves"])), "{one} {end}");
        }
    }
    // The headline speaks of who, of one weight, and of the others' proportions.
    let headline = text(&told.body["headline"]);
    assert!(headline.contains("usaha yang sama") && headline.contains("satu bobot"), "{headline}");
    assert!(headline.contains("proporsional"), "{headline}");
    let mut sole = three([1.0, 0.0, 0.0]);
    let refused = ask(p, "stability", json!({"document": sole})).await.expect(422);
    assert_eq!(refused.faults(), [("/document/preferences", "sole_weight")]);
    sole["preferences"] = json!([]);
    assert!(
        text(&ask(p, "stability", json!({"document": sole})).await.expect(422).body["errors"][0]["pointer"])
            .starts_with("/document/preferences")
    );

    let venture = now[0].clone();
    let tornado =
        ask(p, "tornado", json!({"document": three([40.0, 30.0, 30.0]), "venture_id": venture, "step": 0.1})).await;
    let tornado = tornado.expect(200);
    let moved = placed(p, &three([50.0, 25.0, 25.0])).await[&venture];
    let tip = &tornado.body["items"][0]["high"];
    assert_eq!((tip["weight"].as_f64(), tip["rank"].as_u64()), (Some(0.5), Some(moved.1)));
    assert!((tip["score"].as_f64().unwrap() - moved.2).abs() < 1e-6);
    let tips: Vec<&Value> =
        tornado.body["items"].as_array().unwrap().iter().flat_map(|bar| [&bar["low"], &bar["high"]]).collect();
    let bars = || tornado.body["items"].as_array().unwrap().iter();
    let best = bars().map(|bar| bar["best_rank"].as_u64().unwrap()).min().unwrap();
    let worst = bars().map(|bar| bar["worst_rank"].as_u64().unwrap()).max().unwrap();
    assert!(tips.iter().all(|tip| (best..=worst).contains(&tip["rank"].as_u64().unwrap())));
    let here = placed(p, &three([40.0, 30.0, 30.0])).await[&venture];
    assert_eq!((&tornado.body["rank"], &tornado.body["score"]), (&json!(here.1), &json!(here.2)));
    assert!((best..=worst).contains(&here.1));
    let range = format!("Peringkat {best} sampai {worst}, skor ");
    assert!(text(&tornado.body["headline"]).starts_with(&range), "{}", tornado.body["headline"]);
    let odd = json!({"document": three([40.0, 30.0, 30.0]), "venture_id": venture, "step": 0});
    assert_eq!(ask(p, "tornado", odd).await.expect(422).faults(), [("/step", "out_of_range")]);
});

over_http!(a_panel_that_disagrees_sees_how_often, |p| {
    let question = json!({"document": three([1.0, 1.0, 1.0]), "draws": 2000, "seed": "panel",
        "bounds": [{"field": "dimension.MGT", "min": 0.5, "max": 0.9}], "order": ["dimension.ENT", "dimension.PRD"]});
    let told = ask(p, "acceptability", question.clone()).await.expect(200);
    assert_eq!(ask(p, "acceptability", question.clone()).await.expect(200).body["items"], told.body["items"]);
    let items = told.body["items"].as_array().unwrap();
    let firsts: f64 = items.iter().map(|one| one["first"].as_f64().unwrap()).sum();
    assert!((0.99..=1.5).contains(&firsts), "somebody is first in every draw, ties give more: {firsts}");
    assert!(items.windows(2).all(|two| two[0]["top"].as_f64() >= two[1]["top"].as_f64()));
    let tops = || items.iter().map(|one| one["top"].as_f64().unwrap());
    let (sure, never) = (tops().filter(|top| *top >= 0.95).count(), tops().filter(|top| *top <= 0.05).count());
    let open = items.len() - sure - never;
    let said = format!(
        "Dalam batas panel: {sure} usaha hampir selalu di antara 10 teratas, {open} tergantung bobotnya, {never} hampir tidak pernah."
    );
    assert_eq!(told.body["headline"], said);
    assert!(sure > 0 && open > 0 && never > 0, "{said}");
    let central = items.iter().find(|one| one["central_weights"].is_array()).unwrap();
    let central: Vec<f64> =
        central["central_weights"].as_array().unwrap().iter().map(|one| one["weight"].as_f64().unwrap()).collect();
    assert!(
        central[2] >= 0.5 - 1e-6 && central[0] >= central[1] - 1e-6 && (central.iter().sum::<f64>() - 1.0).abs() < 1e-6
    );
    let named: Vec<&Value> = items.iter().take(2).map(|one| &one["venture_id"]).collect();
    let mut with_names = question.clone();
    with_names["named"] = json!(named);
    let named = ask(p, "acceptability", with_names).await.expect(200).body["named"].clone();
    let shares: f64 = named[0]["ranks"].as_array().unwrap().iter().map(|one| one["share"].as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-9);
    let mut impossible = question.clone();
    impossible["bounds"][0]["min"] = json!(0.95);
    let impossible = ask(p, "acceptability", impossible).await.expect(422);
    assert_eq!(impossible.faults(), [("/bounds/0", "impossible_weights")]);
    assert!(text(&impossible.body["errors"][0]["detail"]).contains("dimension.MGT"), "{}", impossible.text);
    // What was not sent is not pointed to.
    let mut repeated = question.clone();
    repeated["bounds"] = json!([]);
    repeated["order"] = json!(["dimension.ENT", "dimension.PRD", "dimension.ENT"]);
    let repeated = ask(p, "acceptability", repeated).await.expect(422);
    assert_eq!(repeated.faults(), [("/order/2", "impossible_weights")]);
    let detail = text(&repeated.body["errors"][0]["detail"]);
    assert!(detail.contains("dimension.ENT") && !detail.contains("order"), "{detail}");
    let mut free = question.clone();
    (free["bounds"], free["order"]) = (json!([]), json!([]));
    free["document"]["representation"] = json!({"group": {"field": "women_led", "op": "is", "value": true},
        "rule": {"kind": "share", "min": 0.3}});
    let free = ask(p, "acceptability", free).await.expect(200);
    let headline = text(&free.body["headline"]);
    assert!(headline.starts_with("Bobot apa pun: ") && headline.ends_with(" Lantai dokumen tidak diperhitungkan."));
    let mut nobody = question.clone();
    nobody["named"] = json!(["ven_01jcnq8xvgf0nadk1qh2t8wz5e"]);
    assert_eq!(ask(p, "acceptability", nobody).await.expect(422).faults(), [("/named/0", "not_eligible")]);
    let mut twice = question.clone();
    twice["bounds"] = json!([question["bounds"][0], question["bounds"][0]]);
    assert_eq!(ask(p, "acceptability", twice).await.expect(422).faults(), [("/bounds/1/field", "named_twice")]);
    // What would take a core for minutes is refused.
    let mut wide = question.clone();
    let fields = [
        "ENT1", "ENT2", "ENT3", "ENT4", "PRD1", "PRD2", "PRD3", "PRD4", "DGM1", "DGM3", "DGM4", "FAC1", "FAC4", "MGT1",
        "MGT2", "MGT3", "SOC1", "SOC4",
    ];
    wide["document"]["preferences"] = fields
        .iter()
        .map(|field| json!({"field": format!("indicator.{field}"), "weight": 1, "value": {"kind": "linear", "from": 1, "to": 5}}))
        .collect();
    wide["order"] = json!([]);
    wide["bounds"] = json!([{"field": "indicator.ENT1", "min": 0, "max": 0.1}]);
    wide["draws"] = json!(20_000);
    assert_eq!(ask(p, "acceptability", wide).await.expect(422).faults(), [("/draws", "too_much_work")]);
    let mut unknown = question.clone();
    unknown["order"][0] = json!("women_led");
    assert_eq!(ask(p, "acceptability", unknown).await.expect(422).faults(), [("/order/0", "unknown_field")]);
});

over_http!(a_floor_is_reported_and_a_list_without_one_is_tested, |p| {
    let group = json!({"field": "women_led", "op": "is", "value": true});
    let mut floored = three([40.0, 30.0, 30.0]);
    for rule in [json!({"kind": "share", "min": 0.6}), json!({"kind": "fair", "p": 0.7, "alpha": 0.1})] {
        floored["representation"] = json!({"group": group, "rule": rule});
        let told = p.post("auditor", "/v1/rankings/fairness", &json!({"document": floored})).await.expect(200);
        let ranked = p.post("staff", "/v1/rankings", &json!({"document": floored})).await.expect(200);
        let results = ranked.body["results"].as_array().unwrap();
        let prefixes = told.body["prefixes"].as_array().unwrap();
        assert_eq!((prefixes.len(), &told.body["declared"]), (10, &json!(true)));
        assert!(
            prefixes.iter().all(|one| one["passes"] == true) || told.body["price"]["shortfall"] != 0,
            "{}",
            told.text
        );
        for moved in told.body["moved"].as_array().unwrap() {
            let at = moved["position"].as_u64().unwrap() as usize;
            assert_eq!(results[at - 1]["id"], moved["venture_id"]);
        }
        assert!(told.body["moved_total"].as_u64().unwrap() >= told.body["moved"].as_array().unwrap().len() as u64);
    }
    let bare = ask(p, "fairness", json!({"document": three([1.0, 1.0, 1.0])})).await.expect(422);
    assert_eq!(bare.faults(), [("/group", "needed_here")]);
    let tested = json!({"document": three([1.0, 1.0, 1.0]), "group": group, "p": 0.5, "alpha": 0.1});
    let tested = ask(p, "fairness", tested).await.expect(200);
    assert_eq!((&tested.body["declared"], &tested.body["moved_total"]), (&json!(false), &json!(0)));
    let test = &tested.body["test"];
    assert_eq!(test["passes"], json!(test["p_value"].as_f64().unwrap() > 0.1));
    assert_eq!(test["passes"], json!(test["first_failed"].is_null()));
    for (member, at) in [("p", "/p"), ("alpha", "/alpha")] {
        let mut sure = json!({"document": three([1.0, 1.0, 1.0]), "group": group});
        sure[member] = json!(1);
        assert_eq!(ask(p, "fairness", sure).await.expect(422).faults(), [(at, "out_of_range")]);
    }
    let odd = json!({"document": three([1.0, 1.0, 1.0]), "group": {"field": "nothing", "op": "is", "value": true}});
    assert_eq!(ask(p, "fairness", odd).await.expect(422).faults(), [("/group/field", "unknown_field")]);
    // Everything at once, each where it stands.
    let mut all = three([1.0, 1.0, 1.0]);
    all["preferences"][0]["field"] = json!("nothing");
    let all = json!({"document": all, "group": {"field": "nothing", "op": "is", "value": true}, "p": 1, "alpha": 0});
    let all = ask(p, "fairness", all).await.expect(422);
    let at: BTreeSet<&str> = all.faults().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(at, BTreeSet::from(["/p", "/alpha", "/group/field", "/document/preferences/0/field"]));
});

over_http!(nobody_eligible_is_no_success, |p| {
    let mut nobody = three([40.0, 30.0, 30.0]);
    nobody["filters"] = json!([{"field": "dimension.ENT", "op": "gte", "value": 100}, {"field": "dimension.ENT", "op": "lte", "value": 0}]);
    let group = json!({"field": "women_led", "op": "is", "value": true});
    for (what, body) in [
        ("stability", json!({"document": nobody})),
        ("fairness", json!({"document": nobody, "group": group})),
        ("acceptability", json!({"document": nobody, "draws": 10})),
        ("second-opinions", json!({"document": nobody})),
        ("compare", json!({"before": three([40.0, 30.0, 30.0]), "after": nobody})),
    ] {
        let told = ask(p, what, body.clone()).await.expect(200);
        assert!(
            text(&told.body["headline"]).starts_with("Tidak ada usaha yang lolos saringan"),
            "{what}: {}",
            told.text
        );
        let path = format!("/v1/rankings/{what}");
        let english = send(p.by("staff", "POST", &path).header("accept-language", "en").json(&body)).await.expect(200);
        assert!(text(&english.body["headline"]).starts_with("No business passes the filters"), "{}", english.text);
    }
});
