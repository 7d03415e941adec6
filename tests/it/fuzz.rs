//! The fuzz targets of `fuzz/targets.rs` on stable Rust: every input of the corpora, and a bounded number of mutations
//! of them. `SEDAYA_FUZZ_CASES=1000000` runs longer.

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// Mutations of each target's corpus, unless the environment names another number.
const CASES: u32 = 2000;

/// What parsers trip over.
const ODD: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\"",
    b"\\",
    b"\n",
    b"\r\n",
    b",",
    b";",
    b"=",
    b".",
    b"-",
    b"*",
    b"[[[[",
    b"{}",
    b"null",
    b"1e999",
    b"-1",
    b"9223372036854775808",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae",
    b"&#0;",
    b"<c>",
    b"</row>",
    b"PK\x01\x02",
];

/// One change to the bytes of an input.
#[derive(Clone, Debug)]
enum Edit {
    Flip(Index, u8),
    Set(Index, u8),
    Insert(Index, usize),
    Remove(Index, usize),
    Repeat(Index, usize),
    Cut(Index),
    /// Goes on with the end of another input.
    Splice(Index, Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    prop_oneof![
        (at(), 0_u8..8).prop_map(|(i, bit)| Edit::Flip(i, bit)),
        (at(), any::<u8>()).prop_map(|(i, byte)| Edit::Set(i, byte)),
        (at(), 0..ODD.len()).prop_map(|(i, odd)| Edit::Insert(i, odd)),
        (at(), 1_usize..20).prop_map(|(i, n)| Edit::Remove(i, n)),
        (at(), 1_usize..40).prop_map(|(i, n)| Edit::Repeat(i, n)),
        at().prop_map(Edit::Cut),
        (at(), at()).prop_map(|(i, other)| Edit::Splice(i, other)),
    ]
}

fn apply(mut bytes: Vec<u8>, edit: &Edit, corpus: &[(String, Vec<u8>)]) -> Vec<u8> {
    let len = bytes.len();
    let place = |index: &Index| index.index(len + 1);
    match edit {
        Edit::Flip(i, bit) => {
            if let Some(byte) = bytes.get_mut(place(i)) {
                *byte ^= 1 << bit;
            }
        }
        Edit::Set(i, value) => {
            if let Some(byte) = bytes.get_mut(place(i)) {
                *byte = *value;
            }
        }
        Edit::Insert(i, odd) => drop(bytes.splice(place(i)..place(i), ODD[*odd].iter().copied())),
        Edit::Remove(i, n) => drop(bytes.drain(place(i)..(place(i) + n).min(len))),
        Edit::Repeat(i, n) => {
            let part = bytes[place(i)..(place(i) + n).min(len)].repeat(3);
            bytes.splice(place(i)..place(i), part);
        }
        Edit::Cut(i) => bytes.truncate(place(i)),
        Edit::Splice(i, other) => {
            let (_, other) = &corpus[other.index(corpus.len())];
            bytes.truncate(place(i));
            bytes.extend(&other[place(i).min(other.len())..]);
        }
    }
    bytes
}

/// The inputs of a target's corpus by name.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new("fuzz/corpus").join(target);
    let mut inputs: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap())
        })
        .collect();
    inputs.sort();
    inputs
}

fn names(folder: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|e| e.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn targets_corpora_and_fuzzers_are_the_same() {
    let all: BTreeSet<String> = targets::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(all.len(), targets::ALL.len());
    assert_eq!(names("fuzz/corpus"), all);
    assert_eq!(names("fuzz/fuzz_targets"), all);
    let manifest = std::fs::read_to_string("fuzz/Cargo.toml").unwrap();
    let bins = manifest.lines().filter_map(|l| l.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""));
    assert_eq!(bins.map(str::to_owned).collect::<BTreeSet<_>>(), all);
    for name in &all {
        let source = std::fs::read_to_string(format!("fuzz/fuzz_targets/{name}.rs")).unwrap();
        assert!(source.contains(&format!("sedaya_fuzz::{name}(data)")), "{name}");
    }
}

#[test]
fn every_corpus_holds() {
    for (name, target) in targets::ALL {
        let inputs = corpus(name);
        assert!(inputs.len() >= 10, "{name} has {} inputs", inputs.len());
        for (input, bytes) in inputs {
            let held = std::panic::catch_unwind(|| target(&bytes));
            assert!(held.is_ok(), "fuzz/corpus/{name}/{input}");
        }
    }
}

#[test]
fn mutations_of_every_corpus_hold() {
    let cases = std::env::var("SEDAYA_FUZZ_CASES").map_or(CASES, |n| n.parse().expect("a number of cases"));
    for (name, target) in targets::ALL {
        let inputs = corpus(name);
        // Large inputs cost more than they teach: the corpus test runs them as they are.
        let inputs: Vec<_> = inputs.into_iter().filter(|(_, bytes)| bytes.len() < 20_000).collect();
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let mutated = (any::<Index>(), proptest::collection::vec(edit(), 1..6));
        let mutated = mutated.prop_map(|(start, edits)| {
            let start = inputs[start.index(inputs.len())].1.clone();
            edits.iter().fold(start, |bytes, edit| apply(bytes, edit, &inputs))
        });
        let held = TestRunner::new(config).run(&mutated, |bytes| {
            let held = std::panic::catch_unwind(|| target(&bytes));
            held.map_err(|_panic| TestCaseError::fail(format!("{:?}", String::from_utf8_lossy(&bytes))))
        });
        if let Err(failure) = held {
            panic!("target {name}: {failure}");
        }
    }
}
