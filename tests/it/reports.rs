//! Reports, held against what can be counted one by one.

use std::collections::{BTreeMap, BTreeSet};

use sedaya::engine::agreement::intraclass;
use sedaya::engine::exposure;
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::sheet::Rows;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

fn stage<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["items"].as_array().unwrap().iter().find(|item| item["stage"] == name).unwrap()
}

/// All match lists that investors read now, line by line: investor, position, venture.
async fn places(p: &Programme) -> Vec<(String, u64, String)> {
    let mut all = Vec::new();
    for list in p.walk("staff", "/v1/match-lists", 100).await.iter().filter(|list| list["state"] == "published") {
        for line in p.walk("staff", &format!("/v1/match-lists/{}/entries", text(&list["id"])), 100).await {
            let (investor, position) = (text(&list["investor_id"]).to_owned(), line["position"].as_u64().unwrap());
            all.push((investor, position, text(&line["venture_id"]).to_owned()));
        }
    }
    all
}

over_http!(the_funnel_counts_how_far_everybody_came, |p| {
    let ventures = p.walk("staff", "/v1/ventures", 100).await;
    let shown: BTreeSet<_> = places(p).await.into_iter().map(|(_, _, venture)| venture).collect();
    let all: Vec<Value> = p.walk("staff", "/v1/matches", 100).await;
    let before = p.get("auditor", "/v1/reports/funnel").await.expect(200).body;
    assert_eq!((&before["participants"], &before["erased"]), (&json!(100), &json!(0)));
    assert_eq!(stage(&before, "registered")["ventures"], ventures.len());
    assert_eq!(stage(&before, "assessed")["ventures"], ventures.len() - 2);
    let suggested = stage(&before, "suggested");
    assert_eq!((&suggested["ventures"], &suggested["matches"]), (&json!(shown.len()), &json!(all.len())));
    assert_eq!(stage(&before, "shortlisted")["ventures"], 0);
    // Each share is of a whole that holds it: who was suggested once may not be listed today, and the reverse.
    for name in ["assessed", "may_be_listed", "suggested"] {
        assert_eq!(stage(&before, name)["of_previous"], stage(&before, name)["of_registered"], "{name}");
    }
    for item in before["items"].as_array().unwrap() {
        assert!(item["of_previous"].as_f64().is_none_or(|share| share <= 1.0), "{item}");
    }
    assert_eq!(before["ended"], json!([]));

    // One goes far and is withdrawn, one is dismissed: both count for how far they came.
    let id = p.ask_owner().await;
    let agreed = json!({"move": "accept", "consent": {"text_version": sedaya::domain::consent::TEXT_VERSION}});
    p.step("owner", &id, agreed).await.expect(200);
    p.step("investor", &id, json!({"move": "withdraw"})).await.expect(200);
    let mine = p.walk("investor", "/v1/matches", 100).await;
    let other = mine.iter().find(|m| m["state"] == "suggested").unwrap();
    p.step("investor", text(&other["id"]), json!({"move": "shortlist"})).await.expect(200);
    p.step("investor", text(&other["id"]), json!({"move": "dismiss"})).await.expect(200);
    let cohort = p.cohort().await;
    let after = p.get("staff", &format!("/v1/reports/funnel?cohort_id={cohort}")).await.expect(200).body;
    for (name, count) in [("shortlisted", 2), ("requested", 1), ("awaiting_owner", 1), ("introduced", 1)] {
        assert_eq!(stage(&after, name)["matches"], count, "{name}");
        assert_eq!(stage(&after, name)["ventures"], count, "{name}");
    }
    assert_eq!(stage(&after, "in_discussion")["matches"], 0);
    let ended = json!([{"state": "dismissed", "matches": 1}, {"state": "withdrawn", "matches": 1}]);
    assert_eq!(after["ended"], ended);
    assert_eq!(stage(&after, "introduced")["of_previous"], 1.0);
    #[allow(clippy::cast_precision_loss, reason = "a handful")]
    let of_registered = (10_000.0 / ventures.len() as f64).round() / 10_000.0;
    assert_eq!(stage(&after, "introduced")["of_registered"], of_registered);

    let empty = p.new_cohort("Kosong").await;
    let none = p.get("staff", &format!("/v1/reports/funnel?cohort_id={empty}")).await.expect(200).body;
    assert!(none["items"].as_array().unwrap().iter().all(|s| s["ventures"] == 0 && s["of_registered"].is_null()));
});

