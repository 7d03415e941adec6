//! Who is who and what is whose, as the database says.

use futures_util::future::LocalBoxFuture;

use super::blocking::Workers;
use super::problem::Result;
use super::state::{Accounts, Proof, Reach, Target};
use crate::domain::actor::Actor;
use crate::ops::{Service, reach, session, user};

/// Asks the database.
pub struct Directory {
    service: Service,
    workers: Workers,
}

impl Directory {
    /// Over this service, on these threads.
    pub const fn new(service: Service, workers: Workers) -> Self {
        Self { service, workers }
    }
}

impl Accounts for Directory {
    fn active<'a>(&'a self, proof: &'a Proof) -> LocalBoxFuture<'a, Result<Option<Actor>>> {
        let (service, proof) = (self.service.clone(), proof.clone());
        Box::pin(async move {
            let ask = move || {
                service.read(|conn| match &proof {
                    Proof::Session(claims) => session::active(conn, claims.user, &claims.session),
                    Proof::Identity(identity) => user::of_identity(conn, identity),
                })
            };
            Ok(self.workers.run(ask).await??)
        })
    }
}

impl Reach for Directory {
    fn reaches<'a>(&'a self, actor: &'a Actor, target: Target) -> LocalBoxFuture<'a, Result<bool>> {
        let (service, actor) = (self.service.clone(), *actor);
        Box::pin(async move {
            let ask = move || {
                service.read(|conn| match target {
                    Target::Venture(id) => reach::venture(conn, &actor, id),
                    Target::Investor(id) => reach::investor(conn, &actor, id),
                    Target::Criteria(id) => reach::criteria(conn, &actor, id),
                    Target::MatchList(id) => reach::match_list(conn, &actor, id),
                    Target::Cohort(id) => reach::cohort(conn, id),
                    Target::Assessment(id) => reach::assessment(conn, &actor, id),
                    Target::Rubric(id) => reach::rubric(conn, id),
                    Target::Import(id) => reach::import(conn, id),
                    Target::User(id) => reach::user(conn, id),
                })
            };
            Ok(self.workers.run(ask).await??)
        })
    }
}
