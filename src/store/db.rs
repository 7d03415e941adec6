//! Both databases behind one connection type, and the one way to write.

use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::Conn;
use super::error::{Result, StoreError};

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How long a request waits for a connection before the service answers that it is busy.
const POOL_WAIT: Duration = Duration::from_secs(5);

/// Where the data lives.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A server, by its URL.
    Postgres(String),
    /// A file.
    Sqlite(String),
}

/// Credentials may stand in the URL: only the kind is printed.
impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

impl Location {
    /// Reads a database URL: `sqlite:PATH`, `postgres://…` or `postgresql://…`. An unknown scheme is an error: to
    /// fall back to a file in silence would lose people's data.
    pub fn parse(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() {
                Err(StoreError::Url("sqlite: needs a path, as in sqlite:sedaya.db".into()))
            } else {
                Ok(Self::Sqlite(path.to_owned()))
            };
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            if !cfg!(feature = "tls") && !loopback(url) && !url.contains("sslmode=disable") {
                return Err(StoreError::Url(
                    "this build has no TLS to PostgreSQL: build with `--features tls`, or say sslmode=disable in the \
                     URL if the network between is trusted"
                        .into(),
                ));
            }
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(StoreError::Url("a database URL starts with sqlite: or postgres://".into()))
    }

    /// `sqlite` or `postgres`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::Sqlite(_) => "sqlite",
        }
    }
}

/// Whether a PostgreSQL URL names this machine: a loopback name or address, or a socket folder.
fn loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let (authority, query) = rest.split_once(['/', '?']).map_or((rest, ""), |(a, q)| (a, q));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host_in_query = query.split(['?', '&']).find_map(|p| p.strip_prefix("host="));
    match host_in_query {
        Some(folder) if folder.starts_with('/') || folder.starts_with("%2F") || folder.starts_with("%2f") => true,
        Some(host) => matches!(host, "localhost" | "127.0.0.1" | "::1"),
        None => {
            host.is_empty() || host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]")
        }
    }
}

