//! The examples of the document are answers of the running service: every outcome of every operation has one, each
//! satisfies its schema, and each has the shape of what is answered today.
//!
//! `openapi/examples.json` is made by this test: `SEDAYA_TEST_EXAMPLES=write cargo test --test it examples::sqlite`.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::multipart::{Form, Part};
use sedaya::config::{Config, MessengerKind};
use sedaya::domain::message::Words;
use sedaya::ops::message::Letter;
use sedaya::ops::outbox::{self, Attempt, To};
use serde_json::{Map, Value, json};

use super::criteria::document as criteria;
use super::openapi::{operations, validator};
use crate::support::database::TestDb;
use crate::support::programme::{self, Programme};
use crate::support::reply::{Reply, send};

const FILE: &str = "openapi/examples.json";
/// Longer lists are cut to their first two.
const LONGEST: usize = 5;

/// A session of all personas, and what it was answered.
struct Recorder<'a> {
    programme: &'a Programme,
    operations: BTreeMap<String, (String, String, Value)>,
    document: &'a Value,
    seen: Map<String, Value>,
}

/// What a request is made of besides its operation.
#[derive(Default)]
struct Ask<'a> {
    path: &'a [(&'a str, &'a str)],
    tag: Option<&'a str>,
    body: Option<Value>,
    form: Option<Form>,
}

impl Recorder<'_> {
    async fn ask(&mut self, persona: &str, operation: &str, ask: Ask<'_>) -> Reply {
        let (template, method, described) = self.operations[operation].clone();
        let path = ask.path.iter().fold(template, |path, (name, value)| match *name {
            "?" => format!("{path}?{value}"),
            name => path.replace(&format!("{{{name}}}"), value),
        });
        let mut request = match persona {
            "nobody" => self.programme.request(&method, &path),
            _ => self.programme.by(persona, &method, &path),
        };
        if let Some(tag) = ask.tag {
            request = request.header("if-match", tag);
        }
        if let Some(body) = &ask.body {
            request = request.json(body);
            self.keep(operation, "request", persona, body);
        }
        if let Some(form) = ask.form {
            request = request.multipart(form);
        }
        let reply = send(request).await;
        assert!(reply.status < 300, "{operation}: {}", reply.text);
        let response = &described["responses"][reply.status.to_string()];
        assert!(!response.is_null(), "{operation}: {} is not documented", reply.status);
        let tagged = reply.header("etag").is_some();
        assert_eq!(tagged, response["headers"]["ETag"].is_object(), "{operation}: an ETag, and what is documented");
        let schema = &response["content"]["application/json"]["schema"];
        if !schema.is_null() {
            let errors: Vec<_> = validator(self.document, schema)
                .iter_errors(&reply.body)
                .map(|e| format!("{} {e}", e.instance_path()).chars().take(300).collect::<String>())
                .collect();
            assert!(errors.is_empty(), "{operation}: {errors:?}");
            self.keep(operation, &reply.status.to_string(), persona, &reply.body);
        }
        reply
    }

    /// The first example of its kind stays, shortened and without secrets.
    fn keep(&mut self, operation: &str, outcome: &str, name: &str, value: &Value) {
        let mut value = value.clone();
        shorten(&mut value);
        let outcomes = self.seen.entry(operation).or_insert_with(|| json!({}));
        let named = &mut outcomes[outcome][name];
        if named.is_null() {
            *named = json!({ "value": value });
        }
    }

    /// For reads, and for deeds without a body.
    async fn get(&mut self, persona: &str, operation: &str, path: &[(&str, &str)]) -> Reply {
        self.ask(persona, operation, Ask { path, ..Ask::default() }).await
    }

    async fn post(&mut self, persona: &str, operation: &str, path: &[(&str, &str)], body: Value) -> Reply {
        self.ask(persona, operation, Ask { path, body: Some(body), ..Ask::default() }).await
    }

    async fn patch(&mut self, persona: &str, operation: &str, id: &str, tag: &str, body: Value) -> Reply {
        self.ask(persona, operation, Ask { path: &[("id", id)], tag: Some(tag), body: Some(body), ..Ask::default() })
            .await
    }
}

