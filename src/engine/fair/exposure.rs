//! How much a place on a list is seen, and how much of it a group gets.

/// The share of attention that a place gets, 1 for the first: 1 / log₂(1 + position), as in discounted cumulative gain
/// (Järvelin and Kekäläinen, 2002) and in fair ranking after Singh and Joachims (2018). By the pure-Rust `libm`, so
/// that every machine gives the same bits.
pub fn exposure(position: u32) -> f64 {
    1.0 / libm::log2(1.0 + f64::from(position.max(1)))
}

/// Mean exposure inside a group and outside it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GroupExposure {
    /// Mean over the protected; null if there are none.
    pub protected: Option<f64>,
    /// Mean over the others; null if there are none.
    pub others: Option<f64>,
}

impl GroupExposure {
    /// Mean exposure of the protected ÷ mean exposure of the others: 1 is parity; null if a side is empty.
    pub fn ratio(&self) -> Option<f64> {
        // An exposure is above 0, and so is a mean of them.
        Some(self.protected? / self.others?)
    }
}

/// Mean exposures on a list whose members are, in final order, protected or not. Sums run from the first
/// position to the last, so the bits are fixed too.
pub fn group_exposure(protected: impl Iterator<Item = bool>) -> GroupExposure {
    let mut sides = [(0.0, 0u32); 2];
    for (position, is) in (1u32..).zip(protected) {
        let (sum, count) = &mut sides[usize::from(is)];
        *sum += exposure(position);
        *count += 1;
    }
    let mean = |(sum, count): (f64, u32)| (count > 0).then(|| sum / f64::from(count));
    GroupExposure { protected: mean(sides[1]), others: mean(sides[0]) }
}
