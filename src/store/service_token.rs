//! The tokens of programs. Each has an account of its own, so that what it does can be told from what people do.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::{service_tokens, users};
use super::seek::{Page, Seek, cut};
use super::user::User;
use crate::domain::id::UserId;
use crate::domain::time::Instant;

/// A program's token.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = service_tokens)]
pub struct ServiceToken {
    /// The program's account.
    pub user_id: UserId,
    /// What people call it.
    pub name: String,
    /// Keyed hash of the token.
    pub token_hash: String,
    /// What it may do, as [`crate::domain::scope::Scope`] writes it.
    pub operations: String,
    /// Who made it: a user id.
    pub created_by: String,
    /// Until when it works.
    pub expires_at: Instant,
}

/// Adds one; its account must be there.
pub fn insert(conn: &mut Conn, token: &ServiceToken) -> Result<()> {
    diesel::insert_into(service_tokens::table).values(token).execute(conn)?;
    Ok(())
}

/// One, by its account.
pub fn find(conn: &mut Conn, id: UserId) -> Result<Option<(ServiceToken, User)>> {
    Ok(service_tokens::table
        .inner_join(users::table.on(users::id.eq(service_tokens::user_id)))
        .filter(service_tokens::user_id.eq(id))
        .select((ServiceToken::as_select(), User::as_select()))
        .first(conn)
        .optional()?)
}

/// One, by the keyed hash of the token.
pub fn by_hash(conn: &mut Conn, token_hash: &str) -> Result<Option<(ServiceToken, User)>> {
    Ok(service_tokens::table
        .inner_join(users::table.on(users::id.eq(service_tokens::user_id)))
        .filter(service_tokens::token_hash.eq(token_hash))
        .select((ServiceToken::as_select(), User::as_select()))
        .first(conn)
        .optional()?)
}

/// A page of them, oldest first.
pub fn page(conn: &mut Conn, seek: &Seek<UserId>, limit: i64) -> Result<Page<(ServiceToken, User)>> {
    let query = service_tokens::table
        .inner_join(users::table.on(users::id.eq(service_tokens::user_id)))
        .select((ServiceToken::as_select(), User::as_select()))
        .into_boxed();
    Ok(cut!(conn, query, service_tokens::user_id, ascending, seek, limit))
}

/// Stores another name and other operations. The version that guards them is the account's.
pub fn update(conn: &mut Conn, token: &ServiceToken) -> Result<()> {
    diesel::update(service_tokens::table.find(token.user_id))
        .set((service_tokens::name.eq(&token.name), service_tokens::operations.eq(&token.operations)))
        .execute(conn)?;
    Ok(())
}
