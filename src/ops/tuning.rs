//! Tuning aids for staff: rankings of documents that nothing is kept of but a line in the audit, and what comes of them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::rankable::Rankable;
use super::{By, Error, Result, Service, criteria, match_list};
use crate::domain::canonical;
use crate::domain::criteria::Criteria;
use crate::domain::decimal::Decimal;
use crate::domain::fault::Fault;
use crate::domain::id::{CohortId, VentureId};
use crate::domain::text::Text;
use crate::engine::fair::{self, Audit, Proportion};
use crate::engine::tune::{self, Comparison, NoWeights, Region, Smaa, Stability, Survey, Tornado};
use crate::engine::{Ranking, RowNo};
use crate::store;

/// A document, ranked over what may be listed now.
pub struct Tried {
    /// What was ranked.
    pub rankable: Arc<Rankable>,
    /// The document.
    pub document: Criteria,
    /// Its ranking.
    pub ranking: Ranking,
}

/// A member of the body in which a document stands, for pointers.
fn within(at: &'static str) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Invalid(mut faults) => {
            for fault in &mut faults {
                fault.pointer.insert_str(0, at);
            }
            Error::Invalid(faults)
        }
        other => other,
    }
}

fn refuse(pointer: String, code: &'static str, id: &str, en: &str) -> Error {
    Error::Invalid(vec![Fault { pointer, code, detail: Text::new(id, en) }])
}

/// Over what is tried: one state of the data for everything that is compared, and who asks.
pub(super) struct Trial<'a> {
    service: &'a Service,
    rankable: Arc<Rankable>,
    rows: Vec<RowNo>,
}

impl<'a> Trial<'a> {
    /// Over the ventures that may be listed now, of one cohort or of all.
    pub(super) fn new(service: &'a Service, cohort: Option<CohortId>) -> Result<Self> {
        if let Some(cohort) = cohort {
            service.read(|conn| store::cohort::find(conn, cohort)?.ok_or(Error::NotFound))?;
        }
        let rankable = service.rankable()?;
        let rows = rankable.listed(service.clock.now(), cohort, None);
        Ok(Self { service, rankable, rows })
    }

    /// Ranks a document that stands at `at` in what was sent.
    pub(super) fn rank(&self, document: &Value, at: &'static str) -> Result<Tried> {
        let document = criteria::read_with(&self.rankable.registry, document).map_err(within(at))?;
        let ranking = match_list::rank(&self.rankable, &document, None, &self.rows)?;
        Ok(Tried { rankable: self.rankable.clone(), document, ranking })
    }

    /// One line in the audit: who asked what of which documents.
    pub(super) fn note(&self, by: By<'_>, what: &'static str, documents: &[&Criteria]) -> Result<()> {
        let hashes = documents.iter().map(|document| Ok(canonical::hash(&document.canonical()?)?));
        let hashes = hashes.collect::<Result<Vec<String>>>()?;
        self.service.write(by, |act| act.audit("ranking.what_if", by.name(), &(what, &hashes)))
    }
}

/// Who enters, leaves and moves when one document takes another's place.
///
/// # Errors
/// [`Error::Invalid`] with every fault of both documents; [`Error::NotFound`] for an unknown cohort; [`super::Conflict::NoRubric`].
pub fn compare(
    service: &Service,
    by: By<'_>,
    (before, after): (&Value, &Value),
    cohort: Option<CohortId>,
) -> Result<(Comparison, Tried)> {
    let trial = Trial::new(service, cohort)?;
    let (old, new) = match (trial.rank(before, "/before"), trial.rank(after, "/after")) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(Error::Invalid(mut faults)), Err(Error::Invalid(more))) => {
            faults.extend(more);
            return Err(Error::Invalid(faults));
        }
        (Err(error), _) | (_, Err(error)) => return Err(error),
    };
    trial.note(by, "compare", &[&old.document, &new.document])?;
    let compared = tune::compare(&old.ranking, &new.ranking).map_err(|e| Error::Internal(e.to_string()))?;
    Ok((compared, new))
}

/// How far each weight may move before another venture is among the first.
///
/// # Errors
/// As [`compare`]; [`Error::Invalid`] where one preference has all the weight.
pub fn stability(
    service: &Service,
    by: By<'_>,
    document: &Value,
    cohort: Option<CohortId>,
) -> Result<(Vec<Stability>, Tried)> {
    let trial = Trial::new(service, cohort)?;
    let tried = trial.rank(document, "/document")?;
    trial.note(by, "stability", &[&tried.document])?;
    let intervals = tune::stability(&tried.ranking).map_err(|_sole| sole_weight())?;
    Ok((intervals, tried))
}

