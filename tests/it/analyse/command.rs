//! `sedaya analyse`: what it reads, what it refuses and how it prints.

use std::io::Write as _;

use proptest::prelude::*;
use sedaya::cli::analyse::{Args, run};
use sedaya::cli::rank::Language;
use sedaya::cli::{Exit, Format};
use sedaya::engine::analyse::{Matrix, Method, Spec, analyse};
use serde_json::{Value, json};

use crate::engine::Ran;

fn of(method: Method, table: &[u8], spec: &[u8], format: Format) -> Ran {
    let file = |bytes: &[u8]| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    };
    let (table, spec) = (file(table), file(spec));
    let args =
        Args { method, ventures: table.path().to_owned(), spec: spec.path().to_owned(), format, lang: Language::En };
    let (mut out, mut log) = (Vec::new(), Vec::new());
    let exit = run(&args, &mut out, &mut log).unwrap();
    Ran { exit, out: String::from_utf8(out).unwrap(), log: String::from_utf8(log).unwrap() }
}

/// A spec of columns, each with a weight and a direction.
fn spec(columns: &[(&str, f64, &str)], more: Value) -> Value {
    let criterion = |(field, weight, direction): &(&str, f64, &str)| json!({"field": field, "weight": weight, "direction": direction});
    let mut out = json!({"criteria": columns.iter().map(criterion).collect::<Vec<_>>()});
    out.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    out
}

fn json_of(method: Method, table: &str, spec: &Value) -> Ran {
    of(method, table.as_bytes(), spec.to_string().as_bytes(), Format::Json)
}

fn faults(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect()
}

const ONE: &[(&str, f64, &str)] = &[("x", 1.0, "max")];

#[test]
fn lists_are_in_the_order_of_the_rows() {
    let table = "\u{feff}id,a,note,b\r\n007,25,\"x, y\",3\r\n7,10,,1\r\n\" 7\",30,?,2.5e0\r\n";
    let both = spec(&[("b", 0.5, "min"), ("a", 2.0, "max")], json!({}));
    let got = json_of(Method::Saw, table, &both);
    assert_eq!(got.exit, Exit::Done);
    assert_eq!(
        got.json(),
        json!({"scores": [48.5, 19.5, 58.75], "ranking": [2, 3, 1], "warnings": []}),
        "weights as they are, costs by the sign"
    );
    assert_eq!(got.out, "{\"ranking\":[2,3,1],\"scores\":[48.5,19.5,58.75],\"warnings\":[]}\n");
}

#[test]
fn each_method_gives_what_is_its_own() {
    let table = "id,a,b\nu,1,5\nv,3,4\nw,3,4\n";
    let both = spec(&[("a", 1.0, "max"), ("b", 1.0, "max")], json!({}));
    for (method, wanted) in [
        (Method::Saw, &["ranking", "scores", "warnings"][..]),
        (Method::Wpm, &["ranking", "scores", "warnings"]),
        (Method::Topsis, &["d_minus", "d_plus", "ranking", "scores", "warnings"]),
        (
            Method::Vikor,
            &["acceptable_advantage", "acceptable_stability", "compromise", "r", "ranking", "s", "scores", "warnings"],
        ),
        (Method::Promethee2, &["phi_minus", "phi_plus", "ranking", "scores", "warnings"]),
    ] {
        let got = json_of(method, table, &both).json();
        let members: Vec<&str> = got.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, wanted, "{method:?}");
        for list in got.as_object().unwrap().values().filter_map(Value::as_array).filter(|list| !list.is_empty()) {
            assert!(list.len() <= 3);
        }
    }
    let vikor = json_of(Method::Vikor, table, &spec(&[("a", 3.0, "max"), ("b", 1.0, "max")], json!({"v": 0.5}))).json();
    assert_eq!((&vikor["ranking"], &vikor["compromise"]), (&json!([3, 1, 1]), &json!([1, 2])));
}

#[test]
fn warnings_name_their_criterion() {
    let table = "id,a,b\nu,2,7\nv,2,11\n";
    let mut clipped = spec(&[("a", 1.0, "max"), ("b", 1.0, "max")], json!({"normalisation": "minmax"}));
    assert_eq!(
        json_of(Method::Saw, table, &clipped).json(),
        json!({"scores": [0, 1], "ranking": [2, 1], "warnings": [{"code": "constant_criterion", "field": "a"}]})
    );
    clipped["normalisation"] = json!("fixed_minmax");
    clipped["criteria"][0]["bounds"] = json!([0, 4]);
    clipped["criteria"][1]["bounds"] = json!([0, 10]);
    let got = json_of(Method::Saw, table, &clipped).json();
    assert_eq!(got["scores"], json!([1.2, 1.5]));
    assert_eq!(got["warnings"], json!([{"code": "out_of_bounds", "field": "b"}]));
}

