//! Agreement between assessors: reference vectors, definitions, and what is undefined.

use proptest::prelude::*;
use sedaya::engine::agreement::{
    Disagreement, Scale, Unfit, cohen_kappa, enough, fleiss_kappa, intraclass, kappa_of_pairs, krippendorff_alpha,
};
use serde_json::Value;

fn of_topic(topic: &str) -> Vec<Value> {
    let path = format!("{}/tests/it/data/engine.json", env!("CARGO_MANIFEST_DIR"));
    let all: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let found: Vec<Value> = all.into_iter().filter(|v| v["topic"] == topic).collect();
    assert!(!found.is_empty(), "{topic}");
    found
}

fn grid(value: &Value) -> Vec<Vec<Option<f64>>> {
    value.as_array().unwrap().iter().map(|r| r.as_array().unwrap().iter().map(Value::as_f64).collect()).collect()
}

fn counts(value: &Value) -> Vec<Vec<u64>> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row.as_array().unwrap().iter().map(|x| x.as_u64().unwrap()).collect())
        .collect()
}

fn turned(rows: &[Vec<Option<f64>>]) -> Vec<Vec<Option<f64>>> {
    (0..rows[0].len()).map(|j| rows.iter().map(|row| row[j]).collect()).collect()
}

#[track_caller]
fn close(got: Option<f64>, wanted: f64, tolerance: f64) {
    assert!(got.is_some_and(|got| (got - wanted).abs() <= tolerance), "{got:?} is not {wanted}");
}

const SCALES: [(&str, Scale); 4] =
    [("nominal", Scale::Nominal), ("ordinal", Scale::Ordinal), ("interval", Scale::Interval), ("ratio", Scale::Ratio)];

#[test]
fn vectors() {
    for case in of_topic("krippendorff_alpha") {
        let units = turned(&grid(&case["input"]["ratings_by_observer"]));
        for (name, scale) in SCALES {
            let got = krippendorff_alpha(&units, scale).unwrap();
            close(got.value, case["expected"][name].as_f64().unwrap(), case["tolerance"].as_f64().unwrap());
            assert_eq!((got.units, got.raters), (11, 4));
        }
    }
    for case in of_topic("icc") {
        let got = intraclass(&grid(&case["input"]["ratings_by_target"])).unwrap();
        for (name, value) in [
            ("ICC(1,1)", got.icc1_1),
            ("ICC(2,1)", got.icc2_1),
            ("ICC(3,1)", got.icc3_1),
            ("ICC(1,k)", got.icc1_k),
            ("ICC(2,k)", got.icc2_k),
            ("ICC(3,k)", got.icc3_k),
        ] {
            close(value, case["expected"][name].as_f64().unwrap(), case["tolerance"].as_f64().unwrap());
        }
        assert_eq!((got.units, got.raters), (6, 4));
    }
    for case in of_topic("fleiss_kappa") {
        let got = fleiss_kappa(&counts(&case["input"]["counts"])).unwrap();
        close(got.value, case["expected"].as_f64().unwrap(), case["tolerance"].as_f64().unwrap());
        assert_eq!((got.units, got.raters), (10, 14));
    }
    for case in of_topic("cohen_kappa") {
        let table = counts(&case["input"]["table"]);
        let declared = grid(&case["input"]["disagreement_weights"]);
        let declared =
            Disagreement::Declared(declared.into_iter().map(|r| r.into_iter().flatten().collect()).collect());
        let tolerance = case["tolerance"].as_f64().unwrap();
        let plain = cohen_kappa(&table, &Disagreement::Unweighted).unwrap();
        close(plain.value, case["expected"]["kappa"].as_f64().unwrap(), tolerance);
        let weighted = cohen_kappa(&table, &declared).unwrap();
        close(weighted.value, case["expected"]["weighted_kappa"].as_f64().unwrap(), tolerance);
        assert_eq!((weighted.units, weighted.raters), (200, 2));
    }
}

