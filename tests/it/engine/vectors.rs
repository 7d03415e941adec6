//! Published and computed examples with known answers, in their own words in `tests/it/data`, put as
//! tables and criteria documents.

use serde_json::{Value, json};

use super::oracle::Table;
use super::{ranked, run, table};
use sedaya::cli::rank::Format;

fn cases(topic: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(include_str!("../data/engine.json")).unwrap();
    let found: Vec<Value> = all.into_iter().filter(|c| c["topic"] == topic).collect();
    assert!(!found.is_empty());
    found
}

fn case(topic: &str, name: &str) -> Value {
    cases(topic).into_iter().find(|c| c["name"].as_str().unwrap().starts_with(name)).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn close(actual: f64, expected: f64) -> bool {
    (actual - expected).abs() <= 1e-8
}

/// Rows of numbers as a table with columns c0, c1, …; null is not answered.
fn numbers(rows: &[Value]) -> Table {
    let width = list(&rows[0]).len();
    let headers = std::iter::once("id".to_owned()).chain((0..width).map(|i| format!("c{i}"))).collect();
    let cell = |v: &Value| if v.is_null() { String::new() } else { v.to_string() };
    let row = |(i, r): (usize, &Value)| std::iter::once(format!("v{i}")).chain(list(r).iter().map(cell)).collect();
    Table { headers, rows: rows.iter().enumerate().map(row).collect() }
}

/// A document that takes each column of [`numbers`] as it is.
fn plain(weights: &[Value]) -> Value {
    let preference = |(i, w): (usize, &Value)| json!({"field": format!("c{i}"), "weight": w, "value": {"kind": "linear", "from": 0, "to": 1}});
    json!({"preferences": weights.iter().enumerate().map(preference).collect::<Vec<_>>()})
}

/// The result of an id, if it has one.
fn result<'a>(ranking: &'a Value, id: &str) -> Option<&'a Value> {
    list(&ranking["results"]).iter().find(|r| r["id"] == json!(id))
}

/// The scores of v0, v1, … on 0–1.
fn scores(ranking: &Value, count: usize) -> Vec<Option<f64>> {
    (0..count).map(|i| result(ranking, &format!("v{i}")).map(|r| r["score"].as_f64().unwrap() / 100.0)).collect()
}

fn assert_scores(ranking: &Value, expected: &[Value], name: &Value) {
    for (actual, expected) in scores(ranking, expected.len()).iter().zip(expected) {
        match (actual, expected.as_f64()) {
            (Some(actual), Some(expected)) => assert!(close(*actual, expected), "{name}: {actual} {expected}"),
            (actual, expected) => assert_eq!(*actual, expected, "{name}"),
        }
    }
}

#[test]
fn value_functions() {
    for case in cases("value_function") {
        let input = &case["input"];
        let function = match input["type"].as_str().unwrap() {
            "piecewise_linear" => json!({"kind": "points", "points": input["knots"]}),
            "target_range" => {
                let (outer, inner) = (&input["range"], &input["target"]);
                json!({"kind": "range", "points": [outer[0], inner[0], inner[1], outer[1]]})
            }
            "step" => json!({"kind": "steps", "breaks": input["breaks"], "values": input["values"]}),
            "log_linear" => json!({"kind": "log", "from": input["lo"], "to": input["hi"]}),
            other => panic!("{other}"),
        };
        let rows: Vec<Value> = list(&input["x"]).iter().map(|x| json!([x])).collect();
        let document = json!({"preferences": [{"field": "c0", "weight": 1, "value": function}]});
        let ranking = ranked(&numbers(&rows), &document);
        assert_scores(&ranking, list(&case["expected"]), &case["name"]);
        for r in list(&ranking["results"]) {
            let value = r["contributions"][0]["value"].as_f64().unwrap();
            assert!(close(value, r["score"].as_f64().unwrap() / 100.0));
        }
    }
}

#[test]
fn missing_answers() {
    for case in cases("missing") {
        let (input, expected) = (&case["input"], &case["expected"]);
        let mut document = plain(list(&input["weights"]));
        document["missing"] = input["policy"].clone();
        let ranking = ranked(&numbers(list(&input["values"])), &document);
        assert_scores(&ranking, list(&expected["scores"]), &case["name"]);
        for (i, coverage) in list(&expected["coverage"]).iter().enumerate() {
            if let Some(r) = result(&ranking, &format!("v{i}")) {
                assert!(close(r["coverage"].as_f64().unwrap(), coverage.as_f64().unwrap()), "{}", case["name"]);
            }
        }
    }
}

