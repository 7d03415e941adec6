//! SMAA: against the vectors, exact regions, a plain Monte Carlo of its own, and itself on other threads.

use proptest::prelude::*;
use sedaya::domain::decimal::Decimal;
use sedaya::engine::tune::{NoWeights, Refused, Region, Smaa, Survey, smaa};
use sedaya::engine::{Ranking, RowNo};
use serde_json::{Value, json};

use super::support::{documents, float, floats, matrix, ranked, rows, snapshot, vectors};

fn row(ranking: &Ranking, at: usize) -> RowNo {
    ranking.snapshot().find(&format!("v{at:03}")).unwrap()
}

fn survey(ranking: &Ranking, draws: u32, region: &Region, named: &[RowNo]) -> Smaa {
    smaa(ranking, &Survey { draws, seed: "contoh", region, named, threads: 2 }).unwrap()
}

fn ranking(values: &Value, k: usize) -> Ranking {
    let width = values[0].as_array().unwrap().len();
    let (snapshot, document) = matrix(values, &vec![json!(1); width], k);
    ranked(&snapshot, &document)
}

fn central(told: &Smaa, id: &str) -> Option<Vec<f64>> {
    let venture = told.ventures.iter().find(|v| *v.id == *id).unwrap();
    venture.central.as_ref().map(|weights| weights.iter().map(|w| float(*w)).collect())
}

fn close(a: &[f64], b: &[f64], tolerance: f64) {
    assert_eq!(a.len(), b.len());
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance), "{a:?} {b:?}");
}

