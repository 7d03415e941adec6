//! What a whole ranking comes to: totals, and figures for those who tune a document.

use std::sync::Arc;

use serde::Serialize;

use super::ranking::{Flag, Left, Ranking};
use crate::domain::criteria::COVERAGE;
use crate::domain::decimal::{Decimal, UNITS};

/// What a whole ranking comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Ventures with a place.
    pub eligible: usize,
    /// Ventures that a filter or a policy keeps out.
    pub excluded: usize,
    /// Ventures still to be assessed.
    pub pending: usize,
    /// The k-th best score on 0–100; nothing if fewer are eligible.
    pub cutoff_score: Option<Decimal>,
    /// How many have exactly that score.
    pub cutoff_ties: usize,
}

/// How many ventures one filter keeps out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SievedOut {
    /// Its field.
    pub field: Arc<str>,
    /// For how many it is the first to do so.
    pub first: usize,
    /// For how many it is the only one.
    pub alone: usize,
}

/// Where the scores of the eligible lie, for people who tune a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Distribution {
    /// What each filter keeps out, in document order; coverage last, if it is one.
    pub filters: Vec<SievedOut>,
    /// How many have each flag, in the flags' order.
    pub flagged: Vec<(Flag, usize)>,
    /// How many score in 0 ≤ s < 10, 10 ≤ s < 20, …, 90 ≤ s ≤ 100.
    pub histogram: [usize; 10],
    /// Scores at the 10th, 25th, 50th, 75th and 90th percentile (nearest rank from below); empty without
    /// eligible ventures.
    pub percentiles: Vec<(u8, Decimal)>,
}

impl Ranking {
    /// The totals.
    pub fn summary(&self) -> Summary {
        let cutoff = self.cutoff();
        let ties = |score| {
            let merit = self.merit();
            merit.partition_point(|p| p.score >= score) - merit.partition_point(|p| p.score > score)
        };
        Summary {
            eligible: self.merit().len(),
            excluded: self.excluded().len(),
            pending: self.pending().len(),
            cutoff_score: cutoff.map(|score| self.shown(score)),
            cutoff_ties: cutoff.map_or(0, ties),
        }
    }

    /// Who is kept out by what, and where the scores lie.
    pub fn distribution(&self) -> Distribution {
        let out = |field: Arc<str>, stops: &dyn Fn(&Left) -> bool, first: &dyn Fn(&Left) -> bool| SievedOut {
            field,
            first: self.excluded().iter().filter(|left| first(left)).count(),
            alone: self.excluded().iter().filter(|left| left.reasons == 1 && stops(left)).count(),
        };
        let mut filters: Vec<SievedOut> = (0..)
            .zip(&self.plan.filters)
            .map(|(at, filter): (u32, _)| {
                let stops = |left: &Left| left.stopped_by & (1 << at) != 0;
                out(filter.field.clone(), &stops, &|left| stops(left) && left.stopped_by.trailing_zeros() == at)
            })
            .collect();
        if self.plan.min_coverage > Decimal::ZERO {
            filters.push(out(COVERAGE.into(), &|l| !l.covered, &|l| !l.covered && l.stopped_by == 0));
        }
        let mut histogram = [0; 10];
        for placed in self.merit() {
            let ten = self.shown(placed.score).units() / (10 * UNITS);
            histogram[usize::try_from(ten).unwrap_or(0).min(9)] += 1;
        }
        let merit = self.merit();
        let percentiles = [10u8, 25, 50, 75, 90].into_iter().filter_map(|p| {
            // Nearest rank: the ⌈p·n/100⌉-th from below.
            let from_below = (usize::from(p) * merit.len()).div_ceil(100);
            let placed = merit.get(merit.len().checked_sub(from_below)?)?;
            Some((p, self.shown(placed.score)))
        });
        Distribution {
            filters,
            flagged: Flag::ALL.iter().map(|f| (*f, merit.iter().filter(|p| p.flags.has(*f)).count())).collect(),
            histogram,
            percentiles: percentiles.collect(),
        }
    }
}
