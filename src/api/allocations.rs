//! Plans of matching days, for staff.

use std::collections::BTreeSet;

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::page::{PageQuery, Pager};
use super::parameters::{Path, Query};
use super::problem::Result;
use super::routes::Routes;
use super::work::found;
use crate::domain::allocation::{AllocationKind, LeftOut, NotKept};
use crate::domain::decimal::Decimal;
use crate::domain::id::{AllocationId, CohortId, CriteriaId, InvestorId, UserId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::text::{Lang, Text, counted};
use crate::domain::time::Instant;
use crate::ops::allocation::{self, Guest, Planned, Wanted};
use crate::ops::{self, Act, Service, looks};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_allocations).add(create_allocation).add(get_allocation);
}

/// An investor of the day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayInvestor {
    investor_id: InvestorId,
    /// Whose published version ranks; needed only where the investor has several published ones.
    #[schema(nullable = false)]
    criteria_id: Option<CriteriaId>,
    /// How many ventures they can meet, or places they have.
    #[schema(example = 8, minimum = 1, maximum = 1000)]
    capacity: u32,
}

/// A venture and an investor.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Couple {
    venture_id: VentureId,
    investor_id: InvestorId,
}

/// Whom a venture would have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    venture_id: VentureId,
    /// Best first; the others follow.
    #[schema(min_items = 1, max_items = 100)]
    investor_ids: Vec<InvestorId>,
}

/// A matching day to be planned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAllocation {
    kind: AllocationKind,
    /// Only ventures of this cohort; all that may be listed, if left out.
    #[schema(nullable = false)]
    cohort_id: Option<CohortId>,
    /// The investors of the day.
    #[schema(min_items = 1, max_items = 100)]
    investors: Vec<DayInvestor>,
    /// How many rounds of meetings there are; 8 if left out. For `meetings` only.
    #[schema(nullable = false, example = 8, minimum = 1, maximum = 100)]
    slots: Option<u32>,
    /// How many meetings each venture is to have if at all possible; 1 if left out. For `meetings` only.
    #[schema(nullable = false, example = 1, minimum = 0, maximum = 20)]
    minimum: Option<u32>,
    /// Who must not meet.
    #[serde(default)]
    #[schema(max_items = 1000)]
    banned: Vec<Couple>,
    /// Who must meet, as far as there is room and no owner declines investors of that kind. For `meetings` only.
    #[serde(default)]
    #[schema(max_items = 1000)]
    forced: Vec<Couple>,
    /// Whom ventures would have. Without a wish a venture prefers the investor who ranks it highest. In `meetings` wishes decide among
    /// plans of the same sum of scores.
    #[serde(default)]
    #[schema(max_items = 1000)]
    wishes: Vec<Wish>,
    /// The seed of the lottery among equals; empty if left out.
    #[serde(default)]
    #[schema(example = "temu-2024-12", max_length = 200)]
    seed: String,
}

impl From<NewAllocation> for Wanted {
    fn from(new: NewAllocation) -> Self {
        let couples = |all: Vec<Couple>| all.into_iter().map(|one| (one.venture_id, one.investor_id)).collect();
        let guest =
            |one: DayInvestor| Guest { investor: one.investor_id, criteria: one.criteria_id, capacity: one.capacity };
        Self {
            kind: new.kind,
            cohort: new.cohort_id,
            guests: new.investors.into_iter().map(guest).collect(),
            slots: new.slots,
            minimum: new.minimum,
            banned: couples(new.banned),
            forced: couples(new.forced),
            wishes: new.wishes.into_iter().map(|wish| (wish.venture_id, wish.investor_ids)).collect(),
            seed: new.seed,
        }
    }
}

/// Who meets whom.
#[derive(Serialize, ToSchema)]
pub struct AllocatedPair {
    venture_id: VentureId,
    investor_id: InvestorId,
    /// In which round; null for exclusive places.
    #[schema(required = true, example = 1, minimum = 1)]
    round: Option<u32>,
    /// The venture's score under the investor's criteria, on 0–100; null for a pair that must meet and that the investor does not rank.
    #[schema(required = true, example = 81.25, minimum = 0, maximum = 100)]
    score: Option<f64>,
}

/// A venture with less than it should have.
#[derive(Serialize, ToSchema)]
pub struct LeftOutVenture {
    venture_id: VentureId,
    /// How many meetings or places are lacking.
    #[schema(example = 1, minimum = 1)]
    lacking: u32,
    why: LeftOut,
    /// What people read.
    #[schema(example = "Tidak ada investor hari itu yang kriterianya memuat usaha ini", max_length = 200)]
    label: String,
}

