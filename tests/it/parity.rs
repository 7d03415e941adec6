//! The same sample gives the same bytes on both databases.

use std::collections::BTreeMap;

use sedaya::store::{self, Seek};
use serde_json::Value;

use crate::support::database::TestDb;
use crate::support::programme::{Programme, run};

/// Everything that was published, by list: hashes, and the bytes that readers get.
async fn published(p: &Programme) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for list in p.walk("staff", "/v1/match-lists", 100).await {
        let id = list["id"].as_str().unwrap();
        let kept = p
            .service()
            .read(|conn| Ok(store::match_list::entries(conn, id.parse().unwrap(), &Seek::First, 1000)?.items))
            .unwrap();
        let mut facts: Vec<_> = kept.into_iter().map(|e| format!("{} {} {}", e.venture_id, e.result, e.card)).collect();
        for key in ["inputs_hash", "output_hash", "lottery_seed", "data_version", "entries_total", "criteria_id"] {
            facts.push(format!("{key} {}", list[key]));
        }
        for rest in ["replay", "kit"] {
            facts.push(p.get("auditor", &format!("/v1/match-lists/{id}/{rest}")).await.expect(200).text);
        }
        for who in ["staff", "auditor"] {
            facts.push(p.get(who, &format!("/v1/match-lists/{id}/entries?limit=100")).await.expect(200).text);
        }
        all.insert(id.to_owned(), facts);
    }
    let own = format!("/v1/match-lists/{}/entries?limit=100", p.logins.match_list_id);
    all.insert("investor".into(), vec![p.get("investor", &own).await.expect(200).text]);
    let live = format!("/v1/criteria/{}/matches?limit=100", p.logins.criteria_id);
    all.insert("live".into(), vec![p.get("staff", &live).await.expect(200).text]);
    let document: Value = serde_json::json!({"document": crate::criteria::document()});
    for who in ["staff", "investor"] {
        let ranked = p.post(who, "/v1/rankings", &document).await.expect(200);
        all.insert(format!("what-if of {who}"), vec![ranked.text]);
    }
    all
}

#[test]
fn lists_are_the_same_bytes_on_both_databases() {
    let Some((postgres, other_logins)) = TestDb::postgres_with_sample() else { return };
    let (sqlite, logins) = TestDb::sqlite_with_sample();
    let read = |db, logins| {
        let found = std::sync::Mutex::default();
        run(db, logins, async |p: &Programme| {
            let all = published(p).await;
            *found.lock().unwrap() = all;
        });
        found.into_inner().unwrap()
    };
    let (one, two) = (read(sqlite, logins), read(postgres, other_logins));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    assert!(one.len() >= 4 + 4);
    for (name, facts) in &one {
        for (a, b) in facts.iter().zip(&two[name]) {
            assert_eq!(a, b, "{name}");
        }
        assert_eq!(facts.len(), two[name].len());
    }
}
