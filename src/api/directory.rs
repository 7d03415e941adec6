//! Who is who and what is whose, as the database says.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use super::blocking::Workers;
use super::problem::Result;
use super::state::{Accounts, Admitted, Proof, Reach, Target};
use crate::domain::actor::Actor;
use crate::ops::{Service, reach, service_token, session, user};

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
    fn active<'a>(&'a self, proof: &'a Proof) -> LocalBoxFuture<'a, Result<Option<Admitted>>> {
        let (service, proof) = (self.service.clone(), proof.clone());
        Box::pin(async move {
            let ask = move || {
                let person = |actor, until| Admitted { actor, scope: None, until };
                service.read(|conn| {
                    Ok(match &proof {
                        Proof::Session(claims) => session::active(conn, claims.user, &claims.session)?
                            .map(|actor| person(actor, claims.expires_at)),
                        Proof::Identity(identity, until) => {
                            user::of_identity(conn, identity)?.map(|actor| person(actor, *until))
                        }
                        Proof::Service(hash) => {
                            service_token::active(conn, hash, service.clock.now())?.map(|(actor, scope, ends)| {
                                Admitted { actor, scope: Some(Arc::new(scope)), until: ends.seconds() }
                            })
                        }
                    })
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
                    Target::Match(id) => reach::a_match(conn, &actor, id),
                    Target::DataRequest(id) => reach::data_request(conn, id),
                    Target::Complaint(id) => reach::complaint(conn, id),
                    Target::Incident(id) => reach::incident(conn, id),
                    Target::Cohort(id) => reach::cohort(conn, id),
                    Target::Participant(id) => reach::participant(conn, id),
                    Target::Assessment(id) => reach::assessment(conn, &actor, id),
                    Target::Rubric(id) => reach::rubric(conn, id),
                    Target::Import(id) => reach::import(conn, id),
                    Target::User(id) => reach::user(conn, id),
                    Target::Webhook(id) => reach::webhook(conn, &actor, id),
                    Target::Mandate(id) => reach::mandate(conn, &actor, id),
                    Target::Allocation(id) => reach::allocation(conn, id),
                })
            };
            Ok(self.workers.run(ask).await??)
        })
    }
}
