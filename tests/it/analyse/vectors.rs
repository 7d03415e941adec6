//! Analyses and weights against the reference vectors.

use sedaya::engine::analyse::weights::{
    ahp, best_and_worst, best_worst, critic, entropy, rank_order_centroid, rank_reciprocal, rank_sum, swing,
};
use sedaya::engine::analyse::{
    Analysis, Direction, Extras, Matrix, Method, Spec, WarningCode, analyse, competition_ranks,
};
use serde_json::{Value, json};

fn vectors(file: &str) -> Vec<Value> {
    let path = format!("{}/tests/it/data/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn of_topic(topic: &str) -> Vec<Value> {
    let found: Vec<Value> = vectors("engine.json").into_iter().filter(|v| v["topic"] == topic).collect();
    assert!(!found.is_empty(), "{topic}");
    found
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

fn places(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|x| usize::try_from(x.as_u64().unwrap()).unwrap()).collect()
}

#[track_caller]
fn close(name: &str, got: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(got.len(), wanted.len(), "{name}");
    for (g, w) in got.iter().zip(wanted) {
        assert!((g - w).abs() <= tolerance, "{name}: {got:?} is not {wanted:?}");
    }
}

/// A vector of `mcda.json` as a method and a spec.
fn spec_of(vector: &Value) -> (Method, Value) {
    let params = &vector["params"];
    let method = match vector["method"].as_str().unwrap() {
        "additive_fixed" => Method::Saw,
        name => Method::parse(name).unwrap(),
    };
    let normalisation = match vector["normalisation"].as_str().unwrap() {
        "vikor_linear" | "pairwise" => "none",
        "fixed_minmax_floor" => "fixed_minmax",
        name => name,
    };
    let criteria: Vec<Value> = (0..vector["weights"].as_array().unwrap().len())
        .map(|j| {
            let mut criterion = json!({
                "field": format!("c{j}"), "weight": vector["weights"][j], "direction": vector["directions"][j],
            });
            for (name, list) in [("bounds", "bounds"), ("target", "target"), ("preference", "preference_functions")] {
                if !params[list].is_null() {
                    criterion[name] = params[list][j].clone();
                }
            }
            if let Some(preference) = criterion.get_mut("preference").and_then(Value::as_object_mut) {
                let kind = preference.remove("k").unwrap();
                preference.insert("kind".into(), kind);
            }
            criterion
        })
        .collect();
    let mut spec = json!({"criteria": criteria, "normalisation": normalisation});
    for name in ["v", "floor"] {
        if !params[name].is_null() {
            spec[name] = params[name].clone();
        }
    }
    (method, spec)
}

fn run(method: Method, spec: &Value, matrix: &Value) -> Analysis {
    let spec = Spec::parse(spec).unwrap();
    let matrix = Matrix::from_rows(&rows(matrix), spec.criteria.len()).unwrap();
    analyse(method, &spec, &matrix).unwrap()
}

#[test]
fn published_tables() {
    let vectors = vectors("mcda.json");
    assert_eq!(vectors.len(), 23);
    for vector in &vectors {
        let name = vector["name"].as_str().unwrap();
        let (method, spec) = spec_of(vector);
        let got = run(method, &spec, &vector["matrix"]);
        let tolerance = vector["tolerance"].as_f64().unwrap();
        close(name, &got.scores, &numbers(&vector["expected_scores"]), tolerance);
        assert_eq!(got.ranking, places(&vector["expected_ranking"]), "{name}");
        assert_eq!(got.warnings, [], "{name}");
        if !vector["published_scores"].is_null() {
            let tolerance = vector["published_tolerance"].as_f64().unwrap();
            close(name, &got.scores, &numbers(&vector["published_scores"]), tolerance);
        }
        match &got.extras {
            Extras::Topsis { d_plus, d_minus } => {
                close(name, d_plus, &numbers(&vector["d_plus"]), tolerance);
                close(name, d_minus, &numbers(&vector["d_minus"]), tolerance);
            }
            Extras::Vikor { s, r, compromise, acceptable_advantage, acceptable_stability } => {
                close(name, s, &numbers(&vector["S"]), tolerance);
                close(name, r, &numbers(&vector["R"]), tolerance);
                assert_eq!(*compromise, places(&vector["compromise_set_index"]), "{name}");
                assert_eq!(*acceptable_advantage, vector["acceptable_advantage"], "{name}");
                assert_eq!(*acceptable_stability, vector["acceptable_stability"], "{name}");
            }
            Extras::Promethee2 { phi_plus, phi_minus } => {
                close(name, phi_plus, &numbers(&vector["phi_plus"]), tolerance);
                close(name, phi_minus, &numbers(&vector["phi_minus"]), tolerance);
            }
            Extras::None {} => {}
        }
    }
}

fn plain(weights: &Value, normalisation: &str) -> Value {
    let criteria: Vec<Value> = (0..weights.as_array().unwrap().len())
        .map(|j| json!({"field": format!("c{j}"), "weight": weights[j], "direction": "max"}))
        .collect();
    json!({"criteria": criteria, "normalisation": normalisation})
}

fn codes(spec: &Value) -> Vec<&'static str> {
    Spec::parse(spec).unwrap_err().into_iter().map(|f| f.code).collect()
}

