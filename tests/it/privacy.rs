//! What is personal stays where it belongs: canaries are planted in every business and person by an import, and then
//! searched for in everything that the roles can read, in the database's bytes, and in the log at its most talkative.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use sedaya::clock::Clock;
use sedaya::domain::retention::RetentionRule;
use sedaya::store::{StoreError, retention};
use serde_json::{Value, json};

use crate::over_http;
use crate::support::database::{TestDb, key_file};
use crate::support::programme::Programme;
use crate::support::reply::send;
use crate::support::sheet::Rows;

/// Columns that get a canary, with what it looks like in a row.
fn canary(column: &str, n: usize) -> String {
    match column {
        "Nama peserta" => format!("Kenari Pemilik {n:03}"),
        "Nomor HP" => format!("0877 6600 {n:04}"),
        "Surel" => format!("kenari{n:03}@sarang.invalid"),
        "NIK" => format!("00770166098{n:05}"),
        "Nama usaha" => format!("Warung Kenari {n:03}"),
        "Alamat usaha" => format!("Gang Kenari Buntu {n:03}"),
        "Nomor NIB" => format!("91777{n:08}"),
        "Nomor merek" => format!("IDMK{n:07}"),
        "ENT1 catatan" => format!("Catatan kenari {n:03}"),
        _ => panic!("no canary for {column}"),
    }
}

const OF_PERSON: [&str; 4] = ["Nama peserta", "Nomor HP", "Surel", "NIK"];
const OF_VENTURE: [&str; 4] = ["Nama usaha", "Alamat usaha", "Nomor NIB", "Nomor merek"];

/// The sample with a canary in every personal cell; the first business was assessed by `assessor`.
fn planted(assessor: &str) -> Rows {
    let mut rows = Rows::sample();
    let mut numbers = BTreeMap::new();
    for row in 0..rows.len() {
        for (code, columns) in [("Kode peserta", OF_PERSON), ("Kode usaha", OF_VENTURE)] {
            let code = rows.cell(row, code).to_owned();
            if code.is_empty() {
                continue;
            }
            let next = numbers.len();
            let n = *numbers.entry(code).or_insert(next);
            for column in columns {
                rows.set(row, column, &canary(column, n));
            }
        }
        if !rows.cell(row, "ENT1").is_empty() && !rows.cell(row, "Kode asesor").is_empty() {
            rows.set(row, "ENT1 catatan", &canary("ENT1 catatan", row));
        }
    }
    let own = (0..rows.len()).find(|n| rows.cell(*n, "Kode usaha") == "SINTETIS-U01").unwrap();
    rows.set(own, "Kode asesor", assessor);
    rows
}

