//! One-time codes: an owner confirms a phone and signs in with it; a code works once, shortly, and is nowhere to be read.

use sedaya::domain::delivery::Lane;
use sedaya::store::{Seek, outbox};
use serde_json::{Value, json};

use crate::messages::{DAY, Post};
use crate::over_http;
use crate::privacy::dump;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

const PHONE: &str = "0812 9999 0001";
const SAME: &str = "+62-812-9999-0001";
const OTHER: &str = "0812 9999 0002";

/// A programme with a gateway, where codes on paper go on working, as the tests sign owners in by them.
async fn start(p: &Programme) -> Post {
    Post::start_with(p, |config| config.messenger.keeps_claim_codes = true).await
}

async fn open(p: &Programme, path: &str, body: Value) -> Reply {
    send(p.request("POST", path).json(&body)).await
}

async fn ask(p: &Programme, phone: &str) -> Reply {
    open(p, "/v1/auth/otp", json!({ "phone": phone })).await
}

/// Asks for a code to sign in with; the name of the request.
async fn request(p: &Programme, phone: &str) -> String {
    ask(p, phone).await.expect(202).body["request"].as_str().unwrap().to_owned()
}

async fn try_code(p: &Programme, request: &str, code: &str) -> Reply {
    open(p, "/v1/auth/otp/token", json!({"request": request, "code": code})).await
}

/// Carries what is due; the code in the newest message.
async fn code(t: &Post) -> String {
    assert_eq!(t.drain().await, 1);
    let body: Value = serde_json::from_str(&t.heard().last().unwrap().body).unwrap();
    let text = body["text"].as_str().unwrap().to_owned();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(text, format!("Kode SEDAYA: {digits}. Jangan beri tahu siapa pun."));
    assert_eq!(digits.len(), 6);
    digits
}

/// Another code than this.
fn wrong(code: &str) -> String {
    let first = if code.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", &code[1..])
}

pub async fn confirm(t: &Post, phone: &str) {
    t.service.post("owner", "/v1/me/phone", &json!({ "phone": phone })).await.expect(202);
    let code = code(t).await;
    t.service.post("owner", "/v1/me/phone/confirmation", &json!({ "code": code })).await.expect(204);
}

over_http!(an_owner_confirms_a_phone_and_signs_in_with_it, |p| {
    let t = Post::start(p).await;
    let s = &t.service;
    let paper = &p.logins.of("owner").unwrap().password;
    let venture = s.user("owner").venture_id.unwrap();
    let asked = s.post("owner", "/v1/me/phone", &json!({ "phone": PHONE })).await.expect(202);
    assert_eq!(asked.body, json!({"expires_in": 600}));
    assert_eq!(asked.header("cache-control"), Some("no-store"));
    let sent = code(&t).await;
    let to: Value = serde_json::from_str(&t.heard()[0].body).unwrap();
    assert_eq!(to["to"], "+6281299990001");
    // Until it is confirmed it opens nothing, and the paper does.
    ask(s, PHONE).await.expect(202);
    assert_eq!(t.drain().await, 0);
    let miss = s.post("owner", "/v1/me/phone/confirmation", &json!({"code": wrong(&sent)})).await.expect(422);
    assert_eq!(miss.faults(), [("/code", "wrong_code")]);
    open(s, "/v1/auth/claim", json!({ "code": paper })).await.expect(200);
    s.post("owner", "/v1/me/phone/confirmation", &json!({ "code": sent })).await.expect(204);
    assert_eq!(open(s, "/v1/auth/claim", json!({ "code": paper })).await.refusal(), (401, "wrong_credentials"));

    let asked = request(s, SAME).await;
    let sent = code(&t).await;
    let spaced = format!("{} {}", &sent[..3], &sent[3..]);
    let signed_in = try_code(s, &asked, &spaced).await.expect(200);
    assert_eq!(signed_in.header("cache-control"), Some("no-store"));
    let me = s.request("GET", "/v1/me").bearer_auth(signed_in.body["access_token"].as_str().unwrap());
    assert_eq!(send(me).await.expect(200).body["venture_id"], json!(venture));
    open(s, "/v1/auth/refresh", json!({"refresh_token": signed_in.body["refresh_token"]})).await.expect(200);
    // It works once.
    assert_eq!(try_code(s, &asked, &sent).await.refusal(), (401, "wrong_credentials"));
    // Who has lost the phone gets paper again.
    let issued = s.post("staff", &format!("/v1/ventures/{venture}/claim-code"), &json!({})).await.expect(201);
    open(s, "/v1/auth/claim", json!({"code": issued.body["code"]})).await.expect(200);
});

over_http!(messages_go_to_the_phone_that_was_confirmed, |p| {
    let t = start(p).await;
    confirm(&t, PHONE).await;
    t.service.ask_owner().await;
    assert_eq!(t.drain().await, 1);
    let body: Value = serde_json::from_str(&t.heard()[1].body).unwrap();
    assert_eq!((&body["to"], &body["text"]), (&json!("+6281299990001"), &json!("Ada kabar dari SEDAYA")));
});

