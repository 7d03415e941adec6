//! Investors.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::investors;
use super::seek::{Page, Seek, cut};
use crate::domain::id::InvestorId;
use crate::domain::time::Instant;
use crate::domain::venture::InvestorKind;

/// Who offers support.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = investors, treat_none_as_default_value = false)]
pub struct Investor {
    /// The id.
    pub id: InvestorId,
    /// Its name.
    pub name: String,
    /// What kind of investor.
    pub kind: InvestorKind,
    /// How many introductions it can carry at once.
    pub capacity: i32,
    /// Rises with each change.
    pub version: i32,
    /// When it was made.
    pub created_at: Instant,
    /// Canonical JSON of [`crate::domain::verification::Verification`]; none until staff have seen its papers.
    pub verification: Option<String>,
    /// Days in which it usually answers, as it says itself.
    pub usual_reply_days: Option<i32>,
    /// Since when it wants no new introductions.
    pub paused_at: Option<Instant>,
}

/// Adds an investor.
pub fn insert(conn: &mut Conn, investor: &Investor) -> Result<()> {
    diesel::insert_into(investors::table).values(investor).execute(conn)?;
    Ok(())
}

/// One investor.
pub fn find(conn: &mut Conn, id: InvestorId) -> Result<Option<Investor>> {
    Ok(investors::table.find(id).select(Investor::as_select()).first(conn).optional()?)
}

/// A page of investors, oldest first.
pub fn page(conn: &mut Conn, seek: &Seek<InvestorId>, limit: i64) -> Result<Page<Investor>> {
    let query = investors::table.select(Investor::as_select()).into_boxed();
    Ok(cut!(conn, query, investors::id, ascending, seek, limit))
}

/// Stores a changed investor over `investor.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, investor: &Investor) -> Result<bool> {
    let changed =
        diesel::update(investors::table.find(investor.id).filter(investors::version.eq(investor.version - 1)))
            .set((
                investors::name.eq(&investor.name),
                investors::capacity.eq(investor.capacity),
                investors::verification.eq(&investor.verification),
                investors::usual_reply_days.eq(investor.usual_reply_days),
                investors::paused_at.eq(investor.paused_at),
                investors::version.eq(investor.version),
            ))
            .execute(conn)?;
    Ok(changed == 1)
}
