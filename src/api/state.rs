//! What handlers share, and the questions the machinery asks of the rooms below it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use actix_web::{HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::admission::Admissions;
use super::blocking::Workers;
use super::cors::Origins;
use super::importer::Imports;
use super::issuers::Issuers;
use super::metrics::Metrics;
use super::problem::{Problem, Result};
use super::rate::Rates;
use crate::domain::actor::{Actor, Identity};
use crate::domain::id::{
    AllocationId, AssessmentId, CohortId, ComplaintId, CriteriaId, DataRequestId, ImportId, IncidentId, InvestorId,
    MandateId, MatchId, MatchListId, ParticipantId, RubricId, UserId, VentureId, WebhookId,
};
use crate::domain::scope::Scope;
use crate::keys::token::Claims;
use crate::ops::Service;
use crate::outbound::Outbound;

/// Limits of the service that an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A request is answered within this time, or with 503.
    pub deadline: Duration,
    /// Proxies of our own in front of the service.
    pub proxies: usize,
}

/// What a caller has proved.
#[derive(Clone, Debug)]
pub enum Proof {
    /// To hold an access token of ours.
    Session(Claims),
    /// To be this person of another issuer, until the second, of those since 1970.
    Identity(Identity, i64),
    /// To hold a program's token, by its keyed hash.
    Service(String),
}

/// Who was let in.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Who it is.
    pub actor: Actor,
    /// What a program may do; `None` for people, who may do all that their role may.
    pub scope: Option<Arc<Scope>>,
    /// Until when the proof holds, seconds since 1970.
    pub until: i64,
}

/// Who a proof speaks for, now: roles and accounts are never believed from a token alone.
pub trait Accounts: Send + Sync {
    /// The account behind a proof, or `None` when there is none, it is disabled or its session was ended.
    fn active<'a>(&'a self, proof: &'a Proof) -> LocalBoxFuture<'a, Result<Option<Admitted>>>;
}

/// Whether a thing exists as far as somebody may know.
pub trait Reach: Send + Sync {
    /// `false` when there is no such thing or it is not the actor's to know of: the answer is 404 either way.
    fn reaches<'a>(&'a self, actor: &'a Actor, target: Target) -> LocalBoxFuture<'a, Result<bool>>;
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
    Venture(VentureId), Investor(InvestorId), Criteria(CriteriaId), MatchList(MatchListId), Match(MatchId), DataRequest(DataRequestId), Complaint(ComplaintId), Incident(IncidentId), Cohort(CohortId),
    Assessment(AssessmentId), Rubric(RubricId), Import(ImportId), User(UserId), Webhook(WebhookId), Mandate(MandateId), Allocation(AllocationId),
    Participant(ParticipantId),
}

/// What all requests of a process share.
pub struct State {
    /// What the use cases stand on: database, keys, clock, ids.
    pub service: Service,
    /// Carries imports to their end.
    pub imports: Imports,
    /// Who is who.
    pub accounts: Arc<dyn Accounts>,
    /// Whom we trust to say who somebody is.
    pub issuers: Issuers,
    /// The one way out: whether an address that somebody gives may be called.
    pub outbound: Outbound,
    /// Where owners open the service, as result cards print it.
    pub public_url: Option<String>,
    /// Whose web pages may call.
    pub origins: Origins,
    /// How often somebody may ask.
    pub rates: Rates,
    /// Who was let in lately.
    pub admissions: Admissions,
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
