//! Addresses that are told of events.

use diesel::prelude::*;

use super::conn::Conn;
use super::error::Result;
use super::schema::{outbox, webhooks};
use super::seek::{Page, Seek, cut};
use crate::domain::delivery::Stopped;
use crate::domain::id::{InvestorId, WebhookId};
use crate::domain::time::Instant;

/// An address that is told of events.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhooks, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Webhook {
    /// The id.
    pub id: WebhookId,
    /// Whose it is; the programme's where there is none.
    pub investor_id: Option<InvestorId>,
    /// Where.
    pub url: String,
    /// What people call it.
    pub description: String,
    /// Of what: names with commas between them.
    pub events: String,
    /// Why it is told nothing at the moment.
    pub stopped: Option<Stopped>,
    /// What is signed with, encrypted.
    pub secret: Vec<u8>,
    /// What was signed with before, encrypted.
    pub earlier_secret: Option<Vec<u8>>,
    /// Until when the earlier one signs too.
    pub earlier_until: Option<Instant>,
    /// Deliveries in a row that never arrived.
    pub given_up: i32,
    /// Rises with each change.
    pub version: i32,
    /// When it was made.
    pub created_at: Instant,
    /// When the first of the deliveries in a row was given up.
    pub failing_since: Option<Instant>,
}

/// Adds one.
pub fn insert(conn: &mut Conn, webhook: &Webhook) -> Result<()> {
    diesel::insert_into(webhooks::table).values(webhook).execute(conn)?;
    Ok(())
}

/// One of them.
pub fn find(conn: &mut Conn, id: WebhookId) -> Result<Option<Webhook>> {
    Ok(webhooks::table.find(id).select(Webhook::as_select()).first(conn).optional()?)
}

/// A page of them, oldest first; only those of an investor, if one is given.
pub fn page(
    conn: &mut Conn,
    investor: Option<InvestorId>,
    seek: &Seek<WebhookId>,
    limit: i64,
) -> Result<Page<Webhook>> {
    let mut query = webhooks::table.select(Webhook::as_select()).into_boxed();
    if let Some(investor) = investor {
        query = query.filter(webhooks::investor_id.eq(investor));
    }
    Ok(cut!(conn, query, webhooks::id, ascending, seek, limit))
}

/// All of one side: of an investor, or of the programme.
pub fn of(conn: &mut Conn, investor: Option<InvestorId>) -> Result<Vec<Webhook>> {
    let query = webhooks::table.select(Webhook::as_select()).order(webhooks::id).into_boxed();
    let query = match investor {
        Some(investor) => query.filter(webhooks::investor_id.eq(investor)),
        None => query.filter(webhooks::investor_id.is_null()),
    };
    Ok(query.load(conn)?)
}

/// Those of the programme, then those of an investor if one is given: whoever may hear of what happens to what is that investor's.
pub fn listening(conn: &mut Conn, investor: Option<InvestorId>) -> Result<Vec<Webhook>> {
    let its = webhooks::investor_id.is_null().or(webhooks::investor_id.eq(investor).assume_not_null());
    let query = webhooks::table.filter(its).order(webhooks::id);
    let mut all: Vec<Webhook> = query.select(Webhook::as_select()).load(conn)?;
    // Where nulls stand in an order differs between the databases.
    all.sort_by_key(|webhook| webhook.investor_id.is_some());
    Ok(all)
}

/// Stores it over `webhook.version - 1`; false when somebody was faster.
pub fn update(conn: &mut Conn, webhook: &Webhook) -> Result<bool> {
    let at = webhooks::table.find(webhook.id).filter(webhooks::version.eq(webhook.version - 1));
    Ok(diesel::update(at).set(webhook).execute(conn)? == 1)
}

/// Stores how many deliveries in a row never arrived, and since when. No change that anybody made, so the version stays.
pub fn count_given_up(conn: &mut Conn, webhook: &Webhook) -> Result<()> {
    let counted = (webhooks::given_up.eq(webhook.given_up), webhooks::failing_since.eq(webhook.failing_since));
    diesel::update(webhooks::table.find(webhook.id)).set(counted).execute(conn)?;
    Ok(())
}

/// Takes it away with all it was told, if it stands at `version`; false when it does not.
pub fn delete(conn: &mut Conn, id: WebhookId, version: i32) -> Result<bool> {
    let at = webhooks::table.find(id).filter(webhooks::version.eq(version));
    if diesel::delete(at).execute(conn)? == 0 {
        return Ok(false);
    }
    diesel::delete(outbox::table.filter(outbox::lane.eq(id.to_string()))).execute(conn)?;
    Ok(true)
}
