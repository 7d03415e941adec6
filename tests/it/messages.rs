//! Messages to owners: they say that there is news and never which, arrive once or are tried again, and what they are about may move
//! on meanwhile.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use diesel::connection::SimpleConnection as _;
use sedaya::config::{Config, Messenger, MessengerKind};
use sedaya::domain::consent::TEXT_VERSION;
use sedaya::domain::delivery::SCHEDULE;
use sedaya::ops::matches;
use sedaya::store::StoreError;
use serde_json::{Value, json};

use crate::over_http;
use crate::privacy::{dump, keep_for_today};
use crate::support::outside::{Heard, Manner, Outsider};
use crate::support::programme::Programme;
use crate::support::reply::send;

pub const DAY: i64 = 24 * 3600;
const TOKEN: &str = "kunci-gerbang-pesan-0123456789";
const NEUTRAL: &str = "Ada kabar dari SEDAYA";

/// A programme whose owners are sent messages through a server on this machine.
pub struct Post {
    pub service: Programme,
    pub outsider: Outsider,
    dir: tempfile::TempDir,
}

fn gateway(config: &mut Config, outsider: &Outsider, dir: &tempfile::TempDir) {
    config.outbound_allow = vec![outsider.url.clone()];
    config.messenger = Messenger {
        kind: Some(MessengerKind::Gateway),
        url: Some(format!("{}/pesan", outsider.url)),
        token_file: Some(dir.path().join("token")),
        ..Messenger::default()
    };
}

impl Post {
    pub async fn start(p: &Programme) -> Self {
        Self::start_with(p, |_| {}).await
    }

    pub async fn start_with(p: &Programme, set: impl FnOnce(&mut Config)) -> Self {
        let outsider = Outsider::start();
        outsider.answers(|_| Manner::Status(202));
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("token"), format!("{TOKEN}\n")).unwrap();
        let set = |config: &mut Config| {
            gateway(config, &outsider, &dir);
            set(config);
        };
        let service = p.twin_with(set).await;
        Self { service, outsider, dir }
    }

    /// Another process, set the same way, at the same time.
    pub async fn twin(&self) -> Programme {
        self.service.twin_with(|config| gateway(config, &self.outsider, &self.dir)).await
    }

    /// Carries what is due, as the app's own couriers would.
    pub async fn drain(&self) -> usize {
        self.service.app.couriers.drain().await.unwrap()
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.outsider.heard()
    }

    /// The match as staff see it.
    pub async fn seen(&self, id: &str) -> Value {
        self.service.get("staff", &format!("/v1/matches/{id}")).await.expect(200).body
    }

    pub async fn step(&self, persona: &str, id: &str, step: Value) -> Value {
        self.service.step(persona, id, step).await.expect(200).body
    }

    async fn phone(&self) -> String {
        let venture = self.service.user("owner").venture_id.unwrap();
        let known = self.service.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200);
        known.body["people"][0]["phone"].as_str().unwrap().to_owned()
    }

    fn sql(&self, statements: &str) {
        self.service.db.db.write::<_, StoreError>(|conn| Ok(conn.batch_execute(statements)?)).unwrap();
    }

    pub fn after(&self, seconds: i64) -> Value {
        json!(self.service.service().clock.now().plus_seconds(seconds))
    }
}

pub fn agree() -> Value {
    json!({"move": "accept", "consent": {"text_version": TEXT_VERSION}})
}

