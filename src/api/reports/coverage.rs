//! How complete the assessments are.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::parameters::Query;
use super::super::problem::Result;
use super::{ReportQuery, share};
use crate::domain::right::op;
use crate::domain::rubric::Topic;
use crate::domain::text::Lang;
use crate::ops::reports::{self, Coverage};

/// How complete one indicator is, over the assessed ventures.
#[derive(Serialize, ToSchema)]
pub struct IndicatorCoverage {
    /// The indicator's code.
    #[schema(example = "MGT1", max_length = 20)]
    indicator: String,
    /// What people read.
    #[schema(example = "Pencatatan keuangan", max_length = 500)]
    label: String,
    topic: Topic,
    /// For how many it has a value.
    #[schema(example = 74, minimum = 0)]
    valued: usize,
    /// For how many the owner would not say.
    #[schema(example = 2, minimum = 0)]
    not_answered: usize,
    /// For how many it is ours to assess still.
    #[schema(example = 1, minimum = 0)]
    not_assessed: usize,
    /// For how many the rubric says that it does not apply.
    #[schema(example = 1, minimum = 0)]
    not_applicable: usize,
    /// Values of those to which it applies, 0–1; null when it applies to none.
    #[schema(required = true, example = 0.961, minimum = 0, maximum = 1)]
    of_applicable: Option<f64>,
    /// On how many the assessors are too far apart.
    #[schema(example = 0, minimum = 0)]
    open_adjudication: usize,
    /// How many values rest on the owner's word, on what was seen, on a document, on a third party.
    #[schema(min_items = 4, max_items = 4, example = json!([40, 22, 12, 0]))]
    evidence: [usize; 4],
}

/// How complete the assessments are.
#[derive(Serialize, ToSchema)]
pub struct CoverageReport {
    /// How many ventures there are.
    #[schema(example = 80, minimum = 0)]
    ventures: usize,
    /// How many ventures are left out everywhere else in this report, since their owners do not want to be counted.
    #[schema(example = 0, minimum = 0)]
    left_out: usize,
    /// How many of them are assessed.
    #[schema(example = 78, minimum = 0)]
    assessed: usize,
    /// Assessed of all, 0–1; null when there are none.
    #[schema(required = true, example = 0.975, minimum = 0, maximum = 1)]
    of_ventures: Option<f64>,
    /// How many have enough of it for a readiness level.
    #[schema(example = 75, minimum = 0)]
    with_level: usize,
    /// In the rubric's order.
    #[schema(max_items = 200)]
    items: Vec<IndicatorCoverage>,
}

impl CoverageReport {
    fn new(coverage: &Coverage, lang: Lang) -> Self {
        let items = coverage.rubric.indicators().zip(&coverage.indicators).map(|(indicator, answers)| {
            let applicable = coverage.assessed - answers.not_applicable;
            IndicatorCoverage {
                indicator: indicator.code.clone(),
                label: indicator.label.get(lang).to_owned(),
                topic: indicator.topic,
                valued: answers.valued,
                not_answered: answers.not_answered,
                not_assessed: answers.not_assessed,
                not_applicable: answers.not_applicable,
                of_applicable: share(answers.valued, applicable),
                open_adjudication: answers.open_adjudication,
                evidence: answers.evidence,
            }
        });
        Self {
            items: items.collect(),
            ventures: coverage.ventures,
            left_out: coverage.left_out,
            assessed: coverage.assessed,
            of_ventures: share(coverage.assessed, coverage.ventures),
            with_level: coverage.with_level,
        }
    }
}

/// How complete are the assessments?
///
/// Use it after a workshop to see what is still to be assessed, what owners would not say, where assessors disagree, and on
/// what the values rest. Under the rubric in use.
#[utoipa::path(
    tag = "reports",
    params(ReportQuery),
    responses((status = 200, body = CoverageReport)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[get("/v1/reports/coverage")]
pub async fn get_coverage_report(
    caller: Caller<op::GetCoverageReport>,
    Query(query): Query<ReportQuery>,
) -> Result<Answer<CoverageReport>> {
    let lang = caller.lang;
    let coverage = caller.run(move |service| reports::coverage(service, query.cohort_id)).await?;
    Ok(Answer::ok(CoverageReport::new(&coverage, lang)))
}
