//! The key file: JSON, mode 0600, made at the first start.
//!
//! To replace a signing key, put a new one first: the first signs, all verify. Remove the old one when its
//! last token has expired, ten minutes later. A sealing key stays as long as anything sealed with it does.
//! `master` cannot be replaced: hashes and codes could no longer be found.

use std::io::{Read as _, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{KeyError, Secret};

const BASE64: fast32::base64::Alphabet64Nopad = fast32::base64::RFC4648_URL_NOPAD;

/// What the key file holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    about: String,
    signing: Vec<SigningKey>,
    sealing: Vec<SealingKey>,
    master: Secret,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SigningKey {
    kid: String,
    seed: Secret,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealingKey {
    id: u8,
    key: Secret,
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(BASE64.encode(self.bytes())))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom("a secret is 32 bytes in base64url without padding");
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let bytes = Zeroizing::new(BASE64.decode_str(&*text).map_err(|_unprintable| wrong())?);
        bytes.as_slice().try_into().map(Self).map_err(|_length| wrong())
    }
}

impl KeyFile {
    /// New keys.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub fn draw() -> Result<Self, KeyError> {
        let seed = Secret::draw()?;
        // The name of a key is public; it is derived so that it cannot clash.
        let kid = fast32::base32::CROCKFORD_LOWER.encode(&seed.derive("sedaya 2024 key name").bytes()[..10]);
        Ok(Self {
            about: "Keys of SEDAYA Match. Keep them secret, and back them up apart from the database.".into(),
            signing: vec![SigningKey { kid, seed }],
            sealing: vec![SealingKey { id: 1, key: Secret::draw()? }],
            master: Secret::draw()?,
        })
    }

    /// Signing seeds with their names; the first signs.
    pub(super) fn signing(&self) -> Vec<(String, Secret)> {
        self.signing.iter().map(|k| (k.kid.clone(), k.seed.clone())).collect()
    }

    /// Sealing keys with their numbers; the first seals.
    pub(super) fn sealing(&self) -> Vec<(u8, Secret)> {
        self.sealing.iter().map(|k| (k.id, k.key.clone())).collect()
    }

    /// What hashes and codes are derived from.
    pub(super) const fn master(&self) -> &Secret {
        &self.master
    }

    /// As written to the file.
    pub(super) fn to_json(&self) -> Zeroizing<String> {
        // A struct of strings and numbers always serialises.
        Zeroizing::new(serde_json::to_string_pretty(self).unwrap_or_default())
    }

    fn check(&self, path: &str) -> Result<(), KeyError> {
        let malformed = |reason: &str| KeyError::Malformed { path: path.to_owned(), reason: reason.to_owned() };
        if self.signing.is_empty() || self.sealing.is_empty() {
            return Err(malformed("it needs at least one signing and one sealing key"));
        }
        let repeated = |n: usize, same: &dyn Fn(usize, usize) -> bool| (0..n).any(|i| (0..i).any(|j| same(i, j)));
        if repeated(self.signing.len(), &|i, j| self.signing[i].kid == self.signing[j].kid)
            || repeated(self.sealing.len(), &|i, j| self.sealing[i].id == self.sealing[j].id)
        {
            return Err(malformed("two keys have the same name"));
        }
        if self.signing.iter().any(|k| k.kid.is_empty() || k.kid.len() > 60 || !k.kid.is_ascii()) {
            return Err(malformed("a kid is 1 to 60 ASCII characters"));
        }
        let signing = self.signing.iter().map(|k| (format!("signing key {}", k.kid), &k.seed));
        let sealing = self.sealing.iter().map(|k| (format!("sealing key {}", k.id), &k.key));
        let secrets: Vec<_> = signing.chain(sealing).chain([("master".to_owned(), &self.master)]).collect();
        if repeated(secrets.len(), &|i, j| secrets[i].1 == secrets[j].1) {
            return Err(malformed("two keys share one secret"));
        }
        match secrets.into_iter().find(|(_, secret)| is_weak(secret.bytes())) {
            Some((name, _)) => Err(KeyError::Weak { path: path.to_owned(), name }),
            None => Ok(()),
        }
    }
}

/// Whether 32 bytes do not look drawn at random: typed text, few different bytes, or even steps. Of random
/// ones, fewer than one in 10¹² is refused.
fn is_weak(bytes: &[u8; 32]) -> bool {
    let printable = bytes.iter().all(|b| (b' '..=b'~').contains(b));
    let different = bytes.iter().collect::<std::collections::BTreeSet<_>>().len();
    let step = bytes[1].wrapping_sub(bytes[0]);
    let even = bytes.windows(2).all(|w| w[1].wrapping_sub(w[0]) == step);
    printable || different < 16 || even
}

/// Reads the file, or makes it.
pub(super) fn open(path: &Path) -> Result<KeyFile, KeyError> {
    let name = path.display().to_string();
    let io = |source| KeyError::Io { path: name.clone(), source };
    match std::fs::File::open(path) {
        Ok(file) => read(file, &name),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            make(path).map_err(io)??;
            // Another process may have been faster: what stands there now counts.
            read(std::fs::File::open(path).map_err(io)?, &name)
        }
        Err(e) => Err(io(e)),
    }
}

fn read(mut file: std::fs::File, name: &str) -> Result<KeyFile, KeyError> {
    let io = |source| KeyError::Io { path: name.to_owned(), source };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata().map_err(io)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::Exposed(name.to_owned()));
        }
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(io)?;
    let keys: KeyFile = serde_json::from_str(&text).map_err(|e| KeyError::Malformed {
        path: name.to_owned(),
        reason: format!("line {}, column {}", e.line(), e.column()),
    })?;
    keys.check(name)?;
    Ok(keys)
}

/// Makes the file beside its place, 0600 from the start, and moves it there unless one has appeared.
fn make(path: &Path) -> std::io::Result<Result<(), KeyError>> {
    let keys = match KeyFile::draw() {
        Ok(keys) => keys,
        Err(e) => return Ok(Err(e)),
    };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(keys.to_json().as_bytes())?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {
            #[cfg(unix)]
            std::fs::File::open(folder)?.sync_all()?;
            Ok(Ok(()))
        }
        Err(e) if e.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(Ok(())),
        Err(e) => Err(e.error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn made_once_private_and_read_again() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/keys.json");
        let first = open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let second = open(&path).unwrap();
        assert_eq!(*first.to_json(), *second.to_json());
        for mode in [0o640, 0o604, 0o660] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert!(matches!(open(&path), Err(KeyError::Exposed(_))), "{mode:o}");
        }
    }

    #[test]
    fn weak_repeated_and_malformed_secrets_are_refused() {
        let good = || KeyFile::draw().unwrap();
        assert!(good().check("f").is_ok());
        let sample: [u8; 32] = std::array::from_fn(|i| i as u8);
        for weak in [[0; 32], [7; 32], sample, *b"change-me-change-me-change-me-00"] {
            let mut file = good();
            file.master = Secret(weak);
            assert!(matches!(file.check("f"), Err(KeyError::Weak { .. })));
        }
        let mut file = good();
        file.sealing[0].key = file.master.clone();
        assert!(matches!(file.check("f"), Err(KeyError::Malformed { .. })));
        let mut file = good();
        file.signing.push(SigningKey { kid: file.signing[0].kid.clone(), seed: Secret::draw().unwrap() });
        assert!(matches!(file.check("f"), Err(KeyError::Malformed { .. })));
        assert!(serde_json::from_str::<Secret>("\"c2hvcnQ\"").is_err());
    }
}
