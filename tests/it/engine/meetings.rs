//! Meetings of greatest weight and their rounds: reference vectors, enumeration, properties.

use std::collections::HashSet;

use proptest::prelude::*;
use sedaya::engine::allocate::{
    MAX_WEIGHT, Market, Meeting, NotKept, Overbooked, Pair, Refused, Venture, WhyUnserved, allocate, schedule,
};
use serde_json::Value;

fn vectors(topic: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(include_str!("../data/engine.json")).unwrap();
    all.into_iter().filter(|v| v["topic"] == topic).collect()
}

const fn meeting(venture: u32, investor: u32) -> Meeting {
    Meeting { venture, investor }
}

/// Weights of millionths, from rows of numbers.
#[allow(clippy::cast_possible_truncation)]
fn pairs(matrix: &Value, sign: f64) -> Vec<Pair> {
    let rows = matrix.as_array().unwrap();
    let row = |(venture, row): (u32, &Value)| {
        let cells = row.as_array().unwrap().clone();
        let pair = move |(investor, cell): (u32, Value)| Pair {
            meeting: meeting(venture, investor),
            weight: (sign * cell.as_f64().unwrap() * 1e6).round() as i64,
        };
        (0..).zip(cells).map(pair).collect::<Vec<_>>()
    };
    (0..).zip(rows).flat_map(row).collect()
}

#[allow(clippy::cast_precision_loss)]
fn value(weight: i128) -> f64 {
    weight as f64 / 1e6
}

#[test]
fn assignments_of_the_reference() {
    let all = vectors("assignment");
    for v in &all {
        let input = &v["input"];
        assert_eq!(input["maximise"], false);
        let pairs = pairs(&input["matrix"], -1.0);
        let n = input["matrix"].as_array().unwrap().len();
        let market = Market {
            slots: 1,
            ventures: vec![Venture::default(); n],
            investors: vec![1; n],
            pairs,
            ..Market::default()
        };
        let made = allocate(&market).unwrap();
        assert!((-value(made.weight) - v["expected"]["value"].as_f64().unwrap()).abs() < 1e-9);
        let columns: Vec<u32> = made.meetings.iter().map(|m| m.investor).collect();
        assert_eq!(serde_json::json!(columns), v["expected"]["columns"], "{}", v["name"]);
    }
    assert_eq!(all.len(), 2);
}

#[test]
fn capacities_of_the_reference() {
    let all = vectors("assignment_capacity");
    for v in &all {
        let investors: Vec<u32> = serde_json::from_value(v["input"]["capacity"].clone()).unwrap();
        let pairs = pairs(&v["input"]["weights"], 1.0);
        let ventures = v["input"]["weights"].as_array().unwrap().len();
        // Five ventures and four places: everyone has one meeting at most.
        let market = Market {
            slots: 9,
            ventures: vec![Venture { minimum: 1, maximum: 1 }; ventures],
            investors,
            pairs,
            ..Market::default()
        };
        let made = allocate(&market).unwrap();
        assert!((value(made.weight) - v["expected"]["value"].as_f64().unwrap()).abs() < 1e-9);
        assert_eq!((made.unserved.len(), made.unserved[0].why), (1, WhyUnserved::Crowded));
        let crowding = made.crowding.unwrap();
        assert_eq!((crowding.places, crowding.needed), (4, 5));
    }
    assert_eq!(all.len(), 1);
}

/// Small markets; `cells` bounds ventures × investors.
fn market(cells: usize) -> impl Strategy<Value = Market> {
    (1usize..=6, 1usize..=6).prop_filter("small", move |(v, i)| v * i <= cells).prop_flat_map(
        |(ventures, investors)| {
            let any_meeting = (0..ventures as u32, 0..investors as u32).prop_map(|(v, i)| meeting(v, i));
            (
                0u32..4,
                prop::collection::vec(
                    (0u32..4, 0u32..5).prop_map(|(minimum, maximum)| Venture { minimum, maximum }),
                    ventures,
                ),
                prop::collection::vec(0u32..4, investors),
                prop::collection::vec(
                    prop_oneof![1 => Just(None), 6 => (-3i64..8).prop_map(Some)],
                    ventures * investors,
                ),
                prop::collection::vec(any_meeting.clone(), 0..3),
                prop::collection::vec(any_meeting, 0..4),
            )
                .prop_map(move |(slots, ventures, capacities, weights, banned, forced)| {
                    let all = (0u32..)
                        .zip(&ventures)
                        .flat_map(|(v, _)| (0u32..).zip(&capacities).map(move |(i, _)| meeting(v, i)));
                    let pairs =
                        all.zip(&weights).filter_map(|(meeting, w)| w.map(|weight| Pair { meeting, weight })).collect();
                    Market { slots, ventures, investors: capacities, pairs, banned, forced, wished: Vec::new() }
                })
        },
    )
}

