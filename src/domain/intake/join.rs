//! Rows of one business or person put together: attributes repeat or stay empty, differing ones are a
//! fault that names both rows; one assessment an assessor and kind.
//!
//! [`crate::domain::canonical::hash`] of the result is the content hash by which an import sees whether
//! anything changed: the order of rows and their places in the sheet are no part of it, nor are identity
//! numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::attributes::{Part, Value};
use super::column::{COLUMNS, Column, by_key};
use super::fault::{RowError, RowFault};
use super::indicator::RatingPart;
use super::row::{AgeBand, ParsedRow, ParticipantAttributes, RowAssessment, RowConsents, VentureAttributes};
use super::secret::Secret;
use crate::domain::assessment::{Answer, Rating, check};
use crate::domain::owner::{Stands, owner};
use crate::domain::rubric::{Facts, Rubric, Ruling};
use crate::domain::venture::{Attendance, LegalPaper, ParticipantType, Profile, RupiahRange, SocialRegistry};

/// A person, from all their rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeParticipant {
    /// The programme's own code.
    pub reference: String,
    /// Name.
    pub name: Secret,
    /// Phone, as `+62…`.
    pub phone: Option<Secret>,
    /// E-mail address.
    pub email: Option<Secret>,
    /// Age group on the day of the cohort.
    pub age_band: Option<AgeBand>,
    /// How the person came to the cohort.
    pub participant_type: Option<ParticipantType>,
    /// How the person attended.
    pub attendance: Option<Attendance>,
    /// Role in a panti, a pilar sosial or the business.
    pub role: Option<String>,
    /// Consents this person gave.
    pub consents: RowConsents,
    /// Whether the business is described in this person's row; no part of the content.
    #[serde(skip)]
    pub describes: bool,
    /// Rows of the sheet; no part of the content.
    #[serde(skip)]
    pub rows: Vec<u32>,
}

impl IntakeParticipant {
    /// What says whether this is the owner.
    fn stands(&self) -> Stands<'_> {
        Stands { role: self.role.as_deref(), kind: self.participant_type, describes: self.describes }
    }
}

/// One assessor's ratings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntakeAssessment {
    /// The ratings, with who gave them and when.
    #[serde(flatten)]
    pub assessment: RowAssessment,
    /// Row of the sheet; no part of the content.
    #[serde(skip)]
    pub row: u32,
}

/// A business with its people and ratings, from all its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeVenture {
    /// The programme's own code.
    pub reference: String,
    /// Name.
    pub name: Secret,
    /// Address.
    pub address: Option<Secret>,
    /// Numbers of legal papers.
    pub legal_numbers: BTreeMap<LegalPaper, Secret>,
    /// Everything criteria can speak of.
    pub profile: Profile,
    /// Its people, by code.
    pub participants: Vec<IntakeParticipant>,
    /// Its assessments, by assessor and kind.
    pub assessments: Vec<IntakeAssessment>,
    /// Rows of the sheet; no part of the content.
    #[serde(skip)]
    pub rows: Vec<u32>,
}

/// Fills one attribute of the whole from the rows; what is said twice must be the same.
fn merge<'r, T: 'r>(
    column: &Column,
    get: fn(&T) -> Option<Value>,
    put: fn(&mut T, Value),
    rows: impl Iterator<Item = (u32, &'r T)>,
    whole: &mut T,
    errors: &mut Vec<RowError>,
) {
    let mut first = None;
    for (row, part) in rows {
        let Some(value) = get(part) else { continue };
        match first {
            None => {
                put(whole, value);
                first = Some(row);
            }
            Some(_) if get(whole).as_ref() == Some(&value) => {}
            Some(first) => {
                let shown = if column.kind.is_personal() { String::new() } else { shown(&value) };
                errors.push(RowFault::Differs(first).at(row, column.header, &shown));
            }
        }
    }
}

fn shown(value: &Value) -> String {
    super::write::cell_text(value)
}

fn header(key: &str) -> &str {
    by_key(key).map_or(key, |c| c.header)
}

/// Puts the rows of one person together, of whatever business.
///
/// # Errors
/// Every attribute in which rows differ, and a name that no row gives.
pub fn join_participant(rows: &[&ParsedRow]) -> Result<IntakeParticipant, Vec<RowError>> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|r| r.row);
    let mut errors = Vec::new();
    let (mut person, mut consents) = (ParticipantAttributes::default(), RowConsents::default());
    for column in COLUMNS {
        match column.part {
            Part::Participant(get, put) => {
                let said = rows.iter().map(|r| (r.row, &r.participant));
                merge(column, get, put, said, &mut person, &mut errors);
            }
            Part::Consent(get, put) => {
                let said = rows.iter().map(|r| (r.row, &r.consents));
                merge(column, get, put, said, &mut consents, &mut errors);
            }
            _ => {}
        }
    }
    // Row by row, as people mend them.
    errors.sort_by_key(|e| e.row);
    let first = rows.first();
    let row = first.map_or(0, |r| r.row);
    if person.name.is_none() {
        errors.push(RowFault::Required.at(row, header("participant_name"), ""));
    }
    match person.name {
        Some(name) if errors.is_empty() => Ok(IntakeParticipant {
            reference: first.map(|r| r.participant.reference.clone()).unwrap_or_default(),
            name,
            phone: person.phone,
            email: person.email,
            age_band: person.age_band,
            participant_type: person.participant_type,
            attendance: person.attendance,
            role: person.role,
            consents,
            describes: false,
            rows: rows.iter().map(|r| r.row).collect(),
        }),
        _ => Err(errors),
    }
}

