//! The signed-in person: who they are, and what an owner is told.

use std::collections::BTreeSet;

use sedaya::domain::consent::{Purpose, TEXT_VERSION};
use sedaya::domain::id::VentureId;
use sedaya::domain::status::State;
use sedaya::ops::{By, consent};
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

over_http!(everybody_may_ask_who_they_are, |p| {
    for login in &p.logins.logins {
        let actor = p.actor(&login.persona);
        let me = p.get(&login.persona, "/v1/me").await.expect(200);
        assert_eq!(me.header("cache-control"), Some("no-store"));
        let want = json!({
            "id": actor.user, "role": actor.role.as_str(), "investor_id": actor.investor, "venture_id": actor.venture,
            "companion": false,
        });
        assert_eq!(me.body, want);
        if login.persona != "owner" {
            assert_eq!(p.get(&login.persona, "/v1/me/status").await.refusal(), (403, "forbidden"));
        }
    }
    assert_eq!(send(p.request("GET", "/v1/me")).await.refusal(), (401, "unauthenticated"));
});

/// What an owner reads, in both languages, held against what no owner may ever read.
async fn status(p: &Programme, access: &str) -> [Reply; 2] {
    let read = async |lang: &str| {
        let request = p.request("GET", "/v1/me/status").bearer_auth(access).header("accept-language", lang);
        let told = send(request).await.expect(200);
        let keys: BTreeSet<_> = told.body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["state", "headline", "next_step", "actions"]));
        assert_eq!(told.header("cache-control"), Some("no-store"));
        assert_eq!(told.header("content-language"), Some(lang));
        let said = told.text.to_lowercase();
        for never in ["rank", "peringkat", "skor", "score", "ditolak", "rejected", "posisi", "position"] {
            assert!(!said.contains(never), "{never}: {}", told.text);
        }
        told
    };
    let (id, en) = (read("id").await, read("en").await);
    assert_eq!((&id.body["state"], &id.body["actions"]), (&en.body["state"], &en.body["actions"]));
    assert_ne!(id.body["headline"], en.body["headline"]);
    assert_ne!(id.body["next_step"], en.body["next_step"]);
    [id, en]
}

over_http!(an_assessed_owner_learns_the_next_step, |p| {
    let [id, en] = status(p, &p.token("owner")).await;
    assert_eq!(id.body["state"], "listed");
    assert_eq!(id.body["actions"], json!(["take_next_step", "contact_programme"]));
    assert!(id.body["next_step"].as_str().unwrap().starts_with("Langkah berikutnya: "), "{}", id.text);
    assert!(en.body["next_step"].as_str().unwrap().starts_with("Next step: "), "{}", en.text);

    // Not on lists any more: told so, and what to do, without blame.
    let venture = p.actor("owner").venture.unwrap();
    p.service().write(By::Operator, |act| consent::withdraw(act, venture, Purpose::AnonymisedListing)).unwrap();
    let [id, en] = status(p, &p.token("owner")).await;
    assert_eq!(id.body["state"], "assessed");
    assert_eq!(id.body["actions"][0], "review_consent");
    assert!(en.body["headline"].as_str().unwrap().contains("no consent to be listed"), "{}", en.text);
});

over_http!(an_owner_who_waits_for_the_assessment_is_told_so, |p| {
    let ventures = p.walk("staff", "/v1/ventures", 100).await;
    let mut waiting = Vec::new();
    for venture in &ventures {
        let path = format!("/v1/ventures/{}", venture["id"].as_str().unwrap());
        if p.get("staff", &path).await.expect(200).body["outcome"].is_null() {
            waiting.push(path);
        }
    }
    assert_eq!(waiting.len(), 2, "the sample has two businesses that are not assessed yet");
    let issued = p.post("staff", &format!("{}/claim-code", waiting[0]), &json!({})).await.expect(201);
    let code = json!({"code": issued.body["code"]});
    let signed_in = send(p.request("POST", "/v1/auth/claim").json(&code)).await.expect(200);
    let [id, en] = status(p, signed_in.body["access_token"].as_str().unwrap()).await;
    assert_eq!((&id.body["state"], &id.body["actions"]), (&json!("registered"), &json!(["contact_programme"])));
    assert!(id.body["next_step"].as_str().unwrap().contains("Asesor") && en.text.contains("assessor"));
});

