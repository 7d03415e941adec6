//! The issuers of tokens beside ourselves: whom an operator trusts to say who somebody is, and their public keys.
//!
//! Keys are found by discovery (OpenID Connect Discovery 1.0, section 4), kept, and fetched again when they have grown old or
//! when a token names one that is not known: at most once a minute. While an issuer is out of reach its last keys
//! go on being used.

use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use serde::Deserialize;
use tokio::sync::{Mutex, MutexGuard};

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
        if issuer.audience.is_empty() || issuer.typ.is_empty() {
            return refused("`audience` and `typ` must not be empty");
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
pub struct Issuers(Vec<Listed>);

#[derive(Debug)]
struct Listed {
    issuer: Issuer,
    outbound: Outbound,
    keys: ArcSwapOption<Fetched>,
    /// When keys were last asked for. Whoever holds it is asking.
    tried: Mutex<Option<Instant>>,
}

#[derive(Debug)]
struct Fetched {
    keys: KeySet,
    at: Instant,
}

impl Issuers {
    /// These issuers, reached through this client.
    pub fn new(issuers: Vec<Issuer>, outbound: &Outbound) -> Self {
        let listed = issuers.into_iter().map(|issuer| Listed {
            issuer,
            outbound: outbound.clone(),
            keys: ArcSwapOption::empty(),
            tried: Mutex::default(),
        });
        Self(listed.collect())
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

impl Listed {
    async fn identify(&self, token: &str, now: Instant) -> Result<(Identity, i64)> {
        let refused = || Problem::new(Code::Unauthenticated);
        let presented = foreign::read(token, &self.issuer, now).map_err(|_reason| refused())?;
        let keys = self.keys_for(&presented, now).await.ok_or_else(|| Problem::new(Code::Unavailable))?;
        presented.verify(&keys.keys).map_err(|_reason| refused())
    }

    /// The keys to verify a token with: with the one it names in them, if that can be had.
    async fn keys_for(&self, presented: &Presented<'_>, now: Instant) -> Option<Arc<Fetched>> {
        let good_enough = |kept: &Arc<Fetched>| kept.keys.has(&presented.kid) && now < kept.at.plus_seconds(FRESH);
        let kept = self.keys.load_full();
        let mut tried = match &kept {
            Some(kept) if good_enough(kept) => return Some(Arc::clone(kept)),
            // Old, but with the key: nobody waits while somebody else asks.
            Some(kept) if kept.keys.has(&presented.kid) => match self.tried.try_lock() {
                Ok(tried) => tried,
                Err(_taken) => return Some(Arc::clone(kept)),
            },
            _ => self.tried.lock().await,
        };
        // Somebody else may have asked meanwhile.
        let kept = self.keys.load_full();
        if kept.as_ref().is_some_and(good_enough) || tried.is_some_and(|at| now < at.plus_seconds(BETWEEN_TRIES)) {
            return kept;
        }
        self.ask(&mut tried, now).await;
        self.keys.load_full()
    }

    async fn ask(&self, tried: &mut MutexGuard<'_, Option<Instant>>, now: Instant) {
        // Before, not after: a request that is given up half-way counts as a try.
        **tried = Some(now);
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
        Ok(KeySet::parse(&self.outbound.get(&found.jwks_uri, LONGEST).await?)?)
    }
}

/// Why there are no keys. For the log.
#[derive(Debug, thiserror::Error)]
enum NoKeys {
    #[error(transparent)]
    Call(#[from] Failure),
    #[error("the answer is not what it should be: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("the discovery document is of another issuer")]
    OtherIssuer,
}
