//! Whose is what: every operation, by every role, with an id that is somebody else's, wherever an id can stand. What
//! is not the caller's is answered, to the byte, like what does not exist. An operation that takes an id and has no
//! row here fails the test.

use std::collections::BTreeMap;

use sedaya::domain::actor::Role;
use serde_json::{Value, json};

use super::companions;
use super::openapi::operations;
use super::permissions::{may, row};
use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};
use crate::support::sheet::Rows;

/// An id of every kind that nothing has.
const NOBODY: &str = "01jcnq8xvgf0nadk1qh2t8wz5e";

/// Who acts for each role, and another of the same role, where the sample has one.
const PERSONAS: &[(Role, &str, Option<&str>)] = &[
    (Role::Admin, "admin", None),
    (Role::Staff, "staff", Some("staff_second")),
    (Role::Assessor, "assessor", None),
    (Role::Investor, "investor", Some("investor_other")),
    (Role::Auditor, "auditor", None),
    (Role::Owner, "owner", None),
];

/// Operations with an id in their path, and the roles that may use them and reach their own only. The others that may
/// use them reach all.
const PATHS: &[(&str, &[Role])] = &[
    ("getCohort", &[]),
    ("changeCohort", &[]),
    ("listParticipants", &[]),
    ("getParticipant", &[]),
    ("eraseParticipant", &[]),
    ("listTrainingDoors", &[]),
    ("listSessions", &[]),
    ("createSession", &[]),
    ("getSession", &[]),
    ("changeSession", &[]),
    ("deleteSession", &[]),
    ("noteAttendance", &[]),
    ("listNextSteps", &[]),
    ("getVenture", &[Role::Assessor]),
    ("eraseVenture", &[]),
    ("getSupportPlan", &[]),
    ("writeSupportPlan", &[]),
    ("listVentureAssessments", &[]),
    ("printResultCard", &[]),
    ("issueClaimCode", &[]),
    ("listConsents", &[]),
    ("giveConsent", &[]),
    ("withdrawConsent", &[]),
    ("getDataRequest", &[]),
    ("changeDataRequest", &[]),
    ("getComplaint", &[]),
    ("changeComplaint", &[]),
    ("getIncident", &[]),
    ("changeIncident", &[]),
    ("listAffected", &[]),
    ("getRubric", &[]),
    ("createRubricVersion", &[]),
    ("listRubricVersions", &[]),
    ("getRubricVersion", &[]),
    ("publishRubricVersion", &[]),
    ("getAssessment", &[Role::Assessor]),
    ("getImport", &[]),
    ("listImportErrors", &[]),
    ("getInvestor", &[Role::Investor]),
    ("changeInvestor", &[Role::Investor]),
    ("verifyInvestor", &[]),
    ("createCriteria", &[Role::Investor]),
    ("listCriteria", &[Role::Investor]),
    ("getAllocation", &[]),
    ("getCriteria", &[Role::Investor]),
    ("changeCriteria", &[]),
    ("createCriteriaVersion", &[Role::Investor]),
    ("listCriteriaVersions", &[Role::Investor]),
    ("getCriteriaVersion", &[Role::Investor]),
    ("approveCriteriaVersion", &[]),
    ("publishCriteriaVersion", &[]),
    ("listLiveMatches", &[]),
    ("getMatchList", &[Role::Investor]),
    ("publishMatchList", &[]),
    ("listMatchListEntries", &[Role::Investor]),
    ("getMatchListEntry", &[Role::Investor]),
    ("getCard", &[Role::Investor]),
    ("compareCards", &[Role::Investor]),
    ("listNews", &[Role::Investor]),
    ("visitMatchList", &[Role::Investor]),
    ("listChanges", &[]),
    ("replayMatchList", &[]),
    ("getMatchListKit", &[]),
    ("getMatch", &[Role::Investor, Role::Owner]),
    ("moveMatch", &[Role::Investor, Role::Owner]),
    ("getMatchNote", &[Role::Investor]),
    ("writeMatchNote", &[Role::Investor]),
    ("listMatchReports", &[Role::Investor, Role::Owner]),
    ("reportOnMatch", &[Role::Investor, Role::Owner]),
    ("confirmDeletion", &[Role::Investor]),
    ("endCompanion", &[Role::Owner]),
    ("startMandateSession", &[Role::Assessor]),
    ("endMandate", &[Role::Assessor]),
    ("getWebhook", &[Role::Investor]),
    ("changeWebhook", &[Role::Investor]),
    ("deleteWebhook", &[Role::Investor]),
    ("rotateWebhookSecret", &[Role::Investor]),
    ("listDeliveries", &[Role::Investor]),
    ("retryDelivery", &[Role::Investor]),
    ("getUser", &[]),
    ("changeUser", &[]),
    ("getServiceToken", &[]),
    ("changeServiceToken", &[]),
];

