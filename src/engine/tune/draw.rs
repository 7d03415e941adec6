//! Weights drawn uniformly from a region.
//!
//! Random bits are the extendable output of BLAKE3 over a purpose, the seed and a number, so any draw can be made
//! alone and the count of threads changes nothing. Three ways, of which the first that fits is taken:
//! 1. *Independent*: a uniform point of a simplex around the bounds (exponential spacings); where that simplex treats
//!    those whom the declared order names alike, sorting them puts the order in, and the point stays uniform. With at
//!    most lower bounds every point serves; else those outside are thrown away. Exact.
//! 2. *Hit-and-run* (Smith, 1984; for weights Tervonen, van Valkenhoef, Baştürk and Postmus, 2013) where fewer than one
//!    in 256 would stay: from a point inside, steps to a uniform point on a line of random direction, a direction's
//!    parts being in proportion to the width of the bounds. Chains of [`BLOCK`] draws, each begun anew, with `steps` =
//!    4·m² (64 to 2,048) steps between draws for m free weights and 10 times as many before the first.
//! 3. A region that is one point gives that point.

use super::region::Polytope;

/// Draws that are made together: a chain of hit-and-run.
pub const BLOCK: u32 = 128;

/// Points tried to see how many stay.
const PILOT: u32 = 8_192;
/// Of these, as many must stay for independent draws.
const ENOUGH: u32 = PILOT / 256;
/// Points tried for one draw before its chance of failing is below any that matters.
const TRIES: u32 = 1 << 20;

/// How the weights are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// Every draw by itself, exactly uniform; the share of tried points that stayed.
    Independent {
        /// 1 when no point is ever thrown away.
        acceptance: f64,
    },
    /// Draws along a chain.
    HitAndRun {
        /// Steps between two draws.
        steps: u32,
    },
    /// There is but one point.
    Point,
}

/// A simplex around a region: a uniform point x of the standard simplex becomes corner + scale·x.
#[derive(Clone, Debug)]
struct Around {
    corner: Vec<f64>,
    scale: f64,
    /// It treats those whom the order names alike, so that sorting puts the order in.
    sorts: bool,
    /// It is the region: every point serves.
    is_region: bool,
}

impl Around {
    /// The simplices around a region: the one that grows from the lower bounds and the one that shrinks from the upper;
    /// with an order, both once as tight as can be and once alike for all whom it names.
    fn all(region: &Polytope) -> Vec<Self> {
        let Polytope { low, high, free, order, .. } = region;
        let alike = |bounds: &[f64], pick: fn(f64, f64) -> f64| {
            let mut bounds = bounds.to_vec();
            if let Some(common) = order.iter().map(|at| bounds[*at]).reduce(pick) {
                order.iter().for_each(|at| bounds[*at] = common);
            }
            bounds
        };
        let around = |corner: Vec<f64>, bounds: &[f64], sorts: bool| {
            let scale = 1.0 - corner.iter().sum::<f64>();
            // Nothing is thrown away where only lower bounds narrow the simplex, and sorting does not widen them.
            let is_whole = corner == bounds && scale > 0.0 && free.iter().all(|at| high[*at] >= low[*at] + scale);
            Self { corner, scale, sorts, is_region: is_whole && sorts }
        };
        let mut all = vec![around(alike(low, f64::min), low, true), around(alike(high, f64::max), high, true)];
        if order.len() > 1 {
            all.extend([around(low.clone(), low, false), around(high.clone(), high, false)]);
        }
        all
    }
}

/// Draws weights.
#[derive(Debug)]
pub struct Sampler<'a> {
    region: &'a Polytope,
    seed: &'a str,
    way: Way,
    around: Option<Around>,
    /// How far each free weight can range.
    widths: Vec<f64>,
}

impl<'a> Sampler<'a> {
    pub fn new(region: &'a Polytope, seed: &'a str) -> Self {
        let Polytope { low, high, free, .. } = region;
        let (least, most): (f64, f64) = (low.iter().sum(), high.iter().sum());
        let reach = |at: &usize| high[*at].min(low[*at] + 1.0 - least) - low[*at].max(high[*at] - (most - 1.0));
        let widths = free.iter().map(reach).collect();
        let mut sampler = Self { region, seed, way: Way::Point, around: None, widths };
        if free.len() > 1 {
            sampler.choose();
        }
        sampler
    }

