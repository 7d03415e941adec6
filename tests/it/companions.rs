//! An owner lets a pendamping act for them: by a code that works once, under the pendamping's own name, without the owner's own word,
//! and until either ends it.

use diesel::connection::SimpleConnection as _;
use sedaya::domain::actor::Role;
use sedaya::domain::consent::TEXT_VERSION;
use sedaya::domain::scope::OWN_WORD_ONLY;
use sedaya::store::StoreError;
use serde_json::{Value, json};

use super::openapi::operations;
use super::permissions::{may, row};
use crate::messages::Post;
use crate::over_http;
use crate::privacy::dump;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

const HALF_AN_HOUR: i64 = 1800;

/// An invitation.
pub struct Invited {
    pub id: String,
    pub code: String,
}

/// A mandate, and the access token of a session under it.
pub struct TakenUp {
    pub id: String,
    pub access: String,
    pub refresh: String,
}

async fn get(p: &Programme, token: &str, path: &str) -> Reply {
    send(p.request("GET", path).bearer_auth(token)).await
}

async fn post(p: &Programme, token: &str, path: &str, body: &Value) -> Reply {
    send(p.request("POST", path).bearer_auth(token).json(body)).await
}

pub async fn invite(p: &Programme, owner: &str) -> Invited {
    let made = post(p, owner, "/v1/me/companions", &json!({})).await.expect(201);
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let text = |member: &str| made.body[member].as_str().unwrap().to_owned();
    Invited { id: text("id"), code: text("code") }
}

async fn accept(p: &Programme, assessor: &str, code: &str) -> Reply {
    post(p, assessor, "/v1/me/mandates", &json!({ "code": code })).await
}

async fn begin(p: &Programme, assessor: &str, id: &str) -> Reply {
    post(p, assessor, &format!("/v1/me/mandates/{id}/session"), &json!({})).await
}

async fn refresh(p: &Programme, token: &str) -> Reply {
    send(p.request("POST", "/v1/auth/refresh").json(&json!({"refresh_token": token}))).await
}

/// Invited by an owner, taken up by an assessor, and a session begun; by their access tokens.
pub async fn taken_up(p: &Programme, owner: &str, assessor: &str) -> TakenUp {
    let invited = invite(p, owner).await;
    let made = accept(p, assessor, &invited.code).await.expect(201);
    assert_eq!(made.body["id"], json!(invited.id));
    let begun = begin(p, assessor, &invited.id).await.expect(200);
    assert_eq!(begun.header("cache-control"), Some("no-store"));
    let text = |member: &str| begun.body[member].as_str().unwrap().to_owned();
    TakenUp { id: invited.id, access: text("access_token"), refresh: text("refresh_token") }
}

/// The access token of the owner of another business than `owner`'s.
pub async fn other_owner(p: &Programme) -> String {
    let own = p.user("owner").venture_id.unwrap().to_string();
    let ventures = p.get("staff", "/v1/ventures?limit=5").await.expect(200);
    let other = ventures.items().iter().map(|v| v["id"].as_str().unwrap()).find(|id| *id != own).unwrap().to_owned();
    let issued = p.post("staff", &format!("/v1/ventures/{other}/claim-code"), &json!({})).await.expect(201);
    let claim = p.request("POST", "/v1/auth/claim").json(&json!({"code": issued.body["code"]}));
    send(claim).await.expect(200).body["access_token"].as_str().unwrap().to_owned()
}

/// Another account of a pendamping: its id and an access token.
pub async fn another_assessor(p: &Programme) -> (String, String) {
    let new = json!({"username": "pendamping-lain", "password": "tiga kata acak saja", "role": "assessor"});
    let made = p.post("admin", "/v1/users", &new).await.expect(201);
    (made.body["id"].as_str().unwrap().to_owned(), p.token("pendamping-lain"))
}

