//! Scores under many weights at once, and the counts of who is where.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU32, Ordering};

use super::draw::{BLOCK, Sampler};
use crate::domain::criteria::Method;
use crate::domain::decimal::UNITS;
use crate::engine::ranking::{Ranking, lottery};

/// More threads than this are no use.
const MOST_THREADS: usize = 64;
/// Ventures scored together.
const LANES: usize = 4;
/// Draws scored together.
const DRAWS: usize = 4;
/// A veto: below all logarithms of values, times any weight that is not 0.
const VETO: f64 = -1e60;
/// Where scores are vetoed, whatever the weight.
const VETOED: f64 = -1e30;

/// Hands blocks of draws to threads, which count for themselves.
pub fn count(table: &Table, sampler: &Sampler<'_>, k: usize, draws: u32, named: &[usize], threads: usize) -> Tally {
    let next = AtomicU32::new(0);
    let work = || {
        let mut counter = Counter::new(table, k, named);
        loop {
            let block = next.fetch_add(1, Ordering::Relaxed);
            let left = draws.saturating_sub(block.saturating_mul(BLOCK));
            if left == 0 {
                return counter.tally;
            }
            counter.count(&sampler.block(block, left.min(BLOCK)));
        }
    };
    let threads = threads.clamp(1, MOST_THREADS).min(draws.div_ceil(BLOCK) as usize);
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut tally = work();
        for other in others {
            match other.join() {
                Ok(counted) => tally.add(counted),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        tally
    })
}

/// Counts of one thread, or of all.
#[derive(Default)]
pub struct Tally {
    /// For each venture, how often it was among the first k.
    pub top: Vec<u32>,
    /// For the first of each kind of twins: how often first, and the sum of the weights then in units of 2⁻⁴⁰.
    pub first: BTreeMap<u32, (u32, Vec<u64>)>,
    /// For each named venture, how often it had each rank.
    pub ranks: Vec<BTreeMap<u32, u32>>,
    /// For each named venture, how often it was above each.
    pub wins: Vec<u32>,
}

impl Tally {
    fn new(ventures: usize, named: usize) -> Self {
        Self {
            top: vec![0; ventures],
            first: BTreeMap::new(),
            ranks: vec![BTreeMap::new(); named],
            wins: vec![0; named * named],
        }
    }

    fn add(&mut self, other: Self) {
        self.top.iter_mut().zip(other.top).for_each(|(sum, n)| *sum += n);
        self.wins.iter_mut().zip(other.wins).for_each(|(sum, n)| *sum += n);
        for (venture, (count, weights)) in other.first {
            let own = self.first.entry(venture).or_insert_with(|| (0, vec![0; weights.len()]));
            own.0 += count;
            own.1.iter_mut().zip(weights).for_each(|(sum, n)| *sum += n);
        }
        for (ranks, other) in self.ranks.iter_mut().zip(other.ranks) {
            other.into_iter().for_each(|(rank, n)| *ranks.entry(rank).or_default() += n);
        }
    }
}

/// The values of all eligible ventures, in merit order.
pub struct Table {
    ventures: usize,
    criteria: usize,
    /// For every [`LANES`] ventures and each criterion, their values: additive 0–1, geometric the logarithms. What
    /// drops out is 0.
    values: Vec<f64>,
    /// For each venture, which of `masks`; empty when no preference drops out anywhere.
    mask: Vec<u32>,
    /// Bits of the preferences that count.
    masks: Vec<u64>,
    /// For each venture the first one with the same values.
    pub twin: Vec<u32>,
    /// For each venture its place in the lottery, which decides among equals who is among the first k.
    lot: Vec<u32>,
    has_vetoes: bool,
}

