//! Erasure: after it nothing of the person is anywhere, and a database from before honours it.

use std::sync::Arc;

use sedaya::domain::id::{Ids, VentureId};
use sedaya::domain::life::ImportState;
use sedaya::ops::erasure::{file_beside, settle};
use sedaya::ops::match_list::{self, Order};
use sedaya::ops::{By, Service};
use sedaya::store::import;
use serde_json::{Value, json};

use crate::over_http;
use crate::privacy::dump;
use crate::support::programme::Programme;
use crate::support::reply::send;
use crate::support::sheet::Rows;

/// The words by which the owner's business could be told: its name, and those of its people.
async fn words(p: &Programme, path: &str) -> Vec<String> {
    let known = p.get("staff", path).await.expect(200).body;
    let people = known["people"].as_array().unwrap().iter().map(|one| one["name"].clone());
    people.chain([known["name"].clone()]).map(|word| word.as_str().unwrap().to_owned()).collect()
}

async fn erase(p: &Programme, path: &str) {
    let tag = p.get("staff", path).await.expect(200).etag();
    assert_eq!(send(p.by("staff", "DELETE", path).header("if-match", tag)).await.status, 204);
}

over_http!(an_erased_venture_is_nowhere, |p| {
    // Somebody is told of what happens, and nothing of it has been carried out yet.
    let hook = json!({"url": "https://example.org/", "events": ["match.moved"]});
    p.post("investor", "/v1/webhooks", &hook).await.expect(201);
    let id = p.ask_owner().await;
    let agreed = json!({"move": "accept", "consent": {"text_version": sedaya::domain::consent::TEXT_VERSION}});
    p.step("owner", &id, agreed).await.expect(200);
    let venture = p.user("owner").venture_id.unwrap();
    let path = format!("/v1/ventures/{venture}");
    let mut words = words(p, &path).await;
    let stored = p.service().read(|conn| Ok(sedaya::store::venture::find(conn, venture)?)).unwrap().unwrap();
    words.push(stored.external_ref.clone());
    let list = p.logins.match_list_id;
    let entries = format!("/v1/match-lists/{list}/entries");
    p.get("investor", &entries).await.expect(200);
    let full = dump(&p.db);
    assert!(full.contains(&stored.name) && full.contains(&stored.external_ref), "the scan would see it");
    // What is sealed cannot be searched for; its rows must be gone.
    let personal = || {
        let found = p.service().read(|conn| {
            use sedaya::store::{assessment, consent, matches, venture as ventures};
            let written = matches::of_venture(conn, venture)?;
            let written = written.iter().filter(|m| m.terms.is_some() || m.reason.is_some() || m.pledge.is_some());
            Ok([
                written.count(),
                ventures::participants_of(conn, &[venture])?.len(),
                consent::of(conn, &[venture])?.len(),
                assessment::of(conn, &[venture])?.len(),
            ])
        });
        found.unwrap()
    };
    assert!(personal().iter().all(|rows| *rows > 0), "{:?}", personal());

    let bare = send(p.by("staff", "DELETE", &path)).await;
    assert_eq!(bare.refusal(), (428, "precondition_required"));
    let stale = send(p.by("staff", "DELETE", &path).header("if-match", "\"999.staff.id\"")).await;
    assert_eq!(stale.refusal(), (412, "stale_version"));
    erase(p, &path).await;

    // Not to be found, not by its owner either.
    p.unknown_to("staff", "GET", &path).await;
    assert_eq!(p.get("owner", "/v1/me/status").await.refusal(), (401, "unauthenticated"));
    let all = p.walk("staff", "/v1/ventures", 100).await;
    assert!(all.iter().all(|one| one["id"] != json!(venture)));
    // Its line is a numbered gap, and the list is still proven.
    let read = p.get("investor", &entries).await.expect(200);
    assert_eq!(read.items()[0], json!({"position": 1, "gone": true}));
    let replayed = p.get("auditor", &format!("/v1/match-lists/{list}/replay")).await.expect(200);
    assert_eq!((&replayed.body["verdict"], &replayed.body["erased"]), (&json!("verified_except_erased"), &json!(1)));
    // The investor sees that it ended and is told to delete; what was written about it is gone.
    let ended = p.get("investor", &format!("/v1/matches/{id}")).await.expect(200);
    assert_eq!(ended.body["state"], "withdrawn");
    assert!(ended.body["delete_by"].is_string() && ended.body.get("request").is_none());
    assert_eq!(personal(), [0; 4]);
    let left = dump(&p.db);
    for word in &words {
        assert!(!left.contains(word), "{word} is still in the database");
    }
    let again = send(p.by("staff", "DELETE", &path).header("if-match", "\"1.staff.id\"")).await;
    assert_eq!(again.refusal(), (404, "not_found"));
});

