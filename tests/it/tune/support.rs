//! Tables of numbers as snapshots, and documents over them.

use proptest::prelude::*;
use sedaya::domain::criteria::{Criteria, Reading, Source};
use sedaya::domain::decimal::Decimal;
use sedaya::domain::field::{FieldType, Op, Vocabulary};
use sedaya::engine::{Cell, Column, Options, Ranking, Row, Snapshot, rank};
use serde_json::{Value, json};

/// Any column, plain.
pub struct Plain;

impl Vocabulary for Plain {
    fn describe(&self, _: &str) -> Option<(FieldType, &'static [Op])> {
        Some((FieldType::Code, Op::ALL))
    }
    fn plain(&self) -> bool {
        true
    }
}

/// The reference vectors of one topic.
pub fn vectors(topic: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(include_str!("../data/engine.json")).unwrap();
    all.into_iter().filter(|vector| vector["topic"] == topic).collect()
}

pub fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

pub fn float(decimal: Decimal) -> f64 {
    decimal.to_string().parse().unwrap()
}

pub fn criteria(document: &Value) -> Criteria {
    Criteria::parse(&Source::from(document.clone()), &Plain).unwrap_or_else(|faults| panic!("{faults:?} {document}"))
}

pub fn ranked(snapshot: &Snapshot, document: &Value) -> Ranking {
    rank(snapshot, &criteria(document), Options::default()).unwrap()
}

/// Number columns c0, c1, … and a text column `group`. Rows are v000, v001, ….
pub fn snapshot(rows: &[(Vec<Cell>, bool)]) -> Snapshot {
    let width = rows.first().map_or(0, |(cells, _)| cells.len());
    let number = |at: usize| Column { field: format!("c{at}"), reading: Reading::Number };
    let group = Column { field: "group".to_owned(), reading: Reading::Text };
    let mut snapshot = Snapshot::new((0..width).map(number).chain([group]).collect::<Vec<_>>());
    for (at, (cells, protected)) in rows.iter().enumerate() {
        let mut cells = cells.clone();
        cells.push(Cell::boolean(*protected));
        snapshot.put(Row { id: format!("v{at:03}"), pending: false, open_adjudication: false, cells }).unwrap();
    }
    snapshot
}

pub fn decimal(value: &Value) -> Decimal {
    Decimal::parse(&value.to_string()).unwrap()
}

/// Values 0–1 as they are, every preference linear from 0 to 1.
pub fn matrix(values: &Value, weights: &[Value], k: usize) -> (Snapshot, Value) {
    let row = |row: &Value| row.as_array().unwrap().iter().map(|v| Cell::number(decimal(v))).collect::<Vec<_>>();
    let rows: Vec<(Vec<Cell>, bool)> = values.as_array().unwrap().iter().map(|r| (row(r), false)).collect();
    let linear = json!({"kind": "linear", "from": 0, "to": 1});
    let preference =
        |(at, weight): (usize, &Value)| json!({"field": format!("c{at}"), "weight": weight, "value": linear});
    let preferences: Vec<Value> = weights.iter().enumerate().map(preference).collect();
    (snapshot(&rows), json!({"preferences": preferences, "limit": k}))
}

/// Levels 1–5, now and then not answered or not applicable.
fn cell(holes: bool) -> BoxedStrategy<Cell> {
    let level = (1..=5i64).prop_map(|level| Cell::number(Decimal::whole(level)));
    if !holes {
        return level.boxed();
    }
    prop_oneof![12 => level, 2 => Just(Cell::NotAnswered), 1 => Just(Cell::NotApplicable)].boxed()
}

/// Rows over four columns.
pub fn rows(most: usize) -> impl Strategy<Value = Vec<(Vec<Cell>, bool)>> {
    any::<bool>().prop_flat_map(move |holes| {
        proptest::collection::vec((proptest::collection::vec(cell(holes), 4), any::<bool>()), 1..most)
    })
}

/// Documents over those rows, with every policy, coverage, floor and method. Values are quarters, so no contribution is
/// ever rounded, whatever the weights.
pub fn documents() -> impl Strategy<Value = Value> {
    let policy = || proptest::sample::select(vec!["pessimistic", "neutral", "optimistic", "renormalise"]);
    let preference = (1..40u32, proptest::option::weighted(0.5, policy()), any::<bool>());
    (
        proptest::collection::vec(preference, 2..=4),
        policy(),
        proptest::sample::select(vec![0.0, 0.0, 0.0, 0.5, 0.75]),
        proptest::option::weighted(0.4, proptest::sample::select(vec![0.25, 0.4, 0.5, 0.8])),
        1..5u32,
        proptest::option::weighted(0.3, proptest::sample::select(vec![0.0, 0.01, 0.25])),
        proptest::bool::weighted(0.3),
    )
        .prop_map(|(preferences, missing, coverage, share, limit, floor, filter)| {
            let preference = |(at, (weight, missing, rises)): (usize, (u32, Option<&str>, bool))| {
                let (from, to) = if rises { (1, 5) } else { (5, 1) };
                let value = json!({"kind": "linear", "from": from, "to": to});
                let mut preference = json!({"field": format!("c{at}"), "weight": weight, "value": value});
                if let Some(missing) = missing {
                    preference["missing"] = json!(missing);
                }
                preference
            };
            let preferences: Vec<Value> = preferences.into_iter().enumerate().map(preference).collect();
            let mut document = json!({"preferences": preferences, "missing": missing, "limit": limit});
            if coverage > 0.0 {
                document["min_coverage"] = json!(coverage);
            }
            if let Some(min) = share {
                let group = json!({"field": "group", "op": "is", "value": true});
                document["representation"] = json!({"group": group, "rule": {"kind": "share", "min": min}});
            }
            if let Some(floor) = floor {
                document["method"] = json!("geometric");
                document["floor"] = json!(floor);
            }
            if filter {
                document["filters"] = json!([{"field": "c0", "op": "gte", "value": 2}]);
            }
            document
        })
}
