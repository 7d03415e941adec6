//! Signing in and out, and the keys that tokens are signed with.

use actix_web::get;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Anyone;
use super::problem::Result;
use super::routes::Routes;
use crate::domain::right::op;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(get_jwks);
}

/// The public keys of access tokens (RFC 7517).
#[derive(Serialize, ToSchema)]
pub struct Jwks {
    /// One signs, several verify while a key is being replaced.
    #[schema(max_items = 16)]
    keys: Vec<Jwk>,
}

/// One public key.
#[derive(Serialize, ToSchema)]
pub struct Jwk {
    /// Always `OKP`.
    #[schema(example = "OKP", max_length = 10)]
    kty: &'static str,
    /// Always `Ed25519`.
    #[schema(example = "Ed25519", max_length = 10)]
    crv: &'static str,
    /// Always `EdDSA`.
    #[schema(example = "EdDSA", max_length = 10)]
    alg: &'static str,
    /// Always `sig`.
    #[schema(example = "sig", max_length = 10)]
    r#use: &'static str,
    /// The name of the key, as in the head of a token.
    #[schema(example = "2024-11-a1b2c3d4", max_length = 60)]
    kid: String,
    /// The public key, base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", max_length = 60)]
    x: String,
}

/// Get the public keys of access tokens
///
/// For services that want to verify access tokens themselves. Fetch again when a token names an unknown `kid`,
/// at most once a minute.
#[utoipa::path(tag = "auth", responses((status = 200, description = "The keys.", body = Jwks)))]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(request: Anyone<op::GetJwks>) -> Result<Answer<Jwks>> {
    let key = |(kid, x)| Jwk { kty: "OKP", crv: "Ed25519", alg: "EdDSA", r#use: "sig", kid, x };
    let keys = request.app.service.keys.tokens().public_keys().map(key).collect();
    Ok(Answer::ok(Jwks { keys }).header(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")))
}
