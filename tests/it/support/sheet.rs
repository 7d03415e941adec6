//! The workshop sample as rows that a test may change before it imports them.

use sedaya::demo;

/// A sheet in memory.
#[derive(Clone)]
pub struct Rows {
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Rows {
    /// The sample, row by row.
    pub fn sample() -> Self {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(demo::CSV);
        let mut records = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
        let mut headers = records.next().unwrap();
        headers[0] = headers[0].trim_start_matches('\u{feff}').to_owned();
        Self { headers, rows: records.collect() }
    }

    /// Only these rows of the sample, by number from 0.
    pub fn only(numbers: &[usize]) -> Self {
        let all = Self::sample();
        Self { rows: numbers.iter().map(|n| all.rows[*n].clone()).collect(), headers: all.headers }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The number on the sheet of a row, the header being 1.
    pub const fn on_sheet(row: usize) -> u64 {
        row as u64 + 2
    }

    fn place(&self, column: &str) -> usize {
        let found = self.headers.iter().position(|h| h == column || h.starts_with(&format!("{column} ")));
        found.unwrap_or_else(|| panic!("no column {column}"))
    }

    /// What stands in a cell.
    pub fn cell(&self, row: usize, column: &str) -> &str {
        &self.rows[row][self.place(column)]
    }

    /// Every cell of a column that is not empty.
    pub fn column(&self, column: &str) -> Vec<&str> {
        let place = self.place(column);
        self.rows.iter().map(|r| r[place].as_str()).filter(|c| !c.is_empty()).collect()
    }

    /// Writes into a cell.
    pub fn set(&mut self, row: usize, column: &str, value: &str) -> &mut Self {
        let place = self.place(column);
        value.clone_into(&mut self.rows[row][place]);
        self
    }

    /// Adds a row like another one.
    pub fn repeat(&mut self, row: usize) -> usize {
        self.rows.push(self.rows[row].clone());
        self.rows.len() - 1
    }

    /// The same rows so many times over, each time of other people and businesses.
    pub fn times(&self, times: usize) -> Self {
        let codes = ["Kode peserta", "Kode usaha"].map(|column| self.place(column));
        let copy = |n: usize| {
            self.rows.iter().cloned().map(move |mut row| {
                for place in codes {
                    if !row[place].is_empty() {
                        row[place] = format!("{}-{n}", row[place]);
                    }
                }
                row
            })
        };
        Self { headers: self.headers.clone(), rows: (0..times).flat_map(copy).collect() }
    }

    /// As a file.
    pub fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.headers).unwrap();
        for row in &self.rows {
            writer.write_record(row).unwrap();
        }
        writer.into_inner().unwrap()
    }
}
