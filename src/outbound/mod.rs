//! The one way out: the HTTP client that everything shares which calls an address somebody else gave.
//!
//! A URL from outside must not make the service call its own network (server-side request forgery). So: `https`
//! only, listed ports only, no user or password in it, public addresses only, literal ones and resolved ones; each attempt
//! resolves the name once and connects to what it has checked; no redirects, no proxy; a time limit for the connection
//! and one for the whole answer; a size limit. What an operator lists as an origin (`http://127.0.0.1:9000`) is exempt from
//! the rules on scheme, port and address, and from no other.

mod address;
mod resolver;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Response, Url, redirect};

pub use address::is_public;
pub use resolver::{Lookup, system};
use resolver::{NotPublic, Resolver};

/// Ports that may be called: the usual one for HTTPS and its usual stand-in.
const PORTS: [u16; 2] = [443, 8443];

/// Longer URLs are not looked at.
const LONGEST_URL: usize = 2048;

/// How patient the client is, and whom it may call beyond the public internet.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Time for name, connection and TLS together.
    pub connect: Duration,
    /// Time for everything, the last byte of the answer included.
    pub whole: Duration,
    /// Time for everything when something is told and not asked: whoever is told may have work to do first.
    pub told: Duration,
    /// Origins that the operator vouches for, as [`origin`] writes them.
    pub allowed: BTreeSet<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            whole: Duration::from_secs(5),
            told: Duration::from_secs(15),
            allowed: BTreeSet::new(),
        }
    }
}

/// Why a call was not made, or did not end well. For logs: none of them holds what the other side sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Not a URL with a host, or too long.
    #[error("not a URL that can be called")]
    Url,
    /// Neither `https` nor listed.
    #[error("only https may be called")]
    Scheme,
    /// A user name or a password stands in the URL.
    #[error("a URL must not hold a user name or a password")]
    Credentials,
    /// A port that is not listed.
    #[error("this port may not be called")]
    Port,
    /// It leads, or its name leads, to an address that is not on the public internet.
    #[error("the address is not on the public internet")]
    Address,
    /// No connection: unknown name, nobody there, no trust in the certificate.
    #[error("no connection")]
    Connection,
    /// Not in time.
    #[error("not in time")]
    Late,
    /// Another status than 200; redirects are among them, and are not followed.
    #[error("answered with status {0}")]
    Status(u16),
    /// More than asked for.
    #[error("the answer is too long")]
    TooLong,
    /// It broke off.
    #[error("the answer broke off")]
    Broken,
}

/// What somebody who was told something answered. Of the body nothing is read: nobody asked for it, and it has no end that
/// could be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status, whatever it is; redirects are not followed.
    pub status: u16,
    /// `Retry-After`, as it came, if it is a text of less than a hundred characters.
    pub retry_after: Option<String>,
}

/// The client could not be made: the machine has no usable certificates, say.
#[derive(Debug, thiserror::Error)]
#[error("the client for outgoing calls cannot be made: {0}")]
pub struct NoClient(#[from] reqwest::Error);

/// The client.
#[derive(Clone, Debug)]
pub struct Outbound {
    guarded: Client,
    trusted: Client,
    told: Duration,
    allowed: Arc<BTreeSet<String>>,
}

impl Outbound {
    /// A client that asks `lookup` for addresses.
    ///
    /// # Errors
    /// [`NoClient`].
    pub fn new(limits: Limits, lookup: Lookup) -> Result<Self, NoClient> {
        let builder = || {
            Client::builder()
                .user_agent(concat!("sedaya/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none())
                .no_proxy()
                .referer(false)
                .connect_timeout(limits.connect)
                .timeout(limits.whole)
                // A kept connection would be to an address that was checked for another attempt.
                .pool_max_idle_per_host(0)
        };
        Ok(Self {
            guarded: builder().dns_resolver(Resolver::guarded(Arc::clone(&lookup))).build()?,
            trusted: builder().dns_resolver(Resolver::trusted(lookup)).build()?,
            told: limits.told,
            allowed: Arc::new(limits.allowed),
        })
    }

    /// Fetches what stands at a URL: at most `longest` bytes.
    ///
    /// # Errors
    /// See [`Failure`]; on those of the URL itself nothing was sent and no name was asked for.
    pub async fn get(&self, url: &str, longest: usize) -> Result<Vec<u8>, Failure> {
        let (client, url) = self.admit(url)?;
        let response = client.get(url).send().await.map_err(|e| failure(&e, Failure::Connection))?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(Failure::Status(response.status().as_u16()));
        }
        read(response, longest).await
    }

    /// Tells something: sends a body, and waits for the head of the answer.
    ///
    /// # Errors
    /// See [`Failure`], but for [`Failure::Status`], [`Failure::TooLong`] and [`Failure::Broken`]; on those of the URL itself
    /// nothing was sent and no name was asked for.
    pub async fn post(&self, url: &str, headers: &[(&str, &str)], body: String) -> Result<Answered, Failure> {
        let (client, url) = self.admit(url)?;
        let request = client.post(url).timeout(self.told).body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.send().await.map_err(|e| failure(&e, Failure::Connection))?;
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let retry_after = retry_after.filter(|text| text.len() < 100).map(ToOwned::to_owned);
        Ok(Answered { status: response.status().as_u16(), retry_after })
    }

    /// Whether a URL may be called, as far as that can be said without asking for its name.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn may_call(&self, url: &str) -> Result<(), Failure> {
        self.admit(url).map(|_admitted| ())
    }

    /// The client for a URL, if it may be called at all.
    fn admit(&self, url: &str) -> Result<(&Client, Url), Failure> {
        let url = if url.len() <= LONGEST_URL { Url::parse(url).ok() } else { None }.ok_or(Failure::Url)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failure::Credentials);
        }
        if self.allowed.contains(&url.origin().ascii_serialization()) {
            return Ok((&self.trusted, url));
        }
        if url.scheme() != "https" {
            return Err(Failure::Scheme);
        }
        if !url.port_or_known_default().is_some_and(|port| PORTS.contains(&port)) {
            return Err(Failure::Port);
        }
        // The resolver is not asked about addresses written out.
        let literal = match url.host().ok_or(Failure::Url)? {
            url::Host::Domain(_) => None,
            url::Host::Ipv4(address) => Some(address.into()),
            url::Host::Ipv6(address) => Some(address.into()),
        };
        if literal.is_some_and(|address| !is_public(address)) {
            return Err(Failure::Address);
        }
        Ok((&self.guarded, url))
    }
}

/// An origin as [`Limits::allowed`] holds it: scheme, host, and the port if it is not the scheme's own.
///
/// # Errors
/// When the text is anything but `http` or `https`, a host and perhaps a port.
pub fn origin(text: &str) -> Result<String, String> {
    let refused = || "an origin like https://sso.example.org:8443, without a path".to_owned();
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(refused)?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && !text.ends_with('/');
    let nobody = url.username().is_empty() && url.password().is_none();
    if bare && nobody { Ok(url.origin().ascii_serialization()) } else { Err(refused()) }
}

async fn read(mut response: Response, longest: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| failure(&e, Failure::Broken))? {
        if body.len() + chunk.len() > longest {
            return Err(Failure::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The client's error in our words; `otherwise` when it is none of those that have a name.
fn failure(error: &reqwest::Error, otherwise: Failure) -> Failure {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<NotPublic>() {
            return Failure::Address;
        }
        cause = error.source();
    }
    if error.is_timeout() { Failure::Late } else { otherwise }
}
