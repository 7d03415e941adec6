//! Match lists: made by one person, published by a second, read by the investor.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::criteria::Nothing;
use super::investor_view::{InvestorView, Reader, Wording, tenths};
use super::json::Json;
use super::once::{Answered, Once};
use super::page::{PageQuery, Pager};
use super::parameters::{Path, Query};
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::actor::Role;
use crate::domain::id::{CohortId, CriteriaId, InvestorId, MatchListId, UserId, VentureId};
use crate::domain::life::ListState;
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::keys::code::VentureCodes;
use crate::ops::match_list::{self, Order, Placed, View};
use crate::ops::{Act, Error, looks};
use crate::page_of;
use crate::store::{self, match_list::Filter};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes
        .add(create_match_list)
        .add(list_match_lists)
        .add(get_match_list)
        .add(publish_match_list)
        .add(list_match_list_entries)
        .add(get_match_list_entry);
}

/// A representation floor: every beginning of the list holds at least a declared share of a group, whose best were placed
/// above others of higher merit where that was needed. Which lines it moved is told to staff and auditors only.
#[derive(Serialize, ToSchema)]
pub struct ListFloor {
    /// The total price: the score points, on 0–100, that the places of the list gave up against the order of merit, all
    /// together; one decimal. 0 where the order of merit held enough of the group by itself.
    #[schema(example = 7.4, minimum = 0)]
    total_price: f64,
}

/// A match list, without its entries.
#[derive(Serialize, ToSchema)]
pub struct MatchList {
    id: MatchListId,
    state: ListState,
    investor_id: InvestorId,
    criteria_id: CriteriaId,
    /// The version of the criteria.
    #[schema(example = 1, minimum = 1)]
    criteria_version: i32,
    /// Only ventures of this cohort; null for all; not shown to investors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CohortId>)]
    cohort_id: Option<Option<CohortId>>,
    /// The data version it was ranked over.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
    /// Seed of the lottery among equals.
    #[schema(example = "8f14e45fceea167a5a36dedd4bea2543", max_length = 32)]
    lottery_seed: String,
    /// Which engine ranked it.
    #[schema(example = "1", max_length = 20)]
    engine_version: String,
    /// BLAKE3 of what was ranked.
    #[schema(example = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b", max_length = 64)]
    inputs_hash: String,
    /// BLAKE3 of what came out, line by line: the same on every machine.
    #[schema(example = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592", max_length = 64)]
    output_hash: String,
    /// How many entries it has.
    #[schema(example = 20, minimum = 0)]
    entries_total: i32,
    /// The floor that the list was placed under; null without one.
    #[schema(required = true)]
    floor: Option<ListFloor>,
    created_at: Instant,
    /// When it was published; null before.
    #[schema(required = true)]
    published_at: Option<Instant>,
    /// Who made it; not shown to investors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    made_by: Option<UserId>,
    /// The list that took its place; null while it is the newest.
    #[schema(required = true)]
    superseded_by: Option<MatchListId>,
    /// Rises with each change.
    #[schema(example = 2, minimum = 1)]
    version: i32,
}

impl MatchList {
    fn new(list: store::match_list::MatchList, reader: Role) -> Self {
        Self {
            id: list.id,
            state: list.state,
            investor_id: list.investor_id,
            criteria_id: list.criteria_id,
            criteria_version: list.criteria_number,
            cohort_id: (reader != Role::Investor).then_some(list.cohort_id),
            data_version: list.data_version,
            lottery_seed: list.seed,
            engine_version: list.engine_version,
            inputs_hash: list.inputs_hash,
            output_hash: list.output_hash,
            entries_total: list.entries_total,
            floor: list.floor_price_tenths.map(|price| ListFloor { total_price: tenths(price) }),
            created_at: list.created_at,
            published_at: list.published_at,
            made_by: (reader != Role::Investor).then_some(list.made_by),
            superseded_by: list.superseded_by,
            version: list.version,
        }
    }
}

page_of! {
    /// A page of match lists, newest first.
    MatchListPage of MatchList
}

/// A list to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMatchList {
    criteria_id: CriteriaId,
    /// A published version of the criteria.
    #[schema(example = 1, minimum = 1, maximum = 1_000_000)]
    version: i32,
    /// Only ventures of this cohort; all if left out.
    #[schema(nullable = false)]
    cohort_id: Option<CohortId>,
}

const fn view(role: Role) -> &'static str {
    if matches!(role, Role::Investor) { "investor" } else { "staff" }
}

/// Entries are tagged by the list's version, and by how the list looks today: a consent may lapse overnight.
pub(crate) fn view_of_entries(role: Role, look: &str) -> String {
    format!("{}-{look}", view(role))
}

