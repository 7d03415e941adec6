//! The service over HTTP with the workshop sample in it, and its personas.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Stopwatch};

use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder};
use sedaya::app::{App, Outside};
use sedaya::cli::demo::Logins;
use sedaya::clock::Clock;
use sedaya::config::{Config, Messenger, Place};
use sedaya::domain::actor::Actor;
use sedaya::domain::id::{Ids, InvestorId};
use sedaya::ops::{By, Service, session};
use sedaya::store::chain::{self, Chain};
use sedaya::store::user::{self, User};
use serde_json::{Value, json};

use super::database::{LOADED, TestDb, own_key_file};
use super::reply::{Reply, send};

/// A running service and what a test needs to talk to it.
pub struct Programme {
    pub app: App,
    pub client: Client,
    pub db: TestDb,
    pub logins: &'static Logins,
    clock: Arc<Clock>,
    tokens: Mutex<HashMap<String, String>>,
}

/// Runs a test body against a service of its own; in the end the audit chain must be whole.
pub fn run(db: TestDb, logins: &'static Logins, body: impl AsyncFn(&Programme)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let programme = Programme::start(db, logins).await;
        body(&programme).await;
        let chain = chain::verify(&programme.db.db, None).unwrap();
        assert!(matches!(chain, Chain::Intact { rows, .. } if rows > 0), "{chain:?}");
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
}

impl Programme {
    /// The service on a database with the sample.
    pub async fn start(db: TestDb, logins: &'static Logins) -> Self {
        Self::start_with(db, logins, |_| {}).await
    }

    /// As [`Programme::start`], with other settings.
    async fn start_with(db: TestDb, logins: &'static Logins, set: impl FnOnce(&mut Config)) -> Self {
        let clock = Arc::new(Clock::fixed(LOADED));
        let mut config = Config {
            place: Place { database_url: db.url.clone(), key_file: own_key_file(), tombstone_file: None },
            addr: "127.0.0.1:0".into(),
            public_url: None,
            admin_addr: "127.0.0.1:0".into(),
            connections: 3,
            deadline: Duration::from_secs(30),
            drain: Duration::ZERO,
            rate_limit: 0,
            proxies: 0,
            cors_origins: Vec::new(),
            issuers: None,
            outbound_allow: Vec::new(),
            messenger: Messenger::default(),
        };
        set(&mut config);
        // What happens is carried out when a test says so.
        let outside = Outside { clock: clock.clone(), carries: false, ..Outside::default() };
        let app = App::build_with(&config, outside).await.unwrap();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { app, client, db, logins, clock, tokens: Mutex::default() }
    }

    /// Another process on the same database, with the same keys, at the same time.
    pub async fn twin(&self) -> Self {
        self.twin_with(|_| {}).await
    }

    /// As [`Programme::twin`], with other settings.
    pub async fn twin_with(&self, set: impl FnOnce(&mut Config)) -> Self {
        let twin = Self::start_with(self.db.again(), self.logins, set).await;
        twin.clock.advance_seconds((self.clock.now().micros() - LOADED.micros()) / 1_000_000);
        twin
    }

    /// What the use cases stand on, the very one that the app has.
    pub fn service(&self) -> &Service {
        &self.app.state.service
    }

    /// Moves the clock; access tokens handed out before are not used any more.
    pub fn advance(&self, seconds: i64) {
        self.clock.advance_seconds(seconds);
        self.tokens.lock().unwrap().clear();
    }

    /// The account of a persona: one of the demo's, or a username.
    pub fn user(&self, persona: &str) -> User {
        let found = self.service().read(|conn| {
            if persona == "owner" {
                let code = &self.logins.of("owner").unwrap().password;
                return Ok(user::by_claim_code(conn, &self.service().keys.hashing().claim_code(code))?);
            }
            let name = self.logins.of(persona).map_or(persona, |login| &login.username);
            Ok(user::by_username(conn, name)?)
        });
        found.unwrap().unwrap_or_else(|| panic!("nobody is called {persona}"))
    }