/// Puts the rows of one business together. The rows are those with its code, in any order; rows
/// without a business are left out.
///
/// # Errors
/// Every attribute in which rows differ, a name that no row gives, a second assessment by one assessor,
/// every rating that the rubric's rules refuse for this business.
pub fn join_venture(rows: &[&ParsedRow], rubric: &Rubric) -> Result<IntakeVenture, Vec<RowError>> {
    let mut rows: Vec<(&ParsedRow, &VentureAttributes)> =
        rows.iter().filter_map(|r| r.venture.as_ref().map(|v| (*r, v))).collect();
    rows.sort_by_key(|(r, _)| r.row);
    let mut errors = Vec::new();
    let mut whole = VentureAttributes::default();
    for column in COLUMNS {
        if let Part::Venture(get, put) = column.part {
            merge(column, get, put, rows.iter().map(|(r, v)| (r.row, *v)), &mut whole, &mut errors);
        }
    }
    // Row by row, as people mend them.
    errors.sort_by_key(|e| e.row);
    let row = rows.first().map_or(0, |(r, _)| r.row);
    if whole.name.is_none() {
        errors.push(RowFault::Required.at(row, header("venture_name"), ""));
    }
    let mut people: BTreeMap<&str, Vec<&ParsedRow>> = BTreeMap::new();
    for (row, _) in &rows {
        people.entry(&row.participant.reference).or_default().push(row);
    }
    // The row that names the business; of several the one that says how its person came, else the first.
    let describing = rows.iter().min_by_key(|(r, v)| (v.name.is_none(), r.participant.participant_type.is_none()));
    let describing = describing.map(|(r, _)| r.participant.reference.as_str()).unwrap_or_default();
    let mut participants = Vec::new();
    for rows in people.values() {
        match join_participant(rows) {
            Ok(person) => participants.push(IntakeParticipant { describes: person.reference == describing, ..person }),
            Err(faults) => errors.extend(faults),
        }
    }
    let kind = owner(participants.iter().map(IntakeParticipant::stands)).and_then(|n| participants[n].participant_type);
    let reference = rows.first().map(|(_, v)| v.reference.clone()).unwrap_or_default();
    let profile = profile(&whole, kind, row, &mut errors);
    let assessments = assessments(&rows, rubric, &Facts::of(&profile), &mut errors);
    match whole.name {
        Some(name) if errors.is_empty() => Ok(IntakeVenture {
            reference,
            name,
            address: whole.address,
            legal_numbers: whole.legal_numbers,
            profile,
            participants,
            assessments,
            rows: rows.iter().map(|(r, _)| r.row).collect(),
        }),
        _ => Err(errors),
    }
}

/// One assessment an assessor and kind; the same one twice is one. Where a rule of the rubric decides
/// that an indicator does not apply, an empty cell says the same.
fn assessments(
    rows: &[(&ParsedRow, &VentureAttributes)],
    rubric: &Rubric,
    facts: &Facts,
    errors: &mut Vec<RowError>,
) -> Vec<IntakeAssessment> {
    let mut out: BTreeMap<_, IntakeAssessment> = BTreeMap::new();
    for (row, _) in rows {
        let Some(assessment) = &row.assessment else { continue };
        let key = (assessment.assessor_ref.clone(), assessment.kind);
        match out.get(&key) {
            None => {
                out.insert(key, IntakeAssessment { assessment: assessment.clone(), row: row.row });
            }
            // Still as they were read: the rules come last.
            Some(first) if first.assessment == *assessment => {}
            Some(first) => errors.push(RowFault::SecondAssessment(first.row).at(
                row.row,
                header("assessor_ref"),
                &assessment.assessor_ref,
            )),
        }
    }
    for IntakeAssessment { assessment, row } in out.values_mut() {
        for fault in check(rubric, facts, &assessment.ratings) {
            let indicator = rubric.find(&fault.indicator).map(|at| rubric.indicator(at));
            let column = indicator.map_or_else(|| fault.indicator.clone(), |i| RatingPart::Answer.header(i));
            errors.push(RowFault::Rating(fault).at(*row, &column, ""));
        }
        for (at, indicator) in rubric.indicators().enumerate() {
            if rubric.ruling(at, facts) == Ruling::DoesNotApply {
                let unsaid = || Rating::without(Answer::NotApplicable);
                assessment.ratings.entry(indicator.code.clone()).or_insert_with(unsaid);
            }
        }
    }
    out.into_values().collect()
}

/// The profile with the parts that two columns make together.
fn profile(whole: &VentureAttributes, owner: Option<ParticipantType>, row: u32, errors: &mut Vec<RowError>) -> Profile {
    let mut profile = Profile { participant_type: owner, ..whole.profile.clone() };
    profile.funding_need = match (whole.need_min.or(whole.need_max), whole.need_max.or(whole.need_min)) {
        (Some(min), Some(max)) if min > max => {
            errors.push(RowFault::RangeReversed.at(row, header("funding_need_min"), &min.for_people()));
            None
        }
        (Some(min), Some(max)) => Some(RupiahRange { min, max }),
        _ => None,
    };
    profile.social_registry = match (&whole.registry_scheme, &whole.registry_status) {
        (Some(scheme), Some(status)) => Some(SocialRegistry { scheme: scheme.clone(), status: status.clone() }),
        (None, None) => None,
        (scheme, _) => {
            let key = if scheme.is_none() { "registry_scheme" } else { "registry_status" };
            errors.push(RowFault::Required.at(row, header(key), ""));
            None
        }
    };
    profile
}
