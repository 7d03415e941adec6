//! A fresh, migrated database per test: bytes copied from a template.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use sedaya::store::{Db, Location};

use super::postgres;

/// A database of one test; gone with it.
pub struct TestDb {
    /// Its URL, as a person would write it.
    pub url: String,
    /// The opened pools.
    pub db: Db,
    // Fields drop in order: the pools close first.
    _cleanup: Cleanup,
}

enum Cleanup {
    Folder(#[allow(dead_code)] tempfile::TempDir),
    Database(String),
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        if let Self::Database(name) = self
            && let Some(mut conn) = postgres::url().and_then(|url| PgConnection::establish(url).ok())
        {
            let _ = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn url_of(name: &str) -> Option<String> {
    Some(postgres::url()?.replacen("/postgres?", &format!("/{name}?"), 1))
}

fn open(url: &str) -> Db {
    Db::open(Location::parse(url).expect("a database URL"), 4).expect("an open database")
}

impl TestDb {
    /// On a file of its own.
    pub fn sqlite() -> Self {
        static TEMPLATE: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let dir = tempfile::tempdir().expect("a temporary folder");
            let path = dir.path().join("template.db");
            open(&format!("sqlite:{}", path.display())).migrate().expect("migrations");
            std::fs::read(&path).expect("the template")
        });
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("t.db");
        std::fs::write(&path, &*TEMPLATE).expect("a copy of the template");
        let url = format!("sqlite:{}", path.display());
        Self { db: open(&url), url, _cleanup: Cleanup::Folder(dir) }
    }

    /// On a database of its own in the throwaway cluster; `None` where there is none.
    pub fn postgres() -> Option<Self> {
        static TEMPLATE: LazyLock<&str> = LazyLock::new(|| {
            let name = "sedaya_template";
            let mut conn = PgConnection::establish(postgres::url().expect("a cluster")).expect("a connection");
            conn.batch_execute(&format!("CREATE DATABASE {name}")).expect("a template database");
            open(&url_of(name).expect("a URL")).migrate().expect("migrations");
            name
        });
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mut conn = PgConnection::establish(postgres::url()?).expect("a connection");
        let template = *TEMPLATE;
        let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        conn.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
            .expect("a copy of the template");
        let url = url_of(&name)?;
        Some(Self { db: open(&url), url, _cleanup: Cleanup::Database(name) })
    }
}
