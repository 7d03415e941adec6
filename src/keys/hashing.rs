//! Keyed hashes: a number or a code can be found again by its hash, and not read from it. Whoever has the
//! database without the key file cannot try them out either.

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::Secret;
use crate::domain::id::Ids;
use crate::domain::one_time_code::DIGITS;

/// Keyed BLAKE3, one key a purpose, as 64 hexadecimal digits.
#[derive(Debug)]
pub struct Hashing {
    nik: Secret,
    claim: Secret,
    refresh: Secret,
    successor: Secret,
    content: Secret,
    address: Secret,
    service: Secret,
    service_proof: Secret,
    request: Secret,
    erased: Secret,
    phone: Secret,
    one_time: Secret,
    mandate: Secret,
}

impl Hashing {
    pub(super) fn new(master: &Secret) -> Self {
        Self {
            nik: master.derive("sedaya 2024 nik"),
            claim: master.derive("sedaya 2024 claim code"),
            refresh: master.derive("sedaya 2024 refresh token"),
            successor: master.derive("sedaya 2024 refresh token successor"),
            content: master.derive("sedaya 2024 import content"),
            address: master.derive("sedaya 2024 address"),
            service: master.derive("sedaya 2024 service token"),
            service_proof: master.derive("sedaya 2024 service token proof"),
            request: master.derive("sedaya 2024 request"),
            erased: master.derive("sedaya 2024 erased reference"),
            phone: master.derive("sedaya 2024 phone"),
            one_time: master.derive("sedaya 2024 one-time code"),
            mandate: master.derive("sedaya 2024 mandate code"),
        }
    }

    /// Of a national identity number, by which duplicates are found. The number itself is never stored.
    pub fn nik(&self, nik: &str) -> String {
        hash(&self.nik, nik)
    }

    /// Of an owner's claim code, however it was typed: without regard to case, spaces and dashes, and with `o`
    /// read as `0`, `i` and `l` as `1`.
    pub fn claim_code(&self, code: &str) -> String {
        hash(&self.claim, &as_meant(code))
    }

    /// Of the code with which a pendamping takes up an owner's invitation, however it was typed.
    pub fn mandate_code(&self, code: &str) -> String {
        hash(&self.mandate, &as_meant(code))
    }

    /// The one refresh token that follows another: derived, so that the same token asked for twice leads to the
    /// same answer although only hashes are stored.
    pub fn refresh_token_after(&self, token: &str) -> String {
        let next = blake3::keyed_hash(self.successor.bytes(), token.as_bytes());
        format!("rt_{}", fast32::base64::RFC4648_URL_NOPAD.encode(next.as_bytes()))
    }

    /// Of what an import says of somebody, by which it sees whether anything changed. A phone number is too short to
    /// be safe behind a hash that anybody can try out.
    pub fn content(&self, canonical: &str) -> String {
        hash(&self.content, canonical)
    }

    /// Of the number that an erased venture had in its cohort's papers: the same sheet must not make it anew.
    pub fn erased_reference(&self, cohort: &str, reference: &str) -> String {
        hash(&self.erased, &format!("{cohort} {reference}"))
    }

    /// Of an address that requests come from.
    pub fn address(&self, address: &str) -> String {
        hash(&self.address, address)
    }

    /// A new token for a program: 256 bits of the source and 128 that prove we made it, so that made-up ones are refused
    /// without asking the database.
    pub fn new_service_token(&self, ids: &Ids) -> String {
        let mut bytes = [ids.bytes(), ids.bytes()].concat();
        bytes.extend_from_slice(&self.service_proof(&bytes));
        format!("{SERVICE_TOKEN}{}", fast32::base64::RFC4648_URL_NOPAD.encode(&bytes))
    }

    /// Of a program's token; `None` when it is none of ours.
    pub fn service_token(&self, token: &str) -> Option<String> {
        // Base64 of 48 bytes, neither more nor less.
        let digits = token.strip_prefix(SERVICE_TOKEN).filter(|digits| digits.len() == 64)?;
        let bytes = fast32::base64::RFC4648_URL_NOPAD.decode_str(digits).ok()?;
        let (random, proof) = bytes.split_at_checked(32)?;
        // Compared without telling by the time taken how much of it is right.
        verify_slices_are_equal(&self.service_proof(random), proof).ok()?;
        Some(hash(&self.service, token))
    }

    fn service_proof(&self, random: &[u8]) -> [u8; 16] {
        let whole = blake3::keyed_hash(self.service_proof.bytes(), random);
        let mut half = [0; 16];
        half.copy_from_slice(&whole.as_bytes()[..16]);
        half
    }

    /// Of a request, by its parts: whether it is the same one again. It may hold a password, which nobody must be able to try
    /// out against a hash as fast as this.
    pub fn request(&self, parts: &[&[u8]]) -> String {
        let mut whole = blake3::Hasher::new_keyed(self.request.bytes());
        for part in parts {
            whole.update(&(part.len() as u64).to_be_bytes()).update(part);
        }
        whole.finalize().to_hex().to_string()
    }

    /// Of a phone number in its international form, by which the account it opens is found.
    pub fn phone(&self, number: &str) -> String {
        hash(&self.phone, number)
    }

    /// Of a one-time code, for one account and one purpose.
    pub fn one_time_code(&self, account: &str, purpose: &str, code: &str) -> String {
        // Neither an account nor a purpose has a space in it.
        hash(&self.one_time, &format!("{account} {purpose} {code}"))
    }

    /// Whether a code is the one that was hashed. Compared without telling by the time taken how much of it is right.
    pub fn is_one_time_code(&self, kept: &str, account: &str, purpose: &str, code: &str) -> bool {
        let given = self.one_time_code(account, purpose, code);
        verify_slices_are_equal(kept.as_bytes(), given.as_bytes()).is_ok()
    }