over_http!(a_message_that_arrives_begins_the_time_to_answer, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    let waiting = t.seen(&id).await;
    assert!(waiting.get("expires_at").is_none(), "asked, and not reached yet");
    assert_eq!((&waiting["message"]["kind"], &waiting["message"]["state"]), (&json!("asked"), &json!("waiting")));
    t.service.advance(600);
    assert_eq!(t.drain().await, 1);

    let [message] = &t.heard()[..] else { panic!("{:?}", t.heard()) };
    assert_eq!((message.method.as_str(), message.path.as_str()), ("POST", "/pesan"));
    assert_eq!(message.header("content-type"), "application/json");
    assert_eq!(message.header("authorization"), format!("Bearer {TOKEN}"));
    let key = message.header("idempotency-key");
    assert!(key.starts_with("dlv_"));
    let body: Value = serde_json::from_str(&message.body).unwrap();
    assert_eq!(body, json!({"to": t.phone().await, "text": NEUTRAL, "id": key}));

    let reached = t.seen(&id).await;
    assert_eq!((&reached["state"], &reached["expires_at"]), (&json!("awaiting_owner"), &t.after(14 * DAY)));
    assert_eq!((&reached["message"]["state"], &reached["message"]["settled_at"]), (&json!("delivered"), &t.after(0)));
    assert!(!reached["moves"].as_array().unwrap().contains(&json!("reach")));
    for persona in ["owner", "investor", "auditor"] {
        let seen = t.service.get(persona, &format!("/v1/matches/{id}")).await.expect(200);
        assert!(seen.body.get("message").is_none(), "{persona}");
    }
    let deeds = t.service.walk("auditor", &format!("/v1/audit?subject={id}"), 100).await;
    assert!(deeds.iter().any(|deed| deed["action"] == "match.move" && deed["actor"] == "operator"), "{deeds:?}");
    assert_eq!(t.drain().await, 0);
    // The owner answers within the fourteen days, or it ends; of that the owner is told.
    t.service.advance(14 * DAY);
    assert_eq!(matches::sweep(t.service.service()).unwrap(), 1);
    assert_eq!(t.drain().await, 1);
    assert_eq!(t.seen(&id).await["message"]["kind"], "news");
});

over_http!(a_call_by_staff_counts_and_a_message_after_it_begins_nothing_anew, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    t.step("staff", &id, json!({"move": "reach"})).await;
    let end = t.after(14 * DAY);
    t.service.advance(DAY);
    assert_eq!(t.drain().await, 1);
    assert_eq!(t.seen(&id).await["expires_at"], end);
});

over_http!(a_messenger_that_fails_is_tried_again_and_one_that_asks_for_a_pause_gets_it, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    t.outsider.answers(|_| Manner::Pause(429, "120".into()));
    assert_eq!(t.drain().await, 1);
    t.service.advance(119);
    assert_eq!(t.drain().await, 0);
    // Failures of its own.
    let mut tried = 1;
    let mut wait = 1;
    for status in [503, 500] {
        t.service.advance(wait);
        t.outsider.answers(move |_| Manner::Status(status));
        assert_eq!(t.drain().await, 1, "{status}");
        tried += 1;
        wait = SCHEDULE[tried];
        let told = t.seen(&id).await["message"].clone();
        assert_eq!((&told["state"], &told["failure"]), (&json!("waiting"), &json!("status")), "{status}");
        t.service.advance(wait - 1);
        wait = 1;
        assert_eq!(t.drain().await, 0, "{status}");
    }
    // One that refuses us is asked each half hour until that is put right, be it after a week: no attempt is used up.
    t.outsider.answers(|_| Manner::Status(401));
    t.service.advance(1);
    for _ in 0..20 {
        assert_eq!(t.drain().await, 1);
        t.service.advance(1799);
        assert_eq!(t.drain().await, 0);
        t.service.advance(1);
    }
    assert_eq!(t.seen(&id).await["message"]["state"], "waiting");
    t.outsider.answers(|_| Manner::Status(200));
    assert_eq!(t.drain().await, 1);
    assert_eq!(t.seen(&id).await["message"]["state"], "delivered");
    let heard = t.heard();
    assert_eq!(heard.len(), 24);
    assert!(heard.iter().all(|one| one.body == heard[0].body), "the same message with the same id");
});

over_http!(a_number_that_is_refused_is_given_up_and_staff_see_it, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    t.outsider.answers(|_| Manner::Status(400));
    assert_eq!(t.drain().await, 1);
    let seen = t.seen(&id).await;
    assert_eq!((&seen["message"]["state"], &seen["message"]["failure"]), (&json!("given_up"), &json!("status")));
    assert!(seen.get("expires_at").is_none() && seen["moves"].as_array().unwrap().contains(&json!("reach")));
    t.service.advance(2 * DAY);
    assert_eq!((t.drain().await, t.outsider.asked()), (0, 1));
    let called = t.step("staff", &id, json!({"move": "reach"})).await;
    assert_eq!(called["expires_at"], t.after(14 * DAY));
});