over_http!(a_pendamping_acts_for_an_owner_until_the_owner_ends_it, |p| {
    let owner = p.token("owner");
    let venture = p.user("owner").venture_id.unwrap();
    let name = p.get("owner", "/v1/me/venture").await.expect(200).body["name"].clone();
    let invited = invite(p, &owner).await;
    let told = p.get("owner", "/v1/me/companions").await.expect(200);
    assert_eq!(told.items().len(), 0);
    assert_eq!(told.body["invitations"][0]["id"], json!(invited.id));
    assert!(!told.text.contains(&invited.code), "the code is shown once");
    assert!(!dump(&p.db).contains(&invited.code) && !dump(&p.db).contains(&invited.code.replace('-', "")));

    p.advance(60);
    let (owner, assessor) = (p.token("owner"), p.token("assessor"));
    // However it is typed.
    let typed = format!(" {} ", invited.code.to_uppercase().replace('-', " "));
    let made = accept(p, &assessor, &typed).await.expect(201);
    assert_eq!(made.header("location"), Some("/v1/me/mandates"));
    assert_eq!((&made.body["id"], &made.body["business_name"]), (&json!(invited.id), &name));
    assert_eq!(p.get("assessor", "/v1/me/mandates").await.expect(200).items(), std::slice::from_ref(&made.body));
    let begun = begin(p, &assessor, &invited.id).await.expect(200);
    let access = begun.body["access_token"].as_str().unwrap();

    let user = p.actor("assessor").user;
    let me = get(p, access, "/v1/me").await.expect(200).body;
    assert_eq!(me, json!({"id": user, "role": "owner", "investor_id": null, "venture_id": venture, "companion": true}));
    // The pendamping's own session goes on beside it, and is no owner's.
    assert_eq!(get(p, &assessor, "/v1/me").await.expect(200).body["role"], "assessor");
    assert_eq!(get(p, &assessor, "/v1/me/status").await.refusal(), (403, "forbidden"));
    assert_eq!(get(p, access, "/v1/me/mandates").await.refusal(), (403, "forbidden"));
    for path in ["/v1/me/status", "/v1/me/venture", "/v1/me/doors", "/v1/me/support-plan"] {
        assert_eq!(get(p, access, path).await.expect(200).text, p.get("owner", path).await.text, "{path}");
    }
    let told = p.get("owner", "/v1/me/companions").await.expect(200);
    let [one] = told.items() else { panic!("{}", told.text) };
    assert_eq!((&one["id"], &one["username"]), (&json!(invited.id), &json!(p.user("assessor").username)));
    assert!(one["last_session_at"].is_string() && told.body["invitations"] == json!([]));

    // Refreshing keeps it.
    let renewed = refresh(p, begun.body["refresh_token"].as_str().unwrap()).await.expect(200);
    let renewed_access = renewed.body["access_token"].as_str().unwrap();
    assert_eq!(get(p, renewed_access, "/v1/me").await.expect(200).body, me);

    let end = format!("/v1/me/companions/{}/end", invited.id);
    assert_eq!(post(p, &owner, &end, &json!({})).await.status, 204);
    for dead in [access, renewed_access] {
        assert_eq!(get(p, dead, "/v1/me/status").await.refusal(), (401, "unauthenticated"));
    }
    assert_eq!(refresh(p, renewed.body["refresh_token"].as_str().unwrap()).await.status, 401);
    assert_eq!(begin(p, &assessor, &invited.id).await.refusal(), (409, "mandate_ended"));
    assert_eq!(p.get("assessor", "/v1/me/mandates").await.expect(200).items().len(), 0);
    assert_eq!(p.get("owner", "/v1/me/companions").await.expect(200).items().len(), 0);
    assert_eq!(get(p, &assessor, "/v1/me").await.status, 200);
    // Ended twice is ended once.
    assert_eq!(post(p, &owner, &end, &json!({})).await.status, 204);
});

