//! The criteria document: what an investor wants.
