//! Other methods over plain numbers: what staff compare the published ranking with, never the ranking itself.
//!
//! One call, [`analyse`]: a [`Method`], a [`Spec`] and a [`Matrix`] of finite numbers give an [`Analysis`] or
//! a typed [`Refusal`]. All arithmetic is `f64`; logarithms and exponentials come from `libm`, so the same
//! input gives the same bytes on every machine. Inside:
//!
//! ```text
//! spec           the JSON spec, refused with all of its faults at once
//! matrix         rows × criteria, and why numbers are refused
//! normalise      columns that are all "more is better"
//! additive       saw        product   wpm       topsis   vikor   promethee
//! rank           competition ranks; concordance: how far two rankings agree
//! second_opinion the methods over the value-function values of a criteria document
//! weights        where weights come from: elicitation, and two diagnostics
//! ```

mod additive;
mod concordance;
mod matrix;
mod normalise;
mod product;
mod promethee;
mod rank;
mod second_opinion;
mod spec;
mod topsis;
mod two_term;
mod vikor;
pub mod weights;

use serde::Serialize;

pub use concordance::{Agreement, agreement_table, kendall_tau_b, spearman_rho, top_k_overlap};
pub use matrix::{LARGEST, Matrix, Refusal};
pub use rank::{competition_ranks, products_tie, ties};
pub use second_opinion::{FIVE_LEVELS, Opinions, Settings, second_opinions};
pub use spec::{Criterion, Direction, Normalisation, Preference, Spec};

use normalise::Columns;

/// A method of the multi-criteria literature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Simple additive weighting, the weighted sum.
    Saw,
    /// The weighted product.
    Wpm,
    /// Closeness to an ideal (Hwang & Yoon 1981).
    Topsis,
    /// Compromise between majority and worst regret (Opricovic & Tzeng 2004).
    Vikor,
    /// Net outranking flow (Brans, Vincke & Mareschal 1986).
    Promethee2,
}

impl Method {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Saw, Self::Wpm, Self::Topsis, Self::Vikor, Self::Promethee2];

    /// As on the command line and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Saw => "saw",
            Self::Wpm => "wpm",
            Self::Topsis => "topsis",
            Self::Vikor => "vikor",
            Self::Promethee2 => "promethee2",
        }
    }

    /// The method of a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|method| method.as_str() == text)
    }

    /// Whether a smaller score is the better one: only VIKOR's Q.
    pub const fn lower_is_better(self) -> bool {
        matches!(self, Self::Vikor)
    }

    /// The normalisation where a spec names none: each vector divided by its length for TOPSIS, as it was
    /// published; the others work on the numbers as they are.
    const fn own_normalisation(self) -> Normalisation {
        match self {
            Self::Topsis => Normalisation::Vector,
            Self::Saw | Self::Wpm | Self::Vikor | Self::Promethee2 => Normalisation::None,
        }
    }
}

/// What a method says of a matrix. Every list is in row order and as long as the matrix; no number is NaN or
/// infinite.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Analysis {
    /// Scores as the method defines them: Q for VIKOR, φ for PROMETHEE II.
    pub scores: Vec<f64>,
    /// Competition ranks (1, 2, 2, 4), the best first: of scores that tie as [`ties`] says, of products as
    /// [`products_tie`] does.
    pub ranking: Vec<usize>,
    /// What else the method gives.
    #[serde(flatten)]
    pub extras: Extras,
    /// What a reader of the scores should know.
    pub warnings: Vec<Warning>,
}

/// What a method gives beside scores.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Extras {
    /// Of TOPSIS.
    Topsis {
        /// Distance from the ideal.
        d_plus: Vec<f64>,
        /// Distance from the anti-ideal.
        d_minus: Vec<f64>,
    },
    /// Of VIKOR.
    Vikor {
        /// Group utility: the weighted sum of the regrets.
        s: Vec<f64>,
        /// Individual regret: the largest weighted regret.
        r: Vec<f64>,
        /// Rows of the compromise set, from 0, ascending.
        compromise: Vec<usize>,
        /// Whether the best is ahead of the second by 1/(rows − 1) in Q.
        acceptable_advantage: bool,
        /// Whether the best is also best in `s` or in `r`.
        acceptable_stability: bool,
    },
    /// Of PROMETHEE II.
    Promethee2 {
        /// How much a row outranks the others, 0 to 1.
        phi_plus: Vec<f64>,
        /// How much the others outrank it, 0 to 1.
        phi_minus: Vec<f64>,
    },
    /// Nothing.
    None {},
}

/// What a reader of the scores should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What.
    pub code: WarningCode,
    /// The criterion it is about; nothing if about the whole.
    pub field: Option<String>,
}

/// What a warning says. Part of the public contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// All rows have the same number, and the method divides by its spread: the criterion contributes nothing.
    ConstantCriterion,
    /// A number outside the declared bounds was clipped.
    OutOfBounds,
    /// The method is undefined here and its documented convention was used: closeness 0.5 in TOPSIS, a dropped
    /// term in VIKOR.
    Degenerate,
}

/// Scores and ranks the rows of `matrix`, whose column j is the spec's criterion j.
///
/// A criterion of weight 0 is dropped before anything else: it changes no score and no warning (its numbers
/// must be finite all the same). `saw` and `wpm` use the weights as given, the others divide them by their
/// sum. With a normalisation other than `none` every method works on the normalised columns, thresholds
/// included. Without rows every list is empty.
///
/// # Errors
/// Numbers on which the method is not defined; see [`Refusal`].
pub fn analyse(method: Method, spec: &Spec, matrix: &Matrix) -> Result<Analysis, Refusal> {
    let mut columns = Columns::new(method, spec, matrix)?;
    let (scores, extras) = match method {
        Method::Saw => (additive::scores(&columns), Extras::None {}),
        Method::Wpm => (product::scores(&columns, spec.floor)?, Extras::None {}),
        Method::Topsis => topsis::scores(&mut columns),
        Method::Vikor => vikor::scores(&mut columns, spec.v),
        Method::Promethee2 => promethee::scores(&columns),
    };
    if scores.iter().any(|x| !x.is_finite()) || !extras.is_finite() {
        return Err(Refusal::Overflow);
    }
    let tie = if method == Method::Wpm { products_tie } else { ties };
    let ranking = rank::ranks(&scores, method.lower_is_better(), tie);
    Ok(Analysis { scores, ranking, extras, warnings: columns.warnings })
}

impl Extras {
    fn is_finite(&self) -> bool {
        let (a, b) = match self {
            Self::Topsis { d_plus, d_minus } => (d_plus, d_minus),
            Self::Vikor { s, r, .. } => (s, r),
            Self::Promethee2 { phi_plus, phi_minus } => (phi_plus, phi_minus),
            Self::None {} => return true,
        };
        a.iter().chain(b).all(|x| x.is_finite())
    }
}