over_http!(a_code_works_once_and_for_half_an_hour, |p| {
    let (owner, assessor) = (p.token("owner"), p.token("assessor"));
    let (_, another) = another_assessor(p).await;
    let used = invite(p, &owner).await;
    accept(p, &assessor, &used.code).await.expect(201);
    let taken_back = invite(p, &owner).await;
    let end = format!("/v1/me/companions/{}/end", taken_back.id);
    assert_eq!(post(p, &owner, &end, &json!({})).await.status, 204);
    let wrong = accept(p, &another, "0000-0000").await;
    assert_eq!((wrong.refusal(), wrong.faults()), ((422, "invalid_body"), vec![("/code", "wrong_code")]));
    for who in [&another, &assessor] {
        for code in [&used.code, &taken_back.code] {
            assert_eq!(accept(p, who, code).await.without_request_id(), wrong.without_request_id());
        }
    }
    let late = invite(p, &owner).await;
    let just = invite(p, &owner).await;
    p.advance(HALF_AN_HOUR - 1);
    accept(p, &p.token("assessor"), &just.code).await.expect(201);
    p.advance(1);
    let another = p.token("pendamping-lain");
    assert_eq!(accept(p, &another, &late.code).await.faults(), [("/code", "wrong_code")]);
    let told = p.get("owner", "/v1/me/companions").await.expect(200);
    // The same two again: the newer mandate has taken the older one's place.
    assert_eq!((told.items().len(), &told.items()[0]["id"]), (1, &json!(just.id)));
    assert_eq!(told.body["invitations"], json!([]));
    // Claim codes open no mandate, nor the other way round.
    let paper = &p.logins.of("owner").unwrap().password;
    assert_eq!(accept(p, &another, paper).await.faults(), [("/code", "wrong_code")]);
    let open = invite(p, &p.token("owner")).await;
    let claim = p.request("POST", "/v1/auth/claim").json(&json!({"code": open.code}));
    assert_eq!(send(claim).await.status, 401);
});

over_http!(wrong_codes_are_counted_by_address, |p| {
    let (owner, assessor) = (p.token("owner"), p.token("assessor"));
    let invited = invite(p, &owner).await;
    for n in 0..20 {
        assert_eq!(accept(p, &assessor, &format!("0000-{n:04}")).await.status, 422);
    }
    let refused = accept(p, &assessor, &invited.code).await;
    assert_eq!(refused.refusal(), (429, "rate_limited"));
    assert!(refused.header("retry-after").is_some());
    p.advance(60);
    accept(p, &p.token("assessor"), &invited.code).await.expect(201);
});

over_http!(an_owner_has_five_at_most, |p| {
    let owner = p.token("owner");
    let mut last = None;
    for _ in 0..5 {
        last = Some(invite(p, &owner).await);
    }
    let refused = post(p, &owner, "/v1/me/companions", &json!({})).await;
    assert_eq!(refused.refusal(), (409, "too_many_companions"));
    let last = last.unwrap();
    assert_eq!(post(p, &owner, &format!("/v1/me/companions/{}/end", last.id), &json!({})).await.status, 204);
    let kept = invite(p, &owner).await;
    accept(p, &p.token("assessor"), &kept.code).await.expect(201);
    // What has not been taken up counts no more, what has counts on.
    p.advance(HALF_AN_HOUR);
    let owner = p.token("owner");
    for _ in 0..4 {
        invite(p, &owner).await;
    }
    assert_eq!(post(p, &owner, "/v1/me/companions", &json!({})).await.status, 409);
});

over_http!(an_invitation_is_made_and_taken_up_once_under_a_key, |p| {
    let keyed = async |who: &str, path: &str, body: &Value| {
        send(p.by(who, "POST", path).header("idempotency-key", "sekali").json(body)).await
    };
    let first = keyed("owner", "/v1/me/companions", &json!({})).await.expect(201);
    assert_eq!(keyed("owner", "/v1/me/companions", &json!({})).await.expect(201).text, first.text);
    let code = json!({"code": first.body["code"]});
    let taken_up = keyed("assessor", "/v1/me/mandates", &code).await.expect(201);
    let again = keyed("assessor", "/v1/me/mandates", &code).await.expect(201);
    assert_eq!((again.header("idempotency-replayed"), &again.text), (Some("true"), &taken_up.text));
});

