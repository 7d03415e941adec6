//! A fresh database per test: bytes copied from a template, empty or with the workshop sample in it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use sedaya::cli::demo::{Logins, load};
use sedaya::clock::Clock;
use sedaya::domain::id::Ids;
use sedaya::domain::time::Instant;
use sedaya::keys::Keys;
use sedaya::ops::Service;
use sedaya::store::{Db, Location};

use super::postgres;

/// When the sample was loaded: 20 November 2024, 09.00 in Jakarta.
pub const LOADED: Instant = Instant::from_micros(1_732_068_000_000_000);

/// A database of one test; gone with it.
pub struct TestDb {
    /// Its URL, as a person would write it.
    pub url: String,
    /// The opened pools.
    pub db: Db,
    // Fields drop in order: the pools close first.
    cleanup: Cleanup,
}

enum Cleanup {
    Folder(#[allow(dead_code)] tempfile::TempDir),
    Database(String),
    Elsewhere,
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

/// The keys of every database with the sample in it: what is sealed in one opens in all.
pub fn key_file() -> PathBuf {
    static DIR: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));
    DIR.path().join("keys.json")
}

/// The same keys in a file of a test's own: what is kept beside the keys is then its own too.
pub fn own_key_file() -> PathBuf {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let n = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let own = key_file().with_file_name(format!("keys-{n}.json"));
    Keys::open(&key_file()).expect("keys");
    std::fs::copy(key_file(), &own).expect("a copy of the keys");
    own
}

/// A service over a database, at a time that stands still.
pub fn service(db: Db) -> Service {
    static KEYS: LazyLock<Arc<Keys>> = LazyLock::new(|| Arc::new(Keys::open(&key_file()).expect("keys")));
    Service::new(db, KEYS.clone(), Arc::new(Clock::fixed(LOADED)), Arc::new(Ids::Random))
}

fn url_of(name: &str) -> Option<String> {
    Some(postgres::url()?.replacen("/postgres?", &format!("/{name}?"), 1))
}

fn open(url: &str) -> Db {
    Db::open(Location::parse(url).expect("a database URL"), 4).expect("an open database")
}

/// A file's bytes once everything that was written has come to rest in it.
fn bytes_at_rest(path: &Path) -> Vec<u8> {
    let mut conn = SqliteConnection::establish(path.to_str().expect("a path")).expect("the template");
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").expect("a checkpoint");
    std::fs::read(path).expect("the template")
}

fn sqlite_template<T>(fill: impl FnOnce(Db) -> T) -> (Vec<u8>, T) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("template.db");
    let db = open(&format!("sqlite:{}", path.display()));
    db.migrate().expect("migrations");
    let filled = fill(db);
    (bytes_at_rest(&path), filled)
}

/// Nobody may be connected to a template that is copied.
fn postgres_template<T>(name: &'static str, fill: impl FnOnce(Db) -> T) -> (&'static str, T) {
    let mut conn = PgConnection::establish(postgres::url().expect("a cluster")).expect("a connection");
    conn.batch_execute(&format!("CREATE DATABASE {name}")).expect("a template database");
    let db = open(&url_of(name).expect("a URL"));
    db.migrate().expect("migrations");
    (name, fill(db))
}

fn load_sample(db: Db) -> Logins {
    load(&service(db)).expect("the sample")
}

impl TestDb {
    fn of_bytes(bytes: &[u8]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("t.db");
        std::fs::write(&path, bytes).expect("a copy of the template");
        let url = format!("sqlite:{}", path.display());
        Self { db: open(&url), url, cleanup: Cleanup::Folder(dir) }
    }

    fn of_database(template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mut conn = PgConnection::establish(postgres::url().expect("a cluster")).expect("a connection");
        let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        conn.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
            .expect("a copy of the template");
        let url = url_of(&name).expect("a URL");
        Self { db: open(&url), url, cleanup: Cleanup::Database(name) }
    }

    /// On a file of its own.
    pub fn sqlite() -> Self {
        static TEMPLATE: LazyLock<(Vec<u8>, ())> = LazyLock::new(|| sqlite_template(drop));
        Self::of_bytes(&TEMPLATE.0)
    }

    /// On a database of its own in the throwaway cluster; `None` where there is none.
    pub fn postgres() -> Option<Self> {
        static TEMPLATE: LazyLock<(&str, ())> = LazyLock::new(|| postgres_template("sedaya_template", drop));
        postgres::url()?;
        Some(Self::of_database(TEMPLATE.0))
    }

    /// On a file of its own, with the sample in it, and how its personas sign in.
    pub fn sqlite_with_sample() -> (Self, &'static Logins) {
        static TEMPLATE: LazyLock<(Vec<u8>, Logins)> = LazyLock::new(|| sqlite_template(load_sample));
        let (bytes, logins) = &*TEMPLATE;
        (Self::of_bytes(bytes), logins)
    }

    /// On a database of its own, with the sample in it, and how its personas sign in.
    pub fn postgres_with_sample() -> Option<(Self, &'static Logins)> {
        static TEMPLATE: LazyLock<(&str, Logins)> = LazyLock::new(|| postgres_template("sedaya_sample", load_sample));
        postgres::url()?;
        let (name, logins) = &*TEMPLATE;
        Some((Self::of_database(name), logins))
    }

    /// The database as it stands now, restored elsewhere: of a file a copy, of PostgreSQL what `pg_dump` gave.
    pub fn restored(&self) -> Self {
        match &self.cleanup {
            Cleanup::Folder(dir) => Self::of_bytes(&bytes_at_rest(&dir.path().join("t.db"))),
            Cleanup::Database(_) | Cleanup::Elsewhere => {
                let empty = Self::of_database("template0");
                postgres::restore(&self.url, &empty.url);
                empty
            }
        }
    }

    /// The same database once more; it lives as long as the first one.
    pub fn again(&self) -> Self {
        Self { db: open(&self.url), url: self.url.clone(), cleanup: Cleanup::Elsewhere }
    }

    /// The folder of the database file.
    pub fn folder(&self) -> Option<&Path> {
        match &self.cleanup {
            Cleanup::Folder(dir) => Some(dir.path()),
            Cleanup::Database(_) | Cleanup::Elsewhere => None,
        }
    }
}
