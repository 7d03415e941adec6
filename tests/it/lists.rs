//! Match lists over HTTP: made by one person, published by a second, read by the investor as cards.

use std::collections::BTreeSet;

use sedaya::domain::consent::Purpose;
use sedaya::domain::id::VentureId;
use sedaya::ops::{By, consent, drafts};
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

async fn make(p: &Programme, persona: &str) -> Reply {
    let order = json!({"criteria_id": p.logins.criteria_id, "version": 1});
    p.post(persona, "/v1/match-lists", &order).await
}

async fn publish(p: &Programme, persona: &str, path: &str) -> Reply {
    p.post(persona, &format!("{path}/publish"), &json!({})).await
}

fn first_list(p: &Programme) -> String {
    format!("/v1/match-lists/{}", p.logins.match_list_id)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

/// A number with at most one decimal, in tenths.
fn tenths(value: &Value) -> i64 {
    let shown = value.to_string();
    let (whole, rest) = shown.split_once('.').unwrap_or((&shown, "0"));
    assert_eq!(rest.len(), 1, "{shown} has more than one decimal");
    format!("{whole}{rest}").parse().unwrap()
}

over_http!(one_makes_and_another_publishes, |p| {
    let old = first_list(p);
    let made = make(p, "staff").await.expect(201);
    let path = made.header("location").unwrap();
    assert_eq!(path, format!("/v1/match-lists/{}", text(&made.body["id"])));
    assert_eq!((&made.body["state"], &made.body["published_at"]), (&json!("draft"), &Value::Null));
    let read = p.get("auditor", path).await.expect(200);
    assert_eq!((read.etag(), &read.body), (made.etag(), &made.body));
    // A draft is nobody's outside the programme.
    for rest in ["", "/entries", "/entries/1"] {
        p.unknown_to("investor", "GET", &format!("{path}{rest}")).await;
    }
    let before = p.get("investor", "/v1/match-lists").await.expect(200);
    assert_eq!(before.items().len(), 1);

    assert_eq!(publish(p, "staff", path).await.refusal(), (409, "same_person"));
    assert_eq!(publish(p, "auditor", path).await.refusal(), (403, "forbidden"));
    let published = publish(p, "staff_second", path).await.expect(200);
    assert_eq!(published.body["state"], "published");
    assert_ne!(published.etag(), made.etag());
    assert_eq!(publish(p, "staff_second", path).await.refusal(), (409, "list_not_draft"));

    // The newest takes the place of the one before, and says so.
    let own = p.get("investor", "/v1/match-lists").await.expect(200);
    assert_eq!(own.items().iter().map(|l| &l["id"]).collect::<Vec<_>>(), [&made.body["id"]]);
    assert!(own.items()[0].get("made_by").is_none());
    for rest in ["", "/entries", "/entries/1"] {
        let gone = p.get("investor", &format!("{old}{rest}")).await;
        assert_eq!(gone.refusal(), (410, "list_superseded"));
        assert!(text(&gone.body["detail"]).contains(text(&made.body["id"])), "{}", gone.text);
        assert_eq!(gone.body["superseded_by"], made.body["id"]);
        let link = format!("<{path}>; rel=\"successor-version\"");
        assert_eq!(gone.header("link"), Some(link.as_str()));
        p.get("auditor", &format!("{old}{rest}")).await.expect(200);
        p.unknown_to("investor_other", "GET", &format!("{old}{rest}")).await;
        p.unknown_to("investor_other", "GET", &format!("{path}{rest}")).await;
    }
    assert_eq!(p.get("staff", &old).await.body["superseded_by"], made.body["id"]);
});

over_http!(what_a_list_cannot_be_made_of, |p| {
    let order = async |body: Value| p.post("staff", "/v1/match-lists", &body).await;
    let criteria = p.logins.criteria_id;
    let unknown = "cri_01jcnq8xvgf0nadk1qh2t8wz5e";
    assert_eq!(order(json!({"criteria_id": unknown, "version": 1})).await.refusal(), (404, "not_found"));
    assert_eq!(order(json!({"criteria_id": criteria, "version": 2})).await.refusal(), (404, "not_found"));
    let nowhere = json!({"criteria_id": criteria, "version": 1, "cohort_id": "coh_01jcnq8xvgf0nadk1qh2t8wz5e"});
    assert_eq!(order(nowhere).await.refusal(), (404, "not_found"));
    let document = p.get("staff", &format!("/v1/criteria/{criteria}/versions/1")).await.body["document"].clone();
    let versions = format!("/v1/criteria/{criteria}/versions");
    p.post("staff", &versions, &json!({"document": document})).await.expect(201);
    assert_eq!(order(json!({"criteria_id": criteria, "version": 2})).await.refusal(), (409, "not_published"));

    // A draft over criteria that have been replaced meanwhile is not published any more.
    let draft = make(p, "staff").await.expect(201);
    p.post("staff_second", &format!("{versions}/2/approve"), &json!({})).await.expect(200);
    p.post("staff", &format!("{versions}/2/publish"), &json!({})).await.expect(200);
    let refused = publish(p, "staff_second", draft.header("location").unwrap()).await;
    assert_eq!(refused.refusal(), (409, "list_outdated"));
    // An empty cohort makes an empty list.
    let cohort = p.new_cohort("Kosong").await;
    let empty = order(json!({"criteria_id": criteria, "version": 2, "cohort_id": cohort})).await.expect(201);
    assert_eq!(empty.body["entries_total"], 0);
    let entries = p.get("staff", &format!("{}/entries", empty.header("location").unwrap())).await.expect(200);
    assert_eq!((entries.items().len(), &entries.body["next"]), (0, &Value::Null));
});

over_http!(publications_at_once_leave_one_list, |p| {
    let (one, two) = (make(p, "staff").await.expect(201), make(p, "staff").await.expect(201));
    let (one, two) = (one.header("location").unwrap(), two.header("location").unwrap());
    let answers = tokio::join!(publish(p, "staff_second", one), publish(p, "staff_second", two));
    assert_eq!((answers.0.status, answers.1.status), (200, 200));
    assert_eq!(p.get("investor", "/v1/match-lists").await.items().len(), 1);
    let draft = make(p, "staff").await.expect(201);
    let draft = draft.header("location").unwrap();
    let answers = tokio::join!(publish(p, "staff_second", draft), publish(p, "staff_second", draft));
    let mut answers = [answers.0.status, answers.1.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
});

over_http!(the_investor_reads_cards_with_explanations, |p| {
    let path = format!("{}/entries", first_list(p));
    let page = p.get("investor", &path).await.expect(200);
    assert!(page.items().len() >= 5);
    let set = p.get("investor", &format!("/v1/criteria/{}/versions/1", p.logins.criteria_id)).await.expect(200);
    assert_eq!((&page.body["lottery_seed"], &page.body["criteria_version"]), (&set.body["seed"], &json!(1)));
    let wanted = set.body["document"]["preferences"].as_array().unwrap();
    for (n, entry) in page.items().iter().enumerate() {
        assert_eq!(entry["position"], n + 1);
        let contributions = entry["explanation"]["contributions"].as_array().unwrap();
        let fields = |all: &[Value]| all.iter().map(|c| c["field"].clone()).collect::<Vec<_>>();
        assert_eq!(fields(contributions), fields(wanted));
        assert_eq!(contributions.iter().map(|c| tenths(&c["points"])).sum::<i64>(), tenths(&entry["score"]));
        let card = &entry["card"];
        assert_eq!((text(&card["code"]).len(), card["dimensions"].as_array().unwrap().len()), (26, 6));
        assert!(!text(&card["headline"]).is_empty() && !text(&card["evidence"]).is_empty());
    }
    for hidden in ["ven_", "venture_id", "\"name\"", "\"raw", "external_ref", "SINTETIS"] {
        assert!(!page.text.contains(hidden), "{hidden}");
    }
    let english = send(p.by("investor", "GET", &path).header("accept-language", "en")).await.expect(200);
    assert_ne!(english.etag(), page.etag());
    assert_eq!(english.items()[0]["card"]["notice"], "Not investment advice.");
    assert_eq!(english.items()[0]["score"], page.items()[0]["score"]);
});

over_http!(staff_and_auditor_read_the_same_and_who_it_is, |p| {
    let lists = p.walk("staff", "/v1/match-lists", 10).await;
    let mut codes = BTreeSet::new();
    let mut lines = 0;
    for list in &lists {
        let path = format!("/v1/match-lists/{}/entries", text(&list["id"]));
        let staff = p.walk("staff", &path, 100).await;
        assert_eq!(staff.len() as i64, list["entries_total"].as_i64().unwrap());
        assert_eq!(p.walk("auditor", &path, 100).await, staff);
        for entry in &staff {
            let points = entry["explanation"]["contributions"].as_array().unwrap().iter();
            assert_eq!(points.map(|c| tenths(&c["points"])).sum::<i64>(), tenths(&entry["score"]), "{entry}");
            codes.insert(text(&entry["card"]["code"]).to_owned());
            lines += 1;
        }
    }
    assert_eq!(codes.len(), lines, "no two investors know a venture by the same code");
    let path = format!("{}/entries", first_list(p));
    let mut staff = p.walk("staff", &path, 100).await;
    for entry in &mut staff {
        let id = entry.as_object_mut().unwrap().remove("venture_id").unwrap();
        assert!(text(&id).parse::<VentureId>().is_ok());
    }
    assert_eq!(p.walk("investor", &path, 100).await, staff);
});

over_http!(pages_of_entries_add_up_to_the_list, |p| {
    let path = format!("{}/entries", first_list(p));
    let all = p.walk("investor", &path, 100).await;
    for limit in [1, 3, 7, all.len()] {
        assert_eq!(p.walk("investor", &path, limit).await, all);
    }
    for (n, entry) in all.iter().enumerate() {
        let one = p.get("investor", &format!("{path}/{}", n + 1)).await.expect(200);
        assert_eq!(&one.body, entry);
    }
    for outside in [0, all.len() + 1, 1_000_001] {
        assert_eq!(p.get("investor", &format!("{path}/{outside}")).await.refusal(), (404, "not_found"));
    }
    let page = p.get("investor", &format!("{path}?limit=3")).await.expect(200);
    let again = send(p.by("investor", "GET", &format!("{path}?limit=3")).header("if-none-match", page.etag())).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    // The investor's cursor is no use to staff, whose view is another one.
    let cursor = format!("{path}?cursor={}", text(&page.body["next"]));
    assert_eq!(p.get("staff", &cursor).await.refusal(), (400, "invalid_query"));
});

over_http!(who_takes_a_consent_back_is_a_gap_at_once, |p| {
    let old = first_list(p);
    let draft = make(p, "staff").await.expect(201);
    let draft = draft.header("location").unwrap().to_owned();
    let entries = async |who: &str, path: &str| p.get(who, &format!("{path}/entries")).await.expect(200);
    let readers = [("investor", &old), ("staff", &old), ("auditor", &old), ("staff", &draft)];
    let mut before = Vec::new();
    for (who, path) in readers {
        before.push(entries(who, path).await);
    }
    let position = 3;
    let venture: VentureId = text(&before[1].items()[position - 1]["venture_id"]).parse().unwrap();
    let staff = p.actor("staff");
    let withdraw = |act: &mut sedaya::ops::Act<'_>| consent::withdraw(act, venture, Purpose::AnonymisedListing);
    p.service().write(By::Account(&staff), withdraw).unwrap();
    for ((who, path), before) in readers.into_iter().zip(&before) {
        let request = p.by(who, "GET", &format!("{path}/entries")).header("if-none-match", before.etag());
        let after = send(request).await.expect(200);
        assert_ne!(after.etag(), before.etag());
        for (n, (old, new)) in before.items().iter().zip(after.items()).enumerate() {
            let gap = json!({"position": position, "gone": true});
            assert_eq!(new, if n + 1 == position { &gap } else { old });
        }
        let one = p.get(who, &format!("{path}/entries/{position}")).await.expect(200);
        assert_eq!(one.body, json!({"position": position, "gone": true}));
    }
    // A list that is made now does not have it at all.
    let fresh = make(p, "staff").await.expect(201);
    let fresh = entries("staff", fresh.header("location").unwrap()).await;
    assert!(!fresh.text.contains(&venture.to_string()) && !fresh.text.contains("gone"));
});

over_http!(a_consent_that_lapses_is_a_gap_from_that_day_on, |p| {
    let path = format!("{}/entries", first_list(p));
    let before = p.get("investor", &path).await.expect(200);
    p.advance(365 * 86_400);
    let after = send(p.by("investor", "GET", &path).header("if-none-match", before.etag())).await.expect(200);
    assert!(after.items().iter().any(|entry| entry["gone"] == true), "{}", after.text);
    assert_ne!(after.etag(), before.etag());
});

over_http!(lists_are_drafted_on_their_day, |p| {
    const DAY: i64 = 86_400;
    let path = format!("/v1/criteria/{}", p.logins.criteria_id);
    let lists = async || p.walk("staff", "/v1/match-lists", 100).await.len();
    let (twin, first) = (p.twin().await, lists().await);
    let round = |q: &Programme| drafts::sweep(q.service()).unwrap();
    let set = p.get("staff", &path).await.expect(200);
    assert_eq!((&set.body["draft_every_days"], round(p)), (&Value::Null, 0));
    let wished = p.patch("staff", &path, &set.etag(), &json!({"draft_every_days": 7})).await.expect(200);
    assert_eq!(wished.body["draft_every_days"], 7);
    for odd in [json!(0), json!(367), json!(1.5)] {
        let refused = p.patch("staff", &path, &wished.etag(), &json!({"draft_every_days": odd})).await;
        assert_eq!(refused.refusal(), (422, "invalid_body"));
    }
    assert_eq!(p.patch("investor", &path, &wished.etag(), &json!({})).await.refusal(), (403, "forbidden"));
    // Not before its day, and not if nothing has changed.
    p.advance(7 * DAY);
    twin.advance(7 * DAY);
    assert_eq!((round(p), lists().await), (0, first));
    let tag = p.get("owner", "/v1/me/venture").await.expect(200).etag();
    p.patch("owner", "/v1/me/venture", &tag, &json!({"sharia_only": true})).await.expect(200);
    // Once, whichever process comes by; in the name of whoever wished so, for another to publish.
    assert_eq!(round(p) + round(&twin), 1);
    assert_eq!((lists().await, round(p)), (first + 1, 0));
    let drafted =
        p.walk("staff", "/v1/match-lists", 100).await.into_iter().find(|list| list["state"] == "draft").unwrap();
    let own = format!("/v1/match-lists/{}", text(&drafted["id"]));
    assert_eq!(publish(p, "staff", &own).await.refusal(), (409, "same_person"));
    assert_eq!(publish(p, "staff_second", &own).await.expect(200).body["state"], "published");
    // Whoever has left makes no lists any more; and it can be ended.
    p.advance(8 * DAY);
    let tag = p.get("owner", "/v1/me/venture").await.expect(200).etag();
    p.patch("owner", "/v1/me/venture", &tag, &json!({"sharia_only": false})).await.expect(200);
    let user = format!("/v1/users/{}", p.actor("staff").user);
    let tag = p.get("admin", &user).await.expect(200).etag();
    p.patch("admin", &user, &tag, &json!({"enabled": false})).await.expect(200);
    assert_eq!(round(p), 0);
    let tag = p.get("staff_second", &path).await.expect(200).etag();
    let ended = p.patch("staff_second", &path, &tag, &json!({"draft_every_days": null})).await.expect(200);
    assert_eq!((&ended.body["draft_every_days"], round(p)), (&Value::Null, 0));
});
