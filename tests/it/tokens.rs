//! Access tokens: only ours, whole, in time and of an active account hold; everything else is 401, and
//! nothing is asked of the database about it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use fast32::base64::RFC4648_URL_NOPAD as BASE64;
use futures_util::future::LocalBoxFuture;
use sedaya::api::problem;
use sedaya::api::state::{Accounts, Admitted, Proof};
use sedaya::clock::Clock;
use sedaya::domain::actor::Role;
use sedaya::domain::id::Ids;
use serde_json::{Value, json};

use crate::support::app::{NOW, People, TestApp, problem_of, refused};

/// Counts who is asked about.
struct Counted(People, AtomicUsize);

impl Accounts for Counted {
    fn active<'a>(&'a self, proof: &'a Proof) -> LocalBoxFuture<'a, problem::Result<Option<Admitted>>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.active(proof)
    }
}

/// A key pair as the key file holds it: name and seed.
fn signing_keys(app: &TestApp) -> Vec<(String, Ed25519KeyPair)> {
    let file: Value = serde_json::from_slice(&std::fs::read(app.path("keys.json")).unwrap()).unwrap();
    let keys = file["signing"].as_array().unwrap().iter().map(|key| {
        let seed = BASE64.decode_str(key["seed"].as_str().unwrap()).unwrap();
        (key["kid"].as_str().unwrap().to_owned(), Ed25519KeyPair::from_seed_unchecked(&seed).unwrap())
    });
    keys.collect()
}

