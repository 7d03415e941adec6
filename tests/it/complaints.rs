//! Complaints and incidents: looked into by a human against the clock, and whom a breach concerns.

use serde_json::{Value, json};

use crate::over_http;
use crate::privacy::dump;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

async fn change(p: &Programme, path: &str, body: &Value) -> Reply {
    let tag = p.get("staff", path).await.expect(200).etag();
    p.patch("staff", path, &tag, body).await
}

over_http!(laporkan_stops_at_once_and_makes_a_task, |p| {
    let id = p.ask_owner().await;
    let report = json!({"move": "suspend", "reason": "Diminta kenari di muka."});
    p.step("owner", &id, report).await.expect(200);
    assert_eq!(p.get("owner", &format!("/v1/matches/{id}")).await.expect(200).body["state"], "suspended");
    assert!(!dump(&p.db).contains("Diminta kenari"), "what people write is encrypted");
    let all = p.walk("staff", "/v1/complaints?state=open", 100).await;
    assert_eq!(all.len(), 1);
    let complaint = &all[0];
    assert_eq!((&complaint["match_id"], &complaint["text"]), (&json!(id), &json!("Diminta kenari di muka.")));
    assert_eq!(complaint["investor_id"], json!(p.investor("investor")));
    assert_eq!(complaint["due_at"], "2024-11-23T02:00:00.000000Z");
    assert_eq!(complaint["entered_by"], json!(p.actor("owner").user));
    // Staff who stop one have their own reasons, and no task for themselves.
    p.step("staff", &id, json!({"move": "resume"})).await.expect(200);
    p.step("staff", &id, json!({"move": "suspend"})).await.expect(200);
    assert_eq!(p.walk("staff", "/v1/complaints", 100).await.len(), 1);

    let path = format!("/v1/complaints/{}", complaint["id"].as_str().unwrap());
    assert_eq!(
        change(p, &path, &json!({"done": "Sebentar."})).await.expect(422).faults(),
        [("/done", "not_with_this_state")]
    );
    assert_eq!(change(p, &path, &json!({"state": "investigating"})).await.expect(200).body["state"], "investigating");
    assert_eq!(change(p, &path, &json!({"state": "closed"})).await.expect(422).faults(), [("/done", "needed_here")]);
    p.advance(72 * 3600 + 1);
    assert_eq!(p.walk("staff", "/v1/complaints?overdue=true", 100).await.len(), 1);
    let closed = change(p, &path, &json!({"state": "closed", "done": "Investor ditegur kenari."})).await.expect(200);
    assert_eq!((&closed.body["overdue"], &closed.body["done"]), (&json!(false), &json!("Investor ditegur kenari.")));
    assert_eq!(p.walk("staff", "/v1/complaints?overdue=true", 100).await, Vec::<Value>::new());
    assert_eq!(change(p, &path, &json!({"state": "closed", "done": "Lagi."})).await.refusal(), (409, "case_closed"));
    // With the venture goes what was said of it.
    let venture = format!("/v1/ventures/{}", p.user("owner").venture_id.unwrap());
    let tag = p.get("staff", &venture).await.expect(200).etag();
    assert_eq!(send(p.by("staff", "DELETE", &venture).header("if-match", tag)).await.status, 204);
    let left = p.get("staff", &path).await.expect(200).body;
    assert!(left.get("text").is_none() && left.get("done").is_none() && left["closed_at"].is_string());
});

over_http!(staff_write_complaints_down, |p| {
    let (found, venture) = (p.match_of_owner(), p.user("owner").venture_id.unwrap());
    let said = json!({"text": "Tidak pernah dibalas.", "match_id": found, "received_on": "2024-11-19"});
    let made = p.post("staff", "/v1/complaints", &said).await.expect(201);
    assert_eq!(
        (&made.body["venture_id"], &made.body["investor_id"]),
        (&json!(venture), &json!(p.investor("investor")))
    );
    assert_eq!(made.body["due_at"], "2024-11-21T17:00:00.000000Z");
    assert!(made.body.get("text").is_none(), "a kept answer would outlive an erasure");
    let read = p.get("staff", made.header("location").unwrap()).await.expect(200);
    assert_eq!(read.body["text"], "Tidak pernah dibalas.");
    let wrong = json!({"text": "x", "match_id": found, "investor_id": p.investor("investor_other")});
    assert_eq!(p.post("staff", "/v1/complaints", &wrong).await.expect(422).faults(), [("/match_id", "not_of_these")]);
    let future = json!({"text": "x", "received_on": "2024-11-21"});
    assert_eq!(
        p.post("staff", "/v1/complaints", &future).await.expect(422).faults(),
        [("/received_on", "in_the_future")]
    );
});

