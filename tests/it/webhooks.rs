//! Webhooks: signed as Standard Webhooks has it, at least once, in order about one thing, to nobody who may not know, and
//! never inwards.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use fast32::base64::RFC4648;
use sedaya::couriers::Couriers;
use sedaya::domain::delivery::{DeliveryState, SCHEDULE};
use sedaya::ops::outbox::{self, Attempt};
use sedaya::outbound::{self, Limits, Lookup, Outbound};
use serde_json::{Value, json};

use super::openapi::validator;
use crate::over_http;
use crate::support::outside::{Heard, Manner, Outsider};
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

/// A service that may call a server on this machine, and that server.
pub struct Telling {
    pub service: Programme,
    pub outsider: Outsider,
}

impl Telling {
    pub async fn start(p: &Programme) -> Self {
        let outsider = Outsider::start();
        outsider.answers(|_| Manner::Status(204));
        let service = p.twin_with(|config| config.outbound_allow = vec![outsider.url.clone()]).await;
        Self { service, outsider }
    }

    /// Makes a webhook at a path of the server.
    pub async fn webhook(&self, who: &str, path: &str, events: &[&str]) -> Value {
        let new = json!({"url": format!("{}{path}", self.outsider.url), "events": events});
        self.service.post(who, "/v1/webhooks", &new).await.expect(201).body
    }

    /// The ids of the investor's matches.
    async fn matches(&self) -> Vec<String> {
        let all = self.service.walk("investor", "/v1/matches", 100).await;
        all.iter().map(|found| found["id"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn step(&self, who: &str, id: &str, step: &str) {
        let path = format!("/v1/matches/{id}");
        let tag = self.service.get(who, &path).await.expect(200).etag();
        let step =
            self.service.by(who, "POST", &format!("{path}/moves")).header("if-match", tag).json(&json!({"move": step}));
        send(step).await.expect(200);
    }

    /// Carries what is due, as patiently as a test.
    pub async fn drain(&self) -> usize {
        self.couriers(outbound::system()).drain().await.unwrap()
    }

    fn couriers(&self, lookup: Lookup) -> Couriers {
        let allowed = [self.outsider.url.clone()].into();
        couriers(&self.service, Limits { allowed, ..impatient() }, lookup)
    }

    async fn deliveries(&self, who: &str, webhook: &Value) -> Vec<Value> {
        let path = format!("/v1/webhooks/{}/deliveries", webhook["id"].as_str().unwrap());
        self.service.walk(who, &path, 100).await
    }

    async fn get(&self, who: &str, webhook: &Value) -> Reply {
        self.service.get(who, &format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap())).await.expect(200)
    }

    async fn change(&self, who: &str, webhook: &Value, change: Value) -> Reply {
        let tag = self.get(who, webhook).await.etag();
        let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
        self.service.patch(who, &path, &tag, &change).await
    }

    /// What the server heard on a path: version and state of matches, in order.
    fn told(&self, path: &str) -> Vec<(String, i64)> {
        let heard = self.outsider.heard();
        let of_path = heard.iter().filter(|heard| heard.path == path);
        of_path
            .map(|heard| {
                let body: Value = serde_json::from_str(&heard.body).unwrap();
                (body["data"]["id"].as_str().unwrap().to_owned(), body["data"]["version"].as_i64().unwrap())
            })
            .collect()
    }
}

fn impatient() -> Limits {
    Limits {
        connect: Duration::from_millis(300),
        whole: Duration::from_millis(300),
        told: Duration::from_millis(300),
        ..Limits::default()
    }
}

fn couriers(service: &Programme, limits: Limits, lookup: Lookup) -> Couriers {
    Couriers::new(service.service().clone(), Outbound::new(limits, lookup).unwrap())
}

/// A name service that leads everywhere to these.
fn leading_to(addresses: &'static [&'static str]) -> Lookup {
    let addresses: Vec<IpAddr> = addresses.iter().map(|a| a.parse().unwrap()).collect();
    Arc::new(move |_| {
        let found = addresses.clone();
        Box::pin(async move { Ok(found) })
    })
}

/// As a receiver would, by the specification and without our code.
fn signed_with(secret: &str, heard: &Heard) -> String {
    let key = RFC4648.decode_str(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let signed = format!("{}.{}.{}", heard.header("webhook-id"), heard.header("webhook-timestamp"), heard.body);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
    format!("v1,{}", RFC4648.encode(tag.as_ref()))
}

fn text<'a>(value: &'a Value, at: &str) -> &'a str {
    value[at].as_str().unwrap_or_else(|| panic!("no {at}: {value}"))
}

