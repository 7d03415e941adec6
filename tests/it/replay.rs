//! Replays: what was published follows from what was stored, here and offline; whatever was changed since is found, and
//! what was erased is not missed.

use std::io::Write as _;
use std::process::{Command, Stdio};

use diesel::connection::SimpleConnection as _;
use proptest::prelude::*;
use sedaya::domain::consent::Purpose;
use sedaya::domain::id::{MatchListId, VentureId};
use sedaya::engine::VERSION;
use sedaya::ops::replay::{self, Coded, Kit, KitGap, Verdict, What};
use sedaya::ops::{By, consent};
use sedaya::store::{self, Conn, StoreError};
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

fn sql(p: &Programme, statements: &str) {
    p.db.db.write::<_, StoreError>(|conn| Ok(conn.batch_execute(statements)?)).unwrap();
}

async fn lists(p: &Programme) -> Vec<String> {
    p.walk("staff", "/v1/match-lists", 100).await.iter().map(|list| text(&list["id"]).to_owned()).collect()
}

async fn replayed(p: &Programme, list: &str) -> Value {
    p.get("auditor", &format!("/v1/match-lists/{list}/replay")).await.expect(200).body
}

async fn kit_text(p: &Programme, list: &str) -> String {
    p.get("auditor", &format!("/v1/match-lists/{list}/kit")).await.expect(200).text
}

async fn kit(p: &Programme, list: &str) -> Kit {
    Kit::read(kit_text(p, list).await.as_bytes()).unwrap()
}

/// What `sedaya replay` says of a file: exit code, verdict, and what stands on standard error.
fn by_command(kit: &[u8], arguments: &[&str]) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sedaya"))
        .args(["replay", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(kit).unwrap();
    let done = child.wait_with_output().unwrap();
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code().unwrap(), said(done.stdout), said(done.stderr))
}

fn whats(found: &replay::Replay) -> Vec<What> {
    let mut all: Vec<What> = found.differences.iter().map(|d| d.what).collect();
    all.dedup();
    all
}

over_http!(every_list_replays_to_the_byte, |p| {
    let mut raisable = 0;
    for list in lists(p).await {
        let found = replayed(p, &list).await;
        let told = p.get("staff", &format!("/v1/match-lists/{list}")).await.expect(200).body;
        assert_eq!((&found["verdict"], &found["differences"]), (&json!("verified"), &json!([])), "{found}");
        assert_eq!((&found["entries"], &found["entries_equal"]), (&told["entries_total"], &told["entries_total"]));
        assert_eq!((&found["audited"], &found["erased"], &found["gaps"]), (&json!(true), &json!(0), &json!([])));
        for hash in ["inputs_hash", "output_hash"] {
            assert_eq!((&found[hash], &found[format!("{hash}_now")]), (&told[hash], &told[hash]));
        }
        let how = ["results", "places", "cards"].map(|part| text(&found[part]));
        assert_eq!(how, ["recomputed", "recomputed", "hashed"]);

        // The same offline, from a file that is canonical JSON.
        let path = format!("/v1/match-lists/{list}/kit");
        let reply = p.get("auditor", &path).await.expect(200);
        let name = format!("attachment; filename=\"{list}.kit.json\"");
        assert_eq!(reply.header("content-disposition"), Some(name.as_str()));
        let read = Kit::read(reply.text.as_bytes()).unwrap();
        assert_eq!(read.text().unwrap(), reply.text);
        assert_eq!(p.get("staff", &path).await.expect(200).text, reply.text);
        let (exit, printed, said) = by_command(reply.text.as_bytes(), &["--format", "json"]);
        let mut offline = found.clone();
        offline["audited"] = Value::Null;
        assert_eq!((exit, serde_json::from_str::<Value>(&printed).unwrap(), said.as_str()), (0, offline, ""));
        let (exit, printed, _) = by_command(reply.text.as_bytes(), &[]);
        assert!(exit == 0 && printed.starts_with("verified: ") && printed.contains(text(&told["output_hash"])));
        // Under no hash, so it is not said to be verified.
        let named = format!("named by the kit and not verified: list \"{list}\", criteria {}", told["criteria_id"]);
        assert!(printed.contains(&named), "{printed}");
        raisable += read.inputs.rows.iter().filter(|row| row.outcome.is_some()).count();
        // Nothing is in it that the criteria do not read.
        let criteria = read.inputs.criteria.to_string();
        for column in &read.inputs.columns {
            assert!(criteria.contains(&format!("\"{}\"", column.field)), "{}", column.field);
        }
        for who in ["investor", "investor_other", "owner", "assessor", "admin"] {
            for rest in ["kit", "replay"] {
                let refused = p.get(who, &format!("/v1/match-lists/{list}/{rest}")).await;
                assert_eq!(refused.refusal(), (403, "forbidden"), "{who} {rest}");
            }
        }
    }
    assert!(raisable > 0, "some line of the sample says what would raise it");
});

