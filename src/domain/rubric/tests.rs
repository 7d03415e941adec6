use serde_json::{Value, json};

use super::*;

/// The shipped rubric, from its file: the domain knows no other room.
fn sedaya_v1() -> Rubric {
    Rubric::from_json(include_str!("../../reference/sedaya-rubric-v1.json")).unwrap()
}

fn tt(text: &str) -> TenThousandths {
    text.parse().unwrap()
}

fn faults(document: &Value) -> Vec<(String, &'static str)> {
    Rubric::from_json(&document.to_string()).unwrap_err().into_iter().map(|f| (f.pointer, f.code)).collect()
}

fn small() -> Value {
    let text = json!({"id": "ya", "en": "yes"});
    let anchors = [&text; 5];
    let levels: Vec<Value> =
        [0, 25, 45, 65, 80].iter().zip(1..).map(|(f, l)| json!({"level": l, "from": f, "name": text})).collect();
    json!({
        "title": text, "notice": text, "minimum_coverage": 0.7,
        "levels": levels,
        "dimensions": [{
            "code": "AA", "label": text, "weight": 100, "core": true,
            "indicators": [
                {"code": "AA1", "label": text, "topic": "entrepreneurship", "actionable": true, "weight": 60,
                 "scale": {"kind": "ordinal", "anchors": anchors}},
                {"code": "AA2", "label": text, "topic": "entrepreneurship", "actionable": true, "weight": 40,
                 "scale": {"kind": "numeric", "unit": "percent", "min": 0, "max": 100, "guide": text,
                           "knots": [[0, 0], [2.5, 50], [100, 100]]}},
            ],
        }],
    })
}

#[test]
fn a_sound_document_passes() {
    let rubric = Rubric::from_json(&small().to_string()).unwrap();
    assert_eq!(rubric.find("AA2"), Some(1));
    assert_eq!(rubric.find("AA3"), None);
    assert_eq!(rubric.indicators_of(0), 0..2);
    assert!(rubric.canonical_json().unwrap().contains("[2.5,50]"));
}

#[test]
fn all_faults_at_once_with_pointers() {
    let mut d = small();
    d["title"]["en"] = json!(" ");
    d["minimum_coverage"] = json!(1.5);
    d["levels"][2]["from"] = json!(10);
    d["dimensions"][0]["core"] = json!(false);
    d["dimensions"][0]["weight"] = json!(90);
    let indicators = &mut d["dimensions"][0]["indicators"];
    indicators[0]["weight"] = json!(0);
    indicators[0]["scale"]["anchors"][3]["id"] = json!("");
    indicators[0]["not_applicable_when"] = json!([{"kind": "sector_group", "groups": []}]);
    indicators[1]["code"] = json!("AA1");
    indicators[1]["scale"]["knots"] = json!([[0, 0], [50, 120], [50, 30], [101, 0]]);
    let expected = [
        ("/title/en", "text_missing"),
        ("/minimum_coverage", "out_of_range"),
        ("/levels", "bad_levels"),
        ("/dimensions", "no_core_dimension"),
        ("/dimensions", "weights_not_100"),
        ("/dimensions/0/indicators/0/weight", "weight_out_of_range"),
        ("/dimensions/0/indicators", "weights_not_100"),
        ("/dimensions/0/indicators/0/scale/anchors/3/id", "text_missing"),
        ("/dimensions/0/indicators/0/not_applicable_when/0/groups", "empty"),
        ("/dimensions/0/indicators/1/code", "duplicate"),
        ("/dimensions/0/indicators/1/scale/knots/1/1", "out_of_range"),
        ("/dimensions/0/indicators/1/scale/knots/3/0", "out_of_range"),
        ("/dimensions/0/indicators/1/scale/knots/2/0", "not_increasing"),
    ];
    assert_eq!(faults(&d), expected.map(|(p, c)| (p.to_owned(), c)));
}

#[test]
fn codes_name_their_dimension() {
    for code in ["AB1", "AAA", "AA0", "AA01", "AA123", "aa1", "AA-1", "AAÉ1"] {
        let mut d = small();
        d["dimensions"][0]["indicators"][0]["code"] = json!(code);
        assert_eq!(faults(&d), [("/dimensions/0/indicators/0/code".to_owned(), "bad_code")], "{code}");
    }
}

