//! Encrypted columns, whatever their table: found by the key they are sealed with, and sealed anew.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Text};

use super::conn::{Conn, on_both};
use super::error::Result;

/// A column of sealed bytes; the first of them is the number of the key.
#[derive(Clone, Copy, Debug)]
pub struct SealedColumn {
    /// The table.
    pub table: &'static str,
    /// Its key, a text.
    pub key: &'static str,
    /// The column. Null, and empty once a venture is erased, where there is nothing.
    pub column: &'static str,
    /// What stands before the key in the place that the bytes are sealed for.
    pub place: &'static str,
}

#[derive(QueryableByName)]
struct Sealed {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Binary)]
    sealed: Vec<u8>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The names come from the code alone, never from outside.
fn others(of: &SealedColumn, select: &str, first: &str) -> String {
    let SealedColumn { table, column, .. } = of;
    format!("SELECT {select} FROM {table} WHERE length({column}) > 0 AND substr({column}, 1, 1) <> {first}")
}

/// How many values of a column are sealed with another key.
pub fn count_others(conn: &mut Conn, of: &SealedColumn, current: u8) -> Result<i64> {
    let query = others(of, "count(*) AS count", if matches!(conn, Conn::Pg(_)) { "$1" } else { "?" });
    let counted: Count = on_both!(conn, c => sql_query(query).bind::<Binary, _>(vec![current]).get_result(c))?;
    Ok(counted.count)
}

/// Values of a column that are sealed with another key, by the keys of their rows, in their order, after one of them.
pub fn some_others(
    conn: &mut Conn,
    of: &SealedColumn,
    current: u8,
    after: &str,
    limit: u32,
) -> Result<Vec<(String, Vec<u8>)>> {
    let SealedColumn { key, column, .. } = of;
    let select = format!("{key} AS key, {column} AS sealed");
    let query = |first: &str, second: &str| {
        format!("{} AND {key} > {second} ORDER BY {key} LIMIT {limit}", others(of, &select, first))
    };
    let query = if matches!(conn, Conn::Pg(_)) { query("$1", "$2") } else { query("?", "?") };
    let rows: Vec<Sealed> =
        on_both!(conn, c => sql_query(query).bind::<Binary, _>(vec![current]).bind::<Text, _>(after).load(c))?;
    Ok(rows.into_iter().map(|row| (row.key, row.sealed)).collect())
}

/// Puts what was sealed anew in its place.
pub fn replace(conn: &mut Conn, of: &SealedColumn, key: &str, sealed: &[u8]) -> Result<()> {
    let SealedColumn { table, key: named, column, .. } = of;
    let query = |value: &str, row: &str| format!("UPDATE {table} SET {column} = {value} WHERE {named} = {row}");
    let query = if matches!(conn, Conn::Pg(_)) { query("$1", "$2") } else { query("?", "?") };
    on_both!(conn, c => sql_query(query).bind::<Binary, _>(sealed).bind::<Text, _>(key).execute(c))?;
    Ok(())
}
