//! The engine's figures: a cohort ranked and explained in full, a large table ranked, one changed row, a second
//! opinion over a large table, whether a list holds, and a matching day.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use sedaya::domain::assessment::{Outcome, Rating, finalise};
use sedaya::domain::criteria::{Criteria, Reading, Source};
use sedaya::domain::decimal::Decimal;
use sedaya::domain::field::{FieldType, Op, Registry, Vocabulary};
use sedaya::domain::fixed::TenThousandths;
use sedaya::engine::allocate::{Market, Meeting, Pair, Venture, allocate, schedule};
use sedaya::engine::analyse::{Matrix, Method, Spec, analyse};
use sedaya::engine::tune::{Region, Survey, smaa, stability};
use sedaya::engine::{Cell, Column, Door, Movable, Options, Passage, Row, Snapshot, rank, steps};
use sedaya::reference::rubric::sedaya_v1;
use serde_json::{Value, json};

const LEVELS: usize = 8;

struct Plain;

impl Vocabulary for Plain {
    fn describe(&self, _: &str) -> Option<(FieldType, &'static [Op])> {
        Some((FieldType::Number, Op::ALL))
    }
    fn plain(&self) -> bool {
        true
    }
}

/// Levels as the peers' benchmark draws them: 1 to 35 %, 2 to 30 %, 3 to 20 %, 4 to 11 %, 5 to 4 %.
fn level(row: u64, column: u64) -> i64 {
    let mut x = (7 * 1_000_003 + row * 64 + column).wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    match (x ^ (x >> 31)) % 100 {
        0..35 => 1,
        35..65 => 2,
        65..85 => 3,
        85..96 => 4,
        _ => 5,
    }
}

fn row(id: usize) -> Row {
    let cells = (0..LEVELS).map(|c| Cell::number(Decimal::whole(level(id as u64, c as u64))));
    Row { id: format!("v{id}"), pending: false, open_adjudication: false, cells: cells.collect() }
}

/// Scores in thousandths, which hardly repeat.
fn spread(id: usize) -> Row {
    let cell = |c: usize| Cell::number(Decimal::whole(((id * 1_000_003 + c * 7_919) * 48_271 % 99_991 % 1_000) as i64));
    Row { cells: (0..LEVELS).map(cell).collect(), ..row(id) }
}

fn snapshot(rows: usize, row: fn(usize) -> Row) -> Snapshot {
    let column = |c: usize| Column { field: format!("c{c}"), reading: Reading::Number };
    let mut snapshot = Snapshot::new((0..LEVELS).map(column).collect::<Vec<_>>());
    for id in 0..rows {
        snapshot.put(row(id)).unwrap();
    }
    snapshot
}

fn criteria(best: i64, limit: u32) -> Criteria {
    let weights = [30, 20, 25, 10, 15, 5, 40, 12];
    let preference = |(i, w): (usize, &i64)| json!({"field": format!("c{i}"), "weight": w, "value": {"kind": "linear", "from": 1, "to": best}});
    let preferences: Vec<Value> = weights.iter().enumerate().map(preference).collect();
    let document =
        json!({"preferences": preferences, "filters": [{"field": "c0", "op": "gte", "value": 0}], "limit": limit});
    Criteria::parse(&Source::from(document), &Plain).unwrap()
}

fn plain(c: &mut Criterion) {
    let (cohort, criteria) = (snapshot(100, row), criteria(5, 50));
    c.bench_function("rank 100 x 8", |b| b.iter(|| rank(&cohort, &criteria, Options::default()).unwrap()));
    c.bench_function("rank 100 x 8, all explained in full", |b| {
        b.iter(|| {
            let ranking = rank(&cohort, &criteria, Options::default()).unwrap();
            let columns = ranking.actionable_columns(|field| field.strip_prefix('c')?.parse().ok());
            ranking.placed().map(|p| ranking.explain(p, Movable::Columns(&columns))).collect::<Vec<_>>()
        });
    });
    let large = snapshot(100_000, row);
    c.bench_function("rank 100,000 x 8", |b| b.iter(|| rank(&large, &criteria, Options::default()).unwrap()));
    c.bench_function("change one row of 100,000", |b| {
        let changed = Row { cells: row(7).cells, ..row(99) };
        b.iter_batched(
            || changed.clone(),
            |changed| {
                let mut next = large.clone();
                next.put(changed).unwrap();
                next
            },
            BatchSize::SmallInput,
        );
    });
}

