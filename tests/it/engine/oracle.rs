//! The engine once more, naively: row by row, in plain fractions, from the text of the table and the JSON
//! of the document. It shares no code with the engine and knows nothing of columns, tables or snapshots.

use std::collections::BTreeMap;

use num::bigint::BigInt;
use num::{Integer, One, Signed, ToPrimitive, Zero};
use serde_json::{Map, Value, json};

pub use super::naive::Table;
use super::naive::{R, Row, num as decimal, number, round_half_even, shown, test, units, value, whole};

/// One preference's share in one row.
#[derive(Clone)]
struct Part {
    raw: Value,
    value: Option<R>,
    /// In 10⁻⁹ weight units.
    contribution: BigInt,
    counts: bool,
}

/// One row, scored.
struct Scored {
    parts: Vec<Part>,
    num: BigInt,
    den: BigInt,
    low: R,
    high: R,
    known: BigInt,
    applicable: BigInt,
    filters: Vec<(String, &'static str)>,
    /// Keeps out.
    stopped: bool,
    unknown: Vec<String>,
    flags: Vec<&'static str>,
}

impl Scored {
    fn score(&self) -> R {
        R::new(self.num.clone(), &self.den * BigInt::from(1_000_000_000))
    }
}

pub struct Oracle<'a> {
    table: &'a Table,
    document: &'a Value,
    preferences: Vec<&'a Value>,
    weights: Vec<BigInt>,
}

impl<'a> Oracle<'a> {
    pub fn new(table: &'a Table, document: &'a Value) -> Self {
        let all = document["preferences"].as_array().unwrap();
        let preferences: Vec<&Value> = all.iter().filter(|p| !decimal(&p["weight"]).is_zero()).collect();
        let scaled: Vec<BigInt> =
            preferences.iter().map(|p| (decimal(&p["weight"]) * whole(1_000_000)).to_integer()).collect();
        let divisor = scaled.iter().fold(BigInt::zero(), |a, b| a.gcd(b));
        let weights = scaled.iter().map(|w| w / &divisor).collect();
        Self { table, document, preferences, weights }
    }

