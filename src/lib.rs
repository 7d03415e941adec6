//! SEDAYA Match: the service that connects small businesses with social investors.
//!
//! # The map
//! Layers on top, the same noun file in each layer. An arrow says who may call whom; a test reads the `use` lines and
//! fails on one that points the wrong way.
//!
//! ```text
//! main → cli → app → { api, couriers, sources } → ops → { store, engine } → domain          (outbound: a leaf)
//! ```
//!
//! - [`domain`]: nouns and rules a programme officer could read. No I/O, no clock, no database, no web.
//! - [`engine`]: the scoring-and-ranking engine, pure and exact. It never sees the store.
//! - [`store`]: the database, either of two behind one connection type; the only room with queries.
//! - [`ops`]: use cases; HTTP, files and the command line all come through here.
//! - [`api`]: HTTP; it never sees Diesel. [`sources`]: workshop sheets. [`cli`]: one file a command.
//! - [`couriers`]: what happened, carried to those who asked to be told, and messages to owners: order, retries, signatures.
//! - [`outbound`]: the one way out, guarded; whoever calls an address that somebody else gave goes through it.
//! - [`app`]: built once from [`config`], the one door for production and tests.
//! - [`keys`], [`clock`], [`telemetry`]: what everything stands on. [`mod@reference`] and [`demo`]: data, embedded.
//!
//! Which room am I in? `HttpResponse` → api. `.filter(` on a table → store. An [`ops::Act`] → ops. A loop over columns →
//! engine. A rule a programme officer could read → domain.
//!
//! # A write: `PATCH /v1/cohorts/{id}`
//! 1. `api::gate` gives the request an id and a language and finds its operation in the OpenAPI document.
//! 2. The handler's arguments refuse in their order: `Caller<op::ChangeCohort>` (401, 403), `Path` (404), `Json` (415, 413,
//!    400, 422; all from the document), `IfMatch` (428).
//! 3. `caller.act(…)` takes a worker and calls [`ops::Service::write`]: one transaction, begun at the write gate, so
//!    writes are one after the other on both databases.
//! 4. `ops::cohort::change` loads, checks the rules, stores over the version it was based on (412 otherwise), and writes
//!    the audit row; then the transaction commits.
//! 5. The row becomes a DTO and answers with its new `ETag`.
//!
//! # A message to a webhook
//! 1. The deed itself calls `ops::event::note`: for each webhook that may hear of it, the message is written into the outbox, worded
//!    for its receiver, in the deed's transaction.
//! 2. [`couriers`] look at the outbox; `ops::outbox::claim` leases what is due, of each webhook a few at once and about one
//!    thing only the oldest.
//! 3. Outside any transaction the message is signed and posted through [`outbound`].
//! 4. `ops::outbox::settle` writes down what came of it: delivered, due again, or given up.
//!
//! A message to an owner goes the same way; `ops::message` notes it with the move that the owner should know of, opens the phone
//! number when it is taken, and begins the owner's time to answer when it has arrived.
//!
//! # A read: `GET /v1/criteria/{id}/matches`
//! 1. As above, to the handler.
//! 2. `ops::live` asks [`ops::Service::rankable`] for the newest snapshot: if the change log has moved on, the changed
//!    ventures, and those whose cards they coarsen, are put into a copy that takes the old one's place.
//! 3. `engine::rank` ranks the rows that may be listed now; the ranking is kept, so that later pages are cut from it.
//! 4. The page's lines are explained, and the cursors sealed for this caller and this list.

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod couriers;
pub mod demo;
pub mod domain;
pub mod engine;
pub mod keys;
pub mod ops;
pub mod outbound;
pub mod reference;
pub mod sources;
pub mod store;
pub mod telemetry;