/// Ids in queries: operation and parameter.
const QUERIES: &[(&str, &str)] = &[
    ("listAssessments", "venture_id"),
    ("listVentures", "cohort_id"),
    ("getFunnelReport", "cohort_id"),
    ("getExposureReport", "cohort_id"),
    ("getCoverageReport", "cohort_id"),
    ("getAgreementReport", "cohort_id"),
    ("getNextStepsReport", "cohort_id"),
    ("getAttendanceReport", "cohort_id"),
    ("listAudit", "actor"),
    ("listAudit", "subject"),
    ("listAffected", "user_id"),
    ("listAffected", "investor_id"),
];

/// Ids in bodies: operation and member.
const BODIES: &[(&str, &str)] = &[
    ("createImport", "cohort_id"),
    ("createMatchList", "criteria_id"),
    ("createMatchList", "cohort_id"),
    ("rank", "cohort_id"),
    ("compareRankings", "cohort_id"),
    ("getStability", "cohort_id"),
    ("getTornado", "cohort_id"),
    ("getTornado", "venture_id"),
    ("getAcceptability", "cohort_id"),
    ("getFairness", "cohort_id"),
    ("createAllocation", "cohort_id"),
    ("createAllocation", "investor_id"),
    ("createAllocation", "criteria_id"),
    ("askSecondOpinions", "cohort_id"),
    ("createUser", "investor_id"),
    ("createServiceToken", "investor_id"),
    ("createDataRequest", "venture_id"),
    ("createComplaint", "venture_id"),
    ("createComplaint", "match_id"),
    ("createComplaint", "investor_id"),
    // An id of nobody and one of somebody who cannot be a witness are refused alike: consents::a_witness_is_another.
    ("giveConsent", "witness_id"),
];

/// Members that no body takes from a client, whatever it makes or changes, unless its schema has them.
const NOT_TO_BE_SET: [&str; 13] = [
    "id",
    "role",
    "investor_id",
    "venture_id",
    "version",
    "state",
    "created_by",
    "created_at",
    "approved_by",
    "published_at",
    "enabled",
    "password_hash",
    "seed",
];

/// What lists might be sorted or filtered by to learn what is hidden.
const NOT_TO_BE_ASKED: [&str; 12] =
    ["sort", "order", "order_by", "filter", "fields", "q", "name", "owner", "address", "phone", "raw_value", "include"];

pub struct Known {
    pub document: Value,
    /// By the part of a path before them: the ids, the first of them the investor's own where somebody owns them.
    ids: BTreeMap<&'static str, Vec<String>>,
    /// One delivery of each webhook.
    deliveries: BTreeMap<String, String>,
    /// The code of a venture on the list of `investor`.
    pub code: String,
    /// A session of the first cohort.
    session: String,
}

