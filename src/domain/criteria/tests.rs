use serde_json::{Value, json};

use super::*;
use crate::domain::field::{BadValue, FieldType, Op, Vocabulary};

/// Columns x, y, need; nothing else.
struct Plain;

impl Vocabulary for Plain {
    fn describe(&self, field: &str) -> Option<(FieldType, &'static [Op])> {
        ["x", "y", "need"].contains(&field).then_some((FieldType::Code, Op::ALL))
    }
    fn plain(&self) -> bool {
        true
    }
}

/// Typed fields, as a registry has them.
struct Typed;

impl Vocabulary for Typed {
    fn describe(&self, field: &str) -> Option<(FieldType, &'static [Op])> {
        Some(match field {
            "score" => (FieldType::Number, &[Op::Gte, Op::Lte, Op::Between]),
            "colour" => (FieldType::Code, &[Op::Is, Op::In]),
            "kota" => (FieldType::Code, &[Op::Is]),
            "tags" => (FieldType::Set, &[Op::AnyOf]),
            "need" => (FieldType::Range, &[Op::Overlaps]),
            _ => return None,
        })
    }
    fn weighable(&self, field: &str) -> bool {
        field != "kota"
    }
    fn check(&self, field: &str, text: &str) -> Result<(), BadValue> {
        if field == "colour" && !["red", "blue"].contains(&text) {
            return Err(BadValue {
                code: "unknown_code",
                detail: Text::new("Pilih: red, blue.", "Choose: red, blue."),
            });
        }
        Ok(())
    }
}

fn read(document: Value, fields: &dyn Vocabulary) -> Result<Criteria, Vec<(String, &'static str)>> {
    Criteria::parse(&Source::from(document), fields)
        .map_err(|faults| faults.into_iter().map(|f| (f.pointer, f.code)).collect())
}

fn faults(document: Value) -> Vec<(String, &'static str)> {
    read(document, &Plain).expect_err("a fault")
}

fn at(pointer: &str, code: &'static str) -> (String, &'static str) {
    (pointer.to_owned(), code)
}

fn linear(from: i64, to: i64) -> Value {
    json!({"kind": "linear", "from": from, "to": to})
}

/// A document with one preference that has this value function.
fn valued(value: Value) -> Value {
    json!({"preferences": [{"field": "x", "weight": 1, "value": value}]})
}

/// A document with this filter.
fn filtered(filter: Value) -> Value {
    let mut out = valued(linear(0, 1));
    out["filters"] = json!([filter]);
    out
}

#[test]
fn defaults() {
    let c = read(valued(linear(0, 1)), &Plain).unwrap();
    assert_eq!((c.method, c.missing, c.min_coverage), (Method::Additive, Missing::Pessimistic, Decimal::ZERO));
    assert_eq!((c.limit, c.filters.len(), c.representation.is_none()), (50, 0, true));
    assert_eq!((c.seed.as_str(), c.title.is_none()), ("", true));
    let mut geometric = valued(linear(0, 1));
    geometric["method"] = json!("geometric");
    let c = read(geometric, &Plain).unwrap();
    assert_eq!(c.method, Method::Geometric { floor: Decimal::parse("0.01").unwrap() });
}

#[test]
fn unknown_and_missing_and_mistyped_members() {
    let d = json!({
        "title": {"id": "Judul", "fr": "Titre"}, "filter": [], "method": "sum", "missing": 3, "min_coverage": 1.5,
        "seed": 7, "limit": 2.5, "preferences": [{"field": "x", "wt": 1}, 5, {"weight": "3", "value": {"kind": "curve"}}],
    });
    assert_eq!(
        faults(d),
        [
            at("/filter", "unknown_member"),
            at("/title/fr", "unknown_member"),
            at("/title/en", "missing_member"),
            at("/preferences/0/wt", "unknown_member"),
            at("/preferences/0/weight", "missing_member"),
            at("/preferences/0/value", "missing_member"),
            at("/preferences/1", "wrong_type"),
            at("/preferences/2/field", "missing_member"),
            at("/preferences/2/weight", "wrong_type"),
            at("/preferences/2/value/kind", "unknown_value"),
            at("/method", "unknown_value"),
            at("/missing", "wrong_type"),
            at("/min_coverage", "out_of_range"),
            at("/seed", "wrong_type"),
            at("/limit", "out_of_range"),
        ]
    );
    assert_eq!(faults(json!([])), [at("", "wrong_type")]);
    assert_eq!(faults(json!({})), [at("/preferences", "missing_member")]);
    assert_eq!(faults(json!({"preferences": []})), [at("/preferences", "empty")]);
}

