//! Rankings that are not published: staff's live view, and what-ifs that keep nothing.

use std::time::Instant as Stopwatch;

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::engine_schema::{CriteriaDocument, RankedVenture, WholeRanking};
use super::investor_view::{InvestorView, Reader, Wording};
use super::json::Json;
use super::match_lists::GoneEntry;
use super::page::{PageQuery, Pager};
use super::parameters::{Path, Query};
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::actor::Role;
use crate::domain::id::{CohortId, CriteriaId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::ops::line::Line as CardLine;
use crate::ops::live::{self, Line, Place};
use crate::ops::{By, card_ranking, looks};
use crate::store::Page;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_live_matches).add(rank);
}

/// A line of a live ranking: the engine's result, with the venture's id.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum LiveEntry {
    /// The venture may not be shown any more.
    Gone(GoneEntry),
    /// The engine's result in full, as `sedaya rank --format json` prints one, with `venture_id`.
    #[schema(value_type = RankedVenture)]
    Here(Value),
}

/// A page of a live ranking.
#[derive(Serialize, ToSchema)]
pub struct LivePage {
    /// The lines, by position.
    #[schema(max_items = 100)]
    items: Vec<LiveEntry>,
    /// Cursor of the next page; null on the last.
    #[schema(required = true, max_length = 1000)]
    next: Option<String>,
    /// Cursor of the page before; null on the first.
    #[schema(required = true, max_length = 1000)]
    prev: Option<String>,
    /// The data version that is ranked.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
    /// The version of the criteria.
    #[schema(example = 1, minimum = 1)]
    criteria_version: i32,
}

/// A line as the API prints it for staff.
///
/// # Errors
/// A fault of ours.
pub fn live_entry(line: Line) -> Result<LiveEntry> {
    Ok(match line {
        Line::Gone(position) => LiveEntry::Gone(GoneEntry::at(i32::try_from(position).unwrap_or(i32::MAX))),
        Line::Here(venture, result) => {
            let mut value = serde_json::to_value(&result).map_err(Problem::internal)?;
            value["venture_id"] = venture.to_string().into();
            LiveEntry::Here(value)
        }
    })
}

/// Rank the published criteria now
///
/// Use it, as staff, to see how the published version ranks today's data, with everything that would change a place.
/// Cursors keep to the data of the first page for a quarter of an hour, in this process; then start again.
#[utoipa::path(
    tag = "rankings",
    params(CriteriaId, PageQuery),
    responses((status = 200, body = LivePage)),
    extensions(("x-problems" = json!(["not_published", "criteria_outdated", "no_rubric", "ranking_expired"])))
)]
#[get("/v1/criteria/{id}/matches")]
pub async fn list_live_matches(
    caller: Caller<op::ListLiveMatches>,
    Path(id): Path<CriteriaId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<LivePage>> {
    let pager = Pager::new(&caller, format!("/v1/criteria/{id}/matches"), query.limit, query.cursor);
    let (seek, limit) = (pager.seek::<Place>()?, pager.limit());
    let began = Stopwatch::now();
    let actor = caller.actor;
    let work = caller.run(move |service| {
        let (live, page) = live::page(service, id, &seek, limit)?;
        let seen = page.items.iter().filter_map(|(_, line)| line.venture());
        looks::note(service, &actor, LookKind::Standing, seen, service.clock.now())?;
        Ok((live, page))
    });
    let (live, page) = work.await?;
    let took = began.elapsed();
    let page: Page<(Place, LiveEntry)> = page.try_map(|(place, line)| Ok::<_, Problem>((place, live_entry(line)?)))?;
    pager
        .answer_with(page, |items| LivePage {
            items: items.items,
            next: items.next,
            prev: items.prev,
            data_version: live.data_version(),
            criteria_version: live.criteria_version(),
        })
        .map(|answer: Answer<LivePage>| answer.timed("rank", took))
}

/// A document to be tried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIf {
    /// Filters, preferences and options. Investors use fields of class `card` only.
    #[schema(value_type = CriteriaDocument)]
    document: Value,
    /// Only ventures of this cohort; all if left out. Not for investors, whose lists are what is ranked.
    #[schema(nullable = false)]
    cohort_id: Option<CohortId>,
}

/// What a what-if gives an investor: lines as on a list.
#[derive(Serialize, ToSchema)]
pub struct CardRanking {
    /// At most as many as the document's limit.
    #[schema(max_items = 100_000)]
    items: Vec<InvestorView>,
    /// The newest data version of the lists that were ranked.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
}

/// What a what-if answers.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Ranked {
    /// For an investor.
    Cards(CardRanking),
    /// For staff: the object that `sedaya rank --format json` prints, with `data_version`.
    #[schema(value_type = WholeRanking)]
    Whole(Value),
}

/// What if?
///
/// Use it to try a document before it is proposed. Nothing is kept but one line in the audit. Investors may use card
/// fields only, over the cards of their published lists.
#[utoipa::path(
    tag = "rankings",
    responses((status = 200, body = Ranked)),
    extensions(("x-problems" = json!(["not_found", "no_rubric"])))
)]
#[post("/v1/rankings")]
pub async fn rank(caller: Caller<op::Rank>, Json(sent): Json<WhatIf>) -> Result<Answer<Ranked>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let began = Stopwatch::now();
    let answer = caller
        .run(move |service| {
            let by = By::Account(&actor);
            if actor.role != Role::Investor {
                let tried = live::what_if(service, by, &sent.document, sent.cohort_id)?;
                looks::note(service, &actor, LookKind::Standing, tried.considered, service.clock.now())?;
                return Ok(Ranked::Whole(tried.answer));
            }
            let investor = actor.investor.ok_or(crate::ops::Error::NotFound)?;
            if sent.cohort_id.is_some() {
                // Cohorts are not an investor's to know of.
                return Err(crate::ops::Error::NotFound);
            }
            let ranked = card_ranking::what_if(service, by, investor, &sent.document)?;
            let seen = ranked.lines.iter().map(|line| line.venture);
            looks::note(service, &actor, LookKind::Card, seen, service.clock.now())?;
            let rankable = service.rankable()?;
            let codes = service.keys.venture_codes(investor);
            let wording = Wording::of(&rankable, lang);
            let reader = Reader::Investor { has_floor: ranked.has_floor };
            let view = |line: &CardLine| InvestorView::new(line, codes.encode(line.venture), reader, &wording);
            let items = ranked.lines.iter().map(view);
            Ok(Ranked::Cards(CardRanking { items: items.collect(), data_version: ranked.data_version }))
        })
        .await
        .map_err(Problem::in_document)?;
    Ok(Answer::ok(answer).timed("rank", began.elapsed()))
}
