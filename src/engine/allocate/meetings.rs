//! The allocation of meetings of greatest weight, a degree-constrained b-matching, by minimum-cost flow.

use super::flow::{Cost, Network};
use super::market::{MAX_WISH, Market, Meeting, Refused};

/// Who meets whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    /// By venture, then investor.
    pub meetings: Vec<Meeting>,
    /// Sum of their weights.
    pub weight: i128,
    /// Forced pairs that do not meet, by venture, then investor.
    pub unkept: Vec<Unkept>,
    /// Ventures with fewer meetings than their minimum, by number.
    pub unserved: Vec<Unserved>,
    /// Where the places ran out, if a venture is unserved for want of them.
    pub crowding: Option<Crowding>,
}

/// A forced pair that does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unkept {
    /// The pair.
    pub meeting: Meeting,
    /// Why it does not.
    pub why: NotKept,
}

/// Why a forced pair does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotKept {
    /// It is banned too.
    Banned,
    /// All meetings that the venture can have are forced ones.
    VentureFull,
    /// All meetings that the investor can have are forced ones.
    InvestorFull,
}

/// A venture with fewer meetings than its minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unserved {
    /// By its number.
    pub venture: u32,
    /// How many are lacking.
    pub lacking: u32,
    /// Why.
    pub why: WhyUnserved,
}

/// Why a venture has fewer meetings than its minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyUnserved {
    /// No investor with any capacity may meet it.
    NoInvestor,
    /// It could not have its minimum were it alone: slots, its own maximum or the investors that may meet it
    /// are fewer.
    TooFew {
        /// The most it could have.
        possible: u32,
    },
    /// The places it could have are taken by ventures that need them as much: see [`Allocation::crowding`].
    Crowded,
}

/// A proof that some minimums cannot be met: these ventures need more meetings with these investors than these have
/// places (Hall's condition), once forced meetings are set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowding {
    /// Investors, all of them full.
    pub investors: Vec<u32>,
    /// Their places that no forced meeting takes.
    pub places: u64,
    /// Ventures that depend on them for their minimums.
    pub ventures: Vec<u32>,
    /// How many of those places the minimums of these ventures need.
    pub needed: u64,
}

/// A pair that may meet.
struct Candidate {
    meeting: Meeting,
    weight: i64,
    wish: i64,
    forced: bool,
}

/// Allocates meetings: nobody has more than [`Market::slots`] or their own limit; no banned pair meets; and, in
/// this order, (1) as many forced pairs as possible meet, (2) as many meetings as possible count towards
/// minimums, (3) the sum of weights is the greatest possible, (4) the sum of wishes is.
///
/// Ties: a pair of weight 0 or less meets only where a forced pair or a minimum needs it, or makes way for a better
/// sum. Among several optima the answer is a fixed function of the set of pairs and the numbers of ventures and
/// investors, the same on every machine, whatever the order of the lists; lower numbers are looked at first, without
/// a promise that they win. Whoever must not profit from a number gets it by lottery.
///
/// The time grows at worst with the number of meetings times the number of pairs.
///
/// # Errors
/// [`Refused`] when the market names who does not exist, lists a pair twice or leaves the bounds. What cannot be
/// done within a proper market is reported, not refused.
pub fn allocate(market: &Market) -> Result<Allocation, Refused> {
    market.check()?;
    let candidates = candidates(market);
    let possible = possible(market, &candidates);
    let taken = solve(market, &candidates, &possible);
    let mut allocation = Allocation::default();
    for candidate in candidates.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(candidate, _)| candidate) {
        allocation.meetings.push(candidate.meeting);
        allocation.weight += i128::from(candidate.weight);
    }
    allocation.unkept = unkept(market, &candidates, &taken);
    let mut held = vec![0u32; market.ventures.len()];
    allocation.meetings.iter().for_each(|m| held[m.venture as usize] += 1);
    for (venture, number) in market.ventures.iter().zip(0u32..) {
        let at = number as usize;
        let lacking = venture.minimum.saturating_sub(held[at]);
        let why = match possible[at] {
            0 => WhyUnserved::NoInvestor,
            possible if held[at] < possible.min(venture.minimum) => WhyUnserved::Crowded,
            possible => WhyUnserved::TooFew { possible },
        };
        if lacking > 0 {
            allocation.unserved.push(Unserved { venture: number, lacking, why });
        }
    }
    let crowded = allocation.unserved.iter().filter(|u| u.why == WhyUnserved::Crowded).map(|u| u.venture);
    allocation.crowding = crowding(market, &candidates, &taken, &possible, &held, crowded.collect());
    Ok(allocation)
}

