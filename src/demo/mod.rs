//! The workshop sample and four investors, as data, embedded.
//!
//! **Data sintetis / synthetic data.** Every person, business and investor in it is made up; none is real.
//! Names hold the word *Sampel*, codes start with `SINTETIS`, phone numbers lie in a range that is never
//! assigned (`0800-0000-…`), identity numbers begin with a province that does not exist (`00`), e-mail
//! addresses end in `.invalid`. What is real are the kecamatan, the KBLI codes and the rubric.
//!
//! The sheet is filled in as a facilitator would: money as `5000000`, `5.000.000`, `Rp5.000.000,-` or
//! `5 juta`, dates in several forms, answers left open. Some of it is there on purpose: twenty businesses
//! with two assessors who disagree here and there, three with too few answers, two not assessed yet, two
//! pairs of near-duplicates, two without a consent reference, four persons who stand beside the business
//! of somebody else.
//!
//! The day of consent is left open on purpose: a consent to be listed counts for twelve months, and an open day is the
//! day of the import, so that the demo has lists whenever it is loaded.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::text::{Text, Words};
use crate::domain::venture::InvestorKind;

/// The sample as CSV.
pub const CSV: &[u8] = include_bytes!("sedaya-workshop.csv");
/// The same rows as a workbook, with typed cells as a spreadsheet makes them.
pub const XLSX: &[u8] = include_bytes!("sedaya-workshop.xlsx");
/// The workshop's name.
pub const COHORT: &str = "Lokakarya SEDAYA (data sintetis)";
/// What stands wherever the sample is shown.
pub const NOTICE: Words = Words::new(
    "Data sintetis: semua peserta, usaha, dan investor ini rekaan.",
    "Synthetic data: every participant, business and investor here is made up.",
);

/// The first day of the workshop.
pub const STARTS_ON: NaiveDate = november_2024(14);
/// The last day.
pub const ENDS_ON: NaiveDate = november_2024(15);

const fn november_2024(day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(2024, 11, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}

/// An investor of the sample, with what it looks for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Investor {
    /// A short name for programs: `csr_pangan`.
    pub key: String,
    /// Its name; it says that it is a sample.
    pub name: String,
    /// What kind.
    pub kind: InvestorKind,
    /// How many open introductions it takes.
    pub capacity: u16,
    /// What its criteria are an example of.
    pub about: Text,
    /// The criteria document.
    pub criteria: Value,
}

/// The four investors. The first is persona `investor`'s: its list has no floor.
pub fn investors() -> &'static [Investor] {
    #[allow(clippy::expect_used)] // Embedded data, proved by the tests of the sample.
    static ALL: LazyLock<Vec<Investor>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("investors.json")).expect("the embedded investors are JSON")
    });
    &ALL
}
