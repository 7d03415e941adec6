use proptest::prelude::*;

use super::*;
use crate::domain::rubric::{Facts, Scale};
use crate::domain::venture::SectorGroup;

/// The shipped rubric, from its file: the domain knows no other room.
fn rubric() -> Rubric {
    Rubric::from_json(include_str!("../../reference/sedaya-rubric-v1.json")).unwrap()
}

fn tt(text: &str) -> TenThousandths {
    text.parse().unwrap()
}

/// `"ENT1 3, FAC2 n/a, MGT4 0.5, SOC1 ?, SOC3 -"`: a value, not applicable, not assessed, not answered.
fn ratings(text: &str) -> Ratings {
    text.split(", ")
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (code, answer) = pair.split_once(' ').unwrap();
            let rating = match answer {
                "n/a" => Rating::without(Answer::NotApplicable),
                "?" => Rating::without(Answer::NotAssessed),
                "-" => Rating::without(Answer::NotAnswered),
                value => Rating::told(tt(value)),
            };
            (code.to_owned(), rating)
        })
        .collect()
}

/// Everything near its middle: FAC scores 52.5, SOC 47.5, the other dimensions and the whole exactly 50.
const MIDDLE: &str = "ENT1 3, ENT2 3, ENT3 3, ENT4 3, PRD1 3, PRD2 3, PRD3 3, PRD4 3, DGM1 3, DGM2 10, DGM3 3, \
    DGM4 3, FAC1 3, FAC2 3, FAC3 30, FAC4 3, MGT1 3, MGT2 3, MGT3 3, MGT4 1, SOC1 3, SOC2 1, SOC3 50, SOC4 3";

/// [`MIDDLE`] with some ratings replaced.
fn middle_but(changes: &str) -> Ratings {
    let mut all = ratings(MIDDLE);
    all.extend(ratings(changes));
    all
}

fn outcome(of: &[&str]) -> Outcome {
    finalise(&rubric(), &of.iter().map(|t| ratings(t)).collect::<Vec<_>>())
}

fn dimension(outcome: &Outcome, code: &str) -> DimensionOutcome {
    outcome.dimensions[rubric().find_dimension(code).unwrap()]
}

fn score(outcome: &Outcome, code: &str) -> String {
    dimension(outcome, code).score().map_or("none".into(), |s| s.to_string())
}

#[test]
fn a_dimension_is_its_weighted_mean() {
    // (30·0 + 30·25 + 20·50 + 20·100) / 100
    assert_eq!(score(&outcome(&["ENT1 1, ENT2 2, ENT3 3, ENT4 5"]), "ENT"), "37.5");
    // (30·50 + 20·25 + 25·75 + 25·75) / 100, three months' fixed costs in half: 2 months are 75
    assert_eq!(score(&outcome(&["MGT1 3, MGT2 2, MGT3 4, MGT4 2"]), "MGT"), "57.5");
    // FAC3 30 → 60; FAC2 not applicable leaves the sums: (30·50 + 25·60 + 20·25) / 75
    assert_eq!(score(&outcome(&["FAC1 3, FAC2 n/a, FAC3 30, FAC4 2"]), "FAC"), "46.6667");
    // DGM2 20 → 200/3: (25·50 + 25·200/3 + 25·50 + 25·50) / 100, rounded once
    assert_eq!(score(&outcome(&["DGM1 3, DGM2 20, DGM3 3, DGM4 3"]), "DGM"), "54.1667");
}

