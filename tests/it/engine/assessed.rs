//! Changes of ventures assessed under a rubric, against trying every raise of every indicator.

use proptest::prelude::*;
use sedaya::domain::assessment::{Answer, Combined, DimensionOutcome, Outcome, Rating, Ratings, finalise};
use sedaya::domain::criteria::{Criteria, Reading, Source};
use sedaya::domain::decimal::Decimal;
use sedaya::domain::field::Registry;
use sedaya::domain::fixed::TenThousandths;
use sedaya::domain::rubric::{Rubric, Scale};
use sedaya::engine::{Cell, Column, Measured, Movable, Options, Row, Snapshot, rank};
use serde_json::{Value, json};

/// Three dimensions of the SEDAYA rubric with six indicators, one of them numeric and one that the owner
/// cannot raise.
pub(super) fn rubric() -> Rubric {
    let mut document = sedaya::reference::rubric::sedaya_v1().document().clone();
    let keep = [
        ("ENT", 40, vec![("ENT1", 60), ("ENT2", 40)]),
        ("MGT", 35, vec![("MGT1", 70), ("MGT4", 30)]),
        ("SOC", 25, vec![("SOC1", 30), ("SOC4", 70)]),
    ];
    document.dimensions.retain(|d| keep.iter().any(|k| k.0 == d.code));
    for (d, (_, weight, indicators)) in document.dimensions.iter_mut().zip(&keep) {
        d.weight = *weight;
        d.indicators.retain(|i| indicators.iter().any(|k| k.0 == i.code));
        for (i, (_, weight)) in d.indicators.iter_mut().zip(indicators) {
            i.weight = *weight;
            i.actionable = i.code != "SOC1";
            i.not_applicable_when.clear();
        }
    }
    Rubric::new(document).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn decimal(score: TenThousandths) -> Decimal {
    Decimal::parse(&score.to_string()).unwrap()
}

pub(super) fn schema(rubric: &Rubric) -> Vec<Column> {
    let dimensions = rubric.dimensions().iter().map(|d| format!("dimension.{}", d.code));
    let indicators = rubric.indicators().map(|i| format!("indicator.{}", i.code));
    let whole = ["overall", "readiness_level"].map(str::to_owned);
    let fields = dimensions.chain(indicators).chain(whole);
    fields.map(|field| Column { field, reading: Reading::Number }).collect()
}

/// The row of a venture if some of its indicators had other levels.
pub(super) fn row(rubric: &Rubric, outcome: &Outcome, id: usize, changes: &[(usize, TenThousandths)]) -> Row {
    let number = |score: Option<TenThousandths>| score.map_or(Cell::Insufficient, |s| Cell::number(decimal(s)));
    let mut cells = Vec::new();
    for d in 0..rubric.dimensions().len() {
        cells.push(match outcome.dimensions[d] {
            DimensionOutcome::NotAssessed { .. } => Cell::NotAssessed,
            DimensionOutcome::NotApplicable {} => Cell::NotApplicable,
            _ => number(outcome.dimension_with(rubric, d, changes)),
        });
    }
    for (i, combined) in outcome.indicators.iter().enumerate() {
        cells.push(match (combined, changes.iter().find(|(n, _)| *n == i)) {
            (Combined::Value { .. }, Some((_, level))) => Cell::number(decimal(*level)),
            (Combined::Value { median, low, high, .. }, None) => Cell::Number(Measured {
                value: decimal(median.rounded()),
                low: decimal(low.rounded().min(high.rounded())),
                high: decimal(low.rounded().max(high.rounded())),
            }),
            (Combined::NotApplicable {}, _) => Cell::NotApplicable,
            (Combined::NotAssessed {}, _) => Cell::NotAssessed,
            (Combined::NotAnswered {}, _) => Cell::NotAnswered,
        });
    }
    cells.push(number(outcome.overall_with(rubric, changes)));
    let readiness = outcome.readiness_with(rubric, changes);
    cells.push(number(readiness.level.map(|l| TenThousandths::whole(i32::from(l)))));
    Row { id: format!("v{id}"), pending: false, open_adjudication: false, cells }
}

pub(super) fn ratings(rubric: &Rubric) -> BoxedStrategy<Ratings> {
    let one = prop_oneof![14 => (1..=5i32).prop_map(Some), 1 => Just(None)];
    let codes: Vec<String> = rubric.indicators().map(|i| i.code.clone()).collect();
    proptest::collection::vec(one, codes.len())
        .prop_map(move |levels| {
            let rating = |level: Option<i32>| match level {
                Some(level) => Rating::told(TenThousandths::whole(level)),
                None => Rating::without(Answer::NotAnswered),
            };
            codes.iter().cloned().zip(levels.into_iter().map(rating)).collect()
        })
        .boxed()
}

fn outcomes() -> impl Strategy<Value = Vec<Outcome>> {
    let rubric = rubric();
    let assessors = proptest::collection::vec(ratings(&rubric), 1..3);
    proptest::collection::vec(assessors, 3..6)
        .prop_map(move |all| all.iter().map(|ratings| finalise(&rubric, ratings)).collect())
}

fn documents() -> impl Strategy<Value = Value> {
    let field = proptest::sample::select(vec![
        "dimension.ENT",
        "dimension.MGT",
        "dimension.SOC",
        "indicator.ENT1",
        "indicator.SOC4",
        "indicator.MGT4",
        "overall",
        "readiness_level",
    ]);
    let function = |field: &str, falls: bool, kink: bool| {
        let top = if field.starts_with("indicator") || field == "readiness_level" { 5 } else { 100 };
        match (falls, kink) {
            (true, false) => json!({"kind": "linear", "from": top, "to": 0}),
            (true, true) => json!({"kind": "target", "at": 3 * top / 5, "from": 0, "to": top}),
            (false, true) => json!({"kind": "points", "points": [[top / 5, 0], [top / 2, 0.7], [top, 1]]}),
            (false, false) => json!({"kind": "linear", "from": 0, "to": top}),
        }
    };
    let preference = (field.clone(), 1..4, proptest::bool::weighted(0.25), any::<bool>())
        .prop_map(move |(field, weight, falls, kink)| json!({"field": field, "weight": weight, "value": function(field, falls, kink)}));
    let filter = (field, proptest::sample::select(vec![("gte", 1), ("gte", 30), ("lte", 90), ("lte", 4)])).prop_map(
        |(field, (op, value))| json!({"field": field, "op": op, "value": value, "on_unknown": "include_flagged"}),
    );
    let filters = prop_oneof![2 => Just(vec![]).boxed(), 1 => proptest::collection::vec(filter, 1..3).boxed()];
    (proptest::collection::vec(preference, 1..4), filters, 1..3).prop_map(
        |(preferences, filters, limit)| json!({"preferences": preferences, "filters": filters, "limit": limit}),
    )
}

/// The raises that a document's preferences can feel: in document order, then in the rubric's.
fn levers(rubric: &Rubric, outcome: &Outcome, criteria: &Value) -> Vec<usize> {
    let first =
        |field: &str| criteria["preferences"].as_array().unwrap().iter().position(|p| p["field"] == json!(field));
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (i, indicator) in rubric.indicators().enumerate() {
        let d = rubric.dimension_of(i);
        let dimension = &rubric.dimensions()[d];
        let has_number = outcome.dimensions[d].score().is_some();
        let ways = [
            first(&format!("indicator.{}", indicator.code)),
            first(&format!("dimension.{}", dimension.code)).filter(|_| has_number),
            first("overall").filter(|_| has_number),
            first("readiness_level").filter(|_| has_number && dimension.core && outcome.readiness.level.is_some()),
        ];
        let can = indicator.actionable && matches!(indicator.scale, Scale::Ordinal { .. });
        if let (true, Some(_), Some(place)) = (can, outcome.indicators[i].median(), ways.into_iter().flatten().min()) {
            out.push((place, i));
        }
    }
    out.sort_unstable();
    out.into_iter().map(|(_, i)| i).collect()
}

type Found = (u8, usize, Vec<usize>, Vec<u8>);

/// Every raise that puts venture `id` above the cut-off: steps, number of fields, fields, levels.
fn reaching(
    rubric: &Rubric,
    outcome: &Outcome,
    levers: &[usize],
    above: impl Fn(&[(usize, TenThousandths)]) -> bool,
) -> Vec<Found> {
    let steps = |lever: usize, to: u8| {
        let level = outcome.indicators[levers[lever]].median().unwrap().rounded();
        (1..=to).filter(|l| TenThousandths::whole(i32::from(*l)) > level).count() as u8
    };
    let _ = rubric;
    let mut found = Vec::new();
    let mut to = vec![0u8; levers.len()];
    loop {
        let raised: Vec<usize> = (0..levers.len()).filter(|l| to[*l] > 0 && steps(*l, to[*l]) > 0).collect();
        // Levels at or below the present one stand for "not raised": count that once, as 0.
        let is_canonical = (0..levers.len()).all(|l| to[l] == 0 || steps(l, to[l]) > 0);
        if is_canonical && !raised.is_empty() {
            let changes: Vec<(usize, TenThousandths)> =
                raised.iter().map(|l| (levers[*l], TenThousandths::whole(i32::from(to[*l])))).collect();
            if above(&changes) {
                let all = raised.iter().map(|l| steps(*l, to[*l])).sum();
                found.push((all, raised.len(), raised.clone(), raised.iter().map(|l| to[*l]).collect()));
            }
        }
        let Some(next) = (0..levers.len()).find(|l| to[*l] < 5) else { return found };
        to[next] += 1;
        to[..next].fill(0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn changes_of_indicators_are_those_found_by_trying_all(
        outcomes in outcomes(), document in documents(), which in any::<prop::sample::Index>(),
    ) {
        let rubric = rubric();
        let criteria = Criteria::parse(&Source::from(document.clone()), &Registry::new(&rubric)).unwrap();
        let mut snapshot = Snapshot::new(schema(&rubric));
        for (id, outcome) in outcomes.iter().enumerate() {
            snapshot.put(row(&rubric, outcome, id, &[])).unwrap();
        }
        let ranking = rank(&snapshot, &criteria, Options::default()).unwrap();
        prop_assume!(!ranking.merit().is_empty());
        let placed = which.get(ranking.merit());
        let id: usize = ranking.id(placed.row)[1..].parse().unwrap();
        let outcome = &outcomes[id];
        let explained = ranking.explain(placed, Movable::Indicators(&rubric, outcome));

        let k = ranking.k() as u32;
        // Strictly above the k-th best of the others: fewer than k stand level or better.
        let above = |changes: &[(usize, TenThousandths)]| {
            let mut changed = snapshot.clone();
            changed.put(row(&rubric, outcome, id, changes)).unwrap();
            let ranking = rank(&changed, &criteria, Options::default()).unwrap();
            ranking.merit().iter().any(|p| *ranking.id(p.row) == explained.id && p.rank + p.tie_size - 1 <= k)
        };
        let levers = levers(&rubric, outcome, &document);
        let mut found = if above(&[]) { Vec::new() } else { reaching(&rubric, outcome, &levers, above) };
        found.sort();
        let told = |f: &Found| -> Vec<(String, String, u8)> {
            let one = |(l, to): (&usize, &u8)| {
                let i = levers[*l];
                let from = outcome.indicators[i].median().unwrap().rounded().to_string();
                (format!("indicator.{}", rubric.indicator(i).code), from, *to)
            };
            f.2.iter().zip(&f.3).map(one).collect()
        };
        let changes = |c: &[sedaya::engine::Change]| -> Vec<(String, String, u8)> {
            c.iter().map(|c| (c.field.to_string(), c.from.to_string(), c.to)).collect()
        };
        let fewest = found.iter().filter(|f| f.1 == 1).map(|f| f.0).min();
        let single: Vec<_> = found.iter().filter(|f| f.1 == 1 && Some(f.0) == fewest).flat_map(told).collect();
        prop_assert_eq!(changes(&explained.changes), single);
        let combination = found.iter().find(|f| f.1 > 1).map(told);
        prop_assert_eq!(explained.combination.as_deref().map(changes), combination);
    }
}
