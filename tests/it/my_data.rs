//! Everything that is held about an owner: whole, the owner's own, and nobody else's.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::over_http;
use crate::store::columns;
use crate::support::database::TestDb;
use crate::support::programme::Programme;
use crate::support::reply::send;
use crate::support::sheet::Rows;

/// Where what a table holds of a venture stands in the export; or why it does not.
const TABLES: &[(&str, Result<&str, &str>)] = &[
    ("access_log", Ok("looks")),
    ("allocations", Err("ids and scores of a plan for staff; who is met is in the matches")),
    ("assessments", Ok("assessments")),
    ("claim_codes", Ok("account")),
    ("cohorts", Ok("business")),
    ("complaints", Ok("complaints")),
    ("consents", Ok("consents")),
    ("data_requests", Ok("requests")),
    ("match_list_entries", Ok("places")),
    ("match_lists", Ok("places")),
    ("matches", Ok("matches")),
    ("outcomes", Ok("result")),
    ("participants", Ok("people")),
    ("refresh_tokens", Ok("account")),
    ("users", Ok("account")),
    ("ventures", Ok("business")),
    ("attendances", Ok("sessions")),
    ("outbox", Ok("messages")),
    ("owner_phones", Ok("account")),
    ("sessions", Ok("sessions")),
    ("support_plans", Ok("support_plan")),
    ("mandates", Ok("companions")),
    ("audit", Err("ids and salted digests only; auditors read it")),
    ("audit_salts", Err("random numbers")),
    ("change_log", Err("that something changed, and when")),
    ("criteria", Err("an investor's")),
    ("criteria_versions", Err("an investor's")),
    ("idempotency", Err("answers that were given anyway, encrypted, for a day")),
    ("incidents", Err("the programme's; whom one concerns is asked of the access log")),
    ("import_errors", Err("faults of a sheet; whose cells they quote is not kept")),
    ("import_rows", Err("rows of a sheet, encrypted, until they are applied: then they are here")),
    ("import_touched", Err("which import is on its way, until it has ended")),
    ("imports", Err("sheets of the programme, without what is in them")),
    ("investors", Err("others'")),
    ("code_requests", Err("counts by keyed hash, for an hour")),
    ("list_visits", Err("which list an investor's account has seen")),
    ("match_reports", Ok("matches")),
    ("match_notes", Err("an investor's own, encrypted; the programme does not read it")),
    ("one_time_codes", Err("hashes of codes, for a day; that one was sent stands among the messages")),
    ("match_list_gaps", Err("what was erased: nobody's")),
    ("retention_runs", Err("counts")),
    ("rubric_versions", Err("the programme's")),
    ("rubrics", Err("the programme's")),
    ("service_tokens", Err("programs'")),
    ("sign_in_failures", Err("counts by keyed hash, for minutes")),
    ("erased_people", Err("keyed hashes of the numbers of people who were erased")),
    ("tombstones", Err("what was erased: nobody's")),
    ("webhooks", Err("investors' and the programme's")),
    ("write_gate", Err("counters")),
];

#[test]
fn every_table_is_in_the_export_or_says_why_not() {
    let rows: BTreeMap<_, _> = TABLES.iter().copied().collect();
    assert_eq!(rows.len(), TABLES.len());
    for table in columns(&TestDb::sqlite()).keys() {
        assert!(
            rows.contains_key(table.as_str()),
            "{table} is new: gather what it holds of a venture in src/ops/my_data.rs, or say in TABLES here why not"
        );
    }
    let schema = serde_json::from_str::<Value>(&sedaya::cli::openapi::text().unwrap()).unwrap();
    let members = &schema["components"]["schemas"]["MyData"]["properties"];
    for member in rows.values().flatten() {
        assert!(members[member].is_object(), "{member}");
    }
}

/// The owner's business with a word of its own in every cell that people read, and an assessor's note.
async fn plant(p: &Programme) -> Vec<&'static str> {
    let mut rows = Rows::sample();
    let external_ref = {
        let venture = p.user("owner").venture_id.unwrap();
        p.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200).body["external_ref"].clone()
    };
    let own = (0..rows.len()).find(|n| rows.cell(*n, "Kode usaha") == external_ref.as_str().unwrap()).unwrap();
    let words = [
        ("Nama peserta", "Kenari Satu"),
        ("Nomor HP", "0877 0166 0989"),
        ("Surel", "kenari@example.id"),
        ("Nama usaha", "Warung Kenari"),
        ("Alamat usaha", "Jl. Kenari 1"),
        ("Nomor NIB", "7701660989123"),
    ];
    let code = rows.cell(own, "Kode usaha").to_owned();
    for row in 0..rows.len() {
        if rows.cell(row, "Kode usaha") == code {
            for (column, word) in words {
                if row == own || !rows.cell(row, column).is_empty() {
                    rows.set(row, column, word);
                }
            }
        }
    }
    rows.set(own, "ENT1 catatan", "Buku kenari.");
    let job = p.import(&p.cohort().await, "kenari.csv", &rows.csv(), &[]).await;
    assert_eq!(job.body["state"], "applied", "{}", job.text);
    vec![
        "Kenari Satu",
        "+6287701660989",
        "kenari@example.id",
        "Warung Kenari",
        "Jl. Kenari 1",
        "7701660989123",
        "Buku kenari.",
    ]
}

