//! Matches: suggested by published lists, moved by the sides they belong to, ended with a consent.

use std::collections::BTreeSet;

use sedaya::domain::consent::Purpose;
use sedaya::domain::id::{MatchId, VentureId};
use sedaya::ops::{By, consent, matches};
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::send;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

async fn publish_again(p: &Programme) -> String {
    let order = json!({"criteria_id": p.logins.criteria_id, "version": 1});
    let made = p.post("staff", "/v1/match-lists", &order).await.expect(201);
    let path = made.header("location").unwrap().to_owned();
    p.post("staff_second", &format!("{path}/publish"), &json!({})).await.expect(200);
    path.rsplit('/').next().unwrap().to_owned()
}

over_http!(a_published_list_suggests_each_of_its_ventures, |p| {
    let entries = p.walk("investor", &format!("/v1/match-lists/{}/entries", p.logins.match_list_id), 100).await;
    let own = p.walk("investor", "/v1/matches", 7).await;
    let codes = |items: &[Value], at: &str| {
        items.iter().map(|i| text(i.pointer(at).unwrap()).to_owned()).collect::<BTreeSet<_>>()
    };
    assert_eq!(codes(&own, "/code"), codes(&entries, "/card/code"));
    assert!(own.iter().all(|m| m["state"] == "suggested" && m["list_id"] == json!(p.logins.match_list_id)));
    assert!(own.iter().all(|m| m["moves"] == json!(["shortlist", "dismiss", "request", "withdraw"])));
    // An investor learns nothing of ventures or of others; staff and auditors see whose match it is.
    assert!(own.iter().all(|m| m.get("venture_id").is_none() && m.get("investor_id").is_none()));
    let all = p.walk("staff", "/v1/matches", 100).await;
    assert!(all.len() > own.len());
    assert_eq!(p.walk("auditor", "/v1/matches", 100).await.len(), all.len());
    let other = codes(&p.walk("investor_other", "/v1/matches", 100).await, "/id");
    assert!(other.is_disjoint(&codes(&own, "/id")));
    let foreign = format!("/v1/matches/{}", other.first().unwrap());
    p.unknown_to("investor", "GET", &foreign).await;
    p.unknown_to("investor", "POST", &format!("{foreign}/moves")).await;
    assert_eq!(p.walk("staff", "/v1/matches?state=dismissed", 100).await.len(), 0);
    let odd = p.get("staff", "/v1/matches?state=lost").await;
    assert_eq!(odd.refusal(), (400, "invalid_query"));
});

over_http!(an_investor_looks_closer_and_turns_away, |p| {
    let own = p.walk("investor", "/v1/matches", 100).await;
    let (first, second) = (text(&own[0]["id"]), text(&own[1]["id"]));
    let closer = p.step("investor", first, json!({"move": "shortlist"})).await.expect(200);
    assert_eq!((&closer.body["state"], &closer.body["version"]), (&json!("shortlisted"), &json!(2)));
    assert_eq!(closer.body["moves"], json!(["dismiss", "request", "withdraw"]));
    let again = p.step("investor", first, json!({"move": "shortlist"})).await;
    assert_eq!(again.refusal(), (409, "move_not_open"));

    let reason = "Sudah ada mitra serupa di Rawamangun.";
    let away = p.step("investor", second, json!({"move": "dismiss", "reason": reason})).await.expect(200);
    assert_eq!((&away.body["state"], &away.body["moves"]), (&json!("dismissed"), &json!([])));
    // Why is for staff, and readable by nobody else: not by auditors, not in the database.
    let path = format!("/v1/matches/{second}");
    let said = p.get("staff", &path).await.expect(200).body["reasons"].clone();
    assert_eq!(
        (&said[0]["text"], &said[0]["side"], &said[0]["move"]),
        (&json!(reason), &json!("investor"), &json!("dismiss"))
    );
    for persona in ["investor", "auditor"] {
        assert!(!p.get(persona, &path).await.expect(200).text.contains("Rawamangun"), "{persona}");
    }
    let id: MatchId = second.parse().unwrap();
    let kept = p.service().read(|conn| Ok(sedaya::store::matches::find(conn, id)?)).unwrap().unwrap();
    assert!(!kept.reason.unwrap().windows(10).any(|bytes| bytes == b"Rawamangun"));
    // What has ended never begins again.
    for body in ["shortlist", "withdraw", "dismiss"] {
        assert_eq!(p.step("investor", second, json!({"move": body})).await.refusal(), (409, "move_not_open"));
    }
    for (body, at) in [
        (json!({}), "/move"),
        (json!({"move": "accept"}), "/consent"),
        (json!({"move": "lost"}), "/move"),
        (json!({"move": "dismiss", "reason": ""}), "/reason"),
        (json!({"move": "dismiss", "state": "introduced"}), "/state"),
    ] {
        assert_eq!(p.step("investor", first, body).await.expect(422).faults()[0].0, at);
    }
});

