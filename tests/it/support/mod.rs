//! What the tests stand on: a fresh database per test, on each database that this machine has.

pub mod app;
pub mod database;
pub mod outside;
pub mod postgres;
pub mod probe;
pub mod programme;
pub mod reply;
pub mod sheet;

/// Runs one test body on a file and on PostgreSQL: `on_each_database!(name, |db| { … })`, with `db: &TestDb`.
#[macro_export]
macro_rules! on_each_database {
    ($name:ident, |$db:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing of its file")]
            use super::*;
            fn body($db: &$crate::support::database::TestDb) $body
            #[test]
            fn sqlite() {
                body(&$crate::support::database::TestDb::sqlite());
            }
            #[test]
            fn postgres() {
                if let Some(db) = $crate::support::database::TestDb::postgres() {
                    body(&db);
                }
            }
        }
    };
}

/// Runs one test body against the service over HTTP, with the sample loaded, on a file and on PostgreSQL:
/// `over_http!(name, |p| { … })`, with `p: &Programme`; the body may await.
#[macro_export]
macro_rules! over_http {
    ($name:ident, |$p:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing of its file")]
            use super::*;
            async fn body($p: &$crate::support::programme::Programme) $body
            #[test]
            fn sqlite() {
                let (db, logins) = $crate::support::database::TestDb::sqlite_with_sample();
                $crate::support::programme::run(db, logins, body);
            }
            #[test]
            fn postgres() {
                if let Some((db, logins)) = $crate::support::database::TestDb::postgres_with_sample() {
                    $crate::support::programme::run(db, logins, body);
                }
            }
        }
    };
}
