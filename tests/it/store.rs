//! The store on both databases: migrations, the gate, the audit chain.

use std::collections::BTreeMap;

use diesel::prelude::*;
use sedaya::domain::id::{CohortId, Ids, VentureId};
use sedaya::domain::time::Instant;
use sedaya::store::audit::{self, Deed};
use sedaya::store::chain::{self, Chain};
use sedaya::store::{Conn, Seek, StoreError, cohort, gate};

use crate::on_each_database;
use crate::support::database::TestDb;

const NOW: Instant = Instant::from_micros(1_731_549_600_000_000);

fn deed(subject: &str, content: String, fresh_salt: [u8; 16]) -> Deed {
    let (actor, subject) = ("system".into(), subject.into());
    Deed { at: NOW, actor, role: "system", action: "test", subject, content, fresh_salt }
}

on_each_database!(migrations_run_once, |db| {
    assert!(db.db.is_current().unwrap());
    assert!(db.db.migrate().unwrap().is_empty());
});

on_each_database!(a_failed_write_leaves_nothing, |db| {
    let ids = Ids::seeded("store");
    let row = cohort::Cohort {
        id: ids.next(NOW),
        name: "Lokakarya".into(),
        starts_on: "2024-11-14".into(),
        ends_on: "2024-11-15".into(),
        version: 1,
        created_at: NOW,
    };
    let failed: Result<(), StoreError> = db.db.write(|conn| {
        cohort::insert(conn, &row)?;
        cohort::insert(conn, &row)
    });
    assert!(matches!(failed, Err(StoreError::Duplicate)), "{failed:?}");
    assert!(cohort::find(&mut db.db.read().unwrap(), row.id).unwrap().is_none());
    db.db.write::<_, StoreError>(|conn| cohort::insert(conn, &row)).unwrap();
    let found = cohort::find(&mut db.db.read().unwrap(), row.id).unwrap().unwrap();
    assert_eq!((found.name, found.created_at), (row.name, NOW));
});

on_each_database!(writers_at_once_lose_nothing, |db| {
    let venture: VentureId = Ids::seeded("gate").next(NOW);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || {
                for n in 0..25 {
                    let content = format!("{writer}/{n}");
                    db.db
                        .write::<_, StoreError>(|conn| {
                            gate::note_change(conn, venture, NOW)?;
                            audit::append(conn, &[deed("x", content, [writer; 16])])
                        })
                        .unwrap();
                }
            });
        }
    });
    let conn = &mut db.db.read().unwrap();
    assert_eq!(gate::data_version(conn).unwrap(), 100);
    assert_eq!(gate::changed_after(conn, 99).unwrap(), [venture]);
    assert!(matches!(chain::verify(&db.db, None).unwrap(), Chain::Intact { rows: 100, .. }));
});

on_each_database!(a_new_database_has_no_account, |db| {
    let page = sedaya::store::user::page(&mut db.db.read().unwrap(), &Seek::First, 10).unwrap();
    assert!(page.items.is_empty());
});

/// Table and column names with whether the column may be null.
pub fn columns(db: &TestDb) -> BTreeMap<String, Vec<(String, bool)>> {
    #[derive(diesel::QueryableByName)]
    struct Column {
        #[diesel(sql_type = diesel::sql_types::Text)]
        table_name: String,
        #[diesel(sql_type = diesel::sql_types::Text)]
        column_name: String,
        #[diesel(sql_type = diesel::sql_types::Bool)]
        nullable: bool,
    }
    let mut conn = db.db.read().unwrap();
    let sql = match &*conn {
        Conn::Sqlite(_) => {
            "SELECT m.name AS table_name, c.name AS column_name, c.\"notnull\" = 0 AND c.pk = 0 AS nullable \
             FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' \
             ORDER BY m.name, c.cid"
        }
        Conn::Pg(_) => {
            "SELECT table_name::text, column_name::text, is_nullable = 'YES' AS nullable FROM information_schema.columns \
             WHERE table_schema = 'public' ORDER BY table_name COLLATE \"C\", ordinal_position"
        }
    };
    let rows: Vec<Column> = diesel::sql_query(sql).load(&mut *conn).unwrap();
    let mut tables = BTreeMap::<_, Vec<_>>::new();
    for row in rows.into_iter().filter(|r| r.table_name != "__diesel_schema_migrations") {
        tables.entry(row.table_name).or_default().push((row.column_name, row.nullable));
    }
    tables
}

#[test]
fn both_databases_have_the_same_tables() {
    let sqlite = columns(&TestDb::sqlite());
    assert!(sqlite.len() > 20, "{sqlite:?}");
    if let Some(db) = TestDb::postgres() {
        assert_eq!(sqlite, columns(&db));
    }
    let migrations = |side: &str| {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(side);
        let mut names: Vec<_> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(migrations("sqlite"), migrations("postgres"));
    // Of two with one number the second would never run.
    let numbers: Vec<_> = migrations("sqlite").iter().map(|name| name.to_str().unwrap()[..4].to_owned()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
}

on_each_database!(pages_follow_one_another, |db| {
    let ids = Ids::seeded("pages");
    let mut made = Vec::<CohortId>::new();
    for n in 0..5 {
        let at = NOW.plus_seconds(n);
        let row = cohort::Cohort {
            id: ids.next(at),
            name: n.to_string(),
            starts_on: "2024-11-14".into(),
            ends_on: "2024-11-15".into(),
            version: 1,
            created_at: at,
        };
        made.insert(0, row.id);
        db.db.write::<_, StoreError>(|conn| cohort::insert(conn, &row)).unwrap();
    }
    let conn = &mut db.db.read().unwrap();
    let mut seen = Vec::new();
    let mut seek = Seek::First;
    loop {
        let page = cohort::page(conn, &seek, 2).unwrap();
        assert_eq!(page.before, seek != Seek::First);
        seen.extend(page.items.iter().map(|c| c.id));
        if !page.after {
            break;
        }
        seek = Seek::After(page.items.last().unwrap().id);
    }
    assert_eq!(seen, made);
    let back = cohort::page(conn, &Seek::Before(made[4]), 3).unwrap();
    assert_eq!(back.items.iter().map(|c| c.id).collect::<Vec<_>>(), made[1..4]);
    assert!(back.before && back.after);
    assert!(!cohort::page(conn, &Seek::Before(made[2]), 3).unwrap().before);
});
