//! Who is seen, and who is not.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::page::Pager;
use super::super::parameters::Query;
use super::super::problem::Result;
use super::{LongReportQuery, rounded, share};
use crate::domain::id::VentureId;
use crate::domain::look::LookKind;
use crate::domain::report::Unseen;
use crate::domain::right::op;
use crate::ops::{looks, reports};
use crate::store::Page;

/// Why no list shows a venture.
#[derive(Serialize, ToSchema)]
pub struct UnseenReason {
    code: Unseen,
    /// What people read.
    #[schema(example = "Belum mendapat tempat di daftar mana pun", max_length = 200)]
    label: String,
}

/// How much a venture is seen.
#[derive(Serialize, ToSchema)]
pub struct VentureExposure {
    venture_id: VentureId,
    /// On how many published lists it stands.
    #[schema(example = 2, minimum = 0)]
    lists: usize,
    /// For how many investors.
    #[schema(example = 2, minimum = 0)]
    investors: usize,
    /// The sum of 1 / log2(1 + place) over its places: 1 for a first place, 0.5 for a third.
    #[schema(example = 0.8175, minimum = 0)]
    exposure: f64,
    /// Why no list shows it; null if one does.
    #[schema(required = true)]
    unseen: Option<UnseenReason>,
}

/// Who is seen, and who is not: a page of ventures, the least seen first.
#[derive(Serialize, ToSchema)]
pub struct ExposureReport {
    /// How many ventures there are.
    #[schema(example = 80, minimum = 0)]
    ventures: usize,
    /// How many ventures are left out everywhere else in this report, since their owners do not want to be counted.
    #[schema(example = 0, minimum = 0)]
    left_out: usize,
    /// How many places they have on published lists.
    #[schema(example = 64, minimum = 0)]
    places: usize,
    /// How many ventures are assessed and may be listed today.
    #[schema(example = 70, minimum = 0)]
    eligible: usize,
    /// How many of those stand on a published list.
    #[schema(example = 41, minimum = 0)]
    shown: usize,
    /// Shown of eligible, 0–1; null when nobody is eligible.
    #[schema(required = true, example = 0.5857, minimum = 0, maximum = 1)]
    of_eligible: Option<f64>,
    /// The share of all exposure that the most seen tenth of the eligible has, 0–1; null without any.
    #[schema(required = true, example = 0.31, minimum = 0, maximum = 1)]
    top_tenth_share: Option<f64>,
    /// The least seen first.
    #[schema(max_items = 100)]
    items: Vec<VentureExposure>,
    /// Cursor of the next page; null on the last.
    #[schema(required = true, max_length = 1000)]
    next: Option<String>,
    /// Cursor of the page before; null on the first.
    #[schema(required = true, max_length = 1000)]
    prev: Option<String>,
}

/// Who is seen, and who is not?
///
/// Use it to find the ventures that no investor's list shows, and why; and to see whether a few take all the attention. Over
/// the published lists of all investors, as they stand now.
#[utoipa::path(
    tag = "reports",
    params(LongReportQuery),
    responses((status = 200, body = ExposureReport)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[get("/v1/reports/exposure")]
pub async fn get_exposure_report(
    caller: Caller<op::GetExposureReport>,
    Query(query): Query<LongReportQuery>,
) -> Result<Answer<ExposureReport>> {
    let (lang, cohort, list) = (caller.lang, query.cohort_id, query.list("/v1/reports/exposure"));
    let pager = Pager::new(&caller, list, query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let actor = caller.actor;
    let work = caller.run(move |service| {
        let all = reports::exposure(service, cohort)?;
        let page = Page::numbered(&seek, limit, all.ventures.len());
        let seen = page.items.iter().map(|n| all.ventures[*n].venture);
        looks::note(service, &actor, LookKind::Standing, seen, service.clock.now())?;
        Ok((all, page))
    });
    let (all, page) = work.await?;
    let page = page.map(|n| {
        let seen = all.ventures[n];
        let line = VentureExposure {
            venture_id: seen.venture,
            lists: seen.lists,
            investors: seen.investors,
            exposure: rounded(seen.exposure),
            unseen: seen.unseen.map(|code| UnseenReason { code, label: code.label().get(lang).to_owned() }),
        };
        (n + 1, line)
    });
    pager.answer_with(page, |page| ExposureReport {
        ventures: all.ventures.len(),
        left_out: all.left_out,
        places: all.places,
        eligible: all.eligible,
        shown: all.shown,
        of_eligible: share(all.shown, all.eligible),
        top_tenth_share: all.top_tenth.map(rounded),
        items: page.items,
        next: page.next,
        prev: page.prev,
    })
}
