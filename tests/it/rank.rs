//! `sedaya rank`: what it reads, what it refuses and how it prints.

use sedaya::cli::Exit;
use sedaya::cli::rank::Format;
use serde_json::{Value, json};

use super::engine::{Ran, ranked, run, table};

/// A document with one preference on column `x`, and whatever else is given.
fn document(more: Value) -> Value {
    let mut out =
        json!({"preferences": [{"field": "x", "weight": 1, "value": {"kind": "linear", "from": 0, "to": 10}}]});
    out.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    out
}

fn json_of(csv: &str, document: &Value) -> Ran {
    run(csv.as_bytes(), document.to_string().as_bytes(), Format::Json, false)
}

fn ids(list: &Value) -> Vec<String> {
    let id = |v: &Value| v.as_str().or(v["id"].as_str()).unwrap().to_owned();
    list.as_array().unwrap().iter().map(id).collect()
}

fn faults(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect()
}

#[test]
fn ids_are_texts_and_cells_are_not_trimmed() {
    let ranking = json_of("\u{feff}id,x\r\n007,1\r\n7,2\r\n\" 7\",3\r\n", &document(json!({}))).json();
    assert_eq!(ids(&ranking["results"]), [" 7", "7", "007"]);
    let refused = json_of("id,x\n1, 1\n2,1 \n", &document(json!({})));
    assert_eq!(refused.faults(), faults(&[("2:x", "not_a_number"), ("3:x", "not_a_number")]));
}

#[test]
fn three_marks_for_no_answer() {
    let doc = document(json!({"missing": "neutral"}));
    let ranking = json_of("id,x,y\na,,\nb,n/a,\nc,?,\nd,10,\n", &doc).json();
    assert_eq!(ids(&ranking["results"]), ["d", "a"]);
    assert_eq!(ids(&ranking["pending"]), ["c"]);
    // Wholly not applicable: no weight is left.
    assert_eq!(
        ranking["excluded"],
        json!([{"id": "b", "filters": [{"field": "x", "result": "unknown"}], "rank_without_filters": null}])
    );
    let a = &ranking["results"][1]["contributions"][0];
    assert_eq!((&a["raw"], &a["value"], &a["points"]), (&json!(null), &json!(0.5), &json!(50)));
    assert_eq!(ranking["results"][1]["interval"], json!([0, 100]));
    assert_eq!(ranking["results"][1]["coverage"], json!(0));
}

#[test]
fn pending_wins_over_excluded_and_unread_columns_do_not_count() {
    let filter = json!({"filters": [{"field": "y", "op": "gte", "value": 5}]});
    let csv = "id,x,y,z\na,?,1,?\nb,1,?,?\nc,1,1,?\nd,1,9,?\n";
    let ranking = json_of(csv, &document(filter)).json();
    assert_eq!(
        (ids(&ranking["pending"]), ids(&ranking["excluded"]), ids(&ranking["results"])),
        (vec!["a".into(), "b".into()], vec!["c".into()], vec!["d".into()])
    );
    // A preference of weight 0 is dropped: its column is not even read.
    let mut doc = document(json!({}));
    doc["preferences"]
        .as_array_mut()
        .unwrap()
        .push(json!({"field": "z", "weight": 0, "value": {"kind": "linear", "from": 0, "to": 1}}));
    let ranking = json_of("id,x,z\na,1,?\nb,2,many\n", &doc).json();
    assert_eq!(ids(&ranking["results"]), ["b", "a"]);
}

#[test]
fn one_column_is_read_in_the_way_of_each_use() {
    let doc = json!({
        "filters": [
            {"field": "v", "op": "is", "value": 3},
            {"field": "v", "op": "gte", "value": 3},
            {"field": "v", "op": "any_of", "value": [3, true]},
            {"field": "v", "op": "overlaps", "value": [0, 3]},
            {"field": "v.max", "op": "lte", "value": 3},
        ],
        "preferences": [{"field": "v.min", "weight": 1, "value": {"kind": "linear", "from": 0, "to": 6}}],
    });
    let ranking = json_of("id,v\na,3\n", &doc).json();
    assert_eq!(ranking["results"][0]["score"], json!(50));
    assert_eq!(ranking["results"][0]["contributions"][0]["raw"], json!(3));
    // A text is compared as it is written.
    let ranking = json_of("id,v\na,3.0\n", &doc).json();
    assert_eq!(ranking["excluded"][0]["filters"][0], json!({"field": "v", "result": "fail"}));
    assert_eq!(ranking["excluded"][0]["filters"][1], json!({"field": "v", "result": "pass"}));
}