/// Ids of each kind; those of `investor` and of `assessor` first, and behind them somebody else's.
pub async fn known(p: &Programme) -> Known {
    // One business was assessed by `assessor`.
    let mut rows = Rows::sample();
    let own = (0..rows.len()).find(|n| rows.cell(*n, "Kode usaha") == "SINTETIS-U01").unwrap();
    rows.set(own, "Kode asesor", &p.actor("assessor").user.to_string());
    let job = p.import(&p.cohort().await, "tugas.csv", &rows.csv(), &[]).await;
    assert_eq!(job.body["state"], "applied", "{}", job.text);
    let document = p.get("staff", "/openapi.json").await.expect(200).body;
    let listed = async |who: &str, path: &str| {
        let page = p.get(who, &format!("{path}?limit=100")).await.expect(200);
        page.items().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let own_first = |own: Vec<String>, all: Vec<String>| {
        let other = all.into_iter().find(|id| !own.contains(id)).expect("somebody else's");
        vec![own[0].clone(), other]
    };
    let mut ids = BTreeMap::new();
    ids.insert("cohorts", listed("staff", "/v1/cohorts").await);
    let people = format!("/v1/cohorts/{}/participants", ids["cohorts"][0]);
    ids.insert("participants", listed("staff", &people).await);
    ids.insert("rubrics", listed("staff", "/v1/rubrics").await);
    ids.insert("imports", listed("staff", "/v1/imports").await);
    ids.insert("users", listed("admin", "/v1/users").await);
    let program = json!({"name": "Program", "role": "staff", "operations": ["listVentures"], "lifetime_days": 10});
    p.post("admin", "/v1/service-tokens", &program).await.expect(201);
    ids.insert("service-tokens", listed("admin", "/v1/service-tokens").await);
    ids.insert("investors", [p.investor("investor"), p.investor("investor_other")].map(|id| id.to_string()).to_vec());
    for kind in ["access", "object"] {
        p.post("owner", "/v1/me/requests", &json!({"kind": kind})).await.expect(201);
    }
    for n in 0..2 {
        let complaint = json!({"text": format!("Keluhan {n}."), "venture_id": p.user("owner").venture_id});
        p.post("staff", "/v1/complaints", &complaint).await.expect(201);
        p.post("staff", "/v1/incidents", &json!({"what_happened": format!("Kejadian {n}.")})).await.expect(201);
    }
    ids.insert("complaints", listed("staff", "/v1/complaints").await);
    ids.insert("incidents", listed("staff", "/v1/incidents").await);
    let day = json!({"kind": "meetings", "investors": [{"investor_id": p.investor("investor"), "capacity": 3}]});
    for _ in 0..2 {
        p.post("staff", "/v1/allocations", &day).await.expect(201);
    }
    ids.insert("allocations", listed("staff", "/v1/allocations").await);
    ids.insert("data-requests", listed("staff", "/v1/data-requests").await);
    let criteria = async |who: &str| {
        let path = format!("/v1/investors/{}/criteria", p.investor(who));
        p.get("staff", &path).await.expect(200).items()[0]["id"].as_str().unwrap().to_owned()
    };
    ids.insert("criteria", vec![criteria("investor").await, criteria("investor_other").await]);
    let lists = (listed("investor", "/v1/match-lists").await, listed("staff", "/v1/match-lists").await);
    ids.insert("match-lists", own_first(lists.0, lists.1));
    // One that the owner was asked about, and one of another investor with another venture.
    let asked = p.ask_owner().await;
    let others = p.service().read(|conn| Ok(sedaya::store::matches::of_investor(conn, p.investor("investor_other"))?));
    let other = others.unwrap().into_iter().find(|m| Some(m.venture_id) != p.user("owner").venture_id).unwrap();
    ids.insert("matches", vec![asked, other.id.to_string()]);
    let mut deliveries = BTreeMap::new();
    for (who, found) in ["investor", "investor_other"].into_iter().zip(ids["matches"].clone()) {
        let new = json!({"url": "https://example.org/", "events": ["match.moved"]});
        let made = p.post(who, "/v1/webhooks", &new).await.expect(201);
        let path = format!("/v1/matches/{found}");
        let tag = p.get("staff", &path).await.expect(200).etag();
        let stop = p.by("staff", "POST", &format!("{path}/moves")).header("if-match", tag);
        send(stop.json(&json!({"move": "suspend"}))).await.expect(200);
        let webhook = made.body["id"].as_str().unwrap().to_owned();
        let told = listed(who, &format!("/v1/webhooks/{webhook}/deliveries")).await;
        ids.entry("webhooks").or_insert_with(Vec::new).push(webhook.clone());
        deliveries.insert(webhook, told[0].clone());
    }
    // An invitation of the owner's and one of another's; a mandate of the assessor's and one of another's.
    let other_owner = companions::other_owner(p).await;
    let (_, another) = companions::another_assessor(p).await;
    let (owner, assessor) = (p.token("owner"), p.token("assessor"));
    let invited = [companions::invite(p, &owner).await.id, companions::invite(p, &other_owner).await.id];
    ids.insert("companions", invited.to_vec());
    let taken_up =
        [companions::taken_up(p, &owner, &assessor).await.id, companions::taken_up(p, &owner, &another).await.id];
    ids.insert("mandates", taken_up.to_vec());
    let mine = p.get("assessor", "/v1/assessments").await.expect(200);
    let mine = |key: &str| mine.items().iter().map(|a| a[key].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    ids.insert("assessments", own_first(mine("id"), listed("staff", "/v1/assessments").await));
    ids.insert("ventures", own_first(mine("venture_id"), listed("staff", "/v1/ventures").await));
    let entries = p.get("investor", &format!("/v1/match-lists/{}/entries", ids["match-lists"][0])).await.expect(200);
    let code = entries.items()[0]["card"]["code"].as_str().unwrap().to_owned();
    let new = json!({"topic": "financial_management", "title": "Buku kas", "held_on": "2024-11-14"});
    let mut session = String::new();
    for cohort in &ids["cohorts"] {
        let made = p.post("staff", &format!("/v1/cohorts/{cohort}/sessions"), &new).await.expect(201);
        made.body["id"].as_str().unwrap().clone_into(&mut session);
    }
    Known { document, ids, deliveries, code, session }
}

impl Known {
    /// A path with an id, and with the other parameters as the sample has them.
    pub fn path(&self, template: &str, id: &str) -> String {
        let delivery = self.deliveries.get(id).map_or("dlv_01jcnq8xvgf0nadk1qh2t8wz5e", String::as_str);
        let path = template.replace("{id}", id).replace("{n}", "1").replace("{position}", "1");
        path.replace("{delivery}", delivery).replace("{code}", &self.code).replace("{session}", &self.session)
    }

    /// The ids that can stand in a path.
    pub fn of(&self, template: &str) -> &[String] {
        let kind = template.split("/{id}").next().unwrap().rsplit('/').next().unwrap();
        self.ids.get(kind).unwrap_or_else(|| panic!("{template}: ids of {kind} are not collected"))
    }

    /// The schema of an operation's body, with references followed.
    fn body<'a>(&'a self, op: &'a Value) -> Option<&'a Value> {
        let schema = &op["requestBody"]["content"].as_object()?.values().next().unwrap()["schema"];
        Some(schema["$ref"].as_str().map_or(schema, |at| self.document.pointer(at.trim_start_matches('#')).unwrap()))
    }
}

/// An answer without what differs from request to request, with the names of its headers.
fn bytes(reply: &Reply) -> (u16, Vec<String>, String) {
    let mut names: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (reply.status, names, reply.without_request_id())
}

async fn ask(p: &Programme, persona: &str, method: &str, path: &str) -> Reply {
    let request = p.by(persona, method, path);
    let request = if method == "GET" { request } else { request.json(&json!({})) };
    send(request.header("if-match", "\"9999.full.id\"")).await
}

over_http!(a_foreign_id_in_a_path_is_like_none, |p| {
    let known = known(p).await;
    let mut seen = 0;
    for (template, method, op) in operations(&known.document).into_iter().filter(|(path, ..)| path.contains("{id}")) {
        let operation = op["operationId"].as_str().unwrap();
        let rows: Vec<_> = PATHS.iter().filter(|(name, _)| *name == operation).collect();
        assert_eq!(rows.len(), 1, "{operation} takes an id and needs exactly one row in PATHS of tests/it/matrix.rs");
        let [own, .., other] = known.of(&template) else {
            let [only] = known.of(&template) else { panic!("{template}: no ids") };
            for (role, persona, _) in PERSONAS.iter().filter(|(role, ..)| may(row(operation), *role)) {
                assert!(!rows[0].1.contains(role), "{operation}: whose is not known");
                let answer = ask(p, persona, &method, &known.path(&template, only)).await;
                assert_ne!(answer.status, 404, "{operation} as {persona}: {}", answer.text);
                p.unknown_to(persona, &method, &known.path(&template, &format!("{}{NOBODY}", &only[..4]))).await;
            }
            continue;
        };
        for (role, persona, _) in PERSONAS {
            let at = |id: &str| known.path(&template, id);
            if !may(row(operation), *role) {
                // Nobody learns from a refusal whether something exists.
                let refused = ask(p, persona, &method, &at(own)).await;
                assert_eq!(refused.refusal(), (403, "forbidden"), "{operation} as {persona}");
                for id in [other.as_str(), &format!("{}{NOBODY}", &own[..4]), "nonsense"] {
                    let same = ask(p, persona, &method, &at(id)).await;
                    assert_eq!(bytes(&same), bytes(&refused), "{operation} as {persona}");
                }
                continue;
            }
            let reached = ask(p, persona, &method, &at(own)).await;
            assert_ne!(reached.status, 404, "{operation} as {persona}: {}", reached.text);
            if rows[0].1.contains(role) {
                p.unknown_to(persona, &method, &at(other)).await;
            } else {
                let reached = ask(p, persona, &method, &at(other)).await;
                assert_ne!(reached.status, 404, "{operation} as {persona}: {}", reached.text);
                p.unknown_to(persona, &method, &at(&format!("{}{NOBODY}", &own[..4]))).await;
            }
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
});

over_http!(a_foreign_id_in_a_query_is_like_none, |p| {
    let known = known(p).await;
    for (path, _, op) in operations(&known.document) {
        for parameter in op["parameters"].as_array().into_iter().flatten().filter(|q| q["in"] == "query") {
            let (operation, name) = (op["operationId"].as_str().unwrap(), parameter["name"].as_str().unwrap());
            let example = parameter["example"].as_str().unwrap_or_default();
            let takes_id = name.ends_with("_id") || example.as_bytes().get(3) == Some(&b'_') && example.len() == 30;
            let has_row = QUERIES.contains(&(operation, name));
            assert!(has_row || !takes_id, "{operation} {name} needs a row in QUERIES of tests/it/matrix.rs");
            if !has_row || matches!(name, "actor" | "subject" | "user_id" | "investor_id") {
                // Who reads the audit reads all of it, and who asks whom an incident concerns may ask of anybody.
                continue;
            }
            let kind = if name == "venture_id" { "ventures" } else { "cohorts" };
            let existing = known.ids[kind].last().unwrap();
            for (role, persona, _) in PERSONAS {
                let query = async |id: &str| ask(p, persona, "GET", &format!("{path}?{name}={id}")).await;
                let (foreign, random) = (query(existing).await, query(&format!("{}{NOBODY}", &existing[..4])).await);
                // Staff reach all there is, and so do auditors where they may ask.
                if *role == Role::Staff || *role == Role::Auditor && may(row(operation), *role) {
                    assert!(!foreign.expect(200).items().is_empty(), "{operation} {name}");
                    assert!(random.status == 404 || random.items().is_empty());
                } else {
                    assert_eq!(bytes(&foreign), bytes(&random), "{operation} {name} as {persona}");
                }
            }
        }
    }
});

over_http!(a_foreign_id_in_a_body_is_like_none, |p| {
    let known = known(p).await;
    for (_, _, op) in operations(&known.document) {
        let operation = op["operationId"].as_str().unwrap();
        let Some(members) = known.body(&op).and_then(|body| body["properties"].as_object()) else { continue };
        for (name, _) in members.iter().filter(|(name, _)| *name == "id" || name.ends_with("_id")) {
            let has_row = BODIES.contains(&(operation, name));
            assert!(has_row, "{operation} {name} needs a row in BODIES of tests/it/matrix.rs");
        }
    }
    let cohort = &known.ids["cohorts"][0];
    let nobody = |kind: &str| format!("{kind}{NOBODY}");
    // Whoever may send these members reaches all that they can name: what they name must exist.
    let order = |criteria: &str, cohort: &str| json!({"criteria_id": criteria, "version": 1, "cohort_id": cohort});
    let criteria = &known.ids["criteria"][1];
    for body in [order(&nobody("cri_"), cohort), order(criteria, &nobody("coh_"))] {
        assert_eq!(p.post("staff", "/v1/match-lists", &body).await.refusal(), (404, "not_found"));
    }
    let account = json!({"username": "akun-baru", "password": "tiga kata acak saja", "role": "investor",
        "investor_id": nobody("inv_")});
    assert_eq!(p.post("admin", "/v1/users", &account).await.refusal(), (404, "not_found"));
    let program = json!({"name": "Program", "role": "investor", "operations": ["listMatchLists"], "lifetime_days": 10,
        "investor_id": nobody("inv_")});
    assert_eq!(p.post("admin", "/v1/service-tokens", &program).await.refusal(), (404, "not_found"));
    let asked = json!({"venture_id": nobody("ven_"), "kind": "access", "channel": "spoken"});
    assert_eq!(p.post("staff", "/v1/data-requests", &asked).await.refusal(), (404, "not_found"));
    for (member, kind) in [("venture_id", "ven_"), ("match_id", "mat_"), ("investor_id", "inv_")] {
        let complaint = json!({"text": "Keluhan.", member: nobody(kind)});
        assert_eq!(p.post("staff", "/v1/complaints", &complaint).await.refusal(), (404, "not_found"));
    }
    let document = crate::criteria::document();
    let nowhere = nobody("coh_");
    for path in ["stability", "acceptability", "fairness"] {
        let tried = json!({"document": document, "cohort_id": nowhere});
        assert_eq!(
            p.post("staff", &format!("/v1/rankings/{path}"), &tried).await.refusal(),
            (404, "not_found"),
            "{path}"
        );
    }
    let both = json!({"before": document, "after": document, "cohort_id": nowhere});
    assert_eq!(p.post("staff", "/v1/rankings/compare", &both).await.refusal(), (404, "not_found"));
    let venture = p.user("owner").venture_id.unwrap();
    for one in [
        json!({"document": document, "venture_id": nobody("ven_")}),
        json!({"document": document, "venture_id": venture, "cohort_id": nowhere}),
    ] {
        assert_eq!(p.post("staff", "/v1/rankings/tornado", &one).await.refusal(), (404, "not_found"));
    }
    let guest = json!({"investor_id": p.investor("investor"), "capacity": 3});
    let mut elsewhere = guest.clone();
    elsewhere["criteria_id"] = json!(nobody("cri_"));
    for day in [
        json!({"kind": "meetings", "investors": [guest], "cohort_id": nowhere}),
        json!({"kind": "meetings", "investors": [{"investor_id": nobody("inv_"), "capacity": 3}]}),
        json!({"kind": "meetings", "investors": [elsewhere]}),
    ] {
        assert_eq!(p.post("staff", "/v1/allocations", &day).await.refusal(), (404, "not_found"));
    }
    let sheet = send(p.upload(&nobody("coh_"), "a.csv", sedaya::demo::CSV, &[])).await;
    assert_eq!(sheet.refusal(), (404, "not_found"));
    // An investor's what-if is over the cards that the investor has seen: cohorts are not theirs to know of.
    let what_if = |cohort: &str| json!({"document": crate::criteria::document(), "cohort_id": cohort});
    assert_eq!(p.post("staff", "/v1/rankings", &what_if(&nobody("coh_"))).await.refusal(), (404, "not_found"));
    let asked = p.post("staff", "/v1/rankings/second-opinions", &what_if(&nobody("coh_"))).await;
    assert_eq!(asked.refusal(), (404, "not_found"));
    let empty = p.new_cohort("Kosong").await;
    let foreign = p.post("investor", "/v1/rankings", &what_if(&empty)).await;
    let random = p.post("investor", "/v1/rankings", &what_if(&nobody("coh_"))).await;
    assert_eq!(bytes(&foreign), bytes(&random));
});

over_http!(a_foreign_cursor_is_like_none, |p| {
    let known = known(p).await;
    p.new_cohort("Satu lagi").await;
    let mut seen = Vec::new();
    for (template, _, op) in operations(&known.document) {
        let parameters = op["parameters"].as_array().into_iter().flatten();
        if !parameters.into_iter().any(|q| q["name"] == "cursor") {
            continue;
        }
        let operation = op["operationId"].as_str().unwrap();
        let path = template.contains("{id}").then(|| known.path(&template, &known.of(&template)[0]));
        let path = path.unwrap_or(template);
        let everybody = PERSONAS
            .iter()
            .flat_map(|(role, one, other)| [Some(*one), *other].into_iter().flatten().map(|persona| (*role, persona)));
        let allowed: Vec<_> = everybody.filter(|(role, _)| may(row(operation), *role)).map(|(_, who)| who).collect();
        for whose in &allowed {
            let page = p.get(whose, &format!("{path}?limit=1")).await;
            if page.status != 200 {
                continue;
            }
            let Some(cursor) = page.body["next"].as_str() else { continue };
            for who in allowed.iter().filter(|who| *who != whose) {
                let reaches = p.get(who, &path).await.status == 200;
                let foreign = p.get(who, &format!("{path}?cursor={cursor}")).await;
                let random = p.get(who, &format!("{path}?cursor={}", "A".repeat(cursor.len()))).await;
                assert_eq!(bytes(&foreign), bytes(&random), "{operation}: {who} with the cursor of {whose}");
                let refusal = if reaches { (400, "invalid_query") } else { (404, "not_found") };
                assert_eq!(foreign.refusal(), refusal, "{operation}: {who} with the cursor of {whose}");
                seen.push(operation.to_owned());
            }
        }
    }
    seen.dedup();
    for operation in
        ["listCohorts", "listVentures", "listUsers", "listMatchListEntries", "listAssessments", "listAudit"]
    {
        let only_one_may = operation == "listUsers";
        assert!(only_one_may || seen.iter().any(|s| s == operation), "{operation}: nobody had a cursor");
    }
});

over_http!(a_foreign_idempotency_key_is_like_none, |p| {
    let known = known(p).await;
    let keyed = async |who: &str, path: &str, body: &Value| {
        send(p.by(who, "POST", path).header("idempotency-key", "kunci").json(body)).await
    };
    let list = json!({"criteria_id": p.logins.criteria_id, "version": 1});
    let cohort = json!({"name": "Kunci", "starts_on": "2025-02-28", "ends_on": "2025-03-01"});
    let claim_code = format!("/v1/ventures/{}/claim-code", known.ids["ventures"][1]);
    let deeds = [("/v1/cohorts", &cohort), ("/v1/match-lists", &list), (claim_code.as_str(), &json!({}))];
    for (path, body) in deeds {
        let key = format!("kunci {}", path.len()).replace(' ', "-");
        let keyed = async |who: &str| send(p.by(who, "POST", path).header("idempotency-key", &key).json(body)).await;
        let first = keyed("staff").await.expect(201);
        let second = keyed("staff_second").await.expect(201);
        assert_eq!(second.header("idempotency-replayed"), None, "{path}");
        assert_ne!(first.text, second.text, "{path}");
        // Whoever has no right learns nothing of the answer that is kept.
        for who in ["investor", "auditor", "owner"] {
            assert_eq!(keyed(who).await.refusal(), (403, "forbidden"), "{path} as {who}");
        }
    }
    let criteria = json!({"document": crate::criteria::document()});
    let own = format!("/v1/investors/{}/criteria", p.investor("investor"));
    keyed("investor", &own, &criteria).await.expect(201);
    assert_eq!(keyed("investor_other", &own, &criteria).await.refusal(), (404, "not_found"));
    let others = format!("/v1/investors/{}/criteria", p.investor("investor_other"));
    assert_eq!(keyed("investor_other", &others, &criteria).await.expect(201).header("idempotency-replayed"), None);
});

over_http!(no_body_takes_what_is_not_to_be_set, |p| {
    let known = known(p).await;
    let mut seen = 0;
    for (template, method, op) in operations(&known.document) {
        let operation = op["operationId"].as_str().unwrap();
        let Some(body) = known.body(&op) else { continue };
        if op["requestBody"]["content"].get("application/json").is_none() {
            continue;
        }
        let extra: Vec<_> =
            NOT_TO_BE_SET.into_iter().filter(|member| body["properties"].get(member).is_none()).collect();
        let sent: Value = extra.iter().map(|member| ((*member).to_owned(), json!("x"))).collect();
        for (role, persona, _) in PERSONAS.iter().filter(|(role, ..)| may(row(operation), *role)) {
            let path = if template.contains("{id}") {
                known.path(&template, &known.of(&template)[0])
            } else {
                template.clone()
            };
            let request =
                if row(operation) == "anyone" { p.request(&method, &path) } else { p.by(persona, &method, &path) };
            let reply = send(request.header("if-match", "\"1.full.id\"").json(&sent)).await;
            assert_eq!(reply.refusal(), (422, "invalid_body"), "{operation} as {}", role.as_str());
            let faults = reply.faults();
            for member in &extra {
                let pointer = format!("/{member}");
                assert!(faults.contains(&(&pointer, "unknown_member")), "{operation} {member}: {faults:?}");
            }
            seen += 1;
        }
    }
    assert!(seen > 25, "{seen}");
});

over_http!(nothing_is_sorted_or_filtered_by_what_is_hidden, |p| {
    let known = known(p).await;
    for (template, _, op) in operations(&known.document).into_iter().filter(|(_, method, _)| method == "GET") {
        let operation = op["operationId"].as_str().unwrap();
        let declared: Vec<_> = op["parameters"].as_array().into_iter().flatten().map(|q| &q["name"]).collect();
        let path =
            if template.contains("{id}") { known.path(&template, &known.of(&template)[0]) } else { template.clone() };
        let asked: Vec<_> = NOT_TO_BE_ASKED.into_iter().filter(|name| !declared.contains(&&json!(name))).collect();
        let query = asked.iter().map(|name| format!("{name}=x")).collect::<Vec<_>>().join("&");
        for (_, persona, _) in PERSONAS.iter().filter(|(role, ..)| may(row(operation), *role)) {
            let reply = p.get(persona, &format!("{path}?{query}")).await;
            if reply.status == 404 {
                continue;
            }
            assert_eq!(reply.refusal(), (400, "invalid_query"), "{operation} as {persona}");
            let wanted: Vec<_> = asked.iter().map(|name| (*name, "unknown_parameter")).collect();
            // Some also miss what they need.
            let unknown: Vec<_> = reply.faults().into_iter().filter(|(_, code)| *code == "unknown_parameter").collect();
            assert_eq!(unknown, wanted, "{operation} as {persona}");
        }
    }
});

over_http!(no_hidden_field_is_asked_about_in_a_what_if, |p| {
    let fields = p.get("staff", "/v1/fields").await.expect(200);
    let fields = fields.items().iter().filter(|f| f["class"] != "card");
    let hidden: Vec<_> = fields.map(|f| f["key"].as_str().unwrap()).collect();
    assert!(hidden.len() > 10, "{hidden:?}");
    for field in hidden {
        let mut filtered = crate::criteria::document();
        filtered["filters"] = json!([{"field": field, "op": "gte", "value": 1}]);
        let mut weighed = crate::criteria::document();
        weighed["preferences"][0]["field"] = json!(field);
        for (document, at) in [(filtered, "/document/filters/0"), (weighed, "/document/preferences/0")] {
            let refused = p.post("investor", "/v1/rankings", &json!({"document": document})).await.expect(422);
            let faults = refused.faults();
            assert!(faults.iter().all(|(place, _)| place.starts_with(at)), "{field}: {faults:?}");
        }
    }
});
