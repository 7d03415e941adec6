//! What a spec and a matrix are refused for, and the conventions where methods leave a choice.

use sedaya::engine::analyse::{
    Analysis, Extras, Matrix, Method, Normalisation, Preference, Refusal, Settings, Spec, WarningCode, analyse,
    second_opinions,
};
use serde_json::{Value, json};

fn faults(spec: &Value) -> Vec<(String, &'static str)> {
    Spec::parse(spec).unwrap_err().into_iter().map(|f| (f.pointer, f.code)).collect()
}

fn at(pointer: &str, code: &'static str) -> (String, &'static str) {
    (pointer.to_owned(), code)
}

/// A spec of criteria written short: weight, direction.
fn spec(normalisation: &str, criteria: &[(f64, &str)]) -> Value {
    let criteria: Vec<Value> = criteria
        .iter()
        .enumerate()
        .map(|(j, (w, d))| json!({"field": format!("c{j}"), "weight": w, "direction": d}))
        .collect();
    json!({"criteria": criteria, "normalisation": normalisation})
}

fn run(method: Method, spec: &Value, rows: &[Vec<f64>]) -> Result<Analysis, Refusal> {
    let spec = Spec::parse(spec).unwrap();
    analyse(method, &spec, &Matrix::from_rows(rows, spec.criteria.len())?)
}

#[track_caller]
fn close(got: &[f64], wanted: &[f64]) {
    assert!(
        got.len() == wanted.len() && got.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12),
        "{got:?} {wanted:?}"
    );
}

#[test]
fn all_faults_at_once() {
    let spec = json!({
        "criteria": [
            {"field": 1, "weight": -1, "direction": "up", "w/t": 1, "bounds": [3, 3]},
            {
                "weight": "Infinity", "direction": "min", "bounds": [5, 1],
                "preference": {"kind": "linear", "q": 2, "p": 1},
            },
            {"field": "c", "weight": 1e101, "preference": {"kind": "gaussian", "s": 0, "x": 1}},
            {"field": "d", "weight": 1, "direction": "max", "target": "3", "preference": {"kind": "vshape"}},
            {
                "field": "e", "weight": 1, "direction": "max", "bounds": [1],
                "preference": {"kind": "level", "q": -1, "p": 1},
            },
            7,
        ],
        "normalisation": "fixed_target", "v": 1.5, "floor": -1, "method": "saw",
    });
    assert_eq!(
        faults(&spec),
        [
            at("/method", "unknown_member"),
            at("/criteria/0/w~1t", "unknown_member"),
            at("/criteria/0/field", "wrong_type"),
            at("/criteria/0/weight", "negative_weight"),
            at("/criteria/0/direction", "unknown_value"),
            at("/criteria/0/bounds", "zero_range"),
            at("/criteria/0/target", "missing_target"),
            at("/criteria/1/field", "missing_member"),
            at("/criteria/1/weight", "non_finite"),
            at("/criteria/1/bounds", "not_increasing"),
            at("/criteria/1/preference", "not_increasing"),
            at("/criteria/1/target", "missing_target"),
            at("/criteria/2/weight", "number_out_of_range"),
            at("/criteria/2/direction", "missing_member"),
            at("/criteria/2/preference/x", "unknown_member"),
            at("/criteria/2/preference/s", "out_of_range"),
            at("/criteria/2/bounds", "missing_bounds"),
            at("/criteria/2/target", "missing_target"),
            at("/criteria/3/target", "wrong_type"),
            at("/criteria/3/preference/p", "missing_member"),
            at("/criteria/3/bounds", "missing_bounds"),
            at("/criteria/4/bounds", "wrong_type"),
            at("/criteria/4/preference/q", "out_of_range"),
            at("/criteria/4/target", "missing_target"),
            at("/criteria/5", "wrong_type"),
            at("/v", "out_of_range"),
            at("/floor", "out_of_range"),
        ]
    );
    assert_eq!(faults(&json!([])), [at("", "wrong_type")]);
    assert_eq!(faults(&json!({})), [at("/criteria", "missing_member")]);
    assert_eq!(faults(&json!({"criteria": []})), [at("/criteria", "empty")]);
    assert_eq!(faults(&json!({"criteria": {}})), [at("/criteria", "wrong_type")]);
    let zero =
        json!({"criteria": [{"field": "a", "weight": 0, "direction": "max"}, {"weight": 0.0, "direction": "max"}]});
    assert_eq!(faults(&zero), [at("/criteria/1/field", "missing_member"), at("/criteria", "all_zero_weights")]);
}

