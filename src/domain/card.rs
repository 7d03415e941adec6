//! The anonymised face of a venture, and how far each card is coarsened.
//!
//! What an outsider could know of a business is its kind, its city and the size of its need. A card says
//! of these only what at least [`K`] cards of the cohort share.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::assessment::{DimensionOutcome, Grounds, Outcome};
use super::band::Derived;
use super::fixed::TenThousandths;
use super::rubric::Rubric;
use super::text::Words;
use super::venture::{Instrument, NeedBand, Profile, SectorGroup};

/// How many cards of a cohort must share what one of them says of group, kota and need.
pub const K: usize = 5;

/// What stands on a card that says nothing of group, kota and need.
pub const SOMEWHERE: Words = Words::new("usaha di Jakarta", "a business in Jakarta");

/// What a card says of the three things an outsider could know. `None` is not printed: coarsened away,
/// or not known; the two look alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printed {
    /// Kind of business.
    pub sector_group: Option<SectorGroup>,
    /// Kemendagri code of the kota.
    pub kota: Option<String>,
    /// Size of the need.
    pub need_band: Option<NeedBand>,
}

/// What is left of group, kota and need at each step, the finest first. Below the last one nothing is.
const STEPS: [Step; 4] = [
    Step { kota: true, need: true },
    Step { kota: true, need: false },
    Step { kota: false, need: true },
    Step { kota: false, need: false },
];

#[derive(Clone, Copy)]
struct Step {
    kota: bool,
    need: bool,
}

type Key<'a> = (SectorGroup, Option<&'a str>, Option<NeedBand>);

impl Step {
    /// What a card would print at this step; `None` when a part of it is not known.
    fn key(self, card: &Derived) -> Option<Key<'_>> {
        let kota = if self.kota { Some(card.kota.as_deref()?) } else { None };
        let need = if self.need { Some(card.need_band?) } else { None };
        Some((card.sector_group?, kota, need))
    }
}

/// What each card of a cohort prints: the finest of group + kota + need, group + kota, group + need,
/// group that it knows in full and that at least [`K`] cards of the cohort share by their own values;
/// otherwise nothing. In the order given; depends on nothing but the cohort.
pub fn coarsen(cards: &[Derived]) -> Vec<Printed> {
    let counts = STEPS.map(|step| {
        let mut count: HashMap<Key<'_>, usize> = HashMap::new();
        for key in cards.iter().filter_map(|card| step.key(card)) {
            *count.entry(key).or_default() += 1;
        }
        count
    });
    let printed = |card| {
        let keys = STEPS.iter().zip(&counts).filter_map(|(step, count)| Some((step.key(card)?, count)));
        let shared = keys.into_iter().find(|(key, count)| count.get(key).is_some_and(|n| *n >= K));
        shared.map_or_else(Printed::default, |((group, kota, need), _)| Printed {
            sector_group: Some(group),
            kota: kota.map(str::to_owned),
            need_band: need,
        })
    };
    cards.iter().map(printed).collect()
}

/// All that an investor may know of a venture before an introduction. Its code, drawn for each investor,
/// is added where the investor is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Group, kota and need, coarsened.
    pub printed: Printed,
    /// The dimensions, in the rubric's order.
    pub dimensions: Vec<CardDimension>,
    /// 0–100; `None` when no dimension has a number.
    pub overall: Option<TenThousandths>,
    /// 1–5; `None` is "belum cukup data".
    pub readiness_level: Option<u8>,
    /// What the owner welcomes; `None` is not answered.
    pub instruments: Option<Vec<Instrument>>,
    /// Goals served, 1–17; `None` is not answered.
    pub sdgs: Option<Vec<u8>>,
    /// A few sentences approved by staff.
    pub story: Option<String>,
    /// What the scores rest on, for the words about evidence.
    pub grounds: Grounds,
}

/// One dimension on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardDimension {
    /// The dimension's code.
    pub code: String,
    /// 0–100; `None` without a number.
    pub score: Option<TenThousandths>,
    /// Why there is a number or none.
    pub state: CardState,
}

crate::codes! {
    /// Whether a dimension has a number, and why not.
    CardState {
        /// It has.
        Number = "number",
        /// Too little was answered.
        Insufficient = "insufficient",
        /// Not assessed yet.
        NotAssessed = "not_assessed",
        /// Does not apply.
        NotApplicable = "not_applicable",
    }
}

