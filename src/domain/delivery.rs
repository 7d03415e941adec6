//! Telling others what happened: the events, who may hear of them, where they go, and how patiently they are told.

use std::fmt;
use std::str::FromStr;

use super::actor::Role;
use super::id::{UnknownId, VentureId, WebhookId};

crate::codes! {
    /// What happened.
    EventKind {
        /// A list was published.
        MatchListPublished = "match_list.published",
        /// A match has come to stand elsewhere.
        MatchMoved = "match.moved",
        /// A match waits for a word of its investor, and ends without one.
        MatchDue = "match.due",
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
        /// Of a message to an owner: there is no phone number to send it to.
        NoPhone = "no_phone",
        /// Of a message to an owner: what it was about has been erased.
        Erased = "erased",
        /// Of a message to an owner: there is nothing to tell any more, or a newer message tells it.
        MovedOn = "moved_on",
    }
}

/// Where something goes. What goes the same way waits for none that goes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// To the address of a webhook.
    Webhook(WebhookId),
    /// To the phone of the owner of a venture.
    Owner(VentureId),
}

impl Lane {
    /// How much is on its way at once, over all processes: a slow receiver holds up these and no others.
    pub const fn at_once(self) -> usize {
        match self {
            Self::Webhook(_) => 4,
            Self::Owner(_) => 1,
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Webhook(id) => id.fmt(f),
            Self::Owner(id) => id.fmt(f),
        }
    }
}

impl FromStr for Lane {
    type Err = UnknownId;
    fn from_str(text: &str) -> Result<Self, UnknownId> {
        text.parse().map(Self::Webhook).or_else(|_not_a_webhook| text.parse().map(Self::Owner))
    }
}

impl EventKind {
    /// Whether an account of this role may have it told to an address of its own.
    pub const fn is_for(self, role: Role) -> bool {
        match role {
            Role::Staff => true,
            Role::Investor => {
                matches!(self, Self::MatchListPublished | Self::MatchMoved | Self::MatchDue | Self::CriteriaPublished)
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
        assert_eq!(Role::ALL.map(heard).iter().sum::<usize>(), EventKind::ALL.len() + 4);
        assert!(!EventKind::ImportFinished.is_for(Role::Investor) && !EventKind::DataRequestDue.is_for(Role::Investor));
    }
}