fn shorten(value: &mut Value) {
    match value {
        Value::Array(items) => {
            if items.len() > LONGEST {
                items.truncate(2);
            }
            items.iter_mut().for_each(shorten);
        }
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), &*member) {
                    ("items", Value::Array(items)) if items.len() > 1 => {
                        *member = json!([items[0]]);
                    }
                    ("access_token", _) => {
                        *member = json!("eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c3JfIn0.c2ln")
                    }
                    ("refresh_token", _) => *member = json!("rt_tPq7Yx0yq7m2oQkQ7w6vLr2i9b8nJ3cUeXzA1sDfGhI"),
                    ("token", _) => {
                        *member = json!("st_tPq7Yx0yq7m2oQkQ7w6vLr2i9b8nJ3cUeXzA1sDfGhItPq7Yx0yq7m2oQkQ7w6vL")
                    }
                    ("secret", _) => *member = json!("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazEVKBUIuWw="),
                    ("password", _) => *member = json!("tiga-kata-acak-saja"),
                    _ => {}
                }
                shorten(member);
            }
        }
        _ => {}
    }
}

fn id(reply: &Reply) -> String {
    reply.body["id"].as_str().unwrap().to_owned()
}

fn first(reply: &Reply) -> String {
    reply.body["items"][0]["id"].as_str().unwrap().to_owned()
}

fn number(reply: &Reply, member: &str) -> String {
    reply.body[member].to_string()
}

/// The code that was sent last; it counts as delivered.
fn code_sent(p: &Programme) -> String {
    let mut codes = Vec::new();
    for parcel in outbox::claim(p.service()).unwrap() {
        if let To::Owner(Letter { words: Words::Code(code), .. }) = &parcel.to {
            codes.push(code.expose().to_owned());
        }
        let arrived = Attempt { status: Some(200), failure: None, pause: None };
        outbox::settle(p.service(), &parcel, arrived).unwrap();
    }
    codes.pop().unwrap()
}

async fn phone(r: &mut Recorder<'_>) {
    let phone = "0812 3456 7890";
    r.post("owner", "setMyPhone", &[], json!({ "phone": phone })).await;
    r.post("owner", "confirmMyPhone", &[], json!({"code": code_sent(r.programme)})).await;
    let asked = r.post("nobody", "requestSignInCode", &[], json!({ "phone": phone })).await;
    let right = json!({"request": asked.body["request"], "code": code_sent(r.programme)});
    r.post("nobody", "signInWithCode", &[], right).await;
    for (operation, who) in [("confirmMyPhone", "owner"), ("signInWithCode", "nobody")] {
        r.seen[operation]["request"][who]["value"]["code"] = json!("481516");
    }
}

async fn companions(r: &mut Recorder<'_>) {
    let invited = r.post("owner", "createCompanion", &[], json!({})).await;
    r.seen["createCompanion"]["201"]["owner"]["value"]["code"] = json!("7k3m-0q9x");
    let taken_up = r.post("assessor", "acceptMandate", &[], json!({"code": invited.body["code"]})).await;
    r.seen["acceptMandate"]["request"]["assessor"]["value"]["code"] = json!("7k3m-0q9x");
    r.post("owner", "createCompanion", &[], json!({})).await;
    let (first, at) = (id(&invited), id(&taken_up));
    r.post("assessor", "startMandateSession", &[("id", &at)], json!({})).await;
    r.get("assessor", "listMandates", &[]).await;
    r.get("owner", "listCompanions", &[]).await;
    r.post("owner", "endCompanion", &[("id", &first)], json!({})).await;
    r.post("assessor", "endMandate", &[("id", &at)], json!({})).await;
}

async fn sessions(r: &mut Recorder<'_>) {
    let p = r.programme;
    let staff = p.logins.of("staff").unwrap();
    let body = json!({"username": staff.username, "password": staff.password});
    let signed_in = r.post("nobody", "signIn", &[], body).await;
    let body = json!({"refresh_token": signed_in.body["refresh_token"]});
    let renewed = r.post("nobody", "refreshSession", &[], body).await;
    r.post("nobody", "signOut", &[], json!({"refresh_token": renewed.body["refresh_token"]})).await;
    let code = json!({"code": p.logins.of("owner").unwrap().password});
    r.post("nobody", "claimAccount", &[], code).await;
    r.seen["claimAccount"]["request"]["nobody"]["value"]["code"] = json!("7k3m-0q9x-c2vd-8h5r");
    phone(r).await;
    companions(r).await;
    r.get("nobody", "getJwks", &[]).await;
    r.get("investor", "getMe", &[]).await;
    r.get("owner", "getMyStatus", &[]).await;
    r.get("owner", "getMyDoors", &[]).await;
    for operation in [
        "listFields",
        "listInstruments",
        "listMinimumWages",
        "listProgrammeFigures",
        "listRegions",
        "listSdgs",
        "listSectors",
    ] {
        r.get("investor", operation, &[]).await;
    }
}