fn sole_weight() -> Error {
    refuse(
        "/document/preferences".into(),
        "sole_weight",
        "Satu preferensi memegang seluruh bobot; tidak ada bobot lain yang dapat bergeser. Tambahkan preferensi.",
        "One preference has all the weight, so no weight can move. Add another preference.",
    )
}

/// What each weight, a little smaller and a little larger, does to one venture.
///
/// # Errors
/// As [`stability`]; [`Error::NotFound`] for an unknown venture; [`Error::Invalid`] for one that has no place, and for a step that is none.
pub fn tornado(
    service: &Service,
    by: By<'_>,
    document: &Value,
    cohort: Option<CohortId>,
    (venture, step): (VentureId, Decimal),
) -> Result<(Tornado, Tried)> {
    let trial = Trial::new(service, cohort)?;
    let tried = trial.rank(document, "/document")?;
    trial.rankable.venture(venture).ok_or(Error::NotFound)?;
    let row = trial.rankable.snapshot.find(&venture.to_string());
    trial.note(by, "tornado", &[&tried.document])?;
    let no_place = || no_place("/venture_id".into());
    let row = row.ok_or_else(no_place)?;
    let found = tune::tornado(&tried.ranking, row, step).map_err(|refused| match refused {
        tune::Unmoved::SoleWeight => sole_weight(),
        tune::Unmoved::NotEligible => no_place(),
        tune::Unmoved::Step => {
            refuse("/step".into(), "out_of_range", "Di atas 0, paling banyak 1.", "Above 0, at most 1.")
        }
    })?;
    Ok((found, tried))
}

/// What weights a panel allows, and how many are drawn.
pub struct Panel {
    /// How many.
    pub draws: u32,
    /// The same seed gives the same draws.
    pub seed: String,
    /// The least and the most that a field may weigh, of 1.
    pub bounds: Vec<(String, [Decimal; 2])>,
    /// Fields from the most important to the least.
    pub order: Vec<String>,
    /// Ventures to tell all ranks of.
    pub named: Vec<VentureId>,
}

impl Panel {
    /// Whether it allows less than all weights.
    pub fn is_narrow(&self) -> bool {
        !(self.bounds.is_empty() && self.order.is_empty())
    }
}

/// One survey takes all that it can get.
static SURVEYING: Mutex<()> = Mutex::new(());

/// What one survey may cost: some seconds of one core.
const MOST_WORK: u64 = 4_000_000_000;

/// What a survey costs, in multiplications: each draw weighs all ventures; and where the weights are narrowed, a walk to the next draw may
/// take many steps, each as much as thirty of those.
fn work(draws: u32, eligible: usize, preferences: usize, narrowed: bool) -> u64 {
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let (eligible, preferences) = (count(eligible), count(preferences));
    let steps = if narrowed { (4 * preferences * preferences).clamp(64, 2048) } else { 0 };
    u64::from(draws).saturating_mul(preferences).saturating_mul(eligible.saturating_add(30 * steps))
}

fn no_place(pointer: String) -> Error {
    refuse(
        pointer,
        "not_eligible",
        "Usaha ini tidak punya tempat dalam peringkat: disaring, belum dinilai, atau belum boleh tampil.",
        "This business has no place in the ranking: filtered out, not assessed, or not to be listed.",
    )
}