#[test]
fn weights() {
    let weigh = |weights: &[Value]| {
        let preference = |w: &Value| json!({"field": "x", "weight": w, "value": linear(0, 1)});
        json!({"preferences": weights.iter().map(preference).collect::<Vec<_>>()})
    };
    for good in [json!(1), json!(0.000001), json!(1_000_000), json!(999_999.999_999)] {
        assert!(read(weigh(&[good.clone(), json!(0)]), &Plain).is_ok(), "{good}");
    }
    for (bad, code) in [
        (json!(-1), "negative_weight"),
        (json!(1_000_000.5), "weight_too_large"),
        (json!(0.000_000_1), "too_many_decimals"),
        (json!("NaN"), "non_finite"),
        (json!("1"), "wrong_type"),
        (json!(null), "wrong_type"),
        (json!(1e300), "number_out_of_range"),
    ] {
        assert_eq!(faults(weigh(&[json!(1), bad.clone()])), [at("/preferences/1/weight", code)], "{bad}");
    }
    assert_eq!(faults(weigh(&[json!(0), json!(0.0)])), [at("/preferences", "all_zero_weights")]);
    assert_eq!(
        faults(weigh(&vec![json!(1); 65])),
        [at("/preferences", "too_many")],
        "64 are allowed: {:?}",
        read(weigh(&vec![json!(1); 64]), &Plain).map(|c| c.preferences.len())
    );
}

#[test]
fn value_functions() {
    let place = "/preferences/0/value";
    for (value, more, code) in [
        (linear(3, 3), "", "zero_range"),
        (json!({"kind": "log", "from": 5, "to": 5}), "", "zero_range"),
        (json!({"kind": "log", "from": 0, "to": 5}), "/from", "out_of_range"),
        (json!({"kind": "linear", "from": 0}), "/to", "missing_member"),
        (json!({"kind": "linear", "from": 0, "to": 1, "at": 1}), "/at", "unknown_member"),
        (json!({"kind": "points", "points": [[1, 0], [1, 1]]}), "/points/1/0", "not_increasing"),
        (json!({"kind": "points", "points": [[1, 0], [2, 1.5]]}), "/points/1/1", "out_of_range"),
        (json!({"kind": "points", "points": [[1, 0], [2]]}), "/points/1", "wrong_type"),
        (json!({"kind": "points", "points": []}), "/points", "empty"),
        (json!({"kind": "steps", "breaks": [2, 1], "values": [0, 0.5, 1]}), "/breaks/1", "not_increasing"),
        (json!({"kind": "steps", "breaks": [1], "values": [0]}), "/values", "wrong_length"),
        (json!({"kind": "steps", "breaks": [1], "values": [0, -1]}), "/values/1", "out_of_range"),
        (json!({"kind": "range", "points": [1, 2, 3]}), "/points", "wrong_length"),
        (json!({"kind": "range", "points": [1, 3, 2, 4]}), "/points", "not_increasing"),
        (json!({"kind": "target", "at": 1, "from": 2, "to": 2}), "", "zero_range"),
        (json!({"kind": "target", "at": 1, "from": 2, "to": 1}), "", "not_increasing"),
        (json!({"kind": "table", "values": {"a": 2}, "other": 0}), "/values/a", "out_of_range"),
        (json!({"kind": "table", "values": {"a": 1}}), "/other", "missing_member"),
        (json!({"kind": "table", "values": {"KBLI2020:C1": 1}, "other": 0}), "/values/KBLI2020:C1", "not_a_kbli_level"),
        (json!({"kind": "overlap", "values": []}), "/values", "empty"),
    ] {
        assert_eq!(faults(valued(value.clone())), [at(&format!("{place}{more}"), code)], "{value}");
    }
    for value in [
        linear(5, 1),
        json!({"kind": "range", "points": [1, 1, 3, 3]}),
        json!({"kind": "target", "at": 9, "from": 0, "to": 1}),
        json!({"kind": "table", "values": {"true": 1, "KBLI2020:C10": 0.5, "C1": 0}, "other": 0}),
        json!({"kind": "overlap", "values": ["a", 3, true]}),
    ] {
        assert!(read(valued(value.clone()), &Plain).is_ok(), "{value}");
    }
}