#[test]
fn edge_cases() {
    let cases = of_topic("edge_case");
    assert_eq!(cases.len(), 13);
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let (input, expected) = (&case["input"], &case["expected"]);
        let warned = |got: &Analysis, code| assert_eq!(got.warnings.iter().filter(|w| w.code == code).count(), 1);
        match name {
            "zero weight criterion" => {
                let got = run(Method::Saw, &plain(&input["weights"], "none"), &input["values"]);
                close(name, &got.scores, &numbers(&expected["scores"]), 1e-12);
            }
            "all-zero weights" | "negative weight" | "non-finite weight or value" => {
                assert_eq!(codes(&plain(&input["weights"], "none")), [expected["error"].as_str().unwrap()], "{name}");
            }
            "zero-range bounds" => {
                let mut spec = plain(&json!([1]), "fixed_minmax");
                spec["criteria"][0]["bounds"] = input["bounds"][0].clone();
                assert_eq!(codes(&spec), ["zero_range"]);
            }
            "constant column, fixed bounds" => {
                let mut spec = plain(&input["weights"], "fixed_minmax");
                for j in 0..2 {
                    spec["criteria"][j]["bounds"] = input["bounds"][j].clone();
                }
                let got = run(Method::Saw, &spec, &input["matrix"]);
                close(name, &got.scores, &numbers(&expected["scores"]), 1e-12);
                assert_eq!(got.warnings, []);
            }
            "constant column, data-driven min-max (analysis mode)" => {
                let got = run(Method::Saw, &plain(&input["weights"], "minmax"), &input["matrix"]);
                close(name, &got.scores, &numbers(&expected["scores"]), 1e-12);
                warned(&got, WarningCode::ConstantCriterion);
                assert_eq!(got.warnings[0].field.as_deref(), Some("c0"));
            }
            "TOPSIS all rows identical" => {
                let got = run(Method::Topsis, &plain(&input["weights"], "vector"), &input["matrix"]);
                close(name, &got.scores, &numbers(&expected["scores"]), 1e-12);
                warned(&got, WarningCode::Degenerate);
            }
            "VIKOR S or R constant" => {
                let got = run(Method::Vikor, &plain(&input["weights"], "none"), &input["matrix"]);
                close(name, &got.scores, &numbers(&expected["Q"]), 1e-12);
                warned(&got, WarningCode::Degenerate);
            }
            "single alternative" => {
                for (method, score) in [
                    (Method::Saw, 2.0),
                    (Method::Wpm, f64::sqrt(3.0)),
                    (Method::Topsis, 0.5),
                    (Method::Vikor, 0.0),
                    (Method::Promethee2, 0.0),
                ] {
                    let got = run(method, &plain(&json!([0.5, 0.5]), "none"), &input["matrix"]);
                    close(name, &got.scores, &[score], 1e-12);
                    assert_eq!(got.ranking, places(&expected["rank"]));
                }
            }
            "ties share a rank" => {
                assert_eq!(competition_ranks(&numbers(&input["scores"]), false), places(&expected["rank"]));
            }
            "value outside bounds" => {
                let mut spec = plain(&json!([1]), "fixed_minmax");
                spec["criteria"][0]["bounds"] = input["bounds"].clone();
                let got = run(Method::Saw, &spec, &json!([[input["x"][0]], [input["x"][1]]]));
                close(name, &got.scores, &numbers(&expected["values"]), 1e-12);
                warned(&got, WarningCode::OutOfBounds);
            }
            "WPM zero value" => {
                let got = run(Method::Wpm, &plain(&input["weights"], "none"), &input["values"]);
                close(name, &got.scores, &numbers(&expected["scores"]), 1e-12);
            }
            other => panic!("unknown case {other}"),
        }
    }
}

