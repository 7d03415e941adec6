//! Deferred acceptance and blocking pairs: reference vectors, enumeration of all matchings, properties.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;
use sedaya::engine::allocate::{
    Meeting, Misnamed, Participant, Preferences, Unplaced, Why, break_ties, instability, propose,
};
use serde_json::Value;

fn vectors(topic: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(include_str!("../data/engine.json")).unwrap();
    all.into_iter().filter(|v| v["topic"] == topic).collect()
}

const fn pair(venture: u32, investor: u32) -> Meeting {
    Meeting { venture, investor }
}

fn number(names: &[String], name: &str) -> u32 {
    u32::try_from(names.iter().position(|n| n == name).unwrap()).unwrap()
}

/// Names of both sides, and their preferences.
fn read(input: &Value) -> (Vec<String>, Vec<String>, Preferences) {
    let names = |side: &str| input[side].as_object().unwrap().keys().cloned().collect::<Vec<String>>();
    let (ventures, investors) = (names("proposers"), names("receivers"));
    let list = |side: &str, of: &str, others: &[String]| {
        input[side][of].as_array().unwrap().iter().map(|n| number(others, n.as_str().unwrap())).collect()
    };
    let preferences = Preferences {
        ventures: ventures
            .iter()
            .map(|v| Participant { capacity: 1, preferences: list("proposers", v, &investors) })
            .collect(),
        investors: investors
            .iter()
            .map(|i| Participant {
                capacity: u32::try_from(input["capacity"][i].as_u64().unwrap()).unwrap(),
                preferences: list("receivers", i, &ventures),
            })
            .collect(),
    };
    (ventures, investors, preferences)
}

fn expected(of: &Value, ventures: &[String], investors: &[String]) -> Vec<Meeting> {
    let members: BTreeMap<String, Vec<String>> = serde_json::from_value(of.clone()).unwrap();
    let of_investor = |(investor, with): (&String, &Vec<String>)| {
        with.iter().map(|v| pair(number(ventures, v), number(investors, investor))).collect::<Vec<_>>()
    };
    let mut all: Vec<Meeting> = members.iter().flat_map(of_investor).collect();
    all.sort_unstable();
    all
}

/// The other side proposes.
fn turned(p: &Preferences) -> Preferences {
    Preferences { ventures: p.investors.clone(), investors: p.ventures.clone() }
}

#[test]
fn stable_matchings_of_the_reference() {
    let all = vectors("stable_matching");
    for v in &all {
        let (ventures, investors, p) = read(&v["input"]);
        let made = propose(&p).unwrap();
        assert_eq!(made.pairs, expected(&v["expected"]["proposer_optimal"], &ventures, &investors), "{}", v["name"]);
        let mut other: Vec<Meeting> =
            propose(&turned(&p)).unwrap().pairs.iter().map(|m| pair(m.investor, m.venture)).collect();
        other.sort_unstable();
        assert_eq!(other, expected(&v["expected"]["receiver_optimal"], &ventures, &investors), "{}", v["name"]);
        assert_eq!(serde_json::json!(stable(&p).len()), v["expected"]["number_of_stable_matchings"]);
    }
    assert_eq!(all.len(), 4);
}

#[test]
fn blocking_pairs_of_the_reference() {
    let all = vectors("blocking_pairs");
    for v in &all {
        let (ventures, investors, p) = read(&v["input"]);
        let matching: BTreeMap<String, Option<String>> =
            serde_json::from_value(v["input"]["matching"].clone()).unwrap();
        let given: Vec<Meeting> = matching
            .iter()
            .filter_map(|(venture, with)| Some(pair(number(&ventures, venture), number(&investors, with.as_ref()?))))
            .collect();
        let found = instability(&p, &given).unwrap();
        let names: Vec<[&String; 2]> =
            found.blocking.iter().map(|m| [&ventures[m.venture as usize], &investors[m.investor as usize]]).collect();
        assert_eq!(serde_json::json!(names), v["expected"]);
        assert!(found.unacceptable.is_empty() && !found.is_stable());
    }
    assert_eq!(all.len(), 1);
}