#[test]
fn one_fault_hides_no_other() {
    let place = "/preferences/0/value";
    let codes = json!({"KBLI2020:C1": 2, "KBLI2020:C10": "x", "KBLI2020:I5": 1});
    for (value, expected) in [
        (
            json!({"kind": "table", "values": codes, "other": 3}),
            &[
                ("/other", "out_of_range"),
                ("/values/KBLI2020:C1", "out_of_range"),
                ("/values/KBLI2020:C10", "wrong_type"),
                ("/values/KBLI2020:C1", "not_a_kbli_level"),
                ("/values/KBLI2020:I5", "not_a_kbli_level"),
            ][..],
        ),
        (
            json!({"kind": "log", "from": 0, "to": 0}),
            &[("/from", "out_of_range"), ("/to", "out_of_range"), ("", "zero_range")],
        ),
        (json!({"kind": "log", "from": -1, "to": "5"}), &[("/from", "out_of_range"), ("/to", "wrong_type")]),
        (json!({"knd": "linear", "from": 0, "to": 1}), &[("/kind", "missing_member"), ("/knd", "unknown_member")]),
        (json!({"kind": "liner", "frm": 0, "to": 1}), &[("/kind", "unknown_value"), ("/frm", "unknown_member")]),
    ] {
        let expected: Vec<_> = expected.iter().map(|(more, code)| at(&format!("{place}{more}"), code)).collect();
        assert_eq!(faults(valued(value.clone())), expected, "{value}");
    }
    let under = json!({"field": "x", "op": "under", "value": [null, "KBLI2020:C1", "31.75", "KBLI2025:10"]});
    assert_eq!(
        faults(filtered(under)),
        [
            at("/filters/0/value/0", "wrong_type"),
            at("/filters/0/value/1", "not_a_kbli_level"),
            at("/filters/0/value/3", "not_a_kbli_level"),
        ]
    );
    let overlap = json!({"kind": "overlap", "values": ["a", null]});
    let mut typed = valued(overlap);
    typed["preferences"][0]["field"] = json!("colour");
    let found = read(typed, &Typed).unwrap_err();
    assert_eq!(
        found,
        [at(&format!("{place}/values/1"), "wrong_type"), at(&format!("{place}/values/0"), "unknown_code")]
    );
}

#[test]
fn a_number_that_json_does_not_have_hides_no_other_fault() {
    let source = Source::read(
        r#"{"limit":NaN,"title":Infinity,"floor":NaN,"preferences":[
            {"field":"z","weight":-Infinity,"value":{"kind":"steps","breaks":NaN,"values":[0,1]}},
            {"field":"x","weight":1,"value":{"kind":"table","values":{"a":NaN,"b":2},"other":0}}]}"#,
    );
    let found = Criteria::parse(&source.unwrap(), &Plain).unwrap_err();
    let found: Vec<_> = found.into_iter().map(|f| (f.pointer, f.code)).collect();
    assert_eq!(
        found,
        [
            at("/floor", "non_finite"),
            at("/limit", "non_finite"),
            at("/preferences/0/value/breaks", "non_finite"),
            at("/preferences/0/weight", "non_finite"),
            at("/preferences/1/value/values/a", "non_finite"),
            at("/title", "non_finite"),
            at("/preferences/0/field", "unknown_field"),
            at("/preferences/1/value/values/b", "out_of_range"),
            at("/floor", "floor_without_geometric"),
        ]
    );
}

#[test]
fn texts_may_begin_with_any_character() {
    let source = Source::read(
        r#"{"seed":"\u0000NaN","title":{"id":"\u0000","en":""},"filters":[{"field":"x","op":"is","value":"\u0000a"}],
            "preferences":[{"field":"x","weight":1,"value":{"kind":"linear","from":0,"to":1}}]}"#,
    );
    let criteria = Criteria::parse(&source.unwrap(), &Plain).unwrap();
    assert_eq!((criteria.seed.as_str(), &criteria.filters[0].test.condition), ("\0NaN", &Condition::Is("\0a".into())));
}

/// The engine divides by the difference of the logarithms.
#[test]
fn a_log_over_no_distance_is_refused() {
    let log = |from: Value, to: Value| valued(json!({"kind": "log", "from": from, "to": to}));
    for (from, to) in [
        (json!(999_999_999_999_998u64), json!(999_999_999_999_999u64)),
        (json!(999_999_999_999_999u64), json!(999_999_999_999_998u64)),
    ] {
        assert_eq!(faults(log(from.clone(), to)), [at("/preferences/0/value", "zero_range")], "{from}");
    }
    assert!(read(log(json!(1_000_000), json!(1_000_001)), &Plain).is_ok());
}

