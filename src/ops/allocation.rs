//! Planning a matching day from the rankings of its investors: meetings in rounds, or exclusive places.
//!
//! An investor values a venture by its score under their published criteria; who is not ranked there is not met. Ventures are worth the
//! same to the day whatever their number: they and the investors are numbered by lottery.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Act, By, Conflict, Error, Result, Service, criteria, match_list};
use crate::domain::allocation::{AllocationKind, LeftOut, NotKept};
use crate::domain::canonical;
use crate::domain::decimal::Decimal;
use crate::domain::fault::Fault;
use crate::domain::id::{CohortId, CriteriaId, InvestorId, VentureId};
use crate::domain::text::Text;
use crate::engine::allocate::{
    self as engine, Market, Meeting, Pair, Participant, Preferences, Venture, Why, WhyUnserved,
};
use crate::engine::{RowNo, lottery};
use crate::store::allocation::{self, Allocation};
use crate::store::{self, investor};

/// Ventures times investors that one plan takes.
const MOST_PAIRS: usize = 200_000;

/// Rounds of a day of which none is told.
const USUAL_SLOTS: u32 = 8;

/// Meetings that each venture is to have, where it is not told.
const USUAL_MINIMUM: u32 = 1;

/// Blocking pairs that are kept.
const MOST_BLOCKING: usize = 1000;

/// An investor of the day.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Who.
    pub investor: InvestorId,
    /// Their criteria; those that are published, if they have published ones of one set only.
    pub criteria: Option<CriteriaId>,
    /// How many ventures they can meet, or places they have.
    pub capacity: u32,
}

/// A venture and an investor.
pub type Couple = (VentureId, InvestorId);

/// What is to be planned.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What is allocated.
    pub kind: AllocationKind,
    /// Only ventures of this cohort.
    pub cohort: Option<CohortId>,
    /// The investors.
    pub guests: Vec<Guest>,
    /// How many rounds there are; for meetings. `USUAL_SLOTS` if not told.
    pub slots: Option<u32>,
    /// How many meetings each venture is to have; for meetings. `USUAL_MINIMUM` if not told.
    pub minimum: Option<u32>,
    /// Who must not meet.
    pub banned: Vec<Couple>,
    /// Who must meet; for meetings.
    pub forced: Vec<Couple>,
    /// Whom ventures would have, best first; the others follow in the order in which they rank the venture.
    pub wishes: Vec<(VentureId, Vec<InvestorId>)>,
    /// The seed of the lottery.
    pub seed: String,
}

/// A venture with an investor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// The venture.
    pub venture: VentureId,
    /// The investor.
    pub investor: InvestorId,
    /// In which round, from 1; none for places.
    pub round: Option<u32>,
    /// The venture's score for the investor on 0–100, in 10⁻⁹; none for a pair that meets because it must, and that the investor does
    /// not rank.
    pub score: Option<i64>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Who meets whom.
    pub matched: Vec<Matched>,
    /// How many rounds that takes.
    pub rounds: u32,
    /// Ventures with less than they should have: how much is lacking, and why.
    pub left_out: Vec<(VentureId, u32, LeftOut)>,
    /// Pairs that were to meet and do not.
    pub unkept: Vec<(VentureId, InvestorId, NotKept)>,
    /// Where the places ran out: these investors are full, and these ventures depend on them.
    pub crowded: Option<(Vec<InvestorId>, Vec<VentureId>)>,
    /// Pairs that would rather have each other than what they have.
    pub blocking: Vec<Couple>,
    /// How many ventures were looked at.
    pub ventures: u32,
    /// The seed of the lottery.
    pub seed: String,
    /// The data version that was ranked.
    pub data_version: i64,
}

impl Planned {
    /// Of whom it tells.
    pub fn told(&self) -> impl Iterator<Item = VentureId> {
        let matched = self.matched.iter().map(|one| one.venture);
        let unkept = self.unkept.iter().map(|(venture, ..)| *venture);
        matched.chain(self.left_out.iter().map(|(venture, ..)| *venture)).chain(unkept)
    }
}