async fn people(r: &mut Recorder<'_>) {
    let new = json!({"username": "sari.asesor", "password": "tiga-kata-acak-saja", "role": "assessor"});
    let made = r.post("admin", "createUser", &[], new).await;
    let (user, tag) = (id(&made), made.etag());
    r.get("admin", "getUser", &[("id", &user)]).await;
    r.patch("admin", "changeUser", &user, &tag, json!({"enabled": false})).await;
    r.get("admin", "listUsers", &[]).await;
    let new =
        json!({"name": "Sinkronisasi lembar asesmen", "role": "staff", "operations": ["createImport", "getImport"]});
    let made = r.post("admin", "createServiceToken", &[], new).await;
    let (program, tag) = (id(&made), made.etag());
    r.get("admin", "getServiceToken", &[("id", &program)]).await;
    r.patch("admin", "changeServiceToken", &program, &tag, json!({"enabled": false})).await;
    r.get("admin", "listServiceTokens", &[]).await;
    let new = json!({"name": "Yayasan Contoh Sejahtera", "kind": "foundation", "capacity": 5});
    let made = r.post("staff", "createInvestor", &[], new).await;
    let (investor, tag) = (id(&made), made.etag());
    r.get("staff", "getInvestor", &[("id", &investor)]).await;
    let changed =
        r.patch("staff", "changeInvestor", &investor, &tag, json!({"capacity": 8, "usual_reply_days": 3})).await;
    let signed = json!({"version": "2024-11", "signed_on": "2024-11-11"});
    let seen = json!({"identity_checked_on": "2024-11-12", "code_of_conduct": signed, "data_agreement": signed,
        "licence": {"kind": "cooperative", "number": "518/BH/2019"}});
    let (path, tag) = ([("id", investor.as_str())], changed.etag());
    r.ask("staff", "verifyInvestor", Ask { path: &path, tag: Some(&tag), body: Some(seen), ..Ask::default() }).await;
    r.get("staff", "listInvestors", &[]).await;
}

