//! Matches: one investor and one venture, from a line on a published list to its end.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::page::Pager;
use super::parameters::{Path, Query};
use super::problem::Result;
use super::routes::Routes;
use crate::domain::actor::{Actor, Role};
use crate::domain::id::{InvestorId, MatchId, MatchListId, VentureId};
use crate::domain::match_life::{MatchState, Move};
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::{self, Act, Service, matches};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_matches).add(get_match).add(move_match);
}

/// A match.
#[derive(Serialize, ToSchema)]
pub struct Match {
    id: MatchId,
    state: MatchState,
    /// The newest list that suggested it.
    list_id: MatchListId,
    /// The venture's code on the investor's lists: its card stands on the list under it.
    #[schema(example = "2m7k9q4w1x8c5v3b6n0h2j4f6d", max_length = 40)]
    code: String,
    /// What the caller may do now.
    #[schema(max_items = 20)]
    moves: Vec<Move>,
    /// When it was suggested.
    created_at: Instant,
    /// When it came to stand where it stands.
    moved_at: Instant,
    /// Rises with each move.
    #[schema(example = 2, minimum = 1)]
    version: i32,
    /// The investor; for staff and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    investor_id: Option<InvestorId>,
    /// The venture; for staff and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    venture_id: Option<VentureId>,
    /// What was said about why; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Sudah ada mitra serupa.", max_length = 500)]
    reason: Option<String>,
}

impl Match {
    fn new(service: &Service, actor: &Actor, found: &store::matches::Match) -> ops::Result<Self> {
        let inside = actor.role != Role::Investor;
        Ok(Self {
            id: found.id,
            state: found.state,
            list_id: found.list_id,
            code: service.keys.venture_codes(found.investor_id).encode(found.venture_id),
            moves: matches::open_moves(actor, found),
            created_at: found.created_at,
            moved_at: found.moved_at,
            version: found.version,
            investor_id: inside.then_some(found.investor_id),
            venture_id: inside.then_some(found.venture_id),
            reason: if actor.role == Role::Staff { matches::reason(service, found)? } else { None },
        })
    }
}

page_of! {
    /// A page of matches, newest first.
    MatchPage of Match
}

/// Which matches, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MatchQuery {
    /// Only matches that stand here.
    #[param(value_type = MatchState, required = false, example = "suggested")]
    state: Option<MatchState>,
    /// How many items; 20 unless told, never more than 100.
    #[param(minimum = 1, maximum = 1_000_000, example = 20)]
    limit: Option<u32>,
    /// `next` or `prev` of an earlier page of this list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

const fn view(role: Role) -> &'static str {
    match role {
        Role::Investor => "investor",
        Role::Auditor => "auditor",
        _ => "staff",
    }
}

/// List the matches
///
/// Use it as an investor to see what the published lists suggest and what has come of it: the own matches and nobody else's. Use it as
/// staff or auditor to see all. Newest first.
#[utoipa::path(tag = "matches", params(MatchQuery), responses((status = 200, body = MatchPage)))]
#[get("/v1/matches")]
pub async fn list_matches(
    caller: Caller<op::ListMatches>,
    Query(query): Query<MatchQuery>,
) -> Result<Answer<MatchPage>> {
    let actor = caller.actor;
    let filter = store::matches::Filter { investor: actor.investor, state: query.state };
    let list = query.state.map_or_else(|| "/v1/matches".to_owned(), |s| format!("/v1/matches?state={}", s.as_str()));
    let pager = Pager::new(&caller, list, query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.run(move |service| {
        let page = service.read(|conn| Ok(store::matches::page(conn, &filter, &seek, limit)?))?;
        page.try_map(|found| Match::new(service, &actor, &found))
    });
    pager.answer(page.await?, |found| found.id)
}

/// Get a match
///
/// Use it to see where it stands, which moves are open to you now, and its ETag before a move.
#[utoipa::path(tag = "matches", params(MatchId), responses((status = 200, body = Match)))]
#[get("/v1/matches/{id}")]
pub async fn get_match(caller: Caller<op::GetMatch>, Path(id): Path<MatchId>) -> Result<Answer<Match>> {
    let actor = caller.actor;
    let found = caller.run(move |service| {
        let found = service.read(|conn| matches::readable(conn, &actor, id))?;
        Match::new(service, &actor, &found)
    });
    let found = found.await?;
    let version = found.version;
    Ok(Answer::ok(found).tagged(version.into(), view(actor.role)))
}

/// A move.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMove {
    r#move: Step,
    /// Why. Staff read it and nobody else.
    #[schema(nullable = false, example = "Sudah ada mitra serupa.", min_length = 1, max_length = 500)]
    reason: Option<String>,
}

/// What can be done: those of `moves` that the match has.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Investor: look closer.
    Shortlist,
    /// Investor: not interested.
    Dismiss,
    /// Investor: step back.
    Withdraw,
    /// Staff: stop it while something is looked into.
    Suspend,
    /// Staff: let it go on where it was.
    Resume,
}

impl From<Step> for Move {
    fn from(step: Step) -> Self {
        match step {
            Step::Shortlist => Self::Shortlist,
            Step::Dismiss => Self::Dismiss,
            Step::Withdraw => Self::Withdraw,
            Step::Suspend => Self::Suspend,
            Step::Resume => Self::Resume,
        }
    }
}

/// Move a match
///
/// Use it as an investor to shortlist, to dismiss or to step back, as staff to suspend and to resume. `moves` of the match says
/// what is open; what has ended never begins again.
#[utoipa::path(
    tag = "matches",
    params(MatchId, Once, IfMatch),
    responses((status = 200, body = Match)),
    extensions(("x-problems" = json!(["move_not_open"])))
)]
#[post("/v1/matches/{id}/moves")]
pub async fn move_match(
    caller: Caller<op::MoveMatch>,
    Path(id): Path<MatchId>,
    Json(new): Json<NewMove>,
    IfMatch(version): IfMatch,
    once: Once,
) -> Result<Answered> {
    let (actor, service) = (caller.actor, caller.app.service.clone());
    let step = matches::Step { step: new.r#move.into(), reason: new.reason };
    let deed = move |act: &mut Act<'_>| {
        let moved = matches::step(act, &actor, id, version, step)?;
        let version = moved.version;
        Ok(Answer::ok(Match::new(&service, &actor, &moved)?).tagged(version.into(), view(actor.role)))
    };
    once.act(&caller, deed).await
}