#[test]
fn coverage_decides_whether_there_is_a_number() {
    let of = |text: &str, code: &str| dimension(&outcome(&[text]), code);
    // Exactly 70 of 100 is enough.
    assert!(matches!(of("ENT1 3, ENT3 3, ENT4 3, ENT2 -", "ENT"), DimensionOutcome::Number { coverage, .. }
        if coverage == tt("0.7")));
    assert_eq!(of("ENT1 3, ENT2 3, ENT3 -, ENT4 -", "ENT"), DimensionOutcome::Insufficient { coverage: tt("0.6") });
    assert_eq!(of("ENT1 3, ENT2 3, ENT3 -, ENT4 ?", "ENT"), DimensionOutcome::NotAssessed { coverage: tt("0.6") });
    assert_eq!(of("ENT1 3, ENT2 3", "ENT"), DimensionOutcome::NotAssessed { coverage: tt("0.6") });
    assert_eq!(of("", "ENT"), DimensionOutcome::NotAssessed { coverage: tt("0") });
    // Not applicable leaves both sides of the fraction: 50 of 80 is too little, 80 of 80 is all.
    assert_eq!(of("PRD2 n/a, PRD3 3, PRD4 3", "PRD"), DimensionOutcome::NotAssessed { coverage: tt("0.625") });
    assert!(matches!(of("PRD1 3, PRD2 n/a, PRD3 3, PRD4 3", "PRD"), DimensionOutcome::Number { coverage, .. }
        if coverage == TenThousandths::ONE));
    // One indicator of a dimension with a number may still be ours to assess.
    assert!(of("ENT1 3, ENT2 3, ENT3 3, ENT4 ?", "ENT").score().is_some());
    let none = "ENT1 n/a, ENT2 n/a, ENT3 n/a, ENT4 n/a";
    assert_eq!(of(none, "ENT"), DimensionOutcome::NotApplicable {});
}

#[test]
fn several_assessors_meet_in_the_median() {
    let i = rubric().find("ENT2").unwrap();
    let of = |values: &[&str]| {
        let each: Vec<String> = values.iter().map(|v| format!("ENT2 {v}")).collect();
        let outcome = outcome(&each.iter().map(String::as_str).collect::<Vec<_>>());
        let Combined::Value { median, low, high, .. } = outcome.indicators[i] else { panic!("a value") };
        (median.rounded(), low.rounded(), high.rounded(), outcome.open_adjudication.contains(&i))
    };
    assert_eq!(of(&["3"]), (tt("3"), tt("3"), tt("3"), false));
    assert_eq!(of(&["3", "2"]), (tt("2.5"), tt("2"), tt("3"), false));
    assert_eq!(of(&["4", "2"]), (tt("3"), tt("2"), tt("4"), true));
    assert_eq!(of(&["5", "2", "3"]), (tt("3"), tt("2"), tt("5"), true));
    assert_eq!(of(&["2", "3", "3", "2"]), (tt("2.5"), tt("2"), tt("3"), false));
    // Half a level counts half: 2.5 is 37.5.
    let two = outcome(&["ENT1 3, ENT2 2, ENT3 3, ENT4 3", "ENT1 3, ENT2 3, ENT3 3, ENT4 3"]);
    assert_eq!(score(&two, "ENT"), "46.25");
    assert!(matches!(dimension(&two, "ENT"), DimensionOutcome::Number { low, high, .. }
        if low == tt("42.5") && high == tt("50")));
    assert_eq!(two.assessors, 2);
}

#[test]
fn the_median_is_of_raw_values_and_the_range_of_scores() {
    // Raw 0 and 1 month: the median 0.5 scores 25. On the cost scale the larger value is the lower score.
    let two = outcome(&["MGT4 0, FAC3 0", "MGT4 1, FAC3 60"]);
    let rubric = rubric();
    let of = |code: &str| two.indicators[rubric.find(code).unwrap()];
    assert!(matches!(of("MGT4"), Combined::Value { median, .. } if median.rounded() == tt("0.5")));
    assert!(matches!(of("FAC3"), Combined::Value { low, high, .. }
        if low.rounded() == tt("60") && high.rounded() == tt("0")));
    // Numeric scales are far apart at 50 points of score, not at two units: 0 → 100, 60 → 15.
    assert_eq!(two.open_adjudication, [rubric.find("FAC3").unwrap(), rubric.find("MGT4").unwrap()]);
    assert!(outcome(&["DGM2 10", "DGM2 14"]).open_adjudication.is_empty());
}

