//! What is owed and late: requests that nobody has screened, owners whom nobody has reached, contact data not deleted,
//! supported businesses that nobody has asked after, requests about data and complaints not answered, consents that lapse.

use super::super::{Result, Service, matches, renewal};
use crate::domain::consent::ASKED_AGAIN_DAYS;
use crate::domain::id::{InvestorId, MatchId, VentureId};
use crate::domain::match_life::MatchState;
use crate::domain::report::{Task, check_in_due};
use crate::domain::time::Instant;
use crate::domain::{case, deadline};
use crate::store::{self, matches::Match};

/// Something that is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// What is to be done.
    pub task: Task,
    /// By when it was.
    pub due_at: Instant,
    /// About which venture.
    pub venture_id: VentureId,
    /// About which match of whom; nothing where it is about the venture alone.
    pub of: Option<(MatchId, InvestorId)>,
}

impl Late {
    const fn about(found: &Match, task: Task, due_at: Instant) -> Self {
        Self { task, due_at, venture_id: found.venture_id, of: Some((found.id, found.investor_id)) }
    }
}

/// Before so many days have passed no check-in is due.
const SOONEST: i64 = 180;

/// Everything that is late, the longest first.
///
/// # Errors
/// The store's.
pub fn overdue(service: &Service) -> Result<Vec<Late>> {
    let now = service.clock.now();
    let (found, fulfilled, lapsing, unanswered) = service.read(|conn| {
        let fulfilled = store::match_report::fulfilled(conn, now.plus_days(-SOONEST))?;
        let unanswered = [
            (Task::AnswerRequest, store::data_request::late(conn, now)?),
            (Task::CloseComplaint, store::complaint::late(conn, now)?),
        ];
        Ok((store::matches::with_tasks(conn, now)?, fulfilled, renewal::due(conn, now)?, unanswered))
    })?;
    let mut late = Vec::new();
    for (task, about) in unanswered {
        late.extend(about.into_iter().map(|(venture_id, due_at)| Late { task, due_at, venture_id, of: None }));
    }
    for found in found.into_iter().map(|found| matches::as_of(found, now)) {
        let owed = tasks(&found).into_iter().flatten().filter(|(_, due_at)| *due_at <= now);
        late.extend(owed.map(|(task, due_at)| Late::about(&found, task, due_at)));
    }
    for (found, told) in fulfilled {
        let due = check_in_due(found.moved_at, told, now);
        late.extend(due.map(|due_at| Late::about(&found, Task::CheckIn, due_at)));
    }
    late.extend(lapsing.into_iter().map(|(venture_id, day)| {
        let due_at = Instant::start_of_jakarta_day(day).plus_days(-ASKED_AGAIN_DAYS);
        Late { task: Task::RenewListing, due_at, venture_id, of: None }
    }));
    late.sort_by_key(|late| (late.due_at, late.of, late.venture_id));
    Ok(late)
}

/// What is owed about a match, and by when.
fn tasks(found: &Match) -> [Option<(Task, Instant)>; 2] {
    let by_state = match found.state {
        MatchState::Requested => found.due_at.map(|due| (Task::Screen, due)),
        MatchState::AwaitingOwner if found.reached_at.is_none() => found.due_at.map(|due| (Task::Reach, due)),
        MatchState::AwaitingOwner => found.expires_at.map(|end| (Task::CallOwner, deadline::call_due(end))),
        MatchState::Introduced | MatchState::InDiscussion => found.due_at.map(|due| (Task::AskContact, due)),
        MatchState::Committed => found.received_at.map(|at| (Task::NoteOutcome, Task::due(at))),
        MatchState::Suspended => Some((Task::LookInto, case::due_at(found.moved_at))),
        _ => None,
    };
    let deletion = found.delete_by.filter(|_| found.deleted_at.is_none()).map(|by| (Task::SeeToDeletion, by));
    [by_state, deletion]
}