over_http!(exposure_names_those_whom_no_list_shows, |p| {
    let mut seen = BTreeMap::<String, (u64, BTreeSet<String>, f64)>::new();
    for (investor, position, venture) in places(p).await {
        let line = seen.entry(venture).or_default();
        line.0 += 1;
        line.1.insert(investor);
        line.2 += exposure(u32::try_from(position).unwrap());
    }
    let report = p.get("staff", "/v1/reports/exposure").await.expect(200).body;
    let lines = p.walk("staff", "/v1/reports/exposure", 7).await;
    assert_eq!(lines.len(), p.walk("staff", "/v1/ventures", 100).await.len());
    assert!(lines.is_sorted_by(|a, b| a["exposure"].as_f64() <= b["exposure"].as_f64()));
    let (mut shown, mut eligible) = (0, 0);
    for line in &lines {
        let (lists, investors, sum) = seen.remove(text(&line["venture_id"])).unwrap_or_default();
        assert_eq!((&line["lists"], &line["investors"]), (&json!(lists), &json!(investors.len())), "{line}");
        assert!((line["exposure"].as_f64().unwrap() - sum).abs() < 1e-4, "{line}");
        assert_eq!(line["unseen"].is_null(), lists > 0, "{line}");
        shown += u64::from(lists > 0);
        eligible += u64::from(line["unseen"].is_null() || line["unseen"]["code"] == "no_place");
    }
    assert!(seen.is_empty());
    assert_eq!((&report["shown"], &report["eligible"]), (&json!(shown), &json!(eligible)));
    let top = report["top_tenth_share"].as_f64().unwrap();
    assert!(top > 0.1 && top <= 1.0, "{top}");
    // Who takes the consent back is seen no more.
    let owner = p.user("owner").venture_id.unwrap();
    let back = json!({"purpose": "anonymised_listing"});
    p.post("owner", "/v1/me/consents/withdrawal", &back).await.expect(200);
    let after = p.walk("staff", "/v1/reports/exposure", 100).await;
    let own = after.iter().find(|line| line["venture_id"] == json!(owner)).unwrap();
    assert_eq!((&own["lists"], &own["unseen"]["code"]), (&json!(0), &json!("may_not_be_listed")));
});

over_http!(coverage_counts_every_answer, |p| {
    let report = p.get("staff", "/v1/reports/coverage").await.expect(200).body;
    let (mut valued, mut other, mut evidence) = (BTreeMap::<String, u64>::new(), BTreeMap::new(), [0; 4]);
    let mut assessed = 0;
    for line in p.walk("staff", "/v1/ventures", 100).await {
        let venture = p.get("staff", &format!("/v1/ventures/{}", text(&line["id"]))).await.expect(200).body;
        let Some(indicators) = venture["outcome"]["indicators"].as_array() else { continue };
        assessed += 1;
        for (indicator, item) in indicators.iter().zip(report["items"].as_array().unwrap()) {
            let code = text(&item["indicator"]).to_owned();
            if indicator["state"] == "value" {
                *valued.entry(code).or_default() += 1;
                evidence[usize::try_from(indicator["evidence"].as_u64().unwrap()).unwrap()] += 1;
            } else {
                *other.entry((code, text(&indicator["state"]).to_owned())).or_insert(0_u64) += 1;
            }
        }
    }
    assert_eq!(report["assessed"], assessed);
    let mut told = [0; 4];
    for item in report["items"].as_array().unwrap() {
        let code = text(&item["indicator"]);
        assert_eq!(item["valued"].as_u64(), Some(valued.get(code).copied().unwrap_or_default()), "{item}");
        for state in ["not_answered", "not_assessed", "not_applicable"] {
            let count = other.get(&(code.to_owned(), state.to_owned())).copied().unwrap_or_default();
            assert_eq!(item[state].as_u64(), Some(count), "{state} {item}");
        }
        for (told, count) in told.iter_mut().zip(item["evidence"].as_array().unwrap()) {
            *told += count.as_u64().unwrap();
        }
    }
    assert_eq!(told, evidence);
});

