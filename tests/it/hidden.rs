//! What investors can learn of ventures: what their cards print, and nothing that is not theirs to know.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sedaya::domain::band::Derived;
use sedaya::domain::card::K;
use sedaya::domain::consent::Purpose;
use sedaya::domain::id::VentureId;
use sedaya::ops::{By, consent};
use sedaya::store::{self, StoreError, gate};
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::sheet::Rows;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

fn tenths(value: &Value) -> i64 {
    let n = value.as_f64().unwrap_or_else(|| panic!("{value}")) * 10.0;
    assert!((n - n.round()).abs() < 1e-6, "{value} has more than one decimal");
    n.round() as i64
}

/// Publishes criteria of a persona's investor; gives their id.
async fn criteria(p: &Programme, persona: &str, document: &Value) -> String {
    let path = format!("/v1/investors/{}/criteria", p.investor(persona));
    let made = p.post("staff", &path, &json!({"document": document})).await.expect(201);
    let id = text(&made.body["id"]).to_owned();
    for (who, step) in [("staff_second", "approve"), ("staff", "publish")] {
        p.post(who, &format!("/v1/criteria/{id}/versions/1/{step}"), &json!({})).await.expect(200);
    }
    id
}

/// Publishes a list for criteria, over a cohort or all; gives its path.
async fn list(p: &Programme, criteria: &str, cohort: Option<&str>) -> String {
    let mut order = json!({"criteria_id": criteria, "version": 1});
    if let Some(cohort) = cohort {
        order["cohort_id"] = json!(cohort);
    }
    let made = p.post("staff", "/v1/match-lists", &order).await.expect(201);
    let path = made.header("location").unwrap().to_owned();
    p.post("staff_second", &format!("{path}/publish"), &json!({})).await.expect(200);
    path
}

fn linear(field: &str, weight: u32, from: i64, to: i64) -> Value {
    json!({"field": field, "weight": weight, "value": {"kind": "linear", "from": from, "to": to}})
}

/// Card fields and hidden ones, one of them sensitive, one of a table of places.
fn weighing_hidden_fields() -> Value {
    let places = json!({"31.75": 1, "31.74": 0.5});
    json!({
        "title": {"id": "Yang tersembunyi", "en": "What is hidden"},
        "preferences": [
            linear("indicator.SOC3", 20, 100, 0),
            linear("dimension.MGT", 30, 0, 100),
            {"field": "region", "weight": 10, "value": {"kind": "table", "values": places, "other": 0}},
            linear("household_income", 20, 0, 5_000_000),
            linear("dimension.PRD", 20, 0, 100),
        ],
        "limit": 30,
    })
}

over_http!(points_of_hidden_fields_are_shared_by_weight, |p| {
    let document = weighing_hidden_fields();
    let path = list(p, &criteria(p, "investor", &document).await, None).await;
    let investor = p.walk("investor", &format!("{path}/entries"), 100).await;
    let staff = p.walk("staff", &format!("{path}/entries"), 100).await;
    assert_eq!(p.walk("auditor", &format!("{path}/entries"), 100).await, staff);
    assert!(investor.len() >= 20);
    let is_hidden = |c: &Value| !text(&c["field"]).starts_with("dimension.");
    let mut differ = 0;
    for (entry, whole) in investor.iter().zip(&staff) {
        let explained = &entry["explanation"];
        let told = explained["contributions"].as_array().unwrap();
        let fields: Vec<_> = told.iter().map(|c| &c["field"]).collect();
        let wanted: Vec<_> = document["preferences"].as_array().unwrap().iter().map(|p| &p["field"]).collect();
        assert_eq!(fields, wanted);
        assert_eq!(told.iter().map(|c| tenths(&c["points"])).sum::<i64>(), tenths(&entry["score"]));
        // By weight, whatever each of them gave; one word beside all of them.
        let counting: Vec<_> = told.iter().filter(|c| is_hidden(c) && !c["band"].is_null()).collect();
        let weights: f64 = counting.iter().map(|c| c["weight"].as_f64().unwrap()).sum();
        let sum: i64 = told.iter().filter(|c| is_hidden(c)).map(|c| tenths(&c["points"])).sum();
        for one in &counting {
            let share = sum as f64 * one["weight"].as_f64().unwrap() / weights;
            assert!((tenths(&one["points"]) as f64 - share).abs() < 1.0, "{one} of {sum}");
            assert_eq!(one["band"], counting[0]["band"]);
        }
        assert!(told.iter().filter(|c| !is_hidden(c)).all(|c| c["band"].is_null()));
        // What is in dispute about a hidden rating is not told either.
        assert!(explained["interval"].is_null() && explained["flags"].is_array());
        // Staff read what each of them gave.
        assert!(whole["explanation"]["interval"].is_array());
        let own = whole["explanation"]["contributions"].as_array().unwrap();
        assert_eq!(own.iter().map(|c| tenths(&c["points"])).sum::<i64>(), tenths(&whole["score"]));
        differ += usize::from(own != told);
        assert_eq!((&entry["score"], &entry["card"]), (&whole["score"], &whole["card"]));
    }
    assert!(differ > investor.len() / 2, "staff read what is shared out, too");
    // Everywhere the same: one line, one card, cards beside each other.
    let code = text(&investor[0]["card"]["code"]);
    for rest in [format!("/entries/{}", 1), format!("/cards/{code}")] {
        assert_eq!(p.get("investor", &format!("{path}{rest}")).await.expect(200).body, investor[0]);
    }
    let beside = p.get("investor", &format!("{path}/compare?codes={code}")).await.expect(200);
    assert_eq!(beside.items(), &investor[..1]);
    // Over card fields only, the interval is the investor's to know.
    let open = p.walk("investor", &format!("/v1/match-lists/{}/entries", p.logins.match_list_id), 100).await;
    assert!(open.iter().all(|entry| entry["explanation"]["interval"].is_array()));
});

