//! Second opinions: what other methods make of the value-function values of a criteria document.

use serde::Serialize;

use super::concordance::{Agreement, agreement_table};
use super::{
    Analysis, Criterion, Direction, Extras, Matrix, Method, Normalisation, Preference, Refusal, Spec, analyse,
};

/// PROMETHEE II's preference where nobody chose one: on a scale of five levels, one level is no preference yet
/// and three are a full one.
pub const FIVE_LEVELS: Preference = Preference::Linear { q: 0.25, p: 0.75 };

/// What the methods need beside values and weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The weighted product lifts smaller values to it, 0 to 1.
    pub floor: f64,
    /// VIKOR's weight of the majority, 0 to 1.
    pub v: f64,
    /// PROMETHEE II's preference function, on values from 0 to 1.
    pub preference: Preference,
}

impl Default for Settings {
    fn default() -> Self {
        Self { floor: 0.01, v: 0.5, preference: FIVE_LEVELS }
    }
}

/// What four other methods say of the same rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Opinions {
    /// The weighted product, weights divided by their sum: from 0 to 1.
    pub wpm: Analysis,
    /// TOPSIS, the ideal being the best of each column among the rows.
    pub topsis: Analysis,
    /// VIKOR, likewise.
    pub vikor: Analysis,
    /// PROMETHEE II.
    pub promethee2: Analysis,
}

/// Second opinions over rows of values from 0 to 1 (a value a criterion, as value functions and policies for
/// missing answers gave them) and a weight a criterion.
///
/// Values are on one declared scale already, so nothing is normalised again. TOPSIS, VIKOR and PROMETHEE II
/// compare rows with each other, so their order may change when a row is added: never the published ranking.
///
/// # Errors
/// A value that is not from 0 to 1, a ragged row, weights of which none is above 0; see [`Refusal`].
pub fn second_opinions<R: AsRef<[f64]>>(
    values: &[R],
    weights: &[f64],
    settings: &Settings,
) -> Result<Opinions, Refusal> {
    let matrix = Matrix::from_rows(values, weights.len())?;
    for (column, cells) in matrix.columns().iter().enumerate() {
        if let Some(row) = cells.iter().position(|v| !(0.0..=1.0).contains(v)) {
            return Err(Refusal::NotAValue { row, column });
        }
    }
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let usable = |w: &f64| (0.0..=super::LARGEST).contains(w);
    if largest <= 0.0 || !weights.iter().all(usable) {
        return Err(Refusal::Weights);
    }
    let sum: f64 = weights.iter().map(|w| w / largest).sum();
    let criterion = |weight: &f64| Criterion {
        field: String::new(),
        weight: weight / largest / sum,
        direction: Direction::Max,
        bounds: None,
        target: None,
        preference: settings.preference,
    };
    let mut spec = Spec {
        criteria: weights.iter().map(criterion).collect(),
        normalisation: Some(Normalisation::None),
        v: settings.v.clamp(0.0, 1.0),
        floor: Some(settings.floor.clamp(0.0, 1.0)),
    };
    // A criterion is told by its place here, from 0: fields may repeat in a document.
    spec.criteria.iter_mut().zip(0..).for_each(|(criterion, at): (_, usize)| criterion.field = at.to_string());
    let run = |method| analyse(method, &spec, &matrix);
    Ok(Opinions {
        wpm: run(Method::Wpm)?,
        topsis: run(Method::Topsis)?,
        vikor: run(Method::Vikor)?,
        promethee2: run(Method::Promethee2)?,
    })
}

impl Opinions {
    /// Rows of VIKOR's compromise set, from 0, ascending.
    pub fn compromise(&self) -> &[usize] {
        match &self.vikor.extras {
            Extras::Vikor { compromise, .. } => compromise,
            _ => &[],
        }
    }

    /// How far the published ranking (competition ranks of the same rows) and the opinions agree, two by two.
    pub fn agreement(&self, published: &[usize], k: usize) -> Vec<Agreement> {
        let rankings: [(&str, &[usize]); 5] = [
            ("published", published),
            ("wpm", &self.wpm.ranking),
            ("topsis", &self.topsis.ranking),
            ("vikor", &self.vikor.ranking),
            ("promethee2", &self.promethee2.ranking),
        ];
        agreement_table(&rankings, k)
    }
}