/// How often each venture is among the first when weights are drawn at random from what a panel allows.
///
/// # Errors
/// As [`compare`]; [`Error::Invalid`] for bounds and orders that cannot be met, and for named ventures without a place.
pub fn acceptability(
    service: &Service,
    by: By<'_>,
    document: &Value,
    cohort: Option<CohortId>,
    panel: &Panel,
) -> Result<(Smaa, Tried)> {
    let trial = Trial::new(service, cohort)?;
    let tried = trial.rank(document, "/document")?;
    let weighed: Vec<&str> = tried
        .document
        .preferences
        .iter()
        .filter(|preference| preference.weight != Decimal::ZERO)
        .map(|preference| preference.field.as_str())
        .collect();
    let place = |field: &str, pointer: String| {
        weighed.iter().position(|known| *known == field).ok_or_else(|| {
            refuse(
                pointer,
                "unknown_field",
                "Bidang ini bukan preferensi berbobot dalam dokumen.",
                "This field is no preference with a weight in the document.",
            )
        })
    };
    let mut region = Region::default();
    if !panel.bounds.is_empty() {
        region.bounds = vec![[Decimal::ZERO, Decimal::ONE]; weighed.len()];
        let mut bound = BTreeSet::new();
        for (n, (field, bounds)) in panel.bounds.iter().enumerate() {
            let at = place(field, format!("/bounds/{n}/field"))?;
            if !bound.insert(at) {
                let (id, en) = ("Bidang ini sudah disebut.", "This field is named already.");
                return Err(refuse(format!("/bounds/{n}/field"), "named_twice", id, en));
            }
            region.bounds[at] = *bounds;
        }
    }
    for (n, field) in panel.order.iter().enumerate() {
        region.order.push(place(field, format!("/order/{n}"))?);
    }
    let mut named = Vec::new();
    for (n, venture) in panel.named.iter().enumerate() {
        let row = trial.rankable.snapshot.find(&venture.to_string());
        named.push(row.ok_or_else(|| no_place(format!("/named/{n}")))?);
    }
    if work(panel.draws, tried.ranking.merit().len(), weighed.len(), panel.is_narrow()) > MOST_WORK {
        return Err(refuse(
            "/draws".into(),
            "too_much_work",
            "Terlalu banyak untuk satu jawaban. Kurangi draws, preferensi, atau pilih satu angkatan.",
            "Too much for one answer. Fewer draws or preferences, or one cohort only.",
        ));
    }
    trial.note(by, "acceptability", &[&tried.document])?;
    // One survey at a time, and a core left for everybody else.
    let _alone = SURVEYING.lock().unwrap_or_else(PoisonError::into_inner);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).saturating_sub(1).max(1);
    let survey = Survey { draws: panel.draws, seed: &panel.seed, region: &region, named: &named, threads };
    let surveyed = tune::smaa(&tried.ranking, &survey).map_err(|refused| match refused {
        tune::Refused::Weights(why) => impossible(why, panel, &weighed),
        tune::Refused::Draws { .. } => {
            refuse("/draws".into(), "out_of_range", "Antara 1 dan 1.000.000.", "From 1 to 1,000,000.")
        }
        tune::Refused::NotEligible { at } => refuse(
            format!("/named/{at}"),
            "not_eligible",
            "Usaha ini tidak punya tempat dalam peringkat, atau sudah disebut.",
            "This business has no place in the ranking, or is named already.",
        ),
        tune::Refused::TooManyNamed { .. } => refuse(
            "/named".into(),
            "not_eligible",
            "Sebutkan paling banyak 100 usaha, masing-masing sekali, yang punya tempat dalam peringkat.",
            "Name at most 100 businesses, each once, that have a place in the ranking.",
        ),
    })?;
    Ok((surveyed, tried))
}

/// Why no weights can be drawn: which field, and where what was sent says so.
fn impossible(why: NoWeights, panel: &Panel, weighed: &[&str]) -> Error {
    let field = |at: usize| weighed.get(at).copied().unwrap_or_default();
    let bound = |at: usize| panel.bounds.iter().position(|(named, _)| *named == field(at));
    let order = |at: usize, last: bool| {
        let mut named = (0..panel.order.len()).filter(|n| panel.order[*n] == field(at));
        if last { named.next_back() } else { named.next() }
    };
    let at_bound = |at: usize| bound(at).map_or_else(|| "/bounds".to_owned(), |n| format!("/bounds/{n}"));
    let at_order = |n: Option<usize>| n.map_or_else(|| "/order".to_owned(), |n| format!("/order/{n}"));
    let (pointer, id, en) = match why {
        NoWeights::Count { .. } => (
            "/bounds".to_owned(),
            "Batas harus untuk semua preferensi berbobot.".to_owned(),
            "There must be bounds for all preferences with a weight.".to_owned(),
        ),
        NoWeights::Bounds { at } => (
            at_bound(at),
            format!("Batas {:?} harus 0 ≤ min ≤ max ≤ 1.", field(at)),
            format!("The bounds of {:?} must be 0 ≤ min ≤ max ≤ 1.", field(at)),
        ),
        NoWeights::Order { at } => (
            at_order(order(at, true)),
            format!("{:?} sudah disebut dalam urutan; hapus salah satu.", field(at)),
            format!("{:?} stands in the order already; remove one of the two.", field(at)),
        ),
        NoWeights::BoundsAgainstOrder { at } => (
            at_order(order(at, false)),
            format!(
                "Menurut batasnya {:?} tidak dapat berbobot sesuai urutan ini. Ubah batas atau urutannya.",
                field(at)
            ),
            format!("By its bounds {:?} cannot weigh what this order says. Change the bounds or the order.", field(at)),
        ),
        NoWeights::TooMuch => (
            "/bounds".to_owned(),
            "Jumlah bobot terkecil melebihi 1. Kecilkan min.".to_owned(),
            "The least weights add up to more than 1. Lower some min.".to_owned(),
        ),
        NoWeights::TooLittle => (
            "/bounds".to_owned(),
            "Jumlah bobot terbesar kurang dari 1. Besarkan max.".to_owned(),
            "The most that weights may be adds up to less than 1. Raise some max.".to_owned(),
        ),
    };
    refuse(pointer, "impossible_weights", &id, &en)
}