fn encode(head: &Value, body: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let signed = format!("{}.{}", BASE64.encode(head.to_string().as_bytes()), BASE64.encode(body.as_bytes()));
    let signature = BASE64.encode(&sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn with(mut value: Value, name: &str, member: Value) -> Value {
    value[name] = member;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}

#[tokio::test]
async fn only_a_whole_token_of_ours_holds() {
    let counted = Arc::new(Counted(People::new(), AtomicUsize::new(0)));
    let app = TestApp::start_with(|_| {}, |outside| outside.accounts = Some(counted.clone())).await;
    let (kid, pair) = signing_keys(&app).remove(0);
    let sign = |message: &[u8]| pair.sign(message).as_ref().to_vec();
    let head = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid});
    let now = NOW.seconds();
    let body = json!({
        "iss": "sedaya", "aud": "sedaya", "sub": app.people.actor(Role::Staff).user.to_string(), "exp": now + 600, "nbf": now,
        "iat": now, "jti": "1", "sid": "s", "role": "staff",
    });
    let token = |head: &Value, body: &Value| encode(head, &body.to_string(), sign);
    let ask = async |token: &str| app.request("GET", "/v1/fields").bearer_auth(token).send().await.unwrap();

    assert_eq!(ask(&token(&head, &body)).await.status(), 200);
    assert_eq!(ask(&token(&head, &with(body.clone(), "more", json!(1)))).await.status(), 200);
    assert_eq!(counted.1.load(Ordering::SeqCst), 2);

    let mut bad: Vec<(String, String)> = Vec::new();
    let heads = [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("alg", json!("eddsa")),
        ("alg", json!(7)),
        ("typ", json!("JWT")),
        ("typ", json!("at+JWT ")),
        ("typ", Value::Null),
        ("kid", json!("other")),
        ("kid", json!("../keys.json")),
        ("kid", json!("' or 1=1 --")),
        ("kid", json!(null)),
        ("kid", json!(["a"])),
        ("jku", json!("https://example.org/jwks")),
        ("x5u", json!("https://example.org/x")),
        ("x5c", json!(["AA"])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": BASE64.encode(pair.public_key().as_ref())})),
        ("zip", json!("DEF")),
    ];
    for (name, value) in heads {
        bad.push((format!("head {name}={value}"), token(&with(head.clone(), name, value.clone()), &body)));
    }
    for name in ["alg", "typ", "kid"] {
        bad.push((format!("head without {name}"), token(&without(head.clone(), name), &body)));
    }
    let bodies = [
        ("iss", json!("other")),
        ("iss", json!(["sedaya"])),
        ("aud", json!("other")),
        ("aud", json!([])),
        ("aud", json!({})),
        ("exp", json!(now - 30)),
        ("exp", json!(now + 601)),
        ("exp", json!("never")),
        ("exp", json!(now as f64 + 300.5)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(-1)),
        ("nbf", json!(now + 31)),
        ("nbf", json!(null)),
        ("iat", json!(now + 31)),
        ("iat", json!(now - 1)),
        ("iat", json!(i64::MIN)),
        ("sub", json!("usr_x")),
        ("sub", json!("")),
        ("sub", json!(app.people.cohort.to_string())),
        ("role", json!("root")),
        ("role", json!(["staff"])),
        ("jti", json!(7)),
    ];
    for (name, value) in bodies {
        bad.push((format!("body {name}={value}"), token(&head, &with(body.clone(), name, value.clone()))));
    }
    for name in ["iss", "aud", "exp", "nbf", "iat", "sub", "jti", "sid", "role"] {
        bad.push((format!("body without {name}"), token(&head, &without(body.clone(), name))));
    }
    let text = body.to_string();
    let enormous = text.replace(&(now + 600).to_string(), "1e300");
    bad.push(("exp 1e300".into(), encode(&head, &enormous, sign)));
    bad.push(("body that is no object".into(), encode(&head, "[]", sign)));
    bad.push(("body that is no JSON".into(), encode(&head, "{", sign)));
    bad.push(("body with exp twice".into(), encode(&head, &text.replacen('{', "{\"exp\":1,", 1), sign)));

    // Of the shape of a program's token, but not made by us.
    let made_up = BASE64.encode(&[7; 48]);
    for odd in [format!("st_{made_up}"), format!("st_{}", &made_up[..63]), "st_".into(), "st_.a.b".into()] {
        bad.push((odd.clone(), odd));
    }

    // HMAC with the public key as the secret: the classic confusion of algorithms.
    let hs256 = with(head.clone(), "alg", json!("HS256"));
    let public = pair.public_key().as_ref().to_vec();
    let hmac =
        |key: &[u8], message: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec();
    bad.push(("HS256 with the public key".into(), encode(&hs256, &text, |m| hmac(&public, m))));
    bad.push(("HS256 with its text".into(), encode(&hs256, &text, |m| hmac(BASE64.encode(&public).as_bytes(), m))));
    bad.push(("unsigned".into(), encode(&with(head.clone(), "alg", json!("none")), &text, |_| Vec::new())));
    bad.push(("signature left out".into(), encode(&head, &text, |_| Vec::new())));
    bad.push(("signature of another key".into(), {
        let other = Ed25519KeyPair::generate().unwrap();
        encode(&head, &text, |m| other.sign(m).as_ref().to_vec())
    }));
    let good = token(&head, &body);
    let mut changed = good.clone().into_bytes();
    let middle = good.find('.').unwrap() + 10;
    changed[middle] = if changed[middle] == b'A' { b'B' } else { b'A' };
    bad.push(("one letter changed".into(), String::from_utf8(changed).unwrap()));
    let parts: Vec<&str> = good.split('.').collect();
    for (what, text) in [
        ("empty", String::new()),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{good}.x")),
        ("padded", format!("{}=.{}.{}", parts[0], parts[1], parts[2])),
        ("not base64", "a.b.c!".into()),
        ("dots", "..".into()),
        ("bearer twice", format!("Bearer {good}")),
        ("too long", token(&head, &with(body.clone(), "more", json!("x".repeat(9000))))),
        ("trailing", format!("{good} x")),
    ] {
        bad.push((what.into(), text));
    }

    for (what, text) in &bad {
        let response = ask(text).await;
        assert_eq!(
            response.headers()["www-authenticate"],
            "Bearer realm=\"sedaya\", error=\"invalid_token\"",
            "{what}"
        );
        let (status, code, _) = problem_of(response).await;
        assert_eq!((status, code.as_str()), (401, "unauthenticated"), "{what}");
    }
    assert_eq!(counted.1.load(Ordering::SeqCst), 2, "a bad token must not reach the database");

    for scheme in ["Basic", "bearer ", "Token"] {
        let request = app.request("GET", "/v1/fields").header("authorization", format!("{scheme} {good}"));
        let expected = if scheme.trim() == "bearer" { 200 } else { 401 };
        assert_eq!(request.send().await.unwrap().status(), expected, "{scheme}");
    }
    let twice = app
        .request("GET", "/v1/fields")
        .header("authorization", format!("Bearer {good}"))
        .header("authorization", format!("Bearer {good}"));
    assert_eq!(refused(twice).await.0, 401);
    let response = app.request("GET", "/v1/fields").send().await.unwrap();
    assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"sedaya\"");
}

