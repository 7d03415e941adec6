//! Use cases: whatever changes or reads the service comes through here, from HTTP, from files and from the
//! command line alike.
//!
//! A change is a function over an [`Act`]: load, may they?, change, audit; all of it in one transaction that
//! [`Service::write`] opens and commits. A read is a function over a connection and the [`Actor`] who asks.

pub mod allocation;
pub mod audit_trail;
pub mod basis;
pub mod card_ranking;
pub mod case;
pub mod cohort;
pub mod complaint;
pub mod consent;
pub mod criteria;
pub mod data_request;
pub mod doors;
pub mod drafts;
pub mod elicitation;
pub mod erasure;
mod error;
pub mod event;
pub mod import;
pub mod incident;
pub mod investor;
pub mod line;
pub mod live;
pub mod looks;
pub mod mandate;
pub mod match_list;
pub mod matches;
pub mod me;
pub mod message;
pub mod my_data;
pub mod news;
pub mod one_time_code;
pub mod outbox;
pub mod own_venture;
pub mod person;
pub mod rankable;
pub mod reach;
pub mod renewal;
pub mod replay;
pub mod reports;
pub mod reseal;
pub mod retention;
pub mod rubric;
pub mod second_opinions;
pub mod service_token;
pub mod session;
pub mod shared_points;
pub mod support_plan;
pub mod throttle;
pub mod tuning;
pub mod user;
pub mod venture;
pub mod webhook;
pub mod workshop;

use std::collections::HashMap;
use std::fmt::{self, Display};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde::Serialize;

pub use error::{Conflict, Error, Result};

use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::domain::canonical;
use crate::domain::id::{Ids, InvestorId, VentureId};
use crate::domain::time::Instant;
use crate::keys::Keys;
use crate::store::outbox::NewItem;
use crate::store::webhook::Webhook;
use crate::store::{self, Conn, Db, StoreError, audit, gate};

/// Who stands behind a deed.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// A signed-in account.
    Account(&'a Actor),
    /// Somebody with the key file, at the command line, or the service itself carrying out what was ordered.
    Operator,
    /// Nobody is signed in yet.
    Nobody,
}

impl By<'_> {
    /// As written in audit rows and in `made by` columns: a user id or `operator`.
    pub fn name(self) -> String {
        match self {
            Self::Account(actor) => actor.user.to_string(),
            Self::Operator => "operator".to_owned(),
            Self::Nobody => "nobody".to_owned(),
        }
    }

    const fn role(self) -> &'static str {
        match self {
            Self::Account(actor) => actor.capacity(),
            Self::Operator => "operator",
            Self::Nobody => "nobody",
        }
    }
}

/// One deed in one write transaction.
pub struct Act<'a> {
    /// The transaction.
    pub conn: &'a mut Conn,
    /// Who acts.
    pub by: By<'a>,
    /// When.
    pub now: Instant,
    /// New ids.
    pub ids: &'a Ids,
    /// Secrets.
    pub keys: &'a Keys,
    /// Whether owners are sent messages.
    pub tells_owners: bool,
    /// Whether codes on paper go on working once a phone is confirmed.
    pub claim_codes_stay: bool,
    /// The file of tombstones, where one is kept.
    tombstones: Option<&'a Path>,
    /// What has been done so far and stands in the audit when the transaction commits.
    deeds: Vec<audit::Deed>,
    /// What webhooks are told of it.
    news: Vec<NewItem>,
    /// Who hears of an investor's things, or of the programme's, as far as it was asked.
    listening: HashMap<Option<InvestorId>, Rc<[Webhook]>>,
    afterwards: Vec<Afterwards>,
}

type Afterwards = Box<dyn FnOnce(&Service)>;

impl Act<'_> {
    /// Has something done in this process once the deed is committed; nothing, if it is not.
    pub fn afterwards(&mut self, then: impl FnOnce(&Service) + 'static) {
        self.afterwards.push(Box::new(then));
    }

    /// Says that this deed takes access from somebody: once it is committed, what this process remembers of who is
    /// signed in holds no longer.
    pub fn takes_access(&mut self) {
        self.afterwards(|service| {
            service.access_taken.fetch_add(1, Ordering::SeqCst);
        });
    }

    /// Notes what was done for the audit: its row is written with the transaction, which fails if it cannot be.
    ///
    /// # Errors
    /// [`Error::Internal`] when the content has no canonical text.
    pub fn audit<T: Serialize>(&mut self, action: &'static str, subject: impl Display, content: &T) -> Result<()> {
        let content = canonical::to_string(content).map_err(|e| Error::Internal(e.to_string()))?;
        let deed = audit::Deed {
            at: self.now,
            actor: self.by.name(),
            role: self.by.role(),
            action,
            subject: subject.to_string(),
            content,
            fresh_salt: self.ids.bytes(),
        };
        self.deeds.push(deed);
        Ok(())
    }

    /// Writes what is to be remembered and told of what was done so far, all at once: a deed with thousands of rows costs the
    /// database little more than one with few. Called by the transaction; a deed that destroys salts calls it before.
    ///
    /// # Errors
    /// When a row cannot be written: the whole deed fails.
    fn write_down(&mut self) -> std::result::Result<(), StoreError> {
        store::outbox::insert(self.conn, &std::mem::take(&mut self.news))?;
        let deeds = std::mem::take(&mut self.deeds);
        if deeds.is_empty() { Ok(()) } else { audit::append(self.conn, &deeds) }
    }

    /// The webhooks that may hear of an investor's things, the programme's among them. Asked once a transaction: whoever would
    /// change them meanwhile waits for its end.
    ///
    /// # Errors
    /// The store's.
    fn listening(&mut self, investor: Option<InvestorId>) -> Result<Rc<[Webhook]>> {
        if let Some(known) = self.listening.get(&investor) {
            return Ok(Rc::clone(known));
        }
        let found: Rc<[Webhook]> = store::webhook::listening(self.conn, investor)?.into();
        self.listening.insert(investor, Rc::clone(&found));
        Ok(found)
    }

    /// Notes that what ranks of a venture has changed.
    ///
    /// # Errors
    /// As the store's.
    pub fn rankable_changed(&mut self, venture: VentureId) -> Result<i64> {
        Ok(gate::note_change(self.conn, venture, self.now)?)
    }
}