    fn row(&self, cells: &'a [String]) -> Row<'a> {
        self.table.headers.iter().map(String::as_str).zip(cells.iter().map(String::as_str)).collect()
    }

    fn evaluate(&self, row: &Row<'_>) -> Option<Scored> {
        let nano = BigInt::from(1_000_000_000);
        let mut s = Scored {
            parts: vec![],
            num: BigInt::zero(),
            den: BigInt::zero(),
            low: R::zero(),
            high: R::zero(),
            known: BigInt::zero(),
            applicable: BigInt::zero(),
            filters: vec![],
            stopped: false,
            unknown: vec![],
            flags: vec![],
        };
        let mut unknown_included = false;
        for filter in self.document["filters"].as_array().into_iter().flatten() {
            let result = test(filter, row)?;
            let lets_in = result == "pass" || (result == "unknown" && filter["on_unknown"] == "include_flagged");
            unknown_included |= result == "unknown" && lets_in;
            s.stopped |= !lets_in;
            s.filters.push((filter["field"].as_str().unwrap().to_owned(), result));
        }
        let (mut low, mut high, mut out_of_bounds) = (BigInt::zero(), BigInt::zero(), false);
        let mut dropped = vec![];
        for (p, w) in self.preferences.iter().zip(&self.weights) {
            let field = p["field"].as_str().unwrap();
            let cell = row[field];
            let policy = p.get("missing").or(self.document.get("missing")).and_then(Value::as_str);
            let contribution = |v: &R| round_half_even(&(R::from_integer(w * &nano) * v));
            let mut part = Part { raw: Value::Null, value: None, contribution: BigInt::zero(), counts: false };
            match cell {
                "?" => return None,
                "n/a" => dropped.push(field.to_owned()),
                "" => {
                    s.applicable += w;
                    high += w * &nano;
                    dropped.push(field.to_owned());
                    part.value = match policy.unwrap_or("pessimistic") {
                        "pessimistic" => Some(R::zero()),
                        "neutral" => Some(R::new(1.into(), 2.into())),
                        "optimistic" => Some(R::one()),
                        "renormalise" => None,
                        "exclude" => {
                            s.unknown.push(field.to_owned());
                            None
                        }
                        other => panic!("{other}"),
                    };
                }
                cell => {
                    let (v, out) = value(&p["value"], cell);
                    out_of_bounds |= out;
                    s.applicable += w;
                    s.known += w;
                    low += contribution(&v);
                    high += contribution(&v);
                    part.raw = match p["value"]["kind"].as_str().unwrap() {
                        "table" => json!(cell),
                        "overlap" => {
                            let set: std::collections::BTreeSet<&str> = cell.split(';').collect();
                            json!(set)
                        }
                        _ => shown(&number(cell)),
                    };
                    part.value = Some(v);
                }
            }
            if let Some(v) = &part.value {
                part.counts = true;
                part.contribution = contribution(v);
                s.num += &part.contribution;
                s.den += w;
            }
            s.parts.push(part);
        }
        if s.den.is_zero() && s.unknown.is_empty() {
            s.unknown = dropped;
        }
        if !s.applicable.is_zero() {
            let den = &s.applicable * &nano;
            s.low = R::new(low, den.clone());
            s.high = R::new(high, den);
        }
        if out_of_bounds {
            s.flags.push("out_of_bounds");
        }
        if unknown_included {
            s.flags.push("unknown_included");
        }
        s.filters.extend(s.unknown.iter().map(|f| (f.clone(), "unknown")));
        s.stopped |= !s.unknown.is_empty();
        let least = self.document.get("min_coverage").map_or_else(R::zero, decimal);
        if least.is_positive() {
            let covered = !s.applicable.is_zero() && R::new(s.known.clone(), s.applicable.clone()) >= least;
            s.stopped |= !covered;
            s.filters.push(("coverage".into(), if covered { "pass" } else { "fail" }));
        }
        Some(s)
    }

    /// Columns that are whole 1–5 and used by a preference that rises over 1–5.
    fn actionable(&self) -> Vec<String> {
        let mut out: Vec<String> = vec![];
        for p in &self.preferences {
            let field = p["field"].as_str().unwrap();
            let kind = p["value"]["kind"].as_str().unwrap();
            if ["table", "overlap"].contains(&kind) || out.iter().any(|f| f == field) {
                continue;
            }
            let at = self.table.headers.iter().position(|h| h == field).unwrap();
            let answers: Vec<&str> = self.table.rows.iter().map(|r| r[at].as_str()).collect();
            let answers: Vec<&str> = answers.into_iter().filter(|c| !["", "n/a", "?"].contains(c)).collect();
            let levels = ["1", "2", "3", "4", "5"];
            let v: Vec<R> = levels.iter().map(|l| value(&p["value"], l).0).collect();
            let rises = v.windows(2).all(|w| w[0] <= w[1]) && v[0] < v[4];
            if rises && !answers.is_empty() && answers.iter().all(|c| levels.contains(c)) {
                out.push(field.to_owned());
            }
        }
        out
    }

    /// Single changes and the combination, by trying everything.
    fn moves(&self, cells: &[String], actionable: &[String], above: &R) -> (Value, Value) {
        let at = |field: &str| self.table.headers.iter().position(|h| h == field).unwrap();
        let fields: Vec<(&String, usize, u8)> =
            actionable.iter().filter_map(|f| Some((f, at(f), cells[at(f)].parse::<u8>().ok()?))).collect();
        // Everything that reaches the top: steps, number of fields, fields, levels.
        let mut found: Vec<(u32, usize, Vec<usize>, Vec<u8>)> = vec![];
        let mut levels: Vec<u8> = fields.iter().map(|f| f.2).collect();
        loop {
            let raised: Vec<usize> = (0..fields.len()).filter(|i| levels[*i] > fields[*i].2).collect();
            if !raised.is_empty() {
                let mut changed = cells.to_vec();
                for i in &raised {
                    changed[fields[*i].1] = levels[*i].to_string();
                }
                let s = self.evaluate(&self.row_of(&changed)).unwrap();
                let passes = s.filters.iter().filter(|(_, r)| *r == "fail").count() == 0 && !s.stopped;
                if passes && s.score() > *above {
                    let steps = raised.iter().map(|i| u32::from(levels[*i] - fields[*i].2)).sum();
                    let to = raised.iter().map(|i| levels[*i]).collect();
                    found.push((steps, raised.len(), raised, to));
                }
            }
            // The next assignment.
            let Some(i) = (0..fields.len()).find(|i| levels[*i] < 5) else { break };
            levels[i] += 1;
            for j in 0..i {
                levels[j] = fields[j].2;
            }
        }
        let change = |i: usize, to: u8| json!({"field": fields[i].0, "from": fields[i].2, "to": to});
        let fewest = found.iter().filter(|f| f.1 == 1).map(|f| f.0).min();
        let mut single: Vec<_> = found.iter().filter(|f| f.1 == 1 && Some(f.0) == fewest).collect();
        single.sort();
        let single: Vec<Value> = single.iter().map(|f| change(f.2[0], f.3[0])).collect();
        let combination = found.iter().filter(|f| f.1 > 1).min();
        let combination = combination.map(|f| f.2.iter().zip(&f.3).map(|(i, to)| change(*i, *to)).collect::<Vec<_>>());
        (json!(single), json!(combination))
    }

    fn row_of<'b>(&'b self, cells: &'b [String]) -> Row<'b> {
        self.table.headers.iter().map(String::as_str).zip(cells.iter().map(String::as_str)).collect()
    }

    /// What `sedaya rank --format json` must print, without the echo.
    pub fn rank(&self) -> Value {
        let id_at = self.table.headers.iter().position(|h| h == "id").unwrap();
        let limit = self.document.get("limit").map_or(50, |l| l.as_u64().unwrap()) as usize;
        let seed = self.document.get("seed").map_or("", |s| s.as_str().unwrap());
        let (mut eligible, mut out, mut pending) = (vec![], vec![], vec![]);
        for cells in &self.table.rows {
            let id = cells[id_at].clone();
            match self.evaluate(&self.row(cells)) {
                None => pending.push(id),
                Some(s) if s.stopped => out.push((id, s)),
                Some(s) => eligible.push((id, s, cells)),
            }
        }
        let lottery = |id: &str| blake3::hash([seed.as_bytes(), &[0], id.as_bytes()].concat().as_slice()).to_hex();
        eligible.sort_by(|a, b| {
            b.1.score().cmp(&a.1.score()).then_with(|| lottery(&a.0).as_bytes().cmp(lottery(&b.0).as_bytes()))
        });
        let order = self.order(&eligible);
        let actionable = self.actionable();
        let scores: Vec<R> = eligible.iter().map(|e| e.1.score()).collect();
        let better = |score: &R| scores.iter().filter(|s| *s > score).count();
        let overlap = |a: &Scored, b: &Scored| a.low <= b.high && b.low <= a.high;
        let mut results = vec![];
        for (position, at) in order.iter().enumerate() {
            let (id, s, cells) = &eligible[*at];
            let mut others = scores.clone();
            others.remove(*at);
            let cutoff = others.get(limit - 1);
            let gap = cutoff.map(|c| shown(&((c - &scores[*at]) * whole(100)).max(R::zero())));
            let (changes, combination) = match cutoff {
                Some(cutoff) if scores[*at] <= *cutoff => self.moves(cells, &actionable, cutoff),
                _ => (json!([]), Value::Null),
            };
            let mut flags = s.flags.clone();
            let neighbours = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|n| eligible.get(n));
            if neighbours.into_iter().any(|n| overlap(s, &n.1)) {
                flags.push("setara");
            }
            results.push(json!({
                "id": id,
                "rank": 1 + better(&scores[*at]),
                "position": position + 1,
                "tie_size": scores.iter().filter(|other| **other == scores[*at]).count(),
                "score": shown(&(&scores[*at] * whole(100))),
                "interval": [shown(&(&s.low * whole(100))), shown(&(&s.high * whole(100)))],
                "coverage": shown(&R::new(s.known.clone(), s.applicable.clone())),
                "contributions": self.contributions(s),
                "filters": filters(s),
                "flags": flags,
                "gap_to_cutoff": gap,
                "changes": changes,
                "combination": combination,
            }));
        }
        out.sort_by(|a, b| a.0.cmp(&b.0));
        pending.sort();
        let excluded: Vec<Value> = out
            .iter()
            .map(|(id, s)| {
                let rank = s.unknown.is_empty().then(|| 1 + better(&s.score()));
                json!({"id": id, "filters": filters(s), "rank_without_filters": rank})
            })
            .collect();
        let cutoff = scores.get(limit - 1);
        json!({
            "results": results, "excluded": excluded, "pending": pending,
            "summary": {
                "eligible": results.len(), "excluded": excluded.len(), "pending": pending.len(),
                "cutoff_score": cutoff.map(|c| shown(&(c * whole(100)))),
                "cutoff_ties": cutoff.map_or(0, |c| scores.iter().filter(|s| *s == c).count()),
            },
        })
    }

