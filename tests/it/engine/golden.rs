//! What a version of the engine prints, byte for byte. A published list must be replayed years later, so
//! changed bytes need a new [`sedaya::engine::VERSION`] and a new file; old files stay.

use sedaya::cli::rank::Format;
use sedaya::engine::VERSION;

use super::run;

fn check(document: &str, bytes: &[u8]) {
    let ran = run(include_bytes!("../data/golden/ventures.csv"), bytes, Format::Json, false);
    let name = format!("{document}.engine-{VERSION}.json");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/golden").join(&name);
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        ran.out == golden,
        "the engine prints other bytes than {name}: raise engine::VERSION and commit this as its file:\n{}",
        ran.out
    );
}

#[test]
fn additive_list() {
    check("additive", include_bytes!("../data/golden/additive.json"));
}

#[test]
fn geometric_list() {
    check("geometric", include_bytes!("../data/golden/geometric.json"));
}
