//! The audit: who did what, and whether the record is whole.

use actix_web::get;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::page::Pager;
use super::parameters::Query;
use super::problem::Result;
use super::routes::Routes;
use crate::domain::right::op;
use crate::domain::time::Instant;
use crate::ops::audit_trail;
use crate::page_of;
use crate::store::audit::{self, Filter};
use crate::store::chain::{Chain, Walk};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_audit).add(verify_audit);
}

/// One deed. What was written is not kept here, only its digest.
#[derive(Serialize, ToSchema)]
pub struct AuditRow {
    /// Its number; there are no gaps.
    #[schema(example = 412, minimum = 1)]
    seq: i64,
    at: Instant,
    /// Who: an account, `operator` or `nobody`.
    #[schema(example = "usr_01jcnq8xvgf0nadk1qh2t8wz5e", max_length = 60)]
    actor: String,
    /// In which role.
    #[schema(example = "staff", max_length = 40)]
    role: String,
    /// What.
    #[schema(example = "match_list.publish", max_length = 100)]
    action: String,
    /// To whom or what.
    #[schema(example = "mls_01jcnq8xvgf0nadk1qh2t8wz5e", max_length = 100)]
    subject: String,
    /// BLAKE3 of what was written, under a salt of the subject's own.
    #[schema(example = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b", max_length = 64)]
    digest: String,
    /// BLAKE3 of the row before and of this row.
    #[schema(example = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592", max_length = 64)]
    hash: String,
}

impl From<audit::Entry> for AuditRow {
    fn from(e: audit::Entry) -> Self {
        Self {
            seq: e.seq,
            at: e.at,
            actor: e.actor,
            role: e.role,
            action: e.action,
            subject: e.subject,
            digest: e.digest,
            hash: e.hash,
        }
    }
}

page_of! {
    /// A page of the audit, newest first.
    AuditPage of AuditRow
}

/// What rows are looked for by.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// How many items; 20 unless told, never more than 100.
    #[param(minimum = 1, maximum = 1_000_000, example = 20)]
    limit: Option<u32>,
    /// `next` or `prev` of an earlier page of this list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
    /// Only deeds of this account, or of `operator`.
    #[param(max_length = 60, example = "operator")]
    actor: Option<String>,
    /// Only such deeds.
    #[param(max_length = 100, example = "match_list.publish")]
    action: Option<String>,
    /// Only deeds done to this.
    #[param(max_length = 100, example = "mls_01jcnq8xvgf0nadk1qh2t8wz5e")]
    subject: Option<String>,
}

/// Read the audit
///
/// Use it to see who did what to what, and when. Newest first.
#[utoipa::path(tag = "audit", params(AuditQuery), responses((status = 200, body = AuditPage)))]
#[get("/v1/audit")]
pub async fn list_audit(caller: Caller<op::ListAudit>, Query(query): Query<AuditQuery>) -> Result<Answer<AuditPage>> {
    let AuditQuery { limit, cursor, actor, action, subject } = query;
    let wanted = [("actor", &actor), ("action", &action), ("subject", &subject)];
    let wanted = wanted.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let filters = serde_urlencoded::to_string(wanted.collect::<Vec<_>>()).unwrap_or_default();
    let list = if filters.is_empty() { "/v1/audit".to_owned() } else { format!("/v1/audit?{filters}") };
    let pager = Pager::new(&caller, list, limit, cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let filter = Filter { actor, action, subject };
    let page = caller.read(move |conn| Ok(audit::newest(conn, &filter, &seek, limit)?)).await?;
    pager.answer(page.map(AuditRow::from), |row| row.seq)
}

/// What is expected of the audit.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct VerifyQuery {
    /// The `head` of an earlier verification, noted elsewhere: is it still a point of the chain?
    #[param(
        pattern = "^[0-9a-f]{64}$",
        max_length = 64,
        example = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"
    )]
    expect: Option<String>,
}

/// Whether the audit is whole.
#[derive(Serialize, ToSchema)]
pub struct AuditVerdict {
    /// Whether every row is bound to the one before, none is missing, none too many, and the hash that was expected
    /// is among theirs.
    #[schema(example = true)]
    intact: bool,
    /// How many rows fit.
    #[schema(example = 412, minimum = 0)]
    rows: i64,
    /// Hash of the last row, which stands for all of them: note it elsewhere. Null when a row does not fit, or there
    /// are none.
    #[schema(
        required = true,
        max_length = 64,
        example = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"
    )]
    head: Option<String>,
    /// Number of the first row that does not fit or is missing; null when all do.
    #[schema(required = true, example = json!(null))]
    broken_at: Option<i64>,
    /// Number of the row that has the hash expected; null when none has it, or none was expected.
    #[schema(required = true, example = json!(null), minimum = 1)]
    expected_at: Option<i64>,
}

/// Verify the audit
///
/// Use it to prove that no row was changed, removed or put in since: it walks the whole chain of hashes, a thousand
/// rows at a time. Whoever can write the database could rebuild the whole chain; therefore note the `head` elsewhere,
/// and send it as `expect` next time: a chain that was rebuilt does not have it. A long audit is better verified by
/// `sedaya audit verify` on the machine itself, which has no deadline.
#[utoipa::path(tag = "audit", params(VerifyQuery), responses((status = 200, body = AuditVerdict)))]
#[get("/v1/audit/verify")]
pub async fn verify_audit(
    caller: Caller<op::VerifyAudit>,
    Query(query): Query<VerifyQuery>,
) -> Result<Answer<AuditVerdict>> {
    let asked = query.expect.is_some();
    let mut walk = Walk::new(query.expect);
    // Each turn takes a worker anew: others get theirs in between, and past the deadline no further turn begins.
    let chain = loop {
        match caller.run(move |service| audit_trail::turn(service, walk)).await? {
            (_, Some(chain)) => break chain,
            (on, None) => walk = on,
        }
    };
    Ok(Answer::ok(match chain {
        Chain::Intact { rows, head, expected_at } => {
            AuditVerdict { intact: !asked || expected_at.is_some(), rows, head, broken_at: None, expected_at }
        }
        Chain::Broken { rows, at } => {
            AuditVerdict { intact: false, rows, head: None, broken_at: Some(at), expected_at: None }
        }
    }))
}
