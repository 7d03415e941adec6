//! The immutable columnar snapshot: rows in chunks, and in each chunk every field as codes into the
//! distinct cells that occur there.
//!
//! A filter or a preference is evaluated once for each distinct cell of a chunk, whatever it computes;
//! a row is then a handful of table look-ups. A changed row clones its chunk and the vector of pointers
//! to chunks, and nothing else; rows are never changed in place under a reader.

use std::collections::HashMap;
use std::sync::Arc;

use super::cell::Cell;
use crate::domain::criteria::Reading;

/// Rows a chunk holds at most. So a code fits 16 bits, even if all cells of a column differ.
pub const CHUNK: usize = 65_536;

/// One field of the schema: its key and how its cells were read. A table may hold a field twice, read in
/// two ways.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// The field's key in criteria documents.
    pub field: String,
    /// What its cells are, when they are answers.
    pub reading: Reading,
}

/// One row on its way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The id as printed; unique in a snapshot.
    pub id: String,
    /// No finalised assessment: never ranked, whatever the document reads.
    pub pending: bool,
    /// An adjudication between assessors is open; the median counts meanwhile, and the row is flagged.
    pub open_adjudication: bool,
    /// One for each column of the schema.
    pub cells: Vec<Cell>,
}

/// Where a row stands in one snapshot. Another snapshot may have moved it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowNo(u32);

impl RowNo {
    pub(super) fn new(chunk: usize, offset: usize) -> Self {
        Self(u32::try_from(chunk * CHUNK + offset).unwrap_or(u32::MAX))
    }
    pub(super) const fn chunk(self) -> usize {
        self.0 as usize / CHUNK
    }
    pub(super) const fn offset(self) -> usize {
        self.0 as usize % CHUNK
    }
}

/// A row that a snapshot cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The row has more or fewer cells than the schema has columns.
    #[error("the row has {cells} cells and the snapshot {columns} columns")]
    Cells {
        /// Of the row.
        cells: usize,
        /// Of the schema.
        columns: usize,
    },
    /// Row numbers have 32 bits.
    #[error("the snapshot is full")]
    Full,
}

#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub ids: Vec<Arc<str>>,
    index: HashMap<Arc<str>, u16>,
    pub pending: Vec<bool>,
    pub open_adjudication: Vec<bool>,
    pub columns: Vec<Coded>,
}

/// A column of a chunk.
#[derive(Clone, Debug, Default)]
pub(super) struct Coded {
    /// For each row, which of `distinct`.
    pub codes: Vec<u16>,
    /// Cells, each once. Some may have lost their last row.
    pub distinct: Vec<Cell>,
    lookup: HashMap<Cell, u16>,
}

impl Coded {
    /// The code of a cell, new if need be.
    fn code(&mut self, cell: Cell) -> u16 {
        if let Some(code) = self.lookup.get(&cell) {
            return *code;
        }
        if self.distinct.len() == CHUNK {
            self.forget_unused();
        }
        // A chunk has at most 65,536 rows and so, once the unused are gone, room for one more cell.
        let code = u16::try_from(self.distinct.len()).unwrap_or(u16::MAX);
        self.distinct.push(cell.clone());
        self.lookup.insert(cell, code);
        code
    }

    /// Drops cells that no row holds any more.
    fn forget_unused(&mut self) {
        let old = std::mem::take(&mut self.distinct);
        self.lookup.clear();
        let codes = std::mem::take(&mut self.codes);
        self.codes = codes.iter().map(|code| self.code(old[usize::from(*code)].clone())).collect();
    }

    /// The cell of a row.
    pub fn cell(&self, offset: usize) -> &Cell {
        &self.distinct[usize::from(self.codes[offset])]
    }

    /// The cells that some row holds, each once.
    pub fn live(&self) -> impl Iterator<Item = &Cell> {
        let mut seen = vec![false; self.distinct.len()];
        for code in &self.codes {
            seen[usize::from(*code)] = true;
        }
        self.distinct.iter().zip(seen).filter_map(|(cell, seen)| seen.then_some(cell))
    }
}

impl Chunk {
    fn empty(columns: usize) -> Self {
        Self {
            ids: Vec::new(),
            index: HashMap::new(),
            pending: Vec::new(),
            open_adjudication: Vec::new(),
            columns: vec![Coded::default(); columns],
        }
    }

