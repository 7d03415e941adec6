//! Fair tables, the greedy re-ranker and its reports: reference vectors, enumeration, properties.

use proptest::prelude::*;
use sedaya::engine::fair::{
    Proportion, Refused, Table, adjusted, audit, binomial, failure_probability, greedy, group_exposure, report, share,
};
use serde_json::Value;

fn vectors(topic: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(include_str!("../data/engine.json")).unwrap();
    all.into_iter().filter(|v| v["topic"] == topic).collect()
}

/// From a double of few decimals.
fn proportion(x: &Value) -> Proportion {
    of(x.as_f64().unwrap())
}

#[allow(clippy::cast_possible_truncation)]
fn of(x: f64) -> Proportion {
    Proportion::from_units((x * 1e9).round() as i128).unwrap()
}

fn whole(x: &Value) -> u32 {
    u32::try_from(x.as_u64().unwrap()).unwrap()
}

fn table(x: &Value) -> Table {
    Table::new(x.as_array().unwrap().iter().map(whole).collect()).unwrap()
}

fn near(a: f64, b: &Value, tolerance: &Value) {
    let (b, tolerance) = (b.as_f64().unwrap(), tolerance.as_f64().unwrap());
    assert!((a - b).abs() <= tolerance, "{a} is not {b}");
}

#[test]
fn binomial_tables_of_the_reference() {
    let all = vectors("fair_mtable");
    for v in &all {
        let (input, expected) = (&v["input"], &v["expected"]);
        let p = proportion(&input["p"]);
        let made = binomial(whole(&input["k"]), p, proportion(&input["alpha"])).unwrap();
        let (required, failure) = match expected.get("mtable") {
            Some(required) => (required, &expected["exact_fail_probability"]),
            None => (&expected["unadjusted"], &expected["exact_fail_unadjusted"]),
        };
        assert_eq!(made, table(required), "{}", v["name"]);
        near(failure_probability(&made, p), failure, &v["tolerance"]);
        if let Some(other) = expected.get("fairsearchcore_adjusted") {
            near(failure_probability(&table(other), p), &expected["exact_fail_adjusted"], &v["tolerance"]);
        }
    }
    assert_eq!(all.len(), 6);
}

#[test]
fn adjusted_tables_of_the_reference() {
    let all = vectors("fair_mtable_conservative");
    for v in &all {
        let (input, expected) = (&v["input"], &v["expected"]);
        let made = adjusted(whole(&input["k"]), proportion(&input["p"]), proportion(&input["alpha"])).unwrap();
        assert_eq!(made.table, table(&expected["mtable"]), "{}", v["name"]);
        near(made.alpha_c, &expected["alpha_c"], &v["tolerance"]);
        near(made.failure, &expected["exact_fail_probability"], &v["tolerance"]);
    }
    assert_eq!(all.len(), 3);
}

#[test]
fn reranked_lists_of_the_reference() {
    let mut seen = 0;
    for v in vectors("fair_rerank").into_iter().chain(vectors("fair_floor")) {
        let items = v["input"]["items_id_score_protected"].as_array().unwrap().clone();
        let protected: Vec<bool> = items.iter().map(|item| item[2].as_bool().unwrap()).collect();
        let required = match v["input"].get("mtable") {
            Some(given) => table(given),
            None => {
                let made = share(u32::try_from(items.len()).unwrap(), proportion(&v["input"]["share"]));
                assert_eq!(made, table(&v["expected"]["floors"]));
                made
            }
        };
        let reranked = greedy(protected.iter().copied(), |i| required.required(i));
        let ids: Vec<&Value> = reranked.order.iter().map(|place| &items[*place as usize][0]).collect();
        let expected = v["expected"].get("order").unwrap_or(&v["expected"]);
        assert_eq!(ids, expected.as_array().unwrap().iter().collect::<Vec<_>>(), "{}", v["name"]);
        assert_eq!((reranked.shortfall, reranked.first_short), (0, None));
        seen += 1;
    }
    assert_eq!(seen, 2);
}

