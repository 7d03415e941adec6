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

/// Resolves once an attempt.
pub(super) struct Resolver {
    lookup: Lookup,
    anywhere: bool,
}

impl Resolver {
    /// One address that is not public is enough to refuse the name: whoever answers for it mixes them only to be connected
    /// inwards.
    pub(super) const fn guarded(lookup: Lookup) -> Self {
        Self { lookup, anywhere: false }
    }

    /// For names that the operator listed: they may lead anywhere.
    pub(super) const fn trusted(lookup: Lookup) -> Self {
        Self { lookup, anywhere: true }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, anywhere) = ((self.lookup)(name.as_str().to_owned()), self.anywhere);
        Box::pin(async move {
            let found = found.await?;
            if !anywhere && found.iter().any(|address| !is_public(*address)) {
                return Err(NotPublic.into());
            }
            // Port 0: the client puts the URL's there.
            let sockets: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(sockets)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;
    use std::sync::Mutex;

    use super::*;

    /// What the client connects to is what was checked, and nothing else is asked: were the name looked up again after
    /// the check, its second answer would be inside.
    #[tokio::test]
    async fn what_was_checked_is_what_is_given() {
        let answers = Arc::new(Mutex::new(vec![vec!["127.0.0.1"], vec!["1.1.1.1", "2606:4700::1111"]]));
        let left = Arc::clone(&answers);
        let lookup: Lookup = Arc::new(move |_| {
            let next = left.lock().unwrap().pop().unwrap();
            Box::pin(async move { Ok(next.iter().map(|a| a.parse().unwrap()).collect()) })
        });
        let resolver = Resolver::guarded(lookup);
        let name = || Name::from_str("example.org").unwrap();
        let given: Vec<String> = resolver.resolve(name()).await.unwrap().map(|a| a.ip().to_string()).collect();
        assert_eq!(given, ["1.1.1.1", "2606:4700::1111"]);
        assert_eq!(answers.lock().unwrap().len(), 1, "one question");
        let refused = resolver.resolve(name()).await.map(|_| ()).unwrap_err();
        assert!(refused.is::<NotPublic>());
    }
}
