//! Replaying a list: is what was published what the inputs give? Here over the database, or anywhere over a kit.

mod inputs;
mod kit;
mod verdict;

pub use inputs::{Coded, InputRow, Inputs, Ranked, Read, Unreadable};
pub use kit::{FORMAT, Kit, KitGap, KitLine, LARGEST, Named, NoKit};
pub use verdict::{Difference, How, Kept, KeptLine, Replay, Verdict, What, hash_of, output_hash};

use super::match_list::{PUBLISH, published_as};
use super::{Conflict, Error, Result, Service};
use crate::domain::canonical;
use crate::domain::id::{MatchListId, VentureId};
use crate::domain::life::ListState;
use crate::domain::time::Instant;
use crate::store::match_list::{self, MatchList};
use crate::store::{Conn, Seek, audit, venture};

/// Replays a list from what is stored of it, and from nothing else.
///
/// # Errors
/// [`Error::NotFound`].
pub fn replay(service: &Service, id: MatchListId) -> Result<Replay> {
    let (_, kept) = service.db.consistent(|conn| kept(conn, id))?;
    kept.replay()
}

/// A list as a file that verifies itself.
///
/// # Errors
/// [`Error::NotFound`]; [`Conflict::NoInputs`] when its inputs cannot be read.
pub fn kit(service: &Service, id: MatchListId) -> Result<Kit> {
    let (list, kept) = service.db.consistent(|conn| kept(conn, id))?;
    if kept.inputs.is_err() {
        return Err(Conflict::NoInputs.into());
    }
    let named = Named {
        id: list.id.to_string(),
        criteria_id: list.criteria_id.to_string(),
        criteria_version: list.criteria_number,
        data_version: list.data_version,
    };
    Kit::of(named, kept)
}

fn kept(conn: &mut Conn, id: MatchListId) -> Result<(MatchList, Kept)> {
    let list = match_list::find(conn, id)?.ok_or(Error::NotFound)?;
    let blob = match_list::inputs(conn, id)?.ok_or(Error::NotFound)?;
    // One more than there should be: a line too many is seen too.
    let entries = match_list::entries(conn, id, &Seek::First, i64::from(list.entries_total) + 1)?.items;
    let line = |e: match_list::Entry| KeptLine {
        position: e.position,
        id: e.venture_id.to_string(),
        result: e.result,
        card: e.card,
        hash: e.hash,
    };
    let kept = Kept {
        inputs: Inputs::read(&blob),
        inputs_hash: list.inputs_hash.clone(),
        output_hash: list.output_hash.clone(),
        engine_version: list.engine_version.clone(),
        seed: list.seed.clone(),
        entries: list.entries_total,
        lines: entries.into_iter().map(line).collect(),
        gaps: match_list::gaps(conn, id)?.into_iter().map(|gap| (gap.position, gap.hash)).collect(),
        audited: match list.state {
            ListState::Draft => None,
            ListState::Published | ListState::Superseded => {
                let content = canonical::to_string(&published_as(&list))?;
                Some(audit::has(conn, &id.to_string(), PUBLISH, &content)?)
            }
        },
    };
    Ok((list, kept))
}

/// Clocks of replicas differ by less than this.
const CLOCKS_APART: i64 = 86_400;

/// Takes an erased venture out of every list, published or not: its line and its row among the inputs, so that nothing
/// is left of it but two hashes in each. Gives the lists that it was in. For the use case that erases, inside its
/// transaction.
///
/// # Errors
/// The store's.
pub fn erase(conn: &mut Conn, venture: VentureId) -> Result<Vec<MatchListId>> {
    // No list that is older can have it.
    let since = venture::find(conn, venture)?.map(|v| v.created_at.plus_seconds(-CLOCKS_APART));
    let mut was_in = Vec::new();
    for list in match_list::made_since(conn, since.unwrap_or(Instant::from_micros(0)))? {
        if cut(conn, list, venture)? {
            was_in.push(list);
        }
    }
    Ok(was_in)
}

/// Takes an erased venture out of one list. Whether it was in it. The list has a new version then.
///
/// # Errors
/// [`Error::NotFound`] for an unknown list; the store's.
pub fn cut(conn: &mut Conn, list: MatchListId, venture: VentureId) -> Result<bool> {
    let blob = match_list::inputs(conn, list)?.ok_or(Error::NotFound)?;
    let had_line = match_list::leave_gap(conn, list, venture)?;
    let Ok(mut inputs) = Inputs::read(&blob) else {
        // What cannot be read cannot be cut, and may hold what is to be erased: all of it goes.
        match_list::set_inputs(conn, list, &[])?;
        return Ok(true);
    };
    let had_row = inputs.cut(&venture.to_string())?;
    if had_line || had_row {
        match_list::set_inputs(conn, list, &inputs.compressed()?)?;
    }
    Ok(had_line || had_row)
}
