//! The OpenAPI document: what the annotations say, and in one place everything that must hold for all
//! operations and that no author should have to write: ids in camel case, roles, security, the responses for
//! every error code, headers, descriptions.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};
use utoipa::ToSchema as _;
use utoipa::openapi::{Components, InfoBuilder, OpenApiBuilder};

use super::codes::Code;
use super::engine_schema;
use super::faults;
use super::links;
use super::problem::{FaultBody, ProblemBody};
use super::routes::Routes;
use super::table::Form;
use super::webhook_events;
use crate::domain::actor::Role;
use crate::domain::scope;

/// The annotations do not make a document.
#[derive(Debug, thiserror::Error)]
#[error("the OpenAPI document cannot be made: {0}")]
pub struct DocumentError(String);

const DESCRIPTION: &str = "\
Connects assessed micro businesses with social investors by ranked, explained and anonymised match lists.

**Signing in.** `POST /v1/auth/token` gives an access token for ten minutes and a refresh token; send the access token as \
`Authorization: Bearer`. Owners sign in with the claim code on their paper, \
and by a code to their phone once they have confirmed it.

**Errors** are `application/problem+json` (RFC 9457), for every 4xx and 5xx. Decide by `code`, show `title` and `detail`; \
both come in Bahasa Indonesia, or in English by `Accept-Language`. Each code is explained under `/problems`.

**Changes.** A versioned resource answers with an `ETag`. Send it as `If-None-Match` to read only what is new, and as \
`If-Match` to write.

**Repeats.** Send an `Idempotency-Key` with a POST that makes or moves something, and send it again when the answer was \
lost: it is done once. Refusals are not remembered; mend the request and send it under the same key.

**Tables.** Every list can be had as CSV or as a workbook by `Accept`: the same page, a member a column, and the same columns on \
every page. What is a list itself stands in one cell; `x-columns` says where its elements have columns of their own.

**Rates.** `RateLimit` says what is left to you. Beyond it comes 429; wait as `Retry-After` says.

**Values.** Ids are opaque texts. Money is an object with the amount as text. Times are RFC 3339 in UTC. A set of codes \
that an answer can hold is closed: a new code comes with a new version of this document. A text that must not be empty says \
something: white space alone is refused as `blank`.

";

/// Runnable as they stand, with a name and a password of staff; a test runs them.
const FIRST_STEPS: &str = r#"**First steps**, with `curl` and `jq`, as staff. Sign in:

```sh
API=http://127.0.0.1:8080
TOKEN=$(curl -sS "$API/v1/auth/token" --json "{\"username\": \"$NAME\", \"password\": \"$PASSWORD\"}" |
  jq -r .access_token)
```

Read a list, and the page after the first:

```sh
PAGE=$(curl -sS "$API/v1/ventures?limit=2" -H "Authorization: Bearer $TOKEN")
NEXT=$(jq -r .next <<< "$PAGE")
curl -sS "$API/v1/ventures?limit=2&cursor=$NEXT" -H "Authorization: Bearer $TOKEN" | jq -c '.items[] | {id, name}'
```

Do something once, however often it has to be sent, and read it again only if it has changed:

```sh
for try in first second; do
  curl -sS "$API/v1/cohorts" -D "$try.txt" -H "Authorization: Bearer $TOKEN" -H 'Idempotency-Key: angkatan-3' \
    --json '{"name": "Angkatan 3", "starts_on": "2025-05-15", "ends_on": "2025-05-16"}' | jq -r .id
done
header() { tr -d '\r' < first.txt | sed -n "s/^$1: //ip"; }
curl -sS -o /dev/null -w '%{http_code}\n' "$API$(header location)" -H "Authorization: Bearer $TOKEN" \
  -H "If-None-Match: $(header etag)"
```
"#;

