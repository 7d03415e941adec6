//! What an investor notes about a match for itself.

use actix_web::{get, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::json::Json;
use super::parameters::Path;
use super::problem::Result;
use super::routes::Routes;
use crate::domain::id::MatchId;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::matches;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(get_match_note).add(write_match_note);
}

/// A note.
#[derive(Serialize, ToSchema)]
pub struct MatchNote {
    /// Empty before anything was noted.
    #[schema(example = "Tanyakan kapasitas produksi bulan puasa.", max_length = 2000)]
    text: String,
    /// Rises with each change; 0 before anything was noted.
    #[schema(example = 1, minimum = 0)]
    version: i32,
    /// When it was last written; null before anything was noted.
    #[schema(required = true)]
    updated_at: Option<Instant>,
}

impl From<matches::Note> for MatchNote {
    fn from(note: matches::Note) -> Self {
        Self { text: note.text, version: note.version, updated_at: note.updated_at }
    }
}

/// What to note.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMatchNote {
    /// Takes the place of what was noted before; empty to note nothing any more.
    #[schema(example = "Tanyakan kapasitas produksi bulan puasa.", max_length = 2000)]
    text: String,
}

/// Read the note about a match
///
/// Use it to show what the investor's own people have noted about a match. Nobody else reads it: neither staff nor the owner.
#[utoipa::path(tag = "matches", params(MatchId), responses((status = 200, body = MatchNote)))]
#[get("/v1/matches/{id}/note")]
pub async fn get_match_note(caller: Caller<op::GetMatchNote>, Path(id): Path<MatchId>) -> Result<Answer<MatchNote>> {
    let actor = caller.actor;
    let note = caller
        .run(move |service| service.read(|conn| matches::note(conn, &service.keys, &actor, id, service.clock.now())));
    let note = note.await?;
    let version = note.version;
    Ok(Answer::ok(MatchNote::from(note)).tagged(version.into(), "investor").no_store())
}

/// Write the note about a match
///
/// Use it to keep what the investor's own people should remember. It takes the place of the note before.
#[utoipa::path(tag = "matches", params(MatchId, IfMatch), responses((status = 200, body = MatchNote)))]
#[put("/v1/matches/{id}/note")]
pub async fn write_match_note(
    caller: Caller<op::WriteMatchNote>,
    Path(id): Path<MatchId>,
    Json(new): Json<NewMatchNote>,
    IfMatch(version): IfMatch,
) -> Result<Answer<MatchNote>> {
    let actor = caller.actor;
    let note = caller.act(move |act| matches::write_note(act, &actor, id, version, new.text)).await?;
    let version = note.version;
    Ok(Answer::ok(MatchNote::from(note)).tagged(version.into(), "investor").no_store())
}