over_http!(everybody_has_a_next_step_or_is_named, |p| {
    let cohort = p.cohort().await;
    let path = format!("/v1/cohorts/{cohort}/next-steps");
    let id = p.ask_owner().await;
    let steps = p.walk("staff", &path, 30).await;
    let ventures = p.walk("staff", "/v1/ventures", 100).await;
    let ids = |all: &[Value], key: &str| all.iter().map(|one| text(&one[key]).to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&steps, "venture_id"), ids(&ventures, "id"));
    let owner = p.user("owner").venture_id.unwrap().to_string();
    let mut counts = BTreeMap::<&str, u64>::new();
    for step in &steps {
        let (found, rubric) = sedaya::ops::doors::own(p.service(), text(&step["venture_id"]).parse().unwrap()).unwrap();
        let kind = text(&step["kind"]);
        *counts.entry(kind).or_default() += 1;
        let text = text(&step["text"]);
        assert!(!text.is_empty() && !text.contains(": ."), "{text}");
        if step["venture_id"] == json!(owner) {
            assert_eq!((kind, &step["state"]), ("match", &json!("awaiting_owner")));
        } else if let Some(first) = found.steps.first() {
            let code = &rubric.indicator(first.indicator).code;
            assert_eq!((kind, &step["indicator"]), ("training", &json!(code)), "{step}");
            assert_eq!(step["opens"], first.doors.len());
        } else {
            assert!(
                matches!(kind, "training" | "jakpreneur" | "none") && step["opens"].as_u64().is_none_or(|n| n == 0)
            );
        }
    }
    let report = p.get("auditor", &format!("/v1/reports/next-steps?cohort_id={cohort}")).await.expect(200).body;
    for item in report["items"].as_array().unwrap() {
        assert_eq!(item["ventures"].as_u64(), Some(counts.remove(text(&item["kind"])).unwrap_or_default()), "{item}");
    }
    assert!(counts.is_empty());
    let none: Vec<_> = steps.iter().filter(|s| s["kind"] == "none").map(|s| s["venture_id"].clone()).collect();
    assert_eq!(report["without"], json!(none));
    let people = p.walk("staff", &format!("/v1/cohorts/{cohort}/participants"), 100).await;
    let alone: Vec<_> = people.iter().filter(|one| one["venture_id"].is_null()).map(|one| one["id"].clone()).collect();
    assert_eq!((&report["people"], &report["people_without_venture"]), (&json!(alone), &json!(alone.len())));
    // An end gives the turn to what comes next alone.
    p.step("owner", &id, json!({"move": "decline"})).await.expect(200);
    let later = p.walk("staff", &path, 100).await;
    assert_ne!(later.iter().find(|step| step["venture_id"] == json!(owner)).unwrap()["kind"], "match");
});

over_http!(what_is_late_is_told_until_it_is_done, |p| {
    let late = async || p.get("staff", "/v1/reports/overdue").await.expect(200).body;
    let tasks = |report: &Value| {
        report["items"].as_array().unwrap().iter().map(|i| text(&i["task"]).to_owned()).collect::<Vec<_>>()
    };
    let id = p.match_of_owner();
    p.step("investor", &id, p.offer().await).await.expect(200);
    assert_eq!(tasks(&late().await), [""; 0]);
    p.advance(8 * 86_400);
    let report = late().await;
    assert_eq!((tasks(&report), &report["late"]), (vec!["screen".to_owned()], &json!(1)));
    let item = &report["items"][0];
    assert_eq!(item["match_id"], json!(id));
    assert!(item["days_late"].as_i64().unwrap() >= 2, "{item}");
    p.step("staff", &id, json!({"move": "screen", "no_conflict": true})).await.expect(200);
    assert_eq!(tasks(&late().await), [""; 0]);
    p.advance(8 * 86_400);
    assert_eq!(tasks(&late().await), ["reach"]);
    // That the owner is reached is for staff to see to; to answer within fourteen days, for the owner, who is called before.
    let due = async |persona: &str, path: &str| p.get(persona, path).await.expect(200).body;
    let (mine, theirs) = ("/v1/me/matches", format!("/v1/matches/{id}"));
    assert!(due("owner", mine).await["items"][0].get("due_at").is_none());
    assert!(due("staff", &theirs).await["due_at"].is_string());
    p.step("staff", &id, json!({"move": "reach"})).await.expect(200);
    assert_eq!(due("owner", mine).await["items"][0]["due_at"], due("staff", &theirs).await["expires_at"]);
    p.advance(12 * 86_400 - 1);
    assert_eq!(tasks(&late().await), [""; 0]);
    p.advance(1);
    assert_eq!(tasks(&late().await), ["call_owner"]);
    p.step("owner", &id, json!({"move": "accept", "consent": {"text_version": "2024-11"}})).await.expect(200);
    assert_eq!(tasks(&late().await), [""; 0]);
    p.advance(8 * 86_400);
    assert_eq!(tasks(&late().await), ["ask_contact"]);
    // Nobody spoke: it ends by itself, and the contact data is to be deleted.
    p.advance(11 * 86_400);
    assert_eq!(tasks(&late().await), ["see_to_deletion"]);
    p.post("investor", &format!("/v1/matches/{id}/contact-deletion"), &json!({})).await.expect(200);
    assert_eq!(tasks(&late().await), [""; 0]);
    // One that was stopped waits for somebody who looks into it.
    let mine = p.walk("investor", "/v1/matches", 100).await;
    let other = text(&mine.iter().find(|m| m["state"] == "suggested").unwrap()["id"]).to_owned();
    p.step("staff", &other, json!({"move": "suspend"})).await.expect(200);
    p.advance(8 * 86_400);
    assert_eq!(tasks(&late().await), ["look_into"]);
    p.step("staff", &other, json!({"move": "decline"})).await.expect(200);
    // What was asked or complained about is answered within 72 hours.
    p.post("owner", "/v1/me/requests", &json!({"kind": "access"})).await.expect(201);
    p.post("owner", "/v1/me/complaints", &json!({"about": "other", "text": "Tidak dihubungi."})).await.expect(201);
    p.advance(72 * 3600 - 1);
    assert_eq!(tasks(&late().await), [""; 0]);
    p.advance(1);
    let mut both = tasks(&late().await);
    both.sort_unstable();
    assert_eq!(both, ["answer_request", "close_complaint"]);
});