async fn workshop(r: &mut Recorder<'_>) {
    let p = r.programme;
    let sample = p.cohort().await;
    let new = json!({"name": "Lokakarya SEDAYA 2025", "starts_on": "2025-02-27", "ends_on": "2025-02-28"});
    let made = r.post("staff", "createCohort", &[], new).await;
    let (cohort, tag) = (id(&made), made.etag());
    r.get("staff", "getCohort", &[("id", &cohort)]).await;
    r.patch("staff", "changeCohort", &cohort, &tag, json!({"name": "Lokakarya SEDAYA, Februari 2025"})).await;
    r.get("staff", "listCohorts", &[]).await;
    r.get("staff", "listParticipants", &[("id", &sample)]).await;
    let without = p.walk("staff", &format!("/v1/cohorts/{sample}/participants"), 100).await;
    let without = without.iter().find(|one| one["venture_id"].is_null()).unwrap()["id"].as_str().unwrap().to_owned();
    r.get("staff", "getParticipant", &[("id", &without)]).await;
    r.get("staff", "listTrainingDoors", &[("id", &sample)]).await;
    r.get("staff", "listNextSteps", &[("id", &sample)]).await;
    let new = json!({"topic": "financial_management", "title": "Buku kas harian", "held_on": "2024-11-14"});
    let made = r.post("staff", "createSession", &[("id", &sample)], new).await;
    let people = p.get("staff", &format!("/v1/cohorts/{sample}/participants?limit=1")).await.expect(200);
    let noted = json!({"items": [{"participant_id": first(&people), "attendance": "in_person"}]});
    let (session, tag) = (id(&made), made.etag());
    let path = [("id", sample.as_str()), ("session", session.as_str())];
    r.ask("staff", "noteAttendance", Ask { path: &path, tag: Some(&tag), body: Some(noted), ..Ask::default() }).await;
    r.get("staff", "listSessions", &[("id", &sample)]).await;
    let tag = r.get("staff", "getSession", &path).await.etag();
    let mended = json!({"title": "Buku kas mingguan"});
    r.ask("staff", "changeSession", Ask { path: &path, tag: Some(&tag), body: Some(mended), ..Ask::default() }).await;
    let mistaken = json!({"topic": "digital_marketing", "title": "Salah ketik", "held_on": "2024-11-15"});
    let mistaken = p.post("staff", &format!("/v1/cohorts/{sample}/sessions"), &mistaken).await.expect(201);
    let (session, tag) = (id(&mistaken), mistaken.etag());
    let path = [("id", sample.as_str()), ("session", session.as_str())];
    r.ask("staff", "deleteSession", Ask { path: &path, tag: Some(&tag), ..Ask::default() }).await;

    let sheet = std::fs::read_to_string("src/demo/sedaya-workshop.csv").unwrap();
    let spoilt = sheet.replace(",hadir langsung,", ",entah,");
    let file = Part::bytes(spoilt.into_bytes()).file_name("lokakarya.csv");
    let form = Form::new().part("file", file).text("cohort_id", cohort.clone()).text("dry_run", "true");
    let started = r.ask("staff", "createImport", Ask { form: Some(form), ..Ask::default() }).await;
    p.ended(started.header("location").unwrap()).await;
    let import = id(&started);
    r.get("staff", "getImport", &[("id", &import)]).await;
    r.get("staff", "listImports", &[]).await;
    r.get("staff", "listImportErrors", &[("id", &import)]).await;

    let venture = first(&r.get("staff", "listVentures", &[]).await);
    r.get("staff", "getVenture", &[("id", &venture)]).await;
    let at = [("id", venture.as_str())];
    let tag = r.get("staff", "getSupportPlan", &at).await.etag();
    let plan = json!({"steps": [{"text": "Catat kas setiap hari selama sebulan.", "topic": "financial_management", "due_on": "2024-12-15"}],
        "visits": [{"on": "2024-12-02"}]});
    r.ask("staff", "writeSupportPlan", Ask { path: &at, tag: Some(&tag), body: Some(plan), ..Ask::default() }).await;
    r.get("owner", "getMySupportPlan", &[]).await;
    let tag = r.get("owner", "getMyVenture", &[]).await.etag();
    let welcome = json!({"instruments": ["grant", "mentoring"]});
    r.ask("owner", "changeMyVenture", Ask { tag: Some(&tag), body: Some(welcome), ..Ask::default() }).await;
    r.get("staff", "listVentureAssessments", &[("id", &venture)]).await;
    r.post("staff", "printResultCard", &[("id", &venture)], json!({})).await;
    r.get("staff", "issueClaimCode", &[("id", &venture)]).await;
    r.seen["issueClaimCode"]["201"]["staff"]["value"]["code"] = json!("7k3m-0q9x-c2vd-8h5r");
    // The sample's consents were given at this very time.
    p.advance(1);
    let at = [("id", venture.as_str())];
    r.get("staff", "listConsents", &at).await;
    let noted = json!({"purpose": "statistics", "text_version": "2024-11", "language": "id", "method": "paper",
        "reference": "Formulir F-014"});
    r.post("staff", "giveConsent", &at, noted).await;
    r.post("staff", "withdrawConsent", &at, json!({"purpose": "statistics"})).await;
    r.get("owner", "listMyConsents", &[]).await;
    p.advance(1);
    r.post("owner", "giveMyConsent", &[], json!({"purpose": "statistics", "text_version": "2024-11"})).await;
    r.post("owner", "withdrawMyConsent", &[], json!({"purpose": "statistics"})).await;
    let assessment = first(&r.get("staff", "listAssessments", &[]).await);
    r.get("staff", "getAssessment", &[("id", &assessment)]).await;
}

