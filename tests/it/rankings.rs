//! Rankings that are not published: the live view of staff, and what-ifs that keep nothing but an audit line.

use std::collections::BTreeSet;

use sedaya::domain::consent::Purpose;
use sedaya::domain::id::VentureId;
use sedaya::ops::{By, Service, consent, criteria, match_list};
use sedaya::store::audit;
use serde_json::{Value, json};

use crate::criteria::document;
use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::Reply;

async fn what_if(p: &Programme, persona: &str, document: &Value) -> Reply {
    p.post(persona, "/v1/rankings", &json!({"document": document})).await
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap_or_else(|| panic!("{value}")).keys().map(String::as_str).collect()
}

fn audited(service: &Service) -> Vec<audit::Entry> {
    let all = service.read(|conn| Ok(audit::between(conn, 0, i64::MAX, 100_000)?)).unwrap();
    all.into_iter().filter(|entry| entry.action == "ranking.what_if").collect()
}

over_http!(a_what_if_of_staff_is_the_engines_whole_answer, |p| {
    let mut tried = document();
    tried["filters"].as_array_mut().unwrap().push(json!({"field": "women_led", "op": "is", "value": true}));
    let ranked = what_if(p, "staff", &tried).await.expect(200);
    let names = |list: &str| list.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    let same = |value: &Value, want: &str| {
        assert_eq!(keys(value).into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), names(want), "{value}");
    };
    same(&ranked.body, "criteria results excluded pending summary data_version");
    same(&ranked.body["summary"], "eligible excluded pending cutoff_score cutoff_ties");
    let results = ranked.body["results"].as_array().unwrap();
    let mut seen = BTreeSet::new();
    for (n, result) in results.iter().enumerate() {
        same(
            result,
            "id rank position tie_size score interval coverage contributions filters flags gap_to_cutoff changes \
             combination",
        );
        assert_eq!(result["position"], n + 1);
        for contribution in result["contributions"].as_array().unwrap() {
            same(contribution, "field weight raw value points");
        }
        assert_eq!(result["filters"].as_array().unwrap().len(), 2);
        assert!(text(&result["id"]).parse::<VentureId>().is_ok());
        assert!(seen.insert(text(&result["id"])));
    }
    for excluded in ranked.body["excluded"].as_array().unwrap() {
        same(excluded, "id filters rank_without_filters");
        assert!(seen.insert(text(&excluded["id"])));
    }
    assert!(ranked.body["pending"].as_array().unwrap().iter().all(|id| seen.insert(text(id))));
    let summary = &ranked.body["summary"];
    let total = ["eligible", "excluded", "pending"].iter().map(|key| summary[*key].as_u64().unwrap()).sum::<u64>();
    assert_eq!(total, seen.len() as u64);
    assert!(!results.is_empty() && summary["eligible"] == results.len());

    let cohort = p.new_cohort("Kosong").await;
    let elsewhere = json!({"document": tried, "cohort_id": cohort});
    let empty = p.post("staff", "/v1/rankings", &elsewhere).await.expect(200);
    assert_eq!(empty.body["summary"]["eligible"], 0);
    let nowhere = json!({"document": tried, "cohort_id": "coh_01jcnq8xvgf0nadk1qh2t8wz5e"});
    assert_eq!(p.post("staff", "/v1/rankings", &nowhere).await.refusal(), (404, "not_found"));
    for role in ["auditor", "assessor", "owner", "admin"] {
        assert_eq!(what_if(p, role, &tried).await.refusal(), (403, "forbidden"), "{role}");
    }
});

over_http!(a_what_if_leaves_one_audit_line, |p| {
    let before = audited(p.service()).len();
    what_if(p, "staff", &document()).await.expect(200);
    what_if(p, "investor", &document()).await.expect(200);
    what_if(p, "staff", &json!({"preferences": []})).await.expect(422);
    let lines = audited(p.service());
    let actors: Vec<_> = lines[before..].iter().map(|line| line.actor.clone()).collect();
    assert_eq!(actors, ["staff", "investor"].map(|who| p.actor(who).user.to_string()));
    let imports = p.walk("staff", "/v1/match-lists", 100).await.len();
    assert_eq!(imports, 4, "nothing else is kept");
});

