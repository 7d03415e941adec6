//! The exact failure probability of a table: how likely a list that tosses a coin at every position, protected
//! with probability p, breaks it at some position.

use num_bigint::BigUint;

use super::binomial::Exact;
use super::proportion::Proportion;
use super::table::Table;

/// P(at some position i fewer than m(i) protected stand among the first i), by the distribution over
/// (position, count) of the lists that have met the table so far.
///
/// The mass of the lists that break it is added up where they break it: nothing is subtracted from 1, and the
/// result is exact but for rounding in its last digits (relatively below 8 · positions · 2⁻⁵³).
pub fn failure_probability(table: &Table, p: Proportion) -> f64 {
    let mut lists = Lists::new(table, 1.0, 0.0);
    let (p, q) = (p.to_f64(), p.complement().to_f64());
    let mut failed = 0.0;
    for required in table.as_slice() {
        lists.toss(|stay, rise| q * stay + p * rise);
        lists.fail(*required, |mass| failed += mass);
    }
    failed
}

/// The same as a fraction over denᵏ.
pub(super) fn exact_failure(table: &Table, p: Proportion) -> Exact {
    let mut lists = Lists::new(table, BigUint::from(1u32), BigUint::ZERO);
    let (a, c, den) = (p.num(), p.complement().num(), p.den());
    let mut failed = BigUint::ZERO;
    for required in table.as_slice() {
        lists.toss(|stay, rise| stay * c + rise * a);
        failed *= den;
        lists.fail(*required, |mass| failed += mass);
    }
    Exact { num: failed, den: BigUint::from(den).pow(u32::try_from(table.len()).unwrap_or(u32::MAX)) }
}

/// Lists that still meet the table, by their count of protected. Whoever holds as many as the last position
/// requires can no longer break it and is let go.
struct Lists<T> {
    by_count: Vec<T>,
    /// No list holds fewer.
    fewest: usize,
    /// No list holds more.
    most: usize,
    zero: T,
}

impl<T: Clone> Lists<T> {
    fn new(table: &Table, one: T, zero: T) -> Self {
        // No list holds more than there are positions.
        let safe = table.required(table.len()).min(table.len() + 1);
        let mut by_count = vec![zero.clone(); safe];
        if let Some(first) = by_count.first_mut() {
            *first = one;
        }
        Self { by_count, fewest: 0, most: 0, zero }
    }

    /// One position more: `next(of the same count, of one fewer)`.
    fn toss(&mut self, next: impl Fn(&T, &T) -> T) {
        self.most = (self.most + 1).min(self.by_count.len().saturating_sub(1));
        for count in (self.fewest..=self.most).rev() {
            let Some(stay) = self.by_count.get(count) else { continue };
            let rise = if count > self.fewest { &self.by_count[count - 1] } else { &self.zero };
            self.by_count[count] = next(stay, rise);
        }
    }

    /// Takes out the lists that hold fewer than required.
    fn fail(&mut self, required: u32, mut take: impl FnMut(&T)) {
        let required = (required as usize).min(self.by_count.len());
        for count in self.fewest..required {
            take(&self.by_count[count]);
            self.by_count[count] = self.zero.clone();
        }
        self.fewest = self.fewest.max(required);
    }
}
