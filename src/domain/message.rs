//! What owners are told by a message to their phone, and of what. Phones are shared, in families and in homes: a message says that
//! there is news and never which.

use super::intake::Secret;
use super::match_life::{MatchState, Move, Side};

crate::codes! {
    /// Why an owner is sent a message.
    MessageKind {
        /// Somebody asks for an introduction, and the owner is to answer. Once it has arrived, the time to answer counts.
        Asked = "asked",
        /// Something is still expected of the owner.
        Reminder = "reminder",
        /// Something has changed that the owner should know of.
        News = "news",
        /// Something was noted in the owner's name.
        Receipt = "receipt",
    }
}

/// All that a message about a match says.
pub const NEUTRAL: &str = "Ada kabar dari SEDAYA";

/// What a message says.
#[derive(Clone, Debug)]
pub enum Words {
    /// [`NEUTRAL`].
    News,
    /// A one-time code, which the owner has asked for.
    Code(Secret),
}

impl Words {
    /// The text, as a gateway sends it.
    pub fn text(&self) -> String {
        match self {
            Self::News => NEUTRAL.to_owned(),
            Self::Code(code) => format!("Kode SEDAYA: {}. Jangan beri tahu siapa pun.", code.expose()),
        }
    }
}

/// What an owner, who knows of the match, is told of a move: what others have done that needs the owner, ends or stops what the owner
/// waits for, or was done in the owner's name. Of the owner's own deeds nothing; nor of what the service does because of them.
/// `is_reached` says whether the owner has been reached about it before, `by_companion` whether somebody else acted as the owner.
pub const fn told(step: Move, side: Side, to: MatchState, is_reached: bool, by_companion: bool) -> Option<MessageKind> {
    match (step, side) {
        (_, Side::Owner) if by_companion => Some(MessageKind::Receipt),
        (_, Side::Owner) => None,
        (Move::Screen, _) => Some(MessageKind::Asked),
        (Move::Resume, _) if matches!(to, MatchState::AwaitingOwner) && !is_reached => Some(MessageKind::Asked),
        (Move::Accept, Side::Staff) => Some(MessageKind::Receipt),
        // What is to be given waits for the owner's word.
        (Move::Commit | Move::Withdraw, Side::Investor) | (Move::Suspend | Move::Decline, Side::Staff) => {
            Some(MessageKind::News)
        }
        (Move::Resume | Move::Expire, _) => Some(MessageKind::News),
        _ => None,
    }
}

/// Whether a message still says something when it is sent: what was asked may have been answered by then.
pub const fn is_needed(kind: MessageKind, state: MatchState) -> bool {
    match kind {
        MessageKind::Asked => matches!(state, MatchState::AwaitingOwner),
        MessageKind::Reminder => {
            matches!(state, MatchState::AwaitingOwner | MatchState::Introduced | MatchState::InDiscussion)
        }
        MessageKind::News | MessageKind::Receipt => true,
    }
}

/// Whether an answer of the messenger is its last word about a message: a number that is none does not become one. Not when it
/// refuses us, or is asked too much: that can be mended.
pub const fn is_final(status: u16) -> bool {
    matches!(status, 400..=499) && !matches!(status, 401 | 403 | 408 | 425 | 429)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_told_of_what_others_did() {
        use MatchState as S;
        for step in Move::ALL {
            assert_eq!(told(*step, Side::Owner, S::Suspended, true, false), None, "{}", step.as_str());
            let acted_for = told(*step, Side::Owner, S::Suspended, true, true);
            assert_eq!(acted_for, Some(MessageKind::Receipt), "{}", step.as_str());
        }
        for (step, side, to, kind) in [
            (Move::Screen, Side::Staff, S::AwaitingOwner, Some(MessageKind::Asked)),
            (Move::Accept, Side::Staff, S::Introduced, Some(MessageKind::Receipt)),
            (Move::Commit, Side::Investor, S::InDiscussion, Some(MessageKind::News)),
            (Move::Contact, Side::Investor, S::InDiscussion, None),
            (Move::Withdraw, Side::Investor, S::Withdrawn, Some(MessageKind::News)),
            (Move::Withdraw, Side::Service, S::Withdrawn, None),
            (Move::Suspend, Side::Staff, S::Suspended, Some(MessageKind::News)),
            (Move::Resume, Side::Staff, S::AwaitingOwner, Some(MessageKind::Asked)),
            (Move::Resume, Side::Staff, S::Committed, Some(MessageKind::News)),
            (Move::Expire, Side::Service, S::Expired, Some(MessageKind::News)),
            (Move::Reach, Side::Service, S::AwaitingOwner, None),
            (Move::Fulfil, Side::Staff, S::Fulfilled, None),
        ] {
            assert_eq!(told(step, side, to, false, false), kind, "{} {}", step.as_str(), side.as_str());
        }
        assert_eq!(told(Move::Resume, Side::Staff, S::AwaitingOwner, true, false), Some(MessageKind::News));
    }

    #[test]
    fn a_bad_number_is_final_and_a_bad_day_is_not() {
        for last in [400, 404, 410, 422, 470] {
            assert!(is_final(last), "{last}");
        }
        for again in [200, 302, 401, 403, 408, 429, 500, 503] {
            assert!(!is_final(again), "{again}");
        }
    }
}
