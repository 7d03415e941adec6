//! Every command and curl of the README and of the API's document is run, as a reader would.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const SEDAYA: &str = env!("CARGO_BIN_EXE_sedaya");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The code blocks of the README with this info string, in order.
fn blocks(info: &str) -> Vec<String> {
    blocks_of(&std::fs::read_to_string(root().join("README.md")).unwrap(), info)
}

fn blocks_of(text: &str, info: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if kind == info {
                found.push(body.join("\n"));
            }
        }
    }
    found
}

/// Whether the tools that the README's curls need are here. Says so when they are not.
fn tools_are_here() -> bool {
    let here = ["bash", "curl", "jq"].iter().all(|tool| {
        Command::new(tool)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
    });
    let required = std::env::var("SEDAYA_TEST_README").is_ok_and(|wish| wish == "require");
    assert!(here || !required, "SEDAYA_TEST_README=require, but bash, curl or jq is missing");
    if !here {
        let _ = writeln!(std::io::stderr(), "tests: the README's curls are left out (install bash, curl and jq)");
    }
    here
}

/// A reader's folder: the repository's sources are there, `sedaya` is on the path.
struct Reader {
    dir: tempfile::TempDir,
    bin: PathBuf,
}

impl Reader {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let bin = dir.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(SEDAYA, bin.join("sedaya")).unwrap();
        std::os::unix::fs::symlink(root().join("src"), dir.path().join("src")).unwrap();
        Self { dir, bin }
    }

    /// Runs a script; gives what it printed.
    fn run(&self, script: &str) -> String {
        let path = format!("{}:{}", self.bin.display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", script])
            .current_dir(self.dir.path())
            .env("PATH", path)
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{script}\n--- printed\n{out}\n--- said\n{err}");
        out.into_owned()
    }
}

/// A demo that is stopped with the test.
struct Demo {
    child: Child,
    line: Value,
}

impl Demo {
    fn start(reader: &Reader) -> Self {
        let mut child = Command::new(SEDAYA)
            .args(["demo", "--addr", "127.0.0.1:0", "--format", "json"])
            .current_dir(reader.dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, line: serde_json::from_str(&line).unwrap() }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_tour_works_as_written() {
    if !tools_are_here() {
        return;
    }
    let reader = Reader::new();
    let demo = Demo::start(&reader);
    let url = demo.line["url"].as_str().unwrap();
    let tour = blocks("sh tour");
    assert!(tour.len() >= 8, "{} blocks", tour.len());
    let script = tour.join("\necho '=== next'\n").replace("http://127.0.0.1:8080", url);
    let printed = reader.run(&script);
    let parts: Vec<&str> = printed.split("=== next\n").collect();
    let documents = |part: &str| -> Vec<Value> {
        serde_json::Deserializer::from_str(part).into_iter().map(|v| v.unwrap()).collect()
    };
    // The investor: three cards, each explained by points that add up to its score.
    let cards = documents(parts[1]);
    assert_eq!(cards.len(), 3);
    for card in &cards {
        let sum: f64 = card["why"].as_array().unwrap().iter().map(|c| c["points"].as_f64().unwrap()).sum();
        assert!((sum - card["score"].as_f64().unwrap()).abs() < 1e-6, "{card}");
    }
    // One of them is looked at closer.
    let closer = &documents(parts[2])[0];
    assert_eq!(closer["state"], "shortlisted", "{closer}");
    assert_eq!(documents(parts[3]).len(), 3);
    // The owner: a status and never a rank.
    let status = &documents(parts[4])[0];
    assert_eq!(status["state"], "listed", "{status}");
    // Staff: drafted, approved, published.
    assert!(parts[5].contains("draft") && parts[5].contains("approved") && parts[5].contains("published"));
    assert_eq!(documents(parts[6]).len(), 5);
    // The sheet is the one that was imported, so a dry run finds nothing to do.
    let dry = &documents(parts[7])[0];
    assert_eq!(
        (&dry["state"], &dry["errors_total"], &dry["created"]),
        (&"applied".into(), &0.into(), &0.into()),
        "{dry}"
    );
    // The auditor: what was published follows from what was stored, here and offline.
    let replay = parts[parts.len() - 6];
    assert!(replay.contains("\"verdict\": \"verified\"") && replay.contains("\nverified: "), "{replay}");
    // A mistake: all three faults at once.
    let problem = &documents(parts[8])[0];
    assert_eq!(problem["status"], 422);
    assert!(problem["errors"].as_array().unwrap().len() >= 3, "{problem}");
    // An introduction: asked for, let through, agreed to; then somebody to call, and in the end the owner's word.
    let [.., told, asked, answered, met, tuned] = parts[..] else { panic!("{} parts", parts.len()) };
    // An app is told of what has just happened; its address is nobody's.
    let told = &documents(told)[0];
    assert_eq!((&told["event"], &told["payload"]["data"]["dry_run"]), (&"import.finished".into(), &true.into()));
    let states = |part: &str| documents(part).iter().map(|d| d["state"].clone()).collect::<Vec<_>>();
    assert_eq!(states(asked), ["requested", "awaiting_owner", "awaiting_owner"]);
    let answered = documents(answered);
    assert_eq!((&answered[0]["state"], &answered[2]["state"]), (&"asked".into(), &"introduced".into()));
    assert!(answered[1]["asked_by"]["consent"].as_str().unwrap().contains("Menolak tidak memengaruhi bansos"));
    assert!(met.contains("\"phone\"") && met.trim_end().ends_with("fulfilled"), "{met}");
    // What a change would do, whether the list holds, and whether it is fair.
    let [compared, holds, fair] = &documents(tuned)[..] else { panic!("{tuned}") };
    assert!(compared["headline"].as_str().unwrap().contains("stay among the first 10"), "{compared}");
    assert_eq!(holds["weights"].as_array().unwrap().len(), 2);
    assert!(fair["headline"].is_string() && fair["test"].is_number(), "{fair}");
}

/// Every description in a document.
fn descriptions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(text) if name == "description" => found.push(text.to_owned()),
                    _ => descriptions(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| descriptions(item, found)),
        _ => {}
    }
}

