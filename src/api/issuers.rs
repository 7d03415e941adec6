//! The issuers of tokens beside ourselves: whom an operator trusts to say who somebody is, and their public keys.
//!
//! Keys are found by discovery (OpenID Connect Discovery 1.0, section 4), kept, and fetched again when they have grown old or
//! when a token names one that is not known: at most once a minute. While an issuer is out of reach its last keys
//! go on being used.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{HeaderValue, RETRY_AFTER};

use arc_swap::ArcSwapOption;
use serde::Deserialize;
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};

use super::codes::Code;
use super::problem::{Problem, Result};
use crate::domain::actor::Identity;
use crate::domain::time::Instant;
use crate::keys::foreign::{self, Issuer, KeySet, Presented};
use crate::outbound::{Failure, Outbound};

/// Seconds for which fetched keys are used without asking again: a key taken back by its issuer works no longer.
const FRESH: i64 = 600;

/// Seconds between two tries to fetch an issuer's keys.
const BETWEEN_TRIES: i64 = 60;

/// How long a caller whose key is known waits for a fetch: its keys have grown old, and may be used on.
const PATIENCE: Duration = Duration::from_secs(1);

/// Callers of one issuer who wait for keys at once; more are refused.
const MOST_WAITING: usize = 100;

/// A discovery document or a key set is at most this long.
const LONGEST: usize = 256 << 10;

/// What the file of issuers holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerFile {
    issuers: Vec<Issuer>,
}

/// Reads the file of issuers.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn read_file(path: &Path) -> Result<Vec<Issuer>, String> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| format!("issuers file {name}: {e}"))?;
    let file: IssuerFile = serde_json::from_str(&text).map_err(|e| format!("issuers file {name}: {e}"))?;
    for (n, issuer) in file.issuers.iter().enumerate() {
        let refused = |what: &str| Err(format!("issuers file {name}: {}: {what}", issuer.issuer));
        if issuer.issuer.len() > 255 || !["https://", "http://"].iter().any(|s| issuer.issuer.starts_with(s)) {
            return refused("an issuer is the URL that stands in `iss`, at most 255 characters");
        }
        if issuer.audience.is_empty() || issuer.typ.is_empty() || issuer.typ.contains('/') {
            return refused("`audience` and `typ` must not be empty, and `typ` is written without `application/`");
        }
        if !(1..=1440).contains(&issuer.longest_minutes) {
            return refused("`longest_minutes` is from 1 to 1440");
        }
        if file.issuers[..n].iter().any(|other| other.issuer == issuer.issuer) {
            return refused("listed twice");
        }
    }
    Ok(file.issuers)
}

/// All issuers.
#[derive(Debug, Default)]
pub struct Issuers(Vec<Arc<Listed>>);

#[derive(Debug)]
struct Listed {
    issuer: Issuer,
    outbound: Outbound,
    keys: ArcSwapOption<Fetched>,
    /// When keys were last asked for. Whoever holds it is asking.
    tried: Arc<Mutex<Option<Instant>>>,
    waiting: Semaphore,
}

#[derive(Debug)]
struct Fetched {
    keys: KeySet,
    at: Instant,
}

impl Issuers {
    /// These issuers, reached through this client.
    pub fn new(issuers: Vec<Issuer>, outbound: &Outbound) -> Self {
        let listed = |issuer| Listed {
            issuer,
            outbound: outbound.clone(),
            keys: ArcSwapOption::empty(),
            tried: Arc::default(),
            waiting: Semaphore::new(MOST_WAITING),
        };
        Self(issuers.into_iter().map(listed).map(Arc::new).collect())
    }

    /// Whether an issuer is trusted.
    pub fn lists(&self, issuer: &str) -> bool {
        self.0.iter().any(|listed| listed.issuer.issuer == issuer)
    }

    /// Whose token this is and until when, seconds since 1970. `None` when no listed issuer is named in it: it may be one
    /// of ours.
    ///
    /// # Errors
    /// `unauthenticated` when it does not hold; `unavailable` when its issuer's keys could never be fetched so far.
    pub async fn identify(&self, token: &str, now: Instant) -> Option<Result<(Identity, i64)>> {
        if self.0.is_empty() {
            return None;
        }
        let named = foreign::issuer_of(token)?;
        let listed = self.0.iter().find(|listed| listed.issuer.issuer == named)?;
        Some(listed.identify(token, now).await)
    }
}