over_http!(a_webhook_is_made_changed_and_deleted_by_whose_it_is, |p| {
    let new = json!({"url": "https://example.org/a", "events": ["match.moved", "match_list.published"]});
    let made = p.post("investor", "/v1/webhooks", &new).await.expect(201);
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let secret = text(&made.body, "secret").to_owned();
    assert_eq!(RFC4648.decode_str(&secret[6..]).unwrap().len(), 32);
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(made.body["investor_id"], json!(p.investor("investor")));
    assert_eq!(made.body["events"], json!(["match_list.published", "match.moved"]));
    // The secret is nowhere but in the answer that drew it.
    let read = p.get("investor", &path).await.expect(200);
    assert!(!read.text.contains(&secret) && read.body.get("secret").is_none());
    assert!(!p.get("staff", "/v1/webhooks").await.expect(200).text.contains(&secret));
    let id = text(&made.body, "id").parse().unwrap();
    let kept = p.service().read(|conn| Ok(sedaya::store::webhook::find(conn, id)?)).unwrap().unwrap();
    assert!(!kept.secret.windows(32).any(|bytes| bytes == RFC4648.decode_str(&secret[6..]).unwrap()));

    // Another investor knows nothing of it; staff see all, and their own are the programme's.
    for method in ["GET", "PATCH", "DELETE"] {
        p.unknown_to("investor_other", method, &path).await;
    }
    p.unknown_to("investor_other", "GET", &format!("{path}/deliveries")).await;
    p.unknown_to("investor_other", "POST", &format!("{path}/rotate")).await;
    let new = json!({"url": "https://example.org/b", "events": ["import.finished"]});
    assert_eq!(p.post("staff", "/v1/webhooks", &new).await.expect(201).body["investor_id"], Value::Null);
    assert_eq!(p.walk("staff", "/v1/webhooks", 1).await.len(), 2);
    assert_eq!(p.walk("investor", "/v1/webhooks", 1).await.len(), 1);
    assert!(p.walk("investor_other", "/v1/webhooks", 1).await.is_empty());

    let change = json!({"url": "https://example.org/c", "description": "Baru", "events": ["criteria.published"]});
    let changed = p.patch("investor", &path, &read.etag(), &change).await.expect(200);
    assert_eq!((&changed.body["version"], &changed.body["description"]), (&json!(2), &json!("Baru")));
    assert_eq!(p.patch("investor", &path, &read.etag(), &change).await.refusal(), (412, "stale_version"));
    let delete = |tag: String| p.by("investor", "DELETE", &path).header("if-match", tag);
    assert_eq!(send(p.by("investor", "DELETE", &path)).await.refusal(), (428, "precondition_required"));
    assert_eq!(send(delete(read.etag())).await.refusal(), (412, "stale_version"));
    send(delete(changed.etag())).await.expect(204);
    assert_eq!(p.get("investor", &path).await.refusal(), (404, "not_found"));
});

over_http!(an_investor_hears_of_own_things_only_and_has_few_webhooks, |p| {
    let new = |events: Value| json!({"url": "https://example.org/", "events": events});
    for event in ["import.finished", "data_request.due"] {
        let refused = p.post("investor", "/v1/webhooks", &new(json!(["match.moved", event]))).await.expect(422);
        assert_eq!(refused.faults(), [("/events/1", "not_for_this_role")]);
    }
    assert_eq!(p.post("staff", "/v1/webhooks", &new(json!([]))).await.expect(422).faults(), [("/events", "too_few")]);
    let odd = p.post("staff", "/v1/webhooks", &new(json!(["match.lost"]))).await.expect(422);
    assert_eq!(odd.faults(), [("/events/0", "not_allowed")]);
    for _ in 0..10 {
        p.post("investor", "/v1/webhooks", &new(json!(["match.moved"]))).await.expect(201);
    }
    let eleventh = p.post("investor", "/v1/webhooks", &new(json!(["match.moved"]))).await;
    assert_eq!(eleventh.refusal(), (409, "too_many_webhooks"));
    p.post("investor_other", "/v1/webhooks", &new(json!(["match.moved"]))).await.expect(201);
    let one = p.get("investor", "/v1/webhooks?limit=1").await.expect(200).items()[0].clone();
    let path = format!("/v1/webhooks/{}", text(&one, "id"));
    let tag = p.get("investor", &path).await.etag();
    for who in ["investor", "staff"] {
        let refused = p.patch(who, &path, &tag, &json!({"events": ["import.finished"]})).await.expect(422);
        assert_eq!(refused.faults(), [("/events/0", "not_for_this_role")]);
    }
});

