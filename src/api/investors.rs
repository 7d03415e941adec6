//! Investors.

use actix_web::{get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::page::{PageQuery, Pager};
use super::parameters::{Path, Query};
use super::problem::Result;
use super::routes::Routes;
use super::work::found;
use crate::domain::id::InvestorId;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::domain::venture::InvestorKind;
use crate::ops::{Act, investor};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(create_investor).add(list_investors).add(get_investor).add(change_investor);
}

/// Who offers support.
#[derive(Serialize, ToSchema)]
pub struct Investor {
    id: InvestorId,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    /// Its name.
    #[schema(example = "Yayasan Contoh Sejahtera", max_length = 200)]
    name: String,
    kind: InvestorKind,
    /// How many introductions it can carry at once.
    #[schema(example = 5, minimum = 0, maximum = 10_000)]
    capacity: i32,
    created_at: Instant,
}

impl From<store::investor::Investor> for Investor {
    fn from(i: store::investor::Investor) -> Self {
        Self {
            id: i.id,
            version: i.version,
            name: i.name,
            kind: i.kind,
            capacity: i.capacity,
            created_at: i.created_at,
        }
    }
}

page_of! {
    /// A page of investors, oldest first.
    InvestorPage of Investor
}

/// An investor to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvestor {
    /// Its name.
    #[schema(example = "Yayasan Contoh Sejahtera", min_length = 1, max_length = 200)]
    name: String,
    kind: InvestorKind,
    /// How many introductions it can carry at once.
    #[schema(example = 5, minimum = 0, maximum = 10_000)]
    capacity: i32,
}

/// A change to an investor. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvestorChange {
    /// Another name.
    #[schema(nullable = false, example = "Yayasan Contoh Sejahtera", min_length = 1, max_length = 200)]
    name: Option<String>,
    /// Another capacity.
    #[schema(nullable = false, example = 8, minimum = 0, maximum = 10_000)]
    capacity: Option<i32>,
}

/// Register an investor
///
/// Use it before criteria are written for them and accounts are opened.
#[utoipa::path(tag = "investors", params(Once), responses((status = 201, body = Investor)))]
#[post("/v1/investors")]
pub async fn create_investor(
    caller: Caller<op::CreateInvestor>,
    Json(new): Json<NewInvestor>,
    once: Once,
) -> Result<Answered> {
    let new = investor::NewInvestor { name: new.name, kind: new.kind, capacity: new.capacity };
    let deed = |act: &mut Act<'_>| {
        let made = investor::create(act, new)?;
        let version = made.version;
        Ok(Answer::created(&format!("/v1/investors/{}", made.id), Investor::from(made))?.tagged(version.into(), "full"))
    };
    once.act(&caller, deed).await
}

/// List the investors
///
/// Use it to find an investor's id. Oldest first.
#[utoipa::path(tag = "investors", params(PageQuery), responses((status = 200, body = InvestorPage)))]
#[get("/v1/investors")]
pub async fn list_investors(
    caller: Caller<op::ListInvestors>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<InvestorPage>> {
    let pager = Pager::new(&caller, "/v1/investors", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.read(move |conn| Ok(store::investor::page(conn, &seek, limit)?)).await?;
    pager.answer(page.map(Investor::from), |i| i.id)
}

/// Get an investor
///
/// Use it to read a profile, and its ETag before a change. Investors read their own.
#[utoipa::path(tag = "investors", params(InvestorId), responses((status = 200, body = Investor)))]
#[get("/v1/investors/{id}")]
pub async fn get_investor(caller: Caller<op::GetInvestor>, Path(id): Path<InvestorId>) -> Result<Answer<Investor>> {
    let investor = caller.read(move |conn| found(store::investor::find(conn, id)?)).await?;
    let version = investor.version;
    Ok(Answer::ok(Investor::from(investor)).tagged(version.into(), "full"))
}

/// Change an investor
///
/// Use it to mend the name or to set how many introductions they can carry. Investors change their own. Members
/// that are left out stay as they are.
#[utoipa::path(tag = "investors", params(InvestorId, IfMatch), responses((status = 200, body = Investor)))]
#[patch("/v1/investors/{id}")]
pub async fn change_investor(
    caller: Caller<op::ChangeInvestor>,
    Path(id): Path<InvestorId>,
    Json(change): Json<InvestorChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<Investor>> {
    let change = investor::Change { name: change.name, capacity: change.capacity };
    let changed = caller.act(move |act| investor::change(act, id, version, change)).await?;
    let version = changed.version;
    Ok(Answer::ok(Investor::from(changed)).tagged(version.into(), "full"))
}
