//! The Sustainable Development Goals.

use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;
use crate::domain::text::Text;

/// A goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// 1–17.
    pub number: u8,
    /// Its name.
    pub label: Text,
}

/// Where the names are from.
pub fn source() -> &'static str {
    &GOALS.0
}

/// All seventeen, in order.
pub fn all() -> &'static [Goal] {
    &GOALS.1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    goals: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    goal: u8,
    id: String,
    en: String,
}

static GOALS: LazyLock<(String, Vec<Goal>)> = LazyLock::new(|| {
    let file: File = embedded(include_str!("sdg.json"));
    (file.source, file.goals.into_iter().map(|r| Goal { number: r.goal, label: Text::new(r.id, r.en) }).collect())
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventeen_goals_in_order() {
        assert!(all().iter().map(|g| g.number).eq(1..=17));
        assert_eq!(all()[0].label, Text::new("Tanpa Kemiskinan", "No Poverty"));
        assert_eq!(all()[7].label.en, "Decent Work and Economic Growth");
        assert!(source().contains("A/RES/70/1"));
    }
}
