//! Random tables and documents, made to hit ties, gaps and every operator and value function.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::oracle::Table;

fn one_of(texts: &'static [&'static str]) -> BoxedStrategy<String> {
    proptest::sample::select(texts).prop_map(str::to_owned).boxed()
}

/// Mostly answers, some not answered or not applicable, few not assessed.
fn cell(answers: BoxedStrategy<String>) -> BoxedStrategy<String> {
    prop_oneof![30 => answers, 4 => Just(String::new()), 3 => Just("n/a".to_owned()), 1 => Just("?".to_owned())].boxed()
}

const HEADERS: [&str; 9] = ["id", "a", "b", "c", "d", "m", "s", "t", "r"];
const LEVELS: &[&str] = &["1", "2", "3", "4", "5"];
const CODES: &[&str] =
    &["KBLI2020:C10710", "KBLI2020:C10", "KBLI2020:C", "KBLI2020:G47", "31.75.10", "31.75", "31.7", "true", "7"];

/// Rows of eight columns: a, b, c levels; d a number of any kind; m money; s codes; t sets; r ranges.
pub fn tables(most: usize) -> impl Strategy<Value = Table> {
    let row = (
        cell(one_of(LEVELS)),
        cell(one_of(LEVELS)),
        cell(one_of(LEVELS)),
        cell(one_of(&["-3", "0", "1", "2.5", "3", "4.75", "5", "12.125", "1e2"])),
        cell(one_of(&["1000000", "2500000", "5000000", "7500000", "33333333", "100000000", "0"])),
        cell(one_of(CODES)),
        cell(one_of(&["x", "x;y", "y;z", "x;y;z", "z", "w"])),
        cell(one_of(&["1..5", "3..4", "2", "5..9", "0..100"])),
    );
    proptest::collection::vec(row, 0..most).prop_map(|rows| {
        let rows = rows
            .into_iter()
            .enumerate()
            .map(|(i, (a, b, c, d, m, s, t, r))| vec![format!("v{i:02}"), a, b, c, d, m, s, t, r]);
        Table { headers: HEADERS.map(str::to_owned).to_vec(), rows: rows.collect() }
    })
}

fn number_function() -> BoxedStrategy<Value> {
    let unit = || proptest::sample::select(vec![0.0, 0.1, 0.25, 0.333333333, 0.5, 0.7, 1.0]);
    let rising = proptest::collection::vec(unit(), 3..=3).prop_map(|mut v| {
        v.sort_by(f64::total_cmp);
        v
    });
    prop_oneof![
        6 => Just(json!({"kind": "linear", "from": 1, "to": 5})),
        2 => Just(json!({"kind": "linear", "from": 0, "to": 7})),
        1 => Just(json!({"kind": "linear", "from": 5, "to": 1})),
        3 => (rising.clone(), Just(())).prop_map(|(v, ())| json!({"kind": "points", "points": [[1, v[0]], [3.5, v[1]], [5, v[2]]]})),
        1 => proptest::collection::vec(unit(), 3).prop_map(|v| json!({"kind": "points", "points": [[1, v[0]], [2, v[1]], [4, v[2]]]})),
        3 => rising.prop_map(|v| json!({"kind": "steps", "breaks": [2, 4], "values": v})),
        1 => Just(json!({"kind": "range", "points": [1, 2, 3, 5]})),
        1 => Just(json!({"kind": "range", "points": [2, 2, 5, 5]})),
        1 => Just(json!({"kind": "target", "at": 4, "from": 1, "to": 5})),
    ]
    .boxed()
}

