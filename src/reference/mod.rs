//! Code lists and the SEDAYA rubric as data, embedded: each file says where it is from, is read once, and
//! is proved by the tests beside its reader.

pub mod goal;
pub mod programme;
pub mod region;
pub mod rubric;
pub mod sector;
pub mod wage;

/// Reads an embedded JSON file. Only for data that the tests of its module have read.
#[allow(clippy::expect_used)] // A file of ours that does not read is a fault of the build, not of a run.
fn embedded<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("embedded data reads as its type")
}
