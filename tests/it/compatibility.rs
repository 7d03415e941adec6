//! A released document is a promise: what a client was generated from goes on working until the version says
//! otherwise. `openapi/released.json` is the document of the last release.
//!
//! A new code in an answer breaks a client that tells all codes apart, so a set of codes is a promise: it grows with a
//! version only, or it is documented as open, as a text without a list of values.

use serde_json::{Value, json};

/// Which way a value travels: what is harmless for an answer breaks a request, and the reverse.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Sent,
    Answered,
}

/// What has changed since, so that old clients break.
struct Breaks<'a> {
    old: &'a Value,
    new: &'a Value,
    found: Vec<String>,
}

fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut breaks = Breaks { old, new, found: Vec::new() };
    for (path, item) in members(&old["paths"]) {
        for (method, operation) in members(item) {
            breaks.operation(&format!("{} {path}", method.to_uppercase()), operation, &new["paths"][path][method]);
        }
    }
    breaks.found
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn has(list: &Value, wanted: &Value) -> bool {
    items(list).any(|item| item == wanted)
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|path| document.pointer(path.trim_start_matches('#'))) {
        Some(found) => resolve(document, found),
        None => schema,
    }
}

impl Breaks<'_> {
    fn say(&mut self, place: &str, what: impl std::fmt::Display) {
        self.found.push(format!("{place}: {what}"));
    }

    fn operation(&mut self, place: &str, old: &Value, new: &Value) {
        if new.is_null() {
            return self.say(place, "is gone");
        }
        if old["operationId"] != new["operationId"] {
            self.say(place, format!("is called {} now, not {}", new["operationId"], old["operationId"]));
        }
        if items(&old["security"]).count() == 0 && old["security"].is_array() && new["security"] != old["security"] {
            self.say(place, "needs a token now");
        }
        for role in items(&old["x-roles"]).filter(|role| !new["x-roles"].is_null() && !has(&new["x-roles"], role)) {
            self.say(place, format!("role {role} may not use it any more"));
        }
        let find = |operation: &Value, wanted: &Value| {
            items(&operation["parameters"]).find(|p| p["name"] == wanted["name"] && p["in"] == wanted["in"]).cloned()
        };
        for parameter in items(&old["parameters"]) {
            let name = format!("{place} parameter {}", parameter["name"]);
            match find(new, parameter) {
                None => self.say(&name, "is not read any more"),
                Some(now) => {
                    if now["required"] == true && parameter["required"] != true {
                        self.say(&name, "must be sent now");
                    }
                    self.schema(&name, &parameter["schema"], &now["schema"], Way::Sent, 0);
                }
            }
        }
        for parameter in items(&new["parameters"]).filter(|p| p["required"] == true && find(old, p).is_none()) {
            self.say(place, format!("parameter {} must be sent now", parameter["name"]));
        }
        for (kind, body) in members(&old["requestBody"]["content"]) {
            let now = &new["requestBody"]["content"][kind];
            if now.is_null() {
                self.say(place, format!("does not read {kind} any more"));
            } else {
                self.schema(&format!("{place} body"), &body["schema"], &now["schema"], Way::Sent, 0);
            }
        }
        for (status, response) in members(&old["responses"]).filter(|(status, _)| status.starts_with('2')) {
            let now = &new["responses"][status];
            if now.is_null() {
                self.say(place, format!("does not answer {status} any more"));
            }
            for (kind, body) in members(&resolve(self.old, response)["content"]) {
                let now = &resolve(self.new, now)["content"][kind];
                if now.is_null() {
                    self.say(place, format!("does not answer {kind} any more"));
                } else {
                    self.schema(&format!("{place} {status}"), &body["schema"], &now["schema"], Way::Answered, 0);
                }
            }
        }
    }

    fn schema(&mut self, place: &str, old: &Value, new: &Value, way: Way, depth: usize) {
        // Deep enough for every schema that does not contain itself.
        if depth > 12 {
            return;
        }
        let (old, new) = (resolve(self.old, old).clone(), resolve(self.new, new).clone());
        let kinds = |schema: &Value| match &schema["type"] {
            Value::Array(kinds) => kinds.clone(),
            Value::Null => Vec::new(),
            kind => vec![kind.clone()],
        };
        let (was, is) = (kinds(&old), kinds(&new));
        let (kept, of) = if way == Way::Sent { (&was, &is) } else { (&is, &was) };
        if !kept.iter().all(|kind| of.contains(kind)) {
            self.say(place, format!("type is {} now, was {}", json!(is), json!(was)));
        }
        for (name, member) in members(&old["properties"]) {
            let place = format!("{place}/{name}");
            let now = &new["properties"][name];
            if now.is_null() {
                self.say(&place, "is gone");
                continue;
            }
            let (was, is) = (has(&old["required"], &json!(name)), has(&new["required"], &json!(name)));
            match way {
                Way::Sent if is && !was => self.say(&place, "must be sent now"),
                Way::Answered if was && !is => self.say(&place, "may be left out now"),
                _ => {}
            }
            self.schema(&place, member, now, way, depth + 1);
        }
        if !old["items"].is_null() {
            self.schema(&format!("{place}[]"), &old["items"], &new["items"], way, depth + 1);
        }
        for several in ["oneOf", "anyOf", "allOf"] {
            for (at, variant) in items(&old[several]).enumerate() {
                match new[several].get(at) {
                    Some(now) => self.schema(&format!("{place}|{at}"), variant, now, way, depth + 1),
                    None => self.say(place, format!("{several} has fewer kinds now")),
                }
            }
        }
        if way == Way::Answered {
            // A client that knows every code and no other has nowhere to put a new one. Where codes may come at any
            // time the document lists none.
            if !old["enum"].is_null() {
                for value in items(&new["enum"]).filter(|value| !has(&old["enum"], value)) {
                    self.say(place, format!("{value} may be answered now, and clients know a closed set of codes"));
                }
                if new["enum"].is_null() {
                    self.say(place, "any text may be answered now, and clients know a closed set of codes");
                }
            }
            return;
        }
        for name in members(&new["properties"]).map(|(name, _)| name) {
            if old["properties"][name].is_null() && old["properties"].is_object() && has(&new["required"], &json!(name))
            {
                self.say(&format!("{place}/{name}"), "must be sent now");
            }
        }
        for value in items(&old["enum"]).filter(|value| !new["enum"].is_null() && !has(&new["enum"], value)) {
            self.say(place, format!("{value} is not taken any more"));
        }
        for (limit, is_upper) in [
            ("maximum", true),
            ("maxLength", true),
            ("maxItems", true),
            ("minimum", false),
            ("minLength", false),
            ("minItems", false),
        ] {
            let (was, Some(is)) = (old[limit].as_f64(), new[limit].as_f64()) else { continue };
            let narrower = was.is_none_or(|was| if is_upper { is < was } else { is > was });
            if narrower && !(was.is_none() && !is_upper && is <= 0.0) {
                self.say(place, format!("{limit} is {is} now, was {}", old[limit]));
            }
        }
        for form in ["pattern", "format"] {
            if !new[form].is_null() && new[form] != old[form] {
                self.say(place, format!("{form} is {} now, was {}", new[form], old[form]));
            }
        }
    }
}

