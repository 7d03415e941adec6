//! Match lists: made by one person, published by a second, read by the investor.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::basis::Basis;
use super::event::{self, Event};
use super::line::{self, Line};
use super::rankable::Rankable;
use super::replay::{self, Inputs};
use super::{Act, By, Conflict, Error, Result, Service, criteria, matches};
use crate::domain::actor::{Actor, Role};
use crate::domain::canonical;
use crate::domain::criteria::Criteria;
use crate::domain::id::{CohortId, CriteriaId, InvestorId, MatchListId, VentureId};
use crate::domain::life::{CriteriaState, ListState};
use crate::domain::time::Instant;
use crate::engine::{self, FloorReport, Movable, Options, Ranking, RowNo};
use crate::store::match_list::{self, Entry, MatchList};
use crate::store::{self, Conn, Page, Seek};

/// One line of a list as it stands now.
pub struct Placed {
    /// Its place, from 1.
    pub position: i32,
    /// The line; nothing if it may not be shown any more: a consent was taken back or has lapsed, or it was erased.
    pub line: Option<Arc<Line>>,
}

/// What a list is made over.
pub struct Order {
    /// The criteria …
    pub criteria: CriteriaId,
    /// … and their version, which must be published.
    pub number: i32,
    /// Only ventures of this cohort.
    pub cohort: Option<CohortId>,
}

/// What a list is made from: everything is ranked, and nothing stored.
pub struct Draft {
    order: Order,
    investor: InvestorId,
    rankable: Arc<Rankable>,
    ranking: Ranking,
    limit: usize,
    seed: String,
    inputs: Inputs,
    ranked_at: Instant,
}

/// Ranks what a list is made from.
///
/// # Errors
/// [`Error::NotFound`] for unknown criteria or cohort; [`Conflict::NotPublished`]; [`Conflict::CriteriaOutdated`];
/// [`Conflict::NoRubric`].
pub fn draft(service: &Service, order: Order) -> Result<Draft> {
    let now = service.clock.now();
    let (version, investor) = service.read(|conn| {
        let set = store::criteria::find(conn, order.criteria)?.ok_or(Error::NotFound)?;
        let version = store::criteria::version(conn, order.criteria, order.number)?.ok_or(Error::NotFound)?;
        if let Some(cohort) = order.cohort {
            store::cohort::find(conn, cohort)?.ok_or(Error::NotFound)?;
        }
        let investor = store::investor::find(conn, set.investor_id)?.ok_or(Error::NotFound)?;
        Ok((version, investor))
    })?;
    let (CriteriaState::Published, Some(seed)) = (version.state, version.seed.clone()) else {
        return Err(Conflict::NotPublished.into());
    };
    let rankable = service.rankable()?;
    let document = criteria::parse_stored(&rankable.registry, &version)?;
    let rows = rankable.listed(now, order.cohort, Some(investor.kind));
    let ranking = rank(&rankable, &document, Some(&seed), &rows)?;
    let outcome =
        |id: &str| id.parse().ok().and_then(|id| rankable.venture(id)).and_then(|known| known.outcome.clone());
    let inputs = Inputs::of(&ranking, &document, &seed, &rankable.rubric, outcome)?;
    Ok(Draft {
        order,
        investor: investor.id,
        ranking,
        limit: document.limit as usize,
        rankable,
        seed,
        inputs,
        ranked_at: now,
    })
}