over_http!(a_floor_is_told_with_its_price_and_nobody_it_moved, |p| {
    let mut document = crate::criteria::document();
    document["filters"] = json!([]);
    let women = json!({"field": "women_led", "op": "is", "value": true});
    document["representation"] = json!({"group": women, "rule": {"kind": "share", "min": 0.9}});
    let id = criteria(p, "investor", &document).await;
    let path = list(p, &id, None).await;
    let live = p.walk("staff", &format!("/v1/criteria/{id}/matches"), 100).await;
    let placed: Vec<f64> = live.iter().map(|line| line["score"].as_f64().unwrap()).collect();
    let mut merit = placed.clone();
    merit.sort_by(|a, b| b.total_cmp(a));
    let price: f64 = merit.iter().zip(&placed).take(10).map(|(best, here)| (best - here).max(0.0)).sum();
    assert!(price > 1.0, "the floor costs nothing here");
    for who in ["investor", "staff", "auditor"] {
        let told = p.get(who, &path).await.expect(200);
        assert!((told.body["floor"]["total_price"].as_f64().unwrap() - price).abs() < 0.051, "{} {price}", told.text);
        tenths(&told.body["floor"]["total_price"]);
    }
    let investor = p.walk("investor", &format!("{path}/entries"), 100).await;
    assert!(investor.iter().all(|entry| entry["rank"] == entry["position"]));
    let staff = p.walk("staff", &format!("{path}/entries"), 100).await;
    let ranks: Vec<_> = staff.iter().map(|entry| &entry["rank"]).collect();
    assert_eq!(ranks, live.iter().take(10).map(|line| &line["rank"]).collect::<Vec<_>>());
    assert!(staff.iter().any(|entry| entry["rank"].as_u64() > entry["position"].as_u64()));
    // Without one there is nothing to tell, and equals share a rank.
    let plain = p.get("investor", &format!("/v1/match-lists/{}", p.logins.match_list_id)).await.expect(200);
    assert_eq!(plain.body["floor"], Value::Null);
});

over_http!(cohorts_are_not_an_investors_to_know_of, |p| {
    let cohort = p.cohort().await;
    let path = list(p, &p.logins.criteria_id.to_string(), Some(&cohort)).await;
    for who in ["staff", "auditor"] {
        assert_eq!(p.get(who, &path).await.expect(200).body["cohort_id"], cohort);
    }
    let lists = p.get("investor", "/v1/match-lists").await.expect(200);
    for told in [p.get("investor", &path).await.expect(200), lists] {
        assert!(!told.text.contains("cohort") && !told.text.contains("made_by"), "{}", told.text);
    }
    let all = p.get("staff", &format!("/v1/match-lists/{}", p.logins.match_list_id)).await.expect(200);
    assert_eq!(all.body.get("cohort_id"), Some(&Value::Null));
});

over_http!(a_consent_to_be_found_counts_from_its_day, |p| {
    let mut document = crate::criteria::document();
    let kinds = json!(["reguler", "berdikari", "disabilitas", "atensi", "bencana"]);
    document["filters"] = json!([{"field": "pena_category", "op": "in", "value": kinds}]);
    let found = async || {
        let ranked = p.post("staff", "/v1/rankings", &json!({"document": document})).await.expect(200);
        let ids = ranked.body["results"].as_array().unwrap().iter().map(|line| text(&line["id"]).parse().unwrap());
        ids.collect::<Vec<VentureId>>()
    };
    let venture = found().await[0];
    let purpose: Purpose = "found_by:pena_category".parse().unwrap();
    p.service().write(By::Operator, |act| consent::withdraw(act, venture, purpose)).unwrap();
    p.advance(60);
    let given = |days: i64| {
        let row = store::consent::Consent {
            venture_id: venture,
            purpose: purpose.to_string(),
            text_version: sedaya::domain::consent::TEXT_VERSION.into(),
            lang: "id".into(),
            method: "paper".into(),
            reference: "F-009/P".into(),
            given_at: p.service().clock.now().plus_seconds(days * 86_400),
            withdrawn_at: None,
            named: None,
        };
        let written = p.db.db.write::<_, StoreError>(|conn| {
            store::consent::insert(conn, &row)?;
            gate::note_change(conn, venture, p.service().clock.now())?;
            Ok(())
        });
        written.unwrap();
    };
    assert!(!found().await.contains(&venture));
    given(1);
    assert!(!found().await.contains(&venture), "it counts before its day");
    given(0);
    assert!(found().await.contains(&venture));
});

