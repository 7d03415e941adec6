//! HTTP: routes, DTOs, extractors, problem documents, the OpenAPI document.
