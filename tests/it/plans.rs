//! Support plans, sessions and who attended them, and what owners say of their own business.

use sedaya::domain::id::VentureId;
use serde_json::{Value, json};

use crate::over_http;
use crate::privacy::dump;
use crate::support::reply::send;
use crate::support::sheet::Rows;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

over_http!(a_plan_is_agreed_and_followed, |p| {
    let venture = p.user("owner").venture_id.unwrap();
    let path = format!("/v1/ventures/{venture}/support-plan");
    let empty = p.get("staff", &path).await.expect(200);
    assert_eq!((&empty.body["steps"], &empty.body["version"]), (&json!([]), &json!(0)));
    let put =
        async |tag: &str, body: &Value| send(p.by("staff", "PUT", &path).header("if-match", tag).json(body)).await;
    let step = |done: Option<&str>| json!({"text": "Catat kas kenari.", "topic": "financial_management", "due_on": "2024-12-15", "done_on": done});
    let plan = |done: Option<&str>, note: Option<&str>| json!({"steps": [step(done)], "visits": [{"on": "2024-11-21", "note": note}]});
    // The first time too it is based on what was read.
    assert_eq!(put("rubbish", &plan(None, None)).await.refusal(), (412, "stale_version"));
    assert_eq!(put(&empty.etag(), &plan(None, Some(" "))).await.faults(), [("/visits/0/note", "blank")]);
    let written = put(&empty.etag(), &plan(None, None)).await.expect(200);
    assert_eq!(put(&empty.etag(), &plan(None, None)).await.refusal(), (412, "stale_version"));
    let mine = p.get("owner", "/v1/me/support-plan").await.expect(200);
    assert_eq!(mine.body, written.body);
    assert!(!dump(&p.db).contains("kas kenari"), "it is sealed");
    // It is the next step as long as something of it is to come.
    let kind = async || {
        let all = p.walk("staff", &format!("/v1/cohorts/{}/next-steps", p.cohort().await), 100).await;
        all.into_iter().find(|one| one["venture_id"] == json!(venture)).unwrap()["kind"].clone()
    };
    assert_eq!(kind().await, "plan");
    let future = put(&written.etag(), &plan(Some("2025-01-01"), None)).await;
    assert_eq!(future.refusal(), (422, "invalid_body"));
    assert_eq!(future.body["errors"][0]["pointer"], "/steps/0/done_on");
    let done = put(&written.etag(), &plan(Some("2024-11-19"), None)).await.expect(200);
    assert_eq!(kind().await, "plan", "a visit is to come");
    assert_eq!(put(&done.etag(), &plan(None, Some("Sudah?"))).await.faults(), [("/visits/0/on", "in_the_future")]);
    p.advance(2 * 86_400);
    assert_ne!(kind().await, "plan", "nobody came, and nobody will by that plan");
    for who in ["owner", "investor", "auditor"] {
        assert_eq!(p.get(who, &path).await.refusal(), (403, "forbidden"));
    }
});

