//! An owner's own venture.

use actix_web::{get, patch};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::json::{Json, sent};
use super::problem::{Problem, Result};
use super::profile;
use super::routes::Routes;
use crate::domain::id::VentureId;
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::text::{Lang, Words};
use crate::domain::venture::{Instrument, InvestorKind, RupiahRange};
use crate::ops::looks;
use crate::ops::own_venture::{self, Own, Welcome};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(get_my_venture).add(change_my_venture);
}

/// A dimension by its name.
#[derive(Serialize, ToSchema)]
pub struct NamedDimension {
    /// The dimension's code.
    #[schema(example = "PRD", max_length = 20)]
    code: String,
    /// What people read.
    #[schema(example = "Pengembangan produk", max_length = 500)]
    label: String,
}

/// An owner's own venture.
#[derive(Serialize, ToSchema)]
pub struct MyVenture {
    id: VentureId,
    /// What it is called.
    #[schema(example = "Warung Sampel 001", max_length = 200)]
    name: String,
    /// The level's name; "belum cukup data" before there is one.
    #[schema(example = "Tumbuh", max_length = 200)]
    level: String,
    /// Stands beside every level.
    #[schema(example = "Bukan nasihat investasi.", max_length = 500)]
    notice: String,
    /// What it is strongest in, the strongest first; none before an assessment.
    #[schema(max_items = 2)]
    strengths: Vec<NamedDimension>,
    /// The one thing that blocks the next level; null where nothing does.
    #[schema(required = true)]
    blocking: Option<NamedDimension>,
    /// What the assessment rests on, in words.
    #[schema(example = "dinilai 22 dari 24; bukti: 15 ucapan, 6 dilihat, 1 dokumen", max_length = 500)]
    evidence: String,
    /// What is known of it, by field; absent or null is not answered. The keys are those of `GET /v1/fields`.
    #[schema(value_type = Object)]
    profile: Value,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
}

impl MyVenture {
    fn new(id: VentureId, own: &Own, lang: Lang) -> Result<Self> {
        let dimension = |d: usize| {
            let named = &own.rubric.dimensions()[d];
            NamedDimension { code: named.code.clone(), label: named.label.get(lang).to_owned() }
        };
        let outcome = own.outcome.as_ref();
        let unknown = Words::new("belum cukup data", "not enough data yet");
        let level = outcome.map_or(unknown.get(lang), |o| o.readiness.name(&own.rubric, lang)).to_owned();
        Ok(Self {
            id,
            name: own.name.clone(),
            level,
            notice: Words::new("Bukan nasihat investasi.", "Not investment advice.").get(lang).to_owned(),
            strengths: own.strengths().into_iter().map(dimension).collect(),
            blocking: own.blocking().map(dimension),
            evidence: outcome.map(|o| o.grounds).unwrap_or_default().words(lang),
            profile: profile::shown(&own.profile).map_err(Problem::internal)?,
            version: own.version,
        })
    }

    fn answer(self) -> Answer<Self> {
        let version = self.version;
        Answer::ok(self).tagged(version.into(), "owner").no_store()
    }
}

/// My business
///
/// Use it to show an owner what the business is strong in, the one thing that blocks the next level, and what is known of it.
/// Never a rank, never a score. What is wrong in it and cannot be changed here is told with `POST /v1/me/requests`.
#[utoipa::path(
    tag = "me",
    responses((status = 200, body = MyVenture)),
    extensions(("x-problems" = json!(["no_rubric"])))
)]
#[get("/v1/me/venture")]
pub async fn get_my_venture(caller: Caller<op::GetMyVenture>) -> Result<Answer<MyVenture>> {
    let venture = caller.actor.venture.ok_or_else(Problem::not_found)?;
    let lang = caller.lang;
    let actor = caller.actor;
    let own = caller.run(move |service| {
        looks::note_own(service, &actor, LookKind::Record)?;
        own_venture::own(service, venture)
    });
    let own = own.await?;
    Ok(MyVenture::new(venture, &own, lang)?.answer())
}

/// Which support is welcome. What is left out stays; null takes the answer back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MyVentureChange {
    /// Kinds of support that are welcome; an empty list: none.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<Vec<Instrument>>, max_items = 20)]
    instruments: Option<Option<Vec<Instrument>>>,
    /// How much is asked for.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<RupiahRange>)]
    funding_need: Option<Option<RupiahRange>>,
    /// Sharia contracts only.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<bool>, example = false)]
    sharia_only: Option<Option<bool>>,
    /// Kinds of investor that are not wanted.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<Vec<InvestorKind>>, max_items = 20)]
    excluded_investor_kinds: Option<Option<Vec<InvestorKind>>>,
}

/// Say which support is welcome
///
/// Use it when the owner changes their mind about kinds of support, the amount, sharia contracts, or kinds of investor. Lists that
/// are published stay; the next ones follow.
#[utoipa::path(
    tag = "me",
    params(IfMatch),
    responses((status = 200, body = MyVenture)),
    extensions(("x-problems" = json!(["no_rubric"])))
)]
#[patch("/v1/me/venture")]
pub async fn change_my_venture(
    caller: Caller<op::ChangeMyVenture>,
    Json(change): Json<MyVentureChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<MyVenture>> {
    let venture = caller.actor.venture.ok_or_else(Problem::not_found)?;
    let lang = caller.lang;
    let welcome = Welcome {
        instruments: change.instruments.map(sorted),
        funding_need: change.funding_need,
        sharia_only: change.sharia_only,
        excluded_investor_kinds: change.excluded_investor_kinds.map(sorted),
    };
    caller.act(move |act| own_venture::change(act, venture, version, welcome)).await?;
    let own = caller.run(move |service| own_venture::own(service, venture)).await?;
    Ok(MyVenture::new(venture, &own, lang)?.answer())
}

/// Each once, in the order in which people read them.
fn sorted<T: Ord>(codes: Option<Vec<T>>) -> Option<Vec<T>> {
    codes.map(|mut all| {
        all.sort_unstable();
        all.dedup();
        all
    })
}
