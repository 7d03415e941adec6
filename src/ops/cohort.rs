//! Cohorts: workshops and intakes.

use chrono::NaiveDate;

use super::{Act, Error, Result, next_version};
use crate::domain::fault::Fault;
use crate::domain::id::CohortId;
use crate::domain::text::Text;
use crate::store::cohort::{self, Cohort};
use crate::store::{Conn, session};

/// What a cohort is made from.
#[derive(Clone, Debug)]
pub struct NewCohort {
    /// Its name.
    pub name: String,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

/// A change to a cohort; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another first day.
    pub starts_on: Option<NaiveDate>,
    /// Another last day.
    pub ends_on: Option<NaiveDate>,
}

fn check_days(starts_on: NaiveDate, ends_on: NaiveDate) -> Result<()> {
    if ends_on >= starts_on {
        return Ok(());
    }
    Err(Error::Invalid(vec![Fault {
        pointer: "/ends_on".into(),
        code: "ends_before_it_starts",
        detail: Text::new(
            "Hari terakhir tidak boleh sebelum hari pertama.",
            "The last day must not be before the first.",
        ),
    }]))
}

/// Makes a cohort.
///
/// # Errors
/// [`Error::Invalid`] when it would end before it starts.
pub fn create(act: &mut Act<'_>, new: NewCohort) -> Result<Cohort> {
    check_days(new.starts_on, new.ends_on)?;
    let made = Cohort {
        id: act.ids.next(act.now),
        name: new.name,
        starts_on: new.starts_on.to_string(),
        ends_on: new.ends_on.to_string(),
        version: 1,
        created_at: act.now,
    };
    cohort::insert(act.conn, &made)?;
    act.audit("cohort.create", made.id, &(&made.name, &made.starts_on, &made.ends_on))?;
    Ok(made)
}

/// The cohort's sessions stay on its days.
fn check_sessions(conn: &mut Conn, id: CohortId, change: &Change) -> Result<()> {
    let (first, last) = (change.starts_on.map(|day| day.to_string()), change.ends_on.map(|day| day.to_string()));
    let outside = session::all(conn, Some(id))?.into_iter().find_map(|held| {
        let before = first.as_ref().is_some_and(|first| held.held_on < *first);
        let after = last.as_ref().is_some_and(|last| held.held_on > *last);
        (before || after).then_some((if before { "/starts_on" } else { "/ends_on" }, held.held_on))
    });
    let Some((pointer, day)) = outside else { return Ok(()) };
    Err(Error::Invalid(vec![Fault {
        pointer: pointer.into(),
        code: "session_outside",
        detail: Text::new(
            format!("Ada sesi pada {day}: pindahkan atau hapus sesinya dulu."),
            format!("There is a session on {day}: move or delete it first."),
        ),
    }]))
}

/// Changes a cohort that stands at `version`.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], or [`Error::Invalid`] as for [`create`], and where a session would lie outside its days.
pub fn change(act: &mut Act<'_>, id: CohortId, version: i64, change: Change) -> Result<Cohort> {
    let mut found = cohort::find(act.conn, id)?.ok_or(Error::NotFound)?;
    let day = |text: &str| text.parse::<NaiveDate>().map_err(|e| Error::Internal(format!("cohorts: {e}")));
    let starts_on = change.starts_on.map_or_else(|| day(&found.starts_on), Ok)?;
    let ends_on = change.ends_on.map_or_else(|| day(&found.ends_on), Ok)?;
    check_days(starts_on, ends_on)?;
    check_sessions(act.conn, id, &change)?;
    if let Some(name) = change.name {
        found.name = name;
    }
    found.starts_on = starts_on.to_string();
    found.ends_on = ends_on.to_string();
    found.version = next_version(found.version, version)?;
    if !cohort::update(act.conn, &found)? {
        return Err(Error::Stale);
    }
    act.audit("cohort.change", id, &(&found.name, &found.starts_on, &found.ends_on))?;
    Ok(found)
}
