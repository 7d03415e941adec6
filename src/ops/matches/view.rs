//! What each side sees of a match. Contact data is opened here and nowhere else, and only where it has crossed.

use super::super::import::PrivatePerson;
use super::super::message::{self, Told};
use super::super::{Error, Result, person};
use super::deed::stands;
use super::said::{self, Said};
use super::sealed::{Part, open, open_text};
use super::{open_moves, shares_contact};
use crate::domain::actor::{Actor, Role};
use crate::domain::consent::{self, Purpose, TEXT_VERSION};
use crate::domain::match_life::{MatchState, Move};
use crate::domain::terms::{CostKind, Pledge, Terms};
use crate::domain::text::Text;
use crate::domain::time::Instant;
use crate::domain::venture::{InvestorKind, Profile};
use crate::domain::verification::{Licence, Verification};
use crate::keys::Keys;
use crate::store::matches::Match;
use crate::store::{Conn, data_request, investor, venture};

crate::codes! {
    /// What staff should look at: before they let a request through, and with what is to be given.
    Concern {
        /// The amount is more than the owner asks for.
        AmountAboveNeed = "amount_above_need",
        /// The owner wants sharia contracts only, and interest is asked.
        ShariaOnly = "sharia_only",
        /// The owner does not want this kind of investor.
        InvestorKindExcluded = "investor_kind_excluded",
        /// The owner does not welcome this kind of support any more.
        InstrumentNotWelcome = "instrument_not_welcome",
        /// Another kind of support is to be given than was asked with.
        InstrumentNotAsked = "instrument_not_asked",
    }
}

/// Who asks, as the owner sees it.
#[derive(Clone, Debug)]
pub struct AskedBy {
    /// Its name.
    pub name: String,
    /// What kind.
    pub kind: InvestorKind,
    /// Its licence to lend, if there is one.
    pub licence: Option<Licence>,
    /// Days in which it usually answers.
    pub usual_reply_days: Option<i32>,
    /// The consent that agreeing means, word for word.
    pub consent: Text,
    /// Its version.
    pub text_version: &'static str,
}

/// How to reach the owner, as the investor sees it once introduced.
pub struct Contact {
    /// What the business is called.
    pub business: String,
    /// Whose it is. Others who stand beside it have agreed to nothing.
    pub owner: Option<PrivatePerson>,
}

/// A match as one side sees it.
pub struct View {
    /// As stored, and as it stands now.
    pub found: Match,
    /// Who looks.
    pub role: Role,
    /// What they may do now.
    pub moves: Vec<Move>,
    /// What is asked for an introduction with.
    pub terms: Option<Terms>,
    /// What is to be given.
    pub pledge: Option<Pledge>,
    /// What came of it; for staff.
    pub outcome: Option<String>,
    /// What was said about why, the oldest first; for staff.
    pub reasons: Vec<Said>,
    /// What staff should look at.
    pub concerns: Vec<Concern>,
    /// How the newest message to the owner about it fared; for staff.
    pub message: Option<Told>,
    /// Who asks; for the owner.
    pub asked_by: Option<AskedBy>,
    /// How to reach the owner; for the investor, once it has crossed and as long as the consent stands.
    pub contact: Option<Contact>,
}

/// A match as the actor sees it, who may see it.
///
/// # Errors
/// [`Error::Internal`] when what is encrypted does not open.
pub fn view(conn: &mut Conn, keys: &Keys, actor: &Actor, found: Match, now: Instant) -> Result<View> {
    let id = found.id;
    let role = actor.role;
    // Auditors see where a match stands, not what people have written.
    let reads_words = role != Role::Auditor;
    let terms: Option<Terms> = if reads_words { open(keys, Part::Terms, id, found.terms.as_deref())? } else { None };
    let pledge: Option<Pledge> =
        if reads_words { open(keys, Part::Pledge, id, found.pledge.as_deref())? } else { None };
    let (mut outcome, mut reasons, mut concerns, mut told) = (None, Vec::new(), Vec::new(), None);
    if role == Role::Staff {
        outcome = open_text(keys, Part::Outcome, id, found.outcome.as_deref())?;
        reasons = said::all(keys, &found)?;
        told = message::newest(conn, &found)?;
        if let (Some(terms), MatchState::Requested) = (&terms, found.state) {
            concerns = look_at(conn, &found, terms)?;
        }
        if terms.as_ref().zip(pledge.as_ref()).is_some_and(|(asked, given)| asked.instrument != given.instrument) {
            concerns.push(Concern::InstrumentNotAsked);
        }
    }
    let asked_by = if role == Role::Owner { Some(asked_by(conn, &found)?) } else { None };
    let contact = if role == Role::Investor { crossed(conn, keys, &found, now)? } else { None };
    let moves = open_moves(conn, keys, actor, &found, now)?;
    Ok(View { found, role, moves, terms, pledge, outcome, reasons, concerns, message: told, asked_by, contact })
}

