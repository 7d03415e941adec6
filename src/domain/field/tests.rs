use super::*;
use crate::domain::assessment::{Answer, Outcome, Rating, finalise};
use crate::domain::band::Derived;
use crate::domain::card::Printed;
use crate::domain::fixed::TenThousandths;
use crate::domain::money::Rupiah;
use crate::domain::venture::{
    DisabilityInclusion, Instrument, LegalStatus, NeedBand, ParticipantType, Profile, RupiahRange, SectorGroup,
    SocialRegistry,
};
use std::collections::BTreeSet;

/// The shipped rubric, from its file: the domain knows no other room.
fn rubric() -> Rubric {
    Rubric::from_json(include_str!("../../reference/sedaya-rubric-v1.json")).unwrap()
}

fn registry() -> Registry {
    Registry::new(&rubric())
}

fn of_class(class: FieldClass) -> Vec<String> {
    registry().fields().iter().filter(|f| f.class == class).map(|f| f.key.clone()).collect()
}

#[test]
fn what_a_card_prints_and_what_is_sensitive() {
    assert_eq!(
        of_class(FieldClass::Card),
        [
            "dimension.ENT",
            "dimension.PRD",
            "dimension.DGM",
            "dimension.FAC",
            "dimension.MGT",
            "dimension.SOC",
            "overall",
            "readiness_level",
            "sector_group",
            "kota",
            "need_band",
            "instruments",
            "sdgs"
        ]
    );
    assert_eq!(
        of_class(FieldClass::Sensitive),
        [
            "participant_type",
            "pena_category",
            "social_registry",
            "disability_inclusion",
            "household_income",
            "debt_service_pct",
            "indicator.FAC2",
            "indicator.FAC3",
            "indicator.MGT4",
            "indicator.SOC3"
        ]
    );
}

#[test]
fn every_field_of_the_specification_is_there_once_with_labels() {
    let registry = registry();
    let keys = "dimension.MGT overall readiness_level indicator.SOC3 assessment_coverage confidence sector_group \
        sector kota region need_band funding_need funding_need.min funding_need.max instruments sharia_only sdgs \
        size_class revenue_band annual_revenue business_capital monthly_net_profit household_income \
        debt_service_pct participant_type pena_category social_registry disability_inclusion jakpreneur_stages \
        legal_form legal.nib legal.npwp legal.pirt legal.halal legal.bpom legal.brand women_led youth_led \
        employees_fte employees_vulnerable_fte years_operating online_sales_pct tenor_months green exclusions";
    for key in keys.split_whitespace() {
        assert!(registry.find(key).is_some(), "{key}");
    }
    assert_eq!(registry.fields().len(), keys.split_whitespace().count() + 5 + 23, "no field twice, none unknown");
    for (i, field) in registry.fields().iter().enumerate() {
        assert_eq!(registry.position(&field.key), Some(i));
        assert!(!field.label.id.is_empty() && !field.label.en.is_empty(), "{}", field.key);
        assert_eq!(
            field.unit.is_some(),
            matches!(field.kind, FieldType::Number | FieldType::Range),
            "{} has a unit exactly if it has numbers",
            field.key
        );
    }
}

#[test]
fn only_ordinal_indicators_an_owner_can_act_on_are_actionable() {
    let actionable: Vec<String> = registry().fields().iter().filter(|f| f.actionable).map(|f| f.key.clone()).collect();
    assert_eq!(
        actionable,
        [
            "ENT2", "ENT3", "ENT4", "PRD1", "PRD2", "PRD3", "PRD4", "DGM1", "DGM3", "DGM4", "FAC1", "FAC2", "FAC4",
            "MGT1", "MGT2", "MGT3", "SOC4"
        ]
        .map(|code| format!("indicator.{code}"))
    );
}

#[test]
fn operators_by_type() {
    let registry = registry();
    let ops = |key: &str| registry.describe(key).map(|(_, ops)| ops.iter().map(|o| o.as_str()).collect::<Vec<_>>());
    assert_eq!(ops("dimension.MGT").unwrap(), ["gte", "lte", "between"]);
    assert_eq!(ops("region").unwrap(), ["is", "in", "not_in", "under"]);
    assert_eq!(ops("legal.nib").unwrap(), ["is", "in", "not_in"]);
    assert_eq!(ops("instruments").unwrap(), ["any_of", "all_of", "none_of"]);
    assert_eq!(ops("funding_need").unwrap(), ["overlaps"]);
    assert_eq!(ops("funding_need.min").unwrap(), ["gte", "lte", "between"]);
    assert_eq!(ops("women_led").unwrap(), ["is"]);
    assert_eq!(ops("dimension.XYZ"), None);
    assert!(!registry.weighable("kota") && !registry.weighable("need_band") && !registry.weighable("sector_group"));
    assert!(registry.weighable("dimension.MGT") && registry.weighable("region"));
}

