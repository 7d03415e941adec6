//! Consent spoken on the phone: heard by two, told to the owner by a receipt, and a day in which it can be called off.

use sedaya::domain::consent::TEXT_VERSION;
use serde_json::{Value, json};

use crate::introductions::{DAY, agree, phone_of_owner, read};
use crate::over_http;
use crate::support::reply::send;

over_http!(a_spoken_consent_is_heard_by_two_and_contact_crosses_a_day_later, |p| {
    let id = p.ask_owner().await;
    let phone = phone_of_owner(p).await;
    let (staff, second) = (p.actor("staff").user, p.actor("staff_second").user);
    let spoken = |witness: Value, version: &str| {
        json!({"move": "accept", "spoken": {"witness_id": witness, "text_version": version, "language": "id",
            "reference": "Rekaman 2024-11-20/03", "receipt": "Tanda terima 03"}})
    };
    let bare = p.step("staff", &id, agree()).await.expect(422);
    assert_eq!(bare.faults(), [("/spoken", "needed_here")]);
    for witness in [json!(staff), json!(p.actor("investor").user), json!("usr_01jcnq8xvgf0nadk1qh2t8wz5e")] {
        let refused = p.step("staff", &id, spoken(witness, TEXT_VERSION)).await.expect(422);
        assert_eq!(refused.faults(), [("/spoken/witness_id", "not_a_witness")]);
    }
    // Nobody can send this owner a message: without a receipt on paper it could not be called off.
    let mut bare = spoken(json!(second), TEXT_VERSION);
    bare["spoken"].as_object_mut().unwrap().remove("receipt");
    let refused = p.step("staff", &id, bare).await.expect(422);
    assert_eq!(refused.faults(), [("/spoken/receipt", "needed_here")]);
    let old = p.step("staff", &id, spoken(json!(second), "2020")).await.expect(422);
    assert_eq!(old.faults(), [("/spoken/text_version", "unknown_text_version")]);
    p.step("staff", &id, spoken(json!(second), TEXT_VERSION)).await.expect(200);
    let noted = read(p, "staff", &id).await.body["reasons"].clone();
    assert_eq!((&noted[0]["move"], &noted[0]["text"]), (&json!("accept"), &json!("Tanda terima 03")));
    let waiting = read(p, "investor", &id).await;
    assert_eq!(waiting.body["state"], "introduced");
    assert!(waiting.body.get("contact").is_none() && waiting.body["contact_from"].is_string());
    assert_eq!(waiting.body["moves"], json!(["withdraw"]), "there is nothing to be in contact by");
    p.advance(DAY - 1);
    assert!(!read(p, "investor", &id).await.text.contains(&phone));
    let before = read(p, "investor", &id).await;
    p.advance(1);
    let after = read(p, "investor", &id).await;
    assert_eq!(after.body["contact"]["people"][0]["phone"], json!(phone));
    assert_ne!(after.etag(), before.etag(), "what looks different has another tag");
    let unchanged = p.by("investor", "GET", &format!("/v1/matches/{id}")).header("if-none-match", before.etag());
    assert_eq!(send(unchanged).await.status, 200);
});

over_http!(a_spoken_consent_can_be_called_off_before_contact_crosses, |p| {
    let id = p.ask_owner().await;
    let spoken = json!({"move": "accept", "spoken": {"witness_id": p.actor("staff_second").user,
        "text_version": TEXT_VERSION, "language": "id", "reference": "Rekaman 7", "receipt": "Tanda terima 7"}});
    p.step("staff", &id, spoken).await.expect(200);
    p.step("owner", &id, json!({"move": "withdraw"})).await.expect(200);
    p.advance(3 * DAY);
    let told = read(p, "investor", &id).await;
    assert_eq!(told.body["state"], "withdrawn");
    // Nothing has crossed, so there is nothing to delete.
    for member in ["contact", "contact_from", "delete_by"] {
        assert!(told.body.get(member).is_none(), "{member}");
    }
    let path = format!("/v1/matches/{id}/contact-deletion");
    assert_eq!(p.post("investor", &path, &json!({})).await.refusal(), (409, "move_not_open"));
});

over_http!(the_day_to_call_a_spoken_consent_off_does_not_pass_while_suspended, |p| {
    let id = p.ask_owner().await;
    let spoken = json!({"move": "accept", "spoken": {"witness_id": p.actor("staff_second").user,
        "text_version": TEXT_VERSION, "language": "id", "reference": "Rekaman 7", "receipt": "Tanda terima 7"}});
    p.step("staff", &id, spoken).await.expect(200);
    p.advance(3600);
    p.step("owner", &id, json!({"move": "suspend"})).await.expect(200);
    p.advance(2 * DAY);
    p.step("staff", &id, json!({"move": "resume"})).await.expect(200);
    p.advance(23 * 3600 - 1);
    assert!(read(p, "investor", &id).await.body.get("contact").is_none());
    p.advance(1);
    assert!(read(p, "investor", &id).await.body["contact"].is_object());
});