over_http!(urls_that_lead_inwards_are_refused_when_they_are_given, |p| {
    let new = json!({"url": "https://example.org/", "events": ["match.moved"]});
    let made = p.post("investor", "/v1/webhooks", &new).await.expect(201);
    let path = made.header("location").unwrap();
    for (url, code) in [
        ("https://127.0.0.1/", "not_public"),
        ("https://2130706433/", "not_public"),
        ("https://0x7f000001/", "not_public"),
        ("https://[::1]/", "not_public"),
        ("https://10.0.0.1/", "not_public"),
        ("https://172.16.0.1/", "not_public"),
        ("https://192.168.1.1/", "not_public"),
        ("https://169.254.169.254/latest/meta-data", "not_public"),
        ("https://100.64.0.1/", "not_public"),
        ("https://0.0.0.0/", "not_public"),
        ("https://[::ffff:10.0.0.1]/", "not_public"),
        ("https://[64:ff9b::a00:1]/", "not_public"),
        ("https://[fe80::1]/", "not_public"),
        ("https://[fd00::1]/", "not_public"),
        ("https://[2002:7f00:1::]/", "not_public"),
        ("http://example.org/", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("https://example.org:22/", "port_not_allowed"),
        ("https://example.org:80/", "port_not_allowed"),
        ("https://user:secret@example.org/", "credentials_in_url"),
        ("example.org", "not_a_url"),
        ("https://", "not_a_url"),
    ] {
        let new = json!({"url": url, "events": ["match.moved"]});
        let refused = p.post("investor", "/v1/webhooks", &new).await.expect(422);
        assert_eq!(refused.faults(), [("/url", code)], "{url}");
        assert!(!refused.text.contains("secret@"), "what was sent is not sent back");
        let changed = p.patch("investor", path, &made.etag(), &json!({ "url": url })).await.expect(422);
        assert_eq!(changed.faults(), [("/url", code)], "{url}");
    }
    let long = json!({"url": format!("https://example.org/{}", "x".repeat(2048)), "events": ["match.moved"]});
    assert_eq!(p.post("investor", "/v1/webhooks", &long).await.expect(422).faults(), [("/url", "too_long")]);
    assert_eq!(p.walk("investor", "/v1/webhooks", 100).await.len(), 1);
});

// A name is looked up when something is sent, once, and what it leads to then is what counts.
over_http!(names_that_lead_inwards_are_refused_when_something_is_sent, |p| {
    let new = json!({"url": "https://example.org/", "events": ["match.moved"]});
    let webhook = p.post("investor", "/v1/webhooks", &new).await.expect(201).body;
    let t = Telling::start(p).await;
    let found = t.matches().await;
    t.step("investor", &found[0], "shortlist").await;
    let inside: [&[&str]; 9] = [
        &["127.0.0.1"],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["100.64.0.1"],
        &["192.168.0.1"],
        &["::1"],
        &["::ffff:8.8.8.8"],
        &["64:ff9b::808:808"],
        &["8.8.8.8", "127.0.0.1"],
    ];
    for addresses in inside {
        let again = t.deliveries("investor", &webhook).await;
        let retry = format!("/v1/webhooks/{}/deliveries/{}/retry", text(&webhook, "id"), text(&again[0], "id"));
        t.service.post("investor", &retry, &json!({})).await.expect(200);
        let carried = couriers(&t.service, impatient(), leading_to(addresses)).drain().await.unwrap();
        assert_eq!(carried, 1, "{addresses:?}");
        let told = t.deliveries("investor", &webhook).await;
        assert_eq!((&told[0]["failure"], &told[0]["status"]), (&json!("address"), &Value::Null), "{addresses:?}");
    }
});

over_http!(a_url_that_may_not_be_called_any_more_is_not_called, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    let found = t.matches().await;
    t.step("investor", &found[0], "shortlist").await;
    // The operator's word for the address is taken back.
    assert_eq!(couriers(&t.service, impatient(), outbound::system()).drain().await.unwrap(), 1);
    assert_eq!(t.deliveries("investor", &webhook).await[0]["failure"], "url");
    assert_eq!(t.outsider.asked(), 0);
});