impl Table {
    #[allow(clippy::cast_precision_loss)]
    /// The values of a ranking.
    pub fn new(ranking: &Ranking) -> Self {
        let (ventures, criteria) = (ranking.merit().len(), ranking.plan.preferences.len());
        let scale = if matches!(ranking.plan.method, Method::Additive) { UNITS as f64 } else { 1.0 };
        let mut values = vec![0.0; ventures.div_ceil(LANES) * LANES * criteria];
        let (mut mask, mut masks, mut known_masks) = (Vec::with_capacity(ventures), Vec::new(), HashMap::new());
        let (mut twin, mut twins) = (Vec::with_capacity(ventures), HashMap::new());
        let mut has_vetoes = false;
        for (at, placed) in (0u32..).zip(ranking.merit()) {
            let place = at as usize;
            let (mut bits, mut row) = (0u64, Vec::with_capacity(criteria));
            for (j, (preference, worth)) in ranking.plan.preferences.iter().zip(ranking.worths(placed.row)).enumerate()
            {
                bits |= u64::from(worth.value.is_some()) << j;
                has_vetoes |= worth.part.veto;
                // The published contribution by its weight, so that the document's own weights give its own order.
                let value = worth.part.num as f64 / (preference.weight as f64 * scale);
                let value = if worth.part.veto { VETO } else { value };
                values[(place / LANES * criteria + j) * LANES + place % LANES] = value;
                row.push(value.to_bits());
            }
            mask.push(*known_masks.entry(bits).or_insert_with(|| {
                masks.push(bits);
                u32::try_from(masks.len() - 1).unwrap_or(u32::MAX)
            }));
            twin.push(*twins.entry((bits, row)).or_insert(at));
        }
        if masks.iter().all(|bits| bits.count_ones() as usize == criteria) {
            mask.clear();
        }
        Self { ventures, criteria, values, mask, masks, twin, lot: lots(ranking), has_vetoes }
    }

    /// Scores of all ventures under [`DRAWS`] draws, whose weights lie one criterion after the other.
    fn score(&self, weights: &[[f64; DRAWS]], scores: &mut [Vec<f64>; DRAWS]) {
        scores.iter_mut().for_each(Vec::clear);
        for tile in self.values.chunks_exact(LANES * self.criteria.max(1)) {
            let mut sums = [[0.0; LANES]; DRAWS];
            for (values, weights) in tile.chunks_exact(LANES).zip(weights) {
                for (sums, weight) in sums.iter_mut().zip(weights) {
                    for (sum, value) in sums.iter_mut().zip(values) {
                        *sum += weight * value;
                    }
                }
            }
            for (scores, sums) in scores.iter_mut().zip(sums) {
                scores.extend_from_slice(&sums);
            }
        }
        for (draw, scores) in scores.iter_mut().enumerate() {
            scores.truncate(self.ventures);
            if !self.mask.is_empty() {
                let counted = |bits: &u64| {
                    let weights = weights.iter().enumerate().filter(|(j, _)| bits >> j & 1 == 1);
                    weights.map(|(_, weights)| weights[draw]).sum::<f64>()
                };
                let counted: Vec<f64> = self.masks.iter().map(counted).collect();
                for (score, mask) in scores.iter_mut().zip(&self.mask) {
                    let weight = counted[*mask as usize];
                    // Without any weight left a venture has no score and stands behind all.
                    *score = if weight > 0.0 { *score / weight } else { f64::MIN };
                }
            }
            if self.has_vetoes {
                scores.iter_mut().filter(|score| **score < VETOED).for_each(|score| *score = VETOED);
            }
        }
    }
}

/// For each eligible venture, in merit order, its place in the lottery.
fn lots(ranking: &Ranking) -> Vec<u32> {
    let count = u32::try_from(ranking.merit().len()).unwrap_or(u32::MAX);
    let mut drawn: Vec<u32> = (0..count).collect();
    drawn.sort_by_cached_key(|at| {
        let id = ranking.id(ranking.merit()[*at as usize].row).clone();
        (lottery(&ranking.seed, &id), id)
    });
    let mut lots = vec![0; drawn.len()];
    (0u32..).zip(drawn).for_each(|(lot, at)| lots[at as usize] = lot);
    lots
}

struct Counter<'a> {
    table: &'a Table,
    k: usize,
    named: &'a [usize],
    tally: Tally,
    scores: [Vec<f64>; DRAWS],
    sorted: Vec<f64>,
    /// Ventures level with the k-th.
    level: Vec<usize>,
}

