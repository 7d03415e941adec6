//! The demo's logins, kept in a file that only its owner can read.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Imported;
use crate::domain::id::{CriteriaId, MatchListId};

/// How one persona signs in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Login {
    /// Who: `staff`, `investor` …
    pub persona: String,
    /// The name to sign in with; empty for the owner, whose password is the claim code.
    pub username: String,
    /// Random, made for this demo.
    pub password: String,
}

/// Everything the demo remembers between two starts.
#[derive(Serialize, Deserialize)]
pub struct Logins {
    /// One a persona.
    pub logins: Vec<Login>,
    /// The criteria of persona `investor`.
    pub criteria_id: CriteriaId,
    /// The published list of persona `investor`.
    pub match_list_id: MatchListId,
    /// What was imported.
    pub imported: Imported,
}

impl Logins {
    /// Reads the file; `None` when there is none yet.
    pub fn read(path: &Path) -> Result<Option<Self>, String> {
        match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|e| format!("{}: {e}; remove the demo's folder to start anew", path.display())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }

    /// Writes the file, readable by its owner only. It appears whole or not at all.
    pub fn write(&self, path: &Path) -> Result<(), String> {
        let failed = |e: std::io::Error| format!("{}: {e}", path.display());
        let part = path.with_extension("part");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&part).map_err(failed)?;
        let text = serde_json::to_vec_pretty(self).map_err(|e| e.to_string())?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(failed)?;
        std::fs::rename(&part, path).map_err(failed)
    }

    /// How a persona signs in.
    pub fn of(&self, persona: &str) -> Option<&Login> {
        self.logins.iter().find(|l| l.persona == persona)
    }
}
