//! Who looked: noted once a day and kind, told to the owner, and by name only once contact data has gone there.

use sedaya::ops::looks::flush;
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;

/// The looks that the owner is told of, the oldest first: day, what, by whom, and the name.
async fn told(p: &Programme) -> Vec<(String, String, String, Option<String>)> {
    let mut all: Vec<Value> = p.walk("owner", "/v1/me/access-log", 3).await;
    all.reverse();
    let text = |line: &Value, member: &str| line[member].as_str().unwrap().to_owned();
    all.iter()
        .map(|line| {
            let name = line.get("investor_name").map(|name| name.as_str().unwrap().to_owned());
            (text(line, "day"), text(line, "look"), text(line, "by"), name)
        })
        .collect()
}

fn line(day: &str, look: &str, by: &str) -> (String, String, String, Option<String>) {
    (day.into(), look.into(), by.into(), None)
}

over_http!(each_look_is_told_once_a_day, |p| {
    assert_eq!(told(p).await, []);
    let venture = p.user("owner").venture_id.unwrap();
    let entries = format!("/v1/match-lists/{}/entries", p.logins.match_list_id);
    let code = p.service().keys.venture_codes(p.investor("investor")).encode(venture);
    p.get("investor", &format!("/v1/match-lists/{}/cards/{code}", p.logins.match_list_id)).await.expect(200);
    assert_eq!(told(p).await, [line("2024-11-20", "card", "investor")]);
    for _ in 0..3 {
        p.get("investor", &entries).await.expect(200);
        p.get("investor", &format!("{entries}/1")).await.expect(200);
    }
    assert_eq!(told(p).await, [line("2024-11-20", "card", "investor")]);
    let found = p.match_of_owner();
    p.get("investor", &format!("/v1/matches/{found}")).await.expect(200);
    p.get("investor", "/v1/matches?limit=100").await.expect(200);
    p.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200);
    p.get("staff", &format!("/v1/ventures/{venture}/assessments")).await.expect(200);
    // The owner's own reading is nobody's look, and what was refused has shown nothing.
    p.get("owner", "/v1/me/status").await.expect(200);
    p.get("investor_other", &format!("/v1/matches/{found}")).await.expect(404);
    let today = [
        line("2024-11-20", "card", "investor"),
        line("2024-11-20", "match", "investor"),
        line("2024-11-20", "ratings", "staff"),
        line("2024-11-20", "record", "staff"),
    ];
    let sorted = async || {
        let mut all = told(p).await;
        all.sort();
        all
    };
    assert_eq!(sorted().await, today);
    // Another process notes the same look of the same day, and it is the same.
    let twin = p.twin().await;
    twin.get("investor", &entries).await.expect(200);
    twin.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200);
    flush(twin.service()).unwrap();
    assert_eq!(sorted().await, today);
    // Midnight in Jakarta is 17 hours in Greenwich.
    p.advance(15 * 3600 - 1);
    p.get("investor", &entries).await.expect(200);
    assert_eq!(told(p).await.len(), 4);
    p.advance(1);
    p.get("investor", &entries).await.expect(200);
    assert_eq!(told(p).await.last(), Some(&line("2024-11-21", "card", "investor")));
});

over_http!(how_much_is_looked_at_elsewhere_is_not_told, |p| {
    let venture = p.user("owner").venture_id.unwrap();
    let mut told = Vec::new();
    for others in [0, 3] {
        for other in p.walk("staff", "/v1/ventures", 100).await.iter().take(others + 1) {
            p.get("staff", &format!("/v1/ventures/{}", other["id"].as_str().unwrap())).await.expect(200);
            flush(p.service()).unwrap();
        }
        p.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200);
        told.push(p.get("owner", "/v1/me/access-log").await.expect(200).items()[0].clone());
        p.advance(86_400);
    }
    for line in &mut told {
        line.as_object_mut().unwrap().remove("day").unwrap();
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], json!({"look": "record", "label": "Seluruh catatan usaha", "by": "staff"}));
    let copy = p.get("owner", "/v1/me/data").await.expect(200);
    assert!(copy.body["looks"].as_array().unwrap().iter().all(|look| look.get("number").is_none()));
});

over_http!(an_investor_has_a_name_once_contact_data_has_gone_there, |p| {
    let id = p.ask_owner().await;
    p.get("investor", &format!("/v1/matches/{id}")).await.expect(200);
    let name = {
        let investor = p.get("staff", &format!("/v1/investors/{}", p.investor("investor"))).await.expect(200);
        investor.body["name"].as_str().unwrap().to_owned()
    };
    let before = p.get("owner", "/v1/me/access-log").await.expect(200);
    assert!(!before.text.contains(&name) && !before.text.contains("usr_") && !before.text.contains("inv_"));
    assert!(before.items().iter().any(|line| line["by"] == "investor" && line["investor_kind"].is_string()));
    let agreed = json!({"move": "accept", "consent": {"text_version": sedaya::domain::consent::TEXT_VERSION}});
    p.step("owner", &id, agreed).await.expect(200);
    let read = p.get("investor", &format!("/v1/matches/{id}")).await.expect(200);
    assert!(read.body["contact"].is_object());
    let after = told(p).await;
    let contact = after.iter().find(|(_, look, ..)| look == "contact").unwrap();
    assert_eq!(contact.3.as_ref(), Some(&name));
    assert!(after.iter().all(|(_, _, by, told)| (by == "investor") == (told.as_ref() == Some(&name))), "{after:?}");
});

over_http!(an_orderly_stop_loses_no_look, |p| {
    let twin = p.twin().await;
    let venture = p.user("owner").venture_id.unwrap();
    twin.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200);
    twin.app.stop(std::time::Duration::ZERO).await;
    assert_eq!(told(p).await, [line("2024-11-20", "record", "staff")]);
});

over_http!(of_an_erased_venture_no_look_is_kept, |p| {
    let venture = p.user("owner").venture_id.unwrap();
    let path = format!("/v1/ventures/{venture}");
    let twin = p.twin().await;
    let tag = p.get("staff", &path).await.expect(200).etag();
    twin.get("staff_second", &path).await.expect(200);
    let gone = p.by("staff", "DELETE", &path).header("if-match", tag);
    assert_eq!(crate::support::reply::send(gone).await.status, 204);
    flush(p.service()).unwrap();
    flush(twin.service()).unwrap();
    let left = p
        .service()
        .read(|conn| Ok(sedaya::store::access_log::page(conn, venture, &sedaya::store::Seek::First, 10)?.items.len()));
    assert_eq!(left.unwrap(), 0);
});
