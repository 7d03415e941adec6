//! Each method against its definition written out for pairs and rows.

use num::BigRational;
use proptest::prelude::*;
use sedaya::engine::analyse::{
    Analysis, Criterion, Direction, Extras, Matrix, Method, Normalisation, Preference, Spec, WarningCode,
    agreement_table, analyse, competition_ranks, kendall_tau_b, spearman_rho, top_k_overlap,
};

fn criterion(weight: f64, direction: Direction, preference: Preference) -> Criterion {
    Criterion { field: "c".into(), weight, direction, bounds: None, target: None, preference }
}

/// Whether x leads y by more than a threshold, in exact fractions of what the numbers are: by more than what eight units
/// in the last place come to (2⁻⁴⁹) of the largest of the three, unless the threshold is 0.
fn leads(x: f64, y: f64, threshold: f64) -> bool {
    let exact = |x: f64| BigRational::from_float(x).unwrap();
    let largest = exact(x.abs().max(y.abs()).max(threshold));
    let rounding = if threshold == 0.0 { exact(0.0) } else { largest / exact((1_u64 << 49) as f64) };
    exact(x) - exact(y) > exact(threshold) + rounding
}

/// φ⁺ and φ⁻ by comparing every two rows.
fn flows(rows: &[Vec<f64>], criteria: &[Criterion]) -> (Vec<f64>, Vec<f64>) {
    let n = rows.len();
    let sum: f64 = criteria.iter().map(|c| c.weight).sum();
    let index = |a: &[f64], b: &[f64]| -> f64 {
        criteria
            .iter()
            .zip(a.iter().zip(b))
            .map(|(c, (x, y))| {
                let d = if c.direction == Direction::Max { x - y } else { y - x };
                let leads = |by: f64| {
                    let (x, y) = if c.direction == Direction::Max { (*x, *y) } else { (*y, *x) };
                    f64::from(u8::from(leads(x, y, by)))
                };
                let preference = match c.preference {
                    Preference::Usual => leads(0.0),
                    Preference::UShape { q } => leads(q),
                    Preference::VShape { p } => (d / p).clamp(0.0, 1.0),
                    Preference::Level { q, p } => f64::midpoint(leads(q), leads(p)),
                    Preference::Linear { q, p } if q == p => leads(q),
                    Preference::Linear { q, p } => ((d - q) / (p - q)).clamp(0.0, 1.0),
                    Preference::Gaussian { s } if d > 0.0 => 1.0 - (-d * d / (2.0 * s * s)).exp(),
                    Preference::Gaussian { .. } => 0.0,
                };
                c.weight / sum * preference
            })
            .sum()
    };
    let mean = |f: &dyn Fn(usize, usize) -> f64, a: usize| -> f64 {
        (0..n).filter(|b| *b != a).map(|b| f(a, b)).sum::<f64>() / (n as f64 - 1.0)
    };
    let plus = (0..n).map(|a| mean(&|a, b| index(&rows[a], &rows[b]), a)).collect();
    let minus = (0..n).map(|a| mean(&|a, b| index(&rows[b], &rows[a]), a)).collect();
    (plus, minus)
}

fn promethee_is_its_definition(rows: &[Vec<f64>], criteria: Vec<Criterion>, tolerance: f64) {
    let matrix = Matrix::from_rows(rows, criteria.len()).unwrap();
    let (plus, minus) = flows(rows, &criteria);
    let spec = Spec { criteria, normalisation: None, v: 0.5, floor: None };
    let got = analyse(Method::Promethee2, &spec, &matrix).unwrap();
    let Extras::Promethee2 { phi_plus, phi_minus } = &got.extras else { panic!() };
    for row in 0..rows.len() {
        assert!((phi_plus[row] - plus[row]).abs() < tolerance, "φ⁺ {row}: {} {}", phi_plus[row], plus[row]);
        assert!((phi_minus[row] - minus[row]).abs() < tolerance, "φ⁻ {row}: {} {}", phi_minus[row], minus[row]);
        let phi = plus[row] - minus[row];
        assert!((got.scores[row] - phi).abs() < tolerance, "φ {row}: {} {phi}", got.scores[row]);
    }
}