/// A pair that was to meet and does not.
#[derive(Serialize, ToSchema)]
pub struct UnkeptPair {
    venture_id: VentureId,
    investor_id: InvestorId,
    why: NotKept,
    /// What people read.
    #[schema(example = "Pasangan ini juga dilarang bertemu", max_length = 200)]
    label: String,
}

/// Where the places ran out.
#[derive(Serialize, ToSchema)]
pub struct Crowd {
    /// Investors who are full.
    #[schema(max_items = 100)]
    investor_ids: Vec<InvestorId>,
    /// Ventures that depend on them.
    #[schema(max_items = 100_000)]
    venture_ids: Vec<VentureId>,
}

/// A plan of a matching day.
#[derive(Serialize, ToSchema)]
pub struct Allocation {
    id: AllocationId,
    kind: AllocationKind,
    made_by: UserId,
    created_at: Instant,
    /// What people read first.
    #[schema(example = "24 pertemuan, 6 putaran, 54 usaha tanpa pertemuan: tempat kurang.", max_length = 300)]
    headline: String,
    /// How many ventures were looked at.
    #[schema(example = 75, minimum = 0)]
    ventures: u32,
    /// How many rounds the meetings take: as many as the busiest has; 0 for exclusive places.
    #[schema(example = 8, minimum = 0)]
    rounds: u32,
    /// Who meets whom: by round and investor; places by investor, best first.
    #[schema(max_items = 100_000)]
    items: Vec<AllocatedPair>,
    /// Ventures with less than they should have.
    #[schema(max_items = 100_000)]
    left_out: Vec<LeftOutVenture>,
    /// Pairs that were to meet and do not.
    #[schema(max_items = 1000)]
    unkept: Vec<UnkeptPair>,
    /// Where the places ran out; null where they did not.
    #[schema(required = true)]
    crowded: Option<Crowd>,
    /// Pairs that would rather have each other than what they have, at most 1000. Of exclusive places there are none.
    #[schema(max_items = 1000)]
    blocking: Vec<Couple>,
    /// The seed of the lottery.
    #[schema(example = "temu-2024-12", max_length = 200)]
    lottery_seed: String,
    /// The data version that was ranked.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
}

impl Allocation {
    fn new(kept: &store::allocation::Allocation, planned: Planned, lang: Lang) -> Self {
        let pair = |one: allocation::Matched| AllocatedPair {
            score: allocation::score(&one).map(Decimal::to_f64),
            venture_id: one.venture,
            investor_id: one.investor,
            round: one.round,
        };
        let left_out = |(venture_id, lacking, why): (VentureId, u32, LeftOut)| LeftOutVenture {
            venture_id,
            lacking,
            why,
            label: why.label().get(lang).to_owned(),
        };
        let unkept = |(venture_id, investor_id, why): (VentureId, InvestorId, NotKept)| UnkeptPair {
            venture_id,
            investor_id,
            why,
            label: why.label().get(lang).to_owned(),
        };
        let headline = headline(kept.kind, &planned).get(lang).to_owned();
        let blocking = planned.blocking.into_iter();
        Self {
            id: kept.id,
            kind: kept.kind,
            made_by: kept.made_by,
            created_at: kept.created_at,
            headline,
            ventures: planned.ventures,
            rounds: planned.rounds,
            items: planned.matched.into_iter().map(pair).collect(),
            left_out: planned.left_out.into_iter().map(left_out).collect(),
            unkept: planned.unkept.into_iter().map(unkept).collect(),
            crowded: planned.crowded.map(|(investor_ids, venture_ids)| Crowd { investor_ids, venture_ids }),
            blocking: blocking.map(|(venture_id, investor_id)| Couple { venture_id, investor_id }).collect(),
            lottery_seed: planned.seed,
            data_version: planned.data_version,
        }
    }
}