/// Makes the document of these routes.
///
/// # Errors
/// When two different schemas have one name, an operation has no row in the table of rights, or an
/// annotation names an error code that does not exist.
pub fn document(routes: &Routes) -> Result<Value, DocumentError> {
    if let Some(name) = routes.clashes.first() {
        return Err(DocumentError(format!("two different schemas are named {name}")));
    }
    let info = InfoBuilder::new().title("SEDAYA Match").version(env!("CARGO_PKG_VERSION")).build();
    let mut components = Components::new();
    components.schemas.extend(routes.schemas.clone());
    let mut nested = Vec::new();
    ProblemBody::schemas(&mut nested);
    components.schemas.extend(nested);
    components.schemas.insert(ProblemBody::name().into_owned(), <ProblemBody as utoipa::PartialSchema>::schema());
    components.schemas.insert(FaultBody::name().into_owned(), <FaultBody as utoipa::PartialSchema>::schema());
    for (name, schema) in webhook_events::schemas() {
        components.schemas.entry(name).or_insert(schema);
    }
    let built = OpenApiBuilder::new().info(info).paths(routes.paths.clone()).components(Some(components)).build();
    let mut document = serde_json::to_value(built).map_err(|e| DocumentError(e.to_string()))?;
    document["info"] = json!({
        "title": "SEDAYA Match",
        "version": env!("CARGO_PKG_VERSION"),
        "description": format!("{DESCRIPTION}{FIRST_STEPS}"),
        "contact": { "name": "SEDAYA Match", "url": "https://dinsos.jakarta.go.id" },
        "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
    });
    document["webhooks"] = webhook_events::document();
    document["servers"] = json!([{ "url": "/", "description": "The service that gave you this document." }]);
    document["security"] = json!([{ "bearer": [] }]);
    document["components"]["securitySchemes"] = json!({ "bearer": {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "The access token of POST /v1/auth/token.",
    }});
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.extend(engine_schema::schemas());
        schemas.values_mut().for_each(let_overlap);
        schemas.values_mut().for_each(say_open);
        schemas.values_mut().for_each(ask_for_words);
    }
    let examples = serde_json::from_str(EXAMPLES).map_err(|e| DocumentError(format!("openapi/examples.json: {e}")))?;
    let mut complete = Completion { examples, versioned: versioned(&document), ..Completion::default() };
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                complete.operation(routes, path, method, operation)?;
            }
        }
    }
    document["tags"] = complete.tags()?;
    document["components"]["responses"] = Value::Object(complete.responses);
    Ok(document)
}

/// Answers of the running service, by operation and status; a test makes them and compares them with what is served.
const EXAMPLES: &str = include_str!("../../openapi/examples.json");

/// References to the schemas of versioned resources: those with a `version`. Their answers carry a tag.
fn versioned(document: &Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let has_version =
        |schema: &Value| schema["required"].as_array().into_iter().flatten().any(|member| member == "version");
    schemas.filter(|(_, s)| has_version(s)).map(|(name, _)| format!("#/components/schemas/{name}")).collect()
}

/// A choice without a tag is by what is there, and one kind may have all that another has and more.
fn let_overlap(schema: &mut Value) {
    if schema["discriminator"].is_null()
        && let Some(members) = schema.as_object_mut()
        && let Some(kinds) = members.remove("oneOf")
    {
        members.insert("anyOf".to_owned(), kinds);
    }
}

/// An object without named members holds any: said, since generated clients take silence for none at all.
fn say_open(schema: &mut Value) {
    let kind = &schema["type"];
    let is_object = kind == "object" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "object"));
    if is_object && schema["properties"].is_null() && schema["additionalProperties"].is_null() {
        schema["additionalProperties"] = json!(true);
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(say_open),
        Value::Array(items) => items.iter_mut().for_each(say_open),
        _ => {}
    }
}

/// A text that must not be empty must not be white space either, unless it has a form of its own.
fn ask_for_words(schema: &mut Value) {
    let has_form = ["pattern", "format", "enum"].iter().any(|form| !schema[*form].is_null());
    if schema["minLength"].as_u64().is_some_and(|least| least > 0) && !has_form {
        schema["pattern"] = json!(faults::NOT_BLANK);
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(ask_for_words),
        Value::Array(items) => items.iter_mut().for_each(ask_for_words),
        _ => {}
    }
}

/// What the operations have asked for so far.
#[derive(Default)]
struct Completion {
    examples: Value,
    versioned: BTreeSet<String>,
    responses: Map<String, Value>,
    used_tags: BTreeSet<String>,
}