impl<'a> Counter<'a> {
    fn new(table: &'a Table, k: usize, named: &'a [usize]) -> Self {
        let tally = Tally::new(table.ventures, named.len());
        Self { table, k, named, tally, scores: Default::default(), sorted: Vec::new(), level: Vec::new() }
    }

    /// Counts the draws whose weights these are.
    fn count(&mut self, weights: &[f64]) {
        let criteria = self.table.criteria.max(1);
        let draws: Vec<&[f64]> = weights.chunks_exact(criteria).collect();
        for draws in draws.chunks(DRAWS) {
            let of = |j: usize| std::array::from_fn(|draw| draws.get(draw).map_or(0.0, |weights| weights[j]));
            let together: Vec<[f64; DRAWS]> = (0..criteria).map(of).collect();
            let mut scores = std::mem::take(&mut self.scores);
            self.table.score(&together, &mut scores);
            for (weights, scores) in draws.iter().zip(&scores) {
                self.count_one(weights, scores);
            }
            self.scores = scores;
        }
    }

    fn count_one(&mut self, weights: &[f64], scores: &[f64]) {
        let best = scores.iter().copied().fold(f64::MIN, f64::max);
        let cutoff = self.cutoff(scores);
        let mut level = std::mem::take(&mut self.level);
        level.clear();
        let mut above = 0;
        for (venture, score) in scores.iter().enumerate() {
            if *score > cutoff {
                self.tally.top[venture] += 1;
                above += 1;
            } else if *score >= cutoff {
                level.push(venture);
            }
            if *score >= best && self.table.twin[venture] as usize == venture {
                self.count_first(self.table.twin[venture], weights);
            }
        }
        // Of those level with the k-th as many as there is room for, as a list takes them: by lottery.
        let room = self.k.saturating_sub(above);
        if level.len() > room {
            level.sort_unstable_by_key(|venture| self.table.lot[*venture]);
        }
        level.iter().take(room).for_each(|venture| self.tally.top[*venture] += 1);
        self.level = level;
        if !self.named.is_empty() {
            self.count_named(scores);
        }
    }

    /// The k-th highest score; below all when there are no more than k.
    fn cutoff(&mut self, scores: &[f64]) -> f64 {
        let Some(place) = self.k.checked_sub(1) else { return f64::INFINITY };
        if place >= scores.len() {
            return f64::MIN;
        }
        self.sorted.clear();
        self.sorted.extend_from_slice(scores);
        *self.sorted.select_nth_unstable_by(place, |a, b| b.total_cmp(a)).1
    }

    fn count_first(&mut self, venture: u32, weights: &[f64]) {
        const UNIT: f64 = (1u64 << 40) as f64;
        let (count, sum) = self.tally.first.entry(venture).or_insert_with(|| (0, vec![0; weights.len()]));
        *count += 1;
        // A weight is 0 to 1, so it fits; a million of them do too.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        sum.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += (weight * UNIT).round_ties_even() as u64);
    }

    fn count_named(&mut self, scores: &[f64]) {
        let own: Vec<f64> = self.named.iter().map(|venture| scores[*venture]).collect();
        self.sorted.clear();
        self.sorted.extend_from_slice(&own);
        self.sorted.sort_unstable_by(f64::total_cmp);
        // How many scores are above just the lowest i of the named ones.
        let mut above = vec![0u32; own.len() + 1];
        for score in scores {
            above[self.sorted.partition_point(|named| named < score)] += 1;
        }
        // … above at least those.
        for at in (0..own.len()).rev() {
            above[at] += above[at + 1];
        }
        for (at, score) in own.iter().enumerate() {
            let below_or_level = self.sorted.partition_point(|named| named < score) + 1;
            *self.tally.ranks[at].entry(above[below_or_level] + 1).or_default() += 1;
            for (other, wins) in own.iter().zip(&mut self.tally.wins[at * own.len()..]) {
                *wins += u32::from(score > other);
            }
        }
    }
}
