//! Reports for staff and auditors: how far people have come, who is seen, what is late, who has no next step, how far
//! assessors agree. Each says of
//! how many it speaks.

mod agreement;
mod coverage;
mod exposure;
mod funnel;
mod next_steps;
mod overdue;

pub use agreement::{Agreed, Agreement, Correlation, Figure, agreement};
pub use coverage::{Answers, Coverage, coverage};
pub use exposure::{Exposure, Seen, exposure};
pub use funnel::{Funnel, Reached, funnel};
pub use next_steps::{Nexts, Step, next_steps, next_steps_page};
pub use overdue::{Late, overdue};

use super::{Error, Result, Service};
use crate::domain::id::CohortId;
use crate::store;

/// A cohort that is asked for must be there.
fn check_cohort(service: &Service, cohort: Option<CohortId>) -> Result<()> {
    let Some(cohort) = cohort else { return Ok(()) };
    service.read(|conn| store::cohort::find(conn, cohort)?.map(drop).ok_or(Error::NotFound))
}