#[test]
fn defaults() {
    let got = Spec::parse(&json!({"criteria": [{
        "field": "a", "weight": 2, "direction": "min", "bounds": null, "target": null, "preference": null,
    }], "floor": null}))
    .unwrap();
    assert_eq!((got.normalisation, got.v, got.floor), (None, 0.5, None));
    assert_eq!(got.criteria[0].preference, Preference::Usual);
    let got = Spec::parse(&json!({"criteria": [{
        "field": "a", "weight": 2, "direction": "min",
        "preference": {"kind": "linear", "q": 0, "p": 0, "s": 9},
    }], "normalisation": "sum"}))
    .unwrap();
    assert_eq!(got.normalisation, Some(Normalisation::Sum));
    assert_eq!(got.criteria[0].preference, Preference::Linear { q: 0.0, p: 0.0 });
}

#[test]
fn numbers_that_are_refused() {
    let refused = |rows: &[Vec<f64>]| Matrix::from_rows(rows, 2).unwrap_err();
    assert_eq!(refused(&[vec![1.0, 2.0], vec![1.0, f64::NAN]]), Refusal::NonFinite { row: 1, column: 1 });
    assert_eq!(refused(&[vec![f64::INFINITY, 2.0]]), Refusal::NonFinite { row: 0, column: 0 });
    assert_eq!(refused(&[vec![1.0, -1e101]]), Refusal::TooLarge { row: 0, column: 1 });
    assert_eq!(refused(&[vec![1.0, 2.0], vec![1.0]]), Refusal::Ragged { row: 1 });

    let one = [vec![1.0], vec![0.0], vec![-2.0]];
    for (method, normalisation, direction, wanted) in [
        (Method::Saw, "max", "min", Refusal::NotPositive { row: 1, column: 0 }),
        (Method::Topsis, "sum", "min", Refusal::NotPositive { row: 1, column: 0 }),
        (Method::Saw, "sum", "max", Refusal::Negative { row: 2, column: 0 }),
        (Method::Wpm, "none", "max", Refusal::Negative { row: 2, column: 0 }),
        (Method::Wpm, "none", "min", Refusal::NotPositive { row: 1, column: 0 }),
        (Method::Wpm, "max", "max", Refusal::Negative { row: 2, column: 0 }),
    ] {
        assert_eq!(run(method, &spec(normalisation, &[(1.0, direction)]), &one).unwrap_err(), wanted);
    }
    let below = [vec![0.0], vec![-1.0]];
    let got = run(Method::Saw, &spec("max", &[(1.0, "max")]), &below).unwrap_err();
    assert_eq!(got, Refusal::NothingPositive { column: 0 });
    let got = run(Method::Wpm, &spec("none", &[(100.0, "max")]), &[vec![1e90]]).unwrap_err();
    assert_eq!(got, Refusal::Overflow);
    let read = Spec::parse(&spec("none", &[(1.0, "max")])).unwrap();
    let wide = Matrix::from_rows(&[[1.0, 2.0]], 2).unwrap();
    assert_eq!(analyse(Method::Saw, &read, &wide).unwrap_err(), Refusal::Width);
}

