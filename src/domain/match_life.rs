//! The life of a match: one table is the whole state machine. What a move needs besides (a consent, a capacity, a second
//! voice) is asked where the move is made; whether it is a move at all is asked here.

use super::text::Words;

crate::codes! {
    /// Where a match stands.
    MatchState {
        /// A published list has put the venture before the investor.
        Suggested = "suggested",
        /// The investor looks closer.
        Shortlisted = "shortlisted",
        /// The investor asks for an introduction; staff look at the request.
        Requested = "requested",
        /// The owner is asked.
        AwaitingOwner = "awaiting_owner",
        /// The owner has agreed; contact data has crossed.
        Introduced = "introduced",
        /// They talk.
        InDiscussion = "in_discussion",
        /// Both have confirmed what is to be given.
        Committed = "committed",
        /// The owner has received it.
        Fulfilled = "fulfilled",
        /// The investor is not interested.
        Dismissed = "dismissed",
        /// Staff or the owner said no.
        Declined = "declined",
        /// One side has stepped back.
        Withdrawn = "withdrawn",
        /// Nobody answered in time, or another list took the place of the one that suggested it.
        Expired = "expired",
        /// Staff look into something; it goes on where it was, or ends.
        Suspended = "suspended",
    }
    /// What can be done with a match.
    Move {
        /// Look closer.
        Shortlist = "shortlist",
        /// Not interested.
        Dismiss = "dismiss",
        /// Ask for an introduction.
        Request = "request",
        /// Let a request through to the owner.
        Screen = "screen",
        /// Say no.
        Decline = "decline",
        /// Agree to the introduction.
        Accept = "accept",
        /// Say that the owner has been reached: from then on the time to answer counts.
        Reach = "reach",
        /// Say that one has heard from the other side.
        Contact = "contact",
        /// Say what is to be given.
        Commit = "commit",
        /// Confirm what the other side said is to be given.
        Confirm = "confirm",
        /// Say that it has been received.
        Receive = "receive",
        /// Note what came of it.
        Fulfil = "fulfil",
        /// Step back.
        Withdraw = "withdraw",
        /// Stop it while something is looked into.
        Suspend = "suspend",
        /// Let it go on where it was.
        Resume = "resume",
        /// Let it end by itself.
        Expire = "expire",
    }
    /// Who moves.
    Side {
        /// The investor.
        Investor = "investor",
        /// The venture's owner.
        Owner = "owner",
        /// Programme staff.
        Staff = "staff",
        /// The service itself: a deadline, a newer list, a consent taken back.
        Service = "service",
    }
}

impl MatchState {
    /// Whether anything may still come of it. What has ended never begins again.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Fulfilled | Self::Dismissed | Self::Declined | Self::Withdrawn | Self::Expired)
    }

    /// Whether the owner is, or is to be, asked: a venture has few of these at once.
    pub const fn is_request(self) -> bool {
        matches!(self, Self::Requested | Self::AwaitingOwner)
    }

    /// Whether it takes one of the introductions that an investor can carry at once.
    pub const fn is_carried(self) -> bool {
        matches!(self, Self::Requested | Self::AwaitingOwner | Self::Introduced | Self::InDiscussion | Self::Committed)
    }

    /// The way from a suggestion to support that was given, without the turns off it.
    pub const WAY: [Self; 8] = [
        Self::Suggested,
        Self::Shortlisted,
        Self::Requested,
        Self::AwaitingOwner,
        Self::Introduced,
        Self::InDiscussion,
        Self::Committed,
        Self::Fulfilled,
    ];

    /// How far on [`Self::WAY`] this is; `None` beside it.
    pub fn along(self) -> Option<usize> {
        Self::WAY.iter().position(|state| *state == self)
    }

    /// Whether the two sides know each other, if the introduction has taken effect.
    pub const fn is_introduced(self) -> bool {
        matches!(self, Self::Introduced | Self::InDiscussion | Self::Committed | Self::Fulfilled)
    }
}

use MatchState as S;
use Side::{Investor, Owner, Service, Staff};

