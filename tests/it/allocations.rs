//! Matching days: who meets whom without double booking, and exclusive places that are stable; held against the rankings.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

/// The investors of the demo, with how many they take.
async fn guests(p: &Programme, capacity: u32) -> Vec<Value> {
    let all = p.walk("staff", "/v1/investors", 100).await;
    all.iter().map(|one| json!({"investor_id": one["id"], "capacity": capacity})).collect()
}

/// What each investor gives each venture, by the live rankings.
async fn scores(p: &Programme, guests: &[Value]) -> BTreeMap<(String, String), f64> {
    let mut all = BTreeMap::new();
    for guest in guests {
        let investor = text(&guest["investor_id"]);
        let sets = p.get("staff", &format!("/v1/investors/{investor}/criteria")).await.expect(200);
        let path = format!("/v1/criteria/{}/matches", text(&sets.items()[0]["id"]));
        for line in p.walk("staff", &path, 100).await {
            all.insert((text(&line["venture_id"]).to_owned(), investor.to_owned()), line["score"].as_f64().unwrap());
        }
    }
    all
}

fn pair(one: &Value) -> (String, String) {
    (text(&one["venture_id"]).to_owned(), text(&one["investor_id"]).to_owned())
}

over_http!(a_day_of_meetings_without_double_booking, |p| {
    let guests = guests(p, 12).await;
    let scores = scores(p, &guests).await;
    let day = json!({"kind": "meetings", "investors": guests, "slots": 12, "seed": "temu"});
    let made = p.post("staff", "/v1/allocations", &day).await.expect(201);
    let read = p.get("staff", made.header("location").unwrap()).await.expect(200);
    assert_eq!(read.body, made.body);
    let items = made.body["items"].as_array().unwrap();
    let mut booked = BTreeSet::new();
    let (mut by_investor, mut by_venture) = (BTreeMap::<String, u64>::new(), BTreeMap::<String, u64>::new());
    for one in items {
        let ((venture, investor), round) = (pair(one), one["round"].as_u64().unwrap());
        assert_eq!(one["score"].as_f64(), scores.get(&(venture.clone(), investor.clone())).copied());
        assert!(booked.insert((round, venture.clone())) && booked.insert((round, investor.clone())), "{one}");
        *by_investor.entry(investor).or_default() += 1;
        *by_venture.entry(venture).or_default() += 1;
    }
    let busiest = by_investor.values().chain(by_venture.values()).max().unwrap();
    assert_eq!(&made.body["rounds"], busiest);
    assert!(by_investor.values().all(|n| *n <= 12));
    // Everybody meets somebody, or is named with the reason.
    let left: BTreeMap<String, &str> = made.body["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(&one["venture_id"]).to_owned(), text(&one["why"])))
        .collect();
    let wanted: BTreeSet<&String> = scores.keys().map(|(venture, _)| venture).collect();
    for venture in &wanted {
        assert!(by_venture.contains_key(*venture) || left[*venture] == "crowded", "{venture}");
    }
    assert_eq!(made.body["ventures"].as_u64().unwrap() as usize, by_venture.len() + left.len());
    for (venture, why) in &left {
        let nobody = matches!(*why, "no_investor" | "owner_declines");
        assert_eq!(nobody, !wanted.contains(venture), "{venture}");
    }
    let without = made.body["ventures"].as_u64().unwrap() as usize - by_venture.len();
    let said = format!("{} pertemuan, {busiest} putaran, {without} usaha tanpa pertemuan", items.len());
    assert!(text(&made.body["headline"]).starts_with(&said), "{}", made.body["headline"]);
    // The same again, to the byte; bans and promises are kept.
    let again = p.post("staff", "/v1/allocations", &day).await.expect(201);
    assert_eq!(again.body["items"], made.body["items"]);
    let (banned, forced) = (&items[0], scores.iter().min_by(|a, b| a.1.total_cmp(b.1)).unwrap().0);
    let forced = json!({"venture_id": forced.0, "investor_id": forced.1});
    let mut other = day.clone();
    other["banned"] = json!([{"venture_id": banned["venture_id"], "investor_id": banned["investor_id"]}]);
    other["forced"] = json!([forced]);
    let other = p.post("staff", "/v1/allocations", &other).await.expect(201);
    let pairs: BTreeSet<_> = other.body["items"].as_array().unwrap().iter().map(pair).collect();
    assert!(!pairs.contains(&pair(banned)) && pairs.contains(&pair(&forced)) && other.body["unkept"] == json!([]));
    assert_eq!(p.walk("staff", "/v1/allocations", 2).await.len(), 3);
    for who in ["investor", "auditor", "owner", "assessor"] {
        assert_eq!(p.post(who, "/v1/allocations", &day).await.refusal(), (403, "forbidden"));
    }
});

over_http!(exclusive_places_are_stable, |p| {
    let guests = guests(p, 3).await;
    let scores = scores(p, &guests).await;
    let day = json!({"kind": "exclusive", "investors": guests});
    let made = p.post("staff", "/v1/allocations", &day).await.expect(201);
    let items: Vec<(String, String)> = made.body["items"].as_array().unwrap().iter().map(pair).collect();
    let ventures: BTreeSet<&String> = items.iter().map(|(venture, _)| venture).collect();
    assert_eq!((ventures.len(), &made.body["blocking"], &made.body["rounds"]), (items.len(), &json!([]), &json!(0)));
    // Whoever has no place is ranked lower everywhere than those who have one there.
    for left in made.body["left_out"].as_array().unwrap() {
        let venture = text(&left["venture_id"]);
        for guest in &guests {
            let investor = text(&guest["investor_id"]);
            let Some(own) = scores.get(&(venture.to_owned(), investor.to_owned())) else { continue };
            let held: Vec<f64> = items.iter().filter(|(_, who)| who == investor).map(|held| scores[held]).collect();
            assert!(left["why"] == "filled" && held.len() == 3, "{left}");
            // A floor may put a lower score first.
            let floored = held.iter().any(|score| score < own);
            assert!(!floored || investor != p.investor("investor").to_string(), "{left}");
        }
    }
    // A wish goes first: the venture of the best place asks for another investor who ranks it.
    let (venture, has) = items
        .iter()
        .find(|(venture, has)| {
            guests.iter().any(|g| {
                text(&g["investor_id"]) != has
                    && scores.contains_key(&(venture.clone(), text(&g["investor_id"]).to_owned()))
            })
        })
        .unwrap();
    let wish = guests
        .iter()
        .map(|g| text(&g["investor_id"]))
        .find(|who| *who != has && scores.contains_key(&(venture.clone(), (*who).to_owned())))
        .unwrap();
    let mut wished =
        json!({"kind": "exclusive", "investors": guests, "wishes": [{"venture_id": venture, "investor_ids": [wish]}]});
    for guest in wished["investors"].as_array_mut().unwrap() {
        guest["capacity"] = json!(1000);
    }
    let wished = p.post("staff", "/v1/allocations", &wished).await.expect(201);
    let now: BTreeMap<String, String> = wished.body["items"].as_array().unwrap().iter().map(pair).collect();
    assert_eq!(now[venture], wish);
});

over_http!(an_owners_refusal_stands_above_staff, |p| {
    let (investor, venture) = (p.investor("investor"), p.user("owner").venture_id.unwrap());
    let kind = p.get("staff", &format!("/v1/investors/{investor}")).await.expect(200).body["kind"].clone();
    let couple = json!({"venture_id": venture, "investor_id": investor});
    let one = json!([{"investor_id": investor, "capacity": 50}]);
    let forced = json!({"kind": "meetings", "investors": one, "slots": 50, "forced": [couple]});
    let plan = async |day: &Value| p.post("staff", "/v1/allocations", day).await.expect(201).body;
    let left = |made: &Value| {
        let all = made["left_out"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["venture_id"] == couple["venture_id"]).map(|one| text(&one["why"]).to_owned())
    };
    let own = |made: &Value| {
        made["items"].as_array().unwrap().iter().find(|one| one["venture_id"] == couple["venture_id"]).cloned()
    };
    let before = plan(&forced).await;
    assert!(own(&before).is_some() && before["unkept"] == json!([]));
    // Staff may ban it, and that is the reason then.
    let mut banned = forced.clone();
    (banned["banned"], banned["forced"]) = (json!([couple]), json!([]));
    let is_ranked = own(&before).unwrap()["score"].is_number();
    let want = if is_ranked { "banned" } else { "no_investor" };
    assert_eq!(left(&plan(&banned).await).as_deref(), Some(want));
    let tag = p.get("owner", "/v1/me/venture").await.expect(200).etag();
    let said = json!({"excluded_investor_kinds": [kind]});
    p.patch("owner", "/v1/me/venture", &tag, &said).await.expect(200);
    let after = plan(&forced).await;
    assert_eq!(own(&after), None);
    let unkept = &after["unkept"][0];
    assert_eq!((pair(unkept), text(&unkept["why"])), (pair(&couple), "owner_declines"));
    assert!(text(&unkept["label"]).contains("Pemilik"), "{unkept}");
    let want = if is_ranked { "owner_declines" } else { "no_investor" };
    assert_eq!(left(&after).as_deref(), Some(want));
    let mut places = json!({"kind": "exclusive", "investors": one});
    assert_eq!(left(&plan(&places).await).as_deref(), Some(want));
    // Whom the investor does not rank has no score, and still meets where it must.
    let ranked: BTreeSet<String> =
        scores(p, one.as_array().unwrap()).await.into_keys().map(|(venture, _)| venture).collect();
    let all = p.walk("staff", "/v1/ventures", 100).await;
    let mut unscored = 0;
    for other in all.iter().filter(|other| !ranked.contains(text(&other["id"])) && other["id"] != couple["venture_id"])
    {
        let mut day = forced.clone();
        day["forced"] = json!([{"venture_id": other["id"], "investor_id": investor}]);
        let made = p.post("staff", "/v1/allocations", &day).await;
        if made.status != 201 {
            continue;
        }
        let met = made.body["items"].as_array().unwrap().iter().find(|one| one["venture_id"] == other["id"]).cloned();
        if let Some(met) = met {
            assert!(met["score"].is_null(), "{met}");
            unscored += 1;
            break;
        }
    }
    assert_eq!(unscored, 1);
    for (member, value) in [("slots", json!(3)), ("minimum", json!(1)), ("forced", json!([couple]))] {
        places[member] = value;
    }
    let odd = p.post("staff", "/v1/allocations", &places).await.expect(422);
    let code = "not_of_this_method";
    assert_eq!(odd.faults(), [("/slots", code), ("/minimum", code), ("/forced", code)]);
});

over_http!(what_cannot_be_planned_says_why, |p| {
    let (own, other) = (p.investor("investor"), p.investor("investor_other"));
    let plan = async |day: Value| p.post("staff", "/v1/allocations", &day).await;
    let twice = json!({"kind": "meetings", "investors": [{"investor_id": own, "capacity": 1}, {"investor_id": own, "capacity": 2}]});
    assert_eq!(plan(twice).await.expect(422).faults(), [("/investors/1/investor_id", "named_twice")]);
    let one = json!([{"investor_id": own, "capacity": 1}]);
    let venture = p.user("owner").venture_id.unwrap();
    let stranger =
        json!({"kind": "meetings", "investors": one, "banned": [{"venture_id": venture, "investor_id": other}]});
    assert_eq!(plan(stranger).await.expect(422).faults(), [("/banned/0", "not_of_this_day")]);
    let foreign = p.get("staff", &format!("/v1/investors/{other}/criteria")).await.expect(200).items()[0]["id"].clone();
    let foreign =
        json!({"kind": "meetings", "investors": [{"investor_id": own, "capacity": 1, "criteria_id": foreign}]});
    assert_eq!(plan(foreign).await.refusal(), (404, "not_found"));
    let new = json!({"name": "Yayasan Baru", "kind": "foundation", "capacity": 5});
    let new = p.post("staff", "/v1/investors", &new).await.expect(201);
    let without = json!({"kind": "exclusive", "investors": [{"investor_id": new.body["id"], "capacity": 1}]});
    let without = plan(without).await;
    assert_eq!(without.refusal(), (409, "not_published"));
    assert_eq!(without.faults(), [("/investors/0", "not_published")]);
    // One place, and everybody who is ranked wants it.
    let crowded = plan(json!({"kind": "meetings", "investors": one, "slots": 1})).await.expect(201);
    assert_eq!(crowded.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(crowded.body["crowded"]["investor_ids"], json!([own]));
    // What the slots or a ban do not allow is nobody's wish: within them only a better venture blocks.
    let ranked = crowded.body["items"][0]["score"].as_f64().unwrap();
    assert!(crowded.body["blocking"].as_array().unwrap().is_empty(), "the best has the one place: {ranked}");
    let met = crowded.body["items"][0].clone();
    let ban = json!([{"venture_id": met["venture_id"], "investor_id": met["investor_id"]}]);
    let wide = json!([{"investor_id": own, "capacity": 50}]);
    let without = plan(json!({"kind": "meetings", "investors": wide, "slots": 1, "banned": ban})).await.expect(201);
    let blocked: Vec<_> = without.body["blocking"].as_array().unwrap().iter().map(pair).collect();
    assert!(!blocked.contains(&pair(&met)) && blocked.is_empty(), "{blocked:?}");
});