#[tokio::test]
async fn a_token_ends_and_a_role_is_asked_for_each_time() {
    let clock = Arc::new(Clock::fixed(NOW));
    let app = TestApp::start_with(|_| {}, |outside| outside.clock = clock.clone()).await;
    let staff = app.token(Role::Staff);
    let ask =
        async |token: &str| app.request("GET", "/v1/fields").bearer_auth(token).send().await.unwrap().status().as_u16();
    assert_eq!(ask(&staff).await, 200);
    clock.advance_seconds(600);
    assert_eq!(ask(&staff).await, 200, "within the leeway");
    clock.advance_seconds(30);
    assert_eq!(ask(&staff).await, 401);

    // The account is an auditor's now; the token still says staff.
    let now = app.app.state.service.clock.now();
    let tokens = app.app.state.service.keys.tokens();
    let auditor = app.people.actor(Role::Auditor).user;
    assert_eq!(ask(&tokens.issue(auditor, Role::Staff, "s", now, &Ids::Random).unwrap()).await, 401);
    let gone = Ids::Random.next(NOW);
    assert_eq!(ask(&tokens.issue(gone, Role::Staff, "s", now, &Ids::Random).unwrap()).await, 401);
}

#[tokio::test]
async fn a_token_that_was_let_in_is_let_in_again_for_ten_seconds_without_asking() {
    let counted = Arc::new(Counted(People::new(), AtomicUsize::new(0)));
    let clock = Arc::new(Clock::fixed(NOW));
    let replace = |outside: &mut sedaya::app::Outside| {
        outside.accounts = Some(counted.clone());
        outside.clock = clock.clone();
    };
    let app = TestApp::start_with(|_| {}, replace).await;
    let token = app.token(Role::Staff);
    let ask = async || app.request("GET", "/v1/fields").bearer_auth(&token).send().await.unwrap().status().as_u16();
    let asked = || counted.1.load(Ordering::SeqCst);
    for _ in 0..3 {
        assert_eq!(ask().await, 200);
    }
    assert_eq!(asked(), 1);
    clock.advance_seconds(9);
    assert_eq!((ask().await, asked()), (200, 1));
    clock.advance_seconds(1);
    assert_eq!((ask().await, asked()), (200, 2));
    clock.advance_seconds(620);
    assert_eq!((ask().await, asked()), (401, 2), "it has ended, remembered or not");
}

/// A new key goes first in the file: it signs, the older one still verifies, and both are published.
#[tokio::test]
async fn keys_rotate() {
    let before = TestApp::start().await;
    let old_token = before.token(Role::Staff);
    let mut file: Value = serde_json::from_slice(&std::fs::read(before.path("keys.json")).unwrap()).unwrap();
    let old = file["signing"][0].clone();
    let mut seed = [0_u8; 32];
    aws_lc_rs::rand::fill(&mut seed).unwrap();
    file["signing"] = json!([{"kid": "new", "seed": BASE64.encode(&seed)}, old]);
    let after = TestApp::start_with(
        |config| {
            let mut options = std::fs::OpenOptions::new();
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut out = options.write(true).create_new(true).open(&config.place.key_file).unwrap();
            std::io::Write::write_all(&mut out, file.to_string().as_bytes()).unwrap();
        },
        |_| {},
    )
    .await;
    for token in [old_token, after.token(Role::Staff)] {
        assert_eq!(after.request("GET", "/v1/fields").bearer_auth(token).send().await.unwrap().status(), 200);
    }
    let jwks = after.request("GET", "/.well-known/jwks.json").send().await.unwrap();
    assert_eq!(jwks.headers()["cache-control"], "public, max-age=300");
    let jwks: Value = jwks.json().await.unwrap();
    let kids: Vec<&str> = jwks["keys"].as_array().unwrap().iter().map(|k| k["kid"].as_str().unwrap()).collect();
    assert_eq!(kids, ["new", old["kid"].as_str().unwrap()]);
    let published = BASE64.decode_str(jwks["keys"][0]["x"].as_str().unwrap()).unwrap();
    assert_eq!(published, Ed25519KeyPair::from_seed_unchecked(&seed).unwrap().public_key().as_ref());
    assert_eq!(
        before.request("GET", "/v1/fields").bearer_auth(after.token(Role::Staff)).send().await.unwrap().status(),
        401
    );
}

