//! One assessor's ratings of one venture, and what a rating must hold.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::fixed::{TenThousandths, number};
use crate::domain::rubric::{Facts, Indicator, Rubric, Ruling, Scale};
use crate::domain::text::{Text, Words};

/// One assessor's ratings of one venture: indicator code to rating. An indicator that is not in the
/// map was not assessed.
pub type Ratings = BTreeMap<String, Rating>;

/// What an assessor says of one indicator. In JSON
/// `{"state":"value","value":3,"evidence_level":1,"note":"…"}`; the other states have no `value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// The value, or why there is none.
    pub answer: Answer,
    /// What the value rests on; 0 when there is no value.
    pub evidence: Evidence,
    /// The assessor's words.
    pub note: Option<String>,
}

/// The value of a rating, or why there is none. Serialised only in formats that are not for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// A level 1–5, or a quantity.
    Value(TenThousandths),
    /// The rubric's rule says that the indicator does not apply.
    NotApplicable,
    /// Ours to do.
    NotAssessed,
    /// The owner would not say.
    NotAnswered,
}

/// What a value rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Evidence {
    /// 0: the owner's word.
    #[default]
    Told = 0,
    /// 1: the assessor saw it.
    Seen = 1,
    /// 2: a document or photo.
    Document = 2,
    /// 3: verified by a third party.
    Verified = 3,
}

impl Evidence {
    /// All levels, the weakest first.
    pub const ALL: [Self; 4] = [Self::Told, Self::Seen, Self::Document, Self::Verified];

    /// As people read it after a number: "6 dilihat".
    pub const fn label(self) -> Words {
        match self {
            Self::Told => Words::new("ucapan", "told"),
            Self::Seen => Words::new("dilihat", "seen"),
            Self::Document => Words::new("dokumen", "documented"),
            Self::Verified => Words::new("diverifikasi pihak ketiga", "verified by a third party"),
        }
    }
}

impl TryFrom<u8> for Evidence {
    type Error = &'static str;
    fn try_from(level: u8) -> Result<Self, &'static str> {
        Self::ALL.get(usize::from(level)).copied().ok_or("an evidence level is 0, 1, 2 or 3")
    }
}
impl From<Evidence> for u8 {
    fn from(level: Evidence) -> Self {
        level as Self
    }
}

impl Rating {
    /// A value on the owner's word.
    pub const fn told(value: TenThousandths) -> Self {
        Self { answer: Answer::Value(value), evidence: Evidence::Told, note: None }
    }
    /// A rating without a value.
    pub const fn without(answer: Answer) -> Self {
        Self { answer, evidence: Evidence::Told, note: None }
    }
}

crate::codes! {
    /// The state of a rating, as written.
    State {
        /// There is a value.
        Value = "value",
        /// The rubric's rule says that the indicator does not apply.
        NotApplicable = "not_applicable",
        /// Ours to do.
        NotAssessed = "not_assessed",
        /// The owner would not say.
        NotAnswered = "not_answered",
    }
}

impl Answer {
    /// Its state.
    pub const fn state(self) -> State {
        match self {
            Self::Value(_) => State::Value,
            Self::NotApplicable => State::NotApplicable,
            Self::NotAssessed => State::NotAssessed,
            Self::NotAnswered => State::NotAnswered,
        }
    }
}

/// A rating in JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Plain>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence_level: Option<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Cow<'a, str>>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Plain(#[serde(with = "number")] TenThousandths);

impl<'a> From<&'a Rating> for Wire<'a> {
    fn from(rating: &'a Rating) -> Self {
        let value = match rating.answer {
            Answer::Value(value) => Some(Plain(value)),
            _ => None,
        };
        Self {
            state: rating.answer.state(),
            value,
            evidence_level: value.is_some().then_some(rating.evidence),
            note: rating.note.as_deref().map(Cow::Borrowed),
        }
    }
}