/// Ventures assessed under the SEDAYA rubric.
fn outcomes(ventures: u64) -> Vec<Outcome> {
    let rubric = sedaya_v1();
    let outcome = |id| {
        let rated = rubric.indicators().enumerate();
        let rating = |i: usize| Rating::told(TenThousandths::whole(level(id, i as u64) as i32));
        finalise(rubric, &[rated.map(|(i, indicator)| (indicator.code.clone(), rating(i))).collect()])
    };
    (0..ventures).map(outcome).collect()
}

/// Their dimensions, overall scores and readiness as columns.
fn columns_of(outcomes: &[Outcome]) -> Snapshot {
    let rubric = sedaya_v1();
    let decimal = |score: TenThousandths| Decimal::from_units(i128::from(score.0) * 100_000);
    let fields: Vec<String> = rubric.dimensions().iter().map(|d| format!("dimension.{}", d.code)).collect();
    let fields = fields.into_iter().chain(["overall".into(), "readiness_level".into()]);
    let mut snapshot =
        Snapshot::new(fields.map(|field| Column { field, reading: Reading::Number }).collect::<Vec<_>>());
    for (id, outcome) in outcomes.iter().enumerate() {
        let scores = outcome.dimensions.iter().map(|d| d.score());
        let rest = [outcome.overall.map(|o| o.score), outcome.readiness.level.map(|l| TenThousandths::whole(l.into()))];
        let cells = scores.chain(rest).map(|s| s.map_or(Cell::NotAnswered, |s| Cell::number(decimal(s))));
        let row = Row { id: format!("v{id}"), pending: false, open_adjudication: false, cells: cells.collect() };
        snapshot.put(row).unwrap();
    }
    snapshot
}

/// A cohort under the SEDAYA rubric, ranked by dimensions, the overall score and readiness.
fn assessed(c: &mut Criterion) {
    let rubric = sedaya_v1();
    let outcomes = outcomes(100);
    let snapshot = columns_of(&outcomes);
    let registry = Registry::new(rubric);
    let document = |fields: &[(&str, i64)]| {
        let preference = |(field, top): &(&str, i64)| json!({"field": field, "weight": 10, "value": {"kind": "linear", "from": 0, "to": top}});
        let document = json!({"preferences": fields.iter().map(preference).collect::<Vec<_>>(), "limit": 50});
        Criteria::parse(&Source::from(document), &registry).unwrap()
    };
    for (name, criteria) in [
        (
            "dimensions",
            document(&[("dimension.ENT", 100), ("dimension.PRD", 100), ("dimension.MGT", 100), ("dimension.SOC", 100)]),
        ),
        ("overall and readiness", document(&[("dimension.MGT", 100), ("overall", 100), ("readiness_level", 5)])),
    ] {
        c.bench_function(&format!("rank and explain 100 assessed ventures by {name}"), |b| {
            b.iter(|| {
                let ranking = rank(&snapshot, &criteria, Options::default()).unwrap();
                let explain = |p: &sedaya::engine::Placed| {
                    let id: usize = ranking.id(p.row).trim_start_matches('v').parse().unwrap();
                    ranking.explain(p, Movable::Indicators(rubric, &outcomes[id]))
                };
                ranking.placed().map(explain).collect::<Vec<_>>()
            });
        });
    }
}

