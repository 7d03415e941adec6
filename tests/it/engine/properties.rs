//! What must hold for every table and document.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::oracle::{Oracle, Table, members};
use super::random::{documents, tables};
use super::ranked;

fn without_echo(mut ranking: Value) -> Value {
    members(&mut ranking).remove("criteria");
    ranking
}

/// Nine-decimal figures as whole numbers.
fn nanos(value: &Value) -> i128 {
    let text = value.to_string();
    let (mantissa, exponent) = text.split_once('e').map_or((text.as_str(), 0), |(m, e)| (m, e.parse::<i32>().unwrap()));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().unwrap();
    let power = 9 + exponent - i32::try_from(fraction.len()).unwrap();
    digits * 10i128.pow(u32::try_from(power).expect("at most nine decimals"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_naive_engine_agrees(table in tables(10), document in documents()) {
        let expected = Oracle::new(&table, &document).rank();
        prop_assert_eq!(without_echo(ranked(&table, &document)), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn every_venture_has_one_place(table in tables(12), document in documents()) {
        let ranking = ranked(&table, &document);
        let ids = |list: &Value, id: fn(&Value) -> &Value| {
            list.as_array().unwrap().iter().map(|r| id(r).as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let mut all = ids(&ranking["results"], |r| &r["id"]);
        all.extend(ids(&ranking["excluded"], |r| &r["id"]));
        all.extend(ids(&ranking["pending"], |r| r));
        all.sort();
        let expected: Vec<String> = table.rows.iter().map(|r| r[0].clone()).collect();
        prop_assert_eq!(all, expected);
        // Ranks are those of competitions, and a total order stands behind them.
        let results = ranking["results"].as_array().unwrap();
        let mut merit: Vec<(u64, u64)> = results.iter().map(|r| (r["rank"].as_u64().unwrap(), r["tie_size"].as_u64().unwrap())).collect();
        merit.sort_unstable();
        let mut at = 1;
        for tie in merit.chunk_by(|a, b| a == b) {
            prop_assert_eq!(tie[0], (at, tie.len() as u64));
            at += tie.len() as u64;
        }
        for (i, r) in results.iter().enumerate() {
            prop_assert_eq!(r["position"].as_u64().unwrap() as usize, i + 1);
        }
    }

    #[test]
    fn weighted_products_agree_with_doubles(table in tables(10), document in documents(), floor in proptest::sample::select(vec![0.0, 0.01, 0.25])) {
        let mut document = document;
        let expected = Oracle::new(&table, &document).products(floor);
        (document["method"], document["floor"]) = (json!("geometric"), json!(floor));
        let ranking = ranked(&table, &document);
        let mut results = ranking["results"].as_array().unwrap().clone();
        prop_assert_eq!(results.len(), expected.len());
        results.sort_by_key(|r| r["rank"].as_u64());
        let mut above = f64::INFINITY;
        for r in results {
            let score = r["score"].as_f64().unwrap();
            let product = expected[r["id"].as_str().unwrap()];
            prop_assert!((score - product).abs() < 1e-5, "{score} {product}");
            // A logarithm is rounded to nine decimals, so products closer than that may stand either way.
            prop_assert!(product <= above + 1e-6);
            above = product;
            let vetoed = r["flags"].as_array().unwrap().contains(&json!("veto"));
            prop_assert_eq!(vetoed, product == 0.0);
        }
    }

    #[test]
    fn the_order_of_rows_and_columns_changes_no_byte(table in tables(12), document in documents(), shuffle in any::<u64>()) {
        let before = ranked(&table, &document).to_string();
        let mut rows = table.rows.clone();
        rows.sort_by_key(|r| blake3::hash(format!("{shuffle}{}", r[0]).as_bytes()).to_hex().to_string());
        let reversed = |cells: &[String]| cells.iter().rev().cloned().collect::<Vec<_>>();
        let shuffled = Table { headers: reversed(&table.headers), rows: rows.iter().map(|r| reversed(r)).collect() };
        prop_assert_eq!(ranked(&shuffled, &document).to_string(), before);
    }

    #[test]
    fn scaling_all_weights_changes_no_byte(table in tables(8), document in documents(), factor in proptest::sample::select(vec![2, 3, 1000])) {
        let before = ranked(&table, &document).to_string();
        let mut scaled = document;
        for p in scaled["preferences"].as_array_mut().unwrap() {
            // As decimals: a double times a factor need not be the decimal that is meant.
            p["weight"] = serde_json::from_str(&scale(&p["weight"].to_string(), factor)).unwrap();
        }
        prop_assert_eq!(ranked(&table, &scaled).to_string(), before);
    }

    #[test]
    fn printed_points_add_up_exactly(table in tables(10), document in documents(), geometric in any::<bool>()) {
        let mut document = document;
        if geometric {
            document["method"] = json!("geometric");
        }
        let ranking = ranked(&table, &document);
        for r in ranking["results"].as_array().unwrap() {
            let points: i128 = r["contributions"].as_array().unwrap().iter().map(|c| nanos(&c["points"])).sum();
            prop_assert_eq!(points, nanos(&r["score"]));
            let (low, high) = (nanos(&r["interval"][0]), nanos(&r["interval"][1]));
            prop_assert!(low <= nanos(&r["score"]) && nanos(&r["score"]) <= high);
        }
        let weights = ranking["criteria"]["preferences"].as_array().unwrap();
        prop_assert_eq!(weights.iter().map(|p| nanos(&p["weight"])).sum::<i128>(), 1_000_000_000);
    }

    #[test]
    fn raising_a_value_that_counts_never_lowers_a_rank(table in tables(10), which in any::<prop::sample::Index>(), to in 2..=5u8) {
        let document = rising();
        if let Some((row, from)) = answered(&table, which) && from < to {
            let raised = with(&table, row, &to.to_string());
            let (before, after) = (rank_of(&table, &document, row), rank_of(&raised, &document, row));
            prop_assert!(after <= before, "{before:?} {after:?}");
        }
    }

    #[test]
    fn answering_never_lowers_a_pessimistic_score(table in tables(10), which in any::<prop::sample::Index>(), to in 1..=5u8) {
        let document = rising();
        let open: Vec<usize> = (0..table.rows.len()).filter(|r| table.rows[*r][1].is_empty()).collect();
        if !open.is_empty() {
            let row = open[which.index(open.len())];
            let answered = with(&table, row, &to.to_string());
            prop_assert!(rank_of(&answered, &document, row) <= rank_of(&table, &document, row));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn changes_of_products_are_those_found_by_trying_all(
        table in tables(7), which in any::<prop::sample::Index>(), floor in proptest::sample::select(vec![0.0, 0.01]), limit in 1..4u64,
    ) {
        let mut document = rising();
        (document["method"], document["floor"], document["limit"]) = (json!("geometric"), json!(floor), json!(limit));
        let ranking = ranked(&table, &document);
        let results = ranking["results"].as_array().unwrap();
        prop_assume!(!results.is_empty());
        let told = which.get(results);
        let row = table.rows.iter().position(|r| json!(r[0]) == told["id"]).unwrap();
        let is_in = |ranking: &Value| {
            let results = ranking["results"].as_array().unwrap();
            let own = results.iter().find(|r| r["id"] == told["id"]).unwrap();
            // Strictly above the k-th best of the others: fewer than k stand level or better.
            own["rank"].as_u64().unwrap() + own["tie_size"].as_u64().unwrap() - 1 <= limit
        };
        // Column, level now, in document order.
        let levers: Vec<(usize, u8)> = (1..=3).filter_map(|c| Some((c, table.rows[row][c].parse().ok()?))).collect();
        let mut found: Vec<(u8, usize, Vec<usize>, Vec<u8>)> = Vec::new();
        let mut to: Vec<u8> = levers.iter().map(|l| l.1).collect();
        while !is_in(&ranking) {
            let raised: Vec<usize> = (0..levers.len()).filter(|l| to[*l] > levers[*l].1).collect();
            if !raised.is_empty() {
                let mut changed = table.clone();
                for l in &raised {
                    changed.rows[row][levers[*l].0] = to[*l].to_string();
                }
                if is_in(&ranked(&changed, &document)) {
                    let steps = raised.iter().map(|l| to[*l] - levers[*l].1).sum();
                    found.push((steps, raised.len(), raised.clone(), raised.iter().map(|l| to[*l]).collect()));
                }
            }
            let Some(next) = (0..levers.len()).find(|l| to[*l] < 5) else { break };
            to[next] += 1;
            for l in 0..next {
                to[l] = levers[l].1;
            }
        }
        found.sort();
        let changes = |f: &(u8, usize, Vec<usize>, Vec<u8>)| -> Vec<Value> {
            let one = |(l, to): (&usize, &u8)| json!({"field": table.headers[levers[*l].0], "from": levers[*l].1, "to": to});
            f.2.iter().zip(&f.3).map(one).collect()
        };
        let fewest = found.iter().filter(|f| f.1 == 1).map(|f| f.0).min();
        let single: Vec<Value> = found.iter().filter(|f| f.1 == 1 && Some(f.0) == fewest).flat_map(changes).collect();
        prop_assert_eq!(&told["changes"], &json!(single));
        prop_assert_eq!(&told["combination"], &json!(found.iter().find(|f| f.1 > 1).map(changes)));
    }
}

/// A decimal text times a whole number.
fn scale(text: &str, factor: i64) -> String {
    let nano = nanos(&serde_json::from_str(text).unwrap()) * i128::from(factor);
    format!("{}.{:09}", nano / 1_000_000_000, nano % 1_000_000_000)
}

fn rising() -> Value {
    json!({"preferences": [
        {"field": "a", "weight": 3, "value": {"kind": "points", "points": [[1, 0], [2, 0.5], [5, 1]]}},
        {"field": "b", "weight": 2, "value": {"kind": "linear", "from": 1, "to": 5}},
        {"field": "c", "weight": 1, "missing": "renormalise", "value": {"kind": "steps", "breaks": [3], "values": [0, 1]}},
    ]})
}

/// A row whose column `a` is answered, and its level.
fn answered(table: &Table, which: prop::sample::Index) -> Option<(usize, u8)> {
    let open: Vec<(usize, u8)> =
        table.rows.iter().enumerate().filter_map(|(i, r)| Some((i, r[1].parse().ok()?))).collect();
    (!open.is_empty()).then(|| open[which.index(open.len())])
}

fn with(table: &Table, row: usize, level: &str) -> Table {
    let mut rows = table.rows.clone();
    rows[row][1] = level.to_owned();
    Table { headers: table.headers.clone(), rows }
}

/// The rank of a row; last of all when it is pending or excluded, as it is before and after alike.
fn rank_of(table: &Table, document: &Value, row: usize) -> u64 {
    let ranking = ranked(table, document);
    let id = &table.rows[row][0];
    let result = ranking["results"].as_array().unwrap().iter().find(|r| r["id"] == json!(id));
    result.map_or(u64::MAX, |r| r["rank"].as_u64().unwrap())
}
