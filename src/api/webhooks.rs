//! Webhooks: addresses that an investor, or the programme, has told of events.

use actix_web::{delete, get, patch, post};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::criteria::Nothing;
use super::json::Json;
use super::once::{Answered, Once};
use super::page::{PageQuery, Pager};
use super::parameters::{Located, Path, Query};
use super::problem::{Fault, Problem, Result};
use super::routes::Routes;
use super::state::{State, Target};
use crate::domain::delivery::{DeliveryFailure, DeliveryState, EventKind, Stopped};
use crate::domain::id::{DeliveryId, InvestorId, WebhookId};
use crate::domain::right::op;
use crate::domain::text::Text;
use crate::domain::time::Instant;
use crate::keys::webhook::WebhookSecret;
use crate::ops::{self, Act, webhook};
use crate::outbound::Failure;
use crate::page_of;
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(create_webhook).add(list_webhooks).add(get_webhook).add(change_webhook).add(delete_webhook);
    routes.add(rotate_webhook_secret).add(list_deliveries).add(retry_delivery);
}

/// An address that is told of events.
#[derive(Serialize, ToSchema)]
pub struct Webhook {
    id: WebhookId,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
    /// Whose it is: an investor's; null for the programme's own.
    #[schema(required = true)]
    investor_id: Option<InvestorId>,
    /// Where events are sent to.
    #[schema(example = "https://app.example.org/sedaya", max_length = 2048)]
    url: String,
    /// What people call it.
    #[schema(example = "Aplikasi kami", max_length = 200)]
    description: String,
    /// What it is told of.
    #[schema(max_items = 20)]
    events: Vec<EventKind>,
    /// Whether it is told anything. What happens meanwhile waits for it, for thirty days.
    enabled: bool,
    /// Why it is told nothing at the moment; null while it is enabled.
    #[schema(required = true)]
    stopped: Option<Stopped>,
    /// Until when the secret before the newest signs too; null when it does not.
    #[schema(required = true)]
    earlier_secret_until: Option<Instant>,
    created_at: Instant,
    /// What messages are signed with, in the answer that draws it and in no other. Only the same request with the same
    /// `Idempotency-Key` gets it again, for a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100)]
    #[schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazEVKBUIuWw=")]
    secret: Option<String>,
}

impl Webhook {
    fn new(row: store::webhook::Webhook, now: Instant, secret: Option<&WebhookSecret>) -> Self {
        Self {
            id: row.id,
            version: row.version,
            investor_id: row.investor_id,
            events: webhook::events(&row),
            url: row.url,
            description: row.description,
            enabled: row.stopped.is_none(),
            stopped: row.stopped,
            earlier_secret_until: row.earlier_until.filter(|until| now < *until),
            created_at: row.created_at,
            secret: secret.map(WebhookSecret::reveal),
        }
    }
}

page_of! {
    /// A page of webhooks, oldest first.
    WebhookPage of Webhook
}

/// A webhook to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where events are sent to: HTTPS, port 443 or 8443, an address on the public internet.
    #[schema(example = "https://app.example.org/sedaya", min_length = 1, max_length = 2048)]
    url: String,
    /// What people call it.
    #[serde(default)]
    #[schema(example = "Aplikasi kami", max_length = 200, default = "")]
    description: String,
    /// What it is told of. An investor's webhook is told of the investor's own lists, matches and criteria.
    #[schema(example = json!(["match_list.published", "match.moved"]), min_items = 1, max_items = 20)]
    events: Vec<EventKind>,
}

/// A change to a webhook. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChange {
    /// Where events are sent to from now on, those that wait among them.
    #[schema(nullable = false, example = "https://app.example.org/sedaya/v2", min_length = 1, max_length = 2048)]
    url: Option<String>,
    /// What people call it.
    #[schema(nullable = false, example = "Aplikasi kami", max_length = 200)]
    description: Option<String>,
    /// What it is told of from now on.
    #[schema(nullable = false, min_items = 1, max_items = 20)]
    events: Option<Vec<EventKind>>,
    /// Whether it is told anything. Enabling it sends what waits, and again what was given up on the way to its end.
    #[schema(nullable = false, example = false)]
    enabled: Option<bool>,
}

/// One event on its way to one webhook.
#[derive(Serialize, ToSchema)]
pub struct Delivery {
    /// The `webhook-id` of every attempt.
    id: DeliveryId,
    event: EventKind,
    state: DeliveryState,
    /// How often it was tried.
    #[schema(example = 1, minimum = 0)]
    attempts: i32,
    /// When it is tried next by itself; null when it is not: it has arrived or was given up, the webhook is disabled, or another
    /// message about the same is to go first.
    #[schema(required = true)]
    next_attempt_at: Option<Instant>,
    /// What the last attempt was answered with; null when nothing was answered. The body of an answer is not kept.
    #[schema(required = true, example = 204, minimum = 100, maximum = 999)]
    status: Option<i32>,
    /// Why the last attempt failed; null when it did not.
    #[schema(required = true)]
    failure: Option<DeliveryFailure>,
    /// What is sent, the same at every attempt.
    #[schema(value_type = Object)]
    payload: Box<RawValue>,
    /// When it happened.
    created_at: Instant,
    /// When it arrived or was given up; null while it waits.
    #[schema(required = true)]
    settled_at: Option<Instant>,
}

