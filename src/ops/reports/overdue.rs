//! What is owed and late: requests that nobody has screened, owners whom nobody has reached, contact data not deleted,
//! supported businesses that nobody has asked after.

use super::super::{Result, Service, matches};
use crate::domain::id::{InvestorId, MatchId, VentureId};
use crate::domain::match_life::MatchState;
use crate::domain::report::{Task, check_in_due};
use crate::domain::time::Instant;
use crate::store::{self, matches::Match};

/// Something that is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// What is to be done.
    pub task: Task,
    /// By when it was.
    pub due_at: Instant,
    /// About which match …
    pub match_id: MatchId,
    /// … of whom …
    pub investor_id: InvestorId,
    /// … and whom.
    pub venture_id: VentureId,
}

/// Before so many days have passed no check-in is due.
const SOONEST: i64 = 180;

/// Everything that is late, the longest first.
///
/// # Errors
/// The store's.
pub fn overdue(service: &Service) -> Result<Vec<Late>> {
    let now = service.clock.now();
    let (found, fulfilled) = service.read(|conn| {
        Ok((store::matches::with_tasks(conn, now)?, store::match_report::fulfilled(conn, now.plus_days(-SOONEST))?))
    })?;
    let mut late = Vec::new();
    for found in found.into_iter().map(|found| matches::as_of(found, now)) {
        let owed = tasks(&found).into_iter().flatten().filter(|(_, due_at)| *due_at <= now);
        late.extend(owed.map(|(task, due_at)| Late {
            task,
            due_at,
            match_id: found.id,
            investor_id: found.investor_id,
            venture_id: found.venture_id,
        }));
    }
    for (found, told) in fulfilled {
        late.extend(check_in_due(found.moved_at, told, now).map(|due_at| Late {
            task: Task::CheckIn,
            due_at,
            match_id: found.id,
            investor_id: found.investor_id,
            venture_id: found.venture_id,
        }));
    }
    late.sort_by_key(|late| (late.due_at, late.match_id));
    Ok(late)
}

/// What is owed about a match, and by when.
fn tasks(found: &Match) -> [Option<(Task, Instant)>; 2] {
    let by_state = match found.state {
        MatchState::Requested => found.due_at.map(|due| (Task::Screen, due)),
        MatchState::AwaitingOwner if found.reached_at.is_none() => found.due_at.map(|due| (Task::Reach, due)),
        MatchState::Introduced | MatchState::InDiscussion => found.due_at.map(|due| (Task::AskContact, due)),
        MatchState::Committed => found.received_at.map(|at| (Task::NoteOutcome, Task::due(at))),
        MatchState::Suspended => Some((Task::LookInto, Task::due(found.moved_at))),
        _ => None,
    };
    let deletion = found.delete_by.filter(|_| found.deleted_at.is_none()).map(|by| (Task::SeeToDeletion, by));
    [by_state, deletion]
}
