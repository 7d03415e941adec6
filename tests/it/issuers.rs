//! Tokens of other issuers: believed for accounts that an administrator has tied to a person there, and for nothing else.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use fast32::base64::RFC4648_URL_NOPAD as BASE64;
use serde_json::{Value, json};

use crate::over_http;
use crate::support::outside::{Manner, Outsider};
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

/// Signs a message.
type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// A signing key of an issuer.
struct Signer {
    jwk: Value,
    algorithm: &'static str,
    sign: Sign,
}

fn ed25519(kid: &str) -> Signer {
    let pair = Ed25519KeyPair::generate().unwrap();
    let x = BASE64.encode(pair.public_key().as_ref());
    Signer {
        jwk: json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "alg": "EdDSA", "x": x}),
        algorithm: "EdDSA",
        sign: Box::new(move |message| pair.sign(message).as_ref().to_vec()),
    }
}

fn p256(kid: &str) -> Signer {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = pair.public_key().as_ref()[1..].to_vec();
    let (x, y) = (BASE64.encode(&point[..32]), BASE64.encode(&point[32..]));
    Signer {
        jwk: json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y}),
        algorithm: "ES256",
        sign: Box::new(move |message| pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()),
    }
}

fn rsa(kid: &str) -> Signer {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
    let (n, e) =
        (BASE64.encode(n.big_endian_without_leading_zero()), BASE64.encode(e.big_endian_without_leading_zero()));
    Signer {
        jwk: json!({"kty": "RSA", "kid": kid, "n": n, "e": e}),
        algorithm: "RS256",
        sign: Box::new(move |message| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
            signature
        }),
    }
}

impl Signer {
    fn kid(&self) -> &str {
        self.jwk["kid"].as_str().unwrap()
    }

    fn head(&self) -> Value {
        json!({"alg": self.algorithm, "typ": "at+jwt", "kid": self.kid()})
    }