#[test]
fn exposure_of_the_reference() {
    let all = vectors("exposure");
    for v in &all {
        let protected = v["input"]["protected"].as_array().unwrap().iter().map(|p| p == 1);
        let (made, expected) = (group_exposure(protected), &v["expected"]);
        near(made.protected.unwrap(), &expected["group_exposure_mean"]["protected"], &v["tolerance"]);
        near(made.others.unwrap(), &expected["group_exposure_mean"]["other"], &v["tolerance"]);
        near(made.ratio().unwrap(), &expected["ratio"], &v["tolerance"]);
    }
    assert_eq!(all.len(), 1);
    assert_eq!(group_exposure([true].into_iter()).ratio(), None);
    assert_eq!(group_exposure([].into_iter()).ratio(), None);
}

#[test]
fn shares_are_floors_of_scaled_integers() {
    assert_eq!(of(0.29).floor_of(100), 29);
    assert_eq!(of(0.57).floor_of(100), 57);
    assert_eq!(share(100, of(0.29)).required(100), 29);
    assert_eq!(of(1.0).floor_of(usize::MAX), usize::MAX);
    assert_eq!(of(0.0).floor_of(usize::MAX), 0);
    assert!(Proportion::from_units(-1).is_err() && Proportion::from_units(1_000_000_001).is_err());
}

#[test]
fn a_table_ends_with_its_last_requirement() {
    let made = Table::new(vec![0, 0, 2]).unwrap();
    assert_eq!([0, 1, 2, 3, 4, 99].map(|i| made.required(i)), [0, 0, 0, 2, 2, 2]);
    assert_eq!(made.closed().as_slice(), [0, 1, 2]);
    assert_eq!(Table::new(vec![0, 1, 0]).unwrap_err().position, 3);
    assert_eq!(Table::default().required(5), 0);
    let impossible = Table::new(vec![0, 1, u32::MAX]).unwrap();
    assert!((failure_probability(&impossible, of(0.4)) - 1.0).abs() < 1e-15);
}

#[test]
fn nothing_to_decide_by_chance_is_refused() {
    let (half, zero, one) = (of(0.5), of(0.0), of(1.0));
    for p in [zero, one] {
        assert_eq!(adjusted(5, p, half).unwrap_err(), Refused::P);
        assert_eq!(binomial(5, half, p).unwrap_err(), Refused::Alpha);
    }
    assert_eq!(audit(&vec![true; 2_001], half, half).unwrap_err(), Refused::Positions);
    let empty = audit(&[], half, half).unwrap();
    assert_eq!((empty.p_value, empty.passes, empty.against.failure), (1.0, true, 0.0));
}

/// p as a / b with small terms, so that bᵏ and all below fit.
#[derive(Clone, Copy, Debug)]
struct Small {
    a: u128,
    b: u128,
}

impl Small {
    fn proportion(self) -> Proportion {
        Proportion::from_units((1_000_000_000 * self.a / self.b).cast_signed()).unwrap()
    }

    /// bᵏ · P(lists of k with `breaks`), by enumeration.
    fn weigh(self, k: u32, breaks: impl Fn(u32) -> bool) -> u128 {
        let probability = |list: u32| {
            let ones = list.count_ones();
            self.a.pow(ones) * (self.b - self.a).pow(k - ones)
        };
        (0..1u32 << k).filter(|list| breaks(*list)).map(probability).sum()
    }

    /// b^i · F(j; i), by enumeration.
    fn cdf(self, i: u32, j: u32) -> u128 {
        self.weigh(i, |list| list.count_ones() <= j)
    }
}

fn breaks(list: u32, required: &[u32]) -> bool {
    (1..).zip(required).any(|(i, m)| (list & ((1 << i) - 1)).count_ones() < *m)
}

/// The adjusted table by definition: every level that F takes, every list.
fn adjusted_by_definition(k: u32, p: Small, alpha: (u128, u128)) -> Vec<u32> {
    let full = |i: u32| p.b.pow(k - i);
    let f: Vec<Vec<u128>> = (1..=k).map(|i| (0..i).map(|j| p.cdf(i, j) * full(i)).collect()).collect();
    let mut levels: Vec<u128> = f.concat();
    levels.sort_unstable();
    let tables = levels.iter().rev().map(|t| -> Vec<u32> {
        f.iter().map(|row| u32::try_from(row.iter().filter(|x| *x <= t).count()).unwrap()).collect()
    });
    let mut within = tables.filter(|m| p.weigh(k, |list| breaks(list, m)) * alpha.1 <= alpha.0 * p.b.pow(k));
    within.next().unwrap_or_else(|| vec![0; k as usize])
}

