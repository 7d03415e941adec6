//! How often somebody may ask: a steady rate for each account, and for each address of those who have none.
//!
//! Counted in this process, by GCRA: `limit` requests may come at once, and each minute gives as many back. Failed
//! sign-ins are counted apart, over all processes: see [`crate::ops::throttle`].

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::codes::Code;
use super::problem::{Problem, Result};
use crate::domain::id::UserId;

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asker {
    /// An account.
    Account(UserId),
    /// Somebody without one, by [`address`].
    Address(IpAddr),
}

/// What is left to somebody: sent as `RateLimit` (draft-ietf-httpapi-ratelimit-headers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    limit: u32,
    left: u32,
}

impl Standing {
    /// Sets the headers that tell it.
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        let Self { limit, left } = self;
        // The time until everything is given back.
        let reset = u64::from(limit - left.min(limit)) * 60 / u64::from(limit.max(1));
        let texts = [
            (HeaderName::from_static("ratelimit-policy"), format!("\"default\";q={limit};w=60")),
            (HeaderName::from_static("ratelimit"), format!("\"default\";r={left};t={reset}")),
        ];
        for (name, text) in texts {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        }
    }
}

type Limiter = RateLimiter<Asker, HashMapStateStore<Asker>, MonotonicClock, StateInformationMiddleware>;

/// The rates of a process.
pub struct Rates(Option<Counted>);

struct Counted {
    limit: u32,
    limiter: Limiter,
    checks: AtomicU32,
}

/// After so many requests those who have not asked for a while are forgotten.
const SWEEP: u32 = 4096;

impl Rates {
    /// So many requests a minute for each; 0 for no limit.
    pub fn new(a_minute: u32) -> Self {
        Self(NonZeroU32::new(a_minute).map(|limit| Counted {
            limit: limit.get(),
            limiter: RateLimiter::new(Quota::per_minute(limit), HashMapStateStore::default(), MonotonicClock),
            checks: AtomicU32::new(0),
        }))
    }

    /// Counts a request; `None` where there is no limit.
    ///
    /// # Errors
    /// `rate_limited`, with what is left and when to come back.
    pub fn count(&self, asker: Asker) -> Result<Option<Standing>, (Problem, Standing)> {
        let Some(counted) = &self.0 else { return Ok(None) };
        let Counted { limit, limiter, checks } = counted;
        if checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            limiter.retain_recent();
        }
        match limiter.check_key(&asker) {
            Ok(snapshot) => Ok(Some(Standing { limit: *limit, left: snapshot.remaining_burst_capacity() })),
            Err(until) => {
                let wait = until.wait_time_from(MonotonicClock.now()).as_secs_f64().ceil();
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a minute")]
                let problem = Problem::new(Code::RateLimited).retry_after(wait.max(1.0) as u32);
                Err((problem, Standing { limit: *limit, left: 0 }))
            }
        }
    }
}

impl fmt::Debug for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rates").field(&self.0.as_ref().map(|c| c.limit)).finish()
    }
}

/// Where a request comes from. `proxies` of our own stand before the service, each of which adds the address it was
/// asked from to `X-Forwarded-For`; what stands before those is the client's own word and not believed. An IPv6 address
/// counts as its network of 64 bits, which one household has.
pub fn address(request: &HttpRequest, proxies: usize) -> IpAddr {
    let nobody = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    let peer = request.peer_addr().map_or(nobody, |peer| peer.ip());
    let told = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let told: Vec<&str> = told.flat_map(|value| value.split(',')).map(str::trim).collect();
    let address = match proxies {
        0 => peer,
        _ => told.len().checked_sub(proxies).and_then(|at| told.get(at)?.parse().ok()).unwrap_or(peer),
    };
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn what_is_used_up_comes_back_with_time() {
        let rates = Rates::new(3);
        let somebody = Asker::Address([192, 0, 2, 1].into());
        for left in [2, 1, 0] {
            assert_eq!(rates.count(somebody).unwrap(), Some(Standing { limit: 3, left }));
        }
        let (problem, standing) = rates.count(somebody).unwrap_err();
        assert_eq!((problem.code(), standing.left), (Code::RateLimited, 0));
        assert!(rates.count(Asker::Address([192, 0, 2, 2].into())).is_ok(), "others are not touched");
        assert_eq!(Rates::new(0).count(somebody).unwrap(), None);
    }

    #[test]
    fn standing_is_told_in_the_drafts_form() {
        let mut headers = HeaderMap::new();
        Standing { limit: 600, left: 50 }.tell(&mut headers);
        assert_eq!(headers.get("ratelimit-policy").unwrap(), "\"default\";q=600;w=60");
        assert_eq!(headers.get("ratelimit").unwrap(), "\"default\";r=50;t=55");
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        let ask = |proxies: usize, forwarded: &[&str]| {
            let mut request = TestRequest::default().peer_addr("10.0.0.1:1".parse().unwrap());
            for value in forwarded {
                request = request.append_header(("x-forwarded-for", *value));
            }
            address(&request.to_http_request(), proxies).to_string()
        };
        assert_eq!(ask(0, &["198.51.100.7"]), "10.0.0.1");
        assert_eq!(ask(1, &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(ask(1, &["203.0.113.9", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(ask(2, &["203.0.113.9, 198.51.100.7"]), "203.0.113.9");
        assert_eq!(ask(3, &["203.0.113.9, 198.51.100.7"]), "10.0.0.1");
        assert_eq!(ask(1, &["nonsense"]), "10.0.0.1");
        assert_eq!(ask(1, &["2001:db8:1:2:3:4:5:6"]), "2001:db8:1:2::");
        assert_eq!(ask(1, &["::ffff:198.51.100.7"]), "198.51.100.7");
    }
}
