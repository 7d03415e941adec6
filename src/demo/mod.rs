//! The workshop sample as data, embedded.
