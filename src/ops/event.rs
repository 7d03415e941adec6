//! Events: what happened, told to whoever asked to be told. They are written down with the deed, so that none is lost and
//! none is told that did not happen; the words are chosen here, for each receiver, before anything leaves.

use serde::Serialize;

use super::webhook::hears;
use super::{Act, Result};
use crate::domain::canonical;
use crate::domain::delivery::{DeliveryState, EventKind};
use crate::domain::id::{CriteriaId, ImportId, InvestorId, MatchId, MatchListId, VentureId};
use crate::domain::life::ImportState;
use crate::domain::match_life::MatchState;
use crate::domain::time::Instant;
use crate::store::criteria::{Criteria, CriteriaVersion};
use crate::store::import::Import;
use crate::store::match_list::MatchList;
use crate::store::matches::Match;
use crate::store::outbox::NewItem;

/// What happened.
pub enum Event<'a> {
    /// A list was published.
    ListPublished(&'a MatchList),
    /// A match has come to stand elsewhere.
    MatchMoved(&'a Match),
    /// A match waits for a word of its investor, and ends without one.
    MatchDue(&'a Match),
    /// A version of a criteria set was published.
    CriteriaPublished(&'a Criteria, &'a CriteriaVersion),
    /// An import has ended.
    ImportFinished(&'a Import),
    /// A request about somebody's data must be answered now: its id, and until when.
    DataRequestDue(&'a str, Instant),
}

impl Event<'_> {
    const fn kind(&self) -> EventKind {
        match self {
            Self::ListPublished(_) => EventKind::MatchListPublished,
            Self::MatchMoved(_) => EventKind::MatchMoved,
            Self::MatchDue(_) => EventKind::MatchDue,
            Self::CriteriaPublished(..) => EventKind::CriteriaPublished,
            Self::ImportFinished(_) => EventKind::ImportFinished,
            Self::DataRequestDue(..) => EventKind::DataRequestDue,
        }
    }

    /// Whose thing it happened to, where it is an investor's.
    const fn investor(&self) -> Option<InvestorId> {
        match self {
            Self::ListPublished(list) => Some(list.investor_id),
            Self::MatchMoved(found) | Self::MatchDue(found) => Some(found.investor_id),
            Self::CriteriaPublished(set, _) => Some(set.investor_id),
            Self::ImportFinished(_) | Self::DataRequestDue(..) => None,
        }
    }

    /// What events about the same thing share: they are told in their order.
    fn subject(&self) -> String {
        match self {
            Self::ListPublished(list) => list.id.to_string(),
            Self::MatchMoved(found) | Self::MatchDue(found) => found.id.to_string(),
            Self::CriteriaPublished(set, _) => set.id.to_string(),
            Self::ImportFinished(job) => job.id.to_string(),
            Self::DataRequestDue(id, _) => (*id).to_owned(),
        }
    }

    /// What is told: to the programme everything, to an investor what an investor may know.
    fn data(&self, act: &Act<'_>, to_programme: bool) -> Data {
        match self {
            Self::ListPublished(list) => Data::List {
                id: list.id,
                criteria_id: list.criteria_id,
                criteria_version: list.criteria_number,
                entries_total: list.entries_total,
                investor_id: to_programme.then_some(list.investor_id),
            },
            Self::MatchMoved(found) | Self::MatchDue(found) => Data::Match {
                id: found.id,
                version: found.version,
                state: found.state,
                list_id: matches!(self, Self::MatchMoved(_)).then_some(found.list_id),
                expires_at: found.expires_at.filter(|_| matches!(self, Self::MatchDue(_))),
                code: act.keys.venture_codes(found.investor_id).encode(found.venture_id),
                investor_id: to_programme.then_some(found.investor_id),
                venture_id: to_programme.then_some(found.venture_id),
            },
            Self::CriteriaPublished(set, version) => Data::Criteria {
                id: set.id,
                number: version.number,
                investor_id: to_programme.then_some(set.investor_id),
            },
            Self::ImportFinished(job) => Data::Import {
                id: job.id,
                state: job.state,
                dry_run: job.dry_run,
                rows: job.rows_total,
                created: job.created,
                updated: job.updated,
                unchanged: job.unchanged,
                errors_total: job.errors_total,
            },
            Self::DataRequestDue(id, due_at) => Data::Request { id: (*id).to_owned(), due_at: *due_at },
        }
    }
}

/// What is told of what it happened to. The document's `webhooks` say it once more; a test holds them together.
#[derive(Serialize)]
#[serde(untagged)]
enum Data {
    List {
        id: MatchListId,
        criteria_id: CriteriaId,
        criteria_version: i32,
        entries_total: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        investor_id: Option<InvestorId>,
    },
    Match {
        id: MatchId,
        version: i32,
        state: MatchState,
        #[serde(skip_serializing_if = "Option::is_none")]
        list_id: Option<MatchListId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<Instant>,
        code: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        investor_id: Option<InvestorId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        venture_id: Option<VentureId>,
    },
    Criteria {
        id: CriteriaId,
        number: i32,
        #[serde(skip_serializing_if = "Option::is_none")]
        investor_id: Option<InvestorId>,
    },
    Import {
        id: ImportId,
        state: ImportState,
        dry_run: bool,
        rows: i64,
        created: i64,
        updated: i64,
        unchanged: i64,
        errors_total: i64,
    },
    Request {
        id: String,
        due_at: Instant,
    },
}

/// The form of every message, as Standard Webhooks recommends it.
#[derive(Serialize)]
struct Message {
    r#type: EventKind,
    timestamp: Instant,
    data: Data,
}

/// Writes an event down for everybody who asked to be told of it and may be. One that is stopped is told later.
///
/// # Errors
/// The store's: then the deed fails as a whole.
pub fn note(act: &mut Act<'_>, event: &Event<'_>) -> Result<()> {
    let kind = event.kind();
    let listening = act.listening(event.investor())?;
    for webhook in listening.iter().filter(|webhook| hears(webhook, kind)) {
        let data = event.data(act, webhook.investor_id.is_none());
        let item = NewItem {
            id: act.ids.next(act.now),
            lane: webhook.id.to_string(),
            event: Some(kind),
            subject: event.subject(),
            payload: canonical::to_string(&Message { r#type: kind, timestamp: act.now, data })?,
            state: DeliveryState::Waiting,
            attempts: 0,
            due_at: act.now,
            created_at: act.now,
        };
        act.news.push(item);
    }
    Ok(())
}