over_http!(an_owner_complains_and_reads_what_came_of_it, |p| {
    let complain = async |about: &str, text: &str| {
        p.post("owner", "/v1/me/complaints", &json!({"about": about, "text": text})).await
    };
    let made = complain("assessor", "Asesor kenari tidak datang.").await.expect(201);
    assert_eq!(made.header("location"), Some("/v1/me/complaints"));
    assert_eq!((&made.body["about"], &made.body["state"]), (&json!("assessor"), &json!("open")));
    assert_eq!(made.body["due_at"], "2024-11-23T02:00:00.000000Z");
    assert!(!dump(&p.db).contains("Asesor kenari"), "what people write is encrypted");
    assert_eq!(complain("match", "Lain.").await.expect(422).faults()[0].0, "/about");
    assert_eq!(complain("other", "  ").await.expect(422).faults(), [("/text", "blank")]);
    let foreign = p.post("staff", "/v1/me/complaints", &json!({"about": "other", "text": "Saya staf."})).await;
    assert_eq!(foreign.refusal(), (403, "forbidden"));
    // Staff look into it as into any other.
    let all = p.walk("staff", "/v1/complaints?state=open", 100).await;
    let [seen] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((&seen["about"], &seen["text"]), (&json!("assessor"), &json!("Asesor kenari tidak datang.")));
    assert_eq!(seen["venture_id"], json!(p.user("owner").venture_id));
    let path = format!("/v1/complaints/{}", seen["id"].as_str().unwrap());
    change(p, &path, &json!({"state": "closed", "done": "Asesor lain datang Senin."})).await.expect(200);
    // What was said with "Laporkan" is the owner's too; what staff wrote down about the business is not.
    p.advance(1);
    let id = p.ask_owner().await;
    p.step("owner", &id, json!({"move": "suspend", "reason": "Diminta membayar."})).await.expect(200);
    let noted = json!({"text": "Pesanan tidak dikirim.", "venture_id": p.user("owner").venture_id});
    p.post("staff", "/v1/complaints", &noted).await.expect(201);
    let mine = p.walk("owner", "/v1/me/complaints", 1).await;
    let told: Vec<_> =
        mine.iter().map(|one| (&one["about"], &one["match_id"], &one["text"], one.get("done"))).collect();
    let want = [
        (&Value::Null, &json!(id), &json!("Diminta membayar."), None),
        (
            &json!("assessor"),
            &Value::Null,
            &json!("Asesor kenari tidak datang."),
            Some(&json!("Asesor lain datang Senin.")),
        ),
    ];
    assert_eq!(told, want);
    let data = p.get("owner", "/v1/me/data").await.expect(200).text;
    assert!(data.contains("Asesor lain datang Senin.") && !data.contains("Pesanan tidak dikirim."));
    // So many are open at once and no more.
    for n in 0..9 {
        complain("programme", &format!("Keluhan {n}.")).await.expect(201);
    }
    assert_eq!(complain("programme", "Lagi.").await.refusal(), (409, "too_many_requests_open"));
});

over_http!(an_incident_is_told_within_three_days, |p| {
    let new = json!({"what_happened": "Laptop kenari hilang.", "found_on": "2024-11-20"});
    let made = p.post("staff", "/v1/incidents", &new).await.expect(201);
    assert!(!dump(&p.db).contains("Laptop kenari"));
    let path = made.header("location").unwrap();
    assert_eq!(made.body["due_at"], "2024-11-23T02:00:00.000000Z");
    let future = change(p, path, &json!({"authority_told_on": "2024-11-21"})).await.expect(422);
    assert_eq!(future.faults(), [("/authority_told_on", "in_the_future")]);
    let early = change(p, path, &json!({"authority_told_on": "2020-01-01", "subjects_told_on": "2024-11-19"})).await;
    assert_eq!(early.expect(422).faults(), [("/authority_told_on", "before_it_was_found")]);
    let early = change(p, path, &json!({"subjects_told_on": "2024-11-19"})).await.expect(422);
    assert_eq!(early.faults(), [("/subjects_told_on", "before_it_was_found")]);
    let told = change(p, path, &json!({"state": "investigating", "authority_told_on": "2024-11-20"})).await.expect(200);
    assert_eq!((&told.body["authority_told_on"], &told.body["subjects_told_on"]), (&json!("2024-11-20"), &json!(null)));
    p.advance(72 * 3600 + 1);
    assert_eq!(p.walk("staff", "/v1/incidents?overdue=true", 100).await.len(), 1);
    // It does not end before both have been told; once they have, nothing is late.
    let early = change(p, path, &json!({"state": "closed", "done": "Sesi diakhiri."})).await.expect(422);
    assert_eq!(early.faults(), [("/subjects_told_on", "needed_here")]);
    let told = change(p, path, &json!({"subjects_told_on": "2024-11-22"})).await.expect(200);
    assert_eq!(told.body["overdue"], false);
    assert_eq!(p.walk("staff", "/v1/incidents?overdue=true", 100).await, Vec::<Value>::new());
    let false_alarm =
        p.post("staff", "/v1/incidents", &json!({"what_happened": "Laptop tertinggal."})).await.expect(201);
    let found_again = json!({"state": "closed", "done": "Ditemukan, terkunci.", "no_breach": true});
    change(p, false_alarm.header("location").unwrap(), &found_again).await.expect(200);
    let closed = json!({"state": "closed", "done": "Sesi diakhiri.", "subjects_told_on": "2024-11-22"});
    assert_eq!(change(p, path, &closed).await.expect(200).body["state"], "closed");
    let again = change(p, path, &json!({"subjects_told_on": "2024-11-23"})).await;
    assert_eq!(again.refusal(), (409, "case_closed"));
});

