//! From a request to an introduction and its outcome: what each side sees, who may do what by when, and what never crosses.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use sedaya::domain::consent::{Purpose, TEXT_VERSION};
use sedaya::domain::id::{InvestorId, MatchId, VentureId};
use sedaya::domain::match_life::MatchState;
use sedaya::domain::venture::InvestorKind;
use sedaya::ops::investor::{self, NewInvestor};
use sedaya::ops::{By, consent, matches};
use sedaya::store::matches::{self as stored, Match};
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

pub const DAY: i64 = 24 * 3600;

pub fn agree() -> Value {
    json!({"move": "accept", "consent": {"text_version": TEXT_VERSION}})
}

pub async fn read(p: &Programme, persona: &str, id: &str) -> Reply {
    p.get(persona, &format!("/v1/matches/{id}")).await.expect(200)
}

/// How to reach the owner, in the words of the sample.
pub async fn phone_of_owner(p: &Programme) -> String {
    let venture = p.user("owner").venture_id.unwrap();
    let known = p.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200);
    known.body["people"][0]["phone"].as_str().unwrap().to_owned()
}

over_http!(an_introduction_from_the_first_look_to_what_was_received, |p| {
    let id = p.match_of_owner();
    let path = format!("/v1/matches/{id}");
    let phone = phone_of_owner(p).await;
    let status = async || {
        let told = p.get("owner", "/v1/me/status").await.expect(200);
        assert!(told.text.len() <= 2048, "{} bytes", told.text.len());
        told
    };
    assert_eq!(status().await.body["state"], "listed");

    p.step("investor", &id, json!({"move": "shortlist"})).await.expect(200);
    let asked = p.step("investor", &id, p.offer().await).await.expect(200);
    assert_eq!((&asked.body["state"], &asked.body["moves"]), (&json!("requested"), &json!(["withdraw"])));
    assert!(asked.body["withdrawal"]["effect"].as_str().unwrap().contains("tempatnya menjadi bebas"));
    assert_eq!(asked.body["request"]["purpose"], "Membeli etalase dan bahan baku.");
    // Until staff have let it through, the owner knows nothing of it.
    p.unknown_to("owner", "GET", &path).await;
    assert!(p.get("owner", "/v1/me/matches").await.expect(200).items().is_empty());
    assert_eq!(status().await.body["state"], "listed");

    let seen = read(p, "staff", &id).await;
    assert_eq!(seen.body["moves"], json!(["screen", "decline", "suspend"]));
    assert!(seen.body["due_at"].is_string() && seen.body["expires_at"].is_null());
    let partial = p.step("staff", &id, json!({"move": "screen", "no_conflict": false})).await.expect(422);
    assert_eq!(partial.faults(), [("/no_conflict", "conflict_of_interest")]);
    p.step("staff", &id, json!({"move": "screen", "no_conflict": true})).await.expect(200);

    // The owner reads who asks, for what, at what cost, and what agreeing means.
    let mine = p.get("owner", "/v1/me/matches").await.expect(200);
    let [request] = mine.items() else { panic!("{}", mine.text) };
    assert_eq!(request["moves"], json!(["decline", "accept", "withdraw", "suspend"]));
    assert_eq!(request["request"]["cost"], "none");
    // What stepping back would do stands there before anybody does it, with what would be less.
    let less = |told: &Value| told["withdrawal"]["instead"].as_array().unwrap().len();
    assert!(request["withdrawal"]["effect"].as_str().unwrap().contains("tidak terpengaruh") && less(request) == 2);
    assert_eq!(less(&read(p, "investor", &id).await.body), 1);
    assert!(read(p, "staff", &id).await.body.get("withdrawal").is_none());
    let by = &request["asked_by"];
    assert!(by["consent"].as_str().unwrap().contains(by["name"].as_str().unwrap()), "{by}");
    for hidden in ["code", "list_id", "venture_id", "investor_id", "reasons", "concerns"] {
        assert!(request.get(hidden).is_none(), "{hidden}");
    }
    let told = status().await;
    assert_eq!((&told.body["state"], &told.body["actions"][0]), (&json!("asked"), &json!("answer_request")));

    // Nothing has crossed yet.
    assert!(!read(p, "investor", &id).await.text.contains(&phone));
    assert!(read(p, "investor", &id).await.body.get("contact").is_none());
    let old = json!({"move": "accept", "consent": {"text_version": "2023-01"}});
    let old = p.step("owner", &id, old).await.expect(422);
    assert_eq!(old.faults(), [("/consent/text_version", "unknown_text_version")]);
    let agreed = p.step("owner", &id, agree()).await.expect(200);
    assert_eq!(agreed.body["state"], "introduced");
    let crossed = read(p, "investor", &id).await;
    assert_eq!(crossed.body["contact"]["people"][0]["phone"], json!(phone));
    assert!(crossed.body["withdrawal"]["effect"].as_str().unwrap().contains("3x24 jam"));
    for persona in ["staff", "auditor", "owner"] {
        assert!(read(p, persona, &id).await.body.get("contact").is_none(), "{persona}");
    }
    p.unknown_to("investor_other", "GET", &path).await;
    let consents = p.get("staff", &format!("/v1/ventures/{}", p.user("owner").venture_id.unwrap())).await.expect(200);
    let purpose = Purpose::ShareContact(p.investor("investor")).to_string();
    let given = consents.body["consents"].as_array().unwrap().iter().find(|c| c["purpose"] == json!(purpose)).unwrap();
    assert_eq!((&given["method"], &given["reference"]), (&json!("app"), &json!(id)));

    assert_eq!(status().await.body["state"], "introduced");
    p.step("investor", &id, json!({"move": "contact"})).await.expect(200);
    assert_eq!(p.step("owner", &id, json!({"move": "confirm"})).await.refusal(), (409, "move_not_open"));
    let pledge = json!({"instrument": "grant", "amount": {"amount": "4000000", "currency": "IDR"}});
    p.step("investor", &id, json!({"move": "commit", "pledge": pledge})).await.expect(200);
    assert_eq!(status().await.body["actions"][0], "confirm_pledge");
    let before = read(p, "owner", &id).await;
    assert_eq!(before.body["pledge"], pledge);
    // The owner confirms what was read, not what came after.
    let more = json!({"instrument": "grant", "amount": {"amount": "3000000", "currency": "IDR"}});
    p.step("investor", &id, json!({"move": "commit", "pledge": more})).await.expect(200);
    let late = p.by("owner", "POST", &format!("{path}/moves")).header("if-match", before.etag());
    assert_eq!(send(late.json(&json!({"move": "confirm"}))).await.refusal(), (412, "stale_version"));
    p.step("owner", &id, json!({"move": "confirm"})).await.expect(200);
    assert_eq!(status().await.body["actions"][0], "confirm_receipt");
    let done = json!({"move": "fulfil", "outcome": "Etalase baru."});
    assert_eq!(p.step("staff", &id, done.clone()).await.refusal(), (409, "move_not_open"));
    let received = p.step("owner", &id, json!({"move": "receive"})).await.expect(200);
    assert!(received.body["received_at"].is_string());
    let fulfilled = p.step("staff", &id, done).await.expect(200);
    assert_eq!((&fulfilled.body["state"], &fulfilled.body["moves"]), (&json!("fulfilled"), &json!([])));
    assert_eq!(fulfilled.body["outcome"], "Etalase baru.");
    // They know each other: nothing is to be deleted, and the outcome is for staff.
    let after = read(p, "investor", &id).await;
    assert!(after.body["contact"].is_object() && after.body.get("delete_by").is_none());
    assert!(after.body.get("outcome").is_none());
    // Each step stands in the audit, without a word of what was said.
    let deeds = p.walk("auditor", &format!("/v1/audit?subject={id}"), 100).await;
    assert_eq!(deeds.iter().filter(|deed| deed["action"] == "match.move").count(), 10);
    let dump = json!(deeds).to_string();
    assert!(!dump.contains("etalase") && !dump.contains(&phone));
});

