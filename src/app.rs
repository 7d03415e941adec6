//! The running service: built once from a [`Config`], by the same door in production and in tests.

mod messenger;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App as Actix, HttpResponse, HttpServer, Responder};
use tokio::task::JoinHandle;

use crate::api::admission::Admissions;
use crate::api::blocking::Workers;
use crate::api::codes::Code;
use crate::api::contract::{Contract, ContractError};
use crate::api::cors::Origins;
use crate::api::directory::Directory;
use crate::api::document::{DocumentError, document};
use crate::api::gate::{gate, spare_from_compression};
use crate::api::importer::Imports;
use crate::api::issuers::{self, Issuers};
use crate::api::metrics::Metrics;
use crate::api::problem::Problem;
use crate::api::rate::Rates;
use crate::api::routes::Routes;
use crate::api::state::{Accounts, Limits, Reach, State};
use crate::clock::Clock;
use crate::config::Config;
use crate::couriers::{Couriers, Running};
use crate::domain::id::Ids;
use crate::keys::{KeyError, Keys, password};
use crate::ops::{self, Service, data_request, drafts, erasure, looks, matches, renewal, retention};
use crate::outbound::{self, Lookup, NoClient, Outbound};
use crate::store::{Db, Location, StoreError};

/// How long a request waits for a free connection.
const PATIENCE: Duration = Duration::from_secs(2);

/// A client that takes longer than this to send its headers is cut off.
const SLOW_CLIENT: Duration = Duration::from_secs(10);

/// How often looks are written down.
const NOTE_EVERY: Duration = Duration::from_secs(1);

