//! Fills an empty database as a programme would: rubric, accounts, workshop sheet, investors, criteria, lists; each by
//! the use case that people use, and under four eyes.

use std::io::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::logins::{Login, Logins};
use crate::demo;
use crate::domain::actor::{Actor, Role};
use crate::domain::id::{CriteriaId, Ids, InvestorId, MatchListId};
use crate::domain::life::{ImportMode, ImportState};
use crate::domain::time::Instant;
use crate::domain::verification::{Signed, Verification};
use crate::keys::password;
use crate::ops::import::Order;
use crate::ops::user::NewUser;
use crate::ops::{By, Error, Result, Service, cohort, criteria, import, investor, match_list, rubric, user};
use crate::reference;
use crate::sources::workshop;
use crate::store::{self, Seek};

/// What the import of the sample came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Imported {
    /// People.
    pub participants: i64,
    /// Businesses.
    pub ventures: i64,
    /// Assessments.
    pub assessments: i64,
    /// Faults found.
    pub errors: i64,
}

/// Accounts with a password, by persona.
const PERSONAS: [(&str, Role); 5] = [
    ("admin", Role::Admin),
    ("staff", Role::Staff),
    ("staff_second", Role::Staff),
    ("assessor", Role::Assessor),
    ("auditor", Role::Auditor),
];

/// Loads the sample.
///
/// # Errors
/// The use cases' own: the sample is proved, so these are faults of the machine.
pub fn load(service: &Service) -> Result<Logins> {
    // The sample's ids do not depend on when and where it is loaded; secrets come from the system as ever.
    let at = Instant::start_of_jakarta_day(demo::STARTS_ON);
    let sample = service.with_ids(Ids::seeded_at("sedaya demo", at));
    let mut logins = Vec::new();
    let passwords = passwords()?;
    let mut secrets = passwords.iter();
    let mut open = |persona: &str, role: Role, investor_id: Option<InvestorId>| -> Result<Actor> {
        let (password, hash) = secrets.next().ok_or_else(|| Error::Internal("too few passwords".into()))?;
        let username = format!("demo-{}", persona.replace('_', "-"));
        let new = NewUser {
            username: username.clone(),
            password_hash: Some(hash.clone()),
            identity: None,
            role,
            investor_id,
        };
        let made = sample.write(By::Operator, |act| user::create(act, new))?;
        logins.push(Login { persona: persona.to_owned(), username, password: password.clone() });
        made.actor().ok_or(Error::Forbidden)
    };
    let mut actors = Vec::new();
    for (persona, role) in PERSONAS {
        actors.push(open(persona, role, None)?);
    }
    let (staff, second) = (actors[1], actors[2]);

    let imported = workshop_sheet(&sample, &staff)?;
    let mut lists = Vec::new();
    for (n, sample_investor) in demo::investors().iter().enumerate() {
        let made = sample.write(By::Account(&staff), |act| {
            let new = investor::NewInvestor {
                name: sample_investor.name.clone(),
                kind: sample_investor.kind,
                capacity: sample_investor.capacity.into(),
            };
            let made = investor::create(act, new)?;
            investor::verify(act, made.id, made.version.into(), &seen())
        })?;
        if let Some(persona) = ["investor", "investor_other"].get(n) {
            open(persona, Role::Investor, Some(made.id))?;
        }
        lists.push(published_list(&sample, &staff, &second, made.id, &sample_investor.criteria)?);
    }
    let (criteria_id, match_list_id) = *lists.first().ok_or_else(|| Error::Internal("no sample investor".into()))?;

    // The owner of the first venture on the first list.
    let first = sample.read(|conn| Ok(store::match_list::entries(conn, match_list_id, &Seek::First, 1)?))?;
    let venture = first.items.first().ok_or_else(|| Error::Internal("an empty list".into()))?.venture_id;
    let code = service.write(By::Account(&staff), |act| user::issue_claim_code(act, venture))?;
    logins.push(Login { persona: "owner".into(), username: String::new(), password: code });
    Ok(Logins { logins, criteria_id, match_list_id, imported })
}