/// Makes a list of a draft: keeps the inputs, the results and their hashes.
///
/// # Errors
/// [`Error::Forbidden`] for anybody without an account: a second person must be able to tell who made it.
pub fn make(act: &mut Act<'_>, draft: Draft) -> Result<MatchList> {
    let By::Account(maker) = act.by else { return Err(Error::Forbidden) };
    let id: MatchListId = act.ids.next(act.now);
    let Draft { order, investor, rankable, ranking, limit, seed, inputs, ranked_at } = draft;
    let entries = entries(&rankable, &ranking, id, limit)?;
    let made = MatchList {
        id,
        criteria_id: order.criteria,
        criteria_number: order.number,
        investor_id: investor,
        cohort_id: order.cohort,
        state: ListState::Draft,
        data_version: rankable.version,
        seed,
        engine_version: engine::VERSION.to_owned(),
        inputs_hash: inputs.hash()?,
        output_hash: replay::output_hash(entries.iter().map(|e| e.hash.as_str()))?,
        entries_total: i32::try_from(entries.len()).unwrap_or(i32::MAX),
        summary: canonical::to_string(&ranking.summary())?,
        floor_price_tenths: ranking.floor().map(FloorReport::price_tenths),
        made_by: maker.user,
        // What was taken back while it was ranked was taken back after it.
        created_at: ranked_at,
        published_by: None,
        published_at: None,
        superseded_by: None,
        version: 1,
    };
    match_list::insert(act.conn, &made, &inputs.compressed()?, &entries)?;
    act.audit("match_list.make", id, &(made.criteria_id, made.criteria_number, &made.output_hash))?;
    // Whoever was erased while this was ranked is taken out of it like out of any other list.
    let erased = store::erasure::erased_after(act.conn, made.data_version)?;
    for venture in &erased {
        replay::cut(act.conn, id, *venture)?;
    }
    if erased.is_empty() { Ok(made) } else { match_list::find(act.conn, id)?.ok_or(Error::NotFound) }
}

/// Ranks rows under a document.
///
/// # Errors
/// [`Error::Internal`] when the document reads a field that the registry does not have any more.
pub fn rank(rankable: &Rankable, document: &Criteria, seed: Option<&str>, rows: &[RowNo]) -> Result<Ranking> {
    engine::rank(&rankable.snapshot, document, Options { seed, only: Some(rows), ..Options::default() })
        .map_err(|e| Error::Internal(format!("a field without a column: {}", e.field)))
}

fn entries(rankable: &Rankable, ranking: &Ranking, list_id: MatchListId, limit: usize) -> Result<Vec<Entry>> {
    let entry = |placed: &engine::Placed| {
        let id = ranking.id(placed.row);
        let venture_id: VentureId = id.parse().map_err(|_odd| Error::Internal("a row's id".into()))?;
        let known = rankable.venture(venture_id).ok_or_else(|| Error::Internal("a row without a venture".into()))?;
        let movable =
            known.outcome.as_ref().map_or(Movable::Nothing, |outcome| Movable::Indicators(&rankable.rubric, outcome));
        let position = i32::try_from(placed.position).unwrap_or(i32::MAX);
        let result = line::keep(ranking, placed, movable)?;
        let card = canonical::to_string(&rankable.card(known))?;
        let hash = replay::hash_of(position, id, &result, &card)?;
        Ok(Entry { list_id, position, venture_id, result, card, hash })
    };
    ranking.placed().take(limit).map(entry).collect()
}

/// How the audit calls a publication.
pub(super) const PUBLISH: &str = "match_list.publish";

/// What the audit keeps a digest of when a list is published: what was ranked, and what came out.
pub(super) fn published_as(list: &MatchList) -> (&str, &str) {
    (&list.inputs_hash, &list.output_hash)
}

