//! FA*IR's tables: the binomial one at a given level, and the strictest whose failure probability stays
//! within alpha.
//!
//! The table at level t is m(i) = #{j : F(j; i, p) ≤ t}, the fewest protected of whom F says *more* than t. At
//! t = α every single position rejects a fair coin with probability ≤ α, and together they reject it more
//! often than α: the table must be adjusted. Tables grow with t, and change only at the values that F takes (its
//! *breakpoints*); so does their failure probability. The adjusted table is the one at the largest breakpoint
//! `α_c` whose failure probability is ≤ α. Both comparisons are exact and include equality.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::Refused;
use super::binomial::{Exact, Rows, compare_loosely, exact_cdf, slack};
use super::failure::{exact_failure, failure_probability};
use super::proportion::Proportion;
use super::table::Table;

/// The most positions a fair table speaks of: the work grows with the square of the positions and, where doubles leave
/// a doubt, with the third power.
pub const MAX_POSITIONS: u32 = crate::domain::criteria::MOST_FAIR_PLACES;

/// An adjusted table.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjusted {
    /// m(i); never rises by more than one a position.
    pub table: Table,
    /// The adjusted level, at most alpha; 0 if only the table that requires nothing stays within alpha.
    pub alpha_c: f64,
    /// How likely a list of fair coin tosses breaks the table; at most alpha.
    pub failure: f64,
}

/// A value of F, and where F takes it.
#[derive(Clone, Copy, Debug)]
struct Breakpoint {
    value: f64,
    position: u32,
    count: u32,
}

/// A level, in doubles and exactly.
#[derive(Clone, Debug)]
pub(super) struct Level {
    approx: f64,
    exact: Exact,
}

impl Level {
    pub fn of(alpha: Proportion) -> Self {
        Self { approx: alpha.to_f64(), exact: Exact::of(alpha) }
    }

    /// The level F(count; position), of which `approx` is the double.
    pub fn at(p: Proportion, position: u32, count: u32, approx: f64) -> Self {
        Self { approx, exact: exact_cdf(p, position, count) }
    }

    /// Whether F(count; position), of which `approx` is the double, is at most this.
    fn admits(&self, p: Proportion, position: u32, count: u32, approx: f64, slack: f64) -> bool {
        compare_loosely(approx, self.approx, slack)
            .unwrap_or_else(|| exact_cdf(p, position, count).compare(&self.exact))
            .is_le()
    }
}

/// FA*IR's table for k positions at the level alpha, not adjusted: m(i) is the smallest count of protected with
/// F(m; i, p) > alpha (Zehlike et al. 2017, definition of fair representation). Common quantile functions say ≥
/// instead, which differs where F takes alpha exactly.
///
/// # Errors
/// [`Refused`] for p or alpha at 0 or 1, or for too many positions.
pub fn binomial(k: u32, p: Proportion, alpha: Proportion) -> Result<Table, Refused> {
    check(k, p, alpha)?;
    Ok(at_level(k, p, &Level::of(alpha)))
}

/// FA*IR's adjusted table for k positions: the strictest table of the family whose failure probability is at
/// most alpha.
///
/// # Errors
/// [`Refused`] for p or alpha at 0 or 1, or for too many positions.
pub fn adjusted(k: u32, p: Proportion, alpha: Proportion) -> Result<Adjusted, Refused> {
    check(k, p, alpha)?;
    let asked = (k, p, alpha);
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, found)) = known().iter().find(|(key, _)| *key == asked) {
        return Ok(found.clone());
    }
    let found = strictest(k, p, alpha, slack(k as usize));
    let mut known = known();
    known.truncate(MOST_KNOWN - 1);
    known.push_front((asked, found.clone()));
    Ok(found)
}

/// Tables last made, the newest first: a long one takes a tenth of a second, and the same few are asked for again and again.
static KNOWN: Mutex<VecDeque<(Asked, Adjusted)>> = Mutex::new(VecDeque::new());

/// How many are remembered.
const MOST_KNOWN: usize = 32;

/// Positions, share and level.
type Asked = (u32, Proportion, Proportion);

/// The search; figures closer than `slack` are compared exactly, so a larger one gives the same result, more slowly.
fn strictest(k: u32, p: Proportion, alpha: Proportion, slack: f64) -> Adjusted {
    let within = |table: &Table| {
        compare_loosely(failure_probability(table, p), alpha.to_f64(), slack)
            .unwrap_or_else(|| exact_failure(table, p).compare(&Exact::of(alpha)))
            .is_le()
    };
    let breakpoints = breakpoints(k, p, alpha.to_f64(), slack);
    // Values too close to be told apart in doubles are one step for now; most are equal.
    let steps: Vec<&[Breakpoint]> =
        breakpoints.chunk_by(|a, b| compare_loosely(a.value, b.value, slack).is_none()).collect();
    let table_of = |step: &[Breakpoint]| at_value(k, p, step.last().map_or(0.0, |last| last.value));
    let taken = steps.partition_point(|step| within(&table_of(step)));
    let (mut strictest, mut alpha_c) = match taken.checked_sub(1).and_then(|at| steps.get(at)) {
        Some(step) => (table_of(step), step.last().map_or(0.0, |last| last.value)),
        None => {
            let first = breakpoints.first().map_or(0.0, |first| first.value);
            (table(k, p, |_, _, value| value < first), 0.0)
        }
    };
    // The first step that is too strict as a whole may hold several values, and the lower ones may do.
    if let Some(step) = steps.get(taken)
        && step.len() > 1
    {
        let parts = parts_of(step, p);
        let mut stricter = strictest.clone();
        for part in parts.iter().take(parts.len() - 1) {
            stricter = with(&stricter, part);
            if !within(&stricter) {
                break;
            }
            (strictest, alpha_c) = (stricter.clone(), part.first().map_or(alpha_c, |first| first.value));
        }
    }
    let failure = failure_probability(&strictest, p);
    Adjusted { table: strictest, alpha_c, failure }
}

