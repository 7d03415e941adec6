//! Who may meet whom, how often, and what a meeting is worth.

/// The largest magnitude of a weight.
pub const MAX_WEIGHT: i64 = 1_000_000_000_000_000;
/// The most that a wish is worth.
pub const MAX_WISH: i64 = 100;
/// The most ventures, and the most investors.
pub const MAX_PARTICIPANTS: usize = 1 << 20;

/// A venture meets an investor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Meeting {
    /// By its number in [`Market::ventures`].
    pub venture: u32,
    /// By its number in [`Market::investors`].
    pub investor: u32,
}

/// A meeting that may take place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Who would meet.
    pub meeting: Meeting,
    /// What it is worth, in whole units; may be negative.
    pub weight: i64,
}

/// How many meetings a venture is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Venture {
    /// So many if at all possible.
    pub minimum: u32,
    /// Never more.
    pub maximum: u32,
}

impl Default for Venture {
    /// One at least, as many as there are slots at most.
    fn default() -> Self {
        Self { minimum: 1, maximum: u32::MAX }
    }
}

/// A round of meetings to allocate. The numbering of ventures and investors is the lottery: see
/// [`allocate`](super::allocate) on ties. The order of the lists of pairs does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Market {
    /// D: nobody has more meetings than this.
    pub slots: u32,
    /// The ventures.
    pub ventures: Vec<Venture>,
    /// The capacity of each investor.
    pub investors: Vec<u32>,
    /// Who may meet. A pair that is not listed may not, unless it is forced.
    pub pairs: Vec<Pair>,
    /// Who must not meet, whatever the other lists say.
    pub banned: Vec<Meeting>,
    /// Who must meet, as far as capacities allow. One that is not in `pairs` weighs 0.
    pub forced: Vec<Meeting>,
    /// What a pair is worth besides, 0 or more: it decides only among plans of the same sum of weights.
    pub wished: Vec<Pair>,
}

/// Why a market cannot be allocated at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// More ventures or investors than [`MAX_PARTICIPANTS`].
    #[error("more than {MAX_PARTICIPANTS} participants on a side")]
    TooMany,
    /// A pair names a venture or an investor that does not exist.
    #[error("venture {} or investor {} does not exist", .0.venture, .0.investor)]
    Unknown(Meeting),
    /// A pair is listed with two weights.
    #[error("venture {} and investor {} are listed twice", .0.venture, .0.investor)]
    Twice(Meeting),
    /// A weight beyond ±[`MAX_WEIGHT`], or a wish below 0 or beyond [`MAX_WISH`].
    #[error("a weight beyond {MAX_WEIGHT}, or a wish beyond {MAX_WISH}")]
    Weight(Meeting),
}

impl Market {
    /// Whether every name exists, every pair is listed once and every weight is in bounds.
    pub(super) fn check(&self) -> Result<(), Refused> {
        if self.ventures.len().max(self.investors.len()) > MAX_PARTICIPANTS {
            return Err(Refused::TooMany);
        }
        let exists =
            |m: &Meeting| (m.venture as usize) < self.ventures.len() && (m.investor as usize) < self.investors.len();
        let meetings = || self.pairs.iter().map(|pair| &pair.meeting);
        let wished = self.wished.iter().map(|pair| &pair.meeting);
        if let Some(m) = meetings().chain(&self.banned).chain(&self.forced).chain(wished).find(|m| !exists(m)) {
            return Err(Refused::Unknown(*m));
        }
        if let Some(pair) = self.pairs.iter().find(|pair| pair.weight.unsigned_abs() > MAX_WEIGHT.unsigned_abs()) {
            return Err(Refused::Weight(pair.meeting));
        }
        if let Some(pair) = self.wished.iter().find(|pair| !(0..=MAX_WISH).contains(&pair.weight)) {
            return Err(Refused::Weight(pair.meeting));
        }
        let mut sorted: Vec<Meeting> = meetings().copied().collect();
        sorted.sort_unstable();
        match sorted.windows(2).find(|two| two[0] == two[1]) {
            Some(two) => Err(Refused::Twice(two[0])),
            None => Ok(()),
        }
    }

    /// The most meetings a venture can have by its own limit and the slots.
    pub(super) fn most_of_venture(&self, venture: usize) -> u32 {
        self.ventures.get(venture).map_or(0, |v| v.maximum.min(self.slots))
    }

    /// The most meetings an investor can have by its own capacity and the slots.
    pub(super) fn most_of_investor(&self, investor: usize) -> u32 {
        self.investors.get(investor).map_or(0, |capacity| (*capacity).min(self.slots))
    }
}
