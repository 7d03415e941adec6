//! Matches: suggested by a published list, moved by both sides and by staff, ended by them or by time.

mod deed;
mod ground;
mod note;
mod report;
mod said;
mod sealed;
mod sweep;
mod view;

use std::collections::HashMap;

pub use deed::{Agreed, Deed, Spoken, make};
pub use ground::end_lost;
pub use note::{Note, note, write_note};
pub use report::{Report, report, reports, reports_of};
pub use said::Said;
pub use sweep::{remind, sweep};
pub use view::{AskedBy, Concern, Contact, View, view, written};

use super::event::{self, Event};
use super::{Act, By, Conflict, Error, Result, Service, message};
use crate::domain::actor::{Actor, Role};
use crate::domain::consent::Purpose;
use crate::domain::deadline::{self, Deadline, Moments};
use crate::domain::id::{InvestorId, MatchId, VentureId};
use crate::domain::match_life::{self, MatchState, Move, Side};
use crate::domain::message::told;
use crate::domain::time::Instant;
use crate::domain::venture::{InvestorKind, Profile};
use crate::keys::Keys;
use crate::store::match_list::MatchList;
use crate::store::matches::{self, Match};
use crate::store::{self, Conn};

/// How many open requests a venture has at once; more wait for their turn.
pub const OPEN_REQUESTS: i64 = 3;

/// What a published list suggests: a match for each of its ventures with which the investor has none. One that is under way
/// stays as it is. What the investor dismissed, staff or the owner declined, or the owner stepped back from is not suggested
/// again: nobody is asked twice against their will. What an earlier list suggested and nobody has
/// looked at ends if no published list suggests it any more.
///
/// # Errors
/// The store's.
pub fn suggest(act: &mut Act<'_>, list: &MatchList) -> Result<()> {
    let mut known: HashMap<VentureId, Vec<Match>> = HashMap::new();
    for mut found in matches::of_investor(act.conn, list.investor_id)? {
        expire_if_over(act, &mut found)?;
        known.entry(found.venture_id).or_default().push(found);
    }
    let kind = store::investor::find(act.conn, list.investor_id)?.ok_or(Error::NotFound)?.kind;
    let mut new = Vec::new();
    let on_list = store::match_list::ventures(act.conn, list.id)?;
    // Whoever may not be found any more by what the list rests on is not suggested by it.
    let gone = ground::lost(act.conn, list, &on_list)?;
    for venture_id in on_list.into_iter().filter(|id| !gone.contains(id)) {
        let earlier = known.remove(&venture_id).unwrap_or_default();
        // The list may have been drafted before a consent was taken back.
        if !welcomes(act.conn, venture_id, kind, act.now)? {
            for mut left in earlier.into_iter().filter(|m| m.state == MatchState::Suggested) {
                go(act, &mut left, Move::Expire, Side::Service)?;
            }
        } else if let Some(found) = earlier.iter().find(|m| m.state == MatchState::Suggested) {
            let version = found.version + 1;
            save(act.conn, &Match { list_id: list.id, version, ..found.clone() })?;
        } else if !earlier.iter().any(stands_in_the_way) {
            let id = act.ids.next(act.now);
            new.push(Match::suggested(id, list.investor_id, venture_id, list.id, act.now));
        }
    }
    matches::insert(act.conn, &new)?;
    matches::note_suggested(act.conn, list.id, act.now)?;
    for mut left in known.into_values().flatten().filter(|m| m.state == MatchState::Suggested) {
        // Lists of the investor's other criteria stand beside this one and keep what they suggest.
        if !ground::held(act, &mut left)? {
            go(act, &mut left, Move::Expire, Side::Service)?;
        }
    }
    let ids: Vec<_> = new.iter().map(|m| (m.id, m.venture_id)).collect();
    act.audit("match.suggest", list.id, &ids)
}

/// Whether a venture may stand on lists now, and is open to this kind of investor.
fn welcomes(conn: &mut Conn, venture: VentureId, kind: InvestorKind, now: Instant) -> Result<bool> {
    let Some(found) = store::venture::find(conn, venture)? else { return Ok(false) };
    let profile: Profile = serde_json::from_str(&found.profile)?;
    let is_excluded = profile.excluded_investor_kinds.is_some_and(|kinds| kinds.contains(&kind));
    Ok(!is_excluded && ground::may_be_listed(conn, venture, now)?)
}

