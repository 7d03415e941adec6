//! The document of a rubric version, as people write it and as it is stored (canonical JSON).

use serde::{Deserialize, Serialize};

use crate::domain::fixed::{TenThousandths, number};
use crate::domain::text::{Text, Words};
use crate::domain::venture::SectorGroup;

/// One version of an assessment instrument, as written. [`super::Rubric::new`] checks it; only a
/// checked one is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What people call it; a proposal says so here.
    pub title: Text,
    /// What stands beside every result: "bukan nasihat investasi".
    pub notice: Text,
    /// Share of a dimension's applicable weight that must have a value for the dimension to have a
    /// number, 0–1.
    #[serde(with = "number")]
    pub minimum_coverage: TenThousandths,
    /// The five readiness levels, the lowest first.
    pub levels: Vec<Level>,
    /// The dimensions, in the order people read them.
    pub dimensions: Vec<Dimension>,
}

/// A readiness level: reached when every core dimension reaches `from`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// 1–5.
    pub level: u8,
    /// Least score of every core dimension, 0–100.
    #[serde(with = "number")]
    pub from: TenThousandths,
    /// Its name.
    pub name: Text,
}

/// A dimension: indicators that are summed to one score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// Two to six capital letters: `ENT`.
    pub code: String,
    /// Its name.
    pub label: Text,
    /// Weight in the overall score, percent; those of a rubric sum to 100.
    pub weight: u16,
    /// Counts for the readiness level.
    pub core: bool,
    /// Its indicators, in the order people read them.
    pub indicators: Vec<Indicator>,
}

/// One thing an assessor rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// The dimension's code and a number: `ENT1`.
    pub code: String,
    /// Its name.
    pub label: Text,
    /// The workshop topic that teaches it.
    pub topic: Topic,
    /// The owner can do something about it within months; only such indicators are ever proposed as
    /// a next step.
    pub actionable: bool,
    /// Weight in the dimension, percent; those of a dimension sum to 100.
    pub weight: u16,
    /// How a value is read.
    pub scale: Scale,
    /// When the indicator does not apply. Without a rule, "not applicable" is no answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_applicable_when: Vec<NotApplicable>,
}

/// How an indicator's value is read, and how it becomes 0–100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scale {
    /// A level 1–5; 0–100 is `(x − 1) / 4 · 100`.
    Ordinal {
        /// What each level looks like, 1 first.
        anchors: [Text; 5],
    },
    /// A quantity; 0–100 by piecewise-linear knots, clipped outside.
    Numeric {
        /// What is counted.
        unit: Unit,
        /// Least value an assessor may enter.
        #[serde(with = "number")]
        min: TenThousandths,
        /// Greatest value an assessor may enter.
        #[serde(with = "number")]
        max: TenThousandths,
        /// How the assessor comes to the number.
        guide: Text,
        /// Quantity and score; quantities strictly increasing.
        knots: Vec<Knot>,
    },
}

/// A point of a numeric scale; in JSON `[10, 50]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[Plain; 2]", into = "[Plain; 2]")]
pub struct Knot {
    /// The quantity.
    pub at: TenThousandths,
    /// The score there, 0–100.
    pub score: TenThousandths,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Plain(#[serde(with = "number")] TenThousandths);

impl From<[Plain; 2]> for Knot {
    fn from([at, score]: [Plain; 2]) -> Self {
        Self { at: at.0, score: score.0 }
    }
}
impl From<Knot> for [Plain; 2] {
    fn from(knot: Knot) -> Self {
        [Plain(knot.at), Plain(knot.score)]
    }
}

/// A reason why an indicator does not apply to a venture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NotApplicable {
    /// The business is of one of these sector groups.
    SectorGroup {
        /// The groups.
        groups: Vec<SectorGroup>,
    },
    /// The owner works alone and has a disability: sharing tasks is not theirs to show.
    SoleOwnerWithDisability {},
    /// The business never borrowed; known to the assessor only.
    NeverBorrowed {},
}

crate::codes! {
    /// A topic of the SEDAYA workshop.
    Topic {
        /// Kewirausahaan.
        Entrepreneurship = "entrepreneurship",
        /// Pengembangan produk.
        ProductDevelopment = "product_development",
        /// Pemasaran digital.
        DigitalMarketing = "digital_marketing",
        /// Akses layanan keuangan.
        FinancialAccess = "financial_access",
        /// Manajemen keuangan berkelanjutan.
        FinancialManagement = "financial_management",
    }
    /// What a numeric indicator counts.
    Unit {
        /// Percent.
        Percent = "percent",
        /// Months.
        Months = "months",
        /// Full-time equivalents.
        Fte = "fte",
    }
}

impl Topic {
    /// Its name.
    pub const fn label(self) -> Words {
        match self {
            Self::Entrepreneurship => Words::new("Kewirausahaan", "Entrepreneurship"),
            Self::ProductDevelopment => Words::new("Pengembangan produk", "Product development"),
            Self::DigitalMarketing => Words::new("Pemasaran digital", "Digital marketing"),
            Self::FinancialAccess => Words::new("Akses layanan keuangan", "Access to financial services"),
            Self::FinancialManagement => {
                Words::new("Manajemen keuangan berkelanjutan", "Sustainable financial management")
            }
        }
    }
}

impl Unit {
    /// Its name.
    pub const fn label(self) -> Words {
        match self {
            Self::Percent => Words::new("persen", "percent"),
            Self::Months => Words::new("bulan", "months"),
            Self::Fte => Words::new("setara pekerja penuh waktu", "full-time equivalents"),
        }
    }
}
