//! Which operations show somebody's data: each of them leaves a look, and each that reads says here whether it does. One that has no
//! row fails the test.

use sedaya::domain::id::UserId;
use sedaya::domain::look::LookKind;
use sedaya::ops::looks::flush;
use sedaya::store::access_log;
use serde_json::{Value, json};

use super::matrix::known;
use super::openapi::operations;
use crate::over_http;
use crate::support::programme::Programme;
use crate::support::sheet::Rows;

/// What a reading operation shows.
#[derive(Clone, Copy)]
enum Shows {
    /// To this persona something of a business: such a look is noted.
    To(&'static str, LookKind),
    /// To owners what is their own. Of whoever acts for them a look is noted: see `companions`.
    Own,
    /// Nothing of any business or person in the programme.
    Nobody,
}
use LookKind as K;
use Shows::{Nobody, Own, To};

/// Operations that read, under `/v1`.
const TABLE: &[(&str, Shows)] = &[
    ("getMe", Nobody),
    ("getMyStatus", Own),
    ("listMyMatches", Own),
    ("getMyVenture", Own),
    ("getMySupportPlan", Own),
    ("listMyConsents", Own),
    ("getMyData", Own),
    ("listMyAccessLog", Own),
    ("listMyRequests", Own),
    ("listMyComplaints", Own),
    ("listCompanions", Own),
    ("getMyDoors", Own),
    ("listMandates", To("assessor", K::Name)),
    ("listTrainingDoors", Nobody),
    // People by their ids, and no business.
    ("listSessions", Nobody),
    ("getSession", Nobody),
    ("listNextSteps", To("staff", K::Standing)),
    ("listCohorts", Nobody),
    ("getCohort", Nobody),
    ("listParticipants", To("staff", K::Record)),
    ("getParticipant", To("staff", K::Record)),
    ("listVentures", To("staff", K::Name)),
    ("getVenture", To("assessor", K::Record)),
    ("getSupportPlan", To("staff", K::Record)),
    ("listVentureAssessments", To("staff", K::Ratings)),
    ("listConsents", To("staff", K::Consents)),
    ("listDataRequests", To("staff", K::Words)),
    ("getDataRequest", To("staff", K::Words)),
    ("listComplaints", To("staff", K::Words)),
    ("getComplaint", To("staff", K::Words)),
    ("listIncidents", Nobody),
    ("getIncident", Nobody),
    // Who was looked at, by id.
    ("listAffected", Nobody),
    ("listRubrics", Nobody),
    ("getRubric", Nobody),
    ("listRubricVersions", Nobody),
    ("getRubricVersion", Nobody),
    ("listAssessments", To("assessor", K::Ratings)),
    ("getAssessment", To("staff", K::Ratings)),
    ("listImports", Nobody),
    ("getImport", Nobody),
    // Cells of a sheet, and none that may be personal.
    ("listImportErrors", Nobody),
    ("listInvestors", Nobody),
    ("getInvestor", Nobody),
    ("listCriteria", Nobody),
    ("getCriteria", Nobody),
    ("listCriteriaVersions", Nobody),
    ("getCriteriaVersion", Nobody),
    ("listLiveMatches", To("staff", K::Standing)),
    ("listAllocations", Nobody),
    ("getAllocation", To("staff", K::Standing)),
    ("listMatchLists", Nobody),
    ("getMatchList", Nobody),
    ("listMatchListEntries", To("auditor", K::Card)),
    ("getMatchListEntry", To("investor", K::Card)),
    ("getCard", To("investor", K::Card)),
    ("compareCards", To("investor", K::Card)),
    // Codes alone.
    ("listNews", Nobody),
    ("listChanges", To("auditor", K::Standing)),
    // Places of lines that differ.
    ("replayMatchList", Nobody),
    ("getMatchListKit", To("auditor", K::Standing)),
    ("listMatches", To("auditor", K::Match)),
    ("getMatch", To("investor", K::Match)),
    // What the investor has written itself.
    ("getMatchNote", Nobody),
    ("listMatchReports", To("staff", K::Words)),
    ("getFunnelReport", Nobody),
    ("getExposureReport", To("auditor", K::Standing)),
    ("getCoverageReport", Nobody),
    ("getAgreementReport", Nobody),
    ("getNextStepsReport", To("auditor", K::Standing)),
    ("getAttendanceReport", Nobody),
    ("getOverdueReport", To("auditor", K::Standing)),
    ("listWebhooks", Nobody),
    ("getWebhook", Nobody),
    // What has left the house already, by ids and codes.
    ("listDeliveries", Nobody),
    ("getRetention", Nobody),
    ("getRequestsReport", Nobody),
    // Deeds, by ids.
    ("listAudit", Nobody),
    ("verifyAudit", Nobody),
    ("listFields", Nobody),
    ("listSectors", Nobody),
    ("listRegions", Nobody),
    ("listSdgs", Nobody),
    ("listInstruments", Nobody),
    ("listMinimumWages", Nobody),
    ("listProgrammeFigures", Nobody),
    // Accounts: of owners no name.
    ("listUsers", Nobody),
    ("getUser", Nobody),
    ("listServiceTokens", Nobody),
    ("getServiceToken", Nobody),
];

/// What an account has looked at today.
fn looked(p: &Programme, user: UserId) -> Vec<LookKind> {
    flush(p.service()).unwrap();
    let today = p.service().clock.now().jakarta_day().to_string();
    let noted = p.service().read(|conn| Ok(access_log::looked(conn, Some(user), None, (&today, &today), 10_000)?));
    let mut kinds: Vec<_> = noted.unwrap().into_iter().map(|look| look.look).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// A business that has no next step yet.
async fn no_step(p: &Programme) {
    let all = Rows::sample();
    let is_one = |n: &usize| all.cell(*n, "Kode asesor").is_empty() && !all.cell(*n, "Nama usaha").is_empty();
    let mut rows = Rows::only(&[(0..all.len()).find(is_one).unwrap()]);
    for (column, value) in [("Kode peserta", "BARU-1"), ("Kode usaha", "BARU-1"), ("NIK", ""), ("Tahap Jakpreneur", "")]
    {
        rows.set(0, column, value);
    }
    let job = p.import(&p.cohort().await, "baru.csv", &rows.csv(), &[]).await;
    assert_eq!(job.body["created"], 1, "{}", job.text);
}

over_http!(whatever_shows_a_business_leaves_a_look, |p| {
    let known = known(p).await;
    no_step(p).await;
    let mut rows = TABLE.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    for (template, method, op) in operations(&known.document) {
        let operation = op["operationId"].as_str().unwrap();
        if method != "GET" || !template.starts_with("/v1/") {
            continue;
        }
        let found: Vec<_> = TABLE.iter().filter(|(name, _)| *name == operation).collect();
        assert_eq!(found.len(), 1, "{operation} reads and needs exactly one row in TABLE of tests/it/looks.rs");
        rows.retain(|name| *name != operation);
        let To(persona, kind) = found[0].1 else { continue };
        let mut path = template.clone();
        if path.contains("{id}") {
            path = known.path(&template, &known.of(&template)[0]);
        }
        if operation == "compareCards" {
            path = format!("{path}?codes={}", known.code);
        }
        // Each look is noted once a day.
        p.advance(24 * 3600);
        p.get(persona, &path).await.expect(200);
        assert_eq!(looked(p, p.actor(persona).user), [kind], "{operation} as {persona}");
    }
    assert_eq!(rows, Vec::<&str>::new(), "rows of what is no operation that reads");
});

over_http!(whatever_ranks_for_staff_leaves_a_look, |p| {
    let document = crate::criteria::document();
    let one = p.user("owner").venture_id.unwrap();
    let other = {
        let mut other = document.clone();
        other["preferences"][0]["weight"] = json!(1);
        other
    };
    let day = json!({"kind": "meetings", "investors": [{"investor_id": p.investor("investor"), "capacity": 3}]});
    let questions: &[(&str, Value)] = &[
        ("/v1/rankings", json!({"document": document})),
        ("/v1/rankings/compare", json!({"before": document, "after": other})),
        ("/v1/rankings/stability", json!({"document": document})),
        ("/v1/rankings/tornado", json!({"document": document, "venture_id": one})),
        ("/v1/rankings/acceptability", json!({"document": document})),
        ("/v1/rankings/second-opinions", json!({"document": document})),
        ("/v1/allocations", day),
    ];
    for (path, body) in questions {
        p.advance(24 * 3600);
        let answer = p.post("staff", path, body).await;
        assert!(matches!(answer.status, 200 | 201), "{path}: {}", answer.text);
        assert_eq!(looked(p, p.actor("staff").user), [LookKind::Standing], "{path}");
    }
    p.advance(24 * 3600);
    let card = p.by("staff", "POST", &format!("/v1/ventures/{one}/result-card")).json(&json!({}));
    assert_eq!(card.send().await.unwrap().status(), 200);
    assert_eq!(looked(p, p.actor("staff").user), [LookKind::Record]);
});

over_http!(an_owner_reads_in_words_what_was_looked_at, |p| {
    p.get("staff", "/v1/ventures?limit=100").await.expect(200);
    let venture = p.user("owner").venture_id.unwrap();
    p.get("staff", &format!("/v1/ventures/{venture}/consents")).await.expect(200);
    let told = p.get("owner", "/v1/me/access-log").await.expect(200);
    let mut lines: Vec<_> = told.items().iter().map(|line| (line["look"].clone(), line["label"].clone())).collect();
    lines.sort_by_key(|(look, _)| look.to_string());
    let want = [("consents", "Persetujuan yang Anda berikan"), ("name", "Nama usaha dalam daftar usaha")];
    assert_eq!(lines, want.map(|(look, label)| (json!(look), json!(label))));
    let english = p.by("owner", "GET", "/v1/me/access-log").header("accept-language", "en");
    assert!(crate::support::reply::send(english).await.expect(200).text.contains("What you have consented to"));
    // Whoever takes an account over has seen what it has seen.
    let made = p.post("staff", "/v1/incidents", &json!({"what_happened": "Akun dibobol."})).await.expect(201);
    let subjects = format!("{}/subjects?user_id={}", made.header("location").unwrap(), p.actor("staff").user);
    let all = p.get("staff", &subjects).await.expect(200);
    assert!(all.body["total"].as_u64().unwrap() > 50, "{}", all.text);
});
