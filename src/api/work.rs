//! From a handler to a use case and back: blocking work on its threads, refusals in the API's words.

use super::caller::{Anyone, Caller};
use super::codes::Code;
use super::problem::{Fault, Problem, Result};
use crate::ops::{self, Act, By, Conflict};
use crate::store::{Conn, StoreError};

impl<O> Anyone<O> {
    /// Does something that nobody is signed in for: a sign-in, say.
    pub async fn write<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&mut Act<'_>) -> ops::Result<T> + Send + 'static,
    ) -> Result<T> {
        let service = self.app.service.clone();
        Ok(self.app.workers.run(move || service.write(By::Nobody, deed)).await??)
    }

    /// Asks the database something.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Conn) -> ops::Result<T> + Send + 'static,
    ) -> Result<T> {
        let service = self.app.service.clone();
        Ok(self.app.workers.run(move || service.read(question)).await??)
    }

    /// Runs anything that blocks and stands on the whole service.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ops::Service) -> ops::Result<T> + Send + 'static,
    ) -> Result<T> {
        let service = self.app.service.clone();
        Ok(self.app.workers.run(move || work(&service)).await??)
    }
}

impl<O> Caller<O> {
    /// Does a deed of the caller in one transaction.
    pub async fn act<T: Send + 'static>(
        &self,
        deed: impl FnOnce(&mut Act<'_>) -> ops::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (service, actor) = (self.app.service.clone(), self.actor);
        Ok(self.app.workers.run(move || service.write(By::Account(&actor), deed)).await??)
    }
}

/// An optional thing that must be there.
pub fn found<T>(thing: Option<T>) -> ops::Result<T> {
    thing.ok_or(ops::Error::NotFound)
}

impl From<ops::Error> for Problem {
    fn from(error: ops::Error) -> Self {
        match error {
            ops::Error::NotFound => Self::not_found(),
            ops::Error::Forbidden => Self::new(Code::Forbidden),
            ops::Error::OwnWord => Self::new(Code::OwnWordOnly),
            ops::Error::Credentials => Self::new(Code::WrongCredentials),
            ops::Error::Stale => Self::new(Code::StaleVersion),
            ops::Error::Conflict(conflict) => Self::new(code_of(conflict)),
            ops::Error::ConflictAt(conflict, faults) => Self::new(code_of(conflict)).faults(in_body(faults)),
            ops::Error::Superseded { by } => Self::superseded(by),
            ops::Error::Expired => Self::new(Code::RankingExpired),
            ops::Error::Invalid(faults) => Self::invalid_body(in_body(faults)),
            ops::Error::Store(error) => error.into(),
            ops::Error::Internal(cause) => Self::internal(cause),
        }
    }
}

fn in_body(faults: Vec<crate::domain::fault::Fault>) -> Vec<Fault> {
    faults.into_iter().map(|f| Fault::at(f.pointer, f.code, f.detail)).collect()
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_transient() {
            tracing::warn!(cause = %error, "the database does not answer");
            return Self::new(Code::Unavailable);
        }
        Self::internal(error)
    }
}

const fn code_of(conflict: Conflict) -> Code {
    match conflict {
        Conflict::UsernameTaken => Code::UsernameTaken,
        Conflict::IdentityTaken => Code::IdentityTaken,
        Conflict::MoveNotOpen => Code::MoveNotOpen,
        Conflict::InvestorNotVerified => Code::InvestorNotVerified,
        Conflict::TooManyRequests => Code::TooManyRequestsOpen,
        Conflict::RequestResolved => Code::RequestResolved,
        Conflict::CaseClosed => Code::CaseClosed,
        Conflict::InvestorPaused => Code::InvestorPaused,
        Conflict::NoCapacity => Code::NoCapacity,
        Conflict::LicenceRequired => Code::LicenceRequired,
        Conflict::InstrumentNotWelcome => Code::InstrumentNotWelcome,
        Conflict::VentureUnavailable => Code::VentureUnavailable,
        Conflict::SamePerson => Code::SamePerson,
        Conflict::NotDraft => Code::NotDraft,
        Conflict::NotApproved => Code::NotApproved,
        Conflict::CriteriaOutdated => Code::CriteriaOutdated,
        Conflict::NotPublished => Code::NotPublished,
        Conflict::ListNotDraft => Code::ListNotDraft,
        Conflict::ListOutdated => Code::ListOutdated,
        Conflict::NoInputs => Code::NoInputs,
        Conflict::NoRubric => Code::NoRubric,
        Conflict::ImportUnderWay => Code::ImportUnderWay,
        Conflict::StandsForVenture => Code::StandsForVenture,
        Conflict::TooManySessions => Code::TooManySessions,
        Conflict::SessionAttended => Code::SessionAttended,
        Conflict::NotIntroduced => Code::NotIntroduced,
        Conflict::TooManyReports => Code::TooManyReports,
        Conflict::NoMessenger => Code::NoMessenger,
        Conflict::PhoneInUse => Code::PhoneInUse,
        Conflict::TooManyWebhooks => Code::TooManyWebhooks,
        Conflict::TooManyCompanions => Code::TooManyCompanions,
        Conflict::MandateEnded => Code::MandateEnded,
    }
}
