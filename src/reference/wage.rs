//! Minimum wages, dated and with their source.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use super::embedded;
use crate::domain::money::Rupiah;

/// A province's minimum wage over a period.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinimumWage {
    /// Kemendagri code of the province.
    pub region: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: NaiveDate,
    /// Rupiah a month.
    #[serde(deserialize_with = "whole_rupiah")]
    pub monthly: Rupiah,
    /// The decree.
    pub source: String,
}

fn whole_rupiah<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Rupiah, D::Error> {
    i64::deserialize(d).map(Rupiah)
}

/// All known ones, the oldest first.
pub fn all() -> &'static [MinimumWage] {
    static WAGES: LazyLock<Vec<MinimumWage>> = LazyLock::new(|| embedded(include_str!("minimum-wages.json")));
    &WAGES
}

/// The minimum wage of DKI Jakarta in force on a day; `None` for days that no known decree covers.
pub fn jakarta_on(day: NaiveDate) -> Option<&'static MinimumWage> {
    all().iter().find(|w| w.region == super::region::PROVINCE.code && (w.valid_from..=w.valid_to).contains(&day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wage_of_each_day() {
        let on = |day: &str| jakarta_on(day.parse().unwrap()).map(|w| w.monthly.0);
        assert_eq!(on("2024-11-14"), Some(5_067_381));
        assert_eq!(on("2025-01-01"), Some(5_396_761));
        assert_eq!(on("2025-12-31"), Some(5_396_761));
        assert_eq!(on("2026-06-30"), Some(5_729_876));
        assert_eq!(on("2023-12-31"), None);
        assert_eq!(on("2027-01-01"), None);
        assert_eq!(all().len(), 3);
        for pair in all().windows(2) {
            assert_eq!(pair[0].valid_to.succ_opt(), Some(pair[1].valid_from), "no gap, no overlap");
        }
        assert!(all().iter().all(|w| w.source.starts_with("Keputusan Gubernur")));
    }
}