#[test]
fn explanations_and_the_smallest_change() {
    let case = case("explanation", "additive");
    let (input, expected) = (&case["input"], &case["expected"]);
    // Five levels 0, 0.25 … 1 as anchors 1–5.
    let level = |v: &Value| json!((v.as_f64().unwrap() * 4.0) as i64 + 1);
    let rows: Vec<Value> =
        list(&input["values"]).iter().map(|r| json!(list(r).iter().map(level).collect::<Vec<_>>())).collect();
    let mut document = plain(list(&input["weights"]));
    for p in document["preferences"].as_array_mut().unwrap() {
        p["value"] = json!({"kind": "linear", "from": 1, "to": 5});
    }
    document["limit"] = input["k"].clone();
    let ranking = ranked(&numbers(&rows), &document);
    assert_scores(&ranking, list(&expected["scores"]), &case["name"]);
    for i in 0..3 {
        let r = result(&ranking, &format!("v{i}")).unwrap();
        for (c, expected) in list(&r["contributions"]).iter().zip(list(&expected["contributions"][i])) {
            assert!(close(c["points"].as_f64().unwrap() / 100.0, expected.as_f64().unwrap()));
        }
        let gap = r["gap_to_cutoff"].as_f64().unwrap() / 100.0;
        assert!(close(gap, expected["gap_to_cutoff"][i].as_f64().unwrap()));
        let changes = match &expected["smallest_single_change"][i] {
            Value::Null => json!([]),
            change => json!([{
                "field": format!("c{}", change["criterion"]), "from": level(&change["from"]), "to": level(&change["to"]),
            }]),
        };
        assert_eq!(r["changes"], changes);
    }
}

