//! Elicited weights: what is refused, and what holds for all of them.

use sedaya::engine::analyse::Direction;
use sedaya::engine::analyse::weights::{
    Unfit, ahp, best_and_worst, best_worst, critic, entropy, random_index, rank_order_centroid, rank_reciprocal,
    rank_sum, swing,
};

#[track_caller]
fn close(got: &[f64], wanted: &[f64]) {
    assert!(
        got.len() == wanted.len() && got.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-9),
        "{got:?} {wanted:?}"
    );
}

#[test]
fn orders_fall_and_add_up() {
    for of in [rank_order_centroid, rank_sum, rank_reciprocal] {
        assert!(of(0).is_empty());
        close(&of(1), &[1.0]);
        for n in 2..40 {
            let weights = of(n);
            assert!(weights.windows(2).all(|w| w[0] > w[1]) && weights[n - 1] > 0.0);
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn points() {
    assert_eq!(swing(&[]), Err(Unfit::Empty));
    assert_eq!(swing(&[0.0, 0.0]), Err(Unfit::AllZero));
    assert_eq!(swing(&[1.0, -1.0]), Err(Unfit::Negative { at: 1 }));
    assert_eq!(swing(&[f64::NAN]), Err(Unfit::NonFinite { at: 0 }));
    close(&swing(&[1e100, 1e100, 0.0]).unwrap(), &[0.5, 0.5, 0.0]);
}

#[test]
fn hierarchy() {
    let refused = |rows: &[&[f64]]| ahp(rows).unwrap_err();
    assert_eq!(refused(&[]), Unfit::Empty);
    assert_eq!(refused(&[&[1.0, 2.0]]), Unfit::Ragged);
    assert_eq!(refused(&[&[1.0, 0.0], &[1.0, 1.0]]), Unfit::NotAComparison { row: 0, column: 1 });
    assert_eq!(refused(&[&[1.0, 3.0], &[0.5, 1.0]]), Unfit::NotReciprocal { row: 1, column: 0 });
    assert_eq!(refused(&[&[2.0]]), Unfit::NotReciprocal { row: 0, column: 0 });
    let one = ahp(&[[1.0]]).unwrap();
    assert_eq!((one.weights, one.lambda_max, one.ci, one.cr), (vec![1.0], 1.0, 0.0, Some(0.0)));
    // As people write thirds and sevenths.
    let two = ahp(&[[1.0, 7.0], [0.143, 1.0]]).unwrap();
    assert!((two.weights[0] - 7.0 / 8.0).abs() < 1e-3);
    assert_eq!(two.cr, Some(0.0));
    // A circle of preferences: equal weights, and far from consistent. λ = 1 + 9 + 1/9.
    let circle = ahp(&[[1.0, 9.0, 1.0 / 9.0], [1.0 / 9.0, 1.0, 9.0], [9.0, 1.0 / 9.0, 1.0]]).unwrap();
    close(&circle.weights, &[1.0 / 3.0; 3]);
    close(&[circle.lambda_max, circle.cr.unwrap()], &[10.0 + 1.0 / 9.0, (64.0 / 9.0) / 2.0 / 0.58]);
    // Nobody published an index for sixteen.
    let sixteen = ahp(&vec![[1.0; 16]; 16]).unwrap();
    assert_eq!((sixteen.cr, random_index(16), random_index(0)), (None, None, None));
}

#[test]
fn best_and_worst_of_lists() {
    assert_eq!(best_and_worst(&[2.0, 1.0, 8.0], &[4.0, 8.0, 1.0]), Some((1, 2)));
    // On a par with the best: who is farther above the worst.
    assert_eq!(best_and_worst(&[1.0, 1.0, 8.0], &[4.0, 8.0, 1.0]), Some((1, 2)));
    assert_eq!(best_and_worst(&[2.0], &[1.0]), None);
    let refused = |best, worst, a: &[f64], b: &[f64]| best_worst(best, worst, a, b).unwrap_err();
    assert_eq!(refused(0, 0, &[], &[]), Unfit::Empty);
    assert_eq!(refused(0, 1, &[1.0, 2.0], &[2.0]), Unfit::Ragged);
    assert_eq!(refused(0, 2, &[1.0, 2.0], &[2.0, 1.0]), Unfit::Ragged);
    assert_eq!(refused(0, 1, &[1.0, 0.5], &[2.0, 1.0]), Unfit::BelowOne { at: 1 });
    assert_eq!(refused(0, 1, &[1.0, f64::NAN], &[2.0, 1.0]), Unfit::BelowOne { at: 1 });
    assert_eq!(refused(0, 1, &[2.0, 2.0], &[2.0, 1.0]), Unfit::SelfComparison);
    assert_eq!(refused(0, 1, &[1.0, 3.0], &[2.0, 1.0]), Unfit::TwoAnswers);
    // Fully consistent: 8 = 2 · 4.
    let got = best_worst(0, 2, &[1.0, 2.0, 8.0], &[8.0, 4.0, 1.0]).unwrap();
    close(&got.weights, &[8.0 / 13.0, 4.0 / 13.0, 1.0 / 13.0]);
    close(&[got.ksi, got.consistency_ratio], &[0.0, 0.0]);
    let got = best_worst(0, 2, &[1.0, 3.0, 8.0], &[8.0, 4.0, 1.0]).unwrap();
    close(&[got.consistency_ratio], &[4.0 / 56.0]);
    close(&best_worst(0, 0, &[1.0], &[1.0]).unwrap().weights, &[1.0]);
    // Best and worst on a par: consistent only where all are.
    assert_eq!(best_worst(0, 1, &[1.0; 3], &[1.0; 3]).unwrap().consistency_ratio, 0.0);
    assert!(best_worst(0, 1, &[1.0, 1.0, 9.0], &[1.0, 1.0, 9.0]).unwrap().consistency_ratio.is_infinite());
}

#[test]
fn diagnostics() {
    assert_eq!(entropy(&[[1.0, 2.0]]), Err(Unfit::NoSpread));
    assert_eq!(entropy(&[[1.0], [-1.0]]), Err(Unfit::Negative { at: 1 }));
    assert_eq!(entropy(&[[0.0], [0.0]]), Err(Unfit::AllZero));
    assert_eq!(entropy(&[[0.1, 0.7]; 7]), Err(Unfit::NoSpread));
    assert_eq!(entropy::<[f64; 0]>(&[]), Err(Unfit::Empty));
    // All of a column in one row: no entropy at all. A constant column: nothing but.
    close(&entropy(&[[1.0, 3.0], [0.0, 3.0]]).unwrap(), &[1.0, 0.0]);
    let wild = [[1.0, 5.0, 7.0], [2.0, 5.0, 1.0], [9.0, 5.0, 2.0]];
    let up = critic(&wild, &[Direction::Max; 3]).unwrap();
    let down = critic(&wild, &[Direction::Min; 3]).unwrap();
    close(&up, &down);
    assert_eq!(up[1], 0.0);
    assert_eq!(critic(&wild, &[Direction::Max; 2]), Err(Unfit::Ragged));
    assert_eq!(critic(&[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]], &[Direction::Max; 2]), Err(Unfit::NoSpread));
}