over_http!(a_restored_database_honours_the_tombstones, |p| {
    let ventures: Vec<VentureId> = p.walk("staff", "/v1/ventures", 100).await[..3]
        .iter()
        .map(|one| one["id"].as_str().unwrap().parse().unwrap())
        .collect();
    let path = |venture: &VentureId| format!("/v1/ventures/{venture}");
    let before = p.db.restored();
    let mut gone = Vec::new();
    for venture in &ventures {
        gone.extend(words(p, &path(venture)).await);
        erase(p, &path(venture)).await;
    }
    // The database is from before, the keys and what is kept apart are of today.
    let restored =
        Service::new(before.db.clone(), p.service().keys.clone(), p.service().clock.clone(), Arc::new(Ids::Random));
    let known = || {
        let rankable = restored.rankable().unwrap();
        let stored = restored.read(|conn| Ok(sedaya::store::venture::find_many(conn, &ventures)?.len())).unwrap();
        (stored, ventures.iter().filter(|id| rankable.venture(**id).is_some()).count())
    };
    assert_eq!(known(), (3, 3));
    assert_eq!(settle(&restored).unwrap(), 3);
    assert_eq!(known(), (0, 0));
    assert_eq!(settle(&restored).unwrap(), 0);
    let left = dump(&before);
    for word in &gone {
        assert!(!left.contains(word), "{word} has come back");
    }
    let file = file_beside(p.service().keys.file().unwrap());
    let noted = std::fs::read_to_string(&file).unwrap();
    assert_eq!(noted.lines().count(), 3, "{noted}");
    assert_eq!(p.service().read(|conn| Ok(sedaya::store::erasure::buried(conn)?.len())).unwrap(), 3);
    // A tombstone of nobody here is noted, and a line that is none is passed over.
    std::fs::write(&file, format!("{noted}ven_01jcnq8xvgf0nadk1qh2t8wz5e\nsomething else\n")).unwrap();
    assert_eq!(settle(p.service()).unwrap(), 0);
    assert_eq!(p.service().read(|conn| Ok(sedaya::store::erasure::buried(conn)?.len())).unwrap(), 4);
});

over_http!(an_erasure_that_could_not_be_kept_is_not_acknowledged, |p| {
    let path = format!("/v1/ventures/{}", p.user("owner").venture_id.unwrap());
    // A folder where the file should be: it cannot be written.
    let file = file_beside(p.service().keys.file().unwrap());
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    let tag = p.get("staff", &path).await.expect(200).etag();
    let refused = send(p.by("staff", "DELETE", &path).header("if-match", tag)).await;
    assert_eq!(refused.refusal(), (503, "unavailable"));
    p.get("staff", &path).await.expect(200);
    assert!(settle(p.service()).unwrap_err().to_string().contains("SEDAYA_TOMBSTONE_FILE"));
    std::fs::remove_dir(&file).unwrap();
    erase(p, &path).await;
});

