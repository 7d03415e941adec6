//! Who may do what: the table of the tests, written by hand from the specification and held against the
//! document and against the running service.

use sedaya::domain::actor::Role;
use serde_json::Value;

use super::openapi::operations;
use crate::support::app::{TestApp, problem_of};

/// Operation and roles; `anyone` is without signing in, `all` every role.
const TABLE: &[(&str, &str)] = &[
    ("signIn", "anyone"),
    ("claimAccount", "anyone"),
    ("requestSignInCode", "anyone"),
    ("signInWithCode", "anyone"),
    ("refreshSession", "anyone"),
    ("signOut", "anyone"),
    ("getJwks", "anyone"),
    ("getMe", "all"),
    ("setMyPhone", "owner"),
    ("confirmMyPhone", "owner"),
    ("getMyStatus", "owner"),
    ("listMyMatches", "owner"),
    ("getMyVenture", "owner"),
    ("changeMyVenture", "owner"),
    ("getMySupportPlan", "owner"),
    ("listMyConsents", "owner"),
    ("giveMyConsent", "owner"),
    ("withdrawMyConsent", "owner"),
    ("getMyData", "owner"),
    ("listMyAccessLog", "owner"),
    ("listMyRequests", "owner"),
    ("createMyRequest", "owner"),
    ("listMyComplaints", "owner"),
    ("createMyComplaint", "owner"),
    ("createCompanion", "owner"),
    ("listCompanions", "owner"),
    ("endCompanion", "owner"),
    ("listMandates", "assessor"),
    ("acceptMandate", "assessor"),
    ("startMandateSession", "assessor"),
    ("endMandate", "assessor"),
    ("getMyDoors", "owner"),
    ("listTrainingDoors", "staff"),
    ("listSessions", "staff"),
    ("createSession", "staff"),
    ("getSession", "staff"),
    ("changeSession", "staff"),
    ("deleteSession", "staff"),
    ("noteAttendance", "staff"),
    ("listNextSteps", "staff"),
    ("createCohort", "staff"),
    ("listCohorts", "staff"),
    ("getCohort", "staff"),
    ("changeCohort", "staff"),
    ("listParticipants", "staff"),
    ("getParticipant", "staff"),
    ("eraseParticipant", "staff"),
    ("listVentures", "staff"),
    ("getVenture", "staff assessor"),
    ("eraseVenture", "staff"),
    ("getSupportPlan", "staff"),
    ("writeSupportPlan", "staff"),
    ("listVentureAssessments", "staff"),
    ("printResultCard", "staff"),
    ("issueClaimCode", "staff"),
    ("listConsents", "staff"),
    ("giveConsent", "staff"),
    ("withdrawConsent", "staff"),
    ("createDataRequest", "staff"),
    ("listDataRequests", "staff"),
    ("getDataRequest", "staff"),
    ("changeDataRequest", "staff"),
    ("createComplaint", "staff"),
    ("listComplaints", "staff"),
    ("getComplaint", "staff"),
    ("changeComplaint", "staff"),
    ("createIncident", "staff"),
    ("listIncidents", "staff"),
    ("getIncident", "staff"),
    ("changeIncident", "staff"),
    ("listAffected", "staff"),
    ("createRubric", "staff"),
    ("listRubrics", "all"),
    ("getRubric", "all"),
    ("createRubricVersion", "staff"),
    ("listRubricVersions", "all"),
    ("getRubricVersion", "all"),
    ("publishRubricVersion", "staff"),
    ("listAssessments", "staff assessor"),
    ("getAssessment", "staff assessor"),
    ("createImport", "staff"),
    ("listImports", "staff"),
    ("getImport", "staff"),
    ("listImportErrors", "staff"),
    ("createInvestor", "staff"),
    ("listInvestors", "staff"),
    ("getInvestor", "staff investor"),
    ("changeInvestor", "staff investor"),
    ("verifyInvestor", "staff"),
    ("createCriteria", "staff investor"),
    ("listCriteria", "staff auditor investor"),
    ("changeCriteria", "staff"),
    ("getCriteria", "staff auditor investor"),
    ("createCriteriaVersion", "staff investor"),
    ("listCriteriaVersions", "staff auditor investor"),
    ("getCriteriaVersion", "staff auditor investor"),
    ("approveCriteriaVersion", "staff"),
    ("publishCriteriaVersion", "staff"),
    ("listLiveMatches", "staff"),
    ("rank", "staff investor"),
    ("compareRankings", "staff"),
    ("getStability", "staff"),
    ("getTornado", "staff"),
    ("getAcceptability", "staff"),
    ("getFairness", "staff auditor"),
    ("createAllocation", "staff"),
    ("listAllocations", "staff"),
    ("getAllocation", "staff"),
    ("elicitWeights", "staff"),
    ("askSecondOpinions", "staff"),
    ("createMatchList", "staff"),
    ("listMatchLists", "staff auditor investor"),
    ("getMatchList", "staff auditor investor"),
    ("publishMatchList", "staff"),
    ("listMatchListEntries", "staff auditor investor"),
    ("getMatchListEntry", "staff auditor investor"),
    ("getCard", "investor"),
    ("compareCards", "investor"),
    ("listNews", "investor"),
    ("visitMatchList", "investor"),
    ("listChanges", "staff auditor"),
    ("replayMatchList", "staff auditor"),
    ("getMatchListKit", "staff auditor"),
    ("listMatches", "staff auditor investor"),
    ("getMatch", "staff auditor investor owner"),
    ("moveMatch", "staff investor owner"),
    ("getMatchNote", "investor"),
    ("writeMatchNote", "investor"),
    ("listMatchReports", "staff investor owner"),
    ("reportOnMatch", "staff investor owner"),
    ("confirmDeletion", "investor"),
    ("getFunnelReport", "staff auditor"),
    ("getExposureReport", "staff auditor"),
    ("getAgreementReport", "staff auditor"),
    ("getCoverageReport", "staff auditor"),
    ("getNextStepsReport", "staff auditor"),
    ("getAttendanceReport", "staff auditor"),
    ("getOverdueReport", "staff auditor"),
    ("createWebhook", "staff investor"),
    ("listWebhooks", "staff investor"),
    ("getWebhook", "staff investor"),
    ("changeWebhook", "staff investor"),
    ("deleteWebhook", "staff investor"),
    ("rotateWebhookSecret", "staff investor"),
    ("listDeliveries", "staff investor"),
    ("retryDelivery", "staff investor"),
    ("getRetention", "staff"),
    ("getRequestsReport", "staff auditor"),
    ("listAudit", "auditor admin"),
    ("verifyAudit", "auditor admin"),
    ("listFields", "all"),
    ("listInstruments", "all"),
    ("listMinimumWages", "all"),
    ("listProgrammeFigures", "all"),
    ("listRegions", "all"),
    ("listSdgs", "all"),
    ("listSectors", "all"),
    ("createUser", "admin"),
    ("listUsers", "admin"),
    ("getUser", "admin"),
    ("changeUser", "admin"),
    ("createServiceToken", "admin"),
    ("listServiceTokens", "admin"),
    ("getServiceToken", "admin"),
    ("changeServiceToken", "admin"),
];

