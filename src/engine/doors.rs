//! *Pintu terbuka*: which single step of a venture opens which door.
//!
//! A door is a document with its filters. It is open to a venture that has a place under it. A step raises one
//! actionable ordinal indicator to its next level; dimensions, the overall score and the readiness level follow. A step
//! opens a door that was shut if the venture has a place after it.

use std::sync::Arc;

use super::cell::Cell;
use super::levels::above;
use super::plan::{NoColumn, Outcome as Tested, Plan, Tables, test};
use super::ranking::evaluate;
use super::snapshot::{RowNo, Snapshot};
use crate::domain::assessment::Outcome;
use crate::domain::criteria::Criteria;
use crate::domain::decimal::Decimal;
use crate::domain::fixed::TenThousandths;
use crate::domain::rubric::{Rubric, Scale};

/// One step that a venture could take, and what its fields hold then.
#[derive(Clone, Debug)]
pub struct Step {
    /// The number of the indicator in its rubric.
    pub indicator: usize,
    /// Its level now; between two levels where the assessors' median is.
    pub from: Decimal,
    /// The next level.
    pub to: u8,
    /// The fields that it moves.
    moved: Vec<(Arc<str>, Cell)>,
}

/// The steps open to a venture, in the rubric's order.
pub fn steps(rubric: &Rubric, outcome: &Outcome) -> Vec<Step> {
    let decimal = |score: TenThousandths| Decimal::from_units(i128::from(score.0) * 100_000);
    let number = |score: TenThousandths| Cell::number(decimal(score));
    let step = |indicator: usize| {
        let told = rubric.indicator(indicator);
        let is_ordinal = matches!(told.scale, Scale::Ordinal { .. });
        let median = outcome.indicators[indicator].median().filter(|_| told.actionable && is_ordinal)?;
        let from = decimal(median.rounded());
        let (to, _) = above(from).next()?;
        let level = TenThousandths::whole(i32::from(to));
        let raised = [(indicator, level)];
        let d = rubric.dimension_of(indicator);
        // What has no number does not get one by a step of an indicator that has a value already.
        let dimension = outcome.dimension_with(rubric, d, &raised);
        let overall = outcome.overall.and_then(|_| outcome.overall_with(rubric, &raised));
        let readiness = outcome.readiness.level.and_then(|_| outcome.readiness_with(rubric, &raised).level);
        let mut moved: Vec<(Arc<str>, Cell)> = vec![(format!("indicator.{}", told.code).into(), number(level))];
        let follows = [
            (format!("dimension.{}", rubric.dimensions()[d].code), dimension),
            ("overall".to_owned(), overall),
            ("readiness_level".to_owned(), readiness.map(|l| TenThousandths::whole(i32::from(l)))),
        ];
        moved.extend(follows.into_iter().filter_map(|(field, score)| Some((field.into(), number(score?)))));
        Some(Step { indicator, from, to, moved })
    };
    (0..rubric.indicator_count()).filter_map(step).collect()
}

/// Whether a door stands open to a venture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passage {
    /// It has a place.
    Open,
    /// It has none now; these of its steps, by their place in the list given, open the door. Perhaps none does.
    Shut(Vec<usize>),
}

/// A door: a document over a snapshot.
#[derive(Clone, Debug)]
pub struct Door<'a> {
    snapshot: &'a Snapshot,
    plan: Plan,
    tables: Vec<Tables>,
}

impl<'a> Door<'a> {
    /// The door of a document.
    ///
    /// # Errors
    /// [`NoColumn`] when the snapshot was built without a column that the document reads.
    pub fn new(snapshot: &'a Snapshot, criteria: &Criteria) -> Result<Self, NoColumn> {
        let plan = Plan::new(criteria, snapshot.schema())?;
        let tables = snapshot.chunks.iter().map(|chunk| plan.tables(chunk)).collect();
        Ok(Self { snapshot, plan, tables })
    }

    /// Whether it stands open to a row, and which of its steps would open it.
    pub fn passage(&self, row: RowNo, steps: &[Step]) -> Passage {
        let Some(now) = evaluate(&self.plan, &self.tables[row.chunk()], self.snapshot, row) else {
            // Still to be assessed: that is not the venture's to do.
            return Passage::Shut(Vec::new());
        };
        // A step makes nothing known that was not: coverage and what has no answer stay as they are.
        if !now.covered || now.score.is_none() {
            return Passage::Shut(Vec::new());
        }
        if now.stopped_by == 0 {
            return Passage::Open;
        }
        let opens = |step: &Step| {
            self.plan.filters.iter().enumerate().all(|(at, filter)| {
                match step.moved.iter().find(|(field, _)| *field == filter.field) {
                    Some((_, cell)) => test(&filter.condition, cell).outcome == Some(Tested::Pass),
                    None => now.stopped_by & (1 << at) == 0,
                }
            })
        };
        Passage::Shut(steps.iter().enumerate().filter(|(_, step)| opens(step)).map(|(at, _)| at).collect())
    }
}
