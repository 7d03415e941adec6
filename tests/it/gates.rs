//! What held when something was asked or drafted may not hold when it goes on: papers, consents, places, turns.

use sedaya::domain::consent::{Purpose, TEXT_VERSION};
use sedaya::domain::venture::InvestorKind;
use sedaya::ops::By;
use sedaya::ops::investor::{self, NewInvestor};
use sedaya::store::matches::{self as stored, Match};
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::send;

const DAY: i64 = 24 * 3600;

fn agree() -> Value {
    json!({"move": "accept", "consent": {"text_version": TEXT_VERSION}})
}

fn spoken(p: &Programme) -> Value {
    json!({"move": "accept", "spoken": {"witness_id": p.actor("staff_second").user, "text_version": TEXT_VERSION,
        "language": "id", "reference": "Rekaman 7", "receipt": "Tanda terima 7"}})
}

fn consents_of(p: &Programme) -> String {
    format!("/v1/ventures/{}/consents", p.user("owner").venture_id.unwrap())
}

async fn moves(p: &Programme, persona: &str, id: &str) -> Value {
    p.get(persona, &format!("/v1/matches/{id}")).await.expect(200).body["moves"].clone()
}

async fn change_investor(p: &Programme, persona: &str, change: Value) {
    let path = format!("/v1/investors/{}", p.investor("investor"));
    let tag = p.get(persona, &path).await.etag();
    p.patch(persona, &path, &tag, &change).await.expect(200);
}

async fn verify_again(p: &Programme) {
    let path = format!("/v1/investors/{}", p.investor("investor"));
    let signed = json!({"version": "2024-11", "signed_on": "2024-11-10"});
    let seen = json!({"identity_checked_on": "2024-11-11", "code_of_conduct": signed, "data_agreement": signed});
    let tag = p.get("staff", &path).await.etag();
    send(p.by("staff", "PUT", &format!("{path}/verification")).header("if-match", tag).json(&seen)).await.expect(200);
}

/// Drafts a list of the sample's criteria; gives its path.
async fn draft(p: &Programme) -> String {
    let order = json!({"criteria_id": p.logins.criteria_id, "version": 1});
    let made = p.post("staff", "/v1/match-lists", &order).await.expect(201);
    made.header("location").unwrap().to_owned()
}

/// Carries the match of the owner from its introduction to support that was received.
async fn fulfil(p: &Programme, id: &str) {
    for (persona, body) in [
        ("investor", json!({"move": "contact"})),
        ("investor", json!({"move": "commit", "pledge": {"instrument": "mentoring"}})),
        ("owner", json!({"move": "confirm"})),
        ("owner", json!({"move": "receive"})),
        ("staff", json!({"move": "fulfil", "outcome": "Selesai."})),
    ] {
        p.step(persona, id, body).await.expect(200);
    }
}

over_http!(nobody_is_introduced_to_an_investor_that_took_another_name_meanwhile, |p| {
    let id = p.ask_owner().await;
    change_investor(p, "investor", json!({"name": "Dinas Sosial DKI Jakarta"})).await;
    assert_eq!(moves(p, "owner", &id).await, json!(["decline", "withdraw", "suspend"]));
    assert_eq!(p.step("owner", &id, agree()).await.refusal(), (409, "move_not_open"));
    assert_eq!(p.step("staff", &id, spoken(p)).await.refusal(), (409, "move_not_open"));
    verify_again(p).await;
    p.step("owner", &id, agree()).await.expect(200);
});

over_http!(an_owner_agrees_to_the_name_that_was_read, |p| {
    let id = p.ask_owner().await;
    let path = format!("/v1/matches/{id}");
    let read = p.get("owner", &path).await.expect(200);
    change_investor(p, "staff", json!({"name": "Yayasan Kenari Dua"})).await;
    let agreed = p.by("owner", "POST", &format!("{path}/moves")).header("if-match", read.etag());
    assert_eq!(send(agreed.json(&agree())).await.refusal(), (412, "stale_version"));
    p.step("owner", &id, agree()).await.expect(200);
    let contact = async || p.get("investor", &path).await.expect(200).body.get("contact").is_some();
    assert!(contact().await);
    // What was agreed to stays what it was, and contact data is for whom staff have seen papers of.
    change_investor(p, "investor", json!({"name": "Pinjaman Cepat"})).await;
    assert!(!contact().await);
    let told = p.get("staff", &consents_of(p)).await.expect(200).text;
    assert!(!told.contains("Pinjaman Cepat"), "{told}");
    let mine = p.get("owner", "/v1/me/consents").await.expect(200).text;
    let all = p.get("owner", "/v1/me/data").await.expect(200).body["consents"].to_string();
    assert!(mine.contains("kepada Yayasan Kenari Dua") && all.contains("kepada Yayasan Kenari Dua"), "{mine} {all}");
    verify_again(p).await;
    assert!(contact().await);
});