#[test]
fn ends_of_ranges_unless_a_column_has_that_name() {
    let doc =
        json!({"preferences": [{"field": "need.min", "weight": 1, "value": {"kind": "linear", "from": 0, "to": 10}}]});
    let ranking = json_of("id,need\na,2..8\nb,5\nc,\n", &doc).json();
    assert_eq!(ids(&ranking["results"]), ["b", "a", "c"]);
    let ranking = json_of("id,need,need.min\na,2..8,9\nb,5,1\n", &doc).json();
    assert_eq!(ids(&ranking["results"]), ["a", "b"]);
    let refused = json_of("id,need\na,8..2\nb,..3\nc,1..2..3\nd,1e400..2\n", &doc);
    assert_eq!(
        refused.faults(),
        faults(&[
            ("2:need", "not_a_range"),
            ("3:need", "not_a_range"),
            ("4:need", "not_a_range"),
            ("5:need", "non_finite")
        ])
    );
}

/// Of each venture the changes and the combination.
fn moves(csv: &str, document: &Value) -> Vec<(String, Value, Value)> {
    let ranking = json_of(csv, document).json();
    let results = ranking["results"].as_array().unwrap().clone();
    let moves = |r: Value| (r["id"].as_str().unwrap().to_owned(), r["changes"].clone(), r["combination"].clone());
    results.into_iter().map(moves).collect()
}

fn rising(field: &str, weight: i64) -> Value {
    json!({"field": field, "weight": weight, "value": {"kind": "linear", "from": 1, "to": 5}})
}

fn change(field: &str, from: u8, to: u8) -> Value {
    json!({"field": field, "from": from, "to": to})
}

/// `lv`, `lv.min` and `lv.max` are one cell: a raise changes all that is read of it.
#[test]
fn a_raise_counts_in_every_way_its_column_is_read() {
    let csv = "id,lv,t\nA,3,5\nB,2,3\n";
    let mut doc = json!({
        "filters": [{"field": "lv.max", "op": "lte", "value": 3}],
        "preferences": [rising("lv", 70), rising("t", 30)], "limit": 1,
    });
    let b = |doc: &Value| moves(csv, doc).pop().unwrap();
    assert_eq!(b(&doc), ("B".into(), json!([]), json!(null)), "with 3 and 5 it only ties, and 4 does not pass");
    doc["filters"][0]["value"] = json!(4);
    let both = json!([change("lv", 2, 4), change("t", 3, 4)]);
    assert_eq!(b(&doc), ("B".into(), json!([change("lv", 2, 4)]), both));

    // One cell has one value.
    let twice = json!({"preferences": [rising("lv", 50), rising("lv.min", 50), rising("t", 100)], "limit": 1});
    let (_, single, combination) = b(&twice);
    assert_eq!(single, json!([]));
    assert_eq!(combination, json!([change("lv", 2, 4), change("t", 3, 5)]));

    // What rises in one way and falls in another changes nothing.
    let falling = json!({"field": "lv.min", "weight": 70, "value": {"kind": "linear", "from": 5, "to": 1}});
    let doc = json!({"preferences": [rising("lv", 70), falling, rising("t", 30)], "limit": 1});
    assert_eq!(b(&doc), ("B".into(), json!([]), json!(null)));
}

/// A column of ranges is no column of levels, whichever end is read.
#[test]
fn a_range_cannot_be_raised() {
    let doc = json!({"preferences": [rising("jam.min", 3), rising("t", 1)], "limit": 1});
    let csv = |own: &str| format!("id,jam,t\nA,4,4\nB,{own},3\n");
    assert_eq!(
        moves(&csv("3"), &doc)[1].1,
        json!([change("jam.min", 3, 5)]),
        "numbers are, by the name they are read by"
    );
    for range in ["3..3", "3..4", "3..9"] {
        assert_eq!(moves(&csv(range), &doc)[1], ("B".into(), json!([]), json!(null)), "{range}");
    }
    // A column of that very name is another one.
    let csv = "id,jam,jam.min,t\nA,1..2,4,4\nB,1..2,3,3\n";
    assert_eq!(moves(csv, &doc)[1].1, json!([change("jam.min", 3, 5)]));
}

