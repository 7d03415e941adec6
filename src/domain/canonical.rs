//! Canonical JSON (RFC 8785): one spelling of a document, for what is stored, hashed and compared.

use serde::Serialize;

/// The canonical text of a value.
///
/// # Errors
/// When the type cannot be written as JSON (a map whose keys are no texts, a NaN).
pub fn to_string<T: Serialize>(value: &T) -> serde_json::Result<String> {
    serde_json_canonicalizer::to_string(value)
}

/// BLAKE3 of the canonical text, 64 lower-case hex digits.
///
/// # Errors
/// As [`to_string`].
pub fn hash<T: Serialize>(value: &T) -> serde_json::Result<String> {
    Ok(blake3::hash(to_string(value)?.as_bytes()).to_hex().to_string())
}
