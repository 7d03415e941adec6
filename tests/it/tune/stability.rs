//! Stability intervals: against the vectors, and against the engine run again with other weights.

use proptest::prelude::*;
use sedaya::domain::decimal::UNITS;
use sedaya::engine::tune::{Cause, End, SoleWeight, stability};
use sedaya::engine::{Cell, Ranking, Snapshot};
use serde_json::{Value, json};

use super::support::{documents, float, floats, matrix, ranked, rows, snapshot, vectors};

#[test]
fn reference_intervals() {
    let all = vectors("weight_stability_interval");
    assert_eq!(all.len(), 2);
    for vector in all {
        let input = &vector["input"];
        let k = usize::try_from(input["k"].as_u64().unwrap()).unwrap();
        let (snapshot, document) = matrix(&input["values"], input["weights"].as_array().unwrap(), k);
        let told = stability(&ranked(&snapshot, &document)).unwrap();
        let expected = vector["expected"]["intervals"].as_array().unwrap();
        assert_eq!(told.len(), expected.len());
        for (interval, expected) in told.iter().zip(expected) {
            let expected = floats(expected);
            for (end, expected) in [&interval.low, &interval.high].into_iter().zip(expected) {
                assert!((float(end.at) - expected).abs() < 1e-8, "{} {end:?} {expected}", vector["name"]);
                assert_eq!(end.cause.is_none(), expected == 0.0 || expected == 1.0);
            }
        }
    }
}

/// The document with the weight of preference `moving` at `units`·10⁻⁹ and the others scaled.
fn moved(document: &Value, moving: usize, units: i128) -> Value {
    let weights: Vec<i128> =
        document["preferences"].as_array().unwrap().iter().map(|p| i128::from(p["weight"].as_u64().unwrap())).collect();
    let others: i128 = weights.iter().sum::<i128>() - weights[moving];
    let mut out = document.clone();
    for (at, weight) in weights.iter().enumerate() {
        let exact = if at == moving { units * others } else { (UNITS - units) * weight };
        // Weights have six decimals, and any common factor is free.
        let text = format!("{}.{:06}", exact / 1_000_000, exact % 1_000_000);
        out["preferences"][at]["weight"] = serde_json::from_str(&text).unwrap();
    }
    out
}

fn top(ranking: &Ranking) -> Vec<String> {
    let mut top: Vec<String> =
        ranking.placed().take(ranking.k()).map(|placed| ranking.id(placed.row).to_string()).collect();
    top.sort();
    top
}

/// Whether the set is still a right answer under other weights: the same, or exchanged for equals.
fn holds(set: &[String], now: &Ranking) -> bool {
    let is = top(now);
    let score = |id: &String| now.merit().iter().find(|p| **now.id(p.row) == **id).map(|p| p.score);
    let scores = |a: &[String], b: &[String]| {
        let mut scores: Vec<_> = a.iter().filter(|id| !b.contains(id)).map(score).collect();
        scores.sort();
        scores
    };
    let (gone, come) = (scores(set, &is), scores(&is, set));
    gone == come && !gone.contains(&None)
}

/// Whether the one that enters is gone again so near beyond the end that no weight of the engine's digits lies between: rounded
/// logarithms can cross within 10⁻⁹ of where a cover ends.
fn is_in_and_out(end: &End, there: &Ranking, document: &Value) -> bool {
    let Some(Cause::Passes { enters, .. }) = &end.cause else { return false };
    document["method"] == "geometric" && !there.merit().iter().any(|p| there.id(p.row) == enters)
}

