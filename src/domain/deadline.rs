//! How long each step of a match may take, as data, and what follows from it.

use super::match_life::{MatchState, Side};
use super::time::Instant;

/// Working days in which staff look at a request, and in which an owner is to be reached.
pub const STAFF_WORKING_DAYS: u32 = 3;
/// Days in which an owner answers, from being reached.
pub const ANSWER_DAYS: i64 = 14;
/// Days, from being reached, on which an owner who has not answered is reminded.
pub const REMINDER_DAYS: [i64; 2] = [3, 10];
/// Days before the end of that time in which an owner who has not answered is called.
pub const CALL_DAYS: i64 = 2;
/// Days in which the two sides first speak, from the introduction.
pub const FIRST_CONTACT_DAYS: i64 = 7;
/// Days in which each side says again that they are in contact.
pub const KEEP_IN_TOUCH_DAYS: i64 = 30;
/// Days from a missed contact, on which both are reminded, to the end of the match.
pub const GRACE_DAYS: i64 = 7;
/// Hours between a consent spoken on the phone and the contact data crossing: time to call it off.
pub const SPOKEN_HOURS: i64 = 24;
/// Hours in which an investor deletes the contact data of an introduction that has ended.
pub const DELETION_HOURS: i64 = 72;

/// The moments that deadlines count from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// When the request came, or when its turn came.
    pub requested_at: Option<Instant>,
    /// When staff let it through to the owner.
    pub asked_at: Option<Instant>,
    /// When the owner was reached.
    pub reached_at: Option<Instant>,
    /// From when on the contact data may be seen.
    pub crosses_at: Option<Instant>,
    /// When the investor last said that they are in contact.
    pub investor_tap_at: Option<Instant>,
    /// When the owner last said so.
    pub owner_tap_at: Option<Instant>,
}

/// When something is expected of somebody, and when the match ends if nothing comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deadline {
    /// Expected by then.
    pub due_at: Option<Instant>,
    /// Ends then. Only where it is the two sides that are silent: what staff owe ends no match.
    pub expires_at: Option<Instant>,
}

/// The deadline of a match in a state; `queued` while a request waits for its turn.
pub fn of(state: MatchState, queued: bool, moments: &Moments) -> Deadline {
    let staff = |since: Option<Instant>| Deadline {
        due_at: since.map(|at| at.plus_working_days(STAFF_WORKING_DAYS)),
        expires_at: None,
    };
    let contact = |due_at: Option<Instant>| Deadline { due_at, expires_at: due_at.map(|at| at.plus_days(GRACE_DAYS)) };
    match state {
        MatchState::Requested if !queued => staff(moments.requested_at),
        MatchState::AwaitingOwner => match moments.reached_at {
            None => staff(moments.asked_at),
            Some(reached) => {
                let end = reached.plus_days(ANSWER_DAYS);
                Deadline { due_at: Some(end), expires_at: Some(end) }
            }
        },
        MatchState::Introduced => contact(moments.crosses_at.map(|at| at.plus_days(FIRST_CONTACT_DAYS))),
        MatchState::InDiscussion => {
            let earlier = moments.investor_tap_at.min(moments.owner_tap_at);
            contact(earlier.map(|at| at.plus_days(KEEP_IN_TOUCH_DAYS)))
        }
        _ => Deadline::default(),
    }
}

/// The deadline of a match as one side reads it. While something is looked into, nothing is due and nothing ends. Until the owner is
/// reached, what is due is the staff's. Each side says again that it is in contact by its own time, whatever the other has missed; an
/// owner whose consent was noted by somebody else can step back until the contact data crosses.
pub fn seen_by(
    side: Option<Side>,
    state: MatchState,
    deadline: &Deadline,
    moments: &Moments,
    now: Instant,
) -> Deadline {
    let due_at = match (state, side) {
        (MatchState::Suspended, _) => return Deadline::default(),
        (MatchState::AwaitingOwner, Some(Side::Owner)) => deadline.expires_at,
        (MatchState::Introduced, Some(Side::Owner)) => moments.crosses_at.filter(|at| *at > now).or(deadline.due_at),
        (MatchState::InDiscussion, Some(side @ (Side::Owner | Side::Investor))) => {
            let own = if side == Side::Owner { moments.owner_tap_at } else { moments.investor_tap_at };
            let earlier = moments.investor_tap_at.min(moments.owner_tap_at);
            // The deadline counts from the earlier of both, and later by as long as the match stood still.
            let ahead = own.zip(earlier).map_or(0, |(own, earlier)| own.micros() - earlier.micros());
            deadline.due_at.map(|due| Instant::from_micros(due.micros() + ahead))
        }
        _ => deadline.due_at,
    };
    Deadline { due_at, expires_at: deadline.expires_at }
}

