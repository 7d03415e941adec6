//! The assessment instrument.
