//! What an investor can be sent of a venture: one type, and nothing else.
//!
//! A card says what is printed, with the words of codes as `label`. An explanation says what each preference gave,
//! with one decimal, never the answer itself, and of fields that no card shows only what all of them gave together.
//! Neither knows a name, an owner, an address or a raw value; the
//! venture is a code of this investor's own.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::actor::Role;
use crate::domain::card::{Card, CardState, SOMEWHERE};
use crate::domain::field::{FieldClass, Registry};
use crate::domain::fixed::TenThousandths;
use crate::domain::label::Labelled;
use crate::domain::rubric::Rubric;
use crate::domain::text::{Lang, Words};
use crate::engine::Flag;
use crate::ops::line::{Line, Told};
use crate::ops::rankable::Rankable;
use crate::ops::shared_points::SharedPoints;
use crate::reference::{goal, region, rubric};
use crate::store::match_list::MatchList;

/// A code with its words.
#[derive(Serialize, ToSchema)]
pub struct Coded {
    /// The code, as criteria documents write it.
    #[schema(example = "makanan", max_length = 60)]
    code: String,
    /// What people read.
    #[schema(example = "Makanan dan minuman", max_length = 200)]
    label: String,
}

impl Coded {
    fn of<T: Labelled>(value: T, lang: Lang) -> Self {
        Self { code: value.code().to_owned(), label: value.label().get(lang).to_owned() }
    }
}

/// As a table, each dimension of the shipped rubric has a column for its score.
fn score_columns() -> Value {
    let codes: Vec<&str> = rubric::sedaya_v1().dimensions().iter().map(|dimension| dimension.code.as_str()).collect();
    json!({ "cell": "score", "of": codes })
}

/// One dimension on a card.
#[derive(Serialize, ToSchema)]
pub struct CardScore {
    /// The dimension's code.
    #[schema(example = "MGT", max_length = 20, extensions(("x-columns" = json!(score_columns()))))]
    code: String,
    /// What people read.
    #[schema(example = "Manajemen keuangan berkelanjutan", max_length = 500)]
    label: String,
    /// 0–100; null without a number.
    #[schema(required = true, example = 62.5, minimum = 0, maximum = 100)]
    score: Option<f64>,
    state: CardState,
}

/// A readiness level.
#[derive(Serialize, ToSchema)]
pub struct CardLevel {
    /// 1–5; null is "belum cukup data".
    #[schema(required = true, example = 3, minimum = 1, maximum = 5)]
    level: Option<u8>,
    /// Its name.
    #[schema(example = "Menguat", max_length = 200)]
    label: String,
}

/// The anonymised face of a venture.
#[derive(Serialize, ToSchema)]
pub struct CardView {
    /// The venture's code for this investor; another investor sees another one.
    #[schema(example = "4q9x0k7m2c8d5h3r1t6v0w2y9z", max_length = 26)]
    code: String,
    /// One line: kind of business and place, as far as at least five share them.
    #[schema(example = "Makanan dan minuman, Jakarta Timur", max_length = 500)]
    headline: String,
    /// Kind of business; null when fewer than five would share it.
    #[schema(required = true)]
    sector_group: Option<Coded>,
    /// Kota; null when fewer than five would share it.
    #[schema(required = true)]
    kota: Option<Coded>,
    /// Size of the need; null when fewer than five would share it.
    #[schema(required = true)]
    need_band: Option<Coded>,
    /// In the rubric's order.
    #[schema(max_items = 20)]
    dimensions: Vec<CardScore>,
    /// 0–100 over all dimensions; null without a number.
    #[schema(required = true, example = 58.3, minimum = 0, maximum = 100)]
    overall: Option<f64>,
    readiness: CardLevel,
    /// Kinds of support the owner welcomes; null is not answered.
    #[schema(required = true, max_items = 20)]
    instruments: Option<Vec<Coded>>,
    /// Sustainable Development Goals served; null is not answered.
    #[schema(required = true, max_items = 17)]
    sdgs: Option<Vec<Coded>>,
    /// A few sentences approved by staff; null while nobody has approved any.
    #[schema(required = true, max_length = 2000)]
    story: Option<String>,
    /// What the scores rest on.
    #[schema(example = "dinilai 22 dari 24; bukti: 15 ucapan, 6 dilihat, 1 dokumen", max_length = 500)]
    evidence: String,
    /// Stands beside every level.
    #[schema(example = "Bukan nasihat investasi.", max_length = 500)]
    notice: String,
}

