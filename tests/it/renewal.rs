//! The consent to be listed is asked for again a month before it lapses: by one message, in the owner's status, and by staff.

use sedaya::domain::consent::TEXT_VERSION;
use sedaya::ops::renewal::ask;
use serde_json::{Value, json};

use crate::messages::{DAY, Post};
use crate::over_http;

over_http!(an_owner_is_asked_again_once_before_the_listing_lapses, |p| {
    let t = Post::start(p).await;
    let p = &t.service;
    let due = async || -> Vec<Value> {
        let late = p.walk("staff", "/v1/reports/overdue", 100).await;
        late.into_iter().filter(|one| one["task"] == "renew_listing").collect()
    };
    let status = async || p.get("owner", "/v1/me/status").await.expect(200).body;
    // Given on 20 November 2024.
    p.advance(334 * DAY);
    assert_eq!((ask(p.service()).unwrap(), due().await, status().await["due_at"].clone()), (0, vec![], Value::Null));
    p.advance(DAY);
    let asked = due().await;
    let owner = json!(p.user("owner").venture_id);
    assert!(asked.len() > 10 && asked.iter().any(|one| one["venture_id"] == owner));
    for one in &asked {
        assert_eq!((&one["due_at"], &one["days_late"]), (&json!("2025-10-20T17:00:00.000000Z"), &json!(0)));
        assert!(one.get("match_id").is_none() && one.get("investor_id").is_none(), "{one}");
    }
    let told = status().await;
    assert!(told["headline"].as_str().unwrap().contains("berakhir pada 19 November 2025"), "{told}");
    assert_eq!((&told["actions"][0], &told["state"]), (&json!("review_consent"), &json!("listed")));
    assert_eq!(told["due_at"], "2025-11-19T17:00:00.000000Z");

    // One message each, and it says what all of them say. Whoever has renewed meanwhile gets none.
    assert_eq!(ask(p.service()).unwrap(), asked.len());
    let given = json!({"purpose": "anonymised_listing", "text_version": TEXT_VERSION});
    p.post("owner", "/v1/me/consents", &given).await.expect(201);
    while t.drain().await > 0 {}
    let heard = t.heard();
    // Some have no phone.
    assert!(heard.len() > 50 && heard.len() < asked.len(), "{}", heard.len());
    assert!(heard.iter().all(|message| message.body.contains("Ada kabar dari SEDAYA")));
    let mine = p.get("owner", "/v1/me/data").await.expect(200).body["messages"].clone();
    let [message] = mine.as_array().unwrap().as_slice() else { panic!("{mine}") };
    assert_eq!((&message["kind"], &message["state"]), (&json!("reminder"), &json!("given_up")));
    assert_eq!(ask(p.service()).unwrap(), 0);
    p.advance(DAY);
    assert_eq!((ask(p.service()).unwrap(), t.drain().await), (0, 0));
    assert_eq!(status().await.get("due_at"), None);
    assert!(due().await.iter().all(|one| one["venture_id"] != owner));

    // Lapsed, it is staff's to ask as long as the owner has not taken it back.
    p.advance(60 * DAY);
    assert_eq!(due().await.len(), asked.len() - 1);
    let other = asked.iter().find(|one| one["venture_id"] != owner).unwrap()["venture_id"].as_str().unwrap();
    let path = format!("/v1/ventures/{other}/consents/withdrawal");
    p.post("staff", &path, &json!({"purpose": "anonymised_listing"})).await.expect(200);
    assert_eq!(due().await.len(), asked.len() - 2);
    assert_eq!(ask(p.service()).unwrap(), 0);
});

over_http!(where_owners_are_sent_nothing_nobody_counts_as_asked, |p| {
    p.advance(340 * DAY);
    assert_eq!(ask(p.service()).unwrap(), 0);
    let t = Post::start(p).await;
    assert!(ask(t.service.service()).unwrap() > 10);
});