over_http!(what_a_move_needs_is_asked_for_at_once, |p| {
    let id = p.match_of_owner();
    for (body, wanted) in [
        (json!({"move": "request"}), ("/request", "needed_here")),
        (json!({"move": "shortlist", "pledge": {"instrument": "grant"}}), ("/pledge", "not_with_this_move")),
        (json!({"move": "commit"}), ("/pledge", "needed_here")),
        (json!({"move": "fulfil"}), ("/outcome", "needed_here")),
        (json!({"move": "screen"}), ("/no_conflict", "needed_here")),
    ] {
        let refused = p.step("investor", &id, body).await.expect(422);
        assert_eq!(refused.faults(), [wanted]);
    }
    assert_eq!(p.step("investor", &id, json!({"move": "expire"})).await.refusal(), (409, "move_not_open"));
    let mut offer = p.offer().await;
    offer["request"]["instrument"] = json!("soft_loan");
    offer["request"]["cost"] = json!("margin");
    offer["request"].as_object_mut().unwrap().remove("amount");
    let refused = p.step("investor", &id, offer).await.expect(422);
    assert_eq!(refused.faults(), [("/request/amount", "needed_here"), ("/request/cost_detail", "needed_here")]);
});

over_http!(who_accepts_is_told_what_is_theirs_to_say, |p| {
    let id = p.ask_owner().await;
    let consent = json!({"text_version": TEXT_VERSION});
    let spoken = json!({"witness_id": p.actor("staff_second").user, "text_version": TEXT_VERSION, "language": "id",
        "reference": "Rekaman 7", "receipt": "Tanda terima 7"});
    for (persona, own, other) in [("owner", "/consent", "/spoken"), ("staff", "/spoken", "/consent")] {
        let bare = p.step(persona, &id, json!({"move": "accept"})).await.expect(422);
        assert_eq!(bare.faults(), [(own, "needed_here")]);
        let both = json!({"move": "accept", "consent": consent, "spoken": spoken});
        assert_eq!(p.step(persona, &id, both).await.expect(422).faults(), [(other, "not_for_this_role")]);
    }
});

