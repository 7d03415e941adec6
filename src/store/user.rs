//! Accounts, the paper codes of owners, and refresh tokens.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::{claim_codes, refresh_tokens, users};
use super::seek::{Page, Seek, cut};
use crate::domain::actor::{Actor, Identity, Role};
use crate::domain::id::{InvestorId, UserId, VentureId};
use crate::domain::time::Instant;

/// An account.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The name to sign in with; owners and programs have none.
    pub username: Option<String>,
    /// Argon2id, PHC form; owners, programs and those who sign in elsewhere have none.
    pub password_hash: Option<String>,
    /// The role.
    pub role: Role,
    /// The investor it acts for.
    pub investor_id: Option<InvestorId>,
    /// The venture it owns.
    pub venture_id: Option<VentureId>,
    /// Since when it may not sign in.
    pub disabled_at: Option<Instant>,
    /// Rises with each change.
    pub version: i32,
    /// When it was made.
    pub created_at: Instant,
    /// The issuer of tokens that says who comes; set together with `subject`.
    pub issuer: Option<String>,
    /// What that issuer calls whoever comes.
    pub subject: Option<String>,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

impl User {
    /// A new account that nobody can sign in to yet and that acts for nobody but itself.
    pub const fn new(id: UserId, role: Role, created_at: Instant) -> Self {
        Self {
            id,
            username: None,
            password_hash: None,
            role,
            investor_id: None,
            venture_id: None,
            disabled_at: None,
            version: 1,
            created_at,
            issuer: None,
            subject: None,
        }
    }

    /// Who the account is to another issuer of tokens.
    pub fn identity(&self) -> Option<Identity> {
        let (issuer, subject) = self.issuer.clone().zip(self.subject.clone())?;
        Some(Identity { issuer, subject })
    }

    /// Who acts when this account does; nobody when it is disabled.
    pub fn actor(&self) -> Option<Actor> {
        self.disabled_at.is_none().then_some(Actor {
            user: self.id,
            role: self.role,
            investor: self.investor_id,
            venture: self.venture_id,
            companion: false,
        })
    }
}

/// Adds an account; [`super::StoreError::Duplicate`] when the name is taken.
pub fn insert(conn: &mut Conn, user: &User) -> Result<()> {
    diesel::insert_into(users::table).values(user).execute(conn)?;
    Ok(())
}

/// One account.
pub fn find(conn: &mut Conn, id: UserId) -> Result<Option<User>> {
    Ok(users::table.find(id).select(User::as_select()).first(conn).optional()?)
}

/// The account with this name.
pub fn by_username(conn: &mut Conn, username: &str) -> Result<Option<User>> {
    Ok(users::table.filter(users::username.eq(username)).select(User::as_select()).first(conn).optional()?)
}

/// The account that somebody has whom another issuer of tokens knows.
pub fn by_identity(conn: &mut Conn, identity: &Identity) -> Result<Option<User>> {
    let query = users::table.filter(users::issuer.eq(&identity.issuer)).filter(users::subject.eq(&identity.subject));
    Ok(query.select(User::as_select()).first(conn).optional()?)
}

/// The account of the owner of a venture.
pub fn by_venture(conn: &mut Conn, venture: VentureId) -> Result<Option<User>> {
    Ok(users::table.filter(users::venture_id.eq(venture)).select(User::as_select()).first(conn).optional()?)
}

/// A page of accounts, oldest first.
pub fn page(conn: &mut Conn, seek: &Seek<UserId>, limit: i64) -> Result<Page<User>> {
    let query = users::table.select(User::as_select()).into_boxed();
    Ok(cut!(conn, query, users::id, ascending, seek, limit))
}

/// Whether any account has this role.
pub fn any_with_role(conn: &mut Conn, role: Role) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(users::table.filter(users::role.eq(role)))).get_result(conn)?)
}