/// Every form in which a canary could appear: as typed, without its spaces, and as a number is stored.
fn forms(rows: &Rows, columns: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for column in columns {
        for cell in rows.column(column) {
            let bare: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
            all.push(cell.to_lowercase());
            if *column == "Nomor HP" {
                all.push(bare[1..].to_owned());
            }
            all.push(bare.to_lowercase());
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The canaries that a text holds.
fn found<'a>(text: &str, canaries: &'a [String]) -> Vec<&'a str> {
    let text = text.to_lowercase();
    canaries.iter().map(String::as_str).filter(|canary| text.contains(canary)).collect()
}

const PERSONAL: [&str; 9] = [
    "Nama peserta",
    "Nomor HP",
    "Surel",
    "NIK",
    "Nama usaha",
    "Alamat usaha",
    "Nomor NIB",
    "Nomor merek",
    "ENT1 catatan",
];

async fn plant(p: &Programme) -> Rows {
    let rows = planted(&p.actor("assessor").user.to_string());
    // Told of everything that follows; what they are told can be read.
    for who in ["staff", "investor"] {
        let new = json!({"url": "https://example.org/", "events": ["match_list.published", "match.moved"]});
        p.post(who, "/v1/webhooks", &new).await.expect(201);
    }
    let cohort = p.cohort().await;
    let job = p.import(&cohort, "kenari.csv", &rows.csv(), &[]).await;
    assert_eq!((&job.body["state"], &job.body["updated"]), (&json!("applied"), &json!(96)), "{}", job.text);
    // A second list, so that there is a superseded one and one over the planted data.
    let order = json!({"criteria_id": p.logins.criteria_id, "version": 1});
    let made = p.post("staff", "/v1/match-lists", &order).await.expect(201);
    let publish = format!("{}/publish", made.header("location").unwrap());
    p.post("staff_second", &publish, &json!({})).await.expect(200);
    rows
}

/// Ids of everything there is, by the first part of its path.
async fn everything(p: &Programme) -> BTreeMap<&'static str, Vec<String>> {
    let ids = async |who: &str, path: &str| {
        let all = p.walk(who, path, 100).await;
        all.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut known = BTreeMap::new();
    for path in ["cohorts", "ventures", "assessments", "rubrics", "imports", "investors", "match-lists", "matches"] {
        known.insert(path, ids("staff", &format!("/v1/{path}")).await);
    }
    let people = format!("/v1/cohorts/{}/participants", known["cohorts"][0]);
    known.insert("participants", ids("staff", &people).await);
    known.insert("users", ids("admin", "/v1/users").await);
    let program = json!({"name": "Program", "role": "auditor", "operations": ["listAudit"]});
    p.post("admin", "/v1/service-tokens", &program).await.expect(201);
    known.insert("service-tokens", ids("admin", "/v1/service-tokens").await);
    p.post("owner", "/v1/me/requests", &json!({"kind": "access"})).await.expect(201);
    p.post("staff", "/v1/complaints", &json!({"text": "Keluhan."})).await.expect(201);
    // The assessor acts for the owner, too.
    crate::companions::taken_up(p, &p.token("owner"), &p.token("assessor")).await;
    known.insert("complaints", ids("staff", "/v1/complaints").await);
    p.post("staff", "/v1/incidents", &json!({"what_happened": "Kejadian."})).await.expect(201);
    known.insert("incidents", ids("staff", "/v1/incidents").await);
    let day = json!({"kind": "meetings", "investors": [{"investor_id": p.investor("investor"), "capacity": 3}]});
    p.post("staff", "/v1/allocations", &day).await.expect(201);
    known.insert("allocations", ids("staff", "/v1/allocations").await);
    known.insert("data-requests", ids("staff", "/v1/data-requests").await);
    known.insert("webhooks", ids("staff", "/v1/webhooks").await);
    let mut criteria = Vec::new();
    for investor in &known["investors"] {
        let sets = p.get("staff", &format!("/v1/investors/{investor}/criteria")).await.expect(200);
        criteria.extend(sets.items().iter().map(|set| set["id"].as_str().unwrap().to_owned()));
    }
    known.insert("criteria", criteria);
    known
}

/// Every path that can be read, with every id filled in.
async fn readable(p: &Programme) -> Vec<String> {
    let known = everything(p).await;
    let document: Value = send(p.request("GET", "/openapi.json")).await.expect(200).body;
    let mut paths = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        if item.get("get").is_none() {
            continue;
        }
        let path = path.replace("{n}", "1").replace("{position}", "1").replace("{code}", "x");
        if !path.contains('{') {
            paths.push(path);
            continue;
        }
        let kind = path.split('/').nth(2).unwrap();
        let ids = known.get(kind).unwrap_or_else(|| panic!("{path}: ids of {kind} are not collected"));
        assert!(!ids.is_empty(), "{path}");
        // Of many things of a kind some will do, the planted first business among them.
        paths.extend(ids.iter().take(12).map(|id| path.replace("{id}", id)));
    }
    paths.iter().map(|p| if p.ends_with("s") { format!("{p}?limit=100") } else { p.clone() }).collect()
}

async fn read_all(p: &Programme, persona: &str, paths: &[String]) -> (usize, Vec<(String, String)>) {
    let (mut answered, mut all) = (0, Vec::new());
    for path in paths {
        for lang in ["id", "en"] {
            let mut reply = send(p.by(persona, "GET", path).header("accept-language", lang)).await;
            if reply.status == 400 {
                // Not every list comes in pages.
                let bare = path.trim_end_matches("?limit=100");
                reply = send(p.by(persona, "GET", bare).header("accept-language", lang)).await;
            }
            answered += usize::from(reply.status == 200);
            all.push((path.clone(), format!("{:?} {}", reply.headers, reply.text)));
        }
    }
    (answered, all)
}

