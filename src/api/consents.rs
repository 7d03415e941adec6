//! Consents: what an owner agreed to, word for word, given and taken back by the owner or noted by staff.

use actix_web::{get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::parameters::Path;
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::consent::{self as domain, Method, Purpose, TEXT_VERSION};
use crate::domain::id::{UserId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::text::Lang;
use crate::domain::time::Instant;
use crate::ops::consent::{self, Given, Standing};
use crate::ops::{self, Act, looks};
use crate::store::Conn;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_my_consents).add(give_my_consent).add(withdraw_my_consent);
    routes.add(list_consents).add(give_consent).add(withdraw_consent);
}

/// A purpose, whether there is consent to it, and what taking it back would do.
#[derive(Serialize, ToSchema)]
pub struct ConsentStatus {
    /// `matching`, `share_contact:inv_…`, `found_by:pena_category` …
    #[schema(example = "anonymised_listing", max_length = 100)]
    purpose: String,
    /// Whether it counts now.
    counts: bool,
    /// The text: the one that was agreed to while it stands, else the one that is read out now.
    #[schema(example = "Saya setuju usaha saya muncul tanpa nama dalam daftar.", max_length = 1000)]
    text: String,
    /// The version of that text.
    #[schema(example = "2024-11", max_length = 50)]
    text_version: String,
    /// When it was last given; absent when it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    given_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    method: Option<Method>,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    withdrawn_at: Option<Instant>,
    /// The first day on which it does not count any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = Date, nullable = false, example = "2025-11-14", max_length = 10)]
    lapses_on: Option<NaiveDate>,
    /// What taking it back does.
    #[schema(example = "Usaha Anda tidak tampil lagi dalam daftar.", max_length = 500)]
    if_withdrawn: String,
    /// What may be taken back instead, if less is meant.
    #[schema(max_items = 20)]
    narrower: Vec<String>,
}

impl ConsentStatus {
    fn new(standing: &Standing, lang: Lang, now: Instant) -> Self {
        let purpose = standing.purpose;
        let newest = standing.newest.as_ref();
        let counts = consent::counts(standing, now);
        let version = newest.filter(|_| counts).map_or(TEXT_VERSION, |given| given.text_version.as_str());
        let text = domain::text(version, &purpose, &standing.investor);
        Self {
            purpose: purpose.to_string(),
            counts,
            // A text of before this build's memory is still told by its version.
            text: text.map(|text| text.get(lang).to_owned()).unwrap_or_default(),
            text_version: version.to_owned(),
            given_at: newest.map(|given| given.given_at),
            method: newest.map(|given| given.method),
            withdrawn_at: newest.and_then(|given| given.withdrawn_at),
            lapses_on: newest.filter(|_| counts).and_then(domain::Consent::lapses_on),
            if_withdrawn: purpose.effect().get(lang).to_owned(),
            narrower: purpose.narrower().iter().map(ToString::to_string).collect(),
        }
    }
}

/// The consents of an owner.
#[derive(Serialize, ToSchema)]
pub struct Consents {
    /// The general purposes first, then each investor.
    #[schema(max_items = 1000)]
    items: Vec<ConsentStatus>,
}

fn all(conn: &mut Conn, venture: VentureId, lang: Lang, now: Instant) -> ops::Result<Consents> {
    let standing = consent::standing(conn, venture)?;
    Ok(Consents { items: standing.iter().map(|s| ConsentStatus::new(s, lang, now)).collect() })
}

/// List my consents
///
/// Use it to show the owner each purpose with its text, whether there is consent, what taking it back would do, and what may be
/// taken back instead if less is meant.
#[utoipa::path(tag = "me", responses((status = 200, body = Consents)))]
#[get("/v1/me/consents")]
pub async fn list_my_consents(caller: Caller<op::ListMyConsents>) -> Result<Answer<Consents>> {
    let lang = caller.lang;
    let venture = caller.actor.venture.ok_or_else(Problem::not_found)?;
    let actor = caller.actor;
    let told = caller.run(move |service| {
        looks::note_own(service, &actor, LookKind::Record)?;
        service.read(|conn| all(conn, venture, lang, service.clock.now()))
    });
    Ok(Answer::ok(told.await?).no_store())
}

/// A consent that an owner gives in the app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MyConsent {
    /// One of `purpose` of the list. Sharing contact data is agreed to with a request.
    #[schema(value_type = String, example = "anonymised_listing", min_length = 1, max_length = 100, pattern = "^[a-z_]+(:[0-9a-z_]+)?$")]
    purpose: String,
    /// `text_version` of the text that was read.
    #[schema(example = "2024-11", min_length = 1, max_length = 50)]
    text_version: String,
}

fn purpose(text: &str) -> ops::Result<Purpose> {
    text.parse().map_err(|_unknown| {
        ops::Error::Invalid(vec![crate::domain::fault::Fault {
            pointer: "/purpose".into(),
            code: "unknown_purpose",
            detail: crate::domain::text::Text::new(
                "Pilih salah satu purpose dari daftar persetujuan.",
                "Choose one of the purposes of the list of consents.",
            ),
        }])
    })
}