async fn lists(r: &mut Recorder<'_>) {
    let investor = r.programme.investor("investor").to_string();
    let made = r.post("investor", "createCriteria", &[("id", &investor)], json!({"document": criteria()})).await;
    let set = id(&made);
    r.get("investor", "listCriteria", &[("id", &investor)]).await;
    let next = r.post("staff", "createCriteriaVersion", &[("id", &set)], json!({"document": criteria()})).await;
    let n = number(&next, "number");
    let version = [("id", set.as_str()), ("n", n.as_str())];
    r.post("staff_second", "approveCriteriaVersion", &version, json!({})).await;
    r.post("staff", "publishCriteriaVersion", &version, json!({})).await;
    let tag = r.get("staff", "getCriteria", &[("id", &set)]).await.etag();
    let weekly = json!({"draft_every_days": 7});
    let path = [("id", set.as_str())];
    r.ask("staff", "changeCriteria", Ask { path: &path, tag: Some(&tag), body: Some(weekly), ..Ask::default() }).await;
    r.get("staff", "listCriteriaVersions", &[("id", &set)]).await;
    r.get("staff", "getCriteriaVersion", &version).await;
    r.get("staff", "listLiveMatches", &[("id", &set)]).await;
    let order = json!({"criteria_id": set, "version": next.body["number"]});
    let list = id(&r.post("staff", "createMatchList", &[], order).await);
    let at = [("id", list.as_str()), ("position", "1")];
    r.post("staff_second", "publishMatchList", &at[..1], json!({})).await;
    r.get("auditor", "replayMatchList", &at[..1]).await;
    r.get("auditor", "getMatchListKit", &at[..1]).await;
    let entries = r.programme.get("investor", &format!("/v1/match-lists/{list}/entries")).await.expect(200);
    let code = entries.body["items"][0]["card"]["code"].as_str().unwrap().to_owned();
    r.get("investor", "getCard", &[("id", &list), ("code", &code)]).await;
    let query = format!("codes={code}");
    r.get("investor", "compareCards", &[("id", &list), ("?", &query)]).await;
    r.get("investor", "listNews", &at[..1]).await;
    r.post("investor", "visitMatchList", &at[..1], json!({})).await;
    r.get("staff", "listChanges", &at[..1]).await;
    for reader in ["investor", "staff"] {
        r.get(reader, "listMatchLists", &[]).await;
        r.get(reader, "getMatchList", &at[..1]).await;
        r.get(reader, "listMatchListEntries", &at[..1]).await;
        r.get(reader, "getMatchListEntry", &at).await;
        r.post(reader, "rank", &[], json!({"document": criteria()})).await;
    }
    tuning(r).await;
}

async fn tuning(r: &mut Recorder<'_>) {
    r.post("staff", "askSecondOpinions", &[], json!({"document": criteria()})).await;
    let fields = json!(["dimension.MGT", "dimension.PRD", "overall"]);
    let compared = json!([[1, 3, 5], [0.333, 1, 2], [0.2, 0.5, 1]]);
    r.post("staff", "elicitWeights", &[], json!({"method": "ahp", "fields": fields, "comparisons": compared})).await;
    let before = criteria();
    let mut after = criteria();
    after["preferences"][0]["weight"] = json!(45);
    let venture = r.programme.user("owner").venture_id.unwrap();
    r.post("staff", "compareRankings", &[], json!({"before": before, "after": after})).await;
    r.post("staff", "getStability", &[], json!({"document": before})).await;
    r.post("staff", "getTornado", &[], json!({"document": before, "venture_id": venture})).await;
    let panel = json!({"document": before, "draws": 1000, "seed": "panel-2024-11", "named": [venture]});
    r.post("staff", "getAcceptability", &[], panel).await;
    let (own, other) = (r.programme.investor("investor"), r.programme.investor("investor_other"));
    let guests = json!([
        {"investor_id": own, "criteria_id": r.programme.logins.criteria_id, "capacity": 5},
        {"investor_id": other, "capacity": 5},
    ]);
    let day = json!({"kind": "meetings", "investors": guests, "slots": 5, "seed": "temu-2024-12"});
    let made = r.post("staff", "createAllocation", &[], day).await;
    let made = id(&made);
    r.get("staff", "listAllocations", &[]).await;
    r.get("staff", "getAllocation", &[("id", &made)]).await;
    let group = json!({"field": "women_led", "op": "is", "value": true});
    r.post("staff", "getFairness", &[], json!({"document": before, "group": group})).await;
}

