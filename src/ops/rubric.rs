//! Rubrics: drafted, published, immutable from then on.

use serde_json::Value;

use super::{Act, Conflict, Error, Result};
use crate::domain::id::RubricId;
use crate::domain::life::RubricState;
use crate::domain::rubric::Rubric;
use crate::store::rubric::{self, RubricVersion};
use crate::store::{Conn, gate};

/// Makes a rubric with a first draft.
///
/// # Errors
/// [`Error::Invalid`] with every fault of the document.
pub fn create(act: &mut Act<'_>, document: &Value) -> Result<(rubric::Rubric, RubricVersion)> {
    let checked = Rubric::from_json(&document.to_string()).map_err(Error::Invalid)?;
    let made = rubric::Rubric { id: act.ids.next(act.now), latest: 1, version: 1, created_at: act.now };
    let first = draft(act, made.id, 1, &checked)?;
    rubric::insert(act.conn, &made, &first)?;
    act.audit("rubric.create", made.id, &first.document)?;
    Ok((made, first))
}

/// Adds a draft to a rubric.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Invalid`] as for [`create`].
pub fn add_version(act: &mut Act<'_>, id: RubricId, document: &Value) -> Result<RubricVersion> {
    let checked = Rubric::from_json(&document.to_string()).map_err(Error::Invalid)?;
    let mut found = rubric::find(act.conn, id)?.ok_or(Error::NotFound)?;
    found.latest += 1;
    found.version += 1;
    let added = draft(act, id, found.latest, &checked)?;
    if !rubric::insert_version(act.conn, &found, &added)? {
        return Err(Error::Stale);
    }
    act.audit("rubric.draft", id, &(added.number, &added.document))?;
    Ok(added)
}

fn draft(act: &Act<'_>, rubric_id: RubricId, number: i32, checked: &Rubric) -> Result<RubricVersion> {
    Ok(RubricVersion {
        rubric_id,
        number,
        state: RubricState::Draft,
        document: checked.canonical_json()?,
        created_by: act.by.name(),
        created_at: act.now,
        published_at: None,
    })
}

/// Publishes a draft. From now on new assessments are made under it, and nothing of it changes any more.
///
/// # Errors
/// [`Error::NotFound`]; [`Conflict::NotDraft`].
pub fn publish(act: &mut Act<'_>, id: RubricId, number: i32) -> Result<RubricVersion> {
    let mut found = rubric::version(act.conn, id, number)?.ok_or(Error::NotFound)?;
    if !rubric::publish(act.conn, id, number, act.now)? {
        return Err(Conflict::NotDraft.into());
    }
    // What every venture's ratings come to has changed: one data version never ranks under two rubrics.
    gate::new_version(act.conn)?;
    act.audit("rubric.publish", id, &number)?;
    found.state = RubricState::Published;
    found.published_at = Some(act.now);
    Ok(found)
}

/// The rubric that new assessments are made under.
///
/// # Errors
/// [`Conflict::NoRubric`] when none is published yet.
pub fn current(conn: &mut Conn) -> Result<(RubricVersion, Rubric)> {
    let version = rubric::current(conn)?.ok_or(Conflict::NoRubric)?;
    let read = read(&version)?;
    Ok((version, read))
}

/// A stored version as a rubric.
///
/// # Errors
/// [`Error::Internal`] when what is stored is no rubric any more.
pub fn read(version: &RubricVersion) -> Result<Rubric> {
    Rubric::from_json(&version.document).map_err(|faults| {
        Error::Internal(format!("rubric {} version {}: {faults:?}", version.rubric_id, version.number))
    })
}