    pub const fn way(&self) -> Way {
        self.way
    }

    fn choose(&mut self) {
        let mut best = 0;
        for around in Around::all(self.region) {
            if around.is_region {
                (self.way, self.around) = (Way::Independent { acceptance: 1.0 }, Some(around));
                return;
            }
            let mut random = Random::new("pilot", self.seed, 0);
            let mut weights = self.region.inner.clone();
            let stayed = (0..PILOT).filter(|_| self.propose(&around, &mut random, &mut weights)).count();
            let stayed = u32::try_from(stayed).unwrap_or(PILOT);
            if stayed > best {
                (best, self.around) = (stayed, Some(around));
            }
        }
        self.way = if best >= ENOUGH {
            Way::Independent { acceptance: f64::from(best) / f64::from(PILOT) }
        } else {
            let m = u32::try_from(self.region.free.len()).unwrap_or(u32::MAX);
            Way::HitAndRun { steps: m.saturating_mul(m).saturating_mul(4).clamp(64, 2_048) }
        };
    }

    /// The weights of the draws of a block, one draw after the other.
    pub fn block(&self, block: u32, draws: u32) -> Vec<f64> {
        let mut weights = self.region.inner.clone();
        let mut out = Vec::with_capacity(draws as usize * weights.len());
        match (self.way, &self.around) {
            (Way::Point, _) | (Way::Independent { .. }, None) => {
                (0..draws).for_each(|_| out.extend_from_slice(&weights))
            }
            (Way::Independent { .. }, Some(around)) => {
                for draw in 0..draws {
                    let mut random = Random::new("draw", self.seed, block * BLOCK + draw);
                    if !(0..TRIES).any(|_| self.propose(around, &mut random, &mut weights)) {
                        weights.clone_from(&self.region.inner);
                    }
                    out.extend_from_slice(&weights);
                }
            }
            (Way::HitAndRun { steps }, _) => {
                let mut random = Random::new("chain", self.seed, block);
                let mut direction = vec![0.0; self.region.free.len()];
                for draw in 0..draws {
                    for _ in 0..if draw == 0 { 10 * steps } else { steps } {
                        self.step(&mut random, &mut weights, &mut direction);
                    }
                    self.settle(&mut weights);
                    out.extend_from_slice(&weights);
                }
            }
        }
        out
    }

    /// A uniform point of a simplex around the region; whether it is in the region.
    fn propose(&self, around: &Around, random: &mut Random, weights: &mut [f64]) -> bool {
        let Polytope { free, order, .. } = self.region;
        let mut sum = 0.0;
        for at in free {
            weights[*at] = -libm::log(random.unit());
            sum += weights[*at];
        }
        for at in free {
            weights[*at] = around.corner[*at] + around.scale * (weights[*at] / sum);
        }
        if around.sorts && order.len() > 1 {
            let mut values: Vec<f64> = order.iter().map(|at| weights[*at]).collect();
            values.sort_unstable_by(|a, b| b.total_cmp(a));
            for (at, value) in order.iter().zip(values) {
                weights[*at] = value;
            }
        }
        around.is_region || self.region.contains(weights)
    }

    /// One step of hit-and-run.
    fn step(&self, random: &mut Random, weights: &mut [f64], direction: &mut [f64]) {
        let Polytope { low, high, free, order, .. } = self.region;
        let mut sum = 0.0;
        for (part, width) in direction.iter_mut().zip(&self.widths) {
            *part = random.signed() * width;
            sum += *part;
        }
        let shift = sum / self.widths.iter().sum::<f64>();
        let (mut from, mut to) = (f64::NEG_INFINITY, f64::INFINITY);
        // room + step·by ≥ 0
        let mut keep = |room: f64, by: f64| {
            if by > 0.0 {
                from = f64::max(from, -room / by);
            } else if by < 0.0 {
                to = f64::min(to, -room / by);
            }
        };
        for ((part, width), at) in direction.iter_mut().zip(&self.widths).zip(free) {
            *part -= shift * width;
            keep(weights[*at] - low[*at], *part);
            keep(high[*at] - weights[*at], -*part);
        }
        if order.len() > 1 {
            let part = |at: usize| free.binary_search(&at).map_or(0.0, |place| direction[place]);
            for pair in order.windows(2) {
                keep(weights[pair[0]] - weights[pair[1]], part(pair[0]) - part(pair[1]));
            }
        }
        let length = random.unit();
        if from < to && from.is_finite() && to.is_finite() {
            let step = from + length * (to - from);
            for (part, at) in direction.iter().zip(free) {
                weights[*at] += step * part;
            }
        }
    }