/// As many fields as a document may have, in rows that are all alike but for the first.
#[test]
fn combinations_of_many_fields_are_found_soon() {
    let fields: Vec<String> = (0..64).map(|i| format!("c{i:02}")).collect();
    let row = |id: usize, level: u8| format!("v{id:02}{}\n", format!(",{level}").repeat(64));
    let csv = format!("id,{}\n{}", fields.join(","), row(0, 3)) + &(1..6).map(|id| row(id, 1)).collect::<String>();
    let preferences: Vec<Value> = fields.iter().map(|field| rising(field, 1)).collect();
    let doc = json!({"preferences": preferences, "limit": 1});
    // 129 steps, of 33 fields at least: the first gives way.
    let expected: Vec<Value> =
        fields[..33].iter().enumerate().map(|(i, field)| change(field, 1, if i == 0 { 2 } else { 5 })).collect();
    for (id, changes, combination) in moves(&csv, &doc).into_iter().filter(|(id, ..)| id != "v00") {
        assert_eq!((changes, combination), (json!([]), json!(expected)), "{id}");
    }
}

#[test]
fn all_faults_of_a_table_at_once() {
    let csv = "id,x,x,y\n1,a,1,1\n,NaN,1,1\n1,1,1\n1,1.5,1,1,9\n4,0.0000000001,1,1\n4,12345678901234567,,\n5,1e16,\"a\"b,\n?,1,1,1\n";
    let refused = json_of(csv, &document(json!({})));
    assert_eq!(
        refused.faults(),
        faults(&[
            ("1:x", "duplicate_header"),
            ("2:x", "not_a_number"),
            ("3:id", "missing_id"),
            ("3:x", "non_finite"),
            ("4:y", "wrong_number_of_cells"),
            ("5:y", "wrong_number_of_cells"),
            ("6:x", "too_many_decimals"),
            ("7:id", "duplicate_id"),
            ("7:x", "too_many_digits"),
            ("8:x", "text_after_quote"),
            ("8:x", "number_out_of_range"),
            ("9:id", "missing_id"),
        ])
    );
    let empty = json_of("", &document(json!({}))).faults();
    assert_eq!(empty, faults(&[("/preferences/0/field", "unknown_field"), ("1:id", "missing_id_column")]));
    let refused = run(b"id,x\n\xff,1\nb,\xfe\n", document(json!({})).to_string().as_bytes(), Format::Json, false);
    assert_eq!(refused.faults(), faults(&[("2:id", "not_utf8"), ("3:x", "not_utf8")]));
}

/// A line ends with a line feed. A carriage return without one is no end, and no part of a cell either.
#[test]
fn bare_carriage_returns_are_refused() {
    let refused = |csv: &str| json_of(csv, &document(json!({}))).faults();
    assert_eq!(refused("id,x\n\"A\"\r,1\nB,2\n"), faults(&[("2:id", "bare_carriage_return")]));
    assert_eq!(refused("id,x,y\nA,1,p\rq\n"), faults(&[("2:y", "bare_carriage_return")]));
    assert_eq!(refused("id,x\r\nA,1\r")[0], ("2:x".into(), "bare_carriage_return".into()));
    assert!(refused("id,x\rA,1\r").contains(&("1:x\rA".into(), "bare_carriage_return".into())));
    let read = json_of("id,x,y\r\nA,1,\"p\rq\"\r\n", &document(json!({}))).json();
    assert_eq!(ids(&read["results"]), ["A"]);
}

#[test]
fn a_row_of_too_many_cells_is_refused_as_that() {
    let doc = document(json!({}));
    let wide = format!("id,x\nA,1\nB{}\nA,1\n", ",".repeat(100_000));
    assert_eq!(json_of(&wide, &doc).faults(), faults(&[("3:x", "too_many_cells")]));
    let header = json_of(&format!("id,x{}\nA,1\n", ",".repeat(100_000)), &doc).faults();
    assert_eq!(header, faults(&[("1:", "too_many_cells")]));
    let names: Vec<String> = (2..16_384).map(|i| format!("c{i}")).collect();
    let widest = format!("id,x,{}\nA,1{}\n", names.join(","), ",".repeat(names.len()));
    assert_eq!(json_of(&widest, &doc).exit, Exit::Done);
}

