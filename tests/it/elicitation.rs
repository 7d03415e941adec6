//! Weights from what people say.

use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

const PATH: &str = "/v1/rankings/weights";

async fn asked(p: &Programme, body: Value) -> Reply {
    p.post("staff", PATH, &body).await
}

fn weights(reply: &Reply) -> Vec<f64> {
    reply.items().iter().map(|item| item["weight"].as_f64().unwrap()).collect()
}

fn points(reply: &Reply) -> Vec<u64> {
    reply.items().iter().map(|item| item["points"].as_u64().unwrap()).collect()
}

fn close(got: &[f64], wanted: &[f64]) {
    assert!(
        got.len() == wanted.len() && got.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-4),
        "{got:?} {wanted:?}"
    );
}

over_http!(what_people_say_becomes_weights, |p| {
    let fields = json!(["dimension.MGT", "Rasa", "overall"]);
    let swing = asked(p, json!({"method": "swing", "fields": fields, "points": [100, 60, 40]})).await.expect(200);
    close(&weights(&swing), &[0.5, 0.3, 0.2]);
    assert_eq!((points(&swing), &swing.body["consistency"]), (vec![50, 30, 20], &Value::Null));
    assert_eq!(
        swing.items().iter().map(|item| &item["field"]).collect::<Vec<_>>(),
        ["dimension.MGT", "Rasa", "overall"]
    );
    for (method, wanted, whole) in [
        ("roc", [0.611_11, 0.277_78, 0.111_11], vec![61, 28, 11]),
        ("rank_sum", [0.5, 0.333_33, 0.166_67], vec![50, 33, 17]),
        ("rank_reciprocal", [0.545_45, 0.272_73, 0.181_82], vec![55, 27, 18]),
    ] {
        let got = asked(p, json!({"method": method, "fields": fields})).await.expect(200);
        close(&weights(&got), &wanted);
        assert_eq!(points(&got), whole, "{method}");
    }
    // Thirds are shared out to the last hundredth, the earlier first.
    let thirds = asked(p, json!({"method": "swing", "fields": fields, "points": [1, 1, 1]})).await.expect(200);
    assert_eq!(points(&thirds), [34, 33, 33]);
    let one = asked(p, json!({"method": "roc", "fields": ["overall"]})).await.expect(200);
    assert_eq!((weights(&one), points(&one)), (vec![1.0], vec![100]));
});

over_http!(comparisons_say_whether_they_agree_with_themselves, |p| {
    let fields = json!(["a", "b", "c"]);
    let ahp = |rows: Value| json!({"method": "ahp", "fields": fields, "comparisons": rows});
    let good = asked(p, ahp(json!([[1, 3, 5], [0.333, 1, 2], [0.2, 0.5, 1]]))).await.expect(200);
    close(&weights(&good), &[0.648_37, 0.229_6, 0.122_03]);
    let consistency = &good.body["consistency"];
    assert!(consistency["ratio"].as_f64().unwrap() < 0.01 && consistency["ksi"].is_null(), "{consistency}");
    assert_eq!(consistency["good_enough"], true);
    let circle = ahp(json!([[1, 5, 0.2], [0.2, 1, 5], [5, 0.2, 1]]));
    let bad = asked(p, circle.clone()).await.expect(200);
    assert_eq!(bad.body["consistency"]["good_enough"], false);
    assert!(bad.body["consistency"]["text"].as_str().unwrap().contains("bertentangan"), "{}", bad.text);
    let english = p.by("staff", "POST", PATH).header("accept-language", "en").json(&circle);
    let english = send(english).await.expect(200);
    assert!(english.body["consistency"]["text"].as_str().unwrap().contains("contradict"), "{}", english.text);
    // No index is published for more than fifteen.
    let many: Vec<String> = (0..16).map(|n| format!("f{n}")).collect();
    let alike = vec![vec![1; 16]; 16];
    let none = asked(p, json!({"method": "ahp", "fields": many, "comparisons": alike})).await.expect(200);
    assert_eq!(
        (&none.body["consistency"]["ratio"], &none.body["consistency"]["good_enough"]),
        (&Value::Null, &Value::Null)
    );

    let best_worst = |best: &str, to_worst: Value| {
        json!({"method": "best_worst", "fields": fields, "best": best, "worst": "c", "best_to_others": [1, 2, 8],
               "others_to_worst": to_worst})
    };
    let got = asked(p, best_worst("a", json!([8, 4, 1]))).await.expect(200);
    close(&weights(&got), &[8.0 / 13.0, 4.0 / 13.0, 1.0 / 13.0]);
    let consistency = &got.body["consistency"];
    assert!(consistency["ksi"].as_f64().unwrap() < 1e-9 && consistency["good_enough"] == true, "{consistency}");
    let off = asked(p, best_worst("a", json!([8, 8, 1]))).await.expect(200);
    let consistency = &off.body["consistency"];
    assert!(consistency["ksi"].as_f64().unwrap() > 0.01, "{consistency}");
    assert_eq!(consistency["good_enough"], false, "{consistency}");
    let unknown = asked(p, best_worst("x", json!([8, 4, 1]))).await.expect(422);
    assert_eq!(unknown.faults(), [("/best", "unknown_field")]);
    let same = asked(p, best_worst("c", json!([8, 4, 1]))).await.expect(422);
    assert_eq!(same.faults(), [("/worst", "best_is_worst")]);
    // Nothing lies further from the worst than the best does, nor further from the best than the worst does.
    let mut par = best_worst("a", json!([1, 9, 1]));
    par["best_to_others"] = json!([1, 9, 1]);
    let par = asked(p, par).await.expect(422);
    assert_eq!(par.faults(), [("/best_to_others/1", "out_of_range"), ("/others_to_worst/1", "out_of_range")]);
    let mut alike = best_worst("a", json!([1, 1, 1]));
    alike["best_to_others"] = json!([1, 1, 1]);
    assert_eq!(asked(p, alike).await.expect(200).body["consistency"]["good_enough"], true);
    let two = asked(p, best_worst("a", json!([7, 4, 1]))).await.expect(422);
    assert_eq!(two.faults(), [("/best_to_others", "two_answers")]);
    let low = asked(p, best_worst("a", json!([8, 0.5, 1]))).await.expect(422);
    assert_eq!(low.faults(), [("/others_to_worst/1", "out_of_range")]);
});

