//! What can be ranked now: the engine's snapshot, kept in step with the database by the change log, and beside it what
//! lists are made of.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use chrono::NaiveDate;

use super::basis::Basis;
use super::{Error, Result, rubric};
use crate::domain::assessment::Outcome;
use crate::domain::band::Derived;
use crate::domain::card::{Card, Printed, coarsen};
use crate::domain::consent::{self, Consent, Method, NotListed};
use crate::domain::criteria::Reading;
use crate::domain::decimal::Decimal;
use crate::domain::field::{FieldType, FieldValue, Registry, Subject};
use crate::domain::fixed::TenThousandths;
use crate::domain::id::{CohortId, RubricId, VentureId};
use crate::domain::rubric::Rubric;
use crate::domain::text::Lang;
use crate::domain::time::Instant;
use crate::domain::venture::{InvestorKind, Profile};
use crate::engine::{Cell, Column, Measured, Row, RowNo, Snapshot};
use crate::store::{self, Conn, Db, gate};

/// Ventures that are loaded in one go.
const STEP: i64 = 500;

/// One venture, as far as ranking and cards need it.
#[derive(Clone, Debug)]
pub struct Known {
    /// The cohort it came with.
    pub cohort: CohortId,
    /// What is known beside its ratings.
    pub profile: Profile,
    derived: Derived,
    /// What its ratings come to under the rubric in use.
    pub outcome: Option<Outcome>,
    found_by: BTreeSet<String>,
    consents: Vec<Consent>,
    adult: Option<bool>,
    is_restricted: bool,
    /// What its card prints of group, kota and need.
    pub printed: Printed,
}

impl Known {
    /// Whether it may stand on a list now.
    ///
    /// # Errors
    /// Why not.
    pub fn listed(&self, now: Instant) -> Result<(), NotListed> {
        consent::listed(&self.consents, self.adult, self.is_restricted, now)
    }

    /// When the consent to be listed lapses, once its owner is asked for it again.
    pub fn lapsing(&self, now: Instant) -> Option<NaiveDate> {
        consent::lapsing(&self.consents, now)
    }

    /// Whether it may stand in a ranking with this basis now.
    pub fn stands_on(&self, basis: &Basis, now: Instant) -> bool {
        self.listed(now).is_ok() && basis.holds(&self.consents)
    }

    /// Whether it has a card. A consent that has lapsed with time still counts here, so that cards change with
    /// the data only and never with the calendar.
    fn has_card(&self, now: Instant) -> bool {
        matches!(self.listed(now), Ok(()) | Err(NotListed::Lapsed))
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            profile: &self.profile,
            derived: &self.derived,
            outcome: self.outcome.as_ref(),
            printed: &self.printed,
            found_by: &self.found_by,
        }
    }
}

/// Everything that can be ranked at one data version. Never changed: a newer one takes its place.
#[derive(Clone, Debug)]
pub struct Rankable {
    /// The data version.
    pub version: i64,
    /// The rubric in use …
    pub rubric: Arc<Rubric>,
    rubric_of: (RubricId, i32),
    /// … and the fields it gives.
    pub registry: Arc<Registry>,
    /// One row for each venture that has a card.
    pub snapshot: Snapshot,
    ventures: HashMap<VentureId, Arc<Known>>,
    /// How many ventures have gone, by erasure, since this process began to look.
    pub(super) gone: u64,
}

/// How a field of the registry stands in the snapshot.
pub(super) const fn reading(kind: FieldType) -> Reading {
    match kind {
        FieldType::Number => Reading::Number,
        FieldType::Boolean | FieldType::Code => Reading::Text,
        FieldType::Set => Reading::Set,
        FieldType::Range => Reading::Range,
    }
}

fn schema(registry: &Registry) -> Vec<Column> {
    registry.fields().iter().map(|f| Column { field: f.key.clone(), reading: reading(f.kind) }).collect()
}

pub(super) fn decimal(value: TenThousandths) -> Decimal {
    Decimal::from_units(i128::from(value.0) * 100_000)
}

fn cell(value: &FieldValue) -> Cell {
    match value {
        FieldValue::Number { value, low, high } => {
            Cell::Number(Measured { value: decimal(*value), low: decimal(*low), high: decimal(*high) })
        }
        FieldValue::Amount(amount) => Cell::number(Decimal::whole(amount.0)),
        FieldValue::Amounts(from, to) => Cell::Range(Decimal::whole(from.0), Decimal::whole(to.0)),
        FieldValue::Boolean(truth) => Cell::boolean(*truth),
        FieldValue::Text(text) => Cell::text(text),
        FieldValue::Set(texts) => Cell::set(texts.iter().map(AsRef::as_ref)),
        FieldValue::NotAnswered => Cell::NotAnswered,
        FieldValue::NotApplicable => Cell::NotApplicable,
        FieldValue::NotAssessed => Cell::NotAssessed,
        FieldValue::Insufficient => Cell::Insufficient,
    }
}

