//! Names to addresses, with the guard at the one place where it cannot be got around: between the resolution that a
//! connection attempt makes and the connection itself.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// Asks for the addresses of a name.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// As the operating system answers.
pub fn system() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    })
}

/// A name leads to an address that is not on the public internet.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not public")]
pub(super) struct NotPublic;

/// Resolves once an attempt. One address that is not public is enough to refuse the name: whoever answers for it mixes
/// them only to be connected inwards.
pub(super) struct Guarded(pub(super) Lookup);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.0)(name.as_str().to_owned());
        Box::pin(async move {
            let found = found.await?;
            if found.iter().any(|address| !is_public(*address)) {
                return Err(NotPublic.into());
            }
            Ok(sockets(found))
        })
    }
}

/// For names that the operator listed: they may lead anywhere.
pub(super) struct Trusted(pub(super) Lookup);

impl Resolve for Trusted {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.0)(name.as_str().to_owned());
        Box::pin(async move { Ok(sockets(found.await?)) })
    }
}

/// Port 0: the client puts the URL's there.
fn sockets(found: Vec<IpAddr>) -> Addrs {
    Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)))
}
