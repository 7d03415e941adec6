//! Access tokens of other issuers: OpenID providers that an operator trusts to say who somebody is (RFC 9068, OpenID
//! Connect Discovery 1.0). What somebody may do stands in our accounts and never in their tokens.
//!
//! A token is read in two steps. [`read`] decides all that can be decided without the issuer's keys, so that
//! fetching them is never worth a try with rubbish; [`Presented::verify`] checks the signature with them.

use std::fmt;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::token::{BASE64, InvalidToken, LEEWAY, LONGEST, SHAPE_DOTS};
use crate::domain::actor::Identity;
use crate::domain::time::Instant;

/// Heads that say where else a key might be, or that something is to be understood which is not.
const REFUSED_IN_HEADS: [&str; 8] = ["jku", "x5u", "jwk", "x5c", "crit", "b64", "zip", "enc"];

/// Longer names of keys are not looked for.
const LONGEST_KID: usize = 200;

/// Longer names of people are not looked for (OpenID Connect Core 1.0, section 2).
const LONGEST_SUBJECT: usize = 255;

/// An issuer sends at most this many keys; more are left out.
const MOST_KEYS: usize = 100;

/// What the operator says of an issuer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Its name: the `iss` of its tokens, under which its discovery document stands.
    pub issuer: String,
    /// What its tokens for this service have among their `aud`.
    pub audience: String,
    /// The `typ` of its tokens; `JWT` for issuers that do not follow RFC 9068 yet.
    #[serde(default = "Issuer::usual_type")]
    pub typ: String,
    /// Tokens that live longer are refused.
    #[serde(default = "Issuer::usual_minutes")]
    pub longest_minutes: u16,
}

impl Issuer {
    fn usual_type() -> String {
        "at+jwt".into()
    }

    const fn usual_minutes() -> u16 {
        60
    }
}

/// The keys of an issuer that can be used: those with a name, for signatures, of a kind we verify.
pub struct KeySet(Vec<Key>);

struct Key {
    kid: String,
    /// The one algorithm that goes with the key: it is pinned by the key and never chosen by a token.
    algorithm: Algorithm,
    verifying: DecodingKey,
}

impl KeySet {
    /// Reads a JWK set (RFC 7517). A key that cannot be used is left out and hurts no other.
    ///
    /// # Errors
    /// When it is not a JWK set at all.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(json)?;
        Ok(Self(set.keys.into_iter().take(MOST_KEYS).filter_map(Key::usable).collect()))
    }

    /// Whether there is a key of this name.
    pub fn has(&self, kid: &str) -> bool {
        self.0.iter().any(|key| key.kid == kid)
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.kid)).finish()
    }
}

impl Key {
    fn usable(json: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(json).ok()?;
        if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Algorithm::ES256,
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
            _ => return None,
        };
        let says_the_same = match jwk.common.key_algorithm {
            None => true,
            Some(KeyAlgorithm::RS256) => algorithm == Algorithm::RS256,
            Some(KeyAlgorithm::ES256) => algorithm == Algorithm::ES256,
            Some(KeyAlgorithm::EdDSA) => algorithm == Algorithm::EdDSA,
            Some(_) => false,
        };
        let kid = jwk.common.key_id.clone().filter(|kid| says_the_same && kid.len() <= LONGEST_KID)?;
        Some(Self { kid, algorithm, verifying: DecodingKey::from_jwk(&jwk).ok()? })
    }
}

#[derive(Deserialize)]
struct Body {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn names(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => several.iter().any(|one| one == audience),
        }
    }
}

/// A token that holds if its issuer has signed it.
pub struct Presented<'a> {
    token: &'a str,
    algorithm: Algorithm,
    /// The key it names.
    pub kid: String,
    identity: Identity,
    expires_at: i64,
}

/// The issuer that a token names, before anything of it is believed.
pub fn issuer_of(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        iss: String,
    }
    if token.len() > LONGEST {
        return None;
    }
    let body = BASE64.decode_str(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&body).ok().map(|named: Named| named.iss)
}

/// Reads a token of this issuer as far as that goes without keys.
///
/// # Errors
/// See [`InvalidToken`].
pub fn read<'a>(token: &'a str, issuer: &Issuer, now: Instant) -> Result<Presented<'a>, InvalidToken> {
    if token.len() > LONGEST || token.bytes().filter(|b| *b == b'.').count() != SHAPE_DOTS {
        return Err(InvalidToken::Malformed);
    }
    let mut parts = token.split('.').map(|part| BASE64.decode_str(part));
    let (Some(Ok(head)), Some(Ok(body))) = (parts.next(), parts.next()) else { return Err(InvalidToken::Malformed) };
    let head: Map<String, Value> = serde_json::from_slice(&head).map_err(|_garbage| InvalidToken::Malformed)?;
    if REFUSED_IN_HEADS.iter().any(|name| head.contains_key(*name)) {
        return Err(InvalidToken::Head);
    }
    let text = |name: &str| head.get(name).and_then(Value::as_str).ok_or(InvalidToken::Head);
    let algorithm = match text("alg")? {
        "RS256" => Algorithm::RS256,
        "ES256" => Algorithm::ES256,
        "EdDSA" => Algorithm::EdDSA,
        _ => return Err(InvalidToken::Head),
    };
    // RFC 9068, section 4: `application/` may stand before it, and media types are compared without regard to case.
    let typ = text("typ")?.to_ascii_lowercase();
    if typ.strip_prefix("application/").unwrap_or(&typ) != issuer.typ.to_ascii_lowercase() {
        return Err(InvalidToken::Head);
    }
    let kid = text("kid")?;
    if kid.is_empty() || kid.len() > LONGEST_KID {
        return Err(InvalidToken::Key);
    }
    let body: Body = serde_json::from_slice(&body).map_err(|_misses_claims| InvalidToken::Claims)?;
    if body.iss != issuer.issuer || !body.aud.names(&issuer.audience) {
        return Err(InvalidToken::Claims);
    }
    if body.sub.is_empty() || body.sub.len() > LONGEST_SUBJECT {
        return Err(InvalidToken::Claims);
    }
    let now = now.seconds();
    let lives = body.exp.saturating_sub(body.iat);
    let expired = body.exp.saturating_add(LEEWAY) <= now;
    let early = |at: i64| at.saturating_sub(LEEWAY) > now;
    let longest = i64::from(issuer.longest_minutes) * 60;
    if expired || early(body.iat) || body.nbf.is_some_and(early) || !(1..=longest).contains(&lives) {
        return Err(InvalidToken::Time);
    }
    let identity = Identity { issuer: body.iss, subject: body.sub };
    Ok(Presented { token, algorithm, kid: kid.to_owned(), identity, expires_at: body.exp })
}

impl Presented<'_> {
    /// Whose token it is and until when, seconds since 1970, if one of the issuer's keys has signed it.
    ///
    /// # Errors
    /// [`InvalidToken::Key`] when there is no such key, or the key is for another algorithm than the token says;
    /// [`InvalidToken::Claims`] when the signature is not that key's.
    pub fn verify(self, keys: &KeySet) -> Result<(Identity, i64), InvalidToken> {
        let found = keys.0.iter().find(|key| key.kid == self.kid && key.algorithm == self.algorithm);
        let key = found.ok_or(InvalidToken::Key)?;
        let mut validation = Validation::new(key.algorithm);
        // The claims were checked when the token was read: against the service's own clock, and all of them.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        jsonwebtoken::decode::<serde::de::IgnoredAny>(self.token, &key.verifying, &validation)
            .map_err(|_cause| InvalidToken::Claims)?;
        Ok((self.identity, self.expires_at))
    }
}
