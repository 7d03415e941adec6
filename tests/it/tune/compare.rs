//! What-if: against the definitions, pair by pair and list by list.

use proptest::prelude::*;
use sedaya::engine::tune::{Comparison, Moved, OtherSnapshot, Reason, Standing, compare, tau_b};
use sedaya::engine::{Cell, Movable, Ranking};
use serde_json::json;

use super::support::{documents, ranked, rows, snapshot};

/// τ-b by looking at every pair.
fn tau_by_pairs(ranks: &[(u32, u32)]) -> Option<f64> {
    let (mut balance, mut left, mut right) = (0i64, 0i64, 0i64);
    for (i, a) in ranks.iter().enumerate() {
        for b in &ranks[..i] {
            let (x, y) = (a.0.cmp(&b.0) as i64, a.1.cmp(&b.1) as i64);
            balance += x * y;
            left += x * x;
            right += y * y;
        }
    }
    (left * right > 0).then(|| balance as f64 / ((left * right) as f64).sqrt())
}

#[test]
fn tau_of_known_orders() {
    assert_eq!(tau_b([(1, 1), (2, 2), (3, 3)]), Some(1.0));
    assert_eq!(tau_b([(1, 3), (2, 2), (3, 1)]), Some(-1.0));
    assert_eq!(tau_b([(1, 1), (1, 2)]), None);
    assert_eq!(tau_b([(1, 1)]), None);
    assert_eq!(tau_b([]), None);
    assert_eq!(tau_b([(1, 1), (2, 2), (2, 3), (4, 2)]), tau_by_pairs(&[(1, 1), (2, 2), (2, 3), (4, 2)]));
}

fn top(ranking: &Ranking) -> Vec<String> {
    ranking.placed().take(ranking.k()).map(|placed| ranking.id(placed.row).to_string()).collect()
}

fn ids(moved: &[Moved]) -> Vec<String> {
    moved.iter().map(|moved| moved.id.to_string()).collect()
}

fn expected_standing(ranking: &Ranking, id: &str) -> Standing {
    if let Some(placed) = ranking.placed().find(|placed| **ranking.id(placed.row) == *id) {
        let score = ranking.shown(placed.score);
        return Standing::Placed { rank: placed.rank, position: placed.position, score };
    }
    let left = ranking.excluded().iter().find(|left| **ranking.id(left.row) == *id).unwrap();
    let failed = ranking.explain_excluded(left).filters.into_iter().filter(|f| f.result.as_str() != "pass");
    Standing::Excluded { by: failed.map(|f| f.field).collect() }
}

fn check(old: &Ranking, new: &Ranking, told: &Comparison) {
    let (before, after) = (top(old), top(new));
    let entered: Vec<String> = after.iter().filter(|id| !before.contains(id)).cloned().collect();
    let left: Vec<String> = before.iter().filter(|id| !after.contains(id)).cloned().collect();
    assert_eq!((ids(&told.entered), ids(&told.left)), (entered, left));
    let place = |list: &[String], id: &String| list.iter().position(|other| other == id);
    let moved = after.iter().filter(|id| place(&before, id).is_some() && place(&before, id) != place(&after, id));
    assert_eq!(ids(&told.moved), moved.cloned().collect::<Vec<_>>());
    let overlap = after.iter().filter(|id| before.contains(id)).count();
    assert_eq!(told.overlap, overlap);
    assert_eq!(told.overlap_share.is_none(), before.is_empty() && after.is_empty());
    let common: Vec<(u32, u32)> =
        old.merit().iter().filter_map(|a| Some((a.rank, new.merit().iter().find(|b| b.row == a.row)?.rank))).collect();
    assert_eq!(told.eligible_in_both, common.len());
    match (told.tau_b, tau_by_pairs(&common)) {
        (Some(a), Some(b)) => assert!((a - b).abs() < 1e-12, "{a} {b}"),
        (a, b) => assert_eq!(a, b),
    }
    for moved in told.entered.iter().chain(&told.left).chain(&told.moved) {
        assert_eq!(moved.old, expected_standing(old, &moved.id));
        assert_eq!(moved.new, expected_standing(new, &moved.id));
        if let (Standing::Placed { score: was, .. }, Standing::Placed { score: is, .. }) = (&moved.old, &moved.new) {
            let units = |points: Option<sedaya::domain::decimal::Decimal>| points.unwrap_or_default().units();
            let gain: i128 = moved.contributions.iter().map(|shift| units(shift.new) - units(shift.old)).sum();
            assert_eq!(gain, is.units() - was.units());
            check_reasons(moved, old, new);
            // The same points as the explanation shows.
            let explained = |ranking: &Ranking| {
                let placed = ranking.placed().find(|placed| *ranking.id(placed.row) == moved.id).unwrap();
                ranking.explain(placed, Movable::Nothing).contributions
            };
            for (list, side) in [(explained(old), 0), (explained(new), 1)] {
                for contribution in list {
                    let shift = moved.contributions.iter().find(|shift| shift.field == contribution.field);
                    if let Some(shift) = shift {
                        assert_eq!([shift.old, shift.new][side], Some(contribution.points));
                    }
                }
            }
        } else {
            assert!(moved.contributions.is_empty() && moved.reasons.is_empty());
        }
    }
}

