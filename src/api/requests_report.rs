//! How requests about data are answered, in numbers.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::problem::Result;
use super::routes::Routes;
use crate::domain::data_request::{RequestKind, RequestState};
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::data_request::{self, Tally};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(get_requests_report);
}

/// So many in a state.
#[derive(Serialize, ToSchema)]
pub struct StateCount {
    state: RequestState,
    /// How many.
    #[schema(example = 3, minimum = 0)]
    count: usize,
}

/// Requests in numbers. What is counted stands beside what it is counted of.
#[derive(Serialize, ToSchema)]
pub struct RequestNumbers {
    /// How many there are.
    #[schema(example = 12, minimum = 0)]
    total: usize,
    /// By where they stand; together they are `total`.
    #[schema(max_items = 10)]
    by_state: Vec<StateCount>,
    /// How many should have been answered by now, of those that are not (`open` and `in_progress`).
    #[schema(example = 1, minimum = 0)]
    overdue: usize,
    /// How many have ended (`answered` and `refused`): what the next two are of.
    #[schema(example = 9, minimum = 0)]
    resolved: usize,
    /// How many of those ended within 72 hours.
    #[schema(example = 8, minimum = 0)]
    in_time: usize,
    /// Hours from receipt to answer, the median of those that have ended; null when none has.
    #[schema(required = true, example = 21.5, minimum = 0)]
    median_hours: Option<f64>,
}

impl From<&Tally> for RequestNumbers {
    fn from(tally: &Tally) -> Self {
        let count = |state| tally.states.iter().filter(|known| **known == state).count();
        Self {
            total: tally.states.len(),
            by_state: RequestState::ALL
                .iter()
                .map(|state| StateCount { state: *state, count: count(*state) })
                .collect(),
            overdue: tally.overdue,
            resolved: tally.hours.len(),
            in_time: tally.in_time,
            median_hours: tally.median_hours(),
        }
    }
}

/// Requests of one kind, in numbers.
#[derive(Serialize, ToSchema)]
pub struct KindNumbers {
    kind: RequestKind,
    numbers: RequestNumbers,
}

/// How requests about data are answered.
#[derive(Serialize, ToSchema)]
pub struct RequestsReport {
    /// As of when.
    at: Instant,
    /// All of them.
    all: RequestNumbers,
    /// By what is asked.
    #[schema(max_items = 20)]
    by_kind: Vec<KindNumbers>,
}

/// How are requests about data answered?
///
/// Use it to report on the 72 hours: how many were asked, by kind and state, how many are late, and how long an answer takes. Erased
/// owners' requests are counted too: that one asked and was answered is kept.
#[utoipa::path(tag = "reports", responses((status = 200, body = RequestsReport)))]
#[get("/v1/reports/requests")]
pub async fn get_requests_report(caller: Caller<op::GetRequestsReport>) -> Result<Answer<RequestsReport>> {
    let report = caller.run(|service| {
        let at = service.clock.now();
        let (all, by_kind) = service.read(|conn| data_request::tally(conn, at))?;
        let by_kind = by_kind.iter().map(|(kind, tally)| KindNumbers { kind: *kind, numbers: tally.into() });
        Ok(RequestsReport { at, all: (&all).into(), by_kind: by_kind.collect() })
    });
    Ok(Answer::ok(report.await?))
}