#[test]
fn a_slope_too_fine_to_be_exact_is_refused() {
    let mut d = small();
    d["dimensions"][0]["indicators"][1]["scale"]["knots"] = json!([[0, 0], [99.9999, 100]]);
    assert_eq!(faults(&d), [("/dimensions/0/indicators/1/scale/knots/1".to_owned(), "too_fine")]);
}

#[test]
fn unknown_members_and_fifth_decimals_are_refused() {
    let mut d = small();
    d["colour"] = json!("red");
    assert_eq!(faults(&d), [(String::new(), "bad_shape")]);
    let mut d = small();
    d["dimensions"][0]["indicators"][1]["scale"]["step"] = json!(1);
    assert_eq!(faults(&d), [(String::new(), "bad_shape")]);
    let mut d = small();
    d["minimum_coverage"] = json!(0.70001);
    assert_eq!(faults(&d), [(String::new(), "bad_shape")]);
}

/// Score of one raw value, as a decimal text.
fn score(rubric: &Rubric, code: &str, raw: Raw) -> String {
    let points = rubric.points(rubric.find(code).unwrap(), raw);
    rubric.score(Sums { points, weight: 1 }).unwrap().to_string()
}

#[test]
fn scales_by_example() {
    let rubric = sedaya_v1();
    for (code, raw, want) in [
        ("ENT1", "1", "0"),
        ("ENT1", "2", "25"),
        ("ENT1", "3", "50"),
        ("ENT1", "5", "100"),
        ("DGM2", "0", "0"),
        ("DGM2", "5", "25"),
        ("DGM2", "10", "50"),
        ("DGM2", "20", "66.6667"),
        ("DGM2", "40", "100"),
        ("DGM2", "95", "100"),
        ("FAC3", "0", "100"),
        ("FAC3", "15", "80"),
        ("FAC3", "30", "60"),
        ("FAC3", "50", "30"),
        ("FAC3", "70", "0"),
        ("FAC3", "400", "0"),
        ("MGT4", "0.5", "25"),
        ("MGT4", "2", "75"),
        ("SOC2", "1", "40"),
        ("SOC2", "2", "57.5"),
        ("SOC2", "4", "87.5"),
        ("SOC3", "62.5", "62.5"),
        ("SOC3", "180", "100"),
    ] {
        assert_eq!(score(&rubric, code, tt(raw).into()), want, "{code} {raw}");
    }
    assert_eq!(score(&rubric, "ENT1", Raw::mean(tt("2"), tt("3"))), "37.5");
    assert_eq!(Raw::mean(tt("0.0001"), tt("0.0002")).rounded(), tt("0.0002"));
}

#[test]
fn rules_of_applicability() {
    let rubric = sedaya_v1();
    let of = |code: &str, facts: Facts| rubric.ruling(rubric.find(code).unwrap(), &facts);
    let nothing = Facts::default();
    assert_eq!(of("ENT1", nothing), Ruling::Applies);
    assert_eq!(of("FAC2", nothing), Ruling::AssessorDecides);
    assert_eq!(of("PRD2", nothing), Ruling::AssessorDecides);
    let group = |g| Facts { sector_group: Some(g), ..nothing };
    assert_eq!(of("PRD2", group(SectorGroup::Jasa)), Ruling::DoesNotApply);
    assert_eq!(of("PRD2", group(SectorGroup::Makanan)), Ruling::Applies);
    for (disability, alone, want) in [
        (Some(true), Some(true), Ruling::DoesNotApply),
        (Some(true), Some(false), Ruling::Applies),
        (Some(false), None, Ruling::Applies),
        (Some(true), None, Ruling::AssessorDecides),
        (None, Some(true), Ruling::AssessorDecides),
    ] {
        let facts = Facts { owner_with_disability: disability, works_alone: alone, ..nothing };
        assert_eq!(of("ENT3", facts), want, "{disability:?} {alone:?}");
    }
    let profile = Profile {
        sector: Some("KBLI2020:S96".into()),
        disability_inclusion: Some(vec![DisabilityInclusion::Undisclosed]),
        employees_fte: Some(tt("1")),
        ..Profile::default()
    };
    let facts = Facts { sector_group: Some(SectorGroup::Jasa), owner_with_disability: None, works_alone: Some(true) };
    assert_eq!(Facts::of(&profile), facts);
}
