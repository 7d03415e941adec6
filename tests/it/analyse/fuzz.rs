//! Whatever comes, no answer holds a number that is not finite, and nothing panics.

use proptest::prelude::*;
use sedaya::engine::analyse::weights::{ahp, best_and_worst, best_worst, critic, entropy, swing};
use sedaya::engine::analyse::{
    Analysis, Direction, Extras, Matrix, Method, Normalisation, Settings, Spec, analyse, second_opinions,
};
use serde_json::{Value, json};

/// Of every size that is let in, and now and then of one that is not.
fn number() -> impl Strategy<Value = f64> + Clone {
    let any_size = (-1.0..1.0_f64, -320_i32..100).prop_map(|(x, e)| x * libm::pow(10.0, f64::from(e)));
    let strange = vec![1e100, -1e100, 5e-324, -0.0, 1e-310, 1e-100, -1e-200, 1e99, 1.0 + f64::EPSILON];
    prop_oneof![
        20 => (-3_i8..6).prop_map(f64::from),
        8 => Just(0.0),
        8 => any_size,
        8 => -1.0..1.0_f64,
        8 => proptest::sample::select(strange),
        1 => proptest::sample::select(vec![f64::NAN, f64::INFINITY, 1e101, -1e300]),
    ]
}

fn positive() -> impl Strategy<Value = f64> + Clone {
    number().prop_map(|x| if x.is_finite() { x.abs() } else { x })
}

fn preference() -> impl Strategy<Value = Value> {
    let kinds = vec!["usual", "ushape", "vshape", "level", "linear", "gaussian"];
    (proptest::sample::select(kinds), positive(), positive(), positive())
        .prop_map(|(kind, q, more, s)| json!({"kind": kind, "q": q, "p": q + more, "s": s}))
}

fn criterion() -> impl Strategy<Value = Value> {
    let weight = prop_oneof![4 => positive(), 2 => Just(1.0), 1 => Just(0.0)];
    let directions = proptest::sample::select(Direction::ALL.to_vec());
    let bounds = proptest::option::weighted(0.8, (number(), number()));
    (weight, directions, bounds, proptest::option::weighted(0.8, number()), proptest::option::of(preference()))
        .prop_map(|(weight, direction, bounds, target, preference)| {
            json!({
                "field": "c", "weight": weight, "direction": direction.as_str(), "target": target,
                "bounds": bounds.map(|(a, b)| [a.min(b), a.max(b)]), "preference": preference,
            })
        })
}

fn spec(criteria: usize) -> impl Strategy<Value = Value> {
    let normalisation = proptest::option::of(proptest::sample::select(Normalisation::ALL.to_vec()));
    (proptest::collection::vec(criterion(), criteria), normalisation, 0.0..=1.0_f64, proptest::option::of(positive()))
        .prop_map(|(criteria, normalisation, v, floor)| {
            let normalisation = normalisation.map(Normalisation::as_str);
            json!({"criteria": criteria, "normalisation": normalisation, "v": v, "floor": floor})
        })
}

fn all_finite(got: &Analysis, rows: usize) {
    let lists: Vec<&Vec<f64>> = match &got.extras {
        Extras::Topsis { d_plus: a, d_minus: b }
        | Extras::Vikor { s: a, r: b, .. }
        | Extras::Promethee2 { phi_plus: a, phi_minus: b } => vec![&got.scores, a, b],
        Extras::None {} => vec![&got.scores],
    };
    for list in lists {
        assert_eq!(list.len(), rows);
        assert!(list.iter().all(|x| x.is_finite()), "{got:?}");
    }
    assert_eq!(got.ranking.len(), rows);
    assert!(got.ranking.iter().all(|r| (1..=rows).contains(r)));
    if let Extras::Vikor { compromise, .. } = &got.extras {
        assert!(compromise.iter().all(|row| *row < rows));
        assert_eq!(compromise.is_empty(), rows == 0);
        assert!(got.scores.iter().all(|q| (-1e-12..=1.0 + 1e-12).contains(q)));
    }
    if let Extras::Promethee2 { phi_plus, phi_minus } = &got.extras {
        assert!(phi_plus.iter().chain(phi_minus).all(|x| (-1e-12..=1.0 + 1e-12).contains(x)), "{got:?}");
    }
    if matches!(got.extras, Extras::Topsis { .. }) {
        assert!(got.scores.iter().all(|x| (0.0..=1.0).contains(x)), "{got:?}");
    }
    let text = serde_json::to_value(got).unwrap();
    assert!(text["scores"].is_array() && text["ranking"].is_array() && text["warnings"].is_array());
}