over_http!(half_a_year_later_somebody_asks_how_it_goes, |p| {
    const DAY: i64 = 86_400;
    let id = p.ask_owner().await;
    let path = format!("/v1/matches/{id}/report");
    let told = |text: &str, going: Option<bool>| json!({"text": text, "going": going.unwrap_or(true)});
    assert_eq!(p.post("investor", &path, &told("Dini.", None)).await.refusal(), (409, "not_introduced"));
    let agreed = json!({"move": "accept", "consent": {"text_version": sedaya::domain::consent::TEXT_VERSION}});
    p.step("owner", &id, agreed).await.expect(200);
    p.post("investor", &path, &json!({"text": "Kenari sudah ditemui."})).await.expect(201);
    p.post("owner", &path, &told("Kenari sudah bertemu.", Some(true))).await.expect(201);
    // Each side reads its own, staff all, and in the database nobody.
    let texts = async |who: &str| -> Vec<String> {
        let told = p.get(who, &path).await.expect(200);
        told.items().iter().map(|one| format!("{} {}", text(&one["side"]), text(&one["text"]))).collect()
    };
    assert_eq!(texts("investor").await, ["investor Kenari sudah ditemui."]);
    assert_eq!(texts("owner").await, ["owner Kenari sudah bertemu."]);
    assert_eq!(texts("staff").await.len(), 2);
    assert!(!crate::privacy::dump(&p.db).contains("Kenari sudah"));
    p.unknown_to("investor_other", "GET", &path).await;
    p.unknown_to("investor_other", "POST", &path).await;
    assert_eq!(p.get("auditor", &path).await.refusal(), (403, "forbidden"));
    let data = p.get("owner", "/v1/me/data").await.expect(200).text;
    assert!(data.contains("Kenari sudah bertemu.") && !data.contains("Kenari sudah ditemui."));

    p.step("investor", &id, json!({"move": "contact"})).await.expect(200);
    let offer = p.offer().await;
    let pledge = json!({"instrument": offer["request"]["instrument"], "amount": offer["request"]["amount"]});
    p.step("investor", &id, json!({"move": "commit", "pledge": pledge})).await.expect(200);
    p.step("owner", &id, json!({"move": "confirm"})).await.expect(200);
    p.step("owner", &id, json!({"move": "receive"})).await.expect(200);
    p.step("staff", &id, json!({"move": "fulfil", "outcome": "Etalase."})).await.expect(200);
    let due = async || -> Vec<String> {
        let late = p.walk("staff", "/v1/reports/overdue", 100).await;
        late.iter().filter(|one| one["task"] == "check_in").map(|one| text(&one["due_at"]).to_owned()).collect()
    };
    // Fulfilled on 20 November 2024.
    p.advance(180 * DAY);
    assert_eq!(due().await, Vec::<String>::new());
    p.advance(DAY);
    assert_eq!(due().await, ["2025-05-19T17:00:00.000000Z"]);
    p.post("staff", &path, &told("Ditelepon: jalan terus.", Some(true))).await.expect(201);
    assert_eq!(due().await, Vec::<String>::new());
    p.advance(184 * DAY);
    assert_eq!(due().await, ["2025-11-19T17:00:00.000000Z"]);
    p.post("owner", &path, &told("Masih jalan.", Some(true))).await.expect(201);
    assert_eq!(due().await, Vec::<String>::new());
    for n in 0..99 {
        p.post("staff", &path, &told(&format!("Lagi {n}."), None)).await.expect(201);
    }
    assert_eq!(p.post("staff", &path, &told("Terlalu banyak.", None)).await.refusal(), (409, "too_many_reports"));
    // With the venture goes what was said of it.
    let venture = format!("/v1/ventures/{}", p.user("owner").venture_id.unwrap());
    let tag = p.get("staff", &venture).await.expect(200).etag();
    crate::support::reply::send(p.by("staff", "DELETE", &venture).header("if-match", tag)).await.expect(204);
    assert_eq!(texts("staff").await, Vec::<String>::new());
    assert_eq!(p.post("staff", &path, &told("Masih.", None)).await.refusal(), (404, "not_found"));
    assert_eq!(due().await, Vec::<String>::new(), "nobody asks after who was erased");
});

