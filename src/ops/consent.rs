//! Giving consent and taking it back.

use std::collections::{BTreeMap, BTreeSet};

use super::matches;
use super::user::other_witness;
use super::{Act, Error, Result};
use crate::domain::consent::{self, Method, Purpose, TEXT_VERSION};
use crate::domain::fault::Fault;
use crate::domain::id::{UserId, VentureId};
use crate::domain::text::{Lang, Text};
use crate::domain::time::Instant;
use crate::store::consent::Consent;
use crate::store::{self, Conn, match_list, venture};

/// A consent as it is given.
#[derive(Clone, Debug)]
pub struct Given {
    /// For what.
    pub purpose: Purpose,
    /// The version of the text that was read.
    pub text_version: String,
    /// In which language.
    pub lang: Lang,
    /// How.
    pub method: Method,
    /// Where the proof is kept; the request's own account when it is given in the app.
    pub reference: String,
    /// Who heard a spoken one besides the one who notes it.
    pub witness: Option<UserId>,
}

/// A consent for one purpose, as it stands now.
pub struct Standing {
    /// For what.
    pub purpose: Purpose,
    /// The investor in a consent to share contact data, as its text named it; empty for the others.
    pub investor: String,
    /// The newest that was given, if one ever was.
    pub newest: Option<consent::Consent>,
}

/// What an owner has been asked for and may be asked for, the general purposes first.
///
/// # Errors
/// The store's.
pub fn standing(conn: &mut Conn, id: VentureId) -> Result<Vec<Standing>> {
    let rows = store::consent::of(conn, &[id])?;
    let mut newest = BTreeMap::new();
    let mut named = BTreeMap::new();
    for mut row in rows {
        let name = row.named.take();
        let given = super::rankable::read_consent(row)?;
        // In the order in which they were given: the last stays.
        named.insert(given.purpose, name.unwrap_or_default());
        newest.insert(given.purpose, given);
    }
    let mut all: Vec<Standing> = Purpose::general()
        .into_iter()
        .map(|purpose| Standing { newest: newest.remove(&purpose), purpose, investor: String::new() })
        .collect();
    for (purpose, given) in newest {
        if matches!(purpose, Purpose::ShareContact(_)) {
            let investor = named.remove(&purpose).unwrap_or_default();
            all.push(Standing { purpose, investor, newest: Some(given) });
        }
    }
    Ok(all)
}

/// Ventures whose owners have taken back the consent to be counted in reports.
///
/// # Errors
/// The store's.
pub(super) fn uncounted(conn: &mut Conn) -> Result<BTreeSet<VentureId>> {
    let withdrawn = store::consent::ever_withdrawn(conn, &Purpose::Statistics.to_string())?;
    let mut said = BTreeMap::<VentureId, Vec<consent::Consent>>::new();
    for row in store::consent::of(conn, &withdrawn)? {
        said.entry(row.venture_id).or_default().push(super::rankable::read_consent(row)?);
    }
    let uncounted = said.into_iter().filter(|(_, said)| consent::is_taken_back(said, Purpose::Statistics));
    Ok(uncounted.map(|(id, _)| id).collect())
}

/// Gives a consent. Given again while it stands, it is renewed: a listing counts for another 12 months.
///
/// # Errors
/// [`Error::NotFound`] for an unknown venture; [`Error::Invalid`] for a text that is not in use, for a witness who is none,
/// and for sharing contact data, which is agreed to with a request.
pub fn give(act: &mut Act<'_>, id: VentureId, given: Given) -> Result<()> {
    let refuse = |pointer: &str, code, id: &str, en: &str| {
        Err(Error::Invalid(vec![Fault { pointer: pointer.into(), code, detail: Text::new(id, en) }]))
    };
    if matches!(given.purpose, Purpose::ShareContact(_)) {
        return refuse(
            "/purpose",
            "given_with_a_request",
            "Persetujuan berbagi kontak diberikan saat menyetujui permintaan perkenalan.",
            "Sharing contact data is agreed to by accepting a request for an introduction.",
        );
    }
    check_text(&given.text_version, &given.purpose, "/text_version")?;
    if given.method == Method::Spoken && !other_witness(act, given.witness)? {
        return Err(not_a_witness("/witness_id"));
    }
    add(act, id, given)?;
    touch(act, id)
}