/// Whether the version says that clients must look: a new major one, or a new minor one before 1.0.
fn says_so(old: &Value, new: &Value) -> bool {
    let version = |document: &Value| -> (u64, u64) {
        let mut parts = document["info"]["version"].as_str().unwrap().split('.').map(|part| part.parse().unwrap());
        (parts.next().unwrap(), parts.next().unwrap())
    };
    let (was, is) = (version(old), version(new));
    is.0 > was.0 || (is.0 == 0 && is.1 > was.1)
}

fn read(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn clients_of_the_last_release_go_on_working() {
    let (old, new) = (read("openapi/released.json"), read("openapi/openapi.json"));
    let found = breaks(&old, &new);
    assert!(
        found.is_empty() || says_so(&old, &new),
        "The API has changed so that clients of {} break:\n  {}\nTake the change back, or raise the version in Cargo.toml \
         (and copy openapi.json over released.json when that version is released).",
        old["info"]["version"],
        found.join("\n  ")
    );
}

/// A document with one operation, and what is done to it.
fn changed(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let old = json!({
        "info": {"version": "1.0.0"},
        "paths": {"/things/{id}": {"post": {
            "operationId": "makeThing", "x-roles": ["staff", "investor"],
            "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}],
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}},
            "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}},
        }}},
        "components": {"schemas": {
            "New": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "maxLength": 20}, "kind": {"type": "string", "enum": ["a", "b"]}}},
            "Thing": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "string"}, "state": {"type": "string", "enum": ["new", "done"]},
                "parts": {"type": "array", "items": {"type": ["number", "null"]}}}},
        }},
    });
    let mut new = old.clone();
    change(&mut new);
    breaks(&old, &new)
}