over_http!(an_investors_what_if_has_the_shape_of_a_list, |p| {
    let path = format!("/v1/match-lists/{}/entries", p.logins.match_list_id);
    let list = p.walk("investor", &path, 100).await;
    let ranked = what_if(p, "investor", &document()).await.expect(200);
    assert_eq!(keys(&ranked.body), BTreeSet::from(["items", "data_version"]));
    let codes: BTreeSet<_> = list.iter().map(|entry| text(&entry["card"]["code"])).collect();
    assert!(!ranked.items().is_empty() && ranked.items().len() <= 10);
    for (n, entry) in ranked.items().iter().enumerate() {
        assert_eq!((entry["position"].as_u64(), keys(entry)), (Some(n as u64 + 1), keys(&list[0])));
        assert_eq!(keys(&entry["explanation"]), keys(&list[0]["explanation"]));
        let code = text(&entry["card"]["code"]);
        assert!(codes.contains(code), "only what stands on a list of theirs");
        let own = list.iter().find(|other| other["card"]["code"] == code).unwrap();
        assert_eq!(entry["card"], own["card"], "the card as it was printed");
        let points = entry["explanation"]["contributions"].as_array().unwrap().iter();
        let tenths = |v: &Value| (v.as_f64().unwrap() * 10.0).round() as i64;
        assert_eq!(points.map(|c| tenths(&c["points"])).sum::<i64>(), tenths(&entry["score"]));
    }
    assert!(!ranked.text.contains("ven_"));
    let with_cohort = json!({"document": document(), "cohort_id": p.cohort().await});
    assert_eq!(p.post("investor", "/v1/rankings", &with_cohort).await.refusal(), (404, "not_found"));
    // Whoever takes the consent back is not compared any more.
    let first = p.get("staff", &format!("{path}/1")).await.body["venture_id"].clone();
    let venture: VentureId = text(&first).parse().unwrap();
    let code = text(&list[0]["card"]["code"]);
    p.service().write(By::Operator, |act| consent::withdraw(act, venture, Purpose::Matching)).unwrap();
    let mut all = document();
    all["filters"] = json!([]);
    all["limit"] = json!(100);
    let after = what_if(p, "investor", &all).await.expect(200);
    assert_eq!(after.items().len(), list.len() - 1);
    assert!(!after.text.contains(code));
});

over_http!(an_investors_what_if_reads_what_the_card_prints, |p| {
    let path = format!("/v1/match-lists/{}/entries", p.logins.match_list_id);
    let list = p.walk("investor", &path, 100).await;
    let mut rounded = 0;
    for entry in &list {
        let printed = &entry["card"]["overall"];
        let mut tried = document();
        tried["filters"] = json!([{"field": "overall", "op": "between", "value": [printed, printed]}]);
        tried["preferences"] =
            json!([{"field": "overall", "weight": 1, "value": {"kind": "linear", "from": 0, "to": 100}}]);
        let ranked = what_if(p, "investor", &tried).await.expect(200);
        let own = ranked.items().iter().find(|other| other["card"]["code"] == entry["card"]["code"]);
        assert_eq!(&own.unwrap_or_else(|| panic!("{printed} is not {printed}"))["score"], printed);
        // What is known more exactly is not asked about: a hair to either side is another score.
        let n = printed.as_f64().unwrap();
        for (from, to) in [(n - 0.049, n - 0.001), (n + 0.001, n + 0.049)] {
            tried["filters"][0]["value"] = json!([(from * 1e3).round() / 1e3, (to * 1e3).round() / 1e3]);
            assert_eq!(what_if(p, "investor", &tried).await.expect(200).items().len(), 0);
            rounded += 1;
        }
    }
    assert!(rounded >= 10);
});

over_http!(an_investors_what_if_takes_card_fields_only, |p| {
    let mut hidden = document();
    let women = json!({"field": "women_led", "op": "is", "value": true});
    hidden["filters"].as_array_mut().unwrap().push(women.clone());
    let linear = json!({"kind": "linear", "from": 0, "to": 100});
    let preferences = hidden["preferences"].as_array_mut().unwrap();
    preferences.push(json!({"field": "indicator.MGT1", "weight": 0, "value": linear}));
    preferences.push(json!({"field": "debt_service_pct", "weight": 5, "value": linear}));
    hidden["representation"] = json!({"group": women, "rule": {"kind": "share", "min": 0.3}});
    let refused = what_if(p, "investor", &hidden).await.expect(422);
    let want = [
        "/document/filters/1/field",
        "/document/preferences/2/field",
        "/document/preferences/3/field",
        "/document/representation/group/field",
    ];
    assert_eq!(refused.faults(), want.map(|at| (at, "hidden_field")));
    what_if(p, "staff", &hidden).await.expect(200);
});