/// Forced pairs kept, meetings that count towards minimums, weight; nothing if it is not allowed.
fn worth(m: &Market, set: &[Meeting]) -> Option<(usize, u32, i128)> {
    let degree = |is: &dyn Fn(&Meeting) -> bool| u32::try_from(set.iter().filter(|x| is(x)).count()).unwrap();
    let mut towards = 0;
    for (number, venture) in (0u32..).zip(&m.ventures) {
        let has = degree(&|x| x.venture == number);
        if has > venture.maximum.min(m.slots) {
            return None;
        }
        towards += has.min(venture.minimum);
    }
    for (number, capacity) in (0u32..).zip(&m.investors) {
        if degree(&|x| x.investor == number) > (*capacity).min(m.slots) {
            return None;
        }
    }
    let kept = set.iter().filter(|x| m.forced.contains(x)).count();
    let weight = |x: &Meeting| m.pairs.iter().find(|p| p.meeting == *x).map_or(0, |p| i128::from(p.weight));
    Some((kept, towards, set.iter().map(weight).sum()))
}

fn allowed(m: &Market) -> Vec<Meeting> {
    let mut all: Vec<Meeting> = m.pairs.iter().map(|p| p.meeting).chain(m.forced.iter().copied()).collect();
    all.retain(|x| !m.banned.contains(x));
    all.sort_unstable();
    all.dedup();
    all
}

fn best_of_all(m: &Market) -> (usize, u32, i128) {
    let all = allowed(m);
    let subset = |bits: u32| -> Vec<Meeting> {
        all.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, x)| *x).collect()
    };
    (0..1u32 << all.len()).filter_map(|bits| worth(m, &subset(bits))).max().unwrap()
}

fn check(m: &Market) {
    let made = allocate(m).unwrap();
    assert!(made.meetings.is_sorted_by(|a, b| a < b));
    let all = allowed(m);
    assert!(made.meetings.iter().all(|x| all.contains(x)));
    let own = worth(m, &made.meetings).expect("within all limits");
    assert_eq!(own, best_of_all(m));
    assert_eq!(own.2, made.weight);
    let degree = |venture: u32, of: &dyn Fn(&Meeting) -> bool| {
        u32::try_from(made.meetings.iter().filter(|x| x.venture == venture && of(x)).count()).unwrap()
    };
    // Forced pairs that do not meet, each with a reason that holds.
    let unkept: HashSet<Meeting> = made.unkept.iter().map(|u| u.meeting).collect();
    let expected: HashSet<Meeting> = m.forced.iter().filter(|x| !made.meetings.contains(x)).copied().collect();
    assert_eq!(unkept, expected);
    for u in &made.unkept {
        let forced = |of: &dyn Fn(&Meeting) -> bool| {
            u32::try_from(made.meetings.iter().filter(|x| m.forced.contains(x) && of(x)).count()).unwrap()
        };
        assert_eq!(u.why == NotKept::Banned, m.banned.contains(&u.meeting));
        match u.why {
            NotKept::Banned => {}
            NotKept::VentureFull => assert_eq!(
                forced(&|x| x.venture == u.meeting.venture),
                m.ventures[u.meeting.venture as usize].maximum.min(m.slots)
            ),
            NotKept::InvestorFull => assert_eq!(
                forced(&|x| x.investor == u.meeting.investor),
                m.investors[u.meeting.investor as usize].min(m.slots)
            ),
        }
    }
    // Ventures below their minimum.
    let mut crowded = 0;
    for (number, venture) in (0u32..).zip(&m.ventures) {
        let has = degree(number, &|_| true);
        let told = made.unserved.iter().find(|u| u.venture == number);
        assert_eq!(told.map_or(0, |u| u.lacking), venture.minimum.saturating_sub(has));
        let open =
            all.iter().filter(|x| x.venture == number && m.investors[x.investor as usize].min(m.slots) > 0).count();
        let most = u32::try_from(open).unwrap().min(venture.maximum).min(m.slots);
        match told.map(|u| u.why) {
            None => {}
            Some(WhyUnserved::NoInvestor) => assert_eq!(most, 0),
            Some(WhyUnserved::TooFew { possible }) => {
                assert!(possible == most && has == most && most < venture.minimum)
            }
            Some(WhyUnserved::Crowded) => {
                assert!(has < most);
                crowded += venture.minimum.min(most) - has;
            }
        }
    }
    // The proof: these investors are full, of these ventures but for forced meetings; and these ventures have nowhere
    // else to go.
    assert_eq!(made.crowding.is_some(), crowded > 0);
    if let Some(proof) = &made.crowding {
        let (ventures, investors): (HashSet<u32>, HashSet<u32>) =
            (proof.ventures.iter().copied().collect(), proof.investors.iter().copied().collect());
        assert_eq!(proof.needed - proof.places, u64::from(crowded));
        let mut places = 0;
        for i in &proof.investors {
            let with: Vec<&Meeting> = made.meetings.iter().filter(|x| x.investor == *i).collect();
            assert_eq!(with.len(), m.investors[*i as usize].min(m.slots) as usize);
            let free: Vec<_> = with.iter().filter(|x| !m.forced.contains(x)).collect();
            assert!(free.iter().all(|x| ventures.contains(&x.venture)));
            places += free.len() as u64;
        }
        assert_eq!(places, proof.places);
        let elsewhere = all.iter().filter(|x| ventures.contains(&x.venture) && !investors.contains(&x.investor));
        assert!(
            elsewhere.filter(|x| m.investors[x.investor as usize].min(m.slots) > 0).all(|x| made.meetings.contains(x))
        );
    }
    // Rounds.
    check_rounds(&made.meetings, m.slots);
}