#[test]
fn undefined_is_nothing() {
    let same = vec![vec![Some(0.1); 3]; 4];
    let nothing: [Vec<Option<f64>>; 0] = [];
    for (_, scale) in SCALES {
        assert_eq!(krippendorff_alpha(&same, scale).unwrap().value, None);
        assert_eq!(krippendorff_alpha(&nothing, scale).unwrap().value, None);
        let alone = [vec![Some(1.0), None], vec![None, Some(2.0)]];
        let got = krippendorff_alpha(&alone, scale).unwrap();
        assert_eq!((got.value, got.units, got.raters), (None, 0, 0));
        let perfect = [vec![Some(0.1), Some(0.1)], vec![Some(0.7), Some(0.7)]];
        assert_eq!(krippendorff_alpha(&perfect, scale).unwrap().value, Some(1.0));
    }
    let icc = intraclass(&same).unwrap();
    assert_eq!((icc.icc2_1, icc.icc2_k, icc.icc3_1, icc.units, icc.raters), (None, None, None, 4, 3));
    assert_eq!(intraclass(&nothing).unwrap().icc2_1, None);
    let gaps = [vec![Some(1.0), None], vec![Some(2.0), Some(3.0)]];
    assert_eq!(intraclass(&gaps).unwrap().units, 1);
    let table = [[5, 0], [0, 0]];
    assert_eq!(cohen_kappa(&table, &Disagreement::Quadratic).unwrap().value, None);
    assert_eq!(cohen_kappa::<[u64; 0]>(&[], &Disagreement::Linear).unwrap().value, None);
    assert_eq!(kappa_of_pairs(&[], &Disagreement::Linear).unwrap().value, None);
    assert_eq!(fleiss_kappa(&[[3, 0], [3, 0]]).unwrap().value, None);
    assert_eq!(fleiss_kappa::<[u64; 0]>(&[]).unwrap().value, None);
}

#[test]
fn refusals() {
    let ragged = [vec![Some(1.0)], vec![]];
    assert_eq!(krippendorff_alpha(&ragged, Scale::Ordinal).unwrap_err(), Unfit::Ragged { unit: 1 });
    let nan = [vec![Some(1.0), Some(f64::NAN)]];
    assert_eq!(intraclass(&nan).unwrap_err(), Unfit::NonFinite { unit: 0, rater: 1 });
    let negative = [vec![Some(1.0), Some(-1.0)]];
    assert_eq!(krippendorff_alpha(&negative, Scale::Ratio).unwrap_err(), Unfit::Negative { unit: 0, rater: 1 });
    assert_eq!(cohen_kappa(&[[1, 2, 3]], &Disagreement::Linear).unwrap_err(), Unfit::Ragged { unit: 0 });
    let declared = Disagreement::Declared(vec![vec![1.0]]);
    assert_eq!(cohen_kappa(&[[1]], &declared).unwrap_err(), Unfit::Disagreements);
    assert_eq!(cohen_kappa(&[[u64::MAX, 1], [0, 0]], &Disagreement::Linear).unwrap_err(), Unfit::TooMany);
    assert_eq!(fleiss_kappa(&[[1, 1], [1, 2]]).unwrap_err(), Unfit::UnequalRaters { unit: 1 });
    assert_eq!(enough(100, 1), Err(Unfit::TooFewRaters));
    assert_eq!(enough(9, 2), Err(Unfit::TooFewUnits));
    assert_eq!(enough(10, 2), Ok(()));
}

/// α by its definition: coincidences of every two values, and the metric of each scale written out.
fn alpha_by_definition(units: &[Vec<Option<f64>>], scale: Scale) -> Option<f64> {
    let units: Vec<Vec<f64>> = units.iter().map(|u| u.iter().flatten().copied().collect()).collect();
    let units: Vec<Vec<f64>> = units.into_iter().filter(|u: &Vec<f64>| u.len() >= 2).collect();
    let mut values: Vec<f64> = units.iter().flatten().copied().collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let v = values.len();
    let at = |x: f64| values.iter().position(|y| *y == x).unwrap();
    let mut coincidences = vec![vec![0.0; v]; v];
    for unit in &units {
        for (i, x) in unit.iter().enumerate() {
            for (j, y) in unit.iter().enumerate() {
                if i != j {
                    coincidences[at(*x)][at(*y)] += 1.0 / (unit.len() as f64 - 1.0);
                }
            }
        }
    }
    let n: Vec<f64> = coincidences.iter().map(|row| row.iter().sum()).collect();
    let all: f64 = n.iter().sum();
    let metric = |c: usize, k: usize| {
        let (c, k) = (c.min(k), c.max(k));
        match scale {
            Scale::Nominal => f64::from(u8::from(c != k)),
            Scale::Ordinal => (n[c..=k].iter().sum::<f64>() - (n[c] + n[k]) / 2.0).powi(2),
            Scale::Interval => (values[c] - values[k]).powi(2),
            Scale::Ratio => ((values[c] - values[k]) / (values[c] + values[k])).powi(2),
        }
    };
    let (mut observed, mut expected) = (0.0, 0.0);
    for c in 0..v {
        for k in 0..v {
            if c != k {
                observed += coincidences[c][k] * metric(c, k);
                expected += n[c] * n[k] * metric(c, k);
            }
        }
    }
    (v > 1).then(|| 1.0 - (all - 1.0) * observed / expected)
}