    /// Who acts when a persona does.
    pub fn actor(&self, persona: &str) -> Actor {
        self.user(persona).actor().unwrap()
    }

    /// The investor of a persona.
    pub fn investor(&self, persona: &str) -> InvestorId {
        self.user(persona).investor_id.unwrap()
    }

    /// An access token in a session of the persona's own.
    pub fn token(&self, persona: &str) -> String {
        if let Some(token) = self.tokens.lock().unwrap().get(persona) {
            return token.clone();
        }
        let token = self.token_of(self.actor(persona));
        self.tokens.lock().unwrap().insert(persona.to_owned(), token.clone());
        token
    }

    /// An access token of a new session.
    pub fn token_of(&self, actor: Actor) -> String {
        let service = self.service();
        let session = service.write(By::Nobody, |act| session::start(act, actor)).unwrap();
        service.keys.tokens().issue(actor.user, actor.role, &session.family, service.clock.now(), &Ids::Random).unwrap()
    }

    /// A request that nobody has signed.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.client.request(method, format!("http://{}{path}", self.app.addr))
    }

    /// A request by a persona.
    pub fn by(&self, persona: &str, method: &str, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(self.token(persona))
    }

    /// Reads.
    pub async fn get(&self, persona: &str, path: &str) -> Reply {
        send(self.by(persona, "GET", path)).await
    }

    /// Sends a body.
    pub async fn post(&self, persona: &str, path: &str, body: &Value) -> Reply {
        send(self.by(persona, "POST", path).json(body)).await
    }

    /// Changes what stands at a tag.
    pub async fn patch(&self, persona: &str, path: &str, tag: &str, body: &Value) -> Reply {
        send(self.by(persona, "PATCH", path).header("if-match", tag).json(body)).await
    }

    /// Moves a match from where the persona sees it.
    pub async fn step(&self, persona: &str, id: &str, body: Value) -> Reply {
        let tag = self.get(persona, &format!("/v1/matches/{id}")).await.expect(200).etag();
        let path = format!("/v1/matches/{id}/moves");
        send(self.by(persona, "POST", &path).header("if-match", tag).json(&body)).await
    }

    /// The match of `investor` with the venture of `owner`.
    pub fn match_of_owner(&self) -> String {
        let (investor, venture) = (self.investor("investor"), self.user("owner").venture_id.unwrap());
        let all = self.service().read(|conn| Ok(sedaya::store::matches::of_investor(conn, investor)?)).unwrap();
        all.into_iter().find(|found| found.venture_id == venture).unwrap().id.to_string()
    }

    /// A kind of support that the owner of `owner` welcomes, asked for at no cost.
    pub async fn offer(&self) -> Value {
        let venture = self.user("owner").venture_id.unwrap();
        let known = self.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200);
        let welcome = known.body["profile"]["instruments"][0].clone();
        json!({"move": "request", "request": {
            "purpose": "Membeli etalase dan bahan baku.", "instrument": welcome,
            "amount": {"amount": "5000000", "currency": "IDR"}, "cost": "none",
        }})
    }

    /// Brings the match of `investor` with the venture of `owner` to where the owner is asked.
    pub async fn ask_owner(&self) -> String {
        let id = self.match_of_owner();
        self.step("investor", &id, self.offer().await).await.expect(200);
        self.step("staff", &id, json!({"move": "screen", "no_conflict": true})).await.expect(200);
        id
    }

    /// What is not a persona's to know of is answered, to the byte, like what does not exist.
    pub async fn unknown_to(&self, persona: &str, method: &str, path: &str) {
        let ask = async |path: &str| {
            let request = self.by(persona, method, path);
            let request = if method == "GET" { request } else { request.json(&json!({})) };
            send(request.header("if-match", "\"1.full.id\"")).await
        };
        let foreign = ask(path).await;
        assert_eq!(foreign.refusal(), (404, "not_found"), "{method} {path}");
        let is_id = |part: &&str| part.len() == 30 && part.as_bytes()[3] == b'_';
        let id = path.split('/').find(is_id).or(path.split('/').nth(3)).unwrap();
        let (kind, digits) = id.split_at(4);
        let never = "01jcnq8xvgf0nadk1qh2t8wz5e";
        for other in [format!("{kind}{never}"), digits.to_owned(), format!("xyz_{digits}"), id.to_uppercase()] {
            let answer = ask(&path.replace(id, &other)).await;
            assert_eq!(answer.without_request_id(), foreign.without_request_id(), "{method} {path} {other}");
            let names = |r: &Reply| {
                let mut names: Vec<_> = r.headers.keys().map(|n| n.to_string()).collect();
                names.sort();
                names
            };
            assert_eq!(names(&answer), names(&foreign));
        }
    }

    /// The cohort that the sample came with.
    pub async fn cohort(&self) -> String {
        self.get("staff", "/v1/cohorts").await.expect(200).items()[0]["id"].as_str().unwrap().to_owned()
    }

    /// A new, empty cohort.
    pub async fn new_cohort(&self, name: &str) -> String {
        let body = json!({"name": name, "starts_on": "2024-11-14", "ends_on": "2024-11-15"});
        let made = self.post("staff", "/v1/cohorts", &body).await.expect(201);
        made.body["id"].as_str().unwrap().to_owned()
    }

    /// Imports a file and waits until the import has ended.
    pub async fn import(&self, cohort: &str, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Reply {
        let accepted = send(self.upload(cohort, name, bytes, fields)).await.expect(202);
        self.ended(accepted.header("location").unwrap()).await
    }

    /// The request of an import.
    pub fn upload(&self, cohort: &str, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> RequestBuilder {
        let file = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let mut form = Form::new().part("file", file).text("cohort_id", cohort.to_owned());
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        self.by("staff", "POST", "/v1/imports").multipart(form)
    }

    /// Follows an import to its end. The service works on it meanwhile: asking again is the waiting.
    pub async fn ended(&self, location: &str) -> Reply {
        let began = Stopwatch::now();
        loop {
            let job = self.get("staff", location).await.expect(200);
            if !job.body["finished_at"].is_null() {
                return job;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "an import does not end: {}", job.text);
        }
    }

    /// Every item of a list, page by page to its end, and back again.
    pub async fn walk(&self, persona: &str, path: &str, limit: usize) -> Vec<Value> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let page = async |cursor: Option<&Value>| {
            let cursor = cursor.map(|c| format!("&cursor={}", c.as_str().unwrap())).unwrap_or_default();
            self.get(persona, &format!("{path}{joint}limit={limit}{cursor}")).await.expect(200)
        };
        let mut pages = vec![page(None).await];
        assert!(pages[0].body["prev"].is_null());
        while !pages[pages.len() - 1].body["next"].is_null() {
            let last = &pages[pages.len() - 1];
            assert_eq!(last.items().len(), limit, "a page before the last is full");
            assert_link(last, "next");
            let next = page(Some(&last.body["next"])).await;
            assert_link(&next, "prev");
            assert!(!next.items().is_empty(), "an empty page at the end of {path}");
            let back = page(Some(&next.body["prev"])).await;
            assert_eq!(back.items(), last.items(), "{path}: back again");
            assert_eq!(back.body["prev"].is_null(), pages.len() == 1, "{path}");
            pages.push(next);
        }
        pages.iter().flat_map(|page| page.items().iter().cloned()).collect()
    }
}

/// The `Link` header has the cursor that the body has.
fn assert_link(page: &Reply, rel: &str) {
    let cursor = page.body[rel].as_str().unwrap();
    let link = page.header("link").unwrap();
    let wanted = format!("cursor={cursor}>; rel=\"{rel}\"");
    assert!(link.contains(&wanted), "{link} has no {wanted}");
}
