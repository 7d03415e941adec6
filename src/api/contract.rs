//! The OpenAPI document, compiled: which path takes which method, and what the parameters and the body of
//! each operation must look like. The document is the only place where limits are written down.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::codes::ShapeFault;
use super::columns::{self, Column};
use super::engine_schema::CHECKED_BY;
use super::faults;
use super::problem::{Fault, Place};

/// The document cannot be compiled: a mistake in our own annotations, found at start.
#[derive(Debug, thiserror::Error)]
#[error("the OpenAPI document does not compile: {0}")]
pub struct ContractError(String);

/// One documented operation.
#[derive(Debug)]
pub struct Operation {
    /// The `operationId`.
    pub id: String,
    /// The path template.
    pub path: String,
    /// Parameters of the path.
    pub(crate) path_parameters: Vec<Parameter>,
    /// Parameters of the query.
    pub(crate) query: Vec<Parameter>,
    /// The JSON body.
    pub(crate) body: Option<Body>,
    /// Whether it declares `If-Match`.
    pub(crate) if_match: bool,
    /// Whether it declares `Idempotency-Key`.
    pub(crate) once: bool,
    /// What its list has as columns when it is asked for as a table.
    pub(crate) columns: Arc<[Column]>,
}

impl Operation {
    /// Everything that is wrong with the shape of a JSON body; `None` where the operation takes none.
    pub fn shape_faults(&self, body: &Value) -> Option<Vec<Fault>> {
        self.body.as_ref().map(|declared| declared.check(body))
    }
}

/// The JSON body of an operation.
#[derive(Debug)]
pub(crate) struct Body {
    /// Media types besides `application/json`.
    pub(crate) media_types: Vec<String>,
    validator: Validator,
}

impl Body {
    /// Everything that is wrong with a body.
    pub(crate) fn check(&self, value: &Value) -> Vec<Fault> {
        faults::of(&self.validator, value, Place::Pointer)
    }
}

/// A parameter of a path or a query.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) required: bool,
    kind: Kind,
    validator: Validator,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Integer,
    Boolean,
    Text,
}

impl Parameter {
    /// Reads the text of a parameter as its schema says.
    pub(crate) fn read(&self, text: &str) -> Result<Value, Vec<Fault>> {
        let value = match self.kind {
            Kind::Text => Some(Value::from(text)),
            Kind::Boolean => match text {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                _ => None,
            },
            // One spelling: what the number prints as.
            Kind::Integer => text.parse::<i64>().ok().filter(|n| n.to_string() == text).map(Value::from),
        };
        let place = |_: String| Place::Parameter(self.name.clone());
        let Some(value) = value else {
            let kind = if matches!(self.kind, Kind::Integer) { "integer" } else { "boolean" };
            return Err(vec![Fault::shape(place(String::new()), ShapeFault::WrongType, kind)]);
        };
        let faults = faults::of(&self.validator, &value, place);
        if faults.is_empty() { Ok(value) } else { Err(faults) }
    }
}

/// A path and what may be done there.
#[derive(Debug)]
struct Resource {
    pattern: ResourceDef,
    allow: String,
    methods: BTreeMap<&'static str, Option<Arc<Operation>>>,
}

/// Where a request leads.
#[derive(Debug)]
pub(crate) enum Destination<'a> {
    /// No such path.
    Nowhere,
    /// The path exists and the method does not, or it is OPTIONS. Holds the `Allow` header.
    Only(&'a str),
    /// Here; with the operation, if the document describes it.
    Here(Option<Arc<Operation>>),
}

/// The compiled document.
#[derive(Debug)]
pub struct Contract {
    resources: Vec<Resource>,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

impl Contract {
    /// Compiles a document; `pages` are paths that answer GET and stand outside it, as route patterns.
    ///
    /// # Errors
    /// When a schema does not compile or an operation has no id or one that is taken.
    pub fn compile(document: &Value, pages: &[&str]) -> Result<Self, ContractError> {
        let mut ids = HashSet::new();
        let mut resources = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            let mut methods = BTreeMap::new();
            for name in METHODS {
                let Some(operation) = item.get(name) else { continue };
                let operation = compile_operation(document, path, operation)?;
                if !ids.insert(operation.id.clone()) {
                    return Err(ContractError(format!("operationId {} is taken", operation.id)));
                }
                methods.insert(name, Some(Arc::new(operation)));
            }
            resources.push(Resource::new(path, methods));
        }
        resources.extend(pages.iter().map(|page| Resource::new(page, BTreeMap::from([("get", None)]))));
        resources.sort_by_key(|r| specificity(r.pattern.pattern().unwrap_or_default()));
        Ok(Self { resources })
    }