fn fault(pointer: String, code: &'static str, id: &str, en: &str) -> Error {
    Error::Invalid(vec![Fault { pointer, code, detail: Text::new(id, en) }])
}

/// Ventures and investors by their numbers in the lottery, and what each is worth to each.
struct Day {
    ventures: Vec<VentureId>,
    investors: Vec<InvestorId>,
    capacities: Vec<u32>,
    /// By investor: ventures that they rank, best first, with their scores.
    ranked: Vec<Vec<(u32, i64)>>,
    /// Pairs whose owner declines investors of that kind, and whether the investor would rank the venture.
    declined: BTreeMap<Meeting, bool>,
    data_version: i64,
}

impl Day {
    fn new(service: &Service, wanted: &Wanted) -> Result<Self> {
        let now = service.clock.now();
        let guests = guests(service, wanted)?;
        let rankable = service.rankable()?;
        let mut ventures: BTreeSet<VentureId> = BTreeSet::new();
        let all = rankable.listed(now, wanted.cohort, None);
        for row in all.iter().copied() {
            ventures.extend(rankable.snapshot.id(row).parse::<VentureId>().ok());
        }
        if ventures.len() * guests.len() > MOST_PAIRS {
            return Err(fault(
                "/investors".into(),
                "too_many",
                "Terlalu banyak pasangan untuk satu rencana. Pilih satu angkatan atau lebih sedikit investor.",
                "Too many pairs for one plan. Choose one cohort, or fewer investors.",
            ));
        }
        let drawn = |id: &str| lottery(&wanted.seed, id);
        let mut ventures: Vec<VentureId> = ventures.into_iter().collect();
        ventures.sort_by_cached_key(|id| drawn(&id.to_string()));
        let mut guests = guests;
        guests.sort_by_cached_key(|(guest, _)| drawn(&guest.investor.to_string()));
        let numbers: BTreeMap<VentureId, u32> = ventures.iter().copied().zip(0..).collect();
        let mut ranked = Vec::with_capacity(guests.len());
        let mut declined = BTreeMap::new();
        for ((guest, version), number) in guests.iter().zip(0u32..) {
            let kind = service.read(|conn| Ok(investor::find(conn, guest.investor)?.map(|found| found.kind)))?;
            let mut document = criteria::parse_stored(&rankable.registry, version)?;
            // By merit: who is to be seen more is a matter of lists.
            document.representation = None;
            let rows = rankable.listed(now, wanted.cohort, kind);
            let ranking = match_list::rank(&rankable, &document, version.seed.as_deref(), &rows)?;
            let places = ranking.placed().filter_map(|placed| {
                let id: VentureId = ranking.id(placed.row).parse().ok()?;
                let score = i64::try_from(ranking.shown(placed.score).units()).ok()?;
                Some((*numbers.get(&id)?, score))
            });
            ranked.push(places.collect());
            let welcome: BTreeSet<RowNo> = rows.iter().copied().collect();
            let unwelcome: Vec<RowNo> = all.iter().copied().filter(|row| !welcome.contains(row)).collect();
            let would = match_list::rank(&rankable, &document, version.seed.as_deref(), &unwelcome)?;
            let would: BTreeSet<RowNo> = would.placed().map(|placed| placed.row).collect();
            for row in unwelcome {
                let id = rankable.snapshot.id(row).parse::<VentureId>().ok();
                if let Some(venture) = id.and_then(|id| numbers.get(&id).copied()) {
                    declined.insert(Meeting { venture, investor: number }, would.contains(&row));
                }
            }
        }
        Ok(Self {
            ventures,
            investors: guests.iter().map(|(guest, _)| guest.investor).collect(),
            capacities: guests.iter().map(|(guest, _)| guest.capacity).collect(),
            ranked,
            declined,
            data_version: rankable.version,
        })
    }

    fn venture(&self, id: VentureId) -> Option<u32> {
        self.ventures.iter().position(|known| *known == id).and_then(|at| u32::try_from(at).ok())
    }

    fn investor(&self, id: InvestorId) -> Option<u32> {
        self.investors.iter().position(|known| *known == id).and_then(|at| u32::try_from(at).ok())
    }