#[test]
fn reference_acceptabilities() {
    let all = vectors("smaa");
    assert_eq!(all.len(), 2);
    for vector in all {
        let tolerance = vector["tolerance"].as_f64().unwrap();
        let values = &vector["input"]["values"];
        let ranking = ranking(values, 1);
        let named: Vec<RowNo> = (0..3).map(|at| row(&ranking, at)).collect();
        let told = survey(&ranking, 100_000, &Region::default(), &named);
        assert!(told.steps.is_none() && told.error < 0.0032);
        for (at, named) in told.named.iter().enumerate() {
            let mut expected = floats(&vector["expected"]["rank_acceptability"][at]);
            if vector["name"].as_str().unwrap().starts_with("3 alternatives, 2 criteria") {
                // The vector's second and third columns cannot be: C = 0.6 is never last, for A and B sum to 1, so one
                // of them is below 0.6. A is second for 0.5 < w₁ < 0.6 only.
                expected = [[0.4, 0.1, 0.5], [0.4, 0.1, 0.5], [0.2, 0.8, 0.0]][at].to_vec();
                assert_eq!(expected[0], vector["expected"]["rank_acceptability"][at][0].as_f64().unwrap());
            }
            let mut shares = vec![0.0; expected.len()];
            for (rank, share) in &named.ranks {
                shares[*rank as usize - 1] = *share;
            }
            close(&shares, &expected, tolerance);
            let weights = central(&told, &named.id).unwrap();
            close(&weights, &floats(&vector["expected"]["central_weights"][at]), tolerance);
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}

const UNITS3: &str = "[[1,0,0],[0,1,0],[0,0,1]]";

fn bounds(list: &[[&str; 2]]) -> Vec<[Decimal; 2]> {
    list.iter().map(|pair| pair.map(|text| Decimal::parse(text).unwrap())).collect()
}

#[test]
fn a_declared_order_makes_the_rank_order_centroid() {
    let ranking = ranking(&serde_json::from_str(UNITS3).unwrap(), 1);
    let region = Region { bounds: vec![], order: vec![2, 0, 1] };
    let told = survey(&ranking, 50_000, &region, &[row(&ranking, 2)]);
    assert_eq!(told.named[0].ranks, [(1, 1.0)]);
    assert!(told.steps.is_none());
    close(&central(&told, "v002").unwrap(), &[5.0 / 18.0, 2.0 / 18.0, 11.0 / 18.0], 0.004);
    assert_eq!(central(&told, "v000"), None);
    // A part of the order: c2 ≥ c1, nothing of c0: a half of the simplex.
    let told = survey(&ranking, 50_000, &Region { bounds: vec![], order: vec![2, 1] }, &[]);
    let first = |id: &str| told.ventures.iter().find(|v| *v.id == *id).unwrap().first;
    close(&[first("v000"), first("v001"), first("v002")], &[1.0 / 3.0, 0.0, 2.0 / 3.0], 0.01);
}

#[test]
fn bounds_of_two_weights_make_an_interval() {
    let ranking = ranking(&json!([[1, 0], [0, 1], [0.6, 0.6]]), 1);
    // w₁ is uniform on [0.3, 0.7]: A first above 0.6, B below 0.4, C between.
    let region = Region { bounds: bounds(&[["0.1", "0.7"], ["0.3", "0.9"]]), order: vec![] };
    let told = survey(&ranking, 100_000, &region, &[]);
    let first = |id: &str| told.ventures.iter().find(|v| *v.id == *id).unwrap().first;
    close(&[first("v000"), first("v001"), first("v002")], &[1.0 / 6.0, 0.5, 2.0 / 6.0], 0.01);
    close(&central(&told, "v001").unwrap(), &[0.25, 0.75], 0.005);
}

#[test]
fn lower_bounds_shift_the_simplex() {
    let ranking = ranking(&json!([[1, 1, 1], [0, 0, 0]]), 1);
    let region = Region { bounds: bounds(&[["0.5", "1"], ["0.1", "1"], ["0", "1"]]), order: vec![] };
    let told = survey(&ranking, 50_000, &region, &[]);
    close(&central(&told, "v000").unwrap(), &[0.5 + 0.4 / 3.0, 0.1 + 0.4 / 3.0, 0.4 / 3.0], 0.003);
    // Upper bounds that leave a small simplex, and one that leaves a point.
    let region = Region { bounds: bounds(&[["0", "0.5"], ["0", "0.4"], ["0", "0.2"]]), order: vec![] };
    let told = survey(&ranking, 50_000, &region, &[]);
    let drop = 0.1 / 3.0;
    close(&central(&told, "v000").unwrap(), &[0.5 - drop, 0.4 - drop, 0.2 - drop], 0.001);
    let region = Region { bounds: bounds(&[["0", "0.5"], ["0", "0.3"], ["0", "0.2"]]), order: vec![0, 1] };
    close(&central(&survey(&ranking, 10, &region, &[]), "v000").unwrap(), &[0.5, 0.3, 0.2], 1e-9);
    // One weight fixed: the others share the rest.
    let region = Region { bounds: bounds(&[["0.4", "0.4"], ["0", "1"], ["0", "1"]]), order: vec![2, 1] };
    close(&central(&survey(&ranking, 50_000, &region, &[]), "v000").unwrap(), &[0.4, 0.15, 0.45], 0.003);
}

/// Weights by plain rejection from the box, the last being what is left; from another generator.
fn plain(inside: impl Fn(&[f64]) -> bool, limits: &[[f64; 2]], wanted: usize) -> Vec<Vec<f64>> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut unit = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    };
    let mut out = Vec::new();
    while out.len() < wanted {
        let (_, free) = limits.split_first().unwrap();
        let mut weights = vec![0.0];
        weights.extend(free.iter().map(|[low, high]| low + (high - low) * unit()));
        weights[0] = 1.0 - weights.iter().sum::<f64>();
        if inside(&weights) {
            out.push(weights);
        }
    }
    out
}

