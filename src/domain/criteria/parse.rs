//! From a JSON value to [`Criteria`], or all faults at once.

use serde_json::{Map, Value};

use super::code_tree::is_level;
use super::fault::{Faults, Pointer};
use super::source::Source;
use super::{
    COVERAGE, Condition, Criteria, Filter, FloorRule, MOST, MOST_FAIR_PLACES, Method, Missing, OnUnknown, Preference,
    Representation, Test, ValueFunction,
};
use crate::domain::decimal::{Decimal, UNITS};
use crate::domain::fault::Fault;
use crate::domain::field::{FieldType, Op, Vocabulary};
use crate::domain::text::Text;

const MEMBERS: [&str; 10] = [
    "title",
    "filters",
    "preferences",
    "method",
    "missing",
    "min_coverage",
    "representation",
    "seed",
    "limit",
    "floor",
];
/// Cut-off where a document names none.
const LIMIT: u32 = 50;
/// Floor of the geometric method where a document names none: 0.01.
const FLOOR: Decimal = Decimal::from_units(UNITS / 100);
/// Largest floor of the geometric method: 0.5.
const LARGEST_FLOOR: Decimal = Decimal::from_units(UNITS / 2);
/// Largest weight.
const LARGEST_WEIGHT: Decimal = Decimal::whole(1_000_000);
/// Most digits of a weight after the point.
const WEIGHT_DECIMALS: u32 = 6;

impl Criteria {
    /// Reads a document.
    ///
    /// # Errors
    /// All faults of the document, in its order; never an empty list.
    pub fn parse(source: &Source, fields: &dyn Vocabulary) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader { faults: Faults::default(), fields };
        let criteria = reader.document(&source.value);
        let faults = source.all_faults(reader.faults.0);
        match criteria {
            Some(criteria) if faults.is_empty() => Ok(criteria),
            _ => Err(faults),
        }
    }
}

struct Reader<'a> {
    faults: Faults,
    fields: &'a dyn Vocabulary,
}

