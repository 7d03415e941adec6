//! Accounts, for the administrator.

use actix_web::{get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::json::{Json, sent};
use super::once::{Answered, Once};
use super::page::{PageQuery, Pager};
use super::parameters::{Path, Query};
use super::problem::{Fault, Problem, Result};
use super::routes::Routes;
use super::state::State;
use super::work::found;
use crate::domain::actor::{self, Role};
use crate::domain::id::{InvestorId, UserId, VentureId};
use crate::domain::right::op;
use crate::domain::text::Text;
use crate::domain::time::Instant;
use crate::keys::password;
use crate::ops::{Act, user};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(create_user).add(list_users).add(get_user).add(change_user);
}

/// Who somebody is to another issuer of tokens: one of those that the operator of this service trusts.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The issuer, as it stands in the `iss` of its tokens.
    #[schema(example = "https://sso.example.org/realms/undp", min_length = 1, max_length = 255)]
    issuer: String,
    /// What stands in the `sub` of its tokens for this person.
    #[schema(example = "6f1f7a4e-3c52-4b0e-9a34-5f3f3b1c9d10", min_length = 1, max_length = 255)]
    subject: String,
}

impl From<actor::Identity> for Identity {
    fn from(identity: actor::Identity) -> Self {
        Self { issuer: identity.issuer, subject: identity.subject }
    }
}

impl Identity {
    /// Refuses an issuer that nobody here would believe.
    fn trusted(self, app: &State) -> Result<actor::Identity> {
        if app.issuers.lists(&self.issuer) {
            return Ok(actor::Identity { issuer: self.issuer, subject: self.subject });
        }
        let detail = Text::new(
            "Penerbit ini tidak tercantum dalam berkas SEDAYA_ISSUERS layanan ini.",
            "This issuer is not listed in this service's SEDAYA_ISSUERS file.",
        );
        Err(Problem::invalid_body(vec![Fault::at("/identity/issuer", "unknown_issuer", detail)]))
    }
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct User {
    id: UserId,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    /// The name to sign in with; null for owners, who come with the code on their paper, and for programs, which come with a
    /// service token.
    #[schema(required = true, example = "rina.staf", max_length = 100)]
    username: Option<String>,
    role: Role,
    /// The investor it acts for; null for every other role.
    #[schema(required = true)]
    investor_id: Option<InvestorId>,
    /// The venture it owns; null for every other role.
    #[schema(required = true)]
    venture_id: Option<VentureId>,
    /// Who it is to another issuer of tokens; null where it signs in here only.
    #[schema(required = true)]
    identity: Option<Identity>,
    /// Whether it may sign in.
    enabled: bool,
    created_at: Instant,
}

impl From<store::user::User> for User {
    fn from(u: store::user::User) -> Self {
        let identity = u.identity().map(Identity::from);
        Self {
            identity,
            id: u.id,
            version: u.version,
            username: u.username,
            role: u.role,
            investor_id: u.investor_id,
            venture_id: u.venture_id,
            enabled: u.disabled_at.is_none(),
            created_at: u.created_at,
        }
    }
}

page_of! {
    /// A page of accounts, oldest first.
    UserPage of User
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The name to sign in with: lower-case letters, digits, dots, dashes and underscores.
    #[schema(example = "rina.staf", pattern = "^[a-z0-9][a-z0-9._-]{2,63}$", max_length = 64)]
    username: String,
    /// At least twelve characters. May be left out for an account that has an identity.
    #[schema(nullable = false, example = "tiga-kata-acak-saja", min_length = 12, max_length = 200, format = Password)]
    password: Option<String>,
    /// Whose access tokens speak for this account, beside those that are signed in to here.
    #[schema(nullable = false)]
    identity: Option<Identity>,
    role: Role,
    /// The investor it acts for: needed for role `investor`, refused for the others.
    #[schema(nullable = false)]
    investor_id: Option<InvestorId>,
}

/// A change to an account. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Whether it may sign in. Disabling it ends its sessions.
    #[schema(nullable = false, example = false)]
    enabled: Option<bool>,
    /// A new password; ends its sessions.
    #[schema(nullable = false, example = "empat-kata-acak-lain-lagi", min_length = 12, max_length = 200, format = Password)]
    password: Option<String>,
    /// Another identity; null takes it away. Access tokens of the one before stop working.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<Identity>)]
    identity: Option<Option<Identity>>,
}

