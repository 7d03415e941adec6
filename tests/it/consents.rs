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