pub(super) fn check(k: u32, p: Proportion, alpha: Proportion) -> Result<(), Refused> {
    match (p.is_open(), alpha.is_open()) {
        (false, _) => Err(Refused::P),
        (true, false) => Err(Refused::Alpha),
        (true, true) if k > MAX_POSITIONS => Err(Refused::Positions),
        (true, true) => Ok(()),
    }
}

/// m(i) = #{j : F(j; i, p) ≤ level}, decided exactly.
pub(super) fn at_level(k: u32, p: Proportion, level: &Level) -> Table {
    let slack = slack(k as usize);
    table(k, p, |position, count, value| level.admits(p, position, count, value, slack))
}

/// The same by doubles alone, for a level that no breakpoint is near but those it admits.
fn at_value(k: u32, p: Proportion, level: f64) -> Table {
    table(k, p, |_, _, value| value <= level)
}

/// A position requires as much as the one before it or one more, since F(j; i+1) ≤ F(j; i) ≤ F(j+1; i+1): one
/// comparison a position.
fn table(k: u32, p: Proportion, admits: impl Fn(u32, u32, f64) -> bool) -> Table {
    let (mut rows, mut required) = (Rows::new(p), 0);
    let one = |_| {
        let position = rows.toss();
        if rows.cdf().nth(required as usize).is_some_and(|value| admits(position, required, value)) {
            required += 1;
        }
        required
    };
    Table::new((0..k).map(one).collect()).unwrap_or_default()
}

/// The breakpoints among which `α_c` is, in ascending order.
///
/// At most alpha: a position alone fails with its own F. And all tables up to a level of alpha / k stay within
/// alpha, since failing at some position is at most k times as likely as at one: only the largest of those
/// breakpoints can be `α_c`.
fn breakpoints(k: u32, p: Proportion, alpha: f64, slack: f64) -> Vec<Breakpoint> {
    let safe = alpha / f64::from(k.max(1)) * (1.0 - slack);
    let up_to = |limit: f64, rows: &mut Rows, each: &mut dyn FnMut(Breakpoint)| {
        for _ in 0..k {
            let position = rows.toss();
            let values = (0u32..).zip(rows.cdf()).take_while(|(count, value)| *value <= limit && *count < position);
            values.for_each(|(count, value)| each(Breakpoint { value, position, count }));
        }
    };
    let mut largest_safe: f64 = 0.0;
    up_to(safe, &mut Rows::new(p), &mut |b| largest_safe = largest_safe.max(b.value));
    let mut found = Vec::new();
    up_to(alpha * (1.0 + slack), &mut Rows::new(p), &mut |b| {
        if b.value >= largest_safe * (1.0 - slack) && b.value > 0.0 {
            found.push(b);
        }
    });
    found.sort_unstable_by(|a, b| {
        a.value.total_cmp(&b.value).then(a.position.cmp(&b.position)).then(a.count.cmp(&b.count))
    });
    found
}

/// A step's breakpoints in exact order, equal ones together.
fn parts_of(step: &[Breakpoint], p: Proportion) -> Vec<Vec<Breakpoint>> {
    let mut exact: Vec<(Exact, Breakpoint)> = step.iter().map(|b| (exact_cdf(p, b.position, b.count), *b)).collect();
    exact.sort_by(|(a, _), (b, _)| a.compare(b));
    exact
        .chunk_by(|(a, _), (b, _)| a.compare(b) == Ordering::Equal)
        .map(|part| part.iter().map(|(_, breakpoint)| *breakpoint).collect())
        .collect()
}

/// A table that also refuses the given counts.
fn with(table: &Table, refused: &[Breakpoint]) -> Table {
    let mut required = table.as_slice().to_vec();
    for b in refused {
        if let Some(m) = required.get_mut((b.position - 1) as usize) {
            *m = (*m).max(b.count + 1);
        }
    }
    Table::new(required).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_last_tables_are_remembered_and_no_more() {
        let half = Proportion::from_units(500_000_000).unwrap();
        let asked = |k: u32| (k, half, Proportion::from_units(123_456_789).unwrap());
        for k in 1..60 {
            let (k, p, alpha) = asked(k);
            let first = adjusted(k, p, alpha).unwrap();
            assert_eq!(adjusted(k, p, alpha).unwrap(), first);
            let known = KNOWN.lock().unwrap();
            assert!(
                known.len() <= MOST_KNOWN && known.iter().any(|(key, found)| *key == (k, p, alpha) && *found == first)
            );
        }
    }

    /// With ample slack every comparison is exact and steps hold many values: the search must not depend on it.
    #[test]
    fn doubles_only_save_time() {
        for (p, alpha) in [(300, 100), (500, 100), (500, 500), (250, 50), (900, 100), (100, 900), (470, 13), (950, 1)] {
            let of = |thousandths: i128| Proportion::from_units(thousandths * 1_000_000).unwrap();
            for k in [0, 1, 2, 3, 5, 8, 13, 21, 34] {
                let usual = strictest(k, of(p), of(alpha), slack(k as usize));
                for ample in [1e-6, 1e-2, 0.2] {
                    let exactly = strictest(k, of(p), of(alpha), ample);
                    assert_eq!(exactly.table, usual.table, "k {k}, p {p}, alpha {alpha}, slack {ample}");
                }
            }
        }
    }
}