/// Stores a changed account over `user.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, user: &User) -> Result<bool> {
    let changed = diesel::update(users::table.find(user.id).filter(users::version.eq(user.version - 1)))
        .set((
            users::password_hash.eq(&user.password_hash),
            users::disabled_at.eq(user.disabled_at),
            users::issuer.eq(&user.issuer),
            users::subject.eq(&user.subject),
            users::version.eq(user.version),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Gives an owner's account a new paper code, by its keyed hash; earlier ones stop working.
pub fn replace_claim_code(conn: &mut Conn, user: UserId, code_hash: &str, now: Instant) -> Result<()> {
    end_claim_codes(conn, user, now)?;
    diesel::insert_into(claim_codes::table)
        .values((claim_codes::code_hash.eq(code_hash), claim_codes::user_id.eq(user), claim_codes::created_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Ends the paper codes of an account.
pub fn end_claim_codes(conn: &mut Conn, user: UserId, now: Instant) -> Result<()> {
    diesel::update(claim_codes::table.filter(claim_codes::user_id.eq(user)).filter(claim_codes::replaced_at.is_null()))
        .set(claim_codes::replaced_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// The account that a paper code opens, by the code's keyed hash.
pub fn by_claim_code(conn: &mut Conn, code_hash: &str) -> Result<Option<User>> {
    Ok(claim_codes::table
        .inner_join(users::table.on(users::id.eq(claim_codes::user_id)))
        .filter(claim_codes::code_hash.eq(code_hash))
        .filter(claim_codes::replaced_at.is_null())
        .select(User::as_select())
        .first(conn)
        .optional()?)
}

/// When claim codes of an account were given out, and when another took their place; the oldest first.
pub fn claim_codes_of(conn: &mut Conn, user: UserId) -> Result<Vec<(Instant, Option<Instant>)>> {
    let of = claim_codes::table.filter(claim_codes::user_id.eq(user)).order(claim_codes::created_at).limit(1000);
    Ok(of.select((claim_codes::created_at, claim_codes::replaced_at)).load(conn)?)
}

/// A refresh token, by its keyed hash.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens, treat_none_as_default_value = false)]
pub struct RefreshToken {
    /// Keyed hash of the token.
    pub token_hash: String,
    /// All successors of one sign-in.
    pub family: String,
    /// The account.
    pub user_id: UserId,
    /// When it was given out.
    pub issued_at: Instant,
    /// Until when it works.
    pub expires_at: Instant,
    /// When it was exchanged.
    pub used_at: Option<Instant>,
    /// When its family was ended.
    pub revoked_at: Option<Instant>,
    /// The venture for whose owner the session acts.
    pub acts_for: Option<VentureId>,
}

/// The refresh tokens of an account, the newest first.
pub fn refresh_tokens_of(conn: &mut Conn, user: UserId, limit: i64) -> Result<Vec<RefreshToken>> {
    let of = refresh_tokens::table.filter(refresh_tokens::user_id.eq(user));
    let newest = of.order((refresh_tokens::issued_at.desc(), refresh_tokens::token_hash)).limit(limit);
    Ok(newest.select(RefreshToken::as_select()).load(conn)?)
}

/// Remembers a token given out.
pub fn insert_refresh_token(conn: &mut Conn, token: &RefreshToken) -> Result<()> {
    diesel::insert_into(refresh_tokens::table).values(token).execute(conn)?;
    Ok(())
}

/// A token by its keyed hash.
pub fn refresh_token(conn: &mut Conn, token_hash: &str) -> Result<Option<RefreshToken>> {
    Ok(refresh_tokens::table.find(token_hash).select(RefreshToken::as_select()).first(conn).optional()?)
}

/// The account, if it has this session and the session has not been ended; and the venture for whose owner the session acts.
pub fn in_session(conn: &mut Conn, user: UserId, family: &str) -> Result<Option<(User, Option<VentureId>)>> {
    let session = refresh_tokens::table
        .inner_join(users::table.on(users::id.eq(refresh_tokens::user_id)))
        .filter(refresh_tokens::user_id.eq(user))
        .filter(refresh_tokens::family.eq(family))
        .filter(refresh_tokens::revoked_at.is_null());
    Ok(session.select((User::as_select(), refresh_tokens::acts_for)).first(conn).optional()?)
}

/// Marks a token as exchanged.
pub fn mark_refresh_token_used(conn: &mut Conn, token_hash: &str, now: Instant) -> Result<()> {
    diesel::update(refresh_tokens::table.find(token_hash)).set(refresh_tokens::used_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Ends a family of tokens.
pub fn revoke_family(conn: &mut Conn, family: &str, now: Instant) -> Result<()> {
    diesel::update(
        refresh_tokens::table.filter(refresh_tokens::family.eq(family)).filter(refresh_tokens::revoked_at.is_null()),
    )
    .set(refresh_tokens::revoked_at.eq(now))
    .execute(conn)?;
    Ok(())
}

/// Ends the sessions in which an account acts for somebody: for the owner of this venture, or for any.
pub fn revoke_acting(conn: &mut Conn, user: UserId, venture: Option<VentureId>, now: Instant) -> Result<()> {
    let open = refresh_tokens::table
        .filter(refresh_tokens::user_id.eq(user))
        .filter(refresh_tokens::revoked_at.is_null())
        .filter(refresh_tokens::acts_for.is_not_null());
    match venture {
        Some(venture) => diesel::update(open.filter(refresh_tokens::acts_for.eq(Some(venture))))
            .set(refresh_tokens::revoked_at.eq(now))
            .execute(conn)?,
        None => diesel::update(open).set(refresh_tokens::revoked_at.eq(now)).execute(conn)?,
    };
    Ok(())
}

/// Ends every session of an account.
pub fn revoke_sessions(conn: &mut Conn, user: UserId, now: Instant) -> Result<()> {
    diesel::update(
        refresh_tokens::table.filter(refresh_tokens::user_id.eq(user)).filter(refresh_tokens::revoked_at.is_null()),
    )
    .set(refresh_tokens::revoked_at.eq(now))
    .execute(conn)?;
    Ok(())
}
