//! Where an answer leads: which operations take what it holds. Links of the OpenAPI document.

use serde_json::{Value, json};

/// From an answer to an operation.
struct Link {
    from: &'static str,
    to: &'static str,
    /// Parameters of `to`, and where in the answer their values stand.
    parameters: &'static [(&'static str, &'static str)],
}

const fn link(from: &'static str, to: &'static str, parameters: &'static [(&'static str, &'static str)]) -> Link {
    Link { from, to, parameters }
}

const ID: (&str, &str) = ("id", "$response.body#/id");
const FIRST: (&str, &str) = ("id", "$response.body#/items/0/id");
const SAME: (&str, &str) = ("id", "$request.path.id");
const SESSION: (&str, &str) = ("session", "$response.body#/id");
const TAG: (&str, &str) = ("If-Match", "$response.header.ETag");
const NUMBER: (&str, &str) = ("n", "$response.body#/number");
const LATEST: (&str, &str) = ("n", "$response.body#/latest");
const FIRST_NUMBER: (&str, &str) = ("n", "$response.body#/items/0/number");
const NEXT: (&str, &str) = ("cursor", "$response.body#/next");

const LINKS: &[Link] = &[
    link("createCohort", "getCohort", &[ID]),
    link("createCohort", "changeCohort", &[ID, TAG]),
    link("listCohorts", "getCohort", &[FIRST]),
    link("listCohorts", "listParticipants", &[FIRST]),
    link("listParticipants", "getParticipant", &[FIRST]),
    link("getCohort", "changeCohort", &[ID, TAG]),
    link("changeCohort", "changeCohort", &[ID, TAG]),
    link("createSession", "getSession", &[SAME, SESSION]),
    link("createSession", "changeSession", &[SAME, SESSION, TAG]),
    link("getSession", "changeSession", &[SAME, SESSION, TAG]),
    link("getSession", "deleteSession", &[SAME, SESSION, TAG]),
    link("getSession", "noteAttendance", &[SAME, SESSION, TAG]),
    link("listVentures", "getVenture", &[FIRST]),
    link("listVentures", "listVentureAssessments", &[FIRST]),
    link("listVentures", "listVentures", &[NEXT]),
    link("createDataRequest", "getDataRequest", &[ID]),
    link("createDataRequest", "changeDataRequest", &[ID, TAG]),
    link("listDataRequests", "getDataRequest", &[FIRST]),
    link("listDataRequests", "listDataRequests", &[NEXT]),
    link("getDataRequest", "changeDataRequest", &[ID, TAG]),
    link("createComplaint", "getComplaint", &[ID]),
    link("createComplaint", "changeComplaint", &[ID, TAG]),
    link("listComplaints", "getComplaint", &[FIRST]),
    link("getComplaint", "changeComplaint", &[ID, TAG]),
    link("createIncident", "getIncident", &[ID]),
    link("createIncident", "changeIncident", &[ID, TAG]),
    link("listIncidents", "getIncident", &[FIRST]),
    link("getIncident", "changeIncident", &[ID, TAG]),
    link("createCompanion", "endCompanion", &[ID]),
    link("listCompanions", "endCompanion", &[FIRST]),
    link("acceptMandate", "startMandateSession", &[ID]),
    link("acceptMandate", "endMandate", &[ID]),
    link("listMandates", "startMandateSession", &[FIRST]),
    link("listAssessments", "getAssessment", &[FIRST]),
    link("createRubric", "getRubric", &[ID]),
    link("createRubric", "getRubricVersion", &[ID, LATEST]),
    link("listRubrics", "getRubric", &[FIRST]),
    link("listRubrics", "listRubricVersions", &[FIRST]),
    link("getRubric", "getRubricVersion", &[ID, LATEST]),
    link("createRubricVersion", "getRubricVersion", &[SAME, NUMBER]),
    link("createRubricVersion", "publishRubricVersion", &[SAME, NUMBER]),
    link("createImport", "getImport", &[ID]),
    link("createImport", "listImportErrors", &[ID]),
    link("listImports", "getImport", &[FIRST]),
    link("listImports", "listImportErrors", &[FIRST]),
    link("createInvestor", "getInvestor", &[ID]),
    link("createInvestor", "changeInvestor", &[ID, TAG]),
    link("createInvestor", "createCriteria", &[ID]),
    link("listInvestors", "getInvestor", &[FIRST]),
    link("listInvestors", "listCriteria", &[FIRST]),
    link("getInvestor", "changeInvestor", &[ID, TAG]),
    link("getInvestor", "listCriteria", &[ID]),
    link("getInvestor", "createCriteria", &[ID]),
    link("createCriteria", "getCriteria", &[ID]),
    link("createCriteria", "createCriteriaVersion", &[ID]),
    link("createCriteria", "approveCriteriaVersion", &[ID, LATEST]),
    link("listCriteria", "getCriteria", &[FIRST]),
    link("listCriteria", "listCriteriaVersions", &[FIRST]),
    link("listCriteria", "listLiveMatches", &[FIRST]),
    link("getCriteria", "getCriteriaVersion", &[ID, LATEST]),
    link("getCriteria", "listLiveMatches", &[ID]),
    link("createCriteriaVersion", "getCriteriaVersion", &[SAME, NUMBER]),
    link("createCriteriaVersion", "approveCriteriaVersion", &[SAME, NUMBER]),
    link("listCriteriaVersions", "getCriteriaVersion", &[SAME, FIRST_NUMBER]),
    link("approveCriteriaVersion", "publishCriteriaVersion", &[SAME, NUMBER]),
    link("publishCriteriaVersion", "listLiveMatches", &[SAME]),
    link("createMatchList", "getMatchList", &[ID]),
    link("createMatchList", "listMatchListEntries", &[ID]),
    link("createMatchList", "publishMatchList", &[ID]),
    link("listMatchLists", "getMatchList", &[FIRST]),
    link("listMatchLists", "listMatchListEntries", &[FIRST]),
    link("publishMatchList", "listMatchListEntries", &[ID]),
    link("publishMatchList", "replayMatchList", &[ID]),
    link("getMatchList", "replayMatchList", &[ID]),
    link("getMatchList", "getMatchListKit", &[ID]),
    link("listMatchListEntries", "getMatchListEntry", &[SAME, ("position", "$response.body#/items/0/position")]),
    link("listMatchListEntries", "listMatchListEntries", &[SAME, NEXT]),
    link("createWebhook", "getWebhook", &[ID]),
    link("createWebhook", "changeWebhook", &[ID, TAG]),
    link("createWebhook", "listDeliveries", &[ID]),
    link("listWebhooks", "getWebhook", &[FIRST]),
    link("listWebhooks", "listDeliveries", &[FIRST]),
    link("getWebhook", "changeWebhook", &[ID, TAG]),
    link("getWebhook", "deleteWebhook", &[ID, TAG]),
    link("changeWebhook", "deleteWebhook", &[ID, TAG]),
    link("listDeliveries", "retryDelivery", &[SAME, ("delivery", "$response.body#/items/0/id")]),
    link("createUser", "getUser", &[ID]),
    link("createUser", "changeUser", &[ID, TAG]),
    link("listUsers", "getUser", &[FIRST]),
    link("getUser", "changeUser", &[ID, TAG]),
];

/// The links of an operation's success, by name.
pub(crate) fn of(operation: &str) -> Value {
    let links = LINKS.iter().filter(|link| link.from == operation).map(|link| {
        let parameters: serde_json::Map<String, Value> =
            link.parameters.iter().map(|(name, place)| ((*name).to_owned(), json!(place))).collect();
        (link.to.to_owned(), json!({ "operationId": link.to, "parameters": parameters }))
    });
    Value::Object(links.collect())
}

/// Operations that links name.
#[cfg(test)]
pub(crate) fn named() -> impl Iterator<Item = &'static str> {
    LINKS.iter().flat_map(|link| [link.from, link.to])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::right::Right;

    #[test]
    fn links_lead_from_operations_to_operations() {
        for operation in named() {
            assert!(Right::of(operation).is_some(), "{operation}");
        }
    }
}