over_http!(white_space_states_nothing, |p| {
    let id = p.ask_owner().await;
    let spoken = json!({"move": "accept", "spoken": {"witness_id": p.actor("staff_second").user,
        "text_version": TEXT_VERSION, "language": "id", "reference": " "}});
    let mut offer = p.offer().await;
    offer["request"]["purpose"] = json!("\t");
    offer["request"]["cost"] = json!("margin");
    offer["request"]["cost_detail"] = json!("  ");
    for (body, blank) in [
        (spoken, ["/spoken/reference"].as_slice()),
        (offer, &["/request/cost_detail", "/request/purpose"]),
        (json!({"move": "fulfil", "outcome": "\u{a0}"}), &["/outcome"]),
    ] {
        let refused = p.step("staff", &id, body).await.expect(422);
        let mut faults = refused.faults();
        faults.sort_unstable();
        assert_eq!(faults, blank.iter().map(|at| (*at, "blank")).collect::<Vec<_>>());
    }
    let path = format!("/v1/investors/{}", p.investor("investor"));
    let known = p.get("staff", &path).await.expect(200);
    let mut seen = known.body["verification"].clone();
    seen["licence"] = json!({"kind": "cooperative", "number": " "});
    let verify = p.by("staff", "PUT", &format!("{path}/verification")).header("if-match", known.etag());
    assert_eq!(send(verify.json(&seen)).await.expect(422).faults(), [("/licence/number", "blank")]);
    let venture = p.user("owner").venture_id.unwrap();
    let form = json!({"purpose": "anonymised_listing", "text_version": TEXT_VERSION, "language": "id", "method": "paper",
        "reference": " "});
    let refused = p.post("staff", &format!("/v1/ventures/{venture}/consents"), &form).await.expect(422);
    assert!(refused.faults().contains(&("/reference", "blank")), "{}", refused.text);
});

over_http!(terms_do_not_contradict_themselves, |p| {
    let id = p.match_of_owner();
    let with = async |set: &[(&str, Value)]| {
        let mut offer = p.offer().await;
        for (member, value) in set {
            offer["request"][*member] = value.clone();
        }
        let refused = p.step("investor", &id, offer).await.expect(422);
        refused.faults().into_iter().map(|(at, code)| (at.to_owned(), code.to_owned())).collect::<Vec<_>>()
    };
    let told = |at: &str, code: &str| [(at.to_owned(), code.to_owned())];
    let nothing = json!({"amount": "0", "currency": "IDR"});
    assert_eq!(
        with(&[("cost_detail", json!("Bunga 3% per bulan"))]).await,
        told("/request/cost_detail", "not_with_this_cost")
    );
    assert_eq!(with(&[("amount", nothing.clone())]).await, told("/request/amount", "not_positive"));
    // What is to be given has an amount too; another kind of support than was asked with is for staff to see.
    let id = p.ask_owner().await;
    p.step("owner", &id, agree()).await.expect(200);
    p.step("investor", &id, json!({"move": "contact"})).await.expect(200);
    let commit = |instrument: Value, amount: &Value| {
        let pledge = json!({"instrument": instrument, "amount": amount});
        p.step("investor", &id, json!({"move": "commit", "pledge": pledge}))
    };
    let asked = read(p, "staff", &id).await.body["request"]["instrument"].clone();
    assert_eq!(commit(asked.clone(), &nothing).await.expect(422).faults(), [("/pledge/amount", "not_positive")]);
    let other = ["grant", "equity"].into_iter().map(|kind| json!(kind)).find(|kind| *kind != asked).unwrap();
    let sum = json!({"amount": "1", "currency": "IDR"});
    let committed = commit(other, &sum).await.expect(200);
    assert!(committed.body.get("concerns").is_none());
    assert_eq!(read(p, "staff", &id).await.body["concerns"], json!(["instrument_not_asked"]));
});

