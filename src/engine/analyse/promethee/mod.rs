//! PROMETHEE II: by how much a row outranks the others, less by how much they outrank it (Brans & Vincke 1985;
//! Brans, Vincke & Mareschal 1986).
//!
//! φ is additive over columns, and a column's φ depends on nothing but its histogram. So no pair of rows is ever
//! compared: each column is sorted, and its flows are a table over its distinct values.

mod flow;
mod gauss;

use super::Extras;
use super::normalise::Columns;
use flow::Flows;

/// φ = φ⁺ − φ⁻ of every row; 0 for a single row.
pub(super) fn scores(columns: &Columns) -> (Vec<f64>, Extras) {
    let rows = columns.rows;
    let (mut phi_plus, mut phi_minus) = (vec![0.0; rows], vec![0.0; rows]);
    let mut phi = vec![0.0; rows];
    if let Some(others) = rows.checked_sub(1).filter(|n| *n > 0) {
        for column in &columns.columns {
            let flows = Flows::of(&column.values, column.preference, column.shift);
            for (row, at) in flows.value_of_row.iter().enumerate() {
                let (plus, minus) = (flows.above[*at as usize], flows.below[*at as usize]);
                phi_plus[row] += column.weight * (plus / others as f64);
                phi_minus[row] += column.weight * (minus / others as f64);
                phi[row] += column.weight * ((plus - minus) / others as f64);
            }
        }
    }
    (phi, Extras::Promethee2 { phi_plus, phi_minus })
}