/// What came of a match, and what was said with its moves, the oldest first.
///
/// # Errors
/// [`Error::Internal`] when what is encrypted does not open.
pub fn written(keys: &Keys, found: &Match) -> Result<(Option<String>, Vec<Said>)> {
    Ok((open_text(keys, Part::Outcome, found.id, found.outcome.as_deref())?, said::all(keys, found)?))
}

fn look_at(conn: &mut Conn, found: &Match, terms: &Terms) -> Result<Vec<Concern>> {
    let row = venture::find(conn, found.venture_id)?.ok_or(Error::NotFound)?;
    let asker = investor::find(conn, found.investor_id)?.ok_or(Error::NotFound)?;
    let profile: Profile = serde_json::from_str(&row.profile)?;
    let above = terms.amount.zip(profile.funding_need).is_some_and(|(amount, need)| amount > need.max);
    let sharia = terms.cost == CostKind::Interest && profile.sharia_only == Some(true);
    let unwelcome = profile.instruments.is_some_and(|welcome| !welcome.contains(&terms.instrument));
    let unwanted = profile.excluded_investor_kinds.is_some_and(|kinds| kinds.contains(&asker.kind));
    let all = [
        (above, Concern::AmountAboveNeed),
        (sharia, Concern::ShariaOnly),
        (unwanted, Concern::InvestorKindExcluded),
        (unwelcome, Concern::InstrumentNotWelcome),
    ];
    Ok(all.into_iter().filter_map(|(is, concern)| is.then_some(concern)).collect())
}

fn asked_by(conn: &mut Conn, found: &Match) -> Result<AskedBy> {
    let asker = investor::find(conn, found.investor_id)?.ok_or(Error::NotFound)?;
    let verification: Option<Verification> = asker.verification.as_deref().map(serde_json::from_str).transpose()?;
    let consent = consent::text(TEXT_VERSION, &Purpose::ShareContact(asker.id), &asker.name);
    Ok(AskedBy {
        kind: asker.kind,
        licence: verification.and_then(|v| v.licence),
        usual_reply_days: asker.usual_reply_days,
        consent: consent.ok_or_else(|| Error::Internal("the text in use is not known".into()))?,
        text_version: TEXT_VERSION,
        name: asker.name,
    })
}

/// Six locks, each enough: the state, the moment, that it is not to be deleted, that the owner has not had the use of their data
/// stopped, the consent, and that staff have seen the papers of the investor as it is called now.
fn crossed(conn: &mut Conn, keys: &Keys, found: &Match, now: Instant) -> Result<Option<Contact>> {
    let has_crossed = found.state.is_introduced() && found.crosses_at.is_some_and(|at| at <= now);
    // A consent that was given anew is for the new introduction.
    if !has_crossed || found.delete_by.is_some() {
        return Ok(None);
    }
    if !data_request::restricted(conn, &[found.venture_id])?.is_empty()
        || !shares_contact(conn, found.venture_id, found.investor_id, now)?
        || stands(conn, keys, found)?.is_err()
    {
        return Ok(None);
    }
    let row = venture::find(conn, found.venture_id)?.ok_or(Error::NotFound)?;
    Ok(Some(Contact { business: row.name, owner: person::reachable_owner(conn, keys, found.venture_id)? }))
}
