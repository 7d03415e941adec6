//! Matches: suggested by a published list, moved by both sides and by staff.

use std::collections::HashMap;

use super::event::{self, Event};
use super::{Act, By, Conflict, Error, Result, Service, next_version};
use crate::domain::actor::{Actor, Role};
use crate::domain::id::{MatchId, VentureId};
use crate::domain::match_life::{self, MatchState, Move, Side};
use crate::store::match_list::MatchList;
use crate::store::matches::{self, Match};
use crate::store::{self, Conn};

/// What [`step`] can do so far. The others need more than a state: a request, a consent, a second voice.
pub const STEPS: [Move; 5] = [Move::Shortlist, Move::Dismiss, Move::Withdraw, Move::Suspend, Move::Resume];

/// What a published list suggests: a match for each of its ventures with which the investor has none. One that is under way
/// stays as it is, and one that the investor dismissed is not suggested again. What an earlier list suggested and nobody has
/// looked at ends if no published list suggests it any more.
///
/// # Errors
/// The store's.
pub fn suggest(act: &mut Act<'_>, list: &MatchList) -> Result<()> {
    let mut known: HashMap<VentureId, Vec<Match>> = HashMap::new();
    for found in matches::of_investor(act.conn, list.investor_id)? {
        known.entry(found.venture_id).or_default().push(found);
    }
    let mut new = Vec::new();
    for venture_id in store::match_list::ventures(act.conn, list.id)? {
        let earlier = known.remove(&venture_id).unwrap_or_default();
        if let Some(found) = earlier.iter().find(|m| m.state == MatchState::Suggested) {
            let version = found.version + 1;
            save(act.conn, &Match { list_id: list.id, version, ..found.clone() })?;
        } else if !earlier.iter().any(|m| m.state.is_open() || m.state == MatchState::Dismissed) {
            new.push(Match {
                id: act.ids.next(act.now),
                investor_id: list.investor_id,
                venture_id,
                list_id: list.id,
                state: MatchState::Suggested,
                before: None,
                reason: None,
                version: 1,
                created_at: act.now,
                moved_at: act.now,
            });
        }
    }
    matches::insert(act.conn, &new)?;
    for mut left in known.into_values().flatten().filter(|m| m.state == MatchState::Suggested) {
        // Lists of the investor's other criteria stand beside this one and keep what they suggest.
        match store::match_list::published_with(act.conn, left.investor_id, left.venture_id)? {
            Some(other) if other == left.list_id => {}
            Some(other) => {
                left.list_id = other;
                left.version += 1;
                save(act.conn, &left)?;
            }
            None => go(act, &mut left, Move::Expire, Side::Service)?,
        }
    }
    let ids: Vec<_> = new.iter().map(|m| (m.id, m.venture_id)).collect();
    act.audit("match.suggest", list.id, &ids)
}

/// Suggests what lists suggest that were published before there were matches. Asked at every start, and done once.
///
/// # Errors
/// The store's.
pub fn catch_up(service: &Service) -> Result<()> {
    if service.read(|conn| Ok(matches::lists_without(conn)?.is_empty()))? {
        return Ok(());
    }
    service.write(By::Operator, |act| {
        for id in matches::lists_without(act.conn)? {
            let list = store::match_list::find(act.conn, id)?.ok_or(Error::NotFound)?;
            suggest(act, &list)?;
        }
        Ok(())
    })
}

/// A match, as far as the actor may know of it: staff and auditors of all, an investor of the own ones.
///
/// # Errors
/// [`Error::NotFound`].
pub fn readable(conn: &mut Conn, actor: &Actor, id: MatchId) -> Result<Match> {
    let found = matches::find(conn, id)?.ok_or(Error::NotFound)?;
    match actor.role {
        Role::Staff | Role::Auditor => Ok(found),
        Role::Investor if actor.investor == Some(found.investor_id) => Ok(found),
        _ => Err(Error::NotFound),
    }
}

/// The side that an account is on; auditors only look.
const fn side(actor: &Actor) -> Option<Side> {
    match actor.role {
        Role::Investor => Some(Side::Investor),
        Role::Staff => Some(Side::Staff),
        _ => None,
    }
}

/// The moves that somebody may make now.
pub fn open_moves(actor: &Actor, found: &Match) -> Vec<Move> {
    let Some(side) = side(actor) else { return Vec::new() };
    let may = |step: &Move| match_life::next(found.state, found.before, *step, side).is_some();
    STEPS.into_iter().filter(may).collect()
}

/// A step of an account.
pub struct Step {
    /// What.
    pub step: Move,
    /// Why, for staff only.
    pub reason: Option<String>,
}

/// Moves a match that stands at `version`.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`]; [`Conflict::MoveNotOpen`] when this side may not make this move now.
pub fn step(act: &mut Act<'_>, actor: &Actor, id: MatchId, version: i64, step: Step) -> Result<Match> {
    let mut found = readable(act.conn, actor, id)?;
    next_version(found.version, version)?;
    let side = side(actor).ok_or(Error::Forbidden)?;
    if let Some(reason) = step.reason {
        let sealed = act.keys.personal().seal(&reason_place(id), reason.as_bytes());
        found.reason = Some(sealed.map_err(|e| Error::Internal(e.to_string()))?);
    }
    go(act, &mut found, step.step, side)?;
    Ok(found)
}

/// Why a match was ended, as far as anybody said; for staff.
///
/// # Errors
/// [`Error::Internal`] when it cannot be opened.
pub fn reason(service: &Service, found: &Match) -> Result<Option<String>> {
    let Some(sealed) = &found.reason else { return Ok(None) };
    let opened = service.keys.personal().open(&reason_place(found.id), sealed);
    let text = opened.map_err(|e| Error::Internal(e.to_string()))?;
    String::from_utf8(text.to_vec()).map(Some).map_err(|e| Error::Internal(e.to_string()))
}

fn reason_place(id: MatchId) -> Vec<u8> {
    format!("match reason {id}").into_bytes()
}

/// Ends what is open of a venture that may not be listed any more.
///
/// # Errors
/// The store's.
pub fn end_all(act: &mut Act<'_>, venture: VentureId) -> Result<()> {
    for mut found in matches::of_venture(act.conn, venture)? {
        if found.state.is_open() {
            go(act, &mut found, Move::Withdraw, Side::Service)?;
        }
    }
    Ok(())
}

/// Every move goes through here: the table, the row, the audit.
fn go(act: &mut Act<'_>, found: &mut Match, step: Move, side: Side) -> Result<()> {
    let to = match_life::next(found.state, found.before, step, side).ok_or(Conflict::MoveNotOpen)?;
    let from = found.state;
    found.before = (to == MatchState::Suspended).then_some(from);
    found.state = to;
    found.version += 1;
    found.moved_at = act.now;
    save(act.conn, found)?;
    event::note(act, &Event::MatchMoved(found))?;
    act.audit("match.move", found.id, &(step, side, from, to))
}

fn save(conn: &mut Conn, found: &Match) -> Result<()> {
    if matches::update(conn, found)? { Ok(()) } else { Err(Error::Stale) }
}
