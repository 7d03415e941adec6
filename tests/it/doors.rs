//! *Pintu terbuka*: what one step opens, held against taking it.

use std::collections::{BTreeMap, BTreeSet};

use sedaya::domain::id::VentureId;
use sedaya::ops::doors;
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::send;
use crate::support::sheet::Rows;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

/// Every venture that is listed, and the criteria under which it has a place today.
async fn open_today(p: &Programme) -> BTreeMap<String, BTreeSet<String>> {
    let mut open = BTreeMap::<String, BTreeSet<String>>::new();
    for investor in p.walk("staff", "/v1/investors", 100).await {
        let sets = p.get("staff", &format!("/v1/investors/{}/criteria", text(&investor["id"]))).await.expect(200);
        for set in sets.items() {
            let id = text(&set["id"]).to_owned();
            for line in p.walk("staff", &format!("/v1/criteria/{id}/matches"), 100).await {
                open.entry(text(&line["venture_id"]).to_owned()).or_default().insert(id.clone());
            }
        }
    }
    open
}

over_http!(an_owner_learns_what_one_step_opens, |p| {
    for lang in ["id", "en"] {
        let told = send(p.by("owner", "GET", "/v1/me/doors").header("accept-language", lang)).await.expect(200);
        assert_eq!(told.header("cache-control"), Some("no-store"));
        assert!(told.text.len() <= 2048, "{} bytes", told.text.len());
        let said = told.text.to_lowercase();
        for never in ["rank", "peringkat", "skor", "score", "ditolak", "rejected", "cri_", "inv_", "csr", "yayasan"] {
            assert!(!said.contains(never), "{never}: {}", told.text);
        }
        assert!(told.body["open"].as_u64() <= told.body["doors"].as_u64());
        assert!(told.body["steps"].as_array().unwrap().len() <= 3);
    }
    for who in ["staff", "investor", "auditor", "assessor", "admin"] {
        assert_eq!(p.get(who, "/v1/me/doors").await.refusal(), (403, "forbidden"));
    }
});

over_http!(a_step_opens_what_it_is_said_to_open, |p| {
    let today = open_today(p).await;
    let (mut tried, mut rows) = (Vec::new(), Rows::sample());
    for venture in p.walk("staff", "/v1/ventures", 100).await {
        let id: VentureId = text(&venture["id"]).parse().unwrap();
        let (found, rubric) = doors::own(p.service(), id).unwrap();
        if let Some(open) = today.get(text(&venture["id"])) {
            assert_eq!(found.open, open.len(), "{venture}");
        }
        // What is opened, and by which step, of ventures with a place somewhere; each once.
        let (Some(step), true) = (found.steps.first(), today.contains_key(text(&venture["id"]))) else { continue };
        let code = &rubric.indicator(step.indicator).code;
        let reference = text(&venture["external_ref"]);
        for row in (0..rows.len()).filter(|n| Rows::sample().cell(*n, "Kode usaha") == reference) {
            if !rows.cell(row, code).is_empty() {
                rows.set(row, code, &step.to.to_string());
                rows.set(row, &format!("{code} catatan"), "Dilihat langsung.");
            }
        }
        tried.push((id, found.open, found.open + step.doors.len()));
    }
    assert!(tried.len() >= 3, "{} ventures of the sample could open a door by one step", tried.len());
    let job = p.import(&p.cohort().await, "langkah.csv", &rows.csv(), &[]).await;
    assert_eq!((&job.body["state"], &job.body["errors_total"]), (&json!("applied"), &json!(0)), "{}", job.text);
    let later = open_today(p).await;
    for (id, _, then) in &tried {
        assert_eq!(doors::own(p.service(), *id).unwrap().0.open, *then, "{id}");
        assert_eq!(later.get(&id.to_string()).map_or(0, BTreeSet::len), *then, "{id}");
    }
});

over_http!(a_cohort_learns_which_training_opens_most, |p| {
    let cohort = p.cohort().await;
    let path = format!("/v1/cohorts/{cohort}/training-doors");
    let told = p.get("staff", &path).await.expect(200).body;
    // Venture by venture it comes to the same.
    let (mut by_code, mut by_topic) = (BTreeMap::<String, (u64, u64)>::new(), BTreeMap::<String, (u64, u64)>::new());
    let ventures = p.walk("staff", "/v1/ventures", 100).await;
    for venture in &ventures {
        let (found, rubric) = doors::own(p.service(), text(&venture["id"]).parse().unwrap()).unwrap();
        let mut topics = BTreeMap::<String, BTreeSet<usize>>::new();
        for step in &found.steps {
            let indicator = rubric.indicator(step.indicator);
            let count = by_code.entry(indicator.code.clone()).or_default();
            *count = (count.0 + 1, count.1 + step.doors.len() as u64);
            topics.entry(indicator.topic.as_str().to_owned()).or_default().extend(&step.doors);
        }
        for (topic, doors) in topics {
            let count = by_topic.entry(topic).or_default();
            *count = (count.0 + 1, count.1 + doors.len() as u64);
        }
    }
    for (items, by, key) in [("items", &by_code, "indicator"), ("topics", &by_topic, "topic")] {
        let items = told[items].as_array().unwrap();
        assert_eq!(items.len(), by.len());
        let counted = |i: &Value| (i["ventures"].as_u64().unwrap(), i["doors"].as_u64().unwrap());
        assert!(items.iter().all(|i| by[text(&i[key])] == counted(i)), "{told}");
        assert!(items.is_sorted_by_key(|i| std::cmp::Reverse((counted(i).1, counted(i).0))), "{told}");
        assert!(items.iter().all(|i| text(&i["text"]).ends_with(&format!(": {} usaha", i["ventures"]))));
    }
    assert!(!by_code.is_empty());
    assert_eq!(told["ventures"], ventures.len());
    assert_eq!((&told["assessed"], &told["doors"]), (&json!(ventures.len() - 2), &json!(4)));
    let empty = p.new_cohort("Kosong").await;
    let none = p.get("staff", &format!("/v1/cohorts/{empty}/training-doors")).await.expect(200).body;
    assert_eq!(none, json!({"ventures": 0, "assessed": 0, "doors": 4, "topics": [], "items": []}));
});
