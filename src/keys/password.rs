//! Passwords: argon2id, bounded in how many are computed at once, and as slow for a name that does not exist.

use std::sync::LazyLock;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};

/// Memory in KiB, passes, lanes: OWASP's first choice for argon2id.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// The shortest password that is accepted.
pub const SHORTEST: usize = 12;

/// The longest password that is looked at.
pub const LONGEST: usize = 200;

/// How many may be computed at once; each takes 19 MiB.
pub const AT_ONCE: usize = 4;

/// How long a sign-in waits for its turn.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// A password cannot be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the password cannot be hashed")]
pub struct Unhashable;

fn argon2() -> Result<Argon2<'static>, Unhashable> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|_fixed| Unhashable)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password with a random salt, in PHC form. Takes tens of milliseconds: run it on a thread that may
/// block, through the gate of [`AT_ONCE`].
///
/// # Errors
/// When there is no memory or no randomness.
pub fn hash(password: &str) -> Result<String, Unhashable> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_none| Unhashable)?;
    let hash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|_cause| Unhashable)?;
    Ok(hash.to_string())
}

/// Whether the password is the one of this hash. With no hash, for a name that does not exist or may not sign
/// in, it works just as long and says no. Blocks like [`hash`].
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| self::hash("nobody has this password").ok());
    let (hash, exists) = match hash {
        Some(hash) => (Some(hash), true),
        None => (NOBODY.as_deref(), false),
    };
    // Longer ones were never accepted; they cost a refusal of the same length.
    let (password, exists) = if password.len() > LONGEST { ("", false) } else { (password, exists) };
    let matches = match (argon2(), hash) {
        (Ok(argon2), Some(hash)) => argon2.verify_password(password.as_bytes(), hash).is_ok(),
        _ => false,
    };
    matches && exists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifies_its_own_hash_only() {
        let kept = hash("rahasia dapur 2024").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash("rahasia dapur 2024").unwrap());
        assert!(verify("rahasia dapur 2024", Some(&kept)));
        assert!(!verify("rahasia dapur 2025", Some(&kept)));
        assert!(!verify("nobody has this password", None));
        assert!(!verify(&"x".repeat(10_000), Some(&kept)));
        assert!(!verify("x", Some("not a hash")));
    }
}