async fn webhooks(r: &mut Recorder<'_>) {
    let new = json!({"url": "https://app.example.org/sedaya", "description": "Aplikasi kami",
        "events": ["match_list.published", "match.moved"]});
    let made = r.post("investor", "createWebhook", &[], new).await;
    let at = id(&made);
    let found = r.programme.get("investor", "/v1/matches?limit=1").await.expect(200);
    let path = format!("/v1/matches/{}", first(&found));
    let tag = r.programme.get("investor", &path).await.expect(200).etag();
    let closer = r.programme.by("investor", "POST", &format!("{path}/moves")).header("if-match", tag);
    send(closer.json(&json!({"move": "shortlist"}))).await.expect(200);
    let delivery = first(&r.get("investor", "listDeliveries", &[("id", &at)]).await);
    r.post("investor", "retryDelivery", &[("id", &at), ("delivery", &delivery)], json!({})).await;
    r.post("investor", "rotateWebhookSecret", &[("id", &at)], json!({})).await;
    let tag = r.get("investor", "getWebhook", &[("id", &at)]).await.etag();
    let tag = r.patch("investor", "changeWebhook", &at, &tag, json!({"enabled": false})).await.etag();
    r.get("investor", "listWebhooks", &[]).await;
    let path = [("id", at.as_str())];
    r.ask("investor", "deleteWebhook", Ask { path: &path, tag: Some(&tag), ..Ask::default() }).await;
}

async fn matches(r: &mut Recorder<'_>) {
    let p = r.programme;
    let id = p.match_of_owner();
    let at = [("id", id.as_str())];
    r.get("investor", "listMatches", &[]).await;
    r.get("staff", "listMatches", &[]).await;
    let text = json!({"text_version": sedaya::domain::consent::TEXT_VERSION});
    let moves = [
        ("investor", p.offer().await),
        ("staff", json!({"move": "screen", "no_conflict": true})),
        ("owner", json!({"move": "accept", "consent": text})),
        ("investor", json!({"move": "contact"})),
    ];
    for (persona, body) in moves {
        if persona == "owner" {
            r.get("owner", "listMyMatches", &[]).await;
        }
        let tag = r.get(persona, "getMatch", &at).await.etag();
        r.ask(persona, "moveMatch", Ask { path: &at, tag: Some(&tag), body: Some(body), ..Ask::default() }).await;
    }
    let tag = r.get("investor", "getMatchNote", &at).await.etag();
    let note = json!({"text": "Tanyakan kapasitas produksi bulan puasa."});
    r.ask("investor", "writeMatchNote", Ask { path: &at, tag: Some(&tag), body: Some(note), ..Ask::default() }).await;
    let report = json!({"text": "Sudah bertemu di tempat usaha.", "going": true});
    r.post("investor", "reportOnMatch", &at, report).await;
    r.get("investor", "listMatchReports", &at).await;
    let tag = p.get("investor", &format!("/v1/matches/{id}")).await.expect(200).etag();
    let back = json!({"move": "withdraw", "reason": "Prioritas kami berubah."});
    r.ask("investor", "moveMatch", Ask { path: &at, tag: Some(&tag), body: Some(back), ..Ask::default() }).await;
    r.post("investor", "confirmDeletion", &at, json!({})).await;
}

async fn reports(r: &mut Recorder<'_>) {
    r.programme.advance(10 * 86_400);
    for operation in [
        "getFunnelReport",
        "getExposureReport",
        "getCoverageReport",
        "getAgreementReport",
        "getNextStepsReport",
        "getAttendanceReport",
        "getOverdueReport",
    ] {
        r.get("auditor", operation, &[]).await;
    }
}

async fn requests(r: &mut Recorder<'_>) {
    let wrong = json!({"kind": "rectify", "text": "Alamat usaha sudah pindah ke Jl. Sampel 2."});
    let made = r.post("owner", "createMyRequest", &[], wrong).await;
    let asked = id(&made);
    let tag = r.get("staff", "getDataRequest", &[("id", &asked)]).await.etag();
    let done = json!({"state": "answered", "answer": "Alamat sudah diperbaiki."});
    r.patch("staff", "changeDataRequest", &asked, &tag, done).await;
    r.get("owner", "listMyRequests", &[]).await;
    // Days later, so that the newest looks are these.
    r.programme.advance(86_400);
    let venture = r.programme.user("owner").venture_id.unwrap();
    r.programme.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200);
    r.programme.get("owner", "/v1/me/access-log").await.expect(200);
    r.programme.advance(86_400);
    r.programme.get("investor", &format!("/v1/matches/{}", r.programme.match_of_owner())).await.expect(200);
    r.get("owner", "listMyAccessLog", &[]).await;
    r.get("owner", "getMyData", &[]).await;
    // Of the same moment, whichever comes first would be drawn.
    r.programme.advance(1);
    let noted = json!({"venture_id": venture, "kind": "access", "channel": "spoken"});
    r.post("staff", "createDataRequest", &[], noted).await;
    r.get("staff", "listDataRequests", &[]).await;
    r.get("auditor", "getRequestsReport", &[]).await;
    sedaya::ops::retention::sweep(r.programme.service()).unwrap();
    r.get("staff", "getRetention", &[]).await;
}