/// What one preference gave. To an investor the points of preferences over fields that no card shows are one sum, shared
/// among them by weight, because the values behind them are not the investor's to know: then `points` and `band` say what
/// all of them together reached, and not what this one did.
#[derive(Serialize, ToSchema)]
pub struct ContributionView {
    /// The field, as the criteria write it.
    #[schema(example = "dimension.MGT", max_length = 100)]
    field: String,
    /// What people read.
    #[schema(example = "Manajemen keuangan berkelanjutan", max_length = 500)]
    label: String,
    /// The preference's share of all weights, 0–1.
    #[schema(example = 0.3, minimum = 0, maximum = 1)]
    weight: f64,
    /// Its points of the score; all of them add up to the score. To investors those of hidden fields are shared by weight.
    #[schema(example = 21.4, minimum = 0, maximum = 100)]
    points: f64,
    /// Whether there is an answer; without one the criteria's rule for missing answers gave the points.
    answered: bool,
    /// How much of the points was reached, in words: for an investor, of all hidden fields together, beside each of them; for
    /// everybody else, of a sensitive field. Null otherwise.
    #[schema(required = true, example = "tinggi", max_length = 40)]
    band: Option<String>,
}

/// What one filter said.
#[derive(Serialize, ToSchema)]
pub struct FilterView {
    /// The field; `coverage` for the criteria's own.
    #[schema(example = "kota", max_length = 100)]
    field: String,
    /// What people read.
    #[schema(example = "Kota", max_length = 500)]
    label: String,
    /// `pass`, or `unknown` when the criteria let unknown answers in.
    #[schema(example = "pass", max_length = 20)]
    result: &'static str,
}

/// Why a venture stands where it stands.
#[derive(Serialize, ToSchema)]
pub struct ExplanationView {
    /// In the order of the criteria.
    #[schema(max_items = 64)]
    contributions: Vec<ContributionView>,
    /// In the order of the criteria.
    #[schema(max_items = 65)]
    filters: Vec<FilterView>,
    /// What to know beside the score.
    #[schema(max_items = 10)]
    flags: Vec<Coded>,
    /// The score with everything unknown and in dispute at its worst, and at its best; null to an investor where a field that no
    /// card shows is weighed, since it would tell what assessors gave there.
    #[schema(required = true, max_items = 2, min_items = 2, example = json!([61.0, 70.5]))]
    interval: Option<[f64; 2]>,
    /// How places among equals were drawn; null without equals.
    #[schema(required = true, max_length = 500)]
    tie: Option<String>,
}

/// One line of a list: the only thing about a venture that is ever sent to an investor.
#[derive(Serialize, ToSchema)]
pub struct InvestorView {
    /// Its place on the list, from 1.
    #[schema(example = 1, minimum = 1)]
    position: i32,
    /// Its rank by merit, shared among equals. Under a declared floor it may differ from the place by more, which only staff and
    /// auditors read: to investors it is the place then.
    #[schema(example = 1, minimum = 1)]
    rank: u32,
    /// How many share its score.
    #[schema(example = 1, minimum = 1)]
    tie_size: u32,
    /// 0–100, one decimal.
    #[schema(example = 71.3, minimum = 0, maximum = 100)]
    score: f64,
    card: CardView,
    explanation: ExplanationView,
}

/// Who reads a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// An investor: what no card shows is hidden.
    Investor {
        /// The list was placed under a floor: whom it moved is not told.
        has_floor: bool,
    },
    /// Staff and auditors; an owner, of the own business.
    Insider,
}

impl Reader {
    /// The reader of a list in a role.
    pub fn of(list: &MatchList, role: Role) -> Self {
        match role {
            Role::Investor => Self::Investor { has_floor: list.floor_price_tenths.is_some() },
            _ => Self::Insider,
        }
    }
}

