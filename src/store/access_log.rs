//! Who looked at a venture.

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::access_log;
use super::seek::{Page, Seek, cut};
use crate::domain::actor::Role;
use crate::domain::id::{InvestorId, UserId, VentureId};
use crate::domain::look::{Look, LookKind};

/// A look that was noted.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = access_log)]
pub struct Noted {
    /// Its number: rises as looks are noted.
    pub seq: i64,
    /// At which venture.
    pub venture_id: VentureId,
    /// By which account …
    pub user_id: UserId,
    /// … for which investor …
    pub investor_id: Option<InvestorId>,
    /// … in which role.
    pub role: Role,
    /// At what.
    pub look: LookKind,
    /// On which day in Jakarta, `YYYY-MM-DD`.
    pub day: String,
}

#[derive(Insertable)]
#[diesel(table_name = access_log, treat_none_as_default_value = false)]
struct New {
    venture_id: VentureId,
    user_id: UserId,
    investor_id: Option<InvestorId>,
    role: Role,
    look: LookKind,
    day: String,
}

impl From<&Look> for New {
    fn from(look: &Look) -> Self {
        Self {
            venture_id: look.venture,
            user_id: look.user,
            investor_id: look.investor,
            role: look.role,
            look: look.kind,
            day: look.day.to_string(),
        }
    }
}

/// Adds looks; one that is noted already is left as it is.
pub fn insert(conn: &mut Conn, looks: &[Look]) -> Result<()> {
    for chunk in looks.chunks(500) {
        let rows: Vec<New> = chunk.iter().map(New::from).collect();
        on_both!(conn, c => diesel::insert_into(access_log::table).values(&rows).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// A page of the looks at a venture, the newest first.
pub fn page(conn: &mut Conn, venture: VentureId, seek: &Seek<i64>, limit: i64) -> Result<Page<Noted>> {
    let query = access_log::table.filter(access_log::venture_id.eq(venture)).select(Noted::as_select()).into_boxed();
    Ok(cut!(conn, query, access_log::seq, descending, seek, limit))
}

/// The looks of an account or an investor in these days, both included, one row a venture and kind; `limit` of them at most.
pub fn looked(
    conn: &mut Conn,
    user: Option<UserId>,
    investor: Option<InvestorId>,
    days: (&str, &str),
    limit: i64,
) -> Result<Vec<Noted>> {
    let mut query =
        access_log::table.filter(access_log::day.between(days.0, days.1)).select(Noted::as_select()).into_boxed();
    if let Some(user) = user {
        query = query.filter(access_log::user_id.eq(user));
    }
    if let Some(investor) = investor {
        query = query.filter(access_log::investor_id.eq(investor));
    }
    Ok(query.order((access_log::venture_id, access_log::seq)).limit(limit).load(conn)?)
}

/// The day of the oldest look.
pub fn oldest(conn: &mut Conn) -> Result<Option<String>> {
    Ok(access_log::table.order(access_log::day).select(access_log::day).first(conn).optional()?)
}

/// Removes up to `limit` looks of before a day; gives how many.
pub fn remove_before(conn: &mut Conn, day: &str, limit: i64) -> Result<usize> {
    let old = access_log::table.filter(access_log::day.lt(day)).order(access_log::seq).limit(limit);
    let old: Vec<i64> = old.select(access_log::seq).load(conn)?;
    let mut removed = 0;
    for chunk in old.chunks(500) {
        removed += diesel::delete(access_log::table.filter(access_log::seq.eq_any(chunk))).execute(conn)?;
    }
    Ok(removed)
}