fn check_rounds(meetings: &[Meeting], slots: u32) {
    let made = schedule(meetings, slots).unwrap();
    let busiest = |side: fn(&Meeting) -> u32| {
        let count = |who: u32| meetings.iter().filter(|m| side(m) == who).count();
        meetings.iter().map(|m| count(side(m))).max().unwrap_or(0)
    };
    assert_eq!(made.rounds as usize, busiest(|m| m.venture).max(busiest(|m| m.investor)));
    assert_eq!(made.round_of.len(), meetings.len());
    assert!(made.round_of.iter().all(|r| *r < made.rounds) && made.rounds <= slots);
    let mut seen = HashSet::new();
    for (m, round) in meetings.iter().zip(&made.round_of) {
        assert!(seen.insert((true, m.venture, *round)), "a venture is in two meetings at once");
        assert!(seen.insert((false, m.investor, *round)), "an investor is in two meetings at once");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn weights_are_the_best_of_all_allocations(m in market(12)) {
        check(&m);
    }

    #[test]
    fn the_order_of_the_lists_does_not_matter(m in market(36), seed in any::<u64>()) {
        let mut other = m.clone();
        let by = |x: &Meeting| (u64::from(x.venture * 7 + x.investor) + 1).wrapping_mul(seed | 1);
        other.pairs.sort_by_key(|p| by(&p.meeting));
        other.forced.reverse();
        other.banned.extend(m.banned.iter().copied());
        prop_assert_eq!(allocate(&m).unwrap(), allocate(&other).unwrap());
    }

    #[test]
    fn any_meetings_fit_their_rounds(
        meetings in prop::collection::vec((0u32..12, 0u32..9).prop_map(|(v, i)| meeting(v, i)), 0..90),
    ) {
        check_rounds(&meetings, u32::MAX);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn weights_are_the_best_of_all_allocations_of_six(m in market(18).prop_filter("large", |m| m.ventures.len() == 6)) {
        check(&m);
    }
}

/// The smallest of them all: a program's assignment against every permutation of six.
#[test]
fn six_by_six_against_every_permutation() {
    let mut state = 1u64;
    let mut random = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % n).unwrap()
    };
    for _ in 0..40 {
        let w: Vec<Vec<i64>> = (0..6).map(|_| (0..6).map(|_| random(50) - 10).collect()).collect();
        let listed = |v: u32| {
            let w = &w;
            (0..6u32).map(move |i| Pair { meeting: meeting(v, i), weight: w[v as usize][i as usize] })
        };
        let market = Market {
            slots: 1,
            ventures: vec![Venture::default(); 6],
            investors: vec![1; 6],
            pairs: (0..6).flat_map(listed).collect(),
            ..Market::default()
        };
        fn best(w: &[Vec<i64>], v: usize, used: u32) -> i64 {
            let free = (0..6).filter(|i| used >> i & 1 == 0);
            free.map(|i| w[v][i] + if v < 5 { best(w, v + 1, used | 1 << i) } else { 0 }).max().unwrap()
        }
        assert_eq!(allocate(&market).unwrap().weight, i128::from(best(&w, 0, 0)));
    }
}

