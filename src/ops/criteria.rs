//! Criteria: drafted by an investor or by staff, approved by a second person, published by staff.

mod hidden;

use serde_json::Value;

use super::event::{self, Event};
use super::{Act, Conflict, Error, Result, next_version, rubric};
use crate::domain::actor::Actor;
use crate::domain::criteria::{self as document, Source};
use crate::domain::fault::Fault;
use crate::domain::field::{FieldType, Op, Registry, Vocabulary};
use crate::domain::id::{CriteriaId, InvestorId};
use crate::domain::life::CriteriaState;
use crate::domain::text::Text;
use crate::store::criteria::{self, Criteria, CriteriaVersion};
use crate::store::{Conn, investor};

/// Reads a document against the fields of the rubric in use.
///
/// # Errors
/// [`Error::Invalid`] with every fault, pointers into the document.
pub fn read(conn: &mut Conn, value: &Value) -> Result<document::Criteria> {
    let (_, rubric) = rubric::current(conn)?;
    let untitled = value.is_object() && value.get("title").is_none();
    let read = match read_with(&Registry::new(&rubric), value) {
        Err(Error::Invalid(mut faults)) if untitled => {
            faults.push(no_title());
            return Err(Error::Invalid(faults));
        }
        read => read?,
    };
    let faults: Vec<Fault> = match &read.title {
        None => vec![no_title()],
        Some(title) => [("/title/id", &title.id), ("/title/en", &title.en)]
            .into_iter()
            .filter(|(_, words)| words.trim().is_empty())
            .map(|(at, _)| Fault {
                pointer: at.into(),
                code: "blank",
                detail: Text::new("Tulislah judulnya.", "Write the title."),
            })
            .collect(),
    };
    if faults.is_empty() { Ok(read) } else { Err(Error::Invalid(faults)) }
}

fn no_title() -> Fault {
    Fault {
        pointer: "/title".into(),
        code: "missing_member",
        detail: Text::new("Beri judul dalam kedua bahasa.", "Give it a title in both languages."),
    }
}

/// Reads a document against a registry; one that is only tried out needs no title.
///
/// # Errors
/// As [`read`].
pub fn read_with(registry: &Registry, value: &Value) -> Result<document::Criteria> {
    let source = Source::read(&value.to_string()).map_err(Error::Invalid)?;
    document::Criteria::parse(&source, registry).map_err(Error::Invalid)
}

/// A stored version as a document. It was sound when it was written; the rubric may have changed since.
///
/// # Errors
/// [`Conflict::CriteriaOutdated`]; [`Error::Internal`] when what is stored is no document at all.
pub fn parse_stored(registry: &Registry, version: &CriteriaVersion) -> Result<document::Criteria> {
    let source = Source::read(&version.document).map_err(|faults| {
        Error::Internal(format!("criteria {} version {}: {faults:?}", version.criteria_id, version.number))
    })?;
    document::Criteria::parse(&source, registry).map_err(|_faults| Conflict::CriteriaOutdated.into())
}

/// Fields as a document names them: it was checked against the registry of its day.
pub(super) struct AsWritten;

impl Vocabulary for AsWritten {
    fn describe(&self, _: &str) -> Option<(FieldType, &'static [Op])> {
        Some((FieldType::Code, Op::ALL))
    }
    fn plain(&self) -> bool {
        true
    }
}

/// A stored version as a document, whatever fields there are by now.
///
/// # Errors
/// [`Error::Internal`] when what is stored is no document at all.
pub(super) fn as_written(version: &CriteriaVersion) -> Result<document::Criteria> {
    let read = Source::read(&version.document).and_then(|source| document::Criteria::parse(&source, &AsWritten));
    read.map_err(|faults| {
        Error::Internal(format!("criteria {} version {}: {faults:?}", version.criteria_id, version.number))
    })
}

/// Makes a criteria set with its first draft.
///
/// # Errors
/// [`Error::NotFound`] for an unknown investor; [`Error::Invalid`].
pub fn create(act: &mut Act<'_>, investor: InvestorId, value: &Value) -> Result<(Criteria, CriteriaVersion)> {
    investor::find(act.conn, investor)?.ok_or(Error::NotFound)?;
    let read = read(act.conn, value)?;
    let set = Criteria {
        id: act.ids.next(act.now),
        investor_id: investor,
        latest: 1,
        version: 1,
        created_at: act.now,
        draft_every_days: None,
        drafts_for: None,
    };
    let first = draft(act, set.id, 1, &read)?;
    criteria::insert(act.conn, &set, &first)?;
    act.audit("criteria.create", set.id, &(investor, &first.document))?;
    Ok((set, first))
}