over_http!(who_attended_is_counted_by_person, |p| {
    let cohort = p.cohort().await;
    let path = format!("/v1/cohorts/{cohort}/sessions");
    let people = p.walk("staff", &format!("/v1/cohorts/{cohort}/participants"), 100).await;
    let ids: Vec<&str> = people.iter().map(|one| text(&one["id"])).collect();
    let make = async |topic: &str, title: &str, day: &str| {
        p.post("staff", &path, &json!({"topic": topic, "title": title, "held_on": day})).await.expect(201)
    };
    let later = make("financial_management", "Buku kas", "2024-11-15").await;
    let first = make("financial_management", "Harga pokok", "2024-11-14").await;
    let other = make("digital_marketing", "Foto produk", "2024-11-14").await;
    let note = async |session: &Value, tag: &str, all: &[(&str, &str)]| {
        let items: Vec<_> = all.iter().map(|(id, how)| json!({"participant_id": id, "attendance": how})).collect();
        let path = format!("{path}/{}/attendance", text(&session["id"]));
        send(p.by("staff", "PUT", &path).header("if-match", tag).json(&json!({"items": items}))).await
    };
    note(&first.body, &first.etag(), &[(ids[0], "online"), (ids[1], "online")]).await.expect(200);
    let noted = note(&later.body, &later.etag(), &[(ids[1], "in_person"), (ids[2], "in_person")]).await.expect(200);
    assert_eq!(noted.body["version"], 2);
    assert_eq!(note(&later.body, &later.etag(), &[]).await.refusal(), (412, "stale_version"));
    let twice = note(&other.body, &other.etag(), &[(ids[0], "online"), (ids[0], "in_person")]).await;
    assert_eq!(twice.refusal(), (422, "invalid_body"));
    assert_eq!(twice.body["errors"][0]["code"], "named_twice");
    let empty = p.new_cohort("Kosong").await;
    let foreign = format!("/v1/cohorts/{empty}/sessions/{}/attendance", text(&first.body["id"]));
    let wrong = send(p.by("staff", "PUT", &foreign).header("if-match", first.etag()).json(&json!({"items": []}))).await;
    assert_eq!(wrong.refusal(), (404, "not_found"));

    let listed = p.get("staff", &path).await.expect(200);
    let titles: Vec<_> = listed.items().iter().map(|one| text(&one["title"])).collect();
    assert_eq!(titles[2], "Buku kas", "by day");
    let report = p.get("auditor", &format!("/v1/reports/attendance?cohort_id={cohort}")).await.expect(200).body;
    let count = |how: &str| people.iter().filter(|one| one["attendance"] == how).count();
    assert_eq!(report["people"], people.len());
    assert_eq!(report["attended"]["in_person"], count("in_person"));
    assert_eq!(report["attended"]["online"], count("online"));
    // Three people in finance, of whom one was there and online: counted once, as present.
    let [unheard, finance] = &report["topics"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!((&unheard["topic"], &unheard["attended"]["of_people"]), (&json!("digital_marketing"), &json!(0.0)));
    assert_eq!((&finance["topic"], &finance["attended"]["in_person"]), (&json!("financial_management"), &json!(2)));
    assert_eq!((&finance["attended"]["online"], &finance["attended"]["of_people"]), (&json!(1), &json!(0.03)));
    assert_eq!(report["items"].as_array().unwrap().len(), 3);
});

over_http!(owners_see_their_strengths_and_say_what_is_welcome, |p| {
    let venture = p.user("owner").venture_id.unwrap();
    let mine = p.get("owner", "/v1/me/venture").await.expect(200);
    let staff = p.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200).body;
    let rubric =
        &sedaya::reference::rubric::sedaya_v1().dimensions().iter().map(|d| d.code.clone()).collect::<Vec<_>>();
    let score = |code: &str| {
        let at = rubric.iter().position(|known| known == code).unwrap();
        staff["outcome"]["dimensions"][at]["score"].as_i64()
    };
    let strengths: Vec<_> = mine.body["strengths"].as_array().unwrap().iter().map(|d| text(&d["code"])).collect();
    assert_eq!(strengths.len(), 2);
    let weakest_told = strengths.iter().map(|code| score(code)).min().unwrap();
    assert!(rubric.iter().filter(|c| !strengths.contains(&c.as_str())).all(|c| score(c) <= weakest_told));
    let blocking =
        staff["outcome"]["readiness"]["blocking"].as_u64().map(|d| rubric[usize::try_from(d).unwrap()].clone());
    assert_eq!(mine.body["blocking"]["code"].as_str(), blocking.as_deref());
    for never in ["rank", "peringkat", "\"score\"", "ditolak"] {
        assert!(!mine.text.to_lowercase().contains(never), "{never}");
    }
    let patch = async |tag: &str, body: Value| p.patch("owner", "/v1/me/venture", tag, &body).await;
    let changed = patch(&mine.etag(), json!({"instruments": ["mentoring", "grant", "grant"], "sharia_only": null}))
        .await
        .expect(200);
    assert_eq!(changed.body["profile"]["instruments"], json!(["grant", "mentoring"]));
    assert_eq!(
        (&changed.body["profile"]["sharia_only"], &changed.body["profile"]["funding_need"]),
        (&Value::Null, &staff["profile"]["funding_need"])
    );
    assert_eq!(patch(&mine.etag(), json!({"instruments": []})).await.refusal(), (412, "stale_version"));
    let amount = |n: &str| json!({"amount": n, "currency": "IDR"});
    let reversed =
        patch(&changed.etag(), json!({"funding_need": {"min": amount("5000000"), "max": amount("1000000")}})).await;
    assert_eq!(reversed.refusal(), (422, "invalid_body"));
    assert_eq!(patch(&changed.etag(), json!({"name": "Lain"})).await.refusal(), (422, "invalid_body"));
    // It ranks from now on: whoever welcomes nothing is on no new list of investors who ask for an instrument.
    let known = p.service().rankable().unwrap();
    assert_eq!(known.venture(venture).unwrap().profile.instruments.as_ref().unwrap().len(), 2);
});