fn place(of: &Participant, whom: u32) -> Option<usize> {
    of.preferences.iter().position(|x| *x == whom)
}

/// By definition: whoever is unlisted is liked less than anyone listed.
fn blocking(p: &Preferences, allocation: &HashSet<Meeting>) -> Vec<Meeting> {
    let would = |of: &Participant, whom: u32, with: Vec<u32>| {
        let Some(own) = place(of, whom) else { return false };
        with.len() < of.capacity as usize || with.iter().any(|x| place(of, *x).is_none_or(|other| own < other))
    };
    let mut found = Vec::new();
    for (v, venture) in (0u32..).zip(&p.ventures) {
        for (i, investor) in (0u32..).zip(&p.investors) {
            let of_v = allocation.iter().filter(|m| m.venture == v).map(|m| m.investor).collect();
            let of_i = allocation.iter().filter(|m| m.investor == i).map(|m| m.venture).collect();
            if !allocation.contains(&pair(v, i)) && would(venture, i, of_v) && would(investor, v, of_i) {
                found.push(pair(v, i));
            }
        }
    }
    found
}

/// All stable matchings of ventures with one place each, by trying every one.
fn stable(p: &Preferences) -> Vec<HashSet<Meeting>> {
    let mut all: Vec<HashSet<Meeting>> = vec![HashSet::new()];
    for (v, venture) in (0u32..).zip(&p.ventures) {
        let longer = |set: &HashSet<Meeting>| {
            let mut next = vec![set.clone()];
            for i in venture.preferences.iter().collect::<HashSet<_>>() {
                let investor = &p.investors[*i as usize];
                let filled = set.iter().filter(|m| m.investor == *i).count();
                if venture.capacity > 0 && filled < investor.capacity as usize && place(investor, v).is_some() {
                    next.push(set.iter().copied().chain([pair(v, *i)]).collect());
                }
            }
            next
        };
        all = all.iter().flat_map(longer).collect();
    }
    all.retain(|set| blocking(p, set).is_empty());
    all
}

fn side(members: usize, others: usize, most: u32) -> impl Strategy<Value = Vec<Participant>> {
    let others = u32::try_from(others).unwrap();
    let list = Just((0..others).collect::<Vec<u32>>()).prop_shuffle();
    let one =
        (list, 0..=others as usize, prop::bool::weighted(0.6), 0..=most).prop_map(|(mut list, n, whole, capacity)| {
            if !whole {
                list.truncate(n);
            }
            Participant { capacity, preferences: list }
        });
    prop::collection::vec(one, members)
}

