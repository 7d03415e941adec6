//! The scoring-and-ranking engine: pure computation over a columnar snapshot.