pub fn row(id: &str) -> &'static str {
    let rows: Vec<_> = TABLE.iter().filter(|(operation, _)| *operation == id).collect();
    assert_eq!(rows.len(), 1, "operation {id} needs exactly one row in the table of tests/it/permissions.rs");
    rows[0].1
}

pub fn may(row: &str, role: Role) -> bool {
    matches!(row, "all" | "anyone") || row.split(' ').any(|r| r == role.as_str())
}

/// The path with an example for each parameter: well-formed, and of nothing that exists.
fn example_path(path: &str, op: &Value) -> String {
    op["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "path").fold(path.to_owned(), |path, p| {
        let example = p["example"].as_str().map_or_else(|| p["example"].to_string(), str::to_owned);
        path.replace(&format!("{{{}}}", p["name"].as_str().unwrap()), &example)
    })
}

#[tokio::test]
async fn every_operation_has_a_row_and_every_row_holds() {
    let app = TestApp::start().await;
    let document = app.document().await;
    let all = operations(&document);
    for (operation, roles) in TABLE {
        assert!(all.iter().any(|(_, _, op)| op["operationId"] == *operation), "row {operation} is of no operation");
        for role in roles.split(' ').filter(|r| !matches!(*r, "all" | "anyone")) {
            assert!(Role::parse(role).is_some(), "{operation}: no role {role}");
        }
    }
    for (path, method, op) in all {
        let id = op["operationId"].as_str().unwrap();
        let row = row(id);
        let path = example_path(&path, &op);
        let status = async |request: reqwest::RequestBuilder| {
            let response = request.send().await.unwrap();
            if response.status().is_success() {
                return (response.status().as_u16(), String::new());
            }
            let (status, code, _) = problem_of(response).await;
            (status, code)
        };
        let unsigned = status(app.request(&method, &path)).await;
        assert_eq!(unsigned == (401, "unauthenticated".into()), row != "anyone", "{id} without a token: {unsigned:?}");
        for role in Role::ALL {
            let answer = status(app.as_role(role, &method, &path)).await;
            assert_eq!(answer == (403, "forbidden".into()), !may(row, role), "{id} as {}: {answer:?}", role.as_str());
            assert!(answer.0 != 401 && answer.0 < 500, "{id} as {}: {answer:?}", role.as_str());
        }
    }
}
