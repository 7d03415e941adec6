//! One batch of an import: ventures and people found by their numbers, made or changed.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::private::{PrivatePerson, PrivateVenture};
use super::waiting::{Group, Joined};
use crate::domain::assessment::{self, Ratings};
use crate::domain::canonical;
use crate::domain::consent::{self, Purpose, TEXT_VERSION};
use crate::domain::id::{CohortId, RubricId, VentureId};
use crate::domain::intake::{self, IntakeAssessment, IntakeParticipant, IntakeVenture, RowConsents};
use crate::domain::rubric::Rubric;
use crate::domain::time::Instant;
use crate::domain::venture::{ParticipantType, Profile};
use crate::keys::Keys;
use crate::ops::rankable::read_consent;
use crate::ops::{Act, Error, Result, Service, person};
use crate::store::assessment::{Assessment, Outcome};
use crate::store::consent::Consent;
use crate::store::import::Import;
use crate::store::venture::{Participant, Venture};
use crate::store::{self, audit};

/// What ratings are judged by.
pub(super) struct Rules<'a> {
    /// The rubric in use.
    pub rubric: &'a Rubric,
    /// Its id …
    pub rubric_id: RubricId,
    /// … and version.
    pub rubric_number: i32,
}

/// A group that can be written.
pub(super) struct Ready {
    joined: Joined,
    nik_hashes: BTreeMap<String, String>,
    /// By which its venture, or its person, is seen to have changed.
    hash: String,
    /// Of a venture.
    texts: Texts,
}

/// What is stored of a venture whatever is stored already.
#[derive(Default)]
struct Texts {
    profile: String,
    /// The content hash of each of its people.
    people: Vec<String>,
    /// Of each of its assessments.
    ratings: Vec<String>,
}

/// A group with all that can be known of it outside the transaction: its number of rows, and what is to be written
/// unless it is faulty.
pub(super) struct Prepared {
    rows: i64,
    ready: Option<Ready>,
}

fn hash_of<T: Serialize>(keys: &Keys, content: &T, niks: &BTreeMap<String, String>) -> Result<String> {
    Ok(keys.hashing().content(&canonical::to_string(&(content, niks))?))
}

fn content_hash(keys: &Keys, joined: &Joined, niks: &BTreeMap<String, String>) -> Result<String> {
    match joined {
        Joined::Venture(venture) => hash_of(keys, venture, niks),
        Joined::Person(person) => hash_of(keys, person, niks),
    }
}