#[test]
fn values_of_documents_are_checked() {
    let registry = registry();
    for (field, text, code) in [
        ("region", "31.75", None),
        ("region", "3175", Some("region_without_dots")),
        ("region", "Jakarta", Some("not_a_region")),
        ("kota", "31.75", None),
        ("sector", "KBLI2020:C10", None),
        ("sector", "C10", Some("sector_without_scheme")),
        ("sector", "C", Some("sector_without_scheme")),
        ("sector", "KBLI2020:C1", Some("not_a_kbli_level")),
        ("instruments", "qardh", None),
        ("instruments", "hibah", Some("unknown_code")),
        ("women_led", "true", None),
        ("women_led", "yes", Some("unknown_code")),
        ("sdgs", "8", None),
        ("sdgs", "08", Some("unknown_code")),
        ("sdgs", "18", Some("unknown_code")),
        ("social_registry", "DTSEN", None),
        ("social_registry", "DTSEN:desil_1", None),
        ("social_registry", "desil_1", Some("unknown_code")),
        ("legal.nib", "in_process", None),
        ("unheard_of", "anything", None),
    ] {
        assert_eq!(registry.check(field, text).err().map(|f| f.code), code, "{field} {text}");
    }
    let region = registry.check("region", "3171").unwrap_err().detail;
    assert!(region.id.contains("BPS") && region.en.contains("BPS"));
}

struct Known {
    profile: Profile,
    outcome: Option<Outcome>,
    printed: Printed,
    found_by: BTreeSet<String>,
}

impl Known {
    fn of(profile: Profile, outcome: Option<Outcome>) -> Self {
        Self { profile, outcome, printed: Printed::default(), found_by: BTreeSet::new() }
    }
    fn value(&self, key: &str) -> FieldValue {
        let registry = registry();
        let derived = Derived::of(&self.profile);
        let subject = Subject {
            profile: &self.profile,
            derived: &derived,
            outcome: self.outcome.as_ref(),
            printed: &self.printed,
            found_by: &self.found_by,
        };
        let all = registry.values(&subject);
        assert_eq!(all.len(), registry.fields().len());
        all[registry.position(key).unwrap()].clone()
    }
}

fn text(text: &'static str) -> FieldValue {
    FieldValue::Text(text.into())
}

fn number(value: &str) -> FieldValue {
    FieldValue::number(value.parse().unwrap())
}

#[test]
fn attributes_come_from_the_profile() {
    let need = RupiahRange { min: Rupiah(5_000_000), max: Rupiah(15_000_000) };
    let known = Known::of(
        Profile {
            sector: Some("KBLI2020:C10799".into()),
            region: Some("31.75.10".into()),
            funding_need: Some(need),
            instruments: Some(vec![Instrument::Qardh, Instrument::Grant]),
            sdgs: Some(vec![1, 8]),
            annual_revenue: Some(Rupiah(60_000_000)),
            exclusions: Some(vec![]),
            women_led: Some(true),
            years_operating: Some("2.5".parse().unwrap()),
            legal: [
                (LegalPaper::Nib, LegalStatus::Valid),
                (LegalPaper::Bpom, LegalStatus::NotApplicable),
                (LegalPaper::Brand, LegalStatus::Unknown),
            ]
            .into(),
            ..Profile::default()
        },
        None,
    );
    for (key, want) in [
        ("sector", text("KBLI2020:C10799")),
        ("region", text("31.75.10")),
        ("funding_need", FieldValue::Amounts(need.min, need.max)),
        ("funding_need.min", FieldValue::Amount(need.min)),
        ("funding_need.max", FieldValue::Amount(need.max)),
        ("instruments", FieldValue::Set(vec!["qardh".into(), "grant".into()])),
        ("sdgs", FieldValue::Set(vec!["1".into(), "8".into()])),
        ("exclusions", FieldValue::Set(vec![])),
        ("size_class", text("micro")),
        ("revenue_band", text("50m_100m")),
        ("women_led", FieldValue::Boolean(true)),
        ("youth_led", FieldValue::NotAnswered),
        ("years_operating", number("2.5")),
        ("legal.nib", text("valid")),
        ("legal.halal", FieldValue::NotAnswered),
        ("legal.bpom", FieldValue::NotApplicable),
        ("legal.brand", FieldValue::NotAnswered),
        ("overall", FieldValue::NotAssessed),
        ("readiness_level", FieldValue::NotAssessed),
        ("indicator.ENT1", FieldValue::NotAssessed),
    ] {
        assert_eq!(known.value(key), want, "{key}");
    }
}

