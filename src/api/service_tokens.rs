//! Tokens for programs, given out by the administrator.

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
use crate::domain::actor::Role;
use crate::domain::id::{InvestorId, UserId};
use crate::domain::right::op;
use crate::domain::scope::Scope;
use crate::domain::time::Instant;
use crate::ops::{Act, service_token};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(create_service_token).add(list_service_tokens).add(get_service_token).add(change_service_token);
}

/// A program's token, without the token itself.
#[derive(Serialize, ToSchema)]
pub struct ServiceToken {
    /// The program's account: what it does stands under this id in the audit.
    id: UserId,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    /// What people call it.
    #[schema(example = "Sinkronisasi lembar asesmen", max_length = 100)]
    name: String,
    role: Role,
    /// The investor it acts for; null for every other role.
    #[schema(required = true)]
    investor_id: Option<InvestorId>,
    /// What it may do, by `operationId`.
    #[schema(example = json!(["createImport", "getImport"]), max_items = 256)]
    operations: Vec<String>,
    /// Whether it works, as long as it has not ended.
    enabled: bool,
    /// Until when it works.
    expires_at: Instant,
    /// Who made it: a user id.
    #[schema(example = "usr_01jcnq8xvgf0nadk1qh2t8wz5e", max_length = 30)]
    created_by: String,
    created_at: Instant,
}

impl From<(store::service_token::ServiceToken, store::user::User)> for ServiceToken {
    fn from((token, account): (store::service_token::ServiceToken, store::user::User)) -> Self {
        Self {
            id: account.id,
            version: account.version,
            name: token.name,
            role: account.role,
            investor_id: account.investor_id,
            operations: Scope::parse(&token.operations).operations().map(ToOwned::to_owned).collect(),
            enabled: account.disabled_at.is_none(),
            expires_at: token.expires_at,
            created_by: token.created_by,
            created_at: account.created_at,
        }
    }
}

page_of! {
    /// A page of service tokens, oldest first.
    ServiceTokenPage of ServiceToken
}

/// A new service token, and the token itself.
#[derive(Serialize, ToSchema)]
pub struct IssuedServiceToken {
    #[serde(flatten)]
    about: ServiceToken,
    /// The token, shown once: keep it as a secret and send it as `Authorization: Bearer`.
    #[schema(example = "st_bm90LWEtdG9rZW4tYnV0LWl0cy1zaGFwZS1ub3QtYS10b2tlbi1idXQtaXRzLXNo", max_length = 100)]
    token: String,
}

/// A service token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceToken {
    /// What people call it.
    #[schema(example = "Sinkronisasi lembar asesmen", min_length = 1, max_length = 100)]
    name: String,
    /// Of the roles `staff`, `assessor`, `investor` and `auditor`.
    role: Role,
    /// The investor it acts for: needed for role `investor`, refused for the others.
    #[schema(nullable = false)]
    investor_id: Option<InvestorId>,
    /// What it may do, by `operationId`: of what its role may, and nothing that needs a person.
    #[schema(example = json!(["createImport", "getImport"]), min_items = 1, max_items = 256)]
    operations: Vec<OperationId>,
    /// How many days it works.
    #[serde(default = "quarter")]
    #[schema(example = 90, minimum = 1, maximum = 366, default = 90)]
    lifetime_days: u16,
}

const fn quarter() -> u16 {
    90
}

/// The `operationId` of an operation in this document.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "createImport", min_length = 1, max_length = 100)]
pub struct OperationId(String);

fn names(operations: Vec<OperationId>) -> Vec<String> {
    operations.into_iter().map(|operation| operation.0).collect()
}

/// A change to a service token. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceTokenChange {
    /// What people call it.
    #[schema(nullable = false, example = "Sinkronisasi lama", min_length = 1, max_length = 100)]
    name: Option<String>,
    /// What it may do from now on.
    #[schema(nullable = false, min_items = 1, max_items = 256)]
    operations: Option<Vec<OperationId>>,
    /// Whether it works.
    #[schema(nullable = false, example = false)]
    enabled: Option<bool>,
}

/// Make a service token
///
/// Use it to let a program in: a nightly import, a dashboard. It acts as an account of its own, may do only what is listed, and
/// ends by itself. What needs a person (drafting, approving and publishing, claim codes, accounts) cannot be listed.
#[utoipa::path(
    tag = "users",
    params(Once),
    responses((status = 201, body = IssuedServiceToken)),
    extensions(("x-problems" = json!(["not_found"])))
)]
#[post("/v1/service-tokens")]
pub async fn create_service_token(
    caller: Caller<op::CreateServiceToken>,
    Json(new): Json<NewServiceToken>,
    once: Once,
) -> Result<Answered> {
    let new = service_token::NewServiceToken {
        name: new.name,
        role: new.role,
        investor_id: new.investor_id,
        operations: names(new.operations),
        lifetime_days: new.lifetime_days,
    };
    let deed = |act: &mut Act<'_>| {
        let (made, account, token) = service_token::create(act, new)?;
        let version = account.version;
        let about = ServiceToken::from((made, account));
        let location = format!("/v1/service-tokens/{}", about.id);
        let issued = IssuedServiceToken { about, token };
        Ok(Answer::created(&location, issued)?.tagged(version.into(), "admin").no_store())
    };
    once.act(&caller, deed).await
}

/// List the service tokens
///
/// Use it to see which programs may do what, and which tokens end soon. Oldest first.
#[utoipa::path(tag = "users", params(PageQuery), responses((status = 200, body = ServiceTokenPage)))]
#[get("/v1/service-tokens")]
pub async fn list_service_tokens(
    caller: Caller<op::ListServiceTokens>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<ServiceTokenPage>> {
    let pager = Pager::new(&caller, "/v1/service-tokens", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.read(move |conn| Ok(store::service_token::page(conn, &seek, limit)?)).await?;
    pager.answer(page.map(ServiceToken::from), |token| token.id)
}

/// Get a service token
///
/// Use it to read one, and its ETag before a change. The token itself is not shown again.
#[utoipa::path(tag = "users", params(UserId), responses((status = 200, body = ServiceToken)))]
#[get("/v1/service-tokens/{id}")]
pub async fn get_service_token(
    caller: Caller<op::GetServiceToken>,
    Path(id): Path<UserId>,
) -> Result<Answer<ServiceToken>> {
    let token = caller.read(move |conn| found(store::service_token::find(conn, id)?)).await?;
    let version = token.1.version;
    Ok(Answer::ok(ServiceToken::from(token)).tagged(version.into(), "admin"))
}

/// Change a service token
///
/// Use it to take a token out of use, or to let it do other things. To replace one, make another and then disable this one.
#[utoipa::path(tag = "users", params(UserId, IfMatch), responses((status = 200, body = ServiceToken)))]
#[patch("/v1/service-tokens/{id}")]
pub async fn change_service_token(
    caller: Caller<op::ChangeServiceToken>,
    Path(id): Path<UserId>,
    Json(change): Json<ServiceTokenChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<ServiceToken>> {
    let change =
        service_token::Change { name: change.name, operations: change.operations.map(names), enabled: change.enabled };
    let changed = caller.act(move |act| service_token::change(act, id, version, change)).await?;
    let version = changed.1.version;
    Ok(Answer::ok(ServiceToken::from(changed)).tagged(version.into(), "admin"))
}