/// The papers of the sample's investors, as staff would note them. None of them lends at interest.
fn seen() -> Verification {
    let signed = || Signed { version: "2024-11".into(), signed_on: demo::STARTS_ON };
    Verification {
        identity_checked_on: demo::STARTS_ON,
        code_of_conduct: signed(),
        data_agreement: signed(),
        licence: None,
    }
}

/// Seven random passwords with their hashes, worked out side by side.
fn passwords() -> Result<Vec<(String, String)>> {
    let drawn: Vec<String> =
        (0..PERSONAS.len() + 2).map(|_| fast32::base32::CROCKFORD_LOWER.encode(&Ids::Random.bytes()[..15])).collect();
    std::thread::scope(|scope| {
        let workers: Vec<_> = drawn.iter().map(|p| scope.spawn(|| password::hash(p))).collect();
        workers
            .into_iter()
            .zip(&drawn)
            .map(|(worker, password)| match worker.join() {
                Ok(Ok(hash)) => Ok((password.clone(), hash)),
                _ => Err(Error::Internal("a password cannot be hashed".into())),
            })
            .collect()
    })
}

/// Publishes the rubric, makes the cohort and imports the sample's workbook into it.
fn workshop_sheet(service: &Service, staff: &Actor) -> Result<Imported> {
    let by = By::Account(staff);
    let proposal: Value = serde_json::from_str(&reference::rubric::sedaya_v1().canonical_json()?)?;
    let cohort = service.write(by, |act| {
        let (_, draft) = rubric::create(act, &proposal)?;
        rubric::publish(act, draft.rubric_id, draft.number)?;
        let new =
            cohort::NewCohort { name: demo::COHORT.to_owned(), starts_on: demo::STARTS_ON, ends_on: demo::ENDS_ON };
        cohort::create(act, new)
    })?;
    let io = |e: std::io::Error| Error::Internal(format!("a temporary file: {e}"));
    let mut file = tempfile::NamedTempFile::new().map_err(io)?;
    file.write_all(demo::XLSX).map_err(io)?;
    let order = Order {
        cohort: cohort.id,
        mode: ImportMode::AllOrNothing,
        dry_run: false,
        file_name: "sedaya-workshop.xlsx".into(),
        file_hash: blake3::hash(demo::XLSX).to_hex().to_string(),
    };
    let job = workshop::receive(service, by, order, file.path())?;
    let job = import::run(service, job.id, &|_, _| {})?;
    if job.state != ImportState::Applied {
        return Err(Error::Internal(format!("the sample was refused with {} faults", job.errors_total)));
    }
    service.read(|conn| {
        Ok(Imported {
            participants: store::venture::count_participants(conn, cohort.id)?,
            ventures: store::venture::count(conn, cohort.id)?,
            assessments: store::assessment::count(conn, cohort.id)?,
            errors: job.errors_total,
        })
    })
}

/// Criteria drafted by one person, approved by a second; a list made by one and published by a second.
fn published_list(
    service: &Service,
    staff: &Actor,
    second: &Actor,
    investor: InvestorId,
    document: &Value,
) -> Result<(CriteriaId, MatchListId)> {
    let (set, _) = service.write(By::Account(staff), |act| criteria::create(act, investor, document))?;
    service.write(By::Account(second), |act| {
        criteria::approve(act, set.id, 1)?;
        criteria::publish(act, set.id, 1)
    })?;
    let order = match_list::Order { criteria: set.id, number: 1, cohort: None };
    let draft = match_list::draft(service, order)?;
    let list = service.write(By::Account(staff), |act| match_list::make(act, draft))?;
    service.write(By::Account(second), |act| match_list::publish(act, list.id))?;
    Ok((set.id, list.id))
}