    /// Of a refresh token.
    pub fn refresh_token(&self, token: &str) -> String {
        hash(&self.refresh, token)
    }
}

/// How a program's token begins.
pub const SERVICE_TOKEN: &str = "st_";

fn hash(key: &Secret, text: &str) -> String {
    blake3::keyed_hash(key.bytes(), text.as_bytes()).to_hex().to_string()
}

/// A code without regard to case, spaces and dashes, its look-alikes read as the digits they stand for.
fn as_meant(code: &str) -> String {
    code.chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        })
        .collect()
}

/// A new code for a pendamping: 40 bits of the source as eight digits in fours, `7k3m-0q9x`. Short enough to be read out; it works
/// once and for half an hour, only for accounts of pendamping, and wrong ones are counted.
pub fn new_mandate_code(ids: &Ids) -> String {
    let digits = fast32::base32::CROCKFORD_LOWER.encode(&ids.bytes()[..5]);
    let (first, second) = digits.split_at(digits.len() / 2);
    format!("{first}-{second}")
}

/// A new claim code: 80 bits of the source as sixteen digits in fours, `7k3m-0q9x-c2vd-8h5r`. Kept by nobody but the
/// paper; the database has its hash.
pub fn new_claim_code(ids: &Ids) -> String {
    let digits = fast32::base32::CROCKFORD_LOWER.encode(&ids.bytes()[..10]);
    let fours: Vec<&str> = (0..4).filter_map(|i| digits.get(i * 4..i * 4 + 4)).collect();
    fours.join("-")
}

/// A new one-time code: six digits, from 64 bits of the source, so that all are as likely to within one in ten million million.
pub fn new_one_time_code(ids: &Ids) -> String {
    let mut half = [0; 8];
    half.copy_from_slice(&ids.bytes()[..8]);
    format!("{:0digits$}", u64::from_be_bytes(half) % 10_u64.pow(DIGITS as u32), digits = DIGITS)
}

/// A new refresh token: 256 bits of the source.
pub fn new_refresh_token(ids: &Ids) -> String {
    let bytes = [ids.bytes(), ids.bytes()].concat();
    format!("rt_{}", fast32::base64::RFC4648_URL_NOPAD.encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let hashing = Hashing::new(&Secret::draw().unwrap());
        let code = new_claim_code(&Ids::Random);
        assert_eq!(code.len(), 19);
        let kept = hashing.claim_code(&code);
        assert_eq!(kept.len(), 64);
        assert_eq!(hashing.claim_code(&code.to_uppercase().replace('-', " ")), kept);
        assert_eq!(hashing.claim_code(&code.replace('0', "O").replace('1', "l")), kept);
        assert_ne!(hashing.claim_code(&new_claim_code(&Ids::Random)), kept);
        assert_ne!(hashing.nik(&code), hashing.refresh_token(&code));
        let other = Hashing::new(&Secret::draw().unwrap());
        assert_ne!(other.claim_code(&code), kept);
        assert_ne!(other.request(&[b"a"]), hashing.request(&[b"a"]));
        assert_ne!(hashing.request(&[b"ab", b"c"]), hashing.request(&[b"a", b"bc"]));
    }

    #[test]
    fn a_mandate_code_is_short_and_found_however_it_is_typed() {
        let hashing = Hashing::new(&Secret::draw().unwrap());
        let code = new_mandate_code(&Ids::Random);
        assert_eq!((code.len(), code.find('-')), (9, Some(4)), "{code}");
        let kept = hashing.mandate_code(&code);
        assert_eq!(hashing.mandate_code(&format!(" {} ", code.to_uppercase().replace('-', " "))), kept);
        assert_ne!(hashing.claim_code(&code), kept);
        assert_ne!(hashing.mandate_code(&new_mandate_code(&Ids::Random)), kept);
    }

    #[test]
    fn service_tokens_prove_where_they_come_from() {
        let hashing = Hashing::new(&Secret::draw().unwrap());
        let token = hashing.new_service_token(&Ids::Random);
        assert_eq!(token.len(), 67);
        assert_eq!(hashing.service_token(&token).unwrap().len(), 64);
        assert_ne!(hashing.new_service_token(&Ids::Random), token);
        assert!(Hashing::new(&Secret::draw().unwrap()).service_token(&token).is_none());
        for n in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[n] = if other[n] == b'A' { b'B' } else { b'A' };
            assert!(hashing.service_token(std::str::from_utf8(&other).unwrap()).is_none(), "{n}");
        }
        for odd in ["", "st_", &token[..66], &format!("{token}A"), &format!(" {token}"), &token[3..]] {
            assert!(hashing.service_token(odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn a_one_time_code_is_six_digits_and_for_one_account_and_purpose() {
        let hashing = Hashing::new(&Secret::draw().unwrap());
        let code = new_one_time_code(&Ids::Random);
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        let kept = hashing.one_time_code("usr_1", "sign_in", &code);
        assert!(hashing.is_one_time_code(&kept, "usr_1", "sign_in", &code));
        assert!(!hashing.is_one_time_code(&kept, "usr_2", "sign_in", &code));
        assert!(!hashing.is_one_time_code(&kept, "usr_1", "confirm", &code));
        assert!(!hashing.is_one_time_code(&kept, "usr_1", "sign_in", "1234567"));
        let codes: std::collections::BTreeSet<_> = (0..50).map(|_| new_one_time_code(&Ids::Random)).collect();
        assert!(codes.len() > 45);
    }

    #[test]
    fn refresh_tokens_are_long_and_differ() {
        let (a, b) = (new_refresh_token(&Ids::Random), new_refresh_token(&Ids::Random));
        assert_eq!(a.len(), 46);
        assert_ne!(a, b);
    }
}
