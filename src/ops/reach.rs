//! What exists as far as somebody may know. What is not theirs is answered like what does not exist.

use super::{Result, mandate, match_list, matches, webhook};
use crate::domain::actor::{Actor, Role};
use crate::domain::id::{
    AllocationId, AssessmentId, CohortId, ComplaintId, CriteriaId, DataRequestId, ImportId, IncidentId, InvestorId,
    MandateId, MatchId, MatchListId, ParticipantId, RubricId, UserId, VentureId, WebhookId,
};
use crate::domain::time::Instant;
use crate::store::{self, Conn};

/// Assessors reach the ventures they have assessed, owners their own, investors none.
pub fn venture(conn: &mut Conn, actor: &Actor, id: VentureId) -> Result<bool> {
    match actor.role {
        Role::Staff | Role::Auditor | Role::Admin => Ok(store::venture::find(conn, id)?.is_some()),
        Role::Assessor => Ok(store::assessment::is_assessor(conn, id, &actor.user.to_string())?),
        Role::Owner => Ok(actor.venture == Some(id)),
        Role::Investor => Ok(false),
    }
}

/// Investors reach their own profile only.
pub fn investor(conn: &mut Conn, actor: &Actor, id: InvestorId) -> Result<bool> {
    Ok(own(actor, id) && store::investor::find(conn, id)?.is_some())
}

fn own(actor: &Actor, id: InvestorId) -> bool {
    actor.role != Role::Investor || actor.investor == Some(id)
}

/// Investors reach their own criteria only.
pub fn criteria(conn: &mut Conn, actor: &Actor, id: CriteriaId) -> Result<bool> {
    Ok(store::criteria::find(conn, id)?.is_some_and(|set| own(actor, set.investor_id)))
}

/// Investors reach their own published lists, and learn of those that a newer one replaced.
pub fn match_list(conn: &mut Conn, actor: &Actor, id: MatchListId) -> Result<bool> {
    match match_list::readable(conn, actor, id) {
        Ok(_) | Err(super::Error::Superseded { .. }) => Ok(true),
        Err(super::Error::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Investors and owners reach their own matches only, owners once they are asked.
pub fn a_match(conn: &mut Conn, actor: &Actor, id: MatchId) -> Result<bool> {
    match matches::readable(conn, actor, id, Instant::from_micros(0)) {
        Ok(_) => Ok(true),
        Err(super::Error::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Investors reach their own webhooks only.
pub fn webhook(conn: &mut Conn, actor: &Actor, id: WebhookId) -> Result<bool> {
    match webhook::readable(conn, actor, id) {
        Ok(_) => Ok(true),
        Err(super::Error::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Owners reach whom they have let act, pendamping whom they act for, also when that has ended.
pub fn mandate(conn: &mut Conn, actor: &Actor, id: MandateId) -> Result<bool> {
    match mandate::readable(conn, actor, id) {
        Ok(_) => Ok(true),
        Err(super::Error::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Every request about data.
pub fn data_request(conn: &mut Conn, id: DataRequestId) -> Result<bool> {
    Ok(store::data_request::find(conn, id)?.is_some())
}

/// Every complaint.
pub fn complaint(conn: &mut Conn, id: ComplaintId) -> Result<bool> {
    Ok(store::complaint::find(conn, id)?.is_some())
}

/// Every plan of a matching day.
pub fn allocation(conn: &mut Conn, id: AllocationId) -> Result<bool> {
    Ok(store::allocation::find(conn, id)?.is_some())
}

/// Every incident.
pub fn incident(conn: &mut Conn, id: IncidentId) -> Result<bool> {
    Ok(store::incident::find(conn, id)?.is_some())
}

/// Every cohort.
pub fn cohort(conn: &mut Conn, id: CohortId) -> Result<bool> {
    Ok(store::cohort::find(conn, id)?.is_some())
}

/// Every person at a cohort.
pub fn participant(conn: &mut Conn, id: ParticipantId) -> Result<bool> {
    Ok(store::venture::participant(conn, id)?.is_some())
}

/// Assessors reach their own assessments only.
pub fn assessment(conn: &mut Conn, actor: &Actor, id: AssessmentId) -> Result<bool> {
    let found = store::assessment::find(conn, id)?;
    Ok(found.is_some_and(|a| actor.role != Role::Assessor || a.assessor == actor.user.to_string()))
}

/// Every rubric.
pub fn rubric(conn: &mut Conn, id: RubricId) -> Result<bool> {
    Ok(store::rubric::find(conn, id)?.is_some())
}

/// Every import whose rows have come in.
pub fn import(conn: &mut Conn, id: ImportId) -> Result<bool> {
    Ok(store::import::find(conn, id)?.is_some_and(|i| i.state != crate::domain::life::ImportState::Receiving))
}

/// Every account.
pub fn user(conn: &mut Conn, id: UserId) -> Result<bool> {
    Ok(store::user::find(conn, id)?.is_some())
}