fn preference(scale: f64) -> impl Strategy<Value = Preference> {
    let threshold = move || {
        prop_oneof![(0_u8..5).prop_map(move |x| f64::from(x) * scale), (0.0..4.0).prop_map(move |x: f64| x * scale)]
    };
    prop_oneof![
        Just(Preference::Usual),
        threshold().prop_map(|q| Preference::UShape { q }),
        threshold().prop_map(move |p| Preference::VShape { p: p + scale / 10.0 }),
        (threshold(), threshold()).prop_map(|(q, more)| Preference::Level { q, p: q + more }),
        (threshold(), threshold())
            .prop_map(move |(q, more)| Preference::Linear { q, p: if more > scale / 100.0 { q + more } else { q } }),
        threshold().prop_map(move |s| Preference::Gaussian { s: s + scale / 10.0 }),
    ]
}

fn number() -> impl Strategy<Value = f64> + Clone {
    let tenths = (0_i8..40).prop_map(|x| f64::from(x) / 10.0);
    prop_oneof![3 => (0_i8..6).prop_map(f64::from), 1 => -10.0..10.0_f64, 1 => tenths]
}

fn problem(
    number: impl Strategy<Value = f64> + Clone,
    most: usize,
) -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<Criterion>)> {
    (1_usize..5).prop_flat_map(move |m| {
        let weight = prop_oneof![5 => 0.01..1.0_f64, 1 => Just(0.0)];
        let direction = prop_oneof![Just(Direction::Max), Just(Direction::Min)];
        let criterion = (weight, direction, preference(1.0)).prop_map(|(w, d, p)| criterion(w, d, p));
        let rows = proptest::collection::vec(proptest::collection::vec(number.clone(), m), 2..most);
        (rows, proptest::collection::vec(criterion, m))
            .prop_filter("a weight", |(_, c)| c.iter().any(|c| c.weight > 0.0))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn promethee_of_few_rows((rows, criteria) in problem(number(), 40)) {
        promethee_is_its_definition(&rows, criteria, 1e-12);
    }

    /// Far from 0 the differences are what they were, and so are the flows.
    #[test]
    fn promethee_far_from_zero((rows, criteria) in problem(number(), 30), offset in -1e9..1e9_f64) {
        let rows: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(|x| x + offset).collect()).collect();
        promethee_is_its_definition(&rows, criteria, 1e-11);
    }

    #[test]
    fn topsis_and_vikor((rows, criteria) in problem(number(), 12)) {
        let spec = Spec { criteria, normalisation: Some(Normalisation::None), v: 0.3, floor: None };
        let matrix = Matrix::from_rows(&rows, spec.criteria.len()).unwrap();
        let sum: f64 = spec.criteria.iter().map(|c| c.weight).sum();
        let ends = |j: usize| {
            let column: Vec<f64> = rows.iter().map(|row| row[j]).collect();
            let low = column.iter().copied().fold(f64::INFINITY, f64::min);
            let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            if spec.criteria[j].direction == Direction::Max { (high, low) } else { (low, high) }
        };
        let topsis = analyse(Method::Topsis, &spec, &matrix).unwrap();
        let vikor = analyse(Method::Vikor, &spec, &matrix).unwrap();
        let Extras::Vikor { s, r, .. } = &vikor.extras else { panic!() };
        for (row, cells) in rows.iter().enumerate() {
            let (mut plus, mut minus, mut group, mut worst): (f64, f64, f64, f64) = (0.0, 0.0, 0.0, 0.0);
            for (j, x) in cells.iter().enumerate() {
                let (best, least) = ends(j);
                let w = spec.criteria[j].weight / sum;
                plus += (w * (x - best)).powi(2);
                minus += (w * (x - least)).powi(2);
                if best != least {
                    let regret = w * (best - x) / (best - least);
                    group += regret;
                    worst = worst.max(regret);
                }
            }
            let (plus, minus) = (plus.sqrt(), minus.sqrt());
            let closeness = if plus + minus > 0.0 { minus / (plus + minus) } else { 0.5 };
            prop_assert!((topsis.scores[row] - closeness).abs() < 1e-12);
            prop_assert!((s[row] - group).abs() < 1e-12);
            prop_assert!((r[row] - worst).abs() < 1e-12);
        }
        let least = |x: &[f64]| x.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |x: &[f64]| x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let part = |x: &[f64], row: usize| {
            let range = most(x) - least(x);
            if range > 1e-12 * most(x) { (x[row] - least(x)) / range } else { 0.0 }
        };
        for row in 0..rows.len() {
            let q = 0.3 * part(s, row) + 0.7 * part(r, row);
            prop_assert!((vikor.scores[row] - q).abs() < 1e-12);
        }
    }

    #[test]
    fn concordance(ranks in proptest::collection::vec((1_usize..8, 1_usize..8), 0..30), k in 0_usize..9) {
        let (a, b): (Vec<usize>, Vec<usize>) = ranks.into_iter().unzip();
        let n = a.len();
        // τ-b from every two rows.
        let (mut surplus, mut free_a, mut free_b) = (0_i64, 0_i64, 0_i64);
        for i in 0..n {
            for j in 0..i {
                let (x, y) = (a[i].cmp(&a[j]) as i64, b[i].cmp(&b[j]) as i64);
                surplus += x * y;
                free_a += x.abs();
                free_b += y.abs();
            }
        }
        let defined = free_a > 0 && free_b > 0;
        let tau = kendall_tau_b(&a, &b);
        prop_assert_eq!(tau.is_some(), defined);
        if let Some(tau) = tau {
            prop_assert!((tau - surplus as f64 / ((free_a * free_b) as f64).sqrt()).abs() < 1e-12);
        }
        // ρ from mid-ranks: 1 + those below + half of those alike.
        let mid = |r: &[usize]| -> Vec<f64> {
            let below = |x: &usize| r.iter().filter(|y| *y < x).count() as f64;
            let alike = |x: &usize| r.iter().filter(|y| *y == x).count() as f64;
            r.iter().map(|x| below(x) + (alike(x) - 1.0) / 2.0).collect()
        };
        let (ma, mb) = (mid(&a), mid(&b));
        let mean = |x: &[f64]| x.iter().sum::<f64>() / n as f64;
        let cov = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(p, q)| (p - mean(x)) * (q - mean(y))).sum::<f64>();
        let rho = spearman_rho(&a, &b);
        prop_assert_eq!(rho.is_some(), defined);
        if let Some(rho) = rho {
            prop_assert!((rho - cov(&ma, &mb) / (cov(&ma, &ma) * cov(&mb, &mb)).sqrt()).abs() < 1e-9);
        }
        if let Some(share) = top_k_overlap(&a, &b, k) {
            prop_assert!((0.0..=1.0).contains(&share));
        }
    }

    #[test]
    fn ranks_are_competition_ranks(scores in proptest::collection::vec((0_u8..10).prop_map(f64::from), 0..20)) {
        let high = competition_ranks(&scores, false);
        let low = competition_ranks(&scores, true);
        for (row, score) in scores.iter().enumerate() {
            prop_assert_eq!(high[row], 1 + scores.iter().filter(|x| *x > score).count());
            prop_assert_eq!(low[row], 1 + scores.iter().filter(|x| *x < score).count());
        }
    }
}