/// How many meet, how many do not, and what keeps most of these out.
fn headline(kind: AllocationKind, planned: &Planned) -> Text {
    if planned.ventures == 0 {
        return Text::new("Tidak ada usaha yang boleh tampil hari itu.", "No business may be listed that day.");
    }
    let made = planned.matched.len();
    let served: BTreeSet<VentureId> = planned.matched.iter().map(|one| one.venture).collect();
    let without = (planned.ventures as usize).saturating_sub(served.len());
    // Who has fewer meetings than the day's minimum is told of, and is not without one.
    let many =
        |why: LeftOut| planned.left_out.iter().filter(|(one, _, other)| *other == why && !served.contains(one)).count();
    // Of equals the first: `max_by_key` gives the last.
    let most = LeftOut::ALL.iter().rev().copied().filter(|why| many(*why) > 0).max_by_key(|why| many(*why));
    let because = |lang: Lang| most.map_or_else(String::new, |why| format!(": {}", why.in_short().get(lang)));
    let (id, en) = (because(Lang::Id), because(Lang::En));
    match kind {
        AllocationKind::Meetings => {
            let rounds = planned.rounds;
            Text::new(
                format!("{made} pertemuan, {rounds} putaran, {without} usaha tanpa pertemuan{id}."),
                format!(
                    "{}, {}, {} without a meeting{en}.",
                    counted(made, "meeting", "meetings"),
                    counted(rounds as usize, "round", "rounds"),
                    counted(without, "business", "businesses"),
                ),
            )
        }
        AllocationKind::Exclusive => Text::new(
            format!("{made} tempat terisi, {without} usaha tanpa tempat{id}."),
            format!(
                "{} filled, {} without a place{en}.",
                counted(made, "place", "places"),
                counted(without, "business", "businesses"),
            ),
        ),
    }
}

/// A plan, in short.
#[derive(Serialize, ToSchema)]
pub struct AllocationLine {
    id: AllocationId,
    kind: AllocationKind,
    made_by: UserId,
    created_at: Instant,
}

page_of! {
    /// A page of plans, the newest first.
    AllocationPage of AllocationLine
}

/// Plan a matching day
///
/// Use it for `meetings`: who meets whom in which round, without double booking, everybody once if at all possible, and the sum of scores
/// the greatest possible. Or for `exclusive` places: a stable placement, in which no venture and investor would rather have each other.
/// Whoever is left out is named with the reason. Ties are broken by lottery.
#[utoipa::path(
    tag = "allocations",
    params(Once),
    responses((status = 201, body = Allocation)),
    extensions(("x-problems" = json!(["not_found", "not_published", "criteria_outdated", "no_rubric"])))
)]
#[post("/v1/allocations")]
pub async fn create_allocation(
    caller: Caller<op::CreateAllocation>,
    Json(new): Json<NewAllocation>,
    once: Once,
) -> Result<Answered> {
    let lang = caller.lang;
    let wanted = Wanted::from(new);
    let kind = wanted.kind;
    let deed = move |act: &mut Act<'_>, planned: Planned| {
        let kept = allocation::keep(act, kind, &planned)?;
        Answer::created(&format!("/v1/allocations/{}", kept.id), Allocation::new(&kept, planned, lang))
    };
    let actor = caller.actor;
    let plan = move |service: &Service| {
        let planned = allocation::plan(service, &wanted)?;
        looks::note(service, &actor, LookKind::Standing, planned.told(), service.clock.now())?;
        Ok(planned)
    };
    once.prepare(&caller, plan, deed).await
}

/// List the plans of matching days
///
/// Use it to find a plan again. The newest first.
#[utoipa::path(tag = "allocations", params(PageQuery), responses((status = 200, body = AllocationPage)))]
#[get("/v1/allocations")]
pub async fn list_allocations(
    caller: Caller<op::ListAllocations>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<AllocationPage>> {
    let pager = Pager::new(&caller, "/v1/allocations", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.read(move |conn| Ok(store::allocation::page(conn, &seek, limit)?)).await?;
    let line = |kept: store::allocation::Allocation| AllocationLine {
        id: kept.id,
        kind: kept.kind,
        made_by: kept.made_by,
        created_at: kept.created_at,
    };
    pager.answer(page.map(line), |line| line.id)
}

/// Get the plan of a matching day
///
/// Use it to print it, or to see why somebody is left out. It stays as it was made.
#[utoipa::path(tag = "allocations", params(AllocationId), responses((status = 200, body = Allocation)))]
#[get("/v1/allocations/{id}")]
pub async fn get_allocation(
    caller: Caller<op::GetAllocation>,
    Path(id): Path<AllocationId>,
) -> Result<Answer<Allocation>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let read = caller.run(move |service| {
        let kept = service.read(|conn| found(store::allocation::find(conn, id)?))?;
        let planned = allocation::read(&kept)?;
        looks::note(service, &actor, LookKind::Standing, planned.told(), service.clock.now())?;
        Ok::<_, ops::Error>(Allocation::new(&kept, planned, lang))
    });
    Ok(Answer::ok(read.await?))
}
