//! The audit: append-only, ids and salted digests only, each row bound to the one before.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::conn::{Conn, on_both};
use super::error::Result;
use super::schema::{audit, audit_salts, write_gate};
use super::seek::{Page, Seek, cut};
use crate::domain::time::Instant;

/// What is to be remembered of one deed.
#[derive(Clone, Debug)]
pub struct Deed {
    /// When.
    pub at: Instant,
    /// Who: a user id, or `system`.
    pub actor: String,
    /// In which role, or `system`.
    pub role: &'static str,
    /// What: `cohort.create`.
    pub action: &'static str,
    /// To whom or what: an id.
    pub subject: String,
    /// The canonical text of what was written; only its salted digest is kept.
    pub content: String,
    /// The salt to use if the subject has none yet.
    pub fresh_salt: [u8; 16],
}

/// One row of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit)]
pub struct Entry {
    /// Its number; no gaps.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// What.
    pub action: String,
    /// To whom or what.
    pub subject: String,
    /// BLAKE3 of the content under the subject's salt, hex.
    pub digest: String,
    /// BLAKE3 of the row before and of this row, hex.
    pub hash: String,
}

impl Entry {
    /// The hash that binds this row to the one before.
    pub(super) fn bound_to(&self, previous: &str) -> String {
        let mut hasher = blake3::Hasher::new();
        let (seq, at) = (self.seq.to_string(), self.at.to_string());
        let parts = [previous, &seq, &at, &self.actor, &self.role, &self.action, &self.subject, &self.digest];
        for part in parts {
            // Lengths first, so that no two rows spell the same bytes.
            hasher.update(&(part.len() as u64).to_be_bytes()).update(part.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// Appends rows in their order.
pub fn append(conn: &mut Conn, deeds: &[Deed]) -> Result<()> {
    let at_the_gate = write_gate::table.find(1).select((write_gate::audit_seq, write_gate::audit_hash));
    let (mut seq, mut head): (i64, String) = at_the_gate.first(conn)?;
    for chunk in deeds.chunks(500) {
        let mut salts = salts_of(conn, chunk)?;
        let mut fresh = Vec::new();
        let mut rows = Vec::with_capacity(chunk.len());
        for deed in chunk {
            let salt = salts.entry(deed.subject.as_str()).or_insert_with(|| {
                fresh.push((audit_salts::subject.eq(&deed.subject), audit_salts::salt.eq(&deed.fresh_salt[..])));
                deed.fresh_salt.to_vec()
            });
            let digest = blake3::Hasher::new().update(salt).update(deed.content.as_bytes()).finalize();
            seq += 1;
            let mut entry = Entry {
                seq,
                at: deed.at,
                actor: deed.actor.clone(),
                role: deed.role.to_owned(),
                action: deed.action.to_owned(),
                subject: deed.subject.clone(),
                digest: digest.to_hex().to_string(),
                hash: String::new(),
            };
            entry.hash = entry.bound_to(&head);
            head.clone_from(&entry.hash);
            rows.push(entry);
        }
        on_both!(conn, c => diesel::insert_into(audit_salts::table).values(&fresh).execute(c))?;
        on_both!(conn, c => diesel::insert_into(audit::table).values(&rows).execute(c))?;
    }
    diesel::update(write_gate::table.find(1))
        .set((write_gate::audit_seq.eq(seq), write_gate::audit_hash.eq(&head)))
        .execute(conn)?;
    Ok(())
}

/// The salts that subjects have already.
fn salts_of<'a>(conn: &mut Conn, deeds: &'a [Deed]) -> Result<HashMap<&'a str, Vec<u8>>> {
    let subjects: HashSet<&str> = deeds.iter().map(|deed| deed.subject.as_str()).collect();
    let found: Vec<(String, Vec<u8>)> = audit_salts::table
        .filter(audit_salts::subject.eq_any(&subjects))
        .select((audit_salts::subject, audit_salts::salt))
        .load(conn)?;
    let known = found.into_iter().filter_map(|(subject, salt)| Some((*subjects.get(subject.as_str())?, salt)));
    Ok(known.collect())
}

/// Up to `limit` rows after number `after` and up to number `last`.
pub fn between(conn: &mut Conn, after: i64, last: i64, limit: i64) -> Result<Vec<Entry>> {
    Ok(audit::table
        .filter(audit::seq.gt(after).and(audit::seq.le(last)))
        .order(audit::seq)
        .limit(limit)
        .select(Entry::as_select())
        .load(conn)?)
}

/// Whether a deed with this content was done to a subject: the content itself is not kept, its salted digest tells.
pub fn has(conn: &mut Conn, subject: &str, action: &str, content: &str) -> Result<bool> {
    let salt = audit_salts::table.find(subject).select(audit_salts::salt).first::<Vec<u8>>(conn).optional()?;
    let Some(salt) = salt else { return Ok(false) };
    let digest = blake3::Hasher::new().update(&salt).update(content.as_bytes()).finalize().to_hex().to_string();
    let rows = audit::table.filter(audit::subject.eq(subject)).filter(audit::action.eq(action));
    Ok(rows.filter(audit::digest.eq(digest)).count().get_result::<i64>(conn)? > 0)
}

/// Number and hash of the last row, as the gate remembers them; 0 and nothing before the first.
pub fn head(conn: &mut Conn) -> Result<(i64, String)> {
    let head = write_gate::table.find(1).select((write_gate::audit_seq, write_gate::audit_hash));
    // A gate that is gone knows of no row: whatever rows there are, are too many.
    Ok(head.first(conn).optional()?.unwrap_or_default())
}

/// How many rows there are, and the first of those whose number is not one of 1 to `last`.
pub fn extent(conn: &mut Conn, last: i64) -> Result<(i64, Option<i64>)> {
    let rows = audit::table.count().get_result(conn)?;
    let stray = audit::table.filter(audit::seq.lt(1).or(audit::seq.gt(last)));
    Ok((rows, stray.select(diesel::dsl::min(audit::seq)).first(conn)?))
}

/// What rows are looked for by; all of them if nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Whose deeds.
    pub actor: Option<String>,
    /// Which deeds.
    pub action: Option<String>,
    /// Deeds done to this.
    pub subject: Option<String>,
}

/// A page of rows, newest first.
pub fn newest(conn: &mut Conn, filter: &Filter, seek: &Seek<i64>, limit: i64) -> Result<Page<Entry>> {
    let mut query = audit::table.select(Entry::as_select()).into_boxed();
    if let Some(actor) = &filter.actor {
        query = query.filter(audit::actor.eq(actor));
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit::action.eq(action));
    }
    if let Some(subject) = &filter.subject {
        query = query.filter(audit::subject.eq(subject));
    }
    Ok(cut!(conn, query, audit::seq, descending, seek, limit))
}