    /// Finds the resource of a path and the operation of a method. HEAD is answered as GET.
    pub(crate) fn find(&self, path: &str, method: &Method) -> Destination<'_> {
        let Some(resource) = self.resources.iter().find(|r| r.pattern.is_match(path)) else {
            return Destination::Nowhere;
        };
        let name = match method.as_str() {
            "GET" | "HEAD" => "get",
            "POST" => "post",
            "PUT" => "put",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => return Destination::Only(&resource.allow),
        };
        match resource.methods.get(name) {
            Some(operation) => Destination::Here(operation.clone()),
            None => Destination::Only(&resource.allow),
        }
    }

    /// Every documented operation.
    pub fn operations(&self) -> impl Iterator<Item = &Arc<Operation>> {
        self.resources.iter().flat_map(|r| r.methods.values().flatten())
    }
}

impl Resource {
    fn new(path: &str, methods: BTreeMap<&'static str, Option<Arc<Operation>>>) -> Self {
        let mut allow: Vec<String> = methods.keys().map(|m| m.to_uppercase()).collect();
        if methods.contains_key("get") {
            allow.push("HEAD".into());
        }
        allow.push("OPTIONS".into());
        allow.sort();
        Self { pattern: ResourceDef::new(path), allow: allow.join(", "), methods }
    }
}

/// A sort key that puts `/v1/rankings/compare` before `/v1/rankings/{id}`: at the first segment where two
/// patterns differ in kind, fixed text goes first.
pub(crate) fn specificity(pattern: &str) -> Vec<bool> {
    pattern.split('/').map(|segment| segment.contains('{')).collect()
}

fn compile_operation(document: &Value, path: &str, operation: &Value) -> Result<Operation, ContractError> {
    let id = operation["operationId"].as_str().ok_or_else(|| ContractError(format!("{path}: no operationId")))?;
    let compile = |schema: &Value| compile_schema(document, schema).map_err(|e| ContractError(format!("{id}: {e}")));
    let mut compiled = Operation {
        id: id.to_owned(),
        path: path.to_owned(),
        path_parameters: Vec::new(),
        query: Vec::new(),
        body: None,
        if_match: false,
        once: false,
        columns: columns::of_operation(document, operation).into(),
    };
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let schema = &parameter["schema"];
        let list = match parameter["in"].as_str() {
            Some("path") => &mut compiled.path_parameters,
            Some("query") => &mut compiled.query,
            Some("header") => {
                compiled.if_match |= name == "If-Match";
                compiled.once |= name == "Idempotency-Key";
                continue;
            }
            _ => return Err(ContractError(format!("{id}: parameter {name} is in no known place"))),
        };
        list.push(Parameter {
            name: name.to_owned(),
            required: parameter["required"] == true,
            kind: match resolve(document, schema)["type"].as_str() {
                Some("integer") => Kind::Integer,
                Some("boolean") => Kind::Boolean,
                Some("string") => Kind::Text,
                other => return Err(ContractError(format!("{id}: parameter {name} has type {other:?}"))),
            },
            validator: compile(schema)?,
        });
    }
    let mut named: Vec<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    let mut documented: Vec<&str> = compiled.path_parameters.iter().map(|p| p.name.as_str()).collect();
    named.sort_unstable();
    documented.sort_unstable();
    if named != documented {
        return Err(ContractError(format!("{id}: the path names {named:?}, its params(…) document {documented:?}")));
    }
    if let Some(content) = operation["requestBody"]["content"].as_object()
        && let Some(schema) = content.get("application/json").map(|c| &c["schema"])
    {
        compiled.body = Some(Body { media_types: content.keys().cloned().collect(), validator: compile(schema)? });
    }
    Ok(compiled)
}

/// Follows one `$ref` into the components.
pub(crate) fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    schema["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#'))).unwrap_or(schema)
}

fn compile_schema(document: &Value, schema: &Value) -> Result<Validator, String> {
    let mut schemas = Map::new();
    collect(document, schema, &mut schemas);
    let root = json!({ "allOf": [schema], "components": { "schemas": schemas } });
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .offline()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        // No look-around and no back-references: a pattern can never be made slow by its input.
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(&root)
        .map_err(|e| e.to_string())
}

/// The component schemas that a schema leads to: all others would only make compiling slow.
fn collect(document: &Value, schema: &Value, found: &mut Map<String, Value>) {
    match schema {
        Value::Object(members) => {
            if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/"))
                && !found.contains_key(name)
            {
                let target = &document["components"]["schemas"][name];
                if !target[CHECKED_BY].is_null() {
                    found.insert(name.to_owned(), json!({ "type": target["type"] }));
                    return;
                }
                found.insert(name.to_owned(), target.clone());
                collect(document, target, found);
            }
            members.values().for_each(|member| collect(document, member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(document, item, found)),
        _ => {}
    }
}