#[test]
fn floors() {
    let case = case("fair_floor", "floor");
    let items = list(&case["input"]["items_id_score_protected"]);
    let cells: Vec<[String; 3]> = items.iter().map(|i| [0, 1, 2].map(|at| i[at].to_string())).collect();
    let rows: Vec<Vec<&str>> = cells.iter().map(|r| r.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let document = json!({
        "preferences": [{"field": "score", "weight": 1, "value": {"kind": "linear", "from": 0, "to": 8}}],
        "representation": {
            "group": {"field": "protected", "op": "is", "value": true},
            "rule": {"kind": "share", "min": case["input"]["share"]},
        },
    });
    let ranking = ranked(&table(&["id", "score", "protected"], &rows), &document);
    let order: Vec<i64> =
        list(&ranking["results"]).iter().map(|r| r["id"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(json!(order), case["expected"]["order"]);
    for (i, r) in list(&ranking["results"]).iter().enumerate() {
        assert_eq!(r["position"], json!(i + 1));
        assert_eq!(r["rank"], json!(9 - order[i]), "merit stays beside the final position");
    }
}

#[test]
fn edge_cases() {
    for name in ["zero weight criterion", "all-zero weights", "negative weight"] {
        let case = case("edge_case", name);
        let (table, document) = (numbers(list(&case["input"]["values"])), plain(list(&case["input"]["weights"])));
        match case["expected"]["error"].as_str() {
            None => {
                let ranking = ranked(&table, &document);
                assert_scores(&ranking, list(&case["expected"]["scores"]), &case["name"]);
                assert_eq!(list(&ranking["results"][0]["contributions"]).len(), 1, "a weight of 0 drops a preference");
                assert_eq!(ranking["results"][0]["coverage"], json!(1));
            }
            Some(code) => {
                let ran = run(super::csv(&table).as_bytes(), document.to_string().as_bytes(), Format::Json, false);
                assert!(ran.faults().iter().any(|(_, c)| c == code), "{:?}", ran.faults());
            }
        }
    }
    let case_of = |name| case("edge_case", name);
    let faults = |document: &str| run(b"id,c0\n1,1\n", document.as_bytes(), Format::Json, false).faults();
    let value = r#""value":{"kind":"linear","from":0,"to":1}"#;
    for weight in ["\"NaN\"", "NaN", "Infinity", "-Infinity", "1e400"] {
        let document = format!(r#"{{"preferences":[{{"field":"c0","weight":{weight},{value}}}]}}"#);
        let expected = (
            "/preferences/0/weight".to_owned(),
            case_of("non-finite")["expected"]["error"].as_str().unwrap().to_owned(),
        );
        assert_eq!(faults(&document), [expected]);
    }
    let bounds = &case_of("zero-range")["input"]["bounds"][0];
    let document = json!({"preferences": [{"field": "c0", "weight": 1, "value": {"kind": "linear", "from": bounds[0], "to": bounds[1]}}]});
    assert_eq!(faults(&document.to_string()), [("/preferences/0/value".to_owned(), "zero_range".to_owned())]);

    let fixed = case_of("constant column, fixed bounds");
    let mut document = plain(list(&fixed["input"]["weights"]));
    for (p, bounds) in document["preferences"].as_array_mut().unwrap().iter_mut().zip(list(&fixed["input"]["bounds"])) {
        p["value"] = json!({"kind": "linear", "from": bounds[0], "to": bounds[1]});
    }
    assert_scores(
        &ranked(&numbers(list(&fixed["input"]["matrix"])), &document),
        list(&fixed["expected"]["scores"]),
        &fixed["name"],
    );
    let one = numbers(list(&case_of("single alternative")["input"]["matrix"]));
    assert_eq!(ranked(&one, &document)["results"][0]["rank"], json!(1));

    let ties = case_of("ties share a rank");
    let rows: Vec<Value> = list(&ties["input"]["scores"]).iter().map(|s| json!([s])).collect();
    let ranking = ranked(&numbers(&rows), &plain(&[json!(1)]));
    let ranks: Vec<&Value> = list(&ranking["results"]).iter().map(|r| &r["rank"]).collect();
    assert_eq!(json!(ranks), ties["expected"]["rank"]);

    let outside = case_of("value outside bounds");
    let rows: Vec<Value> = list(&outside["input"]["x"]).iter().map(|s| json!([s])).collect();
    let bounds = &outside["input"]["bounds"];
    let document = json!({"preferences": [{"field": "c0", "weight": 1, "value": {"kind": "linear", "from": bounds[0], "to": bounds[1]}}]});
    let ranking = ranked(&numbers(&rows), &document);
    assert_scores(&ranking, list(&outside["expected"]["values"]), &outside["name"]);
    assert!(list(&ranking["results"]).iter().all(|r| r["flags"] == json!(["out_of_bounds"])));

    let product = case_of("WPM zero value");
    let mut document = plain(list(&product["input"]["weights"]));
    (document["method"], document["floor"]) = (json!("geometric"), json!(0));
    let ranking = ranked(&numbers(list(&product["input"]["values"])), &document);
    assert_scores(&ranking, list(&product["expected"]["scores"]), &product["name"]);
    assert_eq!(result(&ranking, "v0").unwrap()["flags"], json!(["veto"]));
    assert_eq!(result(&ranking, "v0").unwrap()["rank"], json!(2));
}

#[test]
fn the_end_to_end_scenario() {
    let case = &cases("end_to_end")[0];
    let (input, expected) = (&case["input"], &case["expected"]);
    let decimal = |text: &Value| serde_json::from_str::<Value>(text.as_str().unwrap()).unwrap();
    let function = |f: &Value| match f["type"].as_str().unwrap() {
        "linear" => json!({"kind": "linear", "from": f["lo"], "to": f["hi"]}),
        "step" => {
            json!({"kind": "steps", "breaks": f["breaks"], "values": list(&f["values"]).iter().map(decimal).collect::<Vec<_>>()})
        }
        "piecewise_linear" => {
            json!({"kind": "points", "points": list(&f["knots"]).iter().map(|k| json!([k[0], decimal(&k[1])])).collect::<Vec<_>>()})
        }
        "target_range" => json!({"kind": "range", "points": f["range_target"]}),
        "category" => {
            let table = f["table"].as_object().unwrap().iter().map(|(k, v)| (k.clone(), decimal(v)));
            json!({"kind": "table", "values": table.collect::<serde_json::Map<_, _>>(), "other": decimal(&f["default"])})
        }
        other => panic!("{other}"),
    };
    let preferences: Vec<Value> = list(&input["criteria"])
        .iter()
        .map(|c| json!({"field": c["id"], "weight": c["weight"], "value": function(&c["fn"])}))
        .collect();
    let ops = [("f_need", "lte"), ("f_impact", "gte"), ("f_region", "in")];
    let filters: Vec<Value> = list(&input["filters"])
        .iter()
        .filter_map(|f| {
            let (_, op) = ops.iter().find(|(id, _)| f["id"] == json!(id))?;
            Some(json!({"field": f["field"], "op": op, "value": f["value"]}))
        })
        .collect();
    assert_eq!(filters.len(), 3);
    let document = json!({
        "preferences": preferences, "filters": filters, "missing": input["missing_policy"],
        "min_coverage": decimal(&input["filters"][0]["min"]), "limit": input["k"],
    });
    let headers: Vec<String> = input["ventures"][0].as_object().unwrap().keys().cloned().collect();
    let cell = |v: &Value| match v {
        Value::Null => String::new(),
        Value::String(s) => s.clone(),
        other => other.to_string(),
    };
    let rows = list(&input["ventures"]).iter().map(|v| headers.iter().map(|h| cell(&v[h])).collect()).collect();
    let ranking = ranked(&Table { headers, rows }, &document);

    assert_eq!(ranking["summary"]["eligible"], expected["eligible"]);
    assert!(close(
        ranking["summary"]["cutoff_score"].as_f64().unwrap() / 100.0,
        expected["kth_score"].as_f64().unwrap()
    ));
    let names = |filters: &[Value]| -> Vec<String> {
        let id = |f: &Value| match f["field"].as_str().unwrap() {
            "coverage" => "f_cov".to_owned(),
            "funding_need" => "f_need".to_owned(),
            other => format!("f_{other}"),
        };
        let mut failed: Vec<String> = filters.iter().filter(|f| f["result"] == "fail").map(id).collect();
        failed.sort();
        failed
    };
    for e in list(&expected["results"]) {
        let id = e["id"].as_str().unwrap();
        let failed: Vec<String> = list(&e["failed_filters"]).iter().map(cell).collect();
        let Some(r) = result(&ranking, id) else {
            assert!(e["rank"].is_null());
            let left = list(&ranking["excluded"]).iter().find(|x| x["id"] == json!(id)).unwrap();
            assert_eq!(left["rank_without_filters"], e["rank_if_filters_waived"], "{id}");
            assert_eq!(names(list(&left["filters"])), failed, "{id}");
            continue;
        };
        assert_eq!((&r["rank"], &r["tie_size"]), (&e["rank"], &e["tie_size"]), "{id}");
        assert!(close(r["score"].as_f64().unwrap() / 100.0, e["score"].as_f64().unwrap()));
        assert!(close(r["interval"][1].as_f64().unwrap() / 100.0, e["score_optimistic"].as_f64().unwrap()));
        assert!(close(r["coverage"].as_f64().unwrap(), e["coverage"].as_f64().unwrap()));
        let points: Vec<f64> =
            list(&r["contributions"]).iter().map(|c| c["points"].as_f64().unwrap() / 100.0).collect();
        let weighed =
            list(&e["contributions"]).iter().zip(list(&input["criteria"])).filter(|(_, c)| c["weight"] != json!(0));
        for (points, (expected, _)) in points.iter().zip(weighed) {
            assert!(close(*points, expected.as_f64().unwrap()), "{id}");
        }
        if let Some(gap) = e.get("gap_to_cutoff") {
            assert!(close(r["gap_to_cutoff"].as_f64().unwrap() / 100.0, gap.as_f64().unwrap()), "{id}");
        }
        let changes: Vec<Value> = e
            .get("smallest_single_rating_change")
            .map_or(&[][..], |c| list(c))
            .iter()
            .map(|c| json!({"field": c["criterion"], "from": c["from"], "to": c["to"]}))
            .collect();
        assert_eq!(r["changes"], json!(changes), "{id}");
    }
}

#[test]
fn published_additive_examples() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../data/additive_fixed.json")).unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let bounds = list(&case["params"]["bounds"]);
        let mut document = plain(list(&case["weights"]));
        for (i, p) in document["preferences"].as_array_mut().unwrap().iter_mut().enumerate() {
            let (low, high) = (&bounds[i][0], &bounds[i][1]);
            p["value"] = match (&case["params"]["target"], case["directions"][i].as_str().unwrap()) {
                (Value::Array(at), _) => json!({"kind": "target", "at": at[i], "from": low, "to": high}),
                (_, "max") => json!({"kind": "linear", "from": low, "to": high}),
                (_, "min") => json!({"kind": "linear", "from": high, "to": low}),
                other => panic!("{other:?}"),
            };
        }
        let ranking = ranked(&numbers(list(&case["matrix"])), &document);
        assert_scores(&ranking, list(&case["expected_scores"]), &case["name"]);
        for (i, rank) in list(&case["expected_ranking"]).iter().enumerate() {
            assert_eq!(result(&ranking, &format!("v{i}")).unwrap()["rank"], *rank, "{}", case["name"]);
        }
    }
}
