//! What owners ask about their data: received by hand or in the app, answered by a human in time, and told of before it is late.

use sedaya::ops::data_request::sweep;
use serde_json::{Value, json};

use crate::messages::Post;
use crate::over_http;
use crate::privacy::dump;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

const HOUR: i64 = 3600;

async fn ask(p: &Programme, body: &Value) -> String {
    let made = p.post("owner", "/v1/me/requests", body).await.expect(201);
    made.body["id"].as_str().unwrap().to_owned()
}

async fn change(p: &Programme, id: &str, body: &Value) -> Reply {
    let path = format!("/v1/data-requests/{id}");
    let tag = p.get("staff", &path).await.expect(200).etag();
    p.patch("staff", &path, &tag, body).await
}

async fn mine(p: &Programme, id: &str) -> Value {
    let all = p.walk("owner", "/v1/me/requests", 100).await;
    all.into_iter().find(|request| request["id"] == id).unwrap()
}

over_http!(a_human_answers_within_three_days, |p| {
    let id = ask(p, &json!({"kind": "rectify", "text": "Alamat kenari merah keliru."})).await;
    assert!(!dump(&p.db).contains("kenari merah"), "what people write is encrypted");
    let told = mine(p, &id).await;
    assert_eq!((&told["state"], &told["text"]), (&json!("open"), &json!("Alamat kenari merah keliru.")));
    assert_eq!(
        (&told["received_at"], &told["due_at"]),
        (&json!("2024-11-20T02:00:00.000000Z"), &json!("2024-11-23T02:00:00.000000Z"))
    );
    assert!(told["what_happens"].as_str().unwrap().contains("3x24 jam"));
    let english = send(p.by("owner", "GET", "/v1/me/requests").header("accept-language", "en")).await.expect(200);
    assert!(english.items()[0]["what_happens"].as_str().unwrap().contains("72 hours"));

    assert_eq!(change(p, &id, &json!({"state": "in_progress"})).await.expect(200).body["state"], "in_progress");
    let early = change(p, &id, &json!({"answer": "Sebentar."})).await.expect(422);
    assert_eq!(early.faults(), [("/answer", "not_with_this_state")]);
    let bare = change(p, &id, &json!({"state": "answered"})).await.expect(422);
    assert_eq!(bare.faults(), [("/answer", "needed_here")]);
    assert!(mine(p, &id).await.get("answer").is_none());
    let done = change(p, &id, &json!({"state": "answered", "answer": "Alamat kenari biru dicatat."})).await.expect(200);
    assert_eq!(done.body["handled_by"], json!(p.actor("staff").user));
    assert!(!dump(&p.db).contains("kenari biru"));
    let told = mine(p, &id).await;
    assert_eq!((&told["state"], &told["answer"]), (&json!("answered"), &json!("Alamat kenari biru dicatat.")));
    for again in [json!({"state": "in_progress"}), json!({"state": "refused", "answer": "Tidak."})] {
        assert_eq!(change(p, &id, &again).await.refusal(), (409, "request_resolved"));
    }
    let stale = p.patch("staff", &format!("/v1/data-requests/{id}"), "\"1.staff.id\"", &json!({})).await;
    assert_eq!(stale.refusal(), (412, "stale_version"));
    let deeds: Vec<Value> = p.walk("auditor", &format!("/v1/audit?subject={id}"), 100).await;
    let actions: Vec<_> = deeds.iter().map(|deed| deed["action"].as_str().unwrap()).collect();
    assert_eq!(actions.iter().filter(|action| **action == "data_request.move").count(), 2);
    assert!(actions.contains(&"data_request.receive"));
});

