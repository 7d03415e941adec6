//! What a rubric document must hold; all faults at once, each with a JSON pointer.

use std::collections::BTreeSet;

use super::document::{Dimension, Document, Indicator, NotApplicable, Scale};
use super::lcm;
use crate::domain::fault::Fault;
use crate::domain::fixed::TenThousandths;
use crate::domain::text::Text;

/// The text has not the shape of a rubric.
pub(super) fn bad_shape(error: &serde_json::Error) -> Fault {
    Fault {
        pointer: String::new(),
        code: "bad_shape",
        detail: Text::new(format!("Bentuk rubrik tidak sesuai: {error}"), format!("Not a rubric: {error}")),
    }
}

/// Dimensions at most; with weights to 100 this bounds the exact arithmetic.
const MAX_DIMENSIONS: usize = 10;
/// Indicators of one dimension at most.
const MAX_INDICATORS: usize = 20;
/// Knots of one scale at most.
const MAX_KNOTS: usize = 32;
/// Characters of one text at most.
const MAX_TEXT: usize = 500;
/// Largest quantity a numeric scale may speak of.
const MAX_QUANTITY: TenThousandths = TenThousandths::whole(1_000_000);
/// Largest common denominator of all slopes.
const MAX_UNIT: i128 = 10_000;

/// All faults of a document, or its unit: the least even number that makes the score of every raw
/// value, halves included, a whole number of `1 / unit` ten-thousandths.
pub(super) fn check(document: &Document) -> Result<i64, Vec<Fault>> {
    let mut c = Check { faults: Vec::new(), codes: BTreeSet::new(), unit: 2 };
    c.text("/title", &document.title);
    c.text("/notice", &document.notice);
    let coverage = document.minimum_coverage;
    if coverage.0 <= 0 || coverage > TenThousandths::ONE {
        c.fault(
            "/minimum_coverage",
            "out_of_range",
            "Harus di atas 0 dan paling besar 1.",
            "Must be above 0, at most 1.",
        );
    }
    c.levels(document);
    c.dimensions(document);
    match i64::try_from(c.unit) {
        Ok(unit) if c.faults.is_empty() => Ok(unit),
        _ => Err(c.faults),
    }
}

struct Check<'a> {
    faults: Vec<Fault>,
    codes: BTreeSet<&'a str>,
    unit: i128,
}

impl<'a> Check<'a> {
    fn fault(&mut self, pointer: impl Into<String>, code: &'static str, id: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Fault { pointer: pointer.into(), code, detail: Text::new(id, en) });
    }

    fn text(&mut self, pointer: &str, text: &Text) {
        for (lang, words) in [("id", &text.id), ("en", &text.en)] {
            if words.trim().is_empty() {
                self.fault(
                    format!("{pointer}/{lang}"),
                    "text_missing",
                    "Teks ini wajib diisi dalam kedua bahasa.",
                    "This text is needed in both languages.",
                );
            } else if words.chars().count() > MAX_TEXT {
                self.fault(
                    format!("{pointer}/{lang}"),
                    "text_too_long",
                    format!("Paling banyak {MAX_TEXT} huruf."),
                    format!("At most {MAX_TEXT} characters."),
                );
            }
        }
    }

    fn levels(&mut self, document: &Document) {
        let levels = &document.levels;
        let numbered = levels.iter().map(|l| l.level).eq(1..=5);
        let rising = levels.windows(2).all(|pair| pair[0].from < pair[1].from);
        let starts = levels.first().is_some_and(|l| l.from.0 == 0);
        let ends = levels.last().is_some_and(|l| l.from <= TenThousandths::HUNDRED);
        if !(numbered && rising && starts && ends) {
            self.fault(
                "/levels",
                "bad_levels",
                "Perlu lima tingkat, 1 sampai 5, batas mulai 0, naik, paling tinggi 100.",
                "Needs five levels, 1 to 5, with thresholds that start at 0, rise, and end at 100 or below.",
            );
        }
        for (i, level) in levels.iter().enumerate() {
            self.text(&format!("/levels/{i}/name"), &level.name);
        }
    }

    fn dimensions(&mut self, document: &'a Document) {
        let dimensions = &document.dimensions;
        if dimensions.is_empty() || dimensions.len() > MAX_DIMENSIONS {
            self.fault(
                "/dimensions",
                "bad_count",
                format!("Perlu 1 sampai {MAX_DIMENSIONS} dimensi."),
                format!("Needs 1 to {MAX_DIMENSIONS} dimensions."),
            );
        }
        if !dimensions.iter().any(|d| d.core) {
            self.fault(
                "/dimensions",
                "no_core_dimension",
                "Sedikitnya satu dimensi harus inti: tingkat kesiapan bergantung padanya.",
                "At least one dimension must be core: the readiness level rests on it.",
            );
        }
        self.weights("/dimensions", dimensions.iter().map(|d| d.weight));
        for (d, dimension) in dimensions.iter().enumerate() {
            self.dimension(&format!("/dimensions/{d}"), dimension);
        }
    }