over_http!(who_may_ask_for_an_introduction, |p| {
    let id = p.match_of_owner();
    let path = format!("/v1/investors/{}", p.investor("investor"));
    let offer = p.offer().await;
    let with = |set: &[(&str, Value)]| {
        let mut offer = offer.clone();
        for (member, value) in set {
            offer["request"][*member] = value.clone();
        }
        offer
    };
    // Interest only with a licence, and only what the card says is welcome.
    let welcome = p.get("staff", &format!("/v1/ventures/{}", p.user("owner").venture_id.unwrap())).await.expect(200);
    let welcome = welcome.body["profile"]["instruments"].as_array().unwrap().clone();
    // One that may cost something.
    let paid = welcome.iter().find(|i| !["grant", "qardh"].contains(&i.as_str().unwrap())).unwrap().clone();
    let interest = with(&[("instrument", paid), ("cost", json!("interest")), ("cost_detail", json!("12 % setahun"))]);
    assert_eq!(p.step("investor", &id, interest.clone()).await.refusal(), (409, "licence_required"));
    let unwelcome =
        ["equity", "guarantee", "musyarakah", "grant"].iter().find(|i| !welcome.contains(&json!(i))).unwrap();
    let unwelcome = with(&[("instrument", json!(unwelcome))]);
    assert_eq!(p.step("investor", &id, unwelcome).await.refusal(), (409, "instrument_not_welcome"));
    // A pause, of one's own.
    let paused = p.patch("investor", &path, &p.get("investor", &path).await.etag(), &json!({"paused": true})).await;
    assert_eq!(paused.expect(200).body["paused"], true);
    assert_eq!(p.step("investor", &id, offer.clone()).await.refusal(), (409, "investor_paused"));
    let tag = p.get("investor", &path).await.etag();
    p.patch("investor", &path, &tag, &json!({"paused": false, "capacity": 0})).await.expect(200);
    assert_eq!(p.step("investor", &id, offer.clone()).await.refusal(), (409, "no_capacity"));
    let tag = p.get("investor", &path).await.etag();
    p.patch("investor", &path, &tag, &json!({"capacity": 1, "usual_reply_days": 3})).await.expect(200);

    // Staff note what they have seen; nobody else may.
    let verify = async |persona: &str, body: &Value| {
        let tag = p.get("staff", &path).await.etag();
        send(p.by(persona, "PUT", &format!("{path}/verification")).header("if-match", tag).json(body)).await
    };
    let signed = json!({"version": "2024-11", "signed_on": "2024-11-10"});
    let mut seen = json!({"identity_checked_on": "2024-11-11", "code_of_conduct": signed, "data_agreement": signed,
        "licence": {"kind": "cooperative", "number": "518/BH/2019"}});
    assert_eq!(verify("investor", &seen).await.refusal(), (403, "forbidden"));
    seen["data_agreement"]["signed_on"] = json!("2031-01-01");
    assert_eq!(verify("staff", &seen).await.expect(422).faults(), [("/data_agreement/signed_on", "in_the_future")]);
    seen["data_agreement"]["signed_on"] = json!("2024-11-10");
    assert_eq!(verify("staff", &seen).await.expect(200).body["verification"], seen);
    p.step("investor", &id, interest).await.expect(200);
    p.step("staff", &id, json!({"move": "screen", "no_conflict": true})).await.expect(200);
    let by = read(p, "owner", &id).await.body["asked_by"].clone();
    assert_eq!((&by["licence"]["number"], &by["usual_reply_days"]), (&json!("518/BH/2019"), &json!(3)));

    // Who is new is not verified.
    let service = p.service();
    let new = NewInvestor { name: "Baru".into(), kind: InvestorKind::Csr, capacity: 5 };
    let made = service.write(By::Operator, |act| investor::create(act, new)).unwrap();
    let body =
        json!({"username": "akun.baru", "password": "tiga kata acak saja", "role": "investor", "investor_id": made.id});
    p.post("admin", "/v1/users", &body).await.expect(201);
    let [fresh] = suggested(p, made.id, 1)[..] else { panic!() };
    assert_eq!(p.step("akun.baru", &fresh.to_string(), offer).await.refusal(), (409, "investor_not_verified"));
});

over_http!(staff_see_what_a_refusal_would_have_told, |p| {
    let id = p.match_of_owner();
    let mut offer = p.offer().await;
    offer["request"]["amount"]["amount"] = json!("99000000000");
    let asked = p.step("investor", &id, offer).await.expect(200);
    // The investor learns nothing of what the owner needs; staff do before they let it through.
    assert!(asked.body.get("concerns").is_none());
    assert_eq!(read(p, "staff", &id).await.body["concerns"], json!(["amount_above_need"]));
    let why = "Jumlah jauh di atas kebutuhan.";
    p.step("staff", &id, json!({"move": "decline", "reason": why})).await.expect(200);
    let told = read(p, "investor", &id).await;
    assert_eq!(told.body["state"], "declined");
    assert!(!told.text.contains(why));
    p.unknown_to("owner", "GET", &format!("/v1/matches/{id}")).await;
});

/// Puts `count` suggestions of an investor into the database, each of another venture.
fn suggested(p: &Programme, investor: InvestorId, count: usize) -> Vec<MatchId> {
    let service = p.service();
    let list = p.logins.match_list_id;
    let made = service.write(By::Operator, |act| {
        let known: Vec<VentureId> =
            stored::of_investor(act.conn, investor)?.into_iter().map(|found| found.venture_id).collect();
        let all = sedaya::store::venture::ids_after(act.conn, None, 1000)?;
        let mut made = Vec::new();
        for venture in all.into_iter().filter(|v| !known.contains(v)) {
            if made.len() < count && listed(p, venture) {
                made.push(Match::suggested(act.ids.next(act.now), investor, venture, list, act.now));
            }
        }
        stored::insert(act.conn, &made)?;
        Ok(made)
    });
    made.unwrap().into_iter().map(|found| found.id).collect()
}

/// Whether a venture is on lists and leaves open which support it welcomes, or welcomes a grant.
fn listed(p: &Programme, venture: VentureId) -> bool {
    let service = p.service();
    let rankable = service.rankable().unwrap();
    let known = rankable.venture(venture).unwrap();
    let welcome = &sedaya::ops::venture::open(service, venture).unwrap().profile.instruments;
    let grant = welcome.as_ref().is_none_or(|all| all.contains(&sedaya::domain::venture::Instrument::Grant));
    grant && known.listed(service.clock.now()).is_ok()
}