/// When an owner who was reached and has not answered is called, before the match that awaits them ends at `end`.
pub const fn call_due(end: Instant) -> Instant {
    end.plus_days(-CALL_DAYS)
}

/// Somebody is reminded of what is expected of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reminder {
    /// When.
    pub at: Instant,
    /// Who: the owner or the investor.
    pub side: Side,
}

/// The reminders of a match, the earliest first. They count back from the end of the match, which moves on while it is suspended.
pub fn reminders(state: MatchState, deadline: &Deadline, moments: &Moments) -> Vec<Reminder> {
    let Some(end) = deadline.expires_at else { return Vec::new() };
    let owner = |at: Instant| Reminder { at, side: Side::Owner };
    let investor = |at: Instant| Reminder { at, side: Side::Investor };
    let mut all = match state {
        MatchState::AwaitingOwner => REMINDER_DAYS.iter().map(|day| owner(end.plus_days(day - ANSWER_DAYS))).collect(),
        MatchState::Introduced => {
            let missed = end.plus_days(-GRACE_DAYS);
            vec![owner(missed), investor(missed)]
        }
        // Nobody is reminded of a tap that the other side has missed.
        MatchState::InDiscussion => {
            let missed = |tap: Option<Instant>| tap.map(|at| at.plus_days(KEEP_IN_TOUCH_DAYS)).filter(|at| *at < end);
            let (by_owner, by_investor) = (missed(moments.owner_tap_at), missed(moments.investor_tap_at));
            by_owner.map(owner).into_iter().chain(by_investor.map(investor)).collect()
        }
        _ => Vec::new(),
    };
    all.sort_unstable();
    all
}

