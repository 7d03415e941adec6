//! Consents: each with its text, free, given and taken back by the owner or noted by staff, and acting at once.

use sedaya::domain::consent::{FREE, TEXT_VERSION};
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;

async fn mine(p: &Programme, purpose: &str) -> Value {
    let all = p.get("owner", "/v1/me/consents").await.expect(200);
    all.items().iter().find(|c| c["purpose"] == purpose).unwrap_or_else(|| panic!("{purpose}: {}", all.text)).clone()
}

over_http!(each_purpose_has_its_text_and_what_taking_it_back_does, |p| {
    let all = p.get("owner", "/v1/me/consents").await.expect(200);
    let purposes: Vec<_> = all.items().iter().map(|c| c["purpose"].as_str().unwrap()).collect();
    assert_eq!(purposes[..3], ["assessment", "matching", "anonymised_listing"]);
    assert_eq!(purposes.len(), 8);
    for consent in all.items() {
        assert!(consent["text"].as_str().unwrap().ends_with(FREE.id), "{consent}");
        assert!(!consent["if_withdrawn"].as_str().unwrap().is_empty());
        for narrower in consent["narrower"].as_array().unwrap() {
            assert!(purposes.contains(&narrower.as_str().unwrap()) && *narrower != consent["purpose"]);
        }
    }
    let listing = mine(p, "anonymised_listing").await;
    assert_eq!((&listing["counts"], &listing["lapses_on"]), (&json!(true), &json!("2025-11-20")));
    let owner = p.by("owner", "GET", "/v1/me/consents").header("accept-language", "en");
    let english = crate::support::reply::send(owner).await.expect(200);
    assert!(english.items()[0]["text"].as_str().unwrap().ends_with(FREE.en));
    let venture = p.user("owner").venture_id.unwrap();
    let staff = p.get("staff", &format!("/v1/ventures/{venture}/consents")).await.expect(200);
    assert_eq!(staff.body, all.body);
});

over_http!(taken_back_it_acts_in_the_same_request_and_given_again_too, |p| {
    let id = p.ask_owner().await;
    let list = format!("/v1/match-lists/{}/entries", p.logins.match_list_id);
    let before = p.get("investor", &list).await.expect(200);
    let taken = json!({"purpose": "anonymised_listing"});
    p.post("owner", "/v1/me/consents/withdrawal", &taken).await.expect(200);
    let after = p.get("investor", &list).await.expect(200);
    assert_eq!(after.items()[0], json!({"position": 1, "gone": true}));
    assert_ne!(after.etag(), before.etag());
    assert_eq!(p.get("investor", &format!("/v1/matches/{id}")).await.expect(200).body["state"], "withdrawn");
    assert_eq!(p.get("owner", "/v1/me/status").await.expect(200).body["state"], "assessed");
    let told = mine(p, "anonymised_listing").await;
    assert!(told["counts"] == false && told["withdrawn_at"].is_string());
    let again = p.post("owner", "/v1/me/consents/withdrawal", &taken).await;
    assert_eq!(again.refusal(), (404, "not_found"));

    p.advance(24 * 3600);
    let given = json!({"purpose": "anonymised_listing", "text_version": TEXT_VERSION});
    let made = p.post("owner", "/v1/me/consents", &given).await.expect(201);
    assert_eq!(made.header("location"), Some("/v1/me/consents"));
    let told = mine(p, "anonymised_listing").await;
    assert_eq!((&told["counts"], &told["method"]), (&json!(true), &json!("app")));
    assert_eq!(told["lapses_on"], "2025-11-21");
    // On the list again, and what has ended stays so.
    assert!(p.get("investor", &list).await.expect(200).items()[0].get("gone").is_none());
    assert_eq!(p.get("investor", &format!("/v1/matches/{id}")).await.expect(200).body["state"], "withdrawn");
});

over_http!(a_narrower_choice_leaves_the_rest, |p| {
    p.advance(1);
    let given = json!({"purpose": "found_by:pena_category", "text_version": TEXT_VERSION});
    p.post("owner", "/v1/me/consents", &given).await.expect(201);
    p.post("owner", "/v1/me/consents/withdrawal", &json!({"purpose": "found_by:pena_category"})).await.expect(200);
    assert_eq!(mine(p, "found_by:pena_category").await["counts"], false);
    assert_eq!(mine(p, "anonymised_listing").await["counts"], true);
    assert_eq!(p.get("owner", "/v1/me/status").await.expect(200).body["state"], "listed");
});

