//! The secrets of webhooks and what is signed with them, as Standard Webhooks 1.0.0 has it: HMAC-SHA256 over
//! `id.timestamp.body` (<https://www.standardwebhooks.com>).

use std::fmt;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use fast32::base64::RFC4648;
use zeroize::Zeroizing;

use crate::domain::id::Ids;

/// What the printed form begins with.
const PREFIX: &str = "whsec_";

/// A secret that the receiver and the service share. Wiped when dropped, never printed but by [`WebhookSecret::reveal`].
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

impl WebhookSecret {
    /// A new one of 32 random bytes.
    pub fn new(ids: &Ids) -> Self {
        Self(Zeroizing::new([ids.bytes(), ids.bytes()].concat()))
    }

    /// From its bytes, as they are kept.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// From the printed form.
    pub fn parse(text: &str) -> Option<Self> {
        RFC4648.decode_str(text.strip_prefix(PREFIX)?).ok().map(Self::from_bytes)
    }

    /// The bytes, to be encrypted.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The printed form: shown once, to whoever made it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", RFC4648.encode(&self.0))
    }

    /// The signature of a message at a time in seconds since 1970: `v1,` and base64.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let signed = format!("{id}.{timestamp}.{body}");
        let tag = sign(&Key::new(HMAC_SHA256, &self.0), signed.as_bytes());
        format!("v1,{}", RFC4648.encode(tag.as_ref()))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `libraries/go/webhook_test.go` and `libraries/python/tests/test_webhooks.py` of
    /// <https://github.com/standard-webhooks/standard-webhooks>.
    #[test]
    fn the_published_vector_of_standard_webhooks() {
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_prints_only_when_it_is_asked_to() {
        let secret = WebhookSecret::new(&Ids::Random);
        let text = secret.reveal();
        assert_eq!((text.len(), &text[..6]), (6 + 44, PREFIX));
        assert_eq!(WebhookSecret::parse(&text).unwrap().bytes(), secret.bytes());
        assert!(!format!("{secret:?}").contains(&text[6..]));
        assert_ne!(WebhookSecret::new(&Ids::Random).bytes(), secret.bytes());
        for odd in ["", "whsec_", "whsec_*", &text[6..]] {
            assert!(WebhookSecret::parse(odd).is_none_or(|s| s.bytes().is_empty()), "{odd}");
        }
    }
}