#[test]
fn a_pair_of_no_weight_meets_only_where_it_is_needed() {
    let pair = |v, i, weight| Pair { meeting: meeting(v, i), weight };
    let market = Market {
        slots: 3,
        ventures: vec![Venture::default(), Venture { minimum: 0, maximum: 3 }],
        investors: vec![2, 2],
        pairs: vec![pair(0, 0, 0), pair(0, 1, -5), pair(1, 0, 0), pair(1, 1, 1)],
        ..Market::default()
    };
    let made = allocate(&market).unwrap();
    assert_eq!(made.meetings, [meeting(0, 0), meeting(1, 1)]);
}

#[test]
fn wishes_decide_among_plans_of_one_sum_and_never_against_it() {
    let pair = |v, i, weight| Pair { meeting: meeting(v, i), weight };
    let market = |weights: [i64; 4], wished: Vec<Pair>| Market {
        slots: 1,
        ventures: vec![Venture::default(); 2],
        investors: vec![1, 1],
        pairs: (0..4u32).map(|n| pair(n / 2, n % 2, weights[n as usize])).collect(),
        wished,
        ..Market::default()
    };
    let straight = [meeting(0, 0), meeting(1, 1)];
    let crossed = [meeting(0, 1), meeting(1, 0)];
    let made = |weights, wished| allocate(&market(weights, wished)).unwrap().meetings;
    for weights in [[5, 5, 5, 5], [7, 4, 8, 5]] {
        assert_eq!(made(weights, vec![pair(0, 0, 1)]), straight);
        assert_eq!(made(weights, vec![pair(0, 1, 1)]), crossed);
        // Two first wishes against one.
        assert_eq!(made(weights, vec![pair(0, 1, 2), pair(0, 0, 1), pair(1, 1, 2)]), straight);
    }
    // A unit of weight is more than all wishes.
    assert_eq!(made([5, 5, 5, 6], vec![pair(0, 1, 100), pair(1, 0, 100)]), straight);
    assert!(allocate(&market([1; 4], vec![pair(0, 0, 101)])).is_err());
    assert!(allocate(&market([1; 4], vec![pair(0, 2, 1)])).is_err());
}

#[test]
fn extremes() {
    let pair = |v, i, weight| Pair { meeting: meeting(v, i), weight };
    assert_eq!(allocate(&Market::default()).unwrap().meetings, []);
    let market = Market {
        slots: u32::MAX,
        ventures: vec![Venture { minimum: u32::MAX, maximum: u32::MAX }; 2],
        investors: vec![u32::MAX, 0],
        pairs: vec![pair(0, 0, -MAX_WEIGHT), pair(0, 1, MAX_WEIGHT)],
        forced: vec![],
        wished: vec![],
        banned: vec![meeting(1, 0)],
    };
    let made = allocate(&market).unwrap();
    assert_eq!(made.meetings, [meeting(0, 0)]);
    let told: Vec<_> = made.unserved.iter().map(|u| (u.lacking, u.why)).collect();
    assert_eq!(told, [(u32::MAX - 1, WhyUnserved::TooFew { possible: 1 }), (u32::MAX, WhyUnserved::NoInvestor)]);
    let with = |pairs| allocate(&Market { pairs, ..market.clone() }).unwrap_err();
    assert_eq!(with(vec![pair(0, 0, i64::MIN)]), Refused::Weight(meeting(0, 0)));
    assert_eq!(with(vec![pair(0, 2, 1)]), Refused::Unknown(meeting(0, 2)));
    assert_eq!(with(vec![pair(0, 0, 1), pair(1, 1, 1), pair(0, 0, 1)]), Refused::Twice(meeting(0, 0)));
}

#[test]
fn overbooking_is_refused() {
    let meetings = [meeting(3, 1), meeting(3, 2), meeting(4, 2)];
    assert_eq!(schedule(&meetings, 1), Err(Overbooked::Venture { venture: 3, meetings: 2 }));
    assert_eq!(schedule(&meetings[1..], 1), Err(Overbooked::Investor { investor: 2, meetings: 2 }));
    assert_eq!(schedule(&meetings, 2).unwrap().rounds, 2);
    assert_eq!(schedule(&[], 0).unwrap().rounds, 0);
}
