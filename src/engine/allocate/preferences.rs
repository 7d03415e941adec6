//! Who would have whom, in which order.

/// One side of a match: how many it can have, and whom it would have, best first. Who is not listed is not
/// acceptable; a name listed again counts where it stands first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Participant {
    /// How many partners it can have.
    pub capacity: u32,
    /// Acceptable partners, best first.
    pub preferences: Vec<u32>,
}

/// Both sides' strict preferences. A pair is acceptable if each lists the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Ventures, who propose.
    pub ventures: Vec<Participant>,
    /// Investors, who hold the best proposals.
    pub investors: Vec<Participant>,
}

/// A list or an allocation names who does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misnamed {
    /// There is no such venture.
    #[error("venture {0} does not exist")]
    Venture(u32),
    /// There is no such investor.
    #[error("investor {0} does not exist")]
    Investor(u32),
    /// A side has more members than can be numbered.
    #[error("too many participants")]
    TooMany,
}

/// A strict order from classes of equals, best class first: inside a class by place in the lottery,
/// `lottery[participant]`, ascending. Who has no place comes last, by number.
pub fn break_ties(classes: &[Vec<u32>], lottery: &[u32]) -> Vec<u32> {
    let mut order = Vec::new();
    for class in classes {
        let mut class = class.clone();
        class.sort_by_key(|who| (lottery.get(*who as usize).copied().map_or((1, 0), |place| (0, place)), *who));
        order.extend(class);
    }
    order
}

impl Preferences {
    /// Whether every name exists.
    pub(super) fn check(&self) -> Result<(), Misnamed> {
        if u32::try_from(self.ventures.len().max(self.investors.len())).is_err() {
            return Err(Misnamed::TooMany);
        }
        let stranger = |of: &[Participant], others: usize| {
            of.iter().flat_map(|p| &p.preferences).copied().find(|who| *who as usize >= others)
        };
        match (stranger(&self.ventures, self.investors.len()), stranger(&self.investors, self.ventures.len())) {
            (Some(investor), _) => Err(Misnamed::Investor(investor)),
            (None, Some(venture)) => Err(Misnamed::Venture(venture)),
            (None, None) => Ok(()),
        }
    }
}

/// Places of partners on each list of a side.
pub(super) struct Ranks(Vec<Vec<(u32, u32)>>);

impl Ranks {
    pub fn of(side: &[Participant]) -> Self {
        let ranks = |participant: &Participant| {
            let mut ranks: Vec<(u32, u32)> = participant.preferences.iter().copied().zip(0..).collect();
            ranks.sort_unstable();
            ranks.dedup_by_key(|(who, _)| *who);
            ranks
        };
        Self(side.iter().map(ranks).collect())
    }

    /// The place of `whom` on the list of `who`, from 0; nothing if it is not listed.
    pub fn of_partner(&self, who: u32, whom: u32) -> Option<u32> {
        let ranks = self.0.get(who as usize)?;
        ranks
            .binary_search_by_key(&whom, |(partner, _)| *partner)
            .ok()
            .and_then(|at| ranks.get(at))
            .map(|(_, rank)| *rank)
    }
}
