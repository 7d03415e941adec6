//! Where weights are drawn from: the simplex, narrowed by bounds and by a declared order of importance.

use crate::domain::decimal::{Decimal, UNITS};

/// Weights that are allowed: none negative, sum 1, and what is declared here.
///
/// Preferences are numbered from 0, in document order, those of weight 0 left out: as contributions are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region {
    /// For each preference the least and the most that its weight may be, 0 to 1. Empty: no bounds.
    pub bounds: Vec<[Decimal; 2]>,
    /// Preferences from the most important to the least: none weighs less than the next. It need not name all. Empty:
    /// no order.
    pub order: Vec<usize>,
}

/// Why no weights can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoWeights {
    /// Bounds for more or fewer preferences than there are.
    #[error("there are bounds for {bounds} preferences, of {preferences}")]
    Count {
        /// Bounds given.
        bounds: usize,
        /// Preferences of weight above 0.
        preferences: usize,
    },
    /// Bounds not within 0 to 1, or the least above the most.
    #[error("the bounds of preference {at} are not 0 ≤ least ≤ most ≤ 1")]
    Bounds {
        /// Which preference.
        at: usize,
    },
    /// The order names a preference that there is not, or one twice.
    #[error("the order names preference {at} twice, or there is none")]
    Order {
        /// Which preference.
        at: usize,
    },
    /// The bounds contradict the order: this preference cannot weigh as much as one that is less important must.
    #[error("the bounds contradict the order at preference {at}")]
    BoundsAgainstOrder {
        /// Which preference.
        at: usize,
    },
    /// The least weights allowed sum to more than 1.
    #[error("the least weights allowed sum to more than 1")]
    TooMuch,
    /// The most that weights may be sums to less than 1.
    #[error("the most that the weights may be sums to less than 1")]
    TooLittle,
}

/// A region that has weights in it, in doubles.
#[derive(Clone, Debug)]
pub(super) struct Polytope {
    /// Every weight's bounds, made consistent with the order.
    pub low: Vec<f64>,
    pub high: Vec<f64>,
    /// Preferences whose weight is not the same everywhere, ascending.
    pub free: Vec<usize>,
    /// Of these, the declared order.
    pub order: Vec<usize>,
    /// A point strictly inside, as far as the free weights go.
    pub inner: Vec<f64>,
}

impl Polytope {
    /// Checks a region for a document of `preferences` preferences.
    pub fn new(region: &Region, preferences: usize) -> Result<Self, NoWeights> {
        let (mut low, mut high) = bounds(region, preferences)?;
        let mut seen = vec![false; preferences];
        for at in region.order.iter().copied() {
            match seen.get_mut(at) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(NoWeights::Order { at }),
            }
        }
        // Nobody weighs less than a later one must, nor more than an earlier one may.
        for pair in region.order.windows(2).rev() {
            low[pair[0]] = low[pair[0]].max(low[pair[1]]);
        }
        for pair in region.order.windows(2) {
            high[pair[1]] = high[pair[1]].min(high[pair[0]]);
        }
        if let Some(at) = region.order.iter().copied().find(|at| low[*at] > high[*at]) {
            return Err(NoWeights::BoundsAgainstOrder { at });
        }
        // The least weights keep the order, the most do, and so does everything between: some mixture sums to 1.
        let (least, most): (i128, i128) = (low.iter().sum(), high.iter().sum());
        if least > UNITS {
            return Err(NoWeights::TooMuch);
        }
        if most < UNITS {
            return Err(NoWeights::TooLittle);
        }
        if least == UNITS {
            high.clone_from(&low);
        } else if most == UNITS {
            low.clone_from(&high);
        }
        let free: Vec<usize> = (0..preferences).filter(|at| low[*at] < high[*at]).collect();
        let order: Vec<usize> = region.order.iter().copied().filter(|at| low[*at] < high[*at]).collect();
        let floats = |units: &[i128]| units.iter().map(|u| Decimal::from_units(*u).to_f64()).collect::<Vec<f64>>();
        let (low, high) = (floats(&low), floats(&high));
        let inner = inner(&low, &high, &free, &order);
        Ok(Self { low, high, free, order, inner })
    }

    /// Whether weights keep all bounds and the order.
    pub fn contains(&self, weights: &[f64]) -> bool {
        let within = |at: &usize| self.low[*at] <= weights[*at] && weights[*at] <= self.high[*at];
        self.free.iter().all(within) && self.order.windows(2).all(|pair| weights[pair[0]] >= weights[pair[1]])
    }
}

fn bounds(region: &Region, preferences: usize) -> Result<(Vec<i128>, Vec<i128>), NoWeights> {
    if region.bounds.is_empty() {
        return Ok((vec![0; preferences], vec![UNITS; preferences]));
    }
    if region.bounds.len() != preferences {
        return Err(NoWeights::Count { bounds: region.bounds.len(), preferences });
    }
    let bad = |[low, high]: &[Decimal; 2]| *low < Decimal::ZERO || low > high || *high > Decimal::ONE;
    if let Some(at) = region.bounds.iter().position(bad) {
        return Err(NoWeights::Bounds { at });
    }
    Ok(region.bounds.iter().map(|[low, high]| (low.units(), high.units())).unzip())
}

/// A point strictly inside all bounds and the order: bounds drawn in by a margin that falls along the order still keep
/// the order, so a mixture of the two that sums to 1 keeps everything with room to spare.
fn inner(low: &[f64], high: &[f64], free: &[usize], order: &[usize]) -> Vec<f64> {
    let steps = (order.len() + 1) as f64;
    let height = |at: usize| {
        // From 0 to 1 upwards along the order, a half for those it does not name.
        order.iter().position(|other| *other == at).map_or(0.5, |place| (order.len() - place) as f64 / steps)
    };
    let mut margin = 0.5;
    while margin > 1e-12 {
        let (mut least, mut most) = (low.to_vec(), high.to_vec());
        for at in free.iter().copied() {
            least[at] += margin * height(at);
            most[at] -= margin * (1.0 - height(at));
        }
        let (floor, roof): (f64, f64) = (least.iter().sum(), most.iter().sum());
        if floor < 1.0 && roof > 1.0 && least.iter().zip(&most).all(|(least, most)| least <= most) {
            let share = (1.0 - floor) / (roof - floor);
            return least.iter().zip(&most).map(|(least, most)| least + share * (most - least)).collect();
        }
        margin /= 2.0;
    }
    // No room to speak of: any mixture will do.
    let (floor, roof): (f64, f64) = (low.iter().sum(), high.iter().sum());
    let share = if roof > floor { ((1.0 - floor) / (roof - floor)).clamp(0.0, 1.0) } else { 0.0 };
    low.iter().zip(high).map(|(low, high)| low + share * (high - low)).collect()
}