fn check_pair(end: &End, snapshot: &Snapshot, document: &Value, moving: usize, beyond: i128) {
    let there = ranked(snapshot, &moved(document, moving, beyond));
    let before = ranked(snapshot, &moved(document, moving, end.at.units() - (beyond - end.at.units())));
    let score = |r: &Ranking, id: &str| r.merit().iter().find(|p| **r.id(p.row) == *id).map(|p| p.score);
    match end.cause.as_ref().unwrap() {
        Cause::Passes { enters, leaves } => {
            assert!(score(&there, enters) > score(&there, leaves));
            assert!(score(&before, enters) <= score(&before, leaves) || score(&there, leaves).is_none());
        }
        Cause::Covered { enters, leaves } => {
            assert!(score(&before, enters).is_none());
            assert!(score(&there, enters).is_some());
            if let Some(leaves) = leaves {
                assert!(score(&there, enters) > score(&there, leaves));
            }
        }
        Cause::Uncovered { leaves } => assert!(score(&before, leaves).is_some() && score(&there, leaves).is_none()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_run_again_agrees(rows in rows(16), document in documents(), extra in 1..UNITS) {
        let snapshot = snapshot(&rows);
        let ranking = ranked(&snapshot, &document);
        let set = top(&ranking);
        for (moving, told) in stability(&ranking).unwrap().iter().enumerate() {
            let (low, high) = (told.low.at.units(), told.high.at.units());
            prop_assert!(0 <= low && low <= told.weight.units() && told.weight.units() <= high && high <= UNITS);
            let now = |t: i128| ranked(&snapshot, &moved(&document, moving, t));
            let inside = (1..40).map(|i| low + (high - low) * i / 40).chain([extra, low + 2, high - 2]);
            for t in inside.filter(|t| low + 1 < *t && *t < high - 1) {
                prop_assert!(holds(&set, &now(t)), "{moving} {low} {t} {high}");
            }
            for (end, beyond) in [(&told.low, low - 2), (&told.high, high + 2)] {
                // A cause may lie so near an end of the scale that it is shown there.
                prop_assert!(end.cause.is_some() || end.at.units() == 0 || end.at.units() == UNITS);
                if 0 < beyond && beyond < UNITS && end.cause.is_some() {
                    if is_in_and_out(end, &now(beyond), &document) {
                        continue;
                    }
                    // Whoever comes in because a floor wants it may by chance have the score of the one it replaces.
                    let is_let_in = matches!(end.cause, Some(Cause::Covered { leaves: None, .. }));
                    let changed = if is_let_in { set != top(&now(beyond)) } else { !holds(&set, &now(beyond)) };
                    prop_assert!(changed, "{moving} {beyond} {:?}", told);
                    check_pair(end, &snapshot, &document, moving, beyond);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// By definition, over all pairs: complete answers, so scores are lines in t.
    #[test]
    fn all_pairs(
        levels in proptest::collection::vec(proptest::collection::vec(0..5i64, 4), 1..25),
        weights in proptest::collection::vec(1..30i64, 4),
        k in 1..8usize,
    ) {
        let values: Vec<Vec<f64>> = levels.iter().map(|row| row.iter().map(|l| *l as f64 / 4.0).collect()).collect();
        let weights: Vec<Value> = weights.iter().map(|w| json!(w)).collect();
        let (snapshot, document) = matrix(&json!(values), &weights, k);
        let ranking = ranked(&snapshot, &document);
        let set = top(&ranking);
        let weight = |j: usize| weights[j].as_i64().unwrap();
        let total: i64 = (0..4).map(weight).sum();
        for (moving, told) in stability(&ranking).unwrap().iter().enumerate() {
            // Four times the score, times the others' weight: t·own + (1 − t)·rest.
            let line = |v: usize| {
                let others = total - weight(moving);
                let rest: i64 = (0..4).filter(|j| *j != moving).map(|j| weight(j) * levels[v][j]).sum();
                (levels[v][moving] * others, rest)
            };
            let is_in = |v: usize| set.contains(&format!("v{v:03}"));
            let (mut low, mut high) = (0.0f64, 1.0f64);
            for i in (0..levels.len()).filter(|v| is_in(*v)) {
                for o in (0..levels.len()).filter(|v| !is_in(*v)) {
                    // The lead of the one outside, at t = 0 and at t = 1.
                    let (at_0, at_1) = (line(o).1 - line(i).1, line(o).0 - line(i).0);
                    let crossing = at_0 as f64 / (at_0 - at_1) as f64;
                    if at_1 > at_0 && at_1 > 0 {
                        high = high.min(crossing);
                    } else if at_1 < at_0 && at_0 > 0 {
                        low = low.max(crossing);
                    }
                }
            }
            let near = |end: &End, expected: f64| (float(end.at) - expected).abs() < 2e-9;
            prop_assert!(near(&told.low, low) && near(&told.high, high), "{told:?} {low} {high}");
        }
    }
}

#[test]
fn quotients_cross_where_a_quadratic_says() {
    let level = |n: i64| Cell::number(sedaya::domain::decimal::Decimal::whole(n));
    let linear = json!({"kind": "linear", "from": 1, "to": 5});
    let preference =
        |field: &str, weight: i64| json!({"field": field, "weight": weight, "missing": "renormalise", "value": linear});
    let document = json!({"preferences": [preference("c0", 1), preference("c1", 1), preference("c2", 1)], "limit": 1});
    let table = snapshot(&[
        (vec![level(5), Cell::NotAnswered, level(3)], false),
        (vec![level(3), level(5), Cell::NotAnswered], false),
    ]);
    // With s on c1: A = (1 + ½) ÷ 2 = ¾, B = (½ + s) ÷ (1 + s): equal now, B ahead for s > 1, A for s < 1.
    let told = stability(&ranked(&table, &document)).unwrap();
    let third = 333_333_333;
    let first = ranked(&table, &document).id(ranked(&table, &document).at(1).unwrap().row).to_string();
    let (low, high) = (told[1].low.at.units(), told[1].high.at.units());
    if first == "v000" {
        assert_eq!((low, high), (0, third))
    } else {
        assert_eq!((low, high), (third, UNITS))
    }
    // With s on c0: A = (s + ½) ÷ (s + 1), B = (½s + 1) ÷ (s + 1): A ahead for s > 1.
    // With s on c2: A = (1 + ½s) ÷ (1 + s), B = ¾.
    assert!(told.iter().all(|interval| [interval.low.at.units(), interval.high.at.units()].contains(&third)));
    // And a true quadratic.
    let document = json!({"preferences": [preference("c0", 1), preference("c1", 2), preference("c2", 2)], "limit": 1});
    let table = snapshot(&[
        (vec![level(5), level(2), Cell::NotAnswered], false),
        (vec![Cell::NotAnswered, level(4), level(3)], false),
    ]);
    // With s on c0: A = (s + 2·¼) ÷ (s + 2), B = (2·¾ + 2·½) ÷ 4 = ⅝: A = B at s = 2, so A comes in at t = 2/6.
    let told = stability(&ranked(&table, &document)).unwrap();
    assert_eq!(told[0].high.at.units(), third);
    // With s on c1: A = (1 + s/2) ÷ (1 + 2s), B = (1 + 3s/2) ÷ (2 + 2s), equal where
    // (1 + s/2)(2 + 2s) = (1 + 3s/2)(1 + 2s): 2 + 3s + s² = 1 + 7s/2 + 3s²: 2s² + s/2 − 1 = 0, s = (−½ + √8.25) ÷ 4.
    let s = (-0.5 + 8.25f64.sqrt()) / 4.0;
    assert!((float(told[1].low.at) - 2.0 * s / (2.0 * s + 3.0)).abs() < 1e-9);
}

#[test]
fn a_lead_that_does_not_last_ends_the_interval() {
    let value = |n: i128| Cell::number(sedaya::domain::decimal::Decimal::from_units(n * 10_000_000));
    let table = snapshot(&[
        (vec![value(50), value(100), value(50)], false),
        (vec![value(45), value(90), Cell::NotApplicable], false),
    ]);
    let linear = json!({"kind": "linear", "from": 0, "to": 1});
    let preference = |field: &str, weight: i64| json!({"field": field, "weight": weight, "value": linear});
    let document = json!({"preferences": [preference("c0", 5), preference("c1", 2), preference("c2", 5)], "limit": 1});
    // With x ÷ 5 on c1: A = (1 + x) ÷ (2 + x), B = (0.45 + 0.9x) ÷ (1 + x): B − A has the sign of −x² + 2.5x − 1, so B
    // leads for ½ < x < 2 only: 0.2 < t < 0.5. Now x = 0.4 and t = 1/6.
    let told = stability(&ranked(&table, &document)).unwrap();
    assert_eq!((told[1].low.at.units(), told[1].high.at.units()), (0, 200_000_000));
    let cause = Cause::Passes { enters: "v001".into(), leaves: "v000".into() };
    assert_eq!(told[1].high.cause, Some(cause));
    // The same table from the other side: beyond t = 0.5 A is first again.
    let document = json!({"preferences": [preference("c0", 1), preference("c1", 2), preference("c2", 1)], "limit": 1});
    let told = stability(&ranked(&table, &document)).unwrap();
    assert_eq!((told[1].low.at.units(), told[1].high.at.units()), (500_000_000, UNITS));
}

#[test]
fn one_weight_cannot_move() {
    let (snapshot, document) = matrix(&json!([[1], [0]]), &[json!(3)], 1);
    assert_eq!(stability(&ranked(&snapshot, &document)), Err(SoleWeight));
}

#[test]
fn larger_tables_hold_to_the_engine_run_again() {
    // Many denominators, continuous values of three decimals (so that no contribution is rounded), every rule at once.
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 20) % below
    };
    for round in 0..12 {
        let mut cell = || match random(12) {
            0 if round % 3 > 0 => Cell::NotAnswered,
            1 if round % 3 > 0 => Cell::NotApplicable,
            _ => Cell::number(sedaya::domain::decimal::Decimal::whole(i64::try_from(random(1001)).unwrap())),
        };
        let table: Vec<(Vec<Cell>, bool)> =
            (0..400).map(|at| ((0..6).map(|_| cell()).collect(), at % 3 == 0)).collect();
        let snapshot = snapshot(&table);
        let linear = json!({"kind": "linear", "from": 0, "to": 1000});
        let preference =
            |at: usize| json!({"field": format!("c{at}"), "weight": ([7, 3, 11, 5, 2, 9][at]), "value": linear});
        let preferences: Vec<Value> = (0..6).map(preference).collect();
        let k = [1, 5, 40, 399][round % 4];
        let mut document = json!({"preferences": preferences, "missing": "renormalise", "limit": k});
        if round >= 4 {
            document["min_coverage"] = json!(0.8);
        }
        if round >= 8 {
            let group = json!({"field": "group", "op": "is", "value": true});
            document["representation"] = json!({"group": group, "rule": {"kind": "share", "min": 0.4}});
        }
        let ranking = ranked(&snapshot, &document);
        let set = top(&ranking);
        for (moving, told) in stability(&ranking).unwrap().iter().enumerate() {
            let (low, high) = (told.low.at.units(), told.high.at.units());
            let now = |t: i128| ranked(&snapshot, &moved(&document, moving, t));
            for t in (1..12).map(|i| low + (high - low) * i / 12).chain([low + 2, high - 2]) {
                assert!(t <= low + 1 || t >= high - 1 || holds(&set, &now(t)), "{round} {moving} {t} {told:?}");
            }
            for (end, beyond) in [(&told.low, low - 3), (&told.high, high + 3)] {
                if end.cause.is_some() {
                    assert!(!holds(&set, &now(beyond)), "{round} {moving} {beyond} {told:?}");
                    check_pair(end, &snapshot, &document, moving, beyond);
                }
            }
        }
    }
}

#[test]
fn extreme_documents_do_no_harm() {
    use sedaya::engine::tune::{Region, Survey, smaa, tornado};
    // 64 weights of as many digits as there can be.
    let cells = |seed: u64| -> Vec<Cell> {
        (0..64u64)
            .map(|at| match (seed * 31 + at * 17) % 7 {
                0 => Cell::NotApplicable,
                1 => Cell::NotAnswered,
                n => {
                    Cell::number(sedaya::domain::decimal::Decimal::from_units(i128::from(n * 123_456_789 + seed * at)))
                }
            })
            .collect()
    };
    let table: Vec<(Vec<Cell>, bool)> = (0..30).map(|seed| (cells(seed), seed % 2 == 0)).collect();
    let snapshot = snapshot(&table);
    for (method, floor) in [("additive", None), ("geometric", Some(0.0)), ("geometric", Some(0.000000001))] {
        let linear = json!({"kind": "linear", "from": 0, "to": 1.000000007});
        let preference = |at: usize| {
            let weight: Value =
                serde_json::from_str(&format!("{}.{:06}", 999_999 - at * 15_000, 999_983 - at * 37)).unwrap();
            let missing = ["renormalise", "pessimistic"][at % 2];
            json!({"field": format!("c{at}"), "weight": weight, "value": linear, "missing": missing})
        };
        let preferences: Vec<Value> = (0..64).map(preference).collect();
        let mut document =
            json!({"preferences": preferences, "limit": 5, "method": method, "min_coverage": 0.123456789});
        if let Some(floor) = floor {
            document["floor"] = json!(floor);
        }
        let ranking = ranked(&snapshot, &document);
        let told = stability(&ranking).unwrap();
        assert!(told.iter().all(|i| i.low.at <= i.weight && i.weight <= i.high.at));
        for placed in ranking.placed() {
            let told =
                tornado(&ranking, placed.row, sedaya::domain::decimal::Decimal::from_units(123_456_789)).unwrap();
            assert!(
                told.bars.iter().all(|bar| bar.low.score.is_none_or(|score| (0.0..=100.0).contains(&float(score))))
            );
        }
        let survey = Survey { draws: 200, seed: "", region: &Region::default(), named: &[], threads: 1 };
        let told = smaa(&ranking, &survey).unwrap();
        assert!(told.ventures.iter().all(|v| v.top.is_finite() && v.first.is_finite()));
    }
}

#[test]
fn nobody_or_everybody_inside() {
    let (table, mut document) = matrix(&json!([[1, 0], [0, 1]]), &[json!(1), json!(1)], 2);
    let whole = |document: &Value| {
        let told = stability(&ranked(&table, document)).unwrap();
        told.iter().all(|i| i.low.at.units() == 0 && i.high.at.units() == UNITS && i.low.cause.is_none())
    };
    assert!(whole(&document));
    document["filters"] = json!([{"field": "c0", "op": "gte", "value": 5}]);
    assert!(whole(&document));
}