over_http!(an_owner_reads_everything, |p| {
    let planted = plant(p).await;
    let id = p.ask_owner().await;
    let report = json!({"move": "suspend", "reason": "Diminta membayar di muka."});
    p.step("owner", &id, report).await.expect(200);
    let asked = json!({"kind": "dispute", "text": "Catatan kas saya ada."});
    p.post("owner", "/v1/me/requests", &asked).await.expect(201);
    p.get("investor", &format!("/v1/match-lists/{}/entries", p.logins.match_list_id)).await.expect(200);
    let reply = p.get("owner", "/v1/me/data").await.expect(200);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    for word in &planted {
        assert!(reply.text.contains(word), "{word} is not in the export");
    }
    let data = &reply.body;
    assert!(data["note"].as_str().unwrap().starts_with("Peringkat adalah alat bantu"));
    assert!(data["offer"].as_str().unwrap().contains("3x24 jam"));
    for part in ["people", "consents", "assessments", "places", "matches", "requests", "complaints", "looks"] {
        assert!(!data[part].as_array().unwrap().is_empty(), "{part}");
    }
    for consent in data["consents"].as_array().unwrap() {
        assert!(consent["text"].as_str().unwrap().len() > 40, "{consent}");
    }
    // On the list of `investor` it stands first.
    let places = data["places"].as_array().unwrap();
    let place = places.iter().find(|place| place["position"] == 1 && place["current"] == true).unwrap();
    let points =
        place["explanation"]["contributions"].as_array().unwrap().iter().map(|c| c["points"].as_f64().unwrap());
    assert!((points.sum::<f64>() - place["score"].as_f64().unwrap()).abs() < 0.05);
    let affairs = data["matches"].as_array().unwrap();
    let affair = affairs.iter().find(|one| one["id"] == json!(id)).unwrap();
    assert_eq!(affair["said"][0]["text"], "Diminta membayar di muka.");
    assert!(affair["asked"]["request"]["purpose"].is_string());
    assert_eq!(data["requests"][0]["text"], "Catatan kas saya ada.");
    assert!(!data["account"]["sessions"].as_array().unwrap().is_empty());
    assert_eq!(data["account"]["claim_codes"].as_array().unwrap().len(), 1);
    // Other people's: whoever assessed, entered, looked; and investors who have not asked.
    let rated = format!("/v1/ventures/{}/assessments", data["business"]["id"].as_str().unwrap());
    for assessment in p.get("staff", &rated).await.expect(200).items() {
        assert!(!reply.text.contains(&format!("\"{}\"", assessment["assessor"].as_str().unwrap())));
    }
    let own = p.actor("owner").user.to_string();
    assert_eq!(reply.text.matches("usr_").count(), reply.text.matches(&own).count());
    assert!(
        !reply.text.contains("inv_")
            || reply.text.matches("inv_").count() == reply.text.matches("share_contact:inv_").count()
    );
    // Only owners have such data.
    assert_eq!(p.get("staff", "/v1/me/data").await.refusal(), (403, "forbidden"));
});

over_http!(everything_can_be_taken_along_as_a_table, |p| {
    let planted = plant(p).await;
    let csv = send(p.by("owner", "GET", "/v1/me/data").header("accept", "text/csv")).await.expect(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"data.csv\""));
    assert!(csv.text.starts_with("member,number,part,value\r\n"), "{}", &csv.text[..60]);
    for word in planted {
        // What a spreadsheet would take for a formula is spelled as text.
        let spelled = if word.starts_with('+') { format!("'{word}") } else { word.to_owned() };
        assert!(csv.text.contains(&spelled), "{word}");
    }
    assert!(csv.text.contains("business_name,,business,Warung Kenari\r\n"));
    let book = send(
        p.by("owner", "GET", "/v1/me/data")
            .header("accept", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    );
    assert_eq!(book.await.status, 200);
});

over_http!(status_and_matches_never_show_a_rank, |p| {
    p.ask_owner().await;
    for path in ["/v1/me/status", "/v1/me/matches", "/v1/me/doors"] {
        let told = p.get("owner", path).await.expect(200);
        for member in ["\"position\"", "\"rank\"", "\"score\""] {
            assert!(!told.text.contains(member), "{path} {member}");
        }
    }
});
