//! Why a use case refuses or fails. No status codes: those are the API's words.

use crate::domain::fault::Fault;
use crate::domain::id::MatchListId;
use crate::store::StoreError;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal that depends on where things stand, not on how they were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// The username is somebody's already.
    UsernameTaken,
    /// Another account has this identity.
    IdentityTaken,
    /// This side may not make this move from where the match stands.
    MoveNotOpen,
    /// Staff have not yet seen the investor's papers.
    InvestorNotVerified,
    /// As many requests about data are open as one owner may have.
    TooManyRequests,
    /// The request has ended.
    RequestResolved,
    /// The complaint or incident is closed.
    CaseClosed,
    /// The investor has paused.
    InvestorPaused,
    /// The investor has as many introductions as it can carry.
    NoCapacity,
    /// Interest only from who is licensed to lend.
    LicenceRequired,
    /// The owner does not welcome this kind of support.
    InstrumentNotWelcome,
    /// The venture is on no list any more.
    VentureUnavailable,
    /// Four eyes: the second person must be another one.
    SamePerson,
    /// The version is no draft any more.
    NotDraft,
    /// The version waits for a second person's approval.
    NotApproved,
    /// The criteria have no published version.
    NotPublished,
    /// The criteria use a field that the rubric in use does not have any more.
    CriteriaOutdated,
    /// The list has been published already.
    ListNotDraft,
    /// The draft was ranked over criteria that are not the published ones any more, or over older data than the published list.
    ListOutdated,
    /// What the list was ranked from cannot be read.
    NoInputs,
    /// No rubric is published, so nothing can be assessed.
    NoRubric,
    /// An import into the cohort has not ended yet, and may be writing the same.
    ImportUnderWay,
    /// The person stands for a business, which is erased as a whole.
    StandsForVenture,
    /// A cohort has as many sessions as it may have.
    TooManySessions,
    /// Attendance is noted for the session.
    SessionAttended,
    /// The two sides do not know each other, or no longer.
    NotIntroduced,
    /// A match has as many reports as it may have.
    TooManyReports,
    /// Nothing can be sent to phones.
    NoMessenger,
    /// Another owner has confirmed this phone.
    PhoneInUse,
    /// There are as many webhooks as one side may have.
    TooManyWebhooks,
    /// As many people as may act for one owner do, or are invited to.
    TooManyCompanions,
    /// The owner or the pendamping has ended it.
    MandateEnded,
}

/// A refusal or a failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not theirs: nobody can tell which.
    #[error("not found")]
    NotFound,
    /// The account may not do this.
    #[error("not permitted")]
    Forbidden,
    /// It needs the owner's own word, and somebody who acts for the owner has asked.
    #[error("needs the owner's own word")]
    OwnWord,
    /// Wrong name, password, code or token.
    #[error("wrong credentials")]
    Credentials,
    /// Somebody changed it in the meantime.
    #[error("changed in the meantime")]
    Stale,
    /// It does not go with where things stand.
    #[error("conflict: {0:?}")]
    Conflict(Conflict),
    /// It does not go with where things stand, for these of the many that were sent.
    #[error("conflict: {0:?}")]
    ConflictAt(Conflict, Vec<Fault>),
    /// A newer list has taken this one's place.
    #[error("superseded")]
    Superseded {
        /// The newest.
        by: MatchListId,
    },
    /// What a cursor points into is not kept any more.
    #[error("expired")]
    Expired,
    /// What was sent breaks rules: all of them, with their places.
    #[error("{} rules broken", .0.len())]
    Invalid(Vec<Fault>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of ours.
    #[error("{0}")]
    Internal(String),
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("a stored document: {error}"))
    }
}