/// What is no JSON is not ranked, although nothing would be wrong without the name.
#[test]
fn a_document_with_a_bare_name_is_no_json() {
    let doc = br#"{"preferences":[{"field":"a","weight":1,"value":{"kind":"table","values":{NaN:1},"other":0}}]}"#;
    assert_eq!(run(b"id,a\nv,NaN\n", doc, Format::Json, false).faults(), faults(&[("", "not_json")]));
    let doc = br#"{"seed":"\u0000s","preferences":[{"field":"a","weight":1,"value":{"kind":"table","values":{"\u0000NaN":1},"other":0}}]}"#;
    let ranking = run(b"id,a\nv,\0NaN\n", doc, Format::Json, false).json();
    assert_eq!(ranking["results"][0]["score"], json!(100));
}

#[test]
fn faults_of_table_and_document_come_together() {
    let doc = json!({"preferences": [{"field": "zz", "weight": -1, "value": {"kind": "linear", "from": 1, "to": 1}}], "limitt": 3});
    let refused = json_of("id,x\na,1\na,2\n", &doc);
    assert_eq!(
        refused.faults(),
        faults(&[
            ("/limitt", "unknown_member"),
            ("/preferences/0/field", "unknown_field"),
            ("/preferences/0/weight", "negative_weight"),
            ("/preferences/0/value", "zero_range"),
            ("3:id", "duplicate_id"),
        ])
    );
    let table = run(b"id,x\na,1\na,2\n", doc.to_string().as_bytes(), Format::Table, false);
    assert_eq!(table.exit, Exit::Refused);
    assert_eq!((table.out.as_str(), table.log.lines().count()), ("", 5));
}

#[test]
fn a_table_with_more_faults_than_anyone_reads_is_cut_short() {
    let csv = "id,x\n".to_owned() + &(0..12_000).map(|i| format!("{i},no\n")).collect::<String>();
    let found = json_of(&csv, &document(json!({}))).faults();
    assert_eq!(found.len(), 10_001);
    assert_eq!(found[10_000].1, "too_many_faults");
}

#[test]
fn unreadable_files_are_failures_not_refusals() {
    let args = sedaya::cli::rank::Args {
        ventures: "no/such/table.csv".into(),
        criteria: "no/such/document.json".into(),
        format: Format::Json,
        explain: false,
        lang: sedaya::cli::rank::Language::Id,
    };
    let (mut out, mut log) = (Vec::new(), Vec::new());
    assert_eq!(sedaya::cli::rank::run(&args, &mut out, &mut log).unwrap(), Exit::Failed);
    assert!(out.is_empty() && String::from_utf8(log).unwrap().contains("document.json"));
}