/// Everyone who may meet: listed or forced and not banned, by venture, then investor.
fn candidates(market: &Market) -> Vec<Candidate> {
    let sorted = |list: &[Meeting]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list.dedup();
        list
    };
    let (banned, forced) = (sorted(&market.banned), sorted(&market.forced));
    let has = |list: &[Meeting], m: &Meeting| list.binary_search(m).is_ok();
    let listed = market.pairs.iter().map(|pair| (pair.meeting, pair.weight));
    let mut all: Vec<Candidate> = listed
        .filter(|(meeting, _)| !has(&banned, meeting))
        .map(|(meeting, weight)| Candidate { meeting, weight, wish: 0, forced: has(&forced, &meeting) })
        .collect();
    all.sort_unstable_by_key(|c| c.meeting);
    let unlisted = |m: &&Meeting| !has(&banned, m) && all.binary_search_by_key(m, |c| &c.meeting).is_err();
    let added: Vec<Candidate> = forced
        .iter()
        .filter(unlisted)
        .map(|meeting| Candidate { meeting: *meeting, weight: 0, wish: 0, forced: true })
        .collect();
    all.extend(added);
    all.sort_unstable_by_key(|c| c.meeting);
    for wished in &market.wished {
        if let Ok(at) = all.binary_search_by_key(&wished.meeting, |c| c.meeting) {
            all[at].wish = wished.weight;
        }
    }
    all
}

/// For each venture, the most meetings it could have were it alone.
fn possible(market: &Market, candidates: &[Candidate]) -> Vec<u32> {
    let mut open = vec![0u32; market.ventures.len()];
    for c in candidates.iter().filter(|c| market.most_of_investor(c.meeting.investor as usize) > 0) {
        open[c.meeting.venture as usize] += 1;
    }
    open.iter().enumerate().map(|(venture, open)| market.most_of_venture(venture).min(*open)).collect()
}

/// Which candidates meet.
fn solve(market: &Market, candidates: &[Candidate], possible: &[u32]) -> Vec<bool> {
    let nodes = market.ventures.len() + market.investors.len() + 2;
    // Four aims in one cost: what a simple cycle can change in wishes stays below one unit of `weight`, what it can
    // change in those stays below one `minimum`; it passes the source once, so it changes minimums by two at most, which
    // stays below one `forced`. At most 2²¹ nodes times 2⁵⁰ a weight and 2⁷ a wish make a `forced` of 2¹⁰³ at most: a
    // path's cost stays inside 128 bits.
    let unit = if market.wished.is_empty() { 1 } else { 1 + 2 * i128::from(MAX_WISH) * nodes as i128 };
    let greatest = candidates.iter().map(|c| c.weight.unsigned_abs()).max().unwrap_or(0);
    let minimum = unit * (1 + 2 * i128::from(greatest) * nodes as i128);
    let aims = Aims { unit, minimum, forced: 4 * minimum };
    // A path passes each node once at most, by arcs that cost less than two `forced`.
    if 4 * aims.forced * (nodes as i128) < i128::from(i64::MAX) {
        flow::<i64>(market, candidates, possible, &aims)
    } else {
        flow::<i128>(market, candidates, possible, &aims)
    }
}

/// What each aim is worth, as a cost.
struct Aims {
    /// A unit of weight, when one of a wish is 1.
    unit: i128,
    /// A meeting towards a minimum.
    minimum: i128,
    /// A forced pair.
    forced: i128,
}

/// The flow of least cost: source → venture (twice: towards the minimum, and beyond) → investor → sink.
fn flow<C: Cost>(market: &Market, candidates: &[Candidate], possible: &[u32], aims: &Aims) -> Vec<bool> {
    let (ventures, investors) = (market.ventures.len(), market.investors.len());
    let nodes = ventures + investors + 2;
    // Fits: see `solve`.
    let cost = |cost: i128| C::from(cost).unwrap_or(C::max_value());
    // At most 2²¹ nodes.
    let node = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    // Of equals the flow looks at the highest node first.
    let of_venture = |venture: usize| node(ventures - venture);
    let of_investor = |investor: usize| node(ventures + investors - investor);
    let mut net = Network::new(nodes, 2 * ventures + candidates.len() + investors);
    for (at, (venture, most)) in market.ventures.iter().zip(possible).enumerate() {
        let needed = venture.minimum.min(*most);
        net.add(0, of_venture(at), needed, cost(-aims.minimum));
        net.add(0, of_venture(at), most - needed, C::zero());
    }
    for c in candidates {
        let worth = i128::from(c.weight) * aims.unit + i128::from(c.wish) + if c.forced { aims.forced } else { 0 };
        net.add(of_venture(c.meeting.venture as usize), of_investor(c.meeting.investor as usize), 1, cost(-worth));
    }
    for investor in 0..investors {
        net.add(of_investor(investor), node(nodes - 1), market.most_of_investor(investor), C::zero());
    }
    net.minimise()[2 * ventures..][..candidates.len()].iter().map(|flow| *flow > 0).collect()
}