#[test]
fn the_first_steps_of_the_document_work_as_written() {
    let document: Value = serde_json::from_str(&sedaya::cli::openapi::text().unwrap()).unwrap();
    let mut found = Vec::new();
    descriptions(&document, &mut found);
    let told = document["info"]["description"].as_str().unwrap();
    let steps = blocks_of(told, "sh");
    assert_eq!(steps.len(), 3);
    // What is said of commands anywhere else would not be run below.
    let elsewhere = found.iter().filter(|text| text.as_str() != told);
    assert_eq!(elsewhere.filter(|text| text.contains("```") || text.contains("curl")).count(), 0);
    assert_eq!(told.matches("```").count(), 2 * steps.len());
    if !tools_are_here() {
        return;
    }
    let reader = Reader::new();
    let demo = Demo::start(&reader);
    let logins = demo.line["logins"].as_array().unwrap();
    let staff = logins.iter().find(|login| login["persona"] == "staff").unwrap();
    let script = format!(
        "NAME={} PASSWORD={}\n{}",
        staff["username"],
        staff["password"],
        steps.join("\n").replace("http://127.0.0.1:8080", demo.line["url"].as_str().unwrap())
    );
    let printed = reader.run(&script);
    let lines: Vec<&str> = printed.lines().collect();
    let [first, second, cohort, again, status] = lines[..] else { panic!("{printed}") };
    assert!(first.contains("ven_") && second.contains("ven_") && first != second, "{printed}");
    assert!(cohort.starts_with("coh_") && cohort == again, "{printed}");
    assert_eq!(status, "304");
}

#[test]
fn ranking_offline_works_as_written() {
    if !tools_are_here() {
        return;
    }
    let printed = Reader::new().run(&blocks("sh offline").join("\n"));
    assert!(printed.contains("\"points\": 45") || printed.contains("\"points\":45"), "{printed}");
    // Another method over the same kind of table: a rank a row, and VIKOR's compromise set.
    let last: Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
    assert_eq!((last["ranking"].as_array().map(Vec::len), last["compromise"].is_array()), (Some(3), true), "{printed}");
}

#[test]
fn an_operator_starts_as_written() {
    if !tools_are_here() {
        return;
    }
    let printed = Reader::new().run(&blocks("sh serve").join("\n"));
    assert!(printed.contains("(admin)"), "{printed}");
    let (token, verdict) = printed.trim_end().rsplit_once('\n').unwrap();
    assert!(token.lines().last().unwrap().split('.').count() == 3, "{printed}");
    assert!(verdict.starts_with("intact: "), "{printed}");
}

#[test]
fn an_operator_replaces_a_key_as_written() {
    if !tools_are_here() {
        return;
    }
    let printed = Reader::new().run(&[blocks("sh serve"), blocks("sh keys"), blocks("sh sealing")].concat().join("\n"));
    let lines: Vec<&str> = printed.lines().collect();
    let [added, new, old, seals, sealing, .., will_seal] = lines[lines.len() - 9..] else { panic!("{printed}") };
    assert!(added.starts_with("added "), "{printed}");
    let kid = new.split_whitespace().next().unwrap();
    assert!(added.contains(kid) && new.contains("will sign from") && old.ends_with("signs"), "{printed}");
    assert_eq!(seals, "1  seals");
    assert!(sealing.starts_with("added sealing key 2") && will_seal.starts_with("2  will seal from"), "{printed}");
}

#[test]
fn a_second_demo_changes_nothing() {
    let reader = Reader::new();
    let run = || {
        let output = Command::new(SEDAYA)
            .args(["demo", "--no-serve", "--format", "json"])
            .current_dir(reader.dir.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let first = run();
    assert_eq!(first.lines().count(), 1);
    let line: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(line["url"], Value::Null);
    assert_eq!(line["imported"]["participants"], 100);
    assert_eq!(line["imported"]["errors"], 0);
    let personas: Vec<_> = line["logins"].as_array().unwrap().iter().map(|l| l["persona"].as_str().unwrap()).collect();
    assert_eq!(
        personas,
        ["admin", "staff", "staff_second", "assessor", "auditor", "investor", "investor_other", "owner"]
    );
    assert!(line["matches"].as_array().unwrap().len() >= 5);
    assert_eq!(run(), first);
}

#[test]
fn the_two_commands_stand_as_they_are_promised() {
    assert_eq!(blocks("sh"), ["cargo run --release -- demo", "cargo test"]);
}

#[test]
fn demo_passwords_are_random_and_private() {
    let passwords = || {
        let reader = Reader::new();
        let demo = Command::new(SEDAYA).args(["demo", "--no-serve"]).current_dir(reader.dir.path()).output().unwrap();
        assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
        let path = reader.dir.path().join("sedaya-demo/demo-logins.json");
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "only its owner reads it");
        let logins: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let logins = logins["logins"].as_array().unwrap().clone();
        logins.iter().map(|l| l["password"].as_str().unwrap().to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    let (first, second) = (passwords(), passwords());
    assert_eq!((first.len(), second.len()), (8, 8));
    assert!(first.is_disjoint(&second));
}
