//! Value functions: from a cell's value to an exact fraction from 0 to 1.

use std::sync::Arc;

use super::cell::Measured;
use super::exact::{Fraction, units_of_f64};
use crate::domain::criteria::{ValueFunction, lies_under};
use crate::domain::decimal::{Decimal, UNITS};

/// The value of a number.
///
/// Functions of texts and sets give 0: a plan never asks them for a number.
pub fn of_number(function: &ValueFunction, x: Decimal) -> Fraction {
    let u = Decimal::units;
    match function {
        ValueFunction::Linear { from, to } => Fraction::clipped(u(x) - u(*from), u(*to) - u(*from)),
        ValueFunction::Log { from, to } => logarithmic(*from, *to, x),
        ValueFunction::Points(points) => between_points(points, x),
        ValueFunction::Steps { breaks, values } => {
            let passed = breaks.partition_point(|b| *b <= x);
            values.get(passed).map_or(Fraction::ZERO, |v| declared(*v))
        }
        ValueFunction::Range([a, b, c, d]) => {
            if x < *a || x > *d {
                Fraction::ZERO
            } else if x < *b {
                Fraction::clipped(u(x) - u(*a), u(*b) - u(*a))
            } else if x > *c {
                Fraction::clipped(u(*d) - u(x), u(*d) - u(*c))
            } else {
                Fraction::ONE
            }
        }
        ValueFunction::Target { at, from, to } => {
            let width = u(*to) - u(*from);
            Fraction::clipped(width - (u(x) - u(*at)).abs(), width)
        }
        ValueFunction::Table { .. } | ValueFunction::Overlap(_) => Fraction::ZERO,
    }
}

/// The value of a text under a table.
pub fn of_text(function: &ValueFunction, text: &str) -> Fraction {
    match function {
        // Longest keys stand first.
        ValueFunction::Table { values, other } => {
            declared(values.iter().find(|(key, _)| lies_under(text, key)).map_or(*other, |(_, value)| *value))
        }
        _ => Fraction::ZERO,
    }
}

/// The share of the wanted set that is covered.
pub fn of_set(function: &ValueFunction, set: &[Arc<str>]) -> Fraction {
    match function {
        ValueFunction::Overlap(wanted) => {
            let wanted: std::collections::BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
            let covered = wanted.iter().filter(|w| set.iter().any(|s| **s == ***w)).count();
            Fraction::clipped(covered as i128, wanted.len() as i128)
        }
        _ => Fraction::ZERO,
    }
}

/// The lowest and highest value over everything the assessors gave, from `low` to `high`.
pub fn over(function: &ValueFunction, measured: Measured) -> (Fraction, Fraction) {
    let at = of_number(function, measured.value);
    if measured.low == measured.high {
        return (at, at);
    }
    // Between its corners every function is monotone, so the extremes lie at ends and corners.
    let corners: &[Decimal] = match function {
        ValueFunction::Points(points) => &points.iter().map(|(x, _)| *x).collect::<Vec<_>>(),
        ValueFunction::Steps { breaks, .. } => breaks,
        ValueFunction::Range(points) => points,
        ValueFunction::Target { at, .. } => &[*at],
        _ => &[],
    };
    let inside = corners.iter().copied().filter(|x| measured.low < *x && *x < measured.high);
    [measured.low, measured.high]
        .into_iter()
        .chain(inside)
        .map(|x| of_number(function, x))
        .fold((at, at), |(low, high), v| (if less(v, low) { v } else { low }, if less(high, v) { v } else { high }))
}

/// The lowest and the highest value that a function of numbers gives between two of them, both included.
pub fn values_between(function: &ValueFunction, low: Decimal, high: Decimal) -> (Decimal, Decimal) {
    let (least, most) = over(function, Measured { value: low, low, high });
    (Decimal::from_units(least.times(UNITS)), Decimal::from_units(most.times(UNITS)))
}

/// Whether a number lies outside the bounds that a function declares, so that it was clipped.
pub fn out_of_bounds(function: &ValueFunction, x: Decimal) -> bool {
    let (low, high) = match function {
        ValueFunction::Linear { from, to } | ValueFunction::Log { from, to } => (*from.min(to), *from.max(to)),
        ValueFunction::Target { from, to, .. } => (*from, *to),
        ValueFunction::Points(points) => match points.as_slice() {
            [(first, _), .., (last, _)] => (*first, *last),
            _ => return false,
        },
        // A trapezoid means its zeros; steps have no ends.
        _ => return false,
    };
    x < low || x > high
}

/// Whether a function of numbers never falls from 0 up to `top`.
pub fn never_falls(function: &ValueFunction, top: Decimal) -> bool {
    match function {
        ValueFunction::Linear { from, to } | ValueFunction::Log { from, to } => from < to,
        ValueFunction::Points(points) => points.is_sorted_by_key(|(_, v)| *v),
        ValueFunction::Steps { values, .. } => values.is_sorted(),
        ValueFunction::Range([_, _, c, _]) => *c >= top,
        ValueFunction::Target { at, .. } => *at >= top,
        ValueFunction::Table { .. } | ValueFunction::Overlap(_) => false,
    }
}

fn less(a: Fraction, b: Fraction) -> bool {
    super::exact::compare(a.num, a.den, b.num, b.den).is_lt()
}

/// A value that the document declares.
const fn declared(v: Decimal) -> Fraction {
    Fraction::clipped(v.units(), UNITS)
}

fn between_points(points: &[(Decimal, Decimal)], x: Decimal) -> Fraction {
    let after = points.partition_point(|(px, _)| *px <= x);
    match (after.checked_sub(1).and_then(|i| points.get(i)), points.get(after)) {
        (Some((x0, v0)), Some((x1, v1))) => {
            let run = x1.units() - x0.units();
            let rise = v1.units() - v0.units();
            Fraction::clipped(v0.units() * run + rise * (x.units() - x0.units()), run * UNITS)
        }
        (Some((_, v)), None) | (None, Some((_, v))) => declared(*v),
        (None, None) => Fraction::ZERO,
    }
}

/// (ln x − ln from) ÷ (ln to − ln from), by `libm`, rounded half to even to 10⁻⁹.
fn logarithmic(from: Decimal, to: Decimal, x: Decimal) -> Fraction {
    if x <= Decimal::ZERO {
        // The logarithm falls without bound towards 0.
        return if from < to { Fraction::ZERO } else { Fraction::ONE };
    }
    let ln = |d: Decimal| libm::log(d.to_f64());
    let (low, high) = (ln(from), ln(to));
    let v = (ln(x) - low) / (high - low);
    Fraction::clipped(units_of_f64(v.clamp(0.0, 1.0)), UNITS)
}
