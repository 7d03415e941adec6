//! What a ranking rests on that an owner may take back: the sensitive fields by which its criteria look for businesses.

use std::collections::BTreeSet;

use super::{Error, Result, criteria};
use crate::domain::consent::{Consent, Findable, lost_since};
use crate::domain::criteria::{Criteria, Role};
use crate::domain::time::Instant;
use crate::store::match_list::MatchList;
use crate::store::{self, Conn};

/// What a ranking rests on.
#[derive(Clone, Debug)]
pub struct Basis {
    fields: BTreeSet<Findable>,
    since: Instant,
}

impl Basis {
    /// What a ranking by a document at a time rests on.
    pub fn new(document: &Criteria, since: Instant) -> Self {
        let read = document.fields().filter(|used| used.role != Role::Dropped);
        Self { fields: read.filter_map(|used| Findable::parse(used.field)).collect(), since }
    }

    /// What a list rests on.
    ///
    /// # Errors
    /// The store's; [`Error::Internal`] when its criteria are not to be read.
    pub fn of(conn: &mut Conn, list: &MatchList) -> Result<Self> {
        let version = store::criteria::version(conn, list.criteria_id, list.criteria_number)?;
        let version = version.ok_or_else(|| Error::Internal(format!("the criteria of {}", list.id)))?;
        Ok(Self::new(&criteria::as_written(&version)?, list.created_at))
    }

    /// Whether there is nothing that anybody could take back.
    pub fn is_free(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether an owner may still be found by all of it that they could be found by when it was ranked.
    pub fn holds(&self, consents: &[Consent]) -> bool {
        self.is_free() || lost_since(consents, self.since).is_disjoint(&self.fields)
    }
}