type Rows = Vec<Vec<f64>>;

/// A column: constant, tame or wild.
fn column(rows: usize) -> impl Strategy<Value = Vec<f64>> + Clone {
    prop_oneof![
        proptest::collection::vec(number(), rows),
        proptest::collection::vec(positive(), rows),
        proptest::collection::vec((1_u8..6).prop_map(f64::from), rows),
        number().prop_map(move |x| vec![x; rows]),
    ]
}

/// Up to eight rows of `width` columns.
fn matrix(width: usize) -> impl Strategy<Value = Rows> {
    (0_usize..9).prop_flat_map(move |rows| {
        proptest::collection::vec(column(rows), width)
            .prop_map(move |columns| (0..rows).map(|i| columns.iter().map(|c| c[i]).collect()).collect())
    })
}

fn grid(cell: impl Strategy<Value = f64> + Clone, width: usize) -> impl Strategy<Value = Rows> {
    proptest::collection::vec(proptest::collection::vec(cell, width), 0..6)
}

/// Values, now and then not from 0 to 1, and weights.
fn values_and_weights() -> impl Strategy<Value = (Rows, Vec<f64>)> {
    let value = prop_oneof![5 => 0.0..=1.0_f64, 3 => (0_u8..5).prop_map(|x| f64::from(x) / 4.0), 1 => number()];
    (0_usize..4).prop_flat_map(move |m| (grid(value.clone(), m), proptest::collection::vec(positive(), m)))
}

/// A reciprocal matrix of any size and contradiction.
fn reciprocal() -> impl Strategy<Value = Rows> {
    let upper = |n: usize| (Just(n), proptest::collection::vec(-13.0..13.0_f64, n * n));
    (1_usize..16).prop_flat_map(upper).prop_map(|(n, upper)| {
        let cell = |i: usize, j: usize| match i.cmp(&j) {
            std::cmp::Ordering::Less => libm::exp(upper[i * n + j]),
            std::cmp::Ordering::Equal => 1.0,
            std::cmp::Ordering::Greater => 1.0 / libm::exp(upper[j * n + i]),
        };
        (0..n).map(|i| (0..n).map(|j| cell(i, j)).collect()).collect()
    })
}