#[test]
fn the_lottery_decides_inside_a_tie_and_only_there() {
    let t = table(&["id", "x"], &[&["a", "5"], &["b", "5"], &["c", "5"], &["d", "9"], &["e", "1"]]);
    let order = |seed: &str| ids(&ranked(&t, &document(json!({"seed": seed})))["results"]);
    let expected = |seed: &str| {
        let mut tie = ["a", "b", "c"];
        tie.sort_by_key(|id| *blake3::hash(format!("{seed}\0{id}").as_bytes()).as_bytes());
        [&["d"][..], &tie, &["e"]].concat()
    };
    for seed in ["", "s1", "s2", "s3"] {
        assert_eq!(order(seed), expected(seed));
    }
    assert!(["s1", "s2", "s3", "s4"].iter().any(|s| order(s) != order("")));
    let ranking = ranked(&t, &document(json!({})));
    let ranks: Vec<_> = ranking["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["rank"].as_u64().unwrap(), r["tie_size"].as_u64().unwrap()))
        .collect();
    assert_eq!(ranks, [(1, 1), (2, 3), (2, 3), (2, 3), (5, 1)]);
}

#[test]
fn cut_off_gap_and_fewer_than_k() {
    let t = table(&["id", "x"], &[&["a", "9"], &["b", "5"], &["c", "5"], &["d", "2"]]);
    let gaps = |limit: u32| {
        let ranking = ranked(&t, &document(json!({"limit": limit})));
        let gaps =
            ranking["results"].as_array().unwrap().iter().map(|r| r["gap_to_cutoff"].clone()).collect::<Vec<_>>();
        (json!(gaps), ranking["summary"]["cutoff_score"].clone(), ranking["summary"]["cutoff_ties"].clone())
    };
    assert_eq!(gaps(1), (json!([0, 40, 40, 70]), json!(90), json!(1)));
    assert_eq!(gaps(2), (json!([0, 0, 0, 30]), json!(50), json!(2)));
    assert_eq!(gaps(3), (json!([0, 0, 0, 30]), json!(50), json!(2)));
    // The k-th best among the others needs k others.
    assert_eq!(gaps(4), (json!([null, null, null, null]), json!(20), json!(1)));
    assert_eq!(gaps(5), (json!([null, null, null, null]), json!(null), json!(0)));
}

#[test]
fn coverage_is_the_last_filter_and_only_if_asked_for() {
    let mut doc = document(json!({"min_coverage": 0.5, "filters": [{"field": "x", "op": "gte", "value": 0}]}));
    doc["preferences"]
        .as_array_mut()
        .unwrap()
        .push(json!({"field": "y", "weight": 1, "value": {"kind": "linear", "from": 0, "to": 10}}));
    let ranking = json_of("id,x,y\na,1,\nb,,\nc,,1\n", &doc).json();
    // Exactly one half passes.
    assert_eq!(
        ranking["results"][0]["filters"],
        json!([{"field": "x", "result": "pass"}, {"field": "coverage", "result": "pass"}])
    );
    assert_eq!(ids(&ranking["excluded"]), ["b", "c"]);
    assert_eq!(
        ranking["excluded"][0]["filters"],
        json!([{"field": "x", "result": "unknown"}, {"field": "coverage", "result": "fail"}])
    );
    doc["min_coverage"] = json!(0);
    let ranking = json_of("id,x,y\na,1,\n", &doc).json();
    assert_eq!(ranking["results"][0]["filters"], json!([{"field": "x", "result": "pass"}]));
}

#[test]
fn three_thirds_are_what_the_rounded_thirds_sum_to() {
    let thirds = |field: &str| json!({"field": field, "weight": 1, "value": {"kind": "linear", "from": 0, "to": 3}});
    let doc = json!({"preferences": [thirds("x"), thirds("y"), thirds("z")]});
    let ranking = json_of("id,x,y,z\na,1,1,1\nb,3,0,0\n", &doc).json();
    // 0.999999999 of 3 is below the 1 of 3.
    assert_eq!(ids(&ranking["results"]), ["b", "a"]);
    assert_eq!(
        (&ranking["results"][0]["score"], &ranking["results"][1]["score"]),
        (&json!(33.333333333), &json!(33.3333333))
    );
    assert_eq!(ranking["results"][1]["rank"], json!(2));
}

#[test]
fn formats() {
    let csv = "id,x,y\na,5,1\nb,7,\n\"c,\"\"d\",,\n";
    let doc = document(
        json!({"filters": [{"field": "y", "op": "gte", "value": 0, "on_unknown": "include_flagged"}], "limit": 1}),
    );
    let bytes = doc.to_string();
    let out = run(csv.as_bytes(), bytes.as_bytes(), Format::Csv, false).out;
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines,
        [
            "position,rank,tie_size,id,score,interval_low,interval_high,coverage,flags",
            "1,1,1,b,70.000000000,70.000000000,70.000000000,1.000000000,unknown_included",
            "2,2,1,a,50.000000000,50.000000000,50.000000000,1.000000000,setara",
            "3,3,1,\"c,\"\"d\",0.000000000,0.000000000,100.000000000,0.000000000,unknown_included;setara",
        ]
    );
    let explained = run(csv.as_bytes(), bytes.as_bytes(), Format::Csv, true).out;
    assert!(explained.lines().next().unwrap().ends_with(",flags,points:x,filter:y,gap_to_cutoff,changes,combination"));
    assert!(explained.lines().nth(2).unwrap().ends_with("setara,50.000000000,pass,20.000000000,,"));
    // The columns are those of the document, whoever is eligible.
    let empty = run(b"id,x,y\n", bytes.as_bytes(), Format::Csv, true).out;
    assert_eq!(empty.lines().collect::<Vec<_>>(), [explained.lines().next().unwrap()]);
    let mut more = doc.clone();
    more["min_coverage"] = json!(0.5);
    more["preferences"]
        .as_array_mut()
        .unwrap()
        .push(json!({"field": "y", "weight": 0, "value": {"kind": "table", "values": {}, "other": 1}}));
    let header = |csv: &str| {
        let out = run(csv.as_bytes(), more.to_string().as_bytes(), Format::Csv, true).out;
        out.lines().next().unwrap().to_owned()
    };
    assert!(header(csv).ends_with(",flags,points:x,filter:y,filter:coverage,gap_to_cutoff,changes,combination"));
    assert_eq!(header("id,x,y\n"), header(csv));
    let people = run(csv.as_bytes(), bytes.as_bytes(), Format::Table, true);
    assert_eq!((people.exit, people.log.as_str()), (Exit::Done, ""));
    for part in ["70.000000000", "Eligible: 3", "Cut-off 1: 70.000000000, shared by 1", "filter y: unknown"] {
        assert!(people.out.contains(part), "{part}\n{}", people.out);
    }
}

