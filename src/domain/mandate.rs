//! Mandates: an owner lets a pendamping act for them, and takes that back.
//!
//! A pendamping acts under their own name, with the owner's rights but for what needs the owner's own word: see
//! [`OWN_WORD_ONLY`](super::scope::OWN_WORD_ONLY) and [`needs_own_word`](super::match_life::needs_own_word).

/// For so many seconds the code of an invitation works.
pub const LIVES: i64 = 1800;

/// So many may act for an owner at once, open invitations among them.
pub const MOST: i64 = 5;
