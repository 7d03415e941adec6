//! Telling others what happened: the events, who may hear of them, and how patiently they are told.

use super::actor::Role;

crate::codes! {
    /// What happened.
    EventKind {
        /// A list was published.
        MatchListPublished = "match_list.published",
        /// A match has come to stand elsewhere.
        MatchMoved = "match.moved",
        /// A version of criteria was published: from now on it is the one that ranks.
        CriteriaPublished = "criteria.published",
        /// An import has ended.
        ImportFinished = "import.finished",
        /// A request of somebody about their data must be answered now.
        DataRequestDue = "data_request.due",
    }
    /// Why a webhook is told nothing at the moment.
    Stopped {
        /// Somebody disabled it.
        ByHand = "by_hand",
        /// It answered 410: it is not there any more.
        Gone = "gone",
        /// Too many deliveries in a row never arrived.
        Failing = "failing",
    }
    /// Where a delivery stands.
    DeliveryState {
        /// On its way, or waiting for its next attempt.
        Waiting = "waiting",
        /// It has arrived.
        Delivered = "delivered",
        /// It was tried as often as it is tried, and did not arrive.
        GivenUp = "given_up",
    }
    /// Why an attempt failed.
    DeliveryFailure {
        /// The URL may not be called any more.
        Url = "url",
        /// The name leads to an address that is not on the public internet.
        Address = "address",
        /// No connection.
        Connection = "connection",
        /// No answer in time.
        Late = "late",
        /// The answer was none of 200 to 299; redirects are not followed.
        Status = "status",
    }
}

impl EventKind {
    /// Whether an account of this role may have it told to an address of its own.
    pub const fn is_for(self, role: Role) -> bool {
        match role {
            Role::Staff => true,
            Role::Investor => {
                matches!(self, Self::MatchListPublished | Self::MatchMoved | Self::CriteriaPublished)
            }
            _ => false,
        }
    }
}

/// Seconds to wait before each attempt, counted from the one before it. There are no more attempts than these.
pub const SCHEDULE: [i64; 8] = [0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600];

/// Whoever asks to be left alone (`Retry-After`) is, for at most so many seconds.
pub const LONGEST_PAUSE: i64 = 12 * 3600;

/// So many deliveries in a row that never arrived stop a webhook.
pub const GIVEN_UP_UNTIL_STOPPED: i32 = 5;

/// For so many seconds the secret before the newest signs too.
pub const TWO_SECRETS: i64 = 86_400;

/// For so many days what was told, and what waits, is kept.
pub const KEPT_DAYS: i64 = 30;

/// So many webhooks an investor may have, and the programme too.
pub const MOST_WEBHOOKS: usize = 10;

/// How many seconds after a failed attempt the next one is due; `None` when there is none. `failed` attempts were made, and
/// the last answer asked for a pause of `pause` seconds.
pub fn wait(failed: usize, pause: Option<i64>) -> Option<i64> {
    SCHEDULE.get(failed).map(|scheduled| (*scheduled).max(pause.unwrap_or(0).min(LONGEST_PAUSE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_ends_and_a_pause_is_honoured_within_bounds() {
        let waits: Vec<_> = (1..).map_while(|failed| wait(failed, None)).collect();
        assert_eq!(waits, SCHEDULE[1..]);
        assert!(waits.is_sorted());
        assert_eq!(wait(1, Some(120)), Some(120));
        assert_eq!(wait(4, Some(120)), Some(7200));
        assert_eq!(wait(1, Some(i64::MAX)), Some(LONGEST_PAUSE));
        assert_eq!(wait(1, Some(-5)), Some(5));
        assert_eq!(wait(8, Some(120)), None);
    }

    #[test]
    fn investors_hear_of_their_own_things_only() {
        let heard = |role: Role| EventKind::ALL.iter().filter(|kind| kind.is_for(role)).count();
        assert_eq!(Role::ALL.map(heard).iter().sum::<usize>(), EventKind::ALL.len() + 3);
        assert!(!EventKind::ImportFinished.is_for(Role::Investor) && !EventKind::DataRequestDue.is_for(Role::Investor));
    }
}