over_http!(the_moves_shown_are_those_that_can_be_made, |p| {
    let id = p.match_of_owner();
    let all = json!(["shortlist", "dismiss", "request", "withdraw"]);
    let but_request = json!(["shortlist", "dismiss", "withdraw"]);
    assert_eq!(moves(p, "investor", &id).await, all);
    for (change, back) in
        [(json!({"paused": true}), json!({"paused": false})), (json!({"capacity": 0}), json!({"capacity": 5}))]
    {
        change_investor(p, "investor", change).await;
        assert_eq!(moves(p, "investor", &id).await, but_request);
        change_investor(p, "investor", back).await;
        assert_eq!(moves(p, "investor", &id).await, all);
    }
    p.step("investor", &id, p.offer().await).await.expect(200);
    change_investor(p, "investor", json!({"name": "Yayasan lain"})).await;
    assert_eq!(moves(p, "staff", &id).await, json!(["decline", "suspend"]));
    verify_again(p).await;
    assert_eq!(moves(p, "staff", &id).await, json!(["screen", "decline", "suspend"]));
});

over_http!(a_list_suggests_nobody_who_has_stepped_back_since_it_was_drafted, |p| {
    let id = p.match_of_owner();
    let list = draft(p).await;
    p.post("owner", "/v1/me/consents/withdrawal", &json!({"purpose": "anonymised_listing"})).await.expect(200);
    p.post("staff_second", &format!("{list}/publish"), &json!({})).await.expect(200);
    let venture = p.user("owner").venture_id.unwrap();
    let all = p.walk("staff", "/v1/matches", 100).await;
    let its: Vec<_> = all.iter().filter(|m| m["venture_id"] == json!(venture)).collect();
    assert!(its.iter().any(|m| m["id"] == json!(id)) && its.iter().all(|m| m["state"] == "withdrawn"), "{its:?}");
});

over_http!(an_older_draft_does_not_take_a_newer_lists_place, |p| {
    let older = draft(p).await;
    p.post("owner", "/v1/me/consents/withdrawal", &json!({"purpose": "anonymised_listing"})).await.expect(200);
    let newer = draft(p).await;
    p.post("staff_second", &format!("{newer}/publish"), &json!({})).await.expect(200);
    let late = p.post("staff_second", &format!("{older}/publish"), &json!({})).await;
    assert_eq!(late.refusal(), (409, "list_outdated"));
});

over_http!(staff_end_what_was_suspended, |p| {
    let id = p.ask_owner().await;
    p.step("owner", &id, agree()).await.expect(200);
    p.step("owner", &id, json!({"move": "suspend", "reason": "Minta uang muka."})).await.expect(200);
    assert_eq!(moves(p, "staff", &id).await, json!(["decline", "resume"]));
    let ended = p.step("staff", &id, json!({"move": "decline", "reason": "Benar."})).await.expect(200);
    assert_eq!((&ended.body["state"], &ended.body["moves"]), (&json!("declined"), &json!([])));
    let told = p.get("investor", &format!("/v1/matches/{id}")).await.expect(200);
    assert!(told.body["delete_by"].is_string() && told.body.get("contact").is_none(), "{}", told.text);
});

over_http!(no_side_takes_the_reports_of_another, |p| {
    let id = p.ask_owner().await;
    p.step("owner", &id, agree()).await.expect(200);
    let path = format!("/v1/matches/{id}/report");
    let report = json!({"text": "Berjalan."});
    for _ in 0..100 {
        p.post("investor", &path, &report).await.expect(201);
    }
    assert_eq!(p.post("investor", &path, &report).await.refusal(), (409, "too_many_reports"));
    for persona in ["owner", "staff"] {
        p.post(persona, &path, &report).await.expect(201);
    }
});

