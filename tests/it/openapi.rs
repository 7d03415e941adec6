//! The document: in step with the code, complete for every operation, and true of what is served.

use std::collections::BTreeSet;

use sedaya::api::codes::Code;
use sedaya::cli::openapi::{MEND, text};
use sedaya::domain::actor::Role;
use sedaya::domain::right;
use serde_json::{Value, json};

use crate::support::app::TestApp;

fn document() -> Value {
    serde_json::from_str(&text().unwrap()).unwrap()
}

/// Path, method and operation of everything in a document.
pub fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, op)| (path.clone(), method.to_uppercase(), op.clone()))
    });
    all.collect()
}

/// A schema of the document as a validator.
pub fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let root = json!({ "allOf": [schema], "components": document["components"] });
    jsonschema::options().should_validate_formats(true).build(&root).unwrap()
}

#[test]
fn the_committed_document_is_what_the_code_says() {
    let committed = std::fs::read_to_string("openapi/openapi.json").unwrap_or_default();
    assert!(committed == text().unwrap(), "openapi/openapi.json is not what the code says. To mend it: {MEND}");
}

#[test]
fn every_operation_says_what_it_is_for_and_who_may_use_it() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (path, method, op) in operations(&document) {
        let at = format!("{method} {path}");
        let id = op["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{at}: {id} twice");
        assert!(
            id.chars().all(|c| c.is_ascii_alphanumeric()) && id.starts_with(|c: char| c.is_ascii_lowercase()),
            "{at}: {id}"
        );
        assert!(op["summary"].as_str().is_some_and(|s| !s.is_empty() && !s.ends_with('.')), "{at}: a summary");
        let description = op["description"].as_str().unwrap();
        let (purpose, who) = description.split_once("**Who:** ").unwrap_or_else(|| panic!("{at}: says not who"));
        assert!(purpose.trim().len() > 20, "{at}: says not when to use it");
        assert!(!who.is_empty());
        assert_eq!(op["tags"].as_array().map(Vec::len), Some(1), "{at}: one tag");
        let roles = right::Right::of(id).unwrap_or_else(|| panic!("{at}: no right")).roles;
        let printed = roles.map(|roles| roles.iter().map(|r| r.as_str()).collect::<Vec<_>>());
        assert_eq!(op["x-roles"], json!(printed), "{at}");
        assert_eq!(op["security"] == json!([]), roles.is_none(), "{at}");
    }
    let rows: BTreeSet<String> = right::TABLE.iter().map(|r| r.operation.to_owned()).collect();
    assert_eq!(rows, ids, "rights and operations");
}