#[test]
fn states_of_several_assessors_combine_by_one_order() {
    let i = rubric().find("FAC2").unwrap();
    for (answers, want, open) in [
        (&["?", "?"][..], Combined::NotAssessed {}, false),
        (&["?", "-"], Combined::NotAnswered {}, false),
        (&["?", "n/a"], Combined::NotApplicable {}, false),
        (&["-", "n/a"], Combined::NotAnswered {}, true),
    ] {
        let each: Vec<String> = answers.iter().map(|a| format!("FAC2 {a}")).collect();
        let outcome = outcome(&each.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((outcome.indicators[i], outcome.open_adjudication.contains(&i)), (want, open), "{answers:?}");
    }
    let silent_then_told = outcome(&["FAC2 -", "FAC2 4"]);
    assert_eq!(silent_then_told.indicators[i].median().map(Raw::rounded), Some(tt("4")));
    assert!(silent_then_told.open_adjudication.is_empty());
    let contradiction = outcome(&["FAC2 n/a", "FAC2 4"]);
    assert_eq!(contradiction.indicators[i].median().map(Raw::rounded), Some(tt("4")));
    assert_eq!(contradiction.open_adjudication, [i]);
}

#[test]
fn overall_leaves_out_what_has_no_number_and_says_so() {
    let rubric = rubric();
    let all = finalise(&rubric, &[ratings(MIDDLE)]);
    let overall = all.overall.unwrap();
    assert!(!overall.renormalised);
    assert_eq!(score(&all, "ENT"), "50");
    assert_eq!(overall.score, tt("50"));
    // Without PRD (weight 20): (15·40 + 15·50 + 15·52.5 + 20·50 + 15·47.5) / 80
    let without = finalise(&rubric, &[middle_but("PRD1 -, PRD3 -, ENT1 1, ENT4 4")]);
    assert_eq!(score(&without, "ENT"), "40");
    let overall = without.overall.unwrap();
    assert_eq!((overall.score, overall.renormalised), (tt("48.125"), true));
    assert_eq!(outcome(&[]).overall, None);
}

#[test]
fn readiness_is_a_gate_over_core_dimensions() {
    let rubric = rubric();
    let name = |d: usize| rubric.dimensions()[d].code.as_str();
    let of = |changes: &str| {
        let outcome = finalise(&rubric, &[middle_but(changes)]);
        (outcome.readiness.level, outcome.readiness.blocking.map(name))
    };
    assert_eq!(of(""), (Some(3), Some("ENT")), "all at 50; of equals the first blocks");
    assert_eq!(of("MGT1 1"), (Some(2), Some("MGT")), "35");
    assert_eq!(of("MGT1 1, MGT2 1, MGT3 1"), (Some(1), Some("MGT")), "12.5");
    assert_eq!(of("MGT1 2, MGT2 3, MGT3 3"), (Some(2), Some("MGT")), "42.5 is below 45");
    assert_eq!(of("MGT1 3, MGT2 2, MGT3 3"), (Some(3), Some("MGT")), "45 reaches 45");
    assert_eq!(of("DGM1 1, DGM2 0, DGM3 1, DGM4 1"), (Some(3), Some("ENT")), "DGM is no core dimension");
    assert_eq!(of("MGT1 -, MGT2 -"), (None, Some("MGT")));
    assert_eq!(of("PRD1 ?, PRD2 ?"), (None, Some("PRD")));
    let high = "ENT1 5, ENT2 5, ENT3 5, ENT4 5, PRD1 5, PRD2 5, PRD3 5, PRD4 5, MGT1 5, MGT2 5, MGT3 5, MGT4 3";
    assert_eq!(of(high), (Some(5), None));
    let none = outcome(&[]).readiness;
    assert_eq!(none, Readiness { level: None, blocking: Some(0) });
    assert_eq!(none.name(&rubric, Lang::Id), "belum cukup data");
    assert_eq!(Readiness { level: Some(4), blocking: None }.name(&rubric, Lang::Id), "Mandiri");
}

#[test]
fn confidence_in_numbers_and_in_words() {
    let rubric = rubric();
    let mut all = middle_but("ENT2 -, FAC2 n/a");
    for (code, level) in [("ENT1", Evidence::Seen), ("MGT1", Evidence::Document), ("SOC1", Evidence::Verified)] {
        all.get_mut(code).unwrap().evidence = level;
    }
    let outcome = finalise(&rubric, &[all]);
    assert_eq!((outcome.grounds.assessed(), outcome.grounds.applicable), (22, 23));
    // Weights of the whole rubric: ENT2 is 15·30 of 10 000, FAC2 15·25 leaves: 9 175 / 9 625.
    assert_eq!(outcome.coverage, tt("0.9532"));
    // 9 175/9 625 · (1 + 2 + 3)/22 / 3
    assert_eq!(outcome.confidence, tt("0.0867"));
    assert_eq!(
        outcome.grounds.words(Lang::Id),
        "dinilai 22 dari 23; bukti: 19 ucapan, 1 dilihat, 1 dokumen, 1 diverifikasi pihak ketiga"
    );
    assert_eq!(
        outcome.grounds.words(Lang::En),
        "22 of 23 assessed; evidence: 19 told, 1 seen, 1 documented, 1 verified by a third party"
    );
    let nothing = finalise(&rubric, &[]);
    assert_eq!((nothing.coverage, nothing.confidence), (tt("0"), tt("0")));
    assert_eq!(nothing.grounds.words(Lang::Id), "belum dinilai");
    // The strongest evidence of several assessors counts.
    let strong = |level| [("ENT1".to_owned(), Rating { evidence: level, ..Rating::told(tt("3")) })].into();
    let two = finalise(&rubric, &[strong(Evidence::Told), strong(Evidence::Seen)]);
    assert_eq!(two.grounds.evidence, [0, 1, 0, 0]);
}

#[test]
fn a_rating_is_checked_against_rubric_and_venture() {
    let rubric = rubric();
    let services = Facts { sector_group: Some(SectorGroup::Jasa), ..Facts::default() };
    let faults = |facts: &Facts, text: &str| -> Vec<(String, &'static str)> {
        check(&rubric, facts, &ratings(text)).into_iter().map(|f| (f.indicator, f.code)).collect()
    };
    let fault = |code: &str, kind| (code.to_owned(), kind);
    assert_eq!(faults(&Facts::default(), "ENT1 3, ENT3 n/a, FAC2 n/a, DGM2 12.5, SOC3 -, ENT4 ?"), []);
    assert_eq!(
        faults(&services, "XYZ1 3, ENT1 2.5, ENT2 6, ENT4 n/a, PRD2 3, DGM2 101, MGT1 5"),
        [
            fault("DGM2", "value_out_of_scale"),
            fault("ENT1", "value_out_of_scale"),
            fault("ENT2", "value_out_of_scale"),
            fault("ENT4", "not_applicable_refused"),
            fault("MGT1", "note_required"),
            fault("PRD2", "value_refused"),
            fault("XYZ1", "unknown_indicator"),
        ]
    );
    let mut noted = ratings("MGT1 5, ENT1 3");
    noted.get_mut("MGT1").unwrap().note = Some("buku kas lengkap".into());
    noted.get_mut("ENT1").unwrap().evidence = Evidence::Document;
    let kinds: Vec<_> = check(&rubric, &Facts::default(), &noted).into_iter().map(|f| f.indicator).collect();
    assert_eq!(kinds, ["ENT1"]);
}

#[test]
fn a_rating_has_one_json_form() {
    for (json, rating) in [
        (
            r#"{"state":"value","value":12.5,"evidence_level":1,"note":"dilihat"}"#,
            Rating { answer: Answer::Value(tt("12.5")), evidence: Evidence::Seen, note: Some("dilihat".into()) },
        ),
        (r#"{"state":"not_answered"}"#, Rating::without(Answer::NotAnswered)),
    ] {
        assert_eq!(serde_json::from_str::<Rating>(json).unwrap(), rating);
        assert_eq!(serde_json::to_string(&rating).unwrap(), json);
    }
    for bad in [
        r#"{"state":"value"}"#,
        r#"{"state":"not_assessed","value":3}"#,
        r#"{"state":"not_assessed","evidence_level":0}"#,
        r#"{"state":"value","value":3,"evidence_level":4}"#,
        r#"{"state":"value","value":3.00001}"#,
        r#"{"state":"value","value":"3"}"#,
        r#"{"state":"value","value":3,"colour":1}"#,
        r#"{"value":3}"#,
    ] {
        assert!(serde_json::from_str::<Rating>(bad).is_err(), "{bad}");
    }
}

#[test]
fn an_outcome_reads_back() {
    let rubric = rubric();
    let two = [middle_but("ENT2 5, FAC2 n/a, SOC3 -"), middle_but("ENT2 2, MGT4 0.0001, PRD1 ?")];
    let outcome = finalise(&rubric, &two);
    let json = crate::domain::canonical::to_string(&outcome).unwrap();
    assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), outcome);
}

