//! What makes an allocation unstable, however it came about.

use super::market::Meeting;
use super::preferences::{Misnamed, Participant, Preferences, Ranks};

/// Faults of an allocation under both sides' preferences; stable if all lists are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instability {
    /// Pairs that would rather have each other: not matched though each lists the other, and each has a place left or
    /// a partner it likes less (an unlisted partner least of all). By venture, then investor.
    pub blocking: Vec<Meeting>,
    /// Matched pairs of whom one does not list the other.
    pub unacceptable: Vec<Meeting>,
    /// Ventures with more partners than their capacity.
    pub overfull_ventures: Vec<u32>,
    /// Investors with more partners than their capacity.
    pub overfull_investors: Vec<u32>,
}

impl Instability {
    /// Whether there is none.
    pub const fn is_stable(&self) -> bool {
        self.blocking.is_empty()
            && self.unacceptable.is_empty()
            && self.overfull_ventures.is_empty()
            && self.overfull_investors.is_empty()
    }
}

/// What a participant has.
#[derive(Clone, Copy, Default)]
struct Has {
    partners: u32,
    /// The place of the partner it likes least; an unlisted one is behind all.
    worst: Option<u32>,
}

impl Has {
    const fn would_take(self, capacity: u32, rank: u32) -> bool {
        match self.worst {
            _ if self.partners < capacity => true,
            Some(worst) => rank < worst,
            None => false,
        }
    }
}

/// The faults of any allocation: one of this program, of a committee, of last year. Pairs listed again count once.
///
/// # Errors
/// [`Misnamed`] when a list or the allocation names who does not exist.
pub fn instability(preferences: &Preferences, allocation: &[Meeting]) -> Result<Instability, Misnamed> {
    preferences.check()?;
    let (ventures, investors) = (&preferences.ventures, &preferences.investors);
    for m in allocation {
        if m.venture as usize >= ventures.len() {
            return Err(Misnamed::Venture(m.venture));
        }
        if m.investor as usize >= investors.len() {
            return Err(Misnamed::Investor(m.investor));
        }
    }
    let mut allocation = allocation.to_vec();
    allocation.sort_unstable();
    allocation.dedup();
    let (of_ventures, of_investors) = (Ranks::of(ventures), Ranks::of(investors));
    let mut venture_has = vec![Has::default(); ventures.len()];
    let mut investor_has = vec![Has::default(); investors.len()];
    let mut found = Instability::default();
    for m in &allocation {
        let likes = of_ventures.of_partner(m.venture, m.investor);
        let is_liked = of_investors.of_partner(m.investor, m.venture);
        for (has, rank) in
            [(&mut venture_has[m.venture as usize], likes), (&mut investor_has[m.investor as usize], is_liked)]
        {
            has.partners += 1;
            has.worst = has.worst.max(Some(rank.unwrap_or(u32::MAX)));
        }
        if likes.is_none() || is_liked.is_none() {
            found.unacceptable.push(*m);
        }
    }
    for (venture, wants) in (0u32..).zip(ventures) {
        let has = venture_has[venture as usize];
        for investor in &wants.preferences {
            let meeting = Meeting { venture, investor: *investor };
            let (Some(rank), Some(back)) =
                (of_ventures.of_partner(venture, *investor), of_investors.of_partner(*investor, venture))
            else {
                continue;
            };
            let at = *investor as usize;
            if has.would_take(wants.capacity, rank)
                && investor_has[at].would_take(investors[at].capacity, back)
                && allocation.binary_search(&meeting).is_err()
            {
                found.blocking.push(meeting);
            }
        }
    }
    found.blocking.sort_unstable();
    found.blocking.dedup();
    found.overfull_ventures = overfull(ventures, &venture_has);
    found.overfull_investors = overfull(investors, &investor_has);
    Ok(found)
}

fn overfull(side: &[Participant], has: &[Has]) -> Vec<u32> {
    let over = (0u32..).zip(side.iter().zip(has)).filter(|(_, (p, has))| has.partners > p.capacity);
    over.map(|(number, _)| number).collect()
}