#[test]
fn what_breaks_clients_is_found_and_named() {
    let thing = |path: &str, value: Value| {
        changed(|document| *document.pointer_mut(path).unwrap() = value).first().cloned().unwrap_or_default()
    };
    let operation = "/paths/~1things~1{id}/post";
    for (path, value, says) in [
        ("/paths", json!({}), "POST /things/{id}: is gone"),
        (&format!("{operation}/operationId"), json!("createThing"), "is called"),
        (&format!("{operation}/x-roles"), json!(["staff"]), "role \"investor\" may not"),
        (&format!("{operation}/parameters"), json!([]), "is not read any more"),
        (&format!("{operation}/parameters/0/schema/maximum"), json!(50), "maximum is 50 now"),
        (&format!("{operation}/responses"), json!({"201": {}}), "does not answer 200"),
        ("/components/schemas/New/required", json!(["name", "kind"]), "/kind: must be sent now"),
        ("/components/schemas/New/properties/kind/enum", json!(["a"]), "\"b\" is not taken any more"),
        ("/components/schemas/New/properties/name/maxLength", json!(10), "maxLength is 10 now"),
        ("/components/schemas/New/properties/name/type", json!("integer"), "type is"),
        ("/components/schemas/Thing/required", json!([]), "may be left out now"),
        (
            "/components/schemas/Thing/properties/state/enum",
            json!(["new", "done", "late"]),
            "/state: \"late\" may be answered now, and clients know a closed set of codes",
        ),
        (
            "/components/schemas/Thing/properties/state",
            json!({"type": "string"}),
            "/state: any text may be answered now",
        ),
        ("/components/schemas/Thing/properties", json!({"id": {"type": "string"}}), "/parts: is gone"),
        ("/components/schemas/Thing/properties/parts/items/type", json!("string"), "type is"),
    ] {
        let found = thing(path, value);
        assert!(!found.is_empty() && found.contains(says), "{path}: {found}");
    }
}

#[test]
fn what_breaks_nobody_passes() {
    for (path, value) in [
        ("/paths/~1things~1{id}/post/parameters/0/schema/maximum", json!(200)),
        ("/paths/~1things~1{id}/post/x-roles", json!(["staff", "investor", "auditor"])),
        ("/components/schemas/New/required", json!([])),
        ("/components/schemas/New/properties/kind/enum", json!(["a", "b", "c"])),
        ("/components/schemas/New/properties/name/type", json!(["string", "null"])),
        ("/components/schemas/Thing/properties/state/enum", json!(["new"])),
        ("/components/schemas/Thing/required", json!(["id", "parts"])),
        ("/components/schemas/Thing/properties/parts/items/type", json!("number")),
    ] {
        let found = changed(|document| *document.pointer_mut(path).unwrap() = value);
        assert!(found.is_empty(), "{path}: {found:?}");
    }
    let added = changed(|document| {
        document["paths"]["/more"] = json!({"get": {"operationId": "more"}});
        document["components"]["schemas"]["New"]["properties"]["note"] = json!({"type": "string"});
        document["components"]["schemas"]["Thing"]["properties"]["note"] = json!({"type": "string"});
    });
    assert!(added.is_empty(), "{added:?}");
    let version = |text: &str| json!({"info": {"version": text}});
    assert!(says_so(&version("0.1.0"), &version("0.2.0")) && says_so(&version("1.9.0"), &version("2.0.0")));
    assert!(!says_so(&version("0.1.0"), &version("0.1.1")) && !says_so(&version("1.0.0"), &version("1.1.0")));
}