    fn token(&self, head: &Value, body: &Value) -> String {
        let signed = [head, body].map(|part| BASE64.encode(part.to_string().as_bytes())).join(".");
        let signature = BASE64.encode(&(self.sign)(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

/// An issuer on this machine, and a service that trusts it.
struct Trusting {
    service: Programme,
    issuer: Outsider,
    _file: tempfile::NamedTempFile,
}

impl Trusting {
    async fn start(p: &Programme) -> Self {
        let issuer = Outsider::start();
        let file = tempfile::NamedTempFile::new().unwrap();
        let listed = json!({"issuers": [{"issuer": issuer.url, "audience": "sedaya"}]});
        std::fs::write(file.path(), listed.to_string()).unwrap();
        let service = p
            .twin_with(|config| {
                config.issuers = Some(file.path().to_owned());
                config.outbound_allow = vec![issuer.url.clone()];
            })
            .await;
        Self { service, issuer, _file: file }
    }

    /// The issuer has these keys from now on.
    fn publish(&self, signers: &[&Signer]) {
        self.publish_json(signers.iter().map(|s| s.jwk.clone()).collect());
    }

    fn publish_json(&self, keys: Vec<Value>) {
        let url = self.issuer.url.clone();
        self.issuer.answers(move |path| match path {
            "/.well-known/openid-configuration" => {
                Manner::Body(json!({"issuer": url, "jwks_uri": format!("{url}/keys")}).to_string())
            }
            "/keys" => Manner::Body(json!({ "keys": keys }).to_string()),
            _ => Manner::Status(404),
        });
    }

    /// The claims of a token for the person `budi`.
    fn body(&self) -> Value {
        let now = self.service.service().clock.now().seconds();
        json!({"iss": self.issuer.url, "sub": "budi", "aud": ["other", "sedaya"], "exp": now + 300, "iat": now})
    }

    fn token(&self, signer: &Signer) -> String {
        signer.token(&signer.head(), &self.body())
    }

    async fn me(&self, token: &str) -> Reply {
        send(self.service.request("GET", "/v1/me").bearer_auth(token)).await
    }

    /// The account of the person `budi`.
    async fn account(&self) -> Value {
        let new = json!({"username": "budi.staf", "role": "staff", "identity": self.identity()});
        self.service.post("admin", "/v1/users", &new).await.expect(201).body
    }

    fn identity(&self) -> Value {
        json!({"issuer": self.issuer.url, "subject": "budi"})
    }
}

const REFUSED: (u16, &str) = (401, "unauthenticated");

over_http!(an_account_has_an_identity_only_while_an_administrator_says_so, |p| {
    let t = Trusting::start(p).await;
    let signer = p256("satu");
    t.publish(&[&signer]);
    let token = t.token(&signer);
    assert_eq!(t.me(&token).await.refusal(), REFUSED, "a person without an account");
    let made = t.account().await;
    let me = t.me(&token).await.expect(200);
    assert_eq!((&me.body["id"], &me.body["role"]), (&made["id"], &json!("staff")));
    assert_eq!(made["identity"], t.identity());
    // What a token says of roles is nobody's business here.
    let mut bold = t.body();
    bold["role"] = json!("admin");
    bold["scope"] = json!("admin");
    assert_eq!(t.me(&signer.token(&signer.head(), &bold)).await.expect(200).body["role"], "staff");

    let path = format!("/v1/users/{}", made["id"].as_str().unwrap());
    let change = async |body: Value| {
        let tag = t.service.get("admin", &path).await.expect(200).etag();
        t.service.patch("admin", &path, &tag, &body).await
    };
    change(json!({"enabled": false})).await.expect(200);
    assert_eq!(t.me(&token).await.refusal(), REFUSED, "at once");
    change(json!({"enabled": true})).await.expect(200);
    t.me(&token).await.expect(200);
    let kept = change(json!({})).await.expect(200);
    assert_eq!(kept.body["identity"], t.identity());
    let taken = change(json!({"identity": null})).await.expect(200);
    assert_eq!(taken.body["identity"], Value::Null);
    assert_eq!(t.me(&token).await.refusal(), REFUSED, "at once");
    change(json!({"identity": t.identity()})).await.expect(200);
    t.me(&token).await.expect(200);
});

over_http!(identities_are_of_trusted_issuers_and_of_one_account, |p| {
    let t = Trusting::start(p).await;
    t.account().await;
    let new = |name: &str, identity: Value| json!({"username": name, "role": "staff", "identity": identity});
    let second = t.service.post("admin", "/v1/users", &new("budi.dua", t.identity())).await;
    assert_eq!(second.refusal(), (409, "identity_taken"));
    let other = json!({"issuer": "https://example.org", "subject": "budi"});
    let foreign = t.service.post("admin", "/v1/users", &new("budi.tiga", other)).await.expect(422);
    assert_eq!(foreign.faults(), [("/identity/issuer", "unknown_issuer")]);
    let neither = t.service.post("admin", "/v1/users", &json!({"username": "budi.empat", "role": "staff"})).await;
    assert_eq!(neither.expect(422).faults(), [("/password", "missing_member")]);
    // No password means that none is right.
    let sign_in = json!({"username": "budi.staf", "password": ""});
    let refused = send(t.service.request("POST", "/v1/auth/token").json(&sign_in)).await;
    assert_eq!(refused.refusal(), (401, "wrong_credentials"));
    // An owner comes with a code on paper, and with nothing else.
    let owner = format!("/v1/users/{}", p.actor("owner").user);
    let tag = t.service.get("admin", &owner).await.expect(200).etag();
    let mut identity = t.identity();
    identity["subject"] = json!("pemilik");
    let both = json!({"identity": identity, "password": "empat-kata-acak-saja"});
    let refused = t.service.patch("admin", &owner, &tag, &both).await.expect(422);
    assert_eq!(refused.faults(), [("/password", "not_for_this_role"), ("/identity", "not_for_this_role")]);
});

over_http!(every_kind_of_key_and_no_key_that_cannot_be_used, |p| {
    let t = Trusting::start(p).await;
    t.account().await;
    let signers = [ed25519("ed"), p256("ec"), rsa("rsa")];
    let mut keys = vec![
        json!("rubbish"),
        json!({"kty": "oct", "kid": "hmac", "k": BASE64.encode(b"a secret that everybody knows by now")}),
        json!({"kty": "EC", "crv": "P-521", "kid": "ec", "x": "AA", "y": "AA"}),
        json!({"kty": "quantum", "kid": "q"}),
    ];
    keys.extend(signers.iter().map(|s| s.jwk.clone()));
    t.publish_json(keys);
    for signer in &signers {
        t.me(&t.token(signer)).await.expect(200);
    }
    // A key without a name, one for encryption, one that says it is for another algorithm.
    let mut misfits = [p256("a"), p256("b"), p256("c")];
    misfits[0].jwk.as_object_mut().unwrap().remove("kid");
    misfits[1].jwk["use"] = json!("enc");
    misfits[2].jwk["alg"] = json!("ES384");
    t.publish_json(misfits.iter().map(|s| s.jwk.clone()).collect());
    t.service.advance(61);
    for (signer, kid) in misfits.iter().zip(["a", "b", "c"]) {
        let head = json!({"alg": "ES256", "typ": "at+jwt", "kid": kid});
        assert_eq!(t.me(&signer.token(&head, &t.body())).await.refusal(), REFUSED, "{kid}");
    }
});

over_http!(what_can_be_refused_without_keys_asks_nobody, |p| {
    let t = Trusting::start(p).await;
    t.account().await;
    let signer = ed25519("satu");
    t.publish(&[&signer]);
    let now = t.service.service().clock.now().seconds();
    let with = |mut value: Value, name: &str, member: Value| {
        value[name] = member;
        value
    };
    let without = |mut value: Value, name: &str| {
        value.as_object_mut().unwrap().remove(name);
        value
    };
    let mut bad = Vec::new();
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("RS512")),
        ("alg", json!(1)),
        ("typ", json!("JWT")),
        ("typ", json!(null)),
        ("kid", json!("")),
        ("kid", json!("k".repeat(201))),
        ("kid", json!(7)),
        ("jku", json!("https://example.org")),
        ("x5u", json!("https://example.org")),
        ("jwk", signer.jwk.clone()),
        ("x5c", json!(["AA"])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
    ] {
        bad.push(signer.token(&with(signer.head(), name, value), &t.body()));
    }
    for (name, value) in [
        ("aud", json!("other")),
        ("aud", json!([])),
        ("aud", json!({"a": 1})),
        ("sub", json!("")),
        ("sub", json!("x".repeat(256))),
        ("sub", json!(7)),
        ("exp", json!(now - 30)),
        ("exp", json!(now + 3601)),
        ("exp", json!(1e300)),
        ("exp", json!("soon")),
        ("iat", json!(now + 31)),
        ("nbf", json!(now + 31)),
        ("iat", json!(now - 3601)),
        ("iat", json!(i64::MIN)),
    ] {
        bad.push(signer.token(&signer.head(), &with(t.body(), name, value)));
    }
    for name in ["aud", "sub", "exp", "iat"] {
        bad.push(signer.token(&signer.head(), &without(t.body(), name)));
    }
    for name in ["alg", "typ", "kid"] {
        bad.push(signer.token(&without(signer.head(), name), &t.body()));
    }
    bad.push(signer.token(&with(signer.head(), "kid", json!("k".repeat(9000))), &t.body()));
    for token in &bad {
        assert_eq!(t.me(token).await.refusal(), REFUSED, "{token}");
    }
    assert_eq!(t.issuer.asked(), 0);
    t.me(&t.token(&signer)).await.expect(200);
    assert_eq!(t.issuer.asked(), 2, "the discovery document and the keys");
    // With the keys at hand: what is signed by others, or not at all.
    let stranger = ed25519("satu");
    let mixed_up = json!({"alg": "ES256", "typ": "at+jwt", "kid": "satu"});
    let whole = t.token(&signer);
    let (signed, _) = whole.rsplit_once('.').unwrap();
    for token in [t.token(&stranger), signer.token(&mixed_up, &t.body()), format!("{signed}.")] {
        assert_eq!(t.me(&token).await.refusal(), REFUSED);
    }
    let named = |typ: &str| signer.token(&with(signer.head(), "typ", json!(typ)), &t.body());
    t.me(&named("application/at+jwt")).await.expect(200);
    t.me(&named("AT+JWT")).await.expect(200);
    assert_eq!(t.issuer.asked(), 2);
});

over_http!(a_new_key_is_found_and_an_old_one_forgotten, |p| {
    let t = Trusting::start(p).await;
    t.account().await;
    let (old, new) = (ed25519("old"), p256("new"));
    t.publish(&[&old]);
    t.me(&t.token(&old)).await.expect(200);
    t.publish(&[&new]);
    // The minute since the last fetch is not over: whoever sends made-up names makes us call nobody.
    for _ in 0..5 {
        assert_eq!(t.me(&t.token(&new)).await.refusal(), REFUSED);
    }
    assert_eq!(t.issuer.asked(), 2);
    t.service.advance(60);
    let token = t.token(&new);
    let all = futures_util::future::join_all((0..8).map(|_| t.me(&token))).await;
    assert!(all.iter().all(|reply| reply.status == 200));
    assert_eq!(t.issuer.asked(), 4, "one asked for all");
    assert_eq!(t.me(&t.token(&old)).await.refusal(), REFUSED);
    assert_eq!(t.issuer.asked(), 4);
    // Without unknown names the keys are looked at again after ten minutes: one taken back works no longer.
    t.publish(&[&old]);
    t.service.advance(599);
    t.me(&t.token(&new)).await.expect(200);
    assert_eq!(t.issuer.asked(), 4);
    t.service.advance(1);
    assert_eq!(t.me(&t.token(&new)).await.refusal(), REFUSED);
    assert_eq!(t.issuer.asked(), 6);
});

over_http!(an_issuer_out_of_reach_takes_nobody_s_access, |p| {
    let t = Trusting::start(p).await;
    t.account().await;
    let signer = ed25519("satu");
    // Never reached so far: not the caller's fault, and worth another try.
    t.issuer.answers(|_| Manner::Status(500));
    let early = t.me(&t.token(&signer)).await;
    assert_eq!(early.refusal(), (503, "unavailable"));
    assert!(early.header("retry-after").is_some());
    t.publish(&[&signer]);
    t.service.advance(60);
    t.me(&t.token(&signer)).await.expect(200);
    let asked = t.issuer.asked();
    for broken in [
        Manner::Status(500),
        Manner::Body("{}".into()),
        Manner::Body("<html>".into()),
        Manner::Body(json!({"issuer": "https://other.example", "jwks_uri": "https://other.example/keys"}).to_string()),
        Manner::Redirect("http://169.254.169.254/".into()),
        Manner::Endless,
    ] {
        t.issuer.answers(move |_| broken.clone());
        t.service.advance(601);
        for _ in 0..3 {
            t.me(&t.token(&signer)).await.expect(200);
        }
    }
    assert_eq!(t.issuer.asked(), asked + 6, "one try each");
    t.issuer.leave().await;
    t.service.advance(601);
    t.me(&t.token(&signer)).await.expect(200);
    assert_eq!(t.me(&t.token(&ed25519("dua"))).await.refusal(), REFUSED);
    // Those who sign in here notice nothing.
    t.service.get("staff", "/v1/me").await.expect(200);
});

over_http!(an_issuer_cannot_make_the_service_call_its_own_network, |p| {
    let t = Trusting::start(p).await;
    t.account().await;
    let inside = Outsider::start();
    inside.answers(|_| Manner::Body(json!({"keys": []}).to_string()));
    let (url, to) = (t.issuer.url.clone(), format!("{}/keys", inside.url));
    t.issuer.answers(move |_| Manner::Body(json!({"issuer": url, "jwks_uri": to}).to_string()));
    assert_eq!(t.me(&t.token(&ed25519("satu"))).await.refusal(), (503, "unavailable"));
    assert_eq!((t.issuer.asked(), inside.asked()), (1, 0));
});

// Without the operator's list an issuer on this machine is an address like any other inside.
over_http!(an_issuer_inside_needs_the_operator_s_word, |p| {
    let issuer = Outsider::start();
    let file = tempfile::NamedTempFile::new().unwrap();
    let listed = json!({"issuers": [{"issuer": issuer.url, "audience": "sedaya"}]});
    std::fs::write(file.path(), listed.to_string()).unwrap();
    let service = p.twin_with(|config| config.issuers = Some(file.path().to_owned())).await;
    let signer = ed25519("satu");
    let now = service.service().clock.now().seconds();
    let body = json!({"iss": issuer.url, "sub": "budi", "aud": "sedaya", "exp": now + 300, "iat": now});
    let token = signer.token(&signer.head(), &body);
    let answer = send(service.request("GET", "/v1/me").bearer_auth(token)).await;
    assert_eq!((answer.refusal(), issuer.asked()), ((503, "unavailable"), 0));
});

#[test]
fn an_issuers_file_that_cannot_be_is_refused_with_its_reason() {
    let refused = |content: Value, reason: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content.to_string()).unwrap();
        let error = sedaya::api::issuers::read_file(file.path()).unwrap_err();
        assert!(error.contains(reason) && error.contains(file.path().to_str().unwrap()), "{error}");
    };
    let one = |issuer: &str| json!({"issuer": issuer, "audience": "sedaya"});
    refused(json!({"issuers": [one("sedaya")]}), "is the URL");
    refused(json!({"issuers": [one("https://a.example"), one("https://a.example")]}), "twice");
    refused(json!({"issuers": [{"issuer": "https://a.example", "audience": ""}]}), "empty");
    refused(json!({"issuers": [{"issuer": "https://a.example"}]}), "audience");
    refused(json!({"issuers": [{"issuer": "https://a.example", "audience": "s", "longest_minutes": 0}]}), "1 to 1440");
    refused(json!({"issuers": [{"issuer": "https://a.example", "audience": "s", "more": 0}]}), "more");
    let missing = sedaya::api::issuers::read_file(std::path::Path::new("no-such-file.json")).unwrap_err();
    assert!(missing.contains("no-such-file.json"));
}
