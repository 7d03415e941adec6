//! Venture-proposing deferred acceptance (Gale and Shapley 1962; Roth 1984 for capacities).

use std::collections::BTreeSet;

use super::market::Meeting;
use super::preferences::{Misnamed, Preferences, Ranks};

/// A stable placement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// Who is placed with whom, by venture, then investor.
    pub pairs: Vec<Meeting>,
    /// Ventures without any place, by number.
    pub unplaced: Vec<Unplaced>,
}

/// A venture without a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unplaced {
    /// By its number.
    pub venture: u32,
    /// Why it has none.
    pub why: Why,
}

/// Why a venture has no place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It can have none itself: its capacity is 0.
    NoCapacity,
    /// No investor is acceptable to it who also accepts it and has any place.
    NoAcceptablePlace,
    /// Every acceptable place is filled with ventures that the investor prefers.
    Filled {
        /// The investors who filled theirs, in the venture's order.
        by: Vec<u32>,
    },
}

/// Places ventures with investors: each venture proposes down its list, each investor holds the best proposals so far.
///
/// The placement is stable (no pair would rather have each other), whatever the order of proposals, so it is a fixed
/// function of the preferences. Where every venture has one place at most, it is the best of all stable placements for
/// every venture at once and the worst for every investor, and no venture gains by misstating its list. By the rural
/// hospitals theorem (Roth 1986) the same ventures and the same number of places of each investor are then filled in
/// *every* stable placement, and an investor with places left has the very same ventures: who is unplaced here would
/// not be helped by choosing another stable placement, only by more places or wider lists.
///
/// Investors propose instead if the two sides change names.
///
/// # Errors
/// [`Misnamed`] when a list names who does not exist.
pub fn propose(preferences: &Preferences) -> Result<Placement, Misnamed> {
    preferences.check()?;
    let ranks = Ranks::of(&preferences.investors);
    let ventures = &preferences.ventures;
    let listed = Ranks::of(ventures);
    // The proposals each investor holds, best first.
    let mut held: Vec<BTreeSet<(u32, u32)>> = vec![BTreeSet::new(); preferences.investors.len()];
    let mut next = vec![0usize; ventures.len()];
    let mut places = vec![0u32; ventures.len()];
    let mut open: Vec<u32> = (0u32..).zip(ventures).map(|(number, _)| number).collect();
    while let Some(venture) = open.pop() {
        let at = venture as usize;
        let wants = &ventures[at];
        if places[at] >= wants.capacity {
            continue;
        }
        let Some(investor) = wants.preferences.get(next[at]).copied() else { continue };
        let first_time = listed.of_partner(venture, investor).is_some_and(|rank| rank as usize == next[at]);
        next[at] += 1;
        open.push(venture);
        let (Some(rank), true) = (ranks.of_partner(investor, venture), first_time) else { continue };
        let proposals = &mut held[investor as usize];
        proposals.insert((rank, venture));
        places[at] += 1;
        if proposals.len() > preferences.investors[investor as usize].capacity as usize
            && let Some((_, refused)) = proposals.pop_last()
        {
            places[refused as usize] -= 1;
            open.push(refused);
        }
    }
    let of_investor = |(investor, held): (u32, &BTreeSet<(u32, u32)>)| {
        held.iter().map(|(_, venture)| Meeting { venture: *venture, investor }).collect::<Vec<_>>()
    };
    let mut pairs: Vec<Meeting> = (0u32..).zip(&held).flat_map(of_investor).collect();
    pairs.sort_unstable();
    let unplaced =
        (0u32..).zip(ventures).filter(|(number, _)| places[*number as usize] == 0).map(|(venture, wants)| {
            let has_place = |i: &u32| preferences.investors[*i as usize].capacity > 0;
            let mut by: Vec<u32> = wants.preferences.clone();
            by.retain(|i| has_place(i) && ranks.of_partner(*i, venture).is_some());
            let mut seen = BTreeSet::new();
            by.retain(|i| seen.insert(*i));
            let why = match (wants.capacity, by.is_empty()) {
                (0, _) => Why::NoCapacity,
                (_, true) => Why::NoAcceptablePlace,
                (_, false) => Why::Filled { by },
            };
            Unplaced { venture, why }
        });
    Ok(Placement { pairs, unplaced: unplaced.collect() })
}
