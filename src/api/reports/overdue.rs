//! What is owed and late.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::page::{PageQuery, Pager};
use super::super::parameters::Query;
use super::super::problem::Result;
use crate::domain::id::{InvestorId, MatchId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::report::Task;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::{looks, reports};
use crate::store::Page;

/// Something that is late.
#[derive(Serialize, ToSchema)]
pub struct LateTask {
    task: Task,
    /// What is to be done.
    #[schema(example = "Saring permintaan perkenalan", max_length = 200)]
    label: String,
    venture_id: VentureId,
    /// About which match; absent where it is about the venture alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    match_id: Option<MatchId>,
    /// Of which investor; absent where it is about the venture alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    investor_id: Option<InvestorId>,
    due_at: Instant,
    /// Whole days since then.
    #[schema(example = 2, minimum = 0)]
    days_late: i64,
}

/// What is late: a page, the longest first.
#[derive(Serialize, ToSchema)]
pub struct OverdueReport {
    /// How much is late in all.
    #[schema(example = 3, minimum = 0)]
    late: usize,
    /// The longest first.
    #[schema(max_items = 100)]
    items: Vec<LateTask>,
    /// Cursor of the next page; null on the last.
    #[schema(required = true, max_length = 1000)]
    next: Option<String>,
    /// Cursor of the page before; null on the first.
    #[schema(required = true, max_length = 1000)]
    prev: Option<String>,
}

/// What is late?
///
/// Use it each morning: requests that nobody has screened within three working days, owners whom nobody has reached, or
/// who have not answered and are to be called before their time is over, introductions in which nobody has spoken, matches that were stopped and not looked into, support whose outcome is not noted,
/// contact data that an investor has not deleted, supported businesses of which half a year or a year later nobody has reported
/// whether they are going, requests about data and complaints about a venture that were not answered in 72 hours, and consents to be listed that lapse within 30 days, or have lapsed, and were not taken back.
#[utoipa::path(tag = "reports", params(PageQuery), responses((status = 200, body = OverdueReport)))]
#[get("/v1/reports/overdue")]
pub async fn get_overdue_report(
    caller: Caller<op::GetOverdueReport>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<OverdueReport>> {
    let (lang, now) = (caller.lang, caller.now);
    let pager = Pager::new(&caller, "/v1/reports/overdue", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let actor = caller.actor;
    let work = caller.run(move |service| {
        let late = reports::overdue(service)?;
        let page = Page::numbered(&seek, limit, late.len());
        looks::note(service, &actor, LookKind::Standing, page.items.iter().map(|n| late[*n].venture_id), now)?;
        Ok((late, page))
    });
    let (late, page) = work.await?;
    let page = page.map(|n| {
        let late = late[n];
        let line = LateTask {
            task: late.task,
            label: late.task.label().get(lang).to_owned(),
            venture_id: late.venture_id,
            match_id: late.of.map(|(found, _)| found),
            investor_id: late.of.map(|(_, investor)| investor),
            due_at: late.due_at,
            days_late: (now.seconds() - late.due_at.seconds()) / 86_400,
        };
        (n + 1, line)
    });
    pager.answer_with(page, |page| OverdueReport {
        late: late.len(),
        items: page.items,
        next: page.next,
        prev: page.prev,
    })
}