over_http!(messages_are_signed_and_as_the_document_says, |p| {
    let t = Telling::start(p).await;
    let all = ["match_list.published", "match.moved", "criteria.published", "import.finished"];
    let staff = t.webhook("staff", "/staff", &all).await;
    let investor = t.webhook("investor", "/investor", &all[..3]).await;
    t.webhook("investor_other", "/other", &all[..3]).await;
    t.step("investor", &t.matches().await[0], "shortlist").await;
    let cohort = t.service.cohort().await;
    t.service.import(&cohort, "a.csv", sedaya::demo::CSV, &[("dry_run", "true")]).await;
    let set = format!("/v1/criteria/{}", p.logins.criteria_id);
    let body = json!({"document": crate::criteria::document()});
    t.service.post("investor", &format!("{set}/versions"), &body).await.expect(201);
    t.service.post("staff_second", &format!("{set}/versions/2/approve"), &json!({})).await.expect(200);
    t.service.post("staff", &format!("{set}/versions/2/publish"), &json!({})).await.expect(200);
    let list = json!({"criteria_id": p.logins.criteria_id, "version": 2});
    let list = t.service.post("staff", "/v1/match-lists", &list).await.expect(201);
    let list = list.header("location").unwrap().to_owned();
    t.service.post("staff_second", &format!("{list}/publish"), &json!({})).await.expect(200);
    assert!(t.drain().await > 6);

    let document = p.get("staff", "/openapi.json").await.expect(200).body;
    let heard = t.outsider.heard();
    let mut kinds = std::collections::BTreeSet::new();
    for message in &heard {
        let body: Value = serde_json::from_str(&message.body).unwrap();
        let secret = match message.path.as_str() {
            "/staff" => &staff,
            "/investor" => &investor,
            other => panic!("{other} was told {body}"),
        };
        assert_eq!(message.method, "POST");
        assert_eq!(message.header("content-type"), "application/json");
        assert_eq!(message.header("webhook-signature"), signed_with(text(secret, "secret"), message));
        assert_eq!(message.header("webhook-timestamp"), t.service.service().clock.now().seconds().to_string());
        assert!(message.header("webhook-id").starts_with("dlv_"));
        let described = &document["webhooks"][text(&body, "type")]["post"];
        let schema = &described["requestBody"]["content"]["application/json"]["schema"];
        let errors: Vec<_> = validator(&document, schema).iter_errors(&body).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{body}: {errors:?}");
        // To an investor a venture is a code, and nobody else's name is said.
        let of_investor = message.path == "/investor";
        assert_eq!(body["data"].get("investor_id").is_none(), of_investor || text(&body, "type") == "import.finished");
        assert!(!of_investor || !message.body.contains("ven_"), "{}", message.body);
        kinds.insert((message.path.clone(), text(&body, "type").to_owned()));
    }
    let of = |path: &str| kinds.iter().filter(|(at, _)| at == path).map(|(_, kind)| kind.as_str()).collect::<Vec<_>>();
    assert_eq!(of("/staff"), ["criteria.published", "import.finished", "match.moved", "match_list.published"]);
    assert_eq!(of("/investor"), ["criteria.published", "match.moved", "match_list.published"]);
    let moved = heard.iter().find(|m| m.path == "/investor" && m.body.contains("shortlisted")).unwrap();
    let moved: Value = serde_json::from_str(&moved.body).unwrap();
    let seen = t.service.get("investor", &format!("/v1/matches/{}", text(&moved["data"], "id"))).await.expect(200);
    assert_eq!((&moved["data"]["code"], &moved["data"]["state"]), (&seen.body["code"], &json!("shortlisted")));
    // Every kind is in the document.
    let declared: Vec<_> = document["webhooks"].as_object().unwrap().keys().collect();
    assert_eq!(declared.len(), 6);
    assert_eq!(t.drain().await, 0);
});

over_http!(two_secrets_sign_for_a_day, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    let rotate = format!("/v1/webhooks/{}/rotate", text(&webhook, "id"));
    let found = t.matches().await;
    let second = t.service.post("investor", &rotate, &json!({})).await.expect(200);
    assert_eq!(second.header("cache-control"), Some("no-store"));
    let (first, second) = (text(&webhook, "secret"), text(&second.body, "secret").to_owned());
    t.step("investor", &found[0], "shortlist").await;
    t.drain().await;
    let both = |heard: &Heard, newest: &str, earlier: &str| {
        assert_eq!(
            heard.header("webhook-signature"),
            format!("{} {}", signed_with(newest, heard), signed_with(earlier, heard))
        );
    };
    both(&t.outsider.heard()[0], &second, first);
    // A third one takes the second's place; the first ends at once.
    let third = t.service.post("investor", &rotate, &json!({})).await.expect(200);
    let third = text(&third.body, "secret").to_owned();
    let tagged = t.get("investor", &webhook).await;
    assert!(tagged.body["earlier_secret_until"].is_string());
    t.step("investor", &found[1], "shortlist").await;
    t.drain().await;
    both(&t.outsider.heard()[1], &third, &second);
    t.service.advance(86_400);
    t.step("investor", &found[2], "shortlist").await;
    t.drain().await;
    let last = &t.outsider.heard()[2];
    assert_eq!(last.header("webhook-signature"), signed_with(&third, last));
    let later = t.get("investor", &webhook).await;
    assert_eq!(later.body["earlier_secret_until"], Value::Null);
    assert_ne!(later.etag(), tagged.etag());
});