impl Reader<'_> {
    fn document(&mut self, value: &Value) -> Option<Criteria> {
        let at = Pointer::default();
        let object = self.faults.object(value, &at, &MEMBERS)?;
        let title = optional(object, "title", |v| self.title(v, &at.member("title")));
        let filters = optional(object, "filters", |v| self.filters(v, &at.member("filters")));
        let preferences = self.faults.required(object, &at, "preferences");
        let preferences = preferences.and_then(|v| self.preferences(v, &at.member("preferences")));
        let method = self.method(object, &at);
        let missing = optional(object, "missing", |v| self.missing(v, &at.member("missing")));
        let min_coverage = optional(object, "min_coverage", |v| {
            self.faults.decimal_within(v, &at.member("min_coverage"), Decimal::ZERO, Decimal::ONE)
        });
        let representation =
            optional(object, "representation", |v| self.representation(v, &at.member("representation")));
        let seed = optional(object, "seed", |v| self.faults.quoted(v, &at.member("seed")).map(str::to_owned));
        let limit = optional(object, "limit", |v| self.limit(v, &at.member("limit")));
        let is_fair = matches!(&representation, Some(Some(Representation { rule: FloorRule::Fair { .. }, .. })));
        if is_fair && limit.flatten().is_some_and(|limit| limit > MOST_FAIR_PLACES) {
            self.faults.add(
                &at.member("limit"),
                "too_many_places",
                "Aturan fair mengatur paling banyak 2000 tempat. Kecilkan limit.",
                "The rule fair speaks of 2000 places at most. Lower the limit.",
            );
        }
        Some(Criteria {
            title: title?,
            filters: filters?.unwrap_or_default(),
            preferences: preferences?,
            method: method?,
            missing: missing?.unwrap_or(Missing::Pessimistic),
            min_coverage: min_coverage?.unwrap_or(Decimal::ZERO),
            representation: representation?,
            seed: seed?.unwrap_or_default(),
            limit: limit?.unwrap_or(LIMIT),
            document: value.clone(),
        })
    }

    fn title(&mut self, value: &Value, at: &Pointer) -> Option<Text> {
        let object = self.faults.object(value, at, &["id", "en"])?;
        let mut one = |name| {
            let value = self.faults.required(object, at, name)?;
            self.faults.quoted(value, &at.member(name)).map(str::to_owned)
        };
        let (id, en) = (one("id"), one("en"));
        Some(Text { id: id?, en: en? })
    }

    fn method(&mut self, object: &Map<String, Value>, at: &Pointer) -> Option<Method> {
        let geometric = optional(object, "method", |v| {
            self.faults.code(v, &at.member("method"), &[false, true], |g| if g { "geometric" } else { "additive" })
        });
        let at = at.member("floor");
        let floor = optional(object, "floor", |v| self.faults.decimal_within(v, &at, Decimal::ZERO, LARGEST_FLOOR));
        let geometric = geometric?.unwrap_or(false);
        if !geometric && object.contains_key("floor") {
            self.faults.add(
                &at,
                "floor_without_geometric",
                "\"floor\" hanya untuk metode geometric. Hapus, atau ganti metodenya.",
                "\"floor\" belongs to the method geometric only. Remove it, or change the method.",
            );
            return None;
        }
        Some(if geometric { Method::Geometric { floor: floor?.unwrap_or(FLOOR) } } else { Method::Additive })
    }

    fn missing(&mut self, value: &Value, at: &Pointer) -> Option<Missing> {
        self.faults.code(value, at, Missing::ALL, Missing::as_str)
    }

    fn limit(&mut self, value: &Value, at: &Pointer) -> Option<u32> {
        let number = self.faults.decimal(value, at)?;
        let limit = number.as_whole().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
        if limit.is_none() {
            let (id, en) = ("Harus bilangan bulat mulai dari 1.", "Must be a whole number from 1 up.");
            self.faults.add(at, "out_of_range", id, en);
        }
        limit
    }

    fn filters(&mut self, value: &Value, at: &Pointer) -> Option<Vec<Filter>> {
        let list = self.faults.list(value, at)?;
        self.not_too_many(list, at);
        let read: Vec<_> = list.iter().enumerate().map(|(i, v)| self.filter(v, &at.element(i))).collect();
        read.into_iter().collect()
    }

    fn filter(&mut self, value: &Value, at: &Pointer) -> Option<Filter> {
        let object = self.faults.object(value, at, &["field", "op", "value", "on_unknown"])?;
        let on_unknown = optional(object, "on_unknown", |v| {
            self.faults.code(v, &at.member("on_unknown"), OnUnknown::ALL, OnUnknown::as_str)
        });
        let test = self.test(object, at);
        Some(Filter { test: test?, on_unknown: on_unknown?.unwrap_or(OnUnknown::Exclude) })
    }

    fn test(&mut self, object: &Map<String, Value>, at: &Pointer) -> Option<Test> {
        let field = self.field(object, at);
        let op = self.faults.required(object, at, "op");
        let op = op.and_then(|v| self.operator(v, &at.member("op")));
        if let (Some((field, _, ops)), Some(op)) = (field, op)
            && !self.fields.plain()
            && !ops.contains(&op)
        {
            let known: Vec<_> = ops.iter().map(|op| op.as_str()).collect();
            let (op, known) = (op.as_str(), known.join(", "));
            self.faults.add(
                &at.member("op"),
                "operator_not_allowed",
                format!("{field} tidak dapat disaring dengan {op}. Pilih: {known}."),
                format!("{field} cannot be filtered by {op}. Choose from: {known}."),
            );
        }
        let value = self.faults.required(object, at, "value");
        // An unknown field holds any text, and yet what is wrong with the text itself is told.
        let name = field.map_or("", |(name, ..)| name);
        let condition = value.zip(op).and_then(|(value, op)| self.condition(name, op, value, &at.member("value")));
        Some(Test { field: field?.0.to_owned(), condition: condition? })
    }

    fn operator(&mut self, value: &Value, at: &Pointer) -> Option<Op> {
        let text = self.faults.quoted(value, at)?;
        let op = Op::parse(text);
        if op.is_none() {
            let known: Vec<_> = Op::ALL.iter().map(|op| op.as_str()).collect();
            let known = known.join(", ");
            self.faults.add(
                at,
                "unknown_operator",
                format!("Operator tidak dikenal. Pilih: {known}."),
                format!("Unknown operator. Choose from: {known}."),
            );
        }
        op
    }

    fn condition(&mut self, field: &str, op: Op, value: &Value, at: &Pointer) -> Option<Condition> {
        Some(match op {
            Op::Is => Condition::Is(self.code(field, value, at, false)?),
            Op::In => Condition::In(self.codes(field, value, at, false)?),
            Op::NotIn => Condition::NotIn(self.codes(field, value, at, false)?),
            Op::Gte => Condition::Gte(self.faults.decimal(value, at)?),
            Op::Lte => Condition::Lte(self.faults.decimal(value, at)?),
            Op::Between => {
                let (from, to) = self.faults.two_ordered(value, at)?;
                Condition::Between(from, to)
            }
            Op::Overlaps => {
                let (from, to) = self.faults.two_ordered(value, at)?;
                Condition::Overlaps(from, to)
            }
            Op::Under => Condition::Under(self.codes(field, value, at, true)?),
            Op::AnyOf => Condition::AnyOf(self.codes(field, value, at, false)?),
            Op::AllOf => Condition::AllOf(self.codes(field, value, at, false)?),
            Op::NoneOf => Condition::NoneOf(self.codes(field, value, at, false)?),
        })
    }

    /// A text that can be a value of its field.
    fn code(&mut self, field: &str, value: &Value, at: &Pointer, hierarchy: bool) -> Option<String> {
        let text = self.faults.text(value, at)?;
        self.value_of(field, &text, at, hierarchy).then_some(text)
    }

    /// A list of such texts with at least one. What is wrong with one of them hides nothing of the others.
    fn codes(&mut self, field: &str, value: &Value, at: &Pointer, hierarchy: bool) -> Option<Vec<String>> {
        let list = self.faults.some(value, at)?;
        let code = |(i, value)| self.code(field, value, &at.element(i), hierarchy);
        let read: Vec<_> = list.iter().enumerate().map(code).collect();
        read.into_iter().collect()
    }

    /// Notes a text that cannot be a value of its field. Plain columns hold any text, but what is asked
    /// for as a part of a hierarchy must be a level of it.
    fn value_of(&mut self, field: &str, text: &str, at: &Pointer, hierarchy: bool) -> bool {
        if let Err(bad) = self.fields.check(field, text) {
            self.faults.bad_value(at, bad);
            return false;
        }
        let good = !hierarchy || is_level(text);
        if !good {
            self.faults.add(
                at,
                "not_a_kbli_level",
                "Bukan tingkat KBLI: satu huruf, lalu 2, 3, 4 atau 5 angka, misalnya KBLI2020:C10.",
                "No level of KBLI: a letter, then 2, 3, 4 or 5 digits, as KBLI2020:C10.",
            );
        }
        good
    }

    /// Notes the texts that a value function names and that cannot be values of its field, whatever else is wrong
    /// with the function.
    fn named(&mut self, field: &str, function: &Value, at: &Pointer) -> bool {
        let at = at.member("values");
        let mut good = true;
        match (function["kind"].as_str(), &function["values"]) {
            (Some("table"), Value::Object(values)) => {
                for code in values.keys() {
                    good &= self.value_of(field, code, &at.member(code), true);
                }
            }
            (Some("overlap"), Value::Array(values)) => {
                for (i, value) in values.iter().enumerate() {
                    // What is no text has been told of.
                    let text = Faults::default().text(value, &at);
                    good &= text.is_none_or(|text| self.value_of(field, &text, &at.element(i), false));
                }
            }
            _ => {}
        }
        good
    }

    /// The field of a filter or a preference, with its type and operators.
    fn field<'v>(
        &mut self,
        object: &'v Map<String, Value>,
        at: &Pointer,
    ) -> Option<(&'v str, FieldType, &'static [Op])> {
        let value = self.faults.required(object, at, "field")?;
        let at = at.member("field");
        let field = self.faults.quoted(value, &at)?;
        if field == COVERAGE {
            self.faults.add(
                &at,
                "reserved_field",
                "\"coverage\" adalah kelengkapan jawaban dari dokumen ini sendiri. Pakai \"min_coverage\".",
                "\"coverage\" is this document's own share of known answers. Use \"min_coverage\".",
            );
            return None;
        }
        let described = self.fields.describe(field);
        if described.is_none() {
            self.faults.add(
                &at,
                "unknown_field",
                format!("Tidak ada kolom atau bidang {field:?}. Periksa ejaannya."),
                format!("There is no field {field:?}. Check the spelling."),
            );
        }
        described.map(|(kind, ops)| (field, kind, ops))
    }

    fn preferences(&mut self, value: &Value, at: &Pointer) -> Option<Vec<Preference>> {
        let list = self.faults.list(value, at)?;
        if list.is_empty() {
            self.faults.add(at, "empty", "Isi paling sedikit satu preferensi.", "Give at least one preference.");
            return None;
        }
        self.not_too_many(list, at);
        let read: Vec<_> = list.iter().enumerate().map(|(i, v)| self.preference(v, &at.element(i))).collect();
        // Said of what was written as weights, even if something else is wrong with the preferences.
        let zero = |v: &Value| v.get("weight").and_then(Value::as_f64) == Some(0.0);
        if list.iter().all(zero) {
            self.faults.add(
                at,
                "all_zero_weights",
                "Semua bobot 0. Beri bobot pada paling sedikit satu preferensi.",
                "All weights are 0. Give weight to at least one preference.",
            );
        }
        read.into_iter().collect()
    }

    fn preference(&mut self, value: &Value, at: &Pointer) -> Option<Preference> {
        let object = self.faults.object(value, at, &["field", "weight", "missing", "value"])?;
        let field = self.field(object, at);
        if let Some((field, ..)) = field
            && !self.fields.weighable(field)
        {
            self.faults.add(
                &at.member("field"),
                "field_not_weighable",
                format!("{field} hanya dapat disaring, tidak dapat diberi bobot."),
                format!("{field} can only be filtered by, not weighted."),
            );
        }
        let weight = self.faults.required(object, at, "weight");
        let weight = weight.and_then(|v| self.weight(v, &at.member("weight")));
        let missing = optional(object, "missing", |v| self.missing(v, &at.member("missing")));
        let value_at = at.member("value");
        let value = self.faults.required(object, at, "value");
        let function = value.and_then(|v| self.faults.value_function(v, &value_at));
        if let (Some((field, kind, _)), Some(function)) = (field, &function)
            && !self.fields.plain()
            && !fits(kind, function)
        {
            self.faults.add(
                &value_at,
                "value_function_not_allowed",
                format!("Fungsi nilai ini tidak cocok untuk {field} ({}).", advice(kind).id),
                format!("This value function does not fit {field} ({}).", advice(kind).en),
            );
        }
        let good = value.is_none_or(|value| self.named(field.map_or("", |(name, ..)| name), value, &value_at));
        let (field, weight, missing, value) = (field?.0.to_owned(), weight?, missing?, function?);
        good.then_some(Preference { field, weight, missing, value })
    }

    fn weight(&mut self, value: &Value, at: &Pointer) -> Option<Decimal> {
        let weight = self.faults.decimal(value, at)?;
        let before = self.faults.0.len();
        if weight < Decimal::ZERO {
            self.faults.add(
                at,
                "negative_weight",
                "Bobot tidak boleh negatif. Untuk \"makin kecil makin baik\", balik fungsi nilainya.",
                "A weight cannot be negative. For \"less is better\", turn the value function round.",
            );
        } else if weight > LARGEST_WEIGHT {
            let (id, en) = ("Bobot paling besar 1000000.", "The largest weight is 1000000.");
            self.faults.add(at, "weight_too_large", id, en);
        }
        if weight.decimals() > WEIGHT_DECIMALS {
            self.faults.add(
                at,
                "too_many_decimals",
                "Bobot paling banyak 6 angka di belakang koma. Bulatkan.",
                "A weight has at most 6 digits after the point. Round it.",
            );
        }
        (self.faults.0.len() == before).then_some(weight)
    }

    fn representation(&mut self, value: &Value, at: &Pointer) -> Option<Representation> {
        let object = self.faults.object(value, at, &["group", "rule"])?;
        let group = self.faults.required(object, at, "group");
        let group_at = at.member("group");
        let group = group
            .and_then(|v| self.faults.object(v, &group_at, &["field", "op", "value"]))
            .and_then(|object| self.test(object, &group_at));
        let rule = self.faults.required(object, at, "rule");
        let rule_at = at.member("rule");
        let rule = rule.and_then(|v| self.floor_rule(v, &rule_at));
        Some(Representation { group: group?, rule: rule? })
    }

    fn floor_rule(&mut self, value: &Value, at: &Pointer) -> Option<FloorRule> {
        let is_fair = value["kind"] == "fair";
        let members: &[&str] = if is_fair { &["kind", "p", "alpha"] } else { &["kind", "min"] };
        let object = self.faults.object(value, at, members)?;
        let kind = self.faults.required(object, at, "kind");
        let kind = kind.and_then(|v| self.faults.code(v, &at.member("kind"), &["share", "fair"], |kind| kind));
        if !is_fair {
            let min = self.faults.required(object, at, "min");
            let min = min.and_then(|v| self.faults.decimal_within(v, &at.member("min"), Decimal::ZERO, Decimal::ONE));
            return kind.and(min).map(FloorRule::Share);
        }
        let p = self.faults.required(object, at, "p").and_then(|v| self.inner_share(v, &at.member("p")));
        let alpha = self.faults.required(object, at, "alpha").and_then(|v| self.inner_share(v, &at.member("alpha")));
        Some(FloorRule::Fair { p: p?, alpha: alpha? })
    }

    /// A number above 0 and below 1: at the ends nothing is left to chance.
    fn inner_share(&mut self, value: &Value, at: &Pointer) -> Option<Decimal> {
        let share = self.faults.decimal_within(value, at, Decimal::ZERO, Decimal::ONE)?;
        if share == Decimal::ZERO || share == Decimal::ONE {
            self.faults.add(at, "out_of_range", "Harus di atas 0 dan di bawah 1.", "It lies above 0 and below 1.");
            return None;
        }
        Some(share)
    }

    fn not_too_many(&mut self, list: &[Value], at: &Pointer) {
        if list.len() > MOST {
            self.faults.add(at, "too_many", format!("Paling banyak {MOST}."), format!("At most {MOST}."));
        }
    }
}

/// Reads a member that may be absent: `Some(None)` if it is, `None` if it is there and at fault.
fn optional<T>(object: &Map<String, Value>, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<Option<T>> {
    match object.get(name) {
        None => Some(None),
        Some(value) => read(value).map(Some),
    }
}

/// Whether a value function reads fields of a type.
const fn fits(kind: FieldType, function: &ValueFunction) -> bool {
    match kind {
        FieldType::Number => matches!(function.reading(), super::Reading::Number),
        FieldType::Boolean | FieldType::Code => matches!(function.reading(), super::Reading::Text),
        FieldType::Set => matches!(function.reading(), super::Reading::Set),
        FieldType::Range => false,
    }
}

const fn advice(kind: FieldType) -> crate::domain::text::Words {
    use crate::domain::text::Words;
    match kind {
        FieldType::Number => Words::new(
            "angka: linear, log, points, steps, range atau target",
            "a number: linear, log, points, steps, range or target",
        ),
        FieldType::Boolean | FieldType::Code => Words::new("kode: table", "a code: table"),
        FieldType::Set => Words::new("himpunan: overlap", "a set: overlap"),
        FieldType::Range => Words::new("rentang: pakai .min atau .max", "a range: use .min or .max"),
    }
}