    fn push(&mut self, row: Row) {
        let id: Arc<str> = row.id.into();
        self.index.insert(id.clone(), u16::try_from(self.ids.len()).unwrap_or(u16::MAX));
        self.ids.push(id);
        self.pending.push(row.pending);
        self.open_adjudication.push(row.open_adjudication);
        for (column, cell) in self.columns.iter_mut().zip(row.cells) {
            let code = column.code(cell);
            column.codes.push(code);
        }
    }

    fn replace(&mut self, offset: usize, row: Row) {
        self.pending[offset] = row.pending;
        self.open_adjudication[offset] = row.open_adjudication;
        for (column, cell) in self.columns.iter_mut().zip(row.cells) {
            if *column.cell(offset) != cell {
                // First let go of the old cell, so that a full dictionary can make room.
                column.codes[offset] = column.codes[if offset == 0 { self.ids.len() - 1 } else { 0 }];
                let code = column.code(cell);
                column.codes[offset] = code;
            }
        }
    }

    fn remove(&mut self, offset: usize) {
        let id = self.ids.swap_remove(offset);
        self.index.remove(&id);
        if let Some(moved) = self.ids.get(offset) {
            self.index.insert(moved.clone(), u16::try_from(offset).unwrap_or(u16::MAX));
        }
        self.pending.swap_remove(offset);
        self.open_adjudication.swap_remove(offset);
        for column in &mut self.columns {
            column.codes.swap_remove(offset);
        }
    }
}

/// All rankable rows at one moment. Cloning it is cheap; a clone can be changed row by row while others
/// go on reading the original.
#[derive(Clone, Debug)]
pub struct Snapshot {
    schema: Arc<[Column]>,
    pub(super) chunks: Vec<Arc<Chunk>>,
    rows: usize,
}

impl Snapshot {
    /// A snapshot without rows.
    pub fn new(schema: impl Into<Arc<[Column]>>) -> Self {
        Self { schema: schema.into(), chunks: Vec::new(), rows: 0 }
    }

    /// The columns of every row.
    pub fn schema(&self) -> &[Column] {
        &self.schema
    }

    /// Number of rows.
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Puts a row in the place of the one with its id, or adds it.
    ///
    /// # Errors
    /// [`Unfit`], with nothing changed.
    pub fn put(&mut self, row: Row) -> Result<(), Unfit> {
        if row.cells.len() != self.schema.len() {
            return Err(Unfit::Cells { cells: row.cells.len(), columns: self.schema.len() });
        }
        if let Some(at) = self.find(&row.id) {
            Arc::make_mut(&mut self.chunks[at.chunk()]).replace(at.offset(), row);
            return Ok(());
        }
        // Rows removed long ago leave room in any chunk; the last one is the usual place.
        let room = self.chunks.iter().rposition(|chunk| chunk.ids.len() < CHUNK);
        let at = match room {
            Some(at) => at,
            None if self.chunks.len() * CHUNK >= u32::MAX as usize => return Err(Unfit::Full),
            None => {
                self.chunks.push(Arc::new(Chunk::empty(self.schema.len())));
                self.chunks.len() - 1
            }
        };
        Arc::make_mut(&mut self.chunks[at]).push(row);
        self.rows += 1;
        Ok(())
    }

    /// Takes the row of an id out; whether there was one.
    pub fn remove(&mut self, id: &str) -> bool {
        let Some(at) = self.find(id) else { return false };
        Arc::make_mut(&mut self.chunks[at.chunk()]).remove(at.offset());
        self.rows -= 1;
        true
    }

    /// Where the row of an id stands.
    pub fn find(&self, id: &str) -> Option<RowNo> {
        self.chunks
            .iter()
            .enumerate()
            .find_map(|(chunk, rows)| rows.index.get(id).map(|offset| RowNo::new(chunk, usize::from(*offset))))
    }

