//! The key file: JSON, mode 0600, made at the first start.
//!
//! Of the signing keys one signs and all verify. [`rotate`] adds one that begins to sign a while later, when every process has
//! read it; [`prune`] takes those out whose last token has ended. A sealing key stays as long as anything sealed with it does.
//! `master` cannot be replaced: hashes and codes could no longer be found.

use std::io::{Read as _, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::token::{LEEWAY, LIFETIME, Seed, signer};
use super::{KeyError, Secret, seal};
use crate::domain::time::Instant;

/// As many as the set of public keys is documented to hold.
const MOST_SIGNING: usize = 16;

const BASE64: fast32::base64::Alphabet64Nopad = fast32::base64::RFC4648_URL_NOPAD;

/// What the key file holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    about: String,
    signing: Vec<SigningKey>,
    pub(super) sealing: Vec<SealingKey>,
    master: Secret,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SigningKey {
    kid: String,
    seed: Secret,
    /// From when on it signs; without it, as long as no other has begun to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signs_from: Option<Instant>,
}

impl SigningKey {
    fn draw(signs_from: Option<Instant>) -> Result<Self, KeyError> {
        let seed = Secret::draw()?;
        // The name of a key is public; it is derived so that it cannot clash.
        let kid = fast32::base32::CROCKFORD_LOWER.encode(&seed.derive("sedaya 2024 key name").bytes()[..10]);
        Ok(Self { kid, seed, signs_from })
    }
}

/// What may be known of a signing key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SigningKeyState {
    /// Its name, as in the head of a token.
    pub kid: String,
    /// From when on it signs; null for the first ones.
    pub signs_from: Option<Instant>,
    /// Whether it is the one that signs now.
    pub signs: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SealingKey {
    pub(super) id: u8,
    pub(super) key: Secret,
    /// From when on it seals; without it, as long as no other has begun to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seals_from: Option<Instant>,
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
        Ok(Self {
            about: "Keys of SEDAYA Match. Keep them secret, and back them up apart from the database.".into(),
            signing: vec![SigningKey::draw(None)?],
            sealing: vec![SealingKey { id: 1, key: Secret::draw()?, seals_from: None }],
            master: Secret::draw()?,
        })
    }

    /// Signing seeds.
    pub(super) fn signing(&self) -> Vec<Seed> {
        let seed = |k: &SigningKey| Seed { kid: k.kid.clone(), secret: k.seed.clone(), signs_from: k.signs_from };
        self.signing.iter().map(seed).collect()
    }

    /// The signing keys at a time, in the order of the file.
    fn states(&self, now: Instant) -> Vec<SigningKeyState> {
        let signs = signer(self.signing.iter().map(|k| k.signs_from), now);
        let state = |(n, k): (usize, &SigningKey)| SigningKeyState {
            kid: k.kid.clone(),
            signs_from: k.signs_from,
            signs: n == signs,
        };
        self.signing.iter().enumerate().map(state).collect()
    }

    /// Sealing keys.
    pub(super) fn sealing(&self) -> Vec<seal::Seed> {
        self.sealing.iter().map(|k| (k.id, k.key.clone(), k.seals_from)).collect()
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
        if self.signing.len() > MOST_SIGNING {
            return Err(malformed("it has more than 16 signing keys; `sedaya keys prune` takes out the old ones"));
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

/// Changes the file in one step: whoever reads it reads the old one or the new one, whole. Others who change it wait.
pub(super) fn change<T>(path: &Path, change: impl FnOnce(&mut KeyFile) -> Result<T, KeyError>) -> Result<T, KeyError> {
    let name = path.display().to_string();
    let io = |source| KeyError::Io { path: name.clone(), source };
    // Behind a link it is the file itself that is replaced, where it is.
    let path = &path.canonicalize().map_err(io)?;
    // The file itself is replaced, so what is locked is its folder.
    let folder = std::fs::File::open(folder(path)).map_err(io)?;
    folder.lock().map_err(io)?;
    let mut keys = read(std::fs::File::open(path).map_err(io)?, &name)?;
    let done = change(&mut keys)?;
    keys.check(&name)?;
    let new = beside(path, &keys).map_err(io)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        // An administrator's command must not take the file from the account that the service runs as.
        let (old, ours) = (std::fs::metadata(path).map_err(io)?, new.as_file().metadata().map_err(io)?);
        if (old.uid(), old.gid()) != (ours.uid(), ours.gid()) {
            fchown(new.as_file(), Some(old.uid()), Some(old.gid())).map_err(io)?;
        }
    }
    new.persist(path).map_err(|e| io(e.error))?;
    folder.sync_all().map_err(io)?;
    Ok(done)
}

/// Adds a signing key that begins to sign after a number of minutes; gives its name. Without delay it also takes the place of
/// one that waits.
///
/// # Errors
/// [`KeyError::Waiting`] while another one has not begun to sign; as [`super::Keys::open`].
pub fn rotate(path: &Path, now: Instant, minutes: u16) -> Result<SigningKeyState, KeyError> {
    let signs_from = now.plus_seconds(i64::from(minutes) * 60);
    change(path, |keys| {
        let waits = |key: &SigningKey| key.signs_from.is_some_and(|from| from > now);
        if minutes == 0 {
            // Whoever has seen the file has seen the waiting key too, and no token needs it yet.
            keys.signing.retain(|key| !waits(key));
        } else if let Some(waiting) = keys.signing.iter().find(|key| waits(key)) {
            return Err(KeyError::Waiting { kid: waiting.kid.clone() });
        }
        let new = SigningKey::draw(Some(signs_from))?;
        let state = SigningKeyState { kid: new.kid.clone(), signs_from: new.signs_from, signs: minutes == 0 };
        keys.signing.insert(0, new);
        Ok(state)
    })
}

/// Takes out the signing keys that no token can need any more: those that another one has taken the place of, so long ago that
/// their last token has ended. `at_once` does not wait for that. Gives their names.
///
/// # Errors
/// As [`super::Keys::open`].
pub fn prune(path: &Path, now: Instant, at_once: bool) -> Result<Vec<String>, KeyError> {
    change(path, |keys| {
        let Some(signer) = keys.states(now).into_iter().find(|state| state.signs) else { return Ok(Vec::new()) };
        let Some(since) = signer.signs_from else { return Ok(Vec::new()) };
        if !at_once && now < since.plus_seconds(LIFETIME + LEEWAY) {
            return Ok(Vec::new());
        }
        let is_past = |key: &SigningKey| key.kid != signer.kid && key.signs_from.is_none_or(|from| from <= since);
        let past = keys.signing.iter().filter(|key| is_past(key)).map(|key| key.kid.clone()).collect();
        keys.signing.retain(|key| !is_past(key));
        Ok(past)
    })
}

/// The signing keys of a key file.
///
/// # Errors
/// As [`super::Keys::open`], but that no file is made.
pub fn signing_keys(path: &Path, now: Instant) -> Result<Vec<SigningKeyState>, KeyError> {
    Ok(as_it_stands(path)?.states(now))
}

/// Reads the file, which must be there.
pub(super) fn as_it_stands(path: &Path) -> Result<KeyFile, KeyError> {
    let name = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|source| KeyError::Io { path: name.clone(), source })?;
    read(file, &name)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file with these keys, 0600, whole and on the disk, beside the place that it is for.
fn beside(path: &Path, keys: &KeyFile) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::NamedTempFile::new_in(folder(path))?;
    file.write_all(keys.to_json().as_bytes())?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Makes the file beside its place, 0600 from the start, and moves it there unless one has appeared.
fn make(path: &Path) -> std::io::Result<Result<(), KeyError>> {
    let keys = match KeyFile::draw() {
        Ok(keys) => keys,
        Err(e) => return Ok(Err(e)),
    };
    let folder = folder(path);
    std::fs::create_dir_all(folder)?;
    match beside(path, &keys)?.persist_noclobber(path) {
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
    fn a_new_key_waits_signs_and_takes_the_old_one_s_place() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        let now = Instant::from_micros(1_731_550_000_000_000);
        let at = |minutes: i64| now.plus_seconds(minutes * 60);
        assert!(matches!(rotate(&path, now, 10), Err(KeyError::Io { .. })), "no file is made by it");
        let old = open(&path).unwrap().signing.remove(0).kid;
        let new = rotate(&path, now, 10).unwrap();
        assert_eq!((new.signs_from, new.signs), (Some(at(10)), false));
        let signs = |when| {
            let states = signing_keys(&path, when).unwrap();
            let signing: Vec<_> = states.iter().filter(|s| s.signs).map(|s| s.kid.clone()).collect();
            assert_eq!(signing.len(), 1);
            (states.len(), signing[0].clone())
        };
        assert_eq!(signs(at(9)), (2, old.clone()));
        assert!(matches!(rotate(&path, at(9), 10), Err(KeyError::Waiting { kid }) if kid == new.kid));
        assert_eq!(signs(at(10)), (2, new.kid.clone()));
        // The last token of the old key ends ten minutes later, give or take how far clocks are apart.
        for early in [at(9), at(10), at(20)] {
            assert!(prune(&path, early, false).unwrap().is_empty());
        }
        assert_eq!(prune(&path, at(21), false).unwrap(), [old]);
        assert_eq!(signs(at(21)), (1, new.kid.clone()));
        assert!(prune(&path, at(100), true).unwrap().is_empty());
        // Keys that somebody else has seen: replaced and gone within two commands, one that waits among them.
        let waiting = rotate(&path, at(99), 10).unwrap();
        assert!(!waiting.signs);
        let newest = rotate(&path, at(100), 0).unwrap();
        assert!(newest.signs);
        assert_eq!(prune(&path, at(100), true).unwrap(), [new.kid]);
        assert_eq!(signs(at(100)), (1, newest.kid));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
        #[cfg(unix)]
        {
            let elsewhere = tempfile::tempdir().unwrap();
            let link = elsewhere.path().join("link.json");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            rotate(&link, at(150), 0).unwrap();
            assert!(link.is_symlink());
            assert_eq!(signs(at(150)).0, 2, "the file behind the link has the new key");
            prune(&path, at(150), true).unwrap();
        }
        for n in 0..14 {
            rotate(&path, at(200 + n), 0).unwrap();
        }
        assert!(rotate(&path, at(300), 0).is_ok(), "the sixteenth");
        assert!(matches!(rotate(&path, at(301), 0), Err(KeyError::Malformed { .. })));
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
        file.signing.push(SigningKey { kid: file.signing[0].kid.clone(), ..SigningKey::draw(None).unwrap() });
        assert!(matches!(file.check("f"), Err(KeyError::Malformed { .. })));
        assert!(serde_json::from_str::<Secret>("\"c2hvcnQ\"").is_err());
    }
}