fn small() -> impl Strategy<Value = Small> {
    prop_oneof![Just(2u128), Just(4), Just(5), Just(10), Just(20)]
        .prop_flat_map(|b| (1..b).prop_map(move |a| Small { a, b }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn adjusted_is_the_strictest(k in 1u32..=9, p in small(), alpha in 1u32..1000) {
        let level = Proportion::from_units(i128::from(alpha) * 1_000_000).unwrap();
        let made = adjusted(k, p.proportion(), level).unwrap();
        let expected = adjusted_by_definition(k, p, (alpha.into(), 1000));
        prop_assert_eq!(made.table.as_slice(), &expected[..]);
    }

    #[test]
    fn equality_counts(k in 1u32..=9, p in small(), i in 1u32..=9, j in 0u32..9) {
        // alpha is a value that F takes, if nine decimals hold it.
        let scaled = p.cdf(i, j.min(i - 1)) * 1_000_000_000;
        prop_assume!(scaled.is_multiple_of(p.b.pow(i)));
        let units = scaled / p.b.pow(i);
        let alpha = Proportion::from_units(units.cast_signed()).unwrap();
        prop_assume!(alpha.is_open());
        let made = adjusted(k, p.proportion(), alpha).unwrap();
        let expected = adjusted_by_definition(k, p, (units, 1_000_000_000));
        prop_assert_eq!(made.table.as_slice(), &expected[..]);
        let level = binomial(k, p.proportion(), alpha).unwrap();
        for position in 1..=k {
            let m = (0..=position).find(|m| p.cdf(position, *m) * 1_000_000_000 > units * p.b.pow(position));
            prop_assert_eq!(level.required(position as usize), m.unwrap() as usize);
        }
    }

    #[test]
    #[allow(clippy::cast_precision_loss)]
    fn failure_is_that_of_all_lists(p in small(), mut m in prop::collection::vec(0u32..6, 1..9)) {
        m.sort_unstable();
        let k = u32::try_from(m.len()).unwrap();
        let exact = p.weigh(k, |list| breaks(list, &m)) as f64 / p.b.pow(k) as f64;
        let made = failure_probability(&Table::new(m).unwrap(), p.proportion());
        prop_assert!((made - exact).abs() < 1e-14, "{} is not {}", made, exact);
    }

    #[test]
    fn the_p_value_decides_as_the_table_does(
        flags in prop::collection::vec(any::<bool>(), 0..60), p in small(), alpha in 1u32..1000,
    ) {
        let level = Proportion::from_units(i128::from(alpha) * 1_000_000).unwrap();
        let made = audit(&flags, p.proportion(), level).unwrap();
        prop_assert_eq!(made.passes, made.p_value > f64::from(alpha) / 1000.0, "{}", made.p_value);
        prop_assert_eq!(made.passes, made.prefixes.iter().all(|t| t.prefix.passes()));
        prop_assert!(made.against.failure <= f64::from(alpha) / 1000.0 * (1.0 + 1e-12));
        prop_assert!((0.0..=1.0).contains(&made.p_value));
    }

    #[test]
    fn any_share_and_any_list(
        flags in prop::collection::vec(any::<bool>(), 0..200), units in 0i128..=1_000_000_000, k in 0usize..250,
    ) {
        let min = Proportion::from_units(units).unwrap();
        let made = greedy(flags.iter().copied(), |i| min.floor_of(i));
        let mut sorted = made.order.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..u32::try_from(flags.len()).unwrap()).collect::<Vec<_>>());
        let told = report(&flags, &made, |i| min.floor_of(i), k, |a, b| i128::from(b) - i128::from(a));
        prop_assert_eq!(told.first_short.is_some(), told.shortfall > 0);
        if k >= flags.len() {
            prop_assert_eq!(told.prefixes.iter().all(sedaya::engine::fair::Prefix::passes), told.shortfall == 0);
        }
        prop_assert!(told.max_price >= 0 && told.sum_price <= told.max_price * told.positions as i128);
    }
}