    fn dimension(&mut self, at: &str, dimension: &'a Dimension) {
        let code = &dimension.code;
        if !((2..=6).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_uppercase())) {
            self.fault(
                format!("{at}/code"),
                "bad_code",
                "Kode dimensi terdiri dari dua sampai enam huruf besar.",
                "A dimension's code is two to six capital letters.",
            );
        }
        self.unique(at, code);
        self.text(&format!("{at}/label"), &dimension.label);
        let count = dimension.indicators.len();
        if count == 0 || count > MAX_INDICATORS {
            self.fault(
                format!("{at}/indicators"),
                "bad_count",
                format!("Perlu 1 sampai {MAX_INDICATORS} indikator."),
                format!("Needs 1 to {MAX_INDICATORS} indicators."),
            );
        }
        self.weights(&format!("{at}/indicators"), dimension.indicators.iter().map(|i| i.weight));
        for (i, indicator) in dimension.indicators.iter().enumerate() {
            self.indicator(&format!("{at}/indicators/{i}"), code, indicator);
        }
    }

    fn indicator(&mut self, at: &str, dimension: &str, indicator: &'a Indicator) {
        let digits = indicator.code.strip_prefix(dimension).unwrap_or("");
        let numbered =
            (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if !numbered {
            self.fault(
                format!("{at}/code"),
                "bad_code",
                "Kode indikator adalah kode dimensinya dan sebuah nomor, misalnya ENT1.",
                "An indicator's code is its dimension's code and a number, such as ENT1.",
            );
        }
        self.unique(at, &indicator.code);
        self.text(&format!("{at}/label"), &indicator.label);
        match &indicator.scale {
            Scale::Ordinal { anchors } => {
                for (a, anchor) in anchors.iter().enumerate() {
                    self.text(&format!("{at}/scale/anchors/{a}"), anchor);
                }
            }
            Scale::Numeric { min, max, guide, knots, .. } => {
                self.text(&format!("{at}/scale/guide"), guide);
                self.knots(&format!("{at}/scale"), *min, *max, knots);
            }
        }
        for (r, rule) in indicator.not_applicable_when.iter().enumerate() {
            if matches!(rule, NotApplicable::SectorGroup { groups } if groups.is_empty()) {
                self.fault(
                    format!("{at}/not_applicable_when/{r}/groups"),
                    "empty",
                    "Sebutkan sedikitnya satu kelompok usaha.",
                    "Name at least one sector group.",
                );
            }
        }
    }

    fn knots(&mut self, at: &str, min: TenThousandths, max: TenThousandths, knots: &[super::Knot]) {
        if min >= max || max > MAX_QUANTITY || min.0 < -MAX_QUANTITY.0 {
            self.fault(
                format!("{at}/max"),
                "zero_range",
                "Batas atas harus lebih besar daripada batas bawah, dan keduanya tidak lebih dari satu juta.",
                "The upper bound must be above the lower one, and both within a million.",
            );
        }
        if !(2..=MAX_KNOTS).contains(&knots.len()) {
            self.fault(
                format!("{at}/knots"),
                "bad_count",
                format!("Perlu 2 sampai {MAX_KNOTS} titik."),
                format!("Needs 2 to {MAX_KNOTS} knots."),
            );
        }
        for (k, knot) in knots.iter().enumerate() {
            if !(min..=max).contains(&knot.at) {
                self.fault(
                    format!("{at}/knots/{k}/0"),
                    "out_of_range",
                    "Titik ini di luar batas nilai indikator.",
                    "This knot lies outside the indicator's bounds.",
                );
            }
            if !(TenThousandths(0)..=TenThousandths::HUNDRED).contains(&knot.score) {
                self.fault(
                    format!("{at}/knots/{k}/1"),
                    "out_of_range",
                    "Skor sebuah titik adalah 0 sampai 100.",
                    "A knot's score is 0 to 100.",
                );
            }
        }
        for (k, pair) in knots.windows(2).enumerate() {
            let run = 2 * (i128::from(pair[1].at.0) - i128::from(pair[0].at.0));
            if run <= 0 {
                self.fault(
                    format!("{at}/knots/{}/0", k + 1),
                    "not_increasing",
                    "Nilai titik harus makin besar.",
                    "The quantities of the knots must increase.",
                );
                continue;
            }
            let rise = i128::from(pair[1].score.0) - i128::from(pair[0].score.0);
            let unit = lcm(self.unit, run / super::gcd(run, rise));
            if unit > MAX_UNIT {
                self.fault(
                    format!("{at}/knots/{}", k + 1),
                    "too_fine",
                    "Kemiringan ini tidak dapat dihitung tepat bersama skala lain; pakai angka yang lebih bulat.",
                    "This slope cannot be computed exactly together with the other scales; use rounder numbers.",
                );
            } else {
                self.unit = unit;
            }
        }
    }

    fn unique(&mut self, at: &str, code: &'a str) {
        if !self.codes.insert(code) {
            self.fault(
                format!("{at}/code"),
                "duplicate",
                format!("Kode {code} sudah dipakai."),
                format!("The code {code} is used already."),
            );
        }
    }

    fn weights(&mut self, at: &str, weights: impl Iterator<Item = u16> + Clone) {
        for (i, weight) in weights.clone().enumerate() {
            if !(1..=100).contains(&weight) {
                self.fault(
                    format!("{at}/{i}/weight"),
                    "weight_out_of_range",
                    "Bobot adalah 1 sampai 100.",
                    "A weight is 1 to 100.",
                );
            }
        }
        let sum: u32 = weights.map(u32::from).sum();
        if sum != 100 {
            self.fault(
                at,
                "weights_not_100",
                format!("Bobot harus berjumlah 100, sekarang {sum}."),
                format!("Weights must sum to 100, now {sum}."),
            );
        }
    }
}
