//! Complaints and incidents: cases that a human looks into, against a clock.

use super::text::Words;
use super::time::Instant;

crate::codes! {
    /// Where a case stands.
    CaseState {
        /// Nobody has looked yet.
        Open = "open",
        /// Somebody looks into it.
        Investigating = "investigating",
        /// Ended, with what was done.
        Closed = "closed",
    }
    /// What an owner complains about.
    ComplaintAbout {
        /// The programme and its staff.
        Programme = "programme",
        /// An assessor, or an assessment.
        Assessor = "assessor",
        /// A pendamping.
        Companion = "companion",
        /// An investor, met or not.
        Investor = "investor",
        /// Something else.
        Other = "other",
    }
}

impl ComplaintAbout {
    /// What people read; of a match where nothing else is said.
    pub const fn words(about: Option<Self>) -> Words {
        match about {
            None => Words::new("Kecocokan atau usaha Anda", "A match, or your business"),
            Some(Self::Programme) => Words::new("Program dan stafnya", "The programme and its staff"),
            Some(Self::Assessor) => Words::new("Asesor atau asesmen", "An assessor or an assessment"),
            Some(Self::Companion) => Words::new("Pendamping", "A pendamping"),
            Some(Self::Investor) => Words::new("Investor sosial", "A social investor"),
            Some(Self::Other) => Words::new("Hal lain", "Something else"),
        }
    }
}

/// Complaints that one owner may have open at once.
pub const OPEN_AT_ONCE: i64 = 10;

/// Hours from when a case is known to when it is dealt with: a complaint is answered, and a breach is told to the authority and to
/// those whom it concerns (UU PDP 27/2022, article 46: 3×24 hours).
const HOURS: i64 = 72;

/// By when a case is dealt with that was known at a time.
pub const fn due_at(known: Instant) -> Instant {
    known.plus_seconds(HOURS * 3600)
}

impl CaseState {
    /// Whether a case that stands here can come to stand there: forwards only.
    pub fn leads_to(self, to: Self) -> bool {
        self != Self::Closed && self <= to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_goes_forwards_only() {
        use CaseState::{Closed, Investigating, Open};
        assert!(Open.leads_to(Investigating) && Open.leads_to(Closed) && Investigating.leads_to(Closed));
        assert!(!Investigating.leads_to(Open) && !Closed.leads_to(Closed) && !Closed.leads_to(Open));
        assert_eq!(due_at(Instant::from_micros(0)), Instant::from_micros(0).plus_days(3));
    }
}
