//! Doors, against raising every rating of every indicator, finalising anew and ranking anew.

use proptest::prelude::*;
use sedaya::domain::assessment::{Answer, Combined, Ratings, finalise};
use sedaya::domain::criteria::{Criteria, Source};
use sedaya::domain::field::Registry;
use sedaya::domain::fixed::TenThousandths;
use sedaya::domain::rubric::{Rubric, Scale};
use sedaya::engine::{Door, Options, Passage, Snapshot, rank, steps};
use serde_json::{Value, json};

use super::assessed::{ratings, row, rubric, schema};

/// The ratings of each assessor of each venture.
fn cohorts() -> impl Strategy<Value = Vec<Vec<Ratings>>> {
    let assessors = proptest::collection::vec(ratings(&rubric()), 1..4);
    proptest::collection::vec(assessors, 1..6)
}

fn documents() -> impl Strategy<Value = Value> {
    let field = proptest::sample::select(vec![
        "dimension.ENT",
        "dimension.MGT",
        "dimension.SOC",
        "indicator.ENT1",
        "indicator.ENT2",
        "indicator.SOC1",
        "indicator.SOC4",
        "overall",
        "readiness_level",
    ]);
    let filter = (field.clone(), 0..3, 0..5_i64, any::<bool>()).prop_map(|(field, op, at, lenient)| {
        let is_level = field.starts_with("indicator") || field == "readiness_level";
        let (low, high) = if is_level { (at, at + 1) } else { (20 * at, 20 * at + 30) };
        let (op, value) = match op {
            0 => ("gte", json!(low)),
            1 => ("lte", json!(high)),
            _ => ("between", json!([low, high])),
        };
        json!({"field": field, "op": op, "value": value, "on_unknown": if lenient { "include_flagged" } else { "exclude" }})
    });
    let missing = proptest::sample::select(vec!["pessimistic", "exclude", "renormalise"]);
    let preference = (field, missing).prop_map(|(field, missing)| {
        json!({"field": field, "weight": 1, "missing": missing, "value": {"kind": "linear", "from": 0, "to": 100}})
    });
    let coverage = proptest::sample::select(vec![0.0, 0.0, 0.5, 1.0]);
    (proptest::collection::vec(filter, 1..4), proptest::collection::vec(preference, 1..3), coverage).prop_map(
        |(filters, preferences, coverage)| json!({"filters": filters, "preferences": preferences, "min_coverage": coverage}),
    )
}

/// The ratings with every value of one indicator in the place of what the assessors gave.
fn raised(all: &[Ratings], code: &str, to: u8) -> Vec<Ratings> {
    let mut all = all.to_vec();
    for rating in all.iter_mut().filter_map(|ratings| ratings.get_mut(code)) {
        if let Answer::Value(value) = &mut rating.answer {
            *value = TenThousandths::whole(i32::from(to));
        }
    }
    all
}

/// Whether each venture has a place.
fn placed(rubric: &Rubric, cohort: &[Vec<Ratings>], criteria: &Criteria) -> Vec<bool> {
    let mut snapshot = Snapshot::new(schema(rubric));
    for (id, ratings) in cohort.iter().enumerate() {
        snapshot.put(row(rubric, &finalise(rubric, ratings), id, &[])).unwrap();
    }
    let ranking = rank(&snapshot, criteria, Options::default()).unwrap();
    let is_placed = |id: usize| ranking.merit().iter().any(|p| **ranking.id(p.row) == *format!("v{id}"));
    (0..cohort.len()).map(is_placed).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn doors_are_those_found_by_raising_every_rating(
        cohort in cohorts(), documents in proptest::collection::vec(documents(), 1..4),
    ) {
        let rubric = rubric();
        let mut snapshot = Snapshot::new(schema(&rubric));
        for (id, ratings) in cohort.iter().enumerate() {
            snapshot.put(row(&rubric, &finalise(&rubric, ratings), id, &[])).unwrap();
        }
        for document in documents {
            let criteria = Criteria::parse(&Source::from(document), &Registry::new(&rubric)).unwrap();
            let door = Door::new(&snapshot, &criteria).unwrap();
            let now = placed(&rubric, &cohort, &criteria);
            for (id, ratings) in cohort.iter().enumerate() {
                let outcome = finalise(&rubric, ratings);
                let steps = steps(&rubric, &outcome);
                let passage = door.passage(snapshot.find(&format!("v{id}")).unwrap(), &steps);
                let mut naive = Vec::new();
                let mut number = 0;
                for (i, indicator) in rubric.indicators().enumerate() {
                    let is_ordinal = matches!(indicator.scale, Scale::Ordinal { .. });
                    let Combined::Value { median, .. } = outcome.indicators[i] else { continue };
                    let next = (1..=5_u8).find(|l| TenThousandths::whole(i32::from(*l)) > median.rounded());
                    let (Some(to), true, true) = (next, indicator.actionable, is_ordinal) else { continue };
                    prop_assert_eq!((steps[number].indicator, steps[number].to), (i, to));
                    let mut changed = cohort.clone();
                    changed[id] = raised(ratings, &indicator.code, to);
                    if placed(&rubric, &changed, &criteria)[id] {
                        naive.push(number);
                    }
                    number += 1;
                }
                prop_assert_eq!(steps.len(), number);
                prop_assert_eq!(passage, if now[id] { Passage::Open } else { Passage::Shut(naive) });
            }
        }
    }
}
