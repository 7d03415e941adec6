//! Code lists and the SEDAYA rubric as data, embedded.

pub mod rubric;