over_http!(who_stands_on_no_list_is_not_told_to_appear_on_one, |p| {
    let listed: BTreeSet<VentureId> = {
        let places = p.service().read(|conn| Ok(sedaya::store::match_list::published_places(conn)?)).unwrap();
        places.into_iter().map(|(_, _, venture)| venture).collect()
    };
    let (mut on, mut off) = (0, 0);
    for venture in p.walk("staff", "/v1/ventures", 100).await {
        let id: VentureId = venture["id"].as_str().unwrap().parse().unwrap();
        let told = sedaya::ops::me::own_status(p.service(), id).unwrap();
        match told.state {
            State::Listed => on += 1,
            State::Eligible => {
                off += 1;
                assert!(told.headline.id.contains("Belum ada daftar yang memuatnya"), "{}", told.headline.id);
            }
            _ => continue,
        }
        assert_eq!(told.state == State::Listed, listed.contains(&id), "{id}");
        assert_eq!(told.headline.id.contains("dan tampil tanpa nama"), listed.contains(&id), "{}", told.headline.id);
    }
    assert!(on > 0 && off > 0, "{on} {off}");
});

over_http!(an_owner_who_was_not_reached_has_no_deadline_of_the_staff_s, |p| {
    let id = p.ask_owner().await;
    let told = p.get("owner", "/v1/me/status").await.expect(200).body;
    assert_eq!((&told["state"], told.get("due_at")), (&json!("asked"), None));
    assert!(!told["next_step"].as_str().unwrap().contains("paling lambat"), "{told}");
    p.step("staff", &id, json!({"move": "reach"})).await.expect(200);
    let told = p.get("owner", "/v1/me/status").await.expect(200).body;
    assert_eq!(told["due_at"], json!(p.service().clock.now().plus_days(14)));
    assert!(told["next_step"].as_str().unwrap().contains("paling lambat 4 Desember 2024"), "{told}");
});

over_http!(what_stands_still_and_what_was_received_is_told_of, |p| {
    let id = p.ask_owner().await;
    let told = async || {
        let told = p.get("owner", "/v1/me/status").await.expect(200);
        assert!(told.text.len() <= 2048, "{}", told.text);
        told.body
    };
    let says = |told: &Value, text: &str| told["headline"].as_str().unwrap().contains(text);
    p.step("staff", &id, json!({"move": "suspend", "reason": "Nomor kenari diperiksa."})).await.expect(200);
    let stopped = told().await;
    assert_eq!((&stopped["state"], stopped.get("due_at")), (&json!("under_review"), None));
    assert!(says(&stopped, "ada yang sedang diperiksa") && !stopped.to_string().contains("kenari"), "{stopped}");
    p.step("staff", &id, json!({"move": "resume"})).await.expect(200);
    assert_eq!(told().await["state"], "asked");
    // The owner's own report, with words and without.
    for report in [json!({"move": "suspend", "reason": "Diminta membayar."}), json!({"move": "suspend"})] {
        p.step("owner", &id, report).await.expect(200);
        let reported = told().await;
        assert!(says(&reported, "sedang memeriksa yang Anda laporkan"), "{reported}");
        p.advance(60);
        p.step("staff", &id, json!({"move": "resume"})).await.expect(200);
        p.advance(60);
    }

    p.step("owner", &id, json!({"move": "accept", "consent": {"text_version": TEXT_VERSION}})).await.expect(200);
    p.step("investor", &id, json!({"move": "contact"})).await.expect(200);
    p.step("investor", &id, json!({"move": "commit", "pledge": {"instrument": "mentoring"}})).await.expect(200);
    p.step("owner", &id, json!({"move": "confirm"})).await.expect(200);
    p.step("owner", &id, json!({"move": "receive"})).await.expect(200);
    p.step("staff", &id, json!({"move": "fulfil", "outcome": "Etalase dibeli."})).await.expect(200);
    let fulfilled = told().await;
    assert_eq!(fulfilled["state"], "fulfilled");
    assert!(says(&fulfilled, "sudah Anda terima"), "{fulfilled}");
    assert!(fulfilled["next_step"].as_str().unwrap().contains("Langkah berikutnya: "), "{fulfilled}");
    p.advance(31 * 24 * 3600);
    assert_eq!(told().await["state"], "listed");
});

over_http!(every_owner_of_the_sample_has_a_next_step, |p| {
    for venture in p.walk("staff", "/v1/ventures", 100).await {
        let id: VentureId = venture["id"].as_str().unwrap().parse().unwrap();
        let told = sedaya::ops::me::own_status(p.service(), id).unwrap();
        for text in [&told.headline.id, &told.headline.en, &told.next_step.id, &told.next_step.en] {
            assert!(text.len() > 20 && text.len() <= 1000, "{venture}: {text}");
        }
        assert!(!told.actions.is_empty());
    }
    let never: Value = p.get("owner", "/v1/me/status").await.body;
    assert!(never.get("due_at").is_none(), "nothing of an owner's is due yet");
});
