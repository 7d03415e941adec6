//! Match lists: made by one person, published by a second, read by the investor.

use std::io::Write as _;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Value, json};

use super::event::{self, Event};
use super::line::{self, Line};
use super::rankable::Rankable;
use super::{Act, By, Conflict, Error, Result, Service, criteria, matches};
use crate::domain::actor::{Actor, Role};
use crate::domain::canonical;
use crate::domain::criteria::Criteria;
use crate::domain::id::{CohortId, CriteriaId, InvestorId, MatchListId, VentureId};
use crate::domain::life::{CriteriaState, ListState};
use crate::domain::time::Instant;
use crate::engine::{self, Cell, Movable, Options, Ranking, RowNo};
use crate::store::match_list::{self, Entry, MatchList};
use crate::store::{self, Conn, Page, Seek};

/// One line of a list as it stands now.
pub struct Placed {
    /// The line.
    pub line: Arc<Line>,
    /// Whether it may not be shown any more: a consent was taken back or has lapsed.
    pub gone: bool,
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
    inputs: String,
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
    let inputs = inputs(&rankable, &document, &seed, &rows)?;
    Ok(Draft { order, investor: investor.id, ranking, limit: document.limit as usize, rankable, seed, inputs })
}

/// Makes a list of a draft: keeps the inputs, the results and their hashes.
///
/// # Errors
/// [`Error::Forbidden`] for anybody without an account: a second person must be able to tell who made it.
pub fn make(act: &mut Act<'_>, draft: Draft) -> Result<MatchList> {
    let By::Account(maker) = act.by else { return Err(Error::Forbidden) };
    let id: MatchListId = act.ids.next(act.now);
    let Draft { order, investor, rankable, ranking, limit, seed, inputs } = draft;
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
        inputs_hash: blake3::hash(inputs.as_bytes()).to_hex().to_string(),
        output_hash: output_hash(&entries)?,
        entries_total: i32::try_from(entries.len()).unwrap_or(i32::MAX),
        summary: canonical::to_string(&ranking.summary())?,
        made_by: maker.user,
        created_at: act.now,
        published_by: None,
        published_at: None,
        superseded_by: None,
        version: 1,
    };
    match_list::insert(act.conn, &made, &compressed(&inputs)?, &entries)?;
    act.audit("match_list.make", id, &(made.criteria_id, made.criteria_number, &made.output_hash))?;
    Ok(made)
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
        Ok(Entry {
            list_id,
            position: i32::try_from(placed.position).unwrap_or(i32::MAX),
            venture_id,
            result: line::keep(ranking, placed, movable)?,
            card: canonical::to_string(&rankable.card(known))?,
        })
    };
    ranking.placed().take(limit).map(entry).collect()
}

/// The hash of what was published: every line and card in order, and nothing that depends on where or when.
fn output_hash(entries: &[Entry]) -> Result<String> {
    let lines: Vec<_> = entries.iter().map(|e| (e.position, e.venture_id, &e.result, &e.card)).collect();
    Ok(canonical::hash(&lines)?)
}

/// Everything the ranking read, as canonical JSON: replaying needs nothing else.
fn inputs(rankable: &Rankable, document: &Criteria, seed: &str, rows: &[RowNo]) -> Result<String> {
    let snapshot = &rankable.snapshot;
    let columns: Vec<_> = snapshot.schema().iter().map(|c| &c.field).collect();
    let mut read: Vec<_> = rows
        .iter()
        .map(|row| {
            let id = snapshot.id(*row);
            let known = id.parse().ok().and_then(|id| rankable.venture(id));
            let outcome = known.and_then(|k| k.outcome.as_ref());
            let open = outcome.is_some_and(|o| !o.open_adjudication.is_empty());
            let cells: Vec<Value> = (0..columns.len()).map(|c| cell(snapshot.cell(*row, c))).collect();
            json!({ "id": id, "pending": outcome.is_none(), "open_adjudication": open, "cells": cells })
        })
        .collect();
    read.sort_by(|a, b| a["id"].as_str().cmp(&b["id"].as_str()));
    let document: Value = serde_json::from_str(&document.canonical()?)?;
    Ok(canonical::to_string(&json!({
        "engine_version": engine::VERSION, "criteria": document, "seed": seed, "columns": columns, "rows": read,
    }))?)
}

fn cell(cell: &Cell) -> Value {
    match cell {
        Cell::NotAnswered => json!("not_answered"),
        Cell::NotApplicable => json!("not_applicable"),
        Cell::NotAssessed => json!("not_assessed"),
        Cell::Insufficient => json!("insufficient"),
        Cell::Number(n) => json!({ "number": [n.value, n.low, n.high] }),
        Cell::Text(text) => json!({ "text": text }),
        Cell::Set(texts) => json!({ "set": texts }),
        Cell::Range(from, to) => json!({ "range": [from, to] }),
    }
}

fn compressed(text: &str) -> Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
    written.map_err(|e| Error::Internal(e.to_string()))
}

/// Publishes a draft. Four eyes: not its maker. The list that was published for these criteria before gives way.
///
/// # Errors
/// [`Error::NotFound`]; [`Conflict::ListNotDraft`]; [`Conflict::SamePerson`]; [`Conflict::ListOutdated`] when another
/// version of the criteria has been published since.
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
    act.audit("match_list.publish", id, &(&list.inputs_hash, &list.output_hash))?;
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
    let (list, lines) = service.read(|conn| {
        let list = readable(conn, actor, id)?;
        let lines = service.lines.of(conn, &list)?;
        Ok((list, lines))
    })?;
    let gone: Vec<bool> = lines.iter().map(|line| !shown(&rankable, line.venture, now)).collect();
    let page = Page::numbered(seek, limit, lines.len());
    let page = page.map(|at| Placed { line: lines[at].clone(), gone: gone[at] });
    let mut look = canonical::hash(&(gone, rankable.rubric_of()))?;
    look.truncate(8);
    Ok(View { list, page, look, rankable })
}

/// Whether a venture on a list may still be shown.
fn shown(rankable: &Rankable, id: VentureId, now: Instant) -> bool {
    rankable.venture(id).is_some_and(|known| known.listed(now).is_ok())
}
