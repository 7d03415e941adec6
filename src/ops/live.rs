//! Rankings that are not published: staff's live view of criteria, and what-ifs that keep nothing.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::basis::Basis;
use super::rankable::Rankable;
use super::{By, Conflict, Error, Result, Service, criteria, match_list};
use crate::domain::canonical;
use crate::domain::id::{CohortId, CriteriaId, VentureId};
use crate::domain::time::Instant;
use crate::engine::{Explained, Movable, Placed, Ranking, RowNo};
use crate::store;

/// Rankings that pages may still be asked of: the newest so many, for at least so long.
const KEPT: usize = 64;
const KEPT_SECONDS: i64 = 900;

/// Criteria, their version, the data version, and the day: consents lapse with it.
type Key = (CriteriaId, i32, i64, NaiveDate);

/// A ranking and what it was made over.
pub struct Live {
    rankable: Arc<Rankable>,
    ranking: Ranking,
    basis: Basis,
    key: Key,
    made: Instant,
}

impl Live {
    /// The data version that is ranked.
    pub const fn data_version(&self) -> i64 {
        self.key.2
    }

    /// The version of the criteria.
    pub const fn criteria_version(&self) -> i32 {
        self.key.1
    }
}

/// Rankings of this process that cursors point into.
#[derive(Default)]
pub struct Kept(Mutex<VecDeque<Arc<Live>>>);

impl Kept {
    /// Forgets all of them: their later pages are not there any more.
    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn find(&self, key: Key) -> Option<Arc<Live>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|live| live.key == key).cloned()
    }

    fn keep(&self, live: Arc<Live>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|old| old.key != live.key);
        // A young ranking is kept even beyond the usual number; memory is bounded by twice that.
        while kept.len() >= 2 * KEPT
            || (kept.len() >= KEPT && kept.front().is_some_and(|old| old.made.plus_seconds(KEPT_SECONDS) < live.made))
        {
            kept.pop_front();
        }
        kept.push_back(live);
    }
}

/// A place in a live ranking: which version over which data, and the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The version of the criteria.
    pub number: i32,
    /// The data version.
    pub version: i64,
    /// The day.
    pub day: NaiveDate,
    /// The position.
    pub position: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", self.number, self.version, self.day, self.position)
    }
}

impl FromStr for Place {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.splitn(4, '.');
        let mut next = || parts.next().ok_or(Error::NotFound);
        let (number, version, day, position) = (next()?, next()?, next()?, next()?);
        Ok(Self {
            number: number.parse().map_err(|_odd| Error::NotFound)?,
            version: version.parse().map_err(|_odd| Error::NotFound)?,
            day: day.parse().map_err(|_odd| Error::NotFound)?,
            position: position.parse().map_err(|_odd| Error::NotFound)?,
        })
    }
}

/// A page of lines, and the ranking it was cut from.
pub type LivePage = (Arc<Live>, store::Page<(Place, Line)>);

/// One line of a live ranking.
pub enum Line {
    /// A venture in its place.
    Here(VentureId, Box<Explained>),
    /// A venture that may not be shown any more.
    Gone(u32),
}

impl Line {
    /// Which venture it shows.
    pub const fn venture(&self) -> Option<VentureId> {
        match self {
            Self::Here(venture, _) => Some(*venture),
            Self::Gone(_) => None,
        }
    }
}

/// A page of the live ranking of the published version of criteria.
///
/// # Errors
/// [`Error::NotFound`]; [`Conflict::NotPublished`]; [`Conflict::CriteriaOutdated`]; [`Error::Expired`] when the ranking of the cursor is not
/// kept any more.
pub fn page(service: &Service, id: CriteriaId, seek: &store::Seek<Place>, limit: i64) -> Result<LivePage> {
    let live = match seek {
        store::Seek::First => now(service, id)?,
        store::Seek::After(place) | store::Seek::Before(place) => {
            service.kept.find((id, place.number, place.version, place.day)).ok_or(Error::Expired)?
        }
    };
    let fresh = service.rankable()?;
    let moment = service.clock.now();
    let (_, number, version, day) = live.key;
    let seek = seek.map(|place| place.position as usize);
    let page = store::Page::numbered(&seek, limit, live.ranking.placed().len()).try_map(|at| {
        let placed = live.ranking.at(at + 1).ok_or_else(|| Error::Internal("a place beyond the ranking".into()))?;
        let venture = venture_of(&live.ranking, placed.row)?;
        let line = if match_list::shown(&fresh, &live.basis, venture, moment) {
            Line::Here(venture, Box::new(explain(&live.rankable, &live.ranking, placed, venture)))
        } else {
            Line::Gone(placed.position)
        };
        Ok::<_, Error>((Place { number, version, day, position: placed.position }, line))
    })?;
    Ok((live, page))
}