over_http!(canaries_stay_with_staff, |p| {
    let rows = plant(p).await;
    let canaries = forms(&rows, &PERSONAL);
    let paths = readable(p).await;
    let whatif = json!({"document": crate::criteria::document()});
    let assigned = p.walk("assessor", "/v1/assessments", 10).await;
    assert_eq!(assigned.len(), 1);
    let assigned: Vec<_> = ["id", "venture_id"].iter().map(|key| assigned[0][*key].as_str().unwrap()).collect();
    let mut told_whom = false;
    for persona in ["investor", "investor_other", "auditor", "owner", "admin", "assessor"] {
        let (answered, mut all) = read_all(p, persona, &paths).await;
        assert!(answered >= 20, "{persona} read {answered} answers");
        all.push(("what-if".into(), p.post(persona, "/v1/rankings", &whatif).await.text));
        for (path, text) in all {
            // An assessor knows the business that was assigned, and whose notes these are.
            let everything = persona == "owner" && matches!(path.as_str(), "/v1/me/data" | "/v1/me/venture");
            if everything {
                // The owner reads everything about one business: the own one.
                assert_eq!(self::found(&text, &forms(&rows, &["Nama usaha"])).len(), 1, "{path}");
                continue;
            }
            let own = persona == "assessor"
                && (assigned.iter().any(|id| path.contains(id)) || path.starts_with("/v1/assessments?"));
            if persona == "assessor" && path.starts_with("/v1/me/mandates") {
                // Whom the assessor acts for is told by the name of the business, and nothing else.
                let names = forms(&rows, &["Nama usaha"]);
                assert_eq!(self::found(&text, &canaries), self::found(&text, &names));
                assert!(self::found(&text, &names).len() <= 1, "{text}");
                told_whom |= !self::found(&text, &names).is_empty();
                continue;
            }
            let found = found(&text, &canaries);
            assert!(own || found.is_empty(), "{persona} {path}: {found:?}");
        }
    }
    assert!(told_whom, "the assessor is not told whom to act for");
    // What an assessor reads of the one business is of no other, and no number that was never to be seen.
    let secret = forms(&rows, &["NIK", "Nomor NIB", "Nomor merek"]);
    let visited = p.get("assessor", &format!("/v1/ventures/{}", assigned[1])).await.expect(200);
    assert_eq!(found(&visited.text, &forms(&rows, &["Nama usaha"])).len(), 1);
    assert_eq!(found(&visited.text, &secret), Vec::<&str>::new());
    // Staff see them where they should: the search can find something.
    let (_, all) = read_all(p, "staff", &paths).await;
    for (path, text) in &all {
        let found_here = found(text, &canaries);
        let expected = ["/v1/ventures", "/v1/assessments", "/participants"].iter().any(|part| path.contains(part));
        assert!(expected || found_here.is_empty(), "staff {path}: {found_here:?}");
        assert_eq!(found(text, &secret), Vec::<&str>::new(), "staff {path}");
    }
    let seen = |columns: &[&str]| {
        let wanted = forms(&rows, columns);
        all.iter().map(|(_, text)| found(text, &wanted).len()).sum::<usize>()
    };
    for column in ["Nama peserta", "Nomor HP", "Surel", "Nama usaha", "Alamat usaha", "ENT1 catatan"] {
        assert!(seen(&[column]) > 0, "staff never see {column}");
    }
});

over_http!(metrics_hold_nothing_personal, |p| {
    let rows = plant(p).await;
    let canaries = forms(&rows, &PERSONAL);
    for path in readable(p).await {
        p.get("staff", &path).await;
    }
    // Names in paths, queries and bodies, as somebody might mistakenly send them.
    let name = rows.column("Nama usaha")[0].to_lowercase().replace(' ', "-");
    p.get("staff", &format!("/v1/ventures/{name}")).await.expect(404);
    p.get("staff", &format!("/{name}")).await.expect(404);
    p.get("staff", &format!("/v1/ventures?{name}={name}")).await.expect(400);
    let sign_in = json!({"username": name, "password": name});
    send(p.request("POST", "/v1/auth/token").json(&sign_in)).await.expect(401);
    let metrics = p.client.get(format!("http://{}/metrics", p.app.admin_addr)).send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("operation=\"getVenture\""), "{metrics}");
    assert_eq!(found(&metrics, &canaries), Vec::<&str>::new());
    assert!(!metrics.contains(&name) && !metrics.contains("ven_") && !metrics.contains("usr_"), "{metrics}");
});

/// Everything a database holds, as text: of a file its bytes, of PostgreSQL every row of every table.
pub fn dump(db: &TestDb) -> String {
    if let Some(folder) = db.folder() {
        let files = std::fs::read_dir(folder).unwrap().map(|f| std::fs::read(f.unwrap().path()).unwrap());
        return files.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    }
    crate::support::postgres::dump(&db.url)
}

over_http!(secrets_are_nowhere_in_the_database, |p| {
    let mut rows = planted("ASR-01");
    // Faulty cells, whose rows are kept for a while with what is wrong about them.
    rows.set(3, "NIK", "0077016609899").set(7, "Nomor HP", "0877 kenari").set(11, "Surel", "kenari di sarang");
    let canaries =
        forms(&rows, &["Nama peserta", "Nomor HP", "Surel", "NIK", "Alamat usaha", "Nomor NIB", "Nomor merek"]);
    let cohort = p.cohort().await;
    for mode in ["all_or_nothing", "valid_rows"] {
        p.import(&cohort, "kenari.csv", &rows.csv(), &[("mode", mode)]).await;
    }
    let kept = dump(&p.db);
    assert!(kept.contains("Warung Kenari"), "names of businesses are kept in clear, so the search can find something");
    assert_eq!(found(&kept, &canaries), Vec::<&str>::new());
    for login in &p.logins.logins {
        assert!(!kept.contains(&login.password), "{}", login.persona);
    }
});

