//! Looks at a venture: who looked at what on which day. Their owner reads them.

use chrono::NaiveDate;

use super::actor::{Actor, Role};
use super::id::{InvestorId, UserId, VentureId};
use super::time::Instant;

crate::codes! {
    /// What somebody looked at.
    LookKind {
        /// Its card on a list, without name and contact.
        Card = "card",
        /// Where its match stands.
        Match = "match",
        /// How to reach its owner.
        Contact = "contact",
        /// Its whole record.
        Record = "record",
        /// Its ratings.
        Ratings = "ratings",
    }
}

/// One look, as it is noted: each once a day.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Look {
    /// At which venture.
    pub venture: VentureId,
    /// By which account …
    pub user: UserId,
    /// … for which investor …
    pub investor: Option<InvestorId>,
    /// … in which role.
    pub role: Role,
    /// At what.
    pub kind: LookKind,
    /// On which day in Jakarta.
    pub day: NaiveDate,
}

impl Look {
    /// A look by somebody, if it is one to be noted: nobody needs to be told that they looked at what is their own.
    pub fn by(actor: &Actor, venture: VentureId, kind: LookKind, now: Instant) -> Option<Self> {
        let is_own = actor.role == Role::Owner && !actor.companion;
        (!is_own).then(|| Self {
            venture,
            user: actor.user,
            investor: actor.investor,
            // Whoever acts for the owner is not the owner.
            role: if actor.companion { Role::Assessor } else { actor.role },
            kind,
            day: now.jakarta_day(),
        })
    }
}
