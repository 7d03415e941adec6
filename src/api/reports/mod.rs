//! Reports for staff and auditors. Each says of how many it speaks.

mod agreement;
mod attendance;
mod coverage;
mod exposure;
mod funnel;
mod next_steps;
mod overdue;

use serde::Deserialize;

use super::routes::Routes;
use crate::domain::id::CohortId;

/// Adds the routes of this folder.
pub(crate) fn routes(routes: &mut Routes) {
    routes
        .add(funnel::get_funnel_report)
        .add(exposure::get_exposure_report)
        .add(coverage::get_coverage_report)
        .add(agreement::get_agreement_report)
        .add(next_steps::get_next_steps_report)
        .add(next_steps::list_next_steps)
        .add(attendance::get_attendance_report)
        .add(overdue::get_overdue_report);
}

/// Whom a report speaks of.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    /// Only of this cohort; of all if left out.
    #[param(value_type = CohortId, required = false, example = "coh_01jcnq8xvgf0nadk1qh2t8wz5e")]
    pub cohort_id: Option<CohortId>,
}

/// A report that is read page by page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LongReportQuery {
    /// Only of this cohort; of all if left out.
    #[param(value_type = CohortId, required = false, example = "coh_01jcnq8xvgf0nadk1qh2t8wz5e")]
    pub cohort_id: Option<CohortId>,
    /// How many items; 20 unless told, never more than 100.
    #[param(minimum = 1, maximum = 1_000_000, example = 20)]
    pub limit: Option<u32>,
    /// `next` or `prev` of an earlier page of this list.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

impl LongReportQuery {
    /// The list that its cursors are for.
    fn list(&self, path: &str) -> String {
        self.cohort_id.map_or_else(|| path.to_owned(), |cohort| format!("{path}?cohort_id={cohort}"))
    }
}

/// A part of a whole, 0–1 with four decimals; `None` of nothing.
#[allow(clippy::cast_precision_loss, reason = "counts of ventures")]
fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| rounded(part as f64 / whole as f64))
}

/// With four decimals.
pub(super) fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}