fn grant() -> Value {
    json!({"move": "request", "request": {"purpose": "Modal", "instrument": "grant", "cost": "none",
        "amount": {"amount": "1000000", "currency": "IDR"}}})
}

over_http!(fifty_requests_at_once_never_exceed_a_capacity_of_five, |p| {
    let path = format!("/v1/investors/{}", p.investor("investor"));
    let tag = p.get("investor", &path).await.etag();
    p.patch("investor", &path, &tag, &json!({"capacity": 5})).await.expect(200);
    let all = suggested(p, p.investor("investor"), 50);
    assert!(all.len() >= 25, "{}", all.len());
    let ask = |id: &MatchId| {
        let path = format!("/v1/matches/{id}/moves");
        send(p.by("investor", "POST", &path).header("if-match", "\"1.investor.id\"").json(&grant()))
    };
    // Each twice: fifty and more at once.
    let replies = join_all(all.iter().chain(&all).map(ask)).await;
    assert!(replies.len() >= 50);
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 5);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert!([(409, "no_capacity"), (412, "stale_version")].contains(&reply.refusal()), "{}", reply.text);
    }
    assert_eq!(p.walk("investor", "/v1/matches?state=requested", 100).await.len(), 5);
    // One that ends makes room for one.
    let one = p.walk("investor", "/v1/matches?state=requested", 100).await[0]["id"].as_str().unwrap().to_owned();
    p.step("staff", &one, json!({"move": "decline"})).await.expect(200);
    let replies = join_all(all.iter().map(ask)).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
});

over_http!(a_venture_has_three_open_requests_and_the_rest_wait_for_their_turn, |p| {
    let service = p.service();
    let venture = p.user("owner").venture_id.unwrap();
    let list = p.logins.match_list_id;
    // Ten investors, verified as those of the sample are.
    let sample = p.investor("investor");
    let mut asks = Vec::new();
    for n in 0..10 {
        let id = service
            .write(By::Operator, |act| {
                let seen = sedaya::store::investor::find(act.conn, sample)?.unwrap().verification.unwrap();
                let new = NewInvestor { name: format!("Investor {n}"), kind: InvestorKind::Foundation, capacity: 2 };
                let made = investor::create(act, new)?;
                investor::verify(act, made.id, 1, &serde_json::from_str(&seen)?)?;
                let found = Match::suggested(act.ids.next(act.now), made.id, venture, list, act.now);
                stored::insert(act.conn, std::slice::from_ref(&found))?;
                Ok((made.id, found.id))
            })
            .unwrap();
        let body = json!({"username": format!("akun.{n}"), "password": "tiga kata acak saja", "role": "investor",
            "investor_id": id.0});
        p.post("admin", "/v1/users", &body).await.expect(201);
        asks.push((format!("akun.{n}"), id.1));
    }
    let offer = p.offer().await;
    let replies = join_all(asks.iter().map(|(who, id)| {
        let path = format!("/v1/matches/{id}/moves");
        send(p.by(who, "POST", &path).header("if-match", "\"1.investor.id\"").json(&offer))
    }))
    .await;
    let waiting = |replies: &[Reply]| replies.iter().filter(|r| r.body["queued_at"].is_string()).count();
    assert!(replies.iter().all(|reply| reply.status == 200 && reply.body["state"] == "requested"));
    assert_eq!(waiting(&replies), 7);
    // Whoever waits cannot be let through out of turn.
    let (open, queued): (Vec<_>, Vec<_>) = asks.iter().zip(&replies).partition(|(_, r)| r.body["queued_at"].is_null());
    let id = |((_, id), _): &(&(String, MatchId), &Reply)| id.to_string();
    let screen = json!({"move": "screen", "no_conflict": true});
    assert_eq!(p.step("staff", &id(&queued[0]), screen.clone()).await.refusal(), (409, "move_not_open"));
    // As places come free, by whatever end, the turn goes to those who wait.
    let count = async || {
        let all = service.read(|conn| Ok(stored::of_venture(conn, venture)?)).unwrap();
        let mut states = BTreeMap::new();
        for found in all.iter().filter(|found| found.state.is_request()) {
            *states.entry(found.queued_at.is_some()).or_insert(0) += 1;
        }
        (states.get(&false).copied().unwrap_or(0), states.get(&true).copied().unwrap_or(0))
    };
    assert_eq!(count().await, (3, 7));
    p.step("staff", &id(&open[0]), json!({"move": "decline"})).await.expect(200);
    assert_eq!(count().await, (3, 6));
    p.step(&open[1].0.0, &id(&open[1]), json!({"move": "withdraw"})).await.expect(200);
    assert_eq!(count().await, (3, 5));
    p.step("staff", &id(&open[2]), screen.clone()).await.expect(200);
    assert_eq!(count().await, (3, 5), "a request that the owner is asked about is open");
    p.step("owner", &id(&open[2]), agree()).await.expect(200);
    assert_eq!(count().await, (3, 4), "an introduction is no request any more");
    // A suspended one keeps its place; one that waits and ends frees none.
    let second = service.read(|conn| Ok(stored::of_venture(conn, venture)?)).unwrap();
    let second = second.iter().find(|f| f.state == MatchState::Requested && f.queued_at.is_none()).unwrap().id;
    p.step("staff", &second.to_string(), json!({"move": "suspend"})).await.expect(200);
    assert_eq!(count().await, (2, 4));
    let last = service.read(|conn| Ok(stored::queued(conn, venture)?)).unwrap().pop().unwrap();
    p.step("staff", &last.id.to_string(), json!({"move": "decline"})).await.expect(200);
    assert_eq!(count().await, (2, 3));
    // All of them end with the consent, and none gets its turn on the way.
    service.write(By::Operator, |act| consent::withdraw(act, venture, Purpose::Matching)).unwrap();
    assert_eq!(count().await, (0, 0));
});