impl Card {
    /// The card of a venture: nothing else of its profile and its ratings reaches an investor.
    pub fn new(rubric: &Rubric, profile: &Profile, outcome: Option<&Outcome>, printed: Printed) -> Self {
        let dimensions = rubric.dimensions().iter().enumerate().map(|(d, dimension)| {
            let outcome = outcome.map(|o| o.dimensions[d]);
            let state = match outcome {
                Some(DimensionOutcome::Number { .. }) => CardState::Number,
                Some(DimensionOutcome::Insufficient { .. }) => CardState::Insufficient,
                Some(DimensionOutcome::NotApplicable {}) => CardState::NotApplicable,
                Some(DimensionOutcome::NotAssessed { .. }) | None => CardState::NotAssessed,
            };
            CardDimension { code: dimension.code.clone(), score: outcome.and_then(|o| o.score()), state }
        });
        Self {
            printed,
            dimensions: dimensions.collect(),
            overall: outcome.and_then(|o| o.overall).map(|o| o.score),
            readiness_level: outcome.and_then(|o| o.readiness.level),
            instruments: profile.instruments.clone(),
            sdgs: profile.sdgs.clone(),
            // What a sheet tells has been approved by nobody yet, and may name its owner.
            story: None,
            grounds: outcome.map(|o| o.grounds).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn card(group: Option<SectorGroup>, kota: Option<&str>, need_band: Option<NeedBand>) -> Derived {
        Derived { sector_group: group, kota: kota.map(str::to_owned), need_band, ..Derived::default() }
    }

    fn printed(group: Option<SectorGroup>, kota: Option<&str>, need_band: Option<NeedBand>) -> Printed {
        Printed { sector_group: group, kota: kota.map(str::to_owned), need_band }
    }

    const FOOD: Option<SectorGroup> = Some(SectorGroup::Makanan);
    const TRADE: Option<SectorGroup> = Some(SectorGroup::Dagang);
    const EAST: Option<&str> = Some("31.75");
    const WEST: Option<&str> = Some("31.73");
    const SMALL: Option<NeedBand> = Some(NeedBand::UpTo10m);
    const LARGE: Option<NeedBand> = Some(NeedBand::Over10m);

    #[test]
    fn each_card_is_coarsened_alone_to_what_five_share() {
        let mut cohort = vec![card(FOOD, EAST, SMALL); 4];
        let all = |cohort: &[Derived], want: Printed| coarsen(cohort).iter().all(|p| *p == want);
        assert!(all(&cohort, Printed::default()), "four share nothing enough");
        cohort.push(card(FOOD, EAST, LARGE));
        assert!(all(&cohort, printed(FOOD, EAST, None)), "five share group and kota");
        cohort.push(card(FOOD, EAST, SMALL));
        let of_six = coarsen(&cohort);
        assert_eq!(of_six[0], printed(FOOD, EAST, SMALL), "five share everything");
        // The sixth's own group and kota match all six, though five of them print more.
        assert_eq!(of_six[4], printed(FOOD, EAST, None));
        // A lone western card: its group and need are those of five eastern ones and its own.
        cohort.push(card(FOOD, WEST, SMALL));
        assert_eq!(coarsen(&cohort)[6], printed(FOOD, None, SMALL));
        cohort[6] = card(FOOD, WEST, LARGE);
        assert_eq!(coarsen(&cohort)[6], printed(FOOD, None, None));
        cohort.push(card(TRADE, EAST, SMALL));
        assert_eq!(coarsen(&cohort)[7], Printed::default());
    }

    #[test]
    fn what_is_not_known_is_not_printed() {
        let mut cohort = vec![card(FOOD, EAST, SMALL); 5];
        cohort.extend([
            card(FOOD, None, SMALL),
            card(FOOD, EAST, None),
            card(FOOD, None, None),
            card(None, EAST, SMALL),
        ]);
        assert_eq!(
            coarsen(&cohort)[5..],
            [printed(FOOD, None, SMALL), printed(FOOD, EAST, None), printed(FOOD, None, None), Printed::default()]
        );
    }

    fn any_card() -> impl Strategy<Value = Derived> {
        let group = prop::option::weighted(0.9, prop::sample::select(SectorGroup::ALL));
        let kota = prop::option::weighted(0.9, prop::sample::select(&["31.71", "31.73", "31.75"][..]));
        let need = prop::option::weighted(0.9, prop::sample::select(NeedBand::ALL));
        (group, kota, need).prop_map(|(g, k, n)| card(g, k, n))
    }

    /// Whether a card's own values match what another prints.
    fn matches(own: &Derived, printed: &Printed) -> bool {
        printed.sector_group.is_none_or(|g| own.sector_group == Some(g))
            && printed.kota.as_ref().is_none_or(|k| own.kota.as_ref() == Some(k))
            && printed.need_band.is_none_or(|n| own.need_band == Some(n))
    }

    proptest! {
        #[test]
        fn nothing_printed_is_shared_by_fewer_than_five(cohort in prop::collection::vec(any_card(), 0..60)) {
            for (own, said) in cohort.iter().zip(coarsen(&cohort)) {
                prop_assert!(matches(own, &said), "a card never says what is not so");
                let shared = cohort.iter().filter(|c| matches(c, &said)).count();
                prop_assert!(said == Printed::default() || shared >= K, "{said:?} is shared by {shared}");
                // Nothing finer, in the declared order, was possible.
                let (g, k, n) = (own.sector_group, own.kota.as_deref(), own.need_band);
                for finer in [printed(g, k, n), printed(g, k, None), printed(g, None, n), printed(g, None, None)] {
                    if finer == said {
                        break;
                    }
                    let shared = cohort.iter().filter(|c| matches(c, &finer)).count();
                    prop_assert!(shared < K || g.is_none(), "{finer:?} was possible");
                }
            }
        }

        #[test]
        fn the_order_of_the_cohort_does_not_matter(mut cohort in prop::collection::vec(any_card(), 0..40)) {
            let mut forward = coarsen(&cohort);
            cohort.reverse();
            forward.reverse();
            prop_assert_eq!(coarsen(&cohort), forward);
        }
    }
}