/// Has lists of a set that stands at `version` drafted every so many days, in the actor's name, or no more. `None` changes nothing.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`].
pub fn schedule(
    act: &mut Act<'_>,
    actor: &Actor,
    id: CriteriaId,
    version: i64,
    every: Option<Option<i32>>,
) -> Result<Criteria> {
    let mut set = criteria::find(act.conn, id)?.ok_or(Error::NotFound)?;
    set.version = next_version(set.version, version)?;
    if let Some(every) = every {
        set.draft_every_days = every;
        set.drafts_for = every.map(|_| actor.user);
    }
    criteria::touch(act.conn, &set)?;
    act.audit("criteria.schedule", id, &every)?;
    Ok(set)
}

/// Adds a draft to a set.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`].
pub fn add_version(act: &mut Act<'_>, id: CriteriaId, value: &Value) -> Result<CriteriaVersion> {
    let mut set = criteria::find(act.conn, id)?.ok_or(Error::NotFound)?;
    let read = read(act.conn, value)?;
    set.latest += 1;
    set.version += 1;
    let added = draft(act, id, set.latest, &read)?;
    criteria::insert_version(act.conn, &set, &added)?;
    act.audit("criteria.draft", id, &(added.number, &added.document))?;
    Ok(added)
}

fn draft(act: &Act<'_>, criteria_id: CriteriaId, number: i32, read: &document::Criteria) -> Result<CriteriaVersion> {
    Ok(CriteriaVersion {
        criteria_id,
        number,
        state: CriteriaState::Draft,
        document: read.canonical()?,
        author: act.by.name(),
        created_at: act.now,
        approved_by: None,
        approved_at: None,
        published_by: None,
        published_at: None,
        seed: None,
    })
}

fn version_of(act: &mut Act<'_>, id: CriteriaId, number: i32) -> Result<(Criteria, CriteriaVersion)> {
    let set = criteria::find(act.conn, id)?.ok_or(Error::NotFound)?;
    let version = criteria::version(act.conn, id, number)?.ok_or(Error::NotFound)?;
    Ok((set, version))
}

fn store(act: &mut Act<'_>, mut set: Criteria, version: &CriteriaVersion) -> Result<()> {
    set.version += 1;
    criteria::touch(act.conn, &set)?;
    Ok(criteria::update_version(act.conn, version)?)
}

/// Approves a draft. Four eyes: not its author. A score that rests on one answer that no card shows is refused,
/// since the order of the list would give that answer away.
///
/// # Errors
/// [`Error::NotFound`]; [`Conflict::NotDraft`]; [`Conflict::SamePerson`]; [`Conflict::CriteriaOutdated`];
/// [`Error::Invalid`].
pub fn approve(act: &mut Act<'_>, id: CriteriaId, number: i32) -> Result<CriteriaVersion> {
    let (set, mut version) = version_of(act, id, number)?;
    if version.state != CriteriaState::Draft {
        return Err(Conflict::NotDraft.into());
    }
    if version.author == act.by.name() {
        return Err(Conflict::SamePerson.into());
    }
    let (_, rubric) = rubric::current(act.conn)?;
    let registry = Registry::new(&rubric);
    hidden::refuse_single(&parse_stored(&registry, &version)?, &registry)?;
    version.state = CriteriaState::Approved;
    version.approved_by = Some(act.by.name());
    version.approved_at = Some(act.now);
    store(act, set, &version)?;
    act.audit("criteria.approve", id, &number)?;
    Ok(version)
}

/// Publishes an approved version: from now on it is the one that ranks. Its lottery's seed is drawn here, kept for
/// good, and committed to the audit.
///
/// # Errors
/// [`Error::NotFound`]; [`Conflict::NotApproved`].
pub fn publish(act: &mut Act<'_>, id: CriteriaId, number: i32) -> Result<CriteriaVersion> {
    let (set, mut version) = version_of(act, id, number)?;
    if version.state != CriteriaState::Approved {
        return Err(Conflict::NotApproved.into());
    }
    let seed = act.ids.bytes().map(|byte| format!("{byte:02x}")).concat();
    version.state = CriteriaState::Published;
    version.published_by = Some(act.by.name());
    version.published_at = Some(act.now);
    act.audit("criteria.publish", id, &(number, &seed))?;
    version.seed = Some(seed);
    event::note(act, &Event::CriteriaPublished(&set, &version))?;
    store(act, set, &version)?;
    Ok(version)
}