impl TryFrom<webhook::Delivery> for Delivery {
    type Error = ops::Error;

    fn try_from(webhook::Delivery { item, next_attempt_at }: webhook::Delivery) -> ops::Result<Self> {
        Ok(Self {
            id: item.id,
            event: item.event.ok_or_else(|| ops::Error::Internal("a delivery of no event".into()))?,
            state: item.state,
            attempts: item.attempts,
            next_attempt_at,
            status: item.status,
            failure: item.failure,
            payload: RawValue::from_string(item.payload)?,
            created_at: item.created_at,
            settled_at: item.settled_at,
        })
    }
}

page_of! {
    /// A page of deliveries, newest first.
    DeliveryPage of Delivery
}

/// One delivery of one webhook.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DeliveryPath {
    /// The id of a webhook.
    id: WebhookId,
    /// The id of a delivery.
    delivery: DeliveryId,
}

impl Located for DeliveryPath {
    fn target(&self) -> Option<Target> {
        Some(Target::Webhook(self.id))
    }
}

/// Refuses a URL that would never be called, as far as that can be said without asking for its name.
fn callable(app: &State, url: &str) -> Result<()> {
    let Err(failure) = app.outbound.may_call(url) else { return Ok(()) };
    let (code, id, en) = match failure {
        Failure::Scheme => ("not_https", "Hanya alamat https:// yang dipanggil.", "Only https:// is called."),
        Failure::Credentials => (
            "credentials_in_url",
            "Alamat tidak boleh memuat nama pengguna atau kata sandi; periksalah webhook-signature sebagai gantinya.",
            "The URL must not hold a user name or a password; verify webhook-signature instead.",
        ),
        Failure::Port => {
            ("port_not_allowed", "Hanya port 443 dan 8443 yang dipanggil.", "Only ports 443 and 8443 are called.")
        }
        Failure::Address => {
            ("not_public", "Alamat ini tidak berada di internet publik.", "This address is not on the public internet.")
        }
        _ => ("not_a_url", "Tulislah alamat lengkap: https://host/jalur.", "Write a whole URL: https://host/path."),
    };
    Err(Problem::invalid_body(vec![Fault::at("/url", code, Text::new(id, en))]))
}

/// Make a webhook
///
/// Use it to be told of events instead of asking: as an investor of your own lists, matches and criteria, as staff of all.
/// The answer holds the secret that messages are signed with; verify `webhook-signature` with any library of Standard
/// Webhooks. Up to ten for each investor, and for the programme.
#[utoipa::path(
    tag = "webhooks",
    params(Once),
    responses((status = 201, body = Webhook)),
    extensions(("x-problems" = json!(["too_many_webhooks"])))
)]
#[post("/v1/webhooks")]
pub async fn create_webhook(
    caller: Caller<op::CreateWebhook>,
    Json(new): Json<NewWebhook>,
    once: Once,
) -> Result<Answered> {
    callable(&caller.app, &new.url)?;
    let actor = caller.actor;
    let new = webhook::NewWebhook { url: new.url, description: new.description, events: new.events };
    let deed = move |act: &mut Act<'_>| {
        let (made, secret) = webhook::create(act, &actor, new)?;
        let (path, version) = (format!("/v1/webhooks/{}", made.id), made.version);
        let body = Webhook::new(made, act.now, Some(&secret));
        Ok(Answer::created(&path, body)?.tagged(version.into(), "full").no_store())
    };
    once.act(&caller, deed).await
}

