//! Erasure: after it nothing of the person is anywhere, and a database from before honours it.

use sedaya::ops::erasure::{file_beside, settle};
use serde_json::{Value, json};

use crate::over_http;
use crate::privacy::dump;
use crate::support::programme::Programme;
use crate::support::reply::send;

/// The words by which the owner's business could be told: its name, and those of its people.
async fn words(p: &Programme, path: &str) -> Vec<String> {
    let known = p.get("staff", path).await.expect(200).body;
    let people = known["people"].as_array().unwrap().iter().map(|one| one["name"].clone());
    people.chain([known["name"].clone()]).map(|word| word.as_str().unwrap().to_owned()).collect()
}

async fn erase(p: &Programme, path: &str) {
    let tag = p.get("staff", path).await.expect(200).etag();
    assert_eq!(send(p.by("staff", "DELETE", path).header("if-match", tag)).await.status, 204);
}

over_http!(an_erased_venture_is_nowhere, |p| {
    let id = p.ask_owner().await;
    let agreed = json!({"move": "accept", "consent": {"text_version": sedaya::domain::consent::TEXT_VERSION}});
    p.step("owner", &id, agreed).await.expect(200);
    let venture = p.user("owner").venture_id.unwrap();
    let path = format!("/v1/ventures/{venture}");
    let words = words(p, &path).await;
    let list = p.logins.match_list_id;
    let entries = format!("/v1/match-lists/{list}/entries");
    p.get("investor", &entries).await.expect(200);
    assert!(dump(&p.db).contains(words.last().unwrap()), "the scan would see it");

    let bare = send(p.by("staff", "DELETE", &path)).await;
    assert_eq!(bare.refusal(), (428, "precondition_required"));
    let stale = send(p.by("staff", "DELETE", &path).header("if-match", "\"999.staff.id\"")).await;
    assert_eq!(stale.refusal(), (412, "stale_version"));
    erase(p, &path).await;

    // Not to be found, not by its owner either.
    p.unknown_to("staff", "GET", &path).await;
    assert_eq!(p.get("owner", "/v1/me/status").await.refusal(), (401, "unauthenticated"));
    let all = p.walk("staff", "/v1/ventures", 100).await;
    assert!(all.iter().all(|one| one["id"] != json!(venture)));
    // Its line is a numbered gap, and the list is still proven.
    let read = p.get("investor", &entries).await.expect(200);
    assert_eq!(read.items()[0], json!({"position": 1, "gone": true}));
    let replayed = p.get("auditor", &format!("/v1/match-lists/{list}/replay")).await.expect(200);
    assert_eq!((&replayed.body["verdict"], &replayed.body["erased"]), (&json!("verified_except_erased"), &json!(1)));
    // The investor sees that it ended and is told to delete; what was written about it is gone.
    let ended = p.get("investor", &format!("/v1/matches/{id}")).await.expect(200);
    assert_eq!(ended.body["state"], "withdrawn");
    assert!(ended.body["delete_by"].is_string() && ended.body.get("request").is_none());
    let left = dump(&p.db);
    for word in &words {
        assert!(!left.contains(word), "{word} is still in the database");
    }
    let again = send(p.by("staff", "DELETE", &path).header("if-match", "\"1.staff.id\"")).await;
    assert_eq!(again.refusal(), (404, "not_found"));
});

over_http!(a_database_from_before_honours_the_tombstones, |p| {
    let venture = p.user("owner").venture_id.unwrap();
    let path = format!("/v1/ventures/{venture}");
    // As if the database were from before: the file beside the keys knows what was erased, the database does not.
    let file = file_beside(p.service().keys.file().unwrap());
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    std::fs::write(&file, format!("{before}{venture}\n")).unwrap();
    assert_eq!(settle(p.service()).unwrap(), 1);
    p.unknown_to("staff", "GET", &path).await;
    assert_eq!(settle(p.service()).unwrap(), 0);
    let noted = std::fs::read_to_string(&file).unwrap();
    assert_eq!(noted.lines().filter(|line| *line == venture.to_string()).count(), 1);
    let deeds: Vec<Value> = p.walk("auditor", &format!("/v1/audit?subject={venture}"), 100).await;
    assert!(deeds.iter().any(|deed| deed["action"] == "venture.erase"));
});