over_http!(a_code_lives_ten_minutes_and_five_tries, |p| {
    let t = start(p).await;
    confirm(&t, PHONE).await;
    let s = &t.service;
    let other = t.twin().await;
    let first = request(s, PHONE).await;
    let sent = code(&t).await;
    // The tries are counted over all processes, and a try counts before it is looked at.
    for n in 0..5 {
        let at = if n % 2 == 0 { s } else { &other };
        assert_eq!(try_code(at, &first, &wrong(&sent)).await.refusal(), (401, "wrong_credentials"));
    }
    assert_eq!(try_code(s, &first, &sent).await.refusal(), (401, "wrong_credentials"));
    // Each request has its own code: what a stranger asks for and guesses at takes nothing from the owner.
    let own = request(s, PHONE).await;
    let mine = code(&t).await;
    let strange = request(&other, PHONE).await;
    let theirs = code(&t).await;
    for _ in 0..5 {
        assert_eq!(try_code(&other, &strange, &wrong(&theirs)).await.status, 401);
    }
    if mine != theirs {
        assert_eq!(try_code(&other, &strange, &mine).await.status, 401);
    }
    // A code that signs in confirms nothing.
    let crossed = s.post("owner", "/v1/me/phone/confirmation", &json!({ "code": mine })).await.expect(422);
    assert_eq!(crossed.faults(), [("/code", "wrong_code")]);
    s.advance(599);
    try_code(s, &own, &mine).await.expect(200);
    s.advance(3600);
    let late = request(s, PHONE).await;
    let sent = code(&t).await;
    s.advance(600);
    assert_eq!(try_code(s, &late, &sent).await.status, 401);
});

over_http!(an_unknown_phone_is_answered_like_a_known_one, |p| {
    let t = start(p).await;
    confirm(&t, PHONE).await;
    let s = &t.service;
    let (known, unknown) = (ask(s, PHONE).await.expect(202), ask(s, OTHER).await.expect(202));
    assert_eq!(known.text.len(), unknown.text.len());
    assert_eq!((&known.body["expires_in"], known.header("location")), (&json!(600), unknown.header("location")));
    assert_eq!(t.drain().await, 1);
    let named = |asked: &Reply| asked.body["request"].as_str().unwrap().to_owned();
    let (known, unknown) = (try_code(s, &named(&known), "x").await, try_code(s, &named(&unknown), "x").await);
    assert_eq!(known.without_request_id(), unknown.without_request_id());
    assert_eq!(try_code(s, "kucing", "").await.without_request_id(), unknown.without_request_id());
    assert_eq!(ask(s, "kucing").await.expect(422).faults(), [("/phone", "not_a_phone")]);
    // A phone of somebody in the sample, which nobody has confirmed, opens nothing.
    ask(s, "0800 0000 0001").await.expect(202);
    assert_eq!(t.drain().await, 0);
});

over_http!(a_phone_is_sent_five_codes_an_hour, |p| {
    let t = start(p).await;
    confirm(&t, PHONE).await;
    let s = &t.service;
    let other = t.twin().await;
    for n in 0..8 {
        let at = if n % 2 == 0 { s } else { &other };
        ask(at, PHONE).await.expect(202);
        assert_eq!(t.drain().await, usize::from(n < 5), "{n}");
    }
    // That holds nobody up who has signed in; but no account sends codes to phone after phone.
    s.post("owner", "/v1/me/phone", &json!({ "phone": OTHER })).await.expect(202);
    assert_eq!(t.drain().await, 1);
    s.advance(3601);
    for n in 0..5 {
        let phone = format!("0812 9999 10{n:02}");
        s.post("owner", "/v1/me/phone", &json!({ "phone": phone })).await.expect(202);
    }
    let sixth = s.post("owner", "/v1/me/phone", &json!({"phone": "0812 9999 1099"})).await;
    assert_eq!(sixth.refusal(), (429, "rate_limited"));
    assert!((1..=3600).contains(&sixth.header("retry-after").unwrap().parse::<i64>().unwrap()));
    // Of those that waited only the newest is sent.
    assert_eq!(t.drain().await, 1);
    s.advance(3600);
    ask(s, PHONE).await.expect(202);
    assert_eq!(t.drain().await, 1);
});

over_http!(guessing_codes_counts_as_failed_sign_ins, |p| {
    let t = start(p).await;
    for _ in 0..20 {
        assert_eq!(try_code(&t.service, "x", "000000").await.status, 401);
    }
    assert_eq!(try_code(&t.service, "x", "000000").await.refusal(), (429, "rate_limited"));
    let code = &p.logins.of("owner").unwrap().password;
    assert_eq!(open(&t.service, "/v1/auth/claim", json!({ "code": code })).await.refusal(), (429, "rate_limited"));
});