impl Completion {
    fn operation(
        &mut self,
        routes: &Routes,
        path: &str,
        method: &str,
        operation: &mut Value,
    ) -> Result<(), DocumentError> {
        let id = camel_case(operation["operationId"].as_str().unwrap_or_default());
        operation["operationId"] = json!(id);
        self.used_tags
            .extend(operation["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).map(Into::into));
        let right = routes.right_of(&id).ok_or_else(|| {
            DocumentError(format!(
                "{method} {path}: operation {id} has no row in the table of rights (src/domain/right.rs)"
            ))
        })?;
        let roles: Option<Vec<&str>> = right.roles.map(|roles| roles.iter().map(|r| r.as_str()).collect());
        let who = match &roles {
            None => "Anybody, also without signing in.".to_owned(),
            Some(roles) if roles.len() == Role::ALL.len() => "Everybody who has signed in.".to_owned(),
            Some(_) => {
                let people =
                    right.roles.into_iter().flatten().map(|role| format!("{} (`{}`)", persona(*role), role.as_str()));
                format!("{}.", people.collect::<Vec<_>>().join(", "))
            }
        };
        let text = operation["description"].as_str().unwrap_or_default().to_owned();
        operation["description"] = json!(format!("{text}\n\n**Who:** {who}").trim_start());
        match &roles {
            Some(roles) => operation["x-roles"] = json!(roles),
            None => operation["security"] = json!([]),
        }

        let mut codes: BTreeSet<Code> = [
            Code::InternalError,
            Code::RateLimited,
            Code::Overloaded,
            Code::DeadlineExceeded,
            Code::Unavailable,
            Code::InvalidQuery,
        ]
        .into();
        if roles.is_some() {
            codes.extend([Code::Unauthenticated, Code::Forbidden]);
        }
        if scope::ROLES.iter().any(|role| right.roles.is_some() && right.allows(*role)) {
            codes.insert(Code::OutOfScope);
        }
        if scope::OWN_WORD_ONLY.contains(&id.as_str()) {
            codes.insert(Code::OwnWordOnly);
        }
        if path.contains('{') {
            codes.insert(Code::NotFound);
        }
        if !operation["requestBody"].is_null() {
            codes.extend([Code::UnsupportedMediaType, Code::BodyTooLarge, Code::NotJson, Code::InvalidBody]);
        }
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            for parameter in parameters {
                if parameter["name"] == "If-Match" {
                    codes.extend([Code::PreconditionRequired, Code::StaleVersion]);
                }
                if parameter["name"] == "Idempotency-Key" {
                    codes.extend([Code::InvalidIdempotencyKey, Code::IdempotencyKeyReused]);
                }
                tidy_parameter(parameter);
            }
        }
        for named in operation["x-problems"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            codes.insert(Code::parse(named).ok_or_else(|| DocumentError(format!("{id}: no error code {named}")))?);
        }
        self.tag(method, operation);
        let links = links::of(&id);
        let is_page = operation["parameters"].as_array().into_iter().flatten().any(|p| p["name"] == "cursor");
        let tables = operation.as_object_mut().and_then(|members| members.remove("x-tables")).is_some();
        if method == "get" {
            codes.insert(Code::NotAcceptable);
        }
        let responses = &mut operation["responses"];
        if tables {
            offer_tables(&mut responses["200"]);
        }
        if is_page {
            offer_tables(&mut responses["200"]);
            responses["200"]["headers"]["Link"] = text_header(
                "Where the next page and the one before are (RFC 8288).",
                "</v1/cohorts?cursor=…>; rel=\"next\"",
            );
        }
        for (status, response) in responses.as_object_mut().into_iter().flatten() {
            complete_success(status, response);
            if links != json!({}) && status.starts_with('2') {
                response["links"] = links.clone();
            }
            let example = &self.examples[&id][status.as_str()];
            if !example.is_null() {
                response["content"]["application/json"]["examples"] = example.clone();
            }
            if codes.contains(&Code::IdempotencyKeyReused) {
                response["headers"]["Idempotency-Replayed"] =
                    text_header("`true` when this answer was given to the same request before.", "true");
            }
        }
        if operation["requestBody"]["content"]["application/json"].is_object() {
            let example = &self.examples[&id]["request"];
            if !example.is_null() {
                operation["requestBody"]["content"]["application/json"]["examples"] = example.clone();
            }
        }
        operation["x-problems"] = codes.iter().map(|code| code.entry().code).collect();
        let responses = &mut operation["responses"];
        let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
        for code in codes {
            by_status.entry(code.entry().status.as_u16()).or_default().push(code);
        }
        for (status, codes) in by_status {
            responses[status.to_string()] = self.error_response(&codes);
        }
        Ok(())
    }

    /// Answers of versioned resources, and of operations that say `x-versioned`, carry a tag; reads can be asked for
    /// what is new only.
    fn tag(&self, method: &str, operation: &mut Value) {
        let said = operation.as_object_mut().and_then(|members| members.remove("x-versioned")).is_some();
        let mut tagged = false;
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            let body = response["content"]["application/json"]["schema"]["$ref"].as_str().unwrap_or_default();
            if status.starts_with('2') && (said || self.versioned.contains(body)) {
                response["headers"]["ETag"] = always(text_header("The version of what is answered.", "\"3.staff.id\""));
                tagged = true;
            }
        }
        if !tagged || method != "get" {
            return;
        }
        operation["responses"]["304"] = json!({
            "description": "Nothing has changed since the version in If-None-Match.",
            "headers": { "ETag": always(text_header("The version that still holds.", "\"3.staff.id\"")) },
        });
        let parameter = json!({
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "The ETag of an earlier answer: where it still holds, the answer is 304 without a body.",
            "schema": { "type": "string", "maxLength": 8192 },
        });
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(parameter),
            None => operation["parameters"] = json!([parameter]),
        }
    }

    /// A reference to the response for these codes, which share a status.
    fn error_response(&mut self, codes: &[Code]) -> Value {
        let name = codes.iter().map(|c| format!("{c:?}")).collect::<Vec<_>>().join("Or");
        if !self.responses.contains_key(&name) {
            let lines = codes.iter().map(|c| {
                let e = c.entry();
                format!("`{}`: {}. {}", e.code, e.title.en, e.remedy.en)
            });
            let examples: Map<String, Value> =
                codes.iter().map(|c| (c.entry().code.to_owned(), json!({ "value": example(*c) }))).collect();
            let mut headers = standing_headers();
            for code in codes {
                match code {
                    Code::Unauthenticated | Code::WrongCredentials => {
                        headers["WWW-Authenticate"] =
                            text_header("The scheme to sign in with.", "Bearer realm=\"sedaya\"");
                    }
                    Code::ListSuperseded => {
                        headers["Link"] = text_header(
                            "The list that has taken this one's place (RFC 5829).",
                            "</v1/match-lists/mls_01jcnq8xvgf0nadk1qh2t8wz5e>; rel=\"successor-version\"",
                        );
                    }
                    c if c.entry().status == StatusCode::SERVICE_UNAVAILABLE || *c == Code::RateLimited => {
                        headers["Retry-After"] = json!({
                            "description": "Seconds to wait before trying again.",
                            "schema": { "type": "integer", "minimum": 0, "maximum": 86400 }, "example": 1,
                        });
                    }
                    _ => {}
                }
            }
            let response = json!({
                "description": lines.collect::<Vec<_>>().join("\n\n"),
                "headers": headers,
                "content": { "application/problem+json": {
                    "schema": { "$ref": "#/components/schemas/Problem" },
                    "examples": examples,
                }},
            });
            self.responses.insert(name.clone(), response);
        }
        json!({ "$ref": format!("#/components/responses/{name}") })
    }

    fn tags(&self) -> Result<Value, DocumentError> {
        let known: Vec<_> = TAGS.iter().filter(|(name, _)| self.used_tags.contains(*name)).collect();
        if let Some(unknown) = self.used_tags.iter().find(|used| !TAGS.iter().any(|(name, _)| name == used)) {
            return Err(DocumentError(format!("tag {unknown} is not described in src/api/document.rs")));
        }
        Ok(known.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect())
    }
}

