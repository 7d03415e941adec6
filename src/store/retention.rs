//! What is kept longer than it may be.

use diesel::prelude::*;

use super::conn::Conn;
use super::erasure;
use super::error::Result;
use super::schema::{
    audit, cohorts, complaints, consents, data_requests, import_errors, imports, incidents, matches, participants,
    retention_runs, ventures,
};
use crate::domain::id::{CohortId, ComplaintId, ImportId, IncidentId, ParticipantId, VentureId};
use crate::domain::life::ImportState;
use crate::domain::match_life::MatchState;
use crate::domain::retention::RetentionRule;
use crate::domain::time::Instant;

/// When a rule was last carried out.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = retention_runs)]
pub struct Run {
    /// Which.
    pub rule: RetentionRule,
    /// When.
    pub ran_at: Instant,
    /// How much it removed then …
    pub removed: i64,
    /// … and in all.
    pub removed_total: i64,
}

/// The last run of each rule that was ever carried out.
pub fn runs(conn: &mut Conn) -> Result<Vec<Run>> {
    Ok(retention_runs::table.order(retention_runs::rule).select(Run::as_select()).load(conn)?)
}

/// Notes a run.
pub fn note(conn: &mut Conn, rule: RetentionRule, now: Instant, removed: i64) -> Result<()> {
    let earlier =
        retention_runs::table.find(rule).select(retention_runs::removed_total).first::<i64>(conn).optional()?;
    let run = Run { rule, ran_at: now, removed, removed_total: earlier.unwrap_or(0) + removed };
    if earlier.is_some() {
        diesel::update(retention_runs::table.find(rule)).set(&run).execute(conn)?;
    } else {
        diesel::insert_into(retention_runs::table).values(&run).execute(conn)?;
    }
    Ok(())
}

/// Up to `limit` ventures whose cohort ended by a day, that were entered before a time, and about which nothing is open that their owner has a part in.
pub fn old_ventures(conn: &mut Conn, ended_by: &str, entered: Instant, limit: i64) -> Result<Vec<VentureId>> {
    let open = || MatchState::ALL.iter().copied().filter(|state| state.is_open());
    let old = cohorts::table.filter(cohorts::ends_on.le(ended_by)).select(cohorts::id);
    let talks = matches::table
        .filter(matches::asked_at.is_not_null())
        .filter(matches::state.eq_any(open()))
        .select(matches::venture_id);
    let asks = data_requests::table.filter(data_requests::resolved_at.is_null()).select(data_requests::venture_id);
    let complains = complaints::table
        .filter(complaints::closed_at.is_null())
        .filter(complaints::venture_id.is_not_null())
        .select(complaints::venture_id.assume_not_null());
    Ok(ventures::table
        .filter(ventures::erased_at.is_null())
        .filter(ventures::cohort_id.eq_any(old))
        .filter(ventures::created_at.lt(entered))
        .filter(ventures::id.ne_all(talks))
        .filter(ventures::id.ne_all(asks))
        .filter(ventures::id.ne_all(complains))
        .order(ventures::id)
        .limit(limit)
        .select(ventures::id)
        .load(conn)?)
}

/// Removes up to `limit` people without a business whose cohort ended by a day and who were entered before a time; gives how many.
pub fn remove_people(conn: &mut Conn, ended_by: &str, entered: Instant, limit: i64) -> Result<usize> {
    // Where an import may be writing, nobody is removed under its hands.
    let busy = [ImportState::Queued, ImportState::Running];
    let busy = imports::table.filter(imports::state.eq_any(busy)).select(imports::cohort_id);
    let old = cohorts::table.filter(cohorts::ends_on.le(ended_by)).filter(cohorts::id.ne_all(busy)).select(cohorts::id);
    let people =
        participants::table.filter(participants::venture_id.is_null()).filter(participants::cohort_id.eq_any(old));
    let people = people.filter(participants::created_at.lt(entered));
    let people: Vec<ParticipantId> = people.order(participants::id).limit(limit).select(participants::id).load(conn)?;
    erasure::remove_people(conn, &people)
}