over_http!(a_process_killed_while_it_sends_loses_nothing, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    let other = t.twin().await;
    let (arrived, go_on) = t.outsider.hold();
    let dying = t.service.app.couriers.clone();
    let dying = tokio::spawn(async move { dying.drain().await });
    arrived.await.unwrap();
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    drop(go_on);
    assert_eq!(other.app.couriers.drain().await.unwrap(), 0, "it is somebody's until the lease runs out");
    for one in [&t.service, &other] {
        one.advance(60);
    }
    assert_eq!(other.app.couriers.drain().await.unwrap(), 1);
    let heard = t.heard();
    assert_eq!((heard.len(), heard[0].header("idempotency-key")), (2, heard[1].header("idempotency-key")));
    assert_eq!(t.seen(&id).await["expires_at"], t.after(14 * DAY));
    assert_eq!(t.drain().await, 0);
});

over_http!(neither_the_outbox_nor_the_audit_holds_a_number_or_a_text, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    t.drain().await;
    t.step("owner", &id, agree()).await;
    let phone = t.phone().await;
    let kept = dump(&p.db);
    assert!(kept.contains("match_id") && kept.contains(&id), "the search would find it");
    for secret in [&phone, &phone[1..], NEUTRAL, TOKEN] {
        assert!(!kept.contains(secret), "{secret}");
    }
});

// A real process with the console for a messenger, at its most talkative.
over_http!(the_console_shows_a_line_and_no_number, |p| {
    let t = Post::start(p).await;
    t.service.ask_owner().await;
    keep_for_today(&t.service.db);
    let mut process = Command::new(env!("CARGO_BIN_EXE_sedaya"))
        .args(["serve", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0", "--drain", "0"])
        .args(["--messenger", "console"])
        .env("SEDAYA_DATABASE_URL", &t.service.db.url)
        .env("SEDAYA_KEY_FILE", crate::support::database::own_key_file())
        .env("RUST_LOG", "trace")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = String::new();
    let mut told = Value::Null;
    for line in BufReader::new(process.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        log.push_str(&line);
        let event: Value = serde_json::from_str(&line).unwrap_or_default();
        if event["message"] == "a message to an owner" {
            told = event;
        } else if event["message"] == "carried" {
            break;
        }
    }
    process.kill().unwrap();
    process.wait().unwrap();
    let phone = t.phone().await;
    assert_eq!((&told["text"], &told["to"]), (&json!(NEUTRAL), &json!(format!("+62…{}", &phone[phone.len() - 3..]))));
    assert!(!log.contains(&phone[1..]), "a number is in the log");
});

over_http!(owners_are_told_of_what_others_do_and_not_of_their_own_deeds, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    assert_eq!(t.drain().await, 1);
    let told = async |persona: &str, step: Value, kind: Option<&str>| {
        let name = step["move"].clone();
        t.step(persona, &id, step).await;
        assert_eq!(t.drain().await, usize::from(kind.is_some()), "{name}");
        if let Some(kind) = kind {
            assert_eq!(t.seen(&id).await["message"]["kind"], kind, "{name}");
        }
    };
    let spoken = json!({"move": "accept", "spoken": {"witness_id": p.actor("staff_second").user,
        "text_version": TEXT_VERSION, "language": "id", "reference": "Rekaman 7"}});
    told("staff", spoken, Some("receipt")).await;
    t.service.advance(DAY);
    told("owner", json!({"move": "contact"}), None).await;
    told("investor", json!({"move": "contact"}), None).await;
    told("staff", json!({"move": "suspend"}), Some("news")).await;
    told("staff", json!({"move": "resume"}), Some("news")).await;
    told("owner", json!({"move": "suspend"}), None).await;
    told("staff", json!({"move": "resume"}), Some("news")).await;
    let pledge = json!({"move": "commit", "pledge": {"instrument": "mentoring"}});
    told("investor", pledge.clone(), Some("news")).await;
    // Two that wait say no more than one.
    t.step("investor", &id, pledge.clone()).await;
    told("investor", pledge, Some("news")).await;
    told("owner", json!({"move": "confirm"}), None).await;
    told("owner", json!({"move": "receive"}), None).await;
    told("staff", json!({"move": "fulfil", "outcome": "Selesai."}), None).await;
    let bodies = t.heard();
    assert!(bodies.iter().all(|one| one.body.contains(NEUTRAL)));
});

over_http!(an_owner_who_knows_of_nothing_is_told_of_nothing, |p| {
    let t = Post::start(p).await;
    let id = t.service.match_of_owner();
    t.step("investor", &id, t.service.offer().await).await;
    t.step("staff", &id, json!({"move": "suspend"})).await;
    t.step("staff", &id, json!({"move": "resume"})).await;
    t.step("investor", &id, json!({"move": "withdraw"})).await;
    assert_eq!(t.drain().await, 0);
    assert!(t.seen(&id).await.get("message").is_none());
});

over_http!(a_message_without_a_number_or_an_owner_is_given_up, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    let venture = t.service.user("owner").venture_id.unwrap();
    t.sql(&format!("DELETE FROM participants WHERE venture_id = '{venture}'"));
    assert_eq!(t.drain().await, 0);
    let told = t.seen(&id).await["message"].clone();
    assert_eq!((&told["state"], &told["failure"]), (&json!("given_up"), &json!("no_phone")));
    t.step("staff", &id, json!({"move": "suspend"})).await;
    let path = format!("/v1/ventures/{venture}");
    let tag = t.service.get("staff", &path).await.expect(200).etag();
    send(t.service.by("staff", "DELETE", &path).header("if-match", tag)).await.expect(204);
    assert_eq!((t.drain().await, t.outsider.asked()), (0, 0));
    assert_eq!(t.seen(&id).await["message"]["failure"], "erased");
});