/// A group to test a list for, where the document declares none; and with which share and level.
#[derive(Default)]
pub struct Tested {
    /// A test, as a filter's: field, op and value.
    pub group: Option<Value>,
    /// The share of the group; its share of the eligible ventures if none is told.
    pub p: Option<Decimal>,
    /// The level; 0.1 if none is told.
    pub alpha: Option<Decimal>,
}

/// What a floor does, and whether the list as it stands is fair to the group by chance.
pub struct Fairness {
    /// The document, with the group.
    pub tried: Tried,
    /// Whether the document itself declares the floor.
    pub declared: bool,
    /// The test of the first k; nothing when everybody or nobody is of the group.
    pub audit: Option<Audit>,
    /// The share tested for.
    pub p: Option<Decimal>,
    /// The level.
    pub alpha: Decimal,
}

/// The share of a group and the level, as they are usually tested.
const ALPHA: Decimal = Decimal::from_units(100_000_000);

/// Where the question names the group, a fault of the group is the question's and not the document's.
fn as_sent(fault: &mut Fault) {
    if let Some(rest) = fault.pointer.strip_prefix("/document/representation/group") {
        fault.pointer = format!("/group{rest}");
    }
}

/// Reports a floor, and tests a list that has none.
///
/// # Errors
/// As [`compare`]; [`Error::Invalid`] where neither the document nor the question names a group.
pub fn fairness(
    service: &Service,
    by: By<'_>,
    document: &Value,
    cohort: Option<CohortId>,
    tested: &Tested,
) -> Result<Fairness> {
    let trial = Trial::new(service, cohort)?;
    let declared = document["representation"].is_object();
    let mut asked = document.clone();
    let mut faults = Vec::new();
    match (&tested.group, declared) {
        (Some(group), _) => {
            // A share so small that it asks for nobody: the order stays that of merit, and the group is known.
            asked["representation"] = json!({"group": group, "rule": {"kind": "share", "min": 0}});
        }
        (None, true) => {}
        (None, false) => faults.push(Fault {
            pointer: "/group".into(),
            code: "needed_here",
            detail: Text::new(
                "Dokumen ini tidak punya representation; sebutkan kelompok yang diuji.",
                "This document has no representation; name the group to test for.",
            ),
        }),
    }
    for (pointer, share) in [("/p", tested.p), ("/alpha", tested.alpha)] {
        if share.is_some_and(|share| share <= Decimal::ZERO || share >= Decimal::ONE) {
            let detail = Text::new("Harus di atas 0 dan di bawah 1.", "It lies above 0 and below 1.");
            faults.push(Fault { pointer: pointer.into(), code: "out_of_range", detail });
        }
    }
    let tried = match trial.rank(&asked, "/document") {
        Ok(tried) if faults.is_empty() => tried,
        Ok(_) => return Err(Error::Invalid(faults)),
        Err(Error::Invalid(more)) => {
            faults.extend(more);
            if tested.group.is_some() {
                faults.iter_mut().for_each(as_sent);
            }
            return Err(Error::Invalid(faults));
        }
        Err(error) => return Err(error),
    };
    trial.note(by, "fairness", &[&tried.document])?;
    let placed: Vec<bool> = tried.ranking.placed().map(|placed| placed.protected).collect();
    let protected = placed.iter().filter(|is| **is).count();
    let usual = || Decimal::from_units(1_000_000_000 * protected as i128 / placed.len().max(1) as i128);
    let p = tested.p.unwrap_or_else(usual);
    let alpha = tested.alpha.unwrap_or(ALPHA);
    let first = tried.ranking.k().min(placed.len()).min(fair::MAX_POSITIONS as usize);
    let share = |decimal: Decimal| Proportion::from_units(decimal.units()).ok().filter(|share| share.is_open());
    let audit = match (share(p), share(alpha)) {
        (Some(p), Some(alpha)) => fair::audit(&placed[..first], p, alpha).ok(),
        _ => None,
    };
    let p = share(p).map(|_| p);
    Ok(Fairness { declared: declared && tested.group.is_none(), tried, audit, p, alpha })
}