over_http!(a_result_card_goes_home_with_its_owner, |p| {
    let venture = p.user("owner").venture_id.unwrap();
    let path = format!("/v1/ventures/{venture}/result-card");
    let print = async |lang: &str| {
        send(p.by("staff", "POST", &path).header("accept-language", lang).json(&json!({}))).await.expect(200)
    };
    let card = print("id").await;
    assert!(card.header("content-type").unwrap().starts_with("text/html"));
    assert_eq!(card.header("cache-control"), Some("no-store"));
    let name = p.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200).body["name"].clone();
    for told in [text(&name), "Kartu Hasil", "Langkah berikutnya", "Bukan nasihat investasi", "<svg", "bansos"] {
        assert!(card.text.contains(told), "{told}");
    }
    for never in ["peringkat", "skor", "ditolak", "ven_", "<script"] {
        assert!(!card.text.to_lowercase().contains(never), "{never}");
    }
    // One step, under its heading; and no address where nobody has said one.
    assert_eq!(card.text.matches("Langkah berikutnya").count(), 1, "{}", card.text);
    assert!(card.text.contains("Tanyakan kepada staf program") && !card.text.contains("Masukkan di"), "{}", card.text);
    // Its code signs in, and the one of the card before does not any more.
    let code = |page: &str| page.split("class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let english = print("en").await;
    assert!(english.text.contains("Next step"));
    let claim = async |code: &str| send(p.request("POST", "/v1/auth/claim").json(&json!({"code": code}))).await;
    assert_eq!(claim(&code(&english.text)).await.status, 200);
    assert_eq!(claim(&code(&card.text)).await.status, 401);
});

over_http!(nothing_of_matches_or_requests_stands_on_paper, |p| {
    let service = p.twin_with(|config| config.public_url = Some("https://sedaya.example.org".into())).await;
    let path = format!("/v1/ventures/{}/result-card", p.user("owner").venture_id.unwrap());
    let print = async || {
        let card = service.post("staff", &path, &json!({})).await.expect(200).text;
        // But for the code, and its picture.
        let (before, rest) = card.split_once("<svg").unwrap();
        let after = rest.split_once("</svg>").unwrap().1.split_once("</p>").unwrap().1;
        format!("{before}{after}")
    };
    // A card takes the place of the owner's code, by which the persona is known.
    let (id, offer, _signed_in) = (service.match_of_owner(), service.offer().await, service.token("owner"));
    let plain = print().await;
    assert!(plain.contains("Masukkan di <strong>https://sedaya.example.org</strong>"), "{plain}");
    service.step("investor", &id, offer).await.expect(200);
    service.step("staff", &id, json!({"move": "screen", "no_conflict": true})).await.expect(200);
    service.post("owner", "/v1/me/requests", &json!({"kind": "access"})).await.expect(201);
    let status = service.get("owner", "/v1/me/status").await.expect(200);
    assert!(status.text.contains("ingin berkenalan") && status.text.contains("permintaan saya"));
    assert_eq!(print().await, plain);
});

over_http!(a_card_names_one_step_and_what_that_one_opens, |p| {
    let mut opens = 0;
    for venture in p.walk("staff", "/v1/ventures", 100).await {
        let id: VentureId = venture["id"].as_str().unwrap().parse().unwrap();
        let card = p.post("staff", &format!("/v1/ventures/{id}/result-card"), &json!({})).await.expect(200).text;
        let step = card.split("<h2>Langkah berikutnya</h2>").nth(1).unwrap().split("<h2>").next().unwrap();
        let own = sedaya::ops::own_venture::own(p.service(), id).unwrap();
        let named = own.rubric.indicators().filter(|i| step.contains(&format!("<p>{}. ", i.label.id))).count();
        assert!(named <= 1, "{step}");
        opens += usize::from(step.contains("Langkah ini membuka"));
    }
    assert!(opens > 0, "some step opens a door");
});