async fn cases(r: &mut Recorder<'_>) {
    let own = json!({"about": "assessor", "text": "Asesor tidak datang dua kali."});
    r.post("owner", "createMyComplaint", &[], own).await;
    r.get("owner", "listMyComplaints", &[]).await;
    // Of the same moment, whichever comes first would be drawn.
    r.programme.advance(1);
    let said = json!({"text": "Diminta membayar di muka.", "investor_id": r.programme.investor("investor")});
    let made = r.post("staff", "createComplaint", &[], said).await;
    r.get("staff", "getComplaint", &[("id", &id(&made))]).await;
    let done = json!({"state": "closed", "done": "Investor ditegur, kecocokan diakhiri."});
    r.patch("staff", "changeComplaint", &id(&made), &made.etag(), done).await;
    r.get("staff", "listComplaints", &[]).await;
    let what = json!({"what_happened": "Laptop staf hilang di kereta."});
    let made = r.post("staff", "createIncident", &[], what).await;
    let incident = id(&made);
    r.get("staff", "getIncident", &[("id", &incident)]).await;
    // Not before it was found.
    let today = r.programme.service().clock.now().jakarta_day();
    let told = json!({"state": "investigating", "authority_told_on": today});
    r.patch("staff", "changeIncident", &incident, &made.etag(), told).await;
    r.get("staff", "listIncidents", &[]).await;
    let query = format!("user_id={}&from=2024-11-20&to=2024-11-21", r.programme.actor("staff").user);
    r.get("staff", "listAffected", &[("id", &incident), ("?", &query)]).await;
}

async fn erasure(r: &mut Recorder<'_>) {
    let venture = first(&r.get("staff", "listVentures", &[]).await);
    let at = [("id", venture.as_str())];
    let found = r.get("staff", "getVenture", &at).await;
    let (cohort, tag) = (found.body["cohort_id"].as_str().unwrap().to_owned(), found.etag());
    r.ask("staff", "eraseVenture", Ask { path: &at, tag: Some(&tag), body: None, ..Ask::default() }).await;
    let people = r.programme.walk("staff", &format!("/v1/cohorts/{cohort}/participants"), 100).await;
    let person = people.iter().find(|one| one["venture_id"].is_null()).unwrap()["id"].as_str().unwrap().to_owned();
    let at = [("id", person.as_str())];
    let tag = r.programme.get("staff", &format!("/v1/participants/{person}")).await.etag();
    r.ask("staff", "eraseParticipant", Ask { path: &at, tag: Some(&tag), body: None, ..Ask::default() }).await;
}

/// Last: a new rubric is the one that ranks.
async fn rubrics(r: &mut Recorder<'_>) {
    let rubric = first(&r.get("staff", "listRubrics", &[]).await);
    let found = r.get("staff", "getRubric", &[("id", &rubric)]).await;
    r.get("staff", "listRubricVersions", &[("id", &rubric)]).await;
    let n = number(&found, "latest");
    let version = r.get("staff", "getRubricVersion", &[("id", &rubric), ("n", &n)]).await;
    let body = json!({"document": version.body["document"]});
    let made = id(&r.post("staff", "createRubric", &[], body.clone()).await);
    let next = r.post("staff", "createRubricVersion", &[("id", &made)], body).await;
    let n = number(&next, "number");
    r.post("staff", "publishRubricVersion", &[("id", &made), ("n", &n)], json!({})).await;
    // A rubric that is cut is none: the document of the programme's own is long, and is had by reading it.
    for operation in ["createRubric", "createRubricVersion"] {
        r.seen[operation].as_object_mut().unwrap().remove("request");
    }
    r.get("auditor", "listAudit", &[]).await;
    r.get("auditor", "verifyAudit", &[]).await;
}