/// Give a consent
///
/// Use it when the owner has read the text and agrees. Given again, it is renewed.
#[utoipa::path(tag = "me", params(Once), responses((status = 201, body = Consents)))]
#[post("/v1/me/consents")]
pub async fn give_my_consent(
    caller: Caller<op::GiveMyConsent>,
    Json(new): Json<MyConsent>,
    once: Once,
) -> Result<Answered> {
    let (actor, lang) = (caller.actor, caller.lang);
    let venture = actor.venture.ok_or_else(Problem::not_found)?;
    let deed = move |act: &mut Act<'_>| {
        let given = Given {
            purpose: purpose(&new.purpose)?,
            text_version: new.text_version,
            lang,
            method: Method::App,
            reference: actor.user.to_string(),
            witness: None,
        };
        consent::give(act, venture, given)?;
        Ok(Answer::created("/v1/me/consents", all(act.conn, venture, lang, act.now)?)?.no_store())
    };
    once.act(&caller, deed).await
}

/// A consent to be taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// One of `purpose` of the list.
    #[schema(value_type = String, example = "anonymised_listing", min_length = 1, max_length = 100, pattern = "^[a-z_]+(:[0-9a-z_]+)?$")]
    purpose: String,
}

/// Take a consent back
///
/// Use it after showing `if_withdrawn` and `narrower`. It acts at once: off the lists, open matches ended, contact closed. Without a
/// consent to take back: 404.
#[utoipa::path(
    tag = "me",
    params(Once),
    responses((status = 200, body = Consents)),
    extensions(("x-problems" = json!(["not_found"])))
)]
#[post("/v1/me/consents/withdrawal")]
pub async fn withdraw_my_consent(
    caller: Caller<op::WithdrawMyConsent>,
    Json(new): Json<Withdrawal>,
    once: Once,
) -> Result<Answered> {
    let lang = caller.lang;
    let venture = caller.actor.venture.ok_or_else(Problem::not_found)?;
    let deed = move |act: &mut Act<'_>| {
        consent::withdraw(act, venture, purpose(&new.purpose)?)?;
        Ok(Answer::ok(all(act.conn, venture, lang, act.now)?).no_store())
    };
    once.act(&caller, deed).await
}

/// List the consents of a venture
///
/// Use it as staff before a call: each text to be read out, what there is consent to, and what taking it back would do.
#[utoipa::path(tag = "ventures", params(VentureId), responses((status = 200, body = Consents)))]
#[get("/v1/ventures/{id}/consents")]
pub async fn list_consents(caller: Caller<op::ListConsents>, Path(id): Path<VentureId>) -> Result<Answer<Consents>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let told = caller.run(move |service| {
        let now = service.clock.now();
        looks::note(service, &actor, LookKind::Consents, [id], now)?;
        service.read(|conn| all(conn, id, lang, now))
    });
    Ok(Answer::ok(told.await?).no_store())
}

/// A consent that staff note.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotedConsent {
    /// One of `purpose` of the list.
    #[schema(value_type = String, example = "anonymised_listing", min_length = 1, max_length = 100, pattern = "^[a-z_]+(:[0-9a-z_]+)?$")]
    purpose: String,
    /// The version of the text that was read out or signed.
    #[schema(example = "2024-11", min_length = 1, max_length = 50)]
    text_version: String,
    /// In which language.
    language: Lang,
    method: NotedMethod,
    /// Where the form or the recording is kept.
    #[schema(example = "Formulir F-014", min_length = 1, max_length = 200)]
    reference: String,
    /// Who heard a spoken one besides you: an account of staff or an assessor.
    #[schema(nullable = false)]
    witness_id: Option<UserId>,
}

/// How a consent was given to staff.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotedMethod {
    /// On a signed form.
    Paper,
    /// By word of mouth before a witness.
    Spoken,
}

/// Note a consent
///
/// Use it as staff for a signed form, or for a consent that was spoken on the phone and heard by a second person.
#[utoipa::path(tag = "ventures", params(VentureId, Once), responses((status = 201, body = Consents)))]
#[post("/v1/ventures/{id}/consents")]
pub async fn give_consent(
    caller: Caller<op::GiveConsent>,
    Path(id): Path<VentureId>,
    Json(new): Json<NotedConsent>,
    once: Once,
) -> Result<Answered> {
    let lang = caller.lang;
    let deed = move |act: &mut Act<'_>| {
        let method = match new.method {
            NotedMethod::Paper => Method::Paper,
            NotedMethod::Spoken => Method::Spoken,
        };
        let given = Given {
            purpose: purpose(&new.purpose)?,
            text_version: new.text_version,
            lang: new.language,
            method,
            reference: new.reference,
            witness: new.witness_id,
        };
        consent::give(act, id, given)?;
        Ok(Answer::created(&format!("/v1/ventures/{id}/consents"), all(act.conn, id, lang, act.now)?)?.no_store())
    };
    once.act(&caller, deed).await
}

/// Take a consent back for an owner
///
/// Use it as staff when an owner says so on the phone or on paper, after reading out `if_withdrawn` and `narrower`. It acts at once.
#[utoipa::path(tag = "ventures", params(VentureId, Once), responses((status = 200, body = Consents)))]
#[post("/v1/ventures/{id}/consents/withdrawal")]
pub async fn withdraw_consent(
    caller: Caller<op::WithdrawConsent>,
    Path(id): Path<VentureId>,
    Json(new): Json<Withdrawal>,
    once: Once,
) -> Result<Answered> {
    let lang = caller.lang;
    let deed = move |act: &mut Act<'_>| {
        consent::withdraw(act, id, purpose(&new.purpose)?)?;
        Ok(Answer::ok(all(act.conn, id, lang, act.now)?).no_store())
    };
    once.act(&caller, deed).await
}
