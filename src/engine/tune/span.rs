//! The best and the worst rank of a venture while one weight rises from its present value up to a point short of which
//! nothing is left out: between crossings of scores a rank stays, so it is counted at each crossing and just after it.

use num_bigint::{BigInt, Sign};

use super::line::{Cover, Line};
use super::root::Root;

/// The least and the most of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub least: usize,
    pub most: usize,
}

impl Span {
    /// Of one count only.
    pub const fn of(count: usize) -> Self {
        Self { least: count, most: count }
    }

    /// With another one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }
}

/// How a rival stands as s rises from 1.
struct Rival {
    /// Strictly above the venture, just before the first event.
    leads: bool,
    /// Covered well enough, just before the first event.
    covered: bool,
}

/// At some s two scores are level, or a rival's cover ends or begins.
struct Event {
    at: Root,
    rival: usize,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    /// The scores are level, and whoever was behind is ahead after that, or not.
    Level { crosses: bool },
    /// The bound of cover; at the bound itself it is enough.
    Cover,
}

/// How many of `rivals` are above a venture, over all s from 1 up to `end` or up to ∞, the end itself left out; `own` is
/// the venture and is covered at 1. Where its own cover ends before that, so does the span.
pub fn above(own: (&Line, Cover), rivals: &[(Line, Cover)], end: Option<&Root>) -> Span {
    let one = Root::fraction(1, 1);
    let is_inside = |at: &Root| *at >= one && end.is_none_or(|end| at < end);
    let (mut states, mut events) = (Vec::with_capacity(rivals.len()), Vec::new());
    let (own_rough, to) = (own.0.rough(), end.map_or(f64::INFINITY, |end| end.to_f64() * (1.0 + 1e-12)));
    for (rival, (line, cover)) in rivals.iter().enumerate() {
        let rough = line.rough();
        // Most never come near: doubles tell these apart.
        let (leads, levels) = if own_rough.stays_below(&rough, to) {
            (true, Vec::new())
        } else if rough.stays_below(&own_rough, to) {
            (false, Vec::new())
        } else {
            let lead = line.lead(own.0);
            let levels: Vec<(Root, bool)> = Root::all(&lead).into_iter().filter(|(at, _)| *at >= one).collect();
            // Its sign far out, turned back over the crossings that lie between.
            let far = lead.iter().rev().map(BigInt::sign).find(|sign| *sign != Sign::NoSign);
            let crossings = levels.iter().filter(|(_, crosses)| *crosses).count();
            (far.is_some_and(|sign| (sign == Sign::Plus) == (crossings % 2 == 0)), levels)
        };
        let bound = cover_bound(*cover).filter(|at| *at >= one);
        // Before its bound a cover that falls is enough, and one that rises is not.
        let covered = match &bound {
            Some(_) => cover[1] < 0,
            None => cover[0] + cover[1] >= 0,
        };
        states.push(Rival { leads, covered });
        let levels = levels.into_iter().map(|(at, crosses)| (at, What::Level { crosses }));
        let all = levels.chain(bound.map(|at| (at, What::Cover))).filter(|(at, _)| is_inside(at));
        events.extend(all.map(|(at, what)| Event { at, rival, what }));
    }
    events.sort_by(|a, b| a.at.cmp(&b.at));
    let uncovered_from = cover_bound(own.1).filter(|at| own.1[1] < 0 && *at >= one);

    let is_above = |state: &Rival| state.leads && state.covered;
    let mut count = states.iter().filter(|state| is_above(state)).count();
    let mut span = match events.first() {
        Some(first) if first.at == one => None,
        _ => Some(Span::of(count)),
    };
    for together in events.chunk_by(|a, b| a.at == b.at) {
        let at = &together[0].at;
        if uncovered_from.as_ref().is_some_and(|bound| bound < at) {
            break;
        }
        let mut touched: Vec<usize> = together.iter().map(|event| event.rival).collect();
        touched.dedup();
        let (mut there, mut then) = (count, count);
        for rival in touched {
            let was = usize::from(is_above(&states[rival]));
            let own = || together.iter().filter(|event| event.rival == rival);
            let is_level = own().any(|event| matches!(event.what, What::Level { .. }));
            let turns = own().any(|event| matches!(event.what, What::Cover));
            let is = usize::from(!is_level && states[rival].leads && (states[rival].covered || turns));
            states[rival].leads ^= own().any(|event| matches!(event.what, What::Level { crosses: true }));
            states[rival].covered ^= turns;
            there = there + is - was;
            then = then + usize::from(is_above(&states[rival])) - was;
        }
        count = then;
        let here = Span::of(there);
        span = Some(span.map_or(here, |span| span.and(here)));
        if uncovered_from.as_ref().is_none_or(|bound| bound > at) {
            span = span.map(|span| span.and(Span::of(count)));
        }
    }
    span.unwrap_or_else(|| Span::of(count))
}

/// Where a cover is just enough, if it changes at all.
fn cover_bound([fixed, moving]: Cover) -> Option<Root> {
    (moving != 0).then(|| Root::fraction(-fixed, moving))
}