/// What people call those who have a role.
const fn persona(role: Role) -> &'static str {
    match role {
        Role::Admin => "operators",
        Role::Staff => "staff of UNDP and Dinsos",
        Role::Assessor => "assessors",
        Role::Investor => "social investors, of what is their own",
        Role::Auditor => "auditors",
        Role::Owner => "owners of a business, of what is their own",
    }
}

/// The tags, in the order people read them.
const TAGS: &[(&str, &str)] = &[
    ("auth", "Signing in and out, and the keys that tokens are signed with."),
    ("me", "What concerns the caller alone: an owner's status and next step, anybody's role."),
    ("companions", "Pendamping who act for owners: invited by the owner, named in the audit, ended at once by either."),
    ("cohorts", "Workshops and intakes with their participants."),
    ("ventures", "The businesses."),
    ("data-requests", "What owners ask about their data, and what they are answered within 72 hours."),
    ("complaints", "What somebody complains about, and what was done within 72 hours."),
    ("incidents", "Breaches of personal data, whom they concern, and who was told within 72 hours."),
    ("rubrics", "The assessment instrument and its versions."),
    ("assessments", "Ratings of ventures by assessors."),
    ("imports", "Workshop sheets on their way in."),
    ("investors", "Those who offer support."),
    ("criteria", "What an investor looks for, in versions that a second person approves."),
    ("allocations", "Plans of matching days: meetings in rounds, or exclusive places."),
    ("rankings", "Rankings of any criteria document; nothing is stored."),
    ("matches", "One investor and one venture, from a line on a list to an introduction that both agreed to."),
    ("match-lists", "Ranked lists that are made by one person and published by another."),
    (
        "reports",
        "The programme in numbers, each beside what it is of: how far everybody has come, who is seen, what is late.",
    ),
    ("webhooks", "Addresses that are told of events, and what they were told."),
    ("retention", "How long what is kept, and what was removed."),
    ("reference", "Code lists, fields and dated figures."),
    ("audit", "Who did what, and the proof that the record is whole."),
    ("users", "Accounts."),
];

