//! The audit over HTTP and on the command line: read in pages, verified, and every tampering found.

use diesel::connection::SimpleConnection as _;
use sedaya::store::StoreError;
use serde_json::json;

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::Reply;

async fn verdict(p: &Programme) -> Reply {
    p.get("auditor", "/v1/audit/verify").await.expect(200)
}

/// Changes the database behind the service's back.
fn tamper(p: &Programme, sql: &str) {
    p.service().db.write::<_, StoreError>(|conn| Ok(conn.batch_execute(sql)?)).unwrap();
}

/// Exit code and output of `sedaya audit verify`.
fn by_command(p: &Programme, more: &[&str]) -> (Option<i32>, serde_json::Value) {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_sedaya"))
        .args(["audit", "verify", "--format", "json"])
        .args(more)
        .env("SEDAYA_DATABASE_URL", &p.db.url)
        .env("SEDAYA_KEY_FILE", crate::support::database::key_file())
        .output()
        .unwrap();
    (done.status.code(), serde_json::from_slice(&done.stdout).unwrap())
}

over_http!(deeds_are_read_newest_first_and_looked_for, |p| {
    let cohort = p.new_cohort("Teraudit").await;
    let page = p.get("auditor", &format!("/v1/audit?subject={cohort}")).await.expect(200);
    let [row] = page.items() else { panic!("{}", page.text) };
    assert_eq!((&row["action"], &row["role"]), (&json!("cohort.create"), &json!("staff")));
    assert_eq!(row["actor"], p.actor("staff").user.to_string());
    assert!(!page.text.contains("Teraudit"), "what was written is not told");
    let all = p.walk("admin", "/v1/audit", 100).await;
    let numbers: Vec<i64> = all.iter().map(|r| r["seq"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers[0]).rev().collect::<Vec<_>>());
    let starts = p.walk("admin", "/v1/audit?action=session.start&actor=nobody", 3).await;
    assert!(!starts.is_empty() && starts.iter().all(|r| r["action"] == "session.start"));
    // A cursor belongs to its filters.
    let next = p.get("auditor", "/v1/audit?limit=1").await.body["next"].as_str().unwrap().to_owned();
    let other = p.get("auditor", &format!("/v1/audit?limit=1&action=session.start&cursor={next}")).await;
    assert_eq!(other.refusal(), (400, "invalid_query"));
});

over_http!(every_tampering_is_told_over_http_and_by_command, |p| {
    p.new_cohort("Rantai").await;
    let whole = verdict(p).await;
    let last = whole.body["rows"].as_i64().unwrap();
    let head = whole.body["head"].as_str().unwrap().to_owned();
    assert_eq!(whole.body, json!({"intact": true, "rows": last, "head": head, "broken_at": null, "expected_at": null}));
    assert_eq!(by_command(p, &[]), (Some(0), whole.body));
    // After the auditor's own session was opened, nothing more is written: the numbers stand.
    let at = last - 1;
    tamper(p, &format!("UPDATE audit SET at = at + 1 WHERE seq = {at}"));
    let broken = json!({"intact": false, "rows": at - 1, "head": null, "broken_at": at, "expected_at": null});
    assert_eq!(verdict(p).await.body, broken);
    assert_eq!(by_command(p, &[]), (Some(3), broken));
    tamper(p, &format!("UPDATE audit SET at = at - 1 WHERE seq = {at}"));
    assert_eq!(verdict(p).await.body["head"], head);
});

over_http!(a_noted_head_is_asked_for_again, |p| {
    let noted = verdict(p).await.body;
    let (rows, head) = (noted["rows"].as_i64().unwrap(), noted["head"].as_str().unwrap().to_owned());
    p.new_cohort("Sesudahnya").await;
    let expect = async |hash: &str| p.get("auditor", &format!("/v1/audit/verify?expect={hash}")).await;
    let later = expect(&head).await.expect(200).body;
    assert_eq!((&later["intact"], &later["expected_at"]), (&json!(true), &json!(rows)));
    assert!(later["rows"].as_i64() > Some(rows));
    assert_eq!(by_command(p, &["--expect", &head]), (Some(0), later));
    let foreign = "0".repeat(64);
    let replaced = expect(&foreign).await.expect(200).body;
    assert_eq!(
        (&replaced["intact"], &replaced["broken_at"], &replaced["expected_at"]),
        (&json!(false), &json!(null), &json!(null))
    );
    assert_eq!(by_command(p, &["--expect", &foreign]), (Some(3), replaced));
    for odd in ["x", "", &head.to_uppercase(), &head[1..]] {
        assert_eq!(expect(odd).await.refusal(), (400, "invalid_query"), "{odd}");
    }
});

/// The operator's walk reads the database as it stands: it makes no file, no key and no table.
#[test]
fn the_command_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let key_file = dir.path().join("keys.json");
    let verify = |database: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_sedaya"))
            .args(["audit", "verify"])
            .env("SEDAYA_DATABASE_URL", database)
            .env("SEDAYA_KEY_FILE", &key_file)
            .output()
            .unwrap()
    };
    let missing = dir.path().join("folder").join("none.db");
    assert_eq!(verify(&format!("sqlite:{}", missing.display())).status.code(), Some(1));
    assert!(!missing.exists() && !dir.path().join("folder").exists());
    // A database that an older build has left behind: no table of the newest migration.
    let db = crate::support::database::TestDb::sqlite();
    let older = "DELETE FROM __diesel_schema_migrations WHERE version <> '0001'";
    db.db.write::<_, StoreError>(|conn| Ok(conn.batch_execute(older)?)).unwrap();
    assert!(!db.db.is_current().unwrap());
    let done = verify(&db.url);
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stdout).trim_end()), (Some(0), "intact: 0 rows"));
    assert!(!db.db.is_current().unwrap() && !key_file.exists());
}

over_http!(what_cannot_be_audited_is_not_done, |p| {
    let staff = p.token("staff");
    tamper(p, "ALTER TABLE audit RENAME TO audit_away");
    let new = json!({"name": "Tanpa jejak", "starts_on": "2025-02-28", "ends_on": "2025-03-01"});
    let request = p.request("POST", "/v1/cohorts").bearer_auth(&staff).json(&new);
    assert_eq!(request.send().await.unwrap().status(), 500);
    tamper(p, "ALTER TABLE audit_away RENAME TO audit");
    let names = p.walk("staff", "/v1/cohorts", 100).await;
    assert!(names.iter().all(|c| c["name"] != "Tanpa jejak"));
    assert_eq!(verdict(p).await.body["intact"], true);
});

over_http!(what_is_looked_for_is_a_text_and_no_query, |p| {
    p.new_cohort("Teraudit").await;
    for odd in ["' OR '1'='1", "x' UNION SELECT * FROM users --", "%", "cohort_create", "\\", "\"; DROP TABLE audit"] {
        for name in ["actor", "action", "subject"] {
            let query = serde_urlencoded::to_string([(name, odd)]).unwrap();
            let page = p.get("auditor", &format!("/v1/audit?{query}")).await.expect(200);
            assert!(page.items().is_empty(), "{name}={odd}");
        }
    }
    assert_eq!(verdict(p).await.body["intact"], true);
});
