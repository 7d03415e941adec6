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

use std::collections::BTreeSet;

use super::rankable::{Known, Rankable};
use super::{Error, Result, Service};
use crate::domain::id::{CohortId, VentureId};
use crate::store;

/// A cohort that is asked for must be there.
fn check_cohort(service: &Service, cohort: Option<CohortId>) -> Result<()> {
    let Some(cohort) = cohort else { return Ok(()) };
    service.read(|conn| store::cohort::find(conn, cohort)?.map(drop).ok_or(Error::NotFound))
}

/// The ventures of a cohort or of all that are counted, and how many are left out.
fn counted<'r>(
    rankable: &'r Rankable,
    cohort: Option<CohortId>,
    uncounted: &BTreeSet<VentureId>,
) -> (Vec<(VentureId, &'r Known)>, usize) {
    let (left_out, counted): (Vec<_>, Vec<_>) =
        rankable.all(cohort).into_iter().partition(|(id, _)| uncounted.contains(id));
    (counted, left_out.len())
}