// What a companion may, operation by operation: what needs the owner's own word is refused, everything else that the owner may is
// answered as the owner is.
over_http!(a_companion_may_what_the_owner_may_but_for_the_own_word, |p| {
    let t = taken_up(p, &p.token("owner"), &p.token("assessor")).await;
    let found = p.ask_owner().await;
    let document = p.get("staff", "/openapi.json").await.expect(200).body;
    let (mut refused, mut works) = (0, 0);
    for (template, method, op) in operations(&document) {
        let operation = op["operationId"].as_str().unwrap();
        if row(operation) == "anyone" {
            continue;
        }
        let path = template.replace("/v1/matches/{id}", &format!("/v1/matches/{found}"));
        let path = path.replace("/v1/me/companions/{id}", &format!("/v1/me/companions/{}", t.id));
        let ask = async |token: &str| {
            let request = p.request(&method, &path).bearer_auth(token).header("if-match", "\"9999.full.id\"");
            send(if method == "GET" { request } else { request.json(&json!({})) }).await
        };
        let problems = op["x-problems"].as_array().unwrap();
        if !may(row(operation), Role::Owner) {
            assert_eq!(ask(&t.access).await.refusal(), (403, "forbidden"), "{operation}");
        } else if OWN_WORD_ONLY.contains(&operation) {
            let answer = ask(&t.access).await;
            assert_eq!(answer.refusal(), (403, "own_word_only"), "{operation}");
            assert!(answer.text.contains("Ini hanya bisa dilakukan pemilik sendiri"), "{}", answer.text);
            assert!(problems.contains(&json!("own_word_only")), "{operation}");
            refused += 1;
        } else {
            // Rubrics, say, are asked for by an id of nothing: 404 to both.
            let (own, acting) = (ask(&p.token("owner")).await, ask(&t.access).await);
            assert_eq!((acting.status, acting.status == 403), (own.status, false), "{operation}: {}", acting.text);
            works += 1;
        }
    }
    assert_eq!(refused, OWN_WORD_ONLY.len());
    assert!(works > 20, "{works}");
});

/// Moves a match as somebody with this token sees it.
async fn step(p: &Programme, token: &str, id: &str, body: Value) -> Reply {
    let path = format!("/v1/matches/{id}");
    let tag = get(p, token, &path).await.expect(200).etag();
    send(p.request("POST", &format!("{path}/moves")).bearer_auth(token).header("if-match", tag).json(&body)).await
}

fn moves(reply: &Reply) -> Vec<&str> {
    reply.body["moves"].as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect()
}

over_http!(a_companion_answers_for_the_owner_but_shares_no_contact, |p| {
    let t = taken_up(p, &p.token("owner"), &p.token("assessor")).await;
    let id = p.ask_owner().await;
    let path = format!("/v1/matches/{id}");
    let text = json!({"text_version": TEXT_VERSION});
    let seen = get(p, &t.access, &path).await.expect(200);
    assert_eq!(moves(&seen), ["decline", "withdraw", "suspend"]);
    assert!(seen.body["asked_by"]["name"].is_string());
    let listed = get(p, &t.access, "/v1/me/matches").await.expect(200);
    assert_eq!(listed.items()[0]["moves"], seen.body["moves"]);
    let agree = json!({"move": "accept", "consent": text});
    let refused = step(p, &t.access, &id, agree.clone()).await;
    assert_eq!(refused.refusal(), (403, "own_word_only"));
    // The owner agrees; from then on stepping back takes a consent back, and is the owner's own word too.
    step(p, &p.token("owner"), &id, agree).await.expect(200);
    let seen = get(p, &t.access, &path).await.expect(200);
    assert_eq!(moves(&seen), ["contact", "suspend"]);
    assert!(moves(&p.get("owner", &path).await).contains(&"withdraw"));
    assert_eq!(step(p, &t.access, &id, json!({"move": "withdraw"})).await.refusal(), (403, "own_word_only"));
    step(p, &t.access, &id, json!({"move": "contact"})).await.expect(200);
    let pledge = json!({"move": "commit", "pledge": p.offer().await["request"].as_object().map(|r| {
        json!({"instrument": r["instrument"], "amount": r["amount"]})
    })});
    p.step("investor", &id, pledge).await.expect(200);
    // What is to be given, and that it was, is for the owner to say.
    for own in ["confirm", "receive"] {
        let seen = get(p, &t.access, &path).await.expect(200);
        assert!(!moves(&seen).contains(&own));
        assert_eq!(step(p, &t.access, &id, json!({ "move": own })).await.refusal(), (403, "own_word_only"));
        step(p, &p.token("owner"), &id, json!({ "move": own })).await.expect(200);
    }
    let report = json!({"move": "suspend", "reason": "Diminta membayar di muka."});
    let stopped = step(p, &t.access, &id, report).await.expect(200);
    assert_eq!(stopped.body["state"], "suspended");
    // The owner reads what was said in the owner's name, and who may speak so.
    let data = p.get("owner", "/v1/me/data").await.expect(200).body;
    assert_eq!(data["complaints"][0]["text"], "Diminta membayar di muka.");
    let [one] = data["companions"].as_array().unwrap().as_slice() else { panic!("{}", data["companions"]) };
    assert_eq!((&one["username"], &one["ended_at"]), (&json!(p.user("assessor").username), &Value::Null));
});

