//! Looks at a venture: who looked at what on which day. Their owner reads them.

use chrono::NaiveDate;

use super::actor::{Actor, Role};
use super::id::{InvestorId, UserId, VentureId};
use super::text::Words;
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
        /// Its name in a list of businesses.
        Name = "name",
        /// Where it stands: its place in a ranking, its next step, what is late.
        Standing = "standing",
        /// What its owner has consented to.
        Consents = "consents",
        /// What its owner has asked, complained of or reported.
        Words = "words",
    }
}

impl LookKind {
    /// What its owner reads.
    pub const fn label(self) -> Words {
        match self {
            Self::Card => Words::new("Kartu usaha, tanpa nama dan kontak", "The card, without name and contact"),
            Self::Match => Words::new("Sampai di mana sebuah kecocokan", "Where a match stands"),
            Self::Contact => Words::new("Nama dan kontak Anda", "Your name and contact"),
            Self::Record => Words::new("Seluruh catatan usaha", "The whole record of the business"),
            Self::Ratings => Words::new("Nilai asesmen", "The ratings"),
            Self::Name => Words::new("Nama usaha dalam daftar usaha", "The name in a list of businesses"),
            Self::Standing => Words::new(
                "Tempat usaha dalam peringkat atau laporan program",
                "The place in a ranking or a report of the programme",
            ),
            Self::Consents => Words::new("Persetujuan yang Anda berikan", "What you have consented to"),
            Self::Words => {
                Words::new("Permintaan, pengaduan, atau laporan Anda", "What you have asked, complained of or reported")
            }
        }
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
