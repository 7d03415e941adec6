//! Figures that the programme has published about itself: dated, sourced, and not verified by us.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use super::embedded;
use crate::domain::text::Text;

/// Figures of one source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// The day they were said.
    pub as_of: NaiveDate,
    /// Whether anybody checked them against records.
    pub verified: bool,
    /// Who said so, and where.
    pub source: Text,
    /// The figures.
    pub figures: Vec<Figure>,
}

/// A figure.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Stable code.
    pub code: String,
    /// What is counted.
    pub label: Text,
    /// How many.
    pub value: u64,
}

/// The figures of the news text on the workshop.
pub fn figures() -> &'static Figures {
    static FIGURES: LazyLock<Figures> = LazyLock::new(|| embedded(include_str!("programme-figures.json")));
    &FIGURES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_the_news_text_are_marked_unverified() {
        let all = figures();
        let values: Vec<_> = all.figures.iter().map(|f| (f.code.as_str(), f.value)).collect();
        assert_eq!(values, [("pena_families_helped", 470), ("pena_families_proposed_for_graduation", 120)]);
        assert!(!all.verified);
        assert_eq!(all.as_of.to_string(), "2024-11-14");
        assert!(all.source.id.contains("Kementerian Sosial") && all.source.en.contains("14–15 November 2024"));
    }
}