    /// Takes out what rounding has added up to.
    fn settle(&self, weights: &mut [f64]) {
        let excess = weights.iter().sum::<f64>() - 1.0;
        let width: f64 = self.widths.iter().sum();
        for (at, own) in self.region.free.iter().zip(&self.widths) {
            weights[*at] = (weights[*at] - excess * own / width).clamp(self.region.low[*at], self.region.high[*at]);
        }
    }
}

/// Random bits for one purpose and number.
struct Random {
    source: blake3::OutputReader,
    buffer: [u8; 512],
    used: usize,
}

impl Random {
    fn new(purpose: &str, seed: &str, number: u32) -> Self {
        let mut hasher = blake3::Hasher::new();
        // The number stands first and has four bytes, and no purpose holds a zero: no two inputs are the same.
        hasher.update(&number.to_le_bytes()).update(purpose.as_bytes()).update(&[0]).update(seed.as_bytes());
        Self { source: hasher.finalize_xof(), buffer: [0; 512], used: 512 }
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        if self.used + N > self.buffer.len() {
            self.source.fill(&mut self.buffer);
            self.used = 0;
        }
        let mut out = [0; N];
        out.copy_from_slice(&self.buffer[self.used..self.used + N]);
        self.used += N;
        out
    }

    /// Uniform in (0, 1), on the middles of 2⁵³ cells.
    #[allow(clippy::cast_precision_loss)]
    fn unit(&mut self) -> f64 {
        const CELL: f64 = 1.0 / (1u64 << 53) as f64;
        ((u64::from_le_bytes(self.bytes()) >> 11) as f64 + 0.5) * CELL
    }

    /// Uniform in (−1, 1), never 0.
    fn signed(&mut self) -> f64 {
        (f64::from(u32::from_le_bytes(self.bytes())) + 0.5) / f64::from(1u32 << 31) - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::region::Region;
    use super::*;
    use crate::domain::decimal::Decimal;

    fn means(sampler: &Sampler<'_>, blocks: u32) -> (Vec<f64>, Vec<f64>) {
        let criteria = sampler.region.low.len();
        let (mut mean, mut square, mut draws) = (vec![0.0; criteria], vec![0.0; criteria], 0.0);
        for block in 0..blocks {
            for weights in sampler.block(block, BLOCK).chunks(criteria) {
                assert!(sampler.region.contains(weights), "{weights:?}");
                assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                draws += 1.0;
                for (j, weight) in weights.iter().enumerate() {
                    mean[j] += weight;
                    square[j] += weight * weight;
                }
            }
        }
        mean.iter_mut().chain(&mut square).for_each(|sum| *sum /= draws);
        (mean, square)
    }

    #[test]
    fn chains_draw_what_independent_draws_do() {
        let bounds = [(0, 35), (2, 40), (5, 20), (10, 50), (0, 18), (1, 10), (7, 7)];
        let percent = |n: i128| Decimal::from_units(n * 10_000_000);
        for order in [vec![], vec![0, 1, 3], vec![3, 0, 2, 4], vec![1, 6, 4]] {
            let bounds = bounds.iter().map(|(low, high)| [percent(*low), percent(*high)]).collect();
            let region = Polytope::new(&Region { bounds, order }, 7).unwrap();
            let independent = Sampler::new(&region, "a");
            assert!(matches!(independent.way, Way::Independent { .. }));
            let mut chain = Sampler::new(&region, "b");
            chain.way = Way::HitAndRun { steps: 144 };
            let (mean, square) = means(&independent, 100);
            let (by_chain, square_by_chain) = means(&chain, 30);
            // Standard errors are below 0.1/√3840.
            for (a, b) in mean.iter().zip(&by_chain).chain(square.iter().zip(&square_by_chain)) {
                assert!((a - b).abs() < 0.005, "{mean:?} {by_chain:?} {square:?} {square_by_chain:?}");
            }
        }
    }
}
