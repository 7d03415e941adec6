//! The code of a venture towards one investor: Crockford base32 of one AES block over the sixteen bytes of its
//! id, with a key of this investor's own. No table is needed, we alone can read it back, and two investors
//! cannot join their lists by it.

use std::fmt;

use aes::Aes256;
use aes::cipher::{Array, BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use zeroize::Zeroizing;

use super::Secret;
use crate::domain::id::{Id as _, InvestorId, VentureId, decode_digits, encode_digits};

/// Writes and reads the codes of one investor.
pub struct VentureCodes(Aes256);

impl VentureCodes {
    pub(super) fn new(master: &Secret, investor: InvestorId) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        let investor = investor.uuid();
        let info: [&[u8]; 2] = [b"sedaya venture code", investor.as_bytes()];
        let prk = Salt::new(HKDF_SHA256, b"sedaya 2024").extract(master.bytes());
        // Both steps fail only for outputs longer than 255 blocks; this is one.
        let filled = prk.expand(&info, HKDF_SHA256).and_then(|okm| okm.fill(&mut *key));
        debug_assert!(filled.is_ok());
        Self(Aes256::new(&Array::from(*key)))
    }

    /// The code of a venture.
    pub fn encode(&self, venture: VentureId) -> String {
        let mut block = Array::from(*venture.uuid().as_bytes());
        self.0.encrypt_block(&mut block);
        encode_digits(block.into())
    }

    /// The venture of a code; `None` for any text that is no code of this investor. A well-formed one may still
    /// be of a venture that does not exist.
    pub fn decode(&self, code: &str) -> Option<VentureId> {
        let mut block = Array::from(decode_digits(code)?);
        self.0.decrypt_block(&mut block);
        let uuid = uuid::Uuid::from_bytes(block.into());
        (uuid.get_version_num() == 7 && uuid.get_variant() == uuid::Variant::RFC4122)
            .then(|| VentureId::from_uuid(uuid))
    }
}

impl fmt::Debug for VentureCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VentureCodes(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Ids;
    use crate::domain::time::Instant;

    #[test]
    fn there_and_back_for_its_own_investor_only() {
        let now = Instant::from_micros(1_731_550_000_000_000);
        let ids = Ids::seeded("codes");
        let master = Secret([9; 32]);
        let (one, other) = (ids.next(now), ids.next(now));
        let venture: VentureId = ids.next(now);
        let codes = VentureCodes::new(&master, one);
        let code = codes.encode(venture);
        assert_eq!(code.len(), 26);
        assert_eq!(codes.decode(&code), Some(venture));
        assert_eq!(VentureCodes::new(&master, one).encode(venture), code);
        let foreign = VentureCodes::new(&master, other);
        assert_ne!(foreign.encode(venture), code);
        assert_ne!(foreign.decode(&code), Some(venture));
        assert_ne!(VentureCodes::new(&Secret([8; 32]), one).encode(venture), code);
        for bad in ["", "x", &code.to_uppercase(), &venture.to_string()] {
            assert_eq!(codes.decode(bad), None, "{bad}");
        }
    }

    /// The key depends on the investor and the master key: a fixed answer keeps codes stable over releases.
    #[test]
    fn codes_stay_what_they_are() {
        let now = Instant::from_micros(1_731_550_000_000_000);
        let ids = Ids::seeded("golden");
        let codes = VentureCodes::new(&Secret([1; 32]), ids.next(now));
        assert_eq!(codes.encode(ids.next(now)), "5wtxpdvb1f57e0ktq7c8mq7pag");
    }
}
