//! What is new on a list, cards beside each other, and notes.

use serde_json::{Value, json};

use crate::over_http;
use crate::privacy::dump;
use crate::support::programme::Programme;
use crate::support::reply::send;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

/// A new list for the criteria of `investor`, published.
async fn publish(p: &Programme) -> String {
    let order = json!({"criteria_id": p.logins.criteria_id, "version": 1});
    let made = p.post("staff", "/v1/match-lists", &order).await.expect(201);
    let path = made.header("location").unwrap().to_owned();
    p.post("staff_second", &format!("{path}/publish"), &json!({})).await.expect(200);
    path
}

over_http!(a_card_is_found_by_its_code, |p| {
    let list = format!("/v1/match-lists/{}", p.logins.match_list_id);
    let entries = p.walk("investor", &format!("{list}/entries"), 100).await;
    for entry in &entries {
        let card = p.get("investor", &format!("{list}/cards/{}", text(&entry["card"]["code"]))).await.expect(200);
        assert_eq!(&card.body, entry);
        assert!(card.header("etag").is_some());
    }
    // A code of another investor, one of nobody, and no code at all are alike.
    let other = p.walk("investor_other", "/v1/match-lists", 10).await;
    let foreign = p.get("investor_other", &format!("/v1/match-lists/{}/entries", text(&other[0]["id"]))).await;
    let foreign = text(&foreign.items()[0]["card"]["code"]).to_owned();
    for code in [foreign.as_str(), "01jcnq8xvgf0nadk1qh2t8wz5e", "nonsense"] {
        assert_eq!(p.get("investor", &format!("{list}/cards/{code}")).await.refusal(), (404, "not_found"), "{code}");
    }
    // Up to four beside each other, in the order asked for, each once.
    let codes: Vec<_> = entries.iter().map(|entry| text(&entry["card"]["code"])).collect();
    let compare = async |codes: &str| p.get("investor", &format!("{list}/compare?codes={codes}")).await;
    let four = format!("{},{},{},{}", codes[3], codes[0], codes[4], codes[1]);
    let compared = compare(&four).await.expect(200);
    let order: Vec<_> = compared.items().iter().map(|item| item["position"].as_u64().unwrap()).collect();
    assert_eq!(order, [4, 1, 5, 2]);
    assert_eq!(&compared.items()[1], &entries[0]);
    let twice = compare(&format!("{},{}", codes[0], codes[0])).await.expect(200);
    assert_eq!(twice.items().len(), 1);
    assert_eq!(compare(&format!("{four},{}", codes[2])).await.refusal(), (400, "invalid_query"));
    assert_eq!(compare("").await.refusal(), (400, "invalid_query"));
    assert_eq!(compare(&format!("{},{foreign}", codes[0])).await.refusal(), (404, "not_found"));
    // Whose owner took the consent back is a gap here too.
    let venture = p.user("owner").venture_id.unwrap();
    let own = p.service().keys.venture_codes(p.investor("investor")).encode(venture);
    p.post("owner", "/v1/me/consents/withdrawal", &json!({"purpose": "anonymised_listing"})).await.expect(200);
    let gone = p.get("investor", &format!("{list}/cards/{own}")).await.expect(200);
    assert_eq!(gone.body["gone"], true);
});