#[test]
fn costs() {
    let column = [vec![2.0], vec![4.0], vec![8.0]];
    for (method, normalisation, wanted) in [
        (Method::Saw, "max", [1.0, 0.5, 0.25]),
        (Method::Saw, "sum", [4.0 / 7.0, 2.0 / 7.0, 1.0 / 7.0]),
        (Method::Saw, "minmax", [1.0, 2.0 / 3.0, 0.0]),
        (Method::Saw, "vector", [2.0, 4.0, 8.0].map(|x| 1.0 - x / f64::sqrt(84.0))),
        (Method::Saw, "none", [-2.0, -4.0, -8.0]),
        (Method::Wpm, "none", [0.5, 0.25, 0.125]),
    ] {
        let got = run(method, &spec(normalisation, &[(1.0, "min")]), &column).unwrap();
        close(&got.scores, &wanted);
        assert_eq!(got.ranking, [1, 2, 3]);
    }
}

#[test]
fn a_weight_of_0_changes_nothing() {
    let rows = [vec![0.0, 3.0], vec![0.0, 4.0], vec![-1.0, 4.0]];
    let alone: Vec<Vec<f64>> = rows.iter().map(|row| vec![row[1]]).collect();
    for method in Method::ALL {
        for normalisation in ["none", "max", "minmax", "sum", "vector"] {
            let with = run(*method, &spec(normalisation, &[(0.0, "min"), (2.0, "max")]), &rows).unwrap();
            let without = run(*method, &spec(normalisation, &[(2.0, "max")]), &alone).unwrap();
            assert_eq!(with.scores, without.scores);
            assert_eq!(with.extras, without.extras);
        }
    }
}

#[test]
fn bounds_clip_and_floors_lift() {
    let mut target = spec("fixed_target", &[(1.0, "max")]);
    target["criteria"][0]["bounds"] = json!([1, 5]);
    target["criteria"][0]["target"] = json!(4);
    // Beyond the bounds the value goes on falling, to 0.
    let got = run(Method::Saw, &target, &[vec![4.0], vec![5.0], vec![6.0], vec![9.0], vec![-3.0]]).unwrap();
    close(&got.scores, &[1.0, 0.75, 0.5, 0.0, 0.0]);
    assert_eq!(
        got.warnings.iter().map(|w| (w.code, w.field.as_deref())).collect::<Vec<_>>(),
        [(WarningCode::OutOfBounds, Some("c0"))]
    );
    // Declared bounds clip whatever the normalisation.
    let mut raw = spec("none", &[(1.0, "max")]);
    raw["criteria"][0]["bounds"] = json!([1, 5]);
    let got = run(Method::Saw, &raw, &[vec![0.0], vec![3.0], vec![7.0]]).unwrap();
    close(&got.scores, &[1.0, 3.0, 5.0]);

    let mut product = spec("fixed_minmax", &[(0.5, "max"), (0.5, "min")]);
    product["criteria"][0]["bounds"] = json!([1, 5]);
    product["criteria"][1]["bounds"] = json!([1, 5]);
    let rows = [vec![1.0, 1.0], vec![5.0, 1.0]];
    close(&run(Method::Wpm, &product, &rows).unwrap().scores, &[0.0, 1.0]);
    product["floor"] = json!(0.04);
    close(&run(Method::Wpm, &product, &rows).unwrap().scores, &[0.2, 1.0]);
}