/// A service in a process of its own; ended when dropped.
struct Process(std::process::Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The sample was entered long ago by the clock of this machine, which a process of its own goes by: today nothing is removed from it.
pub fn keep_for_today(db: &TestDb) {
    let now = Clock::System.now();
    let noted = db.db.write::<_, StoreError>(|conn| {
        RetentionRule::ALL.iter().try_for_each(|rule| retention::note(conn, *rule, now, 0))
    });
    noted.unwrap();
}

#[test]
fn the_log_at_its_most_talkative_holds_nothing_personal() {
    let (db, logins) = TestDb::sqlite_with_sample();
    keep_for_today(&db);
    let child = Command::new(env!("CARGO_BIN_EXE_sedaya"))
        .args(["serve", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0", "--drain", "0"])
        .env("SEDAYA_DATABASE_URL", &db.url)
        .env("SEDAYA_KEY_FILE", key_file())
        .env("RUST_LOG", "trace")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut process = Process(child);
    let stderr = BufReader::new(process.0.stderr.take().unwrap());
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || stderr.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
    let mut log = Vec::new();
    let addr = loop {
        let line = lines.recv().expect("the service says where it listens");
        log.push(line.clone());
        let event: Value = serde_json::from_str(&line).unwrap_or_default();
        if event["message"] == "listening" {
            break event["addr"].as_str().unwrap().to_owned();
        }
    };
    let rows = planted("ASR-01");
    let mut secrets: Vec<String> = logins.logins.iter().map(|login| login.password.clone()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = |path: &str| format!("http://{addr}{path}");
        let mut tokens = BTreeMap::new();
        for login in &logins.logins {
            let request = match login.username.as_str() {
                "" => client.post(url("/v1/auth/claim")).json(&json!({"code": login.password})),
                name => client.post(url("/v1/auth/token")).json(&json!({"username": name, "password": login.password})),
            };
            let body = send(request).await.expect(200).body;
            for key in ["access_token", "refresh_token"] {
                secrets.push(body[key].as_str().unwrap().to_owned());
            }
            tokens.insert(login.persona.as_str(), body["access_token"].as_str().unwrap().to_owned());
            let refresh = json!({"refresh_token": body["refresh_token"]});
            let next = send(client.post(url("/v1/auth/refresh")).json(&refresh)).await.expect(200);
            secrets.push(next.body["refresh_token"].as_str().unwrap().to_owned());
        }
        let get = async |who: &str, path: &str| send(client.get(url(path)).bearer_auth(&tokens[who])).await;
        let cohorts = get("staff", "/v1/cohorts").await.expect(200);
        let file = reqwest::multipart::Part::bytes(rows.csv()).file_name("kenari.csv");
        let cohort = cohorts.items()[0]["id"].as_str().unwrap().to_owned();
        let form = reqwest::multipart::Form::new().part("file", file).text("cohort_id", cohort);
        let accepted = send(client.post(url("/v1/imports")).bearer_auth(&tokens["staff"]).multipart(form)).await;
        let job = accepted.expect(202).header("location").unwrap().to_owned();
        while get("staff", &job).await.expect(200).body["finished_at"].is_null() {}
        let ventures = get("staff", "/v1/ventures?limit=5").await.expect(200);
        for venture in ventures.items() {
            get("staff", &format!("/v1/ventures/{}", venture["id"].as_str().unwrap())).await.expect(200);
        }
        get("investor", &format!("/v1/match-lists/{}/entries", logins.match_list_id)).await.expect(200);
        let wrong = json!({"username": "demo-staff", "password": "kenari-salah-sandi", "colour": "kenari-merah"});
        assert_eq!(send(client.post(url("/v1/auth/token")).json(&wrong)).await.status, 422);
    });
    secrets.extend(["kenari-salah-sandi", "kenari-merah"].map(str::to_owned));
    drop(process);
    log.extend(lines.iter());
    assert!(log.len() > 100, "{} lines", log.len());
    let mut personal = forms(&rows, &PERSONAL);
    personal.extend(secrets.iter().map(|s| s.to_lowercase()));
    for line in &log {
        assert_eq!(found(line, &personal), Vec::<&str>::new(), "{line}");
    }
}
