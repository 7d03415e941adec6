//! What is new on a list, and cards beside each other.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::caller::Caller;
use super::criteria::Nothing;
use super::investor_view::{Reader, Wording};
use super::json::Json;
use super::match_lists::{ListEntry, view_of_entries};
use super::once::{Answered, Once};
use super::page::{PageQuery, Pager};
use super::parameters::{Located, Path, Query};
use super::problem::{Problem, Result};
use super::routes::Routes;
use super::state::Target;
use crate::domain::actor::Actor;
use crate::domain::id::{MatchListId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::text::Lang;
use crate::domain::time::Instant;
use crate::ops::looks;
use crate::ops::news::{self, Moved};
use crate::ops::{self, Act, Error, Service};
use crate::store::{Page, match_list::MatchList};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(get_card).add(compare_cards).add(list_news).add(visit_match_list).add(list_changes);
}

/// The lines of these codes of the actor's investor, in their order, worded.
fn lines(
    service: &Service,
    actor: &Actor,
    lang: Lang,
    id: MatchListId,
    codes: &[&str],
) -> ops::Result<(MatchList, String, Vec<ListEntry>)> {
    let investor = actor.investor.ok_or(Error::NotFound)?;
    let known = service.keys.venture_codes(investor);
    let ventures = codes.iter().map(|code| known.decode(code).ok_or(Error::NotFound));
    let view = news::lines(service, actor, id, &ventures.collect::<ops::Result<Vec<_>>>()?)?;
    let seen = view.page.items.iter().filter_map(|placed| placed.line.as_ref()).map(|line| line.venture);
    looks::note(service, actor, LookKind::Card, seen, service.clock.now())?;
    let (wording, reader) = (Wording::of(&view.rankable, lang), Reader::of(&view.list, actor.role));
    let entries = view.page.items.iter().map(|placed| ListEntry::new(placed, reader, &known, &wording)).collect();
    Ok((view.list, view.look, entries))
}

/// One card on one list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CardPath {
    /// The id of a match list.
    id: MatchListId,
    /// A venture's code, as the investor's cards print it.
    #[param(max_length = 26, pattern = "^[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "01jcnq8xvgf0nadk1qh2t8wz5e")]
    code: String,
}

impl Located for CardPath {
    fn target(&self) -> Option<Target> {
        Some(Target::MatchList(self.id))
    }
}

/// Read one card
///
/// Use it to show a card again by its code: where it stands on this list, and why.
#[utoipa::path(
    tag = "match-lists",
    params(CardPath),
    responses((status = 200, body = ListEntry)),
    extensions(("x-problems" = json!(["list_superseded", "no_rubric"])), ("x-versioned" = json!(true)))
)]
#[get("/v1/match-lists/{id}/cards/{code}")]
pub async fn get_card(caller: Caller<op::GetCard>, Path(path): Path<CardPath>) -> Result<Answer<ListEntry>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let (list, look, mut entries) =
        caller.run(move |service| lines(service, &actor, lang, path.id, &[&path.code])).await?;
    let entry = entries.pop().ok_or_else(Problem::not_found)?;
    Ok(Answer::ok(entry).tagged(list.version.into(), view_of_entries(actor.role, &look)))
}

/// Which cards to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CompareQuery {
    /// Codes of ventures on this list, one to four, separated by commas.
    #[param(
        max_length = 107,
        pattern = "^[0-7][0-9a-hjkmnp-tv-z]{25}(,[0-7][0-9a-hjkmnp-tv-z]{25}){0,3}$",
        example = "01jcnq8xvgf0nadk1qh2t8wz5e"
    )]
    codes: String,
}

/// Cards beside each other.
#[derive(Serialize, ToSchema)]
pub struct ComparedCards {
    /// In the order asked for. The contributions of all have the same order, that of the criteria.
    #[schema(max_items = 4)]
    items: Vec<ListEntry>,
}

/// Compare cards
///
/// Use it to lay up to four cards of a list beside each other.
#[utoipa::path(
    tag = "match-lists",
    params(MatchListId, CompareQuery),
    responses((status = 200, body = ComparedCards)),
    extensions(("x-problems" = json!(["list_superseded", "no_rubric"])), ("x-versioned" = json!(true)))
)]
#[get("/v1/match-lists/{id}/compare")]
pub async fn compare_cards(
    caller: Caller<op::CompareCards>,
    Path(id): Path<MatchListId>,
    Query(query): Query<CompareQuery>,
) -> Result<Answer<ComparedCards>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let (list, look, items) = caller
        .run(move |service| {
            let mut codes: Vec<&str> = Vec::new();
            for code in query.codes.split(',') {
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
            lines(service, &actor, lang, id, &codes)
        })
        .await?;
    Ok(Answer::ok(ComparedCards { items }).tagged(list.version.into(), view_of_entries(actor.role, &look)))
}

/// A venture that is new on a list.
#[derive(Serialize, ToSchema)]
pub struct NewCard {
    /// Its place on the list.
    #[schema(example = 3, minimum = 1)]
    position: i32,
    /// Its code.
    #[schema(example = "4q9x0k7m2c8d5h3r1t6v0w2y9z", max_length = 26)]
    code: String,
}

