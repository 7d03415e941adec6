//! What an analysis is told: criteria, weights, directions, and how numbers become comparable.

mod read;

/// The spec of an analysis. [`Spec::parse`] reads it from JSON; whoever builds one by hand keeps its promises.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// The criteria; at least one, and a weight above 0 among them.
    pub criteria: Vec<Criterion>,
    /// How columns become comparable; nothing for the method's own way.
    pub normalisation: Option<Normalisation>,
    /// VIKOR's weight of the majority against the worst regret, 0 to 1.
    pub v: f64,
    /// The weighted product lifts smaller values to it; nothing for no floor. Not negative.
    pub floor: Option<f64>,
}

/// One criterion.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// The name of its column.
    pub field: String,
    /// Its weight: finite, not negative.
    pub weight: f64,
    /// Which way is better.
    pub direction: Direction,
    /// Its declared scale, the first below the second. A number outside is clipped and flagged.
    pub bounds: Option<(f64, f64)>,
    /// The best number, for `fixed_target`.
    pub target: Option<f64>,
    /// PROMETHEE II's preference function; [`Preference::Usual`] where none is given.
    pub preference: Preference,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More.
    Max,
    /// Less.
    Min,
}

impl Direction {
    /// Both.
    pub const ALL: &'static [Self] = &[Self::Max, Self::Min];
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Max => "max",
            Self::Min => "min",
        }
    }
}

/// How the numbers of a column become comparable with those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalisation {
    /// As they are; less is better by the sign (or the exponent, in the weighted product).
    None,
    /// x / max; costs min / x.
    Max,
    /// (x − min) / (max − min); costs (max − x) / (max − min).
    Minmax,
    /// x / Σx; costs (1/x) / Σ(1/x).
    Sum,
    /// x / √Σx²; costs 1 − x / √Σx².
    Vector,
    /// Min-max over the declared bounds, clipped to 0–1.
    FixedMinmax,
    /// 1 − |x − target| / (hi − lo) over the declared bounds, clipped to 0–1.
    FixedTarget,
}

impl Normalisation {
    /// All of them.
    pub const ALL: &'static [Self] =
        &[Self::None, Self::Max, Self::Minmax, Self::Sum, Self::Vector, Self::FixedMinmax, Self::FixedTarget];
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Max => "max",
            Self::Minmax => "minmax",
            Self::Sum => "sum",
            Self::Vector => "vector",
            Self::FixedMinmax => "fixed_minmax",
            Self::FixedTarget => "fixed_target",
        }
    }
}

/// How far a lead of d on one criterion is a preference, 0 to 1; 0 for d ≤ 0 (Brans, Vincke & Mareschal 1986).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Preference {
    /// 1 for d > 0.
    #[default]
    Usual,
    /// 1 for d > q, which is not negative.
    UShape {
        /// The largest lead that does not matter.
        q: f64,
    },
    /// d / p up to p, which is above 0, then 1.
    VShape {
        /// The lead from which preference is full.
        p: f64,
    },
    /// ½ for q < d ≤ p, 1 for d > p; 0 ≤ q ≤ p.
    Level {
        /// The largest lead that does not matter.
        q: f64,
        /// The largest lead that is half a preference.
        p: f64,
    },
    /// (d − q) / (p − q) for q < d ≤ p, 1 for d > p; 0 ≤ q ≤ p.
    Linear {
        /// The largest lead that does not matter.
        q: f64,
        /// The lead from which preference is full.
        p: f64,
    },
    /// 1 − exp(−d² / 2s²), s above 0.
    Gaussian {
        /// The lead at the curve's inflection.
        s: f64,
    },
}
