//! The greedy re-ranker: the merit order, moved only as far as a table requires.

/// A re-ranked list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reranked {
    /// Places in merit order (from 0), in final order.
    pub order: Vec<u32>,
    /// The largest lack of protected ventures at any position; above 0 the table cannot be met.
    pub shortfall: usize,
    /// The first position, from 1, whose prefix holds too few.
    pub first_short: Option<usize>,
}

/// Positions i = 1, 2, …: where fewer than m(i) protected stand so far the best protected comes next, else the
/// best of both. `protected` tells in merit order who is of the group. `required` is m(i) for positions from 1; it
/// must never fall nor rise by more than one a position ([`Table::closed`](super::Table::closed)).
///
/// Where any order of the list meets the table, this one does, and it is the best of them, in two senses at
/// once. It is the first in lexicographic order of merit places: no order that meets the table has a better
/// venture at the first position where they differ. And every prefix is of greatest merit: whatever (falling)
/// scores stand behind the merit order, no order that meets the table has a larger sum of scores in any prefix. For
/// the i best places with at least m(i) protected are the first c protected and the first i − c others, with c the
/// larger of m(i) and the number of protected among the i best; and these are the ones placed.
///
/// Where the table cannot be met the lack is as small as any order can make it: the protected stand at the top of
/// where they are required until none is left.
pub fn greedy(protected: impl Iterator<Item = bool> + Clone, required: impl Fn(usize) -> usize) -> Reranked {
    let places = |wanted: bool| {
        let places = (0u32..).zip(protected.clone());
        places.filter(move |(_, is)| *is == wanted).map(|(place, _)| place).peekable()
    };
    let (mut group, mut others) = (places(true), places(false));
    let mut order = Vec::new();
    let (mut counted, mut shortfall, mut first_short) = (0, 0, None);
    for position in 1usize.. {
        let short = counted < required(position);
        let from_group = match (group.peek(), others.peek()) {
            (Some(p), Some(o)) => short || p < o,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let Some(next) = (if from_group { group.next() } else { others.next() }) else { break };
        counted += usize::from(from_group);
        order.push(next);
        let lack = required(position).saturating_sub(counted);
        if lack > 0 {
            first_short = first_short.or(Some(position));
        }
        shortfall = shortfall.max(lack);
    }
    Reranked { order, shortfall, first_short }
}
