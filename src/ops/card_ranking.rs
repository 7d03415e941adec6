//! An investor's own what-if: card fields only, over the cards of their latest published lists, as they were printed.
//! So it discloses nothing that the cards have not.

use std::collections::BTreeMap;

use serde_json::Value;

use super::basis::Basis;
use super::line::{self, Line};
use super::rankable::{Rankable, decimal, reading};
use super::{Act, By, Error, Result, Service, criteria, match_list};
use crate::domain::canonical;
use crate::domain::card::{Card, CardState};
use crate::domain::criteria::{Criteria, Role as Use};
use crate::domain::fault::Fault;
use crate::domain::field::{FieldClass, Registry};
use crate::domain::fixed::TenThousandths;
use crate::domain::id::{InvestorId, VentureId};
use crate::domain::life::ListState;
use crate::domain::text::Text;
use crate::engine::{Cell, Column, Movable, Options, Row, Snapshot, rank};
use crate::store::{self, Seek};

/// What a card ranking answers.
pub struct CardRanking {
    /// The lines, at most as many as the document's limit.
    pub lines: Vec<Line>,
    /// The newest data version of the lists that the cards are from.
    pub data_version: i64,
    /// Whether the document sets a floor.
    pub has_floor: bool,
}

/// Ranks the cards of an investor's published lists under any document over card fields. Keeps nothing but an
/// audit line.
///
/// # Errors
/// [`Error::Invalid`] with every fault, fields that no card shows among them.
pub fn what_if(service: &Service, by: By<'_>, investor: InvestorId, document: &Value) -> Result<CardRanking> {
    let rankable = service.rankable()?;
    let document = criteria::read_with(&rankable.registry, document)?;
    refuse_hidden(&document, &rankable.registry)?;
    let (cards, data_version) = published_cards(service, &rankable, investor)?;
    let codes = service.keys.venture_codes(investor);
    let fields: Vec<_> = rankable.registry.fields().iter().filter(|f| f.class == FieldClass::Card).collect();
    let schema: Vec<_> = fields.iter().map(|f| Column { field: f.key.clone(), reading: reading(f.kind) }).collect();
    let mut snapshot = Snapshot::new(schema);
    let mut by_code = BTreeMap::new();
    for (venture, card) in cards {
        // The lottery draws by what the investor can see.
        let code = codes.encode(venture);
        let row = Row {
            id: code.clone(),
            pending: card.grounds.assessed() == 0,
            open_adjudication: false,
            cells: fields.iter().map(|f| cell(&card, &f.key)).collect(),
        };
        snapshot.put(row).map_err(|e| Error::Internal(e.to_string()))?;
        by_code.insert(code, (venture, card));
    }
    let ranking = rank(&snapshot, &document, Options::default())
        .map_err(|e| Error::Internal(format!("a field without a column: {}", e.field)))?;
    let hash = canonical::hash(&document.canonical()?)?;
    service.write(by, |act: &mut Act<'_>| act.audit("ranking.what_if", investor, &hash))?;
    let lines = ranking
        .placed()
        .take(document.limit as usize)
        .map(|placed| {
            let (venture, card) = by_code
                .remove(&**ranking.id(placed.row))
                .ok_or_else(|| Error::Internal("a row that is no card".into()))?;
            Ok(Line {
                position: i32::try_from(placed.position).unwrap_or(i32::MAX),
                venture,
                told: serde_json::from_str(&line::keep(&ranking, placed, Movable::Nothing)?)?,
                card,
            })
        })
        .collect::<Result<_>>()?;
    Ok(CardRanking { lines, data_version, has_floor: document.representation.is_some() })
}

/// Fields that no card shows, each with its place in the document.
fn refuse_hidden(document: &Criteria, registry: &Registry) -> Result<()> {
    let (mut filters, mut preferences) = (0, 0);
    let mut faults = Vec::new();
    for used in document.fields() {
        let pointer = match used.role {
            Use::Filter => {
                filters += 1;
                format!("/filters/{}/field", filters - 1)
            }
            Use::Preference | Use::Dropped => {
                preferences += 1;
                format!("/preferences/{}/field", preferences - 1)
            }
            Use::Group => "/representation/group/field".to_owned(),
        };
        if registry.find(used.field).is_none_or(|f| f.class != FieldClass::Card) {
            faults.push(Fault {
                pointer,
                code: "hidden_field",
                detail: Text::new(
                    "Bidang ini tidak ada pada kartu. Pakai hanya bidang kelas `card` dari GET /v1/fields.",
                    "No card shows this field. Use only fields of class `card` from GET /v1/fields.",
                ),
            });
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

/// The cards that an investor's published lists show, each venture once, the newest list first. Whoever took a consent back is not
/// compared any more.
fn published_cards(
    service: &Service,
    rankable: &Rankable,
    investor: InvestorId,
) -> Result<(BTreeMap<VentureId, Card>, i64)> {
    let now = service.clock.now();
    service.read(|conn| {
        let filter = store::match_list::Filter { investor: Some(investor), state: Some(ListState::Published) };
        let lists = store::match_list::page(conn, &filter, &Seek::First, i64::from(u16::MAX))?;
        let mut cards = BTreeMap::new();
        let mut newest = 0;
        for list in lists.items {
            newest = newest.max(list.data_version);
            let basis = Basis::of(conn, &list)?;
            for entry in store::match_list::entries(conn, list.id, &Seek::First, i64::from(list.entries_total))?.items {
                if !match_list::shown(rankable, &basis, entry.venture_id, now) {
                    continue;
                }
                if let std::collections::btree_map::Entry::Vacant(place) = cards.entry(entry.venture_id) {
                    place.insert(serde_json::from_str(&entry.card)?);
                }
            }
        }
        Ok((cards, newest))
    })
}

/// What a card prints for a field, as the engine reads it: scores with one decimal, so that no series of questions
/// finds out more of them.
fn cell(card: &Card, field: &str) -> Cell {
    let printed = |v: TenThousandths| TenThousandths(v.tenths() * 1_000);
    let number = |value: Option<TenThousandths>| value.map_or(Cell::NotAnswered, |v| Cell::number(decimal(printed(v))));
    let code = |text: Option<&str>| text.map_or(Cell::NotAnswered, Cell::text);
    match field {
        "overall" => number(card.overall),
        "readiness_level" => number(card.readiness_level.map(|n| TenThousandths::whole(n.into()))),
        "sector_group" => code(card.printed.sector_group.map(|g| g.as_str())),
        "kota" => code(card.printed.kota.as_deref()),
        "need_band" => code(card.printed.need_band.map(|n| n.as_str())),
        "instruments" => {
            card.instruments.as_ref().map_or(Cell::NotAnswered, |all| Cell::set(all.iter().map(|i| i.as_str())))
        }
        "sdgs" => card.sdgs.as_ref().map_or(Cell::NotAnswered, |all| {
            let goals: Vec<String> = all.iter().map(ToString::to_string).collect();
            Cell::set(goals.iter().map(String::as_str))
        }),
        dimension => {
            let wanted = dimension.strip_prefix("dimension.");
            match card.dimensions.iter().find(|d| Some(d.code.as_str()) == wanted) {
                None => Cell::NotAnswered,
                Some(d) => match (d.state, d.score) {
                    (CardState::Number, score) => number(score),
                    (CardState::Insufficient, _) => Cell::Insufficient,
                    (CardState::NotAssessed, _) => Cell::NotAssessed,
                    (CardState::NotApplicable, _) => Cell::NotApplicable,
                },
            }
        }
    }
}