fn example(code: Code) -> Value {
    let e = code.entry();
    let mut example = json!({
        "type": format!("/problems/{}", e.code), "title": e.title.id, "status": e.status.as_u16(), "detail": e.remedy.id,
        "instance": "urn:uuid:01932a3c-7c11-7b7e-9a53-0c5d1c1e3a55", "code": e.code,
    });
    match code {
        Code::InvalidBody => {
            example["errors"] = json!([{ "pointer": "/name", "code": "missing_member", "detail": "Wajib diisi." }]);
        }
        Code::InvalidQuery => {
            example["errors"] = json!([{ "parameter": "limit", "code": "too_small", "detail": "Paling kecil 1." }]);
        }
        Code::ListSuperseded => example["superseded_by"] = json!("mls_01jcnq8xvgf0nadk1qh2t8wz5e"),
        _ => {}
    }
    example
}

fn standing_headers() -> Value {
    json!({ "X-Request-Id": always(text_header("The id of this request.", "01932a3c-7c11-7b7e-9a53-0c5d1c1e3a55")) })
}

/// A header that is never left out.
fn always(mut header: Value) -> Value {
    header["required"] = json!(true);
    header
}

fn text_header(description: &str, example: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string", "maxLength": 500 }, "example": example })
}

/// A page can be had as a table too.
fn offer_tables(response: &mut Value) {
    let text = json!({ "type": "string", "maxLength": 10_000_000 });
    let file = json!({ "type": "string", "format": "binary", "maxLength": 10_000_000 });
    response["content"]["text/csv"] = json!({ "schema": text, "example": "code,label\r\ngrant,Hibah\r\n" });
    response["content"][Form::Xlsx.media_type()] = json!({ "schema": file });
}

fn complete_success(status: &str, response: &mut Value) {
    let reason = status.parse().ok().and_then(|s: u16| StatusCode::from_u16(s).ok()).and_then(|s| s.canonical_reason());
    // utoipa leaves out an empty description, which OpenAPI requires.
    if response["description"].as_str().is_none_or(str::is_empty) {
        response["description"] = json!(reason.unwrap_or("Response"));
    }
    let Some(response) = response.as_object_mut() else { return };
    let headers = response.entry("headers").or_insert_with(|| json!({}));
    if let (Some(headers), Value::Object(standing)) = (headers.as_object_mut(), standing_headers()) {
        headers.extend(standing);
        if matches!(status, "201" | "202") {
            headers.insert(
                "Location".into(),
                always(text_header("Where the new resource is.", "/v1/cohorts/coh_01jcnq8xvgf0nadk1qh2t8wz5e")),
            );
        }
    }
}

/// An optional parameter is one that can be left out; it is never null.
fn tidy_parameter(parameter: &mut Value) {
    let Some(types) = parameter["schema"]["type"].as_array() else { return };
    let kept: Vec<Value> = types.iter().filter(|t| *t != "null").cloned().collect();
    if let [only] = kept.as_slice() {
        parameter["schema"]["type"] = only.clone();
    }
}

fn camel_case(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut out, word| {
        let mut letters = word.chars();
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(letters.as_str());
        out
    })
}