/// Best, worst and two lists that fit them.
fn best_and_worst_lists() -> impl Strategy<Value = (usize, usize, Vec<f64>, Vec<f64>)> {
    let list = |n: usize| proptest::collection::vec((1_u8..10).prop_map(f64::from), n);
    let parts = move |n: usize| (list(n), list(n), 0..n, 0..n, 1_u8..10);
    (1_usize..10).prop_flat_map(parts).prop_map(|(mut best_to, mut to_worst, best, worst, over)| {
        best_to[worst] = f64::from(over);
        to_worst[best] = f64::from(over);
        if best == worst {
            (best_to[best], to_worst[best]) = (1.0, 1.0);
        }
        (best_to[best], to_worst[worst]) = (1.0, 1.0);
        (best, worst, best_to, to_worst)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn analyses((spec, rows) in (1_usize..5).prop_flat_map(|m| (spec(m), matrix(m)))) {
        let spec = Spec::parse(&spec);
        if let Ok(spec) = spec {
            match Matrix::from_rows(&rows, spec.criteria.len()) {
                Ok(matrix) => {
                    for method in Method::ALL {
                        let got = analyse(*method, &spec, &matrix);
                        if let Ok(got) = got {
                            all_finite(&got, rows.len());
                        }
                    }
                }
                Err(_) => prop_assert!(rows.iter().flatten().any(|x| x.is_nan() || x.abs() > 1e100)),
            }
        }
    }

    /// Rows that tie a column at a time, so that long columns meet every preference.
    #[test]
    fn many_rows(
        column in proptest::collection::vec(prop_oneof![number(), -5.0..5.0_f64], 100..400), wanted in preference()
    ) {
        let spec = json!({"criteria": [{"field": "c", "weight": 1, "direction": "min", "preference": wanted}]});
        let rows: Vec<[f64; 1]> = column.iter().filter(|x| x.abs() <= 1e100).map(|x| [*x]).collect();
        if let Ok(spec) = Spec::parse(&spec) {
            let matrix = Matrix::from_rows(&rows, 1).unwrap();
            let got = analyse(Method::Promethee2, &spec, &matrix).unwrap();
            all_finite(&got, rows.len());
            // More is never worse.
            for i in 1..rows.len() {
                if rows[i - 1][0] < rows[i][0] {
                    prop_assert!(got.scores[i - 1] >= got.scores[i] - 1e-10);
                }
            }
        }
    }

    #[test]
    fn opinions((values, weights) in values_and_weights()) {
        if let Ok(got) = second_opinions(&values, &weights, &Settings::default()) {
            for analysis in [&got.wpm, &got.topsis, &got.vikor, &got.promethee2] {
                all_finite(analysis, values.len());
            }
            for row in got.agreement(&got.wpm.ranking, 3) {
                for figure in [row.kendall_tau_b, row.spearman_rho, row.top_k_overlap].into_iter().flatten() {
                    prop_assert!((-1.0..=1.0).contains(&figure));
                }
            }
        }
    }

    #[test]
    fn weights(rows in (0_usize..5).prop_flat_map(|m| grid(prop_oneof![number(), positive()], m))) {
        let sums_to_one = |weights: &[f64]| {
            assert!(weights.iter().all(|w| (0.0..=1.0 + 1e-12).contains(w)), "{weights:?}");
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{weights:?}");
        };
        if let Ok(weights) = entropy(&rows) {
            sums_to_one(&weights);
        }
        if let Ok(weights) = critic(&rows, &vec![Direction::Min; rows.first().map_or(0, Vec::len)]) {
            sums_to_one(&weights);
        }
        for row in &rows {
            if let Ok(weights) = swing(row) {
                sums_to_one(&weights);
            }
        }
        let _ = ahp(&rows);
    }

    /// Reciprocal matrices of every size and contradiction.
    #[test]
    fn comparisons(matrix in reciprocal()) {
        let got = ahp(&matrix).unwrap();
        prop_assert!((got.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(got.ci >= 0.0 && got.ci.is_finite() && got.cr.is_some_and(f64::is_finite));
        // It is an eigenvector, and it is positive: so it is the principal one.
        for (row, w) in matrix.iter().zip(&got.weights) {
            let product: f64 = row.iter().zip(&got.weights).map(|(a, w)| a * w).sum();
            prop_assert!(*w > 0.0 && (product / w / got.lambda_max - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn best_and_worst_comparisons((best, worst, best_to, to_worst) in best_and_worst_lists()) {
        prop_assert!(best_and_worst(&best_to, &to_worst).is_some());
        let got = best_worst(best, worst, &best_to, &to_worst).unwrap();
        prop_assert!((got.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(got.weights.iter().all(|w| (0.0..=1.0).contains(w)));
        // Nothing is consistent where best and worst are on a par and others are not.
        prop_assert!(got.ksi.is_finite() && got.consistency_ratio >= 0.0);
    }

    /// Any JSON at all.
    #[test]
    fn specs(text in "[\\[\\]{}:,\"a-z0-9.eE-]{0,40}", spec in spec(2), cut in 0_usize..200) {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let _ = Spec::parse(&value);
        }
        let _ = Spec::parse(&spec["criteria"]);
        let mut spec = spec;
        if let Some(members) = spec["criteria"][0].as_object_mut() {
            let name = members.keys().nth(cut % members.len()).cloned().unwrap();
            members.insert(name, json!([{"x": 1e300}]));
        }
        prop_assert!(Spec::parse(&spec).is_err());
    }
}
