//! Reminders: each once, to the side that is silent; owners by a message, investors by an event.

use sedaya::ops::matches;
use serde_json::{Value, json};

use super::openapi::validator;
use crate::messages::{DAY, Post, agree};
use crate::over_http;
use crate::webhooks::Telling;

over_http!(owners_are_reminded_on_the_third_and_tenth_day_once, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    t.drain().await;
    let other = t.twin().await;
    let both = [&t.service, &other];
    let mut told = 1;
    let mut day = 0;
    for (until, reminded) in [(2, 0), (3, 1), (4, 0), (9, 0), (10, 1), (13, 0)] {
        for one in both {
            one.advance((until - day) * DAY);
        }
        day = until;
        let by_both: usize = both.map(|one| matches::remind(one.service()).unwrap()).into_iter().sum();
        assert_eq!(by_both, reminded, "day {until}");
        let carried = both[0].app.couriers.drain().await.unwrap() + both[1].app.couriers.drain().await.unwrap();
        assert_eq!(carried, reminded, "day {until}");
        told += reminded;
        assert_eq!(t.outsider.asked(), told);
    }
    // A reminder reaches nobody anew.
    assert_eq!(t.seen(&id).await["expires_at"], t.after(DAY));
    assert_eq!(t.seen(&id).await["message"]["kind"], "reminder");
});

over_http!(reminders_missed_while_nobody_was_there_are_made_up_for_by_one, |p| {
    let t = Post::start(p).await;
    t.service.ask_owner().await;
    t.drain().await;
    t.service.advance(11 * DAY);
    assert_eq!((matches::remind(t.service.service()).unwrap(), t.drain().await), (1, 1));
    t.service.advance(DAY);
    assert_eq!((matches::remind(t.service.service()).unwrap(), t.drain().await), (0, 0));
});

over_http!(who_has_answered_is_not_reminded, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    t.drain().await;
    t.service.advance(3 * DAY);
    // The reminder waits already when the owner answers.
    assert_eq!(matches::remind(t.service.service()).unwrap(), 1);
    t.step("owner", &id, json!({"move": "decline"})).await;
    assert_eq!(t.drain().await, 0);
    let told = t.seen(&id).await["message"].clone();
    assert_eq!((&told["state"], &told["failure"]), (&json!("given_up"), &json!("moved_on")));
    t.service.advance(7 * DAY);
    assert_eq!((matches::remind(t.service.service()).unwrap(), t.drain().await), (0, 0));
    assert_eq!(t.outsider.asked(), 1);
});

over_http!(reminders_stand_still_while_a_match_is_suspended, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    t.drain().await;
    t.service.advance(2 * DAY);
    t.step("staff", &id, json!({"move": "suspend"})).await;
    assert_eq!(t.drain().await, 1);
    t.service.advance(20 * DAY);
    assert_eq!(matches::remind(t.service.service()).unwrap(), 0);
    t.step("staff", &id, json!({"move": "resume"})).await;
    assert_eq!(t.drain().await, 1);
    t.service.advance(DAY - 1);
    assert_eq!(matches::remind(t.service.service()).unwrap(), 0);
    t.service.advance(1);
    assert_eq!(matches::remind(t.service.service()).unwrap(), 1);
    t.service.advance(7 * DAY);
    assert_eq!(matches::remind(t.service.service()).unwrap(), 1);
    assert_eq!(t.seen(&id).await["expires_at"], t.after(4 * DAY));
});

over_http!(an_owner_is_reminded_of_an_own_missed_tap_only, |p| {
    let t = Post::start(p).await;
    let id = t.service.ask_owner().await;
    t.drain().await;
    t.step("owner", &id, agree()).await;
    let remind = async || (matches::remind(t.service.service()).unwrap(), t.drain().await);
    t.service.advance(7 * DAY - 1);
    assert_eq!(remind().await, (0, 0));
    t.service.advance(1);
    assert_eq!(remind().await, (1, 1), "nobody has spoken for a week");
    t.step("investor", &id, json!({"move": "contact"})).await;
    t.service.advance(20 * DAY);
    t.step("owner", &id, json!({"move": "contact"})).await;
    t.service.advance(10 * DAY);
    assert_eq!(remind().await, (1, 0), "it is the investor who is silent, and has no webhook");
    t.step("investor", &id, json!({"move": "contact"})).await;
    t.service.advance(20 * DAY);
    assert_eq!(remind().await, (1, 1));
});

over_http!(investors_hear_once_that_a_word_of_theirs_is_missing, |p| {
    let t = Telling::start(p).await;
    t.webhook("investor", "/investor", &["match.due"]).await;
    t.webhook("staff", "/staff", &["match.due"]).await;
    let id = t.service.ask_owner().await;
    t.service.step("owner", &id, agree()).await.expect(200);
    let document = p.get("staff", "/openapi.json").await.expect(200).body;
    let schema = &document["webhooks"]["match.due"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    let mut told = 0;
    let mut hear = async |days: i64, expected: usize| {
        t.service.advance(days * DAY);
        matches::remind(t.service.service()).unwrap();
        t.drain().await;
        let heard = t.outsider.heard();
        assert_eq!(heard.len() - told, expected);
        for message in &heard[told..] {
            let body: Value = serde_json::from_str(&message.body).unwrap();
            let errors: Vec<_> = validator(&document, schema).iter_errors(&body).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{body}: {errors:?}");
            let seen = t.service.get("investor", &format!("/v1/matches/{id}")).await.expect(200).body;
            for member in ["id", "version", "state", "code", "expires_at"] {
                assert_eq!(body["data"][member], seen[member], "{member}");
            }
            let is_staff = message.path == "/staff";
            assert_eq!((body["data"].get("venture_id").is_some(), message.body.contains("ven_")), (is_staff, is_staff));
        }
        told = heard.len();
    };
    hear(6, 0).await;
    // A week without a first word.
    hear(1, 2).await;
    hear(1, 0).await;
    t.step("investor", &id, "contact").await;
    hear(29, 0).await;
    t.step("owner", &id, "contact").await;
    // A month without another of the investor's.
    hear(1, 2).await;
    t.step("investor", &id, "contact").await;
    // Then it is the owner who is silent.
    hear(29, 0).await;
});
