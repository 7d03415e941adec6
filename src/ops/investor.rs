//! Investors.

use super::{Act, By, Error, Result, matches, next_version};
use crate::domain::actor::Role;
use crate::domain::canonical;
use crate::domain::fault::Fault;
use crate::domain::id::InvestorId;
use crate::domain::text::Text;
use crate::domain::venture::InvestorKind;
use crate::domain::verification::Verification;
use crate::store::investor::{self, Investor};

/// What an investor is made from.
#[derive(Clone, Debug)]
pub struct NewInvestor {
    /// Its name.
    pub name: String,
    /// What kind.
    pub kind: InvestorKind,
    /// How many introductions it can carry at once.
    pub capacity: i32,
}

/// A change to an investor; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another capacity.
    pub capacity: Option<i32>,
    /// In how many days it usually answers.
    pub usual_reply_days: Option<i32>,
    /// Whether it wants no new introductions for now. Those under way go on.
    pub paused: Option<bool>,
}

/// Makes an investor.
///
/// # Errors
/// The store's.
pub fn create(act: &mut Act<'_>, new: NewInvestor) -> Result<Investor> {
    let made = Investor {
        id: act.ids.next(act.now),
        name: new.name,
        kind: new.kind,
        capacity: new.capacity,
        version: 1,
        created_at: act.now,
        verification: None,
        usual_reply_days: None,
        paused_at: None,
    };
    investor::insert(act.conn, &made)?;
    act.audit("investor.create", made.id, &(&made.name, made.kind, made.capacity))?;
    Ok(made)
}

/// Changes an investor that stands at `version`.
///
/// # Errors
/// [`Error::NotFound`] or [`Error::Stale`].
pub fn change(act: &mut Act<'_>, id: InvestorId, version: i64, change: Change) -> Result<Investor> {
    let mut found = investor::find(act.conn, id)?.ok_or(Error::NotFound)?;
    let mut is_renamed = false;
    if let Some(name) = change.name.filter(|name| *name != found.name) {
        // Owners agree to a name. Staff have seen papers for the old one, and only they may say that the new one is the same.
        if !matches!(act.by, By::Account(actor) if actor.role == Role::Staff) {
            found.verification = None;
        }
        found.name = name;
        is_renamed = true;
    }
    found.capacity = change.capacity.unwrap_or(found.capacity);
    found.usual_reply_days = change.usual_reply_days.or(found.usual_reply_days);
    match change.paused {
        Some(true) => found.paused_at = found.paused_at.or(Some(act.now)),
        Some(false) => found.paused_at = None,
        None => {}
    }
    save(act, &mut found, version)?;
    act.audit("investor.change", id, &(&found.name, found.capacity, found.usual_reply_days, found.paused_at))?;
    if is_renamed {
        matches::asker_renamed(act, id)?;
    }
    Ok(found)
}

/// Notes what staff have seen of an investor that stands at `version`: from then on it may ask for introductions.
///
/// # Errors
/// [`Error::NotFound`] or [`Error::Stale`]; [`Error::Invalid`] for days in the future.
pub fn verify(act: &mut Act<'_>, id: InvestorId, version: i64, seen: &Verification) -> Result<Investor> {
    let future = seen.in_the_future(act.now.jakarta_day());
    if !future.is_empty() {
        let fault = |member| Fault {
            pointer: format!("/{member}"),
            code: "in_the_future",
            detail: Text::new("Hari ini belum tiba.", "This day has not come yet."),
        };
        return Err(Error::Invalid(future.into_iter().map(fault).collect()));
    }
    let mut found = investor::find(act.conn, id)?.ok_or(Error::NotFound)?;
    found.verification = Some(canonical::to_string(seen)?);
    save(act, &mut found, version)?;
    act.audit("investor.verify", id, &found.verification)?;
    matches::take_turns(act, id)?;
    Ok(found)
}

fn save(act: &mut Act<'_>, found: &mut Investor, version: i64) -> Result<()> {
    found.version = next_version(found.version, version)?;
    if investor::update(act.conn, found)? { Ok(()) } else { Err(Error::Stale) }
}
