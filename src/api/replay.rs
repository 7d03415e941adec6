//! Replaying a list: here, or anywhere from a kit.

use actix_web::get;
use actix_web::http::header::{CONTENT_DISPOSITION, HeaderValue};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::engine_schema::CriteriaDocument;
use super::parameters::Path;
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::criteria::Reading;
use crate::domain::id::{CriteriaId, MatchListId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::ops::looks;
use crate::ops::replay::{self, How, Verdict, What};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(replay_match_list).add(get_match_list_kit);
}

/// What differs at a replay.
#[derive(Serialize, ToSchema)]
pub struct ReplayDifference {
    /// `inputs` what was ranked cannot be read · `inputs_hash`, `output_hash` they have another hash · `seed`,
    /// `engine_version` the list names another one · `line` bytes of a result or card were changed · `result` the line
    /// made again is another one · `place` a line stands where it does not belong · `count` a line is missing or too
    /// many · `audit` it was published with other hashes.
    what: What,
    /// At which line; null if it is no single one's.
    #[schema(required = true, example = 3, minimum = 0)]
    position: Option<i32>,
}

/// What a replay found.
#[derive(Serialize, ToSchema)]
pub struct ReplayVerdict {
    /// `verified_except_erased`: all that is left is what was published; some ventures were erased since.
    verdict: Verdict,
    /// How many of the ventures that were considered have been erased since.
    #[schema(example = 0, minimum = 0)]
    erased: usize,
    /// How many lines the list had when it was made.
    #[schema(example = 20, minimum = 0)]
    entries: i32,
    /// How many lines are verified.
    #[schema(example = 20, minimum = 0)]
    entries_equal: usize,
    /// Places of erased lines.
    #[schema(max_items = 100_000)]
    gaps: Vec<i32>,
    /// BLAKE3 of what was ranked, kept when the list was made.
    #[schema(max_length = 64, example = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b")]
    inputs_hash: String,
    /// The same of the inputs as they stand now; null if they cannot be read.
    #[schema(
        required = true,
        max_length = 64,
        example = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b"
    )]
    inputs_hash_now: Option<String>,
    /// BLAKE3 of what came out, kept when the list was made.
    #[schema(max_length = 64, example = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592")]
    output_hash: String,
    /// The same of the lines as they stand now.
    #[schema(max_length = 64, example = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592")]
    output_hash_now: String,
    /// The engine that ranked.
    #[schema(example = "1", max_length = 20)]
    engine_version: String,
    /// The engine that replayed. Where it is another one, it may make other lines: replay a kit with the version that
    /// made the list.
    #[schema(example = "1", max_length = 20)]
    engine_version_now: String,
    /// Whether the audit has both hashes as those that were published; null for a draft.
    #[schema(required = true, example = true)]
    audited: Option<bool>,
    /// How it was verified what lines say of their ventures: scores, contributions, filters.
    results: How,
    /// How it was verified what lines say of their places: rank, ties, distance to the cut-off. Once a venture has been
    /// erased it cannot be made again: then the bytes have their hash, and the order fits.
    places: How,
    /// How cards were verified: they print more than a ranking reads, so they are never made again.
    cards: How,
    /// What differs; the first twenty.
    #[schema(max_items = 20)]
    differences: Vec<ReplayDifference>,
    /// How many differences there are.
    #[schema(example = 0, minimum = 0)]
    differences_total: usize,
}

impl From<replay::Replay> for ReplayVerdict {
    fn from(r: replay::Replay) -> Self {
        let difference = |d: replay::Difference| ReplayDifference { what: d.what, position: d.position };
        Self {
            verdict: r.verdict,
            erased: r.erased,
            entries: r.entries,
            entries_equal: r.entries_equal,
            gaps: r.gaps,
            inputs_hash: r.inputs_hash,
            inputs_hash_now: r.inputs_hash_now,
            output_hash: r.output_hash,
            output_hash_now: r.output_hash_now,
            engine_version: r.engine_version,
            engine_version_now: r.engine_version_now,
            audited: r.audited,
            results: r.results,
            places: r.places,
            cards: r.cards,
            differences: r.differences.into_iter().map(difference).collect(),
            differences_total: r.differences_total,
        }
    }
}

/// Replay a match list
///
/// Use it to prove that a list is what its inputs give: it ranks again what was stored when the list was made, and
/// compares every line to the byte.
#[utoipa::path(tag = "match-lists", params(MatchListId), responses((status = 200, body = ReplayVerdict)))]
#[get("/v1/match-lists/{id}/replay")]
pub async fn replay_match_list(
    caller: Caller<op::ReplayMatchList>,
    Path(id): Path<MatchListId>,
) -> Result<Answer<ReplayVerdict>> {
    let found = caller.run(move |service| replay::replay(service, id)).await?;
    Ok(Answer::ok(found.into()))
}

/// Which list a kit is of.
#[derive(Serialize, ToSchema)]
pub struct KitList {
    id: MatchListId,
    criteria_id: CriteriaId,
    /// The version of the criteria.
    #[schema(example = 1, minimum = 1)]
    criteria_version: i32,
    /// The data version it was ranked over.
    #[schema(example = 80, minimum = 0)]
    data_version: i64,
}