#[test]
fn the_p_value_is_that_of_all_lists() {
    let p = Small { a: 3, b: 10 };
    let k = 7;
    // b^k · F at every prefix of every list.
    let least =
        |list: u32| (1..=k).map(|i| p.cdf(i, (list & ((1 << i) - 1)).count_ones()) * p.b.pow(k - i)).min().unwrap();
    let all: Vec<u128> = (0..1u32 << k).map(least).collect();
    for list in 0..1u32 << k {
        let flags: Vec<bool> = (0..k).map(|i| list >> i & 1 == 1).collect();
        let made = audit(&flags, p.proportion(), of(0.1)).unwrap();
        let at_most = p.weigh(k, |other| all[other as usize] <= all[list as usize]);
        #[allow(clippy::cast_precision_loss)]
        let exact = at_most as f64 / p.b.pow(k) as f64;
        assert!((made.p_value - exact).abs() < 1e-13, "{list:b}: {} is not {exact}", made.p_value);
    }
}

/// Half of all positions meet F = α exactly at p = α = 1/2, where doubles would decide by their rounding.
#[test]
fn exact_ties_on_long_lists() {
    let half = of(0.5);
    let made = binomial(601, half, half).unwrap();
    for i in 1..=601 {
        // F(m; i, 1/2) > 1/2 first at m = ⌊i/2⌋ for even i, and at (i + 1)/2 for odd i.
        assert_eq!(made.required(i), i.div_ceil(2));
    }
    let one = adjusted(1, of(0.9), of(0.1)).unwrap();
    assert_eq!((one.table.as_slice(), one.alpha_c), (&[1][..], 0.1));
}

#[test]
fn a_list_beyond_all_doubt() {
    let made = audit(&[false; 2_000], of(0.999), of(0.1)).unwrap();
    assert_eq!((made.passes, made.first_failed, made.p_value), (false, Some(1), 0.0));
    let made = audit(&[true; 2_000], of(0.999), of(0.1)).unwrap();
    assert_eq!((made.passes, made.first_failed, made.p_value), (true, None, 1.0));
}

#[test]
fn long_tables_stay_in_their_bounds() {
    for (k, p, alpha) in
        [(1000, 0.3, 0.1), (1000, 0.5, 0.05), (1000, 0.001, 0.1), (1000, 0.999, 0.01), (400, 0.5, 1e-9)]
    {
        let (share, level) = (of(p), of(alpha));
        let (made, plain) = (adjusted(k, share, level).unwrap(), binomial(k, share, level).unwrap());
        assert!(made.failure <= alpha && made.alpha_c <= alpha && made.failure >= made.alpha_c);
        assert!((1..=k as usize).all(|i| made.table.required(i) <= plain.required(i)));
        assert!((1..=k as usize).all(|i| made.table.required(i) - made.table.required(i - 1) <= 1));
        assert_eq!(failure_probability(&made.table, share), made.failure);
    }
}

