//! Ventures, for staff and for the assessors they are assigned to.

use std::collections::BTreeMap;

use actix_web::{delete, get, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{Answer, IfMatch};
use super::assessments::Assessment;
use super::caller::Caller;
use super::once::{Answered, Once};
use super::page::Pager;
use super::parameters::{Path, Query};
use super::problem::Result;
use super::profile;
use super::routes::Routes;
use crate::domain::id::{CohortId, ParticipantId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::domain::venture::{Attendance, ParticipantType};
use crate::ops::{Act, erasure, looks, person::Person, user, venture};
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_ventures).add(get_venture).add(erase_venture).add(list_venture_assessments).add(issue_claim_code);
}

/// A business in a list, for staff.
#[derive(Serialize, ToSchema)]
pub struct VentureLine {
    id: VentureId,
    cohort_id: CohortId,
    /// Its number in the cohort's papers.
    #[schema(example = "U001", max_length = 100)]
    external_ref: String,
    /// Its name.
    #[schema(example = "Warung Sampel 001", max_length = 200)]
    name: String,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    updated_at: Instant,
}

page_of! {
    /// A page of ventures, oldest first.
    VenturePage of VentureLine
}

/// A business, for staff.
#[derive(Serialize, ToSchema)]
pub struct Venture {
    id: VentureId,
    cohort_id: CohortId,
    /// Its number in the cohort's papers.
    #[schema(example = "U001", max_length = 100)]
    external_ref: String,
    /// Its name.
    #[schema(example = "Warung Sampel 001", max_length = 200)]
    name: String,
    /// Where it is; null when not answered.
    #[schema(required = true, example = "Jl. Sampel 1", max_length = 500)]
    address: Option<String>,
    /// What is known of it, by field; absent or null is not answered. The keys are those of `GET /v1/fields`.
    #[schema(value_type = Object)]
    profile: Value,
    /// Which of its papers have a number on file, masked.
    #[schema(value_type = BTreeMap<String, String>)]
    legal_numbers: BTreeMap<&'static str, String>,
    /// The people behind it.
    #[schema(max_items = 100)]
    people: Vec<Contact>,
    /// What they agreed to.
    #[schema(max_items = 1000)]
    consents: Vec<Consent>,
    /// What its ratings come to: dimensions, readiness, coverage; null before an assessment.
    #[schema(required = true, value_type = Option<Object>)]
    outcome: Option<Value>,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    created_at: Instant,
    updated_at: Instant,
}

/// A person behind a business, for staff.
#[derive(Serialize, ToSchema)]
pub struct Contact {
    id: ParticipantId,
    /// The person's name.
    #[schema(example = "Peserta Sampel 001", max_length = 200)]
    name: String,
    /// Phone number, international form; null when not answered.
    #[schema(required = true, example = "+6280000000001", max_length = 30)]
    phone: Option<String>,
    /// E-mail address; null when not answered.
    #[schema(required = true, example = "sampel001@example.id", max_length = 200)]
    email: Option<String>,
    #[schema(required = true)]
    participant_type: Option<ParticipantType>,
    #[schema(required = true)]
    attendance: Option<Attendance>,
}

impl From<Person> for Contact {
    fn from(p: Person) -> Self {
        let shown = |s: &crate::domain::intake::Secret| s.expose().to_owned();
        Self {
            id: p.row.id,
            name: shown(&p.private.name),
            phone: p.private.phone.as_ref().map(shown),
            email: p.private.email.as_ref().map(shown),
            participant_type: p.row.kind,
            attendance: p.row.attendance,
        }
    }
}

/// A consent, as given.
#[derive(Serialize, ToSchema)]
pub struct Consent {
    /// For what.
    #[schema(example = "anonymised_listing", max_length = 100)]
    purpose: String,
    /// Which text was agreed to.
    #[schema(example = "2024-11", max_length = 40)]
    text_version: String,
    /// In which language.
    #[schema(example = "id", max_length = 10)]
    lang: String,
    /// On paper, in the app, or spoken.
    #[schema(example = "paper", max_length = 20)]
    method: String,
    /// Where the proof is kept.
    #[schema(example = "F-001", max_length = 200)]
    reference: String,
    given_at: Instant,
    /// When it was taken back; null while it stands.
    #[schema(required = true)]
    withdrawn_at: Option<Instant>,
}

impl From<store::consent::Consent> for Consent {
    fn from(c: store::consent::Consent) -> Self {
        Self {
            purpose: c.purpose,
            text_version: c.text_version,
            lang: c.lang,
            method: c.method,
            reference: c.reference,
            given_at: c.given_at,
            withdrawn_at: c.withdrawn_at,
        }
    }
}

/// All but the last three characters hidden.
fn masked(number: &str) -> String {
    let length = number.chars().count();
    number.chars().enumerate().map(|(i, c)| if i + 3 < length { '•' } else { c }).collect()
}

/// The query of the list of ventures.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct VentureQuery {
    /// Only ventures of this cohort.
    #[param(value_type = CohortId, required = false, example = "coh_01jcnq8xvgf0nadk1qh2t8wz5e")]
    cohort_id: Option<CohortId>,
    /// How many items; 20 unless told, never more than 100.
    #[param(minimum = 1, maximum = 1_000_000, example = 20)]
    limit: Option<u32>,
    /// `next` or `prev` of an earlier page of this list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// List the ventures
