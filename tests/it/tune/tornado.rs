//! Tornado: against the engine run again with the weights at the ends.

use proptest::prelude::*;
use sedaya::domain::decimal::Decimal;
use sedaya::engine::tune::{Unmoved, tornado};
use serde_json::{Value, json};

use super::support::{documents, float, matrix, ranked, rows, snapshot};

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_run_again_agrees(
        rows in rows(14),
        document in documents(),
        percent in 1..100i64,
        which in 0..14usize,
    ) {
        let snapshot = snapshot(&rows);
        let ranking = ranked(&snapshot, &document);
        let Some(placed) = ranking.merit().get(which % ranking.merit().len().max(1)) else { return Ok(()) };
        let step = Decimal::from_units(i128::from(percent) * 10_000_000);
        let told = tornado(&ranking, placed.row, step).unwrap();
        prop_assert_eq!((told.rank, told.score), (placed.rank, ranking.shown(placed.score)));
        let bars = told.bars;
        let weights: Vec<i64> =
            document["preferences"].as_array().unwrap().iter().map(|p| p["weight"].as_i64().unwrap()).collect();
        let total: i64 = weights.iter().sum();
        prop_assert_eq!(bars.len(), weights.len());
        for (moving, bar) in bars.iter().enumerate() {
            for (tip, by) in [(&bar.low, -percent), (&bar.high, percent)] {
                let t = weights[moving] * 100 + by * total;
                let whole = total * 100;
                prop_assert!((float(tip.weight) - (t as f64 / whole as f64).clamp(0.0, 1.0)).abs() < 1e-9);
                if t <= 0 || t >= whole {
                    continue;
                }
                let mut moved: Value = document.clone();
                for (at, weight) in weights.iter().enumerate() {
                    let units = if at == moving { t * (total - weight) } else { (whole - t) * weight };
                    let text = format!("{}.{:06}", units / 1_000_000, units % 1_000_000);
                    moved["preferences"][at]["weight"] = serde_json::from_str(&text).unwrap();
                }
                let moved = ranked(&snapshot, &moved);
                let there = moved.merit().iter().find(|p| p.row == placed.row);
                prop_assert_eq!(tip.rank, there.map(|p| p.rank as usize));
                prop_assert_eq!(tip.score, there.map(|p| moved.shown(p.score)));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// No weight of a fine grid gives a rank outside the range.
    #[test]
    fn ranks_over_a_fine_grid(rows in rows(9), document in documents(), percent in 5..60i64, which in 0..9usize) {
        let snapshot = snapshot(&rows);
        let ranking = ranked(&snapshot, &document);
        let Some(placed) = ranking.merit().get(which % ranking.merit().len().max(1)) else { return Ok(()) };
        let step = Decimal::from_units(i128::from(percent) * 10_000_000);
        let bars = tornado(&ranking, placed.row, step).unwrap().bars;
        let weights: Vec<i64> =
            document["preferences"].as_array().unwrap().iter().map(|p| p["weight"].as_i64().unwrap()).collect();
        let total: i64 = weights.iter().sum();
        for (moving, bar) in bars.iter().enumerate() {
            let (mut best, mut worst) = (placed.rank as usize, placed.rank as usize);
            for tip in [&bar.low, &bar.high] {
                best = tip.rank.map_or(best, |rank| rank.min(best));
                worst = tip.rank.map_or(worst, |rank| rank.max(worst));
            }
            for by in -20..=20i64 {
                let (t, whole) = (weights[moving] * 2000 + by * percent * total, total * 2000);
                if t <= 0 || t >= whole {
                    continue;
                }
                let mut moved: Value = document.clone();
                for (at, weight) in weights.iter().enumerate() {
                    let units = if at == moving { t * (total - weight) } else { (whole - t) * weight };
                    let text = format!("{}.{:06}", units / 1_000_000, units % 1_000_000);
                    moved["preferences"][at]["weight"] = serde_json::from_str(&text).unwrap();
                }
                if let Some(there) = ranked(&snapshot, &moved).merit().iter().find(|p| p.row == placed.row) {
                    best = best.min(there.rank as usize);
                    worst = worst.max(there.rank as usize);
                }
            }
            prop_assert!(bar.best_rank <= best && worst <= bar.worst_rank, "{bar:?}: {best} to {worst}");
            prop_assert!(bar.worst_rank <= rows.len() && bar.best_rank >= 1);
        }
    }
}

#[test]
fn a_rank_may_be_better_between_the_ends_than_at_them() {
    // v000 is level with v001 at w₀ = ⅓ and with v002 at w₀ = ⅔: first between, second at either end.
    let (snapshot, document) = matrix(&json!([[0.6, 0.6], [0.3, 0.75], [0.75, 0.3]]), &[json!(1), json!(1)], 1);
    let ranking = ranked(&snapshot, &document);
    let row = snapshot.find("v000").unwrap();
    let told = tornado(&ranking, row, Decimal::from_units(400_000_000)).unwrap();
    let bar = &told.bars[0];
    assert_eq!((told.rank, bar.low.rank, bar.high.rank), (1, Some(2), Some(2)));
    assert_eq!((bar.best_rank, bar.worst_rank), (1, 2));
    // All are level now, and only now.
    let (snapshot, document) = matrix(&json!([[0.75, 0.25], [0.25, 0.75], [0.5, 0.5]]), &[json!(1), json!(1)], 1);
    let ranking = ranked(&snapshot, &document);
    let told = tornado(&ranking, snapshot.find("v002").unwrap(), Decimal::from_units(100_000_000)).unwrap();
    assert_eq!((told.rank, told.bars[0].best_rank, told.bars[0].worst_rank), (1, 1, 2));
    assert_eq!((told.bars[0].low.rank, told.bars[0].high.rank), (Some(2), Some(2)));
}

#[test]
fn ends_of_the_scale_and_refusals() {
    let (snapshot, document) = matrix(&json!([[1, 0], [0.25, 0.75], [0, 1]]), &[json!(3), json!(1)], 1);
    let ranking = ranked(&snapshot, &document);
    let row = snapshot.find("v001").unwrap();
    let bars = tornado(&ranking, row, Decimal::ONE).unwrap().bars;
    assert_eq!(
        bars.iter().map(|bar| (bar.best_rank, bar.worst_rank)).collect::<Vec<_>>(),
        [(1, 2), (1, 2)],
        "all are level halfway"
    );
    let ends = |bar: usize| {
        let bar = &bars[bar];
        [bar.low, bar.high].map(|tip| (float(tip.weight), float(tip.score.unwrap()), tip.rank.unwrap()))
    };
    assert_eq!(ends(0), [(0.0, 75.0, 2), (1.0, 25.0, 2)]);
    assert_eq!(ends(1), [(0.0, 25.0, 2), (1.0, 75.0, 2)]);
    assert_eq!(tornado(&ranking, row, Decimal::ZERO), Err(Unmoved::Step));
    let (one, document) = matrix(&json!([[1], [0]]), &[json!(3)], 1);
    let sole = ranked(&one, &document);
    assert_eq!(tornado(&sole, sole.merit()[0].row, Decimal::ONE), Err(Unmoved::SoleWeight));
    let mut document = json!({"preferences": [], "filters": [{"field": "c0", "op": "gte", "value": 0.5}]});
    document["preferences"] = json!([
        {"field": "c0", "weight": 1, "value": {"kind": "linear", "from": 0, "to": 1}},
        {"field": "c1", "weight": 1, "value": {"kind": "linear", "from": 0, "to": 1}},
    ]);
    assert_eq!(tornado(&ranked(&snapshot, &document), row, Decimal::ONE), Err(Unmoved::NotEligible));
}