fn preferences(most_of_venture: u32) -> impl Strategy<Value = Preferences> {
    (1usize..=6, 1usize..=4).prop_flat_map(move |(v, i)| {
        (side(v, i, most_of_venture), side(i, v, 3))
            .prop_map(|(ventures, investors)| Preferences { ventures, investors })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_best_stable_placement_for_every_venture(p in preferences(1)) {
        let made = propose(&p).unwrap();
        let all = stable(&p);
        let own: HashSet<Meeting> = made.pairs.iter().copied().collect();
        prop_assert!(all.contains(&own));
        prop_assert!(instability(&p, &made.pairs).unwrap().is_stable());
        let placed = |set: &HashSet<Meeting>| set.iter().map(|m| m.venture).collect::<HashSet<u32>>();
        for other in &all {
            // Proposer-optimal.
            for m in other {
                let venture = &p.ventures[m.venture as usize];
                let mine = own.iter().find(|x| x.venture == m.venture).unwrap();
                prop_assert!(place(venture, mine.investor) <= place(venture, m.investor));
            }
            // Rural hospitals: the same ventures; the same number of places of each investor, the very same ventures if
            // places are left.
            prop_assert_eq!(placed(other), placed(&own));
            for (i, investor) in (0u32..).zip(&p.investors) {
                let with = |set: &HashSet<Meeting>| {
                    set.iter().filter(|m| m.investor == i).map(|m| m.venture).collect::<HashSet<u32>>()
                };
                prop_assert_eq!(with(other).len(), with(&own).len());
                if with(&own).len() < investor.capacity as usize {
                    prop_assert_eq!(with(other), with(&own));
                }
            }
        }
        // Everyone is placed or told why not.
        let mut seen = placed(&own);
        for Unplaced { venture, why } in &made.unplaced {
            prop_assert!(seen.insert(*venture));
            let wants = &p.ventures[*venture as usize];
            let acceptable: Vec<u32> = wants.preferences.iter().copied()
                .filter(|i| {
                    let investor = &p.investors[*i as usize];
                    investor.capacity > 0 && place(investor, *venture).is_some()
                })
                .collect();
            match why {
                Why::NoCapacity => prop_assert_eq!(wants.capacity, 0),
                Why::NoAcceptablePlace => prop_assert!(acceptable.is_empty()),
                Why::Filled { by } => {
                    prop_assert_eq!(by, &acceptable);
                    for i in by {
                        let investor = &p.investors[*i as usize];
                        let with: Vec<_> = own.iter().filter(|m| m.investor == *i).collect();
                        prop_assert_eq!(with.len(), investor.capacity as usize);
                        prop_assert!(with.iter().all(|m| place(investor, m.venture) < place(investor, *venture)));
                    }
                }
            }
        }
        prop_assert_eq!(seen.len(), p.ventures.len());
    }

    #[test]
    fn several_places_a_venture_are_stable_too(p in preferences(3)) {
        let made = propose(&p).unwrap();
        prop_assert!(instability(&p, &made.pairs).unwrap().is_stable());
        prop_assert!(blocking(&p, &made.pairs.iter().copied().collect()).is_empty());
    }

    #[test]
    fn blocking_pairs_of_any_allocation(p in preferences(3), bits in any::<u32>()) {
        let all = (0u32..).zip(&p.ventures).flat_map(|(v, _)| (0u32..).zip(&p.investors).map(move |(i, _)| pair(v, i)));
        let given: Vec<Meeting> = all.zip(0..).filter(|(_, at)| bits >> at & 1 == 1).map(|(m, _)| m).collect();
        let found = instability(&p, &given).unwrap();
        prop_assert_eq!(&found.blocking, &blocking(&p, &given.iter().copied().collect()));
        let unlisted = |m: &&Meeting| {
            place(&p.ventures[m.venture as usize], m.investor).is_none()
                || place(&p.investors[m.investor as usize], m.venture).is_none()
        };
        prop_assert_eq!(&found.unacceptable, &given.iter().filter(unlisted).copied().collect::<Vec<_>>());
        let count = |v: u32| given.iter().filter(|m| m.venture == v).count();
        for (v, venture) in (0u32..).zip(&p.ventures) {
            prop_assert_eq!(found.overfull_ventures.contains(&v), count(v) > venture.capacity as usize);
        }
    }
}

#[test]
fn ties_are_broken_by_lottery() {
    let lottery = [3, 1, 2, 0];
    assert_eq!(break_ties(&[vec![0, 1], vec![2, 3, 9, 8]], &lottery), [1, 0, 3, 2, 8, 9]);
    assert!(break_ties(&[], &lottery).is_empty());
}

#[test]
fn strangers_are_refused_and_repetitions_count_once() {
    let of = |capacity, preferences: &[u32]| Participant { capacity, preferences: preferences.to_vec() };
    let p = Preferences { ventures: vec![of(2, &[0, 0, 0])], investors: vec![of(5, &[0, 0])] };
    let made = propose(&p).unwrap();
    assert_eq!(made.pairs, [pair(0, 0)]);
    assert!(instability(&p, &[pair(0, 0), pair(0, 0)]).unwrap().is_stable());
    assert_eq!(instability(&p, &[pair(0, 1)]), Err(Misnamed::Investor(1)));
    assert_eq!(instability(&p, &[pair(1, 0)]), Err(Misnamed::Venture(1)));
    let p = Preferences { ventures: vec![of(1, &[1])], investors: vec![of(1, &[0])] };
    assert_eq!(propose(&p), Err(Misnamed::Investor(1)));
    assert_eq!(propose(&Preferences::default()).unwrap().pairs, []);
}