impl TryFrom<Wire<'_>> for Rating {
    type Error = &'static str;
    fn try_from(wire: Wire<'_>) -> Result<Self, &'static str> {
        let answer = match (wire.state, wire.value) {
            (State::Value, Some(Plain(value))) => Answer::Value(value),
            (State::Value, None) => return Err("a rating of state `value` needs its value"),
            (_, Some(_)) => return Err("only a rating of state `value` has a value"),
            (State::NotApplicable, None) => Answer::NotApplicable,
            (State::NotAssessed, None) => Answer::NotAssessed,
            (State::NotAnswered, None) => Answer::NotAnswered,
        };
        if wire.evidence_level.is_some() && !matches!(answer, Answer::Value(_)) {
            return Err("only a rating of state `value` has an evidence level");
        }
        let note = wire.note.map(Cow::into_owned);
        Ok(Self { answer, evidence: wire.evidence_level.unwrap_or_default(), note })
    }
}

/// A format that is not for people knows members by their places and cannot leave one out.
impl Serialize for Rating {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            Wire::from(self).serialize(s)
        } else {
            (self.answer, self.evidence, &self.note).serialize(s)
        }
    }
}

impl<'de> Deserialize<'de> for Rating {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            return Wire::deserialize(d)?.try_into().map_err(D::Error::custom);
        }
        let (answer, evidence, note) = Deserialize::deserialize(d)?;
        Ok(Self { answer, evidence, note })
    }
}

/// A fault of one rating.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatingFault {
    /// The indicator's code, as given.
    pub indicator: String,
    /// Stable code: `unknown_indicator`, `value_out_of_scale`, `not_applicable_refused`,
    /// `value_refused`, `note_required`.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub detail: Text,
}

/// All faults of an assessor's ratings under a rubric, for a venture of which `facts` are known.
pub fn check(rubric: &Rubric, facts: &Facts, ratings: &Ratings) -> Vec<RatingFault> {
    let mut faults = Vec::new();
    for (code, rating) in ratings {
        let mut fault = |kind, id: String, en: String| {
            faults.push(RatingFault { indicator: code.clone(), code: kind, detail: Text::new(id, en) });
        };
        let Some(number) = rubric.find(code) else {
            fault(
                "unknown_indicator",
                format!("Rubrik ini tidak memiliki indikator {code}."),
                format!("This rubric has no indicator {code}."),
            );
            continue;
        };
        let indicator = rubric.indicator(number);
        match (rating.answer, rubric.ruling(number, facts)) {
            (Answer::NotApplicable, Ruling::Applies) => fault(
                "not_applicable_refused",
                format!("{code} berlaku untuk usaha ini; nilai, atau tulis belum dinilai."),
                format!("{code} applies to this business; rate it, or leave it as not assessed."),
            ),
            (Answer::Value(_), Ruling::DoesNotApply) => fault(
                "value_refused",
                format!("Menurut rubrik, {code} tidak berlaku untuk usaha ini."),
                format!("By the rubric, {code} does not apply to this business."),
            ),
            (Answer::Value(value), _) => {
                if let Err((id, en)) = on_scale(indicator, value) {
                    fault("value_out_of_scale", id, en);
                }
            }
            _ => {}
        }
        if needs_note(indicator, rating) && rating.note.as_deref().is_none_or(|n| n.trim().is_empty()) {
            fault(
                "note_required",
                format!("{code} perlu catatan: nilai tertinggi atau bukti dokumen harus dijelaskan."),
                format!("{code} needs a note: a top value or documented evidence must be explained."),
            );
        }
    }
    faults
}

/// Whether a rating must carry the assessor's words: at the top level, and at evidence ≥ 2.
pub fn needs_note(indicator: &Indicator, rating: &Rating) -> bool {
    let top =
        matches!(indicator.scale, Scale::Ordinal { .. }) && rating.answer == Answer::Value(TenThousandths::whole(5));
    top || (matches!(rating.answer, Answer::Value(_)) && rating.evidence >= Evidence::Document)
}

fn on_scale(indicator: &Indicator, value: TenThousandths) -> Result<(), (String, String)> {
    match &indicator.scale {
        Scale::Ordinal { .. } => match value.as_whole() {
            Some(1..=5) => Ok(()),
            _ => Err((
                format!("{value} bukan tingkat; pakai 1, 2, 3, 4 atau 5."),
                format!("{value} is no level; use 1, 2, 3, 4 or 5."),
            )),
        },
        Scale::Numeric { min, max, unit, .. } => {
            if (*min..=*max).contains(&value) {
                return Ok(());
            }
            let unit = unit.label();
            Err((
                format!("{value} di luar batas {min} sampai {max} {}.", unit.id),
                format!("{value} is outside {min} to {max} {}.", unit.en),
            ))
        }
    }
}
