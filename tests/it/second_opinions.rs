//! What other methods make of a document's ventures, held against the engine over what a what-if tells.

use sedaya::engine::analyse::{Settings, second_opinions};
use serde_json::{Value, json};

use crate::criteria::document;
use crate::over_http;
use crate::support::reply::send;

const PATH: &str = "/v1/rankings/second-opinions";

/// A document with answers that are missing, and one whose missing answers drop out.
fn documents() -> [Value; 3] {
    let mut all = document();
    all["filters"] = json!([]);
    all["limit"] = json!(100);
    let mut dropping = all.clone();
    dropping["missing"] = json!("renormalise");
    let certified = json!({"field": "indicator.FAC2", "weight": 30, "value": {"kind": "linear", "from": 1, "to": 5}});
    dropping["preferences"].as_array_mut().unwrap().push(certified);
    let mut geometric = document();
    geometric["method"] = json!("geometric");
    [all, dropping, geometric]
}

over_http!(other_methods_see_the_values_that_the_score_saw, |p| {
    let mut dropped = 0;
    for document in documents() {
        let ranked = p.post("staff", "/v1/rankings", &json!({"document": document})).await.expect(200).body;
        let told = p.post("staff", PATH, &json!({"document": document})).await.expect(200);
        let results = ranked["results"].as_array().unwrap();
        assert_eq!(told.body["eligible"], results.len());
        assert_eq!(told.body["data_version"], ranked["data_version"]);
        let limit = usize::try_from(document["limit"].as_u64().unwrap()).unwrap();
        assert_eq!((told.items().len(), &told.body["k"]), (results.len().min(limit), &json!(limit)));
        let number = |value: &Value| value.as_f64().unwrap();
        let contributions = |result: &Value| result["contributions"].as_array().unwrap().clone();
        let weights: Vec<f64> = contributions(&results[0]).iter().map(|c| number(&c["weight"])).collect();
        let values: Vec<Vec<f64>> = results
            .iter()
            .map(|result| {
                let own = number(&result["score"]) / 100.0;
                dropped += contributions(result).iter().filter(|c| c["value"].is_null()).count();
                contributions(result).iter().map(|c| c["value"].as_f64().unwrap_or(own)).collect()
            })
            .collect();
        let floor = if document["method"] == "geometric" { 0.01 } else { Settings::default().floor };
        let wanted = second_opinions(&values, &weights, &Settings { floor, ..Settings::default() }).unwrap();
        for (row, (item, result)) in told.items().iter().zip(results).enumerate() {
            assert_eq!(
                (&item["venture_id"], &item["position"], &item["rank"]),
                (&result["id"], &result["position"], &result["rank"])
            );
            let ranks = ["wpm", "topsis", "vikor", "promethee2"].map(|method| item[method].as_u64().unwrap());
            let of = [&wanted.wpm, &wanted.topsis, &wanted.vikor, &wanted.promethee2].map(|a| a.ranking[row] as u64);
            assert_eq!(ranks, of, "{item}");
            assert_eq!(item["in_compromise"], wanted.compromise().contains(&row));
        }
        let methods = [&wanted.wpm, &wanted.topsis, &wanted.vikor, &wanted.promethee2];
        let shown = told.items().len();
        let shared = (0..shown).filter(|row| methods.iter().all(|a| a.ranking[*row] <= limit)).count();
        assert_eq!(
            told.body["headline"],
            format!("{shared} dari {shown} teratas juga di antara {limit} teratas menurut semua metode lain.")
        );
        let agreement = told.body["agreement"].as_array().unwrap();
        assert_eq!(agreement.len(), 10);
        let published: Vec<usize> = results.iter().map(|r| r["rank"].as_u64().unwrap() as usize).collect();
        for (got, want) in agreement.iter().zip(wanted.agreement(&published, limit)) {
            assert_eq!((&got["a"], &got["b"]), (&json!(want.a), &json!(want.b)));
            for (got, want) in [
                (&got["kendall_tau_b"], want.kendall_tau_b),
                (&got["spearman_rho"], want.spearman_rho),
                (&got["top_k_overlap"], want.top_k_overlap),
            ] {
                assert!((got.as_f64().unwrap() - want.unwrap()).abs() < 1e-4, "{agreement:?}");
            }
        }
        // The order of a product is the published one where the score is a product.
        if document["method"] == "geometric" {
            assert!(told.items().iter().all(|item| item["wpm"] == item["rank"]), "{}", told.text);
        }
    }
    assert!(dropped > 0, "nothing dropped out, so that was not tried");
});

over_http!(opinions_are_for_staff_and_leave_a_line, |p| {
    let asked = json!({"document": document()});
    let audited = || {
        let all = p.service().read(|conn| Ok(sedaya::store::audit::between(conn, 0, i64::MAX, 100_000)?)).unwrap();
        all.into_iter().filter(|entry| entry.action == "ranking.what_if").count()
    };
    let told = p.post("staff", PATH, &asked).await.expect(200);
    assert_eq!(audited(), 1);
    assert!(told.body["text"].as_str().unwrap().contains("tidak pernah yang ini"), "{}", told.text);
    assert!(told.header("server-timing").unwrap().starts_with("rank"));
    let english = send(p.by("staff", "POST", PATH).header("accept-language", "en").json(&asked)).await.expect(200);
    assert!(english.body["text"].as_str().unwrap().contains("never one of these"), "{}", english.text);
    for role in ["investor", "auditor", "assessor", "owner", "admin"] {
        assert_eq!(p.post(role, PATH, &asked).await.refusal(), (403, "forbidden"), "{role}");
    }
    let wrong = json!({"document": {"preferences": []}});
    let faults = p.post("staff", PATH, &wrong).await.expect(422);
    assert!(faults.faults().iter().all(|(at, _)| at.starts_with("/document")), "{}", faults.text);
    let cohort = p.cohort().await;
    let empty = p.new_cohort("Kosong").await;
    let nobody = p.post("staff", PATH, &json!({"document": document(), "cohort_id": empty})).await.expect(200);
    assert_eq!((nobody.items().len(), &nobody.body["eligible"]), (0, &json!(0)));
    assert_eq!(nobody.body["agreement"], json!([]));
    let one = p.post("staff", PATH, &json!({"document": document(), "cohort_id": cohort})).await.expect(200);
    assert_eq!(one.body["items"], told.body["items"]);
});
