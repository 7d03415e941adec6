//! Criteria sets and their versions.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::{criteria, criteria_versions, investors};
use crate::domain::id::{CriteriaId, InvestorId, UserId};
use crate::domain::life::CriteriaState;
use crate::domain::time::Instant;
use crate::domain::venture::InvestorKind;

/// A criteria set of one investor.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = criteria, treat_none_as_default_value = false)]
pub struct Criteria {
    /// The id.
    pub id: CriteriaId,
    /// Whose.
    pub investor_id: InvestorId,
    /// The number of the newest version.
    pub latest: i32,
    /// Rises with each change, of its versions too.
    pub version: i32,
    /// When it was made.
    pub created_at: Instant,
    /// Every so many days a list is drafted.
    pub draft_every_days: Option<i32>,
    /// In whose name: whoever has wished so.
    pub drafts_for: Option<UserId>,
}

/// One version of a criteria set.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = criteria_versions, treat_none_as_default_value = false)]
pub struct CriteriaVersion {
    /// The set.
    pub criteria_id: CriteriaId,
    /// Its number, from 1.
    pub number: i32,
    /// Where it stands.
    pub state: CriteriaState,
    /// The document as canonical JSON.
    pub document: String,
    /// Who wrote it: a user id.
    pub author: String,
    /// When.
    pub created_at: Instant,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<Instant>,
    /// Who published it.
    pub published_by: Option<String>,
    /// When.
    pub published_at: Option<Instant>,
    /// The lottery's seed, 32 hex digits; drawn at publication.
    pub seed: Option<String>,
}

/// Adds a criteria set with its first version.
pub fn insert(conn: &mut Conn, set: &Criteria, first: &CriteriaVersion) -> Result<()> {
    diesel::insert_into(criteria::table).values(set).execute(conn)?;
    diesel::insert_into(criteria_versions::table).values(first).execute(conn)?;
    Ok(())
}

/// Adds a version and stores the set that knows of it.
pub fn insert_version(conn: &mut Conn, set: &Criteria, version: &CriteriaVersion) -> Result<()> {
    touch(conn, set)?;
    diesel::insert_into(criteria_versions::table).values(version).execute(conn)?;
    Ok(())
}

/// Stores the set's newest number, its version and its schedule.
pub fn touch(conn: &mut Conn, set: &Criteria) -> Result<()> {
    diesel::update(criteria::table.find(set.id))
        .set((
            criteria::latest.eq(set.latest),
            criteria::version.eq(set.version),
            criteria::draft_every_days.eq(set.draft_every_days),
            criteria::drafts_for.eq(set.drafts_for),
        ))
        .execute(conn)?;
    Ok(())
}

/// One set.
pub fn find(conn: &mut Conn, id: CriteriaId) -> Result<Option<Criteria>> {
    Ok(criteria::table.find(id).select(Criteria::as_select()).first(conn).optional()?)
}

/// The sets of which lists are drafted on a schedule.
pub fn scheduled(conn: &mut Conn) -> Result<Vec<Criteria>> {
    let scheduled = criteria::table.filter(criteria::draft_every_days.is_not_null());
    Ok(scheduled.order(criteria::id).select(Criteria::as_select()).load(conn)?)
}

/// The sets of an investor, oldest first.
pub fn of_investor(conn: &mut Conn, investor: InvestorId) -> Result<Vec<Criteria>> {
    Ok(criteria::table
        .filter(criteria::investor_id.eq(investor))
        .order(criteria::id)
        .select(Criteria::as_select())
        .load(conn)?)
}

/// One version.
pub fn version(conn: &mut Conn, id: CriteriaId, number: i32) -> Result<Option<CriteriaVersion>> {
    Ok(criteria_versions::table.find((id, number)).select(CriteriaVersion::as_select()).first(conn).optional()?)
}

/// All versions of a set, oldest first.
pub fn versions(conn: &mut Conn, id: CriteriaId) -> Result<Vec<CriteriaVersion>> {
    Ok(criteria_versions::table
        .filter(criteria_versions::criteria_id.eq(id))
        .order(criteria_versions::number)
        .select(CriteriaVersion::as_select())
        .load(conn)?)
}

/// The version that ranks: the highest published number.
pub fn published(conn: &mut Conn, id: CriteriaId) -> Result<Option<CriteriaVersion>> {
    Ok(criteria_versions::table
        .filter(criteria_versions::criteria_id.eq(id))
        .filter(criteria_versions::state.eq(CriteriaState::Published))
        .order(criteria_versions::number.desc())
        .select(CriteriaVersion::as_select())
        .first(conn)
        .optional()?)
}

/// The version that ranks of every set that has one, by set, each with the kind of its investor.
pub fn all_published(conn: &mut Conn) -> Result<Vec<(InvestorKind, CriteriaVersion)>> {
    let mut all: Vec<(InvestorKind, CriteriaVersion)> = criteria_versions::table
        .inner_join(criteria::table.on(criteria::id.eq(criteria_versions::criteria_id)))
        .inner_join(investors::table.on(investors::id.eq(criteria::investor_id)))
        .filter(criteria_versions::state.eq(CriteriaState::Published))
        .order((criteria_versions::criteria_id, criteria_versions::number.desc()))
        .select((investors::kind, CriteriaVersion::as_select()))
        .load(conn)?;
    all.dedup_by_key(|(_, version)| version.criteria_id);
    Ok(all)
}

/// Stores where a version stands.
pub fn update_version(conn: &mut Conn, version: &CriteriaVersion) -> Result<()> {
    diesel::update(criteria_versions::table.find((version.criteria_id, version.number)))
        .set((
            criteria_versions::state.eq(version.state),
            criteria_versions::approved_by.eq(&version.approved_by),
            criteria_versions::approved_at.eq(version.approved_at),
            criteria_versions::published_by.eq(&version.published_by),
            criteria_versions::published_at.eq(version.published_at),
            criteria_versions::seed.eq(&version.seed),
        ))
        .execute(conn)?;
    Ok(())
}
