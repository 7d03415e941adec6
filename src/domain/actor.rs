//! Who acts.

use super::id::{InvestorId, UserId, VentureId};
use serde::{Deserialize, Serialize};

/// What an account may be. An account has exactly one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Accounts, keys, service tokens.
    Admin,
    /// UNDP and Dinsos programme staff.
    Staff,
    /// Scores the ventures assigned to them.
    Assessor,
    /// Acts for one investor.
    Investor,
    /// Reads everything that proves the lists, changes nothing.
    Auditor,
    /// The owner of one venture.
    Owner,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] = [Self::Admin, Self::Staff, Self::Assessor, Self::Investor, Self::Auditor, Self::Owner];

    /// As stored and as printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Staff => "staff",
            Self::Assessor => "assessor",
            Self::Investor => "investor",
            Self::Auditor => "auditor",
            Self::Owner => "owner",
        }
    }

    /// Reads [`Role::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == text)
    }
}

/// The one who asks: an account, its role, and whose data it may call its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub user: UserId,
    /// Its role.
    pub role: Role,
    /// The investor it acts for; set for [`Role::Investor`] only.
    pub investor: Option<InvestorId>,
    /// The venture it owns, or acts for the owner of; set for [`Role::Owner`] only.
    pub venture: Option<VentureId>,
    /// Whether it acts for the owner and is not the owner: the account is a pendamping's, the rights are the owner's.
    pub companion: bool,
}

impl Actor {
    /// The name under which is kept what somebody may come back to: of a pendamping another one for each owner.
    pub fn principal(&self) -> String {
        match self.venture.filter(|_| self.companion) {
            Some(venture) => Self::principal_of(self.user, venture),
            None => self.user.to_string(),
        }
    }

    /// That of somebody who acts for the owner of a venture.
    pub fn principal_of(companion: UserId, venture: VentureId) -> String {
        format!("{companion} {venture}")
    }

    /// In which capacity it acts, in words of the audit.
    pub const fn capacity(&self) -> &'static str {
        if self.companion { "companion" } else { self.role.as_str() }
    }
}

/// Who somebody is to another issuer of tokens: its name, and what it calls them. Only both together say who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The issuer's name, a URL.
    pub issuer: String,
    /// What the issuer calls them: never given to anybody else.
    pub subject: String,
}