/// How often what is over time is ended. Whoever reads sees it ended without waiting for this.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// What is said of a sweep that found something, and the sweep.
type Sweep = (&'static str, fn(&Service) -> ops::Result<usize>);

/// What is done then.
const SWEEPS: [Sweep; 7] = [
    ("matches over time ended", matches::sweep),
    ("owners reminded of what is not", matches::remind),
    ("owners asked again for the consent to be listed", renewal::ask),
    ("erased again what a restored database had brought back", erasure::settle),
    ("lists drafted on their day", drafts::sweep),
    ("told of requests about data that are nearly due", data_request::sweep),
    ("removed what is not kept any longer", retention::sweep),
];

/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// The service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is done at every start.
    #[error(transparent)]
    Ops(#[from] ops::Error),
    /// The document.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The document.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// The file of issuers.
    #[error("{0}")]
    Issuers(String),
    /// Through whom owners are sent messages.
    #[error("{0}")]
    Messenger(String),
    /// The client for outgoing calls.
    #[error(transparent)]
    Outbound(#[from] NoClient),
    /// An address.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// Which.
        addr: String,
        /// Why.
        source: std::io::Error,
    },
}

/// What a test may put in place of the real thing.
pub struct Outside {
    /// Where `now` comes from.
    pub clock: Arc<Clock>,
    /// Where new ids come from.
    pub ids: Arc<Ids>,
    /// The routes.
    pub routes: fn(&mut Routes),
    /// Who is who, if not as the database says.
    pub accounts: Option<Arc<dyn Accounts>>,
    /// What is whose, if not as the database says.
    pub reach: Option<Arc<dyn Reach>>,
    /// Where names lead to.
    pub lookup: Lookup,
    /// Whether what happens is carried out into the world, and what is over time swept, by itself; if not, [`App::couriers`] and
    /// the sweeps of the use cases do it when they are told to.
    pub carries: bool,
}

impl Default for Outside {
    fn default() -> Self {
        Self {
            clock: Arc::new(Clock::System),
            ids: Arc::new(Ids::Random),
            routes: crate::api::routes,
            accounts: None,
            reach: None,
            lookup: outbound::system(),
            carries: true,
        }
    }
}

/// A service that listens.
pub struct App {
    /// Where the API is.
    pub addr: SocketAddr,
    /// Where the operator's pages are.
    pub admin_addr: SocketAddr,
    /// What all requests share.
    pub state: Arc<State>,
    /// Who carries what happens out into the world.
    pub couriers: Couriers,
    carrying: Option<Running>,
    drain: Duration,
    servers: Vec<(ServerHandle, JoinHandle<std::io::Result<()>>)>,
    sweeper: Option<JoinHandle<()>>,
    noter: JoinHandle<()>,
}

impl App {
    /// Opens keys and database, compiles the document, binds both addresses and begins to serve.
    ///
    /// # Errors
    /// See [`StartError`]; each says what to do.
    pub async fn build(config: &Config) -> Result<Self, StartError> {
        Self::build_with(config, Outside::default()).await
    }

    /// As [`App::build`], with parts of the outside world replaced.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn build_with(config: &Config, outside: Outside) -> Result<Self, StartError> {
        let keys = Arc::new(Keys::open(&config.place.key_file)?);
        let db = open_database(config)?;
        let outbound = open_outbound(config, outside.lookup)?;
        let issuers = open_issuers(config, &outbound)?;
        let messenger = messenger::open(&config.messenger, &outbound).map_err(StartError::Messenger)?;
        let mut routes = Routes::default();
        (outside.routes)(&mut routes);
        let document = document(&routes)?;
        let contract = Data::new(Contract::compile(&document, &routes.page_patterns())?);
        let workers = Workers::new(db.readers() as usize, PATIENCE);
        let mut service = Service::new(db.clone(), keys, outside.clock, outside.ids)
            .telling_owners(messenger.is_some())
            .keeping_claim_codes(config.messenger.keeps_claim_codes);
        if let Some(file) = &config.place.tombstone_file {
            service = service.with_tombstones(file);
        }
        matches::catch_up(&service)?;
        let again = erasure::settle(&service)?;
        if again > 0 {
            tracing::warn!(again, "this database is from before these ventures were erased; they are erased again");
        }
        let directory = Arc::new(Directory::new(service.clone(), workers.clone()));
        let mut couriers = Couriers::new(service.clone(), outbound.clone());
        if let Some(messenger) = messenger {
            couriers = couriers.with_messenger(messenger);
        }
        let state = Arc::new(State {
            outbound,
            imports: Imports::start(service.clone()),
            service,
            admissions: Admissions::default(),
            issuers,
            accounts: outside.accounts.unwrap_or_else(|| directory.clone()),
            reach: outside.reach.unwrap_or(directory),
            document: serde_json::to_vec(&document).unwrap_or_default().into(),
            workers,
            password_workers: Workers::new(password::AT_ONCE, password::PATIENCE),
            metrics: Metrics::new(contract.operations().map(|o| o.id.as_str())),
            limits: Limits { deadline: config.deadline, proxies: config.proxies.into() },
            rates: Rates::new(config.rate_limit),
            public_url: config.public_url.clone(),
            origins: Origins::new(config.cors_origins.clone()),
            stopping: AtomicBool::new(false),
            sound: Box::new(move || db.is_current().unwrap_or(false)),
        });
        let (addr, api) = serve_api(config, &state, contract, outside.routes)?;
        let (admin_addr, admin) = serve_admin(config, &state)?;
        let carrying = outside.carries.then(|| couriers.clone().start());
        let sweeper = outside.carries.then(|| tokio::spawn(keep_swept(state.service.clone())));
        let noter = tokio::spawn(keep_noted(state.service.clone()));
        tracing::info!(%addr, %admin_addr, "listening");
        Ok(Self {
            addr,
            admin_addr,
            state,
            couriers,
            carrying,
            drain: config.drain,
            servers: vec![api, admin],
            sweeper,
            noter,
        })
    }

    /// Serves until SIGTERM or Ctrl-C, then stops in order. After SIGTERM a balancer gets time to turn away.
    pub async fn run(self) {
        let drain = if stop_signal().await { self.drain } else { Duration::ZERO };
        self.stop(drain).await;
    }

    /// Stops in order: not ready any more, wait `drain`, take no new connections, finish what is on its way.
    pub async fn stop(self, drain: Duration) {
        tracing::info!("stopping");
        // What is not swept up now is at the next start, or by another process.
        if let Some(sweeper) = &self.sweeper {
            sweeper.abort();
        }
        self.state.stopping.store(true, Ordering::Relaxed);
        tokio::time::sleep(drain).await;
        for (handle, _) in &self.servers {
            handle.pause().await;
        }
        // Idle connections need no farewell; those with a request get as long as a request may take.
        let deadline = tokio::time::Instant::now() + self.state.limits.deadline + Duration::from_secs(1);
        while self.state.metrics.in_flight() > 0 && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if let Some(carrying) = self.carrying {
            carrying.stop(deadline).await;
        }
        for (handle, server) in self.servers {
            // The last answers may still be on their way through the sockets.
            let _ = tokio::time::timeout(Duration::from_millis(200), handle.stop(true)).await;
            handle.stop(false).await;
            if let Ok(Err(error)) = server.await {
                tracing::error!(%error, "a listener failed");
            }
        }
        self.noter.abort();
        // Whoever was answered last is noted too.
        write_looks(self.state.service.clone()).await;
        tracing::info!("stopped");
    }
}

/// Opens the database and brings it up to date. Asking first spares a database user the right to change tables.
fn open_database(config: &Config) -> Result<Db, StoreError> {
    let db = Db::open(Location::parse(&config.place.database_url)?, config.connections)?;
    if !db.is_current()? {
        db.migrate()?;
    }
    Ok(db)
}

/// The one way out.
fn open_outbound(config: &Config, lookup: Lookup) -> Result<Outbound, StartError> {
    let allowed: BTreeSet<String> = config.outbound_allow.iter().cloned().collect();
    Ok(Outbound::new(outbound::Limits { allowed, ..outbound::Limits::default() }, lookup)?)
}