/// A list of `investor` that looks for PENA families, made and not published: its path.
async fn draft_for_pena(p: &Programme, criteria: &str) -> String {
    let order = json!({"criteria_id": criteria, "version": 1});
    let made = p.post("staff", "/v1/match-lists", &order).await.expect(201);
    made.header("location").unwrap().to_owned()
}

/// Published criteria of `investor` that look for PENA families.
async fn criteria_for_pena(p: &Programme) -> String {
    let mut document = crate::criteria::document();
    document["filters"] = json!([{"field": "pena_category", "op": "in",
        "value": ["reguler", "berdikari", "disabilitas", "atensi", "bencana"]}]);
    document["limit"] = json!(100);
    let path = format!("/v1/investors/{}/criteria", p.investor("investor"));
    let made = p.post("staff", &path, &json!({"document": document})).await.expect(201);
    let id = made.body["id"].as_str().unwrap().to_owned();
    p.post("staff_second", &format!("/v1/criteria/{id}/versions/1/approve"), &json!({})).await.expect(200);
    p.post("staff", &format!("/v1/criteria/{id}/versions/1/publish"), &json!({})).await.expect(200);
    id
}

/// The ventures on a list, by place.
async fn on(p: &Programme, list: &str) -> Vec<String> {
    let lines = p.walk("staff", &format!("{list}/entries"), 100).await;
    lines.iter().map(|line| line["venture_id"].as_str().unwrap_or("gone").to_owned()).collect()
}

/// The match of `investor` with a venture, as staff see it.
async fn match_with(p: &Programme, venture: &str) -> Value {
    let all = p.walk("staff", "/v1/matches", 100).await;
    let of = |found: &&Value| found["venture_id"] == venture && found["investor_id"] == json!(p.investor("investor"));
    all.iter().find(of).unwrap_or_else(|| panic!("no match with {venture}")).clone()
}

async fn take_back(p: &Programme, venture: &str) {
    let path = format!("/v1/ventures/{venture}/consents/withdrawal");
    p.post("staff", &path, &json!({"purpose": "found_by:pena_category"})).await.expect(200);
}

over_http!(found_by_no_more_it_is_off_the_lists_that_look_for_it, |p| {
    let criteria = criteria_for_pena(p).await;
    let list = draft_for_pena(p, &criteria).await;
    p.post("staff_second", &format!("{list}/publish"), &json!({})).await.expect(200);
    let other = format!("/v1/match-lists/{}", p.logins.match_list_id);
    let (here, there) = (on(p, &list).await, on(p, &other).await);
    let only = here.iter().find(|venture| !there.contains(venture)).unwrap();
    let both = here.iter().find(|venture| there.contains(venture)).unwrap();
    let id = match_with(p, only).await["id"].as_str().unwrap().to_owned();
    let place = here.iter().position(|venture| venture == only).unwrap();
    let read = async || p.get("investor", &format!("{list}/entries?limit=100")).await.expect(200);
    let before = read().await;
    let code = before.items()[place]["card"]["code"].as_str().unwrap().to_owned();
    let live = format!("/v1/criteria/{criteria}/matches?limit=1");
    let next = p.get("staff", &live).await.expect(200).body["next"].as_str().unwrap().to_owned();
    let request = json!({"move": "request", "request": {"purpose": "Membeli etalase.", "instrument": "grant",
        "amount": {"amount": "5000000", "currency": "IDR"}, "cost": "none"}});

    p.advance(1);
    for venture in [only, both] {
        take_back(p, venture).await;
    }
    let gone = json!({"position": place + 1, "gone": true});
    let after = read().await;
    assert_eq!(after.items()[place], gone);
    assert_ne!(after.etag(), before.etag());
    assert_eq!(after.items().iter().filter(|line| line.get("gone").is_some()).count(), 2);
    for rest in [format!("/entries/{}", place + 1), format!("/cards/{code}")] {
        assert_eq!(p.get("investor", &format!("{list}{rest}")).await.expect(200).body, gone, "{rest}");
    }
    assert_eq!(p.get("investor", &format!("{list}/compare?codes={code}")).await.expect(200).items()[0], gone);
    assert!(!p.get("investor", &format!("{list}/news")).await.expect(200).text.contains(&code));
    let ranked = p.post("investor", "/v1/rankings", &json!({"document": everybody()})).await.expect(200);
    assert!(ranked.items().len() > there.len() && !ranked.text.contains(&code));
    // What was ranked before does not show it on its later pages either.
    let later = p.get("staff", &format!("/v1/criteria/{criteria}/matches?limit=100&cursor={next}")).await.expect(200);
    assert!(!later.text.contains(only.as_str()) && !later.text.contains(both.as_str()));

    // The match that only this list suggested has ended; what another list holds goes on from there.
    assert_eq!(p.get("investor", &format!("/v1/matches/{id}")).await.expect(200).body["state"], "withdrawn");
    assert_eq!(p.step("investor", &id, request).await.refusal(), (409, "move_not_open"));
    let kept = match_with(p, both).await;
    assert_eq!((&kept["state"], &kept["list_id"]), (&json!("suggested"), &json!(p.logins.match_list_id)));
    assert!(on(p, &other).await.contains(both));

    // Given again, it is on the list again, and what has ended stays so.
    p.advance(1);
    let given = json!({"purpose": "found_by:pena_category", "text_version": TEXT_VERSION, "language": "id",
        "method": "paper", "reference": "F-900"});
    p.post("staff", &format!("/v1/ventures/{only}/consents"), &given).await.expect(201);
    assert!(read().await.items()[place].get("gone").is_none());
    assert_eq!(match_with(p, only).await["state"], "withdrawn");
});