over_http!(a_sheet_does_not_take_back_what_the_owner_said, |p| {
    let tag = p.get("owner", "/v1/me/venture").await.expect(200).etag();
    let said = json!({"sharia_only": true, "excluded_investor_kinds": ["buyer"], "funding_need": null});
    p.patch("owner", "/v1/me/venture", &tag, &said).await.expect(200);
    // The same sheet again, with a phone number corrected and another amount: everything else on it counts.
    let number = p.get("staff", &format!("/v1/ventures/{}", p.user("owner").venture_id.unwrap())).await.expect(200);
    let mut rows = Rows::sample();
    for row in (0..rows.len())
        .filter(|n| json!(rows.cell(*n, "Kode usaha")) == number.body["external_ref"])
        .collect::<Vec<_>>()
    {
        rows.set(row, "Hanya akad syariah", "tidak").set(row, "Kebutuhan dana minimum", "1000000").set(
            row,
            "Tenor (bulan)",
            "7",
        );
    }
    let job = p.import(&p.cohort().await, "lagi.csv", &rows.csv(), &[]).await;
    assert_eq!((&job.body["state"], &job.body["updated"]), (&json!("applied"), &json!(1)), "{}", job.text);
    let mine = p.get("owner", "/v1/me/venture").await.expect(200).body["profile"].clone();
    assert_eq!((&mine["sharia_only"], &mine["tenor_months"]), (&json!(true), &json!(7)), "{mine}");
    assert_eq!((&mine["excluded_investor_kinds"], &mine["funding_need"]), (&json!(["buyer"]), &json!(null)));
});

over_http!(a_session_is_on_a_day_of_its_cohort_and_can_be_mended, |p| {
    let sample = p.cohort().await;
    let cohort = p.new_cohort("Angkatan 9").await;
    let sessions = format!("/v1/cohorts/{cohort}/sessions");
    let new = |day: &str| json!({"topic": "digital_marketing", "title": "Foto", "held_on": day});
    let late = p.post("staff", &sessions, &new("2031-01-01")).await.expect(422);
    assert_eq!(late.faults(), [("/held_on", "not_in_the_cohort")]);
    let detail = text(&late.body["errors"][0]["detail"]);
    assert!(detail.contains("2024-11-14") && detail.contains("2024-11-15"), "{detail}");
    let made = p.post("staff", &sessions, &new("2024-11-14")).await.expect(201);
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(p.get("staff", &path).await.expect(200).etag(), made.etag());

    let change = async |tag: &str, body: &Value| p.patch("staff", &path, tag, body).await;
    let wrong = change(&made.etag(), &json!({"held_on": "2024-11-16"})).await.expect(422);
    assert_eq!(wrong.faults(), [("/held_on", "not_in_the_cohort")]);
    let mended = json!({"title": "Foto produk", "held_on": "2024-11-15", "topic": "financial_management"});
    let mended = change(&made.etag(), &mended).await.expect(200);
    assert_eq!((&mended.body["title"], &mended.body["held_on"]), (&json!("Foto produk"), &json!("2024-11-15")));
    assert_eq!((&mended.body["topic"], &mended.body["version"]), (&json!("financial_management"), &json!(2)));
    assert_eq!(change(&made.etag(), &json!({"title": "Lagi"})).await.refusal(), (412, "stale_version"));
    // The cohort's days cannot leave it behind.
    let days = p.get("staff", &format!("/v1/cohorts/{cohort}")).await.expect(200).etag();
    let shorter = json!({"ends_on": "2024-11-14"});
    let shorter = p.patch("staff", &format!("/v1/cohorts/{cohort}"), &days, &shorter).await.expect(422);
    assert_eq!(shorter.faults(), [("/ends_on", "session_outside")]);

    let delete = async |path: &str, tag: &str| send(p.by("staff", "DELETE", path).header("if-match", tag)).await;
    assert_eq!(delete(&path, &made.etag()).await.refusal(), (412, "stale_version"));
    delete(&path, &mended.etag()).await.expect(204);
    assert_eq!(p.get("staff", &path).await.refusal(), (404, "not_found"));
    let actions = p.walk("auditor", "/v1/audit", 100).await;
    for action in ["session.create", "session.change", "session.delete"] {
        assert!(actions.iter().any(|row| row["action"] == action && row["subject"] == made.body["id"]), "{action}");
    }

    // What somebody attended is no mistake until that is taken back.
    let made = p.post("staff", &format!("/v1/cohorts/{sample}/sessions"), &new("2024-11-14")).await.expect(201);
    let path = made.header("location").unwrap();
    let people = p.get("staff", &format!("/v1/cohorts/{sample}/participants?limit=1")).await.expect(200);
    let note = async |tag: &str, items: Value| {
        let noted = p.by("staff", "PUT", &format!("{path}/attendance")).header("if-match", tag);
        send(noted.json(&json!({ "items": items }))).await.expect(200).etag()
    };
    let one = json!([{"participant_id": people.items()[0]["id"], "attendance": "online"}]);
    let noted = note(&made.etag(), one).await;
    assert_eq!(delete(path, &noted).await.refusal(), (409, "session_attended"));
    delete(path, &note(&noted, json!([])).await).await.expect(204);
});