/// Hashing takes its time and its memory, so it has places of its own.
async fn hashed<O>(caller: &Caller<O>, password: Option<String>) -> Result<Option<String>> {
    let Some(password) = password else { return Ok(None) };
    let hash = caller.app.password_workers.run(move || password::hash(&password)).await?;
    hash.map(Some).map_err(Problem::internal)
}

/// Open an account
///
/// Use it for staff, assessors, auditors, administrators, and for the people of an investor. Owners' accounts come
/// with their ventures. Whoever signs in at another issuer gets an identity instead of a password, or beside it.
#[utoipa::path(
    tag = "users",
    params(Once),
    responses((status = 201, body = User)),
    extensions(("x-problems" = json!(["not_found", "username_taken", "identity_taken"])))
)]
#[post("/v1/users")]
pub async fn create_user(caller: Caller<op::CreateUser>, Json(new): Json<NewUser>, once: Once) -> Result<Answered> {
    let identity = new.identity.map(|identity| identity.trusted(&caller.app)).transpose()?;
    let password_hash = hashed(&caller, new.password).await?;
    let NewUser { username, role, investor_id, .. } = new;
    let new = user::NewUser { username, password_hash, identity, role, investor_id };
    let deed = |act: &mut Act<'_>| {
        let made = user::create(act, new)?;
        let version = made.version;
        Ok(Answer::created(&format!("/v1/users/{}", made.id), User::from(made))?.tagged(version.into(), "admin"))
    };
    once.act(&caller, deed).await
}

/// List the accounts
///
/// Use it to find an account's id. Oldest first.
#[utoipa::path(tag = "users", params(PageQuery), responses((status = 200, body = UserPage)))]
#[get("/v1/users")]
pub async fn list_users(caller: Caller<op::ListUsers>, Query(query): Query<PageQuery>) -> Result<Answer<UserPage>> {
    let pager = Pager::new(&caller, "/v1/users", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.read(move |conn| Ok(store::user::page(conn, &seek, limit)?)).await?;
    pager.answer(page.map(User::from), |u| u.id)
}

/// Get an account
///
/// Use it to read one account, and its ETag before a change.
#[utoipa::path(tag = "users", params(UserId), responses((status = 200, body = User)))]
#[get("/v1/users/{id}")]
pub async fn get_user(caller: Caller<op::GetUser>, Path(id): Path<UserId>) -> Result<Answer<User>> {
    let user = caller.read(move |conn| found(store::user::find(conn, id)?)).await?;
    let version = user.version;
    Ok(Answer::ok(User::from(user)).tagged(version.into(), "admin"))
}

/// Change an account
///
/// Use it to disable or enable an account, to give it a new password, or to say who it is to another issuer.
#[utoipa::path(
    tag = "users",
    params(UserId, IfMatch),
    responses((status = 200, body = User)),
    extensions(("x-problems" = json!(["identity_taken"])))
)]
#[patch("/v1/users/{id}")]
pub async fn change_user(
    caller: Caller<op::ChangeUser>,
    Path(id): Path<UserId>,
    Json(change): Json<UserChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<User>> {
    let identity = match change.identity {
        Some(Some(identity)) => Some(Some(identity.trusted(&caller.app)?)),
        Some(None) => Some(None),
        None => None,
    };
    let password_hash = hashed(&caller, change.password).await?;
    let change = user::Change { enabled: change.enabled, password_hash, identity };
    let changed = caller.act(move |act| user::change(act, id, version, change)).await?;
    let version = changed.version;
    Ok(Answer::ok(User::from(changed)).tagged(version.into(), "admin"))
}