/// What views are worded with.
pub struct Wording<'a> {
    /// The rubric in use.
    pub rubric: &'a Rubric,
    /// The fields in use.
    pub registry: &'a Registry,
    /// The language.
    pub lang: Lang,
}

impl<'a> Wording<'a> {
    /// The words of the rubric in use.
    pub fn of(rankable: &'a Rankable, lang: Lang) -> Self {
        Self { rubric: &rankable.rubric, registry: &rankable.registry, lang }
    }
}

fn score(value: TenThousandths) -> f64 {
    tenths(value.tenths())
}

/// Tenths as the shortest decimal: 813 is 81.3.
#[allow(clippy::cast_precision_loss, reason = "points of at most a million places")]
pub(super) fn tenths(n: i64) -> f64 {
    n as f64 / 10.0
}

impl CardView {
    /// The face of a card under a code.
    pub fn new(card: &Card, code: String, words: &Wording<'_>) -> Self {
        let lang = words.lang;
        let kota = card
            .printed
            .kota
            .as_ref()
            .map(|code| Coded { label: region::kota_name(code).unwrap_or(code).to_owned(), code: code.clone() });
        let sector_group = card.printed.sector_group.map(|g| Coded::of(g, lang));
        let need_band = card.printed.need_band.map(|n| Coded::of(n, lang));
        let parts = [&sector_group, &kota, &need_band];
        let mut headline =
            parts.iter().filter_map(|p| p.as_ref().map(|c| c.label.as_str())).collect::<Vec<_>>().join(", ");
        if headline.is_empty() {
            SOMEWHERE.get(lang).clone_into(&mut headline);
        }
        let dimension = |code: &str| words.rubric.find_dimension(code).map(|d| &words.rubric.dimensions()[d]);
        let level = card.readiness_level;
        let levels = &words.rubric.document().levels;
        let unknown = Words::new("belum cukup data", "not enough data yet");
        let level_label = level.and_then(|n| levels.iter().find(|l| l.level == n)).map(|l| l.name.get(lang));
        Self {
            code,
            headline,
            sector_group,
            kota,
            need_band,
            dimensions: card
                .dimensions
                .iter()
                .map(|d| CardScore {
                    label: dimension(&d.code).map_or(d.code.as_str(), |d| d.label.get(lang)).to_owned(),
                    code: d.code.clone(),
                    score: d.score.map(score),
                    state: d.state,
                })
                .collect(),
            overall: card.overall.map(score),
            readiness: CardLevel { level, label: level_label.unwrap_or(unknown.get(lang)).to_owned() },
            instruments: card.instruments.as_ref().map(|all| all.iter().map(|i| Coded::of(*i, lang)).collect()),
            sdgs: card.sdgs.as_ref().map(|all| all.iter().map(|n| goal_of(*n, lang)).collect()),
            story: card.story.clone(),
            evidence: card.grounds.words(lang),
            notice: Words::new("Bukan nasihat investasi.", "Not investment advice.").get(lang).to_owned(),
        }
    }
}

fn goal_of(number: u8, lang: Lang) -> Coded {
    let label = goal::all().iter().find(|g| g.number == number).map(|g| g.label.get(lang).to_owned());
    Coded { code: number.to_string(), label: label.unwrap_or_default() }
}

/// What a flag says to people.
const fn flag_words(flag: Flag) -> Words {
    match flag {
        Flag::OutOfBounds => {
            Words::new("Ada angka di luar rentang kriteria.", "A number lies outside the criteria's range.")
        }
        Flag::UnknownIncluded => Words::new(
            "Ada jawaban yang belum diketahui; kriteria tetap mengikutkannya.",
            "An answer is not known; the criteria include it all the same.",
        ),
        Flag::Setara => Words::new("Setara dengan tetangganya di daftar.", "On a par with a neighbour on the list."),
        Flag::Veto => Words::new("Satu nilai nol meniadakan hasilnya.", "One value of zero cancels the result."),
        Flag::Insufficient => Words::new("Satu dimensi belum cukup data.", "One dimension has too little data."),
        Flag::OpenAdjudication => Words::new(
            "Asesor belum sepakat; dipakai nilai tengahnya.",
            "The assessors do not agree yet; their median is used.",
        ),
    }
}

