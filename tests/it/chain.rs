//! The audit's chain of hashes on both databases: each kind of tampering is found at its row, and writing goes on
//! while it is walked.

use diesel::connection::SimpleConnection as _;
use sedaya::domain::time::Instant;
use sedaya::store::audit::{self, Deed, Entry};
use sedaya::store::chain::{self, Chain, Walk};
use sedaya::store::{Db, Location, StoreError};

use crate::on_each_database;
use crate::support::database::TestDb;

const NOW: Instant = Instant::from_micros(1_731_549_600_000_000);

fn deed(subject: &str, fresh_salt: [u8; 16]) -> Deed {
    let (actor, subject, content) = ("usr".into(), subject.into(), "{}".into());
    Deed { at: NOW, actor, role: "staff", action: "test", subject, content, fresh_salt }
}

/// Appends `rows` rows.
fn append(db: &Db, rows: usize) {
    let deeds = vec![deed("x", [7; 16]); rows];
    db.write::<_, StoreError>(|conn| audit::append(conn, &deeds)).unwrap();
}

/// Changes the database behind the service's back.
fn tamper(db: &TestDb, sql: &str) {
    db.db.write::<_, StoreError>(|conn| Ok(conn.batch_execute(sql)?)).unwrap();
}

/// The number of the first row that does not fit; `None` if all do.
fn broken_at(db: &TestDb) -> Option<i64> {
    match chain::verify(&db.db, None).unwrap() {
        Chain::Intact { .. } => None,
        Chain::Broken { at, rows } => {
            assert_eq!(rows, (at - 1).max(0), "the rows before it fit");
            Some(at)
        }
    }
}

/// Walks on to the end.
fn rest_of(walk: &mut Walk, db: &Db) -> Chain {
    loop {
        if let Some(found) = walk.turn(db).unwrap() {
            return found;
        }
    }
}

/// What the chain is when whole.
fn whole(db: &TestDb) -> (i64, String) {
    match chain::verify(&db.db, None).unwrap() {
        Chain::Intact { rows, head: Some(head), expected_at: None } => (rows, head),
        other => panic!("{other:?}"),
    }
}

fn row(db: &TestDb, seq: i64) -> Entry {
    audit::between(&mut db.db.read().unwrap(), seq - 1, seq, 1).unwrap().remove(0)
}

