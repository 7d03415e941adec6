//! The first change of a set of ventures as one weight rises: where a score outside crosses one inside.

use num_bigint::BigInt;

use super::line::{Cover, Line, Rough};
use super::root::Root;
use crate::engine::exact::compare;
use crate::engine::snapshot::RowNo;

/// Offers the first s at which one of `outside` strictly exceeds one of `inside`.
///
/// Doubles, with bounds on their errors, only leave out pairs that cannot be the first; the pairs that are left are
/// compared exactly.
pub fn duels<'r>(inside: Vec<&'r Runner>, outside: Vec<&'r Runner>, earliest: &mut Earliest<'r>) {
    descend(&inside, &outside, earliest);
    let (inside, outside) = within_reach(inside, outside, earliest.bound());
    // Of ventures whose scores have one denominator only the best outside, and the worst inside, can matter at any s.
    let outside = envelope(outside, 1);
    let inside = envelope(inside, -1);
    for challenger in &outside {
        let mut bound = earliest.bound();
        for defender in &inside {
            if !challenger.rough.stays_below(&defender.rough, bound) && earliest.duel(defender, challenger) {
                bound = earliest.bound();
            }
        }
    }
}

/// A venture in the race for the set, in one direction: s from 1 upwards.
#[derive(Clone, Copy, Debug)]
pub struct Runner {
    pub line: Line,
    pub rough: Rough,
    pub cover: Cover,
    /// Place in the final order, or behind all who have one.
    pub order: usize,
    pub row: RowNo,
    pub protected: bool,
}

impl Runner {
    /// The venture when the weight falls instead: s is 1/s then.
    pub fn mirrored(self) -> Self {
        let line = self.line.mirrored();
        Self { line, rough: line.rough(), cover: [self.cover[1], self.cover[0]], ..self }
    }

    /// Whether it is covered well enough now.
    pub fn is_covered(&self) -> bool {
        self.cover[0] + self.cover[1] >= 0
    }

    /// Until when a venture that is covered now stays so: nothing when for ever.
    pub fn covered_until(&self) -> Option<(i128, i128)> {
        (self.is_covered() && self.cover[1] < 0).then(|| (self.cover[0], -self.cover[1]))
    }

    /// From when a venture is covered: 1 when it is now, nothing when never.
    pub fn covered_from(&self) -> Option<(i128, i128)> {
        match self.is_covered() {
            true => Some((1, 1)),
            false => (self.cover[1] > 0).then(|| (-self.cover[0], self.cover[1])),
        }
    }
}

/// A change of the set, at s above or equal to 1.
pub struct Change<'a> {
    pub at: Root,
    pub leaves: Option<&'a Runner>,
    pub enters: Option<&'a Runner>,
    /// One of them becomes, or stops being, covered well enough.
    pub by_cover: bool,
}

impl Change<'_> {
    /// By s; at one s by the places of those concerned, so that the same one is named whatever the order of rows.
    fn earlier(&self, other: &Self) -> bool {
        let places = |change: &Self| {
            let place = |runner: Option<&Runner>| runner.map(|r| r.order);
            (std::cmp::Reverse(place(change.leaves)), place(change.enters))
        };
        self.at.cmp(&other.at).then_with(|| places(self).cmp(&places(other))).is_lt()
    }
}

/// The earliest change that has been found.
#[derive(Default)]
pub struct Earliest<'a>(pub Option<Change<'a>>);

impl<'a> Earliest<'a> {
    /// Takes a change if it is earlier; whether it is.
    pub fn offer(&mut self, change: Change<'a>) -> bool {
        let better = self.0.as_ref().is_none_or(|best| change.earlier(best));
        if better {
            self.0 = Some(change);
        }
        better
    }

    /// A double not below the s of the earliest change so far.
    fn bound(&self) -> f64 {
        self.0.as_ref().map_or(f64::INFINITY, |change| change.at.to_f64().max(1.0) * (1.0 + 1e-12))
    }
}

impl<'r> Earliest<'r> {
    /// Offers the first s at which one venture outside strictly exceeds one inside.
    fn duel(&mut self, defender: &'r Runner, challenger: &'r Runner) -> bool {
        let Some((x, y)) = challenger.covered_from() else { return false };
        let (x, y) = (BigInt::from(x), BigInt::from(y));
        let Some(at) = Root::first_above(&challenger.line.lead(&defender.line), (&x, &y)) else { return false };
        let in_time = challenger.covered_until().is_none_or(|(x, y)| at < Root::fraction(x, y));
        let by_cover = !challenger.is_covered() && at == Root::fraction(x, y);
        in_time && self.offer(Change { at, leaves: Some(defender), enters: Some(challenger), by_cover })
    }
}