    /// The weighted products of the eligible, on 0–100, in doubles.
    pub fn products(&self, floor: f64) -> BTreeMap<String, f64> {
        let mut out = BTreeMap::new();
        for cells in &self.table.rows {
            let Some(s) = self.evaluate(&self.row(cells)).filter(|s| !s.stopped) else { continue };
            let weighed = s.parts.iter().zip(&self.weights).filter_map(|(p, w)| Some((p.value.as_ref()?, w)));
            let (mut sum, mut weight) = (0.0, 0.0);
            for (v, w) in weighed {
                let w = w.to_f64().unwrap();
                sum += w * v.to_f64().unwrap().max(floor).ln();
                weight += w;
            }
            out.insert(cells[0].clone(), 100.0 * (sum / weight).exp());
        }
        out
    }

    /// Final order: places in merit order.
    fn order(&self, eligible: &[(String, Scored, &Vec<String>)]) -> Vec<usize> {
        let mut left: Vec<usize> = (0..eligible.len()).collect();
        let Some(rule) = self.document.get("representation") else { return left };
        let is_protected = |at: &usize| test(&rule["group"], &self.row_of(eligible[*at].2)) == Some("pass");
        let min = decimal(&rule["rule"]["min"]);
        let (mut order, mut count) = (vec![], 0);
        for i in 1..=eligible.len() {
            let need = (&min * whole(i as i64)).floor().to_integer().to_i64().unwrap();
            let pick = if count < need { left.iter().position(is_protected).unwrap_or(0) } else { 0 };
            let at = left.remove(pick);
            count += i64::from(is_protected(&at));
            order.push(at);
        }
        order
    }

