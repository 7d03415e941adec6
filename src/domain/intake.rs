//! One row of a workshop file, read and checked.