#[test]
fn bounds_and_an_order_agree_with_plain_rejection() {
    // Bounds of unlike width, and an order of most.
    let limits = [
        ["0.17", "0.26"],
        ["0.16", "0.4"],
        ["0.1", "0.17"],
        ["0.12", "0.5"],
        ["0.09", "0.18"],
        ["0.07", "0.125"],
        ["0.06", "0.12"],
        ["0.08", "0.1"],
    ];
    let order = vec![0, 1, 3, 2, 4, 5];
    let values = json!([
        [1, 0.2, 0.3, 0.4, 0.9, 0, 1, 0.2],
        [0.3, 1, 0.2, 0.5, 0.1, 0.8, 0, 0.5],
        [0.5, 0.4, 1, 0.6, 0.3, 0.2, 0.6, 0.9],
        [0.2, 0.5, 0.4, 1, 0.4, 0.3, 0.9, 0.6],
        [0.7, 0.6, 0.5, 0.3, 1, 0.4, 0.2, 0.4],
        [1, 1, 1, 1, 1, 1, 1, 1]
    ]);
    let ranking = ranking(&values, 3);
    let region = Region { bounds: bounds(&limits), order: order.clone() };
    let named: Vec<RowNo> = (0..6).map(|at| row(&ranking, at)).collect();
    let told = survey(&ranking, 6_000, &region, &named);
    let limits: Vec<[f64; 2]> = limits.iter().map(|pair| pair.map(|text| text.parse().unwrap())).collect();
    let inside = |w: &[f64]| {
        w.iter().zip(&limits).all(|(w, [low, high])| low <= w && w <= high)
            && order.windows(2).all(|pair| w[pair[0]] >= w[pair[1]])
    };
    let drawn = plain(inside, &limits, 4_000);
    let mean: Vec<f64> = (0..8).map(|j| drawn.iter().map(|w| w[j]).sum::<f64>() / drawn.len() as f64).collect();
    close(&central(&told, "v005").unwrap(), &mean, 0.003);
    let values: Vec<Vec<f64>> = values.as_array().unwrap().iter().map(floats).collect();
    let score = |w: &[f64], at: usize| -> f64 { w.iter().zip(&values[at]).map(|(w, v)| w * v).sum() };
    for a in 0..6 {
        let share = |holds: &dyn Fn(&[f64]) -> bool| drawn.iter().filter(|w| holds(w)).count() as f64 / 4_000.0;
        let wins: Vec<f64> = (0..6).map(|b| share(&|w| score(w, a) > score(w, b))).collect();
        close(&told.named[a].wins, &wins, 0.035);
        let top = share(&|w| (0..6).filter(|b| score(w, *b) > score(w, a)).count() < 3);
        close(&[told.ventures.iter().find(|v| v.id == told.named[a].id).unwrap().top], &[top], 0.035);
    }
}

#[test]
fn the_lottery_says_who_of_equals_is_among_the_first() {
    let ranking = ranking(&json!([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [0, 0]]), 2);
    let told = survey(&ranking, 300, &Region::default(), &[]);
    let tops: Vec<f64> = told.ventures.iter().map(|v| v.top).collect();
    assert_eq!(tops, [1.0, 1.0, 0.0, 0.0], "two places, whoever is level");
    let list: Vec<_> = ranking.placed().take(2).map(|placed| ranking.id(placed.row).clone()).collect();
    assert_eq!(told.ventures.iter().take(2).map(|v| v.id.clone()).collect::<Vec<_>>(), list);
}

#[test]
fn narrow_boxes_are_symmetric() {
    let units: Vec<Vec<u8>> = (0..24).map(|i| (0..24).map(|j| u8::from(i == j)).collect()).collect();
    let ranking = ranking(&json!(units), 1);
    let region = Region { bounds: bounds(&[["0", "0.08"]; 24]), order: vec![] };
    let told = survey(&ranking, 1_500, &region, &[]);
    assert!(told.steps.is_some());
    for venture in &told.ventures {
        assert!((venture.first - 1.0 / 24.0).abs() < 0.02, "{venture:?}");
        assert!(venture.central.as_ref().unwrap().iter().all(|w| float(*w) <= 0.08 + 1e-9));
    }
}