over_http!(sixty_four_things_are_weighed_in_time, |p| {
    let fields: Vec<String> = (0..64).map(|n| format!("f{n}")).collect();
    // Comparisons that contradict each other in every way.
    let draw =
        |n: u64| (n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 40) % 9 + 1;
    let mut best_to: Vec<u64> = (0..64).map(draw).collect();
    let mut to_worst: Vec<u64> = (100..164).map(draw).collect();
    (best_to[0], best_to[63], to_worst[0], to_worst[63]) = (1, 9, 9, 1);
    let body = json!({"method": "best_worst", "fields": fields, "best": "f0", "worst": "f63", "best_to_others": best_to,
                      "others_to_worst": to_worst});
    let got = asked(p, body).await.expect(200);
    assert!((weights(&got).iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert_eq!(points(&got).iter().sum::<u64>(), 100);
    let row = |i: u64| (0..64).map(|j| if i <= j { draw(i * 64 + j) } else { draw(j * 64 + i) }).collect::<Vec<_>>();
    let ratio = |(i, row): (usize, Vec<u64>)| -> Vec<f64> {
        let one = |(j, x): (usize, u64)| {
            if i == j {
                1.0
            } else if i < j {
                x as f64
            } else {
                1.0 / x as f64
            }
        };
        row.into_iter().enumerate().map(one).collect()
    };
    let rows: Vec<Vec<f64>> = (0..64).map(row).enumerate().map(ratio).collect();
    let got = asked(p, json!({"method": "ahp", "fields": fields, "comparisons": rows})).await.expect(200);
    assert_eq!(points(&got).iter().sum::<u64>(), 100);
});

over_http!(each_method_takes_its_own_members_only, |p| {
    let fields = json!(["a", "b"]);
    let refused = async |body: Value| {
        let reply = asked(p, body).await.expect(422);
        reply.faults().iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect::<Vec<_>>()
    };
    let at = |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    assert_eq!(refused(json!({"method": "swing", "fields": fields})).await, at(&[("/points", "needed_here")]));
    assert_eq!(
        refused(json!({"method": "roc", "fields": ["a", "a"], "points": [1, 2]})).await,
        at(&[("/points", "not_of_this_method"), ("/fields/1", "duplicate_field")])
    );
    assert_eq!(
        refused(json!({"method": "best_worst", "fields": fields, "best": "a", "best_to_others": [1]})).await,
        at(&[("/worst", "needed_here"), ("/best_to_others", "wrong_length"), ("/others_to_worst", "needed_here")])
    );
    for rows in [json!([[1, 2]]), json!([[1, 2], [0.5]]), json!([])] {
        let body = json!({"method": "ahp", "fields": fields, "comparisons": rows});
        assert_eq!(refused(body).await, at(&[("/comparisons", "wrong_length")]));
    }
    let ahp = |rows: Value| json!({"method": "ahp", "fields": fields, "comparisons": rows});
    assert_eq!(refused(ahp(json!([[1, 2], [2, 1]]))).await, at(&[("/comparisons/1/0", "not_reciprocal")]));
    assert_eq!(refused(ahp(json!([[1, 0], [2, 1]]))).await, at(&[("/comparisons/0/1", "out_of_range")]));
    let swing = |points: Value| json!({"method": "swing", "fields": fields, "points": points});
    assert_eq!(refused(swing(json!([0, 0]))).await, at(&[("/points", "all_zero_weights")]));
    assert_eq!(refused(swing(json!([1, -1]))).await, at(&[("/points/1", "negative")]));
    assert_eq!(refused(swing(json!([1e200, 1]))).await, at(&[("/points/0", "number_out_of_range")]));
    // What the schema says.
    assert_eq!(refused(json!({"method": "guess", "fields": fields})).await, at(&[("/method", "not_allowed")]));
    assert_eq!(refused(json!({"method": "roc", "fields": []})).await, at(&[("/fields", "too_few")]));
    assert_eq!(refused(json!({"method": "roc", "fields": [""]})).await, at(&[("/fields/0", "too_short")]));
    let many: Vec<String> = (0..65).map(|n| n.to_string()).collect();
    assert_eq!(refused(json!({"method": "roc", "fields": many})).await, at(&[("/fields", "too_many")]));
    for role in ["investor", "auditor", "assessor", "owner", "admin"] {
        let body = json!({"method": "roc", "fields": fields});
        assert_eq!(p.post(role, PATH, &body).await.refusal(), (403, "forbidden"), "{role}");
    }
});