/// Enough distinct values that the Gaussian takes its fast way: spread out, in clusters, far from 0, with ties.
#[test]
fn promethee_of_many_values() {
    let mut state = 7_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let rows: Vec<Vec<f64>> = (0..260)
        .map(|i| {
            let u = random();
            vec![
                random(),
                1e9 + random() * 3.0,
                (u * 6.0).floor() * 1000.0 + random(),
                (random() * 300.0).round(),
                random().powi(9) * 1e6,
                -1.0 / (random() + 1e-6),
                f64::from(i / 2) * 1e-7,
            ]
        })
        .collect();
    for s in [1e-9, 1e-3, 0.04, 0.3, 1.0, 7.0, 500.0, 1e7] {
        let gaussian = Preference::Gaussian { s };
        for direction in [Direction::Max, Direction::Min] {
            for j in 0..7 {
                let column: Vec<Vec<f64>> = rows.iter().map(|row| vec![row[j]]).collect();
                promethee_is_its_definition(&column, vec![criterion(2.0, direction, gaussian)], 2e-14);
                let linear = Preference::Linear { q: s / 3.0, p: s };
                promethee_is_its_definition(&column, vec![criterion(2.0, direction, linear)], 2e-14);
                promethee_is_its_definition(
                    &column,
                    vec![criterion(1.0, direction, Preference::VShape { p: s })],
                    2e-14,
                );
            }
        }
    }
}

