//! The people at a cohort, with or without a business.

use actix_web::{delete, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::page::{PageQuery, Pager};
use super::parameters::{Path, Query};
use super::problem::Result;
use super::routes::Routes;
use super::ventures::Contact;
use crate::domain::id::{CohortId, ParticipantId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::domain::venture::{Attendance, ParticipantType};
use crate::ops::person::Person;
use crate::ops::{erasure, looks, person};
use crate::page_of;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_participants).add(get_participant).add(erase_participant);
}

/// A person at a cohort, for staff.
#[derive(Serialize, ToSchema)]
pub struct Participant {
    id: ParticipantId,
    /// The person's number in the cohort's papers.
    #[schema(example = "P001", max_length = 100)]
    external_ref: String,
    /// The person's name.
    #[schema(example = "Peserta Sampel 001", max_length = 200)]
    name: String,
    /// The venture this person stands for; null for somebody without one.
    #[schema(required = true)]
    venture_id: Option<VentureId>,
    #[schema(required = true)]
    participant_type: Option<ParticipantType>,
    #[schema(required = true)]
    attendance: Option<Attendance>,
    /// Whether the person is of age; null when nobody asked.
    #[schema(required = true)]
    adult: Option<bool>,
}

impl From<Person> for Participant {
    fn from(p: Person) -> Self {
        Self {
            id: p.row.id,
            external_ref: p.row.external_ref,
            name: p.private.name.expose().to_owned(),
            venture_id: p.row.venture_id,
            participant_type: p.row.kind,
            attendance: p.row.attendance,
            adult: p.row.adult,
        }
    }
}

page_of! {
    /// A page of a cohort's people, in the order they were stored.
    ParticipantPage of Participant
}

/// List the people at a cohort
///
/// Use it to see who came, with or without a business of their own.
#[utoipa::path(tag = "cohorts", params(CohortId, PageQuery), responses((status = 200, body = ParticipantPage)))]
#[get("/v1/cohorts/{id}/participants")]
pub async fn list_participants(
    caller: Caller<op::ListParticipants>,
    Path(id): Path<CohortId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<ParticipantPage>> {
    let pager = Pager::new(&caller, format!("/v1/cohorts/{id}/participants"), query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let actor = caller.actor;
    let page = caller.run(move |service| {
        let page = person::page(service, id, &seek, limit)?;
        let seen = page.items.iter().filter_map(|person| person.row.venture_id);
        looks::note(service, &actor, LookKind::Record, seen, service.clock.now())?;
        Ok(page)
    });
    let page = page.await?;
    Ok(pager.answer(page.map(Participant::from), |p| p.id)?.no_store())
}

/// All that is held about a person at a cohort, for staff.
#[derive(Serialize, ToSchema)]
pub struct ParticipantRecord {
    /// Who it is and how to reach them.
    contact: Contact,
    cohort_id: CohortId,
    /// The person's number in the cohort's papers.
    #[schema(example = "P001", max_length = 100)]
    external_ref: String,
    /// The venture this person stands for; null for somebody without one.
    #[schema(required = true)]
    venture_id: Option<VentureId>,
    /// Whether the person is of age; null when nobody asked.
    #[schema(required = true)]
    adult: Option<bool>,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    created_at: Instant,
}

/// Get a person at a cohort
///
/// Use it to call somebody who has no business of their own, and for the ETag before erasing them.
#[utoipa::path(tag = "cohorts", params(ParticipantId), responses((status = 200, body = ParticipantRecord)))]
#[get("/v1/participants/{id}")]
pub async fn get_participant(
    caller: Caller<op::GetParticipant>,
    Path(id): Path<ParticipantId>,
) -> Result<Answer<ParticipantRecord>> {
    let actor = caller.actor;
    let found = caller.run(move |service| {
        let found = person::find(service, id)?;
        looks::note(service, &actor, LookKind::Record, found.row.venture_id, service.clock.now())?;
        Ok(found)
    });
    let found = found.await?;
    let record = ParticipantRecord {
        cohort_id: found.row.cohort_id,
        external_ref: found.row.external_ref.clone(),
        venture_id: found.row.venture_id,
        adult: found.row.adult,
        version: found.row.version,
        created_at: found.row.created_at,
        contact: Contact::from(found),
    };
    let version = record.version;
    Ok(Answer::ok(record).tagged(version.into(), "staff").no_store())
}

/// Erase a person at a cohort
///
/// Use it when somebody without a business asks to be forgotten. Everything held about them goes at once and for good; a sheet that
/// brings them again is refused. Who stands for a business is erased with it.
#[utoipa::path(
    tag = "cohorts",
    params(ParticipantId, IfMatch),
    responses((status = 204)),
    extensions(("x-problems" = json!(["import_under_way", "stands_for_venture"])))
)]
#[delete("/v1/participants/{id}")]
pub async fn erase_participant(
    caller: Caller<op::EraseParticipant>,
    Path(id): Path<ParticipantId>,
    IfMatch(version): IfMatch,
) -> Result<Answer<()>> {
    caller.act(move |act| erasure::erase_person(act, id, version)).await?;
    Ok(Answer::none())
}