over_http!(a_list_replays_whatever_has_changed_since, |p| {
    let list = p.logins.match_list_id.to_string();
    let (before, file) = (replayed(p, &list).await, kit_text(p, &list).await);
    let staff = p.actor("staff");
    for line in p.walk("staff", &format!("/v1/match-lists/{list}/entries"), 100).await.iter().take(3) {
        let venture: VentureId = text(&line["venture_id"]).parse().unwrap();
        let withdraw = |act: &mut sedaya::ops::Act<'_>| consent::withdraw(act, venture, Purpose::AnonymisedListing);
        p.service().write(By::Account(&staff), withdraw).unwrap();
    }
    // Another rubric, another version of the criteria, another list in its place, and years.
    let rubric = p.get("staff", "/v1/rubrics").await.items()[0]["id"].clone();
    let document = p.get("staff", &format!("/v1/rubrics/{}/versions/1", text(&rubric))).await.body["document"].clone();
    let made = p.post("staff", "/v1/rubrics", &json!({"document": document})).await.expect(201);
    let publish = format!("/v1/rubrics/{}/versions/1/publish", text(&made.body["id"]));
    p.post("staff", &publish, &json!({})).await.expect(200);
    p.advance(3 * 365 * 86_400);
    let order = json!({"criteria_id": p.logins.criteria_id, "version": 1});
    let next = p.post("staff", "/v1/match-lists", &order).await.expect(201);
    p.post("staff_second", &format!("{}/publish", next.header("location").unwrap()), &json!({})).await.expect(200);
    assert_eq!(replayed(p, &list).await, before);
    assert_eq!(kit_text(p, &list).await, file);
    assert_eq!(replayed(p, text(&next.body["id"])).await["verdict"], "verified");
});

over_http!(a_draft_replays_too, |p| {
    let order = json!({"criteria_id": p.logins.criteria_id, "version": 1});
    let draft = p.post("staff", "/v1/match-lists", &order).await.expect(201);
    let found = replayed(p, text(&draft.body["id"])).await;
    assert_eq!((&found["verdict"], &found["audited"]), (&json!("verified"), &Value::Null));
});