/// Where two values differ in shape: in members, or in kind.
fn differences(at: &str, was: &Value, is: &Value, found: &mut Vec<String>) {
    match (was, is) {
        (Value::Object(a), Value::Object(b)) => {
            let names = |o: &Map<String, Value>| o.keys().cloned().collect::<BTreeSet<_>>();
            for name in names(a).symmetric_difference(&names(b)) {
                found.push(format!("{at}/{name}"));
            }
            for (name, member) in a {
                differences(&format!("{at}/{name}"), member, b.get(name).unwrap_or(&Value::Null), found);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            if let (Some(a), Some(b)) = (a.first(), b.first()) {
                differences(&format!("{at}/0"), a, b, found);
            }
        }
        // What is sometimes null is documented so, and the schemas have been satisfied.
        (Value::Null, _) | (_, Value::Null) => {}
        _ if std::mem::discriminant(was) == std::mem::discriminant(is) => {}
        _ => found.push(at.to_owned()),
    }
}

async fn body(p: &Programme) {
    let document: Value = serde_json::from_str(&sedaya::cli::openapi::text().unwrap()).unwrap();
    let named = operations(&document)
        .into_iter()
        .map(|(path, method, op)| (op["operationId"].as_str().unwrap().to_owned(), (path, method, op)));
    // With a messenger, so that there are answers about messages.
    let set = |config: &mut Config| {
        config.messenger.kind = Some(MessengerKind::Console);
        config.messenger.keeps_claim_codes = true;
    };
    let telling = p.twin_with(set).await;
    let mut recorder =
        Recorder { programme: &telling, operations: named.collect(), document: &document, seen: Map::new() };
    sessions(&mut recorder).await;
    people(&mut recorder).await;
    workshop(&mut recorder).await;
    lists(&mut recorder).await;
    webhooks(&mut recorder).await;
    matches(&mut recorder).await;
    reports(&mut recorder).await;
    requests(&mut recorder).await;
    cases(&mut recorder).await;
    erasure(&mut recorder).await;
    rubrics(&mut recorder).await;
    let seen = Value::Object(recorder.seen);
    if std::env::var("SEDAYA_TEST_EXAMPLES").is_ok_and(|wish| wish == "write") {
        std::fs::write(FILE, serde_json::to_string_pretty(&seen).unwrap() + "\n").unwrap();
        return;
    }
    let committed: Value = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    let mut found = Vec::new();
    differences("", &committed, &seen, &mut found);
    assert!(found.is_empty(), "{FILE} has another shape than what is answered; see this file's head: {found:#?}");
}

#[test]
fn sqlite() {
    let (db, logins) = TestDb::sqlite_with_sample();
    programme::run(db, logins, body);
}

#[test]
fn every_outcome_has_an_example() {
    let document: Value = serde_json::from_str(&sedaya::cli::openapi::text().unwrap()).unwrap();
    for (path, method, op) in operations(&document) {
        for (status, response) in op["responses"].as_object().unwrap() {
            let response = response["$ref"].as_str().map_or(response, |at| document.pointer(&at[1..]).unwrap());
            for (kind, content) in response["content"].as_object().into_iter().flatten() {
                let at = format!("{method} {path} {status} {kind}");
                let examples = content["examples"].as_object().cloned().unwrap_or_default();
                let shown = !examples.is_empty() || !content["example"].is_null();
                assert!(shown || kind.contains("spreadsheet"), "{at}: no example");
                for (name, example) in &examples {
                    let errors: Vec<_> = validator(&document, &content["schema"])
                        .iter_errors(&example["value"])
                        .map(|e| format!("{} {e}", e.instance_path()).chars().take(300).collect::<String>())
                        .collect();
                    assert!(errors.is_empty(), "{at} {name}: {errors:?}");
                }
            }
        }
        let sent = &op["requestBody"]["content"]["application/json"];
        for (name, example) in sent["examples"].as_object().into_iter().flatten() {
            let valid = validator(&document, &sent["schema"]).is_valid(&example["value"]);
            assert!(valid, "{method} {path} body {name}");
        }
    }
}