    /// Pairs by their numbers; every name must be of this day.
    fn meetings(&self, couples: &[Couple], member: &str) -> Result<Vec<Meeting>> {
        let mut all = Vec::with_capacity(couples.len());
        for (n, (venture, investor)) in couples.iter().enumerate() {
            match (self.venture(*venture), self.investor(*investor)) {
                (Some(venture), Some(investor)) => all.push(Meeting { venture, investor }),
                _ => return Err(not_of_this_day(format!("/{member}/{n}"))),
            }
        }
        Ok(all)
    }

    fn named(&self, meeting: Meeting) -> Result<Couple> {
        let venture = self.ventures.get(meeting.venture as usize);
        let investor = self.investors.get(meeting.investor as usize);
        venture.copied().zip(investor.copied()).ok_or_else(|| Error::Internal("a pair of nobody".into()))
    }

    fn pairs(&self) -> Vec<Pair> {
        let of = |(ranked, investor): (&Vec<(u32, i64)>, u32)| {
            let pair = |(venture, score): &(u32, i64)| {
                // Somebody who is ranked with nothing is still better met than nobody.
                Pair { meeting: Meeting { venture: *venture, investor }, weight: (*score).max(1) }
            };
            ranked.iter().map(pair).collect::<Vec<_>>()
        };
        self.ranked.iter().zip(0u32..).flat_map(of).collect()
    }

    /// What ventures wish, by their numbers: whom they would have, best first.
    fn wishes(&self, wanted: &Wanted) -> Result<Vec<(u32, Vec<u32>)>> {
        let (mut all, mut seen) = (Vec::with_capacity(wanted.wishes.len()), BTreeSet::new());
        for (n, (venture, wishes)) in wanted.wishes.iter().enumerate() {
            if !seen.insert(*venture) {
                return Err(fault(
                    format!("/wishes/{n}/venture_id"),
                    "named_twice",
                    "Keinginan usaha ini sudah disebut; satukan.",
                    "This venture's wishes are named already; put them together.",
                ));
            }
            let at = self.venture(*venture).ok_or_else(|| not_of_this_day(format!("/wishes/{n}/venture_id")))?;
            let mut first = Vec::new();
            for (m, wish) in wishes.iter().enumerate() {
                let wished = self.investor(*wish);
                first.push(wished.ok_or_else(|| not_of_this_day(format!("/wishes/{n}/investor_ids/{m}")))?);
            }
            all.push((at, first));
        }
        Ok(all)
    }

    /// What a wish is worth among plans of the same sum of scores: the first of a venture's most.
    fn wished(&self, wanted: &Wanted) -> Result<Vec<Pair>> {
        let mut worth = BTreeMap::new();
        for (venture, wishes) in self.wishes(wanted)? {
            for (investor, rest) in wishes.iter().zip((1..=wishes.len()).rev()) {
                worth
                    .entry(Meeting { venture, investor: *investor })
                    .or_insert(i64::try_from(rest).unwrap_or(i64::MAX));
            }
        }
        Ok(worth.into_iter().map(|(meeting, weight)| Pair { meeting, weight }).collect())
    }

    /// Why no investor may meet a venture.
    fn why_nobody(&self, venture: u32) -> LeftOut {
        let is_ranked = self.ranked.iter().flatten().any(|(known, _)| *known == venture);
        let is_declined = || self.declined.iter().any(|(pair, would)| pair.venture == venture && *would);
        match () {
            () if is_ranked => LeftOut::Banned,
            () if is_declined() => LeftOut::OwnerDeclines,
            () => LeftOut::NoInvestor,
        }
    }

