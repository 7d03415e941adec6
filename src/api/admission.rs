//! Who was let in lately. To verify a signature and to ask the database for account and session at each request
//! costs more than most answers, so a token that was let in is let in again for a few seconds.
//!
//! What this process takes from somebody it takes at once: a remembered admission holds only while
//! [`Service::access_taken`] stands where it stood. What another process takes, it takes within ten seconds.
//!
//! [`Service::access_taken`]: crate::ops::Service::access_taken

use std::fmt;

use quick_cache::sync::Cache;

use super::state::Admitted;
use crate::domain::time::Instant;

/// Seconds for which an admission is believed.
const BELIEVED: i64 = 10;

/// Admissions remembered at once; the least used go first.
const MOST: usize = 10_000;

/// An access token by its hash: no token is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token.
    pub fn of(token: &str) -> Self {
        Self(*blake3::hash(token.as_bytes()).as_bytes())
    }
}

/// That a token was let in.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Who it speaks for.
    pub admitted: Admitted,
    /// When the account was asked for.
    pub at: Instant,
    /// What [`crate::ops::Service::access_taken`] said before the account was asked for.
    pub access_taken: u64,
}

impl Admission {
    fn holds(&self, now: Instant, access_taken: u64) -> bool {
        self.access_taken == access_taken
            && now.seconds() < self.admitted.until
            && now.seconds() >= self.at.seconds()
            && now.seconds() - self.at.seconds() < BELIEVED
    }
}

/// The admissions of a process.
pub struct Admissions(Cache<TokenHash, Admission>);

impl Default for Admissions {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl fmt::Debug for Admissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admissions").field("len", &self.0.len()).finish()
    }
}

impl Admissions {
    /// Who a token speaks for, if that is known and still holds.
    pub fn find(&self, token: TokenHash, now: Instant, access_taken: u64) -> Option<Admitted> {
        self.0.get(&token).filter(|admission| admission.holds(now, access_taken)).map(|admission| admission.admitted)
    }

    /// Remembers that a token was let in.
    pub fn remember(&self, token: TokenHash, admission: Admission) {
        self.0.insert(token, admission);
    }
}