over_http!(staff_note_what_is_said_and_written, |p| {
    let venture = p.user("owner").venture_id.unwrap();
    let noted = json!({"venture_id": venture, "kind": "object", "channel": "written", "received_on": "2024-11-18"});
    let made = p.post("staff", "/v1/data-requests", &noted).await.expect(201);
    // The day began, in Jakarta, seven hours before it did in Greenwich.
    assert_eq!(made.body["due_at"], "2024-11-20T17:00:00.000000Z");
    assert_eq!((&made.body["overdue"], &made.body["channel"]), (&json!(false), &json!("written")));
    let id = made.body["id"].as_str().unwrap();
    assert_eq!(mine(p, id).await["kind"], "object");
    let tomorrow = json!({"venture_id": venture, "kind": "object", "channel": "written", "received_on": "2024-11-21"});
    let refused = p.post("staff", "/v1/data-requests", &tomorrow).await.expect(422);
    assert_eq!(refused.faults(), [("/received_on", "in_the_future")]);
    for kind in ["rectify", "dispute"] {
        let silent = p.post("owner", "/v1/me/requests", &json!({"kind": kind})).await.expect(422);
        assert_eq!(silent.faults(), [("/text", "needed_here")]);
    }

    p.advance(24 * HOUR);
    let fresh = ask(p, &json!({"kind": "access"})).await;
    let ids = async |query: &str| {
        let all = p.walk("staff", &format!("/v1/data-requests?{query}"), 100).await;
        all.iter().map(|request| request["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("overdue=true").await, [id]);
    assert_eq!(ids("overdue=false").await, [fresh.as_str()]);
    assert_eq!(ids("kind=object&state=open").await, [id]);
    assert_eq!(ids("state=answered").await, Vec::<String>::new());
    let late = p.get("staff", &format!("/v1/data-requests/{id}")).await.expect(200);
    assert_eq!(late.body["overdue"], true);
    assert_ne!(late.etag(), made.etag(), "late is another view of the same version");
    change(p, id, &json!({"state": "refused", "answer": "Peringkat tidak dipakai untuk usaha ini."})).await.expect(200);
    assert_eq!(ids("overdue=true").await, Vec::<String>::new());
});

over_http!(an_owner_has_ten_open_at_most, |p| {
    for _ in 0..10 {
        ask(p, &json!({"kind": "access"})).await;
    }
    let more = p.post("owner", "/v1/me/requests", &json!({"kind": "access"})).await;
    assert_eq!(more.refusal(), (409, "too_many_requests_open"));
    assert_eq!(p.walk("owner", "/v1/me/requests", 4).await.len(), 10);
});

over_http!(a_restriction_is_off_the_lists_at_once_and_if_granted_until_it_is_lifted, |p| {
    let list = format!("/v1/match-lists/{}/entries", p.logins.match_list_id);
    let before = p.get("investor", &list).await.expect(200);
    // To object leaves the venture where it is: a human looks first.
    ask(p, &json!({"kind": "object"})).await;
    assert_eq!(p.get("investor", &list).await.expect(200).body, before.body);

    let id = ask(p, &json!({"kind": "restrict"})).await;
    let after = p.get("investor", &list).await.expect(200);
    assert_eq!(after.items()[0], json!({"position": 1, "gone": true}));
    assert_ne!(after.etag(), before.etag());
    let status = p.get("owner", "/v1/me/status").await.expect(200);
    assert_eq!(status.body["state"], "assessed");
    assert!(status.body["headline"].as_str().unwrap().contains("Atas permintaan Anda"));
    assert_eq!(status.body["actions"][0], "read_requests");
    assert!(!status.body["actions"].as_array().unwrap().contains(&json!("review_consent")));
    let found = p.match_of_owner();
    let refused = p.step("investor", &found, p.offer().await).await;
    assert_eq!(refused.refusal(), (409, "venture_unavailable"));

    let is_listed = async || {
        let shown = p.get("investor", &list).await.expect(200).items()[0] == before.items()[0];
        assert_eq!(p.get("owner", "/v1/me/status").await.expect(200).body["state"] == "listed", shown);
        shown
    };
    // Granted, it lasts; also when another one is refused.
    change(p, &id, &json!({"state": "answered", "answer": "Usaha Anda tidak ditampilkan."})).await.expect(200);
    assert!(!is_listed().await);
    let more = ask(p, &json!({"kind": "restrict"})).await;
    change(p, &more, &json!({"state": "refused", "answer": "Pembatasan yang pertama tetap berlaku."}))
        .await
        .expect(200);
    assert!(!is_listed().await);
    p.advance(60 * 24 * HOUR);
    assert!(!is_listed().await);
    assert_eq!(p.match_of_owner(), found);
    let refused = p.step("investor", &found, p.offer().await).await;
    assert_eq!(refused.refusal(), (409, "venture_unavailable"));

    // On the owner's word it ends, by a deed of its own and once.
    let with_answer = json!({"state": "lifted", "answer": "Sudah."});
    assert_eq!(change(p, &id, &with_answer).await.faults(), [("/answer", "not_with_this_state")]);
    let before_lift = p.get("investor", &list).await.expect(200).etag();
    let lifted = change(p, &id, &json!({"state": "lifted"})).await.expect(200);
    assert!(lifted.body["lifted_at"].is_string() && lifted.body["resolved_at"] != lifted.body["lifted_at"]);
    assert!(is_listed().await);
    assert_ne!(p.get("investor", &list).await.expect(200).etag(), before_lift);
    let told = mine(p, &id).await;
    assert_eq!((&told["state"], &told["answer"]), (&json!("lifted"), &json!("Usaha Anda tidak ditampilkan.")));
    assert_eq!(change(p, &id, &json!({"state": "lifted"})).await.refusal(), (409, "request_resolved"));
});

over_http!(a_wish_to_be_erased_keeps_off_the_lists_until_it_is_refused_or_lifted, |p| {
    let state = async || p.get("owner", "/v1/me/status").await.expect(200).body["state"].clone();
    let refused = ask(p, &json!({"kind": "erase"})).await;
    assert_eq!(state().await, "assessed");
    // A restriction that ends meanwhile brings nobody back.
    let restrict = ask(p, &json!({"kind": "restrict"})).await;
    change(p, &restrict, &json!({"state": "lifted"})).await.expect(200);
    assert_eq!(state().await, "assessed");
    change(p, &refused, &json!({"state": "refused", "answer": "Kami belum dapat memastikan siapa Anda."}))
        .await
        .expect(200);
    assert_eq!(state().await, "listed");
    // Withdrawn before it was answered: it has ended, in time, and owes no answer.
    let lifted = ask(p, &json!({"kind": "erase"})).await;
    let told = change(p, &lifted, &json!({"state": "lifted"})).await.expect(200).body;
    assert_eq!(told["resolved_at"], told["lifted_at"]);
    assert_eq!(state().await, "listed");
    // There is nothing to lift in another kind.
    let access = ask(p, &json!({"kind": "access"})).await;
    let odd = change(p, &access, &json!({"state": "lifted"})).await.expect(422);
    assert_eq!(odd.faults(), [("/state", "not_for_this_kind")]);
});

over_http!(an_owner_is_told_that_there_is_an_answer_and_where, |p| {
    let post = Post::start(p).await;
    let s = &post.service;
    let told = async || s.get("owner", "/v1/me/status").await.expect(200).body;
    let plain = told().await;
    let id = ask(s, &json!({"kind": "dispute", "text": "Catatan kas kenari ada."})).await;
    let open = told().await;
    let headline = open["headline"].as_str().unwrap();
    assert!(headline.contains("sedang ditangani") && headline.contains("paling lambat 23 November 2024"), "{headline}");
    assert!(open["actions"].as_array().unwrap().contains(&json!("read_requests")));
    assert_eq!(post.drain().await, 0, "the owner's own deed is no news");
    change(s, &id, &json!({"state": "in_progress"})).await.expect(200);
    assert_eq!(post.drain().await, 0);
    change(s, &id, &json!({"state": "refused", "answer": "Nilai kenari tetap."})).await.expect(200);
    assert_eq!(post.drain().await, 1);
    let sent: Value = serde_json::from_str(&post.heard().last().unwrap().body).unwrap();
    assert_eq!(sent["text"], "Ada kabar dari SEDAYA");
    let answered = told().await;
    let headline = answered["headline"].as_str().unwrap();
    assert!(headline.ends_with("baca jawabannya di menu permintaan saya."), "{headline}");
    assert!(!answered.to_string().contains("kenari") && !answered.to_string().contains("refused"));
    let data = s.get("owner", "/v1/me/data").await.expect(200).body;
    assert_eq!(data["messages"][0]["kind"], "news");
    // For a month; and what a deed lifts is news again.
    s.advance(31 * 24 * HOUR);
    assert_eq!(told().await, plain);
    let id = ask(s, &json!({"kind": "restrict"})).await;
    change(s, &id, &json!({"state": "lifted"})).await.expect(200);
    assert_eq!(post.drain().await, 1);
    assert!(told().await["headline"].as_str().unwrap().contains("sudah dijawab"));
});

over_http!(what_is_nearly_due_is_told_once_by_whichever_process, |p| {
    let new = json!({"url": "https://example.org/", "events": ["data_request.due"]});
    let webhook = p.post("staff", "/v1/webhooks", &new).await.expect(201);
    let told = format!("{}/deliveries", webhook.header("location").unwrap());
    let id = ask(p, &json!({"kind": "access"})).await;
    let answered = ask(p, &json!({"kind": "object"})).await;
    change(p, &answered, &json!({"state": "answered", "answer": "Sudah ditinjau."})).await.expect(200);
    assert_eq!(sweep(p.service()).unwrap(), 0);
    p.advance(47 * HOUR);
    assert_eq!(sweep(p.service()).unwrap(), 0);
    p.advance(HOUR);
    let twin = p.twin().await;
    assert_eq!(sweep(p.service()).unwrap(), 1);
    assert_eq!(sweep(twin.service()).unwrap(), 0);
    p.advance(100 * HOUR);
    assert_eq!(sweep(p.service()).unwrap(), 0);
    let all = p.walk("staff", &told, 100).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["event"], "data_request.due");
    let stored = p.service().read(|conn| {
        let id: sedaya::domain::id::DataRequestId = id.parse().unwrap();
        Ok(sedaya::store::data_request::find(conn, id)?)
    });
    assert!(stored.unwrap().unwrap().told_at.is_some());
});

over_http!(an_erased_owner_s_words_are_gone_and_that_one_asked_stays, |p| {
    let id = ask(p, &json!({"kind": "erase", "text": "Hapus semuanya."})).await;
    let other = ask(p, &json!({"kind": "dispute", "text": "Catatan kas saya ada."})).await;
    change(p, &other, &json!({"state": "answered", "answer": "Nilai sudah ditinjau."})).await.expect(200);
    let venture = p.user("owner").venture_id.unwrap();
    let noted = json!({"venture_id": venture, "kind": "rectify", "channel": "spoken", "text": "Nama kenari."});
    let key = ("idempotency-key", "kenari-1");
    let made = send(p.by("staff", "POST", "/v1/data-requests").header(key.0, key.1).json(&noted)).await.expect(201);
    assert_eq!(made.body["text"], "Nama kenari.");
    let path = format!("/v1/ventures/{venture}");
    let tag = p.get("staff", &path).await.expect(200).etag();
    assert_eq!(send(p.by("staff", "DELETE", &path).header("if-match", tag)).await.status, 204);
    for id in [&id, &other] {
        let left = p.get("staff", &format!("/v1/data-requests/{id}")).await.expect(200).body;
        assert_eq!(left["state"], "answered");
        assert!(left["resolved_at"].is_string() && left.get("text").is_none() && left.get("answer").is_none());
    }
    // The answer that was kept for a repeat went with it, so the request is made anew, and there is nobody to make it for.
    let again = send(p.by("staff", "POST", "/v1/data-requests").header(key.0, key.1).json(&noted)).await;
    assert_eq!(again.refusal(), (404, "not_found"));
});