over_http!(what_fails_is_tried_again_as_the_schedule_says, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    t.outsider.answers(|_| Manner::Status(503));
    t.step("investor", &t.matches().await[0], "shortlist").await;
    assert_eq!(t.drain().await, 1);
    for (made, wait) in (1..).zip(&SCHEDULE[1..]) {
        let told = &t.deliveries("investor", &webhook).await[0];
        assert_eq!((&told["state"], &told["attempts"]), (&json!("waiting"), &json!(made)));
        assert_eq!((&told["status"], &told["failure"]), (&json!(503), &json!("status")));
        t.service.advance(wait - 1);
        assert_eq!(t.drain().await, 0, "attempt {made}");
        t.service.advance(1);
        assert_eq!(t.drain().await, 1, "attempt {made}");
    }
    let told = &t.deliveries("investor", &webhook).await[0];
    assert_eq!((&told["state"], &told["attempts"]), (&json!("given_up"), &json!(SCHEDULE.len())));
    assert_eq!((&told["next_attempt_at"], told["settled_at"].is_string()), (&Value::Null, true));
    t.service.advance(86_400);
    assert_eq!(t.drain().await, 0);
    // The same message each time, with the same id; only the time and the signature are new.
    let heard = t.outsider.heard();
    assert_eq!(heard.len(), SCHEDULE.len());
    assert!(heard.iter().all(|m| m.body == heard[0].body && m.header("webhook-id") == heard[0].header("webhook-id")));
    let times: std::collections::BTreeSet<_> = heard.iter().map(|m| m.header("webhook-timestamp")).collect();
    assert_eq!(times.len(), heard.len());
});

over_http!(whoever_asks_for_a_pause_gets_one_within_bounds, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    t.step("investor", &t.matches().await[0], "shortlist").await;
    for (pause, longest) in [("120", 120), ("999999999", 12 * 3600), ("1", 30 * 60)] {
        let asked = pause.to_owned();
        t.outsider.answers(move |_| Manner::Pause(429, asked.clone()));
        assert_eq!(t.drain().await, 1);
        t.service.advance(longest - 1);
        assert_eq!(t.drain().await, 0, "{pause}");
        t.service.advance(1);
    }
    t.outsider.answers(|_| Manner::Status(200));
    assert_eq!(t.drain().await, 1);
    let told = &t.deliveries("investor", &webhook).await[0];
    assert_eq!((&told["state"], &told["attempts"], &told["status"]), (&json!("delivered"), &json!(4), &json!(200)));
    assert_eq!(told["failure"], Value::Null);
});

over_http!(every_way_to_fail_has_its_word, |p| {
    let t = Telling::start(p).await;
    let elsewhere = Outsider::start();
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    t.step("investor", &t.matches().await[0], "shortlist").await;
    let delivery = text(&t.deliveries("investor", &webhook).await[0], "id").to_owned();
    let retry = format!("/v1/webhooks/{}/deliveries/{delivery}/retry", text(&webhook, "id"));
    let inside = elsewhere.url.clone();
    for (manner, status, failure) in [
        (Manner::Redirect(inside), json!(302), json!("status")),
        (Manner::Status(500), json!(500), json!("status")),
        (Manner::Status(404), json!(404), json!("status")),
        (Manner::Silent, Value::Null, json!("late")),
        // Nobody reads what is answered, so it need not end.
        (Manner::Endless, json!(200), Value::Null),
        (Manner::Body("x".repeat(100_000)), json!(200), Value::Null),
    ] {
        let how = manner.clone();
        t.outsider.answers(move |_| how.clone());
        t.service.post("investor", &retry, &json!({})).await.expect(200);
        assert_eq!(t.drain().await, 1);
        let told = &t.deliveries("investor", &webhook).await[0];
        assert_eq!((&told["status"], &told["failure"]), (&status, &failure), "{manner:?}");
    }
    assert_eq!(elsewhere.asked(), 0, "redirects are not followed");
    t.outsider.leave().await;
    t.service.post("investor", &retry, &json!({})).await.expect(200);
    t.drain().await;
    assert_eq!(t.deliveries("investor", &webhook).await[0]["failure"], "connection");
});

