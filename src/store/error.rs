//! What can go wrong between the service and its database. No status codes: that is the API's word.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// The result of a store function.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A failure of the database or of what it holds.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database URL cannot be used.
    #[error("{0}")]
    Url(String),
    /// The database cannot be reached, or no connection came free in time.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// What is kept beside the database cannot be written or read.
    #[error("{0}")]
    Beside(String),
    /// A row with this key exists already.
    #[error("a row with this key exists already")]
    Duplicate,
    /// A row names another one that does not exist.
    #[error("a row names another one that does not exist")]
    Reference,
    /// A migration failed.
    #[error("migration: {0}")]
    Migration(String),
    /// The database holds something that this build cannot read.
    #[error("{table}.{column} holds what this build cannot read")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// Anything else.
    #[error("database: {0}")]
    Database(DieselError),
}

impl StoreError {
    pub(super) fn migration(error: Box<dyn std::error::Error + Send + Sync>) -> Self {
        Self::Migration(error.to_string())
    }

    /// Whether trying again later may help.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Beside(_))
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Duplicate,
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => Self::Reference,
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            // SQLite reports a lock, a full disk and a read-only file by message only.
            DieselError::DatabaseError(DatabaseErrorKind::Unknown | DatabaseErrorKind::UnableToSendCommand, info)
                if [
                    "locked",
                    "lock timeout",
                    "statement timeout",
                    "disk is full",
                    "readonly",
                    "disk I/O",
                    "shutting down",
                    "server closed",
                ]
                .iter()
                .any(|sign| info.message().contains(sign)) =>
            {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::BrokenTransactionManager => Self::Unavailable("the connection broke".into()),
            _ => Self::Database(error),
        }
    }
}

impl From<diesel::ConnectionError> for StoreError {
    fn from(error: diesel::ConnectionError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<diesel::r2d2::PoolError> for StoreError {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