/// Krippendorff's alpha by its definition: over all pairs of values, within ventures and across them.
fn alpha_of(units: &[Vec<f64>]) -> f64 {
    let all: Vec<f64> = units.iter().flatten().copied().collect();
    let distance = |a: f64, b: f64| {
        let (low, high) = (a.min(b), a.max(b));
        let count = |x: f64| all.iter().filter(|y| **y == x).count() as f64;
        let between = all.iter().filter(|y| **y >= low && **y <= high).count() as f64;
        (between - f64::midpoint(count(low), count(high))).powi(2)
    };
    let pairs = |values: &[f64]| -> f64 {
        values.iter().map(|a| values.iter().map(|b| if a == b { 0.0 } else { distance(*a, *b) }).sum::<f64>()).sum()
    };
    let observed: f64 = units.iter().map(|unit| pairs(unit) / (unit.len() as f64 - 1.0)).sum();
    1.0 - observed / (pairs(&all) / (all.len() as f64 - 1.0))
}

over_http!(assessors_are_compared_where_several_judged, |p| {
    let path = "/v1/reports/agreement";
    // Of the sample a fifth was judged by two.
    let before = p.get("auditor", path).await.expect(200).body;
    assert!(before["judged_twice"].as_u64().unwrap() >= 10, "{before}");
    let item = |report: &Value, code: &str| {
        report["items"].as_array().unwrap().iter().find(|item| item["indicator"] == code).unwrap().clone()
    };
    // Rows of the sample, one of each business, as another assessor sees them.
    let sample = Rows::sample();
    let mut seen = BTreeSet::new();
    let is_first = |n: &usize| !sample.cell(*n, "MGT1").is_empty() && seen.insert(sample.cell(*n, "Kode usaha"));
    let rated: Vec<usize> = (0..sample.len()).filter(is_first).take(30).collect();
    let again = |rows: &mut Rows, assessor: &str| {
        for n in 0..rows.len() {
            rows.set(n, "Kode asesor", assessor);
            // One level off on every third, and never at the top, which would want words.
            let value = rows.cell(n, "MGT1").parse::<u32>().unwrap();
            let other = if n % 3 > 0 {
                value
            } else if value == 1 {
                2
            } else {
                value - 1
            };
            rows.set(n, "MGT1", &other.to_string());
        }
        rows.csv()
    };
    let import = async |cohort: &str, name: &str, csv: Vec<u8>| {
        let job = p.import(cohort, name, &csv, &[]).await;
        assert_eq!(job.body["state"], "applied", "{}", job.text);
    };
    let cohort = p.cohort().await;
    import(&cohort, "kedua.csv", again(&mut Rows::only(&rated), "KEDUA")).await;
    import(&cohort, "ketiga.csv", again(&mut Rows::only(&rated[10..]), "KETIGA")).await;

    // Nine are too few to say anything, and so is one assessor.
    let nine = p.new_cohort("Sembilan").await;
    let mut rows = Rows::only(&rated[..9]).times(1);
    let of_nine = async || item(&p.get("staff", &format!("{path}?cohort_id={nine}")).await.expect(200).body, "MGT1");
    let few = ["too_few_units", "too_few_together"];
    for (assessor, reasons, ventures) in [("SATU", ["too_few_raters"; 2], 0), ("DUA", few, 9)] {
        import(&nine, "sembilan.csv", again(&mut rows, assessor)).await;
        let line = of_nine().await;
        assert_eq!((&line["alpha"]["value"], &line["icc"]["single"]), (&Value::Null, &Value::Null));
        for (figure, reason) in ["alpha", "icc"].into_iter().zip(reasons) {
            assert_eq!(line[figure]["reason"]["code"], reason, "{line}");
            assert_eq!(line[figure]["ventures"], ventures, "{line}");
        }
    }
    let report = p.get("staff", &format!("{path}?cohort_id={cohort}")).await.expect(200);
    assert!(!report.text.contains("KEDUA") && !report.text.contains("ASR-"), "no assessor is named");

    // The same from the assessments, one by one.
    let mut judged = BTreeMap::<String, Vec<Value>>::new();
    let ventures = p.walk("staff", &format!("/v1/ventures?cohort_id={cohort}"), 100).await;
    let ventures: BTreeSet<&str> = ventures.iter().map(|venture| text(&venture["id"])).collect();
    for assessment in p.walk("staff", "/v1/assessments", 100).await {
        assert_eq!(assessment["kind"], "baseline");
        if !ventures.contains(text(&assessment["venture_id"])) {
            continue;
        }
        judged.entry(text(&assessment["venture_id"]).to_owned()).or_default().push(assessment);
    }
    let assessors: BTreeSet<&str> = judged.values().flatten().map(|a| text(&a["assessor"])).collect();
    let count = |n: usize| judged.values().filter(|all| all.len() >= n).count();
    let totals =
        ["assessments", "ventures", "judged_twice", "assessors"].map(|name| report.body[name].as_u64().unwrap());
    let wanted = [judged.values().map(Vec::len).sum::<usize>(), count(1), count(2), assessors.len()];
    assert_eq!(totals, wanted.map(|n| n as u64));
    let mut figures = 0;
    for line in report.body["items"].as_array().unwrap() {
        let code = text(&line["indicator"]);
        let values = |all: &Vec<Value>| -> Vec<f64> {
            all.iter().filter_map(|a| a["ratings"][code]["value"].as_f64()).collect()
        };
        let units: Vec<Vec<f64>> = judged.values().map(values).filter(|unit| unit.len() > 1).collect();
        assert_eq!(line["alpha"]["ventures"], units.len(), "{line}");
        let alike = units.iter().flatten().all(|x| x == &units[0][0]);
        match line["alpha"]["value"].as_f64() {
            Some(alpha) => {
                assert!((alpha - alpha_of(&units)).abs() < 1e-4, "{line} {}", alpha_of(&units));
                assert!(line["alpha"]["reason"].is_null() && line["alpha"]["text"].is_string());
                figures += 1;
            }
            None if units.len() < 10 => assert_eq!(line["alpha"]["reason"]["code"], "too_few_units"),
            None => assert!(alike && line["alpha"]["reason"]["code"] == "undefined", "{line}"),
        }
        assert_eq!(line["icc"]["single"].is_null(), line["icc"]["mean"].is_null());
        assert_eq!(line["icc"]["single"].is_null(), line["icc"]["reason"].is_object());
    }
    assert!(figures > 10, "{figures}");
    let differing = item(&report.body, "MGT1");
    assert!(differing["alpha"]["value"].as_f64().unwrap() < 1.0, "{differing}");
    // The second and the third judged twenty together, more than any other two.
    let of = |all: &Vec<Value>, who: &str| {
        let found = all.iter().find(|a| a["assessor"] == who)?;
        found["ratings"]["MGT1"]["value"].as_f64()
    };
    let pairs = judged.values().map(|all| [of(all, "KEDUA"), of(all, "KETIGA")]);
    let pairs: Vec<_> = pairs.filter(|pair| pair.iter().all(Option::is_some)).collect();
    let wanted = intraclass(&pairs).unwrap();
    let icc = &differing["icc"];
    assert_eq!((&icc["ventures"], &icc["assessors"]), (&json!(pairs.len()), &json!(2)), "{icc}");
    for (got, wanted) in [(&icc["single"], wanted.icc2_1), (&icc["mean"], wanted.icc2_k)] {
        assert!((got.as_f64().unwrap() - wanted.unwrap()).abs() < 1e-4, "{icc}");
    }

    let empty = p.new_cohort("Kosong").await;
    let none = p.get("staff", &format!("{path}?cohort_id={empty}")).await.expect(200).body;
    assert_eq!((&none["assessments"], &none["assessors"]), (&json!(0), &json!(0)));
    assert_eq!(item(&none, "MGT1")["alpha"]["reason"]["code"], "too_few_raters");
    for role in ["investor", "assessor", "owner", "admin"] {
        assert_eq!(p.get(role, path).await.refusal(), (403, "forbidden"), "{role}");
    }
});