/// What is new on a list.
#[derive(Serialize, ToSchema)]
pub struct ListNews {
    /// When this account last said that it had seen a list of these criteria; null if never: then all is new.
    #[schema(required = true)]
    since: Option<Instant>,
    /// The ventures that did not stand on the list seen then, by their place now.
    #[schema(max_items = 1_000_000)]
    items: Vec<NewCard>,
}

/// What is new since my last visit?
///
/// Use it to mark "baru sejak kunjungan terakhir" on a list. Say with `POST …/visits` that the list has been seen.
#[utoipa::path(
    tag = "match-lists",
    params(MatchListId),
    responses((status = 200, body = ListNews)),
    extensions(("x-problems" = json!(["list_superseded", "no_rubric"])))
)]
#[get("/v1/match-lists/{id}/news")]
pub async fn list_news(caller: Caller<op::ListNews>, Path(id): Path<MatchListId>) -> Result<Answer<ListNews>> {
    let actor = caller.actor;
    let told = caller.run(move |service| {
        let codes = service.keys.venture_codes(actor.investor.ok_or(Error::NotFound)?);
        let found = news::news(service, &actor, id)?;
        let card = |(position, venture)| NewCard { position, code: codes.encode(venture) };
        Ok(ListNews { since: found.since, items: found.new.into_iter().map(card).collect() })
    });
    Ok(Answer::ok(told.await?))
}

/// That a list has been seen.
#[derive(Serialize, ToSchema)]
pub struct ListVisit {
    list_id: MatchListId,
    /// When.
    at: Instant,
}

/// Say that a list has been seen
///
/// Use it when the reader leaves the list: what stands on it now is not new any more the next time.
#[utoipa::path(
    tag = "match-lists",
    params(MatchListId, Once),
    responses((status = 200, body = ListVisit)),
    extensions(("x-problems" = json!(["list_superseded"])))
)]
#[post("/v1/match-lists/{id}/visits")]
pub async fn visit_match_list(
    caller: Caller<op::VisitMatchList>,
    Path(id): Path<MatchListId>,
    Json(Nothing {}): Json<Nothing>,
    once: Once,
) -> Result<Answered> {
    let actor = caller.actor;
    let deed = move |act: &mut Act<'_>| {
        let visit = news::visit(act, &actor, id)?;
        Ok(Answer::ok(ListVisit { list_id: visit.list_id, at: visit.at }))
    };
    once.act(&caller, deed).await
}

/// How a venture has moved from the list before to this one.
#[derive(Serialize, ToSchema)]
pub struct ListChange {
    venture_id: VentureId,
    /// Its place on the list before; null if it did not stand there.
    #[schema(required = true, example = 7, minimum = 1)]
    from: Option<i32>,
    /// Its place on this list; null if it does not stand there any more.
    #[schema(required = true, example = 3, minimum = 1)]
    to: Option<i32>,
}

/// What differs from the list before: a page.
#[derive(Serialize, ToSchema)]
pub struct ListChangePage {
    /// The list that it is compared with: the one that was published before for the same criteria set, or, for a draft, the one
    /// published now; null if there is none.
    #[schema(required = true)]
    since: Option<MatchListId>,
    /// How many ventures are new on the list.
    #[schema(example = 2, minimum = 0)]
    entered: usize,
    /// How many do not stand on it any more.
    #[schema(example = 1, minimum = 0)]
    left: usize,
    /// How many stand at another place.
    #[schema(example = 9, minimum = 0)]
    moved: usize,
    /// By their place on this list, then those who left. Those who stay in place are left out.
    #[schema(max_items = 100)]
    items: Vec<ListChange>,
    /// Cursor of the next page; null on the last.
    #[schema(required = true, max_length = 1000)]
    next: Option<String>,
    /// Cursor of the page before; null on the first.
    #[schema(required = true, max_length = 1000)]
    prev: Option<String>,
}

/// What differs from the list before?
///
/// Use it before publishing a draft, or after, to see who enters, who leaves and who moves.
#[utoipa::path(
    tag = "match-lists",
    params(MatchListId, PageQuery),
    responses((status = 200, body = ListChangePage))
)]
#[get("/v1/match-lists/{id}/changes")]
pub async fn list_changes(
    caller: Caller<op::ListChanges>,
    Path(id): Path<MatchListId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<ListChangePage>> {
    let actor = caller.actor;
    let pager = Pager::new(&caller, format!("/v1/match-lists/{id}/changes"), query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let work = caller.run(move |service| {
        let found = news::changes(service, &actor, id)?;
        let page = Page::numbered(&seek, limit, found.moved.len());
        let seen = page.items.iter().map(|n| found.moved[*n].venture);
        looks::note(service, &actor, LookKind::Standing, seen, service.clock.now())?;
        Ok((found, page))
    });
    let (found, page) = work.await?;
    let count = |is: fn(&Moved) -> bool| found.moved.iter().filter(|moved| is(moved)).count();
    let page = page.map(|n| {
        let moved = found.moved[n];
        (n + 1, ListChange { venture_id: moved.venture, from: moved.from, to: moved.to })
    });
    pager.answer_with(page, |page| ListChangePage {
        since: found.since,
        entered: count(|moved| moved.from.is_none()),
        left: count(|moved| moved.to.is_none()),
        moved: count(|moved| moved.from.is_some() && moved.to.is_some()),
        items: page.items,
        next: page.next,
        prev: page.prev,
    })
}
