//! Everything that is held about a venture, gathered in one place for its owner (UU PDP 27/2022, the right of access).
//!
//! Whoever adds a table that leads to a venture adds it here, or says in `tests/it/my_data.rs` why not. What is somebody else's
//! stays out: who assessed, who witnessed, which of the staff looked, and an investor's name before an introduction.

use super::complaint::{self, Opened as Complaint};
use super::data_request::{self, Opened as Request};
use super::line::Line;
use super::looks::{self, Told};
use super::mandate::{self, Companion};
use super::matches::{self, Report, Said};
use super::message::{self, Sent};
use super::rankable::Rankable;
use super::support_plan::{self, Plan};
use super::venture::{self, Opened};
use super::{Error, Result, Service, one_time_code};
use crate::domain::actor::Actor;
use crate::domain::match_life::Side;
use crate::domain::phone::Phone;
use crate::domain::time::Instant;
use crate::domain::venture::{Attendance, InvestorKind};
use crate::store::assessment::{self, Assessment};
use crate::store::cohort::{self, Cohort};
use crate::store::match_list::{self, MatchList};
use crate::store::matches::Match;
use crate::store::session::Session;
use crate::store::user::{self, RefreshToken, User};
use crate::store::{self, Seek};
use std::sync::Arc;

/// Of each kind of thing that can grow without end so many are gathered, the newest.
pub const NEWEST: i64 = 1000;

/// Of places on lists, each with its explanation, so many.
pub const PLACES: i64 = 200;

/// A place on a list that was published.
pub struct Place {
    /// The list.
    pub list: MatchList,
    /// For what kind of investor it was made.
    pub kind: Option<InvestorKind>,
    /// The line.
    pub line: Line,
}

/// A match, and what is written about it that is the owner's to read.
pub struct Affair {
    /// As it stands now.
    pub found: Match,
    /// With what kind of investor.
    pub kind: Option<InvestorKind>,
    /// What came of it.
    pub outcome: Option<String>,
    /// What the owner has said with a move.
    pub said: Vec<Said>,
    /// What the owner has reported.
    pub reports: Vec<Report>,
}

/// Everything.
pub struct MyData {
    /// When it was gathered.
    pub at: Instant,
    /// What lists are worded with.
    pub rankable: Arc<Rankable>,
    /// The venture, its people, consents and outcome.
    pub opened: Opened,
    /// The cohort it came with.
    pub cohort: Option<Cohort>,
    /// Its ratings, assessor by assessor.
    pub assessments: Vec<Assessment>,
    /// Where it has stood on published lists, the newest first.
    pub places: Vec<Place>,
    /// Its matches: those that the owner was asked about, then the others, the newest first.
    pub affairs: Vec<Affair>,
    /// What its owner has asked, the newest first.
    pub requests: Vec<Request>,
    /// What was complained about by or about it, the newest first.
    pub complaints: Vec<Complaint>,
    /// Who looked, the newest first.
    pub looks: Vec<Told>,
    /// The messages that were sent or are to be sent to the owner's phone, the newest first.
    pub messages: Vec<Sent>,
    /// What was agreed with the owner.
    pub plan: Plan,
    /// Who may act for its owner, or ever did, the newest first.
    pub companions: Vec<Companion>,
    /// The sessions that its people attended.
    pub sessions: Vec<(Session, Attendance)>,
    /// The phone that the owner has confirmed.
    pub phone: Option<Phone>,
    /// The owner's account.
    pub account: User,
    /// The accounts that write for the owner.
    pub own_accounts: Vec<String>,
    /// When claim codes were given out, and when another took their place.
    pub claim_codes: Vec<(Instant, Option<Instant>)>,
    /// What was given out to stay signed in with, the newest first.
    pub tokens: Vec<RefreshToken>,
}

/// Gathers everything about the venture of an owner.
///
/// # Errors
/// [`Error::NotFound`] for whoever owns none; [`super::Conflict::NoRubric`].
pub fn gather(service: &Service, actor: &Actor) -> Result<MyData> {
    let id = actor.venture.ok_or(Error::NotFound)?;
    let rankable = service.rankable()?;
    let opened = venture::open(service, id)?;
    let looks = looks::told(service, id, &Seek::First, NEWEST)?.items;
    let at = service.clock.now();
    let keys = &service.keys;
    service.read(|conn| {
        let lists = match_list::places(conn, id, PLACES)?;
        let met = store::matches::of_venture(conn, id)?;
        let ids = lists.iter().map(|(list, _)| list.investor_id).chain(met.iter().map(|found| found.investor_id));
        let investors = looks::investors(conn, ids)?;
        let mut places = Vec::new();
        for (list, entry) in lists {
            let kind = investors.get(&list.investor_id).map(|found| found.kind);
            places.push(Place { list, kind, line: Line::read(entry)? });
        }
        let mut affairs = Vec::new();
        let newest = usize::try_from(NEWEST).unwrap_or(usize::MAX);
        for found in met.into_iter().rev().take(newest) {
            let kind = investors.get(&found.investor_id).map(|investor| investor.kind);
            let (outcome, mut said) = matches::written(keys, &found)?;
            said.retain(|said| said.side == Side::Owner);
            let reports = matches::reports_of(conn, keys, found.id, Side::Owner)?;
            affairs.push(Affair { found: matches::as_of(found, at), kind, outcome, said, reports });
        }
        // Those that the owner knows of come first.
        affairs.sort_by_key(|affair: &Affair| affair.found.asked_at.is_none());
        let requests = store::data_request::page_of(conn, id, &Seek::First, NEWEST)?.items;
        Ok(MyData {
            at,
            rankable,
            cohort: cohort::find(conn, opened.row.cohort_id)?,
            opened,
            assessments: assessment::of(conn, &[id])?,
            places,
            affairs,
            requests: requests.into_iter().map(|row| data_request::open(keys, row)).collect::<Result<_>>()?,
            complaints: store::complaint::of(conn, id, NEWEST)?
                .into_iter()
                .map(|row| complaint::open(keys, row))
                .collect::<Result<_>>()?,
            looks,
            messages: message::all(conn, id, NEWEST)?,
            plan: support_plan::find(conn, keys, id)?,
            companions: mandate::ever(conn, id, NEWEST)?,
            sessions: store::session::of_venture(conn, id)?,
            phone: one_time_code::confirmed_phone(conn, keys, id)?,
            account: user::find(conn, actor.user)?.ok_or(Error::NotFound)?,
            own_accounts: complaint::own_accounts(conn, actor, id)?,
            claim_codes: user::claim_codes_of(conn, actor.user)?,
            tokens: user::refresh_tokens_of(conn, actor.user, NEWEST)?,
        })
    })
}