/// When a match whose deadline was worked out anew reminds somebody next: what is due and was not sent yet stays due.
pub fn next_reminder(planned: Option<Instant>, reminders: &[Reminder], now: Instant) -> Option<Instant> {
    let mut times = reminders.iter().map(|reminder| reminder.at);
    let unsent = planned.filter(|planned| times.clone().any(|at| at == *planned));
    unsent.or_else(|| times.find(|at| *at > now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        serde_json::from_str(&format!("\"{text}\"")).unwrap()
    }

    #[test]
    fn deadlines_by_example() {
        // A Friday evening in Jakarta.
        let friday = at("2026-11-20T12:00:00Z");
        let all = Moments {
            requested_at: Some(friday),
            asked_at: Some(friday),
            reached_at: Some(friday),
            crosses_at: Some(friday),
            investor_tap_at: Some(friday),
            owner_tap_at: Some(at("2026-11-22T12:00:00Z")),
        };
        let told = |state, queued, moments: Moments| {
            let found = of(state, queued, &moments);
            (found.due_at.map(|t| t.to_string()), found.expires_at.map(|t| t.to_string()))
        };
        let some = |text: &str| Some(format!("{text}.000000Z"));
        // Monday, Tuesday, Wednesday: by the end of Wednesday in Jakarta.
        assert_eq!(told(MatchState::Requested, false, all), (some("2026-11-25T17:00:00"), None));
        assert_eq!(told(MatchState::Requested, true, all), (None, None));
        let end = some("2026-12-04T12:00:00");
        assert_eq!(told(MatchState::AwaitingOwner, false, all), (end.clone(), end));
        let unreached = Moments { reached_at: None, ..all };
        assert_eq!(told(MatchState::AwaitingOwner, false, unreached), (some("2026-11-25T17:00:00"), None));
        // Of which the owner has none yet.
        let seen = |side, state, deadline: &Deadline| seen_by(Some(side), state, deadline, &all, friday);
        let unreached = of(MatchState::AwaitingOwner, false, &unreached);
        assert_eq!(seen(Side::Owner, MatchState::AwaitingOwner, &unreached).due_at, None);
        let reached = of(MatchState::AwaitingOwner, false, &all);
        assert_eq!(seen(Side::Owner, MatchState::AwaitingOwner, &reached), reached);
        for side in [Side::Owner, Side::Investor, Side::Staff] {
            assert_eq!(seen(side, MatchState::Suspended, &reached), Deadline::default());
        }
        // Each side has its own month, the investor's being the earlier here.
        let both = of(MatchState::InDiscussion, false, &all);
        let due = |side| seen(side, MatchState::InDiscussion, &both).due_at.map(|t| t.to_string());
        assert_eq!([due(Side::Investor), due(Side::Staff)], [some("2026-12-20T12:00:00"), some("2026-12-20T12:00:00")]);
        assert_eq!(due(Side::Owner), some("2026-12-22T12:00:00"));
        // A consent that staff have noted can be called off until contact data crosses.
        let tomorrow = Moments { crosses_at: Some(friday.plus_days(1)), ..all };
        let introduced = of(MatchState::Introduced, false, &tomorrow);
        let due = |side, now| seen_by(Some(side), MatchState::Introduced, &introduced, &tomorrow, now).due_at;
        assert_eq!(due(Side::Owner, friday), Some(friday.plus_days(1)));
        assert_eq!(due(Side::Owner, friday.plus_days(1)), introduced.due_at);
        assert_eq!(due(Side::Investor, friday), introduced.due_at);
        let (due, end) = (some("2026-11-27T12:00:00"), some("2026-12-04T12:00:00"));
        assert_eq!(told(MatchState::Introduced, false, all), (due, end));
        // The side that has been silent longer counts.
        let (due, end) = (some("2026-12-20T12:00:00"), some("2026-12-27T12:00:00"));
        assert_eq!(told(MatchState::InDiscussion, false, all), (due, end));
        for state in MatchState::ALL.iter().filter(|s| !s.is_request() && !s.is_carried()) {
            assert_eq!(of(*state, false, &all), Deadline::default());
        }
    }

    #[test]
    fn owners_are_reminded_on_the_third_and_tenth_day_and_both_sides_of_what_they_missed() {
        let friday = at("2026-11-20T12:00:00Z");
        let days = |days: i64| friday.plus_days(days);
        let all = Moments {
            reached_at: Some(friday),
            crosses_at: Some(friday),
            investor_tap_at: Some(friday),
            owner_tap_at: Some(days(2)),
            ..Moments::default()
        };
        let told = |state, moments: Moments| reminders(state, &of(state, false, &moments), &moments);
        let owner = |day: i64| Reminder { at: days(day), side: Side::Owner };
        let investor = |day: i64| Reminder { at: days(day), side: Side::Investor };
        assert_eq!(told(MatchState::AwaitingOwner, all), [owner(3), owner(10)]);
        assert!(told(MatchState::AwaitingOwner, Moments { reached_at: None, ..all }).is_empty());
        assert_eq!(told(MatchState::Introduced, all), [investor(7), owner(7)]);
        assert_eq!(told(MatchState::InDiscussion, all), [investor(30), owner(32)]);
        // It ends by the investor's silence before the owner has missed anything.
        assert_eq!(told(MatchState::InDiscussion, Moments { owner_tap_at: Some(days(20)), ..all }), [investor(30)]);
        assert!(told(MatchState::Committed, all).is_empty());
        // Between the second reminder and the end there is time for a call.
        assert_eq!(call_due(of(MatchState::AwaitingOwner, false, &all).expires_at.unwrap()), days(12));

        let two = [owner(3), owner(10)];
        assert_eq!(next_reminder(None, &two, days(2)), Some(days(3)));
        assert_eq!(next_reminder(None, &two, days(3)), Some(days(10)));
        assert_eq!(next_reminder(None, &two, days(10)), None);
        assert_eq!(next_reminder(Some(days(3)), &two, days(4)), Some(days(3)), "due, and not sent yet");
        assert_eq!(next_reminder(Some(days(4)), &two, days(4)), Some(days(10)));
    }
}