over_http!(a_code_is_nowhere_to_be_read_and_is_forgotten, |p| {
    let t = start(p).await;
    let s = &t.service;
    s.post("owner", "/v1/me/phone", &json!({ "phone": PHONE })).await.expect(202);
    let sent = code(&t).await;
    let kept = dump(&p.db);
    assert!(kept.contains("one-time code") || kept.contains("confirm"), "the search would find it");
    for secret in [format!("\"{sent}\""), format!("SEDAYA: {sent}"), "81299990001".to_owned()] {
        assert!(!kept.contains(&secret), "{secret}");
    }
    // Once it is on the phone, it is not kept here, not even sealed.
    let lane = Lane::Owner(s.user("owner").venture_id.unwrap()).to_string();
    let carried = s.service().read(|conn| Ok(outbox::page(conn, &lane, &Seek::First, 10)?)).unwrap();
    assert!(carried.items.iter().all(|item| item.payload == r#"{"code":""}"#));
    s.post("owner", "/v1/me/phone/confirmation", &json!({ "code": sent })).await.expect(204);
    assert!(!dump(&p.db).contains("81299990001"));
    let couriers = &s.app.couriers;
    s.advance(DAY);
    assert_eq!(couriers.forget().await.unwrap(), 0);
    s.advance(1);
    assert_eq!(couriers.forget().await.unwrap(), 1);
    ask(s, PHONE).await.expect(202);
    assert_eq!(t.drain().await, 1, "the phone stays");
});

over_http!(a_code_that_comes_too_late_is_not_sent, |p| {
    let t = start(p).await;
    t.service.post("owner", "/v1/me/phone", &json!({ "phone": PHONE })).await.expect(202);
    t.service.advance(600);
    assert_eq!((t.drain().await, t.outsider.asked()), (0, 0));
});

over_http!(a_phone_opens_one_account_and_can_be_changed, |p| {
    let t = start(p).await;
    let s = &t.service;
    confirm(&t, PHONE).await;
    // The owner of another venture, who shares the phone.
    let all = s.walk("staff", "/v1/ventures", 100).await;
    let own = s.user("owner").venture_id.unwrap();
    let neighbour = all.iter().find(|one| one["id"] != json!(own)).unwrap()["id"].as_str().unwrap();
    let paper = s.post("staff", &format!("/v1/ventures/{neighbour}/claim-code"), &json!({})).await.expect(201);
    let signed_in = open(s, "/v1/auth/claim", json!({"code": paper.body["code"]})).await.expect(200);
    let as_neighbour = async |path: &str, body: Value| {
        send(s.request("POST", path).bearer_auth(signed_in.body["access_token"].as_str().unwrap()).json(&body)).await
    };
    as_neighbour("/v1/me/phone", json!({ "phone": PHONE })).await.expect(202);
    let sent = code(&t).await;
    let taken = as_neighbour("/v1/me/phone/confirmation", json!({ "code": sent })).await;
    assert_eq!(taken.refusal(), (409, "phone_in_use"));
    // The owner takes another number; the old one opens nothing any more, what was opened by it is closed, and it is free.
    let asked = request(s, PHONE).await;
    let on_the_old = code(&t).await;
    let before = request(s, PHONE).await;
    let by_the_old = try_code(s, &before, &code(&t).await).await.expect(200);
    confirm(&t, OTHER).await;
    assert_eq!(try_code(s, &asked, &on_the_old).await.status, 401);
    let refresh = json!({"refresh_token": by_the_old.body["refresh_token"]});
    assert_eq!(open(s, "/v1/auth/refresh", refresh).await.status, 401);
    s.advance(0);
    ask(s, PHONE).await.expect(202);
    assert_eq!(t.drain().await, 0);
    as_neighbour("/v1/me/phone", json!({ "phone": PHONE })).await.expect(202);
    let sent = code(&t).await;
    as_neighbour("/v1/me/phone/confirmation", json!({ "code": sent })).await.expect(204);
});

over_http!(an_erased_owner_has_no_phone_here, |p| {
    let t = start(p).await;
    let s = &t.service;
    confirm(&t, PHONE).await;
    ask(s, PHONE).await.expect(202);
    let path = format!("/v1/ventures/{}", s.user("owner").venture_id.unwrap());
    let tag = s.get("staff", &path).await.expect(200).etag();
    send(s.by("staff", "DELETE", &path).header("if-match", tag)).await.expect(204);
    assert_eq!(t.drain().await, 0, "not what waited either");
    ask(s, PHONE).await.expect(202);
    assert_eq!(t.drain().await, 0);
});

over_http!(without_a_messenger_staff_give_a_new_code_on_paper, |p| {
    for refused in
        [p.post("owner", "/v1/me/phone", &json!({ "phone": PHONE })).await, ask(p, PHONE).await, ask(p, OTHER).await]
    {
        assert_eq!(refused.refusal(), (409, "no_messenger"));
        assert!(refused.text.contains("kode klaim baru"), "{}", refused.text);
    }
    assert_eq!(try_code(p, "x", "000000").await.refusal(), (401, "wrong_credentials"));
});
