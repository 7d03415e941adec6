//! Secrets, and everything that is done with them.
//!
//! One key file holds them all. [`mod@file`] reads, checks and first makes it; [`token`] signs and verifies access
//! tokens, [`foreign`] verifies those of other issuers; [`seal`] encrypts personal data, [`sealing`] replaces the keys it does so with;
//! [`hashing`] makes the keyed hashes by which a code or a number can
//! be found again but not read; [`code`] writes a venture's id so that only one investor's lists share it;
//! [`password`] hashes passwords; [`webhook`] signs what goes to webhooks. Nothing here prints a secret, also not in `Debug`.

pub mod code;
pub mod file;
pub mod foreign;
pub mod hashing;
pub mod password;
pub mod seal;
pub mod sealing;
pub mod token;
pub mod webhook;

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroize;

use crate::domain::id::InvestorId;
use code::VentureCodes;
use file::KeyFile;
use hashing::Hashing;
use seal::Seal;
use token::Tokens;

/// The keys cannot be used; the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("key file {path}: {source}")]
    Io {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Others on the machine can read the file.
    #[error(
        "key file {0} can be read by others: run `chmod 600 {0}`, and replace the keys if others have used the machine"
    )]
    Exposed(String),
    /// The file is not a key file.
    #[error("key file {path} is not valid: {reason}")]
    Malformed {
        /// Which file.
        path: String,
        /// What is wrong, without the secrets.
        reason: String,
    },
    /// A secret was not drawn at random.
    #[error(
        "key file {path}: {name} looks like a sample or a typed text; let `sedaya serve` make a new file, or draw 32 random bytes"
    )]
    Weak {
        /// Which file.
        path: String,
        /// Which secret.
        name: String,
    },
    /// A signing key was added and has not begun to sign.
    #[error("signing key {kid} is waiting for its time; `sedaya keys list` says when it begins to sign")]
    Waiting {
        /// Which key.
        kid: String,
    },
    /// A sealing key was added and has not begun to seal.
    #[error("sealing key {0} is waiting for its time; `sedaya keys list` says when it begins to seal")]
    SealingWaits(u8),
    /// The cryptography does not work on this machine.
    #[error("the cryptographic self-test failed: {0}")]
    SelfTest(&'static str),
}

/// A secret of 32 bytes. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Draws a new one from the operating system.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub fn draw() -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|_none| KeyError::SelfTest("the operating system gives no random bytes"))?;
        Ok(Self(bytes))
    }

    /// The bytes.
    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A secret of its own for one purpose, by BLAKE3 key derivation.
    fn derive(&self, purpose: &str) -> Self {
        Self(blake3::derive_key(purpose, &self.0))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// All keys of the service.
pub struct Keys {
    tokens: Tokens,
    personal: Seal,
    cursors: Seal,
    hashing: Hashing,
    master: Secret,
    file: Option<PathBuf>,
}

impl Keys {
    /// Reads the key file, or makes one where there is none, and tries every key once.
    ///
    /// # Errors
    /// See [`KeyError`]; each says what to do.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        Ok(Self { file: Some(path.to_owned()), ..Self::new(&file::open(path)?)? })
    }

    /// Fresh keys that are kept nowhere.
    ///
    /// # Errors
    /// When the operating system has no randomness or the cryptography does not work.
    pub fn ephemeral() -> Result<Self, KeyError> {
        Self::new(&KeyFile::draw()?)
    }

    fn new(file: &KeyFile) -> Result<Self, KeyError> {
        let master = file.master();
        let keys = Self {
            tokens: Tokens::new(file.signing())?,
            personal: Seal::new(file.sealing())?,
            cursors: Seal::new(vec![(1, master.derive("sedaya 2024 cursors"), None)])?,
            hashing: Hashing::new(master),
            master: master.clone(),
            file: None,
        };
        keys.tokens.self_test()?;
        keys.personal.self_test()?;
        Ok(keys)
    }

    /// The file they were read from; none for those that are kept nowhere.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Access tokens.
    pub const fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Encryption of personal data at rest.
    pub const fn personal(&self) -> &Seal {
        &self.personal
    }

    /// Encryption of paging cursors.
    pub const fn cursors(&self) -> &Seal {
        &self.cursors
    }

    /// Keyed hashes.
    pub const fn hashing(&self) -> &Hashing {
        &self.hashing
    }

    /// The codes that ventures have towards one investor.
    pub fn venture_codes(&self, investor: InvestorId) -> VentureCodes {
        VentureCodes::new(&self.master, investor)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("tokens", &self.tokens).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_prints_a_secret() {
        let file = KeyFile::draw().unwrap();
        let keys = Keys::new(&file).unwrap();
        let printed = format!("{keys:?} {:?} {file:?} {:?} {:?}", keys.personal(), keys.hashing(), file.master());
        let json = file.to_json();
        for text in json.split('"').filter(|t| t.len() == 43) {
            assert!(!printed.contains(text));
        }
        assert!(printed.contains("Secret(…)"));
    }
}