over_http!(whom_a_breach_concerns_is_known, |p| {
    let made = p.post("staff", "/v1/incidents", &json!({"what_happened": "Akun dibobol."})).await.expect(201);
    let subjects = format!("{}/subjects", made.header("location").unwrap());
    let venture = p.user("owner").venture_id.unwrap();
    let id = p.ask_owner().await;
    let agreed = json!({"move": "accept", "consent": {"text_version": sedaya::domain::consent::TEXT_VERSION}});
    p.step("owner", &id, agreed).await.expect(200);
    p.get("investor", &format!("/v1/matches/{id}")).await.expect(200);
    p.get("investor", &format!("/v1/match-lists/{}/entries?limit=100", p.logins.match_list_id)).await.expect(200);
    p.get("staff_second", &format!("/v1/ventures/{venture}")).await.expect(200);

    let investor = p.investor("investor");
    let day = "from=2024-11-20&to=2024-11-20";
    let seen = p.get("staff", &format!("{subjects}?investor_id={investor}&{day}&limit=100")).await.expect(200);
    assert_eq!((&seen.body["complete"], &seen.body["total"]), (&json!(true), &json!(seen.items().len())));
    let all = p.walk("staff", &format!("{subjects}?investor_id={investor}&{day}"), 3).await;
    assert_eq!(all, seen.items());
    let own = all.iter().find(|one| one["venture_id"] == json!(venture)).unwrap();
    assert_eq!((&own["contact_held"], &own["first_day"]), (&json!(true), &json!("2024-11-20")));
    assert_eq!(own["looks"], json!(["card", "match", "contact"]));
    assert!(all.len() > 1 && all.iter().filter(|one| one["contact_held"] == true).count() == 1);
    // By an account, and on no other day.
    let user = p.actor("staff_second").user;
    let one = p.walk("staff", &format!("{subjects}?user_id={user}&{day}"), 100).await;
    assert_eq!(one.iter().map(|one| &one["venture_id"]).collect::<Vec<_>>(), [&json!(venture)]);
    let before = format!("{subjects}?investor_id={investor}&from=2024-11-18&to=2024-11-19");
    assert_eq!(p.get("staff", &before).await.expect(200).body["total"], 0);
    // Whoever still holds contact data holds it later too, whether or not it is looked at.
    let later =
        p.get("staff", &format!("{subjects}?investor_id={investor}&from=2024-12-01&to=2024-12-02")).await.expect(200);
    assert_eq!((&later.body["total"], &later.items()[0]["first_day"]), (&json!(1), &json!(null)));
    assert_eq!(p.get("staff", &format!("{subjects}?{day}")).await.refusal(), (400, "invalid_query"));
    // Of nobody it is not said that they have seen nothing.
    for nobody in ["user_id=usr_01jcnq8xvgf0nadk1qh2t8wz5e", "investor_id=inv_01jcnq8xvgf0nadk1qh2t8wz5e"] {
        let refused = p.get("staff", &format!("{subjects}?{nobody}&{day}")).await;
        assert_eq!(refused.refusal(), (404, "not_found"), "{nobody}");
    }
    let half = format!("{subjects}?investor_id={investor}&user_id=usr_01jcnq8xvgf0nadk1qh2t8wz5e&{day}");
    assert_eq!(p.get("staff", &half).await.refusal(), (404, "not_found"));
});
