//! Where `now` comes from: the system in production, a hand in tests.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::time::Instant;

/// A source of the current time.
#[derive(Debug)]
pub enum Clock {
    /// The system's clock, cut to microseconds.
    System,
    /// Stands still until it is moved.
    Fixed(AtomicI64),
}

impl Clock {
    /// A clock that stands at `now`.
    pub fn fixed(now: Instant) -> Self {
        Self::Fixed(AtomicI64::new(now.micros()))
    }

    /// The time.
    pub fn now(&self) -> Instant {
        Instant::from_micros(match self {
            Self::System => chrono::Utc::now().timestamp_micros(),
            Self::Fixed(micros) => micros.load(Ordering::SeqCst),
        })
    }

    /// Moves a fixed clock forward; the system's clock does not listen.
    pub fn advance_seconds(&self, seconds: i64) {
        if let Self::Fixed(micros) = self {
            micros.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
        }
    }
}
