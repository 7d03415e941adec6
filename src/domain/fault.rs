//! What is wrong with a document: a place, a code, and words that say what to do.

use super::text::Text;

/// One fault of a document. Documents are refused with all of their faults at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: a JSON pointer (RFC 6901), empty for the whole.
    pub pointer: String,
    /// What, for programs. Part of the public contract.
    pub code: &'static str,
    /// What and how to mend it, for people. Never holds the value itself.
    pub detail: Text,
}