pub(super) fn venture_of(ranking: &Ranking, row: RowNo) -> Result<VentureId> {
    ranking.id(row).parse().map_err(|_odd| Error::Internal("a row that is no venture".into()))
}

/// One result in full, with the anchor levels that would change its place.
fn explain(rankable: &Rankable, ranking: &Ranking, placed: &Placed, venture: VentureId) -> Explained {
    let outcome = rankable.venture(venture).and_then(|known| known.outcome.as_ref());
    ranking.explain(placed, outcome.map_or(Movable::Nothing, |o| Movable::Indicators(&rankable.rubric, o)))
}

/// Ranks the published version now, or finds the ranking that was made over the same data.
fn now(service: &Service, id: CriteriaId) -> Result<Arc<Live>> {
    let (set, published) = service.read(|conn| {
        let set = store::criteria::find(conn, id)?.ok_or(Error::NotFound)?;
        let published = store::criteria::published(conn, id)?.ok_or(Conflict::NotPublished)?;
        Ok((set, published))
    })?;
    // What is taken back while it is read was taken back after it.
    let moment = service.clock.now();
    let rankable = service.rankable()?;
    let key = (id, published.number, rankable.version, moment.jakarta_day());
    if let Some(live) = service.kept.find(key) {
        return Ok(live);
    }
    let kind = service.read(|conn| Ok(store::investor::find(conn, set.investor_id)?.map(|i| i.kind)))?;
    let document = criteria::parse_stored(&rankable.registry, &published)?;
    let rows = rankable.listed(moment, None, kind);
    let ranking = match_list::rank(&rankable, &document, published.seed.as_deref(), &rows)?;
    let live = Arc::new(Live { rankable, ranking, basis: Basis::new(&document, moment), key, made: moment });
    service.kept.keep(live.clone());
    Ok(live)
}

/// What a what-if gives.
pub struct Tried {
    /// The answer of `sedaya rank --format json`, with the data version.
    pub answer: Value,
    /// Of whom it tells.
    pub considered: Vec<VentureId>,
}

/// What if? Ranks any document over what is listed now and keeps nothing but one audit line: who, when, and the
/// document's hash.
///
/// # Errors
/// [`Error::Invalid`] with every fault; [`Error::NotFound`] for an unknown cohort.
pub fn what_if(service: &Service, by: By<'_>, document: &Value, cohort: Option<CohortId>) -> Result<Tried> {
    if let Some(cohort) = cohort {
        service.read(|conn| store::cohort::find(conn, cohort)?.ok_or(Error::NotFound))?;
    }
    let rankable = service.rankable()?;
    let document = criteria::read_with(&rankable.registry, document)?;
    let rows = rankable.listed(service.clock.now(), cohort, None);
    let ranking = match_list::rank(&rankable, &document, None, &rows)?;
    let hash = canonical::hash(&document.canonical()?)?;
    service.write(by, |act| act.audit("ranking.what_if", by.name(), &hash))?;
    let results = ranking
        .placed()
        .map(|placed| Ok(explain(&rankable, &ranking, placed, venture_of(&ranking, placed.row)?)))
        .collect::<Result<Vec<_>>>()?;
    let excluded: Vec<_> = ranking.excluded().iter().map(|left| ranking.explain_excluded(left)).collect();
    let pending: Vec<_> = ranking.pending().iter().map(|row| ranking.id(*row)).collect();
    let considered = rows.iter().map(|row| venture_of(&ranking, *row)).collect::<Result<_>>()?;
    let answer = json!({
        "criteria": document.echo(),
        "results": results,
        "excluded": excluded,
        "pending": pending,
        "summary": ranking.summary(),
        "data_version": rankable.version,
    });
    Ok(Tried { answer, considered })
}