over_http!(deadlines_count_on_read_and_by_sweep_alike, |p| {
    let id = p.ask_owner().await;
    // Nobody has reached the owner: staff owe that, and it ends nothing.
    p.advance(40 * DAY);
    assert_eq!(read(p, "owner", &id).await.body["state"], "awaiting_owner");
    p.step("staff", &id, json!({"move": "reach"})).await.expect(200);
    p.advance(14 * DAY - 1);
    assert_eq!(read(p, "owner", &id).await.body["state"], "awaiting_owner");
    p.advance(1);
    let personas = ["investor", "owner", "staff", "auditor"];
    let all = async || join_all(personas.iter().map(|who| read(p, who, &id))).await;
    let shown = all().await;
    for reply in &shown {
        assert_eq!((&reply.body["state"], &reply.body["moves"]), (&json!("expired"), &json!([])));
    }
    let of_state = async |state: &str| {
        let page = p.walk("staff", &format!("/v1/matches?state={state}"), 100).await;
        page.iter().any(|found| found["id"] == json!(id))
    };
    assert!(of_state("expired").await && !of_state("awaiting_owner").await);
    assert_eq!(p.step("owner", &id, agree()).await.refusal(), (409, "move_not_open"));
    assert!(
        p.get("owner", "/v1/me/status").await.expect(200).body["headline"]
            .as_str()
            .unwrap()
            .contains("Waktu untuk menjawab")
    );
    // It frees the investor's capacity before anybody has swept.
    let carried =
        || p.service().read(|c| Ok(stored::carried(c, p.investor("investor"), p.service().clock.now())?)).unwrap();
    assert_eq!(carried(), 0);

    // Written down, it reads to the byte as it did.
    assert_eq!(matches::sweep(p.service()).unwrap(), 1);
    assert_eq!(matches::sweep(p.service()).unwrap(), 0);
    for (before, after) in shown.iter().zip(all().await) {
        assert_eq!((before.etag(), &before.text), (after.etag(), &after.text));
    }
    assert!(of_state("expired").await && !of_state("awaiting_owner").await);
});

over_http!(a_contact_that_nobody_keeps_up_ends, |p| {
    let id = p.ask_owner().await;
    p.step("owner", &id, agree()).await.expect(200);
    p.advance(6 * DAY);
    p.step("owner", &id, json!({"move": "contact"})).await.expect(200);
    // The investor says again that they talk, the owner does not: both have to.
    p.advance(29 * DAY);
    p.step("investor", &id, json!({"move": "contact"})).await.expect(200);
    p.advance(7 * DAY);
    assert_eq!(read(p, "owner", &id).await.body["state"], "in_discussion");
    p.advance(DAY);
    let ended = read(p, "investor", &id).await;
    assert_eq!(ended.body["state"], "expired");
    // Contact data had crossed: it is closed here, and to be deleted there.
    assert!(ended.body.get("contact").is_none() && ended.body["delete_by"].is_string());
    let path = format!("/v1/matches/{id}/contact-deletion");
    let noted = p.post("investor", &path, &json!({})).await.expect(200);
    assert!(noted.body["deleted_at"].is_string());
    assert_eq!(p.post("investor", &path, &json!({})).await.expect(200).body, noted.body);
    assert_eq!(matches::sweep(p.service()).unwrap(), 0, "the deletion came after the end, and the end is written down");
});

over_http!(time_stands_still_while_a_match_is_suspended, |p| {
    let id = p.ask_owner().await;
    p.step("staff", &id, json!({"move": "reach"})).await.expect(200);
    p.advance(10 * DAY);
    // "Laporkan": the owner stops it at once, and says why to staff alone.
    let why = "Minta uang muka.";
    p.step("owner", &id, json!({"move": "suspend", "reason": why})).await.expect(200);
    assert_eq!(read(p, "staff", &id).await.body["reasons"][0]["text"], why);
    assert!(!read(p, "investor", &id).await.text.contains(why));
    p.advance(100 * DAY);
    assert_eq!(matches::sweep(p.service()).unwrap(), 0);
    assert_eq!(read(p, "owner", &id).await.body["state"], "suspended");
    assert_eq!(p.step("owner", &id, json!({"move": "resume"})).await.refusal(), (409, "move_not_open"));
    let resumed = p.step("staff", &id, json!({"move": "resume"})).await.expect(200);
    assert_eq!(resumed.body["state"], "awaiting_owner");
    p.advance(4 * DAY - 1);
    assert_eq!(read(p, "owner", &id).await.body["state"], "awaiting_owner");
    p.advance(1);
    assert_eq!(read(p, "owner", &id).await.body["state"], "expired");
});