/// From where, by what, who may, to where. Moves that are possible from every open state stand in [`next`].
const TABLE: &[(MatchState, Move, &[Side], MatchState)] = &[
    (S::Suggested, Move::Shortlist, &[Investor], S::Shortlisted),
    (S::Suggested, Move::Dismiss, &[Investor], S::Dismissed),
    (S::Suggested, Move::Request, &[Investor], S::Requested),
    (S::Suggested, Move::Expire, &[Service], S::Expired),
    (S::Shortlisted, Move::Dismiss, &[Investor], S::Dismissed),
    (S::Shortlisted, Move::Request, &[Investor], S::Requested),
    (S::Requested, Move::Screen, &[Staff], S::AwaitingOwner),
    (S::Requested, Move::Decline, &[Staff], S::Declined),
    (S::AwaitingOwner, Move::Reach, &[Staff, Service], S::AwaitingOwner),
    (S::AwaitingOwner, Move::Accept, &[Owner, Staff], S::Introduced),
    (S::AwaitingOwner, Move::Decline, &[Owner], S::Declined),
    (S::AwaitingOwner, Move::Expire, &[Service], S::Expired),
    (S::Introduced, Move::Contact, &[Investor, Owner], S::InDiscussion),
    (S::Introduced, Move::Expire, &[Service], S::Expired),
    (S::InDiscussion, Move::Contact, &[Investor, Owner], S::InDiscussion),
    (S::InDiscussion, Move::Commit, &[Investor], S::InDiscussion),
    (S::InDiscussion, Move::Confirm, &[Owner], S::Committed),
    (S::InDiscussion, Move::Expire, &[Service], S::Expired),
    (S::Committed, Move::Receive, &[Owner], S::Committed),
    (S::Committed, Move::Fulfil, &[Staff], S::Fulfilled),
    (S::Suspended, Move::Decline, &[Staff], S::Declined),
];

/// Where a move leads, or `None` when this side may not make it from here. `before` is the state that a suspended match left.
pub fn next(state: MatchState, before: Option<MatchState>, step: Move, side: Side) -> Option<MatchState> {
    match step {
        Move::Withdraw => (state.is_open() && side != Staff).then_some(S::Withdrawn),
        Move::Suspend => {
            (state.is_open() && state != S::Suspended && matches!(side, Staff | Owner)).then_some(S::Suspended)
        }
        Move::Resume => before.filter(|_| state == S::Suspended && side == Staff),
        _ => {
            let row = TABLE.iter().find(|(from, by, sides, _)| *from == state && *by == step && sides.contains(&side));
            row.map(|(.., to)| *to)
        }
    }
}

/// What stepping back does, and what would be less.
#[derive(Clone, Copy, Debug)]
pub struct Withdrawal {
    /// What it does.
    pub effect: Words,
    /// Narrower choices, the narrowest first.
    pub instead: &'static [Words],
}

const LESS_FOR_OWNERS: &[Words] = &[
    Words::new("Tanyakan dulu kepada staf program.", "Ask programme staff first."),
    Words::new(
        "Bila ada yang tidak beres, laporkan (suspend): semuanya berhenti sementara dan staf memeriksa.",
        "If something is wrong, report it (suspend): everything stops for a while and staff look into it.",
    ),
];

const LESS_FOR_INVESTORS: &[Words] = &[Words::new(
    "Bila Anda hanya belum sempat, kabari pemiliknya atau staf dan jeda profil Anda (paused): yang berjalan tetap.",
    "If you only lack the time now, tell the owner or staff and pause your profile: what is under way goes on.",
)];

/// What a side is told before it steps back from a match whose owner knows of it; `is_known` says whether contact data has crossed.
pub const fn withdrawal(side: Side, is_known: bool) -> Option<Withdrawal> {
    match (side, is_known) {
        (Owner, false) => Some(Withdrawal {
            effect: Words::new(
                "Perkenalan ini berakhir dan tidak dimulai lagi. Bansos, PENA, dan pelatihan tidak terpengaruh.",
                "This introduction ends and does not begin again. Social aid, PENA and training are not affected.",
            ),
            instead: LESS_FOR_OWNERS,
        }),
        (Owner, true) => Some(Withdrawal {
            effect: Words::new(
                "Perkenalan ini berakhir dan tidak dimulai lagi. Investor diminta menghapus kontak Anda dalam 3x24 jam. Bansos, \
                 PENA, dan pelatihan tidak terpengaruh.",
                "This introduction ends and does not begin again. The investor is told to delete your contact data within 72 \
                 hours. Social aid, PENA and training are not affected.",
            ),
            instead: LESS_FOR_OWNERS,
        }),
        (Investor, false) => Some(Withdrawal {
            effect: Words::new(
                "Permintaan ini berakhir dan tidak dimulai lagi; tempatnya menjadi bebas.",
                "This request ends and does not begin again; its place becomes free.",
            ),
            instead: LESS_FOR_INVESTORS,
        }),
        (Investor, true) => Some(Withdrawal {
            effect: Words::new(
                "Perkenalan ini berakhir dan tidak dimulai lagi. Kontak pemilik harus dihapus dalam 3x24 jam, lalu dikonfirmasi.",
                "This introduction ends and does not begin again. The owner's contact data is to be deleted within 72 hours, and \
                 that confirmed.",
            ),
            instead: LESS_FOR_INVESTORS,
        }),
        (Staff | Service, _) => None,
    }
}