fn preference() -> BoxedStrategy<Value> {
    let weight =
        proptest::sample::select(vec![json!(0), json!(1), json!(2), json!(3), json!(7.5), json!(0.000001), json!(30)]);
    let missing = proptest::option::weighted(
        0.4,
        prop_oneof![
            4 => one_of(&["pessimistic", "neutral", "renormalise", "optimistic"]),
            1 => Just("exclude".to_owned()),
        ],
    );
    let used = prop_oneof![
        8 => (one_of(&["a", "b", "c"]), number_function()),
        2 => (Just("d".to_owned()), number_function()),
        1 => (Just("m".to_owned()), Just(json!({"kind": "log", "from": 1000000, "to": 100000000}))),
        1 => (Just("m".to_owned()), Just(json!({"kind": "range", "points": [1000000, 5000000, 7500000, 50000000]}))),
        1 => (Just("s".to_owned()), Just(json!({"kind": "table", "values": {"KBLI2020:C": 1, "KBLI2020:C10": 0.4, "31": 0.7, "true": 0.9, "7": 0.3}, "other": 0.2}))),
        1 => (Just("t".to_owned()), Just(json!({"kind": "overlap", "values": ["x", "y", "q", "x"]}))),
    ];
    (weight, missing, used)
        .prop_map(|(weight, missing, (field, value))| {
            let mut p = json!({"field": field, "weight": weight, "value": value});
            if let Some(missing) = missing {
                p["missing"] = json!(missing);
            }
            p
        })
        .boxed()
}

fn condition() -> BoxedStrategy<Value> {
    let level = 1..=5i64;
    prop_oneof![
        4 => (one_of(&["a", "b", "c"]), one_of(&["gte", "lte"]), level.clone()).prop_map(|(f, op, v)| json!({"field": f, "op": op, "value": v})),
        1 => (1..=3i64, 3..=5i64).prop_map(|(a, b)| json!({"field": "a", "op": "between", "value": [a, b]})),
        1 => Just(json!({"field": "b", "op": "in", "value": ["1", 2, 3]})),
        1 => Just(json!({"field": "c", "op": "not_in", "value": [1, 2]})),
        1 => Just(json!({"field": "s", "op": "is", "value": true})),
        2 => Just(json!({"field": "s", "op": "under", "value": ["KBLI2020:C10", "31.75"]})),
        1 => one_of(&["any_of", "all_of", "none_of"]).prop_map(|op| json!({"field": "t", "op": op, "value": ["x", "y"]})),
        1 => Just(json!({"field": "r", "op": "overlaps", "value": [4, 6]})),
        1 => Just(json!({"field": "m", "op": "gte", "value": 2500000})),
    ]
    .boxed()
}

/// Additive documents over the columns of [`tables`].
pub fn documents() -> impl Strategy<Value = Value> {
    let filter = (condition(), any::<bool>()).prop_map(|(mut c, include)| {
        c["on_unknown"] = json!(if include { "include_flagged" } else { "exclude" });
        c
    });
    (
        proptest::collection::vec(preference(), 1..7),
        prop_oneof![2 => Just(vec![]).boxed(), 3 => proptest::collection::vec(filter, 0..3).boxed()],
        proptest::option::weighted(0.5, one_of(&["pessimistic", "neutral", "renormalise", "optimistic"])),
        proptest::option::weighted(0.3, proptest::sample::select(vec![0.3, 0.5, 0.8, 1.0])),
        proptest::option::weighted(0.3, (condition(), proptest::sample::select(vec![0.29, 0.4, 0.5, 1.0]))),
        proptest::option::weighted(0.8, 1..6u32),
        proptest::option::weighted(0.8, one_of(&["s1", "s2", "sedaya-2024-11"])),
    )
        .prop_filter_map(
            "all weights are zero",
            |(preferences, filters, missing, coverage, group, limit, seed)| {
                if preferences.iter().all(|p| p["weight"] == json!(0)) {
                    return None;
                }
                let mut d = json!({"preferences": preferences, "filters": filters});
                if let Some(missing) = missing {
                    d["missing"] = json!(missing);
                }
                if let Some(coverage) = coverage {
                    d["min_coverage"] = json!(coverage);
                }
                if let Some((group, min)) = group {
                    d["representation"] = json!({"group": group, "rule": {"kind": "share", "min": min}});
                }
                if let Some(limit) = limit {
                    d["limit"] = json!(limit);
                }
                if let Some(seed) = seed {
                    d["seed"] = json!(seed);
                }
                Some(d)
            },
        )
}
