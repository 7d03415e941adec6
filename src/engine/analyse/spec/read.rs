//! From a JSON value to a [`Spec`], or all of its faults at once.

use serde_json::{Map, Value};

use super::{Criterion, Direction, Normalisation, Preference, Spec};
use crate::domain::fault::Fault;
use crate::domain::text::Text;
use crate::engine::analyse::matrix::LARGEST;

type Object = Map<String, Value>;

impl Spec {
    /// Reads a spec. An optional member that is `null` counts as absent.
    ///
    /// # Errors
    /// All faults, never an empty list: `unknown_member`, `missing_member`, `wrong_type`, `unknown_value`,
    /// `empty`, `non_finite`, `number_out_of_range`, `out_of_range`, `negative_weight`, `all_zero_weights`,
    /// `zero_range`, `not_increasing`, `missing_bounds`, `missing_target`.
    pub fn parse(value: &Value) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader { faults: Vec::new() };
        let spec = reader.spec(value);
        match spec {
            Some(spec) if reader.faults.is_empty() => Ok(spec),
            _ => Err(reader.faults),
        }
    }
}

struct Reader {
    faults: Vec<Fault>,
}

impl Reader {
    fn spec(&mut self, value: &Value) -> Option<Spec> {
        let object = self.object(value, "", &["criteria", "normalisation", "v", "floor"])?;
        let normalisation =
            self.optional(object, "", "normalisation", |r, v, at| r.code(v, at, Normalisation::ALL, |n| n.as_str()));
        let criteria = self.required(object, "", "criteria");
        let criteria = criteria.and_then(|v| self.criteria(v, "/criteria", normalisation.flatten()));
        let v = self.optional(object, "", "v", |r, v, at| r.within(v, at, 0.0, 1.0));
        let floor = self.optional(object, "", "floor", |r, v, at| r.within(v, at, 0.0, LARGEST));
        Some(Spec { criteria: criteria?, normalisation: normalisation?, v: v?.unwrap_or(0.5), floor: floor? })
    }

    fn criteria(&mut self, value: &Value, at: &str, normalisation: Option<Normalisation>) -> Option<Vec<Criterion>> {
        let Value::Array(list) = value else {
            self.wrong_type(at, "daftar dalam kurung siku", "a list in square brackets");
            return None;
        };
        if list.is_empty() {
            self.add(at, "empty", "Isi paling sedikit satu kriteria.", "Give at least one criterion.");
            return None;
        }
        let read: Vec<_> =
            list.iter().enumerate().map(|(i, v)| self.criterion(v, &format!("{at}/{i}"), normalisation)).collect();
        // Said of what was written as weights, even if something else is wrong with the criteria.
        if list.iter().all(|v| v.get("weight").and_then(Value::as_f64) == Some(0.0)) {
            self.add(
                at,
                "all_zero_weights",
                "Semua bobot 0. Beri bobot pada paling sedikit satu kriteria.",
                "All weights are 0. Give weight to at least one criterion.",
            );
        }
        read.into_iter().collect()
    }

    fn criterion(&mut self, value: &Value, at: &str, normalisation: Option<Normalisation>) -> Option<Criterion> {
        let members = ["field", "weight", "direction", "bounds", "target", "preference"];
        let object = self.object(value, at, &members)?;
        let field = self.required(object, at, "field");
        let field = field.and_then(|v| self.quoted(v, &format!("{at}/field")).map(str::to_owned));
        let weight = self.required(object, at, "weight").and_then(|v| self.weight(v, &format!("{at}/weight")));
        let direction = self.required(object, at, "direction");
        let direction =
            direction.and_then(|v| self.code(v, &format!("{at}/direction"), Direction::ALL, |d| d.as_str()));
        let bounds = self.optional(object, at, "bounds", Self::bounds);
        let target = self.optional(object, at, "target", Self::number);
        let preference = self.optional(object, at, "preference", Self::preference);
        let fixed = matches!(normalisation, Some(Normalisation::FixedMinmax | Normalisation::FixedTarget));
        let mut complete = true;
        if fixed && bounds == Some(None) {
            self.add(
                &format!("{at}/bounds"),
                "missing_bounds",
                "Normalisasi ini perlu \"bounds\": [terendah, tertinggi].",
                "This normalisation needs \"bounds\": [lowest, highest].",
            );
            complete = false;
        }
        if normalisation == Some(Normalisation::FixedTarget) && target == Some(None) {
            self.add(
                &format!("{at}/target"),
                "missing_target",
                "Normalisasi ini perlu \"target\".",
                "This normalisation needs a \"target\".",
            );
            complete = false;
        }
        let (field, weight, direction) = (field?, weight?, direction?);
        let (bounds, target, preference) = (bounds?, target?, preference?.unwrap_or_default());
        complete.then_some(Criterion { field, weight, direction, bounds, target, preference })
    }