#[test]
fn what_if_starts_from_answered_values() {
    let rubric = rubric();
    let base = finalise(&rubric, &[middle_but("MGT1 2, MGT2 -")]);
    let at = |code: &str| rubric.find(code).unwrap();
    let mgt = rubric.find_dimension("MGT").unwrap();
    let raised = finalise(&rubric, &[middle_but("MGT1 4, MGT2 -")]);
    let change = [(at("MGT1"), tt("4"))];
    assert_eq!(base.dimension_with(&rubric, mgt, &change), raised.dimensions[mgt].score());
    assert_eq!(base.overall_with(&rubric, &change), raised.overall.map(|o| o.score));
    assert_eq!(base.readiness_with(&rubric, &change), raised.readiness);
    // An unanswered indicator stays unanswered.
    assert_eq!(base.dimension_with(&rubric, mgt, &[(at("MGT2"), tt("5"))]), base.dimensions[mgt].score());
}

/// Any answer an indicator of the shipped rubric takes.
fn any_ratings() -> impl Strategy<Value = Ratings> {
    let rubric = rubric();
    let each: Vec<_> = rubric
        .indicators()
        .map(|i| {
            let value = match i.scale {
                Scale::Ordinal { .. } => (1..=5).prop_map(TenThousandths::whole).boxed(),
                Scale::Numeric { min, max, .. } => (min.0..=max.0.min(1_200_000)).prop_map(TenThousandths).boxed(),
            };
            let without = prop::sample::select(&[Answer::NotApplicable, Answer::NotAssessed, Answer::NotAnswered][..]);
            let code = i.code.clone();
            prop_oneof![6 => value.prop_map(Rating::told), 1 => without.prop_map(Rating::without)]
                .prop_map(move |rating| (code.clone(), rating))
        })
        .collect();
    each.prop_map(|pairs| pairs.into_iter().collect())
}