over_http!(a_bad_number_delays_nobody_else, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    let list = t.service.walk("investor", "/v1/matches?state=suggested", 100).await;
    let other = list.iter().find(|one| one["id"] != json!(id)).unwrap()["id"].as_str().unwrap().to_owned();
    let card = t.service.get("staff", &format!("/v1/matches/{other}")).await.expect(200).body;
    let venture = card["venture_id"].as_str().unwrap();
    let profile = t.service.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200).body["profile"].clone();
    let mut offer = t.service.offer().await;
    offer["request"]["instrument"] = profile["instruments"][0].clone();
    t.step("investor", &other, offer).await;
    t.step("staff", &other, json!({"move": "screen", "no_conflict": true})).await;
    let (arrived, go_on) = t.outsider.hold();
    let couriers = t.service.app.couriers.clone();
    let carried = tokio::spawn(async move { couriers.drain().await.unwrap() });
    arrived.await.unwrap();
    // One is held; the other has arrived in the meantime.
    while t.outsider.asked() < 2 {
        tokio::task::yield_now().await;
    }
    drop(go_on);
    assert_eq!(carried.await.unwrap(), 2);
});

over_http!(where_there_is_no_messenger_nothing_is_queued, |p| {
    let id = p.ask_owner().await;
    assert_eq!(p.app.couriers.drain().await.unwrap(), 0);
    let seen = p.get("staff", &format!("/v1/matches/{id}")).await.expect(200).body;
    assert!(seen.get("message").is_none() && seen["moves"].as_array().unwrap().contains(&json!("reach")));
    p.step("staff", &id, json!({"move": "reach"})).await.expect(200);
    p.advance(3 * DAY);
    // The third day goes by without a message; staff have it in what is due.
    assert_eq!(matches::remind(p.service()).unwrap(), 1);
    assert_eq!(p.app.couriers.drain().await.unwrap(), 0);
    // Another process that has one has nothing to make up for, but what is still expected.
    let t = Post::start(p).await;
    assert_eq!((matches::remind(t.service.service()).unwrap(), t.drain().await), (0, 0));
    p.advance(7 * DAY);
    let t = Post::start(p).await;
    assert_eq!(matches::remind(t.service.service()).unwrap(), 1);
    // And what waits is left alone by those who have none.
    assert_eq!(p.app.couriers.drain().await.unwrap(), 0);
    assert_eq!(t.drain().await, 1);
});