/// Whether a move needs the owner's own word, whoever may act for them: it gives the consent that contact data crosses with, or,
/// where it was given, takes it back; or it says what is to be given, or that it was.
pub const fn needs_own_word(step: Move, contact_agreed: bool) -> bool {
    match step {
        Move::Accept | Move::Confirm | Move::Receive => true,
        Move::Withdraw => contact_agreed,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table once more, written from the picture of the specification: moves by state, each with who may.
    const PICTURE: &str = "
        suggested: shortlist i>shortlisted, dismiss i>dismissed, request i>requested, expire v>expired
        shortlisted: dismiss i>dismissed, request i>requested
        requested: screen s>awaiting_owner, decline s>declined
        awaiting_owner: reach sv>awaiting_owner, accept os>introduced, decline o>declined, expire v>expired
        introduced: contact io>in_discussion, expire v>expired
        in_discussion: contact io>in_discussion, commit i>in_discussion, confirm o>committed, expire v>expired
        committed: receive o>committed, fulfil s>fulfilled
        fulfilled:
        dismissed:
        declined:
        withdrawn:
        expired:
        suspended: decline s>declined";

    #[test]
    fn every_state_move_and_side() {
        let mut allowed = 0;
        for line in PICTURE.trim().lines() {
            let (state, moves) = line.trim().split_once(':').unwrap();
            let state = MatchState::parse(state).unwrap();
            for step in Move::ALL {
                for side in Side::ALL {
                    let letter = match side {
                        Investor => 'i',
                        Owner => 'o',
                        Staff => 's',
                        Service => 'v',
                    };
                    let drawn = moves.split(',').find_map(|part| {
                        let (name, rest) = part.trim().split_once(' ')?;
                        let (sides, to) = rest.split_once('>')?;
                        (name == step.as_str() && sides.contains(letter)).then(|| MatchState::parse(to).unwrap())
                    });
                    let open =
                        !matches!(state.as_str(), "fulfilled" | "dismissed" | "declined" | "withdrawn" | "expired");
                    let expected = match step {
                        Move::Withdraw if open && letter != 's' => Some(S::Withdrawn),
                        Move::Suspend if open && state != S::Suspended && "so".contains(letter) => Some(S::Suspended),
                        Move::Resume if state == S::Suspended && letter == 's' => Some(S::Requested),
                        _ => drawn,
                    };
                    let found = next(state, Some(S::Requested), *step, *side);
                    assert_eq!(found, expected, "{} {} {}", state.as_str(), step.as_str(), side.as_str());
                    allowed += usize::from(found.is_some());
                }
            }
        }
        assert_eq!(allowed, 24 + 8 * 3 + 7 * 2 + 1 + 1);
        assert_eq!(PICTURE.trim().lines().count(), MatchState::ALL.len());
    }

    #[test]
    fn what_has_ended_never_moves() {
        for state in MatchState::ALL.iter().filter(|state| !state.is_open()) {
            for step in Move::ALL {
                for side in Side::ALL {
                    assert_eq!(next(*state, Some(S::Suggested), *step, *side), None);
                }
            }
        }
    }

    #[test]
    fn a_suspended_match_goes_back_to_where_it_was() {
        for state in MatchState::ALL.iter().filter(|state| state.is_open() && **state != S::Suspended) {
            assert_eq!(next(S::Suspended, Some(*state), Move::Resume, Staff), Some(*state));
        }
        assert_eq!(next(S::Suspended, None, Move::Resume, Staff), None);
    }
}
