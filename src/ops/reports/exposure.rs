//! Which ventures published lists show, to how many investors, and how high up.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Result, Service, consent};
use super::{check_cohort, counted};
use crate::domain::id::{CohortId, InvestorId, VentureId};
use crate::domain::report::Unseen;
use crate::engine;
use crate::store;

/// How much a venture is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Which.
    pub venture: VentureId,
    /// On how many published lists it stands.
    pub lists: usize,
    /// For how many investors.
    pub investors: usize,
    /// The sum of its places' shares of attention ([`engine::exposure`]).
    pub exposure: f64,
    /// Why no list shows it; none if one does.
    pub unseen: Option<Unseen>,
}

/// Who is seen and who is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    /// How many ventures are left out, whose owners do not want to be counted.
    pub left_out: usize,
    /// How many published lists there are places on.
    pub places: usize,
    /// How many ventures may be listed now, and are assessed.
    pub eligible: usize,
    /// How many of those stand on a list.
    pub shown: usize,
    /// The share of all exposure that the most seen tenth of the eligible has; none without any.
    pub top_tenth: Option<f64>,
    /// Every other venture, the least seen first.
    pub ventures: Vec<Seen>,
}

/// Who is seen in a cohort, or of all.
///
/// # Errors
/// [`super::super::Error::NotFound`] for an unknown cohort; [`super::super::Conflict::NoRubric`].
pub fn exposure(service: &Service, cohort: Option<CohortId>) -> Result<Exposure> {
    #[derive(Default)]
    struct Places {
        lists: usize,
        investors: BTreeSet<InvestorId>,
        exposure: f64,
    }
    check_cohort(service, cohort)?;
    let now = service.clock.now();
    let rankable = service.rankable()?;
    let mut by_venture = BTreeMap::<VentureId, Places>::new();
    let mut all = service.read(|conn| Ok(store::match_list::published_places(conn)?))?;
    // Sums of doubles depend on their order.
    all.sort_unstable();
    for (investor, position, venture) in all {
        let places = by_venture.entry(venture).or_default();
        places.lists += 1;
        places.investors.insert(investor);
        places.exposure += engine::exposure(u32::try_from(position).unwrap_or(u32::MAX));
    }
    let (known, left_out) = counted(&rankable, cohort, &service.read(consent::uncounted)?);
    let mut ventures = Vec::new();
    let (mut eligible, mut shown, mut of_eligible) = (0_usize, 0, Vec::new());
    for (venture, known) in known {
        let (may, assessed) = (known.listed(now).is_ok(), known.outcome.is_some());
        // Whoever may not be listed any more is a gap on the list.
        let places = by_venture.remove(&venture).filter(|_| may).unwrap_or_default();
        let unseen = match (may, assessed) {
            _ if places.lists > 0 => None,
            (false, _) => Some(Unseen::MayNotBeListed),
            (_, false) => Some(Unseen::NotAssessed),
            _ => Some(Unseen::NoPlace),
        };
        if may && assessed {
            eligible += 1;
            shown += usize::from(places.lists > 0);
            of_eligible.push(places.exposure);
        }
        let (lists, investors, exposure) = (places.lists, places.investors.len(), places.exposure);
        ventures.push(Seen { venture, lists, investors, exposure, unseen });
    }
    ventures.sort_by(|a, b| a.exposure.total_cmp(&b.exposure).then(a.venture.cmp(&b.venture)));
    of_eligible.sort_by(|a, b| b.total_cmp(a));
    let total: f64 = of_eligible.iter().sum();
    let tenth: f64 = of_eligible.iter().take(eligible.div_ceil(10)).sum();
    let top_tenth = (total > 0.0).then(|| tenth / total);
    let places = ventures.iter().map(|seen| seen.lists).sum();
    Ok(Exposure { left_out, places, eligible, shown, top_tenth, ventures })
}
