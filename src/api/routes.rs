//! Collects handlers: their routes for the server, and their annotations for the OpenAPI document.

use std::collections::BTreeMap;

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::Schema;
use utoipa_actix_web::OpenApiFactory;

use super::contract::specificity;
use crate::domain::right::{Operation, Right};

type Mount = Box<dyn FnOnce(&mut web::ServiceConfig)>;

/// The routes of the service. The order in which they are added does not matter: fixed paths are always tried
/// before those with parameters.
#[derive(Default)]
pub struct Routes {
    operations: Vec<(String, Mount)>,
    pages: Vec<(&'static str, Mount)>,
    rights: Vec<Right>,
    pub(crate) paths: Paths,
    pub(crate) schemas: BTreeMap<String, RefOr<Schema>>,
    /// Schemas that share a name and differ.
    pub(crate) clashes: Vec<String>,
}

impl Routes {
    /// Adds a handler that is annotated with `#[utoipa::path]` and one of actix's route macros.
    pub fn add<H: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, handler: H) -> &mut Self {
        let paths = handler.paths();
        let path = paths.paths.keys().next().cloned().unwrap_or_default();
        self.paths.merge(paths);
        let mut schemas = Vec::new();
        handler.schemas(&mut schemas);
        for (name, schema) in schemas {
            if self.schemas.get(&name).is_some_and(|known| !same(known, &schema)) {
                self.clashes.push(name.clone());
            }
            self.schemas.insert(name, schema);
        }
        self.operations.push((path, Box::new(|config| _ = config.service(handler))));
        self
    }

    /// Adds a right that is not in the table: for handlers that test the machinery.
    pub fn right<O: Operation>(&mut self) -> &mut Self {
        self.rights.push(O::RIGHT);
        self
    }

    /// Who may do an operation.
    pub(crate) fn right_of(&self, operation: &str) -> Option<&Right> {
        Right::of(operation).or_else(|| self.rights.iter().find(|right| right.operation == operation))
    }

    /// Adds a page that answers GET and is no part of the API.
    pub fn page(&mut self, pattern: &'static str, factory: impl HttpServiceFactory + 'static) -> &mut Self {
        self.pages.push((pattern, Box::new(|config| _ = config.service(factory))));
        self
    }

    /// The patterns of the pages.
    pub(crate) fn page_patterns(&self) -> Vec<&'static str> {
        self.pages.iter().map(|(pattern, _)| *pattern).collect()
    }

    /// Mounts everything.
    pub(crate) fn mount(mut self, config: &mut web::ServiceConfig) {
        self.operations.sort_by_key(|(path, _)| specificity(path));
        let pages = self.pages.into_iter().map(|(_, mount)| mount);
        for mount in self.operations.into_iter().map(|(_, mount)| mount).chain(pages) {
            mount(config);
        }
    }
}

fn same(a: &RefOr<Schema>, b: &RefOr<Schema>) -> bool {
    serde_json::to_value(a).ok() == serde_json::to_value(b).ok()
}