    /// Both sides' preferences: investors by their rankings, ventures by their wishes and then by who ranks them highest.
    fn preferences(&self, wanted: &Wanted, per_venture: u32) -> Result<Preferences> {
        let mut by: Vec<Vec<(usize, u32)>> = vec![Vec::new(); self.ventures.len()];
        for (ranked, investor) in self.ranked.iter().zip(0u32..) {
            for (place, (venture, _)) in ranked.iter().enumerate() {
                if let Some(list) = by.get_mut(*venture as usize) {
                    list.push((place, investor));
                }
            }
        }
        // By place, and the investor's number in the lottery where places are equal.
        by.iter_mut().for_each(|list| list.sort_unstable());
        let mut ventures: Vec<Participant> = by
            .into_iter()
            .map(|list| Participant {
                capacity: per_venture,
                preferences: list.into_iter().map(|(_, who)| who).collect(),
            })
            .collect();
        for (at, mut first) in self.wishes(wanted)? {
            if let Some(own) = ventures.get_mut(at as usize) {
                let acceptable: BTreeSet<u32> = own.preferences.iter().copied().collect();
                first.retain(|who| acceptable.contains(who));
                // A name that stands again counts where it stands first.
                first.append(&mut own.preferences);
                own.preferences = first;
            }
        }
        let investors = self.ranked.iter().zip(&self.capacities).map(|(ranked, capacity)| Participant {
            capacity: *capacity,
            preferences: ranked.iter().map(|(venture, _)| *venture).collect(),
        });
        Ok(Preferences { ventures, investors: investors.collect() })
    }

    fn score(&self, meeting: Meeting) -> Option<i64> {
        let ranked = self.ranked.get(meeting.investor as usize);
        let found = ranked.and_then(|ranked| ranked.iter().find(|(venture, _)| *venture == meeting.venture));
        found.map(|(_, score)| *score)
    }
}

fn not_of_this_day(pointer: String) -> Error {
    fault(
        pointer,
        "not_of_this_day",
        "Usaha atau investor ini tidak ikut: belum boleh tampil, di luar angkatan, atau tidak ada dalam daftar investor.",
        "This business or investor takes no part: not to be listed, of another cohort, or not among the investors.",
    )
}

/// The investors with the version that ranks for each.
fn guests(service: &Service, wanted: &Wanted) -> Result<Vec<(Guest, store::criteria::CriteriaVersion)>> {
    if let Some(cohort) = wanted.cohort {
        service.read(|conn| store::cohort::find(conn, cohort)?.ok_or(Error::NotFound))?;
    }
    let mut seen = BTreeSet::new();
    let (mut all, mut unpublished) = (Vec::new(), Vec::new());
    for (n, guest) in wanted.guests.iter().enumerate() {
        if !seen.insert(guest.investor) {
            return Err(fault(
                format!("/investors/{n}/investor_id"),
                "named_twice",
                "Investor ini sudah disebut.",
                "This investor is named already.",
            ));
        }
        let version = service.read(|conn| {
            investor::find(conn, guest.investor)?.ok_or(Error::NotFound)?;
            let sets = match guest.criteria {
                Some(id) => vec![
                    store::criteria::find(conn, id)?
                        .filter(|set| set.investor_id == guest.investor)
                        .ok_or(Error::NotFound)?,
                ],
                None => store::criteria::of_investor(conn, guest.investor)?,
            };
            let mut published = Vec::new();
            for set in sets {
                published.extend(store::criteria::published(conn, set.id)?);
            }
            Ok(published)
        })?;
        match <[_; 1]>::try_from(version) {
            Ok([version]) => all.push((guest.clone(), version)),
            Err(none) if none.is_empty() => unpublished.push(Fault {
                pointer: format!("/investors/{n}"),
                code: "not_published",
                detail: Text::new(
                    "Investor ini belum punya kriteria yang terbit.",
                    "This investor has no published criteria yet.",
                ),
            }),
            Err(_several) => {
                return Err(fault(
                    format!("/investors/{n}/criteria_id"),
                    "needed_here",
                    "Investor ini punya beberapa kriteria yang terbit; sebutkan yang mana.",
                    "This investor has several published criteria; say which.",
                ));
            }
        }
    }
    if unpublished.is_empty() { Ok(all) } else { Err(Error::ConflictAt(Conflict::NotPublished, unpublished)) }
}