over_http!(a_webhook_that_is_gone_is_disabled_and_enabled_again_by_hand, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    let found = t.matches().await;
    t.outsider.answers(|_| Manner::Status(410));
    t.step("investor", &found[0], "shortlist").await;
    assert_eq!(t.drain().await, 1);
    let stopped = t.get("investor", &webhook).await.body;
    assert_eq!(
        (&stopped["enabled"], &stopped["stopped"], &stopped["version"]),
        (&json!(false), &json!("gone"), &json!(2))
    );
    assert_eq!(t.deliveries("investor", &webhook).await[0]["state"], "given_up");
    assert_eq!(t.deliveries("investor", &webhook).await[0]["next_attempt_at"], Value::Null);
    // What happens meanwhile waits, and goes out in its order.
    t.step("investor", &found[1], "shortlist").await;
    t.step("investor", &found[1], "dismiss").await;
    t.service.advance(3600);
    assert_eq!(t.drain().await, 0);
    // Nothing is tried by itself as long as it is stopped; and not before what is to go first.
    let next = async || {
        let all = t.deliveries("investor", &webhook).await;
        all.iter().map(|told| told["next_attempt_at"].is_string()).collect::<Vec<_>>()
    };
    assert_eq!(next().await, [false, false, false]);
    t.outsider.answers(|_| Manner::Status(204));
    let enabled = t.change("investor", &webhook, json!({"enabled": true})).await.expect(200);
    assert_eq!((&enabled.body["enabled"], &enabled.body["stopped"]), (&json!(true), &Value::Null));
    assert_eq!(next().await, [false, true, true], "the newest first");
    // The message that met the 410 is not lost.
    assert_eq!(t.drain().await, 3);
    let told = &t.told("/")[1..];
    assert!(told.contains(&(found[0].clone(), 2)), "{told:?}");
    let of_second: Vec<_> = told.iter().filter(|(id, _)| *id == found[1]).map(|(_, version)| *version).collect();
    assert_eq!(of_second, [2, 3]);
    assert_eq!(t.drain().await, 0);
    // By hand, too.
    let disabled = t.change("investor", &webhook, json!({"enabled": false})).await.expect(200);
    assert_eq!(disabled.body["stopped"], "by_hand");
    t.step("investor", &found[2], "shortlist").await;
    assert_eq!(t.drain().await, 0);
});

over_http!(a_webhook_that_never_answers_is_disabled_after_five, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    let found = t.matches().await;
    let fail_until_given_up = async |id: &str| {
        t.step("investor", id, "shortlist").await;
        for wait in SCHEDULE {
            t.service.advance(wait);
            assert_eq!(t.drain().await, 1);
        }
    };
    t.outsider.answers(|_| Manner::Status(500));
    for id in &found[..4] {
        fail_until_given_up(id).await;
    }
    // One that arrives in between, and the count begins again.
    t.outsider.answers(|_| Manner::Status(200));
    t.step("investor", &found[4], "shortlist").await;
    assert_eq!(t.drain().await, 1);
    t.outsider.answers(|_| Manner::Status(500));
    let more = t.service.walk("staff", "/v1/matches?state=shortlisted", 100).await;
    assert_eq!(more.len(), 5);
    for id in &found[..4] {
        t.step("investor", id, "dismiss").await;
        for wait in SCHEDULE {
            t.service.advance(wait);
            t.drain().await;
        }
        assert_eq!(t.get("investor", &webhook).await.body["stopped"], Value::Null);
    }
    t.step("investor", &found[4], "dismiss").await;
    for wait in SCHEDULE {
        t.service.advance(wait);
        t.drain().await;
    }
    assert_eq!(t.get("investor", &webhook).await.body["stopped"], "failing");
    let audit = t.service.walk("auditor", "/v1/audit", 100).await;
    assert!(audit.iter().any(|row| row["action"] == "webhook.stop" && row["subject"] == webhook["id"]));
    // The row of failures is had again, in its order; what was given up before something arrived is not.
    t.outsider.answers(|_| Manner::Status(204));
    let before = t.told("/").len();
    t.change("investor", &webhook, json!({"enabled": true})).await.expect(200);
    assert_eq!(t.drain().await, 5);
    let mut again = t.told("/")[before..].to_vec();
    again.sort();
    let mut lost: Vec<_> = found[..5].iter().map(|id| (id.clone(), 3)).collect();
    lost.sort();
    assert_eq!(again, lost);
    // Once had, it is not had again.
    t.change("investor", &webhook, json!({"enabled": false})).await.expect(200);
    t.change("investor", &webhook, json!({"enabled": true})).await.expect(200);
    assert_eq!(t.drain().await, 0);
});