    fn weight(&mut self, value: &Value, at: &str) -> Option<f64> {
        let weight = self.number(value, at)?;
        if weight < 0.0 {
            self.add(
                at,
                "negative_weight",
                "Bobot tidak boleh negatif. Untuk \"makin kecil makin baik\", pakai \"direction\": \"min\".",
                "A weight cannot be negative. For \"less is better\", use \"direction\": \"min\".",
            );
            return None;
        }
        Some(weight + 0.0)
    }

    fn bounds(&mut self, value: &Value, at: &str) -> Option<(f64, f64)> {
        let Some([lo, hi]) = value.as_array().map(Vec::as_slice) else {
            self.wrong_type(at, "dua angka: [terendah, tertinggi]", "two numbers: [lowest, highest]");
            return None;
        };
        let (lo, hi) = (self.number(lo, &format!("{at}/0")), self.number(hi, &format!("{at}/1")));
        let (lo, hi) = (lo?, hi?);
        if lo == hi {
            self.add(
                at,
                "zero_range",
                "Kedua batas sama, sehingga tidak ada yang membedakan. Bedakan keduanya.",
                "Both bounds are equal, so nothing tells rows apart. Make them differ.",
            );
        } else if lo > hi {
            self.add(at, "not_increasing", "Harus urut naik.", "Must be in increasing order.");
        }
        (lo < hi).then_some((lo, hi))
    }

    fn preference(&mut self, value: &Value, at: &str) -> Option<Preference> {
        const KINDS: [&str; 6] = ["usual", "ushape", "vshape", "level", "linear", "gaussian"];
        let object = self.object(value, at, &["kind", "q", "p", "s"])?;
        let kind = self.required(object, at, "kind");
        let kind = kind.and_then(|v| self.code(v, &format!("{at}/kind"), &KINDS, |kind| kind));
        let [q, p, s] = ["q", "p", "s"].map(|name| self.optional(object, at, name, Self::number));
        let (kind, q, p, s) = (kind?, q?, p?, s?);
        // A parameter that a kind does not use may stand there, so that one form serves all six.
        match kind {
            "usual" => Some(Preference::Usual),
            "ushape" => self.threshold(q, at, "q", false).map(|q| Preference::UShape { q }),
            "vshape" => self.threshold(p, at, "p", true).map(|p| Preference::VShape { p }),
            "gaussian" => self.threshold(s, at, "s", true).map(|s| Preference::Gaussian { s }),
            _ => {
                let (q, p) = (self.threshold(q, at, "q", false), self.threshold(p, at, "p", false));
                let (q, p) = (q?, p?);
                if q > p {
                    self.add(
                        at,
                        "not_increasing",
                        "\"q\" tidak boleh di atas \"p\".",
                        "\"q\" must not be above \"p\".",
                    );
                    return None;
                }
                Some(if kind == "level" { Preference::Level { q, p } } else { Preference::Linear { q, p } })
            }
        }
    }

    fn threshold(&mut self, x: Option<f64>, at: &str, name: &str, above_zero: bool) -> Option<f64> {
        let at = format!("{at}/{name}");
        let Some(x) = x else {
            self.missing(&at, name);
            return None;
        };
        if x < 0.0 || (above_zero && x == 0.0) {
            let (id, en) = if above_zero {
                ("Harus di atas 0.", "Must be above 0.")
            } else {
                ("Minimal 0.", "Must be at least 0.")
            };
            self.add(&at, "out_of_range", id, en);
            return None;
        }
        Some(x)
    }

