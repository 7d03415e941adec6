//! What handlers share, and the questions the machinery asks of the rooms below it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use actix_web::{HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::blocking::Workers;
use super::metrics::Metrics;
use super::problem::{Problem, Result};
use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::domain::id::{
    AssessmentId, CohortId, CriteriaId, Ids, ImportId, InvestorId, MatchId, MatchListId, ParticipantId, RubricId,
    UserId, VentureId,
};
use crate::keys::Keys;
use crate::keys::token::Claims;

/// Limits of the service that an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A request is answered within this time, or with 503.
    pub deadline: Duration,
}

/// Who an access token speaks for, now: roles and accounts are checked here at each request, and never
/// believed from the token alone.
pub trait Accounts: Send + Sync {
    /// The account behind verified claims, or `None` when it is disabled, its session was ended, or it no
    /// longer has the role that the token says. May be up to a minute old.
    fn active<'a>(&'a self, claims: &'a Claims) -> LocalBoxFuture<'a, Result<Option<Actor>>>;
}

/// Whether a thing exists as far as somebody may know.
pub trait Reach: Send + Sync {
    /// `false` when there is no such thing or it is not the actor's to know of: the answer is 404 either way.
    fn reaches<'a>(&'a self, actor: &'a Actor, target: Target) -> LocalBoxFuture<'a, Result<bool>>;
}

/// Knows nobody and reaches nothing: what stands behind a service without accounts.
pub struct Nobody;

impl Accounts for Nobody {
    fn active<'a>(&'a self, _: &'a Claims) -> LocalBoxFuture<'a, Result<Option<Actor>>> {
        Box::pin(async { Ok(None) })
    }
}

impl Reach for Nobody {
    fn reaches<'a>(&'a self, _: &'a Actor, _: Target) -> LocalBoxFuture<'a, Result<bool>> {
        Box::pin(async { Ok(false) })
    }
}

macro_rules! targets {
    ($($kind:ident($id:ident)),+ $(,)?) => {
        /// A thing that a path names by its id.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Target { $(
            #[allow(missing_docs)]
            $kind($id)
        ),+ }

        $(
            impl super::parameters::Located for $id {
                fn target(&self) -> Option<Target> {
                    Some(Target::$kind(*self))
                }
            }
        )+
    };
}

targets! {
    Venture(VentureId), Investor(InvestorId), Criteria(CriteriaId), MatchList(MatchListId), Match(MatchId),
    Cohort(CohortId), Participant(ParticipantId), Assessment(AssessmentId), Rubric(RubricId), Import(ImportId),
    User(UserId),
}

/// What all requests of a process share.
pub struct State {
    /// Secrets and what is done with them.
    pub keys: Arc<Keys>,
    /// The time.
    pub clock: Arc<Clock>,
    /// New ids.
    pub ids: Arc<Ids>,
    /// Who is who.
    pub accounts: Arc<dyn Accounts>,
    /// What is whose.
    pub reach: Arc<dyn Reach>,
    /// The OpenAPI document as it is served.
    pub document: web::Bytes,
    /// Threads for work that blocks, as many as there are database connections.
    pub workers: Workers,
    /// Threads for passwords, which take memory: far fewer.
    pub password_workers: Workers,
    /// Counters.
    pub metrics: Metrics,
    /// Limits.
    pub limits: Limits,
    /// Set when the service is about to stop: it is not ready any more, and answers close their connections.
    pub stopping: AtomicBool,
    /// Whether what the service stands on is there. Blocks.
    pub sound: Box<dyn Fn() -> bool + Send + Sync>,
}

impl State {
    /// The state of the app that received a request.
    pub(crate) fn of(request: &HttpRequest) -> Result<Arc<Self>> {
        let data = request.app_data::<web::Data<Self>>();
        data.map(|d| d.clone().into_inner()).ok_or_else(|| Problem::internal("an app without state"))
    }
}
