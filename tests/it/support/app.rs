//! The real app on free ports, with a token for each role.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use reqwest::{Client, Method, RequestBuilder, Response};
use sedaya::api::problem;
use sedaya::api::state::{Accounts, Admitted, Proof, Reach, Target};
use sedaya::app::{App, Outside};
use sedaya::clock::Clock;
use sedaya::config::{Config, Messenger, Place};
use sedaya::domain::actor::{Actor, Role};
use sedaya::domain::id::{CohortId, Ids};
use sedaya::domain::time::Instant;
use serde_json::Value;

/// The time in the app, until it is moved.
pub const NOW: Instant = Instant::from_micros(1_731_550_000_000_000);

/// A running app, and a client for it.
pub struct TestApp {
    pub app: App,
    pub client: Client,
    pub people: People,
    dir: tempfile::TempDir,
}

/// One account a role, and one cohort that anybody may know of.
#[derive(Clone)]
pub struct People {
    accounts: Vec<Actor>,
    pub cohort: CohortId,
}

impl People {
    pub fn new() -> Self {
        let ids = Ids::seeded("people");
        let accounts = Role::ALL.map(|role| Actor {
            user: ids.next(NOW),
            role,
            investor: (role == Role::Investor).then(|| ids.next(NOW)),
            venture: (role == Role::Owner).then(|| ids.next(NOW)),
            companion: false,
        });
        Self { accounts: accounts.to_vec(), cohort: ids.next(NOW) }
    }

    pub fn actor(&self, role: Role) -> &Actor {
        self.accounts.iter().find(|a| a.role == role).unwrap()
    }
}

impl Accounts for People {
    fn active<'a>(&'a self, proof: &'a Proof) -> LocalBoxFuture<'a, problem::Result<Option<Admitted>>> {
        Box::pin(async move {
            // As a database would: answer later than the extractors behind could.
            tokio::task::yield_now().await;
            let Proof::Session(claims) = proof else { return Ok(None) };
            let found = self.accounts.iter().find(|a| a.user == claims.user);
            Ok(found.map(|actor| Admitted { actor: *actor, scope: None, until: claims.expires_at }))
        })
    }
}

impl Reach for People {
    fn reaches<'a>(&'a self, _: &'a Actor, target: Target) -> LocalBoxFuture<'a, problem::Result<bool>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            Ok(target == Target::Cohort(self.cohort))
        })
    }
}

/// A configuration on free ports and in a folder of its own.
pub fn config(dir: &tempfile::TempDir) -> Config {
    let path = |name: &str| -> PathBuf { dir.path().join(name) };
    Config {
        place: Place {
            database_url: format!("sqlite:{}", path("t.db").display()),
            key_file: path("keys.json"),
            tombstone_file: None,
        },
        addr: "127.0.0.1:0".into(),
        public_url: None,
        admin_addr: "127.0.0.1:0".into(),
        connections: 2,
        deadline: Duration::from_secs(30),
        drain: Duration::ZERO,
        rate_limit: 0,
        proxies: 0,
        cors_origins: Vec::new(),
        issuers: None,
        outbound_allow: Vec::new(),
        messenger: Messenger::default(),
    }
}

impl TestApp {
    /// The service as it is, with accounts that exist in memory only.
    pub async fn start() -> Self {
        Self::start_with(|_| {}, |_| {}).await
    }

    /// The service with other settings or routes.
    pub async fn start_with(set: impl FnOnce(&mut Config), replace: impl FnOnce(&mut Outside)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let people = People::new();
        let mut config = config(&dir);
        set(&mut config);
        let mut outside = Outside {
            clock: Arc::new(Clock::fixed(NOW)),
            accounts: Some(Arc::new(people.clone())),
            reach: Some(Arc::new(people.clone())),
            ..Outside::default()
        };
        replace(&mut outside);
        let app = App::build_with(&config, outside).await.unwrap();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { app, client, people, dir }
    }

    /// A file in the app's own folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// An access token of the account with this role.
    pub fn token(&self, role: Role) -> String {
        let tokens = self.app.state.service.keys.tokens();
        tokens.issue(self.people.actor(role).user, role, "test", NOW, &Ids::Random).unwrap()
    }

    /// A request that nobody has signed.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.client.request(method, format!("http://{}{path}", self.app.addr))
    }

    /// A request by the account with this role.
    pub fn as_role(&self, role: Role, method: &str, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(self.token(role))
    }

    /// The document that the app serves.
    pub async fn document(&self) -> Value {
        self.request("GET", "/openapi.json").send().await.unwrap().json().await.unwrap()
    }
}

/// The status and code of a problem, after everything that must hold for all of them has been checked.
pub async fn problem_of(response: Response) -> (u16, String, Value) {
    let status = response.status().as_u16();
    let header = |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
    assert_eq!(header("content-type").as_deref(), Some("application/problem+json"), "{status}");
    assert_eq!(header("cache-control").as_deref(), Some("no-store"));
    let request_id = header("x-request-id").unwrap();
    let body: Value = response.json().await.unwrap();
    let code = body["code"].as_str().unwrap().to_owned();
    assert_eq!(body["status"], status);
    assert_eq!(body["type"], format!("/problems/{code}"));
    assert_eq!(body["instance"], format!("urn:uuid:{request_id}"));
    for text in ["title", "detail"] {
        assert!(!body[text].as_str().unwrap().is_empty(), "{body}");
    }
    (status, code, body)
}

/// Sends, and gives the status and code of the problem that must come back.
pub async fn refused(request: RequestBuilder) -> (u16, String) {
    let (status, code, _) = problem_of(request.send().await.unwrap()).await;
    (status, code)
}