/// Opens connections for the pool. Diesel's own manager tries one database after the other and hides
/// the real error; this one knows which it is.
#[derive(Clone, Debug)]
struct Manager(Location);

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = StoreError;

    fn connect(&self) -> Result<Conn> {
        match &self.0 {
            Location::Postgres(url) => {
                let mut conn = diesel::PgConnection::establish(url)?;
                conn.batch_execute(
                    "SET timezone = 'UTC'; SET lock_timeout = '5s'; SET statement_timeout = '30s'; \
                     SET idle_in_transaction_session_timeout = '30s'; SET default_transaction_isolation = 'read committed'",
                )?;
                Ok(Conn::Pg(conn))
            }
            Location::Sqlite(path) => {
                let mut conn = diesel::SqliteConnection::establish(path)?;
                // busy_timeout first: the switch to WAL can meet a lock itself. The size of pages is that of a new file:
                // of rows of two to three kilobytes, four kilobytes hold one and stand half empty.
                conn.batch_execute(
                    "PRAGMA busy_timeout = 5000; PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; \
                     PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON",
                )?;
                Ok(Conn::Sqlite(conn))
            }
        }
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<()> {
        Ok(conn.ping()?)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

/// The database: one writer and several readers on a file, one pool on a server.
#[derive(Clone)]
pub struct Db {
    location: Location,
    readers: u32,
    read: Pool<Manager>,
    write: Pool<Manager>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("location", &self.location).field("readers", &self.readers).finish()
    }
}

impl Db {
    /// Opens the pools, and makes the folder of a file that is not there yet; `readers` is the number of connections that read at once.
    pub fn open(location: Location, readers: u32) -> Result<Self> {
        let builder = || {
            Pool::builder()
                .test_on_check_out(false)
                .connection_timeout(POOL_WAIT)
                .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
        };
        if let Location::Sqlite(path) = &location
            && let Some(folder) = std::path::Path::new(path).parent()
        {
            std::fs::create_dir_all(folder)
                .map_err(|e| StoreError::Unavailable(format!("{}: {e}", folder.display())))?;
        }
        // Fails at once and with the real reason, which a pool would hide behind its time limit.
        drop(Manager(location.clone()).connect()?);
        let (read, write) = match &location {
            Location::Postgres(_) => {
                let pool = builder().max_size(readers).build(Manager(location.clone()))?;
                (pool.clone(), pool)
            }
            Location::Sqlite(_) => {
                let write = builder().max_size(1).build(Manager(location.clone()))?;
                (builder().max_size(readers).min_idle(Some(1)).build(Manager(location.clone()))?, write)
            }
        };
        Ok(Self { location, readers, read, write })
    }

    /// Which database this is: `sqlite` or `postgres`.
    pub const fn kind(&self) -> &'static str {
        self.location.kind()
    }

    /// How many connections read at once: the bound for blocking work.
    pub const fn readers(&self) -> u32 {
        self.readers
    }

    /// Applies what is missing of the migrations; gives their names.
    pub fn migrate(&self) -> Result<Vec<String>> {
        let mut conn = self.write.get()?;
        match &mut *conn {
            Conn::Pg(c) => {
                // Replicas that start together wait for one another.
                c.batch_execute("SELECT pg_advisory_lock(7345231)")?;
                let done = run(c, POSTGRES_MIGRATIONS);
                c.batch_execute("SELECT pg_advisory_unlock(7345231)")?;
                done
            }
            Conn::Sqlite(c) => run(c, SQLITE_MIGRATIONS),
        }
    }

    /// Whether the database has every migration of this build.
    pub fn is_current(&self) -> Result<bool> {
        match &mut *self.read()? {
            Conn::Pg(c) => pending(c, POSTGRES_MIGRATIONS),
            Conn::Sqlite(c) => pending(c, SQLITE_MIGRATIONS),
        }
    }

    /// A connection to read with.
    pub fn read(
        &self,
    ) -> Result<PooledConnection<impl ManageConnection<Connection = Conn, Error = StoreError> + use<>>> {
        Ok(self.read.get()?)
    }

    /// Reads in one transaction that sees one moment of the database, whatever is written meanwhile.
    ///
    /// # Errors
    /// The question's own, or the database's.
    pub fn consistent<T, E>(&self, question: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        let mut pooled = self.read.get().map_err(StoreError::from)?;
        let conn = &mut *pooled;
        let begun = match conn {
            Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN"),
            Conn::Pg(c) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
        };
        begun.map_err(StoreError::from)?;
        let answer = question(conn);
        // Nothing was written, so it does not matter how it ends.
        let ended = <Conn as TransactionManager<Conn>>::rollback_transaction(conn).map_err(StoreError::from);
        let answer = answer?;
        ended?;
        Ok(answer)
    }

    /// One write transaction: begin, take the gate, do the work, commit. SQLite begins IMMEDIATE; PostgreSQL
    /// is READ COMMITTED and its first statement locks the gate row. Thus writes are one after the other
    /// on both, commit order is the order of the change log, and nothing needs a retry.
    ///
    /// An error of `work` rolls everything back. A connection that breaks at the commit leaves the outcome
    /// unknown: that is an error too, and the caller must not claim either.
    pub fn write<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        let mut pooled = self.write.get().map_err(StoreError::from)?;
        let conn = &mut *pooled;
        begin(conn)?;
        match work(conn) {
            Ok(value) => {
                <Conn as TransactionManager<Conn>>::commit_transaction(conn).map_err(StoreError::from)?;
                Ok(value)
            }
            Err(error) => {
                // If this fails too the connection is broken and the pool drops it; the first error is the news.
                let _ = <Conn as TransactionManager<Conn>>::rollback_transaction(conn);
                Err(error)
            }
        }
    }
}

fn begin(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?,
        Conn::Pg(c) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN")?;
            if let Err(error) = c.batch_execute("SELECT id FROM write_gate WHERE id = 1 FOR UPDATE") {
                let _ = AnsiTransactionManager::rollback_transaction(c);
                return Err(error.into());
            }
        }
    }
    Ok(())
}

fn run<C, DB>(conn: &mut C, migrations: EmbeddedMigrations) -> Result<Vec<String>>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let applied = conn.run_pending_migrations(migrations).map_err(StoreError::migration)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

fn pending<C, DB>(conn: &mut C, migrations: EmbeddedMigrations) -> Result<bool>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    Ok(!conn.has_pending_migration(migrations).map_err(StoreError::migration)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_scheme_never_falls_back_to_a_file() {
        assert!(matches!(Location::parse("sqlite:data/s.db"), Ok(Location::Sqlite(p)) if p == "data/s.db"));
        assert!(matches!(Location::parse("sqlite:///abs/s.db"), Ok(Location::Sqlite(p)) if p == "/abs/s.db"));
        for bad in ["", "sqlite:", "data.db", "mysql://x/y", "postgres:/x"] {
            assert!(Location::parse(bad).is_err(), "{bad}");
        }
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn without_tls_only_this_machine_or_an_explicit_word() {
        for good in [
            "postgres://u:p@localhost/db",
            "postgres://u@127.0.0.1:5433/db",
            "postgresql://[::1]/db",
            "postgres:///db?host=/tmp/x",
            "postgres://db.example/db?sslmode=disable",
        ] {
            assert!(Location::parse(good).is_ok(), "{good}");
        }
        for bad in ["postgres://db.example/db", "postgres:///db?host=db.example", "postgres://u:p@10.0.0.5/db"] {
            assert!(Location::parse(bad).is_err(), "{bad}");
        }
    }
}