over_http!(whatever_is_changed_in_the_database_is_found, |p| {
    let list = p.logins.match_list_id;
    let at = |position: i32| format!("list_id = '{list}' AND position = {position}");
    let entries = "match_list_entries";
    let cases: [(String, &[&str]); 9] = [
        (
            format!("UPDATE {entries} SET card = replace(card, '\"story\":null', '\"story\":\"x\"') WHERE {}", at(2)),
            &["line", "output_hash"],
        ),
        (
            format!("UPDATE {entries} SET result = replace(result, '\"rank\":1', '\"rank\":2') WHERE {}", at(1)),
            &["line", "output_hash", "result"],
        ),
        (format!("UPDATE {entries} SET hash = '{}' WHERE {}", "0".repeat(64), at(3)), &["line"]),
        (format!("DELETE FROM {entries} WHERE {}", at(2)), &["count", "output_hash"]),
        (format!("UPDATE match_lists SET seed = 'x' WHERE id = '{list}'"), &["seed"]),
        (format!("UPDATE match_lists SET engine_version = '0' WHERE id = '{list}'"), &["engine_version"]),
        (
            format!("UPDATE match_lists SET inputs_hash = '{}' WHERE id = '{list}'", "0".repeat(64)),
            &["audit", "inputs_hash"],
        ),
        (
            format!("UPDATE match_lists SET output_hash = '{}' WHERE id = '{list}'", "0".repeat(64)),
            &["audit", "output_hash"],
        ),
        (format!("UPDATE match_lists SET entries_total = entries_total - 1 WHERE id = '{list}'"), &["count"]),
    ];
    let keep = format!(
        "CREATE TABLE e AS SELECT * FROM {entries} WHERE list_id = '{list}'; CREATE TABLE l AS SELECT * FROM match_lists"
    );
    sql(p, &keep);
    for (tamper, wanted) in cases {
        sql(p, &tamper);
        let found = replayed(p, &list.to_string()).await;
        let told = found["differences"].as_array().unwrap().iter().map(|d| text(&d["what"])).collect();
        let told: std::collections::BTreeSet<&str> = told;
        assert_eq!(found["verdict"], "differs", "{tamper}");
        assert!(wanted.iter().all(|what| told.contains(what)), "{tamper}: {told:?}");
        let restore = format!(
            "DELETE FROM {entries} WHERE list_id = '{list}'; INSERT INTO {entries} SELECT * FROM e;
             UPDATE match_lists SET seed = l.seed, engine_version = l.engine_version, inputs_hash = l.inputs_hash,
             output_hash = l.output_hash, entries_total = l.entries_total FROM l WHERE l.id = match_lists.id"
        );
        sql(p, &restore);
        assert_eq!(replayed(p, &list.to_string()).await["verdict"], "verified", "{tamper}");
    }
    // Somebody who forges everything in the list itself is found by the audit.
    let mut forged = kit(p, &list.to_string()).await;
    let place = forged.inputs.columns.iter().position(|c| c.field.starts_with("dimension.")).unwrap();
    let cell = forged.inputs.rows.iter_mut().find_map(|row| match &mut row.cells[place] {
        Coded::Number(numbers) => Some(numbers),
        _ => None,
    });
    *cell.unwrap() = [json!(1), json!(1), json!(1)].map(|n| serde_json::from_value(n).unwrap());
    let blob = forged.inputs.compressed().unwrap();
    let hash = forged.inputs.hash().unwrap();
    let set = |conn: &mut Conn| store::match_list::set_inputs(conn, list, &blob);
    p.db.db.write::<_, StoreError>(set).unwrap();
    sql(p, &format!("UPDATE match_lists SET inputs_hash = '{hash}' WHERE id = '{list}'"));
    let found = replayed(p, &list.to_string()).await;
    assert_eq!((&found["verdict"], &found["audited"]), (&json!("differs"), &json!(false)));
    assert_eq!(found["inputs_hash"], found["inputs_hash_now"]);
});

over_http!(inputs_that_cannot_be_read_are_said_to_be_so, |p| {
    let list: MatchListId = p.logins.match_list_id;
    let venture: VentureId =
        text(&p.walk("staff", &format!("/v1/match-lists/{list}/entries"), 100).await[0]["venture_id"]).parse().unwrap();
    for broken in [&b""[..], b"\x00", b"nonsense", &[0xff; 100]] {
        p.db.db.write::<_, StoreError>(|conn| store::match_list::set_inputs(conn, list, broken)).unwrap();
        let found = replayed(p, &list.to_string()).await;
        assert_eq!((&found["verdict"], &found["inputs_hash_now"]), (&json!("differs"), &Value::Null));
        assert_eq!(found["differences"], json!([{"what": "inputs", "position": null}]));
        let refused = p.get("auditor", &format!("/v1/match-lists/{list}/kit")).await;
        assert_eq!(refused.refusal(), (409, "no_inputs"));
    }
    // Whom they hold nobody can tell, so an erasure takes them all.
    p.service().write(By::Operator, |act| replay::cut(act.conn, list, venture)).unwrap();
    let left = p.service().read(|conn| Ok(store::match_list::inputs(conn, list)?)).unwrap();
    assert_eq!(left, Some(Vec::new()));
});