/// A document that every card fits.
fn everybody() -> Value {
    let mut document = crate::criteria::document();
    document["filters"] = json!([]);
    document["limit"] = json!(1000);
    document
}

over_http!(what_was_taken_back_before_publication_is_not_suggested, |p| {
    let criteria = criteria_for_pena(p).await;
    let first = draft_for_pena(p, &criteria).await;
    p.post("staff_second", &format!("{first}/publish"), &json!({})).await.expect(200);
    let there = on(p, &format!("/v1/match-lists/{}", p.logins.match_list_id)).await;
    let second = draft_for_pena(p, &criteria).await;
    let on_it = on(p, &second).await;
    let only = on_it.iter().find(|venture| !there.contains(venture)).unwrap();
    p.advance(1);
    take_back(p, only).await;
    p.post("staff_second", &format!("{second}/publish"), &json!({})).await.expect(200);
    assert_eq!(match_with(p, only).await["state"], "withdrawn");
    let code = p.service().keys.venture_codes(p.investor("investor")).encode(only.parse().unwrap());
    let open = p.walk("investor", "/v1/matches?state=suggested", 100).await;
    assert!(!open.is_empty() && open.iter().all(|found| found["code"] != json!(code)));
});

over_http!(what_cannot_be_agreed_to_like_this, |p| {
    let refused = async |body: Value| p.post("owner", "/v1/me/consents", &body).await.expect(422);
    let share = format!("share_contact:{}", p.investor("investor"));
    for (purpose, version, fault) in [
        ("everything", TEXT_VERSION, ("/purpose", "unknown_purpose")),
        (&share, TEXT_VERSION, ("/purpose", "given_with_a_request")),
        ("matching", "2019", ("/text_version", "unknown_text_version")),
    ] {
        let reply = refused(json!({"purpose": purpose, "text_version": version})).await;
        assert_eq!(reply.faults(), [fault]);
    }
});

over_http!(a_witness_is_another, |p| {
    let venture = p.user("owner").venture_id.unwrap();
    let path = format!("/v1/ventures/{venture}/consents");
    let noted = |method: &str, witness: Option<Value>| {
        let mut body = json!({"purpose": "statistics", "text_version": TEXT_VERSION, "language": "id", "method": method,
            "reference": "Rekaman 9"});
        if let Some(witness) = witness {
            body["witness_id"] = witness;
        }
        body
    };
    let nobody = json!("usr_01jcnq8xvgf0nadk1qh2t8wz5e");
    let mut answers = Vec::new();
    for witness in [None, Some(json!(p.actor("staff").user)), Some(json!(p.actor("investor").user)), Some(nobody)] {
        let reply = p.post("staff", &path, &noted("spoken", witness)).await.expect(422);
        assert_eq!(reply.faults(), [("/witness_id", "not_a_witness")]);
        answers.push(reply.without_request_id());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "whether an account exists is not told");
    p.advance(1);
    p.post("staff", &path, &noted("spoken", Some(json!(p.actor("assessor").user)))).await.expect(201);
    assert_eq!(mine(p, "statistics").await["method"], "spoken");
    p.post("staff", &format!("{path}/withdrawal"), &json!({"purpose": "statistics"})).await.expect(200);
    p.advance(1);
    p.post("staff", &path, &noted("paper", None)).await.expect(201);
    let deeds = p.walk("auditor", &format!("/v1/audit?subject={venture}"), 100).await;
    let count = |action: &str| deeds.iter().filter(|deed| deed["action"] == action).count();
    assert_eq!((count("consent.give"), count("consent.withdraw")), (2, 1));
});