/// Of each cohort of which somebody is still known: its last day, and when the first of them was entered.
pub fn known_cohorts(conn: &mut Conn) -> Result<Vec<(String, Instant)>> {
    let all: Vec<(CohortId, String)> =
        cohorts::table.order(cohorts::id).select((cohorts::id, cohorts::ends_on)).load(conn)?;
    let mut known = Vec::new();
    for (id, ends_on) in all {
        let venture: Option<Instant> = ventures::table
            .filter(ventures::cohort_id.eq(id))
            .filter(ventures::erased_at.is_null())
            .order(ventures::created_at)
            .select(ventures::created_at)
            .first(conn)
            .optional()?;
        let person: Option<Instant> = participants::table
            .filter(participants::cohort_id.eq(id))
            .order(participants::created_at)
            .select(participants::created_at)
            .first(conn)
            .optional()?;
        known.extend(venture.into_iter().chain(person).min().map(|first| (ends_on, first)));
    }
    Ok(known)
}

/// Removes what faults of up to `limit` imports quote that were made before a time; gives how many quotes that were.
pub fn remove_quotes(conn: &mut Conn, before: Instant, limit: i64) -> Result<usize> {
    let quoting = import_errors::table.filter(import_errors::value.ne("")).select(import_errors::import_id);
    let old = imports::table.filter(imports::created_at.lt(before)).filter(imports::id.eq_any(quoting));
    let old: Vec<ImportId> = old.order(imports::id).limit(limit).select(imports::id).load(conn)?;
    let mut removed = 0;
    for id in old {
        let quotes = import_errors::table.filter(import_errors::import_id.eq(id)).filter(import_errors::value.ne(""));
        removed += diesel::update(quotes).set(import_errors::value.eq("")).execute(conn)?;
    }
    Ok(removed)
}

/// Removes what up to `limit` complaints and as many incidents say that were closed before a time; gives how many that were.
pub fn remove_cases(conn: &mut Conn, before: Instant, limit: i64) -> Result<usize> {
    let none: Option<Vec<u8>> = None;
    let said = complaints::said.is_not_null().or(complaints::done.is_not_null());
    let old = complaints::table.filter(complaints::closed_at.lt(before)).filter(said).order(complaints::id);
    let old: Vec<ComplaintId> = old.limit(limit).select(complaints::id).load(conn)?;
    let mut removed = 0;
    for chunk in old.chunks(500) {
        let set = (complaints::said.eq(&none), complaints::done.eq(&none));
        removed += diesel::update(complaints::table.filter(complaints::id.eq_any(chunk))).set(set).execute(conn)?;
    }
    let told = incidents::done.is_not_null();
    let old = incidents::table.filter(incidents::closed_at.lt(before)).filter(told).order(incidents::id);
    let old: Vec<IncidentId> = old.limit(limit).select(incidents::id).load(conn)?;
    for chunk in old.chunks(500) {
        let set = (incidents::what.eq(Vec::<u8>::new()), incidents::done.eq(&none));
        removed += diesel::update(incidents::table.filter(incidents::id.eq_any(chunk))).set(set).execute(conn)?;
    }
    Ok(removed)
}

/// When the first case was closed of which something is still said.
pub fn earliest_case(conn: &mut Conn) -> Result<Option<Instant>> {
    let said = complaints::said.is_not_null().or(complaints::done.is_not_null());
    let complaint = complaints::table.filter(complaints::closed_at.is_not_null()).filter(said);
    let complaint = complaint.order(complaints::closed_at).select(complaints::closed_at);
    let complaint: Option<Option<Instant>> = complaint.first(conn).optional()?;
    let incident = incidents::table.filter(incidents::closed_at.is_not_null()).filter(incidents::done.is_not_null());
    let incident = incident.order(incidents::closed_at).select(incidents::closed_at);
    let incident: Option<Option<Instant>> = incident.first(conn).optional()?;
    Ok([complaint, incident].into_iter().flatten().flatten().min())
}

/// When the earliest import was made of which a cell is still quoted.
pub fn earliest_quote(conn: &mut Conn) -> Result<Option<Instant>> {
    let quoting = import_errors::table.filter(import_errors::value.ne("")).select(import_errors::import_id);
    let known = imports::table.filter(imports::id.eq_any(quoting));
    Ok(known.order(imports::created_at).select(imports::created_at).first(conn).optional()?)
}

/// When the earliest consent to a purpose was given that was not taken back.
pub fn earliest_consent(conn: &mut Conn, purpose: &str) -> Result<Option<Instant>> {
    let standing = consents::table.filter(consents::purpose.eq(purpose)).filter(consents::withdrawn_at.is_null());
    Ok(standing.order(consents::given_at).select(consents::given_at).first(conn).optional()?)
}

/// When the first row of the audit was written.
pub fn earliest_deed(conn: &mut Conn) -> Result<Option<Instant>> {
    Ok(audit::table.order(audit::seq).select(audit::at).first(conn).optional()?)
}