/// Ids and scores as the engine itself ranks them.
fn by_the_engine(p: &Programme) -> Vec<(String, Value)> {
    let service = p.service();
    let (set, version) = service
        .read(|conn| {
            let set = sedaya::store::criteria::find(conn, p.logins.criteria_id)?.unwrap();
            Ok((set, sedaya::store::criteria::published(conn, p.logins.criteria_id)?.unwrap()))
        })
        .unwrap();
    let kind = service.read(|conn| Ok(sedaya::store::investor::find(conn, set.investor_id)?.unwrap().kind)).unwrap();
    let rankable = service.rankable().unwrap();
    let document = criteria::parse_stored(&rankable.registry, &version).unwrap();
    let rows = rankable.listed(service.clock.now(), None, Some(kind));
    let ranking = match_list::rank(&rankable, &document, version.seed.as_deref(), &rows).unwrap();
    let score = |placed| serde_json::to_value(ranking.explain(placed, sedaya::engine::Movable::Nothing)).unwrap();
    ranking.placed().map(|placed| (ranking.id(placed.row).to_string(), score(placed)["score"].clone())).collect()
}

over_http!(the_live_view_is_what_the_engine_says, |p| {
    let path = format!("/v1/criteria/{}/matches", p.logins.criteria_id);
    let all = p.walk("staff", &path, 100).await;
    let shown: Vec<_> = all.iter().map(|m| (text(&m["venture_id"]).to_owned(), m["score"].clone())).collect();
    assert_eq!(shown, by_the_engine(p));
    assert!(all.iter().all(|m| m["venture_id"] == m["id"]));
    for limit in [1, 4, 19, all.len()] {
        assert_eq!(p.walk("staff", &path, limit).await, all);
    }
    // The published list is its head.
    let list = p.walk("staff", &format!("/v1/match-lists/{}/entries", p.logins.match_list_id), 100).await;
    for (entry, live) in list.iter().zip(&all) {
        assert_eq!((&entry["venture_id"], &entry["rank"]), (&live["venture_id"], &live["rank"]));
        let tenths = |v: &Value| (v.as_f64().unwrap() * 10.0).round();
        assert_eq!(tenths(&entry["score"]), tenths(&live["score"]));
    }
    for role in ["investor", "auditor", "assessor", "owner", "admin"] {
        assert_eq!(p.get(role, &path).await.refusal(), (403, "forbidden"), "{role}");
    }
    p.unknown_to("staff", "GET", "/v1/criteria/cri_01jcnq8xvgf0nadk1qh2t8wz5f/matches").await;
});

over_http!(a_live_cursor_keeps_to_its_data, |p| {
    let path = format!("/v1/criteria/{}/matches", p.logins.criteria_id);
    let all = p.walk("staff", &path, 100).await;
    let first = p.get("staff", &format!("{path}?limit=2")).await.expect(200);
    let version = &first.body["data_version"];
    let venture: VentureId = text(&all[2]["venture_id"]).parse().unwrap();
    p.service().write(By::Operator, |act| consent::withdraw(act, venture, Purpose::Matching)).unwrap();
    let next = format!("{path}?limit=2&cursor={}", text(&first.body["next"]));
    let second = p.get("staff", &next).await.expect(200);
    assert_eq!(&second.body["data_version"], version);
    assert_eq!(second.items(), [json!({"position": 3, "gone": true}), all[3].clone()]);
    // A new first page ranks the new data.
    let fresh = p.get("staff", &format!("{path}?limit=100")).await.expect(200);
    assert_eq!(fresh.body["data_version"].as_i64(), version.as_i64().map(|v| v + 1));
    assert_eq!(fresh.items().len(), all.len() - 1);
    assert!(!fresh.text.contains(&venture.to_string()));
});

over_http!(a_live_cursor_of_another_process_has_expired, |p| {
    let path = format!("/v1/criteria/{}/matches", p.logins.criteria_id);
    let other = p.twin().await;
    let page = p.get("staff", &format!("{path}?limit=2")).await.expect(200);
    let next = format!("{path}?limit=2&cursor={}", text(&page.body["next"]));
    p.get("staff", &next).await.expect(200);
    assert_eq!(other.get("staff", &next).await.refusal(), (410, "ranking_expired"));
    assert_eq!(other.walk("staff", &path, 7).await, p.walk("staff", &path, 100).await, "two processes agree");
});

