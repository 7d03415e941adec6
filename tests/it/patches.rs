//! PATCH is merge-patch (RFC 7396): a member that is left out stays, one that is sent is set, and null takes away what
//! may be absent: an account's identity, the days between drafts, and what an owner has said of the support that is welcome. Null is refused everywhere else.

use serde_json::{Value, json};

use crate::over_http;

over_http!(every_member_of_every_patch_has_its_states, |p| {
    let document = p.get("staff", "/openapi.json").await.expect(200).body;
    let user = format!("/v1/users/{}", p.actor("assessor").user);
    let new = json!({"name": "Program", "role": "staff", "operations": ["getMe"]});
    let token = p.post("admin", "/v1/service-tokens", &new).await.expect(201);
    let token = token.header("location").unwrap().to_owned();
    let investor = format!("/v1/investors/{}", p.investor("investor"));
    let new = json!({"url": "https://example.org/", "events": ["match.moved"]});
    let webhook = p.post("staff", "/v1/webhooks", &new).await.expect(201);
    let webhook = webhook.header("location").unwrap().to_owned();
    p.post("owner", "/v1/me/requests", &json!({"kind": "access"})).await.expect(201);
    let request = p.get("staff", "/v1/data-requests").await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
    let request = format!("/v1/data-requests/{request}");
    let complaint = p.post("staff", "/v1/complaints", &json!({"text": "Keluhan."})).await.expect(201);
    let complaint = complaint.header("location").unwrap().to_owned();
    let incident = p.post("staff", "/v1/incidents", &json!({"what_happened": "Kejadian."})).await.expect(201);
    let incident = incident.header("location").unwrap().to_owned();
    let cohort = format!("/v1/cohorts/{}", p.cohort().await);
    let new = json!({"topic": "digital_marketing", "title": "Foto", "held_on": "2024-11-14"});
    let session = p.post("staff", &format!("{cohort}/sessions"), &new).await.expect(201);
    let session = session.header("location").unwrap().to_owned();
    let own = "/v1/me/venture".to_owned();
    let criteria = format!("/v1/criteria/{}", p.logins.criteria_id);
    let mut seen = 0;
    for (template, item) in document["paths"].as_object().unwrap() {
        let Some(patch) = item.get("patch") else { continue };
        let (persona, path) = match template.as_str() {
            "/v1/users/{id}" => ("admin", &user),
            "/v1/service-tokens/{id}" => ("admin", &token),
            "/v1/investors/{id}" => ("staff", &investor),
            "/v1/webhooks/{id}" => ("staff", &webhook),
            "/v1/data-requests/{id}" => ("staff", &request),
            "/v1/complaints/{id}" => ("staff", &complaint),
            "/v1/incidents/{id}" => ("staff", &incident),
            "/v1/criteria/{id}" => ("staff", &criteria),
            "/v1/cohorts/{id}" => ("staff", &cohort),
            "/v1/cohorts/{id}/sessions/{session}" => ("staff", &session),
            "/v1/me/venture" => ("owner", &own),
            other => panic!("{other} can be patched and has no row here"),
        };
        let schema = &patch["requestBody"]["content"]["application/json"]["schema"];
        let schema = schema["$ref"].as_str().map_or(schema, |at| document.pointer(at.trim_start_matches('#')).unwrap());
        let before = p.get(persona, path).await.expect(200);
        for (member, kind) in schema["properties"].as_object().unwrap() {
            let may_be_absent = kind["type"]
                .as_array()
                .or(kind["oneOf"].as_array())
                .is_some_and(|forms| forms.iter().any(|form| *form == "null" || form["type"] == "null"));
            seen += 1;
            if may_be_absent {
                let known = [
                    // Set, left and taken away in issuers::an_account_has_an_identity_only_while_an_administrator_says_so.
                    ("/v1/users/{id}", "identity"),
                    // In lists::lists_are_drafted_on_their_day.
                    ("/v1/criteria/{id}", "draft_every_days"),
                    // In plans::owners_see_their_strengths_and_say_what_is_welcome.
                    ("/v1/me/venture", "instruments"),
                    ("/v1/me/venture", "funding_need"),
                    ("/v1/me/venture", "sharia_only"),
                    ("/v1/me/venture", "excluded_investor_kinds"),
                ];
                let this = (template.as_str(), member.as_str());
                assert!(known.contains(&this), "{template} {member}: say what null does");
                continue;
            }
            let nulled = p.patch(persona, path, &before.etag(), &json!({ member: null })).await.expect(422);
            // Of a closed set null is no member either.
            let (faults, at) = (nulled.faults(), format!("/{member}"));
            assert_eq!(faults[0], (at.as_str(), "wrong_type"));
            assert!(faults[1..].iter().all(|fault| *fault == (at.as_str(), "not_allowed")), "{faults:?}");
        }
        let after = p.patch(persona, path, &before.etag(), &json!({})).await.expect(200);
        let without_version = |body: &Value| {
            let mut body = body.clone();
            body.as_object_mut().unwrap().remove("version");
            body
        };
        assert_eq!(without_version(&after.body), without_version(&before.body), "{template}");
    }
    assert_eq!(seen, 34);
});