/// A kit of the sample: with a floor, or without one.
fn sample_kits() -> Vec<Kit> {
    let (db, logins) = crate::support::database::TestDb::sqlite_with_sample();
    let found = std::sync::Mutex::default();
    crate::support::programme::run(db, logins, async |p: &Programme| {
        let mut all = Vec::new();
        for list in lists(p).await {
            all.push(kit(p, &list).await);
        }
        *found.lock().unwrap() = all;
    });
    found.into_inner().unwrap()
}

#[test]
fn whatever_is_changed_in_a_kit_is_found() {
    for kit in sample_kits() {
        let found = |change: &dyn Fn(&mut Kit)| {
            let mut changed = kit.clone();
            change(&mut changed);
            assert_ne!(changed, kit);
            let file = changed.text().unwrap();
            let found = Kit::read(file.as_bytes()).unwrap().replay().unwrap();
            assert_eq!(found.verdict, Verdict::Differs);
            let (exit, printed, _) = by_command(file.as_bytes(), &[]);
            assert!(exit == 3 && printed.starts_with("differs: "), "{printed}");
            whats(&found)
        };
        let is_hash = |all: Vec<What>| assert!(all.contains(&What::InputsHash), "{all:?}");
        is_hash(found(&|k| k.inputs.rows[0].cells[0] = Coded::NotAnswered));
        is_hash(found(&|k| k.inputs.rows[0].pending ^= true));
        is_hash(found(&|k| drop(k.inputs.rows.remove(1))));
        is_hash(found(&|k| k.inputs.criteria["preferences"][0]["weight"] = json!(1)));
        is_hash(found(&|k| k.inputs.criteria["limit"] = json!(3)));
        is_hash(found(&|k| k.inputs.columns[0].field = "x".into()));
        is_hash(found(&|k| k.inputs.cut.push("0".repeat(64))));
        assert!(found(&|k| k.inputs.seed.push('x')).contains(&What::Seed));
        assert!(found(&|k| k.lottery_seed.push('x')).contains(&What::Seed));
        assert!(found(&|k| k.engine_version.push('x')).contains(&What::EngineVersion));
        assert!(found(&|k| k.inputs_hash = "0".repeat(64)).contains(&What::InputsHash));
        assert!(found(&|k| k.output_hash = "0".repeat(64)).contains(&What::OutputHash));
        assert!(found(&|k| k.lines[1].card["story"] = json!("x")).contains(&What::Line));
        assert!(found(&|k| k.lines[1].hash = "0".repeat(64)).contains(&What::Line));
        assert!(found(&|k| k.lines[1].result["score_tenths"] = json!(1)).contains(&What::Result));
        assert!(found(&|k| drop(k.lines.pop())).contains(&What::Count));
        assert!(found(&|k| k.entries_total += 1).contains(&What::Count));
        // A line with its hash and the list's made anew is still another line than the inputs give.
        let rehash = |k: &mut Kit| {
            for line in &mut k.lines {
                let canonical = |v: &Value| sedaya::domain::canonical::to_string(v).unwrap();
                let (result, card) = (canonical(&line.result), canonical(&line.card));
                line.hash = replay::hash_of(line.position, &line.id, &result, &card).unwrap();
            }
            k.output_hash = replay::output_hash(k.lines.iter().map(|l| l.hash.as_str())).unwrap();
        };
        let forged = |change: &dyn Fn(&mut Kit)| {
            found(&|k: &mut Kit| {
                change(k);
                rehash(k);
            })
        };
        assert_eq!(forged(&|k| k.lines[1].result["result"]["score"] = json!(99)), [What::Result]);
        assert_eq!(forged(&|k| k.lines[0].result["result"]["flags"] = json!(["veto"])), [What::Result]);
        let swapped = forged(&|k| {
            let (first, second) = (k.lines[0].clone(), k.lines[1].clone());
            (k.lines[0].id, k.lines[0].result, k.lines[0].card) = (second.id, second.result, second.card);
            (k.lines[1].id, k.lines[1].result, k.lines[1].card) = (first.id, first.result, first.card);
        });
        assert_eq!(swapped, [What::Place]);
        let reseeded = forged(&|k| {
            k.inputs.criteria["preferences"][0]["weight"] = json!(0.000_001);
            k.inputs_hash = k.inputs.hash().unwrap();
        });
        assert!(!reseeded.contains(&What::InputsHash) && !reseeded.is_empty(), "{reseeded:?}");
    }
}