/// Make a match list
///
/// Use it to rank now and to keep the result as a draft. A second person publishes it.
#[utoipa::path(
    tag = "match-lists",
    params(Once),
    responses((status = 201, body = MatchList)),
    extensions(("x-problems" = json!(["not_found", "not_published", "criteria_outdated", "no_rubric"])))
)]
#[post("/v1/match-lists")]
pub async fn create_match_list(
    caller: Caller<op::CreateMatchList>,
    Json(new): Json<NewMatchList>,
    once: Once,
) -> Result<Answered> {
    let order = Order { criteria: new.criteria_id, number: new.version, cohort: new.cohort_id };
    let role = caller.actor.role;
    let deed = move |act: &mut Act<'_>, draft| {
        let made = match_list::make(act, draft)?;
        let version = made.version;
        let path = format!("/v1/match-lists/{}", made.id);
        Ok(Answer::created(&path, MatchList::new(made, role))?.tagged(version.into(), view(role)))
    };
    once.prepare(&caller, move |service| match_list::draft(service, order), deed).await
}

/// List the match lists
///
/// Use it to find the newest list. Investors see their own published ones. Newest first.
#[utoipa::path(tag = "match-lists", params(PageQuery), responses((status = 200, body = MatchListPage)))]
#[get("/v1/match-lists")]
pub async fn list_match_lists(
    caller: Caller<op::ListMatchLists>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<MatchListPage>> {
    let role = caller.actor.role;
    let mut filter = Filter::default();
    if role == Role::Investor {
        filter.investor = Some(caller.actor.investor.ok_or_else(Problem::not_found)?);
        filter.state = Some(ListState::Published);
    }
    let pager = Pager::new(&caller, "/v1/match-lists", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.read(move |conn| Ok(store::match_list::page(conn, &filter, &seek, limit)?)).await?;
    pager.answer(page.map(|list| MatchList::new(list, role)), |list| list.id)
}

/// Get a match list
///
/// Use it to see where a list stands and what it was ranked from.
#[utoipa::path(
    tag = "match-lists",
    params(MatchListId),
    responses((status = 200, body = MatchList)),
    extensions(("x-problems" = json!(["list_superseded"])))
)]
#[get("/v1/match-lists/{id}")]
pub async fn get_match_list(
    caller: Caller<op::GetMatchList>,
    Path(id): Path<MatchListId>,
) -> Result<Answer<MatchList>> {
    let actor = caller.actor;
    let list = caller.read(move |conn| match_list::readable(conn, &actor, id)).await?;
    let version = list.version;
    Ok(Answer::ok(MatchList::new(list, actor.role)).tagged(version.into(), view(actor.role)))
}

/// Publish a match list
///
/// Use it as the second person: nobody publishes what they made. The investor reads it from then on, and an
/// earlier list for the same criteria gives way.
#[utoipa::path(
    tag = "match-lists",
    params(MatchListId, Once),
    responses((status = 200, body = MatchList)),
    extensions(("x-problems" = json!(["list_not_draft", "same_person", "list_outdated"])))
)]
#[post("/v1/match-lists/{id}/publish")]
pub async fn publish_match_list(
    caller: Caller<op::PublishMatchList>,
    Path(id): Path<MatchListId>,
    Json(Nothing {}): Json<Nothing>,
    once: Once,
) -> Result<Answered> {
    let role = caller.actor.role;
    let deed = move |act: &mut Act<'_>| {
        let list = match_list::publish(act, id)?;
        let version = list.version;
        Ok(Answer::ok(MatchList::new(list, role)).tagged(version.into(), view(role)))
    };
    once.act(&caller, deed).await
}

/// A line that may not be shown any more: the owner took a consent back, or it has lapsed, or asked for erasure.
#[derive(Serialize, ToSchema)]
pub struct GoneEntry {
    /// Its place on the list.
    #[schema(example = 3, minimum = 1)]
    position: i32,
    /// Always true.
    #[schema(example = true)]
    gone: bool,
}

impl GoneEntry {
    /// A gap.
    pub const fn at(position: i32) -> Self {
        Self { position, gone: true }
    }
}

/// A line for staff and auditors: what the investor sees, unshared and with the rank by merit, and which venture it is.
#[derive(Serialize, ToSchema)]
pub struct StaffEntry {
    venture_id: VentureId,
    #[serde(flatten)]
    #[schema(inline)]
    view: InvestorView,
}

/// A line of a list.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum ListEntry {
    /// It may not be shown any more.
    Gone(GoneEntry),
    /// For staff and auditors.
    Staff(Box<StaffEntry>),
    /// For the investor.
    Investor(Box<InvestorView>),
}