/// How much of its points a sensitive answer reached, in words.
fn band(value: f64, lang: Lang) -> String {
    let words = if value < 1.0 / 3.0 {
        Words::new("rendah", "low")
    } else if value < 2.0 / 3.0 {
        Words::new("sedang", "middle")
    } else {
        Words::new("tinggi", "high")
    };
    words.get(lang).to_owned()
}

impl ExplanationView {
    /// What a line of a list says to a reader.
    pub fn new(told: &Told, reader: Reader, words: &Wording<'_>) -> Self {
        let lang = words.lang;
        let result = &told.result;
        let label = |field: &str| match words.registry.find(field) {
            Some(known) => known.label.get(lang).to_owned(),
            None if field == crate::domain::criteria::COVERAGE => {
                Words::new("Kelengkapan jawaban", "Completeness of answers").get(lang).to_owned()
            }
            None => field.to_owned(),
        };
        let class = |field: &str| words.registry.find(field).map(|f| f.class);
        let is_hidden = |field: &str| reader != Reader::Insider && class(field) != Some(FieldClass::Card);
        let shared = SharedPoints::of(told, is_hidden);
        let contributions = result.contributions.iter().zip(&shared.tenths).map(|(c, points)| {
            let own = c.value.filter(|_| class(&c.field) == Some(FieldClass::Sensitive) && c.is_answered());
            let reached = if is_hidden(&c.field) { shared.reached.filter(|_| c.counts()) } else { own };
            ContributionView {
                field: c.field.clone(),
                label: label(&c.field),
                weight: c.weight.to_f64(),
                points: tenths(*points),
                answered: c.is_answered(),
                band: reached.map(|v| band(v, lang)),
            }
        });
        let is_open = !result.contributions.iter().any(|c| is_hidden(&c.field));
        let filters = result.filters.iter().map(|f| FilterView {
            field: f.field.clone(),
            label: label(&f.field),
            result: f.result.as_str(),
        });
        let flags = result
            .flags
            .iter()
            .map(|flag| Coded { code: flag.as_str().to_owned(), label: flag_words(*flag).get(lang).to_owned() });
        let n = result.tie_size;
        Self {
            contributions: contributions.collect(),
            filters: filters.collect(),
            flags: flags.collect(),
            interval: is_open.then(|| result.interval.map(|v| (v * 10.0).round() / 10.0)),
            tie: (n > 1).then(|| match lang {
                Lang::Id => format!("{n} usaha bernilai sama; urutannya diundi dengan benih yang diumumkan."),
                Lang::En => format!("{n} ventures share this score; their order was drawn with the published seed."),
            }),
        }
    }
}

impl InvestorView {
    /// The view as one row of a table on a terminal: place, score, code, card, readiness, why.
    pub fn row(&self) -> [String; 6] {
        let why = self.explanation.contributions.iter().map(|c| format!("{} {:.1}", c.label, c.points));
        let flags = self.explanation.flags.iter().map(|f| f.label.clone());
        [
            self.position.to_string(),
            format!("{:.1}", self.score),
            self.card.code.clone(),
            format!("{}\n{}", self.card.headline, self.card.evidence),
            self.card.readiness.label.clone(),
            why.chain(flags).collect::<Vec<_>>().join("\n"),
        ]
    }

    /// The view of one line for a reader, under the venture's code for the investor.
    pub fn new(line: &Line, code: String, reader: Reader, words: &Wording<'_>) -> Self {
        let place = u32::try_from(line.position).unwrap_or(0);
        Self {
            position: line.position,
            rank: if reader == (Reader::Investor { has_floor: true }) { place } else { line.told.result.rank },
            tie_size: line.told.result.tie_size,
            score: tenths(line.told.score_tenths),
            card: CardView::new(&line.card, code, words),
            explanation: ExplanationView::new(&line.told, reader, words),
        }
    }
}