over_http!(a_companion_declines_and_says_what_is_welcome, |p| {
    let t = taken_up(p, &p.token("owner"), &p.token("assessor")).await;
    let id = p.ask_owner().await;
    let declined = step(p, &t.access, &id, json!({"move": "decline", "reason": "Belum perlu."})).await.expect(200);
    assert_eq!(declined.body["state"], "declined");
    let tag = get(p, &t.access, "/v1/me/venture").await.expect(200).etag();
    let change = p.request("PATCH", "/v1/me/venture").bearer_auth(&t.access).header("if-match", tag);
    send(change.json(&json!({"instruments": ["grant"]}))).await.expect(200);
    let own = p.get("owner", "/v1/me/venture").await.expect(200);
    assert_eq!(own.body["profile"]["instruments"], json!(["grant"]));
    // Every row names the pendamping, and that it was in the owner's name.
    let user = p.actor("assessor").user;
    let rows = p.walk("auditor", &format!("/v1/audit?actor={user}"), 100).await;
    let of =
        |action: &str| rows.iter().filter(|r| r["action"] == action).map(|r| r["role"].clone()).collect::<Vec<_>>();
    assert_eq!(of("match.move"), [json!("companion")]);
    assert_eq!(of("mandate.accept"), [json!("assessor")]);
    assert_eq!(of("mandate.session"), [json!("assessor")]);
    assert!(rows.iter().filter(|r| r["role"] == "companion").count() >= 2, "{rows:?}");
    let invited = p.get("auditor", &format!("/v1/audit?subject={}", t.id)).await.expect(200);
    assert!(invited.items().iter().any(|r| r["action"] == "mandate.invite" && r["role"] == "owner"));
    // The owner's own reading is nobody's look; the companion's is.
    p.get("owner", "/v1/me/status").await.expect(200);
    let looks = p.walk("owner", "/v1/me/access-log", 100).await;
    let mut looks: Vec<_> = looks.iter().map(|l| (l["look"].as_str().unwrap(), l["by"].as_str().unwrap())).collect();
    looks.retain(|(_, by)| !matches!(*by, "staff" | "investor"));
    looks.sort_unstable();
    assert_eq!(looks, [("match", "assessor"), ("record", "assessor")]);
});

