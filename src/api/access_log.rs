//! Who looked at an owner's business.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::page::{PageQuery, Pager};
use super::parameters::Query;
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::actor::Role;
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::text::Lang;
use crate::domain::venture::InvestorKind;
use crate::ops::looks::{self, Told};
use crate::page_of;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_my_access_log);
}

/// A look at the owner's business. It has no number of its own: one that counts the looks at everybody's would tell how
/// much is looked at elsewhere.
#[derive(Serialize, ToSchema)]
pub struct AccessLine {
    /// On which day in Jakarta; each look is noted once a day.
    #[schema(format = Date, example = "2024-11-20", max_length = 10)]
    day: String,
    /// At what.
    look: LookKind,
    /// At what, in words.
    #[schema(example = "Kartu usaha, tanpa nama dan kontak", max_length = 200)]
    label: String,
    /// In which role.
    by: Role,
    /// What kind of investor; for investors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    investor_kind: Option<InvestorKind>,
    /// The investor's name; once your contact data has gone there, with your consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Yayasan Contoh Sejahtera", max_length = 200)]
    investor_name: Option<String>,
}

impl AccessLine {
    pub(super) fn new(told: Told, lang: Lang) -> Self {
        let investor = told.investor.as_ref();
        Self {
            investor_kind: investor.map(|found| found.kind),
            investor_name: investor.filter(|_| told.is_introduced).map(|found| found.name.clone()),
            day: told.noted.day,
            look: told.noted.look,
            label: told.noted.look.label().get(lang).to_owned(),
            by: told.noted.role,
        }
    }
}

page_of! {
    /// A page of looks, the newest first.
    AccessPage of AccessLine
}

/// Who looked at my business?
///
/// Use it to show the owner who looked: before an introduction the kind and the day only, after it the investor's name. Kept for two
/// years.
#[utoipa::path(tag = "me", params(PageQuery), responses((status = 200, body = AccessPage)))]
#[get("/v1/me/access-log")]
pub async fn list_my_access_log(
    caller: Caller<op::ListMyAccessLog>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<AccessPage>> {
    let venture = caller.actor.venture.ok_or_else(Problem::not_found)?;
    let pager = Pager::new(&caller, "/v1/me/access-log", query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let (actor, lang) = (caller.actor, caller.lang);
    let page = caller.run(move |service| {
        looks::note_own(service, &actor, LookKind::Record)?;
        looks::told(service, venture, &seek, limit)
    });
    let page = page.await?.map(|told| (told.noted.seq, AccessLine::new(told, lang)));
    Ok(pager.answer_with(page, AccessPage::from)?.no_store())
}