#[test]
fn table_keys_stand_longest_first() {
    let value =
        json!({"kind": "table", "values": {"KBLI2020:C": 1, "KBLI2020:C10": 0.4, "31": 0, "31.75": 1}, "other": 0});
    let c = read(valued(value), &Plain).unwrap();
    let ValueFunction::Table { values, .. } = &c.preferences[0].value else { panic!() };
    let keys: Vec<&str> = values.iter().map(|(k, _)| k.as_str()).collect();
    assert_eq!(keys, ["KBLI2020:C10", "KBLI2020:C", "31.75", "31"]);
}

#[test]
fn filters() {
    for (filter, more, code) in [
        (json!({"field": "z", "op": "is", "value": 1}), "/field", "unknown_field"),
        (json!({"field": "x", "op": "like", "value": 1}), "/op", "unknown_operator"),
        (json!({"field": "x", "op": "gte"}), "/value", "missing_member"),
        (json!({"field": "x", "op": "gte", "value": "5"}), "/value", "wrong_type"),
        (json!({"field": "x", "op": "between", "value": [2, 1]}), "/value", "not_increasing"),
        (json!({"field": "x", "op": "between", "value": [2]}), "/value", "wrong_type"),
        (json!({"field": "x", "op": "in", "value": "a"}), "/value", "wrong_type"),
        (json!({"field": "x", "op": "in", "value": ["a", null]}), "/value/1", "wrong_type"),
        (json!({"field": "x", "op": "any_of", "value": []}), "/value", "empty"),
        (json!({"field": "x", "op": "is", "value": 3_175_101_234_567_891i64}), "/value", "too_many_digits"),
        (json!({"field": "x", "op": "under", "value": ["31.75", "KBLI2020:C1"]}), "/value/1", "not_a_kbli_level"),
        (json!({"field": "coverage", "op": "gte", "value": 1}), "/field", "reserved_field"),
        (json!({"field": "x", "op": "is", "value": 1, "on_unknown": "include"}), "/on_unknown", "unknown_value"),
    ] {
        assert_eq!(faults(filtered(filter.clone())), [at(&format!("/filters/0{more}"), code)], "{filter}");
    }
    let c = read(filtered(json!({"field": "x", "op": "in", "value": ["a", 1.50, true, 1e2]})), &Plain).unwrap();
    let wanted = ["a", "1.5", "true", "100"].map(str::to_owned).to_vec();
    assert_eq!(c.filters[0].test.condition, Condition::In(wanted), "numbers and booleans are their JSON text");
}

#[test]
fn representation_and_floor() {
    let mut d = valued(linear(0, 1));
    d["representation"] = json!({"group": {"field": "y", "op": "is", "value": true, "on_unknown": "exclude"}, "rule": {"kind": "fairer", "min": 2}});
    d["floor"] = json!(0.1);
    assert_eq!(
        faults(d),
        [
            at("/floor", "floor_without_geometric"),
            at("/representation/group/on_unknown", "unknown_member"),
            at("/representation/rule/kind", "unknown_value"),
            at("/representation/rule/min", "out_of_range"),
        ]
    );
    let fair = |p: Value, alpha: Value| {
        let mut d = valued(linear(0, 1));
        let rule = json!({"kind": "fair", "p": p, "alpha": alpha});
        d["representation"] = json!({"group": {"field": "y", "op": "is", "value": true}, "rule": rule});
        d
    };
    assert!(read(fair(json!(0.4), json!(0.1)), &Plain).is_ok());
    assert_eq!(
        faults(fair(json!(0), json!(1))),
        [at("/representation/rule/p", "out_of_range"), at("/representation/rule/alpha", "out_of_range")]
    );
    let mut long = fair(json!(0.4), json!(0.1));
    long["limit"] = json!(2001);
    assert_eq!(faults(long), [at("/limit", "too_many_places")]);
    let mut mixed = fair(json!(0.4), json!(0.1));
    mixed["representation"]["rule"]["min"] = json!(0.3);
    assert_eq!(faults(mixed), [at("/representation/rule/min", "unknown_member")]);
    let mut d = valued(linear(0, 1));
    (d["method"], d["floor"]) = (json!("geometric"), json!(0.6));
    assert_eq!(faults(d), [at("/floor", "out_of_range")]);
}

