//! A sealing key replaced: everything at rest is sealed anew, opens as before, and nothing needs the old key.

use std::collections::BTreeSet;
use std::sync::Arc;

use sedaya::domain::time::Instant;
use sedaya::keys::{Keys, sealing};
use sedaya::ops::reseal::{OPEN, PASSING, Resealed, SEALED, reseal, waiting};
use sedaya::ops::{By, Service};
use sedaya::store::one_time_code::{OwnerPhone, set_phone};
use sedaya::store::sealed::count_others;
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::send;

/// Something in every sealed column; gives the paths where it can be read, each with who reads it.
async fn fill(p: &Programme) -> Vec<(&'static str, String)> {
    let id = p.ask_owner().await;
    let accept = json!({"move": "accept", "consent": {"text_version": sedaya::domain::consent::TEXT_VERSION}});
    p.step("owner", &id, accept).await.expect(200);
    p.step("investor", &id, json!({"move": "contact"})).await.expect(200);
    let offer = p.offer().await;
    let pledge = json!({"instrument": offer["request"]["instrument"], "amount": offer["request"]["amount"]});
    p.step("investor", &id, json!({"move": "commit", "pledge": pledge})).await.expect(200);
    p.step("owner", &id, json!({"move": "confirm"})).await.expect(200);
    p.step("owner", &id, json!({"move": "receive"})).await.expect(200);
    p.step("staff", &id, json!({"move": "fulfil", "outcome": "Etalase baru."})).await.expect(200);
    p.post("owner", &format!("/v1/matches/{id}/report"), &json!({"text": "Etalase ramai."})).await.expect(201);
    let of_investor = p.service().read(|conn| Ok(sedaya::store::matches::of_investor(conn, p.investor("investor"))?));
    let other = of_investor.unwrap().into_iter().find(|found| found.id.to_string() != id).unwrap().id.to_string();
    p.step("investor", &other, json!({"move": "dismiss", "reason": "Terlalu jauh."})).await.expect(200);
    let put = async |who, path: &str, body: Value| {
        let tag = p.get(who, path).await.expect(200).etag();
        send(p.by(who, "PUT", path).header("if-match", tag).json(&body)).await.expect(200)
    };
    let note = format!("/v1/matches/{id}/note");
    put("investor", &note, json!({"text": "Telepon hari Senin."})).await;
    let venture = p.user("owner").venture_id.unwrap();
    let plan = format!("/v1/ventures/{venture}/support-plan");
    put("staff", &plan, json!({"steps": [{"text": "Catat kas."}], "visits": []})).await;
    let made = async |who, path: &str, body: Value| {
        p.post(who, path, &body).await.expect(201).body["id"].as_str().unwrap().to_owned()
    };
    let change = async |path: &str, body: Value| {
        let tag = p.get("staff", path).await.expect(200).etag();
        p.patch("staff", path, &tag, &body).await.expect(200)
    };
    let asked = made("owner", "/v1/me/requests", json!({"kind": "rectify", "text": "Alamat saya salah."})).await;
    let asked = format!("/v1/data-requests/{asked}");
    change(&asked, json!({"state": "answered", "answer": "Sudah diperbaiki."})).await;
    let complaint = made("staff", "/v1/complaints", json!({"text": "Tidak dibalas.", "venture_id": venture})).await;
    let complaint = format!("/v1/complaints/{complaint}");
    change(&complaint, json!({"state": "closed", "done": "Sudah dibalas."})).await;
    let incident = made("staff", "/v1/incidents", json!({"what_happened": "Laptop hilang."})).await;
    let incident = format!("/v1/incidents/{incident}");
    change(&incident, json!({"state": "closed", "done": "Kunci diganti.", "no_breach": true})).await;
    let hook = json!({"url": "https://example.org/", "events": ["match.moved"]});
    let hook = format!("/v1/webhooks/{}", made("investor", "/v1/webhooks", hook).await);
    p.post("investor", &format!("{hook}/rotate"), &json!({})).await.expect(200);
    let owner = p.user("owner").id;
    let phone = p.service().keys.personal().seal(format!("owner phone {owner}").as_bytes(), b"+6281299990001").unwrap();
    let known = OwnerPhone { user_id: owner, phone_hash: "hash".into(), phone, confirmed_at: p.service().clock.now() };
    p.service().write(By::Operator, |act| Ok(set_phone(act.conn, &known)?)).unwrap();
    vec![
        ("staff", format!("/v1/matches/{id}")),
        ("investor", format!("/v1/matches/{id}")),
        ("staff", format!("/v1/matches/{other}")),
        ("owner", format!("/v1/matches/{id}/report")),
        ("investor", note),
        ("staff", plan),
        ("staff", asked),
        ("staff", complaint),
        ("staff", incident),
        ("staff", format!("/v1/ventures/{venture}")),
    ]
}