#[test]
fn rank_reversal() {
    for case in of_topic("rank_reversal") {
        let (input, expected) = (&case["input"], &case["expected"]);
        let (method, normalisation, sign) = match input["method"].as_str().unwrap() {
            "saw minmax" => (Method::Saw, "minmax", 1.0),
            "vikor" => (Method::Vikor, "none", -1.0),
            other => panic!("unknown method {other}"),
        };
        let spec = plain(&input["weights"], normalisation);
        let mut matrix = input["matrix"].clone();
        for when in ["scores_before", "scores_after"] {
            let got: Vec<f64> = run(method, &spec, &matrix).scores.iter().map(|x| x * sign).collect();
            close(when, &got, &numbers(&expected[when]), case["tolerance"].as_f64().unwrap());
            matrix.as_array_mut().unwrap().push(input["added_dominated_row"].clone());
        }
    }
}

#[test]
fn weights_from_orders_and_points() {
    for (topic, of) in [
        ("weights_roc", rank_order_centroid as fn(usize) -> Vec<f64>),
        ("weights_rank_sum", rank_sum),
        ("weights_rank_reciprocal", rank_reciprocal),
    ] {
        for case in of_topic(topic) {
            let n = usize::try_from(case["input"]["n"].as_u64().unwrap()).unwrap();
            close(topic, &of(n), &numbers(&case["expected"]), case["tolerance"].as_f64().unwrap());
        }
    }
    for case in of_topic("weights_swing") {
        let got = swing(&numbers(&case["input"]["points"])).unwrap();
        close("swing", &got, &numbers(&case["expected"]), case["tolerance"].as_f64().unwrap());
    }
}

#[test]
fn weights_from_comparisons() {
    for case in of_topic("weights_ahp") {
        let name = case["name"].as_str().unwrap();
        let (expected, tolerance) = (&case["expected"], case["tolerance"].as_f64().unwrap());
        let got = ahp(&rows(&case["input"]["matrix"])).unwrap();
        close(name, &got.weights, &numbers(&expected["weights_eigenvector"]), tolerance);
        close(name, &got.weights_geometric_mean, &numbers(&expected["weights_geometric_mean"]), tolerance);
        let figures = [got.lambda_max, got.ci, got.cr.unwrap()];
        let wanted = ["lambda_max", "CI", "CR"].map(|f| expected[f].as_f64().unwrap());
        close(name, &figures, &wanted, tolerance);
    }
    for case in of_topic("weights_bwm_linear") {
        let name = case["name"].as_str().unwrap();
        let best_to = numbers(&case["input"]["best_to_others"]);
        let to_worst = numbers(&case["input"]["others_to_worst"]);
        let (best, worst) = best_and_worst(&best_to, &to_worst).unwrap();
        let got = best_worst(best, worst, &best_to, &to_worst).unwrap();
        // The expected figures have eight decimals.
        close(name, &got.weights, &numbers(&case["expected"]["weights"]), 1e-8);
        close(name, &[got.ksi], &[case["expected"]["ksi"].as_f64().unwrap()], 1e-8);
    }
}

#[test]
fn weights_that_only_describe() {
    for case in of_topic("weights_entropy") {
        let got = entropy(&rows(&case["input"]["matrix"])).unwrap();
        close("entropy", &got, &numbers(&case["expected"]), case["tolerance"].as_f64().unwrap());
    }
    for case in of_topic("weights_critic") {
        let matrix = rows(&case["input"]["matrix"]);
        let got = critic(&matrix, &[Direction::Max; 3]).unwrap();
        close("critic", &got, &numbers(&case["expected"]), case["tolerance"].as_f64().unwrap());
    }
}