proptest! {
    /// An independent, floating-point reading of domain rules 3 to 7 agrees within its own error.
    #[test]
    fn a_naive_reading_agrees(of in prop::collection::vec(any_ratings(), 1..4)) {
        let rubric = rubric();
        let outcome = finalise(&rubric, &of);
        let decimal = |t: TenThousandths| t.0 as f64 / 10_000.0;
        let (mut total, mut total_weight) = (0.0, 0.0);
        for (d, dimension) in rubric.dimensions().iter().enumerate() {
            let (mut sum, mut known, mut applicable) = (0.0, 0.0, 0.0);
            for indicator in &dimension.indicators {
                let answers: Vec<Answer> = of.iter().filter_map(|r| r.get(&indicator.code)).map(|r| r.answer).collect();
                let mut values: Vec<f64> = answers.iter()
                    .filter_map(|a| if let Answer::Value(v) = a { Some(decimal(*v)) } else { None }).collect();
                values.sort_by(f64::total_cmp);
                let weight = f64::from(indicator.weight);
                if values.is_empty() {
                    let only_not_applicable = answers.contains(&Answer::NotApplicable)
                        && !answers.contains(&Answer::NotAnswered);
                    applicable += if only_not_applicable { 0.0 } else { weight };
                    continue;
                }
                let n = values.len();
                let x = (values[(n - 1) / 2] + values[n / 2]) / 2.0;
                let points = match &indicator.scale {
                    Scale::Ordinal { .. } => (x - 1.0) / 4.0 * 100.0,
                    Scale::Numeric { knots, .. } => {
                        let k: Vec<(f64, f64)> = knots.iter().map(|k| (decimal(k.at), decimal(k.score))).collect();
                        let x = x.clamp(k[0].0, k[k.len() - 1].0);
                        k.windows(2).find(|w| x <= w[1].0)
                            .map(|w| w[0].1 + (x - w[0].0) * (w[1].1 - w[0].1) / (w[1].0 - w[0].0)).unwrap()
                    }
                };
                sum += weight * points;
                known += weight;
                applicable += weight;
            }
            let expected = (applicable > 0.0 && known / applicable >= 0.7 - 1e-12).then(|| sum / known);
            match (expected, outcome.dimensions[d].score()) {
                (Some(a), Some(b)) => {
                    prop_assert!((a - decimal(b)).abs() <= 0.00005 + 1e-9, "{} {a} {b}", dimension.code);
                    total += f64::from(dimension.weight) * a;
                    total_weight += f64::from(dimension.weight);
                }
                (a, b) => prop_assert_eq!(a.is_some(), b.is_some(), "{}", &dimension.code),
            }
        }
        match outcome.overall {
            Some(overall) => {
                let gap = (total / total_weight - decimal(overall.score)).abs();
                prop_assert!(gap <= 0.00005 + 1e-9);
                prop_assert!(overall.low <= overall.score && overall.score <= overall.high);
            }
            None => prop_assert_eq!(total_weight, 0.0),
        }
    }

    #[test]
    fn the_order_of_assessors_does_not_matter(mut of in prop::collection::vec(any_ratings(), 1..5)) {
        let rubric = rubric();
        let forward = finalise(&rubric, &of);
        of.reverse();
        prop_assert_eq!(finalise(&rubric, &of), forward);
    }

    #[test]
    fn what_if_is_the_outcome_of_the_changed_ratings(of in any_ratings(), raises in prop::collection::vec((0_usize..24, 1_i32..=5), 0..4)) {
        let rubric = rubric();
        let base = finalise(&rubric, std::slice::from_ref(&of));
        let mut changed = of;
        let mut changes: Vec<(usize, TenThousandths)> = Vec::new();
        for (i, level) in raises {
            let indicator = rubric.indicator(i);
            let ordinal = matches!(indicator.scale, Scale::Ordinal { .. });
            if ordinal && !changes.iter().any(|(n, _)| *n == i) && base.indicators[i].median().is_some() {
                changes.push((i, TenThousandths::whole(level)));
                changed.insert(indicator.code.clone(), Rating::told(TenThousandths::whole(level)));
            }
        }
        let want = finalise(&rubric, &[changed]);
        for d in 0..rubric.dimensions().len() {
            prop_assert_eq!(base.dimension_with(&rubric, d, &changes), want.dimensions[d].score());
        }
        prop_assert_eq!(base.overall_with(&rubric, &changes), want.overall.map(|o| o.score));
        prop_assert_eq!(base.readiness_with(&rubric, &changes), want.readiness);
    }
}