over_http!(everything_is_sealed_anew, |p| {
    let paths = fill(p).await;
    let read = async |p: &Programme| {
        let mut all = Vec::new();
        for (who, path) in &paths {
            all.push(p.get(who, path).await.expect(200).body);
        }
        all
    };
    let before = read(p).await;
    let long_ago = Instant::from_micros(1_000_000);
    let file = p.service().keys.file().unwrap().to_owned();
    assert_eq!(sealing::add(&file, long_ago, 1).unwrap().id, 2);
    let with = |keys| Service::new(p.db.db.clone(), Arc::new(keys), p.service().clock.clone(), p.service().ids.clone());
    let service = with(Keys::open(&file).unwrap());
    let left = || service.read(|conn| waiting(conn, 2)).unwrap();
    let total = left();
    for column in SEALED {
        let others = service.read(|conn| Ok(count_others(conn, column, 2)?)).unwrap();
        assert!(others > 0, "nothing is in {column:?}, so nothing is proven of it");
    }
    let heard = std::cell::Cell::new(0);
    let done = reseal(&service, |rows| heard.set(heard.get() + rows)).unwrap();
    assert_eq!((done, heard.get(), left()), (Resealed { done: total, unopened: 0 }, total, 0));
    assert_eq!(reseal(&service, |_| ()).unwrap(), Resealed::default());
    let deeds = p.walk("auditor", "/v1/audit?subject=sealing%20key%202", 100).await;
    assert!(deeds.len() >= SEALED.len() && deeds.iter().all(|deed| deed["action"] == "keys.reseal"));

    // Who still has both keys reads on, and so does who has the new one alone.
    assert_eq!(sealing::take_out(&file, p.service().clock.now()).unwrap(), [1]);
    let twin = p.twin_with(|config| config.place.key_file = file.clone()).await;
    assert_eq!(read(&twin).await, before);
    let known = service.read(|conn| Ok(sedaya::store::one_time_code::phone_of(conn, p.user("owner").id)?)).unwrap();
    let place = format!("owner phone {}", p.user("owner").id);
    let phone = twin.service().keys.personal().open(place.as_bytes(), &known.unwrap().phone).unwrap();
    assert_eq!(phone, b"+6281299990001");

    // What cannot be opened is left and told of; the rest is done.
    let last = with(Keys::open(&file).unwrap());
    sealing::add(&file, long_ago.plus_seconds(3600), 1).unwrap();
    let id = p.user("owner").venture_id.unwrap();
    let broken = sedaya::store::sealed::replace;
    last.write(By::Operator, |act| Ok(broken(act.conn, &SEALED[0], &id.to_string(), &[2, 0, 0])?)).unwrap();
    let third = with(Keys::open(&file).unwrap());
    assert_eq!(reseal(&third, |_| ()).unwrap(), Resealed { done: total - 1, unopened: 1 });
    assert_eq!(third.read(|conn| waiting(conn, 3)).unwrap(), 1);
});

#[test]
fn every_column_of_bytes_is_sealed_anew_or_named() {
    let mut columns = BTreeSet::new();
    let mut table = "";
    for line in include_str!("../../src/store/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|(_, rest)| rest.ends_with(") {")) {
            table = name;
        }
        if let Some((column, kind)) = line.split_once(" -> ")
            && kind.contains("Binary")
        {
            columns.insert((table, column));
        }
    }
    let sealed = SEALED.iter().chain(PASSING).map(|of| (of.table, of.column));
    assert_eq!(sealed.chain(OPEN.iter().copied()).collect::<BTreeSet<_>>(), columns);
}