/// Finds an early change quickly, perhaps the earliest: at the bound so far the best outside meets the worst inside,
/// and where these two cross is the next bound. For lines this is Newton's method on a convex function.
fn descend<'r>(inside: &[&'r Runner], outside: &[&'r Runner], earliest: &mut Earliest<'r>) {
    loop {
        let s = earliest.bound();
        let score = |runner: &Runner| runner.rough.at(s);
        let by_score = |a: &&&Runner, b: &&&Runner| score(a).total_cmp(&score(b));
        let now = outside.iter().filter(|r| r.is_covered() && r.covered_until().is_none());
        let Some((worst, best)) = inside.iter().min_by(by_score).zip(now.max_by(by_score)) else { return };
        if score(best) <= score(worst) || !earliest.duel(worst, best) {
            return;
        }
    }
}

/// Those whose scores can meet a rival's in 1 ≤ s ≤ `to`: a score rises or falls all the way, so it lies between its
/// ends.
fn within_reach<'r>(inside: Vec<&'r Runner>, outside: Vec<&'r Runner>, to: f64) -> (Vec<&'r Runner>, Vec<&'r Runner>) {
    let ends = |r: &Runner| (r.rough.at(1.0), r.rough.at(to));
    let low = |r: &Runner| ends(r).0.min(ends(r).1);
    let high = |r: &Runner| ends(r).0.max(ends(r).1);
    let slack = |x: f64| x.abs() * 1e-12;
    let worst = inside.iter().map(|r| low(r) - slack(low(r))).fold(f64::INFINITY, f64::min);
    let outside: Vec<_> = outside.into_iter().filter(|r| high(r) + slack(high(r)) >= worst).collect();
    let best = outside.iter().map(|r| high(r) + slack(high(r))).fold(f64::NEG_INFINITY, f64::max);
    let inside = inside.into_iter().filter(|r| low(r) - slack(low(r)) <= best).collect();
    (inside, outside)
}

/// Of each group of one denominator and one cover, the lines that are on the upper (`side` 1) or lower (−1) envelope
/// somewhere in s ≥ 1; of equal lines the first in order above, the last below.
fn envelope(mut runners: Vec<&Runner>, side: i128) -> Vec<&Runner> {
    let value = |r: &Runner| side * (r.line.num[0] + r.line.num[1]);
    let slope = |r: &Runner| side * r.line.num[1];
    // Cover is the same for ever, or else counts as it is.
    let group = |r: &Runner| (r.line.den, if r.cover[0] >= 0 && r.cover[1] >= 0 { [0, 0] } else { r.cover });
    let steepest = |a: &Runner, b: &Runner| {
        let order = a.order.cmp(&b.order);
        let order = if side > 0 { order } else { order.reverse() };
        (value(b), slope(b)).cmp(&(value(a), slope(a))).then(order)
    };
    runners.sort_unstable_by(|a, b| group(a).cmp(&group(b)).then_with(|| steepest(a, b)));
    let mut out: Vec<&Runner> = Vec::new();
    for group in runners.chunk_by(|a, b| group(a) == group(b)) {
        let start = out.len();
        for runner in group {
            if out.len() > start && out.last().is_some_and(|top| slope(runner) <= slope(top)) {
                continue;
            }
            while let [.., first, top] = &out[start..] {
                // The middle one is on top between where it passes the first and where the new one passes it.
                let (rise, run) = (value(first) - value(runner), slope(runner) - slope(first));
                if compare(rise, run, value(first) - value(top), slope(top) - slope(first)).is_gt() {
                    break;
                }
                out.pop();
            }
            out.push(runner);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn runner(order: usize, num: [i128; 2], den: [i128; 2]) -> Runner {
        let line = Line { den, num };
        Runner { line, rough: line.rough(), cover: [0, 0], order, row: RowNo::new(0, order), protected: false }
    }

    proptest! {
        #[test]
        fn an_envelope_keeps_the_best_at_every_s(
            lines in proptest::collection::vec((0..40i128, 0..40i128, 1..3i128), 1..30),
        ) {
            let runners: Vec<Runner> =
                lines.iter().enumerate().map(|(order, (a, p, d))| runner(order, [*a, *p], [*d, 1])).collect();
            for side in [1, -1] {
                let kept = envelope(runners.iter().collect(), side);
                for d in 1..3 {
                    // s = 1 + i/7
                    let value = |i: i128, r: &Runner| side * (7 * r.line.num[0] + (7 + i) * r.line.num[1]);
                    let best = |i: i128, list: &mut dyn Iterator<Item = &Runner>| {
                        list.filter(|r| r.line.den[0] == d).map(|r| value(i, r)).max()
                    };
                    for i in (0..400).chain([100_000]) {
                        prop_assert_eq!(best(i, &mut runners.iter()), best(i, &mut kept.iter().copied()));
                    }
                    // And no more than can be best somewhere: at whole s the slopes of those kept rise with s.
                    let slopes: Vec<i128> =
                        kept.iter().filter(|r| r.line.den[0] == d).map(|r| side * r.line.num[1]).collect();
                    prop_assert!(slopes.is_sorted_by(|a, b| a < b));
                }
            }
        }
    }
}