    fn within(&mut self, value: &Value, at: &str, low: f64, high: f64) -> Option<f64> {
        let x = self.number(value, at)?;
        if (low..=high).contains(&x) {
            return Some(x);
        }
        let (id, en) = if high < LARGEST {
            (format!("Harus antara {low} dan {high}."), format!("Must be between {low} and {high}."))
        } else {
            (format!("Minimal {low}."), format!("Must be at least {low}."))
        };
        self.add(at, "out_of_range", id, en);
        None
    }

    fn number(&mut self, value: &Value, at: &str) -> Option<f64> {
        let number = match value {
            Value::Number(number) => number.as_f64(),
            // As other tools write it.
            Value::String(text) => text.parse::<f64>().ok().filter(|x| !x.is_finite()),
            _ => None,
        };
        match number {
            Some(x) if !x.is_finite() => self.add(
                at,
                "non_finite",
                "Bukan angka terhingga (NaN atau tak hingga). Isi angka biasa.",
                "Not a finite number (NaN or infinity). Give an ordinary number.",
            ),
            Some(x) if x.abs() > LARGEST => {
                self.add(at, "number_out_of_range", "Di luar ±10^100.", "Beyond ±10^100.");
            }
            Some(x) => return Some(x),
            None => self.wrong_type(at, "angka JSON, tanpa tanda kutip", "a JSON number, without quotes"),
        }
        None
    }

    fn quoted<'v>(&mut self, value: &'v Value, at: &str) -> Option<&'v str> {
        let text = value.as_str();
        if text.is_none() {
            self.wrong_type(at, "teks dalam tanda kutip", "a text in quotes");
        }
        text
    }

    fn code<T: Copy>(&mut self, value: &Value, at: &str, all: &[T], text: fn(T) -> &'static str) -> Option<T> {
        let wanted = self.quoted(value, at)?;
        let found = all.iter().copied().find(|code| text(*code) == wanted);
        if found.is_none() {
            let known = all.iter().map(|code| text(*code)).collect::<Vec<_>>().join(", ");
            let (id, en) = (format!("Tidak dikenal. Pilih: {known}."), format!("Unknown. Choose from: {known}."));
            self.add(at, "unknown_value", id, en);
        }
        found
    }

    fn object<'v>(&mut self, value: &'v Value, at: &str, members: &[&str]) -> Option<&'v Object> {
        let Value::Object(object) = value else {
            self.wrong_type(at, "objek dalam kurung kurawal", "an object in curly brackets");
            return None;
        };
        for name in object.keys().filter(|name| !members.contains(&name.as_str())) {
            let known = members.join(", ");
            self.add(
                &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
                "unknown_member",
                format!("{name:?} tidak dikenal di sini. Yang ada: {known}."),
                format!("{name:?} is unknown here. Known: {known}."),
            );
        }
        Some(object)
    }

    fn required<'v>(&mut self, object: &'v Object, at: &str, name: &str) -> Option<&'v Value> {
        let member = object.get(name);
        if member.is_none() {
            self.missing(&format!("{at}/{name}"), name);
        }
        member
    }

    /// A member that may be absent: `Some(None)` if it is, `None` if it is there and at fault.
    fn optional<T>(
        &mut self,
        object: &Object,
        at: &str,
        name: &str,
        read: impl FnOnce(&mut Self, &Value, &str) -> Option<T>,
    ) -> Option<Option<T>> {
        match object.get(name) {
            None | Some(Value::Null) => Some(None),
            Some(value) => read(self, value, &format!("{at}/{name}")).map(Some),
        }
    }

    fn missing(&mut self, at: &str, name: &str) {
        self.add(at, "missing_member", format!("{name:?} harus ada."), format!("{name:?} is required."));
    }

    fn wrong_type(&mut self, at: &str, id: &str, en: &str) {
        self.add(at, "wrong_type", format!("Harus {id}."), format!("Must be {en}."));
    }

    fn add(&mut self, at: &str, code: &'static str, id: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Fault { pointer: at.to_owned(), code, detail: Text::new(id, en) });
    }
}