#[test]
fn cells_without_a_number_are_refused_with_row_and_column() {
    let table = "id,x,y\na,,\nb,n/a,1\n\nc,?,1\nd, 1,1\ne,1 ,1\nf,+1,1\ng,NaN,1\nh,-Infinity,1\ni,1e400,1\nj,1e101,1\nk,01,1\nl,1.,1\nm,12345678901234567890.5,1\nn,-1e-400,1\n";
    let refused = json_of(Method::Topsis, table, &spec(ONE, json!({})));
    assert_eq!(
        refused.faults(),
        faults(&[
            ("2:x", "missing_value"),
            ("3:x", "missing_value"),
            ("5:x", "missing_value"),
            ("6:x", "not_a_number"),
            ("7:x", "not_a_number"),
            ("8:x", "not_a_number"),
            ("9:x", "non_finite"),
            ("10:x", "non_finite"),
            ("11:x", "non_finite"),
            ("12:x", "number_out_of_range"),
            ("13:x", "not_a_number"),
            ("14:x", "not_a_number"),
        ])
    );
    // A column that the spec does not name is not read, one that it names twice is told of once.
    let twice = spec(&[("x", 1.0, "max"), ("x", 1.0, "min")], json!({}));
    assert_eq!(json_of(Method::Saw, "id,x\na,no\n", &twice).faults(), faults(&[("2:x", "not_a_number")]));
    assert_eq!(json_of(Method::Saw, "id,x,y\na,1,no\n", &spec(ONE, json!({}))).exit, Exit::Done);
}

#[test]
fn tables_are_read_as_for_a_ranking() {
    let refused =
        |table: &[u8]| of(Method::Saw, table, spec(ONE, json!({})).to_string().as_bytes(), Format::Json).faults();
    assert_eq!(refused(b"x,x\n1,2\n"), faults(&[("1:x", "duplicate_header"), ("1:id", "missing_id_column")]));
    assert_eq!(
        refused(b"id,x\na,1\na,2\n,3\nb,1,1\nc,\"1\n"),
        faults(&[
            ("3:id", "duplicate_id"),
            ("4:id", "missing_id"),
            ("5:x", "wrong_number_of_cells"),
            ("6:x", "unclosed_quote"),
            ("6:x", "not_a_number"),
        ])
    );
    assert_eq!(refused(b"id,x\n\xff,1\n")[0], ("2:id".to_owned(), "not_utf8".to_owned()));
    // The ends of a range are columns of their own.
    let ends = spec(&[("x.min", 1.0, "max"), ("x.max", 10.0, "max")], json!({}));
    let got = json_of(Method::Saw, "id,x\na,1..5\nb,7\n", &ends).json();
    assert_eq!(got["scores"], json!([51, 77]));
    assert_eq!(
        json_of(Method::Saw, "id,x\na,5..1\n", &ends).faults(),
        faults(&[("2:x", "not_a_range"), ("2:x", "not_a_range")])
    );
    // No rows, no scores.
    let empty = json_of(Method::Promethee2, "id,x\n", &spec(ONE, json!({}))).json();
    assert_eq!((&empty["scores"], &empty["ranking"]), (&json!([]), &json!([])));
}