/// Whether something was done less than so many seconds ago. A clock that was set back says nothing.
fn within(at: Instant, seconds: i64, now: Instant) -> bool {
    at <= now && now < at.plus_seconds(seconds)
}

impl Listed {
    async fn identify(self: &Arc<Self>, token: &str, now: Instant) -> Result<(Identity, i64)> {
        let refused = || Problem::new(Code::Unauthenticated);
        let presented = foreign::read(token, &self.issuer, now).map_err(|_reason| refused())?;
        let Some(keys) = self.keys_for(&presented, now).await? else {
            let next_try = HeaderValue::from(BETWEEN_TRIES);
            return Err(Problem::new(Code::Unavailable).replace_header(RETRY_AFTER, next_try));
        };
        presented.verify(&keys.keys).map_err(|_reason| refused())
    }

    /// The keys to verify a token with: with the one it names in them, if that can be had.
    async fn keys_for(self: &Arc<Self>, presented: &Presented<'_>, now: Instant) -> Result<Option<Arc<Fetched>>> {
        let has_it = |kept: &Arc<Fetched>| kept.keys.has(&presented.kid);
        let good_enough = |kept: &Arc<Fetched>| has_it(kept) && within(kept.at, FRESH, now);
        let kept = self.keys.load_full();
        if kept.as_ref().is_some_and(good_enough) {
            return Ok(kept);
        }
        let known = kept.as_ref().is_some_and(has_it);
        let _place = self.waiting.try_acquire().map_err(|_full| Problem::new(Code::Overloaded))?;
        let tried = match Arc::clone(&self.tried).try_lock_owned() {
            Ok(tried) => tried,
            // Old, but with the key: nobody waits while somebody else asks.
            Err(_taken) if known => return Ok(kept),
            Err(_taken) => Arc::clone(&self.tried).lock_owned().await,
        };
        // Somebody else may have asked meanwhile.
        let kept = self.keys.load_full();
        if kept.as_ref().is_some_and(good_enough) || tried.is_some_and(|at| within(at, BETWEEN_TRIES, now)) {
            return Ok(kept);
        }
        // In a task of its own: whoever made us ask may go away, and the keys are for everybody.
        let asking = tokio::spawn(Arc::clone(self).ask(tried, now));
        if known {
            let _late = tokio::time::timeout(PATIENCE, asking).await;
        } else {
            let _ended = asking.await;
        }
        Ok(self.keys.load_full())
    }

    async fn ask(self: Arc<Self>, mut tried: OwnedMutexGuard<Option<Instant>>, now: Instant) {
        *tried = Some(now);
        match self.fetch().await {
            Ok(keys) => self.keys.store(Some(Arc::new(Fetched { keys, at: now }))),
            Err(cause) => tracing::warn!(issuer = self.issuer.issuer, %cause, "an issuer's keys cannot be fetched"),
        }
    }

    async fn fetch(&self) -> Result<KeySet, NoKeys> {
        #[derive(Deserialize)]
        struct Discovery {
            issuer: String,
            jwks_uri: String,
        }
        // A slash at the end of the issuer's name is not doubled (section 4.1).
        let url = format!("{}/.well-known/openid-configuration", self.issuer.issuer.trim_end_matches('/'));
        let found: Discovery = serde_json::from_slice(&self.outbound.get(&url, LONGEST).await?)?;
        if found.issuer != self.issuer.issuer {
            return Err(NoKeys::OtherIssuer);
        }
        let keys = KeySet::parse(&self.outbound.get(&found.jwks_uri, LONGEST).await?)?;
        // The last good ones are better than none.
        if keys.is_empty() { Err(NoKeys::Empty) } else { Ok(keys) }
    }
}

/// Why there are no keys. For the log.
#[derive(Debug, thiserror::Error)]
enum NoKeys {
    #[error(transparent)]
    Call(#[from] Failure),
    // Without the error's own words: they repeat what the other side sent.
    #[error("the answer is not what it should be, line {}, column {}", .0.line(), .0.column())]
    Shape(#[from] serde_json::Error),
    #[error("none of the keys can be used")]
    Empty,
    #[error("the discovery document is of another issuer")]
    OtherIssuer,
}