over_http!(what_is_new_since_the_last_visit, |p| {
    let list = format!("/v1/match-lists/{}", p.logins.match_list_id);
    let shown = p.walk("investor", &format!("{list}/entries"), 100).await;
    let first = p.get("investor", &format!("{list}/news")).await.expect(200).body;
    assert_eq!((&first["since"], first["items"].as_array().unwrap().len()), (&Value::Null, shown.len()));
    p.post("investor", &format!("{list}/visits"), &json!({})).await.expect(200);
    let seen = p.get("investor", &format!("{list}/news")).await.expect(200).body;
    assert_eq!(seen["items"], json!([]));
    assert!(seen["since"].is_string());
    // One leaves, everybody behind moves up, and whoever stood behind the last place enters.
    p.post("owner", "/v1/me/consents/withdrawal", &json!({"purpose": "anonymised_listing"})).await.expect(200);
    let next = publish(p).await;
    let news = p.get("investor", &format!("{next}/news")).await.expect(200).body;
    let before: Vec<_> = shown.iter().map(|entry| text(&entry["card"]["code"]).to_owned()).collect();
    let now = p.walk("investor", &format!("{next}/entries"), 100).await;
    let new: Vec<_> = now
        .iter()
        .filter(|entry| !before.contains(&text(&entry["card"]["code"]).to_owned()))
        .map(|entry| json!({"position": entry["position"], "code": entry["card"]["code"]}))
        .collect();
    assert_eq!(news["items"], json!(new));
    let superseded = p.get("investor", &format!("{list}/news")).await;
    assert_eq!(superseded.refusal(), (410, "list_superseded"));

    // Staff see the whole of it.
    let old = p.walk("staff", &format!("{list}/entries"), 100).await;
    let places = |lines: &[Value]| -> Vec<(String, u64)> {
        let shown = lines.iter().filter(|line| line["venture_id"].is_string());
        shown.map(|line| (text(&line["venture_id"]).to_owned(), line["position"].as_u64().unwrap())).collect()
    };
    let (old, now) = (places(&old), places(&p.walk("staff", &format!("{next}/entries"), 100).await));
    let changes = p.walk("auditor", &format!("{next}/changes"), 3).await;
    let summary = p.get("staff", &format!("{next}/changes")).await.expect(200).body;
    assert_eq!(summary["since"], json!(p.logins.match_list_id));
    let count = |key: &str| summary[key].as_u64().unwrap();
    assert_eq!(count("entered") + count("left") + count("moved"), changes.len() as u64);
    assert_eq!((count("left"), count("entered")), (1, new.len() as u64));
    let at = |all: &[(String, u64)], venture: &str| all.iter().find(|(id, _)| id == venture).map(|(_, place)| *place);
    for change in &changes {
        let venture = text(&change["venture_id"]);
        assert_eq!(change["to"].as_u64(), at(&now, venture), "{change}");
        assert!(at(&old, venture).is_none_or(|place| change["from"].as_u64() == Some(place)), "{change}");
        assert_ne!(change["from"], change["to"]);
    }
    for (venture, place) in &now {
        let told = changes.iter().any(|change| change["venture_id"] == json!(venture));
        assert_eq!(told, at(&old, venture) != Some(*place), "{venture}");
    }
    let none = p.get("staff", &format!("{list}/changes")).await.expect(200).body;
    assert_eq!((&none["since"], &none["left"]), (&Value::Null, &json!(0)));
});

over_http!(a_note_is_its_investors_alone, |p| {
    let id = p.ask_owner().await;
    let path = format!("/v1/matches/{id}/note");
    let empty = p.get("investor", &path).await.expect(200);
    assert_eq!((&empty.body["text"], &empty.body["version"]), (&json!(""), &json!(0)));
    let put = async |tag: &str, words: &str| {
        send(p.by("investor", "PUT", &path).header("if-match", tag).json(&json!({"text": words}))).await
    };
    let staff = p.get("staff", &format!("/v1/matches/{id}")).await.expect(200).etag();
    // The first time too it is based on what was read.
    assert_eq!(put("rubbish", "Catatan").await.refusal(), (412, "stale_version"));
    assert_eq!(put("W/\"0.investor.id\"", "Catatan").await.refusal(), (412, "stale_version"));
    let written = put(&empty.etag(), "Catatan kenari rahasia").await.expect(200);
    assert_eq!((&written.body["text"], &written.body["version"]), (&json!("Catatan kenari rahasia"), &json!(1)));
    assert_eq!(put(&empty.etag(), "Lagi").await.refusal(), (412, "stale_version"));
    let bare = send(p.by("investor", "PUT", &path).json(&json!({"text": "x"}))).await;
    assert_eq!(bare.refusal(), (428, "precondition_required"));
    assert_eq!(put(&written.etag(), &"x".repeat(2001)).await.refusal(), (422, "invalid_body"));
    // It moves nothing for anybody else, and nobody else reads it, in the database neither.
    assert_eq!(p.get("staff", &format!("/v1/matches/{id}")).await.expect(200).etag(), staff);
    for who in ["staff", "owner", "auditor", "admin"] {
        assert_eq!(p.get(who, &path).await.refusal(), (403, "forbidden"), "{who}");
    }
    p.unknown_to("investor_other", "GET", &path).await;
    assert!(!dump(&p.db).contains("kenari rahasia"));
    let last = put(&written.etag(), "").await.expect(200);
    assert_eq!(last.body["text"], "");
});

over_http!(nothing_is_noted_of_who_was_erased, |p| {
    let id = p.ask_owner().await;
    let path = format!("/v1/ventures/{}", p.user("owner").venture_id.unwrap());
    let tag = p.get("staff", &path).await.expect(200).etag();
    send(p.by("staff", "DELETE", &path).header("if-match", tag)).await.expect(204);
    let note = format!("/v1/matches/{id}/note");
    let tag = p.get("investor", &note).await.expect(200).etag();
    let written =
        send(p.by("investor", "PUT", &note).header("if-match", tag).json(&json!({"text": "Bu Kenari"}))).await;
    assert_eq!(written.refusal(), (404, "not_found"));
});