over_http!(a_new_rubric_is_a_new_data_version, |p| {
    let rubric = format!("/v1/rubrics/{}", text(&p.walk("staff", "/v1/rubrics", 1).await[0]["id"]));
    let mut instrument = p.get("staff", &format!("{rubric}/versions/1")).await.expect(200).body["document"].clone();
    let mut hidden = document();
    for (n, code) in ["SOC4", "SOC1"].iter().enumerate() {
        hidden["preferences"][n] = json!({"field": format!("indicator.{code}"), "weight": 1,
            "value": {"kind": "linear", "from": 1, "to": 5}});
    }
    let drafted = async || {
        let path = format!("/v1/investors/{}/criteria", p.investor("investor"));
        let made = p.post("investor", &path, &json!({"document": hidden})).await.expect(201);
        made.header("location").unwrap().to_owned()
    };
    let (published, draft) = (drafted().await, drafted().await);
    for step in ["approve", "publish"] {
        p.post("staff", &format!("{published}/versions/1/{step}"), &json!({})).await.expect(200);
    }
    let path = format!("/v1/criteria/{}/matches", p.logins.criteria_id);
    let before = p.get("staff", &format!("{path}?limit=2")).await.expect(200);
    p.get("staff", &format!("{published}/matches")).await.expect(200);

    // The next version has no SOC4; nobody has been assessed under it yet.
    let social = instrument["dimensions"].as_array_mut().unwrap().iter_mut().find(|d| d["code"] == "SOC").unwrap();
    let indicators = social["indicators"].as_array_mut().unwrap();
    let gone = indicators.iter().position(|i| i["code"] == "SOC4").unwrap();
    let weight = indicators.remove(gone)["weight"].as_i64().unwrap();
    indicators[0]["weight"] = json!(indicators[0]["weight"].as_i64().unwrap() + weight);
    p.post("staff", &format!("{rubric}/versions"), &json!({"document": instrument})).await.expect(201);
    p.post("staff", &format!("{rubric}/versions/2/publish"), &json!({})).await.expect(200);

    let after = p.get("staff", &path).await.expect(200);
    assert_eq!(after.items().len(), 0, "nobody has been assessed under it");
    assert_eq!(after.body["data_version"].as_i64(), before.body["data_version"].as_i64().map(|v| v + 1));
    let old = format!("{path}?limit=2&cursor={}", text(&before.body["next"]));
    assert_eq!(p.get("staff", &old).await.expect(200).body["data_version"], before.body["data_version"]);
    // Criteria that speak of what is gone say so.
    let outdated = (409, "criteria_outdated");
    assert_eq!(p.get("staff", &format!("{published}/matches")).await.refusal(), outdated);
    let order = json!({"criteria_id": published.rsplit('/').next().unwrap(), "version": 1});
    assert_eq!(p.post("staff", "/v1/match-lists", &order).await.refusal(), outdated);
    let approve = format!("{draft}/versions/1/approve");
    assert_eq!(p.post("staff", &approve, &json!({})).await.refusal(), outdated);
    let fields = p.get("staff", "/v1/fields").await.expect(200);
    assert!(!fields.text.contains("indicator.SOC4") && fields.text.contains("indicator.SOC1"));
});

over_http!(a_live_cursor_keeps_to_its_day, |p| {
    let path = format!("/v1/criteria/{}/matches", p.logins.criteria_id);
    let all = p.walk("staff", &path, 100).await;
    let first = p.get("staff", &format!("{path}?limit=2")).await.expect(200);
    // Consents lapse in the night; whoever asks for a first page then gets another ranking of the same data.
    p.advance(365 * 86_400);
    let later = p.get("staff", &path).await.expect(200);
    assert_eq!(later.body["data_version"], first.body["data_version"]);
    assert!(later.items().len() < all.len());
    let next = p.get("staff", &format!("{path}?limit=2&cursor={}", text(&first.body["next"]))).await.expect(200);
    for (line, was) in next.items().iter().zip(&all[2..]) {
        assert!(line == was || *line == json!({"position": was["position"], "gone": true}), "{line}");
    }
});