#[test]
fn the_three_fields_of_an_outsider_hold_what_is_printed() {
    let mut known = Known::of(Profile { region: Some("31.75.10".into()), ..Profile::default() }, None);
    assert_eq!(known.value("kota"), FieldValue::NotAnswered, "coarsened away is not answered");
    known.printed = Printed {
        sector_group: Some(SectorGroup::Jasa),
        kota: Some("31.75".into()),
        need_band: Some(NeedBand::UpTo10m),
    };
    assert_eq!(known.value("kota"), text("31.75"));
    assert_eq!(known.value("sector_group"), text("jasa"));
    assert_eq!(known.value("need_band"), text("up_to_10m"));
}

#[test]
fn identity_is_known_only_with_the_consent_to_be_found_by_it() {
    let mut known = Known::of(
        Profile {
            participant_type: Some(ParticipantType::KpmPena),
            disability_inclusion: Some(vec![DisabilityInclusion::Owner]),
            social_registry: Some(SocialRegistry { scheme: "DTSEN".into(), status: "desil_1".into() }),
            household_income: Some(Rupiah(2_000_000)),
            ..Profile::default()
        },
        None,
    );
    for key in ["participant_type", "disability_inclusion", "social_registry"] {
        assert_eq!(known.value(key), FieldValue::NotAnswered, "{key}");
    }
    known.found_by.insert("disability_inclusion".into());
    known.found_by.insert("social_registry".into());
    assert_eq!(known.value("participant_type"), FieldValue::NotAnswered);
    assert_eq!(known.value("disability_inclusion"), FieldValue::Set(vec!["owner".into()]));
    assert_eq!(known.value("social_registry"), text("DTSEN:desil_1"));
    assert_eq!(known.value("household_income"), FieldValue::Amount(Rupiah(2_000_000)));
    known.profile.disability_inclusion = Some(vec![DisabilityInclusion::Undisclosed]);
    assert_eq!(known.value("disability_inclusion"), FieldValue::NotAnswered);
}

#[test]
fn scores_carry_the_assessors_range_and_the_reason_of_a_gap() {
    let rubric = rubric();
    let one =
        |ratings: &[(&str, Answer)]| ratings.iter().map(|(c, a)| ((*c).to_owned(), Rating::without(*a))).collect();
    let level = |n| Answer::Value(TenThousandths::whole(n));
    let na = Answer::NotApplicable;
    let first = one(&[
        ("ENT1", level(3)),
        ("ENT2", level(3)),
        ("ENT3", level(3)),
        ("ENT4", level(3)),
        ("MGT1", Answer::NotAnswered),
        ("MGT2", Answer::NotAnswered),
        ("MGT3", level(3)),
        ("MGT4", level(1)),
        ("FAC1", na),
        ("FAC2", na),
        ("FAC3", na),
        ("FAC4", na),
        ("DGM2", level(10)),
    ]);
    let second = one(&[("ENT1", level(2)), ("DGM2", level(20))]);
    let known = Known::of(Profile::default(), Some(finalise(&rubric, &[first, second])));
    let measured = |value: &str, low: &str, high: &str| FieldValue::Number {
        value: value.parse().unwrap(),
        low: low.parse().unwrap(),
        high: high.parse().unwrap(),
    };
    for (key, want) in [
        ("dimension.ENT", measured("46.25", "42.5", "50")),
        ("indicator.ENT1", measured("2.5", "2", "3")),
        ("indicator.DGM2", measured("15", "10", "20")),
        ("dimension.MGT", FieldValue::Insufficient),
        ("indicator.MGT1", FieldValue::NotAnswered),
        ("dimension.FAC", FieldValue::NotApplicable),
        ("indicator.FAC2", FieldValue::NotApplicable),
        ("dimension.SOC", FieldValue::NotAssessed),
        ("indicator.SOC1", FieldValue::NotAssessed),
        ("overall", measured("46.25", "42.5", "50")),
        ("readiness_level", FieldValue::NotAssessed),
    ] {
        assert_eq!(known.value(key), want, "{key}");
    }
    let nobody = Known::of(Profile::default(), Some(finalise(&rubric, &[])));
    assert_eq!(nobody.value("confidence"), FieldValue::NotAssessed);
    assert_eq!(nobody.value("overall"), FieldValue::NotAssessed);
}
