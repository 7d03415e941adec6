//! The ranked group fairness test of a list as it stands, whether or not a floor made it.

use super::Refused;
use super::adjusted::{Adjusted, Level, adjusted, at_level, check};
use super::binomial::{Rows, compare_loosely, exact_cdf, slack};
use super::exposure::{GroupExposure, group_exposure};
use super::failure::failure_probability;
use super::proportion::Proportion;
use super::report::{Prefix, prefixes};

/// A prefix under test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    /// What it holds and what the adjusted table requires.
    pub prefix: Prefix,
    /// How likely coin tosses give it at most as many protected, this position looked at alone.
    pub at_most: f64,
}

/// A list under the ranked group fairness test.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// Every prefix.
    pub prefixes: Vec<Tested>,
    /// The table tested against: adjusted, so that a list of fair coin tosses fails with probability ≤ alpha.
    pub against: Adjusted,
    /// Whether every prefix passes.
    pub passes: bool,
    /// The first position that fails.
    pub first_failed: Option<u32>,
    /// How likely a list of fair coin tosses has somewhere a prefix at least as unlikely as this list's least likely
    /// one; 1 for an empty list, and 0 stands for anything below 10⁻²⁷⁰. A list passes exactly if this is above alpha.
    pub p_value: f64,
    /// Exposure of the list.
    pub exposure: GroupExposure,
}

/// Tests a list whose members are, in final order, protected or not, against the share p at the level alpha.
///
/// The statistic is the smallest F(τᵢ; i, p) over all prefixes, τᵢ the protected in the first i; the p-value is the
/// failure probability of the table at that level. All positions are tested together, so nothing is left to correct.
///
/// # Errors
/// [`Refused`] for p or alpha at 0 or 1, or for a list that is too long: test its first positions.
pub fn audit(protected: &[bool], p: Proportion, alpha: Proportion) -> Result<Audit, Refused> {
    let k = u32::try_from(protected.len()).map_err(|_too_long| Refused::Positions)?;
    check(k, p, alpha)?;
    let against = adjusted(k, p, alpha)?;
    let prefixes = prefixes(protected.iter().copied(), protected.len(), |i| against.table.required(i));
    let mut rows = Rows::new(p);
    let tested: Vec<Tested> = prefixes
        .into_iter()
        .map(|prefix| {
            rows.toss();
            let at_most = rows.cdf().nth(prefix.protected as usize).unwrap_or(1.0).min(1.0);
            Tested { prefix, at_most }
        })
        .collect();
    let first_failed = tested.iter().find(|t| !t.prefix.passes()).map(|t| t.prefix.position);
    let p_value = match least_likely(&tested, p) {
        None => 1.0,
        Some(least) if least.at_most < TOO_SMALL => 0.0,
        Some(least) => {
            let level = Level::at(p, least.prefix.position, least.prefix.protected, least.at_most);
            failure_probability(&at_level(k, p, &level), p).min(1.0)
        }
    };
    let exposure = group_exposure(protected.iter().copied());
    Ok(Audit { prefixes: tested, against, passes: first_failed.is_none(), first_failed, p_value, exposure })
}

/// Below this a double has lost so much to underflow that it is no longer told apart from others.
const TOO_SMALL: f64 = 1e-280;

/// The prefix with the smallest F, by exact comparison where doubles are too close; nothing if that is 1: everyone is
/// protected, or the list is empty.
fn least_likely(tested: &[Tested], p: Proportion) -> Option<Tested> {
    let slack = slack(tested.len());
    let exact = |t: &Tested| exact_cdf(p, t.prefix.position, t.prefix.protected);
    let is_less = |a: &Tested, b: &Tested| match compare_loosely(a.at_most, b.at_most, slack) {
        Some(order) => order.is_lt(),
        None => a.at_most >= TOO_SMALL && exact(a).compare(&exact(b)).is_lt(),
    };
    // Of positions with the same count the last is the least likely: F falls with the position.
    let ends = tested.iter().zip(tested.iter().skip(1).map(Some).chain([None]));
    let ends = ends.filter(|(t, next)| next.is_none_or(|next| next.prefix.protected != t.prefix.protected));
    let some_missing = ends.map(|(t, _)| *t).filter(|t| t.prefix.protected < t.prefix.position);
    some_missing.reduce(|least, t| if is_less(&t, &least) { t } else { least })
}
