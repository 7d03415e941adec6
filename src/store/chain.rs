//! The walk along the audit's chain of hashes: is every row bound to the one before, none missing and none too many?
//!
//! Whoever can write the database can rebuild all of it, hashes and gate included. So the walk tells the head of the
//! chain; an auditor notes it elsewhere, and later asks whether the noted one is still a point of the chain.

use super::audit;
use super::conn::Conn;
use super::db::Db;
use super::error::Result;

/// Rows read in one turn.
const TURN: i64 = 1000;

/// What a walk along the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Every row is bound to the one before, the last is the one that the gate remembers, and there are no others.
    Intact {
        /// How many rows there are.
        rows: i64,
        /// The hash of the last; `None` where there are no rows.
        head: Option<String>,
        /// Number of the row with the hash that was expected; `None` if no row has it, or none was expected.
        expected_at: Option<i64>,
    },
    /// Something was changed, removed or put in.
    Broken {
        /// How many rows fit before it.
        rows: i64,
        /// Number of the first row that does not fit or is missing.
        at: i64,
    },
}

/// A walk on its way. It holds no connection between its turns, and others may write meanwhile.
#[derive(Debug, Default)]
pub struct Walk {
    expected: Option<String>,
    expected_at: Option<i64>,
    /// How far the walk goes for now: the head that the gate remembered when it was last asked.
    goal: Option<(i64, String)>,
    /// The last row that fits.
    rows: i64,
    previous: String,
}

impl Walk {
    /// A walk from the first row; `expected` is the hash of a head noted earlier.
    pub fn new(expected: Option<String>) -> Self {
        Self { expected, ..Self::default() }
    }

    /// Walks on, a thousand rows at most; gives what was found once the walk has ended.
    pub fn turn(&mut self, db: &Db) -> Result<Option<Chain>> {
        let goal = match self.goal.clone() {
            Some(goal) => goal,
            None => audit::head(&mut *db.read()?)?,
        };
        if self.rows < goal.0 {
            let step = self.step(&mut *db.read()?, &goal)?;
            self.goal = Some(goal);
            return Ok(step);
        }
        db.consistent(|conn| self.arrive(conn))
    }

    /// Verifies the next rows up to the goal.
    fn step(&mut self, conn: &mut Conn, (last, head): &(i64, String)) -> Result<Option<Chain>> {
        let entries = audit::between(conn, self.rows, *last, TURN)?;
        if entries.is_empty() {
            return self.broken(conn, self.rows + 1).map(Some);
        }
        for entry in entries {
            // The last row fits only if it is also the one that the gate remembers: it has none behind it that would tell.
            let fits = entry.seq == self.rows + 1
                && entry.hash == entry.bound_to(&self.previous)
                && (entry.seq != *last || entry.hash == *head);
            if !fits {
                return self.broken(conn, self.rows + 1).map(Some);
            }
            if self.expected.as_ref() == Some(&entry.hash) {
                self.expected_at = Some(entry.seq);
            }
            self.rows = entry.seq;
            self.previous = entry.hash;
        }
        Ok(None)
    }

    /// At the goal, as everything stands at one moment: what was written since must go on from here, and there must
    /// be no row beside those walked along.
    fn arrive(&mut self, conn: &mut Conn) -> Result<Option<Chain>> {
        let now = audit::head(conn)?;
        if now.0 - self.rows > TURN {
            self.goal = Some(now);
            return Ok(None);
        }
        while self.rows < now.0 {
            if let Some(broken) = self.step(conn, &now)? {
                return Ok(Some(broken));
            }
        }
        // Counting is one statement, and takes a small part of the time of the walk.
        let (rows, stray) = audit::extent(conn, self.rows)?;
        if now.0 < self.rows {
            return self.broken(conn, now.0.max(0) + 1).map(Some);
        }
        if now.1 != self.previous {
            return self.broken(conn, self.rows.max(1)).map(Some);
        }
        if let Some(stray) = stray {
            return self.broken(conn, stray).map(Some);
        }
        if rows < self.rows {
            // Some that fitted have gone since: walking again finds the first.
            *self = Self::new(self.expected.take());
            return Ok(None);
        }
        if rows > self.rows {
            // Two with one number, which only a table without its key can hold.
            return self.broken(conn, self.rows + 1).map(Some);
        }
        let head = (self.rows > 0).then(|| self.previous.clone());
        Ok(Some(Chain::Intact { rows, head, expected_at: self.expected_at }))
    }

    /// What is broken first: row `at`, unless there is one with a number below the first.
    fn broken(&self, conn: &mut Conn, at: i64) -> Result<Chain> {
        let (_, stray) = audit::extent(conn, at)?;
        Ok(match stray {
            Some(stray) if stray < 1 => Chain::Broken { rows: 0, at: stray },
            _ => Chain::Broken { rows: self.rows.min(at - 1), at },
        })
    }
}

/// Walks the whole chain, turn by turn.
pub fn verify(db: &Db, expected: Option<String>) -> Result<Chain> {
    let mut walk = Walk::new(expected);
    loop {
        if let Some(chain) = walk.turn(db)? {
            return Ok(chain);
        }
    }
}