/// Whoever moved has a reason, and points that are one speak for the way of the move.
fn check_reasons(moved: &Moved, old: &Ranking, new: &Ranking) {
    let (Standing::Placed { position: was, .. }, Standing::Placed { position: is, .. }) = (&moved.old, &moved.new)
    else {
        panic!("{moved:?}")
    };
    assert!(!moved.reasons.is_empty(), "{moved:?}");
    for reason in &moved.reasons {
        match reason {
            Reason::Length { old: before, new: after } => {
                assert!(*before == old.k() && *after == new.k() && before != after);
            }
            Reason::Floor => assert!(old.floor().is_some() || new.floor().is_some()),
            Reason::Lottery => assert!(was != is),
            Reason::Points { leads } => {
                let sum: i128 = leads.iter().map(|lead| lead.points.units()).sum();
                assert!((sum > 0) == (is < was) && was != is, "{moved:?}");
            }
            Reason::Others { passed, displaced } => assert!(passed + displaced > 0 && was != is, "{moved:?}"),
        }
    }
}

#[test]
fn reasons_that_are_not_points() {
    let level = |n: i64| Cell::number(sedaya::domain::decimal::Decimal::whole(n));
    let of = |levels: [i64; 2], protected: bool| (levels.map(level).to_vec(), protected);
    let snapshot =
        snapshot(&[of([5, 1], false), of([4, 1], false), of([3, 5], false), of([2, 5], true), of([2, 5], true)]);
    let linear = json!({"kind": "linear", "from": 1, "to": 5});
    let bare = json!({"preferences": [{"field": "c0", "weight": 1, "value": linear}], "limit": 2});
    let with = |member: &str, value: serde_json::Value| {
        let mut document = bare.clone();
        document[member] = value;
        compare(&ranked(&snapshot, &bare), &ranked(&snapshot, &document)).unwrap()
    };
    let reasons = |all: &[Moved]| all.iter().map(|moved| moved.reasons.clone()).collect::<Vec<_>>();
    let group = json!({"field": "group", "op": "is", "value": true});
    let floored = with("representation", json!({"group": group, "rule": {"kind": "share", "min": 0.5}}));
    assert_eq!(
        (reasons(&floored.entered), reasons(&floored.left)),
        (vec![vec![Reason::Floor]], vec![vec![Reason::Floor]])
    );
    let shorter = with("limit", json!(1));
    assert_eq!(reasons(&shorter.left), [[Reason::Length { old: 2, new: 1 }]]);
    let longer = with("limit", json!(4));
    assert_eq!(reasons(&longer.entered), [[Reason::Length { old: 2, new: 4 }], [Reason::Length { old: 2, new: 4 }]]);
    // A filter takes the first away: those behind it move up, and their points stay.
    let filtered = with("filters", json!([{"field": "c1", "op": "gte", "value": 2}]));
    assert_eq!(
        reasons(&filtered.entered),
        [[Reason::Others { passed: 0, displaced: 2 }], [Reason::Others { passed: 0, displaced: 2 }]]
    );
    assert!(filtered.entered.iter().all(|moved| moved.contributions.is_empty()));
    // Another seed only changes places inside the tie.
    let mut wide = bare.clone();
    wide["limit"] = json!(5);
    let seeds = (0..20).map(|n| {
        let mut other = wide.clone();
        other["seed"] = json!(n.to_string());
        compare(&ranked(&snapshot, &wide), &ranked(&snapshot, &other)).unwrap()
    });
    let told = seeds.into_iter().find(|told| !told.moved.is_empty()).unwrap();
    assert_eq!(reasons(&told.moved), [[Reason::Lottery], [Reason::Lottery]]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn by_definition(rows in rows(14), old in documents(), new in documents()) {
        let snapshot = snapshot(&rows);
        let (old, new) = (ranked(&snapshot, &old), ranked(&snapshot, &new));
        check(&old, &new, &compare(&old, &new).unwrap());
        let same = compare(&old, &old).unwrap();
        prop_assert!(same.entered.is_empty() && same.left.is_empty() && same.moved.is_empty());
        prop_assert!(same.tau_b.is_none_or(|tau| tau == 1.0));
    }

    #[test]
    fn tau_by_all_pairs(ranks in proptest::collection::vec((1..9u32, 1..9u32), 0..40)) {
        match (tau_b(ranks.iter().copied()), tau_by_pairs(&ranks)) {
            (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-12),
            (a, b) => prop_assert_eq!(a, b),
        }
    }
}

#[test]
fn a_field_used_twice_is_compared_use_by_use() {
    let level = |n: i64| Cell::number(sedaya::domain::decimal::Decimal::whole(n));
    let snapshot = snapshot(&[(vec![level(2)], false), (vec![level(5)], false)]);
    let linear = json!({"kind": "linear", "from": 1, "to": 5});
    let steps = json!({"kind": "steps", "breaks": [3], "values": [1, 0]});
    let old = json!({"preferences": [{"field": "c0", "weight": 1, "value": linear}], "limit": 1});
    let new = json!({"preferences": [
        {"field": "c0", "weight": 1, "value": linear},
        {"field": "c0", "weight": 3, "value": steps},
    ], "limit": 1});
    let told = compare(&ranked(&snapshot, &old), &ranked(&snapshot, &new)).unwrap();
    let shown = serde_json::to_value(&told).unwrap();
    assert_eq!(shown["entered"][0]["id"], "v000");
    assert_eq!(
        shown["entered"][0]["contributions"],
        json!([{"field": "c0", "old": 25, "new": 6.25}, {"field": "c0", "old": null, "new": 75}])
    );
    assert_eq!(shown["tau_b"], -1.0);
}

#[test]
fn two_snapshots_are_refused() {
    let level = Cell::number(sedaya::domain::decimal::Decimal::ONE);
    let (one, other) = (snapshot(&[(vec![level.clone()], false)]), snapshot(&[(vec![level], false)]));
    let document =
        json!({"preferences": [{"field": "c0", "weight": 1, "value": {"kind": "linear", "from": 1, "to": 5}}]});
    assert_eq!(compare(&ranked(&one, &document), &ranked(&other, &document)), Err(OtherSnapshot));
}