/// List the webhooks
///
/// Use it to find a webhook's id. Oldest first. Investors see their own.
#[utoipa::path(tag = "webhooks", params(PageQuery), responses((status = 200, body = WebhookPage)))]
#[get("/v1/webhooks")]
pub async fn list_webhooks(
    caller: Caller<op::ListWebhooks>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<WebhookPage>> {
    let pager = Pager::new(&caller, "/v1/webhooks", query.limit, query.cursor);
    let (seek, limit, now) = (pager.seek()?, pager.limit(), caller.now);
    let investor = caller.actor.investor;
    let page = caller.read(move |conn| Ok(store::webhook::page(conn, investor, &seek, limit)?)).await?;
    pager.answer(page.map(|row| Webhook::new(row, now, None)), |webhook| webhook.id)
}

/// Get a webhook
///
/// Use it to see whether it is told anything, and its ETag before a change. The secret is not shown again.
#[utoipa::path(tag = "webhooks", params(WebhookId), responses((status = 200, body = Webhook)))]
#[get("/v1/webhooks/{id}")]
pub async fn get_webhook(caller: Caller<op::GetWebhook>, Path(id): Path<WebhookId>) -> Result<Answer<Webhook>> {
    let (actor, now) = (caller.actor, caller.now);
    let found = caller.read(move |conn| webhook::readable(conn, &actor, id)).await?;
    Ok(answer(found, now))
}

/// The secret's end changes what is shown without a change to the webhook: it is part of the tag.
fn answer(found: store::webhook::Webhook, now: Instant) -> Answer<Webhook> {
    let version = found.version;
    let body = Webhook::new(found, now, None);
    let view = if body.earlier_secret_until.is_some() { "two-secrets" } else { "full" };
    Answer::ok(body).tagged(version.into(), view)
}

/// Change a webhook
///
/// Use it to send elsewhere, to hear of other events, to disable it, and to enable it again once it was disabled by itself:
/// after a 410, or after five deliveries in a row that never arrived. What was given up since the last that arrived waits again then.
#[utoipa::path(tag = "webhooks", params(WebhookId, IfMatch), responses((status = 200, body = Webhook)))]
#[patch("/v1/webhooks/{id}")]
pub async fn change_webhook(
    caller: Caller<op::ChangeWebhook>,
    Path(id): Path<WebhookId>,
    Json(change): Json<WebhookChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<Webhook>> {
    if let Some(url) = &change.url {
        callable(&caller.app, url)?;
    }
    let (actor, now) = (caller.actor, caller.now);
    let WebhookChange { url, description, events, enabled } = change;
    let change = webhook::Change { url, description, events, enabled };
    let changed = caller.act(move |act| webhook::change(act, &actor, id, version, change)).await?;
    Ok(answer(changed, now))
}

/// Delete a webhook
///
/// Use it when nobody listens any more. What waits for it is not sent, and what it was told is forgotten.
#[utoipa::path(tag = "webhooks", params(WebhookId, IfMatch), responses((status = 204)))]
#[delete("/v1/webhooks/{id}")]
pub async fn delete_webhook(
    caller: Caller<op::DeleteWebhook>,
    Path(id): Path<WebhookId>,
    IfMatch(version): IfMatch,
) -> Result<Answer<()>> {
    let actor = caller.actor;
    caller.act(move |act| webhook::delete(act, &actor, id, version)).await?;
    Ok(Answer::none())
}

/// Draw a new secret
///
/// Use it to replace the secret, without missing a message: for a day everything is signed with the new one and with the one
/// before. The answer holds the new one.
#[utoipa::path(tag = "webhooks", params(WebhookId, Once), responses((status = 200, body = Webhook)))]
#[post("/v1/webhooks/{id}/rotate")]
pub async fn rotate_webhook_secret(
    caller: Caller<op::RotateWebhookSecret>,
    Path(id): Path<WebhookId>,
    Json(Nothing {}): Json<Nothing>,
    once: Once,
) -> Result<Answered> {
    let actor = caller.actor;
    let deed = move |act: &mut Act<'_>| {
        let (rotated, secret) = webhook::rotate(act, &actor, id)?;
        let version = rotated.version;
        let body = Webhook::new(rotated, act.now, Some(&secret));
        Ok(Answer::ok(body).tagged(version.into(), "two-secrets").no_store())
    };
    once.act(&caller, deed).await
}

/// List the deliveries of a webhook
///
/// Use it to see what was sent, what was answered, and what waits. Newest first; kept for thirty days.
#[utoipa::path(tag = "webhooks", params(WebhookId, PageQuery), responses((status = 200, body = DeliveryPage)))]
#[get("/v1/webhooks/{id}/deliveries")]
pub async fn list_deliveries(
    caller: Caller<op::ListDeliveries>,
    Path(id): Path<WebhookId>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<DeliveryPage>> {
    let pager = Pager::new(&caller, format!("/v1/webhooks/{id}/deliveries"), query.limit, query.cursor);
    let (seek, limit, actor) = (pager.seek()?, pager.limit(), caller.actor);
    let page = caller.read(move |conn| webhook::deliveries(conn, &actor, id, &seek, limit)).await?;
    let keyed = page.try_map(|one| Ok::<_, ops::Error>((one.item.seq, Delivery::try_from(one)?)))?;
    pager.answer_with(keyed, DeliveryPage::from)
}

/// Send a delivery again
///
/// Use it when the receiver has lost it, or has been mended: it is tried from the beginning, with the same `webhook-id`. One that
/// waits is tried at once.
#[utoipa::path(tag = "webhooks", params(DeliveryPath, Once), responses((status = 200, body = Delivery)))]
#[post("/v1/webhooks/{id}/deliveries/{delivery}/retry")]
pub async fn retry_delivery(
    caller: Caller<op::RetryDelivery>,
    Path(path): Path<DeliveryPath>,
    Json(Nothing {}): Json<Nothing>,
    once: Once,
) -> Result<Answered> {
    let actor = caller.actor;
    let deed = move |act: &mut Act<'_>| {
        let again = webhook::retry(act, &actor, path.id, path.delivery)?;
        Ok(Answer::ok(Delivery::try_from(again)?))
    };
    once.act(&caller, deed).await
}