#[test]
fn degenerate_vikor_keeps_the_other_factor() {
    // S is ½ for both, R is ¼ and ½.
    let mut three = spec("none", &[(1.0, "max"), (2.0, "max"), (1.0, "max")]);
    three["v"] = json!(0.3);
    let got = run(Method::Vikor, &three, &[vec![0.0, 1.0, 0.0], vec![1.0, 0.0, 1.0]]).unwrap();
    close(&got.scores, &[0.0, 0.7]);
    assert_eq!(
        got.warnings.iter().map(|w| (w.code, w.field.clone())).collect::<Vec<_>>(),
        [(WarningCode::Degenerate, None)]
    );
    // S differs by rounding only: that is no spread.
    let noisy = [vec![14.83, 27.42, 55.08, 74.04], vec![47.69, 0.18, 56.16, 95.83]];
    let mut four = spec("none", &[(2.0, "max"), (6.0, "max"), (3.0, "max"), (1.0, "max")]);
    four["v"] = json!(0.47);
    close(&run(Method::Vikor, &four, &noisy).unwrap().scores, &[0.0, 0.53]);
    // All alike: every row is the compromise.
    let got = run(Method::Vikor, &spec("none", &[(1.0, "max")]), &[vec![2.0], vec![2.0]]).unwrap();
    let Extras::Vikor { compromise, .. } = got.extras else { panic!() };
    assert_eq!((got.scores, compromise), (vec![0.0, 0.0], vec![0, 1]));
}

#[test]
fn the_answer_on_the_wire() {
    let rows = [vec![3.0, 1.0], vec![3.0, 2.0]];
    let keys = |method| -> Vec<String> {
        let got = run(method, &spec("none", &[(1.0, "max"), (1.0, "max")]), &rows).unwrap();
        serde_json::to_value(got).unwrap().as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys(Method::Saw), ["ranking", "scores", "warnings"]);
    assert_eq!(keys(Method::Topsis), ["d_minus", "d_plus", "ranking", "scores", "warnings"]);
    assert_eq!(keys(Method::Promethee2), ["phi_minus", "phi_plus", "ranking", "scores", "warnings"]);
    assert_eq!(
        keys(Method::Vikor),
        ["acceptable_advantage", "acceptable_stability", "compromise", "r", "ranking", "s", "scores", "warnings"]
    );
    let got = run(Method::Vikor, &spec("none", &[(1.0, "max"), (1.0, "max")]), &rows).unwrap();
    assert_eq!(serde_json::to_value(got).unwrap()["warnings"], json!([{"code": "constant_criterion", "field": "c0"}]));
    let none: [Vec<f64>; 0] = [];
    for method in Method::ALL {
        let got = run(*method, &spec("minmax", &[(1.0, "max")]), &none).unwrap();
        assert_eq!((got.scores.len(), got.ranking.len(), got.warnings.len()), (0, 0, 0));
    }
}

#[test]
fn opinions_of_values() {
    let values = [[1.0, 0.25], [0.5, 0.75], [0.5, 0.75], [0.0, 0.0]];
    let got = second_opinions(&values, &[3.0, 1.0], &Settings::default()).unwrap();
    close(&got.wpm.scores[..1], &[0.25_f64.powf(0.25)]);
    assert_eq!(got.wpm.ranking, [1, 2, 2, 4]);
    assert_eq!(got.topsis.ranking, [1, 2, 2, 4]);
    assert_eq!(got.vikor.ranking.len(), 4);
    // By hand: leads of ½ are half a preference, of 1 and of ¾ a full one.
    close(&got.promethee2.scores[..1], &[(0.75 * (0.5 + 0.5 + 1.0) - 0.25 * (0.5 + 0.5)) / 3.0]);
    let table = got.agreement(&[1, 2, 2, 4], 1);
    assert_eq!(table.len(), 10);
    assert_eq!((table[0].a.as_str(), table[0].b.as_str(), table[0].kendall_tau_b), ("published", "wpm", Some(1.0)));

    let refused =
        |values: &[[f64; 2]], weights: &[f64]| second_opinions(values, weights, &Settings::default()).unwrap_err();
    assert_eq!(refused(&[[0.0, 1.5]], &[1.0, 1.0]), Refusal::NotAValue { row: 0, column: 1 });
    assert_eq!(refused(&[[0.0, 1.0]], &[0.0, 0.0]), Refusal::Weights);
    assert_eq!(refused(&[[0.0, 1.0]], &[1.0, -1.0]), Refusal::Weights);
    assert_eq!(refused(&[[0.0, 1.0]], &[1.0]), Refusal::Ragged { row: 0 });
}
