//! Investors.

use actix_web::{get, patch, post, put};
use chrono::NaiveDate;
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
use crate::domain::verification::{self as domain, LicenceKind};
use crate::ops::{self, Act, investor};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(create_investor).add(list_investors).add(get_investor).add(change_investor).add(verify_investor);
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
    /// In how many days it usually answers; null when it has not said.
    #[schema(required = true, example = 3, minimum = 1, maximum = 90)]
    usual_reply_days: Option<i32>,
    /// Whether it wants no new introductions for now.
    paused: bool,
    /// What staff have seen of it; null until then, and until then it may not ask for introductions.
    #[schema(required = true)]
    verification: Option<Verification>,
    created_at: Instant,
}

/// What staff have seen of an investor: who they are, and what they have signed.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// The day on which staff saw papers that prove identity and kind.
    #[schema(value_type = String, format = Date, example = "2024-11-01", max_length = 10)]
    identity_checked_on: NaiveDate,
    /// The code of conduct.
    code_of_conduct: Signed,
    /// The agreement on personal data.
    data_agreement: Signed,
    /// The licence to lend at interest, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    licence: Option<Licence>,
}

/// A paper that was signed.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The version of its wording.
    #[schema(example = "2024-11", min_length = 1, max_length = 50)]
    version: String,
    /// The day.
    #[schema(value_type = String, format = Date, example = "2024-11-01", max_length = 10)]
    signed_on: NaiveDate,
}

/// A licence to lend.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    kind: LicenceKind,
    /// Its number.
    #[schema(example = "518/BH/2019", min_length = 1, max_length = 100)]
    number: String,
}

impl From<domain::Verification> for Verification {
    fn from(v: domain::Verification) -> Self {
        let signed = |s: domain::Signed| Signed { version: s.version, signed_on: s.signed_on };
        Self {
            identity_checked_on: v.identity_checked_on,
            code_of_conduct: signed(v.code_of_conduct),
            data_agreement: signed(v.data_agreement),
            licence: v.licence.map(Licence::from),
        }
    }
}

impl From<domain::Licence> for Licence {
    fn from(l: domain::Licence) -> Self {
        Self { kind: l.kind, number: l.number }
    }
}

impl From<Verification> for domain::Verification {
    fn from(v: Verification) -> Self {
        let signed = |s: Signed| domain::Signed { version: s.version, signed_on: s.signed_on };
        Self {
            identity_checked_on: v.identity_checked_on,
            code_of_conduct: signed(v.code_of_conduct),
            data_agreement: signed(v.data_agreement),
            licence: v.licence.map(|l| domain::Licence { kind: l.kind, number: l.number }),
        }
    }
}

impl TryFrom<store::investor::Investor> for Investor {
    type Error = ops::Error;
    fn try_from(i: store::investor::Investor) -> ops::Result<Self> {
        let seen: Option<domain::Verification> = i.verification.as_deref().map(serde_json::from_str).transpose()?;
        Ok(Self {
            id: i.id,
            version: i.version,
            name: i.name,
            kind: i.kind,
            capacity: i.capacity,
            usual_reply_days: i.usual_reply_days,
            paused: i.paused_at.is_some(),
            verification: seen.map(Verification::from),
            created_at: i.created_at,
        })
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
    /// In how many days it usually answers; owners read it before they agree.
    #[schema(nullable = false, example = 3, minimum = 1, maximum = 90)]
    usual_reply_days: Option<i32>,
    /// True: no new introductions for now; those under way go on. False: again.
    #[schema(nullable = false, example = false)]
    paused: Option<bool>,
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
        Ok(Answer::created(&format!("/v1/investors/{}", made.id), Investor::try_from(made)?)?
            .tagged(version.into(), "full"))
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
    let page = caller.read(move |conn| store::investor::page(conn, &seek, limit)?.try_map(Investor::try_from)).await?;
    pager.answer(page, |i| i.id)
}

/// Get an investor
///
/// Use it to read a profile, and its ETag before a change. Investors read their own.
#[utoipa::path(tag = "investors", params(InvestorId), responses((status = 200, body = Investor)))]
#[get("/v1/investors/{id}")]
pub async fn get_investor(caller: Caller<op::GetInvestor>, Path(id): Path<InvestorId>) -> Result<Answer<Investor>> {
    let found = caller.read(move |conn| Investor::try_from(found(store::investor::find(conn, id)?)?)).await?;
    let version = found.version;
    Ok(Answer::ok(found).tagged(version.into(), "full"))
}

/// Change an investor
///
/// Use it to mend the name, to set how many introductions they can carry, to say how fast they answer, or to pause. Investors change their own; a name
/// that they change themselves has to be verified again. Members that are left out stay as they are.
#[utoipa::path(tag = "investors", params(InvestorId, IfMatch), responses((status = 200, body = Investor)))]
#[patch("/v1/investors/{id}")]
pub async fn change_investor(
    caller: Caller<op::ChangeInvestor>,
    Path(id): Path<InvestorId>,
    Json(change): Json<InvestorChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<Investor>> {
    let change = investor::Change {
        name: change.name,
        capacity: change.capacity,
        usual_reply_days: change.usual_reply_days,
        paused: change.paused,
    };
    let changed = caller.act(move |act| Investor::try_from(investor::change(act, id, version, change)?)).await?;
    let version = changed.version;
    Ok(Answer::ok(changed).tagged(version.into(), "full"))
}

/// Verify an investor
///
/// Use it once you have seen the papers: who they are, the signed code of conduct and data agreement, the licence if they lend at
/// interest. Until then an investor may look and shortlist, but not ask for an introduction. Sent again, it replaces what was
/// noted before.
#[utoipa::path(tag = "investors", params(InvestorId, IfMatch), responses((status = 200, body = Investor)))]
#[put("/v1/investors/{id}/verification")]
pub async fn verify_investor(
    caller: Caller<op::VerifyInvestor>,
    Path(id): Path<InvestorId>,
    Json(seen): Json<Verification>,
    IfMatch(version): IfMatch,
) -> Result<Answer<Investor>> {
    let seen = domain::Verification::from(seen);
    let verified = caller.act(move |act| Investor::try_from(investor::verify(act, id, version, &seen)?)).await?;
    let version = verified.version;
    Ok(Answer::ok(verified).tagged(version.into(), "full"))
}