over_http!(a_list_in_the_making_takes_in_nobody_who_is_erased_meanwhile, |p| {
    let (criteria, venture) = (p.logins.criteria_id, p.user("owner").venture_id.unwrap());
    let draft = match_list::draft(p.service(), Order { criteria, number: 1, cohort: None }).unwrap();
    let words = words(p, &format!("/v1/ventures/{venture}")).await;
    erase(p, &format!("/v1/ventures/{venture}")).await;
    let staff = p.actor("staff");
    let made = p.service().write(By::Account(&staff), |act| match_list::make(act, draft)).unwrap();
    let lines = p.walk("staff", &format!("/v1/match-lists/{}/entries", made.id), 100).await;
    assert!(lines.iter().all(|line| line["venture_id"] != json!(venture)));
    assert_eq!(lines.iter().filter(|line| line["gone"] == true).count(), 1, "a numbered gap");
    let replayed = p.get("auditor", &format!("/v1/match-lists/{}/replay", made.id)).await.expect(200);
    assert_eq!((&replayed.body["verdict"], &replayed.body["erased"]), (&json!("verified_except_erased"), &json!(1)));
    let kit = p.get("auditor", &format!("/v1/match-lists/{}/kit", made.id)).await.expect(200);
    assert!(!kit.text.contains(&venture.to_string()) && !words.iter().any(|word| kit.text.contains(word)));
});