over_http!(a_turn_is_told_and_passes_over_who_may_not_ask_any_more, |p| {
    let service = p.service();
    let (venture, list, sample) = (p.user("owner").venture_id.unwrap(), p.logins.match_list_id, p.investor("investor"));
    let offer = p.offer().await;
    let mut asks = Vec::new();
    for n in 0..5 {
        let found = service.write(By::Operator, |act| {
            let seen = sedaya::store::investor::find(act.conn, sample)?.unwrap().verification.unwrap();
            let new = NewInvestor { name: format!("Investor {n}"), kind: InvestorKind::Foundation, capacity: 2 };
            let made = investor::create(act, new)?;
            investor::verify(act, made.id, 1, &serde_json::from_str(&seen)?)?;
            let found = Match::suggested(act.ids.next(act.now), made.id, venture, list, act.now);
            stored::insert(act.conn, std::slice::from_ref(&found))?;
            Ok(found)
        });
        let found = found.unwrap();
        let body = json!({"username": format!("akun.{n}"), "password": "tiga kata acak saja", "role": "investor",
            "investor_id": found.investor_id});
        p.post("admin", "/v1/users", &body).await.expect(201);
        let (name, id) = (format!("akun.{n}"), found.id.to_string());
        p.step(&name, &id, offer.clone()).await.expect(200);
        p.advance(1);
        asks.push((name, id, found.investor_id));
    }
    let hook = json!({"url": "https://app.example.org/sedaya", "description": "Papan", "events": ["match.moved"]});
    let hook = p.post("staff", "/v1/webhooks", &hook).await.expect(201).body["id"].as_str().unwrap().to_owned();
    let waits = async |n: usize| {
        let read = p.get("staff", &format!("/v1/matches/{}", asks[n].1)).await.expect(200);
        read.body["queued_at"].is_string()
    };
    assert!(waits(3).await && waits(4).await);
    // Who waits longest has taken another name: staff could not let it through.
    let path = format!("/v1/investors/{}", asks[3].2);
    let tag = p.get(&asks[3].0, &path).await.etag();
    p.patch(&asks[3].0, &path, &tag, &json!({"name": "Lain"})).await.expect(200);
    p.step("staff", &asks[0].1, json!({"move": "decline"})).await.expect(200);
    assert!(waits(3).await && !waits(4).await);
    let told = p.walk("staff", &format!("/v1/webhooks/{hook}/deliveries"), 100).await;
    let payloads: Vec<String> = told.iter().map(|item| item["payload"].to_string()).collect();
    assert!(payloads.iter().any(|payload| payload.contains(&asks[4].1)), "{payloads:?}");
    // With its papers seen again it takes the next place that comes free, or one that is free already.
    p.step("staff", &asks[1].1, json!({"move": "decline"})).await.expect(200);
    assert!(waits(3).await);
    let seen = service.read(|conn| Ok(sedaya::store::investor::find(conn, sample)?)).unwrap().unwrap().verification;
    let seen: Value = serde_json::from_str(&seen.unwrap()).unwrap();
    let tag = p.get("staff", &path).await.etag();
    send(p.by("staff", "PUT", &format!("{path}/verification")).header("if-match", tag).json(&seen)).await.expect(200);
    assert!(!waits(3).await);
});

over_http!(a_consent_given_anew_opens_no_contact_that_was_to_be_deleted, |p| {
    let first = p.ask_owner().await;
    p.step("owner", &first, agree()).await.expect(200);
    fulfil(p, &first).await;
    p.advance(1);
    let back = json!({"purpose": Purpose::ShareContact(p.investor("investor")).to_string()});
    p.post("owner", "/v1/me/consents/withdrawal", &back).await.expect(200);
    p.post("investor", &format!("/v1/matches/{first}/contact-deletion"), &json!({})).await.expect(200);
    // Brought together once more, and agreed to on the phone: contact data crosses a day later, and by the new match.
    let (service, investor) = (p.service(), p.investor("investor"));
    let (venture, list) = (p.user("owner").venture_id.unwrap(), p.logins.match_list_id);
    let second = service.write(By::Operator, |act| {
        let found = Match::suggested(act.ids.next(act.now), investor, venture, list, act.now);
        stored::insert(act.conn, std::slice::from_ref(&found))?;
        Ok(found.id.to_string())
    });
    let second = second.unwrap();
    p.step("investor", &second, p.offer().await).await.expect(200);
    p.step("staff", &second, json!({"move": "screen", "no_conflict": true})).await.expect(200);
    p.step("staff", &second, spoken(p)).await.expect(200);
    let has_contact = async |id: &str| {
        let read = p.get("investor", &format!("/v1/matches/{id}")).await.expect(200);
        read.body.get("contact").is_some()
    };
    assert!(!has_contact(&first).await && !has_contact(&second).await);
    p.advance(DAY);
    assert!(!has_contact(&first).await && has_contact(&second).await);
});

over_http!(contact_data_is_closed_while_its_use_is_stopped, |p| {
    let id = p.ask_owner().await;
    p.step("owner", &id, agree()).await.expect(200);
    let path = format!("/v1/matches/{id}");
    assert!(p.get("investor", &path).await.expect(200).body["contact"].is_object());
    p.post("owner", "/v1/me/requests", &json!({"kind": "restrict", "text": "Hentikan dulu."})).await.expect(201);
    assert!(p.get("investor", &path).await.expect(200).body.get("contact").is_none());
});
