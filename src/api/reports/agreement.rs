//! How far assessors agree.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::parameters::Query;
use super::super::problem::Result;
use super::{ReportQuery, rounded};
use crate::domain::report::{NoFigure, reading_of_alpha};
use crate::domain::right::op;
use crate::domain::rubric::Topic;
use crate::domain::text::Lang;
use crate::ops::reports::{self, Agreement, Correlation, Figure};

/// Why there is no figure.
#[derive(Serialize, ToSchema)]
pub struct NoFigureReason {
    code: NoFigure,
    /// What people read.
    #[schema(example = "Kurang dari sepuluh usaha yang dinilai lebih dari satu asesor", max_length = 200)]
    label: String,
}

impl NoFigureReason {
    fn of<T>(figure: &Figure<T>, lang: Lang) -> Option<Self> {
        let code = *figure.value.as_ref().err()?;
        Some(Self { code, label: code.label().get(lang).to_owned() })
    }
}

/// Krippendorff's α on an ordinal scale.
#[derive(Serialize, ToSchema)]
pub struct Alpha {
    /// 1 is perfect agreement, 0 what chance gives, below 0 worse than chance; null where there is no figure.
    #[schema(required = true, example = 0.8125, minimum = -1, maximum = 1)]
    value: Option<f64>,
    /// What it allows, in words; null where there is no figure. From 0.8 conclusions, from 0.667 tentative ones.
    #[schema(required = true, example = "Asesor sepakat; nilai dapat diandalkan", max_length = 200)]
    text: Option<String>,
    /// How many ventures it rests on: those with values by two assessors or more.
    #[schema(example = 24, minimum = 0)]
    ventures: usize,
    /// How many assessors gave those values.
    #[schema(example = 6, minimum = 0)]
    assessors: usize,
    /// Why there is none.
    #[schema(required = true)]
    reason: Option<NoFigureReason>,
}

/// Intraclass correlations, two-way, absolute agreement.
#[derive(Serialize, ToSchema)]
pub struct IntraclassCorrelation {
    /// ICC(2,1): how far one assessor's value can be relied on; null where there is no figure. Below 0 when they disagree.
    #[schema(required = true, example = 0.7419, maximum = 1)]
    single: Option<f64>,
    /// ICC(2,k): how far the mean of these assessors can be relied on; null where there is no figure. Below 0 when they
    /// disagree, and then without a lower limit.
    #[schema(required = true, example = 0.8518, maximum = 1)]
    mean: Option<f64>,
    /// How many ventures it rests on.
    #[schema(example = 18, minimum = 0)]
    ventures: usize,
    /// How many assessors: those who judged most ventures together, as each of them must have judged each venture.
    #[schema(example = 2, minimum = 0)]
    assessors: usize,
    /// Why there is none.
    #[schema(required = true)]
    reason: Option<NoFigureReason>,
}

/// How far assessors agree on one indicator.
#[derive(Serialize, ToSchema)]
pub struct IndicatorAgreement {
    /// The indicator's code.
    #[schema(example = "MGT1", max_length = 20)]
    indicator: String,
    /// What people read.
    #[schema(example = "Pencatatan keuangan", max_length = 500)]
    label: String,
    topic: Topic,
    alpha: Alpha,
    icc: IntraclassCorrelation,
}

/// How far assessors agree.
#[derive(Serialize, ToSchema)]
pub struct AgreementReport {
    /// How many baseline assessments under the rubric in use have been handed in.
    #[schema(example = 120, minimum = 0)]
    assessments: usize,
    /// Of how many ventures.
    #[schema(example = 96, minimum = 0)]
    ventures: usize,
    /// Of how many ventures by two assessors or more: only these say anything of agreement.
    #[schema(example = 24, minimum = 0)]
    judged_twice: usize,
    /// By how many assessors.
    #[schema(example = 6, minimum = 0)]
    assessors: usize,
    /// How many ventures are left out everywhere else in this report, since their owners do not want to be counted.
    #[schema(example = 0, minimum = 0)]
    left_out: usize,
    /// In the rubric's order.
    #[schema(max_items = 200)]
    items: Vec<IndicatorAgreement>,
}

impl AgreementReport {
    fn new(agreement: &Agreement, lang: Lang) -> Self {
        let items = agreement.rubric.indicators().zip(&agreement.indicators).map(|(indicator, agreed)| {
            let (alpha, icc) = (&agreed.alpha, &agreed.icc);
            let correlation = |of: fn(&Correlation) -> f64| icc.value.as_ref().ok().map(|c| rounded(of(c)));
            IndicatorAgreement {
                indicator: indicator.code.clone(),
                label: indicator.label.get(lang).to_owned(),
                topic: indicator.topic,
                alpha: Alpha {
                    value: alpha.value.ok().map(rounded),
                    text: alpha.value.ok().map(|value| reading_of_alpha(value).get(lang).to_owned()),
                    ventures: alpha.ventures,
                    assessors: alpha.assessors,
                    reason: NoFigureReason::of(alpha, lang),
                },
                icc: IntraclassCorrelation {
                    single: correlation(|c| c.single),
                    mean: correlation(|c| c.mean),
                    ventures: icc.ventures,
                    assessors: icc.assessors,
                    reason: NoFigureReason::of(icc, lang),
                },
            }
        });
        Self {
            items: items.collect(),
            assessments: agreement.assessments,
            ventures: agreement.ventures,
            judged_twice: agreement.judged_twice,
            assessors: agreement.assessors,
            left_out: agreement.left_out,
        }
    }
}

/// How far do assessors agree?
///
/// Use it after a workshop to see on which indicators assessors who judged the same business, each alone, came to the same
/// value, and so which anchors need sharper words. Over submitted baseline assessments under the rubric in use; an answer
/// without a value does not count. No figure rests on fewer than two assessors or ten businesses. No assessor is named.
#[utoipa::path(
    tag = "reports",
    params(ReportQuery),
    responses((status = 200, body = AgreementReport)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[get("/v1/reports/agreement")]
pub async fn get_agreement_report(
    caller: Caller<op::GetAgreementReport>,
    Query(query): Query<ReportQuery>,
) -> Result<Answer<AgreementReport>> {
    let lang = caller.lang;
    let agreement = caller.run(move |service| reports::agreement(service, query.cohort_id)).await?;
    Ok(Answer::ok(AgreementReport::new(&agreement, lang)))
}
