//! The zip around an XLSX, measured before anything in it is parsed.
//!
//! A few dozen kilobytes of zip can inflate to gigabytes, so sizes are counted twice: as the zip declares
//! them, which costs nothing, and while inflating, since a declaration can lie. Only the parts a sheet
//! needs are inflated; drawings, themes, macros and pictures never are.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::fault::FileFault;

/// What all parts together may inflate to.
pub const MAX_INFLATED: u64 = 20_000_000;
/// What a part that is not a sheet or its texts may inflate to: no honest one comes near.
pub const MAX_SMALL_PART: u64 = 2_000_000;
/// How many parts a workbook may have.
pub const MAX_PARTS: usize = 1_000;

/// A workbook's parts, opened one by one, under one budget.
pub struct Package {
    zip: ZipArchive<Cursor<Vec<u8>>>,
    /// Lower-case name → place. Names in a package do not differ by case alone.
    names: HashMap<String, usize>,
    budget: u64,
}

impl Package {
    /// Opens the zip and measures what it declares.
    pub fn open(bytes: Vec<u8>) -> Result<Self, FileFault> {
        // Each part has an entry in the central directory; counting their signatures is cheap and comes
        // before the library allocates anything for them.
        let entries = bytes.windows(4).filter(|w| w == b"PK\x01\x02").take(MAX_PARTS + 1).count();
        if entries > MAX_PARTS {
            return Err(FileFault::TooManyParts);
        }
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
        let (mut names, mut declared) = (HashMap::new(), 0_u64);
        for at in 0..zip.len() {
            let part = zip.by_index_raw(at).map_err(|e| broken(&e))?;
            if part.encrypted() {
                return Err(FileFault::OldExcelOrPassword);
            }
            declared = declared.saturating_add(part.size());
            let name = String::from_utf8_lossy(part.name_raw()).to_lowercase();
            names.insert(name.trim_start_matches('/').to_owned(), at);
        }
        if declared > MAX_INFLATED {
            return Err(FileFault::InflatesTooLarge);
        }
        let has = |name: &str| names.contains_key(name);
        if has("xl/workbook.bin") {
            return Err(FileFault::NotXlsx("XLSB"));
        }
        if has("mimetype") && has("content.xml") {
            return Err(FileFault::NotXlsx("ODS"));
        }
        if has("word/document.xml") {
            return Err(FileFault::NotXlsx("DOCX"));
        }
        if !has("_rels/.rels") {
            return Err(FileFault::NotXlsx("ZIP"));
        }
        Ok(Self { zip, names, budget: MAX_INFLATED })
    }

    /// A part's text, or `None` if there is no such part.
    pub fn part(&mut self, name: &str, limit: u64) -> Result<Option<String>, FileFault> {
        let Some(at) = self.names.get(&name.to_lowercase()) else { return Ok(None) };
        let part = self.zip.by_index(*at).map_err(|e| broken(&e))?;
        let limit = limit.min(self.budget);
        let mut bytes = Vec::new();
        part.take(limit + 1).read_to_end(&mut bytes).map_err(|e| FileFault::Broken(format!("{name}: {e}")))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size > limit {
            return Err(FileFault::InflatesTooLarge);
        }
        self.budget -= size;
        let text = String::from_utf8(bytes).map_err(|_not_utf8| FileFault::Broken(format!("{name}: UTF-8")))?;
        Ok(Some(text))
    }
}

fn broken(error: &ZipError) -> FileFault {
    FileFault::Broken(format!("zip: {error}"))
}
