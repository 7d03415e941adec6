//! Ratings of businesses whose owners have taken back the consent to be assessed: such rows are faulty.

use std::collections::{BTreeMap, BTreeSet};

use super::waiting::Joined;
use crate::domain::consent::{self, Consent, Purpose};
use crate::domain::id::{CohortId, VentureId};
use crate::domain::intake::{COLUMNS, IntakeVenture, Part, RowError, RowFault};
use crate::ops::rankable::read_consent;
use crate::ops::{Result, Service, person};
use crate::store;

/// The numbers of the rated businesses, of these groups, that may not be rated.
pub(super) fn unrated<'g>(
    service: &Service,
    cohort: CohortId,
    groups: impl Iterator<Item = &'g Joined>,
) -> Result<BTreeSet<String>> {
    let rated: BTreeMap<&str, &IntakeVenture> = groups
        .filter_map(|joined| match joined {
            Joined::Venture(venture) if !venture.assessments.is_empty() => {
                Some((venture.reference.as_str(), &**venture))
            }
            _ => None,
        })
        .collect();
    service.read(|conn| {
        let refs: Vec<&str> = rated.keys().copied().collect();
        let known = store::venture::by_external_refs(conn, cohort, &refs)?;
        let ids: Vec<VentureId> = known.iter().map(|venture| venture.id).collect();
        let mut said = BTreeMap::<VentureId, Vec<Consent>>::new();
        for row in store::consent::of(conn, &ids)? {
            said.entry(row.venture_id).or_default().push(read_consent(row)?);
        }
        let mut unrated = BTreeSet::new();
        for venture in known {
            let said = said.remove(&venture.id).unwrap_or_default();
            if !consent::is_taken_back(&said, Purpose::Assessment) {
                continue;
            }
            // The same sheet may bring the owner's new form.
            let owner = person::owner(&service.keys, store::venture::participants_of(conn, &[venture.id])?)?;
            let is_owner = |reference: &str| owner.as_ref().is_some_and(|owner| owner.row.external_ref == reference);
            let sheet = rated.get(venture.external_ref.as_str());
            let form = sheet.and_then(|sheet| sheet.participants.iter().find(|one| is_owner(&one.reference)));
            let agrees = form.map(|owner| &owner.consents).is_some_and(|form| {
                form.given.contains_key(&Purpose::Assessment.to_string())
                    && consent::is_news(&said, Purpose::Assessment, form.given_on)
            });
            if !agrees {
                unrated.insert(venture.external_ref);
            }
        }
        Ok(unrated)
    })
}

/// A fault for each assessment of a business that may not be rated.
pub(super) fn ratings(joined: &Joined, unrated: &BTreeSet<String>) -> Vec<RowError> {
    let column = COLUMNS.iter().find(|c| matches!(c.part, Part::AssessorCode)).map_or("", |c| c.header);
    match joined {
        Joined::Venture(venture) if unrated.contains(&venture.reference) => {
            let fault = |row| RowFault::AssessmentTakenBack.at(row, column, "");
            venture.assessments.iter().map(|sheet| fault(sheet.row)).collect()
        }
        _ => Vec::new(),
    }
}
