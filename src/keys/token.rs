//! Access tokens: EdDSA-signed JWTs of ten minutes (RFC 9068), verified strictly and without any I/O.

use std::fmt;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::{KeyError, Secret};
use crate::domain::actor::Role;
use crate::domain::id::{Ids, UserId, encode_digits};
use crate::domain::time::Instant;

/// How long an access token lives, seconds.
pub const LIFETIME: i64 = 600;

/// How far clocks may be apart, seconds.
pub(super) const LEEWAY: i64 = 30;

/// A token longer than this is not looked at.
pub(super) const LONGEST: usize = 8 << 10;

/// Head, body, signature.
pub(super) const SHAPE_DOTS: usize = 2;

const TYPE: &str = "at+jwt";
const ISSUER: &str = "sedaya";
const AUDIENCE: &str = "sedaya";
pub(super) const BASE64: fast32::base64::Alphabet64Nopad = fast32::base64::RFC4648_URL_NOPAD;

/// What a verified token says. The server still asks whether it holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The account.
    pub user: UserId,
    /// The role it had when the token was issued.
    pub role: Role,
    /// The sign-in it came from: the family of its refresh tokens.
    pub session: String,
    /// When it was issued, seconds since 1970.
    pub issued_at: i64,
    /// When it ends, seconds since 1970.
    pub expires_at: i64,
}

/// Why a token does not hold. For logs and tests; the caller learns only that it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// Too long, not three parts, or not JSON inside.
    #[error("malformed")]
    Malformed,
    /// Another type or algorithm, or a head with anything but `alg`, `typ` and `kid`.
    #[error("wrong head")]
    Head,
    /// No such key.
    #[error("unknown key")]
    Key,
    /// The signature, the issuer, the audience or a claim does not hold.
    #[error("wrong signature or claims")]
    Claims,
    /// Expired, not yet valid, or living longer than ours do.
    #[error("wrong time")]
    Time,
}

/// The head of our tokens, and nothing more: `jku`, `x5u`, `jwk`, `crit` and whatever else are refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
struct Body {
    iss: String,
    aud: String,
    sub: UserId,
    exp: i64,
    nbf: i64,
    iat: i64,
    jti: String,
    sid: String,
    role: Role,
}

/// A signing key as the key file has it.
pub(super) struct Seed {
    /// Its name.
    pub kid: String,
    /// The seed.
    pub secret: Secret,
    /// From when on it signs; without it, as long as no other has begun to.
    pub signs_from: Option<Instant>,
}

/// Which of several keys signs at a time, by when they begin to: of those that have begun the one that did so last, and the
/// first of equals. Before all of them the first.
pub(super) fn signer(begin: impl Iterator<Item = Option<Instant>>, now: Instant) -> usize {
    let begun = begin.enumerate().filter(|(_, from)| from.is_none_or(|from| from <= now));
    begun.max_by_key(|(n, from)| (*from, std::cmp::Reverse(*n))).map_or(0, |(n, _)| n)
}

struct Key {
    kid: String,
    public: String,
    signing: EncodingKey,
    verifying: DecodingKey,
    signs_from: Option<Instant>,
}

/// Issues and verifies access tokens.
pub struct Tokens {
    keys: Vec<Key>,
    validation: Validation,
}

impl Tokens {
    pub(super) fn new(seeds: Vec<Seed>) -> Result<Self, KeyError> {
        // Fails only when it has been installed before, which is as good.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let mut keys = Vec::new();
        for Seed { kid, secret, signs_from } in seeds {
            let refused = || KeyError::SelfTest("a signing key is refused");
            let pair = Ed25519KeyPair::from_seed_unchecked(secret.bytes()).map_err(|_rejected| refused())?;
            let public = BASE64.encode(pair.public_key().as_ref());
            let verifying = DecodingKey::from_ed_components(&public).map_err(|_rejected| refused())?;
            let private = pair.to_pkcs8v1().map_err(|_unspecified| refused())?;
            let signing = EncodingKey::from_ed_der(private.as_ref());
            keys.push(Key { kid, public, signing, verifying, signs_from });
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        // Times are compared with the service's own clock, below.
        validation.validate_exp = false;
        Ok(Self { keys, validation })
    }

    /// Signs and verifies one token, so that a broken set-up stops the start and not the first sign-in.
    pub(super) fn self_test(&self) -> Result<(), KeyError> {
        let now = Instant::from_micros(1_731_550_000_000_000);
        let user = Ids::seeded("self-test").next(now);
        let token = self.issue(user, Role::Owner, "self-test", now, &Ids::seeded("self-test"))?;
        match self.verify(&token, now) {
            Ok(claims) if claims.user == user => Ok(()),
            _ => Err(KeyError::SelfTest("signing and verifying a token")),
        }
    }

    /// Issues a token of [`LIFETIME`] seconds.
    ///
    /// # Errors
    /// When the cryptography does not work.
    pub fn issue(&self, user: UserId, role: Role, session: &str, now: Instant, ids: &Ids) -> Result<String, KeyError> {
        let failed = || KeyError::SelfTest("signing a token");
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        let key = self.keys.get(signer(self.keys.iter().map(|k| k.signs_from), now)).ok_or_else(failed)?;
        header.kid = Some(key.kid.clone());
        let now = now.seconds();
        let body = Body {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: user,
            exp: now + LIFETIME,
            nbf: now,
            iat: now,
            jti: encode_digits(ids.bytes()),
            sid: session.into(),
            role,
        };
        jsonwebtoken::encode(&header, &body, &key.signing).map_err(|_cause| failed())
    }

    /// Verifies a token.
    ///
    /// # Errors
    /// See [`InvalidToken`].
    pub fn verify(&self, token: &str, now: Instant) -> Result<Claims, InvalidToken> {
        if token.len() > LONGEST || token.bytes().filter(|b| *b == b'.').count() != SHAPE_DOTS {
            return Err(InvalidToken::Malformed);
        }
        let head = token.split('.').next().unwrap_or_default();
        let head = BASE64.decode_str(head).map_err(|_garbage| InvalidToken::Malformed)?;
        let head: Head = serde_json::from_slice(&head).map_err(|_unknown_member| InvalidToken::Head)?;
        if head.alg != "EdDSA" || head.typ != TYPE {
            return Err(InvalidToken::Head);
        }
        let key = self.keys.iter().find(|k| k.kid == head.kid).ok_or(InvalidToken::Key)?;
        let body = jsonwebtoken::decode::<Body>(token, &key.verifying, &self.validation)
            .map_err(|_cause| InvalidToken::Claims)?
            .claims;
        let now = now.seconds();
        let lives = body.exp.saturating_sub(body.iat);
        let expired = body.exp.saturating_add(LEEWAY) <= now;
        let early = body.nbf.saturating_sub(LEEWAY) > now || body.iat.saturating_sub(LEEWAY) > now;
        if expired || early || !(1..=LIFETIME).contains(&lives) {
            return Err(InvalidToken::Time);
        }
        Ok(Claims { user: body.sub, role: body.role, session: body.sid, issued_at: body.iat, expires_at: body.exp })
    }

    /// The public keys: name and base64url of the key.
    pub fn public_keys(&self) -> impl Iterator<Item = (String, String)> {
        self.keys.iter().map(|k| (k.kid.clone(), k.public.clone()))
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("keys", &self.keys.iter().map(|k| &k.kid).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