over_http!(moves_are_made_from_the_newest_state_and_once, |p| {
    let own = p.walk("investor", "/v1/matches", 100).await;
    let path = format!("/v1/matches/{}", text(&own[0]["id"]));
    let moves = format!("{path}/moves");
    let tag = p.get("investor", &path).await.expect(200).etag();
    let ask = |tag: &str, key: &str, body: Value| {
        let request = p.by("investor", "POST", &moves).header("if-match", tag).header("idempotency-key", key);
        send(request.json(&body))
    };
    let bare = send(p.by("investor", "POST", &moves).json(&json!({"move": "shortlist"}))).await;
    assert_eq!(bare.refusal(), (428, "precondition_required"));
    let first = ask(&tag, "k", json!({"move": "shortlist"})).await.expect(200);
    assert_eq!(ask(&tag, "k", json!({"move": "shortlist"})).await.expect(200).text, first.text);
    assert_eq!(ask(&tag, "other", json!({"move": "dismiss"})).await.refusal(), (412, "stale_version"));
    // Two at once: one moves, the other learns that it has moved.
    let tag = first.etag();
    let both =
        futures_util::future::join_all((0..6).map(|n| ask(&tag, &format!("{n}"), json!({"move": "dismiss"})))).await;
    assert_eq!(both.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(both.iter().all(|reply| reply.status == 200 || reply.refusal() == (412, "stale_version")));
});

over_http!(staff_suspend_a_match_and_it_goes_on_where_it_was, |p| {
    let own = p.walk("investor", "/v1/matches", 100).await;
    let id = text(&own[0]["id"]);
    p.step("investor", id, json!({"move": "shortlist"})).await.expect(200);
    assert_eq!(p.step("investor", id, json!({"move": "suspend"})).await.refusal(), (409, "move_not_open"));
    let stopped = p.step("staff", id, json!({"move": "suspend", "reason": "Aduan"})).await.expect(200);
    assert_eq!((&stopped.body["state"], &stopped.body["moves"]), (&json!("suspended"), &json!(["decline", "resume"])));
    assert_eq!(p.step("investor", id, json!({"move": "dismiss"})).await.refusal(), (409, "move_not_open"));
    let resumed = p.step("staff", id, json!({"move": "resume"})).await.expect(200);
    assert_eq!(resumed.body["state"], "shortlisted");
    p.step("investor", id, json!({"move": "dismiss"})).await.expect(200);
    // Each move has its line in the audit, without words.
    let deeds = p.walk("auditor", &format!("/v1/audit?subject={id}"), 100).await;
    assert_eq!(deeds.iter().filter(|deed| deed["action"] == "match.move").count(), 4);
});

over_http!(a_newer_list_keeps_what_is_under_way, |p| {
    let own = p.walk("investor", "/v1/matches", 100).await;
    let (kept, dismissed) = (text(&own[0]["id"]), text(&own[1]["id"]));
    p.step("investor", kept, json!({"move": "shortlist"})).await.expect(200);
    p.step("investor", dismissed, json!({"move": "dismiss"})).await.expect(200);
    let newer = publish_again(p).await;
    let after = p.walk("investor", "/v1/matches", 100).await;
    // The same ventures: nothing is suggested twice, and what was dismissed stays so.
    assert_eq!(after.len(), own.len());
    for found in &after {
        let (state, list) = match text(&found["id"]) {
            id if id == kept => ("shortlisted", &own[0]["list_id"]),
            id if id == dismissed => ("dismissed", &own[1]["list_id"]),
            _ => ("suggested", &json!(newer)),
        };
        assert_eq!((&found["state"], &found["list_id"]), (&json!(state), list));
    }
});

over_http!(a_suggestion_stands_as_long_as_one_published_list_has_it, |p| {
    let ventures = async |list: &str| {
        let entries = p.walk("staff", &format!("/v1/match-lists/{list}/entries"), 100).await;
        entries.iter().map(|e| text(&e["venture_id"]).to_owned()).collect::<BTreeSet<_>>()
    };
    // A second criteria set of the same investor: everybody in a kota, then only those of another one.
    let publish = async |set: &str, version: i64| {
        for (who, step) in [("staff_second", "approve"), ("staff", "publish")] {
            p.post(who, &format!("{set}/versions/{version}/{step}"), &json!({})).await.expect(200);
        }
        let order = json!({"criteria_id": set.rsplit('/').next().unwrap(), "version": version});
        let made = p.post("staff", "/v1/match-lists", &order).await.expect(201);
        let path = made.header("location").unwrap().to_owned();
        p.post("staff_second", &format!("{path}/publish"), &json!({})).await.expect(200);
        path.rsplit('/').next().unwrap().to_owned()
    };
    let with = |op: &str, kota: &str| {
        let mut document = crate::criteria::document();
        document["filters"] = json!([{"field": "kota", "op": op, "value": [kota], "on_unknown": "exclude"}]);
        document["limit"] = json!(100);
        json!({ "document": document })
    };
    let first = p.logins.match_list_id.to_string();
    let path = format!("/v1/investors/{}/criteria", p.investor("investor"));
    let made = p.post("staff", &path, &with("in", "31.75")).await.expect(201);
    let set = made.header("location").unwrap().to_owned();
    let second = publish(&set, 1).await;
    p.post("staff", &format!("{set}/versions"), &with("not_in", "31.75")).await.expect(201);
    let third = publish(&set, 2).await;

    let (a, b, c) = (ventures(&first).await, ventures(&second).await, ventures(&third).await);
    assert!(!a.is_empty() && !b.is_empty() && !c.is_empty() && b.is_disjoint(&c));
    assert!(b.difference(&a).count() > 0, "some stood on the second list alone");
    let mut seen = BTreeSet::new();
    for found in p.walk("staff", "/v1/matches", 100).await {
        if found["investor_id"] != json!(p.investor("investor")) {
            continue;
        }
        let venture = text(&found["venture_id"]);
        assert!(seen.insert(venture.to_owned()), "once each");
        let expected = if c.contains(venture) {
            ("suggested", &third)
        } else if a.contains(venture) {
            ("suggested", &first)
        } else {
            ("expired", &second)
        };
        assert_eq!((text(&found["state"]), text(&found["list_id"])), (expected.0, expected.1.as_str()));
    }
    assert_eq!(seen.len(), a.union(&b).chain(&c).collect::<BTreeSet<_>>().len());
});

over_http!(who_takes_a_consent_back_is_in_no_open_match, |p| {
    let all = p.walk("staff", "/v1/matches", 100).await;
    let venture: VentureId = text(&all[0]["venture_id"]).parse().unwrap();
    let of_venture = |all: &[Value]| {
        all.iter()
            .filter(|m| m["venture_id"] == json!(venture))
            .map(|m| text(&m["state"]).to_owned())
            .collect::<Vec<_>>()
    };
    assert!(of_venture(&all).iter().all(|state| state == "suggested"));
    p.service().write(By::Operator, |act| consent::withdraw(act, venture, Purpose::AnonymisedListing)).unwrap();
    let after = p.walk("staff", "/v1/matches", 100).await;
    assert!(of_venture(&after).iter().all(|state| state == "withdrawn"));
    assert_eq!(of_venture(&after).len(), of_venture(&all).len());
    // Nothing else has moved, and a newer list suggests others only.
    publish_again(p).await;
    let later = p.walk("staff", "/v1/matches", 100).await;
    assert_eq!(of_venture(&later), of_venture(&after));
});

// A database of before: its lists suggest what they would have suggested, at the next start and once.
over_http!(lists_published_before_there_were_matches_suggest_once, |p| {
    use diesel::connection::SimpleConnection as _;
    let whole = |all: Vec<Value>| {
        all.into_iter().map(|m| (m["investor_id"].clone(), m["venture_id"].clone())).map(|(a, b)| format!("{a}{b}"))
    };
    let before: BTreeSet<_> = whole(p.walk("staff", "/v1/matches", 100).await).collect();
    let forget = |conn: &mut sedaya::store::Conn| {
        Ok(conn.batch_execute("DELETE FROM matches; UPDATE match_lists SET suggested_at = NULL")?)
    };
    p.service().db.write::<_, sedaya::store::StoreError>(forget).unwrap();
    let restarted = p.twin().await;
    let after = p.walk("staff", "/v1/matches", 100).await;
    assert_eq!(whole(after.clone()).collect::<BTreeSet<_>>(), before);
    matches::catch_up(restarted.service()).unwrap();
    assert_eq!(p.walk("staff", "/v1/matches", 100).await, after);
});