#[test]
fn files_that_are_no_kit_are_said_to_be_none() {
    let kit = &sample_kits()[0];
    let whole = kit.text().unwrap();
    let other = whole.replacen("sedaya-kit-1", "sedaya-kit-9", 1);
    let more = whole.replacen("\"gaps\"", "\"more\":1,\"gaps\"", 1);
    // What is written twice says two things, and only one of them would be verified.
    let limit = whole.replacen("\"criteria\":{", "\"criteria\":{\"limit\":1,", 1);
    let score = whole.replacen("\"result\":{\"", "\"result\":{\"score_tenths\":99,\"", 1);
    let twice =
        |text: &str, name: &str| text.replacen(&format!("\"{name}\":"), &format!("\"{name}\":\"\",\"{name}\":"), 1);
    let (story, format) = (twice(&whole, "story"), twice(&whole, "format"));
    let cases: [(&[u8], &str); 11] = [
        (limit.as_bytes(), "\"limit\" is written twice"),
        (score.as_bytes(), "\"score_tenths\" is written twice"),
        (story.as_bytes(), "\"story\" is written twice"),
        (format.as_bytes(), "duplicate field `format`"),
        (b"", "this is no kit"),
        (b"PK\x03\x04", "this is no kit"),
        (b"[]", "this is no kit"),
        (b"{\"format\":\"sedaya-kit-1\"}", "missing field"),
        (other.as_bytes(), "sedaya-kit-9"),
        (more.as_bytes(), "unknown field"),
        (&whole.as_bytes()[..whole.len() / 2], "this is no kit"),
    ];
    for (bytes, said) in cases {
        for format in ["table", "json"] {
            let (exit, printed, log) = by_command(bytes, &["--format", format]);
            assert_eq!(exit, 3, "{log}");
            if format == "table" {
                assert!(printed.is_empty() && log.starts_with("sedaya replay: -: ") && log.contains(said), "{log}");
            } else {
                let told: Value = serde_json::from_str(&printed).unwrap();
                assert_eq!((&told["errors"][0]["code"], log.as_str()), (&json!("not_a_kit"), ""));
                assert!(text(&told["errors"][0]["detail"]).contains(said), "{told}");
            }
        }
    }
    let missing = Command::new(env!("CARGO_BIN_EXE_sedaya")).args(["replay", "no/such.json"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no/such.json"));
}

/// What an erasure does to a list, in a kit.
fn erase(kit: &mut Kit, id: &str) {
    assert!(kit.inputs.cut(id).unwrap());
    if let Some(at) = kit.lines.iter().position(|line| line.id == id) {
        let line = kit.lines.remove(at);
        kit.gaps.push(KitGap { position: line.position, hash: line.hash });
        kit.gaps.sort_by_key(|gap| gap.position);
    }
}

#[test]
fn any_ventures_erased_are_not_missed() {
    let kits = sample_kits();
    assert!(kits.iter().any(|kit| kit.inputs.criteria.get("representation").is_some()), "a list with a floor");
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let chosen = proptest::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 1..12);
    runner
        .run(&chosen, |chosen| {
            for kit in &kits {
                let mut left = kit.clone();
                for (listed, index) in &chosen {
                    let lines: Vec<_> = left.lines.iter().map(|line| line.id.clone()).collect();
                    let rows: Vec<_> = left.inputs.rows.iter().map(|row| row.id.clone()).collect();
                    let from = if *listed && !lines.is_empty() { lines } else { rows };
                    erase(&mut left, &from[index.index(from.len())]);
                }
                let found = left.clone().replay().unwrap();
                prop_assert_eq!(found.differences, []);
                prop_assert_eq!(found.verdict, Verdict::VerifiedExceptErased);
                prop_assert_eq!((found.erased, found.gaps.len()), (chosen.len(), left.gaps.len()));
                prop_assert_eq!(&found.output_hash_now, &kit.output_hash);
                prop_assert_eq!(found.inputs_hash_now.as_ref(), Some(&kit.inputs_hash));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_is_left_beside_an_erasure_is_still_held_to_its_inputs() {
    for kit in sample_kits() {
        let mut left = kit;
        let gone = left.lines[1].id.clone();
        erase(&mut left, &gone);
        let rehash = |k: &mut Kit| {
            for line in &mut k.lines {
                let canonical = |v: &Value| sedaya::domain::canonical::to_string(v).unwrap();
                let (result, card) = (canonical(&line.result), canonical(&line.card));
                line.hash = replay::hash_of(line.position, &line.id, &result, &card).unwrap();
            }
            let mut hashes: Vec<_> = k.lines.iter().map(|l| (l.position, l.hash.clone())).collect();
            hashes.extend(k.gaps.iter().map(|g| (g.position, g.hash.clone())));
            hashes.sort();
            k.output_hash = replay::output_hash(hashes.iter().map(|(_, hash)| hash.as_str())).unwrap();
        };
        let forged = |change: &dyn Fn(&mut Kit)| {
            let mut changed = left.clone();
            change(&mut changed);
            rehash(&mut changed);
            whats(&changed.replay().unwrap())
        };
        assert_eq!(forged(&|_| {}), []);
        assert_eq!(forged(&|k| k.lines[0].result["result"]["score"] = json!(99)), [What::Result]);
        assert_eq!(forged(&|k| k.lines[0].result["result"]["rank"] = json!(40)), [What::Place]);
        assert!(forged(&|k| k.lines[0].position = 2).contains(&What::Place));
        // A line that is taken away although its venture is still among the inputs.
        let hidden = forged(&|k| {
            let line = k.lines.remove(2);
            k.gaps.push(KitGap { position: line.position, hash: line.hash });
            k.gaps.sort_by_key(|gap| gap.position);
        });
        assert!(hidden.contains(&What::Place) || hidden.contains(&What::Count), "{hidden:?}");
        let swapped = forged(&|k| {
            let (a, b) = (k.lines[0].position, k.lines[1].position);
            (k.lines[0].position, k.lines[1].position) = (b, a);
            for line in &mut k.lines {
                line.result["result"]["position"] = json!(line.position);
            }
        });
        assert!(swapped.contains(&What::Place), "{swapped:?}");
    }
}

over_http!(an_erased_venture_leaves_nothing_but_hashes_in_lists, |p| {
    let all = lists(p).await;
    let own = p.logins.match_list_id.to_string();
    let path = format!("/v1/match-lists/{own}/entries");
    let before = p.get("investor", &path).await.expect(200);
    let entries = p.walk("staff", &path, 100).await;
    let (first, third) = (text(&entries[0]["venture_id"]).to_owned(), text(&entries[2]["venture_id"]).to_owned());
    // Read once, so that the lines are in memory: they may not be served from there.
    for id in [&third, &first] {
        let venture: VentureId = id.parse().unwrap();
        let was_in = p.service().write(By::Operator, |act| replay::erase(act.conn, venture)).unwrap();
        let mut was_in: Vec<_> = was_in.iter().map(ToString::to_string).collect();
        was_in.sort();
        let mut expected = Vec::new();
        for list in &all {
            let found = replayed(p, list).await;
            if found["erased"] != 0 {
                expected.push(list.clone());
            }
            assert_ne!(found["verdict"], "differs", "{found}");
        }
        expected.sort();
        assert!(was_in.contains(&own) && was_in.iter().all(|list| expected.contains(list)), "{was_in:?} {expected:?}");
        // Nothing is there to be cut twice.
        assert_eq!(p.service().write(By::Operator, |act| replay::erase(act.conn, venture)).unwrap(), []);
    }
    let found = replayed(p, &own).await;
    assert_eq!((&found["verdict"], &found["erased"]), (&json!("verified_except_erased"), &json!(2)));
    assert_eq!((&found["gaps"], &found["places"], &found["audited"]), (&json!([1, 3]), &json!("hashed"), &json!(true)));
    assert_eq!(found["entries_equal"].as_u64(), Some(entries.len() as u64 - 2));
    // Numbered gaps, to everybody, under a new tag.
    for who in ["investor", "staff", "auditor"] {
        let after = p.get(who, &path).await.expect(200);
        assert_ne!(after.etag(), before.etag());
        let gone = |n: usize| json!({"position": n, "gone": true});
        assert_eq!((&after.items()[0], &after.items()[2]), (&gone(1), &gone(3)), "{who}");
        assert_eq!(after.items()[1]["position"], 2);
        assert_eq!(p.get(who, &format!("{path}/3")).await.expect(200).body, gone(3));
        assert_eq!(p.walk(who, &path, 2).await.len(), entries.len());
    }
    for list in &all {
        let kit = kit_text(p, list).await;
        assert!(!kit.contains(&first) && !kit.contains(&third));
        let (exit, printed, _) = by_command(kit.as_bytes(), &[]);
        assert_eq!(exit, 0, "{printed}");
        assert!(list != &own || printed.contains("3: dihapus atas permintaan"), "{printed}");
        let kept = p.service().read(|conn| Ok(store::match_list::ventures(conn, list.parse().unwrap())?)).unwrap();
        assert!(kept.iter().all(|v| v.to_string() != first && v.to_string() != third));
    }
});

/// A kit of each engine version must be replayed for good; the file of another version stays, and is not run by this
/// one.
#[test]
fn the_kit_of_this_engine_version_replays() {
    for name in ["plain", "floor"] {
        let path = format!("tests/it/data/golden/{name}.engine-{VERSION}.kit.json");
        let file = std::fs::read(&path).unwrap_or_default();
        let (exit, printed, said) = by_command(&file, &[]);
        assert_eq!(
            exit, 0,
            "the engine makes other lines than {path}: raise engine::VERSION, and commit new kits as its files. \
             {printed}{said}"
        );
    }
}

/// Writes the kits of [`the_kit_of_this_engine_version_replays`] that are not there: `SEDAYA_TEST_KITS=write`.
#[test]
fn kits_are_written_when_asked_for() {
    if std::env::var("SEDAYA_TEST_KITS").is_ok_and(|wish| wish == "write") {
        for kit in sample_kits() {
            let has_floor = kit.inputs.criteria.get("representation").is_some();
            let name = if has_floor { "floor" } else { "plain" };
            let path = format!("tests/it/data/golden/{name}.engine-{VERSION}.kit.json");
            if !std::path::Path::new(&path).exists() {
                std::fs::write(path, kit.text().unwrap() + "\n").unwrap();
            }
        }
    }
}