impl Rankable {
    /// Reads everything.
    fn load(conn: &mut Conn, now: Instant) -> Result<Self> {
        let (version, rubric) = rubric::current(conn)?;
        let registry = Registry::new(&rubric);
        let mut all = Self {
            version: gate::data_version(conn)?,
            snapshot: Snapshot::new(schema(&registry)),
            registry: Arc::new(registry),
            rubric: Arc::new(rubric),
            rubric_of: (version.rubric_id, version.number),
            ventures: HashMap::new(),
            gone: 0,
        };
        let mut after = None;
        loop {
            let ids = store::venture::ids_after(conn, after, STEP)?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            all.know(conn, &ids, now)?;
        }
        let cohorts = all.ventures.values().map(|k| k.cohort).collect();
        let changed = all.ventures.keys().copied().collect();
        all.settle(&cohorts, changed, now)?;
        Ok(all)
    }

    /// What follows from this and what has changed since.
    fn follow(&self, conn: &mut Conn, now: Instant) -> Result<Self> {
        let version = gate::data_version(conn)?;
        let changed = gate::changed_after(conn, self.version)?;
        let mut next = Self { version, ..self.clone() };
        let before: BTreeSet<CohortId> =
            changed.iter().filter_map(|id| self.ventures.get(id)).map(|k| k.cohort).collect();
        next.know(conn, &changed, now)?;
        let has_gone = |id: &&VentureId| self.ventures.contains_key(*id) && !next.ventures.contains_key(*id);
        next.gone += changed.iter().filter(has_gone).count() as u64;
        let mut cohorts = before;
        cohorts.extend(changed.iter().filter_map(|id| next.ventures.get(id)).map(|k| k.cohort));
        next.settle(&cohorts, changed.into_iter().collect(), now)?;
        Ok(next)
    }

    /// Reads these ventures anew, as they stand now.
    fn know(&mut self, conn: &mut Conn, ids: &[VentureId], now: Instant) -> Result<()> {
        for id in ids {
            self.ventures.remove(id);
        }
        let rows = store::venture::settled(conn, ids)?;
        let mut people = BTreeMap::<VentureId, Vec<Option<bool>>>::new();
        for person in store::venture::participants_of(conn, ids)? {
            if let Some(venture) = person.venture_id {
                people.entry(venture).or_default().push(person.adult);
            }
        }
        let mut consents = BTreeMap::<VentureId, Vec<Consent>>::new();
        for row in store::consent::of(conn, ids)? {
            consents.entry(row.venture_id).or_default().push(read_consent(row)?);
        }
        let restricted: BTreeSet<VentureId> = store::data_request::restricted(conn, ids)?.into_iter().collect();
        let mut outcomes = BTreeMap::new();
        for row in store::assessment::outcomes_of(conn, ids)? {
            if (row.rubric_id, row.rubric_number) == self.rubric_of {
                outcomes.insert(row.venture_id, serde_json::from_str::<Outcome>(&row.outcome)?);
            }
        }
        for row in rows {
            let profile: Profile = serde_json::from_str(&row.profile)?;
            let consents = consents.remove(&row.id).unwrap_or_default();
            let found_by = consent::found_by(&consents, now);
            let known = Known {
                cohort: row.cohort_id,
                derived: Derived::of(&profile),
                profile,
                outcome: outcomes.remove(&row.id),
                found_by,
                consents,
                // One child among the people behind it is enough to keep a venture off the lists.
                adult: people.remove(&row.id).and_then(|ages| ages.into_iter().min_by_key(|a| a.map(u8::from))?),
                is_restricted: restricted.contains(&row.id),
                printed: Printed::default(),
            };
            self.ventures.insert(row.id, Arc::new(known));
        }
        Ok(())
    }

    /// Coarsens the cards of these cohorts anew and puts every row that changed into the snapshot.
    fn settle(&mut self, cohorts: &BTreeSet<CohortId>, mut changed: BTreeSet<VentureId>, now: Instant) -> Result<()> {
        let mut by_cohort = BTreeMap::<CohortId, BTreeMap<VentureId, Derived>>::new();
        for (id, known) in &self.ventures {
            if cohorts.contains(&known.cohort) && known.has_card(now) {
                by_cohort.entry(known.cohort).or_default().insert(*id, known.derived.clone());
            }
        }
        for cards in by_cohort.into_values() {
            let (ids, derived): (Vec<_>, Vec<_>) = cards.into_iter().unzip();
            for (id, printed) in ids.into_iter().zip(coarsen(&derived)) {
                if let Some(known) = self.ventures.get_mut(&id)
                    && known.printed != printed
                {
                    Arc::make_mut(known).printed = printed;
                    changed.insert(id);
                }
            }
        }
        for id in changed {
            match self.ventures.get(&id).filter(|k| k.has_card(now)) {
                Some(known) => {
                    let row = self.row(id, known);
                    self.snapshot.put(row).map_err(|e| Error::Internal(e.to_string()))?;
                }
                None => drop(self.snapshot.remove(&id.to_string())),
            }
        }
        Ok(())
    }