/// A column that the criteria read.
#[derive(Serialize, ToSchema)]
pub struct KitColumn {
    /// Its field.
    #[schema(max_length = 200, example = "dimension.MGT")]
    field: String,
    reading: Reading,
}

/// A venture that was considered.
#[derive(Serialize, ToSchema)]
pub struct KitRow {
    /// A random id: the lottery draws by it. Whom it belongs to only the service knows.
    #[schema(max_length = 30, example = "ven_01jcnq8xvgf0nadk1qh2t8wz5e")]
    id: String,
    /// Not assessed yet.
    pending: bool,
    /// An adjudication was open.
    open_adjudication: bool,
    /// One for each column: `not_answered`, `not_applicable`, `not_assessed`, `insufficient`, or an object with
    /// `number` (value, lowest, highest), `text`, `set` or `range`.
    #[schema(max_items = 200)]
    cells: Vec<Value>,
    /// What its ratings come to, of a line at the cut-off only: its explanation says what could be raised.
    #[schema(value_type = Option<Object>, nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Value>,
}

/// What was ranked.
#[derive(Serialize, ToSchema)]
pub struct KitInputs {
    /// The engine that ranked.
    #[schema(example = "1", max_length = 20)]
    engine_version: String,
    /// The criteria document.
    #[schema(value_type = CriteriaDocument)]
    criteria: Value,
    /// Seed of the lottery.
    #[schema(max_length = 32)]
    seed: String,
    /// The columns that the criteria read; no others are here.
    #[schema(max_items = 200)]
    columns: Vec<KitColumn>,
    /// The rubric, if some line could be raised; else null.
    #[schema(required = true, value_type = Option<Object>)]
    rubric: Option<Value>,
    /// Every venture that was considered.
    #[schema(max_items = 1_000_000)]
    rows: Vec<KitRow>,
    /// BLAKE3 of the rows of ventures that were erased since.
    #[schema(max_items = 1_000_000)]
    cut: Vec<String>,
}

/// A line of the list.
#[derive(Serialize, ToSchema)]
pub struct KitLine {
    /// Its place, from 1.
    #[schema(example = 1, minimum = 1)]
    position: i32,
    /// The row.
    #[schema(max_length = 30, example = "ven_01jcnq8xvgf0nadk1qh2t8wz5e")]
    id: String,
    /// What was published of it: the engine's result, and its figures with one decimal.
    #[schema(value_type = Object)]
    result: Value,
    /// Its card.
    #[schema(value_type = Object)]
    card: Value,
    /// BLAKE3 of the line.
    #[schema(max_length = 64)]
    hash: String,
}

/// An erased line of the list.
#[derive(Serialize, ToSchema)]
pub struct KitGap {
    /// Its place, from 1.
    #[schema(example = 3, minimum = 1)]
    position: i32,
    /// BLAKE3 of the line that stood there.
    #[schema(max_length = 64)]
    hash: String,
}

/// A list as one file that `sedaya replay` verifies without the service.
#[derive(Serialize, ToSchema)]
pub struct ReplayKit {
    /// Always `sedaya-kit-1`.
    #[schema(max_length = 20, example = "sedaya-kit-1")]
    format: String,
    list: KitList,
    /// The engine that ranked.
    #[schema(example = "1", max_length = 20)]
    engine_version: String,
    /// Seed of the lottery among equals.
    #[schema(max_length = 32)]
    lottery_seed: String,
    /// BLAKE3 of what was ranked.
    #[schema(max_length = 64)]
    inputs_hash: String,
    /// BLAKE3 of what came out.
    #[schema(max_length = 64)]
    output_hash: String,
    /// How many lines it had when it was made.
    #[schema(example = 20, minimum = 0)]
    entries_total: i32,
    inputs: KitInputs,
    /// By position.
    #[schema(max_items = 100_000)]
    lines: Vec<KitLine>,
    /// By position.
    #[schema(max_items = 100_000)]
    gaps: Vec<KitGap>,
}

/// Download a match list as a kit
///
/// Use it to replay a list without the service: keep the file and run `sedaya replay FILE`, years later if need be. It
/// is canonical JSON with everything that was ranked, every line and their hashes; no names are in it, and no answers
/// that the criteria do not read.
#[utoipa::path(
    tag = "match-lists",
    params(MatchListId),
    responses((status = 200, body = ReplayKit)),
    extensions(("x-problems" = json!(["no_inputs"])))
)]
#[get("/v1/match-lists/{id}/kit")]
pub async fn get_match_list_kit(
    caller: Caller<op::GetMatchListKit>,
    Path(id): Path<MatchListId>,
) -> Result<Answer<Box<RawValue>>> {
    let actor = caller.actor;
    let work = caller.run(move |service| {
        let kit = replay::kit(service, id)?;
        looks::note(service, &actor, LookKind::Standing, kit.ventures(), service.clock.now())?;
        kit.text()
    });
    let text = work.await?;
    let kit = RawValue::from_string(text).map_err(Problem::internal)?;
    let name = HeaderValue::try_from(format!("attachment; filename=\"{id}.kit.json\"")).map_err(Problem::internal)?;
    Ok(Answer::ok(kit).header(CONTENT_DISPOSITION, name))
}