/// Publishes a draft. Four eyes: not its maker. The list that was published for these criteria before gives way.
///
/// # Errors
/// [`Error::NotFound`]; [`Conflict::ListNotDraft`]; [`Conflict::SamePerson`]; [`Conflict::ListOutdated`] when another
/// version of the criteria, or a list over newer data, has been published since.
pub fn publish(act: &mut Act<'_>, id: MatchListId) -> Result<MatchList> {
    let mut list = match_list::find(act.conn, id)?.ok_or(Error::NotFound)?;
    if list.state != ListState::Draft {
        return Err(Conflict::ListNotDraft.into());
    }
    if list.made_by.to_string() == act.by.name() {
        return Err(Conflict::SamePerson.into());
    }
    let published = store::criteria::published(act.conn, list.criteria_id)?.map(|v| v.number);
    if published != Some(list.criteria_number) {
        return Err(Conflict::ListOutdated.into());
    }
    if let Some(mut old) = match_list::published_for(act.conn, list.criteria_id)? {
        if old.data_version > list.data_version {
            return Err(Conflict::ListOutdated.into());
        }
        old.state = ListState::Superseded;
        old.superseded_by = Some(id);
        old.version += 1;
        save(act.conn, &old)?;
    }
    list.state = ListState::Published;
    list.published_by = match act.by {
        By::Account(actor) => Some(actor.user),
        By::Operator | By::Nobody => None,
    };
    list.published_at = Some(act.now);
    list.version += 1;
    save(act.conn, &list)?;
    act.audit(PUBLISH, id, &published_as(&list))?;
    event::note(act, &Event::ListPublished(&list))?;
    matches::suggest(act, &list)?;
    Ok(list)
}

fn save(conn: &mut Conn, list: &MatchList) -> Result<()> {
    if match_list::update(conn, list)? { Ok(()) } else { Err(Error::Stale) }
}

/// A list, as far as the actor may read it: an investor only the own published ones.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Superseded`] to an investor, with the newest.
pub fn readable(conn: &mut Conn, actor: &Actor, id: MatchListId) -> Result<MatchList> {
    let list = match_list::find(conn, id)?.ok_or(Error::NotFound)?;
    if actor.role != Role::Investor {
        return Ok(list);
    }
    if actor.investor != Some(list.investor_id) || list.state == ListState::Draft {
        return Err(Error::NotFound);
    }
    if list.state == ListState::Superseded {
        let newest = match_list::published_for(conn, list.criteria_id)?.ok_or(Error::NotFound)?;
        return Err(Error::Superseded { by: newest.id });
    }
    Ok(list)
}

/// A page of a list.
pub struct View {
    /// The list.
    pub list: MatchList,
    /// The lines on the page.
    pub page: Page<Placed>,
    /// A name for how the whole list looks now beside its version: it changes with the lines that are not to be shown any
    /// more, whyever, and with the rubric that words them.
    pub look: String,
    /// What the lines are worded with.
    pub rankable: Arc<Rankable>,
}

/// Reads a page of a list.
///
/// # Errors
/// As [`readable`].
pub fn page(service: &Service, actor: &Actor, id: MatchListId, seek: &Seek<usize>, limit: i64) -> Result<View> {
    let now = service.clock.now();
    let rankable = service.rankable()?;
    let (list, listed) = service.read(|conn| {
        let list = readable(conn, actor, id)?;
        let listed = service.lines.of(conn, &list)?;
        Ok((list, listed))
    })?;
    let shown = listed.lines.iter().filter(|line| shown(&rankable, &listed.basis, line.venture, now));
    let shown: BTreeMap<i32, &Arc<Line>> = shown.map(|line| (line.position, line)).collect();
    let page = Page::numbered(seek, limit, usize::try_from(list.entries_total).unwrap_or(0));
    let page = page.map(|at| {
        let position = i32::try_from(at + 1).unwrap_or(i32::MAX);
        Placed { position, line: shown.get(&position).map(|line| (*line).clone()) }
    });
    let mut look = canonical::hash(&(shown.keys().collect::<Vec<_>>(), rankable.rubric_of()))?;
    look.truncate(8);
    Ok(View { list, page, look, rankable })
}

/// Whether a venture on a list, or in a ranking, may still be shown there.
pub(super) fn shown(rankable: &Rankable, basis: &Basis, id: VentureId, now: Instant) -> bool {
    rankable.venture(id).is_some_and(|known| known.stands_on(basis, now))
}