over_http!(what_is_anothers_is_like_none, |p| {
    let (owner, assessor, other) = (p.token("owner"), p.token("assessor"), other_owner(p).await);
    let (_, another) = another_assessor(p).await;
    let mine = taken_up(p, &owner, &assessor).await;
    let theirs = taken_up(p, &other, &another).await;
    p.unknown_to("owner", "POST", &format!("/v1/me/companions/{}/end", theirs.id)).await;
    for what in ["session", "end"] {
        p.unknown_to("assessor", "POST", &format!("/v1/me/mandates/{}/{what}", theirs.id)).await;
    }
    // An invitation is nobody's mandate yet.
    let open = invite(p, &owner).await;
    p.unknown_to("assessor", "POST", &format!("/v1/me/mandates/{}/session", open.id)).await;
    // One pendamping, two owners: what one session sees is not in the other.
    let both = taken_up(p, &other, &assessor).await;
    let names = [&mine.access, &both.access].map(|token| get(p, token, "/v1/me/venture"));
    let [first, second] = names;
    let (first, second) = (first.await.expect(200), second.await.expect(200));
    assert_ne!(first.body["id"], second.body["id"]);
    let mandates = p.get("assessor", "/v1/me/mandates").await.expect(200);
    assert_eq!(mandates.items().len(), 2);
    let id = p.ask_owner().await;
    get(p, &mine.access, &format!("/v1/matches/{id}")).await.expect(200);
    let foreign = get(p, &both.access, &format!("/v1/matches/{id}")).await;
    let random = get(p, &both.access, "/v1/matches/mat_01jcnq8xvgf0nadk1qh2t8wz5e").await;
    assert_eq!(foreign.without_request_id(), random.without_request_id());
    // The pendamping lays one down; the other stands.
    assert_eq!(post(p, &assessor, &format!("/v1/me/mandates/{}/end", both.id), &json!({})).await.status, 204);
    assert_eq!(get(p, &both.access, "/v1/me").await.status, 401);
    assert_eq!(get(p, &mine.access, "/v1/me").await.status, 200);
    assert_eq!(get(p, &theirs.access, "/v1/me").await.status, 200);
    assert_eq!(get(p, &other, "/v1/me/companions").await.expect(200).items().len(), 1);
});

over_http!(cursors_and_keys_are_for_one_owner, |p| {
    let (owner, assessor, other) = (p.token("owner"), p.token("assessor"), other_owner(p).await);
    let (one, two) = (taken_up(p, &owner, &assessor).await, taken_up(p, &other, &assessor).await);
    for token in [&one.access, &two.access] {
        for path in ["/v1/me/status", "/v1/me/matches"] {
            get(p, token, path).await.expect(200);
        }
    }
    let page = get(p, &one.access, "/v1/me/access-log?limit=1").await.expect(200);
    let next = format!("/v1/me/access-log?cursor={}", page.body["next"].as_str().unwrap());
    get(p, &one.access, &next).await.expect(200);
    assert_eq!(get(p, &two.access, &next).await.refusal(), (400, "invalid_query"));
    assert_eq!(p.get("owner", &next).await.refusal(), (400, "invalid_query"));
});

over_http!(what_it_stands_on_must_stand, |p| {
    let (owner, assessor) = (p.token("owner"), p.token("assessor"));
    let enabled = async |user: String, is: bool| {
        let path = format!("/v1/users/{user}");
        let tag = p.get("admin", &path).await.expect(200).etag();
        p.patch("admin", &path, &tag, &json!({"enabled": is})).await.expect(200);
    };
    let t = taken_up(p, &owner, &assessor).await;
    let owner_id = p.actor("owner").user.to_string();
    enabled(owner_id.clone(), false).await;
    assert_eq!(get(p, &t.access, "/v1/me").await.status, 401);
    assert_eq!(refresh(p, &t.refresh).await.status, 401);
    assert_eq!(begin(p, &assessor, &t.id).await.refusal(), (409, "mandate_ended"));
    enabled(owner_id, true).await;
    get(p, &t.access, "/v1/me").await.expect(200);
    let renewed = refresh(p, &t.refresh).await.expect(200);
    // The pendamping's account.
    enabled(p.actor("assessor").user.to_string(), false).await;
    assert_eq!(get(p, &t.access, "/v1/me").await.status, 401);
    assert_eq!(refresh(p, renewed.body["refresh_token"].as_str().unwrap()).await.status, 401);
    enabled(p.user("assessor").id.to_string(), true).await;
    assert_eq!(get(p, &t.access, "/v1/me").await.status, 401, "what was ended stays ended");
    // A role that has changed since.
    let assessor = p.token_of(p.actor("assessor"));
    let begun = begin(p, &assessor, &t.id).await.expect(200);
    let access = begun.body["access_token"].as_str().unwrap();
    get(p, access, "/v1/me").await.expect(200);
    let change = format!("UPDATE users SET role = 'auditor' WHERE id = '{}'", p.user("assessor").id);
    p.service().db.write::<_, StoreError>(|conn| Ok(conn.batch_execute(&change)?)).unwrap();
    p.advance(59);
    assert_eq!(get(p, access, "/v1/me").await.status, 401);
    assert_eq!(refresh(p, begun.body["refresh_token"].as_str().unwrap()).await.status, 401);
});

