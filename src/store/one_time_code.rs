//! One-time codes, and the phones that owners have confirmed with them.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{code_requests, one_time_codes, owner_phones};
use crate::domain::id::{DeliveryId, UserId};
use crate::domain::one_time_code::CodePurpose;
use crate::domain::time::Instant;

/// A code that was sent.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = one_time_codes, treat_none_as_default_value = false)]
pub struct OneTimeCode {
    /// The id of the message that carries it.
    pub id: DeliveryId,
    /// Whose.
    pub user_id: UserId,
    /// What for.
    pub purpose: CodePurpose,
    /// The number it goes to, encrypted.
    pub phone: Vec<u8>,
    /// Keyed hash of the code.
    pub code_hash: String,
    /// How often it was tried.
    pub tries: i32,
    /// When it did its work, or a newer one took its place.
    pub used_at: Option<Instant>,
    /// When it was asked for.
    pub created_at: Instant,
}

/// A phone that an owner has confirmed.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = owner_phones)]
pub struct OwnerPhone {
    /// Whose.
    pub user_id: UserId,
    /// Keyed hash of the number, by which it is found.
    pub phone_hash: String,
    /// The number, encrypted.
    pub phone: Vec<u8>,
    /// When.
    pub confirmed_at: Instant,
}

/// Adds a code.
pub fn insert(conn: &mut Conn, code: &OneTimeCode) -> Result<()> {
    on_both!(conn, c => diesel::insert_into(one_time_codes::table).values(code).execute(c))?;
    Ok(())
}

/// One code.
pub fn find(conn: &mut Conn, id: DeliveryId) -> Result<Option<OneTimeCode>> {
    Ok(one_time_codes::table.find(id).select(OneTimeCode::as_select()).first(conn).optional()?)
}

/// The code of an account for a purpose that may still work: the newest, for a newer one ends those before it.
pub fn open(conn: &mut Conn, user: UserId, purpose: CodePurpose) -> Result<Option<OneTimeCode>> {
    let query = one_time_codes::table
        .filter(one_time_codes::user_id.eq(user))
        .filter(one_time_codes::purpose.eq(purpose))
        .filter(one_time_codes::used_at.is_null())
        .order((one_time_codes::created_at.desc(), one_time_codes::id.desc()));
    Ok(query.select(OneTimeCode::as_select()).first(conn).optional()?)
}

/// How many codes for a purpose an account was sent after a time.
pub fn sent_since(conn: &mut Conn, user: UserId, purpose: CodePurpose, since: Instant) -> Result<i64> {
    let of = one_time_codes::table.filter(one_time_codes::user_id.eq(user)).filter(one_time_codes::purpose.eq(purpose));
    let query = of.filter(one_time_codes::created_at.gt(since));
    Ok(query.select(count_star()).first(conn)?)
}

/// Counts a try.
pub fn count_try(conn: &mut Conn, id: DeliveryId) -> Result<()> {
    diesel::update(one_time_codes::table.find(id))
        .set(one_time_codes::tries.eq(one_time_codes::tries + 1))
        .execute(conn)?;
    Ok(())
}

/// Notes that a code has done its work.
pub fn use_up(conn: &mut Conn, id: DeliveryId, now: Instant) -> Result<()> {
    diesel::update(one_time_codes::table.find(id)).set(one_time_codes::used_at.eq(Some(now))).execute(conn)?;
    Ok(())
}

/// Ends the codes of an account for a purpose.
pub fn end(conn: &mut Conn, user: UserId, purpose: CodePurpose, now: Instant) -> Result<()> {
    let open = one_time_codes::table
        .filter(one_time_codes::user_id.eq(user))
        .filter(one_time_codes::purpose.eq(purpose))
        .filter(one_time_codes::used_at.is_null());
    diesel::update(open).set(one_time_codes::used_at.eq(Some(now))).execute(conn)?;
    Ok(())
}

/// Forgets codes from before a time.
pub fn forget(conn: &mut Conn, before: Instant) -> Result<usize> {
    Ok(diesel::delete(one_time_codes::table.filter(one_time_codes::created_at.lt(before))).execute(conn)?)
}

/// Forgets which codes were asked for before an hour.
pub fn forget_requests(conn: &mut Conn, before: i64) -> Result<usize> {
    Ok(diesel::delete(code_requests::table.filter(code_requests::hour.lt(before))).execute(conn)?)
}

/// Counts that a code was asked for to a number, known or not; tells how often in this hour, this one included.
pub fn count_request(conn: &mut Conn, phone_hash: &str, hour: i64) -> Result<i32> {
    let row = (code_requests::phone_hash.eq(phone_hash), code_requests::hour.eq(hour), code_requests::requests.eq(1));
    on_both!(conn, c => diesel::insert_into(code_requests::table)
        .values(row)
        .on_conflict((code_requests::phone_hash, code_requests::hour))
        .do_update()
        .set(code_requests::requests.eq(code_requests::requests + 1))
        .execute(c))?;
    Ok(code_requests::table.find((phone_hash, hour)).select(code_requests::requests).first(conn)?)
}

/// Whose phone this is.
pub fn by_phone(conn: &mut Conn, phone_hash: &str) -> Result<Option<OwnerPhone>> {
    let query = owner_phones::table.filter(owner_phones::phone_hash.eq(phone_hash));
    Ok(query.select(OwnerPhone::as_select()).first(conn).optional()?)
}

/// The phone of an account.
pub fn phone_of(conn: &mut Conn, user: UserId) -> Result<Option<OwnerPhone>> {
    Ok(owner_phones::table.find(user).select(OwnerPhone::as_select()).first(conn).optional()?)
}

/// Gives an account a phone; an earlier one is its no more.
pub fn set_phone(conn: &mut Conn, phone: &OwnerPhone) -> Result<()> {
    diesel::delete(owner_phones::table.find(phone.user_id)).execute(conn)?;
    on_both!(conn, c => diesel::insert_into(owner_phones::table).values(phone).execute(c))?;
    Ok(())
}