#[test]
fn a_typed_vocabulary_decides_more() {
    let d = json!({
        "filters": [
            {"field": "score", "op": "is", "value": 3},
            {"field": "colour", "op": "in", "value": ["red", "green"]},
        ],
        "preferences": [
            {"field": "score", "weight": 1, "value": {"kind": "table", "values": {"1": 1}, "other": 0}},
            {"field": "colour", "weight": 1, "value": {"kind": "table", "values": {"pink": 1}, "other": 0}},
            {"field": "tags", "weight": 1, "value": linear(0, 1)},
            {"field": "need", "weight": 1, "value": linear(0, 1)},
            {"field": "kota", "weight": 1, "value": {"kind": "table", "values": {"a": 1}, "other": 0}},
        ],
    });
    assert_eq!(
        read(d, &Typed).unwrap_err(),
        [
            at("/filters/0/op", "operator_not_allowed"),
            at("/filters/1/value/1", "unknown_code"),
            at("/preferences/0/value", "value_function_not_allowed"),
            at("/preferences/1/value/values/pink", "unknown_code"),
            at("/preferences/2/value", "value_function_not_allowed"),
            at("/preferences/3/value", "value_function_not_allowed"),
            at("/preferences/4/field", "field_not_weighable"),
        ]
    );
}

#[test]
fn members_written_twice_are_faults_of_the_document() {
    let source = Source::read(
        r#"{"preferences":[{"field":"x","weight":1,"weight":2,"value":{"kind":"linear","from":0,"to":1}}]}"#,
    );
    let found = Criteria::parse(&source.unwrap(), &Plain).unwrap_err();
    assert_eq!((found.len(), found[0].code), (1, "duplicate_member"));
    assert_eq!(found[0].pointer, "/preferences/0/weight");
}

#[test]
fn the_echo_has_weights_that_sum_to_one_and_every_default() {
    let mut d = valued(linear(0, 1));
    for weight in [1, 1, 0] {
        d["preferences"].as_array_mut().unwrap().push(json!({"field": "y", "weight": weight, "value": linear(0, 1)}));
    }
    d["filters"] = json!([{"field": "x", "op": "gte", "value": 1.0}]);
    let c = read(d.clone(), &Plain).unwrap();
    let weights: Vec<String> = c.normalised_weights().iter().map(ToString::to_string).collect();
    assert_eq!(weights, ["0.333333334", "0.333333333", "0.333333333", "0"]);
    let echo = c.echo();
    assert_eq!(echo["preferences"][0]["weight"], json!(0.333_333_334));
    assert_eq!(echo["filters"][0]["on_unknown"], json!("exclude"));
    for (member, value) in [
        ("method", json!("additive")),
        ("missing", json!("pessimistic")),
        ("min_coverage", json!(0)),
        ("seed", json!("")),
        ("limit", json!(50)),
    ] {
        assert_eq!(echo[member], value, "{member}");
    }
    let stored = c.canonical().unwrap();
    assert!(stored.starts_with(r#"{"filters":[{"field":"x","op":"gte","value":1}],"preferences":[{"#), "{stored}");
    let again = Criteria::parse(&Source::read(&stored).unwrap(), &Plain).unwrap();
    assert_eq!(again.canonical().unwrap(), stored);
    let text = |echo: &Value| crate::domain::canonical::to_string(echo).unwrap();
    assert_eq!(text(&again.echo()), text(&echo));
}

#[test]
fn every_use_of_a_field_is_known() {
    let mut d = filtered(json!({"field": "need", "op": "overlaps", "value": [1, 2]}));
    d["preferences"].as_array_mut().unwrap().push(json!({"field": "y", "weight": 0, "value": linear(0, 1)}));
    d["representation"] =
        json!({"group": {"field": "y", "op": "is", "value": true}, "rule": {"kind": "share", "min": 0.5}});
    let c = read(d, &Plain).unwrap();
    let uses: Vec<_> = c.fields().map(|u| (u.field, u.role, u.reading)).collect();
    assert_eq!(
        uses,
        [
            ("need", Role::Filter, Reading::Range),
            ("x", Role::Preference, Reading::Number),
            ("y", Role::Dropped, Reading::Number),
            ("y", Role::Group, Reading::Text),
        ]
    );
}