/// By command: the new key is published before it signs, so processes may be restarted one by one and nobody is signed out.
#[tokio::test]
async fn a_rotation_signs_nobody_out() {
    let before = TestApp::start().await;
    let path = before.path("keys.json");
    let clock = Arc::new(Clock::fixed(NOW));
    let new = sedaya::keys::file::rotate(&path, NOW, 10).unwrap();
    let restarted = |clock: Arc<Clock>| {
        let path = path.clone();
        TestApp::start_with(move |config| config.place.key_file = path, move |outside| outside.clock = clock)
    };
    let after = restarted(clock.clone()).await;
    let kid = |token: &str| {
        let head = BASE64.decode_str(token.split('.').next().unwrap()).unwrap();
        serde_json::from_slice::<Value>(&head).unwrap()["kid"].as_str().unwrap().to_owned()
    };
    let holds = async |app: &TestApp, token: &str| {
        app.request("GET", "/v1/fields").bearer_auth(token).send().await.unwrap().status().as_u16()
    };
    // Both know the old key, and it signs for both.
    let (old, early) = (before.token(Role::Staff), after.token(Role::Staff));
    assert_eq!(kid(&old), kid(&early));
    assert_eq!((holds(&after, &old).await, holds(&before, &early).await), (200, 200));
    let jwks: Value = after.request("GET", "/.well-known/jwks.json").send().await.unwrap().json().await.unwrap();
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 2);
    // Ten minutes on it is the new key's turn.
    clock.advance_seconds(600);
    let tokens = after.app.state.service.keys.tokens();
    let actor = *after.people.actor(Role::Staff);
    let late = tokens.issue(actor.user, actor.role, "test", clock.now(), &Ids::Random).unwrap();
    assert_eq!(kid(&late), new.kid);
    assert_eq!(holds(&after, &late).await, 200);
    // The old key gone, its tokens are gone with it, and the new one's hold.
    assert_eq!(sedaya::keys::file::prune(&path, clock.now(), true).unwrap(), [kid(&old)]);
    let last = restarted(clock.clone()).await;
    let early = tokens.issue(actor.user, actor.role, "test", NOW, &Ids::Random).unwrap();
    assert_eq!(kid(&early), kid(&old));
    assert_eq!((holds(&last, &late).await, holds(&last, &early).await), (200, 401));
}

#[tokio::test]
async fn a_kid_of_a_megabyte_is_refused_unread() {
    let counted = Arc::new(Counted(People::new(), AtomicUsize::new(0)));
    let app = TestApp::start_with(|_| {}, |outside| outside.accounts = Some(counted.clone())).await;
    let (_, pair) = signing_keys(&app).remove(0);
    let token = |length: usize| {
        let head = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": "k".repeat(length)});
        encode(&head, "{}", |message| pair.sign(message).as_ref().to_vec())
    };
    let tokens = app.app.state.service.keys.tokens();
    let refused_for = |length| tokens.verify(&token(length), NOW).unwrap_err();
    assert_eq!(refused_for(1 << 20), sedaya::keys::token::InvalidToken::Malformed);
    assert_eq!(refused_for(6000), sedaya::keys::token::InvalidToken::Key);
    for length in [5000, 50_000] {
        assert_eq!(refused(app.request("GET", "/v1/fields").bearer_auth(token(length))).await.0, 401, "{length}");
    }
    // A head as long as that is no request any more: it is refused before there is one, and others go on.
    // On a connection of its own, which is of no further use to anybody.
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answered = client.get(format!("http://{}/v1/fields", app.app.addr)).bearer_auth(token(1 << 20)).send().await;
    assert!(answered.is_err() || answered.is_ok_and(|response| response.status().is_client_error()));
    assert_eq!(app.as_role(Role::Staff, "GET", "/v1/fields").send().await.unwrap().status(), 200);
    assert_eq!(counted.1.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_token_stands_in_its_header_and_nowhere_else() {
    let app = TestApp::start().await;
    let token = app.token(Role::Staff);
    for name in ["access_token", "token", "authorization"] {
        let asked = refused(app.request("GET", &format!("/v1/fields?{name}={token}"))).await;
        assert_eq!(asked, (401, "unauthenticated".to_owned()), "{name}");
        let cookie = app.request("GET", "/v1/fields").header("cookie", format!("{name}={token}"));
        assert_eq!(refused(cookie).await.0, 401, "{name}");
    }
}
