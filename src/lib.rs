//! SEDAYA Match: the service that connects small businesses with social investors.

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod engine;
pub mod keys;
pub mod ops;
pub mod reference;
pub mod sources;
pub mod store;
pub mod telemetry;