over_http!(a_consent_to_share_contact_taken_back_closes_it, |p| {
    let id = p.ask_owner().await;
    p.step("owner", &id, agree()).await.expect(200);
    assert!(read(p, "investor", &id).await.body["contact"].is_object());
    let (venture, investor) = (p.user("owner").venture_id.unwrap(), p.investor("investor"));
    let back = Purpose::ShareContact(investor);
    p.service().write(By::Operator, |act| consent::withdraw(act, venture, back)).unwrap();
    let closed = read(p, "investor", &id).await;
    assert_eq!(closed.body["state"], "withdrawn");
    assert!(closed.body.get("contact").is_none() && closed.body["delete_by"].is_string());
});

over_http!(an_owner_who_declines_is_not_asked_why, |p| {
    let id = p.ask_owner().await;
    let why = "Sudah punya mitra lain.";
    p.step("owner", &id, json!({"move": "decline", "reason": why})).await.expect(200);
    let told = read(p, "investor", &id).await;
    assert_eq!(told.body["state"], "declined");
    assert!(!told.text.contains(why) && !read(p, "auditor", &id).await.text.contains(why));
    assert_eq!(read(p, "staff", &id).await.body["reasons"][0]["text"], why);
});

over_http!(an_answer_given_again_holds_no_contact_data, |p| {
    let id = p.ask_owner().await;
    let phone = phone_of_owner(p).await;
    p.step("owner", &id, agree()).await.expect(200);
    let seen = read(p, "investor", &id).await;
    let moves = format!("/v1/matches/{id}/moves");
    let again = async || {
        let request = p.by("investor", "POST", &moves).header("if-match", seen.etag()).header("idempotency-key", "k");
        send(request.json(&json!({"move": "contact"}))).await.expect(200)
    };
    let first = again().await;
    assert!(!first.text.contains(&phone));
    // What was answered to the deed is not what is read: another body, another tag.
    let unchanged = p.by("investor", "GET", &format!("/v1/matches/{id}")).header("if-none-match", first.etag());
    assert!(send(unchanged).await.expect(200).text.contains(&phone));
    let (venture, investor) = (p.user("owner").venture_id.unwrap(), p.investor("investor"));
    let back = Purpose::ShareContact(investor);
    p.service().write(By::Operator, |act| consent::withdraw(act, venture, back)).unwrap();
    let replayed = again().await;
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
    assert!(!replayed.text.contains(&phone));
});

over_http!(what_staff_and_owner_read_has_another_tag_when_it_has_changed, |p| {
    let id = p.ask_owner().await;
    let venture = format!("/v1/ventures/{}", p.user("owner").venture_id.unwrap());
    let investor = format!("/v1/investors/{}", p.investor("investor"));
    let (before, owners) = (p.get("staff", &venture).await.expect(200), read(p, "owner", &id).await);
    let tag = p.get("investor", &investor).await.etag();
    p.patch("investor", &investor, &tag, &json!({"usual_reply_days": 9})).await.expect(200);
    let unchanged = p.by("owner", "GET", &format!("/v1/matches/{id}")).header("if-none-match", owners.etag());
    assert_eq!(send(unchanged).await.expect(200).body["asked_by"]["usual_reply_days"], 9);
    p.step("owner", &id, agree()).await.expect(200);
    assert_ne!(p.get("staff", &venture).await.expect(200).etag(), before.etag());
});

over_http!(an_investor_who_takes_another_name_is_verified_again, |p| {
    let id = p.match_of_owner();
    let path = format!("/v1/investors/{}", p.investor("investor"));
    let rename = async |persona: &str, name: &str| {
        let tag = p.get(persona, &path).await.etag();
        p.patch(persona, &path, &tag, &json!({"name": name})).await.expect(200)
    };
    assert!(rename("staff", "Nama yang diperbaiki").await.body["verification"].is_object());
    assert!(rename("investor", "Nama yang diperbaiki").await.body["verification"].is_object());
    assert!(rename("investor", "Yayasan lain").await.body["verification"].is_null());
    assert_eq!(p.step("investor", &id, p.offer().await).await.refusal(), (409, "investor_not_verified"));
});

over_http!(what_the_owner_reported_is_not_written_over, |p| {
    let id = p.ask_owner().await;
    p.step("owner", &id, json!({"move": "suspend", "reason": "Minta uang muka."})).await.expect(200);
    p.step("investor", &id, json!({"move": "withdraw", "reason": "Berubah rencana."})).await.expect(200);
    let said = read(p, "staff", &id).await.body["reasons"].clone();
    let said: Vec<_> = said.as_array().unwrap().iter().map(|s| (s["side"].clone(), s["text"].clone())).collect();
    let wanted = [("owner", "Minta uang muka."), ("investor", "Berubah rencana.")];
    assert_eq!(said, wanted.map(|(side, text)| (json!(side), json!(text))));
});