/// A filter that let a venture in although it did not know is not what keeps it out.
#[test]
fn a_near_miss_is_told_by_the_filter_that_stops_it() {
    let doc = document(json!({"filters": [
        {"field": "y", "op": "gte", "value": 1, "on_unknown": "include_flagged"},
        {"field": "z", "op": "gte", "value": 1},
    ]}));
    let told = |csv: &str| run(csv.as_bytes(), doc.to_string().as_bytes(), Format::Table, false).out;
    let out = told("id,x,y,z\na,5,1,1\nb,7,,0\n");
    assert!(out.contains("near miss: b: z (fail); without it rank 1"), "{out}");
    let out = told("id,x,y,z\na,5,1,1\nb,7,,\n");
    assert!(out.contains("near miss: b: z (unknown); without it rank 1"), "{out}");
}

#[test]
fn json_has_every_key_and_is_canonical() {
    let ran = json_of("id,x\na,5\nb,?\nc,n/a\n", &document(json!({})));
    let ranking = ran.json();
    let keys = |v: &Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&ranking), ["criteria", "excluded", "pending", "results", "summary"]);
    assert_eq!(
        keys(&ranking["results"][0]),
        [
            "changes",
            "combination",
            "contributions",
            "coverage",
            "filters",
            "flags",
            "gap_to_cutoff",
            "id",
            "interval",
            "position",
            "rank",
            "score",
            "tie_size"
        ]
    );
    assert_eq!(keys(&ranking["results"][0]["contributions"][0]), ["field", "points", "raw", "value", "weight"]);
    assert_eq!(keys(&ranking["excluded"][0]), ["filters", "id", "rank_without_filters"]);
    assert_eq!(keys(&ranking["summary"]), ["cutoff_score", "cutoff_ties", "eligible", "excluded", "pending"]);
    assert_eq!(ran.out.trim_end(), sedaya::domain::canonical::to_string(&ranking).unwrap());
}

#[test]
fn the_binary_says_how_it_is_used() {
    let sedaya = |args: &[&str]| std::process::Command::new(env!("CARGO_BIN_EXE_sedaya")).args(args).output().unwrap();
    let help = sedaya(&["rank", "--help"]);
    assert!(help.status.success());
    let help = String::from_utf8(help.stdout).unwrap();
    for part in ["--ventures", "--criteria", "not assessed", "\"preferences\"", "Exit codes"] {
        assert!(help.contains(part), "{part}");
    }
    assert_eq!(sedaya(&["rank"]).status.code(), Some(2));
    assert_eq!(sedaya(&["rank", "--ventures", "a", "--criteria", "b", "--format", "xml"]).status.code(), Some(2));
    assert_eq!(sedaya(&["rank", "--ventures", "a", "--criteria", "b"]).status.code(), Some(1));
}
