//! How long what is kept.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::problem::Result;
use super::routes::Routes;
use crate::domain::retention::{RetentionMeans, RetentionRule};
use crate::domain::right::op;
use crate::domain::text::Lang;
use crate::domain::time::Instant;
use crate::ops::retention::{self, Standing};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(get_retention);
}

/// A rule, and how it stands.
#[derive(Serialize, ToSchema)]
pub struct RetentionLine {
    rule: RetentionRule,
    /// What it covers, since when the time counts, and what happens then.
    #[schema(example = "Catatan siapa yang melihat, sejak hari melihatnya.", max_length = 500)]
    covers: String,
    /// How long, as ISO 8601 writes it.
    #[schema(example = "P24M", max_length = 10)]
    period: String,
    means: RetentionMeans,
    /// When the job last carried it out; null where there is no job, or before its first run.
    #[schema(required = true)]
    last_run_at: Option<Instant>,
    /// How much that run removed; null where `last_run_at` is.
    #[schema(required = true, example = 12, minimum = 0)]
    last_removed: Option<i64>,
    /// How much was removed in all.
    #[schema(example = 240, minimum = 0)]
    removed_total: i64,
    /// The day on which the time of the oldest is over: a day in the past is one that the next run takes, or that waits for a person.
    /// Null when nothing is kept, or when it is not known here.
    #[schema(required = true, value_type = Option<String>, format = Date, example = "2026-11-15", max_length = 10)]
    next_due_on: Option<chrono::NaiveDate>,
}

impl RetentionLine {
    fn new(standing: Standing, lang: Lang) -> Self {
        let Standing { rule, run, next_due_on } = standing;
        Self {
            rule,
            covers: rule.words().get(lang).to_owned(),
            period: rule.period().iso(),
            means: rule.means(),
            last_run_at: run.as_ref().map(|run| run.ran_at),
            last_removed: run.as_ref().map(|run| run.removed),
            removed_total: run.map_or(0, |run| run.removed_total),
            next_due_on,
        }
    }
}

/// The rules.
#[derive(Serialize, ToSchema)]
pub struct Retention {
    /// In the order people read them.
    #[schema(max_items = 20)]
    items: Vec<RetentionLine>,
}

/// How long is what kept?
///
/// Use it to show that nothing is kept longer than it may be: each rule with what it covers, when the daily job last carried it out, what
/// it removed, and what comes due next. The periods are a proposal.
#[utoipa::path(tag = "retention", responses((status = 200, body = Retention)))]
#[get("/v1/retention")]
pub async fn get_retention(caller: Caller<op::GetRetention>) -> Result<Answer<Retention>> {
    let lang = caller.lang;
    let all = caller.read(retention::standing).await?;
    Ok(Answer::ok(Retention { items: all.into_iter().map(|one| RetentionLine::new(one, lang)).collect() }))
}