/// The number after the version that a change was based on.
///
/// # Errors
/// [`Error::Stale`] when the row stands at another version by now.
fn next_version(current: i32, based_on: i64) -> Result<i32> {
    if i64::from(current) == based_on { Ok(current + 1) } else { Err(Error::Stale) }
}

/// What the use cases stand on. One a process.
#[derive(Clone)]
pub struct Service {
    /// The database.
    pub db: Db,
    /// Secrets.
    pub keys: Arc<Keys>,
    /// The time.
    pub clock: Arc<Clock>,
    /// New ids.
    pub ids: Arc<Ids>,
    freshest: Arc<rankable::Freshest>,
    kept: Arc<live::Kept>,
    lines: Arc<line::Lines>,
    looks: Arc<looks::Looks>,
    access_taken: Arc<AtomicU64>,
    tells_owners: bool,
    claim_codes_stay: bool,
    tombstones: Option<Arc<Path>>,
    /// Pages of the database's log that may still hold what was erased.
    unforgotten: Arc<AtomicBool>,
    /// How many ventures had gone when this process last forgot them.
    forgotten: Arc<AtomicU64>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("lines", &self.lines).finish_non_exhaustive()
    }
}

impl Service {
    /// A service on these. Its tombstones are kept beside the key file.
    pub fn new(db: Db, keys: Arc<Keys>, clock: Arc<Clock>, ids: Arc<Ids>) -> Self {
        Self {
            db,
            tombstones: keys.file().map(|file| erasure::file_beside(file).into()),
            unforgotten: Arc::default(),
            forgotten: Arc::default(),
            keys,
            clock,
            ids,
            freshest: Arc::default(),
            kept: Arc::default(),
            lines: Arc::default(),
            looks: Arc::default(),
            access_taken: Arc::default(),
            tells_owners: false,
            claim_codes_stay: false,
        }
    }

    /// The same service, where owners are sent messages: there is somebody to carry them.
    #[must_use]
    pub fn telling_owners(self, tells_owners: bool) -> Self {
        Self { tells_owners, ..self }
    }

    /// The same service, where codes on paper go on working: a demo's.
    #[must_use]
    pub fn keeping_claim_codes(self, claim_codes_stay: bool) -> Self {
        Self { claim_codes_stay, ..self }
    }

    /// Whether owners are sent messages.
    pub const fn tells_owners(&self) -> bool {
        self.tells_owners
    }

    /// The same service with another source of ids.
    #[must_use]
    pub fn with_ids(&self, ids: Ids) -> Self {
        Self { ids: Arc::new(ids), ..self.clone() }
    }

    /// The same service with its tombstones kept elsewhere.
    #[must_use]
    pub fn with_tombstones(&self, file: &Path) -> Self {
        Self { tombstones: Some(file.into()), ..self.clone() }
    }

    /// Does a deed in one transaction; an error leaves nothing behind.
    ///
    /// # Errors
    /// The deed's own, or the database's.
    pub fn write<T>(&self, by: By<'_>, deed: impl FnOnce(&mut Act<'_>) -> Result<T>) -> Result<T> {
        self.transact(by, deed)
    }

    /// As [`Service::write`], for deeds whose refusals the caller words.
    ///
    /// # Errors
    /// The deed's own, or the database's.
    pub fn transact<T, E: From<StoreError>>(
        &self,
        by: By<'_>,
        deed: impl FnOnce(&mut Act<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (done, afterwards) = self.db.write(|conn| {
            let now = self.clock.now();
            let mut act = Act {
                conn,
                by,
                now,
                ids: &self.ids,
                keys: &self.keys,
                tells_owners: self.tells_owners,
                claim_codes_stay: self.claim_codes_stay,
                tombstones: self.tombstones.as_deref(),
                deeds: Vec::new(),
                news: Vec::new(),
                listening: HashMap::new(),
                afterwards: Vec::new(),
            };
            let done = deed(&mut act)?;
            act.write_down()?;
            Ok::<_, E>((done, act.afterwards))
        })?;
        for then in afterwards {
            then(self);
        }
        Ok(done)
    }

    /// How often this process has taken access from somebody. Whoever remembers that an account is active and its
    /// session open reads this before asking, and asks again when it has changed.
    pub fn access_taken(&self) -> u64 {
        self.access_taken.load(Ordering::SeqCst)
    }

    /// What can be ranked now: at least as new as every write acknowledged before. Where a venture has gone from it, by
    /// whichever process it was erased, this one forgets what it keeps of lists and rankings.
    ///
    /// # Errors
    /// [`Conflict::NoRubric`] before a rubric is published; the database's.
    pub fn rankable(&self) -> Result<Arc<rankable::Rankable>> {
        let rankable = self.freshest.get(&self.db, self.clock.now())?;
        if self.forgotten.swap(rankable.gone, Ordering::SeqCst) != rankable.gone {
            self.lines.clear();
            self.kept.clear();
        }
        Ok(rankable)
    }

    /// Reads.
    ///
    /// # Errors
    /// The question's own, or the database's.
    pub fn read<T>(&self, question: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        question(&mut *self.db.read()?)
    }
}