#[test]
fn refusals() {
    let ranking = ranking(&serde_json::from_str(UNITS3).unwrap(), 1);
    let refused = |region: Region| {
        let survey = Survey { draws: 10, seed: "", region: &region, named: &[], threads: 1 };
        match smaa(&ranking, &survey) {
            Err(Refused::Weights(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    let with = |list: &[[&str; 2]], order: &[usize]| refused(Region { bounds: bounds(list), order: order.to_vec() });
    assert_eq!(with(&[["0", "1"]], &[]), NoWeights::Count { bounds: 1, preferences: 3 });
    assert_eq!(with(&[["0", "1"], ["0.6", "0.5"], ["0", "1"]], &[]), NoWeights::Bounds { at: 1 });
    assert_eq!(with(&[["0", "1.1"], ["0", "0.5"], ["0", "1"]], &[]), NoWeights::Bounds { at: 0 });
    assert_eq!(with(&[], &[0, 3]), NoWeights::Order { at: 3 });
    assert_eq!(with(&[], &[0, 1, 0]), NoWeights::Order { at: 0 });
    assert_eq!(with(&[["0", "0.3"], ["0.5", "1"], ["0", "1"]], &[0, 1]), NoWeights::BoundsAgainstOrder { at: 0 });
    assert_eq!(with(&[["0.5", "1"], ["0.4", "1"], ["0.2", "1"]], &[]), NoWeights::TooMuch);
    assert_eq!(with(&[["0", "0.5"], ["0", "0.3"], ["0", "0.1"]], &[]), NoWeights::TooLittle);
    // By the order: c0 ≤ 0.2 holds the others down too.
    assert_eq!(with(&[["0", "0.2"], ["0", "1"], ["0", "1"]], &[0, 1, 2]), NoWeights::TooLittle);
    assert_eq!(with(&[["0", "1"], ["0", "1"], ["0.4", "1"]], &[0, 1, 2]), NoWeights::TooMuch);
    let ask = |draws: u32, named: &[RowNo]| {
        smaa(&ranking, &Survey { draws, seed: "", region: &Region::default(), named, threads: 1 }).unwrap_err()
    };
    assert_eq!(ask(0, &[]), Refused::Draws { draws: 0 });
    assert_eq!(ask(1_000_001, &[]), Refused::Draws { draws: 1_000_001 });
    let one = row(&ranking, 0);
    assert_eq!(ask(1, &[one, one]), Refused::NotEligible { at: 1 });
    assert_eq!(ask(1, &vec![one; 101]), Refused::TooManyNamed { named: 101 });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn shares_add_up_and_threads_do_not_matter(rows in rows(30), document in documents(), seed in "[a-z]{0,4}") {
        let snapshot = snapshot(&rows);
        let ranking = ranked(&snapshot, &document);
        let named: Vec<RowNo> = ranking.placed().take(7).map(|placed| placed.row).collect();
        let ask = |threads: usize| {
            let survey = Survey { draws: 700, seed: &seed, region: &Region::default(), named: &named, threads };
            smaa(&ranking, &survey).unwrap()
        };
        let told = ask(1);
        prop_assert_eq!(&told, &ask(2));
        prop_assert_eq!(&told, &ask(5));
        prop_assert_eq!(told.ventures.len(), ranking.merit().len());
        let eligible = told.ventures.len();
        if eligible > 0 {
            // As many as there are places, however many are level; level ventures are first together.
            let top: f64 = told.ventures.iter().map(|v| v.top).sum();
            prop_assert!((top - told.k.min(eligible) as f64).abs() < 1e-9);
            prop_assert!(told.ventures.iter().map(|v| v.first).sum::<f64>() >= 1.0 - 1e-9);
        }
        for venture in &told.ventures {
            prop_assert_eq!(venture.central.is_some(), venture.first > 0.0);
            prop_assert!(venture.first <= 1.0 && venture.top <= 1.0);
        }
        for (at, named) in told.named.iter().enumerate() {
            prop_assert!((named.ranks.iter().map(|r| r.1).sum::<f64>() - 1.0).abs() < 1e-9);
            let venture = told.ventures.iter().find(|v| v.id == named.id).unwrap();
            let within = |k: usize| named.ranks.iter().filter(|r| r.0 as usize <= k).map(|r| r.1).sum::<f64>();
            prop_assert!(venture.top <= within(told.k) + 1e-9 && (within(1) - venture.first).abs() < 1e-9);
            for (other, wins) in told.named.iter().zip(&named.wins) {
                prop_assert!(wins + other.wins[at] <= 1.0 + 1e-9);
            }
        }
    }

    #[test]
    fn weights_held_fixed_give_the_published_order(rows in rows(20), document in documents()) {
        let snapshot = snapshot(&rows);
        let ranking = ranked(&snapshot, &document);
        let preferences = document["preferences"].as_array().unwrap();
        let weights: Vec<i128> = preferences.iter().map(|p| i128::from(p["weight"].as_u64().unwrap())).collect();
        let shown = sedaya::domain::criteria::normalised(&weights, 1_000_000_000);
        let bounds = shown.iter().map(|w| [Decimal::from_units(*w); 2]).collect();
        let named: Vec<RowNo> = ranking.placed().take(100).map(|placed| placed.row).collect();
        let told = survey(&ranking, 5, &Region { bounds, order: vec![] }, &named);
        // Doubles and weights of nine decimals may part what is exactly level; nothing else.
        for (named, placed) in told.named.iter().zip(ranking.placed()) {
            let (rank, share) = named.ranks[0];
            let distinct = ranking.merit().iter().filter(|p| p.score != placed.score);
            let shown = |p: &sedaya::engine::Placed| float(ranking.shown(p.score));
            let near = distinct.filter(|p| (shown(p) - shown(placed)).abs() < 1e-4).count();
            prop_assert_eq!(share, 1.0);
            if near == 0 {
                prop_assert!(placed.rank <= rank && rank < placed.rank + placed.tie_size);
            }
        }
    }
}