over_http!(who_does_not_want_to_be_counted_is_left_out_of_reports, |p| {
    let owner = p.user("owner").venture_id.unwrap();
    let id = p.ask_owner().await;
    let cohort = p.cohort().await;
    let people = p.walk("staff", &format!("/v1/cohorts/{cohort}/participants"), 100).await;
    let own = people.iter().find(|one| one["venture_id"] == json!(owner)).unwrap();
    let session = json!({"topic": "financial_management", "title": "Buku kas", "held_on": "2024-11-14"});
    let made = p.post("staff", &format!("/v1/cohorts/{cohort}/sessions"), &session).await.expect(201);
    let path = format!("/v1/cohorts/{cohort}/sessions/{}/attendance", text(&made.body["id"]));
    let came = json!({"items": [{"participant_id": own["id"], "attendance": "in_person"}]});
    let noted = p.by("staff", "PUT", &path).header("if-match", made.etag()).json(&came);
    crate::support::reply::send(noted).await.expect(200);
    let report = async |name: &str| p.get("staff", &format!("/v1/reports/{name}")).await.expect(200).body;
    let names = ["funnel", "coverage", "exposure", "attendance", "agreement"];
    let mut before = Vec::new();
    for name in names {
        before.push(report(name).await);
        assert_eq!(before.last().unwrap()["left_out"], 0, "{name}");
    }
    let back = json!({"purpose": "statistics"});
    p.post("owner", "/v1/me/consents/withdrawal", &back).await.expect(200);
    let mut after = Vec::new();
    for name in names {
        after.push(report(name).await);
        assert_eq!(after.last().unwrap()["left_out"], 1, "{name}");
    }
    let fewer = |n: usize, path: &str| {
        let count = |all: &[Value]| all[n].pointer(path).unwrap().as_u64().unwrap();
        count(&before) - count(&after)
    };
    let stage =
        |name: &str| before[0]["items"].as_array().unwrap().iter().position(|one| one["stage"] == name).unwrap();
    for name in ["registered", "assessed", "may_be_listed", "awaiting_owner"] {
        assert_eq!(fewer(0, &format!("/items/{}/ventures", stage(name))), 1, "{name}");
    }
    assert_eq!(fewer(0, &format!("/items/{}/matches", stage("awaiting_owner"))), 1);
    let behind = people.iter().filter(|one| one["venture_id"] == json!(owner)).count() as u64;
    for (n, path) in [(0, "/participants"), (3, "/people")] {
        assert_eq!(fewer(n, path), behind, "{path}");
    }
    for (n, path) in
        [(1, "/ventures"), (1, "/assessed"), (2, "/ventures"), (2, "/eligible"), (3, "/items/0/attended/in_person")]
    {
        assert_eq!(fewer(n, path), 1, "{path}");
    }
    assert_eq!(fewer(4, "/ventures"), 1);
    let seen = p.walk("staff", "/v1/reports/exposure", 100).await;
    assert!(seen.iter().all(|line| line["venture_id"] != json!(owner)));
    let elsewhere = p.new_cohort("Lain").await;
    assert_eq!(report(&format!("coverage?cohort_id={elsewhere}")).await["left_out"], 0);
    // What goes on goes on; and it is counted again when the owner agrees again.
    assert_eq!(p.get("staff", &format!("/v1/matches/{id}")).await.expect(200).body["state"], "awaiting_owner");
    p.advance(1);
    let given = json!({"purpose": "statistics", "text_version": sedaya::domain::consent::TEXT_VERSION});
    p.post("owner", "/v1/me/consents", &given).await.expect(201);
    assert_eq!(report("funnel").await, before[0]);
});