///
/// Use it to find a venture of a cohort. Oldest first.
#[utoipa::path(
    tag = "ventures",
    params(VentureQuery),
    responses((status = 200, body = VenturePage)),
    extensions(("x-problems" = json!(["not_found"])))
)]
#[get("/v1/ventures")]
pub async fn list_ventures(
    caller: Caller<op::ListVentures>,
    Query(query): Query<VentureQuery>,
) -> Result<Answer<VenturePage>> {
    let cohort = query.cohort_id;
    let list = cohort.map_or_else(|| "/v1/ventures".to_owned(), |id| format!("/v1/ventures?cohort_id={id}"));
    let pager = Pager::new(&caller, list, query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let actor = caller.actor;
    let page = caller
        .run(move |service| {
            let page = service.read(|conn| {
                if let Some(id) = cohort {
                    super::work::found(store::cohort::find(conn, id)?)?;
                }
                Ok(store::venture::page(conn, cohort, &seek, limit)?)
            })?;
            let seen = page.items.iter().map(|venture| venture.id);
            looks::note(service, &actor, LookKind::Name, seen, service.clock.now())?;
            Ok(page)
        })
        .await?;
    let line = |v: store::venture::Venture| VentureLine {
        id: v.id,
        cohort_id: v.cohort_id,
        external_ref: v.external_ref,
        name: v.name,
        version: v.version,
        updated_at: v.updated_at,
    };
    Ok(pager.answer(page.map(line), |v| v.id)?.no_store())
}

/// Get a venture
///
/// Use it before a call or a visit: contacts, consents, and what its ratings come to.
#[utoipa::path(tag = "ventures", params(VentureId), responses((status = 200, body = Venture)))]
#[get("/v1/ventures/{id}")]
pub async fn get_venture(caller: Caller<op::GetVenture>, Path(id): Path<VentureId>) -> Result<Answer<Venture>> {
    let actor = caller.actor;
    let venture = caller
        .run(move |service| {
            let v = venture::open(service, id)?;
            looks::note(service, &actor, LookKind::Record, [id], service.clock.now())?;
            let legal = v.private.legal_numbers.iter();
            Ok(Venture {
                id,
                cohort_id: v.row.cohort_id,
                external_ref: v.row.external_ref,
                name: v.row.name,
                address: v.private.address.as_ref().map(|a| a.expose().to_owned()),
                profile: profile::shown(&v.profile)?,
                legal_numbers: legal.map(|(paper, number)| (paper.as_str(), masked(number.expose()))).collect(),
                people: v.people.into_iter().map(Contact::from).collect(),
                consents: v.consents.into_iter().map(Consent::from).collect(),
                outcome: v.outcome.map(|o| serde_json::to_value(&o)).transpose()?,
                version: v.row.version,
                created_at: v.row.created_at,
                updated_at: v.row.updated_at,
            })
        })
        .await?;
    let version = venture.version;
    Ok(Answer::ok(venture).tagged(version.into(), "staff").no_store())
}

/// Erase a venture
///
/// Use it when an owner asks to be forgotten. Everything personal goes at once and for good: names, contacts, answers, ratings,
/// consents, the account, the lines on lists. What stays is of nobody any more: gaps in lists, how matches ended, audit rows
/// without their salts. Investors who hold contact data are told to delete it.
#[utoipa::path(
    tag = "ventures",
    params(VentureId, IfMatch),
    responses((status = 204)),
    extensions(("x-problems" = json!(["import_under_way"])))
)]
#[delete("/v1/ventures/{id}")]
pub async fn erase_venture(
    caller: Caller<op::EraseVenture>,
    Path(id): Path<VentureId>,
    IfMatch(version): IfMatch,
) -> Result<Answer<()>> {
    caller.act(move |act| erasure::erase(act, id, version)).await?;
    Ok(Answer::none())
}

/// The assessments of one venture.
#[derive(Serialize, ToSchema)]
pub struct VentureAssessments {
    /// By kind and assessor.
    #[schema(max_items = 1000)]
    items: Vec<Assessment>,
}

/// List the assessments of a venture
///
/// Use it to see what each assessor rated.
#[utoipa::path(tag = "ventures", params(VentureId), responses((status = 200, body = VentureAssessments)))]
#[get("/v1/ventures/{id}/assessments")]
pub async fn list_venture_assessments(
    caller: Caller<op::ListVentureAssessments>,
    Path(id): Path<VentureId>,
) -> Result<Answer<VentureAssessments>> {
    let actor = caller.actor;
    let items = caller.run(move |service| {
        looks::note(service, &actor, LookKind::Ratings, [id], service.clock.now())?;
        service.read(|conn| store::assessment::of(conn, &[id])?.into_iter().map(Assessment::try_from).collect())
    });
    let items = items.await?;
    Ok(Answer::ok(VentureAssessments { items }).no_store())
}

/// A code for paper.
#[derive(Serialize, ToSchema)]
pub struct IssuedClaimCode {
    /// Shown once: print it and hand it over.
    #[schema(example = "7k3m-0q9x-c2vd-8h5r", max_length = 40)]
    code: String,
}

/// Issue a claim code
///
/// Use it to give an owner a code to carry home, or a new one when the paper is lost; an earlier code stops working.
#[utoipa::path(tag = "ventures", params(VentureId, Once), responses((status = 201, body = IssuedClaimCode)))]
#[post("/v1/ventures/{id}/claim-code")]
pub async fn issue_claim_code(
    caller: Caller<op::IssueClaimCode>,
    Path(id): Path<VentureId>,
    once: Once,
) -> Result<Answered> {
    let deed = move |act: &mut Act<'_>| {
        let code = user::issue_claim_code(act, id)?;
        Ok(Answer::created(&format!("/v1/ventures/{id}"), IssuedClaimCode { code })?.no_store())
    };
    once.act(&caller, deed).await
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn numbers_are_masked() {
        assert_eq!(masked("1234567890"), "•••••••890");
        assert_eq!(masked("12"), "12");
        assert_eq!(masked(""), "");
    }
}