/// Whether a text is the one that is read out now.
pub(super) fn check_text(version: &str, purpose: &Purpose, pointer: &str) -> Result<()> {
    if version == TEXT_VERSION && consent::text(version, purpose, "").is_some() {
        return Ok(());
    }
    Err(Error::Invalid(vec![Fault {
        pointer: pointer.into(),
        code: "unknown_text_version",
        detail: Text::new(
            format!("Baca atau bacakan teks persetujuan yang berlaku sekarang, versi {TEXT_VERSION}."),
            format!("Read the text that is in use now, version {TEXT_VERSION}, or read it out."),
        ),
    }]))
}

/// The refusal of somebody who cannot be a witness.
pub(super) fn not_a_witness(pointer: &str) -> Error {
    Error::Invalid(vec![Fault {
        pointer: pointer.into(),
        code: "not_a_witness",
        detail: Text::new(
            "Saksi harus akun staf atau asesor yang aktif, dan bukan Anda sendiri.",
            "The witness must be an active account of staff or an assessor, and not you.",
        ),
    }])
}

/// Writes a consent that has been checked, with its audit row.
pub(super) fn add(act: &mut Act<'_>, id: VentureId, given: Given) -> Result<()> {
    let reference = given.witness.map_or_else(|| given.reference.clone(), |w| format!("{}; {w}", given.reference));
    // Taking another name later does not change what was agreed to.
    let named = match given.purpose {
        Purpose::ShareContact(investor) => store::investor::find(act.conn, investor)?.map(|found| found.name),
        _ => None,
    };
    let row = Consent {
        venture_id: id,
        purpose: given.purpose.to_string(),
        text_version: given.text_version,
        lang: given.lang.tag().to_owned(),
        method: given.method.as_str().to_owned(),
        reference,
        given_at: act.now,
        withdrawn_at: None,
        named,
    };
    if store::consent::insert(act.conn, &row)? == 0 {
        // In the very microsecond of another one for the same purpose: asked again, it is another.
        return Err(Error::Stale);
    }
    act.audit("consent.give", id, &(&row.purpose, &row.text_version, &row.method))
}

/// Takes back a venture's consent to a purpose. It acts in the same transaction: the venture leaves rankings, every
/// list it stands on gets a new version, so that no client keeps showing it, and what stood on the consent ends.
///
/// # Errors
/// [`Error::NotFound`] for an unknown venture or when there is nothing to take back.
pub fn withdraw(act: &mut Act<'_>, id: VentureId, purpose: Purpose) -> Result<()> {
    if store::consent::withdraw(act.conn, id, &purpose.to_string(), act.now)? == 0 {
        return Err(Error::NotFound);
    }
    touch(act, id)?;
    match purpose {
        Purpose::Matching | Purpose::AnonymisedListing => matches::end_all(act, id)?,
        Purpose::ShareContact(investor) => matches::end_introductions(act, id, investor, None)?,
        Purpose::FoundBy(_) => matches::end_lost(act, id)?,
        Purpose::Assessment | Purpose::Statistics => {}
    }
    act.audit("consent.withdraw", id, &purpose.to_string())
}

/// What staff read of the venture has changed.
pub(super) fn noted(act: &mut Act<'_>, id: VentureId) -> Result<()> {
    let mut found = venture::find(act.conn, id)?.ok_or(Error::NotFound)?;
    found.version += 1;
    found.updated_at = act.now;
    if venture::update(act.conn, &found)? { Ok(()) } else { Err(Error::Stale) }
}

/// What staff read of the venture has changed, what ranks of it, and every list that it stands on.
pub(super) fn touch(act: &mut Act<'_>, id: VentureId) -> Result<()> {
    noted(act, id)?;
    for list_id in match_list::with(act.conn, id)? {
        let mut list = match_list::find(act.conn, list_id)?.ok_or(Error::NotFound)?;
        list.version += 1;
        if !match_list::update(act.conn, &list)? {
            return Err(Error::Stale);
        }
    }
    act.rankable_changed(id)?;
    Ok(())
}

/// Whether a consent counts at a time: for words beside it.
pub fn counts(standing: &Standing, now: Instant) -> bool {
    standing.newest.as_ref().is_some_and(|given| given.counts(now))
}
