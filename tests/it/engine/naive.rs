//! Numbers, value functions and conditions in plain fractions, from texts: the parts of the second
//! implementation in [`super::oracle`].

use std::collections::BTreeMap;

use num::bigint::BigInt;
use num::rational::BigRational;
use num::{Integer, One, Signed, ToPrimitive, Zero};
use serde_json::{Value, json};

pub type R = BigRational;

#[derive(Clone, Debug)]
/// A table: headers, and rows of cells as they are written.
pub struct Table {
    pub headers: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

pub type Row<'a> = BTreeMap<&'a str, &'a str>;

pub fn whole(n: i64) -> R {
    R::from_integer(BigInt::from(n))
}

/// A decimal text, with or without an exponent.
pub fn number(text: &str) -> R {
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, 0), |(m, e)| (m, e.parse::<i32>().unwrap()));
    let (int, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: BigInt = format!("{int}{fraction}").parse().unwrap();
    let power = exponent - i32::try_from(fraction.len()).unwrap();
    R::from_integer(digits) * whole(10).pow(power)
}

pub fn num(value: &Value) -> R {
    number(&value.to_string())
}

pub fn round_half_even(r: &R) -> BigInt {
    let floor = r.floor().to_integer();
    match (r - r.floor()).cmp(&R::new(1.into(), 2.into())) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal if floor.is_even() => floor,
        std::cmp::Ordering::Equal => floor + 1,
    }
}

/// Nine decimals as a JSON number.
pub fn shown(r: &R) -> Value {
    units(&round_half_even(&(r * whole(1_000_000_000))))
}

pub fn units(n: &BigInt) -> Value {
    let (q, rest) = n.abs().div_rem(&BigInt::from(1_000_000_000));
    let sign = if n.is_negative() { "-" } else { "" };
    let value: f64 = format!("{sign}{q}.{:09}", rest.to_u64().unwrap()).parse().unwrap();
    if value.fract() == 0.0 { json!(value as i64) } else { json!(value) }
}

pub fn clip(r: R) -> R {
    if r < R::zero() {
        R::zero()
    } else if r > R::one() {
        R::one()
    } else {
        r
    }
}

pub fn lies_under(code: &str, wanted: &str) -> bool {
    let Some(rest) = code.strip_prefix(wanted) else { return false };
    let kbli = ["KBLI2020:", "KBLI2025:"].iter().any(|s| wanted.starts_with(s));
    rest.is_empty() || rest.starts_with(['.', ':', '/']) || (kbli && rest.starts_with(|c: char| c.is_ascii_digit()))
}

pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

pub fn ln_units(v: f64) -> BigInt {
    round_half_even(&(R::from_float(v).unwrap() * whole(1_000_000_000)))
}

/// The value of an answered cell, and whether it was clipped.
pub fn value(function: &Value, cell: &str) -> (R, bool) {
    let f = |name: &str| num(&function[name]);
    let list = |name: &str| function[name].as_array().unwrap().clone();
    match function["kind"].as_str().unwrap() {
        "linear" => {
            let (x, from, to) = (number(cell), f("from"), f("to"));
            let out = x < from.clone().min(to.clone()) || x > from.clone().max(to.clone());
            (clip((x - &from) / (to - &from)), out)
        }
        "log" => {
            let (x, from, to) = (number(cell), f("from"), f("to"));
            let out = x < from.clone().min(to.clone()) || x > from.clone().max(to.clone());
            if !x.is_positive() {
                return (if from < to { R::zero() } else { R::one() }, out);
            }
            let ln = |r: &R| libm::log(r.to_f64().unwrap());
            let v = (ln(&x) - ln(&from)) / (ln(&to) - ln(&from));
            (R::new(ln_units(v.clamp(0.0, 1.0)), 1_000_000_000.into()), out)
        }
        "points" => {
            let x = number(cell);
            let points: Vec<(R, R)> = list("points").iter().map(|p| (num(&p[0]), num(&p[1]))).collect();
            let (first, last) = (&points[0], &points[points.len() - 1]);
            if x <= first.0 {
                return (first.1.clone(), x < first.0);
            }
            if x >= last.0 {
                return (last.1.clone(), x > last.0);
            }
            let pair = points.windows(2).find(|w| w[0].0 <= x && x < w[1].0).unwrap();
            let ((x0, v0), (x1, v1)) = (&pair[0], &pair[1]);
            (v0 + (v1 - v0) * (x - x0) / (x1 - x0), false)
        }
        "steps" => {
            let x = number(cell);
            let passed = list("breaks").iter().filter(|b| num(b) <= x).count();
            (num(&list("values")[passed]), false)
        }
        "range" => {
            let x = number(cell);
            let p: Vec<R> = list("points").iter().map(num).collect();
            let v = if x < p[0] || x > p[3] {
                R::zero()
            } else if x >= p[1] && x <= p[2] {
                R::one()
            } else if x < p[1] {
                (x - &p[0]) / (&p[1] - &p[0])
            } else {
                (&p[3] - x) / (&p[3] - &p[2])
            };
            (v, false)
        }
        "target" => {
            let (x, at, from, to) = (number(cell), f("at"), f("from"), f("to"));
            let out = x < from || x > to;
            (clip(R::one() - (x - at).abs() / (to - from)), out)
        }
        "table" => {
            let keys = function["values"].as_object().unwrap();
            let best = keys.keys().filter(|k| lies_under(cell, k)).max_by_key(|k| k.len());
            (best.map_or_else(|| f("other"), |k| num(&keys[k])), false)
        }
        "overlap" => {
            let wanted: std::collections::BTreeSet<String> = list("values").iter().map(text_of).collect();
            let have: Vec<&str> = cell.split(';').collect();
            let covered = wanted.iter().filter(|w| have.contains(&w.as_str())).count() as i64;
            (R::new(covered.into(), (wanted.len() as i64).into()), false)
        }
        other => panic!("{other}"),
    }
}

pub fn range(cell: &str) -> (R, R) {
    let (a, b) = cell.split_once("..").unwrap_or((cell, cell));
    (number(a), number(b))
}

/// Pass, fail, unknown, or nothing for a cell that is not assessed.
pub fn test(condition: &Value, row: &Row<'_>) -> Option<&'static str> {
    let cell = row[condition["field"].as_str().unwrap()];
    if cell == "?" {
        return None;
    }
    if cell.is_empty() || cell == "n/a" {
        return Some("unknown");
    }
    let wanted = &condition["value"];
    let list = || wanted.as_array().unwrap().iter().map(text_of).collect::<Vec<_>>();
    let set: Vec<String> = cell.split(';').map(str::to_owned).collect();
    let passes = match condition["op"].as_str().unwrap() {
        "is" => cell == text_of(wanted),
        "in" => list().iter().any(|w| w == cell),
        "not_in" => list().iter().all(|w| w != cell),
        "gte" => number(cell) >= num(wanted),
        "lte" => number(cell) <= num(wanted),
        "between" => num(&wanted[0]) <= number(cell) && number(cell) <= num(&wanted[1]),
        "overlaps" => {
            let (a, b) = range(cell);
            a <= num(&wanted[1]) && b >= num(&wanted[0])
        }
        "under" => list().iter().any(|w| lies_under(cell, w)),
        "any_of" => list().iter().any(|w| set.contains(w)),
        "all_of" => list().iter().all(|w| set.contains(w)),
        "none_of" => list().iter().all(|w| !set.contains(w)),
        other => panic!("{other}"),
    };
    Some(if passes { "pass" } else { "fail" })
}