#[test]
fn every_operation_documents_its_errors_by_code() {
    let document = document();
    let mut documented = BTreeSet::new();
    for (path, method, op) in operations(&document) {
        let at = format!("{method} {path}");
        let statuses: BTreeSet<&str> = op["responses"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut needed = vec!["400", "500", "503"];
        if op["security"].is_null() {
            needed.extend(["401", "403"]);
        }
        if path.contains('{') {
            needed.push("404");
        }
        if !op["requestBody"].is_null() {
            needed.extend(["413", "415", "422"]);
        }
        if op["parameters"].as_array().into_iter().flatten().any(|p| p["name"] == "If-Match") {
            needed.extend(["412", "428"]);
        }
        for status in needed {
            assert!(statuses.contains(status), "{at}: no {status}");
        }
        assert!(statuses.iter().any(|s| s.starts_with('2')), "{at}: no success");
        for response in op["responses"].as_object().unwrap().values() {
            let response = response["$ref"].as_str().map_or(response, |r| document.pointer(&r[1..]).unwrap());
            assert!(response["description"].as_str().is_some_and(|d| !d.is_empty()), "{at}");
            let examples = &response["content"]["application/problem+json"]["examples"];
            documented.extend(examples.as_object().into_iter().flat_map(|e| e.keys().cloned()));
        }
    }
    for code in documented {
        assert!(Code::parse(&code).is_some(), "{code}");
    }
}

/// A text that must not be empty must say something, or have a form of its own.
#[test]
fn no_text_is_white_space_alone() {
    fn walk(at: &str, schema: &Value, seen: &mut usize) {
        if schema["minLength"].as_u64().is_some_and(|least| least > 0) {
            let forms = ["pattern", "format", "enum"];
            assert!(forms.iter().any(|form| !schema[*form].is_null()), "{at}: a blank text would do");
            *seen += 1;
        }
        match schema {
            Value::Object(members) => members.iter().for_each(|(name, part)| walk(&format!("{at}/{name}"), part, seen)),
            Value::Array(items) => items.iter().for_each(|part| walk(at, part, seen)),
            _ => {}
        }
    }
    let mut seen = 0;
    walk("", &document()["components"]["schemas"], &mut seen);
    assert!(seen > 30, "{seen}");
}

/// What clients send is closed and bounded: objects know their members, texts and lists have an end.
#[test]
fn what_clients_send_is_closed_and_bounded() {
    fn walk<'a>(
        document: &'a Value,
        at: &str,
        schema: &'a Value,
        seen: &mut BTreeSet<&'a str>,
        faults: &mut Vec<String>,
    ) {
        if let Some(name) = schema["$ref"].as_str() {
            if seen.insert(name) {
                walk(document, name, document.pointer(&name[1..]).unwrap(), seen, faults);
            }
            return;
        }
        let is = |name: &str| {
            let kind = &schema["type"];
            kind == name || kind.as_array().is_some_and(|kinds| kinds.iter().any(|k| k == name))
        };
        let free = schema["enum"].is_null() && schema["const"].is_null();
        if is("string") && free && schema["maxLength"].is_null() {
            faults.push(format!("{at}: a text without max_length"));
        }
        if is("array") && schema["maxItems"].is_null() {
            faults.push(format!("{at}: a list without max_items"));
        }
        // Documents of criteria and rubrics are closed by the domain, which names every unknown member itself.
        let by_domain = at.ends_with("/document") && schema["properties"].is_null();
        if is("object") && schema["additionalProperties"].is_null() && !by_domain {
            faults.push(format!("{at}: an object that is not closed; #[serde(deny_unknown_fields)]"));
        }
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            walk(document, &format!("{at}/{name}"), member, seen, faults);
        }
        for part in ["oneOf", "anyOf", "allOf"].iter().flat_map(|k| schema[*k].as_array().into_iter().flatten()) {
            walk(document, at, part, seen, faults);
        }
        if schema["items"].is_object() {
            walk(document, &format!("{at}/items"), &schema["items"], seen, faults);
        }
    }
    let document = document();
    let (mut seen, mut faults) = (BTreeSet::new(), Vec::new());
    for op in document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values()) {
        let id = op["operationId"].as_str().unwrap();
        for parameter in op["parameters"].as_array().into_iter().flatten() {
            walk(&document, &format!("{id} {}", parameter["name"]), &parameter["schema"], &mut seen, &mut faults);
        }
        let body = &op["requestBody"]["content"]["application/json"]["schema"];
        if !body.is_null() {
            walk(&document, id, body, &mut seen, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Examples of schemas, of their members and of responses satisfy their own schema.
#[test]
fn examples_validate() {
    let document = document();
    let mut checked = 0;
    let mut check = |at: &str, schema: &Value, example: &Value| {
        let errors: Vec<_> = validator(&document, schema).iter_errors(example).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{at}: {example} {errors:?}");
        checked += 1;
    };
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let members = schema["properties"].as_object();
        for (at, schema) in [(name, schema)].into_iter().chain(members.into_iter().flatten()) {
            if !schema["example"].is_null() {
                check(at, schema, &schema["example"]);
            }
            for example in schema["examples"].as_array().into_iter().flatten() {
                check(at, schema, example);
            }
        }
    }
    for (name, response) in document["components"]["responses"].as_object().unwrap() {
        let content = &response["content"]["application/problem+json"];
        for example in content["examples"].as_object().unwrap().values() {
            check(name, &content["schema"], &example["value"]);
        }
    }
    for (_, _, op) in operations(&document) {
        for parameter in op["parameters"].as_array().into_iter().flatten().filter(|p| !p["example"].is_null()) {
            check("parameter", &parameter["schema"], &parameter["example"]);
        }
    }
    assert!(checked > 20, "{checked}");
}

/// Everything that can be read without naming anything answers as the document says.
#[tokio::test]
async fn what_is_served_is_what_is_documented() {
    let app = TestApp::start().await;
    let document = app.document().await;
    assert_eq!(document, self::document());
    let mut read = 0;
    for (path, method, op) in operations(&document) {
        let response = &op["responses"]["200"]["content"]["application/json"]["schema"];
        if method != "GET" || path.contains('{') || response.is_null() {
            continue;
        }
        let role = op["x-roles"][0].as_str().map(|r| Role::parse(r).unwrap());
        let request = role.map_or_else(|| app.request("GET", &path), |role| app.as_role(role, "GET", &path));
        let answer = request.send().await.unwrap();
        // A fresh service may have nothing to show yet, but it may not fail.
        if answer.status() != 200 {
            assert!(answer.status().is_client_error(), "{path}: {}", answer.status());
            continue;
        }
        let body: Value = answer.json().await.unwrap();
        let errors: Vec<_> =
            validator(&document, response).iter_errors(&body).map(|e| format!("{} {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{path}: {errors:?}");
        read += 1;
    }
    assert!(read >= 8, "{read}");
}

#[tokio::test]
async fn reference_lists_hold_what_they_should() {
    let app = TestApp::start().await;
    let get = async |path: &str| -> Value {
        app.as_role(Role::Investor, "GET", path).send().await.unwrap().json().await.unwrap()
    };
    let fields = get("/v1/fields").await;
    let field = |key: &str| fields["items"].as_array().unwrap().iter().find(|f| f["key"] == key).cloned().unwrap();
    assert_eq!(field("dimension.MGT")["class"], "card");
    assert_eq!(field("region")["operators"], json!(["is", "in", "not_in", "under"]));
    assert_eq!(field("women_led")["codes"][0], json!({"code": "true", "label": {"id": "ya", "en": "yes"}}));
    assert_eq!(get("/v1/reference/regions").await["items"].as_array().unwrap().len(), 1 + 6 + 44);
    assert_eq!(get("/v1/reference/sdgs").await["items"].as_array().unwrap().len(), 17);
    assert_eq!(get("/v1/reference/instruments").await["items"][0]["code"], "grant");
    assert_eq!(get("/v1/reference/minimum-wages").await["items"][0]["monthly"]["amount"], "5067381");
    assert_eq!(get("/v1/reference/programme-figures").await["verified"], false);
    let sectors = get("/v1/reference/sectors").await;
    assert_eq!(sectors["editions"][0]["sections"][9]["code"], "KBLI2020:J");
}