#[test]
fn specs_are_refused_with_all_of_their_faults() {
    let refused = |spec: &str| of(Method::Saw, b"id,x\na,no\na,1\n", spec.as_bytes(), Format::Json).faults();
    // The table's own faults are told with them, but not those of columns that nobody could name.
    let duplicate = ("3:id", "duplicate_id");
    assert_eq!(refused("{"), faults(&[("", "not_json"), duplicate]));
    assert_eq!(
        refused(r#"{"criteria":[{"field":"x","weight":NaN,"weight":NaN,"direction":"up"}],"more":1}"#),
        faults(&[
            ("/criteria/0/weight", "duplicate_member"),
            ("/criteria/0/weight", "non_finite"),
            ("/more", "unknown_member"),
            ("/criteria/0/direction", "unknown_value"),
            duplicate,
        ])
    );
    // What would pass is refused all the same when a member stands twice.
    assert_eq!(
        refused(r#"{"criteria":[{"field":"x","weight":1,"direction":"max"}],"v":0.1,"v":0.5}"#),
        faults(&[("/v", "duplicate_member"), duplicate])
    );
    assert_eq!(
        refused(&spec(&[("x", 1.0, "max"), ("z", 1.0, "max")], json!({})).to_string()),
        faults(&[("/criteria/1/field", "unknown_field"), duplicate])
    );
    assert_eq!(
        refused(r#"{"criteria":[{"field":"nope","x":1},{"field":"x","weight":1,"direction":"max"},{"field":"z"}]}"#),
        faults(&[
            ("/criteria/0/x", "unknown_member"),
            ("/criteria/0/weight", "missing_member"),
            ("/criteria/0/direction", "missing_member"),
            ("/criteria/2/weight", "missing_member"),
            ("/criteria/2/direction", "missing_member"),
            ("/criteria/0/field", "unknown_field"),
            ("/criteria/2/field", "unknown_field"),
            duplicate,
        ])
    );
    // A number that JSON does not have is told of once, and is not missing.
    assert_eq!(
        refused(
            r#"{"criteria":[{"field":"x","weight":1,"direction":"max","bounds":NaN,"preference":{"kind":"ushape","q":NaN}}],"normalisation":"fixed_minmax","floor":-1}"#
        ),
        faults(&[
            ("/criteria/0/bounds", "non_finite"),
            ("/criteria/0/preference/q", "non_finite"),
            ("/floor", "out_of_range"),
            duplicate,
        ])
    );
    assert_eq!(of(Method::Saw, b"id,x\n", b"\xff", Format::Json).faults(), faults(&[("", "not_utf8")]));
}

#[test]
fn numbers_that_a_method_cannot_take_are_refused_where_they_stand() {
    let at = |method, table: &str, spec: &Value| json_of(method, table, spec).faults();
    let cost = spec(&[("y", 0.0, "max"), ("x", 1.0, "min")], json!({"normalisation": "max"}));
    // Row 3 is a blank line.
    assert_eq!(at(Method::Saw, "id,x,y\na,1,1\n\nb,0,1\n", &cost), faults(&[("4:x", "not_positive")]));
    assert_eq!(at(Method::Wpm, "id,x\na,1\nb,-2\n", &spec(ONE, json!({}))), faults(&[("3:x", "negative")]));
    let share = spec(ONE, json!({"normalisation": "max"}));
    assert_eq!(at(Method::Saw, "id,x\na,-1\nb,-2\n", &share), faults(&[("/criteria/0/field", "nothing_positive")]));
    let heavy = spec(&[("x", 1e100, "max")], json!({}));
    assert_eq!(at(Method::Wpm, "id,x\na,1e100\n", &heavy), faults(&[("", "overflow")]));
}

#[test]
fn people_read_a_table() {
    let table = "id,a,b\nUsaha Ani,1,5\nUsaha Budi,3,4\n";
    let both = spec(&[("a", 3.0, "max"), ("b", 1.0, "max")], json!({})).to_string();
    let got = of(Method::Vikor, table.as_bytes(), both.as_bytes(), Format::Table);
    assert_eq!(got.exit, Exit::Done);
    let (first, second) = (got.out.find("Usaha Budi").unwrap(), got.out.find("Usaha Ani").unwrap());
    assert!(first < second && got.out.contains("Compromise set: Usaha Budi"), "{}", got.out);
    assert!(got.out.contains("depends on who else"), "{}", got.out);
    let got = of(Method::Saw, b"id,a\nu,\n", both.as_bytes(), Format::Table);
    assert_eq!((got.exit, got.out.as_str()), (Exit::Refused, ""));
    assert!(got.log.contains("[unknown_field]"), "{}", got.log);
}

#[test]
fn files_that_cannot_be_read_are_failures() {
    let args = Args {
        method: Method::Saw,
        ventures: "no/such/table.csv".into(),
        spec: "no/such/spec.json".into(),
        format: Format::Json,
        lang: Language::Id,
    };
    let (mut out, mut log) = (Vec::new(), Vec::new());
    assert_eq!(run(&args, &mut out, &mut log).unwrap(), Exit::Failed);
    assert!(out.is_empty() && String::from_utf8(log).unwrap().starts_with("sedaya analyse: no/such/spec.json"));
}

#[test]
fn usage_ends_with_two() {
    let sedaya = |args: &[&str]| std::process::Command::new(env!("CARGO_BIN_EXE_sedaya")).args(args).output().unwrap();
    let got = sedaya(&["analyse", "--method", "electre", "--ventures", "a", "--spec", "b"]);
    assert_eq!(got.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&got.stderr).contains("promethee2"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// The command says what the engine says of the same numbers.
    #[test]
    fn the_command_adds_nothing(
        rows in proptest::collection::vec(proptest::array::uniform3(0.1_f64..9.0), 1..8),
        method in proptest::sample::select(Method::ALL.to_vec()),
        normalisation in proptest::sample::select(vec!["none", "max", "minmax", "sum", "vector"]),
    ) {
        let both = spec(&[("c2", 1.5, "max"), ("c0", 1.0, "min")], json!({"normalisation": normalisation}));
        let line = |(i, [a, b, c]): (usize, &[f64; 3])| format!("v{i},{a},{b},{c}\n");
        let table = "id,c0,c1,c2\n".to_owned() + &rows.iter().enumerate().map(line).collect::<String>();
        let matrix = Matrix::from_rows(&rows.iter().map(|[a, _, c]| [*c, *a]).collect::<Vec<_>>(), 2).unwrap();
        let wanted = analyse(method, &Spec::parse(&both).unwrap(), &matrix).unwrap();
        let wanted = String::from_utf8(serde_json_canonicalizer::to_vec(&wanted).unwrap()).unwrap() + "\n";
        prop_assert_eq!(json_of(method, &table, &both).out, wanted);
    }
}