/// Works a plan out; keeps nothing yet.
///
/// # Errors
/// [`Error::NotFound`] for unknown investors, criteria and cohorts; [`Conflict::NotPublished`]; [`Conflict::CriteriaOutdated`];
/// [`Conflict::NoRubric`]; [`Error::Invalid`] for who takes no part, or is named twice.
pub fn plan(service: &Service, wanted: &Wanted) -> Result<Planned> {
    let odd = of_another_kind(wanted);
    if !odd.is_empty() {
        return Err(Error::Invalid(odd));
    }
    let day = Day::new(service, wanted)?;
    let planned = match wanted.kind {
        AllocationKind::Meetings => meetings(&day, wanted)?,
        AllocationKind::Exclusive => places(&day, wanted)?,
    };
    Ok(Planned {
        ventures: u32::try_from(day.ventures.len()).unwrap_or(u32::MAX),
        seed: wanted.seed.clone(),
        data_version: day.data_version,
        ..planned
    })
}

/// Members that a placement has no use for.
fn of_another_kind(wanted: &Wanted) -> Vec<Fault> {
    let told = [
        ("slots", wanted.slots.is_some()),
        ("minimum", wanted.minimum.is_some()),
        ("forced", !wanted.forced.is_empty()),
    ];
    let odd = told.into_iter().filter(|(_, is_told)| wanted.kind == AllocationKind::Exclusive && *is_told);
    odd.map(|(member, _)| Fault {
        pointer: format!("/{member}"),
        code: "not_of_this_method",
        detail: Text::new(
            "Penempatan eksklusif (exclusive) tidak memakai anggota ini; hapus.",
            "Exclusive places (exclusive) have no use for this member; remove it.",
        ),
    })
    .collect()
}

fn meetings(day: &Day, wanted: &Wanted) -> Result<Planned> {
    let slots = wanted.slots.unwrap_or(USUAL_SLOTS);
    let minimum = wanted.minimum.unwrap_or(USUAL_MINIMUM);
    let banned = day.meetings(&wanted.banned, "banned")?;
    // An owner's own refusal stands above what staff would have.
    let (declined, forced): (Vec<Meeting>, Vec<Meeting>) =
        day.meetings(&wanted.forced, "forced")?.into_iter().partition(|pair| day.declined.contains_key(pair));
    let market = Market {
        slots,
        ventures: vec![Venture { minimum, maximum: u32::MAX }; day.ventures.len()],
        investors: day.capacities.clone(),
        pairs: day.pairs(),
        banned,
        forced,
        wished: day.wished(wanted)?,
    };
    let internal = |e: &dyn std::fmt::Display| Error::Internal(e.to_string());
    let allocated = engine::allocate(&market).map_err(|e| internal(&e))?;
    let scheduled = engine::schedule(&allocated.meetings, slots).map_err(|e| internal(&e))?;
    let mut matched = Vec::new();
    for (meeting, round) in allocated.meetings.iter().zip(&scheduled.round_of) {
        let (venture, investor) = day.named(*meeting)?;
        matched.push(Matched { venture, investor, round: Some(round + 1), score: day.score(*meeting) });
    }
    matched.sort_by_key(|one| (one.round, one.investor, one.venture));
    let left_out = allocated.unserved.iter().map(|unserved| {
        let why = match unserved.why {
            WhyUnserved::NoInvestor => day.why_nobody(unserved.venture),
            WhyUnserved::TooFew { .. } => LeftOut::TooFew,
            WhyUnserved::Crowded => LeftOut::Crowded,
        };
        Ok((named(&day.ventures, unserved.venture)?, unserved.lacking, why))
    });
    let left_out = left_out.collect::<Result<Vec<_>>>()?;
    let unkept = allocated.unkept.iter().map(|unkept| {
        let why = match unkept.why {
            engine::NotKept::Banned => NotKept::Banned,
            engine::NotKept::VentureFull => NotKept::VentureFull,
            engine::NotKept::InvestorFull => NotKept::InvestorFull,
        };
        day.named(unkept.meeting).map(|(venture, investor)| (venture, investor, why))
    });
    let mut unkept = unkept.collect::<Result<Vec<_>>>()?;
    for pair in declined.into_iter().collect::<BTreeSet<_>>() {
        let (venture, investor) = day.named(pair)?;
        unkept.push((venture, investor, NotKept::OwnerDeclines));
    }
    let crowded = allocated.crowding.as_ref().map(|crowding| -> Result<(Vec<InvestorId>, Vec<VentureId>)> {
        let investors = crowding.investors.iter().map(|n| named(&day.investors, *n)).collect::<Result<Vec<_>>>()?;
        Ok((investors, crowding.ventures.iter().map(|n| named(&day.ventures, *n)).collect::<Result<Vec<_>>>()?))
    });
    let blocking = blocking(day, wanted, &market, &allocated.meetings)?;
    Ok(Planned {
        matched,
        rounds: scheduled.rounds,
        left_out,
        unkept,
        crowded: crowded.transpose()?,
        blocking,
        ..Planned::default()
    })
}