over_http!(two_processes_agree, |p| {
    let (owner, assessor) = (p.token("owner"), p.token("assessor"));
    let (_, another) = another_assessor(p).await;
    let twin = p.twin().await;
    let invited = invite(p, &owner).await;
    // Both at once, in two processes: one of them has it.
    let both = futures_util::future::join(accept(p, &assessor, &invited.code), accept(&twin, &another, &invited.code));
    let (here, there) = both.await;
    let mut statuses = [here.status, there.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422], "{} {}", here.text, there.text);
    let t = taken_up(&twin, &owner, &assessor).await;
    assert_eq!((get(p, &t.access, "/v1/me").await.status, get(&twin, &t.access, "/v1/me").await.status), (200, 200));
    let end = format!("/v1/me/companions/{}/end", t.id);
    assert_eq!(post(p, &owner, &end, &json!({})).await.status, 204);
    assert_eq!(get(p, &t.access, "/v1/me").await.status, 401);
    assert_eq!(refresh(&twin, &t.refresh).await.status, 401);
    twin.advance(10);
    assert_eq!(get(&twin, &t.access, "/v1/me").await.status, 401);
});

over_http!(an_erased_business_has_nobody_who_acts_for_it, |p| {
    let t = taken_up(p, &p.token("owner"), &p.token("assessor")).await;
    let open = invite(p, &p.token("owner")).await;
    let path = format!("/v1/ventures/{}", p.user("owner").venture_id.unwrap());
    let tag = p.get("staff", &path).await.expect(200).etag();
    send(p.by("staff", "DELETE", &path).header("if-match", tag)).await.expect(204);
    assert_eq!(get(p, &t.access, "/v1/me").await.status, 401);
    assert_eq!(refresh(p, &t.refresh).await.status, 401);
    assert_eq!(p.get("assessor", "/v1/me/mandates").await.expect(200).items().len(), 0);
    p.unknown_to("assessor", "POST", &format!("/v1/me/mandates/{}/session", t.id)).await;
    assert_eq!(accept(p, &p.token("assessor"), &open.code).await.faults(), [("/code", "wrong_code")]);
});

over_http!(the_owner_is_told_when_somebody_takes_it_up, |p| {
    let post = Post::start(p).await;
    let s = &post.service;
    let invited = invite(s, &s.token("owner")).await;
    assert_eq!(post.drain().await, 0, "the owner's own deed is no news");
    accept(s, &s.token("assessor"), &invited.code).await.expect(201);
    assert_eq!(post.drain().await, 1);
    let sent: Value = serde_json::from_str(&post.heard().last().unwrap().body).unwrap();
    assert_eq!(sent["text"], "Ada kabar dari SEDAYA");
    let data = s.get("owner", "/v1/me/data").await.expect(200).body;
    assert_eq!(data["messages"][0]["kind"], "news");
    // What is done in the owner's name is told too; what the owner does is not.
    let begun = begin(s, &s.token("assessor"), &invited.id).await.expect(200);
    let id = s.ask_owner().await;
    post.drain().await;
    let heard = post.heard().len();
    step(s, begun.body["access_token"].as_str().unwrap(), &id, json!({"move": "decline"})).await.expect(200);
    assert_eq!((post.drain().await, post.heard().len()), (1, heard + 1));
    // What the owner has ended before it was sent is no news.
    let second = invite(s, &s.token("owner")).await;
    accept(s, &s.token("assessor"), &second.code).await.expect(201);
    let end = format!("/v1/me/companions/{}/end", second.id);
    s.post("owner", &end, &json!({})).await.expect(204);
    post.drain().await;
    assert_eq!(post.heard().len(), heard + 1);
});