fn ratings() -> impl Strategy<Value = Vec<Vec<Option<f64>>>> {
    let rating = prop_oneof![1 => Just(None), 5 => (0_u8..6).prop_map(|x| Some(f64::from(x) / 2.0))];
    (1_usize..5).prop_flat_map(move |k| proptest::collection::vec(proptest::collection::vec(rating.clone(), k), 0..12))
}

fn any_number() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        2 => Just(None),
        6 => (0_i8..4).prop_map(|x| Some(f64::from(x) * 0.1)),
        1 => any::<f64>().prop_map(Some),
        1 => proptest::sample::select(vec![1e100, -1e100, 5e-324, -0.0, 1e99, 1.0 + f64::EPSILON]).prop_map(Some),
    ]
}

fn any_grid(raters: usize) -> impl Strategy<Value = Vec<Vec<Option<f64>>>> {
    proptest::collection::vec(proptest::collection::vec(any_number(), raters), 0..6)
}

proptest! {
    #[test]
    fn alpha_is_its_definition(units in ratings()) {
        for (_, scale) in SCALES {
            let got = krippendorff_alpha(&units, scale).unwrap().value;
            match (got, alpha_by_definition(&units, scale)) {
                (Some(got), Some(wanted)) => prop_assert!((got - wanted).abs() < 1e-10, "{got} {wanted}"),
                (got, wanted) => prop_assert_eq!(got, wanted),
            }
        }
    }

    /// Fleiss & Cohen 1973: quadratic weights over n units come near ICC(2,1); exactly, κ = 1 − Σd²/Σ over all
    /// pairs of marginals.
    #[test]
    fn quadratic_kappa_from_pairs(pairs in proptest::collection::vec((0_u8..5, 0_u8..5), 1..30)) {
        let pairs: Vec<(f64, f64)> = pairs.into_iter().map(|(a, b)| (f64::from(a), f64::from(b))).collect();
        let n = pairs.len() as f64;
        let observed: f64 = pairs.iter().map(|(a, b)| (a - b).powi(2)).sum::<f64>() / n;
        let squares = |(a, _): &(f64, f64)| pairs.iter().map(|(_, b)| (a - b).powi(2)).sum::<f64>();
        let expected: f64 = pairs.iter().map(squares).sum::<f64>() / (n * n);
        let got = kappa_of_pairs(&pairs, &Disagreement::Quadratic).unwrap().value;
        match got {
            Some(got) => prop_assert!((got - (1.0 - observed / expected)).abs() < 1e-10),
            None => prop_assert_eq!(expected, 0.0),
        }
        // The same by a table of the whole scale.
        let mut table = [[0; 5]; 5];
        pairs.iter().for_each(|(a, b)| table[*a as usize][*b as usize] += 1);
        let by_table = cohen_kappa(&table, &Disagreement::Quadratic).unwrap().value;
        match (got, by_table) {
            (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-10),
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn nothing_but_finite_numbers(units in (0_usize..4).prop_flat_map(any_grid)) {
        for (_, scale) in SCALES {
            if let Ok(got) = krippendorff_alpha(&units, scale) {
                prop_assert!(got.value.is_none_or(f64::is_finite));
            }
        }
        if let Ok(got) = intraclass(&units) {
            for value in [got.icc1_1, got.icc2_1, got.icc3_1, got.icc1_k, got.icc2_k, got.icc3_k] {
                prop_assert!(value.is_none_or(f64::is_finite));
            }
        }
        let pair = |unit: &Vec<Option<f64>>| Some(((*unit.first()?)?, (*unit.get(1)?)?));
        let pairs: Vec<(f64, f64)> = units.iter().filter_map(pair).collect();
        for disagreement in [Disagreement::Unweighted, Disagreement::Linear, Disagreement::Quadratic] {
            if let Ok(got) = kappa_of_pairs(&pairs, &disagreement) {
                prop_assert!(got.value.is_none_or(f64::is_finite));
            }
        }
    }

    #[test]
    fn tables_of_any_counts(table in proptest::collection::vec(proptest::collection::vec(any::<u64>(), 3), 0..4)) {
        if let Ok(got) = fleiss_kappa(&table) {
            prop_assert!(got.value.is_none_or(f64::is_finite));
        }
        let small: Vec<Vec<u64>> = table.iter().map(|row| row.iter().map(|x| x % 4).collect()).collect();
        for disagreement in [Disagreement::Unweighted, Disagreement::Linear, Disagreement::Quadratic] {
            for table in [&table, &small] {
                if let Ok(got) = cohen_kappa(table, &disagreement) {
                    prop_assert!(got.value.is_none_or(f64::is_finite));
                }
            }
        }
    }
}
