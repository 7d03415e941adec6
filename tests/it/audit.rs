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
fn by_command(p: &Programme) -> (Option<i32>, serde_json::Value) {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_sedaya"))
        .args(["audit", "verify", "--format", "json"])
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

over_http!(every_tampering_is_found, |p| {
    for n in 0..3 {
        p.new_cohort(&format!("Rantai {n}")).await;
    }
    let whole = verdict(p).await;
    let last = whole.body["rows"].as_i64().unwrap();
    assert_eq!((&whole.body["intact"], &whole.body["broken_at"]), (&json!(true), &json!(null)));
    assert_eq!(by_command(p).0, Some(0));
    // After the auditor's own session was opened, nothing more is written: the numbers stand.
    let at = last - 1;
    let columns = ["actor", "role", "action", "subject", "digest", "hash"];
    for column in columns {
        tamper(p, &format!("UPDATE audit SET {column} = {column} || 'x' WHERE seq = {at}"));
        assert_eq!(verdict(p).await.body, json!({"intact": false, "rows": at - 1, "broken_at": at}), "{column}");
        tamper(p, &format!("UPDATE audit SET {column} = substr({column}, 1, length({column}) - 1) WHERE seq = {at}"));
        assert_eq!(verdict(p).await.body["intact"], true, "{column} put back");
    }
    tamper(p, &format!("UPDATE audit SET at = at + 1 WHERE seq = {at}"));
    assert_eq!(verdict(p).await.body["broken_at"], at);
    assert_eq!(by_command(p), (Some(3), json!({"intact": false, "rows": at - 1, "broken_at": at})));
    tamper(p, &format!("UPDATE audit SET at = at - 1 WHERE seq = {at}"));
    // Two rows change places.
    let swap = |a: i64, b: i64| {
        tamper(p, &format!("UPDATE audit SET seq = -1 WHERE seq = {a}"));
        tamper(p, &format!("UPDATE audit SET seq = {a} WHERE seq = {b}"));
        tamper(p, &format!("UPDATE audit SET seq = {b} WHERE seq = -1"));
    };
    swap(at, last);
    assert_eq!(verdict(p).await.body["broken_at"], at);
    swap(at, last);
    assert_eq!(verdict(p).await.body["intact"], true);
    // The end is cut off, or a row in the middle is gone.
    tamper(p, &format!("CREATE TABLE kept AS SELECT * FROM audit WHERE seq IN ({at}, {last})"));
    tamper(p, &format!("DELETE FROM audit WHERE seq = {last}"));
    assert_eq!(verdict(p).await.body["broken_at"], last);
    tamper(p, &format!("DELETE FROM audit WHERE seq = {at}"));
    assert_eq!(verdict(p).await.body["broken_at"], at);
    tamper(p, &format!("INSERT INTO audit SELECT * FROM kept WHERE seq = {last}"));
    assert_eq!(verdict(p).await.body["broken_at"], at);
    tamper(p, &format!("INSERT INTO audit SELECT * FROM kept WHERE seq = {at}"));
    tamper(p, "DROP TABLE kept");
    assert_eq!(verdict(p).await.body["intact"], true);
});

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