    /// All rows, in no order that means anything.
    pub fn rows(&self) -> impl Iterator<Item = RowNo> + '_ {
        self.chunks
            .iter()
            .enumerate()
            .flat_map(|(chunk, rows)| (0..rows.ids.len()).map(move |offset| RowNo::new(chunk, offset)))
    }

    /// The id of a row of this snapshot.
    ///
    /// # Panics
    /// When the row number is of another snapshot and out of reach here.
    pub fn id(&self, row: RowNo) -> &Arc<str> {
        &self.chunks[row.chunk()].ids[row.offset()]
    }

    /// The cell of a row of this snapshot in a column of the schema.
    ///
    /// # Panics
    /// When the row number is of another snapshot and out of reach here, or there is no such column.
    pub fn cell(&self, row: RowNo, column: usize) -> &Cell {
        self.chunks[row.chunk()].columns[column].cell(row.offset())
    }

    /// Whether a row of this snapshot is pending, and whether an adjudication on it is open.
    ///
    /// # Panics
    /// When the row number is of another snapshot and out of reach here.
    pub fn standing(&self, row: RowNo) -> (bool, bool) {
        let chunk = &self.chunks[row.chunk()];
        (chunk.pending[row.offset()], chunk.open_adjudication[row.offset()])
    }

    /// The column that holds a field read in one way.
    pub fn column(&self, field: &str, reading: Reading) -> Option<usize> {
        self.schema.iter().position(|column| column.reading == reading && column.field == field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, text: &str) -> Row {
        Row { id: id.into(), pending: false, open_adjudication: false, cells: vec![Cell::text(text)] }
    }

    fn snapshot() -> Snapshot {
        Snapshot::new([Column { field: "f".into(), reading: Reading::Text }])
    }

    fn texts(snapshot: &Snapshot) -> Vec<(String, Cell)> {
        let mut out: Vec<_> =
            snapshot.rows().map(|row| (snapshot.id(row).to_string(), snapshot.cell(row, 0).clone())).collect();
        out.sort_by(|a, b| a.0.cmp(&b.0));
        out
    }

    #[test]
    fn a_changed_row_clones_its_chunk_only() {
        let mut old = snapshot();
        for i in 0..=CHUNK {
            old.put(row(&i.to_string(), "x")).unwrap();
        }
        assert_eq!((old.len(), old.chunks.len()), (CHUNK + 1, 2));
        let mut new = old.clone();
        new.put(row("7", "y")).unwrap();
        assert!(!Arc::ptr_eq(&old.chunks[0], &new.chunks[0]));
        assert!(Arc::ptr_eq(&old.chunks[1], &new.chunks[1]));
        let at = |s: &Snapshot| s.cell(s.find("7").unwrap(), 0).clone();
        assert_eq!((at(&old), at(&new)), (Cell::text("x"), Cell::text("y")));
        assert!(new.remove("8") && !new.remove("8"));
        assert!(new.find("8").is_none() && old.find("8").is_some());
        new.put(row("new", "z")).unwrap();
        assert_eq!(new.len(), old.len());
    }

    #[test]
    fn rows_come_and_go() {
        let mut s = snapshot();
        for (id, text) in [("a", "1"), ("b", "2"), ("c", "1"), ("a", "3")] {
            s.put(row(id, text)).unwrap();
        }
        s.remove("b");
        let expected = [("a", "3"), ("c", "1")].map(|(i, t)| (i.to_owned(), Cell::text(t)));
        assert_eq!(texts(&s), expected);
        assert_eq!(s.find("c").map(|at| s.id(at).to_string()), Some("c".into()));
        let mut live: Vec<_> = s.chunks[0].columns[0].live().cloned().collect();
        live.sort_by_key(|c| format!("{c:?}"));
        assert_eq!(live, [Cell::text("1"), Cell::text("3")]);
        assert!(matches!(s.put(Row { cells: vec![], ..row("d", "") }), Err(Unfit::Cells { cells: 0, columns: 1 })));
    }

    #[test]
    fn a_full_dictionary_forgets_what_no_row_holds() {
        let mut s = snapshot();
        for i in 0..CHUNK {
            s.put(row(&i.to_string(), &i.to_string())).unwrap();
        }
        for i in 0..3 {
            s.put(row(&i.to_string(), &format!("new {i}"))).unwrap();
        }
        assert_eq!(s.chunks[0].columns[0].distinct.len(), CHUNK);
        for i in [0, 1, 2, 3, CHUNK - 1] {
            let expected = if i < 3 { format!("new {i}") } else { i.to_string() };
            assert_eq!(*s.cell(s.find(&i.to_string()).unwrap(), 0), Cell::text(&expected));
        }
    }
}
