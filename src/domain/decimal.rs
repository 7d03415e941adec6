//! Exact decimals of criteria documents and tables.