over_http!(a_consent_taken_back_after_support_was_given_closes_the_contact_too, |p| {
    let id = p.ask_owner().await;
    p.step("owner", &id, agree()).await.expect(200);
    p.step("investor", &id, json!({"move": "contact"})).await.expect(200);
    let bare = p.step("investor", &id, json!({"move": "commit", "pledge": {"instrument": "grant"}})).await.expect(422);
    assert_eq!(bare.faults(), [("/pledge/amount", "needed_here")]);
    p.step("investor", &id, json!({"move": "commit", "pledge": {"instrument": "mentoring"}})).await.expect(200);
    p.step("owner", &id, json!({"move": "confirm"})).await.expect(200);
    p.step("owner", &id, json!({"move": "receive"})).await.expect(200);
    p.step("staff", &id, json!({"move": "fulfil", "outcome": "Selesai."})).await.expect(200);
    p.advance(1);
    let back = json!({"purpose": format!("share_contact:{}", p.investor("investor"))});
    p.post("owner", "/v1/me/consents/withdrawal", &back).await.expect(200);
    let told = read(p, "investor", &id).await;
    assert_eq!(told.body["state"], "fulfilled");
    assert!(told.body.get("contact").is_none() && told.body["delete_by"].is_string());
    p.post("investor", &format!("/v1/matches/{id}/contact-deletion"), &json!({})).await.expect(200);
});

over_http!(what_was_declined_is_not_suggested_again, |p| {
    let id = p.ask_owner().await;
    p.step("owner", &id, json!({"move": "decline"})).await.expect(200);
    let count = async || p.walk("investor", "/v1/matches", 100).await.len();
    let before = count().await;
    let order = json!({"criteria_id": p.logins.criteria_id, "version": 1});
    let made = p.post("staff", "/v1/match-lists", &order).await.expect(201);
    let path = made.header("location").unwrap().to_owned();
    p.post("staff_second", &format!("{path}/publish"), &json!({})).await.expect(200);
    assert_eq!(count().await, before);
    // A start makes nothing anew, whatever stands on which list by now.
    let all = p.walk("staff", "/v1/matches", 100).await;
    matches::catch_up(p.twin().await.service()).unwrap();
    assert_eq!(p.walk("staff", "/v1/matches", 100).await, all);
});

over_http!(nobody_overtakes_those_who_wait, |p| {
    let service = p.service();
    let venture = p.user("owner").venture_id.unwrap();
    let sample = p.investor("investor");
    let list = p.logins.match_list_id;
    let mut asks = Vec::new();
    for n in 0..5 {
        let found = service.write(By::Operator, |act| {
            let seen = sedaya::store::investor::find(act.conn, sample)?.unwrap().verification.unwrap();
            let new = NewInvestor { name: format!("Investor {n}"), kind: InvestorKind::Foundation, capacity: 2 };
            let made = investor::create(act, new)?;
            investor::verify(act, made.id, 1, &serde_json::from_str(&seen)?)?;
            let found = Match::suggested(act.ids.next(act.now), made.id, venture, list, act.now);
            stored::insert(act.conn, std::slice::from_ref(&found))?;
            Ok(found)
        });
        let found = found.unwrap();
        let body = json!({"username": format!("akun.{n}"), "password": "tiga kata acak saja", "role": "investor",
            "investor_id": found.investor_id});
        p.post("admin", "/v1/users", &body).await.expect(201);
        asks.push((format!("akun.{n}"), found.id.to_string()));
    }
    let offer = p.offer().await;
    let ask = async |n: usize| p.step(&asks[n].0, &asks[n].1, offer.clone()).await.expect(200);
    let waits = async |n: usize| read(p, "staff", &asks[n].1).await.body["queued_at"].is_string();
    for n in 0..4 {
        ask(n).await;
        p.advance(1);
    }
    assert!(waits(3).await);
    // A place comes free by time alone, and nobody has swept: who waits gets it before who comes now.
    p.step("staff", &asks[0].1, json!({"move": "screen", "no_conflict": true})).await.expect(200);
    p.step("staff", &asks[0].1, json!({"move": "reach"})).await.expect(200);
    p.advance(14 * DAY);
    ask(4).await;
    assert!(!waits(3).await && waits(4).await);
    // One that was suspended while it waited gets its turn on coming back.
    p.step("staff", &asks[4].1, json!({"move": "suspend"})).await.expect(200);
    for (_, open) in &asks[1..4] {
        p.step("staff", open, json!({"move": "decline"})).await.expect(200);
    }
    let resumed = p.step("staff", &asks[4].1, json!({"move": "resume"})).await.expect(200);
    assert!(resumed.body.get("queued_at").is_none() && resumed.body["moves"][0] == "screen", "{}", resumed.text);
});

over_http!(an_end_by_time_that_was_read_is_the_end_that_is_written, |p| {
    let id = p.ask_owner().await;
    p.step("staff", &id, json!({"move": "reach"})).await.expect(200);
    p.advance(15 * DAY);
    let before = read(p, "investor", &id).await;
    p.post("owner", "/v1/me/consents/withdrawal", &json!({"purpose": "matching"})).await.expect(200);
    let after = read(p, "investor", &id).await;
    assert_eq!((before.etag(), &before.text), (after.etag(), &after.text));
});