fn named<T: Copy>(all: &[T], number: u32) -> Result<T> {
    all.get(number as usize).copied().ok_or_else(|| Error::Internal("a number of nobody".into()))
}

/// Pairs that would rather have each other, within what the slots and the bans allow.
fn blocking(day: &Day, wanted: &Wanted, market: &Market, meetings: &[Meeting]) -> Result<Vec<Couple>> {
    let mut preferences = day.preferences(wanted, market.slots)?;
    preferences.investors.iter_mut().for_each(|investor| investor.capacity = investor.capacity.min(market.slots));
    ban(&mut preferences, &market.banned);
    let found = engine::instability(&preferences, meetings).map_err(|e| Error::Internal(e.to_string()))?;
    found.blocking.iter().take(MOST_BLOCKING).map(|meeting| day.named(*meeting)).collect()
}

fn ban(preferences: &mut Preferences, banned: &[Meeting]) {
    for pair in banned {
        if let Some(own) = preferences.ventures.get_mut(pair.venture as usize) {
            own.preferences.retain(|who| *who != pair.investor);
        }
    }
}

fn places(day: &Day, wanted: &Wanted) -> Result<Planned> {
    let mut preferences = day.preferences(wanted, 1)?;
    ban(&mut preferences, &day.meetings(&wanted.banned, "banned")?);
    let placed = engine::propose(&preferences).map_err(|e| Error::Internal(e.to_string()))?;
    let mut matched = Vec::new();
    for meeting in &placed.pairs {
        let (venture, investor) = day.named(*meeting)?;
        matched.push(Matched { venture, investor, round: None, score: day.score(*meeting) });
    }
    matched.sort_by_key(|one| (one.investor, std::cmp::Reverse(one.score), one.venture));
    let left_out = placed.unplaced.iter().map(|unplaced| {
        let why = match unplaced.why {
            Why::NoCapacity | Why::NoAcceptablePlace => day.why_nobody(unplaced.venture),
            Why::Filled { .. } => LeftOut::Filled,
        };
        Ok((named(&day.ventures, unplaced.venture)?, 1, why))
    });
    let found = engine::instability(&preferences, &placed.pairs).map_err(|e| Error::Internal(e.to_string()))?;
    let blocking = found.blocking.iter().map(|meeting| day.named(*meeting)).collect::<Result<Vec<_>>>()?;
    Ok(Planned { matched, left_out: left_out.collect::<Result<Vec<_>>>()?, blocking, ..Planned::default() })
}

/// Keeps a plan.
///
/// # Errors
/// [`Error::Forbidden`] for anybody without an account; the store's.
pub fn keep(act: &mut Act<'_>, kind: AllocationKind, planned: &Planned) -> Result<Allocation> {
    let By::Account(maker) = act.by else { return Err(Error::Forbidden) };
    let made = Allocation {
        id: act.ids.next(act.now),
        kind,
        result: canonical::to_string(planned)?,
        made_by: maker.user,
        created_at: act.now,
    };
    allocation::insert(act.conn, &made)?;
    act.audit("allocation.make", made.id, &made.result)?;
    Ok(made)
}

/// What came of a plan that is kept.
///
/// # Errors
/// [`Error::Internal`] when what is stored is no plan.
pub fn read(kept: &Allocation) -> Result<Planned> {
    Ok(serde_json::from_str(&kept.result)?)
}

/// The score of a matched pair, as shown.
pub fn score(matched: &Matched) -> Option<Decimal> {
    matched.score.map(|score| Decimal::from_units(score.into()))
}
