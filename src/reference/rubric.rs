//! The SEDAYA rubric, version 1: a proposal of this project, to be reviewed by Dinas Sosial DKI Jakarta
//! and UNDP.

use std::sync::LazyLock;

use crate::domain::rubric::Rubric;

const JSON: &str = include_str!("sedaya-rubric-v1.json");

/// The SEDAYA rubric v1.
pub fn sedaya_v1() -> &'static Rubric {
    #[allow(clippy::expect_used)] // Embedded data, proved by the tests below.
    static RUBRIC: LazyLock<Rubric> =
        LazyLock::new(|| Rubric::from_json(JSON).expect("the embedded rubric passes its checks"));
    &RUBRIC
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rubric::{NotApplicable, Scale};
    use crate::domain::venture::SectorGroup;

    #[test]
    fn the_shipped_rubric_passes_and_calls_itself_a_proposal() {
        let rubric = Rubric::from_json(JSON).unwrap_or_else(|faults| panic!("{faults:#?}"));
        assert!(rubric.document().title.id.contains("usulan") && rubric.document().title.en.contains("proposal"));
        assert!(rubric.document().notice.id.contains("bukan nasihat investasi"));
        let dimensions: Vec<_> = rubric.dimensions().iter().map(|d| (d.code.as_str(), d.weight, d.core)).collect();
        assert_eq!(
            dimensions,
            [
                ("ENT", 15, true),
                ("PRD", 20, true),
                ("DGM", 15, false),
                ("FAC", 15, false),
                ("MGT", 20, true),
                ("SOC", 15, false)
            ]
        );
        let weights: Vec<_> = rubric.indicators().map(|i| i.weight).collect();
        assert_eq!(
            weights,
            [30, 30, 20, 20, 30, 20, 25, 25, 25, 25, 25, 25, 30, 25, 25, 20, 30, 20, 25, 25, 25, 25, 30, 20]
        );
        let numeric: Vec<_> =
            rubric.indicators().filter(|i| matches!(i.scale, Scale::Numeric { .. })).map(|i| i.code.as_str()).collect();
        assert_eq!(numeric, ["DGM2", "FAC3", "MGT4", "SOC2", "SOC3"]);
        let ruled: Vec<_> = rubric
            .indicators()
            .filter(|i| !i.not_applicable_when.is_empty())
            .map(|i| (i.code.as_str(), i.not_applicable_when.clone()))
            .collect();
        assert_eq!(
            ruled,
            [
                ("ENT3", vec![NotApplicable::SoleOwnerWithDisability {}]),
                ("PRD2", vec![NotApplicable::SectorGroup { groups: vec![SectorGroup::Jasa] }]),
                ("FAC2", vec![NotApplicable::NeverBorrowed {}]),
            ]
        );
        let names: Vec<_> = rubric.document().levels.iter().map(|l| (l.from.0 / 10_000, l.name.id.as_str())).collect();
        assert_eq!(names, [(0, "Merintis"), (25, "Tumbuh"), (45, "Menguat"), (65, "Mandiri"), (80, "Berkembang")]);
    }

    #[test]
    fn every_anchor_says_something_of_its_own() {
        for indicator in sedaya_v1().indicators() {
            let Scale::Ordinal { anchors } = &indicator.scale else { continue };
            for (i, a) in anchors.iter().enumerate() {
                assert!(a.id.ends_with('.') && a.en.ends_with('.'), "{} {}", indicator.code, i + 1);
                for b in &anchors[i + 1..] {
                    assert!(a.id != b.id && a.en != b.en, "{} repeats an anchor", indicator.code);
                }
            }
        }
    }

    #[test]
    fn canonical_json_reads_back_as_the_same_rubric() {
        let canonical = sedaya_v1().canonical_json().unwrap();
        assert_eq!(&Rubric::from_json(&canonical).unwrap(), sedaya_v1());
        assert!(!canonical.contains('\n'));
    }
}
