//! From a file to an import.

use std::fs::File;
use std::path::Path;

use super::{OpenFault, Sheet};
use crate::domain::id::CohortId;
use crate::domain::intake::Codebook;
use crate::ops::import::{self, Order, Staged};
use crate::ops::{By, Error, Result, Service, rubric};
use crate::reference;
use crate::store;

/// What reading a cohort's sheet needs to know.
///
/// # Errors
/// [`Error::NotFound`] for an unknown cohort; [`crate::ops::Conflict::NoRubric`] before a rubric is published.
pub fn codebook(service: &Service, cohort: CohortId) -> Result<Codebook> {
    let today = service.clock.now().jakarta_day();
    service.read(|conn| {
        let cohort = store::cohort::find(conn, cohort)?.ok_or(Error::NotFound)?;
        let (_, rubric) = rubric::current(conn)?;
        let day = cohort.starts_on.parse().map_err(|e| Error::Internal(format!("cohorts.starts_on: {e}")))?;
        Ok(Codebook { rubric: rubric.into(), regions: reference::region::names(), day, today })
    })
}

/// Takes a workshop sheet in and promises its import. A file that cannot be opened is a refused import that says why.
///
/// # Errors
/// As [`codebook`]; the store's.
pub fn receive(service: &Service, by: By<'_>, order: Order, path: &Path) -> Result<store::import::Import> {
    let staged = stage(service, by, order, path)?;
    service.write(by, |act| import::promise(act, staged))
}

/// Takes a workshop sheet in, and promises nothing yet.
///
/// # Errors
/// As [`codebook`]; the store's.
pub fn stage(service: &Service, by: By<'_>, order: Order, path: &Path) -> Result<Staged> {
    let book = codebook(service, order.cohort)?;
    let file = File::open(path).map_err(|e| Error::Internal(format!("the file cannot be opened: {e}")))?;
    import::stage(service, by, order, Sheet::open(file, book).map_err(OpenFault::into_row_errors))
}