over_http!(whatsapp_is_sent_a_template_and_no_text, |p| {
    let t = Post::start_with(p, |config| {
        config.messenger.kind = Some(MessengerKind::Whatsapp);
        config.messenger.url = config.messenger.url.as_deref().map(|url| url.trim_end_matches("/pesan").to_owned());
        config.messenger.whatsapp_phone_id = Some("106540352242922".into());
        config.messenger.whatsapp_template = Some("ada_kabar".into());
        config.messenger.whatsapp_code_template = Some("kode_masuk".into());
        config.messenger.keeps_claim_codes = true;
    })
    .await;
    t.service.ask_owner().await;
    assert_eq!(t.drain().await, 1);
    let message = &t.heard()[0];
    assert_eq!(message.path, "/v23.0/106540352242922/messages");
    assert_eq!(message.header("authorization"), format!("Bearer {TOKEN}"));
    let body: Value = serde_json::from_str(&message.body).unwrap();
    let template = json!({"name": "ada_kabar", "language": {"code": "id"}});
    let phone = t.phone().await;
    let wanted = json!({"messaging_product": "whatsapp", "to": &phone[1..], "type": "template", "template": template});
    assert_eq!(body, wanted);

    // A one-time code stands in a template of its own kind.
    t.service.post("owner", "/v1/me/phone", &json!({"phone": "0812 9999 0001"})).await.expect(202);
    assert_eq!(t.drain().await, 1);
    let body: Value = serde_json::from_str(&t.heard()[1].body).unwrap();
    assert_eq!((&body["to"], &body["template"]["name"]), (&json!("6281299990001"), &json!("kode_masuk")));
    let parts = body["template"]["components"].as_array().unwrap();
    assert_eq!((&parts[0]["type"], &parts[1]["sub_type"]), (&json!("body"), &json!("url")));
    assert_eq!(parts[0]["parameters"], parts[1]["parameters"]);
    assert_eq!(parts[0]["parameters"][0]["text"].as_str().unwrap().len(), 6);
});

#[tokio::test]
async fn what_is_missing_for_a_messenger_is_said_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let token = dir.path().join("token");
    std::fs::write(&token, TOKEN).unwrap();
    std::fs::write(dir.path().join("short"), "rahasia").unwrap();
    let url = |url: &str| Some(url.to_owned());
    let whole = |kind| Messenger {
        kind: Some(kind),
        url: url("https://pesan.example.org/kirim"),
        token_file: Some(token.clone()),
        whatsapp_phone_id: Some("106540352242922".into()),
        whatsapp_template: Some("ada_kabar".into()),
        whatsapp_code_template: Some("kode_masuk".into()),
        ..Messenger::default()
    };
    let (gateway, whatsapp) = (|| whole(MessengerKind::Gateway), || whole(MessengerKind::Whatsapp));
    for (set, wanted) in [
        (Messenger { url: None, ..gateway() }, "SEDAYA_MESSENGER_URL is missing"),
        (Messenger { url: url("http://pesan.example.org/"), ..gateway() }, "only https may be called"),
        (Messenger { url: url("https://10.0.0.1/"), ..gateway() }, "SEDAYA_OUTBOUND_ALLOW"),
        (Messenger { token_file: None, ..gateway() }, "SEDAYA_MESSENGER_TOKEN"),
        (Messenger { token_file: Some(dir.path().join("none")), ..gateway() }, "none: "),
        (Messenger { token_file: Some(dir.path().join("short")), ..gateway() }, "holds no token"),
        (Messenger { whatsapp_phone_id: None, ..whatsapp() }, "SEDAYA_WHATSAPP_PHONE_ID is missing"),
        (Messenger { whatsapp_phone_id: Some("../me".into()), ..whatsapp() }, "SEDAYA_WHATSAPP_PHONE_ID is not valid"),
        (Messenger { whatsapp_template: None, ..whatsapp() }, "SEDAYA_WHATSAPP_TEMPLATE is missing"),
        (Messenger { whatsapp_code_template: None, ..whatsapp() }, "SEDAYA_WHATSAPP_CODE_TEMPLATE is missing"),
        (Messenger { whatsapp_version: Some("23/0".into()), ..whatsapp() }, "SEDAYA_WHATSAPP_VERSION is not valid"),
    ] {
        let mut config = crate::support::app::config(&dir);
        config.messenger = set;
        let Err(error) = sedaya::app::App::build(&config).await else { panic!("{wanted}: it starts") };
        assert!(error.to_string().contains(wanted), "{error}");
        assert!(!error.to_string().contains("rahasia"));
    }
    for kind in [MessengerKind::Gateway, MessengerKind::Whatsapp, MessengerKind::Console, MessengerKind::None] {
        let mut config = crate::support::app::config(&dir);
        config.messenger = whole(kind);
        let app = sedaya::app::App::build(&config).await.unwrap();
        app.stop(std::time::Duration::ZERO).await;
    }
}