over_http!(the_same_sheet_brings_nobody_back, |p| {
    let (cohort, venture) = (p.cohort().await, p.user("owner").venture_id.unwrap());
    let number = p.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200).body["external_ref"].clone();
    // While an import may be writing it, it cannot be erased.
    let state = |state| {
        p.service()
            .db
            .write(|conn| {
                let mut job = import::in_state(
                    conn,
                    if state == ImportState::Running { ImportState::Applied } else { ImportState::Running },
                )?[0]
                    .clone();
                job.state = state;
                import::update(conn, &job)
            })
            .unwrap();
    };
    state(ImportState::Running);
    let path = format!("/v1/ventures/{venture}");
    let tag = p.get("staff", &path).await.expect(200).etag();
    let refused = send(p.by("staff", "DELETE", &path).header("if-match", tag)).await;
    assert_eq!(refused.refusal(), (409, "import_under_way"));
    state(ImportState::Applied);
    erase(p, &path).await;
    let job = p.import(&cohort, "lagi.csv", sedaya::demo::CSV, &[("mode", "valid_rows")]).await;
    assert_eq!((&job.body["state"], &job.body["errors_total"]), (&json!("applied"), &json!(1)), "{}", job.text);
    let faults = p.get("staff", &format!("/v1/imports/{}/errors", job.body["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&faults.items()[0]["code"], &faults.items()[0]["value"]), (&json!("erased_on_request"), &json!("")));
    let all = p.walk("staff", "/v1/ventures", 100).await;
    assert!(all.iter().all(|one| one["external_ref"] != number), "it has come back");
    let ended = p.service().read(|conn| Ok(import::in_state(conn, ImportState::Applied)?)).unwrap();
    assert!(ended.iter().all(|job| job.applied_to.is_empty()), "the number of the last business");
    let whole = p.import(&cohort, "lagi.csv", sedaya::demo::CSV, &[("mode", "all_or_nothing")]).await;
    assert_eq!(whole.body["state"], "refused");
    // Nor do its people, in a row without the business.
    let rows = Rows::sample();
    let own = (0..rows.len()).find(|n| json!(rows.cell(*n, "Kode usaha")) == number).unwrap();
    let sheet = format!("Kode peserta,Nama peserta\n{},Sampel\n", rows.cell(own, "Kode peserta"));
    let alone = p.import(&cohort, "orang.csv", sheet.as_bytes(), &[("mode", "valid_rows")]).await;
    let faults =
        p.get("staff", &format!("/v1/imports/{}/errors", alone.body["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(faults.items()[0]["code"], "erased_on_request", "{}", faults.text);
});

over_http!(every_process_forgets_what_it_kept, |p| {
    let (twin, venture) = (p.twin().await, p.user("owner").venture_id.unwrap());
    let entries = format!("/v1/match-lists/{}/entries", p.logins.match_list_id);
    twin.get("investor", &entries).await.expect(200);
    let kept = || format!("{:?}", twin.service());
    assert!(kept().contains("lists: 1"), "{}", kept());
    erase(p, &format!("/v1/ventures/{venture}")).await;
    twin.service().rankable().unwrap();
    assert!(kept().contains("lists: 0"), "{}", kept());
});

over_http!(a_person_without_a_business_is_nowhere, |p| {
    let cohort = p.cohort().await;
    let list = format!("/v1/cohorts/{cohort}/participants");
    let people = p.walk("staff", &list, 100).await;
    let (with, without): (Vec<&Value>, Vec<&Value>) = people.iter().partition(|one| one["venture_id"].is_string());
    let at = |one: &Value| format!("/v1/participants/{}", one["id"].as_str().unwrap());
    let path = at(without[0]);
    let known = p.get("staff", &path).await.expect(200);
    let member = |name: &str| known.body["contact"][name].as_str().unwrap().to_owned();
    let (name, reference) = (member("name"), known.body["external_ref"].as_str().unwrap().to_owned());
    assert_eq!(json!(name), without[0]["name"]);
    assert!(dump(&p.db).contains(&reference), "the scan would see it");
    // They came to a session, and that is theirs too.
    let session = json!({"topic": "financial_management", "title": "Buku kas", "held_on": "2024-11-14"});
    let made = p.post("staff", &format!("/v1/cohorts/{cohort}/sessions"), &session).await.expect(201);
    let attended = format!("/v1/cohorts/{cohort}/sessions/{}/attendance", made.body["id"].as_str().unwrap());
    let came = json!({"items": [{"participant_id": without[0]["id"], "attendance": "in_person"}]});
    let request = p.by("staff", "PUT", &attended).header("if-match", made.etag()).json(&came);
    send(request).await.expect(200);
    let before = p.db.restored();

    // Who stands for a business goes with it.
    let owner = at(with[0]);
    let tag = p.get("staff", &owner).await.expect(200).etag();
    let refused = send(p.by("staff", "DELETE", &owner).header("if-match", tag)).await;
    assert_eq!(refused.refusal(), (409, "stands_for_venture"));
    let bare = send(p.by("staff", "DELETE", &path)).await;
    assert_eq!(bare.refusal(), (428, "precondition_required"));
    let stale = send(p.by("staff", "DELETE", &path).header("if-match", "\"999.staff.id\"")).await;
    assert_eq!(stale.refusal(), (412, "stale_version"));
    erase(p, &path).await;

    p.unknown_to("staff", "GET", &path).await;
    assert_eq!(p.walk("staff", &list, 100).await.len(), people.len() - 1);
    assert!(!dump(&p.db).contains(&reference), "{reference} is still in the database");
    let session = p.get("staff", &format!("/v1/cohorts/{cohort}/sessions")).await.expect(200);
    assert!(!session.text.contains(without[0]["id"].as_str().unwrap()));

    // A sheet does not bring them back.
    let sheet = format!("Kode peserta,Nama peserta\n{reference},{name}\n");
    let again = p.import(&cohort, "orang.csv", sheet.as_bytes(), &[("mode", "valid_rows")]).await;
    let faults = format!("/v1/imports/{}/errors", again.body["id"].as_str().unwrap());
    assert_eq!(p.get("staff", &faults).await.expect(200).items()[0]["code"], "erased_on_request");
    assert_eq!(p.walk("staff", &list, 100).await.len(), people.len() - 1);

    // Nor does a database from before.
    let (service, clock) = (p.service(), p.service().clock.clone());
    let restored = Service::new(before.db.clone(), service.keys.clone(), clock, Arc::new(Ids::Random));
    assert!(dump(&before).contains(&reference));
    assert_eq!((settle(&restored).unwrap(), settle(&restored).unwrap()), (1, 0));
    assert!(!dump(&before).contains(&reference), "{reference} has come back");
});