#[test]
fn ties_of_ten_decimals() {
    assert_eq!(competition_ranks(&[0.3, 0.1 + 0.2, 0.3 - 2e-10], false), [1, 1, 3]);
    // A run of hairs is no tie of its ends.
    assert_eq!(competition_ranks(&[1.0, 1.0 - 0.9e-10, 1.0 - 1.8e-10], false), [1, 1, 3]);
    assert_eq!(competition_ranks(&[1e9, 1e9 + 1e-7], false), [1, 1]);
    // What an f64 can tell apart is no tie, however large.
    assert_eq!(competition_ranks(&[500_000_000_000_001.0, 500_000_000_000_000.0], false), [1, 2]);
    assert_eq!(competition_ranks(&[1e6, 1e6 - 2e-9], false), [1, 2]);
    assert_eq!(competition_ranks(&[f64::NAN, 1.0], false).len(), 2);
}

fn scored(method: Method, columns: &[(f64, Direction)], normalisation: Normalisation, rows: &[Vec<f64>]) -> Analysis {
    let criteria = columns.iter().map(|(weight, direction)| criterion(*weight, *direction, Preference::Usual));
    let spec = Spec { criteria: criteria.collect(), normalisation: Some(normalisation), v: 0.5, floor: None };
    analyse(method, &spec, &Matrix::from_rows(rows, columns.len()).unwrap()).unwrap()
}

/// Products have no scale of their own: small ones tie in proportion, as large ones do.
#[test]
fn products_tie_in_proportion() {
    let columns = [(60.0, Direction::Max), (40.0, Direction::Max), (20.0, Direction::Min)];
    let rows = [vec![4.0, 3.0, 8e6], vec![2.0, 5.0, 12e6], vec![3.0, 4.0, 5e6]];
    for (normalisation, expected) in [
        (Normalisation::Max, [2, 3, 1]),
        (Normalisation::Sum, [2, 3, 1]),
        (Normalisation::Vector, [2, 3, 1]),
        (Normalisation::None, [2, 3, 1]),
    ] {
        let got = scored(Method::Wpm, &columns, normalisation, &rows);
        assert_eq!(got.ranking, expected, "{normalisation:?} {:?}", got.scores);
    }
    let of = |x: &[f64]| {
        let rows: Vec<Vec<f64>> = x.iter().map(|x| vec![*x]).collect();
        scored(Method::Wpm, &[(1.0, Direction::Max)], Normalisation::None, &rows).ranking
    };
    assert_eq!(of(&[1e-90, 1e-90 * (1.0 + 0.9e-10), 1e-90 * (1.0 + 1.1e-10)]), [3, 1, 1]);
    assert_eq!(of(&[1e50, 1e50 * (1.0 + 0.9e-10), 1e50 * (1.0 + 3e-10)]), [2, 2, 1]);
    assert_eq!(of(&[0.0, 0.0, 1e-99]), [2, 2, 1]);
}

/// A criterion in which all are alike may weigh a great deal: what tells rows apart is no less real.
#[test]
fn vikor_compares_what_weighs_little() {
    let columns = [(1e6, Direction::Max), (1e-7, Direction::Max)];
    let got = scored(Method::Vikor, &columns, Normalisation::None, &[vec![3.0, 1.0], vec![3.0, 2.0]]);
    assert_eq!((got.scores, got.ranking), (vec![1.0, 0.0], vec![2, 1]));
    assert!(got.warnings.iter().all(|warning| warning.code != WarningCode::Degenerate), "{:?}", got.warnings);
    let Extras::Vikor { compromise, acceptable_stability, .. } = got.extras else { panic!() };
    assert_eq!((compromise, acceptable_stability), (vec![1], true));
    // Sums that differ by their rounding alone do not.
    let columns = [(0.1, Direction::Max), (0.2, Direction::Max), (0.3, Direction::Max)];
    let rows = [vec![1.0, 1.0, 0.0], vec![0.0, 0.0, 1.0]];
    let got = scored(Method::Vikor, &columns, Normalisation::None, &rows);
    let Extras::Vikor { s, .. } = &got.extras else { panic!() };
    assert!((s[0] - s[1]).abs() < 1e-15);
    assert!(got.warnings.iter().any(|warning| warning.code == WarningCode::Degenerate));
}

