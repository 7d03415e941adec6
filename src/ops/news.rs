//! What is new on a list: to an investor since the last visit, to staff since the list before.

use std::collections::BTreeMap;

use super::match_list::{self, View};
use super::{Act, Result, Service};
use crate::domain::actor::Actor;
use crate::domain::id::{MatchListId, VentureId};
use crate::domain::time::Instant;
use crate::store::visit::{self, Visit};
use crate::store::{self, Seek, match_list as stored};

/// What is new to somebody.
#[derive(Clone, Debug)]
pub struct News {
    /// When they last said that they had seen a list of this criteria set; none if never.
    pub since: Option<Instant>,
    /// The places of the ventures that did not stand on the list seen then.
    pub new: Vec<(i32, VentureId)>,
}

/// What is new to the actor on a list.
///
/// # Errors
/// As [`match_list::readable`].
pub fn news(service: &Service, actor: &Actor, id: MatchListId) -> Result<News> {
    let View { list, page, .. } = match_list::page(service, actor, id, &Seek::First, i64::MAX)?;
    service.read(|conn| {
        let last = visit::last(conn, actor.user, list.criteria_id)?;
        let seen = last.map(|visit| stored::places_by_venture(conn, visit.list_id)).transpose()?.unwrap_or_default();
        let shown = page.items.iter().filter_map(|placed| Some((placed.position, placed.line.as_ref()?.venture)));
        let new = shown.filter(|(_, venture)| !seen.contains_key(venture)).collect();
        Ok(News { since: last.map(|visit| visit.at), new })
    })
}

/// Notes that the actor has seen a list.
///
/// # Errors
/// As [`match_list::readable`].
pub fn visit(act: &mut Act<'_>, actor: &Actor, id: MatchListId) -> Result<Visit> {
    let list = match_list::readable(act.conn, actor, id)?;
    let seen = Visit { user_id: actor.user, criteria_id: list.criteria_id, list_id: id, at: act.now };
    visit::put(act.conn, seen)?;
    act.audit("match_list.visit", id, &())?;
    Ok(seen)
}

/// How a venture has moved from one list to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which.
    pub venture: VentureId,
    /// Its place on the list before; none if it did not stand there.
    pub from: Option<i32>,
    /// Its place now; none if it does not stand there any more.
    pub to: Option<i32>,
}

/// What differs from the list before.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The list that was published before for the same criteria set; none if this is the first.
    pub since: Option<MatchListId>,
    /// Those who moved: by their place now, then those who left, by their place then. Those who stay in place are left out.
    pub moved: Vec<Moved>,
}

/// What differs from the list before.
///
/// # Errors
/// As [`match_list::readable`].
pub fn changes(service: &Service, actor: &Actor, id: MatchListId) -> Result<Changes> {
    service.read(|conn| {
        let list = match_list::readable(conn, actor, id)?;
        let since = stored::before(conn, &list)?;
        let mut before = since.map(|id| stored::places_by_venture(conn, id)).transpose()?.unwrap_or_default();
        let now: BTreeMap<i32, VentureId> =
            stored::places_by_venture(conn, id)?.into_iter().map(|(v, place)| (place, v)).collect();
        let mut moved = Vec::new();
        for (place, venture) in now {
            let from = before.remove(&venture);
            if from != Some(place) {
                moved.push(Moved { venture, from, to: Some(place) });
            }
        }
        let mut left: Vec<_> = before.into_iter().map(|(venture, place)| (place, venture)).collect();
        left.sort_unstable();
        moved.extend(left.into_iter().map(|(place, venture)| Moved { venture, from: Some(place), to: None }));
        Ok(Changes { since, moved })
    })
}

/// The lines of some ventures on a list, in the order asked for.
///
/// # Errors
/// [`super::Error::NotFound`] when one of them does not stand on it; as [`match_list::readable`].
pub fn lines(service: &Service, actor: &Actor, id: MatchListId, ventures: &[VentureId]) -> Result<View> {
    let places = service.read(|conn| {
        match_list::readable(conn, actor, id)?;
        Ok(store::match_list::places_by_venture(conn, id)?)
    })?;
    let mut view = match_list::page(service, actor, id, &Seek::First, i64::MAX)?;
    let place = |venture| places.get(venture).copied().ok_or(super::Error::NotFound);
    let wanted = ventures.iter().map(place).collect::<Result<Vec<i32>>>()?;
    let mut items = std::mem::take(&mut view.page.items);
    view.page.items = Vec::with_capacity(wanted.len());
    for position in wanted {
        let at = items.iter().position(|placed| placed.position == position).ok_or(super::Error::NotFound)?;
        view.page.items.push(items.swap_remove(at));
    }
    Ok(view)
}