/// A business: its sector, place and need, as a sheet has them.
type Business = (&'static str, &'static str, (&'static str, &'static str));

fn cohort() -> impl Strategy<Value = Vec<Business>> {
    let sectors = prop::sample::select(&["KBLI2020:C10710", "KBLI2020:I56210", "KBLI2020:G47112"][..]);
    let places = prop::sample::select(&["Makasar", "Makasar", "Pancoran", ""][..]);
    let needs = prop::sample::select(&[("5000000", "8000000"), ("12000000", "20000000"), ("", "")][..]);
    prop::collection::vec((sectors, places, needs), 1..=12)
}

/// Each card of a list of a cohort by venture, as a persona reads it, without its code.
async fn cards(p: &Programme, persona: &str, criteria: &str, cohort: &str) -> BTreeMap<VentureId, Value> {
    let path = list(p, criteria, Some(cohort)).await;
    let codes = p.service().keys.venture_codes(p.investor(persona));
    let entries = p.walk(persona, &format!("{path}/entries"), 100).await;
    let card = |entry: Value| {
        let mut card = entry["card"].clone();
        let code = card.as_object_mut().unwrap().remove("code").unwrap();
        (codes.decode(text(&code)).unwrap(), card)
    };
    entries.into_iter().map(card).collect()
}

over_http!(whatever_the_cohort_a_card_prints_what_five_share, |p| {
    let mut document = crate::criteria::document();
    document["filters"] = json!([]);
    document["limit"] = json!(100);
    let criteria = [criteria(p, "investor", &document).await, criteria(p, "investor_other", &document).await];
    let mut runner = TestRunner::deterministic();
    let mut sizes: Vec<Vec<Business>> = (0..5).map(|_| cohort().new_tree(&mut runner).unwrap().current()).collect();
    // One business alone, and a dozen that are alike but for one.
    sizes.push(vec![("KBLI2020:C10710", "Makasar", ("5000000", "8000000"))]);
    let mut alike = vec![("KBLI2020:C10710", "Makasar", ("5000000", "8000000")); 11];
    alike.push(("KBLI2020:G47112", "Makasar", ("5000000", "8000000")));
    sizes.push(alike);
    let mut printed = 0;
    for (n, businesses) in sizes.iter().enumerate() {
        let id = p.new_cohort(&format!("Angkatan {n}")).await;
        let mut rows = Rows::only(&vec![0; businesses.len()]);
        for (row, (sector, place, need)) in businesses.iter().enumerate() {
            for (column, cell) in [
                ("Kode peserta", &*format!("ACAK-{n}-{row}")),
                ("Kode usaha", &*format!("ACAK-{n}-U{row}")),
                ("Nomor HP", ""),
                ("NIK", ""),
                ("KBLI", sector),
                ("Kecamatan", place),
                ("Kebutuhan dana minimum", need.0),
                ("Kebutuhan dana maksimum", need.1),
                ("Jenis investor yang ditolak", ""),
            ] {
                rows.set(row, column, cell);
            }
        }
        let job = p.import(&id, "acak.csv", &rows.csv(), &[]).await;
        assert_eq!(job.body["state"], "applied", "{}", job.text);
        let (one, other) =
            (cards(p, "investor", &criteria[0], &id).await, cards(p, "investor_other", &criteria[1], &id).await);
        assert_eq!(one, other, "two investors read different cards");
        assert_eq!(one.len(), businesses.len());
        let rankable = p.service().rankable().unwrap();
        let own: Vec<Derived> = one.keys().map(|id| Derived::of(&rankable.venture(*id).unwrap().profile)).collect();
        for (venture, card) in &one {
            let says = |member: &str| card[member].as_object().map(|coded| text(&coded["code"]).to_owned());
            let [group, kota, need] = ["sector_group", "kota", "need_band"].map(says);
            let shares = |known: &&Derived| {
                group.as_deref().is_none_or(|said| known.sector_group.is_some_and(|own| own.as_str() == said))
                    && kota.as_deref().is_none_or(|said| known.kota.as_deref() == Some(said))
                    && need.as_deref().is_none_or(|said| known.need_band.is_some_and(|own| own.as_str() == said))
            };
            let is_blank = group.is_none() && kota.is_none() && need.is_none();
            let shared = own.iter().filter(shares).count();
            assert!(is_blank || shared >= K, "{venture} prints {card}, which {shared} share: {businesses:?}");
            assert_eq!(is_blank, card["headline"] == sedaya::domain::card::SOMEWHERE.id);
            printed += usize::from(!is_blank);
        }
    }
    assert!(printed > 0, "no card says anything");
});