impl ListEntry {
    /// A line as the reader may see it.
    pub fn new(placed: &Placed, reader: Reader, codes: &VentureCodes, wording: &Wording<'_>) -> Self {
        let Some(line) = &placed.line else { return Self::Gone(GoneEntry::at(placed.position)) };
        let view = InvestorView::new(line, codes.encode(line.venture), reader, wording);
        match reader {
            Reader::Investor { .. } => Self::Investor(Box::new(view)),
            Reader::Insider => Self::Staff(Box::new(StaffEntry { venture_id: line.venture, view })),
        }
    }
}

/// A page of a list's lines, by position.
#[derive(Serialize, ToSchema)]
pub struct ListEntryPage {
    /// The lines.
    #[schema(max_items = 100)]
    items: Vec<ListEntry>,
    /// Cursor of the next page; null on the last.
    #[schema(required = true, max_length = 1000)]
    next: Option<String>,
    /// Cursor of the page before; null on the first.
    #[schema(required = true, max_length = 1000)]
    prev: Option<String>,
    /// Seed of the lottery among equals.
    #[schema(example = "8f14e45fceea167a5a36dedd4bea2543", max_length = 32)]
    lottery_seed: String,
    /// The data version the list was ranked over.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
    /// The version of the criteria.
    #[schema(example = 1, minimum = 1)]
    criteria_version: i32,
}

/// Read the lines of a match list
///
/// Use it to show cards in their order, each with why it stands there. A venture whose owner has taken a consent
/// back is a numbered gap.
#[utoipa::path(
    tag = "match-lists",
    params(MatchListId, PageQuery),
    responses((status = 200, body = ListEntryPage)),
    extensions(("x-problems" = json!(["list_superseded"])), ("x-versioned" = json!(true)))
)]
#[get("/v1/match-lists/{id}/entries")]
pub async fn list_match_list_entries(
    caller: Caller<op::ListMatchListEntries>,
    Path(id): Path<MatchListId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<ListEntryPage>> {
    let pager = Pager::new(&caller, format!("/v1/match-lists/{id}/entries"), query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let (actor, lang) = (caller.actor, caller.lang);
    let (list, page, look) = caller
        .run(move |service| {
            let View { list, page, look, rankable } = match_list::page(service, &actor, id, &seek, limit)?;
            let seen = page.items.iter().filter_map(|placed| placed.line.as_ref()).map(|line| line.venture);
            looks::note(service, &actor, LookKind::Card, seen, service.clock.now())?;
            let (wording, codes) = (Wording::of(&rankable, lang), service.keys.venture_codes(list.investor_id));
            let reader = Reader::of(&list, actor.role);
            let entry = |placed: Placed| (placed.position, ListEntry::new(&placed, reader, &codes, &wording));
            Ok((list, page.map(entry), look))
        })
        .await?;
    let answer = pager.answer_with(page, |items| ListEntryPage {
        items: items.items,
        next: items.next,
        prev: items.prev,
        lottery_seed: list.seed.clone(),
        data_version: list.data_version,
        criteria_version: list.criteria_number,
    })?;
    Ok(answer.tagged(list.version.into(), view_of_entries(actor.role, &look)))
}

/// One line of one list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub struct EntryPath {
    /// The id of a match list.
    id: MatchListId,
    /// A place on the list, from 1.
    #[param(minimum = 1, maximum = 1_000_000, example = 1)]
    position: i32,
}

impl super::parameters::Located for EntryPath {
    fn target(&self) -> Option<super::state::Target> {
        Some(super::state::Target::MatchList(self.id))
    }
}

/// Read one line of a match list
///
/// Use it to show one card again.
#[utoipa::path(
    tag = "match-lists",
    params(EntryPath),
    responses((status = 200, body = ListEntry)),
    extensions(("x-problems" = json!(["list_superseded"])), ("x-versioned" = json!(true)))
)]
#[get("/v1/match-lists/{id}/entries/{position}")]
pub async fn get_match_list_entry(
    caller: Caller<op::GetMatchListEntry>,
    Path(path): Path<EntryPath>,
) -> Result<Answer<ListEntry>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let (entry, version, look) = caller
        .run(move |service| {
            let place = usize::try_from(path.position).map_err(|_negative| Error::NotFound)?;
            let seek = store::Seek::After(place.saturating_sub(1));
            let View { list, page, look, rankable } = match_list::page(service, &actor, path.id, &seek, 1)?;
            let placed = super::work::found(page.items.first())?;
            let seen = placed.line.as_ref().map(|line| line.venture);
            looks::note(service, &actor, LookKind::Card, seen, service.clock.now())?;
            let (wording, codes) = (Wording::of(&rankable, lang), service.keys.venture_codes(list.investor_id));
            Ok((ListEntry::new(placed, Reader::of(&list, actor.role), &codes, &wording), list.version, look))
        })
        .await?;
    Ok(Answer::ok(entry).tagged(version.into(), view_of_entries(actor.role, &look)))
}