/// The forced pairs that do not meet. One that is not banned has a side full of forced meetings: else it would take the
/// place of another.
fn unkept(market: &Market, candidates: &[Candidate], taken: &[bool]) -> Vec<Unkept> {
    let mut of_venture = vec![0u32; market.ventures.len()];
    let mut kept: Vec<Meeting> = Vec::new();
    for (c, _) in candidates.iter().zip(taken).filter(|(c, taken)| c.forced && **taken) {
        of_venture[c.meeting.venture as usize] += 1;
        kept.push(c.meeting);
    }
    let mut forced = market.forced.clone();
    forced.sort_unstable();
    forced.dedup();
    forced.retain(|m| kept.binary_search(m).is_err());
    let why = |m: &Meeting| {
        // Every forced pair that is not banned is a candidate.
        if candidates.binary_search_by_key(m, |c| c.meeting).is_err() {
            NotKept::Banned
        } else if of_venture[m.venture as usize] >= market.most_of_venture(m.venture as usize) {
            NotKept::VentureFull
        } else {
            NotKept::InvestorFull
        }
    };
    forced.into_iter().map(|meeting| Unkept { meeting, why: why(&meeting) }).collect()
}

/// Follows exchanges from the crowded ventures: an investor that one could meet instead is full, and every venture
/// it meets without being forced to has no meeting to spare. (If one had, the exchange would serve one more.)
fn crowding(
    market: &Market,
    candidates: &[Candidate],
    taken: &[bool],
    possible: &[u32],
    held: &[u32],
    crowded: Vec<u32>,
) -> Option<Crowding> {
    if crowded.is_empty() {
        return None;
    }
    let mut guests: Vec<Vec<u32>> = vec![Vec::new(); market.investors.len()];
    let mut free: Vec<u64> = (0..market.investors.len()).map(|i| market.most_of_investor(i).into()).collect();
    for (c, _) in candidates.iter().zip(taken).filter(|(_, taken)| **taken) {
        let investor = c.meeting.investor as usize;
        if c.forced {
            free[investor] -= 1;
        } else {
            guests[investor].push(c.meeting.venture);
        }
    }
    let mut is_in = (vec![false; market.ventures.len()], vec![false; market.investors.len()]);
    crowded.iter().for_each(|v| is_in.0[*v as usize] = true);
    let mut open = crowded;
    while let Some(venture) = open.pop() {
        let start = candidates.partition_point(|c| c.meeting.venture < venture);
        let own = candidates.iter().zip(taken).skip(start).take_while(|(c, _)| c.meeting.venture == venture);
        for (c, _) in own.filter(|(_, taken)| !**taken) {
            let investor = c.meeting.investor as usize;
            if market.most_of_investor(investor) == 0 || std::mem::replace(&mut is_in.1[investor], true) {
                continue;
            }
            for guest in &guests[investor] {
                if !std::mem::replace(&mut is_in.0[*guest as usize], true) {
                    open.push(*guest);
                }
            }
        }
    }
    let members = |is_in: &[bool]| (0u32..).zip(is_in).filter(|(_, is)| **is).map(|(number, _)| number).collect();
    let (ventures, investors): (Vec<u32>, Vec<u32>) = (members(&is_in.0), members(&is_in.1));
    let places = investors.iter().map(|i| free[*i as usize]).sum();
    // What these ventures lack, and what they have from these investors.
    let lacking = |v: &u32| {
        let at = *v as usize;
        u64::from(market.ventures[at].minimum.min(possible[at]).saturating_sub(held[at]))
    };
    let had: usize = investors.iter().map(|i| guests[*i as usize].len()).sum();
    let needed = ventures.iter().map(lacking).sum::<u64>() + had as u64;
    Some(Crowding { investors, places, ventures, needed })
}
