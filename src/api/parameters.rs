//! Parameters of the path and of the query.

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev, web};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::codes::{Code, ShapeFault};
use super::context::{Context, Stage, in_turn};
use super::problem::{Fault, Place, Problem, Result};
use super::state::{State, Target};
use crate::domain::actor::Actor;

/// What a path names: an id (`Path<CohortId>` where the path has `{id}`), or a struct with one member a
/// parameter. A malformed id is an unknown one, and so is one that this caller may not know of: all 404.
#[derive(Debug)]
pub struct Path<T>(pub T);

/// A path's parameters, and the thing they name as far as the right to know of it goes.
pub trait Located: DeserializeOwned {
    /// What must exist for the caller before anything else of the request is looked at.
    fn target(&self) -> Option<Target>;
}

impl<T: Located + 'static> FromRequest for Path<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = req.clone();
        let read = async move {
            let located: T = read_path(&request)?;
            let actor = request.extensions().get::<Actor>().copied();
            if let (Some(actor), Some(target)) = (actor, located.target()) {
                let state = State::of(&request)?;
                if !state.reach.reaches(&actor, target).await? {
                    return Err(Problem::not_found());
                }
            }
            refuse_undeclared_query(&request, Stage::Path)?;
            Ok(Self(located))
        };
        Box::pin(in_turn(req, Stage::Path, read))
    }
}

fn read_path<T: DeserializeOwned>(request: &HttpRequest) -> Result<T> {
    let context = Context::of(request)?;
    let operation = context.operation.as_deref().ok_or_else(|| Problem::internal("a path outside the document"))?;
    let mut values = Map::new();
    for parameter in &operation.path_parameters {
        let text = request.match_info().get(&parameter.name).unwrap_or_default();
        let value = parameter.read(text).map_err(|_malformed| Problem::not_found())?;
        values.insert(parameter.name.clone(), value);
    }
    // A lone parameter is read as itself, several as a struct.
    let value = match (values.len(), values.get("id")) {
        (1, Some(id)) => id.clone(),
        _ => Value::Object(values),
    };
    serde_json::from_value(value).map_err(|_malformed| Problem::not_found())
}

/// The query, each parameter checked against its schema in the OpenAPI document. Unknown and repeated
/// parameters are refused (400), all faults at once.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = req.clone();
        let read = async move {
            if Context::of(&request)?.operation.as_ref().is_none_or(|o| o.query.is_empty()) {
                return Err(Problem::internal("a handler takes a query and documents none"));
            }
            let values = read_query(&request)?;
            serde_json::from_value(Value::Object(values)).map(Query).map_err(Problem::internal)
        };
        Box::pin(in_turn(req, Stage::Query, read))
    }
}

/// Refuses any parameter of an operation that declares none, and so has no [`Query`] to do it: after the path
/// has been looked at, or after the caller where the path has no parameters.
pub(crate) fn refuse_undeclared_query(request: &HttpRequest, done: Stage) -> Result<()> {
    let context = Context::of(request)?;
    let Some(operation) = context.operation.as_deref() else { return Ok(()) };
    let last = if operation.path_parameters.is_empty() { Stage::Caller } else { Stage::Path };
    if done == last && operation.query.is_empty() {
        read_query(request)?;
    }
    Ok(())
}

/// Reads and checks the query of a documented operation.
fn read_query(request: &HttpRequest) -> Result<Map<String, Value>> {
    let context = Context::of(request)?;
    let known = context.operation.as_deref().map_or(&[][..], |o| &o.query);
    let sent = web::Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map_err(|_unreadable| Problem::new(Code::InvalidQuery))?;
    let mut values = Map::new();
    let mut faults = Vec::new();
    for (name, text) in sent.iter() {
        let fault = |fault| Fault::shape(Place::Parameter(name.chars().take(120).collect()), fault, "");
        let Some(parameter) = known.iter().find(|p| p.name == *name) else {
            faults.push(fault(ShapeFault::UnknownParameter));
            continue;
        };
        match parameter.read(text) {
            _ if values.contains_key(name) => faults.push(fault(ShapeFault::RepeatedParameter)),
            Ok(value) => {
                values.insert(name.clone(), value);
            }
            Err(wrong) => faults.extend(wrong),
        }
    }
    for parameter in known.iter().filter(|p| p.required && !sent.iter().any(|(name, _)| *name == p.name)) {
        faults.push(Fault::shape(Place::Parameter(parameter.name.clone()), ShapeFault::Missing, ""));
    }
    if faults.is_empty() { Ok(values) } else { Err(Problem::new(Code::InvalidQuery).faults(faults)) }
}