over_http!(moves_of_one_match_arrive_in_their_order, |p| {
    let t = Telling::start(p).await;
    t.webhook("investor", "/", &["match.moved"]).await;
    let found = t.matches().await;
    t.outsider.answers(|_| Manner::Status(500));
    t.step("investor", &found[0], "shortlist").await;
    assert_eq!(t.drain().await, 1);
    // The next move of the match waits for the first; another match does not.
    t.outsider.answers(|_| Manner::Status(204));
    t.step("investor", &found[0], "dismiss").await;
    t.step("investor", &found[1], "shortlist").await;
    assert_eq!(t.drain().await, 1);
    t.service.advance(SCHEDULE[1]);
    assert_eq!(t.drain().await, 2);
    let (a, b) = (&found[0], &found[1]);
    assert_eq!(t.told("/"), [(a.clone(), 2), (b.clone(), 2), (a.clone(), 2), (a.clone(), 3)]);
});

// Two webhooks on one server: one request is held there, and the couriers at work go on with everything else.
over_http!(a_slow_endpoint_holds_up_no_other, |p| {
    let t = Telling::start(p).await;
    t.webhook("investor", "/slow", &["match.moved"]).await;
    let found = t.matches().await;
    for id in &found[..6] {
        t.step("investor", id, "shortlist").await;
    }
    t.outsider.answers(|path| if path == "/slow" { Manner::Silent } else { Manner::Status(204) });
    let (arrived, go_on) = t.outsider.hold();
    let limits = Limits { allowed: [t.outsider.url.clone()].into(), ..Limits::default() };
    let running = couriers(&t.service, limits, outbound::system()).start();
    arrived.await.unwrap();
    // Made while the slow one has all that it may have on its way.
    t.webhook("staff", "/quick", &["match.moved"]).await;
    let (arrived, quick) = t.outsider.hold();
    t.step("investor", &found[6], "shortlist").await;
    arrived.await.unwrap();
    drop(quick);
    drop(go_on);
    while t.told("/quick").is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(t.told("/quick"), [(found[6].clone(), 2)]);
    assert!(t.told("/slow").len() <= 4, "a lane has few on their way at once");
    running.stop(tokio::time::Instant::now()).await;
});

over_http!(a_courier_killed_on_the_way_loses_nothing, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    t.step("investor", &t.matches().await[0], "shortlist").await;
    let (arrived, go_on) = t.outsider.hold();
    let limits = Limits { allowed: [t.outsider.url.clone()].into(), ..Limits::default() };
    let dying = couriers(&t.service, limits, outbound::system());
    let dying = tokio::spawn(async move { dying.drain().await });
    arrived.await.unwrap();
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    drop(go_on);
    // It is somebody's until the lease runs out, and then anybody's.
    assert_eq!(t.drain().await, 0);
    assert_eq!(t.deliveries("investor", &webhook).await[0]["state"], "waiting");
    t.service.advance(59);
    assert_eq!(t.drain().await, 0);
    t.service.advance(1);
    assert_eq!(t.drain().await, 1);
    let heard = t.outsider.heard();
    assert_eq!((heard.len(), heard[0].header("webhook-id")), (2, heard[1].header("webhook-id")));
    assert_eq!(t.deliveries("investor", &webhook).await[0]["state"], "delivered");
});

// Two processes on one database.
over_http!(two_couriers_never_carry_the_same_at_once, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    let other = t.service.twin().await;
    let found = t.matches().await;
    for id in &found {
        t.step("investor", id, "shortlist").await;
    }
    let limits = Limits { allowed: [t.outsider.url.clone()].into(), ..Limits::default() };
    let both = [&t.service, &other].map(|service| couriers(service, limits.clone(), outbound::system()));
    let [a, b] = both.map(|couriers| tokio::spawn(async move { couriers.drain().await.unwrap() }));
    let carried = a.await.unwrap() + b.await.unwrap() + t.drain().await;
    assert_eq!((carried, t.outsider.asked()), (found.len(), found.len()));
    assert!(t.deliveries("investor", &webhook).await.iter().all(|told| told["state"] == "delivered"));
});