/// The issuers that the operator trusts.
fn open_issuers(config: &Config, outbound: &Outbound) -> Result<Issuers, StartError> {
    let Some(path) = &config.issuers else { return Ok(Issuers::default()) };
    let listed = issuers::read_file(path).map_err(StartError::Issuers)?;
    for issuer in &listed {
        // An address that nobody may ever call would be a sign-in that never works.
        outbound.may_call(&issuer.issuer).map_err(|reason| {
            StartError::Issuers(format!(
                "issuer {}: {reason}; list its origin in SEDAYA_OUTBOUND_ALLOW if it is yours",
                issuer.issuer
            ))
        })?;
    }
    Ok(Issuers::new(listed, outbound))
}

type Serving = (SocketAddr, (ServerHandle, JoinHandle<std::io::Result<()>>));

fn serve_api(
    config: &Config,
    state: &Arc<State>,
    contract: Data<Contract>,
    collect: fn(&mut Routes),
) -> Result<Serving, StartError> {
    let state = Data::from(Arc::clone(state));
    let server = HttpServer::new(move || {
        let mut routes = Routes::default();
        collect(&mut routes);
        Actix::new()
            .app_data(state.clone())
            .app_data(contract.clone())
            .configure(|services| routes.mount(services))
            .default_service(web::to(|| async { Err::<HttpResponse, _>(Problem::not_found()) }))
            .wrap(from_fn(spare_from_compression))
            .wrap(Compress::default())
            .wrap(from_fn(gate))
    })
    .disable_signals()
    .client_request_timeout(SLOW_CLIENT)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(1);
    start(&config.addr, server.bind(&config.addr), |s| s.addrs(), |s| s.run())
}

fn serve_admin(config: &Config, state: &Arc<State>) -> Result<Serving, StartError> {
    const PAGES: [&str; 3] = ["/livez", "/readyz", "/metrics"];
    let contract = Data::new(Contract::compile(&serde_json::Value::Null, &PAGES)?);
    let state = Data::from(Arc::clone(state));
    let server = HttpServer::new(move || {
        Actix::new()
            .app_data(state.clone())
            .app_data(contract.clone())
            .route("/livez", web::get().to(|| async { "alive\n" }))
            .route("/readyz", web::get().to(readyz))
            .route("/metrics", web::get().to(metrics))
            .wrap(from_fn(gate))
    })
    .workers(1)
    .disable_signals()
    .client_request_timeout(SLOW_CLIENT)
    .shutdown_timeout(1);
    start(&config.admin_addr, server.bind(&config.admin_addr), |s| s.addrs(), |s| s.run())
}

/// Binds and starts; the type of an `HttpServer` cannot be written down.
fn start<S>(
    addr: &str,
    bound: std::io::Result<S>,
    addrs: impl FnOnce(&S) -> Vec<SocketAddr>,
    run: impl FnOnce(S) -> actix_web::dev::Server,
) -> Result<Serving, StartError> {
    let failed = |source| StartError::Listen { addr: addr.to_owned(), source };
    let server = bound.map_err(failed)?;
    let Some(bound) = addrs(&server).first().copied() else {
        return Err(failed(std::io::ErrorKind::AddrNotAvailable.into()));
    };
    let running = run(server);
    let handle = running.handle();
    Ok((bound, (handle, tokio::spawn(running))))
}

async fn readyz(state: Data<State>) -> Result<impl Responder, Problem> {
    let asked = state.clone().into_inner();
    let sound = !state.stopping.load(Ordering::Relaxed) && state.workers.run(move || (asked.sound)()).await?;
    if sound { Ok("ready\n") } else { Err(Problem::new(Code::Unavailable)) }
}

async fn metrics(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(state.metrics.print())
}

/// Waits for a signal to stop; true for SIGTERM, false for Ctrl-C.
async fn stop_signal() -> bool {
    #[cfg(unix)]
    if let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        return tokio::select! {
            _ = term.recv() => true,
            _ = tokio::signal::ctrl_c() => false,
        };
    }
    let _ = tokio::signal::ctrl_c().await;
    false
}

/// Writes looks down, again and again.
async fn keep_noted(service: Service) {
    let mut beat = tokio::time::interval(NOTE_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        write_looks(service.clone()).await;
    }
}

async fn write_looks(service: Service) {
    match tokio::task::spawn_blocking(move || looks::flush(&service)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "looks were not written down; the next round will"),
        Err(error) => tracing::error!(%error, "writing looks down failed"),
    }
}

/// Does what is done each minute, again and again.
async fn keep_swept(service: Service) {
    let mut beat = tokio::time::interval(SWEEP_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        let service = service.clone();
        let swept = tokio::task::spawn_blocking(move || {
            for (what, sweep) in SWEEPS {
                match sweep(&service) {
                    Ok(0) => {}
                    Ok(count) => tracing::info!(count, "{what}"),
                    Err(error) => tracing::warn!(%error, "not done, the next round will: {what}"),
                }
            }
        });
        if let Err(error) = swept.await {
            tracing::error!(%error, "a sweep failed");
        }
    }
}