/// A lead of just the threshold is no larger one, in whatever units the rounding of the numbers happens.
#[test]
fn thresholds_are_those_of_the_decimals() {
    let phi = |x: &[f64], direction, preference, normalisation| {
        let mut criterion = criterion(1.0, direction, preference);
        // Numbers outside of declared bounds are taken as the bounds.
        if matches!(normalisation, Normalisation::FixedMinmax | Normalisation::FixedTarget) {
            criterion.bounds = Some((1.0, 11.0));
            criterion.target = Some(11.0);
        }
        let spec = Spec { criteria: vec![criterion], normalisation: Some(normalisation), v: 0.5, floor: None };
        let rows: Vec<[f64; 1]> = x.iter().map(|x| [*x]).collect();
        analyse(Method::Promethee2, &spec, &Matrix::from_rows(&rows, 1).unwrap()).unwrap().scores
    };
    for direction in [Direction::Max, Direction::Min] {
        for preference in
            [Preference::UShape { q: 0.1 }, Preference::Linear { q: 0.1, p: 0.1 }, Preference::Level { q: 0.1, p: 0.1 }]
        {
            let at = |x: &[f64]| phi(x, direction, preference, Normalisation::None);
            assert_eq!(at(&[0.8, 0.7]), [0.0, 0.0], "{preference:?}");
            assert_eq!(at(&[1e6 + 0.8, 1e6 + 0.7]), [0.0, 0.0]);
            let one = if direction == Direction::Max { 1.0 } else { -1.0 };
            assert_eq!(at(&[0.8, 0.699_999_999_999]), [one, -one]);
        }
        // Of ten apart in all, 2 and 5 are 0.3 apart, and no others just that.
        let q = Preference::UShape { q: 0.3 };
        for normalisation in [Normalisation::Minmax, Normalisation::FixedMinmax] {
            let wanted = phi(&[1.0, 2.0, 5.0, 11.0], direction, Preference::UShape { q: 3.0 }, Normalisation::None);
            assert_eq!(phi(&[1.0, 2.0, 5.0, 11.0], direction, q, normalisation), wanted, "{normalisation:?}");
        }
        // A column far from 0 lost its last digits before it was brought near.
        let far = [1001.1, 1001.2, 1001.5, 1002.1];
        let wanted = phi(&[1.0, 2.0, 5.0, 11.0], direction, Preference::UShape { q: 3.0 }, Normalisation::None);
        assert_eq!(phi(&far, direction, q, Normalisation::Minmax), wanted);
    }
    let q = Preference::UShape { q: 0.3 };
    let wanted = phi(&[1.0, 2.0, 5.0, 11.0], Direction::Max, Preference::UShape { q: 3.0 }, Normalisation::None);
    assert_eq!(phi(&[1.0, 2.0, 5.0, 11.0], Direction::Max, q, Normalisation::FixedTarget), wanted);
    // Two numbers that differ do so by more than nothing.
    let next = 1.0 + f64::EPSILON;
    assert_eq!(phi(&[next, 1.0], Direction::Max, Preference::Usual, Normalisation::None), [1.0, -1.0]);
    assert_eq!(phi(&[next, 1.0], Direction::Max, Preference::UShape { q: 0.0 }, Normalisation::None), [1.0, -1.0]);
}

#[test]
fn an_agreement_table() {
    let (a, b, c): (&[usize], &[usize], &[usize]) = (&[1, 2, 3, 4], &[4, 3, 2, 1], &[1, 2, 2, 4]);
    let table = agreement_table(&[("a", a), ("b", b), ("c", c)], 2);
    let pairs: Vec<(&str, &str)> = table.iter().map(|row| (row.a.as_str(), row.b.as_str())).collect();
    assert_eq!(pairs, [("a", "b"), ("a", "c"), ("b", "c")]);
    assert_eq!(
        (table[0].kendall_tau_b, table[0].spearman_rho, table[0].top_k_overlap),
        (Some(-1.0), Some(-1.0), Some(0.0))
    );
    // A tie at the cut-off: three rows are a top two of c.
    assert_eq!(table[1].top_k_overlap, Some(2.0 / 3.0));
    assert_eq!(kendall_tau_b(&[1], &[1, 2]), None);
    assert_eq!(top_k_overlap(&[1], &[1], 0), None);
}