/// Whether an earlier match keeps the same two from being brought together anew.
fn stands_in_the_way(earlier: &Match) -> bool {
    match earlier.state {
        MatchState::Dismissed | MatchState::Declined => true,
        MatchState::Withdrawn => earlier.ended_by == Some(Side::Owner),
        state => state.is_open(),
    }
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

/// A match as it stands now, as far as the actor may know of it: staff and auditors of all, an investor of the own ones, an
/// owner of those that staff have let through.
///
/// # Errors
/// [`Error::NotFound`].
pub fn readable(conn: &mut Conn, actor: &Actor, id: MatchId, now: Instant) -> Result<Match> {
    let found = matches::find(conn, id)?.ok_or(Error::NotFound)?;
    let may = match actor.role {
        Role::Staff | Role::Auditor => true,
        Role::Investor => actor.investor == Some(found.investor_id),
        Role::Owner => actor.venture == Some(found.venture_id) && found.asked_at.is_some(),
        Role::Assessor | Role::Admin => false,
    };
    if may { Ok(as_of(found, now)) } else { Err(Error::NotFound) }
}

/// A match as it stands now: what is over time has expired, whether or not [`sweep`] has come by.
pub fn as_of(mut found: Match, now: Instant) -> Match {
    if let Some(end) = over(&found, now) {
        found.state = MatchState::Expired;
        found.version += 1;
        found.moved_at = end;
        (found.due_at, found.expires_at) = (None, None);
        found.ended_by = Some(Side::Service);
        closed(&mut found, end);
    }
    found
}

/// When its time was up, if it was.
fn over(found: &Match, now: Instant) -> Option<Instant> {
    let may = match_life::next(found.state, found.before, Move::Expire, Side::Service).is_some();
    found.expires_at.filter(|end| may && *end <= now)
}

/// The side that an account is on; auditors only look.
const fn side(actor: &Actor) -> Option<Side> {
    match actor.role {
        Role::Investor => Some(Side::Investor),
        Role::Owner => Some(Side::Owner),
        Role::Staff => Some(Side::Staff),
        _ => None,
    }
}

/// The moves that somebody may make now.
///
/// # Errors
/// The store's; [`Error::Internal`] when what is encrypted does not open.
pub fn open_moves(conn: &mut Conn, keys: &Keys, actor: &Actor, found: &Match, now: Instant) -> Result<Vec<Move>> {
    let Some(side) = side(actor) else { return Ok(Vec::new()) };
    let mut open = Vec::new();
    for step in Move::ALL.iter().copied() {
        let may = may(found, step, side, now) && !lacks_own_word(actor, found, step);
        if may && deed::is_free(conn, keys, found, step, now)? {
            open.push(step);
        }
    }
    Ok(open)
}

/// Whether a move needs the owner's own word, and the actor is somebody who acts for the owner.
const fn lacks_own_word(actor: &Actor, found: &Match, step: Move) -> bool {
    actor.companion && match_life::needs_own_word(step, found.crosses_at.is_some())
}

/// Whether a side may make a move now: by the table, and by what has been said so far.
fn may(found: &Match, step: Move, side: Side, now: Instant) -> bool {
    let said = match step {
        Move::Screen => found.queued_at.is_none(),
        Move::Reach => found.reached_at.is_none(),
        // Before it has crossed there is nothing to be in contact by.
        Move::Contact => found.crosses_at.is_some_and(|at| at <= now),
        Move::Confirm => found.pledge.is_some(),
        Move::Receive => found.received_at.is_none(),
        Move::Fulfil => found.received_at.is_some(),
        _ => true,
    };
    said && match_life::next(found.state, found.before, step, side).is_some()
}

/// Ends what is open of a venture that may not be listed any more.
///
/// # Errors
/// The store's.
pub fn end_all(act: &mut Act<'_>, venture: VentureId) -> Result<()> {
    let mut all = matches::of_venture(act.conn, venture)?;
    // Those that wait for their turn first: none of them is to get it now.
    all.sort_by_key(|found| found.queued_at.is_none());
    for mut found in all {
        end(act, &mut found)?;
    }
    Ok(())
}

/// Ends the introductions of a venture to an investor whose consent to share contact data was taken back, but for the match
/// `except`. Of one that was fulfilled the contact data is to be deleted too.
///
/// # Errors
/// The store's.
pub fn end_introductions(
    act: &mut Act<'_>,
    venture: VentureId,
    investor: InvestorId,
    except: Option<MatchId>,
) -> Result<()> {
    for mut found in matches::of_venture(act.conn, venture)? {
        if found.investor_id != investor || Some(found.id) == except {
            continue;
        }
        if found.before.unwrap_or(found.state).is_introduced() {
            end(act, &mut found)?;
        }
        if found.state == MatchState::Fulfilled && found.delete_by.is_none() {
            found.delete_by = Some(act.now.plus_seconds(deadline::DELETION_HOURS * 3600));
            found.version += 1;
            save(act.conn, &found)?;
            act.audit("match.contact_closed", found.id, &())?;
        }
    }
    Ok(())
}

/// Gives every request of an investor that an owner has yet to answer another version: whoever agrees has read who asks now.
///
/// # Errors
/// The store's.
pub fn asker_renamed(act: &mut Act<'_>, investor: InvestorId) -> Result<()> {
    for mut found in matches::of_investor(act.conn, investor)? {
        let is_asked = found.before.unwrap_or(found.state) == MatchState::AwaitingOwner;
        if is_asked && !expire_if_over(act, &mut found)? {
            found.version += 1;
            save(act.conn, &found)?;
            act.audit("match.asker_renamed", found.id, &())?;
        }
    }
    Ok(())
}

/// Ends a match that is open: by its deadline, if that has passed and nobody has written it down, for so it has been read.
fn end(act: &mut Act<'_>, found: &mut Match) -> Result<()> {
    if !found.state.is_open() || expire_if_over(act, found)? {
        return Ok(());
    }
    go(act, found, Move::Withdraw, Side::Service)
}

/// Writes down that a match has ended by its deadline, if it has and nobody has yet.
fn expire_if_over(act: &mut Act<'_>, found: &mut Match) -> Result<bool> {
    let is_over = over(found, act.now).is_some();
    if is_over {
        go(act, found, Move::Expire, Side::Service)?;
    }
    Ok(is_over)
}

/// Notes that a message has reached the owner, who is asked and was not reached before: from now on the time to answer counts.
///
/// # Errors
/// The store's.
pub(super) fn reached(act: &mut Act<'_>, id: MatchId) -> Result<()> {
    let Some(mut found) = matches::find(act.conn, id)? else { return Ok(()) };
    if !may(&found, Move::Reach, Side::Service, act.now) {
        return Ok(());
    }
    found.reached_at = Some(act.now);
    go(act, &mut found, Move::Reach, Side::Service)
}

/// Notes that the investor has deleted the contact data of an introduction that has ended. Said again, it stays as it was.
///
/// # Errors
/// [`Error::NotFound`]; [`Conflict::MoveNotOpen`] when there is nothing to delete.
pub fn confirm_deletion(act: &mut Act<'_>, actor: &Actor, id: MatchId) -> Result<Match> {
    let mut found = readable(act.conn, actor, id, act.now)?;
    if found.delete_by.is_none() {
        return Err(Conflict::MoveNotOpen.into());
    }
    if found.deleted_at.is_none() {
        // Read as expired, but not swept up yet: the sweep comes first.
        sweep::sweep_one(act, id)?;
        found.deleted_at = Some(act.now);
        found.version += 1;
        save(act.conn, &found)?;
        act.audit("match.contact_deleted", id, &())?;
    }
    Ok(found)
}

/// Every move goes through here: the table, the deadline, the row, the audit, the outbox. It changes nothing that ranks, so the
/// change log, whose numbers are data versions, has a row only of what moves with it: a consent given or taken back.
fn go(act: &mut Act<'_>, found: &mut Match, step: Move, side: Side) -> Result<()> {
    let to = match_life::next(found.state, found.before, step, side).ok_or(Conflict::MoveNotOpen)?;
    let from = found.state;
    let had_turn = has_turn(found);
    let stopped_at = (from == MatchState::Suspended).then_some(found.moved_at);
    let end = over(found, act.now).filter(|_| step == Move::Expire);
    found.before = (to == MatchState::Suspended).then_some(from);
    found.state = to;
    if to.along() > found.furthest.along() {
        found.furthest = to;
    }
    found.version += 1;
    found.moved_at = end.unwrap_or(act.now);
    match stopped_at {
        Some(stopped_at) if step == Move::Resume => stood_still(found, stopped_at, act.now),
        _ if to == MatchState::Suspended => {}
        _ => {
            let due = deadline::of(to, found.queued_at.is_some(), &moments(found));
            (found.due_at, found.expires_at) = (due.due_at, due.expires_at);
            let reminders = reminders(found);
            found.remind_at = deadline::next_reminder(found.remind_at, &reminders, act.now);
        }
    }
    if !to.is_open() {
        found.ended_by = Some(side);
        // What had not crossed when it was stopped has not crossed since.
        closed(found, stopped_at.unwrap_or(found.moved_at));
    }
    save(act.conn, found)?;
    event::note(act, &Event::MatchMoved(found))?;
    let by_companion = matches!(act.by, By::Account(actor) if actor.companion);
    if let Some(kind) = told(step, side, to, found.reached_at.is_some(), by_companion) {
        message::note(act, found, kind)?;
    }
    act.audit("match.move", found.id, &(step, side, from, to))?;
    let waits_again = step == Move::Resume && found.queued_at.is_some();
    if waits_again || had_turn && !has_turn(found) {
        next_in_turn(act, found.venture_id)?;
    }
    if waits_again {
        // It may have got the turn at once.
        *found = matches::find(act.conn, found.id)?.ok_or(Error::NotFound)?;
    }
    Ok(())
}

/// Time stood still while a match was suspended: what was to come then comes as much later.
fn stood_still(found: &mut Match, stopped_at: Instant, now: Instant) {
    let later = |at: Instant| Instant::from_micros(at.micros() + (now.micros() - stopped_at.micros()));
    found.due_at = found.due_at.map(later);
    found.expires_at = found.expires_at.map(later);
    found.remind_at = found.remind_at.map(later);
    found.crosses_at = found.crosses_at.map(|at| if at > stopped_at { later(at) } else { at });
}

/// What the end of a match means for contact data: what has crossed is to be deleted, unless support was given; what has
/// not never does.
fn closed(found: &mut Match, at: Instant) {
    found.queued_at = None;
    if found.state == MatchState::Fulfilled {
        return;
    }
    match found.crosses_at {
        Some(crossed) if crossed <= at => {
            found.delete_by = Some(found.moved_at.plus_seconds(deadline::DELETION_HOURS * 3600));
        }
        _ => found.crosses_at = None,
    }
}

/// Whether it is one of the venture's open requests.
fn has_turn(found: &Match) -> bool {
    found.before.unwrap_or(found.state).is_request() && found.queued_at.is_none()
}

/// Gives the turn to the requests of an investor that could not have it while staff had not seen its papers.
///
/// # Errors
/// The store's.
pub fn take_turns(act: &mut Act<'_>, investor: InvestorId) -> Result<()> {
    for venture in matches::queued_at(act.conn, investor)? {
        next_in_turn(act, venture)?;
    }
    Ok(())
}

/// Gives the turn to the requests that have waited longest, as far as there is room. Whoever may not ask any more is passed over:
/// staff could not let it through.
fn next_in_turn(act: &mut Act<'_>, venture: VentureId) -> Result<()> {
    let waiting = matches::queued(act.conn, venture)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let room = OPEN_REQUESTS - matches::open_requests(act.conn, venture, act.now)?;
    let mut room = usize::try_from(room).unwrap_or(0);
    for mut next in waiting {
        if room == 0 {
            break;
        }
        if deed::stands(act.conn, act.keys, &next)?.is_err() {
            continue;
        }
        room -= 1;
        next.queued_at = None;
        next.requested_at = Some(act.now);
        next.version += 1;
        let due = deadline::of(next.state, false, &moments(&next));
        (next.due_at, next.expires_at) = (due.due_at, due.expires_at);
        save(act.conn, &next)?;
        event::note(act, &Event::MatchMoved(&next))?;
        act.audit("match.turn", next.id, &())?;
    }
    Ok(())
}

/// The deadline of a match as one side reads it; without a side, as it stands.
pub fn deadline_for(side: Option<Side>, found: &Match, now: Instant) -> Deadline {
    deadline::seen_by(side, found.state, &deadline_of(found), &moments(found), now)
}

const fn deadline_of(found: &Match) -> Deadline {
    Deadline { due_at: found.due_at, expires_at: found.expires_at }
}

fn reminders(found: &Match) -> Vec<deadline::Reminder> {
    deadline::reminders(found.state, &deadline_of(found), &moments(found))
}

const fn moments(found: &Match) -> Moments {
    Moments {
        requested_at: found.requested_at,
        asked_at: found.asked_at,
        reached_at: found.reached_at,
        crosses_at: found.crosses_at,
        investor_tap_at: found.investor_tap_at,
        owner_tap_at: found.owner_tap_at,
    }
}

/// Whether the owner's consent to share contact data with an investor stands.
fn shares_contact(conn: &mut Conn, venture: VentureId, investor: InvestorId, now: Instant) -> Result<bool> {
    let purpose = Purpose::ShareContact(investor);
    for row in store::consent::of(conn, &[venture])? {
        let consent = super::rankable::read_consent(row)?;
        if consent.purpose == purpose && consent.counts(now) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn save(conn: &mut Conn, found: &Match) -> Result<()> {
    if matches::update(conn, found)? { Ok(()) } else { Err(Error::Stale) }
}