// What a courier reports after its lease has run out and another has taken over.
over_http!(a_report_that_comes_too_late_counts_for_nothing, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    t.step("investor", &t.matches().await[0], "shortlist").await;
    let service = t.service.service();
    let slow = outbox::claim(service).unwrap().pop().unwrap();
    assert!(outbox::claim(service).unwrap().is_empty());
    t.service.advance(60);
    let quick = outbox::claim(service).unwrap().pop().unwrap();
    let failed =
        Attempt { status: Some(500), failure: Some(sedaya::domain::delivery::DeliveryFailure::Status), pause: None };
    let arrived = Attempt { status: Some(204), failure: None, pause: None };
    assert_eq!(outbox::settle(service, &slow, failed).unwrap(), DeliveryState::Waiting);
    assert_eq!(t.deliveries("investor", &webhook).await[0]["attempts"], 0);
    assert_eq!(outbox::settle(service, &quick, arrived).unwrap(), DeliveryState::Delivered);
    outbox::settle(service, &slow, failed).unwrap();
    let told = &t.deliveries("investor", &webhook).await[0];
    assert_eq!((&told["state"], &told["attempts"]), (&json!("delivered"), &json!(1)));
});

over_http!(a_delivery_is_sent_again_on_demand, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    let found = t.matches().await;
    t.step("investor", &found[0], "shortlist").await;
    t.step("investor", &found[1], "shortlist").await;
    t.drain().await;
    let told = t.deliveries("investor", &webhook).await;
    assert_eq!(told.len(), 2);
    let path = |delivery: &str| format!("/v1/webhooks/{}/deliveries/{delivery}/retry", text(&webhook, "id"));
    let ask = |key: &str| {
        let request = t.service.by("investor", "POST", &path(text(&told[1], "id"))).header("idempotency-key", key);
        send(request.json(&json!({})))
    };
    let again = ask("a").await.expect(200);
    assert_eq!((&again.body["state"], &again.body["attempts"]), (&json!("waiting"), &json!(0)));
    assert_eq!(t.drain().await, 1);
    assert_eq!(ask("a").await.expect(200).header("idempotency-replayed"), Some("true"));
    assert_eq!(t.drain().await, 0, "asked once, sent once");
    let heard = t.outsider.heard();
    assert_eq!(heard[2].header("webhook-id"), text(&told[1], "id"));
    assert_eq!(heard[2].body, heard.iter().find(|m| m.body.contains(&found[0])).unwrap().body);
    // Of another webhook, or of nobody.
    let other = t.webhook("investor", "/other", &["match.moved"]).await;
    let foreign = format!("/v1/webhooks/{}/deliveries/{}/retry", text(&other, "id"), text(&told[0], "id"));
    assert_eq!(t.service.post("investor", &foreign, &json!({})).await.refusal(), (404, "not_found"));
    let nobody = path("dlv_01jcnq8xvgf0nadk1qh2t8wz5e");
    assert_eq!(t.service.post("investor", &nobody, &json!({})).await.refusal(), (404, "not_found"));
});

over_http!(what_did_not_happen_is_not_told, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("staff", "/", &["match.moved", "match_list.published"]).await;
    let found = t.matches().await;
    let path = format!("/v1/matches/{}/moves", found[0]);
    let move_with = |tag: &str, step: &str| {
        t.service.by("investor", "POST", &path).header("if-match", tag).json(&json!({ "move": step }))
    };
    assert_eq!(send(move_with("\"9.investor.id\"", "shortlist")).await.refusal(), (412, "stale_version"));
    let order = json!({"criteria_id": p.logins.criteria_id, "version": 1});
    let list = t.service.post("staff", "/v1/match-lists", &order).await.expect(201);
    let publish = format!("{}/publish", list.header("location").unwrap());
    assert_eq!(t.service.post("staff", &publish, &json!({})).await.refusal(), (409, "same_person"));
    assert!(t.deliveries("staff", &webhook).await.is_empty());
    // And what is asked for twice and done once is told once.
    for _ in 0..2 {
        let request = move_with("\"1.investor.id\"", "shortlist").header("idempotency-key", "k");
        send(request).await.expect(200);
    }
    assert_eq!(t.deliveries("staff", &webhook).await.len(), 1);
});

over_http!(what_was_told_is_forgotten_after_thirty_days, |p| {
    let t = Telling::start(p).await;
    let webhook = t.webhook("investor", "/", &["match.moved"]).await;
    let found = t.matches().await;
    t.step("investor", &found[0], "shortlist").await;
    t.drain().await;
    t.service.advance(29 * 86_400);
    t.change("investor", &webhook, json!({"enabled": false})).await.expect(200);
    t.step("investor", &found[1], "shortlist").await;
    let couriers = t.couriers(outbound::system());
    assert_eq!(couriers.forget().await.unwrap(), 0);
    t.service.advance(86_401);
    assert_eq!(couriers.forget().await.unwrap(), 1);
    assert_eq!(t.deliveries("investor", &webhook).await.len(), 1);
    t.service.advance(30 * 86_400);
    assert_eq!(couriers.forget().await.unwrap(), 1);
    assert!(t.deliveries("investor", &webhook).await.is_empty());
});
