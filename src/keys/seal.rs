//! Authenticated encryption: personal data at rest, and cursors that clients carry.
//!
//! AES-256-GCM-SIV with random nonces: were a nonce ever drawn twice, it would show no more than that two
//! equal texts are equal. Sealed bytes are `key id (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`.
//!
//! Which key of a ring seals is told by the system's clock, so that all processes turn to a new one at one time; what comes of it
//! is random bytes in any case.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

use super::token::signer;
use super::{KeyError, Secret};
use crate::clock::Clock;
use crate::domain::time::Instant;

/// Sealed bytes that do not open: another key, another place, or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed data does not open: it was changed, belongs elsewhere, or its key is missing")]
pub struct Unsealable;

/// A ring of keys: one seals, all open.
pub struct Seal {
    keys: Vec<Key>,
}

struct Key {
    id: u8,
    cipher: RandomizedNonceKey,
    seals_from: Option<Instant>,
}

/// A key as the key file has it: its number, the secret, and from when on it seals; without that, as long as no other has begun to.
pub(super) type Seed = (u8, Secret, Option<Instant>);

impl Seal {
    pub(super) fn new(keys: Vec<Seed>) -> Result<Self, KeyError> {
        let make = |(id, secret, seals_from): Seed| {
            RandomizedNonceKey::new(&AES_256_GCM_SIV, secret.bytes())
                .map(|cipher| Key { id, cipher, seals_from })
                .map_err(|_unspecified| KeyError::SelfTest("a sealing key is refused"))
        };
        Ok(Self { keys: keys.into_iter().map(make).collect::<Result<_, _>>()? })
    }

    pub(super) fn self_test(&self) -> Result<(), KeyError> {
        let failed = KeyError::SelfTest("sealing and opening");
        match self.seal(b"self-test", b"text").and_then(|sealed| self.open(b"self-test", &sealed)) {
            Ok(text) if text == b"text" => Ok(()),
            _ => Err(failed),
        }
    }

    /// Seals. `place` says where the text belongs (`ventures.sealed ven_…`) and must be given again to open
    /// it, so that one row's data cannot be moved to another.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub fn seal(&self, place: &[u8], text: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let Key { id, cipher, .. } = self.now().ok_or(Unsealable)?;
        let mut body = text.to_vec();
        let nonce = cipher
            .seal_in_place_append_tag(Aad::from(bind(*id, place)), &mut body)
            .map_err(|_unspecified| Unsealable)?;
        let mut out = Vec::with_capacity(1 + NONCE_LEN + body.len());
        out.push(*id);
        out.extend_from_slice(nonce.as_ref());
        out.append(&mut body);
        Ok(out)
    }

    /// Opens what [`Seal::seal`] has sealed for the same place.
    ///
    /// # Errors
    /// [`Unsealable`], for whatever reason.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let (id, rest) = sealed.split_first().ok_or(Unsealable)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(Unsealable)?;
        let key = self.keys.iter().find(|key| key.id == *id).ok_or(Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_length| Unsealable)?;
        let mut body = body.to_vec();
        let text = key
            .cipher
            .open_in_place(nonce, Aad::from(bind(*id, place)), &mut body)
            .map_err(|_unspecified| Unsealable)?;
        Ok(text.to_vec())
    }

    fn now(&self) -> Option<&Key> {
        self.keys.get(signer(self.keys.iter().map(|key| key.seals_from), Clock::System.now()))
    }

    /// The number of the key that seals now, the first byte of what it seals; what is sealed with another can be sealed again.
    pub fn current(&self) -> Option<u8> {
        self.now().map(|key| key.id)
    }
}

fn bind(id: u8, place: &[u8]) -> Vec<u8> {
    [&[id], place].concat()
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("keys", &self.keys.iter().map(|key| key.id).collect::<Vec<_>>()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_in_its_place_only() {
        let (old, new) = (Secret::draw().unwrap(), Secret::draw().unwrap());
        let long_ago = Some(Instant::from_micros(0));
        let before = Seal::new(vec![(1, old.clone(), None)]).unwrap();
        let after = Seal::new(vec![(1, old, None), (2, new, long_ago)]).unwrap();
        assert_eq!((before.current(), after.current()), (Some(1), Some(2)));
        let sealed = before.seal(b"ventures ven_1", b"0812").unwrap();
        assert_ne!(sealed, before.seal(b"ventures ven_1", b"0812").unwrap());
        assert_eq!(after.open(b"ventures ven_1", &sealed).unwrap(), b"0812");
        assert_eq!(after.open(b"ventures ven_2", &sealed), Err(Unsealable));
        assert_eq!(before.open(b"p", &after.seal(b"p", b"x").unwrap()), Err(Unsealable));
        for i in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[i] ^= 1;
            assert_eq!(after.open(b"ventures ven_1", &changed), Err(Unsealable), "byte {i}");
            assert_eq!(after.open(b"ventures ven_1", &sealed[..i]), Err(Unsealable), "cut at {i}");
        }
    }
}