/// The hash that the service would give a row, worked out here a second time.
fn hash_of(entry: &Entry, previous: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    let (seq, at) = (entry.seq.to_string(), entry.at.to_string());
    for part in [previous, &seq, &at, &entry.actor, &entry.role, &entry.action, &entry.subject, &entry.digest] {
        hasher.update(&(part.len() as u64).to_be_bytes()).update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// Rewrites the actor of a row and gives it the hash that goes with it.
fn rewrite(db: &TestDb, seq: i64) -> String {
    let mut entry = row(db, seq);
    let previous = if seq == 1 { String::new() } else { row(db, seq - 1).hash };
    entry.actor = "nobody".into();
    let hash = hash_of(&entry, &previous);
    tamper(db, &format!("UPDATE audit SET actor = 'nobody', hash = '{hash}' WHERE seq = {seq}"));
    hash
}

on_each_database!(an_untouched_chain_is_whole_and_has_a_head, |db| {
    assert_eq!(chain::verify(&db.db, None).unwrap(), Chain::Intact { rows: 0, head: None, expected_at: None });
    append(&db.db, 3);
    assert_eq!(whole(db), (3, row(db, 3).hash));
    assert_eq!(row(db, 2).hash, hash_of(&row(db, 2), &row(db, 1).hash));
});

on_each_database!(any_column_of_the_first_a_middle_and_the_last_row, |db| {
    append(&db.db, 5);
    let before = whole(db);
    for seq in [1, 3, 5] {
        for column in ["actor", "role", "action", "subject", "digest", "hash"] {
            tamper(db, &format!("UPDATE audit SET {column} = {column} || 'x' WHERE seq = {seq}"));
            assert_eq!(broken_at(db), Some(seq), "{column} of {seq}");
            let cut = format!("substr({column}, 1, length({column}) - 1)");
            tamper(db, &format!("UPDATE audit SET {column} = {cut} WHERE seq = {seq}"));
        }
        tamper(db, &format!("UPDATE audit SET at = at + 1 WHERE seq = {seq}"));
        assert_eq!(broken_at(db), Some(seq), "at of {seq}");
        tamper(db, &format!("UPDATE audit SET at = at - 1 WHERE seq = {seq}"));
    }
    assert_eq!(whole(db), before, "all put back");
});

on_each_database!(a_changed_number, |db| {
    append(&db.db, 5);
    for (seq, moved, found) in [(3, 9, 3), (5, 6, 5), (5, 9, 5), (1, 9, 1), (3, 0, 0), (1, 0, 0), (5, -7, -7)] {
        tamper(db, &format!("UPDATE audit SET seq = {moved} WHERE seq = {seq}"));
        assert_eq!(broken_at(db), Some(found), "{seq} as {moved}");
        tamper(db, &format!("UPDATE audit SET seq = {seq} WHERE seq = {moved}"));
    }
    for (a, b) in [(2, 3), (4, 5)] {
        tamper(db, &format!("UPDATE audit SET seq = -1 WHERE seq = {a}"));
        tamper(db, &format!("UPDATE audit SET seq = {a} WHERE seq = {b}"));
        tamper(db, &format!("UPDATE audit SET seq = {b} WHERE seq = -1"));
        assert_eq!(broken_at(db), Some(a), "{a} and {b} change places");
        tamper(db, &format!("UPDATE audit SET seq = -1 WHERE seq = {a}"));
        tamper(db, &format!("UPDATE audit SET seq = {a} WHERE seq = {b}"));
        tamper(db, &format!("UPDATE audit SET seq = {b} WHERE seq = -1"));
    }
    assert_eq!(whole(db).0, 5);
});

on_each_database!(a_row_with_its_hash_recomputed, |db| {
    append(&db.db, 5);
    let before = whole(db);
    // In the middle it fits to the row before; the one behind tells.
    rewrite(db, 3);
    assert_eq!(broken_at(db), Some(4));
    // Behind the last there is none: the gate tells.
    append(&db.db, 1);
    for seq in 4..=6 {
        rewrite(db, seq);
    }
    assert_eq!(broken_at(db), Some(6));
    assert_ne!(row(db, 6).hash, before.1);
});

on_each_database!(a_removed_row, |db| {
    append(&db.db, 5);
    tamper(db, "CREATE TABLE kept AS SELECT * FROM audit");
    for seq in [1, 3, 5] {
        tamper(db, &format!("DELETE FROM audit WHERE seq = {seq}"));
        assert_eq!(broken_at(db), Some(seq));
        tamper(db, &format!("INSERT INTO audit SELECT * FROM kept WHERE seq = {seq}"));
    }
    assert_eq!(whole(db).0, 5);
    tamper(db, "DROP TABLE kept");
});

on_each_database!(a_closed_gap, |db| {
    append(&db.db, 5);
    tamper(db, "DELETE FROM audit WHERE seq = 3");
    for seq in [4, 5] {
        tamper(db, &format!("UPDATE audit SET seq = {} WHERE seq = {seq}", seq - 1));
    }
    assert_eq!(broken_at(db), Some(3));
    // With the hashes recomputed too, the last number is not the gate's.
    for seq in [3, 4] {
        rewrite(db, seq);
    }
    assert_eq!(broken_at(db), Some(5));
    tamper(db, "UPDATE write_gate SET audit_seq = 4");
    assert_eq!(broken_at(db), Some(4));
});

on_each_database!(the_whole_table_cut, |db| {
    append(&db.db, 5);
    let (_, noted) = whole(db);
    tamper(db, "DELETE FROM audit");
    assert_eq!(broken_at(db), Some(1));
    // The gate set back as well, the chain is a new one: only a noted head tells.
    tamper(db, "UPDATE write_gate SET audit_seq = 0, audit_hash = ''");
    assert_eq!(
        chain::verify(&db.db, Some(noted.clone())).unwrap(),
        Chain::Intact { rows: 0, head: None, expected_at: None }
    );
});

on_each_database!(a_row_more_at_the_end, |db| {
    append(&db.db, 3);
    let mut extra = row(db, 3);
    let previous = extra.hash.clone();
    extra.seq = 4;
    let hash = hash_of(&extra, &previous);
    for (seq, hash) in [(4, hash.as_str()), (9, "x")] {
        tamper(
            db,
            &format!(
                "INSERT INTO audit SELECT {seq}, at, actor, role, action, subject, digest, '{hash}' \
                             FROM audit WHERE seq = 3"
            ),
        );
        match chain::verify(&db.db, None).unwrap() {
            Chain::Broken { rows: 3, at } => assert_eq!(at, seq),
            other => panic!("{other:?}"),
        }
        tamper(db, &format!("DELETE FROM audit WHERE seq = {seq}"));
    }
    assert_eq!(whole(db).0, 3);
});

on_each_database!(a_changed_gate, |db| {
    append(&db.db, 3);
    let (_, head) = whole(db);
    for (change, at) in [
        ("audit_hash = 'x'", 3),
        ("audit_hash = ''", 3),
        ("audit_seq = 4", 4),
        ("audit_seq = 2", 2),
        ("audit_seq = 0, audit_hash = ''", 1),
        ("audit_seq = -5", 1),
    ] {
        tamper(db, &format!("UPDATE write_gate SET {change}"));
        assert_eq!(broken_at(db), Some(at), "{change}");
        tamper(db, &format!("UPDATE write_gate SET audit_seq = 3, audit_hash = '{head}'"));
    }
    // Set back by a row, with that row's hash: the one behind is too many.
    tamper(db, &format!("UPDATE write_gate SET audit_seq = 2, audit_hash = '{}'", row(db, 2).hash));
    assert_eq!(broken_at(db), Some(3));
    tamper(db, "DELETE FROM write_gate");
    assert_eq!(broken_at(db), Some(1));
});

on_each_database!(a_rebuilt_chain_does_not_have_the_noted_head, |db| {
    append(&db.db, 5);
    let (_, noted) = whole(db);
    append(&db.db, 5);
    let expect = |hash: &str| match chain::verify(&db.db, Some(hash.to_owned())).unwrap() {
        Chain::Intact { expected_at, .. } => expected_at,
        broken => panic!("{broken:?}"),
    };
    assert_eq!(expect(&noted), Some(5));
    assert_eq!(expect(&whole(db).1), Some(10));
    // Whoever can write everything rebuilds the chain from the second row on, gate and all.
    let mut last = String::new();
    for seq in 2..=10 {
        last = rewrite(db, seq);
    }
    tamper(db, &format!("UPDATE write_gate SET audit_hash = '{last}'"));
    assert_eq!(broken_at(db), None, "in itself it fits");
    assert_eq!(expect(&noted), None);
    assert_eq!(expect(&row(db, 1).hash), Some(1));
});

on_each_database!(rows_appended_during_the_walk_are_walked_too, |db| {
    append(&db.db, 2500);
    let mut walk = Walk::new(None);
    assert_eq!(walk.turn(&db.db).unwrap(), None);
    append(&db.db, 2600);
    let mut turns = 1;
    let found = loop {
        turns += 1;
        if let Some(found) = walk.turn(&db.db).unwrap() {
            break found;
        }
        append(&db.db, 1);
    };
    assert!(matches!(found, Chain::Intact { rows: 5105.., .. }), "{found:?}");
    assert!((6..=9).contains(&turns), "{turns} turns of a thousand rows");
});

on_each_database!(what_is_changed_in_front_of_the_walk_is_found, |db| {
    append(&db.db, 2500);
    let mut walk = Walk::new(None);
    assert_eq!(walk.turn(&db.db).unwrap(), None);
    append(&db.db, 10);
    tamper(db, "UPDATE audit SET actor = 'nobody' WHERE seq = 2505");
    assert_eq!(rest_of(&mut walk, &db.db), Chain::Broken { rows: 2504, at: 2505 });
});

on_each_database!(rows_removed_behind_the_walk_are_missed_at_its_end, |db| {
    append(&db.db, 1500);
    let mut walk = Walk::new(None);
    assert_eq!(walk.turn(&db.db).unwrap(), None);
    tamper(db, "DELETE FROM audit WHERE seq = 7");
    assert_eq!(rest_of(&mut walk, &db.db), Chain::Broken { rows: 6, at: 7 });
});

on_each_database!(between_its_turns_the_walk_holds_nothing, |db| {
    append(&db.db, 2500);
    // One connection for all: whoever kept it would make the next one wait until that fails.
    let one = Db::open(Location::parse(&db.url).unwrap(), 1).unwrap();
    let mut walk = Walk::new(None);
    for more in 1..=2 {
        assert_eq!(walk.turn(&one).unwrap(), None);
        append(&one, 1);
        assert_eq!(audit::head(&mut one.read().unwrap()).unwrap().0, 2500 + more);
    }
});

on_each_database!(without_its_salts_nothing_can_be_written, |db| {
    append(&db.db, 1);
    tamper(db, "ALTER TABLE audit_salts RENAME TO salts_away");
    let failed = db.db.write::<_, StoreError>(|conn| audit::append(conn, &[deed("y", [1; 16])]));
    assert!(failed.is_err());
    tamper(db, "ALTER TABLE salts_away RENAME TO audit_salts");
    assert_eq!(whole(db).0, 1);
});
