//! How sealing keys are replaced: a new one is added and begins to seal a while later, when every process has read it; then what is
//! at rest is sealed anew with it; then the old one is taken out.

use std::path::Path;

use serde::Serialize;

use super::file::{KeyFile, SealingKey, as_it_stands, change};
use super::token::signer;
use super::{KeyError, Secret};
use crate::domain::time::Instant;

/// For how many days what is sealed and soon forgotten may lie about: answers kept for repeated requests, codes on their way.
pub const PASSING_DAYS: i64 = 2;

/// What may be known of a sealing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SealingKeyState {
    /// Its number, the first byte of what it has sealed.
    pub id: u8,
    /// From when on it seals; null for the first one.
    pub seals_from: Option<Instant>,
    /// Whether it is the one that seals now.
    pub seals: bool,
}

fn states(keys: &KeyFile, now: Instant) -> Vec<SealingKeyState> {
    let seals = signer(keys.sealing.iter().map(|key| key.seals_from), now);
    let state =
        |(n, key): (usize, &SealingKey)| SealingKeyState { id: key.id, seals_from: key.seals_from, seals: n == seals };
    keys.sealing.iter().enumerate().map(state).collect()
}

/// The sealing keys of a key file, in its order.
///
/// # Errors
/// As [`super::Keys::open`], but that no file is made.
pub fn sealing_keys(path: &Path, now: Instant) -> Result<Vec<SealingKeyState>, KeyError> {
    Ok(states(&as_it_stands(path)?, now))
}

/// Adds a key that begins to seal after a number of minutes. Until then every process must have read it: what the new key has
/// sealed, a process without it cannot open.
///
/// # Errors
/// [`KeyError::SealingWaits`] while another one has not begun to seal; as [`super::Keys::open`].
pub fn add(path: &Path, now: Instant, minutes: u16) -> Result<SealingKeyState, KeyError> {
    let seals_from = Some(now.plus_seconds(i64::from(minutes) * 60));
    change(path, |keys| {
        if let Some(waiting) = keys.sealing.iter().find(|key| key.seals_from.is_some_and(|from| from > now)) {
            return Err(KeyError::SealingWaits(waiting.id));
        }
        // The number after the last, so that none comes back soon after it went.
        let last = keys.sealing.iter().map(|key| key.id).max().unwrap_or(0);
        let is_free = |id: &u8| keys.sealing.iter().all(|key| key.id != *id);
        let id = (last.saturating_add(1)..=u8::MAX).chain(1..=u8::MAX).find(is_free).unwrap_or(last);
        keys.sealing.push(SealingKey { id, key: Secret::draw()?, seals_from });
        Ok(SealingKeyState { id, seals_from, seals: minutes == 0 })
    })
}

/// Whether the keys before the one that seals now may go, as far as time goes: what they sealed for a short while has been forgotten.
/// Nothing when there is none before it.
///
/// # Errors
/// As [`sealing_keys`].
pub fn may_go_from(path: &Path, now: Instant) -> Result<Option<Instant>, KeyError> {
    let states = sealing_keys(path, now)?;
    let since = states.iter().find(|key| key.seals).and_then(|key| key.seals_from);
    Ok(since.filter(|_| states.len() > 1).map(|since| since.plus_days(PASSING_DAYS)))
}

/// Takes out the keys that sealed before the one that seals now, and gives their numbers. Whoever calls this has seen that nothing is
/// sealed with them any more.
///
/// # Errors
/// As [`super::Keys::open`].
pub fn take_out(path: &Path, now: Instant) -> Result<Vec<u8>, KeyError> {
    change(path, |keys| {
        let Some(now) = states(keys, now).into_iter().find(|key| key.seals) else { return Ok(Vec::new()) };
        let is_past = |key: &SealingKey| key.id != now.id && key.seals_from <= now.seals_from;
        let past = keys.sealing.iter().filter(|key| is_past(key)).map(|key| key.id).collect();
        keys.sealing.retain(|key| !is_past(key));
        Ok(past)
    })
}

#[cfg(test)]
mod tests {
    use super::super::Keys;
    use super::*;

    #[test]
    fn a_new_key_waits_seals_and_takes_the_old_one_s_place() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys.json");
        let sealed = Keys::open(&path).unwrap().personal().seal(b"place", b"0812").unwrap();
        let now = Instant::from_micros(1_731_550_000_000_000);
        let at = |minutes: i64| now.plus_seconds(minutes * 60);
        let new = add(&path, now, 10).unwrap();
        assert_eq!((new.id, new.seals_from, new.seals), (2, Some(at(10)), false));
        let seals = |when| sealing_keys(&path, when).unwrap().iter().find(|key| key.seals).map(|key| key.id);
        assert_eq!((seals(at(9)), seals(at(10))), (Some(1), Some(2)));
        assert!(matches!(add(&path, at(9), 10), Err(KeyError::SealingWaits(2))));
        // By the system's clock the new one has begun long ago.
        let keys = Keys::open(&path).unwrap();
        assert_eq!(keys.personal().current(), Some(2));
        assert_eq!(keys.personal().open(b"place", &sealed).unwrap(), b"0812");
        let anew = keys.personal().seal(b"place", b"0812").unwrap();
        assert_eq!(anew[0], 2);
        assert_eq!((may_go_from(&path, at(9)).unwrap(), take_out(&path, at(9)).unwrap()), (None, vec![]));
        assert_eq!(may_go_from(&path, at(10)).unwrap(), Some(at(10).plus_days(2)));
        assert_eq!(take_out(&path, at(10)).unwrap(), [1]);
        assert_eq!(may_go_from(&path, at(10)).unwrap(), None);
        let keys = Keys::open(&path).unwrap();
        assert_eq!(keys.personal().open(b"place", &anew).unwrap(), b"0812");
        assert!(keys.personal().open(b"place", &sealed).is_err());
        assert_eq!(add(&path, at(20), 0).unwrap().id, 3, "no number comes back");
    }
}
