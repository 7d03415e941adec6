//! The world's files to domain values.