    fn contributions(&self, s: &Scored) -> Vec<Value> {
        let nano = BigInt::from(1_000_000_000);
        // Points: floors of the exact shares, and the rest by largest remainder in document order.
        let exact: Vec<R> = s.parts.iter().map(|p| R::new(&p.contribution * 100, s.den.clone())).collect();
        let total = round_half_even(&exact.iter().sum::<R>());
        let points = allot(&exact, &total);
        let all = self.document["preferences"].as_array().unwrap();
        let sum: R = all.iter().map(|p| decimal(&p["weight"])).sum();
        let shares: Vec<R> = all.iter().map(|p| decimal(&p["weight"]) / &sum * R::from_integer(nano.clone())).collect();
        let weights = allot(&shares, &nano);
        let weights = all.iter().zip(weights).filter(|(p, _)| !decimal(&p["weight"]).is_zero()).map(|(_, w)| w);
        let rows = self.preferences.iter().zip(&s.parts).zip(points).zip(weights);
        rows.map(|(((p, part), points), weight)| {
            json!({
                "field": p["field"], "weight": units(&weight), "raw": part.raw,
                "value": part.value.as_ref().map(shown), "points": units(&points),
            })
        })
        .collect()
    }
}

fn filters(s: &Scored) -> Vec<Value> {
    s.filters.iter().map(|(field, result)| json!({"field": field, "result": result})).collect()
}

fn allot(exact: &[R], total: &BigInt) -> Vec<BigInt> {
    let mut out: Vec<BigInt> = exact.iter().map(|r| r.floor().to_integer()).collect();
    let left = total - out.iter().sum::<BigInt>();
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by(|a, b| (&exact[*b] - exact[*b].floor()).cmp(&(&exact[*a] - exact[*a].floor())));
    for i in order.into_iter().take(left.to_usize().unwrap()) {
        out[i] += 1;
    }
    out
}

/// A document's members, for tests that change one.
pub fn members(document: &mut Value) -> &mut Map<String, Value> {
    document.as_object_mut().unwrap()
}
