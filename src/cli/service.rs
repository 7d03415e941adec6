//! What commands that work on the database stand on.

use std::path::PathBuf;
use std::sync::Arc;

use crate::clock::Clock;
use crate::domain::id::Ids;
use crate::keys::Keys;
use crate::ops::Service;
use crate::store::{Db, Location};

/// Which database and which keys.
#[derive(Clone, Debug, clap::Args)]
pub struct Place {
    /// The database: `sqlite:PATH` or `postgres://…`.
    #[arg(
        long,
        env = "SEDAYA_DATABASE_URL",
        value_name = "URL",
        default_value = "sqlite:sedaya-data/sedaya.db",
        hide_env_values = true
    )]
    pub database_url: String,
    /// The key file; made when it is first needed.
    #[arg(long, env = "SEDAYA_KEY_FILE", value_name = "PATH", default_value = "sedaya-data/keys.json")]
    pub key_file: PathBuf,
}

impl Place {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// What is wrong and what to do.
    pub fn database(&self) -> Result<Db, String> {
        let location = Location::parse(&self.database_url).map_err(|e| e.to_string())?;
        let db = Db::open(location, 2).map_err(|e| e.to_string())?;
        if !db.is_current().map_err(|e| e.to_string())? {
            db.migrate().map_err(|e| e.to_string())?;
        }
        Ok(db)
    }

    /// Opens database and keys.
    ///
    /// # Errors
    /// As [`Place::database`].
    pub fn service(&self) -> Result<Service, String> {
        let db = self.database()?;
        let keys = Keys::open(&self.key_file).map_err(|e| e.to_string())?;
        Ok(Service::new(db, Arc::new(keys), Arc::new(Clock::System), Arc::new(Ids::Random)))
    }
}
