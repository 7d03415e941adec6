//! What the tests stand on: a fresh database per test, on each database that this machine has.

pub mod app;
pub mod database;
pub mod postgres;
pub mod probe;

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