impl Texts {
    fn of(keys: &Keys, joined: &Joined, niks: &BTreeMap<String, String>) -> Result<Self> {
        let Joined::Venture(venture) = joined else { return Ok(Self::default()) };
        let own = |reference: &String| niks.get_key_value(reference).map(|(r, n)| (r.clone(), n.clone()));
        let hash = |person: &IntakeParticipant| hash_of(keys, person, &own(&person.reference).into_iter().collect());
        Ok(Self {
            profile: canonical::to_string(&venture.profile)?,
            people: venture.participants.iter().map(hash).collect::<Result<_>>()?,
            ratings: venture
                .assessments
                .iter()
                .map(|sheet| canonical::to_string(&sheet.assessment.ratings))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// Joins a group. Faulty ones were noted when the import was checked.
pub(super) fn prepared(keys: &Keys, rules: &Rules<'_>, group: Group) -> Result<Prepared> {
    let rows = i64::try_from(group.rows.len()).unwrap_or(0);
    let Ok(joined) = group.join(rules.rubric) else { return Ok(Prepared { rows, ready: None }) };
    let nik_hashes = group.nik_hashes;
    let hash = content_hash(keys, &joined, &nik_hashes)?;
    let texts = Texts::of(keys, &joined, &nik_hashes)?;
    Ok(Prepared { rows, ready: Some(Ready { joined, nik_hashes, hash, texts }) })
}

/// How many groups would be made, changed, left as they are.
#[derive(Default)]
pub(super) struct Preview {
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
}

impl Preview {
    /// Counts groups that would be applied.
    pub fn count(&mut self, service: &Service, cohort: CohortId, groups: Vec<(Joined, Group)>) -> Result<()> {
        let mut wanted = HashMap::new();
        for (joined, group) in groups {
            let hash = content_hash(&service.keys, &joined, &group.nik_hashes)?;
            let key = match joined {
                Joined::Venture(venture) => (true, venture.reference),
                Joined::Person(person) => (false, person.reference),
            };
            wanted.insert(key, hash);
        }
        let refs = |venture: bool| -> Vec<&str> {
            wanted.keys().filter(|(v, _)| *v == venture).map(|(_, r)| r.as_str()).collect()
        };
        let stored: HashMap<(bool, String), String> = service.read(|conn| {
            let ventures = store::venture::by_external_refs(conn, cohort, &refs(true))?;
            let people = store::venture::participants_by_external_refs(conn, cohort, &refs(false))?;
            let ventures = ventures.into_iter().map(|v| ((true, v.external_ref), v.content_hash));
            Ok(ventures.chain(people.into_iter().map(|p| ((false, p.external_ref), p.content_hash))).collect())
        })?;
        for (key, hash) in &wanted {
            match stored.get(key) {
                None => self.created += 1,
                Some(same) if same == hash => self.unchanged += 1,
                Some(_) => self.updated += 1,
            }
        }
        Ok(())
    }
}

/// Everything that one batch writes, gathered so that each table is written in few statements.
#[derive(Default)]
struct Batch {
    ventures: Vec<Venture>,
    changed_ventures: Vec<Venture>,
    people: Vec<Participant>,
    changed_people: Vec<Participant>,
    consents: Vec<Consent>,
    assessments: Vec<Assessment>,
    changed_assessments: Vec<Assessment>,
    outcomes: Vec<Outcome>,
    touched: Vec<VentureId>,
    /// Subject and content of each audit row.
    deeds: Vec<(String, String)>,
}

/// What is stored already of the ventures and people of a batch.
struct Stored {
    ventures: HashMap<String, Venture>,
    people: HashMap<String, Participant>,
    /// The people behind each venture, whether the sheet names them or not, the oldest first.
    behind: HashMap<VentureId, Vec<Participant>>,
    consents: HashMap<VentureId, Vec<consent::Consent>>,
    assessments: HashMap<VentureId, Vec<Assessment>>,
}

impl Stored {
    fn load(act: &mut Act<'_>, cohort: CohortId, ready: &[Ready]) -> Result<Self> {
        let mut venture_refs = Vec::new();
        let mut person_refs = Vec::new();
        for ready in ready {
            match &ready.joined {
                Joined::Venture(v) => {
                    venture_refs.push(v.reference.as_str());
                    person_refs.extend(v.participants.iter().map(|p| p.reference.as_str()));
                }
                Joined::Person(p) => person_refs.push(p.reference.as_str()),
            }
        }
        let ventures = store::venture::by_external_refs(act.conn, cohort, &venture_refs)?;
        let people = store::venture::participants_by_external_refs(act.conn, cohort, &person_refs)?;
        let ids: Vec<VentureId> = ventures.iter().map(|v| v.id).collect();
        let mut consents = HashMap::<_, Vec<_>>::new();
        for consent in store::consent::of(act.conn, &ids)? {
            consents.entry(consent.venture_id).or_default().push(read_consent(consent)?);
        }
        let mut behind = HashMap::<_, Vec<_>>::new();
        for person in store::venture::participants_of(act.conn, &ids)? {
            if let Some(venture) = person.venture_id {
                behind.entry(venture).or_default().push(person);
            }
        }
        let mut assessments = HashMap::<_, Vec<_>>::new();
        for assessment in store::assessment::of(act.conn, &ids)? {
            assessments.entry(assessment.venture_id).or_default().push(assessment);
        }
        Ok(Self {
            ventures: ventures.into_iter().map(|v| (v.external_ref.clone(), v)).collect(),
            people: people.into_iter().map(|p| (p.external_ref.clone(), p)).collect(),
            behind,
            consents,
            assessments,
        })
    }
}

/// Applies a step; gives the job as it stands after it.
pub(super) fn groups(act: &mut Act<'_>, rules: &Rules<'_>, mut job: Import, groups: Vec<Prepared>) -> Result<Import> {
    job.rows_done += groups.iter().map(|group| group.rows).sum::<i64>();
    let ready: Vec<Ready> = groups.into_iter().filter_map(|group| group.ready).collect();
    let mut stored = Stored::load(act, job.cohort_id, &ready)?;
    let mut batch = Batch::default();
    for Ready { joined, nik_hashes: niks, hash, texts } in ready {
        match joined {
            Joined::Venture(venture) => {
                one_venture(act, rules, &mut job, &mut stored, &mut batch, *venture, &niks, hash, texts)?;
            }
            Joined::Person(person) => {
                let known = stored.people.get(&person.reference).cloned();
                match &known {
                    Some(same) if same.content_hash == hash => job.unchanged += 1,
                    Some(_) => job.updated += 1,
                    None => job.created += 1,
                }
                if known.as_ref().is_none_or(|k| k.content_hash != hash) {
                    let nik = niks.get(&person.reference).cloned();
                    let row = one_person(act, job.cohort_id, None, &mut batch, &person, known, nik, hash)?;
                    stored.people.insert(row.external_ref.clone(), row);
                }
            }
        }
    }
    batch.write(act, &job)?;
    store::import::update(act.conn, &job)?;
    Ok(job)
}

#[allow(clippy::too_many_arguments, reason = "each is a different thing about the one venture")]
fn one_venture(
    act: &mut Act<'_>,
    rules: &Rules<'_>,
    job: &mut Import,
    stored: &mut Stored,
    batch: &mut Batch,
    venture: IntakeVenture,
    niks: &BTreeMap<String, String>,
    hash: String,
    texts: Texts,
) -> Result<()> {
    let known = stored.ventures.remove(&venture.reference);
    if known.as_ref().is_some_and(|k| k.content_hash == hash) {
        job.unchanged += 1;
        return Ok(());
    }
    let id = known.as_ref().map_or_else(|| act.ids.next(act.now), |k| k.id);
    // As this batch has left them: a person may have gone to another business.
    let as_left = |one: Participant| stored.people.get(&one.external_ref).cloned().unwrap_or(one);
    let mut behind = stored.behind.remove(&id).unwrap_or_default();
    behind = behind.into_iter().map(as_left).filter(|one| one.venture_id == Some(id)).collect();
    let is_first = behind.is_empty();
    for (person, hash) in venture.participants.iter().zip(texts.people) {
        let known = stored.people.get(&person.reference).cloned();
        let nik = niks.get(&person.reference).cloned();
        if known.as_ref().is_none_or(|k| k.content_hash != hash || k.venture_id != Some(id)) {
            let describes = is_first && person.describes;
            let row = one_person(act, job.cohort_id, Some((id, describes)), batch, person, known, nik, hash)?;
            match behind.iter_mut().find(|one| one.id == row.id) {
                Some(one) => *one = row.clone(),
                None => behind.push(row.clone()),
            }
            // The same person may come again, in a row without the business.
            stored.people.insert(row.external_ref.clone(), row);
        }
    }
    let owner = person::owner(act.keys, behind)?.map(|owner| owner.row);
    let kind = owner.as_ref().and_then(|owner| owner.kind);
    let private = match &known {
        Some(known) => PrivateVenture::open(act.keys, id, &known.sealed)?,
        None => PrivateVenture::default(),
    };
    let mut row = Venture {
        id,
        cohort_id: job.cohort_id,
        external_ref: venture.reference.clone(),
        name: venture.name.expose().to_owned(),
        profile: texts.profile,
        sealed: PrivateVenture::of(&venture, private).seal(act.keys, id)?,
        content_hash: hash.clone(),
        version: 1,
        created_at: act.now,
        updated_at: act.now,
        owner_said: String::new(),
    };
    if let Some(known) = known {
        row.profile = canonical::to_string(&over(&known.profile, &row.profile, &known.owner_said, kind)?)?;
        row.owner_said = known.owner_said;
        row.version = known.version + 1;
        row.created_at = known.created_at;
        batch.changed_ventures.push(row);
        job.updated += 1;
    } else {
        batch.ventures.push(row);
        job.created += 1;
    }
    let said = stored.consents.remove(&id).unwrap_or_default();
    // The owner may not be on this sheet: nobody else says anything for the business.
    let form = venture.participants.iter().find(|p| owner.as_ref().is_some_and(|o| o.external_ref == p.reference));
    let new = consents(act, batch, id, form, &said)?;
    // The import was checked for this; but the owner may have taken it back since.
    let may_rate = new.contains(&Purpose::Assessment) || !consent::is_taken_back(&said, Purpose::Assessment);
    let sheets = if may_rate { venture.assessments } else { Vec::new() };
    assessments(act, rules, stored, batch, id, sheets, texts.ratings)?;
    batch.touched.push(id);
    batch.deeds.push((id.to_string(), hash));
    Ok(())
}

/// What an earlier import said, with what this one says over it: an empty cell takes nothing back, and no cell what the owner has said
/// since. How the owner came is the owner's row to say, which may not be on this sheet.
fn over(old: &str, new: &str, owner_said: &str, owner: Option<ParticipantType>) -> Result<Profile> {
    let (mut old, new): (serde_json::Value, serde_json::Value) =
        (serde_json::from_str(old)?, serde_json::from_str(new)?);
    let stays = |key: &str| key == "participant_type" || owner_said.split(',').any(|said| said == key);
    if let (Some(old), serde_json::Value::Object(new)) = (old.as_object_mut(), new) {
        for (key, value) in new.into_iter().filter(|(key, _)| !stays(key)) {
            match (old.get_mut(&key), value) {
                (_, serde_json::Value::Null) => {}
                (Some(serde_json::Value::Object(papers)), serde_json::Value::Object(more)) if key == "legal" => {
                    papers.extend(more);
                }
                (_, value) => drop(old.insert(key, value)),
            }
        }
    }
    let profile: Profile = serde_json::from_value(old)?;
    Ok(Profile { participant_type: owner.or(profile.participant_type), ..profile })
}

#[allow(clippy::too_many_arguments, reason = "each is a different thing about the one person")]
fn one_person(
    act: &Act<'_>,
    cohort: CohortId,
    // The venture that the row speaks of, and whether it describes it.
    venture: Option<(VentureId, bool)>,
    batch: &mut Batch,
    person: &IntakeParticipant,
    known: Option<Participant>,
    nik_hash: Option<String>,
    content_hash: String,
) -> Result<Participant> {
    let id = known.as_ref().map_or_else(|| act.ids.next(act.now), |k| k.id);
    let old = known.as_ref().map(|k| PrivatePerson::open(act.keys, id, &k.sealed)).transpose()?;
    let stays = venture.is_none_or(|(venture, _)| known.as_ref().is_some_and(|k| k.venture_id == Some(venture)));
    let did_describe = stays && old.as_ref().is_some_and(|old| old.describes);
    let private = PrivatePerson::of(person, old, did_describe || venture.is_some_and(|(_, describes)| describes));
    let row = Participant {
        id,
        cohort_id: cohort,
        external_ref: person.reference.clone(),
        venture_id: venture.map(|(venture, _)| venture).or(known.as_ref().and_then(|k| k.venture_id)),
        kind: person.participant_type.or(known.as_ref().and_then(|k| k.kind)),
        attendance: person.attendance.or(known.as_ref().and_then(|k| k.attendance)),
        adult: person.age_band.map(intake::AgeBand::adult).or(known.as_ref().and_then(|k| k.adult)),
        sealed: private.seal(act.keys, id)?,
        nik_hash: nik_hash.or(known.as_ref().and_then(|k| k.nik_hash.clone())),
        content_hash: content_hash.clone(),
        version: known.as_ref().map_or(1, |k| k.version + 1),
        created_at: known.as_ref().map_or(act.now, |k| k.created_at),
    };
    if known.is_some() {
        batch.changed_people.push(row.clone());
    } else {
        batch.people.push(row.clone());
    }
    batch.deeds.push((id.to_string(), content_hash));
    Ok(row)
}

/// What the owner's form on the sheet says beside what was said already; gives for what.
fn consents(
    act: &Act<'_>,
    batch: &mut Batch,
    id: VentureId,
    form: Option<&IntakeParticipant>,
    said: &[consent::Consent],
) -> Result<Vec<Purpose>> {
    let Some(RowConsents { given, given_on }) = form.map(|owner| &owner.consents) else { return Ok(Vec::new()) };
    let mut new = Vec::new();
    for (purpose, reference) in given {
        let purpose: Purpose = purpose.parse().map_err(|unknown| Error::Internal(format!("{purpose}: {unknown}")))?;
        if !consent::is_news(said, purpose, *given_on) {
            continue;
        }
        batch.consents.push(Consent {
            venture_id: id,
            purpose: purpose.to_string(),
            text_version: TEXT_VERSION.to_owned(),
            lang: "id".to_owned(),
            method: "paper".to_owned(),
            reference: reference.clone(),
            given_at: given_on.map_or(act.now, Instant::start_of_jakarta_day),
            withdrawn_at: None,
            named: None,
        });
        new.push(purpose);
    }
    Ok(new)
}

#[allow(clippy::too_many_arguments, reason = "each is a different thing about the one venture")]
fn assessments(
    act: &Act<'_>,
    rules: &Rules<'_>,
    stored: &mut Stored,
    batch: &mut Batch,
    id: VentureId,
    sheets: Vec<IntakeAssessment>,
    texts: Vec<String>,
) -> Result<()> {
    // With the ratings, where they are at hand and need not be read back.
    let mut all: Vec<(Assessment, Option<Ratings>)> =
        stored.assessments.remove(&id).unwrap_or_default().into_iter().map(|a| (a, None)).collect();
    for (IntakeAssessment { assessment: from, .. }, text) in sheets.into_iter().zip(texts) {
        match all.iter_mut().find(|(a, _)| a.assessor == from.assessor_ref && a.kind == from.kind) {
            Some((same, _)) if same.ratings == text => {}
            Some((known, said)) => {
                *said = Some(from.ratings);
                known.ratings = text;
                known.rubric_id = rules.rubric_id;
                known.rubric_number = rules.rubric_number;
                known.assessed_on = from.assessed_on.map(|d| d.to_string());
                known.entered_by = act.by.name();
                known.submitted_at = act.now;
                known.version += 1;
                batch.changed_assessments.push(known.clone());
            }
            None => {
                let made = Assessment {
                    id: act.ids.next(act.now),
                    venture_id: id,
                    rubric_id: rules.rubric_id,
                    rubric_number: rules.rubric_number,
                    kind: from.kind,
                    assessor: from.assessor_ref,
                    entered_by: act.by.name(),
                    assessed_on: from.assessed_on.map(|d| d.to_string()),
                    ratings: text,
                    submitted_at: act.now,
                    version: 1,
                    created_at: act.now,
                };
                batch.assessments.push(made.clone());
                all.push((made, Some(from.ratings)));
            }
        }
    }
    // The latest kind counts, under the rubric in use; all its assessors together.
    all.retain(|(a, _)| (a.rubric_id, a.rubric_number) == (rules.rubric_id, rules.rubric_number));
    if let Some(kind) = all.iter().map(|(a, _)| a.kind).max() {
        all.sort_by(|(a, _), (b, _)| a.assessor.cmp(&b.assessor));
        let ratings: Vec<Ratings> = all
            .into_iter()
            .filter(|(a, _)| a.kind == kind)
            .map(|(a, said)| said.map_or_else(|| serde_json::from_str(&a.ratings), Ok))
            .collect::<Result<_, _>>()?;
        batch.outcomes.push(Outcome {
            venture_id: id,
            rubric_id: rules.rubric_id,
            rubric_number: rules.rubric_number,
            outcome: canonical::to_string(&assessment::finalise(rules.rubric, &ratings))?,
            finalised_at: act.now,
        });
    }
    Ok(())
}

impl Batch {
    fn write(self, act: &mut Act<'_>, job: &Import) -> Result<()> {
        store::venture::insert_many(act.conn, &self.ventures)?;
        for venture in &self.changed_ventures {
            if !store::venture::update(act.conn, venture)? {
                return Err(Error::Stale);
            }
        }
        store::venture::insert_participants(act.conn, &self.people)?;
        for person in &self.changed_people {
            if !store::venture::update_participant(act.conn, person)? {
                return Err(Error::Stale);
            }
        }
        store::consent::insert_many(act.conn, &self.consents)?;
        store::assessment::insert_many(act.conn, &self.assessments)?;
        for changed in &self.changed_assessments {
            if !store::assessment::update(act.conn, changed)? {
                return Err(Error::Stale);
            }
        }
        store::assessment::put_outcomes(act.conn, &self.outcomes)?;
        store::import::touch(act.conn, job.id, &self.touched)?;
        // The importer did it, whoever's process applies it.
        let deeds = self.deeds.into_iter().map(|(subject, content)| audit::Deed {
            at: act.now,
            actor: job.created_by.clone(),
            role: "import",
            action: "import.apply",
            subject,
            content,
            fresh_salt: act.ids.bytes(),
        });
        act.deeds.extend(deeds);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_cell_takes_nothing_back_and_no_cell_what_the_owner_said() {
        let old = r#"{"region":"31.75","women_led":true,"legal":{"nib":"valid"}}"#;
        let new = r#"{"region":null,"women_led":false,"legal":{"npwp":"none"}}"#;
        let merged = over(old, new, "", None).unwrap();
        assert_eq!(merged.region.as_deref(), Some("31.75"));
        assert_eq!(merged.women_led, Some(false));
        assert_eq!(merged.legal.len(), 2);
        let kept = over(old, r#"{"region":"31.71","women_led":false}"#, "region,sharia_only", None).unwrap();
        assert_eq!((kept.region.as_deref(), kept.women_led), (Some("31.75"), Some(false)));
        let (kpm, other) = (r#"{"participant_type":"kpm_pena"}"#, r#"{"participant_type":"pilar_sosial"}"#);
        let kind = |owner| over(kpm, other, "", owner).unwrap().participant_type;
        assert_eq!(kind(None), Some(ParticipantType::KpmPena));
        assert_eq!(kind(Some(ParticipantType::PantiSosial)), Some(ParticipantType::PantiSosial));
    }
}
