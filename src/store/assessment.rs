//! Assessments and what they come to.

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{assessments, outcomes, ventures};
use super::seek::{Page, Seek, cut};
use crate::domain::id::{AssessmentId, CohortId, RubricId, VentureId};
use crate::domain::life::AssessmentKind;
use crate::domain::time::Instant;

/// One assessor's ratings of one venture.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = assessments, treat_none_as_default_value = false)]
pub struct Assessment {
    /// The id.
    pub id: AssessmentId,
    /// The venture.
    pub venture_id: VentureId,
    /// The rubric …
    pub rubric_id: RubricId,
    /// … and its version.
    pub rubric_number: i32,
    /// Baseline or follow-up.
    pub kind: AssessmentKind,
    /// Who assessed: the reference on the sheet, or a user id.
    pub assessor: String,
    /// Who typed it in: a user id.
    pub entered_by: String,
    /// The day of the visit, `YYYY-MM-DD`.
    pub assessed_on: Option<String>,
    /// Canonical JSON: indicator code to rating.
    pub ratings: String,
    /// When it was handed in.
    pub submitted_at: Instant,
    /// Rises with each change.
    pub version: i32,
    /// When it was first stored.
    pub created_at: Instant,
}

/// What a venture's ratings come to.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = outcomes, treat_none_as_default_value = false)]
pub struct Outcome {
    /// The venture.
    pub venture_id: VentureId,
    /// The rubric …
    pub rubric_id: RubricId,
    /// … and its version.
    pub rubric_number: i32,
    /// Canonical JSON of `domain::assessment::Outcome`.
    pub outcome: String,
    /// When it was worked out.
    pub finalised_at: Instant,
}

/// Adds assessments, at most 500 in one statement.
pub fn insert_many(conn: &mut Conn, rows: &[Assessment]) -> Result<()> {
    for chunk in rows.chunks(500) {
        on_both!(conn, c => diesel::insert_into(assessments::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// One assessment.
pub fn find(conn: &mut Conn, id: AssessmentId) -> Result<Option<Assessment>> {
    Ok(assessments::table.find(id).select(Assessment::as_select()).first(conn).optional()?)
}

/// All assessments of these ventures, in the order they were stored.
pub fn of(conn: &mut Conn, ventures: &[VentureId]) -> Result<Vec<Assessment>> {
    let mut found = Vec::new();
    for chunk in ventures.chunks(500) {
        let page: Vec<Assessment> = assessments::table
            .filter(assessments::venture_id.eq_any(chunk))
            .order((assessments::venture_id, assessments::kind, assessments::assessor))
            .select(Assessment::as_select())
            .load(conn)?;
        found.extend(page);
    }
    Ok(found)
}

/// How many assessments the ventures of a cohort have.
pub fn count(conn: &mut Conn, cohort: CohortId) -> Result<i64> {
    let own = ventures::table.filter(ventures::cohort_id.eq(cohort)).select(ventures::id);
    Ok(assessments::table.filter(assessments::venture_id.eq_any(own)).count().get_result(conn)?)
}

/// Whether somebody has assessed a venture.
pub fn is_assessor(conn: &mut Conn, venture: VentureId, assessor: &str) -> Result<bool> {
    let own = assessments::table.filter(assessments::venture_id.eq(venture)).filter(assessments::assessor.eq(assessor));
    Ok(diesel::select(diesel::dsl::exists(own)).get_result(conn)?)
}

/// What a page of assessments is filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only of this venture.
    pub venture: Option<VentureId>,
    /// Only by this assessor.
    pub assessor: Option<String>,
}

/// A page of assessments, in the order they were stored.
pub fn page(conn: &mut Conn, filter: &Filter, seek: &Seek<AssessmentId>, limit: i64) -> Result<Page<Assessment>> {
    let mut query = assessments::table.select(Assessment::as_select()).into_boxed();
    if let Some(venture) = filter.venture {
        query = query.filter(assessments::venture_id.eq(venture));
    }
    if let Some(assessor) = &filter.assessor {
        query = query.filter(assessments::assessor.eq(assessor.clone()));
    }
    Ok(cut!(conn, query, assessments::id, ascending, seek, limit))
}

/// Stores changed ratings over `assessment.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, assessment: &Assessment) -> Result<bool> {
    let changed =
        diesel::update(assessments::table.find(assessment.id).filter(assessments::version.eq(assessment.version - 1)))
            .set((
                assessments::rubric_id.eq(assessment.rubric_id),
                assessments::rubric_number.eq(assessment.rubric_number),
                assessments::entered_by.eq(&assessment.entered_by),
                assessments::assessed_on.eq(&assessment.assessed_on),
                assessments::ratings.eq(&assessment.ratings),
                assessments::submitted_at.eq(assessment.submitted_at),
                assessments::version.eq(assessment.version),
            ))
            .execute(conn)?;
    Ok(changed == 1)
}

/// Stores what ventures' ratings come to, over what stood there.
pub fn put_outcomes(conn: &mut Conn, rows: &[Outcome]) -> Result<()> {
    use diesel::upsert::excluded;
    for chunk in rows.chunks(500) {
        on_both!(conn, c => diesel::insert_into(outcomes::table)
            .values(chunk)
            .on_conflict(outcomes::venture_id)
            .do_update()
            .set((
                outcomes::rubric_id.eq(excluded(outcomes::rubric_id)),
                outcomes::rubric_number.eq(excluded(outcomes::rubric_number)),
                outcomes::outcome.eq(excluded(outcomes::outcome)),
                outcomes::finalised_at.eq(excluded(outcomes::finalised_at)),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// What these ventures' ratings come to.
pub fn outcomes_of(conn: &mut Conn, ventures: &[VentureId]) -> Result<Vec<Outcome>> {
    let mut found = Vec::new();
    for chunk in ventures.chunks(500) {
        let page: Vec<Outcome> =
            outcomes::table.filter(outcomes::venture_id.eq_any(chunk)).select(Outcome::as_select()).load(conn)?;
        found.extend(page);
    }
    Ok(found)
}
