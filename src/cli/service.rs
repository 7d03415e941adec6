//! What commands that work on the database stand on.

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Place;
use crate::domain::id::Ids;
use crate::keys::Keys;
use crate::ops::{Service, erasure};
use crate::store::{Db, Location};

/// Opens the database and brings its tables up to date.
///
/// # Errors
/// What is wrong and what to do.
fn database(place: &Place) -> Result<Db, String> {
    let location = Location::parse(&place.database_url).map_err(|e| e.to_string())?;
    let db = Db::open(location, 2).map_err(|e| e.to_string())?;
    if !db.is_current().map_err(|e| e.to_string())? {
        db.migrate().map_err(|e| e.to_string())?;
    }
    Ok(db)
}

/// Opens a database that is there, and leaves its tables as they stand.
///
/// # Errors
/// What is wrong and what to do.
pub fn as_it_stands(place: &Place) -> Result<Db, String> {
    let location = Location::parse(&place.database_url).map_err(|e| e.to_string())?;
    if let Location::Sqlite(path) = &location
        && !std::path::Path::new(path).exists()
    {
        return Err(format!("there is no database at {path}"));
    }
    Db::open(location, 1).map_err(|e| e.to_string())
}

/// Opens database and keys.
///
/// # Errors
/// What is wrong and what to do.
pub fn open(place: &Place) -> Result<Service, String> {
    let db = database(place)?;
    let keys = Keys::open(&place.key_file).map_err(|e| e.to_string())?;
    let mut service = Service::new(db, Arc::new(keys), Arc::new(Clock::System), Arc::new(Ids::Random));
    if let Some(file) = &place.tombstone_file {
        service = service.with_tombstones(file);
    }
    // A database from before an erasure is not worked on before it has been erased there too.
    erasure::settle(&service).map_err(|e| e.to_string())?;
    Ok(service)
}