    /// The row of a venture, whether it has a card or not.
    pub(super) fn row(&self, id: VentureId, known: &Known) -> Row {
        Row {
            id: id.to_string(),
            pending: known.outcome.is_none(),
            open_adjudication: known.outcome.as_ref().is_some_and(|o| !o.open_adjudication.is_empty()),
            cells: self.registry.values(&known.subject()).iter().map(cell).collect(),
        }
    }

    /// The rubric in use, by id and version.
    pub const fn rubric_of(&self) -> (RubricId, i32) {
        self.rubric_of
    }

    /// A venture.
    pub fn venture(&self, id: VentureId) -> Option<&Known> {
        self.ventures.get(&id).map(|k| &**k)
    }

    /// The ventures of a cohort or of all, by id, whether they may be listed or not.
    pub(super) fn all(&self, cohort: Option<CohortId>) -> Vec<(VentureId, &Known)> {
        let all = self.ventures.iter().filter(|(_, known)| cohort.is_none_or(|wanted| known.cohort == wanted));
        let mut all: Vec<_> = all.map(|(id, known)| (*id, &**known)).collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all
    }

    /// The card of a venture.
    pub fn card(&self, known: &Known) -> Card {
        Card::new(&self.rubric, &known.profile, known.outcome.as_ref(), known.printed.clone())
    }

    /// The rows of all ventures that may stand on a list now: of one cohort or all, and, if it is for an investor, not
    /// of owners who do not want this kind of investor.
    pub fn listed(&self, now: Instant, cohort: Option<CohortId>, kind: Option<InvestorKind>) -> Vec<RowNo> {
        let wanted = |known: &Known| {
            cohort.is_none_or(|c| c == known.cohort)
                && kind.is_none_or(|k| known.profile.excluded_investor_kinds.as_ref().is_none_or(|e| !e.contains(&k)))
                && known.listed(now).is_ok()
        };
        let wanted = self.ventures.iter().filter(|(_, k)| wanted(k));
        let mut rows: Vec<RowNo> = wanted.filter_map(|(id, _)| self.snapshot.find(&id.to_string())).collect();
        rows.sort_unstable();
        rows
    }
}

pub(super) fn read_consent(row: store::consent::Consent) -> Result<Consent> {
    let broken = |what: &str| Error::Internal(format!("consents.{what} of {}", row.venture_id));
    Ok(Consent {
        purpose: row.purpose.parse().map_err(|_unknown| broken("purpose"))?,
        text_version: row.text_version.clone(),
        lang: if row.lang == "en" { Lang::En } else { Lang::Id },
        method: Method::parse(&row.method).ok_or_else(|| broken("method"))?,
        reference: row.reference.clone(),
        given_at: row.given_at,
        withdrawn_at: row.withdrawn_at,
    })
}

/// The newest [`Rankable`] of this process.
#[derive(Debug, Default)]
pub struct Freshest {
    current: ArcSwapOption<Rankable>,
    /// One refresh at a time; others wait and find its result.
    refreshing: Mutex<()>,
}

impl Freshest {
    /// What can be ranked now: at least as new as every write that was acknowledged before the call.
    ///
    /// # Errors
    /// [`super::Conflict::NoRubric`] before a rubric is published; the store's.
    pub fn get(&self, db: &Db, now: Instant) -> Result<Arc<Rankable>> {
        if let Some(current) = self.current.load_full()
            && self.is_current(&current, &mut *db.read()?)?
        {
            return Ok(current);
        }
        let _one_at_a_time = self.refreshing.lock().unwrap_or_else(PoisonError::into_inner);
        // All of it in one reading transaction: a half-seen write would be ranked.
        let next = db.consistent(|conn| {
            let current = self.current.load_full();
            match current {
                Some(current) if self.is_current(&current, conn)? => Ok(current),
                Some(current) if rubric_in_use(conn)? == Some(current.rubric_of) => {
                    current.follow(conn, now).map(Arc::new)
                }
                _ => Rankable::load(conn, now).map(Arc::new),
            }
        })?;
        self.current.store(Some(next.clone()));
        Ok(next)
    }

    fn is_current(&self, current: &Rankable, conn: &mut Conn) -> Result<bool> {
        Ok(gate::data_version(conn)? == current.version && rubric_in_use(conn)? == Some(current.rubric_of))
    }
}

fn rubric_in_use(conn: &mut Conn) -> Result<Option<(RubricId, i32)>> {
    Ok(store::rubric::current_number(conn)?)
}