/// Which step of each of 1,000 ventures opens which of 50 doors.
fn doors(c: &mut Criterion) {
    let rubric = sedaya_v1();
    let outcomes = outcomes(1_000);
    let snapshot = columns_of(&outcomes);
    let registry = Registry::new(rubric);
    let document = |n: usize| {
        let dimension = &rubric.dimensions()[n % rubric.dimensions().len()].code;
        let document = json!({
            "filters": [
                {"field": format!("dimension.{dimension}"), "op": "gte", "value": 20 + n},
                {"field": "readiness_level", "op": "gte", "value": 1 + n % 3},
            ],
            "preferences": [{"field": "overall", "weight": 1, "value": {"kind": "linear", "from": 0, "to": 100}}],
        });
        Criteria::parse(&Source::from(document), &registry).unwrap()
    };
    let documents: Vec<Criteria> = (0..50).map(document).collect();
    c.bench_function("doors: the steps of 1,000 ventures before 50 criteria", |b| {
        b.iter(|| {
            let steps: Vec<_> = outcomes.iter().map(|outcome| steps(rubric, outcome)).collect();
            let mut opened = 0;
            for document in &documents {
                let door = Door::new(&snapshot, document).unwrap();
                for (id, steps) in steps.iter().enumerate() {
                    let row = snapshot.find(&format!("v{id}")).unwrap();
                    if let Passage::Shut(by) = door.passage(row, steps) {
                        opened += by.len();
                    }
                }
            }
            opened
        });
    });
}

/// PROMETHEE II over a large table, where every two rows are compared: by levels, and by numbers that hardly repeat.
fn outranking(c: &mut Criterion) {
    let criterion = |j: usize| {
        let preference = json!({"kind": "linear", "q": 0.25, "p": 0.75});
        json!({"field": format!("c{j}"), "weight": 1, "direction": "max", "preference": preference})
    };
    let criteria: Vec<Value> = (0..LEVELS).map(criterion).collect();
    let spec = Spec::parse(&json!({"criteria": criteria})).unwrap();
    let table = |cell: fn(u64, u64) -> f64| {
        let row = |id: u64| (0..LEVELS as u64).map(|j| cell(id, j)).collect();
        Matrix::from_rows(&(0..100_000).map(row).collect::<Vec<Vec<f64>>>(), LEVELS).unwrap()
    };
    let (levels, spread) = (
        table(|id, j| (level(id, j) - 1) as f64 / 4.0),
        table(|id, j| (id * 1_000_003 + j * 7_919) as f64 % 99_991.0 / 99_991.0),
    );
    for (name, matrix) in [("five levels", levels), ("distinct numbers", spread)] {
        c.bench_function(&format!("promethee2 100,000 x 8, {name}"), |b| {
            b.iter(|| analyse(Method::Promethee2, &spec, &matrix).unwrap());
        });
    }
}

/// Whether a list holds: exact intervals of each weight, and how often each venture is among the first.
fn tuning(c: &mut Criterion) {
    let (table, document) = (snapshot(100_000, spread), criteria(1_000, 100));
    let ranking = rank(&table, &document, Options::default()).unwrap();
    let mut slow = c.benchmark_group("tuning");
    slow.sample_size(10);
    slow.bench_function("stability of the first 100 of 100,000 x 8", |b| b.iter(|| stability(&ranking).unwrap()));
    let table = snapshot(10_000, spread);
    let ranking = rank(&table, &document, Options::default()).unwrap();
    let survey = Survey { draws: 10_000, seed: "", region: &Region::default(), named: &[], threads: 2 };
    slow.bench_function("10,000 draws of weights for 10,000 x 8, two threads", |b| {
        b.iter(|| smaa(&ranking, &survey).unwrap());
    });
}

/// A matching day of 1,000 ventures and 50 investors, everybody of whom may meet: one meeting a venture, and up to 20.
fn matching_day(c: &mut Criterion) {
    for (capacity, minimum, maximum) in [(20, 1, 5), (60, 1, 3), (100, 5, 20)] {
        let pair = |n: u32| {
            let meeting = Meeting { venture: n / 50, investor: n % 50 };
            Pair { meeting, weight: i64::from(n.wrapping_mul(2_654_435_761) >> 2) }
        };
        let market = Market {
            slots: capacity,
            ventures: vec![Venture { minimum, maximum }; 1_000],
            investors: vec![capacity; 50],
            pairs: (0..50_000).map(pair).collect(),
            ..Market::default()
        };
        c.bench_function(&format!("meetings of 1,000 ventures and 50 investors with {capacity} places each"), |b| {
            b.iter(|| {
                let made = allocate(&market).unwrap();
                schedule(&made.meetings, market.slots).unwrap()
            });
        });
    }
}

criterion_group!(benches, plain, assessed, doors, outranking, tuning, matching_day);
criterion_main!(benches);