/// Every monotone table over n positions.
fn tables(n: u32, most: u32) -> Vec<Vec<u32>> {
    let mut all = vec![vec![]];
    for _ in 0..n {
        let longer = |t: &Vec<u32>| {
            let t = t.clone();
            (t.last().copied().unwrap_or(0)..=most).map(move |m| [t.clone(), vec![m]].concat())
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

/// Every order of n places in which each side keeps its merit order, as flags; the only ones that can be best.
fn held(order: &[u32], protected: u32) -> Vec<u32> {
    order
        .iter()
        .scan(0, |held, place| {
            *held += protected >> place & 1;
            Some(*held)
        })
        .collect()
}

fn orders(n: u32) -> Vec<Vec<u32>> {
    let mut all = vec![vec![]];
    for _ in 0..n {
        let longer = |o: &Vec<u32>| {
            let o = o.clone();
            (0..n).filter(|x| !o.contains(x)).map(|x| [o.clone(), vec![x]].concat()).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

/// Against all n! orders: lexicographically best, of the largest score sum at every prefix, with the least lack.
fn best_among_all(n: u32, tables: &[Vec<u32>], groups: impl Iterator<Item = u32>) {
    let orders = orders(n);
    // Falling scores; the claim holds for all, so for steep, even and flat ones.
    let scores: [Vec<u64>; 3] = [
        (0..n).map(|i| 1 << (n - i)).collect(),
        (0..n).map(|i| u64::from(n - i)).collect(),
        (0..n).map(|i| u64::from(n - i).isqrt()).collect(),
    ];
    let sums = |order: &[u32], s: &[u64]| -> Vec<u64> {
        order
            .iter()
            .scan(0, |sum, place| {
                *sum += s[*place as usize];
                Some(*sum)
            })
            .collect()
    };
    for protected in groups {
        let lists: Vec<(&Vec<u32>, Vec<u32>)> = orders.iter().map(|o| (o, held(o, protected))).collect();
        for required in tables {
            let closed = Table::new(required.clone()).unwrap().closed();
            let flags = (0..n).map(|place| protected >> place & 1 == 1);
            let made = greedy(flags, |i| closed.required(i));
            let lack = |held: &[u32]| held.iter().zip(required).map(|(h, m)| m.saturating_sub(*h)).max().unwrap_or(0);
            let least = lists.iter().map(|(_, held)| lack(held)).min().unwrap();
            assert_eq!(lack(&held(&made.order, protected)), least, "{protected:b} {required:?}");
            assert_eq!(made.shortfall > 0, least > 0);
            if least > 0 {
                continue;
            }
            let mut fit = lists.iter().filter(|(_, held)| lack(held) == 0).map(|(order, _)| *order);
            // They come in lexicographic order.
            assert_eq!(&made.order, fit.next().unwrap(), "{protected:b} {required:?}");
            for s in &scores {
                let best = sums(&made.order, s);
                for other in fit.clone() {
                    assert!(sums(other, s).iter().zip(&best).all(|(a, b)| a <= b), "{protected:b} {required:?}");
                }
            }
        }
    }
}

#[test]
fn greedy_is_best_among_all_orders_of_few() {
    for n in 1..=5 {
        best_among_all(n, &tables(n, n + 1), 0..1 << n);
    }
}

#[test]
fn greedy_is_best_among_all_orders_of_eight() {
    let tables = [
        share(8, of(0.3)),
        share(8, of(0.5)),
        share(8, of(1.0)),
        adjusted(8, of(0.5), of(0.1)).unwrap().table,
        binomial(8, of(0.7), of(0.3)).unwrap(),
    ];
    let tables: Vec<Vec<u32>> =
        tables.iter().map(|t| t.as_slice().to_vec()).chain([vec![0, 0, 1, 1, 1, 3, 3, 3]]).collect();
    best_among_all(8, &tables, [0b1110_0000, 0b0101_1000, 0b1000_0001, 0b1111_0000, 0].into_iter());
}

#[test]
fn a_report_says_who_moved_and_what_it_cost() {
    // Scores 10, 9, 7, 4 with only the last protected; half of every prefix must be.
    let (scores, flags) = ([10i128, 9, 7, 4], [false, false, false, true]);
    let half = of(0.5);
    let made = greedy(flags.into_iter(), |i| half.floor_of(i));
    assert_eq!(made.order, [0, 3, 1, 2]);
    let told = report(&flags, &made, |i| half.floor_of(i), 4, |a, b| scores[a as usize] - scores[b as usize]);
    assert_eq!((told.max_price, told.sum_price, told.positions), (5, 5, 4));
    assert_eq!(
        told.moved.iter().map(|m| (m.merit, m.position, m.protected)).collect::<Vec<_>>(),
        [(4, 2, true), (2, 3, false), (3, 4, false)]
    );
    assert_eq!(
        told.prefixes.iter().map(sedaya::engine::fair::Prefix::passes).collect::<Vec<_>>(),
        [true, true, true, false]
    );
    assert_eq!((told.shortfall, told.first_short, told.protected), (1, Some(4), 1));
    assert!(told.exposure.ratio() > told.exposure_by_merit.ratio());
}
