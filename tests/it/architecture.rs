//! The house: which room may know of which. Reads the `crate::` paths of the sources and fails on a forbidden
//! arrow, with the rule.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A room, the rooms it may know of besides itself, and why no others.
const ROOMS: &[(&str, &[&str], &str)] = &[
    ("domain", &[], "domain holds nouns and rules; it knows no other room"),
    ("clock", &["domain"], "the clock gives instants"),
    (
        "engine",
        &["domain"],
        "engine computes over columns: it never sees store, and nobody hands it anything but values",
    ),
    ("reference", &["domain"], "reference is data about the domain"),
    (
        "keys",
        &["clock", "domain"],
        "keys know ids and roles, and when a sealing key's time has come; nothing of where they are stored or asked for",
    ),
    ("store", &["domain"], "store holds queries; it never sees engine, and use cases see it, not the reverse"),
    (
        "ops",
        &["store", "engine", "reference", "keys", "clock", "domain"],
        "use cases stand on store and engine and know nothing of who calls them",
    ),
    (
        "sources",
        &["ops", "store", "reference", "domain"],
        "sources bring the world to the use cases; they do not know the API",
    ),
    (
        "demo",
        &["ops", "sources", "engine", "reference", "keys", "clock", "domain"],
        "the demo comes in by the doors that everybody uses",
    ),
    (
        "api",
        &["ops", "sources", "store", "engine", "reference", "keys", "clock", "outbound", "domain"],
        "the API turns requests into use cases; it does not know how it is started",
    ),
    (
        "couriers",
        &["ops", "outbound", "domain"],
        "couriers carry what use cases hand them, by the guarded way out; they do not know the API",
    ),
    ("outbound", &[], "outbound calls what it is told to, and knows nobody's reasons"),
    ("config", &["outbound"], "config is what an operator sets, in the words of what it is for"),
    ("telemetry", &[], "telemetry stands alone"),
    (
        "app",
        &["api", "couriers", "config", "telemetry", "ops", "sources", "store", "keys", "clock", "outbound", "domain"],
        "app builds the service; commands start it",
    ),
    (
        "cli",
        &[
            "app",
            "api",
            "couriers",
            "config",
            "telemetry",
            "demo",
            "ops",
            "sources",
            "store",
            "engine",
            "reference",
            "keys",
            "clock",
            "domain",
        ],
        "a command may use everything",
    ),
];

/// Crates that only certain rooms may name.
const CRATES: &[(&str, &[&str], &str)] = &[
    ("diesel", &["store"], "only store holds queries"),
    ("diesel_migrations", &["store"], "only store holds queries"),
    ("actix_web", &["api", "app"], "the web stops at the API"),
    ("utoipa", &["api"], "the document is made in the API"),
    (
        "tokio",
        &["api", "app", "cli", "couriers", "sources", "demo", "outbound"],
        "rules and queries do not wait for anything",
    ),
    ("reqwest", &["outbound"], "there is one way out, and it is guarded"),
    ("jsonwebtoken", &["keys"], "tokens are made and read in keys"),
    ("argon2", &["keys"], "passwords are hashed in keys"),
    ("aws_lc_rs", &["keys"], "secrets stay in keys"),
    ("clap", &["cli", "config"], "the command line stops at cli"),
];

/// What pure rooms may not reach for: files, networks, clocks, randomness.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::time::SystemTime",
    "std::time::Instant",
    "Utc::now",
    "getrandom",
];

/// Places where an impure thing is allowed: file, thing, reason.
const ADMITTED: &[(&str, &str, &str)] =
    &[("src/domain/id.rs", "getrandom", "Ids is the source of random bits that everybody else is given")];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_name().is_some_and(|n| n != "tests.rs") {
            found.push(path);
        }
    }
}

/// The code of a file without its comments and without its tests, which may use what they like.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn room(path: &Path) -> String {
    let part = path.components().nth(1).unwrap().as_os_str().to_str().unwrap();
    part.trim_end_matches(".rs").to_owned()
}

/// The first names of all `crate::` paths: `crate::a::b` and `crate::{a::b, c}`.
fn named(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word =
            |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        if !rest.starts_with('{') {
            names.insert(word(rest));
            continue;
        }
        let mut depth = 0;
        let mut part = String::new();
        for c in rest.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if (c == '{' || c == ',' || c == '}') && depth <= 1 {
                names.insert(word(&part));
                part.clear();
            } else {
                part.push(c);
            }
            if depth == 0 {
                break;
            }
        }
    }
    names
}

#[test]
fn rooms_know_only_what_they_may() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    assert!(files.len() > 50);
    let mut broken = Vec::new();
    for path in files.iter().filter(|p| !p.ends_with("src/lib.rs") && !p.ends_with("src/main.rs")) {
        let room = room(path);
        let Some((_, may, why)) = ROOMS.iter().find(|(name, ..)| *name == room) else {
            broken.push(format!("{}: room {room} is not on the plan in tests/it/architecture.rs", path.display()));
            continue;
        };
        let code = code(path);
        for name in named(&code) {
            let known = ROOMS.iter().any(|(other, ..)| *other == name);
            if known && name != room && !may.contains(&name.as_str()) {
                broken.push(format!("{}: {room} → {name}. Rule: {why}", path.display()));
            }
        }
        for (name, rooms, why) in CRATES {
            let used = code
                .match_indices(&format!("{name}::"))
                .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
            if used && !rooms.contains(&room.as_str()) {
                broken.push(format!("{}: {room} names {name}. Rule: {why}", path.display()));
            }
        }
        if matches!(room.as_str(), "domain" | "engine") {
            for thing in IMPURE.iter().filter(|thing| code.contains(**thing)) {
                if !ADMITTED.iter().any(|(file, what, _)| path.ends_with(file) && what == thing) {
                    broken.push(format!(
                        "{}: {room} reaches for {thing}. Rule: no I/O, clock or randomness there",
                        path.display()
                    ));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn paths_are_read_from_every_form_of_use() {
    let found = named(
        "use crate::api::{x, y};\nuse crate::{clock::Clock, domain::{id, text}, keys};\nlet a = crate::store::f();",
    );
    let expected = ["api", "clock", "domain", "keys", "store"];
    assert_eq!(found.iter().map(String::as_str).filter(|n| !n.is_empty()).collect::<Vec<_>>(), expected);
}

/// `SECURITY.md` names tests; each of them must exist.
#[test]
fn every_test_named_in_the_security_table_exists() {
    let table = std::fs::read_to_string("SECURITY.md").unwrap();
    let names: Vec<(&str, &str)> = table.split('`').filter_map(|text| text.split_once("::")).collect();
    let names: Vec<_> = names.into_iter().filter(|(file, test)| !format!("{file}{test}").contains(' ')).collect();
    assert!(names.len() > 20);
    for (file, test) in names.into_iter().filter(|(file, _)| *file != "file") {
        // A test stands in tests/it, or beside the code that it tests.
        let places = [format!("tests/it/{file}.rs"), format!("src/{file}.rs")];
        let source: String = places.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
        let is_there = [format!("fn {test}("), format!("over_http!({test},"), format!("on_each_database!({test},")]
            .iter()
            .any(|form| source.contains(form));
        assert!(is_there, "SECURITY.md names {file}::{test}, which is not there");
    }
}
