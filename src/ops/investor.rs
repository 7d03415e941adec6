//! Investors.

use super::{Act, Error, Result, next_version};
use crate::domain::id::InvestorId;
use crate::domain::venture::InvestorKind;
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
    found.name = change.name.unwrap_or(found.name);
    found.capacity = change.capacity.unwrap_or(found.capacity);
    found.version = next_version(found.version, version)?;
    if !investor::update(act.conn, &found)? {
        return Err(Error::Stale);
    }
    act.audit("investor.change", id, &(&found.name, found.capacity))?;
    Ok(found)
}
